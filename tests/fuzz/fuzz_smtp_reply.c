/* What a mail server may send: the reply parser, the words made of a reply, what it means, and the
 * whole session on top. The first byte chooses how the session is set up and how the rest is cut
 * into pieces. */
#include <assert.h>

#include "channel/smtp_outcome.h"
#include "net/smtp.h"

enum { MESSAGES = 6 };

typedef struct {
    pn_smtp_message messages[MESSAGES];
    int told[MESSAGES];
    size_t offered;
} owner;

static pn_smtp_message *next(void *context) {
    owner *o = context;
    return o->offered < MESSAGES ? &o->messages[o->offered++] : NULL;
}

static void look_at(pn_smtp_about about, const pn_smtp_answer *answer) {
    pn_str text = pn_str_of(answer->text);
    assert(text.len < PN_SMTP_TEXT_SIZE && strlen(answer->status) < PN_SMTP_STATUS_SIZE);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        assert(c >= 0x20 && c != 0x7F);
    }
    pn_send_outcome outcome = pn_smtp_outcome(about, answer->code, pn_str_of(answer->status), text);
    assert(answer->code == 0 || answer->code / 100 == 2 || outcome != PN_SEND_ACCEPTED);
    char id[PN_SMTP_QUEUE_ID_SIZE];
    pn_smtp_queue_id(answer, id);
    assert(strlen(id) < sizeof id);
}

static void answered(void *context, pn_smtp_message *message, pn_smtp_stage stage,
                     const pn_smtp_answer *answer) {
    owner *o = context;
    o->told[message - o->messages]++;
    look_at(stage == PN_SMTP_STAGE_RCPT ? PN_SMTP_ABOUT_RECIPIENT : PN_SMTP_ABOUT_MESSAGE, answer);
}

static void lost(void *context, pn_smtp_message *message, bool transmitted) {
    owner *o = context;
    (void)transmitted;
    o->told[message - o->messages]++;
}

static void read_alone(pn_str input) {
    while (input.len > 0) {
        pn_smtp_reply reply;
        size_t size = 0;
        if (pn_smtp_reply_parse(input, &reply, &size) != PN_OK) {
            return;
        }
        assert(size > 0 && size <= input.len && reply.code >= 200 && reply.code < 600);
        pn_smtp_answer answer;
        pn_smtp_answer_of(&reply, &answer);
        assert(answer.code == reply.code);
        for (unsigned about = 0; about < 4; about++) {
            look_at((pn_smtp_about)about, &answer);
        }
        input = pn_str_from(input, size);
    }
}

/* Feeds the input in pieces; what is written counts as sent, now and then only in part. */
static void converse(owner *o, const pn_smtp_options *options, unsigned seed, pn_str input) {
    static const pn_smtp_owner functions = {.next = next, .answered = answered, .lost = lost};
    pn_smtp *smtp = pn_smtp_new(options, &functions, o);
    pn_buf out;
    pn_buf_init(&out, 1 << 20);
    uint64_t written = 0, sent = 0;
    size_t at = 0, end = 0;
    pn_smtp_begin(smtp, (seed & 1) != 0, PN_STR("[127.0.0.1]"));
    while (pn_smtp_state_of(smtp) != PN_SMTP_ENDED && end < input.len) {
        seed = seed * 1103515245U + 12345U;
        end = PN_MIN(input.len, end + 1 + (seed >> 16) % 97);
        size_t consumed = 0;
        if (pn_smtp_receive(smtp, pn_str_sub(input.ptr + at, input.ptr + end), sent, &consumed) !=
            PN_OK) {
            break;
        }
        at += consumed;
        if (pn_smtp_state_of(smtp) == PN_SMTP_WANTS_TLS) {
            pn_smtp_secured(smtp);
        }
        pn_buf_clear(&out);
        pn_smtp_advance(smtp, &out, 1 + (seed >> 20) % 5000);
        written += out.len;
        sent = (seed >> 28) == 0 ? PN_MAX(sent, written - out.len / 2) : written;
    }
    pn_smtp_end(smtp, sent);
    pn_smtp_stage stage;
    const pn_smtp_answer *reason = pn_smtp_reason(smtp, &stage);
    if (reason != NULL) {
        look_at(PN_SMTP_ABOUT_SESSION, reason);
    }
    pn_buf_done(&out);
    pn_smtp_free(smtp);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) {
        return 0;
    }
    unsigned seed = data[0];
    pn_str input = {(const char *)data + 1, size - 1};
    read_alone(input);
    owner o = {.offered = 0};
    for (size_t i = 0; i < MESSAGES; i++) {
        o.messages[i] =
            (pn_smtp_message){.sender = PN_STR("a@b.example"),
                              .recipient = PN_STR("c@d.example"),
                              .content = i % 2 == 0 ? PN_STR("A: b\r\n\r\n.\r\nx\r\n")
                                                    : PN_STR("A: b\r\n\r\n\xC3\xB1\r\n")};
        assert(pn_smtp_message_check(&o.messages[i]) == PN_SMTP_FINE);
    }
    pn_smtp_options options = {
        .helo = PN_STR("we.example"),
        .starttls = (pn_smtp_starttls)((seed >> 1) % 3),
        .auth = (pn_smtp_auth)((seed >> 3) % 5),
        .user = PN_STR("user"),
        .secret = PN_STR("secret"),
        .auth_in_clear = (seed & 128) != 0,
        .messages_max = 1 + (seed >> 6),
    };
    converse(&o, &options, seed, input);
    for (size_t i = 0; i < MESSAGES; i++) {
        assert(o.told[i] == (i < o.offered ? 1 : 0));
    }
    return 0;
}
