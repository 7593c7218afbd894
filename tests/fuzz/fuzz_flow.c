/* Fuzzes strategies: the compiler, and the step over whatever compiles. Checked besides memory: a
 * refusal has a problem with a sentence; the canonical form compiles and is a fixed point; a flow
 * does not differ from itself; a run comes to rest, stepping it again changes nothing, its memory
 * survives its bytes, and nothing is asked for once it is paid; its examples come to an end. */
#include <stdint.h>
#include <stdlib.h>

#include "core/example/example.h"
#include "core/flow/diff.h"
#include "core/ledger.h"
#include "core/node/node.h"
#include "core/step.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds) {
        abort();
    }
}

static void format_and_compare(const pn_json *document, pn_arena *arena) {
    pn_buf once, twice;
    pn_buf_init(&once, 1 << 24);
    pn_buf_init(&twice, 1 << 24);
    check(pn_flow_format(document, arena, &once) == PN_OK);
    pn_json *again = NULL;
    check(pn_json_parse(pn_buf_str(&once), NULL, arena, &again, NULL) == PN_OK);
    check(pn_flow_format(again, arena, &twice) == PN_OK);
    check(pn_str_eq(pn_buf_str(&once), pn_buf_str(&twice)));
    const pn_flow *flow = NULL;
    pn_problems problems;
    check(pn_flow_compile(again, NULL, arena, &flow, &problems, NULL) == PN_OK);
    pn_change *changes = NULL;
    size_t count = 1;
    pn_flow_diff(document, again, arena, &changes, &count);
    check(count == 0);
    pn_buf_done(&once);
    pn_buf_done(&twice);
}

/* ── a life ──────────────────────────────────────────────────────────────────────────────────── */

enum { MESSAGES_MAX = 200, TASKS_MAX = 200, ARMS_MAX = 100 };

typedef struct {
    const pn_flow *flow;
    pn_arena *arena;
    pn_facts facts;
    pn_item items[2];
    pn_message_fact messages[MESSAGES_MAX];
    pn_task_fact tasks[TASKS_MAX];
    pn_errand_fact errands[TASKS_MAX];
    pn_offer_fact offers[TASKS_MAX];
    pn_arm_fact arms[ARMS_MAX];
    pn_run run;
    pn_time now;
    bool over; /* jumped, or more happened than is kept */
} life;

static void begin(life *l) {
    pn_date today = 20520;
    for (int i = 0; i < 2; i++) {
        l->items[i] = (pn_item){.id = i + 1,
                                .currency = {"EUR"},
                                .scale = 100,
                                .issued = today - 40,
                                .due = today - 8 + i * 5,
                                .effective_due = today - 8 + i * 5,
                                .amount = 50000,
                                .open = 50000,
                                .closed_at = PN_TIME_NONE,
                                .reopened_at = PN_TIME_NONE,
                                .interest_until = PN_DATE_NONE};
    }
    l->facts = (pn_facts){.subject = l->flow->subject,
                          .items = l->items,
                          .item_count = 2,
                          .messages = l->messages,
                          .tasks = l->tasks,
                          .errands = l->errands,
                          .offers = l->offers,
                          .arms = l->arms};
    l->facts.debtor.id = 7;
    l->facts.debtor.zone = pn_zone_utc();
    l->facts.debtor.calendar = pn_calendar_for(PN_STR("ES"), PN_STR("MD"));
    l->facts.debtor.channels = 2;
    l->facts.creditor.country = PN_STR("ES");
    l->facts.account.scale = 100;
    if (l->flow->subject == PN_SUBJECT_INVOICE) {
        l->facts.item = l->items;
        l->items[0].own_run = true;
    }
    l->now = today * PN_DAY + 10 * PN_HOUR + 123456;
}

static void refresh(life *l) {
    l->facts.today = pn_zone_date(l->facts.debtor.zone, l->now);
    pn_ledger_claimable(l->items, 2, 0);
    pn_facts_sum(&l->facts);
}

static void charge(life *l, const pn_cmd *cmd) {
    for (int i = 0; i < 2; i++) {
        if (l->items[i].id == cmd->charge.item) {
            l->items[i].open += cmd->charge.amount;
            l->items[i].charges += cmd->charge.amount;
            l->items[i].fee_charged |= !cmd->charge.interest;
            l->items[i].interest_until =
                cmd->charge.interest ? cmd->charge.to : l->items[i].interest_until;
        }
    }
}

static void obey(life *l, const pn_cmd *cmd) {
    switch (cmd->kind) {
    case PN_CMD_SEND: {
        check(cmd->send.skip != PN_SKIP_NOT || l->run.closing != PN_CLOSED_NOT ||
              l->run.status == PN_RUN_CLOSED || l->facts.account.claimable > 0);
        pn_message_fact *message = &l->messages[l->facts.message_count++];
        *message = (pn_message_fact){.id = (pn_id)l->facts.message_count + 1000,
                                     .state = cmd->send.skip != PN_SKIP_NOT ? PN_MESSAGE_SKIPPED
                                                                            : PN_MESSAGE_SENT,
                                     .settled_at = l->now,
                                     .read_at = PN_TIME_NONE,
                                     .bounced_at = PN_TIME_NONE};
        pn_run_remember(&l->run, cmd->node, cmd->visit, message->id);
        break;
    }
    case PN_CMD_TASK:
        l->tasks[l->facts.task_count++] = (pn_task_fact){.node = cmd->node,
                                                         .visit = cmd->visit,
                                                         .state = PN_TASK_DONE,
                                                         .settled_at = l->now + PN_HOUR,
                                                         .outcome = PN_STR("approved")};
        break;
    case PN_CMD_ARM:
        l->arms[l->facts.arm_count++] = (pn_arm_fact){0, cmd->arm.key, cmd->arm.arm};
        break;
    case PN_CMD_CHARGE: charge(l, cmd); break;
    case PN_CMD_JUMP: l->over = true; break;
    case PN_CMD_ERRAND:
        l->errands[l->facts.errand_count++] = (pn_errand_fact){.visit = cmd->visit,
                                                               .kind = cmd->errand.kind,
                                                               .state = PN_ERRAND_DONE,
                                                               .settled_at = l->now,
                                                               .outcome = PN_STR("unpaid")};
        break;
    case PN_CMD_OFFER:
        l->offers[l->facts.offer_count++] =
            (pn_offer_fact){.visit = cmd->visit, .state = PN_OFFER_ACCEPTED, .settled_at = l->now};
        break;
    case PN_CMD_CANCEL_TASKS:
    case PN_CMD_SET:
    case PN_CMD_NOTE:
    case PN_CMD_NOTIFY:
    case PN_CMD_PILL: break;
    }
    l->over = l->over || l->facts.message_count > MESSAGES_MAX - 70 ||
              l->facts.task_count > TASKS_MAX - 100 || l->facts.errand_count > TASKS_MAX - 100 ||
              l->facts.offer_count > TASKS_MAX - 100 || l->facts.arm_count > ARMS_MAX - 70;
}

static void check_settled(life *l, const pn_run *next) {
    pn_run again;
    pn_cmds cmds;
    check(pn_step(l->flow, next, &l->facts, l->now, l->arena, &again, &cmds) == PN_OK);
    check(cmds.count == 0 && pn_run_equal(next, &again));
    pn_buf bytes;
    pn_buf_init(&bytes, 1 << 16);
    pn_run_encode(next, &bytes);
    pn_run decoded = *next;
    check(pn_run_decode(pn_buf_str(&bytes), l->arena, &decoded) == PN_OK);
    check(pn_run_equal(next, &decoded));
    pn_buf_done(&bytes);
}

static void step(life *l) {
    for (int i = 0; i < 100 && !l->over; i++) {
        refresh(l);
        pn_run next;
        pn_cmds cmds;
        check(pn_step(l->flow, &l->run, &l->facts, l->now, l->arena, &next, &cmds) == PN_OK);
        bool changed = cmds.count != 0 || !pn_run_equal(&l->run, &next);
        if (next.wait != PN_WAIT_NONE) {
            check_settled(l, &next);
        }
        l->run = next;
        for (size_t j = 0; j < cmds.count && !l->over; j++) {
            obey(l, &cmds.items[j]);
        }
        if (!changed) {
            check(l->run.status != PN_RUN_ACTIVE || l->run.wake_at > l->now);
            return;
        }
    }
    check(l->over); /* it came to rest */
}

static void live(const pn_flow *flow, pn_arena *arena) {
    life *l = pn_arena_new(arena, life);
    l->flow = flow;
    l->arena = arena;
    begin(l);
    refresh(l);
    pn_run start = pn_run_start(flow, &l->facts, l->now);
    l->run = pn_run_copy(&start, arena);
    step(l);
    for (int i = 0; i < 30 && !l->over && l->run.status == PN_RUN_ACTIVE; i++) {
        if (i == 20) { /* everything is paid */
            l->items[0].closed = l->items[1].closed = PN_CLOSED_PAID;
            l->items[0].open = l->items[1].open = 0;
            l->facts.account.last_closed = PN_CLOSED_PAID;
        }
        l->now = l->run.wake_at < l->now + 40 * PN_DAY ? l->run.wake_at : l->now + 5 * PN_DAY;
        step(l);
    }
}

/* ── its examples ────────────────────────────────────────────────────────────────────────────── */

static const pn_policy *office_hours(pn_arena *arena) {
    static const char TEXT[] =
        "{\"puntual\":1,\"kind\":\"policy\",\"name\":\"neutral\",\"title\":\"t\",\"version\":\"1\","
        "\"windows\":[{\"channels\":[\"email\"],\"weekdays\":[\"mon\",\"wed\"],\"from\":\"09:00\","
        "\"to\":\"18:00\"}]}";
    pn_json *json = NULL;
    const pn_policy *policy = NULL;
    check(pn_json_parse(pn_str_of(TEXT), NULL, arena, &json, NULL) == PN_OK);
    check(pn_policy_parse(json, arena, &policy, NULL) == PN_OK);
    return policy;
}

/* Whatever an example gives, what happens stands in the order of time and can be said in words. */
static void play_examples(const pn_json *document, const pn_flow *flow, pn_arena *arena) {
    pn_problems problems = {0};
    pn_example *examples = NULL;
    size_t count = 0;
    pn_examples_read(document, arena, &problems, &examples, &count);
    for (size_t i = 0; i < problems.count; i++) {
        check(problems.items[i].sentence.len > 0);
    }
    const pn_example_world world = {.zone = pn_zone_utc(), .policy = office_hours(arena)};
    for (size_t i = 0; i < count && i < 4; i++) {
        pn_example_result result;
        pn_example_play(flow, &examples[i], &world, arena, &result);
        check(result.met || (result.expected.len != 0 && result.got.len != 0));
        for (size_t j = 0; j < result.count; j++) {
            check(j == 0 || result.happenings[j].at >= result.happenings[j - 1].at);
            check(pn_happening_text(&result.happenings[j], arena).len != 0);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_json *document = NULL;
    if (pn_json_parse((pn_str){(const char *)data, size}, NULL, &arena, &document, NULL) == PN_OK) {
        const pn_flow *flow = NULL;
        pn_problems problems;
        pn_diag diag = {0};
        pn_err err = pn_flow_compile(document, NULL, &arena, &flow, &problems, &diag);
        check(err == PN_OK || (err == PN_INVALID && flow == NULL && problems.errors > 0));
        for (size_t i = 0; i < problems.count; i++) {
            check(problems.items[i].sentence.len > 0);
        }
        if (err == PN_OK) {
            format_and_compare(document, &arena);
            live(flow, &arena);
            play_examples(document, flow, &arena);
        }
    }
    pn_arena_done(&arena);
    return 0;
}
