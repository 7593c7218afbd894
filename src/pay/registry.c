/* The drivers there are, and what all of them need. */
#include "base/banned.h"
#include "base/hash.h"
#include "pay/pay.h"

extern const pn_pay_provider pn_pay_simulated, pn_pay_stripe;

static const pn_pay_provider *const PROVIDERS[] = {&pn_pay_simulated, &pn_pay_stripe};

const pn_pay_provider *pn_pay_provider_find(pn_str name) {
    for (size_t i = 0; i < PN_COUNT(PROVIDERS); i++) {
        if (pn_str_eq(name, pn_str_of(PROVIDERS[i]->name))) {
            return PROVIDERS[i];
        }
    }
    return NULL;
}

size_t pn_pay_provider_count(void) {
    return PN_COUNT(PROVIDERS);
}

const pn_pay_provider *pn_pay_provider_at(size_t index) {
    assert(index < PN_COUNT(PROVIDERS));
    return PROVIDERS[index];
}

static bool is_setting(const pn_pay_provider *provider, pn_str key) {
    for (size_t i = 0; i < provider->setting_count; i++) {
        if (pn_str_eq(key, pn_str_of(provider->settings[i].name))) {
            return true;
        }
    }
    return false;
}

pn_err pn_pay_settings_check(const pn_pay_provider *provider, const pn_json *settings,
                             pn_diag *diag) {
    if (settings != NULL && settings->type != PN_JSON_OBJECT) {
        return pn_diag_set(diag, PN_INVALID, "Settings of a provider are a JSON object.");
    }
    for (size_t i = 0; settings != NULL && i < settings->count; i++) {
        const pn_json_member *member = &settings->members[i];
        if (!is_setting(provider, member->key)) {
            return pn_diag_set(diag, PN_INVALID, "%s has no setting “%.*s”.", provider->title,
                               PN_STR_ARG(pn_str_first(member->key, 60)));
        }
        if (member->value.type != PN_JSON_STR) {
            return pn_diag_set(diag, PN_INVALID, "The setting “%.*s” of %s is a text.",
                               PN_STR_ARG(member->key), provider->title);
        }
    }
    for (size_t i = 0; i < provider->setting_count; i++) {
        const pn_pay_setting *setting = &provider->settings[i];
        if (setting->required && pn_json_get(settings, pn_str_of(setting->name)) == NULL) {
            return pn_diag_set(diag, PN_INVALID, "%s needs the setting “%s”: %s.", provider->title,
                               setting->name, setting->help);
        }
    }
    return PN_OK;
}

/* Takes the same time wherever they differ. */
static bool same_hex(pn_str given, const char *wanted, size_t size) {
    unsigned differs = given.len == size ? 0 : 1;
    for (size_t i = 0; i < size; i++) {
        char c = i < given.len ? pn_to_lower(given.ptr[i]) : '\0';
        differs |= (unsigned)(unsigned char)c ^ (unsigned)(unsigned char)wanted[i];
    }
    return differs == 0;
}

bool pn_pay_signed(pn_str secrets, const pn_str *pieces, size_t count, pn_str hex) {
    bool any = false;
    for (size_t i = 0; i < secrets.len;) {
        size_t end = i;
        while (end < secrets.len && !pn_is_space(secrets.ptr[end])) {
            end++;
        }
        if (end > i) {
            char wanted[2 * PN_SHA256_BYTES + 1];
            pn_hmac_key key = pn_hmac_key_of((pn_str){secrets.ptr + i, end - i});
            pn_sha256 mac = pn_hmac_with(&key, pieces, count);
            pn_hex(mac.bytes, PN_SHA256_BYTES, wanted);
            any = same_hex(hex, wanted, 2 * PN_SHA256_BYTES) || any;
        }
        i = end + 1;
    }
    return any;
}
