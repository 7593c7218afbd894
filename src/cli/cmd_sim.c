/* `puntual sim`: the program against a hostile world of its own making. */
#include <stdio.h>
#include <sys/stat.h>

#include "base/banned.h"
#include "cli/cmd.h"
#include "sim/sim.h"

const pn_cli_option PN_SIM_OPTIONS[] = {
    {"seed", "N", "which history (default 1); the same seed lives the same"},
    {"seeds", "N", "so many histories, from --seed on (default 1)"},
    {"days", "N", "how many days each lives (default 60)"},
    {"years", "N", "the same in years of 365 days"},
    {"debtors", "N", "how many debtors there are (default 12)"},
    {"world", "N", "1 or 2 (default): the second has more due, held, written and thanked for"},
    {"faults", "KIND", "none, some or all (default some): weather, crashes, disks, clocks"},
    {"audit-days", "N",
     "audit on every so many-th day (default 1; 7 with many seeds or long lives)"},
    {"plays", "N", "how often a history that fails is tried shorter (default 200; 0: not)"},
    {"no-replay", NULL, "do not decide again, at the end of a life, what it decided"},
    {"twice", NULL, "live each a second time, and compare"},
    {"keep", "FILE",
     "a database, or on a server a schema, that does not exist yet: one life stays"},
    {NULL, NULL, NULL},
};

typedef struct {
    pn_cli *cli;
    int64_t seed, seeds, world, days, debtors, plays, audit_days;
    pn_sim_faults faults;
    const char *keep, *where;
    pn_sim_result sum;
    int64_t failures;
} simulating;

#define SCHEMA_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789_"

/* Only what --db says itself: no database that somebody works with is lived in by mistake. */
static pn_err read_place(pn_cli *cli, simulating *s) {
    struct stat found;
    if (cli->settings.items[PN_SETTING_DB].origin != PN_ORIGIN_FLAG) {
        return PN_OK;
    }
    s->where = cli->db;
    if (!pn_db_is_file(s->where)) {
        bool name = s->keep == NULL || (s->keep[0] != '\0' && strlen(s->keep) < 40 &&
                                        strspn(s->keep, SCHEMA_LETTERS) == strlen(s->keep));
        return name ? PN_OK
                    : pn_cli_usage(cli, "--keep is the name of a new schema there: lower-case "
                                        "letters, digits and _, less than 40.");
    }
    if (stat(s->where, &found) != 0 || !S_ISDIR(found.st_mode)) {
        return pn_cli_usage(cli, "--db is a folder, where each life has a file of its own, or the"
                                 " URL of a PostgreSQL database, where it has a schema.");
    }
    return PN_OK;
}

static pn_err read_options(pn_cli *cli, simulating *s) {
    int64_t years = 0;
    PN_TRY(pn_cli_int(cli, "seed", 0, INT64_MAX - 1000000, 1, &s->seed));
    PN_TRY(pn_cli_int(cli, "seeds", 1, 1000000, 1, &s->seeds));
    PN_TRY(pn_cli_int(cli, "world", PN_SIM_WORLD_FIRST, PN_SIM_WORLD, PN_SIM_WORLD, &s->world));
    PN_TRY(pn_cli_int(cli, "years", 1, 10, 1, &years));
    PN_TRY(pn_cli_int(cli, "days", 1, PN_SIM_DAYS_MAX,
                      pn_cli_given(cli, "years") ? years * 365 : 60, &s->days));
    PN_TRY(pn_cli_int(cli, "debtors", 1, PN_SIM_DEBTORS_MAX, 12, &s->debtors));
    PN_TRY(pn_cli_int(cli, "plays", 0, 100000, 200, &s->plays));
    PN_TRY(pn_cli_int(cli, "audit-days", 1, PN_SIM_DAYS_MAX, s->seeds > 1 || s->days > 120 ? 7 : 1,
                      &s->audit_days));
    pn_str faults = pn_cli_given(cli, "faults") ? pn_cli_value(cli, "faults") : PN_STR("some");
    if (pn_str_is(faults, "none")) {
        s->faults = PN_SIM_CALM;
    } else if (pn_str_is(faults, "some")) {
        s->faults = PN_SIM_SOME;
    } else if (pn_str_is(faults, "all")) {
        s->faults = PN_SIM_ALL;
    } else {
        return pn_cli_usage(cli, "--faults is none, some or all.");
    }
    if (pn_cli_given(cli, "keep")) {
        s->keep = pn_str_z(&cli->arena, pn_cli_value(cli, "keep"));
        if (s->seeds != 1 || pn_cli_given(cli, "twice")) {
            return pn_cli_usage(cli, "--keep is for one life: without --seeds and --twice.");
        }
    }
    return read_place(cli, s);
}

static void add_up(pn_sim_result *sum, const pn_sim_result *result) {
    sum->steps += result->steps;
    sum->deeds += result->deeds;
    sum->refused += result->refused;
    sum->sent += result->sent;
    sum->faults += result->faults;
    sum->recoveries += result->recoveries;
    sum->amid += result->amid;
    sum->audits += result->audits;
    sum->invoices += result->invoices;
    sum->payments += result->payments;
    sum->case_days += result->case_days;
    sum->hash = pn_mix64(sum->hash ^ result->hash);
}

static void show_shrinking(void *context, int play, size_t deeds) {
    (void)context;
    pn_cli_progress("making it shorter: try %d, %zu deeds", play, deeds);
}

static pn_err print_failure(simulating *s, pn_history *history, pn_sim_result *result) {
    static const pn_column COLUMNS[] = {{"deed", "Deed", false}};
    pn_cli *cli = s->cli;
    pn_out *out = &cli->out;
    size_t before = history->count;
    if (s->plays > 0 && s->keep == NULL) {
        PN_TRY(pn_sim_shrink(history, (int)s->plays, result, show_shrinking, NULL, &cli->diag));
        pn_cli_progress("%s", "");
    }
    pn_out_int(out, "seed", NULL, (int64_t)history->seed);
    pn_out_str(out, "law", NULL, pn_str_of(result->law));
    pn_out_str(out, "sentence", NULL, pn_str_of(result->sentence));
    pn_out_int(out, "deeds_before", NULL, (int64_t)before);
    if (!out->json) {
        pn_out_line(out, "Seed %llu, day %d: %s", (unsigned long long)history->seed, result->day,
                    result->law);
        pn_out_line(out, "  %s", result->sentence);
        pn_out_line(out,
                    "  The shortest history found has %zu of %zu deeds in %d days:", history->count,
                    before, history->days);
    }
    pn_out_table(out, "history", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < history->count; i++) {
        char words[160];
        pn_sim_act_words(&history->deeds[i], history->start, words, sizeof words);
        pn_cell_str(out, pn_str_dup(&cli->arena, pn_str_of(words)));
    }
    pn_out_table_end(out, "Nothing was done.");
    return PN_OK;
}

static pn_err live_one(simulating *s, uint64_t seed, pn_arena *arena, bool *ret_held) {
    pn_history history;
    pn_sim_result result, again;
    pn_cli *cli = s->cli;
    pn_history_make(seed, (int32_t)s->world, (int32_t)s->days, (int32_t)s->debtors, s->faults,
                    arena, &history);
    history.audit_days = (int32_t)s->audit_days;
    history.unreplayed = pn_cli_given(cli, "no-replay");
    history.where = s->where;
    PN_TRY(pn_sim_play(&history, s->keep, &result, &cli->diag));
    if (result.held && pn_cli_given(cli, "twice")) {
        PN_TRY(pn_sim_play(&history, NULL, &again, &cli->diag));
        if (again.hash != result.hash) {
            result.held = false;
            (void)snprintf(result.law, sizeof result.law, "equal seeds live equal lives");
            (void)snprintf(result.sentence, sizeof result.sentence, "%016llx and %016llx.",
                           (unsigned long long)result.hash, (unsigned long long)again.hash);
            s->plays = 0; /* it cannot be made shorter by living once */
        }
    }
    add_up(&s->sum, &result);
    *ret_held = result.held;
    return result.held ? PN_OK : print_failure(s, &history, &result);
}

static void print_sum(simulating *s) {
    pn_out *out = &s->cli->out;
    const pn_sim_result *sum = &s->sum;
    int64_t lives = s->seeds;
    pn_out_int(out, "lives", NULL, lives);
    pn_out_int(out, "failures", NULL, s->failures);
    pn_out_int(out, "case_days", NULL, sum->case_days);
    pn_out_int(out, "deeds", NULL, sum->deeds);
    pn_out_int(out, "refused", NULL, sum->refused);
    pn_out_int(out, "between_transactions", NULL, sum->amid);
    pn_out_int(out, "faults", NULL, sum->faults);
    pn_out_int(out, "recoveries", NULL, sum->recoveries);
    pn_out_int(out, "steps", NULL, sum->steps);
    pn_out_int(out, "sent", NULL, sum->sent);
    pn_out_int(out, "invoices", NULL, sum->invoices);
    pn_out_int(out, "payments", NULL, sum->payments);
    pn_out_int(out, "audits", NULL, sum->audits);
    char hash[20];
    (void)snprintf(hash, sizeof hash, "%016llx", (unsigned long long)sum->hash);
    pn_out_str(out, "hash", NULL, pn_str_dup(&s->cli->arena, pn_str_of(hash)));
    if (out->json) {
        return;
    }
    pn_out_line(out,
                "%lld lives of %lld days: %lld case-years, %lld deeds (%lld refused, %lld between "
                "two transactions),",
                (long long)lives, (long long)s->days, (long long)sum->case_days / 365,
                (long long)sum->deeds, (long long)sum->refused, (long long)sum->amid);
    pn_out_line(out, "%lld faults and %lld recoveries, %lld steps, %lld messages, %lld audits.",
                (long long)sum->faults, (long long)sum->recoveries, (long long)sum->steps,
                (long long)sum->sent, (long long)sum->audits);
    pn_out_line(out, s->failures == 0 ? "Every law held. Hash %s." : "A law did not hold. Hash %s.",
                hash);
}

pn_err pn_cmd_sim(pn_cli *cli) {
    simulating s = {.cli = cli};
    pn_arena arena;
    PN_TRY(read_options(cli, &s));
    pn_arena_init(&arena, 0);
    pn_err err = PN_OK;
    int64_t wanted = s.seeds;
    for (int64_t i = 0; i < wanted && err == PN_OK && s.failures == 0; i++) {
        bool held = true;
        s.seeds = i + 1;
        pn_cli_progress("seed %lld: %lld of %lld, %lld deeds, %lld faults", (long long)(s.seed + i),
                        (long long)i + 1, (long long)wanted, (long long)s.sum.deeds,
                        (long long)s.sum.faults);
        err = live_one(&s, (uint64_t)(s.seed + i), &arena, &held);
        s.failures += !held;
        pn_arena_reset(&arena);
    }
    pn_cli_progress("%s", "");
    pn_arena_done(&arena);
    PN_TRY(err);
    print_sum(&s);
    return s.failures == 0 ? PN_OK
                           : pn_diag_set(&cli->diag, PN_CORRUPT, "A law did not hold (above).");
}
