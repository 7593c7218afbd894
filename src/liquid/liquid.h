/* Templates in Liquid: compiled once, rendered often. docs/template-language.md is the language's
 * reference.
 *
 * The language is Liquid as Shopify documents it (output, filters, if, unless, case, for, assign,
 * capture, increment, decrement, cycle, ifchanged, echo, liquid, comment, raw, white space
 * control), with money, dates and times as values of their own, escaping by the context the text
 * is made for, and a strict mode that finds at publishing what Liquid finds out when it is too
 * late. There are no includes and no layouts.
 *
 * A template is a program for a small stack machine: an array of eight-byte operations over tables
 * of constants, field slots and filters. Names are resolved when it is compiled: a variable that
 * the root class declares is one load, a field of a known class another. Rejected: walking the
 * syntax tree (a cache miss and a call per node), and looking names up while rendering.
 *
 * Pure: no clock, no I/O, no state between calls. A template is immutable and may be rendered by
 * several threads at once. */
#ifndef PN_LIQUID_LIQUID_H
#define PN_LIQUID_LIQUID_H

#include "calendar/zone.h"
#include "liquid/value.h"

typedef struct pn_liquid_template pn_liquid_template;

/* A filter that the host adds, such as `qr` in e-mails. `args[0]` is the value before the bar. What
 * it returns may live on `arena`. On failure it sets the diag and returns anything but OK. */
typedef struct {
    const char *name;
    uint8_t args_min, args_max; /* arguments behind the colon, at most 6 */
    pn_err (*apply)(void *host, const pn_liquid_value *args, size_t count, pn_arena *arena,
                    pn_liquid_value *ret_value, pn_diag *diag);
} pn_liquid_host_filter;

typedef struct {
    /* The variables of a template are the fields of this class, and the root object handed to
     * pn_liquid_render is of it. NULL: every variable is looked up in the JSON data. */
    const pn_liquid_class *root;
    /* For publishing: an unknown variable or field is an error (where the class says what there
     * is), and so are leftovers in a tag that Liquid ignores. Otherwise what is unknown is empty.
     * An unknown tag or filter is an error in both modes. */
    bool strict;
    /* Allows the filter `safe`, which turns escaping off for one output. */
    bool allow_safe;
    /* The host's own filters; the array outlives the template. */
    const pn_liquid_host_filter *filters;
    size_t filter_count;
} pn_liquid_options;

/* Compiles `source`, which may go away afterwards: the template lives on `arena` alone. `options`
 * may be NULL. PN_INVALID with line, column and, for a slip of the pen, the word that was probably
 * meant; PN_LIMIT past PN_LIMIT_TEMPLATE_BYTES or PN_LIMIT_TEMPLATE_DEPTH. */
PN_MUST_USE pn_err pn_liquid_compile(pn_str source, const pn_liquid_options *options,
                                     pn_arena *arena, const pn_liquid_template **ret_template,
                                     pn_diag *diag);

/* What the rendered text is for. Literal text of a template is trusted, output is not. */
typedef enum {
    PN_LIQUID_ESCAPE_NONE,
    PN_LIQUID_ESCAPE_HTML,   /* & < > " ' of output become entities, also inside attributes */
    PN_LIQUID_ESCAPE_URL,    /* output is percent-encoded (RFC 3986) */
    PN_LIQUID_ESCAPE_HEADER, /* one line: control characters of the whole text become a space */
    PN_LIQUID_ESCAPE_SMS,    /* control characters but the line feed are removed */
    PN_LIQUID_ESCAPE_JSON,   /* output is what stands between the quotes of a JSON string */
} pn_liquid_escape;

typedef struct {
    const pn_liquid_value *root; /* slots of an object of the template's root class, or NULL */
    const pn_json *data;         /* an object with further variables, or NULL */
    pn_str language;             /* "es", "en", "pt"; empty: English names, ISO dates */
    pn_str country;              /* ISO 3166 alpha-2, or empty */
    const pn_zone *zone;         /* for times; NULL is UTC */
    pn_time now;                 /* what "now" and "today" mean; PN_TIME_NONE: nothing */
    pn_liquid_escape escape;
    void *host; /* handed to the host's filters */
} pn_liquid_context;

/* Appends the text to `out`; on failure nothing is appended. What the rendering allocates goes to
 * `arena`, which the caller resets afterwards. PN_INVALID with line and column when a value makes
 * no sense where it stands (a division by zero, two currencies added); PN_LIMIT past
 * PN_LIMIT_TEMPLATE_OPERATIONS, PN_LIMIT_TEMPLATE_BYTES, or the caps of `out` and `arena`. */
PN_MUST_USE pn_err pn_liquid_render(const pn_liquid_template *template,
                                    const pn_liquid_context *context, pn_arena *arena, pn_buf *out,
                                    pn_diag *diag);

/* One read of the host's data in a template. Variables that the template itself makes (assign,
 * capture, increment, for) are left out; a path through one of them is traced back to the data:
 * `{% for i in invoices %}{{ i.amount }}` reads "invoices" and "invoices[].amount". An index, of
 * whatever kind, is written []. */
typedef struct {
    pn_str path;
    unsigned line, column; /* from 1; columns count characters */
} pn_liquid_variable;

/* All reads, in the order of the source. They live as long as the template. */
void pn_liquid_variables(const pn_liquid_template *template,
                         const pn_liquid_variable **ret_variables, size_t *ret_count);

/* The names of the built-in filters and tags, sorted, for editors and documentation. `index` from
 * 0; NULL past the end. */
const char *pn_liquid_filter_name(size_t index);
const char *pn_liquid_tag_name(size_t index);

#endif
