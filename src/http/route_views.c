/* Saved views: how people look at lists. */
#include "app/saved_views.h"
#include "auth/identity.h"
#include "base/banned.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/tables.h"

static const char *const LISTS[] = {"today", "debtors", "invoices", "payments", NULL};

static const pn_shape VIEW_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_VIEW, .required = true},
    {.name = "version", .type = PN_SHAPE_INT, .required = true, .help = "its ETag"},
    {.name = "list", .type = PN_SHAPE_WORD, .words = LISTS, .required = true},
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "query", .type = PN_SHAPE_JSON, .required = true, .help = "as the list has it"},
    {.name = "shared", .type = PN_SHAPE_BOOL, .required = true, .help = "everybody has it"},
    {.name = "mine", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "may_change", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "position", .type = PN_SHAPE_INT, .required = true},
    {.name = "created_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = NULL},
};
static const pn_schema_object VIEW = {"SavedView", VIEW_FIELDS, "A list as somebody looks at it"};

static const pn_shape LIST_QUERY[] = {
    {.name = "list", .type = PN_SHAPE_WORD, .words = LISTS},
    {.name = NULL},
};
static const pn_shape ADD_BODY[] = {
    {.name = "list", .type = PN_SHAPE_WORD, .words = LISTS, .required = true},
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = PN_VIEW_NAME_MAX},
    {.name = "query", .type = PN_SHAPE_JSON, .required = true, .max = PN_VIEW_QUERY_MAX},
    {.name = "shared", .type = PN_SHAPE_BOOL},
    {.name = NULL},
};
static const pn_shape CHANGE_BODY[] = {
    {.name = "name", .type = PN_SHAPE_TEXT, .min = 1, .max = PN_VIEW_NAME_MAX},
    {.name = "query", .type = PN_SHAPE_JSON, .max = PN_VIEW_QUERY_MAX},
    {.name = "shared", .type = PN_SHAPE_BOOL},
    {.name = "position", .type = PN_SHAPE_INT, .min = 0, .max = 1000},
    {.name = NULL},
};

/* A key's views are its maker's. */
static pn_id owner_of(const pn_exchange *x) {
    return x->identity != NULL ? x->identity->user_id : 0;
}

static bool may_change(const pn_exchange *x, const pn_saved_view_row *row) {
    bool manages = x->identity != NULL && x->identity->role < PN_ROLES &&
                   ((pn_role_set)1U << x->identity->role & (pn_role_set)PN_MAY_MANAGE) != 0;
    return row->owner_id == owner_of(x) || (row->shared && manages);
}

static void put_view(pn_exchange *x, pn_json_writer *w, const pn_saved_view_row *row) {
    pn_json_begin_object(w);
    pn_put_id(w, "id", PN_ID_VIEW, row->id);
    pn_json_put_int(w, "version", row->version);
    pn_json_put_str(w, "list", row->list);
    pn_json_put_str(w, "name", row->name);
    pn_put_json(w, "query", row->query);
    pn_json_put_bool(w, "shared", row->shared);
    pn_json_put_bool(w, "mine", row->owner_id == owner_of(x));
    pn_json_put_bool(w, "may_change", may_change(x, row));
    pn_json_put_int(w, "position", row->position);
    pn_put_time(w, "created_at", row->created_at);
    pn_json_end_object(w);
}

static pn_err list_views(pn_exchange *x) {
    pn_saved_view_row *rows = NULL;
    size_t count = 0;
    PN_TRY(
        pn_told(x, pn_saved_view_list(x->db, x->app->org.id, owner_of(x),
                                      pn_query_value(x, "list")->text, x->arena, &rows, &count)));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        put_view(x, w, &rows[i]);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

/* Somebody else's that is not shared is found as little as one that does not exist. */
static pn_err path_view(pn_exchange *x, bool archived, pn_saved_view_row *ret_row) {
    pn_id id = 0;
    PN_TRY(pn_argument_id(x, 0, PN_ID_VIEW, &id));
    pn_err err = pn_saved_view_get(x->db, x->app->org.id, id, x->arena, ret_row);
    bool seen = err == PN_OK && (ret_row->shared || ret_row->owner_id == owner_of(x)) &&
                (ret_row->archived_at != PN_TIME_NONE) == archived;
    return err == PN_NOT_FOUND || (err == PN_OK && !seen)
               ? pn_nothing_here(x, "view", PN_ID_VIEW, id)
               : pn_told(x, err);
}

static pn_err path_change(pn_exchange *x, bool archived, pn_saved_view_row *ret_row) {
    PN_TRY(path_view(x, archived, ret_row));
    PN_TRY(pn_check_version(x, ret_row->version));
    return may_change(x, ret_row)
               ? PN_OK
               : pn_diag_set(&x->diag, PN_DENIED,
                             "It is somebody else's: only they and who manages may change it.");
}

static pn_err give(pn_exchange *x, const pn_saved_view_row *row) {
    pn_answer_tag(x, row->version);
    put_view(x, pn_answer_bare(x), row);
    return PN_OK;
}

static pn_err get_view(pn_exchange *x) {
    pn_saved_view_row row;
    PN_TRY(path_view(x, false, &row));
    PN_TRY(pn_check_version(x, row.version));
    return give(x, &row);
}

static pn_str query_text(pn_exchange *x) {
    pn_buf buf;
    pn_buf_init(&buf, 4 * PN_VIEW_QUERY_MAX);
    pn_json_writer w = pn_json_writer_on(&buf, 0);
    pn_json_add_value(&w, pn_body_value(x, "query")->json);
    pn_str text = pn_str_dup(x->arena, pn_buf_str(&buf));
    pn_buf_done(&buf);
    return text;
}

static pn_err add_view(pn_exchange *x) {
    pn_saved_view_row row = {.list = pn_body_value(x, "list")->text,
                             .name = pn_body_value(x, "name")->text,
                             .owner_id = owner_of(x),
                             .shared = pn_body_value(x, "shared")->number != 0,
                             .query = query_text(x)};
    PN_TRY(pn_saved_views_put(x->app, &row, x->arena, &x->diag));
    pn_answer_created(x, "/v1/views", PN_ID_VIEW, row.id);
    return give(x, &row);
}

static pn_err change_view(pn_exchange *x) {
    pn_saved_view_row row;
    const pn_route_value *name = pn_body_value(x, "name"), *shared = pn_body_value(x, "shared");
    const pn_route_value *position = pn_body_value(x, "position");
    PN_TRY(path_change(x, false, &row));
    row.name = name->given && !name->null ? name->text : row.name;
    row.shared = shared->given && !shared->null ? shared->number != 0 : row.shared;
    row.position = position->given && !position->null ? position->number : row.position;
    if (pn_body_value(x, "query")->given && !pn_body_value(x, "query")->null) {
        row.query = query_text(x);
    }
    PN_TRY(pn_saved_views_put(x->app, &row, x->arena, &x->diag));
    return give(x, &row);
}

static pn_err remove_view(pn_exchange *x) {
    pn_saved_view_row row;
    PN_TRY(path_change(x, false, &row));
    return pn_saved_views_archive(x->app, &row, true, &x->diag);
}

static pn_err restore_view(pn_exchange *x) {
    pn_saved_view_row row;
    PN_TRY(path_change(x, true, &row));
    PN_TRY(pn_saved_views_archive(x->app, &row, false, &x->diag));
    return give(x, &row);
}

#define ONE "/v1/views/{view}"
#define CHANGES(how, at, id, takes, what, does, says)                                              \
    .method = how, .path = at, .name = id, .runs = PN_RUNS_WRITER, .roles = PN_MAY_READ,           \
    .scope = "views:write", .body = takes, .gives = what, .answer = does, .summary = says

pn_route_table PN_ROUTES_VIEWS = {
    {.method = PN_HTTP_GET,
     .path = "/v1/views",
     .name = "list_views",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "views:read",
     .query = LIST_QUERY,
     .gives = &VIEW,
     .gives_list = true,
     .answer = list_views,
     .summary = "saved views: one's own, and shared ones"},
    {.method = PN_HTTP_GET,
     .path = ONE,
     .name = "get_view",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "views:read",
     .gives = &VIEW,
     .answer = get_view,
     .summary = "one saved view"},
    {CHANGES(PN_HTTP_POST, "/v1/views", "add_view", ADD_BODY, &VIEW, add_view,
             "save how a list is looked at")},
    {CHANGES(PN_HTTP_PATCH, ONE, "change_view", CHANGE_BODY, &VIEW, change_view,
             "another name, other filters, shared or not"),
     .help = "With If-Match nothing is changed that changed meanwhile."},
    {CHANGES(PN_HTTP_DELETE, ONE, "remove_view", NULL, NULL, remove_view,
             "have it in no list any more")},
    {CHANGES(PN_HTTP_POST, ONE "/restore", "restore_view", NULL, &VIEW, restore_view,
             "take back that it was removed")},
    {.path = NULL},
};
