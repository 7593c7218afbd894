/* What is done on debtors' pages: forms that were used, codes, files, complaints. */
#ifndef PN_STORE_PAGE_H
#define PN_STORE_PAGE_H

#include "base/hash.h"
#include "store/db.h"

/* A form was used; CONFLICT when it was before. Times are real. */
PN_MUST_USE pn_err pn_page_action_insert(pn_db *db, pn_id org_id, pn_id debtor_id, pn_id link_id,
                                         pn_str nonce, pn_str action, pn_time at);
/* How often anything was done (`action` empty) or this, over the link since. */
PN_MUST_USE pn_err pn_page_action_count(pn_db *db, pn_id link_id, pn_str action, pn_time since,
                                        int64_t *ret_count);

typedef struct {
    pn_id id, org_id, debtor_id, link_id, contact_id;
    pn_sha256 hash;
    int64_t tries;
    pn_time made_at, expires_at;
    pn_time opened_at; /* PN_TIME_NONE: not yet */
} pn_page_code_row;

PN_MUST_USE pn_err pn_page_code_insert(pn_db *db, const pn_page_code_row *row);
/* The newest of a link. */
PN_MUST_USE pn_err pn_page_code_newest(pn_db *db, pn_id link_id, pn_page_code_row *ret_row);
PN_MUST_USE pn_err pn_page_code_count(pn_db *db, pn_id debtor_id, pn_time since,
                                      int64_t *ret_count);
PN_MUST_USE pn_err pn_page_code_try(pn_db *db, pn_id id);
PN_MUST_USE pn_err pn_page_code_open(pn_db *db, pn_id id, pn_time at, const pn_sha256 *pass);
/* Whether a code of the link was given since then by who holds this pass. */
PN_MUST_USE pn_err pn_page_pass_good(pn_db *db, pn_id link_id, const pn_sha256 *pass, pn_time since,
                                     bool *ret_good);

typedef struct {
    pn_id id, org_id, debtor_id;
    pn_id owner_id; /* the dispute or invoice that it is about */
    pn_id task_id;  /* 0: of none */
    pn_str name, type;
    pn_str content; /* empty in lists */
    int64_t size;
    pn_time at;
} pn_page_file_row;

typedef struct {
    pn_id id, org_id, debtor_id, creditor_id;
    pn_id task_id; /* 0: of none */
    pn_str text, answer;
    pn_time opened_at;
    pn_time closed_at; /* PN_TIME_NONE: nobody has answered */
} pn_complaint_row;

/* What a list is about. */
typedef struct {
    pn_id org_id;
    pn_id debtor_id, task_id; /* 0: all */
    bool all;                 /* complaints that were answered too */
} pn_page_scope;

PN_MUST_USE pn_err pn_page_file_insert(pn_db *db, const pn_page_file_row *row);
PN_MUST_USE pn_err pn_page_file_bytes(pn_db *db, pn_id debtor_id, int64_t *ret_bytes);
/* Before `before` (0: all), the newest first, without their contents. */
PN_MUST_USE pn_err pn_page_file_page(pn_db *db, const pn_page_scope *scope, pn_id before,
                                     int64_t limit, pn_arena *arena, pn_page_file_row **ret_rows,
                                     size_t *ret_count);
/* With its content; NOT_FOUND. */
PN_MUST_USE pn_err pn_page_file_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena,
                                    pn_page_file_row *ret_row);

PN_MUST_USE pn_err pn_complaint_insert(pn_db *db, const pn_complaint_row *row);
PN_MUST_USE pn_err pn_complaint_page(pn_db *db, const pn_page_scope *scope, pn_id before,
                                     int64_t limit, pn_arena *arena, pn_complaint_row **ret_rows,
                                     size_t *ret_count);
/* NOT_FOUND. */
PN_MUST_USE pn_err pn_complaint_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena,
                                    pn_complaint_row *ret_row);
/* CONFLICT when it was answered before. */
PN_MUST_USE pn_err pn_complaint_close(pn_db *db, pn_id id, pn_str answer, pn_time at);

#endif
