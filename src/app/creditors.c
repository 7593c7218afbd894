#include "app/creditors.h"

#include "base/banned.h"
#include "compose/colour.h"
#include "format/account.h"
#include "format/tax_id.h"

static pn_err wrong(pn_diag *diag, const char *where, const char *what) {
    pn_err err = pn_diag_set(diag, PN_INVALID, "%s", what);
    pn_diag_where(diag, "%s", where);
    return err;
}

/* One that stands already does not keep other things from being changed. */
static pn_err check_tax_id(const pn_app *app, const pn_creditor_row *row, pn_diag *diag) {
    pn_str country = row->country.len != 0 ? row->country : app->org.country;
    for (size_t i = 0; i < app->creditor_count; i++) {
        if (app->creditors[i].id == row->id && pn_str_eq(app->creditors[i].tax_id, row->tax_id)) {
            return PN_OK;
        }
    }
    if (row->tax_id.len != 0 && pn_tax_id_read(row->tax_id, country, diag) != PN_OK) {
        pn_diag_where(diag, "/tax_id");
        return PN_INVALID;
    }
    return PN_OK;
}

static pn_err check(pn_app *app, pn_creditor_row *row, pn_arena *arena, pn_diag *diag) {
    const pn_zone *zone = NULL;
    pn_account_kind kind;
    pn_colour colour;
    if (row->zone.len != 0 && pn_app_zone(app, row->zone, &zone, diag) != PN_OK) {
        return wrong(diag, "/zone", "There is no such time zone; write it like Europe/Madrid.");
    }
    if (row->colour.len != 0 && !pn_colour_read(row->colour, &colour)) {
        return wrong(diag, "/colour", "A colour is written like #e4002b.");
    }
    PN_TRY(check_tax_id(app, row, diag));
    row->colour = pn_str_lower_ascii(arena, row->colour);
    if (row->iban.len != 0 &&
        pn_account_read(row->iban, row->country, arena, &row->iban, &kind, diag) != PN_OK) {
        pn_diag_where(diag, "/account");
        return PN_INVALID;
    }
    return PN_OK;
}

pn_err pn_creditors_change(pn_app *app, pn_creditor_row *row, pn_arena *arena, pn_diag *diag) {
    char id[PN_ID_TEXT_SIZE];
    pn_id event = 0;
    PN_TRY(check(app, row, arena, diag));
    PN_TRY(pn_app_fail(app, pn_creditor_update(app->db, row), diag));
    pn_str body =
        pn_str_format(arena, "{\"creditor\":\"%s\"}", pn_id_text(PN_ID_CREDITOR, row->id, id));
    pn_err err = pn_journal_add(app, 0, 0, 0, PN_EVENT_SETTING, body, &event);
    PN_TRY(pn_app_fail(app, err, diag));
    return pn_app_reload(app, diag);
}
