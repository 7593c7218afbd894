/* Commands on people of ours: collectors, salespeople. */
#include "app/people.h"
#include "base/banned.h"
#include "cli/cmd.h"

const pn_cli_option PN_PERSON_OPTIONS[] = {
    {"name", "TEXT", "name that stands in From and below texts"},
    {"email", "ADDRESS", "where answers and copies go"},
    {"phone", "TEXT", "their own telephone, in signatures"},
    {"title", "TEXT", "what they are, in signatures: 'Gestión de cobros'"},
    {"signature", "TEXT", "lines below the name instead of title and telephone; \\n parts them"},
    {"substitute", "KEY", "who stands in while they are away (empty: nobody)"},
    {"away-until", "DATE", "last day away (empty: they are here)"},
    {NULL, NULL, NULL},
};

/* A backslash and an n, as a shell leaves them, become a line break. */
static pn_str with_lines(pn_str text, pn_arena *arena) {
    char *lines = pn_arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool escaped = text.ptr[i] == '\\' && i + 1 < text.len && text.ptr[i + 1] == 'n';
        lines[len++] = escaped ? '\n' : text.ptr[i];
        i += escaped;
    }
    return (pn_str){lines, len};
}

static pn_err apply(pn_cli *cli, pn_person_row *row) {
    const struct {
        const char *option;
        pn_str *field;
    } texts[] = {{"name", &row->name},           {"email", &row->email},
                 {"phone", &row->phone},         {"title", &row->title},
                 {"signature", &row->signature}, {"substitute", &row->substitute}};
    for (size_t i = 0; i < PN_COUNT(texts); i++) {
        if (pn_cli_given(cli, texts[i].option)) {
            *texts[i].field = with_lines(pn_cli_value(cli, texts[i].option), &cli->arena);
        }
    }
    if (pn_cli_given(cli, "away-until") && pn_cli_value(cli, "away-until").len == 0) {
        row->away_until = PN_DATE_NONE;
        return PN_OK;
    }
    return pn_cli_date(cli, "away-until", row->away_until, &row->away_until);
}

static pn_err put(pn_cli *cli, void *row) {
    return pn_people_put(cli->app, row, &cli->arena, &cli->diag);
}

static void print_person(pn_out *out, const pn_person_row *row) {
    char day[PN_DATE_ISO_SIZE];
    pn_out_id(out, "id", NULL, PN_ID_PERSON, row->id);
    pn_out_str(out, "key", "Key", row->key);
    pn_out_str(out, "name", "Name", row->name);
    pn_out_str(out, "email", "E-mail", row->email);
    pn_out_str(out, "phone", "Telephone", row->phone);
    pn_out_str(out, "title", "Title", row->title);
    pn_out_str(out, "signature", "Signature", row->signature);
    pn_out_str(out, "substitute", "Substitute", row->substitute);
    pn_out_str(out, "away_until", "Away until",
               row->away_until == PN_DATE_NONE ? PN_STR("")
                                               : pn_str_of(pn_date_iso(row->away_until, day)));
}

static pn_err put_and_print(pn_cli *cli, pn_person_row *row) {
    PN_TRY(apply(cli, row));
    PN_TRY(pn_cli_write(cli, put, row));
    print_person(&cli->out, row);
    return PN_OK;
}

pn_err pn_cmd_person_add(pn_cli *cli) {
    pn_person_row row = {
        .key = pn_str_trim(cli->args[0]), .away_until = PN_DATE_NONE, .archived_at = PN_TIME_NONE};
    if (!pn_cli_given(cli, "name")) {
        return pn_cli_usage(cli, "--name says what the person is called.");
    }
    return put_and_print(cli, &row);
}

pn_err pn_cmd_person_set(pn_cli *cli) {
    const pn_person_row *found = NULL;
    PN_TRY(pn_people_get(cli->app, cli->args[0], &found, &cli->diag));
    pn_person_row row = *found;
    row.archived_at = PN_TIME_NONE; /* to change them is to have them back */
    return put_and_print(cli, &row);
}

pn_err pn_cmd_person_archive(pn_cli *cli) {
    const pn_person_row *found = NULL;
    PN_TRY(pn_people_get(cli->app, cli->args[0], &found, &cli->diag));
    pn_person_row row = *found;
    row.archived_at = pn_env_now(cli->env);
    PN_TRY(pn_cli_write(cli, put, &row));
    pn_out_str(&cli->out, "key", NULL, row.key);
    pn_out_line(&cli->out, row.substitute.len != 0
                               ? "Archived; their substitute does what was theirs."
                               : "Archived; what was theirs is the creditor's now.");
    return PN_OK;
}

pn_err pn_cmd_person_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"key", "Key", false},
        {"name", "Name", false},
        {"email", "E-mail", false},
        {"phone", "Telephone", false},
        {"title", "Title", false},
        {"substitute", "Substitute", false},
        {"away_until", "Away until", false},
    };
    pn_out *out = &cli->out;
    pn_out_table(out, "people", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < cli->app->people_count; i++) {
        const pn_person_row *row = &cli->app->people[i];
        if (row->archived_at != PN_TIME_NONE) {
            continue;
        }
        pn_cell_str(out, row->key);
        pn_cell_str(out, row->name);
        pn_cell_str(out, row->email);
        pn_cell_str(out, row->phone);
        pn_cell_str(out, row->title);
        pn_cell_str(out, row->substitute);
        pn_cell_date(out, row->away_until);
    }
    pn_out_table_end(out, "Nobody is entered yet. `puntual person add ana --name 'Ana Ruiz' "
                          "--email ana@example.com` enters a collector.");
    return PN_OK;
}
