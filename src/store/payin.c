#include "store/payin.h"

#include "base/banned.h"
#include "store/currency.h"

/* ── methods ─────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_method_put(pn_db *db, const pn_method_row *row) {
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO payment_method (org_id, creditor_id, country, kind, settings, position,"
            " paused, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
            " ON CONFLICT (org_id, creditor_id, country, kind) DO UPDATE SET settings ="
            " excluded.settings, position = excluded.position, paused = excluded.paused,"
            " updated_at = excluded.updated_at");
    pn_bind_int(q, 1, row->org_id);
    pn_bind_int(q, 2, row->creditor_id);
    pn_bind_str(q, 3, row->country);
    pn_bind_str(q, 4, row->kind);
    pn_bind_str(q, 5, row->settings);
    pn_bind_int(q, 6, row->position);
    pn_bind_str(q, 7, row->paused);
    pn_bind_int(q, 8, row->updated_at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_method_remove(pn_db *db, pn_id org_id, pn_id creditor_id, pn_str country, pn_str kind) {
    int64_t changed = 0;
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM payment_method WHERE org_id = $1 AND creditor_id = $2"
                                " AND country = $3 AND kind = $4");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, creditor_id);
    pn_bind_str(q, 3, country);
    pn_bind_str(q, 4, kind);
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 0 ? PN_NOT_FOUND : PN_OK;
}

static void read_method(pn_stmt *q, pn_arena *arena, void *out) {
    pn_method_row *row = out;
    *row = (pn_method_row){
        .org_id = pn_col_int(q, 0),
        .creditor_id = pn_col_int(q, 1),
        .country = pn_col_str_dup(q, 2, arena),
        .kind = pn_col_str_dup(q, 3, arena),
        .settings = pn_col_str_dup(q, 4, arena),
        .position = pn_col_int(q, 5),
        .paused = pn_col_str_dup(q, 6, arena),
        .updated_at = pn_col_int(q, 7),
    };
}

pn_err pn_method_list(pn_db *db, pn_id org_id, pn_id creditor_id, pn_arena *arena,
                      pn_method_row **ret_rows, size_t *ret_count) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT org_id, creditor_id, country, kind, settings, position, paused,"
                       " updated_at FROM payment_method WHERE org_id = $1 AND (creditor_id = 0 OR"
                       " creditor_id = $2 OR $2 = 0) ORDER BY position, kind,"
                       " creditor_id DESC, country DESC");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, creditor_id);
    return pn_rows_read(q, arena, sizeof(pn_method_row), read_method, (void **)ret_rows, ret_count);
}

/* ── intents ─────────────────────────────────────────────────────────────────────────────────── */

#define INTENT_COLUMNS                                                                             \
    "id, org_id, creditor_id, debtor_id, account_id, provider, ref, money_ref, currency,"          \
    " amount_minor, refunded_minor, state, origin, invoices, url, method, reason, instrument_id,"  \
    " payment_id, created_at, expires_at, settled_at, poll_at, asked"

pn_err pn_payin_insert(pn_db *db, const pn_payin_row *row) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO payment_intent (" INTENT_COLUMNS
                                ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
                                " $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_int(q, 3, row->creditor_id);
    pn_bind_int(q, 4, row->debtor_id);
    pn_bind_int(q, 5, row->account_id);
    pn_bind_str(q, 6, row->provider);
    pn_bind_str(q, 7, row->ref);
    pn_bind_str(q, 8, row->money_ref);
    pn_bind_str(q, 9, pn_str_of(row->currency.code));
    pn_bind_int(q, 10, row->amount);
    pn_bind_int(q, 11, row->refunded);
    pn_bind_int(q, 12, (int64_t)row->state);
    pn_bind_str(q, 13, row->origin);
    pn_bind_str(q, 14, row->invoices);
    pn_bind_str(q, 15, row->url);
    pn_bind_str(q, 16, row->method);
    pn_bind_str(q, 17, row->reason);
    pn_bind_int(q, 18, row->instrument_id);
    pn_bind_int(q, 19, row->payment_id);
    pn_bind_int(q, 20, row->created_at);
    pn_bind_int(q, 21, row->expires_at);
    pn_bind_int_or_null(q, 22, row->settled_at, PN_TIME_NONE);
    pn_bind_int(q, 23, row->poll_at);
    pn_bind_int(q, 24, row->asked);
    return pn_stmt_run(q, NULL);
}

pn_err pn_payin_update(pn_db *db, const pn_payin_row *row) {
    pn_stmt *q = pn_db_stmt(
        db, "UPDATE payment_intent SET ref = $3, money_ref = $4, refunded_minor = $5, state = $6,"
            " url = $7, method = $8, reason = $9, instrument_id = $10, payment_id = $11,"
            " expires_at = $12, settled_at = $13, poll_at = $14, asked = $15"
            " WHERE org_id = $1 AND id = $2");
    pn_bind_int(q, 1, row->org_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_str(q, 3, row->ref);
    pn_bind_str(q, 4, row->money_ref);
    pn_bind_int(q, 5, row->refunded);
    pn_bind_int(q, 6, (int64_t)row->state);
    pn_bind_str(q, 7, row->url);
    pn_bind_str(q, 8, row->method);
    pn_bind_str(q, 9, row->reason);
    pn_bind_int(q, 10, row->instrument_id);
    pn_bind_int(q, 11, row->payment_id);
    pn_bind_int(q, 12, row->expires_at);
    pn_bind_int_or_null(q, 13, row->settled_at, PN_TIME_NONE);
    pn_bind_int(q, 14, row->poll_at);
    pn_bind_int(q, 15, row->asked);
    return pn_stmt_run(q, NULL);
}

static void read_intent(pn_stmt *q, pn_arena *arena, void *out) {
    pn_payin_row *row = out;
    *row = (pn_payin_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .creditor_id = pn_col_int(q, 2),
        .debtor_id = pn_col_int(q, 3),
        .account_id = pn_col_int(q, 4),
        .provider = pn_col_str_dup(q, 5, arena),
        .ref = pn_col_str_dup(q, 6, arena),
        .money_ref = pn_col_str_dup(q, 7, arena),
        .currency = pn_col_currency(q, 8),
        .amount = pn_col_int(q, 9),
        .refunded = pn_col_int(q, 10),
        .state = (pn_payin_state)pn_col_int(q, 11),
        .origin = pn_col_str_dup(q, 12, arena),
        .invoices = pn_col_str_dup(q, 13, arena),
        .url = pn_col_str_dup(q, 14, arena),
        .method = pn_col_str_dup(q, 15, arena),
        .reason = pn_col_str_dup(q, 16, arena),
        .instrument_id = pn_col_int(q, 17),
        .payment_id = pn_col_int(q, 18),
        .created_at = pn_col_int(q, 19),
        .expires_at = pn_col_int(q, 20),
        .settled_at = pn_col_int_or(q, 21, PN_TIME_NONE),
        .poll_at = pn_col_int(q, 22),
        .asked = pn_col_int(q, 23),
    };
}

static pn_err one_intent(pn_stmt *q, pn_arena *arena, pn_payin_row *ret_row) {
    pn_err err = pn_row_next(q);
    if (err == PN_OK) {
        read_intent(q, arena, ret_row);
        pn_stmt_reset(q);
    }
    return err;
}

pn_err pn_payin_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena, pn_payin_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " INTENT_COLUMNS
                                " FROM payment_intent WHERE org_id = $1 AND id = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, id);
    return one_intent(q, arena, ret_row);
}

pn_err pn_payin_by_ref(pn_db *db, pn_id org_id, pn_str provider, pn_str ref, pn_arena *arena,
                       pn_payin_row *ret_row) {
    if (ref.len == 0) {
        return PN_NOT_FOUND;
    }
    pn_stmt *q = pn_db_stmt(db, "SELECT " INTENT_COLUMNS " FROM payment_intent WHERE org_id = $1"
                                " AND provider = $2 AND ref = $3 AND ref <> ''");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, provider);
    pn_bind_str(q, 3, ref);
    pn_err err = one_intent(q, arena, ret_row);
    if (err != PN_NOT_FOUND) {
        return err;
    }
    q = pn_db_stmt(db, "SELECT " INTENT_COLUMNS " FROM payment_intent WHERE org_id = $1"
                       " AND provider = $2 AND money_ref = $3 AND money_ref <> ''");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, provider);
    pn_bind_str(q, 3, ref);
    return one_intent(q, arena, ret_row);
}

pn_err pn_payin_of_debtor(pn_db *db, pn_id debtor_id, int64_t max, pn_arena *arena,
                          pn_payin_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " INTENT_COLUMNS " FROM payment_intent WHERE debtor_id = $1"
                                " ORDER BY id DESC LIMIT $2");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, max);
    return pn_rows_read(q, arena, sizeof(pn_payin_row), read_intent, (void **)ret_rows, ret_count);
}

pn_err pn_payin_due(pn_db *db, pn_id org_id, pn_time now, int64_t max, pn_arena *arena,
                    pn_payin_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " INTENT_COLUMNS " FROM payment_intent WHERE org_id = $1"
                                " AND poll_at <= $2 AND poll_at < 9223372036854775807"
                                " ORDER BY poll_at LIMIT $3");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, now);
    pn_bind_int(q, 3, max);
    return pn_rows_read(q, arena, sizeof(pn_payin_row), read_intent, (void **)ret_rows, ret_count);
}

/* ── events ──────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_provider_event_insert(pn_db *db, const pn_provider_event_row *row) {
    int64_t changed = 0;
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO provider_event (id, org_id, creditor_id, provider, event_id, kind,"
            " intent_id, debtor_id, verdict, body, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7,"
            " $8, $9, $10, $11) ON CONFLICT (org_id, provider, event_id) DO NOTHING");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_int(q, 3, row->creditor_id);
    pn_bind_str(q, 4, row->provider);
    pn_bind_str(q, 5, row->event_id);
    pn_bind_str(q, 6, row->kind);
    pn_bind_int(q, 7, row->intent_id);
    pn_bind_int(q, 8, row->debtor_id);
    pn_bind_str(q, 9, row->verdict);
    pn_bind_str(q, 10, row->body);
    pn_bind_int(q, 11, row->received_at);
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 0 ? PN_CONFLICT : PN_OK;
}

pn_err pn_provider_event_settle(pn_db *db, pn_id id, pn_id intent_id, pn_id debtor_id,
                                pn_str verdict) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE provider_event SET intent_id = $2, debtor_id = $3,"
                                " verdict = $4 WHERE id = $1");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, intent_id);
    pn_bind_int(q, 3, debtor_id);
    pn_bind_str(q, 4, verdict);
    return pn_stmt_run(q, NULL);
}

/* ── the simulated bank's books ──────────────────────────────────────────────────────────────── */

pn_err pn_simulated_put(pn_db *db, const pn_simulated_row *row) {
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO simulated_charge (ref, org_id, currency, amount_minor, state,"
            " becomes_paid_at, reason) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (ref) DO"
            " UPDATE SET state = excluded.state, becomes_paid_at = excluded.becomes_paid_at,"
            " reason = excluded.reason");
    pn_bind_str(q, 1, row->ref);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_str(q, 3, pn_str_of(row->amount.currency.code));
    pn_bind_int(q, 4, row->amount.minor);
    pn_bind_int(q, 5, (int64_t)row->state);
    pn_bind_int(q, 6, row->becomes_paid_at);
    pn_bind_str(q, 7, row->reason);
    return pn_stmt_run(q, NULL);
}

pn_err pn_simulated_get(pn_db *db, pn_str ref, pn_arena *arena, pn_simulated_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT org_id, currency, amount_minor, state, becomes_paid_at,"
                                " reason FROM simulated_charge WHERE ref = $1");
    pn_bind_str(q, 1, ref);
    PN_TRY(pn_row_next(q));
    *ret_row = (pn_simulated_row){
        .ref = ref,
        .org_id = pn_col_int(q, 0),
        .amount = {pn_col_int(q, 2), pn_col_currency(q, 1)},
        .state = (pn_payin_state)pn_col_int(q, 3),
        .becomes_paid_at = pn_col_int(q, 4),
        .reason = pn_col_str_dup(q, 5, arena),
    };
    pn_stmt_reset(q);
    return PN_OK;
}
