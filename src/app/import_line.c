/* Lines of invoices: staged by invoice, summed against its amount, written where they differ. */
#include "app/import_int.h"

#include "app/books.h"
#include "base/banned.h"
#include "base/sort.h"
#include "base/utf8.h"
#include "store/bill.h"

typedef struct {
    pn_bill_line line;
    int64_t file_line;
} staged;

typedef struct {
    const pn_creditor_row *creditor;
    pn_invoice_row invoice;
    bool known; /* the invoice is there */
    bool bad;   /* one of its lines is wrong: none is imported */
    int64_t file_line;
    staged *rows;
    size_t count, capacity;
} group;

typedef struct {
    group **groups;
    size_t count, capacity;
    pn_table by_key; /* creditor and number → group */
} stage_area;

/* ── staging ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err find_group(pn_importer *importer, stage_area *area, group **ret_group) {
    const pn_creditor_row *creditor = pn_import_creditor(importer);
    pn_str number;
    *ret_group = NULL;
    if (creditor == NULL ||
        !pn_import_text(importer, "invoice", true, PN_LIMIT_EXTERNAL_ID_BYTES, &number)) {
        return PN_OK;
    }
    pn_str key = pn_str_format(&importer->row_arena, "%lld/%.*s", (long long)creditor->id,
                               PN_STR_ARG(number));
    group *found = pn_table_get(&area->by_key, key);
    if (found == NULL) {
        found = pn_arena_new(importer->arena, group);
        found->creditor = creditor;
        found->file_line = importer->line;
        pn_err err = pn_invoice_by_key(importer->app->db, creditor->id, number, importer->arena,
                                       &found->invoice);
        if (err != PN_OK && err != PN_NOT_FOUND) {
            return err;
        }
        found->known = err == PN_OK;
        (void)pn_table_put(&area->by_key, key, found);
        area->groups = pn_arena_grow(importer->arena, area->groups, area->count, &area->capacity,
                                     sizeof(group *));
        area->groups[area->count++] = found;
    }
    if (!found->known) {
        pn_import_refuse(importer, "invoice", number,
                         "there is no such invoice of %.*s; import it first",
                         PN_STR_ARG(creditor->name));
        return PN_OK;
    }
    *ret_group = found;
    return PN_OK;
}

/* One tax of the row: kept when its rate or its amount is given. */
static bool read_tax(pn_importer *importer, const group *of, pn_bill_line *line, pn_tax_kind kind,
                     bool second, const char *rate, const char *amount, const char *label) {
    pn_line_tax tax = {.kind = kind, .amount = PN_MILLIONTHS_NONE};
    bool good = pn_import_percent(importer, rate, &tax.rate_ppm);
    good &= amount == NULL || pn_import_amount(importer, amount, false, of->invoice.item.currency,
                                               PN_MILLIONTHS_NONE, &tax.amount);
    good &= pn_import_text(importer, label, false, 60, &tax.label);
    if (!good || (tax.rate_ppm == PN_MILLIONTHS_NONE && tax.amount == PN_MILLIONTHS_NONE)) {
        return good;
    }
    /* 15 % withheld is often written -15, and its amount as what is taken away */
    if (kind == PN_TAX_WITHHELD && tax.amount != PN_MILLIONTHS_NONE && tax.amount < 0 &&
        line->net >= 0) {
        tax.amount = -tax.amount;
    }
    if (kind == PN_TAX_WITHHELD && (tax.rate_ppm == 0 || tax.amount == 0)) {
        return true;
    }
    if (tax.label.len == 0) {
        tax.label = pn_tax_label(kind, second, of->creditor->country);
    }
    line->taxes[line->tax_count++] = tax;
    return true;
}

static bool read_taxes(pn_importer *importer, const group *of, pn_bill_line *line) {
    bool good = read_tax(importer, of, line, PN_TAX_ADDED, false, "tax_rate", "tax", "tax_label");
    good &= read_tax(importer, of, line, PN_TAX_ADDED, true, "tax2_rate", NULL, "tax2_label");
    good &= read_tax(importer, of, line, PN_TAX_WITHHELD, false, "withholding_rate", "withholding",
                     "withholding_label");
    good &= read_tax(importer, of, line, PN_TAX_WITHHELD, true, "withholding2_rate", NULL,
                     "withholding2_label");
    return good;
}

static pn_str amount_words(pn_importer *importer, int64_t minor, pn_currency currency) {
    pn_buf text;
    pn_buf_init(&text, 64);
    pn_amount_plain(&text, minor, pn_currency_decimals(currency));
    pn_str copy = pn_str_dup(&importer->row_arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

/* A price of few decimals times many pieces may miss the amount by half its last decimal each. */
static bool check_product(pn_importer *importer, const group *of, const pn_bill_line *line,
                          int64_t computed) {
    int64_t pieces = line->quantity < 0 ? -line->quantity : line->quantity;
    int64_t allowed = 1 + pieces / 2000000;
    if (computed - line->net <= allowed && line->net - computed <= allowed) {
        return true;
    }
    pn_currency currency = of->invoice.item.currency;
    pn_str says = amount_words(importer, line->net, currency);
    pn_str is = amount_words(importer, computed, currency);
    pn_import_refuse(importer, "amount", pn_import_value(importer, "amount"),
                     "quantity × unit price less discount is %.*s, but the amount says %.*s",
                     PN_STR_ARG(is), PN_STR_ARG(says));
    return false;
}

/* What is charged with taxes gives what is charged before them: the last tax is what is left. */
static void net_of_total(pn_bill_line *line, int64_t total) {
    int64_t rates = 0, stated = 0;
    pn_line_tax *last = NULL;
    for (size_t i = 0; i < line->tax_count; i++) {
        pn_line_tax *tax = &line->taxes[i];
        if (tax->kind == PN_TAX_ADDED) {
            bool of_rate = tax->amount == PN_MILLIONTHS_NONE;
            rates += of_rate ? tax->rate_ppm : 0;
            stated += of_rate ? 0 : tax->amount;
            last = of_rate ? tax : last;
        }
    }
    bool good = pn_amount_scale(total - stated, 1000000, 1000000 + rates, &line->net) == PN_OK;
    int64_t left = total - stated - line->net;
    for (size_t i = 0; i < line->tax_count && last != NULL; i++) {
        pn_line_tax *tax = &line->taxes[i];
        if (tax->kind == PN_TAX_ADDED && tax->amount == PN_MILLIONTHS_NONE && tax != last) {
            good &= pn_amount_scale(line->net, tax->rate_ppm, 1000000, &tax->amount) == PN_OK;
            left -= tax->amount;
        }
    }
    if (last != NULL) {
        last->amount = left;
    }
    assert(good); /* amounts that could be read, made smaller */
}

static bool read_net(pn_importer *importer, const group *of, pn_bill_line *line) {
    pn_currency currency = of->invoice.item.currency;
    int64_t total = 0, computed = 0;
    bool priced = line->quantity != PN_MILLIONTHS_NONE && line->unit_price != PN_MILLIONTHS_NONE;
    if (priced && pn_bill_line_net(line, of->invoice.item.scale, &computed) != PN_OK) {
        pn_import_refuse(importer, "unit_price", pn_import_value(importer, "unit_price"),
                         "quantity × unit price is larger than any amount Puntual keeps");
        return false;
    }
    if (pn_import_value(importer, "amount").len != 0) {
        return pn_import_amount(importer, "amount", true, currency, 0, &line->net) &&
               (!priced || check_product(importer, of, line, computed)) &&
               read_taxes(importer, of, line);
    }
    line->net = computed;
    if (pn_import_value(importer, "total").len != 0) {
        if (!pn_import_amount(importer, "total", true, currency, 0, &total) ||
            !read_taxes(importer, of, line)) {
            return false;
        }
        net_of_total(line, total);
        return true;
    }
    if (!priced) {
        pn_import_refuse(importer, "amount", PN_STR(""),
                         "neither amount nor total is given, nor quantity and unit price");
        return false;
    }
    return read_taxes(importer, of, line);
}

static bool read_line(pn_importer *importer, const group *of, pn_bill_line *line) {
    pn_currency currency = of->invoice.item.currency;
    static const pn_currency NO_MONEY;
    bool good =
        pn_import_whole(importer, "line", 1, INT32_MAX, (int64_t)of->count + 1, &line->number);
    good &= pn_import_text(importer, "sku", false, 100, &line->sku);
    good &= pn_import_text(importer, "description", false, 1000, &line->description);
    good &= pn_import_text(importer, "product", false, 200, &line->product);
    good &= pn_import_millionths(importer, "quantity", NO_MONEY, &line->quantity);
    good &= pn_import_millionths(importer, "unit_price", currency, &line->unit_price);
    good &= pn_import_percent(importer, "discount", &line->discount_ppm);
    good &= pn_import_amount(importer, "discount_amount", false, currency, 0, &line->discount);
    if (line->discount_ppm == PN_MILLIONTHS_NONE) {
        line->discount_ppm = 0;
    }
    if (line->description.len == 0) {
        line->description = line->product;
    } else if (line->product.len == 0) {
        line->product = pn_str_first(line->description, pn_utf8_prefix(line->description, 100));
    }
    return good && read_net(importer, of, line);
}

static pn_err stage(pn_importer *importer, void *context) {
    stage_area *area = context;
    group *of = NULL;
    staged row = {.file_line = importer->line};
    PN_TRY(find_group(importer, area, &of));
    if (of == NULL) {
        return PN_OK;
    }
    if (!read_line(importer, of, &row.line) || importer->row_bad) {
        of->bad = true;
        return PN_OK;
    }
    if (of->count == PN_LIMIT_INVOICE_LINES) {
        pn_import_refuse(importer, "invoice", of->invoice.item.number,
                         "an invoice has at most %d lines", PN_LIMIT_INVOICE_LINES);
        of->bad = true;
        return PN_OK;
    }
    of->rows = pn_arena_grow(importer->arena, of->rows, of->count, &of->capacity, sizeof *of->rows);
    of->rows[of->count++] = row;
    return PN_OK;
}

/* ── checking ────────────────────────────────────────────────────────────────────────────────── */

static int by_number(const void *a, const void *b) {
    const staged *x = a;
    const staged *y = b;
    if (x->line.number != y->line.number) {
        return x->line.number < y->line.number ? -1 : 1;
    }
    return (x->file_line > y->file_line) - (x->file_line < y->file_line);
}

static void number_lines(pn_importer *importer, group *of) {
    pn_sort(of->rows, of->count, sizeof *of->rows, by_number, importer->arena);
    for (size_t i = 1; i < of->count; i++) {
        if (of->rows[i].line.number == of->rows[i - 1].line.number) {
            importer->line = of->rows[i].file_line;
            pn_import_refuse(
                importer, "line",
                pn_str_format(&importer->row_arena, "%lld", (long long)of->rows[i].line.number),
                "this line of invoice %.*s stands twice in the file",
                PN_STR_ARG(of->invoice.item.number));
            of->bad = true;
        }
    }
}

static void refuse_sum(pn_importer *importer, const group *of, const pn_bill_sums *sums) {
    pn_currency currency = of->invoice.item.currency;
    pn_str net = amount_words(importer, sums->net, currency);
    pn_str added = amount_words(importer, sums->added, currency);
    pn_str withheld = amount_words(importer, sums->withheld, currency);
    pn_str total = amount_words(importer, sums->total, currency);
    pn_str amount = amount_words(importer, of->invoice.item.amount, currency);
    importer->line = of->file_line;
    pn_import_refuse(importer, "invoice", of->invoice.item.number,
                     "its lines come to %.*s (%.*s, taxes %.*s, withheld %.*s), the invoice to "
                     "%.*s %s; correct them, or import with --informative",
                     PN_STR_ARG(total), PN_STR_ARG(net), PN_STR_ARG(added), PN_STR_ARG(withheld),
                     PN_STR_ARG(amount), currency.code);
}

/* The bill of a group, on the report's arena; false when it was refused. */
static bool make_bill(pn_importer *importer, group *of, pn_bill *ret_bill) {
    pn_bill bill = {.lines = pn_arena_array(importer->arena, pn_bill_line, of->count + 1),
                    .line_count = of->count};
    pn_bill_sums sums = {0};
    for (size_t i = 0; i < of->count; i++) {
        bill.lines[i] = of->rows[i].line;
    }
    if (pn_bill_sum(&bill, of->invoice.item.amount, importer->arena, &sums) != PN_OK) {
        importer->line = of->file_line;
        pn_import_refuse(importer, "invoice", of->invoice.item.number,
                         "its lines come to more than any amount Puntual keeps");
        return false;
    }
    if (!sums.fits && !importer->request->informative) {
        refuse_sum(importer, of, &sums);
        return false;
    }
    pn_import_count(importer, of->invoice.item.currency, sums.net, sums.total);
    *ret_bill = bill;
    return true;
}

/* ── writing ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err write_bill(pn_importer *importer, group *of, const pn_bill *bill,
                         const pn_bill *before) {
    pn_app *app = importer->app;
    char id[PN_ID_TEXT_SIZE];
    pn_invoice_row *row = &of->invoice;
    PN_TRY(pn_bill_put(app->db, app->org.id, row->debtor_id, row->item.id, bill,
                       &importer->row_arena));
    if ((row->flags & PN_INVOICE_HAS_LINES) == 0) {
        row->flags |= PN_INVOICE_HAS_LINES;
        PN_TRY(pn_invoice_update(app->db, row));
    }
    bool is_new = before->line_count == 0;
    importer->report->created += is_new ? (int64_t)bill->line_count : 0;
    importer->report->changed += is_new ? 0 : (int64_t)bill->line_count;
    pn_str body = pn_str_format(&importer->row_arena, "{\"invoice\":\"%s\",\"lines\":%zu}",
                                pn_id_text(PN_ID_INVOICE, row->item.id, id), bill->line_count);
    PN_TRY(pn_journal_debtor(app, row->debtor_id, PN_EVENT_INVOICE, body));
    return pn_books_touch(app, row->debtor_id, 0); /* rules may ask about lines */
}

static pn_err write_group(pn_importer *importer, group *of) {
    pn_bill bill, before;
    pn_arena_reset(&importer->row_arena);
    number_lines(importer, of);
    if (of->bad || !make_bill(importer, of, &bill)) {
        importer->report->skipped += (int64_t)of->count;
        return PN_OK;
    }
    PN_TRY(pn_bill_get(importer->app->db, of->invoice.debtor_id, of->invoice.item.id,
                       &importer->row_arena, &before));
    if (pn_bill_same(&bill, &before)) {
        importer->report->same += (int64_t)bill.line_count;
        return PN_OK;
    }
    return write_bill(importer, of, &bill, &before);
}

pn_err pn_import_lines(pn_importer *importer) {
    stage_area area = {.by_key = pn_table_on(importer->arena)};
    PN_TRY(pn_import_rows(importer, stage, &area));
    for (size_t i = 0; i < area.count; i++) {
        if (area.groups[i]->known) {
            PN_TRY(write_group(importer, area.groups[i]));
        }
        PN_TRY(pn_import_go_on(importer, true, (int64_t)i, (int64_t)area.count));
    }
    return PN_OK;
}
