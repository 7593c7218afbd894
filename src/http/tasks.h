/* Tasks as several resources show them. */
#ifndef PN_HTTP_TASKS_H
#define PN_HTTP_TASKS_H

#include "app/queue.h"
#include "app/task_acts.h"
#include "http/route.h"

extern const pn_shape PN_TASK_FIELDS[];

/* An object with its braces. */
PN_MUST_USE pn_err pn_put_task(pn_exchange *exchange, pn_json_writer *w, const pn_task_row *row);

/* "mail", "promise", "message", "hold"; NULL for nothing. */
const char *pn_task_about_name(pn_task_about about);
/* With the kind of id that it has. */
void pn_put_about(pn_json_writer *w, pn_task_about about, pn_id id);
/* By an id "pro_…", "msg_…" or "hld_…"; INVALID with a sentence for another. */
PN_MUST_USE pn_err pn_read_about(pn_exchange *exchange, pn_str text, const char *where,
                                 pn_task_ref *ret_ref);
/* Who asks: as the key of a person of ours, else by address. */
PN_MUST_USE pn_err pn_who_asks(pn_exchange *exchange, pn_queue_who *ret_who);
/* "me" is who asks; what else is said stays. */
PN_MUST_USE pn_err pn_assignee_of(pn_exchange *exchange, pn_str text, pn_str *ret_assignee);

#endif
