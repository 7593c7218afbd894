/* The world: invented creditors and debtors who receive invoices and messages and behave.
 *
 * It stands where in life there are an ERP, a bank, mailboxes and people, and it uses the doors
 * those use: files that are imported (debtors, invoices, statements), a channel driver that takes
 * messages and says what became of them, signals, replies, tasks that people do. It never writes a
 * balance or a state. Everything follows from one seed: each debtor has streams of dice of its own,
 * events are handled in order of time and making, and its env gives time and entropy, so equal
 * seeds give equal worlds. */
#ifndef PN_WORLD_WORLD_H
#define PN_WORLD_WORLD_H

#include "app/app.h"
#include "base/hash.h"
#include "calendar/business.h"
#include "channel/channel.h"
#include "core/fact.h"
#include "world/names.h"

/* ── what is modelled ── */

/* How a debtor pays. */
typedef enum {
    PN_HABIT_PUNCTUAL,  /* before or on the day */
    PN_HABIT_FORGETFUL, /* when reminded */
    PN_HABIT_SLOW,      /* late, whatever one says; sooner when it gets serious */
    PN_HABIT_PARTIAL,   /* a part now, the rest later */
    PN_HABIT_TROUBLED,  /* promises, and often breaks them */
    PN_HABIT_DISPUTER,  /* finds something wrong first */
    PN_HABIT_SILENT,    /* never */
    PN_HABITS
} pn_habit;

/* What happens to mail that is sent to an address. */
typedef enum {
    PN_MAILBOX_FINE,
    PN_MAILBOX_UNKNOWN, /* refused at once: no such user */
    PN_MAILBOX_GONE,    /* accepted, and a bounce comes back */
    PN_MAILBOX_FULL,    /* refused for now, a few times */
    PN_MAILBOX_AWAY,    /* accepted, answered by a machine */
} pn_mailbox;

/* What an unread reply says. */
typedef enum { PN_SAYS_NOTHING, PN_SAYS_PROMISE, PN_SAYS_DISPUTE, PN_SAYS_PAID } pn_says;

typedef struct {
    const char *name, *tax_id, *country, *region, *zone, *address, *phone, *email, *city;
    const char *currency, *prefix;  /* of invoice numbers */
    const char *withholding_bp;     /* rates its customers withhold */
    bool consumers;                 /* monthly invoices to people */
    int debtors, large;             /* of them large accounts */
    int terms[3];                   /* payment terms in days */
    int64_t amount_min, amount_max; /* minor units */
    const char *const *goods;       /* what its invoices are about */
    int good_count;
} pn_world_creditor;

typedef struct {
    const pn_world_creditor *of;
    pn_str key, name, tax_id, email, second_email, contact, phone;
    pn_str owner, salesperson, sector;
    const pn_place *place;
    bool company, large, withholds, direct_debit, cheques;
    pn_habit habit;
    pn_mailbox mailbox;
    int mail_tries;      /* refused so far by a full mailbox */
    int reads_percent;   /* human openings of 100 messages */
    bool proxy, scanner; /* its provider fetches pictures; its firewall follows links */
    pn_says says;        /* in the reply that nobody has read yet */
    pn_random dice;      /* what it does */
    pn_calendar calendar;
    pn_id id;
    bool lost; /* its case went to a lawyer or agency */
} pn_world_debtor;

typedef struct {
    uint32_t debtor; /* index */
    pn_str number, product;
    pn_date issued, due;
    int64_t amount;
    bool loaded; /* the ERP's file brought it */
    pn_id id;
    pn_date pays;     /* when its debtor means to pay it; PN_DATE_NONE: does not */
    int part_percent; /* of what is open, 0: all of it */
    bool disputed;
} pn_world_invoice;

/* Money that comes without naming invoices: installments, promises in part. */
typedef struct {
    uint32_t debtor;
    pn_date on;
    int64_t amount;
} pn_world_pledge;

/* ── events ── */

typedef enum {
    PN_WORLD_ERP,  /* the creditors' invoices are exported */
    PN_WORLD_BANK, /* the bank's statement comes */
    PN_WORLD_DESK, /* collectors work their tasks */
    PN_WORLD_OPEN, /* a message is opened: `source` */
    PN_WORLD_CLICK,
    PN_WORLD_ANSWER,  /* a person answers */
    PN_WORLD_AWAY,    /* a machine answers */
    PN_WORLD_BOUNCE,  /* a bounce comes back */
    PN_WORLD_REVERSE, /* the bank takes a direct debit back: `id` is the payment */
    PN_WORLD_CHEQUE,  /* a cheque is cleared or returned: `id` is the instrument */
    PN_WORLD_SETTLE,  /* a dispute is settled: `id` is the dispute */
} pn_world_event_kind;

typedef struct {
    pn_time at;
    uint64_t order;
    pn_world_event_kind kind;
    pn_signal_source source;
    uint32_t index; /* debtor, or invoice of SETTLE */
    pn_id id;       /* carrier, payment, instrument, dispute */
} pn_world_event;

typedef struct pn_world {
    uint64_t seed;
    pn_env env;  /* fixed: its context is this world */
    pn_app *app; /* NULL until the demo has opened it */
    pn_date start;
    int days;
    pn_arena arena; /* what lives as long as the world */
    pn_arena work;  /* of one event */
    pn_random entropy;
    pn_random desk; /* the collectors' dice */
    pn_world_debtor *debtors;
    size_t debtor_count;
    pn_world_invoice *invoices; /* by day of issue, then debtor */
    size_t invoice_count, invoice_capacity;
    size_t erp_at; /* invoices before this one were exported */
    pn_world_pledge *pledges;
    size_t pledge_count, pledge_capacity;
    pn_table by_email;      /* address → debtor index + 1 */
    pn_table by_debtor;     /* pn_id → debtor */
    pn_table by_invoice;    /* pn_id → invoice */
    pn_world_event *events; /* a heap */
    size_t event_count, event_capacity;
    uint64_t event_order;
    pn_id *accepted; /* carriers that were taken since the last look */
    size_t accepted_count, accepted_capacity;
    int64_t statement; /* number of the last payment */
} pn_world;

pn_world *pn_world_new(uint64_t seed, pn_date start, int days);
void pn_world_free(pn_world *world);

/* Names the creditors and loads the first files; the organization is a fresh sandbox. */
PN_MUST_USE pn_err pn_world_begin(pn_world *world, pn_app *app, pn_diag *diag);
/* Everything that happens at or before `now`; for pn_advance_watch. */
PN_MUST_USE pn_err pn_world_live(void *world, pn_app *app, pn_time now, pn_time *ret_next,
                                 pn_diag *diag);

/* The driver that stands for all mailboxes; it finds its world by the host's env. */
extern const pn_channel_driver pn_channel_world;

/* ── for the files of this folder ── */

size_t pn_world_creditor_count(void);
const pn_world_creditor *pn_world_creditor_at(size_t index);

/* Its bank account: an IBAN or a CLABE. */
pn_str pn_world_account(pn_str country, size_t index, pn_arena *arena);
/* Its row, made where the organization has none of that name yet. */
PN_MUST_USE pn_err pn_world_creditor_row(pn_world *world, size_t index,
                                         const pn_creditor_row **ret_row, pn_diag *diag);

void pn_world_people(pn_world *world);
void pn_world_bills(pn_world *world);
pn_world_debtor *pn_world_debtor_of(pn_world *world, pn_id id);
pn_world_invoice *pn_world_invoice_of(pn_world *world, pn_id id);

/* A throw: true in `percent` of 100 cases; a number from `min` to `max`. */
bool pn_dice(pn_random *random, int percent);
int pn_dice_between(pn_random *random, int min, int max);
/* Out of a range, small ones more often (by the cube). */
int64_t pn_dice_skewed(pn_random *random, int64_t min, int64_t max);

/* Later events; the time is moved up to the next quarter of an hour, so that few moments are lived.
 */
void pn_world_plan(pn_world *world, pn_time at, pn_world_event_kind kind, uint32_t index, pn_id id,
                   pn_signal_source source);
/* The instant on the debtor's wall clock. */
pn_time pn_world_instant(pn_world *world, const pn_world_debtor *debtor, pn_date date,
                         int32_t second);
pn_date pn_world_today(const pn_world *world);
void pn_world_pledge_add(pn_world *world, uint32_t debtor, pn_date on, int64_t amount);

/* Files (load.c). */
PN_MUST_USE pn_err pn_world_load_debtors(pn_world *world, pn_diag *diag);
PN_MUST_USE pn_err pn_world_load_email(pn_world *world, pn_world_debtor *debtor, pn_diag *diag);
PN_MUST_USE pn_err pn_world_load_invoices(pn_world *world, pn_date through, pn_diag *diag);
PN_MUST_USE pn_err pn_world_load_statement(pn_world *world, pn_diag *diag);

/* What a debtor does (life.c): on a message's reading, on a call. */
void pn_world_intend(pn_world *world, pn_world_invoice *invoice, pn_date effective_due);
PN_MUST_USE pn_err pn_world_mail_arrived(pn_world *world, pn_diag *diag);
PN_MUST_USE pn_err pn_world_happen(pn_world *world, const pn_world_event *event, pn_diag *diag);
PN_MUST_USE pn_err pn_world_promise(pn_world *world, pn_world_debtor *debtor, const char *source,
                                    pn_diag *diag);
PN_MUST_USE pn_err pn_world_dispute(pn_world *world, pn_world_debtor *debtor, pn_diag *diag);
PN_MUST_USE pn_err pn_world_installments(pn_world *world, pn_world_debtor *debtor, pn_diag *diag);
/* Means to pay what is overdue in so many days. */
void pn_world_resolve(pn_world *world, pn_world_debtor *debtor, int days);

/* What collectors do (desk.c). */
PN_MUST_USE pn_err pn_world_desk(pn_world *world, pn_diag *diag);

#endif
