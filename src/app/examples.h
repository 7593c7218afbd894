/* Playing the examples that a strategy's document carries, before it is published.
 *
 * An example lives under the country's ready contact policy, not under one of the organization's
 * own: so it means the same everywhere. */
#ifndef PN_APP_EXAMPLES_H
#define PN_APP_EXAMPLES_H

#include "app/app.h"
#include "core/example/example.h"

typedef struct {
    pn_example_result *items;
    size_t count;
    size_t failed;
} pn_examples_played;

/* Plays the examples of a document that compiled to `flow`. Those that cannot be read are problems
 * in `problems`, those that were not met only in the result. */
PN_MUST_USE pn_err pn_examples_play(const pn_json *document, const pn_flow *flow,
                                    const pn_flow_names *names, pn_arena *arena,
                                    pn_problems *problems, pn_examples_played *ret_played,
                                    pn_diag *diag);

/* Adds a problem for each example that was not met. INVALID with the first problem's sentence when
 * an example could not be read or was not met. */
PN_MUST_USE pn_err pn_examples_refuse(const pn_examples_played *played, pn_arena *arena,
                                      pn_problems *problems, pn_diag *diag);

/* "Example “Nobody pays”: expected …; got …." */
pn_str pn_examples_sentence(const pn_example_result *result, pn_arena *arena);

#endif
