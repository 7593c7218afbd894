/* Publishing and preview as routes answer them: of documents, and of drafts. */
#ifndef PN_HTTP_PUBLISHING_H
#define PN_HTTP_PUBLISHING_H

#include "app/deliver.h"
#include "app/publish.h"
#include "http/route.h"

extern const pn_schema_object PN_PUBLISHED_SCHEMA;
extern const pn_schema_object PN_PREVIEW_SCHEMA;
extern const pn_schema_object PN_SAMPLE_SCHEMA;
extern const char *const PN_RUNS_WORDS[]; /* by pn_runs_choice */
extern const char *const PN_FORM_WORDS[];
extern const char *const PN_LOOK_WORDS[];

/* Publishes a strategy in a transaction of its own and answers with PN_PUBLISHED_SCHEMA.
 * `ret_done` false: somebody else has to agree first, and the answer says so. */
PN_MUST_USE pn_err pn_answer_publish_strategy(pn_exchange *exchange, pn_str text,
                                              const pn_json *json, pn_publish_choice choice,
                                              bool *ret_done);
/* Publishes a template, in a transaction of its own where none is under way; what is wrong is told
 * at "/document". */
PN_MUST_USE pn_err pn_publish_template_told(pn_exchange *exchange, pn_str text, const int64_t *seen,
                                            int64_t *ret_version, bool *ret_same);
/* The errors of a template at "/document". */
void pn_tell_compose_problems(pn_exchange *exchange, const pn_compose_problems *problems);

PN_MUST_USE pn_err pn_answer_preview(pn_exchange *exchange, const pn_preview *preview);
/* The same as a page for the console's frame, in the look that the query's "look" names. */
PN_MUST_USE pn_err pn_answer_preview_page(pn_exchange *exchange, const pn_preview *preview);

/* Sends the e-mail to whoever asks and to nobody else: so no debtor can be written to past the
 * gate. Answers with PN_SAMPLE_SCHEMA; INVALID for what is no e-mail. */
PN_MUST_USE pn_err pn_answer_sample(pn_exchange *exchange, const pn_preview *preview);

#endif
