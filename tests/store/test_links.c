/* Links that debtors hold: what their tokens open, how long, and for whom. */
#include "app_rig.h"

#include "app/config.h"
#include "app/deliver.h"
#include "app/links.h"
#include "store/link.h"

static rig r;

static const char *const INVOICES =
    "external_id;debtor;debtor_name;email;issued;due;amount\n"
    "F-1;D1;Talleres Núñez;pagos@example.com;2025-12-12;2026-01-14;1210,00\n"
    "F-2;D2;Bar Pepe;pagos@example.com;2025-12-15;2026-01-14;300,00\n";

static void begin(void) {
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
}

static void commit(pn_err err) {
    rig_ok(&r, err);
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
}

static void set_public_url(const char *url) {
    begin();
    commit(pn_config_set(r.app, PN_STR("public_url"), pn_str_of(url), &r.diag));
    rig_ok(&r, pn_app_reload(r.app, &r.diag));
}

static int set_up(void **state) {
    (void)state;
    rig_open(&r);
    rig_import(&r, PN_IMPORT_INVOICES, INVOICES);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    rig_close(&r);
    return 0;
}

static pn_link make(const pn_link_request *request) {
    pn_link link;
    begin();
    commit(pn_link_make(r.app, request, &r.arena, &link, &r.diag));
    return link;
}

static pn_link make_page(void) {
    pn_link_request request = {.kind = PN_LINK_PAGE,
                               .debtor_id = rig_debtor(&r, "D1"),
                               .account_id = rig_account(&r, "D1")};
    return make(&request);
}

/* The last part of a URL. */
static pn_str token_of(pn_str url) {
    size_t at = url.len;
    while (url.ptr[at - 1] != '/') {
        at--;
    }
    return pn_str_from(url, at);
}

static pn_err open_token(pn_link_kind kind, pn_str token, pn_link *ret_link) {
    pn_diag_clear(&r.diag);
    return pn_link_open(r.app, kind, token, &r.arena, ret_link, &r.diag);
}

static pn_link open_good(const pn_link *made) {
    pn_link link;
    pn_str url = pn_link_url(r.app, made->kind, made->id, &r.arena);
    rig_ok(&r, open_token(made->kind, token_of(url), &link));
    return link;
}

/* ── tests ── */

static void without_an_address_there_are_no_links(void **state) {
    (void)state;
    pn_link link;
    pn_link_request request = {.kind = PN_LINK_PAGE, .debtor_id = rig_debtor(&r, "D1")};
    assert_false(pn_links_possible(r.app));
    begin();
    assert_int_equal(pn_link_make(r.app, &request, &r.arena, &link, &r.diag), PN_INVALID);
    assert_non_null(strstr(r.diag.mend, "public_url"));
    pn_app_rollback(r.app);
    set_public_url("https://pagos.example.com/cobros/");
    assert_true(pn_links_possible(r.app));
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM link_key"), 1);
    set_public_url("https://pagos.example.com");
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM link_key"), 1);
    set_public_url("http://127.0.0.1:8080"); /* nobody listens on the way */
    static const char *const OTHERS[] = {"http://pagos.example.com", "http://127.0.0.1.example.com",
                                         "http://127.0.0.1:0", "http://127.0.0.1@a.example"};
    for (size_t i = 0; i < PN_COUNT(OTHERS); i++) {
        begin();
        assert_int_equal(pn_config_set(r.app, PN_STR("public_url"), pn_str_of(OTHERS[i]), &r.diag),
                         PN_INVALID);
        pn_app_rollback(r.app);
    }
}

static void a_link_opens_what_it_was_made_for(void **state) {
    (void)state;
    set_public_url("https://pagos.example.com");
    pn_link_request request = {.kind = PN_LINK_DOCUMENT,
                               .debtor_id = rig_debtor(&r, "D1"),
                               .account_id = rig_account(&r, "D1"),
                               .invoice_id = rig_invoice(&r, "F-1"),
                               .target = PN_STR("invoice")};
    pn_link made = make(&request), link = open_good(&made);
    pn_str url = pn_link_url(r.app, PN_LINK_DOCUMENT, made.id, &r.arena);
    assert_int_equal(url.len, strlen("https://pagos.example.com/d/") + PN_LINK_TOKEN_LEN);
    assert_int_equal(link.state, PN_LINK_GOOD);
    assert_int_equal(link.debtor_id, request.debtor_id);
    assert_int_equal(link.account_id, request.account_id);
    assert_int_equal(link.invoice_id, request.invoice_id);
    assert_int_equal(link.creditor_id, r.app->creditors[0].id);
    assert_true(pn_str_is(link.target, "invoice"));
    pn_link other;
    assert_int_equal(open_token(PN_LINK_PAGE, token_of(url), &other), PN_NOT_FOUND);
    rig_agrees(&r);
}

static void a_forgery_opens_nothing(void **state) {
    (void)state;
    set_public_url("https://pagos.example.com");
    pn_link made = make_page(), link;
    pn_str token = token_of(pn_link_url(r.app, PN_LINK_PAGE, made.id, &r.arena));
    char *changed = pn_arena_alloc(&r.arena, token.len);
    for (size_t i = 0; i < token.len; i++) {
        memcpy(changed, token.ptr, token.len);
        changed[i] = changed[i] == 'x' ? 'y' : 'x';
        assert_int_equal(open_token(PN_LINK_PAGE, (pn_str){changed, token.len}, &link),
                         PN_NOT_FOUND);
        assert_string_equal(r.diag.what, "This link is not one of ours.");
    }
}

static void a_link_expires_and_is_renewed(void **state) {
    (void)state;
    set_public_url("https://pagos.example.com");
    pn_link made = make_page(), again;
    r.clock.now += PN_LIMIT_LINK_DAYS * PN_DAY - PN_SECOND;
    assert_int_equal(open_good(&made).state, PN_LINK_GOOD);
    r.clock.now += PN_SECOND;
    pn_link old = open_good(&made);
    assert_int_equal(old.state, PN_LINK_EXPIRED);
    begin();
    commit(pn_link_renew(r.app, &old, &r.arena, &again, &r.diag));
    assert_int_not_equal(again.id, old.id);
    assert_int_equal(open_good(&again).state, PN_LINK_GOOD);
    assert_int_equal(open_good(&again).account_id, made.account_id);
    assert_int_equal(open_good(&made).state, PN_LINK_EXPIRED);
}

static void a_revoked_link_says_so(void **state) {
    (void)state;
    set_public_url("https://pagos.example.com");
    pn_link made = make_page(), other = make_page();
    begin();
    commit(pn_link_revoke(r.app, made.id, &r.arena, &r.diag));
    assert_int_equal(open_good(&made).state, PN_LINK_REVOKED);
    assert_int_equal(open_good(&other).state, PN_LINK_GOOD);
    r.clock.now += 2 * PN_LIMIT_LINK_DAYS * PN_DAY;
    assert_int_equal(open_good(&made).state, PN_LINK_REVOKED);
    begin();
    assert_int_equal(pn_link_revoke(r.app, 12345, &r.arena, &r.diag), PN_NOT_FOUND);
    pn_app_rollback(r.app);
}

static void a_short_code_opens_the_same(void **state) {
    (void)state;
    set_public_url("https://pagos.example.com");
    pn_link_request request = {
        .kind = PN_LINK_PAGE, .debtor_id = rig_debtor(&r, "D1"), .brief = true};
    pn_link made = make(&request), link;
    pn_str url = pn_link_brief_url(r.app, made.code, &r.arena);
    assert_int_equal(url.len, strlen("https://pagos.example.com/s/") + PN_ID_LETTERS);
    rig_ok(&r, pn_link_open_code(r.app, token_of(url), &r.arena, &link, &r.diag));
    assert_int_equal(link.id, made.id);
    assert_int_equal(link.kind, PN_LINK_PAGE);
    static const char *const OTHERS[] = {"", "0000000000000", "zzzzzzzzzzzzz", "abc",
                                         "7k2m9c4d1e8f5"};
    for (size_t i = 0; i < PN_COUNT(OTHERS); i++) {
        assert_int_equal(pn_link_open_code(r.app, pn_str_of(OTHERS[i]), &r.arena, &link, &r.diag),
                         PN_NOT_FOUND);
    }
    pn_link plain = make_page();
    assert_int_equal(plain.code, 0);
}

static void a_message_has_links_without_a_row(void **state) {
    (void)state;
    set_public_url("https://pagos.example.com");
    rig_strategy(&r, RIG_STRATEGY);
    rig_advance(&r, "2026-01-20", 12, 0);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM carrier"), 1); /* one address, one voice */
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM link"), 0);
    pn_id carrier = rig_int(&r, "SELECT id FROM carrier");
    pn_link page = {.kind = PN_LINK_PAGE, .id = carrier}, link = open_good(&page);
    assert_int_equal(link.state, PN_LINK_GOOD);
    assert_int_equal(link.carrier_id, carrier);
    assert_int_equal(link.channel, PN_CHANNEL_EMAIL);
    assert_int_equal(link.debtor_id, rig_int(&r, "SELECT debtor_id FROM carrier"));
    assert_int_equal(link.account_id, rig_int(&r, "SELECT id FROM account WHERE debtor_id = %lld",
                                              (long long)link.debtor_id));
    assert_int_equal(link.invoice_id, 0);
    begin();
    commit(pn_link_revoke(r.app, carrier, &r.arena, &r.diag));
    assert_int_equal(open_good(&page).state, PN_LINK_REVOKED);
    page.kind = PN_LINK_WEB;
    assert_int_equal(open_good(&page).state, PN_LINK_REVOKED);
    rig_agrees(&r);
}

/* In an SMS each letter counts. */
static void other_channels_have_a_short_link(void **state) {
    (void)state;
    pn_preview preview;
    pn_preview_wish wish = {.channel = PN_CHANNEL_SMS};
    set_public_url("https://pagos.example.com");
    rig_template(&r, "{'puntual':1,'kind':'template','family':'corta','title':'Corta','purpose':"
                     "'demand','variants':[{'channel':'sms','language':'es','text':'{{ "
                     "creditor.name }}: {{ total }} {{ link }} {{ code }}'}]}");
    rig_ok(&r, pn_preview_write(r.app, PN_STR("corta"), rig_invoice(&r, "F-1"), &wish, &r.arena,
                                &preview, &r.diag));
    size_t at = pn_str_find(preview.text, PN_STR("https://pagos.example.com/s/"));
    assert_true(at != SIZE_MAX);
    assert_true(pn_str_from(preview.text, at).len > strlen("https://pagos.example.com/s/") + 13);
}

static void keys_rotate(void **state) {
    (void)state;
    set_public_url("https://pagos.example.com");
    size_t retired = 0;
    pn_link made = make_page(), link;
    pn_str before = token_of(pn_link_url(r.app, PN_LINK_PAGE, made.id, &r.arena));
    begin();
    commit(pn_links_new_key(r.app, &r.diag));
    pn_str after = token_of(pn_link_url(r.app, PN_LINK_PAGE, made.id, &r.arena));
    assert_false(pn_str_eq(before, after));
    rig_ok(&r, open_token(PN_LINK_PAGE, before, &link));
    rig_ok(&r, open_token(PN_LINK_PAGE, after, &link));
    begin();
    commit(pn_links_retire_keys(r.app, &retired, &r.diag));
    assert_int_equal(retired, 2);
    assert_int_equal(open_token(PN_LINK_PAGE, before, &link), PN_NOT_FOUND);
    assert_int_equal(open_token(PN_LINK_PAGE, after, &link), PN_NOT_FOUND);
    assert_int_equal(open_good(&made).state, PN_LINK_GOOD);
    assert_int_equal(rig_int(&r, "SELECT max(id) FROM link_key"), 3);
}

static void an_organization_opens_its_own(void **state) {
    (void)state;
    set_public_url("https://pagos.example.com");
    pn_link made = make_page(), link;
    pn_str token = token_of(pn_link_url(r.app, PN_LINK_PAGE, made.id, &r.arena));
    pn_link_ring ring;
    pn_id id = 0, org = 0;
    rig_ok(&r, pn_link_ring_load(r.app->db, &r.arena, &ring));
    rig_ok(&r, pn_link_ring_org(&ring, PN_LINK_PAGE, token, &id, &org));
    assert_int_equal(id, made.id);
    assert_int_equal(org, r.app->org.id);
    /* another one's key, and even its own key with our id, open nothing of ours */
    rig_sql(&r, "UPDATE link SET org_id = org_id + 1");
    assert_int_equal(open_token(PN_LINK_PAGE, token, &link), PN_NOT_FOUND);
    rig_sql(&r, "UPDATE link_key SET org_id = org_id + 1");
    rig_ok(&r, pn_app_reload(r.app, &r.diag));
    assert_int_equal(r.app->link_key_count, 0);
    assert_int_equal(open_token(PN_LINK_PAGE, token, &link), PN_NOT_FOUND);
}

static void what_is_erased_opens_nothing(void **state) {
    (void)state;
    set_public_url("https://pagos.example.com");
    pn_link made = make_page();
    rig_sql(&r, "UPDATE debtor SET barred_reason = 'erased' WHERE external_id = 'D1'");
    assert_int_equal(open_good(&made).state, PN_LINK_REVOKED);
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        EACH(without_an_address_there_are_no_links),
        EACH(a_link_opens_what_it_was_made_for),
        EACH(a_forgery_opens_nothing),
        EACH(a_link_expires_and_is_renewed),
        EACH(a_revoked_link_says_so),
        EACH(a_short_code_opens_the_same),
        EACH(a_message_has_links_without_a_row),
        EACH(other_channels_have_a_short_link),
        EACH(keys_rotate),
        EACH(an_organization_opens_its_own),
        EACH(what_is_erased_opens_nothing),
    };
    return cmocka_run_group_tests_name("links", tests, NULL, NULL);
}
