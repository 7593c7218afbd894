/* Documents for debtors as block documents: what a PDF says, in order, as JSON (codec/pdf/doc.h).
 *
 * One builder a document: the copy of an invoice, the statement of an account, the letter, the
 * agreement of a payment plan, the receipt. They are given facts and say them in the debtor's
 * language, with amounts and dates as the debtor's country writes them; every document names
 * creditor, debtor and the day it was calculated for, and carries the anti-phishing code. Texts
 * from outside are cleaned and are never markup.
 *
 * Pure. What the codes for paying say (EPC, Pix) is given; they are drawn where the PDF is made. */
#ifndef PN_COMPOSE_DOCUMENT_H
#define PN_COMPOSE_DOCUMENT_H

#include "compose/compose.h"
#include "core/bill.h"
#include "core/ledger.h"

typedef struct {
    pn_str name, tax_id, country;
    pn_str address; /* on one line, or with line breaks */
    pn_str city, phone, email;
    pn_str contact; /* the person, of a debtor */
} pn_document_party;

/* What all documents have. Texts are borrowed; empty ones are left out. */
typedef struct {
    pn_str language;   /* "es", "es-MX", "en", "pt" */
    pn_str country;    /* of the debtor: how amounts and dates are written */
    pn_date today;     /* the day of calculation */
    bool letter_paper; /* 8.5 × 11 inches, else A4 */
    pn_str brand;      /* "#0b5fcc"; empty: the program's own */
    bool logo;         /* the first blob is one */
    pn_document_party creditor, debtor;
    pn_str customer; /* the debtor's number with the creditor */
    pn_str code;     /* anti-phishing */
    /* how to pay; an account or a Pix key is needed for the block to be there */
    pn_str account, account_label; /* grouped; "IBAN", "CLABE" or empty */
    pn_str pix_key;
    pn_str reference;
    pn_str qr; /* what the QR code says; empty: none */
    bool qr_pix;
    pn_str link; /* the debtor's page */
} pn_document_frame;

typedef struct {
    pn_str number, product;
    pn_date issued, due;
    pn_currency currency;
    int64_t amount, open;
    int64_t charges; /* interest and fees, part of open */
    int64_t disputed, promised, planned, in_flight, claimable;
    int64_t paid;        /* money received for it */
    int64_t lowered;     /* credit notes, discounts, write-offs, withholdings … */
    bool paid_up;        /* money closed it */
    const pn_bill *bill; /* lines and taxes; empty where none were imported */
} pn_document_invoice;

/* The copy of an invoice. LIMIT where it becomes longer than there is room; so do all builders. */
PN_MUST_USE pn_err pn_document_invoice_write(const pn_document_frame *frame,
                                             const pn_document_invoice *invoice, pn_arena *arena,
                                             pn_buf *out);

typedef struct {
    pn_str number;
    pn_date issued, effective_due;
    int64_t amount, open, disputed, promised, planned, in_flight, claimable;
    pn_date promise_due; /* of what is promised of it; PN_DATE_NONE */
} pn_document_item;

typedef struct {
    pn_date on;
    pn_entry_kind kind;
    bool reversal;
    pn_str number;  /* of the invoice, or the reference of a payment */
    int64_t amount; /* signed: a charge adds */
} pn_document_movement;

typedef struct {
    pn_currency currency;
    const pn_document_item *items; /* open, oldest first */
    size_t item_count;
    int64_t unapplied; /* money received and applied to nothing yet */
    pn_date since;     /* movements from this day on; PN_DATE_NONE: none are shown */
    int64_t opening;   /* the balance before them */
    const pn_document_movement *movements;
    size_t movement_count;
} pn_document_statement;

/* Open invoices by age, what of them is not asked for now, and what is to pay. */
PN_MUST_USE pn_err pn_document_statement_write(const pn_document_frame *frame,
                                               const pn_document_statement *statement,
                                               pn_arena *arena, pn_buf *out);
/* What is to pay of it: everything claimable. */
int64_t pn_document_statement_due(const pn_document_statement *statement);

typedef enum { PN_DOCUMENT_NO_WINDOW, PN_DOCUMENT_LEFT, PN_DOCUMENT_RIGHT } pn_document_window;

typedef struct {
    const pn_variant *variant; /* of the letter, else of the e-mail */
    const pn_compose_facts *facts;
    pn_document_window window;
    pn_str reference; /* ours, "F-101" or "C-1"; empty: none */
} pn_document_letter;

/* A letter on the creditor's paper with the template's text. INVALID with the diag where the
 * template makes no sense for these facts. */
PN_MUST_USE pn_err pn_document_letter_write(const pn_document_frame *frame,
                                            const pn_document_letter *letter, pn_arena *arena,
                                            pn_buf *out, pn_diag *diag);

typedef struct {
    pn_str number;
    pn_date due;
    int64_t amount; /* included in the plan */
} pn_document_covered;

typedef struct {
    pn_date due;
    int64_t amount;
} pn_document_installment;

/* That a plan was accepted as an offer: the words, and what proves them. */
typedef struct {
    pn_str terms; /* as they were shown, with line ends */
    pn_str by, at, way, hash;
} pn_document_acceptance;

typedef struct {
    pn_currency currency;
    pn_date made;
    const pn_document_acceptance *acceptance; /* NULL: it is to be signed */
    pn_str reference;                         /* the plan's own number */
    const pn_document_covered *invoices;
    size_t invoice_count;
    const pn_document_installment *installments;
    size_t installment_count;
    int default_days; /* so late it ends the plan */
} pn_document_plan;

PN_MUST_USE pn_err pn_document_plan_write(const pn_document_frame *frame,
                                          const pn_document_plan *plan, pn_arena *arena,
                                          pn_buf *out);

typedef struct {
    pn_str number;
    int64_t applied, remains;
} pn_document_applied;

typedef struct {
    pn_currency currency;
    pn_str number; /* of the receipt */
    pn_date received;
    int64_t amount, unapplied;
    pn_str reference; /* as the payer wrote it */
    const pn_document_applied *applied;
    size_t applied_count;
    int64_t account_open; /* what the account owes after it */
} pn_document_receipt;

PN_MUST_USE pn_err pn_document_receipt_write(const pn_document_frame *frame,
                                             const pn_document_receipt *receipt, pn_arena *arena,
                                             pn_buf *out);

/* Names of files as a person understands them, safe in any file system: "Factura F-101.pdf",
 * "Estado de cuenta C-1 2026-03-10.pdf"; `extension` is ".pdf" or ".xml". On the arena. */
pn_str pn_document_invoice_name(pn_str language, pn_str country, pn_str number,
                                const char *extension, pn_arena *arena);
pn_str pn_document_statement_name(pn_str language, pn_str country, pn_str customer, pn_date day,
                                  pn_arena *arena);

#endif
