/* Where a test's database is: a file in a folder of its own, or a schema of its own on the server
 * that PUNTUAL_TEST_SERVER names (tests/peers/postgres.sh). */
#ifndef PN_TESTS_PLACE_H
#define PN_TESTS_PLACE_H

#include "../unit/unit.h"

#include "store/db.h"

typedef struct {
    char folder[64]; /* for the test's files; there on a server too */
    char path[96];   /* of the database, where it is a file */
    char url[400];   /* what the program opens */
    char schema[48]; /* empty: it is a file */
} place;

/* The server's URL; NULL: databases are files. */
const char *place_server(void);
/* Skips the test on a server, saying why it is about files alone. */
void place_only_file(const char *why);

void place_begin(place *p);
/* Removes the database; the folder must hold nothing else by then. */
void place_end(place *p);

/* Keeps a copy of all rows, and goes back to it; nobody has the database open meanwhile. */
void place_save(const place *p);
void place_restore(const place *p);

#endif
