/* A channel driver: takes complete messages, tells what became of each.
 *
 * The delivery use case decides what is sent, when and to whom; a driver only transports. It never
 * reads the database. `send` queues and returns at once; `poll` drives the connections and hands
 * back results. A driver holds no state that matters after a crash: a message whose result never
 * came is `uncertain`, which the database shows. */
#ifndef PN_CHANNEL_CHANNEL_H
#define PN_CHANNEL_CHANNEL_H

#include "base/id.h"
#include "base/json.h"
#include "base/log.h"

/* What became of one attempt, and so what happens next. */
typedef enum {
    PN_SEND_ACCEPTED,       /* the next hop took it */
    PN_SEND_RETRY,          /* not now: greylisting, throttling, full mailbox, network */
    PN_SEND_NEXT_CONTACT,   /* this address does not work: use the debtor's next one */
    PN_SEND_NEXT_CHANNEL,   /* this channel does not work for this debtor or message */
    PN_SEND_SENDER_PROBLEM, /* our sender, authentication or policy: pause it, do not blame the
                               address */
    PN_SEND_STOP,           /* the recipient must not be contacted this way again */
    PN_SEND_UNCERTAIN, /* handed over whole, but the answer was lost: never sent again blindly */
} pn_send_outcome;

const char *pn_send_outcome_name(pn_send_outcome outcome);

typedef struct {
    pn_id id;         /* the carrier; comes back in the result */
    pn_str sender;    /* envelope sender; may be empty (null reverse-path) */
    pn_str recipient; /* envelope recipient: e-mail address, E.164 number, … */
    pn_str content;   /* what goes over the wire, e.g. an RFC 5322 message with CRLF line ends, not
                         dot-stuffed. Borrowed until its result was polled. */
} pn_outgoing;

typedef struct {
    pn_id id;
    pn_send_outcome outcome;
    char status[12];      /* RFC 3463 "5.1.1", or the provider's code; may be empty */
    char reply[256];      /* the peer's answer, printable, cut; may be empty */
    char provider_id[64]; /* the peer's own id of it, e.g. a queue id; may be empty */
} pn_send_result;

typedef struct pn_channel pn_channel;

typedef struct {
    const char *name;    /* "smtp" */
    const char *channel; /* "email" */
    const char *help;
    bool delivers; /* false: nothing leaves the machine (capture) */

    /* `settings` are the driver's own (a JSON object: url, user, …); `secret` is its password or
     * key, never kept in settings. INVALID with a diag for wrong ones. */
    pn_err (*start)(const pn_json *settings, pn_str secret, const pn_env *env, const pn_log *log,
                    pn_channel **ret_channel, pn_diag *diag);
    /* Queues up to `count` messages; LIMIT when the driver holds as many as it takes (the number
     * taken is in `ret_taken`). */
    pn_err (*send)(pn_channel *channel, const pn_outgoing *messages, size_t count,
                   size_t *ret_taken);
    /* Works until a result is there or `timeout_ms` passed; fills up to `max` results. */
    pn_err (*poll)(pn_channel *channel, int timeout_ms, pn_send_result *results, size_t max,
                   size_t *ret_count);
    /* Messages queued or in flight. */
    size_t (*pending)(const pn_channel *channel);
    /* Says goodbye politely for at most a second, then closes. NULL accepted. */
    void (*stop)(pn_channel *channel);
} pn_channel_driver;

/* The registry: a static array, one line a driver. */
const pn_channel_driver *pn_channel_driver_find(pn_str name);
size_t pn_channel_driver_count(void);
const pn_channel_driver *pn_channel_driver_at(size_t index);

#endif
