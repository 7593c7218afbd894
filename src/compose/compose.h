/* Texts for debtors: template families, their variants, and what they are written from.
 *
 * A family is one JSON document (share/templates): a purpose and variants by channel, language and
 * tone. An e-mail variant is a subject and blocks (text, amount due, invoice table, pay button, …),
 * which one renderer turns into HTML and plain text, for preview and sending alike. Compiling turns
 * each variant into Liquid programs once; rendering fills them.
 *
 * Pure: no clock, no I/O. A compiled family is immutable and may be used by several threads. */
#ifndef PN_COMPOSE_COMPOSE_H
#define PN_COMPOSE_COMPOSE_H

#include "base/json.h"
#include "base/money.h"
#include "calendar/zone.h"
#include "core/fact.h"

typedef struct pn_family pn_family;
typedef struct pn_variant pn_variant;
typedef struct pn_legal pn_legal; /* compose/legal.h */

/* A problem of a document, or a remark; the sentence says what is wrong and how to mend it. */
typedef struct {
    bool warning;
    uint32_t variant; /* its number in the list, from 1; 0: of the document itself */
    pn_str where; /* "es, tone 2, block 3, line 1, column 7"; "family" for the document itself */
    pn_str sentence;
} pn_compose_problem;

typedef struct {
    pn_compose_problem *items;
    size_t count, capacity;
    size_t errors;
} pn_compose_problems;

/* Compiles a family strictly: unknown variables, filters and blocks are errors, and so is a demand
 * that does not name creditor, invoices, amount and calculation date and carry the anti-phishing
 * code; that is found out by rendering every variant for invented debtors. All problems found are
 * listed; the diag keeps the first error. `ret_problems` may be NULL. The family and the problems
 * live on `arena`; the document may go away. */
PN_MUST_USE pn_err pn_family_compile(const pn_json *document, pn_arena *arena,
                                     const pn_family **ret_family,
                                     pn_compose_problems *ret_problems, pn_diag *diag);

pn_str pn_family_name(const pn_family *family);
pn_str pn_family_title(const pn_family *family);
pn_purpose pn_family_purpose(const pn_family *family);
size_t pn_family_variant_count(const pn_family *family);
const pn_variant *pn_family_variant(const pn_family *family, size_t index);
pn_channel_kind pn_variant_channel(const pn_variant *variant);
pn_str pn_variant_language(const pn_variant *variant); /* "es", "es-419", "es-MX", "en", "pt" */
pn_form pn_variant_form(const pn_variant *variant);    /* PN_FORM_ANY: for either */
unsigned pn_variant_tone(const pn_variant *variant);   /* 0: for every tone */

/* The variant for a channel, language and tone: the strongest that is not above the tone, else the
 * mildest; among equals the one written for the very country, then for its region ("es-CO" before
 * "es-419" before "es"); among those the one in the form of address. Where the language itself has
 * no variant, another country's serves. A language that the family lacks falls back to `otherwise`
 * and then to the family's first. A message over a connector (http) that has no text of its own
 * gets the one for SMS. NULL when the channel has no variant at all. */
const pn_variant *pn_family_choose(const pn_family *family, pn_channel_kind channel,
                                   pn_str language, pn_str otherwise, pn_form form, unsigned tone);

/* One invoice as a text lists it. */
typedef struct {
    pn_str number, product;
    pn_date issued, due;
    pn_money amount, open, claimable, charges;
    int32_t days_overdue; /* negative before the due date */
} pn_compose_item;

/* One installment of a payment plan. */
typedef struct {
    pn_date due;
    pn_money amount;
    pn_money open; /* what is not paid of it */
} pn_compose_installment;

/* What a text is written from. Texts are borrowed; empty ones are nothing to a template. Whatever
 * they contain stays one line of plain text: control characters, line breaks and direction marks
 * are taken out before a template sees them. All zero is a valid value for what is optional. */
typedef struct {
    pn_str language, country; /* of the debtor: with the variant's language, how amounts and dates
                                 are written */
    pn_form form;             /* of address: which variant is chosen */
    const pn_zone *zone;
    pn_time now;
    pn_date today; /* the date of calculation */
    unsigned tone;
    pn_str debtor_name, debtor_external_id, debtor_tax_id, contact_name;
    const pn_attr *debtor_attrs;
    size_t debtor_attr_count;
    pn_str creditor_name, creditor_tax_id, creditor_address, creditor_phone, creditor_email,
        creditor_iban, creditor_pix; /* either may be empty */
    pn_str brand_colour;             /* "#e4002b"; empty: our own */
    pn_str logo_src;                 /* "cid:…" or https; empty: the creditor has no logo */
    int32_t logo_width, logo_height; /* its own size in pixels */
    pn_str sender_name;              /* the collector who signs; empty: the creditor */
    pn_str sender_title, sender_phone, sender_email;
    pn_str sender_signature;        /* lines below the name; empty: title and telephone */
    const pn_compose_item *overdue; /* past their due date, oldest first */
    size_t overdue_count;
    const pn_compose_item *upcoming; /* not due yet, listed apart */
    size_t upcoming_count;
    pn_money total;          /* claimable of all listed */
    pn_money total_overdue;  /* of the overdue ones */
    pn_str link;             /* the debtor's page, https; empty while there is none */
    pn_str web_link;         /* the same e-mail in a browser, https; empty while there is none */
    pn_str code;             /* the anti-phishing code */
    pn_str reference;        /* what to write on a bank transfer; empty: the numbers of the overdue
                                invoices, of the others where none is, or where they are too many
                                the debtor's external id */
    size_t attachment_count; /* files that go with the message */
    pn_date deadline;        /* until when an answer prevents the next step; up to `today`: none */
    pn_money promise_amount; /* with promise_due; only where a promise is the subject */
    pn_date promise_due;     /* PN_DATE_NONE */
    pn_money installment_amount; /* with installment_due: the first of a plan that is not paid */
    pn_date installment_due;     /* PN_DATE_NONE */
    size_t installment_number, installment_count;
    const pn_compose_installment *plan; /* all installments, in their order; none: no plan */
    size_t plan_count;
    pn_money payment_amount; /* only where a payment is the subject; no currency: none */
    pn_date payment_date;    /* PN_DATE_NONE where not known */
    pn_str payment_reference;
    pn_str handover_name;         /* lawyer, agency or insurer that takes the case over */
    pn_str handover_contact;      /* how to reach them, one line */
    pn_str agency_name;           /* who collects, where the claim is somebody else's; else empty */
    const pn_legal *const *legal; /* texts that the message must carry, in their order */
    size_t legal_count;
} pn_compose_facts;

/* Writes subject (one line), text and HTML of an e-mail; the variant is of PN_CHANNEL_EMAIL. The
 * buffers are appended to; on failure nothing is appended. What rendering allocates goes to
 * `arena`, which the caller resets. INVALID with the block, line and column in the diag where the
 * template makes no sense for these facts; LIMIT when it becomes too long. */
PN_MUST_USE pn_err pn_compose_email(const pn_variant *variant, const pn_compose_facts *facts,
                                    pn_arena *arena, pn_buf *subject, pn_buf *text, pn_buf *html,
                                    pn_diag *diag);

/* The same for a variant of any other channel, which is one text. */
PN_MUST_USE pn_err pn_compose_text(const pn_variant *variant, const pn_compose_facts *facts,
                                   pn_arena *arena, pn_buf *text, pn_diag *diag);

/* Facts that show every block, for checking a template without any invoice. They live on `arena`.
 */
void pn_compose_example(pn_str language, pn_str country, pn_arena *arena,
                        pn_compose_facts *ret_facts);

/* The variables templates may use, as Markdown, for docs and the console's picker. */
void pn_compose_reference(pn_buf *out);
/* The blocks an e-mail may have, the same way. */
void pn_compose_blocks(pn_buf *out);

#endif
