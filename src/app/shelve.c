#include "app/shelve.h"

#include "base/banned.h"
#include "core/node/node.h"

/* Whether a parameter of the flow's nodes names that strategy. */
static bool leads_to(const pn_flow *flow, pn_str name) {
    for (uint32_t i = 0; i < flow->node_count; i++) {
        const pn_flow_node *node = &flow->nodes[i];
        for (size_t j = 0; j < node->type->param_count; j++) {
            pn_param_type type = node->type->params[j].type;
            if ((type == PN_PARAM_STRATEGY || type == PN_PARAM_PILL) &&
                pn_str_eq(node->params[j].text, name)) {
                return true;
            }
        }
    }
    return false;
}

static pn_err refuse_while_used(pn_app *app, pn_str name, pn_diag *diag) {
    const pn_published *const *list = NULL;
    size_t count = 0;
    PN_TRY(pn_catalog_strategies(app, &list, &count, diag));
    for (size_t i = 0; i < count; i++) {
        if (!pn_str_eq(list[i]->flow->name, name) && leads_to(list[i]->flow, name)) {
            pn_err err = pn_diag_set(diag, PN_CONFLICT, "“%.*s” leads into “%.*s”.",
                                     PN_STR_ARG(list[i]->flow->name), PN_STR_ARG(name));
            pn_diag_mend(diag, "Publish it without that node first, or archive it too.");
            return err;
        }
    }
    return PN_OK;
}

static pn_err tell(pn_app *app, const pn_strategy_row *row, pn_str reason) {
    pn_id event = 0;
    pn_buf body;
    pn_buf_init(&body, 8192);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_bool(&w, "after", row->active);
    pn_json_put_bool(&w, "before", !row->active);
    pn_json_put_str(&w, "reason", reason);
    pn_json_put_str(&w, "strategy", row->name);
    pn_json_put_str(&w, "what", PN_STR("strategy.active"));
    pn_json_end_object(&w);
    pn_err err = pn_buf_err(&body);
    err = err == PN_OK ? pn_journal_add(app, 0, 0, 0, PN_EVENT_SETTING, pn_buf_str(&body), &event)
                       : err;
    pn_buf_done(&body);
    return err;
}

pn_err pn_strategy_shelve(pn_app *app, pn_str name, bool shelved, pn_str reason, pn_arena *arena,
                          pn_diag *diag) {
    pn_strategy_row row;
    pn_err err = pn_strategy_find(app->db, app->org.id, name, arena, &row);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(diag, err, "There is no published strategy “%.*s”.", PN_STR_ARG(name));
    }
    PN_TRY(pn_app_fail(app, err, diag));
    if (row.active != shelved) {
        return pn_diag_set(diag, PN_CONFLICT, "“%.*s” is %s.", PN_STR_ARG(name),
                           shelved ? "archived already" : "not archived");
    }
    if (shelved) {
        PN_TRY(refuse_while_used(app, name, diag));
    }
    row.active = !shelved;
    err = pn_strategy_update(app->db, &row);
    err = err == PN_OK ? tell(app, &row, reason) : err;
    pn_catalog_reset(app);
    return pn_app_fail(app, err, diag);
}
