#include "app/catalog.h"

#include <stdlib.h>

#include "base/banned.h"
#include "base/embedded.h"
#include "compose/legal.h"
#include "store/connector.h"

extern const pn_embedded pn_share_files[];

struct pn_catalog {
    pn_arena arena;
    pn_table versions; /* by version id */
    pn_table families; /* by name as given */
    const pn_published **strategies;
    size_t strategy_count;
    bool strategies_loaded;
    const pn_policy **policies; /* own versions first, then the built-in packs */
    const pn_legal ***texts;    /* of each of them */
    size_t policy_count, own_policy_count;
    bool policies_loaded;
    const pn_policy *tried; /* instead of what has its name; NULL: nothing is tried */
};

pn_catalog *pn_catalog_new(pn_app *app) {
    (void)app;
    pn_catalog *catalog = pn_alloc(sizeof *catalog);
    memset(catalog, 0, sizeof *catalog);
    pn_arena_init(&catalog->arena, 0);
    catalog->versions = pn_table_on(&catalog->arena);
    catalog->families = pn_table_on(&catalog->arena);
    return catalog;
}

void pn_catalog_free(pn_catalog *catalog) {
    if (catalog != NULL) {
        pn_arena_done(&catalog->arena);
        free(catalog);
    }
}

void pn_catalog_reset(pn_app *app) {
    pn_catalog_free(app->catalog);
    app->catalog = pn_catalog_new(app);
}

/* ── strategies ──────────────────────────────────────────────────────────────────────────────── */

pn_err pn_catalog_version(pn_app *app, pn_id version_id, const pn_published **ret, pn_diag *diag) {
    pn_catalog *c = app->catalog;
    pn_published *known = pn_table_get_int(&c->versions, version_id);
    if (known != NULL) {
        *ret = known;
        return PN_OK;
    }
    pn_version_row row;
    pn_err err = pn_version_get(app->db, version_id, &c->arena, &row);
    if (err != PN_OK) {
        return pn_app_fail(app, err, diag);
    }
    pn_json *json = NULL;
    pn_published *published = pn_arena_new(&c->arena, pn_published);
    pn_problems problems;
    pn_diag why = {0};
    err = pn_json_parse(row.document, NULL, &c->arena, &json, &why);
    if (err == PN_OK) {
        err = pn_flow_compile(json, NULL, &c->arena, &published->flow, &problems, &why);
    }
    if (err != PN_OK) {
        return pn_diag_set(diag, PN_CORRUPT,
                           "Version %lld of a published strategy does not compile: %s %s",
                           (long long)row.version, why.where, why.what);
    }
    published->strategy_id = row.strategy_id;
    published->version_id = row.id;
    published->version = row.version;
    (void)pn_table_put_int(&c->versions, version_id, published);
    *ret = published;
    return PN_OK;
}

static pn_err load_strategies(pn_app *app, pn_diag *diag) {
    pn_catalog *c = app->catalog;
    pn_strategy_row *rows = NULL;
    size_t count = 0;
    pn_err err = pn_strategy_list(app->db, app->org.id, &c->arena, &rows, &count);
    if (err != PN_OK) {
        return pn_app_fail(app, err, diag);
    }
    const pn_published **list = pn_arena_alloc(&c->arena, (count + 1) * sizeof(void *));
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].active) {
            PN_TRY(pn_catalog_version(app, rows[i].version_id, &list[kept], diag));
            kept++;
        }
    }
    c->strategies = list;
    c->strategy_count = kept;
    c->strategies_loaded = true;
    return PN_OK;
}

static bool lists_same(const pn_catalog *c, const pn_strategy_row *rows, size_t count) {
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        if (!rows[i].active) {
            continue;
        }
        if (at == c->strategy_count || c->strategies[at]->version_id != rows[i].version_id) {
            return false;
        }
        at++;
    }
    return at == c->strategy_count;
}

pn_err pn_catalog_renew(pn_app *app, pn_arena *arena) {
    pn_catalog *c = app->catalog;
    pn_strategy_row *rows = NULL;
    size_t count = 0;
    if (!c->strategies_loaded) {
        return PN_OK;
    }
    PN_TRY(pn_strategy_list(app->db, app->org.id, arena, &rows, &count));
    c->strategies_loaded = lists_same(c, rows, count);
    return PN_OK;
}

pn_err pn_catalog_strategies(pn_app *app, const pn_published *const **ret_list, size_t *ret_count,
                             pn_diag *diag) {
    if (!app->catalog->strategies_loaded) {
        PN_TRY(load_strategies(app, diag));
    }
    *ret_list = app->catalog->strategies;
    *ret_count = app->catalog->strategy_count;
    return PN_OK;
}

pn_err pn_catalog_find(pn_app *app, pn_str name, const pn_published **ret, pn_diag *diag) {
    const pn_published *const *list = NULL;
    size_t count = 0;
    PN_TRY(pn_catalog_strategies(app, &list, &count, diag));
    for (size_t i = 0; i < count; i++) {
        if (pn_str_eq(list[i]->flow->name, name)) {
            *ret = list[i];
            return PN_OK;
        }
    }
    return pn_diag_set(diag, PN_NOT_FOUND, "There is no published strategy “%.*s”.",
                       PN_STR_ARG(name));
}

/* ── templates ───────────────────────────────────────────────────────────────────────────────── */

static pn_err compile_family(pn_app *app, const pn_template_row *row,
                             const pn_published_family **ret, pn_diag *diag) {
    pn_catalog *c = app->catalog;
    pn_json *json = NULL;
    pn_compose_problems problems = {0};
    pn_published_family *family = pn_arena_new(&c->arena, pn_published_family);
    PN_TRY(pn_json_parse(row->document, NULL, &c->arena, &json, diag));
    PN_TRY(pn_family_compile(json, &c->arena, &family->family, &problems, diag));
    family->id = row->id;
    family->version = row->version;
    *ret = family;
    return PN_OK;
}

pn_err pn_catalog_family(pn_app *app, pn_str name, const pn_published_family **ret, pn_diag *diag) {
    pn_catalog *c = app->catalog;
    const pn_published_family *known = pn_table_get(&c->families, name);
    if (known != NULL) {
        *ret = known;
        return PN_OK;
    }
    size_t at = pn_str_find_char(name, '@');
    int64_t version = 0;
    if (at != SIZE_MAX && pn_str_to_int64(pn_str_from(name, at + 1), &version) != PN_OK) {
        return pn_diag_set(diag, PN_INVALID, "“%.*s” names no version of a template.",
                           PN_STR_ARG(name));
    }
    pn_template_row row;
    pn_err err =
        pn_template_find(app->db, app->org.id, pn_str_first(name, at), version, &c->arena, &row);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(diag, err, "There is no template “%.*s”.", PN_STR_ARG(name));
    }
    if (err != PN_OK) {
        return pn_app_fail(app, err, diag);
    }
    const pn_published_family *family = NULL;
    PN_TRY(compile_family(app, &row, &family, diag));
    union {
        const pn_published_family *in;
        void *out;
    } cast = {.in = family};
    (void)pn_table_put(&c->families, name, cast.out);
    *ret = family;
    return PN_OK;
}

/* ── names for the validator ─────────────────────────────────────────────────────────────────── */

pn_template_name pn_catalog_template_name(const pn_family *family, pn_str language) {
    pn_template_name name = {.name = pn_family_name(family), .purpose = pn_family_purpose(family)};
    bool has_language = language.len == 0;
    for (size_t i = 0; i < pn_family_variant_count(family); i++) {
        const pn_variant *variant = pn_family_variant(family, i);
        name.channels |= 1U << pn_variant_channel(variant);
        if (pn_variant_channel(variant) == PN_CHANNEL_SMS) { /* pn_family_choose */
            name.channels |= 1U << PN_CHANNEL_HTTP;
        }
        name.tones |= 1U << pn_variant_tone(variant);
        has_language = has_language || pn_str_starts(pn_variant_language(variant), language);
    }
    name.gaps = has_language ? PN_STR("") : language;
    return name;
}

static pn_err template_names(pn_app *app, pn_arena *arena, pn_flow_names *names, pn_diag *diag) {
    pn_template_row *rows = NULL;
    size_t count = 0;
    pn_err err = pn_template_list(app->db, app->org.id, arena, &rows, &count);
    if (err != PN_OK) {
        return pn_app_fail(app, err, diag);
    }
    pn_template_name *list = pn_arena_array(arena, pn_template_name, count);
    for (size_t i = 0; i < count; i++) {
        const pn_published_family *family = NULL;
        PN_TRY(pn_catalog_family(app, rows[i].family, &family, diag));
        list[i] = pn_catalog_template_name(family->family, app->org.language);
    }
    names->templates = list;
    names->template_count = count;
    return PN_OK;
}

static pn_err connector_names(pn_app *app, pn_arena *arena, pn_flow_names *names, pn_diag *diag) {
    pn_connector_row *rows = NULL;
    size_t count = 0;
    pn_err err = pn_connector_list(app->db, app->org.id, arena, &rows, &count);
    if (err != PN_OK) {
        return pn_app_fail(app, err, diag);
    }
    pn_str *list = pn_arena_array(arena, pn_str, count + 1);
    for (size_t i = 0; i < count; i++) {
        list[i] = rows[i].name;
    }
    names->connectors = list;
    names->connector_count = count;
    return PN_OK;
}

pn_err pn_catalog_names(pn_app *app, pn_arena *arena, pn_flow_names *ret_names, pn_diag *diag) {
    pn_flow_names names = {0};
    const pn_published *const *list = NULL;
    size_t count = 0;
    PN_TRY(pn_catalog_strategies(app, &list, &count, diag));
    pn_str *strategies = pn_arena_array(arena, pn_str, count + 1);
    pn_str *pills = pn_arena_array(arena, pn_str, count + 1);
    for (size_t i = 0; i < count; i++) {
        if (list[i]->flow->kind == PN_FLOW_PILL) {
            pills[names.pill_count++] = list[i]->flow->name;
        } else {
            strategies[names.strategy_count++] = list[i]->flow->name;
        }
    }
    names.strategies = strategies;
    names.pills = pills;
    PN_TRY(template_names(app, arena, &names, diag));
    PN_TRY(connector_names(app, arena, &names, diag));
    *ret_names = names;
    return PN_OK;
}

/* ── policies ────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_catalog_policy_text(pn_app *app, pn_str name, pn_arena *arena, pn_str *ret_text,
                              pn_diag *diag) {
    pn_policy_row *rows = NULL;
    size_t count = 0;
    pn_str path = pn_str_format(arena, "policies/%.*s.json", PN_STR_ARG(pn_str_first(name, 100)));
    if (app != NULL) {
        PN_TRY(pn_app_fail(app, pn_policy_list(app->db, app->org.id, arena, &rows, &count), diag));
    }
    for (size_t i = count; i-- > 0;) { /* the newest own one first */
        if (pn_str_eq(rows[i].name, name)) {
            *ret_text = rows[i].document;
            return PN_OK;
        }
    }
    const pn_embedded *file = pn_embedded_find(pn_share_files, path);
    if (file != NULL) {
        *ret_text = pn_embedded_text(file);
        return PN_OK;
    }
    pn_err err = pn_diag_set(diag, PN_NOT_FOUND, "There is no policy “%.*s”.",
                             PN_STR_ARG(pn_str_first(name, 100)));
    pn_diag_mend(diag, "`puntual policy list` shows those there are.");
    return err;
}

pn_err pn_catalog_policy_version(pn_app *app, pn_str name, pn_str version, pn_arena *arena,
                                 pn_str *ret_text, pn_diag *diag) {
    pn_policy_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_app_fail(app, pn_policy_list(app->db, app->org.id, arena, &rows, &count), diag));
    for (size_t i = 0; i < count; i++) {
        if (pn_str_eq(rows[i].name, name) && pn_str_eq(rows[i].version, version)) {
            *ret_text = rows[i].document;
            return PN_OK;
        }
    }
    return pn_diag_set(diag, PN_NOT_FOUND, "There is no version %.*s of a policy “%.*s” here.",
                       PN_STR_ARG(pn_str_first(version, 60)), PN_STR_ARG(pn_str_first(name, 100)));
}

static pn_err parse_policy(pn_app *app, pn_str text, const pn_policy **ret,
                           const pn_legal ***ret_texts, pn_diag *diag) {
    pn_arena *arena = &app->catalog->arena;
    pn_json *json = NULL;
    PN_TRY(pn_json_parse(text, NULL, arena, &json, diag));
    PN_TRY(pn_policy_parse(json, arena, ret, diag));
    const pn_legal **texts = pn_arena_alloc(arena, ((*ret)->text_count + 1) * sizeof *texts);
    for (size_t i = 0; i < (*ret)->text_count; i++) {
        PN_TRY(pn_legal_compile(&(*ret)->texts[i], arena, &texts[i], diag));
    }
    *ret_texts = texts;
    return PN_OK;
}

static pn_err load_policies(pn_app *app, pn_diag *diag) {
    pn_catalog *c = app->catalog;
    pn_policy_row *rows = NULL;
    size_t own = 0, packs = 0;
    pn_err err = pn_policy_list(app->db, app->org.id, &c->arena, &rows, &own);
    if (err != PN_OK) {
        return pn_app_fail(app, err, diag);
    }
    for (const pn_embedded *file = pn_share_files; file->name != NULL; file++) {
        packs += pn_str_starts(pn_str_of(file->name), PN_STR("policies/"));
    }
    const pn_policy **list = pn_arena_alloc(&c->arena, (own + packs + 1) * sizeof(void *));
    const pn_legal ***texts = pn_arena_alloc(&c->arena, (own + packs + 1) * sizeof(void *));
    size_t count = 0;
    for (size_t i = 0; i < own; i++) {
        PN_TRY(parse_policy(app, rows[i].document, &list[count], &texts[count], diag));
        count++;
    }
    for (const pn_embedded *file = pn_share_files; file->name != NULL; file++) {
        if (pn_str_starts(pn_str_of(file->name), PN_STR("policies/"))) {
            PN_TRY(parse_policy(app, pn_embedded_text(file), &list[count], &texts[count], diag));
            count++;
        }
    }
    c->policies = list;
    c->texts = texts;
    c->policy_count = count;
    c->own_policy_count = own;
    c->policies_loaded = true;
    return PN_OK;
}

pn_err pn_catalog_policies(pn_app *app, const pn_policy *const **ret_list, size_t *ret_count,
                           pn_diag *diag) {
    if (!app->catalog->policies_loaded) {
        PN_TRY(load_policies(app, diag));
    }
    *ret_list = app->catalog->policies;
    *ret_count = app->catalog->policy_count;
    return PN_OK;
}

size_t pn_catalog_own_policies(const pn_app *app) {
    return app->catalog->own_policy_count;
}

pn_err pn_catalog_pack(pn_app *app, pn_str name, const pn_policy **ret_policy, pn_diag *diag) {
    if (!app->catalog->policies_loaded) {
        PN_TRY(load_policies(app, diag));
    }
    const pn_catalog *c = app->catalog;
    for (size_t i = c->own_policy_count; i < c->policy_count; i++) {
        if (pn_str_eq(c->policies[i]->name, name)) {
            *ret_policy = c->policies[i];
            return PN_OK;
        }
    }
    return pn_diag_set(diag, PN_INVALID, "There is no pack “%.*s” that a policy could rest on.",
                       PN_STR_ARG(pn_str_first(name, 100)));
}

void pn_catalog_try(pn_app *app, const pn_policy *policy) {
    app->catalog->tried = policy;
}

const pn_legal *const *pn_catalog_texts(const pn_app *app, const pn_policy *policy) {
    const pn_catalog *c = app->catalog;
    for (size_t i = 0; i < c->policy_count; i++) {
        if (c->policies[i] == policy) {
            return c->texts[i];
        }
    }
    return NULL;
}

/* Of the policies of that name in force on the day: the organization's newest, else the pack. */
static const pn_policy *policy_named(const pn_catalog *c, pn_str name, pn_date day) {
    const pn_policy *found = NULL;
    const pn_policy *tried = c->tried;
    if (tried != NULL && pn_str_eq(tried->name, name) &&
        (tried->from == PN_DATE_NONE || tried->from <= day)) {
        return tried;
    }
    for (size_t i = 0; i < c->policy_count; i++) {
        const pn_policy *policy = c->policies[i];
        bool own = i < c->own_policy_count;
        bool in_force = policy->from == PN_DATE_NONE || policy->from <= day;
        if (in_force && pn_str_eq(policy->name, name) && (own || found == NULL)) {
            found = policy;
        }
    }
    return found;
}

pn_err pn_catalog_policy(pn_app *app, const pn_creditor_row *creditor, pn_str country, pn_date day,
                         const pn_policy **ret_policy, pn_diag *diag) {
    if (!app->catalog->policies_loaded) {
        PN_TRY(load_policies(app, diag));
    }
    const pn_catalog *c = app->catalog;
    char lower[2] = {0};
    for (size_t i = 0; i < 2 && i < country.len; i++) {
        lower[i] = pn_to_lower(country.ptr[i]);
    }
    const pn_str names[] = {creditor != NULL ? creditor->policy : PN_STR_NONE, app->org.policy,
                            (pn_str){lower, PN_MIN(country.len, (size_t)2)}, PN_STR("neutral")};
    for (size_t i = 0; i < PN_COUNT(names); i++) {
        const pn_policy *policy = names[i].len != 0 ? policy_named(c, names[i], day) : NULL;
        if (policy != NULL) {
            *ret_policy = policy;
            return PN_OK;
        }
    }
    pn_panic("the neutral contact policy is missing");
}
