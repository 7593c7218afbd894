/* Examples of strategies: what they may say, how they live, what is said when they are not met. */
#include "unit.h"

#include "core/example/example.h"

static const char LADDER[] =
    "{'puntual':1,'name':'l','subject':'account','start':'d3','on_paid':'gracias',"
    "'on_returned':'devuelto','entry':{'rule':['account.days_overdue','>=',1]},"
    "'nodes':{'d3':{'type':'wait.due','days':3,'at':'10:00','next':'uno'},"
    "'uno':{'type':'send.email','template':'recordatorio','tone':1,'next':'d10','error':'buscar'},"
    "'buscar':{'type':'task','title':'Pedir un correo','category':'find_contact','done':'d10',"
    "'overdue':'d10'},"
    "'d10':{'type':'wait.due','days':10,'at':'10:00','next':'firme'},"
    "'firme':{'type':'phase','phase':'firm','next':'dos'},"
    "'dos':{'type':'send.email','template':'recordatorio','tone':3,'next':'d20','error':'d20'},"
    "'d20':{'type':'wait.due','days':20,'at':'10:00','next':'interes'},"
    "'interes':{'type':'charge.interest','next':'gasto'},"
    "'gasto':{'type':'charge.fee','amount':40,'per':'case','next':'llamar'},"
    "'llamar':{'type':'task','title':'Llamar: reclamar','category':'call','due_days':2,"
    "'done':'ceder','overdue':'ceder'},"
    "'ceder':{'type':'handover','to':'agency','approved':'fin','refused':'seguir'},"
    "'fin':{'type':'end','outcome':'cedido'},'seguir':{'type':'end','outcome':'seguimos'},"
    "'devuelto':{'type':'task','title':'Pago devuelto','category':'call','done':'d10',"
    "'overdue':'d10'},"
    "'gracias':{'type':'send.email','template':'gracias','next':'cobrado','error':'cobrado'},"
    "'cobrado':{'type':'end','outcome':'cobrado'}}";

typedef struct {
    pn_arena arena;
    const pn_flow *flow;
    pn_problems problems;
    pn_example *examples;
    size_t count;
    pn_example_world world;
} rig;

static char *quoted(pn_arena *arena, const char *text) {
    char *copy = pn_arena_copy(arena, text, strlen(text));
    for (char *p = copy; *p != '\0'; p++) {
        *p = *p == '\'' ? '"' : *p;
    }
    return copy;
}

static const pn_policy *policy_of(rig *r, const char *name) {
    char path[400];
    pn_json *json = NULL;
    const pn_policy *policy = NULL;
    (void)snprintf(path, sizeof path, "%s/policies/%s.json", getenv("PUNTUAL_SHARE"), name);
    assert_int_equal(pn_json_parse(file_read(&r->arena, path), NULL, &r->arena, &json, NULL),
                     PN_OK);
    assert_int_equal(pn_policy_parse(json, &r->arena, &policy, NULL), PN_OK);
    return policy;
}

static const pn_zone *zone_of(rig *r, const char *name) {
    char path[200];
    const pn_zone *zone = NULL;
    (void)snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    assert_int_equal(
        pn_zone_parse(file_read(&r->arena, path), pn_str_of(name), &r->arena, &zone, NULL), PN_OK);
    return zone;
}

/* A strategy without its last brace, and its examples. */
static void set_up(rig *r, const char *strategy, const char *examples) {
    static const pn_template_name TEMPLATES[] = {
        {.name = {"recordatorio", 12}, .purpose = PN_PURPOSE_DEMAND},
        {.name = {"gracias", 7}, .purpose = PN_PURPOSE_SERVICE},
        {.name = {"promesa_recordatorio", 20}, .purpose = PN_PURPOSE_SERVICE},
    };
    static const pn_flow_names NAMES = {.templates = TEMPLATES,
                                        .template_count = PN_COUNT(TEMPLATES)};
    memset(r, 0, sizeof *r);
    pn_arena_init(&r->arena, 0);
    pn_str text = pn_str_format(&r->arena, "%s,'examples':%s}", strategy, examples);
    pn_json *json = NULL;
    pn_diag diag = {0};
    pn_problems problems;
    if (pn_json_parse(pn_str_of(quoted(&r->arena, text.ptr)), NULL, &r->arena, &json, &diag) !=
            PN_OK ||
        pn_flow_compile(json, NULL, &r->arena, &r->flow, &problems, &diag) != PN_OK) {
        fail_msg("%s: %s", diag.where, diag.what);
    }
    pn_examples_read(json, &r->arena, &r->problems, &r->examples, &r->count);
    r->world.zone = zone_of(r, "Europe/Madrid");
    r->world.policy = policy_of(r, "es");
    r->world.names = &NAMES;
}

/* "" when it was met, else "expected | got". */
static const char *play(rig *r, size_t index) {
    pn_example_result result;
    pn_example_play(r->flow, &r->examples[index], &r->world, &r->arena, &result);
    if (result.met) {
        return "";
    }
    return pn_str_format(&r->arena, "%.*s | %.*s", PN_STR_ARG(result.expected),
                         PN_STR_ARG(result.got))
        .ptr;
}

static void all_met(const char *strategy, const char *examples) {
    rig r;
    set_up(&r, strategy, examples);
    for (size_t i = 0; i < r.problems.count; i++) {
        fail_msg("%.*s", PN_STR_ARG(r.problems.items[i].sentence));
    }
    for (size_t i = 0; i < r.count; i++) {
        const char *differs = play(&r, i);
        if (*differs != '\0') {
            fail_msg("%.*s: %s", PN_STR_ARG(r.examples[i].title), differs);
        }
    }
    assert_true(r.count != 0);
    pn_arena_done(&r.arena);
}

static void lives_of_a_ladder(void **state) {
    (void)state;
    all_met(
        LADDER,
        "[{'title':'nobody pays','expect':[{'day':3,'mail':'recordatorio','tone':1},"
        "{'day':10,'phase':'firm'},{'day':10,'mail':'recordatorio','tone':2},"
        /* 1000 × 10.15 % × 19 days / 365 */
        "{'day':20,'interest':5.28},{'day':20,'fee':40},"
        "{'day':20,'task':'call','title':'Llamar'},{'day':22,'handover':'agency'}]},"
        "{'title':'paid on day 4','events':[{'day':4,'pays':'all'}],'expect':["
        "{'day':3,'mail':'recordatorio'},{'day':6,'mail':'gracias'},{'day':6,'end':'cobrado'}]},"
        "{'title':'paid before anything','events':[{'day':0,'pays':1000}],'expect':[]},"
        "{'title':'a part does not stop it','until':12,'events':[{'day':4,'pays':400.50}],"
        "'expect':[{'day':3,'mail':'recordatorio'},{'day':10,'mail':'recordatorio'}]},"
        "{'title':'a credit note ends it silently','events':[{'day':5,'credited':'all'}],"
        "'expect':[{'day':3,'mail':'recordatorio'},{'day':5,'end':'credited'}]},"
        "{'title':'the agency gets it','events':[{'day':21,'task':'call'},"
        "{'day':25,'task':'approval','outcome':'approved'}],'expect':["
        "{'day':3,'mail':'recordatorio'},{'day':10,'mail':'recordatorio'},"
        "{'day':20,'interest':5.28},{'day':20,'fee':40},{'day':20,'task':'call'},"
        "{'day':21,'handover':'agency'},{'day':25,'end':'cedido'}]},"
        "{'title':'it came 40 days late','invoices':[{'amount':1000,'arrives':40}],'until':45,"
        "'expect':[{'day':40,'skipped':'recordatorio','why':'superseded'},"
        "{'day':40,'interest':10.85},{'day':40,'fee':40},{'day':40,'task':'call'},"
        "{'day':42,'handover':'agency'}]}]");
}

static void what_debtors_do(void **state) {
    (void)state;
    all_met(
        LADDER,
        /* 2 June is a Tuesday: three bank days after the 7th end on the 10th */
        "[{'title':'a promise holds it, and broken it goes on','until':12,"
        "'events':[{'day':4,'promises':'all','by':5}],'expect':["
        "{'day':3,'mail':'recordatorio'},{'day':10,'mail':'recordatorio','tone':2}]},"
        "{'title':'a longer promise','until':17,'events':[{'day':4,'promises':'all','by':10}],"
        "'expect':[{'day':3,'mail':'recordatorio'},{'day':16,'mail':'recordatorio','tone':2}]},"
        "{'title':'a kept promise','events':[{'day':4,'promises':'all','by':10},"
        "{'day':13,'pays':'all'}],'expect':[{'day':3,'mail':'recordatorio'},"
        "{'day':13,'mail':'gracias'},{'day':13,'end':'cobrado'}]},"
        "{'title':'all of it in dispute','until':15,'events':[{'day':4,'disputes':'all'},"
        "{'day':14,'settled':true}],'expect':[{'day':3,'mail':'recordatorio'},"
        "{'day':14,'mail':'recordatorio','tone':2}]},"
        "{'title':'a part in dispute','until':12,'events':[{'day':4,'disputes':300}],"
        "'expect':[{'day':3,'mail':'recordatorio'},{'day':10,'mail':'recordatorio'}]},"
        "{'title':'an unread reply stops it','until':14,'events':[{'day':6,'replies':true},"
        "{'day':13,'at':'12:00','answered':true}],'expect':[{'day':3,'mail':'recordatorio'},"
        "{'day':13,'mail':'recordatorio','tone':2}]},"
        "{'title':'a pause','until':14,'events':[{'day':6,'paused':true},"
        "{'day':13,'resumed':true}],'expect':[{'day':3,'mail':'recordatorio'},"
        "{'day':13,'mail':'recordatorio','tone':2}]},"
        "{'title':'the address bounces','until':12,'events':[{'day':3,'at':'18:00',"
        "'bounces':true}],'expect':[{'day':3,'mail':'recordatorio'}]},"
        "{'title':'no address','until':12,'debtor':{'email':false},'events':["
        "{'day':5,'email':true},{'day':6,'task':'find_contact'}],'expect':["
        "{'day':3,'task':'find_contact','title':'Pedir'},{'day':10,'mail':'recordatorio'}]},"
        "{'title':'a payment comes back','until':12,'events':[{'day':4,'pays':'all'},"
        "{'day':6,'at':'12:00','returned':true}],'expect':[{'day':3,'mail':'recordatorio'},"
        "{'day':6,'mail':'gracias'},{'day':6,'end':'cobrado'},"
        "{'day':6,'task':'call','title':'Pago devuelto'},"
        "{'day':10,'mail':'recordatorio','tone':2}]},"
        "{'title':'a tone heard before','until':12,'invoices':[{'tone_received':2,'tone_day':-5}],"
        "'expect':[{'day':3,'mail':'recordatorio','tone':1},"
        "{'day':10,'mail':'recordatorio','tone':3}]}]");
}

static void days_are_those_of_the_calendar(void **state) {
    (void)state;
    all_met(
        LADDER,
        /* 2026-03-30 + 3 is Maundy Thursday, a holiday in Madrid; Easter Monday is none there */
        "[{'title':'Easter','day_0':'2026-03-30','until':8,'debtor':{'region':'MD'},"
        "'expect':[{'day':7,'mail':'recordatorio'}]},"
        "{'title':'due on a Sunday','day_0':'2026-06-07','until':9,"
        "'expect':[{'day':4,'mail':'recordatorio'}]},"
        "{'title':'grace','until':9,'debtor':{'grace_days':2},"
        "'expect':[{'day':6,'mail':'recordatorio'}]}]");
}

static const char INVOICE[] =
    "{'puntual':1,'name':'i','subject':'invoice','start':'ya',"
    "'entry':{'rule':['invoice.days_since_issue','between',[0,5]]},"
    "'nodes':{'ya':{'type':'branch.rule','rules':[{'name':'consumo','rule':"
    "['debtor.attr.segmento','=','consumo'],'next':'marcar'}],'else':'fin'},"
    "'marcar':{'type':'set','field':'debtor.attr.visto','value':true,'next':'visto'},"
    "'visto':{'type':'wait.until','rule':['debtor.attr.visto','=',true],'within':'3d',"
    "'met':'brazo','timeout':'fin'},"
    "'brazo':{'type':'split','split_key':'hora','arms':[{'name':'a','percent':50,'next':'m'},"
    "{'name':'b','percent':50,'next':'fin'}]},"
    "'m':{'type':'send.email','template':'recordatorio','next':'fin','error':'fin'},"
    "'fin':{'type':'end','outcome':'vista'}}";

static void invoices_attributes_and_arms(void **state) {
    (void)state;
    all_met(INVOICE,
            "[{'title':'a company','expect':[{'day':-30,'end':'vista'}]},"
            "{'title':'too late','invoices':[{'arrives':-20}],'expect':[]},"
            "{'title':'arm a','debtor':{'attrs':{'segmento':'Consumo'}},'arms':{'hora':'a'},"
            "'expect':[{'day':-29,'mail':'recordatorio'},{'day':-29,'end':'vista'}]},"
            "{'title':'arm b','debtor':{'attrs':{'segmento':'Consumo'}},'arms':{'hora':'b'},"
            "'expect':[{'day':-30,'end':'vista'}]}]");
}

static void what_differs_is_said(void **state) {
    (void)state;
    rig r;
    set_up(&r, LADDER,
           "[{'title':'a','until':5,'expect':[]},"
           "{'title':'b','until':5,'expect':[{'day':3,'mail':'recordatorio','tone':2}]},"
           "{'title':'c','until':5,'expect':[{'day':3,'mail':'recordatorio'},{'day':4,'task':'x'}]}"
           ",{'title':'d','until':21,'expect':[{'day':3,'mail':'recordatorio'},"
           "{'day':10,'mail':'recordatorio'},{'day':20,'interest':5.29}]}]");
    assert_string_equal(play(&r, 0), "nothing more | mail recordatorio, tone 1 on day 3");
    assert_string_equal(play(&r, 1), "mail recordatorio, tone 2 on day 3 | "
                                     "mail recordatorio, tone 1 on day 3");
    assert_string_equal(play(&r, 2), "task x on day 4 | nothing more until day 5");
    assert_string_equal(play(&r, 3), "interest of 5.29 EUR on day 20 | "
                                     "interest of 5.28 EUR on day 20");
    pn_arena_done(&r.arena);
}

static void an_endless_life_is_told(void **state) {
    (void)state;
    rig r;
    set_up(&r,
           "{'puntual':1,'name':'e','subject':'account','start':'r','nodes':{"
           "'r':{'type':'repeat','interval':'1m','times':100,'again':'n','done':'s'},"
           "'n':{'type':'note','text':'x','next':'r'},"
           "'s':{'type':'wait.days','days':0,'next':'t'},"
           "'t':{'type':'repeat','interval':'1m','times':100,'again':'s','done':'fin'},"
           "'fin':{'type':'end'}}",
           "[{'title':'a','until':5,'expect':[{'day':0,'end':'done'}]}]");
    assert_string_equal(play(&r, 0), "");
    pn_arena_done(&r.arena);
}

static void refused(const char *example, const char *sentence) {
    rig r;
    char list[700];
    (void)snprintf(list, sizeof list, "[%s]", example);
    set_up(&r, LADDER, list);
    assert_int_equal(r.count, 0);
    assert_true(r.problems.errors != 0);
    pn_str said = r.problems.items[0].sentence;
    if (pn_str_find(said, pn_str_of(sentence)) == SIZE_MAX) {
        fail_msg("%s\n  “%.*s” does not say “%s”", example, PN_STR_ARG(said), sentence);
    }
    pn_arena_done(&r.arena);
}

static void what_is_wrong_is_said(void **state) {
    (void)state;
    refused("3", "An example is an object in braces");
    refused("{'expect':[]}", "needs a \"title\"");
    refused("{'title':'t'}", "expects nothing: say so");
    refused("{'title':'Uno','expect':[],'debtr':{}}", "Example 1 “Uno”: An example has no member");
    refused("{'title':'t','expect':[],'day_0':'2 June'}", "a date like");
    refused("{'title':'t','expect':[],'until':9999}", "whole number from -400 to 1500");
    refused("{'title':'t','expect':[],'currency':'euro'}", "a code like");
    refused("{'title':'t','expect':[],'debtor':{'country':'Spain'}}", "two letters");
    refused("{'title':'t','expect':[],'debtor':{'kind':'cat'}}", "\"company\" or \"person\"");
    refused("{'title':'t','expect':[],'debtor':{'email':1}}", "“email” is true or false");
    refused("{'title':'t','expect':[],'debtor':{'attrs':[]}}", "object of at most");
    refused("{'title':'t','expect':[],'creditor':{'interest':'x'}}", "agreed yearly percentage");
    refused("{'title':'t','expect':[],'creditor':{'third_party':'x'}}", "true or false");
    refused("{'title':'t','expect':[],'invoices':[{'amount':-3}]}", "an amount above 0 in EUR");
    refused("{'title':'t','expect':[],'invoices':[{'amount':3.123}]}", "with its decimals");
    refused("{'title':'t','expect':[],'invoices':{}}", "a list of at most");
    refused("{'title':'t','expect':[],'events':[{'pays':'all'}]}", "needs its \"day\"");
    refused("{'title':'t','expect':[],'events':[{'day':1}]}", "says one thing");
    refused("{'title':'t','expect':[],'events':[{'day':1,'pays':1,'replies':true}]}",
            "says one thing");
    refused("{'title':'t','expect':[],'events':[{'day':1,'replies':false}]}", "with true");
    refused("{'title':'t','expect':[],'events':[{'day':1,'promises':5}]}", "the day “by”");
    refused("{'title':'t','expect':[],'events':[{'day':1,'pays':5,'invoice':'F-9'}]}",
            "no invoice “F-9”");
    refused("{'title':'t','expect':[],'events':[{'day':1,'at':'25:00','pays':5}]}", "time of day");
    refused("{'title':'t','expect':[{'day':1}]}", "says one thing");
    refused("{'title':'t','expect':[{'mail':'x'}]}", "needs its \"day\"");
    refused("{'title':'t','expect':[{'day':1,'task':'x','tone':2}]}", "“tone” belongs to a mail");
    refused("{'title':'t','expect':[{'day':5,'mail':'x'},{'day':4,'mail':'x'}]}",
            "in the order of their days");
    refused("{'title':'t','expect':[],'arms':[]}", "the arm of each split");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lives_of_a_ladder),
        cmocka_unit_test(what_debtors_do),
        cmocka_unit_test(days_are_those_of_the_calendar),
        cmocka_unit_test(invoices_attributes_and_arms),
        cmocka_unit_test(what_differs_is_said),
        cmocka_unit_test(an_endless_life_is_told),
        cmocka_unit_test(what_is_wrong_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
