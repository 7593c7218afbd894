/* Planning ahead: a thread that reads what is due and plans its moves while the engine writes those
 * planned before.
 *
 * The thread has a connection of its own and sees the database as it was when it began a plan. That
 * the plan still holds is the engine's to know: nobody else may have written since, and its own
 * transactions wrote other debtors. A plan that may not hold is thrown away and its zones are
 * stepped within the transaction. Ids come from a range that the engine gave with the order, so
 * that events stand in the order of their ids whoever made them. */
#ifndef PN_APP_PLANNER_H
#define PN_APP_PLANNER_H

#include "app/move.h"

/* What of a zone is due. */
typedef struct {
    pn_id *debtors; /* with a run that is due, ascending, each once */
    size_t count;
    size_t runs;    /* active ones in the zone */
    pn_time others; /* earliest wake-up of those that are not due */
} pn_zone_due;

PN_MUST_USE pn_err pn_zone_scan(pn_app *app, const pn_zone_row *zone, pn_time now, pn_arena *arena,
                                pn_zone_due *ret_due);
/* By range where more than an eighth of the zone is due, else debtor by debtor. */
static inline bool pn_zone_is_dense(const pn_zone_due *due) {
    return due->count * 8 > due->runs;
}

enum {
    PN_PLAN_ZONES = 4, /* in one plan: about PN_LIMIT_STEP_BATCH cases */
    PN_PLANS_AHEAD = 4,
};

/* A run that was due and did not move. */
typedef struct {
    pn_run_row row;
    bool unreadable;
} pn_plan_stuck;

/* A debtor's or zone's share of a plan. */
typedef struct {
    size_t index;     /* of the zone, for the engine */
    pn_zone_row zone; /* as ordered */
    pn_time others;   /* earliest wake-up of its runs that are not due */
    size_t runs;      /* active ones */
    pn_move *moves;   /* in the order of debtors */
    size_t move_count, move_capacity;
    pn_plan_stuck *stuck;
    size_t stuck_count, stuck_capacity;
    pn_id *again; /* debtors to be stepped in the transaction: their moves write more than rows of
                     their own, or there were no ids left */
    size_t again_count, again_capacity;
} pn_plan_zone;

typedef struct {
    /* the order */
    pn_plan_zone zones[PN_PLAN_ZONES];
    size_t zone_count;
    int64_t generation; /* the engine's: which moment the plan must not be older than */
    pn_time now;        /* the organization's */
    pn_time recorded_at;
    pn_id_maker ids; /* the range's beginning; then what was taken */
    pn_id ids_end;
    pn_journal journal; /* salts of its own; then the planned events, counted */
    /* the plan */
    pn_err err; /* why there is none */
    pn_arena arena;
} pn_plan;

typedef struct pn_planner pn_planner;

/* Ids that an order's range has: whole milliseconds of the id space. */
enum { PN_PLAN_ID_MS = 2 };

/* Starts the thread. */
PN_MUST_USE pn_err pn_planner_open(pn_app *app, pn_planner **ret_planner, pn_diag *diag);
/* Ends it when it is done with the plan under way. NULL accepted. */
void pn_planner_close(pn_planner *planner);

/* The plan to fill in for the next order; NULL when PN_PLANS_AHEAD are under way. */
pn_plan *pn_planner_vacant(pn_planner *planner);
/* Hands that plan over as an order. */
void pn_planner_order(pn_planner *planner);
/* The oldest order, planned; waits for it. NULL when nothing is ordered. */
pn_plan *pn_planner_take(pn_planner *planner);
/* Done with it. */
void pn_planner_release(pn_planner *planner);

/* Orders of an older generation will not be used: those that the thread has not begun get no plan
 * (`err` is RETRY). */
void pn_planner_outdate(pn_planner *planner, int64_t generation);

/* Between pause and resume the thread reads nothing: the log of the database can be folded back. */
void pn_planner_pause(pn_planner *planner);
void pn_planner_resume(pn_planner *planner);

#endif
