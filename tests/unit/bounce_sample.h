/* Samples of mail that came back, and what is expected of each. */
#ifndef PN_TESTS_BOUNCE_SAMPLE_H
#define PN_TESTS_BOUNCE_SAMPLE_H

#include "unit.h"

#include "format/bounce.h"
#include "format/bounce_int.h"

static pn_arena arena;

static int set_up(void **state) {
    (void)state;
    pn_arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pn_arena_done(&arena);
    return 0;
}

/* A mail of one text: its header up to the first blank line. */
static pn_mail mail_of(pn_str text, const char *type) {
    size_t blank = pn_str_find(text, PN_STR("\n\n"));
    pn_mail_part *part = pn_arena_array(&arena, pn_mail_part, 1);
    *part = (pn_mail_part){.content_type = pn_str_of(type), .text = pn_str_from(text, blank + 2)};
    return (pn_mail){.fields = pn_fields_of_text(pn_str_first(text, blank), &arena),
                     .parts = part,
                     .part_count = 1,
                     .content_type = pn_str_of(type)};
}

static pn_mail_finding classify(const char *text) {
    pn_mail mail = mail_of(pn_str_of(text), "text/plain");
    pn_mail_finding finding;
    pn_mail_classify(&mail, &arena, &finding);
    return finding;
}

/* "hard 5.1.1 userunknown a@b; soft 4.2.2 mailboxfull c@d" */
static void expect(const char *name, const char *text, const char *expected) {
    pn_mail_finding f = classify(text);
    pn_buf got;
    pn_buf_init(&got, 4096);
    for (size_t i = 0; i < f.recipient_count; i++) {
        const pn_mail_recipient *r = &f.recipients[i];
        pn_buf_add_format(&got, "%s%s %.*s %.*s %.*s", i == 0 ? "" : "; ",
                          pn_mail_class_name(r->class), PN_STR_ARG(r->status),
                          PN_STR_ARG(r->reason), PN_STR_ARG(r->address));
    }
    if (f.recipient_count == 0) {
        pn_buf_add_z(&got, pn_mail_class_name(f.class));
        pn_buf_add_format(&got, "%s%.*s", f.reason.len != 0 ? " " : "", PN_STR_ARG(f.reason));
    }
    if (!pn_str_eq(pn_buf_str(&got), pn_str_of(expected))) {
        print_error("%s:\n  is       %.*s\n  expected %s\n", name, PN_STR_ARG(pn_buf_str(&got)),
                    expected);
        fail();
    }
    pn_buf_done(&got);
}

typedef struct {
    const char *name, *text, *expected;
} sample;

#define DAEMON "From: MAILER-DAEMON@mx.example\nTo: cobros@example.net\nSubject: Returned mail\n\n"
#define POSTMASTER "From: postmaster@mx.example\nTo: cobros@example.net\nSubject: Undeliverable\n\n"

#endif
