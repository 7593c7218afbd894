#include "app/audit.h"
#include "base/banned.h"
#include "cli/cmd.h"

static void print_shown(pn_out *out, const pn_audit_report *report) {
    static const pn_column COLUMNS[] = {{"check", "Check", false}, {"what", "Disagreement", false}};
    pn_out_title(out, "Disagreements");
    pn_out_table(out, "disagreements_shown", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < report->count; i++) {
        for (size_t j = 0; j < report->checks[i].shown_count; j++) {
            pn_cell_str(out, pn_str_of(report->checks[i].name));
            pn_cell_str(out, report->checks[i].shown[j]);
        }
    }
    pn_out_table_end(out, "None.");
}

static void print_checks(pn_out *out, const pn_audit_report *report) {
    static const pn_column COLUMNS[] = {
        {"check", "Check", false},
        {"rows", "Looked at", true},
        {"disagreements", "Disagree", true},
        {"title", "What holds when it agrees", false},
    };
    pn_out_table(out, "checks", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < report->count; i++) {
        pn_cell_str(out, pn_str_of(report->checks[i].name));
        pn_cell_int(out, report->checks[i].rows);
        pn_cell_int(out, report->checks[i].disagreements);
        pn_cell_str(out, pn_str_of(report->checks[i].title));
    }
    pn_out_table_end(out, NULL);
}

pn_err pn_cmd_audit(pn_cli *cli) {
    pn_audit_report report = {0};
    PN_TRY(pn_audit(cli->app, &cli->arena, &report, &cli->diag));
    pn_out_bool(&cli->out, "agrees", NULL, report.disagreements == 0);
    pn_out_int(&cli->out, "disagreements", NULL, report.disagreements);
    print_checks(&cli->out, &report);
    if (report.disagreements != 0 || cli->out.json) {
        print_shown(&cli->out, &report);
    }
    if (report.disagreements != 0) {
        return pn_diag_set(&cli->diag, PN_CORRUPT, "%lld %s; nothing was changed.",
                           (long long)report.disagreements,
                           report.disagreements == 1 ? "disagreement" : "disagreements");
    }
    pn_out_line(&cli->out, "\nEverything agrees.");
    return PN_OK;
}
