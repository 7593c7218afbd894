/* What stands around the blocks of every e-mail: the document, its style sheet for dark mode and
 * narrow screens, the creditor's name above and the creditor's identity below. */
#ifndef PN_COMPOSE_LAYOUT_H
#define PN_COMPOSE_LAYOUT_H

#include "compose/letter.h"

void pn_layout_open_html(const pn_letter *letter, pn_str subject, pn_str preheader, pn_buf *out);
void pn_layout_close_html(const pn_letter *letter, pn_buf *out);
/* A block's cell. */
void pn_layout_open_block(pn_buf *out);
void pn_layout_close_block(pn_buf *out);

void pn_layout_open_text(const pn_letter *letter, pn_buf *out);
void pn_layout_close_text(const pn_letter *letter, pn_buf *out);

#endif
