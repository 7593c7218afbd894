/* What an organization has published, compiled once and kept: strategies, templates, policies. */
#ifndef PN_APP_CATALOG_H
#define PN_APP_CATALOG_H

#include "app/app.h"
#include "compose/compose.h"
#include "core/policy.h"
#include "store/document.h"

/* A published version of a strategy. */
typedef struct {
    pn_id strategy_id, version_id;
    int64_t version;
    const pn_flow *flow;
} pn_published;

/* A published version of a template family. */
typedef struct {
    pn_id id;
    int64_t version;
    const pn_family *family;
} pn_published_family;

pn_catalog *pn_catalog_new(pn_app *app);
void pn_catalog_free(pn_catalog *catalog);
/* Forgets everything: something was published. */
void pn_catalog_reset(pn_app *app);
/* In a transaction: forgets which strategies are published where somebody else published or
 * archived one since. What was handed out stays valid. */
PN_MUST_USE pn_err pn_catalog_renew(pn_app *app, pn_arena *arena);

/* The version, compiled. CORRUPT when a stored document does not compile any more. */
PN_MUST_USE pn_err pn_catalog_version(pn_app *app, pn_id version_id, const pn_published **ret,
                                      pn_diag *diag);
/* Active strategies and pills in their newest versions, highest priority first. */
PN_MUST_USE pn_err pn_catalog_strategies(pn_app *app, const pn_published *const **ret_list,
                                         size_t *ret_count, pn_diag *diag);
/* The newest version of a strategy or pill of that name; NOT_FOUND. */
PN_MUST_USE pn_err pn_catalog_find(pn_app *app, pn_str name, const pn_published **ret,
                                   pn_diag *diag);

/* A family by the name a node gives: "aviso" or "aviso@3". NOT_FOUND with a sentence. */
PN_MUST_USE pn_err pn_catalog_family(pn_app *app, pn_str name, const pn_published_family **ret,
                                     pn_diag *diag);

/* What the validator of strategies asks about a family; `language` is what the organization writes
 * in, empty for none. */
pn_template_name pn_catalog_template_name(const pn_family *family, pn_str language);
/* Names for validating a strategy. The arena keeps them. */
PN_MUST_USE pn_err pn_catalog_names(pn_app *app, pn_arena *arena, pn_flow_names *ret_names,
                                    pn_diag *diag);

/* The policy in force for a debtor of that country with that creditor on that day: the creditor's,
 * else the organization's, else the country's pack, else the neutral one. */
PN_MUST_USE pn_err pn_catalog_policy(pn_app *app, const pn_creditor_row *creditor, pn_str country,
                                     pn_date day, const pn_policy **ret_policy, pn_diag *diag);
/* The document of one version of the organization's own. NOT_FOUND with a sentence. */
PN_MUST_USE pn_err pn_catalog_policy_version(pn_app *app, pn_str name, pn_str version,
                                             pn_arena *arena, pn_str *ret_text, pn_diag *diag);
/* How many of them, the first ones, are the organization's own. */
size_t pn_catalog_own_policies(const pn_app *app);
/* One of the ready packs; INVALID with a sentence where there is none of that name. */
PN_MUST_USE pn_err pn_catalog_pack(pn_app *app, pn_str name, const pn_policy **ret_policy,
                                   pn_diag *diag);
/* Until it is called with NULL, this one stands in for what has its name. It has to outlive that,
 * and is known to this `app` alone. */
void pn_catalog_try(pn_app *app, const pn_policy *policy);
/* The texts of one of its policies, compiled, beside the policy's own list. */
const pn_legal *const *pn_catalog_texts(const pn_app *app, const pn_policy *policy);
/* All policies: the organization's own versions and the built-in packs. */
PN_MUST_USE pn_err pn_catalog_policies(pn_app *app, const pn_policy *const **ret_list,
                                       size_t *ret_count, pn_diag *diag);
/* The document of one: the organization's newest, else the ready one; without an organization
 * (`app` NULL) the ready one. NOT_FOUND with a sentence. */
PN_MUST_USE pn_err pn_catalog_policy_text(pn_app *app, pn_str name, pn_arena *arena,
                                          pn_str *ret_text, pn_diag *diag);

#endif
