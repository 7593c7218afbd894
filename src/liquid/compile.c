/* Compiling: the source is parsed into a tree, the tree becomes a program, the tree goes. */
#include "base/banned.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "liquid/emit.h"
#include "liquid/parse.h"

static pn_err check_source(pn_str source, pn_diag *diag) {
    if (source.len > PN_LIMIT_TEMPLATE_BYTES) {
        return pn_diag_set(diag, PN_LIMIT, "A template has at most %d bytes; this one has %zu.",
                           PN_LIMIT_TEMPLATE_BYTES, source.len);
    }
    if (!pn_utf8_valid(source)) {
        return pn_diag_set(diag, PN_INVALID, "The template is not valid UTF-8.");
    }
    return PN_OK;
}

pn_err pn_liquid_compile(pn_str source, const pn_liquid_options *options, pn_arena *arena,
                         const pn_liquid_template **ret_template, pn_diag *diag) {
    static const pn_liquid_options DEFAULTS = {0};
    PN_TRY(check_source(source, diag));
    pn_arena tree;
    pn_arena_init(&tree, 0);
    pn_liquid_parser parser = {
        .source = pn_str_dup(arena, source),
        .options = options != NULL ? options : &DEFAULTS,
        .arena = &tree,
        .diag = diag,
    };
    pn_liquid_body body;
    pn_err err = pn_liquid_parse(&parser, &body);
    if (err == PN_OK) {
        err = pn_liquid_emit(&parser, &body, arena, ret_template);
    }
    pn_arena_done(&tree);
    return err;
}
