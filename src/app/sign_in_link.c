/* Links that work once: the first owner, invitations, new passwords. */
#include "app/sign_in_int.h"
#include "app/users.h"
#include "auth/guess.h"
#include "base/banned.h"
#include "base/utf8.h"

static pn_err no_ticket(const pn_visitor *visitor) {
    pn_err err = pn_diag_set(visitor->diag, PN_NOT_FOUND, "This link does not work any more.");
    pn_diag_mend(visitor->diag, "It was used, or is too old. Ask for a new one.");
    return err;
}

static pn_err find_ticket(const pn_visitor *visitor, pn_str token, pn_ticket_row *ret_ticket) {
    if (!pn_token_looks_right(token)) {
        return no_ticket(visitor);
    }
    pn_sha256 hash = pn_token_hash(token);
    pn_err err = pn_ticket_find(visitor->app->db, &hash, pn_env_now(visitor->app->env), ret_ticket);
    return err == PN_NOT_FOUND ? no_ticket(visitor) : pn_app_fail(visitor->app, err, visitor->diag);
}

static pn_err org_name(const pn_visitor *visitor, pn_id org_id, pn_str *ret_name,
                       size_t *ret_count) {
    pn_org_row *rows = NULL;
    size_t count = 0;
    *ret_name = PN_STR_NONE;
    PN_TRY(pn_org_list(visitor->app->db, visitor->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].id == org_id) {
            *ret_name = rows[i].name;
        }
    }
    *ret_count = count;
    return PN_OK;
}

pn_err pn_ticket_look(const pn_visitor *visitor, pn_str token, pn_ticket_view *ret_view) {
    pn_ticket_row ticket;
    pn_user_row user = {0};
    pn_str name;
    size_t orgs = 0;
    PN_TRY(find_ticket(visitor, token, &ticket));
    if (ticket.user_id != 0) {
        PN_TRY(pn_user_get(visitor->app->db, ticket.user_id, visitor->arena, &user));
    }
    PN_TRY(org_name(visitor, ticket.org_id, &name, &orgs));
    *ret_view = (pn_ticket_view){.kind = ticket.kind,
                                 .name = user.name,
                                 .email = user.email,
                                 .language = user.language,
                                 .org_name = name,
                                 .founds = ticket.kind == PN_TICKET_FIRST && orgs == 0};
    return PN_OK;
}

typedef struct {
    pn_ticket_row ticket;
    pn_user_row user;
    char hash[PN_PASSWORD_HASH_SIZE];
    pn_signed_in signed_in;
} accepting;

/* Of an instance where nobody is yet: its operator, and owner of what the command line made. */
static pn_err make_first(const pn_visitor *visitor, accepting *a) {
    pn_app *app = visitor->app;
    int64_t count = 0;
    pn_org_row *orgs = NULL;
    size_t org_count = 0;
    PN_TRY(pn_user_count(app->db, &count));
    if (count != 0) {
        return no_ticket(visitor);
    }
    a->user.id = pn_app_id(app);
    a->user.operates = true;
    a->user.created_at = pn_env_now(app->env);
    PN_TRY(pn_user_insert(app->db, &a->user));
    PN_TRY(pn_org_list(app->db, visitor->arena, &orgs, &org_count));
    for (size_t i = 0; i < org_count; i++) {
        PN_TRY(pn_users_found(app, orgs[i].id, a->user.id));
    }
    return PN_OK;
}

static pn_err home_of(const pn_visitor *visitor, const accepting *a, pn_id *ret_org_id) {
    pn_membership_row row;
    if (a->ticket.org_id != 0) {
        pn_err err =
            pn_membership_get(visitor->app->db, a->ticket.org_id, a->user.id, visitor->arena, &row);
        if (err == PN_OK && row.archived_at == PN_TIME_NONE) {
            *ret_org_id = a->ticket.org_id;
            return PN_OK;
        }
    }
    return pn_visit_home(visitor, a->user.id, ret_org_id);
}

static pn_err accept_in(const pn_visitor *visitor, void *context) {
    accepting *a = context;
    pn_db *db = visitor->app->db;
    pn_time now = pn_env_now(visitor->app->env);
    pn_id org_id = 0;
    bool first = a->ticket.kind == PN_TICKET_FIRST;
    pn_err err = pn_ticket_use(db, a->ticket.id, now);
    if (err != PN_OK) {
        return err == PN_CONFLICT ? no_ticket(visitor) : err;
    }
    if (first) {
        PN_TRY(make_first(visitor, a));
    } else if (a->user.archived_at != PN_TIME_NONE) {
        return no_ticket(visitor);
    } else {
        PN_TRY(pn_user_update(db, &a->user));
    }
    PN_TRY(pn_user_set_password(db, a->user.id, pn_str_of(a->hash), now));
    PN_TRY(pn_session_delete_others(db, a->user.id, 0, 0, NULL));
    PN_TRY(pn_ticket_end(db, a->user.id, now));
    PN_TRY(pn_guess_right(db, a->user.email_fold));
    PN_TRY(home_of(visitor, a, &org_id));
    /* a link in a mailbox is one factor: the second is asked for all the same */
    PN_TRY(pn_visit_begin_session(visitor, &a->user, org_id, a->user.totp.len != 0, &a->signed_in));
    if (a->ticket.kind == PN_TICKET_RESET) {
        PN_TRY(pn_visit_letter(visitor, a->user.id, PN_LETTER_CHANGED));
    }
    return pn_visit_tell(visitor, a->user.id,
                         first                               ? "user.first"
                         : a->ticket.kind == PN_TICKET_RESET ? "user.password_reset"
                                                             : "user.accepted");
}

static pn_err read_name(const pn_visitor *visitor, pn_str name, pn_str *field) {
    name = pn_str_trim(name);
    if (name.len == 0 && field->len != 0) {
        return PN_OK;
    }
    if (name.len == 0 || name.len > 200 || !pn_utf8_valid(name)) {
        pn_err err = pn_diag_set(visitor->diag, PN_INVALID, "A name is missing, or is too long.");
        pn_diag_where(visitor->diag, "name");
        return err;
    }
    *field = name;
    return PN_OK;
}

static pn_err read_person(const pn_visitor *visitor, pn_str name, pn_str email, accepting *a) {
    if (a->ticket.kind == PN_TICKET_FIRST) {
        a->user = (pn_user_row){.email = pn_str_trim(email),
                                .language = PN_STR("es"),
                                .password = PN_STR(""),
                                .password_at = PN_TIME_NONE,
                                .archived_at = PN_TIME_NONE};
        PN_TRY(pn_email_fold(email, visitor->arena, &a->user.email_fold, visitor->diag));
    } else {
        PN_TRY(pn_user_get(visitor->app->db, a->ticket.user_id, visitor->arena, &a->user));
    }
    return a->ticket.kind == PN_TICKET_RESET ? PN_OK : read_name(visitor, name, &a->user.name);
}

pn_err pn_ticket_accept(const pn_visitor *visitor, pn_str token, pn_str name, pn_str email,
                        pn_str password, pn_signed_in *ret) {
    accepting a = {0};
    PN_TRY(find_ticket(visitor, token, &a.ticket));
    PN_TRY(read_person(visitor, name, email, &a));
    PN_TRY(pn_password_check(password, a.user.email, a.user.name, visitor->arena, visitor->diag));
    PN_TRY(pn_password_hash(pn_auth_hasher(visitor->auth), password, visitor->app->env, a.hash,
                            visitor->diag));
    PN_TRY(pn_visit_write(visitor, a.user.id, accept_in, &a));
    *ret = a.signed_in;
    return PN_OK;
}
