#include "core/policy.h"

#include "base/banned.h"

const char *pn_basis_name(pn_basis basis) {
    switch (basis) {
    case PN_BASIS_LAW: return "law";
    case PN_BASIS_GUIDANCE: return "guidance";
    case PN_BASIS_PRACTICE: return "practice";
    case PN_BASIS_UNCONFIRMED: return "unconfirmed";
    }
    return "?";
}

const char *pn_per_name(pn_per per) {
    switch (per) {
    case PN_PER_PERSON: return "person";
    case PN_PER_CREDITOR: return "creditor";
    case PN_PER_DEBT: return "debt";
    }
    return "?";
}

const char *pn_protect_name(pn_protect_kind kind) {
    switch (kind) {
    case PN_PROTECT_VULNERABLE: return "vulnerable";
    case PN_PROTECT_BANKRUPTCY: return "bankruptcy";
    case PN_PROTECT_ATTORNEY: return "attorney";
    case PN_PROTECT_DECEASED: return "deceased";
    case PN_PROTECT_CEASE: return "cease";
    case PN_PROTECT_MINOR: return "minor";
    case PN_PROTECTIONS: break;
    }
    return "?";
}

pn_protect_kind pn_protect_of(pn_str name) {
    for (int kind = 0; kind < PN_PROTECTIONS; kind++) {
        if (pn_str_eq(name, pn_str_of(pn_protect_name((pn_protect_kind)kind)))) {
            return (pn_protect_kind)kind;
        }
    }
    return PN_PROTECTIONS;
}

const char *pn_treatment_name(pn_treatment treatment) {
    switch (treatment) {
    case PN_TREAT_NOTHING: return "nothing";
    case PN_TREAT_ONLY: return "only";
    case PN_TREAT_REPRESENTATIVE: return "representative";
    case PN_TREAT_TASK: return "task";
    case PN_TREAT_NEVER: return "never";
    }
    return "?";
}

/* ── scopes ──────────────────────────────────────────────────────────────────────────────────── */

static bool in_region(const pn_policy_scope *scope, pn_str region) {
    for (size_t i = 0; i < scope->region_count; i++) {
        if (pn_str_eq_nocase(scope->regions[i], region)) {
            return true;
        }
    }
    return scope->region_count == 0;
}

bool pn_policy_concerns(const pn_policy_scope *scope, const pn_policy_case *about, pn_date day) {
    unsigned who = about->person ? PN_APPLIES_PERSON : PN_APPLIES_COMPANY;
    unsigned whose = about->third_party ? PN_PARTY_THIRD : PN_PARTY_OWN;
    return (scope->applies & who) != 0 && (scope->parties & whose) != 0 &&
           (scope->purposes >> about->purpose & 1U) != 0 && day >= scope->since &&
           day <= scope->until && in_region(scope, about->region);
}

bool pn_policy_applies(const pn_policy_scope *scope, const pn_policy_case *about, pn_date day) {
    return (scope->channels >> about->channel & 1U) != 0 && pn_policy_concerns(scope, about, day);
}

/* ── protections ─────────────────────────────────────────────────────────────────────────────── */

static pn_treatment by_default(pn_protect_kind kind, pn_purpose purpose) {
    bool everything = kind == PN_PROTECT_DECEASED || kind == PN_PROTECT_MINOR;
    return purpose == PN_PURPOSE_DEMAND || everything ? PN_TREAT_NEVER : PN_TREAT_NOTHING;
}

/* A rule about other purposes than the case's still says that the kind is provided for. */
static bool provided_for(const pn_policy_protection *rule, const pn_policy_case *about,
                         pn_date day) {
    pn_policy_scope scope = rule->scope;
    scope.purposes = PN_PURPOSES_ALL;
    return pn_policy_concerns(&scope, about, day);
}

pn_treatment pn_policy_treatment(const pn_policy *policy, pn_protect_kind kind,
                                 const pn_policy_case *about, pn_date day, bool *ret_open,
                                 const pn_policy_protection **ret_rule) {
    pn_treatment strictest = PN_TREAT_NOTHING;
    bool found = false;
    *ret_open = true;
    *ret_rule = NULL;
    for (size_t i = 0; i < policy->protection_count; i++) {
        const pn_policy_protection *rule = &policy->protections[i];
        if (rule->kind != kind || !provided_for(rule, about, day)) {
            continue;
        }
        found = true;
        if (!pn_policy_concerns(&rule->scope, about, day)) {
            continue;
        }
        if (rule->treatment == PN_TREAT_ONLY) {
            *ret_open = *ret_open && (rule->scope.channels >> about->channel & 1U) != 0;
        }
        if (rule->treatment > strictest || *ret_rule == NULL) {
            strictest = rule->treatment;
            *ret_rule = rule;
        }
    }
    return found ? strictest : by_default(kind, about->purpose);
}
