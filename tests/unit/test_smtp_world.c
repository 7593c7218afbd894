/* The SMTP session against a model server that answers, delays, refuses, talks nonsense and hangs
 * up at random, over a wire that cuts everything into random pieces.
 *
 * Checked for every seed: no message is accepted twice; "accepted" means that the server has it,
 * "refused" and "unsent" that it has not; it arrives byte by byte as it was; DATA is the last of
 * its group, and without PIPELINING every command is; no MAIL within a transaction. */
#include "unit.h"

#include <string.h>

#include "base/hash.h"
#include "net/smtp.h"

enum { MESSAGES = 12, SEEDS = 4000, CONNECTIONS_MAX = 2000 };

typedef enum { WAITING, FLYING, ACCEPTED, REFUSED, UNCERTAIN } fate;

typedef struct {
    pn_smtp_message message; /* first: the session gives back a pointer to it */
    fate fate;
    int accepted; /* by the server */
    char to[32];
    pn_buf content;
} letter;

typedef struct {
    bool pipelining, open, in_content, mail, rcpt;
    int recipient;
    pn_buf in;        /* handed over by the client, not processed */
    uint64_t taken;   /* bytes processed since the connection began */
    pn_buf content;   /* as received, unstuffed */
    pn_buf replies;   /* on their way to the client */
    bool line_begins; /* of the content */
} server;

typedef struct {
    pn_random random;
    letter letters[MESSAGES];
    pn_smtp_options options;
    pn_smtp *smtp;
    server server;
    pn_buf out; /* written by the client, not handed over */
    pn_buf heard;
    uint64_t written, sent;
} world;

static bool chance(world *w, unsigned percent) {
    return pn_random_below(&w->random, 1000) < percent * 10;
}

static bool rarely(world *w) {
    return pn_random_below(&w->random, 200) == 0;
}

static void drop_first(pn_buf *buf, size_t size) {
    memmove(buf->ptr, buf->ptr + size, buf->len - size);
    buf->len -= size;
}

/* ── the owner ── */

static letter *letter_of(pn_smtp_message *message) {
    return (letter *)(void *)message;
}

static pn_smtp_message *next(void *context) {
    world *w = context;
    if (chance(w, 5)) {
        return NULL;
    }
    for (int i = 0; i < MESSAGES; i++) {
        if (w->letters[i].fate == WAITING) {
            w->letters[i].fate = FLYING;
            return &w->letters[i].message;
        }
    }
    return NULL;
}

static void answered(void *context, pn_smtp_message *message, pn_smtp_stage stage,
                     const pn_smtp_answer *answer) {
    (void)context;
    letter *l = letter_of(message);
    assert_int_equal(l->fate, FLYING);
    bool accepted = stage == PN_SMTP_STAGE_CONTENT && answer->code / 100 == 2;
    assert_int_equal(l->accepted, accepted ? 1 : 0);
    l->fate = accepted ? ACCEPTED : REFUSED;
}

static void lost(void *context, pn_smtp_message *message, bool transmitted) {
    (void)context;
    letter *l = letter_of(message);
    assert_int_equal(l->fate, FLYING);
    if (!transmitted) {
        assert_int_equal(l->accepted, 0);
    }
    l->fate = transmitted ? UNCERTAIN : WAITING;
}

static const pn_smtp_owner OWNER = {.next = next, .answered = answered, .lost = lost};

/* ── the server ── */

static void reply(world *w, unsigned code) {
    static const char *const texts[] = {"", " ok", " 2.1.0 fine", " 5.7.1 no, <a@b>"};
    if (chance(w, 10)) {
        pn_buf_add_format(&w->server.replies, "%u-first line\r\n", code);
    }
    pn_buf_add_format(&w->server.replies, "%u%s\r\n", code, texts[pn_random_below(&w->random, 4)]);
    if (code == 421) {
        w->server.open = false;
    }
}

/* 2xx mostly. */
static unsigned mood(world *w, unsigned good) {
    static const unsigned bad[] = {450, 451, 452, 550, 551, 552, 554, 421};
    return chance(w, 90) ? good : bad[pn_random_below(&w->random, PN_COUNT(bad))];
}

static void take_envelope(world *w, pn_str line) {
    server *s = &w->server;
    if (pn_str_starts(line, PN_STR("MAIL FROM:<"))) {
        assert_false(s->mail);
        unsigned code = mood(w, 250);
        s->mail = code == 250;
        s->rcpt = false;
        reply(w, code);
    } else if (pn_str_starts(line, PN_STR("RCPT TO:<m"))) {
        int64_t number = 0;
        pn_str digits = pn_str_from(line, 10);
        digits = pn_str_first(digits, pn_str_find_char(digits, '@'));
        assert_int_equal(pn_str_to_int64(digits, &number), PN_OK);
        unsigned code = s->mail ? mood(w, 250) : 503;
        s->rcpt = code == 250;
        s->recipient = (int)number;
        reply(w, code);
    } else if (pn_str_is(line, "RSET")) {
        s->mail = s->rcpt = false;
        reply(w, 250);
    } else {
        fail_msg("the client said: %.*s", PN_STR_ARG(line));
    }
}

static void take_command(world *w, pn_str line) {
    server *s = &w->server;
    if (pn_str_starts(line, PN_STR("EHLO "))) {
        pn_buf_add_format(&s->replies, "250-mx\r\n%s250 SIZE\r\n",
                          s->pipelining ? "250-PIPELINING\r\n" : "");
    } else if (pn_str_is(line, "DATA")) {
        bool sloppy = !s->rcpt && chance(w, 50);
        unsigned code = s->rcpt ? mood(w, 354) : sloppy ? 354 : 503;
        s->in_content = code == 354;
        s->line_begins = true;
        pn_buf_clear(&s->content);
        reply(w, code);
    } else if (pn_str_is(line, "QUIT")) {
        reply(w, 221);
        s->open = false;
    } else {
        take_envelope(w, line);
    }
    if (rarely(w)) {
        pn_buf_add_z(&s->replies, "hello\r\n");
    }
}

static void take_content(world *w, pn_str line) {
    server *s = &w->server;
    if (!pn_str_is(line, ".\r\n")) {
        pn_buf_add_str(&s->content, line.ptr[0] == '.' ? pn_str_from(line, 1) : line);
        return;
    }
    s->in_content = false;
    assert_true(s->pipelining || w->written == s->taken);
    unsigned code = s->rcpt ? mood(w, 250) : chance(w, 50) ? 250 : 554;
    if (s->rcpt && code == 250) {
        letter *l = &w->letters[s->recipient];
        assert_true(pn_str_eq(pn_buf_str(&s->content), l->message.content));
        l->accepted++;
        assert_int_equal(l->accepted, 1);
    } else if (!s->rcpt) {
        assert_int_equal(s->content.len, 0);
    }
    s->mail = s->rcpt = false;
    reply(w, code);
}

/* One line, if it is there whole. */
static void server_works(world *w) {
    server *s = &w->server;
    size_t end = pn_str_find(pn_buf_str(&s->in), PN_STR("\r\n"));
    if (!s->open || end == SIZE_MAX) {
        return;
    }
    static char line[4096];
    size_t len = end + 2;
    memcpy(line, s->in.ptr, len);
    drop_first(&s->in, len);
    s->taken += len;
    if (s->in_content) {
        take_content(w, (pn_str){line, len});
        if (s->in_content && rarely(w)) { /* had enough of it */
            pn_buf_add_z(&s->replies, "552 5.3.4 too much\r\n");
            s->open = false;
        }
        return;
    }
    /* Nothing may have been written behind the last command of a group. */
    if (!s->pipelining || pn_str_is(((pn_str){line, end}), "DATA")) {
        assert_true(w->written == s->taken);
    }
    take_command(w, (pn_str){line, end});
}

/* ── the wire ── */

static void hand_over(world *w) {
    size_t size = (size_t)pn_random_below(&w->random, w->out.len + 1);
    pn_buf_add(&w->server.in, w->out.ptr, size);
    drop_first(&w->out, size);
    w->sent += size;
}

static void client_writes(world *w) {
    size_t before = w->out.len;
    pn_smtp_advance(w->smtp, &w->out, 1 + (size_t)pn_random_below(&w->random, 300));
    w->written += w->out.len - before;
}

static bool client_hears(world *w) {
    server *s = &w->server;
    size_t size = (size_t)pn_random_below(&w->random, s->replies.len + 1), consumed = 0;
    pn_buf_add(&w->heard, s->replies.ptr, size);
    drop_first(&s->replies, size);
    if (pn_smtp_receive(w->smtp, pn_buf_str(&w->heard), w->sent, &consumed) != PN_OK) {
        return false;
    }
    drop_first(&w->heard, consumed);
    return pn_smtp_state_of(w->smtp) != PN_SMTP_ENDED;
}

static bool all_done(const world *w) {
    for (int i = 0; i < MESSAGES; i++) {
        if (w->letters[i].fate == WAITING || w->letters[i].fate == FLYING) {
            return false;
        }
    }
    return true;
}

static void connection(world *w) {
    server *s = &w->server;
    s->open = true;
    s->pipelining = chance(w, 70);
    s->mail = s->rcpt = s->in_content = false;
    s->taken = w->written = w->sent = 0;
    pn_buf_clear(&s->in);
    pn_buf_clear(&s->replies);
    pn_buf_clear(&w->out);
    pn_buf_clear(&w->heard);
    pn_buf_add_z(&s->replies, "220 mx\r\n");
    pn_smtp_begin(w->smtp, false, PN_STR("[127.0.0.1]"));
    while (!all_done(w)) {
        bool alive = true;
        switch (pn_random_below(&w->random, 4)) {
        case 0: client_writes(w); break;
        case 1: hand_over(w); break;
        case 2: server_works(w); break;
        default: alive = client_hears(w); break;
        }
        bool cut = pn_random_below(&w->random, 800) == 0;
        if (!alive || cut || (!s->open && s->replies.len == 0)) {
            break;
        }
    }
    pn_smtp_end(w->smtp, w->sent);
}

/* ── the world ── */

static void write_letters(world *w) {
    for (int i = 0; i < MESSAGES; i++) {
        letter *l = &w->letters[i];
        pn_buf_init(&l->content, 100000);
        pn_buf_add_format(&l->content, "Subject: %d\r\n\r\n", i);
        for (uint64_t lines = pn_random_below(&w->random, 20); lines > 0; lines--) {
            static const char *const words[] = {".", "..", "a", "text ", ". x"};
            for (uint64_t n = pn_random_below(&w->random, 6); n > 0; n--) {
                pn_buf_add_z(&l->content, words[pn_random_below(&w->random, PN_COUNT(words))]);
            }
            pn_buf_add_z(&l->content, "\r\n");
        }
        (void)snprintf(l->to, sizeof l->to, "m%d@x.example", i);
        l->message = (pn_smtp_message){.sender = PN_STR("s@we.example"),
                                       .recipient = pn_str_of(l->to),
                                       .content = pn_buf_str(&l->content)};
        assert_int_equal(pn_smtp_message_check(&l->message), PN_SMTP_FINE);
    }
}

static void live(uint64_t seed, int fates[5]) {
    static world w;
    w = (world){.random = pn_random_for(seed, PN_STR("smtp world"))};
    write_letters(&w);
    pn_buf *bufs[] = {&w.server.in, &w.server.content, &w.server.replies, &w.out, &w.heard};
    for (size_t i = 0; i < PN_COUNT(bufs); i++) {
        pn_buf_init(bufs[i], 1 << 20);
        (void)pn_buf_reserve(bufs[i], 1000);
    }
    w.options = (pn_smtp_options){
        .helo = PN_STR("we.example"),
        .messages_max = (uint32_t)(1 + pn_random_below(&w.random, 8)),
    };
    w.smtp = pn_smtp_new(&w.options, &OWNER, &w);
    int connections = 0;
    while (!all_done(&w)) {
        assert_true(++connections < CONNECTIONS_MAX);
        connection(&w);
    }
    for (int i = 0; i < MESSAGES; i++) {
        letter *l = &w.letters[i];
        assert_true(l->accepted <= (l->fate == REFUSED ? 0 : 1));
        assert_true(l->fate != ACCEPTED || l->accepted == 1);
        fates[l->fate]++;
        pn_buf_done(&l->content);
    }
    for (size_t i = 0; i < PN_COUNT(bufs); i++) {
        pn_buf_done(bufs[i]);
    }
    pn_smtp_free(w.smtp);
}

static uint64_t current_seed;

static void no_message_is_lost_or_doubled(void **state) {
    (void)state;
    int fates[5] = {0};
    for (current_seed = 1; current_seed <= SEEDS; current_seed++) {
        live(current_seed, fates);
    }
    print_message("%d accepted, %d refused, %d uncertain\n", fates[ACCEPTED], fates[REFUSED],
                  fates[UNCERTAIN]);
    assert_true(fates[ACCEPTED] > SEEDS && fates[REFUSED] > SEEDS && fates[UNCERTAIN] > SEEDS / 10);
}

static int tell_seed(void **state) {
    (void)state;
    if (current_seed <= SEEDS) {
        print_message("the seed was %llu\n", (unsigned long long)current_seed);
    }
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(no_message_is_lost_or_doubled, tell_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
