#include "liquid/shape.h"

#include "base/banned.h"
#include "liquid/expression.h"
#include "liquid/suggest.h"

pn_liquid_shape pn_liquid_shape_scalar(void) {
    return (pn_liquid_shape){.kind = PN_SHAPE_SCALAR};
}

pn_liquid_shape pn_liquid_shape_of_field(const pn_liquid_class *class, uint32_t slot, pn_str path) {
    const pn_liquid_field *field = &class->fields[slot];
    pn_liquid_shape shape = {.kind = PN_SHAPE_SCALAR, .path = path};
    switch (field->kind) {
    case PN_LIQUID_OBJECT:
        shape.kind = PN_SHAPE_OBJECT;
        shape.class = field->of;
        break;
    case PN_LIQUID_LIST:
        shape.kind = PN_SHAPE_LIST;
        shape.class = field->of;
        break;
    case PN_LIQUID_ARRAY: shape.kind = PN_SHAPE_LIST; break;
    case PN_LIQUID_NIL:
    case PN_LIQUID_LAZY:
    case PN_LIQUID_JSON_ARRAY:
    case PN_LIQUID_JSON_OBJECT: shape.kind = PN_SHAPE_ANY; break;
    case PN_LIQUID_BOOL:
    case PN_LIQUID_INT:
    case PN_LIQUID_REAL:
    case PN_LIQUID_STR:
    case PN_LIQUID_MONEY:
    case PN_LIQUID_DATE:
    case PN_LIQUID_TIME:
    case PN_LIQUID_RANGE:
    case PN_LIQUID_HEAD:
    case PN_LIQUID_FORLOOP:
    case PN_LIQUID_BLANK:
    case PN_LIQUID_EMPTY:
    case PN_LIQUID_UNSET: break;
    }
    return shape;
}

static pn_str path_item(pn_str path, pn_arena *arena) {
    return path.ptr == NULL ? path : pn_str_format(arena, "%.*s[]", PN_STR_ARG(path));
}

static pn_str path_field(pn_str path, pn_str name, pn_arena *arena) {
    return path.ptr == NULL ? path
                            : pn_str_format(arena, "%.*s.%.*s", PN_STR_ARG(path), PN_STR_ARG(name));
}

pn_liquid_shape pn_liquid_shape_item(pn_liquid_shape list, pn_arena *arena) {
    pn_liquid_shape item = {.kind = PN_SHAPE_ANY};
    if (list.kind == PN_SHAPE_LIST) {
        item.kind = list.class != NULL ? PN_SHAPE_OBJECT : PN_SHAPE_SCALAR;
        item.class = list.class;
    }
    if (list.kind == PN_SHAPE_LIST || list.kind == PN_SHAPE_ANY) {
        item.path = path_item(list.path, arena);
    }
    return item;
}

pn_liquid_shape pn_liquid_shape_either(pn_liquid_shape a, pn_liquid_shape b) {
    pn_liquid_shape either = {.kind = PN_SHAPE_ANY};
    if (a.kind == b.kind && a.class == b.class) {
        either.kind = a.kind;
        either.class = a.class;
        either.path = pn_str_eq(a.path, b.path) ? a.path : PN_STR_NONE;
    }
    return either;
}

/* ── fields ──────────────────────────────────────────────────────────────────────────────────── */

/* How the value is called in messages. */
static const char *described(pn_liquid_parser *parser, pn_liquid_shape shape) {
    if (shape.path.ptr != NULL) {
        return pn_str_format(parser->arena, "“%.*s”", PN_STR_ARG(shape.path)).ptr;
    }
    return shape.class != NULL ? shape.class->name : "This value";
}

static pn_err no_such_field(pn_liquid_parser *parser, pn_liquid_shape shape, pn_str name,
                            const char *from) {
    const char *whose = described(parser, shape);
    if (shape.kind == PN_SHAPE_LIST) {
        pn_err err =
            pn_liquid_error_at(parser, from, PN_INVALID, "%s is a list and has no field “%.*s”.",
                               whose, PN_STR_ARG(pn_str_first(name, 60)));
        pn_diag_mend(parser->diag, "Go through it with “for”, or take one item with [0].");
        return err;
    }
    if (shape.kind != PN_SHAPE_OBJECT) {
        return pn_liquid_error_at(parser, from, PN_INVALID,
                                  "%s is a single value and has no field “%.*s”.", whose,
                                  PN_STR_ARG(pn_str_first(name, 60)));
    }
    pn_err err = pn_liquid_error_at(parser, from, PN_INVALID, "%s has no field “%.*s”.", whose,
                                    PN_STR_ARG(pn_str_first(name, 60)));
    pn_liquid_suggestion suggestion = pn_liquid_suggest(name);
    for (uint32_t slot = 1; slot < shape.class->count; slot++) {
        pn_liquid_suggest_from(&suggestion, pn_str_of(shape.class->fields[slot].name));
    }
    pn_liquid_suggest_end(&suggestion, parser->diag);
    return err;
}

/* size, first and last behind a dot; false when the name is none of them. */
static bool command_shape(pn_liquid_shape shape, pn_str name, pn_arena *arena,
                          pn_liquid_shape *ret_shape) {
    if (pn_str_is(name, "size")) {
        *ret_shape = pn_liquid_shape_scalar();
        ret_shape->path = shape.path;
        return true;
    }
    if (!pn_str_is(name, "first") && !pn_str_is(name, "last")) {
        return false;
    }
    *ret_shape = shape.kind == PN_SHAPE_SCALAR ? shape : pn_liquid_shape_item(shape, arena);
    return true;
}

pn_err pn_liquid_shape_field(pn_liquid_parser *parser, pn_liquid_shape shape, pn_str name,
                             const char *from, bool dotted, uint32_t *ret_slot,
                             pn_liquid_shape *ret_field) {
    *ret_slot = 0;
    if (shape.kind == PN_SHAPE_OBJECT) {
        *ret_slot = pn_liquid_slot(shape.class, name);
        if (*ret_slot != 0) {
            pn_str path = path_field(shape.path, name, parser->arena);
            *ret_field = pn_liquid_shape_of_field(shape.class, *ret_slot, path);
            return PN_OK;
        }
    } else if (dotted && command_shape(shape, name, parser->arena, ret_field)) {
        return PN_OK;
    }
    if (shape.kind != PN_SHAPE_ANY && parser->options->strict) {
        return no_such_field(parser, shape, name, from);
    }
    *ret_field = (pn_liquid_shape){.kind = PN_SHAPE_ANY,
                                   .path = path_field(shape.path, name, parser->arena)};
    return PN_OK;
}

pn_err pn_liquid_shape_field_of_items(pn_liquid_parser *parser, pn_liquid_shape input, pn_str name,
                                      const char *from, pn_liquid_shape *ret_field) {
    /* One object counts as a list of it, and a text is searched instead. */
    pn_liquid_shape item =
        input.kind == PN_SHAPE_OBJECT ? input : pn_liquid_shape_item(input, parser->arena);
    uint32_t slot = 0;
    if (item.kind == PN_SHAPE_SCALAR) {
        *ret_field = pn_liquid_shape_scalar();
        return PN_OK;
    }
    return pn_liquid_shape_field(parser, item, name, from, false, &slot, ret_field);
}
