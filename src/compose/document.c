/* What all documents share: the frame around them, and how they say amounts and days. */
#include "base/banned.h"
#include "base/limits.h"
#include "compose/clean.h"
#include "compose/document_int.h"
#include "compose/markup.h"

/* ── texts ───────────────────────────────────────────────────────────────────────────────────── */

static pn_str kept(pn_arena *arena, pn_buf *buf) {
    pn_str copy = pn_str_dup(arena, pn_buf_str(buf));
    pn_buf_done(buf);
    return copy;
}

pn_str pn_doc_word(const pn_doc *doc, pn_doc_key key) {
    return pn_str_of(pn_doc_word_of(key, doc->frame->language, doc->frame->country));
}

pn_str pn_doc_say(const pn_doc *doc, pn_doc_key key, pn_str first, pn_str second) {
    pn_buf buf;
    pn_buf_init(&buf, PN_LIMIT_TEMPLATE_BYTES);
    pn_doc_fill(&buf, pn_doc_word_of(key, doc->frame->language, doc->frame->country), first,
                second);
    return kept(doc->arena, &buf);
}

/* With a real minus sign: documents are set in type. */
pn_str pn_doc_money(const pn_doc *doc, int64_t minor) {
    pn_buf buf;
    pn_buf_init(&buf, 80);
    if (minor < 0) {
        pn_buf_add_lit(&buf, "\xE2\x88\x92");
    }
    pn_money_text(&buf, (pn_money){minor < 0 ? -minor : minor, doc->currency}, doc->frame->language,
                  doc->frame->country);
    return kept(doc->arena, &buf);
}

pn_str pn_doc_day(const pn_doc *doc, pn_date date) {
    pn_buf buf;
    if (date == PN_DATE_NONE) {
        return PN_STR_NONE;
    }
    pn_buf_init(&buf, 80);
    pn_date_text_short(&buf, date, doc->frame->language, doc->frame->country);
    return kept(doc->arena, &buf);
}

pn_str pn_doc_long_day(const pn_doc *doc, pn_date date) {
    pn_buf buf;
    pn_buf_init(&buf, 80);
    pn_date_text_long(&buf, date, doc->frame->language, doc->frame->country);
    return kept(doc->arena, &buf);
}

/* Decimals that are zero at the end are left out. */
static void add_decimal(pn_buf *buf, int64_t value, int64_t unit, pn_number_style style) {
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    uint64_t rest = magnitude % (uint64_t)unit;
    if (value < 0) {
        pn_buf_add_char(buf, '-');
    }
    pn_integer_text(buf, (int64_t)(magnitude / (uint64_t)unit), style);
    for (uint64_t place = (uint64_t)unit / 10; rest != 0; place /= 10) {
        pn_buf_add_str(buf,
                       place == (uint64_t)unit / 10 ? (pn_str){&style.decimal, 1} : PN_STR_NONE);
        pn_buf_add_char(buf, (char)('0' + rest / place));
        rest %= place;
    }
}

pn_str pn_doc_number(const pn_doc *doc, int64_t millionths) {
    pn_buf buf;
    pn_buf_init(&buf, 80);
    add_decimal(&buf, millionths, 1000000,
                pn_number_style_of(doc->frame->language, doc->frame->country));
    return kept(doc->arena, &buf);
}

/* Spain parts the sign from the number. */
pn_str pn_doc_percent(const pn_doc *doc, int64_t ppm) {
    pn_buf buf;
    pn_number_style style = pn_number_style_of(doc->frame->language, doc->frame->country);
    pn_buf_init(&buf, 80);
    add_decimal(&buf, ppm, 10000, style);
    bool spain = pn_str_starts(doc->frame->language, PN_STR("es")) && style.decimal == ',';
    pn_buf_add_z(&buf, spain ? "\xC2\xA0%" : "%");
    return kept(doc->arena, &buf);
}

pn_str pn_doc_line(const pn_doc *doc, pn_str text) {
    enum { LINE_BYTES = 900 }; /* what a block document takes */
    text = pn_clean(text, PN_STR(" "), doc->arena);
    size_t end = PN_MIN(text.len, (size_t)LINE_BYTES);
    while (end < text.len && end > 0 && ((unsigned char)text.ptr[end] & 0xC0) == 0x80) {
        end--;
    }
    return pn_str_first(text, end);
}

pn_str pn_doc_cell(const pn_doc *doc, pn_str text) {
    pn_buf buf;
    pn_buf_init(&buf, PN_LIMIT_TEMPLATE_BYTES);
    pn_markup_literal(&buf, pn_doc_line(doc, text));
    return kept(doc->arena, &buf);
}

/* ── parties ─────────────────────────────────────────────────────────────────────────────────── */

/* What a country calls its tax number; Brazil has two by their length. */
static pn_str tax_word(const pn_document_party *party) {
    static const struct {
        char country[3];
        const char *word;
    } WORDS[] = {{"ES", "NIF"}, {"PT", "NIF"},  {"MX", "RFC"}, {"CO", "NIT"}, {"CL", "RUT"},
                 {"PE", "RUC"}, {"AR", "CUIT"}, {"UY", "RUT"}, {"EC", "RUC"}, {"BR", "CNPJ"},
                 {"GT", "NIT"}, {"US", "EIN"},  {"GB", "VAT"}, {"FR", "TVA"}, {"DE", "USt-IdNr."}};
    enum { CPF_DIGITS = 11 };
    size_t digits = 0;
    for (size_t i = 0; i < party->tax_id.len; i++) {
        digits += pn_is_digit(party->tax_id.ptr[i]);
    }
    if (pn_str_is(party->country, "BR") && digits == CPF_DIGITS) {
        return PN_STR("CPF");
    }
    for (size_t i = 0; i < PN_COUNT(WORDS); i++) {
        if (pn_str_eq(party->country, pn_str_of(WORDS[i].country))) {
            return pn_str_of(WORDS[i].word);
        }
    }
    return PN_STR("Tax ID");
}

static void add_line(pn_doc *doc, pn_str text) {
    text = pn_doc_line(doc, text);
    if (text.len != 0) {
        pn_json_add_str(&doc->json, text);
    }
}

/* Where an address written on one line breaks: before the part that begins with a postal code, else
 * at its last comma; SIZE_MAX for nowhere. */
static size_t break_of(pn_str address) {
    enum { CODE_DIGITS = 4 };
    size_t last = SIZE_MAX;
    for (size_t i = 0; i < address.len; i++) {
        if (address.ptr[i] != ',') {
            continue;
        }
        pn_str behind = pn_str_trim(pn_str_from(address, i + 1));
        size_t digits = 0;
        while (digits < behind.len && pn_is_digit(behind.ptr[digits])) {
            digits++;
        }
        last = i;
        if (digits >= CODE_DIGITS) {
            return i;
        }
    }
    return last;
}

/* At most three lines; what is left over stays in the last. */
static void address_lines(pn_doc *doc, pn_str address) {
    enum { ADDRESS_LINES = 3 };
    pn_str line;
    if (pn_str_find_char(address, '\n') == SIZE_MAX) {
        size_t at = break_of(address);
        add_line(doc, pn_str_trim(pn_str_first(address, at)));
        add_line(doc, at == SIZE_MAX ? PN_STR_NONE : pn_str_trim(pn_str_from(address, at + 1)));
        return;
    }
    for (size_t i = 1; i < ADDRESS_LINES && pn_str_split(&address, '\n', &line); i++) {
        add_line(doc, pn_str_trim(line));
    }
    if (address.ptr != NULL) {
        add_line(doc, address);
    }
}

static void tax_line(pn_doc *doc, const pn_document_party *party) {
    if (party->tax_id.len != 0) {
        add_line(doc, pn_str_format(doc->arena, "%.*s %.*s", PN_STR_ARG(tax_word(party)),
                                    PN_STR_ARG(party->tax_id)));
    }
}

static void put_sender(pn_doc *doc) {
    const pn_document_party *creditor = &doc->frame->creditor;
    pn_json_key(&doc->json, PN_STR("sender"));
    pn_json_begin_array(&doc->json);
    add_line(doc, creditor->name);
    address_lines(doc, creditor->address); /* name and address return a letter (codec/pdf/doc.h) */
    tax_line(doc, creditor);
    add_line(doc, creditor->phone);
    add_line(doc, creditor->email);
    pn_json_end_array(&doc->json);
}

static void put_recipient(pn_doc *doc, bool in_window) {
    const pn_document_party *debtor = &doc->frame->debtor;
    pn_json_key(&doc->json, PN_STR("recipient"));
    pn_json_begin_array(&doc->json);
    add_line(doc, debtor->name);
    if (debtor->contact.len != 0 && !pn_str_eq_nocase(debtor->contact, debtor->name)) {
        add_line(doc, debtor->contact);
    }
    if (!in_window) {
        tax_line(doc, debtor); /* what shows in a window is for the postman alone */
    }
    address_lines(doc, debtor->address);
    pn_json_end_array(&doc->json);
}

/* ── the frame ───────────────────────────────────────────────────────────────────────────────── */

static void put_brand(pn_doc *doc) {
    pn_json_writer *w = &doc->json;
    pn_json_key(w, PN_STR("brand"));
    pn_json_begin_object(w);
    pn_json_put_str(w, "name", pn_doc_line(doc, doc->frame->creditor.name));
    pn_json_put_str_if(w, "colour", doc->frame->brand);
    if (doc->frame->logo) {
        pn_json_put_int(w, "logo", 1);
    }
    pn_json_end_object(w);
}

pn_doc pn_doc_on(const pn_document_frame *frame, pn_currency currency, pn_arena *arena,
                 pn_buf *out) {
    return (pn_doc){.frame = frame,
                    .currency = currency,
                    .arena = arena,
                    .out = out,
                    .start = out->len,
                    .json = pn_json_writer_on(out, 0)};
}

void pn_doc_begin(pn_doc *doc, pn_str title, pn_document_window window) {
    const pn_document_frame *frame = doc->frame;
    pn_json_writer *w = &doc->json;
    pn_json_begin_object(w);
    pn_json_put_str(w, "title", pn_doc_line(doc, title));
    pn_json_put_str(w, "language", frame->language);
    pn_json_put_str(w, "author", pn_doc_line(doc, frame->creditor.name));
    pn_json_put_str(w, "page", frame->letter_paper ? PN_STR("letter") : PN_STR("a4"));
    put_brand(doc);
    put_sender(doc);
    put_recipient(doc, window != PN_DOCUMENT_NO_WINDOW);
    if (window != PN_DOCUMENT_NO_WINDOW) {
        pn_json_put_str(w, "window", window == PN_DOCUMENT_LEFT ? PN_STR("left") : PN_STR("right"));
    }
}

pn_err pn_doc_end(pn_doc *doc, pn_str footer) {
    pn_json_writer *w = &doc->json;
    pn_json_end_array(w);
    pn_json_key(w, PN_STR("footer"));
    pn_json_begin_array(w);
    add_line(doc, footer);
    pn_json_end_array(w);
    pn_json_put_str(w, "page_words", pn_doc_word(doc, PN_DOC_PAGE));
    pn_json_end_object(w);
    pn_err err = pn_buf_err(doc->out);
    if (err != PN_OK) {
        doc->out->len = doc->start;
        doc->out->failed = false;
    }
    return err;
}

void pn_doc_meta_begin(pn_doc *doc) {
    pn_json_key(&doc->json, PN_STR("meta"));
    pn_json_begin_array(&doc->json);
}

static void put_pair(pn_doc *doc, pn_str label, pn_str value) {
    pn_json_begin_array(&doc->json);
    pn_json_add_str(&doc->json, label);
    pn_json_add_str(&doc->json, value);
    pn_json_end_array(&doc->json);
}

void pn_doc_meta(pn_doc *doc, pn_doc_key label, pn_str value) {
    value = pn_doc_line(doc, value);
    if (value.len != 0) {
        put_pair(doc, pn_doc_word(doc, label), value);
    }
}

void pn_doc_blocks_begin(pn_doc *doc) {
    pn_json_end_array(&doc->json);
    pn_json_key(&doc->json, PN_STR("blocks"));
    pn_json_begin_array(&doc->json);
}

/* ── blocks ──────────────────────────────────────────────────────────────────────────────────── */

static void put_block(pn_doc *doc, const char *kind, pn_str text) {
    if (text.len != 0) {
        pn_json_begin_object(&doc->json);
        pn_json_put_str(&doc->json, kind, text);
        pn_json_end_object(&doc->json);
    }
}

void pn_doc_heading(pn_doc *doc, pn_str text) {
    put_block(doc, "heading", pn_doc_line(doc, text));
}

void pn_doc_text(pn_doc *doc, pn_str markup) {
    put_block(doc, "text", markup);
}

void pn_doc_legal(pn_doc *doc, pn_str markup) {
    put_block(doc, "legal", markup);
}

void pn_doc_amount(pn_doc *doc, pn_str label, pn_str value, pn_str note) {
    pn_json_writer *w = &doc->json;
    pn_json_begin_object(w);
    pn_json_key(w, PN_STR("amount"));
    pn_json_begin_object(w);
    pn_json_put_str(w, "label", label);
    pn_json_put_str(w, "value", value);
    pn_json_put_str_if(w, "note", note);
    pn_json_end_object(w);
    pn_json_end_object(w);
}

void pn_doc_table_begin(pn_doc *doc, pn_str section, const pn_doc_column *columns, size_t count) {
    pn_json_writer *w = &doc->json;
    pn_json_begin_object(w);
    pn_json_key(w, PN_STR("table"));
    pn_json_begin_object(w);
    pn_json_put_str_if(w, "section", section);
    pn_json_key(w, PN_STR("columns"));
    pn_json_begin_array(w);
    for (size_t i = 0; i < count; i++) {
        pn_json_begin_object(w);
        pn_json_put_str(w, "title", columns[i].title);
        pn_json_put_str(w, "align", columns[i].right ? PN_STR("right") : PN_STR("left"));
        if (columns[i].grow) {
            pn_json_put_bool(w, "grow", true);
        }
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
    pn_json_key(w, PN_STR("rows"));
    pn_json_begin_array(w);
}

void pn_doc_row(pn_doc *doc, const pn_str *cells, size_t count) {
    pn_json_begin_array(&doc->json);
    for (size_t i = 0; i < count; i++) {
        pn_json_add_str(&doc->json, cells[i]);
    }
    pn_json_end_array(&doc->json);
}

void pn_doc_table_foot(pn_doc *doc) {
    pn_json_end_array(&doc->json);
    pn_json_key(&doc->json, PN_STR("foot"));
    pn_json_begin_array(&doc->json);
}

void pn_doc_table_end(pn_doc *doc) {
    pn_json_end_array(&doc->json);
    pn_json_end_object(&doc->json);
    pn_json_end_object(&doc->json);
}

void pn_doc_totals_begin(pn_doc *doc) {
    pn_json_begin_object(&doc->json);
    pn_json_key(&doc->json, PN_STR("totals"));
    pn_json_begin_array(&doc->json);
}

void pn_doc_total(pn_doc *doc, pn_str label, pn_str value, bool strong) {
    if (strong) {
        label = pn_str_format(doc->arena, "**%.*s**", PN_STR_ARG(label));
        value = pn_str_format(doc->arena, "**%.*s**", PN_STR_ARG(value));
    }
    put_pair(doc, label, value);
}

void pn_doc_totals_end(pn_doc *doc) {
    pn_json_end_array(&doc->json);
    pn_json_end_object(&doc->json);
}

/* ── paying ──────────────────────────────────────────────────────────────────────────────────── */

static void pay_lines(pn_doc *doc, int64_t amount) {
    const pn_document_frame *frame = doc->frame;
    const struct {
        pn_str label, value;
    } lines[] = {
        {pn_doc_word(doc, PN_DOC_HOLDER), frame->creditor.name},
        {frame->account_label.len != 0 ? frame->account_label : pn_doc_word(doc, PN_DOC_ACCOUNT),
         frame->account},
        {pn_doc_word(doc, PN_DOC_PIX_KEY), frame->pix_key},
        {pn_doc_word(doc, PN_DOC_PAY_REFERENCE), frame->reference},
        {pn_doc_word(doc, PN_DOC_AMOUNT), amount > 0 ? pn_doc_money(doc, amount) : PN_STR_NONE},
    };
    pn_json_key(&doc->json, PN_STR("lines"));
    pn_json_begin_array(&doc->json);
    for (size_t i = 0; i < PN_COUNT(lines); i++) {
        pn_str value = pn_doc_line(doc, lines[i].value);
        if (value.len != 0) {
            put_pair(doc, lines[i].label, value);
        }
    }
    pn_json_end_array(&doc->json);
}

void pn_doc_pay(pn_doc *doc, int64_t amount, bool with_code) {
    const pn_document_frame *frame = doc->frame;
    pn_json_writer *w = &doc->json;
    bool link = frame->link.len != 0 && pn_url_allowed(frame->link);
    if (frame->account.len == 0 && frame->pix_key.len == 0 && !link) {
        return;
    }
    pn_json_begin_object(w);
    pn_json_key(w, PN_STR("pay"));
    pn_json_begin_object(w);
    pay_lines(doc, amount);
    if (with_code && frame->qr.len != 0) {
        pn_json_key(w, PN_STR("qr"));
        pn_json_begin_object(w);
        pn_json_put_str(w, "payload", frame->qr);
        pn_json_put_str(w, "ecc", PN_STR("M"));
        pn_json_put_str(w, "caption",
                        pn_doc_word(doc, frame->qr_pix ? PN_DOC_SCAN_PIX : PN_DOC_SCAN_SEPA));
        pn_json_end_object(w);
    }
    if (link) {
        pn_json_put_str(w, "link", frame->link);
        pn_json_put_str(w, "link_words", pn_doc_word(doc, PN_DOC_PAY_ONLINE));
    }
    pn_json_end_object(w);
    pn_json_end_object(w);
}

void pn_doc_code_note(pn_doc *doc) {
    if (doc->frame->code.len != 0) {
        pn_doc_legal(doc, pn_doc_say(doc, PN_DOC_CODE_NOTE, pn_doc_cell(doc, doc->frame->code),
                                     PN_STR_NONE));
    }
}

/* ── names of files ──────────────────────────────────────────────────────────────────────────── */

/* What no file system takes, and what could lead elsewhere, becomes a dash. */
static pn_str safe(pn_str name, pn_arena *arena) {
    name = pn_clean(name, PN_STR(" "), arena);
    char *text = pn_arena_copy(arena, name.ptr, name.len);
    for (size_t i = 0; i < name.len; i++) {
        if (pn_str_find_char(PN_STR("/\\:*?\"<>|"), text[i]) != SIZE_MAX) {
            text[i] = '-';
        }
    }
    return (pn_str){text, name.len};
}

pn_str pn_document_invoice_name(pn_str language, pn_str country, pn_str number,
                                const char *extension, pn_arena *arena) {
    pn_buf buf;
    pn_buf_init(&buf, 4000);
    pn_doc_fill(&buf, pn_doc_word_of(PN_DOC_FILE_INVOICE, language, country),
                safe(pn_str_first(number, 100), arena), PN_STR_NONE);
    pn_buf_add_z(&buf, extension);
    return kept(arena, &buf);
}

pn_str pn_document_statement_name(pn_str language, pn_str country, pn_str customer, pn_date day,
                                  pn_arena *arena) {
    pn_buf buf;
    char iso[PN_DATE_ISO_SIZE];
    pn_buf_init(&buf, 4000);
    pn_doc_fill(&buf, pn_doc_word_of(PN_DOC_FILE_STATEMENT, language, country),
                safe(pn_str_first(customer, 100), arena), pn_str_of(pn_date_iso(day, iso)));
    pn_buf_add_lit(&buf, ".pdf");
    return kept(arena, &buf);
}
