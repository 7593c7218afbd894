#include "store/call.h"

#include "base/banned.h"

pn_call pn_call_read(pn_stmt *q, int first, pn_arena *arena) {
    return (pn_call){.state = (int)pn_col_int(q, first),
                     .due_at = pn_col_int(q, first + 1),
                     .lease_until = pn_col_int(q, first + 2),
                     .attempts = pn_col_int(q, first + 3),
                     .status = pn_col_int(q, first + 4),
                     .reason = pn_col_str_dup(q, first + 5, arena),
                     .settled_at = pn_col_int_or(q, first + 6, PN_TIME_NONE)};
}

static void bind_to(pn_stmt *q, int n, const pn_call_texts *texts, const pn_call_to *to) {
    if (texts->by_name) {
        pn_bind_str(q, n, to->name);
    } else {
        pn_bind_int(q, n, to->id);
    }
}

pn_err pn_call_next_to(pn_db *db, const pn_call_texts *texts, pn_id org_id, pn_arena *arena,
                       pn_call_to *to) {
    pn_stmt *q = pn_db_stmt(db, texts->to);
    pn_bind_int(q, 1, org_id);
    bind_to(q, 2, texts, to);
    PN_TRY(pn_row_next(q));
    *to = (pn_call_to){0};
    if (texts->by_name) {
        to->name = pn_col_str_dup(q, 0, arena);
    } else {
        to->id = pn_col_int(q, 0);
    }
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_call_next(pn_db *db, const pn_call_texts *texts, pn_id org_id, const pn_call_to *to,
                    pn_time real_now, pn_time *ret_due) {
    pn_stmt *q = pn_db_stmt(db, texts->next);
    pn_bind_int(q, 1, org_id);
    bind_to(q, 2, texts, to);
    pn_bind_int(q, 3, real_now);
    pn_err err = pn_row_next(q);
    *ret_due = err == PN_OK ? pn_col_int(q, 0) : PN_TIME_NEVER;
    pn_stmt_reset(q);
    return err == PN_NOT_FOUND ? PN_OK : err;
}

pn_stmt *pn_call_due(pn_db *db, const pn_call_texts *texts, pn_id org_id, const pn_call_to *to,
                     pn_time now, pn_time real_now) {
    pn_stmt *q = pn_db_stmt(db, pn_db_speaks_pg(db) ? texts->due_pg : texts->due);
    pn_bind_int(q, 1, org_id);
    bind_to(q, 2, texts, to);
    pn_bind_int(q, 3, real_now);
    pn_bind_int(q, 4, now);
    return q;
}

pn_err pn_call_changed(pn_stmt *q) {
    int64_t changed = 0;
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 1 ? PN_OK : PN_CONFLICT;
}

pn_err pn_call_lease(pn_db *db, const pn_call_texts *texts, pn_id owner, pn_id id, pn_time until,
                     pn_call *call) {
    pn_stmt *q = pn_db_stmt(db, texts->lease);
    pn_bind_int(q, 1, owner);
    pn_bind_int(q, 2, id);
    pn_bind_int(q, 3, until);
    pn_bind_int(q, 4, call->attempts);
    PN_TRY(pn_call_changed(q));
    call->attempts++;
    return PN_OK;
}

pn_err pn_call_left(pn_db *db, const pn_call_texts *texts, pn_id org_id) {
    pn_stmt *q = pn_db_stmt(db, texts->left);
    pn_bind_int(q, 1, org_id);
    return pn_stmt_run(q, NULL);
}

pn_stmt *pn_call_record(pn_db *db, const pn_call_texts *texts, pn_id owner, pn_id id,
                        const pn_call *call) {
    pn_stmt *q = pn_db_stmt(db, texts->record);
    pn_bind_int(q, 1, owner);
    pn_bind_int(q, 2, id);
    pn_bind_int(q, 3, call->state);
    pn_bind_int(q, 4, call->due_at);
    pn_bind_int(q, 5, call->status);
    pn_bind_str(q, 6, call->reason);
    pn_bind_int_or_null(q, 7, call->settled_at, PN_TIME_NONE);
    pn_bind_int(q, 8, call->attempts);
    return q;
}
