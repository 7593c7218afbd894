/* Faults, at every place in turn: a full disk, failing reads, writes and syncs, a power cut in the
 * middle of a write, memory that runs out here or inside SQLite. After each there is a sentence,
 * the database opens again, the audit agrees, what was acknowledged is there, and nothing is sent
 * twice.
 *
 * Places are sampled from a seed, printed on failure: PUNTUAL_SEED for another, PUNTUAL_FAULTS for
 * more places of each kind (a number, or "all"). */
#define _GNU_SOURCE
#include "app_rig.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "sim/fault.h"
#include "moody.h"

static rig r;
static moody_record *mood; /* shared with children */
static const char *vfs;
static uint64_t seed = 1;

/* ── the story ───────────────────────────────────────────────────────────────────────────────── */

static const char *const FIRST_FILE =
    "external_id;debtor;debtor_name;email;issued;due;amount\n"
    "F-1;D1;Talleres Núñez;nunez@example.com;2025-12-12;2026-01-14;1210,00\n"
    "F-2;D1;Talleres Núñez;nunez@example.com;2025-12-20;2026-01-20;90,50\n"
    "F-3;D2;Bar Pepe;pepe@example.com;2025-12-15;2026-01-15;300,00\n"
    "F-4;D3;Sin Correo SL;;2025-12-15;2026-01-15;40,00\n"
    "F-5;D4;Norte;pagos@example.com;2025-12-15;2026-01-14;500,00\n"
    "F-6;D5;Sur;pagos@example.com;2025-12-15;2026-01-14;700,00\n";

static const char *const SECOND_FILE =
    "external_id;debtor;debtor_name;email;issued;due;amount\n"
    "F-2;D1;Talleres Núñez;nunez@example.com;2025-12-20;2026-01-20;95,50\n"
    "F-9;D9;Nuevo;nuevo@example.com;2025-12-20;2026-01-20;10,00\n";

static const char *const PAYMENTS = "external_id;debtor;invoice;amount;date\n"
                                    "P-1;D2;F-3;300,00;2026-01-16\n"
                                    "P-2;D1;F-1;1000,00;2026-01-16\n";

static pn_err import(pn_import_kind kind, const char *text) {
    pn_import_request request = {
        .kind = kind, .file_name = PN_STR("f.csv"), .bytes = pn_str_of(text)};
    pn_import_report report;
    return pn_import_run(r.app, &request, &r.arena, &report, &r.diag);
}

static pn_err work(void) {
    pn_work_stats stats = {0};
    if (r.worker == NULL) {
        PN_TRY(pn_worker_open(r.app, &r.worker, &r.diag));
    }
    return pn_worker_run(r.worker, &stats, &r.diag);
}

static pn_err advance_to(unsigned day) {
    pn_work_stats stats = {0};
    pn_time to = (pn_time)pn_date_of(2026, 1, day) * PN_DAY + 20 * PN_HOUR;
    if (r.app->org.clock >= to) {
        return PN_OK;
    }
    if (r.worker == NULL) {
        PN_TRY(pn_worker_open(r.app, &r.worker, &r.diag));
    }
    return pn_worker_advance(r.worker, to, NULL, &stats, &r.diag);
}

/* Every step may be repeated when it is not known how far it came. */
static pn_err step(int number) {
    switch (number) {
    case 0: return import(PN_IMPORT_INVOICES, FIRST_FILE);
    case 1: return work();
    case 2: return advance_to(16);
    case 3: return import(PN_IMPORT_PAYMENTS, PAYMENTS);
    case 4: return advance_to(20);
    case 5: return import(PN_IMPORT_INVOICES, SECOND_FILE);
    default: return advance_to(27);
    }
}

enum { STEPS = 7 };

/* From `*at` on, until one fails; `*at` is the first that was not done. */
static pn_err tell(int *at) {
    for (; *at < STEPS; (*at)++) {
        pn_diag_clear(&r.diag);
        PN_TRY(step(*at));
    }
    return PN_OK;
}

/* ── what must hold ──────────────────────────────────────────────────────────────────────────── */

static const char *where = ""; /* for failures */

#define must(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            print_error("%s: not so: %s\n", where, #condition);                                    \
            fail();                                                                                \
        }                                                                                          \
    } while (0)

/* What the steps before `at` reported as done is there. */
static void acknowledged_is_there(int at) {
    int64_t invoices = rig_int(&r, "SELECT count(*) FROM invoice");
    int64_t payments = rig_int(&r, "SELECT count(*) FROM payment");
    must(at < 1 || invoices >= 6);
    must(at < 4 || payments == 2);
    must(at < 6 || invoices == 7);
    must(invoices == 0 || invoices >= 6); /* all or nothing */
    must(payments == 0 || payments == 2);
}

/* Everything that got through is known to have left, or that it may have; no visit twice. */
static void nothing_is_sent_twice(void) {
    pn_buf ids;
    pn_buf_init(&ids, 1 << 20);
    for (size_t i = 0; i < mood->count; i++) {
        for (size_t j = i + 1; j < mood->count; j++) {
            must(mood->ids[i] != mood->ids[j]);
        }
        pn_buf_add_format(&ids, "%s%lld", i == 0 ? "" : ",", (long long)mood->ids[i]);
    }
    pn_buf_add_char(&ids, '\0');
    must((int64_t)mood->count ==
         rig_int(&r, "SELECT count(*) FROM carrier WHERE state IN (1, 2, 8) AND id IN (%s)",
                 ids.ptr));
    must(rig_int(&r,
                 "SELECT count(*) - count(DISTINCT json_extract(e.value, '$.id')) FROM carrier c,"
                 " json_each(c.facts, '$.messages') e WHERE c.id IN (%s)",
                 ids.ptr) == 0);
    pn_buf_done(&ids);
}

static void sentence_is_there(void) {
    must(r.diag.what[0] != '\0' && strlen(r.diag.what) > 20);
    must(strstr(r.diag.what, "says: .") == NULL);
}

/* Ends as it would have without the fault, but for messages whose fate nobody knows. */
static void ends_well(int at) {
    rig_ok(&r, tell(&at));
    rig_agrees(&r);
    nothing_is_sent_twice();
    rig_assert_rows(&r,
                    "F-1|21000|0\nF-2|9550|0\nF-3|0|1\nF-4|4000|0\nF-5|50000|0\nF-6|70000|0\n"
                    "F-9|1000|0",
                    "SELECT external_id, open_minor, closed FROM invoice ORDER BY external_id");
    must(rig_int(&r, "SELECT count(*) FROM carrier WHERE state = 1") == 0);
    must(rig_int(&r, "SELECT count(*) FROM message WHERE state = 1") == 0);
}

static void close_all(void) {
    pn_worker_close(r.worker);
    pn_app_close(r.app);
    r.worker = NULL;
    r.app = NULL;
}

static void open_with(const char *layer) {
    rig_ok(&r, rig_open_app(&r, false, layer));
    r.app->driver_override = &moody_driver;
}

static void begin_again(void) {
    if (r.app == NULL) {
        rig_ok(&r, rig_open_app(&r, false, NULL));
    }
    rig_restore(&r);
    close_all();
    mood->count = 0;
    mood->taken = 0;
}

/* ── the disk ────────────────────────────────────────────────────────────────────────────────── */

static void disk_fault(pn_fault_kind kind, uint64_t nth) {
    static char text[120];
    int at = 0;
    (void)snprintf(text, sizeof text, "PUNTUAL_SEED=%llu, %s fault at %llu",
                   (unsigned long long)seed, pn_fault_kind_name(kind), (unsigned long long)nth);
    where = text;
    begin_again();
    pn_fault_plan(kind, nth, seed + nth);
    pn_err err = rig_open_app(&r, false, vfs);
    if (err == PN_OK) {
        r.app->driver_override = &moody_driver;
        err = tell(&at);
    }
    must(err == PN_OK || pn_fault_happened());
    if (err != PN_OK) {
        sentence_is_there();
    }
    if (err != PN_OK && kind != PN_FAULT_POWER && r.app != NULL) {
        /* the program goes on when the disk is well again */
        pn_fault_clear();
        must(!pn_db_in_transaction(r.app->db));
        pn_worker_close(r.worker);
        r.worker = NULL;
        acknowledged_is_there(at);
        ends_well(at);
        close_all();
        open_with(NULL);
        rig_agrees(&r);
        return;
    }
    close_all();
    pn_fault_reboot();
    open_with(NULL);
    rig_agrees(&r);
    acknowledged_is_there(at);
    ends_well(at);
}

/* How many places there are, counted in a life without faults. */
static uint64_t places(pn_fault_kind kind) {
    int at = 0;
    begin_again();
    pn_fault_plan(PN_FAULT_NONE, 0, seed);
    rig_ok(&r, rig_open_app(&r, false, vfs));
    r.app->driver_override = &moody_driver;
    rig_ok(&r, tell(&at));
    close_all();
    return kind == PN_FAULT_SYNC   ? pn_fault_syncs()
           : kind == PN_FAULT_READ ? pn_fault_reads()
                                   : pn_fault_writes();
}

/* Calls `fault` for places 1 … count: all of them, or a sample. */
static void sweep(uint64_t count, void (*fault)(int kind, uint64_t nth), int kind) {
    const char *more = getenv("PUNTUAL_FAULTS");
    uint64_t wanted = more == NULL               ? 12
                      : strcmp(more, "all") == 0 ? count
                                                 : strtoull(more, NULL, 10);
    pn_random random = pn_random_for(seed + (uint64_t)kind, PN_STR("places"));
    for (uint64_t i = 0; i < PN_MIN(wanted, count); i++) {
        fault(kind, wanted >= count ? i + 1 : 1 + pn_random_below(&random, count));
    }
}

static void each_disk_fault(int kind, uint64_t nth) {
    disk_fault((pn_fault_kind)kind, nth);
}

static void sweep_disk(pn_fault_kind kind) {
    uint64_t count = places(kind);
    must(count > 20);
    sweep(count, each_disk_fault, (int)kind);
}

static void a_full_disk(void **state) {
    (void)state;
    sweep_disk(PN_FAULT_FULL);
}

static void a_failing_write(void **state) {
    (void)state;
    sweep_disk(PN_FAULT_WRITE);
}

static void a_failing_sync(void **state) {
    (void)state;
    sweep_disk(PN_FAULT_SYNC);
}

static void a_failing_read(void **state) {
    (void)state;
    sweep_disk(PN_FAULT_READ);
}

static void a_power_cut(void **state) {
    (void)state;
    sweep_disk(PN_FAULT_POWER);
}

/* ── an organization's beginning ─────────────────────────────────────────────────────────────── */

static void remove_database(void) {
    static const char *const FILES[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < PN_COUNT(FILES); i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s%s", r.at.path, FILES[i]);
        (void)unlink(path);
    }
}

static pn_err make_organization(void) {
    pn_init_request request = {.name = PN_STR("Ibarra"),
                               .country = PN_STR("ES"),
                               .mode = PN_MODE_SANDBOX,
                               .clock = r.clock.now};
    return pn_publish_init(r.app, &request, &r.diag);
}

/* It is there whole or not at all, and then it can be made. */
static void beginning_fault(int kind, uint64_t nth) {
    static char text[120];
    (void)snprintf(text, sizeof text, "PUNTUAL_SEED=%llu, %s fault at %llu of init",
                   (unsigned long long)seed, pn_fault_kind_name((pn_fault_kind)kind),
                   (unsigned long long)nth);
    where = text;
    close_all();
    remove_database();
    pn_fault_plan((pn_fault_kind)kind, nth, seed + nth);
    pn_err err = rig_open_app(&r, true, vfs);
    if (err == PN_OK) {
        err = make_organization();
        must(err == PN_OK || r.app->org.id == 0);
    }
    if (err != PN_OK) {
        sentence_is_there();
    }
    close_all();
    pn_fault_reboot();
    rig_ok(&r, rig_open_app(&r, true, NULL));
    int64_t made = rig_int(&r, "SELECT count(*) FROM organization");
    must(err != PN_OK || made == 1);
    if (made == 0) {
        rig_ok(&r, make_organization());
    }
    close_all();
    rig_ok(&r, rig_open_app(&r, false, NULL));
    rig_agrees(&r);
}

static void an_organization_is_made_or_not(void **state) {
    (void)state;
    close_all();
    remove_database();
    pn_fault_plan(PN_FAULT_NONE, 0, seed);
    rig_ok(&r, rig_open_app(&r, true, vfs));
    rig_ok(&r, make_organization());
    close_all();
    uint64_t writes = pn_fault_writes(), syncs = pn_fault_syncs();
    must(writes > 20 && syncs > 1);
    sweep(writes, beginning_fault, PN_FAULT_FULL);
    sweep(writes, beginning_fault, PN_FAULT_WRITE);
    sweep(syncs, beginning_fault, PN_FAULT_SYNC);
    sweep(writes, beginning_fault, PN_FAULT_POWER);
}

/* ── memory ──────────────────────────────────────────────────────────────────────────────────── */

/* SQLite's own allocations, counted, one of which may fail. */
static sqlite3_mem_methods sqlite_memory;
static uint64_t sqlite_allocations, sqlite_fails_at;

static bool allocation_fails(void) {
    return ++sqlite_allocations == sqlite_fails_at;
}

static void *counted_malloc(int size) {
    return allocation_fails() ? NULL : sqlite_memory.xMalloc(size);
}

static void *counted_realloc(void *memory, int size) {
    return allocation_fails() ? NULL : sqlite_memory.xRealloc(memory, size);
}

static void count_sqlite_memory(void) {
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &sqlite_memory) != SQLITE_OK) {
        abort();
    }
    sqlite3_mem_methods counted = sqlite_memory;
    counted.xMalloc = counted_malloc;
    counted.xRealloc = counted_realloc;
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &counted) != SQLITE_OK) {
        abort();
    }
}

static void sqlite_memory_fault(int kind, uint64_t nth) {
    static char text[120];
    int at = 0;
    (void)kind;
    (void)snprintf(text, sizeof text, "PUNTUAL_SEED=%llu, SQLite's allocation %llu",
                   (unsigned long long)seed, (unsigned long long)nth);
    where = text;
    begin_again();
    sqlite_allocations = 0;
    sqlite_fails_at = nth;
    pn_err err = rig_open_app(&r, false, NULL);
    if (err == PN_OK) {
        r.app->driver_override = &moody_driver;
        err = tell(&at);
    }
    sqlite_fails_at = 0;
    if (err != PN_OK) {
        sentence_is_there();
    }
    close_all();
    open_with(NULL);
    rig_agrees(&r);
    acknowledged_is_there(at);
    ends_well(at);
}

static void sqlite_runs_out_of_memory(void **state) {
    (void)state;
    int at = 0;
    begin_again();
    sqlite_allocations = 0;
    open_with(NULL);
    rig_ok(&r, tell(&at));
    uint64_t count = sqlite_allocations;
    must(count > 100);
    sweep(count, sqlite_memory_fault, PN_FAULTS);
}

/* The child's life with an allocation that fails: our own ends the program with a sentence. */
static void child_life(uint64_t nth, int *at, int to) {
    (void)dup2(to, STDERR_FILENO);
    (void)signal(SIGABRT, SIG_DFL);
    pn_alloc_fail_at(nth);
    pn_err err = rig_open_app(&r, false, NULL);
    if (err == PN_OK) {
        r.app->driver_override = &moody_driver;
        err = tell(at);
    }
    _exit(err == PN_OK ? 0 : 1);
}

/* The step that the child came to, in memory that it shares; -1 where it ended well. */
static int run_child(uint64_t nth, char *said, size_t size) {
    int *at = mmap(NULL, sizeof *at, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int ends[2], status = 0;
    must(at != MAP_FAILED && pipe(ends) == 0);
    *at = 0;
    pid_t child = fork();
    must(child >= 0);
    if (child == 0) {
        child_life(nth, at, ends[1]);
    }
    (void)close(ends[1]);
    size_t len = 0;
    for (ssize_t got; (got = read(ends[0], said + len, size - 1 - len)) > 0;) {
        len += (size_t)got;
    }
    said[len] = '\0';
    (void)close(ends[0]);
    must(waitpid(child, &status, 0) == child);
    bool died = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
    must(died || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
    int reached = died ? *at : -1;
    (void)munmap(at, sizeof *at);
    return reached;
}

static void memory_fault(int kind, uint64_t nth) {
    static char text[120];
    char said[400];
    (void)kind;
    (void)snprintf(text, sizeof text, "PUNTUAL_SEED=%llu, allocation %llu",
                   (unsigned long long)seed, (unsigned long long)nth);
    where = text;
    begin_again();
    int at = run_child(nth, said, sizeof said);
    must(at >= 0);
    must(strstr(said, "out of memory") != NULL && strstr(said, "database holds") != NULL);
    open_with(NULL);
    rig_agrees(&r);
    acknowledged_is_there(at);
    ends_well(at);
}

/* The number of allocations of a life, by doubling and halving: only the child can tell. */
static uint64_t count_allocations(void) {
    char said[400];
    uint64_t low = 0, high = 64;
    for (;; high *= 2) {
        begin_again();
        if (run_child(high, said, sizeof said) < 0) {
            break;
        }
        low = high;
    }
    while (high - low > 16) {
        uint64_t middle = (low + high) / 2;
        begin_again();
        if (run_child(middle, said, sizeof said) < 0) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return low;
}

static void memory_runs_out(void **state) {
    (void)state;
    uint64_t count = count_allocations();
    must(count > 50);
    sweep(count, memory_fault, PN_FAULTS + 1);
}

/* ── set up ──────────────────────────────────────────────────────────────────────────────────── */

static int set_up(void **state) {
    (void)state;
    rig_open(&r);
    rig_strategy(&r, RIG_STRATEGY);
    rig_save(&r);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pn_fault_clear();
    rig_close(&r);
    return 0;
}

int main(void) {
    const char *given = getenv("PUNTUAL_SEED");
    if (given != NULL) {
        seed = strtoull(given, NULL, 10);
    }
    if (place_server() != NULL) {
        print_message("skipped: the faults are those of SQLite's files\n");
        return 0;
    }
    count_sqlite_memory();
    vfs = pn_fault_register();
    mood = moody_share();
    moody_begin(mood, seed, 0);
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_full_disk),
        TEST(a_failing_write),
        TEST(a_failing_sync),
        TEST(a_failing_read),
        TEST(a_power_cut),
        TEST(an_organization_is_made_or_not),
        TEST(sqlite_runs_out_of_memory),
        TEST(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
