#include "core/bill.h"

#include "base/banned.h"

enum { MILLION = 1000000 };

const char *pn_tax_kind_name(pn_tax_kind kind) {
    switch (kind) {
    case PN_TAX_ADDED: return "tax";
    case PN_TAX_WITHHELD: return "withholding";
    case PN_TAX_KINDS: break;
    }
    return "?";
}

/* ── names ───────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    char country[3];
    const char *added, *added_second, *withheld, *withheld_second;
} labels;

static const labels LABELS[] = {
    {"ES", "IVA", "Recargo de equivalencia", "Retención IRPF", "Otra retención"},
    {"MX", "IVA", "IEPS", "Retención ISR", "Retención IVA"},
    {"CO", "IVA", "Impuesto al consumo", "Retención en la fuente", "Retención de ICA"},
    {"CL", "IVA", "Impuesto adicional", "Retención", "Otra retención"},
    {"PE", "IGV", "ISC", "Retención", "Detracción"},
    {"AR", "IVA", "Percepción", "Retención", "Otra retención"},
    {"BR", "Impostos", "Outros impostos", "IRRF", "Outras retenções"},
    {"PT", "IVA", "Imposto do selo", "Retenção IRS", "Outra retenção"},
    {"US", "Sales tax", "Other tax", "Withholding", "Other withholding"},
    {"GB", "VAT", "Other tax", "Withholding", "Other withholding"},
    {"", "IVA", "Otro impuesto", "Retención", "Otra retención"},
};

pn_str pn_tax_label(pn_tax_kind kind, bool second, pn_str country) {
    const labels *found = LABELS;
    while (found->country[0] != '\0' && !pn_str_eq(pn_str_of(found->country), country)) {
        found++;
    }
    if (kind == PN_TAX_ADDED) {
        return pn_str_of(second ? found->added_second : found->added);
    }
    return pn_str_of(second ? found->withheld_second : found->withheld);
}

/* ── a line ──────────────────────────────────────────────────────────────────────────────────── */

static pn_err rounded(pn_int128 value, pn_int128 divisor, int64_t *ret_value) {
    pn_int128 magnitude = value < 0 ? -value : value;
    magnitude = (magnitude + divisor / 2) / divisor;
    if (magnitude > PN_AMOUNT_MAX) {
        return PN_LIMIT;
    }
    *ret_value = (int64_t)(value < 0 ? -magnitude : magnitude);
    return PN_OK;
}

pn_err pn_bill_line_net(const pn_bill_line *line, int32_t scale, int64_t *ret_net) {
    /* millionths of millionths of a major unit, so that only the end is rounded */
    pn_int128 gross = (pn_int128)line->quantity * line->unit_price;
    pn_int128 limit = (pn_int128)PN_AMOUNT_MAX * MILLION * MILLION;
    if (gross > limit || gross < -limit) {
        return PN_LIMIT;
    }
    pn_int128 left = gross / MILLION * (MILLION - line->discount_ppm) +
                     gross % MILLION * (MILLION - line->discount_ppm) / MILLION;
    int64_t net = 0;
    PN_TRY(rounded(left * scale, (pn_int128)MILLION * MILLION, &net));
    *ret_net = net - line->discount;
    return PN_OK;
}

/* A tax of a line from its rate, unless the file says what it is. */
static pn_err tax_of_line(const pn_bill_line *line, const pn_line_tax *tax, int64_t *ret_amount) {
    if (tax->amount != PN_MILLIONTHS_NONE) {
        *ret_amount = tax->amount;
        return PN_OK;
    }
    return pn_amount_scale(line->net, tax->rate_ppm, MILLION, ret_amount);
}

/* ── sums ────────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_tax_row *rows;
    int64_t *by_line; /* the row's amount when every line is rounded */
    bool *stated;     /* a line says the amount: the sum of lines it is */
    size_t count, capacity;
} groups;

static bool add(int64_t *sum, int64_t value) {
    return !__builtin_add_overflow(*sum, value, sum) && *sum <= PN_AMOUNT_MAX &&
           *sum >= -PN_AMOUNT_MAX;
}

static bool comes_before(const pn_tax_row *a, const pn_line_tax *b) {
    if (a->kind != b->kind) {
        return a->kind < b->kind;
    }
    return a->rate_ppm > b->rate_ppm ||
           (a->rate_ppm == b->rate_ppm && pn_str_cmp(a->label, b->label) <= 0);
}

static size_t group_of(groups *of, const pn_line_tax *tax) {
    size_t at = 0;
    for (; at < of->count && comes_before(&of->rows[at], tax); at++) {
        if (of->rows[at].kind == tax->kind && of->rows[at].rate_ppm == tax->rate_ppm &&
            pn_str_eq(of->rows[at].label, tax->label)) {
            return at;
        }
    }
    assert(of->count < of->capacity);
    size_t behind = of->count++ - at;
    memmove(&of->rows[at + 1], &of->rows[at], behind * sizeof *of->rows);
    memmove(&of->by_line[at + 1], &of->by_line[at], behind * sizeof *of->by_line);
    memmove(&of->stated[at + 1], &of->stated[at], behind * sizeof *of->stated);
    of->rows[at] = (pn_tax_row){.kind = tax->kind, .label = tax->label, .rate_ppm = tax->rate_ppm};
    of->by_line[at] = 0;
    of->stated[at] = false;
    return at;
}

static pn_err gather(const pn_bill *bill, groups *of, int64_t *ret_net) {
    int64_t net = 0;
    for (size_t i = 0; i < bill->line_count; i++) {
        const pn_bill_line *line = &bill->lines[i];
        if (!add(&net, line->net)) {
            return PN_LIMIT;
        }
        for (size_t j = 0; j < line->tax_count; j++) {
            int64_t amount = 0;
            PN_TRY(tax_of_line(line, &line->taxes[j], &amount));
            size_t at = group_of(of, &line->taxes[j]);
            of->stated[at] = of->stated[at] || line->taxes[j].amount != PN_MILLIONTHS_NONE;
            if (!add(&of->rows[at].base, line->net) || !add(&of->by_line[at], amount)) {
                return PN_LIMIT;
            }
        }
    }
    *ret_net = net;
    return PN_OK;
}

/* The rows' amounts in one of the two roundings, and what they come to. */
static pn_err fill(groups *of, int64_t net, bool of_lines, pn_bill_sums *ret_sums) {
    pn_bill_sums sums = {.net = net};
    for (size_t i = 0; i < of->count; i++) {
        pn_tax_row *row = &of->rows[i];
        row->amount = of->by_line[i];
        if (!of_lines && !of->stated[i]) {
            PN_TRY(pn_amount_scale(row->base, row->rate_ppm, MILLION, &row->amount));
        }
        if (!add(row->kind == PN_TAX_ADDED ? &sums.added : &sums.withheld, row->amount)) {
            return PN_LIMIT;
        }
    }
    *ret_sums = sums;
    return PN_OK;
}

static int64_t distance(int64_t a, int64_t b) {
    return a < b ? b - a : a - b;
}

/* Whether the invoice's amount is what is left after withholding, or before it, is read from the
 * amount itself: both are usual. */
static void compare(pn_bill_sums *sums, int64_t invoice_amount, size_t rows) {
    int64_t before = sums->net + sums->added;
    int64_t after = before - sums->withheld;
    sums->withheld_deducted =
        sums->withheld != 0 && distance(after, invoice_amount) <= distance(before, invoice_amount);
    sums->total = sums->withheld_deducted ? after : before;
    sums->exact = sums->total == invoice_amount;
    sums->fits = distance(sums->total, invoice_amount) <= (int64_t)rows;
}

/* Each line's share of the invoice's amount; what rounding leaves goes to the largest. */
static pn_err share(pn_bill *bill, const pn_bill_sums *sums, int64_t invoice_amount) {
    int64_t left = sums->fits ? invoice_amount : sums->total;
    size_t largest = 0;
    for (size_t i = 0; i < bill->line_count; i++) {
        pn_bill_line *line = &bill->lines[i];
        line->amount = line->net;
        line->tax_ppm = PN_MILLIONTHS_NONE;
        for (size_t j = 0; j < line->tax_count; j++) {
            int64_t amount = 0;
            const pn_line_tax *tax = &line->taxes[j];
            PN_TRY(tax_of_line(line, tax, &amount));
            if (tax->kind == PN_TAX_ADDED) {
                line->amount += amount;
                line->tax_ppm = line->tax_ppm == PN_MILLIONTHS_NONE ? tax->rate_ppm : line->tax_ppm;
            } else if (sums->withheld_deducted) {
                line->amount -= amount;
            }
        }
        left -= line->amount;
        largest =
            distance(line->amount, 0) > distance(bill->lines[largest].amount, 0) ? i : largest;
    }
    if (bill->line_count != 0) {
        bill->lines[largest].amount += left;
    }
    return PN_OK;
}

pn_err pn_bill_sum(pn_bill *bill, int64_t invoice_amount, pn_arena *arena, pn_bill_sums *ret_sums) {
    size_t most = bill->line_count * PN_LINE_TAXES + 1;
    groups of = {.rows = pn_arena_array(arena, pn_tax_row, most),
                 .by_line = pn_arena_array(arena, int64_t, most),
                 .stated = pn_arena_array(arena, bool, most),
                 .capacity = most};
    int64_t net = 0;
    pn_bill_sums of_sum, of_lines;
    PN_TRY(gather(bill, &of, &net));
    PN_TRY(fill(&of, net, true, &of_lines));
    compare(&of_lines, invoice_amount, bill->line_count + of.count);
    PN_TRY(fill(&of, net, false, &of_sum));
    compare(&of_sum, invoice_amount, bill->line_count + of.count);
    if (!of_sum.exact && of_lines.exact) {
        PN_TRY(fill(&of, net, true, &of_sum));
        of_sum = of_lines;
    }
    bill->taxes = of.rows;
    bill->tax_count = of.count;
    *ret_sums = of_sum;
    return share(bill, ret_sums, invoice_amount);
}

pn_err pn_bill_check(const pn_bill *bill, int64_t invoice_amount, pn_bill_sums *ret_sums) {
    pn_bill_sums sums = {0};
    bool good = true;
    for (size_t i = 0; i < bill->line_count; i++) {
        good = good && add(&sums.net, bill->lines[i].net);
    }
    for (size_t i = 0; i < bill->tax_count; i++) {
        const pn_tax_row *row = &bill->taxes[i];
        good = good && add(row->kind == PN_TAX_ADDED ? &sums.added : &sums.withheld, row->amount);
    }
    if (!good) {
        return PN_LIMIT;
    }
    compare(&sums, invoice_amount, bill->line_count + bill->tax_count);
    *ret_sums = sums;
    return PN_OK;
}
