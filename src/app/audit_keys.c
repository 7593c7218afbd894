/* The file itself, keys that must be unique, documents that must not change. */
#include "app/audit_int.h"

#include "base/banned.h"

typedef struct {
    pn_auditor *auditor;
    pn_audit_check *check;
} file_audit;

static void fault_found(void *context, pn_str words) {
    const file_audit *f = context;
    pn_audit_disagree(f->auditor, f->check, "The database says: %.*s.", PN_STR_ARG(words));
}

/* The database's own check of pages and indexes: an index that lies would hide rows from the rest.
 */
static pn_err audit_file(pn_auditor *auditor) {
    file_audit f = {auditor, pn_audit_begin(auditor, "file",
                                            "The database file is whole, and its "
                                            "indexes are right.")};
    f.check->rows++;
    return pn_db_check(auditor->app->db, false, fault_found, &f);
}

/* Column 0 is a key, 1 how often it is there. Without NOT INDEXED a damaged unique index could
 * answer for itself; the check of the file finds that. */
static pn_err count_keys(pn_auditor *auditor, pn_audit_check *check, const char *literal,
                         const char *what) {
    pn_audit_cursor cursor;
    PN_TRY(pn_audit_open(auditor, literal, &cursor));
    while (cursor.live) {
        check->rows++;
        if (pn_col_int(cursor.q, 1) > 1) {
            pn_audit_disagree(auditor, check, "%s “%.*s” is there %lld times.", what,
                              PN_STR_ARG(pn_col_str(cursor.q, 0)),
                              (long long)pn_col_int(cursor.q, 1));
        }
        PN_TRY(pn_audit_next(&cursor));
    }
    return PN_OK;
}

/* Every debtor is found again by the key it was first known by. */
static pn_err check_debtor_keys(pn_auditor *auditor, pn_audit_check *check) {
    pn_audit_cursor cursor;
    PN_TRY(pn_audit_open(auditor,
                         "SELECT d.id, d.external_id, k.debtor_id FROM debtor d LEFT JOIN"
                         " debtor_key k ON k.creditor_id = d.creditor_id AND k.external_id ="
                         " d.external_id WHERE d.org_id = $1 ORDER BY d.id",
                         &cursor));
    while (cursor.live) {
        check->rows++;
        if (pn_col_int(cursor.q, 2) != pn_col_int(cursor.q, 0)) {
            pn_audit_disagree(auditor, check, "Debtor %s is not found by its own key.",
                              pn_audit_name(auditor, PN_ID_DEBTOR, pn_col_int(cursor.q, 0),
                                            pn_col_str(cursor.q, 1)));
            pn_arena_reset(&auditor->scratch);
        }
        PN_TRY(pn_audit_next(&cursor));
    }
    return PN_OK;
}

static pn_err audit_unique(pn_auditor *auditor) {
    pn_audit_check *check =
        pn_audit_begin(auditor, "keys", "No invoice, payment, debtor or address is there twice.");
    PN_TRY(count_keys(auditor, check,
                      "SELECT external_id, count(*) FROM invoice WHERE +org_id = $1"
                      " GROUP BY creditor_id, external_id",
                      "Invoice"));
    PN_TRY(count_keys(auditor, check,
                      "SELECT external_id, count(*) FROM payment WHERE +org_id = $1"
                      " AND external_id IS NOT NULL GROUP BY creditor_id, external_id",
                      "Payment"));
    PN_TRY(count_keys(auditor, check,
                      "SELECT external_id, count(*) FROM debtor_key WHERE org_id = $1"
                      " GROUP BY creditor_id, external_id",
                      "Debtor"));
    return check_debtor_keys(auditor, check);
}

/* An address that several debtors have says so: that is how one mailbox gets one message. */
static pn_err audit_shared(pn_auditor *auditor) {
    pn_audit_check *check =
        pn_audit_begin(auditor, "addresses", "Addresses of several debtors are marked as shared.");
    pn_audit_cursor cursor;
    PN_TRY(pn_audit_open(auditor,
                         "SELECT address_fold, count(DISTINCT debtor_id), min(shared) FROM contact"
                         " WHERE org_id = $1 GROUP BY address_fold, channel",
                         &cursor));
    while (cursor.live) {
        check->rows++;
        if (pn_col_int(cursor.q, 1) > 1 && pn_col_int(cursor.q, 2) == 0) {
            pn_audit_disagree(auditor, check,
                              "The address “%.*s” has %lld debtors, and one of its contacts is not "
                              "marked as shared.",
                              PN_STR_ARG(pn_col_str(cursor.q, 0)),
                              (long long)pn_col_int(cursor.q, 1));
        }
        PN_TRY(pn_audit_next(&cursor));
    }
    return PN_OK;
}

/* Columns: id, name, version, document, hash. */
static pn_err check_documents(pn_auditor *auditor, pn_audit_check *check, const char *literal,
                              const char *what) {
    pn_audit_cursor cursor;
    PN_TRY(pn_audit_open(auditor, literal, &cursor));
    while (cursor.live) {
        pn_str text = pn_col_str(cursor.q, 3), stored = pn_col_str(cursor.q, 4);
        pn_sha256 hash = pn_sha256_of(text.ptr, text.len);
        check->rows++;
        if (stored.len != sizeof hash.bytes || memcmp(stored.ptr, &hash, stored.len) != 0) {
            pn_audit_disagree(
                auditor, check, "Version %lld of the %s “%.*s” was changed after it was published.",
                (long long)pn_col_int(cursor.q, 2), what, PN_STR_ARG(pn_col_str(cursor.q, 1)));
        }
        PN_TRY(pn_audit_next(&cursor));
    }
    return PN_OK;
}

static pn_err check_newest(pn_auditor *auditor, pn_audit_check *check) {
    pn_audit_cursor cursor;
    PN_TRY(pn_audit_open(auditor,
                         "SELECT s.name, s.version_id, (SELECT v.id FROM strategy_version v"
                         " WHERE v.strategy_id = s.id ORDER BY v.version DESC LIMIT 1)"
                         " FROM strategy s WHERE s.org_id = $1 ORDER BY s.id",
                         &cursor));
    while (cursor.live) {
        if (pn_col_int(cursor.q, 1) != pn_col_int(cursor.q, 2)) {
            pn_audit_disagree(auditor, check,
                              "The strategy “%.*s” does not name its newest version.",
                              PN_STR_ARG(pn_col_str(cursor.q, 0)));
        }
        PN_TRY(pn_audit_next(&cursor));
    }
    return PN_OK;
}

static pn_err audit_documents(pn_auditor *auditor) {
    pn_audit_check *check = pn_audit_begin(
        auditor, "documents", "Published strategies and templates are as they were published.");
    PN_TRY(check_documents(auditor, check,
                           "SELECT v.id, s.name, v.version, v.document, v.hash FROM"
                           " strategy_version v JOIN strategy s ON s.id = v.strategy_id"
                           " WHERE v.org_id = $1 ORDER BY v.id",
                           "strategy"));
    PN_TRY(check_documents(auditor, check,
                           "SELECT id, family, version, document, hash FROM template"
                           " WHERE org_id = $1 ORDER BY id",
                           "template"));
    return check_newest(auditor, check);
}

pn_err pn_audit_keys(pn_auditor *auditor) {
    PN_TRY(audit_file(auditor));
    PN_TRY(audit_unique(auditor));
    PN_TRY(audit_shared(auditor));
    return audit_documents(auditor);
}
