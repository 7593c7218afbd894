/* What somebody changed meanwhile is not written over: settings that hold secrets, debtors and
 * their contacts. */
#define _GNU_SOURCE /* setenv */
#include <stdlib.h>
#include <unistd.h>

#include "api_rig.h"

static pn_identity owner = {.session_id = 1, .role = PN_ROLE_OWNER};
static char key_file[128];

static int set_up(void **state) {
    api_set_up(state);
    (void)snprintf(key_file, sizeof key_file, "%s/master.key", r.at.folder);
    (void)setenv("PUNTUAL_KEY_FILE", key_file, 1);
    r.app->org.mode = PN_MODE_TEST;
    owner.strong_at = pn_env_now(r.app->env);
    asker = &owner;
    if_match = "";
    return 0;
}

static int tear_down(void **state) {
    (void)unlink(key_file);
    if_match = "";
    return api_tear_down(state);
}

/* The version of the only row of a list, as If-Match says it. */
static const char *listed(const char *url) {
    answer rows = want(get(url), 200);
    const char *at = strstr(rows.body, "\"version\":\"");
    assert_non_null(at);
    at += strlen("\"version\":\"");
    return pn_str_z(&r.arena, pn_str_format(&r.arena, "\"%.*s\"", (int)strcspn(at, "\""), at));
}

typedef struct {
    const char *list, *one, *first, *second;
    const char *found; /* what the program itself notes of it */
} thing;

static void is_versioned(const thing *t) {
    if_match = "\"0\"";
    answer one = want(ask(PN_HTTP_PUT, t->one, t->first), 200);
    (void)want(ask(PN_HTTP_PUT, t->one, t->second), 412);
    if_match = "";
    assert_string_equal(one.etag, listed(t->list));
    if (t->found != NULL) {
        rig_sql(&r, "%s", t->found);
        assert_string_equal(one.etag, listed(t->list));
    }
    if_match = one.etag;
    answer two = want(ask(PN_HTTP_PUT, t->one, t->second), 200);
    assert_string_not_equal(one.etag, two.etag);
    (void)want(ask(PN_HTTP_PUT, t->one, t->first), 412);
    (void)want(ask(PN_HTTP_DELETE, t->one, ""), 412);
    if_match = "";
    assert_string_equal(two.etag, listed(t->list));
    if_match = two.etag;
    (void)want(ask(PN_HTTP_DELETE, t->one, ""), 204);
    if_match = "";
    assert_null(strstr(want(get(t->list), 200).body, "version"));
}

static void mailboxes_are(void **state) {
    (void)state;
    is_versioned(&(thing){"/v1/mailboxes", "/v1/mailboxes/respuestas",
                          "{'host':'imap.example.com','user':'cobros','password':'secreta'}",
                          "{'host':'imap.example.com','user':'cobros','folder':'Cobros'}",
                          "UPDATE mailbox SET checked_at = 1, trouble = 'cortado'"});
}

static void connectors_are(void **state) {
    (void)state;
    is_versioned(&(thing){"/v1/connectors", "/v1/connectors/erp",
                          "{'url':'https://erp.example.com/api'}",
                          "{'url':'https://erp.example.com/api','timeout':5}",
                          "UPDATE connector SET used_at = 1, trouble = 'cortado'"});
}

static void ways_to_pay_are(void **state) {
    (void)state;
    is_versioned(&(thing){"/v1/ways-to-pay", "/v1/ways-to-pay/voucher",
                          "{'place':'OXXO','form':'code128'}",
                          "{'place':'OXXO','form':'code128','position':3}", NULL});
}

/* The same kind of another creditor or country is another one. */
static void a_way_of_another_country_has_its_own_version(void **state) {
    (void)state;
    if_match = "\"0\"";
    (void)want(ask(PN_HTTP_PUT, "/v1/ways-to-pay/transfer", "{}"), 200);
    (void)want(ask(PN_HTTP_PUT, "/v1/ways-to-pay/transfer", "{'country':'ES'}"), 200);
    (void)want(ask(PN_HTTP_DELETE, "/v1/ways-to-pay/transfer?country=ES", ""), 412);
}

static void a_contact_is(void **state) {
    (void)state;
    char id[PN_ID_TEXT_SIZE], one[200];
    const char *list = debtor("D2", "/contacts");
    (void)snprintf(one, sizeof one, "%s/%s", list, made(want(get(list), 200), id));
    const char *read = listed(list);
    if_match = read;
    answer first =
        want(ask(PN_HTTP_PATCH, one, "{'consent':'given','reason':'por teléfono'}"), 200);
    (void)want(ask(PN_HTTP_PATCH, one, "{'consent':'withdrawn','reason':'por carta'}"), 412);
    if_match = "";
    assert_string_equal(first.etag, listed(list));
    says(get(list), "'consent':'given'");
    if_match = first.etag;
    (void)want(ask(PN_HTTP_PATCH, one, "{'consent':'withdrawn','reason':'por carta'}"), 200);
}

static void a_debtor_says_its_version(void **state) {
    (void)state;
    answer one = want(get(debtor("D2", "")), 200);
    assert_string_equal(one.etag, listed("/v1/debtors?search=Pepe"));
    if_match = one.etag;
    (void)want(ask(PN_HTTP_PATCH, debtor("D2", ""), "{'owner':'ana'}"), 200);
    (void)want(ask(PN_HTTP_PATCH, debtor("D2", ""), "{'owner':'luis'}"), 412);
    (void)want(post(debtor("D2", "/exclude"), "{'reason':'concurso'}"), 412);
    if_match = "";
    says(get(debtor("D2", "")), "'owner':'ana'");
}

#define version_test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        version_test(mailboxes_are),   version_test(connectors_are),
        version_test(ways_to_pay_are), version_test(a_way_of_another_country_has_its_own_version),
        version_test(a_contact_is),    version_test(a_debtor_says_its_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
