/* Facts: what the world looks like now, as the step, the rules and the gate see it.
 *
 * The store loads them, the tests write them by hand. They are plain values; texts are borrowed.
 * Texts that rules compare are stored folded (pn_utf8_fold without stripping accents), and so they
 * stand here. The engine is level-triggered: nothing here is an event, all of it is how things are
 * at this moment, so stepping twice on equal facts and time changes nothing. */
#ifndef PN_CORE_FACT_H
#define PN_CORE_FACT_H

#include "base/id.h"
#include "base/money.h"
#include "calendar/business.h"
#include "calendar/zone.h"

/* Order is stored in the database: append only. */
typedef enum {
    PN_CHANNEL_NONE,
    PN_CHANNEL_EMAIL,
    PN_CHANNEL_SMS,
    PN_CHANNEL_WHATSAPP,
    PN_CHANNEL_PUSH,
    PN_CHANNEL_CALL,
    PN_CHANNEL_LETTER,
    PN_CHANNEL_HTTP,
    PN_CHANNELS
} pn_channel_kind;

const char *pn_channel_kind_name(pn_channel_kind kind);
/* PN_CHANNEL_NONE when there is none of that name. */
pn_channel_kind pn_channel_kind_of(pn_str name);

typedef enum {
    PN_PURPOSE_DEMAND,  /* asks for money: laws 1, 4, 5 and 6 bind it */
    PN_PURPOSE_SERVICE, /* invoice delivery, receipts, thanks, answers */
    PN_PURPOSE_LEGAL,   /* formal notices */
} pn_purpose;

const char *pn_purpose_name(pn_purpose purpose);

/* How a text speaks to its reader, in languages that have two ways (Spanish). */
typedef enum {
    PN_FORM_ANY, /* of a text: either; of a wish: none, which is usted */
    PN_FORM_USTED,
    PN_FORM_TU,
} pn_form;

/* "usted", "tu"; empty for either. */
const char *pn_form_name(pn_form form);
/* PN_FORM_ANY when there is none of that name. */
pn_form pn_form_of(pn_str name);

/* What one run is about. Order is stored. */
typedef enum {
    PN_SUBJECT_INVOICE, /* one invoice */
    PN_SUBJECT_ACCOUNT, /* a debtor's invoices with one creditor in one currency */
} pn_subject;

const char *pn_subject_name(pn_subject subject);

/* A typed attribute of a debtor, an invoice or a line. */
typedef enum { PN_ATTR_TEXT, PN_ATTR_NUMBER, PN_ATTR_DATE, PN_ATTR_BOOL } pn_attr_type;

typedef struct {
    pn_str key;
    pn_attr_type type;
    pn_str text; /* as written */
    pn_str fold; /* folded, for PN_ATTR_TEXT */
    int64_t
        number; /* PN_ATTR_NUMBER in ten-thousandths, PN_ATTR_DATE a pn_date, PN_ATTR_BOOL 0/1 */
} pn_attr;

/* Reads an attribute's value as people write it: an ISO date, true or false, a plain number of at
 * most four decimals ("00123" is a text), else a text. `text` is borrowed, the fold is on the
 * arena; the key is the caller's. */
pn_attr pn_attr_read(pn_str text, pn_arena *arena);

typedef struct {
    pn_str sku;         /* folded */
    pn_str product;     /* folded */
    pn_str description; /* folded */
    int64_t amount;     /* minor units, tax included */
} pn_line;

/* Why an item is no longer open. Order is stored. */
typedef enum {
    PN_CLOSED_NOT,
    PN_CLOSED_PAID,     /* money closed it */
    PN_CLOSED_CREDITED, /* a credit note closed it */
    PN_CLOSED_WRITTEN_OFF,
    PN_CLOSED_CANCELLED,
} pn_closed;

const char *pn_closed_name(pn_closed closed);

/* One invoice (or installment) as the case sees it. Amounts are minor units of `currency`. */
typedef struct {
    pn_id id;
    pn_str number; /* the ERP's key, as written */
    pn_str number_fold;
    pn_str product; /* folded */
    pn_currency currency;
    int32_t scale; /* minor units in one major unit: 100, 1, 1000 */
    pn_date issued;
    pn_date due;           /* contractual: interest counts from it */
    pn_date effective_due; /* what waits and ageing count from */
    int64_t amount;
    int64_t open;    /* sum of its ledger entries */
    int64_t charges; /* the part of `open` that is interest and fees; never alone keeps it open */
    int64_t disputed;
    int64_t promised;
    int64_t planned;
    int64_t in_flight; /* cheques, direct debits on their way */
    int64_t claimable; /* what may be asked for now; never below 0 */
    pn_closed closed;
    pn_time closed_at;
    pn_time reopened_at;    /* a reversal opened it again; PN_TIME_NONE never */
    uint8_t tone_received;  /* strongest tone its debtor received for it, 0 none (law 5) */
    pn_date tone_on;        /* the local day on which that tone was first received */
    pn_date interest_until; /* interest is charged up to this day; PN_DATE_NONE: none yet */
    bool fee_charged;       /* it bears a fee already */
    bool own_run;           /* an active run of its own works it, so the account's run does not */
    bool paid_reported;     /* said to be paid, not seen yet */
    const pn_attr *attrs;
    size_t attr_count;
    const pn_line *lines;
    size_t line_count;
} pn_item;

/* Message states. Order is stored. */
typedef enum {
    PN_MESSAGE_QUEUED,  /* an intent, open */
    PN_MESSAGE_SENDING, /* claimed and frozen, its fate not known yet; open */
    PN_MESSAGE_SENT,    /* the next hop accepted it */
    PN_MESSAGE_DELIVERED,
    PN_MESSAGE_BOUNCED,   /* accepted first, refused later */
    PN_MESSAGE_FAILED,    /* could not be sent */
    PN_MESSAGE_SKIPPED,   /* decided not to send: superseded, paid, policy; says why */
    PN_MESSAGE_HELD,      /* waits for a person */
    PN_MESSAGE_UNCERTAIN, /* may have left; not sent again unless told to */
    PN_MESSAGE_STATES
} pn_message_state;

const char *pn_message_state_name(pn_message_state state);
/* Queued or sending: the run stays on its send node. */
static inline bool pn_message_open(pn_message_state state) {
    return state == PN_MESSAGE_QUEUED || state == PN_MESSAGE_SENDING || state == PN_MESSAGE_HELD;
}

typedef struct {
    pn_id id;
    pn_message_state state;
    pn_channel_kind channel;
    pn_time settled_at; /* when it was sent, failed or was skipped; PN_TIME_NONE while open */
    pn_time read_at;    /* first human signal that its channel calls "read"; PN_TIME_NONE none */
    pn_time bounced_at; /* PN_TIME_NONE none */
} pn_message_fact;

/* What a debtor did. Order is stored. */
typedef enum {
    PN_SIGNAL_OPEN,
    PN_SIGNAL_CLICK,
    PN_SIGNAL_VISIT,           /* looked at the page */
    PN_SIGNAL_REPLY,           /* a person answered */
    PN_SIGNAL_PAYMENT_ATTEMPT, /* tried to pay */
    PN_SIGNAL_PAYMENT_FAILED,
    PN_SIGNAL_PROMISE,
    PN_SIGNAL_BOUNCE,
    PN_SIGNAL_AUTO_REPLY,
    PN_SIGNAL_CONVERSATION, /* spoke with a person of ours */
    PN_SIGNALS
} pn_signal_kind;

const char *pn_signal_kind_name(pn_signal_kind kind);

/* Law 10: only human signals count. Order is stored. */
typedef enum { PN_SOURCE_HUMAN, PN_SOURCE_PROXY, PN_SOURCE_MACHINE } pn_signal_source;

const char *pn_signal_source_name(pn_signal_source source);

typedef struct {
    pn_id id;
    pn_signal_kind kind;
    pn_signal_source source;
    pn_time at;
    pn_id message; /* 0: none */
} pn_signal;

typedef enum { PN_TASK_OPEN, PN_TASK_DONE, PN_TASK_CANCELLED } pn_task_state;

typedef struct {
    uint32_t node;
    uint32_t visit;
    pn_task_state state;
    pn_time settled_at;
    pn_str outcome; /* "approved", "refused", or the collector's own word */
} pn_task_fact;

/* What another system is asked by a visit of a run: its answer is a fact. Order is stored. */
typedef enum {
    PN_ERRAND_HTTP,    /* whatever the node says */
    PN_ERRAND_TICKET,  /* to open a ticket */
    PN_ERRAND_PAID,    /* whether it is paid */
    PN_ERRAND_SUSPEND, /* to suspend the service */
    PN_ERRAND_RESTORE, /* to restore it */
    PN_ERRAND_COLLECT, /* to charge what the debtor agreed to be charged with */
    PN_ERRANDS
} pn_errand_kind;

const char *pn_errand_kind_name(pn_errand_kind kind);

/* Order is stored. */
typedef enum {
    PN_ERRAND_OPEN,
    PN_ERRAND_DONE,
    PN_ERRAND_FAILED,
    PN_ERRAND_UNCERTAIN, /* it may have been done; not asked again by itself */
    PN_ERRAND_DROPPED,   /* not wanted any more when its turn came: paid meanwhile */
    PN_ERRAND_STATES
} pn_errand_state;

const char *pn_errand_state_name(pn_errand_state state);

typedef struct {
    uint32_t visit;
    pn_errand_kind kind;
    pn_errand_state state;
    pn_time settled_at;
    pn_str outcome; /* of a question: "paid", "partial", "unpaid"; of a charge: "paid" … */
} pn_errand_fact;

/* What a debtor was offered by a visit of a run. Order is stored. */
typedef enum { PN_OFFER_PARTIAL, PN_OFFER_PLAN, PN_OFFER_DISCOUNT, PN_OFFERS } pn_offer_kind;

const char *pn_offer_kind_name(pn_offer_kind kind);

/* Order is stored. */
typedef enum {
    PN_OFFER_OPEN,
    PN_OFFER_ACCEPTED,
    PN_OFFER_EXPIRED,
    PN_OFFER_WITHDRAWN,
    PN_OFFER_ASKED,   /* the debtor proposed it, and nobody has answered yet */
    PN_OFFER_REFUSED, /* what the debtor proposed */
    PN_OFFER_STATES
} pn_offer_state;

const char *pn_offer_state_name(pn_offer_state state);

typedef struct {
    uint32_t visit;
    pn_offer_state state;
    pn_time settled_at;
} pn_offer_fact;

/* A split's arm, given once (law 7). */
typedef struct {
    pn_id strategy;
    pn_str key;
    pn_str arm;
} pn_arm_fact;

typedef struct {
    pn_id id;
    pn_str reason;
    pn_time since;
    pn_time until; /* when it ends or is reviewed */
} pn_hold_fact;

typedef struct {
    pn_id id;
    pn_str external_id; /* folded */
    pn_str name;        /* folded */
    pn_str kind;        /* "person" or "company"; empty: not known */
    pn_str country;     /* ISO 3166-1, "ES" */
    pn_str region;
    pn_str language;
    pn_str owner; /* folded name of the collector */
    pn_str salesperson;
    const pn_zone *zone;
    pn_calendar calendar;
    int32_t grace_days;
    uint32_t channels; /* bit (1 << pn_channel_kind): a usable contact exists */
    int32_t promises_broken;
    int32_t promises_kept;
    const pn_attr *attrs;
    size_t attr_count;
} pn_debtor_fact;

typedef struct {
    pn_id id;
    pn_str name;
    pn_str country;
    pn_calendar calendar; /* its bank days */
    bool stale;           /* its source data is older than it allows */
    int32_t interest_bp;  /* agreed yearly interest in basis points, 0: statutory */
} pn_creditor_fact;

/* A debtor's invoices with one creditor in one currency: sums over all of them. */
typedef struct {
    pn_id id;
    pn_currency currency;
    int32_t scale;
    int64_t open;
    int64_t claimable;
    int64_t overdue; /* claimable and past its effective due date */
    int32_t open_items;
    int32_t claimable_items;
    int32_t overdue_items;
    int32_t tone_received; /* for the oldest claimable item; the least, where several are as old */
    pn_date oldest_due;    /* effective due date of the oldest claimable item; PN_DATE_NONE none */
    pn_closed last_closed; /* how its most recently closed item closed */
} pn_account_fact;

typedef struct {
    pn_date today; /* the debtor's local day */
    pn_subject subject;
    pn_debtor_fact debtor;
    pn_creditor_fact creditor;
    pn_account_fact account;
    const pn_item *items; /* every item of the account that is open, or that the run worked, oldest
                             effective due date first */
    size_t item_count;
    const pn_item *item; /* the run's own invoice, one of `items`; NULL for an account's run */
    bool succeeded;      /* another run has worked the same since this one began to say thanks */
    const pn_message_fact *messages; /* the ones the run remembers */
    size_t message_count;
    const pn_signal *signals; /* of this case, oldest first */
    size_t signal_count;
    const pn_task_fact *tasks;
    size_t task_count;
    const pn_errand_fact *errands;
    size_t errand_count;
    const pn_offer_fact *offers;
    size_t offer_count;
    const pn_arm_fact *arms;
    size_t arm_count;
    const pn_hold_fact *holds; /* those in force */
    size_t hold_count;
} pn_facts;

/* Computes `account`'s sums from the items. */
void pn_facts_sum(pn_facts *facts);

/* True when the run works this item: its own invoice, or for an account's run every item that no
 * active run of its own works. */
static inline bool pn_facts_works(const pn_facts *facts, const pn_item *item) {
    return facts->item != NULL ? item == facts->item : !item->own_run;
}

/* A usable contact for the channel exists. */
static inline bool pn_facts_reachable(const pn_facts *facts, pn_channel_kind channel) {
    return (facts->debtor.channels >> channel & 1U) != 0;
}

#endif
