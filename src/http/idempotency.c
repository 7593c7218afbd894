#include "http/idempotency.h"

#include "auth/identity.h"
#include "base/banned.h"
#include "base/limits.h"
#include "http/problem.h"
#include "store/idempotency.h"

enum { KEY_BYTES_MAX = 200 };

static pn_time oldest(const pn_exchange *exchange) {
    return pn_env_now(exchange->app->env) - PN_LIMIT_IDEMPOTENCY_HOURS * PN_HOUR;
}

/* Two clients may choose the same key; nobody gets another one's answer. */
static pn_str own_key(const pn_exchange *exchange, pn_str key) {
    pn_str who = exchange->identity == NULL ? PN_STR("-") : exchange->identity->actor;
    return pn_str_format(exchange->arena, "%.*s %.*s", PN_STR_ARG(who), PN_STR_ARG(key));
}

static void add_part(pn_sha256_ctx *ctx, pn_str part) {
    uint64_t len = part.len;
    pn_sha256_add(ctx, &len, sizeof len);
    pn_sha256_add(ctx, part.ptr, part.len);
}

static pn_sha256 hash_request(const pn_exchange *exchange) {
    pn_sha256_ctx ctx;
    pn_sha256_begin(&ctx);
    add_part(&ctx, pn_str_of(exchange->route->name));
    add_part(&ctx, exchange->path);
    add_part(&ctx, exchange->query);
    add_part(&ctx, exchange->body);
    return pn_sha256_end(&ctx);
}

static bool is_visible(pn_str key) {
    for (size_t i = 0; i < key.len; i++) {
        if (key.ptr[i] <= ' ' || key.ptr[i] > '~') {
            return false;
        }
    }
    return key.len <= KEY_BYTES_MAX;
}

/* Empty: the request has none, or takes none. */
static pn_str key_of(const pn_exchange *exchange) {
    bool takes = exchange->method == PN_HTTP_POST && exchange->app != NULL &&
                 (exchange->route->runs == PN_RUNS_WRITER || exchange->route->runs == PN_RUNS_LONG);
    return takes ? pn_exchange_header(exchange, "idempotency-key") : PN_STR_NONE;
}

static pn_err replay(pn_exchange *exchange, const pn_idempotency_row *row) {
    pn_answer *answer = &exchange->answer;
    answer->status = (int)row->status;
    if (row->content_type.len != 0) {
        answer->content_type = pn_str_z(exchange->arena, row->content_type);
        pn_buf_init(&answer->body, PN_LIMIT_IDEMPOTENCY_ANSWER_BYTES);
        pn_buf_add_str(&answer->body, row->body);
    }
    if (row->location.len != 0) {
        pn_answer_field(exchange, "Location", row->location);
    }
    if (row->etag.len != 0) {
        pn_answer_field(exchange, "ETag", row->etag);
    }
    pn_answer_field(exchange, "Idempotent-Replayed", PN_STR("true"));
    return PN_OK;
}

static pn_err compare(pn_exchange *exchange, const pn_idempotency_row *row,
                      const pn_sha256 *request, bool *ret_replayed) {
    if (memcmp(row->request_hash.bytes, request->bytes, sizeof request->bytes) != 0) {
        return pn_problem_set(exchange, PN_PROBLEM_KEY_REUSED,
                              "This Idempotency-Key belongs to another request.");
    }
    pn_time lost = pn_env_now(exchange->app->env) - PN_LIMIT_IDEMPOTENCY_BUSY_MINUTES * PN_MINUTE;
    if (row->status == 0 && row->created_at > lost) {
        pn_answer_field(exchange, "Retry-After", PN_STR("5"));
        return pn_problem_set(exchange, PN_PROBLEM_KEY_BUSY,
                              "The request with this Idempotency-Key is still under way.");
    }
    *ret_replayed = row->status != 0;
    return row->status != 0 ? replay(exchange, row)
                            : pn_idempotency_delete(exchange->db, row->org_id, row->key);
}

static pn_err look(pn_exchange *exchange, pn_str key, const pn_sha256 *request,
                   bool *ret_replayed) {
    pn_idempotency_row row;
    pn_err err = pn_idempotency_get(exchange->db, exchange->app->org.id, key, oldest(exchange),
                                    exchange->arena, &row);
    return err == PN_NOT_FOUND ? PN_OK
           : err == PN_OK      ? compare(exchange, &row, request, ret_replayed)
                               : pn_app_fail(exchange->app, err, &exchange->diag);
}

static pn_idempotency_row row_of(pn_exchange *exchange, pn_str key, int64_t status) {
    pn_answer *answer = &exchange->answer;
    pn_idempotency_row row = {
        .org_id = exchange->app->org.id,
        .key = key,
        .request_hash = hash_request(exchange),
        .status = status,
        .created_at = pn_env_now(exchange->app->env),
    };
    for (size_t i = 0; i < answer->field_count; i++) {
        if (pn_str_is(answer->fields[i].name, "Location")) {
            row.location = answer->fields[i].value;
        } else if (pn_str_is(answer->fields[i].name, "ETag")) {
            row.etag = answer->fields[i].value;
        }
    }
    if (status != 0 && answer->body.len <= PN_LIMIT_IDEMPOTENCY_ANSWER_BYTES) {
        row.content_type = pn_str_of(answer->content_type);
        row.body = pn_buf_str(&answer->body);
    }
    return row;
}

static pn_err insert(pn_exchange *exchange, pn_str key, int64_t status) {
    pn_idempotency_row row = row_of(exchange, key, status);
    pn_err err = pn_idempotency_insert(exchange->db, &row, oldest(exchange));
    return err == PN_CONFLICT ? pn_problem_set(exchange, PN_PROBLEM_KEY_BUSY,
                                               "Another request with this Idempotency-Key came at "
                                               "the same time.")
                              : pn_app_fail(exchange->app, err, &exchange->diag);
}

/* In a transaction of its own, for work that makes several: a key under way, or its answer. */
static pn_err write_apart(pn_exchange *exchange, pn_str key, int64_t status) {
    PN_TRY(pn_app_begin_rows(exchange->app, &exchange->diag));
    pn_err err = PN_OK;
    if (status == 0) {
        err = insert(exchange, key, 0);
    } else {
        pn_idempotency_row row = row_of(exchange, key, status);
        err =
            pn_app_fail(exchange->app, pn_idempotency_finish(exchange->db, &row), &exchange->diag);
    }
    if (err == PN_OK) {
        return pn_app_commit(exchange->app, &exchange->diag);
    }
    pn_app_rollback(exchange->app);
    return err;
}

pn_err pn_idempotency_begin(pn_exchange *exchange, bool *ret_replayed) {
    pn_str key = key_of(exchange);
    *ret_replayed = false;
    if (key.len == 0) {
        return PN_OK;
    }
    if (!is_visible(key)) {
        return pn_problem_set(exchange, PN_PROBLEM_HEADER,
                              "Idempotency-Key should be 1 to %d visible characters.",
                              KEY_BYTES_MAX);
    }
    key = own_key(exchange, key);
    pn_sha256 request = hash_request(exchange);
    PN_TRY(look(exchange, key, &request, ret_replayed));
    bool marks = exchange->route->runs == PN_RUNS_LONG && !*ret_replayed;
    return marks ? write_apart(exchange, key, 0) : PN_OK;
}

pn_err pn_idempotency_keep(pn_exchange *exchange) {
    pn_str key = key_of(exchange);
    const pn_answer *answer = &exchange->answer;
    if (key.len == 0) {
        return PN_OK;
    }
    int64_t status = answer->status != 0 ? answer->status : answer->body.len == 0 ? 204 : 200;
    key = own_key(exchange, key);
    return exchange->route->runs == PN_RUNS_LONG ? write_apart(exchange, key, status)
                                                 : insert(exchange, key, status);
}

void pn_idempotency_drop(pn_exchange *exchange) {
    pn_str key = key_of(exchange);
    if (key.len == 0 || exchange->route->runs != PN_RUNS_LONG ||
        pn_app_begin_rows(exchange->app, NULL) != PN_OK) {
        return;
    }
    pn_err err = pn_idempotency_delete(exchange->db, exchange->app->org.id, own_key(exchange, key));
    if (err != PN_OK || pn_app_commit(exchange->app, NULL) != PN_OK) {
        pn_app_rollback(exchange->app); /* it is free after a quarter of an hour */
    }
}
