#include "base/banned.h"
#include "base/limits.h"
#include "codec/pdf/read.h"

/* ── tables ──────────────────────────────────────────────────────────────────────────────────── */

static pn_err read_columns(pn_pdf_reader *reader, const pn_json *list, pn_pdf_table *table) {
    static const char *const KEYS[] = {"title", "align", "grow", NULL};
    static const char *const ALIGNS[] = {"left", "right", "centre", NULL};
    if (list == NULL || list->type != PN_JSON_ARRAY || list->count == 0 ||
        list->count > PN_PDF_COLUMNS_MAX) {
        return pn_pdf_wrong(reader, "A table has a list of 1 to %d “columns”.", PN_PDF_COLUMNS_MAX);
    }
    size_t before = pn_pdf_down(reader, "columns");
    table->column_count = list->count;
    table->columns = pn_arena_array(reader->arena, pn_pdf_column, list->count);
    for (size_t i = 0; i < list->count; i++) {
        const pn_json *item = &list->items[i];
        size_t here = pn_pdf_down_to(reader, i);
        unsigned align = 0;
        PN_TRY(pn_pdf_read_keys(reader, item, KEYS));
        PN_TRY(pn_pdf_read_text(reader, item, "title", PN_PDF_LINE_BYTES_MAX, false,
                                &table->columns[i].title));
        PN_TRY(pn_pdf_read_word(reader, item, "align", ALIGNS, PN_PDF_LEFT, &align));
        table->columns[i].align = (pn_pdf_align)align;
        table->columns[i].grow = pn_json_bool(pn_json_field(item, "grow"), false);
        pn_pdf_up(reader, here);
    }
    pn_pdf_up(reader, before);
    return PN_OK;
}

/* `exact`: a cell a column; a row of the foot may have fewer. */
static pn_err read_rows(pn_pdf_reader *reader, const pn_json *list, const char *key, bool exact,
                        size_t columns, pn_pdf_strs **ret_rows, size_t *ret_count) {
    if (list == NULL || list->type == PN_JSON_NULL) {
        return PN_OK;
    }
    size_t before = pn_pdf_down(reader, key);
    if (list->type != PN_JSON_ARRAY) {
        return pn_pdf_wrong(reader, "Here stands %s where a list of rows belongs.",
                            pn_json_type_name(list->type));
    }
    reader->rows += list->count;
    if (reader->rows > PN_LIMIT_PDF_ROWS) {
        (void)pn_pdf_wrong(reader,
                           "The tables have more than %d rows, which is the most one "
                           "document may have.",
                           PN_LIMIT_PDF_ROWS);
        return PN_LIMIT;
    }
    pn_pdf_strs *rows = pn_arena_array(reader->arena, pn_pdf_strs, list->count + 1);
    for (size_t i = 0; i < list->count; i++) {
        size_t here = pn_pdf_down_to(reader, i);
        PN_TRY(pn_pdf_read_strs(reader, &list->items[i], columns, PN_PDF_CELL_BYTES_MAX, &rows[i]));
        if (rows[i].count == 0 || (exact && rows[i].count != columns)) {
            return pn_pdf_wrong(reader, "The row has %zu cells, the table %zu columns.",
                                rows[i].count, columns);
        }
        pn_pdf_up(reader, here);
    }
    *ret_rows = rows;
    *ret_count = list->count;
    pn_pdf_up(reader, before);
    return PN_OK;
}

static pn_err read_table(pn_pdf_reader *reader, const pn_json *value, pn_pdf_block *block) {
    static const char *const KEYS[] = {"section", "columns", "rows", "foot", NULL};
    pn_pdf_table table = {0};
    PN_TRY(pn_pdf_read_keys(reader, value, KEYS));
    PN_TRY(
        pn_pdf_read_text(reader, value, "section", PN_PDF_LINE_BYTES_MAX, false, &table.section));
    PN_TRY(read_columns(reader, pn_json_field(value, "columns"), &table));
    PN_TRY(read_rows(reader, pn_json_field(value, "rows"), "rows", true, table.column_count,
                     &table.rows, &table.row_count));
    PN_TRY(read_rows(reader, pn_json_field(value, "foot"), "foot", false, table.column_count,
                     &table.foot, &table.foot_count));
    block->kind = PN_PDF_TABLE;
    block->table = table;
    return PN_OK;
}

/* ── paying ──────────────────────────────────────────────────────────────────────────────────── */

static pn_err read_qr(pn_pdf_reader *reader, const pn_json *value, pn_pdf_pay *pay) {
    static const char *const KEYS[] = {"payload", "ecc", "caption", NULL};
    static const char *const LEVELS[] = {"L", "M", "Q", "H", NULL};
    if (value == NULL || value->type == PN_JSON_NULL) {
        return PN_OK;
    }
    size_t before = pn_pdf_down(reader, "qr");
    unsigned level = 1;
    PN_TRY(pn_pdf_read_keys(reader, value, KEYS));
    /* The line breaks of an EPC payload are part of it, so the text is taken as it stands. */
    pay->qr_payload = pn_json_text(pn_json_field(value, "payload"), PN_STR(""));
    PN_TRY(pn_pdf_read_word(reader, value, "ecc", LEVELS, level, &level));
    PN_TRY(
        pn_pdf_read_text(reader, value, "caption", PN_PDF_LINE_BYTES_MAX, true, &pay->qr_caption));
    if (pay->qr_payload.len == 0 || pay->qr_payload.len > PN_PDF_CODE_BYTES_MAX ||
        memchr(pay->qr_payload.ptr, '\0', pay->qr_payload.len) != NULL) {
        return pn_pdf_wrong(reader, "The “payload” of a QR code has 1 to %d bytes and no NUL.",
                            PN_PDF_CODE_BYTES_MAX);
    }
    pay->qr_ecc = LEVELS[level][0];
    pn_pdf_up(reader, before);
    return PN_OK;
}

static pn_err read_bars(pn_pdf_reader *reader, const pn_json *value, pn_pdf_pay *pay) {
    static const char *const KEYS[] = {"kind", "payload", "text", NULL};
    static const char *const KINDS[] = {"code128", "gs1-128", "itf", NULL};
    if (value == NULL || value->type == PN_JSON_NULL) {
        return PN_OK;
    }
    size_t before = pn_pdf_down(reader, "barcode");
    unsigned kind = PN_PDF_CODE128;
    PN_TRY(pn_pdf_read_keys(reader, value, KEYS));
    PN_TRY(pn_pdf_read_word(reader, value, "kind", KINDS, kind, &kind));
    PN_TRY(pn_pdf_read_text(reader, value, "payload", PN_PDF_CODE_BYTES_MAX, false,
                            &pay->bar_payload));
    PN_TRY(pn_pdf_read_text(reader, value, "text", PN_PDF_LINE_BYTES_MAX, false, &pay->bar_text));
    if (pay->bar_payload.len == 0) {
        return pn_pdf_wrong(reader, "A bar code has a “payload”: what it says.");
    }
    pay->bar_kind = (pn_pdf_bar_kind)kind;
    pn_pdf_up(reader, before);
    return PN_OK;
}

static pn_err read_pay(pn_pdf_reader *reader, const pn_json *value, pn_pdf_block *block) {
    static const char *const KEYS[] = {"lines", "qr", "barcode", "link", "link_words", NULL};
    pn_pdf_pay pay = {0};
    PN_TRY(pn_pdf_read_keys(reader, value, KEYS));
    size_t before = pn_pdf_down(reader, "lines");
    PN_TRY(pn_pdf_read_pairs(reader, pn_json_field(value, "lines"), &pay.lines));
    pn_pdf_up(reader, before);
    PN_TRY(read_qr(reader, pn_json_field(value, "qr"), &pay));
    PN_TRY(read_bars(reader, pn_json_field(value, "barcode"), &pay));
    PN_TRY(pn_pdf_read_text(reader, value, "link", PN_PDF_URL_BYTES_MAX, false, &pay.link));
    PN_TRY(pn_pdf_read_text(reader, value, "link_words", PN_PDF_LINE_BYTES_MAX, false,
                            &pay.link_words));
    if (pay.link.len != 0 && !pn_pdf_url_ok(pay.link)) {
        return pn_pdf_wrong(reader, "“link” is no address that begins with https:, http:, mailto: "
                                    "or tel: and has no spaces.");
    }
    block->kind = PN_PDF_PAY;
    block->pay = pay;
    return PN_OK;
}

/* ── the others ──────────────────────────────────────────────────────────────────────────────── */

static pn_err read_amount(pn_pdf_reader *reader, const pn_json *value, pn_pdf_block *block) {
    static const char *const KEYS[] = {"label", "value", "note", NULL};
    pn_pdf_amount amount = {0};
    PN_TRY(pn_pdf_read_keys(reader, value, KEYS));
    PN_TRY(pn_pdf_read_text(reader, value, "label", PN_PDF_LINE_BYTES_MAX, false, &amount.label));
    PN_TRY(pn_pdf_read_text(reader, value, "value", PN_PDF_LINE_BYTES_MAX, false, &amount.value));
    PN_TRY(pn_pdf_read_text(reader, value, "note", PN_PDF_LINE_BYTES_MAX, true, &amount.note));
    block->kind = PN_PDF_AMOUNT;
    block->amount = amount;
    return PN_OK;
}

static pn_err read_signatures(pn_pdf_reader *reader, const pn_json *value, pn_pdf_block *block) {
    static const char *const KEYS[] = {"name", "role", NULL};
    if (value->type != PN_JSON_ARRAY || value->count == 0 || value->count > 4) {
        return pn_pdf_wrong(reader, "“signatures” is a list of 1 to 4 people.");
    }
    pn_pdf_pairs pairs = {pn_arena_array(reader->arena, pn_pdf_pair, value->count), value->count};
    for (size_t i = 0; i < pairs.count; i++) {
        const pn_json *item = &value->items[i];
        size_t before = pn_pdf_down_to(reader, i);
        PN_TRY(pn_pdf_read_keys(reader, item, KEYS));
        PN_TRY(pn_pdf_read_text(reader, item, "name", PN_PDF_LINE_BYTES_MAX, false,
                                &pairs.items[i].label));
        PN_TRY(pn_pdf_read_text(reader, item, "role", PN_PDF_LINE_BYTES_MAX, false,
                                &pairs.items[i].value));
        pn_pdf_up(reader, before);
    }
    block->kind = PN_PDF_SIGNATURES;
    block->pairs = pairs;
    return PN_OK;
}

static pn_err read_heading(pn_pdf_reader *reader, const pn_json *value, pn_pdf_block *block) {
    block->kind = PN_PDF_HEADING;
    return pn_pdf_read_str(reader, value, PN_PDF_LINE_BYTES_MAX, false, &block->text);
}

static pn_err read_paragraphs(pn_pdf_reader *reader, const pn_json *value, pn_pdf_block *block) {
    block->kind = PN_PDF_TEXT;
    return pn_pdf_read_str(reader, value, PN_PDF_TEXT_BYTES_MAX, true, &block->text);
}

static pn_err read_legal(pn_pdf_reader *reader, const pn_json *value, pn_pdf_block *block) {
    block->kind = PN_PDF_LEGAL;
    return pn_pdf_read_str(reader, value, PN_PDF_TEXT_BYTES_MAX, true, &block->text);
}

static pn_err read_totals(pn_pdf_reader *reader, const pn_json *value, pn_pdf_block *block) {
    block->kind = PN_PDF_TOTALS;
    return pn_pdf_read_pairs(reader, value, &block->pairs);
}

static pn_err read_signature(pn_pdf_reader *reader, const pn_json *value, pn_pdf_block *block) {
    block->kind = PN_PDF_SIGNATURE;
    return pn_pdf_read_strs(reader, value, PN_PDF_LINES_MAX, PN_PDF_LINE_BYTES_MAX, &block->lines);
}

static pn_err read_divider(pn_pdf_reader *reader, const pn_json *value, pn_pdf_block *block) {
    block->kind = PN_PDF_DIVIDER;
    return value->type == PN_JSON_BOOL && value->boolean
               ? PN_OK
               : pn_pdf_wrong(reader, "“divider” is true, or the block is left out.");
}

static pn_err read_space(pn_pdf_reader *reader, const pn_json *value, pn_pdf_block *block) {
    double space_mm = pn_json_double(value, -1);
    block->kind = PN_PDF_SPACE;
    block->space_mm = space_mm;
    return space_mm >= 0 && space_mm <= 200
               ? PN_OK
               : pn_pdf_wrong(reader, "“space” is a number of millimetres from 0 to 200.");
}

static const struct {
    const char *key;
    pn_err (*read)(pn_pdf_reader *reader, const pn_json *value, pn_pdf_block *block);
} BLOCKS[] = {
    {"heading", read_heading},     {"text", read_paragraphs},       {"table", read_table},
    {"totals", read_totals},       {"amount", read_amount},         {"pay", read_pay},
    {"signature", read_signature}, {"signatures", read_signatures}, {"legal", read_legal},
    {"divider", read_divider},     {"space", read_space},
};

pn_err pn_pdf_read_block(pn_pdf_reader *reader, const pn_json *value, pn_pdf_block *ret_block) {
    if (value->type != PN_JSON_OBJECT || value->count != 1) {
        return pn_pdf_wrong(reader, "A block is an object with one key, its kind.");
    }
    const pn_json_member *member = &value->members[0];
    for (size_t i = 0; i < PN_COUNT(BLOCKS); i++) {
        if (pn_str_eq(member->key, pn_str_of(BLOCKS[i].key))) {
            size_t before = pn_pdf_down(reader, BLOCKS[i].key);
            PN_TRY(BLOCKS[i].read(reader, &member->value, ret_block));
            pn_pdf_up(reader, before);
            return PN_OK;
        }
    }
    pn_str key = pn_str_first(member->key, 40);
    return pn_pdf_wrong(reader,
                        "“%.*s” is no kind of block; there are heading, text, table, "
                        "totals, amount, pay, signature, signatures, legal, divider and "
                        "space.",
                        PN_STR_ARG(key));
}
