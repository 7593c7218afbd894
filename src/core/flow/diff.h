/* The difference of two versions in words and facts: what publishing shows (law 8). */
#ifndef PN_CORE_FLOW_DIFF_H
#define PN_CORE_FLOW_DIFF_H

#include "core/flow/flow.h"

typedef enum {
    PN_CHANGE_ADDED,
    PN_CHANGE_REMOVED,
    PN_CHANGE_TYPE,   /* the node of that id is of another type */
    PN_CHANGE_PARAM,  /* a parameter differs */
    PN_CHANGE_EXIT,   /* an exit leads elsewhere */
    PN_CHANGE_HEADER, /* name, subject, entry, priority, hours … */
} pn_change_kind;

const char *pn_change_kind_name(pn_change_kind kind);

typedef struct {
    pn_change_kind kind;
    pn_str node;          /* empty for the header */
    pn_str what;          /* parameter, exit or header field */
    pn_str before, after; /* as JSON; empty for none */
} pn_change;

/* Both documents must have compiled. Changes are in the order of node ids. */
void pn_flow_diff(const pn_json *before, const pn_json *after, pn_arena *arena,
                  pn_change **ret_changes, size_t *ret_count);

#endif
