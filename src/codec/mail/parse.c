#include "codec/mail/parse.h"

#include <gmime/gmime.h>

#include "base/banned.h"
#include "base/limits.h"
#include "codec/mail/charset.h"
#include "codec/mail/tame.h"

typedef struct {
    pn_arena *arena;
    GMimeParserOptions *options;
    pn_mail_part *parts;
    size_t count, capacity;
    size_t texts_bytes;
    bool cut;
} reading;

typedef struct {
    uint32_t depth;
    bool enclosed;
} place;

static void walk(reading *r, GMimeObject *object, place at);

void pn_mail_parse_prepare(void) {
    g_mime_init();
    pn_mail_charset_prepare();
}

static pn_str text_of(reading *r, const char *text) {
    return pn_str_trim(pn_mail_charset_clean(pn_str_of(text), r->arena));
}

static pn_str lower_of(reading *r, const char *text) {
    return pn_str_lower_ascii(r->arena, text_of(r, text));
}

/* ── header fields ───────────────────────────────────────────────────────────────────────────── */

/* Line ends and what else controls a terminal become spaces. */
static pn_str one_line(reading *r, pn_str text) {
    char *copy = pn_arena_copy(r->arena, text.ptr, text.len);
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)copy[i] < ' ' || copy[i] == 0x7F) {
            copy[i] = ' ';
        }
    }
    return pn_str_trim((pn_str){copy, text.len});
}

static pn_mail_field read_field(reading *r, GMimeHeader *header) {
    const char *raw = g_mime_header_get_raw_value(header);
    pn_mail_field field = {.name = one_line(r, text_of(r, g_mime_header_get_name(header)))};
    if (raw == NULL) {
        return field;
    }
    char *unfolded = g_mime_utils_header_unfold(raw);
    /* A value of 8 bits that encodes no word is decoded here: GMime would take its own guess. */
    bool words = strstr(unfolded, "=?") != NULL;
    char *decoded = words ? g_mime_utils_header_decode_text(r->options, unfolded) : NULL;
    pn_str value = decoded != NULL
                       ? text_of(r, decoded)
                       : pn_mail_charset_utf8(pn_str_of(unfolded), PN_STR_NONE, r->arena);
    field.value = one_line(r, value);
    g_free(decoded);
    g_free(unfolded);
    return field;
}

static size_t field_count(GMimeObject *object) {
    int count =
        object != NULL ? g_mime_header_list_get_count(g_mime_object_get_header_list(object)) : 0;
    return count > 0 ? (size_t)count : 0;
}

/* The fields of a message; GMime keeps those of its content (Content-…) with its body. */
static pn_mail_fields read_fields(reading *r, GMimeMessage *message) {
    GMimeObject *owners[] = {GMIME_OBJECT(message), g_mime_message_get_mime_part(message)};
    pn_mail_field *items = pn_arena_array(r->arena, pn_mail_field,
                                          field_count(owners[0]) + field_count(owners[1]) + 1);
    size_t count = 0;
    for (size_t o = 0; o < PN_COUNT(owners); o++) {
        size_t own = field_count(owners[o]);
        for (size_t i = 0; i < own && count < PN_LIMIT_MAIL_HEADER_FIELDS; i++) {
            GMimeHeaderList *list = g_mime_object_get_header_list(owners[o]);
            items[count++] = read_field(r, g_mime_header_list_get_header_at(list, (int)i));
        }
    }
    return (pn_mail_fields){items, count};
}

/* ── leaves ──────────────────────────────────────────────────────────────────────────────────── */

static bool may_add(reading *r, place at) {
    bool room = r->count < PN_LIMIT_MAIL_PARTS && at.depth <= PN_LIMIT_MAIL_DEPTH;
    r->cut = r->cut || !room;
    return room;
}

static pn_mail_part *add_part(reading *r, place at, pn_str type) {
    r->parts = pn_arena_grow(r->arena, r->parts, r->count, &r->capacity, sizeof *r->parts);
    r->parts[r->count] =
        (pn_mail_part){.content_type = type, .depth = at.depth, .enclosed = at.enclosed};
    return &r->parts[r->count++];
}

/* Bytes of a decoded part that become its text; never in the middle of a character of UTF-8. */
static void keep_text(reading *r, pn_mail_part *part, pn_str bytes) {
    size_t left = PN_LIMIT_MAIL_TEXTS_BYTES - PN_MIN(r->texts_bytes, PN_LIMIT_MAIL_TEXTS_BYTES);
    size_t max = PN_MIN((size_t)PN_LIMIT_MAIL_TEXT_BYTES, left);
    size_t len = PN_MIN(bytes.len, max);
    while (len < bytes.len && len > 0 && ((unsigned char)bytes.ptr[len] & 0xC0) == 0x80) {
        len--;
    }
    pn_str text = pn_mail_charset_utf8(pn_str_first(bytes, len), part->charset, r->arena);
    if (text.len > max) { /* the conversion made it longer */
        size_t end = max;
        while (end > 0 && ((unsigned char)text.ptr[end] & 0xC0) == 0x80) {
            end--;
        }
        text = pn_str_first(text, end);
        part->cut = true;
    }
    part->text = text;
    part->cut = part->cut || len < bytes.len;
    r->texts_bytes += text.len;
}

static GMimeMessage *parse_message(pn_str bytes) {
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes.ptr, bytes.len);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    g_object_unref(parser);
    g_object_unref(stream);
    return message;
}

/* The header that a report gives back instead of the whole message. */
static void read_enclosed_header(reading *r, pn_mail_part *part) {
    pn_str text = pn_str_format(r->arena, "%.*s\n\n", PN_STR_ARG(part->text));
    GMimeMessage *message = parse_message(text);
    if (message != NULL) {
        part->fields = read_fields(r, message);
        g_object_unref(message);
    }
}

/* A message that is encoded, against RFC 2046 section 5.2.1, is no message to GMime. */
static void read_encoded_message(reading *r, pn_str bytes, place at) {
    char *room = g_malloc(bytes.len + 1);
    pn_mail_tamed tamed;
    pn_mail_tame(bytes, room, &tamed);
    GMimeMessage *message = parse_message(tamed.text);
    if (message != NULL) {
        pn_mail_part *part = add_part(r, at, PN_STR("message/rfc822"));
        part->fields = read_fields(r, message);
        walk(r, g_mime_message_get_mime_part(message), (place){at.depth + 1, true});
        g_object_unref(message);
    }
    g_free(room);
}

static bool is_header_type(pn_str type) {
    return pn_str_is(type, "text/rfc822-headers") || pn_str_is(type, "message/rfc822-headers") ||
           pn_str_is(type, "message/global-headers");
}

static void read_content(reading *r, GMimePart *leaf, pn_mail_part *part, place at) {
    GMimeDataWrapper *content = g_mime_part_get_content(leaf);
    GByteArray *array = g_byte_array_new();
    GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(array); /* owns it */
    if (content != NULL) {
        (void)g_mime_data_wrapper_write_to_stream(content, stream);
    }
    pn_str bytes = {(const char *)array->data, array->len};
    part->size_bytes = bytes.len;
    bool message = pn_str_starts(part->content_type, PN_STR("message/"));
    if (pn_str_is(part->content_type, "message/rfc822") && at.depth < PN_LIMIT_MAIL_DEPTH) {
        r->count--; /* its head takes the place */
        read_encoded_message(r, bytes, at);
    } else if (message || pn_str_starts(part->content_type, PN_STR("text/"))) {
        keep_text(r, part, bytes);
        if (is_header_type(part->content_type)) {
            read_enclosed_header(r, part);
        }
    }
    g_object_unref(stream);
}

static pn_str type_of(reading *r, GMimeObject *object) {
    GMimeContentType *type = g_mime_object_get_content_type(object);
    char *text = type != NULL ? g_mime_content_type_get_mime_type(type) : NULL;
    pn_str lower = text != NULL ? lower_of(r, text) : PN_STR("text/plain");
    g_free(text);
    return lower;
}

static void read_leaf(reading *r, GMimePart *leaf, place at) {
    GMimeObject *object = GMIME_OBJECT(leaf);
    pn_mail_part *part = add_part(r, at, type_of(r, object));
    part->charset = lower_of(r, g_mime_object_get_content_type_parameter(object, "charset"));
    part->disposition = lower_of(r, g_mime_object_get_disposition(object));
    part->file_name = one_line(r, text_of(r, g_mime_part_get_filename(leaf)));
    read_content(r, leaf, part, at);
}

/* ── the tree ────────────────────────────────────────────────────────────────────────────────── */

/* Text before the first boundary says nothing to people ("This is a message in MIME format"),
 * unless the boundaries are missing or untrue: then it is all there is. */
static void read_prologue(reading *r, const char *text, place at) {
    if (text != NULL && *text != '\0' && may_add(r, at)) {
        keep_text(r, add_part(r, at, PN_STR("text/plain")), pn_str_of(text));
    }
}

static void walk_parts(reading *r, GMimeMultipart *multipart, place at) {
    size_t before = r->count;
    int count = g_mime_multipart_get_count(multipart);
    for (int i = 0; i < count && may_add(r, (place){at.depth + 1, at.enclosed}); i++) {
        walk(r, g_mime_multipart_get_part(multipart, i), (place){at.depth + 1, at.enclosed});
    }
    if (r->count == before) {
        read_prologue(r, g_mime_multipart_get_prologue(multipart), at);
        read_prologue(r, g_mime_multipart_get_epilogue(multipart), at);
    }
}

static void walk(reading *r, GMimeObject *object, place at) {
    if (object == NULL || !may_add(r, at)) {
        return;
    }
    if (GMIME_IS_MULTIPART(object)) {
        walk_parts(r, GMIME_MULTIPART(object), at);
    } else if (GMIME_IS_MESSAGE_PART(object)) {
        GMimeMessage *message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
        size_t head = (size_t)(add_part(r, at, PN_STR("message/rfc822")) - r->parts);
        if (message != NULL) {
            r->parts[head].fields = read_fields(r, message);
            walk(r, g_mime_message_get_mime_part(message), (place){at.depth + 1, true});
        }
    } else if (GMIME_IS_PART(object)) {
        read_leaf(r, GMIME_PART(object), at);
    }
}

static void read_message(reading *r, GMimeMessage *message, pn_mail *ret_mail) {
    GMimeObject *body = g_mime_message_get_mime_part(message);
    ret_mail->fields = read_fields(r, message);
    ret_mail->content_type = PN_STR("text/plain");
    if (body != NULL) {
        ret_mail->content_type = type_of(r, body);
        ret_mail->report_type =
            lower_of(r, g_mime_object_get_content_type_parameter(body, "report-type"));
        walk(r, body, (place){0, false});
    }
}

void pn_mail_parse(pn_str raw, pn_arena *arena, pn_mail *ret_mail) {
    static const char *const FALLBACKS[] = {"utf-8", "windows-1252", NULL};
    reading r = {.arena = arena, .options = g_mime_parser_options_new()};
    pn_mail mail = {0};
    pn_mail_tamed tamed;
    pn_str bytes = pn_str_first(raw, PN_LIMIT_INBOUND_BYTES);
    char *room = g_malloc(bytes.len + 1);
    pn_mail_tame(bytes, room, &tamed);
    g_mime_parser_options_set_fallback_charsets(r.options, (const char **)(uintptr_t)FALLBACKS);
    GMimeMessage *message = parse_message(tamed.text);
    if (message != NULL) {
        read_message(&r, message, &mail);
        g_object_unref(message);
    } else {
        mail.content_type = PN_STR("text/plain");
        keep_text(&r, add_part(&r, (place){0, false}, mail.content_type), tamed.text);
    }
    mail.parts = r.parts;
    mail.part_count = r.count;
    mail.cut = r.cut || tamed.cut || bytes.len < raw.len;
    *ret_mail = mail;
    g_mime_parser_options_free(r.options);
    g_free(room);
}
