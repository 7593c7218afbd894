/* Fuzzes the MIME writer: whatever is put into a message, either it is refused or what comes out
 * is read back by an independent reader as exactly what was put in, with no field that nobody
 * asked for. The input is cut at 0xFE bytes (which no UTF-8 has) into the members of a message. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "format/mime.h"
#include "unit/mime_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void mime_wrong(const char *what, pn_str where) {
    (void)fprintf(stderr, "%s: %.*s\n", what, PN_STR_ARG(pn_str_first(where, 400)));
    abort();
}

static void check(bool holds, const char *what, pn_str where) {
    if (!holds) {
        mime_wrong(what, where);
    }
}

enum { FILES = 3, PEOPLE = 3, HEADERS = 2, REFERENCES = 3 };

typedef struct {
    pn_mime_message message;
    pn_mime_address people[PEOPLE];
    pn_mime_file files[FILES];
    pn_mime_header headers[HEADERS];
    pn_str references[REFERENCES];
} fuzzed;

static pn_str next_piece(pn_str *rest) {
    pn_str piece = PN_STR_NONE;
    (void)pn_str_split(rest, (char)0xFE, &piece);
    return piece;
}

/* A valid text most of the time, so that the writer gets past it. */
static pn_str piece_or(pn_str *rest, pn_str otherwise) {
    pn_str piece = next_piece(rest);
    return piece.len == 0 ? otherwise : piece;
}

static void cut(pn_str rest, unsigned choice, fuzzed *ret) {
    pn_mime_message *m = &ret->message;
    m->text = next_piece(&rest);
    m->html = next_piece(&rest);
    m->subject = next_piece(&rest);
    for (size_t i = 0; i < PEOPLE; i++) {
        ret->people[i].name = next_piece(&rest);
        ret->people[i].address = piece_or(&rest, PN_STR("a@b"));
    }
    for (size_t i = 0; i < FILES; i++) {
        ret->files[i].file_name = next_piece(&rest);
        ret->files[i].bytes = next_piece(&rest);
        ret->files[i].content_type = piece_or(&rest, PN_STR("application/pdf"));
        ret->files[i].content_id = piece_or(&rest, PN_STR("i@b"));
    }
    m->message_id = piece_or(&rest, PN_STR("1@b"));
    m->in_reply_to = next_piece(&rest);
    m->language = (choice >> 6) & 1 ? next_piece(&rest) : PN_STR_NONE;
    for (size_t i = 0; i < HEADERS; i++) {
        ret->headers[i].name = piece_or(&rest, PN_STR("X-A"));
        ret->headers[i].value = next_piece(&rest);
    }
    for (size_t i = 0; i < REFERENCES; i++) {
        ret->references[i] = piece_or(&rest, PN_STR("0@b"));
    }
    m->from = ret->people[0];
    m->to = (pn_mime_addresses){ret->people + 1, choice & 1};
    m->cc = (pn_mime_addresses){ret->people + 1, (choice >> 1 & 1) * 2};
    m->headers = ret->headers;
    m->headers_count = (choice >> 2) & 1 ? HEADERS : 0;
    m->inlines = ret->files;
    m->inlines_count = (choice >> 3) & 1;
    m->attachments = ret->files + 1;
    m->attachments_count = (choice >> 4) & 1 ? 2 : 0;
    m->references = ret->references;
    m->references_count = (choice >> 5) & 1 ? REFERENCES : 0;
    m->date = (pn_time)choice << 40;
}

static size_t count_fields(pn_arena *arena, pn_str header) {
    size_t count = 0;
    pn_str name;
    pn_str value;
    while (mime_field_next(arena, &header, &name, &value)) {
        count++;
    }
    return count;
}

static bool high(pn_str text) {
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] >= 0x80) {
            return true;
        }
    }
    return false;
}

static void check_header(pn_arena *arena, const fuzzed *f, const mime_part *root) {
    const pn_mime_message *m = &f->message;
    bool multipart = root->parts != NULL;
    size_t expected = 5 + (multipart ? 0 : 1) + (m->subject.len != 0) + (m->cc.count != 0) +
                      (m->to.count != 0) + (m->to.count == 0 && m->cc.count == 0) +
                      (m->in_reply_to.len != 0) + (m->references_count != 0) +
                      (m->language.len != 0) + m->headers_count;
    check(count_fields(arena, root->header) == expected, "fields nobody asked for", root->header);
    pn_str subject = mime_field(arena, root->header, "Subject");
    if (m->subject.len != 0) {
        check(pn_str_eq(mime_text(arena, subject), m->subject), "another subject", subject);
    }
    pn_str id = mime_field(arena, root->header, "Message-ID");
    check(id.len == m->message_id.len + 2, "another id", id);
}

static void check_file(pn_arena *arena, const pn_mime_file *file, const mime_part *part) {
    check(pn_str_eq(part->content, file->bytes), "another file", part->header);
    pn_str value = mime_field(arena, part->header, "Content-Disposition");
    pn_str name = mime_parameter(arena, value, "filename");
    check(name.len == file->file_name.len, "another file name", value);
    for (size_t i = 0; i < name.len; i++) {
        char c = file->file_name.ptr[i];
        c = c == '/' || c == '\\' ? '_' : c;
        check(name.ptr[i] == c, "another file name", value);
    }
}

static void check_bodies(pn_arena *arena, const fuzzed *f, const mime_part *part) {
    const pn_mime_message *m = &f->message;
    if (m->attachments_count != 0) {
        check(part->count == 1 + m->attachments_count, "attachments", part->header);
        for (size_t i = 0; i < m->attachments_count; i++) {
            check_file(arena, &m->attachments[i], &part->parts[1 + i]);
        }
        part = &part->parts[0];
    }
    if (m->html.len == 0) {
        check(mime_content_is(arena, part, m->text), "another text", part->body);
        return;
    }
    if (m->text.len != 0) {
        check(part->count == 2, "alternatives", part->header);
        check(mime_content_is(arena, &part->parts[0], m->text), "another text", part->body);
        part = &part->parts[1];
    }
    if (m->inlines_count != 0) {
        check(part->count == 2, "related", part->header);
        check_file(arena, &m->inlines[0], &part->parts[1]);
        part = &part->parts[0];
    }
    check(mime_content_is(arena, part, m->html), "another html", part->body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) {
        return 0;
    }
    fuzzed f = {.message = {.date_offset_minutes = 60}};
    pn_arena arena;
    pn_arena_init(&arena, 0);
    char *copy = malloc(size); /* of exact size, for the sanitizer */
    memcpy(copy, data, size);
    cut((pn_str){copy + 1, size - 1}, data[0], &f);
    pn_buf out;
    pn_buf_init(&out, PN_LIMIT_MESSAGE_BYTES);
    if (pn_mime_write(&f.message, &out, NULL) == PN_OK) {
        bool utf8 = false; /* only addresses may be: all else is encoded */
        for (size_t i = 0; i < PEOPLE; i++) {
            utf8 = utf8 || high(f.people[i].address);
        }
        mime_check_lines(pn_buf_str(&out), utf8);
        mime_part root = mime_read(&arena, pn_buf_str(&out));
        check_header(&arena, &f, &root);
        check_bodies(&arena, &f, &root);
    } else {
        check(out.len == 0, "something was written", pn_buf_str(&out));
    }
    pn_buf_done(&out);
    pn_arena_done(&arena);
    free(copy);
    return 0;
}
