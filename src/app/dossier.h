/* Everything that is held about one debtor, for whoever has a right to know it (GDPR, article 15;
 * LGPD, article 18): as JSON, with the documents named and where they are fetched.
 *
 * It is told from the tables themselves, section by section; a test compares the sections with the
 * schema, so that no table is forgotten. Left out is what is no data about the person (locks,
 * timers, hashes) and secrets by which others could act in their name. */
#ifndef PN_APP_DOSSIER_H
#define PN_APP_DOSSIER_H

#include "app/app.h"

/* Writes the members of an object that the caller began. NOT_FOUND. */
PN_MUST_USE pn_err pn_dossier_write(pn_app *app, pn_id debtor_id, pn_json_writer *w, pn_diag *diag);
/* Somebody takes a copy: kept in the debtor's timeline, in the transaction under way. */
PN_MUST_USE pn_err pn_dossier_tell(pn_app *app, pn_id debtor_id);

/* Tables with a debtor's id whose rows are told, and those that are left out; ended by NULL. */
extern const char *const PN_DOSSIER_TABLES[];
extern const char *const PN_DOSSIER_LEFT_OUT[];

#endif
