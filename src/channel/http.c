/* Driver `http`: hands messages to another system over a connector.
 *
 * A message's content is the request as the use case made it, without its secrets: a line with
 * method and path, header fields, an empty line, the body. Where it goes, and with which key, is
 * the connector's (its card, app/connectors.h): that is the driver's secret.
 *
 * An answer of 200 to 299 that the settings do not object to is an acceptance. When no answer came
 * after the request had left, and after 500, 502 and 504, it may have been done: that is uncertain,
 * unless the system does nothing twice that comes with the same Idempotency-Key. A system that let
 * us wait in vain gets nothing more for a while, so that it keeps nobody's messages waiting. */
#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"
#include "base/buf.h"
#include "base/json_pointer.h"
#include "base/limits.h"
#include "channel/channel.h"
#include "net/fetch.h"

enum { AT_ONCE = PN_LIMIT_CALLS_TO_ONE, ANSWER_MAX = 65536, QUIET_SECONDS = 60, WORD_MAX = 200 };

/* A message under way, or its answer that nobody has read yet. */
typedef struct {
    bool used;
    pn_id id;
    pn_arena arena;
    pn_fetch_request request;
    pn_fetch_answer answer;
} slot;

struct pn_channel {
    pn_arena arena; /* of the settings */
    const pn_env *env;
    pn_str url;
    const pn_fetch_header *headers; /* of the connector */
    size_t header_count;
    unsigned networks, timeout_ms;
    const char *ca_file;
    bool repeats;
    pn_str id_pointer, ok_pointer, ok_words, gone;
    pn_fetches *fetches;
    slot slots[AT_ONCE];
    int64_t quiet_until; /* ticks */
};

/* ── settings ────────────────────────────────────────────────────────────────────────────────── */

static const pn_channel_setting SETTINGS[] = {
    {.name = "connector",
     .type = PN_SETTING_TEXT,
     .required = true,
     .help = "The connector that says where the system is and how we sign in."},
    {.name = "method",
     .type = PN_SETTING_CHOICE,
     .choices = "POST|PUT",
     .otherwise = "POST",
     .help = "How the request is made."},
    {.name = "path",
     .type = PN_SETTING_TEMPLATE,
     .otherwise = "/",
     .help = "Below the connector's address; a template."},
    {.name = "body",
     .type = PN_SETTING_TEMPLATE,
     .otherwise = "an object with id, to and text",
     .help = "What is sent: a template. What it prints is encoded for where it stands."},
    {.name = "type",
     .type = PN_SETTING_CHOICE,
     .choices = "json|form|text",
     .otherwise = "json",
     .help = "What the body is."},
    {.name = "id",
     .type = PN_SETTING_TEXT,
     .otherwise = "it is not kept",
     .help = "Where the answer says the message's id there: a JSON pointer like /message/id."},
    {.name = "ok",
     .type = PN_SETTING_TEXT,
     .otherwise = "the status alone says so",
     .help = "Where the answer says whether it was taken: a JSON pointer like /status."},
    {.name = "ok_words",
     .type = PN_SETTING_TEXT,
     .otherwise = "true, ok",
     .help = "What stands there when it was, separated by commas."},
    {.name = "gone",
     .type = PN_SETTING_TEXT,
     .otherwise = "410",
     .help = "Statuses that say that the address does not work, separated by commas; the debtor's "
             "next one is used then."},
};

static pn_str text_of(const pn_json *json, const char *key, const char *otherwise,
                      pn_arena *arena) {
    return pn_str_dup(arena, pn_json_text(pn_json_get(json, pn_str_of(key)), pn_str_of(otherwise)));
}

static void read_headers(pn_channel *c, const pn_json *headers) {
    size_t count = headers != NULL ? headers->count : 0;
    pn_fetch_header *own = pn_arena_array(&c->arena, pn_fetch_header, count + 1);
    for (size_t i = 0; i < count; i++) {
        own[i] = (pn_fetch_header){
            pn_str_dup(&c->arena, headers->members[i].key),
            pn_str_dup(&c->arena, pn_json_text(&headers->members[i].value, PN_STR("")))};
    }
    c->headers = own;
    c->header_count = count;
}

/* The connector's card. */
static pn_err read_card(pn_channel *c, pn_str secret, const pn_channel_host *host, pn_diag *diag) {
    pn_json *card = NULL;
    if (secret.len == 0 || pn_json_parse(secret, NULL, &c->arena, &card, NULL) != PN_OK) {
        return pn_diag_set(diag, PN_INVALID, "The channel has no connector.");
    }
    pn_str ca_file = text_of(card, "ca_file", "", &c->arena);
    c->url = text_of(card, "url", "", &c->arena);
    c->networks = (unsigned)pn_json_int(pn_json_get(card, PN_STR("networks")), 0) & host->networks;
    c->timeout_ms = (unsigned)pn_json_int(pn_json_get(card, PN_STR("timeout_ms")), 10000);
    c->repeats = pn_json_bool(pn_json_get(card, PN_STR("repeats")), false);
    c->ca_file = ca_file.len != 0 ? pn_str_z(&c->arena, ca_file) : NULL;
    read_headers(c, pn_json_get(card, PN_STR("headers")));
    return pn_fetch_check_url(c->url, &c->arena, NULL, diag);
}

static pn_err check_pointer(pn_str pointer, const char *name, pn_diag *diag) {
    if (pointer.len == 0 || pointer.ptr[0] == '/') {
        return PN_OK;
    }
    return pn_diag_refuse(diag, name, "A JSON pointer begins with “/”.",
                          "Write it like /message/id.");
}

static void http_stop(pn_channel *c) {
    if (c != NULL) {
        pn_fetches_free(c->fetches);
        for (size_t i = 0; i < AT_ONCE; i++) {
            pn_arena_done(&c->slots[i].arena);
        }
        pn_arena_done(&c->arena);
        free(c);
    }
}

static pn_err http_start(const pn_json *settings, pn_str secret, const pn_channel_host *host,
                         pn_channel **ret_channel, pn_diag *diag) {
    pn_channel *c = pn_alloc(sizeof *c);
    memset(c, 0, sizeof *c);
    pn_arena_init(&c->arena, 0);
    for (size_t i = 0; i < AT_ONCE; i++) {
        pn_arena_init(&c->slots[i].arena, 0);
    }
    c->env = host->env;
    c->fetches = pn_fetches_new();
    c->id_pointer = text_of(settings, "id", "", &c->arena);
    c->ok_pointer = text_of(settings, "ok", "", &c->arena);
    c->ok_words = text_of(settings, "ok_words", "true, ok", &c->arena);
    c->gone = text_of(settings, "gone", "410", &c->arena);
    pn_err err = read_card(c, secret, host, diag);
    err = err == PN_OK ? check_pointer(c->id_pointer, "id", diag) : err;
    err = err == PN_OK ? check_pointer(c->ok_pointer, "ok", diag) : err;
    if (err != PN_OK) {
        http_stop(c);
        return err;
    }
    *ret_channel = c;
    return PN_OK;
}

/* ── sending ─────────────────────────────────────────────────────────────────────────────────── */

static bool is_quiet(const pn_channel *c) {
    return pn_env_ticks(c->env) < c->quiet_until;
}

static size_t http_pending(const pn_channel *c) {
    size_t count = 0;
    for (size_t i = 0; i < AT_ONCE; i++) {
        count += c->slots[i].used;
    }
    return count;
}

static size_t http_room(const pn_channel *c) {
    return is_quiet(c) ? 0 : AT_ONCE - http_pending(c);
}

/* The content's own fields behind the connector's. */
static void add_fields(const pn_channel *c, slot *s, pn_str head) {
    enum { FIELDS_MAX = 16 };
    pn_fetch_header *headers =
        pn_arena_array(&s->arena, pn_fetch_header, c->header_count + FIELDS_MAX);
    size_t count = c->header_count;
    pn_str line;
    if (count != 0) {
        memcpy(headers, c->headers, count * sizeof *headers);
    }
    while (pn_str_split(&head, '\n', &line) && count < c->header_count + FIELDS_MAX) {
        size_t colon = pn_str_find_char(line, ':');
        if (colon != SIZE_MAX) {
            headers[count++] = (pn_fetch_header){pn_str_first(line, colon),
                                                 pn_str_trim(pn_str_from(line, colon + 1))};
        }
    }
    s->request.headers = headers;
    s->request.header_count = count;
}

/* "POST /path HTTP/1.1", fields, an empty line, the body. */
static void begin(pn_channel *c, slot *s, const pn_outgoing *message) {
    pn_str content = pn_str_dup(&s->arena, message->content), head = content, line, method, path;
    size_t end = pn_str_find(content, PN_STR("\r\n\r\n"));
    pn_str body = end != SIZE_MAX ? pn_str_from(content, end + 4) : PN_STR_NONE;
    head = pn_str_first(content, end);
    (void)pn_str_split(&head, '\n', &line);
    (void)pn_str_split(&line, ' ', &method);
    (void)pn_str_split(&line, ' ', &path);
    s->used = true;
    s->id = message->id;
    s->request = (pn_fetch_request){
        .method = pn_str_z(&s->arena, method),
        .url = pn_str_format(&s->arena, "%.*s%.*s", PN_STR_ARG(c->url), PN_STR_ARG(path)),
        .body = body,
        .networks = c->networks,
        .timeout_ms = c->timeout_ms,
        .answer_max = ANSWER_MAX,
        .ca_file = c->ca_file,
    };
    add_fields(c, s, head);
    pn_fetches_begin(c->fetches, &s->request, &s->arena, &s->answer);
}

static pn_err http_send(pn_channel *c, const pn_outgoing *messages, size_t count,
                        size_t *ret_taken) {
    size_t taken = 0;
    for (size_t i = 0; i < AT_ONCE && taken < count && !is_quiet(c); i++) {
        if (!c->slots[i].used) {
            begin(c, &c->slots[i], &messages[taken++]);
        }
    }
    *ret_taken = taken;
    return taken < count ? PN_LIMIT : PN_OK;
}

/* ── what became of it ───────────────────────────────────────────────────────────────────────── */

static bool is_listed(pn_str list, pn_str word) {
    pn_str each;
    while (pn_str_split(&list, ',', &each)) {
        if (pn_str_eq_nocase(pn_str_trim(each), word)) {
            return true;
        }
    }
    return false;
}

static void set_reply(pn_send_result *result, pn_str text) {
    size_t len = 0;
    for (size_t i = 0; i < text.len && len < sizeof result->reply - 1; i++) {
        char c = text.ptr[i];
        result->reply[len++] = (unsigned char)c < 0x20 || (unsigned char)c >= 0x7F ? ' ' : c;
    }
    result->reply[len] = '\0';
}

static pn_send_outcome judge_taken(const pn_channel *c, slot *s, pn_send_result *result) {
    pn_json *json = NULL;
    const pn_fetch_answer *answer = &s->answer;
    if (answer->body.len == 0 ||
        pn_json_parse(answer->body, NULL, &s->arena, &json, NULL) != PN_OK) {
        json = NULL;
    }
    pn_str id = pn_json_text_at(json, c->id_pointer, &s->arena);
    pn_str word = pn_json_text_at(json, c->ok_pointer, &s->arena);
    (void)snprintf(result->provider_id, sizeof result->provider_id, "%.*s",
                   PN_STR_ARG(pn_str_first(id, sizeof result->provider_id - 1)));
    return c->ok_pointer.len == 0 || is_listed(c->ok_words, word) ? PN_SEND_ACCEPTED
                                                                  : PN_SEND_NEXT_CHANNEL;
}

static pn_send_outcome judge_status(const pn_channel *c, slot *s, pn_send_result *result) {
    int status = s->answer.status;
    if (status >= 200 && status < 300) {
        return judge_taken(c, s, result);
    }
    if (is_listed(c->gone, pn_str_of(result->status))) {
        return PN_SEND_NEXT_CONTACT;
    }
    if (pn_fetch_says_later(status)) {
        result->retry_after_s = pn_fetch_retry_after_s(&s->answer);
        return PN_SEND_RETRY;
    }
    return status >= 500 && status != 501 ? (c->repeats ? PN_SEND_RETRY : PN_SEND_UNCERTAIN)
           : status == 401 || status == 403 || status == 407 ? PN_SEND_SENDER_PROBLEM
                                                             : PN_SEND_NEXT_CHANNEL;
}

static pn_cause cause_of(const pn_channel *c, const pn_fetch_answer *answer,
                         const pn_send_result *result) {
    int status = answer->status;
    if (answer->err != PN_OK) {
        return answer->diag.cause;
    }
    return result->outcome == PN_SEND_ACCEPTED               ? PN_CAUSE_NONE
           : is_listed(c->gone, pn_str_of(result->status))   ? PN_CAUSE_RECIPIENT
           : status == 401 || status == 403 || status == 407 ? PN_CAUSE_LOGIN
           : pn_fetch_says_later(status) || status >= 500    ? PN_CAUSE_LATER
                                                             : PN_CAUSE_REFUSED;
}

static pn_send_outcome judge(pn_channel *c, slot *s, pn_send_result *result) {
    const pn_fetch_answer *answer = &s->answer;
    bool left = answer->sent && answer->err != PN_INVALID;
    if (answer->timed_out) {
        c->quiet_until = pn_env_ticks(c->env) + QUIET_SECONDS * PN_SECOND;
    }
    if (answer->status != 0) {
        (void)snprintf(result->status, sizeof result->status, "%d", answer->status);
    }
    if (answer->err == PN_OK) {
        set_reply(result, answer->body);
        return judge_status(c, s, result);
    }
    set_reply(result, pn_str_of(answer->diag.what));
    if (left) {
        return c->repeats ? PN_SEND_RETRY : PN_SEND_UNCERTAIN;
    }
    result->untried = answer->err == PN_IO;
    return answer->err == PN_IO       ? PN_SEND_RETRY
           : answer->err == PN_DENIED ? PN_SEND_SENDER_PROBLEM
                                      : PN_SEND_NEXT_CHANNEL;
}

static pn_err http_poll(pn_channel *c, int timeout_ms, pn_send_result *results, size_t max,
                        size_t *ret_count) {
    size_t count = 0;
    pn_fetches_wait(c->fetches, timeout_ms, -1);
    for (size_t i = 0; i < AT_ONCE && count < max; i++) {
        slot *s = &c->slots[i];
        if (s->used && s->answer.done) {
            pn_send_result result = {.id = s->id};
            result.outcome = judge(c, s, &result);
            result.cause = cause_of(c, &s->answer, &result);
            results[count++] = result;
            s->used = false;
            pn_arena_reset(&s->arena);
        }
    }
    *ret_count = count;
    return PN_OK;
}

static int http_wait_fd(const pn_channel *c) {
    return pn_fetches_fd(c->fetches);
}

const pn_channel_driver pn_channel_http = {
    .name = "http",
    .channel = "http",
    .help = "Hands messages to another system over HTTP, by a connector.",
    .delivers = true,
    .over_connector = true,
    .settings = SETTINGS,
    .setting_count = PN_COUNT(SETTINGS),
    .start = http_start,
    .room = http_room,
    .send = http_send,
    .poll = http_poll,
    .pending = http_pending,
    .wait_fd = http_wait_fd,
    .stop = http_stop,
};
