/* From a document to a family: everything that can be wrong with it is found here. */
#include "compose/family.h"

#include "base/banned.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "compose/block.h"
#include "compose/check.h"
#include "compose/data.h"
#include "compose/markup.h"
#include "compose/probe.h"
#include "compose/raw.h"

enum { TONE_MAX = 5, NAME_MAX = 64 };

typedef struct {
    pn_checker checker;
    pn_arena *arena;
    pn_family *family;
    pn_variant *variants;
    size_t variant_capacity;
} compilation;

static size_t errors_so_far(const compilation *c) {
    return c->checker.problems->errors;
}

/* ── keys and texts ──────────────────────────────────────────────────────────────────────────── */

static bool check_keys(compilation *c, const pn_json *object, const char *what,
                       const char *const *known, size_t count) {
    if (object->type != PN_JSON_OBJECT) {
        pn_check_error(&c->checker, "A %s is an object in braces; this is %s.", what,
                       pn_json_type_name(object->type));
        return false;
    }
    for (size_t i = 0; i < object->count; i++) {
        bool found = false;
        for (size_t j = 0; j < count; j++) {
            found = found || pn_str_eq(object->members[i].key, pn_str_of(known[j]));
        }
        if (!found) {
            pn_check_unknown(&c->checker, "field", object->members[i].key, known, count);
        }
    }
    return true;
}
#define CHECK_KEYS(c, object, what, known)                                                         \
    check_keys((c), (object), (what), (known), PN_COUNT(known))

/* A text that is not blank; empty, and reported, when there is none. */
static pn_str text_of(compilation *c, const pn_json *value, const char *name) {
    pn_str text = pn_json_text(value, PN_STR_NONE);
    if (value != NULL && value->type != PN_JSON_STR) {
        pn_check_error(&c->checker, "“%s” is a text in quotes; this is %s.", name,
                       pn_json_type_name(value->type));
    } else if (pn_str_trim(text).len == 0) {
        pn_check_error(&c->checker, "“%s” is missing or empty. Write it.", name);
        text = PN_STR_NONE;
    }
    return text;
}

static bool name_is_good(pn_str name) {
    bool good = name.len != 0 && name.len <= NAME_MAX;
    for (size_t i = 0; i < name.len && good; i++) {
        char letter = name.ptr[i];
        good = (letter >= 'a' && letter <= 'z') || pn_is_digit(letter) || letter == '_' ||
               letter == '-';
    }
    return good;
}

/* ── programs ────────────────────────────────────────────────────────────────────────────────── */

static const pn_liquid_template *compile(compilation *c, pn_str source) {
    pn_liquid_options options = {.root = &pn_compose_class, .strict = true};
    const pn_liquid_template *program = NULL;
    pn_diag diag;
    pn_diag_clear(&diag);
    if (pn_liquid_compile(source, &options, c->arena, &program, &diag) != PN_OK) {
        pn_check_diag(&c->checker, &diag);
        return NULL;
    }
    return program;
}

/* A text of one part; NULL, and reported, when it is no text or does not compile. */
static const pn_liquid_template *compile_part(compilation *c, const pn_json *value,
                                              const char *name) {
    pn_str where = c->checker.where;
    size_t errors = errors_so_far(c);
    pn_str source = text_of(c, value, name);
    const pn_liquid_template *program = NULL;
    c->checker.where = pn_str_format(c->arena, "%.*s, %s", PN_STR_ARG(where), name);
    if (errors_so_far(c) == errors && pn_markup_check_controls(&c->checker, source)) {
        program = compile(c, source);
    }
    c->checker.where = where;
    return program;
}

/* ── blocks ──────────────────────────────────────────────────────────────────────────────────── */

static const pn_block_kind *kind_of(compilation *c, pn_str name) {
    const pn_block_kind *kind = pn_block_kind_of(name);
    if (kind == NULL) {
        const char *names[32];
        size_t count = 0;
        for (; count < PN_COUNT(names) && pn_block_kind_at(count) != NULL; count++) {
            names[count] = pn_block_kind_at(count)->name;
        }
        pn_check_unknown(&c->checker, "block", name, names, count);
    }
    return kind;
}

/* One part of an image as it goes into the program: a line. */
static pn_str image_part(compilation *c, const pn_json *object, const char *name, bool required) {
    const pn_json *value = pn_json_get(object, pn_str_of(name));
    if (value == NULL && !required) {
        return PN_STR_NONE;
    }
    pn_str text = text_of(c, value, name);
    if (pn_str_find_char(text, '\n') != SIZE_MAX || pn_str_find_char(text, '\r') != SIZE_MAX) {
        pn_check_error(&c->checker, "“%s” is one line.", name);
    }
    (void)pn_markup_check_controls(&c->checker, text);
    return text;
}

static const pn_liquid_template *image_program(compilation *c, const pn_json *value) {
    static const char *const KEYS[] = {"src", "alt", "link"};
    size_t errors = errors_so_far(c);
    if (!CHECK_KEYS(c, value, "picture", KEYS)) {
        return NULL;
    }
    pn_str src = image_part(c, value, "src", true), alt = image_part(c, value, "alt", true),
           link = image_part(c, value, "link", false);
    if (src.len != 0 && !pn_str_starts(src, PN_STR("https://"))) {
        pn_check_error(&c->checker, "“src” begins with https://: mail programs load nothing else.");
    }
    if (link.len != 0 && !pn_str_starts(link, PN_STR("https://")) &&
        !pn_str_starts(link, PN_STR("{{"))) {
        pn_check_error(&c->checker, "“link” begins with https://, or is {{ link }}.");
    }
    return errors_so_far(c) != errors
               ? NULL
               : compile(c, pn_str_format(c->arena, "%.*s\n%.*s\n%.*s", PN_STR_ARG(src),
                                          PN_STR_ARG(alt), PN_STR_ARG(link)));
}

/* What the author wrote for it; NULL where that is only `true`, or wrong. */
static const pn_liquid_template *block_program(compilation *c, const pn_block_kind *kind,
                                               const pn_json *value) {
    bool is_true = value->type == PN_JSON_BOOL && value->boolean;
    if (is_true && (kind->takes == PN_BLOCK_FLAG || kind->takes == PN_BLOCK_LABEL)) {
        return NULL;
    }
    if (kind->takes == PN_BLOCK_FLAG) {
        pn_check_error(&c->checker, "“%s” takes nothing but true: {\"%s\": true}.", kind->name,
                       kind->name);
        return NULL;
    }
    if (kind->takes == PN_BLOCK_IMAGE) {
        return image_program(c, value);
    }
    if (value->type != PN_JSON_STR || pn_str_trim(value->text).len == 0) {
        pn_check_error(&c->checker, "“%s” wants a text: {\"%s\": \"…\"}%s.", kind->name, kind->name,
                       kind->takes == PN_BLOCK_LABEL ? ", or true" : "");
        return NULL;
    }
    if (kind->takes == PN_BLOCK_RAW) {
        pn_raw_check(&c->checker, value->text);
        return compile(c, value->text);
    }
    return compile(c, pn_markup_prepare(&c->checker, value->text));
}

static void read_block(compilation *c, const pn_json *json, pn_block *block) {
    if (json->type != PN_JSON_OBJECT || json->count != 1) {
        pn_check_error(&c->checker, "A block is an object with one key, its kind: "
                                    "{\"text\": \"…\"} or {\"divider\": true}.");
        return;
    }
    const pn_block_kind *kind = kind_of(c, json->members[0].key);
    if (kind != NULL) {
        block->kind = kind;
        block->program = block_program(c, kind, &json->members[0].value);
    }
}

static void read_blocks(compilation *c, const pn_json *json, pn_variant *variant) {
    if (json == NULL || json->type != PN_JSON_ARRAY || json->count == 0) {
        pn_check_error(&c->checker, "“blocks” is a list with at least one block. Add one, such as "
                                    "{\"text\": \"…\"}.");
        return;
    }
    if (json->count > PN_LIMIT_TEMPLATE_BLOCKS) {
        pn_check_error(&c->checker, "A variant has at most %d blocks; this one has %u.",
                       PN_LIMIT_TEMPLATE_BLOCKS, json->count);
        return;
    }
    pn_block *blocks = pn_arena_array(c->arena, pn_block, json->count);
    pn_str where = c->checker.where;
    for (uint32_t i = 0; i < json->count; i++) {
        blocks[i].number = i + 1;
        c->checker.where =
            pn_str_format(c->arena, "%.*s, block %u", PN_STR_ARG(where), blocks[i].number);
        read_block(c, &json->items[i], &blocks[i]);
    }
    c->checker.where = where;
    variant->blocks = blocks;
    variant->block_count = json->count;
}

/* ── variants ────────────────────────────────────────────────────────────────────────────────── */

/* "es", "es-MX" or "es-419" */
static bool language_is_good(pn_str tag) {
    bool country = tag.len == 5, region = tag.len == 6;
    bool good = (tag.len == 2 || ((country || region) && tag.ptr[2] == '-')) && tag.ptr[0] >= 'a' &&
                tag.ptr[0] <= 'z' && tag.ptr[1] >= 'a' && tag.ptr[1] <= 'z';
    for (size_t i = 3; i < tag.len && good; i++) {
        good = region ? pn_is_digit(tag.ptr[i]) : tag.ptr[i] >= 'A' && tag.ptr[i] <= 'Z';
    }
    return good;
}

static void read_language(compilation *c, const pn_json *json, pn_variant *variant) {
    pn_str tag = pn_json_text(json, PN_STR_NONE);
    if (!language_is_good(tag)) {
        pn_check_error(&c->checker, "“language” is a tag such as \"es\", \"es-MX\" or \"es-419\".");
        return;
    }
    bool known = false;
    variant->language = pn_str_dup(c->arena, tag);
    variant->words = pn_words_of(tag, &known);
    if (!known) {
        pn_check_warning(&c->checker, "The labels of blocks exist in Spanish, English and "
                                      "Portuguese; this variant's tables are in English.");
    }
}

static void read_channel(compilation *c, const pn_json *json, pn_variant *variant) {
    variant->channel = pn_channel_kind_of(pn_json_text(json, PN_STR_NONE));
    if (variant->channel == PN_CHANNEL_NONE) {
        pn_check_error(&c->checker, "“channel” is one of email, sms, whatsapp, push, call, letter, "
                                    "http.");
    }
}

static void read_form(compilation *c, const pn_json *json, pn_variant *variant) {
    if (json == NULL) {
        return;
    }
    variant->form = pn_form_of(pn_json_text(json, PN_STR_NONE));
    if (variant->form == PN_FORM_ANY) {
        pn_check_error(&c->checker, "“form” is \"usted\" or \"tu\". Leave it out for a text that "
                                    "serves either.");
    } else if (!pn_str_eq(pn_str_first(variant->language, 2), PN_STR("es"))) {
        pn_check_error(&c->checker, "“form” parts usted from tú, which only Spanish has. Leave it "
                                    "out.");
    }
}

static void read_tone(compilation *c, const pn_json *json, pn_variant *variant) {
    if (json == NULL) {
        return;
    }
    if (json->type != PN_JSON_INT || json->integer < 1 || json->integer > TONE_MAX) {
        pn_check_error(&c->checker, "“tone” is a number from 1 (friendly) to 5 (final). Leave it "
                                    "out for a text that serves every tone.");
        return;
    }
    variant->tone = (unsigned)json->integer;
}

static pn_str place_of(compilation *c, const pn_variant *variant, size_t number) {
    if (variant->language.len == 0 || variant->channel == PN_CHANNEL_NONE) {
        return pn_str_format(c->arena, "variant %zu", number);
    }
    pn_str place = variant->channel == PN_CHANNEL_EMAIL
                       ? variant->language
                       : pn_str_format(c->arena, "%s %.*s", pn_channel_kind_name(variant->channel),
                                       PN_STR_ARG(variant->language));
    if (variant->form != PN_FORM_ANY) {
        place = pn_str_format(c->arena, "%.*s %s", PN_STR_ARG(place), pn_form_name(variant->form));
    }
    return variant->tone == 0
               ? place
               : pn_str_format(c->arena, "%.*s, tone %u", PN_STR_ARG(place), variant->tone);
}

static void check_duplicate(compilation *c, const pn_variant *variant) {
    for (size_t i = 0; i < c->family->variant_count; i++) {
        const pn_variant *other = &c->variants[i];
        if (other->channel == variant->channel && other->tone == variant->tone &&
            other->form == variant->form && pn_str_eq(other->language, variant->language)) {
            pn_check_error(&c->checker, "There are two variants of this channel, language, "
                                        "form and tone. Remove one, or change its tone.");
        }
    }
}

static void read_email(compilation *c, const pn_json *json, pn_variant *variant) {
    variant->subject = compile_part(c, pn_json_field(json, "subject"), "subject");
    const pn_json *preheader = pn_json_field(json, "preheader");
    if (preheader != NULL) {
        variant->preheader = compile_part(c, preheader, "preheader");
    }
    read_blocks(c, pn_json_field(json, "blocks"), variant);
}

static void read_variant(compilation *c, const pn_json *json, uint32_t number) {
    static const char *const EMAIL[] = {"channel", "language",  "form",  "tone",
                                        "subject", "preheader", "blocks"};
    static const char *const OTHER[] = {"channel", "language", "form", "tone", "text"};
    pn_variant variant = {.purpose = c->family->purpose};
    size_t errors = errors_so_far(c);
    c->checker.variant = number;
    c->checker.where = pn_str_format(c->arena, "variant %u", number);
    if (json->type != PN_JSON_OBJECT) {
        pn_check_error(&c->checker, "A variant is an object in braces; this is %s.",
                       pn_json_type_name(json->type));
        return;
    }
    read_channel(c, pn_json_field(json, "channel"), &variant);
    read_language(c, pn_json_field(json, "language"), &variant);
    read_form(c, pn_json_field(json, "form"), &variant);
    read_tone(c, pn_json_field(json, "tone"), &variant);
    c->checker.where = place_of(c, &variant, number);
    if (variant.channel == PN_CHANNEL_EMAIL || variant.channel == PN_CHANNEL_NONE) {
        (void)CHECK_KEYS(c, json, "variant", EMAIL);
    } else {
        (void)CHECK_KEYS(c, json, "variant", OTHER);
    }
    if (variant.channel == PN_CHANNEL_EMAIL) {
        read_email(c, json, &variant);
    } else if (variant.channel != PN_CHANNEL_NONE) {
        variant.text = compile_part(c, pn_json_field(json, "text"), "text");
    }
    if (errors_so_far(c) != errors) {
        return;
    }
    check_duplicate(c, &variant);
    c->variants = pn_arena_grow(c->arena, c->variants, c->family->variant_count,
                                &c->variant_capacity, sizeof *c->variants);
    c->variants[c->family->variant_count++] = variant;
    pn_probe_variant(&c->checker, &c->variants[c->family->variant_count - 1]);
}

/* ── the whole ───────────────────────────────────────────────────────────────────────────────── */

static bool has_tone(const compilation *c, pn_str language, pn_channel_kind channel,
                     unsigned tone) {
    for (size_t i = 0; i < c->family->variant_count; i++) {
        const pn_variant *variant = &c->variants[i];
        if (variant->channel == channel && variant->tone == tone &&
            pn_str_eq(variant->language, language)) {
            return true;
        }
    }
    return false;
}

/* A language that lacks a tone sends a milder text without anyone having decided that. Languages of
 * one country only are meant to have less. */
static void check_coverage(compilation *c) {
    for (size_t i = 0; i < c->family->variant_count; i++) {
        const pn_variant *have = &c->variants[i];
        for (size_t j = 0; j < c->family->variant_count; j++) {
            pn_str language = c->variants[j].language;
            bool first = c->variants[j].channel == have->channel && language.len == 2;
            for (size_t k = 0; k < j && first; k++) {
                first = c->variants[k].channel != have->channel ||
                        !pn_str_eq(c->variants[k].language, language);
            }
            if (first && have->language.len == 2 && have->tone != 0 &&
                !has_tone(c, language, have->channel, 0) &&
                !has_tone(c, language, have->channel, have->tone)) {
                c->checker.where = language;
                pn_check_warning(&c->checker,
                                 "There is no tone %u here, which %.*s has; the next milder one "
                                 "is sent instead.",
                                 have->tone, PN_STR_ARG(have->language));
            }
        }
    }
}

static void read_purpose(compilation *c, const pn_json *json) {
    static const pn_purpose PURPOSES[] = {PN_PURPOSE_DEMAND, PN_PURPOSE_SERVICE, PN_PURPOSE_LEGAL};
    pn_str name = pn_json_text(json, PN_STR_NONE);
    for (size_t i = 0; i < PN_COUNT(PURPOSES); i++) {
        if (pn_str_eq(name, pn_str_of(pn_purpose_name(PURPOSES[i])))) {
            c->family->purpose = PURPOSES[i];
            return;
        }
    }
    pn_check_error(&c->checker, "“purpose” is \"demand\" (asks for money), \"service\" or "
                                "\"legal\".");
}

static void read_head(compilation *c, const pn_json *document) {
    if (pn_json_int(pn_json_field(document, "puntual"), 0) != 1 ||
        !pn_str_is(pn_json_text(pn_json_field(document, "kind"), PN_STR_NONE), "template")) {
        pn_check_error(&c->checker,
                       "This is no template of this version: it begins with \"puntual\": 1 and "
                       "\"kind\": \"template\".");
    }
    pn_str name = pn_json_text(pn_json_field(document, "family"), PN_STR_NONE);
    if (!name_is_good(name)) {
        pn_check_error(&c->checker,
                       "“family” is a name of small letters, digits, - and _, of at "
                       "most %d characters.",
                       NAME_MAX);
    }
    const pn_json *title = pn_json_field(document, "title");
    c->family->name = pn_str_dup(c->arena, name);
    c->family->title = title == NULL
                           ? c->family->name
                           : pn_str_dup(c->arena, pn_str_trim(text_of(c, title, "title")));
    read_purpose(c, pn_json_field(document, "purpose"));
}

static void read_document(compilation *c, const pn_json *document) {
    static const char *const KEYS[] = {"puntual", "kind", "family", "title", "purpose", "variants"};
    if (!CHECK_KEYS(c, document, "template", KEYS)) {
        return;
    }
    read_head(c, document);
    const pn_json *variants = pn_json_field(document, "variants");
    if (variants == NULL || variants->type != PN_JSON_ARRAY || variants->count == 0) {
        pn_check_error(&c->checker, "“variants” is a list with at least one text.");
        return;
    }
    if (variants->count > PN_LIMIT_TEMPLATE_VARIANTS) {
        pn_check_error(&c->checker, "A family has at most %d variants; this one has %u.",
                       PN_LIMIT_TEMPLATE_VARIANTS, variants->count);
        return;
    }
    for (uint32_t i = 0; i < variants->count; i++) {
        read_variant(c, &variants->items[i], i + 1);
    }
    c->checker.variant = 0;
    if (errors_so_far(c) == 0) {
        check_coverage(c);
    }
}

pn_err pn_family_compile(const pn_json *document, pn_arena *arena, const pn_family **ret_family,
                         pn_compose_problems *ret_problems, pn_diag *diag) {
    pn_compose_problems unseen = {0};
    compilation c = {
        .checker = {.arena = arena,
                    .problems = ret_problems != NULL ? ret_problems : &unseen,
                    .diag = diag,
                    .where = PN_STR("family")},
        .arena = arena,
        .family = pn_arena_new(arena, pn_family),
    };
    *c.checker.problems = (pn_compose_problems){0};
    read_document(&c, document);
    if (errors_so_far(&c) != 0) {
        return PN_INVALID;
    }
    c.family->variants = c.variants;
    *ret_family = c.family;
    return PN_OK;
}

/* ── reading a family ────────────────────────────────────────────────────────────────────────── */

pn_str pn_family_name(const pn_family *family) {
    return family->name;
}

pn_str pn_family_title(const pn_family *family) {
    return family->title;
}

pn_purpose pn_family_purpose(const pn_family *family) {
    return family->purpose;
}

size_t pn_family_variant_count(const pn_family *family) {
    return family->variant_count;
}

const pn_variant *pn_family_variant(const pn_family *family, size_t index) {
    assert(index < family->variant_count);
    return &family->variants[index];
}

pn_channel_kind pn_variant_channel(const pn_variant *variant) {
    return variant->channel;
}

pn_str pn_variant_language(const pn_variant *variant) {
    return variant->language;
}

pn_form pn_variant_form(const pn_variant *variant) {
    return variant->form;
}

unsigned pn_variant_tone(const pn_variant *variant) {
    return variant->tone;
}

/* ── choosing ────────────────────────────────────────────────────────────────────────────────── */

/* How well a variant's language serves a wanted one. */
typedef enum {
    SERVES_NOT,
    SERVES_OTHER_COUNTRY,
    SERVES_LANGUAGE,
    SERVES_REGION,
    SERVES_COUNTRY
} serving;

static serving serving_of(pn_str have, pn_str wanted) {
    if (wanted.len < 2 || !pn_str_eq_nocase(pn_str_first(have, 2), pn_str_first(wanted, 2)) ||
        (wanted.len > 2 && pn_is_alpha(wanted.ptr[2]))) {
        return SERVES_NOT;
    }
    if (have.len == 2) {
        return SERVES_LANGUAGE;
    }
    pn_str place = pn_str_from(have, 3), wanted_place = pn_str_from(wanted, 3);
    if (wanted.len == have.len && pn_str_eq_nocase(place, wanted_place)) {
        return SERVES_COUNTRY;
    }
    return pn_str_is(place, "419") && pn_is_latin_america(wanted_place) ? SERVES_REGION
                                                                        : SERVES_OTHER_COUNTRY;
}

/* The stronger of two that are not above the tone, the milder of two that are. */
static bool is_better_tone(unsigned tone, unsigned than, unsigned wanted) {
    if (tone <= wanted) {
        return than > wanted || tone > than;
    }
    return than > wanted && tone < than;
}

/* 2 for the form itself, 1 for a text that serves either. */
static int form_fits(pn_form have, pn_form wanted) {
    return have == (wanted == PN_FORM_ANY ? PN_FORM_USTED : wanted) ? 2 : have == PN_FORM_ANY;
}

typedef struct {
    const pn_variant *variant; /* NULL for none */
    serving serves;
} candidate;

static bool is_better(candidate each, candidate than, pn_form form, unsigned tone) {
    if (than.variant == NULL || each.variant->tone != than.variant->tone) {
        return than.variant == NULL || is_better_tone(each.variant->tone, than.variant->tone, tone);
    }
    if (each.serves != than.serves) {
        return each.serves > than.serves;
    }
    return form_fits(each.variant->form, form) > form_fits(than.variant->form, form);
}

static const pn_variant *choose(const pn_family *family, pn_channel_kind channel, pn_str language,
                                pn_form form, unsigned tone) {
    candidate best = {0}, foreign = {0};
    for (size_t i = 0; i < family->variant_count; i++) {
        candidate each = {.variant = &family->variants[i]};
        each.serves = each.variant->channel == channel
                          ? serving_of(each.variant->language, language)
                          : SERVES_NOT;
        candidate *rival = each.serves == SERVES_OTHER_COUNTRY ? &foreign : &best;
        if (each.serves != SERVES_NOT && is_better(each, *rival, form, tone)) {
            *rival = each;
        }
    }
    return best.variant != NULL ? best.variant : foreign.variant;
}

static const pn_variant *choose_for(const pn_family *family, pn_channel_kind channel,
                                    pn_str language, pn_str otherwise, pn_form form,
                                    unsigned tone) {
    const pn_variant *chosen = choose(family, channel, language, form, tone);
    if (chosen == NULL) {
        chosen = choose(family, channel, otherwise, form, tone);
    }
    for (size_t i = 0; i < family->variant_count && chosen == NULL; i++) {
        if (family->variants[i].channel == channel) {
            chosen = choose(family, channel, family->variants[i].language, form, tone);
        }
    }
    return chosen;
}

/* A short text serves another system too. */
const pn_variant *pn_family_choose(const pn_family *family, pn_channel_kind channel,
                                   pn_str language, pn_str otherwise, pn_form form, unsigned tone) {
    const pn_variant *chosen = choose_for(family, channel, language, otherwise, form, tone);
    return chosen == NULL && channel == PN_CHANNEL_HTTP
               ? choose_for(family, PN_CHANNEL_SMS, language, otherwise, form, tone)
               : chosen;
}
