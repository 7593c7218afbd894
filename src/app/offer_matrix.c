/* The matrix: what every debtor may take at any time, as rows of segment, amount and age.
 *
 * A row is written like an offering node of a strategy, and read by the same compiler: the rows
 * become a chain of nodes, each row's “expired” leading to the next. So limits, rules and problems
 * are those of strategies, and there is one place that knows them. */
#include "app/offers_int.h"
#include "app/trail.h"
#include "auth/setting.h"
#include "base/banned.h"

enum { ROWS_MAX = 50, MATRIX_BYTES = 65536 };

#define SETTING PN_STR("offers")

/* ── reading rows ────────────────────────────────────────────────────────────────────────────── */

static pn_err wrong_row(pn_diag *diag, size_t row, pn_str what) {
    pn_err err = pn_diag_set(diag, PN_INVALID, "%.*s", PN_STR_ARG(pn_str_first(what, 300)));
    pn_diag_where(diag, "row %zu", row + 1);
    pn_diag_mend(diag, "docs/offers.md has a matrix to begin with.");
    return err;
}

static const char *const TYPES[] = {"offer.partial", "offer.plan", "offer.discount"};

static bool is_offering(pn_str type) {
    for (size_t i = 0; i < PN_COUNT(TYPES); i++) {
        if (pn_str_eq(type, pn_str_of(TYPES[i]))) {
            return true;
        }
    }
    return false;
}

pn_offer_kind pn_offer_node_kind(const pn_flow_node *node) {
    for (size_t i = 0; i < PN_COUNT(TYPES); i++) {
        if (strcmp(node->type->type, TYPES[i]) == 0) {
            return (pn_offer_kind)i;
        }
    }
    return PN_OFFERS;
}

/* A row without what only a node in a strategy has. */
static pn_err check_row(const pn_json *row, size_t index, pn_diag *diag) {
    if (row->type != PN_JSON_OBJECT ||
        !is_offering(pn_json_text(pn_json_field(row, "type"), PN_STR_NONE))) {
        return wrong_row(diag, index,
                         PN_STR("A row is an object with the \"type\" offer.partial, offer.plan or "
                                "offer.discount."));
    }
    if (pn_json_field(row, "accepted") != NULL || pn_json_field(row, "expired") != NULL) {
        return wrong_row(diag, index,
                         PN_STR("A row of the matrix leads nowhere: it has neither "
                                "“accepted” nor “expired”."));
    }
    return PN_OK;
}

/* The chain of nodes: r00 … r49, and the end. */
static pn_str chain(const pn_json *rows, pn_arena *arena) {
    pn_buf out;
    pn_buf_init(&out, 4 * MATRIX_BYTES);
    pn_json_writer w = pn_json_writer_on(&out, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "kind", PN_STR("strategy"));
    pn_json_put_str(&w, "name", PN_STR("offers"));
    pn_json_key(&w, PN_STR("nodes"));
    pn_json_begin_object(&w);
    for (size_t i = 0; i < rows->count; i++) {
        const pn_json *row = &rows->items[i];
        pn_json_key(&w, pn_str_format(arena, "r%02zu", i));
        pn_json_begin_object(&w);
        for (size_t j = 0; j < row->count; j++) {
            pn_json_key(&w, row->members[j].key);
            pn_json_add_value(&w, &row->members[j].value);
        }
        pn_json_put_str(&w, "accepted", PN_STR("z"));
        pn_json_put_str(&w, "expired",
                        i + 1 < rows->count ? pn_str_format(arena, "r%02zu", i + 1) : PN_STR("z"));
        pn_json_end_object(&w);
    }
    pn_json_key(&w, PN_STR("z"));
    pn_json_add_raw(&w, PN_STR("{\"type\":\"end\",\"outcome\":\"z\"}"));
    pn_json_end_object(&w);
    pn_json_put_int(&w, "puntual", 1);
    pn_json_put_str(&w, "start", PN_STR("r00"));
    pn_json_put_str(&w, "subject", PN_STR("account"));
    pn_json_end_object(&w);
    pn_str text = pn_str_dup(arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return text;
}

/* The row's number is the node's; what is about the whole document cannot be but our own. */
static pn_err first_problem(const pn_problems *problems, pn_diag *diag) {
    for (size_t i = 0; i < problems->count; i++) {
        int64_t row = 0;
        const pn_problem *problem = &problems->items[i];
        if (problem->level == PN_PROBLEM_ERROR && problem->node.len == 3 &&
            pn_str_to_int64(pn_str_from(problem->node, 1), &row) == PN_OK) {
            return wrong_row(diag, (size_t)row, problem->sentence);
        }
    }
    return PN_INVALID;
}

/* A text with one row instead of a list is a list of one. */
static pn_err read_rows(pn_str json, pn_arena *arena, pn_json **ret_rows, pn_diag *diag) {

    if (pn_str_starts(json, PN_STR("{"))) {
        json = pn_str_format(arena, "[%.*s]", PN_STR_ARG(json));
    }
    PN_TRY(pn_json_parse(json, NULL, arena, ret_rows, diag));
    if ((*ret_rows)->type != PN_JSON_ARRAY || (*ret_rows)->count > ROWS_MAX) {
        return pn_diag_refuse(diag, "", "The matrix is a list of at most 50 rows.",
                              "docs/offers.md has one to begin with.");
    }
    for (size_t i = 0; i < (*ret_rows)->count; i++) {
        PN_TRY(check_row(&(*ret_rows)->items[i], i, diag));
    }
    return PN_OK;
}

pn_err pn_offer_rows_compile(pn_str json, pn_arena *arena, const pn_flow **ret_flow,
                             size_t *ret_count, pn_diag *diag) {
    pn_json *rows = NULL, *document = NULL;
    pn_problems problems = {0};
    PN_TRY(read_rows(json, arena, &rows, diag));
    *ret_count = rows->count;
    if (rows->count == 0) {
        return PN_OK;
    }
    PN_TRY(pn_json_parse(chain(rows, arena), NULL, arena, &document, diag));
    pn_err err = pn_flow_compile(document, NULL, arena, ret_flow, &problems, diag);
    return err == PN_INVALID ? first_problem(&problems, diag) : err;
}

const pn_flow_node *pn_offer_row_node(const pn_flow *flow, size_t row) {
    return &flow->nodes[row]; /* numbered by their ids, which are in the order of the rows */
}

pn_str pn_offer_row_text(pn_str json, int64_t row, pn_arena *arena) {
    pn_json *rows = NULL;
    pn_buf out;
    if (read_rows(json, arena, &rows, NULL) != PN_OK || row < 1 || row > (int64_t)rows->count) {
        return PN_STR_NONE;
    }
    pn_buf_init(&out, MATRIX_BYTES);
    pn_json_writer w = pn_json_writer_on(&out, 0);
    pn_json_add_value(&w, &rows->items[row - 1]);
    pn_str text = pn_str_dup(arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return text;
}

pn_err pn_offer_row_fits(pn_app *app, const pn_view *view, const pn_view_account *narrowed,
                         const pn_flow *flow, const pn_flow_node *node, pn_arena *arena,
                         bool *ret_fits) {
    pn_facts facts;
    pn_view_account account = *narrowed;
    PN_TRY(pn_view_facts(app, view, &account, NULL, NULL, flow, pn_app_now(app), arena, &facts));
    *ret_fits = pn_offer_allowed(node, &facts);
    return PN_OK;
}

/* ── keeping them ────────────────────────────────────────────────────────────────────────────── */

pn_err pn_offers_matrix(pn_app *app, pn_arena *arena, pn_str *ret_json) {
    PN_TRY(pn_setting_get(app->db, app->org.id, SETTING, arena, ret_json));
    *ret_json = ret_json->len != 0 ? *ret_json : PN_STR("[]");
    return PN_OK;
}

static pn_str canonical(const pn_json *rows, pn_arena *arena) {
    pn_buf out;
    pn_buf_init(&out, 2 * MATRIX_BYTES);
    pn_json_writer w = pn_json_writer_on(&out, 0);
    pn_json_add_canonical(&w, rows, arena);
    pn_str text = pn_str_dup(arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return text;
}

pn_err pn_offers_matrix_set(pn_app *app, pn_str json, pn_arena *arena, pn_diag *diag) {
    pn_json *rows = NULL;
    const pn_flow *flow = NULL;
    size_t count = 0;
    pn_trail_change change = {.what = "setting.offers"};
    if (json.len > MATRIX_BYTES) {
        return pn_diag_set(diag, PN_LIMIT, "The matrix has more than %d bytes.", MATRIX_BYTES);
    }
    PN_TRY(pn_offer_rows_compile(json, arena, &flow, &count, diag));
    PN_TRY(read_rows(json, arena, &rows, diag));
    change.after = canonical(rows, arena);
    PN_TRY(pn_app_fail(app, pn_offers_matrix(app, arena, &change.before), diag));
    PN_TRY(pn_setting_put(app->db, app->org.id, SETTING, count == 0 ? PN_STR_NONE : change.after,
                          pn_env_now(app->env)));
    return pn_trail_add(app, &change);
}
