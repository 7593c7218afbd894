/* Strategy documents: what compiles, what is refused and why, the canonical form, differences, the
 * JSON schema. */
#include "json.h"

#include "base/limits.h"
#include "core/flow/diff.h"
#include "core/flow/schema.h"
#include "core/node/node.h"

static pn_arena arena;
static pn_problems problems;
static pn_diag diag;

static int set_up(void **state) {
    (void)state;
    pn_arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pn_arena_done(&arena);
    return 0;
}

/* ── documents ───────────────────────────────────────────────────────────────────────────────── */

#define HEAD "{'puntual':1,'name':'n','subject':'invoice','start':'x','nodes':{"
#define END ",'e':{'type':'end'}}}"

/* A document in which every node type stands once, as `x` or beside it. */
static const struct {
    const char *type, *document;
} VALID[] = {
    {"wait.days",
     HEAD "'x':{'type':'wait.days','days':3,'kind':'business','at':'10:30','next':'e'}" END},
    {"wait.weekday", HEAD "'x':{'type':'wait.weekday','weekdays':['mon','thu'],'next':'e'}" END},
    {"wait.monthday", HEAD "'x':{'type':'wait.monthday','day':'last','next':'e'}" END},
    {"wait.due", HEAD "'x':{'type':'wait.due','days':-3,'next':'e'}" END},
    {"wait.until", HEAD "'x':{'type':'wait.until','rule':['invoice.open','<',10],'within':'2w',"
                        "'met':'e','timeout':'e'}" END},
    {"send.email",
     HEAD "'x':{'type':'send.email','template':'recuerdo@3','tone':2,'attach':['invoice','xml'],"
          "'copy_to':['owner','a@b.es'],'next':'e','error':'e','note':'a remark'}" END},
    {"send.http",
     HEAD "'x':{'type':'send.http','template':'recuerdo','tone':2,'next':'e','error':'e'}" END},
    {"branch.message",
     HEAD "'x':{'type':'send.email','template':'r','next':'b','error':'e'},'b':{'type':"
          "'branch.message','message':'x','within':'48h','read':'e','unread':'e','error':'e'}" END},
    {"branch.behaviour", HEAD "'x':{'type':'branch.behaviour','within':'3d','promised':'e','tried':"
                              "'e','replied':'e','visited':'e','else':'e'}" END},
    {"branch.rule", HEAD "'x':{'type':'branch.rule','rules':[{'name':'grande','rule':"
                         "['invoice.open','>',3000],'next':'e'},{'name':'fibra','rule':"
                         "['line.product','=','fibra'],'next':'e'}],'else':'e'}" END},
    {"branch.paid", HEAD "'x':{'type':'branch.paid','paid':'e','partial':'e','unpaid':'e',"
                         "'unknown':'e'}" END},
    {"split", HEAD "'x':{'type':'split','arms':[{'name':'a','percent':33.33,'next':'e'},"
                   "{'name':'b','percent':66.67,'next':'e'}],'holdout':{'percent':7,'next':'e'},"
                   "'split_key':'k'}" END},
    {"repeat", HEAD "'x':{'type':'note','text':'t','next':'r'},'r':{'type':'repeat','interval':"
                    "'1w','times':4,'while':['invoice.open','>',0],'again':'x','done':'e'}" END},
    {"phase", HEAD "'x':{'type':'phase','phase':'early','next':'e'}" END},
    {"task", HEAD "'x':{'type':'task','title':'Llamar','category':'call','queue':'q','due_days':3,"
                  "'script':'Hola','done':'e','overdue':'e'}" END},
    {"note", HEAD "'x':{'type':'note','text':'t','next':'e'}" END},
    {"notify", HEAD "'x':{'type':'notify','to':['salesperson'],'text':'t','next':'e'}" END},
    {"set", HEAD "'x':{'type':'set','field':'debtor.attr.vip','value':true,'next':'e'}" END},
    {"charge.interest",
     HEAD "'x':{'type':'charge.interest','rate':'agreed','minimum':'1.50','next':'e'}" END},
    {"charge.fee", HEAD "'x':{'type':'charge.fee','amount':40,'per':'case','next':'e'}" END},
    {"handover", HEAD "'x':{'type':'handover','to':'lawyer','due_days':10,'note_to_approver':'n',"
                      "'approved':'e','refused':'e'}" END},
    {"http", HEAD "'x':{'type':'http','connector':'erp','method':'GET','path':'/c/{{ debtor.id }}',"
                  "'pick':'/a/b','into':'invoice.attr.r','ok':'e','error':'e'}" END},
    {"ticket", HEAD "'x':{'type':'ticket','connector':'desk','path':'/t','body':'{}','id':'/n',"
                    "'ok':'e','error':'e'}" END},
    {"suspend", HEAD "'x':{'type':'suspend','connector':'erp','path':'/s','restore_path':'/r',"
                     "'restore_body':'{}','next':'e'}" END},
    {"restore", HEAD "'x':{'type':'restore','next':'e'}" END},
    {"offer.partial",
     HEAD "'x':{'type':'offer.partial','days':5,'first_percent':30,'rest_days':20,'when':"
          "['invoice.open','>',100],'amount_min':10,'amount_max':'500.50','age_min':3,"
          "'accepted':'e','expired':'e'}" END},
    {"offer.plan", HEAD "'x':{'type':'offer.plan','installments_max':6,'every_days':30,"
                        "'installment_min':50,'accepted':'e','expired':'e'}" END},
    {"offer.discount", HEAD "'x':{'type':'offer.discount','percent':12.5,'pay_days':3,"
                            "'accepted':'e','expired':'e'}" END},
    {"collect", HEAD "'x':{'type':'collect','retries':1,'retry_days':2,'paid':'e','declined':'e',"
                     "'no_mandate':'e'}" END},
    {"jump", HEAD "'x':{'type':'jump','strategy':'otra'}}}"},
    {"pill", HEAD "'x':{'type':'pill','pill':'p','next':'e'}" END},
    {"end", HEAD "'x':{'type':'end','outcome':'paid'}}}"},
};

static pn_err compile_with(const char *document, const pn_flow_names *names,
                           const pn_flow **ret_flow) {
    pn_diag_clear(&diag);
    return pn_flow_compile(json_of(&arena, document), names, &arena, ret_flow, &problems, &diag);
}

static const pn_flow *flow_of(const char *document) {
    const pn_flow *flow = NULL;
    if (compile_with(document, NULL, &flow) != PN_OK) {
        print_error("%s\n%s: %s\n", document, diag.where, diag.what);
        fail();
    }
    assert_int_equal(problems.count, 0);
    return flow;
}

static void every_node_type_has_a_valid_document(void **state) {
    (void)state;
    for (size_t i = 0; i < pn_node_type_count(); i++) {
        const pn_node_type *type = pn_node_type_at(i);
        size_t at = 0;
        while (at < PN_COUNT(VALID) && strcmp(VALID[at].type, type->type) != 0) {
            at++;
        }
        assert_in_range(at, 0, PN_COUNT(VALID) - 1);
        const pn_flow *flow = flow_of(VALID[at].document);
        bool found = false;
        for (uint32_t j = 0; j < flow->node_count; j++) {
            found = found || flow->nodes[j].type == type;
        }
        assert_true(found);
    }
}

/* A key of a node means one thing. */
static void no_parameter_is_called_like_an_exit(void **state) {
    (void)state;
    for (size_t i = 0; i < pn_node_type_count(); i++) {
        const pn_node_type *type = pn_node_type_at(i);
        for (size_t j = 0; j < type->param_count; j++) {
            const char *name = type->params[j].name;
            assert_string_not_equal(name, "type");
            assert_string_not_equal(name, "note");
            for (size_t k = 0; type->exits[k] != NULL; k++) {
                assert_string_not_equal(name, type->exits[k]);
            }
            for (size_t k = 0; k < j; k++) {
                assert_string_not_equal(name, type->params[k].name);
            }
        }
    }
}

static const pn_flow_node *node_of(const pn_flow *flow, const char *id) {
    uint32_t index = pn_flow_find(flow, pn_str_of(id));
    assert_true(index < flow->node_count);
    assert_str(pn_flow_node_id(flow, index), id);
    return &flow->nodes[index];
}

static const pn_param_value *param_of(const pn_flow_node *node, const char *name) {
    for (size_t i = 0; i < node->type->param_count; i++) {
        if (strcmp(node->type->params[i].name, name) == 0) {
            return &node->params[i];
        }
    }
    fail_msg("no parameter %s", name);
    return NULL;
}

static void what_is_written_is_what_is_read(void **state) {
    (void)state;
    const pn_flow *flow = flow_of(
        "{'puntual':1,'name':'Completa','description':'d','kind':'strategy','subject':'account',"
        "'priority':-7,'entry':{'rule':['account.overdue','>',100]},'hours':{'weekdays':['mon',"
        "'fri'],'from':'09:30','to':'18:00'},'start':'w','on_paid':'g','on_closed':'c',"
        "'on_returned':'w','layout':{'w':[0,0]},'examples':[],'nodes':{"
        "'w':{'type':'wait.due','days':15,'next':'s'},"
        "'s':{'type':'split','arms':[{'name':'a','percent':12.5,'next':'m'},{'name':'b','percent':"
        "87.5,'next':'c'}],'holdout':{'percent':1,'next':'c'}},"
        "'m':{'type':'wait.monthday','day':'last','next':'t'},"
        "'t':{'type':'task','title':'x','done':'i','overdue':'i'},"
        "'i':{'type':'charge.interest','minimum':1.5,'next':'h'},"
        "'h':{'type':'handover','to':'agency','approved':'c','refused':'c'},"
        "'g':{'type':'send.email','template':'gracias','attach':['statement'],'next':'c',"
        "'error':'c'},'c':{'type':'end'}}}");
    assert_str(flow->name, "Completa");
    assert_int_equal(flow->subject, PN_SUBJECT_ACCOUNT);
    assert_int_equal(flow->kind, PN_FLOW_STRATEGY);
    assert_int_equal(flow->priority, -7);
    assert_non_null(flow->entry);
    assert_true(flow->hours.given && flow->hours.weekdays == 0x11);
    assert_int_equal(flow->hours.from_second, 9 * 3600 + 1800);
    assert_int_equal(flow->hours.to_second, 18 * 3600);
    assert_true(flow->has_tasks && !flow->reads_signals);
    assert_str(pn_flow_node_id(flow, flow->start), "w");
    assert_str(pn_flow_node_id(flow, flow->on_paid), "g");
    assert_str(pn_flow_node_id(flow, flow->on_closed), "c");
    assert_str(pn_flow_node_id(flow, flow->on_returned), "w");
    assert_str(pn_flow_node_id(flow, PN_NODE_NONE), "");
    assert_int_equal(pn_flow_find(flow, PN_STR("nope")), PN_NODE_NONE);
    for (uint32_t i = 1; i < flow->node_count; i++) { /* numbered in the order of their ids */
        assert_true(pn_str_cmp(flow->nodes[i - 1].id, flow->nodes[i].id) < 0);
    }
    const pn_flow_node *due = node_of(flow, "w");
    assert_int_equal(param_of(due, "at")->number, 9 * 3600); /* defaults count as given */
    assert_true(param_of(due, "at")->given);
    assert_int_equal(param_of(due, "kind")->number, 0);
    const pn_flow_node *split = node_of(flow, "s");
    assert_int_equal(split->exit_count, 3);
    assert_int_equal(param_of(split, "arms")->options[0].weight, 1250);
    assert_int_equal(param_of(split, "holdout")->options[0].weight, 100);
    assert_str(split->exits[param_of(split, "holdout")->options[0].exit].name, "holdout");
    assert_false(param_of(split, "split_key")->given);
    assert_int_equal(param_of(node_of(flow, "m"), "day")->number, 32);
    assert_int_equal(param_of(node_of(flow, "t"), "due_days")->number, 2);
    assert_str(param_of(node_of(flow, "t"), "category")->text, "general");
    assert_int_equal(param_of(node_of(flow, "i"), "minimum")->number, 150);
    assert_int_equal(param_of(node_of(flow, "i"), "rate")->number, 0);
    assert_int_equal(param_of(node_of(flow, "h"), "to")->number, 2);
    assert_int_equal(param_of(node_of(flow, "g"), "attach")->number, PN_ATTACH_STATEMENT);
    assert_str(param_of(node_of(flow, "c"), "outcome")->text, "done");
}

static void rules_say_what_a_flow_must_load(void **state) {
    (void)state;
    const pn_flow *flow = flow_of(
        "{'puntual':1,'name':'n','subject':'invoice','start':'x','entry':{'rule':"
        "['debtor.attr.vip','=',true]},'nodes':{'x':{'type':'branch.rule','rules':[{'name':'a',"
        "'rule':['line.sku','=','x'],'next':'u'}],'else':'e'},'u':{'type':'wait.until','rule':"
        "['invoice.attr.ok','=',true],'within':'1d','met':'e','timeout':'b'},"
        "'b':{'type':'branch.behaviour','within':'3d','promised':'e','tried':'e','replied':'e',"
        "'visited':'e','else':'e'}" END);
    assert_int_equal(flow->needs, PN_NEEDS_DEBTOR_ATTRS | PN_NEEDS_LINES | PN_NEEDS_INVOICE_ATTRS);
    assert_true(flow->reads_signals && !flow->has_tasks);
}

static void pills_have_a_trigger(void **state) {
    (void)state;
    for (int i = PN_TRIGGER_PAYMENT_FAILED; i < PN_TRIGGERS; i++) {
        const pn_flow *flow =
            flow_of(pn_str_format(&arena,
                                  "{'puntual':1,'name':'n','kind':'pill','trigger':'%s','subject':"
                                  "'account','start':'e','nodes':{'e':{'type':'end'}}}",
                                  pn_trigger_name((pn_trigger)i))
                        .ptr);
        assert_int_equal(flow->kind, PN_FLOW_PILL);
        assert_int_equal(flow->trigger, i);
    }
}

/* ── what is refused ─────────────────────────────────────────────────────────────────────────── */

typedef struct {
    const char *found; /* every problem in order: "code@node code@node" */
    const char *document;
} refusal;

static const char *all_problems(void) {
    pn_buf text;
    pn_buf_init(&text, 100000);
    for (size_t i = 0; i < problems.count; i++) {
        const pn_problem *problem = &problems.items[i];
        pn_buf_add_format(&text, "%s%s@%.*s", i == 0 ? "" : " ", problem->code,
                          PN_STR_ARG(problem->node));
    }
    const char *copy = pn_str_z(&arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

static void assert_refused(const refusal *c, const pn_flow_names *names) {
    const pn_flow *flow = NULL;
    pn_err err = compile_with(c->document, names, &flow);
    if (err != PN_INVALID || strcmp(all_problems(), c->found) != 0) {
        print_error("%s\ngave %s: %s\nnot:  %s\n", c->document, pn_err_name(err), all_problems(),
                    c->found);
        for (size_t i = 0; i < problems.count; i++) {
            print_error("  %.*s\n", PN_STR_ARG(problems.items[i].sentence));
        }
        fail();
    }
    assert_null(flow);
    assert_int_equal(problems.errors, problems.count);
    /* the diag tells the first one */
    assert_str(problems.items[0].sentence, diag.what);
    const char *where =
        problems.items[0].node.len == 0
            ? ""
            : pn_str_format(&arena, "node %.*s", PN_STR_ARG(problems.items[0].node)).ptr;
    assert_string_equal(diag.where, where);
    for (size_t i = 0; i < problems.count; i++) { /* sentences are sentences */
        pn_str sentence = problems.items[i].sentence;
        assert_true(sentence.len > 10);
        char last = sentence.ptr[sentence.len - 1];
        assert_true(last == '.' || last == '?' || last == ')');
    }
}
#define ASSERT_REFUSED(cases, names)                                                               \
    for (size_t i_ = 0; i_ < PN_COUNT(cases); i_++)                                                \
    assert_refused(&(cases)[i_], (names))

#define START "'start':'e','nodes':{'e':{'type':'end'}}}"

static void a_head_that_is_wrong(void **state) {
    (void)state;
    static const refusal CASES[] = {
        {"format@", "[]"},
        {"format@", "'x'"},
        {"format@", "{'name':'n','subject':'invoice'," START},
        {"format@", "{'puntual':2,'name':'n','subject':'invoice'," START},
        {"format@", "{'puntual':'1','name':'n','subject':'invoice'," START},
        {"name@", "{'puntual':1,'subject':'invoice'," START},
        {"name@", "{'puntual':1,'name':'','subject':'invoice'," START},
        {"bad_head@ name@", "{'puntual':1,'name':7,'subject':'invoice'," START},
        {"bad_head@", "{'puntual':1,'name':'n','description':[],'subject':'invoice'," START},
        {"subject@", "{'puntual':1,'name':'n'," START},
        {"subject@", "{'puntual':1,'name':'n','subject':'debtor'," START},
        {"kind@", "{'puntual':1,'name':'n','subject':'invoice','kind':'flow'," START},
        {"trigger@", "{'puntual':1,'name':'n','subject':'invoice','trigger':'reply'," START},
        {"trigger@",
         "{'puntual':1,'name':'n','subject':'invoice','kind':'pill','trigger':'paid'," START},
        {"entry@", "{'puntual':1,'name':'n','subject':'invoice','kind':'pill','entry':{'rule':"
                   "['invoice.open','>',1]}," START},
        {"entry@",
         "{'puntual':1,'name':'n','subject':'invoice','entry':['invoice.open','>',1]," START},
        {"entry@",
         "{'puntual':1,'name':'n','subject':'invoice','entry':{'rule':['invoice.open','>',"
         "1],'when':1}," START},
        {"entry@",
         "{'puntual':1,'name':'n','subject':'account','entry':{'rule':['invoice.open','>',"
         "1]}," START},
        {"priority@", "{'puntual':1,'name':'n','subject':'invoice','priority':1001," START},
        {"priority@", "{'puntual':1,'name':'n','subject':'invoice','priority':'high'," START},
        {"hours@", "{'puntual':1,'name':'n','subject':'invoice','hours':[]," START},
        {"hours@", "{'puntual':1,'name':'n','subject':'invoice','hours':{'weekdays':['mon'],'from':"
                   "'09:00'}," START},
        {"hours@", "{'puntual':1,'name':'n','subject':'invoice','hours':{'weekdays':['mon'],'from':"
                   "'09:00','to':'10:00','zone':'UTC'}," START},
        {"hours@", "{'puntual':1,'name':'n','subject':'invoice','hours':{'weekdays':['Mon'],'from':"
                   "'09:00','to':'10:00'}," START},
        {"hours@", "{'puntual':1,'name':'n','subject':'invoice','hours':{'weekdays':['mon'],'from':"
                   "'10:00','to':'10:00'}," START},
        {"unknown_field@", "{'puntual':1,'name':'n','subject':'invoice','onpaid':'e'," START},
        {"no_nodes@", "{'puntual':1,'name':'n','subject':'invoice','start':'e'}"},
        {"no_nodes@", "{'puntual':1,'name':'n','subject':'invoice','start':'e','nodes':{}}"},
        {"no_nodes@", "{'puntual':1,'name':'n','subject':'invoice','start':'e','nodes':[1]}"},
        {"no_start@", "{'puntual':1,'name':'n','subject':'invoice','nodes':{'e':{'type':'end'}}}"},
        {"dangling_exit@",
         "{'puntual':1,'name':'n','subject':'invoice','start':null,'nodes':{'e':{'type':'end'}}}"},
        {"dangling_exit@", "{'puntual':1,'name':'n','subject':'invoice','on_paid':'f'," START},
        {"dangling_exit@", "{'puntual':1,'name':'n','subject':'invoice','on_returned':7," START},
    };
    ASSERT_REFUSED(CASES, NULL);
    pn_buf long_name;
    pn_buf_init(&long_name, 1000);
    for (int i = 0; i < 121; i++) {
        pn_buf_add_char(&long_name, 'x');
    }
    const char *document =
        pn_str_format(&arena, "{'puntual':1,'name':'%.*s','subject':'invoice'," START,
                      PN_STR_ARG(pn_buf_str(&long_name)))
            .ptr;
    assert_refused(&(refusal){"name@", document}, NULL);
    pn_buf_done(&long_name);
}

static void nodes_that_are_wrong(void **state) {
    (void)state;
    static const refusal CASES[] = {
        {"node@x", HEAD "'x':'end'" END},
        {"node_id@a b", HEAD "'x':{'type':'end'},'a b':{'type':'end'}" END},
        {"node_id@", HEAD "'x':{'type':'end'},'':{'type':'end'}" END},
        {"node_id@1234567890123456789012345678901234567890123456789012345678901",
         HEAD "'x':{'type':'end'},'1234567890123456789012345678901234567890123456789012345678901':"
              "{'type':'end'}" END},
        {"unknown_type@x", HEAD "'x':{'type':'send.emial','next':'e'}" END},
        {"unknown_type@x", HEAD "'x':{'next':'e'}" END},
        {"unknown_type@x", HEAD "'x':{'type':7}" END},
        {"unknown_field@x", HEAD "'x':{'type':'note','text':'t','next':'e','color':'red'}" END},
        {"unknown_field@x", HEAD "'x':{'type':'end','next':'e'}" END},
        {"bad_value@x", HEAD "'x':{'type':'end','note':7}" END},
        {"dangling_exit@x", HEAD "'x':{'type':'note','text':'t'}" END},
        {"dangling_exit@x", HEAD "'x':{'type':'note','text':'t','next':null}" END},
        {"dangling_exit@x", HEAD "'x':{'type':'note','text':'t','next':7}" END},
        {"dangling_exit@x", HEAD "'x':{'type':'note','text':'t','next':'f'}" END},
        {"dangling_exit@x missing_field@x", HEAD "'x':{'type':'note'}" END},
        {"unreachable@y", HEAD "'x':{'type':'end'},'y':{'type':'note','text':'t','next':'x'}}}"},
        {"unreachable@e unreachable@y",
         HEAD "'x':{'type':'end'},'y':{'type':'note','text':'t','next':'e'}" END},
        {"missing_node@x",
         HEAD "'x':{'type':'branch.message','message':'m','read':'e','unread':'e',"
              "'error':'e'}" END},
        {"not_a_send@x", HEAD "'x':{'type':'branch.message','message':'e','read':'e','unread':'e',"
                              "'error':'e'}" END},
        /* more than one problem: all of them are told, unknown types first */
        {"unknown_field@ unknown_type@b dangling_exit@a missing_field@c dangling_exit@",
         "{'puntual':1,'name':'n','subject':'invoice','color':1,'start':'z','nodes':{"
         "'c':{'type':'note','next':'e'},'b':{'type':'x.y'},'a':{'type':'note','text':'t','next':"
         "'zz'}" END},
    };
    ASSERT_REFUSED(CASES, NULL);
}

static void options_that_are_wrong(void **state) {
    (void)state;
#define SPLIT(rest) HEAD "'x':{'type':'split'," rest "}" END
#define TASK(rest)                                                                                 \
    HEAD "'x':{'type':'task','title':'t','done':'e','overdue':'e','outcomes':" rest "}" END
#define BRANCH(rest) HEAD "'x':{'type':'branch.rule','else':'e','rules':" rest "}" END
    static const refusal CASES[] = {
        {"option@x", TASK("7")},
        {"option@x", TASK("['rechazado']")},
        {"option_name@x", TASK("[{'next':'e'}]")},
        {"option_name@x", TASK("[{'name':'done','next':'e'}]")},
        {"dangling_exit@x", TASK("[{'name':'rechazado'}]")},
        {"unknown_field@x", TASK("[{'name':'a','next':'e','rule':['invoice.open','>',1]}]")},
        {"option@x", BRANCH("7")},
        {"option@x", BRANCH("[]")},
        {"option@x", BRANCH("['a']")},
        {"option_name@x", BRANCH("[{'rule':['invoice.open','>',1],'next':'e'}]")},
        {"option_name@x", BRANCH("[{'name':'','rule':['invoice.open','>',1],'next':'e'}]")},
        {"option_name@x", BRANCH("[{'name':'a','rule':['invoice.open','>',1],'next':'e'},"
                                 "{'name':'a','rule':['invoice.open','>',2],'next':'e'}]")},
        {"option_name@x", BRANCH("[{'name':'else','rule':['invoice.open','>',1],'next':'e'}]")},
        {"option@x", BRANCH("[{'name':'a','next':'e'}]")},
        {"option@x", BRANCH("[{'name':'a','rule':['invoice.opne','>',1],'next':'e'}]")},
        {"dangling_exit@x", BRANCH("[{'name':'a','rule':['invoice.open','>',1]}]")},
        {"unknown_field@x",
         BRANCH("[{'name':'a','rule':['invoice.open','>',1],'next':'e','percent':1}]")},
        {"missing_field@x", HEAD "'x':{'type':'branch.rule','else':'e'}" END},
        {"split_total@x", SPLIT("'arms':[{'name':'a','percent':50,'next':'e'},{'name':'b',"
                                "'percent':49.99,'next':'e'}]")},
        {"split_total@x", SPLIT("'arms':[{'name':'a','percent':100,'next':'e'},{'name':'b',"
                                "'percent':100,'next':'e'}]")},
        {"option@x split_total@x", SPLIT("'arms':[{'name':'a','percent':'100','next':'e'}]")},
        {"option@x split_total@x", SPLIT("'arms':[{'name':'a','percent':101,'next':'e'}]")},
        {"option@x split_total@x", SPLIT("'arms':[{'name':'a','percent':-1,'next':'e'}]")},
        {"option@x split_total@x", SPLIT("'arms':[{'name':'a','percent':99.999,'next':'e'}]")},
        {"option@x split_total@x", SPLIT("'arms':[{'name':'a','next':'e'}]")},
        {"option@x", SPLIT("'arms':[{'name':'a','percent':100,'next':'e'}],'holdout':7")},
        {"option@x",
         SPLIT("'arms':[{'name':'a','percent':100,'next':'e'}],'holdout':{'next':'e'}")},
        {"dangling_exit@x",
         SPLIT("'arms':[{'name':'a','percent':100,'next':'e'}],'holdout':{'percent':5}")},
        {"unknown_field@x", SPLIT("'arms':[{'name':'a','percent':100,'next':'e'}],'holdout':"
                                  "{'percent':5,'next':'e','name':'h'}")},
        /* law 7: who is held out stays out, so no arm may take that name */
        {"option_name@x", SPLIT("'arms':[{'name':'holdout','percent':100,'next':'e'}]")},
        {"option_name@x option_name@x",
         SPLIT("'arms':[{'name':'holdout','percent':100,'next':'e'}],'holdout':{'percent':5,"
               "'next':'e'}")},
    };
    ASSERT_REFUSED(CASES, NULL);
}

/* A list of so many rules or arms. */
static const char *with_options(const char *head, const char *format, int count, const char *tail) {
    pn_buf text;
    pn_buf_init(&text, 1 << 20);
    pn_buf_add_z(&text, head);
    for (int i = 0; i < count; i++) {
        pn_buf_add_z(&text, i == 0 ? "" : ",");
        pn_buf_add_format(&text, "{'name':'n%d',%s,'next':'e'}", i, format);
    }
    pn_buf_add_z(&text, tail);
    const char *copy = pn_str_z(&arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

static void flows_are_bounded(void **state) {
    (void)state;
    const char *rules = HEAD "'x':{'type':'branch.rule','else':'e','rules':[";
    const char *rule = "'rule':['invoice.open','>',1]";
    (void)flow_of(with_options(rules, rule, PN_LIMIT_NODE_EXITS - 1, "]}" END));
    assert_refused(
        &(refusal){"too_many_exits@x", with_options(rules, rule, PN_LIMIT_NODE_EXITS, "]}" END)},
        NULL);
    assert_refused(
        &(refusal){"option@x", with_options(rules, rule, PN_LIMIT_NODE_EXITS + 1, "]}" END)}, NULL);
    const char *arms = HEAD "'x':{'type':'split','arms':[";
    const char *arm = "'percent':6.25";
    (void)flow_of(with_options(arms, arm, PN_LIMIT_NODE_EXITS, "]}" END));
    assert_refused(
        &(refusal){"too_many_exits@x", with_options(arms, arm, PN_LIMIT_NODE_EXITS,
                                                    "],'holdout':{'percent':1,'next':'e'}}" END)},
        NULL);
    static const struct {
        const char *node;
        int most;
        const char *code;
    } COUNTED[] = {
        {"'n%03d':{'type':'note','text':'t','next':'n%03d'},", PN_LIMIT_STRATEGY_NODES - 1,
         "too_many_nodes@"},
        {"'n%03d':{'type':'charge.fee','amount':1,'next':'n%03d'},", PN_RUN_COUNTERS_MAX,
         "too_many_counters@"},
    };
    for (size_t i = 0; i < PN_COUNT(COUNTED); i++) {
        for (int more = 0; more <= 1; more++) {
            pn_buf text;
            pn_buf_init(&text, 1 << 20);
            pn_buf_add_z(&text, "{'puntual':1,'name':'n','subject':'invoice','start':'n000',"
                                "'nodes':{");
            int count = COUNTED[i].most + more;
            for (int j = 0; j < count; j++) {
                char node[200];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
                (void)snprintf(node, sizeof node, COUNTED[i].node, j, j + 1);
#pragma GCC diagnostic pop
                pn_buf_add_z(&text, node);
            }
            pn_buf_add_format(&text, "'n%03d':{'type':'end'}}}", count);
            const char *document = pn_str_z(&arena, pn_buf_str(&text));
            pn_buf_done(&text);
            if (more == 0) {
                (void)flow_of(document);
            } else {
                assert_refused(&(refusal){COUNTED[i].code, document}, NULL);
            }
        }
    }
}

static void loops_breathe(void **state) {
    (void)state;
#define NOTE(id, next) "'" id "':{'type':'note','text':'t','next':'" next "'}"
    static const refusal BAD[] = {
        {"cycle@x", HEAD NOTE("x", "x") "}}"},
        {"cycle@x", HEAD NOTE("x", "y") "," NOTE("y", "x") "}}"},
        {"cycle@a", HEAD NOTE("x", "a") "," NOTE("a", "b") "," NOTE("b", "a") "}}"},
        {"cycle@x", HEAD "'x':{'type':'wait.due','days':3,'next':'x'}}}"},
        {"cycle@x", HEAD "'x':{'type':'wait.days','days':0,'at':'09:00','next':'x'}}}"},
        {"cycle@x", HEAD "'x':{'type':'wait.until','rule':['invoice.open','>',1],'within':'1d',"
                         "'met':'x','timeout':'e'}" END},
        {"cycle@x", HEAD "'x':{'type':'send.email','template':'t','next':'x','error':'e'}" END},
        {"cycle@x",
         HEAD "'x':{'type':'branch.rule','rules':[{'name':'a','rule':['invoice.open','>',"
              "1],'next':'x'}],'else':'e'}" END},
        {"cycle@x", HEAD "'x':{'type':'branch.message','read':'x','unread':'e','error':'e'}" END},
        /* a repeat that has come back often enough lets no time pass */
        {"cycle@m", HEAD NOTE("x", "m") "," NOTE("m", "r") ",'r':{'type':'repeat','interval':'1d',"
                                                           "'times':3,'again':'m','done':'m'}}}"},
        /* two loops, told one by one */
        {"cycle@b cycle@x",
         HEAD "'x':{'type':'branch.rule','rules':[{'name':'a','rule':"
              "['invoice.open','>',1],'next':'x'}],'else':'b'}," NOTE("b", "b") "}}"},
    };
    ASSERT_REFUSED(BAD, NULL);
    static const char *const GOOD[] = {
        HEAD NOTE("x", "w") ",'w':{'type':'wait.days','days':1,'next':'x'}}}",
        HEAD "'x':{'type':'wait.weekday','weekdays':['mon'],'next':'x'}}}",
        HEAD "'x':{'type':'wait.monthday','day':31,'next':'x'}}}",
        HEAD NOTE("x", "r") ",'r':{'type':'repeat','interval':'1d','times':3,'again':'x','done':"
                            "'e'}" END,
        HEAD "'x':{'type':'task','title':'call until done','done':'e','overdue':'x'}" END,
        HEAD "'x':{'type':'handover','to':'lawyer','approved':'e','refused':'x'}" END,
    };
    for (size_t i = 0; i < PN_COUNT(GOOD); i++) {
        (void)flow_of(GOOD[i]);
    }
    (void)compile_with(BAD[2].document, NULL, &(const pn_flow *){NULL});
    assert_str(problems.items[0].sentence,
               "This loop may never let time pass: a → b → a. Put a wait.days, wait.weekday, "
               "wait.monthday or repeat into it.");
}

/* ── parameters ──────────────────────────────────────────────────────────────────────────────── */

static void values_that_are_wrong(void **state) {
    (void)state;
#define DAYS(rest) "'x':{'type':'wait.days'," rest ",'next':'e'}"
#define MAIL(rest) "'x':{'type':'send.email'," rest ",'next':'e','error':'e'}"
#define FEE(rest) "'x':{'type':'charge.fee'," rest ",'next':'e'}"
#define UNTIL(within)                                                                              \
    "'x':{'type':'wait.until','rule':['invoice.open','>',1],'within':" within                      \
    ",'met':'e','timeout':'e'}"
#define MONTH(day) "'x':{'type':'wait.monthday','day':" day ",'next':'e'}"
#define WEEK(rest) "'x':{'type':'wait.weekday','weekdays':" rest ",'next':'e'}"
#define NOTIFY(to) "'x':{'type':'notify','text':'t','to':" to ",'next':'e'}"
#define SET(rest) "'x':{'type':'set'," rest ",'next':'e'}"
    static const struct {
        const char *node, *sentence;
    } CASES[] = {
        {DAYS("'days':'3'"), "“days” must be a whole number; it is “3”."},
        {DAYS("'days':1.5"), "“days” must be a whole number; it is a number."},
        {DAYS("'days':null"), "“days” must be a whole number; it is null."},
        {DAYS("'days':-1"), "“days” must be between 0 and 3650."},
        {DAYS("'days':3651"), "“days” must be between 0 and 3650."},
        {DAYS("'days':1,'kind':'working'"), "“kind” is \"calendar\" or \"business\"."},
        {DAYS("'days':1,'kind':true"),
         "“kind” must be \"calendar\" or \"business\"; it is true or false."},
        {DAYS("'days':1,'at':'9:00'"), "“at” must be a time of day, \"09:00\"; it is “9:00”."},
        {DAYS("'days':1,'at':'24:00'"), "“at” must be a time of day, \"09:00\"; it is “24:00”."},
        {DAYS("'days':1,'at':'09:60'"), "“at” must be a time of day, \"09:00\"; it is “09:60”."},
        {DAYS("'days':1,'at':'+9:00'"), "“at” must be a time of day, \"09:00\"; it is “+9:00”."},
        {DAYS("'days':1,'at':'09:+5'"), "“at” must be a time of day, \"09:00\"; it is “09:+5”."},
        {DAYS("'days':1,'at':900"), "“at” must be a time of day, \"09:00\"; it is a whole number."},
        {MAIL("'template':''"), "“template” must have between 1 and 120 bytes."},
        {MAIL("'template':3"), "“template” must be a name of a template; it is a whole number."},
        {MAIL("'template':'t','tone':6"), "“tone” must be between 1 and 5."},
        {MAIL("'template':'t','attach':'invoice'"),
         "“attach” must be a list with at least one entry."},
        {MAIL("'template':'t','attach':['pdf']"),
         "“attach” cannot be “pdf”. It can be: invoice, xml, statement."},
        {MAIL("'template':'t','attach':[1]"),
         "“attach” must be a list of choices; it is a whole number."},
        {MAIL("'template':'t','copy_to':[]"), "“copy_to” must be a list of 1 to 10 recipients."},
        {NOTIFY("'owner'"), "“to” must be a list of 1 to 10 recipients."},
        {NOTIFY("['boss']"), "“boss” is no recipient. Use \"owner\", \"salesperson\" or an e-mail "
                             "address."},
        {NOTIFY("['a@']"), "“a@” is no recipient. Use \"owner\", \"salesperson\" or an e-mail "
                           "address."},
        {NOTIFY("['@b']"), "“@b” is no recipient. Use \"owner\", \"salesperson\" or an e-mail "
                           "address."},
        {NOTIFY("[7]"), "“” is no recipient. Use \"owner\", \"salesperson\" or an e-mail address."},
        {UNTIL("'3x'"),
         "“within” must be a duration: \"30m\", \"48h\", \"3d\", \"2w\"; it is “3x”."},
        {UNTIL("'d'"), "“within” must be a duration: \"30m\", \"48h\", \"3d\", \"2w\"; it is “d”."},
        {UNTIL("'-1d'"),
         "“within” must be a duration: \"30m\", \"48h\", \"3d\", \"2w\"; it is “-1d”."},
        {UNTIL("'+1d'"),
         "“within” must be a duration: \"30m\", \"48h\", \"3d\", \"2w\"; it is “+1d”."},
        {UNTIL("'100001d'"),
         "“within” must be a duration: \"30m\", \"48h\", \"3d\", \"2w\"; it is “100001d”."},
        {UNTIL("3"),
         "“within” must be a duration: \"30m\", \"48h\", \"3d\", \"2w\"; it is a whole number."},
        {UNTIL("'0m'"), "“within” must last between 1 minutes and 3650 days."},
        {UNTIL("'3651d'"), "“within” must last between 1 minutes and 3650 days."},
        {MONTH("0"), "“day” must be a day of the month, 1–31 or \"last\"; it is a whole number."},
        {MONTH("32"), "“day” must be a day of the month, 1–31 or \"last\"; it is a whole number."},
        {MONTH("'first'"), "“day” must be a day of the month, 1–31 or \"last\"; it is “first”."},
        {WEEK("[]"), "“weekdays” must be a list with at least one entry."},
        {WEEK("['lun']"), "“weekdays” cannot be “lun”. It can be: mon, tue, wed, thu, fri, sat, "
                          "sun."},
        {FEE("'amount':0"), "“amount” must be between 0.01 and 1000000.00."},
        {FEE("'amount':1000000.01"), "“amount” must be between 0.01 and 1000000.00."},
        {FEE("'amount':40.125"), "“amount” must be an amount; it is a number."},
        {FEE("'amount':'40 EUR'"), "“amount” must be an amount; it is “40 EUR”."},
        {FEE("'amount':'1 000'"), "“amount” must be an amount; it is “1 000”."},
        {FEE("'amount':'€40'"), "“amount” must be an amount; it is “€40”."},
        {FEE("'amount':'(40)'"), "“amount” must be an amount; it is “(40)”."},
        {FEE("'amount':'40,00'"), "“amount” must be an amount; it is “40,00”."},
        {FEE("'amount':true"), "“amount” must be an amount; it is true or false."},
        {FEE("'amount':40,'per':'debtor'"), "“per” cannot be “debtor”. It can be: invoice, case."},
        {FEE("'amount':40,'per':1"), "“per” must be one of a list; it is a whole number."},
        {SET("'field':'debtor.attr.x','value':[]"),
         "“value” must be text, number or true/false; it is a list."},
        {SET("'field':'debtor.attr.x','value':null"),
         "“value” must be text, number or true/false; it is null."},
        {SET("'field':'debtor.name','value':1"),
         "“field” must be debtor.attr.NAME or invoice.attr.NAME."},
        {SET("'field':'line.sku','value':1"),
         "“field” must be debtor.attr.NAME or invoice.attr.NAME."},
        {"'x':{'type':'wait.until','rule':['invoice.opne','>',1],'within':'1d','met':'e','timeout':"
         "'e'}",
         "There is no field “invoice.opne”. Did you mean “invoice.open”?"},
        {"'x':{'type':'wait.until','rule':{'all':[['x','=']]},'within':'1d','met':'e','timeout':"
         "'e'}",
         "There is no field “x”. (at /all/0) `puntual strategy schema` lists all fields."},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        const char *document = pn_str_format(&arena, HEAD "%s" END, CASES[i].node).ptr;
        assert_refused(&(refusal){"bad_value@x", document}, NULL);
        assert_str(problems.items[0].sentence, CASES[i].sentence);
    }
    assert_refused(
        &(refusal){"bad_value@x",
                   "{'puntual':1,'name':'n','subject':'account','start':'x','nodes':{" SET(
                       "'field':'invoice.attr.x','value':1") END},
        NULL);
    assert_str(problems.items[0].sentence,
               "An account's strategy cannot set a field of an invoice.");
}

/* What parameters must be together. */
static void values_that_do_not_fit_together(void **state) {
    (void)state;
    static const struct {
        const char *node, *sentence;
    } CASES[] = {
        {"'x':{'type':'http','connector':'c','path':'p','ok':'e','error':'e'}",
         "“path” begins with “/”: the host is the connector's."},
        {"'x':{'type':'http','connector':'c','path':'/p','pick':'/a','ok':'e','error':'e'}",
         "“pick” and “into” belong together: what is kept of the answer, and where."},
        {"'x':{'type':'http','connector':'c','path':'/p','pick':'/a','into':'debtor.name','ok':'e',"
         "'error':'e'}",
         "“into” must be debtor.attr.NAME or invoice.attr.NAME."},
        {"'x':{'type':'ticket','connector':'c','path':'/p','id':'n','ok':'e','error':'e'}",
         "“id” is a JSON pointer, which begins with “/”."},
        {"'x':{'type':'suspend','connector':'c','path':'/p','restore_body':'b','next':'e'}",
         "“restore_body” needs “restore_path”."},
        {"'x':{'type':'branch.paid','source':'connector','path':'/p','paid':'e','partial':'e',"
         "'unpaid':'e','unknown':'e'}",
         "To ask over a connector, “connector” and “path” are needed."},
        {"'x':{'type':'branch.paid','path':'/p','paid':'e','partial':'e','unpaid':'e','unknown':"
         "'e'}",
         "“connector” and “path” need “source”: \"connector\"."},
        {"'x':{'type':'offer.plan','amount_min':10,'amount_max':9,'accepted':'e','expired':'e'}",
         "“amount_min” is more than “amount_max”: nobody would be offered anything."},
        {"'x':{'type':'offer.partial','first_percent':4,'accepted':'e','expired':'e'}",
         "“first_percent” lies between 5 and 95."},
        {"'x':{'type':'offer.discount','percent':0,'accepted':'e','expired':'e'}",
         "“percent” is more than 0 and at most 90."},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        const char *document = pn_str_format(&arena, HEAD "%s" END, CASES[i].node).ptr;
        assert_refused(&(refusal){"bad_value@x", document}, NULL);
        assert_str(problems.items[0].sentence, CASES[i].sentence);
    }
}

static void values_at_their_bounds(void **state) {
    (void)state;
    static const struct {
        const char *node, *param;
        int64_t number;
    } CASES[] = {
        {DAYS("'days':0"), "days", 0},
        {DAYS("'days':3650"), "days", 3650},
        {DAYS("'days':1,'at':'00:00'"), "at", 0},
        {DAYS("'days':1,'at':'23:59'"), "at", 86340},
        {UNTIL("'1m'"), "within", 60},
        {UNTIL("'87600h'"), "within", INT64_C(3650) * 86400},
        {UNTIL("'521w'"), "within", INT64_C(521) * 7 * 86400},
        {FEE("'amount':0.01"), "amount", 1},
        {FEE("'amount':'1000000'"), "amount", 100000000},
        {FEE("'amount':'12.5'"), "amount", 1250},
        {FEE("'amount':7.10"), "amount", 710},
        {MONTH("31"), "day", 31},
        {WEEK("['sun','mon','sun']"), "weekdays", 0x41},
        {MAIL("'template':'t','tone':5"), "tone", 5},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        const pn_flow *flow = flow_of(pn_str_format(&arena, HEAD "%s" END, CASES[i].node).ptr);
        assert_int_equal(param_of(node_of(flow, "x"), CASES[i].param)->number, CASES[i].number);
    }
    const pn_flow *flow = flow_of(HEAD NOTIFY("['owner','Ana@Núñez.es']") END);
    assert_str(param_of(node_of(flow, "x"), "to")->text, "[\"owner\",\"Ana@Núñez.es\"]");
    flow = flow_of(HEAD SET("'field':'invoice.attr.x','value':1.50") END);
    assert_str(param_of(node_of(flow, "x"), "value")->text, "1.50");
}

/* ── names outside the document ──────────────────────────────────────────────────────────────── */

#define ASK(fields) "'x':{'type':'http'," fields ",'ok':'e','error':'e'}"
#define PAID(fields) "'x':{'type':'branch.paid','paid':'e','partial':'m','unpaid':'m'," fields "}"
#define MAIL_M "'m':{'type':'send.email','template':'recuerdo','next':'e','error':'e'}"

static void names_are_looked_up(void **state) {
    (void)state;
    const pn_template_name templates[] = {
        {.name = PN_STR("recuerdo"), .channels = 1U << PN_CHANNEL_EMAIL},
        {.name = PN_STR("corto"), .channels = 1U << PN_CHANNEL_SMS},
        {.name = PN_STR("viejo"), .channels = 1U << PN_CHANNEL_EMAIL, .gaps = PN_STR("en, pt")},
    };
    const pn_str strategies[] = {PN_STR("otra")};
    const pn_str pills[] = {PN_STR("p")}, connectors[] = {PN_STR("erp")};
    const pn_flow_names names = {templates, PN_COUNT(templates), strategies, 1, pills,
                                 1,         connectors,          1};
    static const refusal CASES[] = {
        {"missing_template@x", HEAD MAIL("'template':'recuerda'") END},
        {"missing_template@x", HEAD MAIL("'template':'recuerda@2'") END},
        {"template_channel@x", HEAD MAIL("'template':'corto'") END},
        {"missing_translation@x", HEAD MAIL("'template':'viejo'") END},
        {"missing_strategy@x", HEAD "'x':{'type':'jump','strategy':'ninguna'}}}"},
        {"missing_pill@x", HEAD "'x':{'type':'pill','pill':'q','next':'e'}" END},
        {"missing_connector@x", HEAD ASK("'connector':'crm','path':'/p'") END},
        {"demand_unknown@x", HEAD PAID("'unknown':'m'") "," MAIL_M END},
        {"demand_unknown@x", HEAD PAID("'unknown':'w'") ",'w':{'type':'wait.days','days':2,'next':"
                                                        "'m'}," MAIL_M END},
    };
    ASSERT_REFUSED(CASES, &names);
    assert_refused(&CASES[3], &names);
    assert_str(problems.items[0].sentence,
               "The template “viejo” lacks a language that your debtors use: en, pt.");
    static const char *const GOOD[] = {
        HEAD MAIL("'template':'recuerdo'") END,
        HEAD MAIL("'template':'recuerdo@7'") END,
        HEAD "'x':{'type':'jump','strategy':'otra'}}}",
        HEAD "'x':{'type':'jump','strategy':'n'}}}", /* itself */
        HEAD "'x':{'type':'pill','pill':'p','next':'e'}" END,
        HEAD ASK("'connector':'erp','path':'/p'") END,
        /* asked again, or looked at by a person, before anything is demanded */
        HEAD PAID("'unknown':'w'") ",'w':{'type':'wait.days','days':2,'next':'x'}," MAIL_M END,
        HEAD PAID(
            "'unknown':'t'") ",'t':{'type':'task','title':'t','done':'m','overdue':'m'}," MAIL_M
            END,
    };
    for (size_t i = 0; i < PN_COUNT(GOOD); i++) {
        const pn_flow *flow = NULL;
        assert_int_equal(compile_with(GOOD[i], &names, &flow), PN_OK);
    }
}

/* ── the graph ───────────────────────────────────────────────────────────────────────────────── */

static const char *next_dues(const pn_flow *flow, const char *id) {
    const pn_flow_node *node = node_of(flow, id);
    pn_str all = PN_STR("");
    for (uint32_t i = 0; i < flow->node_count; i++) { /* in the order of ids */
        for (uint32_t j = 0; j < node->next_due_count; j++) {
            if (node->next_dues[j] == i) {
                all = pn_str_format(&arena, "%.*s%.*s ", PN_STR_ARG(all),
                                    PN_STR_ARG(flow->nodes[i].id));
            }
        }
    }
    return pn_str_z(&arena, all);
}

static void the_next_stage_is_known(void **state) {
    (void)state;
    const pn_flow *flow = flow_of(
        HEAD "'x':{'type':'wait.due','days':1,'next':'m'},"
             "'m':{'type':'send.email','template':'r','next':'b','error':'late'},"
             "'b':{'type':'branch.paid','paid':'e','partial':'d5','unpaid':'d9','unknown':'w'},"
             "'w':{'type':'wait.days','days':2,'next':'b'},"
             "'d5':{'type':'wait.due','days':5,'next':'e'},"
             "'d9':{'type':'wait.due','days':9,'next':'t'},"
             "'t':{'type':'task','title':'x','done':'late','overdue':'t'},"
             "'late':{'type':'wait.due','days':30,'next':'e'}" END);
    assert_string_equal(next_dues(flow, "m"), "d5 d9 "); /* not by its error exit */
    assert_string_equal(next_dues(flow, "x"), "d5 d9 ");
    assert_string_equal(next_dues(flow, "b"), "d5 d9 ");
    assert_string_equal(next_dues(flow, "t"), "late ");
    assert_string_equal(next_dues(flow, "d9"), "late ");
    assert_string_equal(next_dues(flow, "late"), "");
    assert_string_equal(next_dues(flow, "e"), "");
}

/* ── canonical form ──────────────────────────────────────────────────────────────────────────── */

static const char *formatted(const pn_json *document) {
    pn_buf out;
    pn_buf_init(&out, 1 << 20);
    assert_int_equal(pn_flow_format(document, &arena, &out), PN_OK);
    const char *copy = pn_str_z(&arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return copy;
}

static void formatting_is_a_fixed_point(void **state) {
    (void)state;
    for (size_t i = 0; i < PN_COUNT(VALID); i++) {
        const pn_json *document = json_of(&arena, VALID[i].document);
        const char *once = formatted(document);
        pn_json *again = NULL;
        assert_int_equal(pn_json_parse(pn_str_of(once), NULL, &arena, &again, NULL), PN_OK);
        assert_true(pn_json_equal(document, again));
        assert_string_equal(formatted(again), once);
        const pn_flow *flow = NULL;
        assert_int_equal(pn_flow_compile(again, NULL, &arena, &flow, &problems, NULL), PN_OK);
    }
    assert_string_equal(
        formatted(json_of(&arena, "{'b':[1,{}],'a':{'z':'\\u00e9\\n','y':1.50,'x':[]},'A':null}")),
        "{\n  \"A\": null,\n  \"a\": {\n    \"x\": [],\n    \"y\": 1.50,\n    \"z\": \"é\\n\"\n  "
        "},\n"
        "  \"b\": [\n    1,\n    {}\n  ]\n}\n");
}

/* ── differences ─────────────────────────────────────────────────────────────────────────────── */

static const char *difference(const char *before, const char *after) {
    pn_change *changes = NULL;
    size_t count = 0;
    pn_flow_diff(json_of(&arena, before), json_of(&arena, after), &arena, &changes, &count);
    pn_buf text;
    pn_buf_init(&text, 100000);
    for (size_t i = 0; i < count; i++) {
        const pn_change *c = &changes[i];
        pn_buf_add_format(&text, "%s %.*s.%.*s: %.*s → %.*s\n", pn_change_kind_name(c->kind),
                          PN_STR_ARG(c->node), PN_STR_ARG(c->what), PN_STR_ARG(c->before),
                          PN_STR_ARG(c->after));
    }
    const char *copy = pn_str_z(&arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

static void versions_differ_in_words(void **state) {
    (void)state;
    const char *before = HEAD "'x':{'type':'wait.days','days':3,'next':'m'},"
                              "'m':{'type':'send.email','template':'r','tone':1,'next':'o','error':"
                              "'e'},'o':{'type':'note','text':'old','next':'e'}" END;
    assert_string_equal(difference(before, before), "");
    assert_string_equal(
        difference(before, "{'nodes':{'e':{'type':'end'},'x':{'next':'a','days':4,'type':"
                           "'wait.days','kind':'business'},'m':{'error':'a','template':'r',"
                           "'next':'o','type':'send.email'},'o':{'type':'phase','phase':'p',"
                           "'next':'e'},'a':{'type':'end','outcome':'x'}},'layout':{'x':[9,9]},"
                           "'subject':'invoice','start':'m','name':'n','priority':2,'puntual':1}"),
        "header .priority:  → 2\n"
        "header .start: \"x\" → \"m\"\n"
        "added a.:  → {\"outcome\":\"x\",\"type\":\"end\"}\n"
        "exit m.error: \"e\" → \"a\"\n"
        "parameter m.tone: 1 → \n"
        "type o.type: \"note\" → \"phase\"\n"
        "parameter x.days: 3 → 4\n"
        "parameter x.kind:  → \"business\"\n"
        "exit x.next: \"m\" → \"a\"\n");
    assert_string_equal(difference(before, HEAD "'x':{'type':'wait.days','days':3,'next':'e'}" END),
                        "removed m.: {\"error\":\"e\",\"next\":\"o\",\"template\":\"r\",\"tone\":1,"
                        "\"type\":\"send.email\"} → \n"
                        "removed o.: {\"next\":\"e\",\"text\":\"old\",\"type\":\"note\"} → \n"
                        "exit x.next: \"m\" → \"e\"\n");
    /* where nodes stand on the canvas is no change; the order of keys neither */
    assert_string_equal(difference("{'layout':{'x':[1,2]},'examples':[{'title':'t'}],'nodes':{'x':{"
                                   "'type':'end','outcome':'a'}}}",
                                   "{'nodes':{'x':{'outcome':'a','type':'end'}},'layout':{}}"),
                        "");
}

/* ── the JSON schema ─────────────────────────────────────────────────────────────────────────── */

static const pn_json *schema_json(void) {
    pn_buf out;
    pn_buf_init(&out, 1 << 20);
    pn_json_writer writer = pn_json_writer_on(&out, 2);
    pn_flow_schema(&writer);
    assert_int_equal(pn_buf_err(&out), PN_OK);
    pn_json *schema = NULL;
    if (pn_json_parse(pn_str_dup(&arena, pn_buf_str(&out)), NULL, &arena, &schema, &diag) !=
        PN_OK) {
        print_error("%s: %s\n", diag.where, diag.what);
        fail();
    }
    pn_buf_done(&out);
    return schema;
}

static void the_schema_knows_every_type_and_parameter(void **state) {
    (void)state;
    const pn_json *schema = schema_json();
    const pn_json *definitions = pn_json_field(schema, "$defs");
    const pn_json *nodes = pn_json_field(pn_json_field(definitions, "node"), "oneOf");
    assert_int_equal(nodes->count, pn_node_type_count());
    for (uint32_t i = 0; i < nodes->count; i++) {
        const pn_node_type *type = pn_node_type_at(i);
        const pn_json *properties = pn_json_field(&nodes->items[i], "properties");
        const pn_json *kind = pn_json_field(pn_json_field(properties, "type"), "const");
        assert_str(pn_json_text(kind, PN_STR("")), type->type);
        size_t expected = type->param_count + 2; /* type and note */
        for (size_t j = 0; type->exits[j] != NULL; j++) {
            assert_non_null(pn_json_get(properties, pn_str_of(type->exits[j])));
            expected++;
        }
        for (size_t j = 0; j < type->param_count; j++) {
            const pn_json *param = pn_json_get(properties, pn_str_of(type->params[j].name));
            assert_non_null(param);
            assert_str(pn_json_text(pn_json_field(param, "description"), PN_STR("")),
                       type->params[j].help);
        }
        assert_int_equal(properties->count, expected);
    }
    const pn_json *fields = pn_json_field(
        &pn_json_field(pn_json_field(definitions, "field"), "anyOf")->items[0], "enum");
    assert_int_equal(fields->count, pn_field_count());
}

static void the_reference_knows_them_too(void **state) {
    (void)state;
    pn_buf out;
    pn_buf_init(&out, 1 << 20);
    pn_flow_reference(&out);
    pn_str text = pn_buf_str(&out);
    for (size_t i = 0; i < pn_node_type_count(); i++) {
        const pn_node_type *type = pn_node_type_at(i);
        pn_str head = pn_str_format(&arena, "### `%s`\n", type->type);
        size_t at = pn_str_find(text, head);
        assert_true(at != SIZE_MAX);
        pn_str section = pn_str_from(text, at + 4);
        section = pn_str_first(section, pn_str_find(section, PN_STR("### ")));
        for (size_t j = 0; j < type->param_count; j++) {
            pn_str row = pn_str_format(&arena, "| `%s` |", type->params[j].name);
            assert_true(pn_str_find(section, row) != SIZE_MAX);
        }
        assert_non_null(type->label_es);
        assert_non_null(type->label_en);
        assert_non_null(type->label_pt);
        assert_ptr_equal(pn_node_type_find(pn_str_of(type->type)), type);
    }
    for (size_t i = 0; i < pn_field_count(); i++) {
        pn_str row = pn_str_format(&arena, "| `%s` |", pn_field_at(i)->name);
        assert_true(pn_str_find(text, row) != SIZE_MAX);
    }
    assert_str(pn_node_type_suggest(PN_STR("wait.day")), "wait.days");
    assert_str(pn_node_type_suggest(PN_STR("wait.forever.and.ever")), "");
    pn_buf_done(&out);
}

static void in_three_languages(pn_node_words words, const char *plain) {
    assert_non_null(words.es);
    assert_non_null(words.en);
    assert_non_null(words.pt);
    assert_string_not_equal(words.es, plain);
    assert_string_not_equal(words.pt, plain);
}

/* A new type or parameter needs its words: forms are made of them. */
static void forms_have_words(void **state) {
    (void)state;
    for (size_t i = 0; i < pn_node_type_count(); i++) {
        const pn_node_type *type = pn_node_type_at(i);
        in_three_languages(pn_node_type_says(type), type->help);
        for (size_t p = 0; p < type->param_count; p++) {
            const pn_param *param = &type->params[p];
            in_three_languages(pn_node_param_label(type, param), param->name);
            in_three_languages(pn_node_param_says(type, param), param->help);
            assert_string_not_equal(pn_param_type_word(param->type), "?");
        }
    }
    const pn_node_type *due = pn_node_type_find(PN_STR("wait.due"));
    assert_string_equal(pn_node_param_label(due, &due->params[0]).es, "Días desde el vencimiento");
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define FLOW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        FLOW(every_node_type_has_a_valid_document),
        FLOW(no_parameter_is_called_like_an_exit),
        FLOW(what_is_written_is_what_is_read),
        FLOW(rules_say_what_a_flow_must_load),
        FLOW(pills_have_a_trigger),
        FLOW(a_head_that_is_wrong),
        FLOW(nodes_that_are_wrong),
        FLOW(options_that_are_wrong),
        FLOW(flows_are_bounded),
        FLOW(loops_breathe),
        FLOW(values_that_are_wrong),
        FLOW(values_that_do_not_fit_together),
        FLOW(values_at_their_bounds),
        FLOW(names_are_looked_up),
        FLOW(the_next_stage_is_known),
        FLOW(formatting_is_a_fixed_point),
        FLOW(versions_differ_in_words),
        FLOW(the_schema_knows_every_type_and_parameter),
        FLOW(the_reference_knows_them_too),
        FLOW(forms_have_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
