/* What is made from the table of routes. */
#include "base/banned.h"
#include "cli/cmd.h"
#include "http/openapi.h"

static pn_err print_whole(pn_cli *cli, void (*write)(const pn_route *const *, pn_arena *, pn_buf *),
                          bool json) {
    pn_buf text;
    pn_buf_init(&text, 1 << 24);
    write(PN_ROUTES, &cli->arena, &text);
    pn_str copy = pn_str_dup(&cli->arena, pn_buf_str(&text));
    pn_err err = pn_buf_err(&text);
    pn_buf_done(&text);
    if (json) {
        pn_out_whole(&cli->out, copy);
    } else {
        pn_out_str(&cli->out, "types", NULL, copy);
        pn_out_exact(&cli->out, copy);
    }
    return err;
}

pn_err pn_cmd_api_openapi(pn_cli *cli) {
    return print_whole(cli, pn_openapi_write, true);
}

pn_err pn_cmd_api_types(pn_cli *cli) {
    return print_whole(cli, pn_typescript_write, false);
}
