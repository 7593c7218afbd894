/* Families and e-mails in tests of compose. */
#ifndef PN_TESTS_COMPOSE_RIG_H
#define PN_TESTS_COMPOSE_RIG_H

#include "json.h"

#include "base/limits.h"
#include "compose/compose.h"

/* What an e-mail came out as; the texts live on the arena. */
typedef struct {
    pn_str subject, text, html;
} mail;

/* A family of a document with ' for "; one that does not compile fails the test. */
static inline const pn_family *family_of(pn_arena *arena, const char *document) {
    const pn_family *family = NULL;
    pn_diag diag = {0};
    if (pn_family_compile(json_of(arena, document), arena, &family, NULL, &diag) != PN_OK) {
        fail_msg("%s\n%s: %s", document, diag.where, diag.what);
    }
    return family;
}

/* A service e-mail of these blocks; `head` are further fields of the variant, with their commas. */
static inline const pn_variant *variant_of(pn_arena *arena, const char *head, const char *blocks) {
    pn_str document =
        pn_str_format(arena,
                      "{'puntual':1,'kind':'template','family':'f','purpose':'service','variants':["
                      "{'channel':'email',%s'blocks':[%s]}]}",
                      head, blocks);
    return pn_family_variant(family_of(arena, pn_str_z(arena, document)), 0);
}
#define ES "'language':'es','subject':'Asunto',"
#define EN "'language':'en','subject':'Subject',"
#define PT "'language':'pt','subject':'Assunto',"

static inline pn_err try_mail(pn_arena *arena, const pn_variant *variant,
                              const pn_compose_facts *facts, mail *ret_mail, pn_diag *diag) {
    pn_buf subject, text, html;
    pn_buf_init(&subject, PN_LIMIT_TEMPLATE_BYTES);
    pn_buf_init(&text, PN_LIMIT_TEMPLATE_BYTES);
    pn_buf_init(&html, 4 * PN_LIMIT_TEMPLATE_BYTES);
    pn_err err = pn_compose_email(variant, facts, arena, &subject, &text, &html, diag);
    *ret_mail = (mail){pn_str_dup(arena, pn_buf_str(&subject)),
                       pn_str_dup(arena, pn_buf_str(&text)), pn_str_dup(arena, pn_buf_str(&html))};
    pn_buf_done(&subject);
    pn_buf_done(&text);
    pn_buf_done(&html);
    return err;
}

static inline mail mail_of(pn_arena *arena, const pn_variant *variant,
                           const pn_compose_facts *facts) {
    mail out;
    pn_diag diag = {0};
    if (try_mail(arena, variant, facts, &out, &diag) != PN_OK) {
        fail_msg("%s: %s", diag.where, diag.what);
    }
    return out;
}

static inline pn_compose_facts example(pn_arena *arena, const char *language, const char *country) {
    pn_compose_facts facts;
    pn_compose_example(pn_str_of(language), pn_str_of(country), arena, &facts);
    return facts;
}

/* Keeps so many invoices of the example and makes its totals agree. */
static inline void keep_items(pn_compose_facts *facts, size_t overdue, size_t upcoming) {
    pn_currency currency = facts->total.currency;
    facts->overdue_count = overdue;
    facts->upcoming_count = upcoming;
    facts->total = facts->total_overdue = (pn_money){0, currency};
    for (size_t i = 0; i < overdue; i++) {
        facts->total_overdue.minor += facts->overdue[i].claimable.minor;
    }
    facts->total = facts->total_overdue;
    for (size_t i = 0; i < upcoming; i++) {
        facts->total.minor += facts->upcoming[i].claimable.minor;
    }
}

/* The text with plain spaces where amounts and days have such that do not break. */
static inline pn_str spaced(pn_arena *arena, pn_str text) {
    char *out = pn_arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        pn_str rest = pn_str_from(text, i);
        size_t gap = pn_str_starts(rest, PN_STR("\xC2\xA0"))       ? 2
                     : pn_str_starts(rest, PN_STR("\xE2\x80\xAF")) ? 3
                                                                   : 0;
        out[len++] = gap != 0 ? ' ' : text.ptr[i];
        i += gap != 0 ? gap - 1 : 0;
    }
    return (pn_str){out, len};
}

static inline bool contains(pn_str text, const char *needle) {
    pn_arena arena;
    pn_arena_init(&arena, 0);
    bool found = pn_str_find(spaced(&arena, text), spaced(&arena, pn_str_of(needle))) != SIZE_MAX;
    pn_arena_done(&arena);
    return found;
}

#define assert_contains(text, needle)                                                              \
    do {                                                                                           \
        if (!contains((text), (needle))) {                                                         \
            fail_msg("no “%s” in:\n%.*s", (needle), PN_STR_ARG(text));                             \
        }                                                                                          \
    } while (0)
#define assert_lacks(text, needle)                                                                 \
    do {                                                                                           \
        if (contains((text), (needle))) {                                                          \
            fail_msg("“%s” in:\n%.*s", (needle), PN_STR_ARG(text));                                \
        }                                                                                          \
    } while (0)

#endif
