/* What the answers of /v1 are written with: ids, amounts, days and times as the API has them. */
#ifndef PN_HTTP_ANSWER_H
#define PN_HTTP_ANSWER_H

#include "http/route.h"

/* A key with its value. What there is none of is null: id 0, PN_DATE_NONE, PN_TIME_NONE and
 * PN_TIME_NEVER, an empty text with `_or_null`. */
void pn_put_id(pn_json_writer *w, const char *key, pn_id_kind kind, pn_id id);
void pn_put_amount(pn_json_writer *w, const char *key, int64_t minor, pn_currency currency);
void pn_put_date(pn_json_writer *w, const char *key, pn_date date);
void pn_put_time(pn_json_writer *w, const char *key, pn_time at);
void pn_put_str_or_null(pn_json_writer *w, const char *key, pn_str text);
/* A list of texts. */
void pn_put_texts(pn_json_writer *w, const char *key, const pn_str *texts, size_t count);
/* JSON text as it stands in a row; null where it is empty. */
void pn_put_json(pn_json_writer *w, const char *key, pn_str json);
/* For objects and lists inside. */
void pn_put_object(pn_json_writer *w, const char *key);
void pn_put_list(pn_json_writer *w, const char *key);

/* The writer on the answer's body, without the object that pn_answer_json begins. */
pn_json_writer *pn_answer_bare(pn_exchange *exchange);

/* Entries of a list of ids that was checked (PN_SHAPE_LIST of PN_SHAPE_ID). */
void pn_value_ids(const pn_route_value *value, pn_id_kind kind, pn_arena *arena,
                  const pn_id **ret_ids, size_t *ret_count);

/* What pn_answer_made gives. */
extern const pn_schema_object PN_MADE;

/* 201 with Location: what was made stands at `path`/`id`. */
void pn_answer_created(pn_exchange *exchange, const char *path, pn_id_kind kind, pn_id id);
/* The same with {"id": …} as its body. */
pn_err pn_answer_made(pn_exchange *exchange, const char *path, pn_id_kind kind, pn_id id);

/* A page for the console's frames, with what we wrote to others: it runs in nobody's name, asks
 * nobody for anything, and stands in no frame but ours. The body is the caller's. */
void pn_answer_framed(pn_exchange *exchange);

#endif
