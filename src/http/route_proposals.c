/* What debtors propose, and what every debtor may take: the matrix. */
#include "app/offers.h"
#include "base/banned.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/tables.h"

static const char *const STATES[] = {"open",  "accepted", "expired", "withdrawn",
                                     "asked", "refused",  NULL};
static_assert(PN_COUNT(STATES) == PN_OFFER_STATES + 1, "a word each");

static const pn_shape PROPOSAL_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_OFFER, .required = true},
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = "state",
     .type = PN_SHAPE_WORD,
     .words = STATES,
     .required = true,
     .help = "asked: it waits for an answer; open: approved, and can be accepted"},
    {.name = "installments", .type = PN_SHAPE_INT, .required = true},
    {.name = "first", .type = PN_SHAPE_DATE, .required = true},
    {.name = "text", .type = PN_SHAPE_LINES, .help = "in the debtor's words"},
    {.name = "answer", .type = PN_SHAPE_LINES, .help = "what the debtor reads"},
    {.name = "plan", .type = PN_SHAPE_ID, .id_kind = PN_ID_PLAN, .help = "once it was accepted"},
    {.name = "made_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "until", .type = PN_SHAPE_TIME, .help = "an approved one can be accepted before"},
    {.name = NULL},
};
static const pn_schema_object PROPOSAL = {"Proposal", PROPOSAL_FIELDS,
                                          "Installments that a debtor proposed"};
static const pn_shape LIST_QUERY[] = {
    {.name = "all", .type = PN_SHAPE_BOOL, .help = "those that were answered too"},
    {.name = NULL},
};
static const pn_shape ADD_BODY[] = {
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = "installments",
     .type = PN_SHAPE_INT,
     .required = true,
     .min = PN_ASKED_MIN,
     .max = PN_ASKED_MAX,
     .help = "a month apart"},
    {.name = "first", .type = PN_SHAPE_DATE, .required = true},
    {.name = "text", .type = PN_SHAPE_LINES, .max = 3000, .help = "in the debtor's words"},
    {.name = NULL},
};
static const pn_shape APPROVE_BODY[] = {
    {.name = "days",
     .type = PN_SHAPE_INT,
     .min = 1,
     .max = 90,
     .help = "how many days it can be accepted; 10 where it is left out"},
    {.name = "installments",
     .type = PN_SHAPE_INT,
     .min = PN_ASKED_MIN,
     .max = PN_ASKED_MAX,
     .help = "other than were proposed"},
    {.name = "first", .type = PN_SHAPE_DATE, .help = "another first day"},
    {.name = "answer", .type = PN_SHAPE_LINES, .max = 2000, .help = "what the debtor reads"},
    {.name = NULL},
};
static const pn_shape REFUSE_BODY[] = {
    {.name = "answer",
     .type = PN_SHAPE_LINES,
     .required = true,
     .min = 1,
     .max = 2000,
     .help = "what the debtor reads"},
    {.name = NULL},
};
static const pn_shape MATRIX_FIELDS[] = {
    {.name = "rows",
     .type = PN_SHAPE_JSON,
     .required = true,
     .help = "a list of rows, each like an offering node of a strategy without exits"},
    {.name = NULL},
};
static const pn_schema_object MATRIX = {"OfferMatrix", MATRIX_FIELDS,
                                        "What every debtor may take at any time"};
static const pn_shape MATRIX_BODY[] = {
    {.name = "rows", .type = PN_SHAPE_JSON, .required = true, .max = 65536},
    {.name = NULL},
};

/* ── proposals ───────────────────────────────────────────────────────────────────────────────── */

static void put_proposal(pn_json_writer *w, const pn_offer_row *row) {
    bool open = row->state == PN_OFFER_OPEN;
    pn_json_begin_object(w);
    pn_put_id(w, "id", PN_ID_OFFER, row->id);
    pn_put_id(w, "debtor", PN_ID_DEBTOR, row->debtor_id);
    pn_json_put_str(w, "state", pn_str_of(STATES[row->state]));
    pn_json_put_int(w, "installments", row->asked_count);
    pn_put_date(w, "first", row->asked_first);
    pn_put_str_or_null(w, "text", row->asked_text);
    pn_put_str_or_null(w, "answer", row->answer);
    pn_put_id(w, "plan", PN_ID_PLAN, row->plan_id);
    pn_put_time(w, "made_at", row->made_at);
    pn_put_time(w, "until", open ? row->until : PN_TIME_NONE);
    pn_json_end_object(w);
}

static pn_err put_row_of_proposals(pn_exchange *x, pn_json_writer *w, const void *item,
                                   int64_t key[PN_PAGE_KEYS]) {
    const pn_offer_row *row = item;
    (void)x;
    put_proposal(w, row);
    key[0] = row->id;
    return PN_OK;
}

static pn_err list_proposals(pn_exchange *x) {
    pn_page page;
    pn_offer_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_page_read(x, &page));
    pn_id before = pn_page_before(&page);
    PN_TRY(
        pn_told(x, pn_offer_asked_page(x->db, x->app->org.id, pn_query_value(x, "all")->number != 0,
                                       before, page.limit + 1, x->arena, &rows, &count)));
    return pn_page_give(x, &page, rows, sizeof *rows, count, put_row_of_proposals);
}

static pn_err add_proposal(pn_exchange *x) {
    pn_debtor_row debtor;
    pn_id id = 0;
    PN_TRY(pn_find_debtor(x, pn_body_value(x, "debtor")->number, &debtor));
    pn_offer_wish wish = {.scope = {.debtor_id = debtor.id},
                          .count = pn_body_value(x, "installments")->number,
                          .first = (pn_date)pn_body_value(x, "first")->number,
                          .text = pn_body_value(x, "text")->text};
    PN_TRY(pn_offers_ask(x->app, &wish, x->arena, &id, &x->diag));
    return pn_answer_made(x, "/v1/proposals", PN_ID_OFFER, id);
}

static pn_err answer_with(pn_exchange *x, pn_offer_answer_given *given) {
    pn_offer_row row;
    PN_TRY(pn_argument_id(x, 0, PN_ID_OFFER, &given->offer_id));
    PN_TRY(pn_offers_answer(x->app, given, x->arena, &x->diag));
    PN_TRY(pn_told(x, pn_offer_get(x->db, x->app->org.id, given->offer_id, x->arena, &row)));
    put_proposal(pn_answer_bare(x), &row);
    return PN_OK;
}

static pn_err approve_proposal(pn_exchange *x) {
    enum { DAYS = 10 };
    const pn_route_value *days = pn_body_value(x, "days"), *first = pn_body_value(x, "first");
    pn_offer_answer_given given = {
        .yes = true,
        .days = days->given ? days->number : DAYS,
        .count = pn_body_value(x, "installments")->number,
        .first = first->given ? (pn_date)first->number : PN_DATE_NONE,
        .answer = pn_body_value(x, "answer")->text,
    };
    return answer_with(x, &given);
}

static pn_err refuse_proposal(pn_exchange *x) {
    pn_offer_answer_given given = {.first = PN_DATE_NONE,
                                   .answer = pn_body_value(x, "answer")->text};
    return answer_with(x, &given);
}

/* ── the matrix ──────────────────────────────────────────────────────────────────────────────── */

static pn_err get_matrix(pn_exchange *x) {
    pn_str json;
    PN_TRY(pn_told(x, pn_offers_matrix(x->app, x->arena, &json)));
    pn_json_writer *w = pn_answer_json(x);
    pn_put_json(w, "rows", json);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err put_matrix(pn_exchange *x) {
    pn_buf text;
    pn_buf_init(&text, 1 << 20);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_add_value(&w, pn_body_value(x, "rows")->json);
    pn_err err = pn_offers_matrix_set(x->app, pn_buf_str(&text), x->arena, &x->diag);
    pn_buf_done(&text);
    PN_TRY(err);
    return get_matrix(x);
}

pn_route_table PN_ROUTES_PROPOSALS = {
    {.method = PN_HTTP_GET,
     .path = "/v1/proposals",
     .name = "list_proposals",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "offers:read",
     .query = LIST_QUERY,
     .gives = &PROPOSAL,
     .gives_list = true,
     .answer = list_proposals,
     .summary = "plans that debtors proposed"},
    {.method = PN_HTTP_POST,
     .path = "/v1/proposals",
     .name = "add_proposal",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_COLLECT,
     .scope = "offers:write",
     .body = ADD_BODY,
     .gives = &PN_MADE,
     .answer = add_proposal,
     .summary = "enters what a debtor proposes, for somebody to decide"},
    {.method = PN_HTTP_POST,
     .path = "/v1/proposals/{proposal}/approve",
     .name = "approve_proposal",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_COLLECT,
     .scope = "offers:write",
     .body = APPROVE_BODY,
     .gives = &PROPOSAL,
     .answer = approve_proposal,
     .summary = "the debtor is told, and can accept it"},
    {.method = PN_HTTP_POST,
     .path = "/v1/proposals/{proposal}/refuse",
     .name = "refuse_proposal",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_COLLECT,
     .scope = "offers:write",
     .body = REFUSE_BODY,
     .gives = &PROPOSAL,
     .answer = refuse_proposal,
     .summary = "the debtor is told why not"},
    {.method = PN_HTTP_GET,
     .path = "/v1/offer-matrix",
     .name = "get_offer_matrix",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "offers:read",
     .gives = &MATRIX,
     .answer = get_matrix,
     .summary = "what every debtor may take at any time"},
    {.method = PN_HTTP_PUT,
     .path = "/v1/offer-matrix",
     .name = "set_offer_matrix",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_MANAGE,
     .scope = "offers:write",
     .body = MATRIX_BODY,
     .gives = &MATRIX,
     .answer = put_matrix,
     .summary = "changes what every debtor may take"},
    {.path = NULL},
};
