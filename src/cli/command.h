/* Commands: one table declares name, arguments, options and help; parsing, `--help` and docs/CLI.md
 * are made from it, so they cannot disagree. */
#ifndef PN_CLI_COMMAND_H
#define PN_CLI_COMMAND_H

#include "app/app.h"
#include "cli/out.h"
#include "cli/settings.h"

typedef struct pn_cli pn_cli;

typedef struct {
    const char *name;  /* "date-format" */
    const char *value; /* what stands for its value in the help; NULL: a switch */
    const char *help;
} pn_cli_option;

enum { PN_CLI_OPTIONS_MAX = 40, PN_CLI_ARGS_MAX = 2048 };

/* What a command needs before it runs. */
typedef enum {
    PN_CLI_NEEDS_NOTHING,
    PN_CLI_NEEDS_APP,   /* an existing database with its organization */
    PN_CLI_MAY_USE_APP, /* the same where there is one; cli->app is NULL otherwise */
} pn_cli_needs;

typedef struct {
    const char *name;      /* "strategy publish" */
    const char *arguments; /* "FILE" */
    const char *summary;
    pn_cli_needs needs;
    int args_min, args_max;
    pn_err (*run)(pn_cli *cli);
    const pn_cli_option *options;       /* ended by an entry without a name; may be NULL */
    const char *help;                   /* more to say; may be NULL */
    pn_str (*details)(pn_arena *arena); /* what is said from another table; mostly NULL */
} pn_cli_command;

struct pn_cli {
    const pn_env *env;
    pn_log log;
    pn_arena arena;
    pn_out out;
    pn_diag diag;
    const pn_cli_command *command;
    pn_str args[PN_CLI_ARGS_MAX];
    int arg_count;
    pn_str values[PN_CLI_OPTIONS_MAX]; /* beside command->options */
    bool given[PN_CLI_OPTIONS_MAX];
    const char *db;  /* --db, else what settings say */
    const char *org; /* --org, else what settings say; NULL: the only one */
    pn_settings settings;
    bool json, help;
    bool usage;   /* the command line itself is wrong: exit 2 */
    bool refused; /* the command said why itself: exit 1 without another sentence */
    int failure;  /* the exit code of a failure; 0: 1 */
    pn_app *app;
    const pn_turn *turn; /* beside a server that runs (app/control.h); NULL */
    pn_buf files[4];     /* what was read lives until the end */
    size_t file_count;
};

extern const pn_cli_command PN_COMMANDS[]; /* ended by an entry without a name */

/* Parses argv, runs the command and gives the exit code: 0 done, 1 refused or failed, 2 usage. */
int pn_cli_main(pn_cli *cli, int argc, char **argv);
/* Closes the organization and frees everything. */
void pn_cli_done(pn_cli *cli);

/* ── for commands ── */

/* The option's value; empty when it was not given. The name must be one of the command's. */
pn_str pn_cli_value(const pn_cli *cli, const char *name);
bool pn_cli_given(const pn_cli *cli, const char *name);
/* A file's path as it may be kept: it holds whatever folder the program is started in later. Empty
 * stays empty. */
pn_str pn_cli_path(pn_cli *cli, pn_str path);
/* A mistake in the command line. */
pn_err pn_cli_usage(pn_cli *cli, const char *format, ...) PN_PRINTF(2, 3);
/* Opens the organization; sets cli->app. With `create`, the database is made when it is missing. */
PN_MUST_USE pn_err pn_cli_open(pn_cli *cli, bool create);
bool pn_cli_database_exists(const pn_cli *cli);
/* Closes the database and deletes its files: what a failed `init` had begun. */
void pn_cli_remove_database(pn_cli *cli);
/* Runs `work` in a transaction: committed when it is OK, else undone, with a sentence. */
PN_MUST_USE pn_err pn_cli_write(pn_cli *cli, pn_err (*work)(pn_cli *cli, void *context),
                                void *context);
/* True while stderr is a terminal: progress is shown there. */
bool pn_cli_interactive(void);
/* One line on stderr that replaces the one before; an empty text ends it. */
void pn_cli_progress(const char *format, ...) PN_PRINTF(1, 2);

/* A whole file; "-" is standard input. It lives until the command ends. IO or LIMIT with a
 * sentence. */
PN_MUST_USE pn_err pn_cli_read_file(pn_cli *cli, pn_str path, size_t max_bytes, pn_str *ret_bytes);
/* Forgets the file that was read last: a command that reads many needs none of them again. */
void pn_cli_forget_file(pn_cli *cli);
/* Makes a directory unless it is there. */
PN_MUST_USE pn_err pn_cli_make_dir(pn_cli *cli, pn_str path);
PN_MUST_USE pn_err pn_cli_write_file(pn_cli *cli, pn_str path, pn_str bytes);
/* A new file that only this user may read; CONFLICT when there is one of that name. */
PN_MUST_USE pn_err pn_cli_write_secret(pn_cli *cli, pn_str path, pn_str bytes);

/* Values of options; a wrong one is a usage error that names the option. An option that was not
 * given leaves `otherwise`. */
PN_MUST_USE pn_err pn_cli_int(pn_cli *cli, const char *name, int64_t min, int64_t max,
                              int64_t otherwise, int64_t *ret_value);
/* "2026-03-03" */
PN_MUST_USE pn_err pn_cli_date(pn_cli *cli, const char *name, pn_date otherwise, pn_date *ret_date);
/* "2026-03-03" (its midnight), "2026-03-03T10:00" in that zone, or with Z or an offset. */
PN_MUST_USE pn_err pn_cli_time(pn_cli *cli, const char *name, const pn_zone *zone,
                               pn_time otherwise, pn_time *ret_time);
/* An amount in major units, "1234.50". */
PN_MUST_USE pn_err pn_cli_amount(pn_cli *cli, const char *name, pn_currency currency,
                                 int64_t otherwise, int64_t *ret_minor);
/* Parses a JSON text from an option or file; the sentence says where it is wrong. */
PN_MUST_USE pn_err pn_cli_parse_json(pn_cli *cli, pn_str text, pn_str name, pn_json **ret_json);

#endif
