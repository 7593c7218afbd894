/* Fuzzes what a browser sends from a form, urlencoded or in parts: what is read keeps its bounds
 * and is text, and a file's bytes are the body's. The first line is the content type. */
#include <assert.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "format/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool within(pn_str part, pn_str whole) {
    return part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len;
}

static void look(const pn_form_data *form, pn_str body) {
    assert(form->count <= PN_FORM_FIELDS);
    for (size_t i = 0; i < form->count; i++) {
        const pn_form_field *field = &form->fields[i];
        assert(field->name.len <= PN_FORM_NAME_BYTES && field->value.len <= body.len);
        assert(pn_utf8_valid(field->name) && pn_utf8_valid(field->file_name));
        assert(pn_str_find_char(field->file_name, '/') == SIZE_MAX);
        assert(field->is_file || pn_utf8_valid(field->value));
        assert(!field->is_file || field->value.len == 0 || within(field->value, body));
        (void)pn_upload_type(field->value);
    }
    (void)pn_form_text(form, "t");
    (void)pn_form_file(form, "file");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    pn_str body = {(const char *)data, size}, type = PN_STR("");
    pn_form_data form = {0};
    pn_diag diag = {0};
    pn_arena arena;
    if (size == 0 || !pn_str_split(&body, '\n', &type)) {
        return 0;
    }
    pn_arena_init(&arena, 0);
    pn_err err = pn_form_read(type, body, &arena, &form, &diag);
    assert(err == PN_OK || err == PN_INVALID || err == PN_LIMIT);
    assert((err == PN_OK) == (diag.what[0] == '\0'));
    if (err == PN_OK) {
        look(&form, body);
    }
    pn_arena_done(&arena);
    return 0;
}
