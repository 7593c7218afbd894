#include "app/found.h"

#include <stdio.h>

#include "app/sign_in_int.h"
#include "app/users.h"
#include "base/banned.h"

static pn_err make_owner(pn_app *app, pn_id user_id, pn_diag *diag) {
    PN_TRY(pn_app_begin(app, diag));
    pn_err err = pn_users_found(app, app->org.id, user_id);
    return pn_app_end(app, err, diag);
}

pn_err pn_found(const pn_app *at, const pn_init_request *request, pn_id user_id, pn_id *ret_org_id,
                pn_diag *diag) {
    pn_app *app = NULL;
    char id[PN_ID_TEXT_SIZE], actor[sizeof "user:" + PN_ID_TEXT_SIZE];
    (void)snprintf(actor, sizeof actor, "user:%s", pn_id_text(PN_ID_USER, user_id, id));
    /* whoever founds it, though nobody is in yet: what is ready there is published by them */
    pn_app_options options = {.url = at->url, .env = at->env, .log = at->log, .actor = actor};
    PN_TRY(pn_app_borrow(at->db, &options, 0, &app, diag));
    app->turn = at->turn;
    app->rank = at->rank;
    pn_err err = pn_publish_init(app, request, diag);
    err = err == PN_OK ? make_owner(app, user_id, diag) : err;
    if (err == PN_OK) {
        *ret_org_id = app->org.id;
    }
    pn_app_close(app);
    return err;
}

static pn_err work_there(const pn_visitor *visitor, void *context) {
    const pn_signed_in *in = context;
    pn_session_row row;
    pn_sha256 hash = pn_token_hash(pn_str_of(in->token));
    PN_TRY(pn_session_find(visitor->app->db, &hash, pn_env_now(visitor->app->env), visitor->arena,
                           &row));
    row.org_id = in->org_id;
    return pn_session_update(visitor->app->db, &row);
}

pn_err pn_found_first(const pn_visitor *visitor, const pn_init_request *request, pn_signed_in *in) {
    pn_org_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_org_list(visitor->app->db, visitor->arena, &rows, &count));
    if (count != 0) {
        return PN_OK;
    }
    PN_TRY(pn_found(visitor->app, request, in->user_id, &in->org_id, visitor->diag));
    return pn_visit_write(visitor, in->user_id, work_there, in);
}
