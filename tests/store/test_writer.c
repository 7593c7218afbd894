/* Operations that share a transaction, writers that take turns, and the crew: with threads. */
#include "app_rig.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/stat.h>

#include "app/bell.h"
#include "app/control.h"
#include "app/crew.h"
#include "app/folder.h"
#include "app/writer.h"
#include "base/limits.h"
#include "real_env.h"
#include "store/link.h"

static rig r;
static pn_turns *turns;
static pn_changes changes;

static atomic_uint_fast64_t drawn;

/* Several threads draw. */
static void draw(void *context, void *bytes, size_t size) {
    (void)context;
    memset(bytes, (int)(atomic_fetch_add(&drawn, 1) & 0xff), size);
}

static const pn_env OF_THREADS = {.now = real_now, .ticks = real_ticks, .entropy = draw};

static int begin(void **state) {
    (void)state;
    (void)REAL_ENV;
    rig_open(&r);
    r.app->env = &OF_THREADS;
    turns = pn_turns_new();
    atomic_store(&changes, 0);
    return 0;
}

static int end(void **state) {
    (void)state;
    pn_turns_free(turns);
    rig_close(&r);
    return 0;
}

static pn_apps_options apps_of(pn_db_mode mode) {
    return (pn_apps_options){.url = r.at.url,
                             .mode = mode,
                             .env = &OF_THREADS,
                             .actor = "test",
                             .turn = pn_turns_own(turns),
                             .rank = PN_TURN_BATCH,
                             .changes = &changes};
}

static pn_writer *new_writer(void) {
    pn_writer *writer = NULL;
    pn_writer_options options = {.apps = apps_of(PN_DB_WRITE), .threads = 2};
    rig_ok(&r, pn_writer_new(&options, &writer, &r.diag));
    return writer;
}

/* ── savepoints ──────────────────────────────────────────────────────────────────────────────── */

static pn_err note(pn_app *app, const char *text) {
    char body[80];
    (void)snprintf(body, sizeof body, "{\"note\":\"%s\"}", text);
    return pn_journal_add(app, 0, 0, 0, PN_EVENT_NOTE, pn_str_of(body), &(pn_id){0});
}

/* The audit recomputes every seal: an undone operation must be in none. */
static void assert_audited(void) {
    pn_audit_report report = {0};
    rig_ok(&r, pn_audit(r.app, &r.arena, &report, &r.diag));
    assert_int_equal(report.disagreements, 0);
}

static int64_t notes(const char *like) {
    return rig_int(&r,
                   "SELECT count(*) FROM event WHERE kind = %d AND CAST(body AS TEXT) LIKE '%s'",
                   (int)PN_EVENT_NOTE, like);
}

static void an_operation_is_undone_with_its_events(void **state) {
    (void)state;
    pn_app_mark mark;
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    rig_ok(&r, note(r.app, "before"));
    rig_ok(&r, pn_app_savepoint(r.app, &mark, &r.diag));
    rig_ok(&r, note(r.app, "undone"));
    rig_ok(&r, pn_app_undo(r.app, &mark, &r.diag));
    rig_ok(&r, pn_app_savepoint(r.app, &mark, &r.diag));
    rig_ok(&r, note(r.app, "kept"));
    rig_ok(&r, pn_app_keep(r.app, &r.diag));
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
    assert_int_equal(notes("%before%"), 1);
    assert_int_equal(notes("%undone%"), 0);
    assert_int_equal(notes("%kept%"), 1);
    assert_audited();
}

/* Ids that were leased within it are leased again. */
static void a_lease_within_is_undone_too(void **state) {
    (void)state;
    pn_app_mark mark;
    rig_reopen(&r); /* nothing is leased */
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    rig_ok(&r, pn_app_savepoint(r.app, &mark, &r.diag));
    rig_ok(&r, pn_app_reserve_ids(r.app, 100000));
    pn_id undone = pn_app_id(r.app);
    rig_ok(&r, pn_app_undo(r.app, &mark, &r.diag));
    rig_ok(&r, note(r.app, "after"));
    assert_true(pn_app_id(r.app) > undone);
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
    rig_reopen(&r);
    assert_true(rig_int(&r, "SELECT max(high) FROM id_lease") > undone);
    assert_audited();
}

/* What the database refuses ends neither the transaction nor the operation before it. */
static void what_the_database_refuses_is_undone_alone(void **state) {
    (void)state;
    pn_app_mark mark;
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    rig_ok(&r, note(r.app, "before"));
    rig_ok(&r, pn_app_savepoint(r.app, &mark, &r.diag));
    pn_org_row again = r.app->org; /* its id is taken */
    pn_err err = pn_org_insert(r.app->db, &again);
    err = err == PN_OK ? pn_app_keep(r.app, &r.diag) : err;
    assert_int_equal(err, PN_CONFLICT);
    rig_ok(&r, pn_app_undo(r.app, &mark, &r.diag));
    rig_ok(&r, note(r.app, "behind"));
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
    assert_int_equal(notes("%before%"), 1);
    assert_int_equal(notes("%behind%"), 1);
}

/* ── the writer ──────────────────────────────────────────────────────────────────────────────── */

enum { SENDERS = 4, OF_EACH = 300, FAIL_EVERY = 7 };

typedef struct {
    pn_operation operation;
    int number;
    pn_err told;
    atomic_int answered;
} op;

static pn_err run_op(pn_operation *operation, pn_app *app, pn_diag *diag) {
    char text[40];
    const op *o = (const op *)(const void *)operation;
    (void)snprintf(text, sizeof text, "op %d.", o->number);
    PN_TRY(note(app, text));
    return o->number % FAIL_EVERY == 0 ? pn_diag_set(diag, PN_INVALID, "%s", text) : PN_OK;
}

static void op_done(pn_operation *operation, pn_err err, const pn_diag *diag) {
    op *o = (op *)(void *)operation;
    o->told = err;
    if (err == PN_INVALID) {
        char text[40];
        (void)snprintf(text, sizeof text, "op %d.", o->number);
        assert_string_equal(diag->what, text); /* its own reason, and nobody else's */
    }
    (void)atomic_fetch_add(&o->answered, 1);
}

typedef struct {
    pn_writer *writer;
    op *ops;
} sender;

static void *send_ops(void *context) {
    const sender *s = context;
    for (int i = 0; i < OF_EACH; i++) {
        while (!pn_writer_add(s->writer, &s->ops[i].operation)) {
            (void)sched_yield();
        }
    }
    return NULL;
}

static void every_operation_is_answered_once_and_failures_are_alone(void **state) {
    (void)state;
    pn_writer *writer = new_writer();
    op *ops = pn_arena_array(&r.arena, op, SENDERS * OF_EACH);
    pthread_t threads[SENDERS];
    sender senders[SENDERS];
    for (int i = 0; i < SENDERS * OF_EACH; i++) {
        ops[i].number = i + 1;
        ops[i].operation = (pn_operation){.org_id = r.app->org.id, .run = run_op, .done = op_done};
    }
    for (int i = 0; i < SENDERS; i++) {
        senders[i] = (sender){writer, ops + i * OF_EACH};
        assert_int_equal(pthread_create(&threads[i], NULL, send_ops, &senders[i]), 0);
    }
    for (int i = 0; i < SENDERS; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    pn_writer_stats early = pn_writer_told(writer);
    assert_true(early.waiting <= PN_LIMIT_WRITER_QUEUE);
    pn_writer_free(writer);
    int failed = SENDERS * OF_EACH / FAIL_EVERY;
    for (int i = 0; i < SENDERS * OF_EACH; i++) {
        assert_int_equal(atomic_load(&ops[i].answered), 1);
        assert_int_equal(ops[i].told, ops[i].number % FAIL_EVERY == 0 ? PN_INVALID : PN_OK);
    }
    assert_int_equal(notes("%op %"), SENDERS * OF_EACH - failed);
    assert_audited();
    /* they shared transactions: fewer blocks than operations */
    assert_true(rig_int(&r, "SELECT count(*) FROM block") < SENDERS * OF_EACH - failed);
}

enum { TOGETHER = 60 };

/* All of them in one group: nobody writes before the last one is there. */
static void run_together(op *ops, pn_err (*run)(pn_operation *, pn_app *, pn_diag *)) {
    const pn_turn *turn = pn_turns_own(turns);
    pn_writer *writer = new_writer();
    turn->take(turn->context, PN_TURN_ANSWER);
    for (int i = 0; i < TOGETHER; i++) {
        ops[i].number = i + 1;
        ops[i].operation = (pn_operation){.org_id = r.app->org.id, .run = run, .done = op_done};
        assert_true(pn_writer_add(writer, &ops[i].operation));
    }
    turn->give(turn->context);
    pn_writer_free(writer);
}

static atomic_int runs;

static pn_err run_refused(pn_operation *operation, pn_app *app, pn_diag *diag) {
    const op *o = (const op *)(const void *)operation;
    (void)atomic_fetch_add(&runs, 1);
    return o->number % FAIL_EVERY == 0 ? run_op(operation, app, diag) : note(app, "beside");
}

static pn_err run_refused_early(pn_operation *operation, pn_app *app, pn_diag *diag) {
    const op *o = (const op *)(const void *)operation;
    (void)atomic_fetch_add(&runs, 1);
    return o->number % FAIL_EVERY == 0 ? pn_diag_set(diag, PN_INVALID, "op %d.", o->number)
                                       : note(app, "beside");
}

static void assert_refused_alone(const op *ops) {
    for (int i = 0; i < TOGETHER; i++) {
        assert_int_equal(atomic_load(&ops[i].answered), 1);
        assert_int_equal(ops[i].told, ops[i].number % FAIL_EVERY == 0 ? PN_INVALID : PN_OK);
    }
    assert_int_equal(notes("%beside%"), TOGETHER - TOGETHER / FAIL_EVERY);
    assert_int_equal(notes("%op %"), 0);
    assert_audited();
}

/* Only a group in which somebody failed having written is run twice. */
static void who_fails_before_writing_undoes_nobody(void **state) {
    (void)state;
    op ops[TOGETHER] = {0};
    atomic_store(&runs, 0);
    run_together(ops, run_refused_early);
    assert_int_equal(atomic_load(&runs), TOGETHER);
    assert_refused_alone(ops);
}

static void who_fails_having_written_is_undone_alone(void **state) {
    (void)state;
    op ops[TOGETHER] = {0};
    atomic_store(&runs, 0);
    run_together(ops, run_refused);
    assert_true(atomic_load(&runs) >= TOGETHER);
    assert_refused_alone(ops);
}

/* Its id may be taken, which shows only when what was put off is written. */
static pn_err run_link(pn_operation *operation, pn_app *app, pn_diag *diag) {
    const op *o = (const op *)(const void *)operation;
    pn_link_row row = {.id = 4000 + o->number / 2, .org_id = app->org.id, .kind = 'p'};
    (void)diag;
    PN_TRY(note(app, "linked"));
    return pn_link_insert(app->db, &row);
}

static void what_was_put_off_fails_alone(void **state) {
    (void)state;
    op ops[TOGETHER] = {0};
    int well = 0;
    run_together(ops, run_link);
    for (int i = 0; i < TOGETHER; i++) {
        assert_true(ops[i].told == PN_OK || ops[i].told == PN_CONFLICT);
        well += ops[i].told == PN_OK;
    }
    assert_int_equal(well, TOGETHER / 2 + 1); /* 1, 2 or 3, 4 or 5 … 60 */
    assert_int_equal(notes("%linked%"), well);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM link WHERE id >= 4000 AND id < 5000"), well);
    rig_sql(&r, "DELETE FROM link WHERE id >= 4000 AND id < 5000"); /* they are about nobody */
    assert_audited();
}

static pn_err run_retry(pn_operation *operation, pn_app *app, pn_diag *diag) {
    op *o = (op *)(void *)operation;
    (void)diag;
    PN_TRY(note(app, "retried"));
    return ++o->number < 3 ? PN_RETRY : PN_OK;
}

static void one_in_the_way_of_others_runs_again(void **state) {
    (void)state;
    pn_writer *writer = new_writer();
    op o = {.operation = {.org_id = r.app->org.id, .run = run_retry, .done = op_done}};
    assert_true(pn_writer_add(writer, &o.operation));
    pn_writer_free(writer);
    assert_int_equal(o.told, PN_OK);
    assert_int_equal(o.number, 3);
    assert_int_equal(notes("%retried%"), 1);
}

static pn_err run_never(pn_operation *operation, pn_app *app, pn_diag *diag) {
    (void)operation;
    (void)app;
    (void)diag;
    fail();
    return PN_OK;
}

static void an_unknown_organization_is_told(void **state) {
    (void)state;
    pn_writer *writer = new_writer();
    op o = {.operation = {.org_id = 4711, .run = run_never, .done = op_done}};
    assert_true(pn_writer_add(writer, &o.operation));
    pn_writer_free(writer);
    assert_int_equal(o.told, PN_NOT_FOUND);
}

static pn_err run_publish(pn_operation *operation, pn_app *app, pn_diag *diag) {
    (void)operation;
    (void)diag;
    return pn_journal_add(app, 0, 0, 0, PN_EVENT_SETTING, PN_STR("{}"), &(pn_id){0});
}

static void changes_of_what_is_loaded_are_counted(void **state) {
    (void)state;
    pn_writer *writer = new_writer();
    op plain = {.number = 1,
                .operation = {.org_id = r.app->org.id, .run = run_op, .done = op_done}};
    op setting = {.operation = {.org_id = r.app->org.id, .run = run_publish, .done = op_done}};
    assert_true(pn_writer_add(writer, &plain.operation));
    pn_writer_free(writer);
    assert_int_equal(atomic_load(&changes), 0);
    writer = new_writer();
    assert_true(pn_writer_add(writer, &setting.operation));
    pn_writer_free(writer);
    assert_int_equal(atomic_load(&changes), 1);
}

/* A job tells how far it is, and somebody signs in, while an organization is somebody's for long.
 */
static void the_instance_waits_for_no_organization(void **state) {
    pn_app *instance = NULL;
    pn_apps *apps = NULL;
    pn_apps_options options = apps_of(PN_DB_WRITE);
    (void)state;
    if (!pn_db_is_shared(r.app->db)) {
        print_message("skipped: a file has one writer at a time\n");
        skip();
    }
    options.turn = NULL;
    rig_ok(&r, pn_apps_open(&options, &apps, &r.diag));
    rig_ok(&r, pn_apps_get(apps, 0, &instance, &r.diag));
    assert_true(pn_db_exec(instance->db, "SET lock_timeout = '2s'") == PN_OK);
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    rig_ok(&r, pn_app_begin_rows(instance, &r.diag));
    rig_ok(&r, pn_app_commit(instance, &r.diag));
    pn_app_rollback(r.app);
    pn_apps_close(apps);
}

/* ── turns ───────────────────────────────────────────────────────────────────────────────────── */

enum { TAKERS = 3, TURNS_OF_EACH = 400 };

static atomic_int inside, answers_done;

static void *take_turns(void *context) {
    const pn_turn_rank rank = *(const pn_turn_rank *)context;
    const pn_turn *turn = pn_turns_own(turns);
    for (int i = 0; i < TURNS_OF_EACH; i++) {
        turn->take(turn->context, rank);
        assert_int_equal(atomic_fetch_add(&inside, 1), 0); /* nobody else is in */
        (void)atomic_fetch_sub(&inside, 1);
        (void)atomic_fetch_add(&answers_done, rank == PN_TURN_ANSWER);
        turn->give(turn->context);
    }
    return NULL;
}

static void turns_exclude_each_other_and_nobody_starves(void **state) {
    (void)state;
    pthread_t threads[TAKERS];
    pn_turn_rank takers[TAKERS] = {PN_TURN_ANSWER, PN_TURN_ANSWER, PN_TURN_BATCH};
    atomic_store(&answers_done, 0);
    for (int i = 0; i < TAKERS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, take_turns, &takers[i]), 0);
    }
    for (int i = 0; i < TAKERS; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    assert_int_equal(atomic_load(&answers_done), 2 * TURNS_OF_EACH);
    assert_int_equal(pn_turns_waiting(turns), 0);
}

static void *begin_alone(void *context) {
    pn_apps *apps = NULL;
    pn_app *app = NULL;
    pn_diag diag = {0};
    pn_apps_options options = apps_of(PN_DB_WRITE);
    options.rank = PN_TURN_ANSWER;
    assert_int_equal(pn_apps_open(&options, &apps, &diag), PN_OK);
    assert_int_equal(pn_apps_get(apps, r.app->org.id, &app, &diag), PN_OK);
    assert_int_equal(pn_app_begin(app, &diag), PN_OK);
    *(bool *)context = true;
    assert_int_equal(pn_app_commit(app, &diag), PN_OK);
    pn_apps_close(apps);
    return NULL;
}

/* Who wants the organization for himself waits at the server; the engine looks here. */
static void a_batch_hears_who_waits_at_the_server(void **state) {
    pthread_t thread;
    bool began = false;
    (void)state;
    if (!pn_db_is_shared(r.app->db)) {
        print_message("skipped: on a file they wait for their turn\n");
        skip();
    }
    pn_turns_free(turns);
    turns = pn_turns_new_shared();
    r.app->turn = pn_turns_own(turns);
    r.app->rank = PN_TURN_BATCH;
    rig_ok(&r, pn_app_begin_rows(r.app, &r.diag));
    assert_false(pn_app_yields(r.app));
    assert_int_equal(pthread_create(&thread, NULL, begin_alone, &began), 0);
    while (!pn_app_yields(r.app)) {
        (void)sched_yield();
    }
    assert_false(began);
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
    (void)pthread_join(thread, NULL);
    assert_true(began);
    rig_ok(&r, pn_app_begin_rows(r.app, &r.diag));
    assert_false(pn_turns_own(turns)->wanted(turns, r.app->org.lane));
    pn_app_rollback(r.app);
    r.app->turn = NULL;
}

static void *take_one_batch(void *context) {
    const pn_turn *turn = pn_turns_own(turns);
    turn->take(turn->context, PN_TURN_BATCH);
    *(int *)context = atomic_load(&answers_done);
    turn->give(turn->context);
    return NULL;
}

static void *take_one_answer(void *context) {
    const pn_turn *turn = pn_turns_own(turns);
    (void)context;
    turn->take(turn->context, PN_TURN_ANSWER);
    (void)atomic_fetch_add(&answers_done, 1);
    turn->give(turn->context);
    return NULL;
}

static void wait_for(unsigned waiting) {
    while (pn_turns_waiting(turns) != waiting) {
        (void)sched_yield();
    }
}

/* While somebody has the turn, a batch queues first and twelve answers behind it: eight of them go
 * before it, and no more. */
static void answers_go_first_but_a_batch_gets_its_turn(void **state) {
    (void)state;
    enum { ANSWERS = 12 };
    pthread_t batch, answers[ANSWERS];
    int before = -1;
    const pn_turn *turn = pn_turns_own(turns);
    atomic_store(&answers_done, 0);
    turn->take(turn->context, PN_TURN_BATCH);
    assert_int_equal(pthread_create(&batch, NULL, take_one_batch, &before), 0);
    wait_for(1);
    for (unsigned i = 0; i < ANSWERS; i++) {
        assert_int_equal(pthread_create(&answers[i], NULL, take_one_answer, NULL), 0);
        wait_for(i + 2);
    }
    turn->give(turn->context);
    (void)pthread_join(batch, NULL);
    for (int i = 0; i < ANSWERS; i++) {
        (void)pthread_join(answers[i], NULL);
    }
    assert_int_equal(before, 8);
}

/* ── the control socket ──────────────────────────────────────────────────────────────────────── */

static atomic_int turns_had;

static void count_turn(void *context) {
    (void)context;
    (void)atomic_fetch_add(&turns_had, 1);
}

static void a_command_gets_its_turn_from_the_server(void **state) {
    (void)state;
    if (!pn_db_is_file(r.at.url)) {
        return; /* a server's writers are the server's */
    }
    pn_control *control = NULL;
    const pn_turn *remote = pn_control_turn(r.at.url);
    assert_non_null(remote);
    remote->take(remote->context, PN_TURN_ANSWER); /* no server listens: at once */
    remote->give(remote->context);
    atomic_store(&turns_had, 0);
    rig_ok(&r, pn_control_open(pn_db_file(r.at.url), pn_turns_own(turns), count_turn, NULL,
                               &control, &r.diag));
    r.app->turn = remote;
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    rig_ok(&r, note(r.app, "by a command"));
    /* the server's own writers wait for it */
    pn_writer *writer = new_writer();
    op o = {.number = 1, .operation = {.org_id = r.app->org.id, .run = run_op, .done = op_done}};
    assert_true(pn_writer_add(writer, &o.operation));
    wait_for(1);
    assert_int_equal(atomic_load(&o.answered), 0);
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
    pn_writer_free(writer);
    assert_int_equal(o.told, PN_OK);
    pn_control_close(control);
    assert_int_equal(atomic_load(&turns_had), 1);
    rig_ok(&r, pn_app_begin(r.app, &r.diag)); /* the server is gone */
    pn_app_rollback(r.app);
    r.app->turn = NULL;
    pn_control_turn_free(remote);
}

/* ── the crew ────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_job job;
    pn_id org_id;
    atomic_int done;
} job;

static void run_job(pn_job *base, pn_apps *apps) {
    job *j = (job *)(void *)base;
    pn_app *app = NULL;
    pn_diag diag;
    pn_apps_refresh(apps);
    if (pn_apps_get(apps, j->org_id, &app, &diag) == PN_OK && app->org.id == j->org_id) {
        (void)atomic_fetch_add(&j->done, 1);
    }
}

static void a_crew_does_what_was_added(void **state) {
    (void)state;
    enum { JOBS = 200 };
    pn_crew *crew = NULL;
    pn_apps_options options = apps_of(PN_DB_READ);
    job *jobs = pn_arena_array(&r.arena, job, JOBS);
    rig_ok(&r, pn_crew_new(&options, 3, JOBS, (pn_crew_bounds){0}, &crew, &r.diag));
    for (int i = 0; i < JOBS; i++) {
        jobs[i] = (job){.job = {.run = run_job}, .org_id = r.app->org.id};
        assert_true(pn_crew_add(crew, &jobs[i].job));
        if (i % 50 == 0) {
            (void)atomic_fetch_add(&changes, 1); /* loaded anew in between */
        }
    }
    pn_crew_free(crew);
    for (int i = 0; i < JOBS; i++) {
        assert_int_equal(atomic_load(&jobs[i].done), 1);
    }
}

typedef struct {
    pn_job job;
    pn_crew *crew;
    pn_id org, who;
    atomic_int *working, *most;
    sem_t *goes_on, *over;
} slow_job;

static void run_slow(pn_job *base, pn_apps *apps) {
    slow_job *j = (slow_job *)(void *)base;
    if (pn_crew_place(j->crew, apps, &j->job, j->org, j->who)) {
        int now = atomic_fetch_add(j->working, 1) + 1;
        for (int most = atomic_load(j->most);
             now > most && !atomic_compare_exchange_weak(j->most, &most, now);) {
        }
        (void)sem_wait(j->goes_on);
        (void)atomic_fetch_sub(j->working, 1);
        (void)sem_post(j->over);
    }
}

/* While an organization's jobs stand still, those of another one are done. */
static void slow_jobs_of_one_leave_threads_to_others(void **state) {
    enum { THREADS = 4, ORG = 2, ONE = 1, JOBS = 20, SLOW_ORG = 7, OTHER_ORG = 8 };
    (void)state;
    pn_crew *crew = NULL;
    atomic_int working = 0, most = 0, other = 0, none = 0;
    sem_t stands, over, goes, other_over;
    pn_apps_options options = apps_of(PN_DB_READ);
    (void)sem_init(&stands, 0, 0);
    (void)sem_init(&over, 0, 0);
    (void)sem_init(&goes, 0, JOBS);
    (void)sem_init(&other_over, 0, 0);
    rig_ok(&r,
           pn_crew_new(&options, THREADS, 2 * JOBS, (pn_crew_bounds){ORG, ONE}, &crew, &r.diag));
    slow_job *jobs = pn_arena_array(&r.arena, slow_job, 2 * JOBS);
    for (int i = 0; i < 2 * JOBS; i++) {
        bool slow = i < JOBS;
        jobs[i] = (slow_job){.job = {.run = run_slow},
                             .crew = crew,
                             .org = slow ? SLOW_ORG : OTHER_ORG,
                             .who = 1 + i % 2 + (slow ? 0 : 2),
                             .working = slow ? &working : &other,
                             .most = slow ? &most : &none,
                             .goes_on = slow ? &stands : &goes,
                             .over = slow ? &over : &other_over};
        assert_true(pn_crew_add(crew, &jobs[i].job));
    }
    for (int i = 0; i < JOBS; i++) {
        (void)sem_wait(&other_over);
    }
    for (int i = 0; i < JOBS; i++) {
        (void)sem_post(&stands);
        (void)sem_wait(&over);
    }
    pn_crew_free(crew);
    assert_int_equal(atomic_load(&most), ORG);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

/* ── the log ─────────────────────────────────────────────────────────────────────────────────── */

static int64_t log_bytes(void) {
    struct stat is;
    char path[4096];
    (void)snprintf(path, sizeof path, "%s-wal", pn_db_file(r.at.url));
    return stat(path, &is) == 0 ? is.st_size : 0;
}

/* Three times as much as makes a log long; what commits themselves fold begins there. */
static void a_long_log_is_folded_beside_the_writers(void **state) {
    enum { ROUNDS = 60, BYTES = 4 << 20, LONG_MB = 82, ROOM_MB = 82 };
    (void)state;
    place_only_file("a log is folded back only in a file");
    pn_folder *folder = NULL;
    pn_apps *apps = NULL;
    pn_app *app = NULL;
    rig_ok(&r, pn_folder_start(r.at.url, turns, &folder, &r.diag));
    pn_apps_options options = apps_of(PN_DB_WRITE);
    rig_ok(&r, pn_apps_open(&options, &apps, &r.diag));
    rig_ok(&r, pn_apps_get(apps, r.app->org.id, &app, &r.diag));
    rig_sql(&r, "CREATE TABLE ballast (id INTEGER PRIMARY KEY, bytes BLOB)");
    for (int i = 0; i < ROUNDS; i++) {
        rig_ok(&r, pn_app_begin(app, &r.diag));
        pn_stmt *q = pn_db_stmt(app->db, "INSERT INTO ballast (bytes) VALUES (zeroblob($1))");
        pn_bind_int(q, 1, BYTES);
        rig_ok(&r, pn_stmt_run(q, NULL));
        rig_ok(&r, pn_app_commit(app, &r.diag));
        pn_bell_rest(log_bytes() >> 20 < LONG_MB ? 0 : 100); /* a moment for the thread */
    }
    assert_in_range(log_bytes() >> 20, 1, LONG_MB + ROOM_MB);
    pn_apps_close(apps);
    pn_folder_stop(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(an_operation_is_undone_with_its_events),
        TEST(a_lease_within_is_undone_too),
        TEST(what_the_database_refuses_is_undone_alone),
        TEST(every_operation_is_answered_once_and_failures_are_alone),
        TEST(who_fails_before_writing_undoes_nobody),
        TEST(who_fails_having_written_is_undone_alone),
        TEST(what_was_put_off_fails_alone),
        TEST(one_in_the_way_of_others_runs_again),
        TEST(an_unknown_organization_is_told),
        TEST(changes_of_what_is_loaded_are_counted),
        TEST(the_instance_waits_for_no_organization),
        TEST(a_batch_hears_who_waits_at_the_server),
        TEST(turns_exclude_each_other_and_nobody_starves),
        TEST(answers_go_first_but_a_batch_gets_its_turn),
        TEST(a_command_gets_its_turn_from_the_server),
        TEST(a_crew_does_what_was_added),
        TEST(slow_jobs_of_one_leave_threads_to_others),
        cmocka_unit_test_setup_teardown(a_long_log_is_folded_beside_the_writers, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
