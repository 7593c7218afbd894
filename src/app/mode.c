#include "app/mode.h"

#include "app/catalog.h"
#include "app/outlets.h"
#include "app/trail.h"
#include "base/banned.h"
#include "store/payin.h"
#include "store/setup.h"

static const char *const NAMES[] = {"sender",   "tested",  "creditor",  "policy",  "invoices",
                                    "strategy", "address", "simulated", "captured"};
static_assert(PN_COUNT(NAMES) == PN_READY_CHECKS, "every check has a name");

const char *pn_ready_kind_name(pn_ready_kind kind) {
    return NAMES[kind];
}

/* ── what is there ───────────────────────────────────────────────────────────────────────────── */

static pn_err check_sender(pn_app *app, pn_arena *arena, pn_ready_check *checks) {
    pn_channel_row row;
    pn_channel_health health;
    pn_err err = pn_channel_get(app->db, app->org.id, PN_CHANNEL_EMAIL, arena, &row);
    if (err == PN_NOT_FOUND) {
        return PN_OK;
    }
    PN_TRY(err);
    PN_TRY(pn_channel_health_get(app->db, app->org.id, PN_CHANNEL_EMAIL, arena, &health));
    const pn_channel_driver *driver = pn_channel_driver_find(row.driver);
    checks[PN_READY_SENDER].good = driver != NULL && driver->delivers;
    checks[PN_READY_TESTED].good = checks[PN_READY_SENDER].good &&
                                   health.tested_at != PN_TIME_NONE &&
                                   health.tested_at >= row.updated_at;
    return PN_OK;
}

static void check_creditors(const pn_app *app, pn_ready_check *check) {
    for (size_t i = 0; i < app->creditor_count; i++) {
        const pn_creditor_row *row = &app->creditors[i];
        bool whole = row->tax_id.len != 0 && row->email.len != 0 &&
                     (row->iban.len != 0 || row->pix_key.len != 0);
        check->count += whole ? 0 : 1;
    }
    check->good = check->count == 0 && app->creditor_count != 0;
}

/* The neutral one is of nobody's law. */
static pn_err check_policy(pn_app *app, pn_ready_check *check, pn_diag *diag) {
    const pn_policy *policy = NULL;
    PN_TRY(pn_catalog_policy(app, app->creditor_count != 0 ? &app->creditors[0] : NULL,
                             app->org.country, pn_app_today(app), &policy, diag));
    check->good = !pn_str_is(policy->name, "neutral");
    return PN_OK;
}

static pn_err has_row(pn_app *app, const char *sql, bool *ret_has) {
    pn_stmt *q = pn_db_stmt(app->db, sql);
    pn_bind_int(q, 1, app->org.id);
    pn_err err = pn_row_next(q);
    pn_stmt_reset(q);
    *ret_has = err == PN_OK;
    return err == PN_NOT_FOUND ? PN_OK : err;
}

static pn_err check_captured(pn_app *app, pn_ready_check *check) {
    pn_stmt *q = pn_db_stmt(app->db, "SELECT COALESCE(SUM(sent), 0) FROM strategy_day"
                                     " WHERE org_id = $1");
    pn_bind_int(q, 1, app->org.id);
    PN_TRY(pn_row_next(q));
    check->count = app->org.mode == PN_MODE_LIVE ? 0 : pn_col_int(q, 0);
    pn_stmt_reset(q);
    check->good = check->count == 0;
    return PN_OK;
}

pn_err pn_mode_checks(pn_app *app, pn_arena *arena, pn_ready_check ret_checks[PN_READY_CHECKS],
                      pn_diag *diag) {
    bool simulated = false;
    for (int kind = 0; kind < PN_READY_CHECKS; kind++) {
        ret_checks[kind] = (pn_ready_check){.kind = (pn_ready_kind)kind};
    }
    ret_checks[PN_READY_SENDER].needed = true;
    ret_checks[PN_READY_TESTED].needed = true;
    ret_checks[PN_READY_CREDITOR].needed = true;
    ret_checks[PN_READY_SIMULATED].needed = true;
    pn_err err = check_sender(app, arena, ret_checks);
    check_creditors(app, &ret_checks[PN_READY_CREDITOR]);
    err = err == PN_OK ? check_policy(app, &ret_checks[PN_READY_POLICY], diag) : err;
    err = err == PN_OK ? has_row(app, "SELECT 1 FROM debtor WHERE org_id = $1 LIMIT 1",
                                 &ret_checks[PN_READY_INVOICES].good)
                       : err;
    err = err == PN_OK ? has_row(app,
                                 "SELECT 1 FROM strategy WHERE org_id = $1 AND kind = 0"
                                 " AND active = 1 LIMIT 1",
                                 &ret_checks[PN_READY_STRATEGY].good)
                       : err;
    err = err == PN_OK ? has_row(app,
                                 "SELECT 1 FROM payment_method WHERE org_id = $1"
                                 " AND kind = 'simulated' LIMIT 1",
                                 &simulated)
                       : err;
    ret_checks[PN_READY_SIMULATED].good = !simulated;
    ret_checks[PN_READY_ADDRESS].good = app->org.public_url.len != 0;
    err = err == PN_OK ? check_captured(app, &ret_checks[PN_READY_CAPTURED]) : err;
    return pn_app_fail(app, err, diag);
}

/* ── the switch ──────────────────────────────────────────────────────────────────────────────── */

static pn_err refuse(const pn_ready_check *check, pn_diag *diag) {
    static const char *const SENTENCES[PN_READY_CHECKS] = {
        [PN_READY_SENDER] = "Nobody would get anything: no mail server is set up.",
        [PN_READY_TESTED] = "The mail server was not tried since it was set up.",
        [PN_READY_CREDITOR] = "A creditor does not say how it is paid, who answers, or its tax id.",
        [PN_READY_SIMULATED] = "Debtors would be offered the simulated bank, which moves no money.",
    };
    static const char *const MENDS[PN_READY_CHECKS] = {
        [PN_READY_SENDER] = "Set it up among the channels.",
        [PN_READY_TESTED] = "Send yourself a test.",
        [PN_READY_CREDITOR] = "Fill in the creditor's tax id, account and address for answers.",
        [PN_READY_SIMULATED] = "Take it away among the ways to pay.",
    };
    pn_err err = pn_diag_set(diag, PN_INVALID, "%s", SENTENCES[check->kind]);
    pn_diag_mend(diag, "%s", MENDS[check->kind]);
    return err;
}

static pn_err pause_all(pn_app *app, pn_arena *arena) {
    pn_channel_row *rows = NULL;
    size_t count = 0;
    bool es = pn_str_starts(app->org.language, PN_STR("es"));
    bool pt = pn_str_starts(app->org.language, PN_STR("pt"));
    pn_str reason = es   ? PN_STR("En real, sin encender todavía")
                    : pt ? PN_STR("Em real, ainda não foi ligado")
                         : PN_STR("Live, and not switched on yet");
    PN_TRY(pn_channel_list(app->db, app->org.id, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].paused_reason.len == 0) {
            PN_TRY(pn_outlet_pause(app, rows[i].channel, reason));
        }
    }
    return PN_OK;
}

static pn_str mode_json(pn_org_mode mode, pn_arena *arena) {
    return pn_str_format(arena, "{\"mode\":\"%s\"}", pn_org_mode_name(mode));
}

pn_err pn_mode_set(pn_app *app, pn_org_mode mode, pn_arena *arena, pn_diag *diag) {
    pn_ready_check checks[PN_READY_CHECKS];
    if (app->org.mode == PN_MODE_SANDBOX || mode == PN_MODE_SANDBOX) {
        pn_err err = pn_diag_set(diag, PN_DENIED, "A sandbox has its own clock and stays one.");
        pn_diag_mend(diag, "Found another organization, and import into that one.");
        return err;
    }
    if (app->org.mode == mode) {
        return PN_OK;
    }
    PN_TRY(pn_mode_checks(app, arena, checks, diag));
    for (int kind = 0; mode == PN_MODE_LIVE && kind < PN_READY_CHECKS; kind++) {
        if (checks[kind].needed && !checks[kind].good) {
            return refuse(&checks[kind], diag);
        }
    }
    if (mode == PN_MODE_LIVE) {
        PN_TRY(pause_all(app, arena));
    }
    pn_trail_change change = {.what = "mode", .before = mode_json(app->org.mode, arena)};
    change.after = mode_json(mode, arena);
    PN_TRY(pn_org_set_mode(app->db, app->org.id, mode));
    PN_TRY(pn_trail_add(app, &change));
    PN_TRY(pn_journal_add(app, 0, 0, 0, PN_EVENT_SETTING, PN_STR("{\"setting\":\"mode\"}"),
                          &(pn_id){0}));
    return pn_app_reload(app, diag);
}
