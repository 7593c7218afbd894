#include "core/payin.h"

#include "base/banned.h"

static const char *const NAMES[] = {
    [PN_PAYIN_CREATED] = "created",     [PN_PAYIN_PENDING] = "pending",
    [PN_PAYIN_SUCCEEDED] = "succeeded", [PN_PAYIN_FAILED] = "failed",
    [PN_PAYIN_EXPIRED] = "expired",     [PN_PAYIN_REFUNDED] = "refunded",
};

static_assert(PN_COUNT(NAMES) == PN_PAYIN_STATES, "every state has a name");

const char *pn_payin_state_name(pn_payin_state state) {
    return NAMES[state];
}

pn_payin_state pn_payin_state_of(pn_str name) {
    for (size_t i = 0; i < PN_COUNT(NAMES); i++) {
        if (pn_str_eq(name, pn_str_of(NAMES[i]))) {
            return (pn_payin_state)i;
        }
    }
    return PN_PAYIN_STATES;
}

pn_payin_verdict pn_payin_judge(pn_payin_state state, pn_payin_state claim) {
    enum { STAYS = PN_PAYIN_STAYS, MOVES = PN_PAYIN_MOVES, NO = PN_PAYIN_CONTRADICTS };
    /* rows: what is known; columns: what is claimed */
    static const uint8_t TABLE[PN_PAYIN_STATES][PN_PAYIN_STATES] = {
        /*              created pending succeeded failed expired refunded */
        [PN_PAYIN_CREATED] = {STAYS, MOVES, MOVES, MOVES, MOVES, MOVES},
        [PN_PAYIN_PENDING] = {STAYS, STAYS, MOVES, MOVES, MOVES, MOVES},
        [PN_PAYIN_SUCCEEDED] = {STAYS, STAYS, STAYS, NO, NO, MOVES},
        [PN_PAYIN_FAILED] = {STAYS, STAYS, MOVES, STAYS, STAYS, MOVES},
        [PN_PAYIN_EXPIRED] = {STAYS, STAYS, MOVES, STAYS, STAYS, MOVES},
        [PN_PAYIN_REFUNDED] = {STAYS, STAYS, STAYS, STAYS, STAYS, STAYS},
    };
    assert(state < PN_PAYIN_STATES && claim < PN_PAYIN_STATES);
    return (pn_payin_verdict)TABLE[state][claim];
}

int64_t pn_payin_patience_seconds(int64_t asked) {
    static const int32_t SECONDS[] = {60, 120, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600};
    return SECONDS[PN_MIN((size_t)PN_MAX(asked, (int64_t)0), PN_COUNT(SECONDS) - 1)];
}
