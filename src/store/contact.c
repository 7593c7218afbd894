#include "store/debtor.h"

#include "base/banned.h"

const char *pn_contact_state_name(pn_contact_state state) {
    switch (state) {
    case PN_CONTACT_USABLE: return "usable";
    case PN_CONTACT_BOUNCED: return "bounced";
    case PN_CONTACT_INVALID: return "invalid";
    case PN_CONTACT_OPTED_OUT: return "opted_out";
    }
    return "?";
}

const char *pn_consent_name(pn_consent consent) {
    switch (consent) {
    case PN_CONSENT_UNKNOWN: return "unknown";
    case PN_CONSENT_GIVEN: return "given";
    case PN_CONSENT_WITHDRAWN: return "withdrawn";
    }
    return "?";
}

#define COLUMNS                                                                                    \
    "debtor_id, id, org_id, channel, address, address_fold, name, relation, state, state_reason,"  \
    " state_at, rank, shared, created_at, consent, consent_source, consent_at"

static void read_contact(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_contact_row *)row = (pn_contact_row){
        .debtor_id = pn_col_int(q, 0),
        .id = pn_col_int(q, 1),
        .org_id = pn_col_int(q, 2),
        .channel = (pn_channel_kind)pn_col_int(q, 3),
        .address = pn_col_str_dup(q, 4, arena),
        .address_fold = pn_col_str_dup(q, 5, arena),
        .name = pn_col_str_dup(q, 6, arena),
        .relation = pn_col_str_dup(q, 7, arena),
        .state = (pn_contact_state)pn_col_int(q, 8),
        .state_reason = pn_col_str_dup(q, 9, arena),
        .state_at = pn_col_int_or(q, 10, PN_TIME_NONE),
        .rank = (int32_t)pn_col_int(q, 11),
        .shared = pn_col_int(q, 12) != 0,
        .created_at = pn_col_int(q, 13),
        .consent = (pn_consent)pn_col_int(q, 14),
        .consent_source = pn_col_str_dup(q, 15, arena),
        .consent_at = pn_col_int_or(q, 16, PN_TIME_NONE),
    };
}

pn_err pn_contact_insert(pn_db *db, const pn_contact_row *row) {
    pn_stmt *q = pn_db_stmt_many(db,
                                 "INSERT INTO contact (" COLUMNS ") VALUES"
                                 " ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17)",
                                 PN_PG("INSERT INTO contact (" COLUMNS
                                       ") SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, "
                                       "$8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"));
    pn_bind_int(q, 1, row->debtor_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_int(q, 3, row->org_id);
    pn_bind_int(q, 4, row->channel);
    pn_bind_str(q, 5, row->address);
    pn_bind_str(q, 6, row->address_fold);
    pn_bind_str(q, 7, row->name);
    pn_bind_str(q, 8, row->relation);
    pn_bind_int(q, 9, row->state);
    pn_bind_str(q, 10, row->state_reason);
    pn_bind_int_or_null(q, 11, row->state_at, PN_TIME_NONE);
    pn_bind_int(q, 12, row->rank);
    pn_bind_int(q, 13, row->shared);
    pn_bind_int(q, 14, row->created_at);
    pn_bind_int(q, 15, row->consent);
    pn_bind_str(q, 16, row->consent_source);
    pn_bind_int_or_null(q, 17, row->consent_at, PN_TIME_NONE);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

pn_err pn_contact_range(pn_db *db, pn_id first, pn_id last, pn_arena *arena,
                        pn_contact_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM contact"
                                " WHERE debtor_id BETWEEN $1 AND $2 ORDER BY debtor_id, id");
    pn_bind_int(q, 1, first);
    pn_bind_int(q, 2, last);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_contact_row), read_contact, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_contact_set_state(pn_db *db, pn_id debtor_id, pn_id id, pn_contact_state state,
                            pn_str reason, pn_time at) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE contact SET state = $3, state_reason = $4, state_at = $5"
                                " WHERE debtor_id = $1 AND id = $2");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, id);
    pn_bind_int(q, 3, state);
    pn_bind_str(q, 4, reason);
    pn_bind_int_or_null(q, 5, at, PN_TIME_NONE);
    return pn_stmt_run(q, NULL);
}

pn_err pn_contact_set_consent(pn_db *db, pn_id debtor_id, pn_id id, pn_consent consent,
                              pn_str source, pn_time at) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE contact SET consent = $3, consent_source = $4,"
                                " consent_at = $5 WHERE debtor_id = $1 AND id = $2");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, id);
    pn_bind_int(q, 3, consent);
    pn_bind_str(q, 4, source);
    pn_bind_int(q, 5, at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_contact_debtors(pn_db *db, pn_id org_id, pn_channel_kind channel, pn_str address_fold,
                          size_t max, pn_arena *arena, pn_id **ret_ids, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT DISTINCT debtor_id FROM contact WHERE org_id = $1"
                                " AND address_fold = $2 AND channel = $3 ORDER BY debtor_id"
                                " LIMIT $4");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, address_fold);
    pn_bind_int(q, 3, channel);
    pn_bind_int(q, 4, (int64_t)max);
    return pn_rows_ids(q, arena, ret_ids, ret_count);
}

pn_err pn_contact_share_many(pn_db *db, pn_id org_id, const pn_id *channels, const pn_str *folds,
                             size_t count) {
    /* LATERAL and OFFSET keep the order: by address. Left to itself, and to a plan made while the
     * table was empty, PostgreSQL would begin with all contacts of the organization. */
    pn_stmt *q = pn_db_stmt(
        db, PN_PG("UPDATE contact SET shared = 1 FROM (SELECT o.debtor_id, o.id FROM unnest($2, $3)"
                  " AS v (channel, address_fold), LATERAL (SELECT c.debtor_id, c.id, c.shared,"
                  " min(c.debtor_id) OVER () < max(c.debtor_id) OVER () AS several FROM contact c"
                  " WHERE c.org_id = $1 AND c.address_fold = v.address_fold AND c.channel ="
                  " v.channel OFFSET 0) o WHERE o.several AND o.shared = 0) d"
                  " WHERE contact.debtor_id = d.debtor_id AND contact.id = d.id"));
    pn_bind_int(q, 1, org_id);
    pn_bind_ids(q, 2, channels, count);
    pn_bind_texts(q, 3, folds, count);
    return pn_stmt_run(q, NULL);
}

pn_err pn_contact_set_shared(pn_db *db, pn_id org_id, pn_channel_kind channel,
                             pn_str address_fold) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE contact SET shared = 1 WHERE org_id = $1"
                                " AND address_fold = $2 AND channel = $3 AND shared = 0");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, address_fold);
    pn_bind_int(q, 3, channel);
    return pn_stmt_run(q, NULL);
}

pn_err pn_attribute_put(pn_db *db, pn_id org_id, pn_id debtor_id, pn_id owner_id,
                        const pn_attr *attr) {
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO attribute (debtor_id, owner_id, name, org_id, kind, text, fold, number)"
            " VALUES ($1,$2,$3,$4,$5,$6,$7,$8) ON CONFLICT (debtor_id, owner_id, name) DO UPDATE"
            " SET kind = excluded.kind, text = excluded.text, fold = excluded.fold,"
            " number = excluded.number");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, owner_id);
    pn_bind_str(q, 3, attr->key);
    pn_bind_int(q, 4, org_id);
    pn_bind_int(q, 5, attr->type);
    pn_bind_str(q, 6, attr->text);
    pn_bind_str(q, 7, attr->fold);
    pn_bind_int(q, 8, attr->number);
    return pn_stmt_run(q, NULL);
}

static void read_attr(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_attr *)row = (pn_attr){
        .key = pn_col_str_dup(q, 0, arena),
        .type = (pn_attr_type)pn_col_int(q, 1),
        .text = pn_col_str_dup(q, 2, arena),
        .fold = pn_col_str_dup(q, 3, arena),
        .number = pn_col_int(q, 4),
    };
}

pn_err pn_attribute_list(pn_db *db, pn_id debtor_id, pn_id owner_id, pn_arena *arena,
                         pn_attr **ret_attrs, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT name, kind, text, fold, number FROM attribute"
                                " WHERE debtor_id = $1 AND owner_id = $2 ORDER BY name");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, owner_id);
    void *attrs = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_attr), read_attr, &attrs, ret_count));
    *ret_attrs = attrs;
    return PN_OK;
}
