/* Simulations and forecasts as jobs: asked for, run, kept, cancelled, begun again, deleted. */
#include "api_rig.h"

#include "app/config.h"
#include "app/jobs.h"

/* What the watch says from the second word on. */
typedef struct {
    pn_job_word word;
    int told;
    int64_t total;
} watched;

static pn_job_word say(void *context, int64_t done, int64_t total) {
    watched *w = context;
    assert_true(done <= total);
    w->total = total;
    return w->told++ == 0 ? PN_JOB_GO_ON : w->word;
}

static pn_err run_study(watched *w, pn_time now, pn_job_row *ret_row) {
    pn_job_watch watch = {.tell = say, .context = w};
    return pn_jobs_run_next(r.app, true, now, &watch, &r.arena, ret_row, &r.diag);
}

static pn_job_state run_word(pn_job_word word) {
    watched w = {.word = word};
    pn_job_row row;
    rig_ok(&r, run_study(&w, r.clock.now, &row));
    return row.state;
}

static const char *begin(const char *url, const char *body) {
    answer a = want(post(url, body), 202);
    return a.location;
}

static const char *at(const char *url, const char *tail) {
    return pn_str_z(&r.arena, pn_str_format(&r.arena, "%s%s", url, tail));
}

static void a_simulation_runs_and_is_kept(void **state) {
    (void)state;
    const char *url =
        begin("/v1/simulations", "{'strategy':'Cobro','against':'Cobro','from':'2026-01-01',"
                                 "'to':'2026-02-01','cost':'email=0.10','name':'Enero'}");
    says(want(get(url), 200), "'state':'waits'");
    says(want(get(url), 200), "'summary':null,'results':null");
    (void)want(ask(PN_HTTP_DELETE, url, ""), 409);
    assert_int_equal(run_word(PN_JOB_GO_ON), PN_JOB_DONE);
    answer done = want(get(url), 200);
    says(done, "'name':'Enero','state':'done'");
    says(done, "'begun':1,'problem':null");
    says(done, "'strategy':'Cobro','against':'Cobro','from':'2026-01-01','to':'2026-02-01'");
    says(done, "'debtors':2,'debtors_contacted':2");
    says(done, "'by_channel':{'email':");
    says(done, ",'cost_currency':'EUR'");
    says(want(get("/v1/simulations"), 200), "'crossed_payments':0,'debtors_contacted':2");
    answer sent = want(get(at(url, "/messages?limit=1")), 200);
    says(sent, "'channel':'email','claimable':{'minor':");
    says(sent, "'debtor_name':'Talleres Núñez','invoice':null");
    says(want(get(at(url, "/messages?side=against")), 200), "'debtor_name':'Bar Pepe'");
    assert_true(rig_int(&r, "SELECT count(*) FROM study_message") > 3);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM job WHERE kind = 'simulation'"), 1);
    /* the same again is another one */
    assert_string_not_equal(begin(at(url, "/again"), ""), url);
    assert_int_equal(run_word(PN_JOB_GO_ON), PN_JOB_DONE);
    (void)want(post(at(url, "/cancel"), ""), 409);
    (void)want(ask(PN_HTTP_DELETE, url, ""), 204);
    (void)want(get(url), 404);
    (void)want(get(at(url, "/messages")), 404);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM study"), 1);
    assert_int_equal(rig_int(&r, "SELECT count(DISTINCT study_id) FROM study_message"), 1);
}

static void set_price(const char *key, const char *value) {
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    pn_err err = pn_config_set(r.app, pn_str_of(key), pn_str_of(value), &r.diag);
    rig_ok(&r, pn_app_end(r.app, err, &r.diag));
}

/* A thousand e-mails for 3,000 pesos, which have no cents: each costs three. A price in another
 * currency is left out. */
static void it_costs_what_the_organization_pays(void **state) {
    (void)state;
    set_price("cost_email", "3000 CLP");
    set_price("cost_letter", "900.00 EUR");
    const char *url = begin("/v1/simulations", "{'strategy':'Cobro','from':'2026-01-01',"
                                               "'to':'2026-02-01'}");
    assert_int_equal(run_word(PN_JOB_GO_ON), PN_JOB_DONE);
    const char *body = want(get(url), 200).body;
    const char *contacts = strstr(strstr(body, "\"results\":"), "\"contacts\":");
    long count = strtol(contacts + strlen("\"contacts\":"), NULL, 10);
    assert_true(count > 0);
    char cost[80];
    (void)snprintf(cost, sizeof cost, "\"cost\":\"%ld\",\"cost_currency\":\"CLP\"", 3 * count);
    assert_non_null(strstr(body, cost));
}

static void what_is_wrong_is_said_before_it_runs(void **state) {
    (void)state;
    says(want(post("/v1/simulations", "{}"), 422), "Name a published strategy");
    says(want(post("/v1/simulations", "{'strategy':'nada'}"), 404), "/strategy");
    says(want(post("/v1/simulations", "{'strategy':'Cobro','against':'nada'}"), 404), "/against");
    says(want(post("/v1/simulations", "{'strategy':'Cobro','from':'2026-02-01','to':'2026-02-01'}"),
              422),
         "has no days");
    says(want(post("/v1/simulations", "{'strategy':'Cobro','cost':'email'}"), 422), "is no price");
    says(want(post("/v1/simulations", "{'strategy':'Cobro','document':{}}"), 422), "only");
    says(want(post("/v1/simulations", "{'document':{'name':'x'}}"), 422), "PN-");
    says(want(post("/v1/simulations", "{'draft':'drf_0000000000009'}"), 404), "draft");
    (void)want(post("/v1/forecasts", "{'days':0}"), 422);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM study"), 0);
    for (int i = 0; i < 5; i++) {
        (void)begin("/v1/forecasts", "{'days':3}");
    }
    says(want(post("/v1/forecasts", "{}"), 422), "wait already");
}

static void one_that_is_cancelled_ends(void **state) {
    (void)state;
    const char *waits = begin("/v1/simulations", "{'strategy':'Cobro'}");
    (void)want(post(at(waits, "/cancel"), ""), 204);
    says(want(get(waits), 200), "'state':'cancelled'");
    const char *runs = begin("/v1/simulations", "{'strategy':'Cobro'}");
    assert_int_equal(run_word(PN_JOB_CANCEL), PN_JOB_CANCELLED);
    says(want(get(runs), 200), "'state':'cancelled'");
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM study WHERE result <> ''"), 0);
}

/* Its server ends in order, and once more without a word: both times somebody else goes on. */
static void one_whose_server_ends_is_begun_again(void **state) {
    (void)state;
    const char *url = begin("/v1/simulations", "{'strategy':'Cobro'}");
    assert_int_equal(run_word(PN_JOB_PUT_BACK), PN_JOB_WAITS);
    rig_ok(&r, pn_db_exec(r.app->db, "UPDATE job SET state = 1, tries = 2, lease_until = 9"));
    says(want(get(url), 200), "'state':'runs'");
    assert_int_equal(run_word(PN_JOB_GO_ON), PN_JOB_DONE);
    says(want(get(url), 200), "'begun':3");
    /* one that never comes to its end */
    url = begin("/v1/simulations", "{'strategy':'Cobro'}");
    rig_ok(&r, pn_db_exec(r.app->db,
                          "UPDATE job SET state = 1, tries = 3, lease_until = 9 WHERE state = 0"));
    assert_int_equal(run_word(PN_JOB_GO_ON), PN_JOB_FAILED);
    says(want(get(url), 200), "never came to its end");
    (void)begin(at(url, "/again"), "");
    assert_int_equal(run_word(PN_JOB_GO_ON), PN_JOB_DONE);
}

/* An import waits for no simulation, and the other way round. */
static void studies_are_apart_from_other_jobs(void **state) {
    (void)state;
    pn_job_row row;
    watched w = {.word = PN_JOB_GO_ON};
    pn_job_watch watch = {.tell = say, .context = &w};
    (void)begin("/v1/forecasts", "{}");
    assert_int_equal(pn_jobs_run_next(r.app, false, r.clock.now, &watch, &r.arena, &row, &r.diag),
                     PN_NOT_FOUND);
    assert_int_equal(run_word(PN_JOB_GO_ON), PN_JOB_DONE);
    assert_int_equal(run_study(&w, r.clock.now, &row), PN_NOT_FOUND);
}

static void a_forecast_runs_and_is_kept(void **state) {
    (void)state;
    const char *url = begin("/v1/forecasts", "{'days':30,'cost':'email=0.10,task=2'}");
    assert_int_equal(run_word(PN_JOB_GO_ON), PN_JOB_DONE);
    answer done = want(get(url), 200);
    says(done, "'days':30,'debtors':2000,'cost':'email=0.10,task=2'");
    says(done, "'currency':'EUR'");
    says(done, "'fitted':false");
    says(done, "'by_channel':{");
    says(done, ",'cost_currency':'EUR'");
    says(want(get("/v1/forecasts"), 200), "'summary':{'cash':[],'messages':");
    says(want(get("/v1/simulations"), 200), "'items':[]");
    (void)want(ask(PN_HTTP_DELETE, url, ""), 204);
}

static void a_draft_is_simulated_as_it_was(void **state) {
    (void)state;
    char version[64], id[PN_ID_TEXT_SIZE];
    (void)snprintf(version, sizeof version, "/v1/strategies/%s/versions/1",
                   pn_id_text(PN_ID_STRATEGY, rig_int(&r, "SELECT max(id) FROM strategy"), id));
    const char *document = strstr(want(get(version), 200).body, "\"document\":") + 11;
    pn_str body = pn_str_format(
        &r.arena, "{\"kind\":\"strategy\",\"name\":\"Cobro\",\"base\":1,\"document\":%.*s}",
        (int)strlen(document) - 1, document);
    answer draft = want(ask_text(PN_HTTP_POST, "/v1/drafts", body), 201);
    const char *named = pn_str_z(&r.arena, pn_str_format(&r.arena, "{'draft':'%s','sample':1}",
                                                         strrchr(draft.location, '/') + 1));
    const char *url = begin("/v1/simulations", named);
    if_match = "\"1\"";
    (void)want(ask(PN_HTTP_DELETE, draft.location, ""), 204);
    if_match = "";
    assert_int_equal(run_word(PN_JOB_GO_ON), PN_JOB_DONE);
    says(want(get(url), 200), "'sample':1");
    says(want(get(url), 200), "'debtors':1,");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        api_test(a_simulation_runs_and_is_kept),     api_test(what_is_wrong_is_said_before_it_runs),
        api_test(one_that_is_cancelled_ends),        api_test(one_whose_server_ends_is_begun_again),
        api_test(studies_are_apart_from_other_jobs), api_test(a_forecast_runs_and_is_kept),
        api_test(a_draft_is_simulated_as_it_was),    api_test(it_costs_what_the_organization_pays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
