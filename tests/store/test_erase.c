/* Erasing a debtor: what goes, what stays, and that a backup does not bring it back. */
#define _GNU_SOURCE /* unlink */
#include "app_rig.h"

#include <unistd.h>

#include "app/backup.h"
#include "app/erasures.h"
#include "store/tables.h"

static rig r;
static char journal[128], backup[128];

static const char *const NAMES[] = {"Núñez", "nunez@", "B12345678", "tarifa acordada", "KEY-77"};

static int set_up(void **state) {
    (void)state;
    rig_open(&r);
    (void)snprintf(journal, sizeof journal, "%s/journal", r.at.folder);
    (void)snprintf(backup, sizeof backup, "%s/b.db", r.at.folder);
    rig_import(
        &r, PN_IMPORT_INVOICES,
        "external_id;debtor;debtor_name;email;tax_id;issued;due;amount\n"
        "F-1;KEY-77;Talleres Núñez;nunez@example.com;B12345678;2025-12-12;2026-01-14;100,00\n"
        "F-2;D2;Bar Pepe;pepe@example.com;;2025-12-15;2026-01-15;300,00\n");
    rig_strategy(&r, RIG_STRATEGY);
    rig_advance(&r, "2026-01-20", 12, 0);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    (void)unlink(journal);
    (void)unlink(backup);
    rig_close(&r);
    return 0;
}

static pn_err erase(pn_id debtor) {
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    pn_err err = pn_erase(r.app, debtor, journal, &r.arena, &r.diag);
    if (err == PN_OK) {
        return pn_app_commit(r.app, &r.diag);
    }
    pn_app_rollback(r.app);
    return err;
}

/* Every text of every table, by the database's own list of them. */
static bool anywhere(const char *words) {
    pn_table_def *tables = NULL;
    size_t count = 0;
    bool found = false;
    rig_ok(&r, pn_tables_read(r.app->db, &r.arena, &tables, &count));
    assert_true(count > 40);
    for (size_t i = 0; i < count; i++) {
        const char *rows = rig_rows(&r, "SELECT * FROM %.*s", PN_STR_ARG(tables[i].name));
        if (pn_str_find(pn_str_of(rows), pn_str_of(words)) != SIZE_MAX) {
            print_message("%s is in %.*s\n", words, PN_STR_ARG(tables[i].name));
            found = true;
        }
    }
    return found;
}

static pn_id paid_debtor(void) {
    pn_id debtor = rig_debtor(&r, "KEY-77");
    (void)rig_pay(&r, "KEY-77", 10000, "F-1");
    rig_work(&r);
    rig_advance(&r, "2026-02-20", 12, 0);
    rig_sql(&r, "UPDATE ledger SET note = 'tarifa acordada' WHERE debtor_id = %lld",
            (long long)debtor);
    return debtor;
}

static void nothing_personal_is_left(void **state) {
    (void)state;
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM carrier WHERE state = 2"), 2);
    assert_int_equal(erase(rig_debtor(&r, "KEY-77")), PN_CONFLICT);
    assert_non_null(strstr(r.diag.what, "1 invoices, 1 cases"));
    assert_int_equal(access(journal, F_OK), -1);
    pn_id debtor = paid_debtor();
    for (size_t i = 0; i < PN_COUNT(NAMES); i++) {
        assert_true(anywhere(NAMES[i]));
    }
    int64_t money = rig_int(&r, "SELECT sum(amount_minor) FROM ledger");
    rig_ok(&r, erase(debtor));
    for (size_t i = 0; i < PN_COUNT(NAMES); i++) {
        assert_false(anywhere(NAMES[i]));
    }
    assert_true(anywhere("Bar Pepe"));
    assert_int_equal(rig_int(&r,
                             "SELECT count(*) FROM carrier_content w JOIN carrier c ON c.id ="
                             " w.carrier_id WHERE c.debtor_id = %lld",
                             (long long)debtor),
                     0);
    assert_int_equal(rig_int(&r, "SELECT sum(amount_minor) FROM ledger"), money);
    rig_agrees(&r);
    assert_int_equal(erase(debtor), PN_INVALID);
    rig_advance(&r, "2026-03-20", 12, 0);
    rig_agrees(&r);
    assert_int_equal(erase(12345), PN_NOT_FOUND);
}

static void the_old_key_is_a_new_debtor(void **state) {
    (void)state;
    pn_id debtor = paid_debtor();
    rig_ok(&r, erase(debtor));
    rig_import(&r, PN_IMPORT_INVOICES,
               "external_id;debtor;debtor_name;email;issued;due;amount\n"
               "F-9;KEY-77;Talleres Núñez;nunez@example.com;2026-02-12;2026-03-14;50,00\n");
    assert_int_not_equal(rig_debtor(&r, "KEY-77"), debtor);
    rig_agrees(&r);
}

static void where_the_journal_cannot_be_written_nothing_is_erased(void **state) {
    (void)state;
    pn_id debtor = paid_debtor();
    (void)snprintf(journal, sizeof journal, "%s/none/journal", r.at.folder);
    assert_int_equal(erase(debtor), PN_IO);
    assert_true(anywhere("Núñez"));
}

static void a_backup_does_not_bring_it_back(void **state) {
    (void)state;
    pn_backup_info info;
    pn_restore_info restored = {0};
    place_only_file("a server's backups are its own; the step after them is tested below");
    rig_ok(&r, pn_backup_copy(r.app->db, backup, &info, &r.diag)); /* everything is open in it */
    rig_ok(&r, erase(paid_debtor()));
    rig_release(&r);
    pn_restore_request request = {.backup = backup,
                                  .target = r.at.path,
                                  .replace = true,
                                  .erasures = pn_str_of(journal),
                                  .env = &r.env,
                                  .actor = "test"};
    rig_ok(&r, pn_backup_restore(&request, &restored, &r.diag));
    assert_int_equal(unlink(restored.kept), 0);
    assert_int_equal(restored.erased, 1);
    rig_ok(&r, rig_open_app(&r, false, NULL));
    assert_false(anywhere("Núñez"));
    assert_false(anywhere("nunez@"));
    rig_agrees(&r);
    int64_t sent = rig_int(&r, "SELECT count(*) FROM carrier");
    rig_advance(&r, "2026-02-20", 12, 0);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM carrier c JOIN debtor d ON d.id ="
                                 " c.debtor_id WHERE d.barred_reason = 'erased'"),
                     1); /* the one of before */
    assert_true(rig_int(&r, "SELECT count(*) FROM carrier") >= sent);
    rig_agrees(&r);
}

/* What a server's tools brought back is what place_restore brings back. */
static void what_a_server_restored_is_erased_again(void **state) {
    (void)state;
    pn_restore_info restored = {0};
    pn_restore_request request = {
        .target = r.at.url, .erasures = pn_str_of(journal), .env = &r.env, .actor = "test"};
    (void)paid_debtor();
    rig_save(&r);
    pn_id debtor = rig_debtor(&r, "KEY-77");
    rig_ok(&r, erase(debtor));
    FILE *torn = fopen(journal, "a"); /* a line that could not be written whole */
    assert_non_null(torn);
    assert_true(fputs("\norg_0am1", torn) >= 0);
    assert_int_equal(fclose(torn), 0);
    rig_restore(&r);
    assert_true(anywhere("Núñez"));
    assert_int_equal(pn_backup_restored(&request, &restored, &r.diag), PN_CONFLICT);
    rig_release(&r);
    rig_ok(&r, pn_backup_restored(&request, &restored, &r.diag));
    assert_int_equal(restored.erased, 1);
    rig_ok(&r, pn_backup_restored(&request, &restored, &r.diag));
    assert_int_equal(restored.erased, 0);
    rig_ok(&r, rig_open_app(&r, false, NULL));
    assert_false(anywhere("Núñez"));
    rig_agrees(&r);
}

int main(void) {
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(nothing_personal_is_left),
        TEST(the_old_key_is_a_new_debtor),
        TEST(where_the_journal_cannot_be_written_nothing_is_erased),
        TEST(a_backup_does_not_bring_it_back),
        TEST(what_a_server_restored_is_erased_again),
    };
    return cmocka_run_group_tests_name("erase", tests, NULL, NULL);
}
