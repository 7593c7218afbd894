/* Who opens a message: what a User-Agent header says of its sender. */
#include "base/banned.h"
#include "base/limits.h"
#include "cli/cmd.h"
#include "format/agent.h"

const pn_cli_option PN_CLASSIFY_OPTIONS[] = {
    {"file", "USER-AGENTS", "a file with one a line (default: standard input)"},
    {NULL, NULL, NULL},
};

/* Lines as they came; a last one without its end counts, an empty one is an empty header. */
static bool next_line(pn_str *rest, pn_str *ret_line) {
    if (rest->len == 0 || !pn_str_split(rest, '\n', ret_line)) {
        return false;
    }
    if (ret_line->len != 0 && ret_line->ptr[ret_line->len - 1] == '\r') {
        ret_line->len--;
    }
    return true;
}

static void print_json(pn_cli *cli, pn_str lines) {
    static const pn_column COLUMNS[] = {{"user_agent", "User agent", false}, {"is", "Is", false}};
    pn_str line;
    pn_out_table(&cli->out, "agents", COLUMNS, PN_COUNT(COLUMNS));
    while (next_line(&lines, &line)) {
        pn_cell_str(&cli->out, line);
        pn_cell_str(&cli->out, pn_str_of(pn_agent_name(pn_agent_of(line))));
    }
    pn_out_table_end(&cli->out, "");
}

pn_err pn_cmd_signal_classify(pn_cli *cli) {
    pn_str lines, line, path = pn_cli_value(cli, "file");
    path = pn_cli_given(cli, "file") ? path : PN_STR("-");
    PN_TRY(pn_cli_read_file(cli, path, PN_LIMIT_USER_AGENTS_BYTES, &lines));
    if (cli->json) {
        print_json(cli, lines);
        return PN_OK;
    }
    while (next_line(&lines, &line)) {
        pn_out_line(&cli->out, "%s", pn_agent_name(pn_agent_of(line)));
    }
    return PN_OK;
}
