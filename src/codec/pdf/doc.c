#include "codec/pdf/doc.h"

#include "base/banned.h"
#include "base/limits.h"
#include "codec/pdf/colour.h"
#include "codec/pdf/read.h"

bool pn_pdf_url_ok(pn_str url) {
    static const char *const SCHEMES[] = {"https://", "http://", "mailto:", "tel:"};
    bool known = false;
    for (size_t i = 0; i < PN_COUNT(SCHEMES) && !known; i++) {
        pn_str scheme = pn_str_of(SCHEMES[i]);
        known = url.len > scheme.len && pn_str_eq_nocase(pn_str_first(url, scheme.len), scheme);
    }
    for (size_t i = 0; i < url.len && known; i++) {
        known = (unsigned char)url.ptr[i] > 0x20 && url.ptr[i] != 0x7F;
    }
    return known && url.len <= PN_PDF_URL_BYTES_MAX;
}

static pn_err read_brand(pn_pdf_reader *reader, const pn_json *value, size_t part_count,
                         pn_pdf_doc *doc) {
    static const char *const KEYS[] = {"name", "colour", "logo", NULL};
    doc->brand_colour = PN_PDF_ACCENT;
    if (value == NULL || value->type == PN_JSON_NULL) {
        return PN_OK;
    }
    pn_str colour;
    size_t before = pn_pdf_down(reader, "brand");
    PN_TRY(pn_pdf_read_keys(reader, value, KEYS));
    PN_TRY(pn_pdf_read_text(reader, value, "name", PN_PDF_LINE_BYTES_MAX, false, &doc->brand_name));
    PN_TRY(pn_pdf_read_text(reader, value, "colour", PN_PDF_LINE_BYTES_MAX, false, &colour));
    if (colour.len != 0 && !pn_pdf_colour_read(colour, &doc->brand_colour)) {
        return pn_pdf_wrong(reader, "“colour” is # and six hexadecimal digits, as in #0b5fcc.");
    }
    const pn_json *logo = pn_json_field(value, "logo");
    if (logo != NULL && logo->type != PN_JSON_NULL) {
        int64_t index = pn_json_int(logo, -1);
        if (index < 1 || (uint64_t)index >= part_count) {
            return pn_pdf_wrong(reader,
                                "“logo” is the number of a part that came with the "
                                "document, from 1; there are %zu.",
                                part_count - 1);
        }
        doc->logo = (size_t)index;
    }
    pn_pdf_up(reader, before);
    return PN_OK;
}

/* YYYY-MM-DDTHH:MM:SSZ */
static bool is_moment(pn_str text) {
    static const char SHAPE[] = "dddd-dd-ddTdd:dd:ddZ";
    bool fits = text.len == sizeof SHAPE - 1;
    for (size_t i = 0; i < text.len && fits; i++) {
        fits = SHAPE[i] == 'd' ? pn_is_digit(text.ptr[i]) : text.ptr[i] == SHAPE[i];
    }
    return fits;
}

static bool is_language(pn_str text) {
    bool fits = text.len >= 2 && text.len <= 35;
    for (size_t i = 0; i < text.len && fits; i++) {
        fits = pn_is_alpha(text.ptr[i]) || pn_is_digit(text.ptr[i]) || text.ptr[i] == '-';
    }
    return fits;
}

static pn_err read_words(pn_pdf_reader *reader, const pn_json *root, pn_pdf_doc *doc) {
    static const char *const PAPERS[] = {"a4", "letter", NULL};
    static const char *const WINDOWS[] = {"none", "left", "right", NULL};
    unsigned paper = PN_PDF_A4, window = PN_PDF_NO_WINDOW;
    const size_t max = PN_PDF_LINE_BYTES_MAX;
    PN_TRY(pn_pdf_read_text(reader, root, "title", max, false, &doc->title));
    PN_TRY(pn_pdf_read_text(reader, root, "language", max, false, &doc->language));
    PN_TRY(pn_pdf_read_text(reader, root, "author", max, false, &doc->author));
    PN_TRY(pn_pdf_read_text(reader, root, "subject", max, false, &doc->subject));
    PN_TRY(pn_pdf_read_text(reader, root, "created", max, false, &doc->created));
    PN_TRY(pn_pdf_read_text(reader, root, "page_words", max, false, &doc->page_words));
    PN_TRY(pn_pdf_read_word(reader, root, "page", PAPERS, paper, &paper));
    PN_TRY(pn_pdf_read_word(reader, root, "window", WINDOWS, window, &window));
    doc->paper = (pn_pdf_paper)paper;
    doc->window = (pn_pdf_window)window;
    if (doc->title.len == 0) {
        return pn_pdf_wrong(reader, "A document has a “title”.");
    }
    if (doc->language.len != 0 && !is_language(doc->language)) {
        return pn_pdf_wrong(reader, "“language” is a code such as es or pt-BR.");
    }
    if (doc->created.len != 0 && !is_moment(doc->created)) {
        return pn_pdf_wrong(reader, "“created” is a moment such as 2026-11-22T10:00:00Z.");
    }
    return PN_OK;
}

static pn_err read_line_list(pn_pdf_reader *reader, const pn_json *root, const char *key,
                             pn_pdf_strs *ret_lines) {
    size_t before = pn_pdf_down(reader, key);
    PN_TRY(pn_pdf_read_strs(reader, pn_json_get(root, pn_str_of(key)), PN_PDF_LINES_MAX,
                            PN_PDF_LINE_BYTES_MAX, ret_lines));
    pn_pdf_up(reader, before);
    return PN_OK;
}

static pn_err read_blocks(pn_pdf_reader *reader, const pn_json *list, pn_pdf_doc *doc) {
    size_t before = pn_pdf_down(reader, "blocks");
    if (list == NULL || list->type != PN_JSON_ARRAY || list->count > PN_LIMIT_PDF_BLOCKS) {
        return pn_pdf_wrong(reader, "A document has a list of at most %d “blocks”.",
                            PN_LIMIT_PDF_BLOCKS);
    }
    doc->blocks = pn_arena_array(reader->arena, pn_pdf_block, list->count + 1);
    doc->block_count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        size_t here = pn_pdf_down_to(reader, i);
        PN_TRY(pn_pdf_read_block(reader, &list->items[i], &doc->blocks[i]));
        pn_pdf_up(reader, here);
    }
    pn_pdf_up(reader, before);
    return PN_OK;
}

pn_err pn_pdf_doc_read(pn_str json, size_t part_count, pn_arena *arena, pn_pdf_doc *ret_doc,
                       pn_diag *diag) {
    static const char *const KEYS[] = {"title", "language", "author", "subject",    "created",
                                       "page",  "brand",    "sender", "recipient",  "window",
                                       "meta",  "blocks",   "footer", "page_words", NULL};
    if (json.len > PN_LIMIT_PDF_JSON_BYTES) {
        return pn_diag_set(diag, PN_LIMIT, "The document has %zu bytes of JSON, more than %d.",
                           json.len, PN_LIMIT_PDF_JSON_BYTES);
    }
    pn_json *root = NULL;
    PN_TRY(pn_json_parse(json, NULL, arena, &root, diag));
    pn_pdf_reader reader = {.arena = arena, .diag = diag};
    pn_pdf_doc doc = {0};
    PN_TRY(pn_pdf_read_keys(&reader, root, KEYS));
    PN_TRY(read_words(&reader, root, &doc));
    PN_TRY(read_brand(&reader, pn_json_field(root, "brand"), part_count, &doc));
    PN_TRY(read_line_list(&reader, root, "sender", &doc.sender));
    PN_TRY(read_line_list(&reader, root, "recipient", &doc.recipient));
    PN_TRY(read_line_list(&reader, root, "footer", &doc.footer));
    size_t before = pn_pdf_down(&reader, "meta");
    PN_TRY(pn_pdf_read_pairs(&reader, pn_json_field(root, "meta"), &doc.meta));
    pn_pdf_up(&reader, before);
    PN_TRY(read_blocks(&reader, pn_json_field(root, "blocks"), &doc));
    *ret_doc = doc;
    return PN_OK;
}
