/* Families: which variant is chosen, and what is refused with which sentence. */
#include "compose_rig.h"

#include "compose/block.h"

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

/* ── choosing ────────────────────────────────────────────────────────────────────────────────── */

/* A variant of the list below. */
static pn_str listed_variant(pn_str text) {
    size_t colon = pn_str_find_char(text, ':');
    char tone = text.ptr[colon + 1], form = text.len > colon + 2 ? text.ptr[colon + 2] : ' ';
    pn_str toned = tone == '0' ? PN_STR_NONE : pn_str_format(&arena, "'tone':%c,", tone);
    return pn_str_format(
        &arena, "{'channel':'email','language':'%.*s',%.*s%s'subject':'s','blocks':[{'text':'t'}]}",
        (int)colon, text.ptr, PN_STR_ARG(toned),
        form == 't'   ? "'form':'tu',"
        : form == 'u' ? "'form':'usted',"
                      : "");
}

/* "es:1 es:3t es-MX:1u": e-mail variants by language, tone (0 for none) and form. */
static const pn_family *family_with(const char *list) {
    pn_str rest = pn_str_of(list), each;
    pn_str variants = PN_STR_NONE;
    while (pn_str_split(&rest, ' ', &each)) {
        variants = pn_str_format(&arena, "%.*s%s%.*s", PN_STR_ARG(variants),
                                 variants.len == 0 ? "" : ",", PN_STR_ARG(listed_variant(each)));
    }
    return family_of(&arena,
                     pn_str_z(&arena, pn_str_format(&arena,
                                                    "{'puntual':1,'kind':'template','family':'f','"
                                                    "purpose':'service','variants':[%.*s]}",
                                                    PN_STR_ARG(variants))));
}

typedef struct {
    const char *variants, *language, *otherwise;
    unsigned tone;
    const char *expected;
} choice;

static const choice CHOICES[] = {
    /* the strongest that is not above the tone, else the mildest */
    {"es:1 es:3 es:5", "es", "", 3, "es:3"},
    {"es:1 es:3 es:5", "es", "", 4, "es:3"},
    {"es:1 es:3 es:5", "es", "", 9, "es:5"},
    {"es:2 es:3", "es", "", 1, "es:2"},
    {"es:3 es:2", "es", "", 1, "es:2"},
    {"es:3 es:0", "es", "", 2, "es:0"},
    {"es:3 es:0", "es", "", 3, "es:3"},
    /* the very country before the language, but never at the price of the tone */
    {"es:1 es-MX:1", "es-MX", "", 1, "es-MX:1"},
    {"es-MX:1 es:1", "es", "", 1, "es:1"},
    {"es-MX:1 es:1", "es-CL", "", 1, "es:1"},
    {"es-MX:1 es:1 es:2", "es-MX", "", 2, "es:2"},
    {"es:1 es-MX:2", "es-MX", "", 1, "es:1"},
    /* a country of Latin America before the language of all countries; not the other way round */
    {"es:1 es-419:1", "es-CO", "", 1, "es-419:1"},
    {"es-419:1 es:1", "es-mx", "", 1, "es-419:1"},
    {"es-419:1 es-MX:1 es:1", "es-MX", "", 1, "es-MX:1"},
    {"es-MX:1 es-419:1 es:1", "es-CL", "", 1, "es-419:1"},
    {"es:1 es-419:1", "es-419", "", 1, "es-419:1"},
    {"es-419:1 es:1", "es-ES", "", 1, "es:1"},
    {"es-419:1 es:1", "es", "", 1, "es:1"},
    {"es:2 es-419:1", "es-PE", "", 2, "es:2"},
    {"es-419:1 en:1", "es-ES", "en", 1, "es-419:1"},
    {"pt:1 en-419:1 en:1", "en-BR", "", 1, "en-419:1"},
    /* another country's where the language itself has none */
    {"es-MX:1 en:1", "es-CL", "en", 1, "es-MX:1"},
    {"es-MX:1 en:1", "es", "en", 1, "es-MX:1"},
    /* a language that is missing: the other one, then the family's first */
    {"es:1 en:1", "fr", "en", 1, "en:1"},
    {"es:1 en:1", "fr", "en-GB", 1, "en:1"},
    {"es:1 en:1", "fr", "de", 1, "es:1"},
    {"es:1 en:1", "", "", 1, "es:1"},
    {"es:2 es:1 en:1", "", "", 1, "es:1"},
    {"es:1 en:1", "ES", "", 1, "es:1"},
    /* "est" is no Spanish */
    {"es:1 en:1", "est", "en", 1, "en:1"},
};

static void test_choose(void **state) {
    (void)state;
    for (size_t i = 0; i < PN_COUNT(CHOICES); i++) {
        const choice *c = &CHOICES[i];
        const pn_variant *variant =
            pn_family_choose(family_with(c->variants), PN_CHANNEL_EMAIL, pn_str_of(c->language),
                             pn_str_of(c->otherwise), PN_FORM_ANY, c->tone);
        pn_str got = pn_str_format(&arena, "%.*s:%u", PN_STR_ARG(pn_variant_language(variant)),
                                   pn_variant_tone(variant));
        if (!pn_str_eq(got, pn_str_of(c->expected))) {
            fail_msg("%s for “%s”, tone %u: %.*s, not %s", c->variants, c->language, c->tone,
                     PN_STR_ARG(got), c->expected);
        }
    }
}

/* The form comes behind tone and country: a text in the other form is better than a milder one. */
static void test_choose_form(void **state) {
    (void)state;
    static const struct {
        const char *variants, *language;
        pn_form form;
        unsigned tone;
        const char *expected;
    } FORMS[] = {
        {"es:1u es:1t", "es", PN_FORM_ANY, 1, "es:1usted"},
        {"es:1t es:1u", "es", PN_FORM_USTED, 1, "es:1usted"},
        {"es:1u es:1t", "es", PN_FORM_TU, 1, "es:1tu"},
        {"es:1t es:1", "es", PN_FORM_USTED, 1, "es:1"},
        {"es:1u es:1", "es", PN_FORM_TU, 1, "es:1"},
        {"es:1 es:1u", "es", PN_FORM_USTED, 1, "es:1usted"},
        {"es:1u", "es", PN_FORM_TU, 1, "es:1usted"},
        {"es:1t", "es", PN_FORM_ANY, 1, "es:1tu"},
        {"es:1t es:2u", "es", PN_FORM_TU, 2, "es:2usted"},
        {"es:1t es-419:1u", "es-CO", PN_FORM_TU, 1, "es-419:1usted"},
        {"es:1t en:1", "en", PN_FORM_TU, 1, "en:1"},
        {"es-MX:1u es-MX:1t", "es-CL", PN_FORM_TU, 1, "es-MX:1tu"},
        {"en:1 es:1u es:1t", "es-ES", PN_FORM_TU, 1, "es:1tu"},
    };
    for (size_t i = 0; i < PN_COUNT(FORMS); i++) {
        const pn_variant *variant = pn_family_choose(family_with(FORMS[i].variants),
                                                     PN_CHANNEL_EMAIL, pn_str_of(FORMS[i].language),
                                                     PN_STR_NONE, FORMS[i].form, FORMS[i].tone);
        pn_str got =
            pn_str_format(&arena, "%.*s:%u%s", PN_STR_ARG(pn_variant_language(variant)),
                          pn_variant_tone(variant), pn_form_name(pn_variant_form(variant)));
        if (!pn_str_eq(got, pn_str_of(FORMS[i].expected))) {
            fail_msg("%s for “%s” %s: %.*s, not %s", FORMS[i].variants, FORMS[i].language,
                     pn_form_name(FORMS[i].form), PN_STR_ARG(got), FORMS[i].expected);
        }
    }
}

static void test_choose_channel(void **state) {
    (void)state;
    const pn_family *family = family_of(
        &arena, "{'puntual':1,'kind':'template','family':'f','purpose':'service','variants':["
                "{'channel':'sms','language':'es','text':'Hola'},"
                "{'channel':'email','language':'en','subject':'s','blocks':[{'text':'t'}]}]}");
    const pn_variant *sms =
        pn_family_choose(family, PN_CHANNEL_SMS, PN_STR("en"), PN_STR("en"), PN_FORM_ANY, 1);
    assert_int_equal(pn_variant_channel(sms), PN_CHANNEL_SMS);
    assert_str(pn_variant_language(sms), "es");
    assert_null(
        pn_family_choose(family, PN_CHANNEL_LETTER, PN_STR("es"), PN_STR("es"), PN_FORM_ANY, 1));
}

/* ── what is wrong, where, and how to mend it ────────────────────────────────────────────────── */

typedef struct {
    const char *document; /* a whole family, or the variants of a service one */
    const char *where;
    const char *sentence;
} refusal;

#define EMAIL(blocks) "{'channel':'email','language':'es','subject':'Asunto','blocks':[" blocks "]}"

static const refusal REFUSALS[] = {
    {"[1]", "family", "A template is an object in braces; this is a list."},
    {"{'puntual':2,'kind':'template','family':'f','purpose':'service','variants':[" EMAIL(
         "{'text':'a'}") "]}",
     "family",
     "This is no template of this version: it begins with \"puntual\": 1 and \"kind\": "
     "\"template\"."},
    {"{'puntual':1,'kind':'template','family':'Mi familia','purpose':'service','variants':[" EMAIL(
         "{'text':'a'}") "]}",
     "family", "“family” is a name of small letters, digits, - and _, of at most 64 characters."},
    {"{'puntual':1,'kind':'template','family':'f','purpose':'demands','variants':[" EMAIL(
         "{'text':'a'}") "]}",
     "family", "“purpose” is \"demand\" (asks for money), \"service\" or \"legal\"."},
    {"{'puntual':1,'kind':'template','family':'f','purpose':'service','varients':[]}", "family",
     "There is no field “varients”. Did you mean “variants”?"},
    {"{'puntual':1,'kind':'template','family':'f','purpose':'service','variants':[]}", "family",
     "“variants” is a list with at least one text."},
    {"7", "variant 1", "A variant is an object in braces; this is a whole number."},
    {"{'channel':'fax','language':'es','subject':'a','blocks':[{'text':'a'}]}", "variant 1",
     "“channel” is one of email, sms, whatsapp, push, call, letter, http."},
    {"{'channel':'email','language':'español','subject':'a','blocks':[{'text':'a'}]}", "variant 1",
     "“language” is a tag such as \"es\", \"es-MX\" or \"es-419\"."},
    {"{'channel':'email','language':'es-41','subject':'a','blocks':[{'text':'a'}]}", "variant 1",
     "“language” is a tag such as \"es\", \"es-MX\" or \"es-419\"."},
    {"{'channel':'email','language':'es','form':'vos','subject':'a','blocks':[{'text':'a'}]}",
     "variant 1", "“form” is \"usted\" or \"tu\". Leave it out for a text that serves either."},
    {"{'channel':'email','language':'pt','form':'tu','subject':'a','blocks':[{'text':'a'}]}",
     "variant 1", "“form” parts usted from tú, which only Spanish has. Leave it out."},
    {"{'channel':'email','language':'es','tone':6,'subject':'a','blocks':[{'text':'a'}]}",
     "variant 1",
     "“tone” is a number from 1 (friendly) to 5 (final). Leave it out for a text that serves every "
     "tone."},
    {"{'channel':'email','language':'es','blocks':[{'text':'a'}]}", "es",
     "“subject” is missing or empty. Write it."},
    {"{'channel':'email','language':'es','subject':' ','blocks':[{'text':'a'}]}", "es",
     "“subject” is missing or empty. Write it."},
    {"{'channel':'email','language':'es','subject':'a'}", "es",
     "“blocks” is a list with at least one block. Add one, such as {\"text\": \"…\"}."},
    {"{'channel':'email','language':'es','subject':'a','blocks':[]}", "es",
     "“blocks” is a list with at least one block. Add one, such as {\"text\": \"…\"}."},
    {"{'channel':'email','language':'es','subject':'{{ debtor.nme }}','blocks':[{'text':'a'}]}",
     "es, subject, line 1, column 11", "“debtor” has no field “nme”. Did you mean “name”?"},
    {"{'channel':'email','language':'es','subject':'{% if link %}a{% endif %}{{ nada "
     "}}','blocks':[{'text':'a'}]}",
     "es, subject, line 1, column 29", "There is no variable “nada”."},
    {"{'channel':'email','language':'es','subject':'{{ promise.due "
     "}}','tone':2,'blocks':[{'text':'a'}]},{'channel':'email','language':'es','tone':2,'subject':'"
     "a','blocks':[{'text':'a'}]}",
     "es, tone 2",
     "There are two variants of this channel, language, form and tone. Remove one, or change its "
     "tone."},
    {"{'channel':'email','language':'es','subject':'{% if invoices.size > 0 %}a{% endif "
     "%}','blocks':[{'text':'a'}]}",
     "es, subject", "The subject comes out empty. That is so for one invoice not due yet."},
    {"{'channel':'sms','language':'es','subject':'a','text':'a'}", "sms es",
     "There is no field “subject”; there are channel, language, form, tone, text."},
    {"{'channel':'sms','language':'es'}", "sms es", "“text” is missing or empty. Write it."},
    {EMAIL("{'texto':'a'}"), "es, block 1", "There is no block “texto”. Did you mean “text”?"},
    {EMAIL("{'zzz':'a'}"), "es, block 1",
     "There is no block “zzz”; there are logo, text, heading, amount_due, invoice_table, "
     "installments, pay_button, bank_reference, image, divider, legal, html."},
    {EMAIL("'text'"), "es, block 1",
     "A block is an object with one key, its kind: {\"text\": \"…\"} or {\"divider\": true}."},
    {EMAIL("{'text':'a','divider':true}"), "es, block 1",
     "A block is an object with one key, its kind: {\"text\": \"…\"} or {\"divider\": true}."},
    {EMAIL("{'image':'https://example.com/a.png'}"), "es, block 1",
     "A picture is an object in braces; this is a text."},
    {EMAIL("{'image':{'src':'https://example.com/a.png'}}"), "es, block 1",
     "“alt” is missing or empty. Write it."},
    {EMAIL("{'image':{'src':'http://example.com/a.png','alt':'a'}}"), "es, block 1",
     "“src” begins with https://: mail programs load nothing else."},
    {EMAIL("{'image':{'src':'https://example.com/a.png','alt':'a','link':'ftp://a'}}"),
     "es, block 1", "“link” begins with https://, or is {{ link }}."},
    {EMAIL("{'divider':'a'}"), "es, block 1",
     "“divider” takes nothing but true: {\"divider\": true}."},
    {EMAIL("{'text':true}"), "es, block 1", "“text” wants a text: {\"text\": \"…\"}."},
    {EMAIL("{'text':'  '}"), "es, block 1", "“text” wants a text: {\"text\": \"…\"}."},
    {EMAIL("{'amount_due':false}"), "es, block 1",
     "“amount_due” wants a text: {\"amount_due\": \"…\"}, or true."},
    {EMAIL("{'text':'uno'},{'text':'dos\\n{% fi %}'}"), "es, block 2, line 2, column 1",
     "There is no tag “fi”."},
    {EMAIL("{'text':'{{ total | mony }}'}"), "es, block 1, line 1, column 12",
     "There is no filter “mony”. Did you mean “money”?"},
    {EMAIL("{'text':'{{ debtor }}'}"), "es, block 1, line 1, column 4",
     "An object cannot be printed as a whole. Print one of its fields."},
    {EMAIL("{'text':'{{ total | plus: 1 | divided_by: 0 }}'}"), "es, block 1, line 1, column 22",
     "A division by zero. That is so for one overdue invoice."},
    {EMAIL("{'text':'[aquí](javascript:alert(1))'}"), "es, block 1",
     "The link to “javascript:alert(1” is not allowed. Begin it with https:, http:, mailto: or "
     "tel:, without spaces."},
    {EMAIL("{'text':'[aquí](www.example.com)'}"), "es, block 1",
     "The link to “www.example.com” is not allowed. Begin it with https:, http:, mailto: or tel:, "
     "without spaces."},
    {EMAIL("{'text':'a\\u0007b'}"), "es, block 1",
     "There is a control character (code 7) in the text. Remove it."},
    {EMAIL("{'html':'<script>alert(1)</script>'}"), "es, block 1",
     "<script> has no place in an e-mail: mail programs remove it or distrust the message. Remove "
     "it."},
    {EMAIL("{'html':'<a href=\\'javascript:alert(1)\\'>a</a>'}"), "es, block 1",
     "The address in href=\"javascript:alert(1)\" is not allowed. Begin it with https:, http:, "
     "mailto: or tel:, or make it {{ link }}."},
    {EMAIL("{'html':'<a href=\\'{{ debtor.name }}\\'>a</a>'}"), "es, block 1",
     "The address in href begins with an output, so nobody knows where it leads. Begin it with "
     "https:, http:, mailto: or tel:, or make it {{ link }}."},
    {EMAIL("{'html':'<p onclick=\\'x\\'>a</p>'}"), "es, block 1",
     "The attribute “onclick” runs a script, which no mail program does. Remove it."},
    {EMAIL("{'html':'<p style=\\'background:url(https://x)\\'>a</p>'}"), "es, block 1",
     "A style may not load anything; use <img src=\"https://…\">."},
    {EMAIL("{'html':'<p style=\\'color:{{ code }}\\'>a</p>'}"), "es, block 1",
     "There is an output within style=\"…\". What it prints could break the layout; write the "
     "style in full."},
    {EMAIL("{'html':'<p {{ code }}>a</p>'}"), "es, block 1",
     "A tag holds something that is no attribute. Write name=\"value\", with quotes, &lt; for a "
     "“<”, and outputs only within the quotes."},
    {EMAIL("{'html':'<p>a'}"), "es, block 1", "<p> is not closed."},
    {EMAIL("{'html':'<p><b>a</p></b>'}"), "es, block 1",
     "</p> closes a tag that is not the last one opened."},
    {EMAIL("{'html':'1 < 2'}"), "es, block 1",
     "There is a “<” that begins no tag. Write &lt; for the sign itself, and close every tag with "
     "“>”."},
    {EMAIL("{'html':'<!-- a -->b'}"), "es, block 1",
     "Comments have no place in an e-mail. Use {% comment %}."},
    {EMAIL("{'html':'<img src=\\'data:image/png;base64,AA\\' alt=\\'\\'>'}"), "es, block 1",
     "The address in src=\"data:image/png;base64,AA\" is not allowed. Begin it with https:, http:, "
     "mailto: or tel:, or make it {{ link }}."},
    {EMAIL("{'html':'<img alt=\\'<script\\' src=\\'https://a.example/\\'>'}"), "es, block 1",
     "A tag holds something that is no attribute. Write name=\"value\", with quotes, &lt; for a "
     "“<”, and outputs only within the quotes."},
};

static const char *whole(const char *document) {
    bool head = strstr(document, "'puntual'") != NULL || document[0] == '[';
    return head ? document
                : pn_str_z(&arena, pn_str_format(&arena,
                                                 "{'puntual':1,'kind':'template','family':'f',"
                                                 "'purpose':'service','variants':[%s]}",
                                                 document));
}

static void test_refused(void **state) {
    (void)state;
    bool all = true;
    for (size_t i = 0; i < PN_COUNT(REFUSALS); i++) {
        const refusal *r = &REFUSALS[i];
        const pn_family *family = NULL;
        pn_compose_problems problems;
        pn_diag diag = {0};
        pn_err err = pn_family_compile(json_of(&arena, whole(r->document)), &arena, &family,
                                       &problems, &diag);
        pn_str where = problems.errors != 0 ? problems.items[0].where : PN_STR("-");
        pn_str sentence = problems.errors != 0 ? problems.items[0].sentence : PN_STR("-");
        if (err != PN_INVALID || family != NULL || !pn_str_eq(where, pn_str_of(r->where)) ||
            !pn_str_eq(sentence, pn_str_of(r->sentence))) {
            print_error("%s\n  gives %s, “%.*s”: “%.*s”\n  not “%s”: “%s”\n", r->document,
                        pn_err_name(err), PN_STR_ARG(where), PN_STR_ARG(sentence), r->where,
                        r->sentence);
            all = false;
        } else {
            assert_true(pn_str_starts(sentence, pn_str_of(diag.what)));
            assert_true(pn_str_eq(where, pn_str_of(diag.where)));
        }
    }
    assert_true(all);
}

/* All problems are listed, not just the first; the diag has the first. */
static void test_all_problems(void **state) {
    (void)state;
    const pn_family *family = NULL;
    pn_compose_problems problems;
    pn_diag diag = {0};
    pn_json *document = json_of(&arena, whole(EMAIL("{'texto':'a'},{'text':'{{ debtr.name }}'},"
                                                    "{'divider':1}")));
    assert_int_equal(pn_family_compile(document, &arena, &family, &problems, &diag), PN_INVALID);
    assert_int_equal(problems.errors, 3);
    assert_string_equal(diag.where, "es, block 1");
    assert_str(problems.items[1].where, "es, block 2, line 1, column 4");
    assert_str(problems.items[2].where, "es, block 3");
    assert_null(family);
}

/* ── a demand names everything ───────────────────────────────────────────────────────────────── */

static pn_err compile_demand(const char *blocks, pn_compose_problems *problems) {
    pn_str document =
        pn_str_format(&arena,
                      "{'puntual':1,'kind':'template','family':'f','purpose':'demand','variants':["
                      "{'channel':'email','language':'es','subject':'Asunto','blocks':[%s]}]}",
                      blocks);
    const pn_family *family = NULL;
    return pn_family_compile(json_of(&arena, pn_str_z(&arena, document)), &arena, &family, problems,
                             NULL);
}

static void assert_demand_lacks(const char *blocks, const char *what) {
    pn_compose_problems problems;
    assert_int_equal(compile_demand(blocks, &problems), PN_INVALID);
    assert_int_equal(problems.errors, 1);
    pn_str start = pn_str_format(&arena, "A demand names %s;", what);
    if (!pn_str_starts(problems.items[0].sentence, start)) {
        fail_msg("%s: %.*s", what, PN_STR_ARG(problems.items[0].sentence));
    }
}

static void test_demand(void **state) {
    (void)state;
    pn_compose_problems problems;
    /* creditor's name stands in every e-mail's head and foot */
    assert_int_equal(compile_demand("{'amount_due':true},{'invoice_table':true},"
                                    "{'legal':'Código {{ code }}'}",
                                    &problems),
                     PN_OK);
    assert_demand_lacks("{'amount_due':true},{'legal':'{{ code }}'}", "every invoice it asks for");
    assert_demand_lacks("{'amount_due':true},{'legal':'{{ code }} {{ invoice.number }}'}",
                        "every invoice it asks for");
    assert_demand_lacks("{'text':'{{ today }} {{ code }}{% for i in listed %} {{ i.number }}"
                        "{% endfor %}'}",
                        "the amount");
    assert_demand_lacks("{'invoice_table':true},{'text':'{{ total }} {{ code }}'}",
                        "the day its amounts are calculated for");
    assert_demand_lacks("{'amount_due':true},{'invoice_table':true}", "the anti-phishing code");
    /* named for one invoice and forgotten for several */
    assert_demand_lacks("{'amount_due':true},{'invoice_table':true},"
                        "{'legal':'{% if listed.size == 1 %}{{ code }}{% endif %}'}",
                        "the anti-phishing code");
    /* named only in the HTML's attribute is not named */
    assert_demand_lacks("{'amount_due':true},{'invoice_table':true},"
                        "{'html':'<span title=\\'{{ code }}\\'>x</span>'}",
                        "the anti-phishing code");
}

/* A short message carries at least creditor, amount and code; the page it leads to has the rest. */
static void test_short_demand(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t errors, warnings;
        const char *first;
    } CASES[] = {
        {"{{ creditor.name }}: {{ total }} {{ code }}", 0, 2, "A demand names every invoice"},
        {"{{ total }} {{ code }} {{ today }} {% for i in listed %}{{ i.number }} {% endfor %}", 1,
         0, "A demand names its creditor; for one overdue invoice this one does not."},
        {"{{ creditor.name }} {{ code }} {{ today }} {{ invoice.number }}", 1, 0,
         "A demand names the amount;"},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        const pn_family *family = NULL;
        pn_compose_problems problems;
        pn_str document =
            pn_str_format(&arena,
                          "{'puntual':1,'kind':'template','family':'f','purpose':'demand',"
                          "'variants':[{'channel':'sms','language':'es','text':'%s'}]}",
                          CASES[i].text);
        pn_err err = pn_family_compile(json_of(&arena, pn_str_z(&arena, document)), &arena, &family,
                                       &problems, NULL);
        assert_int_equal(err, CASES[i].errors == 0 ? PN_OK : PN_INVALID);
        assert_int_equal(problems.errors, CASES[i].errors);
        assert_contains(problems.items[0].sentence, CASES[i].first);
        assert_int_equal(problems.count - problems.errors, CASES[i].warnings);
    }
}

/* The example facts compile and render for every language and country they know. */
static void test_example(void **state) {
    (void)state;
    static const char *const LANGUAGES[] = {"es", "en", "pt", "fr", "es-MX", ""};
    static const char *const COUNTRIES[] = {"ES", "MX", "CL", "CO", "AR", "PE",
                                            "BR", "US", "GB", "XX", ""};
    const pn_variant *variant =
        variant_of(&arena, ES, "{'amount_due':true},{'invoice_table':true}");
    for (size_t l = 0; l < PN_COUNT(LANGUAGES); l++) {
        for (size_t c = 0; c < PN_COUNT(COUNTRIES); c++) {
            pn_compose_facts facts = example(&arena, LANGUAGES[l], COUNTRIES[c]);
            mail m = mail_of(&arena, variant, &facts);
            assert_contains(m.text, "2026/000123");
            assert_true(facts.total_overdue.minor + facts.upcoming[0].claimable.minor ==
                        facts.total.minor);
        }
    }
}

/* docs/templates.md has every variable and block with its sentence, as the tables say them. */
static void test_reference(void **state) {
    (void)state;
    const char *source = getenv("PUNTUAL_SOURCE");
    pn_str path = pn_str_format(&arena, "%s/docs/templates.md", source != NULL ? source : ".");
    pn_str page = file_read(&arena, pn_str_z(&arena, path));
    pn_buf table;
    pn_buf_init(&table, 1 << 16);
    pn_compose_reference(&table);
    assert_contains(page, pn_str_z(&arena, pn_buf_str(&table)));
    assert_lacks(pn_buf_str(&table), "(null)");
    pn_buf_done(&table);
    for (size_t i = 0; pn_block_kind_at(i) != NULL; i++) {
        const pn_block_kind *kind = pn_block_kind_at(i);
        pn_str name = pn_str_format(&arena, "\n| `%s` | ", kind->name);
        assert_contains(page, pn_str_z(&arena, name));
        assert_contains(page, kind->help);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_choose, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_choose_form, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_choose_channel, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_all_problems, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_demand, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_short_demand, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_example, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_reference, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
