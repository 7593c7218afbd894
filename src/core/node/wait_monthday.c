#include "core/node/node.h"

#include "base/banned.h"

enum { DAY, AT };

static const pn_param PARAMS[] = {
    {.name = "day",
     .type = PN_PARAM_MONTHDAY,
     .required = true,
     .help = "Day of the month, or \"last\"; a month without that day counts its last one."},
    {.name = "at",
     .type = PN_PARAM_CLOCK,
     .otherwise = "\"09:00\"",
     .help = "Local time of day to go on at."},
};

static const char *const EXITS[] = {"next", NULL};

static pn_date day_of_month(pn_date month_start, int64_t day) {
    pn_date end = pn_date_month_end(month_start);
    return day > 31 ? end : PN_MIN(end, month_start + (pn_date)day - 1);
}

static pn_go step(pn_step_context *c) {
    const pn_zone *zone = c->facts->debtor.zone;
    pn_date today = pn_zone_date(zone, c->run->entered_at);
    pn_date month = today - (pn_date_civil(today).day - 1);
    int32_t at = (int32_t)pn_node_param(c, AT)->number;
    int64_t day = pn_node_param(c, DAY)->number;
    pn_time time = pn_zone_instant(zone, day_of_month(month, day), at);
    bool again = pn_run_count(c->run, c->node_index) != 0; /* as in wait.weekday */
    if (again ? time <= c->run->entered_at : time < c->run->entered_at) {
        time = pn_zone_instant(zone, day_of_month(pn_date_month_end(month) + 1, day), at);
    }
    return pn_wait_counted(c, time);
}

const pn_node_type pn_node_wait_monthday = {
    .type = "wait.monthday",
    .label_es = "Esperar a un día del mes",
    .label_en = "Wait for a day of the month",
    .label_pt = "Esperar um dia do mês",
    .help = "Waits for the next such day of the month.",
    .version = 1,
    .flags = PN_NODE_BREATHES | PN_NODE_COUNTS,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
};
