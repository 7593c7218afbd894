/* The ready templates of share/templates: each is strict, speaks every language in both forms, and
 * makes sense whatever there is and is not to say. What they must not say is listed in words:
 * usted in a text that says tú, words of Spain in the Spanish of Latin America, threats.
 *
 * With PUNTUAL_SAMPLES set to a folder, what is rendered is also written there, for eyes:
 * `tools/samples` makes pages of it. */
#include "unit.h"

#include <dirent.h>
#include <stdio.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "compose/compose.h"

typedef struct {
    const char *name;
    pn_purpose purpose;
    unsigned tones; /* 0: one text for all */
    bool formal;    /* usted alone */
    bool sms;
} ready;

static const ready READY[] = {
    {"adeudo_aviso", PN_PURPOSE_SERVICE, 0, false, false},
    {"aviso", PN_PURPOSE_DEMAND, 0, false, true},
    {"baja_servicio", PN_PURPOSE_DEMAND, 0, false, false},
    {"cesion", PN_PURPOSE_LEGAL, 0, true, false},
    {"cobro_rechazado", PN_PURPOSE_DEMAND, 3, false, false},
    {"correo_fallido", PN_PURPOSE_SERVICE, 0, false, true},
    {"disputa_recibida", PN_PURPOSE_SERVICE, 0, false, false},
    {"entrega", PN_PURPOSE_SERVICE, 0, false, false},
    {"gracias", PN_PURPOSE_SERVICE, 0, false, false},
    {"negociacion", PN_PURPOSE_LEGAL, 0, true, false},
    {"plan_cuota", PN_PURPOSE_SERVICE, 0, false, false},
    {"plan_oferta", PN_PURPOSE_DEMAND, 0, false, true},
    {"promesa_incumplida", PN_PURPOSE_DEMAND, 0, false, false},
    {"promesa_recordatorio", PN_PURPOSE_SERVICE, 0, false, false},
    {"reanudacion", PN_PURPOSE_SERVICE, 0, false, false},
    {"recibo", PN_PURPOSE_SERVICE, 0, false, false},
    {"recordatorio", PN_PURPOSE_DEMAND, 5, false, true},
    {"restablecido", PN_PURPOSE_SERVICE, 0, false, false},
    {"silencio", PN_PURPOSE_SERVICE, 0, false, false},
    {"suspension", PN_PURPOSE_DEMAND, 0, false, true},
    {"vence_hoy", PN_PURPOSE_DEMAND, 0, false, false},
};

/* Whom the texts are written to, and which variant they must get. */
typedef struct {
    const char *tag, *country;
    pn_form form;
    const char *variant;
} reader;

static const reader READERS[] = {
    {"es-ES", "ES", PN_FORM_USTED, "es"},     {"es-ES", "ES", PN_FORM_TU, "es"},
    {"es-MX", "MX", PN_FORM_USTED, "es-419"}, {"es-MX", "MX", PN_FORM_TU, "es-419"},
    {"es-CO", "CO", PN_FORM_USTED, "es-419"}, {"es-CL", "CL", PN_FORM_USTED, "es-419"},
    {"es-PE", "PE", PN_FORM_TU, "es-419"},    {"es-AR", "AR", PN_FORM_USTED, "es-419"},
    {"en-US", "US", PN_FORM_USTED, "en"},     {"en-GB", "GB", PN_FORM_TU, "en"},
    {"pt-BR", "BR", PN_FORM_USTED, "pt"},
};

enum { PEOPLE = TRIES(24, 6) }; /* invented for each reader and text */

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

static const char *templates_folder(void) {
    static char path[4096];
    const char *share = getenv("PUNTUAL_SHARE");
    (void)snprintf(path, sizeof path, "%s/templates", share != NULL ? share : "share");
    return path;
}

static const pn_family *family_of(const char *name) {
    pn_json *json = NULL;
    const pn_family *family = NULL;
    pn_compose_problems problems = {0};
    pn_diag diag = {0};
    char path[4200];
    (void)snprintf(path, sizeof path, "%s/%s.json", templates_folder(), name);
    if (pn_json_parse(file_read(&arena, path), NULL, &arena, &json, &diag) != PN_OK) {
        fail_msg("%s: %s at %s", name, diag.what, diag.where);
    }
    pn_err err = pn_family_compile(json, &arena, &family, &problems, &diag);
    for (size_t i = 0; i < problems.count; i++) {
        print_error("%s, %.*s: %.*s\n", name, PN_STR_ARG(problems.items[i].where),
                    PN_STR_ARG(problems.items[i].sentence));
    }
    assert_int_equal(problems.count, 0);
    assert_int_equal(err, PN_OK);
    return family;
}

static const pn_variant *variant_for(const pn_family *family, pn_channel_kind channel,
                                     const reader *r, unsigned tone) {
    return pn_family_choose(family, channel, pn_str_of(r->tag), PN_STR_NONE, r->form, tone);
}

/* ── what there is ───────────────────────────────────────────────────────────────────────────── */

static void test_all_are_known(void **state) {
    (void)state;
    size_t count = 0;
    DIR *folder = opendir(templates_folder());
    assert_non_null(folder);
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        count += strstr(entry->d_name, ".json") != NULL;
    }
    (void)closedir(folder);
    assert_int_equal(count, PN_COUNT(READY));
}

static void check_variant(const ready *r, const pn_family *family, pn_channel_kind channel,
                          const reader *who, unsigned tone) {
    const pn_variant *variant = variant_for(family, channel, who, tone);
    bool spanish = who->tag[0] == 'e' && who->tag[1] == 's';
    assert_str(pn_variant_language(variant), who->variant);
    assert_int_equal(pn_variant_form(variant), spanish && !r->formal ? who->form : PN_FORM_ANY);
    if (channel == PN_CHANNEL_EMAIL) {
        assert_int_equal(pn_variant_tone(variant), PN_MIN(r->tones, tone));
    }
}

static void test_compile_strictly(void **state) {
    (void)state;
    for (size_t i = 0; i < PN_COUNT(READY); i++) {
        const pn_family *family = family_of(READY[i].name);
        assert_str(pn_family_name(family), READY[i].name);
        assert_int_equal(pn_family_purpose(family), READY[i].purpose);
        for (size_t p = 0; p < PN_COUNT(READERS); p++) {
            for (unsigned tone = 1; tone <= 5; tone++) {
                check_variant(&READY[i], family, PN_CHANNEL_EMAIL, &READERS[p], tone);
                if (READY[i].sms) {
                    check_variant(&READY[i], family, PN_CHANNEL_SMS, &READERS[p], tone);
                }
            }
        }
        assert_int_equal(variant_for(family, PN_CHANNEL_SMS, &READERS[0], 1) != NULL, READY[i].sms);
    }
}

/* ── invented debtors ────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_compose_facts facts;
    pn_compose_item items[6];
    pn_compose_installment plan[3];
} person;

static bool either(uint64_t *dice) {
    *dice = pn_mix64(*dice + 1);
    return (*dice & 1) != 0;
}

static size_t one_of(uint64_t *dice, size_t count) {
    *dice = pn_mix64(*dice + 1);
    return (size_t)(*dice >> 8) % count;
}

static void add_items(person *p, uint64_t *dice, size_t overdue, size_t upcoming) {
    static const int32_t LATE[] = {1, 2, 17, 30, 400}, AHEAD[] = {0, 1, 2, 12, 90};
    static const char *const NUMBERS[] = {"F-101", "2026/000123", "A 77", "FV-2026-00000417"};
    pn_compose_facts *facts = &p->facts;
    pn_compose_item first = facts->overdue[0];
    pn_currency currency = facts->total.currency;
    facts->total = facts->total_overdue = (pn_money){0, currency};
    for (size_t i = 0; i < overdue + upcoming; i++) {
        pn_compose_item *item = &p->items[i];
        int64_t minor = first.amount.minor / (int64_t)(i + 1);
        int64_t charges = either(dice) ? minor / 20 : 0, held = either(dice) ? minor / 4 : 0;
        *item = first;
        item->number = pn_str_format(&arena, "%s%zu", NUMBERS[one_of(dice, 4)], i);
        item->product = either(dice) ? first.product : PN_STR_NONE;
        int32_t days = i < overdue ? LATE[one_of(dice, 5)] : -AHEAD[one_of(dice, 5)];
        item->days_overdue = i == 0 || i == overdue ? days : PN_MIN(days, item[-1].days_overdue);
        item->due = facts->today - item->days_overdue;
        item->issued = item->due - 30;
        item->charges = (pn_money){charges, currency};
        item->open = (pn_money){minor + charges, currency};
        item->claimable = (pn_money){minor + charges - held, currency};
        facts->total.minor += item->claimable.minor;
        facts->total_overdue.minor += i < overdue ? item->claimable.minor : 0;
    }
    facts->overdue = p->items;
    facts->overdue_count = overdue;
    facts->upcoming = p->items + overdue;
    facts->upcoming_count = upcoming;
}

/* Each thing that a case may have or lack, by the throw of a die. */
static void leave_out(person *p, uint64_t *dice) {
    pn_compose_facts *f = &p->facts;
    pn_str *const texts[] = {&f->sender_name,
                             &f->creditor_tax_id,
                             &f->creditor_address,
                             &f->creditor_phone,
                             &f->creditor_email,
                             &f->creditor_iban,
                             &f->link,
                             &f->payment_reference,
                             &f->handover_name,
                             &f->handover_contact,
                             &f->contact_name,
                             &f->debtor_tax_id};
    for (size_t i = 0; i < PN_COUNT(texts); i++) {
        *texts[i] = either(dice) ? *texts[i] : PN_STR_NONE;
    }
    if (f->contact_name.len == 0 && either(dice)) {
        f->debtor_name = PN_STR_NONE;
    }
    if (f->handover_name.len != 0 && either(dice)) {
        f->handover_name = PN_STR("Lara y Pons, S.L.P.");
    }
    f->attachment_count = one_of(dice, 3);
    f->deadline = either(dice) ? f->deadline : PN_DATE_NONE;
    f->promise_due = either(dice) ? f->promise_due : PN_DATE_NONE;
    f->payment_date = either(dice) ? f->payment_date : PN_DATE_NONE;
    if (either(dice)) {
        f->payment_amount = (pn_money){0};
    }
    if (either(dice)) {
        f->plan_count = 0;
        f->installment_due = PN_DATE_NONE;
    }
}

/* A paid invoice alone, as a receipt may be about. */
static void settle(person *p) {
    pn_compose_item *item = &p->items[0];
    item->open = item->claimable = item->charges = (pn_money){0, item->amount.currency};
    p->facts.total = p->facts.total_overdue = item->open;
}

static void invent(person *p, const reader *who, pn_purpose purpose, uint64_t seed) {
    uint64_t dice = seed;
    pn_compose_example(pn_str_first(pn_str_of(who->tag), 2), pn_str_of(who->country), &arena,
                       &p->facts);
    p->facts.form = who->form;
    size_t overdue = one_of(&dice, 4), upcoming = one_of(&dice, 3);
    if (overdue + upcoming == 0 && purpose == PN_PURPOSE_DEMAND) {
        overdue = 1; /* a demand that asks for nothing never leaves */
    }
    add_items(p, &dice, overdue, upcoming);
    leave_out(p, &dice);
    if (purpose == PN_PURPOSE_SERVICE && overdue + upcoming == 1 && either(&dice)) {
        settle(p);
    }
}

/* As a company usually is: the lengths of subjects and SMS are measured with it. */
static void be_usual(person *p, const reader *who, size_t overdue) {
    uint64_t dice = 7;
    pn_compose_example(pn_str_first(pn_str_of(who->tag), 2), pn_str_of(who->country), &arena,
                       &p->facts);
    p->facts.form = who->form;
    p->facts.creditor_name = PN_STR("Suministros Duero");
    add_items(p, &dice, overdue, overdue == 0);
    for (size_t i = 0; i < overdue + (overdue == 0); i++) {
        p->items[i].number = pn_str_format(&arena, "F-2026-%zu", 101 + i);
        p->items[i].charges = (pn_money){0, p->facts.total.currency};
    }
}

/* ── rendering ───────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_buf subject, text, html;
    pn_buf flat; /* the text without line breaks */
    const char *family;
    const pn_variant *variant;
} written;

static void write_sample(const written *w, uint64_t number) {
    enum { EACH = 3 }; /* of a reader's many */
    const char *folder = getenv("PUNTUAL_SAMPLES");
    if (folder == NULL || number % PEOPLE >= EACH) {
        return;
    }
    bool mail = pn_variant_channel(w->variant) == PN_CHANNEL_EMAIL;
    const pn_buf *const parts[] = {&w->subject, &w->text, &w->html};
    static const char *const ENDS[] = {"subject", "txt", "html"};
    for (size_t i = mail ? 0 : 1; i < (mail ? 3 : 2); i++) {
        char path[4300];
        (void)snprintf(path, sizeof path, "%s/%s.%s.%.*s.%s.%u.%llu.%s", folder, w->family,
                       pn_channel_kind_name(pn_variant_channel(w->variant)),
                       PN_STR_ARG(pn_variant_language(w->variant)),
                       pn_form_name(pn_variant_form(w->variant)), pn_variant_tone(w->variant),
                       (unsigned long long)number, ENDS[i]);
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(parts[i]->ptr, 1, parts[i]->len, file), parts[i]->len);
        (void)fclose(file);
    }
}

static written written_new(const char *family, const pn_variant *variant,
                           const pn_compose_facts *facts) {
    written w = {.family = family, .variant = variant};
    pn_diag diag = {0};
    pn_arena scratch;
    pn_arena_init(&scratch, 0);
    pn_buf_init(&w.subject, PN_LIMIT_TEMPLATE_BYTES);
    pn_buf_init(&w.text, PN_LIMIT_TEMPLATE_BYTES);
    pn_buf_init(&w.html, 4 * PN_LIMIT_TEMPLATE_BYTES);
    pn_err err =
        pn_variant_channel(variant) == PN_CHANNEL_EMAIL
            ? pn_compose_email(variant, facts, &scratch, &w.subject, &w.text, &w.html, &diag)
            : pn_compose_text(variant, facts, &scratch, &w.text, &diag);
    if (err != PN_OK) {
        fail_msg("%s: %s at %s", family, diag.what, diag.where);
    }
    pn_arena_done(&scratch);
    pn_buf_init(&w.flat, PN_LIMIT_TEMPLATE_BYTES);
    pn_buf_add_str(&w.flat, pn_buf_str(&w.text));
    for (size_t i = 0; i < w.flat.len; i++) {
        w.flat.ptr[i] = w.flat.ptr[i] == '\n' ? ' ' : w.flat.ptr[i];
    }
    return w;
}

static void written_free(written *w) {
    pn_buf_done(&w->subject);
    pn_buf_done(&w->text);
    pn_buf_done(&w->html);
    pn_buf_done(&w->flat);
}

static void complain(const written *w, const char *about, const char *sign) {
    fail_msg("%s %s %.*s %s tone %u: %s “%s” in\n%.*s\n\n%.*s", w->family,
             pn_channel_kind_name(pn_variant_channel(w->variant)),
             PN_STR_ARG(pn_variant_language(w->variant)), pn_form_name(pn_variant_form(w->variant)),
             pn_variant_tone(w->variant), about, sign, PN_STR_ARG(pn_buf_str(&w->subject)),
             PN_STR_ARG(pn_buf_str(&w->text)));
}

/* ── signs of nonsense ───────────────────────────────────────────────────────────────────────── */

/* What is left when a variable is empty, a plural is wrong or a mark was not read. */
static const char *sign_of_nonsense(pn_str text) {
    static const char *const SIGNS[] = {
        "\n\n\n",     " .",         " ,",         " :",       " ;",        ",,",
        ",.",         "()",         "( ",         " )",       "**",        "{{",
        "{%",         "}}",         "%}",         "[]",       "nil",       " \n",
        "el ,",       "el .",       " del.",      "a **",     " el el ",   ",:",
        "1 facturas", "1 días",     "1 invoices", "1 days",   "1 faturas", "1 dias",
        "0 facturas", "0 invoices", "0 faturas",  "1 cuotas", ":.",        ".:\n\n\n",
    };
    for (size_t i = 0; i < PN_COUNT(SIGNS); i++) {
        size_t at = pn_str_find(text, pn_str_of(SIGNS[i]));
        bool within_number =
            at != SIZE_MAX && at > 0 && pn_is_digit(SIGNS[i][0]) && pn_is_digit(text.ptr[at - 1]);
        if (at != SIZE_MAX && !within_number) {
            return SIGNS[i];
        }
    }
    return NULL;
}

/* Two spaces within prose; tables have them before capitals, digits and behind numbers. */
static bool has_gap(pn_str text) {
    for (size_t i = 1; i + 2 < text.len; i++) {
        bool behind_word =
            pn_is_alpha(text.ptr[i - 1]) || strchr(",.;:?!", text.ptr[i - 1]) != NULL;
        if (behind_word && text.ptr[i] == ' ' && text.ptr[i + 1] == ' ' && text.ptr[i + 2] >= 'a' &&
            text.ptr[i + 2] <= 'z') {
            return true;
        }
    }
    return false;
}

/* A sentence or subject that stops behind a word which wants another one. */
static bool breaks_off(pn_str text, bool subject) {
    static const char *const WORDS[] = {" de.", " el.",   " del.",  " al.",   " por.", " con.",
                                        " of.", " a el.", " for.",  " with.", " em.",  " até.",
                                        " un.", " en.",   " para.", " com.",  " the."};
    for (size_t i = 0; i < PN_COUNT(WORDS); i++) {
        pn_str stopped = pn_str_of(WORDS[i]), word = pn_str_first(stopped, stopped.len - 1);
        if (pn_str_find(text, stopped) != SIZE_MAX || (subject && pn_str_ends(text, word))) {
            return true;
        }
    }
    return false;
}

/* “S.L..” is right in no language; “…” is. */
static bool has_two_stops(pn_str text) {
    for (size_t i = 0; i + 1 < text.len; i++) {
        bool third =
            (i + 2 < text.len && text.ptr[i + 2] == '.') || (i > 0 && text.ptr[i - 1] == '.');
        if (text.ptr[i] == '.' && text.ptr[i + 1] == '.' && !third) {
            return true;
        }
    }
    return false;
}

/* A paragraph that announces something is followed by it: behind the greeting, the table. */
static bool announces_nothing(pn_str text) {
    size_t from = 0;
    for (unsigned found = 0;; found++) {
        size_t at = pn_str_find(pn_str_from(text, from), PN_STR(":\n\n"));
        if (at == SIZE_MAX) {
            return false;
        }
        from += at + 3;
        pn_str rest = pn_str_from(text, from);
        bool table =
            pn_str_starts(rest, PN_STR("Factura ")) || pn_str_starts(rest, PN_STR("Invoice ")) ||
            pn_str_starts(rest, PN_STR("Fatura ")) || pn_str_starts(rest, PN_STR("Aún no")) ||
            pn_str_starts(rest, PN_STR("Por ven"));
        if (!table && (found > 0 || at > 160)) {
            return true;
        }
    }
}

static void check_sense(const written *w) {
    pn_str text = pn_buf_str(&w->text), subject = pn_buf_str(&w->subject);
    const char *sign = sign_of_nonsense(text);
    sign = sign != NULL ? sign : sign_of_nonsense(subject);
    if (sign != NULL) {
        complain(w, "nonsense", sign);
    }
    pn_str html = pn_buf_str(&w->html); /* the plain text is wrapped, and a gap is gone there */
    html = pn_str_from(html, PN_MIN(pn_str_find(html, PN_STR("<body")), html.len));
    if (has_gap(text) || has_gap(subject) || has_gap(html)) {
        complain(w, "two spaces", "  ");
    }
    if (breaks_off(pn_buf_str(&w->flat), false) || breaks_off(subject, true)) {
        complain(w, "it breaks off", "");
    }
    if (pn_str_find(html, PN_STR("<strong></strong>")) != SIZE_MAX) {
        complain(w, "bold around", "nothing");
    }
    if (has_two_stops(text) || has_two_stops(subject)) {
        complain(w, "two stops", "..");
    }
    if (announces_nothing(text)) {
        complain(w, "nothing behind a colon", ":");
    }
    if (pn_variant_channel(w->variant) == PN_CHANNEL_EMAIL && subject.len <= 8) {
        complain(w, "a subject of", "a word");
    }
}

/* ── words that must not be ──────────────────────────────────────────────────────────────────── */

static bool is_letter(char c) {
    return pn_is_alpha(c) || ((unsigned char)c & 0x80U) != 0;
}

/* As a whole word, whatever its first letter's case. */
static bool says(pn_str text, const char *word) {
    pn_str wanted = pn_str_of(word);
    for (size_t i = 0; i + wanted.len <= text.len; i++) {
        bool begins = i == 0 || !is_letter(text.ptr[i - 1]);
        bool ends = i + wanted.len == text.len || !is_letter(text.ptr[i + wanted.len]);
        pn_str part = {text.ptr + i, wanted.len};
        if (begins && ends && (pn_str_eq(part, wanted) || pn_str_eq_nocase(part, wanted))) {
            return true;
        }
    }
    return false;
}

/* In what a text for tú says. */
static const char *const OF_USTED[] = {
    "usted",       "su",          "sus",          "suyo",       "suyos",       "suya",
    "le",          "les",         "puede",        "tiene",      "necesita",    "prefiere",
    "quiere",      "debe",        "responda",     "Si ha",      "pague",       "avísenos",
    "llámenos",    "díganos",     "díganoslo",    "envíenos",   "envíe",       "cuéntenos",
    "cuéntenosla", "cuéntenoslo", "coméntenoslo", "indíquenos", "propónganos", "escríbanos",
    "está usted",  "podrá",       "pagaría",      "encontrará", "reconoce",    "esperaba",
    "autorizó",    "acordó",      "haga",         "tenga",      "tome",        "si ya ha",
    "realizó",     "pagó",        "cambió su",    "va a",       "recibe",      "proponga",
    "rogamos",     "confirma",    "atentamente",  "entregarle", "escribirle",  "enviándole",
    "desea",       "consulte",    "vea",
};
/* In what a text for usted says. */
static const char *const OF_TU[] = {
    "tú",           "tu",        "tus",       "tuyo",        "tuyos",       "tuya",
    "te",           "ti",        "contigo",   "puedes",      "tienes",      "necesitas",
    "prefieres",    "quieres",   "responde",  "avísanos",    "llámanos",    "dinos",
    "dínoslo",      "envíanos",  "envíes",    "cuéntanos",   "cuéntanosla", "cuéntanoslo",
    "coméntanoslo", "indícanos", "propónnos", "escríbenos",  "podrás",      "pagarías",
    "encontrarás",  "reconoces", "esperabas", "autorizaste", "acordaste",   "hagas",
    "tengas",       "tomes",     "has",       "realizaste",  "pagaste",     "cambiaste",
    "vas",          "recibes",   "propongas", "confirmas",   "pagues",      "estás",
};
/* Words of Spain, and of one country of Latin America alone, in "es-419"; and in Colombia nobody
 * may be asked why they have not paid (Ley 2300 de 2023). */
static const char *const NOT_IN_419[] = {
    "importe",    "importes",      "domiciliación", "domiciliado",  "domiciliados", "justificante",
    "albarán",    "recobro",       "vosotros",      "vuestro",      "vuestra",      "os",
    "ingreso",    "ingresar",      "móvil",         "ordenador",    "impago",       "cuadra",
    "a plazos",   "abono",         "incidencia",    "girar",        "platíquenos",  "platícanos",
    "exhibición", "turnamos",      "buró",          "vos",          "vosotras",     "por qué",
    "motivo",     "qué ha pasado", "qué pasó",      "contratiempo",
};
/* In any demand: threats, false urgency, the look of a court, lists of debtors. */
static const char *const THREATS[] = {
    "embargo",        "embargar",
    "juzgado",        "juez",
    "demandar",       "demanda judicial",
    "tribunal",       "tribunales",
    "procurador",     "moroso",
    "morosos",        "morosidad",
    "fichero",        "ficheros",
    "ASNEF",          "buró",
    "urgente",        "urgencia",
    "inmediatamente", "inmediato",
    "de inmediato",   "penal",
    "delito",         "requerimiento",
    "burofax",        "lawsuit",
    "court",          "sue",
    "legal action",   "urgent",
    "immediately",    "credit bureau",
    "bailiff",        "protesto",
    "Serasa",         "SPC",
    "negativação",    "justiça",
    "processo",       "imediatamente",
    "vergüenza",
};

static void check_lacks(const written *w, const char *const *words, size_t count,
                        const char *about) {
    for (size_t i = 0; i < count; i++) {
        if (says(pn_buf_str(&w->flat), words[i]) || says(pn_buf_str(&w->subject), words[i])) {
            complain(w, about, words[i]);
        }
    }
}

static void check_words(const written *w, const ready *r) {
    pn_str language = pn_variant_language(w->variant);
    bool spanish = pn_str_starts(language, PN_STR("es"));
    bool formal = pn_variant_form(w->variant) != PN_FORM_TU;
    if (spanish && formal) {
        check_lacks(w, OF_TU, PN_COUNT(OF_TU), "tú");
    } else if (spanish) {
        check_lacks(w, OF_USTED, PN_COUNT(OF_USTED), "usted");
    }
    if (pn_str_is(language, "es-419")) {
        check_lacks(w, NOT_IN_419, PN_COUNT(NOT_IN_419), "not of Latin America");
    }
    if (r->purpose == PN_PURPOSE_DEMAND) {
        check_lacks(w, THREATS, PN_COUNT(THREATS), "a threat");
    }
}

/* ── all of them ─────────────────────────────────────────────────────────────────────────────── */

static void check_one(const ready *r, const pn_variant *variant, const pn_compose_facts *facts,
                      uint64_t number) {
    written w = written_new(r->name, variant, facts);
    check_sense(&w);
    check_words(&w, r);
    write_sample(&w, number);
    written_free(&w);
}

static void test_sense(void **state) {
    (void)state;
    for (size_t i = 0; i < PN_COUNT(READY); i++) {
        const ready *r = &READY[i];
        const pn_family *family = family_of(r->name);
        for (size_t each = 0; each < PN_COUNT(READERS) * PEOPLE; each++) {
            const reader *who = &READERS[each / PEOPLE];
            person p;
            invent(&p, who, r->purpose, each);
            for (unsigned tone = 1; tone <= PN_MAX(r->tones, 1U); tone++) {
                p.facts.tone = tone;
                check_one(r, variant_for(family, PN_CHANNEL_EMAIL, who, tone), &p.facts, each);
                if (r->sms) {
                    check_one(r, variant_for(family, PN_CHANNEL_SMS, who, tone), &p.facts, each);
                }
            }
        }
    }
}

/* ── greetings, tones, lengths ───────────────────────────────────────────────────────────────── */

static bool contains(const pn_buf *buf, const char *text) {
    return pn_str_find(pn_buf_str(buf), pn_str_of(text)) != SIZE_MAX;
}

static void test_greeting(void **state) {
    (void)state;
    static const struct {
        size_t reader;
        unsigned tone;
        const char *named, *nobody;
    } CASES[] = {
        {0, 1, "\nHola, Ana:\n", "\nHola:\n"},
        {0, 3, "\nA la atención de Ana:\n", "\nBuenos días:\n"},
        {1, 3, "\nHola, Ana:\n", "\nHola:\n"},
        {2, 1, "\nBuen día, Ana:\n", "\nBuen día:\n"},
        {3, 5, "\nHola, Ana:\n", "\nHola:\n"},
        {8, 1, "\nHello Ana,\n", "\nHello,\n"},
        {8, 4, "\nFor the attention of Ana:\n", "\nHello,\n"},
        {10, 2, "\nOlá, Ana,\n", "\nOlá,\n"},
    };
    const pn_family *family = family_of("recordatorio");
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        for (int named = 0; named < 2; named++) {
            const reader *who = &READERS[CASES[i].reader];
            person p;
            be_usual(&p, who, 1);
            p.facts.contact_name = p.facts.debtor_name = named ? PN_STR("Ana") : PN_STR_NONE;
            written w =
                written_new("recordatorio",
                            variant_for(family, PN_CHANNEL_EMAIL, who, CASES[i].tone), &p.facts);
            if (!contains(&w.text, named ? CASES[i].named : CASES[i].nobody)) {
                complain(&w, "not greeted with", named ? CASES[i].named : CASES[i].nobody);
            }
            written_free(&w);
        }
    }
}

/* What a text says between the greeting and the amount. */
static pn_str opening(const written *w) {
    pn_str text = pn_buf_str(&w->text);
    for (unsigned skip = 0; skip < 2; skip++) {
        text = pn_str_from(text, pn_str_find(text, PN_STR("\n\n")) + 2);
    }
    size_t end = pn_str_find(text, PN_STR("\n\n"));
    return pn_str_dup(&arena, pn_str_first(text, end));
}

/* Every tone says something else; until the third they keep one subject, so that mailboxes show
 * them as one conversation. From the third on there is a day; the last says what happens next. */
static void test_tones(void **state) {
    (void)state;
    const pn_family *family = family_of("recordatorio");
    for (size_t p = 0; p < PN_COUNT(READERS); p++) {
        for (size_t count = 1; count <= 2; count++) {
            pn_str said[6], subjects[6];
            person who;
            be_usual(&who, &READERS[p], count);
            for (unsigned tone = 1; tone <= 5; tone++) {
                who.facts.tone = tone;
                written w = written_new("recordatorio",
                                        variant_for(family, PN_CHANNEL_EMAIL, &READERS[p], tone),
                                        &who.facts);
                said[tone] = opening(&w);
                subjects[tone] = pn_str_dup(&arena, pn_buf_str(&w.subject));
                bool dated = contains(&w.text, "13") &&
                             (contains(&w.flat, "13 de mar") || contains(&w.flat, "March 13") ||
                              contains(&w.flat, "13 March"));
                if (dated != (tone >= 3)) {
                    complain(&w, "the day", dated ? "too early" : "missing");
                }
                bool next = contains(&w.flat, "Qué pasará ahora.") ||
                            contains(&w.flat, "What happens next.") ||
                            contains(&w.flat, "O que acontece agora.");
                assert_int_equal(next, tone == 5);
                for (unsigned other = 1; other < tone; other++) {
                    assert_false(pn_str_eq(said[tone], said[other]));
                    assert_int_equal(pn_str_eq(subjects[tone], subjects[other]), tone <= 3);
                }
                written_free(&w);
            }
        }
    }
}

/* Interest and fees are spoken of only where an invoice has them. */
static void test_charges(void **state) {
    (void)state;
    static const char *const WORDS[] = {"interes", "interest", "juros"};
    const pn_family *family = family_of("recordatorio");
    for (size_t p = 0; p < PN_COUNT(READERS); p++) {
        for (unsigned tone = 1; tone <= 5; tone++) {
            for (int charged = 0; charged < 2; charged++) {
                person who;
                be_usual(&who, &READERS[p], 2);
                who.items[1].charges.minor = charged ? 4000 : 0;
                written w = written_new("recordatorio",
                                        variant_for(family, PN_CHANNEL_EMAIL, &READERS[p], tone),
                                        &who.facts);
                bool said = false;
                for (size_t i = 0; i < PN_COUNT(WORDS); i++) {
                    said = said || contains(&w.flat, WORDS[i]);
                }
                assert_int_equal(said, charged);
                written_free(&w);
            }
        }
    }
}

static void test_subjects_are_short(void **state) {
    (void)state;
    enum { SHORT = 78 };
    for (size_t i = 0; i < PN_COUNT(READY); i++) {
        const pn_family *family = family_of(READY[i].name);
        for (size_t p = 0; p < PN_COUNT(READERS); p++) {
            for (unsigned tone = 1; tone <= 5; tone++) {
                for (size_t count = 0; count <= 2; count++) {
                    person who;
                    be_usual(&who, &READERS[p], count);
                    written w = written_new(
                        READY[i].name, variant_for(family, PN_CHANNEL_EMAIL, &READERS[p], tone),
                        &who.facts);
                    if (pn_utf8_count(pn_buf_str(&w.subject)) > SHORT) {
                        complain(&w, "a long", "subject");
                    }
                    written_free(&w);
                }
            }
        }
    }
}

/* The letters of GSM 03.38 beyond those of ASCII; those after the space take two places. */
static size_t septets_of(pn_str letter) {
    static const char TWO[] = "^{}\\[~]|";
    if (letter.len == 1) {
        return letter.ptr[0] == '`' ? 0 : strchr(TWO, letter.ptr[0]) != NULL ? 2 : 1;
    }
    if (pn_str_is(letter, "€")) {
        return 2;
    }
    return pn_str_find(PN_STR("£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà"), letter) != SIZE_MAX;
}

/* One segment, in the alphabet that lets 160 letters into it. */
static void test_sms_fit(void **state) {
    (void)state;
    enum { SEGMENT = 160 };
    for (size_t i = 0; i < PN_COUNT(READY); i++) {
        const pn_family *family = READY[i].sms ? family_of(READY[i].name) : NULL;
        for (size_t each = 0; each < PN_COUNT(READERS) * 5 * 3 * 2 && READY[i].sms; each++) {
            const reader *reading = &READERS[each % PN_COUNT(READERS)];
            size_t rest = each / PN_COUNT(READERS);
            person who;
            be_usual(&who, reading, rest % 3);
            who.facts.deadline = rest / 3 % 2 == 0 ? who.facts.deadline : PN_DATE_NONE;
            written w = written_new(
                READY[i].name,
                variant_for(family, PN_CHANNEL_SMS, reading, (unsigned)(rest / 6) + 1), &who.facts);
            pn_str text = pn_buf_str(&w.text);
            size_t septets = 0;
            for (size_t at = 0; at < text.len;) {
                size_t len = 1;
                while (at + len < text.len && ((unsigned char)text.ptr[at + len] & 0xC0U) == 0x80) {
                    len++;
                }
                size_t cost = septets_of((pn_str){text.ptr + at, len});
                if (cost == 0) {
                    complain(&w,
                             "no letter of SMS:", pn_str_z(&arena, (pn_str){text.ptr + at, len}));
                }
                septets += cost;
                at += len;
            }
            if (septets > SEGMENT) {
                char count[32];
                (void)snprintf(count, sizeof count, "%zu", septets);
                complain(&w, "septets:", count);
            }
            written_free(&w);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_all_are_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_compile_strictly, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sense, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_greeting, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_tones, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_charges, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_subjects_are_short, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sms_fit, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
