#include "app/mail_settings.h"

#include <stdio.h>
#include <sys/stat.h>

#include "app/outlets.h"
#include "app/vault.h"
#include "base/banned.h"

typedef enum {
    BOUNCE,
    DOMAIN,
    SELECTOR,
    KEY_FILE,
    SELECTOR_2,
    KEY_FILE_2,
    KEY_KEPT,
    KEY_PUBLIC,
    OWN
} own_setting;

static const char *const NAMES[OWN] = {
    [BOUNCE] = "bounce_domain",
    [DOMAIN] = "dkim_domain",
    [SELECTOR] = "dkim_selector",
    [KEY_FILE] = "dkim_key_file",
    [SELECTOR_2] = "dkim_ed25519_selector",
    [KEY_FILE_2] = "dkim_ed25519_key_file",
    [KEY_KEPT] = "dkim_key_kept",
    [KEY_PUBLIC] = "dkim_public",
};

static pn_str domain_of(pn_str sender) {
    pn_str address = pn_outlet_sender(sender).address;
    size_t at = pn_str_find_char(address, '@');
    return at == SIZE_MAX ? PN_STR_NONE : pn_str_from(address, at + 1);
}

/* ── key files ───────────────────────────────────────────────────────────────────────────────── */

static pn_err unreadable(pn_str path, pn_diag *diag) {
    pn_err err =
        pn_diag_set(diag, PN_IO, "The DKIM key file %.*s cannot be read.", PN_STR_ARG(path));
    pn_diag_mend(diag, "Make it readable for the user that runs Puntual, and only for that one; "
                       "`puntual channel dkim-key` makes a new key.");
    return err;
}

/* Whoever reads the key signs in our name. */
static pn_err check_mode(FILE *file, pn_str path, pn_diag *diag) {
    struct stat status;
    if (fstat(fileno(file), &status) != 0) {
        return unreadable(path, diag);
    }
    if ((status.st_mode & S_IROTH) != 0) {
        pn_err err = pn_diag_set(diag, PN_INVALID,
                                 "Everybody on this machine can read the DKIM key file %.*s.",
                                 PN_STR_ARG(path));
        pn_diag_mend(diag, "Close it: chmod 600 %.*s", PN_STR_ARG(path));
        return err;
    }
    return PN_OK;
}

static pn_err read_key(pn_str path, pn_arena *arena, pn_str *ret_pem, pn_diag *diag) {
    enum { KEY_BYTES_MAX = 16384 };
    FILE *file = fopen(pn_str_z(arena, path), "rb");
    if (file == NULL) {
        return unreadable(path, diag);
    }
    pn_err err = check_mode(file, path, diag);
    char *bytes = pn_arena_alloc(arena, KEY_BYTES_MAX);
    size_t size = err == PN_OK ? fread(bytes, 1, KEY_BYTES_MAX, file) : 0;
    (void)fclose(file);
    *ret_pem = (pn_str){bytes, size};
    return err;
}

/* ── reading ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err add_key(pn_mail_settings *mail, pn_str domain, pn_str selector, pn_str path,
                      bool read_keys, pn_arena *arena, pn_diag *diag) {
    pn_dkim_key key = {.domain = domain, .selector = selector};
    if (selector.len == 0 && path.len == 0) {
        return PN_OK;
    }
    if (selector.len == 0 || path.len == 0) {
        pn_err err = pn_diag_set(diag, PN_INVALID,
                                 "A DKIM key has a selector and a file; one of "
                                 "them is missing.");
        pn_diag_mend(diag, "Give --dkim-selector and --dkim-key-file (or --dkim-ed25519-selector "
                           "and --dkim-ed25519-key-file) together.");
        return err;
    }
    if (read_keys) {
        PN_TRY(read_key(path, arena, &key.pem, diag));
    }
    mail->keys[mail->key_count++] = key;
    return PN_OK;
}

/* The same of one that was made on a screen. */
static pn_err add_kept(const pn_app *app, pn_mail_settings *mail, pn_str domain, pn_str selector,
                       pn_str name, bool read_keys, pn_arena *arena, pn_diag *diag) {
    pn_dkim_key key = {.domain = domain, .selector = selector};
    if (read_keys) {
        PN_TRY(pn_vault_get(app, name, arena, &key.pem, diag));
    }
    mail->keys[mail->key_count++] = key;
    return PN_OK;
}

static pn_err check_bounce_domain(pn_str domain, pn_diag *diag) {
    if (domain.len == 0 || pn_dkim_is_name(domain)) {
        return PN_OK;
    }
    pn_err err =
        pn_diag_set(diag, PN_INVALID, "“%.*s” is no domain for bounces.", PN_STR_ARG(domain));
    pn_diag_mend(diag, "Write it like bounce.example.com; its mail must arrive where Puntual reads "
                       "it.");
    return err;
}

pn_err pn_mail_settings_read(const pn_app *app, const pn_json *settings, pn_str sender,
                             bool read_keys, pn_arena *arena, pn_json **ret_kept,
                             pn_mail_settings *ret_mail, pn_diag *diag) {
    pn_str values[OWN] = {{0}};
    pn_mail_settings mail = {0};
    pn_json *kept = pn_arena_new(arena, pn_json);
    *kept = (pn_json){.type = PN_JSON_OBJECT};
    kept->members = pn_arena_array(arena, pn_json_member, settings->count + 1);
    for (size_t i = 0; i < settings->count; i++) {
        const pn_json_member *member = &settings->members[i];
        int own = 0;
        while (own < OWN && !pn_str_eq(member->key, pn_str_of(NAMES[own]))) {
            own++;
        }
        if (own < OWN) {
            values[own] = pn_json_text(&member->value, PN_STR(""));
        } else {
            kept->members[kept->count++] = *member;
        }
    }
    PN_TRY(check_bounce_domain(values[BOUNCE], diag));
    mail.bounce_domain = values[BOUNCE];
    pn_str domain = values[DOMAIN].len != 0 ? values[DOMAIN] : domain_of(sender);
    if (values[KEY_KEPT].len != 0) {
        mail.public_key = values[KEY_PUBLIC];
        PN_TRY(add_kept(app, &mail, domain, values[SELECTOR], values[KEY_KEPT], read_keys, arena,
                        diag));
    } else {
        PN_TRY(add_key(&mail, domain, values[SELECTOR], values[KEY_FILE], read_keys, arena, diag));
    }
    PN_TRY(add_key(&mail, domain, values[SELECTOR_2], values[KEY_FILE_2], read_keys, arena, diag));
    *ret_kept = kept;
    *ret_mail = mail;
    return PN_OK;
}

/* ── alignment ───────────────────────────────────────────────────────────────────────────────── */

static bool within(pn_str domain, pn_str other) {
    return domain.len > other.len && domain.ptr[domain.len - other.len - 1] == '.' &&
           pn_str_eq_nocase(pn_str_from(domain, domain.len - other.len), other);
}

/* One is the other, or below it. Two names below a third count as strangers here: which third is
 * still one owner's, only the public suffix list knows. */
static bool aligned(pn_str one, pn_str other) {
    return pn_str_eq_nocase(one, other) || within(one, other) || within(other, one);
}

pn_str pn_mail_settings_warning(const pn_mail_settings *mail, pn_str sender, pn_arena *arena) {
    pn_str from = domain_of(sender);
    if (mail->key_count != 0 && !aligned(mail->keys[0].domain, from)) {
        return pn_str_format(
            arena,
            "Mail from %.*s is signed by %.*s, which is another domain: DMARC does "
            "not count that signature.",
            PN_STR_ARG(from), PN_STR_ARG(mail->keys[0].domain));
    }
    if (mail->key_count == 0 && mail->bounce_domain.len != 0 &&
        !aligned(mail->bounce_domain, from)) {
        return pn_str_format(arena,
                             "Bounces go to %.*s, which is another domain than %.*s: DMARC then "
                             "needs a DKIM signature.",
                             PN_STR_ARG(mail->bounce_domain), PN_STR_ARG(from));
    }
    return PN_STR_NONE;
}
