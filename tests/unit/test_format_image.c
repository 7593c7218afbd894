#include "unit.h"

#include <string.h>

#include "base/limits.h"
#include "format/image.h"

/* ── what the tests share ── */

#define PNG_HEAD "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
#define PNG_REST "\x08\x06\0\0\0\0\0\0\0"
/* APP0, a Huffman table, then the frame: 80 high, 240 wide */
#define JPEG_HEAD                                                                                  \
    "\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"                                               \
    "\xff\xc4\0\4\0\0\xff\xff\xc2\0\x11\x08\0\x50\0\xf0\3"

static pn_err read(const char *bytes, size_t size, pn_image *image, pn_diag *diag) {
    char *copy = malloc(size + 1); /* of exact size, for the sanitizer */
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    pn_err err = pn_image_read((pn_str){copy, size}, image, diag);
    free(copy);
    return err;
}
#define READ(literal, image, diag) read((literal), sizeof(literal) - 1, (image), (diag))

/* ── tests ── */

static void headers_tell_kind_and_size(void **state) {
    (void)state;
    pn_image image = {0};
    assert_int_equal(READ(PNG_HEAD "\0\0\1\0\0\0\0\x40" PNG_REST, &image, NULL), PN_OK);
    assert_str(image.type, "image/png");
    assert_int_equal(image.width, 256);
    assert_int_equal(image.height, 64);
    assert_int_equal(READ(JPEG_HEAD "\1\x22\0\2\x11\1\3\x11\1", &image, NULL), PN_OK);
    assert_str(image.type, "image/jpeg");
    assert_int_equal(image.width, 240);
    assert_int_equal(image.height, 80);
}

static void other_files_are_refused_with_a_sentence(void **state) {
    (void)state;
    pn_image image = {0};
    pn_diag diag = {0};
    assert_int_equal(READ("<svg xmlns=\"http://www.w3.org/2000/svg\">", &image, &diag), PN_INVALID);
    assert_non_null(strstr(diag.mend, "SVG is not shown"));
    assert_int_equal(READ("GIF89a\1\0\1\0", &image, &diag), PN_INVALID);
    assert_int_equal(READ("", &image, &diag), PN_INVALID);
    assert_int_equal(READ("\xff\xd8\xff\xe0\0\0", &image, &diag), PN_INVALID);
    assert_int_equal(READ("\xff\xd8\xff\xe0\0\1aaaaaaaaaaaaaaaa", &image, &diag), PN_INVALID);
    assert_int_equal(READ("\xff\xd8\xff\xda\0\x10zzzzzzzzzzzzzzzz", &image, &diag), PN_INVALID);
}

static void sizes_that_make_no_sense_are_refused(void **state) {
    (void)state;
    pn_image image = {0};
    pn_diag diag = {0};
    assert_int_equal(READ(PNG_HEAD "\0\0\0\0\0\0\0\x40" PNG_REST, &image, &diag), PN_INVALID);
    assert_int_equal(READ(PNG_HEAD "\xff\xff\xff\xff\0\0\0\1" PNG_REST, &image, &diag), PN_INVALID);
    assert_non_null(strstr(diag.what, "pixels"));
}

static void every_cut_is_refused(void **state) {
    (void)state;
    static const char PNG[] = PNG_HEAD "\0\0\1\0\0\0\0\x40" PNG_REST;
    static const char JPEG[] = JPEG_HEAD;
    pn_image image = {0};
    for (size_t size = 0; size < sizeof PNG - 1; size++) {
        assert_int_equal(read(PNG, size, &image, NULL), PN_INVALID);
    }
    for (size_t size = 0; size < sizeof JPEG - 2; size++) {
        assert_int_equal(read(JPEG, size, &image, NULL), PN_INVALID);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_tell_kind_and_size),
        cmocka_unit_test(other_files_are_refused_with_a_sentence),
        cmocka_unit_test(sizes_that_make_no_sense_are_refused),
        cmocka_unit_test(every_cut_is_refused),
    };
    return cmocka_run_group_tests_name("format: image", tests, NULL, NULL);
}
