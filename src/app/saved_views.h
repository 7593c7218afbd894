/* Saved views: how a person looks at a list, by a name; shared ones are everybody's.
 *
 * What a view holds is the list's own: JSON that the screen reads back. Whoever made it may change
 * it, and of a shared one who manages. */
#ifndef PN_APP_SAVED_VIEWS_H
#define PN_APP_SAVED_VIEWS_H

#include "app/app.h"
#include "store/saved_view.h"

enum { PN_VIEW_NAME_MAX = 80, PN_VIEW_QUERY_MAX = 8192, PN_VIEWS_MAX = 50 };

/* Writes a new view (id 0) or a changed one, in the transaction under way. LIMIT where the person
 * has PN_VIEWS_MAX of the list; CONFLICT where it changed meanwhile. */
PN_MUST_USE pn_err pn_saved_views_put(pn_app *app, pn_saved_view_row *row, pn_arena *arena,
                                      pn_diag *diag);
/* It stands in no list any more (`gone`), or does again. */
PN_MUST_USE pn_err pn_saved_views_archive(pn_app *app, pn_saved_view_row *row, bool gone,
                                          pn_diag *diag);

#endif
