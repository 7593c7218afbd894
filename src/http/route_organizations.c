/* Organizations of the instance: its operators list and found them. */
#include "app/found.h"
#include "auth/identity.h"
#include "base/banned.h"
#include "http/answer.h"
#include "http/service.h"
#include "http/tables.h"

static const char *const MODES[] = {"live", "test", "sandbox", NULL};
static const pn_shape ORGANIZATION_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_ORGANIZATION, .required = true},
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "mode", .type = PN_SHAPE_WORD, .words = MODES, .required = true},
    {.name = "country", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "created_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = NULL},
};
static const pn_schema_object ORGANIZATION = {
    "InstanceOrganization", ORGANIZATION_FIELDS,
    "An organization, as the instance's operators see it"};
static const pn_shape NEW_BODY[] = {
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 200},
    {.name = "country", .type = PN_SHAPE_TEXT, .required = true, .min = 2, .max = 2},
    {.name = "mode", .type = PN_SHAPE_WORD, .words = MODES, .help = "live where it is left out"},
    {.name = "currency", .type = PN_SHAPE_TEXT, .max = 3},
    {.name = "language", .type = PN_SHAPE_TEXT, .max = 10},
    {.name = "zone", .type = PN_SHAPE_TEXT, .max = 60},
    {.name = NULL},
};
static const pn_shape MADE_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_ORGANIZATION, .required = true},
    {.name = NULL},
};
static const pn_schema_object MADE = {"OrganizationMade", MADE_FIELDS, "What was founded"};

static pn_err list_organizations(pn_exchange *x) {
    pn_org_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_org_list(x->db, x->arena, &rows, &count));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        pn_json_begin_object(w);
        pn_put_id(w, "id", PN_ID_ORGANIZATION, rows[i].id);
        pn_json_put_str(w, "name", rows[i].name);
        pn_json_put_str(w, "mode", pn_str_of(pn_org_mode_name(rows[i].mode)));
        pn_json_put_str(w, "country", rows[i].country);
        pn_put_time(w, "created_at", rows[i].created_at);
        pn_json_end_object(w);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

static pn_err found(pn_exchange *x) {
    pn_id id = 0;
    pn_init_request request = {.name = pn_body_value(x, "name")->text,
                               .country = pn_body_value(x, "country")->text,
                               .currency = pn_body_value(x, "currency")->text,
                               .language = pn_body_value(x, "language")->text,
                               .zone = pn_body_value(x, "zone")->text,
                               .mode = (pn_org_mode)pn_body_value(x, "mode")->number,
                               .clock = PN_TIME_NONE};
    PN_TRY(pn_found(x->app, &request, x->identity->user_id, &id, &x->diag));
    pn_service_committed(x->service, 0, true);
    return pn_answer_made(x, "/v1/organizations", PN_ID_ORGANIZATION, id);
}

pn_route_table PN_ROUTES_ORGANIZATIONS = {
    {.method = PN_HTTP_GET,
     .path = "/v1/organizations",
     .name = "list_organizations",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_OPERATE,
     .gives = &ORGANIZATION,
     .gives_list = true,
     .answer = list_organizations,
     .summary = "organizations of the instance"},
    {.method = PN_HTTP_POST,
     .path = "/v1/organizations",
     .name = "found_organization",
     .runs = PN_RUNS_ENTRANCE,
     .roles = PN_MAY_OPERATE,
     .body = NEW_BODY,
     .gives = &MADE,
     .answer = found,
     .summary = "found an organization; whoever does owns it",
     .help = "POST /v1/session/organization then works there."},
    {.path = NULL},
};
