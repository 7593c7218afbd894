/* Colours that can be read: relative luminance and contrast as in WCAG 2.1 (sections 1.4.3, 1.4.6
 * and the glossary), and a brand's colour made fit for links and buttons on a light and a dark
 * ground.
 *
 * Pure and without floating point: channels become linear light by a table of 256 values, so every
 * machine computes the same colours. */
#ifndef PN_COMPOSE_COLOUR_H
#define PN_COMPOSE_COLOUR_H

#include "base/str.h"

typedef struct {
    uint8_t red, green, blue;
} pn_colour;

enum { PN_COLOUR_TEXT_SIZE = 8 }; /* "#e4002b" and its NUL */

/* "#e4002b" in any case; false for anything else. */
bool pn_colour_read(pn_str text, pn_colour *ret_colour);
const char *pn_colour_text(pn_colour colour, char out[PN_COLOUR_TEXT_SIZE]);

/* Relative luminance, 0 (black) to 1,000,000 (white). */
int32_t pn_colour_luminance(pn_colour colour);
/* Contrast of two colours in thousandths: 1000 (none) to 21000. */
int32_t pn_colour_contrast(pn_colour one, pn_colour other);

/* The colour, moved towards black on a light ground or white on a dark one by the smallest of 256
 * steps that gives it at least `contrast` (thousandths) on all grounds; black or white where no
 * step does. */
pn_colour pn_colour_fit(pn_colour colour, const pn_colour *grounds, size_t count, int32_t contrast);

/* White, or a text's dark colour, or black: the first of them with a contrast of 4.5 on it. */
pn_colour pn_colour_label(pn_colour ground);

#endif
