/* Standard Webhooks: the published vector, and what is no secret. */
#include "format/webhook.h"

#include "unit.h"

static void the_published_vector(void **state) {
    (void)state;
    pn_buf secret, out;
    pn_buf_init(&secret, 100);
    pn_buf_init(&out, 100);
    assert_int_equal(
        pn_webhook_secret_read(PN_STR("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), &secret), PN_OK);
    pn_webhook_sign(pn_buf_str(&secret), PN_STR("msg_p5jXN8AQM9LWM0D4loKWxJek"), 1614265330,
                    PN_STR("{\"test\": 2432232314}"), &out);
    assert_str(pn_buf_str(&out), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    pn_buf_clear(&out);
    pn_webhook_secret_text(pn_buf_str(&secret), &out);
    assert_str(pn_buf_str(&out), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    /* any change is another signature */
    pn_buf_clear(&out);
    pn_webhook_sign(pn_buf_str(&secret), PN_STR("msg_p5jXN8AQM9LWM0D4loKWxJek"), 1614265331,
                    PN_STR("{\"test\": 2432232314}"), &out);
    assert_false(pn_str_is(pn_buf_str(&out), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    pn_buf_done(&secret);
    pn_buf_done(&out);
}

static void what_is_no_secret(void **state) {
    (void)state;
    static const char *const BAD[] = {"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                                      "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", /* no base64 */
                                      "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa==" /* 22 bytes */};
    pn_buf out;
    pn_buf_init(&out, 100);
    for (size_t i = 0; i < PN_COUNT(BAD); i++) {
        assert_int_equal(pn_webhook_secret_read(pn_str_of(BAD[i]), &out), PN_INVALID);
    }
    pn_buf_done(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_published_vector),
                                       cmocka_unit_test(what_is_no_secret)};
    return cmocka_run_group_tests_name("webhook", tests, NULL, NULL);
}
