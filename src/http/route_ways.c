/* Ways to pay: what debtors are offered. Keys of providers come in and never go out. */
#include "app/till.h"
#include "app/secret.h"
#include "app/vault.h"
#include "base/banned.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/tables.h"
#include "http/visit.h"

static const char *const KINDS[] = {"transfer", "voucher", "simulated", "stripe", NULL};
static const char *const FORMS[] = {"code128", "n57", NULL};

/* What each kind has of its own. */
#define OWN                                                                                        \
    {.name = "place", .type = PN_SHAPE_TEXT, .max = 80, .help = "voucher: where it is paid"},      \
        {.name = "form", .type = PN_SHAPE_WORD, .words = FORMS, .help = "voucher: its code"},      \
        {.name = "issuer", .type = PN_SHAPE_TEXT, .max = 8, .help = "voucher n57: 8 digits"},      \
        {.name = "suffix", .type = PN_SHAPE_TEXT, .max = 3, .help = "voucher n57: 3 digits"},      \
        {.name = "prefix", .type = PN_SHAPE_TEXT, .max = 8, .help = "voucher code128"},            \
        {.name = "days", .type = PN_SHAPE_INT, .min = 1, .max = 30, .help = "a voucher's life"}, { \
        .name = "methods", .type = PN_SHAPE_TEXT, .max = 200,                                      \
        .help = "stripe: card sepa_debit; else what the account offers"                            \
    }

static const pn_shape FIELDS[] = {
    {.name = "kind", .type = PN_SHAPE_WORD, .words = KINDS, .required = true},
    {.name = "creditor", .type = PN_SHAPE_ID, .id_kind = PN_ID_CREDITOR, .help = "null: all"},
    {.name = "country", .type = PN_SHAPE_TEXT, .help = "of the debtor; null: all"},
    {.name = "position", .type = PN_SHAPE_INT, .required = true},
    {.name = "paused", .type = PN_SHAPE_TEXT, .help = "not offered: why"},
    OWN,
    {.name = "key_set_at", .type = PN_SHAPE_TIME, .help = "null: none, or in a file of the server"},
    {.name = "webhook_secret_set_at", .type = PN_SHAPE_TIME},
    {.name = "has_key", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "webhook_url", .type = PN_SHAPE_TEXT, .help = "what the provider is told to tell"},
    {.name = "version", .type = PN_SHAPE_TEXT, .required = true, .help = "for If-Match"},
    {.name = "updated_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = NULL},
};
static const pn_schema_object WAY = {"WayToPay", FIELDS, "What debtors are offered"};
static const pn_shape BODY[] = {
    {.name = "creditor", .type = PN_SHAPE_ID, .id_kind = PN_ID_CREDITOR, .help = "else all"},
    {.name = "country", .type = PN_SHAPE_TEXT, .max = 2, .help = "of the debtor; else all"},
    {.name = "position", .type = PN_SHAPE_INT, .min = 0, .max = 100, .help = "the lowest first"},
    {.name = "paused", .type = PN_SHAPE_TEXT, .max = 200, .help = "do not offer it: why"},
    OWN,
    {.name = "key", .type = PN_SHAPE_TEXT, .max = 500, .help = "kept sealed, never given back"},
    {.name = "webhook_secret", .type = PN_SHAPE_TEXT, .max = 500, .help = "the same"},
    {.name = NULL},
};
static const pn_shape WHERE[] = {
    {.name = "creditor", .type = PN_SHAPE_ID, .id_kind = PN_ID_CREDITOR},
    {.name = "country", .type = PN_SHAPE_TEXT, .max = 2},
    {.name = NULL},
};
static const pn_shape TEST_FIELDS[] = {
    {.name = "live",
     .type = PN_SHAPE_BOOL,
     .required = true,
     .help = "the key moves real money; else it is one for tests"},
    {.name = NULL},
};
static const pn_schema_object TEST = {"WayToPayTest", TEST_FIELDS, "A key that is taken"};
static const char *const TEXTS[] = {"place", "form", "issuer", "suffix", "prefix", "methods"};

static int64_t version_of(const pn_exchange *x, const pn_method_row *row) {
    return pn_version_of(pn_str_format(x->arena, "%lld|%.*s|%.*s|%lld", (long long)row->position,
                                       PN_STR_ARG(row->paused), PN_STR_ARG(row->settings),
                                       (long long)row->updated_at));
}

/* In the transaction of a change: of one that there is not, If-Match can name "0" alone. */
static pn_err check_version(pn_exchange *x, const pn_method_row *wish) {
    pn_method_row row;
    pn_err err = pn_till_find(x->app, wish->creditor_id, wish->country, wish->kind, x->arena, &row);
    return err == PN_OK || err == PN_NOT_FOUND
               ? pn_check_version(x, err == PN_OK ? version_of(x, &row) : 0)
               : pn_told(x, err);
}

static pn_err put_secrets(pn_exchange *x, pn_json_writer *w, const pn_method_row *row,
                          const pn_json *settings) {
    static const char *const WHAT[] = {"key", "webhook_secret"};
    for (size_t i = 0; i < PN_COUNT(WHAT); i++) {
        pn_time at = PN_TIME_NONE;
        pn_str name = pn_str_format(x->arena, "%s_kept", WHAT[i]);
        if (pn_json_get(settings, name) != NULL) {
            PN_TRY(pn_told(x, pn_vault_since(x->app, pn_till_vault(row, WHAT[i], x->arena), &at)));
        }
        pn_put_time(w, i == 0 ? "key_set_at" : "webhook_secret_set_at", at);
    }
    pn_json_put_bool(w, "has_key", pn_secret_is_named(settings, "key"));
    return PN_OK;
}

/* Of one creditor: the path names it. */
static void put_webhook(pn_exchange *x, pn_json_writer *w, const pn_method_row *row) {
    char creditor[PN_ID_TEXT_SIZE];
    pn_id id = row->creditor_id != 0         ? row->creditor_id
               : x->app->creditor_count == 1 ? x->app->creditors[0].id
                                             : 0;
    if (!pn_str_is(row->kind, "stripe") || id == 0 || x->app->org.public_url.len == 0) {
        return;
    }
    pn_json_put_str(
        w, "webhook_url",
        pn_str_format(x->arena, "%.*s/v1/provider/stripe/%s%s%.*s",
                      PN_STR_ARG(x->app->org.public_url), pn_id_text(PN_ID_CREDITOR, id, creditor),
                      row->country.len != 0 ? "?country=" : "", PN_STR_ARG(row->country)));
}

static pn_err put_way(pn_exchange *x, pn_json_writer *w, const pn_method_row *row) {
    pn_json *settings = NULL;
    if (pn_json_parse(row->settings, NULL, x->arena, &settings, &x->diag) != PN_OK) {
        return PN_CORRUPT; /* we wrote them */
    }
    pn_json_begin_object(w);
    pn_json_put_str(w, "kind", row->kind);
    pn_put_id(w, "creditor", PN_ID_CREDITOR, row->creditor_id);
    pn_put_str_or_null(w, "country", row->country);
    pn_json_put_int(w, "position", row->position);
    pn_put_str_or_null(w, "paused", row->paused);
    for (size_t i = 0; i < PN_COUNT(TEXTS); i++) {
        pn_json_put_str_if(w, TEXTS[i],
                           pn_json_text(pn_json_get(settings, pn_str_of(TEXTS[i])), PN_STR("")));
    }
    pn_json_put_int_if(w, "days", pn_json_int(pn_json_get(settings, PN_STR("days")), 0));
    PN_TRY(put_secrets(x, w, row, settings));
    put_webhook(x, w, row);
    pn_json_put_str(w, "version", pn_str_format(x->arena, "%lld", (long long)version_of(x, row)));
    pn_put_time(w, "updated_at", row->updated_at);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err list_ways(pn_exchange *x) {
    pn_method_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_told(x, pn_method_list(x->db, x->app->org.id, 0, x->arena, &rows, &count)));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        PN_TRY(put_way(x, w, &rows[i]));
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

static pn_str body_settings(pn_exchange *x) {
    pn_buf text;
    pn_buf_init(&text, 65536);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_begin_object(&w);
    for (size_t i = 0; i < PN_COUNT(TEXTS); i++) {
        const pn_route_value *value = pn_body_value(x, TEXTS[i]);
        pn_str word = strcmp(TEXTS[i], "form") == 0 && value->given
                          ? pn_str_of(FORMS[value->number])
                          : pn_str_trim(value->text);
        pn_json_put_str_if(&w, TEXTS[i], word);
    }
    pn_json_put_int_if(&w, "days", pn_body_value(x, "days")->number);
    pn_json_end_object(&w);
    pn_str copy = pn_str_dup(x->arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

static pn_err set_in(pn_exchange *x, void *context) {
    (void)context;
    pn_till_form form = {.row = {.org_id = x->app->org.id,
                                 .kind = x->arguments[0],
                                 .creditor_id = pn_body_value(x, "creditor")->number,
                                 .country = pn_body_value(x, "country")->text,
                                 .position = pn_body_value(x, "position")->number,
                                 .paused = pn_body_value(x, "paused")->text,
                                 .settings = body_settings(x)},
                         .key = pn_str_trim(pn_body_value(x, "key")->text),
                         .webhook_secret = pn_str_trim(pn_body_value(x, "webhook_secret")->text)};
    PN_TRY(check_version(x, &form.row));
    return pn_till_setup(x->app, &form, x->arena, &x->diag);
}

static pn_err set_way(pn_exchange *x) {
    pn_method_row row;
    PN_TRY(pn_visit_write_owner(x, set_in, NULL));
    PN_TRY(pn_told(x, pn_till_find(x->app, pn_body_value(x, "creditor")->number,
                                   pn_body_value(x, "country")->text, x->arguments[0], x->arena,
                                   &row)));
    pn_answer_tag(x, version_of(x, &row));
    return put_way(x, pn_answer_bare(x), &row);
}

static pn_err remove_in(pn_exchange *x, void *context) {
    pn_method_row row = {.kind = x->arguments[0],
                         .creditor_id = pn_query_value(x, "creditor")->number,
                         .country = pn_query_value(x, "country")->text};
    (void)context;
    PN_TRY(check_version(x, &row));
    return pn_till_drop(x->app, &row, x->arena, &x->diag);
}

static pn_err remove_way(pn_exchange *x) {
    return pn_visit_write_owner(x, remove_in, NULL);
}

/* The provider is asked with the key there is. */
static pn_err test_way(pn_exchange *x) {
    pn_method_row row;
    bool live = false;
    pn_err err = pn_till_find(x->app, pn_body_value(x, "creditor")->number,
                              pn_body_value(x, "country")->text, x->arguments[0], x->arena, &row);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(&x->diag, err, "There is no such way to pay.");
    }
    PN_TRY(pn_told(x, err));
    if (pn_till_look(x->app, &row, x->arena, &live, &x->diag) != PN_OK) {
        return PN_INVALID; /* it is the provider's answer, and said so */
    }
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_bool(w, "live", live);
    pn_json_end_object(w);
    return PN_OK;
}

pn_route_table PN_ROUTES_WAYS = {
    {.method = PN_HTTP_GET,
     .path = "/v1/ways-to-pay",
     .name = "list_ways_to_pay",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "creditors:read",
     .gives = &WAY,
     .gives_list = true,
     .answer = list_ways,
     .summary = "what debtors are offered; none: a transfer to the creditor's account"},
    {.method = PN_HTTP_PUT,
     .path = "/v1/ways-to-pay/{kind}",
     .name = "set_way_to_pay",
     .runs = PN_RUNS_ENTRANCE,
     .roles = PN_MAY_OWN,
     .body = BODY,
     .gives = &WAY,
     .answer = set_way,
     .summary = "offer a way to pay, or change it; by creditor and country",
     .help = "With If-Match nothing is changed that changed meanwhile; \"0\" is one that there is "
             "not."},
    {.method = PN_HTTP_DELETE,
     .path = "/v1/ways-to-pay/{kind}",
     .name = "remove_way_to_pay",
     .runs = PN_RUNS_ENTRANCE,
     .roles = PN_MAY_OWN,
     .query = WHERE,
     .answer = remove_way,
     .summary = "offer it no more, and forget its keys",
     .help = "With If-Match it stays where it changed meanwhile."},
    {.method = PN_HTTP_POST,
     .path = "/v1/ways-to-pay/{kind}/test",
     .name = "test_way_to_pay",
     .runs = PN_RUNS_LONG,
     .roles = PN_MAY_MANAGE,
     .body = WHERE,
     .gives = &TEST,
     .answer = test_way,
     .summary = "ask the provider whether it takes the key; nothing is changed there"},
    {.path = NULL},
};
