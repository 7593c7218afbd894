#include "app/mail_dns.h"

#include "base/banned.h"
#include "net/dns.h"

const char *pn_dns_kind_name(pn_dns_kind kind) {
    switch (kind) {
    case PN_DNS_SPF: return "spf";
    case PN_DNS_DKIM: return "dkim";
    case PN_DNS_DMARC: return "dmarc";
    case PN_DNS_CHECKS: break;
    }
    return "";
}

const char *pn_dns_state_name(pn_dns_state state) {
    switch (state) {
    case PN_DNS_GOOD: return "good";
    case PN_DNS_MISSING: return "missing";
    case PN_DNS_WRONG: return "wrong";
    case PN_DNS_UNKNOWN: break;
    }
    return "unknown";
}

/* ── what should be there ────────────────────────────────────────────────────────────────────── */

pn_err pn_mail_dns_wanted(pn_app *app, const pn_channel_row *row, pn_arena *arena,
                          pn_dns_check ret_checks[PN_DNS_CHECKS], pn_diag *diag) {
    pn_json *settings = NULL, *rest = NULL;
    pn_mail_settings mail = {0};
    PN_TRY(pn_json_parse(row->settings, NULL, arena, &settings, diag));
    PN_TRY(pn_mail_settings_read(app, settings, row->sender, false, arena, &rest, &mail, diag));
    pn_str address = pn_outlet_sender(row->sender).address;
    size_t at = pn_str_find_char(address, '@');
    pn_str domain = pn_str_from(address, at == SIZE_MAX ? address.len : at + 1);
    for (int kind = 0; kind < PN_DNS_CHECKS; kind++) {
        ret_checks[kind] = (pn_dns_check){.kind = (pn_dns_kind)kind, .state = PN_DNS_UNKNOWN};
    }
    ret_checks[PN_DNS_SPF].name = mail.bounce_domain.len != 0 ? mail.bounce_domain : domain;
    ret_checks[PN_DNS_SPF].wanted = PN_STR("v=spf1");
    ret_checks[PN_DNS_DMARC].name = pn_str_format(arena, "_dmarc.%.*s", PN_STR_ARG(domain));
    ret_checks[PN_DNS_DMARC].wanted = PN_STR("v=DMARC1; p=none");
    if (mail.key_count == 0) {
        ret_checks[PN_DNS_DKIM].state = PN_DNS_MISSING;
        return PN_OK;
    }
    ret_checks[PN_DNS_DKIM].name =
        pn_str_format(arena, "%.*s._domainkey.%.*s", PN_STR_ARG(mail.keys[0].selector),
                      PN_STR_ARG(mail.keys[0].domain));
    ret_checks[PN_DNS_DKIM].wanted =
        mail.public_key.len == 0
            ? PN_STR("v=DKIM1")
            : pn_str_format(arena, "v=DKIM1; k=rsa; p=%.*s", PN_STR_ARG(mail.public_key));
    return PN_OK;
}

/* ── what is there ───────────────────────────────────────────────────────────────────────────── */

/* The value of a tag in "a=1; b=2", without spaces around it. */
static pn_str tag_of(pn_str record, const char *tag) {
    pn_str part;
    size_t len = strlen(tag);
    while (pn_str_split(&record, ';', &part)) {
        part = pn_str_trim(part);
        if (part.len > len && part.ptr[len] == '=' && memcmp(part.ptr, tag, len) == 0) {
            return pn_str_trim(pn_str_from(part, len + 1));
        }
    }
    return PN_STR_NONE;
}

static bool begins(pn_str text, const char *word) {
    pn_str start = pn_str_first(text, strlen(word));
    return pn_str_eq_nocase(start, pn_str_of(word));
}

/* One record alone, and none that lets anybody send (RFC 7208, 4.5 and 5.1). */
static void judge_spf(pn_dns_check *check, const pn_str *texts, size_t count) {
    size_t records = 0;
    for (size_t i = 0; i < count; i++) {
        if (begins(texts[i], "v=spf1") && (texts[i].len == 6 || texts[i].ptr[6] == ' ')) {
            records++;
            check->found = texts[i];
        }
    }
    bool anybody = pn_str_find(check->found, PN_STR("+all")) != SIZE_MAX ||
                   pn_str_ends(check->found, PN_STR(" all"));
    check->state = records == 0             ? PN_DNS_MISSING
                   : records > 1 || anybody ? PN_DNS_WRONG
                                            : PN_DNS_GOOD;
}

/* The key that signs is the key that stands there; where it was made elsewhere, any key does. */
static void judge_dkim(pn_dns_check *check, const pn_str *texts, size_t count) {
    pn_str wanted = tag_of(check->wanted, "p");
    check->state = check->name.len == 0 || count == 0 ? PN_DNS_MISSING : PN_DNS_WRONG;
    for (size_t i = 0; i < count && check->state != PN_DNS_GOOD; i++) {
        pn_str key = tag_of(texts[i], "p");
        check->found = texts[i];
        if (key.len != 0 && (wanted.len == 0 || pn_str_eq(key, wanted))) {
            check->state = PN_DNS_GOOD;
        }
    }
}

static void judge_dmarc(pn_dns_check *check, const pn_str *texts, size_t count) {
    check->state = PN_DNS_MISSING;
    for (size_t i = 0; i < count; i++) {
        if (begins(texts[i], "v=DMARC1")) {
            check->found = texts[i];
            check->state = tag_of(texts[i], "p").len != 0 ? PN_DNS_GOOD : PN_DNS_WRONG;
        }
    }
}

void pn_mail_dns_judge(pn_dns_check *check, const pn_str *texts, size_t count) {
    switch (check->kind) {
    case PN_DNS_SPF: judge_spf(check, texts, count); return;
    case PN_DNS_DKIM: judge_dkim(check, texts, count); return;
    case PN_DNS_DMARC: judge_dmarc(check, texts, count); return;
    case PN_DNS_CHECKS: return;
    }
}

/* Of a domain below an organization's, DMARC also stands at the organization's (RFC 7489, 6.6.3):
 * without the list of public suffixes, at the one above. */
static pn_str above(pn_str name, pn_arena *arena) {
    pn_str domain = pn_str_from(name, 7); /* "_dmarc." */
    size_t point = pn_str_find_char(domain, '.');
    pn_str parent = pn_str_from(domain, point == SIZE_MAX ? domain.len : point + 1);
    return pn_str_find_char(parent, '.') == SIZE_MAX
               ? PN_STR_NONE
               : pn_str_format(arena, "_dmarc.%.*s", PN_STR_ARG(parent));
}

static void ask_one(pn_dns_check *check, pn_arena *arena) {
    pn_str *texts = NULL;
    size_t count = 0;
    check->state = PN_DNS_UNKNOWN;
    if (pn_dns_texts(check->name, arena, &texts, &count) == PN_OK) {
        pn_mail_dns_judge(check, texts, count);
    }
}

void pn_mail_dns_ask(pn_dns_check checks[PN_DNS_CHECKS], pn_arena *arena) {
    for (int kind = 0; kind < PN_DNS_CHECKS; kind++) {
        pn_dns_check *check = &checks[kind];
        if (check->name.len != 0) {
            ask_one(check, arena);
        }
        pn_str parent = kind == PN_DNS_DMARC ? above(check->name, arena) : PN_STR_NONE;
        if (check->state == PN_DNS_MISSING && parent.len != 0) {
            pn_dns_check upper = *check;
            upper.name = parent;
            ask_one(&upper, arena);
            *check = upper.state == PN_DNS_GOOD ? upper : *check;
        }
        if (check->state == PN_DNS_UNKNOWN) {
            return; /* nobody answers: the others would only wait as long */
        }
    }
}
