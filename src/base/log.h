/* Logs: JSON lines on a file descriptor.
 *
 * Libraries never log; app, cli and later http do, through a logger that main makes. A line carries
 * ts, level, code (a stable word such as "delivery.uncertain"), and ids; never personal data, so
 * there is no free text from outside in it. */
#ifndef PN_BASE_LOG_H
#define PN_BASE_LOG_H

#include "base/id.h"
#include "base/json.h"

typedef enum { PN_LOG_DEBUG, PN_LOG_INFO, PN_LOG_WARN, PN_LOG_ERROR, PN_LOG_OFF } pn_log_level;

typedef struct {
    const pn_env *env;
    void (*write)(void *context, pn_str line); /* one whole line with its newline */
    void *context;
    pn_log_level level; /* what is below is dropped */
} pn_log;

typedef struct {
    pn_id org, debtor, run, message; /* 0: absent */
    int64_t duration_us;             /* 0: absent */
    const char *detail;              /* our own words only; NULL: absent */
    int64_t count;                   /* 0: absent */
    int64_t request;                 /* its number; 0: absent */
    const char *route;               /* its name; NULL: absent */
    int status;                      /* what it was answered; 0: absent */
} pn_log_fields;

/* `log` may be NULL. */
void pn_log_write(const pn_log *log, pn_log_level level, const char *code, pn_log_fields fields);

bool pn_log_level_parse(pn_str text, pn_log_level *ret_level);

#endif
