#include "app/letters.h"

#include "app/outlets.h"
#include "app/users.h"
#include "base/banned.h"
#include "store/run.h"

enum { BATCH = 20, ATTEMPTS_MAX = 8 };

typedef struct {
    pn_app *app;
    pn_str public_url;
    pn_arena *arena;
    pn_channel_row channel;
    pn_letters_stats *stats;
    pn_diag *diag;
} postman;

/* ── one letter ──────────────────────────────────────────────────────────────────────────────── */

/* Where the person goes with it; a token where the letter carries one. */
static const char *path_of(pn_letter_kind kind) {
    switch (kind) {
    case PN_LETTER_INVITATION:
    case PN_LETTER_RESET: return "/enter/";
    case PN_LETTER_WELCOME:
    case PN_LETTER_CHANGED:
    case PN_LETTERS: break;
    }
    return "/sign-in";
}

/* Takes the letter, and makes its token: one transaction. */
static pn_err take(postman *p, const pn_letter_row *letter, char token[PN_TOKEN_SIZE]) {
    pn_app *app = p->app;
    /* tried again after 1, 2, 4 … minutes */
    pn_time again = pn_env_now(app->env) + (PN_MINUTE << PN_MIN(letter->attempts, 6));
    PN_TRY(pn_letter_take(app->db, letter, again));
    token[0] = '\0';
    bool invitation = letter->kind == PN_LETTER_INVITATION;
    if (!invitation && letter->kind != PN_LETTER_RESET) {
        return PN_OK;
    }
    return pn_ticket_make(app, app->org.id, letter->user_id,
                          invitation ? PN_TICKET_INVITATION : PN_TICKET_RESET, token);
}

static pn_err write_mail(postman *p, const pn_letter_row *letter, const pn_user_row *user,
                         const char *token, pn_str *ret_content) {
    static const pn_mime_header AUTO = {{"Auto-Submitted", 14}, {"auto-generated", 14}};
    char id[PN_ID_TEXT_SIZE];
    pn_letter_text text;
    pn_app *app = p->app;
    pn_mime_address from = pn_outlet_sender(p->channel.sender);
    size_t at = pn_str_find_char(from.address, '@');
    pn_letter_facts facts = {
        .kind = letter->kind,
        .language = user->language,
        .name = user->name,
        .org_name = app->org.name,
        .sender = letter->sender,
        .link = pn_str_format(p->arena, "%.*s%s%s", PN_STR_ARG(p->public_url),
                              path_of(letter->kind), token),
    };
    pn_letter_write(&facts, p->arena, &text);
    pn_mime_address to = {.name = user->name, .address = user->email};
    pn_mime_message mail = {
        .from = from,
        .to = {&to, 1},
        .subject = text.subject,
        .language = user->language,
        .date = pn_env_now(app->env),
        .message_id = pn_str_format(
            p->arena, "%s.%lld@%.*s", pn_id_text(PN_ID_CARRIER, letter->id, id),
            (long long)letter->attempts, PN_STR_ARG(pn_str_from(from.address, at + 1))),
        .headers = &AUTO,
        .headers_count = 1,
        .text = text.text,
        .html = text.html,
    };
    pn_buf out;
    pn_buf_init(&out, 1 << 18);
    pn_err err = pn_mime_write(&mail, &out, p->diag);
    *ret_content = pn_str_dup(p->arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return err;
}

/* `ret_trouble` stays empty where the next hop took it. */
static pn_err post(postman *p, const pn_letter_row *letter, const pn_user_row *user,
                   const char *token, pn_str *ret_trouble) {
    pn_send_result result = {0};
    pn_outgoing message = {.id = letter->id, .recipient = user->email};
    PN_TRY(write_mail(p, letter, user, token, &message.content));
    message.sender = pn_outlet_sender(p->channel.sender).address;
    PN_TRY(pn_outlet_send(p->app, &p->channel, &message, p->arena, &result, p->diag));
    /* an answer that was lost: what may have arrived twice is better than a person locked out */
    *ret_trouble =
        result.outcome == PN_SEND_ACCEPTED
            ? PN_STR("")
            : pn_str_format(p->arena, "%s %s", pn_send_outcome_name(result.outcome), result.reply);
    return PN_OK;
}

static pn_err settle(postman *p, const pn_letter_row *letter, pn_str trouble) {
    pn_app *app = p->app;
    bool sent = trouble.len == 0;
    PN_TRY(pn_app_begin_rows(app, p->diag));
    pn_err err = sent || letter->attempts + 1 >= ATTEMPTS_MAX
                     ? pn_letter_settle(app->db, letter->id, sent, trouble, pn_env_now(app->env))
                     : pn_letter_trouble(app->db, letter->id, trouble);
    p->stats->sent += sent;
    p->stats->failed += !sent;
    if (err != PN_OK) {
        pn_app_rollback(app);
        return err;
    }
    return pn_app_commit(app, p->diag);
}

static pn_err take_in_transaction(postman *p, const pn_letter_row *letter,
                                  char token[PN_TOKEN_SIZE]) {
    PN_TRY(pn_app_begin_rows(p->app, p->diag));
    pn_err err = take(p, letter, token);
    if (err != PN_OK) {
        pn_app_rollback(p->app);
        return err;
    }
    return pn_app_commit(p->app, p->diag);
}

static pn_err send_one(postman *p, const pn_letter_row *letter) {
    char token[PN_TOKEN_SIZE];
    pn_user_row user;
    pn_str trouble = PN_STR("");
    PN_TRY(pn_user_get(p->app->db, letter->user_id, p->arena, &user));
    pn_err err = take_in_transaction(p, letter, token);
    if (err == PN_CONFLICT) {
        return PN_OK; /* another process has it */
    }
    PN_TRY(err);
    if (p->public_url.len == 0) {
        trouble = PN_STR("public_url is not set: nobody knows where people reach Puntual");
    } else if (user.archived_at != PN_TIME_NONE) {
        trouble = PN_STR("the person was archived");
    } else {
        pn_diag_clear(p->diag);
        err = post(p, letter, &user, token, &trouble);
        if (err != PN_OK) {
            trouble = pn_str_dup(p->arena, pn_str_of(p->diag->what));
            trouble = trouble.len != 0 ? trouble : pn_str_of(pn_err_name(err));
        }
    }
    return settle(p, letter, trouble);
}

/* ── all that are due ────────────────────────────────────────────────────────────────────────── */

static pn_err send_due(postman *p, const pn_letter_row *letters, size_t count) {
    pn_app *app = p->app;
    pn_err err = pn_channel_get(app->db, app->org.id, PN_CHANNEL_EMAIL, p->arena, &p->channel);
    bool set = err == PN_OK;
    if (err != PN_OK && err != PN_NOT_FOUND) {
        return err;
    }
    for (size_t i = 0; i < count; i++) {
        char token[PN_TOKEN_SIZE];
        if (set) {
            PN_TRY(send_one(p, &letters[i]));
        } else if (take_in_transaction(p, &letters[i], token) == PN_OK) {
            PN_TRY(settle(p, &letters[i], PN_STR("the e-mail channel is not set")));
        }
    }
    return PN_OK;
}

pn_err pn_letters_send(pn_app *app, pn_str public_url, pn_letters_stats *ret_stats, pn_diag *diag) {
    pn_arena arena;
    pn_diag own;
    pn_letter_row *letters = NULL;
    size_t count = 0;
    pn_arena_init(&arena, 0);
    *ret_stats = (pn_letters_stats){0};
    postman p = {.app = app,
                 .public_url = app->org.public_url.len != 0 ? app->org.public_url : public_url,
                 .arena = &arena,
                 .stats = ret_stats,
                 .diag = diag != NULL ? diag : &own};
    pn_err err =
        pn_letter_due(app->db, app->org.id, pn_env_now(app->env), BATCH, &arena, &letters, &count);
    if (err == PN_OK && count != 0) {
        err = send_due(&p, letters, count);
    }
    pn_arena_done(&arena);
    return pn_app_fail(app, err, diag);
}
