/* What every unit test file includes: cmocka with the headers it wants first, and the places where
 * tests find data. */
#ifndef PN_TESTS_UNIT_H
#define PN_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/str.h"

/* cmocka compares NUL-terminated texts; this one compares a view with a literal. */
static inline void assert_str_at(pn_str view, const char *expected, const char *file, int line) {
    char *copy = malloc(view.len + 1);
    if (copy == NULL) {
        abort();
    }
    if (view.len != 0) {
        memcpy(copy, view.ptr, view.len);
    }
    copy[view.len] = '\0';
    _assert_string_equal(copy, expected, file, line);
    free(copy);
}
#define assert_str(view, expected) assert_str_at((view), (expected), __FILE__, __LINE__)

/* How often something random is tried: less with the sanitizers, under which it takes several times
 * as long and only memory is asked about that the other build has not. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TRIES(all, sanitized) (sanitized)
#endif
#endif
#ifndef TRIES
#define TRIES(all, sanitized) (all)
#endif

/* The corpora of public files stand at PUNTUAL_CORPORA, else beside the project, where they exist
 * at all. A test that needs one calls this first: it skips the test, saying so, where it is absent.
 */
static inline const char *corpus_or_skip(const char *folder) {
    static char path[1024];
    const char *root = getenv("PUNTUAL_CORPORA"), *source = getenv("PUNTUAL_SOURCE");
    if (root != NULL && root[0] != '\0') {
        (void)snprintf(path, sizeof path, "%s/%s", root, folder);
    } else {
        (void)snprintf(path, sizeof path, "%s/../shared/corpora/%s", source != NULL ? source : ".",
                       folder);
    }
    FILE *probe = fopen(path, "r");
    if (probe == NULL) {
        print_message("skipped: the corpus %s is not on this machine\n", path);
        skip();
    }
    (void)fclose(probe);
    return path;
}

/* A whole file on the arena; a file that cannot be read fails the test. */
static inline pn_str file_read(pn_arena *arena, const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        print_error("cannot open %s\n", path);
        fail();
    }
    pn_buf content;
    pn_buf_init(&content, SIZE_MAX / 4);
    char chunk[65536];
    for (size_t got = 0; (got = fread(chunk, 1, sizeof chunk, file)) > 0;) {
        pn_buf_add(&content, chunk, got);
    }
    (void)fclose(file);
    pn_str text = pn_str_dup(arena, pn_buf_str(&content));
    pn_buf_done(&content);
    return text;
}

#endif
