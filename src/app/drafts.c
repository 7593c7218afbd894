#include "app/drafts.h"

#include "app/trail.h"
#include "base/banned.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "store/document.h"

static const char *const KINDS[] = {
    [PN_DRAFT_STRATEGY] = "strategy", [PN_DRAFT_TEMPLATE] = "template"};

const char *pn_draft_kind_name(pn_draft_kind kind) {
    return KINDS[kind];
}

/* ── what it changes ── */

static pn_err newest_strategy(pn_app *app, pn_str name, pn_arena *arena, int64_t *ret_version) {
    pn_strategy_row strategy;
    pn_version_row version;
    PN_TRY(pn_strategy_find(app->db, app->org.id, name, arena, &strategy));
    PN_TRY(pn_version_get(app->db, strategy.version_id, arena, &version));
    *ret_version = version.version;
    return PN_OK;
}

static pn_err newest_template(pn_app *app, pn_str name, pn_arena *arena, int64_t *ret_version) {
    pn_template_row row;
    PN_TRY(pn_template_find(app->db, app->org.id, name, 0, arena, &row));
    *ret_version = row.version;
    return PN_OK;
}

static pn_err newest(pn_app *app, pn_draft_kind kind, pn_str name, pn_arena *arena,
                     int64_t *ret_version) {
    int64_t version = 0;
    pn_err err = name.len == 0               ? PN_NOT_FOUND
                 : kind == PN_DRAFT_STRATEGY ? newest_strategy(app, name, arena, &version)
                                             : newest_template(app, name, arena, &version);
    *ret_version = version;
    return err;
}

pn_err pn_drafts_newest(pn_app *app, const pn_draft_row *row, pn_arena *arena, int64_t *ret_version,
                        pn_diag *diag) {
    pn_err err = newest(app, row->kind, row->name, arena, ret_version);
    return err == PN_NOT_FOUND ? PN_OK : pn_app_fail(app, err, diag);
}

/* ── what may be kept ── */

static const char *key_of(pn_draft_kind kind) {
    return kind == PN_DRAFT_STRATEGY ? "name" : "family";
}

static pn_str title_of(const pn_draft_wish *wish) {
    pn_str title =
        pn_json_text(pn_json_get(wish->document, pn_str_of(key_of(wish->kind))), PN_STR(""));
    return pn_str_first(title, pn_utf8_prefix(title, 200));
}

static pn_err check_document(const pn_draft_wish *wish, pn_str name, pn_diag *diag) {
    if (wish->document->type != PN_JSON_OBJECT) {
        return pn_diag_set(diag, PN_INVALID, "A draft's document is an object in braces.");
    }
    pn_str own = title_of(wish);
    if (name.len != 0 && !pn_str_eq(own, name)) {
        pn_err err = pn_diag_set(diag, PN_INVALID,
                                 "The draft is of “%.*s”, and its document says "
                                 "“%.*s”.",
                                 PN_STR_ARG(name), PN_STR_ARG(own));
        pn_diag_mend(diag, "Leave “%s” as it is, or begin a draft of its own.", key_of(wish->kind));
        return err;
    }
    return PN_OK;
}

static pn_err check_base(pn_app *app, pn_draft_kind kind, pn_str name, int64_t base,
                         pn_arena *arena, pn_diag *diag) {
    int64_t version = 0;
    pn_err err = newest(app, kind, name, arena, &version);
    if (err == PN_NOT_FOUND && name.len != 0) {
        return pn_diag_set(diag, err, "There is no %s “%.*s” that is published.", KINDS[kind],
                           PN_STR_ARG(name));
    }
    if (err != PN_OK && err != PN_NOT_FOUND) {
        return pn_app_fail(app, err, diag);
    }
    return base <= version
               ? PN_OK
               : pn_diag_set(diag, PN_INVALID, "There is no version %lld that it could begin from.",
                             (long long)base);
}

static pn_err check_room(pn_app *app, pn_arena *arena, pn_diag *diag) {
    pn_draft_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_app_fail(app, pn_draft_list(app->db, app->org.id, -1, arena, &rows, &count), diag));
    if (count < PN_LIMIT_DRAFTS) {
        return PN_OK;
    }
    pn_err err = pn_diag_set(diag, PN_LIMIT, "There are %d drafts already.", PN_LIMIT_DRAFTS);
    pn_diag_mend(diag, "Publish or throw away some of them.");
    return err;
}

static pn_err taken(pn_app *app, pn_draft_kind kind, pn_str name, pn_arena *arena, pn_diag *diag) {
    pn_draft_row other;
    pn_err err = name.len == 0 ? PN_NOT_FOUND
                               : pn_draft_named(app->db, app->org.id, kind, name, arena, &other);
    if (err == PN_NOT_FOUND) {
        return PN_OK;
    }
    PN_TRY(pn_app_fail(app, err, diag));
    err = pn_diag_set(diag, PN_CONFLICT, "A draft of “%.*s” is being written already.",
                      PN_STR_ARG(name));
    pn_diag_mend(diag, "Go on with it, or throw it away first.");
    return err;
}

/* ── its life ── */

pn_err pn_drafts_begin(pn_app *app, const pn_draft_wish *wish, pn_arena *arena,
                       pn_draft_row *ret_row, pn_diag *diag) {
    pn_time now = pn_env_now(app->env);
    PN_TRY(check_document(wish, wish->name, diag));
    PN_TRY(check_base(app, wish->kind, wish->name, wish->base, arena, diag));
    PN_TRY(taken(app, wish->kind, wish->name, arena, diag));
    PN_TRY(check_room(app, arena, diag));
    *ret_row = (pn_draft_row){.id = pn_app_id(app),
                              .org_id = app->org.id,
                              .kind = wish->kind,
                              .name = wish->name,
                              .title = title_of(wish),
                              .document = wish->text,
                              .base = wish->base,
                              .version = 1,
                              .created_by = pn_str_of(app->actor),
                              .changed_by = pn_str_of(app->actor),
                              .created_at = now,
                              .changed_at = now,
                              .ended_at = PN_TIME_NONE};
    return pn_app_fail(app, pn_draft_insert(app->db, ret_row), diag);
}

static pn_err changed(pn_app *app, pn_draft_row *row, pn_diag *diag) {
    row->version++;
    row->changed_by = pn_str_of(app->actor);
    row->changed_at = pn_env_now(app->env);
    pn_err err = pn_draft_update(app->db, row);
    return err == PN_CONFLICT ? pn_diag_set(diag, err, "Somebody changed this draft meanwhile.")
                              : pn_app_fail(app, err, diag);
}

pn_err pn_drafts_write(pn_app *app, pn_draft_row *row, const pn_draft_wish *wish, pn_arena *arena,
                       pn_diag *diag) {
    pn_draft_wish whole = *wish;
    whole.kind = row->kind;
    PN_TRY(check_document(&whole, row->name, diag));
    PN_TRY(check_base(app, row->kind, row->name, wish->base, arena, diag));
    row->title = title_of(&whole);
    row->document = wish->text;
    row->base = wish->base;
    return changed(app, row, diag);
}

static pn_err tell(pn_app *app, const pn_draft_row *row, const char *what, pn_arena *arena) {
    pn_buf body;
    pn_buf_init(&body, 1 << 16);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "kind", pn_str_of(KINDS[row->kind]));
    pn_json_put_str(&w, "name", row->name);
    pn_json_put_int(&w, "version", row->version);
    pn_json_end_object(&w);
    pn_str text = pn_str_dup(arena, pn_buf_str(&body));
    pn_buf_done(&body);
    return pn_trail_add(
        app, &(pn_trail_change){.what = what, .kind = PN_ID_DRAFT, .id = row->id, .after = text});
}

pn_err pn_drafts_end(pn_app *app, pn_draft_row *row, bool published, pn_arena *arena,
                     pn_diag *diag) {
    pn_time now = pn_env_now(app->env);
    row->ended_at = now;
    PN_TRY(changed(app, row, diag));
    PN_TRY(pn_app_fail(
        app, pn_draft_forget(app->db, app->org.id, now - PN_DRAFT_KEPT_DAYS * PN_DAY), diag));
    pn_err err = published ? PN_OK : tell(app, row, "draft.dropped", arena);
    return pn_app_fail(app, err, diag);
}

pn_err pn_drafts_go_on(pn_app *app, pn_draft_row *row, pn_arena *arena, pn_diag *diag) {
    PN_TRY(pn_drafts_newest(app, row, arena, &row->base, diag));
    return changed(app, row, diag);
}

/* The one that stands in its place is thrown away. */
static pn_err make_way(pn_app *app, const pn_draft_row *row, pn_arena *arena, pn_diag *diag) {
    pn_draft_row other;
    pn_err err = row->name.len == 0
                     ? PN_NOT_FOUND
                     : pn_draft_named(app->db, app->org.id, row->kind, row->name, arena, &other);
    if (err == PN_NOT_FOUND) {
        return PN_OK;
    }
    PN_TRY(pn_app_fail(app, err, diag));
    return pn_drafts_end(app, &other, false, arena, diag);
}

pn_err pn_drafts_restore(pn_app *app, pn_draft_row *row, bool replace, pn_arena *arena,
                         pn_diag *diag) {
    if (row->ended_at == PN_TIME_NONE) {
        return pn_diag_set(diag, PN_CONFLICT, "The draft is there.");
    }
    PN_TRY(replace ? make_way(app, row, arena, diag)
                   : taken(app, row->kind, row->name, arena, diag));
    PN_TRY(check_room(app, arena, diag));
    row->ended_at = PN_TIME_NONE;
    PN_TRY(changed(app, row, diag));
    return pn_app_fail(app, tell(app, row, "draft.restored", arena), diag);
}

pn_err pn_drafts_get(pn_app *app, pn_id id, bool ended, pn_arena *arena, pn_draft_row *ret_row,
                     pn_diag *diag) {
    pn_draft_row row;
    pn_err err = pn_draft_get(app->db, app->org.id, id, arena, &row);
    if (err == PN_NOT_FOUND || (err == PN_OK && row.ended_at != PN_TIME_NONE && !ended)) {
        return pn_diag_set(diag, PN_NOT_FOUND,
                           "There is no such draft: it was published or thrown away.");
    }
    PN_TRY(pn_app_fail(app, err, diag));
    *ret_row = row;
    return PN_OK;
}

/* ── one text of a template ── */

/* The family with this text alone. */
static pn_json *alone(const pn_json *document, const pn_json *variant, pn_arena *arena) {
    pn_json *one = pn_arena_new(arena, pn_json), *only = pn_arena_new(arena, pn_json);
    *one = *document;
    one->members = pn_arena_array(arena, pn_json_member, document->count);
    *only = *variant;
    for (size_t i = 0; i < document->count; i++) {
        one->members[i] = document->members[i];
        if (pn_str_is(document->members[i].key, "variants")) {
            one->members[i].value.items = only;
            one->members[i].value.count = 1;
        }
    }
    return one;
}

pn_err pn_drafts_variant(const pn_draft_row *row, size_t number, pn_arena *arena,
                         const pn_family **ret_family, pn_compose_problems *ret_problems,
                         pn_diag *diag) {
    pn_json *document = NULL;
    PN_TRY(pn_json_parse(row->document, NULL, arena, &document, diag));
    const pn_json *variants = pn_json_field(document, "variants");
    if (row->kind != PN_DRAFT_TEMPLATE || variants == NULL || variants->type != PN_JSON_ARRAY ||
        number >= variants->count) {
        return pn_diag_set(diag, PN_NOT_FOUND, "The draft has no such text.");
    }
    return pn_family_compile(alone(document, &variants->items[number], arena), arena, ret_family,
                             ret_problems, diag);
}
