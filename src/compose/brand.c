#include "compose/brand.h"

#include "base/banned.h"
#include "compose/style.h"

enum { READABLE = 4500 };

static void put(char out[PN_COLOUR_TEXT_SIZE], pn_str text) {
    memcpy(out, text.ptr, PN_COLOUR_TEXT_SIZE - 1);
    out[PN_COLOUR_TEXT_SIZE - 1] = '\0';
}

static pn_brand our_own(void) {
    pn_brand own = {0};
    put(own.light.link, PN_STR(STYLE_ACCENT));
    put(own.light.label, PN_STR("#ffffff"));
    put(own.dark.link, PN_STR(STYLE_DARK_ACCENT));
    put(own.dark.label, PN_STR("#0a1626"));
    memcpy(own.light.button, own.light.link, PN_COLOUR_TEXT_SIZE);
    memcpy(own.light.border, own.light.link, PN_COLOUR_TEXT_SIZE);
    memcpy(own.dark.button, own.dark.link, PN_COLOUR_TEXT_SIZE);
    memcpy(own.dark.border, own.dark.link, PN_COLOUR_TEXT_SIZE);
    return own;
}

static pn_brand_colours colours_on(pn_colour brand, const char *const grounds[3]) {
    pn_brand_colours colours = {0};
    pn_colour on[3] = {{0}};
    for (size_t i = 0; i < PN_COUNT(on); i++) {
        (void)pn_colour_read(pn_str_of(grounds[i]), &on[i]);
    }
    pn_colour link = pn_colour_fit(brand, on, PN_COUNT(on), READABLE);
    (void)pn_colour_text(link, colours.link);
    (void)pn_colour_text(link, colours.border);
    (void)pn_colour_text(brand, colours.button);
    (void)pn_colour_text(pn_colour_label(brand), colours.label);
    return colours;
}

pn_brand pn_brand_of(pn_str colour) {
    static const char *const LIGHT[] = {STYLE_SURFACE, STYLE_SOFT, STYLE_PAGE};
    static const char *const DARK[] = {STYLE_DARK_SURFACE, STYLE_DARK_SOFT, STYLE_DARK_PAGE};
    pn_colour brand;
    if (!pn_colour_read(colour, &brand)) {
        return our_own();
    }
    return (pn_brand){colours_on(brand, LIGHT), colours_on(brand, DARK)};
}

pn_shown pn_brand_fit(int32_t width, int32_t height, int32_t width_max, int32_t height_max) {
    if (width < 1 || height < 1) {
        return (pn_shown){0, height_max};
    }
    int64_t w = width, h = height;
    if (h > height_max) {
        w = w * height_max / h;
        h = height_max;
    }
    if (w > width_max) {
        h = h * width_max / w;
        w = width_max;
    }
    return (pn_shown){(int32_t)PN_MAX(w, 1), (int32_t)PN_MAX(h, 1)};
}
