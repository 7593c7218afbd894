/* What a debtor agrees to, in words: shown, hashed and kept. In the first person, so that it needs
 * neither tú nor usted. */
#include "app/books.h"
#include "app/offers.h"
#include "base/banned.h"

typedef struct {
    const char *language;
    const char *plan, *discount, *line, *lost; /* %s stand in the order of the arguments */
    const char *day;                           /* day, month, year */
} words;

static const words WORDS[] = {
    {"es", "Me comprometo a pagar a %s %s en %d plazos:",
     "Pagaré a %s %s hasta el %s. Entonces se me descuentan %s, y mi deuda de %s queda saldada.",
     "%lld. %s, hasta el %s",
     "Si me retraso más de %d días, este acuerdo termina y vuelvo a deber lo que quede, con sus "
     "vencimientos originales.",
     "%02d/%02d/%04d"},
    {"pt", "Comprometo-me a pagar a %s %s em %d parcelas:",
     "Pagarei a %s %s até %s. Então recebo um desconto de %s, e minha dívida de %s fica quitada.",
     "%lld. %s, até %s",
     "Se eu atrasar mais de %d dias, este acordo termina e volto a dever o que restar, com os "
     "vencimentos originais.",
     "%02d/%02d/%04d"},
    {"en", "I agree to pay %s %s in %d installments:",
     "I will pay %s %s by %s. Then %s is let off, and my debt of %s is settled.", "%lld. %s by %s",
     "If I am more than %d days late, this agreement ends and I owe what is left, with its "
     "original "
     "due dates.",
     NULL},
};

static const words *words_in(pn_str language) {
    for (size_t i = 0; i < PN_COUNT(WORDS); i++) {
        if (pn_str_starts(language, pn_str_of(WORDS[i].language))) {
            return &WORDS[i];
        }
    }
    return &WORDS[PN_COUNT(WORDS) - 1];
}

typedef struct {
    const words *words;
    pn_currency currency;
    pn_str language, country;
    pn_arena *arena;
} teller;

static const char *money(const teller *t, int64_t minor) {
    pn_buf text;
    pn_buf_init(&text, 128);
    pn_money_text(&text, (pn_money){minor, t->currency}, t->language, t->country);
    const char *copy = pn_str_z(t->arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

static const char *day(const teller *t, pn_date date) {
    static const char *const MONTHS[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    pn_civil civil = pn_date_civil(date);
    pn_str text =
        t->words->day != NULL
            ? pn_str_format(t->arena, "%02d/%02d/%04d", civil.day, civil.month, civil.year)
            : pn_str_format(t->arena, "%d %s %d", civil.day, MONTHS[civil.month - 1], civil.year);
    return pn_str_z(t->arena, text);
}

/* The formats are ours, of the table above; the compiler checks nothing here, so a test does. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static pn_str tell(const teller *t, const pn_offer_choice *c, const char *creditor) {
    pn_buf out;
    int64_t sum = c->total - c->discount;
    pn_buf_init(&out, 1 << 16);
    if (c->discount != 0) {
        pn_buf_add_format(&out, t->words->discount, creditor, money(t, sum),
                          day(t, c->installments[0].due), money(t, c->discount),
                          money(t, c->total));
    } else {
        pn_buf_add_format(&out, t->words->plan, creditor, money(t, sum), (int)c->count);
        for (size_t i = 0; i < c->count; i++) {
            const pn_installment_row *each = &c->installments[i];
            pn_buf_add_char(&out, '\n');
            pn_buf_add_format(&out, t->words->line, (long long)each->number, money(t, each->amount),
                              day(t, each->due));
        }
    }
    pn_buf_add_char(&out, '\n');
    pn_buf_add_format(&out, t->words->lost, PN_PLAN_DEFAULT_DAYS);
    pn_str text = pn_str_dup(t->arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return text;
}
#pragma GCC diagnostic pop

pn_str pn_offer_terms(pn_app *app, const pn_offer_choice *choice, pn_str language, pn_str country,
                      pn_arena *arena) {
    pn_account_row account;
    const pn_creditor_row *creditor = NULL;
    if (pn_account_get(app->db, choice->debtor_id, choice->account_id, arena, &account) == PN_OK) {
        creditor = pn_app_creditor(app, account.creditor_id);
    }
    teller t = {.words = words_in(language.len != 0 ? language : app->org.language),
                .currency = choice->currency,
                .language = language,
                .country = country,
                .arena = arena};
    return tell(&t, choice, creditor != NULL ? pn_str_z(arena, creditor->name) : "");
}
