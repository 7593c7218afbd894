#include "format/reply.h"

#include "base/buf.h"
#include "base/utf8.h"

#include "base/banned.h"

enum { ATTRIBUTION_LINES = 3, ATTRIBUTION_BYTES = 500, BLOCK_LINES = 6, MARK_BYTES = 120 };

typedef struct {
    pn_str *lines, *folded; /* the same lines as written, and folded */
    size_t count;
    pn_buf *out;
    size_t blanks; /* empty lines since the last kept one */
} cutter;

/* ── marks ───────────────────────────────────────────────────────────────────────────────────── */

static bool is_quote(pn_str folded) {
    pn_str line = pn_str_trim(folded);
    return line.len > 0 && line.ptr[0] == '>';
}

static bool has_any(pn_str text, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (pn_str_find(text, pn_str_of(words[i])) != SIZE_MAX) {
            return true;
        }
    }
    return false;
}

static bool starts_any(pn_str text, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (pn_str_starts(text, pn_str_of(words[i]))) {
            return true;
        }
    }
    return false;
}

/* Ends a line that says who wrote what follows. */
static bool ends_attribution(pn_str line) {
    static const char *const ends[] = {
        "wrote:",   "escribio:",   "escreveu:",   "a ecrit :",  "a ecrit:",
        "schrieb:", "ha escrito:", "ha scritto:", "escribio :", "wrote :"};
    for (size_t i = 0; i < PN_COUNT(ends); i++) {
        if (pn_str_ends(line, pn_str_of(ends[i]))) {
            return true;
        }
    }
    return false;
}

static bool has_digit_or_at(pn_str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (pn_is_digit(text.ptr[i]) || text.ptr[i] == '@') {
            return true;
        }
    }
    return false;
}

/* "El lun, 3 mar 2026 a las 10:22, Cobros (<cobros@…>) escribió:", over up to three lines. Returns
 * how many, 0 for none. */
static size_t attribution(const cutter *c, size_t at) {
    static const char *const begins[] = {"on ", "el ", "em ", "le ", "am ", "no dia ", "a ", "il "};
    pn_str first = pn_str_trim(c->folded[at]);
    bool any = false;
    size_t bytes = 0;
    if (first.len == 0) {
        return 0;
    }
    bool usual = starts_any(first, begins, PN_COUNT(begins)) ||
                 pn_str_find_char(first, '<') != SIZE_MAX || has_digit_or_at(first);
    for (size_t i = 0; i < ATTRIBUTION_LINES && at + i < c->count && usual; i++) {
        pn_str line = pn_str_trim(c->folded[at + i]);
        bytes += line.len;
        any = any || has_digit_or_at(line);
        if (line.len == 0 || bytes > ATTRIBUTION_BYTES || is_quote(line)) {
            return 0;
        }
        if (ends_attribution(line)) {
            return any ? i + 1 : 0;
        }
    }
    return 0;
}

static bool is_separator(pn_str folded) {
    static const char *const words[] = {
        "original message",  "mensaje original",  "mensagem original",    "message d'origine",
        "forwarded message", "mensaje reenviado", "mensagem encaminhada", "mensaje original"};
    static const char *const begins[] = {
        "begin forwarded message:", "inicio del mensaje reenviado:",
        "inicio da mensagem encaminhada:"};
    pn_str line = pn_str_trim(folded);
    if (line.len > MARK_BYTES) {
        return false;
    }
    return (pn_str_starts(line, PN_STR("---")) && has_any(line, words, PN_COUNT(words))) ||
           starts_any(line, begins, PN_COUNT(begins));
}

/* One of the words before a colon, at the head of the line; Outlook writes them bold ("*De:*"). */
static bool is_field(pn_str folded, const char *const *names, size_t count) {
    pn_str line = pn_str_trim(folded);
    while (line.len > 0 && line.ptr[0] == '*') {
        line = pn_str_from(line, 1);
    }
    for (size_t i = 0; i < count; i++) {
        pn_str name = pn_str_of(names[i]);
        pn_str behind = pn_str_first(pn_str_from(line, name.len), 3);
        if (pn_str_starts(line, name) && behind.len > 0 &&
            (behind.ptr[0] == ':' || behind.ptr[0] == '*' || behind.ptr[0] == ' ') &&
            pn_str_find_char(behind, ':') != SIZE_MAX) {
            return true;
        }
    }
    return false;
}

/* Outlook's block: From, and Sent and To or Subject below it. */
static bool is_block(const cutter *c, size_t at) {
    static const char *const from[] = {"from", "de", "von", "da"};
    static const char *const sent[] = {"sent",       "date",       "enviado", "enviado el", "fecha",
                                       "enviada em", "enviado em", "data",    "envoye"};
    static const char *const to[] = {"to", "para", "subject", "asunto", "assunto", "objet", "cc"};
    bool has_sent = false, has_to = false;
    if (!is_field(c->folded[at], from, PN_COUNT(from))) {
        return false;
    }
    for (size_t i = at + 1; i < c->count && i <= at + BLOCK_LINES; i++) {
        has_sent = has_sent || is_field(c->folded[i], sent, PN_COUNT(sent));
        has_to = has_to || is_field(c->folded[i], to, PN_COUNT(to));
    }
    return has_sent && has_to;
}

/* A rule of underscores above such a block. */
static bool is_rule(const cutter *c, size_t at) {
    pn_str line = pn_str_trim(c->folded[at]);
    for (size_t i = 0; i < line.len; i++) {
        if (line.ptr[i] != '_' && line.ptr[i] != '-') {
            return false;
        }
    }
    for (size_t i = at + 1; line.len >= 10 && i < c->count && i <= at + 2; i++) {
        if (is_block(c, i)) {
            return true;
        }
    }
    return false;
}

/* What a phone or a program adds. */
static bool is_advertisement(pn_str folded) {
    static const char *const begins[] = {
        "enviado desde mi ",    "enviado do meu ", "enviado desde outlook", "enviado con ",
        "enviado desde correo", "enviado via ",    "enviado do ",           "enviado pelo ",
        "enviado desde yahoo",  "sent from my ",   "sent from outlook",     "sent from mail ",
        "sent from yahoo",      "sent via ",       "get outlook for",       "obtener outlook",
        "obter o outlook",      "obter outlook",   "enviado desde el ",     "enviado a partir d",
        "descarga outlook",     "envoye de mon ",  "baixe o outlook",       "sent with "};
    pn_str line = pn_str_trim(folded);
    return line.len < MARK_BYTES && starts_any(line, begins, PN_COUNT(begins));
}

/* A notice that lawyers make people add; it and all below it is not theirs. */
static bool is_legal_notice(pn_str folded) {
    static const char *const begins[] = {"aviso legal",
                                         "aviso de confidencialidad",
                                         "confidencialidad:",
                                         "clausula de confidencialidad",
                                         "este mensaje y sus archivos",
                                         "este mensaje se dirige",
                                         "este mensaje va dirigido",
                                         "este correo electronico y",
                                         "este correo y sus",
                                         "la informacion contenida en este",
                                         "de conformidad con lo dispuesto en",
                                         "en cumplimiento de la ley",
                                         "en cumplimiento del reglamento",
                                         "confidentiality notice",
                                         "this e-mail and any",
                                         "this email and any",
                                         "this message and any",
                                         "this message is confidential",
                                         "this email is confidential",
                                         "disclaimer:",
                                         "aviso de confidencialidade",
                                         "esta mensagem e seus anexos",
                                         "esta mensagem pode conter",
                                         "as informacoes contidas nesta",
                                         "antes de imprimir",
                                         "please consider the environment",
                                         "proteccion de datos:",
                                         "informacion basica sobre"};
    pn_str line = pn_str_trim(folded);
    while (line.len > 0 && (line.ptr[0] == '*' || line.ptr[0] == '_')) {
        line = pn_str_from(line, 1);
    }
    return starts_any(line, begins, PN_COUNT(begins));
}

static bool is_signature_mark(pn_str line) {
    pn_str trimmed = pn_str_trim(line);
    return pn_str_is(trimmed, "--") || pn_str_is(trimmed, "-- ");
}

/* ── cutting ─────────────────────────────────────────────────────────────────────────────────── */

static void keep(cutter *c, size_t at) {
    pn_str line = c->lines[at];
    while (line.len > 0 && pn_is_space(line.ptr[line.len - 1])) {
        line = pn_str_first(line, line.len - 1);
    }
    if (line.len == 0) {
        c->blanks++;
        return;
    }
    if (c->out->len > 0) {
        pn_buf_add_str(c->out, c->blanks > 0 ? PN_STR("\n\n") : PN_STR("\n"));
    }
    c->blanks = 0;
    pn_buf_add_str(c->out, line);
}

static size_t next_filled(const cutter *c, size_t at) {
    while (at < c->count && pn_str_trim(c->lines[at]).len == 0) {
        at++;
    }
    return at;
}

/* Behind an attribution: quotes are passed over one by one; without them all the rest is quoted. */
static size_t behind_attribution(const cutter *c, size_t at) {
    size_t next = next_filled(c, at);
    return next < c->count && is_quote(c->folded[next]) ? next : c->count;
}

/* A signature ends where a quotation begins. */
static size_t behind_signature(const cutter *c, size_t at) {
    while (at < c->count && !is_quote(c->folded[at]) && attribution(c, at) == 0 &&
           !is_separator(c->folded[at]) && !is_block(c, at)) {
        at++;
    }
    return at;
}

static void cut(cutter *c) {
    for (size_t at = 0; at < c->count;) {
        pn_str folded = c->folded[at];
        size_t lines = attribution(c, at);
        if (lines > 0) {
            at = behind_attribution(c, at + lines);
            c->blanks++;
        } else if (is_quote(folded)) {
            at++;
            c->blanks++;
        } else if (is_separator(folded) || is_rule(c, at) || is_block(c, at) ||
                   (c->out->len > 0 && is_legal_notice(folded))) {
            return;
        } else if (is_signature_mark(c->lines[at])) {
            at = behind_signature(c, at + 1);
        } else if (is_advertisement(folded)) {
            at++;
        } else {
            keep(c, at++);
        }
    }
}

static size_t split_lines(pn_str text, pn_arena *arena, pn_str **ret_lines) {
    size_t count = 0, capacity = 0;
    pn_str *lines = NULL, line;
    while (pn_str_split(&text, '\n', &line)) {
        lines = pn_arena_grow(arena, lines, count, &capacity, sizeof *lines);
        lines[count++] = line;
    }
    *ret_lines = lines;
    return count;
}

pn_str pn_reply_text(pn_str words, pn_arena *arena) {
    pn_buf out;
    cutter c = {.out = &out};
    c.count = split_lines(words, arena, &c.lines);
    size_t folded = split_lines(pn_utf8_fold(arena, words, true), arena, &c.folded);
    c.count = PN_MIN(c.count, folded); /* folding keeps line ends */
    pn_buf_init(&out, words.len + 2);
    cut(&c);
    pn_str text = pn_str_dup(arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return text.len > 0 ? text : pn_str_dup(arena, pn_str_trim(words));
}
