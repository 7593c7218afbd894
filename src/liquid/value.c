#include "liquid/value.h"

#include "base/banned.h"

const char *pn_liquid_kind_name(pn_liquid_kind kind) {
    switch (kind) {
    case PN_LIQUID_NIL:
    case PN_LIQUID_UNSET: return "Nothing";
    case PN_LIQUID_BOOL: return "A truth value";
    case PN_LIQUID_INT:
    case PN_LIQUID_REAL: return "A number";
    case PN_LIQUID_STR: return "A text";
    case PN_LIQUID_MONEY: return "An amount of money";
    case PN_LIQUID_DATE: return "A date";
    case PN_LIQUID_TIME: return "A time";
    case PN_LIQUID_RANGE: return "A range";
    case PN_LIQUID_ARRAY:
    case PN_LIQUID_LIST:
    case PN_LIQUID_JSON_ARRAY: return "A list";
    case PN_LIQUID_OBJECT:
    case PN_LIQUID_JSON_OBJECT:
    case PN_LIQUID_FORLOOP: return "An object";
    case PN_LIQUID_LAZY:
    case PN_LIQUID_HEAD: return "An internal value";
    case PN_LIQUID_BLANK: return "“blank”";
    case PN_LIQUID_EMPTY: return "“empty”";
    }
    return "A value";
}
