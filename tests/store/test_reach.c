/* Which servers the forms of an organization may lead to: private networks, this machine among
 * them, only where an operator of the installation opened that very server. */
#define _GNU_SOURCE /* setenv */
#include <stdlib.h>
#include <unistd.h>

#include "api_rig.h"
#include "net/address.h"

#include "app/connectors.h"
#include "app/outlets.h"

static pn_identity owner = {.session_id = 1, .role = PN_ROLE_OWNER};
static pn_identity operator= {.session_id = 2, .role = PN_ROLE_OWNER, .operates = true};

static char key_file[128];

static int set_up(void **state) {
    api_set_up(state);
    (void)snprintf(key_file, sizeof key_file, "%s/master.key", r.at.folder);
    (void)setenv("PUNTUAL_KEY_FILE", key_file, 1);
    r.app->org.mode = PN_MODE_TEST;
    owner.strong_at = operator.strong_at = pn_env_now(r.app->env); /* they have just signed in */
    return 0;
}

static int tear_down(void **state) {
    (void)unlink(key_file);
    return api_tear_down(state);
}

static int put(const char *url, const char *body) {
    return ask(PN_HTTP_PUT, url, body).status;
}

static unsigned mail_reaches(pn_org_mode mode) {
    pn_json *json = NULL;
    const char *text = rig_rows(&r, "SELECT settings FROM channel_setting");
    rig_ok(&r, pn_json_parse(pn_str_of(text), NULL, &r.arena, &json, &r.diag));
    return pn_outlet_networks(mode, json);
}

#define MAIL(host, private)                                                                        \
    "{'driver':'smtp','from_name':'Cobros','from_address':'cobros@example.com','host':'" host      \
    "','port':25,'secured':'none','private':" private "}"

static void a_channel_reaches_this_machine_where_an_operator_lets_it(void **state) {
    (void)state;
    static const char url[] = "/v1/channels/email";
    rig_sql(&r, "DELETE FROM channel_setting");
    asker = &owner;
    assert_int_equal(put(url, MAIL("127.0.0.1", "true")), 403);
    assert_int_equal(put(url, MAIL("127.0.0.1", "false")), 200);
    assert_int_equal(mail_reaches(PN_MODE_TEST), PN_NET_NONE);
    assert_int_equal(mail_reaches(PN_MODE_LIVE), PN_NET_PUBLIC);
    asker = &operator;
    assert_int_equal(put(url, MAIL("127.0.0.1", "true")), 200);
    assert_int_equal(mail_reaches(PN_MODE_TEST), PN_NET_LOOPBACK);
    /* the same server stays open, another one is not opened by it */
    asker = &owner;
    assert_int_equal(put(url, MAIL("127.0.0.1", "true")), 200);
    assert_int_equal(put(url, MAIL("10.0.0.7", "true")), 403);
}

#define BOX(host, private)                                                                         \
    "{'host':'" host "','port':143,'secured':'none','user':'cobros','password':'secreta',"         \
    "'private':" private "}"

static void a_mailbox_reaches_this_machine_where_an_operator_lets_it(void **state) {
    (void)state;
    static const char url[] = "/v1/mailboxes/respuestas";
    asker = &owner;
    assert_int_equal(put(url, BOX("127.0.0.1", "true")), 403);
    asker = &operator;
    assert_int_equal(put(url, BOX("127.0.0.1", "true")), 200);
    asker = &owner;
    assert_int_equal(put(url, BOX("127.0.0.1", "true")), 200);
    assert_int_equal(put(url, BOX("10.0.0.7", "true")), 403);
}

static unsigned networks_of(const char *name) {
    pn_connector connector;
    rig_ok(&r, pn_connector_open(r.app, pn_str_of(name), &r.arena, &connector, &r.diag));
    return connector.networks;
}

static void a_connector_keeps_its_opening_with_its_server(void **state) {
    (void)state;
    static const char url[] = "/v1/connectors/erp";
    asker = &owner;
    assert_int_equal(put(url, "{'url':'http://127.0.0.1:9000/api','private':true}"), 403);
    assert_int_equal(put(url, "{'url':'http://127.0.0.1:9000/api'}"), 200);
    assert_int_equal(networks_of("erp"), PN_NET_NONE);
    asker = &operator;
    assert_int_equal(put(url, "{'url':'http://127.0.0.1:9000/api','private':true}"), 200);
    assert_int_equal(networks_of("erp"), PN_NET_LOOPBACK);
    asker = &owner;
    assert_int_equal(put(url, "{'url':'http://127.0.0.1:9000/otra'}"), 200);
    assert_int_equal(networks_of("erp"), PN_NET_LOOPBACK);
    assert_int_equal(put(url, "{'url':'http://127.0.0.1:9001/api'}"), 403);
    assert_int_equal(put(url, "{'url':'http://127.0.0.1:9001/api','private':false}"), 200);
    assert_int_equal(networks_of("erp"), PN_NET_NONE);
}

static void a_commands_connector_does_not_take_its_opening_elsewhere(void **state) {
    (void)state;
    static const char url[] = "/v1/connectors/erp";
    rig_sql(&r,
            "INSERT INTO connector (id, org_id, name, settings, trouble, updated_at) SELECT 1, id,"
            " 'erp', '{\"url\":\"http://127.0.0.1:9000/\"}', '', 0 FROM organization");
    assert_int_equal(networks_of("erp"), PN_NET_LOOPBACK);
    asker = &owner;
    assert_int_equal(put(url, "{'url':'http://127.0.0.1:9000/api'}"), 200);
    assert_int_equal(networks_of("erp"), PN_NET_LOOPBACK);
    assert_int_equal(put(url, "{'url':'http://127.0.0.1:22/'}"), 200);
    assert_int_equal(networks_of("erp"), PN_NET_NONE);
}

#define reach_test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        reach_test(a_channel_reaches_this_machine_where_an_operator_lets_it),
        reach_test(a_mailbox_reaches_this_machine_where_an_operator_lets_it),
        reach_test(a_connector_keeps_its_opening_with_its_server),
        reach_test(a_commands_connector_does_not_take_its_opening_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
