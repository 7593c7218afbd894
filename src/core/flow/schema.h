/* The JSON schema (draft 2020-12) of a strategy document, made from the registries. */
#ifndef PN_CORE_FLOW_SCHEMA_H
#define PN_CORE_FLOW_SCHEMA_H

#include "base/json.h"

void pn_flow_schema(pn_json_writer *writer);
/* The same registries as Markdown tables, for docs/strategy-language.md. */
void pn_flow_reference(pn_buf *out);

#endif
