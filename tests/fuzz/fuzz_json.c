/* Fuzzes the JSON reader and writer. The first byte chooses options. Checked besides memory: what
 * is read and written again is equal, on one line and indented; the canonical form is a fixed point
 * and equal to the value; a duplicate key is never seen by a reader that refuses them. */
#include <stdint.h>
#include <stdlib.h>

#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds) {
        abort();
    }
}

static const pn_json *read_again(const pn_buf *text, pn_arena *arena) {
    check(pn_buf_err(text) == PN_OK);
    pn_json *again = NULL;
    check(pn_json_parse(pn_buf_str(text), NULL, arena, &again, NULL) == PN_OK);
    return again;
}

static void round_trip(const pn_json *value, unsigned indent, pn_arena *arena) {
    pn_buf text;
    pn_buf_init(&text, 1 << 24);
    pn_json_writer writer = pn_json_writer_on(&text, indent);
    pn_json_add_value(&writer, value);
    check(pn_json_equal(value, read_again(&text, arena)));
    pn_buf_done(&text);
}

static void canonical(const pn_json *value, pn_arena *arena) {
    pn_buf once, twice;
    pn_buf_init(&once, 1 << 24);
    pn_buf_init(&twice, 1 << 24);
    pn_json_writer writer = pn_json_writer_on(&once, 2);
    pn_json_add_canonical(&writer, value, arena);
    const pn_json *again = read_again(&once, arena);
    check(pn_json_equal(value, again));
    writer = pn_json_writer_on(&twice, 2);
    pn_json_add_canonical(&writer, again, arena);
    check(pn_str_eq(pn_buf_str(&once), pn_buf_str(&twice)));
    pn_buf_done(&once);
    pn_buf_done(&twice);
}

static void look(const pn_json *value, pn_str input) {
    unsigned line = 0, column = 0;
    check(value->offset < input.len || input.len == 0);
    pn_json_position(input, value->offset, &line, &column);
    check(line > 0 && column > 0);
    (void)pn_json_double(value, 0);
    (void)pn_json_int(value, 0);
    (void)pn_json_text(value, PN_STR(""));
    for (uint32_t i = 0; value->type == PN_JSON_ARRAY && i < value->count; i++) {
        look(&value->items[i], input);
    }
    for (uint32_t i = 0; value->type == PN_JSON_OBJECT && i < value->count; i++) {
        check(pn_json_get(value, value->members[i].key) == &value->members[i].value);
        look(&value->members[i].value, input);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) {
        return 0;
    }
    pn_json_options options = {.depth_max = data[0] >> 1, .duplicate_keys = (data[0] & 1) != 0};
    pn_str input = {(const char *)data + 1, size - 1};
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_json *value = NULL;
    pn_diag diag = {0};
    pn_err err = pn_json_parse(input, &options, &arena, &value, &diag);
    check(err == PN_OK || err == PN_INVALID || err == PN_LIMIT);
    check((err == PN_OK) == (value != NULL) && (err == PN_OK) == (diag.what[0] == '\0'));
    if (err == PN_OK) {
        look(value, input);
        if (options.depth_max <= 64) { /* as deep as it is read again */
            round_trip(value, 0, &arena);
            round_trip(value, 3, &arena);
            canonical(value, &arena);
        }
    }
    pn_arena_done(&arena);
    return 0;
}
