/* The resources of /v1 asked one by one, without a server: what they change, what they refuse, that
 * a refusal changes nothing, and that another organization sees nothing. */
#include "api_rig.h"

#include "app/dossier.h"
#include "base/limits.h"
#include "http/problem.h"
#include "store/tables.h"

/* ── the tests ── */

static void debtors(void **state) {
    (void)state;
    answer all = want(get("/v1/debtors?limit=1"), 200);
    says(all, "'key':'D1'");
    const char *next = strstr(all.body, "\"next\":\"");
    assert_non_null(next);
    char cursor[64] = "";
    (void)snprintf(cursor, sizeof cursor, "%.52s", next + 8);
    char url[128];
    (void)snprintf(url, sizeof url, "/v1/debtors?limit=1&cursor=%s", cursor);
    answer second = want(get(url), 200);
    says(second, "'key':'D2'");
    says(second, "'next':null");
    (void)snprintf(url, sizeof url, "/v1/debtors?limit=1&search=x&cursor=%s", cursor);
    says(want(get(url), 400), "PN-1107");
    says(want(get("/v1/debtors?search=pe"), 200), "Bar Pepe");
    assert_null(strstr(want(get("/v1/debtors?search=pe"), 200).body, "Núñez"));
    says(want(get("/v1/debtors?search=B123"), 200), "Núñez");
    says(want(get("/v1/debtors?search=%C3%9A%C3%B1e"), 200), "Núñez"); /* Úñe */
    says(want(get(debtor("D1", "")), 200), "'tax_id':'B12345678'");
    (void)want(get("/v1/debtors/deb_0000000000099"), 404);
    (void)want(get("/v1/debtors/inv_0000000000099"), 404);
}

static void a_debtor_is_corrected(void **state) {
    (void)state;
    answer before = want(get(debtor("D1", "")), 200);
    assert_non_null(before.etag);
    if_match = "\"1000\"";
    says(want(ask(PN_HTTP_PATCH, debtor("D1", ""), "{'name':'X'}"), 412), "PN-1301");
    if_match = before.etag;
    answer after = want(
        ask(PN_HTTP_PATCH, debtor("D1", ""), "{'name':'Talleres','tax_id':null,'owner':'ana'}"),
        200);
    says(after, "'name':'Talleres','tax_id':null");
    assert_string_not_equal(before.etag, after.etag);
    (void)want(ask(PN_HTTP_PATCH, debtor("D1", ""), "{'name':'Y'}"), 412);
    if_match = "";
    char body[64], id[PN_ID_TEXT_SIZE];
    (void)snprintf(body, sizeof body, "{'parent':'%s'}",
                   pn_id_text(PN_ID_DEBTOR, rig_debtor(&r, "D2"), id));
    says(want(ask(PN_HTTP_PATCH, debtor("D1", ""), body), 200), id);
    says(want(get(debtor("D1", "/tree")), 200), "'above':[{'id':");
    says(want(get(debtor("D2", "/tree")), 200), "'key':'D1'");
    (void)snprintf(body, sizeof body, "{'parent':'%s'}",
                   pn_id_text(PN_ID_DEBTOR, rig_debtor(&r, "D1"), id));
    says(want(ask(PN_HTTP_PATCH, debtor("D2", ""), body), 422), "'pointer':'/parent'");
    says(want(ask(PN_HTTP_PATCH, debtor("D2", ""), "{'zone':'Mars/Base'}"), 422), "/zone");
    (void)want(post(debtor("D1", "/notes"), "{'text':'Llamó Ana.'}"), 204);
    answer timeline = want(get(debtor("D1", "/timeline?limit=2")), 200);
    says(timeline, "Note: Llamó Ana.");
    says(timeline, "Corrected: parent");
    rig_agrees(&r);
}

static const char *runs_of(const char *key) {
    char id[PN_ID_TEXT_SIZE];
    return pn_str_z(&r.arena, pn_str_format(&r.arena, "/v1/runs?active=true&debtor=%s",
                                            pn_id_text(PN_ID_DEBTOR, rig_debtor(&r, key), id)));
}

static bool is_among(const char *const *names, pn_str name) {
    for (size_t i = 0; names[i] != NULL; i++) {
        if (pn_str_eq(name, pn_str_of(names[i]))) {
            return true;
        }
    }
    return false;
}

static void all_that_is_held_about_a_debtor(void **state) {
    (void)state;
    pn_table_def *tables = NULL;
    size_t count = 0;
    rig_ok(&r, pn_tables_read(r.app->db, &r.arena, &tables, &count));
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < tables[i].column_count; j++) {
            bool told = is_among(PN_DOSSIER_TABLES, tables[i].name);
            bool left_out = is_among(PN_DOSSIER_LEFT_OUT, tables[i].name);
            if (pn_str_is(tables[i].columns[j].name, "debtor_id") && told == left_out) {
                fail_msg("%.*s is neither told nor left out", PN_STR_ARG(tables[i].name));
            }
        }
    }
    rig_pay(&r, "D1", 5000, "F-2");
    (void)want(post(debtor("D1", "/notes"), "{'text':'Llamó Ana.'}"), 204);
    answer all = want(post(debtor("D1", "/export"), ""), 200);
    says(all, "'name':'Talleres Núñez','tax_id':'B12345678'");
    says(all, "'address':'nunez@example.com'");
    says(all, "'number':'F-1','currency':'EUR'");
    says(all, "'kind':'payment','amount_minor':-5000");
    says(all, "'kind':'note','actor':'test','body':{");
    says(all, "/content'}");
    assert_null(strstr(all.body, "Bar Pepe"));
    pn_json *json = NULL;
    rig_ok(&r, pn_json_parse(pn_str_of(all.body), NULL, &r.arena, &json, &r.diag));
    says(want(get(debtor("D1", "/timeline?limit=1")), 200), "A copy of all that is held");
    pn_id own = r.app->org.id;
    const char *url = debtor("D1", "/export");
    r.app->org.id = own + 1;
    (void)want(post(url, ""), 404);
    r.app->org.id = own;
    rig_agrees(&r);
}

static void what_a_debtor_prefers(void **state) {
    (void)state;
    says(want(get(debtor("D1", "")), 200), "'preferred_channel':null");
    says(want(ask(PN_HTTP_PATCH, debtor("D1", ""),
                  "{'preferred_channel':'whatsapp','language':'pt'}"),
              200),
         "'preferred_channel':'whatsapp'");
    says(want(get(debtor("D1", "/timeline?limit=1")), 200), "preferred channel is now whatsapp");
    (void)want(ask(PN_HTTP_PATCH, debtor("D1", ""), "{'preferred_channel':'fax'}"), 422);
    says(want(ask(PN_HTTP_PATCH, debtor("D1", ""), "{'preferred_channel':null}"), 200),
         "'preferred_channel':'any'");
    rig_agrees(&r);
}

static void nothing_changes_that_changed_meanwhile(void **state) {
    (void)state;
    char url[128], id[PN_ID_TEXT_SIZE];
    const char *hold = "{'reason':'x','until':'2026-03-01T00:00:00Z'}";
    answer run = want(get(runs_of("D1")), 200);
    (void)snprintf(url, sizeof url, "/v1/runs/%s/hold", made(run, id));
    if_match = "\"1000\"";
    (void)want(post(debtor("D1", "/exclude"), "{'reason':'x'}"), 412);
    (void)want(post(debtor("D1", "/hold"), hold), 412);
    (void)want(post(url, hold), 412);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM hold"), 0);
    (void)snprintf(url, sizeof url, "/v1/runs/%s", id);
    if_match = want(ask(PN_HTTP_GET, url, ""), 200).etag;
    (void)snprintf(url, sizeof url, "/v1/runs/%s/hold", id);
    (void)want(post(url, hold), 201);
    if_match = "";
}

static void leading_a_case_wants_four_eyes(void **state) {
    (void)state;
    char url[128], id[PN_ID_TEXT_SIZE];
    const char *why = "{'reason':'they phoned'}";
    (void)snprintf(url, sizeof url, "/v1/runs/%s/stop", made(want(get(runs_of("D1")), 200), id));
    says(want(ask(PN_HTTP_PATCH, "/v1/settings", "{'four_eyes_steer':true}"), 200),
         "'four_eyes_steer':true");
    says(want(post(url, why), 202), "'state':'waits'");
    (void)want(post(url, why), 202);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM approval"), 1);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM run WHERE status = 0"), 2);
    says(want(get("/v1/approvals"), 200), "'kind':'steer'");
    rig_sql(&r, "UPDATE approval SET state = 1, decided_by = 7, decided_at = asked_at");
    says(want(post(url, why), 200), "'status':'");
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM run WHERE status = 0"), 1);
    rig_agrees(&r);
}

static void lists_as_files(void **state) {
    (void)state;
    rig_import(&r, PN_IMPORT_INVOICES,
               "external_id;debtor;debtor_name;email;issued;due;amount\n"
               "F-9;D9;=1+2;nueva@example.com;2025-12-12;2026-01-14;1234,50\n");
    answer all = want(get("/v1/exports/invoices"), 200);
    says(all, "invoice,debtor,name,creditor,collector,due,currency,open,claimable,strategy,node");
    says(all, "F-1,D1,Talleres Núñez,Ibarra,,2026-01-14,EUR,100.00,100.00,Cobro,");
    assert_non_null(strstr(all.body, "F-9,D9,'=1+2,")); /* no formula */
    answer some =
        want(get("/v1/exports/invoices?separator=semicolon&filter=%5B%22invoice.open%22%2C"
                 "%22%3E%22%2C1000%5D"),
             200);
    says(some, ";1234,50;1234,50;");
    assert_null(strstr(some.body, "F-1;"));
    says(want(get("/v1/exports/accounts"), 200), "D1,Talleres Núñez,Ibarra,,2026-01-14,EUR,150.00");
    says(want(get("/v1/exports/debtors"), 200), "D1,Talleres Núñez,B12345678,");
    rig_pay(&r, "D1", 5000, "F-2");
    says(want(get("/v1/exports/payments"), 200), "D1,Talleres Núñez,EUR,50.00,0.00,");
    assert_null(strstr(want(get("/v1/exports/payments?to=2000-01-01"), 200).body, "D1"));
    (void)want(get("/v1/exports/payments?debtor=deb_0000000000099"), 404);
    pn_id own = r.app->org.id;
    r.app->org.id = own + 1;
    assert_null(strstr(want(get("/v1/exports/debtors"), 200).body, "D1"));
    r.app->org.id = own;
}

static void holidays(void **state) {
    (void)state;
    says(want(get("/v1/holidays?from=2026-01-01&to=2026-02-01"), 200),
         "{'items':[{'date':'2026-01-01','name':'");
    says(want(get("/v1/holidays?country=BR&from=2026-09-01&to=2026-10-01"), 200), "2026-09-07");
    (void)want(get("/v1/holidays?country=XX&from=2026-01-01&to=2026-02-01"), 422);
    (void)want(get("/v1/holidays?from=2026-01-01&to=2030-02-01"), 422);
    /* a segment may be called what a route is called */
    (void)want(ask(PN_HTTP_PUT, "/v1/segments/count",
                   "{'subject':'account','rule':['account.open','>',1]}"),
               200);
    says(want(get("/v1/segments/count"), 200), "'name':'count'");
}

static void a_debtor_is_treated_otherwise(void **state) {
    (void)state;
    const char *exclude = "{'reason':'insolvency'}";
    says(want(post(debtor("D1", "/exclude"), exclude), 200), "insolvency");
    int64_t told = rig_int(&r, "SELECT count(*) FROM event");
    int64_t seq = rig_int(&r, "SELECT sum(seq) FROM debtor");
    says(want(post(debtor("D1", "/exclude"), exclude), 200), "insolvency");
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM event"), told); // said again, it is no news
    assert_int_equal(rig_int(&r, "SELECT sum(seq) FROM debtor"), seq);
    says(want(post(debtor("D1", "/exclude"), "{'reason':'insolvency','until':'2030-01-01'}"), 200),
         "2030-01-01");
    assert_true(rig_int(&r, "SELECT sum(seq) FROM debtor") > seq);
    says(want(post(debtor("D1", "/include"), ""), 200), "'excluded_reason':null");
    (void)want(post(debtor("D1", "/protect"), "{'as':'vulnerable','reason':'said so'}"), 204);
    (void)want(post(debtor("D1", "/protect"), "{'as':'vulnerable','reason':'again'}"), 409);
    (void)want(post(debtor("D1", "/unprotect"), "{}"), 204);
    says(want(post(debtor("D1", "/hold"), "{'reason':'x','until':'2026-01-01T00:00:00Z'}"), 422),
         "/until");
    says(want(post(debtor("D1", "/hold"), "{'reason':'x','until':'2026-03-01T00:00:00Z'}"), 201),
         "hld_");
    says(want(post(debtor("D1", "/release"), ""), 200), "'released':1");
    says(want(post(debtor("D1", "/erase"), "{'confirm':'D2'}"), 422), "/confirm");
    /* something is open; a server's database says first where erasures are noted */
    (void)want(post(debtor("D1", "/erase"), "{'confirm':'D1'}"),
               pn_db_is_shared(r.app->db) ? 403 : 409);
    rig_agrees(&r);
}

static void money_comes_in(void **state) {
    (void)state;
    char body[400], d[PN_ID_TEXT_SIZE], i[PN_ID_TEXT_SIZE];
    (void)pn_id_text(PN_ID_DEBTOR, rig_debtor(&r, "D1"), d);
    (void)pn_id_text(PN_ID_INVOICE, rig_invoice(&r, "F-1"), i);
    (void)snprintf(body, sizeof body,
                   "{'debtor':'%s','invoices':['%s'],'amount':{'minor':4000,'currency':'EUR'},"
                   "'key':'B-1','method':'transfer'}",
                   d, i);
    answer paid = want(post("/v1/payments", body), 201);
    says(paid, "'existed':false");
    says(paid, "'amount':{'minor':4000,'currency':'EUR'},'withheld'");
    assert_non_null(paid.location);
    says(want(post("/v1/payments", body), 200), "'existed':true");
    says(want(get(paid.location), 200), "'key':'B-1'");
    says(want(get("/v1/payments"), 200), "'key':'B-1'");
    says(want(get(invoice("F-1", "")), 200), "'open':{'minor':6000,");
    says(want(get(invoice("F-1", "/ledger")), 200), "'kind':'payment','amount':{'minor':-4000,");
    char reverse[128], move[128];
    (void)snprintf(move, sizeof move, "%s/allocate", paid.location);
    says(want(post(move, "{}"), 409), "All of this payment is applied");
    (void)snprintf(move, sizeof move, "%s/deallocate", paid.location);
    (void)snprintf(body, sizeof body, "{'invoices':['%s'],'reason':'another was meant'}", i);
    says(want(post(move, body), 200), "'unapplied':{'minor':4000,");
    says(want(post(move, body), 422), "settles nothing");
    says(want(get(invoice("F-1", "")), 200), "'open':{'minor':10000,");
    (void)snprintf(move, sizeof move, "%s/allocate", paid.location);
    (void)snprintf(body, sizeof body, "{'invoices':['%s']}", i);
    says(want(post(move, body), 200), "'unapplied':{'minor':0,");
    says(want(get(paid.location), 200), "'allocations':[{'invoice':");
    says(want(get(invoice("F-1", "")), 200), "'open':{'minor':6000,");
    (void)snprintf(move, sizeof move, "%s/move", paid.location);
    says(want(post(move, "{'reason':'x'}"), 422), "from or to");
    (void)snprintf(body, sizeof body, "{'from':['%s'],'to':['inv_0000000000009'],'reason':'x'}", i);
    (void)want(post(move, body), 404);
    says(want(get(invoice("F-1", "")), 200), "'open':{'minor':6000,"); /* all of it or nothing */
    (void)snprintf(body, sizeof body, "{'from':['%s'],'reason':'x'}", i);
    says(want(post(move, body), 200), "'unapplied':{'minor':4000,");
    (void)snprintf(body, sizeof body,
                   "{'settles':[{'invoice':'%s','amount':{'minor':3000,'currency':'EUR'},"
                   "'withheld':{'minor':500,'currency':'EUR'}}],'reason':'x'}",
                   i);
    says(want(post(move, body), 200), "'unapplied':{'minor':1000,");
    says(want(get(invoice("F-1", "")), 200), "'open':{'minor':6500,");
    (void)snprintf(body, sizeof body,
                   "{'settles':[{'invoice':'%s','amount':{'minor':4000,'currency':'EUR'},"
                   "'withheld':{'minor':0,'currency':'EUR'}}],'reason':'x'}",
                   i);
    says(want(post(move, body), 200), "'unapplied':{'minor':0,");
    says(want(get(invoice("F-1", "")), 200), "'open':{'minor':6000,");
    (void)snprintf(reverse, sizeof reverse, "%s/reverse", paid.location);
    says(want(post(reverse, "{'reason':'returned'}"), 200), "'reversal_reason':'returned'");
    says(want(get(invoice("F-1", "")), 200), "'open':{'minor':10000,");
    (void)want(post(reverse, "{'reason':'returned'}"), 409);

    (void)snprintf(body, sizeof body, "{'debtor':'%s','amount':{'minor':4000,'currency':'USD'}}",
                   d);
    assert_true(want(post("/v1/payments", body), 404).status == 404);
    (void)snprintf(body, sizeof body,
                   "{'invoices':['%s'],'amount':{'minor':4000,'currency':'USD'}}", i);
    says(want(post("/v1/payments", body), 422), "'pointer':'/amount/currency'");
    (void)pn_id_text(PN_ID_DEBTOR, rig_debtor(&r, "D2"), d);
    (void)snprintf(body, sizeof body,
                   "{'debtor':'%s','invoices':['%s'],'amount':{'minor':4000,'currency':'EUR'}}", d,
                   i);
    says(want(post("/v1/payments", body), 422), "several accounts");
    says(want(post(invoice("F-3", "/credit"),
                   "{'kind':'credit','amount':{'minor':10000,'currency':'EUR'}}"),
              200),
         "'open':{'minor':20000,");
    says(want(post(invoice("F-3", "/credit"),
                   "{'kind':'credit','amount':{'minor':30000,'currency':'EUR'}}"),
              422),
         "open; the amount");
    says(want(post(invoice("F-3", "/reported-paid"), ""), 200), "'reported_paid_until':'2026");
    rig_agrees(&r);
}

static void deals(void **state) {
    (void)state;
    char body[300], d[PN_ID_TEXT_SIZE], id[PN_ID_TEXT_SIZE], url[128];
    (void)pn_id_text(PN_ID_DEBTOR, rig_debtor(&r, "D1"), d);
    (void)snprintf(body, sizeof body,
                   "{'debtor':'%s','amount':{'minor':5000,'currency':'EUR'},'due':'2026-01-30'}",
                   d);
    (void)snprintf(url, sizeof url, "/v1/promises/%s/cancel",
                   made(want(post("/v1/promises", body), 201), id));
    (void)snprintf(body, sizeof body, "/v1/promises?debtor=%s", d);
    says(want(get(body), 200), "'amount':{'minor':5000,'currency':'EUR'}");
    (void)want(post(url, ""), 204);
    says(want(get(body), 200), "'state':'cancelled'");

    (void)snprintf(body, sizeof body, "{'invoice':'%s','reason':'no llegó'}",
                   pn_id_text(PN_ID_INVOICE, rig_invoice(&r, "F-2"), id));
    (void)snprintf(url, sizeof url, "/v1/disputes/%s/close",
                   made(want(post("/v1/disputes", body), 201), id));
    says(want(get(invoice("F-2", "")), 200), "'claimable':{'minor':0,");
    (void)want(post(url, "{}"), 422);
    (void)want(post(url, "{'outcome':'aclarado'}"), 204);

    (void)snprintf(body, sizeof body,
                   "{'debtor':'%s','kind':'cheque','amount':{'minor':2000,'currency':'EUR'},"
                   "'due':'2026-01-30'}",
                   d);
    (void)snprintf(url, sizeof url, "/v1/instruments/%s/clear",
                   made(want(post("/v1/instruments", body), 201), id));
    (void)want(post(url, ""), 204);

    (void)snprintf(body, sizeof body,
                   "{'debtor':'%s','installments':[{'due':'2026-02-01','amount':{'minor':3000,"
                   "'currency':'EUR'}},{'due':'2026-03-01','amount':{'minor':3000,'currency':"
                   "'USD'}}]}",
                   d);
    says(want(post("/v1/plans", body), 422), "/installments/1/amount/currency");
    memcpy(strstr(body, "USD"), "EUR", 3);
    (void)snprintf(url, sizeof url, "/v1/plans/%s/cancel",
                   made(want(post("/v1/plans", body), 201), id));
    (void)want(post(url, "{'reason':'x'}"), 204);
    (void)want(post("/v1/plans/pln_0000000000077/cancel", "{}"), 404);
    rig_agrees(&r);
}

static void the_worklist(void **state) {
    (void)state;
    answer first = want(get("/v1/cases?limit=1"), 200);
    says(first, "'debtor_key':'D1'");
    says(first, "'waits_for':");
    char url[200], cursor[64];
    (void)snprintf(cursor, sizeof cursor, "%.52s", strstr(first.body, "\"next\":\"") + 8);
    (void)snprintf(url, sizeof url, "/v1/cases?limit=1&cursor=%s", cursor);
    says(want(get(url), 200), "'debtor_key':'D2'");
    /* one without a due date comes last */
    rig_sql(&r, "UPDATE account SET oldest_due = NULL WHERE debtor_id = %lld",
            (long long)rig_debtor(&r, "D1"));
    first = want(get("/v1/cases?limit=1"), 200);
    says(first, "'debtor_key':'D2'");
    (void)snprintf(cursor, sizeof cursor, "%.52s", strstr(first.body, "\"next\":\"") + 8);
    (void)snprintf(url, sizeof url, "/v1/cases?limit=1&cursor=%s", cursor);
    says(want(get(url), 200), "'debtor_key':'D1'");
    says(want(get(url), 200), "'next':null");
    answer some = want(get("/v1/cases?filter=[%22account.open%22,%22%3E%22,200]"), 200);
    says(some, "'debtor_key':'D2'");
    assert_null(strstr(some.body, "D1"));
    says(want(get("/v1/cases/invoices?limit=2"), 200), "'number':'F-2'");
    says(want(get("/v1/invoices?filter=[%22invoice.open%22,%22%3C%22,60]"), 200), "F-2");
    says(want(get("/v1/invoices/find?number=F-3"), 200), "'number':'F-3'");
    (void)want(get("/v1/invoices/find?number=F-9"), 404);
    (void)snprintf(url, sizeof url, "/v1/runs?debtor=%.17s", debtor("D1", "") + 12);
    answer runs = want(get(url), 200);
    char id[PN_ID_TEXT_SIZE];
    (void)snprintf(url, sizeof url, "/v1/runs/%s", made(runs, id));
    says(want(get(url), 200), "'status':'active'");
    (void)snprintf(url, sizeof url, "/v1/runs/%s/hold", id);
    (void)want(post(url, "{'reason':'x','until':'2026-03-01T00:00:00Z'}"), 201);
    (void)snprintf(url, sizeof url, "/v1/runs/%s/release", id);
    says(want(post(url, ""), 200), "'released':1");
}

static void tasks_and_contacts(void **state) {
    (void)state;
    char url[128], id[PN_ID_TEXT_SIZE];
    (void)want(post(debtor("D1", "/contacts"), "{'channel':'email','address':'no'}"), 422);
    answer added = want(
        post(debtor("D1", "/contacts"), "{'channel':'sms','address':'612 34 56 78','name':'Ana'}"),
        201);
    says(added, "'address':'+34612345678'");
    (void)want(post(debtor("D1", "/contacts"), "{'channel':'sms','address':'612345678'}"), 409);
    (void)snprintf(url, sizeof url, "%s/%s", debtor("D1", "/contacts"), made(added, id));
    says(
        want(ask(PN_HTTP_PATCH, url, "{'state':'opted_out','consent':'withdrawn','reason':'BAJA'}"),
             200),
        "'state':'opted_out'");
    says(want(ask(PN_HTTP_PATCH, url, "{'state':'bounced','reason':'x'}"), 422), "/state");
    says(want(ask(PN_HTTP_PATCH, url, "{'state':'usable','reason':'asked'}"), 200), "usable");
    says(want(get(debtor("D1", "/contacts")), 200), "'consent':'withdrawn'");
    (void)want(ask(PN_HTTP_PATCH, debtor("D2", "/contacts/con_0000000000001"), "{'reason':'x'}"),
               404);

    (void)want(post(debtor("D1", "/protect"), "{'as':'vulnerable','reason':'said so'}"), 204);
    rig_sql(&r,
            "INSERT INTO task (id, org_id, debtor_id, run_id, node, visit, category, title,"
            " queue, script, collapsed, due_at, state, outcome, opened_at, settled_at,"
            " settled_by) SELECT 991 + seq.n, org_id, id, 0, -1, 0, 'call', 'Llamar', '', '', 0,"
            " 1000, 0, '', 5, NULL, '' FROM debtor, (SELECT 0 AS n UNION SELECT 1) AS seq WHERE"
            " external_id = 'D1'");
    answer first = want(get("/v1/tasks?limit=1"), 200);
    says(first, "'title':'Llamar'");
    (void)snprintf(url, sizeof url, "/v1/tasks?limit=1&cursor=%.52s",
                   strstr(first.body, "\"next\":\"") + 8);
    says(want(get(url), 200), "'title':'Llamar'");
    assert_string_not_equal(want(get(url), 200).body, first.body);
    (void)snprintf(url, sizeof url, "/v1/tasks/%s/done", made(first, id));
    says(want(post(url, "{'outcome':'promised'}"), 200), "'outcome':'promised'");
    (void)want(post(url, "{}"), 409);
    says(want(get("/v1/tasks?state=all"), 200), "'state':'done'");
}

static void messages(void **state) {
    (void)state;
    char url[128], body[300], id[PN_ID_TEXT_SIZE];
    answer all = want(get("/v1/messages?limit=1"), 200);
    says(all, "'state':'sent'");
    (void)snprintf(url, sizeof url, "/v1/messages/%s", made(all, id));
    says(want(get(url), 200), "'sentence':'");
    (void)snprintf(url, sizeof url, "/v1/messages/%s/content", id);
    assert_non_null(strstr(want(get(url), 200).body, "Subject:"));
    (void)snprintf(url, sizeof url, "/v1/messages/%s/page", id);
    answer page = want(get(url), 200);
    says(page, "</html>");
    says(page, "<base target='_blank'>");  /* its links are the debtor's */
    assert_null(strstr(page.body, "/o/")); /* looking at it is no open */
    rig_sql(&r, "DELETE FROM carrier_content");
    (void)want(get(url), 404);
    (void)snprintf(url, sizeof url, "/v1/messages/%s/settle", id);
    (void)want(post(url, "{'as':'sent','reason':'x'}"), 409);
    (void)snprintf(url, sizeof url, "/v1/messages?debtor=%.17s", debtor("D2", "") + 12);
    answer of = want(get(url), 200);
    assert_null(strstr(of.body, debtor("D1", "") + 12));
    assert_string_equal(want(get("/v1/outbox"), 200).body, "{\"items\":[],\"next\":null}");
    rig_sql(&r, "UPDATE message SET state = 0 WHERE id = (SELECT max(id) FROM message)");
    answer outbox = want(get("/v1/outbox"), 200);
    (void)snprintf(body, sizeof body,
                   "{'messages':['%s'],'reason':'x','until':'2026-03-01T00:00:00Z'}",
                   made(outbox, id));
    says(want(post("/v1/outbox/hold", body), 200), "'count':1");
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM hold WHERE released_at IS NULL"), 1);
}

/* The second reminder of D1, which waits because nothing leaves. */
static const char *waiting_message(const char *below) {
    static char url[128];
    char id[PN_ID_TEXT_SIZE];
    rig_sql(&r, "UPDATE channel_setting SET paused_reason = 'x'");
    rig_reopen(&r);
    rig_advance(&r, "2026-01-27", 12, 0);
    (void)snprintf(url, sizeof url, "/v1/messages?limit=1&debtor=%.17s", debtor("D1", "") + 12);
    answer newest = want(get(url), 200);
    says(newest, "'state':'queued'");
    (void)snprintf(url, sizeof url, "/v1/messages/%s%s", made(newest, id), below);
    return url;
}

static void a_message_is_written_anew(void **state) {
    (void)state;
    const char *draft = waiting_message("/draft");
    answer before = want(get(draft), 200);
    says(before, "'edited':false");
    says(before, "'subject':'{{ creditor.name }}: segundo aviso'");
    says(before, "'shown':{'subject':'Ibarra: segundo aviso'");
    /* what a demand must say is not taken out of it */
    answer refused = want(
        ask(PN_HTTP_PATCH, draft, "{'blocks':[{'text':'Hola & adiós'}],'reason':'kinder'}"), 422);
    says(refused, "'pointer':'/blocks'");
    says(refused, "anti-phishing code");
    (void)want(ask(PN_HTTP_PATCH, draft, "{'text':'Hola','reason':'x'}"), 422);
    (void)want(ask(PN_HTTP_PATCH, draft, "{'reason':'x'}"), 422);
    assert_string_equal(want(get(draft), 200).body, before.body);
    const char *words =
        "{'subject':'Sobre su pago, {{ debtor.name }}','blocks':[{'text':'Como dijimos & acordamos "
        "<ayer>, {{ creditor.name }} espera.'},{'amount_due':true},{'invoice_table':true},{'text':"
        "'Código: {{ code }}'}],'reason':'we spoke'}";
    if_match = before.etag;
    answer after = want(ask(PN_HTTP_PATCH, draft, words), 200);
    says(after, "'edited':true");
    says(after, "acordamos &lt;ayer&gt;");
    (void)want(ask(PN_HTTP_PATCH, draft, words), 412);
    if_match = "";
    char url[128];
    (void)snprintf(url, sizeof url, "%s", draft);
    *strrchr(url, '/') = '\0';
    says(want(get(url), 200), "'edited':true");
    says(want(get(debtor("D1", "/timeline?limit=3")), 200), "anew (we spoke)");
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM event WHERE body LIKE"
                                 " '%%message.edited%%' AND body LIKE '%%segundo aviso%%'"
                                 " AND body LIKE '%%acordamos%%'"),
                     1);
    rig_sql(&r, "UPDATE channel_setting SET paused_reason = ''");
    rig_reopen(&r);
    rig_advance(&r, "2026-01-28", 12, 0);
    (void)snprintf(strchr(url, '\0'), 20, "/content");
    const char *sent = want(get(url), 200).body;
    assert_non_null(strstr(sent, "Sobre su pago, Talleres"));
    assert_non_null(strstr(sent, "acordamos"));
    says(want(ask(PN_HTTP_PATCH, draft, words), 409), "do not change any more");
    rig_agrees(&r);
}

static void words_go_back_to_the_template(void **state) {
    (void)state;
    char url[128];
    const char *draft = waiting_message("/draft");
    (void)snprintf(url, sizeof url, "%s/drop", draft);
    (void)want(post(url, "{'reason':'x'}"), 409);
    (void)want(ask(PN_HTTP_PATCH, draft, "{'subject':'Otro','reason':'x'}"), 200);
    answer after = want(post(url, "{'reason':'no, as it was'}"), 200);
    says(after, "'edited':false");
    says(after, "segundo aviso");
    says(want(get(debtor("D1", "/timeline?limit=3")), 200), "s again (no");
}

static void what_waits_is_held_by_a_filter(void **state) {
    (void)state;
    const char *hold = "/v1/outbox/hold", *release = "/v1/outbox/release";
    char body[300], id[PN_ID_TEXT_SIZE];
    const char *waits = strrchr(waiting_message(""), '/') + 1;
    says(
        want(post(hold, "{'filter':{},'reason':'x','until':'2026-03-01T00:00:00Z','dry_run':true}"),
             200),
        "'dry_run':true,'count':2,'cases':2,'holds':[]");
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM hold"), 0);
    (void)want(post(hold, "{'reason':'x','until':'2026-03-01T00:00:00Z'}"), 422);
    says(
        want(post(hold, "{'filter':{'channel':'sms'},'reason':'x','until':'2026-03-01T00:00:00Z'}"),
             200),
        "'count':0");
    says(want(post(hold, "{'filter':{'until':'2026-01-01T00:00:00Z'},'reason':'x',"
                         "'until':'2026-03-01T00:00:00Z'}"),
              200),
         "'count':0");
    answer some = want(post(hold, "{'filter':{'rule':['account.open','>',200],'channel':'email'},"
                                  "'reason':'x','until':'2026-03-01T00:00:00Z'}"),
                       200);
    says(some, "'count':1,'cases':1,'holds':['hld_");
    rig_assert_rows(&r, "D2",
                    "SELECT d.external_id FROM hold h JOIN debtor d ON d.id = h.debtor_id"
                    " WHERE h.released_at IS NULL");
    (void)snprintf(body, sizeof body, "{'holds':['%.17s']}", strstr(some.body, "hld_"));
    says(want(post(release, body), 200), "'count':1");
    says(want(post(release, body), 200), "'count':0");
    (void)want(post(hold, "{'filter':{},'reason':'x','until':'2026-03-01T00:00:00Z'}"), 200);
    (void)snprintf(body, sizeof body, "{'filter':{'debtor':'%s'}}",
                   pn_id_text(PN_ID_DEBTOR, rig_debtor(&r, "D1"), id));
    says(want(post(release, body), 200), "'count':1");
    says(want(post(release, "{'filter':{},'dry_run':true}"), 200), "'count':1");
    /* by a message: what holds its case and no other */
    (void)snprintf(body, sizeof body, "{'messages':['%s'],'dry_run':true}", waits);
    says(want(post(release, body), 200), "'dry_run':true,'count':0");
    (void)snprintf(body, sizeof body,
                   "{'messages':['%s'],'reason':'x','until':'2026-03-01T00:00:00Z'}", waits);
    (void)want(post(hold, body), 200);
    (void)snprintf(body, sizeof body, "{'messages':['%s'],'filter':{}}", waits);
    says(want(post(release, body), 422), "one of them");
    (void)snprintf(body, sizeof body, "{'messages':['%s','%s']}", waits, waits);
    says(want(post(release, body), 200), "'count':1");
    says(want(post(release, "{'filter':{},'dry_run':true}"), 200), "'count':1");
    (void)want(post(release, "{'holds':['hld_0000000000099']}"), 404);
    rig_agrees(&r);
}

static void a_message_goes_once_more(void **state) {
    (void)state;
    char url[128], id[PN_ID_TEXT_SIZE];
    answer newest = want(get("/v1/messages?limit=1"), 200);
    (void)snprintf(url, sizeof url, "/v1/messages/%s/resend", made(newest, id));
    rig_advance(&r, "2026-01-23", 12, 0);
    answer again = want(post(url, "{'reason':'the debtor asked for it'}"), 201);
    says(again, "'not_before':'2026-01-");
    says(want(post(url, "{'reason':'twice'}"), 409), "waits already");
    rig_advance(&r, "2026-01-24", 8, 0);
    (void)snprintf(url, sizeof url, "/v1/messages/%s", made(again, id));
    says(want(get(url), 200), "'state':'sent'");
    (void)snprintf(url, sizeof url, "/v1/messages/%s/resend", id);
    rig_pay(&r, "D2", 30000, "");
    says(want(post(url, "{'reason':'x'}"), 409), "Nothing may be asked for");
    rig_agrees(&r);
}

static void the_organization(void **state) {
    (void)state;
    char url[128], id[PN_ID_TEXT_SIZE];
    says(want(get("/v1/organization"), 200), "'mode':'sandbox'");
    says(want(ask(PN_HTTP_PATCH, "/v1/organization", "{'public_url':'https://a.example'}"), 200),
         "'public_url':'https://a.example'");
    (void)want(ask(PN_HTTP_PATCH, "/v1/organization", "{'public_url':'a.example'}"), 422);
    answer all = want(get("/v1/creditors"), 200);
    (void)snprintf(url, sizeof url, "/v1/creditors/%s", made(all, id));
    says(want(ask(PN_HTTP_PATCH, url,
                  "{'tax_id':'B12345674','colour':'#E4002B','account':'ES91 2100 0418 4502 0005 "
                  "1332'}"),
              200),
         "'account':'ES9121000418450200051332'");
    says(want(ask(PN_HTTP_PATCH, url, "{'account':'ES00 2100'}"), 422), "'pointer':'/account'");
    says(want(ask(PN_HTTP_PATCH, url, "{'tax_id':'B12345678'}"), 422), "'pointer':'/tax_id'");
    /* one that stands already is nobody's reason to refuse other things */
    rig_sql(&r, "UPDATE creditor SET tax_id = 'B12345678'");
    rig_ok(&r, pn_app_reload(r.app, &r.diag));
    says(want(ask(PN_HTTP_PATCH, url, "{'tax_id':'B12345678','city':'Lugo'}"), 200), "'Lugo'");
    says(want(ask(PN_HTTP_PATCH, url, "{'colour':'red'}"), 422), "'pointer':'/colour'");
    says(want(ask(PN_HTTP_PATCH, url, "{'tax_id':null}"), 200), "'tax_id':null");
    answer other = want(post("/v1/creditors", "{'name':'Otra, S.L.','signs':'creditor'}"), 201);
    says(other, "'signs':'creditor'");
    (void)want(post("/v1/creditors", "{'name':'Otra, S.L.'}"), 409);
    body_type = "image/png";
    (void)snprintf(url, sizeof url, "/v1/creditors/%s/logo", id);
    (void)want(ask(PN_HTTP_PUT, url, "no picture"), 422);
    body_type = "application/json";
    (void)want(get(url), 404);
    (void)want(get("/v1/creditors/cre_0000000000009"), 404);
    rig_agrees(&r);
}

static void strategies(void **state) {
    (void)state;
    char url[128], id[PN_ID_TEXT_SIZE];
    answer all = want(get("/v1/strategies"), 200);
    (void)snprintf(url, sizeof url, "/v1/strategies/%s", made(all, id));
    says(want(get(url), 200), "'version':1");
    (void)snprintf(url, sizeof url, "/v1/strategies/%s/counts", id);
    says(want(get(url), 200), "'runs':2");
    (void)snprintf(url, sizeof url, "/v1/strategies/%s/versions/1", id);
    answer version = want(get(url), 200);
    const char *document = strstr(version.body, "\"document\":") + 11;
    pn_str body =
        pn_str_format(&r.arena, "{\"document\":%.*s}", (int)strlen(document) - 1, document);
    answer same = want(ask_text(PN_HTTP_POST, "/v1/strategies/check", body), 200);
    says(same, "'ok':true");
    says(same, "'changes':[]");
    says(want(ask_text(PN_HTTP_POST, "/v1/strategies", body), 200), "'published':false");
    says(want(post("/v1/strategies/check", "{'document':{'name':'x'}}"), 200), "'ok':false");
    says(want(post("/v1/strategies", "{'document':{'name':'x'}}"), 422), "'pointer':'/document'");
    (void)snprintf(url, sizeof url, "/v1/strategies/%s/release", id);
    (void)want(post(url, "{'reason':'x'}"), 409);
    (void)snprintf(url, sizeof url, "/v1/strategies/%s/versions/7", id);
    (void)want(get(url), 404);
    (void)want(get("/v1/strategies/schema"), 200);
}

/* The document of the rig with an example in which nothing happens until that day; with ' for ". */
static const char *with_example(int until, const char *more) {
    pn_str body = pn_str_format(&r.arena,
                                "{'document':{'examples':[{'title':'Nadie paga','until':%d,"
                                "'expect':[]}],%s%s}",
                                until, RIG_STRATEGY + 1, more);
    return pn_str_z(&r.arena, body);
}

/* What a strategy says of itself must hold before it is published; who publishes may pass over it.
 */
static void a_strategy_whose_example_fails_is_not_published(void **state) {
    (void)state;
    char url[128], id[PN_ID_TEXT_SIZE];
    (void)snprintf(url, sizeof url, "/v1/strategies/%s",
                   made(want(get("/v1/strategies"), 200), id));
    const char *fails = with_example(60, "");
    answer checked = want(post("/v1/strategies/check", fails), 200);
    says(checked, "'ok':false");
    says(checked, "example_not_met");
    answer refused = want(post("/v1/strategies", fails), 422);
    says(refused, "'pointer':'/document'");
    says(refused, "Nadie paga");
    says(want(get(url), 200), "'version':1");
    answer passed = want(post("/v1/strategies", with_example(1, "")), 200);
    says(passed, "'version':2");
    says(passed, "'published':true");
    const char *skipped = with_example(60, ",'skip_examples':true");
    says(want(post("/v1/strategies", skipped), 200), "'version':3");
    says(want(get(url), 200), "'version':3");
    rig_agrees(&r);
}

static void strategies_are_compared_and_archived(void **state) {
    (void)state;
    char url[128], id[PN_ID_TEXT_SIZE], changed[2000];
    answer all = want(get("/v1/strategies"), 200);
    (void)made(all, id);
    (void)snprintf(changed, sizeof changed, "%s", RIG_STRATEGY);
    *strstr(strstr(changed, "'espera2':"), "10") = '2'; /* 20 days */
    rig_strategy(&r, changed);
    (void)snprintf(url, sizeof url, "/v1/strategies/%s/diff?from=1", id);
    says(want(get(url), 200), "{'from':1,'to':2,'changes':[{'kind':'parameter','node':'espera2',"
                              "'what':'days','before':'10','after':'20'}]}");
    (void)snprintf(url, sizeof url, "/v1/strategies/%s/diff?from=9", id);
    (void)want(get(url), 404);
    (void)snprintf(url, sizeof url, "/v1/strategies/%s/archive", id);
    says(want(post(url, "{'reason':'out of use'}"), 200), "'active':false");
    (void)want(post(url, "{'reason':'again'}"), 409);
    rig_import(&r, PN_IMPORT_INVOICES,
               "external_id;debtor;debtor_name;email;issued;due;amount\n"
               "F-9;D9;Nueva;nueva@example.com;2025-12-12;2026-01-14;100,00\n");
    rig_advance(&r, "2026-01-22", 12, 0);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM run"), 2);
    (void)snprintf(url, sizeof url, "/v1/strategies/%s/restore", id);
    says(want(post(url, "{'reason':'needed'}"), 200), "'active':true");
    rig_agrees(&r);
}

static void what_is_planned(void **state) {
    (void)state;
    char body[200], id[PN_ID_TEXT_SIZE];
    says(want(get(debtor("D1", "/outlook?days=90")), 200), "'kind':'mail'");
    says(want(get(invoice("F-3", "/outlook")), 200), "'cases':[");
    (void)want(get(debtor("D1", "/outlook?days=0")), 400);
    answer all = want(get("/v1/strategies"), 200);
    const char *name = strstr(all.body, "\"name\":\"") + 8;
    (void)snprintf(body, sizeof body, "{'debtor':'%s','strategy':'%.*s'}",
                   pn_id_text(PN_ID_DEBTOR, rig_debtor(&r, "D2"), id), (int)strcspn(name, "\""),
                   name);
    answer tried = want(post("/v1/strategies/try", body), 200);
    says(tried, "'enters':true");
    says(tried, "'node':'primero'");
    says(tried, "'visits':[{'strategy':'Cobro','node':'espera','at':'");
    says(tried, "'node':'espera2','at':'");
    (void)want(post("/v1/strategies/try", "{'strategy':'x'}"), 422);
    says(want(post("/v1/segments/count", "{'subject':'account','rule':['account.open','>',200]}"),
              200),
         "'count':1,'more':false");
    says(want(post("/v1/segments/count", "{'subject':'account','rule':['account.opne','>',1]}"),
              422),
         "account.open");
    says(want(get("/v1/reports/summary?from=2026-01-01&to=2026-02-01"), 200),
         "'open':{'minor':45000,");
    (void)want(get("/v1/reports/summary?from=2026-02-01&to=2026-02-01"), 422);
    (void)want(get("/v1/reports/summary?from=2026-02-01"), 400);
}

#define SPAN "from=2026-01-01&to=2026-03-01"
#define STANDING "/v1/reports/rows?what=standing&" SPAN "&by=strategy&name=Cobro"

static void figures_lead_to_rows(void **state) {
    (void)state;
    char url[200];
    rig_work(&r);
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    pn_err err = pn_books_lower(r.app, rig_invoice(&r, "F-1"), PN_ENTRY_WRITE_OFF, 1500,
                                PN_STR("pequeño"), &r.arena, &r.diag);
    rig_ok(&r, pn_app_end(r.app, err, &r.diag));
    answer lowered = want(get("/v1/reports/rows?what=lowered&" SPAN), 200);
    says(lowered, "'number':'F-1','amount':{'minor':1500,'currency':'EUR'},'kind':'write_off',"
                  "'text':'pequeño'}");
    answer cases = want(get(STANDING "&version=1&node=espera2&currency=EUR"), 200);
    says(cases, "'day':'2026-01-");
    says(cases, "'debtor_name':'Bar Pepe','invoice':null,'number':null,'amount':{'minor':");
    says(want(get(STANDING "&version=1&node=primero"), 200), "'items':[]");
    says(want(get(STANDING "&version=1&node=nada"), 404), "Cobro");
    (void)want(get(STANDING "&version=2"), 404);
    says(want(get("/v1/reports/rows?what=standing&" SPAN), 422), "by=strategy");
    answer due = want(get("/v1/reports/cohorts/invoices?" SPAN "&month=2026-01-15&currency=EUR"
                          "&days=30&limit=1"),
                      200);
    says(due, "'number':'F-1'");
    says(due, "'paid':{'minor':0,'currency':'EUR'}");
    (void)snprintf(url, sizeof url,
                   "/v1/reports/cohorts/invoices?" SPAN "&month=2026-01-15&currency=EUR&days=30"
                   "&limit=1&cursor=%.52s",
                   strstr(due.body, "\"next\":\"") + 8);
    says(want(get(url), 200), "'number':'F-2'");
    says(want(get("/v1/reports/cohorts/invoices?" SPAN "&month=2026-01-15&currency=EUR&days=31"),
              422),
         "no such point");
}

static void published_documents(void **state) {
    (void)state;
    char url[128], id[PN_ID_TEXT_SIZE];
    says(want(get("/v1/templates"), 200), "'name':'prueba'");
    answer one = want(get("/v1/templates/prueba"), 200);
    const char *document = strstr(one.body, "\"document\":") + 11;
    pn_str body =
        pn_str_format(&r.arena, "{\"document\":%.*s}", (int)strlen(document) - 1, document);
    says(want(ask_text(PN_HTTP_POST, "/v1/templates", body), 200), "'published':false");
    says(want(post("/v1/templates", "{'document':{'family':'x'}}"), 422), "'errors':[");
    (void)want(get("/v1/templates/nada"), 404);
    (void)want(get("/v1/templates/prueba?version=9"), 404);
    (void)snprintf(url, sizeof url, "/v1/templates/prueba/preview?invoice=%s",
                   pn_id_text(PN_ID_INVOICE, rig_invoice(&r, "F-1"), id));
    says(want(get(url), 200), "'text':'");
    says(want(get("/v1/policies"), 200), "'name':");
    (void)want(post("/v1/policies", "{'document':{}}"), 422);
    says(want(get(debtor("D1", "/permit?at=2026-01-25T03:00:00Z")), 200), "'answer':'later'");
    says(want(get("/v1/channels"), 200), "'items':[");
    says(want(post("/v1/channels/email/test", "{'to':'a@example.com'}"), 200), "accepted");
    says(want(post("/v1/channels/email/pause", "{'reason':'x'}"), 200), "'paused_reason':'x'");
    says(want(post("/v1/channels/email/resume", ""), 200), "'paused_reason':null");
    (void)want(post("/v1/channels/pigeon/pause", "{'reason':'x'}"), 404);
}

static void time_moves_in_a_sandbox(void **state) {
    (void)state;
    answer hello = want(get("/v1/events"), 200);
    says(hello, "event: hello");
    char url[64];
    (void)snprintf(url, sizeof url, "/v1/events?after=%.17s", strstr(hello.body, "id: ") + 4);
    assert_null(strstr(want(get(url), 200).body, "data:"));
    r.app->lane_held = true; /* by the test's own engine */
    says(want(post("/v1/sandbox/advance", "{'days':10}"), 200), "'now':'2026-01-30T11:00:00Z'");
    says(want(get(url), 200), "data: {'debtor':'deb_");
    (void)want(post("/v1/sandbox/advance", "{}"), 422);
    (void)want(post("/v1/sandbox/advance", "{'to':'2025-01-01T00:00:00Z'}"), 422);
    r.app->org.mode = PN_MODE_TEST;
    (void)want(post("/v1/sandbox/advance", "{'days':1}"), 403);
    r.app->org.mode = PN_MODE_SANDBOX;
    rig_agrees(&r);
}

#define ROW(number, debtor, due)                                                                   \
    "{'number':'" number "','debtor':'" debtor "','issued':'2026-01-01','due':'" due               \
    "','amount':{'minor':12345,'currency':'EUR'},'debtor_name':'Café \\'Ñ\\', S.L.'}"

/* What is read of a file takes nothing of what the answer may take. */
static void an_import_leaves_room_for_its_answer(void **state) {
    (void)state;
    enum { ROWS = 3000 };
    pn_buf file;
    pn_buf_init(&file, 1 << 20);
    pn_buf_add_lit(&file, "external_id;debtor;issued;due;amount\n");
    for (int i = 0; i < ROWS; i++) {
        pn_buf_add_format(&file, "Z-%d;D%d;2026-01-05;2026-02-04;12,00\n", i, i % 700);
    }
    size_t before = r.arena.used_bytes, size = file.len;
    body_type = "text/csv";
    says(want(ask_text(PN_HTTP_POST, "/v1/imports?kind=invoices", pn_buf_str(&file)), 200),
         "'created':3000");
    body_type = "application/json";
    assert_true(r.arena.used_bytes - before < size + 100000);
    pn_buf_done(&file);
}

static void many_invoices(void **state) {
    (void)state;
    int64_t before = rig_int(&r, "SELECT count(*) FROM invoice");
    answer dry = want(
        post("/v1/invoices", "{'dry_run':true,'invoices':[" ROW("G-1", "D7", "2026-02-01") "]}"),
        200);
    says(dry, "'committed':false");
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM invoice"), before);
    answer bad = want(post("/v1/invoices", "{'invoices':[" ROW("G-1", "D7", "2026-02-01") "," ROW(
                                               "G-1", "D7", "2026-02-02") "]}"),
                      422);
    says(bad, "PN-1501");
    says(bad, "'pointer':'/invoices/1/number'");
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM invoice"), before);
    says(want(post("/v1/invoices", "{'invoices':[" ROW("G-1", "D7", "2026-02-01") "," ROW(
                                       "G-2", "", "2026-02-02") "]}"),
              422),
         "'pointer':'/invoices/1/debtor'");
    char text[512] = "{'invoices':[" ROW("G-1", "D7", "2026-02-01") "]}";
    answer good = want(post("/v1/invoices", text), 200);
    says(good, "'created':1");
    says(good, "'amount':{'minor':12345,'currency':'EUR'}");
    says(want(post("/v1/invoices", text), 200), "'same':1");
    rig_assert_rows(&r, "Café \"Ñ\", S.L.", "SELECT name FROM debtor WHERE external_id = 'D7'");
    says(
        want(post("/v1/debtors", "{'debtors':[{'key':'D8','name':'=2+2','kind':'company'}]}"), 200),
        "'created':1");
    rig_assert_rows(&r, "=2+2", "SELECT name FROM debtor WHERE external_id = 'D8'");
    says(want(post("/v1/debtors", "{'debtors':[{'key':'D8','attributes':{'sector':'obras','vip':"
                                  "true}},{'key':'D1','attributes':{'score':7}}]}"),
              200),
         "'changed':2");
    rig_assert_rows(&r, "D1|score|7\nD8|sector|obras\nD8|vip|true",
                    "SELECT d.external_id, a.name, a.text FROM attribute a JOIN debtor d ON d.id ="
                    " a.debtor_id WHERE a.owner_id = a.debtor_id ORDER BY 1, 2");
    says(want(post("/v1/debtors", "{'debtors':[{'key':'D8'},{'key':'D8','attributes':{'Se-ctor':"
                                  "'x'}}]}"),
              422),
         "'pointer':'/debtors/1/attributes/Se-ctor'");
    (void)want(post("/v1/debtors", "{'debtors':[{'key':'D8','attributes':{'a':[]}}]}"), 422);
    (void)want(post("/v1/debtors", "{'debtors':[{'key':'D8','attributes':7}]}"), 422);
    says(want(post("/v1/payments/bulk",
                   "{'payments':[{'key':'P-1','invoices':'G-1','amount':{'minor':345,'currency':"
                   "'EUR'}}]}"),
              200),
         "'created':1");
    says(
        want(post("/v1/debtors", "{'debtors':[{'key':'D9','creditor':'cre_0000000000009'}]}"), 422),
        "'pointer':'/debtors/0/creditor'");
    body_type = "text/csv";
    (void)want(ask(PN_HTTP_POST, "/v1/imports?kind=debtors&creditor=cre_0000000000009",
                   "external_id,name\nD9,x\n"),
               404);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM creditor"), 1);
    says(want(ask(PN_HTTP_POST, "/v1/imports?kind=invoices&file_name=a.csv",
                  "external_id,debtor,issued,due,amount,document\n"
                  "H-1,D7,2026-01-01,2026-02-01,10.00,/etc/passwd\n"),
              200),
         "'created':1");
    rig_assert_rows(&r, "", "SELECT document FROM invoice WHERE external_id = 'H-1'");
    says(want(ask(PN_HTTP_POST, "/v1/imports?kind=invoices",
                  "external_id,debtor,issued,due,amount\nH-2,D7,2026-01-01,never,10.00\n"),
              422),
         "Line 2");
    body_type = "application/json";
    says(want(get("/v1/imports?limit=1"), 200), "'file_name':'a.csv'");
    rig_agrees(&r);
}

static void receive(const char *day, const char *key) {
    char body[300], d[PN_ID_TEXT_SIZE];
    (void)snprintf(body, sizeof body,
                   "{'debtor':'%s','amount':{'minor':100,'currency':'EUR'},'received':'%s',"
                   "'key':'%s'}",
                   pn_id_text(PN_ID_DEBTOR, rig_debtor(&r, "D1"), d), day, key);
    (void)want(post("/v1/payments", body), 201);
}

/* The keys in the order of the list, which is asked for one by one. */
static const char *keys_of(const char *query) {
    static char keys[100];
    const char *url = query;
    keys[0] = '\0';
    for (int i = 0; i < 9 && url != NULL; i++) {
        answer page = want(get(url), 200);
        const char *key = strstr(page.body, "\"key\":\"");
        const char *next = strstr(page.body, "\"next\":\"");
        if (key != NULL) {
            says(page, "'debtor_name':");
            (void)snprintf(keys + strlen(keys), sizeof keys - strlen(keys), "%.1s ", key + 7);
        }
        url = next == NULL
                  ? NULL
                  : pn_str_z(&r.arena, pn_str_format(&r.arena, "%s&cursor=%.*s", query,
                                                     (int)strcspn(next + 8, "\""), next + 8));
    }
    return keys;
}

static void payments_stand_by_the_day_they_were_received(void **state) {
    (void)state;
    receive("2026-01-03", "b");
    receive("2026-01-05", "d"); /* told of before one that came earlier */
    receive("2026-01-03", "c"); /* the same day: what was told of last stands first */
    receive("2026-01-01", "a");
    assert_string_equal(keys_of("/v1/payments?limit=1"), "d c b a ");
    assert_string_equal(keys_of("/v1/payments?limit=1&from=2026-01-03&to=2026-01-05"), "c b ");
    assert_string_equal(keys_of("/v1/payments?limit=1&state=reversed"), "");
    const char *of = url_of("/v1/payments?limit=1&debtor=$", PN_ID_DEBTOR, rig_debtor(&r, "D1"));
    assert_string_equal(keys_of(pn_str_z(&r.arena, pn_str_of(of))), "d c b a ");
    rig_sql(&r, "UPDATE payment SET reversed_at = 1 WHERE external_id = 'c'");
    assert_string_equal(keys_of("/v1/payments?limit=1&state=reversed"), "c ");
    rig_sql(&r, "UPDATE payment SET reversed_at = NULL, unapplied_minor = 5 WHERE external_id ="
                " 'c'");
    assert_string_equal(keys_of("/v1/payments?limit=1&state=unapplied"), "c ");
    assert_string_equal(keys_of("/v1/payments?limit=1&state=applied"), "d b a ");
}

static void the_same_key_twice(void **state) {
    (void)state;
    char body[200], d[PN_ID_TEXT_SIZE];
    (void)snprintf(body, sizeof body, "{'debtor':'%s','amount':{'minor':100,'currency':'EUR'}}",
                   pn_id_text(PN_ID_DEBTOR, rig_debtor(&r, "D1"), d));
    idempotency_key = "k-1";
    (void)want(post("/v1/payments", "{}"), 422); /* refused: the key is free still */
    answer first = want(post("/v1/payments", body), 201);
    answer again = want(post("/v1/payments", body), 201);
    assert_false(first.replayed);
    assert_true(again.replayed);
    assert_string_equal(first.body, again.body);
    assert_string_equal(first.location, again.location);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM payment"), 1);
    body[strlen(body) - 1] = ' ';
    (void)snprintf(body + strlen(body), sizeof body - strlen(body), "}");
    says(want(post("/v1/payments", body), 422), "PN-1302");
    /* long work: marked as under way, free when it failed */
    idempotency_key = "k-2";
    const char *rows = "{'invoices':[" ROW("K-1", "D7", "2026-02-01") "]}";
    assert_false(want(post("/v1/invoices", rows), 200).replayed);
    assert_true(want(post("/v1/invoices", rows), 200).replayed);
    rig_sql(&r, "UPDATE idempotency SET status = 0 WHERE key LIKE '%%k-2'");
    says(want(post("/v1/invoices", rows), 409), "PN-1303");
    r.clock.now += (PN_LIMIT_IDEMPOTENCY_BUSY_MINUTES + 1) * PN_MINUTE;
    assert_false(want(post("/v1/invoices", rows), 200).replayed);
    idempotency_key = "k-3";
    (void)want(post("/v1/invoices", "{'invoices':[" ROW("K-1", "", "2026-02-01") "]}"), 422);
    (void)want(post("/v1/invoices", rows), 200);
    /* a day later it is forgotten */
    idempotency_key = "k-1";
    r.clock.now += (PN_LIMIT_IDEMPOTENCY_HOURS + 1) * PN_HOUR;
    (void)want(post("/v1/payments", body), 201);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM idempotency"), 1);
    idempotency_key = "a b";
    says(want(post("/v1/payments", body), 400), "PN-1108");
    idempotency_key = "";
}

/* Every id in a path or body, as somebody of another organization. */
static void another_organization_sees_nothing(void **state) {
    (void)state;
    const char *urls[] = {
        debtor("D1", ""),   debtor("D1", "/tree"),     debtor("D1", "/timeline"),
        invoice("F-1", ""), invoice("F-1", "/ledger"), invoice("F-1", "/lines"),
    };
    pn_id own = r.app->org.id;
    for (size_t i = 0; i < PN_COUNT(urls); i++) {
        (void)want(get(urls[i]), 200);
    }
    const char *exclude = debtor("D1", "/exclude"), *credit = invoice("F-1", "/credit");
    const char *runs = url_of("/v1/runs?debtor=$", PN_ID_DEBTOR, rig_debtor(&r, "D1"));
    r.app->org.id = own + 1;
    for (size_t i = 0; i < PN_COUNT(urls); i++) {
        (void)want(get(urls[i]), 404);
    }
    (void)want(get(runs), 404);
    says(want(get("/v1/debtors"), 200), "'items':[]");
    says(want(get("/v1/cases"), 200), "'items':[]");
    says(want(get("/v1/invoices"), 200), "'items':[]");
    says(want(get("/v1/payments"), 200), "'items':[]");
    (void)want(post(exclude, "{'reason':'x'}"), 404);
    (void)want(post(credit, "{'kind':'credit'}"), 404);
    r.app->org.id = own;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        api_test(debtors),
        api_test(a_debtor_is_corrected),
        api_test(all_that_is_held_about_a_debtor),
        api_test(what_a_debtor_prefers),
        api_test(nothing_changes_that_changed_meanwhile),
        api_test(leading_a_case_wants_four_eyes),
        api_test(lists_as_files),
        api_test(holidays),
        api_test(a_debtor_is_treated_otherwise),
        api_test(money_comes_in),
        api_test(deals),
        api_test(the_worklist),
        api_test(tasks_and_contacts),
        api_test(messages),
        api_test(a_message_is_written_anew),
        api_test(words_go_back_to_the_template),
        api_test(a_message_goes_once_more),
        api_test(what_waits_is_held_by_a_filter),
        api_test(the_organization),
        api_test(strategies),
        api_test(strategies_are_compared_and_archived),
        api_test(a_strategy_whose_example_fails_is_not_published),
        api_test(what_is_planned),
        api_test(figures_lead_to_rows),
        api_test(published_documents),
        api_test(time_moves_in_a_sandbox),
        api_test(an_import_leaves_room_for_its_answer),
        api_test(many_invoices),
        api_test(payments_stand_by_the_day_they_were_received),
        api_test(the_same_key_twice),
        api_test(another_organization_sees_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
