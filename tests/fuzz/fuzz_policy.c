/* Fuzzes contact policies and the gate over whatever is one. The first eight bytes choose the
 * question; the rest is the document. Checked besides memory: a refusal has a sentence; the moment
 * that LATER tells is allowed and the one before it is not; the verdict can be said; what a day
 * leaves stands in order. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "core/gate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds) {
        abort();
    }
}

static void explain(const pn_verdict *verdict, const pn_policy *policy) {
    static const char *const LANGUAGES[] = {"es", "en", "pt"};
    for (size_t i = 0; i < PN_COUNT(LANGUAGES); i++) {
        pn_buf words;
        pn_buf_init(&words, 1 << 20);
        pn_gate_explain(verdict, policy, pn_zone_utc(), pn_str_of(LANGUAGES[i]), &words);
        check(words.len > 0 && pn_utf8_valid(pn_buf_str(&words)));
        pn_buf_done(&words);
    }
}

static void ask(const pn_policy *policy, uint64_t seed) {
    pn_calendar calendar = pn_calendar_for(PN_STR("ES"), PN_STR("MD"));
    pn_time now = 20480 * PN_DAY + (pn_time)(seed % (366 * 24 * 60)) * PN_MINUTE;
    pn_contact_made history[] = {
        {.at = now - 3 * PN_DAY, .channel = PN_CHANNEL_CALL, .conversation = (seed >> 40 & 1) != 0},
        {.at = now - PN_DAY, .channel = PN_CHANNEL_SMS, .purpose = PN_PURPOSE_SERVICE},
        {.at = now - (pn_time)(seed >> 41 & 15) * PN_HOUR,
         .channel = PN_CHANNEL_EMAIL,
         .account_id = 2},
    };
    pn_gate_query query = {
        .about = {.channel = (pn_channel_kind)(1 + (seed >> 32) % (PN_CHANNELS - 1)),
                  .purpose = (pn_purpose)((seed >> 36) % 3),
                  .person = (seed >> 38 & 1) != 0,
                  .third_party = (seed >> 37 & 1) != 0,
                  .region = PN_STR("MD")},
        .zones = {pn_zone_utc(), pn_zone_utc()},
        .zone_count = 1 + (seed >> 39 & 1),
        .calendar = &calendar,
        .claimable = {(int64_t)(seed >> 48), {"EUR"}},
        .account_id = 1,
        .protections = (seed & 7) == 0 ? (uint32_t)(seed >> 3 & 63) : 0,
        .consented = (seed >> 9 & 1) != 0,
        .to_representative = (seed >> 10 & 1) != 0,
        .opted_out_channels = (uint32_t)(seed >> 11 & 255),
        .history = history,
        .history_count = (seed >> 45 & 3)};
    pn_gate_span spans[8];
    size_t count = pn_gate_spans(policy, &query, (pn_date)(now / PN_DAY), spans, PN_COUNT(spans));
    for (size_t i = 0; i < count; i++) {
        check(spans[i].from < spans[i].to && (i == 0 || spans[i - 1].to < spans[i].from));
    }
    pn_verdict verdict = pn_gate(policy, &query, now);
    explain(&verdict, policy);
    switch (verdict.answer) {
    case PN_GATE_ALLOW: check(verdict.at == now && verdict.reason == PN_GATE_OK); break;
    case PN_GATE_LATER:
        check(verdict.at > now && verdict.at != PN_TIME_NEVER);
        check(pn_gate(policy, &query, verdict.at).answer == PN_GATE_ALLOW);
        check(pn_gate(policy, &query, verdict.at - 1).answer != PN_GATE_ALLOW);
        break;
    case PN_GATE_NEVER: check(verdict.at == PN_TIME_NEVER); break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint64_t seed = 0;
    if (size < sizeof seed) {
        return 0;
    }
    memcpy(&seed, data, sizeof seed);
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_json *document = NULL;
    pn_str text = {(const char *)data + sizeof seed, size - sizeof seed};
    if (pn_json_parse(text, NULL, &arena, &document, NULL) == PN_OK) {
        const pn_policy *policy = NULL;
        pn_diag diag = {0};
        pn_err err = pn_policy_parse(document, &arena, &policy, &diag);
        check(err == PN_OK || (policy == NULL && diag.what[0] != '\0'));
        if (err == PN_OK) {
            ask(policy, seed);
            ask(policy, seed * 0x9E3779B97F4A7C15U);
        }
    }
    pn_arena_done(&arena);
    return 0;
}
