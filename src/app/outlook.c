#include "app/outlook.h"

#include "app/guard.h"
#include "app/view.h"
#include "base/banned.h"
#include "base/limits.h"
#include "core/step.h"
#include "store/message.h"

typedef struct {
    pn_app *app;
    const pn_outlook_request *request;
    pn_arena *arena;
    pn_diag *diag;
    pn_view view;
    pn_flow_names names;
    pn_time now;
    pn_message_row *queued; /* the debtor's */
    size_t queued_count;
    pn_contact_row *contacts;
    size_t contact_count;
    pn_contact_made *made;
    size_t made_count;
    pn_case_outlook *cases;
    size_t count, capacity;
} looker;

/* A case, and what works it or would. */
typedef struct {
    pn_view_account *account;
    const pn_item *item; /* NULL: an account's */
    const pn_run *run;   /* NULL: none yet */
    const pn_flow *flow;
    pn_id strategy_id;
} subject;

/* ── what is known ───────────────────────────────────────────────────────────────────────────── */

static pn_err load(looker *l) {
    pn_app *app = l->app;
    pn_id id = l->request->about.debtor_id;
    PN_TRY(pn_view_one(app, id, false, l->arena, &l->view));
    PN_TRY(pn_message_queued_range(app->db, app->org.id, id, id, l->arena, &l->queued,
                                   &l->queued_count));
    PN_TRY(pn_contact_range(app->db, id, id, l->arena, &l->contacts, &l->contact_count));
    PN_TRY(pn_contact_made_list(app->db, id, l->now - PN_GATE_HISTORY_DAYS * PN_DAY, l->arena,
                                &l->made, &l->made_count));
    return pn_catalog_names(app, l->arena, &l->names, l->diag);
}

static pn_err ask_guard(looker *l, const pn_view_account *account, pn_gate_query *ret_query,
                        const pn_policy **ret_policy) {
    pn_guard guard = {.view = &l->view,
                      .account = account,
                      .contacts = l->contacts,
                      .contact_count = l->contact_count,
                      .channel = PN_CHANNEL_EMAIL,
                      .purpose = PN_PURPOSE_DEMAND};
    PN_TRY(pn_guard_contact(l->app, &guard, l->now, l->arena, &guard.contact, l->diag));
    PN_TRY(pn_guard_query(l->app, &guard, l->now, l->arena, ret_query, ret_policy, l->diag));
    ret_query->history = l->made;
    ret_query->history_count = l->made_count;
    return PN_OK;
}

static pn_outlook_waiting *waiting_of(looker *l, const pn_run *run, size_t *ret_count) {
    pn_outlook_waiting *waiting = pn_arena_array(l->arena, pn_outlook_waiting, l->queued_count);
    *ret_count = 0;
    for (size_t i = 0; run != NULL && i < l->queued_count; i++) {
        const pn_message_row *row = &l->queued[i];
        if (row->run_id == run->id) {
            waiting[(*ret_count)++] = (pn_outlook_waiting){.id = row->id,
                                                           .template_name = row->template_name,
                                                           .tone = row->tone,
                                                           .channel = row->channel,
                                                           .node = row->node,
                                                           .visit = row->visit,
                                                           .not_before = row->not_before,
                                                           .supersede_at = row->supersede_at};
        }
    }
    return waiting;
}

/* ── living ──────────────────────────────────────────────────────────────────────────────────── */

/* The way through one flow. */
static void join_visits(looker *l, pn_case_outlook *whole, const pn_flow *flow,
                        const pn_outlook *part) {
    size_t count = whole->visit_count + part->visit_count;
    pn_outlook_visit *visits = pn_arena_array(l->arena, pn_outlook_visit, count);
    for (size_t i = 0; i < count; i++) {
        if (i < whole->visit_count) {
            visits[i] = whole->visits[i];
            continue;
        }
        const pn_visited *visited = &part->visits[i - whole->visit_count];
        visits[i] =
            (pn_outlook_visit){flow->name, pn_flow_node_id(flow, visited->node), visited->at};
    }
    whole->visits = visits;
    whole->visit_count = count;
}

static void join(looker *l, pn_case_outlook *whole, size_t *capacity, const pn_outlook *part) {
    for (size_t i = 0; i < part->count; i++) {
        whole->happenings = pn_arena_grow(l->arena, whole->happenings, whole->count, capacity,
                                          sizeof *whole->happenings);
        whole->happenings[whole->count++] = part->happenings[i];
    }
    whole->endless = whole->endless || !part->rests;
    whole->enters = whole->enters || part->entered;
}

static bool jumps(const pn_outlook *part) {
    return part->count != 0 && part->happenings[part->count - 1].kind == PN_HAPPENS_JUMP;
}

/* The strategy that a part ends by jumping into; NULL where it is not there: the case ends then. */
static const pn_published *target_of(looker *l, const pn_outlook *part) {
    const pn_published *target = NULL;
    pn_err err = pn_catalog_find(l->app, part->happenings[part->count - 1].word, &target, l->diag);
    pn_diag_clear(l->diag);
    return err == PN_OK && target->flow->subject == part->facts.subject ? target : NULL;
}

/* From where a part ended into the strategy that it jumps to, and on. */
static void live_on(looker *l, pn_outlook_question q, pn_case_outlook *whole) {
    size_t capacity = 0;
    pn_outlook part;
    pn_run run;
    pn_gate_query gate = *q.gate;
    pn_outlook_live(&q, l->arena, &part);
    join(l, whole, &capacity, &part);
    join_visits(l, whole, q.flow, &part);
    for (int i = 0; i < PN_LIMIT_CASE_JUMPS && jumps(&part); i++) {
        const pn_published *target = target_of(l, &part);
        if (target == NULL) {
            return;
        }
        pn_facts facts = part.facts;
        run = pn_run_copy(&part.run, l->arena);
        pn_run_jump(&run, target->flow, target->strategy_id, target->version_id, part.at);
        gate.history = part.made;
        gate.history_count = part.made_count;
        q.flow = target->flow;
        q.facts = &facts;
        q.run = &run;
        q.gate = &gate;
        q.waiting_count = 0;
        q.now = part.at;
        pn_outlook_live(&q, l->arena, &part);
        for (size_t h = 0; h < part.count; h++) {
            part.happenings[h].node = PN_STR_NONE; /* another document's */
        }
        join(l, whole, &capacity, &part);
        join_visits(l, whole, q.flow, &part);
    }
}

static pn_err live(looker *l, const subject *s, pn_case_outlook *ret_case) {
    pn_facts facts;
    pn_gate_query gate;
    pn_outlook_question q = {.flow = s->flow,
                             .facts = &facts,
                             .run = s->run,
                             .strategy_id = s->strategy_id,
                             .unapplied = s->account->row.unapplied,
                             .gate = &gate,
                             .names = &l->names,
                             .now = l->now,
                             .until = l->request->until};
    PN_TRY(pn_view_facts(l->app, &l->view, s->account, s->item, s->run, s->flow, l->now, l->arena,
                         &facts));
    PN_TRY(ask_guard(l, s->account, &gate, &q.policy));
    q.waiting = waiting_of(l, s->run, &q.waiting_count);
    *ret_case = (pn_case_outlook){.account_id = s->account->row.id,
                                  .invoice_id = s->item != NULL ? s->item->id : 0,
                                  .run_id = s->run != NULL ? s->run->id : 0,
                                  .creditor = s->account->creditor->name,
                                  .number = s->item != NULL ? s->item->number : PN_STR_NONE,
                                  .currency = s->account->row.currency,
                                  .strategy = s->flow->name};
    live_on(l, q, ret_case);
    return PN_OK;
}

static pn_err add(looker *l, const subject *s) {
    l->cases = pn_arena_grow(l->arena, l->cases, l->count, &l->capacity, sizeof *l->cases);
    PN_TRY(live(l, s, &l->cases[l->count]));
    l->count++;
    return PN_OK;
}

/* ── which cases ─────────────────────────────────────────────────────────────────────────────── */

static bool meant(const looker *l, const pn_run *run) {
    const pn_case_ref *about = &l->request->about;
    return about->run_id != 0 ? run->id == about->run_id
                              : about->invoice_id == 0 || run->invoice_id == 0 ||
                                    run->invoice_id == about->invoice_id;
}

static pn_err add_runs(looker *l) {
    for (size_t i = 0; i < l->view.run_count; i++) {
        const pn_run *run = &l->view.runs[i].run;
        pn_view_account *account = pn_view_account_of(&l->view, run->account_id);
        const pn_published *version = NULL;
        if (run->status != PN_RUN_ACTIVE || run->unreadable || account == NULL || !meant(l, run)) {
            continue;
        }
        PN_TRY(pn_catalog_version(l->app, run->version_id, &version, l->diag));
        PN_TRY(add(
            l,
            &(subject){.account = account,
                       .item = run->invoice_id != 0 ? pn_view_item(account, run->invoice_id) : NULL,
                       .run = run,
                       .flow = version->flow,
                       .strategy_id = version->strategy_id}));
    }
    return PN_OK;
}

static bool is_worked(const looker *l, const pn_view_account *account, const pn_item *item) {
    for (size_t i = 0; i < l->view.run_count; i++) {
        const pn_run *run = &l->view.runs[i].run;
        if (run->status == PN_RUN_ACTIVE && run->parent_id == 0 &&
            run->account_id == account->row.id &&
            run->invoice_id == (item != NULL ? item->id : 0)) {
            return true;
        }
    }
    return false;
}

static pn_time entry_of(const pn_case_outlook *found) {
    return !found->enters      ? PN_TIME_NEVER
           : found->count != 0 ? found->happenings[0].at
                               : PN_TIME_NEVER - 1;
}

/* Of the strategies of the subject the one that does something first; by priority where several do.
 */
static pn_err add_first_to_enter(looker *l, subject s) {
    const pn_published *const *strategies = NULL;
    size_t count = 0;
    pn_case_outlook best = {0}, each;
    PN_TRY(pn_catalog_strategies(l->app, &strategies, &count, l->diag));
    for (size_t i = 0; i < count; i++) {
        const pn_flow *flow = strategies[i]->flow;
        if (flow->kind != PN_FLOW_STRATEGY || flow->entry == NULL ||
            (flow->subject == PN_SUBJECT_INVOICE) != (s.item != NULL)) {
            continue;
        }
        s.flow = flow;
        s.strategy_id = strategies[i]->strategy_id;
        PN_TRY(live(l, &s, &each));
        if (entry_of(&each) < entry_of(&best)) {
            best = each;
        }
    }
    if (best.enters) {
        l->cases = pn_arena_grow(l->arena, l->cases, l->count, &l->capacity, sizeof *l->cases);
        l->cases[l->count++] = best;
    }
    return PN_OK;
}

/* A strategy to be tried works what it is about, whatever works that now. */
static pn_err consider(looker *l, const subject *s) {
    const pn_flow *flow = l->request->flow;
    if (flow == NULL) {
        return is_worked(l, s->account, s->item) ? PN_OK : add_first_to_enter(l, *s);
    }
    if ((flow->subject == PN_SUBJECT_INVOICE) != (s->item != NULL)) {
        return PN_OK;
    }
    subject tried = *s;
    tried.flow = flow;
    return add(l, &tried);
}

static pn_err add_subjects(looker *l) {
    pn_id wanted = l->request->about.invoice_id;
    for (size_t i = 0; i < l->view.account_count; i++) {
        pn_view_account *account = &l->view.accounts[i];
        bool any = false;
        for (size_t j = 0; j < account->item_count; j++) {
            const pn_item *item = &account->items[j];
            if (item->closed == PN_CLOSED_NOT && (wanted == 0 || item->id == wanted)) {
                any = true;
                PN_TRY(consider(l, &(subject){.account = account, .item = item}));
            }
        }
        if (any) {
            PN_TRY(consider(l, &(subject){.account = account}));
        }
    }
    return PN_OK;
}

pn_err pn_outlook_of(pn_app *app, const pn_outlook_request *request, pn_arena *arena,
                     pn_case_outlook **ret_cases, size_t *ret_count, pn_diag *diag) {
    looker l = {
        .app = app, .request = request, .arena = arena, .diag = diag, .now = pn_app_now(app)};
    if (request->until > l.now + PN_OUTLOOK_DAYS_MAX * PN_DAY) {
        return pn_diag_set(diag, PN_LIMIT, "An outlook reaches %d days ahead at most.",
                           PN_OUTLOOK_DAYS_MAX);
    }
    pn_err err = load(&l);
    if (err == PN_OK && request->flow == NULL) {
        err = add_runs(&l);
    }
    if (err == PN_OK && request->about.run_id == 0) {
        err = add_subjects(&l);
    }
    if (err != PN_OK) {
        return pn_app_fail(app, err, diag);
    }
    *ret_cases = l.cases;
    *ret_count = l.count;
    return PN_OK;
}
