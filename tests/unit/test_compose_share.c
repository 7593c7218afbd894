/* The ready templates of share/templates: each is strict, speaks every language, and makes sense
 * whatever there is and is not to say. */
#include "unit.h"

#include <dirent.h>
#include <stdio.h>

#include "base/limits.h"
#include "compose/compose.h"

typedef struct {
    const char *name;
    pn_purpose purpose;
    unsigned tones; /* 0: one text for all */
} ready;

static const ready READY[] = {
    {"adeudo_aviso", PN_PURPOSE_SERVICE, 0},      {"aviso", PN_PURPOSE_DEMAND, 0},
    {"baja_servicio", PN_PURPOSE_DEMAND, 0},      {"cesion", PN_PURPOSE_LEGAL, 0},
    {"cobro_rechazado", PN_PURPOSE_DEMAND, 3},    {"correo_fallido", PN_PURPOSE_SERVICE, 0},
    {"disputa_recibida", PN_PURPOSE_SERVICE, 0},  {"entrega", PN_PURPOSE_SERVICE, 0},
    {"gracias", PN_PURPOSE_SERVICE, 0},           {"negociacion", PN_PURPOSE_LEGAL, 0},
    {"plan_cuota", PN_PURPOSE_SERVICE, 0},        {"plan_oferta", PN_PURPOSE_DEMAND, 0},
    {"promesa_incumplida", PN_PURPOSE_DEMAND, 0}, {"promesa_recordatorio", PN_PURPOSE_SERVICE, 0},
    {"reanudacion", PN_PURPOSE_SERVICE, 0},       {"recibo", PN_PURPOSE_SERVICE, 0},
    {"recordatorio", PN_PURPOSE_DEMAND, 5},       {"restablecido", PN_PURPOSE_SERVICE, 0},
    {"silencio", PN_PURPOSE_SERVICE, 0},          {"suspension", PN_PURPOSE_DEMAND, 0},
    {"vence_hoy", PN_PURPOSE_DEMAND, 0},
};
static const char *const LANGUAGES[] = {"es", "es-419", "en", "pt"};

static pn_arena arena;

static int set_up(void **state) {
    (void)state;
    pn_arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pn_arena_done(&arena);
    return 0;
}

static const char *templates_folder(void) {
    static char path[4096];
    const char *share = getenv("PUNTUAL_SHARE");
    (void)snprintf(path, sizeof path, "%s/templates", share != NULL ? share : "share");
    return path;
}

static const pn_family *family_of(const char *name) {
    pn_json *json = NULL;
    const pn_family *family = NULL;
    pn_compose_problems problems = {0};
    pn_diag diag = {0};
    char path[4200];
    (void)snprintf(path, sizeof path, "%s/%s.json", templates_folder(), name);
    if (pn_json_parse(file_read(&arena, path), NULL, &arena, &json, &diag) != PN_OK) {
        fail_msg("%s: %s at %s", name, diag.what, diag.where);
    }
    pn_err err = pn_family_compile(json, &arena, &family, &problems, &diag);
    for (size_t i = 0; i < problems.count; i++) {
        print_error("%s, %.*s: %.*s\n", name, PN_STR_ARG(problems.items[i].where),
                    PN_STR_ARG(problems.items[i].sentence));
    }
    assert_int_equal(problems.count, 0);
    assert_int_equal(err, PN_OK);
    return family;
}

/* ── what there is ───────────────────────────────────────────────────────────────────────────── */

static void test_all_are_known(void **state) {
    (void)state;
    size_t count = 0;
    DIR *folder = opendir(templates_folder());
    assert_non_null(folder);
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        count += strstr(entry->d_name, ".json") != NULL;
    }
    (void)closedir(folder);
    assert_int_equal(count, PN_COUNT(READY));
}

static void test_compile_strictly(void **state) {
    (void)state;
    for (size_t i = 0; i < PN_COUNT(READY); i++) {
        const pn_family *family = family_of(READY[i].name);
        assert_true(pn_str_eq(pn_family_name(family), pn_str_of(READY[i].name)));
        assert_int_equal(pn_family_purpose(family), READY[i].purpose);
        for (size_t j = 0; j < PN_COUNT(LANGUAGES); j++) {
            for (unsigned tone = 1; tone <= 5; tone++) {
                const pn_variant *variant =
                    pn_family_choose(family, PN_CHANNEL_EMAIL, pn_str_of(LANGUAGES[j]), PN_STR_NONE,
                                     PN_FORM_ANY, tone);
                assert_true(pn_str_eq(pn_variant_language(variant), pn_str_of(LANGUAGES[j])));
                assert_int_equal(pn_variant_tone(variant), PN_MIN(READY[i].tones, tone));
            }
        }
    }
}

/* ── what they say ───────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_buf subject, text, html;
} mail;

static mail mail_new(void) {
    mail m;
    pn_buf_init(&m.subject, PN_LIMIT_TEMPLATE_BYTES);
    pn_buf_init(&m.text, PN_LIMIT_TEMPLATE_BYTES);
    pn_buf_init(&m.html, PN_LIMIT_TEMPLATE_BYTES);
    return m;
}

static void mail_free(mail *m) {
    pn_buf_done(&m->subject);
    pn_buf_done(&m->text);
    pn_buf_done(&m->html);
}

/* What is left when a variable is empty, a plural is wrong or a mark was not read. */
static const char *sign_of_nonsense(pn_str text) {
    static const char *const SIGNS[] = {
        "\n\n\n", " .",         " ,",     " :",         "..",     ",,",        ",.",     "()",
        "( ",     " )",         "**",     "{{",         "{%",     "}}",        "%}",     "[]",
        "nil",    "1 facturas", "1 días", "1 invoices", "1 days", "1 faturas", "1 dias", " \n",
        "  de",   "  por",      "de  ",   "el ,",       "el .",   " del.",
    };
    for (size_t i = 0; i < PN_COUNT(SIGNS); i++) {
        size_t at = pn_str_find(text, pn_str_of(SIGNS[i]));
        bool within_number =
            at != SIZE_MAX && at > 0 && pn_is_digit(SIGNS[i][0]) && pn_is_digit(text.ptr[at - 1]);
        if (at != SIZE_MAX && !within_number) {
            return SIGNS[i];
        }
    }
    return NULL;
}

static void check_mail(const char *name, const pn_variant *variant, const pn_compose_facts *facts,
                       const char *what) {
    mail m = mail_new();
    pn_arena scratch;
    pn_diag diag = {0};
    pn_arena_init(&scratch, 0);
    if (pn_compose_email(variant, facts, &scratch, &m.subject, &m.text, &m.html, &diag) != PN_OK) {
        fail_msg("%s %s: %s at %s", name, what, diag.what, diag.where);
    }
    pn_str text = pn_buf_str(&m.text), subject = pn_buf_str(&m.subject);
    const char *sign = sign_of_nonsense(text);
    sign = sign != NULL ? sign : sign_of_nonsense(subject);
    if (sign != NULL) {
        fail_msg("%s %.*s %u, %s: “%s” in\n%.*s\n\n%.*s", name,
                 PN_STR_ARG(pn_variant_language(variant)), pn_variant_tone(variant), what, sign,
                 PN_STR_ARG(subject), PN_STR_ARG(text));
    }
    /* a paragraph is never one word that had others around it */
    assert_true(subject.len > 8);
    pn_arena_done(&scratch);
    mail_free(&m);
}

typedef struct {
    const char *what;
    size_t overdue, upcoming;
    bool bare; /* nothing that is optional */
} shape;

static const shape SHAPES[] = {
    {"all there is", 2, 1, false},     {"one overdue", 1, 0, false},
    {"two overdue", 2, 0, false},      {"one of each", 1, 1, false},
    {"one not due", 0, 1, false},      {"nothing listed", 0, 0, false},
    {"one overdue, bare", 1, 0, true}, {"all, bare", 2, 1, true},
    {"one not due, bare", 0, 1, true}, {"nothing listed, bare", 0, 0, true},
};

/* The example with fewer invoices. */
static pn_compose_facts facts_of(const char *language, const char *country, const shape *s) {
    pn_compose_facts facts;
    pn_compose_example(pn_str_of(language), pn_str_of(country), &arena, &facts);
    pn_currency currency = facts.total.currency;
    facts.overdue_count = s->overdue;
    facts.upcoming_count = s->upcoming;
    facts.total = facts.total_overdue = (pn_money){0, currency};
    for (size_t i = 0; i < s->overdue; i++) {
        facts.total_overdue.minor += facts.overdue[i].claimable.minor;
    }
    facts.total = facts.total_overdue;
    for (size_t i = 0; i < s->upcoming; i++) {
        facts.total.minor += facts.upcoming[i].claimable.minor;
    }
    if (s->bare) {
        facts.contact_name = facts.sender_name = facts.creditor_tax_id = PN_STR_NONE;
        facts.creditor_address = facts.creditor_phone = facts.creditor_email = PN_STR_NONE;
        facts.creditor_iban = facts.link = facts.reference = PN_STR_NONE;
        facts.payment_reference = facts.handover_name = facts.handover_contact = PN_STR_NONE;
        facts.attachment_count = 0;
        facts.deadline = facts.promise_due = facts.payment_date = PN_DATE_NONE;
        facts.promise_amount = facts.payment_amount = facts.installment_amount = (pn_money){0};
    }
    return facts;
}

static void test_no_nonsense(void **state) {
    (void)state;
    static const struct {
        const char *language, *country;
    } PEOPLE[] = {{"es", "ES"}, {"es", "CL"}, {"es-419", "MX"},
                  {"en", "US"}, {"en", "GB"}, {"pt", "BR"}};
    for (size_t i = 0; i < PN_COUNT(READY); i++) {
        const pn_family *family = family_of(READY[i].name);
        for (size_t p = 0; p < PN_COUNT(PEOPLE) * PN_COUNT(SHAPES); p++) {
            const shape *s = &SHAPES[p % PN_COUNT(SHAPES)];
            const char *language = PEOPLE[p / PN_COUNT(SHAPES)].language;
            pn_compose_facts facts = facts_of(language, PEOPLE[p / PN_COUNT(SHAPES)].country, s);
            if (READY[i].purpose == PN_PURPOSE_DEMAND && s->overdue + s->upcoming == 0) {
                continue; /* a demand that asks for nothing never leaves */
            }
            for (unsigned tone = 1; tone <= (READY[i].tones == 0 ? 1 : READY[i].tones); tone++) {
                facts.tone = tone;
                check_mail(READY[i].name,
                           pn_family_choose(family, PN_CHANNEL_EMAIL, pn_str_of(language),
                                            PN_STR_NONE, PN_FORM_ANY, tone),
                           &facts, s->what);
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_all_are_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_compile_strictly, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_nonsense, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
