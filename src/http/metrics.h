/* Metrics of requests, and the text of Prometheus (exposition format 0.0.4). */
#ifndef PN_HTTP_METRICS_H
#define PN_HTTP_METRICS_H

#include "http/route.h"

typedef struct pn_metrics pn_metrics;

pn_metrics *pn_metrics_new(const pn_route *const *routes);
void pn_metrics_free(pn_metrics *metrics);
/* Any thread; `route` NULL: none was found. `duration` in microseconds. */
void pn_metrics_request(pn_metrics *metrics, const pn_route *route, int status, int64_t duration);
/* Writes what was counted: requests by route and status, and how long they took by route. */
void pn_metrics_write(pn_metrics *metrics, pn_buf *out);

/* One value by itself: "gauge" or "counter". Its name is without "puntual_". */
void pn_metric_write(pn_buf *out, const char *name, const char *type, const char *help,
                     int64_t value);
/* Of a metric with one label: its head, then each value. */
void pn_metric_head(pn_buf *out, const char *name, const char *type, const char *help);
void pn_metric_labelled(pn_buf *out, const char *name, const char *label, const char *value,
                        int64_t number);

#endif
