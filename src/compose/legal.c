#include "compose/legal.h"

#include "compose/data.h"

#include "base/banned.h"

struct pn_legal {
    const pn_policy_text *text;
    const pn_liquid_template **programs; /* beside the text's languages */
};

pn_err pn_legal_compile(const pn_policy_text *text, pn_arena *arena, const pn_legal **ret_legal,
                        pn_diag *diag) {
    pn_liquid_options options = {.root = &pn_compose_class, .strict = true};
    pn_legal *legal = pn_arena_new(arena, pn_legal);
    size_t count = text->words->count;
    legal->text = text;
    legal->programs = pn_arena_alloc(arena, count * sizeof *legal->programs);
    for (size_t i = 0; i < count; i++) {
        const pn_json_member *words = &text->words->members[i];
        pn_diag why = {0};
        if (pn_liquid_compile(words->value.text, &options, arena, &legal->programs[i], &why) !=
            PN_OK) {
            pn_err err = pn_diag_set(diag, PN_INVALID, "%s", why.what);
            pn_diag_where(diag, "text %.*s, %.*s, %s", PN_STR_ARG(text->name),
                          PN_STR_ARG(words->key), why.where);
            return err;
        }
    }
    *ret_legal = legal;
    return PN_OK;
}

const pn_policy_text *pn_legal_text(const pn_legal *legal) {
    return legal->text;
}

unsigned pn_legal_missing(const pn_legal *legal, const pn_compose_facts *facts) {
    const struct {
        unsigned bit;
        pn_str value;
    } particulars[] = {{PN_NEEDS_TAX_ID, facts->creditor_tax_id},
                       {PN_NEEDS_ADDRESS, facts->creditor_address},
                       {PN_NEEDS_PHONE, facts->creditor_phone},
                       {PN_NEEDS_EMAIL, facts->creditor_email}};
    unsigned missing = 0;
    for (size_t i = 0; i < PN_COUNT(particulars); i++) {
        missing |= particulars[i].value.len == 0 ? particulars[i].bit : 0;
    }
    return missing & legal->text->needs;
}

static const char *particular_words(unsigned missing) {
    return (missing & PN_NEEDS_ADDRESS) != 0  ? "address"
           : (missing & PN_NEEDS_TAX_ID) != 0 ? "tax-id"
           : (missing & PN_NEEDS_PHONE) != 0  ? "phone"
                                              : "email";
}

/* The text's language that the letter is written in: "es-MX" before "es", else the first. */
static size_t language_of(const pn_legal *legal, pn_str language) {
    const pn_json *words = legal->text->words;
    for (size_t i = 0; i < words->count; i++) {
        if (pn_str_eq_nocase(words->members[i].key, language)) {
            return i;
        }
    }
    for (size_t i = 0; i < words->count; i++) {
        if (pn_str_eq_nocase(words->members[i].key, pn_str_first(language, 2))) {
            return i;
        }
    }
    return 0;
}

pn_err pn_legal_render(pn_letter *letter, const pn_legal *legal, pn_buf *out) {
    size_t start = out->len;
    unsigned missing = pn_legal_missing(legal, letter->facts);
    if (missing != 0) {
        pn_err err = pn_diag_set(letter->diag, PN_INVALID,
                                 "The law wants the creditor's %s in this message, and it is not "
                                 "known.",
                                 particular_words(missing));
        pn_diag_where(letter->diag, "text %.*s", PN_STR_ARG(legal->text->name));
        pn_diag_mend(letter->diag, "`puntual creditor set NAME --%s …` says it.",
                     particular_words(missing));
        return err;
    }
    size_t index = language_of(legal, letter->variant->language);
    PN_TRY(pn_letter_render(letter, legal->programs[index], PN_LIQUID_ESCAPE_NONE, "legal text", 0,
                            out));
    if (pn_str_trim((pn_str){out->ptr + start, out->len - start}).len == 0) {
        return pn_diag_set(letter->diag, PN_INVALID, "The text “%.*s” comes out empty.",
                           PN_STR_ARG(legal->text->name));
    }
    return PN_OK;
}
