/* Organizations and creditors. */
#ifndef PN_STORE_ORG_H
#define PN_STORE_ORG_H

#include "calendar/date.h"
#include "store/db.h"

/* Order is stored. */
typedef enum { PN_MODE_LIVE, PN_MODE_TEST, PN_MODE_SANDBOX } pn_org_mode;

const char *pn_org_mode_name(pn_org_mode mode);

typedef struct {
    pn_id id;
    pn_str name;
    pn_org_mode mode;
    pn_str country, region, currency, language, zone;
    int64_t lane;
    pn_time clock; /* PN_TIME_NONE: real time */
    pn_str policy;
    pn_str mail_key;   /* PN_VERP_KEY_BYTES (format/verp.h) */
    pn_str public_url; /* "https://…" without a slash at its end; empty: nowhere */
    pn_time created_at;
} pn_org_row;

PN_MUST_USE pn_err pn_org_insert(pn_db *db, const pn_org_row *row);
/* NOT_FOUND when there is none of that name. */
PN_MUST_USE pn_err pn_org_find(pn_db *db, pn_str name, pn_arena *arena, pn_org_row *ret_row);
/* All of them, oldest first. */
PN_MUST_USE pn_err pn_org_list(pn_db *db, pn_arena *arena, pn_org_row **ret_rows,
                               size_t *ret_count);
PN_MUST_USE pn_err pn_org_set_clock(pn_db *db, pn_id id, pn_time clock);
/* A sandbox's time; PN_TIME_NONE: real time. */
PN_MUST_USE pn_err pn_org_clock(pn_db *db, pn_id id, pn_time *ret_clock);
PN_MUST_USE pn_err pn_org_set_mode(pn_db *db, pn_id id, pn_org_mode mode);
/* The policy its debtors fall under; empty: their countries'. */
PN_MUST_USE pn_err pn_org_set_policy(pn_db *db, pn_id id, pn_str policy);
PN_MUST_USE pn_err pn_org_set_public_url(pn_db *db, pn_id id, pn_str url);

/* Whose name stands before the creditor's in From, and who gets the answers. Order is stored. */
typedef enum { PN_SIGNS_COLLECTOR, PN_SIGNS_CREDITOR } pn_signs;
typedef enum { PN_REPLIES_COLLECTOR, PN_REPLIES_CREDITOR } pn_replies;
/* What the mails of a case are called: each what its text says, or all like the first. */
typedef enum { PN_SUBJECTS_OWN, PN_SUBJECTS_THREAD } pn_subjects;
/* What is counted of its e-mails (docs/tracking.md). Order is stored. */
typedef enum {
    PN_TRACKING_AUTO,   /* opens where the debtor's law asks for no consent, and clicks */
    PN_TRACKING_ALL,    /* opens and clicks */
    PN_TRACKING_CLICKS, /* no opens */
    PN_TRACKING_OFF,    /* neither: links lead straight to where they lead */
} pn_tracking;

const char *pn_tracking_name(pn_tracking tracking);
/* "auto", "all", "clicks", "off"; NOT_FOUND for another name. */
PN_MUST_USE pn_err pn_tracking_parse(pn_str name, pn_tracking *ret_tracking);

/* How a creditor's texts speak to their reader in Spanish. Order is stored. */
typedef enum {
    PN_ADDRESS_USTED,
    PN_ADDRESS_TU,
    PN_ADDRESS_TU_PEOPLE, /* tú to people, usted to companies and where that is not known */
} pn_address_form;

const char *pn_address_form_name(pn_address_form form);
/* "usted", "tu", "tu-people"; NOT_FOUND for another name. */
PN_MUST_USE pn_err pn_address_form_parse(pn_str name, pn_address_form *ret_form);

typedef struct {
    pn_id id;
    pn_id org_id;
    pn_address_form address_form;
    pn_str name, name_fold;
    pn_str tax_id, country, region, zone, language, address, phone, email, iban, policy;
    pn_str city, pix_key;
    bool rf_reference;
    int32_t interest_bp;
    pn_str withholding_bp;
    int64_t data_hours_max;    /* 0: data never grow stale */
    pn_time data_as_of;        /* PN_TIME_NONE: nothing loaded yet */
    pn_date statement_through; /* PN_DATE_NONE: no statements are loaded */
    pn_str trust_key;
    pn_str colour;    /* "#e4002b"; empty: ours */
    pn_str logo_type; /* "image/png", "image/jpeg"; empty: there is no logo */
    int32_t logo_width, logo_height;
    pn_str sender_name; /* empty: the channel's, else the creditor's own */
    pn_signs signs;
    pn_replies replies;
    pn_subjects subjects;
    bool third_party; /* its claims are collected for somebody else */
    pn_tracking tracking;
    pn_time created_at;
} pn_creditor_row;

PN_MUST_USE pn_err pn_creditor_insert(pn_db *db, const pn_creditor_row *row);
PN_MUST_USE pn_err pn_creditor_update(pn_db *db, const pn_creditor_row *row);
PN_MUST_USE pn_err pn_creditor_list(pn_db *db, pn_id org_id, pn_arena *arena,
                                    pn_creditor_row **ret_rows, size_t *ret_count);
/* The bytes of its logo; NOT_FOUND when it has none. */
PN_MUST_USE pn_err pn_creditor_logo(pn_db *db, pn_id id, pn_arena *arena, pn_str *ret_bytes);
/* Empty bytes take it away. Type and size stand in the row. */
PN_MUST_USE pn_err pn_creditor_set_logo(pn_db *db, pn_id id, pn_str bytes);
/* Moves the marks of freshness forward, never back. */
PN_MUST_USE pn_err pn_creditor_loaded(pn_db *db, pn_id id, pn_time data_as_of,
                                      pn_date statement_through);
/* Reads those marks again into rows of the organization, which are in the order of their ids. */
PN_MUST_USE pn_err pn_creditor_read_marks(pn_db *db, pn_id org_id, pn_creditor_row *rows,
                                          size_t count);

#endif
