#include "codec/pdf/colour.h"

#include <math.h>

#include "base/banned.h"

bool pn_pdf_colour_read(pn_str text, uint32_t *ret_colour) {
    uint32_t colour = 0;
    bool fits = text.len == 7 && text.ptr[0] == '#';
    for (size_t i = 1; i < text.len && fits; i++) {
        int digit = pn_hex_value(text.ptr[i]);
        fits = digit >= 0;
        colour = colour << 4 | (uint32_t)PN_MAX(digit, 0);
    }
    if (fits) {
        *ret_colour = colour;
    }
    return fits;
}

static double linear(uint32_t channel) {
    double value = (channel & 0xFF) / 255.0;
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

/* Relative luminance (WCAG 2.1). */
static double luminance(uint32_t colour) {
    return 0.2126 * linear(colour >> 16) + 0.7152 * linear(colour >> 8) + 0.0722 * linear(colour);
}

double pn_pdf_contrast(uint32_t a, uint32_t b) {
    double one = luminance(a) + 0.05, other = luminance(b) + 0.05;
    return one > other ? one / other : other / one;
}

uint32_t pn_pdf_colour_readable(uint32_t colour) {
    for (uint32_t percent = 100; percent > 0; percent--) {
        uint32_t red = (colour >> 16 & 0xFF) * percent / 100;
        uint32_t green = (colour >> 8 & 0xFF) * percent / 100;
        uint32_t blue = (colour & 0xFF) * percent / 100;
        uint32_t darker = red << 16 | green << 8 | blue;
        if (pn_pdf_contrast(darker, PN_PDF_SOFT) >= 4.5) {
            return darker;
        }
    }
    return 0;
}
