#include "http/problem.h"

#include <stdio.h>

#include "base/banned.h"
#include "base/limits.h"
#include "http/portal.h"

static const pn_problem_info INFO[PN_PROBLEMS] = {
#define PN_PROBLEM_INFO(name, number, status, title, meaning)                                      \
    [PN_PROBLEM_##name] = {#name, number, status, title, meaning},
    PN_PROBLEM_TABLE(PN_PROBLEM_INFO)
#undef PN_PROBLEM_INFO
};

static_assert(PN_COUNT(((pn_problem_list *)0)->items) == PN_LIMIT_API_PROBLEMS, "limits.h");

const pn_problem_info *pn_problem_about(pn_problem_kind problem) {
    assert(problem > PN_PROBLEM_BY_ERR && problem < PN_PROBLEMS);
    return &INFO[problem];
}

void pn_problem_tell(pn_exchange *exchange, pn_str pointer, pn_str parameter, const char *format,
                     ...) {
    va_list args;
    va_start(args, format);
    pn_str detail = pn_str_format_args(exchange->arena, format, args);
    va_end(args);
    if (exchange->problems == NULL) {
        exchange->problems = pn_arena_new(exchange->arena, pn_problem_list);
        (void)pn_diag_set(&exchange->diag, PN_INVALID, "%.*s", PN_STR_ARG(detail));
        pn_str where = pointer.len != 0 ? pointer : parameter;
        pn_diag_where(&exchange->diag, "%.*s", PN_STR_ARG(where));
    }
    pn_problem_list *list = exchange->problems;
    if (list->count == PN_COUNT(list->items)) {
        list->more++;
        return;
    }
    list->items[list->count++] = (pn_problem_item){
        .pointer = pn_str_dup(exchange->arena, pointer),
        .parameter = pn_str_dup(exchange->arena, parameter),
        .detail = detail,
    };
}

/* What a caller does about it. */
static pn_err err_of_status(int status) {
    switch (status) {
    case 401:
    case 403: return PN_DENIED;
    case 404: return PN_NOT_FOUND;
    case 409:
    case 412: return PN_CONFLICT;
    case 413:
    case 429: return PN_LIMIT;
    case 503: return PN_RETRY;
    default: return status >= 500 ? PN_IO : PN_INVALID;
    }
}

pn_err pn_problem_set(pn_exchange *exchange, pn_problem_kind problem, const char *what_format,
                      ...) {
    char what[sizeof exchange->diag.what];
    va_list args;
    va_start(args, what_format);
    (void)vsnprintf(what, sizeof what, what_format, args);
    va_end(args);
    exchange->problem = (int)problem;
    return pn_diag_set(&exchange->diag, err_of_status(INFO[problem].status), "%s", what);
}

pn_problem_kind pn_problem_of(const pn_exchange *exchange, pn_err err) {
    if (exchange->problem != PN_PROBLEM_BY_ERR) {
        return (pn_problem_kind)exchange->problem;
    }
    switch (err) {
    case PN_NOT_FOUND: return PN_PROBLEM_NOT_FOUND;
    case PN_INVALID: return PN_PROBLEM_INVALID;
    case PN_CONFLICT: return PN_PROBLEM_CONFLICT;
    case PN_DENIED: return PN_PROBLEM_DENIED;
    case PN_LIMIT: return PN_PROBLEM_LIMIT;
    case PN_RETRY: return PN_PROBLEM_BUSY;
    case PN_OK:
    case PN_IO:
    case PN_CORRUPT: return PN_PROBLEM_INTERNAL;
    }
    return PN_PROBLEM_INTERNAL;
}

static void put_item(pn_json_writer *w, const pn_problem_item *item) {
    pn_json_begin_object(w);
    pn_json_put_str_if(w, "pointer", item->pointer);
    pn_json_put_str_if(w, "parameter", item->parameter);
    pn_json_put_str(w, "detail", item->detail);
    pn_json_end_object(w);
}

/* The sentence, without what is nobody's business outside. */
static void put_detail(pn_exchange *exchange, const pn_problem_info *info, pn_json_writer *w) {
    const pn_diag *diag = &exchange->diag;
    bool ours = info->status >= 500 || diag->what[0] == '\0';
    pn_str detail = ours ? pn_str_of(info->meaning)
                         : pn_str_format(exchange->arena, "%s%s%s", diag->what,
                                         diag->mend[0] == '\0' ? "" : " ", diag->mend);
    pn_json_put_str(w, "detail", detail);
    if (!ours && diag->cause != PN_CAUSE_NONE) {
        pn_json_put_str(w, "cause", pn_str_of(pn_cause_name(diag->cause)));
    }
    if (!ours && diag->where[0] == '/') {
        pn_json_put_str(w, "pointer", pn_str_of(diag->where));
    } else if (!ours) {
        pn_json_put_str_if(w, "where", pn_str_of(diag->where));
    }
}

static void put_problem(pn_exchange *exchange, const pn_problem_info *info, pn_json_writer *w) {
    char code[16], instance[48];
    (void)snprintf(code, sizeof code, "PN-%04d", info->number);
    (void)snprintf(instance, sizeof instance, "urn:puntual:request:%llu",
                   (unsigned long long)exchange->number);
    pn_json_put_str(w, "type", pn_str_format(exchange->arena, "/v1/docs/problems#%s", code));
    pn_json_put_str(w, "title", pn_str_of(info->title));
    pn_json_put_int(w, "status", info->status);
    pn_json_put_str(w, "code", pn_str_of(code));
    put_detail(exchange, info, w);
    pn_json_put_str(w, "instance", pn_str_of(instance));
    const pn_problem_list *list = exchange->problems;
    if (list != NULL) {
        pn_json_key(w, PN_STR("errors"));
        pn_json_begin_array(w);
        for (size_t i = 0; i < list->count; i++) {
            put_item(w, &list->items[i]);
        }
        pn_json_end_array(w);
        if (list->more != 0) {
            pn_json_put_int(w, "errors_more", (int64_t)list->more);
        }
    }
}

/* Header fields that say something about the problem itself. */
static void keep_fields(pn_answer *answer) {
    static const char *const KEPT[] = {"Allow", "Retry-After", "WWW-Authenticate"};
    size_t count = 0;
    for (size_t i = 0; i < answer->field_count; i++) {
        for (size_t j = 0; j < PN_COUNT(KEPT); j++) {
            if (pn_str_eq_nocase(answer->fields[i].name, pn_str_of(KEPT[j]))) {
                answer->fields[count++] = answer->fields[i];
            }
        }
    }
    answer->field_count = count;
}

/* Whoever is too busy to know says a moment. */
static void say_when(pn_exchange *exchange, int status) {
    if (status == 503 && exchange->answer.field_count == 0) {
        pn_answer_field(exchange, "Retry-After", PN_STR("2"));
    }
}

void pn_problem_answer(pn_exchange *exchange, pn_err err) {
    const pn_problem_info *info = pn_problem_about(pn_problem_of(exchange, err));
    pn_answer *answer = &exchange->answer;
    keep_fields(answer);
    say_when(exchange, info->status);
    pn_buf_done(&answer->body);
    pn_buf_init(&answer->body, PN_LIMIT_API_BODY_BYTES);
    answer->whole = PN_STR_NONE;
    answer->status = info->status;
    answer->content_type = "application/problem+json";
    answer->json = pn_json_writer_on(&answer->body, 0);
    pn_json_begin_object(&answer->json);
    put_problem(exchange, info, &answer->json);
    pn_json_end_object(&answer->json);
    if (exchange->route != NULL && exchange->route->door == PN_ROUTE_LINK) {
        pn_portal_trouble(exchange, info->status); /* a person reads it */
    }
}
