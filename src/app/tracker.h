/* The tracker of a server: whose a link's token is, and opens on their way to the database.
 *
 * A pixel is answered at once, on the connection's thread: its token is checked against the keys in
 * memory, and the open goes into a list. A thread hands what came to the writer, within a second,
 * in pieces so small that clicks between them do not wait. The list is bounded: what comes while it
 * is full is lost and counted. */
#ifndef PN_APP_TRACKER_H
#define PN_APP_TRACKER_H

#include "app/touches.h"
#include "app/writer.h"

typedef struct pn_tracker pn_tracker;

typedef struct {
    const char *url; /* of the database */
    const pn_env *env;
    pn_writer *writer;
} pn_tracker_options;

PN_MUST_USE pn_err pn_tracker_new(const pn_tracker_options *options, pn_tracker **ret_tracker,
                                  pn_diag *diag);
/* Stores what came, then ends; before the writer does. NULL accepted. */
void pn_tracker_free(pn_tracker *tracker);

/* The link and organization of a token; any thread, without the database. INVALID or DENIED for
 * what is none of ours. A key that was made just now is known within a second. */
PN_MUST_USE pn_err pn_tracker_whose(pn_tracker *tracker, pn_link_kind kind, pn_str token,
                                    pn_id *ret_id, pn_id *ret_org);

/* pn_agent_of, which remembers: most requests come from few kinds of programs. Any thread. */
pn_agent pn_tracker_agent(pn_tracker *tracker, pn_str user_agent);

/* An open to be stored; any thread. */
void pn_tracker_opened(pn_tracker *tracker, const pn_opened *opened);

typedef struct {
    uint64_t stored, lost;
    int64_t waiting;
} pn_tracker_stats;
pn_tracker_stats pn_tracker_told(pn_tracker *tracker);

#endif
