/* What a debtor's page has beside the debtor: ageing, and a link to the page that they see. */
#include "app/links.h"
#include "base/banned.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/tables.h"
#include "store/ageing.h"

static const pn_shape BUCKET_FIELDS[] = {
    {.name = "from", .type = PN_SHAPE_INT, .help = "days late; null: not due yet"},
    {.name = "to", .type = PN_SHAPE_INT, .help = "null: without end"},
    {.name = "invoices", .type = PN_SHAPE_INT, .required = true},
    {.name = "open", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "claimable", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = NULL},
};
static const pn_shape AGEING_FIELDS[] = {
    {.name = "creditor", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "currency", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "invoices", .type = PN_SHAPE_INT, .required = true},
    {.name = "open", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "claimable", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "buckets", .type = PN_SHAPE_LIST, .fields = BUCKET_FIELDS, .required = true},
    {.name = NULL},
};
static const pn_schema_object AGEING = {"DebtorAgeing", AGEING_FIELDS,
                                        "An account's open invoices by how late they are"};
static const pn_shape LINK_FIELDS[] = {
    {.name = "url", .type = PN_SHAPE_URL, .required = true},
    {.name = "expires_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = NULL},
};
static const pn_schema_object LINK = {"PageLink", LINK_FIELDS, "A link to a debtor's page"};
static const pn_shape LINK_BODY[] = {
    {.name = "days", .type = PN_SHAPE_INT, .min = 1, .max = 180, .help = "it is good for; 1"},
    {.name = "look",
     .type = PN_SHAPE_BOOL,
     .help = "only to look at: nobody's visit, and it takes nothing; false"},
    {.name = NULL},
};

static void put_bucket(pn_json_writer *w, size_t bucket, const pn_debtor_ageing *row,
                       pn_currency currency) {
    static const int FROM[PN_AGEING_BUCKETS] = {0, 1, 31, 61, 91};
    pn_json_begin_object(w);
    if (bucket == 0) {
        pn_put_str_or_null(w, "from", PN_STR_NONE);
        pn_json_put_int(w, "to", 0);
    } else {
        pn_json_put_int(w, "from", FROM[bucket]);
        if (bucket + 1 < PN_AGEING_BUCKETS) {
            pn_json_put_int(w, "to", FROM[bucket + 1] - 1);
        } else {
            pn_put_str_or_null(w, "to", PN_STR_NONE);
        }
    }
    pn_json_put_int(w, "invoices", row->invoices[bucket]);
    pn_put_amount(w, "open", row->open[bucket], currency);
    pn_put_amount(w, "claimable", row->claimable[bucket], currency);
    pn_json_end_object(w);
}

static pn_err put_account(pn_exchange *x, pn_json_writer *w, const pn_debtor_ageing *row) {
    pn_currency currency;
    int64_t open = 0, claimable = 0, invoices = 0;
    const pn_creditor_row *creditor = pn_app_creditor(x->app, row->creditor_id);
    PN_TRY(pn_told(x, pn_currency_parse(row->currency, &currency)));
    for (size_t i = 0; i < PN_AGEING_BUCKETS; i++) {
        open += row->open[i];
        claimable += row->claimable[i];
        invoices += row->invoices[i];
    }
    pn_json_begin_object(w);
    pn_json_put_str(w, "creditor", creditor != NULL ? creditor->name : PN_STR(""));
    pn_json_put_str(w, "currency", row->currency);
    pn_json_put_int(w, "invoices", invoices);
    pn_put_amount(w, "open", open, currency);
    pn_put_amount(w, "claimable", claimable, currency);
    pn_put_list(w, "buckets");
    for (size_t i = 0; i < PN_AGEING_BUCKETS; i++) {
        put_bucket(w, i, row, currency);
    }
    pn_json_end_array(w);
    pn_json_end_object(w);
    return PN_OK;
}

/* All there are stand on one page. */
static pn_err list_ageing(pn_exchange *x) {
    pn_debtor_row row;
    pn_debtor_ageing *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_path_debtor(x, &row));
    PN_TRY(pn_told(x, pn_ageing_of_debtor(x->db, x->app->org.id, row.id, pn_app_today(x->app),
                                          x->arena, &rows, &count)));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        PN_TRY(put_account(x, w, &rows[i]));
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

static pn_err make_link(pn_exchange *x) {
    pn_debtor_row row;
    pn_link link;
    const pn_route_value *days = pn_body_value(x, "days");
    const pn_route_value *look = pn_body_value(x, "look");
    PN_TRY(pn_path_debtor(x, &row));
    pn_link_request request = {.kind = PN_LINK_PAGE,
                               .debtor_id = row.id,
                               .target = look->number != 0 ? PN_STR(PN_LINK_OWN_LOOK) : PN_STR_NONE,
                               .expires_at = pn_env_now(x->app->env) +
                                             (days->given ? days->number : 1) * PN_DAY};
    PN_TRY(pn_link_make(x->app, &request, x->arena, &link, &x->diag));
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_str(w, "url", pn_link_url(x->app, PN_LINK_PAGE, link.id, x->arena));
    pn_put_time(w, "expires_at", link.expires_at);
    pn_json_end_object(w);
    return PN_OK;
}

#define ONE "/v1/debtors/{debtor}"

pn_route_table PN_ROUTES_DEBTOR_MORE = {
    {.method = PN_HTTP_GET,
     .path = ONE "/ageing",
     .name = "list_debtor_ageing",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "debtors:read",
     .gives = &AGEING,
     .gives_list = true,
     .answer = list_ageing,
     .summary = "what is open by how late it is, for each creditor and currency"},
    {.method = PN_HTTP_POST,
     .path = ONE "/page-link",
     .name = "make_page_link",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_COLLECT,
     .scope = "debtors:write",
     .body = LINK_BODY,
     .gives = &LINK,
     .answer = make_link,
     .summary = "a link to the page as the debtor sees it",
     .help = "Unless it is only to look at, it is a real one: who follows it can pay and promise "
             "there, and counts as a visit of the debtor's."},
    {.path = NULL},
};
