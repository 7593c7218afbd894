/* What goes: names, addresses, tax ids, keys of other systems, contents of mails in both
 * directions, and every text that somebody typed about the person. What stays: amounts, days,
 * states, invoice numbers, and of events and contents the hashes, so that books and proofs hold. */
#include "store/erase.h"

#include "base/banned.h"

/* Each has the debtor as $1. The tables of mail are read whole: hardly anybody asks for this. */
static const char *const STATEMENTS[] = {
    "UPDATE event SET salt = NULL, body = NULL WHERE debtor_id = $1",
    "DELETE FROM carrier_content WHERE carrier_id IN (SELECT id FROM carrier WHERE debtor_id = $1)",
    "UPDATE carrier_file SET name = '' WHERE carrier_id IN (SELECT id FROM carrier WHERE debtor_id"
    " = $1)",
    "UPDATE attempt SET address = '', reply = '' WHERE carrier_id IN (SELECT id FROM carrier WHERE"
    " debtor_id = $1)",
    "UPDATE carrier SET address = '', subject = '', reply = '' WHERE debtor_id = $1",
    "DELETE FROM received_content WHERE mail_id IN (SELECT id FROM received_mail WHERE debtor_id ="
    " $1)",
    "UPDATE received_mail SET message_id = '', sender = '', sender_name = '', sent_to = '',"
    " subject = '', recipient = '', text = '', suggestion = '', note = 'erased' WHERE debtor_id ="
    " $1",
    /* a person's words, and why they went out once more */
    "UPDATE message SET params = '{}' WHERE debtor_id = $1 AND replace(replace(params, '\"edit\"',"
    " ''), '\"resend\"', '') <> params",
    "UPDATE signal SET detail = '' WHERE debtor_id = $1",
    "UPDATE link SET target = '' WHERE debtor_id = $1",
    "UPDATE errand SET outcome = '', reference = '', reason = '' WHERE debtor_id = $1",
    "UPDATE offer SET terms = '', accepted_by = '', accepted_from = '', asked_text = NULL,"
    " answer = NULL, tell_at = NULL WHERE debtor_id = $1",
    "UPDATE mandate SET token = '', label = '', state = 1, reason = 'erased' WHERE debtor_id = $1",
    "UPDATE notice SET text = '' WHERE debtor_id = $1",
    "UPDATE task SET script = '', outcome = '', snooze_reason = NULL WHERE debtor_id = $1",
    "UPDATE task_change SET snooze_reason = NULL WHERE debtor_id = $1",
    "UPDATE payment SET reference = '', reversal_reason = '' WHERE debtor_id = $1",
    "UPDATE ledger SET note = '' WHERE debtor_id = $1",
    "UPDATE dispute SET reason = '', outcome = '' WHERE debtor_id = $1",
    "UPDATE instrument SET number = '' WHERE debtor_id = $1",
    "UPDATE hold SET reason = '' WHERE debtor_id = $1",
    "UPDATE protection SET reason = '' WHERE debtor_id = $1",
    "UPDATE invoice SET document = '' WHERE debtor_id = $1",
    "UPDATE invoice_line SET description = '', description_fold = '' WHERE debtor_id = $1",
    "UPDATE provider_event SET body = '' WHERE debtor_id = $1",
    "UPDATE complaint SET text = '', answer = '' WHERE debtor_id = $1",
    "DELETE FROM page_file WHERE debtor_id = $1",
    "DELETE FROM file_part WHERE file_id IN (SELECT id FROM file WHERE debtor_id = $1)",
    "DELETE FROM file WHERE debtor_id = $1",
    "DELETE FROM study_message WHERE debtor_id = $1",
    "DELETE FROM page_code WHERE debtor_id = $1",
    "DELETE FROM attribute WHERE debtor_id = $1",
    /* marked as shared, for the empty address is of several */
    "UPDATE contact SET address = '', address_fold = '', name = '', state = 2, state_reason ="
    " 'erased', shared = 1, consent_source = '' WHERE debtor_id = $1",
    "DELETE FROM debtor_key WHERE debtor_id = $1",
    /* answers that are kept for a day may hold anything */
    "DELETE FROM idempotency WHERE org_id = (SELECT org_id FROM debtor WHERE id = $1)",
};

pn_err pn_erase_open(pn_db *db, pn_id debtor_id, pn_open_things *ret_things) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT (SELECT count(*) FROM invoice WHERE debtor_id = $1 AND closed = 0),"
            " (SELECT count(*) FROM run WHERE debtor_id = $1 AND status = 0),"
            " (SELECT count(*) FROM account WHERE debtor_id = $1 AND unapplied_minor <> 0),"
            " (SELECT count(*) FROM task WHERE debtor_id = $1 AND state = 0),"
            " (SELECT count(*) FROM message WHERE debtor_id = $1 AND state IN (0, 1, 7, 8))");
    pn_bind_int(q, 1, debtor_id);
    PN_TRY(pn_row_next(q));
    *ret_things = (pn_open_things){.invoices = pn_col_int(q, 0),
                                   .runs = pn_col_int(q, 1),
                                   .unapplied = pn_col_int(q, 2),
                                   .tasks = pn_col_int(q, 3),
                                   .messages = pn_col_int(q, 4)};
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_erase_done(pn_db *db, pn_id org_id, pn_id debtor_id, bool *ret_done) {
    pn_stmt *q = pn_db_stmt(db, "SELECT barred_reason FROM debtor WHERE org_id = $1 AND id = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, debtor_id);
    PN_TRY(pn_row_next(q));
    *ret_done = pn_str_is(pn_col_str(q, 0), "erased");
    pn_stmt_reset(q);
    return PN_OK;
}

/* The debtor can be found by a key of its own, as the audit wants, and by none of another system:
 * who comes again is a new debtor. */
static pn_err erase_person(pn_db *db, pn_id org_id, pn_id debtor_id, pn_str key, pn_time at) {
    int64_t changed = 0;
    pn_stmt *q = pn_db_stmt(
        db,
        "UPDATE debtor SET external_id = $3, external_id_fold = $3, name = '', name_fold = '',"
        " tax_id = '', region = '', channels = 0, barred_reason = 'erased', barred_until = NULL,"
        " archived_at = $4, seq = seq + 1 WHERE org_id = $1 AND id = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, debtor_id);
    pn_bind_str(q, 3, key);
    pn_bind_int(q, 4, at);
    PN_TRY(pn_stmt_run(q, &changed));
    if (changed == 0) {
        return PN_NOT_FOUND;
    }
    q = pn_db_stmt(db, "INSERT INTO debtor_key (creditor_id, external_id, org_id, debtor_id) SELECT"
                       " creditor_id, external_id, org_id, id FROM debtor WHERE id = $1");
    pn_bind_int(q, 1, debtor_id);
    return pn_stmt_run(q, NULL);
}

pn_err pn_erase_debtor(pn_db *db, pn_id org_id, pn_id debtor_id, pn_str key, pn_time at) {
    for (size_t i = 0; i < PN_COUNT(STATEMENTS); i++) {
        pn_stmt *q = pn_db_stmt(db, STATEMENTS[i]);
        pn_bind_int(q, 1, debtor_id);
        PN_TRY(pn_stmt_run(q, NULL));
    }
    return erase_person(db, org_id, debtor_id, key, at);
}
