/* The step and the laws, on a world in memory. */
#include "world.h"

#include <string.h>

#include "core/node/node.h"

static const char OVERDUE[] =
    "{'puntual':1,'name':'Vencido','subject':'account','start':'d1','nodes':{"
    "'d1':{'type':'wait.due','days':1,'next':'m1'},"
    "'m1':{'type':'send.email','template':'r','tone':1,'next':'d5','error':'t'},"
    "'d5':{'type':'wait.due','days':5,'next':'m2'},"
    "'m2':{'type':'send.email','template':'r','tone':2,'next':'d10','error':'t'},"
    "'d10':{'type':'wait.due','days':10,'next':'call'},"
    "'call':{'type':'task','title':'Llamar','category':'call','due_days':2,'done':'d15',"
    "'overdue':'d15'},"
    "'d15':{'type':'wait.due','days':15,'next':'m3'},"
    "'m3':{'type':'send.email','template':'r','tone':3,'next':'fee','error':'t'},"
    "'fee':{'type':'charge.fee','amount':40,'next':'d30'},"
    "'d30':{'type':'wait.due','days':30,'next':'h'},"
    "'h':{'type':'handover','to':'lawyer','approved':'e','refused':'e'},"
    "'t':{'type':'task','title':'Buscar contacto','done':'d15','overdue':'d15'},"
    "'e':{'type':'end'},"
    "'thanks':{'type':'send.email','template':'gracias','next':'e2','error':'e2'},"
    "'e2':{'type':'end','outcome':'paid'}},"
    "'on_paid':'thanks'}";

static world w;

static int tear_down(void **state) {
    (void)state;
    world_done(&w);
    return 0;
}

static void an_account_is_led_from_stage_to_stage(void **state) {
    (void)state;
    world_init(&w, OVERDUE, "2026-03-01 12:00");
    world_item(&w, "2026-03-02", 50000);
    world_start(&w);
    world_advance(&w, "2026-03-03 08:59");
    assert_int_equal(world_count(&w, PN_CMD_SEND), 0);
    world_advance(&w, "2026-04-30 12:00");
    assert_int_equal(world_count(&w, PN_CMD_SEND), 3);
    assert_string_equal(world_sent_at(&w, 0), "2026-03-03 09:00");
    assert_string_equal(world_sent_at(&w, 1), "2026-03-07 09:00");
    assert_string_equal(world_sent_at(&w, 2), "2026-03-17 09:00");
    assert_int_equal(world_nth(&w, PN_CMD_SEND, 2)->send.tone, 3);
    assert_int_equal(world_count(&w, PN_CMD_CHARGE), 1);
    assert_int_equal(world_nth(&w, PN_CMD_CHARGE, 0)->charge.amount, 4000);
    /* the call, and the approval of the hand-over, which no timer gives */
    assert_int_equal(world_count(&w, PN_CMD_TASK), 2);
    assert_int_equal(w.run.wait, PN_WAIT_TASK);
    assert_true(w.run.wake_at == PN_TIME_NEVER);
}

static void paid_means_stop(void **state) {
    (void)state;
    world_init(&w, OVERDUE, "2026-03-01 12:00");
    pn_item *item = world_item(&w, "2026-03-02", 50000);
    world_start(&w);
    world_advance(&w, "2026-03-05 10:00");
    world_pay(&w, item, 20000); /* a part changes nothing */
    assert_int_equal(world_count(&w, PN_CMD_SEND), 1);
    world_advance(&w, "2026-03-08 10:00");
    assert_int_equal(world_count(&w, PN_CMD_SEND), 2);
    world_pay(&w, item, 30000);
    assert_int_equal(w.run.status, PN_RUN_CLOSED);
    assert_str(w.run.outcome, "paid");
    assert_int_equal(world_count(&w, PN_CMD_SEND), 3); /* thanks */
    assert_str(world_nth(&w, PN_CMD_SEND, 2)->send.template_name, "gracias");
    world_advance(&w, "2026-06-01 10:00");
    assert_int_equal(world_count(&w, PN_CMD_SEND), 3);
}

static void fees_alone_do_not_keep_a_case_open(void **state) {
    (void)state;
    world_init(&w, OVERDUE, "2026-03-01 12:00");
    pn_item *item = world_item(&w, "2026-03-02", 50000);
    world_start(&w);
    world_advance(&w, "2026-03-20 12:00");
    assert_int_equal(item->open, 54000);
    world_pay(&w, item, 50000);
    assert_int_equal(w.run.status, PN_RUN_CLOSED);
}

static void what_was_credited_ends_silently(void **state) {
    (void)state;
    world_init(&w, OVERDUE, "2026-03-01 12:00");
    pn_item *item = world_item(&w, "2026-03-02", 50000);
    world_start(&w);
    world_advance(&w, "2026-03-05 10:00");
    item->open = 0;
    item->closed = PN_CLOSED_CREDITED;
    w.facts.account.last_closed = PN_CLOSED_CREDITED;
    world_step(&w);
    assert_int_equal(w.run.status, PN_RUN_CLOSED);
    assert_str(w.run.outcome, "credited");
    assert_int_equal(world_count(&w, PN_CMD_SEND), 1);
}

static void a_reversal_reopens_with_the_original_due_date(void **state) {
    (void)state;
    world_init(&w, OVERDUE, "2026-03-01 12:00");
    pn_item *item = world_item(&w, "2026-03-02", 50000);
    world_start(&w);
    world_advance(&w, "2026-03-04 10:00");
    world_pay(&w, item, 50000);
    assert_int_equal(w.run.status, PN_RUN_CLOSED);
    world_advance(&w, "2026-03-12 10:00");
    item->open = 50000;
    item->closed = PN_CLOSED_NOT;
    item->reopened_at = w.now;
    world_step(&w);
    assert_int_equal(w.run.status, PN_RUN_ACTIVE);
    assert_int_equal(w.run.cycle, 2);
    /* no salvo: nothing at once, and it waits for +15 of the original due date */
    assert_int_equal(world_count(&w, PN_CMD_SEND), 2);
    world_advance(&w, "2026-03-18 10:00");
    assert_int_equal(world_count(&w, PN_CMD_SEND), 3);
    assert_string_equal(world_sent_at(&w, 2), "2026-03-17 09:00");
}

static void what_is_only_held_lets_the_run_sleep(void **state) {
    (void)state;
    world_init(&w, OVERDUE, "2026-03-01 12:00");
    pn_item *item = world_item(&w, "2026-03-02", 50000);
    world_start(&w);
    world_advance(&w, "2026-03-04 10:00");
    item->disputed = 50000;
    world_step(&w);
    assert_int_equal(w.run.wait, PN_WAIT_AMOUNTS);
    world_advance(&w, "2026-03-12 10:00");
    assert_int_equal(world_count(&w, PN_CMD_SEND), 1);
    item->disputed = 10000; /* the rest goes on */
    world_step(&w);
    /* +5 and +10 have passed: that mail is superseded, the call is a task at once */
    assert_int_equal(world_count(&w, PN_CMD_SEND), 1);
    assert_int_equal(world_skipped(&w, PN_SKIP_SUPERSEDED), 1);
    assert_int_equal(world_count(&w, PN_CMD_TASK), 1);
}

static void a_long_hold_ends_with_a_neutral_notice(void **state) {
    (void)state;
    world_init(&w, OVERDUE, "2026-03-01 12:00");
    world_item(&w, "2026-03-02", 50000);
    world_start(&w);
    world_advance(&w, "2026-03-04 10:00");
    w.holds[0] = (pn_hold_fact){.id = 1, .until = world_time(&w, "2026-04-15 10:00")};
    w.facts.hold_count = 1;
    world_step(&w);
    assert_int_equal(w.run.wait, PN_WAIT_HOLD);
    assert_true(w.run.wake_at == w.holds[0].until);
    w.now = w.holds[0].until;
    w.facts.hold_count = 0;
    world_step(&w);
    assert_int_equal(world_count(&w, PN_CMD_SEND), 2);
    assert_true(world_nth(&w, PN_CMD_SEND, 1)->send.neutral);
    assert_true(w.run.quiet_until > w.now);
}

static void a_later_anchor_restarts_and_sends_nothing_at_that_moment(void **state) {
    (void)state;
    world_init(&w, OVERDUE, "2026-03-01 12:00");
    pn_item *old = world_item(&w, "2026-03-02", 50000);
    pn_item *new = world_item(&w, "2026-03-09", 20000);
    world_start(&w);
    world_advance(&w, "2026-03-18 10:00");
    assert_int_equal(world_count(&w, PN_CMD_SEND), 3);
    assert_int_equal(w.run.anchor_item, old->id);
    world_pay(&w, old, 10000); /* a partial payment never re-anchors */
    assert_int_equal(w.run.anchor_item, old->id);
    assert_int_equal(w.run.cycle, 1);
    world_pay(&w, old, 40000);
    assert_int_equal(w.run.anchor_item, new->id);
    assert_int_equal(w.run.cycle, 2);
    assert_int_equal(world_count(&w, PN_CMD_SEND), 3);
    assert_int_equal(w.run.wait, PN_WAIT_TIME);
    assert_true(w.run.wake_at == world_time(&w, "2026-03-19 09:00")); /* its +10 */
    world_advance(&w, "2026-03-25 10:00");
    assert_string_equal(world_sent_at(&w, 3), "2026-03-24 09:00"); /* its +15 */
}

static void catching_up_never_hands_over(void **state) {
    (void)state;
    world_init(&w, OVERDUE, "2026-03-01 12:00");
    pn_item *old = world_item(&w, "2026-03-02", 50000);
    world_item(&w, "2026-03-03", 20000);
    world_start(&w);
    world_advance(&w, "2026-06-01 10:00"); /* at the hand-over's approval */
    size_t tasks = world_count(&w, PN_CMD_TASK);
    world_pay(&w, old, 54000);
    assert_int_equal(w.run.cycle, 2);
    assert_int_equal(world_count(&w, PN_CMD_TASK), tasks);
    assert_int_equal(w.run.wait, PN_WAIT_TIME);
    world_advance(&w, "2026-06-02 10:00"); /* the next day it goes on with its last stage */
    assert_int_equal(world_count(&w, PN_CMD_TASK), tasks + 1);
}

static void forty_days_late_is_not_a_salvo(void **state) {
    (void)state;
    world_init(&w, OVERDUE, "2026-03-12 12:00");
    world_item(&w, "2026-02-20", 50000); /* 20 days ago: +1, +5, +10 are over, +15 is running */
    world_start(&w);
    assert_int_equal(world_skipped(&w, PN_SKIP_SUPERSEDED), 2);
    assert_int_equal(world_count(&w, PN_CMD_SEND), 1);
    assert_int_equal(world_nth(&w, PN_CMD_SEND, 0)->send.tone, 3);
    /* the late call is still work, once; nobody waited for it */
    assert_int_equal(world_count(&w, PN_CMD_TASK), 1);
    assert_int_equal(world_nth(&w, PN_CMD_TASK, 0)->task.collapsed, 0);
}

static void a_week_of_downtime_sends_the_last_stage_only(void **state) {
    (void)state;
    world_init(&w, OVERDUE, "2026-03-01 12:00");
    world_item(&w, "2026-03-02", 50000);
    world_start(&w);
    w.now = world_time(&w, "2026-03-08 12:00"); /* nobody stepped since */
    world_step(&w);
    assert_int_equal(world_skipped(&w, PN_SKIP_SUPERSEDED), 1);
    assert_int_equal(world_count(&w, PN_CMD_SEND), 1);
    assert_int_equal(world_nth(&w, PN_CMD_SEND, 0)->send.tone, 2);
}

static void a_charge_is_postponed_not_lost(void **state) {
    (void)state;
    world_init(&w,
               "{'puntual':1,'name':'x','subject':'invoice','start':'a','nodes':{"
               "'a':{'type':'wait.due','days':5,'next':'i'},"
               "'i':{'type':'charge.interest','next':'f'},"
               "'f':{'type':'charge.fee','amount':'40.00','next':'t1'},"
               "'t1':{'type':'task','title':'uno','done':'b','overdue':'b'},"
               "'b':{'type':'wait.due','days':10,'next':'t2'},"
               "'t2':{'type':'task','title':'dos','done':'c','overdue':'c'},"
               "'c':{'type':'wait.due','days':30,'next':'e'},'e':{'type':'end'}}}",
               "2026-03-20 12:00");
    world_item(&w, "2026-03-05", 100000);
    world_start(&w);
    assert_int_equal(world_count(&w, PN_CMD_CHARGE), 2);
    assert_true(world_nth(&w, PN_CMD_CHARGE, 0)->charge.interest);
    /* 1,000 € at 10.15 % for the 14 days from 6 to 19 March */
    assert_int_equal(world_nth(&w, PN_CMD_CHARGE, 0)->charge.amount, 389);
    assert_int_equal(world_nth(&w, PN_CMD_CHARGE, 1)->charge.amount, 4000);
    /* the stage of the second task is still running: it is opened and waited for */
    assert_int_equal(world_count(&w, PN_CMD_TASK), 2);
    assert_str(world_nth(&w, PN_CMD_TASK, 0)->task.title, "dos");
    assert_str(world_nth(&w, PN_CMD_TASK, 1)->task.title, "uno");
}

static void late_tasks_collapse_to_one(void **state) {
    (void)state;
    world_init(&w,
               "{'puntual':1,'name':'x','subject':'invoice','start':'a','nodes':{"
               "'a':{'type':'wait.due','days':1,'next':'t1'},"
               "'t1':{'type':'task','title':'uno','done':'b','overdue':'b'},"
               "'b':{'type':'wait.due','days':5,'next':'t2'},"
               "'t2':{'type':'task','title':'dos','done':'c','overdue':'c'},"
               "'c':{'type':'wait.due','days':10,'next':'t3'},"
               "'t3':{'type':'task','title':'tres','done':'d','overdue':'d'},"
               "'d':{'type':'wait.due','days':40,'next':'e'},'e':{'type':'end'}}}",
               "2026-03-08 12:00");
    world_item(&w, "2026-02-20", 100000);
    world_start(&w);
    assert_int_equal(world_count(&w, PN_CMD_TASK), 2);
    assert_str(world_nth(&w, PN_CMD_TASK, 0)->task.title, "tres"); /* the running stage's own */
    assert_str(world_nth(&w, PN_CMD_TASK, 1)->task.title, "dos");
    assert_int_equal(world_nth(&w, PN_CMD_TASK, 1)->task.collapsed, 1);
}

static void no_usable_contact_leads_to_error(void **state) {
    (void)state;
    world_init(&w, OVERDUE, "2026-03-01 12:00");
    world_item(&w, "2026-03-02", 50000);
    w.facts.debtor.channels = 0;
    world_start(&w);
    world_advance(&w, "2026-03-03 10:00");
    assert_int_equal(world_count(&w, PN_CMD_SEND), 0);
    assert_int_equal(world_count(&w, PN_CMD_TASK), 1);
    assert_str(world_nth(&w, PN_CMD_TASK, 0)->task.title, "Buscar contacto");
}

static const char READ[] =
    "{'puntual':1,'name':'x','subject':'invoice','start':'m','nodes':{"
    "'m':{'type':'send.email','template':'r','next':'b','error':'ne'},"
    "'b':{'type':'branch.message','message':'m','within':'48h','read':'nr','unread':'nu',"
    "'error':'ne'},"
    "'nr':{'type':'note','text':'read','next':'w'},'nu':{'type':'note','text':'unread','next':'w'},"
    "'ne':{'type':'note','text':'error','next':'w'},"
    "'w':{'type':'wait.days','days':2,'next':'e'},'e':{'type':'end'}}}";

static void a_delay_of_the_sending_shifts_what_follows(void **state) {
    (void)state;
    world_init(&w, READ, "2026-03-02 12:00");
    world_item(&w, "2026-03-20", 100);
    w.send_at_once = false;
    world_start(&w);
    assert_int_equal(w.run.wait, PN_WAIT_MESSAGE);
    world_advance(&w, "2026-03-05 12:00"); /* the gate kept it for three days */
    w.messages[0].state = PN_MESSAGE_SENT;
    w.messages[0].settled_at = w.now;
    world_step(&w);
    assert_int_equal(w.run.wait, PN_WAIT_SIGNAL);
    assert_true(w.run.wake_at == world_time(&w, "2026-03-07 12:00"));
    world_advance(&w, "2026-03-08 12:00");
    assert_str(world_nth(&w, PN_CMD_NOTE, 0)->note.text, "unread");
    /* and the wait counts from when it was found unread */
    assert_true(w.run.wake_at == world_time(&w, "2026-03-09 12:00"));
}

static void reading_counts_from_the_sending_and_not_while_held(void **state) {
    (void)state;
    world_init(&w, READ, "2026-03-02 12:00");
    world_item(&w, "2026-03-20", 100);
    world_start(&w);
    world_advance(&w, "2026-03-03 12:00");
    w.holds[0] = (pn_hold_fact){.id = 1, .until = world_time(&w, "2026-03-10 12:00")};
    w.facts.hold_count = 1;
    world_step(&w);
    w.now = world_time(&w, "2026-03-10 12:00");
    w.facts.hold_count = 0;
    world_step(&w);
    assert_true(w.run.wake_at == world_time(&w, "2026-03-11 12:00"));
    w.messages[0].read_at = w.now;
    world_step(&w);
    assert_str(world_nth(&w, PN_CMD_NOTE, 0)->note.text, "read");
}

static void a_bounce_is_an_error_for_the_branch(void **state) {
    (void)state;
    world_init(&w, READ, "2026-03-02 12:00");
    world_item(&w, "2026-03-20", 100);
    world_start(&w);
    w.messages[0].state = PN_MESSAGE_BOUNCED;
    w.messages[0].bounced_at = w.now;
    world_step(&w);
    assert_str(world_nth(&w, PN_CMD_NOTE, 0)->note.text, "error");
}

static void arms_stick(void **state) {
    (void)state;
    unsigned counts[3] = {0};
    for (pn_id debtor = 1; debtor <= 4000; debtor++) {
        world_init(&w,
                   "{'puntual':1,'name':'x','subject':'invoice','start':'s','nodes':{"
                   "'s':{'type':'split','arms':[{'name':'a','percent':30,'next':'na'},"
                   "{'name':'b','percent':70,'next':'nb'}],"
                   "'holdout':{'percent':10,'next':'nh'}},"
                   "'na':{'type':'phase','phase':'a','next':'e'},"
                   "'nb':{'type':'phase','phase':'b','next':'e'},"
                   "'nh':{'type':'phase','phase':'h','next':'e'},'e':{'type':'end'}}}",
                   "2026-03-02 12:00");
        w.facts.debtor.id = debtor;
        world_item(&w, "2026-03-20", 100);
        world_start(&w);
        counts[w.run.phase.ptr[0] == 'a' ? 0 : w.run.phase.ptr[0] == 'b' ? 1 : 2]++;
        assert_int_equal(world_count(&w, PN_CMD_ARM), 1);
        if (debtor == 1) { /* stored, it holds even when the percentages say otherwise */
            w.arms[0].arm = PN_STR("holdout");
            world_start(&w);
            assert_str(w.run.phase, "h");
        }
        if (debtor != 4000) {
            world_done(&w);
        }
    }
    assert_in_range(counts[2], 340, 460);  /* 10 % of all */
    assert_in_range(counts[0], 980, 1180); /* 30 % of the rest */
    assert_int_equal(counts[0] + counts[1] + counts[2], 4000);
}

static void a_repeat_comes_back_so_often(void **state) {
    (void)state;
    world_init(&w,
               "{'puntual':1,'name':'x','subject':'invoice','start':'m','nodes':{"
               "'m':{'type':'send.email','template':'r','next':'r','error':'r'},"
               "'r':{'type':'repeat','interval':'1w','times':4,'again':'m','done':'t',"
               "'while':['invoice.claimable','>',10]},"
               "'t':{'type':'task','title':'visita','done':'e','overdue':'e'},"
               "'e':{'type':'end'}}}",
               "2026-03-20 10:00");
    world_item(&w, "2026-03-01", 100000);
    world_start(&w);
    world_advance(&w, "2026-05-20 12:00");
    assert_int_equal(world_count(&w, PN_CMD_SEND), 5);
    /* weeks keep the wall clock across the night of 29 March, when it jumps */
    assert_string_equal(world_sent_at(&w, 1), "2026-03-27 10:00");
    assert_string_equal(world_sent_at(&w, 2), "2026-04-03 10:00");
    assert_int_equal(world_count(&w, PN_CMD_TASK), 1);
}

static void a_repeat_may_come_back_at_its_hour(void **state) {
    (void)state;
    world_init(&w,
               "{'puntual':1,'name':'x','subject':'invoice','start':'m','nodes':{"
               "'m':{'type':'send.email','template':'r','next':'r','error':'r'},"
               "'r':{'type':'repeat','interval':'1w','times':2,'at':'09:30','again':'m',"
               "'done':'s'},"
               "'s':{'type':'repeat','interval':'30m','times':1,'at':'09:00','again':'m',"
               "'done':'e'},'e':{'type':'end'}}}",
               "2026-03-20 17:45");
    world_item(&w, "2026-03-01", 100000);
    world_start(&w);
    world_advance(&w, "2026-05-20 12:00");
    assert_string_equal(world_sent_at(&w, 1), "2026-03-27 09:30");
    assert_string_equal(world_sent_at(&w, 2), "2026-04-03 09:30");
    /* half an hour later it is past nine: the next morning */
    assert_string_equal(world_sent_at(&w, 3), "2026-04-04 09:00");
}

static void a_task_leaves_by_the_word_it_was_done_with(void **state) {
    (void)state;
    static const char *const WORDS[] = {"Rechazado", "done", "otra"};
    static const char *const ENDS[] = {"no", "si", "si"};
    for (size_t i = 0; i < PN_COUNT(WORDS); i++) {
        world_init(&w,
                   "{'puntual':1,'name':'x','subject':'invoice','start':'t','nodes':{"
                   "'t':{'type':'task','title':'cobrar','done':'s','overdue':'o','outcomes':"
                   "[{'name':'rechazado','next':'n'}]},"
                   "'s':{'type':'end','outcome':'si'},'n':{'type':'end','outcome':'no'},"
                   "'o':{'type':'end','outcome':'tarde'}}}",
                   "2026-03-20 10:00");
        world_item(&w, "2026-03-01", 100000);
        world_start(&w);
        w.tasks[0].state = PN_TASK_DONE;
        w.tasks[0].settled_at = w.now;
        w.tasks[0].outcome = pn_str_of(WORDS[i]);
        world_step(&w);
        assert_str(w.run.outcome, ENDS[i]);
        world_done(&w);
    }
    world_init(&w, OVERDUE, "2026-03-01 12:00");
}

static void nights_of_daylight_saving_neither_skip_nor_repeat(void **state) {
    (void)state;
    static const char FLOW[] = "{'puntual':1,'name':'x','subject':'invoice','start':'a','nodes':{"
                               "'a':{'type':'wait.due','days':0,'at':'02:30','next':'m'},"
                               "'m':{'type':'send.email','template':'r','next':'b','error':'b'},"
                               "'b':{'type':'wait.days','days':1,'next':'m2'},"
                               "'m2':{'type':'send.email','template':'r','next':'e','error':'e'},"
                               "'e':{'type':'end'}}}";
    world_init(&w, FLOW, "2026-03-28 12:00");
    world_item(&w, "2026-03-29", 1000); /* 02:30 does not exist: it is 03:00 */
    world_start(&w);
    world_advance(&w, "2026-03-31 12:00");
    assert_string_equal(world_sent_at(&w, 0), "2026-03-29 03:00");
    assert_string_equal(world_sent_at(&w, 1), "2026-03-30 03:00");
    assert_int_equal(world_count(&w, PN_CMD_SEND), 2);
    world_done(&w);
    world_init(&w, FLOW, "2026-10-24 12:00");
    world_item(&w, "2026-10-25", 1000); /* 02:30 occurs twice: the first */
    world_start(&w);
    world_advance(&w, "2026-10-27 12:00");
    assert_int_equal(world_count(&w, PN_CMD_SEND), 2);
    assert_true(w.cmd_at[0] + 25 * PN_HOUR == w.cmd_at[1]);
}

static void waits_for_weekdays_and_month_days(void **state) {
    (void)state;
    world_init(&w,
               "{'puntual':1,'name':'x','subject':'invoice','start':'a','nodes':{"
               "'a':{'type':'wait.weekday','weekdays':['tue','thu'],'at':'10:00','next':'m'},"
               "'m':{'type':'send.email','template':'r','next':'b','error':'b'},"
               "'b':{'type':'wait.monthday','day':'last','next':'m2'},"
               "'m2':{'type':'send.email','template':'r','next':'c','error':'c'},"
               "'c':{'type':'wait.days','days':3,'kind':'business','at':'11:00','next':'m3'},"
               "'m3':{'type':'send.email','template':'r','next':'a','error':'a'}}}",
               "2026-02-24 10:00");
    world_item(&w, "2026-02-01", 1000);
    world_start(&w);
    world_advance(&w, "2026-04-08 12:00");
    assert_string_equal(world_sent_at(&w, 0), "2026-02-24 10:00"); /* at that very moment */
    assert_string_equal(world_sent_at(&w, 1), "2026-02-28 09:00");
    assert_string_equal(world_sent_at(&w, 2), "2026-03-04 11:00");
    assert_string_equal(world_sent_at(&w, 3), "2026-03-05 10:00");
    assert_string_equal(world_sent_at(&w, 4), "2026-03-31 09:00");
    /* 2, 3 and 6 April: Holy Thursday and Good Friday are holidays in Madrid */
    assert_string_equal(world_sent_at(&w, 5), "2026-04-07 11:00");
}

static void behaviour_decides(void **state) {
    (void)state;
    static const char FLOW[] =
        "{'puntual':1,'name':'x','subject':'invoice','start':'m','nodes':{"
        "'m':{'type':'send.email','template':'r','next':'b','error':'b'},"
        "'b':{'type':'branch.behaviour','within':'3d','promised':'p','tried':'t','replied':'r',"
        "'visited':'v','else':'n'},"
        "'p':{'type':'end','outcome':'promised'},'t':{'type':'end','outcome':'tried'},"
        "'r':{'type':'end','outcome':'replied'},'v':{'type':'end','outcome':'visited'},"
        "'n':{'type':'end','outcome':'nothing'}}}";
    static const struct {
        pn_signal_kind kind;
        pn_signal_source source;
        const char *outcome;
    } CASES[] = {
        {PN_SIGNAL_VISIT, PN_SOURCE_HUMAN, "visited"},
        {PN_SIGNAL_VISIT, PN_SOURCE_MACHINE, "nothing"}, /* law 10 */
        {PN_SIGNAL_PAYMENT_ATTEMPT, PN_SOURCE_HUMAN, "tried"},
        {PN_SIGNAL_OPEN, PN_SOURCE_HUMAN, "nothing"},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        world_init(&w, FLOW, "2026-03-02 12:00");
        world_item(&w, "2026-03-20", 1000);
        world_start(&w);
        w.signals[0] =
            (pn_signal){.kind = CASES[i].kind, .source = CASES[i].source, .at = w.now + PN_HOUR};
        w.facts.signal_count = 1;
        world_advance(&w, "2026-03-10 12:00");
        assert_str(w.run.outcome, CASES[i].outcome);
        if (i + 1 < PN_COUNT(CASES)) {
            world_done(&w);
        }
    }
}

static void a_jump_is_for_the_caller_and_bounded(void **state) {
    (void)state;
    world_init(&w,
               "{'puntual':1,'name':'x','subject':'invoice','start':'j','nodes':{"
               "'j':{'type':'jump','strategy':'otra'}}}",
               "2026-03-02 12:00");
    world_item(&w, "2026-03-20", 1000);
    w.run = pn_run_start(w.flow, &w.facts, w.now);
    pn_run next;
    pn_cmds cmds;
    assert_int_equal(pn_step(w.flow, &w.run, &w.facts, w.now, &w.arena, &next, &cmds), PN_OK);
    assert_int_equal(cmds.count, 1);
    assert_int_equal(cmds.items[0].kind, PN_CMD_JUMP);
    w.run.jumps = 8;
    assert_int_equal(pn_step(w.flow, &w.run, &w.facts, w.now, &w.arena, &next, &cmds), PN_OK);
    assert_int_equal(next.status, PN_RUN_ENDED);
    assert_str(next.outcome, "too_many_jumps");
}

/* ── other systems, offers ── */

static const char ASKING[] =
    "{'puntual':1,'name':'Pregunta','subject':'account','start':'d1','nodes':{"
    "'d1':{'type':'wait.due','days':1,'next':'ask'},"
    "'ask':{'type':'branch.paid','source':'connector','connector':'erp','path':'/p','paid':'seen',"
    "'partial':'m','unpaid':'m','unknown':'e'},"
    "'seen':{'type':'wait.days','days':1,'next':'m'},"
    "'m':{'type':'send.email','template':'r','next':'e','error':'e'},'e':{'type':'end'}}}";

static void a_visit_asks_once_and_waits(void **state) {
    (void)state;
    world_init(&w, ASKING, "2026-03-01 12:00");
    w.errand_state = PN_ERRAND_OPEN;
    world_item(&w, "2026-03-02", 50000);
    world_start(&w);
    world_advance(&w, "2026-03-10 12:00");
    assert_int_equal(w.run.wait, PN_WAIT_ANSWER);
    assert_int_equal(world_count(&w, PN_CMD_ERRAND), 1);
    w.errands[0].state = PN_ERRAND_DONE;
    w.errands[0].outcome = PN_STR("unpaid");
    w.errands[0].settled_at = w.now;
    world_step(&w);
    assert_int_equal(world_count(&w, PN_CMD_SEND), 1);
    assert_int_equal(world_count(&w, PN_CMD_ERRAND), 1);
}

/* Anything that is not said in so many words is unknown. */
static void who_asks_in_vain_knows_nothing(void **state) {
    (void)state;
    static const struct {
        pn_errand_state state;
        pn_str outcome;
    } CASES[] = {{PN_ERRAND_FAILED, {"unpaid", 6}},
                 {PN_ERRAND_UNCERTAIN, {"unpaid", 6}},
                 {PN_ERRAND_DROPPED, {"paid", 4}},
                 {PN_ERRAND_DONE, {"", 0}},
                 {PN_ERRAND_DONE, {"si", 2}}};
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        world_init(&w, ASKING, "2026-03-01 12:00");
        w.errand_state = CASES[i].state;
        w.errand_outcome = CASES[i].outcome;
        world_item(&w, "2026-03-02", 50000);
        world_start(&w);
        world_advance(&w, "2026-03-20 12:00");
        assert_int_equal(world_count(&w, PN_CMD_SEND), 0);
        assert_int_equal(w.run.status, PN_RUN_ENDED);
        if (i + 1 < PN_COUNT(CASES)) {
            world_done(&w);
        }
    }
}

/* “paid” takes everything out of what may be asked for: the run leaves by it nevertheless, and goes
 * on from there when the money did not come. */
static void an_answer_is_taken_while_it_holds_everything(void **state) {
    (void)state;
    world_init(&w, ASKING, "2026-03-01 12:00");
    w.errand_state = PN_ERRAND_OPEN;
    pn_item *item = world_item(&w, "2026-03-02", 50000);
    world_start(&w);
    world_advance(&w, "2026-03-04 12:00");
    w.errands[0].state = PN_ERRAND_DONE;
    w.errands[0].outcome = PN_STR("paid");
    w.errands[0].settled_at = w.now;
    item->disputed = item->open; /* as a payment that is reported holds it */
    world_step(&w);
    assert_int_equal(w.run.wait, PN_WAIT_AMOUNTS);
    assert_str(pn_flow_node_id(w.flow, w.run.node), "seen");
    item->disputed = 0;
    world_step(&w);
    world_advance(&w, "2026-03-10 12:00");
    assert_int_equal(world_count(&w, PN_CMD_ERRAND), 1);
    assert_int_equal(world_count(&w, PN_CMD_SEND), 1);
}

/* While another case has all that is open, a hold stops the account's: its answer waits too. */
static void a_hold_stops_what_an_answer_would_move(void **state) {
    (void)state;
    world_init(&w, ASKING, "2026-03-01 12:00");
    w.errand_state = PN_ERRAND_OPEN;
    pn_item *item = world_item(&w, "2026-03-02", 50000);
    world_start(&w);
    world_advance(&w, "2026-03-04 12:00");
    uint32_t asking = w.run.node;
    w.errands[0].state = PN_ERRAND_DONE;
    w.errands[0].outcome = PN_STR("paid");
    w.errands[0].settled_at = w.now;
    item->own_run = true;
    w.holds[0] = (pn_hold_fact){.id = 1, .until = world_time(&w, "2026-03-10 12:00")};
    w.facts.hold_count = 1;
    world_step(&w);
    assert_int_equal(w.run.node, asking);
    w.facts.hold_count = 0;
    world_step(&w);
    assert_str(pn_flow_node_id(w.flow, w.run.node), "seen");
}

static const char OFFERING[] =
    "{'puntual':1,'name':'Oferta','subject':'account','start':'d1','nodes':{"
    "'d1':{'type':'wait.due','days':1,'at':'10:00','next':'plan'},"
    "'plan':{'type':'offer.plan','days':5,'amount_min':100,'amount_max':1000,'age_min':1,"
    "'accepted':'e','expired':'m'},"
    "'m':{'type':'send.email','template':'r','next':'e','error':'e'},'e':{'type':'end'}}}";

static void an_offer_stands_for_its_days(void **state) {
    (void)state;
    world_init(&w, OFFERING, "2026-03-01 12:00");
    pn_item *item = world_item(&w, "2026-03-02", 50000);
    world_start(&w);
    world_advance(&w, "2026-03-08 09:59");
    assert_int_equal(w.run.wait, PN_WAIT_OFFER);
    assert_int_equal(world_count(&w, PN_CMD_OFFER), 1);
    assert_int_equal(world_nth(&w, PN_CMD_OFFER, 0)->offer.kind, PN_OFFER_PLAN);
    assert_int_equal(world_count(&w, PN_CMD_SEND), 0);
    world_advance(&w, "2026-03-08 10:00");
    assert_int_equal(world_count(&w, PN_CMD_SEND), 1);
    world_done(&w);

    world_init(&w, OFFERING, "2026-03-01 12:00");
    item = world_item(&w, "2026-03-02", 50000);
    world_start(&w);
    world_advance(&w, "2026-03-04 12:00");
    w.offers[0].state = PN_OFFER_ACCEPTED;
    w.offers[0].settled_at = w.now;
    item->planned = item->open; /* what was agreed holds it all */
    world_step(&w);
    assert_int_equal(w.run.wait, PN_WAIT_AMOUNTS);
    assert_str(pn_flow_node_id(w.flow, w.run.node), "e");
    assert_int_equal(world_count(&w, PN_CMD_SEND), 0);
}

static void nobody_is_offered_what_the_matrix_does_not_allow(void **state) {
    (void)state;
    static const int64_t AMOUNTS[] = {9999, 100001};
    for (size_t i = 0; i < PN_COUNT(AMOUNTS); i++) {
        world_init(&w, OFFERING, "2026-03-01 12:00");
        world_item(&w, "2026-03-02", AMOUNTS[i]);
        world_start(&w);
        world_advance(&w, "2026-03-03 12:00");
        assert_int_equal(world_count(&w, PN_CMD_OFFER), 0);
        assert_int_equal(world_count(&w, PN_CMD_SEND), 1);
        if (i + 1 < PN_COUNT(AMOUNTS)) {
            world_done(&w);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define LAW(name) cmocka_unit_test_teardown(name, tear_down)
        LAW(an_account_is_led_from_stage_to_stage),
        LAW(paid_means_stop),
        LAW(fees_alone_do_not_keep_a_case_open),
        LAW(what_was_credited_ends_silently),
        LAW(a_reversal_reopens_with_the_original_due_date),
        LAW(what_is_only_held_lets_the_run_sleep),
        LAW(a_long_hold_ends_with_a_neutral_notice),
        LAW(a_later_anchor_restarts_and_sends_nothing_at_that_moment),
        LAW(catching_up_never_hands_over),
        LAW(forty_days_late_is_not_a_salvo),
        LAW(a_week_of_downtime_sends_the_last_stage_only),
        LAW(a_charge_is_postponed_not_lost),
        LAW(late_tasks_collapse_to_one),
        LAW(no_usable_contact_leads_to_error),
        LAW(a_delay_of_the_sending_shifts_what_follows),
        LAW(reading_counts_from_the_sending_and_not_while_held),
        LAW(a_bounce_is_an_error_for_the_branch),
        LAW(arms_stick),
        LAW(a_repeat_comes_back_so_often),
        LAW(a_repeat_may_come_back_at_its_hour),
        LAW(a_task_leaves_by_the_word_it_was_done_with),
        LAW(nights_of_daylight_saving_neither_skip_nor_repeat),
        LAW(waits_for_weekdays_and_month_days),
        LAW(behaviour_decides),
        LAW(a_jump_is_for_the_caller_and_bounded),
        LAW(a_visit_asks_once_and_waits),
        LAW(who_asks_in_vain_knows_nothing),
        LAW(an_answer_is_taken_while_it_holds_everything),
        LAW(a_hold_stops_what_an_answer_would_move),
        LAW(an_offer_stands_for_its_days),
        LAW(nobody_is_offered_what_the_matrix_does_not_allow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
