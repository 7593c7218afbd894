#include "app/saved_views.h"

#include "app/trail.h"
#include "base/banned.h"
#include "base/json.h"

static pn_err tell(pn_app *app, const pn_saved_view_row *row, const char *what) {
    pn_buf body;
    pn_buf_init(&body, 65536);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "list", row->list);
    pn_json_put_str(&w, "name", row->name);
    pn_json_key(&w, PN_STR("query"));
    pn_json_add_raw(&w, row->query);
    pn_json_put_bool(&w, "shared", row->shared);
    pn_json_end_object(&w);
    pn_err err = pn_buf_err(&body);
    if (err == PN_OK) {
        pn_trail_change change = {
            .what = what, .kind = PN_ID_VIEW, .id = row->id, .after = pn_buf_str(&body)};
        err = pn_trail_add(app, &change);
    }
    pn_buf_done(&body);
    return err;
}

pn_err pn_saved_views_put(pn_app *app, pn_saved_view_row *row, pn_arena *arena, pn_diag *diag) {
    pn_saved_view_row *rows = NULL;
    size_t count = 0;
    bool is_new = row->id == 0;
    PN_TRY(pn_app_fail(
        app,
        pn_saved_view_list(app->db, app->org.id, row->owner_id, row->list, arena, &rows, &count),
        diag));
    if (is_new && count >= PN_VIEWS_MAX) {
        return pn_diag_set(diag, PN_LIMIT, "A list has %d saved views at most.", PN_VIEWS_MAX);
    }
    pn_err err = PN_OK;
    if (is_new) {
        row->id = pn_app_id(app);
        row->org_id = app->org.id;
        row->created_at = pn_app_now(app);
        row->archived_at = PN_TIME_NONE;
        row->version = 1;
        row->position = count == 0 ? 0 : rows[count - 1].position + 1;
        err = pn_saved_view_insert(app->db, row);
    } else {
        err = pn_saved_view_update(app->db, row);
    }
    err = err == PN_OK ? tell(app, row, is_new ? "view.made" : "view.changed") : err;
    return pn_app_fail(app, err, diag);
}

pn_err pn_saved_views_archive(pn_app *app, pn_saved_view_row *row, bool gone, pn_diag *diag) {
    row->archived_at = gone ? pn_app_now(app) : PN_TIME_NONE;
    pn_err err = pn_saved_view_update(app->db, row);
    err = err == PN_OK ? tell(app, row, gone ? "view.removed" : "view.restored") : err;
    return pn_app_fail(app, err, diag);
}
