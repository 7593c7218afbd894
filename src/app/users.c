#include "app/users.h"

#include "app/trail.h"
#include "auth/key.h"
#include "auth/session.h"
#include "base/banned.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "format/mime.h"

/* ── words ───────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_email_fold(pn_str email, pn_arena *arena, pn_str *ret_fold, pn_diag *diag) {
    pn_str trimmed = pn_str_trim(email);
    if (!pn_mime_is_address(trimmed)) {
        pn_err err = pn_diag_set(diag, PN_INVALID, "“%.*s” is no e-mail address.",
                                 PN_STR_ARG(pn_str_first(trimmed, 100)));
        pn_diag_where(diag, "email");
        return err;
    }
    *ret_fold = pn_utf8_fold(arena, trimmed, false);
    return PN_OK;
}

static pn_err check_role(pn_role role, pn_diag *diag) {
    if (role < PN_ROLES && role != PN_ROLE_OPERATOR) {
        return PN_OK;
    }
    pn_err err = pn_diag_set(diag, PN_INVALID, "That is no role in an organization.");
    pn_diag_where(diag, "role");
    pn_diag_mend(diag, "There are owner, manager, collector, treasurer, auditor and integration.");
    return err;
}

static pn_err check_name(pn_str name, pn_diag *diag) {
    bool good = name.len != 0 && name.len <= 200 && pn_utf8_valid(name);
    for (size_t i = 0; i < name.len && good; i++) {
        good = (unsigned char)name.ptr[i] >= 0x20 && name.ptr[i] != 0x7F;
    }
    if (good) {
        return PN_OK;
    }
    pn_err err = pn_diag_set(diag, PN_INVALID, "A person needs a name, of at most 200 bytes.");
    pn_diag_where(diag, "name");
    return err;
}

static pn_str language_of(const pn_app *app, pn_str language) {
    pn_str short_form = pn_str_first(language.len != 0 ? language : app->org.language, 2);
    bool ours =
        pn_str_is(short_form, "es") || pn_str_is(short_form, "en") || pn_str_is(short_form, "pt");
    return ours ? short_form : PN_STR("en");
}

/* {"role":"owner","person":"ana"} */
static pn_str member_json(pn_role role, pn_str person_key, pn_str email, pn_arena *arena) {
    pn_buf out;
    pn_buf_init(&out, 8192);
    pn_json_writer w = pn_json_writer_on(&out, 0);
    pn_json_begin_object(&w);
    pn_json_put_str_if(&w, "email", email);
    pn_json_put_str_if(&w, "person", person_key);
    pn_json_put_str(&w, "role", pn_str_of(pn_role_name(role)));
    pn_json_end_object(&w);
    pn_str json = pn_str_dup(arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return json;
}

/* ── finding ─────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_users_find(pn_app *app, pn_str who, pn_arena *arena, pn_user_row *ret_user,
                     pn_membership_row *ret_membership, pn_diag *diag) {
    pn_id id = 0;
    pn_err err = pn_id_parse(PN_ID_USER, who, &id) == PN_OK
                     ? pn_user_get(app->db, id, arena, ret_user)
                     : pn_user_by_email(app->db, pn_utf8_fold(arena, pn_str_trim(who), false),
                                        arena, ret_user);
    if (err == PN_OK) {
        err = pn_membership_get(app->db, app->org.id, ret_user->id, arena, ret_membership);
    }
    return err == PN_NOT_FOUND
               ? pn_diag_set(diag, err, "“%.*s” does not belong to %.*s.",
                             PN_STR_ARG(pn_str_first(who, 100)), PN_STR_ARG(app->org.name))
               : pn_app_fail(app, err, diag);
}

static pn_err find_member(pn_app *app, pn_id user_id, pn_arena *arena, pn_user_row *ret_user,
                          pn_membership_row *ret_row, pn_diag *diag) {
    char id[PN_ID_TEXT_SIZE];
    PN_TRY(pn_users_find(app, pn_str_of(pn_id_text(PN_ID_USER, user_id, id)), arena, ret_user,
                         ret_row, diag));
    return ret_row->archived_at == PN_TIME_NONE
               ? PN_OK
               : pn_diag_set(diag, PN_NOT_FOUND, "%.*s does not belong to %.*s any more.",
                             PN_STR_ARG(ret_user->name), PN_STR_ARG(app->org.name));
}

/* ── inviting ────────────────────────────────────────────────────────────────────────────────── */

static pn_err ask_letter(pn_app *app, pn_id user_id, pn_letter_kind kind, pn_str sender) {
    pn_time now = pn_env_now(app->env);
    pn_letter_row letter = {
        .id = pn_app_id(app),
        .org_id = app->org.id,
        .user_id = user_id,
        .kind = kind,
        .sender = sender,
        .not_before = now,
        .requested_at = now,
    };
    return pn_letter_insert(app->db, &letter);
}

static pn_err make_user(pn_app *app, const pn_invitation *invitation, pn_str fold,
                        pn_user_row *ret_user, pn_diag *diag) {
    PN_TRY(check_name(invitation->name, diag));
    *ret_user = (pn_user_row){
        .id = pn_app_id(app),
        .email = pn_str_trim(invitation->email),
        .email_fold = fold,
        .name = invitation->name,
        .language = language_of(app, invitation->language),
        .operates = invitation->operates,
        .password = PN_STR(""),
        .password_at = PN_TIME_NONE,
        .created_at = pn_env_now(app->env),
        .archived_at = PN_TIME_NONE,
    };
    return pn_user_insert(app->db, ret_user);
}

static pn_err already_member(const pn_user_row *user, pn_diag *diag) {
    pn_err err = pn_diag_set(diag, PN_CONFLICT, "%.*s belongs to the organization already.",
                             PN_STR_ARG(user->email));
    pn_diag_where(diag, "email");
    pn_diag_mend(diag, "Change the role instead, or send the invitation again.");
    return err;
}

/* Somebody archived everywhere comes back without the password of then. */
static pn_err bring_back(pn_app *app, pn_user_row *user) {
    if (user->archived_at == PN_TIME_NONE) {
        return PN_OK;
    }
    user->archived_at = PN_TIME_NONE;
    user->password = PN_STR("");
    PN_TRY(pn_user_set_password(app->db, user->id, PN_STR(""), PN_TIME_NONE));
    PN_TRY(pn_user_set_totp(app->db, user->id, PN_STR_NONE, PN_STR_NONE));
    return pn_user_update(app->db, user);
}

pn_err pn_users_invite(pn_app *app, const pn_invitation *invitation, pn_arena *arena, pn_id *ret_id,
                       pn_diag *diag) {
    pn_str fold;
    pn_user_row user;
    pn_membership_row row = {0};
    PN_TRY(pn_email_fold(invitation->email, arena, &fold, diag));
    PN_TRY(check_role(invitation->role, diag));
    pn_err err = pn_user_by_email(app->db, fold, arena, &user);
    err = err == PN_NOT_FOUND ? make_user(app, invitation, fold, &user, diag)
          : err == PN_OK      ? bring_back(app, &user)
                              : err;
    PN_TRY(pn_app_fail(app, err, diag));
    err = pn_membership_get(app->db, app->org.id, user.id, arena, &row);
    if (err == PN_OK && row.archived_at == PN_TIME_NONE) {
        return already_member(&user, diag);
    }
    row = (pn_membership_row){.org_id = app->org.id,
                              .user_id = user.id,
                              .role = invitation->role,
                              .person_key = invitation->person_key,
                              .created_at = pn_env_now(app->env),
                              .archived_at = PN_TIME_NONE};
    PN_TRY(pn_membership_put(app->db, &row));
    bool known = user.password.len != 0;
    if (!invitation->no_letter) {
        PN_TRY(ask_letter(app, user.id, known ? PN_LETTER_WELCOME : PN_LETTER_INVITATION,
                          invitation->sender));
    }
    *ret_id = user.id;
    pn_trail_change change = {.what = "user.invited",
                              .kind = PN_ID_USER,
                              .id = user.id,
                              .after = member_json(row.role, row.person_key, user.email, arena)};
    return pn_trail_add(app, &change);
}

/* ── changing ────────────────────────────────────────────────────────────────────────────────── */

static pn_err keep_an_owner(pn_app *app, pn_role old, pn_diag *diag) {
    int64_t owners = 0;
    if (old != PN_ROLE_OWNER) {
        return PN_OK;
    }
    PN_TRY(pn_membership_count_role(app->db, app->org.id, PN_ROLE_OWNER, &owners));
    if (owners > 1) {
        return PN_OK;
    }
    pn_err err = pn_diag_set(diag, PN_CONFLICT, "%.*s would have no owner any more.",
                             PN_STR_ARG(app->org.name));
    pn_diag_mend(diag, "Make somebody else an owner first.");
    return err;
}

static pn_err end_keys(pn_app *app, pn_id user_id, pn_str reason) {
    return pn_key_revoke(app->db, app->org.id, 0, user_id, reason, pn_env_now(app->env), NULL);
}

pn_err pn_users_set(pn_app *app, pn_id user_id, pn_role role, pn_str person_key, pn_arena *arena,
                    pn_diag *diag) {
    pn_user_row user;
    pn_membership_row row;
    PN_TRY(check_role(role, diag));
    PN_TRY(find_member(app, user_id, arena, &user, &row, diag));
    pn_role old = row.role;
    pn_str before = member_json(old, row.person_key, PN_STR_NONE, arena);
    if (old == role && pn_str_eq(row.person_key, person_key)) {
        return PN_OK;
    }
    if (role != old) {
        PN_TRY(keep_an_owner(app, old, diag));
        PN_TRY(pn_session_delete_others(app->db, user_id, app->org.id, 0, NULL));
    }
    if (!pn_role_covers(role, old)) {
        PN_TRY(end_keys(app, user_id, PN_STR("the role of who made it changed")));
    }
    row.role = role;
    row.person_key = person_key;
    PN_TRY(pn_membership_put(app->db, &row));
    pn_trail_change change = {.what = "user.role",
                              .kind = PN_ID_USER,
                              .id = user_id,
                              .before = before,
                              .after = member_json(role, person_key, PN_STR_NONE, arena)};
    return pn_trail_add(app, &change);
}

/* Who belongs to nothing any more signs in no more. */
static pn_err archive_user(pn_app *app, pn_user_row *user, pn_arena *arena) {
    pn_membership_row *left = NULL;
    size_t count = 0;
    PN_TRY(pn_membership_of_user(app->db, user->id, arena, &left, &count));
    if (count != 0 || user->operates) {
        return PN_OK;
    }
    user->archived_at = pn_env_now(app->env);
    PN_TRY(pn_session_delete_others(app->db, user->id, 0, 0, NULL));
    PN_TRY(pn_ticket_end(app->db, user->id, user->archived_at));
    return pn_user_update(app->db, user);
}

pn_err pn_users_archive(pn_app *app, pn_id user_id, pn_arena *arena, pn_diag *diag) {
    pn_user_row user;
    pn_membership_row row;
    PN_TRY(find_member(app, user_id, arena, &user, &row, diag));
    PN_TRY(keep_an_owner(app, row.role, diag));
    row.archived_at = pn_env_now(app->env);
    PN_TRY(pn_membership_put(app->db, &row));
    PN_TRY(pn_session_delete_others(app->db, user_id, app->org.id, 0, NULL));
    PN_TRY(end_keys(app, user_id, PN_STR("who made it was archived")));
    PN_TRY(archive_user(app, &user, arena));
    pn_trail_change change = {.what = "user.archived",
                              .kind = PN_ID_USER,
                              .id = user_id,
                              .before = member_json(row.role, row.person_key, user.email, arena)};
    return pn_trail_add(app, &change);
}

/* ── links ───────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_users_send_link(pn_app *app, pn_id user_id, pn_str sender, pn_arena *arena,
                          pn_diag *diag) {
    pn_user_row user;
    pn_membership_row row;
    PN_TRY(find_member(app, user_id, arena, &user, &row, diag));
    bool reset = user.password.len != 0;
    PN_TRY(ask_letter(app, user_id, reset ? PN_LETTER_RESET : PN_LETTER_INVITATION, sender));
    pn_trail_change change = {
        .what = reset ? "user.reset" : "user.invited_again", .kind = PN_ID_USER, .id = user_id};
    return pn_trail_add(app, &change);
}

pn_err pn_ticket_make(pn_app *app, pn_id org_id, pn_id user_id, pn_ticket_kind kind,
                      char ret_token[PN_TOKEN_SIZE]) {
    char token[PN_TOKEN_SIZE];
    pn_time now = pn_env_now(app->env);
    pn_token_make(app->env, token);
    pn_ticket_row row = {
        .id = pn_app_id(app),
        .org_id = org_id,
        .user_id = user_id,
        .kind = kind,
        .hash = pn_token_hash(pn_str_of(token)),
        .created_at = now,
        .expires_at = now + (kind == PN_TICKET_INVITATION ? PN_LIMIT_INVITATION_DAYS * PN_DAY
                                                          : PN_LIMIT_RESET_MINUTES * PN_MINUTE),
    };
    PN_TRY(pn_ticket_insert(app->db, &row));
    memcpy(ret_token, token, PN_TOKEN_SIZE);
    return PN_OK;
}

pn_err pn_users_make_link(pn_app *app, pn_id user_id, pn_arena *arena,
                          char ret_token[PN_TOKEN_SIZE], pn_diag *diag) {
    pn_user_row user;
    pn_membership_row row;
    PN_TRY(find_member(app, user_id, arena, &user, &row, diag));
    bool reset = user.password.len != 0;
    PN_TRY(pn_ticket_make(app, app->org.id, user_id, reset ? PN_TICKET_RESET : PN_TICKET_INVITATION,
                          ret_token));
    pn_trail_change change = {.what = "user.link_given", .kind = PN_ID_USER, .id = user_id};
    return pn_trail_add(app, &change);
}

pn_err pn_users_found(pn_app *app, pn_id org_id, pn_id user_id) {
    pn_membership_row row = {.org_id = org_id,
                             .user_id = user_id,
                             .role = PN_ROLE_OWNER,
                             .person_key = PN_STR(""),
                             .created_at = pn_env_now(app->env),
                             .archived_at = PN_TIME_NONE};
    PN_TRY(pn_membership_put(app->db, &row));
    pn_trail_change change = {.what = "user.founded",
                              .kind = PN_ID_USER,
                              .id = user_id,
                              .after = PN_STR("{\"role\":\"owner\"}")};
    return pn_trail_add_org(app, org_id, &change);
}

pn_err pn_users_drop_factor(pn_app *app, pn_id user_id, pn_diag *diag) {
    pn_arena arena;
    pn_user_row user;
    pn_membership_row row;
    pn_arena_init(&arena, 0);
    pn_err err = find_member(app, user_id, &arena, &user, &row, diag);
    if (err == PN_OK) {
        err = pn_user_set_totp(app->db, user_id, PN_STR_NONE, PN_STR_NONE);
    }
    err = err == PN_OK ? pn_recovery_put(app->db, user_id, NULL, 0) : err;
    err = err == PN_OK ? pn_session_delete_others(app->db, user_id, 0, 0, NULL) : err;
    pn_trail_change change = {
        .what = "user.second_factor_dropped", .kind = PN_ID_USER, .id = user_id};
    err = err == PN_OK ? pn_trail_add(app, &change) : err;
    pn_arena_done(&arena);
    return err;
}

static pn_err first_link(pn_app *app, char ret_token[PN_TOKEN_SIZE], pn_diag *diag) {
    int64_t count = 0;
    PN_TRY(pn_user_count(app->db, &count));
    if (count != 0) {
        pn_err err = pn_diag_set(diag, PN_CONFLICT, "Somebody signs in here already.");
        pn_diag_mend(diag, "An owner invites others; `puntual user reset` makes a link for who "
                           "cannot get in.");
        return err;
    }
    return pn_ticket_make(app, 0, 0, PN_TICKET_FIRST, ret_token);
}

pn_err pn_users_first_link(pn_app *app, char ret_token[PN_TOKEN_SIZE], pn_diag *diag) {
    char token[PN_TOKEN_SIZE];
    PN_TRY(pn_app_begin(app, diag));
    pn_err err = first_link(app, token, diag);
    PN_TRY(pn_app_end(app, err, diag));
    memcpy(ret_token, token, PN_TOKEN_SIZE);
    return PN_OK;
}
