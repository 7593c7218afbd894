#include "app/study_json.h"

#include "base/banned.h"
#include "base/money.h"

void pn_study_begin_list(pn_json_writer *w, const char *key) {
    pn_json_key(w, pn_str_of(key));
    pn_json_begin_array(w);
}

void pn_study_put_date(pn_json_writer *w, const char *key, pn_date date) {
    char text[PN_DATE_ISO_SIZE];
    pn_json_put_str(w, key, date == PN_DATE_NONE ? PN_STR("") : pn_str_of(pn_date_iso(date, text)));
}

void pn_study_put_amount(pn_json_writer *w, const char *key, int64_t minor, unsigned decimals) {
    pn_buf text;
    pn_buf_init(&text, 64);
    pn_amount_plain(&text, minor, decimals);
    pn_json_put_str(w, key, pn_buf_str(&text));
    pn_buf_done(&text);
}

void pn_study_put_number(pn_json_writer *w, const char *key, double value) {
    pn_buf text;
    pn_buf_init(&text, 64);
    pn_amount_plain(&text, (int64_t)(value * 10000 + (value < 0 ? -0.5 : 0.5)), 4);
    pn_json_key(w, pn_str_of(key));
    pn_json_add_raw(w, pn_buf_str(&text));
    pn_buf_done(&text);
}
