/* What the parts of a life share. */
#ifndef PN_SIM_SIM_INT_H
#define PN_SIM_SIM_INT_H

#include "app/books.h"
#include "app/work.h"
#include "channel/channel.h"
#include "sim/fault.h"
#include "sim/sim.h"

/* What a mail server took: the world's own memory, which no crash of ours loses. */
typedef struct {
    pn_id carrier;
    bool demand;
    unsigned tone;
    pn_id debtor, creditor;
    char address[100];
    pn_time at;     /* the organization's */
    pn_date day;    /* local */
    pn_id items[4]; /* overdue invoices that it surely spoke of, and their debtors */
    pn_id item_debtors[4];
    size_t item_count;
} pn_sim_mail;

/* What the bank knows of a payment. */
typedef struct {
    char key[24];
    char debtor[16];
    int64_t minor;
    pn_date on;
    bool told;     /* the program said that it has it */
    bool returned; /* and that it was taken back */
    bool maybe_returned;
} pn_sim_payment;

/* A message that was stored for sending and looked at by the checker. */
typedef struct {
    pn_id carrier;
    int64_t attempt;
} pn_sim_seen;

typedef struct pn_sim_run pn_sim_run; /* laws.c */
typedef struct pn_sim_arm pn_sim_arm;

typedef struct pn_life {
    const pn_history *history;
    const char *url, *by_cutter, *vfs;
    pn_sim_result *result;
    pn_env env;
    pn_time real; /* what the machine's clock says, without the lane */
    pn_time skew; /* how far it has jumped */
    int64_t ticks;
    uint64_t draws;
    pn_turn turn;
    pn_app *app, *desk; /* the engine's process; another one: people, the bank, the ERP */
    pn_worker *worker;
    pn_db *watch; /* the checker's own connection */
    pn_arena arena, scratch;
    pn_diag diag;
    pn_random dice; /* of the deed under way */
    const pn_zone *zone;
    /* deeds that wait for a transaction of the engine's */
    const pn_sim_act *amid[64];
    uint32_t amid_left[64];
    size_t amid_count;
    bool inside;     /* a deed is under way within another's transaction */
    bool stale;      /* the second process changed what the first keeps */
    int64_t sources; /* invoice numbers, payments */
    int64_t invoice_number;
    int trouble_percent; /* of messages that do not simply get through */
    uint64_t weather;
    pn_sim_mail *mails;
    size_t mail_count, mail_capacity;
    pn_sim_payment *payments;
    size_t payment_count, payment_capacity;
    pn_sim_seen *seen;
    size_t seen_count, seen_capacity;
    pn_sim_run *runs; /* as they were when last looked at, by id */
    size_t run_count;
    pn_sim_arm *arms;
    size_t arm_count, arm_capacity;
    pn_id message_max; /* the newest message then */
    pn_arena moving;
    int64_t entries; /* of the ledger, when last looked */
    int random_strategies;
    bool broken; /* a law did not hold: nothing more is done */
    int32_t day;
} pn_life;

/* A law did not hold. The first one is kept. */
void pn_sim_broken(pn_life *life, const char *law, const char *format, ...) PN_PRINTF(3, 4);

/* One number of a statement of the checker's own connection; `sql` is a literal. Parameters are
 * integers. `otherwise` where there is no row, or the database cannot be read. */
int64_t pn_sim_int(pn_db *db, const char *sql, int64_t otherwise, const int64_t *bind,
                   size_t count);

/* The driver that stands for all mail servers (post.c); it finds its life by the host's env. */
extern const pn_channel_driver pn_channel_sim;

/* Deeds (deed.c). An error is one that the deed could not be told of: a fault, or our own bug. */
PN_MUST_USE pn_err pn_sim_do(pn_life *life, pn_app *app, const pn_sim_act *deed);
/* Files of the ERP and the bank (files.c). */
PN_MUST_USE pn_err pn_sim_invoices(pn_life *life, pn_app *app);
PN_MUST_USE pn_err pn_sim_pay(pn_life *life, pn_app *app, bool all);
PN_MUST_USE pn_err pn_sim_pay_twice(pn_life *life, pn_app *app);
PN_MUST_USE pn_err pn_sim_take_back(pn_life *life, pn_app *app);
/* Strategies (flow.c). */
PN_MUST_USE pn_err pn_sim_ready(pn_life *life, pn_app *app);
PN_MUST_USE pn_err pn_sim_random(pn_life *life, pn_app *app);
PN_MUST_USE pn_err pn_sim_republish(pn_life *life, pn_app *app);

/* SQL: what is held back of invoice `i` at least. Of what was promised or planned (kinds 1 and 2)
 * money that came since is taken off: no more than came since each, nor off all of them together
 * more than came since the first. What judged promises had (kind 4) holds nothing. */
#define PN_SIM_MONEY_AFTER(owner)                                                                  \
    "(SELECT coalesce(-sum(s.amount_minor), 0) FROM ledger s WHERE s.debtor_id = i.debtor_id AND"  \
    " s.invoice_id = i.id AND s.kind = 1 AND s.id > " owner " AND (s.reverses_id = 0 OR"           \
    " s.reverses_id > " owner "))"
#define PN_SIM_FIRST_AGREED                                                                        \
    "(SELECT min(f.owner_id) FROM earmark f WHERE f.debtor_id = i.debtor_id AND f.invoice_id ="    \
    " i.id AND f.kind IN (1, 2))"
#define PN_SIM_HELD_BACK                                                                           \
    "(SELECT x.others + CASE WHEN x.apart > x.whole THEN x.apart ELSE x.whole END FROM (SELECT"    \
    " coalesce(sum(CASE WHEN e.kind IN (0, 3) THEN e.amount_minor ELSE 0 END), 0) AS others,"      \
    " coalesce(sum(CASE WHEN e.kind IN (1, 2) AND e.amount_minor >"                                \
    " " PN_SIM_MONEY_AFTER(                                                                        \
        "e.owner_id") " THEN e.amount_minor -"                                                     \
                      " " PN_SIM_MONEY_AFTER(                                                      \
                          "e.owner_id") " ELSE 0 END), 0) AS apart,"                               \
                                        " coalesce(sum(CASE WHEN e.kind IN (1, 2) THEN "           \
                                        "e.amount_minor ELSE 0 END), 0) -"                         \
                                        " " PN_SIM_MONEY_AFTER(                                    \
                                            PN_SIM_FIRST_AGREED) " AS whole FROM earmark e WHERE " \
                                                                 "e.debtor_id ="                   \
                                                                 " i.debtor_id AND e.invoice_id "  \
                                                                 "= i.id) x)"

/* After a transaction of the engine: what it stored for sending (watch.c). */
void pn_sim_watch(pn_life *life);
/* What may be asked for of an account now, from its rows. */
int64_t pn_sim_claimable(pn_life *life, pn_id debtor, pn_id account, pn_date today);
/* After a transaction of the engine: how the cases moved in it (laws.c). */
void pn_sim_moved(pn_life *life);
/* After what others did: from here on. */
void pn_sim_look_again(pn_life *life);
/* After publishing that shall leave the cases where they are: none has another version. */
void pn_sim_check_pinned(pn_life *life);
/* When nothing is due any more (check.c). */
void pn_sim_check_rest(pn_life *life);
void pn_sim_check_day(pn_life *life, bool last);
uint64_t pn_sim_hash(pn_life *life);

static inline int64_t pn_sim_below(pn_life *life, int64_t bound) {
    return (int64_t)pn_random_below(&life->dice, (uint64_t)bound);
}

#endif
