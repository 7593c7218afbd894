#include "app/trail.h"

#include "base/banned.h"

pn_err pn_trail_add_org(pn_app *app, pn_id org_id, const pn_trail_change *change) {
    char id[PN_ID_TEXT_SIZE];
    pn_buf body;
    pn_buf_init(&body, 1 << 20);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    if (change->after.len != 0) {
        pn_json_key(&w, PN_STR("after"));
        pn_json_add_raw(&w, change->after);
    }
    if (change->before.len != 0) {
        pn_json_key(&w, PN_STR("before"));
        pn_json_add_raw(&w, change->before);
    }
    if (change->id != 0) {
        pn_json_put_str(&w, "id", pn_str_of(pn_id_text(change->kind, change->id, id)));
    }
    pn_json_put_str(&w, "what", pn_str_of(change->what));
    pn_json_end_object(&w);
    pn_err err = pn_buf_err(&body);
    if (err == PN_OK) {
        err = pn_journal_org(app, org_id, PN_EVENT_CHANGED, pn_buf_str(&body));
    }
    pn_buf_done(&body);
    return err;
}

pn_err pn_trail_add(pn_app *app, const pn_trail_change *change) {
    return pn_trail_add_org(app, app->org.id, change);
}

static void read_event(pn_stmt *q, pn_arena *arena, void *out) {
    *(pn_event_row *)out = (pn_event_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .debtor_id = pn_col_int(q, 2),
        .run_id = pn_col_int(q, 3),
        .at = pn_col_int(q, 4),
        .recorded_at = pn_col_int(q, 5),
        .kind = (pn_event_kind)pn_col_int(q, 6),
        .actor = pn_col_str_dup(q, 7, arena),
        .body = pn_col_str_dup(q, 8, arena),
        .erased = pn_col_null(q, 8),
    };
}

/* The kinds are those of the index event_trail. */
pn_err pn_trail_list(pn_app *app, const pn_trail_request *request, pn_arena *arena,
                     pn_event_row **ret_rows, size_t *ret_count) {
    void *rows = NULL;
    pn_stmt *q = pn_db_stmt(
        app->db, "SELECT id, org_id, debtor_id, run_id, at, recorded_at, kind, actor, body FROM"
                 " event WHERE org_id = $1 AND id < $2 AND kind > 8 AND kind <> 21 AND kind <> 28"
                 " AND actor <> 'engine' AND (actor = $3 OR $3 = '') ORDER BY id DESC LIMIT $4");
    pn_bind_int(q, 1, app->org.id);
    pn_bind_int(q, 2, request->before == 0 ? INT64_MAX : request->before);
    pn_bind_str(q, 3, request->actor);
    pn_bind_int(q, 4, request->max);
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_event_row), read_event, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}
