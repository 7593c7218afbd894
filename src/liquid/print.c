#include "liquid/print.h"

#include "base/banned.h"
#include "base/utf8.h"
#include "liquid/access.h"
#include "liquid/escape.h"
#include "liquid/moment.h"
#include "liquid/number.h"

void pn_liquid_write_money(pn_liquid_run *run, pn_buf *buf, pn_money money) {
    pn_money_text(buf, money, run->language, run->context->country);
}

static void write_real(pn_buf *buf, double value) {
    char text[PN_LIQUID_REAL_SIZE];
    pn_buf_add(buf, text, pn_liquid_real_text(value, text));
}

static void write_range(pn_buf *buf, const pn_liquid_range *range) {
    pn_buf_add_int(buf, range->first);
    pn_buf_add_lit(buf, "..");
    pn_buf_add_int(buf, range->last);
}

/* ── as Ruby shows values within arrays and objects ──────────────────────────────────────────── */

static void write_quoted(pn_buf *buf, pn_str text) {
    static const char ESCAPES[] = "\a\b\t\n\v\f\r\033";
    static const char LETTERS[] = "abtnvfre";
    pn_buf_add_char(buf, '"');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        const char *escape = c == '\0' ? NULL : strchr(ESCAPES, c);
        bool interpolates =
            c == '#' && i + 1 < text.len &&
            (text.ptr[i + 1] == '{' || text.ptr[i + 1] == '$' || text.ptr[i + 1] == '@');
        if (escape != NULL) {
            pn_buf_add_char(buf, '\\');
            pn_buf_add_char(buf, LETTERS[escape - ESCAPES]);
        } else if ((unsigned char)c < 0x20 || c == 0x7F) {
            pn_buf_add_format(buf, "\\x%02X", (unsigned)(unsigned char)c);
        } else {
            if (c == '"' || c == '\\' || interpolates) {
                pn_buf_add_char(buf, '\\');
            }
            pn_buf_add_char(buf, c);
        }
    }
    pn_buf_add_char(buf, '"');
}

static void write_inspected(pn_liquid_run *run, pn_buf *buf, pn_liquid_value value);

static void write_array(pn_liquid_run *run, pn_buf *buf, pn_liquid_value value) {
    pn_buf_add_char(buf, '[');
    int64_t count = pn_liquid_item_count(value);
    for (int64_t i = 0; i < count && !buf->failed; i++) {
        if (i != 0) {
            pn_buf_add_lit(buf, ", ");
        }
        write_inspected(run, buf, pn_liquid_item(value, i, run->arena));
    }
    pn_buf_add_char(buf, ']');
}

static void write_json_object(pn_liquid_run *run, pn_buf *buf, const pn_json *object) {
    pn_buf_add_char(buf, '{');
    for (uint32_t i = 0; i < object->count && !buf->failed; i++) {
        if (i != 0) {
            pn_buf_add_lit(buf, ", ");
        }
        write_quoted(buf, object->members[i].key);
        pn_buf_add_lit(buf, "=>");
        write_inspected(run, buf, pn_liquid_json(&object->members[i].value));
    }
    pn_buf_add_char(buf, '}');
}

static void write_inspected(pn_liquid_run *run, pn_buf *buf, pn_liquid_value value) {
    if (value.kind == PN_LIQUID_NIL) {
        pn_buf_add_lit(buf, "nil");
    } else if (value.kind == PN_LIQUID_STR) {
        write_quoted(buf, pn_liquid_text(value));
    } else {
        pn_liquid_write(run, buf, value);
    }
}

/* ── text of a value ─────────────────────────────────────────────────────────────────────────── */

void pn_liquid_write(pn_liquid_run *run, pn_buf *buf, pn_liquid_value value) {
    switch ((pn_liquid_kind)value.kind) {
    case PN_LIQUID_NIL:
    case PN_LIQUID_LAZY:
    case PN_LIQUID_HEAD:
    case PN_LIQUID_BLANK:
    case PN_LIQUID_EMPTY:
    case PN_LIQUID_UNSET: break;
    case PN_LIQUID_BOOL:
        pn_buf_add_str(buf, value.boolean ? PN_STR("true") : PN_STR("false"));
        break;
    case PN_LIQUID_INT: pn_buf_add_int(buf, value.integer); break;
    case PN_LIQUID_REAL: write_real(buf, value.real); break;
    case PN_LIQUID_STR: pn_buf_add_str(buf, pn_liquid_text(value)); break;
    case PN_LIQUID_MONEY:
        pn_liquid_write_money(run, buf, (pn_money){value.integer, value.currency});
        break;
    case PN_LIQUID_DATE: pn_liquid_date_text(buf, run->context, value.date); break;
    case PN_LIQUID_TIME: pn_liquid_time_text(buf, run->context, value.time); break;
    case PN_LIQUID_RANGE: write_range(buf, value.range); break;
    case PN_LIQUID_ARRAY:
    case PN_LIQUID_LIST:
    case PN_LIQUID_JSON_ARRAY: write_array(run, buf, value); break;
    case PN_LIQUID_JSON_OBJECT: write_json_object(run, buf, value.json); break;
    case PN_LIQUID_OBJECT: pn_buf_add_z(buf, value.items[0].class->name); break;
    case PN_LIQUID_FORLOOP: pn_buf_add_lit(buf, "Liquid::ForloopDrop"); break;
    }
}

pn_err pn_liquid_to_text(pn_liquid_run *run, pn_liquid_value value, pn_str *ret_text) {
    if (value.kind == PN_LIQUID_STR) {
        *ret_text = pn_liquid_text(value);
        return PN_OK;
    }
    if (value.kind == PN_LIQUID_NIL) {
        *ret_text = PN_STR("");
        return PN_OK;
    }
    pn_buf *buf = pn_liquid_begin(run);
    pn_liquid_write(run, buf, value);
    return pn_liquid_end(run, ret_text);
}

/* ── output ──────────────────────────────────────────────────────────────────────────────────── */

static void print_text(pn_liquid_run *run, pn_liquid_value value) {
    pn_str text = pn_liquid_text(value);
    if (value.safe) {
        pn_buf_add_str(run->out, text);
        return;
    }
    switch (run->context->escape) {
    case PN_LIQUID_ESCAPE_HTML: pn_liquid_escape_html(run->out, text); break;
    case PN_LIQUID_ESCAPE_URL: pn_liquid_escape_url(run->out, text, false); break;
    case PN_LIQUID_ESCAPE_JSON: pn_liquid_escape_json(run->out, text); break;
    case PN_LIQUID_ESCAPE_NONE:
    case PN_LIQUID_ESCAPE_HEADER:
    case PN_LIQUID_ESCAPE_SMS: pn_buf_add_str(run->out, text); break;
    }
}

/* Numbers, money and dates hold nothing that HTML would need escaped, so they go straight into the
 * output; only a URL wants their spaces and signs encoded. */
static bool prints_directly(const pn_liquid_run *run, pn_liquid_value value) {
    return run->context->escape != PN_LIQUID_ESCAPE_URL && value.kind != PN_LIQUID_JSON_OBJECT &&
           value.kind != PN_LIQUID_OBJECT;
}

pn_err pn_liquid_print(pn_liquid_run *run, pn_liquid_value value) {
    if (value.kind == PN_LIQUID_STR) {
        print_text(run, value);
        return PN_OK;
    }
    if (pn_liquid_is_array(value) && value.kind != PN_LIQUID_RANGE) {
        int64_t count = pn_liquid_item_count(value);
        PN_TRY(pn_liquid_charge(run, (uint64_t)count));
        for (int64_t i = 0; i < count; i++) {
            PN_TRY(pn_liquid_print(run, pn_liquid_item(value, i, run->arena)));
        }
        return PN_OK;
    }
    if (prints_directly(run, value)) {
        pn_liquid_write(run, run->out, value);
        return PN_OK;
    }
    pn_str text;
    PN_TRY(pn_liquid_to_text(run, value, &text));
    print_text(run, pn_liquid_str(text));
    return PN_OK;
}

pn_err pn_liquid_to_integer(pn_liquid_run *run, pn_liquid_value value, int64_t *ret_value) {
    if (value.kind == PN_LIQUID_INT) {
        *ret_value = value.integer;
        return PN_OK;
    }
    /* An integer past 64 bits was read as a decimal number: as an index it is just "too far". */
    if (value.kind == PN_LIQUID_REAL && (value.real >= 0x1p63 || value.real < -0x1p63)) {
        *ret_value = value.real < 0 ? INT64_MIN : INT64_MAX;
        return PN_OK;
    }
    pn_str text;
    PN_TRY(pn_liquid_to_text(run, value, &text));
    if (pn_liquid_integer_parse(text, ret_value) != PN_OK) {
        return pn_liquid_fail(run, "“%.*s” is not a whole number.",
                              PN_STR_ARG(pn_str_first(text, 40)));
    }
    return PN_OK;
}
