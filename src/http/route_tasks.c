/* Tasks: what needs a person now, and what people do with them. */
#include "app/inbound.h"
#include "app/people.h"
#include "auth/identity.h"
#include "auth/user.h"
#include "base/banned.h"
#include "format/intent.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/tables.h"
#include "http/tasks.h"

static const char *const STATES[] = {"open", "done", "cancelled", NULL};
static const char *const WHICH[] = {"open", "all", NULL};
static const char *const ABOUTS[] = {"mail", "promise", "message", "hold", NULL};
static const char *const SUGGESTIONS[] = {"waits", "accepted", "edited", "rejected", NULL};
static const char *const INTENTS[] = {"stop", "wrong_person", "dispute",  "paid",
                                      "copy", "promise",      "question", NULL};

static const pn_shape SUGGESTION_FIELDS[] = {
    {.name = "state", .type = PN_SHAPE_WORD, .words = SUGGESTIONS, .required = true},
    {.name = "intent",
     .type = PN_SHAPE_WORD,
     .words = INTENTS,
     .help = "what the reply seems to want; null: nothing that could be told"},
    {.name = "confidence", .type = PN_SHAPE_INT, .help = "percent"},
    {.name = "words", .type = PN_SHAPE_LINES, .help = "of the reply, that gave it away"},
    {.name = "date", .type = PN_SHAPE_DATE, .help = "that it names"},
    {.name = "amount", .type = PN_SHAPE_TEXT, .help = "that it names, as written"},
    {.name = "reference", .type = PN_SHAPE_TEXT},
    {.name = "can_accept",
     .type = PN_SHAPE_BOOL,
     .required = true,
     .help = "accepting carries it out; else a person answers"},
    {.name = "from", .type = PN_SHAPE_TEXT},
    {.name = "from_name", .type = PN_SHAPE_TEXT},
    {.name = "subject", .type = PN_SHAPE_TEXT},
    {.name = "received_at", .type = PN_SHAPE_TIME},
    {.name = "text", .type = PN_SHAPE_LINES, .help = "what was written, without what is quoted"},
    {.name = NULL},
};
const pn_shape PN_TASK_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_TASK, .required = true},
    {.name = "version", .type = PN_SHAPE_INT, .required = true, .help = "its ETag"},
    {.name = "category", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "title", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "debtor",
     .type = PN_SHAPE_ID,
     .id_kind = PN_ID_DEBTOR,
     .help = "null where it is about none"},
    {.name = "debtor_name", .type = PN_SHAPE_TEXT},
    {.name = "run", .type = PN_SHAPE_ID, .id_kind = PN_ID_RUN, .help = "that waits for it"},
    {.name = "queue",
     .type = PN_SHAPE_TEXT,
     .help = "whose it is: who took it over, else the queue it names, else the debtor's collector"},
    {.name = "taken_by", .type = PN_SHAPE_TEXT, .help = "null where nobody took it over"},
    {.name = "assignee", .type = PN_SHAPE_TEXT, .help = "who does it today"},
    {.name = "script", .type = PN_SHAPE_LINES},
    {.name = "due_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "snoozed_until", .type = PN_SHAPE_TIME, .help = "it is put off until then"},
    {.name = "snooze_reason", .type = PN_SHAPE_TEXT},
    {.name = "state", .type = PN_SHAPE_WORD, .words = STATES, .required = true},
    {.name = "outcome", .type = PN_SHAPE_TEXT},
    {.name = "opened_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "settled_at", .type = PN_SHAPE_TIME},
    {.name = "settled_by", .type = PN_SHAPE_TEXT},
    {.name = "about_kind", .type = PN_SHAPE_WORD, .words = ABOUTS},
    {.name = "about", .type = PN_SHAPE_TEXT, .help = "its id"},
    {.name = "suggestion",
     .type = PN_SHAPE_OBJECT,
     .fields = SUGGESTION_FIELDS,
     .help = "of a reply that came by mail"},
    {.name = NULL},
};
static const pn_schema_object TASK = {"Task", PN_TASK_FIELDS, "What a person has to do"};

static const pn_shape REFUSED_FIELDS[] = {
    {.name = "task", .type = PN_SHAPE_ID, .id_kind = PN_ID_TASK},
    {.name = "about", .type = PN_SHAPE_TEXT},
    {.name = "reason", .type = PN_SHAPE_TEXT, .required = true, .help = "a sentence"},
    {.name = NULL},
};
static const pn_shape CHANGED_FIELDS[] = {
    {.name = "change",
     .type = PN_SHAPE_ID,
     .id_kind = PN_ID_CHANGE,
     .help = "what undoes all of it: POST /v1/task-changes/{change}/undo"},
    {.name = "tasks",
     .type = PN_SHAPE_LIST,
     .fields = PN_TASK_FIELDS,
     .required = true,
     .help = "as they are now"},
    {.name = "refused", .type = PN_SHAPE_LIST, .fields = REFUSED_FIELDS, .required = true},
    {.name = NULL},
};
static const pn_schema_object CHANGED = {"TasksChanged", CHANGED_FIELDS,
                                         "What was done with tasks"};
static const pn_shape LIST_QUERY[] = {
    {.name = "state",
     .type = PN_SHAPE_WORD,
     .words = WHICH,
     .help = "open ones, the most urgent first; or all, the newest first"},
    {.name = NULL},
};
static const pn_shape DONE_BODY[] = {
    {.name = "outcome",
     .type = PN_SHAPE_TEXT,
     .max = 400,
     .help = "approved, refused, promised …; done where it is left out"},
    {.name = NULL},
};

/* ── answers ── */

const char *pn_task_about_name(pn_task_about about) {
    return about == PN_ABOUT_NOTHING || about >= PN_ABOUTS ? NULL : ABOUTS[about - 1];
}

static pn_id_kind about_id_kind(pn_task_about about) {
    return about == PN_ABOUT_MAIL      ? PN_ID_RECEIVED
           : about == PN_ABOUT_PROMISE ? PN_ID_PROMISE
           : about == PN_ABOUT_MESSAGE ? PN_ID_MESSAGE
                                       : PN_ID_HOLD;
}

void pn_put_about(pn_json_writer *w, pn_task_about about, pn_id id) {
    const char *name = pn_task_about_name(about);
    pn_put_str_or_null(w, "about_kind", name != NULL ? pn_str_of(name) : PN_STR_NONE);
    pn_put_id(w, "about", about_id_kind(about), name != NULL ? id : 0);
}

pn_err pn_read_about(pn_exchange *x, pn_str text, const char *where, pn_task_ref *ret_ref) {
    for (int about = PN_ABOUT_PROMISE; about < PN_ABOUTS; about++) {
        if (pn_id_parse(about_id_kind((pn_task_about)about), text, &ret_ref->id) == PN_OK) {
            ret_ref->about = (pn_task_about)about;
            return PN_OK;
        }
    }
    pn_err err = pn_diag_set(&x->diag, PN_INVALID,
                             "A task can be about a promise, a message or a hold, by its id.");
    pn_diag_where(&x->diag, "%s", where);
    return err;
}

static void put_field(pn_json_writer *w, const pn_json *suggested, const char *name) {
    pn_put_str_or_null(w, name,
                       suggested == NULL
                           ? PN_STR_NONE
                           : pn_json_text(pn_json_get(suggested, pn_str_of(name)), PN_STR_NONE));
}

static bool can_accept(const pn_task_row *row, pn_str intent) {
    return row->state == PN_TASK_OPEN && intent.len != 0 && !pn_str_is(intent, "copy") &&
           !pn_str_is(intent, "question") && row->suggestion == PN_SUGGESTION_WAITS;
}

static pn_err put_suggestion(pn_exchange *x, pn_json_writer *w, const pn_task_row *row) {
    pn_received_row mail;
    pn_json *suggested = NULL;
    pn_err err = row->about != PN_ABOUT_MAIL
                     ? PN_NOT_FOUND
                     : pn_received_get(x->db, x->app->org.id, row->about_id, x->arena, &mail);
    if (err == PN_NOT_FOUND) {
        pn_put_str_or_null(w, "suggestion", PN_STR_NONE);
        return PN_OK;
    }
    PN_TRY(pn_told(x, err));
    if (mail.suggestion.len != 0) {
        PN_TRY(pn_json_parse(mail.suggestion, NULL, x->arena, &suggested, &x->diag));
    }
    pn_str intent = pn_json_text(pn_json_field(suggested, "intent"), PN_STR_NONE);
    pn_put_object(w, "suggestion");
    pn_json_put_str(w, "state", pn_str_of(SUGGESTIONS[row->suggestion]));
    put_field(w, suggested, "intent");
    if (suggested != NULL) {
        pn_json_put_int(w, "confidence", pn_json_int(pn_json_field(suggested, "confidence"), 0));
    }
    put_field(w, suggested, "words");
    put_field(w, suggested, "date");
    put_field(w, suggested, "amount");
    put_field(w, suggested, "reference");
    pn_json_put_bool(w, "can_accept", can_accept(row, intent));
    pn_put_str_or_null(w, "from", mail.sender);
    pn_put_str_or_null(w, "from_name", mail.sender_name);
    pn_put_str_or_null(w, "subject", mail.subject);
    pn_put_time(w, "received_at", mail.at);
    pn_put_str_or_null(w, "text", mail.text);
    pn_json_end_object(w);
    return PN_OK;
}

pn_err pn_put_task(pn_exchange *x, pn_json_writer *w, const pn_task_row *row) {
    pn_debtor_row debtor = {0};
    if (row->debtor_id != 0) {
        PN_TRY(pn_find_debtor(x, row->debtor_id, &debtor));
    }
    pn_str queue = row->assignee.len != 0 ? row->assignee
                   : row->queue.len != 0  ? row->queue
                                          : debtor.owner;
    pn_colleague assignee = pn_people_find(x->app, queue, pn_app_today(x->app), x->arena);
    pn_json_begin_object(w);
    pn_put_id(w, "id", PN_ID_TASK, row->id);
    pn_json_put_int(w, "version", row->version);
    pn_json_put_str(w, "category", row->category);
    pn_json_put_str(w, "title", row->title);
    pn_put_id(w, "debtor", PN_ID_DEBTOR, row->debtor_id);
    pn_put_str_or_null(w, "debtor_name", debtor.name);
    pn_put_id(w, "run", PN_ID_RUN, row->run_id);
    pn_put_str_or_null(w, "queue", queue);
    pn_put_str_or_null(w, "taken_by", row->assignee);
    pn_put_str_or_null(w, "assignee", assignee.known ? assignee.name : PN_STR_NONE);
    pn_put_str_or_null(w, "script", row->script);
    pn_put_time(w, "due_at", row->due_at);
    pn_put_time(w, "snoozed_until", row->snoozed_until);
    pn_put_str_or_null(w, "snooze_reason", row->snooze_reason);
    pn_json_put_str(w, "state", pn_str_of(STATES[row->state]));
    pn_put_str_or_null(w, "outcome", row->outcome);
    pn_put_time(w, "opened_at", row->opened_at);
    pn_put_time(w, "settled_at", row->settled_at);
    pn_put_str_or_null(w, "settled_by", row->settled_by);
    pn_put_about(w, row->about, row->about_id);
    PN_TRY(put_suggestion(x, w, row));
    pn_json_end_object(w);
    return PN_OK;
}

/* ── who ── */

pn_err pn_who_asks(pn_exchange *x, pn_queue_who *ret_who) {
    pn_user_row user;
    pn_membership_row membership;
    *ret_who = (pn_queue_who){0};
    if (x->identity == NULL || x->identity->user_id == 0) {
        return PN_OK;
    }
    pn_err err =
        pn_membership_get(x->db, x->app->org.id, x->identity->user_id, x->arena, &membership);
    if (err == PN_OK) {
        ret_who->key = membership.person_key;
    }
    err = err == PN_OK || err == PN_NOT_FOUND
              ? pn_user_get(x->db, x->identity->user_id, x->arena, &user)
              : err;
    if (err == PN_OK) {
        ret_who->email = user.email;
        ret_who->name = user.name;
    }
    return pn_told(x, err == PN_NOT_FOUND ? PN_OK : err);
}

pn_err pn_assignee_of(pn_exchange *x, pn_str text, pn_str *ret_assignee) {
    pn_queue_who who;
    if (!pn_str_is(text, "me")) {
        *ret_assignee = text;
        return PN_OK;
    }
    PN_TRY(pn_who_asks(x, &who));
    *ret_assignee = who.key.len != 0 ? who.key : who.email;
    return ret_assignee->len != 0
               ? PN_OK
               : pn_diag_set(&x->diag, PN_INVALID, "Nobody is signed in: say who takes it.");
}

/* ── reading ── */

static pn_err put_row_of_tasks(pn_exchange *x, pn_json_writer *w, const void *item,
                               int64_t key[PN_PAGE_KEYS]) {
    const pn_task_row *row = item;
    PN_TRY(pn_put_task(x, w, row));
    key[0] = row->due_at;
    key[1] = row->id;
    return PN_OK;
}

static pn_err list_tasks(pn_exchange *x) {
    pn_page page;
    pn_task_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_page_read(x, &page));
    bool all = pn_query_value(x, "state")->number == 1, first = page.key[0] == INT64_MIN;
    PN_TRY(pn_told(x, all ? pn_task_page(x->db, x->app->org.id, first ? 0 : page.key[1],
                                         page.limit + 1, x->arena, &rows, &count)
                          : pn_task_open_page(x->db, x->app->org.id, page.key[0], page.key[1],
                                              page.limit + 1, x->arena, &rows, &count)));
    return pn_page_give(x, &page, rows, sizeof *rows, count, put_row_of_tasks);
}

static pn_err path_task(pn_exchange *x, pn_task_row *ret_row) {
    pn_id id = 0;
    PN_TRY(pn_argument_id(x, 0, PN_ID_TASK, &id));
    pn_err err = pn_task_get(x->db, x->app->org.id, id, x->arena, ret_row);
    return err == PN_NOT_FOUND ? pn_nothing_here(x, "task", PN_ID_TASK, id) : pn_told(x, err);
}

static pn_err get_task(pn_exchange *x) {
    pn_task_row row;
    PN_TRY(path_task(x, &row));
    PN_TRY(pn_answer_version(x, row.version));
    return pn_put_task(x, pn_answer_bare(x), &row);
}

/* ── doing ── */

static pn_err give_results(pn_exchange *x, pn_id change_id, const pn_task_result *results,
                           size_t count) {
    pn_json_writer *w = pn_answer_json(x);
    pn_put_id(w, "change", PN_ID_CHANGE, change_id);
    pn_put_list(w, "tasks");
    for (size_t i = 0; i < count; i++) {
        if (results[i].refused.len == 0) {
            PN_TRY(pn_put_task(x, w, &results[i].row));
        }
    }
    pn_json_end_array(w);
    pn_put_list(w, "refused");
    for (size_t i = 0; i < count; i++) {
        if (results[i].refused.len != 0) {
            bool task = results[i].ref.about == PN_ABOUT_NOTHING;
            pn_json_begin_object(w);
            pn_put_id(w, "task", PN_ID_TASK, task ? results[i].ref.id : 0);
            pn_put_id(w, "about", about_id_kind(results[i].ref.about),
                      task ? 0 : results[i].ref.id);
            pn_json_put_str(w, "reason", results[i].refused);
            pn_json_end_object(w);
        }
    }
    pn_json_end_array(w);
    pn_json_end_object(w);
    return PN_OK;
}

/* One task by its path: what cannot be done is an error. */
static pn_err act_on_path(pn_exchange *x, const pn_task_wish *wish, pn_task_row *ret_row,
                          pn_id *ret_change) {
    pn_task_result *result = NULL;
    PN_TRY(path_task(x, ret_row));
    PN_TRY(pn_check_version(x, ret_row->version));
    pn_task_ref ref = {.id = ret_row->id};
    PN_TRY(pn_tasks_act(x->app, &ref, 1, wish, x->arena, &result, ret_change, &x->diag));
    if (result->refused.len != 0) {
        x->diag = result->diag;
        return result->err;
    }
    *ret_row = result->row;
    pn_answer_tag(x, ret_row->version);
    return PN_OK;
}

static pn_err act_and_give(pn_exchange *x, const pn_task_wish *wish) {
    pn_task_result result = {0};
    pn_id change = 0;
    PN_TRY(act_on_path(x, wish, &result.row, &change));
    return give_results(x, change, &result, 1);
}

static pn_err finish_task(pn_exchange *x) {
    pn_task_wish wish = {.act = PN_ACT_FINISH, .outcome = pn_body_value(x, "outcome")->text};
    pn_task_row row;
    pn_id change = 0;
    PN_TRY(act_on_path(x, &wish, &row, &change));
    return pn_put_task(x, pn_answer_bare(x), &row);
}

static pn_err snooze_task(pn_exchange *x) {
    pn_task_wish wish = {.act = PN_ACT_SNOOZE,
                         .until = pn_body_value(x, "until")->number,
                         .reason = pn_body_value(x, "reason")->text};
    return act_and_give(x, &wish);
}

static pn_err wake_task(pn_exchange *x) {
    return act_and_give(x, &(pn_task_wish){.act = PN_ACT_WAKE});
}

static pn_err assign_task(pn_exchange *x) {
    pn_task_wish wish = {.act = PN_ACT_ASSIGN};
    PN_TRY(pn_assignee_of(x, pn_body_value(x, "assignee")->text, &wish.assignee));
    return act_and_give(x, &wish);
}

static void read_call(pn_exchange *x, pn_task_call *ret_call) {
    const pn_route_value *again = pn_body_value(x, "again_at");
    *ret_call = (pn_task_call){.outcome = (pn_call_outcome)pn_body_value(x, "outcome")->number,
                               .note = pn_body_value(x, "note")->text,
                               .contact_id = pn_body_value(x, "contact")->number,
                               .again_at = again->given ? again->number : PN_TIME_NONE};
}

static pn_err call_task(pn_exchange *x) {
    pn_task_wish wish = {.act = PN_ACT_CALL};
    read_call(x, &wish.call);
    wish.call.finish = pn_body_value(x, "finish")->number != 0;
    return act_and_give(x, &wish);
}

static pn_err call_debtor(pn_exchange *x) {
    pn_debtor_row row;
    pn_task_call call;
    PN_TRY(pn_path_debtor(x, &row));
    read_call(x, &call);
    return pn_told(x, pn_tasks_called(x->app, row.id, NULL, &call, x->arena, &x->diag));
}

static pn_err accept_task(pn_exchange *x) {
    const pn_route_value *amount = pn_body_value(x, "amount"), *due = pn_body_value(x, "due");
    pn_task_wish wish = {.act = PN_ACT_ACCEPT,
                         .answer = {.intent = pn_body_value(x, "intent")->text,
                                    .invoice_id = pn_body_value(x, "invoice")->number,
                                    .amount = {amount->number, amount->currency},
                                    .due = due->given ? (pn_date)due->number : PN_DATE_NONE,
                                    .reason = pn_body_value(x, "reason")->text}};
    return act_and_give(x, &wish);
}

static pn_err reject_task(pn_exchange *x) {
    return act_and_give(x, &(pn_task_wish){.act = PN_ACT_REJECT});
}

/* ── opening one by hand ── */

static pn_err add_by_hand(pn_exchange *x, pn_task_row *ret_row) {
    pn_debtor_row debtor;
    const pn_route_value *title = pn_body_value(x, "title"), *due = pn_body_value(x, "due_at");
    const pn_route_value *category = pn_body_value(x, "category");
    if (!pn_body_value(x, "debtor")->given || !title->given) {
        return pn_diag_set(&x->diag, PN_INVALID,
                           "Say what it is about, or of which debtor and what is to be done.");
    }
    PN_TRY(pn_find_debtor(x, pn_body_value(x, "debtor")->number, &debtor));
    *ret_row = (pn_task_row){.id = pn_app_id(x->app),
                             .org_id = x->app->org.id,
                             .debtor_id = debtor.id,
                             .node = UINT32_MAX,
                             .category = category->given ? category->text : PN_STR("call"),
                             .title = title->text,
                             .script = pn_body_value(x, "script")->text,
                             .due_at = due->given ? due->number : pn_app_now(x->app),
                             .opened_at = pn_app_now(x->app)};
    PN_TRY(pn_assignee_of(x, pn_body_value(x, "assignee")->text, &ret_row->assignee));
    return pn_tasks_add(x->app, ret_row, x->arena, &x->diag);
}

static pn_err add_task(pn_exchange *x) {
    pn_task_row row;
    const pn_route_value *about = pn_body_value(x, "about");
    if (about->given) {
        pn_task_ref ref = {0};
        PN_TRY(pn_read_about(x, about->text, "/about", &ref));
        PN_TRY(pn_tasks_about(x->app, ref.about, ref.id, x->arena, &row, &x->diag));
    } else {
        PN_TRY(add_by_hand(x, &row));
    }
    pn_answer_created(x, "/v1/tasks", PN_ID_TASK, row.id);
    pn_answer_tag(x, row.version);
    return pn_put_task(x, pn_answer_bare(x), &row);
}

/* ── many at once ── */

static const char *const ACTS[] = {"finish", "snooze", "wake", "assign", "call", NULL};
static_assert(PN_ACT_CALL == 4, "the order of ACTS");

static const pn_shape REF_FIELDS[] = {
    {.name = "task", .type = PN_SHAPE_ID, .id_kind = PN_ID_TASK},
    {.name = "about",
     .type = PN_SHAPE_TEXT,
     .help = "instead: a promise, message or hold of the queue, which becomes a task"},
    {.name = "version", .type = PN_SHAPE_INT, .min = 0, .max = INT32_MAX, .help = "that was seen"},
    {.name = NULL},
};

static pn_err read_refs(pn_exchange *x, pn_task_ref **ret_refs, size_t *ret_count) {
    const pn_json *list = pn_body_value(x, "tasks")->json;
    pn_task_ref *refs = pn_arena_array(x->arena, pn_task_ref, list->count);
    for (size_t i = 0; i < list->count; i++) {
        pn_route_value *values = NULL;
        pn_str pointer = pn_str_format(x->arena, "/tasks/%zu", i);
        PN_TRY(pn_shape_read(x, REF_FIELDS, &list->items[i], pn_str_z(x->arena, pointer), &values));
        const pn_route_value *task = pn_value_named(REF_FIELDS, values, "task");
        const pn_route_value *about = pn_value_named(REF_FIELDS, values, "about");
        refs[i] = (pn_task_ref){.id = task->number,
                                .version = pn_value_named(REF_FIELDS, values, "version")->number};
        if (task->given == about->given) {
            pn_err err = pn_diag_set(&x->diag, PN_INVALID, "Name a task or what one is about.");
            pn_diag_where(&x->diag, "%.*s", PN_STR_ARG(pointer));
            return err;
        }
        if (about->given) {
            PN_TRY(pn_read_about(x, about->text, pn_str_z(x->arena, pointer), &refs[i]));
        }
    }
    *ret_refs = refs;
    *ret_count = list->count;
    return PN_OK;
}

static pn_err act_on_tasks(pn_exchange *x) {
    pn_task_ref *refs = NULL;
    pn_task_result *results = NULL;
    size_t count = 0;
    pn_id change = 0;
    pn_task_wish wish = {.act = (pn_task_act)pn_body_value(x, "act")->number,
                         .outcome = pn_body_value(x, "outcome")->text,
                         .until = pn_body_value(x, "until")->number,
                         .reason = pn_body_value(x, "reason")->text,
                         .call = {.outcome = PN_CALL_NO_ANSWER,
                                  .note = pn_body_value(x, "reason")->text,
                                  .again_at = PN_TIME_NONE}};
    PN_TRY(pn_assignee_of(x, pn_body_value(x, "assignee")->text, &wish.assignee));
    PN_TRY(read_refs(x, &refs, &count));
    PN_TRY(pn_tasks_act(x->app, refs, count, &wish, x->arena, &results, &change, &x->diag));
    return give_results(x, change, results, count);
}

static pn_err undo_change(pn_exchange *x) {
    pn_id change = 0;
    pn_task_result *results = NULL;
    size_t count = 0;
    PN_TRY(pn_argument_id(x, 0, PN_ID_CHANGE, &change));
    PN_TRY(pn_tasks_undo(x->app, change, x->arena, &results, &count, &x->diag));
    return give_results(x, 0, results, count);
}

/* ── what is taken ── */

static const char *const CALLS[] = {"reached",   "no_answer",    "voicemail",
                                    "call_back", "promised",     "disputed",
                                    "refused",   "wrong_number", NULL};
static_assert(PN_COUNT(CALLS) == PN_CALL_OUTCOMES + 1, "every outcome of a call");

#define CALL_FIELDS                                                                                \
    {.name = "outcome", .type = PN_SHAPE_WORD, .words = CALLS, .required = true},                  \
        {.name = "note", .type = PN_SHAPE_LINES, .max = 2000, .help = "what was said"},            \
        {.name = "contact",                                                                        \
         .type = PN_SHAPE_ID,                                                                      \
         .id_kind = PN_ID_CONTACT,                                                                 \
         .help = "of a wrong number: which one is not used any more"},                             \
    {                                                                                              \
        .name = "again_at", .type = PN_SHAPE_TIME, .help = "when to call again"                    \
    }

static const pn_shape SNOOZE_BODY[] = {
    {.name = "until", .type = PN_SHAPE_TIME, .required = true},
    {.name = "reason", .type = PN_SHAPE_TEXT, .max = PN_TASK_WORDS_MAX},
    {.name = NULL},
};
static const pn_shape ASSIGN_BODY[] = {
    {.name = "assignee",
     .type = PN_SHAPE_TEXT,
     .max = 200,
     .help = "a colleague's key or address, or “me”; left out or null: back to its queue"},
    {.name = NULL},
};
static const pn_shape CALL_BODY[] = {
    CALL_FIELDS,
    {.name = "finish", .type = PN_SHAPE_BOOL, .help = "the task is done with it"},
    {.name = NULL},
};
static const pn_shape DEBTOR_CALL_BODY[] = {CALL_FIELDS, {.name = NULL}};
static const pn_shape ACCEPT_BODY[] = {
    {.name = "intent",
     .type = PN_SHAPE_WORD,
     .words = INTENTS,
     .help = "promise, paid, dispute, wrong_person or stop; the suggested one where it is left "
             "out"},
    {.name = "invoice", .type = PN_SHAPE_ID, .id_kind = PN_ID_INVOICE},
    {.name = "amount", .type = PN_SHAPE_AMOUNT, .min = 1, .max = PN_AMOUNT_MAX},
    {.name = "due", .type = PN_SHAPE_DATE},
    {.name = "reason", .type = PN_SHAPE_LINES, .max = 2000, .help = "of a dispute"},
    {.name = NULL},
};
static const pn_shape ADD_BODY[] = {
    {.name = "about", .type = PN_SHAPE_TEXT, .help = "a promise, message or hold of the queue"},
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR},
    {.name = "title", .type = PN_SHAPE_TEXT, .min = 1, .max = 200},
    {.name = "category", .type = PN_SHAPE_TEXT, .min = 1, .max = 60, .help = "call without it"},
    {.name = "script", .type = PN_SHAPE_LINES, .max = 4000},
    {.name = "due_at", .type = PN_SHAPE_TIME, .help = "now without it"},
    {.name = "assignee", .type = PN_SHAPE_TEXT, .max = 200},
    {.name = NULL},
};
static const pn_shape ACT_BODY[] = {
    {.name = "tasks",
     .type = PN_SHAPE_LIST,
     .required = true,
     .min = 1,
     .max = PN_TASKS_AT_ONCE,
     .fields = REF_FIELDS},
    {.name = "act", .type = PN_SHAPE_WORD, .words = ACTS, .required = true},
    {.name = "outcome", .type = PN_SHAPE_TEXT, .max = 400, .help = "of what is finished"},
    {.name = "until", .type = PN_SHAPE_TIME, .help = "of a snooze"},
    {.name = "reason", .type = PN_SHAPE_TEXT, .max = PN_TASK_WORDS_MAX},
    {.name = "assignee", .type = PN_SHAPE_TEXT, .max = 200},
    {.name = NULL},
};

#define CHANGES(at, id, takes, what, does, says)                                                   \
    .method = PN_HTTP_POST, .path = at, .name = id, .runs = PN_RUNS_WRITER,                        \
    .roles = PN_MAY_COLLECT, .scope = "tasks:write", .body = takes, .gives = what, .answer = does, \
    .summary = says
#define MATCHED "With If-Match nothing is done with what changed meanwhile."

pn_route_table PN_ROUTES_TASKS = {
    {.method = PN_HTTP_GET,
     .path = "/v1/tasks",
     .name = "list_tasks",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "tasks:read",
     .query = LIST_QUERY,
     .gives = &TASK,
     .gives_list = true,
     .answer = list_tasks,
     .summary = "what needs a person"},
    {.method = PN_HTTP_GET,
     .path = "/v1/tasks/{task}",
     .name = "get_task",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "tasks:read",
     .gives = &TASK,
     .answer = get_task,
     .summary = "one task"},
    {CHANGES("/v1/tasks", "add_task", ADD_BODY, &TASK, add_task,
             "write down what a person has to do"),
     .help = "About a broken promise, an uncertain message or a hold it is made once: the same one "
             "is given again."},
    {CHANGES("/v1/tasks/{task}/done", "finish_task", DONE_BODY, &TASK, finish_task,
             "a person has done it: the run that waits for it goes on"),
     .help = MATCHED},
    {CHANGES("/v1/tasks/{task}/snooze", "snooze_task", SNOOZE_BODY, &CHANGED, snooze_task,
             "put it off: it comes back by itself"),
     .help = MATCHED},
    {CHANGES("/v1/tasks/{task}/wake", "wake_task", NULL, &CHANGED, wake_task,
             "put it off no longer"),
     .help = MATCHED},
    {CHANGES("/v1/tasks/{task}/assign", "assign_task", ASSIGN_BODY, &CHANGED, assign_task,
             "somebody takes it over"),
     .help = MATCHED},
    {CHANGES("/v1/tasks/{task}/call", "call_task", CALL_BODY, &CHANGED, call_task,
             "somebody called: how it went, and when to call again"),
     .help = MATCHED " A conversation counts for the policy's wait after one. Undoing gives the "
                     "task back; the call stays in the timeline."},
    {CHANGES("/v1/tasks/{task}/accept", "accept_suggestion", ACCEPT_BODY, &CHANGED, accept_task,
             "carry out what the reply wants, and finish the task"),
     .help = MATCHED " A promise is written down, an invoice disputed or reported as paid, an "
                     "address not used any more: tasks:write lets a key do all of it. A copy or a "
                     "question is answered by a person."},
    {CHANGES("/v1/tasks/{task}/reject", "reject_suggestion", NULL, &CHANGED, reject_task,
             "what is suggested for the reply is wrong: a person answers"),
     .help = MATCHED},
    {CHANGES("/v1/tasks/act", "act_on_tasks", ACT_BODY, &CHANGED, act_on_tasks,
             "do the same with several, and undo it as one"),
     .help = "What cannot be done with one is in `refused` with the reason, and the others are "
             "done."},
    {CHANGES("/v1/task-changes/{change}/undo", "undo_task_change", NULL, &CHANGED, undo_change,
             "take back what one request did with tasks"),
     .help = "Refused for a task with which something else was done since, or whose case has gone "
             "on."},
    {CHANGES("/v1/debtors/{debtor}/calls", "add_call", DEBTOR_CALL_BODY, NULL, call_debtor,
             "somebody called the debtor: it stands in the timeline")},
    {.path = NULL},
};
