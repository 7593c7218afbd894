/* Contacts: where a debtor is reached, and whether it may be. */
#include "app/contacts.h"
#include "base/banned.h"
#include "calendar/phone.h"
#include "format/mime.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/tables.h"

static const char *const STATES[] = {"usable", "bounced", "invalid", "opted_out", NULL};
static const char *const CONSENTS[] = {"unknown", "given", "withdrawn", NULL};
static const char *const CHANNELS[] = {"email", "sms", "whatsapp", "call", "letter", NULL};
static const char *const RELATIONS[] = {"payer", "approver", "guarantor", NULL};

static const pn_shape CONTACT_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_CONTACT, .required = true},
    {.name = "channel", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "address", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "name", .type = PN_SHAPE_TEXT},
    {.name = "relation", .type = PN_SHAPE_TEXT},
    {.name = "state", .type = PN_SHAPE_WORD, .words = STATES, .required = true},
    {.name = "state_reason", .type = PN_SHAPE_TEXT},
    {.name = "state_at", .type = PN_SHAPE_TIME},
    {.name = "shared",
     .type = PN_SHAPE_BOOL,
     .required = true,
     .help = "other debtors have this address too"},
    {.name = "consent", .type = PN_SHAPE_WORD, .words = CONSENTS, .required = true},
    {.name = "consent_source", .type = PN_SHAPE_TEXT},
    {.name = "consent_at", .type = PN_SHAPE_TIME},
    {.name = "version", .type = PN_SHAPE_TEXT, .required = true, .help = "for If-Match"},
    {.name = NULL},
};
static const pn_schema_object CONTACT = {"Contact", CONTACT_FIELDS, "An address of a debtor"};

static const pn_shape ADD_BODY[] = {
    {.name = "channel", .type = PN_SHAPE_WORD, .words = CHANNELS, .required = true},
    {.name = "address", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 400},
    {.name = "name", .type = PN_SHAPE_TEXT, .max = 120},
    {.name = "relation", .type = PN_SHAPE_WORD, .words = RELATIONS},
    {.name = "last", .type = PN_SHAPE_BOOL, .help = "used after the channel's others"},
    {.name = NULL},
};
static const pn_shape CHANGE_BODY[] = {
    {.name = "state", .type = PN_SHAPE_WORD, .words = STATES, .help = "all but bounced"},
    {.name = "consent", .type = PN_SHAPE_WORD, .words = CONSENTS},
    {.name = "reason",
     .type = PN_SHAPE_TEXT,
     .required = true,
     .min = 1,
     .max = 400,
     .help = "how it is known; it is kept"},
    {.name = NULL},
};

/* Of what a person may change about it. */
static int64_t version_of(const pn_exchange *x, const pn_contact_row *row) {
    return pn_version_of(pn_str_format(x->arena, "%d|%.*s|%lld|%d|%.*s|%lld", (int)row->state,
                                       PN_STR_ARG(row->state_reason), (long long)row->state_at,
                                       (int)row->consent, PN_STR_ARG(row->consent_source),
                                       (long long)row->consent_at));
}

static void put_contact(const pn_exchange *x, pn_json_writer *w, const pn_contact_row *row) {
    pn_json_begin_object(w);
    pn_put_id(w, "id", PN_ID_CONTACT, row->id);
    pn_json_put_str(w, "channel", pn_str_of(pn_channel_kind_name(row->channel)));
    pn_json_put_str(w, "address", row->address);
    pn_put_str_or_null(w, "name", row->name);
    pn_put_str_or_null(w, "relation", row->relation);
    pn_json_put_str(w, "state", pn_str_of(STATES[row->state]));
    pn_put_str_or_null(w, "state_reason", row->state_reason);
    pn_put_time(w, "state_at", row->state_at);
    pn_json_put_bool(w, "shared", row->shared);
    pn_json_put_str(w, "consent", pn_str_of(CONSENTS[row->consent]));
    pn_put_str_or_null(w, "consent_source", row->consent_source);
    pn_put_time(w, "consent_at", row->consent_at);
    pn_json_put_str(w, "version", pn_str_format(x->arena, "%lld", (long long)version_of(x, row)));
    pn_json_end_object(w);
}

static pn_err list_contacts(pn_exchange *x) {
    pn_debtor_row debtor;
    pn_contact_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_path_debtor(x, &debtor));
    PN_TRY(pn_told(x, pn_contact_range(x->db, debtor.id, debtor.id, x->arena, &rows, &count)));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        put_contact(x, w, &rows[i]);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

/* As imports do: a number is kept in its international form. */
static pn_err read_address(pn_exchange *x, const pn_debtor_row *debtor,
                           pn_contact_request *request) {
    pn_str country = debtor->country.len != 0 ? debtor->country : x->app->org.country;
    bool phone = request->channel == PN_CHANNEL_SMS || request->channel == PN_CHANNEL_WHATSAPP ||
                 request->channel == PN_CHANNEL_CALL;
    pn_err err = PN_OK;
    if (request->channel == PN_CHANNEL_EMAIL && !pn_mime_is_address(request->address)) {
        err = pn_diag_set(&x->diag, PN_INVALID, "This is no e-mail address.");
    } else if (phone) {
        err = pn_phone_read(request->address, country, x->arena, &request->address, &x->diag);
    }
    if (err != PN_OK) {
        pn_diag_where(&x->diag, "/address");
    }
    return err;
}

static pn_err give_contact(pn_exchange *x, pn_id debtor_id, pn_str address) {
    pn_contact_row row;
    PN_TRY(pn_contacts_find(x->app, debtor_id, address, x->arena, &row, &x->diag));
    pn_answer_tag(x, version_of(x, &row));
    put_contact(x, pn_answer_bare(x), &row);
    return PN_OK;
}

static pn_err add_contact(pn_exchange *x) {
    pn_debtor_row debtor;
    uint32_t channels = 0;
    bool added = false;
    const pn_route_value *relation = pn_body_value(x, "relation");
    PN_TRY(pn_path_debtor(x, &debtor));
    pn_contact_request request = {
        .debtor_id = debtor.id,
        .channel = pn_channel_kind_of(pn_body_value(x, "channel")->text),
        .address = pn_body_value(x, "address")->text,
        .name = pn_body_value(x, "name")->text,
        .relation = relation->given ? relation->text : PN_STR("payer"),
        .last = pn_body_value(x, "last")->number != 0,
    };
    PN_TRY(read_address(x, &debtor, &request));
    PN_TRY(pn_told(x, pn_contacts_add(x->app, &request, false, x->arena, &channels, &added)));
    if (!added) {
        return pn_diag_set(&x->diag, PN_CONFLICT, "The debtor has this address already.");
    }
    PN_TRY(pn_told(x, pn_contacts_count(x->app, debtor.id, x->arena)));
    PN_TRY(pn_told(x, pn_poke(x->db, x->app->org.lane, debtor.id)));
    x->answer.status = 201;
    return give_contact(x, debtor.id, request.address);
}

static pn_err change_state(pn_exchange *x, pn_contact_row *contact, pn_contact_state state,
                           pn_str reason) {
    if (state == contact->state) {
        return PN_OK;
    }
    if (state == PN_CONTACT_BOUNCED) {
        pn_err err = pn_diag_set(&x->diag, PN_INVALID, "Only mail that comes back says that.");
        pn_diag_where(&x->diag, "/state");
        return err;
    }
    if (state == PN_CONTACT_USABLE) {
        return pn_contacts_enable(x->app, contact, reason, x->arena, &x->diag);
    }
    return pn_told(x, pn_contacts_disable(x->app, contact->debtor_id, contact->channel,
                                          contact->address, state, reason, pn_app_now(x->app),
                                          x->arena));
}

static pn_err change_contact(pn_exchange *x) {
    pn_debtor_row debtor;
    pn_contact_row contact;
    const pn_route_value *state = pn_body_value(x, "state"), *consent = pn_body_value(x, "consent");
    pn_str reason = pn_body_value(x, "reason")->text, id = x->arguments[1];
    PN_TRY(pn_path_debtor(x, &debtor));
    PN_TRY(pn_contacts_find(x->app, debtor.id, id, x->arena, &contact, &x->diag));
    PN_TRY(pn_check_version(x, version_of(x, &contact)));
    if (state->given) {
        PN_TRY(change_state(x, &contact, (pn_contact_state)state->number, reason));
    }
    if (consent->given) {
        PN_TRY(pn_told(x, pn_contacts_consent(x->app, &contact, (pn_consent)consent->number, reason,
                                              x->arena)));
    }
    PN_TRY(pn_told(x, pn_contacts_count(x->app, debtor.id, x->arena)));
    PN_TRY(pn_told(x, pn_poke(x->db, x->app->org.lane, debtor.id)));
    return give_contact(x, debtor.id, id);
}

#define ALL "/v1/debtors/{debtor}/contacts"

pn_route_table PN_ROUTES_CONTACTS = {
    {.method = PN_HTTP_GET,
     .path = ALL,
     .name = "list_contacts",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "debtors:read",
     .gives = &CONTACT,
     .gives_list = true,
     .answer = list_contacts,
     .summary = "where a debtor is reached, in the order of use"},
    {.method = PN_HTTP_POST,
     .path = ALL,
     .name = "add_contact",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_COLLECT,
     .scope = "debtors:write",
     .body = ADD_BODY,
     .gives = &CONTACT,
     .answer = add_contact,
     .summary = "add an address: it is used first, unless it shall be the last"},
    {.method = PN_HTTP_PATCH,
     .path = ALL "/{contact}",
     .name = "change_contact",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_COLLECT,
     .scope = "debtors:write",
     .body = CHANGE_BODY,
     .gives = &CONTACT,
     .answer = change_contact,
     .summary = "use an address no more, or again; consent given or withdrawn",
     .help = "With If-Match nothing is changed that changed meanwhile."},
    {.path = NULL},
};
