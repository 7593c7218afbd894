#include "core/node/node.h"

#include "base/banned.h"

static const pn_param PARAMS[] = {
    [PN_SEND_TEMPLATE] = {.name = "template",
                          .type = PN_PARAM_TEMPLATE,
                          .required = true,
                          .max = 120,
                          .help =
                              "The template's family, with a text for http; the newest version, "
                              "or \"name@3\"."},
    [PN_SEND_TONE] = {.name = "tone",
                      .type = PN_PARAM_INT,
                      .min = 1,
                      .max = 5,
                      .otherwise = "1",
                      .help = "1 friendly to 5 final; a demand climbs by one step at a time."},
};

static const char *const EXITS[] = {"next", "error", NULL};

static pn_go step(pn_step_context *c) {
    return pn_send_step(c, PN_CHANNEL_HTTP);
}

const pn_node_type pn_node_send_http = {
    .type = "send.http",
    .label_es = "Enviar por HTTP",
    .label_en = "Send by HTTP",
    .label_pt = "Enviar por HTTP",
    .help = "Sends a message over another system (a gateway, an app of the company's own) and goes "
            "on when that took it. “error”: the debtor has no address there, or it could not be "
            "sent.",
    .version = 1,
    .flags = PN_NODE_SENDS,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
};
