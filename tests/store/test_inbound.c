/* Taking mail: what comes twice, too large, unreadable or while another writes. What each kind of
 * mail does to a case stands in tests/scenario/inbound.txt. */
#define _GNU_SOURCE
#include "app_rig.h"

#include "format/bounce.h"

static rig r;

static int set_up(void **state) {
    (void)state;
    rig_open(&r);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    rig_close(&r);
    return 0;
}

#define LETTER "From: Eva <eva@eva.example>\nSubject: F-1\nMessage-ID: <1@eva.example>\n\nHola\n"

static pn_inbound_mail mail_of(pn_str bytes) {
    return (pn_inbound_mail){.bytes = bytes, .whole = true, .source = PN_STR("pipe")};
}

static int64_t mails(void) {
    return rig_int(&r, "SELECT COUNT(*) FROM received_mail");
}

static void the_same_mail_is_taken_once(void **state) {
    (void)state;
    pn_received_row first, second;
    bool existed = true;
    rig_mail(&r, mail_of(PN_STR(LETTER)), &first, &existed);
    assert_false(existed);
    assert_int_equal(first.state, PN_RECEIVED_UNMATCHED);
    assert_str(first.sender, "eva@eva.example");
    assert_str(first.text, "Hola");
    rig_mail(&r, mail_of(PN_STR(LETTER)), &second, &existed);
    assert_true(existed);
    assert_true(second.id == first.id);
    assert_int_equal(mails(), 1);
    assert_int_equal(rig_int(&r, "SELECT COUNT(*) FROM event WHERE kind ="
                                 " (SELECT MAX(kind) FROM event)"),
                     1);
}

static void its_place_in_the_mailbox_is_kept_with_it(void **state) {
    (void)state;
    pn_received_row row;
    bool existed = false;
    pn_inbound_mail mail = mail_of(PN_STR(LETTER));
    mail.source = PN_STR("imap://a@b/INBOX");
    mail.uid_validity = 7;
    mail.uid = 12;
    rig_mail(&r, mail, &row, &existed);
    mail.uid = 13; /* the same one again, under another number */
    rig_mail(&r, mail, &row, &existed);
    assert_true(existed);
    uint32_t uid_validity = 0, uid = 0;
    rig_ok(&r, pn_mailbox_position(r.app->db, r.app->org.id, mail.source, &uid_validity, &uid));
    assert_int_equal(uid_validity, 7);
    assert_int_equal(uid, 13);
}

static void the_mail_is_kept_as_it_came(void **state) {
    (void)state;
    pn_received_row row;
    pn_str content;
    bool existed = false, whole = false;
    static const char odd[] = "From: x@y.example\n\n\xFF\xFE\0 odd\r\n.\r\n";
    rig_mail(&r, mail_of((pn_str){odd, sizeof odd - 1}), &row, &existed);
    rig_ok(&r, pn_received_content(r.app->db, row.id, &r.arena, &content, &whole));
    assert_true(whole);
    assert_int_equal(content.len, sizeof odd - 1);
    assert_memory_equal(content.ptr, odd, content.len);
}

static void what_cannot_be_read_is_listed(void **state) {
    (void)state;
    pn_received_row row;
    bool existed = false;
    pn_inbound_mail nothing = mail_of(PN_STR_NONE); /* the server could not give it */
    nothing.whole = false;
    nothing.uid_validity = 1;
    nothing.uid = 1;
    rig_mail(&r, nothing, &row, &existed);
    assert_int_equal(row.state, PN_RECEIVED_UNMATCHED);
    assert_str(row.note, "too_large");
    pn_inbound_mail header = mail_of(PN_STR("From: eva@eva.example\nSubject: fotos\n\n"));
    header.whole = false;
    rig_mail(&r, header, &row, &existed);
    assert_int_equal(row.class, PN_MAIL_REPLY);
    assert_str(row.reason, "too_large");
    assert_int_equal(rig_int(&r, "SELECT COUNT(*) FROM received_content WHERE whole = 0"), 2);
}

static void while_another_writes_it_is_not_taken(void **state) {
    (void)state;
    pn_inbound *inbound = NULL;
    pn_received_row row;
    bool existed = false;
    pn_db *other = NULL;
    unsigned log = 0;
    place_only_file("a file has one writer; on a server two that want other rows go on");
    rig_mail(&r, mail_of(PN_STR(LETTER)), &row, &existed);
    rig_ok(&r, pn_db_open(r.at.url, &(pn_db_options){.mode = PN_DB_WRITE}, &other, &r.diag));
    rig_ok(&r, pn_db_begin(other, PN_SCOPE_DATABASE, 0, &log));
    rig_sql(&r, "PRAGMA busy_timeout = 50"); /* for each of the tries */
    rig_ok(&r, pn_inbound_new(r.app, &inbound, &r.diag));
    pn_inbound_mail mail = mail_of(PN_STR("From: b@b.example\n\nHola\n"));
    assert_int_equal(pn_inbound_take(inbound, &mail, &r.arena, &row, &existed, &r.diag), PN_RETRY);
    pn_db_rollback(other);
    pn_db_close(other);
    rig_ok(&r, pn_inbound_take(inbound, &mail, &r.arena, &row, &existed, &r.diag));
    pn_inbound_free(inbound);
    assert_int_equal(mails(), 2);
}

static void suggestions_speak_the_organizations_language(void **state) {
    (void)state;
    pn_received_row row;
    bool existed = false;
    rig_mail(&r, mail_of(PN_STR("From: b@b.example\n\nOs pagaremos el 20 de enero.\n")), &row,
             &existed);
    assert_str(pn_inbound_suggestion_words(r.app, row.suggestion, &r.arena),
               "Parece una promesa de pago para el 20 de enero de 2026 (“pagaremos”).");
}

int main(void) {
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_same_mail_is_taken_once),
        TEST(its_place_in_the_mailbox_is_kept_with_it),
        TEST(the_mail_is_kept_as_it_came),
        TEST(what_cannot_be_read_is_listed),
        TEST(while_another_writes_it_is_not_taken),
        TEST(suggestions_speak_the_organizations_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
