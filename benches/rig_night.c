#include "rig_night.h"

#include "base/banned.h"

/* Waits, writes a message, waits for what the debtor does. */
static const char STRATEGY[] =
    "{'puntual':1,'name':'Noche','subject':'account','kind':'strategy',"
    "'entry':{'rule':['account.claimable','>',0]},'start':'vence','nodes':{"
    "'vence':{'type':'wait.due','days':1,'at':'09:00','next':'correo'},"
    "'correo':{'type':'send.email','template':'recordatorio','tone':1,'next':'plazo','error':'"
    "plazo'},"
    "'plazo':{'type':'wait.due','days':8,'at':'09:00','next':'segundo'},"
    "'segundo':{'type':'send.email','template':'recordatorio','tone':2,'next':'fin','error':'fin'},"
    "'fin':{'type':'end'}}}";

/* ── the engine's work ───────────────────────────────────────────────────────────────────────── */

typedef struct {
    const char *place, *job; /* job NULL: instructions are not counted */
    pn_time now;
} shift;

typedef struct {
    double begin, end, cpu_seconds;
    pn_engine_stats stats;
} shift_result;

static void work(pn_app *app, const shift *s, shift_result *result) {
    pn_engine *engine = NULL;
    pn_diag diag = {0};
    rig_must(pn_engine_open(app, &engine, &diag), &diag);
    double cpu_begin = rig_cpu_seconds();
    result->begin = rig_seconds();
    if (s->job != NULL) {
        rig_count_begin();
    }
    rig_must(pn_engine_work(engine, s->now, &result->stats, &diag), &diag);
    if (s->job != NULL) {
        rig_count_end(s->job, PN_MAX(result->stats.moved, 1));
    }
    result->end = rig_seconds();
    result->cpu_seconds = rig_cpu_seconds() - cpu_begin;
    pn_engine_close(engine);
}

static void live(void *context, void *result) {
    const shift *s = context;
    pn_app *app = rig_open(s->place);
    app->org.clock = s->now;
    work(app, s, result);
    pn_app_close(app);
}

pn_time night_after(int due_day) {
    return rig_moment(due_day + 1, 10);
}

static void set_clock(void *context, void *result) {
    const shift *s = context;
    (void)result;
    pn_app *app = rig_open(s->place);
    rig_set_clock(app, s->now);
    pn_app_close(app);
}

void night_live(const char *place, const char *job, pn_time now, int workers,
                night_result *ret_result) {
    shift s = {.place = place, .job = job, .now = now};
    shift_result results[NIGHT_WORKERS_MAX] = {0};
    char none = 0;
    if (workers > NIGHT_WORKERS_MAX) {
        pn_panic("at most %d workers", NIGHT_WORKERS_MAX);
    }
    (void)rig_apart(set_clock, &s, &none, sizeof none, 1);
    *ret_result =
        (night_result){.rss_mb = rig_apart(live, &s, results, sizeof results[0], workers)};
    double begin = results[0].begin, end = results[0].end;
    for (int i = 0; i < workers; i++) {
        begin = PN_MIN(begin, results[i].begin);
        end = PN_MAX(end, results[i].end);
        ret_result->cpu_seconds += results[i].cpu_seconds;
        ret_result->stats.stepped += results[i].stats.stepped;
        ret_result->stats.moved += results[i].stats.moved;
        ret_result->stats.enrolled += results[i].stats.enrolled;
        ret_result->stats.intents += results[i].stats.intents;
    }
    ret_result->seconds = end - begin;
}

/* ── making the cases ────────────────────────────────────────────────────────────────────────── */

typedef struct {
    const char *place;
    rig_file file;
} delivery_note;

static void make_org(void *context, void *result) {
    (void)result;
    pn_app_close(rig_new_org(((const shift *)context)->place));
}

static void import_file(void *context, void *result) {
    const delivery_note *note = context;
    shift_result *r = result;
    pn_app *app = rig_open(note->place);
    pn_buf csv;
    pn_import_report report = {0};
    pn_buf_init(&csv, (size_t)note->file.invoices * 220 + 4096);
    rig_write_csv(&note->file, &csv);
    double cpu_begin = rig_cpu_seconds();
    r->begin = rig_seconds();
    rig_import(app, PN_IMPORT_INVOICES, pn_buf_str(&csv), &report);
    r->end = rig_seconds();
    r->cpu_seconds = rig_cpu_seconds() - cpu_begin;
    pn_buf_done(&csv);
    pn_app_close(app);
}

static void enrol(void *context, void *result) {
    shift *s = context;
    pn_app *app = rig_open(s->place);
    rig_publish(app, STRATEGY);
    s->now = pn_app_now(app);
    work(app, s, result);
    pn_app_close(app);
}

void night_fill(const char *place, int64_t cases, int64_t file_cases, night_filling *ret_filling) {
    shift s = {.place = place};
    shift_result enrolled = {0};
    char none = 0;
    *ret_filling = (night_filling){0};
    (void)rig_apart(make_org, &s, &none, sizeof none, 1);
    for (int64_t first = 0; first < cases; first += file_cases) {
        delivery_note note = {.place = place,
                              .file = {.first = first,
                                       .invoices = PN_MIN(file_cases, cases - first),
                                       .debtors = cases,
                                       .due_days = NIGHT_DUE,
                                       .early_due_days = NIGHT_EARLY_DUE}};
        rig_say("importing cases %lld to %lld", (long long)first + 1,
                (long long)(first + note.file.invoices));
        shift_result imported = {0};
        ret_filling->import_rss_mb = rig_apart(import_file, &note, &imported, sizeof imported, 1);
        ret_filling->last_file_seconds = imported.end - imported.begin;
        ret_filling->import_seconds += ret_filling->last_file_seconds;
        ret_filling->import_cpu_seconds += imported.cpu_seconds;
    }
    rig_say("enrolling them");
    ret_filling->enrol_rss_mb = rig_apart(enrol, &s, &enrolled, sizeof enrolled, 1);
    ret_filling->enrol_seconds = enrolled.end - enrolled.begin;
    ret_filling->enrol_cpu_seconds = enrolled.cpu_seconds;
    ret_filling->enrolled = enrolled.stats.enrolled;
    if (enrolled.stats.enrolled != cases) {
        pn_panic("%lld of %lld cases were enrolled", (long long)enrolled.stats.enrolled,
                 (long long)cases);
    }
    rig_settle(place);
}
