/* The variables and blocks of templates as tables of Markdown, made from the classes and the
 * registry themselves. */
#include "base/banned.h"
#include "compose/block.h"
#include "compose/data.h"

static const char *kind_name(const pn_liquid_field *field) {
    switch (field->kind) {
    case PN_LIQUID_STR: return "text";
    case PN_LIQUID_MONEY: return "money";
    case PN_LIQUID_DATE: return "date";
    case PN_LIQUID_INT: return "number";
    case PN_LIQUID_LIST: return "list";
    case PN_LIQUID_OBJECT: return "object";
    case PN_LIQUID_JSON_OBJECT: return "free data";
    case PN_LIQUID_NIL:
    case PN_LIQUID_BOOL:
    case PN_LIQUID_REAL:
    case PN_LIQUID_TIME:
    case PN_LIQUID_RANGE:
    case PN_LIQUID_ARRAY:
    case PN_LIQUID_JSON_ARRAY:
    case PN_LIQUID_LAZY:
    case PN_LIQUID_HEAD:
    case PN_LIQUID_FORLOOP:
    case PN_LIQUID_BLANK:
    case PN_LIQUID_EMPTY:
    case PN_LIQUID_UNSET: break;
    }
    return "value";
}

static void add_fields(pn_buf *out, const pn_liquid_class *class, const char *prefix) {
    pn_buf_add_lit(out, "| variable | is | |\n| --- | --- | --- |\n");
    for (uint32_t slot = 1; slot < class->count; slot++) {
        const pn_liquid_field *field = &class->fields[slot];
        pn_buf_add_format(out, "| `%s%s` | %s | %s |\n", prefix, field->name, kind_name(field),
                          field->help);
    }
}

/* The fields of each class that the root leads to, once. */
static void add_class(pn_buf *out, const pn_liquid_field *field) {
    bool many = field->kind == PN_LIQUID_LIST;
    if (many) {
        return; /* lists hold invoices, which `invoice` has shown */
    }
    char prefix[32];
    pn_buf buf = {.ptr = prefix, .capacity = sizeof prefix - 1, .max = sizeof prefix - 1};
    pn_buf_add_format(&buf, "%s.", field->name);
    prefix[buf.len] = '\0';
    pn_buf_add_char(out, '\n');
    add_fields(out, field->of, prefix);
}

void pn_compose_reference(pn_buf *out) {
    add_fields(out, &pn_compose_class, "");
    for (uint32_t slot = 1; slot < pn_compose_class.count; slot++) {
        const pn_liquid_field *field = &pn_compose_class.fields[slot];
        if (field->of != NULL) {
            add_class(out, field);
        }
    }
}

static const char *takes_name(pn_block_takes takes) {
    switch (takes) {
    case PN_BLOCK_TEXT: return "text";
    case PN_BLOCK_LABEL: return "`true`, or a text";
    case PN_BLOCK_FLAG: return "`true`";
    case PN_BLOCK_IMAGE: return "an object";
    case PN_BLOCK_RAW: break;
    }
    return "HTML";
}

void pn_compose_blocks(pn_buf *out) {
    pn_buf_add_lit(out, "| block | takes | |\n| --- | --- | --- |\n");
    for (size_t i = 0; pn_block_kind_at(i) != NULL; i++) {
        const pn_block_kind *kind = pn_block_kind_at(i);
        pn_buf_add_format(out, "| `%s` | %s | %s |\n", kind->name, takes_name(kind->takes),
                          kind->help);
    }
}
