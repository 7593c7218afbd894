/* Mandates: cards and accounts that debtors left with a provider so that they may be charged. */
#include "app/mandates.h"
#include "base/banned.h"
#include "base/limits.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/tables.h"

static const char *const STATES[] = {"in_force", "ended", NULL};

static const pn_shape MANDATE_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_MANDATE, .required = true},
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = "creditor",
     .type = PN_SHAPE_ID,
     .id_kind = PN_ID_CREDITOR,
     .help = "who may charge it; null: every creditor"},
    {.name = "provider", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "label", .type = PN_SHAPE_TEXT, .help = "Visa ···4242"},
    {.name = "state", .type = PN_SHAPE_WORD, .words = STATES, .required = true},
    {.name = "reason", .type = PN_SHAPE_TEXT, .help = "why it ended"},
    {.name = "made_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "ended_at", .type = PN_SHAPE_TIME},
    {.name = NULL},
};
static const pn_schema_object MANDATE = {"Mandate", MANDATE_FIELDS,
                                         "What a debtor left so that it may be charged"};

static const pn_shape ADD_BODY[] = {
    {.name = "provider", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 60},
    {.name = "token",
     .type = PN_SHAPE_TEXT,
     .required = true,
     .min = 1,
     .max = PN_LIMIT_EXTERNAL_ID_BYTES,
     .help = "what the provider calls it; never a card's number"},
    {.name = "label", .type = PN_SHAPE_TEXT, .max = 120, .help = "what people read"},
    {.name = "creditor", .type = PN_SHAPE_ID, .id_kind = PN_ID_CREDITOR},
    {.name = NULL},
};

/* All of a debtor stand on one page, the token of none: whoever has it may charge. */
static pn_err list_mandates(pn_exchange *x) {
    pn_debtor_row debtor;
    pn_mandate_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_path_debtor(x, &debtor));
    PN_TRY(pn_told(x, pn_mandate_of_debtor(x->db, debtor.id, x->arena, &rows, &count)));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        pn_json_begin_object(w);
        pn_put_id(w, "id", PN_ID_MANDATE, rows[i].id);
        pn_put_id(w, "debtor", PN_ID_DEBTOR, rows[i].debtor_id);
        pn_put_id(w, "creditor", PN_ID_CREDITOR, rows[i].creditor_id);
        pn_json_put_str(w, "provider", rows[i].provider);
        pn_put_str_or_null(w, "label", rows[i].label);
        pn_json_put_str(w, "state", pn_str_of(STATES[rows[i].ended ? 1 : 0]));
        pn_put_str_or_null(w, "reason", rows[i].reason);
        pn_put_time(w, "made_at", rows[i].made_at);
        pn_put_time(w, "ended_at", rows[i].ended_at);
        pn_json_end_object(w);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

static pn_err add_mandate(pn_exchange *x) {
    pn_debtor_row debtor;
    const pn_creditor_row *creditor = NULL;
    const pn_route_value *whose = pn_body_value(x, "creditor");
    PN_TRY(pn_path_debtor(x, &debtor));
    pn_mandate_row row = {.debtor_id = debtor.id,
                          .provider = pn_body_value(x, "provider")->text,
                          .token = pn_body_value(x, "token")->text,
                          .label = pn_body_value(x, "label")->text};
    if (whose->given) {
        PN_TRY(pn_find_creditor(x, whose->number, &creditor));
        row.creditor_id = creditor->id;
    }
    PN_TRY(pn_mandates_add(x->app, &row, x->arena, &x->diag));
    return pn_answer_made(x, "/v1/mandates", PN_ID_MANDATE, row.id);
}

static pn_err end_mandate(pn_exchange *x) {
    pn_id id = 0;
    PN_TRY(pn_argument_id(x, 0, PN_ID_MANDATE, &id));
    return pn_mandates_end(x->app, id, x->arena, &x->diag);
}

pn_route_table PN_ROUTES_MANDATES = {
    {.method = PN_HTTP_GET,
     .path = "/v1/debtors/{debtor}/mandates",
     .name = "list_mandates",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "mandates:read",
     .gives = &MANDATE,
     .gives_list = true,
     .answer = list_mandates,
     .summary = "what a debtor left so that it may be charged"},
    {.method = PN_HTTP_POST,
     .path = "/v1/debtors/{debtor}/mandates",
     .name = "add_mandate",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_BOOK,
     .scope = "mandates:write",
     .body = ADD_BODY,
     .gives = &PN_MADE,
     .answer = add_mandate,
     .summary = "a debtor left a card or an account with a provider"},
    {.method = PN_HTTP_POST,
     .path = "/v1/mandates/{mandate}/end",
     .name = "end_mandate",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_BOOK,
     .scope = "mandates:write",
     .answer = end_mandate,
     .summary = "it is charged no more"},
    {.path = NULL},
};
