#include "compose/words.h"

#include "base/banned.h"

static const pn_words WORDS[] = {
    {
        .language = "en",
        .amount_overdue = "Amount overdue",
        .amount_due = "Amount due",
        .calculated_on = "Calculated on %",
        .not_included = "Not included: %, not yet due",
        .invoice = "Invoice",
        .due = "Due date",
        .amount = "Amount",
        .total = "Total",
        .not_due_yet = "Not yet due",
        .out_of = "of %",
        .with_charges = "includes % in interest and fees",
        .one_more = "and 1 more invoice",
        .more = "and % more invoices",
        .day = "day",
        .days = "days",
        .ago = "% ago",
        .ahead = "in %",
        .today = "today",
        .copy_link = "Or copy this link into your browser:",
        .in_browser = "View this e-mail in your browser",
        .installment = "Installment",
        .paid = "paid",
        .transfer = "By bank transfer",
        .by_pix = "By Pix",
        .pix_key = "Pix key",
        .holder = "Account holder",
        .account = "Account",
        .reference = "Reference",
    },
    {
        .language = "es",
        .amount_overdue = "Importe vencido",
        .amount_due = "Importe a pagar",
        .calculated_on = "Calculado el %",
        .not_included = "No incluye %, que aún no ha vencido",
        .invoice = "Factura",
        .due = "Vencimiento",
        .amount = "Importe",
        .total = "Total",
        .not_due_yet = "Aún no vencidas",
        .out_of = "de %",
        .with_charges = "incluye % de intereses y gastos",
        .one_more = "y 1 factura más",
        .more = "y % facturas más",
        .day = "día",
        .days = "días",
        .ago = "hace %",
        .ahead = "en %",
        .today = "hoy",
        .copy_link = "Este es el enlace, por si el botón no funciona:",
        .in_browser = "Ver este correo en el navegador",
        .installment = "Cuota",
        .paid = "pagada",
        .transfer = "Por transferencia bancaria",
        .by_pix = "Por Pix",
        .pix_key = "Clave Pix",
        .holder = "Titular",
        .account = "Cuenta",
        .reference = "Concepto",
    },
    {
        .language = "es-419",
        .amount_overdue = "Monto vencido",
        .amount_due = "Monto a pagar",
        .calculated_on = "Calculado el %",
        .not_included = "No incluye %, que aún no vence",
        .invoice = "Factura",
        .due = "Vencimiento",
        .amount = "Monto",
        .total = "Total",
        .not_due_yet = "Por vencer",
        .out_of = "de %",
        .with_charges = "incluye % de intereses y cargos",
        .one_more = "y 1 factura más",
        .more = "y % facturas más",
        .day = "día",
        .days = "días",
        .ago = "hace %",
        .ahead = "en %",
        .today = "hoy",
        .copy_link = "Este es el enlace, por si el botón no funciona:",
        .in_browser = "Ver este correo en el navegador",
        .installment = "Cuota",
        .paid = "pagada",
        .transfer = "Por transferencia o depósito",
        .by_pix = "Por Pix",
        .pix_key = "Clave Pix",
        .holder = "Titular",
        .account = "Cuenta",
        .reference = "Referencia",
    },
    {
        .language = "pt",
        .amount_overdue = "Valor vencido",
        .amount_due = "Valor a pagar",
        .calculated_on = "Calculado em %",
        .not_included = "Não inclui %, ainda não vencidos",
        .invoice = "Fatura",
        .due = "Vencimento",
        .amount = "Valor",
        .total = "Total",
        .not_due_yet = "Ainda não vencidas",
        .out_of = "de %",
        .with_charges = "inclui % de juros e encargos",
        .one_more = "e mais 1 fatura",
        .more = "e mais % faturas",
        .day = "dia",
        .days = "dias",
        .ago = "há %",
        .ahead = "em %",
        .today = "hoje",
        .copy_link = "Ou copie este link no seu navegador:",
        .in_browser = "Ver este e-mail no navegador",
        .installment = "Parcela",
        .paid = "paga",
        .transfer = "Por transferência bancária",
        .by_pix = "Por Pix",
        .pix_key = "Chave Pix",
        .holder = "Titular",
        .account = "Conta",
        .reference = "Referência",
    },
};

bool pn_is_latin_america(pn_str country) {
    static const char COUNTRIES[] = "AR BO BR BZ CL CO CR CU DO EC GT HN MX NI PA PE PR PY SV US UY"
                                    " VE";
    if (country.len != 2) {
        return false;
    }
    const char first = pn_to_upper(country.ptr[0]), second = pn_to_upper(country.ptr[1]);
    for (const char *at = COUNTRIES; at < COUNTRIES + sizeof COUNTRIES - 1; at += 3) {
        if (at[0] == first && at[1] == second) {
            return true;
        }
    }
    return false;
}

static const pn_words *words_of(pn_str language) {
    for (size_t i = 0; i < PN_COUNT(WORDS); i++) {
        if (pn_str_eq(language, pn_str_of(WORDS[i].language))) {
            return &WORDS[i];
        }
    }
    return NULL;
}

const pn_words *pn_words_of(pn_str language, bool *ret_known) {
    const pn_words *found = words_of(language);
    if (found == NULL && language.len > 3 && language.ptr[2] == '-') {
        pn_str first = pn_str_first(language, 2);
        bool american = pn_str_is(first, "es") && pn_is_latin_america(pn_str_from(language, 3));
        found = words_of(american ? PN_STR("es-419") : first);
    }
    if (ret_known != NULL) {
        *ret_known = found != NULL;
    }
    return found != NULL ? found : &WORDS[0];
}

void pn_words_fill(pn_buf *out, const char *pattern, pn_str value) {
    const char *at = strchr(pattern, '%');
    pn_buf_add(out, pattern, (size_t)(at - pattern));
    pn_buf_add_str(out, value);
    pn_buf_add_z(out, at + 1);
}

void pn_words_delay(pn_buf *out, const pn_words *words, int32_t days_overdue) {
    if (days_overdue == 0) {
        pn_buf_add_z(out, words->today);
        return;
    }
    int64_t days = days_overdue < 0 ? -(int64_t)days_overdue : days_overdue;
    char text[40];
    size_t len = pn_int64_text(days, text);
    text[len++] = ' ';
    pn_str word = pn_str_of(days == 1 ? words->day : words->days);
    memcpy(text + len, word.ptr, word.len);
    pn_words_fill(out, days_overdue > 0 ? words->ago : words->ahead,
                  (pn_str){text, len + word.len});
}
