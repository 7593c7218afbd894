#include "app/webhooks.h"

#include "app/connectors.h"
#include "app/tasks.h"
#include "base/banned.h"
#include "base/limits.h"
#include "base/table.h"
#include "format/webhook.h"
#include "store/task.h"

enum { TIMEOUT_MS = 15000, ANSWER_MAX = 65536 };

/* After the n-th try in vain. */
static const pn_time WAITS[] = {5 * PN_SECOND, 5 * PN_MINUTE, 30 * PN_MINUTE,
                                2 * PN_HOUR,   5 * PN_HOUR,   10 * PN_HOUR,
                                14 * PN_HOUR,  20 * PN_HOUR,  24 * PN_HOUR};

/* ── secrets ─────────────────────────────────────────────────────────────────────────────────── */

static pn_sha256 secret_of(const pn_app *app, const pn_webhook_row *row, int64_t generation) {
    char name[100];
    size_t len = 0;
    const int64_t parts[] = {row->id, generation};
    memcpy(name, "webhook", 7);
    len = 7;
    for (size_t i = 0; i < PN_COUNT(parts); i++) {
        for (size_t b = 0; b < 8; b++) {
            name[len++] = (char)((uint64_t)parts[i] >> (56 - 8 * b) & 0xFF);
        }
    }
    return pn_hmac_sha256(app->org.mail_key, (pn_str){name, len});
}

pn_str pn_webhook_secret(const pn_app *app, const pn_webhook_row *row, int64_t generation,
                         pn_arena *arena) {
    pn_sha256 secret = secret_of(app, row, generation);
    pn_buf text;
    pn_buf_init(&text, 200);
    pn_webhook_secret_text((pn_str){(const char *)secret.bytes, sizeof secret.bytes}, &text);
    pn_str copy = pn_str_dup(arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

static void sign(const pn_app *app, const pn_webhook_row *hook, int64_t generation, pn_str id,
                 int64_t seconds, pn_str body, pn_buf *out) {
    pn_sha256 secret = secret_of(app, hook, generation);
    pn_webhook_sign((pn_str){(const char *)secret.bytes, sizeof secret.bytes}, id, seconds, body,
                    out);
}

/* ── a request ───────────────────────────────────────────────────────────────────────────────── */

static pn_str signatures(const pn_app *app, const pn_webhook_row *hook, pn_str id, int64_t seconds,
                         pn_str body, pn_time now, pn_arena *arena) {
    pn_buf text;
    pn_buf_init(&text, 400);
    sign(app, hook, hook->generation, id, seconds, body, &text);
    if (hook->old_until != PN_TIME_NONE && now < hook->old_until) {
        pn_buf_add_char(&text, ' ');
        sign(app, hook, hook->generation - 1, id, seconds, body, &text);
    }
    pn_str copy = pn_str_dup(arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

static pn_fetch_request request_of(const pn_app *app, const pn_webhook_row *hook,
                                   const pn_notification_row *row, pn_time now, pn_arena *arena) {
    char text[PN_ID_TEXT_SIZE];
    int64_t seconds = pn_env_now(app->env) / PN_SECOND; /* receivers compare it with their clock */
    pn_str id = pn_str_dup(arena, pn_str_of(pn_id_text(PN_ID_NOTIFICATION, row->id, text)));
    pn_fetch_header *headers = pn_arena_array(arena, pn_fetch_header, 4);
    headers[0] = (pn_fetch_header){PN_STR("Content-Type"), PN_STR("application/json")};
    headers[1] = (pn_fetch_header){PN_STR("webhook-id"), id};
    headers[2] = (pn_fetch_header){PN_STR("webhook-timestamp"),
                                   pn_str_format(arena, "%lld", (long long)seconds)};
    headers[3] = (pn_fetch_header){PN_STR("webhook-signature"),
                                   signatures(app, hook, id, seconds, row->body, now, arena)};
    return (pn_fetch_request){.method = "POST",
                              .url = hook->url,
                              .headers = headers,
                              .header_count = 4,
                              .body = row->body,
                              .networks = pn_connector_networks(app, hook->private_too),
                              .timeout_ms = TIMEOUT_MS,
                              .answer_max = ANSWER_MAX};
}

/* ── what comes of it ────────────────────────────────────────────────────────────────────────── */

/* Up to a tenth later, the same for the same try: a crowd that failed together spreads. */
static pn_time wait_of(const pn_notification_row *row) {
    pn_time wait = WAITS[row->call.attempts - 1];
    pn_random random = pn_random_for((uint64_t)row->id, PN_STR("webhook"));
    for (int64_t i = 1; i < row->call.attempts; i++) {
        (void)pn_random_next(&random);
    }
    return wait + (pn_time)pn_random_below(&random, (uint64_t)wait / 10);
}

static void judge(pn_notification_row *row, const pn_fetch_answer *answer, pn_time now,
                  pn_arena *arena) {
    pn_call *call = &row->call;
    bool taken = answer->status >= 200 && answer->status < 300 &&
                 (answer->err == PN_OK || answer->err == PN_LIMIT);
    call->status = answer->status;
    call->due_at = now;
    call->reason = taken                  ? PN_STR("")
                   : answer->err != PN_OK ? pn_str_dup(arena, pn_str_of(answer->diag.what))
                                          : pn_str_format(arena, "It answered %d.", answer->status);
    if (taken) {
        pn_call_settle(call, PN_NOTIFICATION_DELIVERED, PN_STR(""), now);
    } else if (call->attempts > (int64_t)PN_COUNT(WAITS)) {
        pn_call_settle(call, PN_NOTIFICATION_GIVEN_UP, call->reason, now);
    } else {
        call->due_at = now + PN_MAX(wait_of(row), pn_fetch_retry_after_s(answer) * PN_SECOND);
    }
}

static pn_err turn_off(pn_app *app, pn_webhook_row *hook, pn_time now, pn_arena *arena) {
    pn_task_row task = {.id = pn_app_id(app),
                        .org_id = app->org.id,
                        .node = UINT32_MAX,
                        .category = PN_STR("webhook"),
                        .title = pn_tasks_title(app, PN_TASK_WEBHOOK_OFF, hook->url, arena),
                        .script = hook->trouble,
                        .due_at = now + PN_DAY,
                        .opened_at = now};
    hook->state = PN_WEBHOOK_OFF;
    PN_TRY(pn_notification_drop(app->db, app->org.id, hook->id, now));
    return pn_task_insert(app->db, &task);
}

static pn_err learn(pn_app *app, pn_webhook_row *hook, const pn_notification_row *row,
                    const pn_fetch_answer *answer, pn_time now, pn_arena *arena) {
    bool arrived = row->call.state == PN_NOTIFICATION_DELIVERED;
    bool changed = !pn_str_eq(hook->trouble, row->call.reason) ||
                   arrived != (hook->failing_since == PN_TIME_NONE);
    hook->trouble = row->call.reason;
    if (arrived) {
        hook->failing_since = PN_TIME_NONE;
    } else if (hook->failing_since == PN_TIME_NONE) {
        hook->failing_since = now;
    }
    bool gone = answer->status == 410 ||
                (!arrived && now - hook->failing_since >= PN_WEBHOOK_FAILING_DAYS * PN_DAY);
    if (gone && hook->state == PN_WEBHOOK_ON) {
        PN_TRY(turn_off(app, hook, now, arena));
        changed = true;
    }
    return changed ? pn_webhook_update(app->db, hook) : PN_OK;
}

/* ── as calls ────────────────────────────────────────────────────────────────────────────────── */

static pn_err prepare(pn_app *app, pn_call_job *job, pn_notification_row *row, pn_time now,
                      bool *ret_ready) {
    pn_webhook_row hook;
    pn_err err = pn_webhook_get(app->db, app->org.id, row->webhook_id, &job->arena, &hook);
    if (err == PN_NOT_FOUND || (err == PN_OK && hook.state != PN_WEBHOOK_ON)) {
        pn_call_settle(&row->call, PN_NOTIFICATION_DROPPED, PN_STR(""), now);
        return pn_notification_record(app->db, row);
    }
    PN_TRY(err);
    job->request = request_of(app, &hook, row, now, &job->arena);
    *ret_ready = true;
    return pn_call_lease(app->db, &PN_NOTIFICATION_CALLS, row->org_id, row->id,
                         pn_call_lease_until(app, TIMEOUT_MS), &row->call);
}

static pn_err take(pn_app *app, pn_call_job *job, const pn_call_to *to, pn_time now,
                   pn_arena *scratch, pn_taken *ret_taken, pn_call_stats *stats, pn_diag *diag) {
    pn_notification_row *row = pn_arena_new(&job->arena, pn_notification_row);
    bool ready = false;
    (void)scratch, (void)stats, (void)diag;
    pn_err err =
        pn_notification_due(app->db, app->org.id, to, now, pn_env_now(app->env), &job->arena, row);
    if (err == PN_NOT_FOUND) {
        *ret_taken = PN_TAKEN_NONE;
        return PN_OK;
    }
    PN_TRY(err);
    PN_TRY(prepare(app, job, row, now, &ready));
    job->row = row;
    *ret_taken = ready ? PN_TAKEN_READY : PN_TAKEN_SETTLED;
    return PN_OK;
}

static pn_err forget_old(pn_app *app, pn_id webhook_id) {
    pn_id_maker old = pn_id_maker_from(0, 0);
    pn_id before = pn_id_next(&old, pn_env_now(app->env) - PN_WEBHOOK_KEPT_DAYS * PN_DAY);
    return pn_notification_forget(app->db, app->org.id, webhook_id, before);
}

/* Who was removed, turned off or told again meanwhile: what came of this try does not matter. */
static pn_err record(pn_app *app, pn_call_job *job, pn_time now, pn_arena *scratch,
                     pn_call_stats *stats, pn_diag *diag) {
    pn_notification_row row = *(const pn_notification_row *)job->row;
    pn_webhook_row hook;
    (void)diag;
    judge(&row, &job->answer, now, scratch);
    pn_err err = pn_notification_record(app->db, &row);
    if (err == PN_OK) {
        err = pn_webhook_get(app->db, app->org.id, row.webhook_id, scratch, &hook);
    }
    if (err == PN_CONFLICT || err == PN_NOT_FOUND) {
        return PN_OK;
    }
    PN_TRY(err);
    PN_TRY(learn(app, &hook, &row, &job->answer, now, scratch));
    stats->webhooks.sent += row.call.state == PN_NOTIFICATION_DELIVERED;
    stats->webhooks.failed += row.call.state == PN_NOTIFICATION_GIVEN_UP;
    stats->webhooks.retried += row.call.state == PN_NOTIFICATION_WAITS;
    return forget_old(app, row.webhook_id);
}

const pn_call_kind PN_WEBHOOK_KIND = {
    .texts = &PN_NOTIFICATION_CALLS, .take = take, .record = record};

/* ── changing them ───────────────────────────────────────────────────────────────────────────── */

static pn_err journal(pn_app *app, pn_id id, const char *what) {
    char text[PN_ID_TEXT_SIZE], body[200];
    pn_buf out;
    pn_buf_init(&out, sizeof body);
    pn_buf_add_format(&out, "{\"webhook\":\"%s\",\"what\":\"%s\"}",
                      pn_id_text(PN_ID_WEBHOOK, id, text), what);
    pn_err err = pn_journal_add(app, 0, 0, 0, PN_EVENT_SETTING, pn_buf_str(&out), &(pn_id){0});
    pn_buf_done(&out);
    return err;
}

static pn_err check_events(pn_str events, pn_diag *diag) {
    pn_str rest = events, each;
    while (events.len != 0 && pn_str_split(&rest, ' ', &each)) {
        if (!pn_hook_type_known(each)) {
            pn_err err = pn_diag_set(diag, PN_INVALID, "There is no event “%.*s”.",
                                     PN_STR_ARG(pn_str_first(each, 60)));
            pn_diag_mend(diag, "docs/webhooks.md lists them.");
            return err;
        }
    }
    return PN_OK;
}

pn_err pn_webhook_add(pn_app *app, pn_str url, pn_str events, bool private_too, pn_arena *arena,
                      pn_webhook_row *ret_row, pn_diag *diag) {
    PN_TRY(pn_fetch_check_url(url, arena, NULL, diag));
    PN_TRY(check_events(events, diag));
    pn_webhook_row row = {.id = pn_app_id(app),
                          .org_id = app->org.id,
                          .url = url,
                          .events = events,
                          .private_too = private_too,
                          .generation = 1,
                          .old_until = PN_TIME_NONE,
                          .failing_since = PN_TIME_NONE,
                          .created_at = pn_env_now(app->env)};
    PN_TRY(pn_webhook_insert(app->db, &row));
    *ret_row = row;
    return journal(app, row.id, "added");
}

pn_err pn_webhook_find(pn_app *app, pn_id id, pn_arena *arena, pn_webhook_row *ret_row,
                       pn_diag *diag) {
    pn_err err = pn_webhook_get(app->db, app->org.id, id, arena, ret_row);
    return err == PN_NOT_FOUND ? pn_diag_set(diag, err, "There is no such webhook.") : err;
}

pn_err pn_webhook_enable(pn_app *app, pn_id id, pn_arena *arena, pn_diag *diag) {
    pn_webhook_row row;
    PN_TRY(pn_webhook_find(app, id, arena, &row, diag));
    row.state = PN_WEBHOOK_ON;
    row.trouble = PN_STR("");
    row.failing_since = PN_TIME_NONE;
    PN_TRY(pn_webhook_update(app->db, &row));
    return journal(app, id, "enabled");
}

pn_err pn_webhook_rotate(pn_app *app, pn_id id, pn_arena *arena, pn_webhook_row *ret_row,
                         pn_diag *diag) {
    PN_TRY(pn_webhook_find(app, id, arena, ret_row, diag));
    ret_row->generation++;
    ret_row->old_until = pn_app_now(app) + PN_WEBHOOK_OVERLAP_HOURS * PN_HOUR;
    PN_TRY(pn_webhook_update(app->db, ret_row));
    return journal(app, id, "rotated");
}

pn_err pn_webhook_remove(pn_app *app, pn_id id, pn_diag *diag) {
    pn_err err = pn_webhook_delete(app->db, app->org.id, id);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(diag, err, "There is no such webhook.");
    }
    PN_TRY(err);
    return journal(app, id, "removed");
}

pn_err pn_webhook_redeliver(pn_app *app, pn_id notification_id, pn_arena *arena, pn_diag *diag) {
    pn_notification_row row;
    pn_err err = pn_notification_get(app->db, app->org.id, notification_id, arena, &row);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(diag, err, "There is no such notification, or it is older than %d days.",
                           PN_WEBHOOK_KEPT_DAYS);
    }
    PN_TRY(err);
    return pn_notification_again(app->db, app->org.id, row.id, pn_app_now(app));
}
