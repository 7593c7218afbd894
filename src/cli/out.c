#include "cli/out.h"

#include <stdio.h>

#include "base/banned.h"
#include "base/utf8.h"

enum { OUT_BYTES_MAX = 1 << 30, LABEL_WIDTH = 18 };

void pn_out_init(pn_out *out, bool json, pn_arena *arena) {
    *out = (pn_out){.json = json,
                    .arena = arena,
                    .zone = pn_zone_utc(),
                    .language = PN_STR("en"),
                    .country = PN_STR("")};
    pn_buf_init(&out->buf, OUT_BYTES_MAX);
    out->writer = pn_json_writer_on(&out->buf, 2);
}

void pn_out_done(pn_out *out) {
    pn_buf_done(&out->buf);
}

static void start(pn_out *out) {
    if (!out->started && out->json) {
        pn_json_begin_object(&out->writer);
    }
    out->started = true;
}

pn_err pn_out_finish(pn_out *out) {
    if (out->json && out->started && !out->whole) {
        pn_json_end_object(&out->writer);
        pn_buf_add_char(&out->buf, '\n');
    }
    pn_err err = pn_buf_err(&out->buf);
    if (err == PN_OK &&
        (fwrite(out->buf.ptr, 1, out->buf.len, stdout) != out->buf.len || fflush(stdout) != 0)) {
        err = PN_IO;
    }
    pn_buf_clear(&out->buf);
    out->started = false;
    out->writer = pn_json_writer_on(&out->buf, 2);
    return err;
}

static void PN_PRINTF(2, 0) add_formatted(pn_out *out, const char *format, va_list args) {
    pn_buf_add_str(&out->buf, pn_str_format_args(out->arena, format, args));
}

void pn_out_title(pn_out *out, const char *format, ...) {
    if (out->json) {
        return;
    }
    va_list args;
    if (out->buf.len != 0) {
        pn_buf_add_char(&out->buf, '\n');
    }
    va_start(args, format);
    add_formatted(out, format, args);
    va_end(args);
    pn_buf_add_char(&out->buf, '\n');
}

void pn_out_line(pn_out *out, const char *format, ...) {
    if (out->json) {
        return;
    }
    va_list args;
    va_start(args, format);
    add_formatted(out, format, args);
    va_end(args);
    pn_buf_add_char(&out->buf, '\n');
}

void pn_out_exact(pn_out *out, pn_str text) {
    if (!out->json) {
        out->started = true;
        pn_buf_add_str(&out->buf, text);
    }
}

void pn_out_text(pn_out *out, pn_str text) {
    pn_out_exact(out, text);
    if (!out->json && (text.len == 0 || text.ptr[text.len - 1] != '\n')) {
        pn_buf_add_char(&out->buf, '\n');
    }
}

void pn_out_whole(pn_out *out, pn_str json) {
    out->started = out->whole = true;
    pn_buf_add_str(&out->buf, json);
    pn_buf_add_char(&out->buf, '\n');
}

/* ── values as people read them ──────────────────────────────────────────────────────────────── */

static pn_str taken(pn_out *out, pn_buf *text) {
    pn_str copy = pn_str_dup(out->arena, pn_buf_str(text));
    pn_buf_done(text);
    return copy;
}

static pn_str amount_plain(pn_out *out, pn_money money) {
    pn_buf text;
    pn_buf_init(&text, 64);
    pn_amount_plain(&text, money.minor, pn_currency_decimals(money.currency));
    return taken(out, &text);
}

pn_str pn_out_money_text(pn_out *out, pn_money money) {
    pn_buf text;
    pn_buf_init(&text, 64);
    pn_money_text(&text, money, out->language, out->country);
    return taken(out, &text);
}

static pn_str date_text(pn_out *out, pn_date date) {
    char text[PN_DATE_ISO_SIZE];
    return date == PN_DATE_NONE ? PN_STR("")
                                : pn_str_dup(out->arena, pn_str_of(pn_date_iso(date, text)));
}

static bool no_time(pn_time at) {
    return at == PN_TIME_NONE || at == PN_TIME_NEVER;
}

static pn_str time_text(pn_out *out, pn_time at) {
    if (no_time(at)) {
        return PN_STR("");
    }
    char date[PN_DATE_ISO_SIZE];
    pn_local local = pn_zone_local(out->zone, at);
    return pn_str_format(out->arena, "%s %02d:%02d", pn_date_iso(local.date, date),
                         local.second / 3600, local.second / 60 % 60);
}

pn_str pn_time_iso(pn_time at, const pn_zone *zone, pn_arena *arena) {
    if (no_time(at)) {
        return PN_STR("");
    }
    char date[PN_DATE_ISO_SIZE];
    pn_local local = pn_zone_local(zone, at);
    int offset = pn_zone_offset(zone, at) / 60;
    int size = offset < 0 ? -offset : offset;
    return pn_str_format(arena, "%sT%02d:%02d:%02d%c%02d:%02d", pn_date_iso(local.date, date),
                         local.second / 3600, local.second / 60 % 60, local.second % 60,
                         offset < 0 ? '-' : '+', size / 60, size % 60);
}

static pn_str id_text(pn_out *out, pn_id_kind kind, pn_id id) {
    char text[PN_ID_TEXT_SIZE];
    return id == 0 ? PN_STR("") : pn_str_dup(out->arena, pn_str_of(pn_id_text(kind, id, text)));
}

static pn_str int_text(pn_out *out, int64_t value) {
    return pn_str_format(out->arena, "%lld", (long long)value);
}

/* ── fields ──────────────────────────────────────────────────────────────────────────────────── */

static void labelled(pn_out *out, const char *label, pn_str text) {
    if (label == NULL || text.len == 0) {
        return;
    }
    out->started = true;
    pn_buf_add_format(&out->buf, "%s:", label);
    for (size_t i = pn_utf8_count(pn_str_of(label)) + 1; i < LABEL_WIDTH; i++) {
        pn_buf_add_char(&out->buf, ' ');
    }
    pn_buf_add_char(&out->buf, ' ');
    pn_buf_add_str(&out->buf, text);
    pn_buf_add_char(&out->buf, '\n');
}

static bool key_for_json(pn_out *out, const char *key) {
    if (out->json) {
        start(out);
        pn_json_key(&out->writer, pn_str_of(key));
    }
    return out->json;
}

static void str_or_null(pn_out *out, pn_str text) {
    if (text.len == 0) {
        pn_json_add_null(&out->writer);
    } else {
        pn_json_add_str(&out->writer, text);
    }
}

void pn_out_str(pn_out *out, const char *key, const char *label, pn_str text) {
    if (key_for_json(out, key)) {
        pn_json_add_str(&out->writer, text);
    } else {
        labelled(out, label, text);
    }
}

void pn_out_int(pn_out *out, const char *key, const char *label, int64_t value) {
    if (key_for_json(out, key)) {
        pn_json_add_int(&out->writer, value);
    } else {
        labelled(out, label, int_text(out, value));
    }
}

void pn_out_bool(pn_out *out, const char *key, const char *label, bool value) {
    if (key_for_json(out, key)) {
        pn_json_add_bool(&out->writer, value);
    } else {
        labelled(out, label, value ? PN_STR("yes") : PN_STR("no"));
    }
}

void pn_out_amount(pn_out *out, const char *key, const char *label, pn_money money) {
    if (key_for_json(out, key)) {
        pn_json_add_str(&out->writer, amount_plain(out, money));
    } else {
        labelled(out, label, pn_out_money_text(out, money));
    }
}

void pn_out_date(pn_out *out, const char *key, const char *label, pn_date date) {
    if (key_for_json(out, key)) {
        str_or_null(out, date_text(out, date));
    } else {
        labelled(out, label, date_text(out, date));
    }
}

void pn_out_time(pn_out *out, const char *key, const char *label, pn_time at) {
    if (key_for_json(out, key)) {
        str_or_null(out, pn_time_iso(at, out->zone, out->arena));
    } else {
        labelled(out, label, time_text(out, at));
    }
}

void pn_out_id(pn_out *out, const char *key, const char *label, pn_id_kind kind, pn_id id) {
    if (key_for_json(out, key)) {
        str_or_null(out, id_text(out, kind, id));
    } else {
        labelled(out, label, id_text(out, kind, id));
    }
}

void pn_out_raw(pn_out *out, const char *key, const char *label, pn_str json) {
    if (key_for_json(out, key)) {
        pn_json_add_raw(&out->writer, json.len != 0 ? json : PN_STR("null"));
    } else {
        labelled(out, label, json);
    }
}

void pn_out_object(pn_out *out, const char *key) {
    if (key_for_json(out, key)) {
        pn_json_begin_object(&out->writer);
    }
}

void pn_out_object_end(pn_out *out) {
    if (out->json) {
        pn_json_end_object(&out->writer);
    }
}

/* ── tables ──────────────────────────────────────────────────────────────────────────────────── */

void pn_out_table(pn_out *out, const char *key, const pn_column *columns, size_t column_count) {
    assert(out->columns == NULL);
    out->columns = columns;
    out->column_count = column_count;
    out->cell = out->cell_count = 0;
    if (key_for_json(out, key)) {
        pn_json_begin_array(&out->writer);
    }
}

/* In JSON: opens the row's object and writes the key. */
static void begin_cell(pn_out *out) {
    if (out->cell == 0) {
        pn_json_begin_object(&out->writer);
    }
    pn_json_key(&out->writer, pn_str_of(out->columns[out->cell].key));
}

static void end_cell(pn_out *out) {
    if (++out->cell == out->column_count) {
        out->cell = 0;
        if (out->json) {
            pn_json_end_object(&out->writer);
        }
    }
}

static void text_cell(pn_out *out, pn_str text) {
    out->cells = pn_arena_grow(out->arena, out->cells, out->cell_count, &out->cell_capacity,
                               sizeof *out->cells);
    out->cells[out->cell_count++] = text;
    end_cell(out);
}

void pn_cell_str(pn_out *out, pn_str text) {
    if (!out->json) {
        text_cell(out, pn_str_dup(out->arena, text));
        return;
    }
    begin_cell(out);
    pn_json_add_str(&out->writer, text);
    end_cell(out);
}

void pn_cell_int(pn_out *out, int64_t value) {
    if (!out->json) {
        text_cell(out, int_text(out, value));
        return;
    }
    begin_cell(out);
    pn_json_add_int(&out->writer, value);
    end_cell(out);
}

/* A text in JSON, null when it is empty. */
static void nullable_cell(pn_out *out, pn_str for_json, pn_str for_people) {
    if (!out->json) {
        text_cell(out, for_people);
        return;
    }
    begin_cell(out);
    str_or_null(out, for_json);
    end_cell(out);
}

void pn_cell_amount(pn_out *out, pn_money money) {
    nullable_cell(out, out->json ? amount_plain(out, money) : PN_STR(""),
                  out->json ? PN_STR("") : pn_out_money_text(out, money));
}

void pn_cell_date(pn_out *out, pn_date date) {
    pn_str text = date_text(out, date);
    nullable_cell(out, text, text);
}

void pn_cell_time(pn_out *out, pn_time at) {
    nullable_cell(out, pn_time_iso(at, out->zone, out->arena), time_text(out, at));
}

void pn_cell_bool(pn_out *out, bool value) {
    if (out->json) {
        pn_cell_raw(out, value ? PN_STR("true") : PN_STR("false"));
    } else {
        pn_cell_str(out, value ? PN_STR("yes") : PN_STR("no"));
    }
}

void pn_cell_raw(pn_out *out, pn_str json) {
    if (!out->json) {
        text_cell(out, pn_str_dup(out->arena, json));
        return;
    }
    begin_cell(out);
    pn_json_add_raw(&out->writer, json.len != 0 ? json : PN_STR("null"));
    end_cell(out);
}

void pn_cell_id(pn_out *out, pn_id_kind kind, pn_id id) {
    pn_str text = id_text(out, kind, id);
    nullable_cell(out, text, text);
}

static void pad(pn_buf *buf, size_t count) {
    while (count-- > 0) {
        pn_buf_add_char(buf, ' ');
    }
}

static void print_row(pn_out *out, const pn_str *cells, const size_t *widths) {
    for (size_t i = 0; i < out->column_count; i++) {
        size_t width = pn_utf8_count(cells[i]);
        bool last = i + 1 == out->column_count;
        if (out->columns[i].right) {
            pad(&out->buf, widths[i] - width);
        }
        pn_buf_add_str(&out->buf, cells[i]);
        if (!last) {
            pad(&out->buf, (out->columns[i].right ? 0 : widths[i] - width) + 2);
        }
    }
    while (out->buf.len > 0 && out->buf.ptr[out->buf.len - 1] == ' ') {
        out->buf.len--;
    }
    pn_buf_add_char(&out->buf, '\n');
}

static void print_table(pn_out *out) {
    size_t *widths = pn_arena_array(out->arena, size_t, out->column_count);
    pn_str *titles = pn_arena_array(out->arena, pn_str, out->column_count);
    for (size_t i = 0; i < out->column_count; i++) {
        titles[i] = pn_str_of(out->columns[i].title);
        widths[i] = pn_utf8_count(titles[i]);
    }
    for (size_t i = 0; i < out->cell_count; i++) {
        size_t *width = &widths[i % out->column_count];
        *width = PN_MAX(*width, pn_utf8_count(out->cells[i]));
    }
    print_row(out, titles, widths);
    for (size_t i = 0; i < out->cell_count; i += out->column_count) {
        print_row(out, out->cells + i, widths);
    }
}

void pn_out_table_end(pn_out *out, const char *none) {
    assert(out->columns != NULL && out->cell == 0);
    if (out->json) {
        pn_json_end_array(&out->writer);
    } else if (out->cell_count == 0) {
        if (none != NULL) {
            pn_buf_add_format(&out->buf, "%s\n", none);
        }
    } else {
        print_table(out);
    }
    out->started = true;
    out->columns = NULL;
}
