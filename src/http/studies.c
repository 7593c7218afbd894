#include "http/studies.h"

#include "base/banned.h"

static const char *const STATES[] = {"waits", "runs", "done", "failed", "cancelled", NULL};

/* What is always there: of a type, with what it means. */
#define THERE(field, what, means)                                                                  \
    { .name = field, .type = PN_SHAPE_##what, .required = true, .help = means }
#define TEXT(field) THERE(field, TEXT, NULL)
#define NUMBER(field) THERE(field, INT, NULL)
#define DAY(field) THERE(field, DATE, NULL)
#define SHARE(field) THERE(field, JSON, NULL)
#define MANY(field, each, means)                                                                   \
    { .name = field, .type = PN_SHAPE_LIST, .fields = each, .required = true, .help = means }
#define END                                                                                        \
    { .name = NULL }

#define COMMON                                                                                     \
    {.name = "job", .type = PN_SHAPE_ID, .id_kind = PN_ID_JOB, .required = true},                  \
        {.name = "name", .type = PN_SHAPE_TEXT},                                                   \
        {.name = "state", .type = PN_SHAPE_WORD, .words = STATES, .required = true},               \
        THERE("done", INT, "of `total`, debtors"), THERE("total", INT, "0: not known yet"),        \
        THERE("begun", INT, "how often; more than once: its server ended before it did"),          \
        {.name = "problem", .type = PN_SHAPE_TEXT, .help = "why it failed"}, TEXT("by"),           \
        {.name = "created_at", .type = PN_SHAPE_TIME, .required = true},                           \
        {.name = "started_at", .type = PN_SHAPE_TIME}, {                                           \
        .name = "finished_at", .type = PN_SHAPE_TIME                                               \
    }

/* ── simulations ── */

static const pn_shape SIMULATED_SUM[] = {
    TEXT("strategy"),
    NUMBER("messages"),
    NUMBER("contacts"),
    NUMBER("debtors_contacted"),
    NUMBER("crossed_payments"),
    NUMBER("tasks"),
    {.name = "cost", .type = PN_SHAPE_TEXT, .help = "where prices were given"},
    {.name = "cost_currency", .type = PN_SHAPE_TEXT},
    END,
};
#define SIMULATION_COMMON                                                                          \
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_SIMULATION, .required = true}, COMMON,    \
        TEXT("strategy"), {.name = "against", .type = PN_SHAPE_TEXT}, DAY("from"),                 \
        THERE("to", DATE, "the first day that is not in it"),                                      \
        THERE("sample", INT, "debtors; 0: all"), {.name = "cost", .type = PN_SHAPE_TEXT}, {        \
        .name = "summary", .type = PN_SHAPE_LIST, .fields = SIMULATED_SUM,                         \
        .help = "null until it is done"                                                            \
    }

static const pn_shape SIMULATION_ROW_FIELDS[] = {SIMULATION_COMMON, END};
const pn_schema_object PN_SIMULATION_ROW = {"SimulationRow", SIMULATION_ROW_FIELDS,
                                            "A simulation in a list"};

static const pn_shape CHARGES[] = {TEXT("currency"), TEXT("fees"), TEXT("interest"), END};
static const pn_shape DEBTORS_BY_CONTACTS[] = {
    THERE("contacts", TEXT, "0, 1, 2, 3, 4-5, 6-10, 11+"), NUMBER("debtors"), END};
static const pn_shape DAYS[] = {THERE("by_channel", JSON, "contacts by channel"),
                                NUMBER("contacts"), DAY("day"), NUMBER("tasks"), END};
static const pn_shape ENDS[] = {NUMBER("count"), TEXT("outcome"), END};
static const pn_shape REASONS[] = {NUMBER("count"), TEXT("reason"), END};
static const pn_shape JUMPS[] = {NUMBER("count"), TEXT("strategy"), END};
static const pn_shape CATEGORIES[] = {NUMBER("count"), TEXT("category"), END};
static const pn_shape PERSON_DAYS[] = {DAY("day"), NUMBER("tasks"), END};
static const pn_shape PEOPLE[] = {DAY("busiest_day"),
                                  MANY("days", PERSON_DAYS, NULL),
                                  NUMBER("days_with_tasks"),
                                  NUMBER("most_on_a_day"),
                                  THERE("owner", TEXT, "empty: nobody's"),
                                  NUMBER("tasks"),
                                  END};
static const pn_shape TEXTS[] = {TEXT("channel"),  TEXT("purpose"), NUMBER("sent"),
                                 TEXT("template"), NUMBER("tone"),  END};
/* ── effect on payment ── */

static const char *const ASSUMPTIONS[] = {
    "observational", "span", "until_paid", "messages_only", "whole_invoices", "estimates", NULL};
static const pn_shape ASSUMED[] = {
    TEXT("says"),
    {.name = "word", .type = PN_SHAPE_WORD, .words = ASSUMPTIONS, .required = true},
    END,
};
#define COVERS                                                                                     \
    {                                                                                              \
        .name = "covers_none", .type = PN_SHAPE_BOOL, .required = true,                            \
        .help = "zero lies within it: not to be told from no effect"                               \
    }
static const pn_shape RANGE[] = {COVERS, SHARE("p10"), SHARE("p50"), SHARE("p90"), END};
static const pn_shape MONEY_RANGE[] = {COVERS, TEXT("p10"), TEXT("p50"), TEXT("p90"), END};
#define WITHIN(field, of, means)                                                                   \
    { .name = field, .type = PN_SHAPE_OBJECT, .fields = of, .required = true, .help = means }
#define EFFECT_TOLD                                                                                \
    TEXT("currency"), WITHIN("days", RANGE, "open within the span, more, per invoice"),            \
        WITHIN("money", MONEY_RANGE, "paid within the span, more"),                                \
        WITHIN("share", RANGE, "of invoices paid within the span, more; from -1 to 1")
static const pn_shape EFFECT_CURRENCIES[] = {
    THERE("amount", TEXT, "of the invoices"),
    THERE("invoices", INT, "open and known on a day of the span"),
    THERE("otherwise_written", INT, "of them, with other messages than were truly sent"),
    EFFECT_TOLD,
    THERE("truly_paid", INT, "of them, within the span"),
    TEXT("truly_paid_amount"),
    END,
};
static const pn_shape EFFECT_DIFFERENCE[] = {EFFECT_TOLD, END};
static const pn_shape EFFECT_SIZES[] = {THERE("error", JSON, "standard error"),
                                        THERE("log_odds", JSON, "of a day's payment"),
                                        THERE("of", TEXT, "days_1_3 ... tone, more"), END};
static const pn_shape EFFECT_MODEL[] = {
    NUMBER("debtors"),
    MANY("effects", EFFECT_SIZES, "empty where nothing is fitted"),
    THERE("invoices", INT, "fitted on"),
    NUMBER("messages"),
    NUMBER("messages_needed"),
    THERE("paid_after", INT, "payments within 14 days after a message"),
    THERE("paid_needed", INT, "of either"),
    THERE("paid_without", INT, "the other payments"),
    END,
};
static const pn_shape EFFECT_SPLITS[] = {
    THERE("apart_debtors", INT, "kept apart, 30 days after they came"),
    NUMBER("apart_paid"),
    TEXT("arm"),
    {.name = "compared", .type = PN_SHAPE_BOOL, .required = true, .help = "enough of both"},
    THERE("debtors", INT, "in the arm, 30 days after they came"),
    THERE("difference_bp", INT,
          "share that paid less that of those apart, hundredths of a per cent"),
    THERE("difference_high_bp", INT, "95 %"),
    NUMBER("difference_low_bp"),
    NUMBER("paid"),
    TEXT("split"),
    TEXT("strategy"),
    END,
};
static const pn_shape EFFECT[] = {
    MANY("assumptions", ASSUMED, "what the ranges rest on: tell them with these"),
    MANY("currencies", EFFECT_CURRENCIES, "against what was truly sent"),
    MANY("difference", EFFECT_DIFFERENCE,
         "this strategy less the one against it, with the same draws; empty without one"),
    {.name = "fitted", .type = PN_SHAPE_BOOL, .required = true},
    WITHIN("model", EFFECT_MODEL, "what it was fitted on"),
    MANY("splits", EFFECT_SPLITS, "what holdouts measured in the span: stronger evidence"),
    {.name = "why_not", .type = PN_SHAPE_TEXT, .help = "why there is no range"},
    END,
};

static const pn_shape PILLS[] = {NUMBER("count"), TEXT("pill"), END};
static const pn_shape RESULTS[] = {
    NUMBER("cases"),
    MANY("charges", CHARGES, NULL),
    THERE("contacts", INT, "messages of one moment count once"),
    MANY("contacts_per_debtor", DEBTORS_BY_CONTACTS, NULL),
    {.name = "cost", .type = PN_SHAPE_TEXT, .help = "where prices were given"},
    {.name = "cost_currency", .type = PN_SHAPE_TEXT, .help = "beside `cost`; older ones have none"},
    THERE("crossed_payments", INT, "messages whose money had come, and nobody knew"),
    MANY("days", DAYS, NULL),
    NUMBER("debtors"),
    NUMBER("debtors_contacted"),
    {.name = "effect",
     .type = PN_SHAPE_OBJECT,
     .fields = EFFECT,
     .help = "on payment, estimated: a range from P10 to P90; older ones have none"},
    NUMBER("endless_cases"),
    MANY("ends", ENDS, NULL),
    DAY("from"),
    NUMBER("handovers"),
    MANY("held_by_contact_law", REASONS, NULL),
    NUMBER("invoices"),
    MANY("jumps", JUMPS, NULL),
    THERE("list", JSON, "empty: see …/messages"),
    NUMBER("messages"),
    NUMBER("most_contacts_with_one_debtor"),
    MANY("people", PEOPLE, NULL),
    {.name = "pills",
     .type = PN_SHAPE_LIST,
     .fields = PILLS,
     .help = "that began beside cases; older ones have none"},
    {.name = "pills_not_led",
     .type = PN_SHAPE_LIST,
     .fields = PILLS,
     .help = "what would have begun them is not known any more"},
    MANY("skipped", REASONS, NULL),
    TEXT("strategy"),
    NUMBER("tasks"),
    MANY("tasks_by_category", CATEGORIES, NULL),
    MANY("texts", TEXTS, NULL),
    DAY("to"),
    THERE("truly_contacts", INT, "made in that time"),
    THERE("truly_tasks", INT, "opened in that time"),
    END,
};
static const pn_shape SIMULATION_FIELDS[] = {
    SIMULATION_COMMON,
    {.name = "results",
     .type = PN_SHAPE_LIST,
     .fields = RESULTS,
     .help = "one a strategy; null until it is done"},
    END,
};
const pn_schema_object PN_SIMULATION = {"Simulation", SIMULATION_FIELDS,
                                        "The past, lived again under a strategy"};

static const pn_shape MESSAGE_FIELDS[] = {
    {.name = "at", .type = PN_SHAPE_TIME, .required = true},
    TEXT("channel"),
    {.name = "claimable", .type = PN_SHAPE_AMOUNT, .required = true, .help = "asked for"},
    {.name = "crossed_payment", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    TEXT("debtor_name"),
    {.name = "invoice", .type = PN_SHAPE_ID, .id_kind = PN_ID_INVOICE, .help = "null: the account"},
    {.name = "number", .type = PN_SHAPE_TEXT},
    TEXT("template"),
    NUMBER("tone"),
    END,
};
const pn_schema_object PN_SIMULATION_MESSAGE = {"SimulationMessage", MESSAGE_FIELDS,
                                                "A message that would have been sent"};

/* ── forecasts ── */

static const pn_shape CASH_SUM[] = {TEXT("currency"),
                                    THERE("p10", INT, "at the last day, minor units"),
                                    NUMBER("p50"), NUMBER("p90"), END};
static const pn_shape FORECAST_SUM[] = {MANY("cash", CASH_SUM, NULL), NUMBER("messages"),
                                        NUMBER("tasks"), END};
#define FORECAST_COMMON                                                                            \
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_FORECAST, .required = true}, COMMON,      \
        NUMBER("days"), THERE("debtors", INT, "looked at for messages and tasks, at most"),        \
        {.name = "cost", .type = PN_SHAPE_TEXT}, {                                                 \
        .name = "summary", .type = PN_SHAPE_OBJECT, .fields = FORECAST_SUM,                        \
        .help = "null until it is done"                                                            \
    }
static const pn_shape FORECAST_ROW_FIELDS[] = {FORECAST_COMMON, END};
const pn_schema_object PN_FORECAST_ROW = {"ForecastRow", FORECAST_ROW_FIELDS,
                                          "A forecast in a list"};

static const pn_shape CASH_DAYS[] = {DAY("day"),
                                     TEXT("expected"),
                                     THERE("p10", TEXT, "at least so much in nine of ten cases"),
                                     TEXT("p50"),
                                     THERE("p90", TEXT, "in one of ten"),
                                     END};
static const pn_shape CASH[] = {
    TEXT("currency"), MANY("days", CASH_DAYS, "cumulative; empty where nothing is fitted"),
    NUMBER("invoices"), TEXT("open"), END};
static const pn_shape CALIBRATION[] = {THERE("came", JSON, "share from 0 to 1"), SHARE("foretold"),
                                       NUMBER("invoices"), END};
static const pn_shape COVERAGE[] = {NUMBER("days"),
                                    THERE("times", INT, "foretold, and known by now"),
                                    THERE("within", INT, "of them, from P10 to P90"), END};
static const pn_shape CHECK[] = {SHARE("brier"),
                                 MANY("calibration", CALIBRATION, NULL),
                                 {.name = "coverage",
                                  .type = PN_SHAPE_LIST,
                                  .fields = COVERAGE,
                                  .help = "how often the money of a week and of 30 days lay from "
                                          "P10 to P90; older ones have none"},
                                 SHARE("error_days"),
                                 DAY("fitted_until"),
                                 NUMBER("invoices"),
                                 SHARE("naive_brier"),
                                 SHARE("naive_error_days"),
                                 {.name = "pace",
                                  .type = PN_SHAPE_JSON,
                                  .help = "by how much all debtors pay faster or slower together: "
                                          "a standard deviation, logarithm"},
                                 END};
static const pn_shape LOADS[] = {THERE("by_channel", JSON, "messages by channel, means"),
                                 DAY("day"), THERE("messages", JSON, "mean"), SHARE("tasks"), END};
static const pn_shape OWNERS[] = {TEXT("owner"), SHARE("tasks"), END};
static const pn_shape FORESEEN[] = {
    MANY("cash", CASH, NULL),
    {.name = "check",
     .type = PN_SHAPE_OBJECT,
     .fields = CHECK,
     .help = "how good it was on what it had not seen"},
    {.name = "cost", .type = PN_SHAPE_TEXT, .help = "where prices were given"},
    {.name = "cost_currency", .type = PN_SHAPE_TEXT, .help = "beside `cost`; older ones have none"},
    NUMBER("days"),
    NUMBER("debtors"),
    NUMBER("debtors_looked_at"),
    {.name = "fitted", .type = PN_SHAPE_BOOL, .required = true},
    NUMBER("fitted_invoices"),
    DAY("from"),
    MANY("loads", LOADS, NULL),
    MANY("people", OWNERS, NULL),
    END,
};
static const pn_shape FORECAST_FIELDS[] = {
    FORECAST_COMMON,
    {.name = "result",
     .type = PN_SHAPE_OBJECT,
     .fields = FORESEEN,
     .help = "null until it is done"},
    END,
};
const pn_schema_object PN_FORECAST = {"Forecast", FORECAST_FIELDS,
                                      "What today's open invoices will bring, and cause"};
