#include "app/audit_int.h"

#include <stdarg.h>

#include "base/banned.h"

/* ── the report ──────────────────────────────────────────────────────────────────────────────── */

pn_audit_check *pn_audit_begin(pn_auditor *auditor, const char *name, const char *title) {
    pn_audit_report *report = auditor->report;
    assert(report->count < PN_AUDIT_CHECKS_MAX);
    pn_audit_check *check = &report->checks[report->count++];
    *check = (pn_audit_check){.name = name, .title = title};
    return check;
}

void pn_audit_disagree(pn_auditor *auditor, pn_audit_check *check, const char *format, ...) {
    check->disagreements++;
    auditor->report->disagreements++;
    if (check->shown_count < PN_AUDIT_SHOWN) {
        va_list args;
        va_start(args, format);
        check->shown[check->shown_count++] = pn_str_format_args(auditor->arena, format, args);
        va_end(args);
    }
}

const char *pn_audit_name(pn_auditor *auditor, pn_id_kind kind, pn_id id, pn_str known_as) {
    char text[PN_ID_TEXT_SIZE];
    (void)pn_id_text(kind, id, text);
    pn_str name = known_as.len == 0
                      ? pn_str_of(text)
                      : pn_str_format(&auditor->scratch, "%s (%.*s)", text, PN_STR_ARG(known_as));
    return pn_str_z(&auditor->scratch, name);
}

const char *pn_audit_amount(pn_auditor *auditor, int64_t minor, pn_currency currency) {
    pn_buf text;
    pn_buf_init(&text, 64);
    pn_amount_plain(&text, minor, pn_currency_decimals(currency));
    pn_buf_add_char(&text, ' ');
    pn_buf_add_z(&text, currency.code);
    const char *copy = pn_str_z(&auditor->scratch, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

/* ── cursors ─────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_audit_next(pn_audit_cursor *cursor) {
    pn_err err = pn_row_next(cursor->q);
    cursor->live = err == PN_OK;
    return err == PN_NOT_FOUND ? PN_OK : err;
}

pn_err pn_audit_open(pn_auditor *auditor, const char *literal, pn_audit_cursor *ret_cursor) {
    pn_audit_cursor cursor = {.q = pn_db_stmt(auditor->app->db, literal)};
    pn_bind_int(cursor.q, 1, auditor->app->org.id);
    PN_TRY(pn_audit_next(&cursor));
    *ret_cursor = cursor;
    return PN_OK;
}

pn_err pn_audit_take(pn_auditor *auditor, pn_audit_check *check, pn_audit_cursor *cursor,
                     pn_id debtor_id, void (*each)(void *context, pn_stmt *q), void *context) {
    while (cursor->live && pn_col_int(cursor->q, 0) <= debtor_id) {
        pn_id owner = pn_col_int(cursor->q, 0);
        if (owner == debtor_id) {
            each(context, cursor->q);
        } else {
            char id[PN_ID_TEXT_SIZE];
            pn_audit_disagree(auditor, check, "A row belongs to debtor %s, who does not exist.",
                              pn_id_text(PN_ID_DEBTOR, owner, id));
        }
        PN_TRY(pn_audit_next(cursor));
    }
    return PN_OK;
}

/* ── all of it ───────────────────────────────────────────────────────────────────────────────── */

static pn_err audit_all(pn_auditor *auditor) {
    PN_TRY(pn_audit_keys(auditor));
    PN_TRY(pn_audit_books(auditor));
    PN_TRY(pn_audit_log(auditor));
    PN_TRY(pn_audit_runs(auditor));
    PN_TRY(pn_audit_messages(auditor));
    PN_TRY(pn_audit_received(auditor));
    PN_TRY(pn_audit_rows(auditor));
    PN_TRY(pn_audit_rollups(auditor));
    return pn_audit_protections(auditor);
}

pn_err pn_audit(pn_app *app, pn_arena *arena, pn_audit_report *ret_report, pn_diag *diag) {
    pn_audit_report report = {.checks = pn_arena_array(arena, pn_audit_check, PN_AUDIT_CHECKS_MAX)};
    pn_auditor auditor = {.app = app, .arena = arena, .report = &report};
    pn_diag_clear(diag);
    pn_err err = pn_db_begin_read(app->db);
    if (err != PN_OK) {
        return pn_app_fail(app, err, diag);
    }
    pn_arena_init(&auditor.scratch, 0);
    err = audit_all(&auditor);
    pn_arena_done(&auditor.scratch);
    if (err != PN_OK) {
        (void)pn_app_fail(app, err, diag);
    }
    pn_db_rollback(app->db);
    if (err == PN_OK) {
        *ret_report = report;
    }
    return err;
}
