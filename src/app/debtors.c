#include "app/debtors.h"

#include "app/books.h"

#include "base/banned.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "store/run.h"

pn_err pn_debtors_above(pn_app *app, const pn_debtor_row *row, pn_arena *arena,
                        pn_debtor_row **ret_rows, size_t *ret_count) {
    pn_debtor_row *rows = pn_arena_array(arena, pn_debtor_row, PN_LIMIT_DEBTOR_TREE_DEPTH);
    size_t count = 0;
    pn_id next = row->parent_id;
    while (next != 0 && count < PN_LIMIT_DEBTOR_TREE_DEPTH) {
        PN_TRY(pn_debtor_get(app->db, next, arena, &rows[count]));
        next = rows[count++].parent_id;
    }
    *ret_rows = rows;
    *ret_count = count;
    return PN_OK;
}

static pn_err check_parent(pn_app *app, const pn_debtor_row *row, pn_arena *arena, pn_diag *diag) {
    pn_debtor_row *above = NULL;
    size_t count = 0;
    pn_err err = pn_debtors_above(app, row, arena, &above, &count);
    if (err == PN_NOT_FOUND || (err == PN_OK && count != 0 && above[0].org_id != app->org.id)) {
        return pn_diag_refuse(diag, "/parent", "There is no such debtor.",
                              "Name one of this organization.");
    }
    PN_TRY(pn_app_fail(app, err, diag));
    for (size_t i = 0; i < count; i++) {
        if (above[i].id == row->id) {
            return pn_diag_refuse(diag, "/parent", "That debtor stands below this one.",
                                  "Name one that does not.");
        }
    }
    return count < PN_LIMIT_DEBTOR_TREE_DEPTH
               ? PN_OK
               : pn_diag_refuse(diag, "/parent", "The tree would be too deep.",
                                "Name one further up.");
}

static pn_err add_event(pn_app *app, pn_id debtor_id, const char *key, pn_str text,
                        pn_arena *arena) {
    pn_buf body;
    pn_buf_init(&body, 65536);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, key, text);
    pn_json_end_object(&w);
    pn_str copy = pn_str_dup(arena, pn_buf_str(&body));
    pn_err err = pn_buf_err(&body);
    pn_buf_done(&body);
    return err == PN_OK ? pn_journal_debtor(app, debtor_id, PN_EVENT_NOTE, copy) : err;
}

/* The names of the fields that are different now: their values stand in the row. */
static pn_str differences(const pn_debtor_row *a, const pn_debtor_row *b, pn_arena *arena) {
    const struct {
        const char *name;
        bool differs;
    } fields[] = {
        {"name", !pn_str_eq(a->name, b->name)},
        {"tax id", !pn_str_eq(a->tax_id, b->tax_id)},
        {"kind", a->kind != b->kind},
        {"country", !pn_str_eq(a->country, b->country)},
        {"region", !pn_str_eq(a->region, b->region)},
        {"time zone", !pn_str_eq(a->zone, b->zone)},
        {"language", !pn_str_eq(a->language, b->language)},
        {"collector", !pn_str_eq(a->owner, b->owner)},
        {"salesperson", !pn_str_eq(a->salesperson, b->salesperson)},
        {"parent", a->parent_id != b->parent_id},
        {"days of grace", a->grace_days != b->grace_days},
    };
    pn_str text = PN_STR("");
    for (size_t i = 0; i < PN_COUNT(fields); i++) {
        if (fields[i].differs) {
            text = pn_str_format(arena, "%.*s%s%s", PN_STR_ARG(text), text.len == 0 ? "" : ", ",
                                 fields[i].name);
        }
    }
    return text;
}

pn_err pn_debtors_change(pn_app *app, pn_debtor_row *row, pn_arena *arena, pn_diag *diag) {
    const pn_zone *zone = NULL;
    pn_debtor_row before;
    if (row->zone.len != 0 && pn_app_zone(app, row->zone, &zone, diag) != PN_OK) {
        return pn_diag_refuse(diag, "/zone", "There is no such time zone.",
                              "Write it like Europe/Madrid.");
    }
    PN_TRY(check_parent(app, row, arena, diag));
    PN_TRY(pn_app_fail(app, pn_debtor_get(app->db, row->id, arena, &before), diag));
    pn_str changed = differences(&before, row, arena);
    if (changed.len == 0) {
        return PN_OK;
    }
    row->name_fold = pn_utf8_fold(arena, row->name, false);
    row->owner_fold = pn_utf8_fold(arena, row->owner, false);
    row->salesperson_fold = pn_utf8_fold(arena, row->salesperson, false);
    pn_err err = pn_debtor_update(app->db, row);
    err = err == PN_OK ? add_event(app, row->id, "changed", changed, arena) : err;
    err = err == PN_OK ? pn_poke(app->db, app->org.lane, row->id) : err;
    return pn_app_fail(app, err, diag);
}

pn_err pn_debtors_note(pn_app *app, pn_id debtor_id, pn_str text, pn_arena *arena) {
    return add_event(app, debtor_id, "text", text, arena);
}

pn_err pn_debtors_prefer(pn_app *app, pn_id debtor_id, pn_str channel, pn_arena *arena) {
    pn_str before, after = channel.len != 0 ? channel : PN_STR("any");
    pn_attr attr = {
        .key = PN_STR("preferred_channel"), .type = PN_ATTR_TEXT, .text = after, .fold = after};
    PN_TRY(pn_debtors_preferred(app, debtor_id, arena, &before));
    if (pn_str_eq(before, after)) {
        return PN_OK;
    }
    PN_TRY(pn_attribute_put(app->db, app->org.id, debtor_id, debtor_id, &attr));
    pn_str body = pn_str_format(
        arena, "{\"after\":\"%.*s\",\"before\":\"%.*s\",\"what\":\"debtor.preferred_channel\"}",
        PN_STR_ARG(after), PN_STR_ARG(before));
    PN_TRY(pn_journal_debtor(app, debtor_id, PN_EVENT_CHANGED, body));
    return pn_books_touch(app, debtor_id, PN_DEBTOR_HAS_ATTRS);
}

pn_err pn_debtors_preferred(pn_app *app, pn_id debtor_id, pn_arena *arena, pn_str *ret_channel) {
    pn_attr *attrs = NULL;
    size_t count = 0;
    PN_TRY(pn_attribute_list(app->db, debtor_id, debtor_id, arena, &attrs, &count));
    *ret_channel = PN_STR_NONE;
    for (size_t i = 0; i < count; i++) {
        if (pn_str_is(attrs[i].key, "preferred_channel")) {
            *ret_channel = attrs[i].text;
        }
    }
    return PN_OK;
}
