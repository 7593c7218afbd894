#include "http/answer.h"

#include "base/banned.h"
#include "base/hash.h"
#include "base/limits.h"
#include "calendar/instant.h"
#include "http/problem.h"

pn_json_writer *pn_answer_bare(pn_exchange *exchange) {
    pn_answer *answer = &exchange->answer;
    if (answer->body.max == 0) {
        pn_buf_init(&answer->body, PN_LIMIT_API_ANSWER_BYTES);
    }
    answer->content_type = "application/json";
    answer->json = pn_json_writer_on(&answer->body, 0);
    return &answer->json;
}

pn_json_writer *pn_answer_json(pn_exchange *exchange) {
    pn_json_writer *writer = pn_answer_bare(exchange);
    pn_json_begin_object(writer);
    return writer;
}

static void put_key(pn_json_writer *w, const char *key) {
    pn_json_key(w, pn_str_of(key));
}

void pn_put_id(pn_json_writer *w, const char *key, pn_id_kind kind, pn_id id) {
    char text[PN_ID_TEXT_SIZE];
    put_key(w, key);
    if (id == 0) {
        pn_json_add_null(w);
    } else {
        pn_json_add_str(w, pn_str_of(pn_id_text(kind, id, text)));
    }
}

void pn_put_amount(pn_json_writer *w, const char *key, int64_t minor, pn_currency currency) {
    put_key(w, key);
    pn_json_begin_object(w);
    pn_json_put_int(w, "minor", minor);
    pn_json_put_str(w, "currency", pn_str_of(currency.code));
    pn_json_end_object(w);
}

void pn_put_date(pn_json_writer *w, const char *key, pn_date date) {
    char text[PN_DATE_ISO_SIZE];
    put_key(w, key);
    if (date == PN_DATE_NONE) {
        pn_json_add_null(w);
    } else {
        pn_json_add_str(w, pn_str_of(pn_date_iso(date, text)));
    }
}

void pn_put_time(pn_json_writer *w, const char *key, pn_time at) {
    char text[PN_INSTANT_SIZE];
    put_key(w, key);
    if (at == PN_TIME_NONE || at == PN_TIME_NEVER) {
        pn_json_add_null(w);
    } else {
        pn_json_add_str(w, pn_str_of(pn_instant_text(at, text)));
    }
}

void pn_put_str_or_null(pn_json_writer *w, const char *key, pn_str text) {
    put_key(w, key);
    if (text.len == 0) {
        pn_json_add_null(w);
    } else {
        pn_json_add_str(w, text);
    }
}

void pn_put_texts(pn_json_writer *w, const char *key, const pn_str *texts, size_t count) {
    pn_put_list(w, key);
    for (size_t i = 0; i < count; i++) {
        pn_json_add_str(w, texts[i]);
    }
    pn_json_end_array(w);
}

void pn_put_json(pn_json_writer *w, const char *key, pn_str json) {
    put_key(w, key);
    if (json.len == 0) {
        pn_json_add_null(w);
    } else {
        pn_json_add_raw(w, json);
    }
}

void pn_put_object(pn_json_writer *w, const char *key) {
    put_key(w, key);
    pn_json_begin_object(w);
}

void pn_put_list(pn_json_writer *w, const char *key) {
    put_key(w, key);
    pn_json_begin_array(w);
}

void pn_value_ids(const pn_route_value *value, pn_id_kind kind, pn_arena *arena,
                  const pn_id **ret_ids, size_t *ret_count) {
    size_t count = value->json == NULL ? 0 : value->json->count;
    pn_id *ids = pn_arena_array(arena, pn_id, count);
    for (size_t i = 0; i < count; i++) {
        pn_err err = pn_id_parse(kind, value->json->items[i].text, &ids[i]);
        assert(err == PN_OK); /* it was checked */
    }
    *ret_ids = ids;
    *ret_count = count;
}

static const pn_shape MADE_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_TEXT, .required = true},
    {.name = NULL},
};
const pn_schema_object PN_MADE = {"Made", MADE_FIELDS, "What was made"};

void pn_answer_created(pn_exchange *exchange, const char *path, pn_id_kind kind, pn_id id) {
    char text[PN_ID_TEXT_SIZE];
    exchange->answer.status = 201;
    pn_answer_field(exchange, "Location",
                    pn_str_format(exchange->arena, "%s/%s", path, pn_id_text(kind, id, text)));
}

pn_err pn_answer_made(pn_exchange *exchange, const char *path, pn_id_kind kind, pn_id id) {
    pn_answer_created(exchange, path, kind, id);
    pn_json_writer *w = pn_answer_json(exchange);
    pn_put_id(w, "id", kind, id);
    pn_json_end_object(w);
    return PN_OK;
}

void pn_answer_framed(pn_exchange *exchange) {
    exchange->answer.content_type = "text/html; charset=utf-8";
    pn_answer_field(exchange, "Content-Security-Policy",
                    PN_STR("default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
                           "frame-ancestors 'self'; base-uri 'none'; form-action 'none'; sandbox"));
    pn_answer_field(exchange, "X-Frame-Options", PN_STR("SAMEORIGIN"));
}

/* ── versions ── */

/* Whether the list names the tag; "*" names any. */
static bool names_tag(pn_str list, pn_str tag) {
    pn_str part;
    while (pn_str_split(&list, ',', &part)) {
        part = pn_str_trim(part);
        if (pn_str_is(part, "*") || pn_str_eq(part, tag)) {
            return true;
        }
    }
    return false;
}

static pn_str tag_of(pn_exchange *exchange, int64_t version) {
    return pn_str_format(exchange->arena, "\"%lld\"", (long long)version);
}

int64_t pn_version_of(pn_str content) {
    return (int64_t)(pn_hash64_str(content, 0) >> 11);
}

pn_err pn_check_version(pn_exchange *exchange, int64_t version) {
    pn_str tag = tag_of(exchange, version);
    pn_str match = pn_exchange_header(exchange, "if-match");
    return match.len == 0 || names_tag(match, tag)
               ? PN_OK
               : pn_problem_set(exchange, PN_PROBLEM_VERSION,
                                "If-Match names another version than the newest, %.*s.",
                                PN_STR_ARG(tag));
}

void pn_answer_tag(pn_exchange *exchange, int64_t version) {
    pn_answer_field(exchange, "ETag", tag_of(exchange, version));
}

pn_err pn_answer_version(pn_exchange *exchange, int64_t version) {
    PN_TRY(pn_check_version(exchange, version));
    pn_answer_tag(exchange, version);
    return PN_OK;
}
