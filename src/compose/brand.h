/* The creditor's brand in an e-mail: colours that can be read on both grounds, and its logo. */
#ifndef PN_COMPOSE_BRAND_H
#define PN_COMPOSE_BRAND_H

#include "base/buf.h"
#include "compose/colour.h"

/* The colours on one ground. A link has a contrast of 4.5 at least on every ground that texts stand
 * on, a button's label on the button. The button keeps the brand's very colour; its border, which
 * has the contrast of a link, shows where it is when the colour itself is close to the ground. */
typedef struct {
    char link[PN_COLOUR_TEXT_SIZE];
    char button[PN_COLOUR_TEXT_SIZE];
    char border[PN_COLOUR_TEXT_SIZE];
    char label[PN_COLOUR_TEXT_SIZE];
} pn_brand_colours;

typedef struct {
    pn_brand_colours light, dark;
} pn_brand;

/* `colour` is "#rrggbb"; anything else is no brand, and the colours are our own. */
pn_brand pn_brand_of(pn_str colour);

/* The size in which an image is shown: at most `width_max` by `height_max`, never enlarged, at
 * least one pixel; an image of unknown size is shown as high as allowed, with no width (0). */
typedef struct {
    int32_t width, height;
} pn_shown;

pn_shown pn_brand_fit(int32_t width, int32_t height, int32_t width_max, int32_t height_max);

#endif
