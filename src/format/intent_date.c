/* Days in words: "el viernes", "a fin de mes", "15/04", "by next Friday", "na terça que vem". */
#include "format/intent_int.h"

#include "base/banned.h"

enum { EXACT = 4, DAY = 3, MONTH_DAY = 2, VAGUE = 1 };

typedef struct {
    pn_date date;
    int precision; /* 0: no day is named here */
} named;

static const named NOTHING = {.date = PN_DATE_NONE};

static pn_str word_at(const pn_words *words, size_t at) {
    return at < words->count ? words->items[at].folded : PN_STR_NONE;
}

static bool is(const pn_words *words, size_t at, const char *alternatives) {
    pn_str word = word_at(words, at);
    return word.len > 0 && pn_word_is(word, alternatives);
}

/* One of the words before `at`, at most `reach` away. */
static bool near_before(const pn_words *words, size_t at, size_t reach, const char *alternatives) {
    for (size_t i = 1; i <= reach && i <= at; i++) {
        if (is(words, at - i, alternatives)) {
            return true;
        }
    }
    return false;
}

static bool near_behind(const pn_words *words, size_t at, size_t reach, const char *alternatives) {
    for (size_t i = 1; i <= reach; i++) {
        if (is(words, at + i, alternatives)) {
            return true;
        }
    }
    return false;
}

static bool number_at(const pn_words *words, size_t at, unsigned max, unsigned *ret_number) {
    pn_str word = word_at(words, at);
    int64_t number = 0;
    if (word.len == 0 || word.len > 4 || pn_str_to_int64(word, &number) != PN_OK || number < 1 ||
        number > max) {
        return false;
    }
    *ret_number = (unsigned)number;
    return true;
}

/* ── numbers ─────────────────────────────────────────────────────────────────────────────────── */

/* The day of a month and day without year: the next one, or the last one for the past. */
static pn_date without_year(const pn_words *words, unsigned month, unsigned day, bool past) {
    pn_civil today = pn_date_civil(words->written);
    for (int32_t year = past ? today.year : today.year; year <= today.year + 1 && !past; year++) {
        if (pn_civil_valid(year, month, day) && pn_date_of(year, month, day) >= words->written) {
            return pn_date_of(year, month, day);
        }
    }
    for (int32_t year = today.year; year >= today.year - 1 && past; year--) {
        if (pn_civil_valid(year, month, day) && pn_date_of(year, month, day) <= words->written) {
            return pn_date_of(year, month, day);
        }
    }
    return PN_DATE_NONE;
}

static pn_date with_year(int32_t year, unsigned month, unsigned day) {
    year += year < 100 ? 2000 : 0;
    bool sane = year >= 2000 && year < 2200;
    return sane && pn_civil_valid(year, month, day) ? pn_date_of(year, month, day) : PN_DATE_NONE;
}

/* "15/04", "15-04-2026", "2026-03-09", "15.04.26" */
static named numeric(const pn_words *words, size_t at, bool past) {
    pn_str text = word_at(words, at);
    int64_t part[3] = {0};
    size_t count = 0, begin = 0;
    char separator = 0;
    for (size_t i = 0; i <= text.len; i++) {
        char c = i < text.len ? text.ptr[i] : 0;
        if (pn_is_digit(c)) {
            continue;
        }
        bool odd = c == ',' || (separator != 0 && c != 0 && c != separator) || count == 3;
        if (odd ||
            pn_str_to_int64(pn_str_sub(text.ptr + begin, text.ptr + i), &part[count]) != PN_OK ||
            i - begin > 4) {
            return NOTHING;
        }
        count++;
        separator = c != 0 ? c : separator;
        begin = i + 1;
    }
    if (count < 2 || (count == 2 && separator != '/')) {
        return NOTHING;
    }
    pn_date date = PN_DATE_NONE;
    unsigned a = (unsigned)part[0], b = (unsigned)part[1];
    bool swap = (words->month_first && a <= 12) || b > 12;
    if (count == 3 && part[0] > 31) {
        date = with_year((int32_t)part[0], b, (unsigned)part[2]);
    } else if (count == 3) {
        date = with_year((int32_t)part[2], swap ? a : b, swap ? b : a);
    } else {
        date = without_year(words, swap ? a : b, swap ? b : a, past);
    }
    return date == PN_DATE_NONE ? NOTHING : (named){date, EXACT};
}

/* ── months ──────────────────────────────────────────────────────────────────────────────────── */

static unsigned month_of(pn_str word) {
    static const char *const names[] = {"enero|january|janeiro|ene|jan",
                                        "febrero|february|fevereiro|feb|fev",
                                        "marzo|march|marco|mar",
                                        "abril|april|abr|apr",
                                        "mayo|may|maio",
                                        "junio|june|junho|jun",
                                        "julio|july|julho|jul",
                                        "agosto|august|ago|aug",
                                        "septiembre|setiembre|september|setembro|sept|sep",
                                        "octubre|october|outubro|oct",
                                        "noviembre|november|novembro|nov",
                                        "diciembre|december|dezembro|dic|dec|dez"};
    for (unsigned i = 0; i < PN_COUNT(names); i++) {
        if (word.len > 0 && pn_word_is(word, names[i])) {
            return i + 1;
        }
    }
    return 0;
}

/* "15 de abril [de 2026]", "15 April", "April 15" */
static named day_and_month(const pn_words *words, size_t at, bool past) {
    unsigned day = 0, year = 0;
    size_t next = at + 1;
    unsigned month = month_of(word_at(words, at));
    if (month != 0) {
        if (!number_at(words, next, 31, &day)) {
            return NOTHING;
        }
    } else if (number_at(words, at, 31, &day)) {
        next += is(words, next, "de|of|do") ? 1 : 0;
        month = month_of(word_at(words, next));
    }
    if (month == 0) {
        return NOTHING;
    }
    next += 1;
    next += is(words, next, "de|del|of|do") ? 1 : 0;
    pn_date date = number_at(words, next, 2200, &year) && year >= 2000
                       ? with_year((int32_t)year, month, day)
                       : without_year(words, month, day, past);
    return date == PN_DATE_NONE ? NOTHING : (named){date, EXACT};
}

/* "the 20th": the letters stand right behind. */
static bool is_ordinal(const pn_words *words, size_t at) {
    return is(words, at - 1, "the") && pn_is_alpha(words->items[at].after);
}

/* "el 15", "día 27", "del 31", "the 20th" */
static named day_alone(const pn_words *words, size_t at, bool past) {
    unsigned day = 0;
    const pn_word *word = &words->items[at];
    if (at == 0 || !number_at(words, at, 31, &day) || word->after == '%' ||
        !(is_ordinal(words, at) || is(words, at - 1, "el|dia|del|al|dias|proximo|no")) ||
        is(words, at + 1, "dias|days|euros|eur|pesos|plazos|cuotas|pagos|vezes|meses|semanas")) {
        return NOTHING;
    }
    for (int back = 0; back <= 12; back++) {
        pn_date first = pn_date_add_months(words->written, past ? -back : back);
        pn_civil month = pn_date_civil(first);
        if (pn_civil_valid(month.year, month.month, day)) {
            pn_date date = pn_date_of(month.year, month.month, day);
            if (past ? date <= words->written : date >= words->written) {
                return (named){date, MONTH_DAY};
            }
        }
    }
    return NOTHING;
}

/* ── weekdays ────────────────────────────────────────────────────────────────────────────────── */

static int weekday_of(const pn_words *words, size_t at) {
    static const char *const names[] = {"lunes|monday|mon",    "martes|tuesday|tue|tues",
                                        "miercoles|wednesday", "jueves|thursday|thur|thurs",
                                        "viernes|friday|fri",  "sabado|saturday",
                                        "domingo|sunday"};
    static const char *const portuguese[] = {"segunda", "terca", "quarta", "quinta", "sexta"};
    pn_str word = word_at(words, at);
    for (int i = 0; i < (int)PN_COUNT(names); i++) {
        if (pn_word_is(word, names[i])) {
            return i;
        }
    }
    bool weekday = is(words, at + 1, "feira") || near_before(words, at, 1, "na|ate|nessa|nesta") ||
                   (is(words, at + 1, "que") && is(words, at + 2, "vem"));
    for (int i = 0; weekday && i < (int)PN_COUNT(portuguese); i++) {
        if (pn_str_eq(word, pn_str_of(portuguese[i]))) {
            return i;
        }
    }
    return -1;
}

static bool names_next_week(const pn_words *words, size_t at) {
    return is(words, at, "semana|week") &&
           (near_before(words, at, 2, "proxima|siguiente|next|entrante") ||
            near_behind(words, at, 2, "viene|vem|siguiente|proxima|entrante|seguinte"));
}

static named weekday(const pn_words *words, size_t at, bool past) {
    int day = weekday_of(words, at);
    if (day < 0) {
        return NOTHING;
    }
    int today = (int)pn_date_weekday(words->written);
    if (past) {
        int back = (today - day + 6) % 7 + 1;
        return (named){words->written - back, DAY};
    }
    if (words->next_week[words->items[at].sentence] || near_before(words, at, 1, "next")) {
        return (named){words->written - today + 7 + day, DAY};
    }
    int ahead = (day - today + 6) % 7 + 1;
    return (named){words->written + ahead, DAY};
}

/* ── near days and vague ones ────────────────────────────────────────────────────────────────── */

static named near_day(const pn_words *words, size_t at, bool past) {
    if (is(words, at, "hoy|today|hoje") || (past && is(words, at, "acabo|acabamos|just"))) {
        return (named){words->written, EXACT};
    }
    if (is(words, at, "ayer|yesterday|ontem")) {
        bool before =
            near_before(words, at, 1, "antes|before") && near_before(words, at, 2, "day|antes");
        return past ? (named){words->written - 1 - (before ? 1 : 0), EXACT} : NOTHING;
    }
    if (is(words, at, "anteayer|antier|anteontem")) {
        return past ? (named){words->written - 2, EXACT} : NOTHING;
    }
    bool morning = near_before(words, at, 2, "la|esta|por") && is(words, at, "manana") &&
                   !near_before(words, at, 1, "pasado");
    if (is(words, at, "manana|tomorrow|amanha") && !past && !morning) {
        bool after = near_before(words, at, 1, "pasado|after|depois");
        return (named){words->written + (after ? 2 : 1), EXACT};
    }
    return NOTHING;
}

static unsigned spelled(pn_str word) {
    static const struct {
        const char *words;
        unsigned number;
    } numbers[] = {{"dos|two|dois|duas", 2}, {"tres|three", 3},     {"cuatro|four|quatro", 4},
                   {"cinco|five", 5},        {"siete|seven", 7},    {"ocho|eight|oito", 8},
                   {"diez|ten|dez", 10},     {"quince|quinze", 15}, {"un|una|one|a|uma|um", 1}};
    for (size_t i = 0; i < PN_COUNT(numbers); i++) {
        if (word.len > 0 && pn_word_is(word, numbers[i].words)) {
            return numbers[i].number;
        }
    }
    return 0;
}

/* "en 10 días", "within two weeks" */
static named span(const pn_words *words, size_t at) {
    unsigned count = 0;
    if (at == 0 || !near_before(words, at, 2, "en|in|within|em|dentro")) {
        return NOTHING;
    }
    if (!number_at(words, at, 120, &count)) {
        count = spelled(word_at(words, at));
    }
    if (count == 0) {
        return NOTHING;
    }
    if (is(words, at + 1, "dias|dia|days|day")) {
        return (named){words->written + (pn_date)count, DAY};
    }
    if (is(words, at + 1, "semanas|semana|weeks|week")) {
        return (named){words->written + (pn_date)(7 * count), VAGUE};
    }
    return NOTHING;
}

static named vague(const pn_words *words, size_t at, bool past) {
    if (past) {
        return NOTHING;
    }
    bool of_month = near_behind(words, at, 4, "mes|month");
    if (is(words, at, "fin|final|finales|end|fim|finais") && of_month) {
        return (named){pn_date_month_end(words->written), MONTH_DAY};
    }
    if (is(words, at, "mediados|meados|middle") && of_month) {
        pn_civil today = pn_date_civil(words->written);
        pn_date middle = pn_date_of(today.year, today.month, 15);
        return (named){middle >= words->written ? middle : pn_date_add_months(middle, 1), VAGUE};
    }
    if (names_next_week(words, at)) {
        return (named){words->written - (pn_date)pn_date_weekday(words->written) + 7 + 4, VAGUE};
    }
    if (is(words, at, "semana|week") && near_before(words, at, 1, "esta|this|essa|nesta|nessa")) {
        pn_date friday = words->written - (pn_date)pn_date_weekday(words->written) + 4;
        return (named){PN_MAX(friday, words->written), VAGUE};
    }
    return NOTHING;
}

static named day_at(const pn_words *words, size_t at, bool past) {
    named found[] = {numeric(words, at, past),   day_and_month(words, at, past),
                     day_alone(words, at, past), weekday(words, at, past),
                     near_day(words, at, past),  span(words, at),
                     vague(words, at, past)};
    named best = NOTHING;
    for (size_t i = 0; i < PN_COUNT(found); i++) {
        best = found[i].precision > best.precision ? found[i] : best;
    }
    return past && best.precision != 0 && best.date > words->written ? NOTHING : best;
}

pn_date pn_words_date(const pn_words *words, unsigned sentence, bool past) {
    named best = NOTHING, elsewhere = NOTHING;
    for (size_t i = 0; i < words->count; i++) {
        named one = day_at(words, i, past);
        named *kept = words->items[i].sentence == sentence ? &best : &elsewhere;
        *kept = one.precision > kept->precision ? one : *kept;
    }
    return best.precision != 0 ? best.date : elsewhere.date;
}

void pn_words_note_dates(pn_words *words, pn_arena *arena) {
    bool *dated = pn_arena_array(arena, bool, PN_INTENT_WORDS_MAX + 2);
    bool *next_week = pn_arena_array(arena, bool, PN_INTENT_WORDS_MAX + 2);
    words->dated = dated;
    words->next_week = next_week;
    for (size_t i = 0; i < words->count; i++) {
        next_week[words->items[i].sentence] |= names_next_week(words, i);
    }
    for (size_t i = 0; i < words->count; i++) {
        dated[words->items[i].sentence] |= day_at(words, i, false).precision != 0;
    }
}
