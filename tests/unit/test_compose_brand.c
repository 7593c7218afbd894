/* The creditor's brand: colours by WCAG's own vectors, logo and pictures, who signs. */
#include "compose_rig.h"

#include "compose/brand.h"
#include "compose/style.h"

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

static pn_colour colour_of(const char *text) {
    pn_colour colour;
    assert_true(pn_colour_read(pn_str_of(text), &colour));
    return colour;
}

static int32_t contrast_of(const char *one, const char *other) {
    return pn_colour_contrast(colour_of(one), colour_of(other));
}

/* ── colours ─────────────────────────────────────────────────────────────────────────────────── */

static void colours_are_read_and_written(void **state) {
    (void)state;
    char text[PN_COLOUR_TEXT_SIZE];
    pn_colour colour = colour_of("#E4002b");
    assert_int_equal(colour.red, 0xe4);
    assert_int_equal(colour.green, 0);
    assert_int_equal(colour.blue, 0x2b);
    assert_string_equal(pn_colour_text(colour, text), "#e4002b");
    static const char *const OTHERS[] = {"", "#", "e4002b", "#e4002", "#e4002bb", "#e4002g", "red"};
    for (size_t i = 0; i < PN_COUNT(OTHERS); i++) {
        assert_false(pn_colour_read(pn_str_of(OTHERS[i]), &colour));
    }
}

/* Contrasts as published: black on white is 21:1, #767676 is the lightest grey that passes AA on
 * white (4.54) and #777777 does not (4.48), pure red on white is 4.00, #0000ff is 8.59. */
static void contrast_is_that_of_wcag(void **state) {
    (void)state;
    assert_int_equal(contrast_of("#000000", "#ffffff"), 21000);
    assert_int_equal(contrast_of("#ffffff", "#ffffff"), 1000);
    assert_int_equal(contrast_of("#767676", "#ffffff"), 4542);
    assert_int_equal(contrast_of("#777777", "#ffffff"), 4478);
    assert_in_range(contrast_of("#ff0000", "#ffffff"), 3990, 4005);
    assert_in_range(contrast_of("#0000ff", "#ffffff"), 8580, 8600);
    assert_int_equal(contrast_of("#ffffff", "#0000ff"), contrast_of("#0000ff", "#ffffff"));
    assert_int_equal(pn_colour_luminance(colour_of("#ffffff")), 1000000);
    assert_int_equal(pn_colour_luminance(colour_of("#000000")), 0);
    assert_int_equal(pn_colour_luminance(colour_of("#ff0000")), 212600);
}

static void check_brand(const char *colour) {
    static const char *const LIGHT[] = {STYLE_SURFACE, STYLE_SOFT, STYLE_PAGE};
    static const char *const DARK[] = {STYLE_DARK_SURFACE, STYLE_DARK_SOFT, STYLE_DARK_PAGE};
    pn_brand brand = pn_brand_of(pn_str_of(colour));
    for (size_t i = 0; i < PN_COUNT(LIGHT); i++) {
        assert_true(contrast_of(brand.light.link, LIGHT[i]) >= 4500);
        assert_true(contrast_of(brand.light.border, LIGHT[i]) >= 4500);
        assert_true(contrast_of(brand.dark.link, DARK[i]) >= 4500);
        assert_true(contrast_of(brand.dark.border, DARK[i]) >= 4500);
    }
    assert_true(contrast_of(brand.light.label, brand.light.button) >= 4500);
    assert_true(contrast_of(brand.dark.label, brand.dark.button) >= 4500);
}

static void every_brand_can_be_read_on_both_grounds(void **state) {
    (void)state;
    for (unsigned red = 0; red < 256; red += 15) {
        for (unsigned green = 0; green < 256; green += 15) {
            for (unsigned blue = 0; blue < 256; blue += 15) {
                char text[PN_COLOUR_TEXT_SIZE];
                pn_colour colour = {(uint8_t)red, (uint8_t)green, (uint8_t)blue};
                check_brand(pn_colour_text(colour, text));
            }
        }
    }
    check_brand("");
    check_brand("#e4002b");
}

static void a_brand_that_fits_is_left_alone(void **state) {
    (void)state;
    pn_brand brand = pn_brand_of(PN_STR("#b00020"));
    assert_string_equal(brand.light.link, "#b00020");
    assert_string_equal(brand.light.button, "#b00020");
    assert_string_equal(brand.light.label, "#ffffff");
    assert_string_not_equal(brand.dark.link, "#b00020");
    /* a bright one keeps its button, with dark letters and a border that shows it on white */
    brand = pn_brand_of(PN_STR("#ffd400"));
    assert_string_equal(brand.light.button, "#ffd400");
    assert_string_equal(brand.light.label, "#0a1626");
    assert_string_not_equal(brand.light.border, "#ffd400");
    assert_string_equal(brand.dark.link, "#ffd400");
    brand = pn_brand_of(PN_STR("nothing"));
    assert_string_equal(brand.light.link, STYLE_ACCENT);
    assert_string_equal(brand.dark.link, STYLE_DARK_ACCENT);
}

static void the_brand_is_in_links_and_buttons(void **state) {
    (void)state;
    const pn_variant *variant = variant_of(
        &arena, ES, "{'text':'Vea [la página](https://example.com/)'},{'pay_button':'Pagar'}");
    pn_compose_facts facts = example(&arena, "es", "ES");
    facts.brand_colour = PN_STR("#b00020");
    mail m = mail_of(&arena, variant, &facts);
    assert_contains(m.html, "href=\"https://example.com/\" style=\"color:#b00020\"");
    assert_contains(m.html, "bgcolor=\"#b00020\"");
    assert_contains(m.html, "fillcolor=\"#b00020\"");
    assert_lacks(m.html, STYLE_ACCENT);
    assert_lacks(m.html, STYLE_DARK_ACCENT);
}

/* ── logo, pictures ──────────────────────────────────────────────────────────────────────────── */

static void images_are_bounded_and_never_enlarged(void **state) {
    (void)state;
    static const struct {
        int32_t width, height, shown_width, shown_height;
    } CASES[] = {{100, 40, 100, 40}, {480, 112, 240, 56}, {2400, 100, 240, 10},
                 {56, 5600, 1, 56},  {4000, 1, 240, 1},   {0, 0, 0, 56}};
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        pn_shown shown = pn_brand_fit(CASES[i].width, CASES[i].height, 240, 56);
        assert_int_equal(shown.width, CASES[i].shown_width);
        assert_int_equal(shown.height, CASES[i].shown_height);
    }
}

static void the_logo_stands_above_or_where_a_block_says(void **state) {
    (void)state;
    pn_compose_facts facts = example(&arena, "es", "ES");
    facts.logo_src = PN_STR("cid:logo@example.com");
    facts.logo_width = 480;
    facts.logo_height = 112;
    mail m = mail_of(&arena, variant_of(&arena, ES, "{'text':'Hola'}"), &facts);
    size_t at = pn_str_find(m.html, PN_STR("src=\"cid:logo@example.com\""));
    assert_true(at < pn_str_find(m.html, PN_STR(">Hola<")));
    assert_contains(m.html, "width=\"240\" height=\"56\"");
    m = mail_of(&arena, variant_of(&arena, ES, "{'text':'Hola'},{'logo':true}"), &facts);
    at = pn_str_find(m.html, PN_STR("src=\"cid:logo@example.com\""));
    assert_true(at > pn_str_find(m.html, PN_STR(">Hola<")));
    assert_int_equal(pn_str_find(pn_str_from(m.html, at + 10), PN_STR("cid:")), SIZE_MAX);
    facts.logo_src = PN_STR_NONE;
    m = mail_of(&arena, variant_of(&arena, ES, "{'logo':true}"), &facts);
    assert_lacks(m.html, "<img");
}

static void a_picture_has_other_text_and_a_safe_address(void **state) {
    (void)state;
    const pn_variant *variant = variant_of(
        &arena, ES,
        "{'image':{'src':'https://example.com/{{ debtor.name }}.png','alt':'{{ debtor.name }}',"
        "'link':'{{ link }}'}},{'text':'.'}");
    pn_compose_facts facts = example(&arena, "es", "ES");
    facts.debtor_name = PN_STR("Rayo");
    mail m = mail_of(&arena, variant, &facts);
    assert_contains(m.html, "src=\"https://example.com/Rayo.png\" alt=\"Rayo\"");
    assert_contains(m.html, "<a class=\"t\" href=\"https://pay.example.com/");
    assert_contains(m.text, "[Rayo]\nhttps://pay.example.com/");
    facts.debtor_name = PN_STR("\"><script>");
    m = mail_of(&arena, variant, &facts);
    assert_lacks(m.html, "<script");
    assert_lacks(m.html, "<img");
}

/* ── who signs ───────────────────────────────────────────────────────────────────────────────── */

static void the_signature_has_the_collectors_lines(void **state) {
    (void)state;
    const pn_variant *variant = variant_of(&arena, ES, "{'text':'{{ signature }}'}");
    pn_compose_facts facts = example(&arena, "es", "ES");
    facts.creditor_name = PN_STR("Suministros Duero");
    facts.sender_name = PN_STR("Ana Ruiz");
    facts.sender_title = PN_STR("Gestión de cobros");
    facts.sender_phone = PN_STR("+34 983 000 000");
    mail m = mail_of(&arena, variant, &facts);
    assert_contains(m.text, "Ana Ruiz\nGestión de cobros\n+34 983 000 000\nSuministros Duero\n");
    facts.sender_signature = PN_STR("Cobros\r\nLunes a viernes");
    m = mail_of(&arena, variant, &facts);
    assert_contains(m.text, "Ana Ruiz\nCobros\nLunes a viernes\nSuministros Duero\n");
    facts.sender_name = PN_STR_NONE;
    m = mail_of(&arena, variant, &facts);
    assert_lacks(m.text, "Lunes");
}

/* ── installments ────────────────────────────────────────────────────────────────────────────── */

static void a_plan_is_listed_with_what_is_paid(void **state) {
    (void)state;
    const pn_variant *variant = variant_of(&arena, ES, "{'text':'.'},{'installments':true}");
    pn_compose_facts facts = example(&arena, "es", "ES");
    mail m = mail_of(&arena, variant, &facts);
    assert_contains(m.text, "Cuota");
    assert_contains(m.text, "1 / 3");
    assert_contains(m.text, "pagada");
    assert_contains(m.html, "3 / 3");
    assert_contains(m.text, "1.050,00 €"); /* the total of the three */
    facts.plan_count = 0;
    m = mail_of(&arena, variant, &facts);
    assert_lacks(m.text, "Cuota");
    assert_lacks(m.html, "Cuota");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colours_are_read_and_written),
        cmocka_unit_test(contrast_is_that_of_wcag),
        cmocka_unit_test(every_brand_can_be_read_on_both_grounds),
        cmocka_unit_test(a_brand_that_fits_is_left_alone),
        cmocka_unit_test_setup_teardown(the_brand_is_in_links_and_buttons, set_up, tear_down),
        cmocka_unit_test(images_are_bounded_and_never_enlarged),
        cmocka_unit_test_setup_teardown(the_logo_stands_above_or_where_a_block_says, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_picture_has_other_text_and_a_safe_address, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_signature_has_the_collectors_lines, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_plan_is_listed_with_what_is_paid, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("compose: brand", tests, NULL, NULL);
}
