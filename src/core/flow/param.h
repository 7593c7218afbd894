/* Parameters of nodes: their types, limits and help, read by one parser.
 *
 * A node's descriptor lists its parameters; the validator, the JSON schema, the console's forms and
 * the documentation are made from that list. */
#ifndef PN_CORE_FLOW_PARAM_H
#define PN_CORE_FLOW_PARAM_H

#include "base/json.h"
#include "core/rule/rule.h"

typedef enum {
    PN_PARAM_INT, /* number, min … max */
    PN_PARAM_BOOL,
    PN_PARAM_TEXT,       /* a short text; max is its length in bytes */
    PN_PARAM_TEMPLATE,   /* name of a template family, perhaps "@n" */
    PN_PARAM_CHOICE,     /* one of `choices` */
    PN_PARAM_CHOICES,    /* a list of `choices`; value: one bit each */
    PN_PARAM_RECIPIENTS, /* a list of "owner", "salesperson" or e-mail addresses */
    PN_PARAM_DAYKIND,    /* "calendar" or "business"; value: 1 for business */
    PN_PARAM_CLOCK,      /* "09:00"; value: seconds since midnight */
    PN_PARAM_DURATION,   /* "30m", "48h", "3d", "2w"; value: seconds */
    PN_PARAM_WEEKDAYS,   /* ["mon", …]; value: bit 0 Monday */
    PN_PARAM_MONTHDAY,   /* 1–31 or "last"; value: 1–31, 32 for last */
    PN_PARAM_AMOUNT,     /* major units, number or text; value: hundredths */
    PN_PARAM_PERCENT,    /* up to two decimals; value: hundredths of a percent */
    PN_PARAM_VALUE,      /* any text, number or true/false, kept as JSON */
    PN_PARAM_RULE,
    PN_PARAM_RULES,     /* [{"name": …, "rule": …, "next": …}]: exits of their own */
    PN_PARAM_ARMS,      /* [{"name": …, "percent": …, "next": …}]: exits of their own */
    PN_PARAM_HOLDOUT,   /* {"percent": …, "next": …}: an exit of its own */
    PN_PARAM_OUTCOMES,  /* [{"name": …, "next": …}]: exits of their own */
    PN_PARAM_NODE,      /* the id of a node (not an exit) */
    PN_PARAM_STRATEGY,  /* the name of another strategy */
    PN_PARAM_PILL,      /* the name of a pill */
    PN_PARAM_CONNECTOR, /* the name of a connector */
} pn_param_type;

typedef struct {
    const char *name;
    pn_param_type type;
    bool required;
    int64_t min, max;           /* INT, TEXT (bytes), DURATION (seconds), AMOUNT, PERCENT */
    const char *otherwise;      /* the value, as JSON, where none is given; NULL for none */
    const char *const *choices; /* NULL-terminated */
    const char *help;
} pn_param;

/* A rule with its name or an arm with its percentage; `exit` is the node's exit it leads to. */
typedef struct {
    pn_str name;
    const pn_rule *rule;
    uint32_t weight; /* hundredths of a percent */
    uint32_t exit;
} pn_param_option;

typedef struct {
    bool given; /* by the document or by the default */
    int64_t number;
    pn_str text;
    const pn_rule *rule;
    const pn_param_option *options;
    size_t option_count;
} pn_param_value;

const char *pn_param_type_name(pn_param_type type);

/* One word for programs that make forms: "int", "text", "template" … */
const char *pn_param_type_word(pn_param_type type);

/* Reads a scalar parameter (everything but RULES, ARMS and HOLDOUT, which make exits and are read
 * by the flow). INVALID with a sentence about the value; the caller adds the node. */
PN_MUST_USE pn_err pn_param_parse(const pn_param *param, const pn_json *json, pn_subject subject,
                                  pn_arena *arena, pn_param_value *ret_value, pn_diag *diag);

/* A percentage with up to two decimals, in hundredths. */
PN_MUST_USE pn_err pn_param_percent(const pn_json *json, int64_t *ret_hundredths, pn_diag *diag);

/* "48h" → seconds. */
PN_MUST_USE pn_err pn_duration_parse(pn_str text, int64_t *ret_seconds);

#endif
