/* Protected debtors: they are known as such, and no demand left for one of them that the policy
 * would not have let through. */
#include "app/audit_int.h"

#include "app/guard.h"
#include "base/banned.h"
#include "store/protection.h"

/* A debtor who is protected says so in its flags: without, the gate would not look. */
static pn_err check_flags(pn_auditor *auditor, pn_audit_check *check) {
    pn_audit_cursor cursor;
    PN_TRY(pn_audit_open(auditor,
                         "SELECT p.debtor_id, p.id, d.flags FROM protection p LEFT JOIN debtor d"
                         " ON d.id = p.debtor_id WHERE p.org_id = $1 AND p.ended_at IS NULL"
                         " ORDER BY p.debtor_id, p.id",
                         &cursor));
    while (cursor.live) {
        check->rows++;
        if ((pn_col_int_or(cursor.q, 2, 0) & PN_DEBTOR_HAS_PROTECTIONS) == 0) {
            pn_audit_disagree(
                auditor, check, "Debtor %s is protected, and its flags do not say so.",
                pn_audit_name(auditor, PN_ID_DEBTOR, pn_col_int(cursor.q, 0), PN_STR_NONE));
            pn_arena_reset(&auditor->scratch);
        }
        PN_TRY(pn_audit_next(&cursor));
    }
    return PN_OK;
}

enum { L_CARRIER, L_DEBTOR, L_CREDITOR, L_CHANNEL, L_RELATION, L_KIND, L_AT };

typedef struct {
    pn_id carrier, debtor, creditor;
    pn_channel_kind channel;
    bool to_representative;
    pn_protect_kind kind;
    pn_time at;
} letter;

static pn_err treat(pn_auditor *auditor, const letter *l, const pn_view *view,
                    const pn_view_account *account, bool *ret_allowed) {
    pn_guard guard = {
        .view = view, .account = account, .channel = l->channel, .purpose = PN_PURPOSE_DEMAND};
    const pn_policy *policy = NULL;
    const pn_policy_protection *rule = NULL;
    pn_gate_query query;
    pn_diag diag = {0};
    bool open = true;
    PN_TRY(pn_guard_query(auditor->app, &guard, l->at, &auditor->scratch, &query, &policy, &diag));
    pn_treatment treatment = pn_policy_treatment(policy, l->kind, &query.about,
                                                 pn_zone_date(query.zones[0], l->at), &open, &rule);
    *ret_allowed = open && (treatment <= PN_TREAT_ONLY ||
                            (treatment == PN_TREAT_REPRESENTATIVE && l->to_representative));
    return PN_OK;
}

static pn_err check_letter(pn_auditor *auditor, pn_audit_check *check, const letter *l) {
    pn_view view;
    bool allowed = true;
    pn_err err = pn_view_one(auditor->app, l->debtor, false, &auditor->scratch, &view);
    if (err != PN_OK) {
        return err == PN_NOT_FOUND ? PN_OK : err; /* archived since */
    }
    for (size_t i = 0; i < view.account_count; i++) {
        if (view.accounts[i].row.creditor_id == l->creditor) {
            PN_TRY(treat(auditor, l, &view, &view.accounts[i], &allowed));
            break;
        }
    }
    check->rows++;
    if (!allowed) {
        pn_audit_disagree(auditor, check,
                          "Carrier %s asked for money while debtor %s was protected as %s.",
                          pn_audit_name(auditor, PN_ID_CARRIER, l->carrier, PN_STR_NONE),
                          pn_audit_name(auditor, PN_ID_DEBTOR, l->debtor, view.row.external_id),
                          pn_protect_name(l->kind));
    }
    return PN_OK;
}

/* What left while a protection was in force; what was claimed in the same instant is older. A copy
 * for people of ours has no contact. */
static pn_err check_letters(pn_auditor *auditor, pn_audit_check *check) {
    pn_audit_cursor cursor;
    PN_TRY(pn_audit_open(
        auditor,
        "SELECT c.id, c.debtor_id, c.creditor_id, c.channel, k.relation, p.kind, c.at"
        " FROM protection p JOIN carrier c ON c.debtor_id = p.debtor_id AND c.at > p.since"
        " AND (p.until IS NULL OR c.at < p.until) AND (p.ended_at IS NULL OR c.at < p.ended_at)"
        " JOIN contact k ON k.debtor_id = c.debtor_id AND k.id = c.contact_id"
        " WHERE p.org_id = $1 AND c.purpose = 0 AND c.state IN (2, 3, 8)"
        " ORDER BY p.debtor_id, c.id",
        &cursor));
    while (cursor.live) {
        letter l = {.carrier = pn_col_int(cursor.q, L_CARRIER),
                    .debtor = pn_col_int(cursor.q, L_DEBTOR),
                    .creditor = pn_col_int(cursor.q, L_CREDITOR),
                    .channel = (pn_channel_kind)pn_col_int(cursor.q, L_CHANNEL),
                    .to_representative =
                        pn_str_is(pn_col_str(cursor.q, L_RELATION), PN_RELATION_REPRESENTATIVE),
                    .kind = (pn_protect_kind)pn_col_int(cursor.q, L_KIND),
                    .at = pn_col_int(cursor.q, L_AT)};
        PN_TRY(check_letter(auditor, check, &l));
        pn_arena_reset(&auditor->scratch);
        PN_TRY(pn_audit_next(&cursor));
    }
    return PN_OK;
}

pn_err pn_audit_protections(pn_auditor *auditor) {
    pn_audit_check *check =
        pn_audit_begin(auditor, "protected",
                       "No demand left for a protected debtor that the policy does not allow.");
    PN_TRY(check_flags(auditor, check));
    return check_letters(auditor, check);
}
