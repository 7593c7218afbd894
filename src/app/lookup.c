#include "app/lookup.h"

#include "base/banned.h"
#include "store/debtor.h"

static pn_err none(pn_app *app, const char *what, pn_str text, pn_diag *diag) {
    (void)app;
    pn_err err = pn_diag_set(diag, PN_NOT_FOUND, "There is no %s “%.*s”.", what, PN_STR_ARG(text));
    pn_diag_mend(diag, "Give its id, or the key it has in the ERP.");
    return err;
}

static pn_err several(const char *what, pn_str text, pn_diag *diag) {
    pn_err err = pn_diag_set(diag, PN_CONFLICT, "Several creditors have a %s “%.*s”.", what,
                             PN_STR_ARG(text));
    pn_diag_mend(diag, "Give the id instead of the key.");
    return err;
}

pn_err pn_lookup_id(pn_id_kind kind, pn_str text, pn_id *ret_id, pn_diag *diag) {
    if (pn_id_parse(kind, text, ret_id) != PN_OK) {
        return pn_diag_set(diag, PN_INVALID, "“%.*s” is no id like %s_….", PN_STR_ARG(text),
                           pn_id_prefix(kind));
    }
    return PN_OK;
}

static pn_err debtor_exists(pn_app *app, pn_id id) {
    pn_stmt *q = pn_db_stmt(app->db, "SELECT 1 FROM debtor WHERE id = $1 AND org_id = $2");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, app->org.id);
    pn_err err = pn_row_next(q);
    pn_stmt_reset(q);
    return err;
}

static pn_err debtor_by_key(pn_app *app, pn_str text, const pn_creditor_row *only, pn_id *ret_id,
                            pn_diag *diag) {
    pn_id found = 0;
    for (size_t i = 0; i < app->creditor_count; i++) {
        pn_id id = 0;
        if (only != NULL && app->creditors[i].id != only->id) {
            continue;
        }
        pn_err err = pn_debtor_by_key(app->db, app->creditors[i].id, text, &id);
        if (err == PN_OK && found != 0 && found != id) {
            return several("debtor", text, diag);
        }
        if (err != PN_OK && err != PN_NOT_FOUND) {
            return pn_app_fail(app, err, diag);
        }
        found = err == PN_OK ? id : found;
    }
    *ret_id = found;
    return found != 0 ? PN_OK : PN_NOT_FOUND;
}

pn_err pn_lookup_debtor(pn_app *app, pn_str text, pn_str creditor, pn_id *ret_id, pn_diag *diag) {
    pn_id id = 0;
    const pn_creditor_row *only = NULL;
    if (creditor.len != 0) {
        PN_TRY(pn_app_find_creditor(app, creditor, &only, diag));
    }
    pn_err err = pn_id_parse(PN_ID_DEBTOR, text, &id) == PN_OK
                     ? debtor_exists(app, id)
                     : debtor_by_key(app, text, only, &id, diag);
    if (err == PN_NOT_FOUND) {
        return none(app, "debtor", text, diag);
    }
    if (err == PN_OK) {
        *ret_id = id;
    }
    return pn_app_fail(app, err, diag);
}

static pn_err invoice_by_key(pn_app *app, pn_str text, pn_arena *arena, pn_invoice_row *ret_invoice,
                             pn_diag *diag) {
    bool found = false;
    for (size_t i = 0; i < app->creditor_count; i++) {
        pn_invoice_row row;
        pn_err err = pn_invoice_by_key(app->db, app->creditors[i].id, text, arena, &row);
        if (err == PN_OK && found) {
            return several("invoice", text, diag);
        }
        if (err == PN_OK) {
            *ret_invoice = row;
            found = true;
        } else if (err != PN_NOT_FOUND) {
            return pn_app_fail(app, err, diag);
        }
    }
    return found ? PN_OK : PN_NOT_FOUND;
}

pn_err pn_lookup_invoice(pn_app *app, pn_str text, pn_arena *arena, pn_invoice_row *ret_invoice,
                         pn_diag *diag) {
    pn_id id = 0;
    pn_err err = PN_NOT_FOUND;
    if (pn_id_parse(PN_ID_INVOICE, text, &id) == PN_OK) {
        err = pn_invoice_get(app->db, id, arena, ret_invoice);
        err = err == PN_OK && ret_invoice->org_id != app->org.id ? PN_NOT_FOUND : err;
    } else {
        err = invoice_by_key(app, text, arena, ret_invoice, diag);
    }
    return err == PN_NOT_FOUND ? none(app, "invoice", text, diag) : pn_app_fail(app, err, diag);
}

pn_err pn_lookup_case(pn_app *app, pn_str text, pn_arena *arena, pn_case_ref *ret_ref,
                      pn_diag *diag) {
    pn_case_ref ref = {0};
    pn_run_row run;
    pn_invoice_row invoice;
    pn_id id = 0;
    if (pn_id_parse(PN_ID_RUN, text, &id) == PN_OK) {
        pn_err err = pn_run_get(app->db, id, arena, &run);
        if (err == PN_NOT_FOUND || (err == PN_OK && run.org_id != app->org.id)) {
            return none(app, "case", text, diag);
        }
        PN_TRY(pn_app_fail(app, err, diag));
        *ret_ref = (pn_case_ref){run.run.debtor_id, run.run.invoice_id, id};
        return PN_OK;
    }
    if (pn_id_parse(PN_ID_DEBTOR, text, &id) != PN_OK) {
        pn_err err = pn_lookup_invoice(app, text, arena, &invoice, diag);
        if (err == PN_OK) {
            *ret_ref = (pn_case_ref){invoice.debtor_id, invoice.item.id, 0};
        }
        if (err != PN_NOT_FOUND) {
            return err;
        }
    }
    pn_diag_clear(diag);
    pn_err err = pn_lookup_debtor(app, text, PN_STR_NONE, &ref.debtor_id, diag);
    if (err == PN_NOT_FOUND) {
        pn_diag_clear(diag);
        return none(app, "case, invoice or debtor", text, diag);
    }
    if (err == PN_OK) {
        *ret_ref = ref;
    }
    return err;
}

pn_err pn_lookup_account(pn_app *app, pn_id debtor_id, pn_str creditor, pn_str currency,
                         pn_arena *arena, pn_account_row *ret_account, pn_diag *diag) {
    const pn_creditor_row *wanted = NULL;
    pn_account_row *rows = NULL;
    size_t count = 0, found = 0;
    if (creditor.len != 0) {
        PN_TRY(pn_app_find_creditor(app, creditor, &wanted, diag));
    }
    PN_TRY(pn_app_fail(app, pn_account_range(app->db, debtor_id, debtor_id, arena, &rows, &count),
                       diag));
    for (size_t i = 0; i < count; i++) {
        if ((wanted == NULL || rows[i].creditor_id == wanted->id) &&
            (currency.len == 0 || pn_str_eq(pn_str_of(rows[i].currency.code), currency))) {
            *ret_account = rows[i];
            found++;
        }
    }
    if (found == 0) {
        return pn_diag_set(diag, PN_NOT_FOUND, "The debtor has no such account.");
    }
    if (found > 1) {
        pn_err err =
            pn_diag_set(diag, PN_CONFLICT,
                        "The debtor has %zu accounts, with several creditors or in several "
                        "currencies.",
                        found);
        pn_diag_mend(diag, "Say which by --creditor and --currency.");
        return err;
    }
    return PN_OK;
}
