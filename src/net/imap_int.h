/* What the parts of the IMAP session share: imap.c decides, imap_command.c writes. */
#ifndef PN_NET_IMAP_INT_H
#define PN_NET_IMAP_INT_H

#include "net/imap.h"

enum {
    TASKS_MAX = 16,
    SIZES_AT_ONCE = 100,
    HEADER_BYTES_MAX = 65536, /* of a mail that is too large */
    RESPONSE_SLACK = 65536,   /* what stands around the mail in a response */
    ARENA_BYTES_MAX = 64 * 1024 * 1024,
};

typedef enum {
    COMMAND_CAPABILITY,
    COMMAND_STARTTLS,
    COMMAND_LOGIN,
    COMMAND_AUTHENTICATE,
    COMMAND_SELECT,
    COMMAND_SEARCH,
    COMMAND_SIZES,
    COMMAND_FETCH,
    COMMAND_SEEN,
    COMMAND_MOVE,
    COMMAND_COPY,
    COMMAND_DELETED, /* what was copied is marked deleted … */
    COMMAND_EXPUNGE, /* … and removed */
    COMMAND_CREATE,
    COMMAND_IDLE,
    COMMAND_NOOP,
    COMMAND_LOGOUT,
} pn_imap_command;

typedef struct {
    pn_imap_command command;
    uint32_t uid;
    unsigned tag; /* 0: not written yet */
} pn_imap_task;

typedef struct {
    uint32_t uid, size;
} pn_imap_listed;

enum {
    CAN_STARTTLS = 1,
    CAN_IR = 2, /* SASL-IR */
    CAN_MOVE = 4,
    CAN_UIDPLUS = 8,
    CAN_IDLE = 16,
    LOGIN_DISABLED = 32,
};

struct pn_imap {
    const pn_imap_options *options;
    const pn_imap_owner *owner;
    void *context;
    pn_imap_state state;
    bool secured, greeted, authenticated, logout_wanted, goodbye;
    unsigned last_tag;
    pn_imap_task tasks[TASKS_MAX]; /* to be written or answered, in order */
    unsigned task_count;

    unsigned can, mechanisms;
    pn_smtp_auth mechanism;
    bool sasl_due; /* the server asked for a response */
    unsigned sasl_next;

    uint32_t uid_validity, last_uid, exists;
    pn_imap_listed *mails; /* found by the last search, ascending */
    size_t mail_count, mail_at;
    size_t sized; /* mails[…sized] have their sizes */
    bool delivered;
    bool created; /* the folder for stored mail was tried to be made */

    bool idle_begun, done_due, news; /* DONE is to be written; mail came while idle */

    pn_arena list_arena, arena;
    pn_err result;
    pn_diag diag;
    bool has_trouble;
    pn_diag trouble;
};

/* A mail that the owner takes whole. */
static inline bool pn_imap_is_whole(const pn_imap *imap, const pn_imap_listed *mail) {
    return mail->size <= imap->options->mail_bytes_max;
}

#endif
