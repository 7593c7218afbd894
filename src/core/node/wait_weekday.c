#include "core/node/node.h"

#include "base/banned.h"

enum { WEEKDAYS, AT };

static const pn_param PARAMS[] = {
    {.name = "weekdays",
     .type = PN_PARAM_WEEKDAYS,
     .required = true,
     .help = "The days to go on at: [\"mon\", \"thu\"]."},
    {.name = "at",
     .type = PN_PARAM_CLOCK,
     .otherwise = "\"09:00\"",
     .help = "Local time of day to go on at."},
};

static const char *const EXITS[] = {"next", NULL};

/* The first time round, a wait that begins at the very moment it waits for is over; in a loop that
 * would let no time pass, so from the second time on it is the next one. */
static pn_go step(pn_step_context *c) {
    bool again = pn_run_count(c->run, c->node_index) != 0;
    pn_local from = pn_zone_local(c->facts->debtor.zone, c->run->entered_at);
    unsigned days = (unsigned)pn_node_param(c, WEEKDAYS)->number;
    int32_t at = (int32_t)pn_node_param(c, AT)->number;
    for (pn_date date = from.date; date <= from.date + 7; date++) {
        pn_time time = pn_zone_instant(c->facts->debtor.zone, date, at);
        bool late_enough = again ? time > c->run->entered_at : time >= c->run->entered_at;
        if ((days >> pn_date_weekday(date) & 1U) != 0 && late_enough) {
            return pn_wait_counted(c, time);
        }
    }
    return pn_wait_counted(c, c->run->entered_at); /* not reached: the set is never empty */
}

const pn_node_type pn_node_wait_weekday = {
    .type = "wait.weekday",
    .label_es = "Esperar a un día de la semana",
    .label_en = "Wait for a weekday",
    .label_pt = "Esperar um dia da semana",
    .help = "Waits for the next of these weekdays.",
    .version = 1,
    .flags = PN_NODE_BREATHES | PN_NODE_COUNTS,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
};
