/* Rules: parsing, evaluation, the day on which an answer may change, words. That a rule as SQL says
 * the same is tests/store/test_rule_sql.c. */
#include "json.h"
#include "random_rule.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "core/rule/rule_ast.h"

static pn_arena arena;
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

static pn_date day(const char *iso) {
    pn_date date = 0;
    assert_int_equal(pn_date_parse_iso(pn_str_of(iso), &date), PN_OK);
    return date;
}

/* ── parsing ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err compile(const char *json, pn_subject subject, const pn_rule **ret_rule) {
    pn_diag_clear(&diag);
    return pn_rule_compile(json_of(&arena, json), subject, &arena, ret_rule, &diag);
}

static const pn_rule *rule_of(const char *json, pn_subject subject) {
    const pn_rule *rule = NULL;
    if (compile(json, subject, &rule) != PN_OK) {
        print_error("%s\nat %s: %s %s\n", json, diag.where, diag.what, diag.mend);
        fail();
    }
    return rule;
}

typedef struct {
    const char *rule;
    const char *where; /* a JSON pointer */
    const char *what, *mend;
} refusal;

static void assert_refused(const refusal *c, pn_subject subject) {
    const pn_rule *rule = NULL;
    pn_err err = compile(c->rule, subject, &rule);
    if (err != PN_INVALID || strcmp(diag.where, c->where) != 0 || strcmp(diag.what, c->what) != 0 ||
        strcmp(diag.mend, c->mend) != 0) {
        print_error("%s\ngave %s at “%s”: %s %s\n", c->rule, pn_err_name(err), diag.where,
                    diag.what, diag.mend);
        fail();
    }
    assert_null(rule); /* outputs are written only on success */
}

static void what_is_no_rule_is_refused_with_a_sentence(void **state) {
    (void)state;
#define NO_COMPARISON                                                                              \
    "A comparison starts with a field and an operator.", "Write [\"field\", \"operator\", value]."
#define OPERATORS "Use = != < <= > >= between in missing present contains or starts."
    static const refusal CASES[] = {
        {"7", "", "A rule is a comparison in brackets or a group in braces, not a whole number.",
         ""},
        {"null", "", "A rule is a comparison in brackets or a group in braces, not null.", ""},
        {"'x'", "", "A rule is a comparison in brackets or a group in braces, not a text.", ""},
        {"{'all':[['invoice.open','>',1],true]}", "/all/1",
         "A rule is a comparison in brackets or a group in braces, not true or false.", ""},
        {"{}", "", "A group has one key: \"all\", \"any\" or \"not\".", ""},
        {"{'all':[['invoice.open','>',1]],'any':[]}", "",
         "A group has one key: \"all\", \"any\" or \"not\".", ""},
        {"{'All':[]}", "", "A group's key is \"all\", \"any\" or \"not\", not “All”.", ""},
        {"{'all':[]}", "", "“all” needs a list with at least one rule.", ""},
        {"{'any':{'not':[]}}", "", "“any” needs a list with at least one rule.", ""},
        {"{'not':{'any':[]}}", "/not", "“any” needs a list with at least one rule.", ""},
        {"{'any':[{'all':[['invoice.open','>',1],['x']]}]}", "/any/0/all/1", NO_COMPARISON},
        {"[]", "", NO_COMPARISON},
        {"['invoice.open']", "", NO_COMPARISON},
        {"[1,'=',2]", "", NO_COMPARISON},
        {"['invoice.open',1,2]", "", NO_COMPARISON},
        {"['invoice.opne','=',2]", "", "There is no field “invoice.opne”.",
         "Did you mean “invoice.open”?"},
        {"['debtor.open','=',2]", "", "There is no field “debtor.open”.",
         "Did you mean “invoice.open”?"},
        {"['name','=','x']", "", "There is no field “name”.", "Did you mean “debtor.name”?"},
        {"['something.else','=',2]", "", "There is no field “something.else”.",
         "`puntual strategy schema` lists all fields."},
        {"['invoice.attr.','=',2]", "", "There is no field “invoice.attr.”.",
         "`puntual strategy schema` lists all fields."},
        {"['line.price','=',2]", "", "There is no field “line.price”.",
         "Lines have: line.sku, line.product, line.description, line.amount."},
        {"['invoice.open','==',2]", "", "There is no operator “==”.", OPERATORS},
        {"['invoice.open','MISSING']", "", "There is no operator “MISSING”.", OPERATORS},
        {"['invoice.open','missing',1]", "", "“missing” takes no value.", ""},
        {"['invoice.open','present',null]", "", "“present” takes no value.", ""},
        {"['invoice.open','=']", "", "“=” takes one value.", ""},
        {"['invoice.open','=',1,2]", "", "“=” takes one value.", ""},
        {"['invoice.open','between',1,2]", "", "“between” takes one value.", ""},
        {"['invoice.open','between',1]", "", "“between” needs a list of values in brackets.", ""},
        {"['invoice.product','in','x']", "", "“in” needs a list of values in brackets.", ""},
        {"['invoice.open','between',[1]]", "", "“between” needs two values: [from, to].", ""},
        {"['invoice.open','between',[1,2,3]]", "", "“between” needs two values: [from, to].", ""},
        {"['invoice.product','in',[]]", "", "“in” needs between 1 and 1000 values.", ""},
        {"['invoice.product','=',7]", "", "A text in quotes is expected here, not a whole number.",
         ""},
        {"['invoice.product','in',['a',null]]", "", "A text in quotes is expected here, not null.",
         ""},
        {"['line.sku','=',['a']]", "", "A text in quotes is expected here, not a list.", ""},
        {"['invoice.terms_days','=','30']", "", "A whole number is expected here, not a text.", ""},
        {"['invoice.terms_days','=',30.5]", "",
         "“30.5” is not a number with at most 12 digits and 0 decimals.", ""},
        {"['invoice.terms_days','=',1e3]", "",
         "“1e3” is not a number with at most 12 digits and 0 decimals.", ""},
        {"['invoice.terms_days','=',1234567890123]", "",
         "“1234567890123” is not a number with at most 12 digits and 0 decimals.", ""},
        {"['invoice.open','>',true]", "", "An amount is expected here, not true or false.", ""},
        {"['invoice.open','>',0.125]", "",
         "“0.125” is not a number with at most 12 digits and 2 decimals.", ""},
        {"['invoice.open','>','3.000,00']", "",
         "“3.000,00” is not a number with at most 12 digits and 2 decimals.", ""},
        {"['invoice.open','>','']", "", "“” is not a number.", ""},
        {"['invoice.open','>','-']", "", "“-” is not a number.", ""},
        {"['invoice.open','>','.']", "", "“.” is not a number.", ""},
        {"['debtor.has_email','=',1]", "", "true or false is expected here.", ""},
        {"['invoice.due','<','2026-02-30']", "", "A date is expected here.",
         "Write \"2026-03-01\", \"today\" or \"today+5\"."},
        {"['invoice.due','<',20260301]", "", "A date is expected here.",
         "Write \"2026-03-01\", \"today\" or \"today+5\"."},
        {"['invoice.due','<','today5']", "", "A date is expected here.",
         "Write \"2026-03-01\", \"today\" or \"today+5\"."},
        {"['invoice.due','<','today+']", "", "A date is expected here.",
         "Write \"2026-03-01\", \"today\" or \"today+5\"."},
        {"['invoice.due','<','today+-5']", "", "A date is expected here.",
         "Write \"2026-03-01\", \"today\" or \"today+5\"."},
        {"['invoice.due','<','today+36500']", "", "A date is expected here.",
         "Write \"2026-03-01\", \"today\" or \"today+5\"."},
        {"['debtor.attr.x','=',null]", "",
         "A text, a number or true/false is expected here, not null.", ""},
        {"['debtor.attr.x','=',{}]", "",
         "A text, a number or true/false is expected here, not an object.", ""},
        {"['debtor.attr.x','in',[1,'a']]", "", "The values of one comparison must be of one type.",
         ""},
        {"['debtor.attr.x','=',0.00001]", "",
         "“0.00001” is not a number with at most 12 digits and 4 decimals.", ""},
        {"['invoice.product','<','x']", "",
         "“<” cannot be used with “invoice.product”: its type is text.", ""},
        {"['debtor.has_email','in',[true]]", "",
         "“in” cannot be used with “debtor.has_email”: its type is true or false.", ""},
        {"['invoice.open','contains',1]", "",
         "“contains” cannot be used with “invoice.open”: its type is amount.", ""},
        {"['invoice.due','starts','today']", "",
         "“starts” cannot be used with “invoice.due”: its type is date.", ""},
        {"['today.month','contains',1]", "",
         "“contains” cannot be used with “today.month”: its type is whole number.", ""},
        {"['debtor.attr.x','>','abc']", "",
         "“>” cannot be used with “debtor.attr.x”: its type is text.", ""},
        {"['debtor.attr.x','between',['2026-01-01','abc']]", "",
         "“between” cannot be used with “debtor.attr.x”: its type is text.", ""},
        {"['debtor.attr.x','>',true]", "",
         "“>” cannot be used with “debtor.attr.x”: its type is true or false.", ""},
        {"['debtor.attr.x','starts',5]", "",
         "“starts” cannot be used with “debtor.attr.x”: its type is number.", ""},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        assert_refused(&CASES[i], PN_SUBJECT_INVOICE);
    }
}

static void an_account_has_no_fields_of_one_invoice(void **state) {
    (void)state;
#define ACCOUNT_MEND "Use account.… and debtor.… fields in an account's strategy."
    static const refusal CASES[] = {
        {"['invoice.open','>',1]", "", "“invoice.open” does not exist in a rule about accounts.",
         ACCOUNT_MEND},
        {"{'not':['invoice.attr.x','missing']}", "/not",
         "“invoice.attr.x” does not exist in a rule about accounts.", ACCOUNT_MEND},
        {"['line.sku','missing']", "", "“line.sku” does not exist in a rule about accounts.",
         ACCOUNT_MEND},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        assert_refused(&CASES[i], PN_SUBJECT_ACCOUNT);
    }
    for (size_t i = 0; i < pn_field_count(); i++) { /* each field in its own subjects only */
        const pn_field *field = pn_field_at(i);
        const char *json = pn_str_format(&arena, "['%s','present']", field->name).ptr;
        const pn_rule *rule = NULL;
        assert_int_equal(compile(json, PN_SUBJECT_INVOICE, &rule), PN_OK);
        bool both = field->scope == PN_FIELD_OF_BOTH;
        assert_int_equal(compile(json, PN_SUBJECT_ACCOUNT, &rule), both ? PN_OK : PN_INVALID);
        assert_ptr_equal(pn_field_find(pn_str_of(field->name)), field);
    }
}

/* count times what, with a comma between. */
static const char *repeated(const char *head, const char *what, int count, const char *tail) {
    pn_buf text;
    pn_buf_init(&text, 1 << 20);
    pn_buf_add_z(&text, head);
    for (int i = 0; i < count; i++) {
        pn_buf_add_z(&text, i == 0 ? "" : ",");
        pn_buf_add_z(&text, what);
    }
    pn_buf_add_z(&text, tail);
    const char *copy = pn_str_z(&arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

static void rules_are_bounded(void **state) {
    (void)state;
    const pn_rule *rule = NULL;
    const char *open = "['invoice.open','>',1]";
    assert_int_equal(compile(repeated("{'all':[", open, PN_LIMIT_RULE_TERMS - 1, "]}"),
                             PN_SUBJECT_INVOICE, &rule),
                     PN_OK);
    rule = NULL;
    assert_refused(&(refusal){repeated("{'all':[", open, PN_LIMIT_RULE_TERMS, "]}"), "/all/199",
                              "A rule has at most 200 comparisons and groups.", ""},
                   PN_SUBJECT_INVOICE);
    char deep[400] = "";
    char path[100] = "";
    for (int i = 0; i < PN_LIMIT_RULE_DEPTH; i++) {
        (void)snprintf(deep + strlen(deep), sizeof deep - strlen(deep), "{'not':");
        (void)snprintf(path + strlen(path), sizeof path - strlen(path), "/not");
    }
    (void)snprintf(deep + strlen(deep), sizeof deep - strlen(deep), "%s", open);
    for (int i = 0; i < PN_LIMIT_RULE_DEPTH; i++) {
        (void)snprintf(deep + strlen(deep), sizeof deep - strlen(deep), "}");
    }
    assert_refused(&(refusal){deep, path, "A rule is nested at most 16 deep.", ""},
                   PN_SUBJECT_INVOICE);
    deep[strlen(deep) - 1] = '\0'; /* one level less is allowed */
    assert_int_equal(compile(deep + 7, PN_SUBJECT_INVOICE, &rule), PN_OK);
    assert_int_equal(compile(repeated("['invoice.product','in',[", "'x'", PN_LIMIT_RULE_LIST, "]]"),
                             PN_SUBJECT_INVOICE, &rule),
                     PN_OK);
    assert_refused(
        &(refusal){repeated("['invoice.product','in',[", "'x'", PN_LIMIT_RULE_LIST + 1, "]]"), "",
                   "“in” needs between 1 and 1000 values.", ""},
        PN_SUBJECT_INVOICE);
}

/* Databases take 32,766 parameters: every list alone may be long, all of them together may not. */
static void all_lists_together_are_bounded(void **state) {
    (void)state;
    const char *list = repeated("['invoice.product','in',[", "'x'", PN_LIMIT_RULE_LIST, "]]");
    const pn_rule *rule = NULL;
    assert_int_equal(
        compile(repeated("{'any':[", list, PN_LIMIT_RULE_VALUES / PN_LIMIT_RULE_LIST, "]}"),
                PN_SUBJECT_INVOICE, &rule),
        PN_OK);
    rule = NULL;
    assert_refused(
        &(refusal){repeated("{'any':[", list, PN_LIMIT_RULE_VALUES / PN_LIMIT_RULE_LIST + 1, "]}"),
                   "/any/10", "A rule compares with at most 10000 values in all.", ""},
        PN_SUBJECT_INVOICE);
}

static void a_rule_says_what_it_reads(void **state) {
    (void)state;
    static const struct {
        const char *rule;
        unsigned needs;
    } CASES[] = {
        {"['invoice.open','>',1]", 0},
        {"['invoice.attr.x','missing']", PN_NEEDS_INVOICE_ATTRS},
        {"{'not':['debtor.attr.x','=',1]}", PN_NEEDS_DEBTOR_ATTRS},
        {"{'any':[['line.sku','=','x'],['invoice.attr.x','=',1]]}",
         PN_NEEDS_LINES | PN_NEEDS_INVOICE_ATTRS},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        assert_int_equal(pn_rule_needs(rule_of(CASES[i].rule, PN_SUBJECT_INVOICE)), CASES[i].needs);
    }
}

/* ── evaluation ──────────────────────────────────────────────────────────────────────────────── */

static pn_attr text_attr(const char *key, const char *text) {
    return (pn_attr){.key = pn_str_of(key),
                     .type = PN_ATTR_TEXT,
                     .text = pn_str_of(text),
                     .fold = pn_utf8_fold(&arena, pn_str_of(text), false)};
}

static pn_attr number_attr(const char *key, pn_attr_type type, int64_t number) {
    return (pn_attr){.key = pn_str_of(key), .type = type, .number = number};
}

typedef struct {
    const char *rule;
    bool holds;
} expectation;

static void assert_all(const expectation *cases, size_t count, const pn_facts *facts) {
    for (size_t i = 0; i < count; i++) {
        const pn_rule *rule = rule_of(cases[i].rule, facts->subject);
        if (pn_rule_holds(rule, facts) != cases[i].holds) {
            print_error("%s should be %d\n", cases[i].rule, cases[i].holds);
            fail();
        }
    }
}
#define ASSERT_ALL(cases, facts) assert_all((cases), PN_COUNT(cases), (facts))

static pn_item sample_item(void) {
    return (pn_item){
        .id = 1,
        .number_fold = PN_STR("f-2026/17"),
        .product = PN_STR("fibra óptica"),
        .currency = {"EUR"},
        .scale = 100,
        .issued = day("2026-02-01"),
        .due = day("2026-03-01"),
        .effective_due = day("2026-03-05"),
        .amount = 300000,
        .open = 250050,
        .claimable = 200000,
        .disputed = 50050,
        .tone_received = 2,
        .reopened_at = PN_TIME_NONE,
        .closed_at = PN_TIME_NONE,
    };
}

static pn_facts sample_facts(const pn_item *item) {
    pn_facts facts = {.today = day("2026-03-10"),
                      .subject = PN_SUBJECT_INVOICE,
                      .items = item,
                      .item_count = 1,
                      .item = item};
    memcpy(facts.account.currency.code, "EUR", 3);
    facts.account.scale = 100;
    facts.debtor.name = PN_STR("núñez, s.a.");
    facts.debtor.country = PN_STR("ES");
    facts.debtor.channels = 1U << PN_CHANNEL_EMAIL;
    facts.debtor.promises_broken = 2;
    facts.creditor.country = PN_STR("ES");
    pn_facts_sum(&facts);
    return facts;
}

static void every_operator_and_type(void **state) {
    (void)state;
    pn_item item = sample_item();
    pn_facts facts = sample_facts(&item);
    static const expectation CASES[] = {
        /* texts are folded on both sides */
        {"['invoice.product','=','FIBRA ÓPTICA']", true},
        {"['invoice.product','=','fibra optica']", false},
        {"['invoice.product','!=','tv']", true},
        {"['invoice.product','!=','Fibra óptica']", false},
        {"['invoice.product','in',['tv','Fibra Óptica']]", true},
        {"['invoice.product','in',['tv']]", false},
        {"['invoice.product','contains','ÓPTI']", true},
        {"['invoice.product','contains','opti']", false},
        {"['invoice.product','starts','Fib']", true},
        {"['invoice.product','starts','óptica']", false},
        {"['invoice.product','starts','fibra óptica y más']", false},
        {"['debtor.name','starts','NU\\u0301N\\u0303EZ']", true}, /* decomposed */
        {"['debtor.country','=','es']", true},
        {"['debtor.country','in',['PT','Es']]", true},
        {"['account.currency','=','Eur']", true},
        /* whole numbers */
        {"['invoice.tone_received','=',2]", true},
        {"['invoice.tone_received','!=',2]", false},
        {"['invoice.tone_received','<',3]", true},
        {"['invoice.tone_received','<',2]", false},
        {"['invoice.tone_received','<=',2]", true},
        {"['invoice.tone_received','>',2]", false},
        {"['invoice.tone_received','>=',2]", true},
        {"['invoice.tone_received','between',[2,2]]", true},
        {"['invoice.tone_received','between',[3,5]]", false},
        {"['invoice.tone_received','between',[3,1]]", false}, /* an empty span */
        {"['invoice.tone_received','in',[0,2]]", true},
        {"['debtor.promises_broken','>',1]", true},
        {"['invoice.days_overdue','=',5]", true},
        {"['invoice.days_until_due','=',-5]", true},
        {"['invoice.days_since_issue','=',37]", true},
        {"['invoice.terms_days','=',28]", true},
        {"['today.weekday','=',2]", true}, /* a Tuesday */
        {"['today.monthday','=',10]", true},
        {"['today.month','in',[3,4]]", true},
        {"['account.days_overdue','=',5]", true},
        {"['account.overdue_items','=',1]", true},
        /* amounts in major units */
        {"['invoice.open','=',2500.5]", true},
        {"['invoice.open','=','2500.50']", true},
        {"['invoice.open','>',2500]", true},
        {"['invoice.open','>',2500.5]", false},
        {"['invoice.open','>=',2500.5]", true},
        {"['invoice.open','<',2500.51]", true},
        {"['invoice.amount','between',['2999.99',3000]]", true},
        {"['invoice.claimable','in',[1,2000]]", true},
        {"['invoice.disputed','!=',0]", true},
        {"['account.overdue','=',2000]", true},
        {"['invoice.promised','>',-1]", true},
        /* dates */
        {"['invoice.due','=','2026-03-01']", true},
        {"['invoice.due','<','today']", true},
        {"['invoice.due','=','today-9']", true},
        {"['invoice.due','between',['today-9','today+0']]", true},
        {"['invoice.effective_due','>','2026-03-04']", true},
        {"['invoice.effective_due','<=','today-6']", false},
        {"['invoice.issued','in',['2026-01-31','2026-02-01']]", true},
        /* true or false */
        {"['debtor.has_email','=',true]", true},
        {"['debtor.has_phone','!=',true]", true},
        {"['invoice.reopened','=',false]", true},
        /* groups */
        {"{'all':[['invoice.open','>',0],['invoice.open','<',0]]}", false},
        {"{'any':[['invoice.open','>',0],['invoice.open','<',0]]}", true},
        {"{'not':{'not':['invoice.open','>',0]}}", true},
        {"{'not':{'any':[['invoice.open','<',0],{'all':[['invoice.open','=',0]]}]}}", true},
    };
    ASSERT_ALL(CASES, &facts);
}

static void a_missing_value_makes_every_comparison_false(void **state) {
    (void)state;
    pn_item item = sample_item();
    item.product = PN_STR_NONE;
    item.claimable = 0;
    pn_facts facts = sample_facts(&item);
    static const expectation CASES[] = {
        {"['invoice.product','=','x']", false},
        {"['invoice.product','!=','x']", false},
        {"['invoice.product','!=','']", false},
        {"['invoice.product','=','']", false},
        {"['invoice.product','contains','']", false},
        {"['invoice.product','in',['']]", false},
        {"['invoice.product','missing']", true},
        {"['invoice.product','present']", false},
        {"{'not':['invoice.product','=','x']}", true},
        {"{'not':['invoice.product','!=','x']}", true},
        {"['account.days_overdue','<',0]", false},
        {"['account.days_overdue','>=',0]", false},
        {"['account.days_overdue','!=',3]", false},
        {"['account.days_overdue','missing']", true},
        {"['debtor.attr.x','!=',1]", false},
        {"['debtor.attr.x','missing']", true},
        {"['invoice.open','missing']", false},
        {"['invoice.open','present']", true},
    };
    ASSERT_ALL(CASES, &facts);
}

static void amounts_are_in_major_units_of_any_currency(void **state) {
    (void)state;
    static const struct {
        pn_currency currency;
        int32_t scale;
        int64_t minor;
    } CURRENCIES[] = {{{"CLP"}, 1, 3000},
                      {{"EUR"}, 100, 300000},
                      {{"KWD"}, 1000, 3000000},
                      {{"CLF"}, 10000, 30000000}};
    for (size_t i = 0; i < PN_COUNT(CURRENCIES); i++) {
        pn_item item = sample_item();
        item.currency = CURRENCIES[i].currency;
        item.scale = CURRENCIES[i].scale;
        item.open = CURRENCIES[i].minor;
        pn_line line = {.sku = PN_STR("a"), .amount = CURRENCIES[i].minor};
        item.lines = &line;
        item.line_count = 1;
        pn_facts facts = sample_facts(&item);
        facts.account.currency = CURRENCIES[i].currency;
        facts.account.scale = CURRENCIES[i].scale;
        static const expectation CASES[] = {
            {"['invoice.open','=',3000]", true},    {"['invoice.open','>','2999.99']", true},
            {"['invoice.open','<',3000.01]", true}, {"['line.amount','=','3000.00']", true},
            {"['line.amount','>',3000]", false},    {"['account.open','>=',3000]", true},
        };
        ASSERT_ALL(CASES, &facts);
    }
    /* a fraction that the currency cannot show lies between two amounts */
    pn_item item = sample_item();
    item.scale = 1;
    item.open = 1;
    pn_facts facts = sample_facts(&item);
    static const expectation CLP[] = {{"['invoice.open','>',0.99]", true},
                                      {"['invoice.open','<',1.01]", true},
                                      {"['invoice.open','=',1.01]", false}};
    ASSERT_ALL(CLP, &facts);
    item.scale = 1000;
    item.open = 1005;
    static const expectation KWD[] = {{"['invoice.open','>',1]", true},
                                      {"['invoice.open','>',1.01]", false},
                                      {"['invoice.open','=',1]", false}};
    ASSERT_ALL(KWD, &facts);
    item.open = PN_AMOUNT_MAX; /* nothing overflows at the bounds */
    static const expectation BOUNDS[] = {{"['invoice.open','>',999999999999.99]", true},
                                         {"['invoice.open','>',-999999999999.99]", true}};
    ASSERT_ALL(BOUNDS, &facts);
}

static void attributes_of_four_kinds(void **state) {
    (void)state;
    pn_attr attrs[] = {
        text_attr("sector", "Óptica"),
        number_attr("score", PN_ATTR_NUMBER, 25000),
        number_attr("renewal", PN_ATTR_DATE, day("2026-03-20")),
        number_attr("vip", PN_ATTR_BOOL, 1),
        text_attr("nota", ""),
        text_attr("texto", "2026-03-20"),
    };
    pn_item item = sample_item();
    item.attrs = attrs;
    item.attr_count = PN_COUNT(attrs);
    pn_facts facts = sample_facts(&item);
    static const expectation CASES[] = {
        {"['invoice.attr.sector','=','óptica']", true},
        {"['invoice.attr.sector','in',['x','ÓPTICA']]", true},
        {"['invoice.attr.sector','contains','PTI']", true},
        {"['invoice.attr.sector','starts','ó']", true},
        {"['invoice.attr.sector','!=','x']", true},
        {"['invoice.attr.Sector','missing']", true}, /* keys are exact */
        {"['invoice.attr.score','=',2.5]", true},
        {"['invoice.attr.score','>',2.4999]", true},
        {"['invoice.attr.score','between',[2,3]]", true},
        {"['invoice.attr.score','in',[1,2.50]]", true},
        {"['invoice.attr.score','=','2.5']", false}, /* another type is never met */
        {"['invoice.attr.score','!=','2.5']", false},
        {"['invoice.attr.score','!=',true]", false},
        {"['invoice.attr.vip','=',true]", true},
        {"['invoice.attr.vip','!=',true]", false},
        {"['invoice.attr.vip','=',1]", false},
        {"['invoice.attr.sector','!=',5]", false},
        {"['invoice.attr.sector','present']", true},
        {"['invoice.attr.sector','missing']", false},
        {"['debtor.attr.sector','missing']", true},
        /* dates: a text that is a date meets a date */
        {"['invoice.attr.renewal','=','2026-03-20']", true},
        {"['invoice.attr.renewal','=','today+10']", true},
        {"['invoice.attr.renewal','!=','today']", true},
        {"['invoice.attr.renewal','in',['today','today+10']]", true},
        {"['invoice.attr.renewal','in',['today+10','soon']]", false},
        {"['invoice.attr.renewal','<','today+11']", true},
        {"['invoice.attr.renewal','<','today+10']", false},
        {"['invoice.attr.renewal','>=','2026-03-20']", true},
        {"['invoice.attr.renewal','between',['today','today+30']]", true},
        {"['invoice.attr.renewal','>','2026-04-01']", false},
        {"['invoice.attr.renewal','starts','2026']", false},
        {"['invoice.attr.renewal','contains','today']", false},
        /* and a text meets it as the text it is, but is never before or after a day */
        {"['invoice.attr.texto','=','2026-03-20']", true},
        {"['invoice.attr.texto','<','2026-03-21']", false},
        {"['invoice.attr.texto','starts','2026-03-20']", true},
        {"['invoice.attr.sector','<','today']", false},
        /* an attribute that is there and empty: no value, as in every other text */
        {"['invoice.attr.nota','missing']", true},
        {"['invoice.attr.nota','present']", false},
        {"['invoice.attr.nota','!=','x']", false},
        {"['invoice.attr.nota','=','']", false},
    };
    ASSERT_ALL(CASES, &facts);
    facts.debtor.attrs = attrs;
    facts.debtor.attr_count = PN_COUNT(attrs);
    facts.item = NULL;
    facts.subject = PN_SUBJECT_ACCOUNT;
    static const expectation DEBTOR[] = {
        {"['debtor.attr.sector','=','óptica']", true},
        {"['debtor.attr.score','<',2.5]", false},
        {"['debtor.attr.renewal','>','today']", true},
    };
    ASSERT_ALL(DEBTOR, &facts);
}

static void lines_mean_any_line(void **state) {
    (void)state;
    pn_line lines[] = {
        {.sku = PN_STR("a-1"), .product = PN_STR("fibra"), .amount = 1000},
        {.sku = PN_STR("b-2"), .description = PN_STR("cuota de marzo"), .amount = 5000},
    };
    pn_item item = sample_item();
    item.lines = lines;
    item.line_count = PN_COUNT(lines);
    pn_facts facts = sample_facts(&item);
    static const expectation CASES[] = {
        {"['line.sku','=','B-2']", true},
        {"['line.sku','!=','b-2']", true}, /* another line is not it */
        {"{'not':['line.sku','=','b-2']}", false},
        {"['line.product','!=','fibra']", false}, /* the line without one does not count */
        {"['line.product','present']", true},
        {"['line.product','missing']", false}, /* missing: no line has one */
        {"['line.description','contains','MARZO']", true},
        {"['line.description','starts','cuota']", true},
        {"['line.amount','>',49.99]", true},
        {"['line.amount','>',50]", false},
        {"['line.amount','in',[10,20]]", true},
        {"['line.amount','between',[11,49]]", false},
        {"{'all':[['line.sku','=','a-1'],['line.amount','=',50]]}", true}, /* two lines */
    };
    ASSERT_ALL(CASES, &facts);
    item.line_count = 0;
    static const expectation NONE[] = {
        {"['line.sku','missing']", true},
        {"['line.amount','missing']", true},
        {"['line.amount','present']", false},
        {"['line.amount','!=',7]", false},
    };
    ASSERT_ALL(NONE, &facts);
}

/* ── the day that changes the answer ─────────────────────────────────────────────────────────── */

static void the_next_change_of_single_comparisons(void **state) {
    (void)state;
    pn_attr attrs[] = {number_attr("renewal", PN_ATTR_DATE, day("2026-03-20"))};
    pn_item item = sample_item(); /* effective due 5 March, today 10 March */
    item.attrs = attrs;
    item.attr_count = 1;
    pn_facts facts = sample_facts(&item);
    static const struct {
        const char *rule;
        const char *change;
    } CASES[] = {
        {"['invoice.open','>',1]", "-"},
        {"['invoice.due','=','2026-03-12']", "-"},
        {"['invoice.days_overdue','>',10]", "2026-03-15"},
        {"['invoice.days_overdue','=',5]", "2026-03-11"},
        {"['invoice.days_overdue','<',3]", "-"},
        {"['invoice.days_until_due','<',-10]", "2026-03-15"},
        {"['invoice.days_since_issue','between',[30,40]]", "2026-03-13"},
        {"['invoice.due','<','today-30']", "2026-03-31"},
        {"['invoice.due','>','today']", "-"},
        {"['invoice.attr.renewal','<','today']", "2026-03-20"},
        {"['invoice.attr.renewal','=','today+5']", "2026-03-15"},
        {"['today.weekday','=',5]", "2026-03-11"},
        {"{'any':[['invoice.days_overdue','>',30],['invoice.days_overdue','=',8]]}", "2026-03-13"},
        /* days that no calendar has are never reached */
        {"['invoice.days_overdue','>',999999999]", "-"},
        {"['invoice.days_until_due','<',-2147480000]", "-"},
        {"['invoice.days_overdue','>',3000000]", "-"},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        const pn_rule *rule = rule_of(CASES[i].rule, PN_SUBJECT_INVOICE);
        char text[PN_DATE_ISO_SIZE];
        assert_string_equal(pn_date_iso(pn_rule_next_change(rule, &facts), text), CASES[i].change);
    }
    item.effective_due = day("2026-03-20"); /* not due yet: overdue from the 21st on */
    pn_facts_sum(&facts);
    const pn_rule *rule = rule_of("['account.overdue','>',0]", PN_SUBJECT_INVOICE);
    assert_int_equal(pn_rule_next_change(rule, &facts), day("2026-03-21"));
    item.claimable = 0;
    pn_facts_sum(&facts);
    assert_int_equal(pn_rule_next_change(rule, &facts), PN_DATE_NONE);
}

enum { RULES = 20000, DAYS = 400 };

/* Follows one rule over 400 days: on no day before the announced one does its answer differ. */
static void follow(const pn_rule *rule, pn_facts *facts, const char *json, uint64_t seed) {
    pn_date last = facts->today + DAYS;
    while (facts->today < last) {
        pn_date today = facts->today;
        bool holds = pn_rule_holds(rule, facts);
        pn_date change = pn_rule_next_change(rule, facts);
        assert_true(change == PN_DATE_NONE || change > today);
        pn_date until = change == PN_DATE_NONE ? last : PN_MIN(change, last);
        for (facts->today = today + 1; facts->today < until; facts->today++) {
            pn_facts_sum(facts);
            if (pn_rule_holds(rule, facts) != holds) {
                char now[PN_DATE_ISO_SIZE], at[PN_DATE_ISO_SIZE], told[PN_DATE_ISO_SIZE];
                print_error("seed %llu: %s\nfrom %s changes on %s, announced for %s\n",
                            (unsigned long long)seed, json, pn_date_iso(today, now),
                            pn_date_iso(facts->today, at), pn_date_iso(change, told));
                fail();
            }
        }
        facts->today = until;
        pn_facts_sum(facts);
    }
}

static void nothing_changes_before_the_next_change(void **state) {
    (void)state;
    uint64_t seed = random_seed();
    pn_random random = pn_random_for(seed, PN_STR("next change"));
    pn_buf json;
    pn_buf_init(&json, 1 << 20);
    unsigned held = 0, dated = 0;
    for (int i = 0; i < RULES; i++) {
        pn_arena_reset(&arena);
        pn_subject subject = one_in(&random, 3) ? PN_SUBJECT_ACCOUNT : PN_SUBJECT_INVOICE;
        pn_facts facts = random_facts(&random, &arena, subject, day("2026-01-15"));
        random_rule(&random, subject, facts.today, &json);
        pn_buf_add_char(&json, '\0');
        pn_json *document = NULL;
        assert_int_equal(pn_json_parse(pn_str_of(json.ptr), NULL, &arena, &document, NULL), PN_OK);
        const pn_rule *rule = NULL;
        if (pn_rule_compile(document, subject, &arena, &rule, &diag) != PN_OK) {
            print_error("%s\n%s %s\n", json.ptr, diag.where, diag.what);
            fail();
        }
        held += pn_rule_holds(rule, &facts);
        dated += pn_rule_next_change(rule, &facts) != PN_DATE_NONE;
        follow(rule, &facts, json.ptr, seed);
    }
    pn_buf_done(&json);
    /* the generator is no good if rules never hold, or never depend on the day */
    assert_in_range(held, RULES / 5, RULES * 4 / 5);
    assert_true(dated > RULES / 6);
}

/* ── words ───────────────────────────────────────────────────────────────────────────────────── */

static void rules_in_words(void **state) {
    (void)state;
    static const struct {
        const char *rule, *es, *en, *pt;
    } CASES[] = {
        {"['invoice.open','>',3000]", "importe pendiente > 3.000", "open amount > 3,000",
         "valor em aberto > 3.000"},
        {"['invoice.open','<=',12.5]", "importe pendiente ≤ 12,5", "open amount ≤ 12.5",
         "valor em aberto ≤ 12,5"},
        {"['invoice.open','!=',-0.05]", "importe pendiente ≠ -0,05", "open amount ≠ -0.05",
         "valor em aberto ≠ -0,05"},
        {"['invoice.product','in',['Fibra','TV']]", "producto es uno de “fibra”, “tv”",
         "product is one of “fibra”, “tv”", "produto é um de “fibra”, “tv”"},
        {"['invoice.days_overdue','between',[1,30]]", "días de retraso entre 1 y 30",
         "days overdue between 1 and 30", "dias de atraso entre 1 e 30"},
        {"['debtor.owner','missing']", "gestor falta", "collector is missing", "responsável falta"},
        {"['debtor.owner','present']", "gestor existe", "collector is present",
         "responsável existe"},
        {"['debtor.name','contains','ana']", "cliente contiene “ana”", "customer contains “ana”",
         "cliente contém “ana”"},
        {"['debtor.name','starts','ana']", "cliente empieza por “ana”",
         "customer starts with “ana”", "cliente começa com “ana”"},
        {"['invoice.due','>=','today-5']", "vencimiento ≥ hoy-5", "due date ≥ today-5",
         "vencimento ≥ hoje-5"},
        {"['invoice.due','=','today']", "vencimiento = hoy", "due date = today",
         "vencimento = hoje"},
        {"['invoice.due','<','2026-03-01']", "vencimiento < 2026-03-01", "due date < 2026-03-01",
         "vencimento < 2026-03-01"},
        {"['debtor.has_email','=',true]", "tiene correo = sí", "has e-mail = yes",
         "tem e-mail = sim"},
        {"['debtor.has_email','=',false]", "tiene correo = no", "has e-mail = no",
         "tem e-mail = não"},
        {"['invoice.attr.score','>',1.25]", "score > 1,25", "score > 1.25", "score > 1,25"},
        {"['debtor.attr.renewal','<','today+30']", "renewal < hoy+30", "renewal < today+30",
         "renewal < hoje+30"},
        {"['line.sku','=','A-1']", "alguna línea: sku = “a-1”", "any line: sku = “a-1”",
         "alguma linha: sku = “a-1”"},
        {"{'all':[['invoice.open','>',1],{'any':[['today.month','=',8],['today.month','=',12]]}]}",
         "importe pendiente > 1 y (mes = 8 o mes = 12)",
         "open amount > 1 and (month = 8 or month = 12)",
         "valor em aberto > 1 e (mês = 8 ou mês = 12)"},
        {"{'not':{'all':[['invoice.open','>',1],['invoice.open','<',2]]}}",
         "no (importe pendiente > 1 y importe pendiente < 2)",
         "not (open amount > 1 and open amount < 2)",
         "não (valor em aberto > 1 e valor em aberto < 2)"},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        const pn_rule *rule = rule_of(CASES[i].rule, PN_SUBJECT_INVOICE);
        const struct {
            pn_str language;
            const char *words;
        } LANGUAGES[] = {{PN_STR("es-MX"), CASES[i].es},
                         {PN_STR("en"), CASES[i].en},
                         {PN_STR("pt-BR"), CASES[i].pt}};
        for (size_t j = 0; j < PN_COUNT(LANGUAGES); j++) {
            pn_buf out;
            pn_buf_init(&out, 10000);
            pn_rule_words(rule, LANGUAGES[j].language, &out);
            assert_str(pn_buf_str(&out), LANGUAGES[j].words);
            pn_buf_done(&out);
        }
    }
}

static void every_field_has_words_in_three_languages(void **state) {
    (void)state;
    for (size_t i = 0; i < pn_field_count(); i++) {
        const pn_field *field = pn_field_at(i);
        assert_true(strlen(field->label_es) > 1 && strlen(field->label_en) > 1 &&
                    strlen(field->label_pt) > 1);
        assert_true((field->sql_scale != NULL) == (field->type == PN_FIELD_MONEY));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define RULE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        RULE(what_is_no_rule_is_refused_with_a_sentence),
        RULE(an_account_has_no_fields_of_one_invoice),
        RULE(rules_are_bounded),
        RULE(all_lists_together_are_bounded),
        RULE(a_rule_says_what_it_reads),
        RULE(every_operator_and_type),
        RULE(a_missing_value_makes_every_comparison_false),
        RULE(amounts_are_in_major_units_of_any_currency),
        RULE(attributes_of_four_kinds),
        RULE(lines_mean_any_line),
        RULE(the_next_change_of_single_comparisons),
        RULE(nothing_changes_before_the_next_change),
        RULE(rules_in_words),
        RULE(every_field_has_words_in_three_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
