#include "app/deliver.h"
#include "app/lookup.h"
#include "app/publish.h"
#include "base/banned.h"
#include "base/limits.h"
#include "cli/cmd.h"
#include "liquid/liquid.h"

/* ── checking and publishing ─────────────────────────────────────────────────────────────────── */

static void print_problems(pn_cli *cli, const pn_compose_problems *problems) {
    static const pn_column COLUMNS[] = {
        {"level", "", false}, {"where", "Where", false}, {"sentence", "Problem", false}};
    if (problems->count == 0 && !cli->out.json) {
        return;
    }
    pn_out_table(&cli->out, "problems", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < problems->count; i++) {
        pn_cell_str(&cli->out, problems->items[i].warning ? PN_STR("warning") : PN_STR("error"));
        pn_cell_str(&cli->out, problems->items[i].where);
        pn_cell_str(&cli->out, problems->items[i].sentence);
    }
    pn_out_table_end(&cli->out, NULL);
}

static pn_err refuse(pn_cli *cli, const pn_compose_problems *problems, pn_err err) {
    return problems->errors == 0
               ? err
               : pn_diag_set(&cli->diag, err, "%zu %s in “%.*s”.", problems->errors,
                             problems->errors == 1 ? "problem" : "problems",
                             PN_STR_ARG(cli->args[0]));
}

pn_err pn_cmd_template_check(pn_cli *cli) {
    pn_str text;
    pn_json *json = NULL;
    const pn_family *family = NULL;
    pn_compose_problems problems = {0};
    PN_TRY(pn_cli_read_file(cli, cli->args[0], PN_LIMIT_STRATEGY_BYTES, &text));
    PN_TRY(pn_cli_parse_json(cli, text, cli->args[0], &json));
    pn_err err = pn_family_compile(json, &cli->arena, &family, &problems, &cli->diag);
    pn_out_bool(&cli->out, "ok", NULL, err == PN_OK);
    print_problems(cli, &problems);
    if (err != PN_OK) {
        return refuse(cli, &problems, err);
    }
    pn_out_line(&cli->out, "“%.*s” is valid: %zu variants.", PN_STR_ARG(pn_family_name(family)),
                pn_family_variant_count(family));
    return PN_OK;
}

typedef struct {
    pn_str text;
    pn_compose_problems problems;
    int64_t version;
    bool same;
} publishing;

static pn_err publish(pn_cli *cli, void *context) {
    publishing *p = context;
    return pn_publish_template(cli->app, p->text, NULL, &cli->arena, &p->problems, &p->version,
                               &p->same, &cli->diag);
}

pn_err pn_cmd_template_publish(pn_cli *cli) {
    publishing p = {0};
    PN_TRY(pn_cli_read_file(cli, cli->args[0], PN_LIMIT_STRATEGY_BYTES, &p.text));
    pn_err err = pn_cli_write(cli, publish, &p);
    print_problems(cli, &p.problems);
    if (err != PN_OK) {
        return refuse(cli, &p.problems, err);
    }
    pn_out_int(&cli->out, "version", NULL, p.version);
    pn_out_bool(&cli->out, "published", NULL, !p.same);
    pn_out_line(&cli->out,
                p.same ? "Version %lld is this very document; nothing was published."
                       : "Published as version %lld.",
                (long long)p.version);
    return PN_OK;
}

/* ── looking ─────────────────────────────────────────────────────────────────────────────────── */

/* "es en pt", each once. */
static pn_str languages(const pn_family *family, pn_arena *arena) {
    pn_buf text;
    pn_buf_init(&text, 4096);
    for (size_t i = 0; i < pn_family_variant_count(family); i++) {
        pn_str language = pn_variant_language(pn_family_variant(family, i));
        bool seen = false;
        for (size_t j = 0; j < i; j++) {
            seen = seen || pn_str_eq(language, pn_variant_language(pn_family_variant(family, j)));
        }
        if (!seen) {
            pn_buf_add_format(&text, "%s%.*s", text.len != 0 ? " " : "", PN_STR_ARG(language));
        }
    }
    pn_str copy = pn_str_dup(arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

pn_err pn_cmd_template_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"name", "Name", false},           {"title", "Title", false},
        {"purpose", "Purpose", false},     {"version", "Version", true},
        {"languages", "Languages", false}, {"variants", "Variants", true},
    };
    pn_template_row *rows = NULL;
    size_t count = 0;
    pn_err err = pn_template_list(cli->app->db, cli->app->org.id, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_table(&cli->out, "templates", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        const pn_published_family *family = NULL;
        PN_TRY(pn_catalog_family(cli->app, rows[i].family, &family, &cli->diag));
        pn_cell_str(&cli->out, rows[i].family);
        pn_cell_str(&cli->out, pn_family_title(family->family));
        pn_cell_str(&cli->out, pn_str_of(pn_purpose_name(rows[i].purpose)));
        pn_cell_int(&cli->out, rows[i].version);
        pn_cell_str(&cli->out, languages(family->family, &cli->arena));
        pn_cell_int(&cli->out, (int64_t)pn_family_variant_count(family->family));
    }
    pn_out_table_end(&cli->out, "No template is published.");
    return PN_OK;
}

pn_err pn_cmd_template_show(pn_cli *cli) {
    pn_template_row row;
    pn_err err =
        pn_template_find(cli->app->db, cli->app->org.id, cli->args[0], 0, &cli->arena, &row);
    if (err == PN_NOT_FOUND) {
        err =
            pn_diag_set(&cli->diag, err, "There is no template “%.*s”.", PN_STR_ARG(cli->args[0]));
        pn_diag_mend(&cli->diag, "`puntual template list` shows those that are published.");
        return err;
    }
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_str(&cli->out, "name", NULL, row.family);
    pn_out_int(&cli->out, "version", NULL, row.version);
    pn_out_raw(&cli->out, "document", NULL, row.document);
    pn_out_text(&cli->out, row.document);
    return PN_OK;
}

/* ── preview ─────────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_TEMPLATE_PREVIEW_OPTIONS[] = {
    {"invoice", "ID", "the invoice that it would be about (inv_… or its number)"},
    {"tone", "N", "1 kindly … 5 last notice (default: what sending would choose)"},
    {"lang", "CODE", "language (default: the debtor's)"},
    {"form", "FORM", "usted or tu (default: the creditor's form of address)"},
    {"channel", "KIND",
     "email (default), sms, …: another one's text is printed for a person to send"},
    {"out", "DIR", "write NAME.eml, NAME.html and NAME.txt there instead of printing the text"},
    {NULL, NULL, NULL},
};

static pn_err write_preview(pn_cli *cli, const pn_preview *preview) {
    pn_str dir = pn_cli_value(cli, "out");
    const struct {
        const char *extension;
        pn_str bytes;
    } files[] = {{"eml", preview->eml}, {"html", preview->html}, {"txt", preview->text}};
    PN_TRY(pn_cli_make_dir(cli, dir));
    for (size_t i = 0; i < PN_COUNT(files); i++) {
        pn_str path = pn_str_format(&cli->arena, "%.*s/%.*s.%s", PN_STR_ARG(dir),
                                    PN_STR_ARG(cli->args[0]), files[i].extension);
        PN_TRY(pn_cli_write_file(cli, path, files[i].bytes));
        pn_out_line(&cli->out, "%.*s", PN_STR_ARG(path));
    }
    return PN_OK;
}

static pn_err read_wish(pn_cli *cli, pn_preview_wish *wish) {
    int64_t tone = 0;
    PN_TRY(pn_cli_int(cli, "tone", 1, 5, 0, &tone));
    *wish = (pn_preview_wish){
        .tone = (unsigned)tone,
        .language = pn_cli_value(cli, "lang"),
        .form = pn_form_of(pn_cli_value(cli, "form")),
        .channel = pn_channel_kind_of(pn_cli_value(cli, "channel")),
    };
    if (pn_cli_given(cli, "form") && wish->form == PN_FORM_ANY) {
        return pn_cli_usage(cli, "--form is usted or tu.");
    }
    if (pn_cli_given(cli, "channel") && wish->channel == PN_CHANNEL_NONE) {
        return pn_cli_usage(cli, "--channel is one of email, sms, whatsapp, push, call, letter, "
                                 "http.");
    }
    if (pn_cli_given(cli, "out") && wish->channel != PN_CHANNEL_NONE &&
        wish->channel != PN_CHANNEL_EMAIL) {
        return pn_cli_usage(cli, "--out writes the files of an e-mail; a text is printed.");
    }
    return PN_OK;
}

pn_err pn_cmd_template_preview(pn_cli *cli) {
    pn_invoice_row invoice;
    pn_preview_wish wish;
    pn_preview preview = {0};
    PN_TRY(read_wish(cli, &wish));
    if (!pn_cli_given(cli, "invoice")) {
        return pn_cli_usage(cli, "--invoice says which invoice the preview is about.");
    }
    PN_TRY(pn_lookup_invoice(cli->app, pn_cli_value(cli, "invoice"), &cli->arena, &invoice,
                             &cli->diag));
    PN_TRY(pn_preview_write(cli->app, cli->args[0], invoice.item.id, &wish, &cli->arena, &preview,
                            &cli->diag));
    if (preview.subject.len != 0) {
        pn_out_str(&cli->out, "subject", "Subject", preview.subject);
    }
    pn_out_str(&cli->out, "language", NULL, preview.language);
    pn_out_int(&cli->out, "tone", NULL, preview.tone);
    if (cli->out.json) {
        pn_out_str(&cli->out, "text", NULL, preview.text);
        pn_out_str(&cli->out, "html", NULL, preview.html);
        if (wish.channel == PN_CHANNEL_HTTP) {
            pn_out_str(&cli->out, "request", NULL, preview.eml);
        }
    }
    if (pn_cli_given(cli, "out")) {
        return write_preview(cli, &preview);
    }
    if (preview.subject.len != 0) {
        pn_out_line(&cli->out, "%s", "");
    }
    pn_out_text(&cli->out, preview.text);
    if (wish.channel == PN_CHANNEL_HTTP && preview.eml.len != 0) {
        pn_out_line(&cli->out, "%s", "");
        pn_out_text(&cli->out, preview.eml);
    }
    return PN_OK;
}

/* ── a Liquid file over JSON ─────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_TEMPLATE_RENDER_OPTIONS[] = {
    {"data", "FILE", "a JSON object with the variables"},
    {"lax", NULL, "what is unknown is empty, as in Liquid elsewhere"},
    {"lang", "CODE", "language of numbers and dates (default en)"},
    {"country", "CODE", "country of numbers and dates"},
    {"html", NULL, "escape what is put in for HTML"},
    {NULL, NULL, NULL},
};

/* In strict mode a variable that the data lack is an error, with its place. */
static pn_err refuse_unknown(pn_cli *cli, const pn_liquid_template *template, const pn_json *data) {
    const pn_liquid_variable *variables = NULL;
    size_t count = 0;
    pn_liquid_variables(template, &variables, &count);
    for (size_t i = 0; i < count; i++) {
        pn_str rest = variables[i].path;
        size_t end = 0;
        while (end < rest.len && rest.ptr[end] != '.' && rest.ptr[end] != '[') {
            end++;
        }
        pn_str name = pn_str_first(rest, end);
        if (pn_json_get(data, name) == NULL && !pn_str_is(name, "now") &&
            !pn_str_is(name, "today")) {
            pn_err err =
                pn_diag_set(&cli->diag, PN_INVALID, "The data have no “%.*s”.", PN_STR_ARG(name));
            pn_diag_where(&cli->diag, "%.*s, line %u, column %u", PN_STR_ARG(cli->args[0]),
                          variables[i].line, variables[i].column);
            pn_diag_mend(&cli->diag, "Add it to the data, or use --lax.");
            return err;
        }
    }
    return PN_OK;
}

static void say_file(pn_cli *cli) {
    char where[sizeof cli->diag.where];
    memcpy(where, cli->diag.where, sizeof where);
    pn_diag_where(&cli->diag, "%.*s%s%s", PN_STR_ARG(cli->args[0]), where[0] != '\0' ? ", " : "",
                  where);
}

pn_err pn_cmd_template_render(pn_cli *cli) {
    pn_str source, data_text = PN_STR("{}");
    pn_json *data = NULL;
    const pn_liquid_template *template = NULL;
    bool strict = !pn_cli_given(cli, "lax");
    PN_TRY(pn_cli_read_file(cli, cli->args[0], PN_LIMIT_TEMPLATE_BYTES, &source));
    if (pn_cli_given(cli, "data")) {
        PN_TRY(pn_cli_read_file(cli, pn_cli_value(cli, "data"), 1 << 26, &data_text));
    }
    PN_TRY(pn_cli_parse_json(cli, data_text, pn_cli_value(cli, "data"), &data));
    pn_liquid_options options = {.strict = strict, .allow_safe = true};
    pn_err err = pn_liquid_compile(source, &options, &cli->arena, &template, &cli->diag);
    if (err != PN_OK) {
        say_file(cli);
        return err;
    }
    if (strict) {
        PN_TRY(refuse_unknown(cli, template, data));
    }
    pn_liquid_context context = {
        .data = data,
        .language = pn_cli_given(cli, "lang") ? pn_cli_value(cli, "lang") : PN_STR("en"),
        .country = pn_cli_value(cli, "country"),
        .zone = cli->out.zone,
        .now = pn_env_now(cli->env),
        .escape = pn_cli_given(cli, "html") ? PN_LIQUID_ESCAPE_HTML : PN_LIQUID_ESCAPE_NONE,
    };
    pn_buf text;
    pn_buf_init(&text, PN_LIMIT_TEMPLATE_BYTES);
    err = pn_liquid_render(template, &context, &cli->arena, &text, &cli->diag);
    pn_str rendered = pn_str_dup(&cli->arena, pn_buf_str(&text));
    pn_buf_done(&text);
    if (err != PN_OK) {
        say_file(cli);
        return err;
    }
    pn_out_str(&cli->out, "text", NULL, rendered);
    pn_out_exact(&cli->out, rendered);
    return PN_OK;
}
