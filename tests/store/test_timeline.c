/* What timelines and policies say to people who read Spanish, Portuguese and English. */
#include "api_rig.h"
#include "app/books.h"

static const char *timeline_in(const char *of) {
    language = of;
    const char *told = want(get(debtor("D1", "/timeline?limit=50")), 200).body;
    language = "en";
    return told;
}

static void a_timeline_names_contacts_and_fields(void **state) {
    (void)state;
    static const char *const TOLD[][3] = {
        {"es", "Se añadió el contacto +34612345678 (SMS).",
         "El contacto +34612345678 (SMS) pidió no recibir más mensajes y ya no se usa."},
        {"es", "Ya no hay consentimiento para escribir o llamar al contacto +34612345678 (SMS).",
         "El contacto +34612345678 (SMS) se vuelve a usar."},
        {"es", "No se debe contactar con el deudor hasta el 01/03/2026 (concurso).",
         "Ya se puede volver a contactar con el deudor."},
        {"es", "Se corrigió: número de identificación fiscal, gestor.",
         "Se anuló el pago de 50,00"},
        {"pt", "Corrigido: número de identificação fiscal, responsável.",
         "Foi adicionado o contato +34612345678 (SMS)."},
        {"en", "Corrected: tax id, collector.", "The contact +34612345678 (sms) was added."},
        {"en", "The debtor must not be contacted until 2026-03-01 (concurso).",
         "The payment of 50.00 EUR was taken back (mistake)."},
    };
    char url[128], id[PN_ID_TEXT_SIZE];
    answer added =
        want(post(debtor("D1", "/contacts"), "{'channel':'sms','address':'612345678'}"), 201);
    (void)snprintf(url, sizeof url, "%s/%s", debtor("D1", "/contacts"), made(added, id));
    (void)want(
        ask(PN_HTTP_PATCH, url, "{'state':'opted_out','consent':'withdrawn','reason':'BAJA'}"),
        200);
    (void)want(ask(PN_HTTP_PATCH, url, "{'state':'usable','reason':'asked'}"), 200);
    (void)want(post(debtor("D1", "/exclude"), "{'reason':'concurso','until':'2026-03-01'}"), 200);
    (void)want(post(debtor("D1", "/include"), ""), 200);
    (void)want(ask(PN_HTTP_PATCH, debtor("D1", ""), "{'tax_id':null,'owner':'ana'}"), 200);
    pn_id payment = rig_pay(&r, "D1", 5000, "F-2");
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    rig_ok(&r, pn_books_reverse(r.app, payment, PN_STR("mistake"), &r.arena, &r.diag));
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
    for (size_t i = 0; i < PN_COUNT(TOLD); i++) {
        const char *told = timeline_in(TOLD[i][0]);
        for (size_t j = 1; j < 3; j++) {
            if (strstr(told, TOLD[i][j]) == NULL) {
                fail_msg("no “%s” in %s", TOLD[i][j], told);
            }
        }
    }
    rig_sql(&r, "DELETE FROM contact WHERE address = '+34612345678'");
    if (strstr(timeline_in("es"), "El contacto (ya borrado) se vuelve a usar.") == NULL) {
        fail_msg("a contact that is no more has no name");
    }
    assert_null(strstr(timeline_in("es"), "El contacto con_"));
}

static void a_policy_rests_on_what_its_reader_understands(void **state) {
    (void)state;
    language = "es";
    answer told = want(get("/v1/policies/cl?pack=true"), 200);
    says(told,
         "'key':'hours','text':'Ley 19.496, art. 37, tras la Ley 21.320, con el CPC, art. 59: "
         "solo en días y horas hábiles");
    says(told, "after Ley 21.320"); /* the document stays what it is */
    language = "en";
    says(want(get("/v1/policies/cl?pack=true"), 200), "'text':'Ley 19.496 art. 37 after");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        api_test(a_timeline_names_contacts_and_fields),
        api_test(a_policy_rests_on_what_its_reader_understands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
