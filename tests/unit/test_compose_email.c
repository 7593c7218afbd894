/* E-mails: what hostile facts cannot do, how amounts, days and plurals are written, that HTML and
 * plain text say the same, and some whole texts. */
#include "compose_rig.h"

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

#define ALL_BLOCKS                                                                                 \
    "{'heading':'{{ debtor.name }}'},{'text':'{{ debtor.name }} {{ recipient }} {{ signature }} "  \
    "{{ debtor.attr.route }}'},{'amount_due':'{{ debtor.name }}'},{'pay_button':"                  \
    "'{{ debtor.name }}'},{'invoice_table':true},{'bank_reference':true},{'divider':true},"        \
    "{'legal':'{{ debtor.name }}'},{'html':'<p title=\\'{{ debtor.name }}\\'>{{ debtor.name }}"    \
    "</p>'},{'logo':true},{'installments':true},{'image':{'src':'https://example.com/a.png',"      \
    "'alt':'{{ debtor.name }}','link':'{{ link }}'}}"

/* Every text of the facts is `text`, and the numbers of all invoices too. */
static pn_compose_facts facts_saying(pn_str text) {
    pn_compose_facts facts = example(&arena, "es", "ES");
    pn_compose_item *items = pn_arena_array(&arena, pn_compose_item, 3);
    pn_attr *attr = pn_arena_new(&arena, pn_attr);
    memcpy(items, facts.overdue, 3 * sizeof *items);
    for (size_t i = 0; i < 3; i++) {
        items[i].number = items[i].product = text;
    }
    *attr = (pn_attr){.key = PN_STR("route"), .type = PN_ATTR_TEXT, .text = text, .fold = text};
    facts.overdue = items;
    facts.upcoming = items + 2;
    facts.debtor_attrs = attr;
    facts.debtor_attr_count = 1;
    facts.debtor_name = facts.contact_name = facts.sender_name = text;
    facts.debtor_external_id = facts.debtor_tax_id = text;
    facts.creditor_name = facts.creditor_tax_id = facts.creditor_address = text;
    facts.creditor_phone = facts.creditor_email = facts.creditor_iban = text;
    facts.code = facts.reference = facts.payment_reference = text;
    facts.handover_name = facts.handover_contact = text;
    facts.sender_title = facts.sender_phone = facts.sender_email = text;
    facts.brand_colour = text;
    return facts;
}

static const pn_variant *hostile_variant(void) {
    return variant_of(&arena,
                      "'language':'es','subject':'{{ debtor.name }} {{ invoice.number }}',"
                      "'preheader':'{{ debtor.name }}',",
                      ALL_BLOCKS);
}

/* ── hostile facts ───────────────────────────────────────────────────────────────────────────── */

static void test_html_escaped(void **state) {
    (void)state;
    pn_compose_facts facts = facts_saying(PN_STR("<b onx=1>O'Hara & \"Co\"</b></td></table>"));
    mail m = mail_of(&arena, hostile_variant(), &facts);
    assert_lacks(m.html, "<b onx");
    assert_lacks(m.html, "</b>");
    assert_lacks(m.html, "O'Hara");
    assert_contains(m.html, "<title>&lt;b onx=1&gt;O&#39;Hara &amp; &quot;Co&quot;&lt;/b&gt;");
    assert_contains(m.html, "title=\"&lt;b onx=1&gt;O&#39;Hara &amp; &quot;Co&quot;");
    assert_contains(m.text, "<b onx=1>O'Hara & \"Co\"</b></td></table>");
    assert_contains(m.subject, "<b onx=1>O'Hara & \"Co\"</b>"); /* a header is no HTML */
}

static void test_markup_of_facts_is_text(void **state) {
    (void)state;
    pn_compose_facts facts = facts_saying(PN_STR("**Gratis** [aquí](https://evil.example/)"));
    mail m = mail_of(&arena, hostile_variant(), &facts);
    assert_lacks(m.html, "<strong>");
    assert_lacks(m.html, "href=\"https://evil.example/");
    assert_contains(m.text, "**Gratis** [aquí](https://evil.example/)");
    facts = facts_saying(PN_STR("\x03\x03gordo\x03\x03 \x04x\x05\x05https://evil.example/\x06"));
    m = mail_of(&arena, hostile_variant(), &facts);
    assert_lacks(m.html, "<strong>");
    assert_lacks(m.html, "href=\"https://evil.example/");
    /* nor is it a template */
    facts = facts_saying(PN_STR("{{ creditor.iban }}{% raw %}"));
    m = mail_of(&arena, hostile_variant(), &facts);
    assert_contains(m.text, "{{ creditor.iban }}{% raw %}");
}

static void test_headers_are_one_line(void **state) {
    (void)state;
    static const char *const BREAKS[] = {"\r\n",     "\n",   "\r",   "\xE2\x80\xA8", "\xE2\x80\xA9",
                                         "\xC2\x85", "\x0B", "\x0C", "\x1E"};
    for (size_t i = 0; i < PN_COUNT(BREAKS); i++) {
        pn_compose_facts facts =
            facts_saying(pn_str_format(&arena, "Núñez%sBcc: victim@example.com", BREAKS[i]));
        mail m = mail_of(&arena, hostile_variant(), &facts);
        assert_contains(m.subject, "Núñez Bcc: victim@example.com");
        for (size_t at = 0; at < m.subject.len; at++) {
            assert_true((unsigned char)m.subject.ptr[at] >= 0x20);
        }
        assert_lacks(m.text, "\nBcc:"); /* nor does it begin a line of the text */
    }
    pn_compose_facts facts = facts_saying((pn_str){"a\0b", 3});
    mail m = mail_of(&arena, hostile_variant(), &facts);
    assert_true(pn_str_starts(m.subject, PN_STR("a b a b")));
    assert_int_equal(pn_str_find_char(m.html, '\0'), SIZE_MAX);
}

static void test_direction_and_broken_bytes(void **state) {
    (void)state;
    /* an override would show the account number backwards */
    pn_compose_facts facts = facts_saying(PN_STR("ES12\xE2\x80\xAE"
                                                 "34\xE2\x81\xA6"
                                                 "56\xEF\xBB\xBF"
                                                 "78"));
    mail m = mail_of(&arena, hostile_variant(), &facts);
    assert_contains(m.subject, "ES12345678");
    assert_lacks(m.html, "\xE2\x80\xAE");
    /* bytes that are no UTF-8 never reach the mail */
    facts = facts_saying(PN_STR("Mu\xF1oz \xE2\x82"));
    m = mail_of(&arena, hostile_variant(), &facts);
    assert_contains(m.subject, "Mu\xEF\xBF\xBDoz");
    assert_lacks(m.html, "\xF1");
    assert_lacks(m.text, "\xF1");
}

static void test_links(void **state) {
    (void)state;
    static const struct {
        const char *link;
        bool shown;
    } LINKS[] = {{"https://pay.example.com/p/1?a=1&b=2", true},
                 {"http://localhost/p/1", true},
                 {"javascript:alert(1)", false},
                 {"mailto:a@b.example", false},
                 {"https:", false},
                 {"https://a b", false},
                 {"https://x\"onmouseover=\"y", false},
                 {"", false}};
    const pn_variant *variant = variant_of(&arena, ES, "{'pay_button':'Pagar ahora'}");
    for (size_t i = 0; i < PN_COUNT(LINKS); i++) {
        pn_compose_facts facts = example(&arena, "es", "ES");
        facts.link = pn_str_of(LINKS[i].link);
        mail m = mail_of(&arena, variant, &facts);
        assert_int_equal(contains(m.html, "Pagar ahora"), LINKS[i].shown);
        assert_int_equal(contains(m.text, "Pagar ahora"), LINKS[i].shown);
        assert_lacks(m.html, "onmouseover=\"");
    }
    pn_compose_facts facts = example(&arena, "es", "ES");
    facts.link = pn_str_of(LINKS[0].link);
    mail m = mail_of(&arena, variant, &facts);
    assert_contains(m.html, "href=\"https://pay.example.com/p/1?a=1&amp;b=2\"");
    assert_contains(m.text, "\nhttps://pay.example.com/p/1?a=1&b=2\n");
}

/* A very long name costs room, not sense: no line of HTML is cut, the limit is a sentence. */
static void test_too_long(void **state) {
    (void)state;
    char *name = pn_arena_alloc(&arena, 200000);
    memset(name, 'x', 200000);
    pn_compose_facts facts = example(&arena, "es", "ES");
    facts.debtor_name = (pn_str){name, 200000};
    const pn_variant *variant =
        variant_of(&arena, ES, "{'text':'{{ debtor.name }}'},{'text':'{{ debtor.name }}'}");
    pn_diag diag = {0};
    pn_buf subject, text, html;
    pn_buf_init(&subject, 100);
    pn_buf_init(&text, 300000);
    pn_buf_init(&html, 300000);
    pn_buf_add_lit(&subject, "before");
    pn_buf_add_lit(&text, "before");
    assert_int_equal(pn_compose_email(variant, &facts, &arena, &subject, &text, &html, &diag),
                     PN_LIMIT);
    assert_string_equal(diag.what, "The e-mail becomes longer than there is room.");
    /* nothing is left of the attempt, and the buffers work on */
    assert_str(pn_buf_str(&subject), "before");
    assert_str(pn_buf_str(&text), "before");
    assert_int_equal(html.len, 0);
    pn_compose_facts small = example(&arena, "es", "ES");
    assert_int_equal(pn_compose_email(variant, &small, &arena, &subject, &text, &html, &diag),
                     PN_OK);
    pn_buf_done(&subject);
    pn_buf_done(&text);
    pn_buf_done(&html);
}

/* What fails while rendering names its block. */
static void test_failure_says_where(void **state) {
    (void)state;
    const pn_variant *variant =
        variant_of(&arena, ES, "{'text':'a'},{'text':'b\\n{{ total | plus: payment.amount }}'}");
    pn_compose_facts facts = example(&arena, "es", "ES");
    facts.payment_amount.currency = (pn_currency){.code = "USD"};
    mail m;
    pn_diag diag = {0};
    assert_int_equal(try_mail(&arena, variant, &facts, &m, &diag), PN_INVALID);
    assert_string_equal(diag.where, "block 2, line 2, column 12");
    assert_int_equal(m.subject.len + m.text.len + m.html.len, 0);
}

/* ── amounts, days, plurals ──────────────────────────────────────────────────────────────────── */

static void test_amounts_by_country(void **state) {
    (void)state;
    static const struct {
        const char *language, *country, *amount, *due;
    } CASES[] = {
        {"es", "ES", "1.727,96 €", "14/02/2026"},     {"es", "MX", "$34,559.20", "14/02/2026"},
        {"es", "CL", "$ 1.727.960", "14/02/2026"},    {"es", "CO", "$ 6.911.840,00", "14/02/2026"},
        {"es", "AR", "$ 2.591.940,00", "14/02/2026"}, {"es", "PE", "S/ 6,911.84", "14/02/2026"},
        {"pt", "BR", "R$ 8.639,80", "14/02/2026"},    {"en", "US", "$1,727.96", "14 Feb 2026"},
        {"en", "GB", "£1,727.96", "14/02/2026"},
    };
    const pn_variant *variants[] = {
        variant_of(&arena, ES, "{'text':'{{ total_overdue }}'},{'invoice_table':true}"),
        variant_of(&arena, EN, "{'text':'{{ total_overdue }}'},{'invoice_table':true}"),
        variant_of(&arena, PT, "{'text':'{{ total_overdue }}'},{'invoice_table':true}")};
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        pn_compose_facts facts = example(&arena, CASES[i].language, CASES[i].country);
        char first = CASES[i].language[0];
        mail m = mail_of(&arena, variants[first == 'e' ? CASES[i].language[1] == 'n' : 2], &facts);
        assert_contains(m.text, CASES[i].amount);
        assert_contains(m.html, CASES[i].amount);
        assert_contains(m.text, CASES[i].due);
    }
}

static void test_days(void **state) {
    (void)state;
    static const struct {
        int32_t days;
        const char *es, *en, *pt;
    } CASES[] = {{1, "hace 1 día", "1 day ago", "há 1 dia"},
                 {2, "hace 2 días", "2 days ago", "há 2 dias"},
                 {0, "hoy", "today", "hoje"},
                 {-1, "en 1 día", "in 1 day", "em 1 dia"},
                 {-30, "en 30 días", "in 30 days", "em 30 dias"}};
    const char *const HEADS[] = {ES, EN, PT};
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        pn_compose_facts facts = example(&arena, "es", "ES");
        pn_compose_item item = facts.overdue[0];
        item.days_overdue = CASES[i].days;
        facts.overdue = facts.upcoming = &item;
        keep_items(&facts, CASES[i].days > 0, CASES[i].days <= 0);
        const char *expected[] = {CASES[i].es, CASES[i].en, CASES[i].pt};
        for (size_t l = 0; l < PN_COUNT(HEADS); l++) {
            mail m =
                mail_of(&arena, variant_of(&arena, HEADS[l], "{'invoice_table':true}"), &facts);
            assert_contains(m.text, expected[l]);
            assert_contains(m.html, expected[l]);
        }
    }
}

/* As many overdue invoices of 10,00 € each as wanted. */
static pn_compose_facts many(size_t count) {
    pn_compose_facts facts = example(&arena, "es", "ES");
    pn_compose_item *items = pn_arena_array(&arena, pn_compose_item, count);
    for (size_t i = 0; i < count; i++) {
        items[i] = facts.overdue[0];
        items[i].number = pn_str_format(&arena, "F-%zu", i + 1);
        items[i].amount.minor = items[i].open.minor = items[i].claimable.minor = 1000;
    }
    facts.overdue = items;
    keep_items(&facts, count, 0);
    return facts;
}

static void test_long_tables(void **state) {
    (void)state;
    const pn_variant *variant = variant_of(&arena, ES, "{'invoice_table':true}");
    static const struct {
        size_t count;
        const char *more, *left, *total;
    } CASES[] = {{PN_LIMIT_TEMPLATE_ROWS, NULL, NULL, "1.000,00"},
                 {PN_LIMIT_TEMPLATE_ROWS + 1, "y 1 factura más", "10,00", "1.010,00"},
                 {PN_LIMIT_TEMPLATE_ROWS + 37, "y 37 facturas más", "370,00", "1.370,00"}};
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        pn_compose_facts facts = many(CASES[i].count);
        mail m = mail_of(&arena, variant, &facts);
        pn_str both[] = {m.text, m.html};
        for (size_t j = 0; j < PN_COUNT(both); j++) {
            assert_contains(both[j], CASES[i].total);
            assert_contains(both[j], "F-100");
            assert_lacks(both[j], "F-101");
            if (CASES[i].more == NULL) {
                assert_lacks(both[j], " más");
            } else {
                assert_contains(both[j], CASES[i].more);
                assert_contains(both[j], CASES[i].left);
            }
        }
    }
    /* one invoice needs no total */
    pn_compose_facts one = many(1);
    assert_lacks(mail_of(&arena, variant, &one).text, "Total");
}

/* The amount on the invoice, what is asked for of it, and why they differ. */
static void test_notes(void **state) {
    (void)state;
    const pn_variant *variant =
        variant_of(&arena, ES, "{'amount_due':true},{'invoice_table':true}");
    pn_compose_facts facts = many(1);
    pn_compose_item item = facts.overdue[0];
    facts.overdue = &item;
    item.amount.minor = 5000;
    mail m = mail_of(&arena, variant, &facts);
    assert_contains(m.text, "de 50,00 €");
    item.amount.minor = 1000;
    item.charges.minor = 150;
    item.open.minor = 1150;
    m = mail_of(&arena, variant, &facts);
    assert_contains(m.text, "incluye 1,50 € de intereses y gastos");
    assert_contains(m.html, "incluye 1,50 € de intereses y gastos");
    /* paid: the table says what it was for, and no amount is due */
    item.open.minor = item.claimable.minor = item.charges.minor = 0;
    keep_items(&facts, 1, 0);
    m = mail_of(&arena, variant, &facts);
    assert_contains(m.text, "10,00 €");
    assert_lacks(m.text, "Importe a pagar");
    assert_lacks(m.html, "Importe a pagar");
}

/* A demand asks for what is overdue and says what it leaves out. */
static void test_amount_due(void **state) {
    (void)state;
    const pn_family *family = family_of(
        &arena, "{'puntual':1,'kind':'template','family':'f','purpose':'demand','variants':["
                "{'channel':'email','language':'es','subject':'s','blocks':[{'amount_due':true},"
                "{'invoice_table':true},{'legal':'{{ code }}'}]}]}");
    pn_compose_facts facts = example(&arena, "es", "ES");
    mail m = mail_of(&arena, pn_family_variant(family, 0), &facts);
    assert_contains(m.text, "Importe vencido: 1.727,96 €\nCalculado el 3 de marzo de 2026\n"
                            "No incluye 350,00 €, que aún no ha vencido\n");
    keep_items(&facts, 0, 1);
    m = mail_of(&arena, pn_family_variant(family, 0), &facts);
    assert_contains(m.text, "Importe a pagar: 350,00 €\nCalculado el 3 de marzo de 2026\n\n");
}

static void test_bank(void **state) {
    (void)state;
    static const struct {
        const char *account, *shown;
    } CASES[] = {{"ES9121000418450200051332", "IBAN      ES91 2100 0418 4502 0005 1332"},
                 {"ES91 2100 0418 4502 0005 1332", "IBAN      ES91 2100 0418 4502 0005 1332"},
                 {"032180000118359719", "CLABE     032180000118359719"},
                 {"0012 345 678", "Cuenta    0012 345 678"}};
    const pn_variant *variant = variant_of(&arena, ES, "{'bank_reference':true},{'text':'x'}");
    pn_compose_facts facts = example(&arena, "es", "ES");
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        facts.creditor_iban = pn_str_of(CASES[i].account);
        assert_contains(mail_of(&arena, variant, &facts).text, CASES[i].shown);
    }
    assert_contains(mail_of(&arena, variant, &facts).text, "Concepto  2026/000123, 2026/000131\n");
    facts = many(20); /* more numbers than a bank's field takes */
    assert_contains(mail_of(&arena, variant, &facts).text, "Concepto  C-1042\n");
    facts.creditor_iban = PN_STR_NONE;
    assert_lacks(mail_of(&arena, variant, &facts).text, "Concepto");
    facts.creditor_pix = PN_STR("pix@ibarra.example");
    assert_contains(mail_of(&arena, variant, &facts).text, "Por Pix\n");
    assert_contains(mail_of(&arena, variant, &facts).text, "Clave Pix  pix@ibarra.example\n");
    assert_contains(mail_of(&arena, variant, &facts).html, "pix@ibarra.example</td>");
}

/* Nobody is greeted by the ERP's key. */
static void test_recipient(void **state) {
    (void)state;
    const pn_variant *variant =
        variant_of(&arena, ES, "{'text':'Hola{% if recipient %}, {{ recipient }}{% endif %}:'}");
    pn_compose_facts facts = example(&arena, "es", "ES");
    facts.contact_name = PN_STR_NONE;
    assert_contains(mail_of(&arena, variant, &facts).text, "Hola, ");
    facts.debtor_name = facts.debtor_external_id;
    assert_contains(mail_of(&arena, variant, &facts).text, "Hola:");
}

/* ── markup and layout ───────────────────────────────────────────────────────────────────────── */

static void test_markup(void **state) {
    (void)state;
    static const struct {
        const char *source, *html, *text;
    } CASES[] = {
        {"uno\\ndos\\n\\n\\ntres",
         "<p style=\"margin:0\">uno<br>\ndos</p>\n<p style=\"margin:16px 0 0\">tres</p>",
         "uno\ndos\n\ntres\n"},
        {"un **gran** día", "un <strong>gran</strong> día", "un gran día\n"},
        {"[web](https://a.example/?x=1&y=2)",
         "<a class=\"a\" href=\"https://a.example/?x=1&amp;y=2\" style=\"color:#0b5fcc\">web</a>",
         "web (https://a.example/?x=1&y=2)\n"},
        {"**[a](https://b.example/)**",
         "<strong></strong><a class=\"a\" href=\"https://b.example/\" "
         "style=\"color:#0b5fcc\"><strong>a</strong></a><strong></strong>",
         "a (https://b.example/)\n"},
        {"2 \\\\*\\\\* 3 \\\\[x\\\\](y)", "2 ** 3 [x](y)", "2 ** 3 [x](y)\n"},
        {"1 < 2 & 3", "1 &lt; 2 &amp; 3", "1 < 2 & 3\n"},
        {"**abierto", "<strong>abierto</strong>", "abierto\n"},
    };
    pn_compose_facts facts = example(&arena, "es", "ES");
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        pn_str block = pn_str_format(&arena, "{'text':'%s'}", CASES[i].source);
        mail m = mail_of(&arena, variant_of(&arena, ES, pn_str_z(&arena, block)), &facts);
        assert_contains(m.html, CASES[i].html);
        assert_contains(m.text, CASES[i].text);
    }
}

/* A block that comes out empty leaves no trace, no gap and no line. */
static void test_empty_blocks(void **state) {
    (void)state;
    pn_compose_facts facts = example(&arena, "es", "ES");
    keep_items(&facts, 0, 0);
    facts.link = facts.creditor_iban = facts.sender_name = PN_STR_NONE;
    mail with = mail_of(&arena,
                        variant_of(&arena, ES,
                                   "{'text':'uno'},{'text':'{% if link %}a{% endif %}'},"
                                   "{'pay_button':'b'},{'bank_reference':true},"
                                   "{'invoice_table':true},{'html':'{% if link %}c{% endif %}'},"
                                   "{'text':'dos'}"),
                        &facts);
    mail without = mail_of(&arena, variant_of(&arena, ES, "{'text':'uno'},{'text':'dos'}"), &facts);
    assert_true(pn_str_eq(with.text, without.text));
    assert_true(pn_str_eq(with.html, without.html));
}

static void test_raw_as_text(void **state) {
    (void)state;
    pn_compose_facts facts = example(&arena, "es", "ES");
    mail m = mail_of(&arena,
                     variant_of(&arena, ES,
                                "{'html':'<p>Hola&nbsp;<b>{{ recipient }}</b></p><ul><li>uno</li>"
                                "<li>dos &amp; tres</li></ul><a href=\\'https://a.example/\\'>web"
                                "</a>'}"),
                     &facts);
    assert_contains(m.text, "Hola\xC2\xA0Lucía Núñez\n\n- uno\n- dos & tres\n\n"
                            "web (https://a.example/)\n");
}

/* ── HTML and text say the same ──────────────────────────────────────────────────────────────── */

/* The visible text of an HTML: without head, hidden lines, tags; entities read. */
static pn_str visible(pn_str html) {
    pn_buf out;
    pn_buf_init(&out, 1 << 20);
    size_t body = pn_str_find(html, PN_STR("<body"));
    size_t hidden = pn_str_find(html, PN_STR("<div style=\"display:none"));
    size_t shown = hidden == SIZE_MAX
                       ? body
                       : hidden + pn_str_find(pn_str_from(html, hidden), PN_STR("</div>"));
    html = pn_str_from(html, shown);
    while (html.len > 0) {
        size_t tag = PN_MIN(pn_str_find_char(html, '<'), html.len);
        pn_buf_add_str(&out, pn_str_first(html, tag));
        pn_buf_add_char(&out, ' ');
        html = pn_str_from(html, tag);
        html = pn_str_from(html, PN_MIN(pn_str_find_char(html, '>'), html.len - 1) + 1);
    }
    pn_str text = pn_str_dup(&arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return text;
}

static bool is_figure(pn_str word) {
    return word.len != 0 &&
           (pn_is_digit(word.ptr[0]) || (word.len > 1 && pn_is_digit(word.ptr[1])));
}

/* Every word of `a` that holds a figure stands in `b`. */
static void assert_figures_within(pn_str a, pn_str b, const char *what) {
    while (a.len > 0) {
        size_t len = 0;
        while (len < a.len && (unsigned char)a.ptr[len] > ' ') {
            len++;
        }
        pn_str word = pn_str_first(a, len);
        while (word.len > 0 && strchr(".,:;", word.ptr[word.len - 1]) != NULL) {
            word.len--;
        }
        if (is_figure(word) && pn_str_find(b, word) == SIZE_MAX) {
            fail_msg("%.*s is missing in the %s:\n%.*s", PN_STR_ARG(word), what, PN_STR_ARG(b));
        }
        a = pn_str_from(a, PN_MIN(len + 1, a.len));
    }
}

static pn_str share_path(const char *folder, const char *name) {
    const char *share = getenv(folder);
    return pn_str_format(&arena, "%s/%s", share != NULL ? share : ".", name);
}

static const pn_family *ready(const char *name) {
    pn_str path = share_path("PUNTUAL_SHARE",
                             pn_str_z(&arena, pn_str_format(&arena, "templates/%s.json", name)));
    pn_json *json = NULL;
    const pn_family *family = NULL;
    assert_int_equal(
        pn_json_parse(file_read(&arena, pn_str_z(&arena, path)), NULL, &arena, &json, NULL), PN_OK);
    assert_int_equal(pn_family_compile(json, &arena, &family, NULL, NULL), PN_OK);
    return family;
}

static void test_same_figures(void **state) {
    (void)state;
    static const char *const NAMES[] = {
        "entrega", "aviso",       "vence_hoy", "recordatorio", "promesa_incumplida",
        "recibo",  "reanudacion", "cesion"};
    static const char *const PEOPLE[][2] = {
        {"es", "ES"}, {"es-MX", "MX"}, {"es", "CL"}, {"en", "US"}, {"pt", "BR"}};
    for (size_t i = 0; i < PN_COUNT(NAMES); i++) {
        const pn_family *family = ready(NAMES[i]);
        for (size_t p = 0; p < PN_COUNT(PEOPLE); p++) {
            pn_compose_facts facts = example(&arena, PEOPLE[p][0], PEOPLE[p][1]);
            const pn_variant *variant = pn_family_choose(
                family, PN_CHANNEL_EMAIL, pn_str_of(PEOPLE[p][0]), PN_STR_NONE, PN_FORM_ANY, 3);
            mail m = mail_of(&arena, variant, &facts);
            pn_str html = visible(m.html);
            assert_figures_within(m.text, html, "HTML");
            assert_figures_within(html, m.text, "text");
        }
    }
}

/* Gmail cuts an e-mail off after 102 KB: there it has fewer invoices, and says how many more. */
static void test_long_lists_fit(void **state) {
    (void)state;
    enum { MANY = 300 };
    const pn_variant *variant =
        variant_of(&arena, ES, "{'amount_due':true},{'invoice_table':true},{'legal':'{{ code }}'}");
    pn_compose_facts facts = example(&arena, "es", "ES");
    pn_compose_item *items = pn_arena_array(&arena, pn_compose_item, MANY);
    char number[PN_LIMIT_EXTERNAL_ID_BYTES];
    memset(number, '<', sizeof number); /* four bytes each in HTML */
    for (size_t i = 0; i < MANY; i++) {
        items[i] = facts.overdue[0];
    }
    facts.overdue = facts.upcoming = items;
    facts.overdue_count = facts.upcoming_count = MANY;
    mail m = mail_of(&arena, variant, &facts);
    assert_true(m.html.len <= PN_LIMIT_EMAIL_HTML_BYTES);
    assert_true(m.html.len > PN_LIMIT_EMAIL_HTML_BYTES / 4);
    assert_contains(m.html, "y 250 facturas más");
    assert_contains(m.text, "y 250 facturas más");
    assert_contains(m.html, "7KQ-M4X");
    for (size_t i = 0; i < MANY; i++) {
        items[i].number = (pn_str){number, sizeof number};
    }
    m = mail_of(&arena, variant, &facts);
    assert_true(m.html.len <= PN_LIMIT_EMAIL_HTML_BYTES);
    assert_contains(m.html, "</html>");
}

/* ── whole texts ─────────────────────────────────────────────────────────────────────────────── */

/* With PUNTUAL_GOLDEN set to a folder the texts are written there instead of compared. */
static void check_golden(const char *name, pn_str got) {
    const char *write_to = getenv("PUNTUAL_GOLDEN");
    if (write_to != NULL) {
        FILE *file = fopen(pn_str_z(&arena, pn_str_format(&arena, "%s/%s", write_to, name)), "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(got.ptr, 1, got.len, file), got.len);
        (void)fclose(file);
        return;
    }
    pn_str path = share_path("PUNTUAL_SOURCE",
                             pn_str_z(&arena, pn_str_format(&arena, "tests/unit/golden/%s", name)));
    pn_str expected = file_read(&arena, pn_str_z(&arena, path));
    if (!pn_str_eq(got, expected)) {
        fail_msg("%s differs; now it is:\n%.*s", name, PN_STR_ARG(got));
    }
}

static void test_golden(void **state) {
    (void)state;
    static const struct {
        const char *family, *language, *country;
        unsigned tone;
        size_t overdue, upcoming;
        const char *file;
    } CASES[] = {
        {"recordatorio", "es", "ES", 1, 1, 0, "recordatorio_es_1.txt"},
        {"recordatorio", "es-MX", "MX", 3, 2, 1, "recordatorio_mx_3.txt"},
        {"recordatorio", "en", "GB", 5, 2, 0, "recordatorio_en_5.txt"},
        {"entrega", "pt", "BR", 1, 0, 1, "entrega_pt.txt"},
        {"recibo", "es", "ES", 1, 1, 1, "recibo_es.txt"},
        {"cesion", "es", "ES", 5, 2, 0, "cesion_es.txt"},
        {"negociacion", "es", "ES", 5, 1, 1, "negociacion_es.txt"},
        {"suspension", "es-CO", "CO", 3, 1, 1, "suspension_co.txt"},
        {"cobro_rechazado", "es-CL", "CL", 1, 2, 1, "cobro_rechazado_cl.txt"},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        pn_compose_facts facts = example(&arena, CASES[i].language, CASES[i].country);
        keep_items(&facts, CASES[i].overdue, CASES[i].upcoming);
        facts.tone = CASES[i].tone;
        const pn_variant *variant =
            pn_family_choose(ready(CASES[i].family), PN_CHANNEL_EMAIL, pn_str_of(CASES[i].language),
                             PN_STR_NONE, PN_FORM_ANY, CASES[i].tone);
        mail m = mail_of(&arena, variant, &facts);
        check_golden(CASES[i].file, pn_str_format(&arena, "Subject: %.*s\n\n%.*s",
                                                  PN_STR_ARG(m.subject), PN_STR_ARG(m.text)));
        if (i == 1) {
            check_golden("recordatorio_mx_3.html", m.html);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_html_escaped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_markup_of_facts_is_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_headers_are_one_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_direction_and_broken_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_links, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_too_long, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_failure_says_where, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_amounts_by_country, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_days, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_long_tables, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_notes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_amount_due, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bank, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_recipient, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_markup, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_empty_blocks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_raw_as_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_same_figures, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_long_lists_fit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_golden, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
