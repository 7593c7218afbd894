/* The registry of filters. */
#ifndef PN_LIQUID_FILTER_H
#define PN_LIQUID_FILTER_H

#include "liquid/run.h"

enum { PN_LIQUID_ARGS_MAX = 6 };

/* `args[0]` is the value before the bar; `count` counts it. Missing optional arguments are absent,
 * not nil. */
typedef pn_err pn_liquid_filter_fn(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                   pn_liquid_value *ret_value);

/* What the first argument and the result have to do with the fields of the input's items, for the
 * checks of strict mode. */
typedef enum {
    PN_LIQUID_MAKES_OTHER,   /* a value of its own */
    PN_LIQUID_MAKES_SAME,    /* the input, or part of it as a list of the same items */
    PN_LIQUID_MAKES_ITEM,    /* one of the items */
    PN_LIQUID_MAKES_MAPPED,  /* one field of every item */
    PN_LIQUID_MAKES_DEFAULT, /* the input or the argument */
} pn_liquid_makes;

typedef struct {
    const char *name;
    pn_liquid_filter_fn *apply;
    uint8_t args_min, args_max; /* behind the colon */
    pn_liquid_makes makes;
    bool names_field;    /* the first argument is the name of a field of the items */
    const char *keyword; /* the one named argument, handed over as the last; may be NULL */
} pn_liquid_filter;

/* NULL when there is none. */
const pn_liquid_filter *pn_liquid_find_filter(pn_str name);
/* By the index that the program carries. */
const pn_liquid_filter *pn_liquid_filter_at(uint32_t index);
uint32_t pn_liquid_filter_index(const pn_liquid_filter *filter);

/* X(name, arguments at least, at most, what it makes, names a field, keyword), sorted. */
#define PN_LIQUID_FILTERS(X)                                                                       \
    X(abs, 0, 0, OTHER, false, NULL)                                                               \
    X(append, 1, 1, OTHER, false, NULL)                                                            \
    X(at_least, 1, 1, OTHER, false, NULL)                                                          \
    X(at_most, 1, 1, OTHER, false, NULL)                                                           \
    X(base64_decode, 0, 0, OTHER, false, NULL)                                                     \
    X(base64_encode, 0, 0, OTHER, false, NULL)                                                     \
    X(base64_url_safe_decode, 0, 0, OTHER, false, NULL)                                            \
    X(base64_url_safe_encode, 0, 0, OTHER, false, NULL)                                            \
    X(capitalize, 0, 0, OTHER, false, NULL)                                                        \
    X(ceil, 0, 0, OTHER, false, NULL)                                                              \
    X(compact, 0, 1, SAME, true, NULL)                                                             \
    X(concat, 1, 1, OTHER, false, NULL)                                                            \
    X(date, 1, 1, OTHER, false, NULL)                                                              \
    X(days, 0, 1, OTHER, false, NULL)                                                              \
    X(days_since, 1, 1, OTHER, false, NULL)                                                        \
    X(days_until, 1, 1, OTHER, false, NULL)                                                        \
    X(default, 0, 1, DEFAULT, false, "allow_false")                                                \
    X(divided_by, 1, 1, OTHER, false, NULL)                                                        \
    X(downcase, 0, 0, OTHER, false, NULL)                                                          \
    X(escape, 0, 0, OTHER, false, NULL)                                                            \
    X(escape_once, 0, 0, OTHER, false, NULL)                                                       \
    X(find, 1, 2, ITEM, true, NULL)                                                                \
    X(find_index, 1, 2, OTHER, true, NULL)                                                         \
    X(first, 0, 0, ITEM, false, NULL)                                                              \
    X(floor, 0, 0, OTHER, false, NULL)                                                             \
    X(has, 1, 2, OTHER, true, NULL)                                                                \
    X(join, 0, 1, OTHER, false, NULL)                                                              \
    X(last, 0, 0, ITEM, false, NULL)                                                               \
    X(lstrip, 0, 0, OTHER, false, NULL)                                                            \
    X(map, 1, 1, MAPPED, true, NULL)                                                               \
    X(minus, 1, 1, OTHER, false, NULL)                                                             \
    X(modulo, 1, 1, OTHER, false, NULL)                                                            \
    X(money, 0, 1, OTHER, false, NULL)                                                             \
    X(newline_to_br, 0, 0, OTHER, false, NULL)                                                     \
    X(number, 0, 1, OTHER, false, NULL)                                                            \
    X(plus, 1, 1, OTHER, false, NULL)                                                              \
    X(prepend, 1, 1, OTHER, false, NULL)                                                           \
    X(reject, 1, 2, SAME, true, NULL)                                                              \
    X(remove, 1, 1, OTHER, false, NULL)                                                            \
    X(remove_first, 1, 1, OTHER, false, NULL)                                                      \
    X(remove_last, 1, 1, OTHER, false, NULL)                                                       \
    X(replace, 1, 2, OTHER, false, NULL)                                                           \
    X(replace_first, 1, 2, OTHER, false, NULL)                                                     \
    X(replace_last, 2, 2, OTHER, false, NULL)                                                      \
    X(reverse, 0, 0, SAME, false, NULL)                                                            \
    X(round, 0, 1, OTHER, false, NULL)                                                             \
    X(rstrip, 0, 0, OTHER, false, NULL)                                                            \
    X(safe, 0, 0, OTHER, false, NULL)                                                              \
    X(size, 0, 0, OTHER, false, NULL)                                                              \
    X(slice, 1, 2, SAME, false, NULL)                                                              \
    X(sort, 0, 1, SAME, true, NULL)                                                                \
    X(sort_natural, 0, 1, SAME, true, NULL)                                                        \
    X(split, 1, 1, OTHER, false, NULL)                                                             \
    X(squish, 0, 0, OTHER, false, NULL)                                                            \
    X(strip, 0, 0, OTHER, false, NULL)                                                             \
    X(strip_html, 0, 0, OTHER, false, NULL)                                                        \
    X(strip_newlines, 0, 0, OTHER, false, NULL)                                                    \
    X(sum, 0, 1, OTHER, true, NULL)                                                                \
    X(times, 1, 1, OTHER, false, NULL)                                                             \
    X(truncate, 0, 2, OTHER, false, NULL)                                                          \
    X(truncatewords, 0, 2, OTHER, false, NULL)                                                     \
    X(uniq, 0, 1, SAME, true, NULL)                                                                \
    X(upcase, 0, 0, OTHER, false, NULL)                                                            \
    X(url_decode, 0, 0, OTHER, false, NULL)                                                        \
    X(url_encode, 0, 0, OTHER, false, NULL)                                                        \
    X(where, 1, 2, SAME, true, NULL)

#define PN_LIQUID_FILTER_DECLARE(name, args_min, args_max, makes, names_field, keyword)            \
    pn_liquid_filter_fn pn_liquid_filter_##name;
PN_LIQUID_FILTERS(PN_LIQUID_FILTER_DECLARE)
#undef PN_LIQUID_FILTER_DECLARE

#endif
