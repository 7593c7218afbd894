/* Drafts of strategies and templates: shared, told apart by version, thrown away and taken back,
 * published. */
#include "api_rig.h"
#include "store/draft.h"

/* A body around the strategy or template that a rig has published. */
static answer begin_draft(const char *kind, const char *name, const char *at) {
    const char *document = strstr(want(get(at), 200).body, "\"document\":") + 11;
    pn_str body =
        pn_str_format(&r.arena, "{\"kind\":\"%s\",\"name\":\"%s\",\"base\":1,\"document\":%.*s}",
                      kind, name, (int)strlen(document) - 1, document);
    return ask_text(PN_HTTP_POST, "/v1/drafts", body);
}

static void a_draft_is_shared(void **state) {
    (void)state;
    char url[64], publish[80], restore[80], preview[160], id[PN_ID_TEXT_SIZE];
    char sample[80], body[100];
    answer begun = want(begin_draft("template", "prueba", "/v1/templates/prueba"), 201);
    says(begun, "'version':1,'created_by':");
    says(want(begin_draft("template", "prueba", "/v1/templates/prueba"), 409), "being written");
    says(want(get("/v1/drafts?kind=template"), 200), "'name':'prueba','title':'prueba','base':1");
    says(want(get("/v1/drafts?kind=strategy"), 200), "'items':[]");
    (void)snprintf(url, sizeof url, "%s", begun.location);
    (void)snprintf(publish, sizeof publish, "%s/publish", url);
    (void)snprintf(restore, sizeof restore, "%s/restore", url);
    (void)snprintf(preview, sizeof preview, "%s/preview?variant=0&invoice=%s", url,
                   pn_id_text(PN_ID_INVOICE, rig_invoice(&r, "F-1"), id));
    says(want(get(preview), 200), "'text':'");
    (void)snprintf(sample, sizeof sample, "%s/send", url);
    (void)snprintf(body, sizeof body, "{'invoice':'%s','variant':99}", id);
    (void)want(post(sample, body), 404); /* there is no such text to be sent */
    (void)want(post(sample, "{'variant':0}"), 422);
    /* it need not be right, but it stays what it is of */
    if_match = "\"1\"";
    says(want(ask(PN_HTTP_PUT, url, "{'document':{'family':'prueba','variants':[{}]}}"), 200),
         "'version':2");
    says(want(ask(PN_HTTP_PUT, url, "{'document':{'family':'prueba'}}"), 412), "PN-");
    if_match = "";
    (void)want(get(preview), 422);
    (void)want(ask(PN_HTTP_PUT, url, "{'document':{'family':'otra'}}"), 422);
    (void)want(ask(PN_HTTP_PUT, url, "{'document':[]}"), 422);
    (void)want(ask(PN_HTTP_PUT, url, "{'document':{'family':'prueba'},'base':9}"), 422);
    says(want(post(publish, "{}"), 422), "'errors':[");
    /* thrown away, and taken back */
    (void)want(ask(PN_HTTP_DELETE, url, ""), 204);
    (void)want(get(url), 404);
    says(want(post(restore, ""), 200), "'version':4");
    (void)want(post(restore, ""), 409);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM event WHERE body LIKE '%%draft.dropped%%'"),
                     1);
    /* in place of another that was begun meanwhile, which comes back in its turn */
    (void)want(ask(PN_HTTP_DELETE, url, ""), 204);
    answer other = want(begin_draft("template", "prueba", "/v1/templates/prueba"), 201);
    says(want(post(restore, "{}"), 409), "being written");
    says(want(post(restore, "{'replace':true}"), 200), "'version':6");
    (void)want(get(other.location), 404);
    (void)snprintf(preview, sizeof preview, "%s/restore", other.location);
    says(want(post(preview, "{'replace':true}"), 200), "'version':3");
    (void)want(get(url), 404);
    (void)want(post(restore, "{'replace':true}"), 200);
    says(
        want(
            post("/v1/templates/check",
                 "{'document':{'puntual':1,'kind':'template','family':'prueba','purpose':'service',"
                 "'variants':[{'channel':'sms','language':'es',"
                 "'text':'{{ nada }}'}]}}"),
            200),
        "'ok':false,'problems':[{'error':true,'variant':0,'where':'sms es, text");
}

static void a_draft_is_published(void **state) {
    (void)state;
    char url[80], at[64], id[PN_ID_TEXT_SIZE];
    (void)snprintf(at, sizeof at, "/v1/strategies/%s/versions/1",
                   pn_id_text(PN_ID_STRATEGY, rig_int(&r, "SELECT max(id) FROM strategy"), id));
    answer begun = want(begin_draft("strategy", "Cobro", at), 201);
    (void)snprintf(url, sizeof url, "%s/publish", begun.location);
    says(want(post(url, "{'runs':'keep'}"), 200), "'version':1,'published':false");
    (void)want(get(begun.location), 404);
    (void)want(post(url, "{}"), 404);
    (void)want(post("/v1/drafts", "{'kind':'strategy','name':'nada','document':{'name':'nada'}}"),
               404);
    says(want(post("/v1/drafts", "{'kind':'strategy','document':{'name':'nueva'}}"), 201),
         "'name':null,'title':'nueva','base':0");
    if_match = "\"9\"";
    (void)want(post("/v1/templates", "{'document':{'family':'prueba'}}"), 412);
    if_match = "";
}

static const char NEWER[] =
    "{'document':{'puntual':1,'kind':'template','family':'prueba','purpose':'service','variants':"
    "[{'channel':'email','language':'es','subject':'Hola','blocks':[{'text':'Hola {{ debtor.name "
    "}}'}]}]}}";

static void nobody_publishes_over_what_they_have_not_seen(void **state) {
    (void)state;
    char url[80];
    answer begun = want(begin_draft("template", "prueba", "/v1/templates/prueba"), 201);
    (void)snprintf(url, sizeof url, "%s/publish", begun.location);
    (void)want(ask(PN_HTTP_PUT, begun.location,
                   "{'document':{'puntual':1,'kind':'template','family':'prueba','purpose':"
                   "'service','variants':[{'channel':'email','language':'es','subject':'Otra',"
                   "'blocks':[{'text':'Otra'}]}]}}"),
               200);
    says(want(post("/v1/templates", NEWER), 200), "'version':2");
    says(want(post(url, "{}"), 409), "Version 2 was published meanwhile");
    says(want(get(begun.location), 200), "'base':1");
    says(want(post(url, "{'over':2}"), 200), "'version':3,'published':true");
    (void)want(get(begun.location), 404);
    /* what has no name yet does not become the next version of what has it */
    answer other = want(post("/v1/drafts", "{'kind':'template','document':{'puntual':1,'kind':"
                                           "'template','family':'prueba','purpose':'service',"
                                           "'variants':[{'channel':'email','language':'es',"
                                           "'subject':'Nueva','blocks':[{'text':'Nueva'}]}]}}"),
                        201);
    (void)snprintf(url, sizeof url, "%s/publish", other.location);
    says(want(post(url, "{}"), 409), "one of this name already");
}

static void a_draft_is_written_over_the_version_that_was_read(void **state) {
    (void)state;
    pn_draft_row row;
    (void)want(begin_draft("template", "prueba", "/v1/templates/prueba"), 201);
    pn_id id = rig_int(&r, "SELECT id FROM draft");
    rig_ok(&r, pn_draft_get(r.app->db, r.app->org.id, id, &r.arena, &row));
    row.version++;
    rig_ok(&r, pn_draft_update(r.app->db, &row));
    assert_int_equal(pn_draft_update(r.app->db, &row), PN_CONFLICT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        api_test(a_draft_is_shared),
        api_test(a_draft_is_published),
        api_test(nobody_publishes_over_what_they_have_not_seen),
        api_test(a_draft_is_written_over_the_version_that_was_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
