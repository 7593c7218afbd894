/* Mandatory texts: every text of every pack in each of its languages, at the foot of a real e-mail;
 * and none without the particulars it needs. */
#include "compose_rig.h"

#include "compose/legal.h"

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

static const char *const PACKS[] = {"ar", "br", "cl",      "co", "es",
                                    "gt", "mx", "neutral", "pe", "us"};
static const char *const LANGUAGES[] = {"es", "en", "pt"};
static const char *const HEADS[] = {ES, EN, PT};

static const pn_policy *pack(const char *name) {
    pn_diag diag = {0};
    const char *share = getenv("PUNTUAL_SHARE");
    pn_json *document = NULL;
    const pn_policy *policy = NULL;
    const char *path =
        pn_str_format(&arena, "%s/policies/%s.json", share != NULL ? share : "share", name).ptr;
    assert_int_equal(pn_json_parse(file_read(&arena, path), NULL, &arena, &document, &diag), PN_OK);
    assert_int_equal(pn_policy_parse(document, &arena, &policy, &diag), PN_OK);
    return policy;
}

static pn_compose_facts facts_of(const char *language, const pn_legal *const *legal) {
    pn_compose_facts facts;
    pn_compose_example(pn_str_of(language), PN_STR("ES"), &arena, &facts);
    facts.agency_name = PN_STR("Cobros Robles");
    facts.creditor_address = PN_STR("Calle Real 1");
    facts.legal = legal;
    facts.legal_count = 1;
    return facts;
}

static pn_str sms_of(const pn_compose_facts *facts) {
    pn_buf text;
    pn_diag diag = {0};
    const pn_variant *variant = pn_family_variant(
        family_of(&arena, "{'puntual':1,'kind':'template','family':'f','purpose':'service',"
                          "'variants':[{'channel':'sms','language':'en','text':'Hello.'}]}"),
        0);
    pn_buf_init(&text, 4096);
    assert_int_equal(pn_compose_text(variant, facts, &arena, &text, &diag), PN_OK);
    pn_str copy = pn_str_dup(&arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

static void a_text_message_carries_them_too(void **state) {
    (void)state;
    const pn_policy *policy = pack("us");
    for (size_t i = 0; i < policy->text_count; i++) {
        const pn_legal *legal = NULL;
        pn_diag diag = {0};
        assert_int_equal(pn_legal_compile(&policy->texts[i], &arena, &legal, &diag), PN_OK);
        pn_compose_facts facts = facts_of("en", &legal);
        pn_str text = sms_of(&facts);
        assert_true(pn_str_starts(text, PN_STR("Hello.\n")));
        assert_true(text.len > 30);
    }
}

static void texts_of_the_packs_are_written(void **state) {
    (void)state;
    size_t written = 0;
    for (size_t i = 0; i < PN_COUNT(PACKS); i++) {
        const pn_policy *policy = pack(PACKS[i]);
        for (size_t j = 0; j < policy->text_count; j++) {
            const pn_legal *legal = NULL;
            pn_diag diag = {0};
            if (pn_legal_compile(&policy->texts[j], &arena, &legal, &diag) != PN_OK) {
                fail_msg("%s: %s %s", PACKS[i], diag.where, diag.what);
            }
            for (size_t l = 0; l < PN_COUNT(LANGUAGES); l++) {
                pn_compose_facts facts = facts_of(LANGUAGES[l], &legal);
                pn_compose_facts bare = facts;
                bare.legal_count = 0;
                const pn_variant *variant = variant_of(&arena, HEADS[l], "{'text':'Hola.'}");
                mail with = mail_of(&arena, variant, &facts);
                mail without = mail_of(&arena, variant, &bare);
                assert_true(with.text.len > without.text.len + 20);
                assert_true(with.html.len > without.html.len + 20);
                if (policy->texts[j].scope.parties == PN_PARTY_THIRD &&
                    pn_str_find(policy->texts[j].name, PN_STR("opt_out")) == SIZE_MAX) {
                    assert_contains(with.text, "Robles");
                    assert_contains(with.html, "Robles");
                }
                assert_lacks(with.text, "{{");
                written++;
            }
        }
    }
    assert_true(written > 30);
}

static const pn_legal *only_text(const char *document) {
    const pn_policy *policy = NULL;
    const pn_legal *legal = NULL;
    pn_diag diag = {0};
    assert_int_equal(pn_policy_parse(json_of(&arena, document), &arena, &policy, &diag), PN_OK);
    assert_int_equal(pn_legal_compile(&policy->texts[0], &arena, &legal, &diag), PN_OK);
    return legal;
}

#define TEXT "{'puntual':1,'kind':'policy','name':'n','version':'1','texts':[{'name':'a',"

static void nothing_is_written_without_what_it_needs(void **state) {
    (void)state;
    const pn_legal *legal = only_text(TEXT "'needs':['address'],'words':{'es':'De {{ "
                                           "creditor.address }}.'}}]}");
    const pn_variant *variant = variant_of(&arena, ES, "{'text':'Hola.'}");
    pn_compose_facts facts = facts_of("es", &legal);
    assert_contains(mail_of(&arena, variant, &facts).text, "De Calle Real 1.");
    assert_int_equal(pn_legal_missing(legal, &facts), 0);
    facts.creditor_address = PN_STR_NONE;
    assert_int_equal(pn_legal_missing(legal, &facts), PN_NEEDS_ADDRESS);
    mail m;
    pn_diag diag = {0};
    assert_int_equal(try_mail(&arena, variant, &facts, &m, &diag), PN_INVALID);
    assert_string_equal(diag.what,
                        "The law wants the creditor's address in this message, and it is not "
                        "known.");
    assert_int_equal(m.subject.len + m.text.len + m.html.len, 0);
}

/* What a debtor is called cannot become markup of the small print. */
static void facts_stay_facts(void **state) {
    (void)state;
    const pn_legal *legal = only_text(TEXT "'words':{'es':'Para {{ debtor.name }}'}}]}");
    pn_compose_facts facts = facts_of("es", &legal);
    facts.debtor_name = PN_STR("<script>alert(1)</script>");
    mail m = mail_of(&arena, variant_of(&arena, ES, "{'text':'Hola.'}"), &facts);
    assert_contains(m.text, "Para <script>");
    assert_lacks(m.html, "<script>");
}

static void wrong_texts_are_refused(void **state) {
    (void)state;
    const pn_policy *policy = NULL;
    const pn_legal *legal = NULL;
    pn_diag diag = {0};
    pn_json *document = json_of(&arena, TEXT "'words':{'es':'x','en':'{{ creditor.colour }}'}}]}");
    assert_int_equal(pn_policy_parse(document, &arena, &policy, &diag), PN_OK);
    assert_int_equal(pn_legal_compile(&policy->texts[0], &arena, &legal, &diag), PN_INVALID);
    assert_true(pn_str_starts(pn_str_of(diag.where), PN_STR("text a, en, ")));
    assert_null(legal);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(texts_of_the_packs_are_written, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_text_message_carries_them_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_written_without_what_it_needs, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(facts_stay_facts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_texts_are_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
