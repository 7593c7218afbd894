/* Backups: made while work goes on, read back, restored; and what a restored one does not do. */
#define _GNU_SOURCE /* unlink */
#include "app_rig.h"

#include <unistd.h>

#include "app/backup.h"
#include "app/outlets.h"
#include "app/uncertain.h"
#include "store/message.h"

static rig r;
static char backup[128], kept[512];

static int set_up(void **state) {
    (void)state;
    rig_folder(&r);
    (void)snprintf(backup, sizeof backup, "%s/b.db", r.at.folder);
    kept[0] = '\0';
    rig_ok(&r, rig_open_app(&r, true, NULL));
    rig_init(&r, PN_MODE_LIVE);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    rig_agrees(&r);
    (void)unlink(backup);
    if (kept[0] != '\0') {
        assert_int_equal(unlink(kept), 0);
    }
    rig_close(&r);
    return 0;
}

/* Of January 2026, by the clock of Greenwich. */
static void at(unsigned day, int hour) {
    r.clock.now = (pn_time)pn_date_of(2026, 1, day) * PN_DAY + hour * PN_HOUR;
}

static void change(pn_err (*work)(void)) {
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    rig_ok(&r, work());
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
}

static pn_err set_channel(void) {
    pn_channel_row row = {.org_id = r.app->org.id,
                          .channel = PN_CHANNEL_EMAIL,
                          .driver = PN_STR("capture"),
                          .settings = PN_STR("{}"),
                          .sender = PN_STR("Cobros <cobros@example.com>"),
                          .paused_reason = PN_STR("")};
    return pn_outlet_set(r.app, &row, &r.arena, &(pn_str){0}, &r.diag);
}

static pn_err resume(void) {
    return pn_outlet_resume(r.app, PN_CHANNEL_EMAIL, &r.diag);
}

static pn_err resend(void) {
    size_t count = 0;
    pn_id id = rig_int(&r, "SELECT id FROM message WHERE state = 8");
    return pn_uncertain_settle(r.app, id, PN_UNCERTAIN_RESEND, PN_STR(""), &r.arena, &count,
                               &r.diag);
}

/* A Friday night: a reminder waits for Monday. */
static void one_waits(void) {
    change(set_channel);
    rig_import(&r, PN_IMPORT_INVOICES,
               "external_id;debtor;email;issued;due;amount\n"
               "F-1;D1;nunez@example.com;2025-12-12;2026-01-14;1.210,00\n");
    rig_strategy(&r, RIG_STRATEGY);
    rig_reopen(&r);
    at(16, 22);
    rig_work(&r);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM message WHERE state = 0"), 1);
}

static pn_err restore(bool replace, pn_restore_info *ret_info) {
    pn_restore_request request = {
        .backup = backup, .target = r.at.path, .replace = replace, .env = &r.env, .actor = "test"};
    return pn_backup_restore(&request, ret_info, &r.diag);
}

static void a_backup_is_a_database(void **state) {
    (void)state;
    pn_backup_info info;
    one_waits();
    rig_ok(&r, pn_backup_copy(r.app->db, backup, &info, &r.diag));
    assert_true(info.bytes > 0);
    assert_int_equal(pn_backup_copy(r.app->db, backup, &info, &r.diag), PN_CONFLICT);
    pn_app_options options = {.url = backup, .env = &r.env, .actor = "test"};
    pn_app *copy = NULL;
    rig_ok(&r, pn_app_open(&options, &copy, &r.diag));
    pn_app_close(copy);
}

static void what_waited_is_not_sent_by_a_restored_one(void **state) {
    (void)state;
    pn_backup_info info;
    pn_restore_info restored = {0};
    one_waits();
    rig_ok(&r, pn_backup_copy(r.app->db, backup, &info, &r.diag));
    at(19, 10); /* the reminder leaves, after the backup */
    rig_work(&r);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM carrier WHERE state = 2"), 1);
    rig_release(&r);
    assert_int_equal(restore(false, &restored), PN_CONFLICT);
    rig_ok(&r, restore(true, &restored));
    memcpy(kept, restored.kept, sizeof kept);
    assert_int_equal(restored.channels_paused, 1);
    assert_int_equal(restored.messages_doubted, 1);
    rig_ok(&r, rig_open_app(&r, false, NULL));
    rig_work(&r);
    rig_assert_rows(&r, "8|restored", "SELECT state, reason FROM message");
    change(resume);
    rig_reopen(&r);
    rig_work(&r);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM carrier"), 0);
    rig_agrees(&r);
    change(resend); /* somebody looked: it did not leave */
    rig_reopen(&r);
    at(19, 11);
    rig_work(&r);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM carrier WHERE state = 2"), 1);
}

static void what_is_no_backup_changes_nothing(void **state) {
    (void)state;
    pn_restore_info restored = {0};
    one_waits();
    rig_release(&r);
    assert_int_equal(restore(true, &restored), PN_NOT_FOUND);
    FILE *file = fopen(backup, "wb");
    assert_non_null(file);
    assert_true(fputs("this is no database, however long it is told to be one", file) > 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(restore(true, &restored), PN_CORRUPT);
    rig_ok(&r, rig_open_app(&r, false, NULL));
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM message WHERE state = 0"), 1);
}

static void a_working_engine_is_not_pulled_away(void **state) {
    (void)state;
    pn_backup_info info;
    pn_restore_info restored = {0};
    one_waits();
    rig_ok(&r, pn_backup_copy(r.app->db, backup, &info, &r.diag));
    rig_work(&r); /* the rig's worker is open and holds the lock */
    assert_int_equal(restore(true, &restored), PN_CONFLICT);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM message WHERE state = 0"), 1);
}

int main(void) {
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    if (place_server() != NULL) {
        print_message("skipped: a server's backups are its own (docs/backup.md)\n");
        return 0;
    }
    const struct CMUnitTest tests[] = {
        TEST(a_backup_is_a_database),
        TEST(what_waited_is_not_sent_by_a_restored_one),
        TEST(what_is_no_backup_changes_nothing),
        TEST(a_working_engine_is_not_pulled_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
