#include "app/closing.h"

#include "app/publish.h"
#include "app/trail.h"
#include "base/banned.h"
#include "base/json.h"
#include "store/run.h"
#include "store/setup.h"

static pn_str days_json(pn_date from, pn_date to, pn_str name, pn_arena *arena) {
    char first[PN_DATE_ISO_SIZE], last[PN_DATE_ISO_SIZE];
    pn_buf out;
    pn_buf_init(&out, 4096);
    pn_json_writer w = pn_json_writer_on(&out, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "from", pn_str_of(pn_date_iso(from, first)));
    pn_json_put_str(&w, "to", pn_str_of(pn_date_iso(to, last)));
    pn_json_put_str_if(&w, "name", name);
    pn_json_end_object(&w);
    pn_str json = pn_str_dup(arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return json;
}

/* Waits and windows are others now. */
static pn_err look_again(pn_app *app, const pn_trail_change *change, pn_diag *diag) {
    PN_TRY(pn_trail_add(app, change));
    PN_TRY(pn_journal_add(app, 0, 0, 0, PN_EVENT_SETTING, PN_STR("{\"setting\":\"closing_days\"}"),
                          &(pn_id){0}));
    PN_TRY(pn_publish_again(app));
    PN_TRY(pn_zone_deliver_now(app->db, app->org.lane, pn_app_now(app)));
    return pn_app_reload(app, diag);
}

pn_err pn_closing_set(pn_app *app, pn_date from, pn_date to, pn_str name, pn_arena *arena,
                      pn_diag *diag) {
    if (to < from || to - from >= PN_CLOSING_SPAN_MAX) {
        return pn_diag_refuse(diag, "to",
                              "The last day is the first or later, by two months at most.",
                              "Enter longer closures in parts.");
    }
    if (app->closed_count + (size_t)(to - from) + 1 > PN_CLOSING_DAYS_MAX) {
        return pn_diag_set(diag, PN_LIMIT, "An organization has at most %d closing days.",
                           PN_CLOSING_DAYS_MAX);
    }
    for (pn_date day = from; day <= to; day++) {
        pn_closing_day row = {.day = day, .name = name};
        PN_TRY(pn_closing_day_put(app->db, app->org.id, &row));
    }
    pn_trail_change change = {.what = "closing_days", .after = days_json(from, to, name, arena)};
    return look_again(app, &change, diag);
}

pn_err pn_closing_remove(pn_app *app, pn_date day, pn_arena *arena, pn_diag *diag) {
    pn_err err = pn_closing_day_remove(app->db, app->org.id, day);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(diag, err, "This is no closing day.");
    }
    PN_TRY(err);
    pn_trail_change change = {.what = "closing_days",
                              .before = days_json(day, day, PN_STR_NONE, arena)};
    return look_again(app, &change, diag);
}
