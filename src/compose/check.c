#include "compose/check.h"

#include "base/banned.h"
#include "base/utf8.h"
#include "liquid/suggest.h"

static void add(pn_checker *checker, bool warning, pn_str where, pn_str sentence) {
    pn_compose_problems *problems = checker->problems;
    problems->items = pn_arena_grow(checker->arena, problems->items, problems->count,
                                    &problems->capacity, sizeof *problems->items);
    problems->items[problems->count++] =
        (pn_compose_problem){warning, checker->variant, where, sentence};
    if (warning) {
        return;
    }
    if (problems->errors++ == 0) {
        (void)pn_diag_set(checker->diag, PN_INVALID, "%.*s", PN_STR_ARG(sentence));
        pn_diag_where(checker->diag, "%.*s", PN_STR_ARG(where));
    }
}

void pn_check_error(pn_checker *checker, const char *format, ...) {
    va_list args;
    va_start(args, format);
    add(checker, false, checker->where, pn_str_format_args(checker->arena, format, args));
    va_end(args);
}

void pn_check_warning(pn_checker *checker, const char *format, ...) {
    va_list args;
    va_start(args, format);
    add(checker, true, checker->where, pn_str_format_args(checker->arena, format, args));
    va_end(args);
}

void pn_check_diag(pn_checker *checker, const pn_diag *diag) {
    pn_str where = checker->where;
    if (diag->where[0] != '\0') {
        where = pn_str_format(checker->arena, "%.*s, %s", PN_STR_ARG(where), diag->where);
    }
    const char *space = diag->mend[0] != '\0' ? " " : "";
    add(checker, false, where,
        pn_str_format(checker->arena, "%s%s%s", diag->what, space, diag->mend));
}

void pn_check_unknown(pn_checker *checker, const char *what, pn_str word, const char *const *known,
                      size_t known_count) {
    pn_liquid_suggestion suggestion = pn_liquid_suggest(word);
    pn_str list = PN_STR_NONE;
    for (size_t i = 0; i < known_count; i++) {
        pn_liquid_suggest_from(&suggestion, pn_str_of(known[i]));
        list = pn_str_format(checker->arena, "%.*s%s%s", PN_STR_ARG(list), i == 0 ? "" : ", ",
                             known[i]);
    }
    pn_str name = pn_str_first(word, pn_utf8_prefix(word, 40));
    if (suggestion.best.len != 0) {
        pn_check_error(checker, "There is no %s “%.*s”. Did you mean “%.*s”?", what,
                       PN_STR_ARG(name), PN_STR_ARG(suggestion.best));
    } else {
        pn_check_error(checker, "There is no %s “%.*s”; there are %.*s.", what, PN_STR_ARG(name),
                       PN_STR_ARG(list));
    }
}
