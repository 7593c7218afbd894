/* Strategies: the ready ones, random ones made from the node registry, and next versions of both.
 */
#include "sim/sim_int.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/publish.h"
#include "base/banned.h"
#include "base/embedded.h"
#include "core/node/node.h"

extern const pn_embedded pn_share_files[];

/* ── ready ones ──────────────────────────────────────────────────────────────────────────────── */

/* INVALID is an answer, not an accident: a random flow may be none, a ready one may name a
 * connector that is not there. */
static pn_err publish(pn_life *life, pn_app *app, pn_str text, pn_runs_choice runs,
                      bool *ret_done) {
    pn_problems problems = {0};
    pn_publish_result result = {0};
    *ret_done = false;
    pn_diag_clear(&life->diag);
    pn_err err =
        pn_publish_strategy(app, text, (pn_publish_choice){.runs = runs, .skip_examples = true},
                            &life->scratch, &problems, &result, &life->diag);
    if (err == PN_INVALID || err == PN_NOT_FOUND || err == PN_CONFLICT) {
        return PN_OK;
    }
    *ret_done = err == PN_OK;
    return err;
}

static pn_err publish_ready(pn_life *life, pn_app *app, const char *name) {
    bool done = false;
    pn_str path = pn_str_format(&life->scratch, "strategies/%s.json", name);
    const pn_embedded *file = pn_embedded_find(pn_share_files, path);
    return file == NULL ? PN_OK : publish(life, app, pn_embedded_text(file), PN_RUNS_KEEP, &done);
}

pn_err pn_sim_ready(pn_life *life, pn_app *app) {
    static const char *const PILLS[] = {"promesas", "rebote", "promesa_vispera", "plan_cuota",
                                        "disputa_abierta"};
    static const char *const NAMES[] = {
        "b2b_30_dias",        "b2b_espana_cuenta", "b2c_consumo",     "b2c_latam_cuenta",
        "deuda_antigua",      "grandes_cuentas",   "entrega_factura", "entrega_seguimiento",
        "b2b_espana_factura", "b2c_latam_factura"};
    for (size_t i = 0; i < PN_COUNT(PILLS); i++) {
        if (pn_sim_below(life, 2) == 0) {
            PN_TRY(publish_ready(life, app, PILLS[i]));
        }
    }
    return publish_ready(life, app, NAMES[pn_sim_below(life, (int64_t)PN_COUNT(NAMES))]);
}

/* ── random ones ─────────────────────────────────────────────────────────────────────────────── */

enum { NODES_MAX = 14, EXITS_MAX = 10 };

typedef struct {
    const pn_node_type *type;
    int next[EXITS_MAX]; /* of its fixed exits, then of rules, arms and holdout */
    bool reachable;
} sketch;

typedef struct {
    pn_life *life;
    pn_buf *out;
    const sketch *node;
    int exits; /* fixed ones of the node */
} writer;

static const char *const RULES[] = {
    "[\"account.claimable\",\">\",100]",
    "[\"account.claimable\",\">\",0]",
    "[\"account.days_overdue\",\">=\",5]",
    "[\"account.days_overdue\",\"<\",12]",
    "{\"not\":[\"account.claimable\",\">=\",300]}",
    "{\"any\":[[\"account.days_overdue\",\">\",20],[\"account.claimable\",\">\",500]]}",
};

static const char *pick(pn_life *life, const char *const *texts, size_t count) {
    return texts[pn_sim_below(life, (int64_t)count)];
}

static void add_id(pn_buf *out, int node) {
    pn_buf_add_format(out, "\"n%02d\"", node);
}

static void add_options(const writer *w, pn_param_type type) {
    pn_buf_add_lit(w->out, "[");
    for (int i = 0; i < 2; i++) {
        pn_buf_add_format(w->out, "%s{\"name\":\"o%d\",", i == 0 ? "" : ",", i);
        if (type == PN_PARAM_ARMS) {
            pn_buf_add_z(w->out, i == 0 ? "\"percent\":60," : "\"percent\":40,");
        } else if (type == PN_PARAM_RULES) {
            pn_buf_add_format(w->out, "\"rule\":%s,", pick(w->life, RULES, PN_COUNT(RULES)));
        }
        pn_buf_add_lit(w->out, "\"next\":");
        add_id(w->out, w->node->next[w->exits + i]);
        pn_buf_add_lit(w->out, "}");
    }
    pn_buf_add_lit(w->out, "]");
}

static void add_choice(const writer *w, const pn_param *param) {
    size_t count = 0;
    while (param->choices[count] != NULL) {
        count++;
    }
    bool list = param->type == PN_PARAM_CHOICES;
    pn_buf_add_format(w->out, "%s\"%s\"%s", list ? "[" : "", pick(w->life, param->choices, count),
                      list ? "]" : "");
}

static void add_number(const writer *w, const pn_param *param) {
    int64_t min = PN_MAX(param->min, -8), max = PN_MIN(param->max, 15);
    if (w->life->history->world != PN_SIM_WORLD_FIRST && strcmp(param->name, "days") == 0) {
        max = PN_MIN(max, w->node->type->flags & PN_NODE_DUE_WAIT ? 15 : 3); /* soon again */
    }
    pn_buf_add_int(w->out, max < min ? param->min : min + pn_sim_below(w->life, max - min + 1));
}

/* Any value that the parameter's descriptor allows. */
static void add_value(const writer *w, const pn_param *param) {
    static const char *const DURATIONS[] = {"30m", "5h", "36h", "1d", "3d", "2w"};
    static const char *const DAYS[] = {"mon", "tue", "wed", "thu", "fri"};
    static const char *const FAMILIES[] = {"recordatorio", "recordatorio", "aviso", "silencio"};
    pn_buf *out = w->out;
    switch (param->type) {
    case PN_PARAM_INT: add_number(w, param); break;
    case PN_PARAM_BOOL: pn_buf_add_z(out, pn_sim_below(w->life, 2) == 0 ? "true" : "false"); break;
    case PN_PARAM_TEXT:
        pn_buf_add_z(out, strcmp(param->name, "field") == 0 ? "\"debtor.attr.x\"" : "\"text\"");
        break;
    case PN_PARAM_TEMPLATE:
        pn_buf_add_format(out, "\"%s\"", pick(w->life, FAMILIES, PN_COUNT(FAMILIES)));
        break;
    case PN_PARAM_CHOICE:
    case PN_PARAM_CHOICES: add_choice(w, param); break;
    case PN_PARAM_RECIPIENTS: pn_buf_add_lit(out, "[\"owner\",\"copia@example.com\"]"); break;
    case PN_PARAM_DAYKIND:
        pn_buf_add_z(out, pn_sim_below(w->life, 2) == 0 ? "\"business\"" : "\"calendar\"");
        break;
    case PN_PARAM_CLOCK:
        pn_buf_add_format(out, "\"%02d:%02d\"", (int)pn_sim_below(w->life, 24),
                          (int)pn_sim_below(w->life, 2) * 30);
        break;
    case PN_PARAM_DURATION:
        pn_buf_add_format(out, "\"%s\"", pick(w->life, DURATIONS, PN_COUNT(DURATIONS)));
        break;
    case PN_PARAM_WEEKDAYS:
        pn_buf_add_format(out, "[\"%s\",\"sat\"]", pick(w->life, DAYS, PN_COUNT(DAYS)));
        break;
    case PN_PARAM_MONTHDAY:
        if (pn_sim_below(w->life, 3) == 0) {
            pn_buf_add_lit(out, "\"last\"");
        } else {
            pn_buf_add_int(out, 1 + pn_sim_below(w->life, 31));
        }
        break;
    case PN_PARAM_AMOUNT:
        pn_buf_add_format(out, "%d.%02d", (int)pn_sim_below(w->life, 50),
                          1 + (int)pn_sim_below(w->life, 99));
        break;
    case PN_PARAM_PERCENT: pn_buf_add_int(out, 5 + pn_sim_below(w->life, 80)); break;
    case PN_PARAM_VALUE: pn_buf_add_lit(out, "\"v\""); break;
    case PN_PARAM_RULE: pn_buf_add_z(out, pick(w->life, RULES, PN_COUNT(RULES))); break;
    case PN_PARAM_RULES:
    case PN_PARAM_ARMS:
    case PN_PARAM_OUTCOMES: add_options(w, param->type); break;
    case PN_PARAM_HOLDOUT:
        pn_buf_add_lit(out, "{\"percent\":20,\"next\":");
        add_id(out, w->node->next[w->exits + 2]);
        pn_buf_add_lit(out, "}");
        break;
    case PN_PARAM_NODE:
    case PN_PARAM_STRATEGY:
    case PN_PARAM_PILL:
    case PN_PARAM_CONNECTOR: pn_buf_add_lit(out, "\"x\""); break;
    }
}

static int exit_count(const pn_node_type *type) {
    int count = 0;
    while (type->exits[count] != NULL) {
        count++;
    }
    return count;
}

static bool has_options(pn_param_type kind) {
    return kind == PN_PARAM_RULES || kind == PN_PARAM_ARMS || kind == PN_PARAM_OUTCOMES;
}

static int all_exits(const pn_node_type *type) {
    int count = exit_count(type);
    for (size_t i = 0; i < type->param_count; i++) {
        pn_param_type kind = type->params[i].type;
        count += has_options(kind) ? 2 : kind == PN_PARAM_HOLDOUT;
    }
    return count;
}

static bool names_others(const pn_param *param) {
    return param->type == PN_PARAM_NODE || param->type == PN_PARAM_STRATEGY ||
           param->type == PN_PARAM_PILL || param->type == PN_PARAM_CONNECTOR;
}

/* One that needs what this world does not have: a connector, another strategy, a mandate. */
static bool is_possible(const pn_node_type *type) {
    for (size_t i = 0; i < type->param_count; i++) {
        const pn_param *param = &type->params[i];
        if ((param->required && param->type != PN_PARAM_NODE && names_others(param)) ||
            strcmp(param->name, "restore_body") == 0) {
            return false;
        }
    }
    return strcmp(type->type, "collect") != 0 && all_exits(type) <= EXITS_MAX;
}

/* Parameters that only some values of others allow. */
static bool is_free(const pn_param *param) {
    static const char *const NAMES[] = {"source", "pick",   "into", "amount_max",
                                        "path",   "answer", "id",   "restore_path"};
    for (size_t i = 0; i < PN_COUNT(NAMES); i++) {
        if (strcmp(param->name, NAMES[i]) == 0) {
            return false;
        }
    }
    return !names_others(param);
}

static void add_node(pn_life *life, const sketch *node, pn_buf *out) {
    writer w = {life, out, node, exit_count(node->type)};
    pn_buf_add_format(out, "{\"type\":\"%s\"", node->type->type);
    for (int i = 0; i < w.exits; i++) {
        pn_buf_add_format(out, ",\"%s\":", node->type->exits[i]);
        add_id(out, node->next[i]);
    }
    for (size_t i = 0; i < node->type->param_count; i++) {
        const pn_param *param = &node->type->params[i];
        bool always =
            param->required || param->type == PN_PARAM_HOLDOUT || has_options(param->type);
        if ((is_free(param) || param->required) && (always || pn_sim_below(life, 3) == 0)) {
            pn_buf_add_format(out, ",\"%s\":", param->name);
            add_value(&w, param);
        }
    }
    pn_buf_add_lit(out, "}");
}

static void reach(sketch *nodes, int from) {
    if (!nodes[from].reachable) {
        nodes[from].reachable = true;
        for (int i = 0; i < all_exits(nodes[from].type); i++) {
            reach(nodes, nodes[from].next[i]);
        }
    }
}

static const pn_node_type *random_type(pn_life *life) {
    static const char *const COMMON[] = {"wait.due", "send.email", "wait.days",       "send.email",
                                         "task",     "charge.fee", "charge.interest", "wait.until"};
    const pn_node_type *type = NULL;
    do {
        type = pn_sim_below(life, 3) != 0
                   ? pn_node_type_find(pn_str_of(pick(life, COMMON, PN_COUNT(COMMON))))
                   : pn_node_type_at((size_t)pn_sim_below(life, (int64_t)pn_node_type_count()));
    } while (type == NULL || !is_possible(type));
    return type;
}

/* Exits lead forward, and now and then back: whether that loop breathes, the compiler says. */
static void sketch_nodes(pn_life *life, sketch *nodes, int count) {
    for (int i = 0; i < count; i++) {
        nodes[i].type = i + 1 < count ? random_type(life) : pn_node_type_find(PN_STR("end"));
        for (int j = 0; j < all_exits(nodes[i].type); j++) {
            int64_t ahead = count - i - 1;
            nodes[i].next[j] = pn_sim_below(life, 8) == 0   ? (int)pn_sim_below(life, count)
                               : pn_sim_below(life, 3) == 0 ? i + 1 + (int)pn_sim_below(life, ahead)
                                                            : i + 1;
        }
    }
}

static void write_flow(pn_life *life, int number, pn_buf *out) {
    static const char *const HEADS[] = {"on_paid", "on_closed", "on_returned"};
    sketch nodes[NODES_MAX] = {{0}};
    int count = 2 + (int)pn_sim_below(life, NODES_MAX - 2);
    bool first = true;
    sketch_nodes(life, nodes, count);
    pn_buf_clear(out);
    pn_buf_add_format(
        out,
        "{\"puntual\":1,\"kind\":\"strategy\",\"name\":\"azar_%d\",\"subject\":\"%s\","
        "\"priority\":%d,\"entry\":{\"rule\":%s},\"start\":\"n00\"",
        number, pn_sim_below(life, 4) == 0 ? "invoice" : "account", (int)pn_sim_below(life, 50),
        pick(life, RULES, PN_COUNT(RULES)));
    reach(nodes, 0);
    for (size_t i = 0; i < PN_COUNT(HEADS); i++) {
        if (pn_sim_below(life, 3) == 0) {
            int target = (int)pn_sim_below(life, count);
            pn_buf_add_format(out, ",\"%s\":\"n%02d\"", HEADS[i], target);
            reach(nodes, target);
        }
    }
    pn_buf_add_lit(out, ",\"nodes\":{");
    for (int i = 0; i < count; i++) {
        if (nodes[i].reachable) {
            pn_buf_add_z(out, first ? "" : ",");
            first = false;
            add_id(out, i);
            pn_buf_add_lit(out, ":");
            add_node(life, &nodes[i], out);
        }
    }
    pn_buf_add_lit(out, "}}");
}

enum { TRIES = 60 };

pn_err pn_sim_random(pn_life *life, pn_app *app) {
    pn_buf text;
    bool done = false;
    pn_err err = PN_OK;
    int number = (int)(life->dice.state % 1000);
    pn_buf_init(&text, 1 << 20);
    for (int i = 0; i < TRIES && !done && err == PN_OK; i++) {
        write_flow(life, number, &text);
        err = publish(life, app, pn_buf_str(&text), PN_RUNS_KEEP, &done);
    }
    life->random_strategies += done;
    if (done && getenv("PUNTUAL_SIM_FLOWS") != NULL) {
        (void)fprintf(stderr, "%.*s\n", PN_STR_ARG(pn_buf_str(&text)));
    }
    pn_buf_done(&text);
    return err;
}

/* ── next versions ───────────────────────────────────────────────────────────────────────────── */

/* The newest document of a strategy with another time of day, kept, moved or drained. */
pn_err pn_sim_republish(pn_life *life, pn_app *app) {
    pn_str text = PN_STR_NONE;
    bool done = false;
    pn_stmt *q = pn_db_stmt(app->db, "SELECT v.document FROM strategy_version v JOIN strategy s ON"
                                     " s.id = v.strategy_id WHERE s.org_id = $1 ORDER BY v.id");
    int64_t at = pn_sim_below(life, 12);
    pn_bind_int(q, 1, app->org.id);
    for (int64_t i = 0; i <= at && pn_row_next(q) == PN_OK; i++) {
        text = pn_col_str_dup(q, 0, &life->scratch);
    }
    pn_stmt_reset(q);
    char *copy = pn_arena_copy(&life->scratch, text.ptr != NULL ? text.ptr : "", text.len);
    for (char *found = copy; (found = strstr(found, "\"days\":")) != NULL; found += 7) {
        char *digit = found + 7 + (found[7] == ' ');
        if (digit[0] >= '1' && digit[0] <= '9' && pn_sim_below(life, 3) == 0) {
            digit[0] = (char)('1' + pn_sim_below(life, 9));
        }
    }
    if (text.len == 0) {
        return PN_OK;
    }
    pn_runs_choice runs = (pn_runs_choice)pn_sim_below(life, 3);
    PN_TRY(publish(life, app, pn_str_of(copy), runs, &done));
    if (runs != PN_RUNS_MOVE) {
        pn_sim_check_pinned(life);
    }
    return PN_OK;
}
