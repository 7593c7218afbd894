/* What people, debtors and the bank do. Whom and what a deed concerns it draws from what is there,
 * so it means something also in a shortened history. */
#include "sim/sim_int.h"

#include <stdio.h>

#include "app/contacts.h"
#include "app/erasures.h"
#include "app/import_undo.h"
#include "app/signals.h"
#include "app/steer.h"
#include "app/tasks.h"
#include "app/uncertain.h"
#include "base/banned.h"

/* One of the ids that a statement gives; 0: none. Its parameter is the organization. */
static pn_id any(pn_life *life, pn_app *app, const char *sql) {
    pn_stmt *q = NULL;
    pn_id id = 0;
    uint64_t rows = 0;
    if (pn_db_prepare(app->db, sql, &q, &life->diag) != PN_OK) {
        return 0;
    }
    pn_bind_int(q, 1, app->org.id);
    while (pn_row_next(q) == PN_OK) {
        id = pn_random_below(&life->dice, ++rows) == 0 ? pn_col_int(q, 0) : id;
    }
    pn_stmt_free(q);
    return id;
}

typedef struct {
    pn_id debtor, account;
    int64_t open;
} account_found;

static account_found any_account(pn_life *life, pn_app *app) {
    account_found found = {0};
    uint64_t rows = 0;
    pn_stmt *q = pn_db_stmt(app->db, "SELECT debtor_id, id, open_minor FROM account WHERE org_id ="
                                     " $1 ORDER BY debtor_id, id");
    pn_bind_int(q, 1, app->org.id);
    while (pn_row_next(q) == PN_OK) {
        if (pn_random_below(&life->dice, ++rows) == 0) {
            found = (account_found){pn_col_int(q, 0), pn_col_int(q, 1), pn_col_int(q, 2)};
        }
    }
    pn_stmt_reset(q);
    return found;
}

static int64_t part_of(pn_life *life, int64_t open) {
    int64_t most = PN_MAX(open, 2);
    return pn_sim_below(life, 3) == 0 ? most : 1 + pn_sim_below(life, most);
}

static pn_err promise(pn_life *life, pn_app *app) {
    pn_id id = 0;
    account_found a = any_account(life, app);
    return a.account == 0
               ? PN_NOT_FOUND
               : pn_books_promise(app, a.debtor, a.account, part_of(life, a.open),
                                  pn_app_today(app) + (pn_date)pn_sim_below(life, 12),
                                  PN_STR("phone"), NULL, 0, &life->scratch, &id, &life->diag);
}

static pn_err cancel_promise(pn_life *life, pn_app *app) {
    pn_id id = any(life, app, "SELECT id FROM promise WHERE org_id = $1 AND state = 0 ORDER BY id");
    pn_id debtor = 0;
    PN_TRY(id == 0 ? PN_NOT_FOUND : PN_OK);
    PN_TRY(pn_promise_debtor(app->db, app->org.id, id, &debtor));
    return pn_books_cancel_promise(app, debtor, id, &life->scratch, &life->diag);
}

static pn_err dispute(pn_life *life, pn_app *app) {
    pn_id id = 0, invoice = any(life, app, "SELECT id FROM invoice WHERE org_id = $1 ORDER BY id");
    return pn_books_dispute(app, invoice, 0, pn_sim_below(life, 2) * pn_sim_below(life, 20000),
                            PN_STR("price"), &life->scratch, &id, &life->diag);
}

static pn_err settle(pn_life *life, pn_app *app) {
    pn_id id = any(life, app, "SELECT id FROM dispute WHERE org_id = $1 AND state = 0 ORDER BY id");
    return pn_books_close_dispute(app, id, PN_STR("settled"), &life->scratch, &life->diag);
}

static pn_err lower(pn_life *life, pn_app *app) {
    static const pn_entry_kind KINDS[] = {PN_ENTRY_CREDIT, PN_ENTRY_WRITE_OFF, PN_ENTRY_DISCOUNT,
                                          PN_ENTRY_CANCEL};
    pn_id invoice = any(life, app, "SELECT id FROM invoice WHERE org_id = $1 ORDER BY id");
    return pn_books_lower(app, invoice, KINDS[pn_sim_below(life, 4)],
                          pn_sim_below(life, 3) * pn_sim_below(life, 9000), PN_STR("agreed"),
                          &life->scratch, &life->diag);
}

/* Whoever is being written to just now rather than anybody else: that is what races. */
static pn_id any_debtor(pn_life *life, pn_app *app) {
    pn_id id = any(life, app,
                   "SELECT debtor_id FROM message WHERE org_id = $1 AND state = 1 ORDER BY"
                   " id");
    if (id != 0) {
        return id;
    }
    return any(life, app,
               "SELECT id FROM debtor WHERE org_id = $1 AND archived_at IS NULL"
               " ORDER BY id");
}

static pn_err hold(pn_life *life, pn_app *app) {
    pn_id id = 0, debtor = any_debtor(life, app);
    return debtor == 0 ? PN_NOT_FOUND
                       : pn_books_hold(app, debtor, 0, PN_STR("manual"),
                                       pn_app_now(app) + pn_sim_below(life, 20) * PN_DAY +
                                           pn_sim_below(life, 24) * PN_HOUR,
                                       &id);
}

static pn_err release(pn_life *life, pn_app *app) {
    size_t count = 0;
    pn_id debtor = any(life, app,
                       "SELECT debtor_id FROM hold WHERE org_id = $1 AND released_at IS"
                       " NULL ORDER BY id");
    return debtor == 0 ? PN_NOT_FOUND : pn_books_release(app, debtor, 0, &life->scratch, &count);
}

static pn_err bar(pn_life *life, pn_app *app) {
    pn_id debtor = any_debtor(life, app);
    pn_date until = pn_sim_below(life, 2) == 0
                        ? PN_DATE_NONE
                        : pn_app_today(app) + (pn_date)pn_sim_below(life, 20);
    return debtor == 0 ? PN_NOT_FOUND
                       : pn_books_bar(app, debtor, PN_STR("excluded"), until, &life->scratch);
}

static pn_err unbar(pn_life *life, pn_app *app) {
    pn_id debtor = any(life, app,
                       "SELECT id FROM debtor WHERE org_id = $1 AND barred_reason <> ''"
                       " ORDER BY id");
    return debtor == 0 ? PN_NOT_FOUND
                       : pn_books_bar(app, debtor, PN_STR(""), PN_DATE_NONE, &life->scratch);
}

static pn_err plan(pn_life *life, pn_app *app) {
    pn_id id = 0;
    account_found a = any_account(life, app);
    pn_date today = pn_app_today(app);
    int64_t first = part_of(life, a.open / 2 + 1), second = part_of(life, a.open / 2 + 1);
    pn_installment_row parts[2] = {{1, today + 3 + (pn_date)pn_sim_below(life, 9), first},
                                   {2, today + 14 + (pn_date)pn_sim_below(life, 9), second}};
    return a.account == 0 ? PN_NOT_FOUND
                          : pn_books_plan(app, a.debtor, a.account, parts, 2, &life->scratch, &id,
                                          &life->diag);
}

static pn_err instrument(pn_life *life, pn_app *app) {
    pn_id id = 0, open = any(life, app,
                             "SELECT id FROM instrument WHERE org_id = $1 AND state = 0"
                             " ORDER BY id");
    if (open != 0 && pn_sim_below(life, 2) == 0) {
        return pn_books_settle_instrument(app, open, pn_sim_below(life, 2) == 0, PN_STR("bank"),
                                          &life->scratch, &life->diag);
    }
    account_found a = any_account(life, app);
    return a.account == 0
               ? PN_NOT_FOUND
               : pn_books_instrument(app, a.debtor, a.account, PN_STR("cheque"), PN_STR("1"),
                                     part_of(life, a.open), pn_app_today(app) + 20, NULL, 0,
                                     &life->scratch, &id, &life->diag);
}

static pn_err said_paid(pn_life *life, pn_app *app) {
    pn_id id =
        any(life, app, "SELECT id FROM invoice WHERE org_id = $1 AND closed = 0 ORDER BY id");
    return pn_books_report_paid(app, id, &life->scratch, &life->diag);
}

/* Receipts come late, twice, in any order, and contradict each other. */
static pn_err signal_something(pn_life *life, pn_app *app) {
    static const pn_signal_kind KINDS[] = {
        PN_SIGNAL_OPEN,   PN_SIGNAL_CLICK,      PN_SIGNAL_VISIT,          PN_SIGNAL_REPLY,
        PN_SIGNAL_BOUNCE, PN_SIGNAL_AUTO_REPLY, PN_SIGNAL_PAYMENT_FAILED, PN_SIGNAL_OPEN};
    static const char *const STATUSES[] = {"5.1.1", "4.2.2", ""};
    pn_id carrier = any(life, app,
                        "SELECT id FROM carrier WHERE org_id = $1 AND state IN (2, 3, 4,"
                        " 8) ORDER BY id");
    pn_signal_report report = {.carrier_id = carrier,
                               .debtor_id = carrier != 0 ? 0 : any_debtor(life, app),
                               .kind = KINDS[pn_sim_below(life, (int64_t)PN_COUNT(KINDS))],
                               .source = (pn_signal_source)pn_sim_below(life, 3),
                               .status = pn_str_of(STATUSES[pn_sim_below(life, 3)]),
                               .detail = PN_STR("random")};
    bool twice = pn_sim_below(life, 3) == 0;
    PN_TRY(pn_signals_add(app, &report, &life->scratch, &life->diag));
    return twice ? pn_signals_add(app, &report, &life->scratch, &life->diag) : PN_OK;
}

static pn_err do_task(pn_life *life, pn_app *app) {
    pn_id id = any(life, app, "SELECT id FROM task WHERE org_id = $1 AND state = 0 ORDER BY id");
    return pn_tasks_done(app, id, pn_sim_below(life, 2) == 0 ? PN_STR("") : PN_STR("approved"),
                         &life->scratch, &life->diag);
}

static pn_err steer(pn_life *life, pn_app *app) {
    static const pn_steer_kind KINDS[] = {PN_STEER_SKIP, PN_STEER_POSTPONE, PN_STEER_STOP,
                                          PN_STEER_SKIP};
    pn_run_row row;
    pn_id id = any(life, app, "SELECT id FROM run WHERE org_id = $1 AND status = 0 ORDER BY id");
    pn_steer_wish wish = {.kind = KINDS[pn_sim_below(life, 4)],
                          .until = pn_app_now(app) + pn_sim_below(life, 9) * PN_DAY,
                          .reason = PN_STR("by hand")};
    PN_TRY(id == 0 ? PN_NOT_FOUND : PN_OK);
    PN_TRY(pn_run_get(app->db, id, &life->scratch, &row));
    return pn_steer(app, &row, &wish, &life->scratch, &life->diag);
}

/* A person looks into the server's log, where the truth is. */
static pn_err settle_uncertain(pn_life *life, pn_app *app) {
    pn_id carrier = 0;
    size_t count = 0;
    pn_id id = any(life, app, "SELECT id FROM message WHERE org_id = $1 AND state = 8 ORDER BY id");
    PN_TRY(id == 0 ? PN_NOT_FOUND : PN_OK);
    pn_stmt *q = pn_db_stmt(app->db, "SELECT carrier_id FROM message WHERE id = $1");
    pn_bind_int(q, 1, id);
    if (pn_row_next(q) == PN_OK) {
        carrier = pn_col_int(q, 0);
    }
    pn_stmt_reset(q);
    bool left = false;
    for (size_t i = 0; i < life->mail_count; i++) {
        left = left || life->mails[i].carrier == carrier;
    }
    pn_uncertain_verdict verdict = left                         ? PN_UNCERTAIN_SENT
                                   : pn_sim_below(life, 2) == 0 ? PN_UNCERTAIN_RESEND
                                                                : PN_UNCERTAIN_DROP;
    return pn_uncertain_settle(app, id, verdict, PN_STR("looked it up"), &life->scratch, &count,
                               &life->diag);
}

static pn_err erase(pn_life *life, pn_app *app) {
    char journal[PN_ERASURES_PATH_MAX];
    pn_id debtor = any_debtor(life, app);
    PN_TRY(pn_erasures_path(life->url, PN_STR_NONE, journal, &life->diag));
    return debtor == 0 ? PN_NOT_FOUND : pn_erase(app, debtor, journal, &life->scratch, &life->diag);
}

typedef pn_err (*doing)(pn_life *life, pn_app *app);

/* In a transaction of its own, which is undone whole where the deed is refused. */
static doing in_transaction(pn_sim_act_kind kind) {
    static const doing DOINGS[PN_SIM_ACTS] = {
        [PN_SIM_PROMISE] = promise,
        [PN_SIM_UNPROMISE] = cancel_promise,
        [PN_SIM_DISPUTE] = dispute,
        [PN_SIM_SETTLE] = settle,
        [PN_SIM_LOWER] = lower,
        [PN_SIM_HOLD] = hold,
        [PN_SIM_RELEASE] = release,
        [PN_SIM_BAR] = bar,
        [PN_SIM_UNBAR] = unbar,
        [PN_SIM_PLAN] = plan,
        [PN_SIM_INSTRUMENT] = instrument,
        [PN_SIM_SAID_PAID] = said_paid,
        [PN_SIM_SIGNAL] = signal_something,
        [PN_SIM_TASK] = do_task,
        [PN_SIM_STEER] = steer,
        [PN_SIM_UNCERTAIN] = settle_uncertain,
        [PN_SIM_ERASE] = erase,
    };
    return DOINGS[kind];
}

static pn_err undo(pn_life *life, pn_app *app) {
    pn_undo_report report;
    pn_id id = any(life, app,
                   "SELECT id FROM import WHERE org_id = $1 AND undone_at IS NULL ORDER"
                   " BY id");
    pn_err err = id == 0 ? PN_NOT_FOUND
                         : pn_import_undo(app, id, false, &life->scratch, &report, &life->diag);
    return err == PN_DENIED ? PN_NOT_FOUND : err;
}

/* With transactions of its own. */
static pn_err alone(pn_life *life, pn_app *app, pn_sim_act_kind kind) {
    if (kind == PN_SIM_STRATEGY) {
        return pn_sim_ready(life, app);
    }
    if (kind == PN_SIM_RANDOM) {
        return pn_sim_random(life, app);
    }
    if (kind == PN_SIM_REPUBLISH) {
        return pn_sim_republish(life, app);
    }
    if (kind == PN_SIM_INVOICES) {
        return pn_sim_invoices(life, app);
    }
    if (kind == PN_SIM_PAY || kind == PN_SIM_PAY_ALL) {
        return pn_sim_pay(life, app, kind == PN_SIM_PAY_ALL);
    }
    if (kind == PN_SIM_PAY_TWICE) {
        return pn_sim_pay_twice(life, app);
    }
    return kind == PN_SIM_TAKE_BACK ? pn_sim_take_back(life, app) : undo(life, app);
}

static bool is_refusal(pn_err err) {
    return err == PN_INVALID || err == PN_CONFLICT || err == PN_NOT_FOUND || err == PN_DENIED;
}

pn_err pn_sim_do(pn_life *life, pn_app *app, const pn_sim_act *deed) {
    doing act = in_transaction(deed->kind);
    life->dice = pn_random_for(deed->dice, PN_STR("deed"));
    pn_diag_clear(&life->diag);
    pn_err err = PN_OK;
    if (act == NULL) {
        err = alone(life, app, deed->kind);
    } else {
        err = pn_app_begin(app, &life->diag);
        if (err == PN_OK) {
            err = pn_app_end(app, act(life, app), &life->diag);
        }
    }
    life->result->deeds++;
    if (is_refusal(err) && !pn_fault_happened()) {
        life->result->refused++;
        return PN_OK;
    }
    return err;
}
