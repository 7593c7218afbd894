#include "core/node/node.h"

#include "base/banned.h"

static const char *const ATTACHMENTS[] = {"invoice", "xml", "statement", NULL};

static const pn_param PARAMS[] = {
    [PN_SEND_TEMPLATE] = {.name = "template",
                          .type = PN_PARAM_TEMPLATE,
                          .required = true,
                          .max = 120,
                          .help = "The template's family; the newest version, or \"name@3\"."},
    [PN_SEND_TONE] = {.name = "tone",
                      .type = PN_PARAM_INT,
                      .min = 1,
                      .max = 5,
                      .otherwise = "1",
                      .help = "1 friendly to 5 final; a demand climbs by one step at a time."},
    [PN_SEND_ATTACH] = {.name = "attach",
                        .type = PN_PARAM_CHOICES,
                        .choices = ATTACHMENTS,
                        .help =
                            "What goes with it: the invoice (the ERP's PDF, else a copy that "
                            "Puntual makes), the XML beside it where there is one, a statement of "
                            "the account. One that cannot be made fails the message."},
    [PN_SEND_COPY] = {.name = "copy_to",
                      .type = PN_PARAM_RECIPIENTS,
                      .help = "Who gets a copy: \"owner\", \"salesperson\", addresses."},
};
static_assert(PN_COUNT(PARAMS) == PN_SEND_PARAM_COUNT,
              "the parameters every send node begins with");

static const char *const EXITS[] = {"next", "error", NULL};

static pn_go step(pn_step_context *c) {
    return pn_send_step(c, PN_CHANNEL_EMAIL);
}

const pn_node_type pn_node_send_email = {
    .type = "send.email",
    .label_es = "Enviar correo",
    .label_en = "Send e-mail",
    .label_pt = "Enviar e-mail",
    .help = "Sends an e-mail and goes on when it has left. “error”: no usable address, or it could "
            "not be sent; a later bounce is for branch.message.",
    .version = 1,
    .flags = PN_NODE_SENDS,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
};
