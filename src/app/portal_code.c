/* The code that shows that somebody is who they say, and new links: both by mail to an address that
 * was known before. */
#include "app/outlets.h"
#include "app/portal_int.h"
#include "base/banned.h"
#include "base/hash.h"
#include "store/page.h"

/* "ana@example.com" → "a•••@example.com" */
pn_str pn_portal_masked(pn_str address, pn_arena *arena) {
    size_t at = pn_str_find_char(address, '@');
    if (at == SIZE_MAX || at == 0) {
        return PN_STR("•••");
    }
    return pn_str_format(arena, "%c•••%.*s", address.ptr[0], PN_STR_ARG(pn_str_from(address, at)));
}

static pn_err find_email(const pn_portal *portal, pn_str contact, pn_contact_row *ret_contact) {
    pn_contact_row *rows = NULL;
    size_t count = 0;
    pn_id wanted = 0, id = portal->debtor.id;
    if (contact.len != 0 && pn_id_parse(PN_ID_CONTACT, contact, &wanted) != PN_OK) {
        return PN_NOT_FOUND;
    }
    PN_TRY(pn_contact_range(portal->app->db, id, id, portal->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        bool named = wanted == 0 || rows[i].id == wanted;
        if (named && rows[i].channel == PN_CHANNEL_EMAIL && rows[i].state == PN_CONTACT_USABLE) {
            *ret_contact = rows[i];
            return PN_OK;
        }
    }
    return PN_NOT_FOUND;
}

static pn_sha256 code_hash(const pn_portal *portal, pn_str code) {
    pn_str text = pn_str_format(portal->arena, "page code|%lld|%.*s", (long long)portal->link.id,
                                PN_STR_ARG(code));
    return pn_hmac_sha256(portal->app->org.mail_key, text);
}

/* Six digits, each as likely as the others. */
static pn_str draw_code(const pn_portal *portal) {
    uint64_t random = 0;
    do {
        pn_env_entropy(portal->app->env, &random, sizeof random);
    } while (random >= UINT64_MAX - UINT64_MAX % 1000000);
    return pn_str_format(portal->arena, "%06u", (unsigned)(random % 1000000));
}

static pn_err store_code(pn_portal *portal, const pn_contact_row *contact, pn_str code,
                         pn_diag *diag) {
    pn_app *app = portal->app;
    pn_time now = pn_env_now(app->env);
    PN_TRY(pn_app_begin(app, diag));
    pn_page_code_row row = {.id = pn_app_id(app),
                            .org_id = app->org.id,
                            .debtor_id = portal->debtor.id,
                            .link_id = portal->link.id,
                            .contact_id = contact->id,
                            .hash = code_hash(portal, code),
                            .made_at = now,
                            .expires_at = now + PN_CODE_MINUTES * PN_MINUTE};
    pn_err err = pn_page_code_insert(app->db, &row);
    if (err != PN_OK) {
        pn_app_rollback(app);
        return err;
    }
    return pn_app_commit(app, diag);
}

static pn_err post(pn_portal *portal, const pn_contact_row *contact, pn_str subject, pn_str text,
                   pn_diag *diag) {
    pn_outlet_letter letter = {.recipient = contact->address,
                               .subject = subject,
                               .text = text,
                               .language = portal->frame.language,
                               .from_name = portal->creditor->name};
    return pn_outlet_post(portal->app, &letter, portal->arena, diag);
}

pn_err pn_portal_code_send(pn_portal *portal, pn_str contact, pn_str *ret_masked, pn_diag *diag) {
    enum { AN_HOUR_MAX = 5 };
    pn_contact_row row;
    int64_t sent = 0;
    pn_str name = portal->creditor->name;
    PN_TRY(find_email(portal, contact, &row));
    PN_TRY(pn_page_code_count(portal->app->db, portal->debtor.id,
                              pn_env_now(portal->app->env) - PN_HOUR, &sent));
    if (sent >= AN_HOUR_MAX) {
        return PN_LIMIT;
    }
    pn_str code = draw_code(portal);
    PN_TRY(store_code(portal, &row, code, diag));
    *ret_masked = pn_portal_masked(row.address, portal->arena);
    return post(portal, &row, pn_portal_say(portal, PN_SAY_CODE_MAIL_SUBJECT, name, code),
                pn_portal_say(portal, PN_SAY_CODE_MAIL_TEXT, code, name), diag);
}

static bool same_hash(const pn_sha256 *a, const pn_sha256 *b) {
    unsigned differs = 0;
    for (size_t i = 0; i < PN_SHA256_BYTES; i++) {
        differs |= (unsigned)(a->bytes[i] ^ b->bytes[i]);
    }
    return differs == 0;
}

static pn_err give_pass(pn_portal *portal, pn_id code_id, pn_str *ret_pass) {
    uint8_t random[16];
    char hex[2 * sizeof random + 1];
    pn_env_entropy(portal->app->env, random, sizeof random);
    pn_hex(random, sizeof random, hex);
    *ret_pass = pn_str_dup(portal->arena, pn_str_of(hex));
    pn_sha256 hash = pn_sha256_of(ret_pass->ptr, ret_pass->len);
    return pn_page_code_open(portal->app->db, code_id, pn_env_now(portal->app->env), &hash);
}

pn_err pn_portal_code_enter(pn_portal *portal, pn_str code, pn_str *ret_pass, int64_t *ret_left) {
    pn_page_code_row row;
    pn_err err = pn_page_code_newest(portal->app->db, portal->link.id, &row);
    bool over = err == PN_NOT_FOUND ||
                (err == PN_OK && (row.opened_at != PN_TIME_NONE || row.tries >= PN_CODE_TRIES ||
                                  pn_env_now(portal->app->env) > row.expires_at));
    *ret_left = 0;
    if (over) {
        return PN_DENIED;
    }
    PN_TRY(err);
    PN_TRY(pn_page_code_try(portal->app->db, row.id));
    pn_sha256 given = code_hash(portal, code);
    if (!same_hash(&given, &row.hash)) {
        *ret_left = PN_CODE_TRIES - row.tries - 1;
        return PN_DENIED;
    }
    return give_pass(portal, row.id, ret_pass);
}

pn_err pn_portal_renew(pn_portal *portal, pn_diag *diag) {
    pn_app *app = portal->app;
    pn_contact_row row;
    pn_link link;
    pn_err err = find_email(portal, PN_STR_NONE, &row);
    if (err == PN_NOT_FOUND) {
        return PN_OK;
    }
    PN_TRY(err);
    PN_TRY(pn_app_begin(app, diag));
    err = pn_link_renew(app, &portal->link, portal->arena, &link, diag);
    if (err != PN_OK) {
        pn_app_rollback(app);
        return err;
    }
    PN_TRY(pn_app_commit(app, diag));
    pn_str url = pn_link_url(app, PN_LINK_PAGE, link.id, portal->arena);
    pn_str name = portal->creditor->name;
    return post(portal, &row, pn_portal_say(portal, PN_SAY_LINK_MAIL_SUBJECT, name, PN_STR_NONE),
                pn_portal_say(portal, PN_SAY_LINK_MAIL_TEXT, url, name), diag);
}
