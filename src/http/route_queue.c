/* The queue: all that needs a person, ranked; its counters; and who there is to take it over. */
#include "app/people.h"
#include "base/banned.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/tables.h"
#include "http/tasks.h"

static const char *const ABOUTS[] = {"mail", "promise", "message", "hold", "approval", NULL};
static const pn_shape A_REASON[] = {{.name = "", .type = PN_SHAPE_TEXT}, {.name = NULL}};

static const pn_shape ITEM_FIELDS[] = {
    {.name = "task",
     .type = PN_SHAPE_OBJECT,
     .fields = PN_TASK_FIELDS,
     .help = "null for what is none yet: doing something with it makes it one"},
    {.name = "about_kind", .type = PN_SHAPE_WORD, .words = ABOUTS},
    {.name = "about", .type = PN_SHAPE_TEXT, .help = "its id"},
    {.name = "category", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "title", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "because",
     .type = PN_SHAPE_LIST,
     .fields = A_REASON,
     .required = true,
     .help = "why it stands where it stands, in the reader's language"},
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR},
    {.name = "debtor_name", .type = PN_SHAPE_TEXT},
    {.name = "claimable", .type = PN_SHAPE_AMOUNT, .help = "of the account that owes most"},
    {.name = "assignee", .type = PN_SHAPE_TEXT},
    {.name = "due_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = NULL},
};
static const pn_schema_object ITEM = {"QueueItem", ITEM_FIELDS, "Something that needs a person"};

static const pn_shape COUNT_FIELDS[] = {
    {.name = "category", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "count", .type = PN_SHAPE_INT, .required = true},
    {.name = "late", .type = PN_SHAPE_INT, .required = true},
    {.name = NULL},
};
static const pn_shape SUMS_FIELDS[] = {
    {.name = "all", .type = PN_SHAPE_INT, .required = true},
    {.name = "snoozed", .type = PN_SHAPE_INT, .required = true},
    {.name = "categories", .type = PN_SHAPE_LIST, .fields = COUNT_FIELDS, .required = true},
    {.name = NULL},
};
static const pn_schema_object SUMS = {"QueueCounts", SUMS_FIELDS, "How much needs a person"};

static const pn_shape COLLEAGUE_FIELDS[] = {
    {.name = "key", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "title", .type = PN_SHAPE_TEXT},
    {.name = "away_until", .type = PN_SHAPE_DATE},
    {.name = "me", .type = PN_SHAPE_BOOL, .required = true},
    {.name = NULL},
};
static const pn_schema_object COLLEAGUE = {"Colleague", COLLEAGUE_FIELDS,
                                           "A person of ours, who can take tasks over"};

static const pn_shape LIST_QUERY[] = {
    {.name = "category", .type = PN_SHAPE_TEXT, .max = 60},
    {.name = "mine", .type = PN_SHAPE_BOOL, .help = "only what is whose who asks"},
    {.name = "snoozed", .type = PN_SHAPE_BOOL, .help = "only what is put off"},
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR},
    {.name = NULL},
};

static void put_about(pn_json_writer *w, const pn_queue_item *item) {
    if (item->approval_id != 0) {
        pn_json_put_str(w, "about_kind", PN_STR("approval"));
        pn_put_id(w, "about", PN_ID_APPROVAL, item->approval_id);
    } else {
        pn_put_about(w, item->row.task.about, item->row.task.about_id);
    }
}

static pn_err put_item(pn_exchange *x, pn_json_writer *w, const void *row,
                       int64_t key[PN_PAGE_KEYS]) {
    const pn_queue_item *item = row;
    const pn_queue_row *of = &item->row;
    pn_currency currency = {{0}};
    pn_json_begin_object(w);
    if (of->task.id != 0) {
        pn_json_key(w, PN_STR("task"));
        PN_TRY(pn_put_task(x, w, &of->task));
    } else {
        pn_put_str_or_null(w, "task", PN_STR_NONE);
    }
    put_about(w, item);
    pn_json_put_str(w, "category", item->category);
    pn_json_put_str(w, "title", item->title);
    pn_put_texts(w, "because", item->because, item->because_count);
    pn_put_id(w, "debtor", PN_ID_DEBTOR, of->task.debtor_id);
    pn_put_str_or_null(w, "debtor_name", of->debtor_name);
    if (of->currency.len != 0 && pn_currency_parse(of->currency, &currency) == PN_OK) {
        pn_put_amount(w, "claimable", of->claimable, currency);
    } else {
        pn_put_str_or_null(w, "claimable", PN_STR_NONE);
    }
    pn_put_str_or_null(w, "assignee", item->assignee);
    pn_put_time(w, "due_at", of->task.due_at);
    pn_json_end_object(w);
    key[0] = item->pressing;
    key[1] = of->task.id + of->task.about_id;
    return PN_OK;
}

static pn_err list_queue(pn_exchange *x) {
    pn_page page;
    pn_queue_who who;
    pn_queue_item *items = NULL;
    size_t count = 0, first = 0;
    pn_queue_query query = {.category = pn_query_value(x, "category")->text,
                            .snoozed = pn_query_value(x, "snoozed")->number != 0,
                            .debtor_id = pn_query_value(x, "debtor")->number,
                            .language = pn_exchange_reader(x)};
    PN_TRY(pn_page_read(x, &page));
    if (pn_query_value(x, "mine")->number != 0) {
        PN_TRY(pn_who_asks(x, &who));
        query.mine = &who;
    }
    PN_TRY(pn_told(x, pn_queue_list(x->app, &query, x->arena, &items, &count)));
    while (first < count && page.key[0] != INT64_MIN &&
           (items[first].pressing < page.key[0] ||
            (items[first].pressing == page.key[0] &&
             items[first].row.task.id + items[first].row.task.about_id <= page.key[1]))) {
        first++;
    }
    size_t left = count - first;
    return pn_page_give(x, &page, items + first, sizeof *items,
                        PN_MIN(left, (size_t)page.limit + 1), put_item);
}

static pn_err count_queue(pn_exchange *x) {
    pn_queue_sums sums;
    PN_TRY(pn_told(x, pn_queue_count_all(x->app, x->arena, &sums)));
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_int(w, "all", sums.all);
    pn_json_put_int(w, "snoozed", sums.snoozed);
    pn_put_list(w, "categories");
    for (size_t i = 0; i < sums.count; i++) {
        pn_json_begin_object(w);
        pn_json_put_str(w, "category", sums.rows[i].category);
        pn_json_put_int(w, "count", sums.rows[i].count);
        pn_json_put_int(w, "late", sums.rows[i].late);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
    pn_json_end_object(w);
    return PN_OK;
}

/* All there are stand on one page. */
static pn_err list_colleagues(pn_exchange *x) {
    pn_queue_who who;
    PN_TRY(pn_who_asks(x, &who));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < x->app->people_count; i++) {
        const pn_person_row *row = &x->app->people[i];
        if (row->archived_at != PN_TIME_NONE) {
            continue;
        }
        pn_json_begin_object(w);
        pn_json_put_str(w, "key", row->key);
        pn_json_put_str(w, "name", row->name);
        pn_put_str_or_null(w, "title", row->title);
        pn_put_date(w, "away_until", row->away_until);
        pn_json_put_bool(w, "me", who.key.len != 0 && pn_str_eq_nocase(who.key, row->key));
        pn_json_end_object(w);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

pn_route_table PN_ROUTES_QUEUE = {
    {.method = PN_HTTP_GET,
     .path = "/v1/queue",
     .name = "list_queue",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "tasks:read",
     .query = LIST_QUERY,
     .gives = &ITEM,
     .gives_list = true,
     .answer = list_queue,
     .summary = "all that needs a person, the most pressing first, and why",
     .help = "Tasks, promises broken within 30 days, messages that may have left, holds that end "
             "within two days, and what waits for a second person. The 2,000 tasks due first are "
             "ranked."},
    {.method = PN_HTTP_GET,
     .path = "/v1/queue/counts",
     .name = "count_queue",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "tasks:read",
     .gives = &SUMS,
     .answer = count_queue,
     .summary = "how much needs a person, by category"},
    {.method = PN_HTTP_GET,
     .path = "/v1/colleagues",
     .name = "list_colleagues",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "tasks:read",
     .gives = &COLLEAGUE,
     .gives_list = true,
     .answer = list_colleagues,
     .summary = "people of ours, who can take tasks over"},
    {.path = NULL},
};
