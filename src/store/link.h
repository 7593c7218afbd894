/* Links that debtors hold, and the keys that their tokens are made with (format/link_token.h). */
#ifndef PN_STORE_LINK_H
#define PN_STORE_LINK_H

#include "calendar/date.h"
#include "core/fact.h"
#include "store/db.h"

typedef struct {
    int32_t id;
    pn_id org_id;
    pn_str secret;
    pn_time made_at;
    pn_time retired_at; /* PN_TIME_NONE: in use */
} pn_link_key_row;

PN_MUST_USE pn_err pn_link_key_insert(pn_db *db, const pn_link_key_row *row);
/* Those that are not retired, ascending; of every organization where `org_id` is 0. */
PN_MUST_USE pn_err pn_link_key_list(pn_db *db, pn_id org_id, pn_arena *arena,
                                    pn_link_key_row **ret_rows, size_t *ret_count);
/* The highest number ever given, of any organization; 0: none was. */
PN_MUST_USE pn_err pn_link_key_highest(pn_db *db, int32_t *ret_id);
PN_MUST_USE pn_err pn_link_key_retire(pn_db *db, pn_id org_id, int32_t id, pn_time at);

typedef struct {
    pn_id id, org_id;
    int kind; /* the letter of a pn_link_kind; 0: all that stand in the carrier of this id */
    pn_id debtor_id, account_id, invoice_id, carrier_id;
    pn_str target;
    int64_t code; /* 0: none */
    pn_time made_at;
    pn_time expires_at; /* PN_TIME_NEVER: it does not */
    pn_time revoked_at; /* PN_TIME_NONE: it is not */
} pn_link_row;

PN_MUST_USE pn_err pn_link_insert(pn_db *db, const pn_link_row *row);
/* Writes targets, expiry and revocation; the row is there afterwards. */
PN_MUST_USE pn_err pn_link_put(pn_db *db, const pn_link_row *row);
/* NOT_FOUND when there is none. */
PN_MUST_USE pn_err pn_link_get(pn_db *db, pn_id id, pn_arena *arena, pn_link_row *ret_row);
PN_MUST_USE pn_err pn_link_by_code(pn_db *db, int64_t code, pn_arena *arena, pn_link_row *ret_row);
PN_MUST_USE pn_err pn_link_list(pn_db *db, pn_id org_id, pn_id debtor_id, pn_arena *arena,
                                pn_link_row **ret_rows, size_t *ret_count);

/* What a link in a carrier is about, without reading all of the carrier. */
typedef struct {
    pn_id org_id, creditor_id, debtor_id, contact_id;
    pn_channel_kind channel;
    pn_time at, sent_at; /* the latter when the next hop took it; PN_TIME_NONE: not yet */
    pn_str address, language, facts;
} pn_link_carrier;

PN_MUST_USE pn_err pn_link_carrier_get(pn_db *db, pn_id carrier_id, pn_arena *arena,
                                       pn_link_carrier *ret_carrier);
/* The same with the row of its links, where they have one: `ret_row` is written only then. */
PN_MUST_USE pn_err pn_link_carrier_row(pn_db *db, pn_id carrier_id, pn_arena *arena,
                                       pn_link_carrier *ret_carrier, bool *ret_has_row,
                                       pn_link_row *ret_row);
/* The account and invoice (0: an account's case) that a message is about. */
PN_MUST_USE pn_err pn_link_message_case(pn_db *db, pn_id debtor_id, pn_id message_id,
                                        pn_id *ret_account, pn_id *ret_invoice);

#endif
