/* The demo, lived: equal seeds give equal bytes; demands leave only when law and manners allow; the
 * audit agrees; nobody's folder is overwritten. */
#define _GNU_SOURCE
#include "unit.h"

#include <ftw.h>
#include <unistd.h>

#include "app/audit.h"
#include "real_env.h"
#include "world/demo.h"
#include "world/folder.h"

enum { DAYS = 24 };

static pn_arena arena;
static char root[256];
static pn_demo_result one; /* the life that most tests ask */

static pn_str path_of(const char *name) {
    return pn_str_format(&arena, "%s/%s", root, name);
}

static pn_demo_result live(const char *folder, uint64_t seed) {
    pn_demo_result result;
    pn_diag diag = {0};
    pn_demo_options options = {.seed = seed, .days = DAYS, .out = path_of(folder)};
    if (pn_demo_run(&options, &arena, &result, &diag) != PN_OK) {
        fail_msg("%s %s", diag.what, diag.mend);
    }
    return result;
}

static int set_up(void **state) {
    (void)state;
    pn_arena_init(&arena, 0);
    (void)snprintf(root, sizeof root, "%s/puntual-test-XXXXXX",
                   getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
    if (mkdtemp(root) == NULL) {
        return -1;
    }
    one = live("one", 1);
    return 0;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk) {
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

static int tear_down(void **state) {
    (void)state;
    pn_arena_done(&arena);
    return nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ── equal seeds ─────────────────────────────────────────────────────────────────────────────── */

static bool same_file(pn_str a, pn_str b) {
    return pn_str_eq(file_read(&arena, pn_str_z(&arena, a)),
                     file_read(&arena, pn_str_z(&arena, b)));
}

static void equal_seeds_are_equal_bytes(void **state) {
    (void)state;
    pn_demo_result again = live("again", 1), two = live("two", 2);
    assert_int_equal(one.sample_count, PN_DEMO_SAMPLES);
    assert_int_equal(again.sample_count, PN_DEMO_SAMPLES);
    assert_true(same_file(one.db, again.db));
    for (size_t i = 0; i < one.sample_count; i++) {
        assert_true(same_file(one.samples[i].eml, again.samples[i].eml));
        assert_true(same_file(one.samples[i].html, again.samples[i].html));
    }
    assert_false(same_file(one.db, two.db));
    assert_int_equal(two.sample_count, PN_DEMO_SAMPLES);
    assert_false(same_file(one.samples[0].eml, two.samples[0].eml));
}

/* Not everybody pays, nothing is idle, and sums that must agree do. */
static void the_report_adds_up(void **state) {
    (void)state;
    const pn_report *r = &one.report;
    int64_t carriers = 0;
    for (size_t i = 0; i < r->text_count; i++) {
        carriers += r->texts[i].sent;
        assert_true(r->texts[i].read <= r->texts[i].sent + r->texts[i].bounced);
    }
    assert_int_equal(carriers, r->messages.carriers);
    assert_true(r->messages.sent >= carriers && carriers > 500);
    assert_true(r->messages.merged > 0 && r->messages.superseded > 0 && r->bounces > 0);
    assert_int_equal(r->currency_count, 2);
    for (size_t i = 0; i < r->currency_count; i++) {
        const pn_report_currency *each = &r->currencies[i];
        int64_t collected = 0;
        for (size_t j = 0; j < r->phase_count; j++) {
            if (pn_currency_eq(r->phases[j].currency, each->sums.currency)) {
                collected += r->phases[j].amount;
            }
        }
        assert_int_equal(collected, each->collected);
        assert_true(each->sums.overdue > 0 && each->sums.overdue < each->sums.open);
        assert_in_range(each->dso_days, 20, 120);
    }
    assert_true(r->strategy_count >= 7 && r->held_count >= 2 && r->task_count >= 1);
    assert_true(r->promises[1] > 0 && r->promises[2] > 0 && r->disputes[1] > 0);
}

/* ── manners ─────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_str country, region, zone;
    pn_time at;
} demand;

/* What the packs say, in other words than theirs. */
static void check_demand(pn_app *app, const demand *each) {
    bool spain = pn_str_is(each->country, "ES");
    pn_local local = pn_zone_local(pn_app_zone_or_own(app, each->zone), each->at);
    pn_calendar calendar = pn_calendar_for(each->country, each->region);
    int32_t from = spain ? 9 : 7, to = spain ? 21 : 22;
    char day[PN_DATE_ISO_SIZE];
    if (!pn_calendar_is_business(&calendar, local.date) || local.second < from * 3600 ||
        local.second >= to * 3600) {
        fail_msg("a demand left on %s at second %d in %.*s", pn_date_iso(local.date, day),
                 local.second, PN_STR_ARG(each->zone));
    }
}

static int64_t check_demands(pn_app *app) {
    int64_t count = 0;
    pn_stmt *q = pn_db_stmt(app->db, "SELECT d.country, d.region, d.zone, c.at FROM carrier c"
                                     " JOIN debtor d ON d.id = c.debtor_id WHERE c.purpose = 0"
                                     " AND c.state IN (2, 4) ORDER BY c.id");
    while (pn_row_next(q) == PN_OK) {
        demand each = {pn_col_str(q, 0), pn_col_str(q, 1), pn_col_str(q, 2), pn_col_int(q, 3)};
        check_demand(app, &each);
        count++;
    }
    return count;
}

/* Rows of a query that must find none. */
static void assert_none(pn_app *app, const char *sql) {
    pn_stmt *q = NULL;
    assert_int_equal(pn_db_prepare(app->db, sql, &q, NULL), PN_OK);
    if (pn_row_next(q) == PN_OK) {
        fail_msg("%.*s: found by %s", PN_STR_ARG(pn_col_str(q, 0)), sql);
    }
    pn_stmt_free(q);
}

static void check_ledger_and_voice(pn_app *app) {
    /* one voice: an address gets one demand of a creditor a day */
    assert_none(app, "SELECT address FROM carrier WHERE purpose = 0 AND state IN (2, 4)"
                     " GROUP BY address, creditor_id, day HAVING count(*) > 1");
    /* four a week at most */
    assert_none(app,
                "SELECT a.address FROM carrier a JOIN carrier b ON b.debtor_id = a.debtor_id"
                " AND b.purpose = 0 AND b.state IN (2, 4) AND b.day BETWEEN a.day AND a.day + 6"
                " WHERE a.purpose = 0 AND a.state IN (2, 4) GROUP BY a.id HAVING count(*) > 4");
    /* tones climb by one step, and nobody begins above the first */
    assert_none(app, "SELECT i.external_id FROM invoice i WHERE i.tone_received > 1 AND NOT EXISTS"
                     " (SELECT 1 FROM carrier c WHERE c.debtor_id = i.debtor_id AND c.purpose = 0"
                     " AND c.tone = i.tone_received - 1)");
}

static void demands_have_manners(void **state) {
    (void)state;
    pn_app *app = NULL;
    pn_diag diag = {0};
    pn_audit_report report;
    pn_app_options options = {.url = pn_str_z(&arena, one.db), .env = &REAL_ENV, .actor = "test"};
    assert_int_equal(pn_app_open(&options, &app, &diag), PN_OK);
    assert_true(check_demands(app) > 300);
    check_ledger_and_voice(app);
    assert_int_equal(pn_audit(app, &arena, &report, &diag), PN_OK);
    for (size_t i = 0; i < report.count; i++) {
        for (size_t j = 0; j < report.checks[i].shown_count; j++) {
            print_error("%s: %.*s\n", report.checks[i].name, PN_STR_ARG(report.checks[i].shown[j]));
        }
    }
    assert_int_equal(report.disagreements, 0);
    pn_app_close(app);
}

/* ── folders ─────────────────────────────────────────────────────────────────────────────────── */

static void a_strangers_folder_is_left_alone(void **state) {
    (void)state;
    pn_diag diag = {0};
    pn_str ours = path_of("ours"), file = path_of("ours/puntual.db");
    pn_str strange = path_of("ours/informe.pdf");
    assert_int_equal(pn_folder_prepare(ours, &arena, &diag), PN_OK);
    assert_int_equal(pn_folder_write(file, PN_STR("old"), &diag), PN_OK);
    assert_int_equal(pn_folder_prepare(ours, &arena, &diag), PN_OK);
    assert_int_equal(access(pn_str_z(&arena, file), F_OK), -1);
    /* a file that no demo made stops it, and nothing was removed */
    assert_int_equal(pn_folder_write(file, PN_STR("old"), &diag), PN_OK);
    assert_int_equal(pn_folder_write(strange, PN_STR("mine"), &diag), PN_OK);
    assert_int_equal(pn_folder_prepare(ours, &arena, &diag), PN_DENIED);
    assert_int_equal(access(pn_str_z(&arena, file), F_OK), 0);
    /* a database beside no mark is somebody's */
    assert_int_equal(unlink(pn_str_z(&arena, strange)), 0);
    assert_int_equal(unlink(pn_str_z(&arena, path_of("ours/.puntual-demo"))), 0);
    assert_int_equal(pn_folder_prepare(ours, &arena, &diag), PN_DENIED);
    assert_int_equal(pn_folder_prepare(file, &arena, &diag), PN_DENIED);
    assert_str(file_read(&arena, pn_str_z(&arena, file)), "old");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_seeds_are_equal_bytes),
        cmocka_unit_test(the_report_adds_up),
        cmocka_unit_test(demands_have_manners),
        cmocka_unit_test(a_strangers_folder_is_left_alone),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
