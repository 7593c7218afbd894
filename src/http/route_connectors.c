/* Connectors: other systems that cases ask, and what they were asked.
 *
 * Files of the server (secrets, certificates) are named by whoever runs the program (`puntual
 * connector set`): over HTTP such a file's content could be sent anywhere. A key that is entered
 * here is an owner's, goes to the vault (app/vault.h) and never comes back; whether a system may be
 * in our own network is an operator's to say; and the address changes only together with the key.
 */
#include "app/connectors.h"
#include "app/secret.h"
#include "app/vault.h"
#include "auth/identity.h"
#include "base/banned.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/problem.h"
#include "http/reach.h"
#include "http/tables.h"
#include "store/errand.h"

/* Of SET_BODY, those that stand in the settings as they are. */
enum { PLAIN_FIELDS = 6 };
enum { SETTINGS_BYTES_MAX = 65536, LISTED_MAX = 100, ANSWER_BYTES_MAX = 2000 };

static const pn_shape CONNECTOR_FIELDS[] = {
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "url", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "auth", .type = PN_SHAPE_TEXT, .help = "how its key is sent: basic, bearer, header"},
    {.name = "user", .type = PN_SHAPE_TEXT, .help = "with basic"},
    {.name = "header", .type = PN_SHAPE_TEXT, .help = "with header: its name"},
    {.name = "has_secret", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "headers", .type = PN_SHAPE_JSON, .help = "more headers and their values"},
    {.name = "timeout", .type = PN_SHAPE_INT, .help = "seconds that an answer may take"},
    {.name = "tries", .type = PN_SHAPE_INT},
    {.name = "repeats", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "form", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "private", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "used_at", .type = PN_SHAPE_TIME},
    {.name = "trouble", .type = PN_SHAPE_TEXT, .help = "how its last request failed"},
    {.name = "version", .type = PN_SHAPE_TEXT, .required = true, .help = "for If-Match"},
    {.name = "updated_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = NULL},
};
static const pn_schema_object CONNECTOR = {"Connector", CONNECTOR_FIELDS,
                                           "Another system that cases ask"};

static const char *const AUTHS[] = {"none", "basic", "bearer", "header", NULL};
static const pn_shape SET_BODY[] = {
    {.name = "url", .type = PN_SHAPE_URL, .required = true, .max = 2000},
    {.name = "headers",
     .type = PN_SHAPE_JSON,
     .max = 8192,
     .help = "{\"Accept\": \"application/json\"}; no secrets: they can be read"},
    {.name = "timeout", .type = PN_SHAPE_INT, .min = 1, .max = PN_LIMIT_FETCH_SECONDS},
    {.name = "tries", .type = PN_SHAPE_INT, .min = 1, .max = 20},
    {.name = "repeats",
     .type = PN_SHAPE_BOOL,
     .help = "it does nothing twice that comes with the same Idempotency-Key"},
    {.name = "form", .type = PN_SHAPE_BOOL, .help = "bodies are forms, not JSON"},
    {.name = "auth", .type = PN_SHAPE_WORD, .words = AUTHS, .help = "how its key is sent"},
    {.name = "user", .type = PN_SHAPE_TEXT, .max = 320, .help = "with basic"},
    {.name = "header", .type = PN_SHAPE_TEXT, .max = 120, .help = "with header: its name"},
    {.name = "key",
     .type = PN_SHAPE_TEXT,
     .max = 4000,
     .help = "kept sealed and never given back; left out: as it is"},
    {.name = "private", .type = PN_SHAPE_BOOL, .help = "an operator's to allow"},
    {.name = NULL},
};

static const char *const METHODS[] = {"GET", "POST", NULL};
static const pn_shape TEST_BODY[] = {
    {.name = "path", .type = PN_SHAPE_TEXT, .max = 2000, .help = "what follows its address: /…"},
    {.name = "method", .type = PN_SHAPE_WORD, .words = METHODS},
    {.name = "body", .type = PN_SHAPE_LINES, .max = 65536},
    {.name = NULL},
};
static const pn_shape TEST_FIELDS[] = {
    {.name = "status", .type = PN_SHAPE_INT, .required = true},
    {.name = "milliseconds", .type = PN_SHAPE_INT, .required = true},
    {.name = "body", .type = PN_SHAPE_LINES, .help = "the first 2,000 bytes of its answer"},
    {.name = NULL},
};
static const pn_schema_object TEST = {"ConnectorTest", TEST_FIELDS, "What a connector answered"};

static const pn_shape ERRAND_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_ERRAND, .required = true},
    {.name = "kind", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "connector", .type = PN_SHAPE_TEXT},
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR},
    {.name = "state", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "attempts", .type = PN_SHAPE_INT, .required = true},
    {.name = "status", .type = PN_SHAPE_INT, .required = true, .help = "0: there was no answer"},
    {.name = "outcome", .type = PN_SHAPE_TEXT},
    {.name = "reference", .type = PN_SHAPE_TEXT},
    {.name = "reason", .type = PN_SHAPE_TEXT},
    {.name = "asked_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = NULL},
};
static const pn_schema_object ERRAND = {"Errand", ERRAND_FIELDS,
                                        "What a case asked of another system"};

/* ── settings ── */

/* What only the command line says, and is kept. */
static const char *const KEPT[] = {"auth",         "user",          "header", "password_file",
                                   "password_env", "password_kept", "ca_file"};

static pn_err settings_of(pn_exchange *x, const pn_connector_row *row, pn_json **ret_json) {
    pn_err err = pn_json_parse(row->settings, NULL, x->arena, ret_json, &x->diag);
    return err == PN_OK ? PN_OK : PN_CORRUPT; /* we wrote them */
}

static bool has_secret(const pn_json *settings) {
    return settings != NULL && pn_secret_is_named(settings, "password");
}

static void put_json_or_null(pn_json_writer *w, const char *key, const pn_json *value) {
    pn_json_key(w, pn_str_of(key));
    if (value != NULL) {
        pn_json_add_value(w, value);
    } else {
        pn_json_add_null(w);
    }
}

/* Not of what its requests found. */
static int64_t version_of(const pn_exchange *x, const pn_connector_row *row) {
    return pn_version_of(pn_str_format(x->arena, "%.*s|%lld", PN_STR_ARG(row->settings),
                                       (long long)row->updated_at));
}

static pn_err put_connector(pn_exchange *x, pn_json_writer *w, const pn_connector_row *row) {
    static const char *const SWITCHES[] = {"repeats", "form", "private"};
    static const char *const VALUES[] = {"headers", "timeout", "tries"};
    pn_json *settings = NULL;
    PN_TRY(settings_of(x, row, &settings));
    pn_json_begin_object(w);
    pn_json_put_str(w, "name", row->name);
    pn_json_put_str(w, "url", pn_json_text(pn_json_field(settings, "url"), PN_STR("")));
    pn_put_str_or_null(w, "auth", pn_json_text(pn_json_field(settings, "auth"), PN_STR("")));
    pn_put_str_or_null(w, "user", pn_json_text(pn_json_field(settings, "user"), PN_STR("")));
    pn_put_str_or_null(w, "header", pn_json_text(pn_json_field(settings, "header"), PN_STR("")));
    pn_json_put_bool(w, "has_secret", has_secret(settings));
    for (size_t i = 0; i < PN_COUNT(VALUES); i++) {
        put_json_or_null(w, VALUES[i], pn_json_get(settings, pn_str_of(VALUES[i])));
    }
    for (size_t i = 0; i < PN_COUNT(SWITCHES); i++) {
        pn_json_put_bool(w, SWITCHES[i],
                         pn_json_bool(pn_json_get(settings, pn_str_of(SWITCHES[i])), false));
    }
    pn_put_time(w, "used_at", row->used_at);
    pn_put_str_or_null(w, "trouble", row->trouble);
    pn_json_put_str(w, "version", pn_str_format(x->arena, "%lld", (long long)version_of(x, row)));
    pn_put_time(w, "updated_at", row->updated_at);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_str vault_name(const pn_exchange *x) {
    return pn_str_format(x->arena, "connector.%.*s.key", PN_STR_ARG(x->arguments[0]));
}

/* What the body says of how we sign in there stands in place of what was there. */
static bool said_anew(const pn_exchange *x, const char *name) {
    bool secret = pn_str_starts(pn_str_of(name), PN_STR("password_"));
    if (strcmp(name, "ca_file") == 0) {
        return false;
    }
    if (secret) {
        const pn_route_value *auth = pn_body_value(x, "auth");
        return pn_body_value(x, "key")->given || (auth->given && auth->number == 0);
    }
    return pn_body_value(x, "auth")->given;
}

static void write_own(pn_exchange *x, pn_json_writer *w) {
    const pn_route_value *auth = pn_body_value(x, "auth");
    if (auth->given) {
        pn_json_put_str(w, "auth", pn_str_of(AUTHS[auth->number]));
        pn_json_put_str_if(w, "user", pn_body_value(x, "user")->text);
        pn_json_put_str_if(w, "header", pn_body_value(x, "header")->text);
    }
    if (pn_body_value(x, "key")->given) {
        pn_json_put_str(w, "password_kept", vault_name(x));
    }
}

static bool is_private(const pn_json *settings) {
    return settings != NULL && pn_json_bool(pn_json_get(settings, PN_STR("private")), false);
}

static bool is_same_server(const pn_exchange *x, const pn_json *before) {
    return before != NULL &&
           pn_same_server(pn_json_text(pn_json_get(before, PN_STR("url")), PN_STR("")),
                          pn_body_value(x, "url")->text);
}

/* What the body does not say stays as it was. */
static bool wants_private(const pn_exchange *x, const pn_json *before) {
    const pn_route_value *private = pn_body_value(x, "private");
    return private->given ? private->number != 0 : is_private(before);
}

/* A command's connector says nothing of it, which in test mode lets it reach this machine: that is
 * kept for the same server alone. */
static void write_private(pn_exchange *x, const pn_json *before, pn_json_writer *w) {
    bool kept = !pn_body_value(x, "private")->given && is_same_server(x, before);
    if (!kept || pn_json_get(before, PN_STR("private")) != NULL) {
        pn_json_put_bool(w, "private", wants_private(x, before));
    }
}

/* A key is an owner's, who signed in lately; a private network an operator's. */
static pn_err take_key(pn_exchange *x, const pn_json *before) {
    const pn_identity *who = x->identity;
    const pn_route_value *auth = pn_body_value(x, "auth");
    bool opened = is_private(before) && is_same_server(x, before);
    PN_TRY(pn_check_reach(x, wants_private(x, before), opened));
    if (!pn_body_value(x, "key")->given) {
        return auth->given && auth->number == 0 ? pn_vault_drop(x->app, vault_name(x)) : PN_OK;
    }
    if (who->role != PN_ROLE_OWNER || who->key_id != 0) {
        return pn_diag_set(&x->diag, PN_DENIED, "Keys of other systems are entered by an owner.");
    }
    pn_err err = pn_identity_strong(who, pn_env_now(x->app->env), &x->diag);
    if (err != PN_OK) {
        x->problem = PN_PROBLEM_STRONG;
        return err;
    }
    return pn_vault_put(x->app, vault_name(x), pn_body_value(x, "key")->text, x->arena, &x->diag);
}

/* The body's fields, and of the connector that is there what is kept; `before` may be NULL. */
static pn_err write_settings(pn_exchange *x, const pn_json *before, pn_str *ret_settings) {
    pn_buf text;
    pn_buf_init(&text, SETTINGS_BYTES_MAX);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "url", pn_body_value(x, "url")->text);
    if (pn_body_value(x, "headers")->given) {
        put_json_or_null(&w, "headers", pn_body_value(x, "headers")->json);
    }
    for (size_t i = 2; i < PLAIN_FIELDS; i++) {
        const pn_route_value *value = pn_body_value(x, SET_BODY[i].name);
        if (value->given && SET_BODY[i].type == PN_SHAPE_INT) {
            pn_json_put_int(&w, SET_BODY[i].name, value->number);
        } else if (value->given) {
            pn_json_put_bool(&w, SET_BODY[i].name, value->number != 0);
        }
    }
    write_own(x, &w);
    write_private(x, before, &w);
    for (size_t i = 0; before != NULL && i < PN_COUNT(KEPT); i++) {
        if (!said_anew(x, KEPT[i]) && pn_json_get(before, pn_str_of(KEPT[i])) != NULL) {
            put_json_or_null(&w, KEPT[i], pn_json_get(before, pn_str_of(KEPT[i])));
        }
    }
    pn_json_end_object(&w);
    *ret_settings = pn_str_dup(x->arena, pn_buf_str(&text));
    pn_err err = pn_buf_err(&text);
    pn_buf_done(&text);
    return err;
}

/* A key may not be led to somebody else's address. */
static pn_err check_address(pn_exchange *x, const pn_json *before) {
    pn_str url = pn_json_text(pn_json_field(before, "url"), PN_STR(""));
    if (!has_secret(before) || pn_str_eq(url, pn_body_value(x, "url")->text) ||
        said_anew(x, "password_kept")) {
        return PN_OK;
    }
    pn_err err = pn_diag_set(&x->diag, PN_DENIED,
                             "The key of this connector belongs to the address that it had.");
    pn_diag_where(&x->diag, "/url");
    pn_diag_cause(&x->diag, PN_CAUSE_KEY_STAYS);
    pn_diag_mend(&x->diag, "Enter the key of the new address too.");
    return err;
}

/* ── routes ── */

static pn_err find(pn_exchange *x, pn_connector_row *ret_row) {
    pn_str name = x->arguments[0];
    pn_err err = pn_connector_get(x->db, x->app->org.id, name, x->arena, ret_row);
    return err == PN_NOT_FOUND ? pn_diag_set(&x->diag, err, "There is no connector “%.*s” here.",
                                             PN_STR_ARG(pn_str_first(name, 60)))
                               : pn_told(x, err);
}

static pn_err get_connector(pn_exchange *x) {
    pn_connector_row row;
    PN_TRY(find(x, &row));
    pn_answer_tag(x, version_of(x, &row));
    return put_connector(x, pn_answer_bare(x), &row);
}

/* All there are stand on one page: an organization has few. */
static pn_err list_connectors(pn_exchange *x) {
    pn_connector_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_told(x, pn_connector_list(x->db, x->app->org.id, x->arena, &rows, &count)));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        PN_TRY(put_connector(x, w, &rows[i]));
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

static pn_err set_connector(pn_exchange *x) {
    pn_connector_row row;
    pn_json *before = NULL;
    pn_str settings, name = x->arguments[0];
    pn_err err = pn_connector_get(x->db, x->app->org.id, name, x->arena, &row);
    if (err == PN_OK || err == PN_NOT_FOUND) { /* of none there is, If-Match can name "0" alone */
        PN_TRY(pn_check_version(x, err == PN_OK ? version_of(x, &row) : 0));
    }
    if (err == PN_OK) {
        PN_TRY(settings_of(x, &row, &before));
        PN_TRY(check_address(x, before));
    } else if (err != PN_NOT_FOUND) {
        return pn_told(x, err);
    }
    PN_TRY(take_key(x, before));
    PN_TRY(write_settings(x, before, &settings));
    PN_TRY(pn_connector_set(x->app, name, settings, x->arena, &x->diag));
    return get_connector(x);
}

static pn_err remove_connector(pn_exchange *x) {
    pn_connector_row row;
    PN_TRY(find(x, &row));
    PN_TRY(pn_check_version(x, version_of(x, &row)));
    PN_TRY(pn_told(x, pn_vault_drop(x->app, vault_name(x))));
    return pn_connector_drop(x->app, row.name, x->arena, &x->diag);
}

/* Its beginning, cut between letters; nothing of what is no text. */
static pn_str readable(pn_str body) {
    pn_str text = pn_str_first(body, ANSWER_BYTES_MAX);
    for (size_t cut = 0; cut < 4 && text.len != 0 && !pn_utf8_valid(text); cut++) {
        text.len--;
    }
    return pn_utf8_valid(text) ? text : PN_STR_NONE;
}

static pn_err test_connector(pn_exchange *x) {
    pn_connector connector;
    pn_fetch_request request;
    pn_fetch_answer answer;
    const pn_route_value *path = pn_body_value(x, "path"), *method = pn_body_value(x, "method");
    PN_TRY(pn_connector_open(x->app, x->arguments[0], x->arena, &connector, &x->diag));
    PN_TRY(pn_connector_request(&connector, METHODS[method->given ? method->number : 0],
                                path->given ? path->text : PN_STR("/"),
                                pn_body_value(x, "body")->text, PN_STR_NONE, x->arena, &request,
                                &x->diag));
    pn_err err = pn_fetch(&request, x->arena, &answer, &x->diag);
    if (err != PN_OK) {
        return PN_INVALID; /* it is the other system's trouble, and said so */
    }
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_int(w, "status", answer.status);
    pn_json_put_int(w, "milliseconds", answer.elapsed_ms);
    pn_put_str_or_null(w, "body", readable(answer.body));
    pn_json_end_object(w);
    return PN_OK;
}

/* The newest hundred. */
static pn_err list_errands(pn_exchange *x) {
    pn_errand_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_told(x, pn_errand_list(x->db, x->app->org.id, LISTED_MAX, x->arena, &rows, &count)));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        const pn_errand_row *row = &rows[i];
        pn_json_begin_object(w);
        pn_put_id(w, "id", PN_ID_ERRAND, row->id);
        pn_json_put_str(w, "kind", pn_str_of(pn_errand_kind_name(row->kind)));
        pn_put_str_or_null(w, "connector", row->connector);
        pn_put_id(w, "debtor", PN_ID_DEBTOR, row->debtor_id);
        pn_json_put_str(w, "state",
                        pn_str_of(pn_errand_state_name((pn_errand_state)row->call.state)));
        pn_json_put_int(w, "attempts", row->call.attempts);
        pn_json_put_int(w, "status", row->call.status);
        pn_put_str_or_null(w, "outcome", row->outcome);
        pn_put_str_or_null(w, "reference", row->reference);
        pn_put_str_or_null(w, "reason", row->call.reason);
        pn_put_time(w, "asked_at", row->asked_at);
        pn_json_end_object(w);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

#define ONE "/v1/connectors/{connector}"
#define ROUTE(verb, at, id, on, may, of, takes, what, does, says)                                  \
    .method = PN_HTTP_##verb, .path = at, .name = id, .runs = on, .roles = may, .scope = of,       \
    .body = takes, .gives = what, .answer = does, .summary = says

pn_route_table PN_ROUTES_CONNECTORS = {
    {ROUTE(GET, "/v1/connectors", "list_connectors", PN_RUNS_READER, PN_MAY_READ, "connectors:read",
           NULL, &CONNECTOR, list_connectors, "other systems that cases ask"),
     .gives_list = true},
    {ROUTE(GET, ONE, "get_connector", PN_RUNS_READER, PN_MAY_READ, "connectors:read", NULL,
           &CONNECTOR, get_connector, "one connector")},
    {ROUTE(PUT, ONE, "set_connector", PN_RUNS_WRITER, PN_MAY_MANAGE, "connectors:write", SET_BODY,
           &CONNECTOR, set_connector, "make a connector of this name, or change the one there is"),
     .help =
         "Its key is an owner's to enter, and kept sealed; whether it may be in our own network "
         "an operator's to say. What is left out of both stays as it is. With If-Match nothing is "
         "changed that changed meanwhile; \"0\" is one that there is not."},
    {ROUTE(DELETE, ONE, "remove_connector", PN_RUNS_WRITER, PN_MAY_MANAGE, "connectors:write", NULL,
           NULL, remove_connector, "ask it no more; what was asked stays"),
     .help = "With If-Match it stays where it changed meanwhile."},
    {ROUTE(POST, ONE "/test", "test_connector", PN_RUNS_LONG, PN_MAY_MANAGE, "connectors:write",
           TEST_BODY, &TEST, test_connector, "ask it something now, beside all cases")},
    {ROUTE(GET, "/v1/errands", "list_errands", PN_RUNS_READER, PN_MAY_READ, "connectors:read", NULL,
           &ERRAND, list_errands, "what cases asked of other systems, the newest hundred"),
     .gives_list = true},
    {.path = NULL},
};
