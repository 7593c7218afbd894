#include "app/links.h"

#include "base/banned.h"
#include "base/limits.h"
#include "store/debtor.h"
#include "store/erase.h"
#include "store/invoice.h"
#include "store/link.h"

/* ── keys ────────────────────────────────────────────────────────────────────────────────────── */

static pn_link_key *keys_of(const pn_link_key_row *rows, size_t count, pn_arena *arena) {
    pn_link_key *keys = pn_arena_array(arena, pn_link_key, count + 1);
    for (size_t i = 0; i < count; i++) {
        uint8_t secret[PN_LINK_KEY_BYTES] = {0};
        memcpy(secret, rows[i].secret.ptr, PN_MIN(rows[i].secret.len, sizeof secret));
        keys[i] = pn_link_key_of(rows[i].id, rows[i].org_id, secret);
    }
    return keys;
}

pn_err pn_links_load(pn_app *app) {
    pn_link_key_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_link_key_list(app->db, app->org.id, &app->arena, &rows, &count));
    app->link_keys = keys_of(rows, count, &app->arena);
    app->link_key_count = count;
    return PN_OK;
}

pn_err pn_link_ring_load(pn_db *db, pn_arena *arena, pn_link_ring *ret_ring) {
    pn_link_key_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_link_key_list(db, 0, arena, &rows, &count));
    *ret_ring = (pn_link_ring){keys_of(rows, count, arena), count};
    return PN_OK;
}

pn_err pn_link_ring_org(const pn_link_ring *ring, pn_link_kind kind, pn_str token, pn_id *ret_id,
                        pn_id *ret_org) {
    const pn_link_key *key = NULL;
    PN_TRY(pn_link_token_read(token, kind, ring->keys, ring->count, ret_id, &key));
    *ret_org = key->org_id;
    return PN_OK;
}

static pn_err setting_changed(pn_app *app, const char *body) {
    return pn_journal_add(app, 0, 0, 0, PN_EVENT_SETTING, pn_str_of(body), &(pn_id){0});
}

pn_err pn_links_new_key(pn_app *app, pn_diag *diag) {
    int32_t highest = 0;
    uint8_t secret[PN_LINK_KEY_BYTES];
    PN_TRY(pn_link_key_highest(app->db, &highest));
    if (highest >= PN_LINK_KEY_ID_MAX) {
        pn_err err = pn_diag_set(diag, PN_LIMIT, "This database has made %d keys for links.",
                                 PN_LINK_KEY_ID_MAX);
        pn_diag_mend(diag, "There are no more numbers for them.");
        return err;
    }
    pn_env_entropy(app->env, secret, sizeof secret);
    pn_link_key_row row = {.id = highest + 1,
                           .org_id = app->org.id,
                           .secret = {(const char *)secret, sizeof secret},
                           .made_at = pn_env_now(app->env),
                           .retired_at = PN_TIME_NONE};
    PN_TRY(pn_link_key_insert(app->db, &row));
    PN_TRY(setting_changed(app, "{\"setting\":\"link_key\",\"what\":\"made\"}"));
    return pn_links_load(app);
}

pn_err pn_links_ready(pn_app *app, pn_diag *diag) {
    if (app->link_key_count == 0) { /* another process may have been faster */
        PN_TRY(pn_links_load(app));
    }
    return app->link_key_count != 0 ? PN_OK : pn_links_new_key(app, diag);
}

pn_err pn_links_retire_keys(pn_app *app, size_t *ret_count, pn_diag *diag) {
    PN_TRY(pn_links_load(app));
    size_t count = app->link_key_count;
    PN_TRY(pn_links_new_key(app, diag));
    for (size_t i = 0; i < count; i++) {
        PN_TRY(
            pn_link_key_retire(app->db, app->org.id, app->link_keys[i].id, pn_env_now(app->env)));
    }
    PN_TRY(setting_changed(app, "{\"setting\":\"link_key\",\"what\":\"retired\"}"));
    *ret_count = count;
    return pn_links_load(app);
}

bool pn_links_possible(const pn_app *app) {
    return app->org.public_url.len != 0 && app->link_key_count != 0;
}

/* What is made now is made with the newest. */
static const pn_link_key *newest_key(const pn_app *app) {
    return &app->link_keys[app->link_key_count - 1];
}

/* ── making ──────────────────────────────────────────────────────────────────────────────────── */

pn_str pn_link_url(const pn_app *app, pn_link_kind kind, pn_id id, pn_arena *arena) {
    char token[PN_LINK_TOKEN_LEN + 1];
    assert(pn_links_possible(app));
    (void)pn_link_token_write((pn_link_token){kind, id}, newest_key(app), token);
    return pn_str_format(arena, "%.*s/%c/%s", PN_STR_ARG(app->org.public_url), (char)kind, token);
}

pn_str pn_link_brief_url(const pn_app *app, int64_t code, pn_arena *arena) {
    char letters[PN_ID_LETTERS + 1] = {0};
    pn_letters_write((uint64_t)code, PN_ID_LETTERS, letters);
    return pn_str_format(arena, "%.*s/s/%s", PN_STR_ARG(app->org.public_url), letters);
}

int64_t pn_link_carrier_code(const pn_app *app, pn_id carrier_id) {
    return pn_link_code_of(carrier_id, newest_key(app));
}

static pn_err link_event(pn_app *app, pn_id debtor_id, pn_id link_id, const char *what) {
    char id[PN_ID_TEXT_SIZE], body[PN_ID_TEXT_SIZE + 64];
    pn_buf text = {.ptr = body, .capacity = sizeof body, .max = sizeof body};
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "link", pn_str_of(pn_id_text(PN_ID_LINK, link_id, id)));
    pn_json_put_str(&w, "what", pn_str_of(what));
    pn_json_end_object(&w);
    return pn_journal_debtor(app, debtor_id, PN_EVENT_LINK, pn_buf_str(&text));
}

static pn_err no_address(pn_diag *diag) {
    pn_err err = pn_diag_set(diag, PN_INVALID, "No link can be made: debtors cannot reach us.");
    pn_diag_mend(diag, "`puntual config set public_url https://…` says where they do.");
    return err;
}

static pn_err check_debtor(pn_app *app, pn_id debtor_id, pn_arena *arena, pn_id *ret_creditor,
                           pn_diag *diag) {
    pn_debtor_row debtor;
    pn_err err = pn_debtor_get(app->db, debtor_id, arena, &debtor);
    if (err == PN_NOT_FOUND || (err == PN_OK && debtor.org_id != app->org.id)) {
        return pn_diag_set(diag, PN_NOT_FOUND, "There is no such debtor.");
    }
    *ret_creditor = debtor.creditor_id;
    return err;
}

/* The creditor of an account; where it is about none, the debtor's first. */
static pn_err creditor_of(pn_app *app, pn_id debtor_id, pn_id account_id, pn_arena *arena,
                          pn_id *ret_creditor, pn_diag *diag) {
    PN_TRY(check_debtor(app, debtor_id, arena, ret_creditor, diag));
    if (account_id == 0) {
        return PN_OK;
    }
    pn_account_row account;
    pn_err err = pn_account_get(app->db, debtor_id, account_id, arena, &account);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(diag, PN_NOT_FOUND, "This debtor has no such account.");
    }
    PN_TRY(err);
    *ret_creditor = account.creditor_id;
    return PN_OK;
}

static pn_link_state state_of(const pn_link_row *row, pn_time now) {
    return row->revoked_at != PN_TIME_NONE ? PN_LINK_REVOKED
           : row->expires_at <= now        ? PN_LINK_EXPIRED
                                           : PN_LINK_GOOD;
}

static pn_link link_of(const pn_link_row *row, pn_id creditor_id, pn_time now) {
    return (pn_link){.kind = (pn_link_kind)row->kind,
                     .state = state_of(row, now),
                     .id = row->id,
                     .org_id = row->org_id,
                     .creditor_id = creditor_id,
                     .debtor_id = row->debtor_id,
                     .account_id = row->account_id,
                     .invoice_id = row->invoice_id,
                     .carrier_id = row->carrier_id,
                     .target = row->target,
                     .code = row->code,
                     .made_at = row->made_at,
                     .expires_at = row->expires_at};
}

pn_err pn_link_make(pn_app *app, const pn_link_request *request, pn_arena *arena, pn_link *ret_link,
                    pn_diag *diag) {
    pn_id creditor_id = 0;
    pn_time now = pn_env_now(app->env);
    if (app->org.public_url.len == 0) {
        return no_address(diag);
    }
    PN_TRY(pn_links_ready(app, diag));
    PN_TRY(creditor_of(app, request->debtor_id, request->account_id, arena, &creditor_id, diag));
    pn_link_row row = {.id = pn_app_id(app),
                       .org_id = app->org.id,
                       .kind = (int)request->kind,
                       .debtor_id = request->debtor_id,
                       .account_id = request->account_id,
                       .invoice_id = request->invoice_id,
                       .carrier_id = request->carrier_id,
                       .target = request->target,
                       .made_at = now,
                       .expires_at = request->expires_at != 0 ? request->expires_at
                                                              : now + PN_LIMIT_LINK_DAYS * PN_DAY,
                       .revoked_at = PN_TIME_NONE};
    row.code = request->brief ? pn_link_code_of(row.id, newest_key(app)) : 0;
    PN_TRY(pn_link_put(app->db, &row));
    PN_TRY(link_event(app, row.debtor_id, row.id, "made"));
    *ret_link = link_of(&row, creditor_id, now);
    return PN_OK;
}

pn_err pn_link_renew(pn_app *app, const pn_link *link, pn_arena *arena, pn_link *ret_link,
                     pn_diag *diag) {
    pn_link_request request = {.kind = link->kind,
                               .debtor_id = link->debtor_id,
                               .account_id = link->account_id,
                               .invoice_id = link->invoice_id,
                               .carrier_id = link->carrier_id,
                               .target = link->target};
    return pn_link_make(app, &request, arena, ret_link, diag);
}

/* ── opening ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err not_ours(pn_diag *diag) {
    pn_err err = pn_diag_set(diag, PN_NOT_FOUND, "This link is not one of ours.");
    pn_diag_mend(diag, "Open it again from the message, whole, or ask for another one.");
    return err;
}

/* The row that a carrier's links would have. */
static pn_link_row row_of_carrier(pn_id carrier_id, const pn_link_carrier *carrier) {
    pn_time made_at = pn_id_time(carrier_id);
    return (pn_link_row){.id = carrier_id,
                         .org_id = carrier->org_id,
                         .debtor_id = carrier->debtor_id,
                         .carrier_id = carrier_id,
                         .made_at = made_at,
                         .expires_at = made_at + PN_LIMIT_LINK_DAYS * PN_DAY,
                         .revoked_at = PN_TIME_NONE};
}

pn_err pn_link_carrier_store(pn_app *app, pn_id carrier_id, pn_id debtor_id, pn_str targets,
                             int64_t code) {
    pn_link_row row = row_of_carrier(
        carrier_id, &(pn_link_carrier){.org_id = app->org.id, .debtor_id = debtor_id});
    row.target = targets;
    row.code = code;
    return pn_link_insert(app->db, &row);
}

/* What the carrier's message to this debtor is about: several debtors may share a carrier. */
static pn_err case_of(pn_app *app, const pn_link_carrier *carrier, pn_link *link, pn_arena *arena) {
    pn_json *facts = NULL;
    pn_id message = 0, debtor = 0;
    PN_TRY(pn_json_parse(carrier->facts, NULL, arena, &facts, NULL));
    const pn_json *messages = pn_json_field(facts, "messages");
    for (size_t i = 0; messages != NULL && i < messages->count; i++) {
        const pn_json *each = &messages->items[i];
        PN_TRY(pn_id_parse(PN_ID_DEBTOR, pn_json_text(pn_json_field(each, "debtor"), PN_STR("")),
                           &debtor));
        if (debtor == link->debtor_id) {
            PN_TRY(pn_id_parse(PN_ID_MESSAGE, pn_json_text(pn_json_field(each, "id"), PN_STR("")),
                               &message));
            break;
        }
    }
    pn_err err = message == 0 ? PN_NOT_FOUND
                              : pn_link_message_case(app->db, link->debtor_id, message,
                                                     &link->account_id, &link->invoice_id);
    return err == PN_NOT_FOUND ? PN_OK : err;
}

/* The links of a carrier without a row, and what a row does not say. */
static pn_err complete(pn_app *app, const pn_link_carrier *carrier, pn_link *link,
                       pn_arena *arena) {
    link->channel = carrier->channel;
    link->creditor_id = carrier->creditor_id;
    return link->account_id == 0 ? case_of(app, carrier, link, arena) : PN_OK;
}

/* Nothing that a person who was erased holds opens anything. */
static pn_err mind_erased(pn_app *app, pn_link *link) {
    bool erased = false;
    pn_err err = pn_erase_done(app->db, app->org.id, link->debtor_id, &erased);
    link->state = erased ? PN_LINK_REVOKED : link->state;
    return err;
}

static pn_err open_row(pn_app *app, pn_link_kind kind, const pn_link_row *row,
                       const pn_link_carrier *carrier, pn_arena *arena, pn_link *ret_link,
                       pn_diag *diag) {
    pn_id creditor_id = 0;
    if (row->org_id != app->org.id || (row->kind != 0 && row->kind != (int)kind)) {
        return not_ours(diag);
    }
    if (carrier == NULL) {
        PN_TRY(creditor_of(app, row->debtor_id, row->account_id, arena, &creditor_id, diag));
    }
    pn_link link = link_of(row, creditor_id, pn_env_now(app->env));
    link.kind = kind;
    if (carrier != NULL) {
        PN_TRY(complete(app, carrier, &link, arena));
    }
    PN_TRY(mind_erased(app, &link));
    *ret_link = link;
    return PN_OK;
}

/* One that stands in no carrier, or in one that is gone, or has an id of its own. */
static pn_err find_own_row(pn_app *app, pn_id id, pn_arena *arena, pn_link_row *ret_row,
                           pn_link_carrier *ret_carrier, bool *ret_is_carrier) {
    *ret_is_carrier = false;
    PN_TRY(pn_link_get(app->db, id, arena, ret_row));
    if (ret_row->carrier_id == 0) {
        return PN_OK;
    }
    pn_err err = pn_link_carrier_get(app->db, ret_row->carrier_id, arena, ret_carrier);
    *ret_is_carrier = err == PN_OK;
    return err == PN_NOT_FOUND ? PN_OK : err;
}

/* The row, or what stands for it where a carrier's links have none; `ret_is_carrier` says whether
 * the carrier was read. */
static pn_err find_row(pn_app *app, pn_id id, pn_arena *arena, pn_link_row *ret_row,
                       pn_link_carrier *ret_carrier, bool *ret_is_carrier) {
    bool has_row = false;
    pn_err err = pn_link_carrier_row(app->db, id, arena, ret_carrier, &has_row, ret_row);
    if (err == PN_NOT_FOUND) {
        return find_own_row(app, id, arena, ret_row, ret_carrier, ret_is_carrier);
    }
    PN_TRY(err);
    *ret_is_carrier = true;
    if (!has_row) {
        *ret_row = row_of_carrier(id, ret_carrier);
    }
    return PN_OK;
}

static pn_err find_token(pn_app *app, pn_link_kind kind, pn_str token, pn_arena *arena,
                         pn_link_row *ret_row, pn_link_carrier *ret_carrier, bool *ret_is_carrier,
                         pn_diag *diag) {
    pn_id id = 0;
    const pn_link_key *key = NULL;
    if (pn_link_token_read(token, kind, app->link_keys, app->link_key_count, &id, &key) != PN_OK) {
        return not_ours(diag);
    }
    pn_err err = find_row(app, id, arena, ret_row, ret_carrier, ret_is_carrier);
    return err == PN_NOT_FOUND ? not_ours(diag) : err;
}

pn_err pn_link_open(pn_app *app, pn_link_kind kind, pn_str token, pn_arena *arena,
                    pn_link *ret_link, pn_diag *diag) {
    pn_link_row row;
    pn_link_carrier carrier;
    bool is_carrier = false;
    PN_TRY(find_token(app, kind, token, arena, &row, &carrier, &is_carrier, diag));
    return open_row(app, kind, &row, is_carrier ? &carrier : NULL, arena, ret_link, diag);
}

pn_err pn_link_look(pn_app *app, pn_link_kind kind, pn_str token, pn_arena *arena,
                    pn_link *ret_link, pn_link_carrier *ret_carrier, pn_diag *diag) {
    pn_link_row row;
    pn_link_carrier carrier = {0};
    bool is_carrier = false;
    PN_TRY(find_token(app, kind, token, arena, &row, &carrier, &is_carrier, diag));
    if (row.org_id != app->org.id || (row.kind != 0 && row.kind != (int)kind)) {
        return not_ours(diag);
    }
    *ret_link = link_of(&row, carrier.creditor_id, pn_env_now(app->env));
    ret_link->kind = kind;
    ret_link->channel = carrier.channel;
    *ret_carrier = carrier;
    return PN_OK;
}

static pn_err find_code(pn_db *db, pn_str code, pn_arena *arena, pn_link_row *ret_row) {
    uint64_t number = 0;
    if (code.len != PN_ID_LETTERS || pn_letters_read(code, &number) != PN_OK || number == 0 ||
        number > INT64_MAX) {
        return PN_NOT_FOUND;
    }
    return pn_link_by_code(db, (int64_t)number, arena, ret_row);
}

pn_err pn_link_code_org(pn_db *db, pn_str code, pn_arena *arena, pn_id *ret_org) {
    pn_link_row row;
    PN_TRY(find_code(db, code, arena, &row));
    *ret_org = row.org_id;
    return PN_OK;
}

pn_err pn_link_open_code(pn_app *app, pn_str code, pn_arena *arena, pn_link *ret_link,
                         pn_diag *diag) {
    pn_link_row row, same;
    pn_link_carrier carrier;
    bool is_carrier = false;
    pn_err err = find_code(app->db, code, arena, &row);
    if (err == PN_OK) {
        err = find_row(app, row.id, arena, &same, &carrier, &is_carrier);
    }
    if (err == PN_NOT_FOUND) {
        return not_ours(diag);
    }
    PN_TRY(err);
    pn_link_kind kind = row.kind != 0 ? (pn_link_kind)row.kind : PN_LINK_PAGE;
    return open_row(app, kind, &row, is_carrier ? &carrier : NULL, arena, ret_link, diag);
}

/* ── revoking ────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_link_revoke(pn_app *app, pn_id id, pn_arena *arena, pn_diag *diag) {
    pn_link_row row;
    pn_link_carrier carrier;
    bool is_carrier = false;
    pn_err err = find_row(app, id, arena, &row, &carrier, &is_carrier);
    if (err == PN_NOT_FOUND || (err == PN_OK && row.org_id != app->org.id)) {
        return pn_diag_set(diag, PN_NOT_FOUND, "There is no such link.");
    }
    PN_TRY(err);
    if (row.revoked_at != PN_TIME_NONE) {
        return PN_OK;
    }
    row.revoked_at = pn_env_now(app->env);
    PN_TRY(pn_link_put(app->db, &row));
    return link_event(app, row.debtor_id, row.id, "revoked");
}
