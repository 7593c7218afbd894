/* Reading a policy: one table of fields, which is also its reference, and a reader for each kind of
 * rule. */
#include "core/flow/param.h"
#include "core/policy.h"

#include "base/banned.h"

typedef struct {
    pn_arena *arena;
    pn_diag *diag;
    pn_policy *policy;
} parser;

/* ── the fields there are ────────────────────────────────────────────────────────────────────── */

/* Sections whose rules have a scope share its fields. */
typedef struct {
    const char *section; /* "" the document itself, "scope" every rule's */
    const char *key;
    const char *value;
    const char *help;
} field;

static const field FIELDS[] = {
    {"", "puntual", "1", "the version of this language"},
    {"", "kind", "\"policy\"", "what the document is"},
    {"", "name", "text", "the policy's name; a pack's is its country's code in small letters"},
    {"", "title", "text", "for people"},
    {"", "version", "text", "a published version never changes; a change is a new version"},
    {"", "country", "two letters", "the country it is for; none for any"},
    {"", "base", "text",
     "the pack that it rests on: what that forbids cannot be opened here, and is refused when this "
     "is published"},
    {"", "from", "date", "in force from this day (default always)"},
    {"", "holidays", "\"avoid\" or \"ignore\"",
     "whether windows are shut on public holidays (default \"avoid\")"},
    {"", "sources", "object", "what rules rest on, by a key of its own"},
    {"", "notes", "list of texts", "what people should know and no rule can say"},
    {"", "windows", "list", "when which channels are open; shut where no window is"},
    {"", "caps", "list", "how many contacts a period may have"},
    {"", "gaps", "list", "what lies between one contact and the next"},
    {"", "consent", "list", "where a consent must have been given before"},
    {"", "opt_out", "list", "where an opt-out by one channel shuts others too"},
    {"", "texts", "list", "what a message must carry"},
    {"", "protect", "list", "how protected debtors are treated"},
    {"", "minimum", "object",
     "by currency, the amount below which nobody is chased: `{\"EUR\": \"3.00\"}`"},
    {"scope", "channels", "list", "email, sms, whatsapp, push, call, letter, http (default all)"},
    {"scope", "applies", "\"person\", \"company\" or \"all\"",
     "whom the rule protects (default \"all\"); a debtor of whom it is not known is a person"},
    {"scope", "party", "\"own\", \"third_party\" or \"all\"",
     "for claims of one's own, or collected for somebody else (default \"all\")"},
    {"scope", "purposes", "\"demand\" or \"all\"",
     "what the message is for (default \"demand\"; for windows \"all\")"},
    {"scope", "regions", "list", "ISO 3166-2 codes without the country (default everywhere)"},
    {"scope", "since", "date", "the rule holds from this local day on"},
    {"scope", "until", "date", "the rule holds up to this local day"},
    {"scope", "source", "text", "a key of “sources”; free text in a policy that has no “sources”"},
    {"sources", "text", "text",
     "the law and its article, then a colon and what it says; verdicts name what stands before the "
     "colon"},
    {"sources", "url", "text", "where it can be read"},
    {"sources", "basis", "\"law\", \"guidance\", \"practice\" or \"unconfirmed\"",
     "what it is worth: a law; an authority's word; custom; not confirmed by its own text"},
    {"sources", "in_force", "date", "since when it is in force"},
    {"sources", "checked", "date", "when somebody last looked it up"},
    {"windows", "weekdays", "list", "mon, tue, wed, thu, fri, sat, sun"},
    {"windows", "from", "\"09:00\"", "opens at this time of the debtor's clocks"},
    {"windows", "to", "\"21:00\"", "shuts at this time; \"24:00\" is midnight"},
    {"windows", "holidays", "\"avoid\" or \"ignore\"", "for this window alone"},
    {"caps", "max", "1–8784", "so many contacts"},
    {"caps", "days", "1–31", "in so many consecutive local days, today included"},
    {"caps", "per", "\"person\", \"creditor\" or \"debt\"",
     "which contacts count: all with the debtor (default), those for the same creditor, those "
     "about the same account"},
    {"caps", "count", "\"contacts\" or \"channels\"",
     "with \"channels\", different channels are counted: one a week means that the week's first "
     "channel is its only one (default \"contacts\")"},
    {"gaps", "hours", "1–744", "at least so many hours"},
    {"gaps", "days", "1–31",
     "or: not before so many local days after the day of the one before (its day is day one of "
     "them)"},
    {"gaps", "per", "\"person\", \"creditor\" or \"debt\"", "as with caps"},
    {"gaps", "after", "\"contact\" or \"conversation\"",
     "counted from the last contact by the scope's channels (default), or from the last "
     "conversation with the debtor by any channel"},
    {"texts", "name", "text", "a name of its own"},
    {"texts", "needs", "list",
     "tax_id, address, phone, email: particulars of the creditor without which the message does "
     "not leave"},
    {"texts", "words", "object",
     "by language (\"es\", \"pt\", \"en\"), a text in the template language; a debtor whose "
     "language is missing gets the first"},
    {"protect", "kind",
     "\"vulnerable\", \"bankruptcy\", \"attorney\", \"deceased\", \"cease\" or \"minor\"",
     "why the debtor is protected"},
    {"protect", "do", "\"never\", \"task\", \"representative\", \"only\" or \"nothing\"",
     "nothing is sent; the same, and a person is given a task; only to who represents them; only "
     "by the scope's “channels”; no effect"},
};

static const char *const SECTIONS[] = {"windows", "caps",  "gaps",   "consent",
                                       "opt_out", "texts", "protect"};

static bool has_scope(const char *section) {
    for (size_t i = 0; i < PN_COUNT(SECTIONS); i++) {
        if (strcmp(section, SECTIONS[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_field(const char *section, pn_str key) {
    for (size_t i = 0; i < PN_COUNT(FIELDS); i++) {
        bool here = strcmp(FIELDS[i].section, section) == 0 ||
                    (strcmp(FIELDS[i].section, "scope") == 0 && has_scope(section));
        if (here && pn_str_eq(key, pn_str_of(FIELDS[i].key))) {
            return true;
        }
    }
    return false;
}

static void list_fields(const char *section, pn_buf *out) {
    pn_buf_add_z(out, "\n| field | value | |\n| --- | --- | --- |\n");
    for (size_t i = 0; i < PN_COUNT(FIELDS); i++) {
        if (strcmp(FIELDS[i].section, section) == 0) {
            pn_buf_add_format(out, "| `%s` | %s | %s |\n", FIELDS[i].key, FIELDS[i].value,
                              FIELDS[i].help);
        }
    }
}

void pn_policy_reference(pn_buf *out) {
    static const struct {
        const char *section, *title;
    } PARTS[] = {{"", "The document"},
                 {"sources", "`sources`: each entry"},
                 {"scope", "The scope of a rule"},
                 {"windows", "`windows`, besides the scope"},
                 {"caps", "`caps`, besides the scope"},
                 {"gaps", "`gaps`, besides the scope: either `hours` or `days`"},
                 {"texts", "`texts`, besides the scope"},
                 {"protect", "`protect`, besides the scope"}};
    for (size_t i = 0; i < PN_COUNT(PARTS); i++) {
        pn_buf_add_format(out, "%s### %s\n", i == 0 ? "" : "\n", PARTS[i].title);
        list_fields(PARTS[i].section, out);
    }
}

/* ── values ──────────────────────────────────────────────────────────────────────────────────── */

static pn_err refuse(parser *p, const char *where, const char *what) {
    pn_err err = pn_diag_set(p->diag, PN_INVALID, "%s", what);
    pn_diag_where(p->diag, "policy %.*s, %s", PN_STR_ARG(p->policy->name),
                  where[0] == '\0' ? "head" : where);
    return err;
}

static pn_err check_fields(parser *p, const pn_json *json, const char *section) {
    if (json->type != PN_JSON_OBJECT) {
        return refuse(p, section, "An object in braces is expected here.");
    }
    for (size_t i = 0; i < json->count; i++) {
        if (!is_field(section, json->members[i].key)) {
            pn_str what = pn_str_format(p->arena, "There is no field “%.*s”.",
                                        PN_STR_ARG(json->members[i].key));
            return refuse(p, section, pn_str_z(p->arena, what));
        }
    }
    return PN_OK;
}

/* A word of the document; what is no text is refused, not taken for the default. */
static pn_err read_word(parser *p, const pn_json *json, const char *where, const char *name,
                        pn_str otherwise, pn_str *ret_word) {
    const pn_json *value = pn_json_get(json, pn_str_of(name));
    if (value != NULL && value->type != PN_JSON_STR) {
        pn_str what = pn_str_format(p->arena, "“%s” must be a text.", name);
        return refuse(p, where, pn_str_z(p->arena, what));
    }
    *ret_word = pn_str_dup(p->arena, pn_json_text(value, otherwise));
    return PN_OK;
}

/* One of `count` words; `ret_index` says which. The sentence lists them. */
static pn_err read_choice(parser *p, const pn_json *json, const char *where, const char *name,
                          const char *const *words, size_t count, size_t *ret_index) {
    pn_str text;
    PN_TRY(read_word(p, json, where, name, pn_str_of(words[0]), &text));
    for (size_t i = 0; i < count; i++) {
        if (pn_str_eq(text, pn_str_of(words[i]))) {
            *ret_index = i;
            return PN_OK;
        }
    }
    pn_buf what;
    pn_buf_init(&what, 300);
    pn_buf_add_format(&what, "“%s” is ", name);
    for (size_t i = 0; i < count; i++) {
        pn_buf_add_format(&what, "%s\"%s\"",
                          i == 0           ? ""
                          : i + 1 == count ? " or "
                                           : ", ",
                          words[i]);
    }
    pn_buf_add_char(&what, '.');
    const char *sentence = pn_str_z(p->arena, pn_buf_str(&what));
    pn_buf_done(&what);
    return refuse(p, where, sentence);
}

static pn_err read_day(parser *p, const pn_json *json, const char *where, const char *name,
                       pn_date otherwise, pn_date *ret_day) {
    const pn_json *value = pn_json_get(json, pn_str_of(name));
    *ret_day = otherwise;
    if (value != NULL && pn_date_parse_iso(pn_json_text(value, PN_STR("")), ret_day) != PN_OK) {
        pn_str what = pn_str_format(p->arena, "“%s” is a date like \"2026-01-01\".", name);
        return refuse(p, where, pn_str_z(p->arena, what));
    }
    return PN_OK;
}

static pn_err read_count(parser *p, const pn_json *json, const char *where, const char *what,
                         int32_t *ret_number) {
    if (json == NULL || json->type != PN_JSON_INT || json->integer < 1 || json->integer > 8784) {
        return refuse(p, where, what);
    }
    *ret_number = (int32_t)json->integer;
    return PN_OK;
}

/* A list of texts on the arena; none where the field is missing. */
static pn_err read_texts(parser *p, const pn_json *json, const char *where, const char *name,
                         const pn_str **ret_list, size_t *ret_count) {
    const pn_json *list = pn_json_get(json, pn_str_of(name));
    *ret_count = 0;
    if (list == NULL) {
        return PN_OK;
    }
    bool good = list->type == PN_JSON_ARRAY && list->count > 0 && list->count <= 100;
    pn_str *texts = pn_arena_array(p->arena, pn_str, good ? list->count : 1);
    for (size_t i = 0; good && i < list->count; i++) {
        good = list->items[i].type == PN_JSON_STR;
        texts[i] = pn_json_text(&list->items[i], PN_STR(""));
    }
    if (!good) {
        pn_str what = pn_str_format(p->arena, "“%s” is a list of 1 to 100 texts.", name);
        return refuse(p, where, pn_str_z(p->arena, what));
    }
    *ret_list = texts;
    *ret_count = list->count;
    return PN_OK;
}

/* ── scopes ──────────────────────────────────────────────────────────────────────────────────── */

static pn_err read_channels(parser *p, const pn_json *json, const char *where,
                            uint32_t *ret_channels) {
    if (json == NULL) {
        *ret_channels = UINT32_MAX;
        return PN_OK;
    }
    uint32_t channels = 0;
    for (size_t i = 0; json->type == PN_JSON_ARRAY && i < json->count; i++) {
        pn_channel_kind kind = pn_channel_kind_of(pn_json_text(&json->items[i], PN_STR("")));
        if (kind == PN_CHANNEL_NONE) {
            return refuse(p, where,
                          "“channels” lists email, sms, whatsapp, push, call, letter, http.");
        }
        channels |= 1U << kind;
    }
    if (channels == 0) {
        return refuse(p, where, "“channels” must be a list with at least one channel.");
    }
    *ret_channels = channels;
    return PN_OK;
}

static pn_err read_source(parser *p, const pn_json *json, const char *where,
                          pn_policy_scope *scope) {
    PN_TRY(read_word(p, json, where, "source", PN_STR(""), &scope->source));
    if (scope->source.len == 0 || p->policy->source_count == 0) {
        return PN_OK;
    }
    for (size_t i = 0; i < p->policy->source_count; i++) {
        if (pn_str_eq(p->policy->sources[i].key, scope->source)) {
            scope->cited = &p->policy->sources[i];
            scope->source = scope->cited->text;
            return PN_OK;
        }
    }
    pn_str what =
        pn_str_format(p->arena, "“sources” has no entry “%.*s”.", PN_STR_ARG(scope->source));
    return refuse(p, where, pn_str_z(p->arena, what));
}

static pn_err read_scope(parser *p, const pn_json *json, const char *where, size_t purposes,
                         pn_policy_scope *scope) {
    static const char *const APPLIES[] = {"all", "person", "company"};
    static const char *const PARTIES[] = {"all", "own", "third_party"};
    static const char *const PURPOSES[] = {"demand", "all"};
    static const unsigned BITS[] = {3, 1, 2};
    size_t applies = 0, party = 0;
    PN_TRY(check_fields(p, json, where));
    PN_TRY(read_channels(p, pn_json_field(json, "channels"), where, &scope->channels));
    PN_TRY(read_choice(p, json, where, "applies", APPLIES, 3, &applies));
    PN_TRY(read_choice(p, json, where, "party", PARTIES, 3, &party));
    if (pn_json_field(json, "purposes") != NULL) {
        PN_TRY(read_choice(p, json, where, "purposes", PURPOSES, 2, &purposes));
    }
    scope->applies = BITS[applies];
    scope->parties = BITS[party];
    scope->purposes = purposes == 0 ? PN_PURPOSES_DEMAND : PN_PURPOSES_ALL;
    PN_TRY(read_day(p, json, where, "since", INT32_MIN, &scope->since));
    PN_TRY(read_day(p, json, where, "until", INT32_MAX, &scope->until));
    if (scope->since > scope->until) {
        return refuse(p, where, "“since” must not be later than “until”.");
    }
    PN_TRY(read_texts(p, json, where, "regions", &scope->regions, &scope->region_count));
    return read_source(p, json, where, scope);
}

static pn_err read_per(parser *p, const pn_json *json, const char *where, pn_per *ret_per) {
    static const char *const WORDS[] = {"person", "creditor", "debt"};
    size_t index = 0;
    PN_TRY(read_choice(p, json, where, "per", WORDS, 3, &index));
    *ret_per = (pn_per)index;
    return PN_OK;
}

/* ── rules ───────────────────────────────────────────────────────────────────────────────────── */

static pn_err read_holidays(parser *p, const pn_json *json, const char *where, bool otherwise,
                            bool *ret_open) {
    static const char *const WORDS[] = {"avoid", "ignore"};
    size_t index = 0;
    *ret_open = otherwise;
    if (pn_json_field(json, "holidays") != NULL) {
        PN_TRY(read_choice(p, json, where, "holidays", WORDS, 2, &index));
        *ret_open = index == 1;
    }
    return PN_OK;
}

static pn_err read_window(parser *p, const pn_json *json, bool holidays_open,
                          pn_policy_window *window) {
    static const pn_param DAYS = {.name = "weekdays", .type = PN_PARAM_WEEKDAYS};
    static const pn_param FROM = {.name = "from", .type = PN_PARAM_CLOCK};
    PN_TRY(read_scope(p, json, "windows", 1, &window->scope));
    PN_TRY(read_holidays(p, json, "windows", holidays_open, &window->holidays));
    const pn_json *days = pn_json_field(json, "weekdays");
    const pn_json *from = pn_json_field(json, "from");
    const pn_json *to = pn_json_field(json, "to");
    if (days == NULL || from == NULL || to == NULL) {
        return refuse(p, "windows", "A window needs \"weekdays\", \"from\" and \"to\".");
    }
    pn_param_value value = {0};
    PN_TRY(pn_param_parse(&DAYS, days, PN_SUBJECT_INVOICE, p->arena, &value, p->diag));
    window->weekdays = (uint8_t)value.number;
    PN_TRY(pn_param_parse(&FROM, from, PN_SUBJECT_INVOICE, p->arena, &value, p->diag));
    window->from_second = (int32_t)value.number;
    if (pn_str_is(pn_json_text(to, PN_STR("")), "24:00")) {
        window->to_second = 86400;
    } else {
        PN_TRY(pn_param_parse(&FROM, to, PN_SUBJECT_INVOICE, p->arena, &value, p->diag));
        window->to_second = (int32_t)value.number;
    }
    if (window->from_second >= window->to_second) {
        return refuse(p, "windows", "A window's \"from\" must be earlier than its \"to\".");
    }
    return PN_OK;
}

static pn_err read_cap(parser *p, const pn_json *json, pn_policy_cap *cap) {
    static const char *const COUNTS[] = {"contacts", "channels"};
    size_t counts = 0;
    PN_TRY(read_scope(p, json, "caps", 0, &cap->scope));
    PN_TRY(read_per(p, json, "caps", &cap->per));
    PN_TRY(read_choice(p, json, "caps", "count", COUNTS, 2, &counts));
    cap->channels = counts == 1;
    PN_TRY(read_count(p, pn_json_field(json, "max"), "caps",
                      "A cap needs \"max\": how many contacts.", &cap->max));
    PN_TRY(read_count(p, pn_json_field(json, "days"), "caps",
                      "A cap needs \"days\": in how many days.", &cap->days));
    if (cap->days > 31) { /* no older contacts are looked at */
        return refuse(p, "caps", "A cap looks back 31 days at most.");
    }
    return PN_OK;
}

static pn_err read_gap(parser *p, const pn_json *json, pn_policy_gap *gap) {
    static const char *const AFTER[] = {"contact", "conversation"};
    static const char NEEDS[] =
        "A gap needs \"hours\" or \"days\": the least time between two contacts.";
    size_t after = 0;
    PN_TRY(read_scope(p, json, "gaps", 0, &gap->scope));
    PN_TRY(read_per(p, json, "gaps", &gap->per));
    PN_TRY(read_choice(p, json, "gaps", "after", AFTER, 2, &after));
    gap->conversation = after == 1;
    const pn_json *hours = pn_json_field(json, "hours");
    const pn_json *days = pn_json_field(json, "days");
    if (hours != NULL && days != NULL) {
        return refuse(p, "gaps", "A gap has either \"hours\" or \"days\", not both.");
    }
    if (days != NULL) {
        PN_TRY(read_count(p, days, "gaps", NEEDS, &gap->days));
    } else {
        PN_TRY(read_count(p, hours, "gaps", NEEDS, &gap->hours));
    }
    if (gap->hours > 744 || gap->days > 31) {
        return refuse(p, "gaps", "A gap looks back 744 hours (31 days) at most.");
    }
    return PN_OK;
}

static pn_err read_needs(parser *p, const pn_json *json, unsigned *ret_needs) {
    static const char *const WORDS[] = {"tax_id", "address", "phone", "email"};
    const pn_str *list = NULL;
    size_t count = 0;
    PN_TRY(read_texts(p, json, "texts", "needs", &list, &count));
    for (size_t i = 0; i < count; i++) {
        unsigned bit = 0;
        for (size_t j = 0; j < PN_COUNT(WORDS); j++) {
            bit |= pn_str_eq(list[i], pn_str_of(WORDS[j])) ? 1U << j : 0;
        }
        if (bit == 0) {
            return refuse(p, "texts", "“needs” lists tax_id, address, phone, email.");
        }
        *ret_needs |= bit;
    }
    return PN_OK;
}

static pn_err read_text(parser *p, const pn_json *json, pn_policy_text *text) {
    PN_TRY(read_scope(p, json, "texts", 0, &text->scope));
    PN_TRY(read_word(p, json, "texts", "name", PN_STR(""), &text->name));
    PN_TRY(read_needs(p, json, &text->needs));
    text->words = pn_json_field(json, "words");
    bool good = text->words != NULL && text->words->type == PN_JSON_OBJECT &&
                text->words->count > 0 && text->name.len != 0;
    for (size_t i = 0; good && i < text->words->count; i++) {
        const pn_json *words = &text->words->members[i].value;
        good = words->type == PN_JSON_STR && words->text.len != 0 && words->text.len <= 4000;
    }
    return good ? PN_OK
                : refuse(p, "texts",
                         "A text needs a \"name\", and \"words\" with a text of up to 4000 bytes "
                         "for each language: {\"es\": \"…\"}.");
}

static pn_err read_protection(parser *p, const pn_json *json, pn_policy_protection *rule) {
    static const char *const KINDS[] = {"vulnerable", "bankruptcy", "attorney",
                                        "deceased",   "cease",      "minor"};
    static const char *const DO[] = {"nothing", "only", "representative", "task", "never"};
    size_t kind = 0, treatment = 0;
    PN_TRY(read_scope(p, json, "protect", 0, &rule->scope));
    if (pn_json_field(json, "kind") == NULL || pn_json_field(json, "do") == NULL) {
        return refuse(p, "protect", "A rule for protected debtors needs \"kind\" and \"do\".");
    }
    PN_TRY(read_choice(p, json, "protect", "kind", KINDS, PN_COUNT(KINDS), &kind));
    PN_TRY(read_choice(p, json, "protect", "do", DO, PN_COUNT(DO), &treatment));
    rule->kind = (pn_protect_kind)kind;
    rule->treatment = (pn_treatment)treatment;
    if ((rule->treatment == PN_TREAT_ONLY) != (pn_json_field(json, "channels") != NULL)) {
        return refuse(p, "protect", "\"channels\" goes with \"do\": \"only\", and with it alone.");
    }
    return PN_OK;
}

static pn_err read_minimum(parser *p, const pn_json_member *member, pn_policy_minimum *minimum) {
    if (pn_currency_parse(member->key, &minimum->currency) != PN_OK) {
        return refuse(p, "minimum",
                      "“minimum” lists currencies with amounts: {\"EUR\": \"5.00\"}.");
    }
    pn_str text = member->value.type == PN_JSON_INT
                      ? pn_str_format(p->arena, "%lld", (long long)member->value.integer)
                  : member->value.type == PN_JSON_STR || member->value.type == PN_JSON_REAL
                      ? member->value.text
                      : PN_STR("");
    PN_TRY(pn_amount_parse(text, minimum->currency, (pn_number_style){'.', '\0'}, &minimum->minor,
                           p->diag));
    return minimum->minor >= 0 ? PN_OK
                               : refuse(p, "minimum", "An amount worth chasing is not negative.");
}

/* ── lists ───────────────────────────────────────────────────────────────────────────────────── */

static pn_err list_of(parser *p, const pn_json *document, const char *name, size_t *ret_count,
                      const pn_json **ret_items) {
    const pn_json *list = pn_json_get(document, pn_str_of(name));
    *ret_count = 0;
    if (list == NULL) {
        return PN_OK;
    }
    if (list->type != PN_JSON_ARRAY || list->count > 100) {
        return refuse(p, name, "A list of at most 100 entries is expected here.");
    }
    *ret_count = list->count;
    *ret_items = list->items;
    return PN_OK;
}

static pn_err read_windows(parser *p, const pn_json *document) {
    pn_policy *policy = p->policy;
    const pn_json *items = NULL;
    bool holidays_open = false;
    PN_TRY(read_holidays(p, document, "holidays", false, &holidays_open));
    PN_TRY(list_of(p, document, "windows", &policy->window_count, &items));
    pn_policy_window *windows = pn_arena_array(p->arena, pn_policy_window, policy->window_count);
    policy->windows = windows;
    for (size_t i = 0; i < policy->window_count; i++) {
        PN_TRY(read_window(p, &items[i], holidays_open, &windows[i]));
    }
    return PN_OK;
}

static pn_err read_limits(parser *p, const pn_json *document) {
    pn_policy *policy = p->policy;
    const pn_json *items = NULL;
    PN_TRY(list_of(p, document, "caps", &policy->cap_count, &items));
    pn_policy_cap *caps = pn_arena_array(p->arena, pn_policy_cap, policy->cap_count);
    policy->caps = caps;
    for (size_t i = 0; i < policy->cap_count; i++) {
        PN_TRY(read_cap(p, &items[i], &caps[i]));
    }
    PN_TRY(list_of(p, document, "gaps", &policy->gap_count, &items));
    pn_policy_gap *gaps = pn_arena_array(p->arena, pn_policy_gap, policy->gap_count);
    policy->gaps = gaps;
    for (size_t i = 0; i < policy->gap_count; i++) {
        PN_TRY(read_gap(p, &items[i], &gaps[i]));
    }
    return PN_OK;
}

/* Rules that are a scope and no more. */
static pn_err read_scopes(parser *p, const pn_json *document, const char *section,
                          const pn_policy_consent **ret_rules, size_t *ret_count) {
    const pn_json *items = NULL;
    PN_TRY(list_of(p, document, section, ret_count, &items));
    pn_policy_consent *rules = pn_arena_array(p->arena, pn_policy_consent, *ret_count);
    for (size_t i = 0; i < *ret_count; i++) {
        PN_TRY(read_scope(p, &items[i], section, 0, &rules[i].scope));
    }
    *ret_rules = rules;
    return PN_OK;
}

static pn_err read_duties(parser *p, const pn_json *document) {
    pn_policy *policy = p->policy;
    const pn_json *items = NULL;
    PN_TRY(read_scopes(p, document, "consent", &policy->consents, &policy->consent_count));
    PN_TRY(read_scopes(p, document, "opt_out", &policy->opt_outs, &policy->opt_out_count));
    PN_TRY(list_of(p, document, "texts", &policy->text_count, &items));
    pn_policy_text *texts = pn_arena_array(p->arena, pn_policy_text, policy->text_count);
    policy->texts = texts;
    for (size_t i = 0; i < policy->text_count; i++) {
        PN_TRY(read_text(p, &items[i], &texts[i]));
    }
    PN_TRY(list_of(p, document, "protect", &policy->protection_count, &items));
    pn_policy_protection *protections =
        pn_arena_array(p->arena, pn_policy_protection, policy->protection_count);
    policy->protections = protections;
    for (size_t i = 0; i < policy->protection_count; i++) {
        PN_TRY(read_protection(p, &items[i], &protections[i]));
    }
    return PN_OK;
}

static pn_err read_minimums(parser *p, const pn_json *document) {
    const pn_json *minimum = pn_json_field(document, "minimum");
    if (minimum == NULL) {
        return PN_OK;
    }
    if (minimum->type != PN_JSON_OBJECT) {
        return refuse(p, "minimum", "“minimum” lists currencies with amounts.");
    }
    pn_policy_minimum *minimums = pn_arena_array(p->arena, pn_policy_minimum, minimum->count);
    p->policy->minimums = minimums;
    p->policy->minimum_count = minimum->count;
    for (size_t i = 0; i < minimum->count; i++) {
        PN_TRY(read_minimum(p, &minimum->members[i], &minimums[i]));
    }
    return PN_OK;
}

/* ── the head ────────────────────────────────────────────────────────────────────────────────── */

static pn_err read_one_source(parser *p, const pn_json_member *member, pn_policy_source *source) {
    static const char *const BASES[] = {"law", "guidance", "practice", "unconfirmed"};
    size_t basis = 0;
    const pn_json *json = &member->value;
    source->key = member->key;
    PN_TRY(check_fields(p, json, "sources"));
    PN_TRY(read_word(p, json, "sources", "text", PN_STR(""), &source->text));
    PN_TRY(read_word(p, json, "sources", "url", PN_STR(""), &source->url));
    PN_TRY(read_day(p, json, "sources", "in_force", PN_DATE_NONE, &source->in_force));
    PN_TRY(read_day(p, json, "sources", "checked", PN_DATE_NONE, &source->checked));
    if (source->text.len == 0 || pn_json_field(json, "basis") == NULL ||
        source->checked == PN_DATE_NONE) {
        return refuse(p, "sources", "A source needs \"text\", \"basis\" and \"checked\".");
    }
    PN_TRY(read_choice(p, json, "sources", "basis", BASES, PN_COUNT(BASES), &basis));
    source->basis = (pn_basis)basis;
    return PN_OK;
}

static pn_err read_sources(parser *p, const pn_json *document) {
    const pn_json *json = pn_json_field(document, "sources");
    if (json == NULL) {
        return PN_OK;
    }
    if (json->type != PN_JSON_OBJECT || json->count > 100) {
        return refuse(p, "sources",
                      "“sources” is an object with up to 100 entries, each by a key of its own.");
    }
    pn_policy_source *sources = pn_arena_array(p->arena, pn_policy_source, json->count);
    for (size_t i = 0; i < json->count; i++) {
        PN_TRY(read_one_source(p, &json->members[i], &sources[i]));
    }
    p->policy->sources = sources;
    p->policy->source_count = json->count;
    return PN_OK;
}

static pn_err read_head(parser *p, const pn_json *document) {
    pn_policy *policy = p->policy;
    policy->name = pn_str_dup(p->arena, pn_json_text(pn_json_field(document, "name"), PN_STR("")));
    PN_TRY(check_fields(p, document, ""));
    if (pn_json_int(pn_json_field(document, "puntual"), 0) != 1 ||
        !pn_str_is(pn_json_text(pn_json_field(document, "kind"), PN_STR("")), "policy")) {
        return refuse(p, "", "A policy says \"puntual\": 1 and \"kind\": \"policy\".");
    }
    PN_TRY(read_word(p, document, "", "title", policy->name, &policy->title));
    PN_TRY(read_word(p, document, "", "version", PN_STR(""), &policy->version));
    PN_TRY(read_word(p, document, "", "country", PN_STR(""), &policy->country));
    PN_TRY(read_word(p, document, "", "base", PN_STR(""), &policy->base));
    if (policy->name.len == 0 || policy->version.len == 0) {
        return refuse(p, "", "A policy needs a \"name\" and a \"version\".");
    }
    PN_TRY(read_day(p, document, "from", "from", PN_DATE_NONE, &policy->from));
    PN_TRY(read_texts(p, document, "notes", "notes", &policy->notes, &policy->note_count));
    return read_sources(p, document);
}

pn_err pn_policy_parse(const pn_json *document, pn_arena *arena, const pn_policy **ret_policy,
                       pn_diag *diag) {
    parser p = {.arena = arena, .diag = diag, .policy = pn_arena_new(arena, pn_policy)};
    PN_TRY(read_head(&p, document));
    PN_TRY(read_windows(&p, document));
    PN_TRY(read_limits(&p, document));
    PN_TRY(read_duties(&p, document));
    PN_TRY(read_minimums(&p, document));
    *ret_policy = p.policy;
    return PN_OK;
}
