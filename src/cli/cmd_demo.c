/* `puntual demo`: some months of an invented group of companies, and where to look further. */
#include "base/banned.h"
#include "cli/cmd.h"
#include "cli/print_report.h"
#include "world/demo.h"

const pn_cli_option PN_DEMO_OPTIONS[] = {
    {"seed", "N", "another world (default 1); the same seed lives the same months"},
    {"days", "N", "how many days are lived (default 120)"},
    {"out", "DIR", "folder of database and sample e-mails (default puntual-demo)"},
    {"server", "URL", "live in this PostgreSQL database, which must hold nothing"},
    {NULL, NULL, NULL},
};

enum { BAR_WIDTH = 30 };

static void show_progress(void *context, const pn_demo_progress *p) {
    (void)context;
    char date[PN_DATE_ISO_SIZE], bar[BAR_WIDTH * 3 + 1];
    size_t len = 0;
    for (int i = 0; i < BAR_WIDTH; i++) {
        const char *part = i * p->days < p->day * BAR_WIDTH ? "█" : "░";
        memcpy(bar + len, part, strlen(part));
        len += strlen(part);
    }
    bar[len] = '\0';
    pn_cli_progress("%s  %s  %lld messages sent, %lld payments in", pn_date_iso(p->today, date),
                    bar, (long long)p->sent, (long long)p->payments);
}

static pn_str long_date(pn_cli *cli, pn_date date) {
    pn_buf text;
    pn_buf_init(&text, 64);
    pn_date_text_long(&text, date, PN_STR("en"), PN_STR_NONE);
    pn_str copy = pn_str_dup(&cli->arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

static void print_head(pn_cli *cli, const pn_demo_options *options, const pn_demo_result *result) {
    pn_out *out = &cli->out;
    const pn_report *report = &result->report;
    pn_out_str(out, "database", NULL, result->db);
    pn_out_int(out, "seed", NULL, (int64_t)options->seed);
    pn_out_date(out, "from", NULL, report->from);
    pn_out_date(out, "to", NULL, report->to);
    pn_out_int(out, "creditors", NULL, report->creditors);
    pn_out_int(out, "debtors", NULL, report->debtors);
    if (out->json) {
        return;
    }
    int64_t invoices = 0;
    for (size_t i = 0; i < report->currency_count; i++) {
        invoices += report->currencies[i].sums.invoices;
    }
    pn_out_line(out, "Puntual demo, seed %llu: %.*s to %.*s", (unsigned long long)options->seed,
                PN_STR_ARG(long_date(cli, report->from)),
                PN_STR_ARG(long_date(cli, report->to - 1)));
    pn_out_line(out,
                "%lld companies in Spain and Mexico, %lld customers, %.*s invoices. All of it "
                "is invented,",
                (long long)report->creditors, (long long)report->debtors,
                PN_STR_ARG(pn_number_text(out, invoices)));
    pn_out_line(out, "and nothing left this machine: the e-mails stand in the database.");
}

static pn_str base_name(pn_str path) {
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != '/') {
        at--;
    }
    return pn_str_from(path, at);
}

static void print_samples(pn_cli *cli, const pn_demo_result *result) {
    static const pn_column COLUMNS[] = {
        {"html", "File", false},
        {"subject", "Subject", false},
    };
    static const pn_column ALL[] = {
        {"what", "What", false},       {"to", "To", false},       {"subject", "Subject", false},
        {"html", "To look at", false}, {"eml", "As sent", false},
    };
    pn_out *out = &cli->out;
    pn_out_title(
        out, "THREE OF THE E-MAILS, in %.*s (each also as .eml)",
        PN_STR_ARG(pn_cli_given(cli, "out") ? pn_cli_value(cli, "out") : PN_STR("puntual-demo")));
    pn_out_table(out, "samples", out->json ? ALL : COLUMNS,
                 out->json ? PN_COUNT(ALL) : PN_COUNT(COLUMNS));
    for (size_t i = 0; i < result->sample_count; i++) {
        const pn_demo_sample *sample = &result->samples[i];
        if (out->json) {
            pn_cell_str(out, pn_str_of(sample->what));
            pn_cell_str(out, sample->to);
            pn_cell_str(out, sample->subject);
            pn_cell_str(out, sample->html);
            pn_cell_str(out, sample->eml);
        } else {
            pn_cell_str(out, base_name(sample->html));
            pn_cell_str(out, sample->subject);
        }
    }
    pn_out_table_end(out, "None of the kinds shown here was sent in so few days.");
}

static void command(pn_cli *cli, const pn_demo_result *result, const char *rest, pn_str argument,
                    const char *what) {
    pn_str db =
        pn_cli_given(cli, "server") ? PN_STR("URL") : result->db; /* it may hold a password */
    pn_str text = pn_str_format(&cli->arena, "puntual --db %.*s %s%.*s", PN_STR_ARG(db), rest,
                                PN_STR_ARG(argument));
    pn_cell_str(&cli->out, text);
    pn_cell_str(&cli->out, pn_str_of(what));
}

static void print_further(pn_cli *cli, const pn_demo_result *result) {
    static const pn_column COLUMNS[] = {
        {"command", "Command", false},
        {"shows", "shows", false},
    };
    char debtor[PN_ID_TEXT_SIZE] = "", message[PN_ID_TEXT_SIZE] = "";
    pn_out_title(&cli->out, "LOOK FURTHER");
    pn_out_table(&cli->out, "commands", COLUMNS, PN_COUNT(COLUMNS));
    command(cli, result, "case list", PN_STR(""), "who owes what");
    if (result->debtor != 0) {
        (void)pn_id_text(PN_ID_DEBTOR, result->debtor, debtor);
        command(cli, result, "case timeline ", pn_str_of(debtor), "a story with turns");
    }
    if (result->message != 0) {
        (void)pn_id_text(PN_ID_MESSAGE, result->message, message);
        command(cli, result, "case why ", pn_str_of(message), "why this was not sent");
    }
    command(cli, result, "task list", PN_STR(""), "work for people");
    command(cli, result, "strategy show ", PN_STR("b2b_30_dias"), "a strategy as text");
    command(cli, result, "advance --days 7", PN_STR(""), "another week");
    command(cli, result, "audit", PN_STR(""), "checks every sum and seal");
    pn_out_table_end(&cli->out, NULL);
}

pn_err pn_cmd_demo(pn_cli *cli) {
    int64_t seed = 1, days = PN_DEMO_DAYS;
    pn_demo_result result;
    PN_TRY(pn_cli_int(cli, "seed", 0, INT64_MAX, 1, &seed));
    PN_TRY(pn_cli_int(cli, "days", 1, PN_DEMO_DAYS_MAX, PN_DEMO_DAYS, &days));
    pn_str out = pn_cli_given(cli, "out") ? pn_cli_value(cli, "out") : PN_STR("puntual-demo");
    while (out.len > 1 && out.ptr[out.len - 1] == '/') {
        out.len--;
    }
    if (pn_cli_given(cli, "server") &&
        pn_db_is_file(pn_str_z(&cli->arena, pn_cli_value(cli, "server")))) {
        return pn_cli_usage(cli,
                            "--server is a URL, postgresql://…; a file goes where --out says.");
    }
    pn_demo_options options = {.seed = (uint64_t)seed,
                               .days = (int)days,
                               .out = out,
                               .url = pn_cli_value(cli, "server"),
                               .log = &cli->log,
                               .progress = show_progress,
                               .context = cli};
    pn_err err = pn_demo_run(&options, &cli->arena, &result, &cli->diag);
    pn_cli_progress("%s", "");
    PN_TRY(err);
    print_head(cli, &options, &result);
    pn_print_report(&cli->out, &result.report);
    print_samples(cli, &result);
    print_further(cli, &result);
    return PN_OK;
}
