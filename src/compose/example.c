/* An invented debtor with something in every field. */
#include "base/banned.h"
#include "compose/compose.h"

typedef struct {
    const char *language;
    const char *debtor, *contact, *creditor, *address, *sender, *product, *handover;
} people;

static const people PEOPLE[] = {
    {"en", "Northfield Joinery Ltd", "Emma Clarke", "Ibarra Supplies Inc.",
     "12 Harbour Street, Bristol BS1 4RW", "Daniel Reed", "building materials",
     "Hartley & Moore Solicitors"},
    {"es", "Talleres Núñez e Hijos, S.L.", "Lucía Núñez", "Suministros Ibarra, S.A.",
     "Calle Mayor 12, 28013 Madrid", "Marta Solís", "material de obra", "Lara y Pons Abogados"},
    {"pt", "Oficina Guimarães Ltda.", "Luísa Guimarães", "Suprimentos Ibarra S.A.",
     "Rua Augusta 120, 01304-000 São Paulo", "Paulo Mendes", "material de construção",
     "Prado & Lima Advogados"},
};

typedef struct {
    const char *country, *currency, *tax_id, *account, *phone;
    int64_t unit; /* what makes amounts of a size that is usual there */
} place;

static const place PLACES[] = {
    {"ES", "EUR", "A12345674", "ES9121000418450200051332", "+34 910 000 000", 1},
    {"MX", "MXN", "SIB010203AB4", "032180000118359719", "+52 55 5000 0000", 20},
    {"CL", "CLP", "76.086.428-5", "0012 345 678", "+56 2 2000 0000", 10},
    {"CO", "COP", "900.373.115-3", "123-456789-01", "+57 601 000 0000", 4000},
    {"AR", "ARS", "30-50001091-2", "2850590940090418135201", "+54 11 5000 0000", 1500},
    {"PE", "PEN", "20100070970", "002-193-002345678901-15", "+51 1 500 0000", 4},
    {"BR", "BRL", "12.345.678/0001-95", "0001 / 12345-6", "+55 11 3000-0000", 5},
    {"US", "USD", "12-3456789", "021000021 / 123456789", "+1 212 555 0100", 1},
    {"GB", "GBP", "GB123456789", "GB29NWBK60161331926819", "+44 117 496 0000", 1},
};

static const people *people_of(pn_str language) {
    for (size_t i = 0; i < PN_COUNT(PEOPLE); i++) {
        if (pn_str_starts(language, pn_str_of(PEOPLE[i].language))) {
            return &PEOPLE[i];
        }
    }
    return &PEOPLE[0];
}

static const place *place_of(pn_str country) {
    for (size_t i = 0; i < PN_COUNT(PLACES); i++) {
        if (pn_str_eq_nocase(country, pn_str_of(PLACES[i].country))) {
            return &PLACES[i];
        }
    }
    return &PLACES[0];
}

enum { PLAN_PARTS = 3 };

static pn_compose_item item_of(const char *number, const people *who, int64_t minor,
                               int64_t charges, pn_currency currency, pn_date today,
                               int32_t days_overdue) {
    enum { TERM_DAYS = 30 };
    return (pn_compose_item){
        .number = pn_str_of(number),
        .product = pn_str_of(who->product),
        .issued = today - days_overdue - TERM_DAYS,
        .due = today - days_overdue,
        .amount = {minor, currency},
        .open = {minor + charges, currency},
        .claimable = {minor + charges, currency},
        .charges = {charges, currency},
        .days_overdue = days_overdue,
    };
}

/* Equal parts a month apart; the first is paid. */
static const pn_compose_installment *plan_of(pn_money part, pn_date today, pn_arena *arena) {
    pn_compose_installment *plan = pn_arena_array(arena, pn_compose_installment, PLAN_PARTS);
    for (int32_t i = 0; i < PLAN_PARTS; i++) {
        plan[i] = (pn_compose_installment){.due = today - 25 + 30 * i,
                                           .amount = part,
                                           .open = {i == 0 ? 0 : part.minor, part.currency}};
    }
    return plan;
}

void pn_compose_example(pn_str language, pn_str country, pn_arena *arena,
                        pn_compose_facts *ret_facts) {
    const people *who = people_of(language);
    const place *where = place_of(country);
    const pn_date today = pn_date_of(2026, 3, 3);
    pn_currency currency = {0};
    if (pn_currency_parse(pn_str_of(where->currency), &currency) != PN_OK) {
        pn_panic("the example's currency %s is none", where->currency);
    }
    pn_compose_item *items = pn_arena_array(arena, pn_compose_item, 3);
    items[0] = item_of("2026/000123", who, 123456 * where->unit, 0, currency, today, 17);
    items[1] =
        item_of("2026/000131", who, 48090 * where->unit, 1250 * where->unit, currency, today, 11);
    items[2] = item_of("2026/000158", who, 35000 * where->unit, 0, currency, today, -12);
    pn_money overdue = {items[0].claimable.minor + items[1].claimable.minor, currency};
    *ret_facts = (pn_compose_facts){
        .language = pn_str_dup(arena, language),
        .country = pn_str_of(where->country),
        .zone = pn_zone_utc(),
        .now = (pn_time)today * PN_DAY + 9 * PN_HOUR,
        .today = today,
        .tone = 3,
        .debtor_name = pn_str_of(who->debtor),
        .debtor_external_id = PN_STR("C-1042"),
        .debtor_tax_id = pn_str_of(where->tax_id),
        .contact_name = pn_str_of(who->contact),
        .creditor_name = pn_str_of(who->creditor),
        .creditor_tax_id = pn_str_of(where->tax_id),
        .creditor_address = pn_str_of(who->address),
        .creditor_phone = pn_str_of(where->phone),
        .creditor_email = PN_STR("cobros@example.com"),
        .creditor_iban = pn_str_of(where->account),
        .sender_name = pn_str_of(who->sender),
        .overdue = items,
        .overdue_count = 2,
        .upcoming = items + 2,
        .upcoming_count = 1,
        .total = {overdue.minor + items[2].claimable.minor, currency},
        .total_overdue = overdue,
        .link = PN_STR("https://pay.example.com/p/8f3k2m5v7q1zc9d4"),
        .code = PN_STR("7KQ-M4X"),
        .attachment_count = 1,
        .deadline = today + 10,
        .promise_amount = items[0].claimable,
        .promise_due = today + 5,
        .installment_amount = items[2].claimable,
        .installment_due = today + 5,
        .installment_number = 2,
        .installment_count = PLAN_PARTS,
        .plan = plan_of(items[2].claimable, today, arena),
        .plan_count = PLAN_PARTS,
        .payment_amount = items[0].claimable,
        .payment_date = today - 1,
        .payment_reference = PN_STR("2026/000123"),
        .handover_name = pn_str_of(who->handover),
        .handover_contact = PN_STR("info@example.net"),
    };
}
