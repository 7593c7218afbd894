/* Recipients in reports that are plain text: qmail, Exim, Exchange, and everything that people have
 * programmed since 1982. Two shapes cover nearly all of them: an address with a line of its own,
 * and a sentence that names it. */
#include "base/banned.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "format/bounce_int.h"

/* ── one line ────────────────────────────────────────────────────────────────────────────────── */

/* What may stand before an address that has a line of its own. */
static const char LABELS[] =
    "to:|intended recipient:|recipient:|recipient address:|recipients:|address:|failed "
    "recipient:|e-mail:|email:|"
    "rfc822;|for:|user:|mailbox:|rcpt:|rcpt to:|original recipient:|[status: error, address:|"
    "could not be delivered to:|delivery failed to:|destinatario:|destinataire:|empfanger:|para:";

static size_t decoration(pn_str line) {
    size_t i = 0;
    while (i < line.len) {
        if (pn_str_starts(pn_str_from(line, i), PN_STR("\xE2\x80\xA2"))) { /* a bullet */
            i += 3;
        } else if (pn_str_find_char(PN_STR(" \t*-<\"'([+>"), line.ptr[i]) != SIZE_MAX) {
            i++;
        } else {
            break;
        }
    }
    return i;
}

/* A quoted local part begins with the quote that decoration has passed. */
static pn_str from_quote(pn_str line, size_t at) {
    bool quoted = at > 0 && line.ptr[at - 1] == '"' &&
                  pn_str_find(pn_str_from(line, at), PN_STR("\"@")) != SIZE_MAX;
    return pn_str_from(line, quoted ? at - 1 : at);
}

static pn_str skip_label(pn_str text, pn_arena *arena) {
    pn_arena_mark mark = pn_arena_marked(arena);
    pn_str folded = pn_utf8_fold(arena, pn_str_first(text, 40), true);
    size_t colon = SIZE_MAX;
    if (pn_starts_any(folded, LABELS)) {
        pn_str head = pn_str_first(text, 60);
        colon = pn_str_find_char(head, ':');
        colon = colon == SIZE_MAX ? pn_str_find_char(head, ';') : colon;
        if (colon != SIZE_MAX && pn_str_starts(folded, PN_STR("[status"))) {
            size_t next = pn_str_find_char(pn_str_from(head, colon + 1), ':');
            colon = next == SIZE_MAX ? colon : colon + 1 + next;
        }
    }
    pn_arena_rewind(arena, mark);
    return colon == SIZE_MAX ? text : pn_str_from(text, colon + 1);
}

static bool domain_is_plain(pn_str address) {
    size_t at = address.len;
    while (at > 0 && address.ptr[at - 1] != '@') {
        char c = address.ptr[at - 1];
        if (!pn_is_alpha(c) && !pn_is_digit(c) && c != '.' && c != '-' && c != '_' &&
            (unsigned char)c < 0x80) {
            return false;
        }
        at--;
    }
    return at > 1 && at < address.len;
}

/* The end of a sentence is no part of its last address. */
static bool clean_address(pn_str *address) {
    while (address->len > 0 &&
           pn_str_find_char(PN_STR(".!?*=}"), address->ptr[address->len - 1]) != SIZE_MAX) {
        address->len--;
    }
    return domain_is_plain(*address) && address->len <= PN_LIMIT_EMAIL_BYTES;
}

/* The address that a line begins with. */
static bool begins_with_address(pn_str line, pn_arena *arena, pn_str *ret_address) {
    pn_str text = pn_str_from(line, decoration(line));
    pn_str after = skip_label(text, arena);
    size_t skipped = decoration(after);
    pn_str head =
        after.ptr == text.ptr ? from_quote(line, decoration(line)) : from_quote(after, skipped);
    pn_str found;
    if (pn_mail_addresses(pn_str_first(head, 400), &found, 1) != 1 || found.ptr != head.ptr) {
        return false;
    }
    *ret_address = found;
    return clean_address(ret_address);
}

/* ── which addresses are ours ────────────────────────────────────────────────────────────────── */

enum { OWN_MAX = 24 };

typedef struct {
    pn_str items[OWN_MAX];
    size_t count;
} own;

static void add_own(own *o, pn_mail_fields fields, const char *name) {
    pn_str value = pn_mail_field_of(fields, pn_str_of(name));
    o->count += pn_mail_addresses(value, o->items + o->count, OWN_MAX - o->count);
}

static void find_own(const pn_bounce *bounce, own *o) {
    static const char *const HERE[] = {"To", "From", "Sender", "Reply-To"};
    static const char *const THERE[] = {"From", "Return-Path", "Sender", "Reply-To",
                                        "X-Envelope-From"};
    for (size_t i = 0; i < PN_COUNT(HERE); i++) {
        add_own(o, bounce->mail->fields, HERE[i]);
    }
    for (size_t i = 0; i < PN_COUNT(THERE); i++) {
        add_own(o, bounce->returned, THERE[i]);
    }
}

static bool is_own(const own *o, pn_str address) {
    for (size_t i = 0; i < o->count; i++) {
        if (pn_str_eq_nocase(o->items[i], address)) {
            return true;
        }
    }
    return false;
}

static bool is_office(pn_str address) {
    static const char *const OFFICES[] = {"postmaster@", "mailer-daemon@", "abuse@",
                                          "hostmaster@", "webmaster@",     "support@",
                                          "helpdesk@"};
    for (size_t i = 0; i < PN_COUNT(OFFICES); i++) {
        pn_str office = pn_str_of(OFFICES[i]);
        if (pn_str_eq_nocase(pn_str_first(address, office.len), office)) {
            return true;
        }
    }
    return false;
}

/* ── sentences ───────────────────────────────────────────────────────────────────────────────── */

static const char NAMES_RECIPIENT[] =
    "rcpt to|rcpt:|recipient|deliver|undeliverable|address|mailbox|unknown|no such|not found|"
    "user |account|attempts:|size:|550 |554 |553 |552 |551 |450 |451 |452 |421 |failed|failure|"
    "rejected|reached|return|message to|mail to <|sent to|send to|error|could not|couldn't|"
    "enviar|entreg|zustell|remis|consegn|member of";
static const char NAMES_OTHER[] =
    "contact|assistance|further|for help|questions|mailto:|message-id|mail from|envelope-from|"
    "from:|f=[|sender:|sender <|return-path|reply-to|received:|by <|subject:|x-|postmaster for|"
    "send a message to|forward|please send|please write|wrote:|e.g.|for example|such as|try ";

static bool sentence_names(pn_str line, pn_arena *arena) {
    pn_str folded = pn_fold_words(line, 400, arena);
    bool rcpt = pn_has_any(folded, "rcpt to|rcpt:");
    return rcpt || (pn_has_any(folded, NAMES_RECIPIENT) && !pn_has_any(folded, NAMES_OTHER));
}

/* In "From: <us> RCPT: <them>" the last one counts, else the first that is not ours. */
static bool mentioned_address(pn_str line, const own *o, pn_str *ret_address) {
    pn_str found[8];
    size_t count = pn_mail_addresses(pn_str_first(line, 1000), found, PN_COUNT(found));
    for (size_t i = 0; i < count; i++) {
        if (clean_address(&found[i]) && !is_own(o, found[i]) && !is_office(found[i])) {
            *ret_address = found[i];
            return true;
        }
    }
    return false;
}

/* ── the report, line by line ────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_bounce *bounce;
    own own;
    pn_suspect *current; /* whose lines these are */
    pn_str rest;         /* the lines that follow */
    bool paragraph;      /* something was said about it in this paragraph */
    bool listing;        /* the line before was blank, or of the same list */
    pn_str shape;        /* how the line of the last address of the list went on: " on " */
} reader;

static void add_words(pn_suspect *suspect, pn_str line) {
    if (suspect != NULL && suspect->words.len + line.len + 1 < PN_BOUNCE_WORDS_BYTES) {
        pn_buf_add_str(&suspect->words, line);
        pn_buf_add_char(&suspect->words, '\n');
    }
}

/* "(expanded from <a@b>)", "generated by a@b": that is whom we wrote to. */
static bool expanded_from(pn_str line, pn_str *ret_address) {
    static const char *const WORDS[] = {"(expanded from", "(generated from", "generated by"};
    for (size_t i = 0; i < PN_COUNT(WORDS); i++) {
        size_t at = pn_str_find(line, pn_str_of(WORDS[i]));
        pn_str found;
        if (at != SIZE_MAX &&
            pn_mail_addresses(pn_str_from(line, at + strlen(WORDS[i])), &found, 1) == 1 &&
            clean_address(&found)) {
            *ret_address = found;
            return true;
        }
    }
    return false;
}

/* "Your message / To: a@b / Subject: …": what was sent, not what failed. */
static bool is_summary(pn_str line) {
    static const char *const FIELDS[] = {
        "From:", "Subject:", "Date:", "Sent:", "Message-ID:", "Sender:", "Cc:"};
    pn_str text = pn_str_trim(line);
    for (size_t i = 0; i < PN_COUNT(FIELDS); i++) {
        pn_str field = pn_str_of(FIELDS[i]);
        if (pn_str_eq_nocase(pn_str_first(text, field.len), field)) {
            return true;
        }
    }
    return false;
}

/* An address within a sentence may come to stand at the head of a line. */
static bool stands_alone(pn_str address, pn_str line) {
    pn_str rest = pn_str_sub(address.ptr + address.len, line.ptr + line.len);
    return rest.len == 0 || pn_str_find_char(PN_STR(" "), rest.ptr[0]) == SIZE_MAX ||
           pn_str_starts(rest, PN_STR("  ")) || pn_str_starts(rest, PN_STR(" (")) ||
           pn_str_starts(rest, PN_STR(" -")) || pn_str_starts(rest, PN_STR(" :"));
}

/* "To: a@b", with "Subject: …" on the next line. */
static bool is_first_of_summary(const reader *r, pn_str line) {
    pn_str rest = r->rest;
    pn_str next;
    return pn_str_eq_nocase(pn_str_first(pn_str_trim(line), 3), PN_STR("To:")) &&
           pn_line_next(&rest, &next) && is_summary(next);
}

enum { SHAPE_BYTES = 4 };

/* "a@b on Thu, …", as the address before it. */
static bool has_shape(const reader *r, pn_str address, pn_str line) {
    pn_str rest = pn_str_sub(address.ptr + address.len, line.ptr + line.len);
    return r->shape.len == SHAPE_BYTES && pn_str_starts(rest, r->shape);
}

static void read_line(reader *r, pn_str line) {
    pn_bounce *bounce = r->bounce;
    pn_str address;
    bool listing = r->listing;
    r->listing = pn_str_trim(line).len == 0;
    if (r->listing) {
        r->current = r->paragraph ? NULL : r->current;
        return;
    }
    if (r->current != NULL && r->current->source <= PN_SOURCE_LIST &&
        expanded_from(line, &r->current->address)) {
        return;
    }
    if (r->current == NULL && expanded_from(line, &address) && !is_own(&r->own, address)) {
        r->current = pn_bounce_suspect(bounce, address, PN_SOURCE_LIST);
        return;
    }
    bool leads = begins_with_address(line, bounce->arena, &address) &&
                 !is_first_of_summary(r, line) &&
                 (listing || stands_alone(address, line) || has_shape(r, address, line));
    if (leads && !is_summary(line) && !is_own(&r->own, address) && !is_office(address)) {
        pn_str head = address;
        (void)expanded_from(line, &address);
        r->current = pn_bounce_suspect(bounce, address, PN_SOURCE_LIST);
        pn_str rest = pn_str_sub(head.ptr + head.len, line.ptr + line.len);
        r->paragraph = pn_str_trim(rest).len > 3;
        r->listing = true;
        r->shape = pn_str_first(rest, SHAPE_BYTES);
        add_words(r->current, line);
        return;
    }
    if (!is_summary(line) && mentioned_address(line, &r->own, &address) &&
        sentence_names(line, bounce->arena)) {
        pn_suspect *named = pn_bounce_suspect(bounce, address, PN_SOURCE_MENTION);
        if (named != r->current) {
            r->current = named;
            r->paragraph = true;
        }
    }
    add_words(r->current, line);
    r->paragraph = r->paragraph || r->current != NULL;
}

static void drop_weaker(pn_bounce *bounce) {
    pn_source best = PN_SOURCE_RETURNED;
    size_t kept = 0;
    for (size_t i = 0; i < bounce->suspect_count; i++) {
        best = PN_MAX(best, bounce->suspects[i].source);
    }
    for (size_t i = 0; i < bounce->suspect_count; i++) {
        if (bounce->suspects[i].source == best) {
            bounce->suspects[kept++] = bounce->suspects[i];
        } else {
            pn_buf_done(&bounce->suspects[i].words);
        }
    }
    bounce->suspect_count = kept;
}

static void read_failed_header(pn_bounce *bounce) {
    pn_str found[20];
    pn_str value = pn_mail_header(bounce->mail, "X-Failed-Recipients");
    size_t count = pn_mail_addresses(value, found, PN_COUNT(found));
    for (size_t i = 0; i < count; i++) {
        (void)pn_bounce_suspect(bounce, found[i], PN_SOURCE_HEADER);
    }
}

/* ── local parts without a domain ────────────────────────────────────────────────────────────── */

enum { DOMAINS_MAX = 8 };

typedef struct {
    pn_str items[DOMAINS_MAX];
    size_t count;
} domains;

static void add_domain(domains *d, pn_str address) {
    pn_str domain = pn_str_from(address, pn_str_find_char(address, '@') + 1);
    for (size_t i = 0; i < d->count; i++) {
        if (pn_str_eq_nocase(d->items[i], domain)) {
            return;
        }
    }
    if (d->count < DOMAINS_MAX && domain.len != 0) {
        d->items[d->count++] = domain;
    }
}

static bool has_local_part(pn_str address, pn_str local) {
    return address.len > local.len && address.ptr[local.len] == '@' &&
           pn_str_eq_nocase(pn_str_first(address, local.len), local);
}

static void add_domains_in(domains *d, pn_str text, pn_str local, pn_str placeholder) {
    pn_str found;
    while (pn_mail_addresses(text, &found, 1) == 1) {
        text = pn_str_sub(found.ptr + found.len, text.ptr + text.len);
        if (clean_address(&found) &&
            (has_local_part(found, local) || has_local_part(found, placeholder))) {
            add_domain(d, found);
        }
    }
}

/* Where a name without a domain is at home: where the returned mail was sent to by that name, what
 * the report gives as NAME@domain, and else the domain of the report itself. */
static void find_domains(const pn_bounce *bounce, pn_str local, domains *d) {
    pn_mail_fields fields = bounce->returned;
    for (size_t i = 0; i < fields.count; i++) {
        pn_str name = fields.items[i].name;
        if (pn_str_eq_nocase(name, PN_STR("Received")) || pn_str_eq_nocase(name, PN_STR("To"))) {
            add_domains_in(d, fields.items[i].value, local, local);
        }
    }
    add_domains_in(d, bounce->report, local, PN_STR("NAME"));
    pn_str from;
    if (d->count == 0 && pn_mail_addresses(pn_mail_header(bounce->mail, "From"), &from, 1) == 1) {
        add_domain(d, from);
    }
}

/* "screenname", "john.doe    No such person": one word, or one set off from what follows. */
static bool leads_with_local_part(pn_str line, pn_str *ret_local) {
    pn_str text = pn_str_trim(line);
    size_t end = 0;
    while (end < text.len && (pn_is_alpha(text.ptr[end]) || pn_is_digit(text.ptr[end]) ||
                              pn_str_find_char(PN_STR("._-+"), text.ptr[end]) != SIZE_MAX)) {
        end++;
    }
    pn_str after = pn_str_from(text, end);
    *ret_local = pn_str_first(text, end);
    return end > 1 && end <= 64 && (pn_is_alpha(text.ptr[0]) || pn_is_digit(text.ptr[0])) &&
           text.ptr[end - 1] != '.' &&
           (after.len == 0 || pn_str_starts(after, PN_STR("  ")) || after.ptr[0] == '\t');
}

static void add_local_part(reader *r, pn_str local, pn_str line) {
    pn_bounce *bounce = r->bounce;
    domains d = {0};
    find_domains(bounce, local, &d);
    for (size_t i = 0; i < d.count; i++) {
        pn_str address =
            pn_str_format(bounce->arena, "%.*s@%.*s", PN_STR_ARG(local), PN_STR_ARG(d.items[i]));
        add_words(pn_bounce_suspect(bounce, address, PN_SOURCE_LIST), line);
    }
}

/* Only for a report that names nobody in full: the first paragraph after the sentence that
 * announces names, where each line begins with one. */
static void read_local_parts(reader *r) {
    pn_str rest = r->bounce->report;
    pn_str line;
    bool announced = false;
    enum { NAMES_MAX = 20 };
    for (size_t taken = 0; r->bounce->suspect_count == 0 || taken > 0;) {
        pn_str local;
        if (taken >= NAMES_MAX || !pn_line_next(&rest, &line)) {
            break;
        }
        bool blank = pn_str_trim(line).len == 0;
        if (announced && !blank && leads_with_local_part(line, &local)) {
            add_local_part(r, local, line);
            taken++;
        } else if (taken > 0) {
            break;
        } else if (!blank) {
            size_t end = line.len - 1;
            pn_str folded = pn_fold_words(line, 200, r->bounce->arena);
            announced = line.ptr[end] == ':' &&
                        (announced || pn_has_any(folded, "following|recipients|deliver|to:|from"));
        }
    }
}

/* Nobody is named: the report is about whom the returned mail was written to, where it was one. */
static void read_returned_to(pn_bounce *bounce) {
    pn_str found[2];
    pn_str value = pn_mail_field_of(bounce->returned, PN_STR("To"));
    if (bounce->suspect_count == 0 && pn_mail_addresses(value, found, 2) == 1) {
        (void)pn_bounce_suspect(bounce, found[0], PN_SOURCE_RETURNED);
    }
}

void pn_bounce_read_text(pn_bounce *bounce) {
    reader r = {.bounce = bounce, .rest = bounce->report};
    pn_str line;
    find_own(bounce, &r.own);
    read_failed_header(bounce);
    while (pn_line_next(&r.rest, &line)) {
        read_line(&r, line);
    }
    drop_weaker(bounce);
    if (bounce->suspect_count == 0) {
        pn_bounce_read_returned_groups(bounce);
    }
    read_local_parts(&r);
    read_returned_to(bounce);
}
