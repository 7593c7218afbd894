#include "compose/colour.h"

#include "base/banned.h"

/* sRGB to linear light (IEC 61966-2-1), in millionths. */
static const int32_t LINEAR[256] = {
    0,      304,    607,    911,     1214,   1518,   1821,   2125,   2428,   2732,   3035,   3347,
    3677,   4025,   4391,   4777,    5182,   5605,   6049,   6512,   6995,   7499,   8023,   8568,
    9134,   9721,   10330,  10960,   11612,  12286,  12983,  13702,  14444,  15209,  15996,  16807,
    17642,  18500,  19382,  20289,   21219,  22174,  23153,  24158,  25187,  26241,  27321,  28426,
    29557,  30713,  31896,  33105,   34340,  35601,  36889,  38204,  39546,  40915,  42311,  43735,
    45186,  46665,  48172,  49707,   51269,  52861,  54480,  56128,  57805,  59511,  61246,  63010,
    64803,  66626,  68478,  70360,   72272,  74214,  76185,  78187,  80220,  82283,  84376,  86500,
    88656,  90842,  93059,  95307,   97587,  99899,  102242, 104616, 107023, 109462, 111932, 114435,
    116971, 119538, 122139, 124772,  127438, 130136, 132868, 135633, 138432, 141263, 144128, 147027,
    149960, 152926, 155926, 158961,  162029, 165132, 168269, 171441, 174647, 177888, 181164, 184475,
    187821, 191202, 194618, 198069,  201556, 205079, 208637, 212231, 215861, 219526, 223228, 226966,
    230740, 234551, 238398, 242281,  246201, 250158, 254152, 258183, 262251, 266356, 270498, 274677,
    278894, 283149, 287441, 291771,  296138, 300544, 304987, 309469, 313989, 318547, 323143, 327778,
    332452, 337164, 341914, 346704,  351533, 356400, 361307, 366253, 371238, 376262, 381326, 386429,
    391572, 396755, 401978, 407240,  412543, 417885, 423268, 428690, 434154, 439657, 445201, 450786,
    456411, 462077, 467784, 473531,  479320, 485150, 491021, 496933, 502886, 508881, 514918, 520996,
    527115, 533276, 539479, 545724,  552011, 558340, 564712, 571125, 577580, 584078, 590619, 597202,
    603827, 610496, 617207, 623960,  630757, 637597, 644480, 651406, 658375, 665387, 672443, 679542,
    686685, 693872, 701102, 708376,  715694, 723055, 730461, 737910, 745404, 752942, 760525, 768151,
    775822, 783538, 791298, 799103,  806952, 814847, 822786, 830770, 838799, 846873, 854993, 863157,
    871367, 879622, 887923, 896269,  904661, 913099, 921582, 930111, 938686, 947307, 955973, 964686,
    973445, 982251, 991102, 1000000,
};

static const pn_colour WHITE = {0xff, 0xff, 0xff}, BLACK = {0, 0, 0};

bool pn_colour_read(pn_str text, pn_colour *ret_colour) {
    uint8_t channels[3] = {0};
    if (text.len != 7 || text.ptr[0] != '#') {
        return false;
    }
    for (size_t i = 1; i < 7; i++) {
        int value = pn_hex_value(text.ptr[i]);
        if (value < 0) {
            return false;
        }
        channels[(i - 1) / 2] = (uint8_t)(channels[(i - 1) / 2] * 16 + value);
    }
    *ret_colour = (pn_colour){channels[0], channels[1], channels[2]};
    return true;
}

const char *pn_colour_text(pn_colour colour, char out[PN_COLOUR_TEXT_SIZE]) {
    static const char DIGITS[] = "0123456789abcdef";
    const uint8_t channels[3] = {colour.red, colour.green, colour.blue};
    out[0] = '#';
    for (size_t i = 0; i < 3; i++) {
        out[1 + 2 * i] = DIGITS[channels[i] >> 4];
        out[2 + 2 * i] = DIGITS[channels[i] & 15];
    }
    out[7] = '\0';
    return out;
}

int32_t pn_colour_luminance(pn_colour c) {
    int64_t sum = INT64_C(2126) * LINEAR[c.red] + INT64_C(7152) * LINEAR[c.green] +
                  INT64_C(722) * LINEAR[c.blue];
    return (int32_t)((sum + 5000) / 10000);
}

int32_t pn_colour_contrast(pn_colour one, pn_colour other) {
    enum { FLARE = 50000 }; /* 0.05 */
    int64_t a = pn_colour_luminance(one) + FLARE, b = pn_colour_luminance(other) + FLARE;
    return (int32_t)(1000 * PN_MAX(a, b) / PN_MIN(a, b));
}

static uint8_t between(uint8_t from, uint8_t to, int step) {
    return (uint8_t)((from * (255 - step) + to * step + 127) / 255);
}

pn_colour pn_colour_fit(pn_colour colour, const pn_colour *grounds, size_t count,
                        int32_t contrast) {
    pn_colour end = pn_colour_luminance(grounds[0]) > 180000 ? BLACK : WHITE;
    for (int step = 0; step < 256; step++) {
        pn_colour moved = {between(colour.red, end.red, step),
                           between(colour.green, end.green, step),
                           between(colour.blue, end.blue, step)};
        bool fits = true;
        for (size_t i = 0; i < count && fits; i++) {
            fits = pn_colour_contrast(moved, grounds[i]) >= contrast;
        }
        if (fits) {
            return moved;
        }
    }
    return end;
}

pn_colour pn_colour_label(pn_colour ground) {
    enum { ENOUGH = 4500 };
    static const pn_colour DARK = {0x0a, 0x16, 0x26};
    if (pn_colour_contrast(WHITE, ground) >= ENOUGH) {
        return WHITE;
    }
    return pn_colour_contrast(DARK, ground) >= ENOUGH ? DARK : BLACK;
}
