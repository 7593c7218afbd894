#include "app/report.h"

#include "app/report_phase.h"
#include "base/banned.h"
#include "base/sort.h"
#include "core/run.h"

typedef struct {
    pn_app *app;
    pn_report_span span;
    pn_arena *arena;
    pn_report *report;
} maker;

/* ── messages ────────────────────────────────────────────────────────────────────────────────── */

static pn_report_text *text_for(maker *m, const pn_report_carriers *row, size_t *capacity) {
    pn_report *report = m->report;
    for (size_t i = 0; i < report->text_count; i++) {
        pn_report_text *text = &report->texts[i];
        if (text->channel == row->channel && text->tone == row->tone &&
            pn_str_eq(text->family, row->family)) {
            return text;
        }
    }
    report->texts =
        pn_arena_grow(m->arena, report->texts, report->text_count, capacity, sizeof *report->texts);
    pn_report_text *text = &report->texts[report->text_count++];
    *text = (pn_report_text){
        .channel = row->channel, .family = row->family, .purpose = row->purpose, .tone = row->tone};
    return text;
}

static pn_err count_carriers(maker *m) {
    pn_report_carriers *rows = NULL;
    size_t count = 0, capacity = 0;
    PN_TRY(pn_report_carrier_counts(m->app->db, &m->span, m->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        const pn_report_carriers *row = &rows[i];
        if (row->state == PN_MESSAGE_SKIPPED || row->state == PN_MESSAGE_SENDING) {
            continue; /* the facts moved before it was handed over, or it is under way */
        }
        pn_report_text *text = text_for(m, row, &capacity);
        bool sent = row->state == PN_MESSAGE_SENT || row->state == PN_MESSAGE_DELIVERED;
        text->read += row->read;
        text->sent += sent ? row->count : 0;
        text->bounced += row->state == PN_MESSAGE_BOUNCED ? row->count : 0;
        text->refused += row->state == PN_MESSAGE_FAILED ? row->count : 0;
        m->report->messages.carriers += sent ? row->count : 0;
    }
    return PN_OK;
}

static void count_skipped(pn_report_messages *messages, const pn_report_count *row) {
    if (pn_str_is(row->word, "superseded")) {
        messages->superseded += row->count;
    } else if (pn_str_is(row->word, "reanchored")) {
        messages->reanchored += row->count;
    } else if (pn_str_is(row->word, "paid")) {
        messages->paid += row->count;
    } else {
        messages->other_skipped += row->count;
    }
}

static pn_err count_messages(maker *m) {
    pn_report_messages *messages = &m->report->messages;
    pn_report_count *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_report_message_reasons(m->app->db, &m->span, m->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        switch ((pn_message_state)rows[i].kind) {
        case PN_MESSAGE_SENT:
        case PN_MESSAGE_DELIVERED:
            messages->sent += rows[i].count;
            messages->merged += pn_str_is(rows[i].word, "merged") ? rows[i].count : 0;
            break;
        case PN_MESSAGE_BOUNCED: messages->bounced += rows[i].count; break;
        case PN_MESSAGE_FAILED: messages->failed += rows[i].count; break;
        case PN_MESSAGE_SKIPPED: count_skipped(messages, &rows[i]); break;
        case PN_MESSAGE_QUEUED:
        case PN_MESSAGE_SENDING:
        case PN_MESSAGE_HELD:
        case PN_MESSAGE_UNCERTAIN:
        case PN_MESSAGE_STATES: break;
        }
    }
    return PN_OK;
}

/* ── the gate ────────────────────────────────────────────────────────────────────────────────── */

static pn_report_held *held_for(maker *m, pn_str reason, size_t *capacity) {
    pn_report *report = m->report;
    for (size_t i = 0; i < report->held_count; i++) {
        if (pn_str_eq(report->held[i].reason, reason)) {
            return &report->held[i];
        }
    }
    report->held =
        pn_arena_grow(m->arena, report->held, report->held_count, capacity, sizeof *report->held);
    report->held[report->held_count] = (pn_report_held){.reason = reason};
    return &report->held[report->held_count++];
}

/* A message counts once for each reason that held it. */
static void count_verdicts(maker *m, const pn_json *gate, size_t *capacity) {
    for (size_t i = 0; i < gate->count; i++) {
        const pn_json *each = &gate->items[i];
        pn_str reason = pn_json_text(pn_json_field(each, "reason"), PN_STR(""));
        pn_report_held *held = held_for(m, reason, capacity);
        bool before = false;
        for (size_t j = 0; j < i; j++) {
            before = before ||
                     pn_str_eq(reason,
                               pn_json_text(pn_json_field(&gate->items[j], "reason"), PN_STR("")));
        }
        held->verdicts++;
        held->messages += !before;
        held->never += pn_str_is(pn_json_text(pn_json_field(each, "answer"), PN_STR("")), "never");
    }
}

static int by_messages(const void *a, const void *b) {
    const pn_report_held *x = a;
    const pn_report_held *y = b;
    return x->messages != y->messages ? (x->messages < y->messages ? 1 : -1)
                                      : pn_str_cmp(x->reason, y->reason);
}

static pn_err count_held(maker *m) {
    pn_str *params = NULL;
    size_t count = 0, capacity = 0;
    PN_TRY(pn_report_verdicts(m->app->db, &m->span, m->arena, &params, &count));
    for (size_t i = 0; i < count; i++) {
        pn_json *json = NULL;
        PN_TRY(pn_json_parse(params[i], NULL, m->arena, &json, NULL));
        const pn_json *gate = pn_json_field(json, "gate");
        if (gate != NULL && gate->type == PN_JSON_ARRAY) {
            count_verdicts(m, gate, &capacity);
        }
    }
    pn_sort(m->report->held, m->report->held_count, sizeof *m->report->held, by_messages, m->arena);
    return PN_OK;
}

/* ── strategies, facts, signals ──────────────────────────────────────────────────────────────── */

static pn_err count_strategies(maker *m) {
    pn_report *report = m->report;
    pn_report_count *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_report_runs(m->app->db, &m->span, m->arena, &rows, &count));
    report->strategies = pn_arena_array(m->arena, pn_report_strategy, count + 1);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !pn_str_eq(rows[i].word, rows[i - 1].word)) {
            report->strategies[report->strategy_count++].name = rows[i].word;
        }
        pn_report_strategy *strategy = &report->strategies[report->strategy_count - 1];
        strategy->entered += rows[i].count;
        strategy->working += rows[i].kind == PN_RUN_ACTIVE ? rows[i].count : 0;
        strategy->ended += rows[i].kind == PN_RUN_ENDED ? rows[i].count : 0;
        strategy->paid += rows[i].kind == PN_RUN_CLOSED ? rows[i].count : 0;
    }
    return PN_OK;
}

static pn_err count_facts(maker *m) {
    pn_report *report = m->report;
    pn_report_count *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_report_facts(m->app->db, &m->span, m->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        static const struct {
            const char *what;
            size_t at, states;
        } PLACES[] = {{"promise", offsetof(pn_report, promises), 3},
                      {"dispute", offsetof(pn_report, disputes), 2},
                      {"plan", offsetof(pn_report, plans), 3},
                      {"instrument", offsetof(pn_report, cheques), 3}};
        for (size_t j = 0; j < PN_COUNT(PLACES); j++) {
            if (pn_str_eq(rows[i].word, pn_str_of(PLACES[j].what)) && rows[i].kind >= 0 &&
                (size_t)rows[i].kind < PLACES[j].states) {
                int64_t *place = (int64_t *)(void *)((char *)report + PLACES[j].at);
                place[rows[i].kind] += rows[i].count;
            }
        }
        bool done = pn_str_is(rows[i].word, "task") && rows[i].kind == PN_TASK_DONE;
        report->tasks_done += done ? rows[i].count : 0;
    }
    PN_TRY(
        pn_report_tasks_open(m->app->db, &m->span, m->arena, &report->tasks, &report->task_count));
    return pn_report_returned(m->app->db, &m->span, &report->returned);
}

static pn_err count_signals(maker *m) {
    pn_report *report = m->report;
    pn_report_count *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_report_signals(m->app->db, &m->span, m->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        int64_t source = rows[i].kind / 100;
        pn_signal_kind kind = (pn_signal_kind)(rows[i].kind % 100);
        if (source < 0 || source >= 3) {
            continue;
        }
        report->opens[source] += kind == PN_SIGNAL_OPEN ? rows[i].count : 0;
        report->clicks[source] += kind == PN_SIGNAL_CLICK ? rows[i].count : 0;
        report->replies += kind == PN_SIGNAL_REPLY ? rows[i].count : 0;
        report->auto_replies += kind == PN_SIGNAL_AUTO_REPLY ? rows[i].count : 0;
        report->bounces += kind == PN_SIGNAL_BOUNCE ? rows[i].count : 0;
    }
    return PN_OK;
}

/* ── money ───────────────────────────────────────────────────────────────────────────────────── */

/* amount × days, added up, over the amount: in tenths of a day. */
static int64_t mean_tenths(pn_int128 weighted, int64_t amount) {
    return amount == 0 ? 0 : (int64_t)(weighted * 10 / amount);
}

static void sum_currency(maker *m, const pn_report_money *rows, size_t count,
                         pn_report_currency *to) {
    pn_int128 late = 0;
    for (size_t i = 0; i < count; i++) {
        if (pn_currency_eq(rows[i].currency, to->sums.currency)) {
            to->collected += rows[i].amount;
            to->payments++;
            late += (pn_int128)rows[i].amount * (rows[i].received - rows[i].effective_due);
        }
    }
    int64_t days = m->report->to - m->report->from;
    to->days_late_tenths = mean_tenths(late, to->collected);
    to->dso_days =
        to->sums.billed > 0 ? (int64_t)((pn_int128)to->sums.open * days / to->sums.billed) : -1;
}

static pn_err sum_money(maker *m) {
    pn_report *report = m->report;
    pn_report_receivables *sums = NULL;
    pn_report_money *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_report_open(m->app->db, m->app->org.id, report->from, report->to, m->arena, &sums,
                          &report->currency_count));
    PN_TRY(pn_report_payments(m->app->db, &m->span, m->arena, &rows, &count));
    report->currencies = pn_arena_array(m->arena, pn_report_currency, report->currency_count + 1);
    for (size_t i = 0; i < report->currency_count; i++) {
        report->currencies[i].sums = sums[i];
        sum_currency(m, rows, count, &report->currencies[i]);
    }
    return pn_report_phases(m->app, rows, count, m->arena, &report->phases, &report->phase_count);
}

/* ── the whole ───────────────────────────────────────────────────────────────────────────────── */

static pn_err make(maker *m) {
    PN_TRY(pn_report_size(m->app->db, m->app->org.id, &m->report->creditors, &m->report->debtors));
    PN_TRY(count_carriers(m));
    PN_TRY(count_messages(m));
    PN_TRY(count_held(m));
    PN_TRY(count_strategies(m));
    PN_TRY(count_facts(m));
    PN_TRY(count_signals(m));
    return sum_money(m);
}

pn_err pn_report_make(pn_app *app, pn_date from, pn_date to, pn_arena *arena, pn_report *ret_report,
                      pn_diag *diag) {
    const pn_zone *zone = pn_app_zone_or_own(app, app->org.zone);
    pn_report report = {.from = from, .to = to};
    maker m = {.app = app,
               .span = {app->org.id, pn_zone_instant(zone, from, 0), pn_zone_instant(zone, to, 0)},
               .arena = arena,
               .report = &report};
    pn_err err = make(&m);
    if (err != PN_OK) {
        return pn_app_fail(app, err, diag);
    }
    *ret_report = report;
    return PN_OK;
}
