/* Cutting what a person wrote out of a reply. */
#include "unit.h"

#include "format/reply.h"

static const struct {
    const char *mail, *kept;
} CASES[] = {
    /* Gmail, es en pt; one line and wrapped */
    {"Ya est\xC3\xA1 pagada.\n\nEl lun, 9 mar 2026 a las 10:22, Cobros (<cobros@duero.example>) "
     "escribi\xC3\xB3:\n\n> Le recordamos\n> la factura\n",
     "Ya est\xC3\xA1 pagada."},
    {"Paid.\n\nOn Mon, Mar 9, 2026 at 10:22 AM Collections <c@duero.example>\nwrote:\n\n> Dear\n> "
     "x\n",
     "Paid."},
    {"Pago.\n\nEm seg., 9 de mar. de 2026 \xC3\xA0s 10:22, Cobran\xC3\xA7"
     "a <c@duero.example>\nescreveu:\n\n> Prezado\n",
     "Pago."},
    /* an HTML-only mail whose words have no ">" */
    {"Lo vemos.\n\nEl 9 mar 2026, a las 10:22, Cobros <c@duero.example> "
     "escribi\xC3\xB3:\n\nEstimado "
     "cliente:\nLe recordamos\n",
     "Lo vemos."},
    /* Outlook */
    {"Adjunto justificante.\n\nUn saludo\n\n________________________________\nDe: Cobros "
     "<c@duero.example>\nEnviado: lunes, 9 de marzo de 2026 10:22\nPara: Pagos\nAsunto: "
     "Recordatorio\n\nEstimado cliente\n",
     "Adjunto justificante.\n\nUn saludo"},
    {"Ok\n\nFrom: Collections <c@duero.example>\nSent: Monday, March 9, 2026 10:22 AM\nTo: AP\n"
     "Subject: Reminder\n\nDear\n",
     "Ok"},
    {"Ok\n\n*De:* Cobros\n*Enviado el:* lunes\n*Para:* x\n\nEstimado\n", "Ok"},
    {"Certo\n\n-----Mensagem original-----\nDe: x\n\nOla\n", "Certo"},
    {"Vale\n\n-----Mensaje original-----\nbla\n", "Vale"},
    /* answers between quotes stay */
    {"> \xC2\xBF"
     "Han recibido la factura?\nS\xC3\xAD.\n> \xC2\xBF"
     "Cu\xC3\xA1ndo pagan?\nEl viernes.\n",
     "S\xC3\xAD.\n\nEl viernes."},
    {"Contesto abajo.\n\nEl 9/3/2026 a las 10:22, Cobros escribi\xC3\xB3:\n> uno\n> dos\n\nEso no "
     "es as\xC3\xAD.\n\n> tres\n",
     "Contesto abajo.\n\nEso no es as\xC3\xAD."},
    /* signatures, telephones, lawyers */
    {"Hecho\n-- \nAna Prieto\nTel. 600\n", "Hecho"},
    {"Hecho\n\n--\nAna\n\nEl 9/3/2026, Cobros <c@d.example> escribi\xC3\xB3:\n> x\nY gracias\n",
     "Hecho\n\nY gracias"},
    {"Ok, ma\xC3\xB1"
     "ana\n\nEnviado desde mi iPhone\n\n> El 9 mar\n",
     "Ok, ma\xC3\xB1"
     "ana"},
    {"Sent from my iPhone\n\nYes\n", "Yes"},
    {"Hola\n\nAVISO LEGAL: Este mensaje es confidencial.\nM\xC3\xA1s.\n", "Hola"},
    /* what only looks like a mark */
    {"El cliente escribi\xC3\xB3:\nno quiero pagar\n",
     "El cliente escribi\xC3\xB3:\nno quiero pagar"},
    {"De: Ana\nno es asunto m\xC3\xADo\n", "De: Ana\nno es asunto m\xC3\xADo"},
    {"a\n\n\n\nb  \n", "a\n\nb"},
    /* nothing else: a person reads all of it */
    {"> solo cita\n", "> solo cita"},
    {"", ""},
};

static void replies_are_cut_from_their_quotations(void **state) {
    (void)state;
    pn_arena arena;
    pn_arena_init(&arena, 0);
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        assert_str(pn_reply_text(pn_str_of(CASES[i].mail), &arena), CASES[i].kept);
    }
    pn_arena_done(&arena);
}

static void long_mails_take_no_longer_than_they_are(void **state) {
    (void)state;
    static const char *const lines[] = {"On 1\n", "De: x\n",          "> \n",
                                        "-- \n",  "--------------\n", "<\n"};
    pn_arena arena;
    pn_buf mail;
    pn_buf_init(&mail, 1 << 22);
    pn_arena_init(&arena, 0);
    for (size_t k = 0; k < PN_COUNT(lines); k++) {
        pn_buf_clear(&mail);
        for (int i = 0; i < 100000; i++) {
            pn_buf_add_z(&mail, lines[k]);
        }
        assert_true(pn_reply_text(pn_buf_str(&mail), &arena).len <= mail.len);
        pn_arena_reset(&arena);
    }
    pn_buf_done(&mail);
    pn_arena_done(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replies_are_cut_from_their_quotations),
        cmocka_unit_test(long_mails_take_no_longer_than_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
