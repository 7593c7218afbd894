#include "store/org.h"

#include "base/banned.h"

const char *pn_org_mode_name(pn_org_mode mode) {
    switch (mode) {
    case PN_MODE_LIVE: return "live";
    case PN_MODE_TEST: return "test";
    case PN_MODE_SANDBOX: return "sandbox";
    }
    return "?";
}

#define ORG_COLUMNS                                                                                \
    "id, name, mode, country, region, currency, language, zone, lane, clock, policy, mail_key,"    \
    " public_url, created_at"

static void read_org(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_org_row *)row = (pn_org_row){
        .id = pn_col_int(q, 0),
        .name = pn_col_str_dup(q, 1, arena),
        .mode = (pn_org_mode)pn_col_int(q, 2),
        .country = pn_col_str_dup(q, 3, arena),
        .region = pn_col_str_dup(q, 4, arena),
        .currency = pn_col_str_dup(q, 5, arena),
        .language = pn_col_str_dup(q, 6, arena),
        .zone = pn_col_str_dup(q, 7, arena),
        .lane = pn_col_int(q, 8),
        .clock = pn_col_int_or(q, 9, PN_TIME_NONE),
        .policy = pn_col_str_dup(q, 10, arena),
        .mail_key = pn_col_str_dup(q, 11, arena),
        .public_url = pn_col_str_dup(q, 12, arena),
        .created_at = pn_col_int(q, 13),
    };
}

pn_err pn_org_insert(pn_db *db, const pn_org_row *row) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO organization (" ORG_COLUMNS ")"
                                " VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)");
    pn_bind_int(q, 1, row->id);
    pn_bind_str(q, 2, row->name);
    pn_bind_int(q, 3, row->mode);
    pn_bind_str(q, 4, row->country);
    pn_bind_str(q, 5, row->region);
    pn_bind_str(q, 6, row->currency);
    pn_bind_str(q, 7, row->language);
    pn_bind_str(q, 8, row->zone);
    pn_bind_int(q, 9, row->lane);
    pn_bind_int_or_null(q, 10, row->clock, PN_TIME_NONE);
    pn_bind_str(q, 11, row->policy);
    pn_bind_blob(q, 12, row->mail_key.ptr, row->mail_key.len);
    pn_bind_str(q, 13, row->public_url);
    pn_bind_int(q, 14, row->created_at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_org_find(pn_db *db, pn_str name, pn_arena *arena, pn_org_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " ORG_COLUMNS " FROM organization WHERE name = $1");
    pn_bind_str(q, 1, name);
    PN_TRY(pn_row_next(q));
    read_org(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_org_list(pn_db *db, pn_arena *arena, pn_org_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " ORG_COLUMNS " FROM organization ORDER BY id");
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_org_row), read_org, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_org_set_clock(pn_db *db, pn_id id, pn_time clock) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE organization SET clock = $2 WHERE id = $1");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, clock);
    return pn_stmt_run(q, NULL);
}

pn_err pn_org_clock(pn_db *db, pn_id id, pn_time *ret_clock) {
    pn_stmt *q = pn_db_stmt(db, "SELECT clock FROM organization WHERE id = $1");
    pn_bind_int(q, 1, id);
    PN_TRY(pn_row_next(q));
    *ret_clock = pn_col_int_or(q, 0, PN_TIME_NONE);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_org_set_mode(pn_db *db, pn_id id, pn_org_mode mode) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE organization SET mode = $2 WHERE id = $1");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, (int64_t)mode);
    return pn_stmt_run(q, NULL);
}

pn_err pn_org_set_policy(pn_db *db, pn_id id, pn_str policy) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE organization SET policy = $2 WHERE id = $1");
    pn_bind_int(q, 1, id);
    pn_bind_str(q, 2, policy);
    return pn_stmt_run(q, NULL);
}

pn_err pn_org_set_public_url(pn_db *db, pn_id id, pn_str url) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE organization SET public_url = $2 WHERE id = $1");
    pn_bind_int(q, 1, id);
    pn_bind_str(q, 2, url);
    return pn_stmt_run(q, NULL);
}

static const char *const TRACKINGS[] = {
    [PN_TRACKING_AUTO] = "auto",
    [PN_TRACKING_ALL] = "all",
    [PN_TRACKING_CLICKS] = "clicks",
    [PN_TRACKING_OFF] = "off",
};

const char *pn_tracking_name(pn_tracking tracking) {
    return TRACKINGS[tracking];
}

pn_err pn_tracking_parse(pn_str name, pn_tracking *ret_tracking) {
    for (size_t i = 0; i < PN_COUNT(TRACKINGS); i++) {
        if (pn_str_eq(name, pn_str_of(TRACKINGS[i]))) {
            *ret_tracking = (pn_tracking)i;
            return PN_OK;
        }
    }
    return PN_NOT_FOUND;
}

static const char *const ADDRESS_FORMS[] = {
    [PN_ADDRESS_USTED] = "usted",
    [PN_ADDRESS_TU] = "tu",
    [PN_ADDRESS_TU_PEOPLE] = "tu-people",
};

const char *pn_address_form_name(pn_address_form form) {
    return ADDRESS_FORMS[form];
}

pn_err pn_address_form_parse(pn_str name, pn_address_form *ret_form) {
    for (size_t i = 0; i < PN_COUNT(ADDRESS_FORMS); i++) {
        if (pn_str_eq(name, pn_str_of(ADDRESS_FORMS[i]))) {
            *ret_form = (pn_address_form)i;
            return PN_OK;
        }
    }
    return PN_NOT_FOUND;
}

#define CREDITOR_COLUMNS                                                                           \
    "id, org_id, name, name_fold, tax_id, country, region, zone, language, address, phone, email," \
    " iban, policy, interest_bp, withholding_bp, data_hours_max, data_as_of, statement_through,"   \
    " trust_key, created_at, address_form, city, pix_key, rf_reference, colour, logo_type,"        \
    " logo_width, logo_height, sender_name, signs, replies, third_party, subjects, tracking"

static void read_creditor(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_creditor_row *)row = (pn_creditor_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .name = pn_col_str_dup(q, 2, arena),
        .name_fold = pn_col_str_dup(q, 3, arena),
        .tax_id = pn_col_str_dup(q, 4, arena),
        .country = pn_col_str_dup(q, 5, arena),
        .region = pn_col_str_dup(q, 6, arena),
        .zone = pn_col_str_dup(q, 7, arena),
        .language = pn_col_str_dup(q, 8, arena),
        .address = pn_col_str_dup(q, 9, arena),
        .phone = pn_col_str_dup(q, 10, arena),
        .email = pn_col_str_dup(q, 11, arena),
        .iban = pn_col_str_dup(q, 12, arena),
        .policy = pn_col_str_dup(q, 13, arena),
        .interest_bp = (int32_t)pn_col_int(q, 14),
        .withholding_bp = pn_col_str_dup(q, 15, arena),
        .data_hours_max = pn_col_int_or(q, 16, 0),
        .data_as_of = pn_col_int_or(q, 17, PN_TIME_NONE),
        .statement_through = (pn_date)pn_col_int_or(q, 18, PN_DATE_NONE),
        .trust_key = pn_col_str_dup(q, 19, arena),
        .created_at = pn_col_int(q, 20),
        .address_form = (pn_address_form)pn_col_int(q, 21),
        .city = pn_col_str_dup(q, 22, arena),
        .pix_key = pn_col_str_dup(q, 23, arena),
        .rf_reference = pn_col_int(q, 24) != 0,
        .colour = pn_col_str_dup(q, 25, arena),
        .logo_type = pn_col_str_dup(q, 26, arena),
        .logo_width = (int32_t)pn_col_int(q, 27),
        .logo_height = (int32_t)pn_col_int(q, 28),
        .sender_name = pn_col_str_dup(q, 29, arena),
        .signs = (pn_signs)pn_col_int(q, 30),
        .replies = (pn_replies)pn_col_int(q, 31),
        .third_party = pn_col_int(q, 32) != 0,
        .subjects = (pn_subjects)pn_col_int(q, 33),
        .tracking = (pn_tracking)pn_col_int_or(q, 34, PN_TRACKING_AUTO),
    };
}

static void bind_creditor(pn_stmt *q, const pn_creditor_row *row) {
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_str(q, 3, row->name);
    pn_bind_str(q, 4, row->name_fold);
    pn_bind_str(q, 5, row->tax_id);
    pn_bind_str(q, 6, row->country);
    pn_bind_str(q, 7, row->region);
    pn_bind_str(q, 8, row->zone);
    pn_bind_str(q, 9, row->language);
    pn_bind_str(q, 10, row->address);
    pn_bind_str(q, 11, row->phone);
    pn_bind_str(q, 12, row->email);
    pn_bind_str(q, 13, row->iban);
    pn_bind_str(q, 14, row->policy);
    pn_bind_int(q, 15, row->interest_bp);
    pn_bind_str(q, 16, row->withholding_bp);
    pn_bind_int_or_null(q, 17, row->data_hours_max, 0);
    pn_bind_int_or_null(q, 18, row->data_as_of, PN_TIME_NONE);
    pn_bind_int_or_null(q, 19, row->statement_through, PN_DATE_NONE);
    pn_bind_blob(q, 20, row->trust_key.ptr, row->trust_key.len);
    pn_bind_int(q, 21, row->created_at);
    pn_bind_int(q, 22, row->address_form);
    pn_bind_str(q, 23, row->city);
    pn_bind_str(q, 24, row->pix_key);
    pn_bind_int(q, 25, row->rf_reference);
    pn_bind_str(q, 26, row->colour);
    pn_bind_str(q, 27, row->logo_type);
    pn_bind_int(q, 28, row->logo_width);
    pn_bind_int(q, 29, row->logo_height);
    pn_bind_str(q, 30, row->sender_name);
    pn_bind_int(q, 31, row->signs);
    pn_bind_int(q, 32, row->replies);
    pn_bind_int(q, 33, row->third_party);
    pn_bind_int(q, 34, row->subjects);
    pn_bind_int(q, 35, row->tracking);
}

pn_err pn_creditor_insert(pn_db *db, const pn_creditor_row *row) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO creditor (" CREDITOR_COLUMNS
                                ") VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,"
                                "$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,"
                                "$24,$25,$26,$27,$28,$29,$30,$31,$32,$33,$34,$35)");
    bind_creditor(q, row);
    return pn_stmt_run(q, NULL);
}

pn_err pn_creditor_update(pn_db *db, const pn_creditor_row *row) {
    pn_stmt *q = pn_db_stmt(
        db,
        "UPDATE creditor SET name = $3, name_fold = $4, tax_id = $5, country = $6, region = $7,"
        " zone = $8, language = $9, address = $10, phone = $11, email = $12, iban = $13,"
        " policy = $14, interest_bp = $15, withholding_bp = $16, data_hours_max = $17,"
        " data_as_of = $18, statement_through = $19, trust_key = $20, created_at = $21,"
        " address_form = $22, city = $23, pix_key = $24, rf_reference = $25,"
        " colour = $26, logo_type = $27, logo_width = $28, logo_height = $29, sender_name = $30,"
        " signs = $31, replies = $32, third_party = $33, subjects = $34,"
        " tracking = $35"
        " WHERE id = $1 AND org_id = $2");
    bind_creditor(q, row);
    return pn_stmt_run(q, NULL);
}

pn_err pn_creditor_list(pn_db *db, pn_id org_id, pn_arena *arena, pn_creditor_row **ret_rows,
                        size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " CREDITOR_COLUMNS " FROM creditor"
                                " WHERE org_id = $1 AND archived_at IS NULL ORDER BY id");
    pn_bind_int(q, 1, org_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_creditor_row), read_creditor, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_creditor_logo(pn_db *db, pn_id id, pn_arena *arena, pn_str *ret_bytes) {
    pn_stmt *q = pn_db_stmt(db, "SELECT logo FROM creditor WHERE id = $1 AND logo IS NOT NULL");
    pn_bind_int(q, 1, id);
    PN_TRY(pn_row_next(q));
    *ret_bytes = pn_col_str_dup(q, 0, arena);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_creditor_set_logo(pn_db *db, pn_id id, pn_str bytes) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE creditor SET logo = $2 WHERE id = $1");
    pn_bind_int(q, 1, id);
    pn_bind_blob_or_null(q, 2, bytes.ptr, bytes.len);
    return pn_stmt_run(q, NULL);
}

pn_err pn_creditor_loaded(pn_db *db, pn_id id, pn_time data_as_of, pn_date statement_through) {
    pn_stmt *q = pn_db_stmt(
        db, "UPDATE creditor SET"
            " data_as_of = CASE WHEN $2 IS NULL OR data_as_of > $2 THEN data_as_of ELSE $2 END,"
            " statement_through = CASE WHEN $3 IS NULL OR statement_through > $3"
            " THEN statement_through ELSE $3 END WHERE id = $1");
    pn_bind_int(q, 1, id);
    pn_bind_int_or_null(q, 2, data_as_of, PN_TIME_NONE);
    pn_bind_int_or_null(q, 3, statement_through, PN_DATE_NONE);
    return pn_stmt_run(q, NULL);
}

pn_err pn_creditor_read_marks(pn_db *db, pn_id org_id, pn_creditor_row *rows, size_t count) {
    size_t at = 0;
    pn_err err = PN_OK;
    pn_stmt *q = pn_db_stmt(db, "SELECT id, data_as_of, statement_through FROM creditor WHERE"
                                " org_id = $1 ORDER BY id");
    pn_bind_int(q, 1, org_id);
    while ((err = pn_row_next(q)) == PN_OK) {
        while (at < count && rows[at].id < pn_col_int(q, 0)) {
            at++;
        }
        if (at < count && rows[at].id == pn_col_int(q, 0)) {
            rows[at].data_as_of = pn_col_int_or(q, 1, PN_TIME_NONE);
            rows[at].statement_through = (pn_date)pn_col_int_or(q, 2, PN_DATE_NONE);
        }
    }
    return err == PN_NOT_FOUND ? PN_OK : err;
}
