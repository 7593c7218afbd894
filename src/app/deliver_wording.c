/* Which variant of its family a parcel gets, and what its content is compressed against: what that
 * says to an invented debtor (store/content.h). Both are found once for all that are alike. */
#include "app/deliver_int.h"

#include "app/edit.h"
#include "base/banned.h"

/* The same template as an e-mail to nobody: equal in every process, and without anybody's data. */
static pn_err write_example(pn_app *app, const pn_parcel *parcel, pn_arena *arena,
                            pn_str *ret_text) {
    pn_preview example;
    pn_diag diag = {0};
    pn_parcel nobody = {.claim = parcel->claim,
                        .family = parcel->family,
                        .http = parcel->http,
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

/* What variant and example depend on; no byte of it is undefined. */
typedef struct {
    pn_id family_id, creditor_id;
    uint32_t channel, form, tone, logo;
    char language[24], country[8];
} wording_key;

/* False where a name is too long to be kept; none is. */
static bool key_of(const pn_parcel *parcel, pn_str language, wording_key *ret_key) {
    const pn_compose_facts *facts = &parcel->facts;
    if (language.len > sizeof ret_key->language || facts->country.len > sizeof ret_key->country) {
        return false;
    }
    memset(ret_key, 0, sizeof *ret_key);
    ret_key->family_id = parcel->family->id;
    ret_key->creditor_id = parcel->carrier.creditor_id;
    ret_key->channel = parcel->carrier.channel;
    ret_key->form = facts->form;
    ret_key->tone = facts->tone;
    ret_key->logo = facts->logo_src.len != 0;
    memcpy(ret_key->language, language.ptr, language.len);
    memcpy(ret_key->country, facts->country.ptr, facts->country.len);
    return true;
}

static pn_err find_dictionary(pn_delivery *d, const pn_parcel *parcel,
                              const pn_dictionary **ret_dictionary) {
    wording_key key;
    if (!key_of(parcel, parcel->carrier.language, &key)) {
        return PN_LIMIT;
    }
    if (key.logo == 0) { /* else it is the larger part of the e-mail */
        key.creditor_id = 0;
    }
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

static pn_err choose(pn_delivery *d, pn_parcel *parcel, pn_diag *diag) {
    PN_TRY(pn_parcel_variant(d->app, parcel, PN_STR_NONE, &parcel->claim->arena, &parcel->variant,
                             diag));
    parcel->carrier.language =
        pn_str_dup(&parcel->claim->arena, pn_variant_language(parcel->variant));
    if (find_dictionary(d, parcel, &parcel->dictionary) != PN_OK) {
        parcel->dictionary = NULL; /* larger, and good all the same */
        pn_log_write(d->app->log, PN_LOG_WARN, "delivery.no_dictionary",
                     (pn_log_fields){.org = d->app->org.id});
    }
    return PN_OK;
}

typedef struct {
    const pn_variant *variant;
    const pn_dictionary *dictionary;
} wording;

/* A person's words for one message alone: nothing of them is shared with others. */
static pn_err choose_edited(pn_parcel *parcel, pn_diag *diag) {
    pn_arena *arena = &parcel->claim->arena;
    PN_TRY(pn_edit_compile(&parcel->messages[0].row, parcel->family->family, arena, &parcel->edited,
                           diag));
    parcel->variant = parcel->edited;
    parcel->dictionary = NULL;
    parcel->carrier.language = pn_variant_language(parcel->edited);
    return PN_OK;
}

pn_err pn_parcel_wording(pn_delivery *d, pn_parcel *parcel, pn_diag *diag) {
    if (pn_edit_is(&parcel->messages[0].row)) {
        return choose_edited(parcel, diag);
    }
    wording_key key;
    wording *known = NULL;
    bool keeps = key_of(parcel, parcel->facts.language, &key);
    pn_str name = {(const char *)&key, sizeof key};
    if (keeps && (known = pn_table_get(&d->wordings, name)) != NULL) {
        parcel->variant = known->variant;
        parcel->dictionary = known->dictionary;
        parcel->carrier.language =
            pn_str_dup(&parcel->claim->arena, pn_variant_language(known->variant));
        return PN_OK;
    }
    PN_TRY(choose(d, parcel, diag));
    if (keeps) {
        known = pn_arena_new(&d->wording_arena, wording);
        *known = (wording){parcel->variant, parcel->dictionary};
        (void)pn_table_put(&d->wordings, pn_str_dup(&d->wording_arena, name), known);
    }
    return PN_OK;
}

void pn_wordings_forget(pn_delivery *d) {
    pn_arena_reset(&d->wording_arena);
    d->wordings = pn_table_on(&d->wording_arena);
}
