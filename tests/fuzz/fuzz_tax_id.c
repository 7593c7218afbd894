/* Fuzzes the checks of tax ids: the first two bytes are a country. What is good stays good with
 * small letters and dots between. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "format/tax_id.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2 || size > 64) {
        return 0;
    }
    char *text = malloc(size - 2 + 1); /* of exact size but for an empty one, for the sanitizer */
    char spread[200] = {0};
    memcpy(text, data + 2, size - 2);
    pn_str country = {(const char *)data, 2}, id = {text, size - 2};
    pn_tax_id_verdict verdict = pn_tax_id_check(id, country);
    for (size_t i = 0; i < id.len; i++) {
        spread[2 * i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 'a' - 'A' : text[i]);
        spread[2 * i + 1] = ' ';
    }
    bool plain = true;
    for (size_t i = 0; i < id.len; i++) {
        plain = plain && text[i] > ' ' && text[i] <= 'z' && text[i] != '-';
    }
    assert(!plain || pn_tax_id_check((pn_str){spread, 2 * id.len}, country) == verdict);
    assert(verdict == PN_TAX_ID_UNKNOWN || pn_tax_id_name(country).len != 0);
    free(text);
    return 0;
}
