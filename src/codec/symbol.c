#include "codec/symbol.h"

#include <qrencode.h>
#include <zint.h>

#include "base/banned.h"

enum { QR_MODULES_MAX = 81, BARS_MAX = 60 };

pn_err pn_symbol_qr(pn_str payload, pn_arena *arena, pn_symbol *ret_symbol) {
    QRcode *code = QRcode_encodeString(pn_str_z(arena, payload), 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (code == NULL || code->width > QR_MODULES_MAX) {
        QRcode_free(code);
        return PN_LIMIT;
    }
    unsigned side = (unsigned)code->width;
    uint8_t *dark = pn_arena_alloc(arena, (size_t)side * side);
    for (size_t i = 0; i < (size_t)side * side; i++) {
        dark[i] = code->data[i] & 1;
    }
    QRcode_free(code);
    *ret_symbol = (pn_symbol){dark, side, side};
    return PN_OK;
}

static bool is_plain(pn_str payload) {
    for (size_t i = 0; i < payload.len; i++) {
        if (!pn_is_digit(payload.ptr[i]) && !pn_is_alpha(payload.ptr[i])) {
            return false;
        }
    }
    return payload.len != 0 && payload.len <= BARS_MAX;
}

static void copy_row(const struct zint_symbol *drawn, pn_arena *arena, pn_symbol *ret_symbol) {
    unsigned width = (unsigned)drawn->width;
    uint8_t *dark = pn_arena_alloc(arena, width);
    for (unsigned x = 0; x < width; x++) {
        dark[x] = drawn->encoded_data[0][x >> 3] >> (x & 7) & 1;
    }
    *ret_symbol = (pn_symbol){dark, width, 1};
}

pn_err pn_symbol_code128(pn_str payload, pn_arena *arena, pn_symbol *ret_symbol) {
    struct zint_symbol *drawn = is_plain(payload) ? ZBarcode_Create() : NULL;
    if (drawn == NULL) {
        return PN_INVALID;
    }
    drawn->symbology = BARCODE_CODE128;
    drawn->input_mode = DATA_MODE;
    int status = ZBarcode_Encode(drawn, (const unsigned char *)payload.ptr, (int)payload.len);
    bool fine = status < ZINT_ERROR && drawn->rows == 1 && drawn->width > 0;
    if (fine) {
        copy_row(drawn, arena, ret_symbol);
    }
    ZBarcode_Delete(drawn);
    return fine ? PN_OK : PN_INVALID;
}
