/* Opening a page, its form tokens, signals, and the question whether a message is ours. */
#include "app/portal.h"

#include "app/deliver_int.h"
#include "app/portal_int.h"
#include "app/signals.h"
#include "base/banned.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "store/page.h"

/* ── texts ───────────────────────────────────────────────────────────────────────────────────── */

pn_str pn_portal_word(const pn_portal *portal, pn_saying key) {
    const pn_page_frame *frame = &portal->frame;
    return pn_str_of(pn_say_of(key, frame->language, frame->country, frame->familiar));
}

pn_str pn_portal_say(const pn_portal *portal, pn_saying key, pn_str first, pn_str second) {
    return pn_page_said(&portal->frame, key, first, second, portal->arena);
}

pn_str pn_portal_money(const pn_portal *portal, int64_t minor) {
    char room[80];
    pn_buf text = {.ptr = room, .capacity = sizeof room, .max = sizeof room};
    pn_money_text(&text, (pn_money){minor, portal->account.currency}, portal->frame.language,
                  portal->frame.country);
    return pn_str_dup(portal->arena, pn_buf_str(&text));
}

pn_str pn_portal_day(const pn_portal *portal, pn_date day) {
    char room[80];
    pn_buf text = {.ptr = room, .capacity = sizeof room, .max = sizeof room};
    pn_date_text_long(&text, day, portal->frame.language, portal->frame.country);
    return pn_str_dup(portal->arena, pn_buf_str(&text));
}

void pn_portal_wrong(pn_portal_problems *problems, const char *field, pn_str sentence) {
    if (problems->count < PN_COUNT(problems->items)) {
        problems->items[problems->count++] = (pn_portal_problem){field, sentence};
    }
}

/* ── opening ─────────────────────────────────────────────────────────────────────────────────── */

static bool speaks_familiar(const pn_portal *portal) {
    switch (portal->creditor->address_form) {
    case PN_ADDRESS_USTED: return false;
    case PN_ADDRESS_TU: return true;
    case PN_ADDRESS_TU_PEOPLE: return portal->debtor.kind == PN_DEBTOR_PERSON;
    }
    return false;
}

static pn_str language_of(const pn_portal *portal, pn_str wanted) {
    if (pn_page_language(wanted)) {
        return wanted;
    }
    pn_str own = pn_str_first(portal->debtor.language, 2);
    return pn_page_language(own) ? own : PN_STR("en");
}

bool pn_portal_own_look(const pn_portal *portal) {
    return pn_str_is(portal->link.target, PN_LINK_OWN_LOOK);
}

static void fill_frame(pn_portal *portal, pn_str wanted) {
    const pn_creditor_row *creditor = portal->creditor;
    pn_arena *arena = portal->arena;
    pn_page_frame *frame = &portal->frame;
    bool other = pn_page_language(wanted) && !pn_str_starts(portal->debtor.language, wanted);
    *frame = (pn_page_frame){
        .language = language_of(portal, wanted),
        .country = portal->debtor.country,
        .familiar = speaks_familiar(portal),
        .today = pn_zone_date(portal->zone, pn_app_now(portal->app)),
        .creditor = creditor->name,
        .tax_id = creditor->tax_id,
        .address = creditor->address,
        .city = creditor->city,
        .phone = creditor->phone,
        .email = creditor->email,
        .colour = creditor->colour,
        .logo_width = creditor->logo_width,
        .logo_height = creditor->logo_height,
        .base = pn_str_format(arena, "/p/%.*s", PN_STR_ARG(portal->token)),
        .query = other ? pn_str_format(arena, "?l=%.*s", PN_STR_ARG(wanted)) : PN_STR_NONE,
        .code = pn_trust_code(creditor, portal->debtor.id, arena),
        .simulation = portal->app->org.mode != PN_MODE_LIVE,
    };
    if (creditor->logo_type.len != 0) {
        frame->logo = pn_str_format(arena, "%.*s/logo", PN_STR_ARG(frame->base));
    }
    frame->own_look = pn_portal_own_look(portal);
    if (!frame->own_look) {
        frame->seen = pn_str_format(arena, "%.*s/seen.gif", PN_STR_ARG(frame->base));
    }
}

/* The account that the link is about; else the debtor's with the most open. */
static pn_err find_account(pn_portal *portal) {
    pn_account_row *rows = NULL;
    size_t count = 0;
    pn_id debtor = portal->debtor.id;
    PN_TRY(pn_account_range(portal->app->db, debtor, debtor, portal->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        bool named = portal->link.account_id != 0 && rows[i].id == portal->link.account_id;
        bool of_creditor =
            portal->link.creditor_id == 0 || rows[i].creditor_id == portal->link.creditor_id;
        bool better = portal->link.account_id == 0 && of_creditor &&
                      (!portal->has_account || rows[i].open > portal->account.open);
        if (named || better) {
            portal->account = rows[i];
            portal->has_account = true;
        }
    }
    return PN_OK;
}

static pn_err check_pass(pn_portal *portal, pn_str pass) {
    pn_time since = pn_env_now(portal->app->env) - PN_PASS_MINUTES * PN_MINUTE;
    if (pass.len == 0) {
        return PN_OK;
    }
    pn_sha256 hash = pn_sha256_of(pass.ptr, pass.len);
    return pn_page_pass_good(portal->app->db, portal->link.id, &hash, since, &portal->opened);
}

pn_err pn_portal_open(pn_app *app, pn_str token, pn_str language, pn_str pass, pn_arena *arena,
                      pn_portal *ret_portal, pn_diag *diag) {
    pn_portal portal = {.app = app, .arena = arena, .token = token};
    PN_TRY(pn_link_open(app, PN_LINK_PAGE, token, arena, &portal.link, diag));
    pn_err err = pn_debtor_get(app->db, portal.link.debtor_id, arena, &portal.debtor);
    if (err == PN_NOT_FOUND || (err == PN_OK && portal.debtor.org_id != app->org.id)) {
        return pn_diag_set(diag, PN_NOT_FOUND, "There is no such link.");
    }
    PN_TRY(err);
    PN_TRY(find_account(&portal));
    pn_id creditor_id = portal.has_account ? portal.account.creditor_id : portal.link.creditor_id;
    portal.creditor =
        pn_app_creditor(app, creditor_id != 0 ? creditor_id : portal.debtor.creditor_id);
    if (portal.creditor == NULL) {
        return pn_diag_set(diag, PN_NOT_FOUND, "There is no such link.");
    }
    portal.zone = pn_app_zone_or_own(app, portal.debtor.zone);
    PN_TRY(check_pass(&portal, pass));
    fill_frame(&portal, language);
    *ret_portal = portal;
    return PN_OK;
}

/* ── form tokens ─────────────────────────────────────────────────────────────────────────────── */

/* "seconds.nonce.mac": when it was made, what makes it one of its kind, and proof of both for what
 * it is about. */
enum { NONCE_BYTES = 12, MAC_LETTERS = 32, TOKEN_HOURS = 24 };

static pn_str token_mac(const pn_app *app, pn_str about, pn_str stamp, pn_str nonce,
                        pn_arena *arena) {
    char hex[2 * PN_SHA256_BYTES + 1];
    pn_str message = pn_str_format(arena, "page form|%.*s|%.*s|%.*s", PN_STR_ARG(about),
                                   PN_STR_ARG(stamp), PN_STR_ARG(nonce));
    pn_sha256 mac = pn_hmac_sha256(app->org.mail_key, message);
    pn_hex(mac.bytes, PN_SHA256_BYTES, hex);
    return pn_str_dup(arena, (pn_str){hex, MAC_LETTERS});
}

pn_str pn_page_token_make(const pn_app *app, pn_str about, pn_arena *arena) {
    uint8_t random[NONCE_BYTES];
    char nonce[2 * NONCE_BYTES + 1], stamp[20];
    pn_env_entropy(app->env, random, sizeof random);
    pn_hex(random, sizeof random, nonce);
    size_t len = pn_int64_text(pn_env_now(app->env) / PN_SECOND, stamp);
    pn_str mac = token_mac(app, about, (pn_str){stamp, len}, pn_str_of(nonce), arena);
    return pn_str_format(arena, "%.*s.%s.%.*s", (int)len, stamp, nonce, PN_STR_ARG(mac));
}

static bool same(pn_str a, pn_str b) {
    unsigned differs = a.len == b.len ? 0 : 1;
    for (size_t i = 0; i < a.len && i < b.len; i++) {
        differs |= (unsigned)(unsigned char)a.ptr[i] ^ (unsigned)(unsigned char)b.ptr[i];
    }
    return differs == 0;
}

bool pn_page_token_good(const pn_app *app, pn_str token, pn_str about, pn_str *ret_nonce) {
    pn_str stamp, nonce, mac = token;
    int64_t made = 0;
    char room[512];
    pn_arena arena;
    if (token.len > sizeof room || !pn_str_split(&mac, '.', &stamp) ||
        !pn_str_split(&mac, '.', &nonce) || mac.ptr == NULL || !pn_str_is_digits(stamp) ||
        pn_str_to_int64(stamp, &made) != PN_OK) {
        return false;
    }
    pn_arena_init(&arena, 0);
    bool right = same(mac, token_mac(app, about, stamp, nonce, &arena));
    pn_arena_done(&arena);
    int64_t age = pn_env_now(app->env) / PN_SECOND - made;
    *ret_nonce = nonce;
    return right && age >= -60 && age <= TOKEN_HOURS * 3600;
}

static pn_str about_link(const pn_portal *portal, const char *action) {
    return pn_str_format(portal->arena, "%lld|%s", (long long)portal->link.id, action);
}

pn_str pn_portal_form_token(const pn_portal *portal, const char *action) {
    return pn_page_token_make(portal->app, about_link(portal, action), portal->arena);
}

pn_err pn_portal_spend(pn_portal *portal, const char *action, pn_str token) {
    enum { AN_HOUR_MAX = 60 };
    pn_app *app = portal->app;
    pn_str nonce;
    int64_t done = 0;
    pn_time now = pn_env_now(app->env);
    if (!pn_page_token_good(app, token, about_link(portal, action), &nonce)) {
        return PN_DENIED;
    }
    PN_TRY(pn_page_action_count(app->db, portal->link.id, PN_STR_NONE, now - PN_HOUR, &done));
    if (done >= AN_HOUR_MAX) {
        return PN_LIMIT;
    }
    return pn_page_action_insert(app->db, app->org.id, portal->debtor.id, portal->link.id, nonce,
                                 pn_str_of(action), now);
}

/* ── signals ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err add_signal(pn_portal *portal, pn_signal_kind kind, pn_signal_source source,
                         pn_str detail, pn_diag *diag) {
    pn_signal_report report = {.carrier_id = portal->link.carrier_id,
                               .debtor_id = portal->debtor.id,
                               .kind = kind,
                               .source = source,
                               .detail = detail};
    return pn_signals_add(portal->app, &report, portal->arena, diag);
}

pn_err pn_portal_signal(pn_portal *portal, pn_signal_kind kind, pn_str detail, pn_diag *diag) {
    return add_signal(portal, kind, PN_SOURCE_HUMAN, detail, diag);
}

/* Looking again within a quarter of an hour is the same visit. */
pn_err pn_portal_visited(pn_portal *portal, pn_signal_source source, pn_diag *diag) {
    enum { SAME_VISIT_MINUTES = 15 };
    pn_app *app = portal->app;
    if (pn_portal_own_look(portal)) {
        return PN_OK;
    }
    pn_time since = pn_env_now(app->env) - SAME_VISIT_MINUTES * PN_MINUTE;
    pn_stmt *q =
        pn_db_stmt(app->db, "SELECT count(*) FROM signal WHERE debtor_id = $1 AND kind ="
                            " $2 AND source = $3 AND recorded_at > $4 AND carrier_id = $5");
    pn_bind_int(q, 1, portal->debtor.id);
    pn_bind_int(q, 2, PN_SIGNAL_VISIT);
    pn_bind_int(q, 3, (int64_t)source);
    pn_bind_int(q, 4, since);
    pn_bind_int(q, 5, portal->link.carrier_id);
    PN_TRY(pn_row_next(q));
    int64_t seen = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return seen != 0 ? PN_OK : add_signal(portal, PN_SIGNAL_VISIT, source, PN_STR("page"), diag);
}

/* ── is this message from us? ────────────────────────────────────────────────────────────────── */

pn_err pn_page_guesses(pn_app *app, pn_id who, pn_time since, int64_t *ret_count) {
    return pn_page_action_count(app->db, who, PN_STR("verify"), since, ret_count);
}

pn_err pn_page_guessed(pn_app *app, pn_id who, pn_str nonce) {
    return pn_page_action_insert(app->db, app->org.id, 0, who, nonce, PN_STR("verify"),
                                 pn_env_now(app->env));
}

/* Codes are written with and without spaces and dashes, in any case. */
static pn_str plain_code(pn_str code, pn_arena *arena) {
    char *out = pn_arena_alloc(arena, code.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < code.len; i++) {
        if (pn_is_digit(code.ptr[i]) || pn_is_alpha(code.ptr[i])) {
            out[len++] = pn_to_upper(code.ptr[i]);
        }
    }
    return (pn_str){out, len};
}

pn_err pn_portal_verify(pn_app *app, pn_str number, pn_str code, pn_arena *arena,
                        const pn_creditor_row **ret_creditor) {
    pn_str given = plain_code(code, arena);
    *ret_creditor = NULL;
    for (size_t i = 0; i < app->creditor_count; i++) {
        const pn_creditor_row *creditor = &app->creditors[i];
        pn_invoice_row invoice;
        pn_err err = pn_invoice_by_key(app->db, creditor->id, number, arena, &invoice);
        if (err == PN_NOT_FOUND) {
            continue;
        }
        PN_TRY(err);
        pn_str ours = plain_code(pn_trust_code(creditor, invoice.debtor_id, arena), arena);
        if (given.len != 0 && same(given, ours)) {
            *ret_creditor = creditor;
        }
    }
    return PN_OK;
}
