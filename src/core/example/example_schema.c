/* The JSON schema of "examples", for editors. */
#include "core/example/example.h"

#include "base/banned.h"
#include "base/limits.h"

#define DAY "{\"type\":\"integer\",\"minimum\":-400,\"maximum\":1500}"
#define TEXT "{\"type\":\"string\",\"minLength\":1,\"maxLength\":200}"
#define COUNT "{\"type\":\"integer\",\"minimum\":0}"
#define YES "{\"const\":true}"
#define BOOL "{\"type\":\"boolean\"}"
#define AMOUNT "{\"type\":\"number\",\"exclusiveMinimum\":0}"
#define AMOUNT_OR_ALL "{\"anyOf\":[{\"const\":\"all\"}," AMOUNT "]}"
#define COUNTRY "{\"type\":\"string\",\"pattern\":\"^[A-Za-z]{2}$\"}"
#define ATTRS                                                                                      \
    "{\"type\":\"object\",\"additionalProperties\":{\"type\":[\"string\",\"number\",\"boolean\"]}" \
    "}"
#define OBJECT "\"type\":\"object\",\"additionalProperties\":false,\"properties\""
#define LIST(of) "{\"type\":\"array\",\"maxItems\":200,\"items\":" of "}"

#define DEBTOR                                                                                     \
    "{" OBJECT ":{\"country\":" COUNTRY ",\"region\":" TEXT                                        \
    ",\"kind\":{\"enum\":[\"company\",\"person\"]},\"language\":" TEXT ",\"email\":" BOOL          \
    ",\"phone\":" BOOL ",\"owner\":" TEXT ",\"salesperson\":" TEXT ",\"grace_days\":" COUNT        \
    ",\"attrs\":" ATTRS ",\"promises_kept\":" COUNT ",\"promises_broken\":" COUNT                  \
    ",\"external_id\":" TEXT ",\"name\":" TEXT "}}"
#define CREDITOR                                                                                   \
    "{" OBJECT ":{\"country\":" COUNTRY ",\"name\":" TEXT ",\"third_party\":" BOOL                 \
    ",\"interest\":{\"type\":\"number\",\"minimum\":0,\"maximum\":100}}}"
#define INVOICE                                                                                    \
    "{" OBJECT ":{\"number\":" TEXT ",\"amount\":" AMOUNT ",\"due\":" DAY ",\"issued\":" DAY       \
    ",\"arrives\":" DAY ",\"product\":" TEXT                                                       \
    ",\"tone_received\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":5},\"tone_day\":" DAY      \
    ",\"attrs\":" ATTRS "}}"
#define EVENT                                                                                      \
    "{" OBJECT ":{\"day\":" DAY ",\"at\":{\"type\":\"string\",\"pattern\":\"^[0-2][0-9]:[0-5]"     \
    "[0-9]$\"},\"invoice\":" TEXT ",\"by\":" DAY ",\"outcome\":" TEXT ",\"pays\":" AMOUNT_OR_ALL   \
    ",\"credited\":" AMOUNT_OR_ALL ",\"returned\":" YES ",\"promises\":" AMOUNT_OR_ALL             \
    ",\"disputes\":" AMOUNT_OR_ALL ",\"settled\":" YES ",\"bounces\":" YES ",\"replies\":" YES     \
    ",\"answered\":" YES ",\"reads\":" YES ",\"visits\":" YES ",\"tries\":" YES ",\"task\":" TEXT  \
    ",\"paused\":" YES ",\"resumed\":" YES ",\"email\":" BOOL "},\"required\":[\"day\"]}"
#define EXPECTATION                                                                                \
    "{" OBJECT ":{\"day\":" DAY ",\"mail\":" TEXT                                                  \
    ",\"tone\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":5},\"task\":" TEXT                  \
    ",\"title\":" TEXT ",\"handover\":{\"enum\":[\"lawyer\",\"insurer\",\"agency\"]}"              \
    ",\"interest\":" AMOUNT ",\"fee\":" AMOUNT ",\"jump\":" TEXT ",\"end\":" TEXT                  \
    ",\"skipped\":" TEXT ",\"why\":" TEXT ",\"phase\":" TEXT ",\"note\":" TEXT ",\"notify\":" TEXT \
    ",\"pill\":" TEXT "},\"required\":[\"day\"]}"

static const struct {
    const char *key;
    const char *schema;
} MEMBERS[] = {
    {"title", TEXT},
    {"day_0", "{\"type\":\"string\",\"format\":\"date\"}"},
    {"until", DAY},
    {"starts", DAY},
    {"currency", "{\"type\":\"string\",\"pattern\":\"^[A-Z]{3}$\"}"},
    {"debtor", DEBTOR},
    {"creditor", CREDITOR},
    {"invoices", LIST(INVOICE)},
    {"arms", "{\"type\":\"object\",\"additionalProperties\":" TEXT "}"},
    {"events", LIST(EVENT)},
    {"expect", LIST(EXPECTATION)},
};

void pn_examples_schema(pn_json_writer *w) {
    pn_json_begin_object(w);
    pn_json_put_str(w, "type", PN_STR("array"));
    pn_json_put_int(w, "maxItems", PN_LIMIT_EXAMPLES);
    pn_json_put_str(w, "description", PN_STR("Examples that are also tests."));
    pn_json_key(w, PN_STR("items"));
    pn_json_begin_object(w);
    pn_json_put_str(w, "type", PN_STR("object"));
    pn_json_put_bool(w, "additionalProperties", false);
    pn_json_key(w, PN_STR("required"));
    pn_json_add_raw(w, PN_STR("[\"title\",\"expect\"]"));
    pn_json_key(w, PN_STR("properties"));
    pn_json_begin_object(w);
    for (size_t i = 0; i < PN_COUNT(MEMBERS); i++) {
        pn_json_key(w, pn_str_of(MEMBERS[i].key));
        pn_json_add_raw(w, pn_str_of(MEMBERS[i].schema));
    }
    pn_json_end_object(w);
    pn_json_end_object(w);
    pn_json_end_object(w);
}
