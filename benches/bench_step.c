/* The step alone, its facts in memory, on one core.
 *
 *   bench_step [--steps N]
 *
 * Five kinds of steps of an account's case in turn, as a night has them: a wait that is over leads
 * to a message; a message that left leads to the next wait; a wait that is not over; a case that
 * money closed; one whose open amount is disputed. There is no raw limit beside it. */
#include <stdio.h>

#include "base/banned.h"
#include "core/ledger.h"
#include "core/step.h"
#include "rig.h"

static const char STRATEGY[] =
    "{\"puntual\":1,\"name\":\"Noche\",\"subject\":\"account\",\"kind\":\"strategy\","
    "\"start\":\"vence\",\"nodes\":{"
    "\"vence\":{\"type\":\"wait.due\",\"days\":1,\"at\":\"09:00\",\"next\":\"correo\"},"
    "\"correo\":{\"type\":\"send.email\",\"template\":\"aviso\",\"tone\":1,\"next\":\"plazo\","
    "\"error\":\"plazo\"},"
    "\"plazo\":{\"type\":\"wait.due\",\"days\":8,\"at\":\"09:00\",\"next\":\"segundo\"},"
    "\"segundo\":{\"type\":\"send.email\",\"template\":\"aviso\",\"tone\":2,\"next\":\"fin\","
    "\"error\":\"fin\"},\"fin\":{\"type\":\"end\"}}}";

enum { KINDS = 5, ITEMS = 3, ROUNDS = 5 };

typedef struct {
    pn_facts facts;
    pn_item items[ITEMS];
    pn_message_fact message;
    pn_run run;
    pn_time now;
    size_t commands;  /* what the step must command, */
    pn_run_wait wait; /* how it must rest */
    uint32_t node;    /* and where */
} scene;

static const pn_zone *madrid(pn_arena *arena) {
    static char bytes[1 << 16];
    const pn_zone *zone = NULL;
    FILE *file = fopen("/usr/share/zoneinfo/Europe/Madrid", "rb");
    size_t size = file != NULL ? fread(bytes, 1, sizeof bytes, file) : 0;
    pn_diag diag = {0};
    rig_must(pn_zone_parse((pn_str){bytes, size}, PN_STR("Europe/Madrid"), arena, &zone, &diag),
             &diag);
    (void)fclose(file);
    return zone;
}

static void set_scene(scene *s, const pn_zone *zone, const pn_flow *flow, pn_arena *arena) {
    pn_date due = pn_date_of(2026, 3, 12);
    s->facts = (pn_facts){.subject = PN_SUBJECT_ACCOUNT,
                          .today = pn_date_of(2026, 3, 13),
                          .debtor = {.id = 77,
                                     .country = PN_STR("ES"),
                                     .zone = zone,
                                     .calendar = pn_calendar_for(PN_STR("ES"), PN_STR("MD")),
                                     .channels = 1U << PN_CHANNEL_EMAIL},
                          .account = {.scale = 100, .currency = {"EUR"}},
                          .items = s->items,
                          .item_count = ITEMS,
                          .messages = &s->message};
    for (int i = 0; i < ITEMS; i++) {
        s->items[i] = (pn_item){.id = 100 + i,
                                .scale = 100,
                                .currency = {"EUR"},
                                .issued = due - 30,
                                .due = due + i,
                                .effective_due = due + i,
                                .amount = 12345,
                                .open = 12345,
                                .closed_at = PN_TIME_NONE,
                                .reopened_at = PN_TIME_NONE,
                                .tone_on = PN_DATE_NONE,
                                .interest_until = PN_DATE_NONE};
    }
    s->now = rig_moment(11, 10);
    pn_run start = pn_run_start(flow, &s->facts, rig_begin());
    s->run = pn_run_copy(&start, arena);
}

static void sum(scene *s) {
    pn_ledger_claimable(s->items, ITEMS, 0);
    pn_facts_sum(&s->facts);
}

/* Brings the scene's run to where the measured step begins. */
static void step_to(scene *s, const pn_flow *flow, pn_time now, pn_arena *arena) {
    pn_run next;
    pn_cmds cmds = {0};
    rig_must(pn_step(flow, &s->run, &s->facts, now, arena, &next, &cmds), &(pn_diag){0});
    s->run = pn_run_copy(&next, arena);
}

static void set_scenes(scene scenes[KINDS], const pn_flow *flow, pn_arena *arena) {
    const pn_zone *zone = madrid(arena);
    for (int i = 0; i < KINDS; i++) {
        set_scene(&scenes[i], zone, flow, arena);
        sum(&scenes[i]);
        step_to(&scenes[i], flow, rig_begin(), arena);
    }
    scenes[0].commands = 1; /* the wait is over: a message */
    step_to(&scenes[1], flow, scenes[1].now, arena);
    pn_run_remember(&scenes[1].run, scenes[1].run.node, scenes[1].run.visit, 9);
    scenes[1].message = (pn_message_fact){.id = 9,
                                          .state = PN_MESSAGE_SENT,
                                          .channel = PN_CHANNEL_EMAIL,
                                          .settled_at = scenes[1].now,
                                          .read_at = PN_TIME_NONE,
                                          .bounced_at = PN_TIME_NONE};
    scenes[1].facts.message_count = 1;
    scenes[2].now = rig_moment(5, 10);
    for (int i = 0; i < ITEMS; i++) {
        scenes[3].items[i].open = 0;
        scenes[3].items[i].closed = PN_CLOSED_PAID;
        scenes[3].items[i].closed_at = scenes[3].now;
        scenes[4].items[i].disputed = scenes[4].items[i].open;
    }
    scenes[3].facts.account.last_closed = PN_CLOSED_PAID;
    for (int i = 0; i < KINDS; i++) {
        sum(&scenes[i]);
    }
    scenes[0].wait = PN_WAIT_MESSAGE;
    scenes[1].wait = scenes[2].wait = PN_WAIT_TIME;
    scenes[3].wait = PN_WAIT_OVER;
    scenes[4].wait = PN_WAIT_AMOUNTS;
    scenes[0].node = pn_flow_find(flow, PN_STR("correo"));
    scenes[1].node = pn_flow_find(flow, PN_STR("plazo"));
    scenes[2].node = scenes[3].node = scenes[4].node = pn_flow_find(flow, PN_STR("vence"));
}

static const pn_flow *compile(pn_arena *arena) {
    pn_json *json = NULL;
    const pn_flow *flow = NULL;
    pn_problems problems = {0};
    pn_diag diag = {0};
    rig_must(pn_json_parse(pn_str_of(STRATEGY), NULL, arena, &json, &diag), &diag);
    rig_must(pn_flow_compile(json, NULL, arena, &flow, &problems, &diag), &diag);
    return flow;
}

/* Steps a second through scenes `first` to `last` in turn; the best of the rounds. */
static double measure(const scene *scenes, int first, int last, const pn_flow *flow,
                      int64_t steps) {
    pn_arena batch;
    double best = 0;
    pn_arena_init(&batch, 0);
    for (int round = 0; round < ROUNDS; round++) {
        double begin = rig_seconds();
        for (int64_t i = 0; i < steps; i++) {
            const scene *s = &scenes[first + i % (last - first + 1)];
            pn_run next;
            pn_cmds cmds = {0};
            if (i % 1000 == 0) {
                pn_arena_reset(&batch);
            }
            if (pn_step(flow, &s->run, &s->facts, s->now, &batch, &next, &cmds) != PN_OK ||
                cmds.count != s->commands || next.wait != s->wait || next.node != s->node) {
                pn_panic("a step of kind %d went wrong", (int)(s - scenes));
            }
        }
        double rate = (double)steps / (rig_seconds() - begin);
        best = PN_MAX(best, rate);
    }
    pn_arena_done(&batch);
    return best;
}

int main(int argc, char **argv) {
    int64_t steps = rig_number(argc, argv, "steps", 3000000);
    char more[80];
    pn_arena arena;
    pn_arena_init(&arena, 0);
    const pn_flow *flow = compile(&arena);
    static scene scenes[KINDS];
    set_scenes(scenes, flow, &arena);
    rig_count_begin();
    double all = measure(scenes, 0, KINDS - 1, flow, steps);
    rig_count_end("step", steps * ROUNDS);
    (void)snprintf(more, sizeof more, "\"to_a_message_s\":%.0f",
                   measure(scenes, 0, 0, flow, steps));
    rig_report("step", all, "steps/s", 0, rig_own_rss_mb(), more);
    pn_arena_done(&arena);
    return 0;
}
