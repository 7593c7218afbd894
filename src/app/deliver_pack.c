/* What the content of a parcel is compressed against: what its template says to an invented debtor
 * (store/content.h). */
#include "app/deliver_int.h"

#include "base/banned.h"

/* The same template as an e-mail to nobody: equal in every process, and without anybody's data. */
static pn_err write_example(pn_app *app, const pn_parcel *parcel, pn_arena *arena,
                            pn_str *ret_text) {
    pn_preview example;
    pn_diag diag = {0};
    pn_parcel nobody = {.claim = parcel->claim,
                        .family = parcel->family,
                        .sender = PN_STR("Cobros <cobros@example.com>"),
                        .carrier = {.id = 1,
                                    .channel = parcel->carrier.channel,
                                    .creditor_id = parcel->carrier.creditor_id,
                                    .address = PN_STR("pagos@example.com")}};
    pn_compose_example(pn_str_first(parcel->carrier.language, 2), parcel->facts.country, arena,
                       &nobody.facts);
    nobody.facts.form = parcel->facts.form;
    nobody.facts.tone = parcel->facts.tone;
    nobody.carrier.at = nobody.facts.now;
    PN_TRY(pn_parcel_write(app, &nobody, parcel->carrier.language, arena, &example, &diag));
    *ret_text = example.eml;
    return PN_OK;
}

static pn_err store_dictionary(pn_app *app, pn_str text, pn_id *ret_id) {
    pn_diag diag = {0};
    PN_TRY(pn_app_begin(app, &diag));
    pn_err err = pn_dictionary_put(app->db, app->org.id, pn_app_id(app), text, ret_id);
    if (err == PN_OK) {
        return pn_app_commit(app, &diag);
    }
    pn_app_rollback(app);
    return err;
}

/* What the example depends on; no byte of it is undefined. */
typedef struct {
    pn_id family_id, creditor_id; /* the logo is the larger part of an e-mail: of the creditor with
                                     one, else 0 */
    uint64_t language;            /* hash of it and of the country */
    uint64_t form_and_tone;
} dictionary_key;

static pn_err find_dictionary(pn_delivery *d, const pn_parcel *parcel,
                              const pn_dictionary **ret_dictionary) {
    const pn_compose_facts *facts = &parcel->facts;
    dictionary_key key = {
        .family_id = parcel->family->id,
        .creditor_id = facts->logo_src.len != 0 ? parcel->carrier.creditor_id : 0,
        .language = pn_hash64_str(facts->country, pn_hash64_str(parcel->carrier.language, 0)),
        .form_and_tone = (uint64_t)facts->form << 32 | facts->tone,
    };
    pn_str name = {(const char *)&key, sizeof key}, text;
    pn_id id = 0;
    *ret_dictionary = pn_dictionaries_find(d->dictionaries, name);
    if (*ret_dictionary != NULL) {
        return PN_OK;
    }
    PN_TRY(write_example(d->app, parcel, &parcel->claim->arena, &text));
    PN_TRY(store_dictionary(d->app, text, &id));
    *ret_dictionary = pn_dictionaries_add(d->dictionaries, name, id, text);
    return PN_OK;
}

const pn_dictionary *pn_parcel_dictionary(pn_delivery *d, const pn_parcel *parcel) {
    const pn_dictionary *dictionary = NULL;
    if (find_dictionary(d, parcel, &dictionary) != PN_OK) {
        dictionary = NULL; /* larger, and good all the same */
        pn_log_write(d->app->log, PN_LOG_WARN, "delivery.no_dictionary",
                     (pn_log_fields){.org = d->app->org.id});
    }
    return dictionary;
}
