/* The simulator: a hostile world around the real core, application and store.
 *
 * A history is a list of deeds (plan.c), made from one seed: what people, debtors, the bank, the
 * mail servers, the disk and a second process do, each with its day, its moment and dice of its
 * own. A life (life.c) plays a history in a process of its own over a fresh database, with a clock,
 * entropy, a channel and a file layer that are the simulator's, and checks the laws while it goes
 * on (watch.c: at each message; check.c: each day). Equal histories give equal lives, so a history
 * that fails is made shorter by leaving deeds out (shrink.c). */
#ifndef PN_SIM_SIM_H
#define PN_SIM_SIM_H

#include "app/app.h"
#include "base/hash.h"

typedef enum { PN_SIM_CALM, PN_SIM_SOME, PN_SIM_ALL } pn_sim_faults;

/* What is done. The order is that of the names in plan.c. */
typedef enum {
    PN_SIM_STRATEGY, /* a ready strategy is published, with its fellows */
    PN_SIM_RANDOM,   /* one made at random */
    PN_SIM_INVOICES, /* the ERP's file */
    PN_SIM_PAY,
    PN_SIM_PAY_ALL,
    PN_SIM_PAY_TWICE, /* the bank's file comes again */
    PN_SIM_TAKE_BACK,
    PN_SIM_PROMISE,
    PN_SIM_UNPROMISE,
    PN_SIM_DISPUTE,
    PN_SIM_SETTLE,
    PN_SIM_LOWER,
    PN_SIM_HOLD,
    PN_SIM_RELEASE,
    PN_SIM_BAR,
    PN_SIM_UNBAR,
    PN_SIM_PLAN,
    PN_SIM_INSTRUMENT,
    PN_SIM_SAID_PAID,
    PN_SIM_SIGNAL, /* open, click, visit, reply, bounce …, late, twice, for any message */
    PN_SIM_TASK,
    PN_SIM_STEER,
    PN_SIM_UNCERTAIN, /* a person says what became of an uncertain message */
    PN_SIM_UNDO,      /* an import is undone */
    PN_SIM_ERASE,
    PN_SIM_REPUBLISH, /* a strategy's next version */
    PN_SIM_RESTART,   /* the engine's process starts anew */
    PN_SIM_WEATHER,   /* the mail servers' mood changes */
    PN_SIM_CLOCK,     /* real time jumps */
    PN_SIM_FAULT,     /* the disk fails, the power goes, the process is killed */
    PN_SIM_ACTS
} pn_sim_act_kind;

const char *pn_sim_act_name(pn_sim_act_kind kind);

typedef struct {
    int32_t day, minute; /* since the history's beginning, in UTC */
    pn_sim_act_kind kind;
    /* 0: between two rounds of work. Else a second process does it, when the engine's begins its
     * so many-th transaction after that moment. */
    uint32_t amid;
    uint64_t dice;
} pn_sim_act;

/* Which world it is lived in: a seed that met a defect keeps the world in which it did. The second
 * has more of what the first has little of: debts that are due, messages, holds, tones, thanks. */
enum { PN_SIM_WORLD_FIRST = 1, PN_SIM_WORLD = 2 };

typedef struct {
    uint64_t seed;
    int32_t world;
    int32_t days, debtors;
    pn_date start;
    pn_sim_act *deeds; /* by day and minute */
    size_t count;
    int32_t audit_days; /* audited on every so many-th day, and at the end */
    bool unreplayed;    /* what was decided is not decided again at the end */
    /* Where it is lived: NULL: in memory; a folder of a disk; a PostgreSQL server's URL. */
    const char *where;
} pn_history;

enum { PN_SIM_DAYS_MAX = 3660, PN_SIM_DEBTORS_MAX = 1000, PN_SIM_DEEDS_MAX = 200000 };

/* Fills the history; `deeds` live on the arena. */
void pn_history_make(uint64_t seed, int32_t world, int32_t days, int32_t debtors,
                     pn_sim_faults faults, pn_arena *arena, pn_history *ret_history);
/* One line: "day 12 09:30 pay (amid 3)". */
void pn_sim_act_words(const pn_sim_act *deed, pn_date start, char *out, size_t size);

/* ── what came of a life ── */

typedef struct {
    bool held;           /* every law held */
    char law[80];        /* which did not, and where it stands: "law 1: paid means stop" */
    char sentence[1000]; /* what was seen */
    int32_t day;         /* on which */
    uint64_t hash;       /* of all that happened */
    int64_t steps;       /* of runs */
    int64_t deeds, refused, sent, faults, recoveries, amid, audits, invoices, payments;
    int64_t case_days; /* days of open cases that were lived */
} pn_sim_result;

/* A database that does not exist yet, or an empty schema, and another way to the same one, which
 * breaks: of a server. */
typedef struct {
    const char *url, *by_cutter;
} pn_sim_place;

/* Plays a history in this process. */
void pn_sim_live(const pn_history *history, const pn_sim_place *place, pn_sim_result *ret_result);

/* Plays it in a child process over a database of its own that is removed afterwards; a crash or an
 * endless loop is a law that did not hold. `keep`: where the database shall stay, a file or the
 * name of a schema; NULL. */
PN_MUST_USE pn_err pn_sim_play(const pn_history *history, const char *keep,
                               pn_sim_result *ret_result, pn_diag *diag);

/* Leaves out what can be left out while the same law fails, within so many plays. */
PN_MUST_USE pn_err pn_sim_shrink(pn_history *history, int plays, pn_sim_result *result,
                                 void (*progress)(void *context, int play, size_t deeds),
                                 void *context, pn_diag *diag);

#endif
