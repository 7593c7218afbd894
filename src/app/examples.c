#include "app/examples.h"

#include "base/banned.h"
#include "base/embedded.h"

extern const pn_embedded pn_share_files[];

/* The ready policies, and the zones that were asked for. */
typedef struct {
    const pn_policy **policies;
    size_t policy_count;
    pn_table zones;
    pn_arena *arena;
    pn_diag *diag;
} places;

static pn_err load_policies(places *p) {
    size_t capacity = 0;
    for (const pn_embedded *file = pn_share_files; file->name != NULL; file++) {
        pn_json *json = NULL;
        if (!pn_str_starts(pn_str_of(file->name), PN_STR("policies/"))) {
            continue;
        }
        p->policies =
            pn_arena_grow(p->arena, p->policies, p->policy_count, &capacity, sizeof *p->policies);
        PN_TRY(pn_json_parse(pn_embedded_text(file), NULL, p->arena, &json, p->diag));
        PN_TRY(pn_policy_parse(json, p->arena, &p->policies[p->policy_count], p->diag));
        p->policy_count++;
    }
    return PN_OK;
}

/* The newest in force on the day; NULL when there is none of that name. */
static const pn_policy *policy_named(const places *p, pn_str name, pn_date day) {
    const pn_policy *found = NULL;
    for (size_t i = 0; i < p->policy_count; i++) {
        const pn_policy *policy = p->policies[i];
        if (pn_str_eq_nocase(policy->name, name) &&
            (policy->from == PN_DATE_NONE || policy->from <= day) &&
            (found == NULL || policy->from > found->from)) {
            found = policy;
        }
    }
    return found;
}

static pn_err zone_of(places *p, const pn_debtor_fact *debtor, const pn_zone **ret_zone) {
    pn_str name = pn_zone_of_country(debtor->country, debtor->region);
    const pn_zone *zone = pn_table_get(&p->zones, name);
    if (name.len == 0) {
        *ret_zone = pn_zone_utc();
        return PN_OK;
    }
    if (zone == NULL) {
        PN_TRY(pn_app_zone_file(name, p->arena, &zone, p->diag));
        union {
            const pn_zone *in;
            void *out;
        } cast = {.in = zone}; /* the table keeps what it is given; nobody writes through it */
        (void)pn_table_put(&p->zones, name, cast.out);
    }
    *ret_zone = zone;
    return PN_OK;
}

static pn_err play_all(places *p, const pn_flow *flow, const pn_flow_names *names,
                       const pn_example *examples, size_t count, pn_examples_played *played) {
    played->items = pn_arena_array(p->arena, pn_example_result, count + 1);
    for (size_t i = 0; i < count; i++) {
        pn_example_world world = {.names = names};
        pn_str country = examples[i].debtor.country;
        PN_TRY(zone_of(p, &examples[i].debtor, &world.zone));
        world.policy = policy_named(p, country, examples[i].day_0);
        if (world.policy == NULL) {
            world.policy = policy_named(p, PN_STR("neutral"), examples[i].day_0);
        }
        assert(world.policy != NULL); /* it is in share/policies */
        pn_example_play(flow, &examples[i], &world, p->arena, &played->items[played->count]);
        played->failed += !played->items[played->count++].met;
    }
    return PN_OK;
}

pn_err pn_examples_play(const pn_json *document, const pn_flow *flow, const pn_flow_names *names,
                        pn_arena *arena, pn_problems *problems, pn_examples_played *ret_played,
                        pn_diag *diag) {
    pn_example *examples = NULL;
    size_t count = 0;
    places p = {.zones = pn_table_on(arena), .arena = arena, .diag = diag};
    *ret_played = (pn_examples_played){0};
    pn_examples_read(document, arena, problems, &examples, &count);
    if (count == 0) {
        return PN_OK;
    }
    PN_TRY(load_policies(&p));
    return play_all(&p, flow, names, examples, count, ret_played);
}

pn_str pn_examples_sentence(const pn_example_result *result, pn_arena *arena) {
    return pn_str_format(arena, "Example “%.*s”: expected %.*s; got %.*s.",
                         PN_STR_ARG(result->example->title), PN_STR_ARG(result->expected),
                         PN_STR_ARG(result->got));
}

pn_err pn_examples_refuse(const pn_examples_played *played, pn_arena *arena, pn_problems *problems,
                          pn_diag *diag) {
    for (size_t i = 0; i < played->count; i++) {
        if (!played->items[i].met) {
            pn_str sentence = pn_examples_sentence(&played->items[i], arena);
            pn_problem_add(problems, arena, PN_PROBLEM_ERROR, "example_not_met", PN_STR(""), "%.*s",
                           PN_STR_ARG(sentence));
        }
    }
    if (problems->errors == 0) {
        return PN_OK;
    }
    size_t first = 0;
    while (problems->items[first].level != PN_PROBLEM_ERROR) {
        first++;
    }
    pn_err err = pn_diag_set(diag, PN_INVALID, "%.*s", PN_STR_ARG(problems->items[first].sentence));
    pn_diag_mend(diag, "`puntual strategy test FILE --show` tells what happens day by day.");
    return err;
}
