#include "core/rule/field.h"

#include "base/banned.h"

const char *pn_field_type_name(pn_field_type type) {
    switch (type) {
    case PN_FIELD_TEXT: return "text";
    case PN_FIELD_INT: return "whole number";
    case PN_FIELD_NUMBER: return "number";
    case PN_FIELD_MONEY: return "amount";
    case PN_FIELD_DATE: return "date";
    case PN_FIELD_BOOL: return "true or false";
    }
    return "?";
}

/* ── values ──────────────────────────────────────────────────────────────────────────────────── */

static pn_value missing(pn_field_type type) {
    return (pn_value){.type = type};
}

static pn_value text(pn_str value) {
    return (pn_value){.present = value.len != 0, .type = PN_FIELD_TEXT, .text = value};
}

static pn_value integer(int64_t value) {
    return (pn_value){.present = true, .type = PN_FIELD_INT, .number = value};
}

static pn_value boolean(bool value) {
    return (pn_value){.present = true, .type = PN_FIELD_BOOL, .number = value};
}

static pn_value date(pn_date value) {
    return (pn_value){.present = value != PN_DATE_NONE, .type = PN_FIELD_DATE, .number = value};
}

static pn_value money(int64_t minor, int32_t scale) {
    return (pn_value){.present = true, .type = PN_FIELD_MONEY, .number = minor, .scale = scale};
}

static pn_value days_between(pn_date from, pn_date to) {
    return from == PN_DATE_NONE || to == PN_DATE_NONE ? missing(PN_FIELD_INT)
                                                      : integer((int64_t)to - from);
}

/* ── getters ─────────────────────────────────────────────────────────────────────────────────── */

#define INVOICE_GETTER(name, expression)                                                           \
    static pn_value get_invoice_##name(const pn_facts *facts, const pn_item *item) {               \
        (void)facts;                                                                               \
        return expression;                                                                         \
    }
#define CASE_GETTER(name, expression)                                                              \
    static pn_value get_##name(const pn_facts *facts, const pn_item *item) {                       \
        (void)item;                                                                                \
        return expression;                                                                         \
    }

INVOICE_GETTER(number, text(item->number_fold))
INVOICE_GETTER(product, text(item->product))
INVOICE_GETTER(amount, money(item->amount, item->scale))
INVOICE_GETTER(open, money(item->open, item->scale))
INVOICE_GETTER(claimable, money(item->claimable, item->scale))
INVOICE_GETTER(disputed, money(item->disputed, item->scale))
INVOICE_GETTER(promised, money(item->promised, item->scale))
INVOICE_GETTER(issued, date(item->issued))
INVOICE_GETTER(due, date(item->due))
INVOICE_GETTER(effective_due, date(item->effective_due))
INVOICE_GETTER(days_since_issue, days_between(item->issued, facts->today))
INVOICE_GETTER(days_overdue, days_between(item->effective_due, facts->today))
INVOICE_GETTER(days_until_due, days_between(facts->today, item->effective_due))
INVOICE_GETTER(terms_days, days_between(item->issued, item->due))
INVOICE_GETTER(tone_received, integer(item->tone_received))
INVOICE_GETTER(reopened, boolean(item->reopened_at != PN_TIME_NONE))

CASE_GETTER(currency, text((pn_str){facts->account.currency.code, 3}))
CASE_GETTER(account_open, money(facts->account.open, facts->account.scale))
CASE_GETTER(account_claimable, money(facts->account.claimable, facts->account.scale))
CASE_GETTER(account_overdue, money(facts->account.overdue, facts->account.scale))
CASE_GETTER(account_open_items, integer(facts->account.open_items))
CASE_GETTER(account_claimable_items, integer(facts->account.claimable_items))
CASE_GETTER(account_overdue_items, integer(facts->account.overdue_items))
CASE_GETTER(account_days_overdue, days_between(facts->account.oldest_due, facts->today))
CASE_GETTER(account_tone_received, integer(facts->account.tone_received))
CASE_GETTER(debtor_external_id, text(facts->debtor.external_id))
CASE_GETTER(debtor_name, text(facts->debtor.name))
CASE_GETTER(debtor_kind, text(facts->debtor.kind))
CASE_GETTER(debtor_country, text(facts->debtor.country))
CASE_GETTER(debtor_region, text(facts->debtor.region))
CASE_GETTER(debtor_language, text(facts->debtor.language))
CASE_GETTER(debtor_owner, text(facts->debtor.owner))
CASE_GETTER(debtor_salesperson, text(facts->debtor.salesperson))
CASE_GETTER(debtor_has_email, boolean(pn_facts_reachable(facts, PN_CHANNEL_EMAIL)))
CASE_GETTER(debtor_has_phone, boolean(pn_facts_reachable(facts, PN_CHANNEL_SMS)))
CASE_GETTER(debtor_promises_broken, integer(facts->debtor.promises_broken))
CASE_GETTER(debtor_promises_kept, integer(facts->debtor.promises_kept))
CASE_GETTER(creditor_name, text(facts->creditor.name))
CASE_GETTER(creditor_country, text(facts->creditor.country))
CASE_GETTER(today_weekday, integer((int64_t)pn_date_weekday(facts->today) + 1))
CASE_GETTER(today_monthday, integer(pn_date_civil(facts->today).day))
CASE_GETTER(today_month, integer(pn_date_civil(facts->today).month))

#define OVERDUE_FROM                                                                               \
    " FROM invoice x WHERE x.debtor_id = a.debtor_id AND x.account_id = a.id"                      \
    " AND x.claimable_minor > 0 AND x.effective_due < :today)"

/* Country codes are compared folded like every text: "es", not "ES". */
static const pn_field FIELDS[] = {
    {"invoice.number", PN_FIELD_TEXT, PN_FIELD_OF_INVOICE, PN_DAY_NONE, get_invoice_number,
     "i.number_fold", NULL, "número de factura", "invoice number", "número da fatura"},
    {"invoice.product", PN_FIELD_TEXT, PN_FIELD_OF_INVOICE, PN_DAY_NONE, get_invoice_product,
     "i.product_fold", NULL, "producto", "product", "produto"},
    {"invoice.amount", PN_FIELD_MONEY, PN_FIELD_OF_INVOICE, PN_DAY_NONE, get_invoice_amount,
     "i.amount_minor", "i.scale", "importe", "amount", "valor"},
    {"invoice.open", PN_FIELD_MONEY, PN_FIELD_OF_INVOICE, PN_DAY_NONE, get_invoice_open,
     "i.open_minor", "i.scale", "importe pendiente", "open amount", "valor em aberto"},
    {"invoice.claimable", PN_FIELD_MONEY, PN_FIELD_OF_INVOICE, PN_DAY_NONE, get_invoice_claimable,
     "i.claimable_minor", "i.scale", "importe reclamable", "claimable amount", "valor exigível"},
    {"invoice.disputed", PN_FIELD_MONEY, PN_FIELD_OF_INVOICE, PN_DAY_NONE, get_invoice_disputed,
     "i.disputed_minor", "i.scale", "importe en disputa", "disputed amount", "valor contestado"},
    {"invoice.promised", PN_FIELD_MONEY, PN_FIELD_OF_INVOICE, PN_DAY_NONE, get_invoice_promised,
     "i.promised_minor", "i.scale", "importe prometido", "promised amount", "valor prometido"},
    {"invoice.issued", PN_FIELD_DATE, PN_FIELD_OF_INVOICE, PN_DAY_NONE, get_invoice_issued,
     "i.issued", NULL, "fecha de emisión", "issue date", "data de emissão"},
    {"invoice.due", PN_FIELD_DATE, PN_FIELD_OF_INVOICE, PN_DAY_NONE, get_invoice_due, "i.due", NULL,
     "vencimiento", "due date", "vencimento"},
    {"invoice.effective_due", PN_FIELD_DATE, PN_FIELD_OF_INVOICE, PN_DAY_NONE,
     get_invoice_effective_due, "i.effective_due", NULL, "vencimiento efectivo",
     "effective due date", "vencimento efetivo"},
    {"invoice.days_since_issue", PN_FIELD_INT, PN_FIELD_OF_INVOICE, PN_DAY_SINCE,
     get_invoice_days_since_issue, "(:today - i.issued)", NULL, "días desde la emisión",
     "days since issue", "dias desde a emissão"},
    {"invoice.days_overdue", PN_FIELD_INT, PN_FIELD_OF_INVOICE, PN_DAY_SINCE,
     get_invoice_days_overdue, "(:today - i.effective_due)", NULL, "días de retraso",
     "days overdue", "dias de atraso"},
    {"invoice.days_until_due", PN_FIELD_INT, PN_FIELD_OF_INVOICE, PN_DAY_UNTIL,
     get_invoice_days_until_due, "(i.effective_due - :today)", NULL, "días hasta el vencimiento",
     "days until due", "dias até o vencimento"},
    {"invoice.terms_days", PN_FIELD_INT, PN_FIELD_OF_INVOICE, PN_DAY_NONE, get_invoice_terms_days,
     "(i.due - i.issued)", NULL, "plazo de pago en días", "payment terms in days",
     "prazo de pagamento em dias"},
    {"invoice.tone_received", PN_FIELD_INT, PN_FIELD_OF_INVOICE, PN_DAY_NONE,
     get_invoice_tone_received, "i.tone_received", NULL, "tono recibido", "tone received",
     "tom recebido"},
    {"invoice.reopened", PN_FIELD_BOOL, PN_FIELD_OF_INVOICE, PN_DAY_NONE, get_invoice_reopened,
     "(CASE WHEN i.reopened_at IS NULL THEN 0 ELSE 1 END)", NULL, "reabierta", "reopened",
     "reaberta"},
    {"account.currency", PN_FIELD_TEXT, PN_FIELD_OF_BOTH, PN_DAY_NONE, get_currency,
     "lower(a.currency)", NULL, "moneda", "currency", "moeda"},
    {"account.open", PN_FIELD_MONEY, PN_FIELD_OF_BOTH, PN_DAY_NONE, get_account_open,
     "a.open_minor", "a.scale", "deuda pendiente", "open balance", "dívida em aberto"},
    {"account.claimable", PN_FIELD_MONEY, PN_FIELD_OF_BOTH, PN_DAY_NONE, get_account_claimable,
     "a.claimable_minor", "a.scale", "deuda reclamable", "claimable balance", "dívida exigível"},
    {"account.overdue", PN_FIELD_MONEY, PN_FIELD_OF_BOTH, PN_DAY_TODAY, get_account_overdue,
     "(SELECT coalesce(sum(x.claimable_minor), 0)" OVERDUE_FROM, "a.scale", "deuda vencida",
     "overdue balance", "dívida vencida"},
    {"account.open_items", PN_FIELD_INT, PN_FIELD_OF_BOTH, PN_DAY_NONE, get_account_open_items,
     "a.open_items", NULL, "facturas pendientes", "open invoices", "faturas em aberto"},
    {"account.claimable_items", PN_FIELD_INT, PN_FIELD_OF_BOTH, PN_DAY_NONE,
     get_account_claimable_items, "a.claimable_items", NULL, "facturas reclamables",
     "claimable invoices", "faturas exigíveis"},
    {"account.overdue_items", PN_FIELD_INT, PN_FIELD_OF_BOTH, PN_DAY_TODAY,
     get_account_overdue_items, "(SELECT count(*)" OVERDUE_FROM, NULL, "facturas vencidas",
     "overdue invoices", "faturas vencidas"},
    {"account.days_overdue", PN_FIELD_INT, PN_FIELD_OF_BOTH, PN_DAY_SINCE, get_account_days_overdue,
     "(:today - a.oldest_due)", NULL, "días de retraso de la más antigua",
     "days overdue of the oldest", "dias de atraso da mais antiga"},
    {"account.tone_received", PN_FIELD_INT, PN_FIELD_OF_BOTH, PN_DAY_NONE,
     get_account_tone_received,
     "(SELECT coalesce(min(x.tone_received), 0) FROM invoice x WHERE x.debtor_id = a.debtor_id"
     " AND x.account_id = a.id AND x.claimable_minor > 0 AND x.effective_due = a.oldest_due)",
     NULL, "tono recibido por la factura más antigua", "tone received for the oldest invoice",
     "tom recebido pela fatura mais antiga"},
    {"debtor.external_id", PN_FIELD_TEXT, PN_FIELD_OF_BOTH, PN_DAY_NONE, get_debtor_external_id,
     "d.external_id_fold", NULL, "código de cliente", "customer code", "código do cliente"},
    {"debtor.name", PN_FIELD_TEXT, PN_FIELD_OF_BOTH, PN_DAY_NONE, get_debtor_name, "d.name_fold",
     NULL, "cliente", "customer", "cliente"},
    {"debtor.kind", PN_FIELD_TEXT, PN_FIELD_OF_BOTH, PN_DAY_NONE, get_debtor_kind,
     "(CASE d.kind WHEN 1 THEN 'person' WHEN 2 THEN 'company' ELSE '' END)", NULL,
     "persona o empresa", "person or company", "pessoa ou empresa"},
    {"debtor.country", PN_FIELD_TEXT, PN_FIELD_OF_BOTH, PN_DAY_NONE, get_debtor_country,
     "lower(d.country)", NULL, "país", "country", "país"},
    {"debtor.region", PN_FIELD_TEXT, PN_FIELD_OF_BOTH, PN_DAY_NONE, get_debtor_region,
     "lower(d.region)", NULL, "región", "region", "região"},
    {"debtor.language", PN_FIELD_TEXT, PN_FIELD_OF_BOTH, PN_DAY_NONE, get_debtor_language,
     "lower(d.language)", NULL, "idioma", "language", "idioma"},
    {"debtor.owner", PN_FIELD_TEXT, PN_FIELD_OF_BOTH, PN_DAY_NONE, get_debtor_owner, "d.owner_fold",
     NULL, "gestor", "collector", "responsável"},
    {"debtor.salesperson", PN_FIELD_TEXT, PN_FIELD_OF_BOTH, PN_DAY_NONE, get_debtor_salesperson,
     "d.salesperson_fold", NULL, "comercial", "salesperson", "vendedor"},
    {"debtor.has_email", PN_FIELD_BOOL, PN_FIELD_OF_BOTH, PN_DAY_NONE, get_debtor_has_email,
     "((d.channels / 2) % 2)", NULL, "tiene correo", "has e-mail", "tem e-mail"},
    {"debtor.has_phone", PN_FIELD_BOOL, PN_FIELD_OF_BOTH, PN_DAY_NONE, get_debtor_has_phone,
     "((d.channels / 4) % 2)", NULL, "tiene teléfono", "has a phone", "tem telefone"},
    {"debtor.promises_broken", PN_FIELD_INT, PN_FIELD_OF_BOTH, PN_DAY_NONE,
     get_debtor_promises_broken, "d.promises_broken", NULL, "promesas incumplidas",
     "broken promises", "promessas quebradas"},
    {"debtor.promises_kept", PN_FIELD_INT, PN_FIELD_OF_BOTH, PN_DAY_NONE, get_debtor_promises_kept,
     "d.promises_kept", NULL, "promesas cumplidas", "kept promises", "promessas cumpridas"},
    {"creditor.name", PN_FIELD_TEXT, PN_FIELD_OF_BOTH, PN_DAY_NONE, get_creditor_name,
     "c.name_fold", NULL, "acreedor", "creditor", "credor"},
    {"creditor.country", PN_FIELD_TEXT, PN_FIELD_OF_BOTH, PN_DAY_NONE, get_creditor_country,
     "lower(c.country)", NULL, "país del acreedor", "creditor's country", "país do credor"},
    {"today.weekday", PN_FIELD_INT, PN_FIELD_OF_BOTH, PN_DAY_TODAY, get_today_weekday,
     "((:today + 3) % 7 + 1)", NULL, "día de la semana (1 lunes)", "weekday (1 Monday)",
     "dia da semana (1 segunda)"},
    {"today.monthday", PN_FIELD_INT, PN_FIELD_OF_BOTH, PN_DAY_TODAY, get_today_monthday,
     ":monthday", NULL, "día del mes", "day of the month", "dia do mês"},
    {"today.month", PN_FIELD_INT, PN_FIELD_OF_BOTH, PN_DAY_TODAY, get_today_month, ":month", NULL,
     "mes", "month", "mês"},
};

size_t pn_field_count(void) {
    return PN_COUNT(FIELDS);
}

const pn_field *pn_field_at(size_t index) {
    return &FIELDS[index];
}

const pn_field *pn_field_find(pn_str name) {
    for (size_t i = 0; i < PN_COUNT(FIELDS); i++) {
        if (pn_str_eq(name, pn_str_of(FIELDS[i].name))) {
            return &FIELDS[i];
        }
    }
    return NULL;
}

pn_field_family pn_field_family_of(pn_str name, pn_str *ret_key) {
    static const struct {
        const char *prefix;
        pn_field_family family;
    } FAMILIES[] = {
        {"invoice.attr.", PN_FAMILY_INVOICE_ATTR},
        {"debtor.attr.", PN_FAMILY_DEBTOR_ATTR},
        {"line.", PN_FAMILY_LINE},
    };
    for (size_t i = 0; i < PN_COUNT(FAMILIES); i++) {
        pn_str prefix = pn_str_of(FAMILIES[i].prefix);
        if (pn_str_starts(name, prefix) && name.len > prefix.len) {
            *ret_key = pn_str_from(name, prefix.len);
            return FAMILIES[i].family;
        }
    }
    return PN_FAMILY_NONE;
}

pn_str pn_field_suggest(pn_str name) {
    /* The right last part under the wrong head is the usual mistake; then a close spelling. */
    size_t dot = pn_str_find_char(name, '.');
    pn_str tail = dot == SIZE_MAX ? name : pn_str_from(name, dot + 1);
    const char *best = NULL;
    unsigned best_distance = 4;
    for (size_t i = 0; i < PN_COUNT(FIELDS); i++) {
        pn_str candidate = pn_str_of(FIELDS[i].name);
        pn_str candidate_tail = pn_str_from(candidate, pn_str_find_char(candidate, '.') + 1);
        unsigned distance = pn_str_eq(tail, candidate_tail) ? 1 : pn_str_distance(name, candidate);
        if (distance < best_distance) {
            best_distance = distance;
            best = FIELDS[i].name;
        }
    }
    return pn_str_of(best);
}
