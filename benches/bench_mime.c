/* Writes e-mails of about 3 KB (text and HTML, Spanish) and prints one JSON line. Beside it the raw
 * limit of the same run: copying the finished message. Usage: bench_mime [messages] */
#include <stdio.h>
#include <time.h>

#include "format/mime.h"
#include "rig.h"

static double seconds(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A view that may stand in a static table. */
#define LIT(text)                                                                                  \
    { text, sizeof(text) - 1 }

static const char TEXT[] =
    "Estimada Sra. Núñez:\n\nLe recordamos que la factura F-2026-000123, emitida el 5 de enero de "
    "2026 por un importe de 1.234,56 €, venció el 4 de febrero de 2026 y sigue pendiente de pago.\n"
    "\nPuede pagarla con tarjeta o por transferencia en este enlace:\n"
    "https://pagos.ejemplo.es/p/inv_0b8x3k2v7q1zc\n\nCuenta: ES91 2100 0418 4502 0005 1332\n"
    "Concepto: RF18 5390 0754 7034\n\nSi ya ha realizado el pago, le pedimos disculpas y le "
    "rogamos "
    "que no tenga en cuenta este mensaje. Si hay algún problema con la factura, puede decírnoslo "
    "en la misma página.\n\nUn saludo,\nDepartamento de Administración\nTalleres Ibarra, S.L.\n";

static const char HTML[] =
    "<!doctype html>\n<html lang=\"es\"><head><meta charset=\"utf-8\">\n"
    "<title>Factura F-2026-000123</title></head>\n"
    "<body style=\"margin:0;background:#f4f4f4;font-family:Arial,sans-serif\">\n"
    "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\"><tr><td "
    "align=\"center\">\n<table role=\"presentation\" width=\"600\" style=\"background:#ffffff\">\n"
    "<tr><td style=\"padding:24px\"><img src=\"https://pagos.ejemplo.es/logo.png\" width=\"120\" "
    "alt=\"Talleres Ibarra\"></td></tr>\n<tr><td style=\"padding:0 24px\">\n"
    "<p>Estimada Sra. Núñez:</p>\n<p>Le recordamos que la factura <strong>F-2026-000123</strong>, "
    "emitida el 5 de enero de 2026, venció el 4 de febrero de 2026 y sigue pendiente de pago.</p>\n"
    "<table width=\"100%\" style=\"border-collapse:collapse\">\n<tr><th align=\"left\">Factura</th>"
    "<th align=\"left\">Vencimiento</th><th "
    "align=\"right\">Importe</th></tr>\n<tr><td>F-2026-000123"
    "</td><td>04/02/2026</td><td align=\"right\">1.234,56&nbsp;€</td></tr>\n</table>\n"
    "<p style=\"text-align:center\"><a href=\"https://pagos.ejemplo.es/p/inv_0b8x3k2v7q1zc\" "
    "style=\"background:#0b5fff;color:#ffffff;padding:12px 24px;text-decoration:none\">Pagar ahora"
    "</a></p>\n<p>Por transferencia: ES91 2100 0418 4502 0005 1332, concepto RF18 5390 0754 7034."
    "</p>\n<p>Si ya ha realizado el pago, le pedimos disculpas y le rogamos que no tenga en cuenta "
    "este mensaje. Si hay algún problema, puede decírnoslo en la misma página.</p>\n"
    "<p>Puede pagar el total, una parte o pedir un plan de pagos. También puede decirnos cuándo "
    "espera pagar, o que la factura no es correcta; en ese caso lo revisamos y le escribimos.</p>\n"
    "<table width=\"100%\" style=\"border-collapse:collapse;font-size:13px\">\n"
    "<tr><td>F-2026-000098</td><td>04/01/2026</td><td align=\"right\">310,00&nbsp;€</td></tr>\n"
    "<tr><td>F-2026-000104</td><td>11/01/2026</td><td align=\"right\">87,25&nbsp;€</td></tr>\n"
    "<tr><td>F-2026-000117</td><td>28/01/2026</td><td align=\"right\">1.020,00&nbsp;€</td></tr>\n"
    "</table>\n<p>Este mensaje se ha enviado a maria.nunez@cliente.example porque figura como "
    "contacto de pagos de Cliente, S.A. en nuestros registros.</p>\n"
    "<p>Un saludo,<br>Departamento de Administración<br>Talleres Ibarra, S.L.</p>\n</td></tr>\n"
    "<tr><td style=\"padding:24px;font-size:12px;color:#777777\">Código de seguridad: olivo-37. "
    "Nunca le pediremos su contraseña.</td></tr>\n</table>\n</td></tr></table>\n</body></html>\n";

static pn_mime_message message(void) {
    static const pn_mime_address to[] = {
        {LIT("María Núñez"), LIT("maria.nunez@cliente.example")},
    };
    static const pn_mime_address reply[] = {
        {LIT(""), LIT("cobros+k7q1zc@ejemplo.es")},
    };
    static const pn_str references[] = {
        LIT("01hq3k9x.1@ejemplo.es"),
        LIT("01hq3k9x.2@ejemplo.es"),
    };
    static const pn_mime_header headers[] = {
        {LIT("List-Unsubscribe"),
         LIT("<https://pagos.ejemplo.es/u/0b8x3k2v7q1zc>, <mailto:baja@ejemplo.es>")},
        {LIT("List-Unsubscribe-Post"), LIT("List-Unsubscribe=One-Click")},
        {LIT("Auto-Submitted"), LIT("auto-generated")},
    };
    return (pn_mime_message){
        .from = {PN_STR("Administración, Talleres Ibarra"), PN_STR("cobros@ejemplo.es")},
        .to = {to, 1},
        .reply_to = {reply, 1},
        .subject = PN_STR("Factura F-2026-000123 pendiente: venció el 4 de febrero"),
        .date = INT64_C(1772534400000000),
        .date_offset_minutes = 60,
        .in_reply_to = PN_STR("01hq3k9x.2@ejemplo.es"),
        .references = references,
        .references_count = 2,
        .headers = headers,
        .headers_count = 3,
        .text = LIT(TEXT),
        .html = LIT(HTML),
    };
}

int main(int argc, char **argv) {
    int64_t count = 500000;
    if (argc > 1 && pn_str_to_int64(pn_str_of(argv[1]), &count) != PN_OK) {
        (void)fprintf(stderr, "usage: bench_mime [messages]\n");
        return 2;
    }
    pn_buf out;
    pn_buf copy;
    pn_buf_init(&out, 1 << 20);
    pn_buf_init(&copy, 1 << 20);
    pn_mime_message m = message();
    double best = 1e9;
    double raw = 1e9;
    for (int round = 0; round < 5; round++) {
        double start = seconds();
        for (int64_t i = 0; i < count; i++) {
            char id[64] = "01hq3k9x.";
            size_t len = 9 + pn_int64_text(i + 1000000, id + 9);
            memcpy(id + len, "@ejemplo.es", 11);
            m.message_id = (pn_str){id, len + 11};
            pn_buf_clear(&out);
            if (pn_mime_write(&m, &out, NULL) != PN_OK) {
                return 1;
            }
        }
        best = PN_MIN(best, seconds() - start);
        start = seconds();
        for (int64_t i = 0; i < count; i++) {
            pn_buf_clear(&copy);
            pn_buf_add_str(&copy, pn_buf_str(&out));
            __asm__ volatile("" : : "r"(copy.ptr) : "memory");
        }
        raw = PN_MIN(raw, seconds() - start);
    }
    char more[160];
    (void)snprintf(more, sizeof more,
                   "\"messages\":%lld,\"content_bytes\":%zu,\"message_bytes\":%zu,\"mb_s\":%.0f",
                   (long long)count, m.text.len + m.html.len, out.len,
                   (double)count * (double)out.len / 1e6 / best);
    rig_report("mime", (double)count / best, "messages/s", (double)count / raw, rig_own_rss_mb(),
               more);
    pn_buf_done(&out);
    pn_buf_done(&copy);
    return 0;
}
