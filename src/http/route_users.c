/* People of an organization, their roles, and keys of systems. */
#include "app/api_keys.h"
#include "app/trail.h"
#include "app/users.h"
#include "base/banned.h"
#include "base/limits.h"
#include "http/answer.h"
#include "http/tables.h"
#include "http/visit.h"

/* ── people ──────────────────────────────────────────────────────────────────────────────────── */

static const char *const ROLES[] = {"owner",   "manager",     "collector", "treasurer",
                                    "auditor", "integration", NULL};
static const char *const LANGUAGES[] = {"es", "en", "pt", NULL};
static const char *const USER_STATES[] = {"active", "invited", "archived", NULL};

static const pn_shape USER_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_USER, .required = true},
    {.name = "email", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "language", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "role", .type = PN_SHAPE_WORD, .words = ROLES, .required = true},
    {.name = "person", .type = PN_SHAPE_TEXT, .help = "whom they are among the people of ours"},
    {.name = "state", .type = PN_SHAPE_WORD, .words = USER_STATES, .required = true},
    {.name = "second_factor", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "seen_at", .type = PN_SHAPE_TIME},
    {.name = "created_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = NULL},
};
static const pn_schema_object USER = {"User", USER_FIELDS, "Somebody who signs in"};
static const pn_shape MADE_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_USER, .required = true},
    {.name = NULL},
};
static const pn_schema_object MADE = {"UserMade", MADE_FIELDS, "Who was invited"};

static const pn_shape INVITE_BODY[] = {
    {.name = "email", .type = PN_SHAPE_EMAIL, .required = true},
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 200},
    {.name = "role", .type = PN_SHAPE_WORD, .words = ROLES, .required = true},
    {.name = "language", .type = PN_SHAPE_WORD, .words = LANGUAGES},
    {.name = "person", .type = PN_SHAPE_TEXT, .max = 200},
    {.name = NULL},
};
static const pn_shape USER_BODY[] = {
    {.name = "role", .type = PN_SHAPE_WORD, .words = ROLES},
    {.name = "person", .type = PN_SHAPE_TEXT, .max = 200},
    {.name = NULL},
};

static const char *user_state(const pn_member_row *row) {
    return row->membership.archived_at != PN_TIME_NONE ? "archived"
           : row->has_password                         ? "active"
                                                       : "invited";
}

static void put_user(pn_json_writer *w, const pn_member_row *row) {
    pn_json_begin_object(w);
    pn_put_id(w, "id", PN_ID_USER, row->membership.user_id);
    pn_json_put_str(w, "email", row->email);
    pn_json_put_str(w, "name", row->name);
    pn_json_put_str(w, "language", row->language);
    pn_json_put_str(w, "role", pn_str_of(pn_role_name(row->membership.role)));
    pn_put_str_or_null(w, "person", row->membership.person_key);
    pn_json_put_str(w, "state", pn_str_of(user_state(row)));
    pn_json_put_bool(w, "second_factor", row->has_totp);
    pn_put_time(w, "seen_at", row->seen_at);
    pn_put_time(w, "created_at", row->membership.created_at);
    pn_json_end_object(w);
}

/* All of them: an organization has tens of people, not thousands. */
static pn_err list_users(pn_exchange *x) {
    pn_member_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_member_list(x->db, x->app->org.id, x->arena, &rows, &count));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        put_user(w, &rows[i]);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

static pn_err invite_in(pn_exchange *x, void *context) {
    const pn_route_value *language = pn_body_value(x, "language");
    pn_invitation invitation = {
        .email = pn_body_value(x, "email")->text,
        .name = pn_body_value(x, "name")->text,
        .language = language->given ? pn_str_of(LANGUAGES[language->number]) : PN_STR_NONE,
        .role = pn_role_of(pn_str_of(ROLES[pn_body_value(x, "role")->number])),
        .person_key = pn_body_value(x, "person")->text,
        .sender = x->identity->name,
    };
    return pn_users_invite(x->app, &invitation, x->arena, context, &x->diag);
}

static pn_err invite(pn_exchange *x) {
    pn_id id = 0;
    PN_TRY(pn_visit_write_owner(x, invite_in, &id));
    return pn_answer_made(x, "/v1/users", PN_ID_USER, id);
}

static pn_err set_in(pn_exchange *x, void *context) {
    pn_id id = *(const pn_id *)context;
    char text[PN_ID_TEXT_SIZE];
    pn_user_row user;
    pn_membership_row row;
    const pn_route_value *role = pn_body_value(x, "role"), *person = pn_body_value(x, "person");
    PN_TRY(pn_users_find(x->app, pn_str_of(pn_id_text(PN_ID_USER, id, text)), x->arena, &user, &row,
                         &x->diag));
    return pn_users_set(x->app, id,
                        role->given ? pn_role_of(pn_str_of(ROLES[role->number])) : row.role,
                        person->given ? person->text : row.person_key, x->arena, &x->diag);
}

static pn_err archive_in(pn_exchange *x, void *context) {
    return pn_users_archive(x->app, *(const pn_id *)context, x->arena, &x->diag);
}

static pn_err send_link_in(pn_exchange *x, void *context) {
    return pn_users_send_link(x->app, *(const pn_id *)context, x->identity->name, x->arena,
                              &x->diag);
}

static pn_err drop_factor_in(pn_exchange *x, void *context) {
    return pn_users_drop_factor(x->app, *(const pn_id *)context, &x->diag);
}

static pn_err with_user(pn_exchange *x, pn_err (*work)(pn_exchange *x, void *context)) {
    pn_id id = 0;
    PN_TRY(pn_argument_id(x, 0, PN_ID_USER, &id));
    return pn_visit_write_owner(x, work, &id);
}

static pn_err set_user(pn_exchange *x) {
    return with_user(x, set_in);
}

static pn_err archive_user(pn_exchange *x) {
    return with_user(x, archive_in);
}

static pn_err send_link(pn_exchange *x) {
    PN_TRY(with_user(x, send_link_in));
    x->answer.status = 202;
    return PN_OK;
}

static pn_err drop_factor(pn_exchange *x) {
    return with_user(x, drop_factor_in);
}

/* ── keys ────────────────────────────────────────────────────────────────────────────────────── */

static const pn_shape A_TEXT[] = {{.name = "", .type = PN_SHAPE_TEXT, .max = 100}, {.name = NULL}};
static const char *const KEY_STATES[] = {"in use", "expired", "revoked", NULL};
static const pn_shape KEY_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_KEY, .required = true},
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "start", .type = PN_SHAPE_TEXT, .required = true, .help = "its first letters"},
    {.name = "scopes", .type = PN_SHAPE_LIST, .required = true, .fields = A_TEXT},
    {.name = "addresses", .type = PN_SHAPE_LIST, .required = true, .fields = A_TEXT},
    {.name = "user", .type = PN_SHAPE_ID, .id_kind = PN_ID_USER, .required = true},
    {.name = "user_name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "state", .type = PN_SHAPE_WORD, .words = KEY_STATES, .required = true},
    {.name = "created_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "expires_at", .type = PN_SHAPE_TIME},
    {.name = "used_at", .type = PN_SHAPE_TIME},
    {.name = "revoked_at", .type = PN_SHAPE_TIME},
    {.name = "revoked_reason", .type = PN_SHAPE_TEXT},
    {.name = NULL},
};
static const pn_schema_object KEY = {"ApiKey", KEY_FIELDS, "A system's key, without the key"};
static const pn_shape NEW_KEY_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_KEY, .required = true},
    {.name = "key", .type = PN_SHAPE_TEXT, .required = true, .help = "shown this once"},
    {.name = NULL},
};
static const pn_schema_object NEW_KEY = {"ApiKeyMade", NEW_KEY_FIELDS, "A key that was just made"};
static const pn_shape KEY_BODY[] = {
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 100},
    {.name = "scopes",
     .type = PN_SHAPE_LIST,
     .required = true,
     .min = 1,
     .max = PN_LIMIT_API_KEY_SCOPES,
     .fields = A_TEXT,
     .help = "like invoices:read, payments:write"},
    {.name = "addresses",
     .type = PN_SHAPE_LIST,
     .max = PN_LIMIT_API_KEY_NETWORKS,
     .fields = A_TEXT,
     .help = "networks it may come from; any without it"},
    {.name = "expires_at", .type = PN_SHAPE_TIME},
    {.name = NULL},
};

static void put_words(pn_json_writer *w, const char *key, pn_str words) {
    pn_str word;
    pn_put_list(w, key);
    while (words.len != 0 && pn_str_split(&words, ' ', &word)) {
        pn_json_add_str(w, word);
    }
    pn_json_end_array(w);
}

static void put_key(pn_json_writer *w, const pn_key_row *row, pn_time now) {
    pn_json_begin_object(w);
    pn_put_id(w, "id", PN_ID_KEY, row->id);
    pn_json_put_str(w, "name", row->name);
    pn_json_put_str(w, "start", row->start);
    put_words(w, "scopes", row->scopes);
    put_words(w, "addresses", row->addresses);
    pn_put_id(w, "user", PN_ID_USER, row->user_id);
    pn_json_put_str(w, "user_name", row->user_name);
    pn_json_put_str(w, "state", pn_str_of(pn_api_key_state(row, now)));
    pn_put_time(w, "created_at", row->created_at);
    pn_put_time(w, "expires_at", row->expires_at);
    pn_put_time(w, "used_at", row->used_at);
    pn_put_time(w, "revoked_at", row->revoked_at);
    pn_put_str_or_null(w, "revoked_reason", row->revoked_reason);
    pn_json_end_object(w);
}

static pn_err put_row_of_keys(pn_exchange *x, pn_json_writer *w, const void *item,
                              int64_t key[PN_PAGE_KEYS]) {
    const pn_key_row *row = item;
    put_key(w, row, pn_env_now(x->app->env));
    key[0] = row->id;
    return PN_OK;
}

static pn_err list_keys(pn_exchange *x) {
    pn_page page;
    pn_key_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_page_read(x, &page));
    pn_id before = pn_page_before(&page);
    PN_TRY(pn_key_list(x->db, x->app->org.id, before, page.limit + 1, x->arena, &rows, &count));
    return pn_page_give(x, &page, rows, sizeof *rows, count, put_row_of_keys);
}

/* A scope that no route asks for is a mistake of whoever typed it. */
static bool is_asked_for(pn_str scope) {
    for (size_t i = 0; PN_ROUTES[i] != NULL; i++) {
        for (const pn_route *route = PN_ROUTES[i]; route->path != NULL; route++) {
            if (route->scope != NULL && (pn_str_eq(scope, pn_str_of(route->scope)) ||
                                         pn_scope_covers(scope, pn_str_of(route->scope)))) {
                return true;
            }
        }
    }
    return false;
}

typedef struct {
    pn_key_request request;
    pn_id id;
    char key[PN_KEY_SIZE];
} making;

static pn_err texts_of(pn_exchange *x, const char *name, const pn_str **ret_texts,
                       size_t *ret_count) {
    const pn_route_value *value = pn_body_value(x, name);
    size_t count = value->given && value->json != NULL ? value->json->count : 0;
    pn_str *texts = pn_arena_array(x->arena, pn_str, count + 1);
    for (size_t i = 0; i < count; i++) {
        texts[i] = pn_json_text(&value->json->items[i], PN_STR(""));
    }
    *ret_texts = texts;
    *ret_count = count;
    return PN_OK;
}

static pn_err make_in(pn_exchange *x, void *context) {
    making *m = context;
    return pn_api_key_add(x->app, &m->request, x->arena, &m->id, m->key, &x->diag);
}

static pn_err make_key(pn_exchange *x) {
    char id[PN_ID_TEXT_SIZE];
    const pn_route_value *expires = pn_body_value(x, "expires_at");
    making m = {.request = {.user_id = x->identity->user_id,
                            .name = pn_body_value(x, "name")->text,
                            .expires_at = expires->given ? expires->number : PN_TIME_NONE}};
    PN_TRY(texts_of(x, "scopes", &m.request.scopes, &m.request.scope_count));
    PN_TRY(texts_of(x, "addresses", &m.request.addresses, &m.request.address_count));
    for (size_t i = 0; i < m.request.scope_count; i++) {
        if (!is_asked_for(m.request.scopes[i])) {
            pn_err err = pn_diag_set(&x->diag, PN_INVALID, "No route asks for the scope “%.*s”.",
                                     PN_STR_ARG(pn_str_first(m.request.scopes[i], 60)));
            pn_diag_where(&x->diag, "scopes");
            return err;
        }
    }
    PN_TRY(pn_visit_write_owner(x, make_in, &m));
    pn_answer_created(x, "/v1/api-keys", PN_ID_KEY, m.id);
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_str(w, "id", pn_str_of(pn_id_text(PN_ID_KEY, m.id, id)));
    pn_json_put_str(w, "key", pn_str_of(m.key));
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err revoke_in(pn_exchange *x, void *context) {
    return pn_api_key_revoke(x->app, *(const pn_id *)context, x->arena, &x->diag);
}

static pn_err revoke_key(pn_exchange *x) {
    pn_id id = 0;
    PN_TRY(pn_argument_id(x, 0, PN_ID_KEY, &id));
    return pn_visit_write_owner(x, revoke_in, &id);
}

/* ── trail ───────────────────────────────────────────────────────────────────────────────────── */

static const pn_shape TRAIL_QUERY[] = {
    {.name = "actor", .type = PN_SHAPE_TEXT, .max = 100, .help = "user:usr_…, key:key_…, cli"},
    {.name = NULL},
};
static const pn_shape TRAIL_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_EVENT, .required = true},
    {.name = "at", .type = PN_SHAPE_TIME, .required = true, .help = "real time"},
    {.name = "actor", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "kind", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR},
    {.name = "body",
     .type = PN_SHAPE_JSON,
     .help = "what was changed, with `before` and `after`; null where it was erased"},
    {.name = NULL},
};
static const pn_schema_object TRAIL = {"Change", TRAIL_FIELDS,
                                       "What a person or a system did, sealed in the journal"};

static pn_err put_row_of_trail(pn_exchange *x, pn_json_writer *w, const void *item,
                               int64_t key[PN_PAGE_KEYS]) {
    const pn_event_row *row = item;
    (void)x;
    pn_json_begin_object(w);
    pn_put_id(w, "id", PN_ID_EVENT, row->id);
    pn_put_time(w, "at", row->recorded_at);
    pn_json_put_str(w, "actor", row->actor);
    pn_json_put_str(w, "kind", pn_str_of(pn_event_kind_name(row->kind)));
    pn_put_id(w, "debtor", PN_ID_DEBTOR, row->debtor_id);
    pn_put_json(w, "body", row->body);
    pn_json_end_object(w);
    key[0] = row->id;
    return PN_OK;
}

static pn_err list_trail(pn_exchange *x) {
    pn_page page;
    pn_event_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_page_read(x, &page));
    pn_trail_request request = {.actor = pn_query_value(x, "actor")->text,
                                .before = pn_page_before(&page),
                                .max = page.limit + 1};
    PN_TRY(pn_trail_list(x->app, &request, x->arena, &rows, &count));
    return pn_page_give(x, &page, rows, sizeof *rows, count, put_row_of_trail);
}

/* ── the table ───────────────────────────────────────────────────────────────────────────────── */

enum { PN_MAY_SEE_TRAIL = 1U << PN_ROLE_OWNER | 1U << PN_ROLE_AUDITOR };

#define OWNERS .runs = PN_RUNS_ENTRANCE, .roles = PN_MAY_OWN

pn_route_table PN_ROUTES_USERS = {
    {.method = PN_HTTP_GET,
     .path = "/v1/users",
     .name = "list_users",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .gives = &USER,
     .gives_list = true,
     .answer = list_users,
     .summary = "who signs in, and as what"},
    {.method = PN_HTTP_POST,
     .path = "/v1/users",
     .name = "invite_user",
     OWNERS,
     .body = INVITE_BODY,
     .gives = &MADE,
     .answer = invite,
     .summary = "invite somebody by e-mail"},
    {.method = PN_HTTP_PATCH,
     .path = "/v1/users/{user}",
     .name = "change_user",
     OWNERS,
     .body = USER_BODY,
     .answer = set_user,
     .summary = "change somebody's role",
     .help = "Their sessions end; so do keys that they made, unless the new role covers the old."},
    {.method = PN_HTTP_DELETE,
     .path = "/v1/users/{user}",
     .name = "archive_user",
     OWNERS,
     .answer = archive_user,
     .summary = "let somebody in no more"},
    {.method = PN_HTTP_POST,
     .path = "/v1/users/{user}/link",
     .name = "send_user_link",
     OWNERS,
     .answer = send_link,
     .summary = "send a link to a new password, or the invitation again"},
    {.method = PN_HTTP_DELETE,
     .path = "/v1/users/{user}/second-factor",
     .name = "drop_user_second_factor",
     OWNERS,
     .answer = drop_factor,
     .summary = "take away a second factor that was lost"},
    {.method = PN_HTTP_GET,
     .path = "/v1/api-keys",
     .name = "list_api_keys",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_OWN,
     .gives = &KEY,
     .gives_list = true,
     .answer = list_keys,
     .summary = "keys of systems, the newest first"},
    {.method = PN_HTTP_POST,
     .path = "/v1/api-keys",
     .name = "make_api_key",
     OWNERS,
     .body = KEY_BODY,
     .gives = &NEW_KEY,
     .answer = make_key,
     .summary = "make a key; it is shown this once"},
    {.method = PN_HTTP_DELETE,
     .path = "/v1/api-keys/{key}",
     .name = "revoke_api_key",
     OWNERS,
     .answer = revoke_key,
     .summary = "end a key"},
    {.method = PN_HTTP_GET,
     .path = "/v1/audit-trail",
     .name = "list_audit_trail",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_SEE_TRAIL,
     .query = TRAIL_QUERY,
     .gives = &TRAIL,
     .gives_list = true,
     .answer = list_trail,
     .summary = "who changed what, with before and after, the newest first"},
    {.path = NULL},
};
