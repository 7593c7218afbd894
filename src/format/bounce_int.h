/* What the parts of the classifier share; of no interest outside of it. */
#ifndef PN_FORMAT_BOUNCE_INT_H
#define PN_FORMAT_BOUNCE_INT_H

#include "format/bounce.h"
#include "format/bounce_reason.h"

enum {
    PN_BOUNCE_RECIPIENTS = 100,     /* of one report; more are not looked at */
    PN_BOUNCE_WORDS_BYTES = 4096,   /* what is gathered about one recipient */
    PN_BOUNCE_REPORT_BYTES = 32768, /* of the whole report, where no recipient is told apart */
};

typedef enum {
    PN_ACTION_NONE,
    PN_ACTION_FAILED,
    PN_ACTION_DELAYED,
    PN_ACTION_DELIVERED,
    PN_ACTION_RELAYED,
    PN_ACTION_EXPANDED,
} pn_action;

/* Where a recipient was read, the least certain first. */
typedef enum {
    PN_SOURCE_RETURNED, /* the mail that came back was addressed to it */
    PN_SOURCE_MENTION,  /* a sentence of the report names it */
    PN_SOURCE_LIST,     /* a line of its own */
    PN_SOURCE_HEADER,   /* X-Failed-Recipients */
    PN_SOURCE_REPORT,   /* a group of fields of RFC 3464 */
} pn_source;

/* One recipient while evidence is gathered. */
typedef struct {
    pn_str address;
    pn_str final; /* where it was forwarded to, when that is another */
    pn_source source;
    pn_action action;
    pn_str status;     /* the field, "5.1.1" */
    pn_str diagnostic; /* the field, without its type */
    pn_str remote;     /* Remote-MTA */
    bool by_program;   /* the diagnostic is of type x-unix: a program on their side failed */
    pn_buf words;      /* lines about it */
} pn_suspect;

typedef struct {
    const pn_mail *mail;
    pn_arena *arena;
    const pn_reason_index *index;
    pn_str report;           /* the words, without the mail they give back */
    pn_mail_fields returned; /* header of the mail that came back */
    pn_str returned_text;    /* what the report gives back in its own text */
    pn_suspect suspects[PN_BOUNCE_RECIPIENTS];
    size_t suspect_count;
    bool delayed;        /* the report is a warning */
    bool has_group;      /* fields of RFC 3464 were found */
    bool places_replies; /* the report says that servers answered RCPT */
} pn_bounce;

/* ── bounce_lines.c ── */

/* Calls for each line, trimmed at its end; `*rest` begins as the whole text. */
bool pn_line_next(pn_str *rest, pn_str *ret_line);
/* Lower case without accents, runs of white space as one space. */
pn_str pn_fold_words(pn_str text, size_t bytes_max, pn_arena *arena);
/* `folded` has one of the words that `list` names with "|" between. */
bool pn_has_any(pn_str folded, const char *list);
/* The same words as beginnings of `folded`. */
bool pn_starts_any(pn_str folded, const char *list);
/* Fields at the head of a text: "Name: value" with continuation lines, up to a line that is none
 * of both. */
pn_mail_fields pn_fields_of_text(pn_str text, pn_arena *arena);

/* ── bounce_report.c ── */

/* A mail system writes under its own name, or with the null sender that RFC 5321 wants. */
bool pn_is_from_system(const pn_mail *mail, pn_arena *arena);
/* A report that a gateway sent on as its only enclosure: the mail itself otherwise. */
const pn_mail *pn_bounce_unwrap(const pn_mail *mail, pn_arena *arena);
/* Finds the words of the report and the header of the mail that came back. */
void pn_bounce_find_report(pn_bounce *bounce);

/* ── bounce_dsn.c ── */

/* The suspect of that address, made when it is new; NULL when there are too many. */
pn_suspect *pn_bounce_suspect(pn_bounce *bounce, pn_str address, pn_source source);
bool pn_is_status_part(const pn_mail_part *part);
void pn_bounce_read_groups(pn_bounce *bounce);
/* The same in what a report gives back: a report about a report, by a gateway that sent it on. */
void pn_bounce_read_returned_groups(pn_bounce *bounce);

/* ── bounce_text.c ── */

/* Recipients that the report names, and what it says about each. */
void pn_bounce_read_text(pn_bounce *bounce);

/* ── bounce_status.c ── */

typedef struct {
    pn_str status; /* enhanced code, "5.1.1", or empty */
    pn_str reply;  /* three digits, or empty */
} pn_codes;

pn_codes pn_codes_of(pn_str text);
/* "5.0.0", "4.0.0" and the like say nothing. */
bool pn_status_is_general(pn_str status);
/* The report says what its servers' replies answered, or is of one that answers RCPT only. */
bool pn_bounce_places_replies(const pn_bounce *bounce);
/* The evidence about one suspect, weighed. */
void pn_bounce_judge(const pn_bounce *bounce, pn_suspect *suspect, pn_mail_recipient *ret);

/* ── bounce_arf.c ── */

/* True for a feedback report; fills in class and recipients. */
bool pn_arf_read(const pn_bounce *bounce, pn_mail_finding *finding);

/* ── bounce_ses.c ── */

/* True for a notification of Amazon SES, a JSON document in a mail; fills in the finding. */
bool pn_ses_read(const pn_bounce *bounce, pn_mail_finding *finding);

/* ── bounce.c ── */

/* Class, status, reason and diagnostic of the recipient that matters most. */
void pn_bounce_take_gravest(pn_mail_finding *finding);

/* ── bounce_auto.c ── */

/* True for a mail that no person wrote for us; `*ret_reason` says which kind. */
bool pn_auto_is(const pn_mail *mail, pn_arena *arena, pn_mail_class *ret_class, pn_str *ret_reason);

#endif
