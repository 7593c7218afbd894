#include "http/report.h"

#include "app/segments.h"
#include "base/banned.h"
#include "http/answer.h"
#include "http/find.h"
#include "store/rollup.h"

enum { SPAN_DAYS_MAX = 731 };

const pn_shape PN_REPORT_SPAN[] = {
    {.name = "from", .type = PN_SHAPE_DATE, .required = true},
    {.name = "to",
     .type = PN_SHAPE_DATE,
     .required = true,
     .help = "the first day that is not in it; at most two years later"},
    PN_REPORT_CREDITOR,
    PN_REPORT_SEGMENT,
    {.name = NULL},
};

pn_err pn_report_of_read(pn_exchange *x, pn_report_of *ret_of) {
    const pn_route_value *creditor = pn_query_value(x, "creditor");
    const pn_route_value *segment = pn_query_value(x, "segment");
    *ret_of = (pn_report_of){0};
    if (creditor->given) {
        const pn_creditor_row *row = NULL;
        PN_TRY(pn_find_creditor(x, creditor->number, &row));
        ret_of->creditor_id = row->id;
    }
    if (segment->given) {
        pn_segment_row row;
        PN_TRY(pn_segments_get(x->app, segment->text, x->arena, &row, &x->diag));
        PN_TRY(pn_segments_rule(&row, x->arena, &ret_of->rule, &x->diag));
    }
    return PN_OK;
}

pn_err pn_report_ready(pn_exchange *x, pn_report_of *ret_of) {
    bool stale = false;
    PN_TRY(pn_told(x, pn_rollup_is_stale(x->db, x->app->org.id, &stale)));
    if (stale) {
        pn_err err = pn_diag_set(&x->diag, PN_CONFLICT, "The figures are being counted anew.");
        pn_diag_mend(&x->diag, "Ask again in a minute; without a server that works, run `puntual "
                               "report rebuild`.");
        return err;
    }
    return pn_report_of_read(x, ret_of);
}

pn_err pn_report_days(pn_exchange *x, pn_date *ret_from, pn_date *ret_to) {
    *ret_from = (pn_date)pn_query_value(x, "from")->number;
    *ret_to = (pn_date)pn_query_value(x, "to")->number;
    if (*ret_to <= *ret_from || *ret_to - *ret_from > SPAN_DAYS_MAX) {
        return pn_diag_set(&x->diag, PN_INVALID,
                           "The report ends behind its beginning, at most %d days later.",
                           SPAN_DAYS_MAX);
    }
    return PN_OK;
}

void pn_put_monies(pn_json_writer *w, const char *key, const pn_figure_monies *monies) {
    pn_put_list(w, key);
    for (size_t i = 0; i < monies->count; i++) {
        pn_json_begin_object(w);
        pn_put_amount(w, "amount", monies->items[i].amount, monies->items[i].currency);
        pn_json_put_int(w, "count", monies->items[i].count);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}
