#include "codec/xlsx/sheet.h"

#include "base/banned.h"
#include "base/limits.h"
#include "base/sort.h"
#include "base/utf8.h"

enum { ROWS_MAX = 1048576, MERGES_MAX = 20000, CELL_BYTES = 1 << 17 };

typedef struct {
    pn_str text;
    bool typed; /* a number, date, truth value or error */
} cell;

/* A value that stands for the cells below it too. */
typedef struct {
    int64_t first_row, last_row;
    size_t column;
} merge;

typedef struct {
    const pn_xlsx_sheet *of;
    pn_xlsx_part part;
    pn_buf *csv;
    pn_arena row_arena;
    cell cells[PN_LIMIT_IMPORT_COLUMNS];
    size_t width;      /* of the row under way */
    size_t widest;     /* row so far */
    int64_t row, line; /* that is read, and that was written last */
    int64_t rows, cell_count;
    bool in_data, in_row;
    /* the cell under way */
    size_t column;
    bool in_cell, in_phonetic, takes_text;
    char type; /* s, b, e, d, t (text, inline or of a formula), n */
    size_t style;
    pn_buf text;
    merge *merges; /* by first row */
    size_t merge_count, merge_capacity, merge_next;
    bool merges_known;
    int64_t until[PN_LIMIT_IMPORT_COLUMNS]; /* last row of what is repeated in a column */
    pn_str repeated[PN_LIMIT_IMPORT_COLUMNS];
    bool repeated_typed[PN_LIMIT_IMPORT_COLUMNS];
} sheet;

/* ── text ────────────────────────────────────────────────────────────────────────────────────── */

/* "_x000D_" stands for a character that XML has not (22.4.2.4); the number, or 0. */
static uint32_t escape_at(pn_str text, size_t at) {
    uint32_t value = 0;
    if (text.len - at < 7 || text.ptr[at] != '_' || text.ptr[at + 1] != 'x' ||
        text.ptr[at + 6] != '_') {
        return 0;
    }
    for (size_t i = at + 2; i < at + 6; i++) {
        int digit = pn_hex_value(text.ptr[i]);
        if (digit < 0) {
            return 0;
        }
        value = value * 16 + (uint32_t)digit;
    }
    return value >= 0xD800 && value < 0xE000 ? 0 : value;
}

/* Text of a cell, escapes undone and trimmed. */
static pn_str text_of(pn_arena *arena, pn_str text) {
    char *out = pn_arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len;) {
        uint32_t character = text.ptr[i] == '_' ? escape_at(text, i) : 0;
        if (character != 0) {
            len += pn_utf8_encode(character, out + len);
            i += 7;
        } else {
            out[len++] = text.ptr[i++];
        }
    }
    return pn_str_trim((pn_str){out, len});
}

static void add_text(pn_buf *to, pn_str text) {
    if (to->len + text.len <= CELL_BYTES) {
        pn_buf_add_str(to, text);
    } else {
        to->failed = true;
    }
}

static pn_err cell_too_long(pn_diag *diag) {
    return pn_diag_refuse(diag, "", "A cell of the sheet holds more text than a cell can.",
                          "Shorten it.");
}

pn_err pn_xlsx_strings_read(pn_xlsx_package *package, const char *path, pn_arena *arena,
                            pn_xlsx_strings *ret_strings, pn_diag *diag) {
    pn_xlsx_part part;
    pn_str *items = NULL;
    size_t count = 0, capacity = 0;
    bool in_text = false, phonetic = false;
    pn_buf text;
    *ret_strings = (pn_xlsx_strings){0};
    pn_err err = pn_xlsx_part_open(package, path, &part, diag);
    if (err != PN_OK) {
        return err == PN_NOT_FOUND ? PN_OK : err;
    }
    pn_buf_init(&text, CELL_BYTES);
    while ((err = pn_xlsx_part_next(&part)) == PN_OK && !text.failed) {
        if (pn_xlsx_begins(&part, "si")) {
            items = pn_arena_grow(arena, items, count, &capacity, sizeof *items);
            items[count++] = PN_STR_NONE;
            pn_buf_clear(&text);
        } else if (pn_xlsx_begins(&part, "rPh") || pn_xlsx_ends(&part, "rPh")) {
            phonetic = pn_xlsx_begins(&part, "rPh") && !pn_xlsx_is_empty(&part);
        } else if (pn_xlsx_begins(&part, "t") || pn_xlsx_ends(&part, "t")) {
            in_text = pn_xlsx_begins(&part, "t") && !pn_xlsx_is_empty(&part) && !phonetic;
        } else if (pn_xlsx_ends(&part, "si") && count != 0) {
            items[count - 1] = text_of(arena, pn_buf_str(&text));
        } else if (in_text) {
            add_text(&text, pn_xlsx_text(&part));
        }
    }
    err = text.failed ? cell_too_long(diag) : err == PN_NOT_FOUND ? PN_OK : err;
    pn_buf_done(&text);
    pn_xlsx_part_close(&part);
    *ret_strings = (pn_xlsx_strings){items, count};
    return err;
}

/* ── writing rows ────────────────────────────────────────────────────────────────────────────── */

/* Passes over controls and the blanks behind them; true where a line ended. */
static bool pass_controls(pn_str text, size_t *at) {
    bool line = false;
    for (; *at < text.len && (unsigned char)text.ptr[*at] <= ' '; (*at)++) {
        line = line || text.ptr[*at] == '\n';
    }
    return line;
}

/* A line's end inside a text parts it as in an address; in the head it is a blank. */
static void put_quoted(sheet *s, pn_str text) {
    pn_buf_add_char(s->csv, '"');
    for (size_t i = 0; i < text.len;) {
        char c = text.ptr[i];
        if ((unsigned char)c < ' ') {
            bool parted = i != 0 && strchr(",;:.-", text.ptr[i - 1]) != NULL;
            bool line = pass_controls(text, &i);
            pn_buf_add_z(s->csv, line && !parted && s->rows != 0 ? ", " : " ");
            continue;
        }
        if (c == '"') {
            pn_buf_add_char(s->csv, '"');
        }
        pn_buf_add_char(s->csv, c);
        i++;
    }
    pn_buf_add_char(s->csv, '"');
}

/* What merged cells say of this row. */
static void repeat_merged(sheet *s) {
    while (s->merge_next < s->merge_count && s->merges[s->merge_next].first_row <= s->row) {
        const merge *m = &s->merges[s->merge_next++];
        bool begins = m->first_row == s->row && m->column < s->width && s->rows != 0;
        s->until[m->column] = begins ? m->last_row : 0;
        if (begins) {
            s->repeated[m->column] = pn_str_dup(s->of->arena, s->cells[m->column].text);
            s->repeated_typed[m->column] = s->cells[m->column].typed;
        }
    }
    for (size_t i = 0; i < s->width && s->merges_known; i++) {
        if (s->until[i] >= s->row && s->cells[i].text.len == 0) {
            s->cells[i] = (cell){s->repeated[i], s->repeated_typed[i]};
        }
    }
}

static pn_err write_row(sheet *s) {
    repeat_merged(s);
    size_t width = s->width;
    while (width > 0 && s->cells[width - 1].text.len == 0) {
        width--;
    }
    for (; width != 0 && s->line < s->row; s->line++) {
        if (s->line != 0) {
            pn_buf_add_char(s->csv, '\n');
        }
    }
    s->widest = PN_MAX(s->widest, width);
    for (size_t i = 0; i < s->widest && width != 0; i++) {
        if (i != 0) {
            pn_buf_add_char(s->csv, ',');
        }
        if (i < width && s->cells[i].typed) {
            pn_buf_add_str(s->csv, s->cells[i].text);
        } else if (i < width && s->cells[i].text.len != 0) {
            put_quoted(s, s->cells[i].text);
        }
    }
    s->rows += width != 0;
    memset(s->cells, 0, s->width * sizeof *s->cells);
    s->width = 0;
    pn_arena_reset(&s->row_arena);
    if (s->csv->failed) {
        pn_err err = pn_diag_set(s->of->diag, PN_LIMIT, "The sheet's rows are more than are read.");
        pn_diag_mend(s->of->diag, "Save the sheet as CSV and import that, or part it.");
        return err;
    }
    return PN_OK;
}

/* ── reading ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err damaged(sheet *s) {
    return pn_diag_refuse(s->of->diag, s->of->path, "The sheet is damaged.",
                          "Open it in your spreadsheet program and save it as .xlsx.");
}

/* "AB12": column 27 and row 12; false for what is no cell. */
static bool parse_place(pn_str place, size_t *ret_column, int64_t *ret_row) {
    size_t column = 0, at = 0;
    while (at < place.len && pn_is_alpha(place.ptr[at]) && column < 100000) {
        column = column * 26 + (size_t)(pn_to_upper(place.ptr[at++]) - 'A') + 1;
    }
    pn_str row = pn_str_from(place, at);
    if (column == 0 || !pn_str_is_digits(row) || row.len > 7 ||
        pn_str_to_int64(row, ret_row) != PN_OK || *ret_row < 1) {
        return false;
    }
    *ret_column = column - 1;
    return true;
}

static pn_err begin_row(sheet *s) {
    pn_str given = pn_xlsx_attribute(&s->part, "r", &s->row_arena);
    int64_t row = s->row + 1;
    if (given.len != 0 &&
        (pn_str_to_int64(given, &row) != PN_OK || row <= s->row || row > ROWS_MAX)) {
        return damaged(s);
    }
    s->row = row;
    s->column = SIZE_MAX; /* the next is the first */
    s->in_row = !pn_xlsx_is_empty(&s->part);
    return row > ROWS_MAX ? damaged(s) : PN_OK;
}

static char type_of(pn_str name) {
    return pn_str_is(name, "s")   ? 's'
           : pn_str_is(name, "b") ? 'b'
           : pn_str_is(name, "e") ? 'e'
           : pn_str_is(name, "d") ? 'd'
           : name.len > 1         ? 't' /* str, inlineStr */
                                  : 'n';
}

static pn_err begin_cell(sheet *s) {
    int64_t row = 0, style = 0;
    pn_str place = pn_xlsx_attribute(&s->part, "r", &s->row_arena);
    pn_str styled = pn_xlsx_attribute(&s->part, "s", &s->row_arena);
    s->column++;
    if (place.len != 0 && !parse_place(place, &s->column, &row)) {
        return damaged(s);
    }
    s->type = type_of(pn_xlsx_attribute(&s->part, "t", &s->row_arena));
    s->style = pn_str_to_int64(styled, &style) == PN_OK && style > 0 ? (size_t)style : 0;
    s->in_cell = !pn_xlsx_is_empty(&s->part);
    s->takes_text = s->in_phonetic = false;
    pn_buf_clear(&s->text);
    /* an empty one counts where something may be repeated into it */
    if (s->column < PN_LIMIT_IMPORT_COLUMNS) {
        s->width = PN_MAX(s->width, s->column + 1);
    }
    if (++s->cell_count > PN_LIMIT_SHEET_CELLS) {
        return pn_diag_set(s->of->diag, PN_LIMIT, "The sheet has more than %d cells.",
                           PN_LIMIT_SHEET_CELLS);
    }
    return PN_OK;
}

/* Written by programs that keep dates as text: "2026-03-01T00:00:00" (18.18.11). */
static pn_str iso_text(pn_arena *arena, pn_str text) {
    char *out = pn_arena_copy(arena, text.ptr, text.len);
    if (text.len > 10 && out[10] == 'T') {
        out[10] = ' ';
    }
    bool midnight = pn_str_starts(pn_str_from(text, 10), PN_STR("T00:00:00"));
    return (pn_str){out, midnight ? 10 : text.len};
}

static cell number_cell(sheet *s, pn_str raw) {
    const pn_xlsx_styles *styles = &s->of->styles;
    pn_xlsx_style style = {0};
    if (s->style < styles->count) {
        style = styles->styles[s->style];
    }
    pn_str number = pn_xlsx_number_text(raw, style, s->of->from_1904, &s->row_arena);
    bool typed = number.len != 0;
    return (cell){typed ? number : text_of(&s->row_arena, raw), typed};
}

static pn_err read_cell(sheet *s, pn_str raw, cell *ret_cell) {
    pn_arena *arena = &s->row_arena;
    int64_t index = -1;
    switch (s->type) {
    case 's':
        if (raw.len != 0 && (pn_str_to_int64(raw, &index) != PN_OK || index < 0 ||
                             (size_t)index >= s->of->shared.count)) {
            return damaged(s);
        }
        *ret_cell = (cell){raw.len != 0 ? s->of->shared.items[index] : PN_STR_NONE, false};
        break;
    case 'b':
        *ret_cell = (cell){pn_str_is(raw, "1") ? PN_STR("TRUE") : PN_STR("FALSE"), true};
        break;
    case 'e': *ret_cell = (cell){text_of(arena, raw), false}; break;
    case 'd': *ret_cell = (cell){iso_text(arena, raw), true}; break;
    case 't': *ret_cell = (cell){text_of(arena, raw), false}; break;
    default: *ret_cell = number_cell(s, raw); break;
    }
    /* what is not quoted needs no quotes, whatever the file said */
    for (size_t i = 0; i < ret_cell->text.len && ret_cell->typed; i++) {
        char c = ret_cell->text.ptr[i];
        ret_cell->typed = (unsigned char)c > ',' || c == '+' || c == '%' || c == ' ';
    }
    return PN_OK;
}

static pn_err end_cell(sheet *s) {
    cell value = {0};
    s->in_cell = false;
    pn_str raw = pn_str_trim(pn_buf_str(&s->text));
    if (s->text.failed) {
        return cell_too_long(s->of->diag);
    }
    if (raw.len == 0) {
        return PN_OK;
    }
    PN_TRY(read_cell(s, raw, &value));
    if (value.text.len != 0 && s->column >= PN_LIMIT_IMPORT_COLUMNS) {
        return pn_diag_set(s->of->diag, PN_LIMIT, "The sheet has more than %d columns.",
                           PN_LIMIT_IMPORT_COLUMNS);
    }
    if (value.text.len != 0) {
        s->cells[s->column] = value;
    }
    return PN_OK;
}

static void read_inside(sheet *s) {
    bool begins = pn_xlsx_begins(&s->part, "v") || pn_xlsx_begins(&s->part, "t");
    if (pn_xlsx_begins(&s->part, "rPh")) {
        s->in_phonetic = !pn_xlsx_is_empty(&s->part);
    } else if (pn_xlsx_ends(&s->part, "rPh")) {
        s->in_phonetic = false;
    } else if (begins) {
        s->takes_text = !pn_xlsx_is_empty(&s->part) && !s->in_phonetic;
    } else if (pn_xlsx_ends(&s->part, "v") || pn_xlsx_ends(&s->part, "t")) {
        s->takes_text = false;
    } else if (s->takes_text) {
        add_text(&s->text, pn_xlsx_text(&s->part));
    }
}

/* "A2:A5" */
static void read_merge(sheet *s) {
    pn_str rest = pn_xlsx_attribute(&s->part, "ref", &s->row_arena), first;
    merge m = {0};
    size_t last_column = 0;
    bool good = pn_str_split(&rest, ':', &first) && parse_place(first, &m.column, &m.first_row) &&
                parse_place(rest, &last_column, &m.last_row);
    if (good && m.last_row > m.first_row && m.column < PN_LIMIT_IMPORT_COLUMNS &&
        s->merge_count < MERGES_MAX) {
        s->merges = pn_arena_grow(s->of->arena, s->merges, s->merge_count, &s->merge_capacity,
                                  sizeof *s->merges);
        s->merges[s->merge_count++] = m;
    }
}

static pn_err read_node(sheet *s) {
    if (s->in_cell && pn_xlsx_ends(&s->part, "c")) {
        return end_cell(s);
    }
    if (s->in_cell) {
        read_inside(s);
    } else if (s->in_row && pn_xlsx_begins(&s->part, "c")) {
        return begin_cell(s);
    } else if (s->in_row && pn_xlsx_ends(&s->part, "row")) {
        s->in_row = false;
        return write_row(s);
    } else if (s->in_data && pn_xlsx_begins(&s->part, "row")) {
        return begin_row(s);
    } else if (pn_xlsx_begins(&s->part, "sheetData") || pn_xlsx_ends(&s->part, "sheetData")) {
        s->in_data = pn_xlsx_begins(&s->part, "sheetData") && !pn_xlsx_is_empty(&s->part);
    } else if (!s->merges_known && pn_xlsx_begins(&s->part, "mergeCell")) {
        read_merge(s);
    }
    return PN_OK;
}

static pn_err read_all(sheet *s) {
    pn_err err = pn_xlsx_part_open(s->of->package, s->of->path, &s->part, s->of->diag);
    if (err == PN_NOT_FOUND) {
        return damaged(s);
    }
    while (err == PN_OK) {
        err = pn_xlsx_part_next(&s->part);
        err = err == PN_OK ? read_node(s) : err;
    }
    pn_xlsx_part_close(&s->part);
    return err == PN_NOT_FOUND ? PN_OK : err;
}

static int by_row(const void *a, const void *b) {
    const merge *x = a;
    const merge *y = b;
    return (x->first_row > y->first_row) - (x->first_row < y->first_row);
}

/* Merged cells stand behind the rows they belong to: where there are any, it is read again. What it
 * unpacks to counts once. */
static pn_err read_again(sheet *s, size_t before, uint64_t left_bytes) {
    s->csv->len = before;
    s->of->package->left_bytes = left_bytes;
    s->row = s->line = s->rows = s->cell_count = 0;
    s->widest = 0;
    s->in_data = s->in_row = s->in_cell = false;
    s->merges_known = true;
    pn_sort(s->merges, s->merge_count, sizeof *s->merges, by_row, s->of->arena);
    return read_all(s);
}

pn_err pn_xlsx_sheet_csv(const pn_xlsx_sheet *of, pn_buf *csv, int64_t *ret_rows) {
    sheet *s = pn_arena_new(of->arena, sheet);
    size_t before = csv->len;
    uint64_t left_bytes = of->package->left_bytes;
    s->of = of;
    s->csv = csv;
    pn_arena_init(&s->row_arena, 0);
    pn_buf_init(&s->text, CELL_BYTES);
    pn_err err = read_all(s);
    if (err == PN_OK && s->merge_count != 0 && s->rows != 0) {
        err = read_again(s, before, left_bytes);
    }
    pn_buf_done(&s->text);
    pn_arena_done(&s->row_arena);
    *ret_rows = s->rows;
    return err;
}
