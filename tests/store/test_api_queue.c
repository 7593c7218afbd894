/* What people do with the queue, asked as the API is: tasks, their versions, undoing; saved views.
 */
#include "api_rig.h"

/* A task written down by hand: its id, its version. */
static answer add_task(const char *title, char id[PN_ID_TEXT_SIZE]) {
    char body[200];
    answer debtors = want(get("/v1/debtors?search=D1"), 200);
    (void)snprintf(body, sizeof body, "{'debtor':'%.17s','title':'%s'}",
                   strstr(debtors.body, "\"id\":\"") + 6, title);
    answer made_one = want(post("/v1/tasks", body), 201);
    (void)made(made_one, id);
    return made_one;
}

static const char *task_url(const char *id, const char *act) {
    return pn_str_z(&r.arena, pn_str_format(&r.arena, "/v1/tasks/%s%s", id, act));
}

/* The change that the answer names, taken back. */
static answer undo_of(answer a) {
    const char *at = strstr(a.body, "\"change\":\"");
    assert_non_null(at);
    return post(pn_str_z(&r.arena, pn_str_format(&r.arena, "/v1/task-changes/%.17s/undo", at + 10)),
                "");
}

static void tasks_are_put_off_taken_over_and_called_about(void **state) {
    (void)state;
    char id[PN_ID_TEXT_SIZE];
    says(add_task("Llamar otra vez", id), "'version':1");
    assert_string_equal(want(get(task_url(id, "")), 200).etag, "\"1\"");
    answer off = want(
        post(task_url(id, "/snooze"), "{'until':'2026-03-01T09:00:00Z','reason':'vacaciones'}"),
        200);
    says(off, "'snooze_reason':'vacaciones'");
    assert_null(strstr(get("/v1/queue?category=call").body, "Llamar otra vez"));
    says(want(get("/v1/queue?snoozed=true"), 200), "Llamar otra vez");
    says(want(post(task_url(id, "/snooze"), "{'until':'2020-01-01T00:00:00Z'}"), 422), "/until");
    if_match = "\"1\"";
    (void)want(post(task_url(id, "/wake"), ""), 412);
    (void)want(post(task_url(id, "/done"), "{}"), 412);
    if_match = "";
    says(want(undo_of(off), 200), "'snoozed_until':null");
    (void)want(undo_of(off), 409);
    says(want(get("/v1/queue?category=call"), 200), "Llamar otra vez");

    says(want(post(task_url(id, "/assign"), "{'assignee':'nobody'}"), 422), "/assignee");
    answer taken = want(post(task_url(id, "/assign"), "{'assignee':'ana@ibarra.example'}"), 200);
    says(taken, "'taken_by':'ana@ibarra.example'");
    answer called = want(
        post(task_url(id, "/call"), "{'outcome':'no_answer','again_at':'2026-02-01T09:00:00Z'}"),
        200);
    says(called, "'snooze_reason':'no_answer'");
    says(want(undo_of(taken), 200), "'refused':[{'task'"); /* something was done since */
    says(want(get(debtor("D1", "/timeline")), 200), "no_answer");
    says(want(post(task_url(id, "/reject"), ""), 422), "Nothing is suggested");
    says(want(post(task_url(id, "/accept"), "{}"), 422), "no reply");
    (void)want(post(debtor("D1", "/calls"), "{'outcome':'reached','note':'Paga el lunes'}"), 204);
    says(want(get(debtor("D1", "/timeline")), 200), "Paga el lunes");
}

static void several_tasks_are_one_change(void **state) {
    (void)state;
    char one[PN_ID_TEXT_SIZE], two[PN_ID_TEXT_SIZE], body[400];
    (void)add_task("Primera", one);
    (void)add_task("Segunda", two);
    (void)want(post(task_url(two, "/done"), "{}"), 200);
    (void)snprintf(body, sizeof body,
                   "{'act':'finish','outcome':'x','tasks':[{'task':'%s','version':1},"
                   "{'task':'%s'},{'task':'tsk_0000000000009'}]}",
                   one, two);
    answer both = want(post("/v1/tasks/act", body), 200);
    says(both, "'outcome':'x'");
    says(both, "This task is not open any more.");
    says(both, "There is no such task.");
    says(want(undo_of(both), 200), "'state':'open'");
    says(want(get(task_url(one, "")), 200), "'state':'open'");
    (void)want(post("/v1/tasks/act", "{'act':'wake','tasks':[{}]}"), 422);
    (void)want(post("/v1/tasks/act", "{'act':'wake','tasks':[{'about':'tsk_1'}]}"), 422);
    says(want(post("/v1/tasks/act", "{'act':'wake','tasks':[{'about':'pro_0000000000009'}]}"), 200),
         "does not wait for a person");
}

static void a_reply_is_accepted_and_taken_back(void **state) {
    (void)state;
    pn_received_row mail;
    bool existed = false;
    pn_str letter = PN_STR("From: Talleres <nunez@example.com>\nSubject: Re: factura\n"
                           "Message-ID: <7@nunez.example>\n\n"
                           "Les pagaremos el 30 de enero.\n");
    rig_mail(&r, (pn_inbound_mail){.bytes = letter, .whole = true, .source = PN_STR("pipe")}, &mail,
             &existed);
    answer queue = want(get("/v1/queue?category=reply"), 200);
    says(queue, "'intent':'promise'");
    says(queue, "'date':'2026-01-30'");
    const char *task = pn_str_z(
        &r.arena, pn_str_format(&r.arena, "%.17s", strstr(queue.body, "{\"id\":\"tsk_") + 7));
    answer done = want(post(task_url(task, "/accept"), "{}"), 200);
    says(done, "'outcome':'promised'");
    says(done, "'state':'accepted'");
    says(want(get(pn_str_z(&r.arena, pn_str_format(&r.arena, "/v1/promises?debtor=%.17s",
                                                   debtor("D1", "") + 12))),
              200),
         "'due':'2026-01-30'");
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM promise WHERE state = 0"), 1);
    says(want(undo_of(done), 200), "'state':'waits'");
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM promise WHERE state = 0"), 0);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM hold WHERE reason = 'reply' AND"
                                 " released_at IS NULL"),
                     1);
    says(want(post(task_url(task, "/reject"), ""), 200), "'state':'rejected'");
    says(want(post(task_url(task, "/accept"), "{'due':'2026-02-05'}"), 200), "'state':'edited'");
}

/* The task about a reply of D1's that says so. */
static const char *reply_task(const char *id, const char *words) {
    pn_received_row mail;
    bool existed = false;
    pn_str letter = pn_str_format(&r.arena,
                                  "From: Talleres <nunez@example.com>\nSubject: Re: factura\n"
                                  "Message-ID: <%s@nunez.example>\n\n%s\n",
                                  id, words);
    rig_mail(&r, (pn_inbound_mail){.bytes = letter, .whole = true, .source = PN_STR("pipe")}, &mail,
             &existed);
    answer queue = want(get("/v1/queue?category=reply"), 200);
    return pn_str_z(&r.arena,
                    pn_str_format(&r.arena, "%.17s", strstr(queue.body, "{\"id\":\"tsk_") + 7));
}

static const char *an_open_invoice(void) {
    char id[PN_ID_TEXT_SIZE];
    int64_t found = rig_int(&r, "SELECT i.id FROM invoice i JOIN debtor d ON d.id = i.debtor_id"
                                " WHERE d.external_id = 'D1' AND i.closed = 0 ORDER BY i.id"
                                " LIMIT 1");
    return pn_str_z(&r.arena, pn_str_of(pn_id_text(PN_ID_INVOICE, found, id)));
}

static void a_reply_that_says_paid_is_taken_back_whole(void **state) {
    (void)state;
    const char *task = reply_task("8", "Esa factura ya la pagamos.");
    char body[120];
    (void)snprintf(body, sizeof body, "{'intent':'paid','invoice':'%s'}", an_open_invoice());
    answer done = want(post(task_url(task, "/accept"), body), 200);
    assert_int_equal(
        rig_int(&r, "SELECT count(*) FROM invoice WHERE paid_reported_until IS NOT NULL"), 1);
    says(want(undo_of(done), 200), "'refused':[]");
    assert_int_equal(
        rig_int(&r, "SELECT count(*) FROM invoice WHERE paid_reported_until IS NOT NULL"), 0);
    rig_agrees(&r);
}

static void whoever_is_the_wrong_person_is_taken_back_whole(void **state) {
    (void)state;
    const char *task = reply_task("9", "Yo no trabajo aquí.");
    answer done = want(post(task_url(task, "/accept"), "{'intent':'wrong_person'}"), 200);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM contact WHERE state <> 0"), 1);
    says(want(undo_of(done), 200), "'refused':[]");
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM contact WHERE state <> 0"), 0);
    done = want(post(task_url(task, "/accept"), "{'intent':'wrong_person'}"), 200);
    rig_sql(&r, "UPDATE contact SET state = 1 WHERE state <> 0");
    says(want(undo_of(done), 200), "was changed since");
}

static void an_opt_out_is_not_taken_back_with_its_task(void **state) {
    (void)state;
    const char *task = reply_task("10", "Yo no trabajo aquí.");
    answer done = want(post(task_url(task, "/accept"), "{'intent':'stop'}"), 200);
    says(done, "'outcome':'opted_out'");
    says(want(undo_of(done), 200), "They asked not to be written to");
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM contact WHERE state <> 0"), 1);
    says(want(get(task_url(task, "")), 200), "'state':'done'");
}

static void what_was_done_long_ago_is_forgotten(void **state) {
    (void)state;
    char id[PN_ID_TEXT_SIZE];
    (void)add_task("Llamar", id);
    answer old = want(post(task_url(id, "/snooze"), "{'until':'2027-03-01T09:00:00Z'}"), 200);
    rig_sql(&r, "UPDATE task_change SET at = at - 31 * 86400000000");
    answer late = want(post(task_url(id, "/wake"), ""), 200);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM task_change"), 1);
    (void)want(undo_of(old), 404);
    says(want(undo_of(late), 200), "'refused':[]");
}

static void what_is_no_task_yet_stands_in_the_queue(void **state) {
    (void)state;
    rig_sql(&r, "UPDATE message SET state = 8");
    answer counts = want(get("/v1/queue/counts"), 200);
    says(counts, "'category':'uncertain'");
    answer queue = want(get("/v1/queue?category=uncertain&limit=1"), 200);
    says(queue, "'task':null");
    says(queue, "nobody knows whether");
    const char *about = strstr(queue.body, "\"about\":\"msg_") + 9;
    char body[200];
    (void)snprintf(body, sizeof body, "{'about':'%.17s'}", about);
    answer task = want(post("/v1/tasks", body), 201);
    says(task, "'about_kind':'message'");
    assert_string_equal(want(post("/v1/tasks", body), 201).location, task.location);
    (void)snprintf(body, sizeof body,
                   "{'act':'snooze','until':'2026-03-01T09:00:00Z','tasks':[{'about':'%.17s'}]}",
                   about);
    answer off = want(post("/v1/tasks/act", body), 200);
    says(off, "'snoozed_until':'2026-03-01");
    says(want(undo_of(off), 200), "'refused':[]");
}

static void views_are_saved(void **state) {
    (void)state;
    char id[PN_ID_TEXT_SIZE], url[80];
    answer one =
        want(post("/v1/views", "{'list':'debtors','name':'Grandes','query':{'f':['x']}}"), 201);
    says(one, "'may_change':true");
    (void)snprintf(url, sizeof url, "/v1/views/%s", made(one, id));
    says(want(get("/v1/views?list=debtors"), 200), "'query':{'f':['x']}");
    assert_null(strstr(get("/v1/views?list=today").body, "Grandes"));
    if_match = "\"9\"";
    (void)want(ask(PN_HTTP_PATCH, url, "{'name':'x'}"), 412);
    if_match = "\"1\"";
    says(want(ask(PN_HTTP_PATCH, url, "{'name':'Muy grandes','shared':true}"), 200), "'version':2");
    if_match = "";
    (void)want(ask(PN_HTTP_DELETE, url, ""), 204);
    (void)want(get(url), 404);
    (void)snprintf(url, sizeof url, "/v1/views/%s/restore", id);
    says(want(post(url, ""), 200), "Muy grandes");
    (void)want(post(url, ""), 404);
    (void)want(post("/v1/views", "{'list':'nothing','name':'x','query':{}}"), 422);
}

static void a_debtor_says_how_late_and_what_about(void **state) {
    (void)state;
    /* D1 owes 100 and 50 that were due on the 14th and 15th; it is the 20th */
    answer ageing = want(get(debtor("D1", "/ageing")), 200);
    says(ageing, "'from':1,'to':30,'invoices':2,'open':{'minor':15000,'currency':'EUR'}");
    says(ageing, "'from':91,'to':null,'invoices':0");
    (void)want(post(debtor("D1", "/notes"), "{'text':'Una nota'}"), 204);
    says(want(get(debtor("D1", "/timeline?about=people")), 200), "Una nota");
    assert_null(strstr(get(debtor("D1", "/timeline?about=messages")).body, "Una nota"));
    says(want(get(debtor("D1", "/timeline?about=messages")), 200), "message_sent");
    says(want(post(debtor("D1", "/page-link"), "{}"), 422), "public_url");
}

static void segments_have_versions(void **state) {
    (void)state;
    static const char RULE[] = "{'subject':'account','rule':['account.open','>',1]}";
    answer made_one = want(ask(PN_HTTP_PUT, "/v1/segments/Uno", RULE), 200);
    assert_string_equal(made_one.etag, "\"1\"");
    if_match = "\"1\"";
    assert_string_equal(want(ask(PN_HTTP_PUT, "/v1/segments/Uno", RULE), 200).etag, "\"2\"");
    (void)want(ask(PN_HTTP_PUT, "/v1/segments/Uno", RULE), 412);
    (void)want(ask(PN_HTTP_DELETE, "/v1/segments/Uno", ""), 412);
    if_match = "";
    assert_string_equal(want(get("/v1/segments/Uno"), 200).etag, "\"2\"");
    (void)want(ask(PN_HTTP_DELETE, "/v1/segments/Uno", ""), 204);
    if_match = "\"0\"";
    (void)want(ask(PN_HTTP_PUT, "/v1/segments/Dos", RULE), 200);
    (void)want(ask(PN_HTTP_PUT, "/v1/segments/Dos", RULE), 412);
    if_match = "";
}

#define RULE_AS(name) "{'subject':'account','rule':['account.open','>',1],'name':'" name "'}"

static void a_segment_gets_another_name(void **state) {
    (void)state;
    (void)want(ask(PN_HTTP_PUT, "/v1/segments/Uno", RULE_AS("Uno")), 200);
    (void)want(ask(PN_HTTP_PUT, "/v1/segments/Dos", RULE_AS("Dos")), 200);
    says(want(ask(PN_HTTP_PUT, "/v1/segments/Uno", RULE_AS("Dos")), 409), "“Dos”");
    (void)want(get("/v1/segments/Uno"), 200);
    (void)want(ask(PN_HTTP_PUT, "/v1/segments/Uno", RULE_AS("")), 422);
    answer tres = want(ask(PN_HTTP_PUT, "/v1/segments/Uno", RULE_AS("Tres")), 200);
    says(tres, "'name':'Tres'");
    assert_string_equal(tres.etag, want(get("/v1/segments/Tres"), 200).etag);
    (void)want(get("/v1/segments/Uno"), 404);
    says(want(ask(PN_HTTP_PUT, "/v1/segments/Tres", RULE_AS("tres")), 200), "'name':'tres'");
    /* a name that was given up, and that of one that was taken away, are free */
    (void)want(ask(PN_HTTP_DELETE, "/v1/segments/Dos", ""), 204);
    (void)want(ask(PN_HTTP_PUT, "/v1/segments/tres", RULE_AS("Dos")), 200);
    says(want(get("/v1/segments/dos"), 200), "'name':'Dos'");
    (void)want(ask(PN_HTTP_PUT, "/v1/segments/Uno", RULE_AS("Uno")), 200);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        api_test(tasks_are_put_off_taken_over_and_called_about),
        api_test(several_tasks_are_one_change),
        api_test(a_reply_is_accepted_and_taken_back),
        api_test(a_reply_that_says_paid_is_taken_back_whole),
        api_test(whoever_is_the_wrong_person_is_taken_back_whole),
        api_test(what_was_done_long_ago_is_forgotten),
        api_test(an_opt_out_is_not_taken_back_with_its_task),
        api_test(what_is_no_task_yet_stands_in_the_queue),
        api_test(views_are_saved),
        api_test(a_debtor_says_how_late_and_what_about),
        api_test(segments_have_versions),
        api_test(a_segment_gets_another_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
