#include "app/import_undo.h"

#include "app/books.h"
#include "base/banned.h"
#include "base/limits.h"
#include "store/message.h"
#include "store/run.h"

/* Events of a debtor that are looked through; of more, something is among them for sure. */
enum { EVENTS_MAX = 1000 };

typedef struct {
    pn_app *app;
    pn_import_row row;
    char id[PN_ID_TEXT_SIZE];
    pn_str note; /* in ledgers */
    bool dry_run;
    pn_arena *arena; /* of the report */
    pn_arena scratch;
    pn_undo_report *report;
    size_t left_capacity;
    pn_diag *diag;
    /* debtors whom the import made and of whom nothing but its own is there, found before the first
     * change */
    pn_id *free_debtors;
    size_t free_count;
} undoing;

static void leave(undoing *u, pn_id_kind kind, pn_id id, pn_str name, const char *reason) {
    pn_undo_report *report = u->report;
    if (report->left_count == PN_LIMIT_IMPORT_PROBLEMS) {
        report->left_more++;
        return;
    }
    report->left = pn_arena_grow(u->arena, report->left, report->left_count, &u->left_capacity,
                                 sizeof *report->left);
    report->left[report->left_count++] = (pn_undo_left){
        .kind = kind, .id = id, .name = pn_str_dup(u->arena, name), .reason = pn_str_of(reason)};
}

/* "F-1 (undone imp_…)": the number or key itself is free again. */
static pn_str freed(undoing *u, pn_str key) {
    return pn_str_format(&u->scratch, "%.*s (undone %s)", PN_STR_ARG(key), u->id);
}

/* ── what was built on it ────────────────────────────────────────────────────────────────────── */

/* Whether something was recorded with its debtor since that has `id` in it; with NULL, anything at
 * all. What undoing it before recorded names the import. */
static pn_err changed_since(undoing *u, const pn_debtor_row *debtor, const char *id,
                            bool *ret_changed) {
    pn_event_row *events = NULL;
    size_t count = 0;
    *ret_changed = false;
    if (debtor->last_event_id <= u->row.last_id) {
        return PN_OK;
    }
    PN_TRY(pn_event_chain(u->app->db, debtor->last_event_id, EVENTS_MAX, &u->scratch, &events,
                          &count));
    for (size_t i = 0; i < count && events[i].id > u->row.last_id && !*ret_changed; i++) {
        bool ours = pn_str_find(events[i].body, pn_str_of(u->id)) != SIZE_MAX;
        bool about = id == NULL || pn_str_find(events[i].body, pn_str_of(id)) != SIZE_MAX;
        *ret_changed = (about && !ours) || events[i].erased || i == EVENTS_MAX - 1;
    }
    return PN_OK;
}

static pn_err named_since(undoing *u, pn_id debtor_id, const char *id, bool *ret_named) {
    pn_debtor_row debtor;
    PN_TRY(pn_debtor_get(u->app->db, debtor_id, &u->scratch, &debtor));
    return changed_since(u, &debtor, id, ret_named);
}

static pn_err messages_leaving(undoing *u, pn_id debtor_id, bool *ret_leaving) {
    pn_stmt *q = pn_db_stmt(u->app->db, "SELECT 1 FROM message WHERE debtor_id = $1 AND"
                                        " state IN (1, 8) LIMIT 1");
    pn_bind_int(q, 1, debtor_id);
    pn_err err = pn_row_next(q);
    *ret_leaving = err == PN_OK;
    pn_stmt_reset(q);
    return err == PN_NOT_FOUND ? PN_OK : err;
}

/* Whether its debtor has heard of the account since; NULL: nothing was said. */
static pn_err said_since(undoing *u, pn_id debtor_id, pn_id account_id, const char **ret_reason) {
    bool made = false, leaving = false;
    PN_TRY(pn_contact_made_since(u->app->db, debtor_id, account_id, u->row.last_id, &made));
    PN_TRY(messages_leaving(u, debtor_id, &leaving));
    *ret_reason = made ? "messaged" : leaving ? "sending" : NULL;
    return PN_OK;
}

static pn_err earmarked(undoing *u, pn_id debtor_id, pn_id invoice_id, bool *ret_marked) {
    pn_earmark_row *rows = NULL;
    size_t count = 0;
    *ret_marked = false;
    PN_TRY(pn_earmark_list(u->app->db, debtor_id, &u->scratch, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        *ret_marked = *ret_marked || rows[i].invoice_id == invoice_id;
    }
    return PN_OK;
}

static bool any_since(const undoing *u, const pn_ledger_row *entries, size_t count) {
    return count != 0 && entries[count - 1].id > u->row.last_id;
}

static pn_err why_invoice_stays(undoing *u, const pn_import_invoice *made, const char *said,
                                const char **ret_reason) {
    pn_ledger_row *entries = NULL;
    size_t count = 0;
    bool marked = false, named = false;
    char id[PN_ID_TEXT_SIZE];
    PN_TRY(
        pn_ledger_of_invoice(u->app->db, made->debtor_id, made->id, &u->scratch, &entries, &count));
    PN_TRY(earmarked(u, made->debtor_id, made->id, &marked));
    PN_TRY(named_since(u, made->debtor_id, pn_id_text(PN_ID_INVOICE, made->id, id), &named));
    *ret_reason = any_since(u, entries, count) ? "paid"
                  : marked                     ? "agreed"
                  : said != NULL               ? said
                  : named                      ? "changed"
                                               : NULL;
    return PN_OK;
}

/* ── invoices ────────────────────────────────────────────────────────────────────────────────── */

static pn_err take_invoice(undoing *u, const pn_import_invoice *made) {
    pn_invoice_row invoice;
    u->report->invoices++;
    if (u->dry_run) {
        return PN_OK;
    }
    PN_TRY(pn_invoice_get(u->app->db, made->id, &u->scratch, &invoice));
    pn_str number = invoice.item.number;
    if (invoice.item.open != 0) {
        PN_TRY(pn_books_entry(u->app, &invoice, PN_ENTRY_CANCEL, 0, -invoice.item.open, 0,
                              pn_app_now(u->app), u->note, &u->scratch));
    }
    return pn_import_free_invoice(u->app->db, made->debtor_id, made->id, freed(u, number));
}

static pn_err tell_debtor(undoing *u, pn_id debtor_id, const pn_id *invoices, size_t count) {
    char id[PN_ID_TEXT_SIZE];
    pn_buf body;
    pn_buf_init(&body, 1 << 24);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "import", pn_str_of(u->id));
    pn_json_key(&w, PN_STR("undone"));
    pn_json_begin_array(&w);
    for (size_t i = 0; i < count; i++) {
        pn_json_add_str(&w, pn_str_of(pn_id_text(PN_ID_INVOICE, invoices[i], id)));
    }
    pn_json_end_array(&w);
    pn_json_end_object(&w);
    pn_err err = pn_buf_err(&body);
    if (err == PN_OK) {
        err = pn_journal_debtor(u->app, debtor_id, PN_EVENT_INVOICE, pn_buf_str(&body));
    }
    pn_buf_done(&body);
    return err;
}

/* The invoices of one account: what was said of it concerns all of them. */
static pn_err undo_account(undoing *u, const pn_import_invoice *made, size_t count) {
    const char *said = NULL;
    pn_arena_reset(&u->scratch);
    PN_TRY(said_since(u, made->debtor_id, made->account_id, &said));
    const char **reasons = pn_arena_array(u->arena, const char *, count);
    pn_id *taken = pn_arena_array(u->arena, pn_id, count);
    size_t taken_count = 0;
    for (size_t i = 0; i < count; i++) {
        pn_arena_reset(&u->scratch);
        PN_TRY(why_invoice_stays(u, &made[i], said, &reasons[i]));
        if (reasons[i] != NULL) {
            pn_invoice_row invoice;
            PN_TRY(pn_invoice_get(u->app->db, made[i].id, &u->scratch, &invoice));
            leave(u, PN_ID_INVOICE, made[i].id, invoice.item.number, reasons[i]);
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (reasons[i] == NULL) {
            pn_arena_reset(&u->scratch);
            PN_TRY(take_invoice(u, &made[i]));
            taken[taken_count++] = made[i].id;
        }
    }
    if (u->dry_run || taken_count == 0) {
        return PN_OK;
    }
    PN_TRY(tell_debtor(u, made->debtor_id, taken, taken_count));
    return pn_books_refresh(u->app, made->debtor_id, made->account_id, &u->scratch);
}

static pn_err undo_invoices(undoing *u) {
    pn_import_invoice *made = NULL;
    size_t count = 0, end = 0;
    PN_TRY(pn_import_invoices_made(u->app->db, &u->row, u->arena, &made, &count));
    for (size_t i = 0; i < count; i = end) {
        for (end = i; end < count && made[end].debtor_id == made[i].debtor_id &&
                      made[end].account_id == made[i].account_id;
             end++) {
        }
        pn_arena_mark mark = pn_arena_marked(u->arena);
        size_t left_before = u->report->left_count;
        PN_TRY(undo_account(u, &made[i], end - i));
        if (u->report->left_count == left_before) {
            pn_arena_rewind(u->arena, mark);
        }
    }
    return PN_OK;
}

/* ── payments ────────────────────────────────────────────────────────────────────────────────── */

static pn_err why_payment_stays(undoing *u, const pn_payment_row *payment,
                                const char **ret_reason) {
    pn_ledger_row *entries = NULL;
    size_t count = 0;
    bool named = false;
    const char *said = NULL;
    char id[PN_ID_TEXT_SIZE];
    PN_TRY(pn_ledger_of_payment(u->app->db, payment->debtor_id, payment->id, &u->scratch, &entries,
                                &count));
    PN_TRY(said_since(u, payment->debtor_id, payment->account_id, &said));
    PN_TRY(named_since(u, payment->debtor_id, pn_id_text(PN_ID_PAYMENT, payment->id, id), &named));
    bool moved = false;
    for (size_t i = 0; i < count; i++) {
        moved = moved || entries[i].id > u->row.last_id;
    }
    *ret_reason = moved || named ? "changed" : said;
    return PN_OK;
}

static pn_err undo_payment(undoing *u, pn_id payment_id) {
    pn_payment_row payment;
    const char *reason = NULL;
    pn_arena_reset(&u->scratch);
    PN_TRY(pn_payment_get(u->app->db, u->app->org.id, payment_id, &u->scratch, &payment));
    PN_TRY(why_payment_stays(u, &payment, &reason));
    if (reason != NULL) {
        char id[PN_ID_TEXT_SIZE];
        leave(u, PN_ID_PAYMENT, payment_id,
              payment.external_id.len != 0 ? payment.external_id
                                           : pn_str_of(pn_id_text(PN_ID_PAYMENT, payment_id, id)),
              reason);
        return PN_OK;
    }
    u->report->payments++;
    if (u->dry_run) {
        return PN_OK;
    }
    PN_TRY(pn_books_reverse(u->app, payment_id, u->note, &u->scratch, u->diag));
    return pn_import_free_payment(u->app->db, u->app->org.id, payment_id,
                                  freed(u, payment.external_id));
}

static pn_err undo_payments(undoing *u) {
    pn_id *ids = NULL;
    size_t count = 0;
    PN_TRY(pn_import_payments_made(u->app->db, &u->row, u->arena, &ids, &count));
    for (size_t i = 0; i < count; i++) {
        PN_TRY(undo_payment(u, ids[i]));
    }
    return PN_OK;
}

/* ── debtors ─────────────────────────────────────────────────────────────────────────────────── */

/* Before invoices are taken back, for that is an event of theirs too. */
static pn_err find_free_debtors(undoing *u) {
    pn_id *ids = NULL;
    size_t count = 0;
    PN_TRY(pn_import_debtors_made(u->app->db, &u->row, u->arena, &ids, &count));
    u->free_debtors = ids;
    for (size_t i = 0; i < count; i++) {
        pn_debtor_row debtor;
        pn_arena_reset(&u->scratch);
        PN_TRY(pn_debtor_get(u->app->db, ids[i], &u->scratch, &debtor));
        bool changed = false;
        PN_TRY(changed_since(u, &debtor, NULL, &changed));
        if (!changed) {
            ids[u->free_count++] = ids[i];
        } else {
            leave(u, PN_ID_DEBTOR, ids[i], debtor.external_id, "changed");
        }
    }
    return PN_OK;
}

/* In a dry run its invoices stand still: they count as if they did not. */
static pn_err is_used(undoing *u, pn_id debtor_id, bool *ret_used) {
    if (!u->dry_run) {
        return pn_import_debtor_used(u->app->db, &u->row, debtor_id, ret_used);
    }
    *ret_used = false;
    for (size_t i = 0; i < u->report->left_count && !*ret_used; i++) {
        pn_invoice_row invoice;
        if (u->report->left[i].kind == PN_ID_INVOICE) {
            PN_TRY(pn_invoice_get(u->app->db, u->report->left[i].id, &u->scratch, &invoice));
            *ret_used = invoice.debtor_id == debtor_id;
        }
    }
    return PN_OK;
}

static pn_err undo_debtors(undoing *u) {
    for (size_t i = 0; i < u->free_count; i++) {
        pn_debtor_row debtor;
        bool used = false;
        pn_arena_reset(&u->scratch);
        PN_TRY(pn_debtor_get(u->app->db, u->free_debtors[i], &u->scratch, &debtor));
        PN_TRY(is_used(u, debtor.id, &used));
        if (used) {
            leave(u, PN_ID_DEBTOR, debtor.id, debtor.external_id, "used");
            continue;
        }
        u->report->debtors++;
        if (!u->dry_run) {
            PN_TRY(tell_debtor(u, debtor.id, NULL, 0));
            PN_TRY(pn_import_free_debtor(u->app->db, u->app->org.id, debtor.id,
                                         freed(u, debtor.external_id), pn_app_now(u->app)));
            PN_TRY(pn_poke(u->app->db, u->app->org.lane, debtor.id));
        }
    }
    return PN_OK;
}

/* ── the whole ───────────────────────────────────────────────────────────────────────────────── */

static pn_err check(undoing *u) {
    if (pn_str_is(u->row.kind, "lines")) {
        pn_err err = pn_diag_set(u->diag, PN_DENIED, "Lines are not taken back.");
        pn_diag_mend(u->diag, "Import the right ones: they replace those of the same invoices.");
        return err;
    }
    if (u->row.last_id == 0) {
        return pn_diag_set(u->diag, PN_DENIED,
                           "This import is older than the program that notes what imports make: "
                           "it cannot be taken back.");
    }
    return PN_OK;
}

static pn_err record(undoing *u) {
    const pn_undo_report *r = u->report;
    int64_t now = r->invoices + r->payments + r->debtors;
    if (now == 0) {
        return PN_OK;
    }
    u->row.undone_at = pn_app_now(u->app);
    u->row.taken_back += now;
    u->row.left = (int64_t)r->left_count + r->left_more;
    PN_TRY(pn_import_set_undone(u->app->db, &u->row));
    pn_str body = pn_str_format(u->arena,
                                "{\"debtors\":%lld,\"import\":\"%s\",\"invoices\":%lld,"
                                "\"left\":%lld,\"payments\":%lld,\"what\":\"import.undone\"}",
                                (long long)r->debtors, u->id, (long long)r->invoices,
                                (long long)u->row.left, (long long)r->payments);
    pn_id event = 0;
    return pn_journal_add(u->app, 0, 0, 0, PN_EVENT_CHANGED, body, &event);
}

static pn_err undo(undoing *u, pn_id import_id) {
    pn_err err = pn_import_get(u->app->db, u->app->org.id, import_id, u->arena, &u->row);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(u->diag, err, "There is no import %s here.", u->id);
    }
    PN_TRY(err);
    PN_TRY(check(u));
    u->report->changed = u->row.rows_changed;
    PN_TRY(find_free_debtors(u));
    PN_TRY(undo_payments(u));
    PN_TRY(undo_invoices(u));
    PN_TRY(undo_debtors(u));
    return u->dry_run ? PN_OK : record(u);
}

pn_err pn_import_undo(pn_app *app, pn_id import_id, bool dry_run, pn_arena *arena,
                      pn_undo_report *ret_report, pn_diag *diag) {
    *ret_report = (pn_undo_report){0};
    undoing u = {
        .app = app, .dry_run = dry_run, .arena = arena, .report = ret_report, .diag = diag};
    u.note =
        pn_str_format(arena, "the import %s was undone", pn_id_text(PN_ID_IMPORT, import_id, u.id));
    PN_TRY(pn_app_begin(app, diag));
    pn_arena_init(&u.scratch, 0);
    pn_err err = undo(&u, import_id);
    pn_arena_done(&u.scratch);
    if (dry_run && err == PN_OK) {
        pn_app_rollback(app);
        return PN_OK;
    }
    err = pn_app_end(app, err, diag);
    ret_report->committed =
        err == PN_OK && ret_report->invoices + ret_report->payments + ret_report->debtors != 0;
    return err;
}
