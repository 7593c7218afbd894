/* Fuzzes the reading of mail that arrived, GMime included: whatever the bytes are, what comes out
 * keeps the promises of its type and survives the way from the helper process. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "codec/mail/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static void check(bool holds, const char *what) {
    if (!holds) {
        (void)fprintf(stderr, "%s\n", what);
        abort();
    }
}

static void check_text(pn_str text) {
    check(pn_utf8_valid(text), "not UTF-8");
    check(pn_str_find_char(text, '\0') == SIZE_MAX, "a NUL");
}

static void check_mail(const pn_mail *mail) {
    check(mail->part_count <= PN_LIMIT_MAIL_PARTS, "too many parts");
    check(mail->fields.count <= PN_LIMIT_MAIL_HEADER_FIELDS, "too many fields");
    for (size_t i = 0; i < mail->part_count; i++) {
        check_text(mail->parts[i].text);
        check_text(mail->parts[i].file_name);
        check(mail->parts[i].depth <= PN_LIMIT_MAIL_DEPTH, "too deep");
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    pn_mail_parse_prepare();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    pn_arena arena;
    pn_buf json, texts;
    pn_mail mail, again;
    char *copy = malloc(size + 1); /* of exact size, for the sanitizer */
    memcpy(copy, data, size);
    pn_arena_init(&arena, 0);
    pn_buf_init(&json, PN_LIMIT_HELPER_BYTES);
    pn_buf_init(&texts, PN_LIMIT_HELPER_BYTES);
    pn_mail_parse((pn_str){copy, size}, &arena, &mail);
    check_mail(&mail);
    pn_mail_save(&mail, &json, &texts);
    check(pn_mail_load(pn_buf_str(&json), pn_buf_str(&texts), &arena, &again, NULL) == PN_OK,
          "what was saved does not load");
    check(again.part_count == mail.part_count, "other parts");
    (void)pn_mail_words(&again, &arena);
    pn_buf_done(&json);
    pn_buf_done(&texts);
    pn_arena_done(&arena);
    free(copy);
    return 0;
}
