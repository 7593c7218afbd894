#include "channel/channel.h"

#include <stdio.h>

#include "base/banned.h"

extern const pn_channel_driver pn_channel_capture;
extern const pn_channel_driver pn_channel_http;
extern const pn_channel_driver pn_channel_smtp;

static const pn_channel_driver *const DRIVERS[] = {
    &pn_channel_capture,
    &pn_channel_http,
    &pn_channel_smtp,
};

const char *pn_send_outcome_name(pn_send_outcome outcome) {
    switch (outcome) {
    case PN_SEND_ACCEPTED: return "accepted";
    case PN_SEND_RETRY: return "retry";
    case PN_SEND_NEXT_CONTACT: return "next_contact";
    case PN_SEND_NEXT_CHANNEL: return "next_channel";
    case PN_SEND_SENDER_PROBLEM: return "sender_problem";
    case PN_SEND_STOP: return "stop";
    case PN_SEND_UNCERTAIN: return "uncertain";
    }
    return "unknown";
}

size_t pn_channel_driver_count(void) {
    return PN_COUNT(DRIVERS);
}

const pn_channel_driver *pn_channel_driver_at(size_t index) {
    return index < PN_COUNT(DRIVERS) ? DRIVERS[index] : NULL;
}

const pn_channel_driver *pn_channel_driver_find(pn_str name) {
    for (size_t i = 0; i < PN_COUNT(DRIVERS); i++) {
        if (pn_str_eq(name, pn_str_of(DRIVERS[i]->name))) {
            return DRIVERS[i];
        }
    }
    return NULL;
}

/* ── settings ── */

static const pn_channel_setting *setting_find(const pn_channel_driver *driver, pn_str name) {
    for (size_t i = 0; i < driver->setting_count; i++) {
        if (pn_str_eq(name, pn_str_of(driver->settings[i].name))) {
            return &driver->settings[i];
        }
    }
    return NULL;
}

static pn_err unknown_setting(const pn_channel_driver *driver, pn_str name, pn_diag *diag) {
    char names[300] = "";
    size_t len = 0;
    for (size_t i = 0; i < driver->setting_count && len < sizeof names; i++) {
        int added = snprintf(names + len, sizeof names - len, "%s%s", i == 0 ? "" : ", ",
                             driver->settings[i].name);
        len += added > 0 ? (size_t)added : 0;
    }
    pn_err err = pn_diag_set(diag, PN_INVALID, "A channel of type %s has no setting \"%.*s\".",
                             driver->name, PN_STR_ARG(name));
    pn_diag_where(diag, "%.*s", PN_STR_ARG(name));
    pn_diag_mend(diag, "Its settings are: %s.", driver->setting_count == 0 ? "none" : names);
    return err;
}

static bool is_choice(const char *choices, pn_str value) {
    pn_str rest = pn_str_of(choices), choice;
    while (pn_str_split(&rest, '|', &choice)) {
        if (pn_str_eq(choice, value)) {
            return true;
        }
    }
    return false;
}

static pn_err number_check(const pn_channel_setting *setting, const pn_json *value, pn_diag *diag) {
    bool integer = setting->type == PN_SETTING_INTEGER;
    double number = pn_json_double(value, setting->min - 1);
    if ((value->type == PN_JSON_INT || (!integer && value->type == PN_JSON_REAL)) &&
        number >= setting->min && number <= setting->max) {
        return PN_OK;
    }
    pn_err err =
        pn_diag_set(diag, PN_INVALID, "The setting \"%s\" must be %s from %g to %g.", setting->name,
                    integer ? "a whole number" : "a number", setting->min, setting->max);
    pn_diag_where(diag, "%s", setting->name);
    return err;
}

static pn_err setting_check(const pn_channel_setting *setting, const pn_json *value,
                            pn_diag *diag) {
    if (setting->type == PN_SETTING_INTEGER || setting->type == PN_SETTING_NUMBER) {
        return number_check(setting, value, diag);
    }
    bool fine = value->type == PN_JSON_STR;
    if (fine && setting->type == PN_SETTING_CHOICE) {
        fine = is_choice(setting->choices, value->text);
    }
    for (size_t i = 0; fine && i < value->text.len; i++) {
        char c = value->text.ptr[i];
        fine = ((unsigned char)c >= 0x20 && c != 0x7F) ||
               (setting->type == PN_SETTING_TEMPLATE && pn_is_space(c));
    }
    if (fine) {
        return PN_OK;
    }
    pn_err err = setting->type == PN_SETTING_CHOICE
                     ? pn_diag_set(diag, PN_INVALID, "The setting \"%s\" must be one of %s.",
                                   setting->name, setting->choices)
                     : pn_diag_set(diag, PN_INVALID,
                                   "The setting \"%s\" must be a text without control characters.",
                                   setting->name);
    pn_diag_where(diag, "%s", setting->name);
    return err;
}

pn_err pn_channel_settings_check(const pn_channel_driver *driver, const pn_json *settings,
                                 pn_diag *diag) {
    if (settings != NULL && settings->type != PN_JSON_OBJECT) {
        return pn_diag_set(diag, PN_INVALID, "The settings of a channel must be a JSON object.");
    }
    for (uint32_t i = 0; settings != NULL && i < settings->count; i++) {
        const pn_json_member *member = &settings->members[i];
        const pn_channel_setting *setting = setting_find(driver, member->key);
        if (setting == NULL) {
            return unknown_setting(driver, member->key, diag);
        }
        PN_TRY(setting_check(setting, &member->value, diag));
    }
    for (size_t i = 0; i < driver->setting_count; i++) {
        const pn_channel_setting *setting = &driver->settings[i];
        if (setting->required && pn_json_get(settings, pn_str_of(setting->name)) == NULL) {
            pn_err err =
                pn_diag_set(diag, PN_INVALID, "The setting \"%s\" is missing.", setting->name);
            pn_diag_where(diag, "%s", setting->name);
            pn_diag_mend(diag, "%s", setting->help);
            return err;
        }
    }
    return PN_OK;
}
