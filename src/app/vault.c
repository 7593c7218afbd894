#include "app/vault.h"

#include "auth/seal.h"
#include "base/banned.h"

/* Bound to its row: moved to another organization or use it does not open. */
static pn_str context_of(const pn_app *app, pn_str name, pn_arena *arena) {
    char org[PN_ID_TEXT_SIZE];
    return pn_str_format(arena, "vault %s %.*s", pn_id_text(PN_ID_ORGANIZATION, app->org.id, org),
                         PN_STR_ARG(name));
}

pn_err pn_vault_put(pn_app *app, pn_str name, pn_str secret, pn_arena *arena, pn_diag *diag) {
    pn_seal_key key = {0};
    pn_str sealed = PN_STR_NONE;
    PN_TRY(pn_seal_load(app->url, true, app->env, &key, diag));
    pn_err err = pn_seal(&key, context_of(app, name, arena), secret, app->env, arena, &sealed);
    pn_seal_forget(&key);
    PN_TRY(err);
    pn_stmt *q = pn_db_stmt(app->db, "INSERT INTO vault (org_id, name, sealed, set_at)"
                                     " VALUES ($1,$2,$3,$4) ON CONFLICT (org_id, name) DO UPDATE"
                                     " SET sealed = excluded.sealed, set_at = excluded.set_at");
    pn_bind_int(q, 1, app->org.id);
    pn_bind_str(q, 2, name);
    pn_bind_blob(q, 3, sealed.ptr, sealed.len);
    pn_bind_int(q, 4, pn_env_now(app->env));
    return pn_stmt_run(q, NULL);
}

pn_err pn_vault_drop(pn_app *app, pn_str name) {
    pn_stmt *q = pn_db_stmt(app->db, "DELETE FROM vault WHERE org_id = $1 AND name = $2");
    pn_bind_int(q, 1, app->org.id);
    pn_bind_str(q, 2, name);
    return pn_stmt_run(q, NULL);
}

static pn_err read_sealed(const pn_app *app, pn_str name, pn_arena *arena, pn_str *ret_sealed) {
    pn_stmt *q = pn_db_stmt(app->db, "SELECT sealed FROM vault WHERE org_id = $1 AND name = $2");
    pn_bind_int(q, 1, app->org.id);
    pn_bind_str(q, 2, name);
    pn_err err = pn_row_next(q);
    if (err == PN_OK) {
        *ret_sealed = pn_col_str_dup(q, 0, arena);
    }
    pn_stmt_reset(q);
    return err;
}

pn_err pn_vault_get(const pn_app *app, pn_str name, pn_arena *arena, pn_str *ret_secret,
                    pn_diag *diag) {
    pn_seal_key key = {0};
    pn_str sealed = PN_STR_NONE;
    pn_err err = read_sealed(app, name, arena, &sealed);
    if (err == PN_NOT_FOUND) {
        err = pn_diag_set(diag, err, "The password or key of this (%.*s) is not there any more.",
                          PN_STR_ARG(name));
        pn_diag_mend(diag, "Enter it again in the settings.");
        return err;
    }
    PN_TRY(err);
    PN_TRY(pn_seal_load(app->url, false, app->env, &key, diag));
    err = pn_unseal(&key, context_of(app, name, arena), sealed, arena, ret_secret, diag);
    pn_seal_forget(&key);
    return err;
}

pn_err pn_vault_since(pn_app *app, pn_str name, pn_time *ret_at) {
    pn_stmt *q = pn_db_stmt(app->db, "SELECT set_at FROM vault WHERE org_id = $1 AND name = $2");
    pn_bind_int(q, 1, app->org.id);
    pn_bind_str(q, 2, name);
    pn_err err = pn_row_next(q);
    *ret_at = err == PN_OK ? pn_col_int(q, 0) : PN_TIME_NONE;
    pn_stmt_reset(q);
    return err == PN_NOT_FOUND ? PN_OK : err;
}
