/* Opt-out words: what is one, and what only looks like one. */
#include "unit.h"

#include "format/optout.h"

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

static void expect(pn_optout wanted, const char *const *messages, size_t count) {
    for (size_t i = 0; i < count; i++) {
        pn_optout found = pn_optout_of(pn_str_of(messages[i]), &arena);
        if (found != wanted) {
            print_error("“%s” gave %d, not %d\n", messages[i], (int)found, (int)wanted);
            fail();
        }
    }
}

static void words_that_end_a_channel(void **state) {
    (void)state;
    static const char *const MESSAGES[] = {"STOP",
                                           "Stop.",
                                           " stop\r\n",
                                           "¡STOP!",
                                           "«Baja»",
                                           "BAJA",
                                           "baja por favor",
                                           "Hola, baja, gracias",
                                           "NO MÁS",
                                           "No mas",
                                           "no ma\xCC\x81s",
                                           "CANCELAR",
                                           "SAIR",
                                           "Sair!!",
                                           "PARAR",
                                           "UNSUBSCRIBE",
                                           "Quit",
                                           "END",
                                           "REVOKE",
                                           "OPT OUT",
                                           "opt-out",
                                           "Opt_Out",
                                           "optout",
                                           "DESUSCRIBIR",
                                           "Desuscribirme",
                                           "stop stop stop",
                                           "STOP 🛑",
                                           "cancel please",
                                           "Please stop",
                                           "Quiero darme de baja. Un saludo",
                                           "NÃO QUERO MAIS",
                                           "não envie mais mensagens",
                                           "Désabonner",
                                           "ARRÊT",
                                           "s'il vous plaît, désabonnez-moi",
                                           "no more emails, thanks",
                                           "*STOP*",
                                           "\"baja\"",
                                           "Stop\n\n"};
    expect(PN_OPTOUT_CHANNEL, MESSAGES, PN_COUNT(MESSAGES));
}

static void words_that_end_everything(void **state) {
    (void)state;
    static const char *const MESSAGES[] = {"STOP ALL",
                                           "StopAll",
                                           "Don't contact me again!",
                                           "Don’t contact me",
                                           "No me contacten más",
                                           "por favor, no me llamen más",
                                           "Não me contate mais",
                                           "Ne me contactez plus",
                                           "cease and desist"};
    expect(PN_OPTOUT_EVERYWHERE, MESSAGES, PN_COUNT(MESSAGES));
}

static void a_person_reads_the_rest(void **state) {
    (void)state;
    static const char *const MESSAGES[] = {
        "",
        "   ",
        "please",
        "gracias",
        "hola hola",
        "stop by on Monday",
        "I will stop paying",
        "quiero cancelar la factura F-101",
        "cancelar la deuda",
        "voy a cancelar mañana",
        "Ya no trabajo ahí, estoy de baja médica",
        "baja el importe",
        "the end of the month",
        "no",
        "no más tarde del viernes",
        "stop стоп",
        "weekend",
        "unstoppable",
        "stops",
        "stop stop it",
        "1",
        "\xFF\xFE",
        "終了",
        "pagaré el día 5, no me escriban más",
        "STOP. Ya pagué el lunes por transferencia, adjunto el justificante"};
    expect(PN_OPTOUT_NONE, MESSAGES, PN_COUNT(MESSAGES));
}

/* No length and no bytes are too much for it. */
static void any_bytes_are_read(void **state) {
    (void)state;
    char bytes[300];
    for (unsigned seed = 0; seed < 5000; seed++) {
        size_t len = seed % sizeof bytes;
        for (size_t i = 0; i < len; i++) {
            bytes[i] = (char)(seed * 2654435761U >> (i % 23));
        }
        (void)pn_optout_of((pn_str){bytes, len}, &arena);
    }
    memset(bytes, ' ', sizeof bytes);
    memcpy(bytes + 140, "stop", 4);
    assert_int_equal(pn_optout_of((pn_str){bytes, sizeof bytes}, &arena), PN_OPTOUT_CHANNEL);
    memset(bytes, 'x', 200);
    assert_int_equal(pn_optout_of((pn_str){bytes, sizeof bytes}, &arena), PN_OPTOUT_NONE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(words_that_end_a_channel, set_up, tear_down),
        cmocka_unit_test_setup_teardown(words_that_end_everything, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_person_reads_the_rest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(any_bytes_are_read, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
