/* What the templates of a question may say about a case, and their rendering.
 *
 * One JSON object, so that a body can hold any of it; amounts are plain decimals and days ISO
 * dates, for they are read by programs. docs/connectors.md lists the names. */
#include "app/errands_int.h"
#include "base/banned.h"
#include "base/limits.h"
#include "calendar/date.h"
#include "liquid/liquid.h"

enum { INVOICES_MAX = 100 };

/* What a path or body may name; a name that ends in a dot stands for all below it. */
static const char *const NAMES[] = {
    "today",
    "errand",
    "organization",
    "case.id",
    "case.strategy",
    "case.node",
    "case",
    "debtor",
    "debtor.id",
    "debtor.external_id",
    "debtor.name",
    "debtor.tax_id",
    "debtor.kind",
    "debtor.country",
    "debtor.language",
    "debtor.attr",
    "debtor.attr.",
    "creditor",
    "creditor.name",
    "creditor.tax_id",
    "account",
    "account.currency",
    "account.open",
    "account.claimable",
    "account.overdue",
    "account.oldest_due",
    "account.days_overdue",
    "invoice",
    "invoice.id",
    "invoice.number",
    "invoice.issued",
    "invoice.due",
    "invoice.amount",
    "invoice.open",
    "invoice.claimable",
    "invoice.days_overdue",
    "invoice.attr",
    "invoice.attr.",
    "invoices",
    "invoices[]",
    "invoices[].id",
    "invoices[].number",
    "invoices[].issued",
    "invoices[].due",
    "invoices[].amount",
    "invoices[].open",
    "invoices[].claimable",
    "invoices[].days_overdue",
    "invoices.size",
};

typedef struct {
    pn_app *app;
    const pn_errand *errand;
    pn_date today;
    pn_arena *arena;
    pn_json_writer w;
} writer;

static void put_amount(writer *d, const char *key, int64_t minor, pn_currency currency) {
    pn_buf text;
    pn_buf_init(&text, 64);
    pn_amount_plain(&text, minor, pn_currency_decimals(currency));
    pn_json_put_str(&d->w, key, pn_str_dup(d->arena, pn_buf_str(&text)));
    pn_buf_done(&text);
}

static void put_day(writer *d, const char *key, pn_date day) {
    char iso[PN_DATE_ISO_SIZE];
    if (day != PN_DATE_NONE) {
        pn_json_put_str(&d->w, key, pn_str_of(pn_date_iso(day, iso)));
    }
}

static void put_id(writer *d, const char *key, pn_id_kind kind, pn_id id) {
    char text[PN_ID_TEXT_SIZE];
    pn_json_put_str(&d->w, key, pn_str_of(pn_id_text(kind, id, text)));
}

static pn_err put_attributes(writer *d, pn_id owner_id) {
    pn_attr *attrs = NULL;
    size_t count = 0;
    PN_TRY(pn_attribute_list(d->app->db, d->errand->row.debtor_id, owner_id, d->arena, &attrs,
                             &count));
    pn_json_key(&d->w, PN_STR("attr"));
    pn_json_begin_object(&d->w);
    for (size_t i = 0; i < count; i++) {
        pn_json_key(&d->w, attrs[i].key);
        pn_json_add_str(&d->w, attrs[i].text);
    }
    pn_json_end_object(&d->w);
    return PN_OK;
}

static pn_err put_debtor(writer *d) {
    static const char *const KINDS[] = {"", "person", "company"};
    const pn_debtor_row *row = &d->errand->view->row;
    pn_json_key(&d->w, PN_STR("debtor"));
    pn_json_begin_object(&d->w);
    put_id(d, "id", PN_ID_DEBTOR, row->id);
    pn_json_put_str(&d->w, "external_id", row->external_id);
    pn_json_put_str(&d->w, "name", row->name);
    pn_json_put_str(&d->w, "tax_id", row->tax_id);
    pn_json_put_str(&d->w, "kind", pn_str_of(KINDS[row->kind % 3]));
    pn_json_put_str(&d->w, "country", row->country);
    pn_json_put_str(&d->w, "language", row->language);
    PN_TRY(put_attributes(d, row->id));
    pn_json_end_object(&d->w);
    return PN_OK;
}

static void put_account(writer *d, int64_t overdue, pn_date oldest) {
    const pn_account_row *row = &d->errand->account->row;
    pn_json_key(&d->w, PN_STR("account"));
    pn_json_begin_object(&d->w);
    pn_json_put_str(&d->w, "currency", pn_str_of(row->currency.code));
    put_amount(d, "open", row->open, row->currency);
    put_amount(d, "claimable", row->claimable, row->currency);
    put_amount(d, "overdue", overdue, row->currency);
    put_day(d, "oldest_due", oldest);
    pn_json_put_int(&d->w, "days_overdue", oldest != PN_DATE_NONE ? (int64_t)d->today - oldest : 0);
    pn_json_end_object(&d->w);
}

static pn_err put_invoice(writer *d, const pn_item *item, bool whole) {
    pn_json_begin_object(&d->w);
    put_id(d, "id", PN_ID_INVOICE, item->id);
    pn_json_put_str(&d->w, "number", item->number);
    put_day(d, "issued", item->issued);
    put_day(d, "due", item->due);
    put_amount(d, "amount", item->amount, item->currency);
    put_amount(d, "open", item->open, item->currency);
    put_amount(d, "claimable", item->claimable, item->currency);
    pn_json_put_int(&d->w, "days_overdue", (int64_t)d->today - item->effective_due);
    if (whole) {
        PN_TRY(put_attributes(d, item->id));
    }
    pn_json_end_object(&d->w);
    return PN_OK;
}

static pn_err put_invoices(writer *d) {
    const pn_view_account *account = d->errand->account;
    pn_id own = d->errand->run->invoice_id;
    int64_t overdue = 0;
    pn_date oldest = PN_DATE_NONE;
    size_t written = 0;
    pn_json_key(&d->w, PN_STR("invoices"));
    pn_json_begin_array(&d->w);
    for (size_t i = 0; i < account->item_count; i++) {
        const pn_item *item = &account->items[i];
        bool works = own != 0 ? item->id == own : !item->own_run && item->closed == PN_CLOSED_NOT;
        if (works && item->claimable > 0) {
            oldest =
                oldest == PN_DATE_NONE ? item->effective_due : PN_MIN(oldest, item->effective_due);
            overdue += item->effective_due < d->today ? item->claimable : 0;
        }
        if (works && written++ < INVOICES_MAX) {
            PN_TRY(put_invoice(d, item, false));
        }
    }
    pn_json_end_array(&d->w);
    put_account(d, overdue, oldest);
    const pn_item *item = own != 0 ? pn_view_item(account, own) : NULL;
    if (item == NULL) {
        return PN_OK;
    }
    pn_json_key(&d->w, PN_STR("invoice"));
    return put_invoice(d, item, true);
}

static void put_case(writer *d) {
    const pn_errand *e = d->errand;
    const pn_published *version = NULL;
    pn_json_key(&d->w, PN_STR("case"));
    pn_json_begin_object(&d->w);
    put_id(d, "id", PN_ID_RUN, e->row.run_id);
    if (pn_catalog_version(d->app, e->row.version_id, &version, NULL) == PN_OK) {
        pn_json_put_str(&d->w, "strategy", version->flow->name);
        pn_json_put_str(&d->w, "node", pn_flow_node_id(version->flow, e->row.node));
    }
    pn_json_end_object(&d->w);
}

static pn_err put_all(writer *d) {
    const pn_creditor_row *creditor = d->errand->account->creditor;
    pn_json_begin_object(&d->w);
    put_day(d, "today", d->today);
    put_id(d, "errand", PN_ID_ERRAND, d->errand->row.id);
    pn_json_put_str(&d->w, "organization", d->app->org.name);
    put_case(d);
    PN_TRY(put_debtor(d));
    pn_json_key(&d->w, PN_STR("creditor"));
    pn_json_begin_object(&d->w);
    pn_json_put_str(&d->w, "name", creditor != NULL ? creditor->name : PN_STR(""));
    pn_json_put_str(&d->w, "tax_id", creditor != NULL ? creditor->tax_id : PN_STR(""));
    pn_json_end_object(&d->w);
    PN_TRY(put_invoices(d));
    pn_json_end_object(&d->w);
    return PN_OK;
}

pn_err pn_errand_data(pn_app *app, const pn_errand *errand, pn_time now, pn_arena *arena,
                      pn_json **ret_data, pn_diag *diag) {
    pn_buf text;
    pn_buf_init(&text, 1 << 20);
    writer d = {.app = app,
                .errand = errand,
                .today = pn_zone_date(errand->view->zone, now),
                .arena = arena,
                .w = pn_json_writer_on(&text, 0)};
    pn_err err = put_all(&d);
    err = err == PN_OK ? pn_buf_err(&text) : err;
    if (err == PN_OK) {
        err = pn_json_parse(pn_str_dup(arena, pn_buf_str(&text)), NULL, arena, ret_data, diag);
    }
    pn_buf_done(&text);
    return err;
}

/* ── templates ───────────────────────────────────────────────────────────────────────────────── */

pn_err pn_errand_render(const pn_app *app, const pn_view *view, pn_str source,
                        pn_liquid_escape escape, const pn_json *data, pn_time now, pn_arena *arena,
                        pn_str *ret_text, pn_diag *diag) {
    const pn_liquid_template *template = NULL;
    pn_liquid_context context = {.data = data,
                                 .language = app->org.language,
                                 .country = app->org.country,
                                 .zone = view->zone,
                                 .now = now,
                                 .escape = escape};
    if (source.len == 0) {
        *ret_text = PN_STR_NONE;
        return PN_OK;
    }
    PN_TRY(pn_liquid_compile(source, NULL, arena, &template, diag));
    pn_buf out;
    pn_buf_init(&out, PN_LIMIT_FETCH_BYTES);
    pn_err err = pn_liquid_render(template, &context, arena, &out, diag);
    *ret_text = pn_str_dup(arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return err;
}

static bool is_known(pn_str path) {
    for (size_t i = 0; i < PN_COUNT(NAMES); i++) {
        pn_str name = pn_str_of(NAMES[i]);
        if (pn_str_eq(path, name) ||
            (pn_str_ends(name, PN_STR(".")) && pn_str_starts(path, name))) {
            return true;
        }
    }
    return false;
}

static void check_template(const pn_flow_node *node, const char *param, pn_arena *arena,
                           pn_problems *problems) {
    const pn_param_value *value = pn_node_param_named(node, param);
    const pn_liquid_template *template = NULL;
    const pn_liquid_variable *variables = NULL;
    size_t count = 0;
    pn_diag diag = {0};
    if (value == NULL || !value->given) {
        return;
    }
    if (pn_liquid_compile(value->text, NULL, arena, &template, &diag) != PN_OK) {
        pn_problem_add(problems, arena, PN_PROBLEM_ERROR, "template", node->id, "“%s”: %s", param,
                       diag.what);
        return;
    }
    pn_liquid_variables(template, &variables, &count);
    for (size_t i = 0; i < count; i++) {
        if (!is_known(variables[i].path)) {
            pn_problem_add(problems, arena, PN_PROBLEM_ERROR, "unknown_variable", node->id,
                           "“%s” names “%.*s”, which a connector's templates do not have.", param,
                           PN_STR_ARG(variables[i].path));
        }
    }
}

pn_err pn_errands_check(const pn_flow *flow, pn_arena *arena, pn_problems *problems) {
    static const char *const PARAMS[] = {"path", "body", "restore_path", "restore_body"};
    for (uint32_t i = 0; i < flow->node_count; i++) {
        if ((flow->nodes[i].type->flags & PN_NODE_ASKS) == 0) {
            continue;
        }
        for (size_t p = 0; p < PN_COUNT(PARAMS); p++) {
            check_template(&flow->nodes[i], PARAMS[p], arena, problems);
        }
    }
    return problems->errors == 0 ? PN_OK : PN_INVALID;
}
