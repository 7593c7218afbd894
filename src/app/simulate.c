#include "app/guard.h"
#include "app/sample.h"
#include "app/simulate_int.h"
#include "base/banned.h"
#include "base/sort.h"
#include "store/bill.h"

/* Debtors read at once; invoices of an account up to which each case of an invoice sees all the
 * others. Above it a case sees its own alone: a thousand cases that each follow a thousand
 * neighbours tell nothing that is worth the time. */
enum { BATCH_DEBTORS = 512, NEIGHBOURS_MAX = 200 };
/* So many debtors between two words about how far it is. */
enum { TOLD_DEBTORS = 16 };

/* ── the cases of a debtor ───────────────────────────────────────────────────────────────────── */

pn_err pn_simulate_facts(pn_simulator *m, pn_view_account *account, const pn_flow *flow,
                         pn_facts *ret_facts) {
    PN_TRY(
        pn_view_facts(m->app, m->view, account, NULL, NULL, flow, m->now, &m->scratch, ret_facts));
    pn_facts *f = ret_facts;
    f->items = NULL;
    f->item = NULL;
    f->item_count = f->hold_count = f->message_count = f->signal_count = 0;
    f->arm_count = f->task_count = f->errand_count = f->offer_count = 0;
    f->account.last_closed = PN_CLOSED_NOT;
    f->debtor.channels = pn_past_channels(m->contacts, m->contact_count);
    f->debtor.promises_kept = f->debtor.promises_broken = 0;
    f->creditor.stale = false;
    return PN_OK;
}

/* Attributes and lines hang on the case's own invoice, as they are now. */
pn_err pn_simulate_details(pn_simulator *m, const pn_flow *flow, pn_item *item) {
    const pn_view *view = m->view;
    unsigned needs = flow->needs;
    if ((needs & PN_NEEDS_INVOICE_ATTRS) != 0 && item->attrs == NULL) {
        pn_attr *attrs = NULL;
        PN_TRY(pn_attribute_list(m->app->db, view->row.id, item->id, &m->scratch, &attrs,
                                 &item->attr_count));
        item->attrs = attrs;
    }
    if ((needs & PN_NEEDS_LINES) != 0 && item->lines == NULL) {
        pn_line *lines = NULL;
        PN_TRY(pn_line_list(m->app->db, view->row.id, item->id, &m->scratch, &lines,
                            &item->line_count));
        item->lines = lines;
    }
    return PN_OK;
}

/* What concerns one invoice, and the account as a whole. */
static void narrow(pn_simulator *m, pn_past_question *q, size_t own) {
    pn_past_deed *deeds = pn_arena_array(&m->scratch, pn_past_deed, q->deed_count + 1);
    size_t kept = 0;
    for (size_t i = 0; i < q->deed_count; i++) {
        pn_past_deed deed = q->deeds[i];
        bool of_item = deed.kind == PN_PAST_ARRIVES || deed.kind == PN_PAST_ENTRY ||
                       deed.kind == PN_PAST_DISPUTED;
        bool of_sums = deed.kind == PN_PAST_CREDIT || deed.kind == PN_PAST_PROMISED;
        if (of_sums || (of_item && deed.item != own)) {
            continue;
        }
        deed.item = 0;
        deeds[kept++] = deed;
    }
    q->items += own;
    q->item_count = 1;
    q->deeds = deeds;
    q->deed_count = kept;
}

pn_simulated_case *pn_simulate_add(pn_simulator *m, pn_simulated_case each) {
    m->cases = pn_arena_grow(&m->scratch, m->cases, m->count, &m->capacity, sizeof *m->cases);
    m->cases[m->count] = each;
    return &m->cases[m->count++];
}

static void add_case(pn_simulator *m, const pn_past_question *base, pn_view_account *account,
                     pn_past_account *past, size_t own) {
    bool of_invoice = m->request->flow->subject == PN_SUBJECT_INVOICE;
    pn_past_question *q = pn_arena_new(&m->scratch, pn_past_question);
    *q = *base;
    q->item_id = of_invoice ? past->items[own].id : 0;
    if (of_invoice && past->item_count > NEIGHBOURS_MAX) {
        narrow(m, q, own);
    }
    (void)pn_simulate_add(m, (pn_simulated_case){.past = past,
                                                 .account = account,
                                                 .item = of_invoice ? &past->items[own] : NULL,
                                                 .question = q});
}

static pn_err add_account(pn_simulator *m, pn_view_account *account) {
    pn_past_account *past = pn_arena_new(&m->scratch, pn_past_account);
    pn_facts *facts = pn_arena_new(&m->scratch, pn_facts);
    pn_gate_query *gate = pn_arena_new(&m->scratch, pn_gate_query);
    pn_past_of_account(&m->batch, m->view, account, m->from, &m->scratch, past);
    m->s->invoices += (int64_t)past->item_count;
    if (past->item_count == 0) {
        return PN_OK;
    }
    pn_past_question q = {.flow = m->request->flow,
                          .strategy_id = m->request->strategy_id,
                          .facts = facts,
                          .gate = gate,
                          .names = &m->names,
                          .items = past->items,
                          .item_count = past->item_count,
                          .deeds = past->deeds,
                          .deed_count = past->deed_count,
                          .from = m->from,
                          .until = m->until};
    pn_guard guard = {.view = m->view,
                      .account = account,
                      .contacts = m->contacts,
                      .contact_count = m->contact_count,
                      .channel = PN_CHANNEL_EMAIL,
                      .purpose = PN_PURPOSE_DEMAND};
    PN_TRY(pn_simulate_facts(m, account, q.flow, facts));
    PN_TRY(pn_guard_contact(m->app, &guard, m->now, &m->scratch, &guard.contact, m->diag));
    PN_TRY(pn_guard_query(m->app, &guard, m->now, &m->scratch, gate, &q.policy, m->diag));
    if (m->request->flow->subject == PN_SUBJECT_ACCOUNT) {
        add_case(m, &q, account, past, 0);
        return PN_OK;
    }
    for (size_t i = 0; i < past->item_count; i++) {
        PN_TRY(pn_simulate_details(m, q.flow, &past->items[i]));
        add_case(m, &q, account, past, i);
    }
    return PN_OK;
}

/* ── living them side by side ────────────────────────────────────────────────────────────────── */

static bool same_carrier(const pn_contact_made *a, const pn_contact_made *b) {
    return a->at == b->at && a->channel == b->channel && a->purpose == PN_PURPOSE_DEMAND &&
           b->purpose == PN_PURPOSE_DEMAND && a->account_id == b->account_id;
}

/* Law 6: demands of one moment for one account are one contact, told to each case once. */
static bool joined(pn_simulator *m, size_t index, const pn_contact_made *made) {
    for (size_t i = 0; i < index; i++) {
        size_t count = 0;
        const pn_contact_made *other = pn_past_contacts(m->cases[i].life, &count);
        if (count != 0 && same_carrier(&other[count - 1], made)) {
            return true;
        }
    }
    return false;
}

static bool made_itself(const pn_simulated_case *each, const pn_contact_made *made) {
    size_t count = 0;
    const pn_contact_made *own = pn_past_contacts(each->life, &count);
    return count != 0 && same_carrier(&own[count - 1], made);
}

static void tell_contact(pn_simulator *m, size_t by, const pn_contact_made *made) {
    pn_simulate_add_contact(m->sums, made->channel, made->at);
    m->made =
        pn_arena_grow(&m->scratch, m->made, m->made_count, &m->made_capacity, sizeof *m->made);
    m->made[m->made_count++] = *made;
    for (size_t i = 0; i < m->count; i++) {
        if (i != by && !made_itself(&m->cases[i], made)) {
            pn_past_contacted(m->cases[i].life, made);
        }
    }
}

static void tell_others(pn_simulator *m) {
    for (size_t i = 0; i < m->count; i++) {
        size_t count = 0;
        const pn_contact_made *own = pn_past_contacts(m->cases[i].life, &count);
        for (; m->cases[i].told < count; m->cases[i].told++) {
            if (!joined(m, i, &own[m->cases[i].told])) {
                tell_contact(m, i, &own[m->cases[i].told]);
            }
        }
    }
}

static pn_err live_cases(pn_simulator *m) {
    for (size_t i = 0; i < m->count; i++) {
        m->cases[i].life = pn_past_begin(m->cases[i].question, &m->scratch);
        m->cases[i].next = pn_past_next(m->cases[i].life);
    }
    for (pn_time lived = m->from - 1;;) {
        pn_time now = pn_simulate_pills_next(m, lived);
        for (size_t i = 0; i < m->count; i++) {
            now = PN_MIN(now, m->cases[i].next);
        }
        if (now == PN_TIME_NEVER) {
            return PN_OK;
        }
        for (size_t i = 0; i < m->count; i++) {
            if (m->cases[i].next == now) {
                pn_simulate_live(m, i, now);
            }
        }
        PN_TRY(pn_simulate_pills_live(m, now));
        tell_others(m);
        lived = now;
    }
}

/* ── what is told of them ────────────────────────────────────────────────────────────────────── */

/* Money had come for what the message asked for, and nobody knew. */
static bool crossed(const pn_simulated_case *each, const pn_view *view, const pn_past_sent *sent) {
    pn_date day = pn_zone_date(view->zone, sent->at);
    for (size_t i = 0; sent->purpose == PN_PURPOSE_DEMAND && i < each->past->money_count; i++) {
        const pn_past_money *money = &each->past->money[i];
        if (money->received < day && money->known > sent->at &&
            (each->item == NULL || each->item->id == money->invoice_id)) {
            for (size_t j = 0; j < each->past->item_count; j++) {
                if (each->past->items[j].id == money->invoice_id &&
                    each->past->known[j] <= sent->at) {
                    return true;
                }
            }
        }
    }
    return false;
}

static void list(pn_simulator *m, const pn_simulated_case *each, const pn_view *view,
                 const pn_past_sent *sent, bool is_crossed) {
    pn_simulation *s = m->s;
    if (s->list_count == m->request->list_max) {
        return;
    }
    s->list = pn_arena_grow(m->arena, s->list, s->list_count, &m->list_capacity, sizeof *s->list);
    s->list[s->list_count++] = (pn_simulated_message){
        .at = sent->at,
        .debtor_id = view->row.id,
        .invoice_id = each->item != NULL ? each->item->id : 0,
        .debtor = pn_str_dup(m->arena, view->row.name),
        .number = each->item != NULL ? pn_str_dup(m->arena, each->item->number) : PN_STR_NONE,
        .channel = sent->channel,
        .family = pn_str_dup(m->arena, sent->family),
        .tone = sent->tone,
        .claimable = {sent->claimable, each->account->row.currency},
        .crossed = is_crossed};
}

static bool tell_cases(pn_simulator *m, const pn_view *view) {
    bool entered = false;
    for (size_t i = 0; i < m->count; i++) {
        const pn_simulated_case *each = &m->cases[i];
        pn_past_told told = pn_past_told_of(each->life);
        entered = entered || told.entered;
        if (each->pill != NULL) {
            pn_simulate_add_pill(m->sums, &told, each->pill->flow->name,
                                 each->account->row.currency, view->row.owner);
        } else {
            pn_simulate_add_case(m->sums, &told, each->account->row.currency, view->row.owner);
        }
        for (size_t j = 0; j < told.sent_count; j++) {
            bool is_crossed = crossed(each, view, &told.sent[j]);
            m->s->crossed += is_crossed;
            list(m, each, view, &told.sent[j], is_crossed);
        }
    }
    return entered;
}

/* What a case and the pills beside it sent about an invoice: an account's are about each. */
static void add_effect(pn_simulator *m, const pn_simulated_case *own, const pn_item *item) {
    pn_past_told told = pn_past_told_of(own->life);
    pn_past_sent *sent = pn_arena_array(&m->scratch, pn_past_sent, told.sent_count + 1);
    size_t count = told.sent_count, capacity = count + 1;
    if (count != 0) {
        memcpy(sent, told.sent, count * sizeof *sent);
    }
    for (size_t i = m->main_count; i < m->count; i++) {
        const pn_simulated_case *pill = &m->cases[i];
        told = pn_past_told_of(pill->life);
        bool is_about = pill->past == own->past && (pill->item == NULL || pill->item == item);
        for (size_t j = 0; is_about && j < told.sent_count; j++) {
            sent = pn_arena_grow(&m->scratch, sent, count, &capacity, sizeof *sent);
            size_t at = count++;
            for (; at > 0 && sent[at - 1].at > told.sent[j].at; at--) {
                sent[at] = sent[at - 1];
            }
            sent[at] = told.sent[j];
        }
    }
    pn_effect_add(&m->s->effect, item->id, sent, count);
}

static void add_effects(pn_simulator *m) {
    for (size_t i = 0; m->s->effect.effect != NULL && i < m->main_count; i++) {
        const pn_simulated_case *each = &m->cases[i];
        size_t first = each->item != NULL ? (size_t)(each->item - each->past->items) : 0;
        size_t last = each->item != NULL ? first : each->past->item_count - 1;
        for (size_t j = first; j <= last; j++) {
            pn_arena_mark mark = pn_arena_marked(&m->scratch);
            add_effect(m, each, &each->past->items[j]);
            pn_arena_rewind(&m->scratch, mark);
        }
    }
}

static pn_err simulate_debtor(pn_simulator *m, pn_view *view) {
    pn_arena_mark mark = pn_arena_marked(&m->scratch);
    m->view = view;
    m->contacts = pn_past_contacts_of(&m->batch, view->row.id, &m->contact_count);
    m->cases = NULL;
    m->made = NULL;
    m->count = m->capacity = m->made_count = m->made_capacity = 0;
    for (size_t i = 0; i < view->account_count; i++) {
        PN_TRY(add_account(m, &view->accounts[i]));
    }
    pn_simulate_pills_find(m);
    PN_TRY(live_cases(m));
    if (tell_cases(m, view)) {
        pn_simulate_add_debtor(m->sums, (int64_t)m->made_count);
    }
    add_effects(m);
    m->s->debtors++;
    pn_arena_rewind(&m->scratch, mark);
    return PN_OK;
}

/* ── all of them ─────────────────────────────────────────────────────────────────────────────── */

static bool is_wanted(const pn_id *ids, size_t count, pn_id id) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (ids[middle] < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < count && ids[low] == id;
}

static pn_err tell(const pn_simulator *m, int64_t done, size_t count) {
    const pn_simulate_request *r = m->request;
    if (pn_arena_over(&m->scratch) || pn_arena_over(m->arena)) {
        return pn_diag_set(m->diag, PN_LIMIT,
                           "The simulation takes too much memory: take a sample, or fewer days.");
    }
    return r->tell == NULL || r->tell(r->context, done, (int64_t)count)
               ? PN_OK
               : pn_diag_set(m->diag, PN_CONFLICT, "The simulation was cancelled.");
}

/* A sample is read debtor by debtor, all of them neighbours at once. */
static pn_err simulate_all(pn_simulator *m, const pn_id *ids, size_t count) {
    size_t size = m->request->sample != 0 ? 1 : BATCH_DEBTORS;
    int64_t done = 0;
    for (size_t at = 0; at < count; at += size) {
        size_t last = PN_MIN(at + size, count) - 1;
        pn_arena_reset(&m->scratch);
        PN_TRY(pn_past_load(m->app, ids[at], ids[last], &m->scratch, &m->batch));
        for (size_t i = 0; i < m->batch.view_count; i++) {
            if (is_wanted(ids, count, m->batch.views[i].row.id)) {
                PN_TRY(simulate_debtor(m, &m->batch.views[i]));
                PN_TRY(++done % TOLD_DEBTORS == 0 ? tell(m, done, count) : PN_OK);
            }
        }
    }
    return tell(m, (int64_t)count, count);
}

static pn_err simulate(pn_simulator *m) {
    pn_id *ids = NULL;
    size_t count = 0;
    PN_TRY(pn_catalog_names(m->app, m->arena, &m->names, m->diag));
    PN_TRY(pn_simulate_pills_load(m));
    PN_TRY(pn_past_debtors(m->app->db, m->app->org.id, m->arena, &ids, &count));
    count = pn_sample_draw(ids, count, m->request->sample, m->arena);
    PN_TRY(simulate_all(m, ids, count));
    pn_simulate_sums_end(m->sums);
    return pn_past_truly(m->app->db, m->app->org.id, m->from, m->until, &m->s->truly_contacts,
                         &m->s->truly_tasks);
}

pn_err pn_simulate_check(const pn_simulate_request *r, pn_diag *diag) {
    if (r->flow->kind == PN_FLOW_PILL) {
        return pn_diag_set(diag, PN_INVALID, "“%.*s” is a pill: it runs beside a case only.",
                           PN_STR_ARG(r->flow->name));
    }
    if (r->from >= r->to) {
        return pn_diag_set(diag, PN_INVALID, "The span to simulate has no days.");
    }
    if (r->to - r->from > PN_SIMULATE_DAYS_MAX) {
        return pn_diag_set(diag, PN_LIMIT, "A simulation spans %d days at most.",
                           PN_SIMULATE_DAYS_MAX);
    }
    return PN_OK;
}

pn_err pn_simulate(pn_app *app, const pn_simulate_request *request, pn_arena *arena,
                   pn_simulation *ret_simulation, pn_diag *diag) {
    PN_TRY(pn_simulate_check(request, diag));
    const pn_zone *zone = pn_app_zone_or_own(app, app->org.zone);
    pn_simulation s = {.strategy = request->flow->name, .from = request->from, .to = request->to};
    pn_simulator m = {.app = app,
                      .request = request,
                      .s = &s,
                      .arena = arena,
                      .from = pn_zone_instant(zone, request->from, 0),
                      .until = pn_zone_instant(zone, request->to, 0),
                      .now = pn_app_now(app),
                      .diag = diag};
    m.until = PN_MIN(m.until, m.now);
    s.effect = pn_effect_sums_of(request->effect, arena);
    m.sums = pn_simulate_sums_new(request, zone, arena, &s);
    pn_arena_init(&m.scratch, request->bytes_max);
    pn_err err = pn_db_begin_read(app->db);
    if (err == PN_OK) {
        err = simulate(&m);
        pn_db_rollback(app->db);
    }
    pn_arena_done(&m.scratch);
    if (err != PN_OK) {
        return pn_app_fail(app, err, diag);
    }
    *ret_simulation = s;
    return PN_OK;
}
