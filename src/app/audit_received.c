/* Mail that came in: it is still what came, and who has it is a debtor of ours. */
#include "app/audit_int.h"

#include "base/banned.h"
#include "store/received.h"

enum { C_ID, C_HASH, C_STATE, C_MATCHED_BY, C_DEBTOR_THERE, C_SIZE, C_CONTENT, C_NOTE };

static const char *mail_name(pn_auditor *auditor, pn_stmt *q) {
    return pn_audit_name(auditor, PN_ID_RECEIVED, pn_col_int(q, C_ID), PN_STR(""));
}

static void check_content(pn_auditor *auditor, pn_audit_check *check, pn_stmt *q) {
    pn_packed packed = {.size = pn_col_int_or(q, C_SIZE, 0), .bytes = pn_col_str(q, C_CONTENT)};
    pn_str content, stored = pn_col_str(q, C_HASH);
    if (pn_col_null(q, C_CONTENT) && pn_str_is(pn_col_str(q, C_NOTE), "erased")) {
        return;
    }
    if (pn_col_null(q, C_CONTENT)) {
        pn_audit_disagree(auditor, check, "What mail %s was is not there.", mail_name(auditor, q));
        return;
    }
    if (pn_content_unpack(&packed, PN_STR_NONE, &auditor->scratch, &content) != PN_OK) {
        pn_audit_disagree(auditor, check, "Mail %s cannot be read.", mail_name(auditor, q));
        return;
    }
    pn_sha256 hash = pn_sha256_of(content.ptr, content.len);
    if (stored.len != sizeof hash.bytes || memcmp(stored.ptr, hash.bytes, stored.len) != 0) {
        pn_audit_disagree(auditor, check, "Mail %s is not the one that came.",
                          mail_name(auditor, q));
    }
}

static void check_owner(pn_auditor *auditor, pn_audit_check *check, pn_stmt *q) {
    int64_t state = pn_col_int(q, C_STATE);
    bool owned = state == PN_RECEIVED_MATCHED || state == PN_RECEIVED_HANDLED;
    bool found = pn_col_int(q, C_MATCHED_BY) != PN_MATCHED_NONE;
    if (owned != found || found != (pn_col_int(q, C_DEBTOR_THERE) != 0)) {
        pn_audit_disagree(auditor, check, "Mail %s is %s, and its debtor says otherwise.",
                          mail_name(auditor, q),
                          state >= 0 && state < PN_RECEIVED_STATES
                              ? pn_received_state_name((pn_received_state)state)
                              : "in no state");
    }
}

pn_err pn_audit_received(pn_auditor *auditor) {
    pn_audit_cursor cursor;
    pn_audit_check *check = pn_audit_begin(
        auditor, "received", "Mail that came in is stored as it came, and has the owner it says.");
    PN_TRY(pn_audit_open(auditor,
                         "SELECT m.id, m.source_hash, m.state, m.matched_by,"
                         " (SELECT COUNT(*) FROM debtor d WHERE d.id = m.debtor_id"
                         " AND d.org_id = m.org_id), c.size, c.content, m.note FROM received_mail m"
                         " LEFT JOIN received_content c ON c.mail_id = m.id"
                         " WHERE +m.org_id = $1 ORDER BY m.id",
                         &cursor));
    while (cursor.live) {
        check->rows++;
        check_content(auditor, check, cursor.q);
        check_owner(auditor, check, cursor.q);
        pn_arena_reset(&auditor->scratch);
        PN_TRY(pn_audit_next(&cursor));
    }
    return PN_OK;
}
