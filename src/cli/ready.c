#include "cli/ready.h"

#include "app/catalog.h"
#include "base/banned.h"

const pn_embedded *pn_ready_strategy(pn_str name) {
    if (pn_str_find_char(name, '.') != SIZE_MAX || pn_str_find_char(name, '/') != SIZE_MAX) {
        return NULL; /* a file's name */
    }
    for (const pn_embedded *file = pn_share_files; file->name != NULL; file++) {
        pn_str path = pn_str_of(file->name);
        if (pn_str_starts(path, PN_STR("strategies/")) && pn_str_ends(path, PN_STR(".json")) &&
            pn_str_eq(name, pn_str_first(pn_str_from(path, 11), path.len - 16))) {
            return file;
        }
    }
    return NULL;
}

/* Its name and whether it is a pill, without validating it. */
static void add_strategy(const pn_json *json, pn_flow_names *names, pn_str *strategies,
                         pn_str *pills) {
    pn_str name = pn_json_text(pn_json_field(json, "name"), PN_STR(""));
    if (pn_str_is(pn_json_text(pn_json_field(json, "kind"), PN_STR("")), "pill")) {
        pills[names->pill_count++] = name;
    } else {
        strategies[names->strategy_count++] = name;
    }
}

pn_err pn_ready_names(pn_arena *arena, pn_flow_names *ret_names, pn_diag *diag) {
    size_t files = 0;
    while (pn_share_files[files].name != NULL) {
        files++;
    }
    pn_template_name *templates = pn_arena_array(arena, pn_template_name, files + 1);
    pn_str *strategies = pn_arena_array(arena, pn_str, files + 1);
    pn_str *pills = pn_arena_array(arena, pn_str, files + 1);
    *ret_names = (pn_flow_names){.templates = templates, .strategies = strategies, .pills = pills};
    for (const pn_embedded *file = pn_share_files; file->name != NULL; file++) {
        pn_str path = pn_str_of(file->name);
        pn_json *json = NULL;
        const pn_family *family = NULL;
        PN_TRY(pn_json_parse(pn_embedded_text(file), NULL, arena, &json, diag));
        if (pn_str_starts(path, PN_STR("templates/"))) {
            PN_TRY(pn_family_compile(json, arena, &family, NULL, diag));
            templates[ret_names->template_count++] = pn_catalog_template_name(family, PN_STR(""));
        } else if (pn_str_starts(path, PN_STR("strategies/"))) {
            add_strategy(json, ret_names, strategies, pills);
        }
    }
    return PN_OK;
}
