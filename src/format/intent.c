#include "base/utf8.h"
#include "format/intent_int.h"

#include "base/banned.h"

static const char *const NAMES[PN_INTENTS] = {
    [PN_INTENT_STOP] = "stop",         [PN_INTENT_WRONG_PERSON] = "wrong_person",
    [PN_INTENT_DISPUTE] = "dispute",   [PN_INTENT_PAID] = "paid",
    [PN_INTENT_COPY] = "copy",         [PN_INTENT_PROMISE] = "promise",
    [PN_INTENT_QUESTION] = "question", [PN_INTENT_OTHER] = "other",
};

const char *pn_intent_name(pn_intent_kind kind) {
    return NAMES[kind];
}

/* ── words ───────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_str text;
    size_t at;
    pn_arena *arena;
    pn_word *words;
    bool *questions;
    size_t count;
    uint16_t sentence, clause;
    unsigned line_ends;
} splitter;

static bool is_letter(uint32_t c) {
    return (c < 0x80 && pn_is_alpha((char)c)) ||
           (c >= 0xC0 && c < 0x2000 && c != 0xD7 && c != 0xF7);
}

static char byte_at(const splitter *s, size_t at) {
    return at < s->text.len ? s->text.ptr[at] : ' ';
}

static void add_word(splitter *s, pn_str raw, pn_str folded) {
    if (s->count == PN_INTENT_WORDS_MAX || folded.len == 0) {
        return;
    }
    size_t begin = (size_t)(raw.ptr - s->text.ptr);
    if (pn_word_is(folded, "pero|but|porem|however|contudo|sino|aunque")) {
        s->clause++;
    }
    s->words[s->count++] = (pn_word){.raw = raw,
                                     .folded = folded,
                                     .sentence = s->sentence,
                                     .clause = s->clause,
                                     .before = begin > 0 ? s->text.ptr[begin - 1] : ' ',
                                     .after = byte_at(s, begin + raw.len)};
}

/* "won't" is "will not", "we've" is "we have". */
static void add_contracted(splitter *s, pn_str raw, pn_str folded, size_t mark, size_t mark_len) {
    static const struct {
        pn_str tail;
        const char *word;
    } tails[] = {{{"ll", 2}, "will"},
                 {{"ve", 2}, "have"},
                 {{"re", 2}, "are"},
                 {{"m", 1}, "am"},
                 {{"t", 1}, "not"}};
    pn_str head = pn_str_first(folded, mark), tail = pn_str_from(folded, mark + mark_len);
    const char *second = NULL;
    for (size_t i = 0; i < PN_COUNT(tails); i++) {
        second = pn_str_eq(tail, tails[i].tail) ? tails[i].word : second;
    }
    if (pn_str_is(tail, "t")) {
        head = pn_str_is(head, "won")           ? PN_STR("will")
               : pn_str_is(head, "can")         ? head
               : pn_str_ends(head, PN_STR("n")) ? pn_str_first(head, head.len - 1)
                                                : head;
    }
    add_word(s, raw, head);
    add_word(s, raw, pn_str_of(second));
}

static void take_word(splitter *s) {
    size_t begin = s->at, end = s->at;
    while (end < s->text.len) {
        uint32_t c = 0;
        size_t size = pn_utf8_decode(pn_str_from(s->text, end), &c);
        bool apostrophe = (c == '\'' || c == 0x2019) && end + size < s->text.len &&
                          pn_is_alpha(s->text.ptr[end + size]);
        if (!is_letter(c) && !apostrophe) {
            break;
        }
        end += size;
    }
    s->at = end;
    pn_str raw = pn_str_sub(s->text.ptr + begin, s->text.ptr + end);
    pn_str folded = pn_utf8_fold(s->arena, raw, true);
    size_t mark = pn_str_find_char(folded, '\'');
    size_t curly = pn_str_find(folded, PN_STR("\xE2\x80\x99"));
    if (mark != SIZE_MAX) {
        add_contracted(s, raw, folded, mark, 1);
    } else if (curly != SIZE_MAX) {
        add_contracted(s, raw, folded, curly, 3);
    } else {
        add_word(s, raw, folded);
    }
}

/* "15/04/2026", "1.210,00"; the letters of "3rd" are passed over. */
static void take_number(splitter *s) {
    size_t begin = s->at;
    while (s->at < s->text.len) {
        char c = s->text.ptr[s->at];
        bool inner =
            (c == '.' || c == ',' || c == '/' || c == '-') && pn_is_digit(byte_at(s, s->at + 1));
        if (!pn_is_digit(c) && !inner) {
            break;
        }
        s->at++;
    }
    pn_str raw = pn_str_sub(s->text.ptr + begin, s->text.ptr + s->at);
    add_word(s, raw, raw);
    pn_str rest = pn_str_first(pn_str_from(s->text, s->at), 2);
    if (pn_word_is(pn_str_lower_ascii(s->arena, rest), "st|nd|rd|th") &&
        !pn_is_alpha(byte_at(s, s->at + 2))) {
        s->at += 2;
    }
}

static void end_sentence(splitter *s) {
    if (s->count > 0 && s->words[s->count - 1].sentence == s->sentence) {
        s->sentence++;
        s->clause++;
    }
}

static void take_sign(splitter *s, uint32_t c, size_t size) {
    s->at += size;
    s->line_ends = c == '\n' ? s->line_ends + 1 : (c == ' ' || c == '\r' ? s->line_ends : 0);
    if (c == '?' || c == 0xBF) {
        s->questions[s->sentence] = true;
    }
    if (c == '.' || c == '!' || c == '?' || c == ';' || s->line_ends == 2) {
        end_sentence(s);
    } else if (c == ',' || c == ':' || c == '(' || c == ')') {
        s->clause++;
    }
}

static pn_words split(pn_str text, pn_arena *arena) {
    splitter s = {.text = text, .arena = arena};
    s.words = pn_arena_array(arena, pn_word, PN_INTENT_WORDS_MAX);
    s.questions = pn_arena_array(arena, bool, PN_INTENT_WORDS_MAX + 2);
    while (s.at < text.len && s.count < PN_INTENT_WORDS_MAX) {
        uint32_t c = 0;
        size_t size = pn_utf8_decode(pn_str_from(text, s.at), &c);
        if (is_letter(c)) {
            take_word(&s);
            s.line_ends = 0;
        } else if (c < 0x80 && pn_is_digit((char)c)) {
            take_number(&s);
            s.line_ends = 0;
        } else {
            take_sign(&s, c, size);
        }
    }
    return (pn_words){.items = s.words, .count = s.count, .questions = s.questions};
}

/* ── rules ───────────────────────────────────────────────────────────────────────────────────── */

/* One pass over the alternatives: this is where nearly all of the time goes. */
static bool element_is(pn_str word, pn_str element) {
    const char *p = element.ptr, *end = element.ptr + element.len;
    while (p < end) {
        size_t i = 0;
        bool same = true, prefix = false;
        for (; p < end && *p != '|'; p++) {
            if (*p == '*') {
                prefix = true;
            } else if (same) {
                same = i < word.len && word.ptr[i] == *p;
                i++;
            }
        }
        if (same && (prefix || i == word.len)) {
            return true;
        }
        p++;
    }
    return false;
}

bool pn_word_is(pn_str word, const char *alternatives) {
    return word.len > 0 && element_is(word, pn_str_of(alternatives));
}

static bool is_negator(pn_str word) {
    return pn_word_is(word, "no|not|nunca|jamas|never|nao|tampoco|ni|nem|neither");
}

/* The index behind the match of the rest of a pattern at word `at`, all within one sentence, or 0.
 * `*negative` when the pattern itself names a negation. */
static size_t match(const pn_words *words, size_t at, unsigned sentence, pn_str pattern,
                    bool *negative) {
    pn_str rest = pattern, element;
    if (!pn_str_split(&rest, ' ', &element)) {
        return at;
    }
    size_t gap = 0;
    if (element.len == 2 && element.ptr[0] == '~') {
        gap = (size_t)(element.ptr[1] - '0');
        (void)pn_str_split(&rest, ' ', &element);
    }
    for (size_t i = at; i <= at + gap; i++) {
        if (i >= words->count || words->items[i].sentence != sentence) {
            return 0;
        }
        if (!element_is(words->items[i].folded, element)) {
            continue;
        }
        size_t end = rest.ptr == NULL ? i + 1 : match(words, i + 1, sentence, rest, negative);
        if (end != 0) {
            *negative = *negative || is_negator(words->items[i].folded);
            return end;
        }
    }
    return 0;
}

/* A word before the match in its clause, or inside it, that undoes it. */
static bool undone(const pn_words *words, size_t begin, size_t end, const char *undoing,
                   size_t before) {
    uint16_t clause = words->items[begin].clause;
    size_t from = begin > before ? begin - before : 0;
    for (size_t i = from; i < end; i++) {
        if ((i >= begin || words->items[i].clause == clause) &&
            pn_word_is(words->items[i].folded, undoing)) {
            return true;
        }
    }
    return false;
}

#define NEGATIONS "no|not|nunca|jamas|never|nao|tampoco|ni|nem|sin|without|sem|neither"
/* Before a payment: it is to come, or only thought of. */
#define NOT_YET                                                                                    \
    "sera|seran|quedara|quedaran|estara|estaran|tendreis|tendran|cuando|if|when|once|until|"       \
    "unless|"                                                                                      \
    "sera|serao|quando|caso|will|shall|get|antes|cuanto|pendiente|hasta|ate|para|favor|puede|"     \
    "puedes|podrian|podria|could|can|should"

static bool counts(const pn_words *words, const pn_intent_rule *rule, size_t begin, size_t end,
                   bool negative) {
    if (rule->kind == PN_INTENT_PAID) {
        return !undone(words, begin, end, NEGATIONS, 4) && !undone(words, begin, end, NOT_YET, 3);
    }
    if (rule->kind == PN_INTENT_PROMISE) {
        return negative || !undone(words, begin, end, NEGATIONS, 3);
    }
    return true;
}

/* ── weighing ────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    int weight;        /* of the heaviest rule */
    int rules;         /* that matched */
    size_t begin, end; /* of the heaviest */
} found;

static int weight_in(const pn_words *words, const pn_intent_rule *rule, size_t begin) {
    unsigned sentence = words->items[begin].sentence;
    bool question = words->questions[sentence];
    int weight = rule->weight;
    if (question && rule->kind == PN_INTENT_PROMISE) {
        return weight - 5;
    }
    if (question && rule->kind == PN_INTENT_PAID) {
        return weight - 4;
    }
    if (rule->kind == PN_INTENT_QUESTION) {
        return question ? weight + 1 : weight - 3;
    }
    if (rule->kind == PN_INTENT_PROMISE && words->dated[sentence]) {
        return weight + 1;
    }
    return weight;
}

static uint64_t letter_bit(char c) {
    return UINT64_C(1) << ((unsigned char)c & 63);
}

/* With what a pattern's first word may begin: most words need no closer look. */
static uint64_t first_letters(const char *pattern) {
    uint64_t letters = 0;
    char before = '|';
    for (; *pattern != '\0' && *pattern != ' '; pattern++) {
        letters |= before == '|' ? letter_bit(*pattern) : 0;
        before = *pattern;
    }
    return letters;
}

static void try_rule(const pn_words *words, const pn_intent_rule *rule, found *f) {
    bool any = false;
    pn_str pattern = pn_str_of(rule->pattern);
    uint64_t letters = first_letters(rule->pattern);
    for (size_t i = 0; i < words->count; i++) {
        bool negative = false;
        if ((letters & letter_bit(words->items[i].folded.ptr[0])) == 0) {
            continue;
        }
        size_t end = match(words, i, words->items[i].sentence, pattern, &negative);
        if (end == 0 || !counts(words, rule, i, end, negative)) {
            continue;
        }
        int weight = weight_in(words, rule, i);
        any = any || weight > 0;
        if (weight > f->weight) {
            f->weight = weight;
            f->begin = i;
            f->end = end;
        }
    }
    f->rules += any ? 1 : 0;
}

static void try_questions(const pn_words *words, found *f) {
    for (size_t i = 0; i < words->count; i++) {
        if (words->questions[words->items[i].sentence] && f->weight < 5) {
            size_t end = i + 1;
            while (end < words->count && words->items[end].sentence == words->items[i].sentence) {
                end++;
            }
            *f = (found){.weight = 5, .rules = 1, .begin = i, .end = end};
        }
    }
}

static int score(const found *f) {
    return f->weight == 0 ? 0 : f->weight * 2 + PN_MIN(f->rules - 1, 3);
}

static int confidence(const found *all, pn_intent_kind best, size_t word_count) {
    int second = 0, top = score(&all[best]);
    for (int kind = 0; kind < PN_INTENT_OTHER; kind++) {
        if (kind != (int)best) {
            second = PN_MAX(second, score(&all[kind]));
        }
    }
    int sure = 30 + top * 3;
    sure -= second >= top - 2 ? 20 : second >= top - 6 ? 8 : 0;
    sure -= word_count > 120 ? 10 : 0;
    return PN_MAX(10, PN_MIN(sure, 95));
}

/* ── what a payment names ────────────────────────────────────────────────────────────────────── */

static bool currency_before(pn_str text, pn_str number) {
    size_t at = (size_t)(number.ptr - text.ptr);
    while (at > 0 && text.ptr[at - 1] == ' ') {
        at--;
    }
    pn_str head = pn_str_first(text, at);
    return pn_str_ends(head, PN_STR("$")) || pn_str_ends(head, PN_STR("\xE2\x82\xAC")) ||
           pn_str_ends(head, PN_STR("\xC2\xA3")) || pn_str_ends(head, PN_STR("S/")) ||
           pn_str_ends(head, PN_STR("S/."));
}

static size_t currency_behind(pn_str text, pn_str number, pn_arena *arena) {
    static const char *const signs[] = {"\xE2\x82\xAC", "euros",   "eur",     "pesos", "soles",
                                        "reais",        "dolares", "dollars", "usd",   "mxn",
                                        "cop",          "clp",     "gbp"};
    pn_str rest = pn_str_sub(number.ptr + number.len, text.ptr + text.len);
    size_t spaces = rest.len > 0 && rest.ptr[0] == ' ' ? 1 : 0;
    pn_str folded = pn_str_lower_ascii(arena, pn_str_first(pn_str_from(rest, spaces), 10));
    for (size_t i = 0; i < PN_COUNT(signs); i++) {
        if (pn_str_starts(folded, pn_str_of(signs[i]))) {
            return spaces + strlen(signs[i]);
        }
    }
    return 0;
}

static pn_str find_amount(const pn_words *words, pn_str text, pn_arena *arena) {
    for (size_t i = 0; i < words->count; i++) {
        pn_str number = words->items[i].raw;
        if (!pn_is_digit(number.ptr[0])) {
            continue;
        }
        size_t behind = currency_behind(text, number, arena);
        if (behind > 0) {
            return pn_str_sub(number.ptr, number.ptr + number.len + behind);
        }
        if (currency_before(text, number)) {
            size_t at = (size_t)(number.ptr - text.ptr);
            while (at > 0 && text.ptr[at - 1] == ' ') {
                at--;
            }
            while (at > 0 && !pn_is_space(text.ptr[at - 1])) {
                at--; /* "R$", "US$", "S/" */
            }
            return pn_str_sub(text.ptr + at, number.ptr + number.len);
        }
    }
    return PN_STR_NONE;
}

static pn_str find_reference(const pn_words *words) {
    for (size_t i = 0; i + 1 < words->count; i++) {
        if (!pn_word_is(words->items[i].folded, "ref|referencia|reference|rastreo|operacion|folio|"
                                                "confirmation|confirmacion|autenticacao")) {
            continue;
        }
        for (size_t k = i + 1; k < words->count && k <= i + 3; k++) {
            pn_str raw = words->items[k].raw;
            if (raw.len >= 3 && pn_is_digit(raw.ptr[0])) {
                const char *begin = raw.ptr; /* with the letters in front: "INV-101" */
                while (k == i + 2 && words->items[k].before == '-' &&
                       begin > words->items[i + 1].raw.ptr) {
                    begin--;
                }
                return pn_str_sub(begin, raw.ptr + raw.len);
            }
        }
    }
    return PN_STR_NONE;
}

/* ── the whole ───────────────────────────────────────────────────────────────────────────────── */

static void tell(const pn_words *words, const found *all, pn_intent_kind best, pn_str text,
                 pn_arena *arena, pn_intent *ret_intent) {
    const found *f = &all[best];
    const pn_word *first = &words->items[f->begin], *last = &words->items[f->end - 1];
    pn_intent intent = {.kind = best,
                        .confidence = confidence(all, best, words->count),
                        .words = pn_str_sub(first->raw.ptr, last->raw.ptr + last->raw.len),
                        .date = PN_DATE_NONE};
    if (best == PN_INTENT_PAID || best == PN_INTENT_PROMISE) {
        intent.date = pn_words_date(words, first->sentence, best == PN_INTENT_PAID);
        intent.amount = find_amount(words, text, arena);
    }
    if (best == PN_INTENT_PAID) {
        intent.reference = find_reference(words);
    }
    *ret_intent = intent;
}

void pn_intent_of(pn_str text, pn_date written, bool month_first, pn_arena *arena,
                  pn_intent *ret_intent) {
    pn_words words = split(text, arena);
    words.written = written;
    words.month_first = month_first;
    pn_words_note_dates(&words, arena);
    found all[PN_INTENT_OTHER] = {0};
    for (size_t i = 0; i < pn_intent_rule_count; i++) {
        try_rule(&words, &pn_intent_rules[i], &all[pn_intent_rules[i].kind]);
    }
    try_questions(&words, &all[PN_INTENT_QUESTION]);
    pn_intent_kind best = PN_INTENT_OTHER;
    int top = 7; /* less than that says nothing */
    for (int kind = 0; kind < PN_INTENT_OTHER; kind++) {
        if (score(&all[kind]) > top) {
            top = score(&all[kind]);
            best = (pn_intent_kind)kind;
        }
    }
    if (best == PN_INTENT_OTHER) {
        *ret_intent = (pn_intent){.kind = best, .date = PN_DATE_NONE};
        return;
    }
    tell(&words, all, best, text, arena, ret_intent);
}
