/* What waits for a second person: asking, and the routes that decide. */
#include "http/four_eyes.h"

#include "auth/identity.h"
#include "base/banned.h"
#include "http/answer.h"
#include "http/tables.h"

static const char *const KINDS[] = {"publish", "release", "write_off", "steer", "live", NULL};
static const char *const STATES[] = {"waits", "approved", "refused", "used", NULL};
static const pn_shape APPROVAL_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_APPROVAL, .required = true},
    {.name = "kind", .type = PN_SHAPE_WORD, .words = KINDS, .required = true},
    {.name = "about", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "amount", .type = PN_SHAPE_AMOUNT},
    {.name = "state", .type = PN_SHAPE_WORD, .words = STATES, .required = true},
    {.name = "asked_by", .type = PN_SHAPE_ID, .id_kind = PN_ID_USER, .required = true},
    {.name = "asked_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "decided_by", .type = PN_SHAPE_ID, .id_kind = PN_ID_USER},
    {.name = "decided_at", .type = PN_SHAPE_TIME},
    {.name = "note", .type = PN_SHAPE_TEXT},
    {.name = NULL},
};
static const pn_schema_object APPROVAL = {"Approval", APPROVAL_FIELDS,
                                          "Something that waits for a second person"};
static const pn_shape LIST_QUERY[] = {
    {.name = "all", .type = PN_SHAPE_BOOL, .help = "those that were decided too"},
    {.name = NULL},
};
static const pn_shape DECIDE_BODY[] = {
    {.name = "note", .type = PN_SHAPE_TEXT, .max = 400},
    {.name = NULL},
};

/* ── asking ──────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_four_eyes(pn_exchange *x, pn_approval_kind kind, pn_str subject, pn_str words,
                    pn_money amount, bool *ret_go) {
    pn_id id = 0;
    pn_approval_request request = {.kind = kind,
                                   .subject = subject,
                                   .words = words,
                                   .amount = amount,
                                   .user_id = x->identity != NULL ? x->identity->user_id : 0};
    PN_TRY(pn_approval_ask(x->app, &request, x->arena, &id));
    *ret_go = id == 0;
    if (id != 0) {
        pn_json_writer *w = pn_answer_json(x);
        pn_put_id(w, "approval", PN_ID_APPROVAL, id);
        pn_json_put_str(w, "state", PN_STR("waits"));
        pn_json_end_object(w);
        x->answer.status = 202;
    }
    return PN_OK;
}

pn_err pn_four_eyes_alone(pn_exchange *x, pn_approval_kind kind, pn_str subject, pn_str words,
                          bool *ret_go) {
    PN_TRY(pn_app_begin(x->app, &x->diag));
    pn_err err = pn_four_eyes(x, kind, subject, words, (pn_money){0}, ret_go);
    return pn_app_end(x->app, err, &x->diag);
}

/* ── listing, deciding ───────────────────────────────────────────────────────────────────────── */

static void put_approval(pn_json_writer *w, const pn_approval_row *row) {
    pn_json_begin_object(w);
    pn_put_id(w, "id", PN_ID_APPROVAL, row->id);
    pn_json_put_str(w, "kind", pn_str_of(pn_approval_kind_name(row->kind)));
    pn_json_put_str(w, "about", row->words);
    if (row->amount.minor != 0) {
        pn_put_amount(w, "amount", row->amount.minor, row->amount.currency);
    }
    pn_json_put_str(w, "state", pn_str_of(pn_approval_state_name(row->state)));
    pn_put_id(w, "asked_by", PN_ID_USER, row->asked_by);
    pn_put_time(w, "asked_at", row->asked_at);
    pn_put_id(w, "decided_by", PN_ID_USER, row->decided_by);
    pn_put_time(w, "decided_at", row->decided_at);
    pn_put_str_or_null(w, "note", row->note);
    pn_json_end_object(w);
}

static pn_err put_row_of_approvals(pn_exchange *x, pn_json_writer *w, const void *item,
                                   int64_t key[PN_PAGE_KEYS]) {
    const pn_approval_row *row = item;
    (void)x;
    put_approval(w, row);
    key[0] = row->id;
    return PN_OK;
}

static pn_err list_approvals(pn_exchange *x) {
    pn_page page;
    pn_approval_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_page_read(x, &page));
    pn_id before = pn_page_before(&page);
    bool open = pn_query_value(x, "all")->number == 0;
    PN_TRY(pn_approval_list(x->db, x->app->org.id, open, before, page.limit + 1, x->arena, &rows,
                            &count));
    return pn_page_give(x, &page, rows, sizeof *rows, count, put_row_of_approvals);
}

static pn_err decide(pn_exchange *x, bool approves) {
    pn_id id = 0;
    PN_TRY(pn_argument_id(x, 0, PN_ID_APPROVAL, &id));
    return pn_approval_decide(x->app, id, x->identity->user_id, approves,
                              pn_body_value(x, "note")->text, x->arena, &x->diag);
}

static pn_err approve(pn_exchange *x) {
    return decide(x, true);
}

static pn_err refuse(pn_exchange *x) {
    return decide(x, false);
}

pn_route_table PN_ROUTES_APPROVALS = {
    {.method = PN_HTTP_GET,
     .path = "/v1/approvals",
     .name = "list_approvals",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .query = LIST_QUERY,
     .gives = &APPROVAL,
     .gives_list = true,
     .answer = list_approvals,
     .summary = "what waits for a second person, the newest first"},
    {.method = PN_HTTP_POST,
     .path = "/v1/approvals/{approval}/approve",
     .name = "approve",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_MANAGE,
     .body = DECIDE_BODY,
     .answer = approve,
     .summary = "let it be done; whoever asked then asks again",
     .help = "Never by who asked. It holds for a week, once."},
    {.method = PN_HTTP_POST,
     .path = "/v1/approvals/{approval}/refuse",
     .name = "refuse",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_MANAGE,
     .body = DECIDE_BODY,
     .answer = refuse,
     .summary = "let it not be done"},
    {.path = NULL},
};
