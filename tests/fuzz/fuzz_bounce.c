/* Fuzzes the classifier over the serial form of a mail, as a helper that was taken over might send
 * it: a document, a byte 0xFF, the texts. What does not load that way is classified as a mail of
 * one text, its header before the first blank line. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "format/bounce.h"
#include "format/bounce_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds, const char *what) {
    if (!holds) {
        (void)fprintf(stderr, "%s\n", what);
        abort();
    }
}

static void check_finding(const pn_mail_finding *finding) {
    check((unsigned)finding->class < PN_MAIL_CLASSES, "no class");
    check(finding->recipient_count <= PN_BOUNCE_RECIPIENTS, "too many recipients");
    for (size_t i = 0; i < finding->recipient_count; i++) {
        const pn_mail_recipient *r = &finding->recipients[i];
        check((unsigned)r->class < PN_MAIL_CLASSES, "no class of a recipient");
        check(pn_utf8_valid(r->diagnostic), "a cut character");
        check(r->status.len <= 9, "a status that is none");
        check(r->reply.len == 0 || r->reply.len == 3, "a reply that is none");
    }
}

/* Different kinds of parts, by the first byte. */
static void make_mail(pn_str text, uint8_t choice, pn_arena *arena, pn_mail *ret_mail) {
    static const char *const TYPES[] = {"text/plain", "text/html", "message/delivery-status",
                                        "message/feedback-report"};
    size_t blank = pn_str_find(text, PN_STR("\n\n"));
    pn_mail_part *parts = pn_arena_array(arena, pn_mail_part, 2);
    pn_str body = blank == SIZE_MAX ? PN_STR_NONE : pn_str_from(text, blank + 2);
    size_t second = pn_str_find(body, PN_STR("\n\n\n"));
    parts[0] = (pn_mail_part){.content_type = pn_str_of(TYPES[choice & 1]),
                              .text = pn_str_first(body, second)};
    parts[1] = (pn_mail_part){.content_type = pn_str_of(TYPES[choice >> 1 & 3]),
                              .text = second == SIZE_MAX ? PN_STR_NONE : pn_str_from(body, second),
                              .depth = 1};
    *ret_mail = (pn_mail){.fields = pn_fields_of_text(pn_str_first(text, blank), arena),
                          .parts = parts,
                          .part_count = 2};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) {
        return 0;
    }
    pn_arena arena;
    pn_mail mail;
    pn_mail_finding finding;
    char *copy = malloc(size); /* of exact size, for the sanitizer */
    memcpy(copy, data, size);
    pn_str text = {copy + 1, size - 1};
    size_t cut = pn_str_find_char(text, (char)0xFF);
    pn_arena_init(&arena, 0);
    pn_str texts = cut == SIZE_MAX ? PN_STR_NONE : pn_str_from(text, cut + 1);
    if (pn_mail_load(pn_str_first(text, cut), texts, &arena, &mail, NULL) != PN_OK) {
        pn_str clean = pn_utf8_valid(text) ? text : PN_STR("From: MAILER-DAEMON@a\n\nb");
        make_mail(clean, data[0], &arena, &mail);
    }
    pn_mail_classify(&mail, &arena, &finding);
    check_finding(&finding);
    pn_arena_done(&arena);
    free(copy);
    return 0;
}
