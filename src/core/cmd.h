/* Commands: what a step wants done. Plain data; the application turns them into rows in the
 * transaction of the run's new state. */
#ifndef PN_CORE_CMD_H
#define PN_CORE_CMD_H

#include "core/run.h"

typedef enum {
    PN_CMD_SEND,         /* a message intent */
    PN_CMD_TASK,         /* open a task for a person */
    PN_CMD_CANCEL_TASKS, /* of this run: its case is over */
    PN_CMD_CHARGE,       /* a ledger entry of interest or fee */
    PN_CMD_SET,          /* a field of the debtor or the invoice */
    PN_CMD_NOTE,         /* a line on the timeline */
    PN_CMD_NOTIFY,       /* an internal notice */
    PN_CMD_PILL,         /* start a pill beside this run */
    PN_CMD_ARM,          /* remember a split's arm */
    PN_CMD_JUMP,         /* go on in another strategy */
    PN_CMD_ERRAND,       /* ask another system, as the node says */
    PN_CMD_OFFER,        /* offer something to the debtor, as the node says */
} pn_cmd_kind;

const char *pn_cmd_kind_name(pn_cmd_kind kind);

/* Why an intent is born skipped. */
typedef enum {
    PN_SKIP_NOT,
    PN_SKIP_SUPERSEDED, /* law 4: the next stage's time has come already */
    PN_SKIP_REANCHORED, /* law 2: nothing is sent at that moment */
} pn_skip;

/* The ordinal of the notice after a long hold: it stands beside the messages of its visit. */
enum { PN_NOTICE_ORDINAL = 1000 };

enum { PN_ATTACH_INVOICE = 1, PN_ATTACH_XML = 2, PN_ATTACH_STATEMENT = 4 };

typedef struct {
    pn_cmd_kind kind;
    uint32_t node;
    uint32_t visit;
    uint32_t ordinal; /* of its kind within the visit */
    union {
        struct {
            pn_channel_kind channel;
            pn_str template_name; /* family, perhaps "@n" */
            uint8_t tone;
            pn_skip skip;
            pn_time supersede_at; /* PN_TIME_NEVER: never */
            unsigned attach;      /* PN_ATTACH_… */
            pn_str copy_to;       /* JSON list; empty for none */
            bool neutral;         /* the notice after a long hold, not the node's own message */
        } send;
        struct {
            pn_str title;
            pn_str queue;
            pn_str category;
            pn_str script;
            pn_time due_at;
            uint32_t collapsed; /* further late tasks that this one stands for */
            uint8_t
                handover_to; /* 1 lawyer, 2 insurer, 3 agency: the title follows from it; else 0 */
        } task;
        struct {
            bool interest; /* else fee */
            pn_id item;
            int64_t amount;   /* minor units */
            pn_date from, to; /* days covered: [from, to) */
            int32_t rate_bp;  /* yearly, basis points */
        } charge;
        struct {
            pn_str field;
            pn_str value; /* JSON */
        } set;
        struct {
            pn_str text;
            pn_str to; /* "owner", "salesperson" or an address; empty for a note */
        } note;
        struct {
            pn_str name;
        } start; /* PILL and JUMP */
        struct {
            pn_str key;
            pn_str arm;
        } arm;
        struct {
            pn_errand_kind kind;
            pn_str connector;   /* empty: the one that was asked before */
            int64_t version_id; /* whose node it is; who carries the command out fills it in */
        } errand;
        struct {
            pn_offer_kind kind;
            pn_time until;      /* may be accepted before */
            int64_t version_id; /* as above */
        } offer;
    };
} pn_cmd;

typedef struct {
    pn_cmd *items;
    size_t count;
    size_t capacity;
} pn_cmds;

#endif
