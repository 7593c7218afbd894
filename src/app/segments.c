#include "app/segments.h"

#include "base/banned.h"
#include "base/limits.h"
#include "base/utf8.h"

pn_err pn_segments_get(pn_app *app, pn_str name, pn_arena *arena, pn_segment_row *ret_row,
                       pn_diag *diag) {
    pn_str fold = pn_utf8_fold(arena, name, true);
    pn_err err = pn_segment_named(app->db, app->org.id, fold, arena, ret_row);
    if (err == PN_NOT_FOUND || (err == PN_OK && ret_row->archived_at != PN_TIME_NONE)) {
        err = pn_diag_set(diag, PN_NOT_FOUND, "There is no segment “%.*s”.", PN_STR_ARG(name));
        pn_diag_mend(diag, "`puntual segment list` shows those there are.");
        return err;
    }
    return pn_app_fail(app, err, diag);
}

pn_err pn_segments_rule(const pn_segment_row *row, pn_arena *arena, const pn_rule **ret_rule,
                        pn_diag *diag) {
    pn_json *json = NULL;
    PN_TRY(pn_json_parse(row->rule, NULL, arena, &json, diag));
    return pn_rule_compile(json, (pn_subject)row->subject, arena, ret_rule, diag);
}

static pn_err check_name(pn_str name, pn_diag *diag) {
    if (name.len == 0 || name.len > PN_LIMIT_SEGMENT_NAME_BYTES) {
        return pn_diag_set(diag, PN_INVALID, "A segment's name has 1 to %d bytes.",
                           PN_LIMIT_SEGMENT_NAME_BYTES);
    }
    for (size_t i = 0; i < name.len; i++) {
        if ((unsigned char)name.ptr[i] < ' ') {
            return pn_diag_set(diag, PN_INVALID, "A segment's name is one line.");
        }
    }
    return PN_OK;
}

static pn_err note(pn_app *app, const pn_segment_row *row, pn_arena *arena) {
    pn_buf body;
    pn_buf_init(&body, 2 * PN_LIMIT_SEGMENT_RULE_BYTES);
    pn_buf_add_lit(&body, "{\"setting\":\"segment\",\"name\":");
    pn_json_quote(&body, row->name);
    if (row->archived_at == PN_TIME_NONE) {
        pn_buf_add_lit(&body, ",\"rule\":");
        pn_buf_add_str(&body, row->rule);
    }
    pn_buf_add_lit(&body, "}");
    pn_str text = pn_str_dup(arena, pn_buf_str(&body));
    pn_err err = pn_buf_err(&body);
    pn_buf_done(&body);
    PN_TRY(err);
    pn_id id = 0;
    return pn_journal_add(app, 0, 0, 0, PN_EVENT_SETTING, text, &id);
}

pn_err pn_segments_put(pn_app *app, pn_str name, pn_subject subject, pn_str rule, pn_arena *arena,
                       pn_segment_row *ret_row, pn_diag *diag) {
    const pn_rule *compiled = NULL;
    pn_segment_row row = {0};
    PN_TRY(check_name(name, diag));
    if (rule.len > PN_LIMIT_SEGMENT_RULE_BYTES) {
        return pn_diag_set(diag, PN_LIMIT, "A segment's rule has %d bytes at most.",
                           PN_LIMIT_SEGMENT_RULE_BYTES);
    }
    pn_str fold = pn_utf8_fold(arena, name, true);
    pn_err err = pn_segment_named(app->db, app->org.id, fold, arena, &row);
    bool is_new = err == PN_NOT_FOUND;
    if (err != PN_OK && !is_new) {
        return pn_app_fail(app, err, diag);
    }
    row.name = name;
    row.name_fold = fold;
    row.subject = (int)subject;
    row.rule = rule;
    row.archived_at = PN_TIME_NONE;
    PN_TRY(pn_segments_rule(&row, arena, &compiled, diag));
    if (is_new) {
        row.id = pn_app_id(app);
        row.org_id = app->org.id;
        row.created_at = pn_app_now(app);
        row.version = 1;
        err = pn_segment_insert(app->db, &row);
    } else {
        err = pn_segment_update(app->db, &row);
    }
    err = err == PN_OK ? note(app, &row, arena) : err;
    *ret_row = row;
    return pn_app_fail(app, err, diag);
}

/* Of those that were taken away, one makes room for the name. */
static pn_err free_name(pn_app *app, const pn_segment_row *row, pn_str name, pn_arena *arena,
                        pn_diag *diag) {
    pn_segment_row other;
    pn_err err = pn_segment_named(app->db, app->org.id, row->name_fold, arena, &other);
    if (err == PN_NOT_FOUND || (err == PN_OK && other.id == row->id)) {
        return PN_OK;
    }
    if (err == PN_OK && other.archived_at == PN_TIME_NONE) {
        return pn_diag_set(diag, PN_CONFLICT, "There is a segment “%.*s” already.",
                           PN_STR_ARG(name));
    }
    return pn_app_fail(app, err == PN_OK ? pn_segment_delete(app->db, app->org.id, other.id) : err,
                       diag);
}

pn_err pn_segments_rename(pn_app *app, pn_segment_row *row, pn_str name, pn_arena *arena,
                          pn_diag *diag) {
    pn_segment_row renamed = *row, gone = *row;
    renamed.name = name;
    renamed.name_fold = pn_utf8_fold(arena, name, true);
    gone.archived_at = pn_app_now(app);
    PN_TRY(check_name(name, diag));
    PN_TRY(free_name(app, &renamed, name, arena, diag));
    pn_err err = pn_segment_update(app->db, &renamed);
    err = err == PN_OK ? note(app, &gone, arena) : err;
    err = err == PN_OK ? note(app, &renamed, arena) : err;
    PN_TRY(pn_app_fail(app, err, diag));
    *row = renamed;
    return PN_OK;
}

pn_err pn_segments_remove(pn_app *app, pn_str name, pn_arena *arena, pn_diag *diag) {
    pn_segment_row row;
    PN_TRY(pn_segments_get(app, name, arena, &row, diag));
    row.archived_at = pn_app_now(app);
    pn_err err = pn_segment_update(app->db, &row);
    err = err == PN_OK ? note(app, &row, arena) : err;
    return pn_app_fail(app, err, diag);
}
