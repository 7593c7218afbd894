/* Policies: the country packs of share/policies, and what is no policy. */
#include "gate_rig.h"

#include "core/policy_sources.h"

/* ── parsing ─────────────────────────────────────────────────────────────────────────────────── */

static void the_packs_are_read(void **state) {
    (void)state;
    const pn_policy *es = pack("es");
    assert_str(es->name, "es");
    assert_str(es->title, "España");
    assert_str(es->country, "ES");
    assert_int_equal(es->from, PN_DATE_NONE);
    assert_int_equal(es->window_count, 3);
    assert_int_equal(es->cap_count, 6);
    assert_int_equal(es->gap_count, 2);
    assert_true(es->gaps[1].conversation);
    assert_int_equal(es->gaps[1].days, 2);
    assert_int_equal(es->gaps[1].scope.channels, 1U << PN_CHANNEL_CALL);
    assert_int_equal(es->minimums[0].minor, 300);
    assert_false(es->windows[0].holidays);
    assert_true(es->windows[2].holidays);
    assert_int_equal(es->windows[0].to_second, 21 * 3600);
    assert_int_equal(es->windows[1].to_second, 86400);
    assert_str(es->windows[0].scope.cited->key, "hours");
    assert_int_equal(es->windows[0].scope.cited->basis, PN_BASIS_PRACTICE);
    assert_int_equal(es->windows[0].scope.cited->checked, pn_date_of(2026, 11, 22));
    const pn_policy *neutral = pack("neutral");
    assert_str(neutral->country, "");
    assert_int_equal(neutral->minimum_count, 0);
    const pn_policy *mx = pack("mx");
    assert_int_equal(mx->windows[0].from_second, 7 * 3600);
    assert_int_equal(mx->minimums[0].minor, 5000);
}

/* In three languages, with what stands before the colon in each. */
static void said_everywhere(pn_str text) {
    static const char *const LANGUAGES[] = {"es-MX", "pt"};
    for (size_t i = 0; i < PN_COUNT(LANGUAGES); i++) {
        pn_str words = pn_policy_source_words(text, pn_str_of(LANGUAGES[i]));
        if (pn_str_eq(words, text)) {
            fail_msg("not in %s: %.*s", LANGUAGES[i], PN_STR_ARG(text));
        }
        assert_int_equal(pn_str_find(words, PN_STR(": ")) == SIZE_MAX,
                         pn_str_find(text, PN_STR(": ")) == SIZE_MAX);
    }
    assert_true(pn_str_eq(pn_policy_source_words(text, PN_STR("en")), text));
}

/* Every rule of every pack names its source; every source says what it is worth and when it was
 * looked up, and something rests on it. */
static void every_rule_has_a_source(void **state) {
    (void)state;
    static const char *const PACKS[] = {"ar", "br", "cl",      "co", "es",
                                        "gt", "mx", "neutral", "pe", "us"};
    for (size_t i = 0; i < PN_COUNT(PACKS); i++) {
        const pn_policy *p = pack(PACKS[i]);
        uint64_t used = 0;
#define USED(list, count)                                                                          \
    for (size_t j = 0; j < (count); j++) {                                                         \
        assert_non_null((list)[j].scope.cited);                                                    \
        used |= 1ULL << ((list)[j].scope.cited - p->sources);                                      \
    }
        USED(p->windows, p->window_count)
        USED(p->caps, p->cap_count)
        USED(p->gaps, p->gap_count)
        USED(p->consents, p->consent_count)
        USED(p->opt_outs, p->opt_out_count)
        USED(p->texts, p->text_count)
        USED(p->protections, p->protection_count)
        if (used != (1ULL << p->source_count) - 1) {
            print_error("%s: a source that no rule names (%llx of %zu)\n", PACKS[i],
                        (unsigned long long)used, p->source_count);
            fail();
        }
        for (size_t j = 0; j < p->source_count; j++) {
            assert_true(p->sources[j].checked >= pn_date_of(2026, 11, 1));
            assert_true(p->sources[j].url.len == 0 ||
                        pn_str_starts(p->sources[j].url, PN_STR("https://")));
            said_everywhere(p->sources[j].text);
        }
        assert_true(p->protection_count >= PN_PROTECTIONS);
    }
}

static pn_treatment treatment(const pn_policy *policy, pn_protect_kind kind, pn_purpose purpose,
                              bool third_party, pn_channel_kind channel, bool *ret_open) {
    const pn_policy_protection *rule = NULL;
    pn_policy_case about = {
        .channel = channel, .purpose = purpose, .person = true, .third_party = third_party};
    return pn_policy_treatment(policy, kind, &about, pn_date_of(2026, 12, 1), ret_open, &rule);
}

static void protections_are_as_the_pack_says(void **state) {
    (void)state;
    bool open = false;
    const pn_policy *us = pack("us"), *none = policy_of(POLICY "}");
    assert_int_equal(
        treatment(us, PN_PROTECT_CEASE, PN_PURPOSE_DEMAND, true, PN_CHANNEL_LETTER, &open),
        PN_TREAT_NEVER);
    assert_int_equal(
        treatment(us, PN_PROTECT_CEASE, PN_PURPOSE_DEMAND, false, PN_CHANNEL_LETTER, &open),
        PN_TREAT_ONLY);
    assert_true(open);
    assert_int_equal(
        treatment(us, PN_PROTECT_CEASE, PN_PURPOSE_DEMAND, false, PN_CHANNEL_EMAIL, &open),
        PN_TREAT_ONLY);
    assert_false(open);
    assert_int_equal(
        treatment(us, PN_PROTECT_BANKRUPTCY, PN_PURPOSE_DEMAND, false, PN_CHANNEL_EMAIL, &open),
        PN_TREAT_NEVER);
    /* a rule about demands says that thanks may go */
    assert_int_equal(
        treatment(us, PN_PROTECT_BANKRUPTCY, PN_PURPOSE_SERVICE, false, PN_CHANNEL_EMAIL, &open),
        PN_TREAT_NOTHING);
    assert_int_equal(
        treatment(us, PN_PROTECT_DECEASED, PN_PURPOSE_SERVICE, false, PN_CHANNEL_EMAIL, &open),
        PN_TREAT_TASK);
    /* where a policy says nothing, the strictest */
    assert_int_equal(
        treatment(none, PN_PROTECT_ATTORNEY, PN_PURPOSE_DEMAND, false, PN_CHANNEL_EMAIL, &open),
        PN_TREAT_NEVER);
    assert_int_equal(
        treatment(none, PN_PROTECT_ATTORNEY, PN_PURPOSE_SERVICE, false, PN_CHANNEL_EMAIL, &open),
        PN_TREAT_NOTHING);
    assert_int_equal(
        treatment(none, PN_PROTECT_MINOR, PN_PURPOSE_SERVICE, false, PN_CHANNEL_EMAIL, &open),
        PN_TREAT_NEVER);
    for (int kind = 0; kind < PN_PROTECTIONS; kind++) {
        pn_str name = pn_str_of(pn_protect_name((pn_protect_kind)kind));
        assert_int_equal(pn_protect_of(name), kind);
    }
    assert_int_equal(pn_protect_of(PN_STR("poor")), PN_PROTECTIONS);
}

typedef struct {
    const char *document, *where, *what;
} refusal;

static void check_refusals(const refusal *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const pn_policy *policy = NULL;
        pn_diag_clear(&diag);
        pn_err err = pn_policy_parse(json_of(&arena, cases[i].document), &arena, &policy, &diag);
        if (err == PN_OK || strcmp(diag.where, cases[i].where) != 0 ||
            strcmp(diag.what, cases[i].what) != 0) {
            print_error("%s\ngave %s at “%s”: %s\n", cases[i].document, pn_err_name(err),
                        diag.where, diag.what);
            fail();
        }
        assert_null(policy);
    }
}

static void what_is_no_policy_is_refused(void **state) {
    (void)state;
#define WINDOW POLICY ",'windows':[{'weekdays':['mon'],'from':'09:00','to':'10:00'"
    static const refusal CASES[] = {
        {"[]", "policy , head", "An object in braces is expected here."},
        {"{'kind':'policy','name':'n','version':'1'}", "policy n, head",
         "A policy says \"puntual\": 1 and \"kind\": \"policy\"."},
        {"{'puntual':1,'kind':'strategy','name':'n','version':'1'}", "policy n, head",
         "A policy says \"puntual\": 1 and \"kind\": \"policy\"."},
        {"{'puntual':1,'kind':'policy','version':'1'}", "policy , head",
         "A policy needs a \"name\" and a \"version\"."},
        {"{'puntual':1,'kind':'policy','name':'n'}", "policy n, head",
         "A policy needs a \"name\" and a \"version\"."},
        {POLICY ",'hours':[]}", "policy n, head", "There is no field “hours”."},
        {POLICY ",'country':34}", "policy n, head", "“country” must be a text."},
        {POLICY ",'from':'1 January'}", "policy n, from", "“from” is a date like \"2026-01-01\"."},
        {POLICY ",'from':20260101}", "policy n, from", "“from” is a date like \"2026-01-01\"."},
        {POLICY ",'holidays':'work'}", "policy n, holidays",
         "“holidays” is \"avoid\" or \"ignore\"."},
        {POLICY ",'holidays':false}", "policy n, holidays", "“holidays” must be a text."},
        {POLICY ",'windows':{}}", "policy n, windows",
         "A list of at most 100 entries is expected here."},
        {POLICY ",'windows':[7]}", "policy n, windows", "An object in braces is expected here."},
        {POLICY ",'windows':[{'from':'09:00','to':'10:00'}]}", "policy n, windows",
         "A window needs \"weekdays\", \"from\" and \"to\"."},
        {POLICY ",'windows':[{'weekdays':['mon'],'from':'10:00','to':'10:00'}]}",
         "policy n, windows", "A window's \"from\" must be earlier than its \"to\"."},
        {POLICY ",'windows':[{'weekdays':['mon'],'from':'24:00','to':'24:00'}]}", "",
         "“from” must be a time of day, \"09:00\"; it is “24:00”."},
        {POLICY ",'windows':[{'weekdays':'mon','from':'09:00','to':'10:00'}]}", "",
         "“weekdays” must be a list with at least one entry."},
        {WINDOW ",'days':1}]}", "policy n, windows", "There is no field “days”."},
        {WINDOW ",'channels':[]}]}", "policy n, windows",
         "“channels” must be a list with at least one channel."},
        {WINDOW ",'channels':'email'}]}", "policy n, windows",
         "“channels” must be a list with at least one channel."},
        {WINDOW ",'channels':['mail']}]}", "policy n, windows",
         "“channels” lists email, sms, whatsapp, push, call, letter, http."},
        {WINDOW ",'channels':['none']}]}", "policy n, windows",
         "“channels” lists email, sms, whatsapp, push, call, letter, http."},
        {WINDOW ",'applies':'everybody'}]}", "policy n, windows",
         "“applies” is \"all\", \"person\" or \"company\"."},
        /* a list is not taken for "all" */
        {WINDOW ",'applies':['company']}]}", "policy n, windows", "“applies” must be a text."},
        {WINDOW ",'source':7}]}", "policy n, windows", "“source” must be a text."},
        {POLICY ",'caps':[{'days':1}]}", "policy n, caps",
         "A cap needs \"max\": how many contacts."},
        {POLICY ",'caps':[{'max':0,'days':1}]}", "policy n, caps",
         "A cap needs \"max\": how many contacts."},
        {POLICY ",'caps':[{'max':1}]}", "policy n, caps",
         "A cap needs \"days\": in how many days."},
        {POLICY ",'caps':[{'max':1,'days':32}]}", "policy n, caps",
         "A cap looks back 31 days at most."},
        {POLICY ",'caps':[{'max':1,'days':1,'purposes':'service'}]}", "policy n, caps",
         "“purposes” is \"demand\" or \"all\"."},
        {POLICY ",'caps':[{'max':1,'days':1,'purposes':['all']}]}", "policy n, caps",
         "“purposes” must be a text."},
    };
    check_refusals(CASES, PN_COUNT(CASES));
}

static void rules_that_are_wrong_are_refused(void **state) {
    (void)state;
    static const refusal CASES[] = {
        {POLICY ",'gaps':[{}]}", "policy n, gaps",
         "A gap needs \"hours\" or \"days\": the least time between two contacts."},
        {POLICY ",'gaps':[{'hours':1.5}]}", "policy n, gaps",
         "A gap needs \"hours\" or \"days\": the least time between two contacts."},
        {POLICY ",'gaps':[{'hours':1,'days':1}]}", "policy n, gaps",
         "A gap has either \"hours\" or \"days\", not both."},
        {POLICY ",'gaps':[{'hours':745}]}", "policy n, gaps",
         "A gap looks back 744 hours (31 days) at most."},
        {POLICY ",'gaps':[{'days':32}]}", "policy n, gaps",
         "A gap looks back 744 hours (31 days) at most."},
        {POLICY ",'gaps':[{'days':2,'after':'silence'}]}", "policy n, gaps",
         "“after” is \"contact\" or \"conversation\"."},
        {POLICY ",'caps':[{'max':1,'days':1,'per':'week'}]}", "policy n, caps",
         "“per” is \"person\", \"creditor\" or \"debt\"."},
        {POLICY ",'caps':[{'max':1,'days':1,'count':'calls'}]}", "policy n, caps",
         "“count” is \"contacts\" or \"channels\"."},
        {POLICY ",'caps':[{'max':1,'days':1,'party':'ours'}]}", "policy n, caps",
         "“party” is \"all\", \"own\" or \"third_party\"."},
        {POLICY ",'caps':[{'max':1,'days':1,'since':'today'}]}", "policy n, caps",
         "“since” is a date like \"2026-01-01\"."},
        {POLICY ",'caps':[{'max':1,'days':1,'since':'2026-02-01','until':'2026-01-31'}]}",
         "policy n, caps", "“since” must not be later than “until”."},
        {POLICY ",'caps':[{'max':1,'days':1,'regions':'MA'}]}", "policy n, caps",
         "“regions” is a list of 1 to 100 texts."},
        {POLICY ",'consent':[{'max':1}]}", "policy n, consent", "There is no field “max”."},
        {POLICY ",'opt_out':{}}", "policy n, opt_out",
         "A list of at most 100 entries is expected here."},
        {POLICY ",'texts':[{'name':'a','words':{}}]}", "policy n, texts",
         "A text needs a \"name\", and \"words\" with a text of up to 4000 bytes for each "
         "language: {\"es\": \"…\"}."},
        {POLICY ",'texts':[{'name':'a','words':{'es':'x'},'needs':['name']}]}", "policy n, texts",
         "“needs” lists tax_id, address, phone, email."},
        {POLICY ",'protect':[{'kind':'minor'}]}", "policy n, protect",
         "A rule for protected debtors needs \"kind\" and \"do\"."},
        {POLICY ",'protect':[{'kind':'poor','do':'never'}]}", "policy n, protect",
         "“kind” is \"vulnerable\", \"bankruptcy\", \"attorney\", \"deceased\", \"cease\" or "
         "\"minor\"."},
        {POLICY ",'protect':[{'kind':'minor','do':'only'}]}", "policy n, protect",
         "\"channels\" goes with \"do\": \"only\", and with it alone."},
        {POLICY ",'protect':[{'kind':'minor','do':'never','channels':['email']}]}",
         "policy n, protect", "\"channels\" goes with \"do\": \"only\", and with it alone."},
        {POLICY ",'sources':[]}", "policy n, sources",
         "“sources” is an object with up to 100 entries, each by a key of its own."},
        {POLICY ",'sources':{'a':{'text':'Law 1'}}}", "policy n, sources",
         "A source needs \"text\", \"basis\" and \"checked\"."},
        {POLICY ",'sources':{'a':{'text':'Law 1','basis':'hearsay','checked':'2026-01-01'}}}",
         "policy n, sources", "“basis” is \"law\", \"guidance\", \"practice\" or \"unconfirmed\"."},
        {POLICY ",'sources':{'a':{'text':'Law 1','basis':'law','checked':'2026-01-01'}},"
                "'consent':[{'source':'b'}]}",
         "policy n, consent", "“sources” has no entry “b”."},
        {POLICY ",'minimum':5}", "policy n, minimum", "“minimum” lists currencies with amounts."},
        {POLICY ",'minimum':{'EURO':5}}", "policy n, minimum",
         "“minimum” lists currencies with amounts: {\"EUR\": \"5.00\"}."},
        {POLICY ",'minimum':{'EUR':true}}", "", "“” is not an amount."},
        {POLICY ",'minimum':{'EUR':-3}}", "policy n, minimum",
         "An amount worth chasing is not negative."},
        {POLICY ",'minimum':{'CLP':'0.50'}}", "", "“0.50” has more decimals than CLP allows (0)."},
    };
    check_refusals(CASES, PN_COUNT(CASES));
}

/* ── a policy that rests on a pack ───────────────────────────────────────────────────────────── */

/* The pack with one piece of its text put otherwise. */
static const pn_policy *pack_but(const char *name, const char *piece, const char *instead) {
    pn_json *json = NULL;
    const pn_policy *policy = NULL;
    const char *share = getenv("PUNTUAL_SHARE");
    pn_str path =
        pn_str_format(&arena, "%s/policies/%s.json", share != NULL ? share : "share", name);
    pn_str text = file_read(&arena, path.ptr);
    size_t at = pn_str_find(text, pn_str_of(piece));
    assert_true(at != SIZE_MAX);
    pn_str rest = pn_str_from(text, at + strlen(piece));
    pn_str changed = pn_str_format(&arena, "%.*s%s%.*s", PN_STR_ARG(pn_str_first(text, at)),
                                   instead, PN_STR_ARG(rest));
    assert_int_equal(pn_json_parse(changed, NULL, &arena, &json, &diag), PN_OK);
    assert_int_equal(pn_policy_parse(json, &arena, &policy, &diag), PN_OK);
    return policy;
}

static void a_pack_is_within_itself_and_no_other_that_is_stricter(void **state) {
    (void)state;
    static const char *const PACKS[] = {"ar", "br", "cl",      "co", "es",
                                        "gt", "mx", "neutral", "pe", "us"};
    pn_date today = pn_date_of(2026, 11, 23);
    for (size_t i = 0; i < PN_COUNT(PACKS); i++) {
        assert_int_equal(pn_policy_within(pack(PACKS[i]), pack(PACKS[i]), today, &diag), PN_OK);
    }
    assert_int_equal(pn_policy_within(pack("mx"), pack("es"), today, &diag), PN_INVALID);
    assert_int_equal(pn_policy_within(pack("us"), pack("gt"), today, &diag), PN_INVALID);
}

/* Each change alone: what makes the pack stricter is taken, what loosens it is not. */
static void what_a_pack_forbids_is_not_opened(void **state) {
    (void)state;
    static const struct {
        const char *pack, *piece, *instead, *where; /* where NULL: it is taken */
    } CASES[] = {
        {"es", "\"to\": \"21:00\"", "\"to\": \"20:00\"", NULL},
        {"es", "\"to\": \"21:00\"", "\"to\": \"21:01\"", "policy es, windows"},
        {"es", "\"from\": \"09:00\"", "\"from\": \"08:59\"", "policy es, windows"},
        {"es", "\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]", "\"mon\", \"sat\"]",
         "policy es, windows"},
        {"es", "\"holidays\": \"avoid\"", "\"holidays\": \"ignore\"", "policy es, windows"},
        {"co", "\"applies\": \"person\",\n      \"weekdays\"", "\"weekdays\"",
         "policy co, windows"},
        {"es", "\"max\": 4, \"days\": 7", "\"max\": 3, \"days\": 7", NULL},
        {"es", "\"max\": 4, \"days\": 7", "\"max\": 4, \"days\": 14", NULL},
        {"es", "\"max\": 4, \"days\": 7", "\"max\": 5, \"days\": 7", "policy es, caps"},
        {"es", "\"max\": 4, \"days\": 7", "\"per\": \"debt\", \"max\": 4, \"days\": 7",
         "policy es, caps"},
        {"es", "\"hours\": 4", "\"hours\": 6", NULL},
        {"es", "\"hours\": 4", "\"hours\": 3", "policy es, gaps"},
        {"es", "\"hours\": 4", "\"channels\": [\"sms\"], \"hours\": 4", "policy es, gaps"},
        {"es", "\"do\": \"task\"", "\"do\": \"never\"", NULL},
        {"es", "\"do\": \"task\"", "\"do\": \"nothing\"", "policy es, protect"},
        {"es", "\"minimum\": { \"EUR\": \"3.00\" }", "\"minimum\": { \"EUR\": \"2.99\" }",
         "policy es, minimum"},
        {"neutral", "\"consent\": [{ \"channels\": [\"whatsapp\"]",
         "\"consent\": [{ \"channels\": [\"sms\"]", "policy neutral, consent"},
        {"neutral", "\"name\": \"agency\"", "\"name\": \"other\"", "policy neutral, texts"},
    };
    pn_date today = pn_date_of(2026, 11, 23);
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        const pn_policy *own = pack_but(CASES[i].pack, CASES[i].piece, CASES[i].instead);
        pn_diag_clear(&diag);
        pn_err err = pn_policy_within(own, pack(CASES[i].pack), today, &diag);
        if ((err == PN_OK) != (CASES[i].where == NULL) ||
            (err != PN_OK && strcmp(diag.where, CASES[i].where) != 0)) {
            print_error("%s with %s gave %s at “%s”: %s\n", CASES[i].pack, CASES[i].instead,
                        pn_err_name(err), diag.where, diag.what);
            fail();
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define POLICY_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        POLICY_TEST(the_packs_are_read),
        POLICY_TEST(every_rule_has_a_source),
        POLICY_TEST(protections_are_as_the_pack_says),
        POLICY_TEST(what_is_no_policy_is_refused),
        POLICY_TEST(rules_that_are_wrong_are_refused),
        POLICY_TEST(a_pack_is_within_itself_and_no_other_that_is_stricter),
        POLICY_TEST(what_a_pack_forbids_is_not_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
