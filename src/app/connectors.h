/* Connectors: other systems that an organization's cases ask, as its settings say. */
#ifndef PN_APP_CONNECTORS_H
#define PN_APP_CONNECTORS_H

#include "app/app.h"
#include "base/json.h"
#include "net/fetch.h"
#include "store/connector.h"

/* Made of settings; everything lives on the arena it was read on. */
typedef struct {
    pn_str name;
    pn_str url;        /* without a slash at its end */
    unsigned networks; /* pn_net_kind */
    unsigned timeout_ms;
    int64_t tries;
    bool repeats;             /* it does nothing twice that comes with the same Idempotency-Key */
    bool form;                /* bodies are forms, not JSON */
    const char *ca_file;      /* NULL: the system's */
    pn_fetch_header *headers; /* with what says who we are: a secret */
    size_t header_count;
} pn_connector;

/* What may be connected to: public addresses, and private and our own where allowed; outside live
 * mode nothing leaves the machine, so only its own. Also of webhooks. */
unsigned pn_connector_networks(const pn_app *app, bool private_too);

/* Settings: url, auth (none, basic, bearer, header), user, header, password_file | password_env,
 * headers, timeout, tries, repeats, form, private, ca_file. The secret is read now. INVALID with a
 * sentence. */
PN_MUST_USE pn_err pn_connector_read(const pn_app *app, pn_str name, const pn_json *settings,
                                     pn_arena *arena, pn_connector *ret_connector, pn_diag *diag);
/* The organization's connector of that name; NOT_FOUND with a sentence. */
PN_MUST_USE pn_err pn_connector_open(pn_app *app, pn_str name, pn_arena *arena,
                                     pn_connector *ret_connector, pn_diag *diag);

/* A request to a path below its address. `key` (may be empty) is sent as Idempotency-Key. INVALID
 * where the path leads out of what stands below. */
PN_MUST_USE pn_err pn_connector_request(const pn_connector *connector, const char *method,
                                        pn_str path, pn_str body, pn_str key, pn_arena *arena,
                                        pn_fetch_request *ret_request, pn_diag *diag);

/* Whether a path keeps below the connector's address. */
bool pn_connector_stays_below(pn_str path);

/* All that a driver needs to reach it, as JSON (channel/http.c reads it): url, networks,
 * timeout_ms, repeats, ca_file, headers. It holds secrets: never stored. */
pn_str pn_connector_card(const pn_connector *connector, pn_arena *arena);

/* Writes it after it was read once, with an event; removing it is refused with CONFLICT while a
 * question to it is open. In the transaction under way. */
PN_MUST_USE pn_err pn_connector_set(pn_app *app, pn_str name, pn_str settings, pn_arena *arena,
                                    pn_diag *diag);
PN_MUST_USE pn_err pn_connector_drop(pn_app *app, pn_str name, pn_arena *arena, pn_diag *diag);

#endif
