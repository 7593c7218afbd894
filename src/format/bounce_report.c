/* Which text is the report, and which is the mail that it gives back. */
#include "base/banned.h"
#include "format/bounce_int.h"

/* A line that announces the mail given back. Either nobody writes it otherwise, or it is set apart
 * by dashes or ends in "follows". */
static const char ANNOUNCES[] =
    "below this line is a copy|this is a copy of|here is a copy of|below is a copy of|"
    "below is the original|enclosed is a copy|included is a copy|attached is a copy|"
    "the header of the original message|the headers of the original|message headers follow|"
    "message header follows|original headers follow|original message headers|"
    "original message header|headers of your message|header of your message|"
    "original message follows|original message attached|unsent message follows|"
    "returned message follows|returned mail follows|undelivered message follows|"
    "undeliverable message follows|the body of your message|the text of your message|"
    "your original message follows|text of undeliverable|first part of the message|"
    "message text follows|the unsent message|message follows:|undelivered message you sent|"
    "copia de su mensaje|mensaje original sigue|nachricht folgt|en-tetes du message";
static const char SET_APART[] =
    "original message|original mail|unsent message|returned message|returned mail|"
    "undelivered message|message header|original header|start of your message|"
    "original text|message text|copy of your message|copy of the message|mensaje original|"
    "mensagem original|message original|ursprungliche nachricht|originalnachricht";

static bool is_set_apart(pn_str line) {
    pn_str text = pn_str_trim(line);
    char head = text.len > 0 ? text.ptr[0] : '\0';
    return text.len > 4 && (head == '-' || head == '=' || head == '*' || head == '_') &&
           text.ptr[1] == head;
}

static bool announces(pn_str line, pn_arena *arena) {
    if (line.len > 120) {
        return false;
    }
    pn_arena_mark mark = pn_arena_marked(arena);
    pn_str folded = pn_fold_words(line, 120, arena);
    bool does =
        pn_has_any(folded, ANNOUNCES) || (is_set_apart(line) && pn_has_any(folded, SET_APART));
    pn_arena_rewind(arena, mark);
    return does;
}

/* The first line of a header that is given back without a word. */
static bool begins_header(pn_str line) {
    static const char *const FIRST[] = {"Received: from ", "Received:from ", "Received: by ",
                                        "Return-Path: <",  "Return-path: <", "Received: (qmail"};
    for (size_t i = 0; i < PN_COUNT(FIRST); i++) {
        if (pn_str_starts(line, pn_str_of(FIRST[i]))) {
            return true;
        }
    }
    return false;
}

/* Splits one text part; what stands behind the announcement is `*ret_returned`. */
static pn_str cut_report(pn_str text, pn_arena *arena, pn_str *ret_returned) {
    pn_str rest = text;
    pn_str line;
    while (pn_line_next(&rest, &line)) {
        bool header = begins_header(line);
        if (header || announces(line, arena)) {
            const char *from = header ? line.ptr : line.ptr + line.len;
            *ret_returned = pn_str_sub(from, text.ptr + text.len);
            return pn_str_sub(text.ptr, line.ptr);
        }
    }
    *ret_returned = PN_STR_NONE;
    return text;
}

static bool is_words(const pn_mail_part *part, bool html) {
    pn_str type = part->content_type;
    return !part->enclosed && part->text.len != 0 && pn_str_starts(type, PN_STR("text/")) &&
           !pn_str_starts(type, PN_STR("text/rfc822")) && pn_str_is(type, "text/html") == html;
}

static bool has_words(const pn_mail *mail, bool html) {
    for (size_t i = 0; i < mail->part_count; i++) {
        if (is_words(&mail->parts[i], html)) {
            return true;
        }
    }
    return false;
}

/* The header of the mail given back: as a part of its own, or in the text. */
static void look_for_header(pn_bounce *bounce, const pn_mail_part *part) {
    if (bounce->returned.count != 0 || part->enclosed) {
        return;
    }
    if (part->fields.count != 0) {
        bounce->returned = part->fields;
    } else if (pn_str_starts(part->content_type, PN_STR("text/rfc822"))) {
        bounce->returned = pn_fields_of_text(part->text, bounce->arena);
    }
}

void pn_bounce_find_report(pn_bounce *bounce) {
    const pn_mail *mail = bounce->mail;
    bool html = !has_words(mail, false);
    pn_buf report;
    pn_buf_init(&report, 1 << 23);
    for (size_t i = 0; i < mail->part_count; i++) {
        const pn_mail_part *part = &mail->parts[i];
        pn_str returned = PN_STR_NONE;
        if (is_words(part, html)) {
            pn_str text = html ? pn_mail_html_words(part->text, bounce->arena) : part->text;
            pn_buf_add_str(&report, cut_report(text, bounce->arena, &returned));
            pn_buf_add_char(&report, '\n');
        }
        look_for_header(bounce, part);
        if (returned.len != 0 && bounce->returned.count == 0) {
            bounce->returned_text = returned;
            bounce->returned = pn_fields_of_text(returned, bounce->arena);
        }
    }
    bounce->report = pn_str_dup(bounce->arena, pn_buf_str(&report));
    pn_buf_done(&report);
}

/* ── mail systems, and reports within ────────────────────────────────────────────────────────── */

/* Names that only mail systems bear. */
static const char SYSTEM_NAMES[] =
    "mailer-daemon|mailerdaemon|mailer daemon|post_master@|mail-daemon|mail delivery|maildelivery|"
    "mail.delivery|postmaster|poostmaster|mail administrator|system administrator|mail system|"
    "mailsystem|delivery subsystem|delivery system|mail server|mailserver|mail_service|"
    "mail service|ndr administrator|microsoft exchange|microsoftexchange|mmdf|mdaemon@|smtpd|smtp "
    "gateway|"
    "mail gateway|interscan|system attendant|mail deliver system|internet "
    "mail|delivery-status|complaints@";

bool pn_is_from_system(const pn_mail *mail, pn_arena *arena) {
    pn_str from = pn_fold_words(pn_mail_header(mail, "From"), 300, arena);
    pn_str path = pn_fold_words(pn_mail_header(mail, "Return-Path"), 300, arena);
    bool list_server = pn_mail_field_of(mail->fields, PN_STR("X-MLServer")).len != 0;
    return list_server || pn_has_any(from, SYSTEM_NAMES) || pn_str_is(path, "<>") ||
           pn_has_any(path, "mailer-daemon|postmaster@") || pn_str_find_char(from, '@') == SIZE_MAX;
}

static bool has_own_words(const pn_mail *mail) {
    for (size_t i = 0; i < mail->part_count; i++) {
        const pn_mail_part *part = &mail->parts[i];
        if (!part->enclosed && pn_str_starts(part->content_type, PN_STR("text/")) &&
            pn_str_trim(part->text).len != 0) {
            return true;
        }
    }
    return false;
}

/* Its parts, as those of a mail of its own: enclosed is what stands deeper inside. */
static const pn_mail *mail_of(const pn_mail *mail, size_t head, pn_arena *arena) {
    pn_mail *inner = pn_arena_new(arena, pn_mail);
    pn_mail_part *parts = pn_arena_array(arena, pn_mail_part, mail->part_count);
    uint32_t within = UINT32_MAX; /* depth of the enclosed mail that the parts belong to */
    *inner = (pn_mail){.fields = mail->parts[head].fields, .parts = parts, .cut = mail->cut};
    for (size_t i = head + 1; i < mail->part_count; i++) {
        pn_mail_part part = mail->parts[i];
        if (part.depth <= mail->parts[head].depth) {
            break;
        }
        within = part.depth <= within ? UINT32_MAX : within;
        part.enclosed = within != UINT32_MAX;
        if (!part.enclosed && pn_str_is(part.content_type, "message/rfc822")) {
            within = part.depth;
        }
        parts[inner->part_count++] = part;
    }
    return inner;
}

static bool has_status_part(const pn_mail *mail) {
    for (size_t i = 0; i < mail->part_count; i++) {
        if (pn_is_status_part(&mail->parts[i])) {
            return true;
        }
    }
    return false;
}

const pn_mail *pn_bounce_unwrap(const pn_mail *mail, pn_arena *arena) {
    if (has_status_part(mail) || (has_own_words(mail) && !pn_is_from_system(mail, arena))) {
        return mail; /* it is the report, or a person sends one on and says something */
    }
    for (size_t i = 0; i + 1 < mail->part_count; i++) {
        if (!mail->parts[i].enclosed && pn_str_is(mail->parts[i].content_type, "message/rfc822")) {
            pn_arena_mark mark = pn_arena_marked(arena);
            const pn_mail *inner = mail_of(mail, i, arena);
            if (has_status_part(inner)) {
                return inner;
            }
            pn_arena_rewind(arena, mark);
        }
    }
    return mail;
}
