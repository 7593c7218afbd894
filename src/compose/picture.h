/* Images in an e-mail: the creditor's logo, and pictures of the author's. */
#ifndef PN_COMPOSE_PICTURE_H
#define PN_COMPOSE_PICTURE_H

#include "compose/check.h"
#include "compose/letter.h"

/* The logo with the creditor's name as its other text, or that name where there is no logo. */
void pn_picture_logo(const pn_letter *letter, pn_buf *out);

void pn_logo_html(pn_letter *letter, pn_str content, pn_buf *out);
void pn_logo_text(pn_letter *letter, pn_str content, pn_buf *out);

/* The content of an `image` block is the address on the first line, then what it shows, then where
 * it leads to (may be missing). */
void pn_image_html(pn_letter *letter, pn_str content, pn_buf *out);
void pn_image_text(pn_letter *letter, pn_str content, pn_buf *out);

#endif
