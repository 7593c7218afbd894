#include "app/mandates.h"

#include "base/banned.h"
#include "base/limits.h"
#include "pay/pay.h"

enum { CARD_DIGITS_MIN = 12 };

static pn_err check(const pn_mandate_row *row, pn_diag *diag) {
    const pn_pay_provider *provider = pn_pay_provider_find(row->provider);
    if (provider == NULL || provider->charge == NULL) {
        pn_err err = pn_diag_set(diag, PN_INVALID, "No provider “%.*s” charges mandates.",
                                 PN_STR_ARG(pn_str_first(row->provider, 60)));
        pn_diag_where(diag, "provider");
        return err;
    }
    if (row->token.len == 0 || row->token.len > PN_LIMIT_EXTERNAL_ID_BYTES) {
        return pn_diag_refuse(diag, "token", "A mandate is what the provider calls it.",
                              "Give it as the provider does: cus_…/pm_….");
    }
    if (pn_str_is_digits(row->token) && row->token.len >= CARD_DIGITS_MIN) {
        return pn_diag_refuse(diag, "token", "The token looks like the number of a card.",
                              "Give what the provider calls it; card numbers stay there.");
    }
    return PN_OK;
}

static pn_err journal(pn_app *app, pn_id id, const char *what, pn_arena *arena) {
    char text[PN_ID_TEXT_SIZE];
    pn_str body = pn_str_format(arena, "{\"mandate\":\"%s\",\"what\":\"%s\"}",
                                pn_id_text(PN_ID_MANDATE, id, text), what);
    return pn_journal_add(app, 0, 0, 0, PN_EVENT_SETTING, body, &(pn_id){0});
}

pn_err pn_mandates_add(pn_app *app, pn_mandate_row *row, pn_arena *arena, pn_diag *diag) {
    PN_TRY(check(row, diag));
    row->id = pn_app_id(app);
    row->org_id = app->org.id;
    row->made_at = pn_app_now(app);
    row->ended = false;
    row->ended_at = PN_TIME_NONE;
    PN_TRY(pn_app_fail(app, pn_mandate_insert(app->db, row), diag));
    return journal(app, row->id, "added", arena);
}

pn_err pn_mandates_end(pn_app *app, pn_id id, pn_arena *arena, pn_diag *diag) {
    pn_err err = pn_mandate_end(app->db, app->org.id, id, PN_STR("revoked"), pn_app_now(app));
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(diag, err, "There is no such mandate in force.");
    }
    PN_TRY(pn_app_fail(app, err, diag));
    return journal(app, id, "ended", arena);
}
