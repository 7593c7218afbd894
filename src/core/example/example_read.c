/* Reading examples: every member is known, typed and bounded, and what is wrong is said with the
 * example's number and title. */
#include "core/example/example.h"

#include "base/banned.h"
#include "base/limits.h"
#include "base/sort.h"
#include "base/utf8.h"
#include "core/flow/param.h"

enum { DAY_FIRST = -400, DAY_LAST = PN_LIMIT_EXAMPLE_DAYS, EIGHT = 8 * 3600 };
enum { AMOUNT_MOST = 1000000000 }; /* major units */

typedef struct {
    pn_arena *arena;
    pn_problems *problems;
    pn_example *example;
    pn_str where; /* "Example 2 “Nobody pays”" */
    bool failed;
} reader;

static void wrong(reader *r, const char *format, ...) PN_PRINTF(2, 3);

static void wrong(reader *r, const char *format, ...) {
    va_list args;
    va_start(args, format);
    pn_str sentence = pn_str_format_args(r->arena, format, args);
    va_end(args);
    r->failed = true;
    pn_problem_add(r->problems, r->arena, PN_PROBLEM_ERROR, "example", PN_STR(""), "%.*s: %.*s",
                   PN_STR_ARG(r->where), PN_STR_ARG(sentence));
}

/* ── values ──────────────────────────────────────────────────────────────────────────────────── */

static bool check_object(reader *r, const pn_json *json, const char *what,
                         const char *const *known) {
    if (json->type != PN_JSON_OBJECT) {
        wrong(r, "%s is an object in braces.", what);
        return false;
    }
    for (size_t i = 0; i < json->count; i++) {
        bool found = false;
        for (size_t j = 0; known[j] != NULL; j++) {
            found = found || pn_str_eq(json->members[i].key, pn_str_of(known[j]));
        }
        if (!found) {
            wrong(r, "%s has no member “%.*s”.", what, PN_STR_ARG(json->members[i].key));
        }
    }
    return true;
}

static pn_str read_text(reader *r, const pn_json *object, const char *key, pn_str otherwise) {
    const pn_json *json = pn_json_get(object, pn_str_of(key));
    if (json == NULL) {
        return otherwise;
    }
    if (json->type != PN_JSON_STR || json->text.len == 0 || json->text.len > 200) {
        wrong(r, "“%s” is a text of 1 to 200 bytes.", key);
        return otherwise;
    }
    return pn_str_dup(r->arena, json->text);
}

static int32_t read_int(reader *r, const pn_json *object, const char *key, int32_t least,
                        int32_t most, int32_t otherwise) {
    const pn_json *json = pn_json_get(object, pn_str_of(key));
    if (json == NULL) {
        return otherwise;
    }
    if (json->type != PN_JSON_INT || json->integer < least || json->integer > most) {
        wrong(r, "“%s” is a whole number from %d to %d.", key, least, most);
        return otherwise;
    }
    return (int32_t)json->integer;
}

static int32_t read_day(reader *r, const pn_json *object, const char *key, int32_t otherwise) {
    return read_int(r, object, key, DAY_FIRST, DAY_LAST, otherwise);
}

static int32_t required_day(reader *r, const pn_json *object, const char *what) {
    if (pn_json_field(object, "day") == NULL) {
        wrong(r, "%s needs its \"day\", counted from day 0.", what);
    }
    return read_day(r, object, "day", 0);
}

static bool read_bool(reader *r, const pn_json *object, const char *key, bool otherwise) {
    const pn_json *json = pn_json_get(object, pn_str_of(key));
    if (json != NULL && json->type != PN_JSON_BOOL) {
        wrong(r, "“%s” is true or false.", key);
    }
    return pn_json_bool(json, otherwise);
}

/* Major units, in minor ones; 0 for the word that means all of it. */
static int64_t read_amount(reader *r, const pn_json *json, const char *key, const char *all) {
    if (all != NULL && json->type == PN_JSON_STR && pn_str_eq(json->text, pn_str_of(all))) {
        return 0;
    }
    char digits[24];
    pn_str text = json->text;
    int64_t minor = 0;
    if (json->type == PN_JSON_INT) {
        text = (pn_str){digits, pn_int64_text(json->integer, digits)};
    }
    bool number = json->type == PN_JSON_INT || json->type == PN_JSON_REAL;
    if (!number ||
        pn_amount_parse(text, r->example->currency, (pn_number_style){'.', '\0'}, &minor, NULL) !=
            PN_OK ||
        minor <= 0 || minor > (int64_t)AMOUNT_MOST * r->example->scale) {
        wrong(r, "“%s” is an amount above 0 in %.3s, with its decimals%s%s%s.", key,
              r->example->currency.code, all != NULL ? ", or \"" : "", all != NULL ? all : "",
              all != NULL ? "\"" : "");
        return 0;
    }
    return minor;
}

static int32_t read_clock(reader *r, const pn_json *object) {
    static const pn_param AT = {.name = "at", .type = PN_PARAM_CLOCK};
    const pn_json *json = pn_json_field(object, "at");
    pn_param_value value = {.number = EIGHT};
    if (json != NULL &&
        pn_param_parse(&AT, json, PN_SUBJECT_ACCOUNT, r->arena, &value, NULL) != PN_OK) {
        wrong(r, "“at” is a time of day like \"16:30\".");
    }
    return (int32_t)value.number;
}

/* {"segmento": "consumo", "cupo": 3000} */
static void read_attrs(reader *r, const pn_json *object, const pn_attr **ret_attrs,
                       size_t *ret_count) {
    const pn_json *json = pn_json_field(object, "attrs");
    if (json == NULL) {
        return;
    }
    if (json->type != PN_JSON_OBJECT || json->count > PN_LIMIT_ATTRIBUTES) {
        wrong(r, "“attrs” is an object of at most %d attributes.", PN_LIMIT_ATTRIBUTES);
        return;
    }
    pn_attr *attrs = pn_arena_array(r->arena, pn_attr, json->count + 1U);
    for (size_t i = 0; i < json->count; i++) {
        const pn_json *value = &json->members[i].value;
        char digits[24];
        pn_str text = value->text;
        if (value->type == PN_JSON_INT) {
            text = (pn_str){digits, pn_int64_text(value->integer, digits)};
        } else if (value->type == PN_JSON_BOOL) {
            text = value->boolean ? PN_STR("true") : PN_STR("false");
        } else if (value->type != PN_JSON_STR && value->type != PN_JSON_REAL) {
            wrong(r, "The attribute “%.*s” is a text, a number, true or false.",
                  PN_STR_ARG(json->members[i].key));
            continue;
        }
        attrs[i] = pn_attr_read(pn_str_dup(r->arena, text), r->arena);
        attrs[i].key = pn_str_dup(r->arena, json->members[i].key);
    }
    *ret_attrs = attrs;
    *ret_count = json->count;
}

/* A list of so many objects; NULL when it is none. */
static const pn_json *read_list(reader *r, const pn_json *object, const char *key) {
    const pn_json *json = pn_json_get(object, pn_str_of(key));
    if (json == NULL) {
        return NULL;
    }
    if (json->type != PN_JSON_ARRAY || json->count > PN_LIMIT_EXAMPLE_ENTRIES) {
        wrong(r, "“%s” is a list of at most %d entries.", key, PN_LIMIT_EXAMPLE_ENTRIES);
        return NULL;
    }
    return json;
}

/* ── what is given ───────────────────────────────────────────────────────────────────────────── */

static pn_str read_country(reader *r, const pn_json *object, pn_str otherwise) {
    pn_str code = read_text(r, object, "country", otherwise);
    if (code.len != 2 || !pn_is_alpha(code.ptr[0]) || !pn_is_alpha(code.ptr[1])) {
        wrong(r, "“country” is two letters like \"ES\".");
        return otherwise;
    }
    return code;
}

static void read_debtor(reader *r, const pn_json *json) {
    static const char *const KEYS[] = {
        "country",       "region",          "kind",        "language",   "email",
        "phone",         "owner",           "salesperson", "grace_days", "attrs",
        "promises_kept", "promises_broken", "external_id", "name",       NULL};
    static const pn_json NOTHING = {.type = PN_JSON_OBJECT};
    json = json != NULL ? json : &NOTHING;
    pn_debtor_fact *d = &r->example->debtor;
    d->country = PN_STR("ES");
    if (!check_object(r, json, "“debtor”", KEYS)) {
        return;
    }
    d->country = read_country(r, json, PN_STR("ES"));
    d->region = read_text(r, json, "region", PN_STR(""));
    d->language = read_text(r, json, "language", PN_STR("es"));
    d->name = pn_utf8_fold(r->arena, read_text(r, json, "name", PN_STR("Cliente")), false);
    d->external_id =
        pn_utf8_fold(r->arena, read_text(r, json, "external_id", PN_STR("C-1")), false);
    d->owner = pn_utf8_fold(r->arena, read_text(r, json, "owner", PN_STR("")), false);
    d->salesperson = pn_utf8_fold(r->arena, read_text(r, json, "salesperson", PN_STR("")), false);
    d->grace_days = read_int(r, json, "grace_days", 0, 365, 0);
    d->promises_kept = read_int(r, json, "promises_kept", 0, 1000, 0);
    d->promises_broken = read_int(r, json, "promises_broken", 0, 1000, 0);
    d->channels =
        (read_bool(r, json, "email", true) ? 1U << PN_CHANNEL_EMAIL : 0) |
        (read_bool(r, json, "phone", true) ? 1U << PN_CHANNEL_SMS | 1U << PN_CHANNEL_CALL : 0);
    pn_str kind = d->kind = read_text(r, json, "kind", PN_STR("company"));
    r->example->person = pn_str_is(kind, "person");
    if (!r->example->person && !pn_str_is(kind, "company")) {
        wrong(r, "“kind” is \"company\" or \"person\".");
    }
    read_attrs(r, json, &d->attrs, &d->attr_count);
}

static void read_creditor(reader *r, const pn_json *json) {
    static const char *const KEYS[] = {"country", "name", "interest", "third_party", NULL};
    pn_creditor_fact *c = &r->example->creditor;
    c->country = r->example->debtor.country;
    c->name = PN_STR("acreedor");
    if (json == NULL || !check_object(r, json, "“creditor”", KEYS)) {
        return;
    }
    int64_t rate = 0;
    const pn_json *interest = pn_json_field(json, "interest");
    if (interest != NULL && pn_param_percent(interest, &rate, NULL) != PN_OK) {
        wrong(r, "“interest” is the agreed yearly percentage.");
    }
    c->interest_bp = (int32_t)rate;
    r->example->third_party = read_bool(r, json, "third_party", false);
    c->country = read_country(r, json, r->example->debtor.country);
    c->name = pn_utf8_fold(r->arena, read_text(r, json, "name", PN_STR("acreedor")), false);
}

static void read_invoice(reader *r, const pn_json *json, pn_example_invoice *invoice) {
    static const char *const KEYS[] = {"number",  "amount",        "due",      "issued", "arrives",
                                       "product", "tone_received", "tone_day", "attrs",  NULL};
    if (!check_object(r, json, "An invoice", KEYS)) {
        return;
    }
    const pn_json *amount = pn_json_field(json, "amount");
    invoice->number = read_text(r, json, "number", invoice->number);
    invoice->product = pn_utf8_fold(r->arena, read_text(r, json, "product", PN_STR("")), false);
    invoice->amount = amount != NULL ? read_amount(r, amount, "amount", NULL) : invoice->amount;
    invoice->due_day = read_day(r, json, "due", 0);
    invoice->issued_day = read_day(r, json, "issued", invoice->due_day - 30);
    invoice->arrives_day = read_day(r, json, "arrives", invoice->issued_day);
    invoice->tone = (unsigned)read_int(r, json, "tone_received", 0, 5, 0);
    invoice->tone_day = read_day(r, json, "tone_day", invoice->due_day);
    read_attrs(r, json, &invoice->attrs, &invoice->attr_count);
}

/* Without invoices there is one. */
static void read_invoices(reader *r, const pn_json *object) {
    pn_example *e = r->example;
    const pn_json *list = read_list(r, object, "invoices");
    e->invoice_count = list != NULL && list->count != 0 ? list->count : 1;
    e->invoices = pn_arena_array(r->arena, pn_example_invoice, e->invoice_count);
    for (size_t i = 0; i < e->invoice_count; i++) {
        e->invoices[i] = (pn_example_invoice){.number = pn_str_format(r->arena, "F-%zu", i + 1),
                                              .amount = (int64_t)1000 * e->scale,
                                              .issued_day = -30,
                                              .arrives_day = -30};
        if (list != NULL && list->count != 0) {
            read_invoice(r, &list->items[i], &e->invoices[i]);
        }
    }
}

static void read_arms(reader *r, const pn_json *json) {
    if (json == NULL) {
        return;
    }
    if (json->type != PN_JSON_OBJECT || json->count > PN_LIMIT_NODE_EXITS) {
        wrong(r, "“arms” is an object: the arm of each split by its key.");
        return;
    }
    r->example->arms = pn_arena_array(r->arena, pn_arm_fact, json->count + 1U);
    for (size_t i = 0; i < json->count; i++) {
        pn_str key = json->members[i].key;
        r->example->arms[r->example->arm_count++] =
            (pn_arm_fact){.key = pn_str_dup(r->arena, key),
                          .arm = read_text(r, json, pn_str_z(r->arena, key), PN_STR(""))};
    }
}

/* ── what is done ────────────────────────────────────────────────────────────────────────────── */

typedef enum { TAKES_TRUE, TAKES_BOOL, TAKES_AMOUNT, TAKES_CATEGORY } takes;

static const struct {
    const char *key;
    takes takes;
} DEEDS[] = {
    [PN_DEED_PAYS] = {"pays", TAKES_AMOUNT},
    [PN_DEED_CREDITED] = {"credited", TAKES_AMOUNT},
    [PN_DEED_RETURNED] = {"returned", TAKES_TRUE},
    [PN_DEED_PROMISES] = {"promises", TAKES_AMOUNT},
    [PN_DEED_DISPUTES] = {"disputes", TAKES_AMOUNT},
    [PN_DEED_SETTLED] = {"settled", TAKES_TRUE},
    [PN_DEED_BOUNCES] = {"bounces", TAKES_TRUE},
    [PN_DEED_REPLIES] = {"replies", TAKES_TRUE},
    [PN_DEED_ANSWERED] = {"answered", TAKES_TRUE},
    [PN_DEED_READS] = {"reads", TAKES_TRUE},
    [PN_DEED_VISITS] = {"visits", TAKES_TRUE},
    [PN_DEED_TRIES] = {"tries", TAKES_TRUE},
    [PN_DEED_TASK] = {"task", TAKES_CATEGORY},
    [PN_DEED_PAUSED] = {"paused", TAKES_TRUE},
    [PN_DEED_RESUMED] = {"resumed", TAKES_TRUE},
    [PN_DEED_EMAIL] = {"email", TAKES_BOOL},
};

static void read_deed_value(reader *r, const pn_json *json, size_t kind, pn_deed *deed) {
    const char *key = DEEDS[kind].key;
    const pn_json *value = pn_json_get(json, pn_str_of(key));
    switch (DEEDS[kind].takes) {
    case TAKES_AMOUNT: deed->amount = read_amount(r, value, key, "all"); break;
    case TAKES_CATEGORY: deed->task = read_text(r, json, key, PN_STR("")); break;
    case TAKES_BOOL: deed->on = read_bool(r, json, key, true); break;
    case TAKES_TRUE:
        if (value->type != PN_JSON_BOOL || !value->boolean) {
            wrong(r, "“%s” is written with true, or not at all.", key);
        }
        break;
    }
}

static void read_deed(reader *r, const pn_json *json, pn_deed *deed) {
    static const char *const KEYS[] = {
        "day",      "at",       "invoice", "by",      "outcome", "pays",     "credited", "returned",
        "promises", "disputes", "settled", "bounces", "replies", "answered", "reads",    "visits",
        "tries",    "task",     "paused",  "resumed", "email",   NULL};
    if (!check_object(r, json, "An event", KEYS)) {
        return;
    }
    size_t found = 0;
    deed->day = required_day(r, json, "An event");
    deed->second = read_clock(r, json);
    deed->invoice = read_text(r, json, "invoice", PN_STR(""));
    deed->outcome = read_text(r, json, "outcome", PN_STR("done"));
    deed->by_day = read_day(r, json, "by", deed->day);
    for (size_t i = 0; i < PN_COUNT(DEEDS); i++) {
        if (pn_json_get(json, pn_str_of(DEEDS[i].key)) != NULL) {
            deed->kind = (pn_deed_kind)i;
            read_deed_value(r, json, i, deed);
            found++;
        }
    }
    if (found != 1) {
        wrong(r, "Each event says one thing that is done: {\"day\": 3, \"pays\": \"all\"}.");
    }
    if (deed->kind == PN_DEED_PROMISES && pn_json_field(json, "by") == NULL) {
        wrong(r, "A promise needs the day “by” which it is to be paid.");
    }
    for (size_t i = 0, known = 0; deed->invoice.len != 0 && known == 0; i++) {
        if (i == r->example->invoice_count) {
            wrong(r, "There is no invoice “%.*s” in this example.", PN_STR_ARG(deed->invoice));
            break;
        }
        known = pn_str_eq(r->example->invoices[i].number, deed->invoice);
    }
}

static int by_time(const void *a, const void *b) {
    const pn_deed *x = a, *y = b;
    return x->day != y->day ? (x->day > y->day) - (x->day < y->day)
                            : (x->second > y->second) - (x->second < y->second);
}

static void read_deeds(reader *r, const pn_json *object) {
    const pn_json *list = read_list(r, object, "events");
    if (list == NULL) {
        return;
    }
    pn_example *e = r->example;
    e->deeds = pn_arena_array(r->arena, pn_deed, list->count + 1U);
    e->deed_count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        read_deed(r, &list->items[i], &e->deeds[i]);
    }
    pn_sort(e->deeds, e->deed_count, sizeof *e->deeds, by_time, r->arena);
}

/* ── what is expected ────────────────────────────────────────────────────────────────────────── */

static void read_expectation(reader *r, const pn_json *json, pn_happening *expected) {
    static const char *const KEYS[] = {"day",  "mail", "task",    "handover", "interest", "fee",
                                       "jump", "end",  "skipped", "phase",    "note",     "notify",
                                       "pill", "tone", "title",   "why",      NULL};
    if (!check_object(r, json, "An expectation", KEYS)) {
        return;
    }
    size_t found = 0;
    expected->day = required_day(r, json, "An expectation");
    expected->at = PN_TIME_NONE;
    expected->currency = r->example->currency;
    for (int kind = PN_HAPPENS_MAIL; kind <= PN_HAPPENS_PILL; kind++) {
        const char *key = pn_happening_name((pn_happening_kind)kind);
        const pn_json *value = pn_json_get(json, pn_str_of(key));
        if (value == NULL) {
            continue;
        }
        expected->kind = (pn_happening_kind)kind;
        found++;
        if (kind == PN_HAPPENS_INTEREST || kind == PN_HAPPENS_FEE) {
            expected->amount = read_amount(r, value, key, NULL);
        } else {
            expected->word = read_text(r, json, key, PN_STR(""));
        }
    }
    if (found != 1) {
        wrong(r, "Each expectation says one thing: {\"day\": 3, \"mail\": \"recordatorio\"}.");
    }
    expected->tone = (unsigned)read_int(r, json, "tone", 1, 5, 0);
    expected->title =
        read_text(r, json, expected->kind == PN_HAPPENS_SKIPPED ? "why" : "title", PN_STR(""));
    bool toned = expected->kind == PN_HAPPENS_MAIL;
    bool titled = expected->kind == PN_HAPPENS_TASK;
    bool reasoned = expected->kind == PN_HAPPENS_SKIPPED;
    if ((expected->tone != 0 && !toned) || (pn_json_field(json, "title") != NULL && !titled) ||
        (pn_json_field(json, "why") != NULL && !reasoned)) {
        wrong(r, "“tone” belongs to a mail, “title” to a task, “why” to what is skipped.");
    }
}

static void read_expectations(reader *r, const pn_json *object) {
    const pn_json *list = read_list(r, object, "expect");
    if (pn_json_field(object, "expect") == NULL) {
        wrong(r, "It expects nothing: say so with \"expect\": [].");
    }
    if (list == NULL) {
        return;
    }
    pn_example *e = r->example;
    e->expected = pn_arena_array(r->arena, pn_happening, list->count + 1U);
    e->expected_count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        read_expectation(r, &list->items[i], &e->expected[i]);
        if (i != 0 && e->expected[i].day < e->expected[i - 1].day) {
            wrong(r, "Expectations stand in the order of their days; %d comes after %d.",
                  e->expected[i].day, e->expected[i - 1].day);
        }
    }
}

/* ── the whole ───────────────────────────────────────────────────────────────────────────────── */

static void read_money(reader *r, const pn_json *json) {
    pn_example *e = r->example;
    pn_str code = read_text(r, json, "currency", PN_STR("EUR"));
    if (pn_currency_parse(code, &e->currency) != PN_OK) {
        wrong(r, "“currency” is a code like \"EUR\".");
        memcpy(e->currency.code, "EUR", 3);
    }
    e->scale = pn_currency_unit(e->currency);
}

static void read_example(reader *r, const pn_json *json) {
    static const char *const KEYS[] = {"title",  "day_0",    "until",    "starts",
                                       "debtor", "creditor", "currency", "invoices",
                                       "arms",   "events",   "expect",   NULL};
    pn_example *e = r->example;
    if (!check_object(r, json, "An example", KEYS)) {
        return;
    }
    if (pn_json_field(json, "title") == NULL) {
        wrong(r, "It needs a \"title\" that says what it shows.");
    }
    e->title = read_text(r, json, "title", PN_STR(""));
    pn_str day = read_text(r, json, "day_0", PN_STR("2026-06-02"));
    if (pn_date_parse_iso(day, &e->day_0) != PN_OK) {
        wrong(r, "“day_0” is a date like \"2026-06-02\".");
    }
    e->until_day = read_day(r, json, "until", 400);
    e->enrolled = pn_json_field(json, "starts") != NULL;
    e->starts_day = read_day(r, json, "starts", 0);
    read_money(r, json);
    read_debtor(r, pn_json_field(json, "debtor"));
    read_creditor(r, pn_json_field(json, "creditor"));
    read_invoices(r, json);
    read_arms(r, pn_json_field(json, "arms"));
    read_deeds(r, json);
    read_expectations(r, json);
}

void pn_examples_read(const pn_json *document, pn_arena *arena, pn_problems *problems,
                      pn_example **ret_examples, size_t *ret_count) {
    const pn_json *list = pn_json_field(document, "examples");
    *ret_examples = NULL;
    *ret_count = 0;
    if (list == NULL) {
        return;
    }
    if (list->type != PN_JSON_ARRAY || list->count > PN_LIMIT_EXAMPLES) {
        pn_problem_add(problems, arena, PN_PROBLEM_ERROR, "example", PN_STR(""),
                       "“examples” is a list of at most %d examples.", PN_LIMIT_EXAMPLES);
        return;
    }
    *ret_examples = pn_arena_array(arena, pn_example, list->count + 1U);
    for (size_t i = 0; i < list->count; i++) {
        pn_str title = pn_json_text(pn_json_field(&list->items[i], "title"), PN_STR(""));
        title = title.len <= 200 ? title : PN_STR("");
        pn_str where = pn_str_format(arena, "Example %zu “%.*s”", i + 1, PN_STR_ARG(title));
        reader r = {.arena = arena,
                    .problems = problems,
                    .example = &(*ret_examples)[*ret_count],
                    .where = where};
        *r.example = (pn_example){0};
        read_example(&r, &list->items[i]);
        *ret_count += !r.failed;
    }
}
