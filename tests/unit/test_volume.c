/* What earlier days say about a strategy's volume. */
#include "core/volume.h"
#include "unit.h"

enum { TODAY = 20000 };

static pn_volume predict(const int64_t *sent, size_t count) {
    pn_volume_day days[PN_VOLUME_HISTORY_DAYS + 10];
    for (size_t i = 0; i < count; i++) {
        days[i] = (pn_volume_day){.day = TODAY - (pn_date)i, .sent = sent[i]};
    }
    if (count > 1 && count < PN_VOLUME_SPAN_MIN) { /* the last of them long ago */
        days[count - 1].day = TODAY - PN_VOLUME_SPAN_MIN;
    }
    return pn_volume_predict(days, count, TODAY);
}

static void little_history_predicts_nothing(void **state) {
    (void)state;
    int64_t sent[PN_VOLUME_DAYS_MIN + 1] = {900}; /* today does not count */
    assert_int_equal(predict(sent, 1).allowed, INT64_MAX);
    for (size_t i = 1; i < PN_VOLUME_DAYS_MIN; i++) {
        sent[i] = 100;
    }
    assert_int_equal(predict(sent, PN_COUNT(sent)).days, PN_VOLUME_DAYS_MIN - 1);
    assert_int_equal(predict(sent, PN_COUNT(sent)).allowed, INT64_MAX);
    sent[PN_VOLUME_DAYS_MIN] = 100;
    assert_int_equal(predict(sent, PN_COUNT(sent)).allowed, 150);
}

static void a_month_must_have_been_seen(void **state) {
    (void)state;
    pn_volume_day days[PN_VOLUME_SPAN_MIN];
    for (size_t i = 0; i < PN_COUNT(days); i++) {
        days[i] = (pn_volume_day){.day = TODAY - 1 - (pn_date)i, .sent = 100};
    }
    assert_int_equal(pn_volume_predict(days, PN_COUNT(days) - 1, TODAY).allowed, INT64_MAX);
    assert_int_equal(pn_volume_predict(days, PN_COUNT(days), TODAY).allowed, 150);
}

static void mean_deviation_and_peak(void **state) {
    (void)state;
    /* mean 200, sum of squares 10 · 100² = 100,000, over 9: 11,111.1; root 105.4, so 106 */
    static const int64_t SENT[] = {0, 100, 300, 100, 300, 100, 300, 100, 300, 100, 300};
    pn_volume v = predict(SENT, PN_COUNT(SENT));
    assert_int_equal(v.days, 10);
    assert_int_equal(v.mean, 200);
    assert_int_equal(v.deviation, 106);
    assert_int_equal(v.most, 300);
    assert_int_equal(v.allowed, 518);
    /* one wave of due dates a month: the peak says more than the deviation */
    static const int64_t WAVE[] = {0, 1000, 990, 1000, 1010, 1000, 1000, 990, 1010, 1000, 1000};
    assert_int_equal(predict(WAVE, PN_COUNT(WAVE)).allowed, 1515);
}

static void few_never_stop(void **state) {
    (void)state;
    static const int64_t SENT[] = {0, 1, 1, 2, 1, 1, 1, 3, 1, 1, 1};
    assert_int_equal(predict(SENT, PN_COUNT(SENT)).allowed, PN_VOLUME_FLOOR);
}

static void old_days_are_forgotten(void **state) {
    (void)state;
    int64_t sent[PN_VOLUME_HISTORY_DAYS + 10];
    for (size_t i = 0; i < PN_COUNT(sent); i++) {
        sent[i] = i > PN_VOLUME_HISTORY_DAYS ? 100000 : 100;
    }
    assert_int_equal(predict(sent, PN_COUNT(sent)).days, PN_VOLUME_HISTORY_DAYS);
    assert_int_equal(predict(sent, PN_COUNT(sent)).allowed, 150);
}

static void large_counts_do_not_overflow(void **state) {
    (void)state;
    int64_t sent[PN_VOLUME_HISTORY_DAYS];
    for (size_t i = 0; i < PN_COUNT(sent); i++) {
        sent[i] = i % 2 == 0 ? 1 : 100000000; /* a hundred million a day */
    }
    assert_int_equal(predict(sent, PN_COUNT(sent)).allowed > 150000000, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(little_history_predicts_nothing),
        cmocka_unit_test(a_month_must_have_been_seen),
        cmocka_unit_test(mean_deviation_and_peak),
        cmocka_unit_test(few_never_stop),
        cmocka_unit_test(old_days_are_forgotten),
        cmocka_unit_test(large_counts_do_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
