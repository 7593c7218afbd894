/* Which column, literal or template gives which field. */
#include "app/import_int.h"

#include "base/banned.h"
#include "base/utf8.h"

/* ── the mapping ─────────────────────────────────────────────────────────────────────────────── */

static pn_cell *cell_of(const pn_mapping *mapping, pn_str field) {
    for (size_t i = 0; i < mapping->count; i++) {
        if (pn_str_eq(mapping->cells[i].field, field)) {
            return &mapping->cells[i];
        }
    }
    return NULL;
}

static pn_cell *add_cell(pn_importer *importer, pn_str field) {
    pn_mapping *mapping = &importer->mapping;
    mapping->cells = pn_arena_grow(importer->arena, mapping->cells, mapping->count,
                                   &mapping->capacity, sizeof *mapping->cells);
    pn_cell *cell = &mapping->cells[mapping->count++];
    *cell = (pn_cell){.field = pn_str_dup(importer->arena, field)};
    return cell;
}

static pn_err no_column(pn_importer *importer, pn_str name) {
    pn_err err =
        pn_diag_set(importer->diag, PN_INVALID, "The file has no column “%.*s”.", PN_STR_ARG(name));
    pn_buf list;
    pn_buf_init(&list, 280);
    for (size_t i = 0; i < importer->header.count; i++) {
        pn_buf_add_format(&list, "%s%.*s", i == 0 ? "" : ", ",
                          PN_STR_ARG(importer->header.names[i]));
    }
    pn_diag_mend(importer->diag, "It has: %.*s.", PN_STR_ARG(pn_buf_str(&list)));
    pn_buf_done(&list);
    return err;
}

static pn_err map_error(pn_importer *importer, const char *what) {
    pn_err err = pn_diag_set(importer->diag, PN_INVALID, "--map cannot be read: %s.", what);
    pn_diag_mend(importer->diag, "Write field=Column,field=\"literal\",field=`{{ template }}`.");
    return err;
}

/* Up to the closing mark, backslash escapes undone. */
static pn_err quoted(pn_importer *importer, pn_str *rest, char mark, pn_str *ret_text) {
    char *text = pn_arena_alloc(importer->arena, rest->len + 1);
    size_t len = 0, at = 1;
    while (at < rest->len && rest->ptr[at] != mark) {
        if (rest->ptr[at] == '\\' && at + 1 < rest->len && mark == '"') {
            at++;
        }
        text[len++] = rest->ptr[at++];
    }
    if (at == rest->len) {
        return map_error(importer, mark == '"' ? "a literal's quote is not closed"
                                               : "a template's ` is not closed");
    }
    *rest = pn_str_from(*rest, at + 1);
    *ret_text = (pn_str){text, len};
    return PN_OK;
}

static pn_err map_entry(pn_importer *importer, pn_str *rest) {
    size_t equals = pn_str_find_char(*rest, '=');
    if (equals == SIZE_MAX) {
        return map_error(importer, "an entry has no =");
    }
    pn_str field = pn_str_trim(pn_str_first(*rest, equals));
    *rest = pn_str_from(*rest, equals + 1);
    while (rest->len != 0 && rest->ptr[0] == ' ') {
        *rest = pn_str_from(*rest, 1);
    }
    if (!pn_import_field_known(importer->request->kind, field)) {
        pn_err err = pn_diag_set(importer->diag, PN_INVALID, "There is no field “%.*s” in %s.",
                                 PN_STR_ARG(field), pn_import_kind_name(importer->request->kind));
        pn_diag_mend(importer->diag, "`puntual import %s --help` lists the fields.",
                     pn_import_kind_name(importer->request->kind));
        return err;
    }
    pn_cell *cell = cell_of(&importer->mapping, field);
    cell = cell != NULL ? cell : add_cell(importer, field);
    if (rest->len != 0 && rest->ptr[0] == '"') {
        cell->kind = PN_CELL_LITERAL;
        return quoted(importer, rest, '"', &cell->literal);
    }
    if (rest->len != 0 && rest->ptr[0] == '`') {
        pn_str source;
        cell->kind = PN_CELL_TEMPLATE;
        PN_TRY(quoted(importer, rest, '`', &source));
        return pn_liquid_compile(source, NULL, importer->arena, &cell->template, importer->diag);
    }
    size_t comma = pn_str_find_char(*rest, ',');
    pn_str column = pn_str_trim(pn_str_first(*rest, comma));
    *rest = pn_str_from(*rest, PN_MIN(comma, rest->len));
    cell->kind = PN_CELL_COLUMN;
    cell->column = pn_csv_column(&importer->header, column);
    return cell->column == SIZE_MAX ? no_column(importer, column) : PN_OK;
}

static pn_err map_given(pn_importer *importer) {
    pn_str rest = pn_str_trim(importer->request->map);
    while (rest.len != 0) {
        PN_TRY(map_entry(importer, &rest));
        rest = pn_str_trim(rest);
        if (rest.len != 0 && rest.ptr[0] != ',') {
            return map_error(importer, "a comma is missing between two entries");
        }
        rest = pn_str_trim(pn_str_from(rest, 1));
    }
    return PN_OK;
}

static bool column_used(const pn_importer *importer, size_t column) {
    for (size_t i = 0; i < importer->mapping.count; i++) {
        const pn_cell *cell = &importer->mapping.cells[i];
        if (cell->kind == PN_CELL_COLUMN && cell->column == column) {
            return true;
        }
    }
    return false;
}

/* A template names a column, or takes it out of `row`: by its name, or by one that is computed. */
static bool template_reads(const pn_liquid_template *template, pn_str column) {
    const pn_liquid_variable *variables = NULL;
    size_t count = 0;
    pn_liquid_variables(template, &variables, &count);
    for (size_t i = 0; i < count; i++) {
        pn_str path = variables[i].path;
        bool of_row = pn_str_starts(path, PN_STR("row."));
        if (pn_str_eq(of_row ? pn_str_from(path, 4) : path, column) || pn_str_is(path, "row[]")) {
            return true;
        }
    }
    return false;
}

static bool column_read(const pn_importer *importer, pn_str column) {
    for (size_t i = 0; i < importer->mapping.count; i++) {
        const pn_cell *cell = &importer->mapping.cells[i];
        if (cell->kind == PN_CELL_TEMPLATE && template_reads(cell->template, column)) {
            return true;
        }
    }
    return false;
}

static void map_by_name(pn_importer *importer) {
    pn_import_report *report = importer->report;
    report->ignored_columns = pn_arena_array(importer->arena, pn_str, importer->header.count + 1);
    for (size_t i = 0; i < importer->header.count; i++) {
        if (column_used(importer, i)) {
            continue;
        }
        pn_str field = pn_import_field_of_column(importer->request->kind, importer->header.names[i],
                                                 importer->arena);
        if (field.len != 0 && cell_of(&importer->mapping, field) == NULL) {
            pn_cell *cell = add_cell(importer, field);
            cell->kind = PN_CELL_COLUMN;
            cell->column = i;
        } else if (!column_read(importer, importer->header.names[i])) {
            report->ignored_columns[report->ignored_count++] = importer->header.names[i];
        }
    }
}

/* A list of what is pending has no total: what is open is what is owed. */
static void open_is_amount(pn_importer *importer) {
    pn_cell *open = cell_of(&importer->mapping, PN_STR("open"));
    if (importer->request->kind == PN_IMPORT_INVOICES && open != NULL &&
        open->kind == PN_CELL_COLUMN && cell_of(&importer->mapping, PN_STR("amount")) == NULL) {
        open->field = PN_STR("amount");
    }
}

static bool is_given(const pn_cell *cell) {
    return cell != NULL && (cell->kind != PN_CELL_LITERAL || cell->literal.len != 0);
}

/* A file without codes of its customers: the tax id tells them apart, else the name does. */
static void debtor_without_code(pn_importer *importer) {
    pn_cell *code = cell_of(&importer->mapping, PN_STR("debtor"));
    const pn_cell *instead = cell_of(&importer->mapping, PN_STR("tax_id"));
    const char *field = "tax_id";
    if (!is_given(instead)) {
        field = "debtor_name";
        instead = cell_of(&importer->mapping, PN_STR("debtor_name"));
    }
    if (importer->request->kind != PN_IMPORT_INVOICES || is_given(code) || !is_given(instead)) {
        return;
    }
    pn_cell copy = *instead; /* the cells may move */
    code = code != NULL ? code : add_cell(importer, PN_STR("debtor"));
    copy.field = code->field;
    *code = copy;
    importer->code_field = field;
}

pn_str pn_import_field_of(const pn_importer *importer, size_t column) {
    for (size_t i = 0; i < importer->mapping.count; i++) {
        const pn_cell *cell = &importer->mapping.cells[i];
        if (cell->kind == PN_CELL_COLUMN && cell->column == column) {
            return cell->field;
        }
    }
    return PN_STR_NONE;
}

void pn_import_missing(const pn_importer *importer, const char ***ret_names, size_t *ret_count) {
    enum { FIELDS_MAX = 64 };
    const char **names = pn_arena_array(importer->arena, const char *, FIELDS_MAX);
    size_t count = 0;
    const pn_import_field *field = pn_import_field_at(importer->request->kind, 0);
    for (; field->name != NULL && count < FIELDS_MAX; field++) {
        if (field->required && cell_of(&importer->mapping, pn_str_of(field->name)) == NULL) {
            names[count++] = field->name;
        }
    }
    *ret_names = names;
    *ret_count = count;
}

/* All that is missing is named at once: nobody likes to be told one thing at a time. */
static pn_err require_fields(pn_importer *importer) {
    const char **missing = NULL;
    size_t count = 0;
    pn_import_missing(importer, &missing, &count);
    if (count == 0) {
        return PN_OK;
    }
    pn_buf names;
    pn_buf_init(&names, 300);
    for (size_t i = 0; i < count; i++) {
        pn_buf_add_format(&names, "%s%s", i == 0 ? "" : ", ", missing[i]);
    }
    (void)pn_diag_set(importer->diag, PN_INVALID, "No column gives %.*s.",
                      PN_STR_ARG(pn_buf_str(&names)));
    pn_diag_mend(importer->diag, "Say which one does, with --map '%s=Column'.", missing[0]);
    pn_buf_done(&names);
    return PN_INVALID;
}

pn_err pn_import_map_loosely(pn_importer *importer) {
    PN_TRY(map_given(importer));
    map_by_name(importer);
    open_is_amount(importer);
    debtor_without_code(importer);
    return PN_OK;
}

pn_err pn_import_map(pn_importer *importer) {
    PN_TRY(pn_import_map_loosely(importer));
    return require_fields(importer);
}

/* ── values ──────────────────────────────────────────────────────────────────────────────────── */

/* The row as data for a template: each column by its name, and all of them under `row`. */
static const pn_json *row_data(pn_importer *importer) {
    size_t count = importer->header.count;
    pn_arena *arena = &importer->row_arena;
    pn_json_member *members = pn_arena_array(arena, pn_json_member, count + 1);
    for (size_t i = 0; i < count; i++) {
        members[i].key = importer->header.names[i];
        members[i].value =
            (pn_json){.type = PN_JSON_STR, .text = pn_csv_field(importer->record, i)};
    }
    members[count].key = PN_STR("row");
    members[count].value =
        (pn_json){.type = PN_JSON_OBJECT, .count = (uint32_t)count, .members = members};
    pn_json *data = pn_arena_new(arena, pn_json);
    *data = (pn_json){.type = PN_JSON_OBJECT, .count = (uint32_t)count + 1, .members = members};
    return data;
}

static pn_str render_cell(pn_importer *importer, const pn_cell *cell) {
    pn_liquid_context context = {.data = row_data(importer), .now = PN_TIME_NONE};
    pn_buf out;
    pn_diag diag = {0};
    pn_buf_init(&out, PN_LIMIT_TEXT_BYTES);
    pn_err err = pn_liquid_render(cell->template, &context, &importer->row_arena, &out, &diag);
    if (err != PN_OK) {
        pn_str name = cell->field;
        pn_import_refuse(importer, pn_str_z(&importer->row_arena, name), PN_STR(""),
                         "the template fails: %s", diag.what);
    }
    pn_str value = pn_str_dup(&importer->row_arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return pn_str_trim(value);
}

static const pn_cell *cell_for(pn_importer *importer, const char *field) {
    size_t at = ((uintptr_t)field * 0x9E37U >> 4) % PN_IMPORT_LOOKUPS;
    while (importer->lookups[at].field != NULL && importer->lookups[at].field != field) {
        at = (at + 1) % PN_IMPORT_LOOKUPS;
    }
    if (importer->lookups[at].field == NULL) {
        importer->lookups[at] =
            (pn_import_lookup){field, cell_of(&importer->mapping, pn_str_of(field))};
    }
    return importer->lookups[at].cell;
}

/* What a person wrote for this value of this row; NULL: nothing. */
static const pn_import_fix *fix_for(const pn_importer *importer, pn_str field) {
    const pn_import_request *request = importer->request;
    if (importer->code_field != NULL && pn_str_is(field, "debtor")) {
        field = pn_str_of(importer->code_field);
    }
    size_t low = 0, high = request->fix_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (request->fixes[middle].line < importer->line) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < request->fix_count && request->fixes[low].line == importer->line; low++) {
        if (pn_str_eq(request->fixes[low].field, field)) {
            return &request->fixes[low];
        }
    }
    return NULL;
}

bool pn_import_fixed(const pn_importer *importer, pn_str field) {
    return fix_for(importer, field) != NULL;
}

pn_str pn_import_value(pn_importer *importer, const char *field) {
    const pn_import_fix *fix = fix_for(importer, pn_str_of(field));
    if (fix != NULL) {
        return pn_str_trim(fix->value);
    }
    const pn_cell *cell = cell_for(importer, field);
    if (cell == NULL) {
        return PN_STR_NONE;
    }
    switch (cell->kind) {
    case PN_CELL_NONE: break;
    case PN_CELL_COLUMN: return pn_str_trim(pn_csv_field(importer->record, cell->column));
    case PN_CELL_LITERAL: return cell->literal;
    case PN_CELL_TEMPLATE: return render_cell(importer, cell);
    }
    return PN_STR_NONE;
}

pn_str pn_import_keep(pn_importer *importer, pn_str value) {
    pn_str file = importer->request->bytes;
    bool view = value.ptr >= file.ptr && value.ptr + value.len <= file.ptr + file.len;
    return value.len == 0 || view ? value : pn_str_dup(importer->arena, value);
}
