#include "codec/mail/tame.h"

#include "base/banned.h"
#include "base/limits.h"

typedef struct {
    char *out;
    size_t len;
    bool cut;
    bool in_header;
    bool encloses;      /* this header announces a message: another header follows it */
    bool in_type;       /* in its Content-Type field, … */
    bool dropping;      /* … in a field that is left out */
    size_t block_bytes; /* of this header */
    size_t block_fields;
    size_t containers, dashes;
} taming;

/* A line without its end; `*rest` goes past it. CR CR LF is one line end: some gateways add a CR
 * to lines that have one. */
static pn_str next_line(pn_str *rest) {
    size_t end = 0;
    while (end < rest->len && rest->ptr[end] != '\n' && rest->ptr[end] != '\r') {
        end++;
    }
    pn_str line = pn_str_first(*rest, end);
    size_t crs = end;
    while (crs < rest->len && rest->ptr[crs] == '\r') {
        crs++;
    }
    if (crs < rest->len && rest->ptr[crs] == '\n') {
        end = crs;
    }
    *rest = pn_str_from(*rest, PN_MIN(end + 1, rest->len));
    return line;
}

static void put_line(taming *t, pn_str line) {
    for (size_t i = 0; i < line.len; i++) {
        if (line.ptr[i] != '\0') {
            t->out[t->len++] = line.ptr[i];
        }
    }
    t->out[t->len++] = '\n';
}

static void begin_header(taming *t) {
    t->in_header = true;
    t->encloses = t->in_type = t->dropping = false;
    t->block_bytes = t->block_fields = 0;
}

static bool has_nocase(pn_str line, pn_str word) {
    for (size_t i = 0; i + word.len <= line.len; i++) {
        if (pn_to_lower(line.ptr[i]) == word.ptr[0] &&
            pn_str_eq_nocase((pn_str){line.ptr + i, word.len}, word)) {
            return true;
        }
    }
    return false;
}

/* Counts what opens a level; past the limit the field is left out, and the part is plain text. */
static void look_at_type(taming *t, pn_str line) {
    bool message = has_nocase(line, PN_STR("message/"));
    if (message || has_nocase(line, PN_STR("multipart/"))) {
        t->dropping = ++t->containers > PN_MAIL_CONTAINERS;
        t->encloses = message && !t->dropping;
    }
}

static void begin_field(taming *t, pn_str line) {
    t->dropping = ++t->block_fields > PN_LIMIT_MAIL_HEADER_FIELDS;
    t->in_type = pn_str_eq_nocase(pn_str_first(line, 13), PN_STR("content-type:"));
}

static void header_line(taming *t, pn_str line) {
    if (line.len == 0) {
        bool again = t->encloses;
        begin_header(t);
        t->in_header = again;
        put_line(t, line);
        return;
    }
    if (!pn_is_space(line.ptr[0])) {
        begin_field(t, line);
    }
    if (t->in_type && !t->dropping) {
        look_at_type(t, line);
    }
    size_t room = PN_LIMIT_MAIL_HEADER_BYTES - PN_MIN(t->block_bytes, PN_LIMIT_MAIL_HEADER_BYTES);
    if (t->dropping || room == 0) {
        t->cut = true;
        return;
    }
    t->cut = t->cut || line.len > room;
    line = pn_str_first(line, room);
    t->block_bytes += line.len + 1;
    put_line(t, line);
}

/* What stands before a mail's first field in files and mailboxes. */
static pn_str skip_head(pn_str raw) {
    if (pn_str_starts(raw, PN_STR("\xEF\xBB\xBF"))) {
        raw = pn_str_from(raw, 3);
    }
    while (raw.len != 0 && pn_is_space(raw.ptr[0])) {
        raw = pn_str_from(raw, 1);
    }
    if (pn_str_starts(raw, PN_STR("From ")) || pn_str_starts(raw, PN_STR(">From "))) {
        (void)next_line(&raw);
    }
    return raw;
}

void pn_mail_tame(pn_str raw, char *room, pn_mail_tamed *ret_tamed) {
    taming t = {.out = room};
    pn_str rest = skip_head(raw);
    begin_header(&t);
    while (rest.len != 0) {
        pn_str line = next_line(&rest);
        if (line.len > 1 && line.ptr[0] == '-' && line.ptr[1] == '-') {
            if (++t.dashes > PN_MAIL_DASHES) {
                t.cut = true;
                break;
            }
            put_line(&t, line);
            begin_header(&t);
        } else if (t.in_header) {
            header_line(&t, line);
        } else {
            put_line(&t, line);
        }
    }
    *ret_tamed = (pn_mail_tamed){{t.out, t.len}, t.cut};
}
