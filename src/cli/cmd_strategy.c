#include "app/publish.h"
#include "app/shelve.h"
#include "app/work.h"
#include "base/banned.h"
#include "base/limits.h"
#include "cli/cmd.h"
#include "cli/ready.h"
#include "core/flow/schema.h"

/* ── reading and checking ────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_str text;
    const pn_json *json;
    const pn_flow *flow;
    pn_flow_names names;
    pn_problems problems;
} document;

static void print_problems(pn_cli *cli, const pn_problems *problems) {
    static const pn_column COLUMNS[] = {
        {"level", "", false},
        {"node", "Node", false},
        {"code", "Code", false},
        {"sentence", "Problem", false},
    };
    pn_out *out = &cli->out;
    if (problems->count == 0 && !out->json) {
        return;
    }
    pn_out_table(out, "problems", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < problems->count; i++) {
        const pn_problem *problem = &problems->items[i];
        pn_cell_str(out, problem->level == PN_PROBLEM_ERROR ? PN_STR("error") : PN_STR("warning"));
        pn_cell_str(out, problem->node);
        pn_cell_str(out, pn_str_of(problem->code));
        pn_cell_str(out, problem->sentence);
    }
    pn_out_table_end(out, NULL);
}

/* Against what the organization has published; without a database, against what is ready-made. */
static pn_err compile(pn_cli *cli, document *doc) {
    pn_json *json = NULL;
    PN_TRY(pn_cli_parse_json(cli, doc->text, cli->args[0], &json));
    if (cli->app != NULL) {
        PN_TRY(pn_catalog_names(cli->app, &cli->arena, &doc->names, &cli->diag));
    } else {
        PN_TRY(pn_ready_names(&cli->arena, &doc->names, &cli->diag));
    }
    doc->json = json;
    return pn_flow_compile(json, &doc->names, &cli->arena, &doc->flow, &doc->problems, &cli->diag);
}

static pn_err play(pn_cli *cli, document *doc, pn_examples_played *ret_played) {
    return pn_examples_play(doc->json, doc->flow, &doc->names, &cli->arena, &doc->problems,
                            ret_played, &cli->diag);
}

/* Compiles, and plays the examples unless they are to be skipped. */
static pn_err compile_and_play(pn_cli *cli, document *doc, bool skip_examples) {
    pn_examples_played played;
    PN_TRY(compile(cli, doc));
    if (skip_examples) {
        return PN_OK;
    }
    PN_TRY(play(cli, doc, &played));
    return pn_examples_refuse(&played, &cli->arena, &doc->problems, &cli->diag);
}

static pn_err read_document(pn_cli *cli, pn_str path, document *doc) {
    *doc = (document){0};
    const pn_embedded *ready = pn_ready_strategy(path);
    if (ready != NULL) {
        doc->text = pn_embedded_text(ready);
        return PN_OK;
    }
    return pn_cli_read_file(cli, path, PN_LIMIT_STRATEGY_BYTES, &doc->text);
}

/* With problems listed, the sentence is that there are some. */
static pn_err refuse(pn_cli *cli, const document *doc, pn_err err) {
    if (doc->problems.errors == 0) {
        return err;
    }
    return pn_diag_set(&cli->diag, err, "%zu %s in “%.*s”; nothing was published.",
                       doc->problems.errors, doc->problems.errors == 1 ? "problem" : "problems",
                       PN_STR_ARG(cli->args[0]));
}

pn_err pn_cmd_strategy_check(pn_cli *cli) {
    document doc;
    PN_TRY(read_document(cli, cli->args[0], &doc));
    pn_err err = compile_and_play(cli, &doc, false);
    if (err != PN_OK && doc.problems.count == 0) {
        return err; /* no JSON at all */
    }
    pn_out_bool(&cli->out, "ok", NULL, err == PN_OK);
    if (doc.flow != NULL) {
        pn_out_str(&cli->out, "name", NULL, doc.flow->name);
        pn_out_int(&cli->out, "nodes", NULL, doc.flow->node_count);
    }
    print_problems(cli, &doc.problems);
    if (err != PN_OK) {
        return pn_diag_set(&cli->diag, err, "%zu %s in “%.*s”.", doc.problems.errors,
                           doc.problems.errors == 1 ? "problem" : "problems",
                           PN_STR_ARG(cli->args[0]));
    }
    pn_out_line(&cli->out, "“%.*s” is valid: %u nodes.", PN_STR_ARG(doc.flow->name),
                doc.flow->node_count);
    return PN_OK;
}

/* ── its examples ────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_STRATEGY_TEST_OPTIONS[] = {
    {"show", NULL, "print what happens in each example, day by day"},
    {"example", "N", "only the example of this number"},
    {NULL, NULL, NULL},
};

static void print_examples(pn_cli *cli, const pn_examples_played *played, size_t first,
                           size_t last) {
    static const pn_column COLUMNS[] = {
        {"number", "#", true}, {"title", "Example", false},     {"met", "", false},
        {"day", "Day", true},  {"expected", "Expected", false}, {"got", "Got", false},
    };
    pn_out *out = &cli->out;
    pn_out_table(out, "examples", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = first; i < last; i++) {
        const pn_example_result *each = &played->items[i];
        pn_cell_int(out, (int64_t)i + 1);
        pn_cell_str(out, each->example->title);
        if (out->json) {
            pn_cell_raw(out, each->met ? PN_STR("true") : PN_STR("false"));
        } else {
            pn_cell_str(out, each->met ? PN_STR("ok") : PN_STR("NOT MET"));
        }
        if (each->met) {
            pn_cell_raw(out, PN_STR(""));
        } else {
            pn_cell_int(out, each->day);
        }
        pn_cell_str(out, each->expected);
        pn_cell_str(out, each->got);
    }
    pn_out_table_end(out, "It carries no examples.");
}

static void print_happening(pn_cli *cli, size_t number, const pn_example_result *each,
                            const pn_happening *happening) {
    pn_out *out = &cli->out;
    pn_cell_int(out, (int64_t)number);
    pn_cell_int(out, happening->day);
    pn_cell_date(out, each->example->day_0 + happening->day);
    pn_cell_str(out, pn_str_of(pn_happening_name(happening->kind)));
    pn_cell_str(out, pn_happening_text(happening, &cli->arena));
}

static void print_days(pn_cli *cli, const pn_examples_played *played, size_t first, size_t last) {
    static const pn_column COLUMNS[] = {
        {"number", "#", true}, {"day", "Day", true},    {"date", "Date", false},
        {"kind", "", false},   {"what", "What", false},
    };
    pn_out_line(&cli->out, "%s", "");
    pn_out_table(&cli->out, "days", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = first; i < last; i++) {
        for (size_t j = 0; j < played->items[i].count; j++) {
            print_happening(cli, i + 1, &played->items[i], &played->items[i].happenings[j]);
        }
    }
    pn_out_table_end(&cli->out, "Nothing happens.");
}

pn_err pn_cmd_strategy_test(pn_cli *cli) {
    document doc;
    pn_examples_played played;
    int64_t only = 0;
    PN_TRY(pn_cli_int(cli, "example", 1, PN_LIMIT_EXAMPLES, 0, &only));
    PN_TRY(read_document(cli, cli->args[0], &doc));
    pn_err err = compile(cli, &doc);
    err = err == PN_OK ? play(cli, &doc, &played) : err;
    if (err == PN_OK && doc.problems.errors != 0) {
        err = PN_INVALID;
    }
    if (err != PN_OK) {
        print_problems(cli, &doc.problems);
        return doc.problems.errors == 0 ? err
                                        : pn_diag_set(&cli->diag, err, "“%.*s” cannot be tested.",
                                                      PN_STR_ARG(cli->args[0]));
    }
    if ((size_t)only > played.count) {
        return pn_diag_set(&cli->diag, PN_NOT_FOUND, "It has %zu examples.", played.count);
    }
    size_t first = only != 0 ? (size_t)only - 1 : 0, last = only != 0 ? (size_t)only : played.count;
    pn_out_bool(&cli->out, "ok", NULL, played.failed == 0);
    pn_out_str(&cli->out, "name", NULL, doc.flow->name);
    print_examples(cli, &played, first, last);
    if (pn_cli_given(cli, "show")) {
        print_days(cli, &played, first, last);
    }
    return played.failed == 0
               ? PN_OK
               : pn_diag_set(&cli->diag, PN_INVALID, "%zu of %zu examples are not met.",
                             played.failed, played.count);
}

const pn_cli_option PN_STRATEGY_FMT_OPTIONS[] = {
    {"write", NULL, "write the file instead of printing it"},
    {NULL, NULL, NULL},
};

pn_err pn_cmd_strategy_fmt(pn_cli *cli) {
    document doc;
    pn_json *json = NULL;
    PN_TRY(read_document(cli, cli->args[0], &doc));
    PN_TRY(pn_cli_parse_json(cli, doc.text, cli->args[0], &json));
    pn_buf text;
    pn_buf_init(&text, 4 * PN_LIMIT_STRATEGY_BYTES);
    pn_err err = pn_flow_format(json, &cli->arena, &text);
    pn_str formatted = pn_str_dup(&cli->arena, pn_buf_str(&text));
    pn_buf_done(&text);
    if (err != PN_OK) {
        return pn_diag_set(&cli->diag, err, "“%.*s” is no strategy document.",
                           PN_STR_ARG(cli->args[0]));
    }
    bool same = pn_str_eq(formatted, doc.text);
    pn_out_bool(&cli->out, "same", NULL, same);
    if (pn_cli_given(cli, "write")) {
        pn_out_line(&cli->out, "%.*s %s", PN_STR_ARG(cli->args[0]),
                    same ? "is in canonical form already." : "was rewritten.");
        return same ? PN_OK : pn_cli_write_file(cli, cli->args[0], formatted);
    }
    pn_out_raw(&cli->out, "document", NULL, formatted);
    pn_out_text(&cli->out, formatted);
    return PN_OK;
}

pn_err pn_cmd_strategy_schema(pn_cli *cli) {
    pn_buf text;
    pn_buf_init(&text, 1 << 24);
    pn_json_writer writer = pn_json_writer_on(&text, 2);
    pn_flow_schema(&writer);
    pn_str schema = pn_str_dup(&cli->arena, pn_buf_str(&text));
    pn_buf_done(&text);
    pn_out_whole(&cli->out, schema);
    return PN_OK;
}

/* ── publishing ──────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_STRATEGY_PUBLISH_OPTIONS[] = {
    {"runs", "keep|move|drain",
     "runs of earlier versions: stay in theirs (keep, drain), or go to "
     "the node of the same id and type (move)"},
    {"dry-run", NULL, "show the difference; publish nothing"},
    {"skip-examples", NULL, "publish although its own examples are not met"},
    {NULL, NULL, NULL},
};

static pn_err parse_runs(pn_cli *cli, pn_runs_choice *ret_choice) {
    static const char *const NAMES[] = {"keep", "move", "drain"};
    pn_str text = pn_cli_value(cli, "runs");
    *ret_choice = PN_RUNS_KEEP;
    for (size_t i = 0; i < PN_COUNT(NAMES); i++) {
        if (pn_str_eq(text, pn_str_of(NAMES[i]))) {
            *ret_choice = (pn_runs_choice)i;
            return PN_OK;
        }
    }
    return text.len == 0 ? PN_OK : pn_cli_usage(cli, "--runs is keep, move or drain.");
}

static void print_changes(pn_cli *cli, const pn_json *before, const pn_json *after) {
    static const pn_column COLUMNS[] = {
        {"node", "Node", false},     {"change", "Change", false}, {"what", "What", false},
        {"before", "Before", false}, {"after", "After", false},
    };
    pn_change *changes = NULL;
    size_t count = 0;
    pn_flow_diff(before, after, &cli->arena, &changes, &count);
    pn_out_table(&cli->out, "changes", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        pn_cell_str(&cli->out, changes[i].node);
        pn_cell_str(&cli->out, pn_str_of(pn_change_kind_name(changes[i].kind)));
        pn_cell_str(&cli->out, changes[i].what);
        pn_cell_str(&cli->out, changes[i].before);
        pn_cell_str(&cli->out, changes[i].after);
    }
    pn_out_table_end(&cli->out, "Nothing differs.");
}

/* The newest published document of that name; NULL when there is none. */
static pn_err published_document(pn_cli *cli, pn_str name, int64_t version, pn_version_row *ret_row,
                                 const pn_json **ret_json) {
    pn_strategy_row strategy;
    pn_version_row *rows = NULL;
    size_t count = 0;
    pn_json *json = NULL;
    PN_TRY(pn_strategy_find(cli->app->db, cli->app->org.id, name, &cli->arena, &strategy));
    PN_TRY(pn_version_list(cli->app->db, strategy.id, &cli->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (version == 0 ? rows[i].id == strategy.version_id : rows[i].version == version) {
            PN_TRY(pn_json_parse(rows[i].document, NULL, &cli->arena, &json, &cli->diag));
            *ret_row = rows[i];
            *ret_json = json;
            return PN_OK;
        }
    }
    return PN_NOT_FOUND;
}

static pn_err find_published(pn_cli *cli, pn_str name, int64_t version, pn_version_row *ret_row,
                             const pn_json **ret_json) {
    pn_err err = published_document(cli, name, version, ret_row, ret_json);
    if (err != PN_NOT_FOUND) {
        return pn_app_fail(cli->app, err, &cli->diag);
    }
    err = version == 0
              ? pn_diag_set(&cli->diag, err, "There is no strategy “%.*s” here.", PN_STR_ARG(name))
              : pn_diag_set(&cli->diag, err, "“%.*s” has no version %lld.", PN_STR_ARG(name),
                            (long long)version);
    pn_diag_mend(&cli->diag, "`puntual strategy list` shows those that are published.");
    return err;
}

static pn_err show_difference(pn_cli *cli, const document *doc) {
    pn_version_row row;
    const pn_json *before = NULL;
    pn_err err = published_document(cli, doc->flow->name, 0, &row, &before);
    if (err == PN_NOT_FOUND) {
        pn_out_line(&cli->out, "“%.*s” is new here.", PN_STR_ARG(doc->flow->name));
        return PN_OK;
    }
    if (err == PN_OK) {
        print_changes(cli, before, doc->json);
    }
    return pn_app_fail(cli->app, err, &cli->diag);
}

static void print_published(pn_cli *cli, const document *doc, const pn_publish_result *result) {
    pn_out *out = &cli->out;
    pn_out_str(out, "name", NULL, doc->flow->name);
    pn_out_int(out, "version", NULL, result->version);
    pn_out_bool(out, "published", NULL, !result->same);
    pn_out_int(out, "runs_active", NULL, result->runs_active);
    pn_out_int(out, "runs_moved", NULL, result->runs_moved);
    pn_out_int(out, "runs_stayed", NULL, result->runs_stayed);
    if (result->same) {
        pn_out_line(out, "“%.*s” version %lld is this very document; nothing was published.",
                    PN_STR_ARG(doc->flow->name), (long long)result->version);
        return;
    }
    pn_out_line(out, "“%.*s” is published as version %lld.", PN_STR_ARG(doc->flow->name),
                (long long)result->version);
    if (result->runs_active != 0) {
        pn_out_line(out, "%lld runs are in earlier versions; %lld moved, %lld stayed.",
                    (long long)result->runs_active, (long long)result->runs_moved,
                    (long long)(result->runs_active - result->runs_moved));
    }
}

pn_err pn_cmd_strategy_publish(pn_cli *cli) {
    document doc;
    pn_runs_choice runs;
    pn_publish_result result = {0};
    PN_TRY(parse_runs(cli, &runs));
    PN_TRY(read_document(cli, cli->args[0], &doc));
    bool skip_examples = pn_cli_given(cli, "skip-examples");
    pn_err err = compile_and_play(cli, &doc, skip_examples);
    print_problems(cli, &doc.problems);
    if (err != PN_OK) {
        return refuse(cli, &doc, err);
    }
    PN_TRY(show_difference(cli, &doc));
    if (pn_cli_given(cli, "dry-run")) {
        pn_out_line(&cli->out, "\nThis was a dry run: nothing was published.");
        return PN_OK;
    }
    pn_publish_choice choice = {.runs = runs, .skip_examples = skip_examples};
    PN_TRY(pn_publish_strategy(cli->app, doc.text, choice, &cli->arena, &doc.problems, &result,
                               &cli->diag));
    print_published(cli, &doc, &result);
    return PN_OK;
}

/* ── looking ─────────────────────────────────────────────────────────────────────────────────── */

static void list_row(pn_cli *cli, const pn_strategy_row *row, const pn_published *published,
                     int64_t runs) {
    pn_out *out = &cli->out;
    pn_cell_str(out, row->name);
    pn_cell_str(out, row->kind == PN_FLOW_PILL ? PN_STR("pill") : PN_STR("strategy"));
    pn_cell_str(out, row->subject == PN_SUBJECT_INVOICE ? PN_STR("invoice") : PN_STR("account"));
    pn_cell_int(out, row->priority);
    pn_cell_int(out, published->version);
    pn_cell_int(out, published->flow->node_count);
    pn_cell_int(out, runs);
    pn_cell_date(out, row->stopped_on);
    pn_cell_str(out, published->flow->description);
}

pn_err pn_cmd_strategy_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"name", "Name", false},
        {"kind", "Kind", false},
        {"subject", "Of", false},
        {"priority", "Priority", true},
        {"version", "Version", true},
        {"nodes", "Nodes", true},
        {"runs", "Active runs", true},
        {"stopped_on", "Stopped", false},
        {"description", "Description", false},
    };
    pn_strategy_row *rows = NULL;
    size_t count = 0;
    pn_err err = pn_strategy_list(cli->app->db, cli->app->org.id, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_table(&cli->out, "strategies", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        const pn_published *published = NULL;
        int64_t runs = 0;
        PN_TRY(pn_catalog_version(cli->app, rows[i].version_id, &published, &cli->diag));
        PN_TRY(pn_strategy_runs(cli->app->db, rows[i].id, &runs));
        list_row(cli, &rows[i], published, runs);
    }
    pn_out_table_end(&cli->out,
                     "No strategy is published yet. `puntual strategy publish FILE` does "
                     "that; the ready ones go by name (`puntual strategy check "
                     "b2b_30_dias`).");
    return PN_OK;
}

const pn_cli_option PN_STRATEGY_SHOW_OPTIONS[] = {
    {"version", "N", "an earlier version"},
    {NULL, NULL, NULL},
};

pn_err pn_cmd_strategy_show(pn_cli *cli) {
    int64_t version = 0;
    pn_version_row row;
    const pn_json *json = NULL;
    PN_TRY(pn_cli_int(cli, "version", 1, INT32_MAX, 0, &version));
    PN_TRY(find_published(cli, cli->args[0], version, &row, &json));
    pn_out_str(&cli->out, "name", NULL, cli->args[0]);
    pn_out_int(&cli->out, "version", NULL, row.version);
    pn_out_time(&cli->out, "published_at", NULL, row.published_at);
    pn_out_raw(&cli->out, "document", NULL, row.document);
    pn_out_text(&cli->out, row.document);
    return PN_OK;
}

pn_err pn_cmd_strategy_diff(pn_cli *cli) {
    document doc;
    pn_version_row row;
    const pn_json *before = NULL;
    PN_TRY(read_document(cli, cli->args[0], &doc));
    pn_err err = compile(cli, &doc);
    if (err != PN_OK) {
        print_problems(cli, &doc.problems);
        return refuse(cli, &doc, err);
    }
    PN_TRY(find_published(cli, doc.flow->name, 0, &row, &before));
    pn_out_str(&cli->out, "name", NULL, doc.flow->name);
    pn_out_int(&cli->out, "version", NULL, row.version);
    pn_out_title(&cli->out, "“%.*s”: version %lld and this file", PN_STR_ARG(doc.flow->name),
                 (long long)row.version);
    print_changes(cli, before, doc.json);
    return PN_OK;
}

const pn_cli_option PN_STRATEGY_COMPARE_OPTIONS[] = {
    {"from", "N", "the version before"},
    {"to", "N", "the version after it (default: the newest)"},
    {NULL, NULL, NULL},
};

pn_err pn_cmd_strategy_compare(pn_cli *cli) {
    pn_version_row from, to;
    const pn_json *before = NULL, *after = NULL;
    int64_t first = 0, second = 0;
    if (!pn_cli_given(cli, "from")) {
        return pn_cli_usage(cli, "--from N says which version came before.");
    }
    PN_TRY(pn_cli_int(cli, "from", 1, INT32_MAX, 0, &first));
    PN_TRY(pn_cli_int(cli, "to", 1, INT32_MAX, 0, &second));
    PN_TRY(find_published(cli, cli->args[0], first, &from, &before));
    PN_TRY(find_published(cli, cli->args[0], second, &to, &after));
    pn_out_int(&cli->out, "from", NULL, from.version);
    pn_out_int(&cli->out, "to", NULL, to.version);
    pn_out_title(&cli->out, "“%.*s”: version %lld and version %lld", PN_STR_ARG(cli->args[0]),
                 (long long)from.version, (long long)to.version);
    print_changes(cli, before, after);
    return PN_OK;
}

/* ── archiving ───────────────────────────────────────────────────────────────────────────────── */

static pn_err shelve(pn_cli *cli, void *context) {
    const bool *shelved = context;
    return pn_strategy_shelve(cli->app, cli->args[0], *shelved, pn_cli_value(cli, "reason"),
                              &cli->arena, &cli->diag);
}

pn_err pn_cmd_strategy_archive(pn_cli *cli) {
    bool shelved = true;
    PN_TRY(pn_cli_write(cli, shelve, &shelved));
    pn_out_str(&cli->out, "archived", NULL, cli->args[0]);
    pn_out_line(&cli->out, "Nothing new enters it; what is in it goes on.");
    return PN_OK;
}

pn_err pn_cmd_strategy_restore(pn_cli *cli) {
    bool shelved = false;
    PN_TRY(pn_cli_write(cli, shelve, &shelved));
    pn_out_str(&cli->out, "restored", "Used again", cli->args[0]);
    return PN_OK;
}

/* ── enrolling by hand ───────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_STRATEGY_ENROLL_OPTIONS[] = {
    {"rule", "JSON", "only cases that fit, like '[\"invoice.open\", \">\", 3000]'"},
    {NULL, NULL, NULL},
};

pn_err pn_cmd_strategy_enroll(pn_cli *cli) {
    pn_json *rule = NULL;
    pn_worker *worker = NULL;
    int64_t count = 0;
    if (pn_cli_given(cli, "rule")) {
        PN_TRY(pn_cli_parse_json(cli, pn_cli_value(cli, "rule"), PN_STR("--rule"), &rule));
    }
    PN_TRY(pn_worker_open(cli->app, &worker, &cli->diag));
    pn_err err = pn_engine_enroll_all(pn_worker_engine(worker), cli->args[0], rule,
                                      pn_app_now(cli->app), &count, &cli->diag);
    pn_worker_close(worker);
    PN_TRY(err);
    pn_out_int(&cli->out, "enrolled", NULL, count);
    pn_out_line(&cli->out, "%lld %s entered “%.*s”.", (long long)count,
                count == 1 ? "case" : "cases", PN_STR_ARG(cli->args[0]));
    return PN_OK;
}
