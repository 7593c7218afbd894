#include "net/smtp_reply.h"

#include <stdio.h>

#include "base/banned.h"
#include "base/limits.h"
#include "base/utf8.h"

/* Code, and the separator that says whether more lines follow. */
static bool line_code(pn_str line, unsigned *ret_code, bool *ret_more) {
    if (line.len < 3 || line.ptr[0] < '2' || line.ptr[0] > '5' || !pn_is_digit(line.ptr[1]) ||
        !pn_is_digit(line.ptr[2])) {
        return false;
    }
    if (line.len > 3 && line.ptr[3] != ' ' && line.ptr[3] != '-') {
        return false;
    }
    *ret_code = (unsigned)(line.ptr[0] - '0') * 100 + (unsigned)(line.ptr[1] - '0') * 10 +
                (unsigned)(line.ptr[2] - '0');
    *ret_more = line.len > 3 && line.ptr[3] == '-';
    return true;
}

static pn_str without_line_end(pn_str line) {
    return line.len > 0 && line.ptr[line.len - 1] == '\r' ? pn_str_first(line, line.len - 1) : line;
}

pn_err pn_smtp_reply_parse(pn_str input, pn_smtp_reply *ret_reply, size_t *ret_size) {
    pn_str bounded = pn_str_first(input, PN_LIMIT_SMTP_REPLY_BYTES);
    size_t at = 0;
    for (;;) {
        pn_str rest = pn_str_from(bounded, at);
        size_t len = pn_str_find_char(rest, '\n');
        if (len == SIZE_MAX) {
            return input.len >= PN_LIMIT_SMTP_REPLY_BYTES ? PN_LIMIT : PN_NOT_FOUND;
        }
        pn_str line = without_line_end(pn_str_first(rest, len));
        unsigned code = 0;
        bool more = false;
        if (!line_code(line, &code, &more)) {
            return PN_INVALID;
        }
        at += len + 1;
        if (!more) {
            ret_reply->code = code;
            ret_reply->lines = pn_str_sub(input.ptr, line.ptr + line.len);
            *ret_size = at;
            return PN_OK;
        }
    }
}

bool pn_smtp_reply_line(pn_str *rest, pn_str *ret_text) {
    pn_str line;
    if (!pn_str_split(rest, '\n', &line)) {
        return false;
    }
    *ret_text = pn_str_from(without_line_end(line), 4);
    return true;
}

/* One to three digits at `*at`. */
static bool status_number(pn_str text, size_t *at) {
    size_t begin = *at;
    while (*at < text.len && *at - begin < 3 && pn_is_digit(text.ptr[*at])) {
        (*at)++;
    }
    return *at > begin;
}

pn_str pn_smtp_status(pn_str text) {
    size_t at = 2;
    if (text.len < 5 || (text.ptr[0] != '2' && text.ptr[0] != '4' && text.ptr[0] != '5') ||
        text.ptr[1] != '.' || !status_number(text, &at) || at >= text.len || text.ptr[at] != '.') {
        return PN_STR_NONE;
    }
    at++;
    if (!status_number(text, &at) ||
        (at < text.len && text.ptr[at] != ' ' && text.ptr[at] != '\t')) {
        return PN_STR_NONE;
    }
    return pn_str_first(text, at);
}

/* Appends what can be printed of `text`; false once there is no more room. */
static bool put_printable(pn_str text, char *out, size_t out_size, size_t *len) {
    while (text.len > 0) {
        uint32_t c = 0;
        size_t size = pn_utf8_decode(text, &c);
        bool printable = c >= 0x20 && c != 0x7F && (c < 0x80 || c > 0x9F) && c != 0xFFFD;
        if (*len + (printable ? size : 1) >= out_size) {
            return false;
        }
        if (printable) {
            memcpy(out + *len, text.ptr, size);
            *len += size;
        } else {
            out[(*len)++] = c == '\t' ? ' ' : '?';
        }
        text = pn_str_from(text, size);
    }
    return true;
}

/* Every line repeats the code and mostly the status: both are kept once. */
void pn_smtp_answer_of(const pn_smtp_reply *reply, pn_smtp_answer *ret_answer) {
    pn_smtp_answer *a = ret_answer;
    *a = (pn_smtp_answer){.code = reply->code};
    size_t len = (size_t)snprintf(a->text, sizeof a->text, "%u", reply->code);
    pn_str rest = reply->lines, line;
    while (pn_smtp_reply_line(&rest, &line)) {
        line = pn_str_trim(line);
        pn_str status = pn_smtp_status(line);
        if (status.len > 0 && status.len < sizeof a->status && a->status[0] == '\0') {
            memcpy(a->status, status.ptr, status.len);
            a->status[status.len] = '\0';
        } else if (status.len > 0 && pn_str_eq(status, pn_str_of(a->status))) {
            line = pn_str_trim(pn_str_from(line, status.len));
        }
        if (line.len > 0 && (!put_printable(PN_STR(" "), a->text, sizeof a->text, &len) ||
                             !put_printable(line, a->text, sizeof a->text, &len))) {
            break;
        }
    }
    a->text[len] = '\0';
}

pn_smtp_answer pn_smtp_answer_own(const char *status, const char *text) {
    pn_smtp_answer answer = {0};
    (void)snprintf(answer.status, sizeof answer.status, "%s", status);
    (void)snprintf(answer.text, sizeof answer.text, "%s", text);
    return answer;
}

/* The word behind `mark`, up to a space or a closing sign. */
static pn_str word_behind(pn_str text, pn_str mark) {
    size_t at = pn_str_find(text, mark);
    if (at == SIZE_MAX) {
        return PN_STR_NONE;
    }
    pn_str rest = pn_str_from(text, at + mark.len);
    size_t len = 0;
    while (len < rest.len && strchr(" ,;)]>", rest.ptr[len]) == NULL) {
        len++;
    }
    return pn_str_first(rest, len);
}

/* "250 2.0.0 x9ABCdef012345 Message accepted for delivery" */
static pn_str word_before(pn_str text, pn_str mark) {
    size_t end = pn_str_find(text, mark);
    if (end == SIZE_MAX) {
        return PN_STR_NONE;
    }
    size_t begin = end;
    while (begin > 0 && text.ptr[begin - 1] != ' ') {
        begin--;
    }
    return pn_str_sub(text.ptr + begin, text.ptr + end);
}

void pn_smtp_queue_id(const pn_smtp_answer *answer, char out[PN_SMTP_QUEUE_ID_SIZE]) {
    static const pn_str marks[] = {
        {"queued as ", 10}, {"InternalId=", 11}, {" id=", 4}, {"250 Ok ", 7}};
    pn_str text = pn_str_of(answer->text);
    pn_str id = word_before(text, PN_STR(" Message accepted for delivery"));
    for (size_t i = 0; i < PN_COUNT(marks) && id.len == 0; i++) {
        id = word_behind(text, marks[i]);
    }
    bool digit = false;
    for (size_t i = 0; i < id.len; i++) {
        digit = digit || pn_is_digit(id.ptr[i]);
    }
    if (!digit || id.len >= PN_SMTP_QUEUE_ID_SIZE) {
        id.len = 0; /* a word of a sentence, not a name */
    }
    if (id.len > 0) {
        memcpy(out, id.ptr, id.len);
    }
    out[id.len] = '\0';
}
