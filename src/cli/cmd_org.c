#include "app/config.h"
#include "app/publish.h"
#include "base/banned.h"
#include "base/limits.h"
#include "cli/cmd.h"
#include "compose/colour.h"
#include "format/image.h"
#include "format/account.h"
#include "format/tax_id.h"
#include "store/message.h"
#include "store/run.h"

#ifndef PN_VERSION
#define PN_VERSION "0"
#endif

/* ── init ────────────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_INIT_OPTIONS[] = {
    {"country", "CODE", "country of the organization (default ES)"},
    {"currency", "CODE", "its currency (default: the country's)"},
    {"language", "CODE", "es, en or pt (default: the country's)"},
    {"zone", "NAME", "its time zone, like Europe/Madrid (default: the country's)"},
    {"mode", "live|test|sandbox",
     "test captures all that goes out; a sandbox's clock can be moved "
     "too (default live)"},
    {"clock", "DATE", "a sandbox's first day (default: now)"},
    {NULL, NULL, NULL},
};

static pn_err parse_mode(pn_cli *cli, pn_org_mode *ret_mode) {
    pn_str text = pn_cli_value(cli, "mode");
    *ret_mode = PN_MODE_LIVE;
    for (int mode = PN_MODE_LIVE; text.len != 0 && mode <= PN_MODE_SANDBOX; mode++) {
        if (pn_str_eq(text, pn_str_of(pn_org_mode_name((pn_org_mode)mode)))) {
            *ret_mode = (pn_org_mode)mode;
            return PN_OK;
        }
    }
    return text.len == 0 ? PN_OK
                         : pn_cli_usage(cli, "--mode is live, test or sandbox, not “%.*s”.",
                                        PN_STR_ARG(text));
}

/* The clock is read in the organization's zone, which may follow from its country. */
static pn_err parse_clock(pn_cli *cli, const pn_init_request *request, pn_time *ret_clock) {
    const pn_zone *zone = NULL;
    *ret_clock = PN_TIME_NONE;
    if (!pn_cli_given(cli, "clock")) {
        return PN_OK;
    }
    if (request->mode != PN_MODE_SANDBOX) {
        return pn_cli_usage(cli, "--clock needs --mode sandbox: other clocks are real.");
    }
    pn_str name =
        request->zone.len != 0 ? request->zone : pn_zone_of_country(request->country, PN_STR(""));
    if (name.len == 0) {
        name = PN_STR("UTC");
    }
    PN_TRY(pn_app_zone(cli->app, name, &zone, &cli->diag));
    return pn_cli_time(cli, "clock", zone, PN_TIME_NONE, ret_clock);
}

static pn_str default_name(pn_str language, pn_str country) {
    if (pn_str_is(language, "pt") || (language.len == 0 && pn_str_is(country, "BR"))) {
        return PN_STR("Minha empresa");
    }
    return pn_str_is(language, "en") || (language.len == 0 && pn_str_is(country, "US"))
               ? PN_STR("My company")
               : PN_STR("Mi empresa");
}

static void print_org(pn_cli *cli) {
    const pn_org_row *org = &cli->app->org;
    pn_out *out = &cli->out;
    out->zone = pn_app_zone_or_own(cli->app, org->zone);
    pn_out_id(out, "id", NULL, PN_ID_ORGANIZATION, org->id);
    pn_out_str(out, "name", "Organization", org->name);
    pn_out_str(out, "mode", "Mode", pn_str_of(pn_org_mode_name(org->mode)));
    pn_out_str(out, "country", "Country", org->country);
    pn_out_str(out, "currency", "Currency", org->currency);
    pn_out_str(out, "language", "Language", org->language);
    pn_out_str(out, "zone", "Time zone", org->zone);
    pn_out_time(out, "now", "Clock", pn_app_now(cli->app));
    pn_out_str(out, "database", "Database", pn_str_of(cli->db));
}

static pn_err make_org(pn_cli *cli, pn_init_request *request) {
    PN_TRY(pn_cli_open(cli, true));
    PN_TRY(parse_clock(cli, request, &request->clock));
    return pn_publish_init(cli->app, request, &cli->diag);
}

pn_err pn_cmd_init(pn_cli *cli) {
    pn_str country = pn_cli_value(cli, "country");
    pn_init_request request = {
        .country = country.len != 0 ? country : PN_STR("ES"),
        .currency = pn_cli_value(cli, "currency"),
        .language = pn_cli_value(cli, "language"),
        .zone = pn_cli_value(cli, "zone"),
    };
    request.name =
        cli->org != NULL ? pn_str_of(cli->org) : default_name(request.language, request.country);
    PN_TRY(parse_mode(cli, &request.mode));
    bool existed = pn_cli_database_exists(cli);
    pn_err err = make_org(cli, &request);
    if (err != PN_OK && !existed) {
        pn_cli_remove_database(cli);
    }
    PN_TRY(err);
    print_org(cli);
    pn_out_line(&cli->out, "\nNext: `puntual import invoices FILE`, then `puntual strategy publish "
                           "FILE`, then `puntual run`.");
    return PN_OK;
}

/* ── creditors ───────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_CREDITOR_OPTIONS[] = {
    {"tax-id", "TEXT", "tax number, named in demands"},
    {"country", "CODE", "where it is (policy, interest, holidays)"},
    {"zone", "NAME", "its time zone"},
    {"language", "CODE", "language of texts where the debtor's is not known"},
    {"form-of-address", "FORM",
     "in Spanish: usted (default), tu, or tu-people (usted to companies)"},
    {"address", "TEXT", "postal address"},
    {"phone", "TEXT", "telephone, named in demands"},
    {"email", "TEXT", "where answers go"},
    {"city", "NAME", "where its letters are written: Madrid"},
    {"iban", "TEXT", "account for bank transfers: IBAN, CLABE, CBU or number; checked"},
    {"pix-key", "KEY", "Brazil: where Pix payments go; documents carry its QR code"},
    {"reference", "rf|numbers",
     "what debtors write on transfers: an ISO 11649 reference, or the invoices' numbers (default)"},
    {"policy", "NAME", "contact policy instead of the country's"},
    {"third-party", "yes|no", "its claims are collected for somebody else (default no)"},
    {"interest", "BP", "yearly late interest in basis points, where not the legal one"},
    {"withholding", "BP,…", "rates that debtors may withhold, in basis points"},
    {"data-hours", "N", "ask nothing when the newest import is older (0: never stale)"},
    {"colour", "#RRGGBB", "of buttons and links in e-mails (empty: the usual blue)"},
    {"logo", "FILE", "PNG or JPEG that stands above e-mails and documents (none: without)"},
    {"sender-name", "TEXT", "its name in the From of e-mails (empty: the channel's)"},
    {"signs", "collector|creditor",
     "who signs and stands in From: the debtor's collector, where known, or nobody but it"},
    {"subjects", "own|thread",
     "what the mails of a case are called: each its own, or like the first"},
    {"replies", "collector|creditor", "who gets the answers (default the collector, if known)"},
    {"tracking", "WHAT",
     "what is counted of its e-mails: all, clicks, off, or auto (default: opens only where the "
     "debtor's law asks for no consent)"},
    {NULL, NULL, NULL},
};

/* "1500,700" becomes "1500 700". */
static pn_err parse_rates(pn_cli *cli, pn_str *rates) {
    pn_str text = pn_cli_value(cli, "withholding"), part;
    pn_buf out;
    if (!pn_cli_given(cli, "withholding")) {
        return PN_OK;
    }
    pn_buf_init(&out, 1000);
    pn_err err = PN_OK;
    while (err == PN_OK && pn_str_split(&text, ',', &part)) {
        int64_t rate = 0;
        part = pn_str_trim(part);
        if (pn_str_to_int64(part, &rate) != PN_OK || rate <= 0 || rate >= 10000) {
            err = pn_cli_usage(cli,
                               "--withholding wants basis points with commas between, like "
                               "1500,700, not “%.*s”.",
                               PN_STR_ARG(part));
        }
        pn_buf_add_format(&out, out.len == 0 ? "%lld" : " %lld", (long long)rate);
    }
    if (err == PN_OK) {
        *rates = pn_str_dup(&cli->arena, pn_buf_str(&out));
    }
    pn_buf_done(&out);
    return err;
}

static pn_err parse_choice(pn_cli *cli, const char *option, const char *first, const char *second,
                           int *value) {
    pn_str text = pn_cli_value(cli, option);
    if (!pn_cli_given(cli, option)) {
        return PN_OK;
    }
    bool is_second = pn_str_eq(text, pn_str_of(second));
    if (!is_second && !pn_str_eq(text, pn_str_of(first))) {
        return pn_cli_usage(cli, "--%s is %s or %s, not “%.*s”.", option, first, second,
                            PN_STR_ARG(text));
    }
    *value = is_second;
    return PN_OK;
}

static pn_err parse_colour(pn_cli *cli, pn_str *colour) {
    pn_colour read;
    pn_str text = pn_cli_value(cli, "colour");
    if (!pn_cli_given(cli, "colour")) {
        return PN_OK;
    }
    if (text.len != 0 && !pn_colour_read(text, &read)) {
        return pn_cli_usage(cli, "--colour is written like '#e4002b', not “%.*s”.",
                            PN_STR_ARG(text));
    }
    *colour = pn_str_lower_ascii(&cli->arena, text);
    return PN_OK;
}

/* Reads the file and checks it; the bytes are written after the row. */
static pn_err parse_logo(pn_cli *cli, pn_creditor_row *row, pn_str *ret_bytes) {
    pn_str path = pn_cli_value(cli, "logo");
    pn_image image = {0};
    *ret_bytes = PN_STR_NONE;
    if (pn_cli_given(cli, "logo") && path.len != 0 && !pn_str_is(path, "none")) {
        pn_err err = pn_cli_read_file(cli, path, PN_LIMIT_CREDITOR_LOGO_BYTES, ret_bytes);
        if (err == PN_OK) {
            err = pn_image_read(*ret_bytes, &image, &cli->diag);
        }
        pn_diag_where(&cli->diag, "%.*s", PN_STR_ARG(path));
        PN_TRY(err);
    }
    if (pn_cli_given(cli, "logo")) {
        row->logo_type = image.type.ptr == NULL ? PN_STR("") : image.type;
        row->logo_width = image.width;
        row->logo_height = image.height;
    }
    return PN_OK;
}

static pn_err apply_brand(pn_cli *cli, pn_creditor_row *row) {
    int signs = (int)row->signs, replies = (int)row->replies, subjects = (int)row->subjects;
    PN_TRY(parse_colour(cli, &row->colour));
    PN_TRY(parse_choice(cli, "signs", "collector", "creditor", &signs));
    PN_TRY(parse_choice(cli, "replies", "collector", "creditor", &replies));
    PN_TRY(parse_choice(cli, "subjects", "own", "thread", &subjects));
    row->subjects = (pn_subjects)subjects;
    row->signs = (pn_signs)signs;
    row->replies = (pn_replies)replies;
    return PN_OK;
}

static pn_err parse_party(pn_cli *cli, bool *third_party) {
    pn_str text = pn_cli_value(cli, "third-party");
    if (!pn_cli_given(cli, "third-party")) {
        return PN_OK;
    }
    if (!pn_str_is(text, "yes") && !pn_str_is(text, "no")) {
        return pn_cli_usage(cli, "--third-party is yes or no, not “%.*s”.", PN_STR_ARG(text));
    }
    *third_party = pn_str_is(text, "yes");
    return PN_OK;
}

static pn_err parse_form(pn_cli *cli, pn_address_form *form) {
    pn_str name = pn_cli_value(cli, "form-of-address");
    if (pn_cli_given(cli, "form-of-address") && pn_address_form_parse(name, form) != PN_OK) {
        return pn_cli_usage(cli, "--form-of-address is usted, tu or tu-people, not “%.*s”.",
                            PN_STR_ARG(name));
    }
    return PN_OK;
}

static pn_err parse_tracking(pn_cli *cli, pn_tracking *tracking) {
    pn_str name = pn_cli_value(cli, "tracking");
    if (pn_cli_given(cli, "tracking") && pn_tracking_parse(name, tracking) != PN_OK) {
        return pn_cli_usage(cli, "--tracking is auto, all, clicks or off, not “%.*s”.",
                            PN_STR_ARG(name));
    }
    return PN_OK;
}

/* The account, without spaces; checked also when only the country changes, since that decides what
 * form it has. */
static pn_err parse_account(pn_cli *cli, pn_creditor_row *row) {
    pn_account_kind kind;
    pn_str text = pn_cli_given(cli, "iban") ? pn_cli_value(cli, "iban") : row->iban;
    if (text.len == 0 || (!pn_cli_given(cli, "iban") && !pn_cli_given(cli, "country"))) {
        row->iban = text;
        return PN_OK;
    }
    return pn_account_read(text, row->country, &cli->arena, &row->iban, &kind, &cli->diag);
}

static pn_err parse_reference(pn_cli *cli, bool *rf) {
    pn_str name = pn_cli_value(cli, "reference");
    if (!pn_cli_given(cli, "reference")) {
        return PN_OK;
    }
    if (!pn_str_is(name, "rf") && !pn_str_is(name, "numbers")) {
        return pn_cli_usage(cli, "--reference is rf or numbers, not “%.*s”.", PN_STR_ARG(name));
    }
    *rf = pn_str_is(name, "rf");
    return PN_OK;
}

/* The texts of a creditor that options may set. */
static pn_err apply_options(pn_cli *cli, pn_creditor_row *row) {
    int64_t interest = row->interest_bp;
    const struct {
        const char *option;
        pn_str *field;
    } texts[] = {
        {"tax-id", &row->tax_id},   {"country", &row->country},
        {"zone", &row->zone},       {"language", &row->language},
        {"address", &row->address}, {"phone", &row->phone},
        {"email", &row->email},     {"city", &row->city},
        {"policy", &row->policy},   {"sender-name", &row->sender_name},
        {"pix-key", &row->pix_key},
    };
    for (size_t i = 0; i < PN_COUNT(texts); i++) {
        if (pn_cli_given(cli, texts[i].option)) {
            *texts[i].field = pn_cli_value(cli, texts[i].option);
        }
    }
    if (pn_cli_given(cli, "zone")) {
        const pn_zone *zone = NULL;
        PN_TRY(pn_app_zone(cli->app, row->zone, &zone, &cli->diag));
    }
    PN_TRY(parse_party(cli, &row->third_party));
    PN_TRY(parse_form(cli, &row->address_form));
    PN_TRY(parse_tracking(cli, &row->tracking));
    PN_TRY(parse_account(cli, row));
    if (pn_cli_given(cli, "tax-id")) {
        PN_TRY(pn_tax_id_read(row->tax_id, row->country, &cli->diag));
    }
    PN_TRY(parse_reference(cli, &row->rf_reference));
    PN_TRY(parse_rates(cli, &row->withholding_bp));
    PN_TRY(pn_cli_int(cli, "interest", 0, 10000, interest, &interest));
    PN_TRY(pn_cli_int(cli, "data-hours", 0, 100000, row->data_hours_max, &row->data_hours_max));
    row->interest_bp = (int32_t)interest;
    return apply_brand(cli, row);
}

static pn_err change_creditor(pn_cli *cli, void *context) {
    const pn_creditor_row *found = NULL;
    if (context != NULL) {
        PN_TRY(pn_publish_creditor(cli->app, cli->args[0], &cli->arena, &found, &cli->diag));
    } else {
        PN_TRY(pn_app_find_creditor(cli->app, cli->args[0], &found, &cli->diag));
    }
    pn_creditor_row row = *found;
    pn_str logo;
    PN_TRY(apply_options(cli, &row));
    PN_TRY(parse_logo(cli, &row, &logo));
    PN_TRY(pn_creditor_update(cli->app->db, &row));
    if (pn_cli_given(cli, "logo")) {
        PN_TRY(pn_creditor_set_logo(cli->app->db, row.id, logo));
    }
    if (pn_cli_given(cli, "data-hours")) {
        PN_TRY(pn_poke_held(cli->app->db, cli->app->org.id, cli->app->org.lane));
    }
    /* what waited for its particulars */
    pn_time now = pn_app_now(cli->app);
    PN_TRY(pn_message_due_again_all(cli->app->db, cli->app->org.id, PN_STR("legal_text"), now));
    PN_TRY(pn_zone_deliver_now(cli->app->db, cli->app->org.lane, now));
    char id[PN_ID_TEXT_SIZE];
    return pn_journal_add(
        cli->app, 0, 0, 0, PN_EVENT_SETTING,
        pn_str_format(&cli->arena, "{\"creditor\":\"%s\"}", pn_id_text(PN_ID_CREDITOR, row.id, id)),
        &(pn_id){0});
}

pn_err pn_cmd_creditor_add(pn_cli *cli) {
    for (size_t i = 0; i < cli->app->creditor_count; i++) {
        if (pn_str_eq(cli->app->creditors[i].name, cli->args[0])) {
            return pn_diag_set(&cli->diag, PN_CONFLICT, "There is a creditor “%.*s” already.",
                               PN_STR_ARG(cli->args[0]));
        }
    }
    PN_TRY(pn_cli_write(cli, change_creditor, cli));
    PN_TRY(pn_app_reload(cli->app, &cli->diag));
    return pn_cmd_creditor_list(cli);
}

pn_err pn_cmd_creditor_set(pn_cli *cli) {
    PN_TRY(pn_cli_write(cli, change_creditor, NULL));
    PN_TRY(pn_app_reload(cli->app, &cli->diag));
    return pn_cmd_creditor_list(cli);
}

/* "PNG 240 x 80" */
static pn_str logo_words(const pn_creditor_row *row, pn_arena *arena) {
    return row->logo_type.len == 0
               ? PN_STR_NONE
               : pn_str_format(arena, "%s %d x %d",
                               pn_str_is(row->logo_type, "image/png") ? "PNG" : "JPEG",
                               row->logo_width, row->logo_height);
}

pn_err pn_cmd_creditor_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"id", "ID", false},
        {"name", "Name", false},
        {"tax_id", "Tax id", false},
        {"country", "Country", false},
        {"email", "E-mail", false},
        {"iban", "IBAN", false},
        {"policy", "Policy", false},
        {"third_party", "Third party", false},
        {"form_of_address", "Form", false},
        {"data_as_of", "Data of", false},
        {"colour", "Colour", false},
        {"logo", "Logo", false},
        {"from", "From", false},
        {"tracking", "Tracking", false},
    };
    pn_out *out = &cli->out;
    pn_out_table(out, "creditors", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < cli->app->creditor_count; i++) {
        const pn_creditor_row *row = &cli->app->creditors[i];
        pn_cell_id(out, PN_ID_CREDITOR, row->id);
        pn_cell_str(out, row->name);
        pn_cell_str(out, row->tax_id);
        pn_cell_str(out, row->country);
        pn_cell_str(out, row->email);
        pn_cell_str(out, row->iban);
        pn_cell_str(out, row->policy);
        pn_cell_str(out, row->third_party ? PN_STR("yes") : PN_STR("no"));
        pn_cell_str(out, pn_str_of(pn_address_form_name(row->address_form)));
        pn_cell_time(out, row->data_as_of);
        pn_cell_str(out, row->colour);
        pn_cell_str(out, logo_words(row, &cli->arena));
        pn_cell_str(out, row->sender_name);
        pn_cell_str(out, pn_str_of(pn_tracking_name(row->tracking)));
    }
    pn_out_table_end(out, "There is no creditor yet.");
    return PN_OK;
}

/* ── configuration ───────────────────────────────────────────────────────────────────────────── */

static void setting_row(pn_out *out, const char *key, pn_str value, pn_origin origin,
                        const char *place) {
    pn_cell_str(out, pn_str_of(key));
    pn_cell_str(out, value);
    pn_cell_str(out, pn_str_of(pn_origin_name(origin)));
    pn_cell_str(out, pn_str_of(place));
}

static void org_rows(pn_cli *cli) {
    const pn_org_row *org = &cli->app->org;
    const struct {
        const char *key;
        pn_str value;
    } rows[] = {
        {"organization", org->name},
        {"mode", pn_str_of(pn_org_mode_name(org->mode))},
        {"country", org->country},
        {"currency", org->currency},
        {"language", org->language},
        {"zone", org->zone},
        {"public_url", org->public_url},
        {"now", pn_time_iso(pn_app_now(cli->app), cli->out.zone, &cli->arena)},
    };
    for (size_t i = 0; i < PN_COUNT(rows); i++) {
        setting_row(&cli->out, rows[i].key, rows[i].value, PN_ORIGIN_DATABASE, cli->db);
    }
}

pn_err pn_cmd_config_show(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"key", "Setting", false},
        {"value", "Value", false},
        {"origin", "Origin", false},
        {"place", "Where", false},
    };
    bool origin = pn_cli_given(cli, "origin") || cli->out.json;
    pn_out_table(&cli->out, "settings", COLUMNS, origin ? 4 : 2);
    for (size_t i = 0; i < PN_SETTINGS; i++) {
        const pn_setting *setting = &cli->settings.items[i];
        if (origin) {
            setting_row(&cli->out, setting->key, setting->value, setting->origin, setting->place);
        } else {
            pn_cell_str(&cli->out, pn_str_of(setting->key));
            pn_cell_str(&cli->out, setting->value);
        }
    }
    if (cli->app != NULL && origin) {
        org_rows(cli);
    }
    pn_out_table_end(&cli->out, NULL);
    return PN_OK;
}

static pn_err set_config(pn_cli *cli, void *context) {
    (void)context;
    return pn_config_set(cli->app, cli->args[0], cli->args[1], &cli->diag);
}

pn_err pn_cmd_config_set(pn_cli *cli) {
    pn_str value;
    PN_TRY(pn_cli_write(cli, set_config, NULL));
    PN_TRY(pn_app_reload(cli->app, &cli->diag));
    pn_err err = pn_config_get(cli->app, cli->args[0], &cli->arena, &value);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_str(&cli->out, "key", "Setting", cli->args[0]);
    pn_out_str(&cli->out, "value", "Value", value);
    if (pn_str_is(cli->args[0], "public_url") && value.len != 0) {
        pn_out_line(&cli->out,
                    "E-mails name %.*s/u/… for opting out with one click from now on: "
                    "something must answer there.",
                    PN_STR_ARG(cli->app->org.public_url));
    }
    return PN_OK;
}

pn_err pn_cmd_config_limits(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"name", "Limit", false},
        {"value", "Value", true},
        {"unit", "Unit", false},
        {"meaning", "Of what", false},
    };
    static const struct {
        const char *name;
        int64_t value;
        const char *unit, *meaning;
    } LIMITS[] = {
#define LIMIT_ROW(name, value, unit, meaning) {#name, value, unit, meaning},
        PN_LIMITS(LIMIT_ROW)
#undef LIMIT_ROW
    };
    pn_out_table(&cli->out, "limits", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < PN_COUNT(LIMITS); i++) {
        pn_cell_str(&cli->out, pn_str_lower_ascii(&cli->arena, pn_str_of(LIMITS[i].name)));
        pn_cell_int(&cli->out, LIMITS[i].value);
        pn_cell_str(&cli->out, pn_str_of(LIMITS[i].unit));
        pn_cell_str(&cli->out, pn_str_of(LIMITS[i].meaning));
    }
    pn_out_table_end(&cli->out, NULL);
    return PN_OK;
}

pn_err pn_cmd_version(pn_cli *cli) {
    pn_out_str(&cli->out, "version", NULL, PN_STR(PN_VERSION));
    pn_out_line(&cli->out, "puntual %s", PN_VERSION);
    return PN_OK;
}
