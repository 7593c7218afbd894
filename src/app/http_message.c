#include "app/http_message.h"

#include "app/connectors.h"
#include "base/banned.h"
#include "base/limits.h"

static const char *const NAMES[] = {
    "message.id",   "message.text", "message.language",   "message.tone",  "contact.address",
    "contact.name", "debtor.name",  "debtor.external_id", "creditor.name", "from",
    "link",         "receipt"};

static const struct {
    const char *type, *content_type, *body;
    pn_liquid_escape escape;
} TYPES[] = {
    {"json", "application/json",
     "{\"id\":\"{{ message.id }}\",\"to\":\"{{ contact.address }}\","
     "\"text\":\"{{ message.text }}\"}",
     PN_LIQUID_ESCAPE_JSON},
    {"form", "application/x-www-form-urlencoded",
     "id={{ message.id }}&to={{ contact.address }}&text={{ message.text }}", PN_LIQUID_ESCAPE_URL},
    {"text", "text/plain; charset=utf-8", "{{ message.text }}", PN_LIQUID_ESCAPE_NONE},
};

/* ── settings ────────────────────────────────────────────────────────────────────────────────── */

static bool is_known(pn_str path) {
    for (size_t i = 0; i < PN_COUNT(NAMES); i++) {
        if (pn_str_eq(path, pn_str_of(NAMES[i]))) {
            return true;
        }
    }
    return false;
}

static pn_err compile(const char *name, pn_str source, pn_arena *arena,
                      const pn_liquid_template **ret_template, pn_diag *diag) {
    const pn_liquid_variable *variables = NULL;
    size_t count = 0;
    pn_err err = pn_liquid_compile(pn_str_dup(arena, source), NULL, arena, ret_template, diag);
    if (err != PN_OK) {
        pn_diag_where(diag, "%s", name);
        return err;
    }
    pn_liquid_variables(*ret_template, &variables, &count);
    for (size_t i = 0; i < count; i++) {
        if (!is_known(variables[i].path)) {
            err = pn_diag_set(diag, PN_INVALID, "The %s names “%.*s”, which messages do not have.",
                              name, PN_STR_ARG(pn_str_first(variables[i].path, 60)));
            pn_diag_where(diag, "%s", name);
            pn_diag_mend(diag, "docs/connectors.md lists what they have.");
            return err;
        }
    }
    return PN_OK;
}

pn_err pn_http_message_read(const pn_json *settings, pn_arena *arena, pn_http_message *ret_message,
                            pn_diag *diag) {
    pn_str type = pn_json_text(pn_json_get(settings, PN_STR("type")), PN_STR("json"));
    pn_str path = pn_json_text(pn_json_get(settings, PN_STR("path")), PN_STR("/"));
    pn_str method = pn_json_text(pn_json_get(settings, PN_STR("method")), PN_STR("POST"));
    size_t at = 0;
    while (at < PN_COUNT(TYPES) && !pn_str_eq(type, pn_str_of(TYPES[at].type))) {
        at++;
    }
    if (at == PN_COUNT(TYPES)) {
        return pn_diag_refuse(diag, "type", "A body is json, form or text.", "Leave it out: json.");
    }
    if (!pn_str_starts(path, PN_STR("/"))) {
        return pn_diag_refuse(diag, "path", "A path begins with “/”.",
                              "Where the system is says its connector.");
    }
    pn_http_message m = {.method = pn_str_dup(arena, method),
                         .content_type = pn_str_of(TYPES[at].content_type),
                         .escape = TYPES[at].escape};
    pn_str body = pn_json_text(pn_json_get(settings, PN_STR("body")), pn_str_of(TYPES[at].body));
    PN_TRY(compile("path", path, arena, &m.path, diag));
    PN_TRY(compile("body", body, arena, &m.body, diag));
    *ret_message = m;
    return PN_OK;
}

/* ── writing ─────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_json_writer w;
    pn_buf text;
} data;

static void begin_object(data *d, const char *key) {
    pn_json_key(&d->w, pn_str_of(key));
    pn_json_begin_object(&d->w);
}

static pn_err write_data(const pn_http_message_facts *facts, pn_str id, pn_arena *arena,
                         pn_json **ret_data, pn_diag *diag) {
    data d;
    pn_buf_init(&d.text, 2 * PN_LIMIT_TEMPLATE_BYTES);
    d.w = pn_json_writer_on(&d.text, 0);
    pn_json_begin_object(&d.w);
    begin_object(&d, "message");
    pn_json_put_str(&d.w, "id", id);
    pn_json_put_str(&d.w, "text", facts->text);
    pn_json_put_str(&d.w, "language", facts->language);
    pn_json_put_int(&d.w, "tone", facts->tone);
    pn_json_end_object(&d.w);
    begin_object(&d, "contact");
    pn_json_put_str(&d.w, "address", facts->to);
    pn_json_put_str(&d.w, "name", facts->name);
    pn_json_end_object(&d.w);
    begin_object(&d, "debtor");
    pn_json_put_str(&d.w, "name", facts->debtor_name);
    pn_json_put_str(&d.w, "external_id", facts->debtor_id);
    pn_json_end_object(&d.w);
    begin_object(&d, "creditor");
    pn_json_put_str(&d.w, "name", facts->creditor);
    pn_json_end_object(&d.w);
    pn_json_put_str(&d.w, "from", facts->from);
    pn_json_put_str(&d.w, "link", facts->link);
    pn_json_put_str(&d.w, "receipt", facts->receipt);
    pn_json_end_object(&d.w);
    pn_err err = pn_buf_err(&d.text);
    pn_str text = pn_str_dup(arena, pn_buf_str(&d.text));
    pn_buf_done(&d.text);
    return err == PN_OK ? pn_json_parse(text, NULL, arena, ret_data, diag) : err;
}

static bool is_one_line(pn_str path) {
    for (size_t i = 0; i < path.len; i++) {
        if ((unsigned char)path.ptr[i] <= 0x20 || path.ptr[i] == 0x7F) {
            return false;
        }
    }
    return true;
}

pn_err pn_http_message_write(const pn_http_message *m, const pn_http_message_facts *facts,
                             pn_arena *arena, pn_str *ret_content, pn_diag *diag) {
    char text[PN_ID_TEXT_SIZE];
    pn_str id = pn_str_of(pn_id_text(PN_ID_MESSAGE, facts->id, text));
    pn_json *names = NULL;
    pn_liquid_context context = {.escape = PN_LIQUID_ESCAPE_URL};
    PN_TRY(write_data(facts, id, arena, &names, diag));
    context.data = names;
    pn_buf out, path;
    pn_buf_init(&path, 4096);
    pn_buf_init(&out, PN_LIMIT_MESSAGE_BYTES);
    pn_err err = pn_liquid_render(m->path, &context, arena, &path, diag);
    if (err == PN_OK &&
        !(is_one_line(pn_buf_str(&path)) && pn_connector_stays_below(pn_buf_str(&path)))) {
        err = pn_diag_set(diag, PN_INVALID, "The path leads out of what the connector is for.");
    }
    if (err == PN_OK) {
        pn_buf_add_format(&out,
                          "%.*s %.*s HTTP/1.1\r\nContent-Type: %.*s\r\nIdempotency-Key: "
                          "%.*s\r\n\r\n",
                          PN_STR_ARG(m->method), PN_STR_ARG(pn_buf_str(&path)),
                          PN_STR_ARG(m->content_type), PN_STR_ARG(id));
        context.escape = m->escape;
        err = pn_liquid_render(m->body, &context, arena, &out, diag);
    }
    *ret_content = pn_str_dup(arena, pn_buf_str(&out));
    pn_buf_done(&path);
    pn_buf_done(&out);
    return err;
}
