/* From values to text, and from text into the output. */
#ifndef PN_LIQUID_PRINT_H
#define PN_LIQUID_PRINT_H

#include "liquid/run.h"

/* The text that filters see; borrowed when the value is a text already. */
PN_MUST_USE pn_err pn_liquid_to_text(pn_liquid_run *run, pn_liquid_value value, pn_str *ret_text);
/* Appends that text. Arrays and objects are written as Ruby shows them: ["a", 1], {"k"=>"v"}. */
void pn_liquid_write(pn_liquid_run *run, pn_buf *buf, pn_liquid_value value);
/* Appends money in the context's language and country. */
void pn_liquid_write_money(pn_liquid_run *run, pn_buf *buf, pn_money money);

/* Prints into the output: nil is nothing, an array its items one behind the other; escaped as the
 * context says unless the value is safe. */
PN_MUST_USE pn_err pn_liquid_print(pn_liquid_run *run, pn_liquid_value value);

/* The integer that a value stands for as an index or count; INVALID with a diag otherwise. */
PN_MUST_USE pn_err pn_liquid_to_integer(pn_liquid_run *run, pn_liquid_value value,
                                        int64_t *ret_value);

#endif
