#include "http/bulk.h"

#include "base/banned.h"
#include "base/limits.h"
#include "format/csv_write.h"
#include "http/answer.h"
#include "http/problem.h"

static const pn_shape TOTAL_FIELDS[] = {
    {.name = "rows", .type = PN_SHAPE_INT, .required = true},
    {.name = "amount", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "open", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = NULL},
};
static const pn_shape PROBLEM_FIELDS[] = {
    {.name = "line", .type = PN_SHAPE_INT, .required = true, .help = "of the file, from 1"},
    {.name = "column", .type = PN_SHAPE_TEXT},
    {.name = "field", .type = PN_SHAPE_TEXT},
    {.name = "value", .type = PN_SHAPE_LINES},
    {.name = "reason", .type = PN_SHAPE_TEXT, .required = true},
    {.name = NULL},
};
static const pn_shape COLUMN_FIELDS[] = {{.name = "", .type = PN_SHAPE_TEXT}, {.name = NULL}};
static const pn_shape IMPORTED_FIELDS[] = {
    {.name = "committed", .type = PN_SHAPE_BOOL, .required = true, .help = "false: a dry run"},
    {.name = "import",
     .type = PN_SHAPE_ID,
     .id_kind = PN_ID_IMPORT,
     .help = "null: nothing was changed"},
    {.name = "rows", .type = PN_SHAPE_INT, .required = true},
    {.name = "created", .type = PN_SHAPE_INT, .required = true},
    {.name = "changed", .type = PN_SHAPE_INT, .required = true},
    {.name = "same", .type = PN_SHAPE_INT, .required = true},
    {.name = "skipped", .type = PN_SHAPE_INT, .required = true},
    {.name = "debtors_created", .type = PN_SHAPE_INT, .required = true},
    {.name = "totals",
     .type = PN_SHAPE_LIST,
     .fields = TOTAL_FIELDS,
     .required = true,
     .help = "control totals, one a currency"},
    {.name = "ignored_columns", .type = PN_SHAPE_LIST, .fields = COLUMN_FIELDS, .required = true},
    {.name = "problems",
     .type = PN_SHAPE_LIST,
     .fields = PROBLEM_FIELDS,
     .required = true,
     .help = "of rows, of a dry run or where bad ones are skipped"},
    {.name = "problems_more", .type = PN_SHAPE_INT, .required = true},
    {.name = "warnings",
     .type = PN_SHAPE_LIST,
     .fields = PROBLEM_FIELDS,
     .required = true,
     .help = "of rows that are taken all the same: a tax id that does not add up"},
    {.name = "warnings_more", .type = PN_SHAPE_INT, .required = true},
    {.name = NULL},
};
const pn_schema_object PN_IMPORTED = {"Imported", IMPORTED_FIELDS, "What an import did"};

void pn_bulk_give(pn_exchange *exchange, const pn_import_report *report) {
    pn_json_writer *w = pn_answer_json(exchange);
    pn_import_report_put(w, report);
    pn_json_end_object(w);
}

/* ── rows of a body ── */

static void put_cell(pn_csv_writer *csv, const pn_shape *shape, const pn_route_value *value,
                     pn_arena *arena) {
    char day[PN_DATE_ISO_SIZE];
    pn_buf text;
    if (!value->given) {
        pn_csv_put_plain(csv, PN_STR(""));
        return;
    }
    switch (shape->type) {
    case PN_SHAPE_AMOUNT:
        pn_buf_init(&text, 64);
        pn_amount_plain(&text, value->number, pn_currency_decimals(value->currency));
        pn_csv_put_plain(csv, pn_str_dup(arena, pn_buf_str(&text)));
        pn_buf_done(&text);
        break;
    case PN_SHAPE_DATE:
        pn_csv_put_plain(csv, pn_str_of(pn_date_iso((pn_date)value->number, day)));
        break;
    case PN_SHAPE_INT: pn_csv_put_int(csv, value->number); break;
    case PN_SHAPE_TEXT:
    case PN_SHAPE_LINES:
    case PN_SHAPE_BOOL:
    case PN_SHAPE_ID:
    case PN_SHAPE_TIME:
    case PN_SHAPE_WORD:
    case PN_SHAPE_EMAIL:
    case PN_SHAPE_URL:
    case PN_SHAPE_RULE:
    case PN_SHAPE_JSON:
    case PN_SHAPE_OBJECT:
    case PN_SHAPE_LIST: pn_csv_put(csv, value->text); break;
    }
}

/* All amounts of a row are in one currency, which is a column of its own. */
static pn_err currency_of(pn_exchange *exchange, const pn_bulk *bulk, uint32_t row,
                          const pn_route_value *values, pn_currency *ret_currency) {
    pn_currency currency = {{0}};
    for (size_t i = 0; bulk->row[i].name != NULL; i++) {
        if (bulk->row[i].type != PN_SHAPE_AMOUNT || !values[i].given) {
            continue;
        }
        if (currency.code[0] != '\0' && !pn_currency_eq(currency, values[i].currency)) {
            pn_problem_tell(exchange,
                            pn_str_format(exchange->arena, "/%s/%u/%s/currency", bulk->list, row,
                                          bulk->row[i].name),
                            PN_STR_NONE, "A row has one currency.");
            exchange->problem = PN_PROBLEM_ROWS;
            return PN_INVALID;
        }
        currency = values[i].currency;
    }
    *ret_currency = currency;
    return PN_OK;
}

/* An import makes a creditor of a name that it does not know; an id is no name. */
static pn_err check_creditor(pn_exchange *exchange, const pn_bulk *bulk, uint32_t row,
                             const pn_route_value *values) {
    const pn_route_value *creditor = pn_value_named(bulk->row, values, "creditor");
    if (!creditor->given || pn_app_creditor(exchange->app, creditor->number) != NULL) {
        return PN_OK;
    }
    pn_str pointer = pn_str_format(exchange->arena, "/%s/%u/creditor", bulk->list, row);
    pn_problem_tell(exchange, pointer, PN_STR_NONE, "There is no such creditor here.");
    exchange->problem = PN_PROBLEM_ROWS;
    return PN_INVALID;
}

/* ── attributes: a column for each name that any row has ── */

typedef struct {
    pn_str names[PN_LIMIT_ATTRIBUTES];
    size_t count;
} attributes;

static bool is_name(pn_str name) {
    bool good = name.len != 0 && name.len <= 40;
    for (size_t i = 0; i < name.len && good; i++) {
        char c = name.ptr[i];
        good = (c >= 'a' && c <= 'z') || pn_is_digit(c) || c == '_';
    }
    return good;
}

static pn_err refuse_attribute(pn_exchange *exchange, const pn_bulk *bulk, uint32_t row,
                               pn_str name, const char *why) {
    pn_problem_tell(exchange,
                    pn_str_format(exchange->arena, "/%s/%u/attributes%s%.*s", bulk->list, row,
                                  name.len != 0 ? "/" : "", PN_STR_ARG(pn_str_first(name, 40))),
                    PN_STR_NONE, "%s", why);
    exchange->problem = PN_PROBLEM_ROWS;
    return PN_INVALID;
}

static bool has_name(const attributes *a, pn_str name) {
    for (size_t i = 0; i < a->count; i++) {
        if (pn_str_eq(a->names[i], name)) {
            return true;
        }
    }
    return false;
}

static pn_err add_names(pn_exchange *exchange, const pn_bulk *bulk, const pn_json *object,
                        uint32_t row, attributes *a) {
    const pn_json *given = pn_json_field(object, "attributes");
    if (given == NULL || given->type == PN_JSON_NULL) {
        return PN_OK;
    }
    if (given->type != PN_JSON_OBJECT) {
        return refuse_attribute(exchange, bulk, row, PN_STR_NONE, "It should be an object.");
    }
    for (size_t i = 0; i < given->count; i++) {
        pn_str name = given->members[i].key;
        pn_json_type type = given->members[i].value.type;
        if (!is_name(name)) {
            return refuse_attribute(exchange, bulk, row, name,
                                    "A name has small letters, digits and _, at most 40.");
        }
        if (type == PN_JSON_NULL || type == PN_JSON_ARRAY || type == PN_JSON_OBJECT) {
            return refuse_attribute(exchange, bulk, row, name,
                                    "It should be a text, a number, true or false.");
        }
        if (has_name(a, name)) {
            continue;
        }
        if (a->count == PN_LIMIT_ATTRIBUTES) {
            return refuse_attribute(exchange, bulk, row, name,
                                    "One request has too many names of attributes.");
        }
        a->names[a->count++] = name;
    }
    return PN_OK;
}

static pn_err collect_names(pn_exchange *exchange, const pn_bulk *bulk, const pn_json *rows,
                            attributes *a) {
    for (uint32_t i = 0; i < rows->count && bulk->attributes != NULL; i++) {
        PN_TRY(add_names(exchange, bulk, &rows->items[i], i, a));
    }
    return PN_OK;
}

static void put_attribute(pn_csv_writer *csv, const pn_json *value) {
    if (value == NULL) {
        pn_csv_put_plain(csv, PN_STR(""));
    } else if (value->type == PN_JSON_INT) {
        pn_csv_put_int(csv, value->integer);
    } else if (value->type == PN_JSON_BOOL) {
        pn_csv_put_plain(csv, value->boolean ? PN_STR("true") : PN_STR("false"));
    } else {
        pn_csv_put(csv, value->text);
    }
}

/* ── the table ── */

static pn_err put_row(pn_exchange *exchange, const pn_bulk *bulk, const attributes *a,
                      pn_csv_writer *csv, const pn_json *object, uint32_t row) {
    pn_route_value *values = NULL;
    pn_currency currency;
    pn_str pointer = pn_str_format(exchange->arena, "/%s/%u", bulk->list, row);
    PN_TRY(pn_shape_read(exchange, bulk->row, object, pn_str_z(exchange->arena, pointer), &values));
    PN_TRY(currency_of(exchange, bulk, row, values, &currency));
    PN_TRY(check_creditor(exchange, bulk, row, values));
    for (size_t i = 0; bulk->columns[i].name != NULL; i++) {
        const pn_route_value *value = pn_value_named(bulk->row, values, bulk->columns[i].name);
        put_cell(csv, &bulk->row[value - values], value, exchange->arena);
    }
    pn_csv_put_plain(csv, pn_str_of(currency.code));
    for (size_t i = 0; i < a->count; i++) {
        const pn_json *given = pn_json_field(object, "attributes");
        put_attribute(csv, given == NULL ? NULL : pn_json_get(given, a->names[i]));
    }
    pn_csv_end(csv);
    return PN_OK;
}

static pn_err write_table(pn_exchange *exchange, const pn_bulk *bulk, pn_buf *table) {
    pn_csv_writer csv = pn_csv_writer_on(table, NULL);
    const pn_json *rows = pn_body_value(exchange, bulk->list)->json;
    attributes a = {0};
    PN_TRY(collect_names(exchange, bulk, rows, &a));
    for (size_t i = 0; bulk->columns[i].name != NULL; i++) {
        pn_csv_put_plain(&csv, pn_str_of(bulk->columns[i].field));
    }
    pn_csv_put_plain(&csv, bulk->kind == PN_IMPORT_DEBTORS ? PN_STR("x-none") : PN_STR("currency"));
    for (size_t i = 0; i < a.count; i++) {
        pn_csv_put_plain(&csv, pn_str_format(exchange->arena, "%s%.*s", bulk->attributes,
                                             PN_STR_ARG(a.names[i])));
    }
    pn_csv_end(&csv);
    for (uint32_t i = 0; i < rows->count; i++) {
        pn_arena_mark mark = pn_arena_marked(exchange->arena);
        PN_TRY(put_row(exchange, bulk, &a, &csv, &rows->items[i], i));
        pn_arena_rewind(exchange->arena, mark);
    }
    return pn_buf_err(table);
}

/* The import's name of a field as the body has it. */
static const char *body_name(const pn_bulk *bulk, pn_str field) {
    for (size_t i = 0; bulk->columns[i].name != NULL; i++) {
        if (pn_str_eq(field, pn_str_of(bulk->columns[i].field))) {
            return bulk->columns[i].name;
        }
    }
    return pn_str_is(field, "currency") ? "amount" : NULL;
}

static pn_err tell_problems(pn_exchange *exchange, const pn_bulk *bulk,
                            const pn_import_report *report) {
    for (size_t i = 0; i < report->problem_count; i++) {
        const pn_import_problem *problem = &report->problems[i];
        const char *name = body_name(bulk, problem->field);
        pn_str pointer =
            pn_str_format(exchange->arena, "/%s/%lld%s%s", bulk->list, (long long)problem->line - 2,
                          name == NULL ? "" : "/", name == NULL ? "" : name);
        pn_problem_tell(exchange, pointer, PN_STR_NONE, "%.*s", PN_STR_ARG(problem->reason));
    }
    exchange->problems->more += (size_t)report->problems_more;
    exchange->problem = PN_PROBLEM_ROWS;
    return PN_INVALID;
}

static pn_err import_table(pn_exchange *exchange, const pn_bulk *bulk, pn_str table) {
    pn_import_report report = {0};
    pn_import_request request = {
        .kind = bulk->kind,
        .file_name = PN_STR("api"),
        .bytes = table,
        .date_format = PN_STR("YYYY-MM-DD"),
        .decimal = PN_STR("."),
        .given = {.separator = ',', .encoding = PN_ENCODING_UTF8, .header = PN_CSV_HEADER_PRESENT},
        .dry_run = pn_body_value(exchange, "dry_run")->number != 0,
    };
    pn_err err = pn_import_run(exchange->app, &request, exchange->arena, &report, &exchange->diag);
    if (report.problem_count != 0) {
        return tell_problems(exchange, bulk, &report);
    }
    PN_TRY(err);
    pn_bulk_give(exchange, &report);
    return PN_OK;
}

pn_err pn_bulk_import(pn_exchange *exchange, const pn_bulk *bulk) {
    pn_buf table;
    pn_buf_init(&table, 4 * (size_t)PN_LIMIT_API_BULK_BYTES);
    pn_err err = write_table(exchange, bulk, &table);
    err = err == PN_OK ? import_table(exchange, bulk, pn_buf_str(&table)) : err;
    pn_buf_done(&table);
    return err;
}
