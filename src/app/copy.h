/* Copying a whole database to another one, of the same kind or not: how an installation moves from
 * a file to a server and back.
 *
 * All tables go over as the databases list them, by primary key, in transactions of bounded size;
 * what is in the target says how far the copy is, so one that was killed goes on there. Nobody else
 * has either database open meanwhile, the source is not changed, and the target is refused by every
 * program until the copy is complete: compared table by table with the source, and audited. In live
 * organizations of the target channels are paused then, for the source is still there: two copies
 * that both send would send everything twice. */
#ifndef PN_APP_COPY_H
#define PN_APP_COPY_H

#include "app/app.h"

typedef struct {
    pn_str table;
    int64_t rows, rows_before; /* written so far, by this call and before it */
    size_t number, tables;
    bool comparing;
} pn_copy_progress;

typedef struct {
    const char *from, *to; /* URLs */
    const pn_env *env;
    const pn_log *log;
    void (*progress)(void *context, const pn_copy_progress *progress); /* NULL: none */
    void *context;
} pn_copy_request;

typedef struct {
    int64_t tables, rows, rows_before, bytes, organizations, channels_paused;
    bool resumed;
} pn_copy_info;

/* NOT_FOUND without a source; CONFLICT where somebody has one of them open, the target holds
 * anything else, or the source changed since the copy began; CORRUPT where the copy is not equal in
 * the end, or its audit disagrees: then the target stays refused. */
PN_MUST_USE pn_err pn_copy(const pn_copy_request *request, pn_copy_info *ret_info, pn_diag *diag);

#endif
