/* Commands on people who sign in. */
#include "app/letters.h"
#include "app/users.h"
#include "base/banned.h"
#include "cli/cmd.h"

const pn_cli_option PN_USER_OPTIONS[] = {
    {"name", "TEXT", "the person's name"},
    {"role", "ROLE", "owner, manager, collector, treasurer, auditor or integration"},
    {"language", "es|en|pt", "of their pages and letters (default: the organization's)"},
    {"person", "KEY", "whom they are among the people of ours (`person list`)"},
    {"operator", NULL, "they operate the instance: its organizations and settings"},
    {NULL, NULL, NULL},
};

const pn_cli_option PN_USER_ROLE_OPTIONS[] = {
    {"person", "KEY", "whom they are among the people of ours"},
    {NULL, NULL, NULL},
};

const pn_cli_option PN_USER_RESET_OPTIONS[] = {
    {"print", NULL, "print the link instead of sending it"},
    {"second-factor", NULL, "take away a second factor that was lost"},
    {NULL, NULL, NULL},
};

/* ── links ───────────────────────────────────────────────────────────────────────────────────── */

static void print_link(pn_cli *cli, const char *token, const char *lasts) {
    pn_str url = cli->app->org.public_url;
    pn_str link = pn_str_format(&cli->arena, "%.*s/enter/%s", PN_STR_ARG(url), token);
    pn_out_str(&cli->out, "link", "Link", link);
    pn_out_line(&cli->out, "%s It works once, for %s. Give it to nobody else.",
                url.len != 0 ? "" : "Put the server's address before it.", lasts);
}

static void print_letters(pn_cli *cli, const pn_letters_stats *stats) {
    pn_out_int(&cli->out, "sent", NULL, stats->sent);
    pn_out_line(&cli->out, "%s",
                stats->sent != 0
                    ? "The letter is on its way."
                    : "The letter waits: it leaves when the e-mail channel and public_url are set. "
                      "`puntual user reset WHO --print` gives a link to pass on by hand.");
}

static pn_err send_letters(pn_cli *cli) {
    pn_letters_stats stats = {0};
    PN_TRY(pn_letters_send(cli->app, PN_STR_NONE, &stats, &cli->diag));
    print_letters(cli, &stats);
    return PN_OK;
}

/* ── add, invite ─────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_invitation invitation;
    pn_id id;
    char token[PN_TOKEN_SIZE];
} entry;

static pn_err invite(pn_cli *cli, void *context) {
    entry *e = context;
    PN_TRY(pn_users_invite(cli->app, &e->invitation, &cli->arena, &e->id, &cli->diag));
    return e->invitation.no_letter
               ? pn_users_make_link(cli->app, e->id, &cli->arena, e->token, &cli->diag)
               : PN_OK;
}

static pn_err read_role(pn_cli *cli, pn_str text, pn_role *ret_role) {
    *ret_role = pn_role_of(text);
    return *ret_role < PN_ROLES && *ret_role != PN_ROLE_OPERATOR
               ? PN_OK
               : pn_cli_usage(cli,
                              "“%.*s” is no role. There are owner, manager, collector, treasurer, "
                              "auditor and integration.",
                              PN_STR_ARG(text));
}

static pn_err enter_user(pn_cli *cli, entry *e) {
    pn_str language = pn_cli_value(cli, "language");
    e->invitation.email = cli->args[0];
    e->invitation.name = pn_cli_value(cli, "name");
    e->invitation.language = language;
    e->invitation.person_key = pn_cli_value(cli, "person");
    e->invitation.operates = pn_cli_given(cli, "operator");
    if (!pn_cli_given(cli, "name") || !pn_cli_given(cli, "role")) {
        return pn_cli_usage(cli, "It needs --name and --role.");
    }
    if (language.len != 0 && !pn_str_is(language, "es") && !pn_str_is(language, "en") &&
        !pn_str_is(language, "pt")) {
        return pn_cli_usage(cli, "--language is es, en or pt.");
    }
    PN_TRY(read_role(cli, pn_cli_value(cli, "role"), &e->invitation.role));
    PN_TRY(pn_cli_write(cli, invite, e));
    pn_out_id(&cli->out, "id", NULL, PN_ID_USER, e->id);
    pn_out_str(&cli->out, "email", "E-mail", e->invitation.email);
    pn_out_str(&cli->out, "role", "Role", pn_cli_value(cli, "role"));
    return PN_OK;
}

pn_err pn_cmd_user_add(pn_cli *cli) {
    entry e = {.invitation = {.no_letter = true}};
    PN_TRY(enter_user(cli, &e));
    print_link(cli, e.token, "seven days");
    return PN_OK;
}

pn_err pn_cmd_user_invite(pn_cli *cli) {
    entry e = {0};
    PN_TRY(enter_user(cli, &e));
    return send_letters(cli);
}

/* ── list ────────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_cmd_user_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"id", "ID", false},         {"name", "Name", false},
        {"email", "E-mail", false},  {"role", "Role", false},
        {"person", "Person", false}, {"second_factor", "Second factor", false},
        {"state", "State", false},   {"seen", "Last seen", false},
    };
    pn_member_row *rows = NULL;
    size_t count = 0;
    pn_out *out = &cli->out;
    pn_err err = pn_member_list(cli->app->db, cli->app->org.id, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_table(out, "users", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        const pn_member_row *row = &rows[i];
        bool archived = row->membership.archived_at != PN_TIME_NONE;
        pn_cell_id(out, PN_ID_USER, row->membership.user_id);
        pn_cell_str(out, row->name);
        pn_cell_str(out, row->email);
        pn_cell_str(out, pn_str_of(pn_role_name(row->membership.role)));
        pn_cell_str(out, row->membership.person_key);
        pn_cell_str(out, pn_str_of(row->has_totp ? "yes" : "no"));
        pn_cell_str(out, pn_str_of(archived            ? "archived"
                                   : row->has_password ? "active"
                                                       : "invited"));
        pn_cell_time(out, row->seen_at);
    }
    pn_out_table_end(out, "Nobody signs in yet. `puntual user add ana@example.com --name 'Ana "
                          "Ruiz' --role owner` enters somebody.");
    return PN_OK;
}

/* ── role, reset, archive ────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_user_row user;
    pn_membership_row membership;
    pn_role role;
    pn_str person_key;
    char token[PN_TOKEN_SIZE];
} member;

static pn_err find(pn_cli *cli, member *m) {
    return pn_users_find(cli->app, cli->args[0], &cli->arena, &m->user, &m->membership, &cli->diag);
}

static pn_err set_role(pn_cli *cli, void *context) {
    member *m = context;
    return pn_users_set(cli->app, m->user.id, m->role, m->person_key, &cli->arena, &cli->diag);
}

pn_err pn_cmd_user_role(pn_cli *cli) {
    member m = {0};
    PN_TRY(read_role(cli, cli->args[1], &m.role));
    PN_TRY(find(cli, &m));
    m.person_key =
        pn_cli_given(cli, "person") ? pn_cli_value(cli, "person") : m.membership.person_key;
    PN_TRY(pn_cli_write(cli, set_role, &m));
    pn_out_str(&cli->out, "email", "E-mail", m.user.email);
    pn_out_str(&cli->out, "role", "Role", cli->args[1]);
    return PN_OK;
}

static pn_err reset(pn_cli *cli, void *context) {
    member *m = context;
    if (pn_cli_given(cli, "second-factor")) {
        PN_TRY(pn_users_drop_factor(cli->app, m->user.id, &cli->diag));
    }
    return pn_cli_given(cli, "print")
               ? pn_users_make_link(cli->app, m->user.id, &cli->arena, m->token, &cli->diag)
               : pn_users_send_link(cli->app, m->user.id, PN_STR_NONE, &cli->arena, &cli->diag);
}

pn_err pn_cmd_user_reset(pn_cli *cli) {
    member m = {0};
    PN_TRY(find(cli, &m));
    PN_TRY(pn_cli_write(cli, reset, &m));
    pn_out_str(&cli->out, "email", "E-mail", m.user.email);
    if (!pn_cli_given(cli, "print")) {
        return send_letters(cli);
    }
    print_link(cli, m.token, m.user.password.len != 0 ? "one hour" : "seven days");
    return PN_OK;
}

static pn_err archive(pn_cli *cli, void *context) {
    member *m = context;
    return pn_users_archive(cli->app, m->user.id, &cli->arena, &cli->diag);
}

pn_err pn_cmd_user_archive(pn_cli *cli) {
    member m = {0};
    PN_TRY(find(cli, &m));
    PN_TRY(pn_cli_write(cli, archive, &m));
    pn_out_str(&cli->out, "email", NULL, m.user.email);
    pn_out_line(&cli->out, "Archived: sessions and keys there have ended.");
    return PN_OK;
}
