#include "cli/print_report.h"

#include "app/explain.h"
#include "app/sayings.h"
#include "base/banned.h"

/* ── cells ───────────────────────────────────────────────────────────────────────────────────── */

static const pn_number_style NUMBERS = {.decimal = '.', .thousand = ','};

pn_str pn_number_text(pn_out *out, int64_t value) {
    pn_buf text;
    pn_buf_init(&text, 64);
    pn_integer_text(&text, value, NUMBERS);
    pn_str copy = pn_str_dup(out->arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

void pn_cell_number(pn_out *out, int64_t value) {
    if (out->json) {
        pn_cell_int(out, value);
    } else {
        pn_cell_str(out, value == 0 ? PN_STR("·") : pn_number_text(out, value));
    }
}

/* "63 %" of a whole; nothing of nothing. */
static pn_str percent_text(pn_out *out, int64_t part, int64_t whole) {
    return whole == 0 ? PN_STR("")
                      : pn_str_format(out->arena, "%lld %%",
                                      (long long)((part * 200 + whole) / (2 * whole)));
}

static void percent_cell(pn_out *out, int64_t part, int64_t whole) {
    if (out->json) {
        pn_cell_int(out, whole == 0 ? 0 : (part * 200 + whole) / (2 * whole));
    } else {
        pn_cell_str(out, percent_text(out, part, whole));
    }
}

/* Whole units of money are enough for a sum that people look at. */
static void sum_cell(pn_out *out, int64_t minor, pn_currency currency) {
    if (out->json) {
        pn_cell_amount(out, (pn_money){minor, currency});
        return;
    }
    int64_t unit = pn_currency_unit(currency);
    pn_cell_str(out, pn_str_format(out->arena, "%.*s %s",
                                   PN_STR_ARG(pn_number_text(out, (minor + unit / 2) / unit)),
                                   currency.code));
}

static pn_str tenths_text(pn_out *out, int64_t tenths) {
    int64_t size = tenths < 0 ? -tenths : tenths;
    const char *minus = out->json ? "-" : "−";
    return pn_str_format(out->arena, "%s%lld.%lld", tenths < 0 ? minus : "", (long long)(size / 10),
                         (long long)(size % 10));
}

/* ── messages ────────────────────────────────────────────────────────────────────────────────── */

static void print_texts(pn_out *out, const pn_report *report) {
    static const pn_column COLUMNS[] = {
        {"channel", "Channel", false}, {"template", "Text", false},
        {"tone", "Tone", true},        {"sent", "Sent", true},
        {"read", "Read", true},        {"read_percent", "", true},
        {"bounced", "Bounced", true},  {"refused", "Refused for now", true},
    };
    const pn_report_messages *m = &report->messages;
    pn_out_title(out, "WHAT WENT OUT");
    pn_out_table(out, "texts", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < report->text_count; i++) {
        const pn_report_text *text = &report->texts[i];
        pn_cell_str(out, pn_str_of(pn_channel_kind_name(text->channel)));
        pn_cell_str(out, text->family);
        if (out->json || text->purpose == PN_PURPOSE_DEMAND) {
            pn_cell_int(out, text->tone);
        } else {
            pn_cell_str(out, PN_STR(""));
        }
        pn_cell_number(out, text->sent);
        pn_cell_number(out, text->read);
        percent_cell(out, text->read, text->sent);
        pn_cell_number(out, text->bounced);
        pn_cell_number(out, text->refused);
    }
    pn_out_table_end(out, "Nothing went out.");
    if (!out->json && m->carriers != 0) {
        pn_out_line(out,
                    "%.*s messages in %.*s e-mails. Read means that a person opened it: %.*s "
                    "fetches by mail",
                    PN_STR_ARG(pn_number_text(out, m->sent)),
                    PN_STR_ARG(pn_number_text(out, m->carriers)),
                    PN_STR_ARG(pn_number_text(out, report->opens[1])));
        pn_out_line(out,
                    "providers and %.*s clicks by scanners are not counted. %.*s people "
                    "and %.*s machines answered.",
                    PN_STR_ARG(pn_number_text(out, report->clicks[2])),
                    PN_STR_ARG(pn_number_text(out, report->replies)),
                    PN_STR_ARG(pn_number_text(out, report->auto_replies)));
    }
}

static void count_line(pn_out *out, int64_t count, const char *words) {
    if (count != 0) {
        pn_out_line(out, "%8.*s  %s", PN_STR_ARG(pn_number_text(out, count)), words);
    }
}

static void print_unsent(pn_out *out, const pn_report *report) {
    const pn_report_messages *m = &report->messages;
    pn_out_title(out, "WHAT DID NOT");
    pn_out_object(out, "messages");
    pn_out_int(out, "sent", NULL, m->sent);
    pn_out_int(out, "carriers", NULL, m->carriers);
    pn_out_int(out, "merged", NULL, m->merged);
    pn_out_int(out, "superseded", NULL, m->superseded);
    pn_out_int(out, "reanchored", NULL, m->reanchored);
    pn_out_int(out, "paid", NULL, m->paid);
    pn_out_int(out, "other_skipped", NULL, m->other_skipped);
    pn_out_int(out, "bounced", NULL, m->bounced);
    pn_out_int(out, "failed", NULL, m->failed);
    pn_out_object_end(out);
    if (out->json) {
        return;
    }
    count_line(out, m->merged,
               "messages were merged: they shared an e-mail with others to the same "
               "address");
    count_line(out, m->superseded,
               "were superseded: the next stage had come when they could have "
               "left");
    count_line(out, m->reanchored,
               "were dropped because a later invoice had become the oldest one");
    count_line(out, m->paid, "were stopped by a payment that came first");
    count_line(out, m->other_skipped,
               "were skipped for another reason, mostly because the case was "
               "over");
    count_line(out, m->failed, "could not be sent: no address of the debtor works");
}

static void print_held(pn_out *out, const pn_report *report) {
    static const pn_column COLUMNS[] = {
        {"reason", "Why", false},
        {"messages", "Messages", true},
        {"verdicts", "Times", true},
        {"never", "Never sent", true},
    };
    pn_out_title(out, "HELD BACK BY THE GATE");
    pn_out_table(out, "held", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < report->held_count; i++) {
        const pn_report_held *held = &report->held[i];
        pn_str words = pn_reason_words(held->reason, PN_STR("en"));
        pn_cell_str(out, out->json || words.len == 0 ? held->reason : words);
        pn_cell_number(out, held->messages);
        pn_cell_number(out, held->verdicts);
        pn_cell_number(out, held->never);
    }
    pn_out_table_end(out, "The gate held nothing back.");
}

/* ── money ───────────────────────────────────────────────────────────────────────────────────── */

static int64_t collected_in(const pn_report *report, pn_currency currency) {
    for (size_t i = 0; i < report->currency_count; i++) {
        if (pn_currency_eq(report->currencies[i].sums.currency, currency)) {
            return report->currencies[i].collected;
        }
    }
    return 0;
}

static void print_phases(pn_out *out, const pn_report *report) {
    static const pn_column COLUMNS[] = {
        {"currency", "Currency", false},
        {"phase", "Phase", false},
        {"payments", "Payments", true},
        {"amount", "Collected", true},
        {"share", "", true},
        {"days_late", "Days late", true},
    };
    pn_out_title(out, "WHAT CAME IN, BY PHASE");
    pn_out_table(out, "phases", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < report->phase_count; i++) {
        const pn_report_phase *phase = &report->phases[i];
        bool first = i == 0 || !pn_currency_eq(phase->currency, report->phases[i - 1].currency);
        pn_cell_str(out, out->json || first ? pn_str_of(phase->currency.code) : PN_STR(""));
        pn_cell_str(out, out->json || phase->phase.len != 0 ? phase->phase
                                                            : PN_STR("(no strategy at work)"));
        pn_cell_number(out, phase->payments);
        sum_cell(out, phase->amount, phase->currency);
        percent_cell(out, phase->amount, collected_in(report, phase->currency));
        pn_cell_str(
            out, tenths_text(out, phase->payments == 0 ? 0 : phase->days * 10 / phase->payments));
    }
    pn_out_table_end(out, "No money came.");
}

static void print_currencies(pn_out *out, const pn_report *report) {
    static const pn_column COLUMNS[] = {
        {"currency", "Currency", false},    {"collected", "Collected", true},
        {"billed", "Invoiced", true},       {"open", "Still open", true},
        {"overdue", "of it overdue", true}, {"days_late", "Days late", true},
        {"dso_days", "DSO", true},
    };
    pn_out_title(out, "WHERE IT STANDS");
    pn_out_table(out, "currencies", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < report->currency_count; i++) {
        const pn_report_currency *each = &report->currencies[i];
        pn_currency currency = each->sums.currency;
        pn_cell_str(out, pn_str_of(currency.code));
        sum_cell(out, each->collected, currency);
        sum_cell(out, each->sums.billed, currency);
        sum_cell(out, each->sums.open, currency);
        sum_cell(out, each->sums.overdue, currency);
        pn_cell_str(out, tenths_text(out, each->days_late_tenths));
        pn_cell_number(out, each->dso_days);
    }
    pn_out_table_end(out, "There is no invoice.");
    if (report->currency_count != 0) {
        pn_out_line(out, "Days late: mean over what was collected, by amount. DSO: days of "
                         "invoicing that are still open.");
    }
}

/* ── strategies and people ───────────────────────────────────────────────────────────────────── */

static void print_strategies(pn_out *out, const pn_report *report) {
    static const pn_column COLUMNS[] = {
        {"strategy", "Strategy", false},    {"entered", "Cases entered", true},
        {"working", "At work", true},       {"settled", "Settled", true},
        {"ended", "Came to its end", true},
    };
    pn_out_title(out, "STRATEGIES AT WORK");
    pn_out_table(out, "strategies", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < report->strategy_count; i++) {
        const pn_report_strategy *each = &report->strategies[i];
        pn_cell_str(out, each->name);
        pn_cell_number(out, each->entered);
        pn_cell_number(out, each->working);
        pn_cell_number(out, each->paid);
        pn_cell_number(out, each->ended);
    }
    pn_out_table_end(out, "No case entered a strategy.");
}

static void facts_json(pn_out *out, const pn_report *r) {
    pn_out_object(out, "facts");
    pn_out_int(out, "promises_open", NULL, r->promises[0]);
    pn_out_int(out, "promises_kept", NULL, r->promises[1]);
    pn_out_int(out, "promises_broken", NULL, r->promises[2]);
    pn_out_int(out, "disputes_open", NULL, r->disputes[0]);
    pn_out_int(out, "disputes_closed", NULL, r->disputes[1]);
    pn_out_int(out, "plans_active", NULL, r->plans[0]);
    pn_out_int(out, "plans_done", NULL, r->plans[1]);
    pn_out_int(out, "plans_defaulted", NULL, r->plans[2]);
    pn_out_int(out, "instruments_in_flight", NULL, r->cheques[0]);
    pn_out_int(out, "instruments_cleared", NULL, r->cheques[1]);
    pn_out_int(out, "instruments_returned", NULL, r->cheques[2]);
    pn_out_int(out, "payments_reversed", NULL, r->returned);
    pn_out_int(out, "tasks_done", NULL, r->tasks_done);
    pn_out_int(out, "opens_human", NULL, r->opens[0]);
    pn_out_int(out, "opens_proxy", NULL, r->opens[1]);
    pn_out_int(out, "opens_machine", NULL, r->opens[2]);
    pn_out_int(out, "clicks_human", NULL, r->clicks[0]);
    pn_out_int(out, "clicks_machine", NULL, r->clicks[2]);
    pn_out_int(out, "replies", NULL, r->replies);
    pn_out_int(out, "auto_replies", NULL, r->auto_replies);
    pn_out_int(out, "bounces", NULL, r->bounces);
    pn_out_object_end(out);
}

static void print_facts(pn_out *out, const pn_report *r) {
    if (out->json) {
        facts_json(out, r);
        return;
    }
    pn_out_title(out, "PROMISES, DISPUTES AND OTHER TURNS");
    pn_out_line(out, "Promises   %lld kept, %lld broken, %lld open", (long long)r->promises[1],
                (long long)r->promises[2], (long long)r->promises[0]);
    pn_out_line(out, "Disputes   %lld settled, %lld open", (long long)r->disputes[1],
                (long long)r->disputes[0]);
    pn_out_line(out, "Plans      %lld paid off, %lld in default, %lld running",
                (long long)r->plans[1], (long long)r->plans[2], (long long)r->plans[0]);
    pn_out_line(out, "Cheques    %lld cleared, %lld returned, %lld on their way",
                (long long)r->cheques[1], (long long)r->cheques[2], (long long)r->cheques[0]);
    pn_out_line(out, "Debits     %lld payments taken back by the bank: their cases opened again",
                (long long)r->returned);
}

static void print_tasks(pn_out *out, const pn_report *report) {
    static const pn_column COLUMNS[] = {
        {"category", "Category", false},
        {"open", "Open", true},
        {"overdue", "Overdue", true},
        {"oldest", "Oldest since", false},
    };
    pn_out_title(out, "WORK FOR PEOPLE");
    pn_out_table(out, "tasks", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < report->task_count; i++) {
        pn_cell_str(out, report->tasks[i].word);
        pn_cell_number(out, report->tasks[i].count);
        pn_cell_number(out, report->tasks[i].kind);
        pn_cell_time(out, report->tasks[i].oldest);
    }
    pn_out_table_end(out, "No task is open.");
    if (!out->json) {
        pn_out_line(out, "%.*s tasks were done meanwhile.",
                    PN_STR_ARG(pn_number_text(out, report->tasks_done)));
    }
}

void pn_print_report(pn_out *out, const pn_report *report) {
    print_texts(out, report);
    print_unsent(out, report);
    print_held(out, report);
    print_phases(out, report);
    print_currencies(out, report);
    print_strategies(out, report);
    print_facts(out, report);
    print_tasks(out, report);
}
