/* What the rules of our packs rest on, for people who read Spanish or Portuguese. */
#ifndef PN_CORE_POLICY_SOURCES_H
#define PN_CORE_POLICY_SOURCES_H

#include "base/str.h"

/* The words of a source in a language; those given, where there are no others: in English, and for
 * sources of policies that somebody else wrote. */
pn_str pn_policy_source_words(pn_str text, pn_str language);

#endif
