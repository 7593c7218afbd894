#include "format/mime.h"

#include <string.h>

#include "base/banned.h"
#include "base/hash.h"
#include "format/mime_body.h"
#include "format/mime_header.h"

enum { REFERENCES_MAX = 20 };

/* ── header ──────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    const pn_mime_message *message;
    pn_mime_fields fields;
    uint64_t seed; /* of the boundaries */
    pn_diag *diag;
} writer;

/* Names the member of the message in which a fault stands. */
static pn_err fault_in(writer *w, pn_err err, const char *member) {
    pn_diag_where(w->diag, "%s", member);
    return err;
}

static pn_err fault_at(writer *w, pn_err err, const char *member, size_t index) {
    pn_diag_where(w->diag, "%s[%zu]", member, index);
    return err;
}

static pn_err put_addresses(writer *w, pn_str name, const char *member,
                            const pn_mime_address *items, size_t count) {
    if (count == 0) {
        return PN_OK;
    }
    pn_mime_field_begin(&w->fields, name);
    for (size_t i = 0; i < count; i++) {
        if (i != 0) {
            pn_mime_field_comma(&w->fields, &items[i]);
        }
        pn_err err = pn_mime_field_address(&w->fields, &items[i], w->diag);
        if (err != PN_OK) {
            return fault_at(w, err, member, i);
        }
    }
    pn_mime_field_end(&w->fields);
    return PN_OK;
}

static pn_err put_people(writer *w) {
    const pn_mime_message *m = w->message;
    PN_TRY(put_addresses(w, PN_STR("From"), "from", &m->from, 1));
    PN_TRY(put_addresses(w, PN_STR("Sender"), "sender", &m->sender,
                         m->sender.address.len != 0 || m->sender.name.len != 0));
    PN_TRY(put_addresses(w, PN_STR("Reply-To"), "reply_to", m->reply_to.items, m->reply_to.count));
    PN_TRY(put_addresses(w, PN_STR("To"), "to", m->to.items, m->to.count));
    PN_TRY(put_addresses(w, PN_STR("Cc"), "cc", m->cc.items, m->cc.count));
    if (m->to.count == 0 && m->cc.count == 0) {
        pn_mime_field_add(&w->fields, PN_STR("To: undisclosed-recipients:;\r\n"));
    }
    return PN_OK;
}

static pn_err put_date(writer *w) {
    pn_mime_field_begin(&w->fields, PN_STR("Date"));
    pn_err err =
        pn_mime_field_date(&w->fields, w->message->date, w->message->date_offset_minutes, w->diag);
    pn_mime_field_end(&w->fields);
    return err == PN_OK ? err : fault_in(w, err, "date");
}

static pn_err put_subject(writer *w) {
    if (w->message->subject.len == 0) {
        return PN_OK;
    }
    pn_mime_field_begin(&w->fields, PN_STR("Subject"));
    pn_err err = pn_mime_field_text(&w->fields, w->message->subject, w->diag);
    pn_mime_field_end(&w->fields);
    return err == PN_OK ? err : fault_in(w, err, "subject");
}

static pn_err put_id(writer *w, pn_str name, const char *member, pn_str id) {
    pn_mime_field_begin(&w->fields, name);
    pn_err err = pn_mime_field_id(&w->fields, id, true, w->diag);
    pn_mime_field_end(&w->fields);
    return err == PN_OK ? err : fault_in(w, err, member);
}

static pn_err put_thread(writer *w) {
    const pn_mime_message *m = w->message;
    PN_TRY(put_id(w, PN_STR("Message-ID"), "message_id", m->message_id));
    if (m->in_reply_to.len != 0) {
        PN_TRY(put_id(w, PN_STR("In-Reply-To"), "in_reply_to", m->in_reply_to));
    }
    if (m->references_count == 0) {
        return PN_OK;
    }
    pn_mime_field_begin(&w->fields, PN_STR("References"));
    size_t dropped =
        m->references_count > REFERENCES_MAX ? m->references_count - REFERENCES_MAX : 0;
    for (size_t i = 0; i < m->references_count; i++) {
        if (i != 0 && i <= dropped) {
            continue;
        }
        pn_err err = pn_mime_field_id(&w->fields, m->references[i], i == 0, w->diag);
        if (err != PN_OK) {
            return fault_at(w, err, "references", i);
        }
    }
    pn_mime_field_end(&w->fields);
    return PN_OK;
}

/* Letters and digits between hyphens: nothing else stands in a language's tag (RFC 5646). */
static pn_err put_language(writer *w) {
    pn_str tag = w->message->language;
    bool good = tag.len <= 35;
    for (size_t i = 0; i < tag.len && good; i++) {
        good = pn_is_alpha(tag.ptr[i]) || pn_is_digit(tag.ptr[i]) || tag.ptr[i] == '-';
    }
    if (!good) {
        pn_err err = pn_diag_set(w->diag, PN_INVALID, "“%.*s” is no language.",
                                 PN_STR_ARG(pn_str_first(tag, 40)));
        return fault_in(w, err, "language");
    }
    if (tag.len != 0) {
        pn_mime_field_begin(&w->fields, PN_STR("Content-Language"));
        PN_TRY(pn_mime_field_value(&w->fields, tag, w->diag));
        pn_mime_field_end(&w->fields);
    }
    return PN_OK;
}

/* Fields that this writer makes, or that would betray a recipient. */
static bool is_own_field(pn_str name) {
    static const pn_str OWN[] = {
        {"Date", 4},        {"From", 4},         {"Sender", 6},      {"Reply-To", 8},
        {"To", 2},          {"Cc", 2},           {"Bcc", 3},         {"Subject", 7},
        {"Message-ID", 10}, {"In-Reply-To", 11}, {"References", 10}, {"MIME-Version", 12},
    };
    for (size_t i = 0; i < PN_COUNT(OWN); i++) {
        if (pn_str_eq_nocase(name, OWN[i])) {
            return true;
        }
    }
    return pn_str_eq_nocase(pn_str_first(name, 8), PN_STR("Content-"));
}

static pn_err put_extra(writer *w) {
    for (size_t i = 0; i < w->message->headers_count; i++) {
        const pn_mime_header *header = &w->message->headers[i];
        if (!pn_mime_is_field_name(header->name) || is_own_field(header->name)) {
            pn_err err = pn_diag_set(w->diag, PN_INVALID, "“%.*s” cannot be an extra header.",
                                     PN_STR_ARG(pn_str_first(header->name, 80)));
            return fault_at(w, err, "headers", i);
        }
        pn_mime_field_begin(&w->fields, header->name);
        pn_err err = pn_mime_field_value(&w->fields, header->value, w->diag);
        if (err != PN_OK) {
            return fault_at(w, err, "headers", i);
        }
        pn_mime_field_end(&w->fields);
    }
    return PN_OK;
}

/* ── parts ───────────────────────────────────────────────────────────────────────────────────── */

/* "=_" cannot occur in quoted-printable (an '=' is followed by hex or a line end) nor in base64
 * (no '_'), and a text that has it is not sent as 7bit: no content can hold a boundary. */
typedef struct {
    char text[22]; /* =_n and 16 hex digits; `n` is the level of nesting */
    size_t len;
} boundary;

static boundary boundary_of(const writer *w, char level) {
    boundary b = {.text = {'=', '_', level, '_'}, .len = 20};
    uint8_t bytes[8];
    uint64_t hash = pn_mix64(w->seed + (unsigned char)level);
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(hash >> (8 * i));
    }
    pn_hex(bytes, sizeof bytes, b.text + 4);
    return b;
}

static void add_boundary_line(writer *w, const boundary *b, bool is_last) {
    pn_buf_add_lit(w->fields.out, "--");
    pn_buf_add(w->fields.out, b->text, b->len);
    pn_buf_add(w->fields.out, "--\r\n", is_last ? 4 : 0);
    pn_buf_add(w->fields.out, "\r\n", is_last ? 0 : 2);
}

/* The header of a multipart, and the first boundary. `parameters` goes before the boundary. */
static void multipart_begin(writer *w, const boundary *b, pn_str type_line) {
    pn_mime_field_add(&w->fields, type_line);
    pn_mime_field_add(&w->fields, PN_STR("\r\n boundary=\""));
    pn_buf_add(w->fields.out, b->text, b->len);
    pn_mime_field_add(&w->fields, PN_STR("\"\r\n\r\n"));
    add_boundary_line(w, b, false);
}

static void put_text(writer *w, pn_str type_line, pn_str text) {
    pn_mime_survey survey = pn_mime_survey_of(text);
    pn_mime_encoding encoding = pn_mime_choose(&survey, text);
    pn_mime_field_add(&w->fields, type_line);
    pn_mime_field_add(&w->fields, PN_STR("Content-Transfer-Encoding: "));
    pn_buf_add_z(w->fields.out, pn_mime_encoding_name(encoding));
    pn_mime_field_add(&w->fields, PN_STR("\r\n\r\n"));
    pn_mime_add_text(w->fields.out, encoding, &survey, text);
}

static void put_plain(writer *w) {
    put_text(w, PN_STR("Content-Type: text/plain; charset=utf-8\r\n"), w->message->text);
}

static void put_html(writer *w) {
    put_text(w, PN_STR("Content-Type: text/html; charset=utf-8\r\n"), w->message->html);
}

static pn_err put_file_header(writer *w, const pn_mime_file *file, bool is_inline) {
    pn_mime_fields *fields = &w->fields;
    pn_str type = file->content_type;
    if (type.len == 0) {
        type = PN_STR("application/octet-stream");
    } else if (!pn_mime_is_content_type(type)) {
        return pn_diag_set(w->diag, PN_INVALID, "“%.*s” is not a content type.",
                           PN_STR_ARG(pn_str_first(type, 80)));
    }
    pn_mime_field_begin(fields, PN_STR("Content-Type"));
    PN_TRY(pn_mime_field_value(fields, type, w->diag));
    if (file->file_name.len != 0) {
        PN_TRY(pn_mime_field_plain_name(fields, PN_STR("name"), file->file_name, w->diag));
    }
    pn_mime_field_end(fields);
    pn_mime_field_add(fields, PN_STR("Content-Transfer-Encoding: base64\r\n"));
    pn_mime_field_begin(fields, PN_STR("Content-Disposition"));
    pn_mime_field_add(fields, is_inline ? PN_STR("inline") : PN_STR("attachment"));
    if (file->file_name.len != 0) {
        PN_TRY(pn_mime_field_file_name(fields, PN_STR("filename"), file->file_name, w->diag));
    }
    pn_mime_field_end(fields);
    if (file->content_id.len != 0 || is_inline) {
        pn_mime_field_begin(fields, PN_STR("Content-ID"));
        PN_TRY(pn_mime_field_id(fields, file->content_id, true, w->diag));
        pn_mime_field_end(fields);
    }
    pn_mime_field_end(fields);
    return PN_OK;
}

/* The parts behind the first of a multipart, each behind a boundary line. */
static pn_err put_files(writer *w, const boundary *b, const char *member, const pn_mime_file *files,
                        size_t count, bool is_inline) {
    for (size_t i = 0; i < count; i++) {
        add_boundary_line(w, b, false);
        pn_err err = put_file_header(w, &files[i], is_inline);
        if (err != PN_OK) {
            return fault_at(w, err, member, i);
        }
        pn_mime_add_base64(w->fields.out, files[i].bytes);
    }
    return PN_OK;
}

static pn_err put_related(writer *w) {
    const pn_mime_message *m = w->message;
    if (m->inlines_count == 0) {
        put_html(w);
        return PN_OK;
    }
    boundary b = boundary_of(w, 'r');
    multipart_begin(w, &b, PN_STR("Content-Type: multipart/related; type=\"text/html\";"));
    put_html(w);
    PN_TRY(put_files(w, &b, "inlines", m->inlines, m->inlines_count, true));
    add_boundary_line(w, &b, true);
    return PN_OK;
}

static pn_err put_alternative(writer *w) {
    const pn_mime_message *m = w->message;
    if (m->html.len == 0) {
        put_plain(w);
        return PN_OK;
    }
    if (m->text.len == 0) {
        return put_related(w);
    }
    boundary b = boundary_of(w, 'a');
    multipart_begin(w, &b, PN_STR("Content-Type: multipart/alternative;"));
    put_plain(w);
    add_boundary_line(w, &b, false);
    PN_TRY(put_related(w));
    add_boundary_line(w, &b, true);
    return PN_OK;
}

static pn_err put_mixed(writer *w) {
    const pn_mime_message *m = w->message;
    if (m->attachments_count == 0) {
        return put_alternative(w);
    }
    boundary b = boundary_of(w, 'm');
    multipart_begin(w, &b, PN_STR("Content-Type: multipart/mixed;"));
    PN_TRY(put_alternative(w));
    PN_TRY(put_files(w, &b, "attachments", m->attachments, m->attachments_count, false));
    add_boundary_line(w, &b, true);
    return PN_OK;
}

/* ── message ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err put_message(writer *w) {
    const pn_mime_message *m = w->message;
    if (m->inlines_count != 0 && m->html.len == 0) {
        pn_err err = pn_diag_set(w->diag, PN_INVALID, "Inline images need an HTML body.");
        return fault_in(w, err, "inlines");
    }
    PN_TRY(put_date(w));
    PN_TRY(put_people(w));
    PN_TRY(put_subject(w));
    PN_TRY(put_thread(w));
    PN_TRY(put_extra(w));
    pn_mime_field_add(&w->fields, PN_STR("MIME-Version: 1.0\r\n"));
    PN_TRY(put_language(w));
    return put_mixed(w);
}

pn_err pn_mime_write(const pn_mime_message *message, pn_buf *out, pn_diag *diag) {
    size_t start = out->len;
    writer w = {
        .message = message,
        .fields = {.out = out, .line = start},
        .seed = pn_hash64_str(message->message_id, 0x6D696D65),
        .diag = diag,
    };
    pn_err err = put_message(&w);
    if (err == PN_OK && out->failed) {
        err = pn_diag_set(diag, PN_LIMIT, "The message is larger than %zu bytes.", out->max);
    }
    if (err != PN_OK) {
        out->len = start;
    }
    return err;
}
