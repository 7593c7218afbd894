#include "codec/pdf/symbol.h"

#include <qrencode.h>
#include <zint.h>

#include "base/banned.h"

enum { QR_MODULES_MAX = 101 }; /* version 21: still 0.4 mm a module on 41 mm */

static QRecLevel level_of(char ecc) {
    return ecc == 'L'   ? QR_ECLEVEL_L
           : ecc == 'Q' ? QR_ECLEVEL_Q
           : ecc == 'H' ? QR_ECLEVEL_H
                        : QR_ECLEVEL_M;
}

pn_err pn_pdf_symbol_qr(pn_str payload, char ecc, pn_arena *arena,
                        const pn_pdf_modules **ret_modules, pn_diag *diag) {
    QRcode *code = QRcode_encodeString(pn_str_z(arena, payload), 0, level_of(ecc), QR_MODE_8, 1);
    if (code == NULL || code->width > QR_MODULES_MAX) {
        QRcode_free(code);
        (void)pn_diag_set(diag, PN_LIMIT,
                          "The QR code would be too fine to be read: %zu bytes at level %c.",
                          payload.len, ecc);
        pn_diag_mend(diag, "Shorten what it says, or take a lower “ecc”.");
        return PN_LIMIT;
    }
    unsigned side = (unsigned)code->width;
    uint8_t *dark = pn_arena_alloc(arena, (size_t)side * side);
    for (size_t i = 0; i < (size_t)side * side; i++) {
        dark[i] = code->data[i] & 1;
    }
    QRcode_free(code);
    pn_pdf_modules *modules = pn_arena_new(arena, pn_pdf_modules);
    *modules = (pn_pdf_modules){dark, side, side};
    *ret_modules = modules;
    return PN_OK;
}

/* Zint wants square brackets around application identifiers, which no payload may have itself. */
static bool gs1_text(pn_arena *arena, pn_str payload, pn_str *ret_text) {
    char *text = pn_arena_copy(arena, payload.ptr, payload.len);
    for (size_t i = 0; i < payload.len; i++) {
        if (text[i] == '[' || text[i] == ']') {
            return false;
        }
        text[i] = text[i] == '(' ? '[' : text[i] == ')' ? ']' : text[i];
    }
    *ret_text = (pn_str){text, payload.len};
    return payload.len > 0 && text[0] == '[';
}

static bool fits_kind(pn_pdf_bar_kind kind, pn_str payload) {
    bool digits = true, ascii = true;
    for (size_t i = 0; i < payload.len; i++) {
        digits = digits && pn_is_digit(payload.ptr[i]);
        ascii = ascii && payload.ptr[i] >= 0x20 && payload.ptr[i] < 0x7F;
    }
    return kind == PN_PDF_ITF ? digits && payload.len % 2 == 0 : ascii;
}

static pn_err refuse_bars(pn_pdf_bar_kind kind, pn_str payload, pn_diag *diag) {
    static const char *const WANTS[] = {
        [PN_PDF_CODE128] = "Code 128 takes up to 90 letters, digits and signs of ASCII",
        [PN_PDF_GS1_128] = ("GS1-128 takes application identifiers in round brackets and what "
                            "follows them, as in (90)523000"),
        [PN_PDF_ITF] = "Interleaved 2 of 5 takes an even number of digits, up to 80"};
    pn_str shown = pn_str_first(payload, 60);
    return pn_diag_set(diag, PN_INVALID, "The bar code cannot say “%.*s”: %s.", PN_STR_ARG(shown),
                       WANTS[kind]);
}

/* Zint keeps a row as bits, the lowest of each byte first. */
static const pn_pdf_modules *copy_row(const struct zint_symbol *symbol, pn_arena *arena) {
    unsigned width = (unsigned)symbol->width;
    uint8_t *dark = pn_arena_alloc(arena, width);
    for (unsigned i = 0; i < width; i++) {
        dark[i] = symbol->encoded_data[0][i / 8] >> (i % 8) & 1;
    }
    pn_pdf_modules *modules = pn_arena_new(arena, pn_pdf_modules);
    *modules = (pn_pdf_modules){dark, width, 1};
    return modules;
}

pn_err pn_pdf_symbol_bars(pn_pdf_bar_kind kind, pn_str payload, pn_arena *arena,
                          const pn_pdf_modules **ret_modules, pn_diag *diag) {
    static const int SYMBOLOGIES[] = {[PN_PDF_CODE128] = BARCODE_CODE128,
                                      [PN_PDF_GS1_128] = BARCODE_GS1_128,
                                      [PN_PDF_ITF] = BARCODE_C25INTER};
    pn_str text = payload;
    if (!fits_kind(kind, payload) || payload.len > 90 ||
        (kind == PN_PDF_GS1_128 && !gs1_text(arena, payload, &text))) {
        return refuse_bars(kind, payload, diag);
    }
    struct zint_symbol *symbol = ZBarcode_Create();
    if (symbol == NULL) {
        return pn_diag_set(diag, PN_LIMIT, "There is no memory for a bar code.");
    }
    symbol->symbology = SYMBOLOGIES[kind];
    /* Spain's Cuaderno 57 puts more behind identifier 90 than GS1 itself allows. */
    symbol->input_mode = kind == PN_PDF_GS1_128 ? GS1_MODE | GS1NOCHECK_MODE : DATA_MODE;
    int status = ZBarcode_Encode(symbol, (const unsigned char *)text.ptr, (int)text.len);
    bool fine = status < ZINT_ERROR && symbol->rows == 1 && symbol->width > 0;
    if (fine) {
        *ret_modules = copy_row(symbol, arena);
    }
    ZBarcode_Delete(symbol);
    return fine ? PN_OK : refuse_bars(kind, payload, diag);
}
