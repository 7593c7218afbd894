#include "core/flow/flow.h"

#include "base/banned.h"
#include "base/limits.h"
#include "base/sort.h"
#include "core/node/node.h"

typedef struct {
    const pn_flow_names *names;
    pn_arena *arena;
    pn_problems *problems;
    pn_flow *flow;
    pn_flow_node *nodes;
    const pn_json **documents; /* of the nodes, in their order */
} parser;

const char *pn_trigger_name(pn_trigger trigger) {
    switch (trigger) {
    case PN_TRIGGER_NONE: return "none";
    case PN_TRIGGER_PAYMENT_FAILED: return "payment_failed";
    case PN_TRIGGER_VISITED_NOT_PAID: return "visited_not_paid";
    case PN_TRIGGER_PROMISE_BROKEN: return "promise_broken";
    case PN_TRIGGER_BOUNCE: return "bounce";
    case PN_TRIGGER_REPLY: return "reply";
    case PN_TRIGGER_PROMISE_DUE: return "promise_due";
    case PN_TRIGGER_INSTALLMENT_DUE: return "installment_due";
    case PN_TRIGGER_DISPUTE_OPENED: return "dispute_opened";
    case PN_TRIGGERS: break;
    }
    return "?";
}

void pn_problem_add(pn_problems *problems, pn_arena *arena, pn_problem_level level,
                    const char *code, pn_str node, const char *format, ...) {
    va_list args;
    va_start(args, format);
    pn_str sentence = pn_str_format_args(arena, format, args);
    va_end(args);
    problems->items = pn_arena_grow(arena, problems->items, problems->count, &problems->capacity,
                                    sizeof *problems->items);
    problems->items[problems->count++] = (pn_problem){level, code, node, sentence};
    problems->errors += level == PN_PROBLEM_ERROR;
}

#define PROBLEM(p, code, node, ...)                                                                \
    pn_problem_add((p)->problems, (p)->arena, PN_PROBLEM_ERROR, code, node, __VA_ARGS__)

/* Adds what a diag says. */
static void diag_problem(parser *p, const char *code, pn_str node, const pn_diag *diag) {
    const char *space = diag->mend[0] != '\0' ? " " : "";
    if (diag->where[0] != '\0') {
        PROBLEM(p, code, node, "%s (at %s)%s%s", diag->what, diag->where, space, diag->mend);
    } else {
        PROBLEM(p, code, node, "%s%s%s", diag->what, space, diag->mend);
    }
}

pn_str pn_flow_node_id(const pn_flow *flow, uint32_t node) {
    return node < flow->node_count ? flow->nodes[node].id : PN_STR("");
}

static uint32_t find_node(const pn_flow_node *nodes, uint32_t count, pn_str id) {
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        int order = pn_str_cmp(id, nodes[middle].id);
        if (order == 0) {
            return middle;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return PN_NODE_NONE;
}

uint32_t pn_flow_find(const pn_flow *flow, pn_str id) {
    return find_node(flow->nodes, flow->node_count, id);
}

/* ── exits ───────────────────────────────────────────────────────────────────────────────────── */

static pn_str closest_node(const parser *p, pn_str id) {
    pn_str best = PN_STR_NONE;
    unsigned best_distance = 3;
    for (uint32_t i = 0; i < p->flow->node_count; i++) {
        unsigned distance = pn_str_distance(id, p->nodes[i].id);
        if (distance < best_distance) {
            best_distance = distance;
            best = p->nodes[i].id;
        }
    }
    return best;
}

static uint32_t target_of(parser *p, const pn_json *json, pn_str node, pn_str exit) {
    if (json == NULL || json->type == PN_JSON_NULL) {
        PROBLEM(p, "dangling_exit", node,
                "The exit “%.*s” leads nowhere. Add \"%.*s\": \"<id of a node>\"; an `end` node "
                "closes a path.",
                PN_STR_ARG(exit), PN_STR_ARG(exit));
        return PN_NODE_NONE;
    }
    if (json->type != PN_JSON_STR) {
        PROBLEM(p, "dangling_exit", node, "The exit “%.*s” must name a node, in quotes.",
                PN_STR_ARG(exit));
        return PN_NODE_NONE;
    }
    uint32_t target = find_node(p->nodes, p->flow->node_count, json->text);
    if (target == PN_NODE_NONE) {
        pn_str close = closest_node(p, json->text);
        PROBLEM(p, "dangling_exit", node,
                "The exit “%.*s” leads to “%.*s”, and there is no such node.%s%.*s%s",
                PN_STR_ARG(exit), PN_STR_ARG(json->text), close.len != 0 ? " Did you mean “" : "",
                PN_STR_ARG(close), close.len != 0 ? "”?" : "");
    }
    return target;
}

static void add_exit(parser *p, pn_flow_node *node, pn_flow_exit *exits, pn_str name,
                     const pn_json *target) {
    if (node->exit_count == PN_LIMIT_NODE_EXITS) {
        PROBLEM(p, "too_many_exits", node->id, "A node has at most %d exits.", PN_LIMIT_NODE_EXITS);
        return;
    }
    for (uint32_t i = 0; i < node->exit_count; i++) {
        if (pn_str_eq(exits[i].name, name)) {
            PROBLEM(p, "option_name", node->id, "Two exits are called “%.*s”.", PN_STR_ARG(name));
        }
    }
    uint32_t to = target_of(p, target, node->id, name);
    exits[node->exit_count++] = (pn_flow_exit){pn_str_dup(p->arena, name), to};
}

/* ── parameters that make exits: rules, arms, outcomes, holdout
 * ────────────────────────────────────────── */

/* Its place in the list tells entries without a name apart. */
static pn_str option_name(parser *p, const pn_flow_node *node, const pn_json *json, bool arm,
                          size_t index) {
    pn_str name = pn_json_text(pn_json_field(json, "name"), PN_STR(""));
    if (name.len == 0 || name.len > 60) {
        PROBLEM(p, "option_name", node->id, "Each entry needs a \"name\" of 1 to 60 bytes.");
        return pn_str_format(p->arena, "%zu", index + 1);
    }
    if (arm && pn_str_is(name, "holdout")) {
        /* debtors keep their arm by its name: an arm would take in who was held out */
        PROBLEM(p, "option_name", node->id,
                "No arm may be called “holdout”; that is the share "
                "kept apart by \"holdout\".");
    }
    return pn_str_dup(p->arena, name);
}

static void check_keys(parser *p, const pn_flow_node *node, const pn_json *json,
                       const char *const *known) {
    for (size_t i = 0; i < json->count; i++) {
        bool found = false;
        for (size_t j = 0; known[j] != NULL; j++) {
            found = found || pn_str_eq(json->members[i].key, pn_str_of(known[j]));
        }
        if (!found) {
            PROBLEM(p, "unknown_field", node->id, "“%.*s” does not belong here.",
                    PN_STR_ARG(json->members[i].key));
        }
    }
}

static void parse_option(parser *p, pn_flow_node *node, pn_flow_exit *exits, const pn_json *json,
                         pn_param_type type, pn_param_option *options, size_t index) {
    static const char *const ARM_KEYS[] = {"name", "percent", "next", NULL};
    static const char *const RULE_KEYS[] = {"name", "rule", "next", NULL};
    static const char *const OUTCOME_KEYS[] = {"name", "next", NULL};
    pn_param_option *option = &options[index];
    bool arm = type == PN_PARAM_ARMS, outcome = type == PN_PARAM_OUTCOMES;
    if (json->type != PN_JSON_OBJECT) {
        PROBLEM(p, "option", node->id, "Each entry is an object with \"name\"%s and \"next\".",
                arm       ? ", \"percent\""
                : outcome ? ""
                          : ", \"rule\"");
        return;
    }
    check_keys(p, node, json, arm ? ARM_KEYS : outcome ? OUTCOME_KEYS : RULE_KEYS);
    option->name = option_name(p, node, json, arm, index);
    option->exit = node->exit_count;
    pn_diag diag = {0};
    int64_t percent = 0;
    pn_err err = PN_OK;
    if (arm) {
        err = pn_param_percent(pn_json_field(json, "percent"), &percent, &diag);
        option->weight = (uint32_t)percent;
    } else if (outcome) {
        option->rule = NULL; /* its name is what is compared */
    } else if (pn_json_field(json, "rule") == NULL) {
        err = pn_diag_set(&diag, PN_INVALID, "“%.*s” has no \"rule\".", PN_STR_ARG(option->name));
    } else {
        err = pn_rule_compile(pn_json_field(json, "rule"), p->flow->subject, p->arena,
                              &option->rule, &diag);
        p->flow->needs |= err == PN_OK ? pn_rule_needs(option->rule) : 0;
    }
    if (err != PN_OK) {
        diag_problem(p, "option", node->id, &diag);
    }
    add_exit(p, node, exits, option->name, pn_json_field(json, "next"));
}

static void parse_options(parser *p, pn_flow_node *node, pn_flow_exit *exits, const pn_param *param,
                          const pn_json *json, pn_param_value *value) {
    if (json->type != PN_JSON_ARRAY || json->count == 0 || json->count > PN_LIMIT_NODE_EXITS) {
        PROBLEM(p, "option", node->id, "“%s” must be a list of 1 to %d entries.", param->name,
                PN_LIMIT_NODE_EXITS);
        return;
    }
    pn_param_option *options = pn_arena_array(p->arena, pn_param_option, json->count);
    uint32_t total = 0;
    for (size_t i = 0; i < json->count; i++) {
        parse_option(p, node, exits, &json->items[i], param->type, options, i);
        total += options[i].weight;
    }
    if (param->type == PN_PARAM_ARMS && total != 10000) {
        PROBLEM(p, "split_total", node->id,
                "The arms' percentages add up to %u.%02u; they must add up to 100.", total / 100,
                total % 100);
    }
    *value = (pn_param_value){.given = true, .options = options, .option_count = json->count};
}

static void parse_holdout(parser *p, pn_flow_node *node, pn_flow_exit *exits, const pn_json *json,
                          pn_param_value *value) {
    static const char *const KEYS[] = {"percent", "next", NULL};
    if (json->type != PN_JSON_OBJECT) {
        PROBLEM(p, "option", node->id, "“holdout” is an object with \"percent\" and \"next\".");
        return;
    }
    check_keys(p, node, json, KEYS);
    pn_diag diag = {0};
    int64_t percent = 0;
    if (pn_param_percent(pn_json_field(json, "percent"), &percent, &diag) != PN_OK) {
        diag_problem(p, "option", node->id, &diag);
    }
    pn_param_option *option = pn_arena_new(p->arena, pn_param_option);
    *option = (pn_param_option){
        .name = PN_STR("holdout"), .weight = (uint32_t)percent, .exit = node->exit_count};
    add_exit(p, node, exits, PN_STR("holdout"), pn_json_field(json, "next"));
    *value = (pn_param_value){.given = true, .options = option, .option_count = 1};
}

/* ── nodes ───────────────────────────────────────────────────────────────────────────────────── */

static const pn_json *default_json(parser *p, const pn_param *param) {
    if (param->otherwise == NULL) {
        return NULL;
    }
    pn_json *json = NULL;
    pn_err err = pn_json_parse(pn_str_of(param->otherwise), NULL, p->arena, &json, NULL);
    assert(err == PN_OK); /* our own registry */
    return json;
}

static void parse_param(parser *p, pn_flow_node *node, pn_flow_exit *exits, const pn_param *param,
                        const pn_json *json, pn_param_value *value) {
    if (json == NULL) {
        if (param->required) {
            PROBLEM(p, "missing_field", node->id, "“%s” is missing: %s", param->name, param->help);
        }
        json = default_json(p, param);
        if (json == NULL) {
            return;
        }
    }
    if (param->type == PN_PARAM_RULES || param->type == PN_PARAM_ARMS ||
        param->type == PN_PARAM_OUTCOMES) {
        parse_options(p, node, exits, param, json, value);
        return;
    }
    if (param->type == PN_PARAM_HOLDOUT) {
        parse_holdout(p, node, exits, json, value);
        return;
    }
    pn_diag diag = {0};
    if (pn_param_parse(param, json, p->flow->subject, p->arena, value, &diag) != PN_OK) {
        diag_problem(p, "bad_value", node->id, &diag);
    } else if (value->rule != NULL) {
        p->flow->needs |= pn_rule_needs(value->rule);
    }
}

static bool node_key_known(const pn_node_type *type, pn_str key) {
    static const char *const COMMON[] = {"type", "note"};
    for (size_t i = 0; i < PN_COUNT(COMMON); i++) {
        if (pn_str_eq(key, pn_str_of(COMMON[i]))) {
            return true;
        }
    }
    for (size_t i = 0; i < type->param_count; i++) {
        if (pn_str_eq(key, pn_str_of(type->params[i].name))) {
            return true;
        }
    }
    for (size_t i = 0; type->exits[i] != NULL; i++) {
        if (pn_str_eq(key, pn_str_of(type->exits[i]))) {
            return true;
        }
    }
    return false;
}

static void parse_node(parser *p, pn_flow_node *node, const pn_json *json) {
    if (node->type == NULL) {
        return;
    }
    const pn_json *note = pn_json_field(json, "note");
    if (note != NULL && note->type != PN_JSON_STR) {
        PROBLEM(p, "bad_value", node->id, "“note” must be a text.");
    }
    for (size_t i = 0; i < json->count; i++) {
        if (!node_key_known(node->type, json->members[i].key)) {
            PROBLEM(p, "unknown_field", node->id, "A node of type %s has no field “%.*s”.",
                    node->type->type, PN_STR_ARG(json->members[i].key));
        }
    }
    pn_flow_exit *exits = pn_arena_array(p->arena, pn_flow_exit, PN_LIMIT_NODE_EXITS);
    node->exits = exits;
    for (size_t i = 0; node->type->exits[i] != NULL; i++) {
        pn_str name = pn_str_of(node->type->exits[i]);
        add_exit(p, node, exits, name, pn_json_get(json, name));
    }
    pn_param_value *values =
        pn_arena_array(p->arena, pn_param_value, PN_MAX(node->type->param_count, 1U));
    node->params = values;
    for (size_t i = 0; i < node->type->param_count; i++) {
        const pn_param *param = &node->type->params[i];
        parse_param(p, node, exits, param, pn_json_get(json, pn_str_of(param->name)), &values[i]);
    }
    p->flow->reads_signals |= (node->type->flags & PN_NODE_SIGNALS) != 0;
    p->flow->has_tasks |= (node->type->flags & PN_NODE_TASKS) != 0;
    p->flow->asks |= (node->type->flags & PN_NODE_ASKS) != 0;
    p->flow->offers |= (node->type->flags & PN_NODE_OFFERS) != 0;
}

static int by_id(const void *a, const void *b) {
    const pn_json_member *const *x = a;
    const pn_json_member *const *y = b;
    return pn_str_cmp((*x)->key, (*y)->key);
}

static bool id_allowed(pn_str id) {
    if (id.len == 0 || id.len > 60) {
        return false;
    }
    for (size_t i = 0; i < id.len; i++) {
        char c = id.ptr[i];
        if (!pn_is_alpha(c) && !pn_is_digit(c) && c != '_' && c != '-' && c != '.') {
            return false;
        }
    }
    return true;
}

static void find_type(parser *p, pn_flow_node *node, const pn_json *json) {
    if (!id_allowed(node->id)) {
        PROBLEM(p, "node_id", node->id,
                "A node's id has 1 to 60 of the characters a–z, A–Z, 0–9, “_”, “-” and “.”.");
    }
    if (json->type != PN_JSON_OBJECT) {
        PROBLEM(p, "node", node->id, "A node is an object with a \"type\".");
        return;
    }
    pn_str type = pn_json_text(pn_json_field(json, "type"), PN_STR(""));
    node->type = pn_node_type_find(type);
    if (node->type == NULL) {
        pn_str close = pn_node_type_suggest(type);
        PROBLEM(p, "unknown_type", node->id, "There is no node type “%.*s”.%s%.*s%s",
                PN_STR_ARG(type), close.len != 0 ? " Did you mean “" : "", PN_STR_ARG(close),
                close.len != 0 ? "”?" : " `puntual strategy schema` lists them.");
    }
}

/* Nodes are numbered in the order of their ids before anything refers to them. */
static bool lay_out_nodes(parser *p, const pn_json *nodes) {
    if (nodes == NULL || nodes->type != PN_JSON_OBJECT || nodes->count == 0) {
        PROBLEM(p, "no_nodes", PN_STR(""), "A strategy needs \"nodes\": an object of nodes by id.");
        return false;
    }
    if (nodes->count > PN_LIMIT_STRATEGY_NODES) {
        PROBLEM(p, "too_many_nodes", PN_STR(""), "A strategy has at most %d nodes.",
                PN_LIMIT_STRATEGY_NODES);
        return false;
    }
    const pn_json_member **sorted = pn_arena_alloc(p->arena, nodes->count * sizeof(void *));
    for (size_t i = 0; i < nodes->count; i++) {
        sorted[i] = &nodes->members[i];
    }
    pn_sort((void *)sorted, nodes->count, sizeof *sorted, by_id, p->arena);
    p->nodes = pn_arena_array(p->arena, pn_flow_node, nodes->count);
    p->documents = pn_arena_alloc(p->arena, nodes->count * sizeof(void *));
    for (size_t i = 0; i < nodes->count; i++) {
        p->nodes[i].id = pn_str_dup(p->arena, sorted[i]->key);
        p->documents[i] = &sorted[i]->value;
        find_type(p, &p->nodes[i], &sorted[i]->value);
    }
    p->flow->nodes = p->nodes;
    p->flow->node_count = nodes->count;
    return true;
}

/* ── the document's head ─────────────────────────────────────────────────────────────────────── */

static pn_str head_text(parser *p, const pn_json *document, const char *key, pn_str otherwise) {
    const pn_json *json = pn_json_get(document, pn_str_of(key));
    if (json != NULL && json->type != PN_JSON_STR) {
        PROBLEM(p, "bad_head", PN_STR(""), "“%s” must be a text.", key);
    }
    return pn_str_dup(p->arena, pn_json_text(json, otherwise));
}

static void parse_hours(parser *p, const pn_json *json) {
    static const pn_param DAYS = {.name = "weekdays", .type = PN_PARAM_WEEKDAYS};
    static const pn_param FROM = {.name = "from", .type = PN_PARAM_CLOCK};
    static const pn_param TO = {.name = "to", .type = PN_PARAM_CLOCK};
    pn_param_value days = {0}, from = {0}, to = {0};
    pn_diag diag = {0};
    const pn_json *given = pn_json_field(json, "weekdays");
    bool complete = given != NULL && pn_json_field(json, "from") != NULL &&
                    pn_json_field(json, "to") != NULL && json->count == 3;
    if (!complete) {
        PROBLEM(p, "hours", PN_STR(""), "“hours” needs exactly \"weekdays\", \"from\" and \"to\".");
        return;
    }
    if (pn_param_parse(&DAYS, given, p->flow->subject, p->arena, &days, &diag) != PN_OK ||
        pn_param_parse(&FROM, pn_json_field(json, "from"), p->flow->subject, p->arena, &from,
                       &diag) != PN_OK ||
        pn_param_parse(&TO, pn_json_field(json, "to"), p->flow->subject, p->arena, &to, &diag) !=
            PN_OK) {
        diag_problem(p, "hours", PN_STR(""), &diag);
        return;
    }
    if (from.number >= to.number) {
        PROBLEM(p, "hours", PN_STR(""), "In “hours”, \"from\" must be earlier than \"to\".");
        return;
    }
    p->flow->hours = (pn_flow_hours){.given = true,
                                     .weekdays = (uint8_t)days.number,
                                     .from_second = (int32_t)from.number,
                                     .to_second = (int32_t)to.number};
}

static void parse_entry(parser *p, const pn_json *json) {
    const pn_json *rule = pn_json_field(json, "rule");
    if (rule == NULL || json->count != 1) {
        PROBLEM(p, "entry", PN_STR(""), "“entry” is an object with a \"rule\" and nothing else.");
        return;
    }
    pn_diag diag = {0};
    if (pn_rule_compile(rule, p->flow->subject, p->arena, &p->flow->entry, &diag) != PN_OK) {
        diag_problem(p, "entry", PN_STR(""), &diag);
        return;
    }
    p->flow->needs |= pn_rule_needs(p->flow->entry);
}

static void parse_kind(parser *p, const pn_json *document) {
    pn_flow *flow = p->flow;
    pn_str subject = head_text(p, document, "subject", PN_STR(""));
    pn_str kind = head_text(p, document, "kind", PN_STR("strategy"));
    if (!pn_str_is(subject, "invoice") && !pn_str_is(subject, "account")) {
        PROBLEM(p, "subject", PN_STR(""), "“subject” is \"invoice\" or \"account\".");
    }
    flow->subject = pn_str_is(subject, "account") ? PN_SUBJECT_ACCOUNT : PN_SUBJECT_INVOICE;
    if (!pn_str_is(kind, "strategy") && !pn_str_is(kind, "pill")) {
        PROBLEM(p, "kind", PN_STR(""), "“kind” is \"strategy\" or \"pill\".");
    }
    flow->kind = pn_str_is(kind, "pill") ? PN_FLOW_PILL : PN_FLOW_STRATEGY;
    pn_str trigger = head_text(p, document, "trigger", PN_STR(""));
    for (int i = PN_TRIGGER_PAYMENT_FAILED; i < PN_TRIGGERS; i++) {
        if (pn_str_eq(trigger, pn_str_of(pn_trigger_name((pn_trigger)i)))) {
            flow->trigger = (pn_trigger)i;
        }
    }
    if (trigger.len != 0 && flow->trigger == PN_TRIGGER_NONE) {
        PROBLEM(p, "trigger", PN_STR(""),
                "“trigger” is payment_failed, visited_not_paid, promise_broken, bounce or reply.");
    }
    if (trigger.len != 0 && flow->kind != PN_FLOW_PILL) {
        PROBLEM(p, "trigger", PN_STR(""), "Only a pill has a “trigger”.");
    }
    if (flow->kind == PN_FLOW_PILL && pn_json_field(document, "entry") != NULL) {
        PROBLEM(p, "entry", PN_STR(""),
                "A pill has no “entry”: its trigger or a pill node starts it.");
    }
}

static void check_head_keys(parser *p, const pn_json *document) {
    static const char *const KEYS[] = {"puntual",     "name",    "description", "subject",
                                       "kind",        "trigger", "priority",    "entry",
                                       "start",       "nodes",   "on_paid",     "on_closed",
                                       "on_returned", "hours",   "layout",      "examples"};
    for (size_t i = 0; i < document->count; i++) {
        bool known = false;
        for (size_t j = 0; j < PN_COUNT(KEYS); j++) {
            known = known || pn_str_eq(document->members[i].key, pn_str_of(KEYS[j]));
        }
        if (!known) {
            PROBLEM(p, "unknown_field", PN_STR(""), "A strategy has no field “%.*s”.",
                    PN_STR_ARG(document->members[i].key));
        }
    }
}

static void parse_head(parser *p, const pn_json *document) {
    pn_flow *flow = p->flow;
    check_head_keys(p, document);
    if (pn_json_int(pn_json_field(document, "puntual"), 0) != 1) {
        PROBLEM(p, "format", PN_STR(""), "The document must say \"puntual\": 1, its format.");
    }
    flow->name = head_text(p, document, "name", PN_STR(""));
    flow->description = head_text(p, document, "description", PN_STR(""));
    if (flow->name.len == 0 || flow->name.len > 120) {
        PROBLEM(p, "name", PN_STR(""), "A strategy needs a \"name\" of 1 to 120 bytes.");
    }
    parse_kind(p, document);
    const pn_json *priority = pn_json_field(document, "priority");
    flow->priority = (int32_t)pn_json_int(priority, 0);
    if (priority != NULL &&
        (priority->type != PN_JSON_INT || priority->integer < -1000 || priority->integer > 1000)) {
        PROBLEM(p, "priority", PN_STR(""), "“priority” is a whole number from -1000 to 1000.");
    }
    if (pn_json_field(document, "hours") != NULL) {
        parse_hours(p, pn_json_field(document, "hours"));
    }
    if (pn_json_field(document, "entry") != NULL && flow->kind == PN_FLOW_STRATEGY) {
        parse_entry(p, pn_json_field(document, "entry"));
    }
}

static uint32_t head_node(parser *p, const pn_json *document, const char *key) {
    const pn_json *json = pn_json_get(document, pn_str_of(key));
    return json == NULL ? PN_NODE_NONE : target_of(p, json, PN_STR(""), pn_str_of(key));
}

static void check_template(parser *p, const pn_flow_node *node, pn_channel_kind channel,
                           pn_str name) {
    size_t at = pn_str_find_char(name, '@');
    pn_str family = pn_str_first(name, at);
    for (size_t i = 0; i < p->names->template_count; i++) {
        const pn_template_name *known = &p->names->templates[i];
        if (!pn_str_eq(known->name, family)) {
            continue;
        }
        if (channel != PN_CHANNEL_NONE && (known->channels >> channel & 1U) == 0) {
            PROBLEM(p, "template_channel", node->id, "The template “%.*s” has no text for %s.",
                    PN_STR_ARG(family), pn_channel_kind_name(channel));
        }
        if (known->gaps.len != 0) {
            PROBLEM(p, "missing_translation", node->id,
                    "The template “%.*s” lacks a language that your debtors use: %.*s.",
                    PN_STR_ARG(family), PN_STR_ARG(known->gaps));
        }
        return;
    }
    PROBLEM(p, "missing_template", node->id,
            "There is no template “%.*s”. `puntual template list` shows the ones there are.",
            PN_STR_ARG(family));
}

static bool listed(const pn_str *names, size_t count, pn_str name) {
    for (size_t i = 0; i < count; i++) {
        if (pn_str_eq(names[i], name)) {
            return true;
        }
    }
    return false;
}

/* Names that stand outside the document: templates, strategies, pills. */
static void check_names(parser *p, const pn_flow_node *node) {
    for (size_t i = 0; node->type != NULL && i < node->type->param_count; i++) {
        const pn_param *param = &node->type->params[i];
        const pn_param_value *value = &node->params[i];
        if (!value->given || value->text.len == 0) {
            continue;
        }
        if (param->type == PN_PARAM_TEMPLATE) {
            pn_str type = pn_str_of(node->type->type);
            pn_channel_kind channel = pn_channel_kind_of(
                pn_str_starts(type, PN_STR("send.")) ? pn_str_from(type, 5) : PN_STR(""));
            check_template(p, node, channel, value->text);
        } else if (param->type == PN_PARAM_STRATEGY && !pn_str_eq(value->text, p->flow->name) &&
                   !listed(p->names->strategies, p->names->strategy_count, value->text)) {
            PROBLEM(p, "missing_strategy", node->id, "There is no strategy “%.*s” to go to.",
                    PN_STR_ARG(value->text));
        } else if (param->type == PN_PARAM_PILL &&
                   !listed(p->names->pills, p->names->pill_count, value->text)) {
            PROBLEM(p, "missing_pill", node->id, "There is no pill “%.*s” to start.",
                    PN_STR_ARG(value->text));
        } else if (param->type == PN_PARAM_CONNECTOR &&
                   !listed(p->names->connectors, p->names->connector_count, value->text)) {
            PROBLEM(p, "missing_connector", node->id, "There is no connector “%.*s” to ask.",
                    PN_STR_ARG(value->text));
        }
    }
}

static bool is_demand(const parser *p, const pn_flow_node *node) {
    if ((node->type->flags & PN_NODE_SENDS) == 0) {
        return false;
    }
    pn_str name = node->params[PN_SEND_TEMPLATE].text;
    pn_str family = pn_str_first(name, pn_str_find_char(name, '@'));
    for (size_t i = 0; i < p->names->template_count; i++) {
        if (pn_str_eq(p->names->templates[i].name, family)) {
            return p->names->templates[i].purpose == PN_PURPOSE_DEMAND;
        }
    }
    return false;
}

/* The first demand from here on that nobody was asked before again: neither a system nor a person.
 */
static const pn_flow_node *demand_from(const parser *p, uint32_t node, bool *seen) {
    if (node == PN_NODE_NONE || seen[node]) {
        return NULL;
    }
    seen[node] = true;
    const pn_flow_node *at = &p->nodes[node];
    if (is_demand(p, at)) {
        return at;
    }
    if ((at->type->flags & PN_NODE_TASKS) != 0 || strcmp(at->type->type, "branch.paid") == 0) {
        return NULL;
    }
    for (uint32_t i = 0; i < at->exit_count; i++) {
        const pn_flow_node *found = demand_from(p, at->exits[i].target, seen);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

/* Who does not know whether it is paid asks for nothing. */
static void check_unknown(parser *p, const pn_flow_node *node) {
    for (uint32_t i = 0; i < node->exit_count; i++) {
        if (strcmp(node->type->type, "branch.paid") == 0 &&
            pn_str_is(node->exits[i].name, "unknown")) {
            bool *seen = pn_arena_array(p->arena, bool, p->flow->node_count);
            const pn_flow_node *demand = demand_from(p, node->exits[i].target, seen);
            if (demand != NULL) {
                PROBLEM(p, "demand_unknown", node->id,
                        "“unknown” leads to the demand “%.*s”. Ask again, or let a person look, "
                        "before anything is asked for.",
                        PN_STR_ARG(demand->id));
            }
        }
    }
}

static void parse_document(parser *p, const pn_json *document) {
    if (document->type != PN_JSON_OBJECT) {
        PROBLEM(p, "format", PN_STR(""), "A strategy is a JSON object.");
        return;
    }
    parse_head(p, document);
    if (!lay_out_nodes(p, pn_json_field(document, "nodes"))) {
        return;
    }
    for (uint32_t i = 0; i < p->flow->node_count; i++) {
        parse_node(p, &p->nodes[i], p->documents[i]);
    }
    p->flow->start = head_node(p, document, "start");
    if (pn_json_field(document, "start") == NULL) {
        PROBLEM(p, "no_start", PN_STR(""), "\"start\" must name the first node.");
    }
    p->flow->on_paid = head_node(p, document, "on_paid");
    p->flow->on_closed = head_node(p, document, "on_closed");
    p->flow->on_returned = head_node(p, document, "on_returned");
    for (uint32_t i = 0; p->names != NULL && i < p->flow->node_count; i++) {
        check_names(p, &p->nodes[i]);
    }
}

pn_err pn_flow_compile(const pn_json *document, const pn_flow_names *names, pn_arena *arena,
                       const pn_flow **ret_flow, pn_problems *ret_problems, pn_diag *diag) {
    pn_flow *flow = pn_arena_new(arena, pn_flow);
    flow->start = flow->on_paid = flow->on_closed = flow->on_returned = PN_NODE_NONE;
    *ret_problems = (pn_problems){0};
    parser p = {.names = names, .arena = arena, .problems = ret_problems, .flow = flow};
    parse_document(&p, document);
    if (ret_problems->errors == 0) {
        pn_flow_check(flow, p.nodes, arena, ret_problems);
        for (uint32_t i = 0; names != NULL && i < flow->node_count; i++) {
            check_unknown(&p, &p.nodes[i]);
        }
    }
    for (size_t i = 0; i < ret_problems->count; i++) {
        const pn_problem *problem = &ret_problems->items[i];
        if (problem->level == PN_PROBLEM_ERROR) {
            pn_err err = pn_diag_set(diag, PN_INVALID, "%.*s", PN_STR_ARG(problem->sentence));
            if (problem->node.len != 0) {
                pn_diag_where(diag, "node %.*s", PN_STR_ARG(problem->node));
            }
            return err;
        }
    }
    *ret_flow = flow;
    return PN_OK;
}

pn_err pn_flow_format(const pn_json *document, pn_arena *arena, pn_buf *out) {
    pn_json_writer writer = pn_json_writer_on(out, 2);
    pn_json_add_canonical(&writer, document, arena);
    pn_buf_add_char(out, '\n');
    return pn_buf_err(out);
}
