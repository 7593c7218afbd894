/* JSON: a strict reader (RFC 8259) and a writer, both over an arena or a capped buffer.
 *
 * Integers of 64 bits are exact; every other number keeps its text. Refused: bad UTF-8, a raw
 * control character, half of a surrogate pair, trailing text, more depth
 * than asked for, and duplicate keys (two readers of one document must not see two documents).
 * The values borrow from the input where a text has no escape, so the input must outlive them. */
#ifndef PN_BASE_JSON_H
#define PN_BASE_JSON_H

#include "base/buf.h"

typedef enum {
    PN_JSON_NULL,
    PN_JSON_BOOL,
    PN_JSON_INT,  /* fits int64 and is written without fraction or exponent */
    PN_JSON_REAL, /* any other number; `text` holds it as written */
    PN_JSON_STR,
    PN_JSON_ARRAY,
    PN_JSON_OBJECT,
} pn_json_type;

typedef struct pn_json pn_json;
typedef struct pn_json_member pn_json_member;

struct pn_json {
    pn_json_type type;
    uint32_t count;  /* of items or members */
    uint32_t offset; /* of its first byte in the input, for error messages */
    union {
        bool boolean;
        int64_t integer;
        pn_str text;
        pn_json *items;
        pn_json_member *members;
    };
};

struct pn_json_member {
    pn_str key;
    pn_json value;
};

typedef struct {
    unsigned depth_max;  /* 0: PN_LIMIT_JSON_DEPTH */
    bool duplicate_keys; /* keep the last instead of refusing */
} pn_json_options;

/* INVALID with line and column in the diag; LIMIT past the depth. `options` may be NULL. */
PN_MUST_USE pn_err pn_json_parse(pn_str input, const pn_json_options *options, pn_arena *arena,
                                 pn_json **ret_value, pn_diag *diag);

/* The member's value, or NULL when `object` is no object or lacks it. */
const pn_json *pn_json_get(const pn_json *object, pn_str key);
#define pn_json_field(object, literal) pn_json_get((object), PN_STR(literal))

/* Typed access with a default for what is missing or of another type. */
pn_str pn_json_text(const pn_json *value, pn_str otherwise);
int64_t pn_json_int(const pn_json *value, int64_t otherwise);
bool pn_json_bool(const pn_json *value, bool otherwise);
/* INT and REAL as a double (rates, percentages; never money). */
double pn_json_double(const pn_json *value, double otherwise);
const char *pn_json_type_name(pn_json_type type);
/* Line and column (from 1) of a byte offset, for messages. */
void pn_json_position(pn_str input, size_t offset, unsigned *ret_line, unsigned *ret_column);

bool pn_json_equal(const pn_json *a, const pn_json *b);

/* Writer. Commas and indentation are its work; unbalanced calls are our bug and assert. */
typedef struct {
    pn_buf *buf;
    unsigned indent; /* spaces a level; 0 writes everything on one line */
    unsigned depth;
    bool needs_comma;
    bool after_key;
} pn_json_writer;

pn_json_writer pn_json_writer_on(pn_buf *buf, unsigned indent);
void pn_json_begin_object(pn_json_writer *writer);
void pn_json_end_object(pn_json_writer *writer);
void pn_json_begin_array(pn_json_writer *writer);
void pn_json_end_array(pn_json_writer *writer);
void pn_json_key(pn_json_writer *writer, pn_str key);
void pn_json_add_str(pn_json_writer *writer, pn_str text);
void pn_json_add_int(pn_json_writer *writer, int64_t value);
void pn_json_add_bool(pn_json_writer *writer, bool value);
void pn_json_add_null(pn_json_writer *writer);
/* Text that is already JSON. */
void pn_json_add_raw(pn_json_writer *writer, pn_str json);
void pn_json_add_value(pn_json_writer *writer, const pn_json *value);
/* The same with the keys of every object sorted bytewise: the canonical form. */
void pn_json_add_canonical(pn_json_writer *writer, const pn_json *value, pn_arena *arena);

/* key and value in one call */
void pn_json_put_str(pn_json_writer *writer, const char *key, pn_str text);
void pn_json_put_int(pn_json_writer *writer, const char *key, int64_t value);
void pn_json_put_bool(pn_json_writer *writer, const char *key, bool value);
/* Nothing is written for an empty text, or for zero. */
void pn_json_put_str_if(pn_json_writer *writer, const char *key, pn_str text);
void pn_json_put_int_if(pn_json_writer *writer, const char *key, int64_t value);

/* A quoted and escaped text. */
void pn_json_quote(pn_buf *buf, pn_str text);

#endif
