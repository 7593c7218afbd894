#include "format/csv_sniff.h"

#include <string.h>

#include "base/banned.h"

enum {
    SAMPLE_BYTES = 1 << 16, /* of the head of the file */
    SAMPLE_RECORDS = 100,
    TITLE_RECORDS_MAX = 20, /* above the header, to be taken for titles */
};

/* ── separator and header ────────────────────────────────────────────────────────────────────── */

/* What one separator makes of the first records. */
typedef struct {
    size_t counts[SAMPLE_RECORDS];
    uint32_t lines[SAMPLE_RECORDS];
    size_t records;
    size_t width; /* the commonest count of fields */
    size_t alike; /* records of that width */
    size_t first; /* the first of them */
} cut;

static pn_str sample_of(pn_str bytes) {
    return pn_str_first(bytes, SAMPLE_BYTES);
}

static void widths_compare(cut *result) {
    for (size_t i = 0; i < result->records; i++) {
        size_t alike = 0;
        for (size_t j = 0; j < result->records; j++) {
            alike += result->counts[j] == result->counts[i];
        }
        if (alike > result->alike) {
            result->alike = alike;
            result->width = result->counts[i];
            result->first = i;
        }
    }
}

static cut cut_by(pn_str bytes, pn_csv_format format) {
    cut result = {0};
    pn_csv csv;
    if (format.quotes == PN_CSV_QUOTES_STRICT) {
        format.quotes = PN_CSV_QUOTES_LENIENT; /* a sloppy quote says nothing about separators */
    }
    if (pn_csv_init(&csv, sample_of(bytes), &format, NULL) != PN_OK) {
        return result;
    }
    while (result.records < SAMPLE_RECORDS) {
        pn_csv_record record;
        pn_err err = pn_csv_next(&csv, &record, NULL);
        if (err == PN_NOT_FOUND) {
            break;
        }
        if (err == PN_OK && !pn_csv_is_blank(&record)) {
            result.counts[result.records] = record.count;
            result.lines[result.records++] = (uint32_t)record.line;
        }
    }
    pn_csv_done(&csv);
    if (result.records > 1 && result.records < SAMPLE_RECORDS && bytes.len > SAMPLE_BYTES) {
        result.records--; /* cut by the end of the sample */
    }
    widths_compare(&result);
    return result;
}

/* Per mille: how regularly the separator cuts. A separator that cuts the first record as it cuts
 * the others counts double: a comma in every amount does not stand in the header. */
static size_t regularity(const cut *result) {
    if (result->width < 2) {
        return 0;
    }
    size_t share = result->alike * 1000 / result->records;
    return result->first == 0 ? share * 2 : share;
}

static char guess_separator(pn_str bytes, pn_csv_format format) {
    static const char CANDIDATES[] = {'\t', ';', '|', ','};
    char best = ',';
    size_t best_score = 0;
    for (size_t i = 0; i < PN_COUNT(CANDIDATES); i++) {
        format.separator = CANDIDATES[i];
        cut result = cut_by(bytes, format);
        size_t score = regularity(&result);
        if (score > best_score) {
            best_score = score;
            best = CANDIDATES[i];
        }
    }
    return best;
}

/* Reads the first record of a sample of the file; the reader must be freed by the caller. */
static pn_err first_record(pn_csv *csv, pn_str bytes, const pn_csv_format *format,
                           pn_csv_record *ret_record) {
    PN_TRY(pn_csv_init(csv, sample_of(bytes), format, NULL));
    pn_err err = pn_csv_next(csv, ret_record, NULL);
    if (err != PN_OK) {
        pn_csv_done(csv);
    }
    return err;
}

/* The separator that a first line "sep=;" states, or 0. */
static char stated_separator(pn_str bytes, pn_csv_format format) {
    char separator = '\0';
    pn_csv csv;
    pn_csv_record record;
    format.separator = '\t'; /* "sep=" with any other stays whole */
    format.quotes = PN_CSV_QUOTES_NONE;
    format.skip_lines = 0;
    if (first_record(&csv, bytes, &format, &record) == PN_OK) {
        if (record.line == 1 && record.raw.len == 5 && pn_str_starts(record.raw, PN_STR("sep="))) {
            separator = record.raw.ptr[4];
        }
        pn_csv_done(&csv);
    }
    return separator;
}

/* A number or a date: digits and no letter. */
static bool is_figure(pn_str field) {
    bool digit = false;
    for (size_t i = 0; i < field.len; i++) {
        char c = field.ptr[i];
        if (pn_is_alpha(c) || (unsigned char)c >= 0x80) {
            return false;
        }
        digit = digit || pn_is_digit(c);
    }
    return digit;
}

static bool is_name(pn_str field) {
    for (size_t i = 0; i < field.len; i++) {
        if (pn_is_digit(field.ptr[i])) {
            return false;
        }
    }
    return pn_str_trim(field).len != 0;
}

/* Figures in the first record mean data, unless a plain name stands above a figure elsewhere:
 * "Customer;Total;0-30;31-60". */
static pn_csv_header_mode guess_header(pn_str bytes, const pn_csv_format *format) {
    bool names[PN_LIMIT_IMPORT_COLUMNS] = {false};
    bool figures = false;
    bool named_figures = false;
    pn_csv csv;
    pn_csv_record record;
    if (first_record(&csv, bytes, format, &record) != PN_OK) {
        return PN_CSV_HEADER_PRESENT;
    }
    for (size_t i = 0; i < record.count; i++) {
        names[i] = is_name(record.fields[i]);
        figures = figures || is_figure(record.fields[i]);
    }
    if (pn_csv_next(&csv, &record, NULL) == PN_OK) {
        for (size_t i = 0; i < record.count; i++) {
            named_figures = named_figures || (names[i] && is_figure(record.fields[i]));
        }
    }
    pn_csv_done(&csv);
    return figures && !named_figures ? PN_CSV_HEADER_ABSENT : PN_CSV_HEADER_PRESENT;
}

/* Physical lines of titles above the first record of the common width. */
static uint32_t guess_titles(pn_str bytes, pn_csv_format format) {
    cut result = cut_by(bytes, format);
    if (result.first == 0 || result.first > TITLE_RECORDS_MAX || result.width < 3 ||
        result.alike * 2 < result.records || result.alike < 3) {
        return 0;
    }
    for (size_t i = 0; i < result.first; i++) {
        if (result.counts[i] * 2 > result.width) {
            return 0;
        }
    }
    return result.lines[result.first] - 1;
}

pn_csv_format pn_csv_sniff(pn_str bytes, pn_csv_format given) {
    pn_csv_format format = given;
    size_t bom_bytes = 0;
    pn_encoding by_bom = pn_encoding_of_bom(bytes, &bom_bytes);
    if (by_bom != PN_ENCODING_GUESS) {
        format.encoding = by_bom;
    } else if (format.encoding == PN_ENCODING_GUESS) {
        format.encoding = pn_encoding_guess(bytes);
    }
    char stated = stated_separator(bytes, format);
    if (stated != '\0' && format.skip_lines == 0) {
        format.skip_lines = 1;
    }
    if (format.separator == '\0') {
        format.separator = stated != '\0' ? stated : guess_separator(bytes, format);
    }
    if (format.header == PN_CSV_HEADER_GUESS) {
        if (format.skip_lines == 0) {
            format.skip_lines = guess_titles(bytes, format);
        }
        format.header = guess_header(bytes, &format);
    }
    return format;
}

/* ── numbers ─────────────────────────────────────────────────────────────────────────────────── */

/* What the samples say so far. */
typedef struct {
    bool digits;
    bool point_decimal; /* some sample can only be read with a decimal point */
    bool comma_decimal;
    bool either;          /* some sample can be read both ways */
    char either_mark;     /* the mark in it */
    bool point_thousands; /* seen as such */
    bool comma_thousands;
    bool blank_thousands;
    bool quote_thousands;
} number_votes;

static void vote_decimal(number_votes *votes, char mark) {
    votes->point_decimal = votes->point_decimal || mark == '.';
    votes->comma_decimal = votes->comma_decimal || mark == ',';
}

static void vote_thousands(number_votes *votes, char mark) {
    votes->point_thousands = votes->point_thousands || mark == '.';
    votes->comma_thousands = votes->comma_thousands || mark == ',';
    vote_decimal(votes, mark == '.' ? ',' : '.');
}

/* The figure in a field: from its first digit (or a mark right before it) to its last. */
static pn_str figure_in(pn_str sample) {
    size_t begin = 0;
    while (begin < sample.len && !pn_is_digit(sample.ptr[begin])) {
        begin++;
    }
    size_t end = sample.len;
    while (end > begin && !pn_is_digit(sample.ptr[end - 1])) {
        end--;
    }
    if (begin > 0 && begin < end &&
        (sample.ptr[begin - 1] == '.' || sample.ptr[begin - 1] == ',')) {
        begin--; /* ".50" */
    }
    return pn_str_sub(sample.ptr + begin, sample.ptr + end);
}

/* Points and commas of one figure, and where the last of each stands. */
typedef struct {
    size_t points, commas;
    size_t last_point, last_comma;
    size_t lead; /* digits before the first mark of any kind */
} figure_marks;

static figure_marks marks_of(pn_str figure, number_votes *votes) {
    figure_marks marks = {.lead = SIZE_MAX};
    for (size_t i = 0; i < figure.len; i++) {
        char c = figure.ptr[i];
        if (pn_is_digit(c)) {
            continue;
        }
        if (marks.lead == SIZE_MAX) {
            marks.lead = i;
        }
        if (c == '.') {
            marks.points++;
            marks.last_point = i;
        } else if (c == ',') {
            marks.commas++;
            marks.last_comma = i;
        } else if (c == '\'') {
            votes->quote_thousands = true;
        } else if (c == ' ' || (unsigned char)c >= 0x80) { /* U+00A0, U+2009, U+202F */
            votes->blank_thousands = true;
        }
    }
    return marks;
}

/* A figure with one mark: 3 digits behind it and 1 to 3 before it can be thousands. */
static void vote_single(number_votes *votes, pn_str figure, size_t at, char mark, size_t lead) {
    size_t behind = figure.len - at - 1;
    bool blanks = lead != at; /* other marks stand before it: they are the thousands */
    bool thousands = behind == 3 && !blanks && at >= 1 && at <= 3 && figure.ptr[0] != '0';
    if (!thousands) {
        vote_decimal(votes, mark);
    } else {
        votes->either = true;
        votes->either_mark = mark;
    }
}

static void vote(number_votes *votes, pn_str sample) {
    pn_str figure = figure_in(sample);
    if (figure.len == 0) {
        return;
    }
    votes->digits = true;
    figure_marks marks = marks_of(figure, votes);
    if (marks.points != 0 && marks.commas != 0) {
        vote_thousands(votes, marks.last_point > marks.last_comma ? ',' : '.');
    } else if (marks.points > 1 || marks.commas > 1) {
        vote_thousands(votes, marks.points > 1 ? '.' : ',');
    } else if (marks.points == 1) {
        vote_single(votes, figure, marks.last_point, '.', marks.lead);
    } else if (marks.commas == 1) {
        vote_single(votes, figure, marks.last_comma, ',', marks.lead);
    }
}

static char thousands_mark(const number_votes *votes, char decimal) {
    bool counterpart = decimal == '.' ? votes->comma_thousands : votes->point_thousands;
    if (!counterpart && votes->quote_thousands) {
        return '\'';
    }
    if (!counterpart && votes->blank_thousands) {
        return ' ';
    }
    return decimal == '.' ? ',' : '.';
}

pn_err pn_csv_guess_number_style(const pn_str *samples, size_t count, pn_number_style *ret_style,
                                 bool *ret_ambiguous) {
    number_votes votes = {0};
    for (size_t i = 0; i < count; i++) {
        vote(&votes, samples[i]);
    }
    if (!votes.digits) {
        return PN_NOT_FOUND;
    }
    if (votes.point_decimal && votes.comma_decimal) {
        return PN_CONFLICT;
    }
    bool decided = votes.point_decimal || votes.comma_decimal;
    char decimal = '.';
    if (votes.comma_decimal || (!decided && votes.either && votes.either_mark == '.')) {
        decimal = ',';
    }
    char thousand = '\0'; /* whole numbers only: a mark further down shall be seen, not guessed */
    if (decided || votes.either || votes.blank_thousands || votes.quote_thousands) {
        thousand = thousands_mark(&votes, decimal);
    }
    *ret_style = (pn_number_style){decimal, thousand};
    *ret_ambiguous = !decided && votes.either;
    return PN_OK;
}
