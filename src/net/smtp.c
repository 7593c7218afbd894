#include "net/smtp.h"

#include <assert.h>

#include "base/banned.h"

/* At most: dot, RSET, MAIL, RCPT, DATA, or QUIT instead of the last four. */
enum { EXPECTED_MAX = 8 };

typedef enum {
    COMMAND_GREETING,
    COMMAND_EHLO,
    COMMAND_HELO,
    COMMAND_STARTTLS,
    COMMAND_AUTH,
    COMMAND_RSET,
    COMMAND_MAIL,
    COMMAND_RCPT,
    COMMAND_DATA,
    COMMAND_DOT,
    COMMAND_LONE_DOT, /* ends a transaction without recipient */
    COMMAND_QUIT,
} command;

typedef struct {
    command command;
    uint64_t end; /* where the command ends in the stream of what we write */
} expected;

/* Where the current message stands; what comes next is written by write_transaction. */
typedef enum {
    STEP_RSET,
    STEP_MAIL,
    STEP_RCPT,
    STEP_DATA,
    STEP_REPLIES, /* nothing to write before the server has answered */
    STEP_LONE_DOT,
    STEP_CONTENT,
} step;

struct pn_smtp {
    const pn_smtp_options *options;
    const pn_smtp_owner *owner;
    void *context;
    pn_smtp_state state;
    bool secured, quit_wanted;
    char literal[80];
    uint64_t written; /* bytes since the connection was opened */

    expected expected[EXPECTED_MAX]; /* a ring: replies that will come, oldest first */
    unsigned expected_first, expected_count;

    /* What the server announced. */
    bool pipelining, size, eight_bit, utf8, starttls;
    unsigned mechanisms;
    uint64_t size_max; /* 0: no limit announced */

    command opening; /* to be written next while OPENING; GREETING: nothing */
    pn_smtp_sasl sasl;

    pn_smtp_message *current; /* up to its last content byte, or NULL */
    step step;
    size_t content_at;
    bool refused;
    pn_smtp_stage refused_stage;
    pn_smtp_answer refusal;
    bool needs_reset;

    pn_smtp_message *finishing; /* its dot is written, its answer outstanding; or NULL */
    uint64_t dot_at;

    uint32_t begun, accepted;
    bool has_reason;
    pn_smtp_stage reason_stage;
    pn_smtp_answer reason;
};

/* ── what is outstanding ── */

static void expect(pn_smtp *smtp, command c) {
    assert(smtp->expected_count < EXPECTED_MAX);
    unsigned at = (smtp->expected_first + smtp->expected_count++) % EXPECTED_MAX;
    smtp->expected[at] = (expected){.command = c, .end = smtp->written};
}

static expected next_expected(pn_smtp *smtp) {
    assert(smtp->expected_count > 0);
    expected e = smtp->expected[smtp->expected_first];
    smtp->expected_first = (smtp->expected_first + 1) % EXPECTED_MAX;
    smtp->expected_count--;
    return e;
}

static void put(pn_smtp *smtp, pn_buf *out, pn_str text) {
    pn_buf_add_str(out, text);
    smtp->written += text.len;
}

/* A command of up to three parts, its line end, and the wait for its reply. */
static void command_put(pn_smtp *smtp, pn_buf *out, command c, pn_str a, pn_str b, pn_str end) {
    put(smtp, out, a);
    put(smtp, out, b);
    put(smtp, out, end);
    put(smtp, out, PN_STR("\r\n"));
    expect(smtp, c);
}

static void end_for(pn_smtp *smtp, pn_smtp_stage stage, const pn_smtp_answer *answer) {
    smtp->has_reason = true;
    smtp->reason_stage = stage;
    smtp->reason = *answer;
    smtp->state = PN_SMTP_ENDED;
}

static void end_for_own(pn_smtp *smtp, pn_smtp_stage stage, const char *status, const char *text) {
    pn_smtp_answer answer = pn_smtp_answer_own(status, text);
    end_for(smtp, stage, &answer);
}

/* ── opening ── */

static void write_opening(pn_smtp *smtp, pn_buf *out) {
    pn_str name = smtp->options->helo.len > 0 ? smtp->options->helo : pn_str_of(smtp->literal);
    command c = smtp->opening;
    smtp->opening = COMMAND_GREETING;
    if (c == COMMAND_EHLO) {
        command_put(smtp, out, c, PN_STR("EHLO "), name, PN_STR_NONE);
    } else if (c == COMMAND_HELO) {
        command_put(smtp, out, c, PN_STR("HELO "), name, PN_STR_NONE);
    } else if (c == COMMAND_STARTTLS) {
        command_put(smtp, out, c, PN_STR("STARTTLS"), PN_STR_NONE, PN_STR_NONE);
    } else if (c == COMMAND_AUTH) {
        size_t before = out->len;
        pn_smtp_sasl_write(&smtp->sasl, smtp->options->user, smtp->options->secret, out);
        smtp->written += out->len - before;
        expect(smtp, c);
    }
}

static void read_capability(pn_smtp *smtp, pn_str line) {
    pn_str rest = pn_str_trim(line), word = {0};
    if (rest.len == 0 || !pn_str_split(&rest, ' ', &word)) {
        return;
    }
    if (pn_str_eq_nocase(word, PN_STR("PIPELINING"))) {
        smtp->pipelining = true;
    } else if (pn_str_eq_nocase(word, PN_STR("8BITMIME"))) {
        smtp->eight_bit = true;
    } else if (pn_str_eq_nocase(word, PN_STR("SMTPUTF8"))) {
        smtp->utf8 = true;
    } else if (pn_str_eq_nocase(word, PN_STR("STARTTLS"))) {
        smtp->starttls = true;
    } else if (pn_str_eq_nocase(word, PN_STR("SIZE"))) {
        int64_t bytes = 0;
        smtp->size = true;
        if (rest.ptr != NULL && pn_str_to_int64(pn_str_trim(rest), &bytes) == PN_OK && bytes > 0) {
            smtp->size_max = (uint64_t)bytes;
        }
    } else if (pn_str_eq_nocase(word, PN_STR("AUTH"))) {
        smtp->mechanisms |= pn_smtp_sasl_mechanisms(rest);
    } else if (word.len > 5 && pn_str_eq_nocase(pn_str_first(word, 5), PN_STR("AUTH="))) {
        /* "AUTH=LOGIN PLAIN" of servers older than RFC 4954 */
        smtp->mechanisms |= pn_smtp_sasl_mechanisms(pn_str_from(word, 5));
        smtp->mechanisms |= pn_smtp_sasl_mechanisms(rest);
    }
}

static void forget_capabilities(pn_smtp *smtp) {
    smtp->pipelining = smtp->size = smtp->eight_bit = smtp->utf8 = smtp->starttls = false;
    smtp->mechanisms = 0;
    smtp->size_max = 0;
}

static void choose_auth(pn_smtp *smtp) {
    if (smtp->options->auth == PN_SMTP_AUTH_NONE) {
        smtp->state = PN_SMTP_READY;
        return;
    }
    if (!smtp->secured && !smtp->options->auth_in_clear) {
        end_for_own(smtp, PN_SMTP_STAGE_AUTH, "5.7.11",
                    "the password was not sent, because the server offers no TLS");
        return;
    }
    if (!pn_smtp_sasl_begin(&smtp->sasl, smtp->options->auth, smtp->mechanisms)) {
        end_for_own(smtp, PN_SMTP_STAGE_AUTH, "5.7.4",
                    "the server does not offer the wanted way to log in");
        return;
    }
    smtp->opening = COMMAND_AUTH;
}

/* After EHLO, HELO, or a STARTTLS that was refused. */
static void after_hello(pn_smtp *smtp, bool try_starttls) {
    pn_smtp_starttls wanted = smtp->options->starttls;
    if (smtp->secured || wanted == PN_SMTP_STARTTLS_NEVER) {
        choose_auth(smtp);
    } else if (smtp->starttls && try_starttls) {
        smtp->opening = COMMAND_STARTTLS;
    } else if (wanted == PN_SMTP_STARTTLS_REQUIRED) {
        end_for_own(smtp, PN_SMTP_STAGE_TLS, "5.7.10",
                    "the server does not offer STARTTLS, which the settings require");
    } else {
        choose_auth(smtp);
    }
}

static void read_greeting(pn_smtp *smtp, const pn_smtp_reply *reply, pn_smtp_answer *answer) {
    if (reply->code / 100 == 2) {
        smtp->opening = COMMAND_EHLO;
    } else {
        pn_smtp_answer_of(reply, answer);
        end_for(smtp, PN_SMTP_STAGE_GREETING, answer);
    }
}

static void read_hello(pn_smtp *smtp, command c, const pn_smtp_reply *reply,
                       pn_smtp_answer *answer) {
    forget_capabilities(smtp);
    if (reply->code / 100 == 2) {
        pn_str rest = reply->lines, line = {0};
        (void)pn_smtp_reply_line(&rest, &line); /* its name and a greeting */
        while (c == COMMAND_EHLO && pn_smtp_reply_line(&rest, &line)) {
            read_capability(smtp, line);
        }
        after_hello(smtp, true);
    } else if (c == COMMAND_EHLO && reply->code / 100 == 5) {
        smtp->opening = COMMAND_HELO; /* a server without extensions */
    } else {
        pn_smtp_answer_of(reply, answer);
        end_for(smtp, PN_SMTP_STAGE_HELLO, answer);
    }
}

static void read_starttls(pn_smtp *smtp, const pn_smtp_reply *reply, pn_smtp_answer *answer) {
    if (reply->code / 100 == 2) {
        smtp->state = PN_SMTP_WANTS_TLS;
    } else if (smtp->options->starttls == PN_SMTP_STARTTLS_REQUIRED) {
        pn_smtp_answer_of(reply, answer);
        end_for(smtp, PN_SMTP_STAGE_TLS, answer);
    } else {
        after_hello(smtp, false);
    }
}

static void read_auth(pn_smtp *smtp, const pn_smtp_reply *reply, pn_smtp_answer *answer) {
    if (reply->code == 334 && pn_smtp_sasl_challenged(&smtp->sasl)) {
        smtp->opening = COMMAND_AUTH;
    } else if (reply->code / 100 == 2) {
        smtp->state = PN_SMTP_READY;
    } else {
        pn_smtp_answer_of(reply, answer);
        end_for(smtp, PN_SMTP_STAGE_AUTH, answer);
    }
}

/* ── messages: writing ── */

/* What the announced capabilities decide without asking; false when the message is answered. */
static bool is_possible(pn_smtp *smtp, pn_smtp_message *message) {
    pn_smtp_answer answer;
    if (smtp->size_max != 0 && message->content.len > smtp->size_max) {
        answer = pn_smtp_answer_own("5.3.4", "the message is larger than the server takes");
    } else if (message->wants_utf8 && !smtp->utf8) {
        answer = pn_smtp_answer_own("5.6.7", "the server does not take addresses or headers "
                                             "outside ASCII (SMTPUTF8)");
    } else if (message->eight_bit && !smtp->eight_bit) {
        answer = pn_smtp_answer_own("5.6.3", "the server does not take 8-bit content (8BITMIME)");
    } else {
        return true;
    }
    smtp->owner->answered(smtp->context, message, PN_SMTP_STAGE_CONTENT, &answer);
    return false;
}

/* False when there is none, or none may be begun now. */
static bool begin_message(pn_smtp *smtp) {
    while (!smtp->quit_wanted) {
        pn_smtp_message *message = smtp->owner->next(smtp->context);
        if (message == NULL) {
            return false;
        }
        if (is_possible(smtp, message)) {
            smtp->current = message;
            smtp->step = smtp->needs_reset ? STEP_RSET : STEP_MAIL;
            smtp->content_at = 0;
            smtp->refused = false;
            smtp->begun++;
            smtp->quit_wanted = smtp->begun >= smtp->options->messages_max;
            return true;
        }
    }
    return false;
}

static void write_mail(pn_smtp *smtp, pn_buf *out) {
    const pn_smtp_message *message = smtp->current;
    size_t before = out->len;
    pn_buf_add_lit(out, "MAIL FROM:<");
    pn_buf_add_str(out, message->sender);
    pn_buf_add_char(out, '>');
    if (smtp->size) {
        pn_buf_add_lit(out, " SIZE=");
        pn_buf_add_int(out, (int64_t)message->content.len);
    }
    if (message->eight_bit) {
        pn_buf_add_lit(out, " BODY=8BITMIME");
    }
    if (message->wants_utf8) {
        pn_buf_add_lit(out, " SMTPUTF8");
    }
    pn_buf_add_lit(out, "\r\n");
    smtp->written += out->len - before;
    expect(smtp, COMMAND_MAIL);
}

/* True when the whole content and its dot are written. */
static bool write_content(pn_smtp *smtp, pn_buf *out, size_t room) {
    size_t before = out->len;
    pn_smtp_message_copy(smtp->current, &smtp->content_at, out, room);
    smtp->written += out->len - before;
    if (smtp->content_at < smtp->current->content.len) {
        return false;
    }
    smtp->dot_at = smtp->written;
    command_put(smtp, out, COMMAND_DOT, PN_STR("."), PN_STR_NONE, PN_STR_NONE);
    assert(smtp->finishing == NULL);
    smtp->finishing = smtp->current;
    smtp->current = NULL;
    return true;
}

/* One command of the current message, or some of its content; false when it has to wait. */
static bool write_transaction(pn_smtp *smtp, pn_buf *out, size_t room) {
    if (smtp->expected_count > 0 && !smtp->pipelining) {
        return false;
    }
    switch (smtp->step) {
    case STEP_RSET:
        command_put(smtp, out, COMMAND_RSET, PN_STR("RSET"), PN_STR_NONE, PN_STR_NONE);
        smtp->needs_reset = false;
        smtp->step = STEP_MAIL;
        return true;
    case STEP_MAIL:
        write_mail(smtp, out);
        smtp->step = STEP_RCPT;
        return true;
    case STEP_RCPT:
        command_put(smtp, out, COMMAND_RCPT, PN_STR("RCPT TO:<"), smtp->current->recipient,
                    PN_STR(">"));
        smtp->step = STEP_DATA;
        return true;
    case STEP_DATA:
        command_put(smtp, out, COMMAND_DATA, PN_STR("DATA"), PN_STR_NONE, PN_STR_NONE);
        smtp->step = STEP_REPLIES;
        return true;
    case STEP_LONE_DOT:
        command_put(smtp, out, COMMAND_LONE_DOT, PN_STR("."), PN_STR_NONE, PN_STR_NONE);
        smtp->step = STEP_REPLIES;
        return true;
    case STEP_REPLIES: return false;
    case STEP_CONTENT: return write_content(smtp, out, room);
    }
    return false;
}

void pn_smtp_advance(pn_smtp *smtp, pn_buf *out, size_t room) {
    if (smtp->state == PN_SMTP_OPENING) {
        write_opening(smtp, out);
        return;
    }
    size_t target = out->len + room;
    while (smtp->state == PN_SMTP_READY && out->len < target) {
        bool may_begin = smtp->pipelining || smtp->expected_count == 0;
        if (smtp->current != NULL) {
            if (!write_transaction(smtp, out, target - out->len)) {
                return;
            }
        } else if (!may_begin) {
            return;
        } else if (!begin_message(smtp)) {
            if (smtp->quit_wanted) {
                command_put(smtp, out, COMMAND_QUIT, PN_STR("QUIT"), PN_STR_NONE, PN_STR_NONE);
                smtp->state = PN_SMTP_QUITTING;
            }
            return;
        }
    }
}

/* ── messages: replies ── */

/* The current message's fate is decided; its refusal is told once nothing of it is outstanding. */
static void refuse(pn_smtp *smtp, pn_smtp_stage stage, const pn_smtp_reply *reply) {
    if (!smtp->refused) {
        smtp->refused = true;
        smtp->refused_stage = stage;
        pn_smtp_answer_of(reply, &smtp->refusal);
    }
}

static void tell_refusal(pn_smtp *smtp) {
    pn_smtp_message *message = smtp->current;
    smtp->current = NULL;
    smtp->owner->answered(smtp->context, message, smtp->refused_stage, &smtp->refusal);
}

/* A refused MAIL or RCPT; with it the message, unless replies to its later commands are due. */
static void read_envelope(pn_smtp *smtp, command c, const pn_smtp_reply *reply) {
    if (reply->code / 100 != 2) {
        refuse(smtp, c == COMMAND_MAIL ? PN_SMTP_STAGE_MAIL : PN_SMTP_STAGE_RCPT, reply);
    }
    if (!smtp->refused) {
        return;
    }
    if (c == COMMAND_RCPT) {
        smtp->needs_reset = true; /* MAIL may stand; 354 to DATA makes it needless again */
    }
    if (smtp->step == (c == COMMAND_MAIL ? STEP_RCPT : STEP_DATA)) {
        tell_refusal(smtp);
    }
}

static void read_data(pn_smtp *smtp, const pn_smtp_reply *reply) {
    if (reply->code / 100 == 3) {
        smtp->needs_reset = false;
        smtp->step = smtp->refused ? STEP_LONE_DOT : STEP_CONTENT;
    } else {
        refuse(smtp, PN_SMTP_STAGE_DATA, reply);
        smtp->needs_reset = true;
        tell_refusal(smtp);
    }
}

static void tell_finished(pn_smtp *smtp, pn_smtp_message *message, const pn_smtp_answer *answer) {
    smtp->accepted += answer->code / 100 == 2 ? 1 : 0;
    smtp->owner->answered(smtp->context, message, PN_SMTP_STAGE_CONTENT, answer);
}

static void read_dot(pn_smtp *smtp, const pn_smtp_reply *reply, pn_smtp_answer *answer) {
    pn_smtp_message *message = smtp->finishing;
    smtp->finishing = NULL;
    pn_smtp_answer_of(reply, answer);
    tell_finished(smtp, message, answer);
}

/* 3xx asks for more, which only DATA and AUTH do; and DATA never says 2xx. */
static bool fits(command c, const pn_smtp_reply *reply) {
    unsigned class = reply->code / 100;
    switch (c) {
    case COMMAND_GREETING:
    case COMMAND_EHLO:
    case COMMAND_HELO:
    case COMMAND_STARTTLS:
    case COMMAND_MAIL:
    case COMMAND_RCPT:
    case COMMAND_DOT:
    case COMMAND_LONE_DOT:
    case COMMAND_QUIT: return class != 3;
    case COMMAND_RSET: return class == 2 || reply->code == 421;
    case COMMAND_AUTH: return true;
    case COMMAND_DATA: return class != 2;
    }
    return false;
}

static void take_reply(pn_smtp *smtp, command c, const pn_smtp_reply *reply) {
    pn_smtp_answer answer;
    switch (c) {
    case COMMAND_GREETING: read_greeting(smtp, reply, &answer); return;
    case COMMAND_EHLO:
    case COMMAND_HELO: read_hello(smtp, c, reply, &answer); return;
    case COMMAND_STARTTLS: read_starttls(smtp, reply, &answer); return;
    case COMMAND_AUTH: read_auth(smtp, reply, &answer); return;
    case COMMAND_RSET: break;
    case COMMAND_MAIL:
    case COMMAND_RCPT: read_envelope(smtp, c, reply); break;
    case COMMAND_DATA: read_data(smtp, reply); break;
    case COMMAND_DOT: read_dot(smtp, reply, &answer); break;
    case COMMAND_LONE_DOT: tell_refusal(smtp); break;
    case COMMAND_QUIT: smtp->state = PN_SMTP_ENDED; return;
    }
    if (reply->code == 421) {
        pn_smtp_answer_of(reply, &answer);
        end_for(smtp, PN_SMTP_STAGE_MAIL, &answer);
    }
}

/* A reply for which nothing sent is waiting. A refusal while content goes out counts as the
 * content's (the dot has not left whole, and will not); 421 says goodbye; the rest is nonsense. */
static pn_err take_unasked(pn_smtp *smtp, const pn_smtp_reply *reply) {
    pn_smtp_answer answer;
    pn_smtp_answer_of(reply, &answer);
    bool dot_unsent = smtp->expected_count > 0 && smtp->finishing != NULL &&
                      smtp->expected[smtp->expected_first].command == COMMAND_DOT;
    bool content = smtp->current != NULL && smtp->step == STEP_CONTENT;
    pn_smtp_message *message = NULL;
    if (dot_unsent) {
        message = smtp->finishing;
    } else if (content && smtp->expected_count == 0) {
        message = smtp->current;
    }
    if (reply->code / 100 < 4 || (message == NULL && reply->code != 421)) {
        smtp->state = PN_SMTP_ENDED;
        return PN_INVALID;
    }
    if (reply->code == 421) {
        end_for(smtp, PN_SMTP_STAGE_MAIL, &answer);
    }
    smtp->state = PN_SMTP_ENDED;
    if (message != NULL) {
        *(dot_unsent ? &smtp->finishing : &smtp->current) = NULL;
        tell_finished(smtp, message, &answer);
    }
    return PN_OK;
}

static pn_err take(pn_smtp *smtp, const pn_smtp_reply *reply, uint64_t sent_bytes) {
    if (smtp->expected_count == 0 || smtp->expected[smtp->expected_first].end > sent_bytes) {
        return take_unasked(smtp, reply);
    }
    command c = next_expected(smtp).command;
    if (!fits(c, reply)) {
        smtp->state = PN_SMTP_ENDED;
        return PN_INVALID;
    }
    take_reply(smtp, c, reply);
    return PN_OK;
}

pn_err pn_smtp_receive(pn_smtp *smtp, pn_str input, uint64_t sent_bytes, size_t *ret_consumed) {
    size_t at = 0;
    while (at < input.len && smtp->state != PN_SMTP_ENDED) {
        pn_smtp_reply reply;
        size_t size = 0;
        pn_err err = pn_smtp_reply_parse(pn_str_from(input, at), &reply, &size);
        if (err == PN_NOT_FOUND) {
            break;
        }
        if (err == PN_OK) {
            err = take(smtp, &reply, sent_bytes);
        }
        if (err != PN_OK) {
            smtp->state = PN_SMTP_ENDED;
            return err;
        }
        at += size;
        if (smtp->state == PN_SMTP_WANTS_TLS && at < input.len) {
            /* Sent before the handshake, so it could be anybody's (RFC 3207, section 6). */
            smtp->state = PN_SMTP_ENDED;
            return PN_INVALID;
        }
    }
    *ret_consumed = at;
    return PN_OK;
}

/* ── the rest ── */

void pn_smtp_end(pn_smtp *smtp, uint64_t sent_bytes) {
    smtp->state = PN_SMTP_ENDED;
    pn_smtp_message *finishing = smtp->finishing, *current = smtp->current;
    smtp->finishing = NULL;
    if (finishing != NULL) {
        smtp->owner->lost(smtp->context, finishing, sent_bytes > smtp->dot_at);
    }
    if (current != NULL && smtp->refused) {
        tell_refusal(smtp);
    } else if (current != NULL) {
        smtp->current = NULL;
        smtp->owner->lost(smtp->context, current, false);
    }
}

pn_smtp *pn_smtp_new(const pn_smtp_options *options, const pn_smtp_owner *owner, void *context) {
    pn_smtp *smtp = pn_alloc(sizeof *smtp);
    *smtp =
        (pn_smtp){.options = options, .owner = owner, .context = context, .state = PN_SMTP_ENDED};
    return smtp;
}

void pn_smtp_free(pn_smtp *smtp) {
    free(smtp);
}

void pn_smtp_begin(pn_smtp *smtp, bool secured, pn_str address_literal) {
    assert(smtp->current == NULL && smtp->finishing == NULL);
    *smtp = (pn_smtp){.options = smtp->options,
                      .owner = smtp->owner,
                      .context = smtp->context,
                      .state = PN_SMTP_OPENING,
                      .secured = secured};
    assert(address_literal.len < sizeof smtp->literal);
    if (address_literal.len > 0) {
        memcpy(smtp->literal, address_literal.ptr, address_literal.len);
    }
    expect(smtp, COMMAND_GREETING);
}

void pn_smtp_secured(pn_smtp *smtp) {
    assert(smtp->state == PN_SMTP_WANTS_TLS);
    smtp->secured = true;
    smtp->state = PN_SMTP_OPENING;
    smtp->opening = COMMAND_EHLO; /* what was announced before counts no more */
}

void pn_smtp_quit(pn_smtp *smtp) {
    smtp->quit_wanted = true;
}

pn_smtp_state pn_smtp_state_of(const pn_smtp *smtp) {
    return smtp->state;
}

bool pn_smtp_is_busy(const pn_smtp *smtp) {
    return smtp->expected_count > 0 || smtp->current != NULL;
}

uint32_t pn_smtp_accepted(const pn_smtp *smtp) {
    return smtp->accepted;
}

const pn_smtp_answer *pn_smtp_reason(const pn_smtp *smtp, pn_smtp_stage *ret_stage) {
    if (!smtp->has_reason) {
        return NULL;
    }
    *ret_stage = smtp->reason_stage;
    return &smtp->reason;
}
