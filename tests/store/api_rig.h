/* Asking routes without a server, as a server's threads would. */
#ifndef PN_TEST_API_RIG_H
#define PN_TEST_API_RIG_H

#include "app_rig.h"

#include "auth/identity.h"
#include "http/route.h"

/* Two debtors with three invoices, a strategy at work. */
extern rig r;
int api_set_up(void **state);
int api_tear_down(void **state);
#define api_test(name) cmocka_unit_test_setup_teardown(name, api_set_up, api_tear_down)

typedef struct {
    int status;
    const char *body;
    const char *location;
    const char *etag;
    bool replayed;
} answer;

/* Of the next requests. */
extern const char *if_match, *idempotency_key, *language, *body_type;
extern const pn_identity *asker; /* NULL: nobody asks who */

answer ask_text(pn_http_method method, const char *url, pn_str body);
/* A body with ' for ". */
answer ask(pn_http_method method, const char *url, const char *body);
#define get(url) ask(PN_HTTP_GET, url, "")
#define post(url, body) ask(PN_HTTP_POST, url, body)

answer want_at(answer a, int status, int line);
#define want(a, status) want_at(a, status, __LINE__)
void says_at(answer a, const char *words, int line);
#define says(a, words) says_at(a, words, __LINE__)

/* The id behind $ in the pattern. */
const char *url_of(const char *format, pn_id_kind kind, pn_id id);
const char *debtor(const char *key, const char *tail);
const char *invoice(const char *number, const char *tail);
/* The first id of an answer. */
const char *made(answer a, char out[PN_ID_TEXT_SIZE]);

#endif
