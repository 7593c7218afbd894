#include "channel/smtp_settings.h"

#include <openssl/crypto.h>

#include "base/banned.h"
#include "base/limits.h"
#include "net/endpoint.h"
#include "net/host.h"

enum { PORT_SUBMISSION = 587, PORT_SUBMISSIONS = 465, SECRET_MAX = 16384 };
enum { CONNECTIONS = 4, CONNECTION_MESSAGES = 500 };

const pn_channel_setting pn_smtp_setting_table[PN_SMTP_SETTINGS] = {
    {.name = "url",
     .type = PN_SETTING_TEXT,
     .required = true,
     .help = "The mail server that takes our mail: smtp://host:port (587 if there is no port), or "
             "smtps://host:port with TLS from the start (465)."},
    {.name = "user",
     .type = PN_SETTING_TEXT,
     .otherwise = "no login",
     .help = "The name to log in with. Its password or access token is the channel's secret."},
    {.name = "auth",
     .type = PN_SETTING_CHOICE,
     .choices = "auto|plain|login|xoauth2",
     .otherwise = "auto: plain, or login where the server has only that",
     .help = "How to log in. With xoauth2 the secret is an access token."},
    {.name = "starttls",
     .type = PN_SETTING_CHOICE,
     .choices = "required|opportunistic|never",
     .otherwise = "required; never for an address of this machine",
     .help = "Whether a connection to smtp:// must be secured before mail and password go over "
             "it. A password never goes over an unsecured one, except within this machine."},
    {.name = "verify",
     .type = PN_SETTING_CHOICE,
     .choices = "full|none",
     .otherwise = "full",
     .help = "Whether the server's certificate must be valid and name the host. none is only "
             "possible for an address of this machine."},
    {.name = "ca_file",
     .type = PN_SETTING_TEXT,
     .otherwise = "the system's authorities",
     .help = "A PEM file with the authority that signed the server's certificate, for servers with "
             "a private one."},
    {.name = "helo",
     .type = PN_SETTING_TEXT,
     .otherwise = "our address, as [192.0.2.1]",
     .help = "The name under which we greet the server; it should be this machine's public name."},
    {.name = "connections",
     .type = PN_SETTING_INTEGER,
     .min = 1,
     .max = PN_LIMIT_SMTP_CONNECTIONS,
     .otherwise = "4",
     .help = "How many connections may be open to the server at the same time."},
    {.name = "connection_messages",
     .type = PN_SETTING_INTEGER,
     .min = 1,
     .max = PN_LIMIT_SMTP_CONNECTION_MESSAGES,
     .otherwise = "500",
     .help = "How many messages go over one connection before it is closed and opened anew."},
    {.name = "rate_per_second",
     .type = PN_SETTING_NUMBER,
     .min = 0.01,
     .max = 100000,
     .otherwise = "as fast as the server takes them",
     .help = "The most messages a second; 0.5 is 30 a minute."},
};

static pn_err bad_url(pn_diag *diag, const char *what) {
    return pn_diag_refuse(
        diag, "url", what,
        "Write it like smtp://mail.example.com:587 or smtps://mail.example.com:465.");
}

/* ── the address ── */

static pn_err read_url(pn_smtp_settings *s, pn_str url, pn_diag *diag) {
    url = pn_str_trim(url);
    size_t scheme = pn_str_find(url, PN_STR("://"));
    pn_str name = pn_str_first(url, scheme == SIZE_MAX ? 0 : scheme);
    if (pn_str_eq_nocase(name, PN_STR("smtp"))) {
        s->port = PORT_SUBMISSION;
    } else if (pn_str_eq_nocase(name, PN_STR("smtps"))) {
        s->tls_at_once = true;
        s->port = PORT_SUBMISSIONS;
    } else {
        return bad_url(diag, "The url does not begin with smtp:// or smtps://.");
    }
    pn_str host = pn_str_from(url, scheme + 3);
    if (pn_str_find_char(host, '@') != SIZE_MAX) {
        return pn_diag_refuse(diag, "url", "The url holds a user name or password.",
                              "Give the name as the setting user and the password as the channel's "
                              "secret; the url is shown in logs and pages.");
    }
    if (host.len > 0 && host.ptr[host.len - 1] == '/') {
        host = pn_str_first(host, host.len - 1);
    }
    const char *mistake = pn_endpoint_parse(host, &s->host, &s->port);
    if (mistake != NULL) {
        return bad_url(diag, mistake);
    }
    s->host = pn_str_dup(&s->arena, s->host);
    return PN_OK;
}

/* ── login ── */

static pn_smtp_auth auth_of(pn_str text) {
    return pn_str_is(text, "plain")     ? PN_SMTP_AUTH_PLAIN
           : pn_str_is(text, "login")   ? PN_SMTP_AUTH_LOGIN
           : pn_str_is(text, "xoauth2") ? PN_SMTP_AUTH_XOAUTH2
                                        : PN_SMTP_AUTH_AUTO;
}

static pn_err read_login(pn_smtp_settings *s, const pn_json *settings, pn_str secret,
                         pn_diag *diag) {
    pn_str user = pn_json_text(pn_json_field(settings, "user"), PN_STR_NONE);
    const pn_json *auth = pn_json_field(settings, "auth");
    if (user.len == 0 && (secret.len > 0 || auth != NULL)) {
        return pn_diag_refuse(diag, "user", "There is a password or a way to log in, but no user.",
                              "Give the user, or leave all of them out.");
    }
    if (user.len > 0 && secret.len == 0) {
        pn_err err =
            pn_diag_refuse(diag, "user", "There is a user, but no password.",
                           "Give the password (or, for xoauth2, the access token) as the channel's "
                           "secret.");
        pn_diag_cause(diag, PN_CAUSE_NO_PASSWORD);
        return err;
    }
    bool odd = secret.len > SECRET_MAX;
    for (size_t i = 0; i < secret.len; i++) {
        odd = odd || secret.ptr[i] == '\0' || secret.ptr[i] == '\r' || secret.ptr[i] == '\n';
    }
    if (odd) {
        return pn_diag_refuse(diag, "secret", "The password is too long or holds a line end.",
                              "Copy it without the line end behind it.");
    }
    if (user.len > 0) {
        s->smtp.auth = auth_of(pn_json_text(auth, PN_STR_NONE));
        s->smtp.user = pn_str_dup(&s->arena, user);
        s->smtp.secret = pn_str_dup(&s->arena, secret);
    }
    return PN_OK;
}

/* ── security ── */

static pn_err read_security(pn_smtp_settings *s, const pn_json *settings, pn_diag *diag) {
    bool local = pn_host_is_loopback(s->host);
    const pn_json *starttls = pn_json_field(settings, "starttls");
    pn_str mode = pn_json_text(starttls, local ? PN_STR("never") : PN_STR("required"));
    s->smtp.starttls = pn_str_is(mode, "required")        ? PN_SMTP_STARTTLS_REQUIRED
                       : pn_str_is(mode, "opportunistic") ? PN_SMTP_STARTTLS_OPPORTUNISTIC
                                                          : PN_SMTP_STARTTLS_NEVER;
    if (s->tls_at_once && starttls != NULL) {
        return pn_diag_refuse(diag, "starttls", "smtps:// secures the connection from the start.",
                              "Leave starttls out, or write smtp://.");
    }
    s->smtp.auth_in_clear = local;
    if (!s->tls_at_once && !local && s->smtp.user.len > 0 &&
        s->smtp.starttls == PN_SMTP_STARTTLS_NEVER) {
        pn_err err =
            pn_diag_refuse(diag, "starttls", "The password would cross the network unprotected.",
                           "Use starttls required, or smtps://.");
        pn_diag_cause(diag, PN_CAUSE_UNPROTECTED);
        return err;
    }
    s->verify_none =
        pn_str_is(pn_json_text(pn_json_field(settings, "verify"), PN_STR("full")), "none");
    if (s->verify_none && !local) {
        return pn_diag_refuse(diag, "verify",
                              "verify none is only possible for an address of this machine.",
                              "Give the authority of a private certificate as ca_file.");
    }
    pn_str ca_file = pn_json_text(pn_json_field(settings, "ca_file"), PN_STR_NONE);
    s->ca_file = pn_str_dup(&s->arena, ca_file);
    return PN_OK;
}

static pn_err read_helo(pn_smtp_settings *s, const pn_json *settings, pn_diag *diag) {
    pn_str helo = pn_json_text(pn_json_field(settings, "helo"), PN_STR_NONE);
    bool literal = helo.len > 2 && helo.ptr[0] == '[' && helo.ptr[helo.len - 1] == ']';
    pn_str inner = literal ? pn_str_sub(helo.ptr + 1, helo.ptr + helo.len - 1) : helo;
    for (size_t i = 0; literal && i < inner.len; i++) {
        char c = inner.ptr[i];
        literal = pn_is_alpha(c) || pn_is_digit(c) || c == '.' || c == ':';
    }
    if (helo.len > 0 && !literal && !pn_is_host_name(helo)) {
        return pn_diag_refuse(diag, "helo", "The name to greet with is no host name.",
                              "Give this machine's public name, such as mail.example.com.");
    }
    s->smtp.helo = pn_str_dup(&s->arena, helo);
    return PN_OK;
}

static void read_amounts(pn_smtp_settings *s, const pn_json *settings) {
    s->connections =
        (unsigned)pn_json_int(pn_json_field(settings, "connections"), (int64_t)CONNECTIONS);
    s->smtp.messages_max = (uint32_t)pn_json_int(pn_json_field(settings, "connection_messages"),
                                                 (int64_t)CONNECTION_MESSAGES);
    double rate = pn_json_double(pn_json_field(settings, "rate_per_second"), 0);
    s->interval_us = rate > 0 ? PN_MAX((int64_t)((double)PN_SECOND / rate), 1) : 0;
}

pn_err pn_smtp_settings_init(pn_smtp_settings *ret_settings, const pn_json *settings, pn_str secret,
                             pn_diag *diag) {
    pn_smtp_settings s = {0};
    pn_err err;
    pn_arena_init(&s.arena, 0);
    PN_TRY_OUT(read_url(&s, pn_json_text(pn_json_field(settings, "url"), PN_STR_NONE), diag));
    PN_TRY_OUT(read_login(&s, settings, secret, diag));
    PN_TRY_OUT(read_security(&s, settings, diag));
    PN_TRY_OUT(read_helo(&s, settings, diag));
    read_amounts(&s, settings);
    *ret_settings = s;
    return PN_OK;
out:
    pn_smtp_settings_done(&s);
    return err;
}

void pn_smtp_settings_done(pn_smtp_settings *settings) {
    pn_str secret = settings->smtp.secret;
    OPENSSL_cleanse((char *)(uintptr_t)secret.ptr, secret.len); /* our own copy */
    pn_arena_done(&settings->arena);
}
