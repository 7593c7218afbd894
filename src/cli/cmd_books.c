/* Commands on money and on what is taken out of what may be asked for. */
#include "app/allocations.h"
#include "app/lookup.h"
#include "base/banned.h"
#include "cli/cmd.h"

enum { INVOICES_MAX = 1000 };

/* Whom a command is about: from --debtor, or from the invoices it names. */
typedef struct {
    pn_id debtor_id;
    pn_account_row account;
    pn_id *invoices;
    size_t invoice_count;
    int64_t amount;
    pn_date date;
    pn_id id; /* of what was made */
} target;

/* "A-1,A-2": their ids; all of one debtor. */
static pn_err parse_invoices(pn_cli *cli, target *t) {
    pn_str rest = pn_cli_value(cli, "invoice"), part;
    if (rest.len == 0) {
        return PN_OK;
    }
    t->invoices = pn_arena_array(&cli->arena, pn_id, INVOICES_MAX);
    while (pn_str_split(&rest, ',', &part)) {
        pn_invoice_row row;
        if (t->invoice_count == INVOICES_MAX) {
            return pn_cli_usage(cli, "--invoice takes at most %d invoices.", INVOICES_MAX);
        }
        PN_TRY(pn_lookup_invoice(cli->app, pn_str_trim(part), &cli->arena, &row, &cli->diag));
        if (t->debtor_id != 0 && t->debtor_id != row.debtor_id) {
            return pn_diag_set(&cli->diag, PN_INVALID,
                               "Invoice %.*s is another debtor's than the one before.",
                               PN_STR_ARG(part));
        }
        t->debtor_id = row.debtor_id;
        t->invoices[t->invoice_count++] = row.item.id;
        t->account.id = row.account_id;
    }
    return PN_OK;
}

/* Debtor, account, invoices. */
static pn_err find_target(pn_cli *cli, target *t) {
    *t = (target){0};
    PN_TRY(parse_invoices(cli, t));
    if (pn_cli_given(cli, "debtor")) {
        pn_id debtor = 0;
        PN_TRY(pn_lookup_debtor(cli->app, pn_cli_value(cli, "debtor"),
                                pn_cli_value(cli, "creditor"), &debtor, &cli->diag));
        if (t->debtor_id != 0 && t->debtor_id != debtor) {
            return pn_diag_set(&cli->diag, PN_INVALID, "Those invoices are not that debtor's.");
        }
        t->debtor_id = debtor;
    }
    if (t->debtor_id == 0) {
        return pn_cli_usage(cli, "Say whose it is: --debtor ID or --invoice ID.");
    }
    if (t->account.id != 0) {
        pn_err err =
            pn_account_get(cli->app->db, t->debtor_id, t->account.id, &cli->arena, &t->account);
        return pn_app_fail(cli->app, err, &cli->diag);
    }
    return pn_lookup_account(cli->app, t->debtor_id, pn_cli_value(cli, "creditor"),
                             pn_cli_value(cli, "currency"), &cli->arena, &t->account, &cli->diag);
}

static pn_err need_amount(pn_cli *cli, target *t) {
    PN_TRY(pn_cli_amount(cli, "amount", t->account.currency, 0, &t->amount));
    return t->amount != 0 ? PN_OK : pn_cli_usage(cli, "--amount says how much.");
}

static pn_err need_due(pn_cli *cli, target *t) {
    PN_TRY(pn_cli_date(cli, "due", PN_DATE_NONE, &t->date));
    return t->date != PN_DATE_NONE ? PN_OK : pn_cli_usage(cli, "--due says for when.");
}

/* ── payments ────────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_PAYMENT_ADD_OPTIONS[] = {
    {"debtor", "ID", "who paid (deb_… or the ERP's key)"},
    {"invoice", "ID,…", "what it is for; else it is matched, oldest first at last"},
    {"amount", "AMOUNT", "how much, like 1234.50"},
    {"date", "DATE", "the day it was received (default today)"},
    {"at", "TIME", "the moment it was received (default now)"},
    {"creditor", "NAME", "whom, where the debtor owes several"},
    {"currency", "CODE", "in which currency, where the debtor owes in several"},
    {"id", "TEXT", "the bank's or ERP's key; the same one is not added twice"},
    {"method", "TEXT", "transfer, card, cash …"},
    {"reference", "TEXT", "what the payer wrote"},
    {NULL, NULL, NULL},
};

typedef struct {
    pn_payment_request request;
    pn_payment_result result;
} paying;

static pn_err pay(pn_cli *cli, void *context) {
    paying *p = context;
    return pn_books_pay(cli->app, &p->request, &cli->arena, &p->result, &cli->diag);
}

static pn_err print_payment(pn_cli *cli, const paying *p) {
    static const pn_column COLUMNS[] = {
        {"invoice", "Invoice", false},
        {"amount", "Settled", true},
        {"withheld", "Withheld", true},
        {"open", "Still open", true},
    };
    pn_out *out = &cli->out;
    const pn_allocation_plan *plan = &p->result.plan;
    pn_currency currency = p->request.amount.currency;
    pn_out_id(out, "id", "Payment", PN_ID_PAYMENT, p->result.payment_id);
    pn_out_bool(out, "existed", NULL, p->result.existed);
    if (p->result.existed) {
        pn_out_line(out, "It was known already: nothing changed.");
        return PN_OK;
    }
    pn_out_str(out, "currency", NULL, pn_str_of(currency.code));
    pn_out_amount(out, "amount", "Amount", p->request.amount);
    pn_out_str(out, "method", "Matched by", pn_str_of(pn_allocation_method_name(plan->method)));
    pn_out_bool(out, "ambiguous", NULL, plan->ambiguous);
    pn_out_amount(out, "unapplied", "Left over", (pn_money){plan->unapplied, currency});
    pn_out_table(out, "allocations", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < plan->count; i++) {
        pn_invoice_row row;
        pn_err err = pn_invoice_get(cli->app->db, plan->items[i].item, &cli->arena, &row);
        PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
        pn_cell_str(out, row.item.number);
        pn_cell_amount(out, (pn_money){plan->items[i].amount, currency});
        pn_cell_amount(out, (pn_money){plan->items[i].withheld, currency});
        pn_cell_amount(out, (pn_money){row.item.open, currency});
    }
    pn_out_table_end(out, "No invoice was settled by it.");
    return PN_OK;
}

pn_err pn_cmd_payment_add(pn_cli *cli) {
    target t;
    PN_TRY(find_target(cli, &t));
    PN_TRY(need_amount(cli, &t));
    paying p = {.request = {.debtor_id = t.debtor_id,
                            .creditor_id = t.account.creditor_id,
                            .amount = {t.amount, t.account.currency},
                            .external_id = pn_cli_value(cli, "id"),
                            .method = pn_cli_value(cli, "method"),
                            .reference = pn_cli_value(cli, "reference"),
                            .invoices = t.invoices,
                            .invoice_count = t.invoice_count}};
    PN_TRY(pn_cli_date(cli, "date", PN_DATE_NONE, &p.request.received));
    PN_TRY(pn_cli_time(cli, "at", cli->out.zone, PN_TIME_NONE, &p.request.at));
    PN_TRY(pn_cli_write(cli, pay, &p));
    return print_payment(cli, &p);
}

const pn_cli_option PN_REASON_OPTIONS[] = {
    {"reason", "TEXT", "why; it is kept"},
    {NULL, NULL, NULL},
};

static pn_err reverse(pn_cli *cli, void *context) {
    return pn_books_reverse(cli->app, *(const pn_id *)context, pn_cli_value(cli, "reason"),
                            &cli->arena, &cli->diag);
}

pn_err pn_cmd_payment_reverse(pn_cli *cli) {
    pn_id id = 0;
    PN_TRY(pn_lookup_id(PN_ID_PAYMENT, cli->args[0], &id, &cli->diag));
    PN_TRY(pn_cli_write(cli, reverse, &id));
    pn_out_id(&cli->out, "id", NULL, PN_ID_PAYMENT, id);
    pn_out_line(&cli->out, "The payment is taken back; what it had closed is open again.");
    return PN_OK;
}

const pn_cli_option PN_PAYMENT_ALLOCATE_OPTIONS[] = {
    {"invoice", "ID,ID…", "which invoices, in this order (default: the oldest open ones)"},
    {NULL, NULL, NULL},
};

static pn_err allocate(pn_cli *cli, void *context) {
    const target *t = context;
    return pn_payment_allocate(cli->app, t->id, t->invoices, t->invoice_count, &cli->arena,
                               &cli->diag);
}

pn_err pn_cmd_payment_allocate(pn_cli *cli) {
    target t = {0};
    PN_TRY(pn_lookup_id(PN_ID_PAYMENT, cli->args[0], &t.id, &cli->diag));
    PN_TRY(parse_invoices(cli, &t));
    PN_TRY(pn_cli_write(cli, allocate, &t));
    pn_out_id(&cli->out, "id", NULL, PN_ID_PAYMENT, t.id);
    pn_out_line(&cli->out, "What was left of the payment is applied.");
    return PN_OK;
}

const pn_cli_option PN_PAYMENT_DEALLOCATE_OPTIONS[] = {
    {"invoice", "ID,ID…", "from which invoices"},
    {"reason", "TEXT", "why; it is kept"},
    {NULL, NULL, NULL},
};

static pn_err deallocate(pn_cli *cli, void *context) {
    const target *t = context;
    return pn_payment_deallocate(cli->app, t->id, t->invoices, t->invoice_count,
                                 pn_cli_value(cli, "reason"), &cli->arena, &cli->diag);
}

pn_err pn_cmd_payment_deallocate(pn_cli *cli) {
    target t = {0};
    PN_TRY(pn_lookup_id(PN_ID_PAYMENT, cli->args[0], &t.id, &cli->diag));
    PN_TRY(parse_invoices(cli, &t));
    if (t.invoice_count == 0) {
        return pn_cli_usage(cli, "--invoice says from which invoices.");
    }
    PN_TRY(pn_cli_write(cli, deallocate, &t));
    pn_out_id(&cli->out, "id", NULL, PN_ID_PAYMENT, t.id);
    pn_out_line(&cli->out, "Those invoices are open again; the money is not applied until you say "
                           "to what (`puntual payment allocate`).");
    return PN_OK;
}

const pn_cli_option PN_PAYMENT_LIST_OPTIONS[] = {
    {"debtor", "ID", "whose payments"},
    {NULL, NULL, NULL},
};

pn_err pn_cmd_payment_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"id", "Payment", false},
        {"external_id", "Key", false},
        {"received", "Received", false},
        {"amount", "Amount", true},
        {"unapplied", "Not applied", true},
        {"method", "Method", false},
        {"reference", "Reference", false},
        {"reversed_at", "Taken back", false},
        {"currency", "", false},
    };
    pn_id debtor = 0;
    pn_payment_row *rows = NULL;
    size_t count = 0;
    if (!pn_cli_given(cli, "debtor")) {
        return pn_cli_usage(cli, "Say whose payments: --debtor ID.");
    }
    PN_TRY(
        pn_lookup_debtor(cli->app, pn_cli_value(cli, "debtor"), PN_STR_NONE, &debtor, &cli->diag));
    pn_err err = pn_payment_of_debtor(cli->app->db, debtor, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_table(&cli->out, "payments", COLUMNS, PN_COUNT(COLUMNS) - !cli->out.json);
    for (size_t i = 0; i < count; i++) {
        pn_cell_id(&cli->out, PN_ID_PAYMENT, rows[i].id);
        pn_cell_str(&cli->out, rows[i].external_id);
        pn_cell_date(&cli->out, rows[i].received);
        pn_cell_amount(&cli->out, (pn_money){rows[i].amount, rows[i].currency});
        pn_cell_amount(&cli->out, (pn_money){rows[i].unapplied, rows[i].currency});
        pn_cell_str(&cli->out, rows[i].method);
        pn_cell_str(&cli->out, rows[i].reference);
        pn_cell_time(&cli->out, rows[i].reversed_at);
        if (cli->out.json) {
            pn_cell_str(&cli->out, pn_str_of(rows[i].currency.code));
        }
    }
    pn_out_table_end(&cli->out, "This debtor has paid nothing yet.");
    return PN_OK;
}

/* ── what lowers an invoice ──────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_CREDIT_OPTIONS[] = {
    {"invoice", "ID", "which invoice"},
    {"amount", "AMOUNT", "how much (default: all that is open)"},
    {"kind", "credit|write_off|discount|withholding|cancel", "what it is (default credit)"},
    {"note", "TEXT", "why; it is kept"},
    {NULL, NULL, NULL},
};

typedef struct {
    pn_id invoice_id;
    pn_entry_kind kind;
    int64_t amount;
} lowering;

static pn_err lower(pn_cli *cli, void *context) {
    const lowering *l = context;
    return pn_books_lower(cli->app, l->invoice_id, l->kind, l->amount, pn_cli_value(cli, "note"),
                          &cli->arena, &cli->diag);
}

static pn_err print_invoice(pn_cli *cli, pn_id id) {
    pn_invoice_row row;
    pn_err err = pn_invoice_get(cli->app->db, id, &cli->arena, &row);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_str(&cli->out, "invoice", "Invoice", row.item.number);
    pn_out_str(&cli->out, "currency", NULL, pn_str_of(row.item.currency.code));
    pn_out_amount(&cli->out, "open", "Open", (pn_money){row.item.open, row.item.currency});
    pn_out_amount(&cli->out, "claimable", "To be asked for",
                  (pn_money){row.item.claimable, row.item.currency});
    return PN_OK;
}

pn_err pn_cmd_credit_add(pn_cli *cli) {
    pn_invoice_row row;
    pn_str kind = pn_cli_value(cli, "kind");
    lowering l = {.kind = kind.len == 0 ? PN_ENTRY_CREDIT : pn_entry_kind_of(kind)};
    if (l.kind == PN_ENTRIES || l.kind == PN_ENTRY_PAYMENT || pn_entry_sign(l.kind) >= 0) {
        return pn_cli_usage(cli, "--kind is credit, write_off, discount, withholding or cancel.");
    }
    if (!pn_cli_given(cli, "invoice")) {
        return pn_cli_usage(cli, "--invoice says which one.");
    }
    PN_TRY(
        pn_lookup_invoice(cli->app, pn_cli_value(cli, "invoice"), &cli->arena, &row, &cli->diag));
    PN_TRY(pn_cli_amount(cli, "amount", row.item.currency, 0, &l.amount));
    l.invoice_id = row.item.id;
    PN_TRY(pn_cli_write(cli, lower, &l));
    return print_invoice(cli, l.invoice_id);
}

/* ── promises ────────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_PROMISE_OPTIONS[] = {
    {"debtor", "ID", "who promised"},
    {"invoice", "ID,…", "for which invoices (default: all that may be asked for, oldest first)"},
    {"amount", "AMOUNT", "how much"},
    {"due", "DATE", "for when"},
    {"creditor", "NAME", "to whom, where the debtor owes several"},
    {"currency", "CODE", "in which currency, where the debtor owes in several"},
    {"source", "TEXT", "how it came: phone, reply, page … (default phone)"},
    {NULL, NULL, NULL},
};

static pn_err promise(pn_cli *cli, void *context) {
    target *t = context;
    pn_str source = pn_cli_given(cli, "source") ? pn_cli_value(cli, "source") : PN_STR("phone");
    return pn_books_promise(cli->app, t->debtor_id, t->account.id, t->amount, t->date, source,
                            t->invoices, t->invoice_count, &cli->arena, &t->id, &cli->diag);
}

pn_err pn_cmd_promise_add(pn_cli *cli) {
    target t;
    PN_TRY(find_target(cli, &t));
    PN_TRY(need_amount(cli, &t));
    PN_TRY(need_due(cli, &t));
    PN_TRY(pn_cli_write(cli, promise, &t));
    pn_out_id(&cli->out, "id", "Promise", PN_ID_PROMISE, t.id);
    pn_out_str(&cli->out, "currency", NULL, pn_str_of(t.account.currency.code));
    pn_out_amount(&cli->out, "amount", "Amount", (pn_money){t.amount, t.account.currency});
    pn_out_date(&cli->out, "due", "For", t.date);
    return PN_OK;
}

static pn_err cancel_promise(pn_cli *cli, void *context) {
    target *t = context;
    return pn_books_cancel_promise(cli->app, t->debtor_id, t->id, &cli->arena, &cli->diag);
}

pn_err pn_cmd_promise_cancel(pn_cli *cli) {
    target t = {0};
    PN_TRY(pn_lookup_id(PN_ID_PROMISE, cli->args[0], &t.id, &cli->diag));
    pn_err err = pn_promise_debtor(cli->app->db, cli->app->org.id, t.id, &t.debtor_id);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(&cli->diag, err, "There is no promise “%.*s” here.",
                           PN_STR_ARG(cli->args[0]));
    }
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    PN_TRY(pn_cli_write(cli, cancel_promise, &t));
    pn_out_id(&cli->out, "id", NULL, PN_ID_PROMISE, t.id);
    pn_out_line(&cli->out, "The promise is cancelled; what it covered may be asked for again.");
    return PN_OK;
}

/* ── “I have paid” ───────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_PAYMENT_REPORT_OPTIONS[] = {
    {"invoice", "ID", "which invoice"},
    {NULL, NULL, NULL},
};

static pn_err report_paid(pn_cli *cli, void *context) {
    return pn_books_report_paid(cli->app, *(const pn_id *)context, &cli->arena, &cli->diag);
}

pn_err pn_cmd_payment_report(pn_cli *cli) {
    pn_invoice_row row;
    if (!pn_cli_given(cli, "invoice")) {
        return pn_cli_usage(cli, "--invoice says which one.");
    }
    PN_TRY(
        pn_lookup_invoice(cli->app, pn_cli_value(cli, "invoice"), &cli->arena, &row, &cli->diag));
    if (row.item.open <= 0) {
        return pn_diag_set(&cli->diag, PN_CONFLICT, "Nothing is open on invoice %.*s.",
                           PN_STR_ARG(row.item.number));
    }
    PN_TRY(pn_cli_write(cli, report_paid, &row.item.id));
    PN_TRY(print_invoice(cli, row.item.id));
    pn_out_line(&cli->out, "It is not asked for during five business days.");
    return PN_OK;
}

/* ── disputes ────────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_DISPUTE_OPTIONS[] = {
    {"invoice", "ID", "which invoice"},
    {"amount", "AMOUNT", "how much of it (default: all that is open)"},
    {"line", "N", "one line of it"},
    {"reason", "TEXT", "what the debtor says"},
    {NULL, NULL, NULL},
};

typedef struct {
    pn_id invoice_id, id;
    int64_t line, amount;
} disputing;

static pn_err dispute(pn_cli *cli, void *context) {
    disputing *d = context;
    return pn_books_dispute(cli->app, d->invoice_id, d->line, d->amount,
                            pn_cli_value(cli, "reason"), &cli->arena, &d->id, &cli->diag);
}

pn_err pn_cmd_dispute_open(pn_cli *cli) {
    pn_invoice_row row;
    disputing d = {0};
    if (!pn_cli_given(cli, "invoice") || !pn_cli_given(cli, "reason")) {
        return pn_cli_usage(cli, "--invoice says which one, and --reason why.");
    }
    PN_TRY(
        pn_lookup_invoice(cli->app, pn_cli_value(cli, "invoice"), &cli->arena, &row, &cli->diag));
    PN_TRY(pn_cli_amount(cli, "amount", row.item.currency, 0, &d.amount));
    PN_TRY(pn_cli_int(cli, "line", 1, 1000, 0, &d.line));
    d.invoice_id = row.item.id;
    PN_TRY(pn_cli_write(cli, dispute, &d));
    pn_out_id(&cli->out, "id", "Dispute", PN_ID_DISPUTE, d.id);
    return print_invoice(cli, d.invoice_id);
}

const pn_cli_option PN_OUTCOME_OPTIONS[] = {
    {"outcome", "TEXT", "how it ended; it is kept"},
    {NULL, NULL, NULL},
};

static pn_err close_dispute(pn_cli *cli, void *context) {
    return pn_books_close_dispute(cli->app, *(const pn_id *)context, pn_cli_value(cli, "outcome"),
                                  &cli->arena, &cli->diag);
}

pn_err pn_cmd_dispute_close(pn_cli *cli) {
    pn_id id = 0;
    PN_TRY(pn_lookup_id(PN_ID_DISPUTE, cli->args[0], &id, &cli->diag));
    PN_TRY(pn_cli_write(cli, close_dispute, &id));
    pn_out_id(&cli->out, "id", NULL, PN_ID_DISPUTE, id);
    pn_out_line(&cli->out, "The dispute is closed; what it covered may be asked for again.");
    return PN_OK;
}

/* ── instruments ─────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_INSTRUMENT_OPTIONS[] = {
    {"debtor", "ID", "whose it is"},
    {"invoice", "ID,…", "what it covers (default: oldest first)"},
    {"kind", "cheque|promissory_note|direct_debit|card", "what it is (default cheque)"},
    {"number", "TEXT", "its number"},
    {"amount", "AMOUNT", "how much"},
    {"due", "DATE", "when it may be cashed"},
    {"creditor", "NAME", "for whom, where the debtor owes several"},
    {"currency", "CODE", "in which currency, where the debtor owes in several"},
    {NULL, NULL, NULL},
};

static pn_err instrument(pn_cli *cli, void *context) {
    target *t = context;
    pn_str kind = pn_cli_given(cli, "kind") ? pn_cli_value(cli, "kind") : PN_STR("cheque");
    return pn_books_instrument(cli->app, t->debtor_id, t->account.id, kind,
                               pn_cli_value(cli, "number"), t->amount, t->date, t->invoices,
                               t->invoice_count, &cli->arena, &t->id, &cli->diag);
}

pn_err pn_cmd_instrument_add(pn_cli *cli) {
    target t;
    PN_TRY(find_target(cli, &t));
    PN_TRY(need_amount(cli, &t));
    PN_TRY(need_due(cli, &t));
    PN_TRY(pn_cli_write(cli, instrument, &t));
    pn_out_id(&cli->out, "id", "Instrument", PN_ID_INSTRUMENT, t.id);
    pn_out_str(&cli->out, "currency", NULL, pn_str_of(t.account.currency.code));
    pn_out_amount(&cli->out, "amount", "Amount", (pn_money){t.amount, t.account.currency});
    pn_out_date(&cli->out, "due", "Due", t.date);
    return PN_OK;
}

static pn_err clear(pn_cli *cli, void *context) {
    return pn_books_settle_instrument(cli->app, *(const pn_id *)context, true, PN_STR(""),
                                      &cli->arena, &cli->diag);
}

static pn_err send_back(pn_cli *cli, void *context) {
    return pn_books_settle_instrument(cli->app, *(const pn_id *)context, false,
                                      pn_cli_value(cli, "reason"), &cli->arena, &cli->diag);
}

pn_err pn_cmd_instrument_clear(pn_cli *cli) {
    pn_id id = 0;
    PN_TRY(pn_lookup_id(PN_ID_INSTRUMENT, cli->args[0], &id, &cli->diag));
    PN_TRY(pn_cli_write(cli, clear, &id));
    pn_out_id(&cli->out, "id", NULL, PN_ID_INSTRUMENT, id);
    pn_out_line(&cli->out, "It cleared: its amount is a payment now.");
    return PN_OK;
}

pn_err pn_cmd_instrument_return(pn_cli *cli) {
    pn_id id = 0;
    PN_TRY(pn_lookup_id(PN_ID_INSTRUMENT, cli->args[0], &id, &cli->diag));
    PN_TRY(pn_cli_write(cli, send_back, &id));
    pn_out_id(&cli->out, "id", NULL, PN_ID_INSTRUMENT, id);
    pn_out_line(&cli->out, "It was returned: what it covered may be asked for again.");
    return PN_OK;
}

/* ── plans ───────────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_PLAN_OPTIONS[] = {
    {"debtor", "ID", "whose plan"},
    {"invoice", "ID", "an invoice of the account, instead of --debtor"},
    {"installments", "DATE=AMOUNT,…", "like 2026-03-01=500,2026-04-01=500"},
    {"creditor", "NAME", "with whom, where the debtor owes several"},
    {"currency", "CODE", "in which currency, where the debtor owes in several"},
    {NULL, NULL, NULL},
};

enum { INSTALLMENTS_MAX = 120 };

typedef struct {
    target t;
    pn_installment_row rows[INSTALLMENTS_MAX];
    size_t count;
} planning;

static pn_err parse_installments(pn_cli *cli, planning *p) {
    pn_str rest = pn_cli_value(cli, "installments"), part, date;
    if (rest.len == 0) {
        return pn_cli_usage(cli, "--installments says when and how much.");
    }
    while (pn_str_split(&rest, ',', &part)) {
        pn_installment_row *row = &p->rows[p->count];
        if (p->count == INSTALLMENTS_MAX) {
            return pn_cli_usage(cli, "A plan has at most %d installments.", INSTALLMENTS_MAX);
        }
        (void)pn_str_split(&part, '=', &date);
        if (pn_date_parse_iso(pn_str_trim(date), &row->due) != PN_OK || part.ptr == NULL ||
            pn_amount_parse(part, p->t.account.currency, (pn_number_style){'.', 0}, &row->amount,
                            NULL) != PN_OK ||
            row->amount <= 0) {
            return pn_cli_usage(cli, "--installments wants DATE=AMOUNT,DATE=AMOUNT, like "
                                     "2026-03-01=500,2026-04-01=500.");
        }
        row->number = (int64_t)++p->count;
    }
    return PN_OK;
}

static pn_err plan(pn_cli *cli, void *context) {
    planning *p = context;
    return pn_books_plan(cli->app, p->t.debtor_id, p->t.account.id, p->rows, p->count, &cli->arena,
                         &p->t.id, &cli->diag);
}

pn_err pn_cmd_plan_add(pn_cli *cli) {
    planning *p = pn_arena_new(&cli->arena, planning);
    PN_TRY(find_target(cli, &p->t));
    PN_TRY(parse_installments(cli, p));
    PN_TRY(pn_cli_write(cli, plan, p));
    pn_out_id(&cli->out, "id", "Plan", PN_ID_PLAN, p->t.id);
    pn_out_int(&cli->out, "installments", "Installments", (int64_t)p->count);
    return PN_OK;
}

static pn_err cancel_plan(pn_cli *cli, void *context) {
    const target *t = context;
    return pn_books_cancel_plan(cli->app, t->debtor_id, t->id, pn_cli_value(cli, "reason"),
                                &cli->arena, &cli->diag);
}

pn_err pn_cmd_plan_cancel(pn_cli *cli) {
    target t = {0};
    PN_TRY(pn_lookup_id(PN_ID_PLAN, cli->args[0], &t.id, &cli->diag));
    pn_err err = pn_plan_debtor(cli->app->db, cli->app->org.id, t.id, &t.debtor_id);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(&cli->diag, err, "There is no plan “%.*s” here.",
                           PN_STR_ARG(cli->args[0]));
    }
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    PN_TRY(pn_cli_write(cli, cancel_plan, &t));
    pn_out_id(&cli->out, "id", NULL, PN_ID_PLAN, t.id);
    pn_out_line(&cli->out, "The plan is cancelled; what it covered may be asked for again.");
    return PN_OK;
}
