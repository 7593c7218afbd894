/* What a reply seems to want: as JSON in its row, and in words for the person who reads it. */
#include "app/inbound_int.h"

#include "base/banned.h"
#include "format/intent.h"

pn_str pn_inbound_suggestion(pn_str text, pn_date written, bool month_first, pn_arena *arena) {
    pn_intent intent;
    pn_buf json;
    char date[PN_DATE_ISO_SIZE];
    pn_intent_of(text, written, month_first, arena, &intent);
    if (intent.kind == PN_INTENT_OTHER) {
        return PN_STR("");
    }
    pn_buf_init(&json, 65536);
    pn_json_writer w = pn_json_writer_on(&json, 0);
    pn_json_begin_object(&w);
    pn_json_put_str_if(&w, "amount", intent.amount);
    pn_json_put_int(&w, "confidence", intent.confidence);
    if (intent.date != PN_DATE_NONE) {
        pn_json_put_str(&w, "date", pn_str_of(pn_date_iso(intent.date, date)));
    }
    pn_json_put_str(&w, "intent", pn_str_of(pn_intent_name(intent.kind)));
    pn_json_put_str_if(&w, "reference", intent.reference);
    pn_json_put_str(&w, "words", intent.words);
    pn_json_end_object(&w);
    pn_str copy = pn_str_dup(arena, pn_buf_str(&json));
    pn_buf_done(&json);
    return copy;
}

static const struct {
    const char *name, *es, *en, *pt;
} WORDS[] = {
    {"paid", "Parece que dice que está pagado", "It seems to say that it is paid",
     "Parece dizer que está pago"},
    {"promise", "Parece una promesa de pago", "It seems to be a promise to pay",
     "Parece uma promessa de pagamento"},
    {"dispute", "Parece que no está de acuerdo", "It seems to disagree", "Parece não concordar"},
    {"copy", "Parece que pide la factura", "It seems to ask for the invoice",
     "Parece pedir a fatura"},
    {"wrong_person", "Parece que no es la persona adecuada", "It seems to be the wrong person",
     "Parece não ser a pessoa certa"},
    {"stop", "Parece que no quiere recibir más mensajes", "It seems to want no more messages",
     "Parece não querer mais mensagens"},
    {"question", "Parece una pregunta", "It seems to be a question", "Parece uma pergunta"},
};

static void add_date(pn_str language, const pn_json *suggestion, pn_buf *out) {
    pn_date date = PN_DATE_NONE;
    pn_str iso = pn_json_text(pn_json_field(suggestion, "date"), PN_STR(""));
    if (iso.len == 0 || pn_date_parse_iso(iso, &date) != PN_OK) {
        return;
    }
    bool paid = pn_str_is(pn_json_text(pn_json_field(suggestion, "intent"), PN_STR("")), "paid");
    bool es = pn_str_starts(language, PN_STR("es")), pt = pn_str_starts(language, PN_STR("pt"));
    pn_buf_add_z(out, es   ? (paid ? " el " : " para el ")
                      : pt ? (paid ? " em " : " para ")
                           : (paid ? " on " : " by "));
    pn_date_text_long(out, date, es ? PN_STR("es") : pt ? PN_STR("pt") : PN_STR("en"), PN_STR_NONE);
}

pn_str pn_inbound_suggestion_words(const pn_app *app, pn_str suggestion, pn_arena *arena) {
    pn_json *json = NULL;
    pn_str language = app->org.language;
    bool es = pn_str_starts(language, PN_STR("es")), pt = pn_str_starts(language, PN_STR("pt"));
    if (suggestion.len == 0 || pn_json_parse(suggestion, NULL, arena, &json, NULL) != PN_OK) {
        return PN_STR("");
    }
    pn_str intent = pn_json_text(pn_json_field(json, "intent"), PN_STR(""));
    pn_buf out;
    pn_buf_init(&out, 65536);
    for (size_t i = 0; i < PN_COUNT(WORDS); i++) {
        if (pn_str_eq(intent, pn_str_of(WORDS[i].name))) {
            pn_buf_add_z(&out, es ? WORDS[i].es : pt ? WORDS[i].pt : WORDS[i].en);
        }
    }
    add_date(language, json, &out);
    pn_buf_add_format(&out, " (“%.*s”).",
                      PN_STR_ARG(pn_json_text(pn_json_field(json, "words"), PN_STR(""))));
    pn_str copy = pn_str_dup(arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return copy;
}
