/* Pills in a simulation: those that are published today begin beside the strategy's cases, for what
 * truly happened (as app/pills.h begins real ones) and where a node of a case says so.
 *
 * Which installments of a plan were still to be paid on a day is not kept: reminders of them are
 * not led, and counted. A signal is taken for one about any of the debtor's creditors. */
#include "app/pills.h"
#include "app/simulate_int.h"
#include "base/banned.h"

pn_err pn_simulate_pills_load(pn_simulator *m) {
    const pn_published *const *list = NULL;
    size_t count = 0;
    PN_TRY(pn_catalog_strategies(m->app, &list, &count, m->diag));
    m->pills = pn_arena_array(m->arena, const pn_published *, count + 1);
    for (size_t i = 0; i < count; i++) {
        if (list[i]->flow->kind == PN_FLOW_PILL) {
            m->pills[m->pill_count++] = list[i];
        }
    }
    return PN_OK;
}

/* ── what begins them ────────────────────────────────────────────────────────────────────────── */

static void add_trigger(pn_simulator *m, pn_simulated_trigger trigger) {
    if (trigger.from >= m->from && trigger.from < m->until && trigger.from <= trigger.until) {
        m->triggers = pn_arena_grow(&m->scratch, m->triggers, m->trigger_count,
                                    &m->trigger_capacity, sizeof *m->triggers);
        m->triggers[m->trigger_count++] = trigger;
    }
}

static pn_time fact_ends(pn_time at) {
    return at + PN_PILL_FACT_DAYS * PN_DAY;
}

static void find_signals(pn_simulator *m, const pn_published *pill, pn_signal_kind kind) {
    size_t count = 0;
    const pn_past_row *rows = pn_past_rows_of(&m->batch, PN_PAST_SIGNALS, m->view->row.id, &count);
    bool by_anybody = kind == PN_SIGNAL_BOUNCE || kind == PN_SIGNAL_PAYMENT_FAILED;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].kind == (int64_t)kind &&
            (by_anybody || rows[i].state == (int64_t)PN_SOURCE_HUMAN)) {
            pn_time wait = kind == PN_SIGNAL_VISIT ? PN_PILL_VISIT_HOURS * PN_HOUR : 0;
            add_trigger(m, (pn_simulated_trigger){.pill = pill,
                                                  .from = rows[i].at + wait,
                                                  .until = fact_ends(rows[i].at)});
        }
    }
}

static void find_broken(pn_simulator *m, const pn_published *pill) {
    size_t count = 0;
    const pn_past_row *rows = pn_past_rows_of(&m->batch, PN_PAST_PROMISES, m->view->row.id, &count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].state == (int64_t)PN_PROMISE_BROKEN && rows[i].end != PN_TIME_NONE) {
            add_trigger(m, (pn_simulated_trigger){.pill = pill,
                                                  .account_id = rows[i].about,
                                                  .from = rows[i].end,
                                                  .until = fact_ends(rows[i].end)});
        }
    }
}

/* While it is open, from the business day before its own. */
static void find_due(pn_simulator *m, const pn_published *pill) {
    size_t count = 0;
    const pn_past_row *rows = pn_past_rows_of(&m->batch, PN_PAST_PROMISES, m->view->row.id, &count);
    const pn_zone *zone = m->view->zone;
    for (size_t i = 0; i < count; i++) {
        pn_date due = (pn_date)rows[i].kind;
        pn_date on = pn_calendar_previous(&m->view->calendar, due - PN_PILL_PROMISE_DAYS);
        pn_time until = pn_zone_instant(zone, due, 0);
        until = rows[i].end != PN_TIME_NONE ? PN_MIN(until, rows[i].end) : until;
        if (on > pn_zone_date(zone, rows[i].at)) {
            add_trigger(m, (pn_simulated_trigger){.pill = pill,
                                                  .account_id = rows[i].about,
                                                  .from = pn_zone_instant(zone, on, 0),
                                                  .until = until - 1});
        }
    }
}

static pn_id account_of(const pn_simulator *m, pn_id invoice_id) {
    for (size_t i = 0; i < m->count; i++) {
        const pn_past_account *past = m->cases[i].past;
        for (size_t j = 0; j < past->item_count; j++) {
            if (past->items[j].id == invoice_id) {
                return m->cases[i].account->row.id;
            }
        }
    }
    return 0;
}

static void find_disputes(pn_simulator *m, const pn_published *pill) {
    size_t count = 0;
    const pn_past_row *rows = pn_past_rows_of(&m->batch, PN_PAST_DISPUTES, m->view->row.id, &count);
    for (size_t i = 0; i < count; i++) {
        pn_id account_id = account_of(m, rows[i].about);
        pn_time until = fact_ends(rows[i].at);
        until = rows[i].end != PN_TIME_NONE ? PN_MIN(until, rows[i].end - 1) : until;
        if (account_id != 0) {
            add_trigger(
                m, (pn_simulated_trigger){
                       .pill = pill, .account_id = account_id, .from = rows[i].at, .until = until});
        }
    }
}

static void count_plans(pn_simulator *m, const pn_published *pill) {
    size_t count = 0;
    const pn_past_row *rows = pn_past_rows_of(&m->batch, PN_PAST_PLANS, m->view->row.id, &count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].at < m->until && (rows[i].end == PN_TIME_NONE || rows[i].end >= m->from)) {
            pn_simulate_add_unled(m->sums, pill->flow->name);
        }
    }
}

static void find_of(pn_simulator *m, const pn_published *pill) {
    switch (pill->flow->trigger) {
    case PN_TRIGGER_PROMISE_BROKEN: find_broken(m, pill); break;
    case PN_TRIGGER_PROMISE_DUE: find_due(m, pill); break;
    case PN_TRIGGER_INSTALLMENT_DUE: count_plans(m, pill); break;
    case PN_TRIGGER_DISPUTE_OPENED: find_disputes(m, pill); break;
    case PN_TRIGGER_PAYMENT_FAILED: find_signals(m, pill, PN_SIGNAL_PAYMENT_FAILED); break;
    case PN_TRIGGER_VISITED_NOT_PAID: find_signals(m, pill, PN_SIGNAL_VISIT); break;
    case PN_TRIGGER_BOUNCE: find_signals(m, pill, PN_SIGNAL_BOUNCE); break;
    case PN_TRIGGER_REPLY: find_signals(m, pill, PN_SIGNAL_REPLY); break;
    case PN_TRIGGER_NONE: /* a node's alone */
    case PN_TRIGGERS: break;
    }
}

void pn_simulate_pills_find(pn_simulator *m) {
    m->triggers = NULL;
    m->trigger_count = m->trigger_capacity = 0;
    m->main_count = m->count;
    for (size_t i = 0; m->count != 0 && i < m->pill_count; i++) {
        find_of(m, m->pills[i]);
    }
}

pn_time pn_simulate_pills_next(const pn_simulator *m, pn_time lived) {
    pn_time next = PN_TIME_NEVER;
    for (size_t i = 0; i < m->trigger_count; i++) {
        const pn_simulated_trigger *trigger = &m->triggers[i];
        next = !trigger->over && trigger->from > lived ? PN_MIN(next, trigger->from) : next;
    }
    return next;
}

/* ── beginning and living them ───────────────────────────────────────────────────────────────── */

/* The first case of the account, or of the debtor, that works; SIZE_MAX for none. */
static size_t case_beside(const pn_simulator *m, pn_id account_id) {
    pn_past_beside where;
    for (size_t i = 0; i < m->main_count; i++) {
        const pn_simulated_case *each = &m->cases[i];
        if ((account_id == 0 || each->account->row.id == account_id) &&
            pn_past_works(each->life, &where)) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* A pill works what its case works; an invoice's beside an account's case the anchor. */
static pn_item *item_of(const pn_published *pill, const pn_simulated_case *beside,
                        const pn_past_beside *where) {
    pn_id id = beside->item != NULL ? beside->item->id : where->anchor_item;
    pn_past_account *past = beside->past;
    bool whole = beside->item == NULL && pill->flow->subject == PN_SUBJECT_ACCOUNT;
    for (size_t i = 0; !whole && i < past->item_count; i++) {
        if (past->items[i].id == id) {
            return &past->items[i];
        }
    }
    return NULL;
}

/* Its life knows what happened before it began, and what was sent. */
static void catch_up(pn_simulator *m, pn_simulated_case *each, pn_time now) {
    each->life = pn_past_begin(each->question, &m->scratch);
    for (pn_time next = pn_past_next(each->life); next < now; next = pn_past_next(each->life)) {
        pn_past_live(each->life, next);
    }
    for (size_t i = 0; i < m->made_count; i++) {
        pn_past_contacted(each->life, &m->made[i]);
    }
}

static pn_err begin(pn_simulator *m, size_t index, const pn_published *pill, pn_time now) {
    const pn_simulated_case *beside = &m->cases[index];
    pn_past_beside *where = pn_arena_new(&m->scratch, pn_past_beside);
    pn_facts *facts = pn_arena_new(&m->scratch, pn_facts);
    pn_past_question *q = pn_arena_new(&m->scratch, pn_past_question);
    (void)pn_past_works(beside->life, where);
    where->at = now;
    pn_item *item = item_of(pill, beside, where);
    if (item != NULL) {
        PN_TRY(pn_simulate_details(m, pill->flow, item));
    }
    PN_TRY(pn_simulate_facts(m, beside->account, pill->flow, facts));
    *q = *beside->question;
    q->flow = pill->flow;
    q->strategy_id = pill->strategy_id;
    q->beside = where;
    q->facts = facts;
    q->item_id = item != NULL ? item->id : 0;
    pn_simulated_case each = {.pill = pill,
                              .past = beside->past,
                              .account = beside->account,
                              .item = item,
                              .question = q};
    catch_up(m, &each, now);
    (void)pn_simulate_add(m, each);
    pn_simulate_live(m, m->count - 1, now);
    return PN_OK;
}

static const pn_published *pill_of(const pn_simulator *m, pn_str name) {
    for (size_t i = 0; i < m->pill_count; i++) {
        if (pn_str_eq(m->pills[i]->flow->name, name)) {
            return m->pills[i];
        }
    }
    return NULL;
}

static pn_err begin_by_nodes(pn_simulator *m, pn_time now) {
    for (size_t i = 0; i < m->count; i++) {
        pn_past_told told = pn_past_told_of(m->cases[i].life);
        while (m->cases[i].happenings < told.count) {
            const pn_happening *h = &told.happenings[m->cases[i].happenings++];
            const pn_published *pill = h->kind == PN_HAPPENS_PILL ? pill_of(m, h->word) : NULL;
            if (pill != NULL) {
                PN_TRY(begin(m, i, pill, now));
            } else if (h->kind == PN_HAPPENS_PILL) {
                pn_simulate_add_unled(m->sums, h->word);
            }
        }
    }
    return PN_OK;
}

static pn_err begin_by_facts(pn_simulator *m, pn_time now) {
    for (size_t i = 0; i < m->trigger_count; i++) {
        pn_simulated_trigger *trigger = &m->triggers[i];
        if (trigger->over || trigger->from > now) {
            continue;
        }
        size_t beside = now <= trigger->until ? case_beside(m, trigger->account_id) : SIZE_MAX;
        trigger->over = beside != SIZE_MAX || now > trigger->until;
        if (beside != SIZE_MAX) {
            PN_TRY(begin(m, beside, trigger->pill, now));
        }
    }
    return PN_OK;
}

/* What a pill and the cases of its account do to the invoices that they share. */
static bool share(pn_simulator *m, size_t index) {
    const pn_simulated_case *each = &m->cases[index];
    bool changed = false;
    for (size_t i = each->pill != NULL ? 0 : m->main_count; i < m->count; i++) {
        const pn_simulated_case *other = &m->cases[i];
        if (i != index && other->past == each->past) {
            changed |= pn_past_shared(each->life, other->life, other->pill == NULL);
        }
    }
    return changed;
}

void pn_simulate_live(pn_simulator *m, size_t index, pn_time now) {
    (void)share(m, index);
    pn_past_live(m->cases[index].life, now);
    m->cases[index].next = pn_past_next(m->cases[index].life);
}

pn_err pn_simulate_pills_live(pn_simulator *m, pn_time now) {
    if (m->pill_count == 0 && m->trigger_count == 0) {
        return begin_by_nodes(m, now);
    }
    PN_TRY(begin_by_facts(m, now));
    PN_TRY(begin_by_nodes(m, now));
    for (size_t i = m->main_count; i < m->count; i++) {
        if (share(m, i)) {
            pn_simulate_live(m, i, now);
        }
    }
    return begin_by_nodes(m, now);
}
