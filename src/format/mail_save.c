/* The serial form of a parsed mail: {"type","report","cut","fields":[[name,value]…],"parts":[…]},
 * where a part names its text by offset and length in the blob. */
#include "base/banned.h"
#include "base/json.h"
#include "base/utf8.h"
#include "format/mail.h"

/* ── writing ─────────────────────────────────────────────────────────────────────────────────── */

static void save_fields(pn_json_writer *w, pn_mail_fields fields) {
    pn_json_key(w, PN_STR("fields"));
    pn_json_begin_array(w);
    for (size_t i = 0; i < fields.count; i++) {
        pn_json_begin_array(w);
        pn_json_add_str(w, fields.items[i].name);
        pn_json_add_str(w, fields.items[i].value);
        pn_json_end_array(w);
    }
    pn_json_end_array(w);
}

static void save_part(pn_json_writer *w, const pn_mail_part *part, pn_buf *texts) {
    pn_json_begin_object(w);
    pn_json_put_str(w, "type", part->content_type);
    pn_json_put_str_if(w, "charset", part->charset);
    pn_json_put_str_if(w, "disposition", part->disposition);
    pn_json_put_str_if(w, "file", part->file_name);
    pn_json_put_int(w, "at", (int64_t)texts->len);
    pn_json_put_int(w, "length", (int64_t)part->text.len);
    pn_json_put_int(w, "size", (int64_t)part->size_bytes);
    pn_json_put_int(w, "depth", part->depth);
    pn_json_put_bool(w, "enclosed", part->enclosed);
    pn_json_put_bool(w, "cut", part->cut);
    save_fields(w, part->fields);
    pn_json_end_object(w);
    pn_buf_add_str(texts, part->text);
}

void pn_mail_save(const pn_mail *mail, pn_buf *json, pn_buf *texts) {
    pn_json_writer w = pn_json_writer_on(json, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "type", mail->content_type);
    pn_json_put_str_if(&w, "report", mail->report_type);
    pn_json_put_bool(&w, "cut", mail->cut);
    save_fields(&w, mail->fields);
    pn_json_key(&w, PN_STR("parts"));
    pn_json_begin_array(&w);
    for (size_t i = 0; i < mail->part_count; i++) {
        save_part(&w, &mail->parts[i], texts);
    }
    pn_json_end_array(&w);
    pn_json_end_object(&w);
}

/* ── reading ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err broken(pn_diag *diag) {
    return pn_diag_set(diag, PN_INVALID, "The parsed mail is not in the form of this release.");
}

/* A text of the document that keeps the promise of having no NUL. */
static bool take_text(const pn_json *object, const char *key, pn_str *ret) {
    *ret = pn_json_text(pn_json_get(object, pn_str_of(key)), PN_STR_NONE);
    return pn_str_find_char(*ret, '\0') == SIZE_MAX;
}

static bool load_field(const pn_json *pair, pn_mail_field *ret) {
    if (pair->type != PN_JSON_ARRAY || pair->count != 2 || pair->items[0].type != PN_JSON_STR ||
        pair->items[1].type != PN_JSON_STR) {
        return false;
    }
    *ret = (pn_mail_field){pair->items[0].text, pair->items[1].text};
    return pn_str_find_char(ret->name, '\0') == SIZE_MAX &&
           pn_str_find_char(ret->value, '\0') == SIZE_MAX;
}

static bool load_fields(const pn_json *object, pn_arena *arena, pn_mail_fields *ret) {
    const pn_json *array = pn_json_field(object, "fields");
    if (array == NULL || array->type != PN_JSON_ARRAY) {
        return false;
    }
    pn_mail_field *items = pn_arena_array(arena, pn_mail_field, array->count);
    for (size_t i = 0; i < array->count; i++) {
        if (!load_field(&array->items[i], &items[i])) {
            return false;
        }
    }
    *ret = (pn_mail_fields){items, array->count};
    return true;
}

static bool load_part(const pn_json *object, pn_str texts, pn_arena *arena, pn_mail_part *ret) {
    int64_t at = pn_json_int(pn_json_field(object, "at"), -1);
    int64_t length = pn_json_int(pn_json_field(object, "length"), -1);
    int64_t size = pn_json_int(pn_json_field(object, "size"), -1);
    int64_t depth = pn_json_int(pn_json_field(object, "depth"), -1);
    if (at < 0 || length < 0 || (uint64_t)at > texts.len ||
        (uint64_t)length > texts.len - (uint64_t)at || size < 0 || depth < 0 ||
        depth > UINT32_MAX) {
        return false;
    }
    ret->text = (pn_str){texts.ptr + at, (size_t)length};
    ret->size_bytes = (size_t)size;
    ret->depth = (uint32_t)depth;
    ret->enclosed = pn_json_bool(pn_json_field(object, "enclosed"), false);
    ret->cut = pn_json_bool(pn_json_field(object, "cut"), false);
    return pn_utf8_valid(ret->text) && take_text(object, "type", &ret->content_type) &&
           take_text(object, "charset", &ret->charset) &&
           take_text(object, "disposition", &ret->disposition) &&
           take_text(object, "file", &ret->file_name) && load_fields(object, arena, &ret->fields);
}

pn_err pn_mail_load(pn_str json, pn_str texts, pn_arena *arena, pn_mail *ret_mail, pn_diag *diag) {
    pn_json *document = NULL;
    pn_mail mail = {0};
    PN_TRY(pn_json_parse(json, NULL, arena, &document, diag));
    const pn_json *parts = pn_json_field(document, "parts");
    if (parts == NULL || parts->type != PN_JSON_ARRAY ||
        !take_text(document, "type", &mail.content_type) ||
        !take_text(document, "report", &mail.report_type) ||
        !load_fields(document, arena, &mail.fields) || pn_str_find_char(texts, '\0') != SIZE_MAX) {
        return broken(diag);
    }
    pn_mail_part *items = pn_arena_array(arena, pn_mail_part, parts->count);
    for (size_t i = 0; i < parts->count; i++) {
        if (!load_part(&parts->items[i], texts, arena, &items[i])) {
            return broken(diag);
        }
    }
    mail.parts = items;
    mail.part_count = parts->count;
    mail.cut = pn_json_bool(pn_json_field(document, "cut"), false);
    *ret_mail = mail;
    return PN_OK;
}
