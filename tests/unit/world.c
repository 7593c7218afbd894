#include "world.h"

#include <string.h>

#include "core/node/node.h"

const pn_zone *world_zone(pn_arena *arena, const char *name) {
    char path[200];
    (void)snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    FILE *probe = fopen(path, "rb");
    if (probe == NULL) {
        print_message("skipped: %s is missing (package tzdata)\n", path);
        skip();
    }
    (void)fclose(probe);
    const pn_zone *zone = NULL;
    assert_int_equal(pn_zone_parse(file_read(arena, path), pn_str_of(name), arena, &zone, NULL),
                     PN_OK);
    return zone;
}

static pn_time parse_time(const pn_zone *zone, const char *when) {
    pn_date date = 0;
    assert_int_equal(pn_date_parse_iso((pn_str){when, 10}, &date), PN_OK);
    int hour = 0, minute = 0;
    if (when[10] != '\0') {
        assert_int_equal(sscanf(when + 10, " %d:%d", &hour, &minute), 2);
    }
    return pn_zone_instant(zone, date, hour * 3600 + minute * 60);
}

pn_time world_time(const world *w, const char *when) {
    return parse_time(w->facts.debtor.zone, when);
}

void world_init(world *w, const char *document, const char *when) {
    memset(w, 0, sizeof *w);
    pn_arena_init(&w->arena, 0);
    char *json = pn_arena_copy(&w->arena, document, strlen(document));
    for (char *p = json; *p != '\0'; p++) {
        *p = *p == '\'' ? '"' : *p;
    }
    pn_json *value = NULL;
    pn_diag diag = {0};
    pn_err err = pn_json_parse(pn_str_of(json), NULL, &w->arena, &value, &diag);
    if (err == PN_OK) {
        err = pn_flow_compile(value, NULL, &w->arena, &w->flow, &w->problems, &diag);
    }
    if (err != PN_OK) {
        print_error("%s: %s\n", diag.where, diag.what);
        fail();
    }
    pn_debtor_fact *debtor = &w->facts.debtor;
    debtor->zone = world_zone(&w->arena, "Europe/Madrid");
    debtor->calendar = pn_calendar_for(PN_STR("ES"), PN_STR("MD"));
    debtor->country = PN_STR("ES");
    debtor->id = 77;
    debtor->channels = 1U << PN_CHANNEL_EMAIL;
    w->facts.creditor.country = PN_STR("ES");
    w->facts.creditor.calendar = pn_calendar_for(PN_STR("ES"), PN_STR(""));
    w->facts.account.scale = 100;
    memcpy(w->facts.account.currency.code, "EUR", 3);
    w->facts.subject = w->flow->subject;
    w->facts.items = w->items;
    w->facts.messages = w->messages;
    w->facts.tasks = w->tasks;
    w->facts.signals = w->signals;
    w->facts.arms = w->arms;
    w->facts.errands = w->errands;
    w->facts.offers = w->offers;
    w->facts.holds = w->holds;
    w->now = world_time(w, when);
    w->next_id = 1000;
    w->send_at_once = true;
    w->errand_state = PN_ERRAND_DONE;
}

void world_done(world *w) {
    pn_arena_done(&w->arena);
}

pn_item *world_item(world *w, const char *due, int64_t amount) {
    assert_true(w->facts.item_count < WORLD_ITEMS);
    pn_date date = 0;
    assert_int_equal(pn_date_parse_iso(pn_str_of(due), &date), PN_OK);
    pn_item *item = &w->items[w->facts.item_count++];
    *item = (pn_item){.id = ++w->next_id,
                      .scale = 100,
                      .issued = date - 30,
                      .due = date,
                      .effective_due = date,
                      .amount = amount,
                      .open = amount,
                      .closed_at = PN_TIME_NONE,
                      .reopened_at = PN_TIME_NONE,
                      .tone_on = PN_DATE_NONE,
                      .interest_until = PN_DATE_NONE,
                      .currency = w->facts.account.currency};
    if (w->facts.subject == PN_SUBJECT_INVOICE && w->facts.item == NULL) {
        w->facts.item = item;
        item->own_run = true;
    }
    world_refresh(w);
    return item;
}

void world_refresh(world *w) {
    w->facts.today = pn_zone_date(w->facts.debtor.zone, w->now);
    pn_ledger_claimable(w->items, w->facts.item_count, 0);
    pn_facts_sum(&w->facts);
}

void world_start(world *w) {
    world_refresh(w);
    w->run = pn_run_copy(&(pn_run){0}, &w->arena);
    pn_run start = pn_run_start(w->flow, &w->facts, w->now);
    start.id = 5;
    start.strategy_id = 6;
    start.debtor_id = w->facts.debtor.id;
    w->run = pn_run_copy(&start, &w->arena);
    world_step(w);
}

static void do_send(world *w, const pn_cmd *cmd) {
    pn_message_fact *message = &w->messages[w->facts.message_count++];
    assert_true(w->facts.message_count < WORLD_MESSAGES);
    *message = (pn_message_fact){.id = ++w->next_id,
                                 .channel = cmd->send.channel,
                                 .settled_at = PN_TIME_NONE,
                                 .read_at = PN_TIME_NONE,
                                 .bounced_at = PN_TIME_NONE};
    if (cmd->send.skip != PN_SKIP_NOT) {
        message->state = PN_MESSAGE_SKIPPED;
        message->settled_at = w->now;
    } else if (w->send_at_once) {
        message->state = PN_MESSAGE_SENT;
        message->settled_at = w->now;
    }
    if (!cmd->send.neutral) {
        pn_run_remember(&w->run, cmd->node, cmd->visit, message->id);
    }
}

/* The other strategy is this one again. Its numbers of nodes are other nodes, so nothing that the
 * run remembers of nodes goes with it. */
static void do_jump(world *w) {
    pn_run *run = &w->run;
    run->jumps++;
    run->node = w->flow->start;
    run->visit++;
    run->entered_at = w->now;
    run->message_count = run->counter_count = 0;
}

static void obey(world *w, const pn_cmd *cmd) {
    assert_true(w->cmd_count < WORLD_CMDS);
    w->cmd_at[w->cmd_count] = w->now;
    w->cmds[w->cmd_count++] = *cmd;
    switch (cmd->kind) {
    case PN_CMD_SEND: do_send(w, cmd); break;
    case PN_CMD_TASK:
        assert_true(w->facts.task_count < WORLD_TASKS);
        w->tasks[w->facts.task_count++] =
            (pn_task_fact){.node = cmd->node, .visit = cmd->visit, .settled_at = PN_TIME_NONE};
        break;
    case PN_CMD_ARM:
        assert_true(w->facts.arm_count < WORLD_ARMS);
        w->arms[w->facts.arm_count++] =
            (pn_arm_fact){w->run.strategy_id, cmd->arm.key, cmd->arm.arm};
        break;
    case PN_CMD_CHARGE:
        for (size_t i = 0; i < w->facts.item_count; i++) {
            pn_item *item = &w->items[i];
            if (item->id == cmd->charge.item) {
                item->open += cmd->charge.amount;
                item->charges += cmd->charge.amount;
                item->fee_charged = item->fee_charged || !cmd->charge.interest;
                item->interest_until = cmd->charge.interest ? cmd->charge.to : item->interest_until;
            }
        }
        break;
    case PN_CMD_JUMP: do_jump(w); break;
    case PN_CMD_ERRAND:
        assert_true(w->facts.errand_count < WORLD_TASKS);
        w->errands[w->facts.errand_count++] = (pn_errand_fact){.visit = cmd->visit,
                                                               .kind = cmd->errand.kind,
                                                               .state = w->errand_state,
                                                               .settled_at = w->now,
                                                               .outcome = w->errand_outcome};
        break;
    case PN_CMD_OFFER:
        assert_true(w->facts.offer_count < WORLD_TASKS);
        w->offers[w->facts.offer_count++] =
            (pn_offer_fact){.visit = cmd->visit, .settled_at = PN_TIME_NONE};
        break;
    case PN_CMD_CANCEL_TASKS:
    case PN_CMD_SET:
    case PN_CMD_NOTE:
    case PN_CMD_NOTIFY:
    case PN_CMD_PILL: break;
    }
}

static void check_idempotent(world *w) {
    pn_run again;
    pn_cmds cmds;
    assert_int_equal(pn_step(w->flow, &w->run, &w->facts, w->now, &w->arena, &again, &cmds), PN_OK);
    assert_int_equal(cmds.count, 0);
    assert_true(pn_run_equal(&w->run, &again));
    pn_buf bytes;
    pn_buf_init(&bytes, 10000);
    pn_run_encode(&w->run, &bytes);
    pn_run decoded = w->run;
    assert_int_equal(pn_run_decode(pn_buf_str(&bytes), &w->arena, &decoded), PN_OK);
    assert_true(pn_run_equal(&w->run, &decoded));
    pn_buf_done(&bytes);
}

/* On equal facts and time the result's own step changes nothing: what happened is in the run, not
 * only in what its commands will lead to. A run that moves on (64 nodes, a jump) is excepted. */
static void check_settled(world *w, const pn_run *next) {
    if (next->wait == PN_WAIT_NONE) {
        return;
    }
    pn_run again;
    pn_cmds cmds;
    assert_int_equal(pn_step(w->flow, next, &w->facts, w->now, &w->arena, &again, &cmds), PN_OK);
    assert_int_equal(cmds.count, 0);
    assert_true(pn_run_equal(next, &again));
}

void world_step(world *w) {
    for (int i = 0; i < 100; i++) {
        world_refresh(w);
        pn_run next;
        pn_cmds cmds;
        assert_int_equal(pn_step(w->flow, &w->run, &w->facts, w->now, &w->arena, &next, &cmds),
                         PN_OK);
        check_settled(w, &next);
        if (w->on_step != NULL) {
            w->on_step(w, &next, &cmds);
        }
        bool changed = !pn_run_equal(&w->run, &next) || cmds.count != 0;
        w->run = next;
        for (size_t j = 0; j < cmds.count; j++) {
            obey(w, &cmds.items[j]);
        }
        world_refresh(w);
        if (!changed) {
            check_idempotent(w);
            return;
        }
    }
    fail_msg("the run never came to rest");
}

void world_advance(world *w, const char *when) {
    pn_time target = world_time(w, when);
    for (int i = 0; i < 2000 && w->run.wake_at <= target; i++) {
        w->now = w->run.wake_at > w->now ? w->run.wake_at : w->now;
        world_step(w);
    }
    w->now = target;
    world_step(w);
}

void world_pay(world *w, pn_item *item, int64_t amount) {
    item->open -= amount;
    if (item->open - item->charges <= 0) {
        item->closed = PN_CLOSED_PAID;
        item->closed_at = w->now;
        w->facts.account.last_closed = PN_CLOSED_PAID;
    }
    world_step(w);
}

const pn_cmd *world_nth(const world *w, pn_cmd_kind kind, size_t nth) {
    for (size_t i = 0; i < w->cmd_count; i++) {
        const pn_cmd *cmd = &w->cmds[i];
        bool counts = cmd->kind == kind && (kind != PN_CMD_SEND || cmd->send.skip == PN_SKIP_NOT);
        if (counts && nth-- == 0) {
            return cmd;
        }
    }
    return NULL;
}

size_t world_count(const world *w, pn_cmd_kind kind) {
    size_t count = 0;
    while (world_nth(w, kind, count) != NULL) {
        count++;
    }
    return count;
}

size_t world_skipped(const world *w, pn_skip skip) {
    size_t count = 0;
    for (size_t i = 0; i < w->cmd_count; i++) {
        count += w->cmds[i].kind == PN_CMD_SEND && w->cmds[i].send.skip == skip;
    }
    return count;
}

const char *world_sent_at(world *w, size_t nth) {
    const pn_cmd *cmd = world_nth(w, PN_CMD_SEND, nth);
    if (cmd == NULL) {
        return "never";
    }
    pn_local local = pn_zone_local(w->facts.debtor.zone, w->cmd_at[cmd - w->cmds]);
    char day[PN_DATE_ISO_SIZE];
    return pn_str_format(&w->arena, "%s %02d:%02d", pn_date_iso(local.date, day),
                         local.second / 3600, local.second / 60 % 60)
        .ptr;
}
