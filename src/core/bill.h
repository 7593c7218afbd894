/* What an invoice bills: its lines, its taxes and what is withheld from it.
 *
 * Quantities and unit prices are millionths (of a unit, of the currency's major unit), rates are
 * millionths of the whole ("21 %" is 210000, "9.66 ‰" is 9660). Amounts are minor units. Kinds are
 * general on purpose: a row says what it is called, so IVA, recargo, IRPF, retención en la fuente
 * and IRRF are all rows of two kinds. */
#ifndef PN_CORE_BILL_H
#define PN_CORE_BILL_H

#include "base/money.h"

/* Order is stored. */
typedef enum {
    PN_TAX_ADDED,    /* a tax that is added to the lines: IVA, recargo, IGV */
    PN_TAX_WITHHELD, /* what the payer keeps and pays to the tax office: IRPF, ISR, ReteFuente */
    PN_TAX_KINDS
} pn_tax_kind;

/* "tax", "withholding" */
const char *pn_tax_kind_name(pn_tax_kind kind);

#define PN_MILLIONTHS_NONE INT64_MIN /* not said */

typedef struct {
    pn_tax_kind kind;
    pn_str label;
    int64_t rate_ppm; /* PN_MILLIONTHS_NONE: only the amount is known */
    int64_t base;
    int64_t amount; /* never negative for a positive base: the kind says what it does */
} pn_tax_row;

/* One tax of a line as a file gives it. */
typedef struct {
    pn_tax_kind kind;
    pn_str label;
    int64_t rate_ppm; /* PN_MILLIONTHS_NONE: only the amount is known */
    int64_t amount;   /* PN_MILLIONTHS_NONE: it follows from the rate */
} pn_line_tax;

enum { PN_LINE_TAXES = 4 };

typedef struct {
    int64_t number; /* as the invoice counts them; unique in it */
    pn_str sku, product, description;
    int64_t quantity;                 /* PN_MILLIONTHS_NONE: not said */
    int64_t unit_price;               /* PN_MILLIONTHS_NONE: not said */
    int64_t discount_ppm;             /* 0: none */
    int64_t discount;                 /* as an amount, where it is no rate; 0: none */
    int64_t net;                      /* before taxes */
    int64_t tax_ppm;                  /* the first tax added; PN_MILLIONTHS_NONE: none is known */
    int64_t amount;                   /* its share of the invoice's amount, taxes included */
    pn_line_tax taxes[PN_LINE_TAXES]; /* for pn_bill_sum; not stored */
    size_t tax_count;
} pn_bill_line;

typedef struct {
    pn_bill_line *lines;
    size_t line_count;
    pn_tax_row *taxes; /* taxes first, then what is withheld; higher rates first */
    size_t tax_count;
} pn_bill;

typedef struct {
    int64_t net, added, withheld;
    int64_t total;          /* net + added, less withheld where the invoice's amount is less it */
    bool withheld_deducted; /* the invoice's amount is what is left after withholding */
    bool exact;             /* total is the invoice's amount */
    bool fits;              /* it is, within rounding: one minor unit a line and tax */
} pn_bill_sums;

/* Sums what `taxes` of the bill's lines say into rows, in the rounding (of the sum, or of each
 * line) that meets the invoice's amount, and gives each line its share of that amount. Rows and
 * shares are set in any case; `fits` says whether lines and amount agree. LIMIT on overflow. */
PN_MUST_USE pn_err pn_bill_sum(pn_bill *bill, int64_t invoice_amount, pn_arena *arena,
                               pn_bill_sums *ret_sums);

/* What rows of taxes and lines come to; for a bill that was stored. LIMIT on overflow. */
PN_MUST_USE pn_err pn_bill_check(const pn_bill *bill, int64_t invoice_amount,
                                 pn_bill_sums *ret_sums);

/* quantity × unit price − discount, in minor units (`scale` in one major unit), the half away from
 * zero. LIMIT on overflow. */
PN_MUST_USE pn_err pn_bill_line_net(const pn_bill_line *line, int32_t scale, int64_t *ret_net);

/* What a country calls its taxes on an invoice, where a file does not say: the usual one, or the
 * `second` of that kind. Never empty. */
pn_str pn_tax_label(pn_tax_kind kind, bool second, pn_str country);

#endif
