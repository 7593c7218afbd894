#include "store/schema.h"

#include "base/banned.h"
#include "base/embedded.h"

extern const pn_embedded pn_schema_files[];

/* What they mean is the driver's to say, in this order. */
static const char *const TOKENS[] = {"{id}",   "{serial}", "{int}",      "{text}",
                                     "{blob}", "{rows}",   "{clustered}"};

static pn_err expand(const pn_db *db, pn_str text, pn_buf *out) {
    while (text.len != 0) {
        size_t brace = pn_str_find_char(text, '{');
        pn_buf_add_str(out, pn_str_first(text, brace));
        if (brace == SIZE_MAX) {
            break;
        }
        text = pn_str_from(text, brace);
        size_t i = 0;
        while (i < PN_COUNT(TOKENS) && !pn_str_starts(text, pn_str_of(TOKENS[i]))) {
            i++;
        }
        assert(i < PN_COUNT(TOKENS)); /* our own files */
        pn_buf_add_z(out, pn_db_type(db, i));
        text = pn_str_from(text, strlen(TOKENS[i]));
    }
    pn_buf_add_char(out, '\0');
    return pn_buf_err(out);
}

int64_t pn_schema_newest(void) {
    int64_t count = 0;
    while (pn_schema_files[count].name != NULL) {
        count++;
    }
    return count;
}

pn_err pn_schema_version(pn_db *db, int64_t *ret_version) {
    bool has = false;
    PN_TRY(pn_db_has_table(db, "schema_version", &has));
    if (!has) {
        *ret_version = 0;
        return PN_OK;
    }
    pn_stmt *newest = pn_db_stmt(db, "SELECT coalesce(max(version), 0) FROM schema_version");
    PN_TRY(pn_row_next(newest));
    *ret_version = pn_col_int(newest, 0);
    pn_stmt_reset(newest);
    return PN_OK;
}

static pn_err apply(pn_db *db, int64_t version, pn_time now, pn_buf *sql) {
    pn_buf_clear(sql);
    PN_TRY(expand(db, pn_embedded_text(&pn_schema_files[version - 1]), sql));
    PN_TRY(pn_db_exec(db, sql->ptr));
    pn_stmt *insert =
        pn_db_stmt(db, "INSERT INTO schema_version (version, applied_at) VALUES ($1, $2)");
    pn_bind_int(insert, 1, version);
    pn_bind_int(insert, 2, now);
    return pn_stmt_run(insert, NULL);
}

pn_err pn_schema_refuse_newer(int64_t version, pn_diag *diag) {
    if (version == PN_SCHEMA_COPYING) {
        pn_err err = pn_diag_set(diag, PN_CONFLICT,
                                 "A copy into this database is under way, or was interrupted.");
        pn_diag_mend(diag, "`puntual copy` with the same source goes on where it was.");
        return err;
    }
    pn_err err = pn_diag_set(diag, PN_CONFLICT,
                             "The database has schema %lld; this program knows schemas up to %lld.",
                             (long long)version, (long long)pn_schema_newest());
    pn_diag_mend(diag, "Use the newer program that wrote it.");
    return err;
}

static pn_err make_versions(pn_db *db, pn_buf *sql) {
    pn_buf_clear(sql);
    PN_TRY(expand(db,
                  PN_STR("CREATE TABLE schema_version (version {id}, applied_at {int} NOT NULL)"
                         "{rows}"),
                  sql));
    return pn_db_exec(db, sql->ptr);
}

/* Inside the transaction: another process may have been faster. */
static pn_err apply_missing(pn_db *db, pn_time now, pn_buf *sql) {
    int64_t version = 0;
    PN_TRY(pn_schema_version(db, &version));
    if (version == 0) {
        PN_TRY(make_versions(db, sql));
    }
    while (version < pn_schema_newest()) {
        PN_TRY(apply(db, ++version, now, sql));
    }
    return PN_OK;
}

pn_err pn_schema_migrate(pn_db *db, pn_time now, pn_diag *diag) {
    int64_t version = 0;
    unsigned log = 0;
    pn_err err = pn_schema_version(db, &version);
    if (err != PN_OK) {
        return pn_db_diag(db, err, diag);
    }
    if (version >= pn_schema_newest()) {
        return version == pn_schema_newest() ? PN_OK : pn_schema_refuse_newer(version, diag);
    }
    pn_buf sql;
    pn_buf_init(&sql, 1 << 20);
    err = pn_db_begin(db, PN_SCOPE_DATABASE, 0, &log);
    if (err == PN_OK) {
        err = apply_missing(db, now, &sql);
    }
    if (err == PN_OK) {
        err = pn_db_commit(db);
    }
    pn_buf_done(&sql);
    if (err != PN_OK) {
        pn_db_rollback(db);
        return pn_db_diag(db, err, diag);
    }
    return PN_OK;
}
