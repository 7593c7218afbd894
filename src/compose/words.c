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
        .installment = "Installment",
        .paid = "paid",
        .transfer = "By bank transfer",
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
        .copy_link = "O copie este enlace en su navegador:",
        .installment = "Cuota",
        .paid = "pagada",
        .transfer = "Por transferencia bancaria",
        .holder = "Titular",
        .account = "Cuenta",
        .reference = "Concepto",
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
        .installment = "Parcela",
        .paid = "paga",
        .transfer = "Por transferência bancária",
        .holder = "Titular",
        .account = "Conta",
        .reference = "Referência",
    },
};

const pn_words *pn_words_of(pn_str language, bool *ret_known) {
    const pn_words *found = &WORDS[0];
    bool known = false;
    for (size_t i = 0; i < PN_COUNT(WORDS) && !known; i++) {
        known = pn_str_eq(pn_str_first(language, 2), pn_str_of(WORDS[i].language)) &&
                (language.len == 2 || language.ptr[2] == '-');
        if (known) {
            found = &WORDS[i];
        }
    }
    if (ret_known != NULL) {
        *ret_known = known;
    }
    return found;
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
