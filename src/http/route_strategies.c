/* Strategies and their versions: what is published, what a document would change, publishing. */
#include "app/examples.h"
#include "app/shelve.h"
#include "app/volume.h"
#include "base/banned.h"
#include "base/limits.h"
#include "core/flow/schema.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/four_eyes.h"
#include "http/publishing.h"
#include "http/tables.h"
#include "store/document.h"

static const char *const KINDS[] = {"strategy", "pill", NULL};
static const char *const SUBJECTS[] = {"invoice", "account", NULL};
static_assert(PN_SUBJECT_INVOICE == 0 && PN_SUBJECT_ACCOUNT == 1, "the order of SUBJECTS");

static const pn_shape STRATEGY_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_STRATEGY, .required = true},
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "kind", .type = PN_SHAPE_WORD, .words = KINDS, .required = true},
    {.name = "subject", .type = PN_SHAPE_WORD, .words = SUBJECTS, .required = true},
    {.name = "priority", .type = PN_SHAPE_INT, .required = true},
    {.name = "description", .type = PN_SHAPE_LINES},
    {.name = "version", .type = PN_SHAPE_INT, .required = true},
    {.name = "nodes", .type = PN_SHAPE_INT, .required = true},
    {.name = "runs", .type = PN_SHAPE_INT, .required = true, .help = "active, in any version"},
    {.name = "active", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "stopped_on",
     .type = PN_SHAPE_DATE,
     .help = "it would have sent too many on that day and waits for a release"},
    {.name = "daily_max", .type = PN_SHAPE_INT, .required = true, .help = "0: what is predicted"},
    {.name = NULL},
};
static const pn_schema_object STRATEGY = {"Strategy", STRATEGY_FIELDS, "A way to ask"};

static const pn_shape VERSION_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_VERSION, .required = true},
    {.name = "version", .type = PN_SHAPE_INT, .required = true},
    {.name = "published_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "published_by", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "document", .type = PN_SHAPE_JSON, .help = "where one version is asked for"},
    {.name = NULL},
};
static const pn_schema_object VERSION = {"StrategyVersion", VERSION_FIELDS, "One version"};

static const pn_shape NODE_FIELDS[] = {
    {.name = "version", .type = PN_SHAPE_INT, .required = true},
    {.name = "node", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "runs", .type = PN_SHAPE_INT, .required = true},
    {.name = NULL},
};
static const pn_schema_object NODE = {"NodeCount", NODE_FIELDS, "Active runs that stand on a node"};

static const pn_shape PROBLEM_FIELDS[] = {
    {.name = "error", .type = PN_SHAPE_BOOL, .required = true, .help = "false: a warning"},
    {.name = "node", .type = PN_SHAPE_TEXT},
    {.name = "code", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "sentence", .type = PN_SHAPE_LINES, .required = true},
    {.name = NULL},
};
static const pn_shape CHANGE_FIELDS[] = {
    {.name = "kind", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "node", .type = PN_SHAPE_TEXT},
    {.name = "what", .type = PN_SHAPE_TEXT},
    {.name = "before", .type = PN_SHAPE_LINES},
    {.name = "after", .type = PN_SHAPE_LINES},
    {.name = NULL},
};
static const pn_shape CHECK_FIELDS[] = {
    {.name = "ok", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "name", .type = PN_SHAPE_TEXT},
    {.name = "problems", .type = PN_SHAPE_LIST, .fields = PROBLEM_FIELDS, .required = true},
    {.name = "examples", .type = PN_SHAPE_INT, .required = true, .help = "that were played"},
    {.name = "examples_failed", .type = PN_SHAPE_INT, .required = true},
    {.name = "changes",
     .type = PN_SHAPE_LIST,
     .fields = CHANGE_FIELDS,
     .help = "from the newest version; null where there is none yet"},
    {.name = "runs", .type = PN_SHAPE_INT, .required = true, .help = "active in earlier versions"},
    {.name = NULL},
};
static const pn_schema_object CHECK = {"StrategyCheck", CHECK_FIELDS,
                                       "What is wrong with a document, and what it would change"};

#define DOCUMENT                                                                                   \
    {                                                                                              \
        .name = "document", .type = PN_SHAPE_JSON, .required = true,                               \
        .max = PN_LIMIT_STRATEGY_BYTES,                                                            \
        .help = "docs/strategy-language.md; its schema is at /v1/strategies/schema"                \
    }
static const pn_shape CHECK_BODY[] = {DOCUMENT, {.name = NULL}};
static const pn_shape PUBLISH_BODY[] = {
    DOCUMENT,
    {.name = "runs",
     .type = PN_SHAPE_WORD,
     .words = PN_RUNS_WORDS,
     .help = "runs of earlier versions stay in theirs (keep, drain), or go to the node of the same "
             "id and type (move)"},
    {.name = "skip_examples",
     .type = PN_SHAPE_BOOL,
     .help = "publish although its own examples are not met"},
    {.name = NULL},
};
static const pn_shape RELEASE_BODY[] = {
    {.name = "reason", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 400},
    {.name = NULL},
};

static const pn_shape DIFF_QUERY[] = {
    {.name = "from", .type = PN_SHAPE_INT, .required = true, .min = 1, .max = INT32_MAX},
    {.name = "to", .type = PN_SHAPE_INT, .min = 1, .max = INT32_MAX, .help = "else the newest"},
    {.name = NULL},
};
static const pn_shape DIFF_FIELDS[] = {
    {.name = "from", .type = PN_SHAPE_INT, .required = true},
    {.name = "to", .type = PN_SHAPE_INT, .required = true},
    {.name = "changes", .type = PN_SHAPE_LIST, .fields = CHANGE_FIELDS, .required = true},
    {.name = NULL},
};
static const pn_schema_object DIFF = {"StrategyDiff", DIFF_FIELDS,
                                      "What differs between two versions, node by node"};

/* ── looking ── */

static pn_err put_strategy(pn_exchange *x, pn_json_writer *w, const pn_strategy_row *row) {
    const pn_published *newest = NULL;
    int64_t runs = 0;
    PN_TRY(pn_catalog_version(x->app, row->version_id, &newest, &x->diag));
    PN_TRY(pn_told(x, pn_strategy_runs(x->db, row->id, &runs)));
    pn_json_begin_object(w);
    pn_put_id(w, "id", PN_ID_STRATEGY, row->id);
    pn_json_put_str(w, "name", row->name);
    pn_json_put_str(w, "kind", pn_str_of(KINDS[row->kind]));
    pn_json_put_str(w, "subject", pn_str_of(SUBJECTS[row->subject]));
    pn_json_put_int(w, "priority", row->priority);
    pn_put_str_or_null(w, "description", newest->flow->description);
    pn_json_put_int(w, "version", newest->version);
    pn_json_put_int(w, "nodes", newest->flow->node_count);
    pn_json_put_int(w, "runs", runs);
    pn_json_put_bool(w, "active", row->active);
    pn_put_date(w, "stopped_on", row->stopped_on);
    pn_json_put_int(w, "daily_max", row->daily_max);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err list_strategies(pn_exchange *x) {
    pn_strategy_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_told(x, pn_strategy_list(x->db, x->app->org.id, x->arena, &rows, &count)));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        PN_TRY(put_strategy(x, w, &rows[i]));
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

static pn_err path_strategy(pn_exchange *x, pn_strategy_row *ret_row) {
    pn_id id = 0;
    pn_strategy_row row = {0};
    PN_TRY(pn_argument_id(x, 0, PN_ID_STRATEGY, &id));
    pn_err err = pn_strategy_get(x->db, id, x->arena, &row);
    if (err == PN_NOT_FOUND || (err == PN_OK && row.org_id != x->app->org.id)) {
        return pn_nothing_here(x, "strategy", PN_ID_STRATEGY, id);
    }
    *ret_row = row;
    return pn_told(x, err);
}

static pn_err get_strategy(pn_exchange *x) {
    pn_strategy_row row;
    PN_TRY(path_strategy(x, &row));
    return put_strategy(x, pn_answer_bare(x), &row);
}

static void put_version(pn_json_writer *w, const pn_version_row *row, bool whole) {
    pn_json_begin_object(w);
    pn_put_id(w, "id", PN_ID_VERSION, row->id);
    pn_json_put_int(w, "version", row->version);
    pn_put_time(w, "published_at", row->published_at);
    pn_json_put_str(w, "published_by", row->published_by);
    if (whole) {
        pn_put_json(w, "document", row->document);
    }
    pn_json_end_object(w);
}

static pn_err read_versions(pn_exchange *x, pn_version_row **ret_rows, size_t *ret_count) {
    pn_strategy_row row;
    PN_TRY(path_strategy(x, &row));
    return pn_told(x, pn_version_list(x->db, row.id, x->arena, ret_rows, ret_count));
}

static pn_err list_versions(pn_exchange *x) {
    pn_version_row *rows = NULL;
    size_t count = 0;
    PN_TRY(read_versions(x, &rows, &count));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        put_version(w, &rows[i], false);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

/* 0: the newest. */
static pn_err version_of(pn_exchange *x, const pn_version_row *rows, size_t count, int64_t number,
                         const pn_version_row **ret_row) {
    for (size_t i = 0; i < count; i++) {
        if (rows[i].version == number || (number == 0 && i + 1 == count)) {
            *ret_row = &rows[i];
            return PN_OK;
        }
    }
    return pn_diag_set(&x->diag, PN_NOT_FOUND, "It has no such version.");
}

static pn_err get_version(pn_exchange *x) {
    pn_version_row *rows = NULL;
    const pn_version_row *row = NULL;
    size_t count = 0;
    int64_t number = 0;
    if (pn_str_to_int64(x->arguments[1], &number) != PN_OK || number <= 0) {
        number = -1;
    }
    PN_TRY(read_versions(x, &rows, &count));
    PN_TRY(version_of(x, rows, count, number, &row));
    put_version(pn_answer_bare(x), row, true);
    return PN_OK;
}

static void put_difference(pn_exchange *x, pn_json_writer *w, const pn_json *before,
                           const pn_json *after) {
    pn_change *changes = NULL;
    size_t count = 0;
    pn_flow_diff(before, after, x->arena, &changes, &count);
    pn_put_list(w, "changes");
    for (size_t i = 0; i < count; i++) {
        pn_json_begin_object(w);
        pn_json_put_str(w, "kind", pn_str_of(pn_change_kind_name(changes[i].kind)));
        pn_put_str_or_null(w, "node", changes[i].node);
        pn_put_str_or_null(w, "what", changes[i].what);
        pn_put_str_or_null(w, "before", changes[i].before);
        pn_put_str_or_null(w, "after", changes[i].after);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

static pn_err compare_versions(pn_exchange *x) {
    pn_version_row *rows = NULL;
    const pn_version_row *from = NULL, *to = NULL;
    pn_json *before = NULL, *after = NULL;
    size_t count = 0;
    PN_TRY(read_versions(x, &rows, &count));
    PN_TRY(version_of(x, rows, count, pn_query_value(x, "from")->number, &from));
    PN_TRY(version_of(x, rows, count, pn_query_value(x, "to")->number, &to));
    PN_TRY(pn_json_parse(from->document, NULL, x->arena, &before, &x->diag));
    PN_TRY(pn_json_parse(to->document, NULL, x->arena, &after, &x->diag));
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_int(w, "from", from->version);
    pn_json_put_int(w, "to", to->version);
    put_difference(x, w, before, after);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err count_nodes(pn_exchange *x) {
    pn_strategy_row strategy;
    pn_node_count *rows = NULL;
    size_t count = 0;
    PN_TRY(path_strategy(x, &strategy));
    PN_TRY(pn_told(x, pn_strategy_node_counts(x->db, strategy.id, x->arena, &rows, &count)));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        const pn_published *version = NULL;
        PN_TRY(pn_catalog_version(x->app, rows[i].version_id, &version, &x->diag));
        pn_json_begin_object(w);
        pn_json_put_int(w, "version", version->version);
        pn_json_put_str(w, "node", pn_flow_node_id(version->flow, rows[i].node));
        pn_json_put_int(w, "runs", rows[i].runs);
        pn_json_end_object(w);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

static pn_err get_schema(pn_exchange *x) {
    pn_buf_init(&x->answer.body, 1 << 24);
    pn_json_writer w = pn_json_writer_on(&x->answer.body, 0);
    pn_flow_schema(&w);
    x->answer.content_type = "application/json";
    return PN_OK;
}

/* ── checking ── */

typedef struct {
    const pn_json *json;
    const pn_flow *flow; /* NULL: it does not compile */
    pn_flow_names names;
    pn_problems problems;
    pn_examples_played played;
} checked;

static pn_err check(pn_exchange *x, checked *c) {
    pn_diag diag = {0};
    c->json = pn_body_value(x, "document")->json;
    PN_TRY(pn_catalog_names(x->app, x->arena, &c->names, &x->diag));
    pn_err err = pn_flow_compile(c->json, &c->names, x->arena, &c->flow, &c->problems, &diag);
    if (err == PN_OK) {
        err = pn_examples_play(c->json, c->flow, &c->names, x->arena, &c->problems, &c->played,
                               &diag);
    }
    if (err == PN_OK) {
        err = pn_examples_refuse(&c->played, x->arena, &c->problems, &diag);
    }
    if (err != PN_OK && c->problems.count == 0) {
        x->diag = diag;
        return err;
    }
    return PN_OK;
}

static void put_problems(pn_json_writer *w, const pn_problems *problems) {
    pn_put_list(w, "problems");
    for (size_t i = 0; i < problems->count; i++) {
        const pn_problem *problem = &problems->items[i];
        pn_json_begin_object(w);
        pn_json_put_bool(w, "error", problem->level == PN_PROBLEM_ERROR);
        pn_put_str_or_null(w, "node", problem->node);
        pn_json_put_str(w, "code", pn_str_of(problem->code));
        pn_json_put_str(w, "sentence", problem->sentence);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

/* From the newest version of the same name, where there is one. */
static pn_err put_changes(pn_exchange *x, pn_json_writer *w, const checked *c) {
    pn_strategy_row strategy;
    pn_version_row version;
    pn_json *before = NULL;
    int64_t runs = 0;
    pn_err err = c->flow == NULL
                     ? PN_NOT_FOUND
                     : pn_strategy_find(x->db, x->app->org.id, c->flow->name, x->arena, &strategy);
    if (err == PN_NOT_FOUND) {
        pn_json_put_int(w, "runs", 0);
        return PN_OK;
    }
    err = err == PN_OK ? pn_strategy_runs(x->db, strategy.id, &runs) : err;
    err = err == PN_OK ? pn_version_get(x->db, strategy.version_id, x->arena, &version) : err;
    err = err == PN_OK ? pn_json_parse(version.document, NULL, x->arena, &before, &x->diag) : err;
    PN_TRY(pn_told(x, err));
    put_difference(x, w, before, c->json);
    pn_json_put_int(w, "runs", runs);
    return PN_OK;
}

static pn_err check_strategy(pn_exchange *x) {
    checked c = {0};
    PN_TRY(check(x, &c));
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_bool(w, "ok", c.problems.errors == 0);
    pn_put_str_or_null(w, "name", c.flow == NULL ? PN_STR_NONE : c.flow->name);
    put_problems(w, &c.problems);
    pn_json_put_int(w, "examples", (int64_t)c.played.count);
    pn_json_put_int(w, "examples_failed", (int64_t)c.played.failed);
    PN_TRY(put_changes(x, w, &c));
    pn_json_end_object(w);
    return PN_OK;
}

/* ── publishing ── */

static pn_err publish_strategy(pn_exchange *x) {
    const pn_route_value *document = pn_body_value(x, "document");
    pn_publish_choice choice = {
        .runs = (pn_runs_choice)pn_body_value(x, "runs")->number,
        .skip_examples = pn_body_value(x, "skip_examples")->number != 0,
    };
    bool done = false;
    return pn_answer_publish_strategy(x, document->text, document->json, choice, &done);
}

static pn_err release_strategy(pn_exchange *x) {
    pn_strategy_row row;
    bool go = false;
    PN_TRY(path_strategy(x, &row));
    PN_TRY(pn_four_eyes(x, PN_APPROVE_RELEASE, row.name, row.name, (pn_money){0}, &go));
    if (!go) {
        return PN_OK;
    }
    PN_TRY(
        pn_volume_release(x->app, row.name, pn_body_value(x, "reason")->text, x->arena, &x->diag));
    return get_strategy(x);
}

static pn_err shelve(pn_exchange *x, bool shelved) {
    pn_strategy_row row;
    PN_TRY(path_strategy(x, &row));
    PN_TRY(pn_strategy_shelve(x->app, row.name, shelved, pn_body_value(x, "reason")->text, x->arena,
                              &x->diag));
    return get_strategy(x);
}

static pn_err archive_strategy(pn_exchange *x) {
    return shelve(x, true);
}

static pn_err restore_strategy(pn_exchange *x) {
    return shelve(x, false);
}

#define ONE "/v1/strategies/{strategy}"
#define ROUTE(verb, at, id, on, may, of, takes, what, does, says)                                  \
    .method = PN_HTTP_##verb, .path = at, .name = id, .runs = on, .roles = may, .scope = of,       \
    .body = takes, .gives = what, .answer = does, .summary = says
#define READS(at, id, what, does, says)                                                            \
    ROUTE(GET, at, id, PN_RUNS_READER, PN_MAY_READ, "strategies:read", NULL, what, does, says)

pn_route_table PN_ROUTES_STRATEGIES = {
    {READS("/v1/strategies", "list_strategies", &STRATEGY, list_strategies,
           "strategies and pills, the highest priority first"),
     .gives_list = true},
    {READS("/v1/strategies/schema", "get_strategy_schema", NULL, get_schema,
           "JSON schema of a strategy's document"),
     .answer_type = "application/json"},
    {ROUTE(POST, "/v1/strategies/check", "check_strategy", PN_RUNS_READER, PN_MAY_READ,
           "strategies:read", CHECK_BODY, &CHECK, check_strategy,
           "what is wrong with a document, and what it would change")},
    {ROUTE(POST, "/v1/strategies", "publish_strategy", PN_RUNS_LONG, PN_MAY_MANAGE,
           "strategies:write", PUBLISH_BODY, &PN_PUBLISHED_SCHEMA, publish_strategy,
           "publish a document as a new version of the strategy it names")},
    {READS(ONE, "get_strategy", &STRATEGY, get_strategy, "one strategy")},
    {READS(ONE "/versions", "list_strategy_versions", &VERSION, list_versions, "its versions"),
     .gives_list = true},
    {READS(ONE "/versions/{version}", "get_strategy_version", &VERSION, get_version,
           "one version with its document")},
    {READS(ONE "/diff", "compare_strategy_versions", &DIFF, compare_versions,
           "what differs between two versions: nodes added, removed, and what changed in them"),
     .query = DIFF_QUERY},
    {READS(ONE "/counts", "count_strategy_nodes", &NODE, count_nodes,
           "how many runs stand on each node"),
     .gives_list = true},
    {ROUTE(POST, ONE "/release", "release_strategy", PN_RUNS_WRITER, PN_MAY_MANAGE,
           "strategies:write", RELEASE_BODY, &STRATEGY, release_strategy,
           "let a stopped one send whatever it wants for the rest of the day")},
    {ROUTE(POST, ONE "/archive", "archive_strategy", PN_RUNS_WRITER, PN_MAY_MANAGE,
           "strategies:write", RELEASE_BODY, &STRATEGY, archive_strategy,
           "nothing new enters it any more; what is in it goes on, and its versions stay")},
    {ROUTE(POST, ONE "/restore", "restore_strategy", PN_RUNS_WRITER, PN_MAY_MANAGE,
           "strategies:write", RELEASE_BODY, &STRATEGY, restore_strategy, "it is used again")},
    {.path = NULL},
};
