#include "unit.h"

#include "base/json.h"
#include "base/limits.h"
#include "liquid/liquid.h"

static pn_arena arena;

static int set_up(void **state) {
    (void)state;
    pn_arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pn_arena_done(&arena);
    return 0;
}

/* ── help ── */

/* A small mail: what the tests render when they need objects. */
enum { ITEM_HEAD, ITEM_NUMBER, ITEM_AMOUNT, ITEM_DUE, ITEM_OWNER, ITEM_SLOTS };
enum { OWNER_HEAD, OWNER_NAME, OWNER_EXTRA, OWNER_SLOTS };
enum {
    MAIL_HEAD,
    MAIL_INVOICE,
    MAIL_INVOICES,
    MAIL_DEBTOR,
    MAIL_TODAY,
    MAIL_SENT,
    MAIL_LINK,
    MAIL_TAGS,
    MAIL_HTML,
    MAIL_SLOTS
};

static const pn_liquid_field OWNER_FIELDS[OWNER_SLOTS] = {
    [OWNER_NAME] = {"name", PN_LIQUID_STR, NULL, NULL},
    [OWNER_EXTRA] = {"extra", PN_LIQUID_JSON_OBJECT, NULL, NULL},
};
static const pn_liquid_class OWNER = {"owner", OWNER_FIELDS, OWNER_SLOTS};
static const pn_liquid_field ITEM_FIELDS[ITEM_SLOTS] = {
    [ITEM_NUMBER] = {"number", PN_LIQUID_STR, NULL, NULL},
    [ITEM_AMOUNT] = {"amount", PN_LIQUID_MONEY, NULL, NULL},
    [ITEM_DUE] = {"due", PN_LIQUID_DATE, NULL, NULL},
    [ITEM_OWNER] = {"owner", PN_LIQUID_OBJECT, &OWNER, NULL},
};
static const pn_liquid_class ITEM = {"invoice", ITEM_FIELDS, ITEM_SLOTS};
static const pn_liquid_field MAIL_FIELDS[MAIL_SLOTS] = {
    [MAIL_INVOICE] = {"invoice", PN_LIQUID_OBJECT, &ITEM, NULL},
    [MAIL_INVOICES] = {"invoices", PN_LIQUID_LIST, &ITEM, NULL},
    [MAIL_DEBTOR] = {"debtor", PN_LIQUID_OBJECT, &OWNER, NULL},
    [MAIL_TODAY] = {"today", PN_LIQUID_DATE, NULL, NULL},
    [MAIL_SENT] = {"sent", PN_LIQUID_TIME, NULL, NULL},
    [MAIL_LINK] = {"link", PN_LIQUID_STR, NULL, NULL},
    [MAIL_TAGS] = {"tags", PN_LIQUID_ARRAY, NULL, NULL},
    [MAIL_HTML] = {"html", PN_LIQUID_STR, NULL, NULL},
};
static const pn_liquid_class MAIL = {"mail", MAIL_FIELDS, MAIL_SLOTS};

static pn_money money_of(int64_t minor, const char *code) {
    pn_money money = {.minor = minor};
    assert_int_equal(pn_currency_parse(pn_str_of(code), &money.currency), PN_OK);
    return money;
}

static unsigned links_made;

static pn_liquid_value make_link(const void *host, pn_arena *link_arena) {
    links_made++;
    return pn_liquid_str(pn_str_format(link_arena, "https://pay/%s", (const char *)host));
}

/* Fills the mail's object on the arena. */
static const pn_liquid_value *mail(void) {
    pn_liquid_value *root = pn_arena_array(&arena, pn_liquid_value, MAIL_SLOTS);
    pn_liquid_value *items = pn_arena_array(&arena, pn_liquid_value, 3 * ITEM_SLOTS);
    pn_liquid_value *owner = pn_arena_array(&arena, pn_liquid_value, OWNER_SLOTS);
    pn_liquid_value *tags = pn_arena_array(&arena, pn_liquid_value, 2);
    pn_liquid_lazy *link = pn_arena_new(&arena, pn_liquid_lazy);
    pn_json *extra = NULL;
    assert_int_equal(
        pn_json_parse(PN_STR("{\"zone\":\"norte\",\"n\":[1,2]}"), NULL, &arena, &extra, NULL),
        PN_OK);
    owner[OWNER_HEAD] = pn_liquid_head(&OWNER);
    owner[OWNER_NAME] = pn_liquid_str(PN_STR("Núñez & Hijos"));
    owner[OWNER_EXTRA] = pn_liquid_json(extra);
    for (int i = 0; i < 3; i++) {
        pn_liquid_value *item = items + (size_t)i * ITEM_SLOTS;
        item[ITEM_HEAD] = pn_liquid_head(&ITEM);
        item[ITEM_NUMBER] = pn_liquid_str(pn_str_format(&arena, "F-%d", i + 1));
        item[ITEM_AMOUNT] = pn_liquid_money(money_of(123456 + i * 100, "EUR"));
        item[ITEM_DUE] = pn_liquid_date(pn_date_of(2026, 3, 3) + i);
        item[ITEM_OWNER] = pn_liquid_object(owner);
    }
    tags[0] = pn_liquid_str(PN_STR("uno"));
    tags[1] = pn_liquid_str(PN_STR("dos"));
    *link = (pn_liquid_lazy){make_link, "abc"};
    root[MAIL_HEAD] = pn_liquid_head(&MAIL);
    root[MAIL_INVOICE] = pn_liquid_object(items);
    root[MAIL_INVOICES] = pn_liquid_list(items, 3);
    root[MAIL_DEBTOR] = pn_liquid_object(owner);
    root[MAIL_TODAY] = pn_liquid_date(pn_date_of(2026, 3, 10));
    root[MAIL_SENT] = pn_liquid_time(pn_date_of(2026, 3, 10) * PN_DAY + 9 * PN_HOUR + PN_MINUTE);
    root[MAIL_LINK] = pn_liquid_lazy_value(link);
    root[MAIL_TAGS] = pn_liquid_array(tags, 2);
    root[MAIL_HTML] = pn_liquid_safe(PN_STR("<b>1 &amp; 2</b>"));
    return root;
}

typedef struct {
    const char *data; /* JSON, or NULL for the mail */
    pn_liquid_escape escape;
    const char *language, *country;
    bool strict, allow_safe;
} how;

static pn_err attempt(const char *source, how h, pn_buf *out, pn_diag *diag) {
    pn_liquid_options options = {
        .root = h.data == NULL ? &MAIL : NULL, .strict = h.strict, .allow_safe = h.allow_safe};
    pn_json *data = NULL;
    if (h.data != NULL) {
        assert_int_equal(pn_json_parse(pn_str_of(h.data), NULL, &arena, &data, NULL), PN_OK);
    }
    pn_liquid_context context = {.root = h.data == NULL ? mail() : NULL,
                                 .data = data,
                                 .language = pn_str_of(h.language),
                                 .country = pn_str_of(h.country),
                                 .now = pn_date_of(2026, 3, 10) * PN_DAY,
                                 .escape = h.escape};
    const pn_liquid_template *template = NULL;
    pn_diag_clear(diag);
    pn_err err = pn_liquid_compile(pn_str_of(source), &options, &arena, &template, diag);
    return err != PN_OK ? err : pn_liquid_render(template, &context, &arena, out, diag);
}

static void renders_at(const char *source, how h, const char *expected, const char *file,
                       int line) {
    pn_buf out;
    pn_buf_init(&out, 2 * PN_LIMIT_TEMPLATE_BYTES);
    pn_diag diag;
    pn_err err = attempt(source, h, &out, &diag);
    if (err != PN_OK) {
        print_error("%s: %s: %s\n", source, diag.where, diag.what);
    }
    _assert_int_equal(err, PN_OK, file, line);
    assert_str_at(pn_buf_str(&out), expected, file, line);
    pn_buf_done(&out);
}
#define renders(source, expected, ...)                                                             \
    renders_at((source), (how){__VA_ARGS__}, (expected), __FILE__, __LINE__)

/* `expected` is where, what and mend as one sentence. */
static void refuses_at(const char *source, how h, pn_err expected_err, const char *expected,
                       const char *file, int line) {
    pn_buf out;
    pn_buf_init(&out, 2 * PN_LIMIT_TEMPLATE_BYTES);
    pn_buf_add_lit(&out, "kept");
    pn_diag diag;
    pn_err err = attempt(source, h, &out, &diag);
    char sentence[900];
    pn_diag_sentence(&diag, sentence, sizeof sentence);
    _assert_string_equal(sentence, expected, file, line);
    _assert_int_equal(err, expected_err, file, line);
    assert_str_at(pn_buf_str(&out), "kept", file, line);
    pn_buf_done(&out);
}
#define refuses(source, expected, ...)                                                             \
    refuses_at((source), (how){__VA_ARGS__}, PN_INVALID, (expected), __FILE__, __LINE__)
#define passes_limit(source, expected, ...)                                                        \
    refuses_at((source), (how){__VA_ARGS__}, PN_LIMIT, (expected), __FILE__, __LINE__)

#define NBSP "\xC2\xA0"

/* ── values of our own ── */

static void money_is_printed_for_the_country(void **state) {
    (void)state;
    renders("{{ invoice.amount }}", "1.234,56" NBSP "€", .language = "es", .country = "ES");
    renders("{{ invoice.amount }}", "€1,234.56", .language = "en", .country = "IE");
    renders("{{ invoice.amount }}", "€1,234.56", .data = NULL);
    renders("{{ invoice.amount | money }}", "€1,234.56", .data = NULL);
    renders("{{ 12.5 | money: 'EUR' }}|{{ '7' | money: 'CLP' }}|{{ nil | money: 'EUR' }}|",
            "€12.50|7" NBSP "CLP||", .data = NULL);
    renders("{{ 0.125 | money: 'EUR' }} {{ -0.125 | money: 'EUR' }}", "€0.13 -€0.13", .data = NULL);
    renders("{{ invoice.amount | money: 'EUR' }}", "€1,234.56", .data = NULL);
    refuses("{{ invoice.amount | money: 'USD' }}",
            "line 1, column 21: This amount is in EUR, not USD.", .data = NULL);
    refuses("{{ 5 | money }}",
            "line 1, column 8: money needs a currency for a number, such as money: \"EUR\".",
            .data = NULL);
    refuses("{{ 5 | money: 'EURO' }}",
            "line 1, column 8: “EURO” is not a currency (three letters, such as EUR).",
            .data = NULL);
    passes_limit("{{ 999999999999999 | money: 'EUR' }}",
                 "line 1, column 22: The result is larger than any amount Puntual keeps.",
                 .data = NULL);
}

static void money_keeps_its_currency(void **state) {
    (void)state;
    renders("{{ invoice.amount | plus: invoice.amount }}", "€2,469.12", .data = NULL);
    renders("{{ invoice.amount | plus: 1 | minus: 0.5 }}", "€1,235.06", .data = NULL);
    renders("{{ 2000 | minus: invoice.amount }}", "€765.44", .data = NULL);
    renders("{{ invoice.amount | times: 0.1 }}", "€123.46", .data = NULL);
    renders("{{ invoice.amount | times: -1 | abs }}", "€1,234.56", .data = NULL);
    renders("{{ invoice.amount | divided_by: 7 }}", "€176.37", .data = NULL);
    renders("{{ invoice.amount | divided_by: invoice.amount }}", "1.0", .data = NULL);
    renders("{{ invoice.amount | modulo: 100 }}", "€34.56", .data = NULL);
    renders("{{ invoice.amount | round }} {{ invoice.amount | ceil }} {{ invoice.amount | floor }}",
            "€1,235.00 €1,235.00 €1,234.00", .data = NULL);
    renders("{{ invoice.amount | round: 1 }}", "€1,234.60", .data = NULL);
    renders("{{ invoice.amount | at_most: 100 }} {{ invoice.amount | at_least: 2000.5 }}",
            "€100.00 €2,000.50", .data = NULL);
    renders("{{ invoices | sum: 'amount' }}", "€3,706.68", .data = NULL);
    renders("{{ invoices | map: 'amount' | sum }}", "€3,706.68", .data = NULL);
    refuses("{{ invoice.amount | times: invoice.amount }}",
            "line 1, column 21: An amount of money cannot be multiplied by another.", .data = NULL);
    refuses("{{ 1 | divided_by: invoice.amount }}",
            "line 1, column 8: A number cannot be divided by an amount of money.", .data = NULL);
    refuses("{{ invoice.amount | divided_by: 0 }}", "line 1, column 21: A division by zero.",
            .data = NULL);
}

static void money_is_compared_in_whole_units(void **state) {
    (void)state;
    renders("{% if invoice.amount > 1234 and invoice.amount < 1234.57 %}yes{% endif %}", "yes",
            .data = NULL);
    renders("{% if invoice.amount == 1234.56 %}yes{% endif %}", "yes", .data = NULL);
    renders("{% if invoice.amount >= invoices[1].amount %}yes{% else %}no{% endif %}", "no",
            .data = NULL);
    renders("{% assign all = invoices | sort: 'amount' | reverse %}{{ all[0].number }}", "F-3",
            .data = NULL);
    refuses("{% if invoice.amount > '5' %}{% endif %}",
            "line 1, column 7: There is no order between an amount of money and a text.",
            .data = NULL);
}

static void dates_have_styles_and_formats(void **state) {
    (void)state;
    renders("{{ invoice.due }}", "03/03/2026", .language = "es", .country = "ES");
    renders("{{ invoice.due }} {{ sent }}", "2026-03-03 2026-03-10 09:01", .data = NULL);
    renders("{{ invoice.due | date: 'long' }}", "3 de marzo de 2026", .language = "es");
    renders("{{ invoice.due | date: 'long' }}", "3 de março de 2026", .language = "pt");
    renders("{{ invoice.due | date: 'long' }}", "March 3, 2026", .language = "en");
    renders("{{ invoice.due | date: 'iso' }}", "2026-03-03", .language = "es");
    renders("{{ invoice.due | date: '%A %-d %B %Y' }}", "martes 3 marzo 2026", .language = "es");
    renders("{{ invoice.due | date: '%^a %e %b %y, %j %U %V %u' }}", "TUE  3 Mar 26, 062 09 10 2",
            .data = NULL);
    renders("{{ sent | date: '%H:%M:%S %l%P %I %p %s %z %Z' }}",
            "09:01:00  9am 09 AM 1773133260 +0000 UTC", .data = NULL);
    renders("{{ sent | date: '%10Y|%_5m|%05d|%-m|%%|%Q|%' }}", "0000002026|    3|00010|3|%|%Q|%",
            .data = NULL);
    renders("{{ sent | date: '%x %X %D %F %T %R %r %L %3N' }}",
            "10/03/2026 09:01:00 03/10/26 2026-03-10 09:01:00 09:01 09:01:00 AM 000 000",
            .language = "es");
    renders("{{ 'now' | date: '%F' }} {{ 'today' | date: '%F' }}", "2026-03-10 2026-03-10",
            .data = NULL);
}

static void texts_are_read_as_dates(void **state) {
    (void)state;
    static const char *const SAME[] = {
        "2026-03-14",
        "2026-03-14T15:09:26Z",
        "2026-03-14 15:09:26 +0100",
        "March 14, 2026",
        "14 March 2026",
        "14 Mar 2026 15:09",
        "Mar 14 2026",
        "Sat, 14 Mar 2026 15:09:26 GMT",
        "14/03/2026",
        "2026/03/14",
        "14.03.2026",
        "14-03-2026",
        "March 14th, 2026",
        "20260314",
        "20260314T150926",
        "14-Mar-2026",
        "3:09 pm 14 March 2026",
    };
    for (size_t i = 0; i < PN_COUNT(SAME); i++) {
        pn_str source = pn_str_format(&arena, "{{ '%s' | date: '%%F' }}", SAME[i]);
        if (pn_str_is(pn_str_of(SAME[i]), "20260314")) {
            continue; /* digits alone are seconds since 1970 */
        }
        renders(source.ptr, "2026-03-14", .data = NULL);
    }
    renders("{{ '3:09 pm' | date: '%F %T' }}", "2026-03-10 15:09:00", .data = NULL);
    renders("{{ 'March' | date: '%F' }} {{ '12 am' | date: '%H' }}", "2026-03-01 00", .data = NULL);
    renders("{{ '2026-03-14T15:09:26.535+02:00' | date: '%L %z' }}", "535 +0200", .data = NULL);
    static const char *const NONE[] = {
        "order 5", "hello", "2026-13-01", "2026-02-30",  "",
        "25:00",   "14",    "1/2/3/4",    "March March", "2026-03-14 nowhere"};
    for (size_t i = 0; i < PN_COUNT(NONE); i++) {
        if (pn_str_is(pn_str_of(NONE[i]), "14")) {
            continue;
        }
        pn_str source = pn_str_format(&arena, "{{ '%s' | date: '%%F' }}", NONE[i]);
        renders(source.ptr, NONE[i], .data = NULL);
    }
}

static void days_are_counted(void **state) {
    (void)state;
    renders("{{ invoice.due | days_until: today }}", "7", .data = NULL);
    renders("{{ invoice.due | days_since: today }}", "-7", .data = NULL);
    renders("{{ invoice.due | days_until: 'today' }}", "7", .data = NULL);
    renders("{{ invoice.due | days: today }}", "7 días", .language = "es");
    renders("{{ 1 | days }} {{ 0 | days }} {{ -1 | days }} {{ 1200 | days }}",
            "1 día 0 días -1 día 1.200 días", .language = "es");
    renders("{{ 1 | days }} {{ 2 | days }}", "1 dia 2 dias", .language = "pt");
    renders("{{ 1 | days }} {{ 2 | days }}", "1 day 2 days", .data = NULL);
    renders("{% if invoice.due < today and invoice.due < '2026-03-04' %}late{% endif %}", "late",
            .data = NULL);
    renders("{% if sent > today %}later{% elsif sent == today %}same day{% endif %}", "same day",
            .data = NULL);
    renders("{% if invoice.due == '2026-03-03' %}yes{% endif %}", "yes", .data = NULL);
    refuses("{{ 'soon' | days_until: today }}",
            "line 1, column 13: A date was expected, not a text.", .data = NULL);
    refuses("{% if today > 'soon' %}{% endif %}",
            "line 1, column 7: There is no order between a date and a text.", .data = NULL);
}

static void numbers_are_grouped(void **state) {
    (void)state;
    renders("{{ 1234567 | number }} {{ -1234.5 | number }} {{ 3 | number: 2 }}",
            "1.234.567 -1.234,5 3,00", .language = "es", .country = "ES");
    renders("{{ 1234567 | number }} {{ 1234.567 | number: 1 }} {{ 0.004 | number }}",
            "1,234,567 1,234.6 0.004", .data = NULL);
    renders("{{ invoice.amount | number }} {{ invoice.amount | number: 0 }}", "1,234.56 1,235",
            .data = NULL);
    renders("{{ nil | number }}", "", .data = NULL);
}

static void arithmetic_is_decimal(void **state) {
    (void)state;
    renders("{{ 10.1 | minus: 2.2 }} {{ 0.1 | plus: 0.2 }} {{ 3.3 | times: 3 }}", "7.9 0.3 9.9",
            .data = "{}");
    renders("{{ 7 | divided_by: 2 }} {{ -7 | divided_by: 2 }} {{ 7.0 | divided_by: 2 }}",
            "3 -4 3.5", .data = "{}");
    renders("{{ 20 | divided_by: 7.0 }} {{ 2 | divided_by: 3.0 }}",
            "2.857142857142857 0.6666666666666666", .data = "{}");
    renders("{{ -7 | modulo: 3 }} {{ 7 | modulo: -3 }} {{ 7.5 | modulo: 2 }}", "2 -2 1.5",
            .data = "{}");
    renders("{{ 2.5 | round }} {{ -2.5 | round }} {{ 1250 | round: -2 }} {{ 1.005 | round: 2 }}",
            "3 -3 1300 1.01", .data = "{}");
    renders("{{ a }} {{ b }} {{ c }} {{ d }} {{ e }}", "1.0e+20 1.0e-05 0.0001 1.5 100.0",
            .data = "{\"a\":1e20,\"b\":0.00001,\"c\":1e-4,\"d\":1.50,\"e\":1e2}");
    renders("{{ ' 12.5 ' | plus: 0 }} {{ '12abc' | plus: 1 }} {{ '1_000' | plus: 1 }}",
            "12.5 13 1001", .data = "{}");
    renders("{{ 0.1 | times: 3 | plus: 0.000001 }}", "0.300001", .data = "{}");
    passes_limit("{{ 9223372036854775807 | plus: 1 }}",
                 "line 1, column 26: The result is too large a number.", .data = "{}");
}

/* ── escaping ── */

static void html_escapes_what_is_printed(void **state) {
    (void)state;
    renders("<i>{{ debtor.name }}</i> {{ \"'<\" }} {{ html }}",
            "<i>Núñez &amp; Hijos</i> &#39;&lt; <b>1 &amp; 2</b>", .escape = PN_LIQUID_ESCAPE_HTML);
    renders("{{ debtor.name | escape }} {{ debtor.name | escape | escape }}",
            "Núñez &amp; Hijos Núñez &amp; Hijos", .escape = PN_LIQUID_ESCAPE_HTML);
    renders("{{ debtor.name | escape }}", "Núñez &amp; Hijos", .data = NULL);
    renders("{% capture x %}<b>{{ debtor.name }}</b>{% endcapture %}{{ x }}",
            "<b>Núñez &amp; Hijos</b>", .escape = PN_LIQUID_ESCAPE_HTML);
    renders("{% capture x %}<b>{{ debtor.name }}</b>{% endcapture %}{{ x | append: '<' }}"
            "{{ '<' | append: x }}{{ x | upcase }}",
            "<b>Núñez &amp; Hijos</b>&lt;&lt;<b>Núñez &amp; Hijos</b>"
            "&lt;B&gt;NÚÑEZ &amp;AMP; HIJOS&lt;/B&gt;",
            .escape = PN_LIQUID_ESCAPE_HTML);
    renders("{{ 'a<\nb' | newline_to_br }}", "a&lt;<br />\nb", .escape = PN_LIQUID_ESCAPE_HTML);
    renders("{{ tags | join: '<br>' }}", "uno&lt;br&gt;dos", .escape = PN_LIQUID_ESCAPE_HTML);
    renders("{{ '<b>' | safe }}", "<b>", .escape = PN_LIQUID_ESCAPE_HTML, .allow_safe = true);
    refuses("{{ '<b>' | safe }}",
            "line 1, column 12: The filter “safe” is not allowed in this template.", .data = NULL);
    renders("{{ o }}{{ a }}", "{&quot;k&quot;=&gt;&quot;&lt;&quot;}&lt;1",
            .data = "{\"o\":{\"k\":\"<\"},\"a\":[\"<\",1]}", .escape = PN_LIQUID_ESCAPE_HTML);
}

static void other_places_have_their_own_escapes(void **state) {
    (void)state;
    renders("https://x/?q={{ debtor.name }}&m={{ invoice.amount }}",
            "https://x/?q=N%C3%BA%C3%B1ez%20%26%20Hijos&m=%E2%82%AC1%2C234.56",
            .escape = PN_LIQUID_ESCAPE_URL);
    renders("{% capture q %}{{ debtor.name }}{% endcapture %}?{{ q }}",
            "?N%C3%BA%C3%B1ez%20%26%20Hijos", .escape = PN_LIQUID_ESCAPE_URL);
    renders("{\"n\": \"{{ x }}\", \"a\": {{ i }}}", "{\"n\": \"a\\\"b\\\\c\\u000ad\", \"a\": 7}",
            .data = "{\"x\":\"a\\\"b\\\\c\\nd\",\"i\":7}", .escape = PN_LIQUID_ESCAPE_JSON);
    renders("Re: {{ x }}\r\nBcc: all\n", "Re: a b c Bcc: all",
            .data = "{\"x\":\"a\\r\\n\\u0000b\\u0085c\"}", .escape = PN_LIQUID_ESCAPE_HEADER);
    renders("  {{ x }}\t", "a  b", .data = "{\"x\":\"a  b \"}", .escape = PN_LIQUID_ESCAPE_HEADER);
    renders("a\r\n{{ x }}\n", "a\nbc\n", .data = "{\"x\":\"b\\u0007\\u009bc\"}",
            .escape = PN_LIQUID_ESCAPE_SMS);
    renders("{{ x }}", "1 234,50 € á", .data = "{\"x\":\"1\\u202f234,50\\u00a0€ á\"}",
            .escape = PN_LIQUID_ESCAPE_SMS);
}

/* ── host data ── */

static void lazy_values_are_made_when_read(void **state) {
    (void)state;
    links_made = 0;
    renders("{% if false %}{{ link }}{% endif %}", "", .data = NULL);
    assert_int_equal(links_made, 0);
    renders("{{ link }} {{ link | upcase }}", "https://pay/abc HTTPS://PAY/ABC", .data = NULL);
    assert_int_equal(links_made, 2);
}

static void objects_are_read_by_any_name(void **state) {
    (void)state;
    renders("{{ invoice['number'] }} {% assign f = 'num' | append: 'ber' %}{{ invoice[f] }}",
            "F-1 F-1", .data = NULL);
    renders("{{ ['invoice'].number }} {{ [f].number }}{% assign f = 'invoice' %} {{ [f].number }}",
            "F-1  F-1", .data = NULL);
    renders("{{ debtor.extra.zone }} {{ debtor.extra.n[1] }} {{ debtor.extra.n.size }}",
            "norte 2 2", .data = NULL);
    renders("{% for i in invoices reversed %}{{ i.number }}{{ i.owner.name | slice: 0 }} "
            "{% endfor %}{{ invoices.size }} {{ invoices.last.number }} {{ invoices[-1].number }}",
            "F-3N F-2N F-1N 3 F-3 F-3", .data = NULL);
    renders("{% for pair in debtor %}{{ pair[0] }},{% endfor %}", "name,extra,", .data = NULL);
    renders("{{ tags }} {{ tags.first }} {% for t in tags %}{{ t }}{% endfor %}",
            "unodos uno unodos", .data = NULL);
    renders("{{ invoice }} {{ invoices }}", "invoice invoiceinvoiceinvoice", .data = NULL);
    renders("{% assign i = invoices | where: 'number', 'F-2' | first %}{{ i.amount }}", "€1,235.56",
            .data = NULL);
    renders("{% assign invoice = invoices[2] %}{{ invoice.number }}", "F-3", .data = NULL);
    renders("{{ nothing }}{{ invoice.nothing.at.all }}{{ nothing[0].x }}", "", .data = NULL);
}

/* A template for a class may be shown with JSON data, as a preview does. */
static void a_class_may_be_previewed_with_json(void **state) {
    (void)state;
    pn_liquid_options options = {.root = &MAIL, .strict = true};
    const pn_liquid_template *template = NULL;
    pn_diag diag;
    assert_int_equal(
        pn_liquid_compile(PN_STR("{{ invoice.number }}{% for i in invoices %}{{ i.number }}"
                                 "{% endfor %}{{ link }}"),
                          &options, &arena, &template, &diag),
        PN_OK);
    pn_json *data = NULL;
    assert_int_equal(pn_json_parse(PN_STR("{\"invoice\":{\"number\":\"A\"},\"invoices\":["
                                          "{\"number\":\"B\"},{}],\"link\":\"L\"}"),
                                   NULL, &arena, &data, NULL),
                     PN_OK);
    pn_liquid_context context = {.data = data, .now = PN_TIME_NONE};
    pn_buf out;
    pn_buf_init(&out, 100);
    assert_int_equal(pn_liquid_render(template, &context, &arena, &out, &diag), PN_OK);
    assert_str(pn_buf_str(&out), "ABL");
    pn_buf_done(&out);
}

static pn_err shout(void *host, const pn_liquid_value *args, size_t count, pn_arena *filter_arena,
                    pn_liquid_value *ret_value, pn_diag *diag) {
    if (count > 1 && pn_str_is(pn_liquid_text(args[1]), "no")) {
        return pn_diag_set(diag, PN_INVALID, "No shouting.");
    }
    *ret_value = pn_liquid_safe(pn_str_format(filter_arena, "<%s>%.*s!", (const char *)host,
                                              PN_STR_ARG(pn_liquid_text(args[0]))));
    return PN_OK;
}

static void hosts_add_filters(void **state) {
    (void)state;
    static const pn_liquid_host_filter FILTERS[] = {{"qr", 0, 1, shout}};
    pn_liquid_options options = {.filters = FILTERS, .filter_count = 1};
    pn_liquid_context context = {
        .now = PN_TIME_NONE, .escape = PN_LIQUID_ESCAPE_HTML, .host = (void *)(uintptr_t) "img"};
    const pn_liquid_template *template = NULL;
    pn_diag diag;
    pn_buf out;
    pn_buf_init(&out, 100);
    assert_int_equal(
        pn_liquid_compile(PN_STR("{{ 'x' | qr }}"), &options, &arena, &template, &diag), PN_OK);
    assert_int_equal(pn_liquid_render(template, &context, &arena, &out, &diag), PN_OK);
    assert_str(pn_buf_str(&out), "<img>x!");
    assert_int_equal(
        pn_liquid_compile(PN_STR("\n {{ 'x' | qr: 'no' }}"), &options, &arena, &template, &diag),
        PN_OK);
    assert_int_equal(pn_liquid_render(template, &context, &arena, &out, &diag), PN_INVALID);
    assert_string_equal(diag.what, "No shouting.");
    assert_string_equal(diag.where, "line 2, column 11");
    assert_int_equal(
        pn_liquid_compile(PN_STR("{{ 'x' | qr: 1, 2 }}"), &options, &arena, &template, &diag),
        PN_INVALID);
    assert_string_equal(diag.what, "The filter “qr” takes 0 to 1 arguments, not 2.");
    pn_buf_done(&out);
    refuses("{{ 'x' | qr }}",
            "line 1, column 10: The filter “qr” is available in e-mail blocks only.", .data = NULL);
}
/* ── the language, beyond the golden cases ── */

static void blocks_behave_as_documented(void **state) {
    (void)state;
    renders("{% for i in (1..9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i > 4 %}{% break %}"
            "{% endif %}{{ i }}{% endfor %}!",
            "134!", .data = "{}");
    renders("{% for i in (1..3) %}{% capture x %}a{% if i == 2 %}{% break %}{% endif %}b"
            "{% endcapture %}{{ x }}{% endfor %}-{{ x }}",
            "ab-a", .data = "{}");
    renders("{% for i in (1..3) %}{% ifchanged %}{% if i == 2 %}{% continue %}{% endif %}x"
            "{% endifchanged %}{% endfor %}",
            "xx", .data = "{}");
    renders("a{% break %}b", "a", .data = "{}");
    renders("{% capture x %}a{% continue %}b{% endcapture %}c", "", .data = "{}");
    renders(
        "{% for i in (1..2) %}{% for j in (1..3) %}{% case j %}{% when 2 %}{% break %}{% else %}"
        "{{ i }}{{ j }} {% endcase %}{% endfor %}{% endfor %}",
        "11 21 ", .data = "{}");
    renders("{% for i in (1..2) %}{{ forloop.parentloop.index }}{{ forloop.name }} {% endfor %}",
            "i-(1..2) i-(1..2) ", .data = "{}");
    renders("{% for i in (1..2) %}{% assign f = forloop %}{% for j in (1..2) %}{{ f.index }}"
            "{{ forloop.index }} {% endfor %}{% endfor %}",
            "11 12 21 22 ", .data = "{}");
    renders("{% for forloop in (7..8) %}{{ forloop }}{% endfor %}", "78", .data = "{}");
    renders(
        "{% if a and b or c %}1{% else %}0{% endif %}{% if c or a and b %}1{% else %}0{% endif %}",
        "01", .data = "{\"a\":false,\"b\":true,\"c\":true}");
    renders("{% unless a or b %}1{% elsif b %}2{% endunless %}", "2",
            .data = "{\"a\":false,\"b\":true}");
    renders("{% increment a %}{% decrement a %}{% decrement a %}{{ a }} {% increment n %}{{ n }}",
            "00-1-1 56", .data = "{\"n\":5}");
    renders("{% liquid\n  assign x = 3\n  for i in (1..x)\n    echo i\n    unless forloop.last\n"
            "      echo ', '\n    endunless\n  endfor\n%}",
            "1, 2, 3", .data = "{}");
    renders("{% for i in 'abc' offset: 5 limit: 0 %}{{ i }}{% endfor %}", "abc", .data = "{}");
    renders("{% for i in (1..5) offset: -2 limit: 4 %}{{ i }}{% endfor %}", "12", .data = "{}");
    renders("{% for i in (1..9) limit: 2 %}{{ i }}{% endfor %}{% for i in (1..9) limit: 2 offset: "
            "continue %}{{ i }}{% endfor %}{% for i in (1..9) reversed offset: continue %}{{ i }}"
            "{% endfor %}",
            "123498765", .data = "{}");
}

static void values_behave_as_documented(void **state) {
    (void)state;
    renders("{{ a }}|{{ a | upcase }}|{{ o }}|{{ r }}|{{ (1..3) }}",
            "a1x|[\"A\", 1, [\"X\"], NIL]|{\"k\"=>[1, nil], \"q\\\"\\n\"=>\"\\#{\"}||1..3",
            .data = "{\"a\":[\"a\",1,[\"x\"],null],\"o\":{\"k\":[1,null],\"q\\\"\\n\":\"#{\"}}");
    renders("{{ s.first }}{{ s.last }}{{ s.size }}{{ s | first }}{{ s | last }}{{ s | size }}",
            "ñé3ñé3", .data = "{\"s\":\"ñoé\"}");
    renders("{{ s[0] }}{{ s.nothing }}{{ 5 | size }}{{ o.first }}{{ o.size }}", "0k11",
            .data = "{\"s\":\"abc\",\"o\":{\"k\":1}}");
    renders("{% if 'abc' contains 'bc' and a contains 2 and o contains 'k' and n contains 3 %}1"
            "{% endif %}{% if r contains 4 %}2{% endif %}",
            "1", .data = "{\"a\":[1,2],\"o\":{\"k\":null},\"n\":\"12345\"}");
    renders(
        "{% assign r = (1..n) %}{% if r contains 3 and r.size == 5 and r.last == 5 %}1{% endif %}"
        "{% for i in r reversed %}{{ i }}{% endfor %}",
        "154321", .data = "{\"n\":\"5\"}");
    renders("{% if 1 == 1.0 %}1{% endif %}{% if '1' == 1 %}2{% endif %}{% if o == p %}3{% endif %}"
            "{% if a != b %}4{% endif %}{% if nil < 1 or a < 1 or true > 0 %}5{% endif %}",
            "134", .data = "{\"o\":{\"a\":1,\"b\":2},\"p\":{\"b\":2,\"a\":1},\"a\":[1],\"b\":[2]}");
    renders("{% if '  ' == blank %}1{% endif %}{% if '' == empty %}2{% endif %}{% if x == empty %}3"
            "{% endif %}{% if false == blank %}4{% endif %}{% if 0 == blank %}5{% endif %}",
            "124", .data = "{}");
    renders("{{ a | uniq | join }} {{ a | sum }} {{ o | map: 'k' | compact | join: '-' }}",
            "1 1.0 2 x 5.0 1-2",
            .data = "{\"a\":[1,1.0,1,2,\"x\",\"x\"],\"o\":[{\"k\":1},{},{\"k\":2}]}");
    renders("{{ 'a,b,,c,,' | split: ',' | size }} {{ ' a  b ' | split: ' ' | join: '|' }} "
            "{{ 'añb' | split: '' | join: '|' }}",
            "4 a|b a|ñ|b", .data = "{}");
    renders("{{ 'hello' | replace: '', '.' }} {{ 'hello' | replace_last: '', '.' }} "
            "{{ 'aXbXc' | remove_last: 'X' }} {{ 'aXbXc' | replace_first: 'X', '-' }}",
            ".h.e.l.l.o. hello. aXbc a-bXc", .data = "{}");
    renders("{{ 'Ñandú' | truncate: 4 }} {{ 'Ñandú' | truncate: 3, '' }} {{ 'a b c ' | "
            "truncatewords: 3 }} {{ 'a b' | truncatewords: 3 }} {{ 'ñandú' | capitalize }} "
            "{{ 'ÑA' | downcase }}",
            "Ñ... Ñan a b c... a b Ñandú ña", .data = "{}");
    renders("{{ '<a>x</a><script>y</script>z<!-- q --><' | strip_html }} {{ ' a  b ' | squish }}|"
            "{{ '1 < 2 &amp; 3' | escape_once }}",
            "xz< a b|1 &lt; 2 &amp; 3", .data = "{}");
    renders("{{ 'ñ +~' | url_encode }} {{ 'a+b%20c%zz' | url_decode }} {{ 'ñ' | base64_encode }} "
            "{{ 'w7E=' | base64_decode }} {{ 'w7E' | base64_url_safe_decode }}",
            "%C3%B1+%2B~ a b c%zz w7E= ñ ñ", .data = "{}");
    renders("{{ 5 | sort: 'k' }} {{ true | uniq: 'k' }} {{ 2.5 | sort: 'k' }} {{ m | uniq: 'k' }}|",
            "5 true  |", .data = "{\"m\":[null,1]}");
    renders("{{ false | default: 1, true }}", "1", .data = "{}");
    refuses("{{ false | default: 1, true, 2 }}",
            "line 1, column 12: The filter “default” takes 0 to 1 arguments, not 3.", .data = "{}");
    renders("{{ 'fn4/' | base64_url_safe_decode }}{{ 'Pj4-' | base64_url_safe_decode }}", "~~?>>>",
            .data = "{}"); /* either form of the two signs */
    refuses("{{ 'w7F=' | base64_decode }}", "line 1, column 13: This is not valid base 64.",
            .data = "{}"); /* bits are left over */
    renders("{{ x | default: 1, allow_false: true }} {{ x | default: allow_false: true }}|",
            "false false|", .data = "{\"x\":false}");
}

static void errors_say_where_and_what_was_meant(void **state) {
    (void)state;
    refuses("a\nñ {{ x | upcas }}",
            "line 2, column 10: There is no filter “upcas”. Did you mean “upcase”?", .data = "{}");
    refuses("{% asign x = 1 %}",
            "line 1, column 1: There is no tag “asign”. Did you mean “assign”?", .data = "{}");
    refuses("{% include 'x' %}",
            "line 1, column 1: The tag “include” does not exist here. A template stands alone: "
            "write its content in place.",
            .data = "{}");
    refuses("{% if x %}\n{% for %}",
            "line 2, column 8: The name of the loop's variable is missing here.", .data = "{}");
    refuses("{% if x %}\n{{ x }}",
            "line 1, column 1: “if” is opened here and never closed: “endif” is missing.",
            .data = "{}");
    refuses("{% if x %}{% endfor %}", "line 1, column 11: “endfor” has no place in “if”.",
            .data = "{}");
    refuses("{% endif %}", "line 1, column 1: “endif” stands outside of any block.", .data = "{}");
    refuses("a {{ x", "line 1, column 3: This “{{” is not closed by “}}”.", .data = "{}");
    refuses("{{ 'x }}", "line 1, column 4: A text has no closing quotation mark.", .data = "{}");
    refuses("{{ x ñ }}", "line 1, column 6: The end was expected, but there is “ñ”.", .data = "{}");
    refuses("{{ x | append }}", "line 1, column 8: The filter “append” takes 1 argument, not 0.",
            .data = "{}");
    refuses("{{ x | upcase: a: 1 }}", "line 1, column 16: This filter has no argument named “a”.",
            .data = "{}");
    refuses("{% raw %}{{",
            "line 1, column 1: “raw” is opened here and never closed: “endraw” is missing.",
            .data = "{}");
    refuses("\xFF", "The template is not valid UTF-8.", .data = "{}");
    refuses("{{ 'a' | base64_decode }}", "line 1, column 10: This is not valid base 64.",
            .data = "{}");
}

/* ── publishing ── */

static void strict_mode_knows_the_fields(void **state) {
    (void)state;
    renders("{% for i in invoices %}{{ i.number }}{{ i.owner.extra.anything.at_all }}{% endfor %}"
            "{% assign n = invoice.amount %}{{ n | money }}{% increment c %}{{ c }}"
            "{{ invoices.first.number }}{{ debtor.name.size }}",
            "F-1F-2F-3€1,234.5601F-113", .strict = true);
    refuses("{{ invoce.number }}",
            "line 1, column 4: There is no variable “invoce”. Did you mean “invoice”?",
            .strict = true);
    refuses("{{ invoice.amuont }}",
            "line 1, column 12: “invoice” has no field “amuont”. Did you mean “amount”?",
            .strict = true);
    refuses("{% for i in invoices %}{{ i.owner.nam }}{% endfor %}",
            "line 1, column 35: “invoices[].owner” has no field “nam”. Did you mean “name”?",
            .strict = true);
    refuses("{{ invoices.number }}",
            "line 1, column 13: “invoices” is a list and has no field “number”. Go through it with "
            "“for”, or take one item with [0].",
            .strict = true);
    refuses("{{ invoice.number.big }}",
            "line 1, column 19: “invoice.number” is a single value and has no field “big”.",
            .strict = true);
    refuses("{{ invoices | map: 'amuont' | sum }}",
            "line 1, column 20: “invoices[]” has no field “amuont”. Did you mean “amount”?",
            .strict = true);
    refuses(
        "{% assign late = invoices | where: 'number' %}{% for i in late %}{{ i.x }}{% endfor %}",
        "line 1, column 71: “invoices[]” has no field “x”.", .strict = true);
    refuses("{{ invoice }}",
            "line 1, column 4: An object cannot be printed as a whole. Print one of its fields.",
            .strict = true);
    refuses("{{ total }}{% assign total = 1 %}",
            "line 1, column 4: “total” is read before anything is assigned to it. Assign a first "
            "value further up.",
            .strict = true);
    refuses("{% if a %}{% endif %}", "line 1, column 7: There is no variable “a”.", .strict = true);
    refuses("{% case tags.size %}{% when 1 and 2 %}{% endcase %}",
            "line 1, column 31: The end was expected, but there is “and”.", .strict = true);
    refuses("{{ link | default: 1, true }}",
            "line 1, column 11: The filter “default” takes 0 to 1 arguments, not 2.",
            .strict = true);
    refuses("{% break %}", "line 1, column 1: “break” has a meaning within “for” only.",
            .strict = true);
    refuses("{% assign 1 = 2 %}", "line 1, column 11: The name of a variable was expected here.",
            .strict = true);
    /* What may be one class or another is not checked. */
    renders("{% if true %}{% assign x = invoice %}{% else %}{% assign x = debtor %}{% endif %}"
            "{{ x.number }}",
            "F-1", .strict = true);
}

static void reads(const char *source, const pn_liquid_class *root, const char *expected) {
    pn_liquid_options options = {.root = root};
    const pn_liquid_template *template = NULL;
    assert_int_equal(pn_liquid_compile(pn_str_of(source), &options, &arena, &template, NULL),
                     PN_OK);
    const pn_liquid_variable *variables = NULL;
    size_t count = 0;
    pn_liquid_variables(template, &variables, &count);
    pn_buf out;
    pn_buf_init(&out, 10000);
    for (size_t i = 0; i < count; i++) {
        pn_buf_add_format(&out, "%.*s %u:%u\n", PN_STR_ARG(variables[i].path), variables[i].line,
                          variables[i].column);
    }
    assert_str(pn_buf_str(&out), expected);
    pn_buf_done(&out);
}

static void variables_are_traced_to_the_data(void **state) {
    (void)state;
    reads(
        "{{ a.b }}\n{% for i in invoices %}\n  ñ {{ i.amount | plus: i.tax }}{{ forloop.index }}\n"
        "{% for l in i.lines %}{{ l }}{% endfor %}{% endfor %}",
        NULL,
        "a.b 1:4\ninvoices 2:13\ninvoices[].amount 3:8\ninvoices[].tax 3:25\n"
        "invoices[].lines 4:13\ninvoices[].lines[] 4:26\n");
    reads(
        "{% assign x = a %}{{ x.b }}{% capture y %}{{ z }}{% endcapture %}{{ y }}{% increment n %}"
        "{{ n }}",
        NULL, "a 1:15\na.b 1:22\nz 1:46\n");
    reads("{{ a[b.c].d }}{{ a['k'] }}{{ a[0].e.first.f }}{{ a.size }}", NULL,
          "a[].d 1:4\nb.c 1:6\na.k 1:18\na[].e[].f 1:30\na 1:50\n");
    reads(
        "{% assign late = invoices | where: 'number', n | sort: 'due' %}{% assign f = late | first "
        "%}{{ f.owner.name }}{{ invoices | map: 'owner' }}",
        &MAIL,
        "invoices 1:18\ninvoices[].number 1:36\nn 1:46\ninvoices[].due 1:56\n"
        "invoices 1:78\ninvoices[].owner.name 1:96\ninvoices 1:114\ninvoices[].owner 1:130\n");
    reads("{{ x }}{% assign x = x | default: y %}{{ x }}", NULL, "x 1:4\nx 1:22\ny 1:35\n");
}

/* ── bounds ── */

static const char *repeated(const char *text, size_t count) {
    pn_buf buf;
    pn_buf_init(&buf, SIZE_MAX / 4);
    for (size_t i = 0; i < count; i++) {
        pn_buf_add_z(&buf, text);
    }
    const char *copy = pn_str_z(&arena, pn_buf_str(&buf));
    pn_buf_done(&buf);
    return copy;
}

static void work_is_bounded(void **state) {
    (void)state;
    passes_limit("{% for i in (1..999999999999) %}{% endfor %}x",
                 "line 1, column 1: Rendering this text takes more than 100000 operations. Go "
                 "through fewer items, or do less with each.",
                 .data = "{}");
    passes_limit("{{ (1..999999999999) | join }}",
                 "line 1, column 24: Rendering this text takes more than 100000 operations. Go "
                 "through fewer items, or do less with each.",
                 .data = "{}");
    passes_limit("{% assign s = 'aaaaaaaaaaaaaaaaaaaa' %}{% for i in (1..99) %}{% assign s = s | "
                 "append: s %}{% endfor %}",
                 "line 1, column 80: The text becomes longer than 262144 bytes.", .data = "{}");
    passes_limit("{% for i in (1..20000) %}012345678901234567890123456789{% endfor %}",
                 "line 1, column 1: The text becomes longer than 262144 bytes.", .data = "{}");
    renders("{% for i in (1..19999) %}{% if i == 19999 %}{{ i }}{% endif %}{% endfor %}", "19999",
            .data = "{}");
    pn_buf out;
    pn_diag diag;
    pn_buf_init(&out, 5);
    assert_int_equal(attempt("123456", (how){.data = "{}"}, &out, &diag), PN_LIMIT);
    assert_int_equal(attempt("12345", (how){.data = "{}"}, &out, &diag), PN_OK);
    pn_buf_done(&out);
}

static void templates_are_bounded(void **state) {
    (void)state;
    renders(repeated("a{{ '' }}", 262144 / 9), repeated("a", 262144 / 9), .data = "{}");
    pn_diag diag;
    pn_buf out;
    pn_buf_init(&out, 10);
    assert_int_equal(attempt(repeated("a", 262145), (how){.data = "{}"}, &out, &diag), PN_LIMIT);
    assert_string_equal(diag.what, "A template has at most 262144 bytes; this one has 262145.");
    assert_int_equal(attempt(repeated("{% if a %}", 33), (how){.data = "{}"}, &out, &diag),
                     PN_LIMIT);
    assert_string_equal(diag.what, "Blocks nest deeper than 32 levels.");
    assert_string_equal(diag.where, "line 1, column 321");
    assert_int_equal(attempt(repeated("{% liquid liquid ", 1000), (how){.data = "{}"}, &out, &diag),
                     PN_INVALID);
    pn_str liquids = pn_str_format(&arena, "{%% liquid %s %%}", repeated("liquid ", 100));
    assert_int_equal(attempt(liquids.ptr, (how){.data = "{}"}, &out, &diag), PN_LIMIT);
    pn_str brackets = pn_str_format(&arena, "{{ %s }}", repeated("a[", 100));
    assert_int_equal(attempt(brackets.ptr, (how){.data = "{}"}, &out, &diag), PN_LIMIT);
    assert_string_equal(diag.what, "Brackets nest deeper than 32 levels.");
    pn_buf_done(&out);
}

static void names_of_filters_and_tags_are_listed_in_order(void **state) {
    (void)state;
    const char *(*const LISTS[])(size_t) = {pn_liquid_filter_name, pn_liquid_tag_name};
    for (size_t list = 0; list < PN_COUNT(LISTS); list++) {
        size_t i = 1;
        for (; LISTS[list](i) != NULL; i++) {
            assert_true(strcmp(LISTS[list](i - 1), LISTS[list](i)) < 0);
        }
        assert_true(i > 10);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(money_is_printed_for_the_country),
        cmocka_unit_test(money_keeps_its_currency),
        cmocka_unit_test(money_is_compared_in_whole_units),
        cmocka_unit_test(dates_have_styles_and_formats),
        cmocka_unit_test(texts_are_read_as_dates),
        cmocka_unit_test(days_are_counted),
        cmocka_unit_test(numbers_are_grouped),
        cmocka_unit_test(arithmetic_is_decimal),
        cmocka_unit_test(html_escapes_what_is_printed),
        cmocka_unit_test(other_places_have_their_own_escapes),
        cmocka_unit_test(lazy_values_are_made_when_read),
        cmocka_unit_test(objects_are_read_by_any_name),
        cmocka_unit_test(a_class_may_be_previewed_with_json),
        cmocka_unit_test(hosts_add_filters),
        cmocka_unit_test(blocks_behave_as_documented),
        cmocka_unit_test(values_behave_as_documented),
        cmocka_unit_test(errors_say_where_and_what_was_meant),
        cmocka_unit_test(strict_mode_knows_the_fields),
        cmocka_unit_test(variables_are_traced_to_the_data),
        cmocka_unit_test(work_is_bounded),
        cmocka_unit_test(templates_are_bounded),
        cmocka_unit_test(names_of_filters_and_tags_are_listed_in_order),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
