#include "base/log.h"

#include "base/banned.h"

static const char *const LEVELS[] = {"debug", "info", "warn", "error", "off"};

static void put_id(pn_json_writer *writer, const char *key, pn_id_kind kind, pn_id id) {
    if (id != 0) {
        char text[PN_ID_TEXT_SIZE];
        pn_json_put_str(writer, key, pn_str_of(pn_id_text(kind, id, text)));
    }
}

void pn_log_write(const pn_log *log, pn_log_level level, const char *code, pn_log_fields fields) {
    if (log == NULL || level < log->level || log->level == PN_LOG_OFF) {
        return;
    }
    pn_buf line;
    pn_buf_init(&line, 8192);
    pn_json_writer writer = pn_json_writer_on(&line, 0);
    pn_json_begin_object(&writer);
    pn_json_put_int(&writer, "ts", pn_env_now(log->env));
    pn_json_put_str(&writer, "level", pn_str_of(LEVELS[level]));
    pn_json_put_str(&writer, "code", pn_str_of(code));
    put_id(&writer, "org", PN_ID_ORGANIZATION, fields.org);
    put_id(&writer, "debtor", PN_ID_DEBTOR, fields.debtor);
    put_id(&writer, "run", PN_ID_RUN, fields.run);
    put_id(&writer, "message", PN_ID_MESSAGE, fields.message);
    if (fields.request != 0) {
        pn_json_put_int(&writer, "request", fields.request);
    }
    if (fields.route != NULL) {
        pn_json_put_str(&writer, "route", pn_str_of(fields.route));
    }
    if (fields.status != 0) {
        pn_json_put_int(&writer, "status", fields.status);
    }
    if (fields.count != 0) {
        pn_json_put_int(&writer, "count", fields.count);
    }
    if (fields.duration_us != 0) {
        pn_json_put_int(&writer, "duration_us", fields.duration_us);
    }
    if (fields.detail != NULL) {
        pn_json_put_str(&writer, "detail", pn_str_of(fields.detail));
    }
    pn_json_end_object(&writer);
    pn_buf_add_char(&line, '\n');
    if (!line.failed) {
        log->write(log->context, pn_buf_str(&line));
    }
    pn_buf_done(&line);
}

bool pn_log_level_parse(pn_str text, pn_log_level *ret_level) {
    for (size_t i = 0; i < PN_COUNT(LEVELS); i++) {
        if (pn_str_eq(text, pn_str_of(LEVELS[i]))) {
            *ret_level = (pn_log_level)i;
            return true;
        }
    }
    return false;
}
