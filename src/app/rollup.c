#include "app/rollup.h"

#include "base/banned.h"
#include "core/ledger.h"
#include "store/touch.h"

/* ── cases ───────────────────────────────────────────────────────────────────────────────────── */

static void add_pass(pn_app *app, pn_id version_id, uint32_t from, uint32_t to) {
    if (app->rollup_day == PN_DATE_NONE) { /* one day for a whole transaction */
        app->rollup_day = pn_app_today(app);
    }
    pn_rollup_key key = {.measure = PN_ROLLUP_PASSED,
                         .day = app->rollup_day,
                         .version_id = version_id,
                         .node = (int64_t)to,
                         .a = from == PN_NODE_NONE ? -1 : (int64_t)from};
    pn_rollup_add(&app->rollup, &key, 1, 0);
}

void pn_rollup_move(pn_app *app, const pn_move *move) {
    for (size_t i = 0; i < move->pass_count; i++) {
        const pn_move_pass *pass = &move->passes[i];
        add_pass(app, pass->version_id, pass->from, pass->to);
    }
}

void pn_rollup_run(pn_app *app, const pn_run *before, const pn_run *after) {
    uint32_t from = before->version_id == after->version_id ? before->node : PN_NODE_NONE;
    for (uint32_t i = before->visit; i < after->visit; i++) {
        add_pass(app, after->version_id, from, after->node);
    }
}

/* ── money ───────────────────────────────────────────────────────────────────────────────────── */

pn_rollup_key pn_rollup_entry_key(pn_app *app, pn_id creditor_id, pn_currency currency,
                                  pn_date issued, pn_date effective_due, const pn_ledger_row *entry,
                                  pn_date received) {
    bool before = entry->kind == PN_ENTRY_PAYMENT && entry->payment_id == 0;
    pn_date day = issued;
    if (entry->reverses_id == 0 && received != PN_DATE_NONE) {
        day = received;
    } else if (entry->reverses_id != 0 || (entry->kind != PN_ENTRY_CHARGE && !before)) {
        day = pn_zone_date(pn_app_zone_or_own(app, app->org.zone), entry->at);
    }
    pn_rollup_key key = {.measure = PN_ROLLUP_BALANCE,
                         .day = day,
                         .creditor_id = creditor_id,
                         .a = effective_due,
                         .b = before ? PN_ROLLUP_PAID_BEFORE
                                     : (int64_t)entry->kind +
                                           (entry->reverses_id != 0 ? PN_ROLLUP_REVERSED : 0)};
    memcpy(key.currency, currency.code, sizeof key.currency);
    return key;
}

static void add_entry(pn_app *app, const pn_rollup_key *key, const pn_ledger_row *entry, int sign) {
    int64_t one = entry->reverses_id != 0 ? -1 : 1;
    pn_rollup_add(&app->rollup, key, sign * one, sign * entry->amount);
}

static pn_err received_on(pn_app *app, pn_id payment_id, pn_date *ret_day) {
    *ret_day = PN_DATE_NONE;
    if (payment_id == 0) {
        return PN_OK;
    }
    pn_stmt *q = pn_db_stmt(app->db, "SELECT received FROM payment WHERE id = $1");
    pn_bind_int(q, 1, payment_id);
    PN_TRY(pn_row_next(q));
    *ret_day = (pn_date)pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

static pn_err put_down(pn_app *app, const pn_credited_row *row) {
    pn_rollup_key key = {.measure = PN_ROLLUP_CREDITED,
                         .day = row->day,
                         .creditor_id = row->creditor_id,
                         .version_id = row->version_id,
                         .node = row->node,
                         .a = row->template_id,
                         .b = row->channel,
                         .c = row->by_hand};
    memcpy(key.currency, row->currency.code, sizeof key.currency);
    pn_rollup_word(&key, row->phase);
    pn_rollup_add(&app->rollup, &key, row->amount < 0 ? -1 : 1, row->amount);
    return pn_credited_insert(app->db, row);
}

/* No word beside the sum is worth refusing money for: of a memory that cannot be read there is no
 * phase, and the audit says which case it is. */
static pn_str phase_of(pn_app *app, const pn_credited_row *row, pn_str memory, pn_arena *arena) {
    pn_run run = {0};
    if (pn_run_decode(memory, arena, &run) == PN_OK) {
        return run.phase;
    }
    pn_log_write(app->log, PN_LOG_WARN, "run.unreadable",
                 (pn_log_fields){.org = app->org.id, .debtor = row->debtor_id});
    return PN_STR("");
}

/* What the case did last, else where it stood; nothing where there was neither. */
static pn_err find_cause(pn_app *app, const pn_invoice_row *invoice, pn_credited_row *row,
                         pn_arena *arena) {
    const pn_zone *zone = pn_app_zone_or_own(app, app->org.zone);
    pn_str memory = PN_STR_NONE;
    pn_date from = row->day - PN_CREDIT_DAYS;
    row->channel = -1;
    row->node = -1;
    pn_err err = pn_credited_case(app->db, row->debtor_id, invoice->account_id, row->invoice_id,
                                  arena, &row->version_id, &row->node, &memory);
    PN_TRY(err == PN_NOT_FOUND ? PN_OK : err);
    row->phase = err == PN_OK ? phase_of(app, row, memory, arena) : PN_STR_NONE;
    err = pn_credited_carrier(app->db, invoice->account_id, from, row->day, row);
    PN_TRY(err == PN_NOT_FOUND ? PN_OK : err);
    return pn_credited_by_hand(app->db, row->debtor_id, pn_zone_instant(zone, from, 0),
                               pn_zone_instant(zone, row->day + 1, 0), &row->by_hand);
}

static pn_err credit(pn_app *app, const pn_invoice_row *invoice, const pn_ledger_row *entry,
                     pn_date day, pn_arena *arena) {
    pn_credited_row row;
    if (entry->reverses_id != 0) {
        pn_err err = pn_credited_get(app->db, entry->debtor_id, entry->reverses_id, arena, &row);
        if (err == PN_NOT_FOUND) {
            return PN_OK; /* an older program's payment was put down to nothing */
        }
        PN_TRY(err);
        row.entry_id = entry->id;
        row.day = day;
        row.amount = -entry->amount;
        return put_down(app, &row);
    }
    row = (pn_credited_row){.debtor_id = entry->debtor_id,
                            .entry_id = entry->id,
                            .org_id = entry->org_id,
                            .invoice_id = entry->invoice_id,
                            .creditor_id = invoice->creditor_id,
                            .currency = invoice->item.currency,
                            .day = day,
                            .amount = -entry->amount};
    PN_TRY(find_cause(app, invoice, &row, arena));
    pn_rollup_key cut;
    pn_rollup_word(&cut, row.phase);
    row.phase = pn_str_dup(arena, pn_str_of(cut.word)); /* as the sum has it */
    return put_down(app, &row);
}

pn_err pn_rollup_entry(pn_app *app, const pn_invoice_row *invoice, const pn_ledger_row *entry,
                       pn_arena *arena) {
    pn_date received = PN_DATE_NONE;
    PN_TRY(received_on(app, entry->payment_id, &received));
    pn_rollup_key key =
        pn_rollup_entry_key(app, invoice->creditor_id, invoice->item.currency, invoice->item.issued,
                            invoice->item.effective_due, entry, received);
    add_entry(app, &key, entry, 1);
    return entry->kind == PN_ENTRY_PAYMENT && entry->payment_id != 0
               ? credit(app, invoice, entry, key.day, arena)
               : PN_OK;
}

void pn_rollup_charge(pn_app *app, const pn_invoice_row *invoice, const pn_ledger_row *entry) {
    pn_rollup_key key =
        pn_rollup_entry_key(app, invoice->creditor_id, invoice->item.currency, invoice->item.issued,
                            invoice->item.effective_due, entry, PN_DATE_NONE);
    add_entry(app, &key, entry, 1);
}

pn_err pn_rollup_redate(pn_app *app, const pn_invoice_row *before, pn_date issued,
                        pn_date effective_due, pn_arena *arena) {
    pn_ledger_row *rows = NULL;
    size_t count = 0;
    if (before->item.issued == issued && before->item.effective_due == effective_due) {
        return PN_OK;
    }
    PN_TRY(pn_ledger_of_invoice(app->db, before->debtor_id, before->item.id, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        pn_date received = PN_DATE_NONE;
        PN_TRY(received_on(app, rows[i].payment_id, &received));
        pn_rollup_key key = pn_rollup_entry_key(app, before->creditor_id, before->item.currency,
                                                before->item.issued, before->item.effective_due,
                                                &rows[i], received);
        add_entry(app, &key, &rows[i], -1);
        key = pn_rollup_entry_key(app, before->creditor_id, before->item.currency, issued,
                                  effective_due, &rows[i], received);
        add_entry(app, &key, &rows[i], 1);
    }
    return PN_OK;
}

/* ── messages ────────────────────────────────────────────────────────────────────────────────── */

static bool counted(pn_message_state state) {
    return state == PN_MESSAGE_SENT || state == PN_MESSAGE_DELIVERED ||
           state == PN_MESSAGE_BOUNCED || state == PN_MESSAGE_FAILED;
}

void pn_rollup_carrier(pn_app *app, const pn_carrier_row *carrier, pn_message_state before,
                       pn_message_state after) {
    if (carrier->contact_id == 0 || before == after) {
        return;
    }
    pn_rollup_key key = {.measure = PN_ROLLUP_CARRIER,
                         .day = carrier->day,
                         .creditor_id = carrier->creditor_id,
                         .version_id = carrier->version_id,
                         .node = carrier->node,
                         .a = carrier->template_id,
                         .b = (int64_t)carrier->channel * 16 + carrier->tone};
    if (counted(before)) {
        key.c = before;
        pn_rollup_add(&app->rollup, &key, -1, 0);
    }
    if (counted(after)) {
        key.c = after;
        pn_rollup_add(&app->rollup, &key, 1, 0);
    }
}

/* Of what a person did with the carrier's message: all of it, and of that kind. */
static pn_err count_human(pn_app *app, pn_id debtor_id, pn_id carrier_id, pn_signal_kind kind,
                          int64_t *ret_any, int64_t *ret_alike) {
    pn_stmt *q = pn_db_stmt(
        app->db, "SELECT count(*), coalesce(sum(CASE WHEN kind = $3 THEN 1 ELSE 0 END), 0) FROM"
                 " signal WHERE debtor_id = $1 AND carrier_id = $2 AND source = 0 AND"
                 " kind IN (0, 1, 2, 3)");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, carrier_id);
    pn_bind_int(q, 3, kind);
    PN_TRY(pn_row_next(q));
    *ret_any = pn_col_int(q, 0);
    *ret_alike = pn_col_int(q, 1);
    pn_stmt_reset(q);
    return PN_OK;
}

/* NOT_FOUND where the carrier counts for another debtor, or for nobody. */
static pn_err touch_key(pn_app *app, pn_id debtor_id, pn_id carrier_id, pn_rollup_key *ret_key) {
    pn_stmt *q = pn_db_stmt(
        app->db, "SELECT day, creditor_id, coalesce(version_id, 0), coalesce(node, -1),"
                 " template_id, channel, tone FROM carrier WHERE id = $1 AND org_id = $2 AND"
                 " debtor_id = $3 AND contact_id <> 0");
    pn_bind_int(q, 1, carrier_id);
    pn_bind_int(q, 2, app->org.id);
    pn_bind_int(q, 3, debtor_id);
    PN_TRY(pn_row_next(q));
    *ret_key = (pn_rollup_key){.measure = PN_ROLLUP_TOUCHED,
                               .day = (pn_date)pn_col_int(q, 0),
                               .creditor_id = pn_col_int(q, 1),
                               .version_id = pn_col_int(q, 2),
                               .node = pn_col_int(q, 3),
                               .a = pn_col_int(q, 4),
                               .b = pn_col_int(q, 5) * 16 + pn_col_int(q, 6)};
    pn_stmt_reset(q);
    return PN_OK;
}

static void add_touch(pn_app *app, pn_rollup_key *key, pn_rollup_touch touch, int64_t count) {
    key->c = touch;
    pn_rollup_add(&app->rollup, key, count, 0);
}

/* The signal stands already, or is marked as a machine's already: what there is once is new. */
pn_err pn_rollup_touched(pn_app *app, pn_id debtor_id, pn_id carrier_id, pn_signal_kind kind,
                         bool back) {
    pn_rollup_key key;
    int64_t any = 0, alike = 0;
    bool tells = kind == PN_SIGNAL_OPEN || kind == PN_SIGNAL_CLICK || kind == PN_SIGNAL_VISIT ||
                 kind == PN_SIGNAL_REPLY;
    pn_err err =
        tells && carrier_id != 0 ? touch_key(app, debtor_id, carrier_id, &key) : PN_NOT_FOUND;
    if (err != PN_OK) {
        return err == PN_NOT_FOUND ? PN_OK : err;
    }
    PN_TRY(count_human(app, debtor_id, carrier_id, kind, &any, &alike));
    if (back) {
        if (alike == 0) {
            add_touch(app, &key, PN_TOUCH_CLICKED, -1);
        }
        if (any == 0) {
            add_touch(app, &key, PN_TOUCH_READ, -1);
        }
        return PN_OK;
    }
    if (any == 1) {
        add_touch(app, &key, PN_TOUCH_READ, 1);
    }
    if (kind == PN_SIGNAL_CLICK && alike == 1) {
        add_touch(app, &key, PN_TOUCH_CLICKED, 1);
    } else if (kind == PN_SIGNAL_VISIT && alike == 1) {
        add_touch(app, &key, PN_TOUCH_VISITED, 1);
    }
    return PN_OK;
}
