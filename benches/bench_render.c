/* What rendering an e-mail costs, on one core: the 2.7 KB reminder of one invoice, and the HTML and
 * text of an account with ten. The data is bound as the product does it, objects by slot; the same
 * reminder over a JSON tree is measured beside it. Prints one line of JSON: renderings a second,
 * the best of five rounds, and what memcpy of the same bytes would do. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/limits.h"
#include "liquid/liquid.h"
#include "rig.h"

enum { INVOICES = 10, ROUNDS = 5 };

enum {
    INVOICE_HEAD,
    INVOICE_NUMBER,
    INVOICE_AMOUNT,
    INVOICE_OPEN,
    INVOICE_ISSUED,
    INVOICE_DUE,
    INVOICE_DAYS_OVERDUE,
    INVOICE_LINK,
    INVOICE_REFERENCE,
    INVOICE_SLOTS
};
static const pn_liquid_field INVOICE_FIELDS[INVOICE_SLOTS] = {
    [INVOICE_NUMBER] = {"number", PN_LIQUID_STR, NULL, NULL},
    [INVOICE_AMOUNT] = {"amount", PN_LIQUID_MONEY, NULL, NULL},
    [INVOICE_OPEN] = {"open", PN_LIQUID_MONEY, NULL, NULL},
    [INVOICE_ISSUED] = {"issued", PN_LIQUID_DATE, NULL, NULL},
    [INVOICE_DUE] = {"due", PN_LIQUID_DATE, NULL, NULL},
    [INVOICE_DAYS_OVERDUE] = {"days_overdue", PN_LIQUID_INT, NULL, NULL},
    [INVOICE_LINK] = {"link", PN_LIQUID_STR, NULL, NULL},
    [INVOICE_REFERENCE] = {"reference", PN_LIQUID_STR, NULL, NULL},
};
static const pn_liquid_class INVOICE = {"invoice", INVOICE_FIELDS, INVOICE_SLOTS};

enum {
    PARTY_HEAD,
    PARTY_NAME,
    PARTY_CONTACT,
    PARTY_ADDRESS,
    PARTY_TAX_ID,
    PARTY_IBAN,
    PARTY_SLOTS
};
static const pn_liquid_field PARTY_FIELDS[PARTY_SLOTS] = {
    [PARTY_NAME] = {"name", PN_LIQUID_STR, NULL, NULL},
    [PARTY_CONTACT] = {"contact", PN_LIQUID_STR, NULL, NULL},
    [PARTY_ADDRESS] = {"address", PN_LIQUID_STR, NULL, NULL},
    [PARTY_TAX_ID] = {"tax_id", PN_LIQUID_STR, NULL, NULL},
    [PARTY_IBAN] = {"iban", PN_LIQUID_STR, NULL, NULL},
};
static const pn_liquid_class PARTY = {"party", PARTY_FIELDS, PARTY_SLOTS};

enum {
    ROOT_HEAD,
    ROOT_INVOICE,
    ROOT_INVOICES,
    ROOT_DEBTOR,
    ROOT_CREDITOR,
    ROOT_TOTAL,
    ROOT_TODAY,
    ROOT_CODE,
    ROOT_UNSUBSCRIBE,
    ROOT_SLOTS
};
static const pn_liquid_field ROOT_FIELDS[ROOT_SLOTS] = {
    [ROOT_INVOICE] = {"invoice", PN_LIQUID_OBJECT, &INVOICE, NULL},
    [ROOT_INVOICES] = {"invoices", PN_LIQUID_LIST, &INVOICE, NULL},
    [ROOT_DEBTOR] = {"debtor", PN_LIQUID_OBJECT, &PARTY, NULL},
    [ROOT_CREDITOR] = {"creditor", PN_LIQUID_OBJECT, &PARTY, NULL},
    [ROOT_TOTAL] = {"total", PN_LIQUID_MONEY, NULL, NULL},
    [ROOT_TODAY] = {"today", PN_LIQUID_DATE, NULL, NULL},
    [ROOT_CODE] = {"code", PN_LIQUID_STR, NULL, NULL},
    [ROOT_UNSUBSCRIBE] = {"unsubscribe", PN_LIQUID_STR, NULL, NULL},
};
static const pn_liquid_class ROOT = {"mail", ROOT_FIELDS, ROOT_SLOTS};

#define HEAD_HTML                                                                                  \
    "<!doctype html>\n<html lang=\"es\"><head><meta charset=\"utf-8\">"                            \
    "<meta name=\"viewport\" content=\"width=device-width\"><title>{{ creditor.name }}</title>"    \
    "</head>\n<body style=\"margin:0;background:#f4f5f7;font-family:Helvetica,Arial,sans-serif\">" \
    "\n<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\">"           \
    "<tr><td align=\"center\" style=\"padding:24px\">\n<table role=\"presentation\" width=\"600\"" \
    " style=\"background:#ffffff;border-radius:8px\">\n<tr><td style=\"padding:32px;font-size:"    \
    "16px;line-height:24px;color:#1c1e21\">\n<p>Hola {{ debtor.contact | default: debtor.name }}," \
    "</p>\n"
#define FOOT_HTML                                                                                  \
    "<p>Si ya la has pagado, responde a este correo con el justificante y no te molestaremos "     \
    "m\u00e1s. Si algo no cuadra, dinos qu\u00e9 en la misma p\u00e1gina.</p>\n"                   \
    "<p>Un saludo,<br>{{ creditor.name }}</p>\n</td></tr>\n<tr><td style=\"padding:16px 32px;"     \
    "font-size:12px;line-height:18px;color:#606770;border-top:1px solid #e4e6eb\">{{ "             \
    "creditor.name }} \u00b7 {{ creditor.tax_id }} \u00b7 {{ creditor.address }}<br>"              \
    "Calculado el {{ today | date: \"long\" }}. Tu c\u00f3digo contra el fraude es "               \
    "<b>{{ code }}</b>: aparece en todos nuestros mensajes.<br>"                                   \
    "<a href=\"{{ unsubscribe }}\" style=\"color:#606770\">Cambiar c\u00f3mo te "                  \
    "avisamos</a></td></tr>\n</table>\n</td></tr></table>\n</body></html>\n"

static const char ONE_HTML[] = HEAD_HTML
    "<p>La factura <b>{{ invoice.number }}</b> del {{ invoice.issued | date: \"long\" }} por "
    "{{ invoice.amount }} {% if invoice.days_overdue > 0 %}venci\u00f3 hace {{ "
    "invoice.days_overdue | days }}{% else %}vence el {{ invoice.due | date: \"long\" }}{% endif "
    "%}.</p>\n<table role=\"presentation\" width=\"100%\" style=\"border:1px solid #e4e6eb;"
    "border-radius:6px;margin:16px 0\"><tr><td style=\"padding:16px\">Importe pendiente<br>"
    "<span style=\"font-size:28px;line-height:36px;font-weight:bold\">{{ invoice.open }}</span>"
    "</td><td style=\"padding:16px\" align=\"right\">Vencimiento<br><b>{{ invoice.due }}</b>"
    "</td></tr></table>\n<p align=\"center\" style=\"margin:24px 0\"><a href=\"{{ invoice.link "
    "}}\" "
    "style=\"background:#0b5fff;color:#ffffff;padding:14px 28px;border-radius:6px;"
    "text-decoration:none;font-weight:bold\">Pagar {{ invoice.open }}</a></p>\n"
    "<p style=\"font-size:14px;color:#606770\">O copia este enlace: {{ invoice.link }}</p>\n"
    "<p style=\"margin:24px 0 8px\"><b>Si prefieres transferencia</b></p>\n<table "
    "role=\"presentation\" width=\"100%\" style=\"font-size:14px;line-height:22px\"><tr><td "
    "style=\"color:#606770;padding:4px 0\">Titular</td><td>{{ creditor.name }}</td></tr><tr><td "
    "style=\"color:#606770;padding:4px 0\">IBAN</td><td>{{ creditor.iban }}</td></tr><tr><td "
    "style=\"color:#606770;padding:4px 0\">Referencia</td><td>{{ invoice.reference }}</td></tr>"
    "<tr><td style=\"color:#606770;padding:4px 0\">Importe</td><td>{{ invoice.open }}</td></tr>"
    "</table>\n" FOOT_HTML;

static const char TEN_HTML[] = HEAD_HTML
    "<p>Estas facturas est\u00e1n pendientes; suman <b>{{ total }}</b>:</p>\n"
    "<table width=\"100%\" style=\"border-collapse:collapse\"><tr><th align=\"left\">Factura</th>"
    "<th>Vencimiento</th><th>Retraso</th><th align=\"right\">Pendiente</th></tr>\n"
    "{%- for item in invoices %}\n<tr style=\"background:{% cycle '#ffffff', '#f7f8fa' %}\">"
    "<td style=\"padding:8px\"><a href=\"{{ item.link }}\">{{ item.number }}</a></td>"
    "<td align=\"center\">{{ item.due }}</td><td align=\"center\">{% if item.days_overdue > 0 %}"
    "{{ item.days_overdue | days }}{% else %}\u2013{% endif %}</td>"
    "<td align=\"right\">{{ item.open }}</td></tr>\n{%- endfor %}\n</table>\n" FOOT_HTML;

static const char TEN_TEXT[] =
    "Hola {{ debtor.contact | default: debtor.name }},\n\nEstas facturas est\u00e1n pendientes; "
    "suman {{ total }}:\n{% for item in invoices %}\n- {{ item.number }}, vence el {{ item.due }}"
    "{% if item.days_overdue > 0 %} (hace {{ item.days_overdue | days }}){% endif %}: {{ item.open "
    "}}\n  {{ item.link }}\n{%- endfor %}\n\nSi ya las has pagado, responde a este correo con el "
    "justificante y no te molestaremos m\u00e1s.\n\nUn saludo,\n{{ creditor.name }}\n{{ "
    "creditor.address }}\nCalculado el {{ today | date: \"long\" }}. Tu c\u00f3digo contra el "
    "fraude: {{ code }}\n{{ unsubscribe }}\n";

static const char ONE_JSON[] =
    "{\"invoice\":{\"number\":\"2026/000123\",\"amount\":1234.56,\"open\":1234.56,\"issued\":"
    "\"2026-01-15\",\"due\":\"2026-02-14\",\"days_overdue\":17,\"link\":"
    "\"https://pagos.ejemplo.es/p/8f3k2m5v7q1zc9d4\",\"reference\":\"RF18 5390 0754 "
    "7034\"},\"debtor\":{\"name\":"
    "\"Talleres N\u00fa\u00f1ez & Hijos, S.L.\",\"contact\":\"Luc\u00eda N\u00fa\u00f1ez\"},"
    "\"creditor\":{\"name\":\"Suministros Ibarra, S.A.\",\"tax_id\":\"A12345674\",\"address\":"
    "\"Calle Mayor 12, 28013 Madrid\"},\"today\":\"2026-03-03\",\"code\":\"LIMA-4821\","
    "\"unsubscribe\":\"https://pagos.ejemplo.es/u/8f3k2m5v7q1zc9d4\"}";

static pn_arena templates;

static void die(const pn_diag *diag) {
    char sentence[900];
    pn_diag_sentence(diag, sentence, sizeof sentence);
    (void)fprintf(stderr, "%s\n", sentence);
    exit(1);
}

static const pn_liquid_template *compile(const char *source, const pn_liquid_class *root) {
    const pn_liquid_template *template = NULL;
    pn_diag diag;
    pn_liquid_options options = {.root = root, .strict = root != NULL};
    if (pn_liquid_compile(pn_str_of(source), &options, &templates, &template, &diag) != PN_OK) {
        die(&diag);
    }
    return template;
}

static pn_money euros(int64_t cents) {
    return (pn_money){.minor = cents, .currency = {"EUR"}};
}

static void fill_invoice(pn_liquid_value *invoice, int i) {
    static const char *const NUMBERS[] = {"2026/000123", "2026/000131", "2026/000140"};
    invoice[INVOICE_HEAD] = pn_liquid_head(&INVOICE);
    invoice[INVOICE_NUMBER] = pn_liquid_str(pn_str_of(NUMBERS[i % 3]));
    invoice[INVOICE_AMOUNT] = pn_liquid_money(euros(123456 + i * 7919));
    invoice[INVOICE_OPEN] = pn_liquid_money(euros(123456 + i * 4177));
    invoice[INVOICE_ISSUED] = pn_liquid_date(20468 + i);
    invoice[INVOICE_DUE] = pn_liquid_date(20498 + i);
    invoice[INVOICE_DAYS_OVERDUE] = pn_liquid_int(17 - i * 3);
    invoice[INVOICE_REFERENCE] = pn_liquid_str(PN_STR("RF18 5390 0754 7034"));
    invoice[INVOICE_LINK] = pn_liquid_str(PN_STR("https://pagos.ejemplo.es/p/8f3k2m5v7q1zc9d4"));
}

static void fill_party(pn_liquid_value *party, const char *name, const char *contact) {
    party[PARTY_HEAD] = pn_liquid_head(&PARTY);
    party[PARTY_NAME] = pn_liquid_str(pn_str_of(name));
    party[PARTY_CONTACT] = pn_liquid_str(pn_str_of(contact));
    party[PARTY_ADDRESS] = pn_liquid_str(PN_STR("Calle Mayor 12, 28013 Madrid"));
    party[PARTY_TAX_ID] = pn_liquid_str(PN_STR("A12345674"));
    party[PARTY_IBAN] = pn_liquid_str(PN_STR("ES91 2100 0418 4502 0005 1332"));
}

typedef struct {
    pn_liquid_value root[ROOT_SLOTS], debtor[PARTY_SLOTS], creditor[PARTY_SLOTS];
    pn_liquid_value invoices[INVOICES * INVOICE_SLOTS];
} mail_data;

/* What the host does for every mail. */
static void fill(mail_data *data) {
    for (int i = 0; i < INVOICES; i++) {
        fill_invoice(data->invoices + (size_t)i * INVOICE_SLOTS, i);
    }
    fill_party(data->debtor, "Talleres N\u00fa\u00f1ez & Hijos, S.L.",
               "Luc\u00eda N\u00fa\u00f1ez");
    fill_party(data->creditor, "Suministros Ibarra, S.A.", "");
    data->root[ROOT_HEAD] = pn_liquid_head(&ROOT);
    data->root[ROOT_INVOICE] = pn_liquid_object(data->invoices);
    data->root[ROOT_INVOICES] = pn_liquid_list(data->invoices, INVOICES);
    data->root[ROOT_DEBTOR] = pn_liquid_object(data->debtor);
    data->root[ROOT_CREDITOR] = pn_liquid_object(data->creditor);
    data->root[ROOT_TOTAL] = pn_liquid_money(euros(1234560));
    data->root[ROOT_TODAY] = pn_liquid_date(20515);
    data->root[ROOT_CODE] = pn_liquid_str(PN_STR("LIMA-4821"));
    data->root[ROOT_UNSUBSCRIBE] =
        pn_liquid_str(PN_STR("https://pagos.ejemplo.es/u/8f3k2m5v7q1zc9d4"));
}

static double now_s(void) {
    struct timespec ts;
    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

/* Renders the parts one after the other, `count` times; the best of the rounds, a second. */
static double measure(const pn_liquid_template *const *parts, const pn_liquid_escape *escapes,
                      size_t part_count, pn_liquid_context context, int count, size_t *ret_bytes) {
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_buf out;
    pn_buf_init(&out, PN_LIMIT_TEMPLATE_BYTES);
    pn_diag diag;
    mail_data data;
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double start = now_s();
        for (int i = 0; i < count; i++) {
            pn_arena_reset(&arena);
            pn_buf_clear(&out);
            if (context.data == NULL) {
                fill(&data);
                context.root = data.root;
            }
            for (size_t part = 0; part < part_count; part++) {
                context.escape = escapes[part];
                if (pn_liquid_render(parts[part], &context, &arena, &out, &diag) != PN_OK) {
                    die(&diag);
                }
            }
        }
        double rate = count / (now_s() - start);
        best = PN_MAX(best, rate);
    }
    *ret_bytes = out.len;
    pn_buf_done(&out);
    pn_arena_done(&arena);
    return best;
}

int main(int argc, char **argv) {
    pn_arena_init(&templates, 0);
    const pn_liquid_template *one = compile(ONE_HTML, &ROOT);
    const pn_liquid_template *ten[2] = {compile(TEN_HTML, &ROOT), compile(TEN_TEXT, &ROOT)};
    const pn_liquid_template *json = compile(ONE_HTML, NULL);
    const pn_liquid_escape escapes[2] = {PN_LIQUID_ESCAPE_HTML, PN_LIQUID_ESCAPE_NONE};
    pn_liquid_context context = {
        .language = PN_STR("es"), .country = PN_STR("ES"), .now = PN_TIME_NONE};
    size_t one_bytes = 0, ten_bytes = 0, json_bytes = 0;
    int mails = (int)rig_number(argc, argv, "mails", 400000);
    int ten_mails = PN_MAX(mails / 8, 1);
    rig_count_begin();
    double one_rate = measure(&one, escapes, 1, context, mails, &one_bytes);
    rig_count_end("render", (int64_t)mails * ROUNDS);
    rig_count_begin();
    double ten_rate = measure(ten, escapes, 2, context, ten_mails, &ten_bytes);
    rig_count_end("render-ten", (int64_t)ten_mails * ROUNDS);
    pn_json *tree = NULL;
    if (pn_json_parse(pn_str_of(ONE_JSON), NULL, &templates, &tree, NULL) != PN_OK) {
        return 1;
    }
    context.data = tree;
    double json_rate = measure(&json, escapes, 1, context, PN_MAX(mails / 2, 1), &json_bytes);
    char more[300];
    (void)snprintf(more, sizeof more, "\"source_bytes\":%zu,\"bytes\":%zu,\"from_json_s\":%.0f",
                   sizeof ONE_HTML - 1, one_bytes, json_rate);
    rig_report("render", one_rate, "e-mails/s", rig_raw_copies(one_bytes), rig_own_rss_mb(), more);
    (void)snprintf(more, sizeof more, "\"bytes\":%zu", ten_bytes);
    rig_report("render-ten", ten_rate, "e-mails/s", rig_raw_copies(ten_bytes), rig_own_rss_mb(),
               more);
    pn_arena_done(&templates);
    return 0;
}
