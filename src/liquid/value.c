#include "liquid/value.h"

#include "base/banned.h"

const char *pn_liquid_kind_name(pn_liquid_kind kind) {
    switch (kind) {
    case PN_LIQUID_NIL:
    case PN_LIQUID_UNSET: return "nothing";
    case PN_LIQUID_BOOL: return "a truth value";
    case PN_LIQUID_INT:
    case PN_LIQUID_REAL: return "a number";
    case PN_LIQUID_STR: return "a text";
    case PN_LIQUID_MONEY: return "an amount of money";
    case PN_LIQUID_DATE: return "a date";
    case PN_LIQUID_TIME: return "a time";
    case PN_LIQUID_RANGE: return "a range";
    case PN_LIQUID_ARRAY:
    case PN_LIQUID_LIST:
    case PN_LIQUID_JSON_ARRAY: return "a list";
    case PN_LIQUID_OBJECT:
    case PN_LIQUID_JSON_OBJECT:
    case PN_LIQUID_FORLOOP: return "an object";
    case PN_LIQUID_LAZY:
    case PN_LIQUID_HEAD: return "an internal value";
    case PN_LIQUID_BLANK: return "“blank”";
    case PN_LIQUID_EMPTY: return "“empty”";
    }
    return "a value";
}
