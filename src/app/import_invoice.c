/* Invoices: staged in memory, resolved against the store in key order, written in debtor order. */
#include "app/import_int.h"

#include "app/allocations.h"
#include "app/books.h"
#include "app/rollup.h"
#include "base/banned.h"
#include "base/sort.h"
#include "base/utf8.h"
#include "store/run.h"

typedef struct {
    uint32_t debtor; /* index of the file's debtors */
    int32_t line;
    pn_str number, product, document;
    pn_date issued, due, portal_accepted;
    pn_currency currency;
    int32_t scale;
    int64_t amount;
    int64_t open; /* -1: not given */
    pn_attr *attrs;
    size_t attr_count;
    /* resolved */
    pn_id id;
    bool looked_up; /* id says whether it is there */
    bool is_new, changed;
    bool refused; /* late */
} staged;

typedef struct {
    pn_import_debtor *debtors;
    size_t debtor_count, debtor_capacity;
    staged *rows;
    size_t count, capacity;
    pn_table debtor_by_key; /* creditor and key → index + 1 */
    pn_table seen;          /* creditor and number */
    bool has_open;
    /* for the row before, which is often of the same debtor */
    pn_str last_key;
    uint32_t last_debtor;
    const pn_creditor_row *last_creditor;
} stage_area;

/* ── staging ─────────────────────────────────────────────────────────────────────────────────── */

static pn_str compound_key(pn_arena *arena, const pn_creditor_row *creditor, pn_str key) {
    char *text = pn_arena_alloc(arena, key.len + 9);
    memcpy(text, &creditor->id, 8);
    if (key.len != 0) {
        memcpy(text + 8, key.ptr, key.len);
    }
    return (pn_str){text, key.len + 8};
}

/* Where the rows before had no address to write to, this one may. */
static bool complete_debtor(pn_importer *importer, pn_import_debtor *debtor) {
    return debtor->email.len != 0 || pn_import_read_email(importer, &debtor->email);
}

/* The debtor of the row. Its details are those of the first good row that names it, its address
 * that of the first that has one. A new one stands behind the counted ones until its row is found
 * to be good. */
static bool stage_debtor(pn_importer *importer, stage_area *area, uint32_t *ret_index) {
    const pn_creditor_row *creditor = pn_import_creditor(importer);
    if (creditor == NULL) {
        return false;
    }
    pn_str raw_key = pn_import_value(importer, "debtor");
    if (creditor == area->last_creditor && raw_key.len != 0 && pn_str_eq(raw_key, area->last_key)) {
        *ret_index = area->last_debtor;
        return complete_debtor(importer, &area->debtors[*ret_index]);
    }
    pn_str key = compound_key(&importer->row_arena, creditor, raw_key);
    uintptr_t found = raw_key.len == 0 ? 0 : (uintptr_t)pn_table_get(&area->debtor_by_key, key);
    if (found != 0) {
        *ret_index = (uint32_t)(found - 1);
        return complete_debtor(importer, &area->debtors[*ret_index]);
    }
    pn_import_debtor debtor;
    if (!pn_import_read_debtor(importer, creditor, true, &debtor)) {
        return false;
    }
    area->debtors = pn_arena_grow(importer->arena, area->debtors, area->debtor_count,
                                  &area->debtor_capacity, sizeof *area->debtors);
    area->debtors[area->debtor_count] = debtor;
    *ret_index = (uint32_t)area->debtor_count;
    return true;
}

/* Of a row that is refused none is made. */
static void keep_debtor(pn_importer *importer, stage_area *area, uint32_t index) {
    const pn_import_debtor *debtor = &area->debtors[index];
    if (index == area->debtor_count) {
        pn_str key = compound_key(&importer->row_arena, debtor->creditor, debtor->key);
        area->debtor_count++;
        (void)pn_table_put(&area->debtor_by_key, key, (void *)(uintptr_t)area->debtor_count);
    }
    area->last_debtor = index;
    area->last_key = debtor->key;
    area->last_creditor = debtor->creditor;
}

static bool read_currency(pn_importer *importer, pn_currency *ret_currency) {
    pn_str text = pn_import_value(importer, "currency");
    if (text.len == 0) {
        text = importer->request->currency;
    }
    if (text.len == 0) {
        text = importer->app->org.currency;
    }
    if (pn_currency_parse(text, ret_currency) != PN_OK) {
        pn_import_refuse(importer, "currency", text, "this is no currency code");
        return false;
    }
    return true;
}

static bool read_amounts(pn_importer *importer, stage_area *area, staged *row) {
    if (!read_currency(importer, &row->currency) ||
        !pn_import_amount(importer, "amount", true, row->currency, 0, &row->amount)) {
        return false;
    }
    if (row->amount <= 0) {
        pn_import_refuse(importer, "amount", pn_import_value(importer, "amount"),
                         "an invoice's amount is positive; credit notes are entered with "
                         "`puntual credit add`");
        return false;
    }
    if (!pn_import_amount(importer, "open", false, row->currency, -1, &row->open)) {
        return false;
    }
    if (row->open > row->amount || row->open < -1) {
        pn_import_refuse(importer, "open", pn_import_value(importer, "open"),
                         "what is open lies between 0 and the amount");
        return false;
    }
    area->has_open = area->has_open || row->open >= 0;
    row->scale = pn_currency_unit(row->currency);
    return true;
}

static bool read_dates(pn_importer *importer, staged *row) {
    bool good = pn_import_date(importer, "issued", true, 0, &row->issued);
    good &= pn_import_date(importer, "due", true, 0, &row->due);
    good &= pn_import_date(importer, "portal_accepted", false, PN_DATE_NONE, &row->portal_accepted);
    if (good && row->due < row->issued) {
        pn_import_refuse(importer, "due", pn_import_value(importer, "due"),
                         "it is due before it is issued; is the date format %.*s right?",
                         PN_STR_ARG(importer->date_format));
        return false;
    }
    return good;
}

/* Messages read the document later, and by a program that may be started in any folder. */
static pn_str from_folder(pn_importer *importer, pn_str path) {
    pn_str folder = importer->request->folder;
    if (path.len == 0 || path.ptr[0] == '/' || folder.len == 0) {
        return path;
    }
    return pn_str_format(importer->arena, "%.*s/%.*s", PN_STR_ARG(folder), PN_STR_ARG(path));
}

static pn_err stage(pn_importer *importer, void *context) {
    stage_area *area = context;
    staged row = {.line = (int32_t)importer->line, .portal_accepted = PN_DATE_NONE, .open = -1};
    bool good = stage_debtor(importer, area, &row.debtor);
    good &= pn_import_text(importer, "external_id", true, PN_LIMIT_EXTERNAL_ID_BYTES, &row.number);
    good &= pn_import_text(importer, "product", false, 200, &row.product);
    good &= pn_import_text(importer, "document", false, 1000, &row.document);
    row.document = from_folder(importer, row.document);
    good &= read_dates(importer, &row);
    good &= read_amounts(importer, area, &row);
    row.attrs = pn_import_attributes(importer, PN_STR("attr."), &row.attr_count);
    if (!good || importer->row_bad) {
        return PN_OK;
    }
    pn_str key = compound_key(&importer->row_arena, area->debtors[row.debtor].creditor, row.number);
    if (pn_table_put(&area->seen, key, area) != NULL) {
        pn_import_refuse(importer, "external_id", row.number,
                         "this invoice stands twice in the file");
        return PN_OK;
    }
    keep_debtor(importer, area, row.debtor);
    pn_import_count(importer, row.currency, row.amount, row.open >= 0 ? row.open : row.amount);
    area->rows = pn_arena_grow(importer->arena, area->rows, area->count, &area->capacity,
                               sizeof *area->rows);
    area->rows[area->count++] = row;
    return PN_OK;
}

/* ── resolving and writing ───────────────────────────────────────────────────────────────────── */

static pn_date effective_due(const pn_import_debtor *debtor, const staged *row) {
    pn_due_rules rules = {.payment_days = debtor->row.payment_days,
                          .closed_months = debtor->row.closed_months,
                          .portal_accepted = row->portal_accepted,
                          .calendar = &debtor->calendar};
    return pn_effective_due(row->due, row->issued, &rules);
}

static pn_err put_attributes(pn_importer *importer, const pn_import_debtor *debtor,
                             const staged *row) {
    for (size_t i = 0; i < row->attr_count; i++) {
        PN_TRY(pn_attribute_put(importer->app->db, importer->app->org.id, debtor->id, row->id,
                                &row->attrs[i]));
    }
    return PN_OK;
}

static pn_err charge(pn_importer *importer, const pn_invoice_row *invoice, pn_entry_kind kind,
                     int64_t amount, pn_str note) {
    pn_app *app = importer->app;
    pn_ledger_row entry = {.debtor_id = invoice->debtor_id,
                           .invoice_id = invoice->item.id,
                           .id = pn_app_id(app),
                           .org_id = app->org.id,
                           .kind = kind,
                           .amount = amount,
                           .at = pn_app_now(app),
                           .recorded_at = pn_env_now(app->env),
                           .actor = pn_str_of(app->actor),
                           .note = note};
    pn_rollup_charge(app, invoice, &entry);
    return pn_ledger_insert(app->db, &entry);
}

/* A new invoice needs no fold: its charge, less what the ERP says was paid already. */
static pn_err write_new(pn_importer *importer, const pn_import_debtor *debtor, pn_id account_id,
                        staged *row) {
    pn_app *app = importer->app;
    int64_t open = row->open >= 0 ? row->open : row->amount;
    row->id = pn_app_id(app);
    pn_invoice_row invoice = {
        .debtor_id = debtor->id,
        .org_id = app->org.id,
        .creditor_id = debtor->creditor->id,
        .account_id = account_id,
        .product = row->product,
        .document = row->document,
        .flags = row->attr_count != 0 ? PN_INVOICE_HAS_ATTRS : 0,
        .portal_accepted = row->portal_accepted,
        .paid_reported_until = PN_DATE_NONE,
        .import_id = importer->import_id,
        .created_at = pn_app_now(app),
        .item = {.id = row->id,
                 .number = row->number,
                 .number_fold = pn_utf8_fold(&importer->row_arena, row->number, false),
                 .product = pn_utf8_fold(&importer->row_arena, row->product, false),
                 .currency = row->currency,
                 .scale = row->scale,
                 .issued = row->issued,
                 .due = row->due,
                 .effective_due = effective_due(debtor, row),
                 .amount = row->amount,
                 .open = open,
                 .claimable = open,
                 .closed = open == 0 ? PN_CLOSED_PAID : PN_CLOSED_NOT,
                 .closed_at = open == 0 ? pn_app_now(app) : PN_TIME_NONE,
                 .reopened_at = PN_TIME_NONE},
    };
    PN_TRY(pn_invoice_insert(app->db, &invoice));
    PN_TRY(charge(importer, &invoice, PN_ENTRY_CHARGE, row->amount, PN_STR_NONE));
    if (open != row->amount) {
        PN_TRY(charge(importer, &invoice, PN_ENTRY_PAYMENT, open - row->amount,
                      PN_STR("paid before the import")));
    }
    return put_attributes(importer, debtor, row);
}

static pn_err correction_event(pn_importer *importer, pn_id debtor_id,
                               const pn_invoice_row *invoice, const staged *row) {
    char id[PN_ID_TEXT_SIZE], due[PN_DATE_ISO_SIZE];
    pn_str body =
        pn_str_format(&importer->row_arena,
                      "{\"amount\":%lld,\"currency\":\"%s\",\"due\":\"%s\",\"invoice\":\"%s\"}",
                      (long long)row->amount, row->currency.code, pn_date_iso(row->due, due),
                      pn_id_text(PN_ID_INVOICE, invoice->item.id, id));
    return pn_journal_debtor(importer->app, debtor_id, PN_EVENT_INVOICE, body);
}

/* The ERP's correction of an invoice we know: dates and texts are put right; another amount or open
 * amount becomes an entry of its own, for the ledger is never changed. */
static pn_err write_change(pn_importer *importer, const pn_import_debtor *debtor, staged *row,
                           pn_invoice_row *invoice) {
    pn_app *app = importer->app;
    pn_arena *arena = &importer->row_arena;
    pn_str fold = pn_utf8_fold(arena, row->product, false);
    pn_date effective = effective_due(debtor, row);
    bool described = invoice->item.issued == row->issued && invoice->item.due == row->due &&
                     invoice->item.effective_due == effective &&
                     pn_str_eq(invoice->product, row->product) &&
                     pn_str_eq(invoice->document, row->document);
    if (!described) {
        PN_TRY(pn_rollup_redate(app, invoice, row->issued, effective, arena));
        invoice->item.issued = row->issued;
        invoice->item.due = row->due;
        invoice->item.effective_due = effective;
        invoice->product = row->product;
        invoice->item.product = fold;
        invoice->document = row->document;
        invoice->portal_accepted = row->portal_accepted;
        PN_TRY(pn_invoice_update(app->db, invoice));
        row->changed = true;
    }
    if (invoice->item.amount != row->amount) {
        int64_t difference = row->amount - invoice->item.amount;
        PN_TRY(pn_books_entry(app, invoice, PN_ENTRY_CHARGE, 0, difference, 0, pn_app_now(app),
                              PN_STR("amount corrected by the ERP"), arena));
        pn_stmt *q = pn_db_stmt(
            app->db, "UPDATE invoice SET amount_minor = $3 WHERE debtor_id = $1 AND id = $2");
        pn_bind_int(q, 1, invoice->debtor_id);
        pn_bind_int(q, 2, invoice->item.id);
        pn_bind_int(q, 3, row->amount);
        PN_TRY(pn_stmt_run(q, NULL));
        if (difference < 0) {
            PN_TRY(
                pn_invoice_free_excess(app, invoice, PN_STR("amount corrected by the ERP"), arena));
        }
        row->changed = true;
    }
    int64_t principal = invoice->item.open - invoice->item.charges;
    if (row->open >= 0 && row->open != principal) {
        PN_TRY(pn_books_entry(app, invoice,
                              row->open < principal ? PN_ENTRY_PAYMENT : PN_ENTRY_CHARGE, 0,
                              row->open - principal, 0, pn_app_now(app),
                              row->open < principal ? PN_STR("paid, says the ERP")
                                                    : PN_STR("open again, says the ERP"),
                              arena));
        row->changed = true;
    }
    return row->changed ? correction_event(importer, debtor->id, invoice, row) : PN_OK;
}

static void refuse_known(pn_importer *importer, const staged *row) {
    importer->line = row->line;
    pn_import_refuse(importer, "external_id", row->number,
                     "this invoice is known with another debtor or currency");
    pn_import_uncount(importer, row->currency, row->amount,
                      row->open >= 0 ? row->open : row->amount);
    importer->report->skipped++;
}

static pn_err write_row(pn_importer *importer, stage_area *area, staged *row, pn_id account_id) {
    pn_import_debtor *debtor = &area->debtors[row->debtor];
    pn_invoice_row invoice;
    pn_err err = PN_NOT_FOUND;
    if (row->looked_up ? row->id != 0 : !debtor->is_new) {
        err = pn_invoice_by_key(importer->app->db, debtor->creditor->id, row->number,
                                &importer->row_arena, &invoice);
    }
    if (err == PN_NOT_FOUND) {
        row->is_new = true;
        err = write_new(importer, debtor, account_id, row);
        /* the number may belong to another debtor of this creditor */
        if (err != PN_CONFLICT) {
            return err;
        }
        PN_TRY(pn_invoice_by_key(importer->app->db, debtor->creditor->id, row->number,
                                 &importer->row_arena, &invoice));
        row->is_new = false;
        err = PN_OK;
    }
    PN_TRY(err);
    if (invoice.debtor_id != debtor->id || !pn_currency_eq(invoice.item.currency, row->currency)) {
        refuse_known(importer, row);
        return PN_OK;
    }
    row->id = invoice.item.id;
    return write_change(importer, debtor, row, &invoice);
}

/* ── writing in debtor order: what stands together in the database is written together ───────── */

typedef struct {
    pn_id debtor;
    pn_currency currency;
    uint32_t row;
} order_key;

static int by_debtor(const void *a, const void *b) {
    const order_key *x = a;
    const order_key *y = b;
    if (x->debtor != y->debtor) {
        return x->debtor < y->debtor ? -1 : 1;
    }
    int order = memcmp(x->currency.code, y->currency.code, sizeof x->currency.code);
    return order != 0 ? order : (x->row > y->row) - (x->row < y->row);
}

static order_key *writing_order(pn_importer *importer, const stage_area *area) {
    order_key *keys = pn_arena_alloc(importer->arena, (area->count + 1) * sizeof *keys);
    for (size_t i = 0; i < area->count; i++) {
        keys[i] = (order_key){.debtor = area->debtors[area->rows[i].debtor].id,
                              .currency = area->rows[i].currency,
                              .row = (uint32_t)i};
    }
    pn_sort(keys, area->count, sizeof *keys, by_debtor, importer->arena);
    return keys;
}

/* The account of a new debtor is inserted once, with its sums. */
static void sum_new(pn_account_row *account, const pn_import_debtor *debtor, const staged *row) {
    int64_t open = row->open >= 0 ? row->open : row->amount;
    if (open == 0) {
        account->last_closed = PN_CLOSED_PAID;
        return;
    }
    pn_date due = effective_due(debtor, row);
    account->open += open;
    account->claimable += open;
    account->open_items++;
    account->claimable_items++;
    if (account->oldest_due == PN_DATE_NONE || due < account->oldest_due) {
        account->oldest_due = due;
    }
}

static pn_err write_group(pn_importer *importer, stage_area *area, const order_key *keys,
                          size_t count) {
    pn_app *app = importer->app;
    const staged *first = &area->rows[keys[0].row];
    pn_import_debtor *debtor = &area->debtors[first->debtor];
    pn_account_row account = {.debtor_id = debtor->id,
                              .id = pn_app_id(app),
                              .org_id = app->org.id,
                              .creditor_id = debtor->creditor->id,
                              .currency = first->currency,
                              .scale = first->scale,
                              .oldest_due = PN_DATE_NONE,
                              .chase_hold_until = PN_TIME_NONE};
    if (!debtor->is_new) {
        PN_TRY(pn_books_account(app, debtor->id, debtor->creditor->id, first->currency,
                                &importer->row_arena, &account));
    }
    bool touched = false;
    for (size_t i = 0; i < count; i++) {
        staged *row = &area->rows[keys[i].row];
        pn_arena_reset(&importer->row_arena);
        PN_TRY(write_row(importer, area, row, account.id));
        touched = touched || row->is_new || row->changed;
        if (debtor->is_new && row->is_new) { /* a row that is refused adds nothing */
            sum_new(&account, debtor, row);
        }
        importer->report->created += row->is_new;
        importer->report->changed += row->changed;
        importer->report->same += !row->is_new && !row->changed;
    }
    if (debtor->is_new) {
        return pn_account_insert(app->db, &account);
    }
    return touched ? pn_books_refresh(app, debtor->id, account.id, &importer->row_arena) : PN_OK;
}

/* On a server a question is a round trip. */
static pn_err look_up(pn_importer *importer, stage_area *area) {
    pn_key_lookup *lookup = pn_arena_new(importer->arena, pn_key_lookup);
    for (size_t at = 0; at < area->count; at += lookup->count) {
        staged *rows = area->rows + at;
        lookup->count = PN_MIN(area->count - at, (size_t)PN_KEYS_A_LOOKUP);
        for (size_t i = 0; i < lookup->count; i++) {
            lookup->creditors[i] = area->debtors[rows[i].debtor].creditor->id;
            lookup->keys[i] = rows[i].number;
        }
        PN_TRY(pn_invoice_keys_find(importer->app->db, lookup));
        for (size_t i = 0; i < lookup->count; i++) {
            rows[i].id = lookup->found[i];
            rows[i].looked_up = true;
        }
    }
    return PN_OK;
}

/* The number is taken by an invoice of another debtor, or in another currency. */
static pn_err check_taken(pn_importer *importer, const pn_import_debtor *debtor, staged *row) {
    pn_invoice_row known;
    pn_arena_reset(&importer->row_arena);
    pn_err err = row->looked_up && row->id == 0
                     ? PN_NOT_FOUND
                     : pn_invoice_by_key(importer->app->db, debtor->creditor->id, row->number,
                                         &importer->row_arena, &known);
    if (err != PN_OK) {
        return err == PN_NOT_FOUND ? PN_OK : err;
    }
    if (known.debtor_id != debtor->id || !pn_currency_eq(known.item.currency, row->currency)) {
        refuse_known(importer, row);
        row->refused = true;
    }
    return PN_OK;
}

/* What is refused leaves nothing: before a debtor is made or changed by a row, that row's number is
 * looked for. An import into a creditor without invoices asks nothing. */
static pn_err refuse_taken(pn_importer *importer, stage_area *area) {
    const pn_creditor_row *asked = NULL;
    bool any = false;
    for (size_t i = 0; i < area->count; i++) {
        const pn_import_debtor *debtor = &area->debtors[area->rows[i].debtor];
        if (debtor->creditor != asked) {
            asked = debtor->creditor;
            PN_TRY(pn_invoice_any(importer->app->db, asked->id, &any));
        }
        if (any && (debtor->is_new || debtor->changed)) {
            PN_TRY(check_taken(importer, debtor, &area->rows[i]));
        }
    }
    return PN_OK;
}

/* Takes refused rows out, and marks debtors of whom no other is left. */
static void drop_refused(pn_importer *importer, stage_area *area) {
    bool *wanted = pn_arena_array(importer->arena, bool, area->debtor_count + 1);
    size_t kept = 0;
    for (size_t i = 0; i < area->count; i++) {
        if (!area->rows[i].refused) {
            wanted[area->rows[i].debtor] = true;
            area->rows[kept++] = area->rows[i];
        }
    }
    for (size_t i = 0; i < area->debtor_count && kept != area->count; i++) {
        area->debtors[i].dropped = !wanted[i];
    }
    area->count = kept;
}

static pn_err write_all(pn_importer *importer, stage_area *area) {
    order_key *keys = writing_order(importer, area);
    for (size_t at = 0; at < area->count;) {
        size_t end = at + 1;
        while (end < area->count && keys[end].debtor == keys[at].debtor &&
               pn_currency_eq(keys[end].currency, keys[at].currency)) {
            end++;
        }
        PN_TRY(write_group(importer, area, keys + at, end - at));
        PN_TRY(pn_import_go_on(importer, true, (int64_t)end, (int64_t)area->count));
        at = end;
    }
    return PN_OK;
}

/* A file of invoices is fresh data: what was stale is not any more. */
static pn_err mark_fresh(pn_importer *importer, const stage_area *area) {
    pn_time now = pn_app_now(importer->app);
    bool may_be_stale = false;
    for (size_t i = 0; i < area->debtor_count; i++) {
        const pn_creditor_row *creditor = area->debtors[i].creditor;
        if (i == 0 || creditor != area->debtors[i - 1].creditor) {
            PN_TRY(pn_creditor_loaded(importer->app->db, creditor->id, now, PN_DATE_NONE));
            may_be_stale = may_be_stale || creditor->data_hours_max != 0;
        }
    }
    return may_be_stale
               ? pn_poke_held(importer->app->db, importer->app->org.id, importer->app->org.lane)
               : PN_OK;
}

pn_err pn_import_invoices(pn_importer *importer) {
    stage_area area = {.debtor_by_key = pn_table_on(importer->arena),
                       .seen = pn_table_on(importer->arena)};
    PN_TRY(pn_import_rows(importer, stage, &area));
    if (!pn_import_may_write(importer)) {
        return PN_OK;
    }
    PN_TRY(pn_import_resolve_debtors(importer, area.debtors, area.debtor_count));
    if (pn_db_is_shared(importer->app->db)) {
        PN_TRY(look_up(importer, &area));
    }
    PN_TRY(refuse_taken(importer, &area));
    if (!pn_import_may_write(importer)) {
        return PN_OK;
    }
    drop_refused(importer, &area);
    PN_TRY(pn_import_write_debtors(importer, area.debtors, area.debtor_count));
    for (size_t i = 0; i < area.debtor_count; i++) {
        PN_TRY(pn_import_link_parent(importer, &area.debtors[i]));
    }
    PN_TRY(write_all(importer, &area));
    return mark_fresh(importer, &area);
}
