/* The statement of an account: open invoices by age, amounts that are not asked for, what is to
 * pay, and the movements since a day. */
#include "base/banned.h"
#include "compose/document_int.h"
#include "compose/words.h"

static bool is_overdue(const pn_doc *doc, const pn_document_item *item) {
    return item->effective_due < doc->frame->today;
}

int64_t pn_document_statement_due(const pn_document_statement *statement) {
    int64_t sum = 0;
    for (size_t i = 0; i < statement->item_count; i++) {
        sum += statement->items[i].claimable;
    }
    return sum;
}

/* ── open invoices ───────────────────────────────────────────────────────────────────────────── */

static pn_str delay_of(const pn_doc *doc, const pn_document_item *item) {
    enum { DELAY_BYTES = 80 };
    pn_buf buf = {.ptr = pn_arena_alloc(doc->arena, DELAY_BYTES),
                  .capacity = DELAY_BYTES,
                  .max = DELAY_BYTES};
    pn_words_delay(&buf, pn_words_of(doc->frame->language, NULL),
                   doc->frame->today - item->effective_due);
    return pn_buf_str(&buf);
}

static void put_items(pn_doc *doc, const pn_document_statement *statement) {
    const pn_doc_column columns[] = {
        {pn_doc_word(doc, PN_DOC_INVOICE), false, true},
        {pn_doc_word(doc, PN_DOC_ISSUED_SHORT), false, false},
        {pn_doc_word(doc, PN_DOC_DUE), false, false},
        {pn_doc_word(doc, PN_DOC_DELAY), false, false},
        {pn_doc_word(doc, PN_DOC_AMOUNT), true, false},
        {pn_doc_word(doc, PN_DOC_OPEN), true, false},
    };
    int64_t open = 0;
    pn_doc_table_begin(doc, pn_doc_word(doc, PN_DOC_OPEN_INVOICES), columns, PN_COUNT(columns));
    for (size_t i = 0; i < statement->item_count; i++) {
        const pn_document_item *item = &statement->items[i];
        pn_str cells[] = {pn_doc_cell(doc, item->number),       pn_doc_day(doc, item->issued),
                          pn_doc_day(doc, item->effective_due), delay_of(doc, item),
                          pn_doc_money(doc, item->amount),      pn_doc_money(doc, item->open)};
        pn_doc_row(doc, cells, PN_COUNT(cells));
        open += item->open;
    }
    pn_doc_table_foot(doc);
    pn_str foot[] = {pn_doc_word(doc, PN_DOC_TOTAL), pn_doc_money(doc, open)};
    pn_doc_row(doc, foot, PN_COUNT(foot));
    pn_doc_table_end(doc);
}

/* ── what is not asked for ───────────────────────────────────────────────────────────────────── */

typedef struct {
    int64_t disputed, promised, planned, in_flight, claimable, overdue, open;
} sums;

static sums sums_of(const pn_doc *doc, const pn_document_statement *statement) {
    sums s = {0};
    for (size_t i = 0; i < statement->item_count; i++) {
        const pn_document_item *item = &statement->items[i];
        s.disputed += item->disputed;
        s.promised += item->promised;
        s.planned += item->planned;
        s.in_flight += item->in_flight;
        s.claimable += item->claimable;
        s.open += item->open;
        s.overdue += is_overdue(doc, item) ? item->claimable : 0;
    }
    return s;
}

static void put_held(pn_doc *doc, const pn_document_item *item, pn_str reason, int64_t amount) {
    if (amount > 0) {
        pn_str cells[] = {pn_doc_cell(doc, item->number), reason, pn_doc_money(doc, amount)};
        pn_doc_row(doc, cells, PN_COUNT(cells));
    }
}

static void put_all_held(pn_doc *doc, const pn_document_statement *statement) {
    const pn_doc_column columns[] = {
        {pn_doc_word(doc, PN_DOC_INVOICE), false, false},
        {pn_doc_word(doc, PN_DOC_REASON), false, true},
        {pn_doc_word(doc, PN_DOC_AMOUNT), true, false},
    };
    pn_doc_table_begin(doc, pn_doc_word(doc, PN_DOC_HELD_BACK), columns, PN_COUNT(columns));
    for (size_t i = 0; i < statement->item_count; i++) {
        const pn_document_item *item = &statement->items[i];
        pn_str promised = pn_doc_word(doc, PN_DOC_PROMISED);
        if (item->promise_due != PN_DATE_NONE) {
            promised = pn_doc_say(doc, PN_DOC_PROMISED_FOR, pn_doc_day(doc, item->promise_due),
                                  PN_STR_NONE);
        }
        put_held(doc, item, pn_doc_word(doc, PN_DOC_DISPUTED), item->disputed);
        put_held(doc, item, promised, item->promised);
        put_held(doc, item, pn_doc_word(doc, PN_DOC_PLANNED), item->planned);
        put_held(doc, item, pn_doc_word(doc, PN_DOC_IN_FLIGHT), item->in_flight);
    }
    if (statement->unapplied > 0) {
        pn_str cells[] = {PN_STR("—"), pn_doc_word(doc, PN_DOC_UNAPPLIED),
                          pn_doc_money(doc, statement->unapplied)};
        pn_doc_row(doc, cells, PN_COUNT(cells));
    }
    pn_doc_table_end(doc);
}

/* ── ageing ──────────────────────────────────────────────────────────────────────────────────── */

enum { AGES = 6 };

/* The last day of each age; those past it are in the next. */
static const int32_t AGE_DAYS[AGES] = {0, 30, 60, 90, 120, INT32_MAX};

static pn_str age_title(const pn_doc *doc, size_t age) {
    if (age == 0) {
        return pn_doc_word(doc, PN_DOC_NOT_DUE);
    }
    pn_str from = pn_str_format(doc->arena, "%d", (int)AGE_DAYS[age - 1] + 1);
    if (age == AGES - 1) {
        pn_str over = pn_str_format(doc->arena, "%d", (int)AGE_DAYS[age - 1]);
        return pn_doc_say(doc, PN_DOC_DAYS_OVER, over, PN_STR_NONE);
    }
    return pn_doc_say(doc, PN_DOC_DAYS_TO, from,
                      pn_str_format(doc->arena, "%d", (int)AGE_DAYS[age]));
}

static void put_ageing(pn_doc *doc, const pn_document_statement *statement) {
    pn_doc_column columns[AGES];
    int64_t amounts[AGES] = {0};
    pn_str cells[AGES];
    for (size_t i = 0; i < statement->item_count; i++) {
        int32_t days = doc->frame->today - statement->items[i].effective_due;
        size_t age = 0;
        while (days > AGE_DAYS[age]) {
            age++;
        }
        amounts[age] += statement->items[i].open;
    }
    for (size_t age = 0; age < AGES; age++) {
        columns[age] = (pn_doc_column){age_title(doc, age), true, false};
        cells[age] = pn_doc_money(doc, amounts[age]);
    }
    pn_doc_table_begin(doc, pn_doc_word(doc, PN_DOC_AGEING), columns, AGES);
    pn_doc_row(doc, cells, AGES);
    pn_doc_table_end(doc);
}

/* ── movements ───────────────────────────────────────────────────────────────────────────────── */

static pn_str entry_words(const pn_doc *doc, const pn_document_movement *movement) {
    static const pn_doc_key WORDS[PN_ENTRIES] = {
        [PN_ENTRY_CHARGE] = PN_DOC_ENTRY_CHARGE,
        [PN_ENTRY_PAYMENT] = PN_DOC_ENTRY_PAYMENT,
        [PN_ENTRY_CREDIT] = PN_DOC_ENTRY_CREDIT,
        [PN_ENTRY_FEE] = PN_DOC_ENTRY_FEE,
        [PN_ENTRY_INTEREST] = PN_DOC_ENTRY_INTEREST,
        [PN_ENTRY_DISCOUNT] = PN_DOC_ENTRY_DISCOUNT,
        [PN_ENTRY_WITHHOLDING] = PN_DOC_ENTRY_WITHHOLDING,
        [PN_ENTRY_WRITE_OFF] = PN_DOC_ENTRY_WRITE_OFF,
        [PN_ENTRY_FX] = PN_DOC_ENTRY_FX,
        [PN_ENTRY_CANCEL] = PN_DOC_ENTRY_CANCEL,
    };
    assert(movement->kind < PN_ENTRIES);
    pn_str name = pn_doc_word(doc, WORDS[movement->kind]);
    return movement->reversal ? pn_doc_say(doc, PN_DOC_REVERSED, name, PN_STR_NONE) : name;
}

static void put_movement(pn_doc *doc, const pn_document_movement *movement, int64_t balance) {
    int64_t amount = movement->amount;
    pn_str cells[] = {pn_doc_day(doc, movement->on),
                      entry_words(doc, movement),
                      pn_doc_cell(doc, movement->number),
                      amount > 0 ? pn_doc_money(doc, amount) : PN_STR_NONE,
                      amount <= 0 ? pn_doc_money(doc, -amount) : PN_STR_NONE,
                      pn_doc_money(doc, balance)};
    pn_doc_row(doc, cells, PN_COUNT(cells));
}

static void put_movements(pn_doc *doc, const pn_document_statement *statement) {
    const pn_doc_column columns[] = {
        {pn_doc_word(doc, PN_DOC_DATE), false, false},
        {pn_doc_word(doc, PN_DOC_ITEM), false, true},
        {pn_doc_word(doc, PN_DOC_NUMBER), false, false},
        {pn_doc_word(doc, PN_DOC_DEBIT), true, false},
        {pn_doc_word(doc, PN_DOC_CREDIT), true, false},
        {pn_doc_word(doc, PN_DOC_CLOSING), true, false},
    };
    int64_t balance = statement->opening;
    pn_str title =
        pn_doc_say(doc, PN_DOC_MOVEMENTS, pn_doc_day(doc, statement->since), PN_STR_NONE);
    pn_doc_table_begin(doc, title, columns, PN_COUNT(columns));
    pn_str first[] = {pn_doc_day(doc, statement->since),
                      pn_doc_word(doc, PN_DOC_OPENING),
                      PN_STR_NONE,
                      PN_STR_NONE,
                      PN_STR_NONE,
                      pn_doc_money(doc, balance)};
    pn_doc_row(doc, first, PN_COUNT(first));
    for (size_t i = 0; i < statement->movement_count; i++) {
        balance += statement->movements[i].amount;
        put_movement(doc, &statement->movements[i], balance);
    }
    pn_doc_table_end(doc);
}

/* ── the whole ───────────────────────────────────────────────────────────────────────────────── */

static void put_due(pn_doc *doc, const sums *s) {
    pn_str note =
        pn_doc_say(doc, PN_DOC_CALCULATED, pn_doc_long_day(doc, doc->frame->today), PN_STR_NONE);
    int64_t apart = s->open - s->claimable;
    if (s->claimable <= 0) {
        pn_doc_text(doc, pn_doc_word(doc, PN_DOC_NOTHING_DUE));
        return;
    }
    if (s->overdue != 0 && s->overdue != s->claimable) {
        pn_str words =
            pn_doc_say(doc, PN_DOC_OF_IT_OVERDUE, pn_doc_money(doc, s->overdue), PN_STR_NONE);
        note = pn_str_format(doc->arena, "%.*s\n%.*s", PN_STR_ARG(note), PN_STR_ARG(words));
    }
    if (apart > 0) {
        pn_str words = pn_doc_say(doc, PN_DOC_NOT_INCLUDED, pn_doc_money(doc, apart), PN_STR_NONE);
        note = pn_str_format(doc->arena, "%.*s\n%.*s", PN_STR_ARG(note), PN_STR_ARG(words));
    }
    pn_doc_amount(doc, pn_doc_word(doc, PN_DOC_TO_PAY_NOW), pn_doc_money(doc, s->claimable), note);
}

pn_err pn_document_statement_write(const pn_document_frame *frame,
                                   const pn_document_statement *statement, pn_arena *arena,
                                   pn_buf *out) {
    pn_doc doc = pn_doc_on(frame, statement->currency, arena, out);
    sums s = sums_of(&doc, statement);
    pn_doc_begin(&doc, pn_doc_word(&doc, PN_DOC_STATEMENT), PN_DOCUMENT_NO_WINDOW);
    pn_doc_meta_begin(&doc);
    pn_doc_meta(&doc, PN_DOC_DATE, pn_doc_day(&doc, frame->today));
    pn_doc_meta(&doc, PN_DOC_CUSTOMER, frame->customer);
    pn_doc_blocks_begin(&doc);
    put_due(&doc, &s);
    if (statement->item_count != 0) {
        put_items(&doc, statement);
    }
    if (s.disputed + s.promised + s.planned + s.in_flight + statement->unapplied > 0) {
        put_all_held(&doc, statement);
    }
    if (statement->item_count != 0) {
        put_ageing(&doc, statement);
    }
    if (statement->since != PN_DATE_NONE) {
        put_movements(&doc, statement);
    }
    if (s.claimable > 0) {
        pn_doc_pay(&doc, s.claimable, true);
    }
    pn_doc_code_note(&doc);
    return pn_doc_end(&doc, frame->creditor.name);
}
