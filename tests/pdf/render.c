/* Writes sample documents as PDFs: render OUT SAMPLE.json…, each with the logo beside it where it
 * names one (SAMPLE.png or SAMPLE.jpg). With --repeat N each is made N times, to be measured. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/pdf/write.h"

static pn_str read_file(pn_arena *arena, const char *path, bool *ret_found) {
    FILE *file = fopen(path, "rb");
    pn_buf bytes;
    pn_buf_init(&bytes, 1 << 24);
    *ret_found = file != NULL;
    if (file != NULL) {
        char chunk[65536];
        for (size_t got = 0; (got = fread(chunk, 1, sizeof chunk, file)) > 0;) {
            pn_buf_add(&bytes, chunk, got);
        }
        (void)fclose(file);
    }
    pn_str text = pn_str_dup(arena, pn_buf_str(&bytes));
    pn_buf_done(&bytes);
    return text;
}

static const char *beside(pn_arena *arena, const char *path, const char *ending) {
    pn_str stem = pn_str_of(path);
    stem.len -= pn_str_ends(stem, PN_STR(".json")) ? 5 : 0;
    return pn_str_format(arena, "%.*s%s", PN_STR_ARG(stem), ending).ptr;
}

static size_t take_parts(pn_arena *arena, const char *path, pn_str parts[2]) {
    bool found = false;
    parts[0] = read_file(arena, path, &found);
    if (!found) {
        (void)fprintf(stderr, "render: cannot read %s\n", path);
        exit(1);
    }
    static const char *const ENDINGS[] = {".png", ".jpg"};
    for (size_t i = 0; i < PN_COUNT(ENDINGS); i++) {
        parts[1] = read_file(arena, beside(arena, path, ENDINGS[i]), &found);
        if (found) {
            return 2;
        }
    }
    return 1;
}

static void save(const char *folder, const char *path, pn_str pdf, pn_arena *arena) {
    const char *name = strrchr(path, '/');
    name = name == NULL ? path : name + 1;
    const char *target = beside(arena, pn_str_format(arena, "%s/%s", folder, name).ptr, ".pdf");
    FILE *file = fopen(target, "wb");
    if (file == NULL || fwrite(pdf.ptr, 1, pdf.len, file) != pdf.len || fclose(file) != 0) {
        (void)fprintf(stderr, "render: cannot write %s\n", target);
        exit(1);
    }
}

int main(int argc, char **argv) {
    pn_pdf_press *press = NULL;
    pn_diag diag = {0};
    int first = 2, repeat = 1, failures = 0;
    if (argc > 2 && strcmp(argv[1], "--repeat") == 0) {
        repeat = (int)strtol(argv[2], NULL, 10);
        first = 4;
    }
    if (argc <= first || pn_pdf_press_new(&press, &diag) != PN_OK) {
        (void)fprintf(stderr, "usage: render [--repeat N] OUT SAMPLE.json…\n%s\n", diag.what);
        return 2;
    }
    for (int i = first; i < argc; i++) {
        pn_arena arena, work;
        pn_arena_init(&arena, 0);
        pn_arena_init(&work, 0);
        pn_str parts[2], pdf = PN_STR_NONE;
        size_t count = take_parts(&arena, argv[i], parts), pages = 0;
        pn_err err = PN_OK;
        for (int n = 0; n < repeat && err == PN_OK; n++) {
            pn_arena_reset(&work);
            err = pn_pdf_write(press, parts, count, &work, &pdf, &pages, &diag);
        }
        if (err == PN_OK) {
            save(argv[first - 1], argv[i], pdf, &arena);
            printf("%s: %zu pages, %zu bytes\n", argv[i], pages, pdf.len);
        } else {
            (void)fprintf(stderr, "%s: %s %s %s\n", argv[i], diag.what, diag.where, diag.mend);
            failures++;
        }
        pn_arena_done(&arena);
        pn_arena_done(&work);
    }
    pn_pdf_press_free(press);
    return failures == 0 ? 0 : 1;
}
