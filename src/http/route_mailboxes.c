/* Mailboxes: where answers and bounces are fetched from. Passwords come in and never go out. */
#include "app/inbound_fetch.h"
#include "app/outlets.h"
#include "app/secret.h"
#include "app/vault.h"
#include "auth/identity.h"
#include "base/banned.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/reach.h"
#include "http/tables.h"
#include "http/visit.h"
#include "store/received.h"

static const char *const SECURED[] = {"tls", "starttls", "none", NULL};
static const pn_shape FIELDS[] = {
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "host", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "port", .type = PN_SHAPE_INT, .required = true},
    {.name = "secured", .type = PN_SHAPE_WORD, .words = SECURED, .required = true},
    {.name = "user", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "has_password", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "password_set_at", .type = PN_SHAPE_TIME},
    {.name = "folder", .type = PN_SHAPE_TEXT},
    {.name = "processed",
     .type = PN_SHAPE_TEXT,
     .help = "where mail goes that was read; else it is marked as read"},
    {.name = "private", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "checked_at", .type = PN_SHAPE_TIME, .help = "the last session"},
    {.name = "trouble", .type = PN_SHAPE_TEXT, .help = "how it ended, where not well"},
    {.name = "version", .type = PN_SHAPE_TEXT, .required = true, .help = "for If-Match"},
    {.name = "updated_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = NULL},
};
static const pn_schema_object MAILBOX = {"Mailbox", FIELDS, "Where answers are fetched from"};
static const pn_shape BODY[] = {
    {.name = "host", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 253},
    {.name = "port", .type = PN_SHAPE_INT, .min = 1, .max = 65535},
    {.name = "secured", .type = PN_SHAPE_WORD, .words = SECURED, .help = "tls if left out"},
    {.name = "user", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 320},
    {.name = "password",
     .type = PN_SHAPE_TEXT,
     .max = 4000,
     .help = "kept sealed and never given back; left out: as it is"},
    {.name = "folder", .type = PN_SHAPE_TEXT, .max = 200, .help = "INBOX if left out"},
    {.name = "processed", .type = PN_SHAPE_TEXT, .max = 200},
    {.name = "private", .type = PN_SHAPE_BOOL, .help = "an operator's to allow"},
    {.name = "days",
     .type = PN_SHAPE_INT,
     .min = 0,
     .max = 3650,
     .help = "how old mail may be when it is read for the first time"},
    {.name = NULL},
};
static const pn_shape TEST_FIELDS[] = {
    {.name = "mails", .type = PN_SHAPE_INT, .required = true, .help = "in the folder"},
    {.name = NULL},
};
static const pn_schema_object TEST = {"MailboxTest", TEST_FIELDS, "What logging in found"};

static pn_err find(pn_exchange *x, pn_mailbox_row *ret_row) {
    pn_err err = pn_mailbox_get(x->db, x->app->org.id, x->arguments[0], x->arena, ret_row);
    return err == PN_NOT_FOUND ? pn_diag_set(&x->diag, err, "There is no such mailbox here.")
                               : pn_told(x, err);
}

/* Not of what its sessions found. */
static int64_t version_of(const pn_exchange *x, const pn_mailbox_row *row) {
    return pn_version_of(pn_str_format(x->arena, "%.*s|%lld", PN_STR_ARG(row->settings),
                                       (long long)row->updated_at));
}

/* In the transaction of a change: of one that there is not, If-Match can name "0" alone. */
static pn_err check_version(pn_exchange *x) {
    pn_mailbox_row row;
    pn_err err = pn_mailbox_get(x->db, x->app->org.id, x->arguments[0], x->arena, &row);
    return err == PN_OK || err == PN_NOT_FOUND
               ? pn_check_version(x, err == PN_OK ? version_of(x, &row) : 0)
               : pn_told(x, err);
}

static pn_err put_mailbox(pn_exchange *x, pn_json_writer *w, const pn_mailbox_row *row) {
    pn_json *json = NULL;
    pn_mailbox_place place;
    pn_time set_at = PN_TIME_NONE;
    if (pn_json_parse(row->settings, NULL, x->arena, &json, &x->diag) != PN_OK) {
        return PN_CORRUPT; /* we wrote them */
    }
    pn_mailbox_where(json, x->arena, &place);
    if (pn_json_get(json, PN_STR("password_kept")) != NULL) {
        PN_TRY(pn_told(x, pn_vault_since(x->app, pn_mailbox_vault(row->name, x->arena), &set_at)));
    }
    pn_json_begin_object(w);
    pn_json_put_str(w, "name", row->name);
    pn_json_put_str(w, "host", place.host);
    pn_json_put_int(w, "port", place.port);
    pn_json_put_str(w, "secured", pn_str_of(SECURED[place.tls ? 0 : place.clear ? 2 : 1]));
    pn_json_put_str(w, "user", place.user);
    pn_json_put_bool(w, "has_password",
                     pn_secret_is_named(json, "password") || pn_secret_is_named(json, "token"));
    pn_put_time(w, "password_set_at", set_at);
    pn_put_str_or_null(w, "folder", place.folder);
    pn_put_str_or_null(w, "processed", place.processed);
    pn_json_put_bool(w, "private", place.private_network);
    pn_put_time(w, "checked_at", row->checked_at);
    pn_put_str_or_null(w, "trouble", row->trouble);
    pn_json_put_str(w, "version", pn_str_format(x->arena, "%lld", (long long)version_of(x, row)));
    pn_put_time(w, "updated_at", row->updated_at);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err list_mailboxes(pn_exchange *x) {
    pn_mailbox_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_told(x, pn_mailbox_list(x->db, x->app->org.id, x->arena, &rows, &count)));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        PN_TRY(put_mailbox(x, w, &rows[i]));
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

/* Whether the server of the form was open to this mailbox. */
static bool was_opened(pn_exchange *x, const pn_mailbox_form *form) {
    pn_mailbox_row before;
    pn_json *json = NULL;
    if (pn_mailbox_get(x->db, x->app->org.id, x->arguments[0], x->arena, &before) != PN_OK ||
        pn_json_parse(before.settings, NULL, x->arena, &json, NULL) != PN_OK) {
        return false;
    }
    const pn_json *private = pn_json_get(json, PN_STR("private"));
    return (private == NULL || pn_json_bool(private, false)) &&
           pn_mailbox_is_there(form, json, x->arena);
}

static pn_err set_in(pn_exchange *x, void *context) {
    const pn_route_value *secured = pn_body_value(x, "secured");
    const pn_route_value *days = pn_body_value(x, "days");
    (void)context;
    pn_mailbox_form form = {
        .name = x->arguments[0],
        .host = pn_str_trim(pn_body_value(x, "host")->text),
        .port = pn_body_value(x, "port")->number,
        .tls = !secured->given || secured->number == 0,
        .clear = secured->given && secured->number == 2,
        .user = pn_str_trim(pn_body_value(x, "user")->text),
        .password = pn_body_value(x, "password")->text,
        .folder = pn_str_trim(pn_body_value(x, "folder")->text),
        .processed = pn_str_trim(pn_body_value(x, "processed")->text),
        .private_network = pn_body_value(x, "private")->number != 0,
        .days = days->given ? days->number : -1,
    };
    PN_TRY(check_version(x));
    PN_TRY(pn_check_reach(x, form.private_network, was_opened(x, &form)));
    return pn_mailbox_setup(x->app, &form, x->arena, &x->diag);
}

static pn_err set_mailbox(pn_exchange *x) {
    pn_mailbox_row row;
    PN_TRY(pn_visit_write_owner(x, set_in, NULL));
    PN_TRY(find(x, &row));
    pn_answer_tag(x, version_of(x, &row));
    return put_mailbox(x, pn_answer_bare(x), &row);
}

static pn_err remove_in(pn_exchange *x, void *context) {
    (void)context;
    PN_TRY(check_version(x));
    return pn_mailbox_drop(x->app, x->arguments[0], x->arena, &x->diag);
}

static pn_err remove_mailbox(pn_exchange *x) {
    return pn_visit_write_owner(x, remove_in, NULL);
}

/* It logs in and changes nothing: in test mode too it reaches where it would live. */
static pn_err test_mailbox(pn_exchange *x) {
    pn_mailbox_row row;
    pn_mailbox mailbox;
    pn_json *json = NULL;
    int64_t mails = 0;
    PN_TRY(find(x, &row));
    PN_TRY(pn_json_parse(row.settings, NULL, x->arena, &json, &x->diag));
    PN_TRY(pn_mailbox_read(x->app, json, x->arena, &mailbox, &x->diag));
    if (x->app->org.mode == PN_MODE_TEST) {
        mailbox.account.networks = pn_outlet_networks(PN_MODE_LIVE, json);
    }
    if (pn_inbound_look(x->app, &mailbox, &mails, &x->diag) != PN_OK) {
        return PN_INVALID; /* it is the other server's trouble, and said so */
    }
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_int(w, "mails", mails);
    pn_json_end_object(w);
    return PN_OK;
}

#define ONE "/v1/mailboxes/{mailbox}"
pn_route_table PN_ROUTES_MAILBOXES = {
    {.method = PN_HTTP_GET,
     .path = "/v1/mailboxes",
     .name = "list_mailboxes",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "channels:read",
     .gives = &MAILBOX,
     .gives_list = true,
     .answer = list_mailboxes,
     .summary = "where answers and bounces are fetched from"},
    {.method = PN_HTTP_PUT,
     .path = ONE,
     .name = "set_mailbox",
     .runs = PN_RUNS_ENTRANCE,
     .roles = PN_MAY_OWN,
     .body = BODY,
     .gives = &MAILBOX,
     .answer = set_mailbox,
     .summary = "set a mailbox up, or change it",
     .help = "With If-Match nothing is changed that changed meanwhile; \"0\" is one that there is "
             "not."},
    {.method = PN_HTTP_DELETE,
     .path = ONE,
     .name = "remove_mailbox",
     .runs = PN_RUNS_ENTRANCE,
     .roles = PN_MAY_OWN,
     .answer = remove_mailbox,
     .summary = "read it no more; what came stays",
     .help = "With If-Match it stays where it changed meanwhile."},
    {.method = PN_HTTP_POST,
     .path = ONE "/test",
     .name = "test_mailbox",
     .runs = PN_RUNS_LONG,
     .roles = PN_MAY_MANAGE,
     .scope = "channels:write",
     .gives = &TEST,
     .answer = test_mailbox,
     .summary = "log in and open its folder; nothing is changed"},
    {.path = NULL},
};
