#include "app/view.h"

#include "app/guard.h"
#include "app/replies.h"
#include "base/banned.h"
#include "base/sort.h"
#include "store/bill.h"
#include "store/errand.h"
#include "store/offer.h"

/* ── loading ─────────────────────────────────────────────────────────────────────────────────── */

/* Neighbours are mostly of one place: what the one before found is not looked for again. */
static void complete(pn_app *app, pn_view *view, const pn_view *before) {
    bool same_zone = before != NULL && pn_str_eq(before->row.zone, view->row.zone);
    bool same_place = before != NULL && pn_str_eq(before->row.country, view->row.country) &&
                      pn_str_eq(before->row.region, view->row.region);
    view->zone = same_zone ? before->zone : pn_app_zone_or_own(app, view->row.zone);
    view->calendar =
        same_place ? before->calendar : pn_app_calendar(app, view->row.country, view->row.region);
}

static pn_calendar bank_days(const pn_creditor_row *creditor, const pn_view *before) {
    if (before != NULL && before->account_count != 0 && creditor != NULL &&
        before->accounts[0].creditor == creditor) {
        return before->accounts[0].creditor_calendar;
    }
    return creditor != NULL ? pn_calendar_for(creditor->country, creditor->region)
                            : (pn_calendar){0};
}

static size_t count_items(const pn_view *view, pn_id account_id) {
    size_t count = 0;
    for (size_t i = 0; i < view->invoice_count; i++) {
        count += view->invoices[i].account_id == account_id;
    }
    return count;
}

/* Items stand side by side per account, so that facts can point at them. */
static void lay_out(pn_app *app, pn_view *view, const pn_view *before, pn_account_row *rows,
                    size_t count, pn_arena *arena) {
    view->accounts = pn_arena_alloc(arena, (count + 1) * sizeof *view->accounts);
    view->account_count = count;
    for (size_t i = 0; i < count; i++) {
        pn_view_account *account = &view->accounts[i];
        size_t items = count_items(view, rows[i].id);
        const pn_creditor_row *creditor = pn_app_creditor(app, rows[i].creditor_id);
        *account = (pn_view_account){
            .row = rows[i],
            .creditor = creditor,
            .creditor_calendar = bank_days(creditor, before),
            .items = pn_arena_alloc(arena, (items + 1) * sizeof *account->items),
            .invoices = pn_arena_alloc(arena, (items + 1) * sizeof *account->invoices),
        };
        for (size_t j = 0; j < view->invoice_count; j++) {
            if (view->invoices[j].account_id == rows[i].id) {
                account->items[account->item_count] = view->invoices[j].item;
                account->invoices[account->item_count++] = &view->invoices[j];
            }
        }
    }
}

/* A run knows its creditor from its account and its strategy from its version. */
static void complete_runs(pn_app *app, pn_view *view) {
    for (size_t i = 0; i < view->run_count; i++) {
        pn_run *run = &view->runs[i].run;
        const pn_view_account *account = pn_view_account_of(view, run->account_id);
        const pn_published *version = NULL;
        run->creditor_id = account != NULL ? account->row.creditor_id : 0;
        if (pn_catalog_version(app, run->version_id, &version, NULL) == PN_OK) {
            run->strategy_id = version->strategy_id;
        }
    }
}

typedef struct {
    pn_account_row *accounts;
    pn_invoice_row *invoices;
    pn_run_row *runs;
    size_t account_count, invoice_count, run_count;
    size_t account_at, invoice_at, run_at;
} loaded_rows;

/* Rows come in debtor order: each debtor takes its share from the heads. */
static void distribute(pn_app *app, loaded_rows *rows, pn_view *view, const pn_view *before,
                       pn_arena *arena) {
    pn_id id = view->row.id;
    while (rows->account_at < rows->account_count &&
           rows->accounts[rows->account_at].debtor_id < id) {
        rows->account_at++;
    }
    while (rows->invoice_at < rows->invoice_count &&
           rows->invoices[rows->invoice_at].debtor_id < id) {
        rows->invoice_at++;
    }
    while (rows->run_at < rows->run_count && rows->runs[rows->run_at].run.debtor_id < id) {
        rows->run_at++;
    }
    size_t first_account = rows->account_at;
    while (rows->account_at < rows->account_count &&
           rows->accounts[rows->account_at].debtor_id == id) {
        rows->account_at++;
    }
    view->invoices = rows->invoices + rows->invoice_at;
    while (rows->invoice_at < rows->invoice_count &&
           rows->invoices[rows->invoice_at].debtor_id == id) {
        rows->invoice_at++;
        view->invoice_count++;
    }
    view->runs = rows->runs + rows->run_at;
    while (rows->run_at < rows->run_count && rows->runs[rows->run_at].run.debtor_id == id) {
        rows->run_at++;
        view->run_count++;
    }
    lay_out(app, view, before, rows->accounts + first_account, rows->account_at - first_account,
            arena);
    complete_runs(app, view);
}

static pn_view *put_together(pn_app *app, const pn_debtor_row *debtors, size_t count,
                             loaded_rows *rows, pn_arena *arena) {
    pn_view *views = pn_arena_zalloc(arena, count + 1, sizeof *views);
    for (size_t i = 0; i < count; i++) {
        views[i].row = debtors[i];
        const pn_view *before = i == 0 ? NULL : &views[i - 1];
        complete(app, &views[i], before);
        distribute(app, rows, &views[i], before, arena);
    }
    return views;
}

pn_err pn_view_range(pn_app *app, pn_id first, pn_id last, bool with_history, pn_arena *arena,
                     pn_view **ret_views, size_t *ret_count) {
    pn_debtor_row *debtors = NULL;
    size_t count = 0;
    loaded_rows rows = {0};
    PN_TRY(pn_debtor_range(app->db, app->org.id, first, last, arena, &debtors, &count));
    PN_TRY(pn_account_range(app->db, first, last, arena, &rows.accounts, &rows.account_count));
    PN_TRY(
        pn_invoice_working_range(app->db, first, last, arena, &rows.invoices, &rows.invoice_count));
    PN_TRY(pn_run_range(app->db, first, last, !with_history, arena, &rows.runs, &rows.run_count));
    *ret_views = put_together(app, debtors, count, &rows, arena);
    *ret_count = count;
    return PN_OK;
}

/* ── a list of debtors ───────────────────────────────────────────────────────────────────────── */

static int by_id(const void *a, const void *b) {
    const pn_id *x = a;
    const pn_id *y = b;
    return (*x > *y) - (*x < *y);
}

/* What the runs remember, read for all of them at once. */
static pn_err load_remembered(pn_app *app, const loaded_rows *rows, pn_view *views, size_t count,
                              pn_arena *arena) {
    size_t wanted = 0, message_count = 0;
    pn_message_row *messages = NULL;
    for (size_t i = 0; i < rows->run_count; i++) {
        wanted += rows->runs[i].run.message_count;
    }
    if (wanted == 0) {
        return PN_OK;
    }
    pn_id *ids = pn_arena_array(arena, pn_id, wanted);
    wanted = 0;
    for (size_t i = 0; i < rows->run_count; i++) {
        const pn_run *run = &rows->runs[i].run;
        for (size_t j = 0; j < run->message_count; j++) {
            ids[wanted++] = run->messages[j].message;
        }
    }
    pn_sort(ids, wanted, sizeof *ids, by_id, arena);
    PN_TRY(pn_message_of_ids(app->db, app->org.id, ids, wanted, arena, &messages, &message_count));
    for (size_t i = 0; i < count; i++) {
        views[i].messages = messages;
        views[i].message_count = message_count;
    }
    return PN_OK;
}

pn_err pn_view_list(pn_app *app, const pn_id *debtors, size_t count, bool with_history,
                    pn_arena *arena, pn_view **ret_views, size_t *ret_count) {
    pn_db *db = app->db;
    pn_debtor_row *rows_of_debtors = NULL;
    loaded_rows rows = {0};
    PN_TRY(pn_debtor_of_ids(db, app->org.id, debtors, count, arena, &rows_of_debtors, ret_count));
    PN_TRY(pn_account_of_debtors(db, debtors, count, arena, &rows.accounts, &rows.account_count));
    PN_TRY(pn_invoice_working_of_debtors(db, debtors, count, arena, &rows.invoices,
                                         &rows.invoice_count));
    PN_TRY(
        pn_run_of_debtors(db, debtors, count, !with_history, arena, &rows.runs, &rows.run_count));
    *ret_views = put_together(app, rows_of_debtors, *ret_count, &rows, arena);
    return load_remembered(app, &rows, *ret_views, *ret_count, arena);
}

/* ── one ─────────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_view_one(pn_app *app, pn_id debtor_id, bool with_history, pn_arena *arena,
                   pn_view *ret_view) {
    pn_view *views = NULL;
    size_t count = 0;
    PN_TRY(pn_view_range(app, debtor_id, debtor_id, with_history, arena, &views, &count));
    if (count == 0) {
        return PN_NOT_FOUND;
    }
    *ret_view = views[0];
    return PN_OK;
}

pn_view_account *pn_view_account_of(const pn_view *view, pn_id account_id) {
    for (size_t i = 0; i < view->account_count; i++) {
        if (view->accounts[i].row.id == account_id) {
            return &view->accounts[i];
        }
    }
    return NULL;
}

pn_item *pn_view_item(const pn_view_account *account, pn_id invoice_id) {
    for (size_t i = 0; i < account->item_count; i++) {
        if (account->items[i].id == invoice_id) {
            return &account->items[i];
        }
    }
    return NULL;
}

bool pn_view_has_due(const pn_view *view, bool owners, pn_time now) {
    for (size_t i = 0; i < view->run_count; i++) {
        const pn_run *run = &view->runs[i].run;
        if (pn_run_owns(run) == owners && run->status != PN_RUN_ENDED && run->wake_at <= now) {
            return true;
        }
    }
    return false;
}

/* ── facts ───────────────────────────────────────────────────────────────────────────────────── */

static void debtor_fact(const pn_view *view, pn_debtor_fact *fact) {
    const pn_debtor_row *row = &view->row;
    *fact = (pn_debtor_fact){
        .id = row->id,
        .external_id = row->external_id_fold,
        .name = row->name_fold,
        .kind = row->kind == PN_DEBTOR_PERSON    ? PN_STR("person")
                : row->kind == PN_DEBTOR_COMPANY ? PN_STR("company")
                                                 : PN_STR_NONE,
        .country = row->country,
        .region = row->region,
        .language = row->language,
        .owner = row->owner_fold,
        .salesperson = row->salesperson_fold,
        .zone = view->zone,
        .calendar = view->calendar,
        .grace_days = row->grace_days,
        .channels = row->channels,
        .promises_broken = row->promises_broken,
        .promises_kept = row->promises_kept,
    };
}

static void creditor_fact(const pn_view_account *account, pn_time now, pn_creditor_fact *fact) {
    const pn_creditor_row *row = account->creditor;
    if (row == NULL) {
        return;
    }
    *fact = (pn_creditor_fact){
        .id = row->id,
        .name = row->name_fold,
        .country = row->country,
        .calendar = account->creditor_calendar,
        .stale = row->data_hours_max != 0 && row->data_as_of != PN_TIME_NONE &&
                 now - row->data_as_of > row->data_hours_max * PN_HOUR,
        .interest_bp = row->interest_bp,
    };
}

static void account_fact(const pn_view_account *account, pn_account_fact *fact) {
    *fact = (pn_account_fact){
        .id = account->row.id,
        .currency = account->row.currency,
        .scale = account->row.scale,
        .last_closed = account->row.last_closed,
    };
}

static pn_err load_attributes(pn_app *app, const pn_view *view, const pn_flow *flow,
                              pn_arena *arena, pn_facts *facts) {
    if ((flow->needs & PN_NEEDS_DEBTOR_ATTRS) != 0 &&
        (view->row.flags & PN_DEBTOR_HAS_ATTRS) != 0) {
        pn_attr *attrs = NULL;
        PN_TRY(pn_attribute_list(app->db, view->row.id, view->row.id, arena, &attrs,
                                 &facts->debtor.attr_count));
        facts->debtor.attrs = attrs;
    }
    return PN_OK;
}

/* Attributes and lines hang on the item itself; they are loaded for the case's own invoice only,
 * for no rule can ask about another one's. */
static pn_err load_item_details(pn_app *app, const pn_view *view, const pn_view_account *account,
                                const pn_flow *flow, pn_arena *arena, const pn_item *own) {
    if (own == NULL) {
        return PN_OK;
    }
    pn_item *item = pn_view_item(account, own->id);
    uint32_t flags = account->invoices[item - account->items]->flags;
    if ((flow->needs & PN_NEEDS_INVOICE_ATTRS) != 0 && (flags & PN_INVOICE_HAS_ATTRS) != 0 &&
        item->attrs == NULL) {
        pn_attr *attrs = NULL;
        PN_TRY(
            pn_attribute_list(app->db, view->row.id, item->id, arena, &attrs, &item->attr_count));
        item->attrs = attrs;
    }
    if ((flow->needs & PN_NEEDS_LINES) != 0 && (flags & PN_INVOICE_HAS_LINES) != 0 &&
        item->lines == NULL) {
        pn_line *lines = NULL;
        PN_TRY(pn_line_list(app->db, view->row.id, item->id, arena, &lines, &item->line_count));
        item->lines = lines;
    }
    return PN_OK;
}

/* What an e-mail, and later each channel, calls read (law 10: human signals only). */
static bool is_reading(pn_signal_kind kind) {
    switch (kind) {
    case PN_SIGNAL_OPEN:
    case PN_SIGNAL_CLICK:
    case PN_SIGNAL_VISIT:
    case PN_SIGNAL_REPLY:
    case PN_SIGNAL_PAYMENT_ATTEMPT:
    case PN_SIGNAL_PROMISE: return true;
    case PN_SIGNAL_PAYMENT_FAILED:
    case PN_SIGNAL_BOUNCE:
    case PN_SIGNAL_AUTO_REPLY:
    case PN_SIGNAL_CONVERSATION:
    case PN_SIGNALS: break;
    }
    return false;
}

static void read_marks(const pn_signal_row *signals, size_t count, pn_id carrier_id,
                       pn_message_fact *fact) {
    for (size_t i = 0; carrier_id != 0 && i < count; i++) {
        const pn_signal_row *signal = &signals[i];
        if (signal->carrier_id != carrier_id) {
            continue;
        }
        if (signal->kind == PN_SIGNAL_BOUNCE && fact->bounced_at == PN_TIME_NONE) {
            fact->bounced_at = signal->at;
        }
        if (signal->source == PN_SOURCE_HUMAN && is_reading(signal->kind) &&
            (fact->read_at == PN_TIME_NONE || signal->at < fact->read_at)) {
            fact->read_at = signal->at;
        }
    }
}

static bool came_back(const pn_signal_row *signals, size_t count, pn_id carrier_id) {
    for (size_t i = 0; i < count; i++) {
        if (signals[i].carrier_id == carrier_id && signals[i].kind == PN_SIGNAL_BOUNCE) {
            return true;
        }
    }
    return false;
}

/* From what was read with the view, else from the database. */
static pn_err read_message(pn_app *app, const pn_view *view, pn_id id, pn_arena *arena,
                           pn_message_row *ret_row) {
    size_t low = 0, high = view->message_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (view->messages[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low < view->message_count && view->messages[low].id == id) {
        *ret_row = view->messages[low];
        return PN_OK;
    }
    PN_TRY(pn_message_get(app->db, id, arena, ret_row));
    pn_moment_of_message(view->moment, ret_row);
    return PN_OK;
}

static pn_err load_messages(pn_app *app, const pn_view *view, const pn_run *run,
                            const pn_flow *flow, const pn_signal_row *signals, size_t signal_count,
                            pn_arena *arena, pn_facts *facts) {
    pn_message_fact *messages = pn_arena_alloc(arena, (run->message_count + 1) * sizeof *messages);
    for (size_t i = 0; i < run->message_count; i++) {
        const pn_run_message *remembered = &run->messages[i];
        bool current = run->visit != 0 && remembered->node == run->node;
        if (remembered->message == 0 || (!current && !flow->reads_signals)) {
            continue;
        }
        pn_message_row row;
        PN_TRY(read_message(app, view, remembered->message, arena, &row));
        if (view->moment != NULL && row.state == PN_MESSAGE_BOUNCED &&
            !came_back(signals, signal_count, row.carrier_id)) {
            row.state = PN_MESSAGE_SENT; /* it came back later */
        }
        pn_message_fact *fact = &messages[facts->message_count++];
        *fact = (pn_message_fact){
            .id = row.id,
            .state = row.state,
            .channel = row.channel,
            .settled_at = row.settled_at,
            .read_at = PN_TIME_NONE,
            .bounced_at = row.state == PN_MESSAGE_BOUNCED ? row.settled_at : PN_TIME_NONE,
        };
        read_marks(signals, signal_count, row.carrier_id, fact);
    }
    facts->messages = messages;
    return PN_OK;
}

/* Keeps those that were there, in their order. */
static size_t signals_then(const pn_moment *moment, pn_signal_row *rows, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (pn_moment_made(moment, rows[i].id, rows[i].at)) {
            rows[kept++] = rows[i];
        }
    }
    return kept;
}

static pn_err load_signals(pn_app *app, const pn_view *view, pn_arena *arena,
                           pn_signal_row **ret_rows, size_t *ret_count, pn_facts *facts) {
    PN_TRY(pn_signal_list(app->db, view->row.id, arena, ret_rows, ret_count));
    *ret_count = signals_then(view->moment, *ret_rows, *ret_count);
    pn_signal *signals = pn_arena_alloc(arena, (*ret_count + 1) * sizeof *signals);
    for (size_t i = 0; i < *ret_count; i++) {
        const pn_signal_row *row = &(*ret_rows)[i];
        signals[i] =
            (pn_signal){.id = row->id, .kind = row->kind, .source = row->source, .at = row->at};
    }
    facts->signals = signals;
    facts->signal_count = *ret_count;
    return PN_OK;
}

static pn_err load_tasks(pn_app *app, const pn_moment *moment, const pn_run *run, pn_arena *arena,
                         pn_facts *facts) {
    pn_task_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_task_of_debtor(app->db, run->debtor_id, arena, &rows, &count));
    pn_task_fact *tasks = pn_arena_alloc(arena, (count + 1) * sizeof *tasks);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].run_id == run->id && pn_moment_made(moment, rows[i].id, rows[i].opened_at)) {
            pn_moment_of_task(moment, &rows[i]);
            tasks[facts->task_count++] = (pn_task_fact){
                .node = rows[i].node,
                .visit = rows[i].visit,
                .state = rows[i].state,
                .settled_at = rows[i].settled_at,
                .outcome = rows[i].outcome,
            };
        }
    }
    facts->tasks = tasks;
    return PN_OK;
}

static pn_err load_errands(pn_app *app, const pn_moment *moment, const pn_run *run, pn_arena *arena,
                           pn_facts *facts) {
    pn_errand_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_errand_of_run(app->db, run->debtor_id, run->id, arena, &rows, &count));
    pn_errand_fact *errands = pn_arena_alloc(arena, (count + 1) * sizeof *errands);
    for (size_t i = 0; i < count; i++) {
        pn_moment_of_errand(moment, &rows[i]);
        errands[i] = (pn_errand_fact){.visit = rows[i].visit,
                                      .kind = rows[i].kind,
                                      .state = (pn_errand_state)rows[i].call.state,
                                      .settled_at = rows[i].call.settled_at,
                                      .outcome = rows[i].outcome};
    }
    facts->errands = errands;
    facts->errand_count = count;
    return PN_OK;
}

static pn_err load_offers(pn_app *app, const pn_moment *moment, const pn_run *run, pn_arena *arena,
                          pn_facts *facts) {
    pn_offer_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_offer_of_debtor(app->db, run->debtor_id, arena, &rows, &count));
    pn_offer_fact *offers = pn_arena_alloc(arena, (count + 1) * sizeof *offers);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].run_id == run->id) {
            pn_moment_of_offer(moment, &rows[i]);
            offers[facts->offer_count++] = (pn_offer_fact){
                .visit = rows[i].visit, .state = rows[i].state, .settled_at = rows[i].settled_at};
        }
    }
    facts->offers = offers;
    return PN_OK;
}

/* A pill that answers a reply must not be stopped by the hold that the reply put on the case. */
static bool hold_applies(const pn_hold_row *hold, const pn_run *run, pn_time now) {
    if (!pn_hold_in_force(hold, now)) {
        return false;
    }
    if (run != NULL && run->parent_id != 0 && pn_str_is(hold->reason, "reply")) {
        return false;
    }
    return hold->run_id == 0 || (run != NULL && hold->run_id == run->id);
}

static pn_err load_holds(pn_app *app, const pn_view *view, const pn_view_account *account,
                         const pn_run *run, pn_time now, pn_arena *arena, pn_facts *facts) {
    pn_hold_row *rows = NULL;
    size_t count = 0;
    const pn_moment *moment = view->moment;
    if (moment != NULL) {
        count = moment->hold_count;
        rows = pn_arena_array(arena, pn_hold_row, count + 1);
        memcpy(rows, moment->holds, count * sizeof *rows);
    } else if ((view->row.flags & PN_DEBTOR_HAS_HOLDS) != 0) {
        PN_TRY(pn_hold_list(app->db, view->row.id, arena, &rows, &count));
    }
    pn_hold_fact *holds = pn_arena_alloc(arena, (count + 1 + PN_PROTECTIONS) * sizeof *holds);
    for (size_t i = 0; i < count; i++) {
        pn_moment_of_hold(moment, &rows[i]);
        if (moment != NULL) {
            rows[i].until = pn_hold_review_then(app, &view->row, &rows[i], moment->at);
        }
        if (pn_moment_made(moment, rows[i].id, rows[i].since) &&
            rows[i].released_at == PN_TIME_NONE && hold_applies(&rows[i], run, now)) {
            holds[facts->hold_count++] = (pn_hold_fact){
                .id = rows[i].id,
                .reason = rows[i].reason,
                .since = rows[i].since,
                .until = rows[i].until,
            };
        }
    }
    if (account->row.chase_hold_until != PN_TIME_NONE && account->row.chase_hold_until > now) {
        holds[facts->hold_count++] = (pn_hold_fact){.reason = PN_STR("unmatched_money"),
                                                    .until = account->row.chase_hold_until};
    }
    if ((view->row.flags & PN_DEBTOR_HAS_PROTECTIONS) != 0) {
        PN_TRY(pn_guard_holds(app, view, account, now, arena, holds, &facts->hold_count));
    }
    facts->holds = holds;
    return PN_OK;
}

static pn_err load_run_facts(pn_app *app, const pn_view *view, const pn_run *run,
                             const pn_flow *flow, pn_arena *arena, pn_facts *facts) {
    pn_signal_row *signals = NULL;
    size_t signal_count = 0;
    if (flow->reads_signals && (view->row.flags & PN_DEBTOR_HAS_SIGNALS) != 0) {
        PN_TRY(load_signals(app, view, arena, &signals, &signal_count, facts));
    }
    if (run->message_count != 0) {
        PN_TRY(load_messages(app, view, run, flow, signals, signal_count, arena, facts));
    }
    if (flow->has_tasks && run->task_visit != 0) {
        PN_TRY(load_tasks(app, view->moment, run, arena, facts));
    }
    if (flow->offers && run->task_visit != 0) {
        PN_TRY(load_offers(app, view->moment, run, arena, facts));
    }
    if (flow->asks && run->task_visit != 0) {
        PN_TRY(load_errands(app, view->moment, run, arena, facts));
    }
    bool no_arms = view->moment != NULL && view->moment->no_arms;
    if ((view->row.flags & PN_DEBTOR_HAS_ARMS) != 0 && !no_arms) {
        pn_arm_fact *arms = NULL;
        PN_TRY(pn_arm_list(app->db, run->debtor_id, arena, &arms, &facts->arm_count));
        facts->arms = arms;
    }
    return PN_OK;
}

/* The next debt of the same subject has, or had, a run of its own: that one goes on where something
 * comes back. */
static bool is_succeeded(const pn_view *view, const pn_run *run) {
    for (size_t i = 0; i < view->run_count; i++) {
        const pn_run *other = &view->runs[i].run;
        if (other->id == run->id || other->account_id != run->account_id ||
            other->invoice_id != run->invoice_id || other->parent_id != 0 ||
            other->status == PN_RUN_ENDED) {
            continue;
        }
        bool later = other->closed_at > run->closed_at ||
                     (other->closed_at == run->closed_at && other->id > run->id);
        if (pn_run_working(other) || later) {
            return run->parent_id == 0;
        }
    }
    return false;
}

pn_err pn_view_facts(pn_app *app, const pn_view *view, pn_view_account *account,
                     const pn_item *item, const pn_run *run, const pn_flow *flow, pn_time now,
                     pn_arena *arena, pn_facts *ret_facts) {
    pn_facts facts = {
        .today = pn_zone_date(view->zone, now),
        .subject = flow->subject,
        .items = account->items,
        .item_count = account->item_count,
        .item = item,
    };
    debtor_fact(view, &facts.debtor);
    creditor_fact(account, now, &facts.creditor);
    account_fact(account, &facts.account);
    if (flow->needs != 0) {
        PN_TRY(load_attributes(app, view, flow, arena, &facts));
        PN_TRY(load_item_details(app, view, account, flow, arena, item));
    }
    if ((view->row.flags & (PN_DEBTOR_HAS_HOLDS | PN_DEBTOR_HAS_PROTECTIONS)) != 0 ||
        account->row.chase_hold_until != PN_TIME_NONE || view->moment != NULL) {
        PN_TRY(load_holds(app, view, account, run, now, arena, &facts));
    }
    if (run != NULL) {
        facts.succeeded = is_succeeded(view, run);
        PN_TRY(load_run_facts(app, view, run, flow, arena, &facts));
    }
    pn_facts_sum(&facts);
    *ret_facts = facts;
    return PN_OK;
}
