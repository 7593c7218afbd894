/* Rows of a request, taken in by the same code as files.
 *
 * The rows of a body become a table in memory that the import reads: so there is one set of checks,
 * one way of writing, and a row that is there already changes nothing. What the import says of a
 * line and field is told by the row's JSON pointer. */
#ifndef PN_HTTP_BULK_H
#define PN_HTTP_BULK_H

#include "app/import.h"
#include "http/route.h"

/* A field of a row and the import's name for it. */
typedef struct {
    const char *name;  /* in the body */
    const char *field; /* of the import */
} pn_bulk_column;

typedef struct {
    pn_import_kind kind;
    const char *list; /* name of the list in the body */
    const pn_shape *row;
    const pn_bulk_column *columns; /* ended by an entry without a name */
    const char *attributes; /* what the import's names of "attributes" begin with; NULL: none */
} pn_bulk;

/* What an import did; pn_bulk_give writes it. */
extern const pn_schema_object PN_IMPORTED;

/* Imports the rows of the body, all or nothing, and gives what it did. In transactions of its own.
 */
PN_MUST_USE pn_err pn_bulk_import(pn_exchange *exchange, const pn_bulk *bulk);
/* The report of an import, with the problems of its rows where it was a dry run. */
void pn_bulk_give(pn_exchange *exchange, const pn_import_report *report);

#endif
