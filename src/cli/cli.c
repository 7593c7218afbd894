#include "cli/command.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "app/control.h"
#include "base/banned.h"

/* ── errors ──────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_cli_usage(pn_cli *cli, const char *format, ...) {
    va_list args;
    va_start(args, format);
    pn_str text = pn_str_format_args(&cli->arena, format, args);
    va_end(args);
    cli->usage = true;
    return pn_diag_set(&cli->diag, PN_INVALID, "%.*s", PN_STR_ARG(text));
}

static void print_diag(const pn_cli *cli) {
    const pn_diag *diag = &cli->diag;
    pn_cli_progress("%s", "");
    (void)fprintf(stderr, "puntual: %s\n", diag->what);
    if (diag->where[0] != '\0') {
        (void)fprintf(stderr, "  where: %s\n", diag->where);
    }
    if (diag->mend[0] != '\0') {
        (void)fprintf(stderr, "  %s\n", diag->mend);
    }
}

/* With --json a failure is a document too, unless the command has written its own. */
static void fail_json(pn_cli *cli, pn_err err) {
    if (cli->out.started) {
        return;
    }
    pn_out_object(&cli->out, "error");
    pn_out_str(&cli->out, "code", NULL, pn_str_of(pn_err_name(err)));
    pn_out_str(&cli->out, "what", NULL, pn_str_of(cli->diag.what));
    pn_out_str(&cli->out, "where", NULL, pn_str_of(cli->diag.where));
    pn_out_str(&cli->out, "mend", NULL, pn_str_of(cli->diag.mend));
    pn_out_object_end(&cli->out);
}

/* ── progress ────────────────────────────────────────────────────────────────────────────────── */

bool pn_cli_interactive(void) {
    return isatty(STDERR_FILENO) == 1;
}

void pn_cli_progress(const char *format, ...) {
    if (!pn_cli_interactive()) {
        return;
    }
    va_list args;
    (void)fputs("\r\033[K", stderr);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fflush(stderr);
}

/* ── the command line ────────────────────────────────────────────────────────────────────────── */

static const pn_cli_option GLOBALS[] = {
    {"db", "PATH", "the database: a file, or postgresql://… (default puntual.db)"},
    {"org", "NAME", "the organization, where the database holds several"},
    {"json", NULL, "print one JSON document"},
    {"help", NULL, "say what the command does"},
    {NULL, NULL, NULL},
};

static bool matches(const pn_cli_option *option, pn_str name) {
    return pn_str_eq(pn_str_of(option->name), name);
}

/* The index of an option, or -1; `name` may have a value behind an equals sign. */
static int find_option(const pn_cli_option *options, pn_str name) {
    name = pn_str_first(name, pn_str_find_char(name, '='));
    for (int i = 0; options != NULL && options[i].name != NULL; i++) {
        assert(i < PN_CLI_OPTIONS_MAX);
        if (matches(&options[i], name)) {
            return i;
        }
    }
    return -1;
}

static pn_str closest(pn_str name, const pn_cli_option *options, pn_str best, unsigned *distance) {
    for (; options != NULL && options->name != NULL; options++) {
        unsigned edits = pn_str_distance(name, pn_str_of(options->name));
        if (edits < *distance) {
            *distance = edits;
            best = pn_str_of(options->name);
        }
    }
    return best;
}

static pn_err unknown_option(pn_cli *cli, pn_str name) {
    unsigned distance = 4;
    pn_str best = closest(name, cli->command->options, PN_STR(""), &distance);
    best = closest(name, GLOBALS, best, &distance);
    if (best.len != 0) {
        return pn_cli_usage(cli, "There is no option --%.*s here. Did you mean --%.*s?",
                            PN_STR_ARG(name), PN_STR_ARG(best));
    }
    return pn_cli_usage(cli, "There is no option --%.*s here. `puntual %s --help` lists them.",
                        PN_STR_ARG(name), cli->command->name);
}

static void set_global(pn_cli *cli, int index, const char *value) {
    switch (index) {
    case 0: cli->db = value; break;
    case 1: cli->org = value; break;
    case 2: cli->json = true; break;
    default: cli->help = true; break;
    }
}

/* Takes one option at argv[*at] and its value; moves *at past them. */
static pn_err take_option(pn_cli *cli, int argc, char **argv, int *at) {
    pn_str text = pn_str_of(argv[*at] + 2);
    size_t equals = pn_str_find_char(text, '=');
    pn_str name = equals == SIZE_MAX ? text : pn_str_first(text, equals);
    const char *value = equals == SIZE_MAX ? NULL : text.ptr + equals + 1;
    int global = find_option(GLOBALS, name);
    int own = cli->command == NULL ? -1 : find_option(cli->command->options, name);
    if (global < 0 && own < 0) {
        return cli->command == NULL ? pn_cli_usage(cli, "There is no command and no option --%.*s.",
                                                   PN_STR_ARG(name))
                                    : unknown_option(cli, name);
    }
    const pn_cli_option *option = own >= 0 ? &cli->command->options[own] : &GLOBALS[global];
    ++*at;
    if (option->value == NULL && value != NULL) {
        return pn_cli_usage(cli, "--%s takes no value.", option->name);
    }
    if (option->value != NULL && value == NULL) {
        if (*at >= argc) {
            return pn_cli_usage(cli, "--%s needs a value: %s.", option->name, option->value);
        }
        value = argv[(*at)++];
    }
    if (own >= 0) {
        cli->values[own] = pn_str_of(value);
        cli->given[own] = true;
    } else {
        set_global(cli, global, value);
    }
    return PN_OK;
}

static const pn_cli_command *command_named(pn_str first, pn_str second) {
    for (const pn_cli_command *c = PN_COMMANDS; c->name != NULL; c++) {
        pn_str rest = pn_str_of(c->name), word;
        (void)pn_str_split(&rest, ' ', &word);
        if (pn_str_eq(word, first) && pn_str_eq(rest, second)) {
            return c;
        }
    }
    return NULL;
}

/* The command whose one or two words stand in argv; global options may stand before and between. */
static const pn_cli_command *find_command(int argc, char **argv, int used[2], int *ret_words) {
    pn_str words[2] = {PN_STR_NONE, PN_STR_NONE};
    int count = 0;
    for (int i = 1; i < argc && count < 2; i++) {
        if (strncmp(argv[i], "--", 2) == 0) {
            int global = find_option(GLOBALS, pn_str_of(argv[i] + 2));
            if (global < 0) {
                break; /* a command's own option: what follows it may be its value */
            }
            i += GLOBALS[global].value != NULL && strchr(argv[i], '=') == NULL;
            continue;
        }
        used[count] = i;
        words[count++] = pn_str_of(argv[i]);
    }
    for (*ret_words = count; *ret_words > 0; --*ret_words) {
        const pn_cli_command *command =
            command_named(words[0], *ret_words == 2 ? words[1] : PN_STR_NONE);
        if (command != NULL) {
            return command;
        }
    }
    return NULL;
}

static pn_err parse(pn_cli *cli, int argc, char **argv) {
    int used[2] = {0, 0}, words = 0;
    cli->command = find_command(argc, argv, used, &words);
    for (int i = 1; i < argc;) {
        if ((words > 0 && i == used[0]) || (words > 1 && i == used[1])) {
            i++;
        } else if (strcmp(argv[i], "--") == 0) {
            i++;
            while (i < argc && cli->arg_count < PN_CLI_ARGS_MAX) {
                cli->args[cli->arg_count++] = pn_str_of(argv[i++]);
            }
        } else if (strncmp(argv[i], "--", 2) == 0) {
            PN_TRY(take_option(cli, argc, argv, &i));
        } else if (cli->arg_count == PN_CLI_ARGS_MAX) {
            return pn_cli_usage(cli, "There are too many arguments.");
        } else {
            cli->args[cli->arg_count++] = pn_str_of(argv[i++]);
        }
    }
    return PN_OK;
}

/* ── help ────────────────────────────────────────────────────────────────────────────────────── */

static void print_options(FILE *file, const pn_cli_option *options) {
    for (; options != NULL && options->name != NULL; options++) {
        int width = fprintf(file, "  --%s%s%s", options->name, options->value != NULL ? " " : "",
                            options->value != NULL ? options->value : "");
        (void)fprintf(file, "%*s %s\n", width < 28 ? 28 - width : 0, "", options->help);
    }
}

static void print_command_help(const pn_cli_command *command, pn_arena *arena) {
    (void)printf("puntual %s%s%s%s\n\n%s\n", command->name,
                 command->arguments[0] != '\0' ? " " : "", command->arguments,
                 command->options != NULL ? " [OPTIONS]" : "", command->summary);
    if (command->help != NULL) {
        (void)printf("\n%s\n", command->help);
    }
    if (command->details != NULL) {
        pn_str details = command->details(arena);
        (void)printf("\n%.*s\n", PN_STR_ARG(details));
    }
    if (command->options != NULL) {
        (void)printf("\nOptions:\n");
        print_options(stdout, command->options);
    }
    (void)printf("\nEverywhere:\n");
    print_options(stdout, GLOBALS);
}

/* The same for programs (docs/CLI.md is made from it). */
static void help_json(pn_out *out, const pn_cli_command *command) {
    static const pn_column COLUMNS[] = {
        {"name", "", false}, {"value", "", false}, {"help", "", false}};
    pn_out_str(out, "name", NULL, pn_str_of(command->name));
    pn_out_str(out, "arguments", NULL, pn_str_of(command->arguments));
    pn_out_str(out, "summary", NULL, pn_str_of(command->summary));
    pn_out_str(out, "help", NULL, pn_str_of(command->help));
    pn_out_str(out, "details", NULL,
               command->details != NULL ? command->details(out->arena) : PN_STR_NONE);
    pn_out_table(out, "options", COLUMNS, PN_COUNT(COLUMNS));
    const pn_cli_option *option = command->options;
    for (; option != NULL && option->name != NULL; option++) {
        pn_cell_str(out, pn_str_of(option->name));
        pn_cell_str(out, pn_str_of(option->value));
        pn_cell_str(out, pn_str_of(option->help));
    }
    pn_out_table_end(out, NULL);
}

static void overview_json(pn_out *out) {
    static const pn_column COLUMNS[] = {
        {"name", "", false}, {"arguments", "", false}, {"summary", "", false}};
    pn_out_table(out, "commands", COLUMNS, PN_COUNT(COLUMNS));
    for (const pn_cli_command *c = PN_COMMANDS; c->name != NULL; c++) {
        pn_cell_str(out, pn_str_of(c->name));
        pn_cell_str(out, pn_str_of(c->arguments));
        pn_cell_str(out, pn_str_of(c->summary));
    }
    pn_out_table_end(out, NULL);
}

/* All commands, or those that begin with a word. */
static int list_commands(FILE *file, pn_str group) {
    int count = 0;
    for (const pn_cli_command *c = PN_COMMANDS; c->name != NULL; c++) {
        pn_str rest = pn_str_of(c->name), first;
        (void)pn_str_split(&rest, ' ', &first);
        if (group.len == 0 || pn_str_eq(first, group)) {
            int width = fprintf(file, "  %s %s", c->name, c->arguments);
            (void)fprintf(file, "%*s %s\n", width < 44 ? 44 - width : 0, "", c->summary);
            count++;
        }
    }
    return count;
}

static void print_overview(FILE *file) {
    (void)fprintf(file, "Puntual gets invoices paid.\n\nusage: puntual COMMAND [ARGUMENTS] "
                        "[OPTIONS]\n\nCommands:\n");
    (void)list_commands(file, PN_STR_NONE);
    (void)fprintf(file, "\nEverywhere:\n");
    print_options(file, GLOBALS);
    (void)fprintf(file, "\n`puntual COMMAND --help` says more. Exit codes: 0 done, 1 refused or "
                        "failed, 2 wrong usage.\n");
}

static pn_str suggest_command(pn_str words) {
    pn_str best = PN_STR("");
    unsigned distance = (unsigned)PN_MIN((size_t)4, words.len / 2 + 1);
    for (const pn_cli_command *c = PN_COMMANDS; c->name != NULL; c++) {
        unsigned edits = pn_str_distance(words, pn_str_of(c->name));
        if (edits < distance) {
            distance = edits;
            best = pn_str_of(c->name);
        }
    }
    return best;
}

static int no_command(pn_cli *cli) {
    if (cli->help && cli->json) {
        overview_json(&cli->out);
        return pn_out_finish(&cli->out) == PN_OK ? 0 : 1;
    }
    if (cli->arg_count == 0) {
        print_overview(cli->help ? stdout : stderr);
        return cli->help ? 0 : 2;
    }
    pn_str words = cli->arg_count == 1
                       ? cli->args[0]
                       : pn_str_format(&cli->arena, "%.*s %.*s", PN_STR_ARG(cli->args[0]),
                                       PN_STR_ARG(cli->args[1]));
    pn_str best = suggest_command(words);
    if (best.len != 0) {
        (void)fprintf(stderr, "puntual: There is no command “%.*s”. Did you mean “%.*s”?\n",
                      PN_STR_ARG(words), PN_STR_ARG(best));
        return 2;
    }
    FILE *file = cli->help ? stdout : stderr;
    if (!cli->help) {
        (void)fprintf(stderr, "puntual: There is no command “%.*s”.\n", PN_STR_ARG(words));
    }
    if (list_commands(file, cli->args[0]) == 0) {
        (void)fprintf(stderr, "`puntual --help` lists the commands.\n");
        return 2;
    }
    return cli->help ? 0 : 2;
}

/* ── running ─────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_cli_open(pn_cli *cli, bool create) {
    pn_app_options options = {.url = cli->db,
                              .org_name = cli->org,
                              .create = create,
                              .env = cli->env,
                              .log = &cli->log,
                              .actor = "cli"};
    PN_TRY(pn_app_open(&options, &cli->app, &cli->diag));
    if (cli->turn == NULL) {
        cli->turn = pn_control_turn(cli->db);
    }
    cli->app->turn = cli->turn;
    if (cli->app->org.id != 0) {
        cli->out.zone = pn_app_zone_or_own(cli->app, cli->app->org.zone);
        cli->out.language = cli->app->org.language;
        cli->out.country = cli->app->org.country;
    }
    return PN_OK;
}

pn_err pn_cli_write(pn_cli *cli, pn_err (*work)(pn_cli *cli, void *context), void *context) {
    PN_TRY(pn_app_begin(cli->app, &cli->diag));
    pn_err err = work(cli, context);
    return pn_app_end(cli->app, err, &cli->diag);
}

/* A server's database is always there, even where nothing is in it yet. */
bool pn_cli_database_exists(const pn_cli *cli) {
    return !pn_db_is_file(cli->db) || access(pn_db_file(cli->db), F_OK) == 0;
}

void pn_cli_remove_database(pn_cli *cli) {
    static const char *const SUFFIXES[] = {"", "-wal", "-shm"};
    pn_app_close(cli->app);
    cli->app = NULL;
    for (size_t i = 0; i < PN_COUNT(SUFFIXES); i++) {
        (void)unlink(pn_str_z(
            &cli->arena, pn_str_format(&cli->arena, "%s%s", pn_db_file(cli->db), SUFFIXES[i])));
    }
}

static pn_err run_command(pn_cli *cli) {
    const pn_cli_command *command = cli->command;
    if (cli->arg_count < command->args_min || cli->arg_count > command->args_max) {
        return pn_cli_usage(cli, "usage: puntual %s %s", command->name, command->arguments);
    }
    if (command->needs == PN_CLI_NEEDS_APP ||
        (command->needs == PN_CLI_MAY_USE_APP && pn_cli_database_exists(cli))) {
        PN_TRY(pn_cli_open(cli, false));
    }
    return command->run(cli);
}

/* A setting's flag is a global option, or the command's own. */
static pn_err load_settings(pn_cli *cli) {
    const char *flags[PN_SETTINGS] = {[PN_SETTING_DB] = cli->db, [PN_SETTING_ORG] = cli->org};
    for (int i = PN_SETTING_ORG + 1; i < PN_SETTINGS; i++) {
        const char *flag = pn_setting_flag(i);
        int own = flag == NULL ? -1 : find_option(cli->command->options, pn_str_of(flag));
        if (own >= 0 && cli->given[own]) {
            flags[i] = pn_str_z(&cli->arena, cli->values[own]);
        }
    }
    PN_TRY(pn_settings_load(&cli->settings, flags, &cli->log.level, &cli->arena, &cli->diag));
    pn_str org = cli->settings.items[PN_SETTING_ORG].value;
    cli->db = pn_str_z(&cli->arena, cli->settings.items[PN_SETTING_DB].value);
    cli->org = org.len != 0 ? pn_str_z(&cli->arena, org) : NULL;
    return PN_OK;
}

/* Two spellings that fingers know from other programs. */
static void respell(int argc, char **argv) {
    static char help[] = "--help", version[] = "version";
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (i == argc - 1 && strcmp(argv[i], "-h") == 0) {
            argv[i] = help;
        } else if (i == 1 && strcmp(argv[i], "--version") == 0) {
            argv[i] = version;
        }
    }
}

int pn_cli_main(pn_cli *cli, int argc, char **argv) {
    respell(argc, argv);
    pn_err err = parse(cli, argc, argv);
    pn_out_init(&cli->out, cli->json, &cli->arena);
    if (err == PN_OK && cli->command == NULL) {
        return no_command(cli);
    }
    if (err == PN_OK && cli->help) {
        if (!cli->json) {
            print_command_help(cli->command, &cli->arena);
            return 0;
        }
        help_json(&cli->out, cli->command);
        return pn_out_finish(&cli->out) == PN_OK ? 0 : 1;
    }
    if (err == PN_OK) {
        err = load_settings(cli);
    }
    if (err == PN_OK) {
        err = run_command(cli);
    }
    if (err != PN_OK && !cli->refused) {
        print_diag(cli);
        if (cli->json && !cli->usage) {
            fail_json(cli, err);
        }
    }
    if (pn_out_finish(&cli->out) != PN_OK && err == PN_OK) {
        (void)fprintf(stderr, "puntual: The output cannot be written: %s.\n", strerror(errno));
        err = PN_IO;
    }
    int failure = cli->failure != 0 ? cli->failure : 1;
    return err == PN_OK ? 0 : cli->usage ? 2 : failure;
}

void pn_cli_done(pn_cli *cli) {
    pn_app_close(cli->app);
    pn_control_turn_free(cli->turn);
    pn_out_done(&cli->out);
    for (size_t i = 0; i < cli->file_count; i++) {
        pn_buf_done(&cli->files[i]);
    }
    pn_arena_done(&cli->arena);
}
