/* Compiler attributes and small helpers used everywhere. */
#ifndef PN_BASE_MACROS_H
#define PN_BASE_MACROS_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PN_MUST_USE __attribute__((warn_unused_result))
#define PN_PRINTF(fmt_index, first_arg) __attribute__((format(printf, fmt_index, first_arg)))
#define PN_NORETURN __attribute__((noreturn))
#define PN_PURE __attribute__((pure))
#define PN_LIKELY(x) __builtin_expect(!!(x), 1)
#define PN_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define PN_COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PN_MIN(a, b) ((a) < (b) ? (a) : (b))
#define PN_MAX(a, b) ((a) > (b) ? (a) : (b))

/* For products of two 64-bit numbers; `__extension__` keeps -Wpedantic quiet about it. */
__extension__ typedef __int128 pn_int128;
__extension__ typedef unsigned __int128 pn_uint128;

/* Leaves the function with the error of `expr`, if it has one. */
#define PN_TRY(expr)                                                                               \
    do {                                                                                           \
        pn_err try_err_ = (expr);                                                                  \
        if (try_err_ != PN_OK) {                                                                   \
            return try_err_;                                                                       \
        }                                                                                          \
    } while (0)

/* Jumps to `out` with `err` set, if `expr` fails. The function declares `pn_err err`. */
#define PN_TRY_OUT(expr)                                                                           \
    do {                                                                                           \
        err = (expr);                                                                              \
        if (err != PN_OK) {                                                                        \
            goto out;                                                                              \
        }                                                                                          \
    } while (0)

#endif
