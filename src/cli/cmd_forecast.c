#include "app/forecast.h"
#include "base/banned.h"
#include "cli/cmd.h"

const pn_cli_option PN_FORECAST_OPTIONS[] = {
    {"days", "N", "so far ahead (default 60)"},
    {"debtors", "N", "messages and tasks from at most so many debtors, scaled (default 2000)"},
    {"cost", "PRICES", "what a message and a task cost: email=0.02,letter=1.10,task=3"},
    {NULL, NULL, NULL},
};

/* One row a week, and the last day. */
static bool is_shown(const pn_forecast *f, int64_t day) {
    return day % 7 == 6 || day == f->days - 1;
}

static void print_cash(pn_out *out, const pn_forecast *f) {
    static const pn_column COLUMNS[] = {
        {"currency", "", false},      {"day", "Until", false}, {"expected", "Expected", true},
        {"p10", "Nine in ten", true}, {"p50", "Middle", true}, {"p90", "One in ten", true}};
    pn_out_title(out, "Cash from what is open today, cumulative");
    if (!f->fitted) {
        pn_out_line(out, "Too little was ever paid to learn from: at least %d invoices.",
                    PN_HAZARD_PAID_MIN);
        return;
    }
    pn_out_table(out, "cash", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < f->cash_count; i++) {
        pn_currency currency = f->cash[i].currency;
        for (int64_t day = 0; day < f->days; day++) {
            const pn_forecast_day *each = &f->cash[i].days[day];
            if (is_shown(f, day)) {
                pn_cell_str(out, pn_str_dup(out->arena, pn_str_of(currency.code)));
                pn_cell_date(out, each->day);
                pn_cell_amount(out, (pn_money){each->expected, currency});
                pn_cell_amount(out, (pn_money){each->p10, currency});
                pn_cell_amount(out, (pn_money){each->p50, currency});
                pn_cell_amount(out, (pn_money){each->p90, currency});
            }
        }
    }
    pn_out_table_end(out, "Nothing is open.");
    pn_out_line(out, "“Nine in ten”: at least so much in nine of ten cases.");
}

static void print_check(pn_out *out, const pn_forecast *f) {
    const pn_hazard_check *check = &f->check;
    static const pn_column COLUMNS[] = {
        {"foretold", "Foretold %", true}, {"came", "Came %", true}, {"invoices", "Invoices", true}};
    char date[PN_DATE_ISO_SIZE];
    pn_out_title(out, "How good it is: fitted until %s, checked on what was issued later",
                 pn_date_iso(check->split, date));
    pn_out_line(out, "Day of payment: off by %.1f days; the debtor's mean delay alone by %.1f.",
                check->error_days, check->naive_days);
    pn_out_line(out,
                "Paid within 7 days after the due date: Brier score %.3f; the debtor's share %.3f.",
                check->brier, check->naive_brier);
    if (f->tried) {
        pn_out_line(out,
                    "Cash of 7 days lay from P10 to P90 in %zu of %zu weeks, of 30 days in %zu of "
                    "%zu: eight in ten are to be expected.",
                    f->held.week.within, f->held.week.times, f->held.month.within,
                    f->held.month.times);
    }
    if (check->error_days > check->naive_days || check->brier > check->naive_brier * 1.1) {
        pn_out_line(out, "It is no better than that: the history is short or has changed. Take the "
                         "figures above as a rough guess.");
    }
    pn_out_table(out, "calibration", COLUMNS, PN_COUNT(COLUMNS));
    for (int i = 0; i < PN_HAZARD_BINS; i++) {
        if (check->counts[i] != 0) {
            pn_cell_int(out, (int64_t)(check->foretold[i] * 100 + 0.5));
            pn_cell_int(out, (int64_t)(check->came[i] * 100 + 0.5));
            pn_cell_int(out, (int64_t)check->counts[i]);
        }
    }
    pn_out_table_end(out, "");
}

static void print_loads(pn_out *out, const pn_forecast *f) {
    static const pn_column COLUMNS[] = {
        {"until", "Week until", false}, {"messages", "Messages", true}, {"tasks", "Tasks", true}};
    static const pn_column PEOPLE[] = {{"owner", "Collector", false}, {"tasks", "Tasks", true}};
    int64_t messages = 0, tasks = 0;
    pn_out_title(out, "Messages and tasks to be expected");
    pn_out_table(out, "loads", COLUMNS, PN_COUNT(COLUMNS));
    for (int64_t day = 0; day < f->days; day++) {
        messages += f->loads[day].messages;
        tasks += f->loads[day].tasks;
        if (is_shown(f, day)) {
            pn_cell_date(out, f->loads[day].day);
            pn_cell_int(out, (messages + 50) / 100);
            pn_cell_int(out, (tasks + 50) / 100);
            messages = tasks = 0;
        }
    }
    pn_out_table_end(out, "");
    if (f->person_count != 0) {
        pn_out_table(out, "people", PEOPLE, PN_COUNT(PEOPLE));
        for (size_t i = 0; i < f->person_count; i++) {
            pn_cell_str(out, f->people[i].owner.len != 0 ? f->people[i].owner : PN_STR("-"));
            pn_cell_int(out, (f->people[i].tasks + 50) / 100);
        }
        pn_out_table_end(out, "");
    }
}

pn_err pn_cmd_forecast(pn_cli *cli) {
    pn_forecast f;
    pn_forecast_request request = {0};
    PN_TRY(pn_cli_int(cli, "days", 1, PN_FORECAST_DAYS_MAX, 60, &request.days));
    PN_TRY(pn_cli_int(cli, "debtors", 0, 1000000, 2000, &request.debtors_max));
    PN_TRY(
        pn_simulate_prices_parse(pn_cli_value(cli, "cost"), cli->app, &request.prices, &cli->diag));
    PN_TRY(pn_forecast_make(cli->app, &request, &cli->arena, &f, &cli->diag));
    if (cli->out.json) {
        pn_buf text;
        pn_buf_init(&text, SIZE_MAX / 2);
        pn_json_writer w = pn_json_writer_on(&text, 0);
        pn_forecast_put(&w, &f);
        pn_out_raw(&cli->out, "forecast", NULL, pn_buf_str(&text));
        pn_buf_done(&text);
        return PN_OK;
    }
    print_cash(&cli->out, &f);
    if (f.checked) {
        print_check(&cli->out, &f);
    }
    print_loads(&cli->out, &f);
    if (f.cost_currency.code[0] != '\0') {
        pn_money cost = pn_simulated_cost(f.cost, f.cost_currency);
        pn_out_line(&cli->out, "Cost: %.*s.", PN_STR_ARG(pn_out_money_text(&cli->out, cost)));
    }
    return PN_OK;
}
