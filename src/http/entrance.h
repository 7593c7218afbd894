/* The pages of the entrance: signing in without script, in three languages, light and dark. */
#ifndef PN_HTTP_ENTRANCE_H
#define PN_HTTP_ENTRANCE_H

#include "http/exchange.h"

typedef enum {
    PN_ENTRANCE_ES,
    PN_ENTRANCE_EN,
    PN_ENTRANCE_PT,
    PN_ENTRANCE_LANGUAGES
} pn_entrance_language;

typedef enum {
    PN_SAY_SIGN_IN,
    PN_SAY_SIGN_IN_BUTTON,
    PN_SAY_EMAIL,
    PN_SAY_PASSWORD,
    PN_SAY_FORGOT,
    PN_SAY_FORGOT_LEAD,
    PN_SAY_FORGOT_BUTTON,
    PN_SAY_FORGOT_DONE,
    PN_SAY_FORGOT_DONE_LEAD,
    PN_SAY_BACK,
    PN_SAY_CODE_TITLE,
    PN_SAY_CODE_LEAD,
    PN_SAY_CODE,
    PN_SAY_CODE_BUTTON,
    PN_SAY_WELCOME,
    PN_SAY_WELCOME_FIRST,
    PN_SAY_WELCOME_LEAD, /* %1 the organization */
    PN_SAY_FIRST_LEAD,
    PN_SAY_RESET,
    PN_SAY_RESET_LEAD, /* %1 the address */
    PN_SAY_NAME,
    PN_SAY_COMPANY,
    PN_SAY_COUNTRY,
    PN_SAY_NEW_PASSWORD,
    PN_SAY_PASSWORD_HINT, /* %1 characters */
    PN_SAY_SET_BUTTON,
    PN_SAY_OLD_LINK,
    PN_SAY_OLD_LINK_LEAD,
    PN_SAY_WRONG,
    PN_SAY_WRONG_CODE,
    PN_SAY_SLOW_DOWN,
    PN_SAY_PASSWORD_BAD,
    PN_SAY_FIELDS_BAD,
    PN_SAY_INSECURE,
    PN_SAY_ELSEWHERE,
    PN_SAY_TROUBLE,
    PN_SAY_WITH, /* %1 a provider */
    PN_SAY_PROVIDER_FAILED,
    PN_SAYS
} pn_entrance_saying;

const char *pn_entrance_word(pn_entrance_language language, pn_entrance_saying saying);
/* The query's "lang", else what the browser prefers, else Spanish. */
pn_entrance_language pn_entrance_language_of(const pn_exchange *exchange);

/* One page under way. */
typedef struct {
    pn_exchange *exchange;
    pn_entrance_language language;
    pn_buf *out;
} pn_entrance;

/* Begins the page with its heading; `wrong` (PN_SAYS: nothing) stands first, as what is wrong. */
pn_entrance pn_entrance_begin(pn_exchange *exchange, pn_entrance_saying title,
                              pn_entrance_saying wrong);
pn_err pn_entrance_end(pn_entrance *page, int status);
/* A paragraph; %1 is `value`. */
void pn_entrance_p(pn_entrance *page, pn_entrance_saying saying, pn_str value);
void pn_entrance_form(pn_entrance *page, const char *path);
/* `complete` is for the browser's own memory: "username", "current-password". */
void pn_entrance_field(pn_entrance *page, const char *name, const char *type, const char *complete,
                       pn_entrance_saying label, pn_str value);
/* Countries by their names in the page's language; `value` is the one chosen. */
void pn_entrance_countries(pn_entrance *page, const char *name, pn_str value);
void pn_entrance_hint(pn_entrance *page, pn_entrance_saying saying, pn_str value);
void pn_entrance_hidden(pn_entrance *page, const char *name, pn_str value);
void pn_entrance_submit(pn_entrance *page, pn_entrance_saying label);
void pn_entrance_link(pn_entrance *page, const char *path, pn_entrance_saying label);
void pn_entrance_link_to(pn_entrance *page, const char *path, pn_entrance_saying label,
                         pn_str value);

/* A field of a form's body (application/x-www-form-urlencoded); empty where there is none. */
pn_str pn_form_value(const pn_exchange *exchange, const char *name);

#endif
