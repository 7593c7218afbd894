#include "app/publish.h"

#include "app/errands.h"
#include "app/trail.h"
#include "base/banned.h"
#include "compose/legal.h"
#include "base/embedded.h"
#include "base/utf8.h"
#include "format/verp.h"
#include "store/run.h"

extern const pn_embedded pn_share_files[];

/* ── an organization's beginning ─────────────────────────────────────────────────────────────── */

typedef struct {
    char country[3];
    const char *currency, *language;
} country_default;

static const country_default COUNTRIES[] = {
    {"ES", "EUR", "es"}, {"MX", "MXN", "es"}, {"CO", "COP", "es"}, {"CL", "CLP", "es"},
    {"PE", "PEN", "es"}, {"AR", "ARS", "es"}, {"UY", "UYU", "es"}, {"BO", "BOB", "es"},
    {"PY", "PYG", "es"}, {"EC", "USD", "es"}, {"CR", "CRC", "es"}, {"PA", "USD", "es"},
    {"GT", "GTQ", "es"}, {"HN", "HNL", "es"}, {"NI", "NIO", "es"}, {"SV", "USD", "es"},
    {"DO", "DOP", "es"}, {"BR", "BRL", "pt"}, {"PT", "EUR", "pt"}, {"US", "USD", "en"},
    {"GB", "GBP", "en"}, {"IE", "EUR", "en"}, {"FR", "EUR", "en"}, {"DE", "EUR", "en"},
    {"IT", "EUR", "en"}, {"NL", "EUR", "en"}, {"BE", "EUR", "en"}, {"CA", "CAD", "en"},
};

static const country_default *default_of(pn_str country) {
    for (size_t i = 0; i < PN_COUNT(COUNTRIES); i++) {
        if (pn_str_eq(country, (pn_str){COUNTRIES[i].country, 2})) {
            return &COUNTRIES[i];
        }
    }
    return NULL;
}

static pn_err check_init(const pn_init_request *request, pn_org_row *row, pn_arena *arena,
                         pn_diag *diag) {
    if (request->name.len == 0 || request->name.len > 120) {
        return pn_diag_set(diag, PN_INVALID, "An organization's name has 1 to 120 bytes.");
    }
    char *country = pn_arena_copy(arena, request->country.ptr, request->country.len);
    for (size_t i = 0; i < request->country.len; i++) {
        country[i] = pn_to_upper(country[i]);
    }
    row->country = (pn_str){country, request->country.len};
    if (row->country.len != 2 || !pn_is_alpha(country[0]) || !pn_is_alpha(country[1])) {
        return pn_diag_set(diag, PN_INVALID, "“%.*s” is no country code. Use two letters like ES.",
                           PN_STR_ARG(request->country));
    }
    const country_default *known = default_of(row->country);
    pn_currency currency;
    row->currency = request->currency.len != 0 ? request->currency
                    : known != NULL            ? pn_str_of(known->currency)
                                               : PN_STR("");
    if (row->currency.len == 0) {
        pn_err err = pn_diag_set(diag, PN_INVALID, "The currency of “%.*s” is not known here.",
                                 PN_STR_ARG(row->country));
        pn_diag_mend(diag, "Say it with --currency, and check the country: two letters like ES.");
        return err;
    }
    if (pn_currency_parse(row->currency, &currency) != PN_OK) {
        return pn_diag_set(diag, PN_INVALID, "“%.*s” is no currency. Use a code like EUR.",
                           PN_STR_ARG(row->currency));
    }
    row->currency = pn_str_dup(arena, (pn_str){currency.code, 3});
    row->language = request->language.len != 0 ? request->language
                    : known != NULL            ? pn_str_of(known->language)
                                               : PN_STR("en");
    row->zone =
        request->zone.len != 0 ? request->zone : pn_zone_of_country(row->country, PN_STR(""));
    if (row->zone.len == 0) {
        row->zone = PN_STR("UTC");
    }
    return PN_OK;
}

static pn_err insert_ready_templates(pn_app *app, pn_arena *arena, pn_diag *diag) {
    for (const pn_embedded *file = pn_share_files; file->name != NULL; file++) {
        if (pn_str_starts(pn_str_of(file->name), PN_STR("templates/"))) {
            pn_compose_problems problems = {0};
            int64_t version = 0;
            bool same = false;
            PN_TRY(pn_publish_template(app, pn_embedded_text(file), NULL, arena, &problems,
                                       &version, &same, diag));
        }
    }
    return PN_OK;
}

static pn_err insert_capture(pn_app *app) {
    bool plain = pn_str_find_char(app->org.name, '<') == SIZE_MAX;
    pn_str name = plain ? app->org.name : PN_STR("Cobros");
    pn_channel_row row = {
        .org_id = app->org.id,
        .channel = PN_CHANNEL_EMAIL,
        .driver = PN_STR("capture"),
        .settings = PN_STR("{}"),
        .sender = pn_str_format(&app->arena, "%.*s <cobros@example.invalid>", PN_STR_ARG(name)),
        .paused_reason = PN_STR(""),
        .updated_at = pn_env_now(app->env)};
    return pn_channel_put(app->db, &row);
}

static pn_err insert_org(pn_app *app, pn_org_row *row, pn_diag *diag) {
    pn_org_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_org_list(app->db, &app->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (pn_str_eq(rows[i].name, row->name)) {
            pn_err err =
                pn_diag_set(diag, PN_CONFLICT, "There is an organization “%.*s” here already.",
                            PN_STR_ARG(row->name));
            pn_diag_mend(diag, "Choose another --db or another --org.");
            return err;
        }
        row->lane = PN_MAX(row->lane, rows[i].lane + 1);
    }
    uint8_t *key = pn_arena_array(&app->arena, uint8_t, PN_VERP_KEY_BYTES);
    pn_env_entropy(app->env, key, PN_VERP_KEY_BYTES);
    row->mail_key = (pn_str){(const char *)key, PN_VERP_KEY_BYTES};
    row->id = pn_app_id(app);
    PN_TRY(pn_org_insert(app->db, row));
    app->org = *row;
    return PN_OK;
}

pn_err pn_publish_init(pn_app *app, const pn_init_request *request, pn_diag *diag) {
    pn_org_row row = {.name = pn_str_dup(&app->arena, request->name),
                      .mode = request->mode,
                      .clock = PN_TIME_NONE,
                      .policy = PN_STR(""),
                      .region = PN_STR(""),
                      .public_url = PN_STR(""),
                      .created_at = pn_env_now(app->env)};
    const pn_zone *zone = NULL;
    const pn_creditor_row *creditor = NULL;
    PN_TRY(check_init(request, &row, &app->arena, diag));
    PN_TRY(pn_app_zone(app, row.zone, &zone, diag));
    if (request->mode == PN_MODE_SANDBOX) {
        row.clock = request->clock != PN_TIME_NONE ? request->clock : pn_env_now(app->env);
    }
    PN_TRY(pn_app_begin(app, diag));
    pn_err err = insert_org(app, &row, diag);
    if (err == PN_OK) {
        err = pn_publish_creditor(app, row.name, &app->arena, &creditor, diag);
    }
    if (err == PN_OK) {
        err = insert_ready_templates(app, &app->arena, diag);
    }
    if (err == PN_OK && request->mode != PN_MODE_LIVE) {
        err = insert_capture(app);
    }
    if (err == PN_OK) {
        err = pn_app_commit(app, diag);
        if (err == PN_OK) {
            return PN_OK;
        }
    }
    (void)pn_app_fail(app, err, diag);
    pn_app_rollback(app);
    app->org = (pn_org_row){0}; /* it was not made */
    app->creditor_count = 0;
    return err;
}

pn_err pn_publish_creditor(pn_app *app, pn_str name, pn_arena *arena,
                           const pn_creditor_row **ret_creditor, pn_diag *diag) {
    uint8_t key[32];
    if (name.len == 0 || name.len > 200) {
        return pn_diag_set(diag, PN_INVALID, "A creditor's name has 1 to 200 bytes.");
    }
    pn_env_entropy(app->env, key, sizeof key);
    pn_creditor_row row = {
        .id = pn_app_id(app),
        .org_id = app->org.id,
        .name = name,
        .name_fold = pn_utf8_fold(arena, name, false),
        .country = app->org.country,
        .zone = app->org.zone,
        .language = app->org.language,
        .data_as_of = PN_TIME_NONE,
        .statement_through = PN_DATE_NONE,
        .trust_key = {(const char *)key, sizeof key},
        .created_at = pn_env_now(app->env),
    };
    PN_TRY(pn_creditor_insert(app->db, &row));
    PN_TRY(
        pn_creditor_list(app->db, app->org.id, &app->arena, &app->creditors, &app->creditor_count));
    *ret_creditor = pn_app_creditor(app, row.id);
    return PN_OK;
}

/* ── strategies ──────────────────────────────────────────────────────────────────────────────── */

static pn_err check_questions(const pn_flow *flow, pn_arena *arena, pn_problems *problems,
                              pn_diag *diag) {
    pn_err err = pn_errands_check(flow, arena, problems);
    if (err == PN_INVALID) {
        const pn_problem *last = &problems->items[problems->count - 1];
        (void)pn_diag_set(diag, err, "%.*s", PN_STR_ARG(last->sentence));
        pn_diag_where(diag, "%.*s", PN_STR_ARG(last->node));
    }
    return err;
}

/* Compiles a document against what the organization has published, and plays its examples. */
static pn_err check(pn_app *app, pn_str document, bool skip_examples, pn_arena *arena,
                    const pn_json **ret_json, const pn_flow **ret_flow, pn_problems *ret_problems,
                    pn_diag *diag) {
    pn_json *json = NULL;
    pn_flow_names names;
    pn_examples_played played;
    *ret_problems = (pn_problems){0};
    PN_TRY(pn_json_parse(document, NULL, arena, &json, diag));
    PN_TRY(pn_catalog_names(app, arena, &names, diag));
    PN_TRY(pn_flow_compile(json, &names, arena, ret_flow, ret_problems, diag));
    PN_TRY(check_questions(*ret_flow, arena, ret_problems, diag));
    *ret_json = json;
    if (!skip_examples) {
        PN_TRY(pn_examples_play(json, *ret_flow, &names, arena, ret_problems, &played, diag));
        return pn_examples_refuse(&played, arena, ret_problems, diag);
    }
    return PN_OK;
}

static pn_err canonical(const pn_json *json, pn_arena *arena, pn_str *ret_text) {
    pn_buf text;
    pn_buf_init(&text, 1 << 22);
    pn_err err = pn_flow_format(json, arena, &text);
    *ret_text = pn_str_dup(arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return err;
}

/* A run moves when the new version has a node of the same id and type: it goes on there as if it
 * had always been in it. Node numbers inside its memory are those of the old version, so a run that
 * remembers messages or counters of other nodes gets them renumbered. */
static uint32_t renumbered(const pn_flow *before, const pn_flow *after, uint32_t node) {
    uint32_t found = pn_flow_find(after, pn_flow_node_id(before, node));
    return found != PN_NODE_NONE && after->nodes[found].type == before->nodes[node].type
               ? found
               : PN_NODE_NONE;
}

static void renumber_memory(pn_run *run, const pn_flow *before, const pn_flow *after) {
    size_t kept = 0;
    for (size_t i = 0; i < run->message_count; i++) {
        uint32_t node = renumbered(before, after, run->messages[i].node);
        if (node != PN_NODE_NONE) {
            run->messages[kept] = run->messages[i];
            run->messages[kept++].node = node;
        }
    }
    run->message_count = kept;
    kept = 0;
    for (size_t i = 0; i < run->counter_count; i++) {
        uint32_t node = renumbered(before, after, run->counters[i].node);
        if (node != PN_NODE_NONE) {
            run->counters[kept] = run->counters[i];
            run->counters[kept++].node = node;
        }
    }
    run->counter_count = kept;
    run->late_count = 0;
    run->catch_due = PN_NODE_NONE;
}

static pn_err move_run(pn_app *app, pn_run_row *row, const pn_published *target,
                       pn_publish_result *result, pn_arena *arena, pn_diag *diag) {
    const pn_published *source = NULL;
    PN_TRY(pn_catalog_version(app, row->run.version_id, &source, diag));
    uint32_t node = renumbered(source->flow, target->flow, row->run.node);
    if (node == PN_NODE_NONE || row->run.unreadable) {
        result->runs_stayed++;
        return PN_OK;
    }
    renumber_memory(&row->run, source->flow, target->flow);
    row->run.node = node;
    row->run.version_id = target->version_id;
    pn_buf bytes;
    pn_buf_init(&bytes, 1 << 16);
    pn_run_encode(&row->run, &bytes);
    pn_err err = pn_run_update(app->db, row, pn_str_dup(arena, pn_buf_str(&bytes)), row->run.visit);
    pn_buf_done(&bytes);
    PN_TRY(err);
    result->runs_moved++;
    char id[PN_ID_TEXT_SIZE];
    pn_str body = pn_str_format(arena, "{\"moved_to\":\"%s\"}",
                                pn_id_text(PN_ID_VERSION, target->version_id, id));
    PN_TRY(pn_journal_run(app, row->run.debtor_id, row->run.id, PN_EVENT_PUBLISHED, body));
    return pn_poke(app->db, app->org.lane, row->run.debtor_id);
}

static pn_err move_runs(pn_app *app, const pn_published *target, pn_publish_result *result,
                        pn_arena *arena, pn_diag *diag) {
    pn_stmt *q = pn_db_stmt(
        app->db,
        "SELECT id FROM run WHERE status = 0 AND version_id <> $2 AND version_id IN"
        " (SELECT id FROM strategy_version WHERE strategy_id = $1) ORDER BY debtor_id, id");
    pn_bind_int(q, 1, target->strategy_id);
    pn_bind_int(q, 2, target->version_id);
    pn_id *ids = NULL;
    size_t count = 0, capacity = 0;
    pn_err err;
    while ((err = pn_row_next(q)) == PN_OK) {
        ids = pn_arena_grow(arena, ids, count, &capacity, sizeof *ids);
        ids[count++] = pn_col_int(q, 0);
    }
    if (err != PN_NOT_FOUND) {
        return err;
    }
    for (size_t i = 0; i < count; i++) {
        pn_run_row row;
        PN_TRY(pn_run_get(app->db, ids[i], arena, &row));
        PN_TRY(move_run(app, &row, target, result, arena, diag));
    }
    return PN_OK;
}

/* Everybody with an open account is looked at again: entry rules are others now. */
pn_err pn_publish_again(pn_app *app) {
    pn_stmt *q = pn_db_stmt(app->db, "INSERT INTO poke (lane, debtor_id) SELECT $1, debtor_id"
                                     " FROM account WHERE org_id = $2 AND open_items > 0"
                                     " GROUP BY debtor_id ORDER BY debtor_id");
    pn_bind_int(q, 1, app->org.lane);
    pn_bind_int(q, 2, app->org.id);
    return pn_stmt_run(q, NULL);
}

/* Nobody publishes over a version that they have not seen. */
static pn_err check_seen(const int64_t *seen, int64_t newest, pn_diag *diag) {
    if (seen == NULL || *seen == newest) {
        return PN_OK;
    }
    pn_err err = *seen == 0 ? pn_diag_set(diag, PN_CONFLICT,
                                          "There is one of this name already, in version %lld.",
                                          (long long)newest)
                            : pn_diag_set(diag, PN_CONFLICT,
                                          "Version %lld was published meanwhile; this began from "
                                          "version %lld.",
                                          (long long)newest, (long long)*seen);
    pn_diag_mend(diag,
                 "Look at what differs from it, then publish over it, or give it another name.");
    return err;
}

static pn_err write_version(pn_app *app, const pn_flow *flow, pn_str text, const int64_t *seen,
                            pn_arena *arena, pn_publish_result *result, pn_diag *diag) {
    pn_strategy_row strategy;
    pn_err err = pn_strategy_find(app->db, app->org.id, flow->name, arena, &strategy);
    bool is_new = err == PN_NOT_FOUND;
    if (!is_new) {
        PN_TRY(err);
    }
    pn_version_row *versions = NULL;
    size_t count = 0;
    pn_sha256 hash = pn_sha256_of(text.ptr, text.len);
    pn_str hash_text = {(const char *)hash.bytes, sizeof hash.bytes};
    if (is_new) {
        strategy = (pn_strategy_row){.id = pn_app_id(app),
                                     .org_id = app->org.id,
                                     .name = flow->name,
                                     .created_at = pn_app_now(app)};
    } else {
        PN_TRY(pn_version_list(app->db, strategy.id, arena, &versions, &count));
        if (count != 0 && pn_str_eq(versions[count - 1].hash, hash_text) && strategy.active) {
            *result = (pn_publish_result){.strategy_id = strategy.id,
                                          .version_id = versions[count - 1].id,
                                          .version = versions[count - 1].version,
                                          .same = true};
            return PN_OK;
        }
        if (strategy.subject != flow->subject || strategy.kind != flow->kind) {
            return pn_diag_set(diag, PN_CONFLICT,
                               "“%.*s” is published with another subject or kind; give the new "
                               "one another name.",
                               PN_STR_ARG(flow->name));
        }
    }
    PN_TRY(check_seen(seen, count == 0 ? 0 : versions[count - 1].version, diag));
    pn_version_row version = {.id = pn_app_id(app),
                              .org_id = app->org.id,
                              .strategy_id = strategy.id,
                              .version = count == 0 ? 1 : versions[count - 1].version + 1,
                              .document = text,
                              .hash = hash_text,
                              .published_at = pn_app_now(app),
                              .published_by = pn_str_of(app->actor)};
    strategy.kind = flow->kind;
    strategy.subject = flow->subject;
    strategy.priority = flow->priority;
    strategy.version_id = version.id;
    strategy.active = true;
    PN_TRY(pn_strategy_runs(app->db, strategy.id, &result->runs_active));
    PN_TRY(pn_version_insert(app->db, &version));
    PN_TRY(is_new ? pn_strategy_insert(app->db, &strategy)
                  : pn_strategy_update(app->db, &strategy));
    result->strategy_id = strategy.id;
    result->version_id = version.id;
    result->version = version.version;
    return PN_OK;
}

static pn_err publish_in_transaction(pn_app *app, const pn_flow *flow, pn_str text,
                                     pn_publish_choice choice, pn_arena *arena,
                                     pn_publish_result *result, pn_diag *diag) {
    PN_TRY(write_version(app, flow, text, choice.seen, arena, result, diag));
    if (result->same) {
        return PN_OK;
    }
    pn_catalog_reset(app);
    if (choice.runs == PN_RUNS_MOVE) {
        const pn_published *target = NULL;
        PN_TRY(pn_catalog_version(app, result->version_id, &target, diag));
        PN_TRY(move_runs(app, target, result, arena, diag));
    }
    pn_id event = 0;
    char id[PN_ID_TEXT_SIZE];
    pn_str body = pn_str_format(arena, "{\"strategy\":\"%s\",\"version\":%lld}",
                                pn_id_text(PN_ID_STRATEGY, result->strategy_id, id),
                                (long long)result->version);
    PN_TRY(pn_journal_add(app, 0, 0, 0, PN_EVENT_PUBLISHED, body, &event));
    return pn_publish_again(app);
}

pn_err pn_publish_strategy(pn_app *app, pn_str document, pn_publish_choice choice, pn_arena *arena,
                           pn_problems *ret_problems, pn_publish_result *ret_result,
                           pn_diag *diag) {
    const pn_json *json = NULL;
    const pn_flow *flow = NULL;
    pn_str text;
    pn_publish_result result = {0};
    PN_TRY(check(app, document, choice.skip_examples, arena, &json, &flow, ret_problems, diag));
    PN_TRY(canonical(json, arena, &text));
    PN_TRY(pn_app_begin(app, diag));
    pn_err err = publish_in_transaction(app, flow, text, choice, arena, &result, diag);
    err = pn_app_end(app, err, diag);
    pn_catalog_reset(app);
    if (err == PN_OK) {
        *ret_result = result;
    }
    return err;
}

/* ── templates and policies ──────────────────────────────────────────────────────────────────── */

/* In a transaction of its own, unless one is under way. */
static pn_err insert_template(pn_app *app, const pn_family *family, pn_str text,
                              const int64_t *seen, pn_arena *arena, int64_t *ret_version,
                              bool *ret_same, pn_diag *diag) {
    pn_template_row newest;
    pn_sha256 hash = pn_sha256_of(text.ptr, text.len);
    pn_str hash_text = {(const char *)hash.bytes, sizeof hash.bytes};
    pn_err err = pn_template_find(app->db, app->org.id, pn_family_name(family), 0, arena, &newest);
    if (err != PN_OK && err != PN_NOT_FOUND) {
        return err;
    }
    int64_t version = err == PN_OK ? newest.version : 0;
    *ret_same = err == PN_OK && pn_str_eq(newest.hash, hash_text);
    *ret_version = *ret_same ? version : version + 1;
    if (*ret_same) {
        return PN_OK;
    }
    PN_TRY(check_seen(seen, version, diag));
    pn_template_row row = {.id = pn_app_id(app),
                           .org_id = app->org.id,
                           .family = pn_family_name(family),
                           .version = version + 1,
                           .purpose = pn_family_purpose(family),
                           .document = text,
                           .hash = hash_text,
                           .published_at = pn_app_now(app),
                           .published_by = pn_str_of(app->actor)};
    return pn_template_insert(app->db, &row);
}

/* Whoever keeps templates loaded, in other threads and processes, hears of the new one by it. */
static pn_err record_template(pn_app *app, pn_str name, int64_t version, pn_arena *arena) {
    pn_str body = pn_str_format(arena, "{\"template\":\"%.*s\",\"version\":%lld}", PN_STR_ARG(name),
                                (long long)version);
    return pn_journal_add(app, 0, 0, 0, PN_EVENT_SETTING, body, &(pn_id){0});
}

pn_err pn_publish_template(pn_app *app, pn_str document, const int64_t *seen, pn_arena *arena,
                           pn_compose_problems *ret_problems, int64_t *ret_version, bool *ret_same,
                           pn_diag *diag) {
    pn_json *json = NULL;
    const pn_family *family = NULL;
    pn_str text;
    PN_TRY(pn_json_parse(document, NULL, arena, &json, diag));
    PN_TRY(pn_family_compile(json, arena, &family, ret_problems, diag));
    PN_TRY(canonical(json, arena, &text));
    bool own = !pn_db_in_transaction(app->db);
    if (own) {
        PN_TRY(pn_app_begin(app, diag));
    }
    pn_err err = insert_template(app, family, text, seen, arena, ret_version, ret_same, diag);
    if (err == PN_OK && !*ret_same) {
        err = record_template(app, pn_family_name(family), *ret_version, arena);
    }
    if (own && err == PN_OK) {
        err = pn_app_commit(app, diag);
    } else if (own) {
        (void)pn_app_fail(app, err, diag);
        pn_app_rollback(app);
    }
    pn_catalog_reset(app);
    return err;
}

static pn_err note_policy(pn_app *app, const pn_policy *policy, pn_arena *arena) {
    pn_trail_change change = {.what = "policy.published"};
    pn_buf body;
    pn_buf_init(&body, 4096);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "policy", policy->name);
    pn_json_put_str(&w, "version", policy->version);
    pn_json_end_object(&w);
    change.after = pn_str_dup(arena, pn_buf_str(&body));
    pn_buf_done(&body);
    PN_TRY(pn_trail_add(app, &change));
    PN_TRY(pn_zone_deliver_now(app->db, app->org.lane, pn_app_now(app)));
    return pn_journal_add(app, 0, 0, 0, PN_EVENT_SETTING, PN_STR("{\"setting\":\"policy\"}"),
                          &(pn_id){0});
}

pn_err pn_publish_check_policy(pn_app *app, const pn_json *document, pn_arena *arena,
                               const pn_policy **ret_policy, pn_diag *diag) {
    const pn_policy *policy = NULL, *base = NULL;
    PN_TRY(pn_policy_parse(document, arena, &policy, diag));
    for (size_t i = 0; i < policy->text_count; i++) {
        const pn_legal *legal = NULL;
        PN_TRY(pn_legal_compile(&policy->texts[i], arena, &legal, diag));
    }
    if (policy->base.len != 0) {
        PN_TRY(pn_catalog_pack(app, policy->base, &base, diag));
        PN_TRY(pn_policy_within(policy, base, pn_app_today(app), diag));
    }
    *ret_policy = policy;
    return PN_OK;
}

pn_err pn_publish_policy(pn_app *app, pn_str document, pn_arena *arena, pn_diag *diag) {
    pn_json *json = NULL;
    const pn_policy *policy = NULL;
    PN_TRY(pn_json_parse(document, NULL, arena, &json, diag));
    PN_TRY(pn_publish_check_policy(app, json, arena, &policy, diag));
    pn_buf canonical;
    pn_buf_init(&canonical, 1 << 21);
    pn_json_writer w = pn_json_writer_on(&canonical, 2);
    pn_json_add_canonical(&w, json, arena);
    pn_str stored = pn_str_dup(arena, pn_buf_str(&canonical));
    pn_buf_done(&canonical);
    PN_TRY(pn_app_begin(app, diag));
    pn_policy_row row = {.id = pn_app_id(app),
                         .org_id = app->org.id,
                         .name = policy->name,
                         .version = policy->version,
                         .from_day = policy->from,
                         .document = stored,
                         .published_at = pn_app_now(app)};
    pn_err err = pn_policy_insert(app->db, &row);
    if (err == PN_CONFLICT) {
        err = pn_diag_set(diag, err, "Version %.*s of the policy “%.*s” is published already.",
                          PN_STR_ARG(policy->version), PN_STR_ARG(policy->name));
    }
    if (err == PN_OK) {
        err = note_policy(app, policy, arena);
    }
    err = pn_app_end(app, err, diag);
    pn_catalog_reset(app);
    return err;
}
