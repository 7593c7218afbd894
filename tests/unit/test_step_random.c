/* Random strategies over random lives.
 *
 * Flows are generated from the node registry until they compile; then months pass in which random
 * things happen to the case: payments, reversals, disputes, holds, bounces, replies, work done.
 * After every step the laws that hold for any flow are checked. A failure prints its seed and the
 * flow. */
#include "random_rule.h"
#include "world.h"

#include <string.h>

#include "base/limits.h"
#include "core/node/node.h"

static world w;
static pn_arena scratch;
static pn_buf document;
static uint64_t seed;
static int life;

/* ── flows ───────────────────────────────────────────────────────────────────────────────────── */

enum { NODES_MAX = 16, EXITS_MAX = 8 };

typedef struct {
    const pn_node_type *type;
    int next[EXITS_MAX]; /* of its fixed exits, then of rules, arms and holdout */
    bool reachable;
} sketch;

static const char *const DURATIONS[] = {"1m", "30m", "5h", "36h", "1d", "3d", "2w"};
static const char *const WEEKDAYS[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

static void add_id(pn_buf *out, int node) {
    pn_buf_add_format(out, "\"n%02d\"", node);
}

static void add_rule(pn_random *random, pn_subject subject, pn_buf *out) {
    pn_buf rule;
    pn_buf_init(&rule, 1 << 16);
    random_rule(random, subject, pn_date_of(2026, 3, 1), &rule);
    for (size_t i = 0; i < rule.len; i++) { /* ' stands for " in documents of the world */
        if (rule.ptr[i] == '\'') {
            pn_buf_add_lit(out, "\\u0027");
        } else {
            pn_buf_add_char(out, rule.ptr[i]);
        }
    }
    pn_buf_done(&rule);
}

static void add_options(pn_random *random, pn_subject subject, const sketch *node, int first,
                        pn_param_type type, pn_buf *out) {
    static const char *const PERCENTS[] = {"70", "30"};
    pn_buf_add_lit(out, "[");
    for (int i = 0; i < 2; i++) {
        pn_buf_add_format(out, "%s{\"name\":\"o%d\",", i == 0 ? "" : ",", i);
        if (type == PN_PARAM_ARMS) {
            pn_buf_add_format(out, "\"percent\":%s,", PERCENTS[i]);
        } else if (type == PN_PARAM_RULES) {
            pn_buf_add_lit(out, "\"rule\":");
            add_rule(random, subject, out);
            pn_buf_add_lit(out, ",");
        }
        pn_buf_add_lit(out, "\"next\":");
        add_id(out, node->next[first + i]);
        pn_buf_add_lit(out, "}");
    }
    pn_buf_add_lit(out, "]");
}

static int64_t small_between(pn_random *random, int64_t min, int64_t max) {
    return between(random, PN_MAX(min, -12), PN_MIN(max, 25));
}

/* What begins with a slash: paths and JSON pointers. */
static bool is_path(const char *name) {
    static const char *const PATHS[] = {"path", "restore_path", "answer", "id"};
    for (size_t i = 0; i < PN_COUNT(PATHS); i++) {
        if (strcmp(name, PATHS[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Parameters that only some values of others allow. */
static bool depends(const pn_node_type *type, const char *name) {
    static const char *const NAMES[] = {"source", "pick", "into", "amount_max", "restore_body"};
    for (size_t i = 0; i < PN_COUNT(NAMES); i++) {
        if (strcmp(name, NAMES[i]) == 0) {
            return true;
        }
    }
    bool optional = strcmp(type->type, "branch.paid") == 0;
    return optional && (strcmp(name, "connector") == 0 || strcmp(name, "path") == 0);
}

/* Any value that the parameter's descriptor allows. */
static void add_value(pn_random *random, pn_subject subject, const pn_param *param,
                      const sketch *node, int exits, pn_buf *out) {
    switch (param->type) {
    case PN_PARAM_INT: pn_buf_add_int(out, small_between(random, param->min, param->max)); break;
    case PN_PARAM_BOOL: pn_buf_add_z(out, one_in(random, 2) ? "true" : "false"); break;
    case PN_PARAM_TEXT:
        pn_buf_add_z(out, strcmp(param->name, "field") == 0 ? "\"debtor.attr.x\""
                          : is_path(param->name)            ? "\"/text\""
                                                            : "\"text\"");
        break;
    case PN_PARAM_TEMPLATE: pn_buf_add_lit(out, "\"r\""); break;
    case PN_PARAM_CHOICE:
    case PN_PARAM_CHOICES: {
        uint64_t count = 0;
        while (param->choices[count] != NULL) {
            count++;
        }
        bool list = param->type == PN_PARAM_CHOICES;
        pn_buf_add_format(out, "%s\"%s\"%s", list ? "[" : "",
                          param->choices[pn_random_below(random, count)], list ? "]" : "");
        break;
    }
    case PN_PARAM_RECIPIENTS: pn_buf_add_lit(out, "[\"owner\",\"a@b.es\"]"); break;
    case PN_PARAM_DAYKIND:
        pn_buf_add_z(out, one_in(random, 2) ? "\"business\"" : "\"calendar\"");
        break;
    case PN_PARAM_CLOCK:
        pn_buf_add_format(out, "\"%02d:%02d\"", (int)pn_random_below(random, 24),
                          (int)pn_random_below(random, 2) * 30);
        break;
    case PN_PARAM_DURATION:
        pn_buf_add_format(out, "\"%s\"", DURATIONS[pn_random_below(random, PN_COUNT(DURATIONS))]);
        break;
    case PN_PARAM_WEEKDAYS:
        pn_buf_add_format(out, "[\"%s\",\"%s\"]", WEEKDAYS[pn_random_below(random, 7)],
                          WEEKDAYS[pn_random_below(random, 7)]);
        break;
    case PN_PARAM_MONTHDAY:
        if (one_in(random, 3)) {
            pn_buf_add_lit(out, "\"last\"");
        } else {
            pn_buf_add_int(out, between(random, 1, 31));
        }
        break;
    case PN_PARAM_AMOUNT:
        pn_buf_add_format(out, "%d.%02d", (int)pn_random_below(random, 50),
                          (int)between(random, 1, 99));
        break;
    case PN_PARAM_PERCENT: pn_buf_add_int(out, between(random, 5, 90)); break;
    case PN_PARAM_VALUE: pn_buf_add_lit(out, "\"v\""); break;
    case PN_PARAM_RULE: add_rule(random, subject, out); break;
    case PN_PARAM_RULES:
    case PN_PARAM_ARMS:
    case PN_PARAM_OUTCOMES: add_options(random, subject, node, exits, param->type, out); break;
    case PN_PARAM_HOLDOUT:
        pn_buf_add_lit(out, "{\"percent\":20,\"next\":");
        add_id(out, node->next[exits + 2]);
        pn_buf_add_lit(out, "}");
        break;
    case PN_PARAM_NODE:
    case PN_PARAM_STRATEGY:
    case PN_PARAM_PILL:
    case PN_PARAM_CONNECTOR: pn_buf_add_lit(out, "\"x\""); break;
    }
}

static int exit_count(const pn_node_type *type) {
    int count = 0;
    while (type->exits[count] != NULL) {
        count++;
    }
    return count;
}

/* Fixed exits and those that its options make. */
static int all_exits(const pn_node_type *type) {
    int count = exit_count(type);
    for (size_t i = 0; i < type->param_count; i++) {
        pn_param_type kind = type->params[i].type;
        bool two = kind == PN_PARAM_RULES || kind == PN_PARAM_ARMS || kind == PN_PARAM_OUTCOMES;
        count += two ? 2 : kind == PN_PARAM_HOLDOUT;
    }
    return count;
}

static void add_node(pn_random *random, pn_subject subject, const sketch *node, pn_buf *out) {
    pn_buf_add_format(out, "{\"type\":\"%s\"", node->type->type);
    int exits = exit_count(node->type);
    for (int i = 0; i < exits; i++) {
        pn_buf_add_format(out, ",\"%s\":", node->type->exits[i]);
        add_id(out, node->next[i]);
    }
    for (size_t i = 0; i < node->type->param_count; i++) {
        const pn_param *param = &node->type->params[i];
        bool optional =
            !param->required && param->type != PN_PARAM_HOLDOUT && param->type != PN_PARAM_OUTCOMES;
        if (param->type != PN_PARAM_NODE && !depends(node->type, param->name) &&
            !(optional && one_in(random, 2))) {
            pn_buf_add_format(out, ",\"%s\":", param->name);
            add_value(random, subject, param, node, exits, out);
        }
    }
    pn_buf_add_lit(out, "}");
}

static void reach(sketch *nodes, int from) {
    if (nodes[from].reachable) {
        return;
    }
    nodes[from].reachable = true;
    for (int i = 0; i < all_exits(nodes[from].type); i++) {
        reach(nodes, nodes[from].next[i]);
    }
}

/* Due-waits, sends and tasks are what strategies are made of. */
static const pn_node_type *random_type(pn_random *random) {
    if (one_in(random, 12)) {
        return pn_node_type_find(PN_STR("repeat"));
    }
    static const char *const COMMON[] = {"wait.due", "send.email", "wait.days", "task",
                                         "charge.fee"};
    if (one_in(random, 2)) {
        return pn_node_type_find(pn_str_of(COMMON[pn_random_below(random, PN_COUNT(COMMON))]));
    }
    return pn_node_type_at(pn_random_below(random, pn_node_type_count()));
}

/* Exits lead forward, and now and then back: whether that loop breathes, the compiler says. */
static void random_flow(pn_random *random, pn_subject subject, pn_buf *out) {
    sketch nodes[NODES_MAX] = {{0}};
    int count = (int)between(random, 2, NODES_MAX);
    for (int i = 0; i < count; i++) {
        nodes[i].type = i + 1 < count ? random_type(random) : pn_node_type_find(PN_STR("end"));
        for (int j = 0; j < all_exits(nodes[i].type); j++) {
            bool back = one_in(random, 6);
            nodes[i].next[j] = back                ? (int)pn_random_below(random, (uint64_t)count)
                               : one_in(random, 3) ? (int)between(random, i + 1, count - 1)
                                                   : i + 1;
        }
    }
    static const char *const HEADS[] = {"on_paid", "on_closed", "on_returned"};
    pn_buf_clear(out);
    pn_buf_add_format(out, "{\"puntual\":1,\"name\":\"x\",\"subject\":\"%s\",\"start\":\"n00\"",
                      pn_subject_name(subject));
    reach(nodes, 0);
    for (size_t i = 0; i < PN_COUNT(HEADS); i++) {
        if (one_in(random, 2)) {
            int target = (int)pn_random_below(random, (uint64_t)count);
            pn_buf_add_format(out, ",\"%s\":\"n%02d\"", HEADS[i], target);
            reach(nodes, target);
        }
    }
    pn_buf_add_lit(out, ",\"nodes\":{");
    bool first = true;
    for (int i = 0; i < count; i++) {
        if (nodes[i].reachable) {
            pn_buf_add_z(out, first ? "" : ",");
            first = false;
            add_id(out, i);
            pn_buf_add_lit(out, ":");
            add_node(random, subject, &nodes[i], out);
        }
    }
    pn_buf_add_lit(out, "}}");
}

static bool compiles(pn_buf *text) {
    pn_arena_reset(&scratch);
    pn_json *json = NULL;
    const pn_flow *flow = NULL;
    pn_problems problems;
    assert_int_equal(pn_json_parse(pn_buf_str(text), NULL, &scratch, &json, NULL), PN_OK);
    pn_err err = pn_flow_compile(json, NULL, &scratch, &flow, &problems, NULL);
    for (size_t i = 0; i < problems.count; i++) { /* a loop is all that may be wrong */
        if (strcmp(problems.items[i].code, "cycle") != 0) {
            print_error("%.*s\n%.*s\n", PN_STR_ARG(problems.items[i].sentence),
                        PN_STR_ARG(pn_buf_str(text)));
            fail();
        }
    }
    return err == PN_OK;
}

/* ── what holds for any flow ─────────────────────────────────────────────────────────────────── */

static void broken(const char *law) {
    char when[PN_DATE_ISO_SIZE];
    print_error("PUNTUAL_SEED=%llu, life %d, %s: %s\n%.*s\nnode %u, wait %s, cycle %u\n",
                (unsigned long long)seed, life, pn_date_iso(w.facts.today, when), law,
                PN_STR_ARG(pn_buf_str(&document)), w.run.node, pn_run_wait_name(w.run.wait),
                w.run.cycle);
    fail();
}

static void check(bool holds, const char *law) {
    if (!holds) {
        broken(law);
    }
}

static int64_t claimable_of_run(void) {
    int64_t sum = 0;
    for (size_t i = 0; i < w.facts.item_count; i++) {
        sum += pn_facts_works(&w.facts, &w.items[i]) ? w.items[i].claimable : 0;
    }
    return sum;
}

static void check_charge(const pn_cmds *cmds, size_t index) {
    const pn_cmd *cmd = &cmds->items[index];
    const pn_item *item = NULL;
    for (size_t i = 0; i < w.facts.item_count; i++) {
        item = w.items[i].id == cmd->charge.item ? &w.items[i] : item;
    }
    check(item != NULL && item->closed == PN_CLOSED_NOT && pn_facts_works(&w.facts, item),
          "a charge is for an open invoice of the run");
    check(cmd->charge.amount >= 0 && cmd->charge.to <= w.facts.today, "charges are for the past");
    check(!cmd->charge.interest ||
              (cmd->charge.from < cmd->charge.to && cmd->charge.from > item->due &&
               (item->interest_until == PN_DATE_NONE || cmd->charge.from >= item->interest_until)),
          "each day of interest is charged once");
    check(cmd->charge.interest || !item->fee_charged, "an invoice bears one fee");
    for (size_t i = 0; i < index; i++) {
        const pn_cmd *other = &cmds->items[i];
        check(other->kind != PN_CMD_CHARGE || other->charge.item != cmd->charge.item ||
                  other->charge.interest != cmd->charge.interest,
              "one step charges an invoice once");
    }
}

static void check_send(const pn_run *next, const pn_cmd *cmd) {
    if (cmd->send.skip != PN_SKIP_NOT) {
        check(cmd->send.skip != PN_SKIP_SUPERSEDED || cmd->send.supersede_at <= w.now,
              "superseded means that the next stage has come");
        return;
    }
    bool thanks = next->closing != PN_CLOSED_NOT || next->status == PN_RUN_CLOSED;
    check(thanks || claimable_of_run() > 0, "nothing is asked while nothing is claimable");
    check(thanks || (w.facts.hold_count == 0 && !w.facts.creditor.stale),
          "nothing is sent while the run is stopped");
    check(cmd->send.supersede_at > w.now, "what is sent is not superseded yet");
    check(pn_facts_reachable(&w.facts, cmd->send.channel), "there is a usable contact");
}

static void check_step(world *unused, const pn_run *next, const pn_cmds *cmds) {
    (void)unused;
    size_t charges = 0;
    for (size_t i = 0; i < cmds->count; i++) {
        const pn_cmd *cmd = &cmds->items[i];
        if (cmd->kind == PN_CMD_CHARGE) {
            charges++;
            check_charge(cmds, i);
        } else if (cmd->kind == PN_CMD_SEND) {
            check_send(next, cmd);
        } else if (cmd->kind == PN_CMD_JUMP) {
            check(i + 1 == cmds->count, "a jump is the last command");
        }
        for (size_t j = 0; j < i; j++) {
            const pn_cmd *other = &cmds->items[j];
            check(other->kind != cmd->kind || other->visit != cmd->visit ||
                      other->ordinal != cmd->ordinal,
                  "kind, visit and ordinal are unique");
        }
    }
    check(charges <= 2 * w.facts.item_count, "charges are bounded");
    check(cmds->count - charges <= PN_LIMIT_STEP_VISITS + PN_RUN_LATE_MAX + 2,
          "commands are bounded");
    check(next->visit >= w.run.visit && next->visit <= w.run.visit + PN_LIMIT_STEP_VISITS + 3,
          "visits are bounded");
    check(next->cycle >= w.run.cycle && next->cycle <= w.run.cycle + 1, "a cycle at a time");
}

/* After the run came to rest. */
static void check_rest(void) {
    const pn_run *run = &w.run;
    if (run->status != PN_RUN_ACTIVE) {
        check(run->wait == PN_WAIT_OVER && run->wake_at == PN_TIME_NEVER && run->outcome.len != 0,
              "what is over says how and wakes no more");
        return;
    }
    check(run->wake_at > w.now, "a run at rest does not wake at once");
    check(run->wait != PN_WAIT_NONE && run->wait != PN_WAIT_OVER, "it says why it rests");
    check(run->wake_at != PN_TIME_NEVER || run->wait == PN_WAIT_MESSAGE ||
              run->wait == PN_WAIT_TASK || run->wait == PN_WAIT_AMOUNTS ||
              run->wait == PN_WAIT_HOLD,
          "every active run has a wake-up or a reason");
    bool stopped = run->wait == PN_WAIT_AMOUNTS || run->wait == PN_WAIT_HOLD;
    check(stopped || (!run->catch_up && run->late_count == 0), "at rest nothing is left to do");
    bool open = false;
    for (size_t i = 0; i < w.facts.item_count; i++) {
        open = open || w.items[i].closed == PN_CLOSED_NOT;
    }
    check(open || run->closing != PN_CLOSED_NOT, "a run that works has something open");
}

/* ── lives ───────────────────────────────────────────────────────────────────────────────────── */

static void settle_message(pn_random *random, pn_message_fact *message) {
    static const pn_message_state FATES[] = {
        PN_MESSAGE_SENT,    PN_MESSAGE_SENT,      PN_MESSAGE_SENT, PN_MESSAGE_FAILED,
        PN_MESSAGE_SKIPPED, PN_MESSAGE_UNCERTAIN, PN_MESSAGE_HELD};
    if (pn_message_open(message->state)) {
        message->state = FATES[pn_random_below(random, PN_COUNT(FATES))];
        message->settled_at = pn_message_open(message->state) ? PN_TIME_NONE : w.now;
    } else if (message->state == PN_MESSAGE_SENT) {
        if (one_in(random, 2)) {
            message->read_at = w.now;
        } else {
            message->state = PN_MESSAGE_BOUNCED;
            message->bounced_at = w.now;
        }
    }
}

static void change_item(pn_random *random, pn_item *item) {
    int64_t principal = item->open - item->charges;
    uint64_t what = pn_random_below(random, 9);
    if (item->closed != PN_CLOSED_NOT) {
        if (what < 2 && item->closed == PN_CLOSED_PAID) { /* the money went back */
            item->open += item->amount;
            item->closed = PN_CLOSED_NOT;
            item->closed_at = PN_TIME_NONE;
            item->reopened_at = w.now;
        }
        return;
    }
    if (what < 2) { /* settled */
        item->open -= principal;
        item->closed =
            what == 0 || one_in(random, 3) ? PN_CLOSED_PAID : (pn_closed)between(random, 2, 4);
        item->closed_at = w.now;
        w.facts.account.last_closed = item->closed;
    } else if (what == 2) {
        item->open -= between(random, 0, principal - 1);
    } else if (what == 3) {
        item->disputed = one_in(random, 2) ? 0 : between(random, 1, item->amount);
    } else if (what == 4) {
        item->promised = one_in(random, 2) ? 0 : between(random, 1, item->amount);
    } else if (what == 5) {
        item->paid_reported = !item->paid_reported;
    } else if (what == 6 && w.facts.subject == PN_SUBJECT_ACCOUNT) {
        item->own_run = !item->own_run;
    } else if (what == 7) {
        item->effective_due += (pn_date)between(random, -3, 10);
    } else {
        item->in_flight = one_in(random, 2) ? 0 : between(random, 1, item->amount);
    }
}

static void change_case(pn_random *random) {
    switch (pn_random_below(random, 8)) {
    case 0:
        w.facts.hold_count = pn_random_below(random, 3);
        for (size_t i = 0; i < w.facts.hold_count; i++) {
            w.holds[i].id = (pn_id)i + 1;
            w.holds[i].until = w.now + between(random, 1, 50) * PN_DAY;
        }
        break;
    case 1: w.facts.creditor.stale = one_in(random, 4); break;
    case 2: w.facts.debtor.channels = one_in(random, 3) ? 0 : 2; break;
    case 3: w.facts.debtor.grace_days = (int32_t)pn_random_below(random, 5); break;
    case 4: w.facts.creditor.interest_bp = (int32_t)pn_random_below(random, 2) * 900; break;
    case 5:
        if (w.facts.item_count < WORLD_ITEMS && w.facts.subject == PN_SUBJECT_ACCOUNT) {
            char due[PN_DATE_ISO_SIZE];
            pn_date date = w.facts.today + (pn_date)between(random, -20, 30);
            world_item(&w, pn_date_iso(date, due), between(random, 1, 90000));
        }
        break;
    case 6:
    case 7:
        if (w.facts.signal_count < 60) {
            w.signals[w.facts.signal_count++] =
                (pn_signal){.id = (pn_id)w.facts.signal_count,
                            .kind = (pn_signal_kind)pn_random_below(random, PN_SIGNALS),
                            .source = one_in(random, 4) ? PN_SOURCE_MACHINE : PN_SOURCE_HUMAN,
                            .at = w.now};
        }
        break;
    }
}

static void something_happens(pn_random *random) {
    uint64_t what = pn_random_below(random, 10);
    if (what < 4) {
        change_item(random, &w.items[pn_random_below(random, w.facts.item_count)]);
    } else if (what < 6) {
        change_case(random);
    } else if (what < 8 && w.facts.message_count != 0) {
        uint64_t recent = PN_MIN(w.facts.message_count, (size_t)3);
        settle_message(random,
                       &w.messages[w.facts.message_count - 1 - pn_random_below(random, recent)]);
    } else if (w.facts.task_count != 0) {
        pn_task_fact *task = &w.tasks[w.facts.task_count - 1];
        if (task->state == PN_TASK_OPEN) {
            task->state = one_in(random, 5) ? PN_TASK_CANCELLED : PN_TASK_DONE;
            task->outcome = one_in(random, 2) ? PN_STR("approved") : PN_STR("no");
            task->settled_at = w.now;
        }
    }
}

static void drop_passed_holds(void) {
    size_t kept = 0;
    for (size_t i = 0; i < w.facts.hold_count; i++) {
        if (w.holds[i].until > w.now || w.holds[i].id == 2) { /* the second is only reviewed */
            w.holds[kept++] = w.holds[i];
        }
    }
    w.facts.hold_count = kept;
}

static void live(pn_random *random) {
    pn_time end = w.now + 240 * PN_DAY;
    int over = 0; /* what is over stays over, but for a reversal */
    for (int i = 0; i < 150 && w.now < end && over < 10; i++) {
        over = w.run.status == PN_RUN_ACTIVE ? 0 : over + 1;
        bool full = w.cmd_count > WORLD_CMDS - 600 || w.facts.message_count > WORLD_MESSAGES - 70 ||
                    w.facts.task_count > WORLD_TASKS - 70 || w.facts.arm_count > WORLD_ARMS - 70;
        if (full) {
            return;
        }
        pn_time next = w.now + between(random, 0, 6 * 24 * 60) * PN_MINUTE +
                       (one_in(random, 2) ? between(random, 0, 999999) : 0);
        bool wakes = w.run.wake_at <= next;
        w.now = wakes ? PN_MAX(w.run.wake_at, w.now) : next;
        world_refresh(&w);
        drop_passed_holds();
        if (!wakes) {
            something_happens(random);
        }
        world_step(&w);
        check_rest();
    }
}

static void begin_life(pn_random *random, pn_subject subject) {
    char when[40], due[PN_DATE_ISO_SIZE];
    pn_date day = pn_date_of(2026, 1, 1) + (pn_date)pn_random_below(random, 365);
    (void)snprintf(when, sizeof when, "%s %02d:%02d", pn_date_iso(day, due),
                   (int)pn_random_below(random, 24), (int)pn_random_below(random, 60));
    pn_buf_add_char(&document, '\0');
    document.len--;
    world_init(&w, document.ptr, when);
    w.now += one_in(random, 2) ? between(random, 0, 999999) : 0;
    w.on_step = check_step;
    w.send_at_once = one_in(random, 2);
    w.facts.debtor.attrs =
        random_attrs(random, &w.arena, pn_date_of(2026, 6, 1), &w.facts.debtor.attr_count);
    int64_t items = subject == PN_SUBJECT_ACCOUNT ? between(random, 1, 5) : 1;
    for (int64_t i = 0; i < items; i++) {
        pn_date date = day + (pn_date)between(random, -40, 30);
        pn_item *item = world_item(&w, pn_date_iso(date, due), between(random, 1, 90000));
        item->attrs = random_attrs(random, &w.arena, date, &item->attr_count);
        item->lines = random_lines(random, &w.arena, &item->line_count);
    }
    world_start(&w);
    check_rest();
}

enum { LIVES = TRIES(8000, 2000) };

static void the_laws_hold_for_any_flow_and_life(void **state) {
    (void)state;
    pn_arena_init(&scratch, 0);
    pn_buf_init(&document, 1 << 20);
    const char *only = getenv("PUNTUAL_LIFE");
    unsigned statuses[3] = {0}, cycles = 0, refused = 0;
    for (life = 0; life < LIVES; life++) {
        pn_random random = pn_random_for(pn_mix64(seed) + (uint64_t)life, PN_STR("life"));
        pn_subject subject = one_in(&random, 3) ? PN_SUBJECT_INVOICE : PN_SUBJECT_ACCOUNT;
        random_flow(&random, subject, &document);
        for (; !compiles(&document); refused++) {
            random_flow(&random, subject, &document);
        }
        if (only != NULL && strtol(only, NULL, 10) != life) {
            continue;
        }
        begin_life(&random, subject);
        live(&random);
        statuses[w.run.status]++;
        cycles += w.run.cycle > 1;
        world_done(&w);
    }
    pn_buf_done(&document);
    pn_arena_done(&scratch);
    if (only == NULL) { /* the lives are lively */
        assert_true(statuses[PN_RUN_ACTIVE] > LIVES / 20 && statuses[PN_RUN_ENDED] > LIVES / 20 &&
                    statuses[PN_RUN_CLOSED] > LIVES / 20);
        assert_true(cycles > LIVES / 20);
        assert_true(refused > 0);
    }
}

int main(void) {
    seed = random_seed();
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_laws_hold_for_any_flow_and_life)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
