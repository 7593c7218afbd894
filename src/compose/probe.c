/* A check of what is read by a template would call a demand complete that names the invoices in one
 * branch of a condition and not in the other. So every variant is rendered, and what has to be in
 * the text is looked for there: the facts are made of values that occur nowhere else. */
#include "compose/probe.h"

#include <stdio.h>

#include "base/banned.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "compose/block.h"
#include "compose/raw.h"

/* 27 August 2031: neither 27 nor 31 occurs in the other facts. */
enum { PROBE_YEAR = 2031, PROBE_MONTH = 8, PROBE_DAY = 27 };
#define PROBE_CREDITOR PN_STR("Acreedor-QXZ")
#define PROBE_CODE PN_STR("QZX-W84")

enum { ITEMS = 3 };

typedef struct {
    const char *what; /* "for 3 overdue invoices" */
    size_t overdue_count, upcoming_count;
} probe;

static const probe PROBES[] = {
    {"for one overdue invoice", 1, 0},
    {"for three overdue invoices and two not due yet", 3, 2},
    {"for one invoice not due yet", 0, 1},
    {"for no invoice", 0, 0},
};

static const char *const OVERDUE[ITEMS] = {"QF-1001", "QF-1002", "QF-1004"};
static const char *const UPCOMING[ITEMS] = {"QF-1005", "QF-1006", "QF-1008"};

static void fill_items(pn_compose_item *items, size_t count, const char *const *numbers,
                       int64_t minor, int32_t days_overdue, pn_date today, pn_money *total) {
    const pn_currency euro = {.code = "EUR"};
    for (size_t i = 0; i < count; i++) {
        pn_money amount = {minor + (int64_t)i * 10000, euro};
        int32_t days = days_overdue - (int32_t)i;
        items[i] = (pn_compose_item){
            .number = pn_str_of(numbers[i]),
            .issued = today - 460 - days,
            .due = today - days,
            .amount = amount,
            .open = amount,
            .claimable = amount,
            .charges = {0, euro},
            .days_overdue = days,
        };
        total->minor += amount.minor;
    }
}

static pn_compose_facts facts_of(const pn_variant *variant, const probe *p,
                                 pn_compose_item overdue[ITEMS], pn_compose_item upcoming[ITEMS]) {
    const pn_date today = pn_date_of(PROBE_YEAR, PROBE_MONTH, PROBE_DAY);
    const pn_currency euro = {.code = "EUR"};
    pn_money total_overdue = {0, euro}, total_upcoming = {0, euro};
    fill_items(overdue, p->overdue_count, OVERDUE, 4546400, 410, today, &total_overdue);
    fill_items(upcoming, p->upcoming_count, UPCOMING, 5868600, -400, today, &total_upcoming);
    return (pn_compose_facts){
        .language = variant->language,
        .now = (pn_time)today * PN_DAY,
        .today = today,
        .tone = variant->tone != 0 ? variant->tone : 3,
        .debtor_name = PN_STR("Deudor"),
        .debtor_external_id = PN_STR("C-86"),
        .contact_name = PN_STR("Contacto"),
        .creditor_name = PROBE_CREDITOR,
        .creditor_email = PN_STR("cobros@example.com"),
        .creditor_iban = PN_STR("ES9121000418450200051332"),
        .overdue = overdue,
        .overdue_count = p->overdue_count,
        .upcoming = upcoming,
        .upcoming_count = p->upcoming_count,
        .total = {total_overdue.minor + total_upcoming.minor, euro},
        .total_overdue = total_overdue,
        .link = PN_STR("https://example.com/p/q"),
        .code = PROBE_CODE,
        .reference = PN_STR("R-86"),
        .deadline = today + 90,
        .promise_amount = {4546400, euro},
        .promise_due = today + 70,
        .installment_amount = {4546400, euro},
        .installment_due = today + 70,
        .installment_number = 4,
        .installment_count = 6,
        .payment_amount = {4546400, euro},
        .payment_date = today - 80,
        .handover_name = PN_STR("Despacho"),
    };
}

/* ── what a demand names ─────────────────────────────────────────────────────────────────────── */

static bool contains(pn_str text, pn_str needle) {
    return pn_str_find(text, needle) != SIZE_MAX;
}

/* The digits of an amount as they are written, without sign and currency. */
static bool names_amount(pn_str text, const pn_variant *variant, pn_money money) {
    char digits[64];
    pn_buf buf = {.ptr = digits, .capacity = sizeof digits, .max = sizeof digits};
    pn_str country = variant->language.len == 5 ? pn_str_from(variant->language, 3) : PN_STR_NONE;
    pn_money_text(&buf, money, variant->language, country);
    pn_str number = pn_buf_str(&buf);
    while (number.len > 0 && !pn_is_digit(number.ptr[0])) {
        number = pn_str_from(number, 1);
    }
    while (number.len > 0 && !pn_is_digit(number.ptr[number.len - 1])) {
        number.len--;
    }
    return contains(text, number);
}

static bool names_items(pn_str text, const pn_compose_item *items, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (!contains(text, items[i].number)) {
            return false;
        }
    }
    return true;
}

/* Dates can be written in many ways; all of them show the day and the year. */
static bool names_today(pn_str text) {
    return contains(text, PN_STR("27")) && contains(text, PN_STR("31"));
}

typedef enum { MUST, SHOULD, MAY } duty;

static void missing(pn_checker *checker, duty is, const probe *p, const char *what,
                    const char *mend) {
    if (is == MAY) {
        return;
    }
    if (is == SHOULD) {
        pn_check_warning(checker, "A demand names %s; %s this one does not. %s", what, p->what,
                         mend);
    } else {
        pn_check_error(checker, "A demand names %s; %s this one does not. %s", what, p->what, mend);
    }
}

/* Short messages cannot list everything: invoices and date may stand on the page they lead to. One
 * that leads nowhere is told so, once and not for every probe. */
static void check_demand(pn_checker *checker, const pn_variant *variant, const probe *p,
                         const pn_compose_facts *facts, bool warned, pn_str text) {
    bool brief = variant->channel != PN_CHANNEL_EMAIL && variant->channel != PN_CHANNEL_LETTER;
    bool leads = brief && contains(text, facts->link);
    duty listing = !brief ? MUST : warned || leads ? MAY : SHOULD;
    if (!contains(text, PROBE_CREDITOR)) {
        missing(checker, MUST, p, "its creditor", "Add {{ creditor.name }}.");
    }
    if (!names_items(text, facts->overdue, facts->overdue_count) ||
        !names_items(text, facts->upcoming, facts->upcoming_count)) {
        missing(checker, listing, p, "every invoice it asks for",
                "Add the block invoice_table, or the numbers of all listed.");
    }
    if (!names_amount(text, variant, facts->total) &&
        !names_amount(text, variant, facts->total_overdue)) {
        missing(checker, MUST, p, "the amount",
                "Add the block amount_due, or {{ total }} or {{ total_overdue }}.");
    }
    if (!names_today(text)) {
        missing(checker, listing, p, "the day its amounts are calculated for",
                "Add the block amount_due, or {{ today }}.");
    }
    if (!contains(text, PROBE_CODE)) {
        missing(checker, MUST, p, "the anti-phishing code",
                "Add {{ code }} with a sentence about it.");
    }
}

/* ── rendering ───────────────────────────────────────────────────────────────────────────────── */

static void check_subject(pn_checker *checker, const probe *p, pn_str subject) {
    enum { SUBJECT_CHARACTERS = 120 };
    size_t count = pn_utf8_count(subject);
    if (count > SUBJECT_CHARACTERS) {
        pn_check_warning(checker,
                         "The subject has %zu characters %s; inboxes show about 70. Shorten it.",
                         count, p->what);
    }
}

static void check_raw(pn_checker *checker, const pn_variant *variant, pn_letter *letter) {
    pn_str where = checker->where;
    for (size_t i = 0; i < variant->block_count; i++) {
        const pn_block *block = &variant->blocks[i];
        if (block->kind->takes != PN_BLOCK_RAW) {
            continue;
        }
        pn_buf_clear(&letter->scratch);
        checker->where =
            pn_str_format(checker->arena, "%.*s, block %u", PN_STR_ARG(where), block->number);
        if (pn_letter_render(letter, block->program, PN_LIQUID_ESCAPE_HTML, "block", 0,
                             &letter->scratch) == PN_OK) {
            (void)pn_raw_check_nesting(checker, pn_buf_str(&letter->scratch));
        }
        checker->where = where;
    }
}

typedef struct {
    pn_arena arena;
    pn_buf subject, text, html;
} output;

static pn_err render(const pn_variant *variant, const pn_compose_facts *facts, output *out,
                     pn_diag *diag) {
    return variant->channel == PN_CHANNEL_EMAIL
               ? pn_compose_email(variant, facts, &out->arena, &out->subject, &out->text,
                                  &out->html, diag)
               : pn_compose_text(variant, facts, &out->arena, &out->text, diag);
}

/* False when it does not even render: then the other probes would say the same. */
static bool try_out(pn_checker *checker, const pn_variant *variant, const probe *p, bool warned,
                    output *out) {
    pn_compose_item overdue[ITEMS], upcoming[ITEMS];
    pn_compose_facts facts = facts_of(variant, p, overdue, upcoming);
    size_t errors = checker->problems->errors;
    pn_diag diag;
    pn_diag_clear(&diag);
    if (render(variant, &facts, out, &diag) != PN_OK) {
        char what[sizeof diag.what];
        (void)snprintf(what, sizeof what, "%s", diag.what);
        char where[sizeof diag.where];
        (void)snprintf(where, sizeof where, "%s", diag.where);
        (void)pn_diag_set(&diag, PN_INVALID, "%.200s That is so %s.", what, p->what);
        pn_diag_where(&diag, "%s", where);
        pn_check_diag(checker, &diag);
        return false;
    }
    if (variant->channel == PN_CHANNEL_EMAIL) {
        pn_letter letter;
        check_subject(checker, p, pn_buf_str(&out->subject));
        pn_letter_init(&letter, variant, &facts, PN_LIMIT_TEMPLATE_ROWS, &out->arena, NULL);
        check_raw(checker, variant, &letter);
        pn_letter_done(&letter);
    }
    bool asks = facts.overdue_count + facts.upcoming_count != 0;
    if (variant->purpose == PN_PURPOSE_DEMAND && asks) {
        check_demand(checker, variant, p, &facts, warned, pn_buf_str(&out->text));
    }
    return checker->problems->errors == errors;
}

void pn_probe_variant(pn_checker *checker, const pn_variant *variant) {
    output out;
    pn_arena_init(&out.arena, 0);
    pn_buf_init(&out.subject, PN_LIMIT_TEMPLATE_BYTES);
    pn_buf_init(&out.text, PN_LIMIT_TEMPLATE_BYTES);
    pn_buf_init(&out.html, PN_LIMIT_TEMPLATE_BYTES);
    size_t before = checker->problems->count;
    bool good = true;
    for (size_t i = 0; i < PN_COUNT(PROBES) && good; i++) {
        bool warned = checker->problems->count != before;
        pn_arena_reset(&out.arena);
        pn_buf_clear(&out.subject);
        pn_buf_clear(&out.text);
        pn_buf_clear(&out.html);
        good = try_out(checker, variant, &PROBES[i], warned, &out);
    }
    pn_arena_done(&out.arena);
    pn_buf_done(&out.subject);
    pn_buf_done(&out.text);
    pn_buf_done(&out.html);
}
