/* What a browser sends from a form: application/x-www-form-urlencoded (WHATWG URL, section 5.1) and
 * multipart/form-data (RFC 7578), of which only what browsers write is read.
 *
 * Everything comes from outside: fields are bounded in number, names and texts in length, texts
 * must be UTF-8 without control characters other than line ends. Values borrow from the body or
 * live on the arena. */
#ifndef PN_FORMAT_FORM_H
#define PN_FORMAT_FORM_H

#include "base/str.h"

enum { PN_FORM_FIELDS = 200, PN_FORM_NAME_BYTES = 64 };

typedef struct {
    pn_str name;
    pn_str value;     /* of a file: its bytes */
    pn_str file_name; /* as the browser names it, without a folder; empty: no file */
    bool is_file;
} pn_form_field;

typedef struct {
    pn_form_field *fields;
    size_t count;
} pn_form_data;

/* INVALID with a sentence for another content type or a body that is none; LIMIT past the bounds.
 */
PN_MUST_USE pn_err pn_form_read(pn_str content_type, pn_str body, pn_arena *arena,
                                pn_form_data *ret_form, pn_diag *diag);

/* The first field of that name, trimmed; empty where there is none or it is a file. */
pn_str pn_form_text(const pn_form_data *form, const char *name);
/* The first file of that name with a byte in it; NULL: none. */
const pn_form_field *pn_form_file(const pn_form_data *form, const char *name);

/* What a file is by its content: "application/pdf", "image/png", "image/jpeg", "image/heic",
 * "image/webp"; empty for anything else. An SVG is none: it can hold scripts. */
pn_str pn_upload_type(pn_str bytes);

#endif
