#include "app/simulate.h"
#include "base/banned.h"
#include "base/limits.h"
#include "cli/cmd.h"
#include "cli/print_effect.h"

const pn_cli_option PN_SIMULATE_OPTIONS[] = {
    {"from", "DATE", "the first day (default: 180 days ago)"},
    {"to", "DATE", "the first day that is not in it (default: today)"},
    {"sample", "N", "so many debtors, drawn by a hash of their ids (default: all)"},
    {"against", "NAME|FILE", "another strategy beside it, over the same past"},
    {"cost", "PRICES", "what a contact and a task cost: email=0.02,letter=1.10,task=3"},
    {"list", "N", "lists so many messages, debtor by debtor (default 0)"},
    {NULL, NULL, NULL},
};

static bool show_progress(void *context, int64_t done, int64_t total) {
    (void)context;
    if (pn_cli_interactive()) {
        pn_cli_progress("%lld of %lld debtors", (long long)done, (long long)total);
    }
    return true;
}

static pn_err simulate(pn_cli *cli, pn_str name, pn_simulate_request request,
                       pn_simulation *ret_simulation) {
    PN_TRY(pn_cli_find_flow(cli, name, &request.flow, &request.strategy_id));
    pn_err err = pn_simulate(cli->app, &request, &cli->arena, ret_simulation, &cli->diag);
    if (pn_cli_interactive()) {
        pn_cli_progress("%s", "");
    }
    return err;
}

/* ── for people ──────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    const pn_simulation *all;
    size_t count; /* 1 or 2 */
} told;

static void row(pn_out *out, const told *t, const char *label, const int64_t *values) {
    pn_cell_str(out, pn_str_of(label));
    for (size_t i = 0; i < t->count; i++) {
        pn_cell_int(out, values[i]);
    }
}

static void print_sums(pn_out *out, const told *t) {
    pn_column columns[] = {{"what", "", false}, {"a", "", true}, {"b", "", true}};
    const pn_simulation *a = &t->all[0], *b = &t->all[t->count - 1];
    columns[1].title = pn_str_format(out->arena, "%.*s", PN_STR_ARG(a->strategy)).ptr;
    columns[2].title = pn_str_format(out->arena, "%.*s", PN_STR_ARG(b->strategy)).ptr;
#define ROW(label, field) row(out, t, label, (const int64_t[]){a->field, b->field})
    pn_out_table(out, "sums", columns, t->count + 1);
    ROW("debtors looked at", debtors);
    ROW("invoices looked at", invoices);
    ROW("cases", cases);
    ROW("debtors contacted", debtors_contacted);
    ROW("messages", messages);
    ROW("contacts (messages together count once)", contacts);
    ROW("most contacts with one debtor", most);
    ROW("messages that crossed a payment", crossed);
    ROW("tasks for people", tasks);
    ROW("handed over", handovers);
    pn_out_table_end(out, "");
#undef ROW
    for (size_t i = 0; a->cost_currency.code[0] != '\0' && i < t->count; i++) {
        pn_money cost = pn_simulated_cost(t->all[i].cost, t->all[i].cost_currency);
        pn_out_line(out, "Cost of %.*s: %.*s.", PN_STR_ARG(t->all[i].strategy),
                    PN_STR_ARG(pn_out_money_text(out, cost)));
    }
    pn_out_line(out, "In that time %lld contacts were truly made and %lld tasks opened.",
                (long long)a->truly_contacts, (long long)a->truly_tasks);
}

static void print_counts(pn_out *out, const char *title, const char *label,
                         const pn_simulated_count *items, size_t count) {
    const pn_column columns[] = {{"word", label, false}, {"count", "How often", true}};
    if (count == 0) {
        return;
    }
    pn_out_title(out, "%s", title);
    pn_out_table(out, "counts", columns, PN_COUNT(columns));
    for (size_t i = 0; i < count; i++) {
        pn_cell_str(out, items[i].word.len != 0 ? items[i].word : PN_STR("-"));
        pn_cell_int(out, items[i].count);
    }
    pn_out_table_end(out, "");
}

static void print_texts(pn_out *out, const pn_simulation *s) {
    static const pn_column COLUMNS[] = {{"template", "Text", false},
                                        {"channel", "Channel", false},
                                        {"tone", "Tone", true},
                                        {"sent", "Sent", true}};
    pn_out_title(out, "What %.*s would have sent", PN_STR_ARG(s->strategy));
    pn_out_table(out, "texts", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < s->text_count; i++) {
        pn_cell_str(out, s->texts[i].family);
        pn_cell_str(out, pn_str_of(pn_channel_kind_name(s->texts[i].channel)));
        pn_cell_int(out, s->texts[i].tone);
        pn_cell_int(out, s->texts[i].sent);
    }
    pn_out_table_end(out, "Nothing.");
}

static void print_people(pn_out *out, const pn_simulation *s) {
    static const pn_column COLUMNS[] = {{"owner", "Collector", false},
                                        {"tasks", "Tasks", true},
                                        {"days", "Days with tasks", true},
                                        {"most", "Most on a day", true},
                                        {"busiest", "That day", false}};
    if (s->person_count == 0) {
        return;
    }
    pn_out_title(out, "Tasks of people");
    pn_out_table(out, "people", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < s->person_count; i++) {
        pn_cell_str(out, s->people[i].owner.len != 0 ? s->people[i].owner : PN_STR("-"));
        pn_cell_int(out, s->people[i].tasks);
        pn_cell_int(out, s->people[i].days);
        pn_cell_int(out, s->people[i].most);
        pn_cell_date(out, s->people[i].busiest);
    }
    pn_out_table_end(out, "");
}

static void print_list(pn_out *out, const pn_simulation *s) {
    static const pn_column COLUMNS[] = {
        {"at", "When", false},        {"debtor", "Debtor", false}, {"invoice", "Invoice", false},
        {"template", "Text", false},  {"tone", "Tone", true},      {"claimable", "Asked for", true},
        {"crossed", "Crossed", false}};
    if (s->list_count == 0) {
        return;
    }
    pn_out_title(out, "Messages of %.*s", PN_STR_ARG(s->strategy));
    pn_out_table(out, "list", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < s->list_count; i++) {
        const pn_simulated_message *each = &s->list[i];
        pn_cell_time(out, each->at);
        pn_cell_str(out, each->debtor);
        pn_cell_str(out, each->number);
        pn_cell_str(out, each->family);
        pn_cell_int(out, each->tone);
        pn_cell_amount(out, each->claimable);
        pn_cell_bool(out, each->crossed);
    }
    pn_out_table_end(out, "");
}

static void print_one(pn_out *out, const pn_simulation *s) {
    print_texts(out, s);
    print_counts(out, "Times the contact law said no, or not yet", "Why", s->held, s->held_count);
    print_counts(out, "Messages that never left", "Why", s->skipped, s->skipped_count);
    print_counts(out, "Tasks", "Kind", s->categories, s->category_count);
    print_people(out, s);
    print_counts(out, "How cases ended", "Outcome", s->ends, s->end_count);
    print_counts(out, "Pills that began beside cases", "Pill", s->pills, s->pill_count);
    print_counts(out, "Pills not led: what would have begun them is not known any more", "Pill",
                 s->unled, s->unled_count);
    print_counts(out, "Jumps that were not followed", "Into", s->jumps, s->jump_count);
    print_list(out, s);
}

static void print_json(pn_cli *cli, const told *t) {
    pn_buf text;
    pn_buf_init(&text, SIZE_MAX / 2);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_begin_array(&w);
    for (size_t i = 0; i < t->count; i++) {
        pn_simulation_put(&w, &t->all[i], i + 1 < t->count ? &t->all[i + 1] : NULL, cli->out.zone,
                          &cli->arena);
    }
    pn_json_end_array(&w);
    pn_out_raw(&cli->out, "simulations", NULL, pn_buf_str(&text));
    pn_buf_done(&text);
}

pn_err pn_cmd_simulate(pn_cli *cli) {
    pn_simulation all[2];
    pn_simulate_request request = {.tell = show_progress};
    pn_effect *effect = NULL;
    pn_str against = pn_cli_value(cli, "against");
    int64_t list_max = 0;
    pn_date today = pn_app_today(cli->app);
    PN_TRY(pn_cli_date(cli, "to", today, &request.to));
    PN_TRY(pn_cli_date(cli, "from", request.to - 180, &request.from));
    PN_TRY(pn_cli_int(cli, "sample", 1, 10000000, 0, &request.sample));
    PN_TRY(pn_cli_int(cli, "list", 0, 1000000, 0, &list_max));
    PN_TRY(
        pn_simulate_prices_parse(pn_cli_value(cli, "cost"), cli->app, &request.prices, &cli->diag));
    request.list_max = (size_t)list_max;
    told t = {all, against.len != 0 ? 2 : 1};
    PN_TRY(
        pn_effect_new(cli->app, request.from, request.to, NULL, &cli->arena, &effect, &cli->diag));
    request.effect = effect;
    PN_TRY(simulate(cli, cli->args[0], request, &all[0]));
    if (against.len != 0) {
        PN_TRY(simulate(cli, against, request, &all[1]));
    }
    if (cli->out.json) {
        print_json(cli, &t);
        return PN_OK;
    }
    print_sums(&cli->out, &t);
    pn_print_effect(&cli->out, all, t.count);
    for (size_t i = 0; i < t.count; i++) {
        print_one(&cli->out, &all[i]);
    }
    return PN_OK;
}
