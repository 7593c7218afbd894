/* The laws of the engine where the step's first scenarios (test_step.c) do not reach: several
 * items, ways of closing and coming back, pills, holds, bounds, lateness through branches. */
#include "world.h"

#include <string.h>

#include "base/limits.h"
#include "core/node/node.h"

static world w;

static int tear_down(void **state) {
    (void)state;
    world_done(&w);
    return 0;
}

#define HEAD(subject, start) "{'puntual':1,'name':'x','subject':'" subject "','start':'" start "',"
#define MAIL(id, template, tone, next)                                                             \
    "'" id "':{'type':'send.email','template':'" template "','tone':" tone ",'next':'" next        \
                                                          "','error':'" next "'}"
#define DUE(id, days, next) "'" id "':{'type':'wait.due','days':" days ",'next':'" next "'}"
#define NOTE(id, text, next) "'" id "':{'type':'note','text':'" text "','next':'" next "'}"
#define END ",'e':{'type':'end'}}}"

/* Three stages, with what happens when the case closes or comes back. */
static const char STAGES[] = HEAD(
    "account",
    "d1") "'on_paid':'thanks','on_closed':'bye',"
          "'on_returned':'back','nodes':{" DUE("d1", "1", "m1") "," MAIL(
              "m1", "r", "1",
              "d5") "," DUE("d5", "5",
                            "m2") "," MAIL("m2", "r", "2",
                                           "fee") ","
                                                  "'fee':{'type':'charge.fee','amount':40,'next':'"
                                                  "d15'}"
                                                  "," DUE("d15", "15", "m3") "," MAIL(
                                                      "m3", "r", "3",
                                                      "h") ",'h':{'type':'handover','to':'lawyer','"
                                                           "approved'"
                                                           ":'e',"
                                                           "'refused':'e'}," MAIL(
                                                               "thanks", "gracias", "1",
                                                               "e2") ",'e2':{'type':'end','outcome'"
                                                                     ":'paid'}"
                                                                     "," NOTE(
                                                                         "bye",
                                                                         "closed without money",
                                                                         "e3") ",'e3':{'type':'end'"
                                                                               ",'"
                                                                               "outcome':'closed'}"
                                                                               "," NOTE("back",
                                                                                        "came back",
                                                                                        "d15") END;

static pn_time at(const char *when) {
    return world_time(&w, when);
}

static void close_item(pn_item *item, pn_closed closed) {
    item->open = item->charges;
    item->closed = closed;
    item->closed_at = w.now;
    w.facts.account.last_closed = closed;
    world_step(&w);
}

static void reverse(pn_item *item, int64_t amount) {
    item->open += amount;
    item->closed = PN_CLOSED_NOT;
    item->closed_at = PN_TIME_NONE;
    item->reopened_at = w.now;
}

static const pn_cmd *last_cmd(pn_cmd_kind kind) {
    size_t count = world_count(&w, kind);
    assert_true(count > 0);
    return world_nth(&w, kind, count - 1);
}

static const char *node_id(void) {
    return pn_str_z(&w.arena, pn_flow_node_id(w.flow, w.run.node));
}

/* ── law 1: paid means stop ──────────────────────────────────────────────────────────────────── */

static void nothing_is_asked_while_nothing_is_claimable(void **state) {
    (void)state;
    world_init(&w, STAGES, "2026-03-01 12:00");
    pn_item *item = world_item(&w, "2026-03-02", 50000);
    world_start(&w);
    item->paid_reported = true;
    world_advance(&w, "2026-03-20 12:00");
    assert_int_equal(world_count(&w, PN_CMD_SEND), 0);
    assert_int_equal(w.run.wait, PN_WAIT_AMOUNTS);
    item->paid_reported = false; /* it was not seen: a task for a person; then it goes on, late */
    world_step(&w);
    assert_int_equal(world_skipped(&w, PN_SKIP_SUPERSEDED), 2);
    assert_int_equal(world_count(&w, PN_CMD_SEND), 1);
    assert_int_equal(world_nth(&w, PN_CMD_SEND, 0)->send.tone, 3);
    assert_int_equal(world_count(&w, PN_CMD_CHARGE), 1); /* postponed, not lost */
}

static void what_closes_without_money_ends_by_on_closed(void **state) {
    (void)state;
    static const pn_closed WAYS[] = {PN_CLOSED_CREDITED, PN_CLOSED_WRITTEN_OFF,
                                     PN_CLOSED_CANCELLED};
    for (size_t i = 0; i < PN_COUNT(WAYS); i++) {
        world_init(&w, STAGES, "2026-03-01 12:00");
        pn_item *item = world_item(&w, "2026-03-02", 50000);
        world_start(&w);
        world_advance(&w, "2026-03-04 12:00");
        close_item(item, WAYS[i]);
        assert_int_equal(w.run.status, PN_RUN_CLOSED);
        assert_str(w.run.outcome, "closed");
        assert_int_equal(world_count(&w, PN_CMD_SEND), 1); /* no thanks for that */
        assert_str(last_cmd(PN_CMD_NOTE)->note.text, "closed without money");
        assert_int_equal(world_count(&w, PN_CMD_CANCEL_TASKS), 1);
        if (i + 1 < PN_COUNT(WAYS)) {
            world_done(&w);
        }
    }
}

static void a_reversal_leads_to_on_returned(void **state) {
    (void)state;
    world_init(&w, STAGES, "2026-03-01 12:00");
    pn_item *item = world_item(&w, "2026-03-02", 50000);
    world_start(&w);
    world_advance(&w, "2026-03-04 12:00");
    world_pay(&w, item, 50000);
    assert_int_equal(w.run.status, PN_RUN_CLOSED);
    w.now = at("2026-03-10 12:00");
    reverse(item, 50000);
    world_step(&w);
    assert_int_equal(w.run.status, PN_RUN_ACTIVE);
    assert_int_equal(w.run.cycle, 2);
    assert_str(last_cmd(PN_CMD_NOTE)->note.text, "came back");
    assert_int_equal(w.run.anchor_due, item->effective_due); /* the original one */
    assert_true(w.run.wake_at == at("2026-03-17 09:00"));
    world_pay(&w, item, 50000); /* it may close and come back again */
    assert_int_equal(w.run.status, PN_RUN_CLOSED);
    assert_int_equal(world_count(&w, PN_CMD_SEND), 3);
    w.now = at("2026-03-18 12:00");
    reverse(item, 50000);
    world_step(&w);
    assert_int_equal(w.run.cycle, 3);
    assert_int_equal(world_count(&w, PN_CMD_SEND), 4);
    assert_int_equal(last_cmd(PN_CMD_SEND)->send.tone, 3); /* the stage that is running */
}

static void a_reversal_interrupts_the_thanks(void **state) {
    (void)state;
    world_init(&w, STAGES, "2026-03-01 12:00");
    pn_item *item = world_item(&w, "2026-03-02", 50000);
    world_start(&w);
    w.send_at_once = false;
    world_pay(&w, item, 50000);
    assert_string_equal(node_id(), "thanks");
    assert_int_equal(w.run.wait, PN_WAIT_MESSAGE);
    w.facts.hold_count = 1; /* thanks are neither held nor stopped by stale data */
    w.facts.creditor.stale = true;
    world_step(&w);
    assert_int_equal(w.run.wait, PN_WAIT_MESSAGE);
    w.facts.hold_count = 0;
    w.facts.creditor.stale = false;
    w.now += PN_HOUR;
    reverse(item, 50000);
    world_step(&w);
    assert_int_equal(w.run.closing, PN_CLOSED_NOT);
    assert_int_equal(w.run.cycle, 2);
    assert_int_equal(w.run.wait, PN_WAIT_TIME);
}

/* Both invoices come back: the older one is the anchor at once, and stays it. */
static void reversals_anchor_at_the_oldest(void **state) {
    (void)state;
    world_init(&w, STAGES, "2026-03-01 12:00");
    pn_item *old = world_item(&w, "2026-03-02", 50000);
    pn_item *new = world_item(&w, "2026-03-12", 20000);
    world_start(&w);
    world_advance(&w, "2026-03-04 12:00");
    world_pay(&w, old, 50000);
    assert_int_equal(w.run.anchor_item, new->id);
    world_pay(&w, new, 20000);
    assert_int_equal(w.run.status, PN_RUN_CLOSED);
    w.now = at("2026-03-05 12:00");
    reverse(old, 50000);
    reverse(new, 20000);
    world_step(&w); /* checks that a second step changes nothing */
    assert_int_equal(w.run.anchor_item, old->id);
    assert_int_equal(w.run.anchor_due, old->effective_due);
    assert_true(w.run.wake_at == at("2026-03-17 09:00"));
}

/* ── law 2: the anchor; several items ────────────────────────────────────────────────────────── */

static void items_with_a_run_of_their_own_are_not_the_accounts(void **state) {
    (void)state;
    world_init(&w, STAGES, "2026-03-01 12:00");
    pn_item *mine = world_item(&w, "2026-03-02", 50000);
    pn_item *own = world_item(&w, "2026-02-01", 20000);
    own->own_run = true;
    world_start(&w);
    assert_int_equal(w.run.anchor_item, mine->id); /* not the older one, which has its own run */
    world_advance(&w, "2026-03-08 12:00");
    assert_int_equal(world_count(&w, PN_CMD_CHARGE), 1);
    assert_int_equal(world_nth(&w, PN_CMD_CHARGE, 0)->charge.item, mine->id);
    own->own_run = false; /* its run ended: now it is the account's, and the anchor stays */
    world_step(&w);
    assert_int_equal(w.run.anchor_item, mine->id);
    assert_int_equal(w.run.cycle, 1);
    world_pay(&w, mine, 50000);
    assert_int_equal(w.run.status, PN_RUN_ACTIVE);
    assert_int_equal(w.run.anchor_item, own->id);
    assert_int_equal(w.run.cycle, 1); /* an earlier anchor restarts nothing */
}

/* What is open is only worked elsewhere: no thanks, for nothing was paid, and no end. */
static void an_account_sleeps_while_its_invoices_have_runs_of_their_own(void **state) {
    (void)state;
    world_init(&w, STAGES, "2026-03-01 12:00");
    pn_item *first = world_item(&w, "2026-03-02", 50000);
    pn_item *second = world_item(&w, "2026-03-09", 20000);
    world_start(&w);
    world_advance(&w, "2026-03-04 12:00");
    second->own_run = true;
    world_pay(&w, first, 50000);
    assert_int_equal(w.run.status, PN_RUN_ACTIVE);
    assert_int_equal(w.run.closing, PN_CLOSED_NOT);
    assert_int_equal(w.run.wait, PN_WAIT_AMOUNTS);
    assert_int_equal(world_count(&w, PN_CMD_SEND), 1);
    world_advance(&w, "2026-03-11 12:00");
    second->own_run = false; /* comes back to the account: its own next stage */
    world_step(&w);
    assert_int_equal(w.run.anchor_item, second->id);
    assert_int_equal(w.run.cycle, 2);
    assert_int_equal(world_count(&w, PN_CMD_SEND), 1);
    assert_true(w.run.wake_at == at("2026-03-14 09:00"));
    world_pay(&w, second, 20000);
    assert_int_equal(w.run.status, PN_RUN_CLOSED);
    assert_str(w.run.outcome, "paid");
}

static void forty_items_are_one_case(void **state) {
    (void)state;
    world_init(&w, STAGES, "2026-03-01 12:00");
    for (int i = 0; i < 40; i++) {
        pn_item *item = world_item(&w, "2026-03-02", 1000 + i);
        item->effective_due += i / 10; /* four due dates */
    }
    world_start(&w);
    world_advance(&w, "2026-03-03 12:00");
    assert_int_equal(world_count(&w, PN_CMD_SEND), 1); /* one mail, not forty */
    world_advance(&w, "2026-03-07 12:00");
    assert_int_equal(world_count(&w, PN_CMD_SEND), 2);
    assert_int_equal(world_count(&w, PN_CMD_CHARGE), 40); /* all are overdue, each gets its fee */
    for (size_t i = 0; i < 40; i++) {
        const pn_cmd *cmd = world_nth(&w, PN_CMD_CHARGE, i);
        assert_int_equal(cmd->ordinal, i); /* unique within the visit */
        assert_true(w.items[i].fee_charged);
    }
    for (int i = 0; i < 10; i++) { /* the whole first due date is paid: the next one anchors */
        world_pay(&w, &w.items[i], w.items[i].open);
    }
    assert_int_equal(w.run.cycle, 2);
    assert_int_equal(w.run.anchor_item, w.items[10].id);
    assert_int_equal(world_count(&w, PN_CMD_CHARGE), 40); /* a fee is charged once */
    for (int i = 10; i < 40; i++) {
        world_pay(&w, &w.items[i], w.items[i].open);
    }
    assert_int_equal(w.run.status, PN_RUN_CLOSED);
    assert_int_equal(world_count(&w, PN_CMD_SEND), 3);
    assert_str(last_cmd(PN_CMD_SEND)->send.template_name, "gracias");
}

static void a_held_anchor_gives_its_place(void **state) {
    (void)state;
    world_init(&w, STAGES, "2026-03-01 12:00");
    pn_item *old = world_item(&w, "2026-03-02", 50000);
    pn_item *new = world_item(&w, "2026-03-09", 20000);
    world_start(&w);
    world_advance(&w, "2026-03-04 12:00");
    old->promised = 50000;
    world_step(&w);
    assert_int_equal(w.run.anchor_item, new->id);
    assert_int_equal(w.run.cycle, 2);
    assert_true(w.run.wake_at == at("2026-03-10 09:00"));
    old->promised = 0; /* broken: the younger anchor stays until it closes or is held itself */
    world_step(&w);
    assert_int_equal(w.run.anchor_item, new->id);
    assert_int_equal(w.run.cycle, 2);
}

static void catching_up_goes_through_branches(void **state) {
    (void)state;
    world_init(
        &w,
        HEAD("account", "d1") "'nodes':{" DUE("d1", "1", "m1") "," MAIL(
            "m1", "r", "1",
            "b") ",'b':{'type':'branch.message','message':'m1','within':'2d','read':'d5',"
                 "'unread':'p','error':'d5'},'p':{'type':'pill','pill':'llamada','next':'n'},"
                 "'n':{'type':'notify','to':['owner'],'text':'x','next':'c'},"
                 "'c':{'type':'branch.rule','rules':[{'name':'big','rule':['account.claimable',"
                 "'>',100],'next':'t'}],'else':'e'},'t':{'type':'task','title':'t','done':'d5',"
                 "'overdue':'d5'}," DUE("d5", "5", "m2") "," MAIL(
                     "m2", "r", "2",
                     "i") ",'i':{'type':'charge.interest','next':'d15'}," DUE("d15", "15",
                                                                              "m3") "," MAIL("m3",
                                                                                             "r",
                                                                                             "3",
                                                                                             "e")
                     END,
        "2026-03-01 12:00");
    pn_item *old = world_item(&w, "2026-03-02", 50000);
    world_item(&w, "2026-03-04", 20000);
    world_start(&w);
    world_advance(&w, "2026-03-12 12:00");
    size_t cmds = w.cmd_count;
    size_t charges = world_count(&w, PN_CMD_CHARGE);
    world_pay(&w, old, old->open); /* the other one is eight days late: +1 and +5 have passed */
    assert_int_equal(w.run.cycle, 2);
    assert_int_equal(world_skipped(&w, PN_SKIP_REANCHORED), 2);
    /* two intents that are not sent, and nothing else: no pill, no notice, no task, no charge */
    assert_int_equal(w.cmd_count, cmds + 2);
    assert_int_equal(world_count(&w, PN_CMD_CHARGE), charges);
    assert_string_equal(node_id(), "d15");
    assert_true(w.run.wake_at == at("2026-03-19 09:00"));
    assert_false(w.run.catch_up);
    world_advance(&w, "2026-03-19 12:00");
    assert_string_equal(world_sent_at(&w, world_count(&w, PN_CMD_SEND) - 1), "2026-03-19 09:00");
}

/* ── law 3: holds ────────────────────────────────────────────────────────────────────────────── */

static void holds_end_or_are_reviewed(void **state) {
    (void)state;
    world_init(&w, STAGES, "2026-03-01 12:00");
    world_item(&w, "2026-03-02", 50000);
    world_start(&w);
    w.holds[0] = (pn_hold_fact){.id = 1, .until = at("2026-03-20 10:00")};
    w.holds[1] = (pn_hold_fact){.id = 2, .until = at("2026-03-06 10:00")};
    w.facts.hold_count = 2;
    world_step(&w);
    assert_int_equal(w.run.wait, PN_WAIT_HOLD);
    assert_true(w.run.wake_at == w.holds[1].until); /* the earliest */
    world_advance(&w, "2026-03-06 09:00");
    w.now = at("2026-03-06 10:00");
    w.facts.hold_count = 1;
    world_step(&w);
    assert_true(w.run.wake_at == w.holds[0].until);
    assert_int_equal(world_count(&w, PN_CMD_SEND), 0);
    /* reviewed and still in force: it waits for a person, it does not wake without end */
    w.now = at("2026-03-20 10:00");
    world_step(&w);
    assert_int_equal(w.run.wait, PN_WAIT_HOLD);
    assert_true(w.run.wake_at > w.now);
    w.facts.hold_count = 0;
    world_step(&w);
    assert_int_equal(world_count(&w, PN_CMD_SEND), 1);
    assert_int_equal(last_cmd(PN_CMD_SEND)->send.tone, 3);
}

static void stale_data_stop_the_run_and_say_so(void **state) {
    (void)state;
    world_init(&w, STAGES, "2026-03-01 12:00");
    world_item(&w, "2026-03-02", 50000);
    world_start(&w);
    w.facts.creditor.stale = true;
    world_advance(&w, "2026-03-04 12:00");
    assert_int_equal(w.run.wait, PN_WAIT_HOLD);
    assert_int_equal(world_count(&w, PN_CMD_SEND), 0);
    w.facts.creditor.stale = false;
    world_step(&w);
    assert_int_equal(world_count(&w, PN_CMD_SEND), 1);
}

static void demands_wait_after_the_notice(void **state) {
    (void)state;
    world_init(&w, STAGES, "2026-03-01 12:00");
    pn_item *item = world_item(&w, "2026-03-02", 50000);
    world_start(&w);
    world_advance(&w, "2026-03-04 12:00");
    item->disputed = 50000;
    world_step(&w);
    world_advance(&w, "2026-04-10 12:00"); /* 37 days: a Friday */
    item->disputed = 0;
    world_step(&w);
    assert_true(last_cmd(PN_CMD_SEND)->send.neutral);
    size_t sent = world_count(&w, PN_CMD_SEND);
    assert_int_equal(w.run.wait, PN_WAIT_TIME);
    assert_true(w.run.wake_at == at("2026-04-15 12:00")); /* three business days */
    world_advance(&w, "2026-04-15 11:59");
    assert_int_equal(world_count(&w, PN_CMD_SEND), sent);
    world_advance(&w, "2026-04-15 12:00");
    assert_int_equal(world_count(&w, PN_CMD_SEND), sent + 1);
    assert_int_equal(last_cmd(PN_CMD_SEND)->send.tone, 3);
    /* thanks do not wait */
    item->disputed = 50000;
    world_step(&w);
    world_advance(&w, "2026-06-01 12:00");
    item->disputed = 0;
    world_step(&w);
    world_pay(&w, item, 50000);
    assert_str(last_cmd(PN_CMD_SEND)->send.template_name, "gracias");
    assert_int_equal(w.run.status, PN_RUN_CLOSED);
}

/* (run, visit, ordinal) is unique among open messages: the notice must not take the place of the
 * node's own message, which may still wait to leave. */
static void the_notice_has_an_ordinal_of_its_own(void **state) {
    (void)state;
    world_init(&w, STAGES, "2026-03-01 12:00");
    pn_item *item = world_item(&w, "2026-03-02", 50000);
    w.send_at_once = false;
    world_start(&w);
    world_advance(&w, "2026-03-03 12:00"); /* m1 is queued and cannot leave */
    item->disputed = 50000;
    world_step(&w);
    world_advance(&w, "2026-04-10 12:00");
    item->disputed = 0;
    world_step(&w);
    assert_int_equal(world_count(&w, PN_CMD_SEND), 2);
    const pn_cmd *message = world_nth(&w, PN_CMD_SEND, 0);
    const pn_cmd *notice = world_nth(&w, PN_CMD_SEND, 1);
    assert_true(notice->send.neutral);
    assert_int_equal(message->visit, notice->visit);
    assert_true(message->ordinal != notice->ordinal);
}

/* ── law 4: late is not lost ─────────────────────────────────────────────────────────────────── */

static void messages_know_when_they_are_superseded(void **state) {
    (void)state;
    world_init(&w, STAGES, "2026-03-01 12:00");
    world_item(&w, "2026-03-02", 50000);
    w.facts.debtor.grace_days = 2;
    world_start(&w);
    world_advance(&w, "2026-05-01 12:00");
    assert_int_equal(world_count(&w, PN_CMD_SEND), 3);
    assert_string_equal(world_sent_at(&w, 0), "2026-03-05 09:00"); /* +1 and two days of grace */
    assert_true(world_nth(&w, PN_CMD_SEND, 0)->send.supersede_at == at("2026-03-09 09:00"));
    assert_true(world_nth(&w, PN_CMD_SEND, 1)->send.supersede_at == at("2026-03-19 09:00"));
    assert_true(world_nth(&w, PN_CMD_SEND, 2)->send.supersede_at == PN_TIME_NEVER);
}

static void due_waits_count_business_days_and_backwards(void **state) {
    (void)state;
    world_init(
        &w,
        HEAD("invoice",
             "a") "'nodes':{"
                  "'a':{'type':'wait.due','days':-3,'kind':'business','at':'10:00','next':'ma'}"
                  "," MAIL("ma", "r", "1",
                           "b") ",'b':{'type':'wait.due','days':0,'kind':'business',"
                                "'next':'mb'}," MAIL("mb", "r", "1",
                                                     "c") ",'c':{'type':'wait.due','days':2,"
                                                          "'kind':'business','next':'mc'}," MAIL(
                                                              "mc", "r", "1", "e") END,
        "2026-03-20 12:00");
    world_item(&w, "2026-04-04", 1000); /* the Saturday after Good Friday */
    w.facts.debtor.grace_days = 1;
    world_start(&w);
    world_advance(&w, "2026-05-01 12:00");
    assert_string_equal(world_sent_at(&w, 0), "2026-03-30 10:00"); /* 1 April, 31 and 30 March */
    assert_string_equal(world_sent_at(&w, 1), "2026-04-06 09:00"); /* the next business day */
    assert_string_equal(world_sent_at(&w, 2), "2026-04-08 09:00"); /* 7 April, and the grace */
}

/* A stage that is over leaves its task for later; a loop back to it must come to rest all the same.
 */
static void a_task_that_is_asked_for_again_breathes(void **state) {
    (void)state;
    static const char LOOP[] = HEAD("account", "d1") "'nodes':{" DUE(
        "d1", "1", "t") ",'t':{'type':'task','title':'call until "
                        "done','due_days':2,'done':'d9','overdue':'t'}," DUE(
                            "d9", "9", "m") "," MAIL("m", "r", "1", "e") END;
    world_init(&w, LOOP, "2026-03-20 12:00");
    world_item(&w, "2026-03-02", 50000); /* +1 and +9 are over */
    world_start(&w);
    assert_int_equal(w.run.wait, PN_WAIT_TASK);
    assert_int_equal(world_count(&w, PN_CMD_TASK), 1); /* one, not one a round */
    assert_true(w.run.wake_at == at("2026-03-24 12:00"));
    world_advance(&w, "2026-03-24 12:00");
    assert_int_equal(world_count(&w, PN_CMD_TASK), 2);
    w.tasks[1].state = PN_TASK_DONE;
    w.tasks[1].settled_at = w.now;
    world_step(&w);
    assert_int_equal(w.run.status, PN_RUN_ENDED);
    assert_int_equal(world_count(&w, PN_CMD_SEND), 1);
    /* the same while catching up with a later anchor */
    world_done(&w);
    world_init(&w, LOOP, "2026-03-03 12:00");
    pn_item *old = world_item(&w, "2026-03-02", 50000);
    world_item(&w, "2026-03-03", 50000);
    world_start(&w);
    world_advance(&w, "2026-03-10 12:00");
    size_t tasks = world_count(&w, PN_CMD_TASK);
    world_pay(&w, old, 50000);
    assert_int_equal(w.run.cycle, 2);
    assert_int_equal(w.run.wait, PN_WAIT_TASK);
    assert_true(world_count(&w, PN_CMD_TASK) <= tasks + 1);
}

static void postponed_work_comes_before_a_jump(void **state) {
    (void)state;
    world_init(&w,
               HEAD("invoice", "a") "'nodes':{" DUE(
                   "a", "1", "f") ",'f':{'type':'charge.fee','amount':40,'next':'t'},"
                                  "'t':{'type':'task','title':'x','done':'b','overdue':'b'}," DUE(
                                      "b", "5", "j") ",'j':{'type':'jump','strategy':'otra'}}}",
               "2026-03-20 12:00");
    world_item(&w, "2026-03-02", 50000);
    w.run = pn_run_start(w.flow, &w.facts, w.now);
    pn_run next;
    pn_cmds cmds;
    assert_int_equal(pn_step(w.flow, &w.run, &w.facts, w.now, &w.arena, &next, &cmds), PN_OK);
    assert_int_equal(cmds.count, 3);
    assert_int_equal(cmds.items[0].kind, PN_CMD_CHARGE);
    assert_int_equal(cmds.items[1].kind, PN_CMD_TASK);
    assert_int_equal(cmds.items[2].kind, PN_CMD_JUMP); /* the last one, as the caller expects */
    assert_int_equal(next.late_count, 0);
}

/* ── charges ─────────────────────────────────────────────────────────────────────────────────── */

static void a_day_of_interest_is_charged_once(void **state) {
    (void)state;
    world_init(&w,
               HEAD("invoice", "i") "'nodes':{'i':{'type':'charge.interest','next':'w'},"
                                    "'w':{'type':'wait.days','days':10,'next':'i'}}}",
               "2026-03-20 12:00");
    pn_item *item = world_item(&w, "2026-03-05", 100000);
    world_start(&w);
    assert_int_equal(world_count(&w, PN_CMD_CHARGE), 1);
    const pn_cmd *first = world_nth(&w, PN_CMD_CHARGE, 0);
    assert_int_equal(first->charge.from, item->due + 1);
    assert_int_equal(first->charge.to, w.facts.today);
    assert_int_equal(first->charge.rate_bp, 1015);
    world_advance(&w, "2026-03-31 12:00");
    assert_int_equal(world_count(&w, PN_CMD_CHARGE), 2);
    const pn_cmd *second = world_nth(&w, PN_CMD_CHARGE, 1);
    assert_int_equal(second->charge.from, first->charge.to);
    assert_int_equal(second->charge.amount, 278); /* ten days on the principal alone */
    item->disputed = 40000;
    world_advance(&w, "2026-04-10 12:00");
    assert_int_equal(world_nth(&w, PN_CMD_CHARGE, 2)->charge.amount, 167); /* not on the disputed */
}

/* Several charges passed in one step see the facts from before it. */
static void charges_in_one_step_know_of_each_other(void **state) {
    (void)state;
    world_init(&w,
               HEAD("account", "i") "'nodes':{'i':{'type':'charge.interest','next':'i2'},"
                                    "'i2':{'type':'charge.interest','next':'f'},"
                                    "'f':{'type':'charge.fee','amount':40,'next':'f2'},"
                                    "'f2':{'type':'charge.fee','amount':40,'next':'w'},"
                                    "'w':{'type':'wait.days','days':10,'next':'e'}" END,
               "2026-03-20 12:00");
    world_item(&w, "2026-03-05", 100000);
    world_item(&w, "2026-03-10", 100000);
    world_start(&w);
    assert_int_equal(w.items[0].charges, 389 + 4000);
    assert_int_equal(w.items[1].charges, 250 + 4000);
    world_done(&w);
    /* and so do those that were postponed */
    world_init(
        &w,
        HEAD("account", "a") "'nodes':{" DUE(
            "a", "1", "i") ",'i':{'type':'charge.interest','next':'b'}"
                           "," DUE("b", "5", "i2") ",'i2':{'type':'charge.interest','"
                                                   "next':'f'},'f':{'type':'charge."
                                                   "fee','amount':"
                                                   "40,'next':'c'}," DUE(
                                                       "c", "8", "f2") ",'f2':{'type':'charge."
                                                                       "fee','amount':40,"
                                                                       "'next':'d'}," DUE("d", "30",
                                                                                          "e") END,
        "2026-03-20 12:00");
    world_item(&w, "2026-03-05", 100000);
    world_start(&w);
    assert_int_equal(w.items[0].charges, 389 + 4000);
}

static void interest_below_its_minimum_or_not_agreed_is_none(void **state) {
    (void)state;
    world_init(
        &w,
        HEAD("invoice", "i") "'nodes':{'i':{'type':'charge.interest','minimum':'3.90','next':'a'},"
                             "'a':{'type':'charge.interest','rate':'agreed','next':'w'},"
                             "'w':{'type':'wait.days','days':1,'next':'i'}}}",
        "2026-03-20 12:00");
    world_item(&w, "2026-03-05", 100000);
    world_start(&w); /* 3.89 */
    assert_int_equal(world_count(&w, PN_CMD_CHARGE), 0);
    world_advance(&w, "2026-03-21 12:00");
    assert_int_equal(world_count(&w, PN_CMD_CHARGE), 1);
    assert_int_equal(world_nth(&w, PN_CMD_CHARGE, 0)->charge.amount, 417);
    w.facts.creditor.interest_bp = 500;
    world_advance(&w, "2026-03-22 12:00"); /* a day by the agreed rate: 0.137 */
    assert_int_equal(world_count(&w, PN_CMD_CHARGE), 2);
    assert_int_equal(world_nth(&w, PN_CMD_CHARGE, 1)->charge.amount, 14);
    assert_int_equal(world_nth(&w, PN_CMD_CHARGE, 1)->charge.rate_bp, 500);
}

static void a_fee_of_the_case_is_one(void **state) {
    (void)state;
    world_init(
        &w,
        HEAD("account",
             "f") "'nodes':{'f':{'type':'charge.fee','amount':'12.50','per':'case','next':'w'},"
                  "'w':{'type':'wait.days','days':1,'next':'f'}}}",
        "2026-03-20 12:00");
    world_item(&w, "2026-03-05", 100000);
    world_item(&w, "2026-03-06", 100000);
    world_item(&w, "2026-03-25", 100000);
    world_start(&w);
    world_advance(&w, "2026-03-30 12:00");
    assert_int_equal(world_count(&w, PN_CMD_CHARGE), 1);
    assert_int_equal(world_nth(&w, PN_CMD_CHARGE, 0)->charge.item, w.items[0].id);
    assert_int_equal(world_nth(&w, PN_CMD_CHARGE, 0)->charge.amount, 1250);
}

/* ── law 7 ───────────────────────────────────────────────────────────────────────────────────── */

static void one_key_gives_one_arm_also_within_a_step(void **state) {
    (void)state;
    for (pn_id debtor = 1; debtor <= 200; debtor++) {
        world_init(
            &w,
            HEAD("invoice",
                 "s") "'nodes':{'s':{'type':'split','split_key':'k','arms':["
                      "{'name':'a','percent':50,'next':'n'},{'name':'b','percent':50,'next':'n'}]}"
                      "," NOTE("n", "x", "s2") ",'s2':{'type':'split','split_key':'k','arms':["
                                               "{'name':'b','percent':10,'next':'pb'},{'name':'a','"
                                               "percent':90,'next':'pa'}]},"
                                               "'pa':{'type':'phase','phase':'a','next':'e'},"
                                               "'pb':{'type':'phase','phase':'b','next':'e'}" END,
            "2026-03-02 12:00");
        w.facts.debtor.id = debtor;
        world_item(&w, "2026-03-20", 100);
        world_start(&w);
        assert_int_equal(world_count(&w, PN_CMD_ARM), 1);
        assert_true(pn_str_eq(w.run.phase, world_nth(&w, PN_CMD_ARM, 0)->arm.arm));
        if (debtor != 200) {
            world_done(&w);
        }
    }
}

/* ── pills and jumps ─────────────────────────────────────────────────────────────────────────── */

static const char PILL[] =
    "{'puntual':1,'name':'p','kind':'pill','trigger':'payment_failed','subject':'invoice',"
    "'start':'w','nodes':{'w':{'type':'wait.days','days':1,'next':'m'}," MAIL("m", "ayuda", "1",
                                                                              "e") END;

static void a_pill_runs_beside_and_stops_with_the_case(void **state) {
    (void)state;
    world_init(&w, PILL, "2026-03-02 12:00");
    pn_item *item = world_item(&w, "2026-03-20", 1000);
    world_start(&w);
    w.run.parent_id = 4;
    world_advance(&w, "2026-03-04 12:00");
    assert_int_equal(world_count(&w, PN_CMD_SEND), 1);
    assert_int_equal(w.run.status, PN_RUN_ENDED);
    world_advance(&w, "2026-03-10 12:00"); /* over is over */
    assert_int_equal(world_count(&w, PN_CMD_SEND), 1);
    world_done(&w);
    world_init(&w, PILL, "2026-03-02 12:00");
    item = world_item(&w, "2026-03-20", 1000);
    world_start(&w);
    world_pay(&w, item, 1000); /* paid meanwhile: no help is needed */
    assert_int_equal(w.run.status, PN_RUN_CLOSED);
    world_advance(&w, "2026-03-10 12:00");
    assert_int_equal(world_count(&w, PN_CMD_SEND), 0);
    world_done(&w);
    world_init(&w, PILL, "2026-03-02 12:00");
    world_item(&w, "2026-03-20", 1000);
    world_start(&w);
    w.facts.hold_count = 1; /* a manual pause stops it too */
    w.holds[0] = (pn_hold_fact){.id = 1, .until = at("2026-03-08 12:00")};
    world_advance(&w, "2026-03-07 12:00");
    assert_int_equal(world_count(&w, PN_CMD_SEND), 0);
    assert_int_equal(w.run.wait, PN_WAIT_HOLD);
}

static void a_pill_node_starts_one_and_goes_on(void **state) {
    (void)state;
    world_init(&w,
               HEAD("invoice", "p") "'nodes':{'p':{'type':'pill','pill':'ayuda','next':'p2'},"
                                    "'p2':{'type':'pill','pill':'otra','next':'w'},"
                                    "'w':{'type':'wait.days','days':1,'next':'e'}" END,
               "2026-03-02 12:00");
    world_item(&w, "2026-03-20", 1000);
    world_start(&w);
    assert_int_equal(world_count(&w, PN_CMD_PILL), 2);
    assert_str(world_nth(&w, PN_CMD_PILL, 0)->start.name, "ayuda");
    assert_true(world_nth(&w, PN_CMD_PILL, 0)->visit != world_nth(&w, PN_CMD_PILL, 1)->visit);
    assert_int_equal(w.run.wait, PN_WAIT_TIME);
}

static void a_case_jumps_eight_times(void **state) {
    (void)state;
    world_init(&w, HEAD("invoice", "j") "'nodes':{'j':{'type':'jump','strategy':'x'}}}",
               "2026-03-02 12:00");
    world_item(&w, "2026-03-20", 1000);
    w.run = pn_run_start(w.flow, &w.facts, w.now);
    unsigned jumps = 0;
    for (;;) { /* what the caller does */
        pn_run next;
        pn_cmds cmds;
        assert_int_equal(pn_step(w.flow, &w.run, &w.facts, w.now, &w.arena, &next, &cmds), PN_OK);
        w.run = next;
        if (cmds.count == 0) {
            break;
        }
        assert_int_equal(cmds.items[cmds.count - 1].kind, PN_CMD_JUMP);
        assert_true(++jumps <= PN_LIMIT_CASE_JUMPS);
        w.run.jumps++;
        w.run.node = w.flow->start;
    }
    assert_int_equal(jumps, PN_LIMIT_CASE_JUMPS);
    assert_int_equal(w.run.status, PN_RUN_ENDED);
    assert_str(w.run.outcome, "too_many_jumps");
}

/* ── law 9: a step is bounded ────────────────────────────────────────────────────────────────── */

static void a_step_passes_sixty_four_nodes_and_the_next_goes_on(void **state) {
    (void)state;
    pn_buf document;
    pn_buf_init(&document, 100000);
    pn_buf_add_z(&document, HEAD("invoice", "n000") "'nodes':{");
    enum { NOTES = 150 };
    for (int i = 0; i < NOTES; i++) {
        pn_buf_add_format(&document, "'n%03d':{'type':'note','text':'x','next':'n%03d'},", i,
                          i + 1);
    }
    pn_buf_add_format(&document, "'n%03d':{'type':'wait.days','days':1,'next':'e'}" END, NOTES);
    pn_buf_add_char(&document, '\0');
    world_init(&w, document.ptr, "2026-03-02 12:00");
    pn_buf_done(&document);
    world_item(&w, "2026-03-20", 1000);
    pn_run run = pn_run_start(w.flow, &w.facts, w.now);
    static const size_t EXPECTED[] = {64, 64, NOTES - 128};
    for (size_t i = 0; i < PN_COUNT(EXPECTED); i++) {
        pn_run next;
        pn_cmds cmds;
        assert_int_equal(pn_step(w.flow, &run, &w.facts, w.now, &w.arena, &next, &cmds), PN_OK);
        assert_int_equal(cmds.count, EXPECTED[i]);
        bool last = i + 1 == PN_COUNT(EXPECTED);
        assert_int_equal(next.wait, last ? PN_WAIT_TIME : PN_WAIT_NONE);
        assert_true(last ? next.wake_at > w.now : next.wake_at == w.now);
        run = next;
    }
    assert_int_equal(run.visit, NOTES + 1);
}

/* ── waits ───────────────────────────────────────────────────────────────────────────────────── */

#define UNTIL(rule, within)                                                                        \
    HEAD("invoice", "u")                                                                           \
    "'nodes':{'u':{'type':'wait.until','rule':" rule ",'within':'" within                          \
    "','met':'y','timeout':'n'}," NOTE("y", "met", "e") "," NOTE("n", "timeout", "e") END

static void waiting_until_a_rule_holds(void **state) {
    (void)state;
    world_init(&w, UNTIL("['invoice.claimable','<',500]", "5d"), "2026-03-02 12:00");
    pn_item *item = world_item(&w, "2026-03-20", 100000);
    world_start(&w);
    assert_int_equal(w.run.wait, PN_WAIT_RULE);
    assert_true(w.run.wake_at == at("2026-03-07 12:00"));
    world_advance(&w, "2026-03-03 12:00");
    w.facts.hold_count = 1; /* three days on hold do not count */
    w.holds[0] = (pn_hold_fact){.id = 1, .until = at("2026-03-06 12:00")};
    world_step(&w);
    w.now = at("2026-03-06 12:00");
    w.facts.hold_count = 0;
    world_step(&w);
    assert_true(w.run.wake_at == at("2026-03-10 12:00"));
    world_advance(&w, "2026-03-10 11:59");
    assert_int_equal(world_count(&w, PN_CMD_NOTE), 0);
    world_advance(&w, "2026-03-10 12:00");
    assert_str(last_cmd(PN_CMD_NOTE)->note.text, "timeout");
    world_done(&w);
    world_init(&w, UNTIL("['invoice.claimable','<',500]", "5d"), "2026-03-02 12:00");
    item = world_item(&w, "2026-03-20", 100000);
    world_start(&w);
    world_advance(&w, "2026-03-03 12:00");
    world_pay(&w, item, 60000);
    assert_str(last_cmd(PN_CMD_NOTE)->note.text, "met");
    world_done(&w);
    /* a date in the rule wakes it when it is crossed, at midnight */
    world_init(&w, UNTIL("['invoice.days_overdue','>=',3]", "90d"), "2026-03-02 12:00");
    world_item(&w, "2026-03-20", 100000);
    world_start(&w);
    assert_true(w.run.wake_at == at("2026-03-23 00:00"));
    world_advance(&w, "2026-03-23 00:00");
    assert_str(last_cmd(PN_CMD_NOTE)->note.text, "met");
}

static void a_day_that_never_comes_is_not_waited_for(void **state) {
    (void)state;
    world_init(&w, UNTIL("['invoice.days_overdue','>',999999999]", "5d"), "2026-03-02 12:00");
    world_item(&w, "2026-03-20", 100000);
    world_start(&w);
    assert_true(w.run.wake_at == at("2026-03-07 12:00"));
    world_advance(&w, "2026-03-08 12:00");
    assert_str(last_cmd(PN_CMD_NOTE)->note.text, "timeout");
}

/* Real instants have microseconds. */
static void no_days_are_no_wait(void **state) {
    (void)state;
    world_init(&w,
               HEAD("invoice", "w") "'nodes':{'w':{'type':'wait.days','days':0,'next':'m'}," MAIL(
                   "m", "r", "1", "e") END,
               "2026-03-02 12:00");
    world_item(&w, "2026-03-20", 1000);
    w.now += 123456;
    world_start(&w);
    assert_int_equal(world_count(&w, PN_CMD_SEND), 1);
    world_done(&w);
    /* nor in the hour that comes twice */
    world_init(&w,
               HEAD("invoice", "w") "'nodes':{'w':{'type':'wait.days','days':0,'next':'m'}," MAIL(
                   "m", "r", "1", "e") END,
               "2026-10-25 02:30");
    world_item(&w, "2026-12-20", 1000);
    w.now += PN_HOUR; /* 02:30 again */
    world_start(&w);
    assert_int_equal(world_count(&w, PN_CMD_SEND), 1);
    world_done(&w);
    /* business days: a weekend waits for Monday, at the same time of day */
    world_init(&w,
               HEAD("invoice", "w") "'nodes':{'w':{'type':'wait.days','days':0,'kind':'business','"
                                    "next':'m'}," MAIL("m", "r", "1", "e") END,
               "2026-03-07 12:00");
    world_item(&w, "2026-03-20", 1000);
    world_start(&w);
    world_advance(&w, "2026-03-10 12:00");
    assert_string_equal(world_sent_at(&w, 0), "2026-03-09 12:00");
}

/* "31.12.9999" stands for no due date in many systems. */
static void the_last_day_of_the_calendar_is_waited_for(void **state) {
    (void)state;
    world_init(&w, STAGES, "2026-03-01 12:00");
    world_item(&w, "9999-12-31", 50000);
    world_start(&w);
    assert_int_equal(w.run.wait, PN_WAIT_TIME);
    assert_true(w.run.wake_at > at("9999-12-30 00:00"));
}

/* Paid before its first step, an account never had an anchor. */
static void thanks_need_no_anchor(void **state) {
    (void)state;
    world_init(&w,
               HEAD("account", "d1") "'on_paid':'d2','nodes':{" DUE("d1", "1", "e") "," DUE(
                   "d2", "3", "m") "," MAIL("m", "gracias", "1", "e") END,
               "2026-03-01 12:00");
    pn_item *item = world_item(&w, "2026-03-02", 50000);
    item->open = 0;
    item->closed = PN_CLOSED_PAID;
    w.facts.account.last_closed = PN_CLOSED_PAID;
    world_start(&w);
    assert_int_equal(world_count(&w, PN_CMD_SEND), 1);
    assert_int_equal(w.run.status, PN_RUN_CLOSED);
}

static void a_repeat_stops_when_its_rule_does(void **state) {
    (void)state;
    world_init(
        &w,
        HEAD("invoice", "m") "'nodes':{" MAIL(
            "m", "r", "1",
            "r") ",'r':{'type':'repeat','interval':'3d','times':9,'while':['invoice.claimable',"
                 "'>',100],'again':'m','done':'n'}," NOTE("n", "done", "e") END,
        "2026-03-02 12:00");
    pn_item *item = world_item(&w, "2026-02-20", 100000);
    world_start(&w);
    world_advance(&w, "2026-03-09 12:00");
    assert_int_equal(world_count(&w, PN_CMD_SEND), 3);
    world_pay(&w, item, 95000); /* at once, not after the interval */
    assert_str(last_cmd(PN_CMD_NOTE)->note.text, "done");
    assert_int_equal(w.run.status, PN_RUN_ENDED);
    world_advance(&w, "2026-04-09 12:00");
    assert_int_equal(world_count(&w, PN_CMD_SEND), 3);
}

/* ── branches ────────────────────────────────────────────────────────────────────────────────── */

static void asked_whether_it_is_paid(void **state) {
    (void)state;
    static const char ASK[] = HEAD("account", "d1") "'on_paid':'b','nodes':{" DUE(
        "d1", "1",
        "b") ",'b':{'type':'branch.paid','paid':'ep','partial':'ea','unpaid':'eu','unknown':'ek'},"
             "'ep':{'type':'end','outcome':'paid'},'ea':{'type':'end','outcome':'partial'},"
             "'eu':{'type':'end','outcome':'unpaid'},'ek':{'type':'end','outcome':'unknown'}}}";
    static const struct {
        int64_t pay;
        bool stale;
        const char *outcome;
    } CASES[] = {
        {0, false, "unpaid"},
        {1, false, "partial"},
        {50000, false, "paid"},
        {50000, true, "unknown"},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        world_init(&w, ASK, "2026-03-01 12:00");
        pn_item *item = world_item(&w, "2026-03-02", 50000);
        world_item(&w, "2026-03-02", 100)->paid_reported = true; /* is not asked about */
        w.items[1].open = w.items[1].amount = 0;
        w.items[1].closed = PN_CLOSED_PAID;
        item->open += 700; /* fees are not part of the question */
        item->charges = 700;
        world_start(&w);
        w.facts.creditor.stale = CASES[i].stale;
        if (CASES[i].pay != 0) {
            world_pay(&w, item, CASES[i].pay);
        }
        world_advance(&w, "2026-03-04 12:00");
        assert_str(w.run.outcome, CASES[i].outcome);
        if (i + 1 < PN_COUNT(CASES)) {
            world_done(&w);
        }
    }
}

static void every_fate_of_a_message_leads_on(void **state) {
    (void)state;
    static const struct {
        pn_message_state state;
        const char *after_send, *after_branch;
    } CASES[] = {
        {PN_MESSAGE_QUEUED, NULL, NULL},       {PN_MESSAGE_SENDING, NULL, NULL},
        {PN_MESSAGE_HELD, NULL, NULL},         {PN_MESSAGE_SENT, "left", NULL},
        {PN_MESSAGE_DELIVERED, "left", NULL},  {PN_MESSAGE_UNCERTAIN, "left", NULL},
        {PN_MESSAGE_BOUNCED, "left", "error"}, {PN_MESSAGE_SKIPPED, "left", "unread"},
        {PN_MESSAGE_FAILED, "failed", NULL},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        world_init(&w,
                   HEAD("invoice", "m") "'nodes':{'m':{'type':'send.email','template':'r','next':'"
                                        "l','error':'f'}," NOTE("l", "left", "b") "," NOTE(
                                            "f", "failed",
                                            "e") ",'b':{'type':'branch.message','within':'2d','"
                                                 "read':'r','unread':'u',"
                                                 "'error':'x'}," NOTE("r", "read", "e") "," NOTE(
                                                     "u", "unread", "e") "," NOTE("x", "error", "e")
                                                     END,
                   "2026-03-02 12:00");
        world_item(&w, "2026-03-20", 1000);
        w.send_at_once = false;
        world_start(&w);
        w.messages[0].state = CASES[i].state;
        w.messages[0].settled_at = pn_message_open(CASES[i].state) ? PN_TIME_NONE : w.now;
        w.messages[0].bounced_at = w.now;
        world_step(&w);
        size_t notes = world_count(&w, PN_CMD_NOTE);
        assert_int_equal(notes, (CASES[i].after_send != NULL) + (CASES[i].after_branch != NULL));
        if (notes > 0) {
            assert_str(world_nth(&w, PN_CMD_NOTE, 0)->note.text, CASES[i].after_send);
        }
        if (notes > 1) {
            assert_str(world_nth(&w, PN_CMD_NOTE, 1)->note.text, CASES[i].after_branch);
        }
        assert_true(w.run.status == PN_RUN_ENDED || w.run.wait == PN_WAIT_MESSAGE ||
                    w.run.wait == PN_WAIT_SIGNAL);
        if (i + 1 < PN_COUNT(CASES)) {
            world_done(&w);
        }
    }
}

static void the_branch_asks_about_the_message_it_names(void **state) {
    (void)state;
    world_init(&w,
               HEAD("invoice", "m1") "'nodes':{" MAIL("m1", "r", "1", "m2") "," MAIL(
                   "m2", "r", "1",
                   "b1") ",'b1':{'type':'branch.message','message':'m1','within':'2d','read':'b2',"
                         "'unread':'n1','error':'e'},'b2':{'type':'branch.message','within':'2d','"
                         "read':'e',"
                         "'unread':'n2','error':'e'}," NOTE("n1", "m1 unread", "e") "," NOTE(
                             "n2", "m2 unread", "e") END,
               "2026-03-02 12:00");
    world_item(&w, "2026-03-20", 1000);
    world_start(&w);
    w.messages[0].read_at = w.now + PN_HOUR;
    w.now += PN_HOUR;
    world_advance(&w, "2026-03-05 12:00");
    assert_int_equal(world_count(&w, PN_CMD_NOTE), 1);
    assert_str(last_cmd(PN_CMD_NOTE)->note.text, "m2 unread");
}

/* ── the run itself ──────────────────────────────────────────────────────────────────────────── */

static void what_contradicts_the_flow_is_corrupt(void **state) {
    (void)state;
    world_init(&w, STAGES, "2026-03-01 12:00");
    world_item(&w, "2026-03-02", 50000);
    world_start(&w);
    pn_run next;
    pn_cmds cmds;
    pn_run bad = pn_run_copy(&w.run, &w.arena);
    bad.node = w.flow->node_count;
    assert_int_equal(pn_step(w.flow, &bad, &w.facts, w.now, &w.arena, &next, &cmds), PN_CORRUPT);
    bad = pn_run_copy(&w.run, &w.arena);
    bad.late[bad.late_count++] = w.flow->node_count;
    assert_int_equal(pn_step(w.flow, &bad, &w.facts, w.now, &w.arena, &next, &cmds), PN_CORRUPT);
    bad.late[0] = pn_flow_find(w.flow, PN_STR("m1")); /* a mail is never postponed */
    assert_int_equal(pn_step(w.flow, &bad, &w.facts, w.now, &w.arena, &next, &cmds), PN_CORRUPT);
    bad = pn_run_copy(&w.run, &w.arena);
    bad.catch_due = pn_flow_find(w.flow, PN_STR("m1")); /* nor a due-wait */
    assert_int_equal(pn_step(w.flow, &bad, &w.facts, w.now, &w.arena, &next, &cmds), PN_CORRUPT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define LAW(name) cmocka_unit_test_teardown(name, tear_down)
        LAW(nothing_is_asked_while_nothing_is_claimable),
        LAW(what_closes_without_money_ends_by_on_closed),
        LAW(a_reversal_leads_to_on_returned),
        LAW(a_reversal_interrupts_the_thanks),
        LAW(reversals_anchor_at_the_oldest),
        LAW(items_with_a_run_of_their_own_are_not_the_accounts),
        LAW(an_account_sleeps_while_its_invoices_have_runs_of_their_own),
        LAW(forty_items_are_one_case),
        LAW(a_held_anchor_gives_its_place),
        LAW(catching_up_goes_through_branches),
        LAW(holds_end_or_are_reviewed),
        LAW(stale_data_stop_the_run_and_say_so),
        LAW(demands_wait_after_the_notice),
        LAW(the_notice_has_an_ordinal_of_its_own),
        LAW(messages_know_when_they_are_superseded),
        LAW(due_waits_count_business_days_and_backwards),
        LAW(a_task_that_is_asked_for_again_breathes),
        LAW(postponed_work_comes_before_a_jump),
        LAW(a_day_of_interest_is_charged_once),
        LAW(charges_in_one_step_know_of_each_other),
        LAW(interest_below_its_minimum_or_not_agreed_is_none),
        LAW(a_fee_of_the_case_is_one),
        LAW(one_key_gives_one_arm_also_within_a_step),
        LAW(a_pill_runs_beside_and_stops_with_the_case),
        LAW(a_pill_node_starts_one_and_goes_on),
        LAW(a_case_jumps_eight_times),
        LAW(a_step_passes_sixty_four_nodes_and_the_next_goes_on),
        LAW(waiting_until_a_rule_holds),
        LAW(a_day_that_never_comes_is_not_waited_for),
        LAW(no_days_are_no_wait),
        LAW(the_last_day_of_the_calendar_is_waited_for),
        LAW(thanks_need_no_anchor),
        LAW(a_repeat_stops_when_its_rule_does),
        LAW(asked_whether_it_is_paid),
        LAW(every_fate_of_a_message_leads_on),
        LAW(the_branch_asks_about_the_message_it_names),
        LAW(what_contradicts_the_flow_is_corrupt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
