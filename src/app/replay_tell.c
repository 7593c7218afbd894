/* What a replay says: its words, and the differences that it lists. */
#include "app/replay_int.h"
#include "base/banned.h"

static const struct {
    const char *name, *words;
} REASONS[PN_UNREPLAYED_REASONS] = {
    [PN_REPLAYED] = {"replayed", "replayed"},
    [PN_UNREPLAYED_BEGINNING] = {"beginning", "the beginning of the case is not kept"},
    [PN_UNREPLAYED_ERASED] = {"erased", "erased with the person"},
    [PN_UNREPLAYED_STEERED] = {"steered", "after a person moved, skipped or postponed the case"},
    [PN_UNREPLAYED_MOVED] = {"moved", "after publishing moved the case into another version"},
    [PN_UNREPLAYED_VERSION] = {"version", "the strategy's version is not readable any more"},
    [PN_UNREPLAYED_CORRECTED] = {"corrected",
                                 "an invoice was corrected, or said to be paid, meanwhile"},
    [PN_UNREPLAYED_SPLIT] = {"split", "how a promise, plan or cheque that is over was split over "
                                      "invoices is not kept"},
    [PN_UNREPLAYED_FACTS] = {"facts", "depends on facts of which only today's are kept"},
    [PN_UNREPLAYED_PARENT] = {"parent", "of a pill whose case cannot be replayed"},
    [PN_UNREPLAYED_ENTRY] = {"entry", "entered by hand"},
    [PN_UNREPLAYED_AFTER] = {"after", "after a difference of the same case"},
};

static const char *const DECISIONS[PN_DECISIONS] = {
    [PN_DECISION_STEP] = "step",
    [PN_DECISION_REST] = "rest",
    [PN_DECISION_TEXT] = "text",
    [PN_DECISION_GATE] = "gate",
};

const char *pn_unreplayed_name(pn_unreplayed reason) {
    return REASONS[reason].name;
}

const char *pn_unreplayed_words(pn_unreplayed reason) {
    return REASONS[reason].words;
}

const char *pn_decision_name(pn_decision_kind kind) {
    return DECISIONS[kind];
}

/* ── telling ─────────────────────────────────────────────────────────────────────────────────── */

bool pn_replay_tells(const pn_replayer *r, const pn_replay_run *run, pn_time at) {
    return run->wanted && at >= r->request->from && at < r->request->until;
}

void pn_replay_skip(pn_replayer *r, pn_decision_kind kind, pn_unreplayed reason) {
    r->report->decisions[kind]++;
    r->report->unreplayed[reason]++;
}

void pn_replay_differs(pn_replayer *r, const pn_replay_run *run,
                       const pn_replay_difference *difference) {
    pn_replay_report *report = r->report;
    const pn_published *version = NULL;
    report->decisions[difference->kind]++;
    report->different++;
    if (report->list_count == r->request->list_max) {
        return;
    }
    report->list = pn_arena_grow(r->arena, report->list, report->list_count, &r->list_capacity,
                                 sizeof *report->list);
    pn_replay_difference *each = &report->list[report->list_count++];
    *each = *difference;
    each->debtor_id = run->row.run.debtor_id;
    each->run_id = run->row.run.id;
    each->debtor = pn_str_dup(r->arena, r->d.base->row.name);
    if (pn_catalog_version(r->app, run->row.run.version_id, &version, NULL) == PN_OK) {
        each->strategy = pn_str_dup(r->arena, version->flow->name);
        each->version = version->version;
    }
    each->recorded = pn_str_dup(r->arena, difference->recorded);
    each->now = pn_str_dup(r->arena, difference->now);
    each->why = pn_str_dup(r->arena, difference->why);
}
