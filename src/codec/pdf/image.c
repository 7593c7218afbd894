#include "codec/pdf/image.h"

#include "base/banned.h"
#include "base/limits.h"

/* 62 × 18 mm at 400 dots an inch: more is not seen in print. */
enum { PRINT_WIDTH = 976, PRINT_HEIGHT = 284 };

static pn_err refuse(pn_diag *diag, const char *why) {
    (void)pn_diag_set(diag, PN_INVALID, "The logo cannot be used: %s.", why);
    pn_diag_mend(diag, "Save it as PNG, or as JPEG in RGB colours.");
    return PN_INVALID;
}

static pn_err check_size(unsigned width, unsigned height, pn_diag *diag) {
    if (width == 0 || height == 0) {
        return refuse(diag, "it has no pixels");
    }
    if (width > PN_LIMIT_LOGO_SIDE || height > PN_LIMIT_LOGO_SIDE) {
        (void)pn_diag_set(diag, PN_LIMIT, "The logo has %u by %u pixels, more than %d by %d.",
                          width, height, PN_LIMIT_LOGO_SIDE, PN_LIMIT_LOGO_SIDE);
        pn_diag_mend(diag, "Make it smaller: 1000 pixels are enough for print.");
        return PN_LIMIT;
    }
    return PN_OK;
}

static unsigned big_endian(pn_str bytes, size_t at, size_t count) {
    unsigned value = 0;
    for (size_t i = 0; i < count; i++) {
        value = value << 8 | (unsigned char)bytes.ptr[at + i];
    }
    return value;
}

/* ── PNG ─────────────────────────────────────────────────────────────────────────────────────── */

static cairo_status_t read_bytes(void *closure, unsigned char *data, unsigned length) {
    pn_str *rest = closure;
    if (length > rest->len) {
        return CAIRO_STATUS_READ_ERROR;
    }
    memcpy(data, rest->ptr, length);
    *rest = pn_str_from(*rest, length);
    return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *made_smaller(cairo_surface_t *image) {
    double width = cairo_image_surface_get_width(image);
    double height = cairo_image_surface_get_height(image);
    double scale = PN_MIN(PRINT_WIDTH / width, PRINT_HEIGHT / height);
    if (scale >= 1) {
        return image;
    }
    cairo_surface_t *small = cairo_image_surface_create(
        cairo_image_surface_get_format(image) == CAIRO_FORMAT_RGB24 ? CAIRO_FORMAT_RGB24
                                                                    : CAIRO_FORMAT_ARGB32,
        (int)PN_MAX(1, width * scale + 0.5), (int)PN_MAX(1, height * scale + 0.5));
    cairo_t *cr = cairo_create(small);
    cairo_scale(cr, cairo_image_surface_get_width(small) / width,
                cairo_image_surface_get_height(small) / height);
    cairo_set_source_surface(cr, image, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_BEST);
    cairo_pattern_set_extend(cairo_get_source(cr), CAIRO_EXTEND_PAD);
    cairo_paint(cr);
    cairo_destroy(cr);
    cairo_surface_destroy(image);
    return small;
}

static pn_err read_png(pn_str bytes, cairo_surface_t **ret_surface, pn_diag *diag) {
    if (bytes.len < 33 || !pn_str_eq(pn_str_first(pn_str_from(bytes, 12), 4), PN_STR("IHDR"))) {
        return refuse(diag, "the PNG is damaged");
    }
    PN_TRY(check_size(big_endian(bytes, 16, 4), big_endian(bytes, 20, 4), diag));
    pn_str rest = bytes;
    cairo_surface_t *image = cairo_image_surface_create_from_png_stream(read_bytes, &rest);
    if (cairo_surface_status(image) == CAIRO_STATUS_SUCCESS) {
        image = made_smaller(image);
    }
    if (cairo_surface_status(image) != CAIRO_STATUS_SUCCESS) {
        cairo_surface_destroy(image);
        return refuse(diag, "the PNG is damaged");
    }
    *ret_surface = image;
    return PN_OK;
}

/* ── JPEG ────────────────────────────────────────────────────────────────────────────────────── */

/* The segments up to the one that tells the size (ITU-T T.81, B.2.2): baseline or progressive. */
static bool find_frame(pn_str bytes, size_t *ret_at) {
    size_t at = 2;
    while (at + 4 <= bytes.len && (unsigned char)bytes.ptr[at] == 0xFF) {
        unsigned marker = (unsigned char)bytes.ptr[at + 1];
        size_t length = big_endian(bytes, at + 2, 2);
        if (marker == 0xFF) {
            at++;
            continue;
        }
        if (marker >= 0xC0 && marker <= 0xC2) {
            *ret_at = at + 4;
            return length >= 8 && at + 2 + length <= bytes.len;
        }
        if (marker == 0xDA || marker == 0xD9 || marker < 0xC0 || length < 2) {
            return false;
        }
        at += 2 + length;
    }
    return false;
}

/* Cairo writes the file itself into the PDF; the pixels behind it are never looked at. */
static pn_err attach_jpeg(pn_str bytes, unsigned width, unsigned height,
                          cairo_surface_t **ret_surface, pn_diag *diag) {
    cairo_surface_t *image =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
    unsigned char *copy = pn_alloc(bytes.len);
    memcpy(copy, bytes.ptr, bytes.len);
    if (cairo_surface_set_mime_data(image, CAIRO_MIME_TYPE_JPEG, copy, bytes.len, free, copy) !=
        CAIRO_STATUS_SUCCESS) {
        free(copy);
        cairo_surface_destroy(image);
        return refuse(diag, "the JPEG is damaged");
    }
    *ret_surface = image;
    return PN_OK;
}

static pn_err read_jpeg(pn_str bytes, cairo_surface_t **ret_surface, pn_diag *diag) {
    size_t at = 0;
    if (!find_frame(bytes, &at) || !pn_str_ends(bytes, PN_STR("\xFF\xD9"))) {
        return refuse(diag, "the JPEG is damaged or of a rare kind");
    }
    unsigned depth = big_endian(bytes, at, 1), components = big_endian(bytes, at + 5, 1);
    unsigned height = big_endian(bytes, at + 1, 2), width = big_endian(bytes, at + 3, 2);
    PN_TRY(check_size(width, height, diag));
    if (depth != 8 || (components != 1 && components != 3)) {
        return refuse(diag, "the JPEG is in CMYK or of more than 8 bits");
    }
    return attach_jpeg(bytes, width, height, ret_surface, diag);
}

pn_err pn_pdf_image_read(pn_str bytes, cairo_surface_t **ret_surface, pn_diag *diag) {
    if (bytes.len > PN_LIMIT_LOGO_BYTES) {
        return pn_diag_set(diag, PN_LIMIT, "The logo has %zu bytes, more than %d.", bytes.len,
                           PN_LIMIT_LOGO_BYTES);
    }
    if (pn_str_starts(bytes, PN_STR("\x89PNG\r\n\x1A\n"))) {
        return read_png(bytes, ret_surface, diag);
    }
    if (pn_str_starts(bytes, PN_STR("\xFF\xD8\xFF"))) {
        return read_jpeg(bytes, ret_surface, diag);
    }
    return refuse(diag, "it is neither a PNG nor a JPEG");
}
