#include "app/connectors.h"

#include "app/secret.h"
#include "base/banned.h"
#include "base/base64.h"
#include "base/limits.h"

enum { NAME_MAX = 60, HEADERS_MAX = 16, TRIES = 5, TRIES_MAX = 20, TIMEOUT = 20 };

static const char *const KEYS[] = {
    "url",     "auth",  "user",    "header", "password_file", "password_env", "headers",
    "timeout", "tries", "repeats", "form",   "private",       "ca_file",      "password_kept"};

unsigned pn_connector_networks(const pn_app *app, bool private_too) {
    if (app->org.mode != PN_MODE_LIVE) {
        return PN_NET_LOOPBACK;
    }
    return private_too ? PN_NET_PUBLIC | PN_NET_PRIVATE | PN_NET_LOOPBACK : PN_NET_PUBLIC;
}

/* One that a form made reaches this machine in test mode too only where an operator lets it. */
static unsigned networks_of(const pn_app *app, const pn_json *settings) {
    const pn_json *private = pn_json_field(settings, "private");
    bool closed = private != NULL && !pn_json_bool(private, false);
    return closed && app->org.mode == PN_MODE_TEST
               ? PN_NET_NONE
               : pn_connector_networks(app, pn_json_bool(private, false));
}

/* ── settings ────────────────────────────────────────────────────────────────────────────────── */

static pn_str text_of(const pn_json *settings, const char *key) {
    return pn_json_text(pn_json_get(settings, pn_str_of(key)), PN_STR(""));
}

static pn_err check_keys(const pn_json *settings, pn_diag *diag) {
    for (size_t i = 0; i < settings->count; i++) {
        bool known = false;
        for (size_t k = 0; k < PN_COUNT(KEYS); k++) {
            known = known || pn_str_eq(settings->members[i].key, pn_str_of(KEYS[k]));
        }
        if (!known) {
            pn_err err = pn_diag_set(diag, PN_INVALID, "“%.*s” is no setting of a connector.",
                                     PN_STR_ARG(pn_str_first(settings->members[i].key, 60)));
            pn_diag_mend(diag, "docs/connectors.md lists them.");
            return err;
        }
    }
    return PN_OK;
}

static pn_err check_name(pn_str name, pn_diag *diag) {
    bool good = name.len != 0 && name.len <= NAME_MAX;
    for (size_t i = 0; i < name.len && good; i++) {
        char c = name.ptr[i];
        good = pn_is_alpha(c) || pn_is_digit(c) || c == '_' || c == '-';
    }
    return good ? PN_OK
                : pn_diag_refuse(diag, "name",
                                 "A connector's name has 1 to 60 letters, digits, _ and -.",
                                 "Call it after the system: erp, helpdesk.");
}

/* The host stands in the settings, never in a template: what a case knows cannot choose it. */
static pn_err read_url(pn_connector *c, const pn_json *settings, pn_arena *arena, pn_diag *diag) {
    pn_str url = pn_str_trim(text_of(settings, "url"));
    if (pn_str_find(url, PN_STR("{{")) != SIZE_MAX || pn_str_find(url, PN_STR("{%")) != SIZE_MAX) {
        return pn_diag_refuse(diag, "url", "A connector's address holds no variables.",
                              "What depends on the case stands in the path of the node.");
    }
    if (pn_str_find_char(url, '?') != SIZE_MAX || pn_str_find_char(url, '#') != SIZE_MAX) {
        return pn_diag_refuse(diag, "url", "A connector's address has no query.",
                              "Queries stand in the path of the node: \"/paid?customer=…\".");
    }
    PN_TRY(pn_fetch_check_url(url, arena, NULL, diag));
    while (pn_str_ends(url, PN_STR("/"))) {
        url.len--;
    }
    c->url = pn_str_dup(arena, url);
    return PN_OK;
}

static void add_header(pn_connector *c, pn_str name, pn_str value) {
    c->headers[c->header_count++] = (pn_fetch_header){name, value};
}

static pn_err read_headers(pn_connector *c, const pn_json *settings, pn_arena *arena,
                           pn_diag *diag) {
    const pn_json *headers = pn_json_field(settings, "headers");
    c->headers = pn_arena_array(arena, pn_fetch_header, HEADERS_MAX + 1);
    if (headers == NULL) {
        return PN_OK;
    }
    if (headers->type != PN_JSON_OBJECT || headers->count > HEADERS_MAX) {
        return pn_diag_refuse(diag, "headers",
                              "“headers” is an object of at most 16 names and values.",
                              "Write them like {\"Accept\": \"application/json\"}.");
    }
    for (size_t i = 0; i < headers->count; i++) {
        const pn_json_member *each = &headers->members[i];
        if (each->value.type != PN_JSON_STR) {
            return pn_diag_refuse(diag, "headers", "A header's value is a text.",
                                  "Put numbers between quotes.");
        }
        if (pn_str_eq_nocase(each->key, PN_STR("authorization"))) {
            return pn_diag_refuse(diag, "headers",
                                  "Authorization stands in the settings for all to see.",
                                  "Say “auth” and give the key by itself.");
        }
        add_header(c, pn_str_dup(arena, each->key), pn_str_dup(arena, each->value.text));
    }
    return PN_OK;
}

static pn_str basic(pn_str user, pn_str secret, pn_arena *arena) {
    pn_buf out;
    pn_str pair = pn_str_format(arena, "%.*s:%.*s", PN_STR_ARG(user), PN_STR_ARG(secret));
    pn_buf_init(&out, 1 << 16);
    pn_buf_add_lit(&out, "Basic ");
    pn_base64_add(&out, pair.ptr, pair.len);
    pn_str text = pn_str_dup(arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return text;
}

static pn_err read_auth(const pn_app *app, pn_connector *c, const pn_json *settings,
                        pn_arena *arena, pn_diag *diag) {
    pn_json *rest = NULL;
    pn_str secret = PN_STR_NONE, auth = text_of(settings, "auth");
    pn_str user = text_of(settings, "user"), header = text_of(settings, "header");
    PN_TRY(pn_secret_read(app, settings, arena, &rest, &secret, diag));
    if (auth.len == 0 || pn_str_is(auth, "none")) {
        return secret.len == 0 ? PN_OK
                               : pn_diag_refuse(diag, "auth",
                                                "There is a secret, and nothing says how it "
                                                "is sent.",
                                                "Say auth basic, bearer or header.");
    }
    if (secret.len == 0 || pn_str_find_char(secret, '\n') != SIZE_MAX) {
        return pn_diag_refuse(
            diag, "password_file", "There is no secret, or it has several lines.",
            "Give a file that holds it and nothing else (password_file), or the name of an "
            "environment variable (password_env).");
    }
    if (pn_str_is(auth, "bearer")) {
        add_header(c, PN_STR("Authorization"),
                   pn_str_format(arena, "Bearer %.*s", PN_STR_ARG(secret)));
    } else if (pn_str_is(auth, "basic") && user.len != 0) {
        add_header(c, PN_STR("Authorization"), basic(user, secret, arena));
    } else if (pn_str_is(auth, "header") && header.len != 0) {
        add_header(c, pn_str_dup(arena, header), secret);
    } else {
        return pn_diag_refuse(diag, "auth",
                              "auth is none, bearer, basic with a user, or header with the "
                              "name of one.",
                              "Ask the other system's documentation how it wants its key.");
    }
    return PN_OK;
}

static pn_err read_number(const pn_json *settings, const char *key, int64_t least, int64_t most,
                          int64_t otherwise, int64_t *ret_value, pn_diag *diag) {
    const pn_json *value = pn_json_get(settings, pn_str_of(key));
    *ret_value = pn_json_int(value, otherwise);
    if ((value == NULL || value->type == PN_JSON_INT) && *ret_value >= least &&
        *ret_value <= most) {
        return PN_OK;
    }
    pn_err err = pn_diag_set(diag, PN_INVALID, "“%s” is a number from %lld to %lld.", key,
                             (long long)least, (long long)most);
    pn_diag_where(diag, "%s", key);
    return err;
}

pn_err pn_connector_read(const pn_app *app, pn_str name, const pn_json *settings, pn_arena *arena,
                         pn_connector *ret_connector, pn_diag *diag) {
    pn_connector c = {.name = pn_str_dup(arena, name)};
    int64_t timeout = 0;
    if (settings->type != PN_JSON_OBJECT) {
        return pn_diag_set(diag, PN_INVALID, "The settings of a connector are a JSON object.");
    }
    PN_TRY(check_name(name, diag));
    PN_TRY(check_keys(settings, diag));
    PN_TRY(read_url(&c, settings, arena, diag));
    PN_TRY(read_headers(&c, settings, arena, diag));
    PN_TRY(read_auth(app, &c, settings, arena, diag));
    PN_TRY(read_number(settings, "timeout", 1, PN_LIMIT_FETCH_SECONDS, TIMEOUT, &timeout, diag));
    PN_TRY(read_number(settings, "tries", 1, TRIES_MAX, TRIES, &c.tries, diag));
    c.timeout_ms = (unsigned)timeout * 1000;
    c.repeats = pn_json_bool(pn_json_field(settings, "repeats"), false);
    c.form = pn_json_bool(pn_json_field(settings, "form"), false);
    c.networks = networks_of(app, settings);
    pn_str ca_file = text_of(settings, "ca_file");
    c.ca_file = ca_file.len != 0 ? pn_str_z(arena, ca_file) : NULL;
    *ret_connector = c;
    return PN_OK;
}

pn_err pn_connector_open(pn_app *app, pn_str name, pn_arena *arena, pn_connector *ret_connector,
                         pn_diag *diag) {
    pn_connector_row row;
    pn_json *settings = NULL;
    pn_err err = pn_connector_get(app->db, app->org.id, name, arena, &row);
    if (err == PN_NOT_FOUND) {
        err = pn_diag_set(diag, err, "There is no connector “%.*s”.", PN_STR_ARG(name));
        pn_diag_mend(diag, "`puntual connector set` makes one.");
        return err;
    }
    PN_TRY(err);
    PN_TRY(pn_json_parse(row.settings, NULL, arena, &settings, diag));
    return pn_connector_read(app, name, settings, arena, ret_connector, diag);
}

/* ── a request ───────────────────────────────────────────────────────────────────────────────── */

/* A segment of dots alone would climb to where the author did not mean to go. */
bool pn_connector_stays_below(pn_str path) {
    pn_str rest = pn_str_first(path, PN_MIN(pn_str_find_char(path, '?'), path.len)), part;
    while (pn_str_split(&rest, '/', &part)) {
        if (pn_str_is(part, ".") || pn_str_is(part, "..")) {
            return false;
        }
    }
    return pn_str_starts(path, PN_STR("/"));
}

pn_str pn_connector_card(const pn_connector *connector, pn_arena *arena) {
    pn_buf text;
    pn_buf_init(&text, 1 << 20);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "ca_file",
                    connector->ca_file != NULL ? pn_str_of(connector->ca_file) : PN_STR(""));
    pn_json_key(&w, PN_STR("headers"));
    pn_json_begin_object(&w);
    for (size_t i = 0; i < connector->header_count; i++) {
        pn_json_key(&w, connector->headers[i].name);
        pn_json_add_str(&w, connector->headers[i].value);
    }
    pn_json_end_object(&w);
    pn_json_put_int(&w, "networks", connector->networks);
    pn_json_put_bool(&w, "repeats", connector->repeats);
    pn_json_put_int(&w, "timeout_ms", connector->timeout_ms);
    pn_json_put_str(&w, "url", connector->url);
    pn_json_end_object(&w);
    pn_str copy = pn_str_dup(arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

pn_err pn_connector_request(const pn_connector *connector, const char *method, pn_str path,
                            pn_str body, pn_str key, pn_arena *arena, pn_fetch_request *ret_request,
                            pn_diag *diag) {
    if (!pn_connector_stays_below(path)) {
        return pn_diag_set(diag, PN_INVALID, "The path leads out of what the connector is for.");
    }
    pn_fetch_header *headers = pn_arena_array(arena, pn_fetch_header, connector->header_count + 2);
    size_t count = connector->header_count;
    if (count != 0) {
        memcpy(headers, connector->headers, count * sizeof *headers);
    }
    if (body.len != 0) {
        headers[count++] = (pn_fetch_header){
            PN_STR("Content-Type"), connector->form ? PN_STR("application/x-www-form-urlencoded")
                                                    : PN_STR("application/json")};
    }
    if (key.len != 0) {
        headers[count++] = (pn_fetch_header){PN_STR("Idempotency-Key"), key};
    }
    *ret_request = (pn_fetch_request){
        .method = method,
        .url = pn_str_format(arena, "%.*s%.*s", PN_STR_ARG(connector->url), PN_STR_ARG(path)),
        .headers = headers,
        .header_count = count,
        .body = body,
        .networks = connector->networks,
        .timeout_ms = connector->timeout_ms,
        .ca_file = connector->ca_file,
    };
    return PN_OK;
}

/* ── setting ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err journal(pn_app *app, pn_str name, const char *what, pn_arena *arena) {
    pn_str body =
        pn_str_format(arena, "{\"connector\":\"%.*s\",\"what\":\"%s\"}", PN_STR_ARG(name), what);
    return pn_journal_add(app, 0, 0, 0, PN_EVENT_SETTING, body, &(pn_id){0});
}

pn_err pn_connector_set(pn_app *app, pn_str name, pn_str settings, pn_arena *arena, pn_diag *diag) {
    pn_connector made;
    pn_json *json = NULL;
    PN_TRY(pn_json_parse(settings, NULL, arena, &json, diag));
    PN_TRY(pn_connector_read(app, name, json, arena, &made, diag));
    pn_connector_row row = {.id = pn_app_id(app),
                            .org_id = app->org.id,
                            .name = name,
                            .settings = settings,
                            .updated_at = pn_env_now(app->env)};
    PN_TRY(pn_connector_put(app->db, &row));
    return journal(app, name, "set", arena);
}

pn_err pn_connector_drop(pn_app *app, pn_str name, pn_arena *arena, pn_diag *diag) {
    pn_stmt *q = pn_db_stmt(app->db, "SELECT 1 FROM errand WHERE org_id = $1 AND connector = $2"
                                     " AND state = 0 LIMIT 1");
    pn_bind_int(q, 1, app->org.id);
    pn_bind_str(q, 2, name);
    pn_err err = pn_row_next(q);
    pn_stmt_reset(q);
    if (err == PN_OK) {
        err = pn_diag_set(diag, PN_CONFLICT, "A case still has to ask “%.*s” something.",
                          PN_STR_ARG(name));
        pn_diag_mend(diag, "`puntual connector log` shows what.");
        return err;
    }
    if (err != PN_NOT_FOUND) {
        return err;
    }
    err = pn_connector_remove(app->db, app->org.id, name);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(diag, err, "There is no connector “%.*s”.", PN_STR_ARG(name));
    }
    PN_TRY(err);
    return journal(app, name, "removed", arena);
}
