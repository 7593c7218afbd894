#include "core/node/node.h"

#include "base/banned.h"

enum { RULE, WITHIN };
enum { MET, TIMED_OUT };

static const pn_param PARAMS[] = {
    {.name = "rule",
     .type = PN_PARAM_RULE,
     .required = true,
     .help = "What to wait for; looked at on every change and when a date in it is crossed."},
    {.name = "within",
     .type = PN_PARAM_DURATION,
     .required = true,
     .min = 60,
     .max = INT64_C(3650) * 86400,
     .help = "How long to wait at most; time on hold does not count."},
};

static const char *const EXITS[] = {"met", "timeout", NULL};

static pn_go step(pn_step_context *c) {
    const pn_rule *rule = pn_node_param(c, RULE)->rule;
    if (pn_rule_holds(rule, c->facts)) {
        return pn_leave(MET, c->now);
    }
    pn_time deadline =
        pn_time_add_duration(c->run->entered_at, pn_node_param(c, WITHIN)->number, c->facts) +
        c->run->paused_us;
    if (c->now >= deadline) {
        return pn_leave(TIMED_OUT, deadline);
    }
    pn_date change = pn_rule_next_change(rule, c->facts);
    pn_time wake = deadline;
    if (change != PN_DATE_NONE) {
        pn_time crossed = pn_zone_instant(c->facts->debtor.zone, change, 0);
        wake = PN_MIN(wake, crossed);
    }
    return pn_stay(PN_WAIT_RULE, wake);
}

const pn_node_type pn_node_wait_until = {
    .type = "wait.until",
    .label_es = "Esperar hasta que",
    .label_en = "Wait until",
    .label_pt = "Esperar até que",
    .help = "Waits until a rule holds, at most for a time.",
    .version = 1,
    .flags = 0,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
};
