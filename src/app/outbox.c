#include "app/outbox.h"

#include "app/books.h"
#include "app/cases.h"
#include "base/banned.h"

enum { DEBTORS_A_READ = 256 };

typedef struct {
    pn_app *app;
    const pn_outbox_query *query;
    pn_arena *arena;  /* of the answer */
    pn_arena scratch; /* of one debtor */
    pn_outbox_row *rows;
    size_t count, capacity;
} gathering;

static int64_t claimable_of(const pn_account_row *accounts, size_t count, pn_id account_id) {
    for (size_t i = 0; i < count; i++) {
        if (accounts[i].id == account_id) {
            return accounts[i].claimable;
        }
    }
    return 0;
}

/* The mails among what is planned for a case. */
static void take_mails(gathering *g, const pn_case_outlook *each, const pn_outbox_row *common) {
    for (size_t i = 0; i < each->count; i++) {
        const pn_happening *h = &each->happenings[i];
        if (h->kind == PN_HAPPENS_MAIL) {
            g->rows = pn_arena_grow(g->arena, g->rows, g->count, &g->capacity, sizeof *g->rows);
            pn_outbox_row *row = &g->rows[g->count++];
            *row = *common;
            row->family = pn_str_dup(g->arena, h->word);
            row->tone = h->tone;
            row->at = h->at;
        }
    }
}

static pn_err take_debtor(gathering *g, pn_id debtor_id, pn_diag *diag) {
    pn_case_outlook *cases = NULL;
    pn_account_row *accounts = NULL;
    pn_debtor_row debtor;
    size_t count = 0, account_count = 0;
    pn_arena *scratch = &g->scratch;
    pn_arena_reset(scratch);
    pn_outlook_request request = {.about = {.debtor_id = debtor_id}, .until = g->query->until};
    PN_TRY(pn_outlook_of(g->app, &request, scratch, &cases, &count, diag));
    pn_err err = pn_debtor_get(g->app->db, debtor_id, scratch, &debtor);
    if (err == PN_OK) {
        err =
            pn_account_range(g->app->db, debtor_id, debtor_id, scratch, &accounts, &account_count);
    }
    PN_TRY(pn_app_fail(g->app, err, diag));
    pn_outbox_row common = {.debtor_id = debtor_id,
                            .debtor_key = pn_str_dup(g->arena, debtor.external_id),
                            .debtor_name = pn_str_dup(g->arena, debtor.name)};
    for (size_t i = 0; i < count; i++) {
        common.run_id = cases[i].run_id;
        common.creditor = pn_str_dup(g->arena, cases[i].creditor);
        common.number = pn_str_dup(g->arena, cases[i].number);
        common.strategy = pn_str_dup(g->arena, cases[i].strategy);
        common.claimable = (pn_money){claimable_of(accounts, account_count, cases[i].account_id),
                                      cases[i].currency};
        take_mails(g, &cases[i], &common);
    }
    return PN_OK;
}

static pn_err gather(gathering *g, pn_id *ret_next, pn_diag *diag) {
    pn_id after = g->query->after;
    for (;;) {
        pn_id *debtors = NULL;
        size_t count = 0;
        pn_err err =
            pn_outbox_debtors(g->app->db, g->app->org.id, g->app->org.lane, g->query->until, after,
                              DEBTORS_A_READ, g->arena, &debtors, &count);
        PN_TRY(pn_app_fail(g->app, err, diag));
        for (size_t i = 0; i < count; i++) {
            PN_TRY(take_debtor(g, debtors[i], diag));
            after = debtors[i];
            if (g->count >= g->query->limit) {
                *ret_next = after;
                return PN_OK;
            }
        }
        if (count < DEBTORS_A_READ) {
            *ret_next = 0;
            return PN_OK;
        }
    }
}

pn_err pn_outbox_list(pn_app *app, const pn_outbox_query *query, pn_arena *arena,
                      pn_outbox_row **ret_rows, size_t *ret_count, pn_id *ret_next, pn_diag *diag) {
    gathering g = {.app = app, .query = query, .arena = arena};
    pn_arena_init(&g.scratch, 0);
    pn_err err = gather(&g, ret_next, diag);
    pn_arena_done(&g.scratch);
    if (err == PN_OK) {
        *ret_rows = g.rows;
        *ret_count = g.count;
    }
    return err;
}

/* ── holding ─────────────────────────────────────────────────────────────────────────────────── */

/* Lists are short: PN_OUTBOX_PICK_MAX at most. */
static bool seen_before(const pn_case_ref *cases, size_t at) {
    for (size_t i = 0; i < at; i++) {
        if (cases[i].debtor_id == cases[at].debtor_id && cases[i].run_id == cases[at].run_id) {
            return true;
        }
    }
    return false;
}

pn_err pn_outbox_hold(pn_app *app, const pn_case_ref *cases, size_t count, pn_str reason,
                      pn_time until, pn_arena *arena, pn_id **ret_holds, size_t *ret_held,
                      pn_diag *diag) {
    size_t held = 0;
    pn_id *holds = pn_arena_array(arena, pn_id, count);
    if (reason.len == 0) {
        return pn_diag_set(diag, PN_INVALID, "A hold needs a reason.");
    }
    if (until <= pn_app_now(app)) {
        return pn_diag_set(diag, PN_INVALID, "The review of a hold must lie ahead.");
    }
    for (size_t i = 0; i < count; i++) {
        if (seen_before(cases, i)) {
            continue;
        }
        pn_err err =
            pn_books_hold(app, cases[i].debtor_id, cases[i].run_id, reason, until, &holds[held]);
        PN_TRY(pn_app_fail(app, err, diag));
        held++;
    }
    *ret_holds = holds;
    *ret_held = held;
    return PN_OK;
}

pn_err pn_outbox_release(pn_app *app, const pn_id *holds, size_t count, pn_arena *arena,
                         size_t *ret_released, pn_diag *diag) {
    size_t released = 0;
    for (size_t i = 0; i < count; i++) {
        pn_hold_row row;
        pn_err err = pn_hold_get(app->db, app->org.id, holds[i], arena, &row);
        if (err == PN_NOT_FOUND) {
            char id[PN_ID_TEXT_SIZE];
            return pn_diag_set(diag, err, "There is no hold %s here.",
                               pn_id_text(PN_ID_HOLD, holds[i], id));
        }
        if (err == PN_OK && row.released_at == PN_TIME_NONE) {
            err = pn_books_end_hold(app, &row);
            released++;
        }
        PN_TRY(pn_app_fail(app, err, diag));
    }
    *ret_released = released;
    return PN_OK;
}

pn_err pn_outbox_holds_of(pn_app *app, const pn_case_ref *cases, size_t count, pn_arena *arena,
                          pn_id **ret_holds, size_t *ret_count, pn_diag *diag) {
    pn_id *holds = NULL;
    size_t found = 0, capacity = 0;
    for (size_t i = 0; i < count; i++) {
        pn_hold_row *rows = NULL;
        size_t row_count = 0;
        pn_err err = pn_hold_list(app->db, cases[i].debtor_id, arena, &rows, &row_count);
        PN_TRY(pn_app_fail(app, err, diag));
        for (size_t j = 0; j < row_count; j++) {
            if (rows[j].run_id != 0 && rows[j].run_id == cases[i].run_id) {
                holds = pn_arena_grow(arena, holds, found, &capacity, sizeof *holds);
                holds[found++] = rows[j].id;
            }
        }
    }
    *ret_holds = holds;
    *ret_count = found;
    return PN_OK;
}

/* ── picking ─────────────────────────────────────────────────────────────────────────────────── */

/* Asked account by account: the filter has made few of many already. */
static pn_err fits_rule(pn_app *app, const pn_rule *rule, const pn_outbox_waiting *row,
                        pn_arena *arena, bool *ret_fits, pn_diag *diag) {
    enum { ACCOUNTS_MAX = 1000 };
    pn_case_row *rows = NULL;
    size_t count = 0;
    int64_t total = 0;
    pn_case_query query = {.subject = PN_SUBJECT_ACCOUNT,
                           .rule = rule,
                           .debtor_id = row->debtor_id,
                           .closed = true,
                           .limit = ACCOUNTS_MAX,
                           .uncounted = true,
                           .without_runs = true};
    *ret_fits = rule == NULL;
    if (rule != NULL) {
        PN_TRY(pn_case_list(app, &query, arena, &rows, &count, &total, diag));
    }
    for (size_t i = 0; i < count; i++) {
        *ret_fits = *ret_fits || rows[i].account_id == row->account_id;
    }
    return PN_OK;
}

pn_err pn_outbox_pick(pn_app *app, const pn_outbox_filter *filter, pn_arena *arena,
                      pn_case_ref **ret_cases, size_t *ret_count, size_t *ret_messages,
                      pn_diag *diag) {
    pn_outbox_waiting *rows = NULL;
    size_t row_count = 0, count = 0, messages = 0;
    pn_err err = pn_outbox_waiting_of(app->db, app->org.id, &filter->range, PN_OUTBOX_PICK_MAX + 1,
                                      arena, &rows, &row_count);
    PN_TRY(pn_app_fail(app, err, diag));
    if (row_count > PN_OUTBOX_PICK_MAX) {
        err = pn_diag_set(diag, PN_LIMIT, "More than %d messages fit.", PN_OUTBOX_PICK_MAX);
        pn_diag_mend(diag, "Narrow the filter: by creditor, strategy, channel or day.");
        return err;
    }
    pn_case_ref *cases = pn_arena_array(arena, pn_case_ref, row_count);
    bool fits = false;
    for (size_t i = 0; i < row_count; i++) {
        bool same = i > 0 && rows[i].run_id == rows[i - 1].run_id;
        if (!same) {
            PN_TRY(fits_rule(app, filter->rule, &rows[i], arena, &fits, diag));
        }
        messages += fits ? 1 : 0;
        if (fits && !same) {
            cases[count++] =
                (pn_case_ref){.debtor_id = rows[i].debtor_id, .run_id = rows[i].run_id};
        }
    }
    *ret_cases = cases;
    *ret_count = count;
    *ret_messages = messages;
    return PN_OK;
}
