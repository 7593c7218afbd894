#include "compose/document_words.h"

#include "base/banned.h"

/* A NULL for Latin America: as in Spain. */
static const struct {
    const char *es, *latin, *en, *pt;
} WORDS[PN_DOC_KEYS] = {
    [PN_DOC_INVOICE_N] = {"Factura %1", NULL, "Invoice %1", "Fatura %1"},
    [PN_DOC_STATEMENT] = {"Estado de cuenta", NULL, "Statement of account", "Extrato de conta"},
    [PN_DOC_PLAN] = {"Acuerdo de plan de pagos", "Convenio de pagos", "Payment plan agreement",
                     "Acordo de pagamento parcelado"},
    [PN_DOC_RECEIPT] = {"Recibo de pago", NULL, "Payment receipt", "Recibo de pagamento"},
    [PN_DOC_PAGE] = {"Página {page} de {pages}", NULL, "Page {page} of {pages}",
                     "Página {page} de {pages}"},
    [PN_DOC_PLACE_DATE] = {"%1, %2", NULL, "%1, %2", "%1, %2"},
    [PN_DOC_NUMBER] = {"Número", NULL, "Number", "Número"},
    [PN_DOC_DATE] = {"Fecha", NULL, "Date", "Data"},
    [PN_DOC_ISSUED] = {"Fecha de emisión", NULL, "Issue date", "Data de emissão"},
    [PN_DOC_ISSUED_SHORT] = {"Emisión", NULL, "Issued", "Emissão"},
    [PN_DOC_DUE] = {"Vencimiento", NULL, "Due date", "Vencimento"},
    [PN_DOC_CUSTOMER] = {"N.º de cliente", "No. de cliente", "Customer no.", "N.º do cliente"},
    [PN_DOC_REFERENCE] = {"Referencia", NULL, "Reference", "Referência"},
    [PN_DOC_CODE] = {"Código de seguridad", NULL, "Security code", "Código de segurança"},
    [PN_DOC_CODE_NOTE] =
        {"Código de seguridad: **%1**. Figura en todos nuestros mensajes y documentos; si recibe "
         "uno con otro código o sin él, no pague y avísenos.",
         "Código de seguridad: **%1**. Aparece en todos nuestros mensajes y documentos; si recibe "
         "uno con otro código o sin él, no pague y avísenos.",
         "Security code: **%1**. It stands in all our messages and documents; if you receive one "
         "with another code or without it, do not pay and let us know.",
         "Código de segurança: **%1**. Consta em todas as nossas mensagens e documentos; se "
         "receber "
         "um com outro código ou sem ele, não pague e avise-nos."},
    [PN_DOC_INVOICE_COPY] =
        {"Copia informativa, sin validez fiscal. La factura original es la emitida por %1", NULL,
         "Copy for information, not a tax document. The original is the one issued by %1",
         "Cópia informativa, sem validade fiscal. A fatura original é a emitida por %1"},
    [PN_DOC_ITEM] = {"Concepto", NULL, "Description", "Descrição"},
    [PN_DOC_SKU] = {"Código", NULL, "Item", "Código"},
    [PN_DOC_QUANTITY] = {"Cantidad", NULL, "Quantity", "Quantidade"},
    [PN_DOC_PRICE] = {"Precio", "Precio unitario", "Unit price", "Preço unitário"},
    [PN_DOC_DISCOUNT] = {"Dto.", "Descuento", "Discount", "Desconto"},
    [PN_DOC_TAX] = {"Impuesto", NULL, "Tax", "Imposto"},
    [PN_DOC_AMOUNT] = {"Importe", NULL, "Amount", "Valor"},
    [PN_DOC_NET] = {"Base imponible", "Subtotal", "Subtotal", "Subtotal"},
    [PN_DOC_TAX_ON] = {"%1 sobre %2", NULL, "%1 on %2", "%1 sobre %2"},
    [PN_DOC_ROUNDING] = {"Redondeo", NULL, "Rounding", "Arredondamento"},
    [PN_DOC_TOTAL] = {"Total", NULL, "Total", "Total"},
    [PN_DOC_INVOICE_TOTAL] = {"Total factura", "Total de la factura", "Invoice total",
                              "Total da fatura"},
    [PN_DOC_AFTER_WITHHOLDING] = {"Líquido tras retención", "Neto tras retención",
                                  "Net of withholding", "Líquido após retenção"},
    [PN_DOC_AS_INVOICED] = {"Según factura", NULL, "As invoiced", "Conforme a fatura"},
    [PN_DOC_INFORMATIVE] = {"Detalle a título informativo.", NULL, "Details for information only.",
                            "Detalhe a título informativo."},
    [PN_DOC_PAID] = {"Pagado", NULL, "Paid", "Pago"},
    [PN_DOC_CREDITED] = {"Abonos y ajustes", "Notas de crédito y ajustes",
                         "Credit notes and adjustments", "Créditos e ajustes"},
    [PN_DOC_CHARGES] = {"Intereses y gastos", NULL, "Interest and fees", "Juros e encargos"},
    [PN_DOC_OPEN] = {"Pendiente", NULL, "Outstanding", "Em aberto"},
    [PN_DOC_DISPUTED] = {"En disputa", "En aclaración", "In dispute", "Em contestação"},
    [PN_DOC_PROMISED] = {"Con pago comprometido", NULL, "Payment promised",
                         "Com pagamento prometido"},
    [PN_DOC_PROMISED_FOR] = {"Pago comprometido para el %1", NULL, "Payment promised for %1",
                             "Pagamento prometido para %1"},
    [PN_DOC_PLANNED] = {"En plan de pagos", NULL, "In a payment plan", "Em plano de pagamento"},
    [PN_DOC_IN_FLIGHT] = {"Pago en curso", NULL, "Payment on its way", "Pagamento em curso"},
    [PN_DOC_UNAPPLIED] = {"Pagos a cuenta sin aplicar", "Pagos sin aplicar", "Payments on account",
                          "Pagamentos por conta"},
    [PN_DOC_TO_PAY] = {"Importe a pagar", NULL, "Amount due", "Valor a pagar"},
    [PN_DOC_TO_PAY_NOW] = {"Total a pagar", NULL, "Total due", "Total a pagar"},
    [PN_DOC_OF_IT_OVERDUE] = {"Ya vencido: %1", NULL, "Overdue: %1", "Já vencido: %1"},
    [PN_DOC_CALCULATED] = {"Calculado el %1", NULL, "Calculated on %1", "Calculado em %1"},
    [PN_DOC_NOT_INCLUDED] = {"No incluye %1 que no se reclaman ahora", NULL,
                             "Does not include %1 not being claimed at present",
                             "Não inclui %1 não cobrados neste momento"},
    [PN_DOC_SETTLED] = {"Esta factura está pagada. Gracias.", NULL,
                        "This invoice is paid. Thank you.", "Esta fatura está paga. Obrigado."},
    [PN_DOC_NOTHING_OPEN] = {"Esta factura no tiene importe pendiente.", NULL,
                             "Nothing is outstanding on this invoice.",
                             "Esta fatura não tem valor em aberto."},
    [PN_DOC_NOTHING_DUE] = {"No hay ningún importe pendiente de pago a esta fecha.", NULL,
                            "Nothing is due at this date.",
                            "Não há nenhum valor a pagar nesta data."},
    [PN_DOC_OPEN_INVOICES] = {"Facturas pendientes", NULL, "Outstanding invoices",
                              "Faturas em aberto"},
    [PN_DOC_INVOICE] = {"Factura", NULL, "Invoice", "Fatura"},
    [PN_DOC_DELAY] = {"Plazo", NULL, "Days", "Prazo"},
    [PN_DOC_HELD_BACK] = {"Importes que no se reclaman ahora", NULL,
                          "Amounts not being claimed at present",
                          "Valores não cobrados neste momento"},
    [PN_DOC_REASON] = {"Situación", NULL, "Status", "Situação"},
    [PN_DOC_AGEING] = {"Antigüedad de los importes pendientes", NULL,
                       "Ageing of outstanding amounts", "Antiguidade dos valores em aberto"},
    [PN_DOC_NOT_DUE] = {"Sin vencer", NULL, "Not due", "A vencer"},
    [PN_DOC_DAYS_TO] = {"%1–%2 días", NULL, "%1–%2 days", "%1–%2 dias"},
    [PN_DOC_DAYS_OVER] = {"Más de %1 días", NULL, "Over %1 days", "Mais de %1 dias"},
    [PN_DOC_MOVEMENTS] = {"Movimientos desde el %1", NULL, "Transactions since %1",
                          "Movimentos desde %1"},
    [PN_DOC_OPENING] = {"Saldo anterior", NULL, "Opening balance", "Saldo anterior"},
    [PN_DOC_CLOSING] = {"Saldo", NULL, "Balance", "Saldo"},
    [PN_DOC_DEBIT] = {"Cargo", NULL, "Charge", "Débito"},
    [PN_DOC_CREDIT] = {"Abono", NULL, "Credit", "Crédito"},
    [PN_DOC_ENTRY_CHARGE] = {"Factura", NULL, "Invoice", "Fatura"},
    [PN_DOC_ENTRY_PAYMENT] = {"Pago", NULL, "Payment", "Pagamento"},
    [PN_DOC_ENTRY_CREDIT] = {"Abono", "Nota de crédito", "Credit note", "Nota de crédito"},
    [PN_DOC_ENTRY_FEE] = {"Gastos", NULL, "Fee", "Encargos"},
    [PN_DOC_ENTRY_INTEREST] = {"Intereses de demora", "Intereses moratorios", "Late interest",
                               "Juros de mora"},
    [PN_DOC_ENTRY_DISCOUNT] = {"Descuento", NULL, "Discount", "Desconto"},
    [PN_DOC_ENTRY_WITHHOLDING] = {"Retención", NULL, "Withholding tax", "Retenção"},
    [PN_DOC_ENTRY_WRITE_OFF] = {"Ajuste", NULL, "Adjustment", "Ajuste"},
    [PN_DOC_ENTRY_FX] = {"Diferencia de cambio", "Diferencia cambiaria", "Exchange difference",
                         "Diferença cambial"},
    [PN_DOC_ENTRY_CANCEL] = {"Anulación de factura", "Cancelación de factura", "Invoice cancelled",
                             "Anulação de fatura"},
    [PN_DOC_REVERSED] = {"%1 (anulado)", "%1 (cancelado)", "%1 (reversed)", "%1 (anulado)"},
    [PN_DOC_HOLDER] = {"Titular", "Beneficiario", "Account holder", "Titular"},
    [PN_DOC_ACCOUNT] = {"Cuenta", NULL, "Account", "Conta"},
    [PN_DOC_PAY_REFERENCE] = {"Concepto", "Referencia", "Reference", "Referência"},
    [PN_DOC_PIX_KEY] = {"Clave Pix", NULL, "Pix key", "Chave Pix"},
    [PN_DOC_SCAN_SEPA] = {"Escanee el código con la app de su banco", NULL,
                          "Scan the code with your bank's app",
                          "Leia o código com a app do seu banco"},
    [PN_DOC_SCAN_PIX] = {"Escanee el código con la app de su banco", NULL,
                         "Scan the code with your bank's app",
                         "Leia o QR Code no app do seu banco"},
    [PN_DOC_PAY_ONLINE] = {"Pagar en línea", NULL, "Pay online", "Pagar on-line"},
    [PN_DOC_PLAN_PARTIES] =
        {"Entre **%1** (en adelante, el acreedor) y **%2** (en adelante, el cliente) se acuerda lo "
         "siguiente:",
         "Celebran este convenio **%1** (en adelante, el acreedor) y **%2** (en adelante, el "
         "cliente), que acuerdan lo siguiente:",
         "**%1** (the creditor) and **%2** (the customer) agree as follows:",
         "**%1** (doravante, o credor) e **%2** (doravante, o cliente) acordam o seguinte:"},
    [PN_DOC_PLAN_DEBT_TITLE] = {"1. Importe y facturas", "1. Monto y facturas",
                                "1. Amount and invoices", "1. Valor e faturas"},
    [PN_DOC_PLAN_DEBT] =
        {"El cliente reconoce adeudar al acreedor **%1** a %2, por las facturas siguientes:",
         "El cliente reconoce adeudar al acreedor **%1** al %2, por las facturas siguientes:",
         "The customer acknowledges owing the creditor **%1** as at %2, for these invoices:",
         "O cliente reconhece dever ao credor **%1** em %2, pelas seguintes faturas:"},
    [PN_DOC_PLAN_INCLUDED] = {"Importe incluido", "Monto incluido", "Amount included",
                              "Valor incluído"},
    [PN_DOC_PLAN_ORIGINAL_DUE] = {"Vencimiento original", NULL, "Original due date",
                                  "Vencimento original"},
    [PN_DOC_PLAN_DATES_TITLE] = {"2. Calendario de pagos", NULL, "2. Payment schedule",
                                 "2. Calendário de pagamentos"},
    [PN_DOC_PLAN_DATES] = {"El cliente pagará ese importe en %1 plazos:",
                           "El cliente pagará ese monto en %1 parcialidades:",
                           "The customer will pay that amount in %1 installments:",
                           "O cliente pagará esse valor em %1 parcelas:"},
    [PN_DOC_PLAN_DATES_ONE] = {"El cliente pagará ese importe en un solo plazo:",
                               "El cliente pagará ese monto en una sola exhibición:",
                               "The customer will pay that amount in a single installment:",
                               "O cliente pagará esse valor numa única parcela:"},
    [PN_DOC_INSTALLMENT] = {"Plazo", "Parcialidad", "Installment", "Parcela"},
    [PN_DOC_PLAN_PAY_TITLE] = {"3. Forma de pago", NULL, "3. How to pay", "3. Forma de pagamento"},
    [PN_DOC_PLAN_DEFAULT_TITLE] = {"4. Incumplimiento", NULL, "4. Default", "4. Incumprimento"},
    [PN_DOC_PLAN_DEFAULT] =
        {"Si un plazo no se paga dentro de los %1 días siguientes a su vencimiento, el plan queda "
         "sin efecto: vuelven a regir los vencimientos originales de las facturas y el acreedor "
         "podrá reclamar de inmediato todo lo que siga pendiente. Lo pagado hasta entonces se "
         "descuenta de la deuda.",
         "Si una parcialidad no se paga dentro de los %1 días siguientes a su vencimiento, el "
         "convenio queda sin efecto: vuelven a regir los vencimientos originales de las facturas y "
         "el acreedor podrá exigir de inmediato todo lo que siga pendiente. Lo pagado hasta "
         "entonces se descuenta del adeudo.",
         "If an installment is not paid within %1 days of its due date, the plan ends: the "
         "invoices' original due dates apply again and the creditor may at once claim all that is "
         "still outstanding. What was paid until then is deducted.",
         "Se uma parcela não for paga nos %1 dias seguintes ao seu vencimento, o plano fica sem "
         "efeito: voltam a valer os vencimentos originais das faturas e o credor poderá exigir de "
         "imediato tudo o que continue em aberto. O que foi pago até então é descontado da "
         "dívida."},
    [PN_DOC_PLAN_REST_TITLE] = {"5. Mientras se cumple", NULL, "5. While it is kept",
                                "5. Enquanto é cumprido"},
    [PN_DOC_PLAN_REST] =
        {"Mientras el cliente cumpla el calendario, el acreedor no reclamará las facturas "
         "incluidas. Lo demás que las partes tengan pactado no cambia.",
         NULL,
         "While the customer keeps the schedule, the creditor will not claim the invoices "
         "included. Everything else the parties have agreed stays as it is.",
         "Enquanto o cliente cumprir o calendário, o credor não cobrará as faturas incluídas. Tudo "
         "o mais que as partes tenham acordado mantém-se."},
    [PN_DOC_PLAN_SIGNED] = {"En prueba de conformidad, las partes firman este acuerdo.",
                            "Leído el presente convenio, las partes lo firman de conformidad.",
                            "Signed by the parties in agreement.",
                            "E por estarem de acordo, as partes assinam este documento."},
    [PN_DOC_PLAN_ACCEPTED_TITLE] = {"Lo que se aceptó", NULL, "What was accepted",
                                    "O que foi aceito"},
    [PN_DOC_PLAN_COVERED_TITLE] = {"Facturas incluidas", NULL, "Invoices included",
                                   "Faturas incluídas"},
    [PN_DOC_PLAN_PROOF_TITLE] = {"Constancia", NULL, "Proof", "Comprovação"},
    [PN_DOC_PLAN_ACCEPTED_BY] = {"Lo aceptó **%1** el %2.", NULL, "Accepted by **%1** on %2.",
                                 "Aceito por **%1** em %2."},
    [PN_DOC_PLAN_ACCEPTED_WAY] = {"Por este medio: %1", NULL, "By this way: %1",
                                  "Por este meio: %1"},
    [PN_DOC_PLAN_ACCEPTED_HASH] = {"Huella SHA-256 del texto aceptado: %1", NULL,
                                   "SHA-256 of the text accepted: %1",
                                   "SHA-256 do texto aceito: %1"},
    [PN_DOC_ROLE_CREDITOR] = {"El acreedor", NULL, "The creditor", "O credor"},
    [PN_DOC_ROLE_CUSTOMER] = {"El cliente", NULL, "The customer", "O cliente"},
    [PN_DOC_RECEIPT_FROM] = {"Hemos recibido de **%1** el pago siguiente. Gracias.",
                             "Recibimos de **%1** el siguiente pago. Gracias.",
                             "We have received the following payment from **%1**. Thank you.",
                             "Recebemos de **%1** o seguinte pagamento. Obrigado."},
    [PN_DOC_RECEIVED] = {"Importe recibido", "Monto recibido", "Amount received", "Valor recebido"},
    [PN_DOC_RECEIVED_ON] = {"Recibido el %1", NULL, "Received on %1", "Recebido em %1"},
    [PN_DOC_PAYER_REFERENCE] = {"Referencia del pago", NULL, "Payment reference",
                                "Referência do pagamento"},
    [PN_DOC_APPLIED_TO] = {"A qué se ha aplicado", "Aplicación del pago", "What it was applied to",
                           "A que foi aplicado"},
    [PN_DOC_APPLIED] = {"Aplicado", NULL, "Applied", "Aplicado"},
    [PN_DOC_REMAINS] = {"Queda pendiente", NULL, "Remaining", "Continua em aberto"},
    [PN_DOC_NOT_APPLIED] = {"Sin aplicar: queda a su favor", "Sin aplicar: queda a su favor",
                            "Not applied: stays to your credit", "Não aplicado: fica a seu favor"},
    [PN_DOC_ACCOUNT_REMAINS] = {"Saldo pendiente de su cuenta a %1: **%2**.",
                                "Saldo pendiente de su cuenta al %1: **%2**.",
                                "Balance of your account at %1: **%2**.",
                                "Saldo em aberto da sua conta em %1: **%2**."},
    [PN_DOC_ACCOUNT_CLEAR] = {"Con este pago no queda nada pendiente en su cuenta.", NULL,
                              "With this payment nothing is left open on your account.",
                              "Com este pagamento nada fica em aberto na sua conta."},
    [PN_DOC_FILE_INVOICE] = {"Factura %1", NULL, "Invoice %1", "Fatura %1"},
    [PN_DOC_FILE_STATEMENT] = {"Estado de cuenta %1 %2", NULL, "Statement %1 %2", "Extrato %1 %2"},
};

static bool speaks(pn_str language, const char *code) {
    return language.len >= 2 && memcmp(language.ptr, code, 2) == 0 &&
           (language.len == 2 || language.ptr[2] == '-');
}

const char *pn_doc_word_of(pn_doc_key key, pn_str language, pn_str country) {
    assert(key < PN_DOC_KEYS);
    if (speaks(language, "pt")) {
        return WORDS[key].pt;
    }
    if (!speaks(language, "es")) {
        return WORDS[key].en;
    }
    pn_str region = language.len > 3 ? pn_str_from(language, 3) : country;
    bool spain = region.len == 0 || pn_str_is(region, "ES");
    return spain || WORDS[key].latin == NULL ? WORDS[key].es : WORDS[key].latin;
}

void pn_doc_fill(pn_buf *out, const char *pattern, pn_str first, pn_str second) {
    for (const char *at = pattern; *at != '\0'; at++) {
        if (at[0] == '%' && (at[1] == '1' || at[1] == '2')) {
            pn_buf_add_str(out, at[1] == '1' ? first : second);
            at++;
        } else {
            pn_buf_add_char(out, *at);
        }
    }
}
