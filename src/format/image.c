#include "format/image.h"

#include "base/banned.h"
#include "base/limits.h"

static uint32_t big_endian(pn_str bytes, size_t at, size_t size) {
    uint32_t value = 0;
    for (size_t i = 0; i < size; i++) {
        value = value << 8 | (unsigned char)bytes.ptr[at + i];
    }
    return value;
}

static pn_err no_image(pn_diag *diag, const char *what) {
    pn_err err = pn_diag_set(diag, PN_INVALID, "%s", what);
    pn_diag_mend(diag, "Give a PNG or JPEG file; SVG is not shown by mail programs.");
    return err;
}

static pn_err cut_short(pn_diag *diag) {
    return no_image(diag, "The image ends within its header.");
}

static pn_err read_png(pn_str bytes, pn_image *image, pn_diag *diag) {
    enum { WIDTH_AT = 16, HEIGHT_AT = 20, HEADER_END = 33 };
    if (bytes.len < HEADER_END) {
        return cut_short(diag);
    }
    if (big_endian(bytes, 8, 4) != 13 || memcmp(bytes.ptr + 12, "IHDR", 4) != 0) {
        return no_image(diag, "The PNG does not begin with its header.");
    }
    uint32_t width = big_endian(bytes, WIDTH_AT, 4), height = big_endian(bytes, HEIGHT_AT, 4);
    image->type = PN_STR("image/png");
    image->width = (int32_t)PN_MIN(width, (uint32_t)INT32_MAX);
    image->height = (int32_t)PN_MIN(height, (uint32_t)INT32_MAX);
    return PN_OK;
}

/* A frame header; DHT, JPG and DAC have codes in between. */
static bool is_frame(unsigned marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

static pn_err read_jpeg(pn_str bytes, pn_image *image, pn_diag *diag) {
    enum { HEIGHT_AT = 5, WIDTH_AT = 7, FRAME_BYTES = 9, MARKER_SCAN = 0xDA };
    size_t at = 2;
    while (at + FRAME_BYTES <= bytes.len) {
        unsigned marker = (unsigned char)bytes.ptr[at + 1];
        if ((unsigned char)bytes.ptr[at] != 0xFF) {
            return no_image(diag, "The JPEG's header makes no sense.");
        }
        if (marker == 0xFF) { /* fill bytes may stand before a marker */
            at++;
            continue;
        }
        uint32_t length = big_endian(bytes, at + 2, 2);
        if (marker == MARKER_SCAN || length < 2) {
            return no_image(diag, "The JPEG's header makes no sense.");
        }
        if (is_frame(marker)) {
            image->type = PN_STR("image/jpeg");
            image->height = (int32_t)big_endian(bytes, at + HEIGHT_AT, 2);
            image->width = (int32_t)big_endian(bytes, at + WIDTH_AT, 2);
            return PN_OK;
        }
        at += 2 + length;
    }
    return cut_short(diag);
}

pn_err pn_image_read(pn_str bytes, pn_image *ret_image, pn_diag *diag) {
    pn_image image = {0};
    if (pn_str_starts(bytes, PN_STR("\x89PNG\r\n\x1a\n"))) {
        PN_TRY(read_png(bytes, &image, diag));
    } else if (pn_str_starts(bytes, PN_STR("\xff\xd8\xff"))) {
        PN_TRY(read_jpeg(bytes, &image, diag));
    } else {
        return no_image(diag, "This is neither a PNG nor a JPEG image.");
    }
    if (image.width < 1 || image.height < 1 || image.width > PN_LIMIT_CREDITOR_LOGO_PIXELS ||
        image.height > PN_LIMIT_CREDITOR_LOGO_PIXELS) {
        pn_err err = pn_diag_set(diag, PN_INVALID, "The image has %d by %d pixels.", image.width,
                                 image.height);
        pn_diag_mend(diag, "Both sides have 1 to %d; twice the size it is shown in is enough.",
                     PN_LIMIT_CREDITOR_LOGO_PIXELS);
        return err;
    }
    *ret_image = image;
    return PN_OK;
}
