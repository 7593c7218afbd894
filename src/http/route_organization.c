/* The organization and the creditors under it. */
#include "app/config.h"
#include "app/creditors.h"
#include "app/mode.h"
#include "app/publish.h"
#include "base/banned.h"
#include "base/limits.h"
#include "format/image.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/four_eyes.h"
#include "http/tables.h"

static const char *const MODES[] = {"live", "test", "sandbox", NULL};

static const pn_shape ORG_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_ORGANIZATION, .required = true},
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "mode", .type = PN_SHAPE_WORD, .words = MODES, .required = true},
    {.name = "country", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "currency", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "language", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "zone", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "policy", .type = PN_SHAPE_TEXT, .help = "null: the country's"},
    {.name = "public_url", .type = PN_SHAPE_TEXT, .help = "where debtors reach this installation"},
    {.name = "now", .type = PN_SHAPE_TIME, .required = true, .help = "a sandbox's own time"},
    {.name = "today", .type = PN_SHAPE_DATE, .required = true},
    {.name = "version", .type = PN_SHAPE_TEXT, .required = true, .help = "for If-Match"},
    {.name = NULL},
};
static const char *const TWO_MODES[] = {"live", "test", NULL};
static const pn_shape MODE_BODY[] = {
    {.name = "mode", .type = PN_SHAPE_WORD, .words = TWO_MODES, .required = true},
    {.name = NULL},
};
static const char *const CHECKS[] = {"sender",   "tested",  "creditor",  "policy",   "invoices",
                                     "strategy", "address", "simulated", "captured", NULL};
static const pn_shape CHECK_FIELDS[] = {
    {.name = "check", .type = PN_SHAPE_WORD, .words = CHECKS, .required = true},
    {.name = "good", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "needed",
     .type = PN_SHAPE_BOOL,
     .required = true,
     .help = "without it an organization does not go live"},
    {.name = "count",
     .type = PN_SHAPE_INT,
     .required = true,
     .help = "creditor: how many lack something; captured: messages that nobody received"},
    {.name = NULL},
};
static const pn_schema_object CHECK = {"ReadinessCheck", CHECK_FIELDS,
                                       "What an organization needs before it goes live"};
static const pn_schema_object ORG = {"Organization", ORG_FIELDS, "Who asks to be paid"};
static const pn_shape ORG_BODY[] = {
    {.name = "public_url",
     .type = PN_SHAPE_TEXT,
     .max = 200,
     .help = "https://host or https://host/folder; null: nowhere"},
    {.name = "policy",
     .type = PN_SHAPE_TEXT,
     .max = 60,
     .help = "under which its debtors fall; null: their countries'"},
    {.name = NULL},
};

static const char *const FORMS[] = {"usted", "tu", "tu-people", NULL};
static const char *const SIGNERS[] = {"collector", "creditor", NULL};
static const char *const SUBJECTS[] = {"own", "thread", NULL};

/* What may be given is what can be changed. */
#define CREDITOR_COMMON                                                                            \
    {.name = "tax_id", .type = PN_SHAPE_TEXT, .max = 40},                                          \
        {.name = "country", .type = PN_SHAPE_TEXT, .max = 2},                                      \
        {.name = "zone", .type = PN_SHAPE_TEXT, .max = 60},                                        \
        {.name = "language", .type = PN_SHAPE_TEXT, .max = 6},                                     \
        {.name = "form_of_address", .type = PN_SHAPE_WORD, .words = FORMS},                        \
        {.name = "address", .type = PN_SHAPE_TEXT, .max = 400},                                    \
        {.name = "city", .type = PN_SHAPE_TEXT, .max = 120},                                       \
        {.name = "phone", .type = PN_SHAPE_TEXT, .max = 60},                                       \
        {.name = "email", .type = PN_SHAPE_EMAIL, .help = "where answers go"},                     \
        {.name = "account", .type = PN_SHAPE_TEXT, .max = 60, .help = "IBAN, CLABE, CBU …"},       \
        {.name = "pix_key", .type = PN_SHAPE_TEXT, .max = 80},                                     \
        {.name = "rf_reference", .type = PN_SHAPE_BOOL},                                           \
        {.name = "policy", .type = PN_SHAPE_TEXT, .max = 60},                                      \
        {.name = "third_party", .type = PN_SHAPE_BOOL},                                            \
        {.name = "interest_bp", .type = PN_SHAPE_INT, .min = 0, .max = 10000},                     \
        {.name = "data_hours", .type = PN_SHAPE_INT, .min = 0, .max = 100000},                     \
        {.name = "colour", .type = PN_SHAPE_TEXT, .max = 7, .help = "#e4002b"},                    \
        {.name = "sender_name", .type = PN_SHAPE_TEXT, .max = 120},                                \
        {.name = "signs", .type = PN_SHAPE_WORD, .words = SIGNERS},                                \
        {.name = "replies", .type = PN_SHAPE_WORD, .words = SIGNERS}, {                            \
        .name = "subjects", .type = PN_SHAPE_WORD, .words = SUBJECTS                               \
    }

static const pn_shape CREDITOR_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_CREDITOR, .required = true},
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    CREDITOR_COMMON,
    {.name = "logo_type", .type = PN_SHAPE_TEXT},
    {.name = "version", .type = PN_SHAPE_TEXT, .required = true, .help = "for If-Match"},
    {.name = "data_as_of", .type = PN_SHAPE_TIME},
    {.name = "created_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = NULL},
};
static const pn_schema_object CREDITOR = {"Creditor", CREDITOR_FIELDS, "A legal entity to be paid"};
static const pn_shape CREDITOR_BODY[] = {CREDITOR_COMMON, {.name = NULL}};
static const pn_shape CREDITOR_NEW[] = {
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 200},
    CREDITOR_COMMON,
    {.name = NULL},
};

static int64_t org_version(const pn_exchange *x) {
    const pn_org_row *org = &x->app->org;
    return pn_version_of(pn_str_format(x->arena, "%.*s|%.*s|%d", PN_STR_ARG(org->policy),
                                       PN_STR_ARG(org->public_url), (int)org->mode));
}

static pn_err give_organization(pn_exchange *x) {
    const pn_org_row *org = &x->app->org;
    pn_json_writer *w = pn_answer_json(x);
    pn_put_id(w, "id", PN_ID_ORGANIZATION, org->id);
    pn_json_put_str(w, "name", org->name);
    pn_json_put_str(w, "mode", pn_str_of(MODES[org->mode]));
    pn_json_put_str(w, "country", org->country);
    pn_json_put_str(w, "currency", org->currency);
    pn_json_put_str(w, "language", org->language);
    pn_json_put_str(w, "zone", org->zone);
    pn_put_str_or_null(w, "policy", org->policy);
    pn_put_str_or_null(w, "public_url", org->public_url);
    pn_put_time(w, "now", pn_app_now(x->app));
    pn_put_date(w, "today", pn_app_today(x->app));
    pn_json_put_str(w, "version", pn_str_format(x->arena, "%lld", (long long)org_version(x)));
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err get_organization(pn_exchange *x) {
    PN_TRY(pn_answer_version(x, org_version(x)));
    return give_organization(x);
}

static pn_err change_organization(pn_exchange *x) {
    const pn_route_value *url = pn_body_value(x, "public_url");
    const pn_route_value *policy = pn_body_value(x, "policy");
    PN_TRY(pn_check_version(x, org_version(x)));
    if (policy->given || policy->null) {
        PN_TRY(pn_config_policy(x->app, policy->text, x->arena, &x->diag));
        PN_TRY(pn_app_reload(x->app, &x->diag));
    }
    if (url->given || url->null) {
        PN_TRY(pn_config_set(x->app, PN_STR("public_url"), url->text, &x->diag));
        PN_TRY(pn_app_reload(x->app, &x->diag));
    }
    return give_organization(x);
}

/* ── going live ── */

static pn_err list_checks(pn_exchange *x) {
    pn_ready_check checks[PN_READY_CHECKS];
    PN_TRY(pn_mode_checks(x->app, x->arena, checks, &x->diag));
    pn_json_writer *w = pn_page_begin(x);
    for (int kind = 0; kind < PN_READY_CHECKS; kind++) {
        pn_json_begin_object(w);
        pn_json_put_str(w, "check", pn_str_of(pn_ready_kind_name(checks[kind].kind)));
        pn_json_put_bool(w, "good", checks[kind].good);
        pn_json_put_bool(w, "needed", checks[kind].needed);
        pn_json_put_int(w, "count", checks[kind].count);
        pn_json_end_object(w);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

static pn_err set_mode(pn_exchange *x) {
    bool go = true;
    pn_org_mode mode = pn_body_value(x, "mode")->number == 0 ? PN_MODE_LIVE : PN_MODE_TEST;
    if (mode == PN_MODE_LIVE && x->app->org.mode == PN_MODE_TEST) {
        PN_TRY(pn_four_eyes(x, PN_APPROVE_LIVE, PN_STR("mode: live"), x->app->org.name,
                            (pn_money){0}, &go));
    }
    if (!go) {
        return PN_OK; /* the answer says what it waits for */
    }
    PN_TRY(pn_mode_set(x->app, mode, x->arena, &x->diag));
    return give_organization(x);
}

/* ── creditors ── */

/* Of what people decide about it; how fresh its data are is none of that. */
static int64_t creditor_version(const pn_exchange *x, const pn_creditor_row *row) {
    const pn_str texts[] = {row->name,     row->tax_id,    row->country,    row->zone,
                            row->language, row->address,   row->city,       row->phone,
                            row->email,    row->iban,      row->pix_key,    row->policy,
                            row->colour,   row->logo_type, row->sender_name};
    pn_str all = pn_str_format(
        x->arena, "%d %d %d %lld %lld %d %d %d %d %d", (int)row->address_form, row->rf_reference,
        row->third_party, (long long)row->interest_bp, (long long)row->data_hours_max,
        (int)row->signs, (int)row->replies, (int)row->subjects, row->logo_width, row->logo_height);
    for (size_t i = 0; i < PN_COUNT(texts); i++) {
        all = pn_str_format(x->arena, "%.*s|%.*s", PN_STR_ARG(all), PN_STR_ARG(texts[i]));
    }
    return pn_version_of(all);
}

static void put_creditor(pn_exchange *x, pn_json_writer *w, const pn_creditor_row *row) {
    pn_json_begin_object(w);
    pn_json_put_str(w, "version",
                    pn_str_format(x->arena, "%lld", (long long)creditor_version(x, row)));
    pn_put_id(w, "id", PN_ID_CREDITOR, row->id);
    pn_json_put_str(w, "name", row->name);
    pn_put_str_or_null(w, "tax_id", row->tax_id);
    pn_put_str_or_null(w, "country", row->country);
    pn_put_str_or_null(w, "zone", row->zone);
    pn_put_str_or_null(w, "language", row->language);
    pn_json_put_str(w, "form_of_address", pn_str_of(FORMS[row->address_form]));
    pn_put_str_or_null(w, "address", row->address);
    pn_put_str_or_null(w, "city", row->city);
    pn_put_str_or_null(w, "phone", row->phone);
    pn_put_str_or_null(w, "email", row->email);
    pn_put_str_or_null(w, "account", row->iban);
    pn_put_str_or_null(w, "pix_key", row->pix_key);
    pn_json_put_bool(w, "rf_reference", row->rf_reference);
    pn_put_str_or_null(w, "policy", row->policy);
    pn_json_put_bool(w, "third_party", row->third_party);
    pn_json_put_int(w, "interest_bp", row->interest_bp);
    pn_json_put_int(w, "data_hours", row->data_hours_max);
    pn_put_str_or_null(w, "colour", row->colour);
    pn_put_str_or_null(w, "sender_name", row->sender_name);
    pn_json_put_str(w, "signs", pn_str_of(SIGNERS[row->signs]));
    pn_json_put_str(w, "replies", pn_str_of(SIGNERS[row->replies]));
    pn_json_put_str(w, "subjects", pn_str_of(SUBJECTS[row->subjects]));
    pn_put_str_or_null(w, "logo_type", row->logo_type);
    pn_put_time(w, "data_as_of", row->data_as_of);
    pn_put_time(w, "created_at", row->created_at);
    pn_json_end_object(w);
}

static pn_err list_creditors(pn_exchange *x) {
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < x->app->creditor_count; i++) {
        put_creditor(x, w, &x->app->creditors[i]);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

static pn_err path_creditor(pn_exchange *x, const pn_creditor_row **ret_row) {
    pn_id id = 0;
    PN_TRY(pn_argument_id(x, 0, PN_ID_CREDITOR, &id));
    return pn_find_creditor(x, id, ret_row);
}

static pn_err get_creditor(pn_exchange *x) {
    const pn_creditor_row *row = NULL;
    PN_TRY(path_creditor(x, &row));
    PN_TRY(pn_answer_version(x, creditor_version(x, row)));
    put_creditor(x, pn_answer_bare(x), row);
    return PN_OK;
}

static void set_texts(const pn_exchange *x, pn_creditor_row *row) {
    const struct {
        const char *name;
        pn_str *field;
    } texts[] = {
        {"tax_id", &row->tax_id},   {"country", &row->country},
        {"zone", &row->zone},       {"language", &row->language},
        {"address", &row->address}, {"city", &row->city},
        {"phone", &row->phone},     {"email", &row->email},
        {"pix_key", &row->pix_key}, {"policy", &row->policy},
        {"colour", &row->colour},   {"sender_name", &row->sender_name},
        {"account", &row->iban},
    };
    for (size_t i = 0; i < PN_COUNT(texts); i++) {
        const pn_route_value *value = pn_body_value(x, texts[i].name);
        if (value->given || value->null) {
            *texts[i].field = value->null ? PN_STR("") : value->text;
        }
    }
}

static int64_t number(const pn_exchange *x, const char *name, int64_t before) {
    const pn_route_value *value = pn_body_value(x, name);
    return value->given || value->null ? value->number : before;
}

static void set_numbers(const pn_exchange *x, pn_creditor_row *row) {
    row->address_form = (pn_address_form)number(x, "form_of_address", (int64_t)row->address_form);
    row->rf_reference = number(x, "rf_reference", row->rf_reference) != 0;
    row->third_party = number(x, "third_party", row->third_party) != 0;
    row->interest_bp = (int32_t)number(x, "interest_bp", row->interest_bp);
    row->data_hours_max = number(x, "data_hours", row->data_hours_max);
    row->signs = (pn_signs)number(x, "signs", (int64_t)row->signs);
    row->replies = (pn_replies)number(x, "replies", (int64_t)row->replies);
    row->subjects = (pn_subjects)number(x, "subjects", (int64_t)row->subjects);
}

static pn_err write_creditor(pn_exchange *x, pn_creditor_row row) {
    set_texts(x, &row);
    set_numbers(x, &row);
    PN_TRY(pn_creditors_change(x->app, &row, x->arena, &x->diag));
    const pn_creditor_row *now = NULL;
    PN_TRY(pn_find_creditor(x, row.id, &now));
    put_creditor(x, pn_answer_bare(x), now);
    return PN_OK;
}

static pn_err change_creditor(pn_exchange *x) {
    const pn_creditor_row *row = NULL;
    PN_TRY(path_creditor(x, &row));
    PN_TRY(pn_check_version(x, creditor_version(x, row)));
    return write_creditor(x, *row);
}

static pn_err add_creditor(pn_exchange *x) {
    const pn_creditor_row *row = NULL;
    pn_diag ignored = {0};
    pn_str name = pn_body_value(x, "name")->text;
    if (pn_app_find_creditor(x->app, name, &row, &ignored) == PN_OK) {
        return pn_diag_set(&x->diag, PN_CONFLICT, "There is a creditor of this name already.");
    }
    PN_TRY(pn_publish_creditor(x->app, name, x->arena, &row, &x->diag));
    pn_answer_created(x, "/v1/creditors", PN_ID_CREDITOR, row->id);
    return write_creditor(x, *row);
}

/* ── logos ── */

static pn_err get_logo(pn_exchange *x) {
    const pn_creditor_row *row = NULL;
    pn_str bytes = PN_STR_NONE;
    PN_TRY(path_creditor(x, &row));
    if (row->logo_type.len == 0) {
        return pn_diag_set(&x->diag, PN_NOT_FOUND, "This creditor has no logo.");
    }
    PN_TRY(pn_told(x, pn_creditor_logo(x->db, row->id, x->arena, &bytes)));
    pn_buf_init(&x->answer.body, bytes.len + 1);
    pn_buf_add_str(&x->answer.body, bytes);
    x->answer.content_type = pn_str_is(row->logo_type, "image/png") ? "image/png" : "image/jpeg";
    return PN_OK;
}

static pn_err set_logo(pn_exchange *x) {
    const pn_creditor_row *found = NULL;
    pn_image image = {0};
    PN_TRY(path_creditor(x, &found));
    PN_TRY(pn_image_read(x->body, &image, &x->diag));
    pn_creditor_row row = *found;
    row.logo_type = image.type;
    row.logo_width = image.width;
    row.logo_height = image.height;
    PN_TRY(pn_told(x, pn_creditor_set_logo(x->db, row.id, x->body)));
    return pn_creditors_change(x->app, &row, x->arena, &x->diag);
}

static pn_err remove_logo(pn_exchange *x) {
    const pn_creditor_row *found = NULL;
    PN_TRY(path_creditor(x, &found));
    pn_creditor_row row = *found;
    row.logo_type = PN_STR("");
    row.logo_width = row.logo_height = 0;
    PN_TRY(pn_told(x, pn_creditor_set_logo(x->db, row.id, PN_STR_NONE)));
    return pn_creditors_change(x->app, &row, x->arena, &x->diag);
}

#define ONE "/v1/creditors/{creditor}"
#define ROUTE(verb, at, id, on, may, of, takes, what, does, says)                                  \
    .method = PN_HTTP_##verb, .path = at, .name = id, .runs = on, .roles = may, .scope = of,       \
    .body = takes, .gives = what, .answer = does, .summary = says

pn_route_table PN_ROUTES_ORGANIZATION = {
    {ROUTE(GET, "/v1/organization", "get_organization", PN_RUNS_READER, PN_MAY_READ,
           "organization:read", NULL, &ORG, get_organization, "the organization one works in")},
    {ROUTE(PATCH, "/v1/organization", "change_organization", PN_RUNS_WRITER, PN_MAY_OWN, NULL,
           ORG_BODY, &ORG, change_organization, "change its settings"),
     .help = "With If-Match nothing is changed that changed meanwhile."},
    {ROUTE(PUT, "/v1/organization/mode", "set_organization_mode", PN_RUNS_WRITER, PN_MAY_OWN, NULL,
           MODE_BODY, &ORG, set_mode, "go live, or back to test"),
     .help = "Going live pauses every channel: automatic sending is switched on for itself. What "
             "is needed and missing refuses it; a second person may have to approve it (202)."},
    {ROUTE(GET, "/v1/organization/readiness", "list_readiness", PN_RUNS_READER, PN_MAY_READ,
           "organization:read", NULL, &CHECK, list_checks,
           "what is there, and what is missing "
           "to go live"),
     .gives_list = true},
    {ROUTE(GET, "/v1/creditors", "list_creditors", PN_RUNS_READER, PN_MAY_READ, "creditors:read",
           NULL, &CREDITOR, list_creditors, "who is owed"),
     .gives_list = true},
    {ROUTE(POST, "/v1/creditors", "add_creditor", PN_RUNS_WRITER, PN_MAY_MANAGE, "creditors:write",
           CREDITOR_NEW, &CREDITOR, add_creditor, "add a creditor")},
    {ROUTE(GET, ONE, "get_creditor", PN_RUNS_READER, PN_MAY_READ, "creditors:read", NULL, &CREDITOR,
           get_creditor, "one creditor")},
    {ROUTE(PATCH, ONE, "change_creditor", PN_RUNS_WRITER, PN_MAY_MANAGE, "creditors:write",
           CREDITOR_BODY, &CREDITOR, change_creditor, "change a creditor; null clears a field"),
     .help = "With If-Match nothing is changed that changed meanwhile."},
    {ROUTE(GET, ONE "/logo", "get_logo", PN_RUNS_READER, PN_MAY_READ, "creditors:read", NULL, NULL,
           get_logo, "its logo"),
     .answer_type = "image/*"},
    {ROUTE(PUT, ONE "/logo", "set_logo", PN_RUNS_WRITER, PN_MAY_MANAGE, "creditors:write", NULL,
           NULL, set_logo, "its logo, PNG or JPEG, above e-mails and documents"),
     .body_type = "image/png image/jpeg", .body_max = PN_LIMIT_CREDITOR_LOGO_BYTES},
    {ROUTE(DELETE, ONE "/logo", "remove_logo", PN_RUNS_WRITER, PN_MAY_MANAGE, "creditors:write",
           NULL, NULL, remove_logo, "take the logo away")},
    {.path = NULL},
};
