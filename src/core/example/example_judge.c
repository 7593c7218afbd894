/* Comparing what happened with what an example expects, and saying either in words. */
#include "base/banned.h"
#include "core/example/example_life.h"

const char *pn_happening_name(pn_happening_kind kind) {
    switch (kind) {
    case PN_HAPPENS_MAIL: return "mail";
    case PN_HAPPENS_TASK: return "task";
    case PN_HAPPENS_HANDOVER: return "handover";
    case PN_HAPPENS_INTEREST: return "interest";
    case PN_HAPPENS_FEE: return "fee";
    case PN_HAPPENS_JUMP: return "jump";
    case PN_HAPPENS_END: return "end";
    case PN_HAPPENS_SKIPPED: return "skipped";
    case PN_HAPPENS_PHASE: return "phase";
    case PN_HAPPENS_NOTE: return "note";
    case PN_HAPPENS_NOTIFY: return "notify";
    case PN_HAPPENS_PILL: return "pill";
    }
    return "?";
}

pn_str pn_happening_text(const pn_happening *happening, pn_arena *arena) {
    const char *name = pn_happening_name(happening->kind);
    pn_str word = happening->word, title = happening->title;
    if (happening->kind == PN_HAPPENS_INTEREST || happening->kind == PN_HAPPENS_FEE) {
        pn_buf amount;
        pn_buf_init(&amount, 64);
        pn_amount_plain(&amount, happening->amount, pn_currency_decimals(happening->currency));
        pn_str text = pn_str_format(arena, "%s of %.*s %.3s", name, PN_STR_ARG(pn_buf_str(&amount)),
                                    happening->currency.code);
        pn_buf_done(&amount);
        return text;
    }
    if (happening->tone != 0) {
        return pn_str_format(arena, "%s %.*s, tone %u", name, PN_STR_ARG(word), happening->tone);
    }
    if (title.len != 0) {
        return pn_str_format(arena, "%s %.*s “%.*s”", name, PN_STR_ARG(word), PN_STR_ARG(title));
    }
    return pn_str_format(arena, "%s %.*s", name, PN_STR_ARG(word));
}

static bool fits(const pn_happening *expected, const pn_happening *happened) {
    bool in_part = expected->kind == PN_HAPPENS_NOTE || expected->kind == PN_HAPPENS_NOTIFY;
    return expected->kind == happened->kind && expected->day == happened->day &&
           expected->amount == (expected->amount != 0 ? happened->amount : 0) &&
           (in_part ? pn_str_starts(happened->word, expected->word)
                    : pn_str_eq(happened->word, expected->word)) &&
           pn_str_starts(happened->title, expected->title) &&
           (expected->tone == 0 || expected->tone == happened->tone);
}

static pn_str on_day(const pn_happening *happening, pn_arena *arena) {
    return pn_str_format(arena, "%.*s on day %d", PN_STR_ARG(pn_happening_text(happening, arena)),
                         happening->day);
}

static void differs(pn_example_result *result, const pn_happening *expected,
                    const pn_happening *got, pn_arena *arena) {
    result->met = false;
    result->day =
        got == NULL || (expected != NULL && expected->day < got->day) ? expected->day : got->day;
    result->expected = expected != NULL ? on_day(expected, arena) : PN_STR("nothing more");
    result->got =
        got != NULL ? on_day(got, arena)
                    : pn_str_format(arena, "nothing more until day %d", result->example->until_day);
}

void pn_example_play(const pn_flow *flow, const pn_example *example, const pn_example_world *world,
                     pn_arena *arena, pn_example_result *ret_result) {
    life_live(flow, example, world, arena, ret_result);
    size_t at = 0;
    for (size_t i = 0; ret_result->met && i < ret_result->count; i++) {
        const pn_happening *happened = &ret_result->happenings[i];
        const pn_happening *expected = at < example->expected_count ? &example->expected[at] : NULL;
        if (expected != NULL && fits(expected, happened)) {
            at++;
        } else if (happened->kind < PN_HAPPENS_SKIPPED) {
            differs(ret_result, expected, happened, arena);
        }
    }
    if (ret_result->met && at < example->expected_count) {
        differs(ret_result, &example->expected[at], NULL, arena);
    }
}
