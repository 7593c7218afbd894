/* Offers: what debtors can accept now, and accepting it. */
#include "app/offers.h"
#include "base/banned.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/tables.h"

static const char *const KINDS[] = {"partial", "plan", "discount", NULL};

static const pn_shape INSTALLMENT_FIELDS[] = {
    {.name = "due", .type = PN_SHAPE_DATE, .required = true},
    {.name = "amount", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = NULL},
};
static const pn_shape CHOICE_FIELDS[] = {
    {.name = "offer",
     .type = PN_SHAPE_ID,
     .id_kind = PN_ID_OFFER,
     .help = "null where it stands in the matrix and is no offer yet"},
    {.name = "row", .type = PN_SHAPE_INT, .help = "of the matrix, from 1; null: of an offer"},
    {.name = "kind", .type = PN_SHAPE_WORD, .words = KINDS, .required = true},
    {.name = "choice",
     .type = PN_SHAPE_INT,
     .required = true,
     .help = "of a plan: in how many installments; else 0"},
    {.name = "total", .type = PN_SHAPE_AMOUNT, .required = true, .help = "what it settles"},
    {.name = "discount", .type = PN_SHAPE_AMOUNT, .required = true, .help = "of it, let off"},
    {.name = "until", .type = PN_SHAPE_DATE, .required = true},
    {.name = "installments", .type = PN_SHAPE_LIST, .fields = INSTALLMENT_FIELDS, .required = true},
    {.name = "terms",
     .type = PN_SHAPE_LINES,
     .required = true,
     .help = "what the debtor agrees to, in their language"},
    {.name = NULL},
};
static const pn_schema_object CHOICE = {"OfferChoice", CHOICE_FIELDS,
                                        "One way in which a debtor can settle now"};

static const pn_shape OF_DEBTOR[] = {
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = NULL},
};
static const pn_shape ACCEPT_BODY[] = {
    {.name = "choice",
     .type = PN_SHAPE_INT,
     .min = 0,
     .max = 36,
     .help = "of a plan: in how many installments"},
    {.name = "total",
     .type = PN_SHAPE_AMOUNT,
     .min = 1,
     .max = PN_AMOUNT_MAX,
     .help = "what was shown; a conflict when it is another by now"},
    {.name = "by",
     .type = PN_SHAPE_TEXT,
     .required = true,
     .min = 1,
     .max = 200,
     .help = "who accepted it"},
    {.name = "from", .type = PN_SHAPE_TEXT, .max = 100, .help = "phone, e-mail …"},
    {.name = NULL},
};
static const pn_shape MAKE_BODY[] = {
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = "row", .type = PN_SHAPE_INT, .required = true, .min = 1, .max = 50},
    {.name = NULL},
};
static const pn_shape WITHDRAW_BODY[] = {
    {.name = "reason", .type = PN_SHAPE_TEXT, .max = 400},
    {.name = NULL},
};

static void put_choice(pn_exchange *x, pn_json_writer *w, const pn_offer_choice *c,
                       const pn_debtor_row *debtor) {
    pn_json_begin_object(w);
    pn_put_id(w, "offer", PN_ID_OFFER, c->offer_id);
    pn_json_key(w, PN_STR("row"));
    if (c->row != 0) {
        pn_json_add_int(w, c->row);
    } else {
        pn_json_add_null(w);
    }
    pn_json_put_str(w, "kind", pn_str_of(KINDS[c->kind]));
    pn_json_put_int(w, "choice", c->choice);
    pn_put_amount(w, "total", c->total, c->currency);
    pn_put_amount(w, "discount", c->discount, c->currency);
    pn_put_date(w, "until", c->until);
    pn_put_list(w, "installments");
    for (size_t i = 0; i < c->count; i++) {
        pn_json_begin_object(w);
        pn_put_date(w, "due", c->installments[i].due);
        pn_put_amount(w, "amount", c->installments[i].amount, c->currency);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
    pn_json_put_str(w, "terms",
                    pn_offer_terms(x->app, c, debtor->language, debtor->country, x->arena));
    pn_json_end_object(w);
}

static pn_err list_offers(pn_exchange *x) {
    pn_debtor_row debtor;
    pn_offer_choice *choices = NULL;
    size_t count = 0;
    PN_TRY(pn_find_debtor(x, pn_query_value(x, "debtor")->number, &debtor));
    PN_TRY(pn_told(x, pn_offers_now(x->app, &(pn_offer_scope){.debtor_id = debtor.id}, x->arena,
                                    &choices, &count)));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        put_choice(x, w, &choices[i], &debtor);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

static pn_err make_offer(pn_exchange *x) {
    pn_debtor_row debtor;
    pn_id id = 0;
    PN_TRY(pn_find_debtor(x, pn_body_value(x, "debtor")->number, &debtor));
    pn_offer_scope scope = {.debtor_id = debtor.id};
    PN_TRY(
        pn_offers_make(x->app, &scope, pn_body_value(x, "row")->number, x->arena, &id, &x->diag));
    return pn_answer_made(x, "/v1/offers", PN_ID_OFFER, id);
}

static pn_err accept_offer(pn_exchange *x) {
    pn_id plan_id = 0;
    pn_str from = pn_body_value(x, "from")->text;
    pn_offer_acceptance a = {.choice = pn_body_value(x, "choice")->number,
                             .total = pn_body_value(x, "total")->number,
                             .by = pn_body_value(x, "by")->text,
                             .from = from.len == 0 ? PN_STR("api") : from};
    PN_TRY(pn_argument_id(x, 0, PN_ID_OFFER, &a.offer_id));
    PN_TRY(pn_offers_accept(x->app, &a, x->arena, &plan_id, &x->diag));
    return pn_answer_made(x, "/v1/plans", PN_ID_PLAN, plan_id);
}

static pn_err withdraw_offer(pn_exchange *x) {
    pn_id id = 0;
    PN_TRY(pn_argument_id(x, 0, PN_ID_OFFER, &id));
    return pn_offers_withdraw(x->app, id, pn_body_value(x, "reason")->text, x->arena, &x->diag);
}

pn_route_table PN_ROUTES_OFFERS = {
    {.method = PN_HTTP_GET,
     .path = "/v1/offers",
     .name = "list_offers",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "offers:read",
     .query = OF_DEBTOR,
     .gives = &CHOICE,
     .gives_list = true,
     .answer = list_offers,
     .summary = "what a debtor can accept now, each way by itself"},
    {.method = PN_HTTP_POST,
     .path = "/v1/offers",
     .name = "make_offer",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_COLLECT,
     .scope = "offers:write",
     .body = MAKE_BODY,
     .gives = &PN_MADE,
     .answer = make_offer,
     .summary = "a row of the matrix is offered to a debtor"},
    {.method = PN_HTTP_POST,
     .path = "/v1/offers/{offer}/accept",
     .name = "accept_offer",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_COLLECT,
     .scope = "offers:write",
     .body = ACCEPT_BODY,
     .gives = &PN_MADE,
     .answer = accept_offer,
     .summary = "the debtor accepted it: it is a plan now"},
    {.method = PN_HTTP_POST,
     .path = "/v1/offers/{offer}/withdraw",
     .name = "withdraw_offer",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_COLLECT,
     .scope = "offers:write",
     .body = WITHDRAW_BODY,
     .answer = withdraw_offer,
     .summary = "nobody can accept it any more"},
    {.path = NULL},
};
