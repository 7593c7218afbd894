/* Moves: a run's step, planned without writing, then written in one piece.
 *
 * Planning reads facts, calls the pure step and makes the rows; it may happen in another thread and
 * before the transaction. Writing turns the plan into rows: the run's new state where it is still
 * at the visit that was planned from, the intents, tasks, charges and the event, all or nothing. */
#ifndef PN_APP_MOVE_H
#define PN_APP_MOVE_H

#include "app/view.h"
#include "base/limits.h"
#include "core/step.h"

/* A node that a run came to. */
typedef struct {
    pn_id version_id;
    uint32_t from, to; /* from: PN_NODE_NONE where the strategy began */
} pn_move_pass;

typedef struct {
    pn_run_row row; /* the new state */
    pn_str memory;  /* of the new state, encoded */
    pn_move_pass *passes;
    size_t pass_count;
    uint32_t old_visit;
    bool is_new;  /* a run that is not in the database yet */
    bool changed; /* something is to be written */
    bool was_active;
    bool unreadable; /* what the run remembers is damaged, or of no such flow: it stands still */
    pn_cmd *cmds;
    pn_id *message_ids; /* beside each command; 0 where it is no SEND */
    size_t cmd_count;
    pn_event_row event;       /* id 0: none */
    bool counted;             /* its event stands in a journal that the transaction took over */
    pn_time deliver_at;       /* of the intents it writes; PN_TIME_NEVER none */
    const pn_published *flow; /* the version it is in now */
    pn_id prev_message;       /* the run's message before the first one of this move */
} pn_move;

/* A plan takes at most so many ids: its messages, its event and, of a new run, the run's. The
 * caller reserves them. */
enum { PN_MOVE_IDS_MAX = PN_LIMIT_STEP_VISITS * (PN_LIMIT_CASE_JUMPS + 1) * 2 + 2 };

/* What planning needs besides the app: ids of its own, salts of its own. */
typedef struct {
    pn_id_maker *ids;
    pn_journal *journal; /* for salts */
    pn_buf *scratch;     /* 64 KB at least; what it holds is lost */
} pn_move_maker;

/* Plans the next move of a run of the view; of a new one where `is_new`. */
PN_MUST_USE pn_err pn_move_plan(pn_app *app, const pn_view *view, const pn_run_row *row,
                                bool is_new, pn_time now, const pn_move_maker *maker,
                                pn_arena *arena, pn_move *ret_move, pn_diag *diag);

/* Writes a planned move in the transaction under way. CONFLICT when the run moved meanwhile:
 * nothing was written then, and the run is stepped again by its poke. */
PN_MUST_USE pn_err pn_move_write(pn_app *app, const pn_move *move, pn_arena *arena, pn_diag *diag);

/* Starts a pill beside a run, once for each fact; nothing happens when it was started before. */
PN_MUST_USE pn_err pn_pill_begin(pn_app *app, const pn_run *beside, const pn_published *pill,
                                 pn_id fact_id, pn_time now, pn_arena *arena);

/* A run of a published strategy for an account or one of its items, not planned yet. */
pn_run_row pn_move_new_run(pn_app *app, const pn_view *view, const pn_view_account *account,
                           const pn_item *item, const pn_published *strategy, const pn_facts *facts,
                           pn_id id, pn_time now);

#endif
