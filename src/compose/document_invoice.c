/* The copy of an invoice: lines, taxes, what is withheld, what was paid, what is to pay and how. */
#include "base/banned.h"
#include "compose/document_int.h"

/* ── lines ───────────────────────────────────────────────────────────────────────────────────── */

/* Columns that no line has anything for are left out. */
typedef struct {
    bool sku, quantity, price, discount, tax;
} shown_columns;

static shown_columns columns_of(const pn_bill *bill) {
    shown_columns c = {0};
    for (size_t i = 0; i < bill->line_count; i++) {
        const pn_bill_line *line = &bill->lines[i];
        c.sku = c.sku || line->sku.len != 0;
        c.quantity = c.quantity || line->quantity != PN_MILLIONTHS_NONE;
        c.price = c.price || line->unit_price != PN_MILLIONTHS_NONE;
        c.discount = c.discount || line->discount_ppm != 0 || line->discount != 0;
        c.tax = c.tax || line->tax_ppm != PN_MILLIONTHS_NONE;
    }
    return c;
}

enum { LINE_COLUMNS = 7 };

static size_t line_columns(const pn_doc *doc, const pn_document_invoice *invoice,
                           const shown_columns *shown, pn_doc_column columns[LINE_COLUMNS]) {
    size_t n = 0;
    /* one kind of tax gives its column its own name: IVA */
    pn_str tax = pn_doc_word(doc, PN_DOC_TAX);
    if (invoice->bill->tax_count != 0) {
        tax = pn_doc_line(doc, invoice->bill->taxes[0].label);
    }
    if (shown->sku) {
        columns[n++] = (pn_doc_column){pn_doc_word(doc, PN_DOC_SKU), false, false};
    }
    columns[n++] = (pn_doc_column){pn_doc_word(doc, PN_DOC_ITEM), false, true};
    if (shown->quantity) {
        columns[n++] = (pn_doc_column){pn_doc_word(doc, PN_DOC_QUANTITY), true, false};
    }
    if (shown->price) {
        columns[n++] = (pn_doc_column){pn_doc_word(doc, PN_DOC_PRICE), true, false};
    }
    if (shown->discount) {
        columns[n++] = (pn_doc_column){pn_doc_word(doc, PN_DOC_DISCOUNT), true, false};
    }
    if (shown->tax) {
        columns[n++] = (pn_doc_column){tax, true, false};
    }
    columns[n++] = (pn_doc_column){pn_doc_word(doc, PN_DOC_AMOUNT), true, false};
    return n;
}

/* As money where it has no more decimals than money has, else as a number. */
static pn_str price_of(const pn_doc *doc, int64_t millionths) {
    int64_t unit = 1000000;
    for (unsigned i = pn_currency_decimals(doc->currency); i > 0; i--) {
        unit /= 10;
    }
    if (millionths == PN_MILLIONTHS_NONE) {
        return PN_STR_NONE;
    }
    return millionths % unit == 0 ? pn_doc_money(doc, millionths / unit)
                                  : pn_doc_number(doc, millionths);
}

static pn_str discount_of(const pn_doc *doc, const pn_bill_line *line) {
    if (line->discount_ppm != 0) {
        return pn_doc_percent(doc, line->discount_ppm);
    }
    return line->discount != 0 ? pn_doc_money(doc, line->discount) : PN_STR_NONE;
}

static void put_line(pn_doc *doc, const pn_bill_line *line, const shown_columns *shown) {
    pn_str cells[LINE_COLUMNS];
    size_t n = 0;
    if (shown->sku) {
        cells[n++] = pn_doc_cell(doc, line->sku);
    }
    cells[n++] = pn_doc_cell(doc, line->description.len != 0 ? line->description : line->product);
    if (shown->quantity) {
        cells[n++] =
            line->quantity == PN_MILLIONTHS_NONE ? PN_STR_NONE : pn_doc_number(doc, line->quantity);
    }
    if (shown->price) {
        cells[n++] = price_of(doc, line->unit_price);
    }
    if (shown->discount) {
        cells[n++] = discount_of(doc, line);
    }
    if (shown->tax) {
        cells[n++] =
            line->tax_ppm == PN_MILLIONTHS_NONE ? PN_STR_NONE : pn_doc_percent(doc, line->tax_ppm);
    }
    cells[n++] = pn_doc_money(doc, line->net);
    pn_doc_row(doc, cells, n);
}

static void put_lines(pn_doc *doc, const pn_document_invoice *invoice) {
    pn_doc_column columns[LINE_COLUMNS];
    shown_columns shown = columns_of(invoice->bill);
    size_t count = line_columns(doc, invoice, &shown, columns);
    pn_doc_table_begin(doc, PN_STR_NONE, columns, count);
    for (size_t i = 0; i < invoice->bill->line_count; i++) {
        put_line(doc, &invoice->bill->lines[i], &shown);
    }
    if (invoice->bill->line_count == 0) {
        pn_str what =
            invoice->product.len != 0 ? invoice->product : pn_doc_word(doc, PN_DOC_AS_INVOICED);
        pn_str cells[] = {pn_doc_cell(doc, what), pn_doc_money(doc, invoice->amount)};
        pn_doc_row(doc, cells, PN_COUNT(cells));
    }
    pn_doc_table_end(doc);
}

/* ── totals ──────────────────────────────────────────────────────────────────────────────────── */

static bool taxed_in_parts(const pn_bill *bill) {
    size_t added = 0;
    for (size_t i = 0; i < bill->tax_count; i++) {
        added += bill->taxes[i].kind == PN_TAX_ADDED;
    }
    return added > 1;
}

/* "IVA 21 %", and what it is on where there are several. */
static void put_tax(pn_doc *doc, const pn_tax_row *row, bool with_base) {
    pn_str label = pn_doc_cell(doc, row->label);
    if (row->rate_ppm != PN_MILLIONTHS_NONE) {
        label = pn_str_format(doc->arena, "%.*s %.*s", PN_STR_ARG(label),
                              PN_STR_ARG(pn_doc_percent(doc, row->rate_ppm)));
    }
    if (with_base && row->kind == PN_TAX_ADDED) {
        label = pn_doc_say(doc, PN_DOC_TAX_ON, label, pn_doc_money(doc, row->base));
    }
    int64_t amount = row->kind == PN_TAX_ADDED ? row->amount : -row->amount;
    pn_doc_total(doc, label, pn_doc_money(doc, amount), false);
}

static void put_taxes(pn_doc *doc, const pn_bill *bill, pn_tax_kind kind) {
    bool with_base = taxed_in_parts(bill);
    for (size_t i = 0; i < bill->tax_count; i++) {
        if (bill->taxes[i].kind == kind) {
            put_tax(doc, &bill->taxes[i], with_base);
        }
    }
}

static void put_named(pn_doc *doc, pn_doc_key key, int64_t minor, bool strong) {
    pn_doc_total(doc, pn_doc_word(doc, key), pn_doc_money(doc, minor), strong);
}

/* How lines and taxes come to the invoice's amount. Withholding stands before the total where the
 * amount is less it, behind it where the payer withholds when paying. */
static void put_sums(pn_doc *doc, const pn_document_invoice *invoice, const pn_bill_sums *sums) {
    put_named(doc, PN_DOC_NET, sums->net, false);
    put_taxes(doc, invoice->bill, PN_TAX_ADDED);
    if (sums->withheld_deducted) {
        put_taxes(doc, invoice->bill, PN_TAX_WITHHELD);
    }
    if (!sums->exact) {
        put_named(doc, PN_DOC_ROUNDING, invoice->amount - sums->total, false);
    }
    put_named(doc, PN_DOC_INVOICE_TOTAL, invoice->amount, true);
    if (sums->withheld != 0 && !sums->withheld_deducted) {
        put_taxes(doc, invoice->bill, PN_TAX_WITHHELD);
        put_named(doc, PN_DOC_AFTER_WITHHOLDING, invoice->amount - sums->withheld, false);
    }
}

/* What became of the amount since. */
static void put_history(pn_doc *doc, const pn_document_invoice *invoice) {
    const struct {
        pn_doc_key key;
        int64_t minor;
    } rows[] = {
        {PN_DOC_PAID, -invoice->paid},         {PN_DOC_CREDITED, -invoice->lowered},
        {PN_DOC_CHARGES, invoice->charges},    {PN_DOC_OPEN, invoice->open},
        {PN_DOC_DISPUTED, -invoice->disputed}, {PN_DOC_PROMISED, -invoice->promised},
        {PN_DOC_PLANNED, -invoice->planned},   {PN_DOC_IN_FLIGHT, -invoice->in_flight},
    };
    bool changed = invoice->open != invoice->amount || invoice->claimable != invoice->open;
    for (size_t i = 0; i < PN_COUNT(rows) && changed; i++) {
        if (rows[i].minor != 0 || rows[i].key == PN_DOC_OPEN) {
            put_named(doc, rows[i].key, rows[i].minor, rows[i].key == PN_DOC_OPEN);
        }
    }
}

/* ── the whole ───────────────────────────────────────────────────────────────────────────────── */

static void put_due(pn_doc *doc, const pn_document_invoice *invoice) {
    if (invoice->claimable > 0) {
        pn_str note = pn_doc_say(doc, PN_DOC_CALCULATED, pn_doc_long_day(doc, doc->frame->today),
                                 PN_STR_NONE);
        pn_doc_amount(doc, pn_doc_word(doc, PN_DOC_TO_PAY), pn_doc_money(doc, invoice->claimable),
                      note);
        pn_doc_pay(doc, invoice->claimable, true);
        return;
    }
    if (invoice->open <= 0) {
        pn_doc_key key = invoice->paid_up ? PN_DOC_SETTLED : PN_DOC_NOTHING_OPEN;
        pn_doc_text(doc, pn_doc_word(doc, key));
    }
}

pn_err pn_document_invoice_write(const pn_document_frame *frame, const pn_document_invoice *invoice,
                                 pn_arena *arena, pn_buf *out) {
    pn_bill_sums sums = {0};
    PN_TRY(pn_bill_check(invoice->bill, invoice->amount, &sums));
    bool adds_up = invoice->bill->line_count != 0 && sums.fits;
    pn_doc doc = pn_doc_on(frame, invoice->currency, arena, out);
    pn_doc_begin(&doc, pn_doc_say(&doc, PN_DOC_INVOICE_N, invoice->number, PN_STR_NONE),
                 PN_DOCUMENT_NO_WINDOW);
    pn_doc_meta_begin(&doc);
    pn_doc_meta(&doc, PN_DOC_ISSUED, pn_doc_day(&doc, invoice->issued));
    pn_doc_meta(&doc, PN_DOC_DUE, pn_doc_day(&doc, invoice->due));
    pn_doc_meta(&doc, PN_DOC_CUSTOMER, frame->customer);
    pn_doc_blocks_begin(&doc);
    put_lines(&doc, invoice);
    pn_doc_totals_begin(&doc);
    if (adds_up) {
        put_sums(&doc, invoice, &sums);
    } else {
        put_named(&doc, PN_DOC_INVOICE_TOTAL, invoice->amount, true);
    }
    put_history(&doc, invoice);
    pn_doc_totals_end(&doc);
    if (invoice->bill->line_count != 0 && !adds_up) {
        pn_doc_legal(&doc, pn_doc_word(&doc, PN_DOC_INFORMATIVE));
    }
    put_due(&doc, invoice);
    pn_doc_code_note(&doc);
    return pn_doc_end(&doc,
                      pn_doc_say(&doc, PN_DOC_INVOICE_COPY, frame->creditor.name, PN_STR_NONE));
}
