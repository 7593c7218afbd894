/* Fuzzes the reading of image headers: what is taken has a kind and a size within bounds. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "format/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *copy = malloc(size + (size == 0)); /* of exact size, for the sanitizer */
    pn_image image = {0};
    memcpy(copy, data, size);
    if (pn_image_read((pn_str){copy, size}, &image, NULL) == PN_OK) {
        assert(image.type.len != 0);
        assert(image.width >= 1 && image.width <= PN_LIMIT_CREDITOR_LOGO_PIXELS);
        assert(image.height >= 1 && image.height <= PN_LIMIT_CREDITOR_LOGO_PIXELS);
    }
    free(copy);
    return 0;
}
