/* Mandatory texts: what a policy wants a message to carry, compiled.
 *
 * They are written in the template language over the same facts as the message, in its language,
 * and stand at its foot as small print. A message whose text cannot be written is not written
 * either. */
#ifndef PN_COMPOSE_LEGAL_H
#define PN_COMPOSE_LEGAL_H

#include "compose/letter.h"
#include "core/policy.h"

/* Compiles one text of a policy strictly; INVALID with a sentence that names text, language, line
 * and column. Borrows the policy. */
PN_MUST_USE pn_err pn_legal_compile(const pn_policy_text *text, pn_arena *arena,
                                    const pn_legal **ret_legal, pn_diag *diag);

const pn_policy_text *pn_legal_text(const pn_legal *legal);

/* The particulars (PN_NEEDS_…) that the text cannot do without and the facts lack. */
unsigned pn_legal_missing(const pn_legal *legal, const pn_compose_facts *facts);

/* Writes the text in the letter's language into `out`; INVALID where a particular is missing or
 * nothing comes out. */
PN_MUST_USE pn_err pn_legal_render(pn_letter *letter, const pn_legal *legal, pn_buf *out);

#endif
