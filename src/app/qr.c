#include "app/qr.h"

#include <qrencode.h>

#include "base/banned.h"
#include "base/buf.h"

enum { QUIET = 4 };

/* One path of horizontal bars: a tenth of a rectangle each. */
static void add_row(pn_buf *out, const unsigned char *row, int width, int y) {
    for (int x = 0; x < width; x++) {
        int end = x;
        while (end < width && (row[end] & 1) != 0) {
            end++;
        }
        if (end > x) {
            pn_buf_add_format(out, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, end - x, end - x);
            x = end;
        }
    }
}

pn_err pn_qr_svg(pn_str text, pn_arena *arena, pn_str *ret_svg) {
    pn_buf out;
    QRcode *code = QRcode_encodeString8bit(pn_str_z(arena, text), 0, QR_ECLEVEL_M);
    if (code == NULL) {
        return PN_LIMIT;
    }
    int side = code->width + 2 * QUIET;
    pn_buf_init(&out, 1 << 20);
    pn_buf_add_format(&out,
                      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
                      "shape-rendering=\"crispEdges\" role=\"img\" aria-label=\"QR\"><path "
                      "fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path fill=\"#000\" d=\"",
                      side, side, side, side);
    for (int y = 0; y < code->width; y++) {
        add_row(&out, code->data + y * code->width, code->width, y);
    }
    pn_buf_add_lit(&out, "\"/></svg>");
    QRcode_free(code);
    pn_err err = pn_buf_err(&out);
    *ret_svg = pn_str_dup(arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return err;
}
