/* A policy that rests on another: nothing that the other forbids may be open in it.
 *
 * Rules are compared one by one with the pack's, so a policy that is stricter in a way that only
 * all of its rules together show is refused too: that errs on the strict side. */
#include "core/policy.h"

#include "base/banned.h"

typedef struct {
    const pn_policy *own, *base;
    pn_date today;
    pn_diag *diag;
} comparer;

static pn_err refuse(const comparer *c, const char *section, pn_str source, const char *what) {
    pn_err err =
        pn_diag_set(c->diag, PN_INVALID, "The policy “%.*s” that this one rests on %s%s%.*s",
                    PN_STR_ARG(c->base->name), what, source.len != 0 ? " Its source: " : "",
                    PN_STR_ARG(source));
    pn_diag_where(c->diag, "policy %.*s, %s", PN_STR_ARG(c->own->name), section);
    pn_diag_mend(c->diag, "Keep its rules, or make them stricter; hours may only be fewer.");
    return err;
}

/* ── windows ─────────────────────────────────────────────────────────────────────────────────── */

/* Whether the base's windows cover the whole of the own one for that case, day of week and kind of
 * day. */
static bool covered(const comparer *c, const pn_policy_window *window, const pn_policy_case *about,
                    pn_date day, int weekday, bool holiday) {
    int32_t at = window->from_second;
    bool moved = true;
    while (at < window->to_second && moved) {
        moved = false;
        for (size_t i = 0; i < c->base->window_count; i++) {
            const pn_policy_window *open = &c->base->windows[i];
            if ((open->weekdays >> weekday & 1U) != 0 && (!holiday || open->holidays) &&
                open->from_second <= at && open->to_second > at &&
                pn_policy_applies(&open->scope, about, day)) {
                at = open->to_second;
                moved = true;
            }
        }
    }
    return at >= window->to_second;
}

static pn_err check_case(const comparer *c, const pn_policy_window *window,
                         const pn_policy_case *about, pn_date day) {
    if (!pn_policy_applies(&window->scope, about, day)) {
        return PN_OK;
    }
    for (int weekday = 0; weekday < 7; weekday++) {
        bool open = (window->weekdays >> weekday & 1U) != 0;
        if (open && (!covered(c, window, about, day, weekday, false) ||
                     (window->holidays && !covered(c, window, about, day, weekday, true)))) {
            pn_buf words;
            pn_buf_init(&words, 400);
            pn_policy_window_words(window, &words);
            pn_err err = pn_diag_set(
                c->diag, PN_INVALID,
                "The policy “%.*s” that this one rests on does not allow all of this: %s, %.*s.",
                PN_STR_ARG(c->base->name), pn_channel_words(about->channel),
                PN_STR_ARG(pn_buf_str(&words)));
            pn_buf_done(&words);
            pn_diag_where(c->diag, "policy %.*s, windows", PN_STR_ARG(c->own->name));
            pn_diag_mend(c->diag, "Make the window smaller; hours may only be fewer.");
            return err;
        }
    }
    return PN_OK;
}

static pn_err check_everybody(const comparer *c, const pn_policy_window *window, pn_str region,
                              pn_date day) {
    for (int kind = 1; kind < PN_CHANNELS; kind++) {
        for (unsigned who = 0; who < 12; who++) {
            pn_policy_case about = {.channel = (pn_channel_kind)kind,
                                    .purpose = (pn_purpose)(who / 4),
                                    .person = (who & 1U) != 0,
                                    .third_party = (who & 2U) != 0,
                                    .region = region};
            PN_TRY(check_case(c, window, &about, day));
        }
    }
    return PN_OK;
}

/* Days on which the base may be another than the day before. */
static pn_err check_days(const comparer *c, const pn_policy_window *window, pn_str region) {
    pn_date first = PN_MAX(window->scope.since, c->today);
    PN_TRY(check_everybody(c, window, region, first));
    for (size_t i = 0; i < c->base->window_count; i++) {
        const pn_policy_scope *scope = &c->base->windows[i].scope;
        if (scope->since > first) {
            PN_TRY(check_everybody(c, window, region, scope->since));
        }
        if (scope->until >= first && scope->until != INT32_MAX) {
            PN_TRY(check_everybody(c, window, region, scope->until + 1));
        }
    }
    return PN_OK;
}

/* Regions that the base does not name are one to it, as is one that is not known. */
static pn_err check_windows(const comparer *c) {
    for (size_t i = 0; i < c->own->window_count; i++) {
        const pn_policy_window *window = &c->own->windows[i];
        pn_str first = window->scope.region_count != 0 ? window->scope.regions[0] : PN_STR_NONE;
        PN_TRY(check_days(c, window, first));
        for (size_t j = 0; j < c->base->window_count; j++) {
            const pn_policy_scope *scope = &c->base->windows[j].scope;
            for (size_t k = 0; k < scope->region_count; k++) {
                PN_TRY(check_days(c, window, scope->regions[k]));
            }
        }
    }
    return PN_OK;
}

/* ── other rules ─────────────────────────────────────────────────────────────────────────────── */

/* Whether a rule of that scope holds wherever one of the other does, from today on. */
static bool reaches(const comparer *c, const pn_policy_scope *own, const pn_policy_scope *base) {
    for (size_t i = 0; own->region_count != 0 && i < base->region_count; i++) {
        bool found = false;
        for (size_t j = 0; j < own->region_count && !found; j++) {
            found = pn_str_eq_nocase(own->regions[j], base->regions[i]);
        }
        if (!found) {
            return false;
        }
    }
    return (own->region_count == 0 || base->region_count != 0) &&
           (base->applies & ~own->applies) == 0 && (base->parties & ~own->parties) == 0 &&
           (base->purposes & ~own->purposes) == 0 && own->since <= PN_MAX(base->since, c->today) &&
           own->until >= base->until;
}

static bool reaches_by(const comparer *c, const pn_policy_scope *own, const pn_policy_scope *base) {
    return reaches(c, own, base) && (base->channels & ~own->channels) == 0;
}

/* What is counted for the person is counted for every creditor and debt of theirs. */
static bool counts_for(pn_per own, pn_per base) {
    return own == base || own == PN_PER_PERSON;
}

static pn_err check_caps(const comparer *c) {
    for (size_t i = 0; i < c->base->cap_count; i++) {
        const pn_policy_cap *base = &c->base->caps[i];
        bool kept = base->scope.until < c->today;
        for (size_t j = 0; j < c->own->cap_count && !kept; j++) {
            const pn_policy_cap *own = &c->own->caps[j];
            kept = reaches_by(c, &own->scope, &base->scope) && counts_for(own->per, base->per) &&
                   own->channels == base->channels && own->max <= base->max &&
                   own->days >= base->days;
        }
        if (!kept) {
            return refuse(c, "caps", base->scope.source,
                          "has a cap on contacts that is missing here, or higher.");
        }
    }
    return PN_OK;
}

static pn_err check_gaps(const comparer *c) {
    for (size_t i = 0; i < c->base->gap_count; i++) {
        const pn_policy_gap *base = &c->base->gaps[i];
        bool kept = base->scope.until < c->today;
        for (size_t j = 0; j < c->own->gap_count && !kept; j++) {
            const pn_policy_gap *own = &c->own->gaps[j];
            kept = reaches_by(c, &own->scope, &base->scope) && counts_for(own->per, base->per) &&
                   own->conversation == base->conversation &&
                   (own->days != 0) == (base->days != 0) && own->days >= base->days &&
                   own->hours >= base->hours;
        }
        if (!kept) {
            return refuse(c, "gaps", base->scope.source,
                          "has a gap between contacts that is missing here, or shorter.");
        }
    }
    return PN_OK;
}

static pn_err check_scopes(const comparer *c, const char *section, const pn_policy_consent *own,
                           size_t own_count, const pn_policy_consent *base, size_t base_count) {
    for (size_t i = 0; i < base_count; i++) {
        bool kept = base[i].scope.until < c->today;
        for (size_t j = 0; j < own_count && !kept; j++) {
            kept = reaches_by(c, &own[j].scope, &base[i].scope);
        }
        if (!kept) {
            return refuse(c, section, base[i].scope.source, "has a rule that is missing here.");
        }
    }
    return PN_OK;
}

static pn_err check_texts(const comparer *c) {
    for (size_t i = 0; i < c->base->text_count; i++) {
        const pn_policy_text *base = &c->base->texts[i];
        bool kept = base->scope.until < c->today;
        for (size_t j = 0; j < c->own->text_count && !kept; j++) {
            const pn_policy_text *own = &c->own->texts[j];
            kept = pn_str_eq(own->name, base->name) && (base->needs & ~own->needs) == 0 &&
                   reaches_by(c, &own->scope, &base->scope);
        }
        if (!kept) {
            return refuse(c, "texts", base->scope.source, "has a text that is missing here.");
        }
    }
    return PN_OK;
}

static pn_err check_protections(const comparer *c) {
    for (size_t i = 0; i < c->base->protection_count; i++) {
        const pn_policy_protection *base = &c->base->protections[i];
        bool kept = base->scope.until < c->today || base->treatment == PN_TREAT_NOTHING;
        for (size_t j = 0; j < c->own->protection_count && !kept; j++) {
            const pn_policy_protection *own = &c->own->protections[j];
            bool narrow = own->treatment != PN_TREAT_ONLY ||
                          (own->scope.channels & ~base->scope.channels) == 0;
            kept = own->kind == base->kind && own->treatment >= base->treatment && narrow &&
                   reaches(c, &own->scope, &base->scope);
        }
        if (!kept) {
            return refuse(c, "protect", base->scope.source,
                          "protects debtors whom this one does not protect as much.");
        }
    }
    return PN_OK;
}

static pn_err check_minimums(const comparer *c) {
    for (size_t i = 0; i < c->base->minimum_count; i++) {
        const pn_policy_minimum *base = &c->base->minimums[i];
        bool kept = false;
        for (size_t j = 0; j < c->own->minimum_count && !kept; j++) {
            const pn_policy_minimum *own = &c->own->minimums[j];
            kept = pn_currency_eq(own->currency, base->currency) && own->minor >= base->minor;
        }
        if (!kept) {
            return refuse(c, "minimum", PN_STR_NONE,
                          "has an amount below which nobody is chased that is missing or lower "
                          "here.");
        }
    }
    return PN_OK;
}

pn_err pn_policy_within(const pn_policy *own, const pn_policy *base, pn_date today, pn_diag *diag) {
    const comparer c = {.own = own, .base = base, .today = today, .diag = diag};
    PN_TRY(check_windows(&c));
    PN_TRY(check_caps(&c));
    PN_TRY(check_gaps(&c));
    PN_TRY(check_scopes(&c, "consent", own->consents, own->consent_count, base->consents,
                        base->consent_count));
    PN_TRY(check_scopes(&c, "opt_out", own->opt_outs, own->opt_out_count, base->opt_outs,
                        base->opt_out_count));
    PN_TRY(check_texts(&c));
    PN_TRY(check_protections(&c));
    return check_minimums(&c);
}
