/* People of ours, and who of them is meant by a debtor's owner or salesperson.
 *
 * A debtor keeps a text: the key of a person, or as it came from the ERP a name, an address or
 * "Name <address>". Who is in the table is found by key or address; who is not is still what the
 * text says. */
#ifndef PN_APP_PEOPLE_H
#define PN_APP_PEOPLE_H

#include "app/app.h"
#include "store/person.h"

/* All texts may be empty. */
typedef struct {
    pn_str name, email, phone, title;
    pn_str signature; /* lines */
    bool known;       /* stands in the table */
} pn_colleague;

/* Loads the organization's people into the app. */
PN_MUST_USE pn_err pn_people_load(pn_app *app);

/* Who does what `who` should on that day: the substitute of one who is away. All empty for an empty
 * text and for one who was archived and has no substitute. */
pn_colleague pn_people_find(const pn_app *app, pn_str who, pn_date day, pn_arena *arena);

/* The row of a key; NOT_FOUND with a sentence. */
PN_MUST_USE pn_err pn_people_get(const pn_app *app, pn_str key, const pn_person_row **ret_row,
                                 pn_diag *diag);

/* Writes a new person (id 0) or a changed one, in the transaction under way, and loads all again.
 * INVALID with a sentence for a wrong address or a substitute who is nobody; CONFLICT for a key or
 * an address that somebody else has. */
PN_MUST_USE pn_err pn_people_put(pn_app *app, pn_person_row *row, pn_arena *arena, pn_diag *diag);

#endif
