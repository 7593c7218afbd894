/* What another system's answer means, and what follows from it. */
#include "app/books.h"
#include "app/errands_int.h"
#include "app/tasks.h"
#include "base/banned.h"
#include "base/json_pointer.h"
#include "base/utf8.h"

enum { WORD_MAX = 200 };

/* ── judging ─────────────────────────────────────────────────────────────────────────────────── */

static const pn_time WAITS[] = {PN_MINUTE, 5 * PN_MINUTE, 30 * PN_MINUTE, 2 * PN_HOUR, 6 * PN_HOUR};

static void settle(pn_errand *e, pn_errand_state state, pn_str reason, pn_time now) {
    pn_call_settle(&e->row.call, (int)state, reason, now);
}

/* Asked again later, unless it was tried often enough. */
static void again(pn_errand *e, const pn_fetch_answer *answer, pn_str reason, pn_time now) {
    size_t step = (size_t)PN_MIN(e->row.call.attempts - 1, (int64_t)PN_COUNT(WAITS) - 1);
    if (e->row.call.attempts >= e->connector.tries) {
        settle(e, PN_ERRAND_FAILED, reason, now);
        return;
    }
    e->row.call.reason = reason;
    e->row.call.due_at = now + PN_MAX(WAITS[step], pn_fetch_retry_after_s(answer) * PN_SECOND);
}

/* It may have been done: asked again only where that does no harm. */
static void doubtful(pn_errand *e, const pn_fetch_answer *answer, pn_str reason, pn_time now) {
    if (e->may_repeat) {
        again(e, answer, reason, now);
    } else {
        settle(e, PN_ERRAND_UNCERTAIN, reason, now);
    }
}

static pn_str text_at(const pn_json *json, const pn_errand *e, const char *param, pn_arena *arena) {
    return pn_str_first(pn_json_text_at(json, pn_errand_param(e->node, param), arena), WORD_MAX);
}

static bool is_one_of(const pn_errand *e, const char *param, pn_str word) {
    pn_str rest = pn_node_param_named(e->node, param)->text, each;
    while (pn_str_split(&rest, ',', &each)) {
        if (pn_str_eq_nocase(pn_str_trim(each), word)) {
            return true;
        }
    }
    return false;
}

/* What is not understood is unknown, and unknown never leads to a demand. */
static pn_str paid_outcome(const pn_errand *e, pn_str word) {
    word = pn_str_trim(word);
    return word.len == 0                                                    ? PN_STR("unknown")
           : is_one_of(e, "paid_words", word) || pn_str_is(word, "true")    ? PN_STR("paid")
           : is_one_of(e, "partial_words", word)                            ? PN_STR("partial")
           : is_one_of(e, "unpaid_words", word) || pn_str_is(word, "false") ? PN_STR("unpaid")
                                                                            : PN_STR("unknown");
}

static void understand(pn_errand *e, const pn_fetch_answer *answer, pn_time now, pn_arena *arena,
                       pn_str *ret_value) {
    pn_json *json = NULL;
    if (answer->body.len == 0 || pn_json_parse(answer->body, NULL, arena, &json, NULL) != PN_OK) {
        json = NULL;
    }
    settle(e, PN_ERRAND_DONE, PN_STR(""), now);
    switch (e->row.kind) {
    case PN_ERRAND_HTTP:
        *ret_value = text_at(json, e, "pick", arena);
        if (pn_node_param_named(e->node, "pick")->given && ret_value->len == 0) {
            settle(e, PN_ERRAND_FAILED, PN_STR("The answer does not hold what the node picks."),
                   now);
        }
        break;
    case PN_ERRAND_TICKET: e->row.reference = text_at(json, e, "id", arena); break;
    case PN_ERRAND_PAID: e->row.outcome = paid_outcome(e, text_at(json, e, "answer", arena)); break;
    case PN_ERRAND_SUSPEND:
    case PN_ERRAND_RESTORE:
    case PN_ERRAND_COLLECT:
    case PN_ERRANDS: break;
    }
}

void pn_errand_judge(pn_errand *e, const pn_fetch_answer *answer, pn_time now, pn_arena *arena,
                     pn_str *ret_value) {
    *ret_value = PN_STR_NONE;
    e->row.call.status = answer->status;
    e->row.call.due_at = now;
    if (answer->err != PN_OK) {
        pn_str reason = pn_str_dup(arena, pn_str_of(answer->diag.what));
        if (answer->sent) {
            doubtful(e, answer, reason, now);
        } else if (answer->err == PN_IO) {
            again(e, answer, reason, now);
        } else {
            settle(e, PN_ERRAND_FAILED, reason, now);
        }
        return;
    }
    pn_str reason = pn_str_format(arena, "It answered %d.", answer->status);
    if (answer->status >= 200 && answer->status < 300) {
        understand(e, answer, now, arena, ret_value);
    } else if (pn_fetch_says_later(answer->status)) {
        again(e, answer, reason, now);
    } else if (answer->status >= 500) {
        doubtful(e, answer, reason, now);
    } else {
        settle(e, PN_ERRAND_FAILED, reason, now);
    }
}

/* ── following ───────────────────────────────────────────────────────────────────────────────── */

static pn_err keep_value(pn_app *app, const pn_errand *e, pn_str value, pn_arena *arena) {
    const pn_param_value *into = pn_node_param_named(e->node, "into");
    pn_str key;
    if (into == NULL || !into->given || value.len == 0) {
        return PN_OK;
    }
    bool of_invoice = pn_field_family_of(into->text, &key) == PN_FAMILY_INVOICE_ATTR;
    pn_id owner_id = of_invoice ? e->run->invoice_id : e->row.debtor_id;
    pn_attr attr = pn_attr_read(value, arena);
    attr.key = key;
    PN_TRY(pn_attribute_put(app->db, app->org.id, e->row.debtor_id, owner_id, &attr));
    if (of_invoice) {
        pn_invoice_row invoice;
        PN_TRY(pn_invoice_get(app->db, owner_id, arena, &invoice));
        invoice.flags |= PN_INVOICE_HAS_ATTRS;
        PN_TRY(pn_invoice_update(app->db, &invoice));
    }
    return pn_books_touch(app, e->row.debtor_id, PN_DEBTOR_HAS_ATTRS);
}

/* The creditor's system says that it is paid: as if somebody had said so. */
static pn_err report_paid(pn_app *app, const pn_errand *e, pn_arena *arena, pn_diag *diag) {
    for (size_t i = 0; i < e->account->item_count; i++) {
        const pn_item *item = &e->account->items[i];
        bool works = e->run->invoice_id != 0 ? item->id == e->run->invoice_id : !item->own_run;
        if (works && item->closed == PN_CLOSED_NOT && item->claimable > 0) {
            PN_TRY(pn_books_report_paid(app, item->id, arena, diag));
        }
    }
    return PN_OK;
}

static pn_err open_task(pn_app *app, const pn_errand *e, pn_arena *arena) {
    bool service = e->row.kind == PN_ERRAND_SUSPEND || e->row.kind == PN_ERRAND_RESTORE;
    bool failed = e->row.call.state == PN_ERRAND_FAILED;
    if (e->row.call.state != PN_ERRAND_UNCERTAIN && !(failed && service)) {
        return PN_OK;
    }
    pn_task_request task = {.debtor_id = e->row.debtor_id,
                            .kind = e->row.kind == PN_ERRAND_RESTORE   ? PN_TASK_RESTORE
                                    : e->row.kind == PN_ERRAND_SUSPEND ? PN_TASK_SUSPEND
                                                                       : PN_TASK_ASKED_UNCERTAIN,
                            .about = e->row.connector,
                            .queue = e->view->row.owner,
                            .script = e->row.call.reason,
                            .due_at = pn_app_now(app) + PN_DAY};
    return pn_tasks_open(app, &task, arena);
}

static pn_err journal(pn_app *app, const pn_errand *e) {
    pn_buf body;
    pn_buf_init(&body, 8192);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "asked", pn_str_of(pn_errand_kind_name(e->row.kind)));
    pn_json_put_str(&w, "connector",
                    e->mandate.provider.len != 0 ? e->mandate.provider : e->row.connector);
    pn_json_put_str_if(&w, "outcome", e->row.outcome);
    pn_json_put_str_if(&w, "reason", e->row.call.reason);
    pn_json_put_str_if(&w, "reference", e->row.reference);
    pn_json_put_str(&w, "state",
                    pn_str_of(pn_errand_state_name((pn_errand_state)e->row.call.state)));
    if (e->row.call.status != 0) {
        pn_json_put_int(&w, "status", e->row.call.status);
    }
    pn_json_end_object(&w);
    pn_err err =
        pn_journal_run(app, e->row.debtor_id, e->row.run_id, PN_EVENT_ERRAND, pn_buf_str(&body));
    pn_buf_done(&body);
    return err;
}

/* What was declined for good is not charged again, by nobody. */
static pn_err end_mandate(pn_app *app, const pn_errand *e) {
    pn_err err = e->final ? pn_mandate_end(app->db, app->org.id, e->mandate.id, PN_STR("declined"),
                                           pn_app_now(app))
                          : PN_OK;
    return err == PN_NOT_FOUND ? PN_OK : err;
}

pn_err pn_errand_follow(pn_app *app, const pn_errand *e, pn_str value, pn_arena *arena,
                        pn_diag *diag) {
    PN_TRY(journal(app, e));
    if (e->row.call.state == PN_ERRAND_DONE) {
        PN_TRY(keep_value(app, e, value, arena));
        if (pn_str_is(e->row.outcome, "paid") && e->row.kind == PN_ERRAND_PAID) {
            PN_TRY(report_paid(app, e, arena, diag));
        }
    }
    PN_TRY(end_mandate(app, e));
    PN_TRY(open_task(app, e, arena));
    return pn_poke(app->db, app->org.lane, e->row.debtor_id);
}
