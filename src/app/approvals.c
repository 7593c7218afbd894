#include "app/approvals.h"

#include "app/config.h"
#include "app/trail.h"
#include "base/banned.h"

#define VALID (7 * PN_DAY)

static const char *const KINDS[] = {"publish", "release", "write_off", "steer", "live"};
static const char *const STATES[] = {"waits", "approved", "refused", "used"};
static_assert(PN_COUNT(KINDS) == PN_APPROVALS, "every kind of approval has a name");

const char *pn_approval_kind_name(pn_approval_kind kind) {
    return KINDS[kind];
}

const char *pn_approval_state_name(pn_approval_state state) {
    return STATES[state];
}

/* ── rows ────────────────────────────────────────────────────────────────────────────────────── */

#define COLUMNS                                                                                    \
    "id, kind, subject, words, amount_minor, currency, asked_by, asked_at, state, decided_by,"     \
    " decided_at, note"

static void read_approval(pn_stmt *q, pn_arena *arena, void *out) {
    pn_approval_row *row = out;
    *row = (pn_approval_row){
        .id = pn_col_int(q, 0),
        .kind = (pn_approval_kind)pn_col_int(q, 1),
        .subject = pn_col_str_dup(q, 2, arena),
        .words = pn_col_str_dup(q, 3, arena),
        .amount = {.minor = pn_col_int(q, 4)},
        .asked_by = pn_col_int(q, 6),
        .asked_at = pn_col_int(q, 7),
        .state = (pn_approval_state)pn_col_int(q, 8),
        .decided_by = pn_col_int(q, 9),
        .decided_at = pn_col_int_or(q, 10, PN_TIME_NONE),
        .note = pn_col_str_dup(q, 11, arena),
    };
    if (pn_currency_parse(pn_col_str(q, 5), &row->amount.currency) != PN_OK) {
        row->amount.minor = 0; /* nothing of money */
    }
}

pn_err pn_approval_list(pn_db *db, pn_id org_id, bool open, pn_id before, int64_t max,
                        pn_arena *arena, pn_approval_row **ret_rows, size_t *ret_count) {
    void *rows = NULL;
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM approval WHERE org_id = $1 AND state < $2"
                                " AND id < $3 ORDER BY id DESC LIMIT $4");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, open ? PN_APPROVAL_GIVEN : PN_APPROVAL_USED + 1);
    pn_bind_int(q, 3, before == 0 ? INT64_MAX : before);
    pn_bind_int(q, 4, max);
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_approval_row), read_approval, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

/* The newest that waits or was given for this subject. */
static pn_err find_open(pn_app *app, const pn_approval_request *request, pn_arena *arena,
                        pn_approval_row *ret_row) {
    pn_stmt *q = pn_db_stmt(app->db, "SELECT " COLUMNS " FROM approval WHERE org_id = $1 AND kind ="
                                     " $2 AND subject = $3 AND state < 2 AND asked_at > $4"
                                     " ORDER BY id DESC LIMIT 1");
    pn_bind_int(q, 1, app->org.id);
    pn_bind_int(q, 2, request->kind);
    pn_bind_str(q, 3, request->subject);
    pn_bind_int(q, 4, pn_env_now(app->env) - VALID);
    PN_TRY(pn_row_next(q));
    read_approval(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

static pn_err insert(pn_app *app, const pn_approval_request *request, pn_id id) {
    pn_stmt *q = pn_db_stmt(
        app->db, "INSERT INTO approval (id, org_id, kind, subject, words, amount_minor, currency,"
                 " asked_by, asked_at, state, decided_by, decided_at, note) VALUES"
                 " ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, NULL, '')");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, app->org.id);
    pn_bind_int(q, 3, request->kind);
    pn_bind_str(q, 4, request->subject);
    pn_bind_str(q, 5, request->words);
    pn_bind_int(q, 6, request->amount.minor);
    pn_bind_str(q, 7, pn_str_of(request->amount.currency.code));
    pn_bind_int(q, 8, request->user_id);
    pn_bind_int(q, 9, pn_env_now(app->env));
    int64_t changed = 0;
    return pn_stmt_run(q, &changed);
}

static pn_err set_state(pn_app *app, const pn_approval_row *row, pn_approval_state state,
                        pn_id user_id, pn_str note) {
    int64_t changed = 0;
    pn_stmt *q = pn_db_stmt(app->db, "UPDATE approval SET state = $4, decided_by = $5, decided_at ="
                                     " $6, note = $7 WHERE org_id = $1 AND id = $2 AND state = $3");
    pn_bind_int(q, 1, app->org.id);
    pn_bind_int(q, 2, row->id);
    pn_bind_int(q, 3, row->state);
    pn_bind_int(q, 4, state);
    pn_bind_int(q, 5, user_id);
    pn_bind_int(q, 6, pn_env_now(app->env));
    pn_bind_str(q, 7, note);
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 1 ? PN_OK : PN_CONFLICT;
}

/* ── asking, deciding ────────────────────────────────────────────────────────────────────────── */

/* A write-off in another currency than the limit's is always asked about: nobody said how much of
 * it is much. */
static pn_err is_wanted(pn_app *app, const pn_approval_request *request, pn_arena *arena,
                        bool *ret_wanted) {
    static const char *const SETTINGS[] = {"four_eyes_publish", "four_eyes_release",
                                           "four_eyes_write_off", "four_eyes_steer",
                                           "four_eyes_live"};
    pn_str value;
    pn_money limit;
    PN_TRY(pn_config_get(app, pn_str_of(SETTINGS[request->kind]), arena, &value));
    *ret_wanted = pn_str_is(value, "yes");
    if (request->kind == PN_APPROVE_WRITE_OFF && value.len != 0) {
        PN_TRY(pn_config_amount(value, &limit));
        *ret_wanted = !pn_currency_eq(limit.currency, request->amount.currency) ||
                      request->amount.minor > limit.minor;
    }
    return PN_OK;
}

static pn_str words_json(const pn_approval_request *request, pn_arena *arena) {
    pn_buf out;
    pn_buf_init(&out, 8192);
    pn_json_writer w = pn_json_writer_on(&out, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "about", request->words);
    pn_json_put_str(&w, "kind", pn_str_of(KINDS[request->kind]));
    pn_json_end_object(&w);
    pn_str json = pn_str_dup(arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return json;
}

pn_err pn_approval_ask(pn_app *app, const pn_approval_request *request, pn_arena *arena,
                       pn_id *ret_id) {
    bool wanted = false;
    pn_approval_row row;
    *ret_id = 0;
    PN_TRY(is_wanted(app, request, arena, &wanted));
    if (!wanted) {
        return PN_OK;
    }
    pn_err err = find_open(app, request, arena, &row);
    if (err == PN_OK && row.state == PN_APPROVAL_GIVEN) {
        return set_state(app, &row, PN_APPROVAL_USED, row.decided_by, row.note);
    }
    if (err == PN_OK) {
        *ret_id = row.id;
        return PN_OK;
    }
    if (err != PN_NOT_FOUND) {
        return err;
    }
    *ret_id = pn_app_id(app);
    PN_TRY(insert(app, request, *ret_id));
    pn_trail_change change = {.what = "approval.asked",
                              .kind = PN_ID_APPROVAL,
                              .id = *ret_id,
                              .after = words_json(request, arena)};
    return pn_trail_add(app, &change);
}

static pn_err get(pn_app *app, pn_id id, pn_arena *arena, pn_approval_row *ret_row) {
    pn_stmt *q =
        pn_db_stmt(app->db, "SELECT " COLUMNS " FROM approval WHERE org_id = $1 AND id = $2");
    pn_bind_int(q, 1, app->org.id);
    pn_bind_int(q, 2, id);
    PN_TRY(pn_row_next(q));
    read_approval(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_approval_decide(pn_app *app, pn_id id, pn_id user_id, bool approves, pn_str note,
                          pn_arena *arena, pn_diag *diag) {
    pn_approval_row row;
    pn_err err = get(app, id, arena, &row);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(diag, err, "There is no such approval.");
    }
    PN_TRY(err);
    if (row.state != PN_APPROVAL_WAITS) {
        return pn_diag_set(diag, PN_CONFLICT, "This was decided already: it is %s.",
                           STATES[row.state]);
    }
    if (approves && row.asked_by == user_id) {
        pn_err denied = pn_diag_set(diag, PN_DENIED, "Who asked cannot approve it themselves.");
        pn_diag_cause(diag, PN_CAUSE_OWN_REQUEST);
        pn_diag_mend(diag, "Four eyes are two people's. It can be taken back by refusing it.");
        return denied;
    }
    PN_TRY(set_state(app, &row, approves ? PN_APPROVAL_GIVEN : PN_APPROVAL_REFUSED, user_id, note));
    pn_trail_change change = {
        .what = approves ? "approval.given" : "approval.refused", .kind = PN_ID_APPROVAL, .id = id};
    return pn_trail_add(app, &change);
}
