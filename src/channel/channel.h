/* A channel driver: takes complete messages, tells what became of each.
 *
 * The delivery use case decides what is sent, when and to whom; a driver only transports. It never
 * reads the database. `send` queues and returns at once; `poll` drives the connections and hands
 * back results. A driver holds no state that matters after a crash: a message whose result never
 * came is `uncertain`, which the database shows.
 *
 * Every message taken gets exactly one result, within PN_LIMIT_CHANNEL_RESULT_SECONDS of being
 * taken as long as `poll` is called; so a lease that is longer never runs out under a live worker.
 * A driver is used by one thread at a time and reads no other clock than the host's. */
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

/* Everything in it is borrowed until its result was polled. */
typedef struct {
    pn_id id;         /* the carrier; comes back in the result */
    pn_str sender;    /* envelope sender; may be empty (null reverse-path) */
    pn_str recipient; /* envelope recipient: e-mail address, E.164 number, … */
    pn_str content;   /* what goes over the wire, e.g. an RFC 5322 message with CRLF line ends, not
                         dot-stuffed */
} pn_outgoing;

typedef struct {
    pn_id id;
    pn_send_outcome outcome;
    bool untried;          /* RETRY: our own server was out of reach, nobody was asked about it */
    int64_t retry_after_s; /* RETRY: not before, as the peer asked; 0: it said nothing */
    pn_cause cause;        /* why it was not accepted; NONE: nobody knows */
    char status[12];       /* RFC 3463 "5.1.1", or the provider's code; may be empty */
    char reply[256];       /* the peer's answer, printable, cut; may be empty */
    char provider_id[64];  /* the peer's own id of it, e.g. a queue id; may be empty */
} pn_send_result;

/* ── settings ── */

typedef enum {
    PN_SETTING_TEXT,
    PN_SETTING_TEMPLATE, /* a text of several lines, perhaps */
    PN_SETTING_INTEGER,
    PN_SETTING_NUMBER,
    PN_SETTING_CHOICE,
} pn_setting_type;

/* One key of a driver's settings; forms, help and JSON schema are made from these. */
typedef struct {
    const char *name;
    pn_setting_type type;
    bool required;
    double min, max;       /* of an INTEGER or NUMBER */
    const char *choices;   /* of a CHOICE: "plain|login" */
    const char *otherwise; /* what holds when it is absent, in words */
    const char *help;
} pn_channel_setting;

/* ── drivers ── */

/* What the operator of the program gives to every driver. It outlives the channel. */
typedef struct {
    const pn_env *env;
    const pn_log *log; /* may be NULL */
    /* What may be connected to: a set of pn_net_kind (net/address.h). It is no setting, because
     * settings are an organization's and the network is the operator's. */
    unsigned networks;
} pn_channel_host;

typedef struct pn_channel pn_channel;

typedef struct pn_channel_driver {
    const char *name;    /* "smtp" */
    const char *channel; /* "email"; "any" where the driver does not care */
    const char *help;
    bool delivers;       /* false: nothing leaves the machine (capture) */
    bool over_connector; /* its setting "connector" names one, whose card is its secret */
    const pn_channel_setting *settings;
    size_t setting_count;

    /* `settings` are the driver's own (a JSON object, or NULL for none); `secret` is its password
     * or key, never kept in settings. Both are copied. Nothing is connected to yet. INVALID with
     * a diag for wrong ones. */
    pn_err (*start)(const pn_json *settings, pn_str secret, const pn_channel_host *host,
                    pn_channel **ret_channel, pn_diag *diag);
    /* How many messages `send` would take now. 0 while it is full or backs off from a server that
     * is unreachable or refuses us: claim no more than this. */
    size_t (*room)(const pn_channel *channel);
    /* Queues up to `count` messages; LIMIT when it takes fewer (the number taken is in `ret_taken`
     * in either case). `poll` must be called once before waiting for `wait_fd`. */
    pn_err (*send)(pn_channel *channel, const pn_outgoing *messages, size_t count,
                   size_t *ret_taken);
    /* Works until a result is there or `timeout_ms` passed; fills up to `max` results, and if it
     * fills all of them there may be more. IO when the system fails; the results stay. */
    pn_err (*poll)(pn_channel *channel, int timeout_ms, pn_send_result *results, size_t max,
                   size_t *ret_count);
    /* Messages whose result was not polled yet. */
    size_t (*pending)(const pn_channel *channel);
    /* A descriptor that turns readable when `poll` has something to do, so that one thread can
     * wait for many channels; -1 when there is never anything to wait for. */
    int (*wait_fd)(const pn_channel *channel);
    /* Says goodbye politely for at most a second, then closes; what is pending is forgotten. NULL
     * accepted. */
    void (*stop)(pn_channel *channel);
} pn_channel_driver;

/* The registry: a static array, one line a driver. */
const pn_channel_driver *pn_channel_driver_find(pn_str name);
size_t pn_channel_driver_count(void);
const pn_channel_driver *pn_channel_driver_at(size_t index);

/* Checks keys, types, ranges and choices of `settings` (an object or NULL) against the driver's
 * table; what only the driver knows is checked by its `start`. INVALID with a diag. */
PN_MUST_USE pn_err pn_channel_settings_check(const pn_channel_driver *driver,
                                             const pn_json *settings, pn_diag *diag);

#endif
