/* What a command prints: one JSON document with --json, else text for people.
 *
 * A command says each thing once, with its key and its label; which of the two is written is
 * decided here. Amounts are texts in major units in JSON ("1234.50"), times ISO 8601 with offset.
 */
#ifndef PN_CLI_OUT_H
#define PN_CLI_OUT_H

#include "base/id.h"
#include "base/json.h"
#include "base/money.h"
#include "calendar/zone.h"

typedef struct {
    const char *key;
    const char *title;
    bool right; /* numbers */
} pn_column;

typedef struct {
    bool json;
    bool started; /* something was written */
    bool whole;   /* a document of its own: nothing is put around it */
    pn_buf buf;
    pn_json_writer writer;
    pn_arena *arena;
    const pn_zone *zone;
    pn_str language, country; /* how amounts are written for people */
    /* a table in progress */
    const pn_column *columns;
    size_t column_count, cell;
    pn_str *cells;
    size_t cell_count, cell_capacity;
} pn_out;

void pn_out_init(pn_out *out, bool json, pn_arena *arena);
/* Writes what was gathered to stdout; IO when that fails (a full disk, a closed pipe). */
PN_MUST_USE pn_err pn_out_finish(pn_out *out);
void pn_out_done(pn_out *out);

/* A heading; nothing in JSON. */
void pn_out_title(pn_out *out, const char *format, ...) PN_PRINTF(2, 3);
/* A line for people only. */
void pn_out_line(pn_out *out, const char *format, ...) PN_PRINTF(2, 3);

/* A whole text for people only; `exact` adds no line end. */
void pn_out_text(pn_out *out, pn_str text);
void pn_out_exact(pn_out *out, pn_str text);
/* A JSON document of its own: the same with --json and without. */
void pn_out_whole(pn_out *out, pn_str json);

/* A field of the document or of the object begun last. Without a label it is for JSON alone; an
 * empty text is left out for people and is "" in JSON. */
void pn_out_str(pn_out *out, const char *key, const char *label, pn_str text);
void pn_out_int(pn_out *out, const char *key, const char *label, int64_t value);
void pn_out_bool(pn_out *out, const char *key, const char *label, bool value);
void pn_out_amount(pn_out *out, const char *key, const char *label, pn_money money);
/* As people read it, for a line of theirs. */
pn_str pn_out_money_text(pn_out *out, pn_money money);
void pn_out_date(pn_out *out, const char *key, const char *label, pn_date date);
void pn_out_time(pn_out *out, const char *key, const char *label, pn_time at);
void pn_out_id(pn_out *out, const char *key, const char *label, pn_id_kind kind, pn_id id);
/* JSON text that is copied as it is; for people too, when it has a label. */
void pn_out_raw(pn_out *out, const char *key, const char *label, pn_str json);
void pn_out_object(pn_out *out, const char *key);
void pn_out_object_end(pn_out *out);

/* A table: cells in the order of its columns, row after row. An empty one prints `none` for people
 * (a sentence), and [] in JSON. */
void pn_out_table(pn_out *out, const char *key, const pn_column *columns, size_t column_count);
void pn_cell_str(pn_out *out, pn_str text);
void pn_cell_int(pn_out *out, int64_t value);
void pn_cell_amount(pn_out *out, pn_money money);
void pn_cell_date(pn_out *out, pn_date date);
void pn_cell_time(pn_out *out, pn_time at);
/* For people "yes" or "no". */
void pn_cell_bool(pn_out *out, bool value);
/* JSON text as it is; null when it is empty. */
void pn_cell_raw(pn_out *out, pn_str json);
void pn_cell_id(pn_out *out, pn_id_kind kind, pn_id id);
void pn_out_table_end(pn_out *out, const char *none);

/* "2026-03-03T10:00:00+01:00" */
pn_str pn_time_iso(pn_time at, const pn_zone *zone, pn_arena *arena);

#endif
