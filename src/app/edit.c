#include "app/edit.h"

#include "app/catalog.h"
#include "app/deliver_int.h"
#include "app/view.h"
#include "base/banned.h"
#include "store/run.h"

enum { EDIT_BYTES_MAX = 1 << 18 };

/* ── what stands with the message ────────────────────────────────────────────────────────────── */

bool pn_edit_is(const pn_message_row *message) {
    return pn_str_find(message->params, PN_STR("\"variant\"")) != SIZE_MAX;
}

/* NULL where its words were never changed. */
static const pn_json *stored(const pn_message_row *message, pn_arena *arena) {
    pn_json *params = NULL;
    return pn_str_find(message->params, PN_STR("\"edit\"")) == SIZE_MAX ||
                   pn_json_parse(message->params, NULL, arena, &params, NULL) != PN_OK
               ? NULL
               : pn_json_field(params, "edit");
}

int64_t pn_edit_version(const pn_message_row *message, pn_arena *arena) {
    const pn_json *edit = stored(message, arena);
    int64_t revision = edit == NULL ? 0 : pn_json_int(pn_json_field(edit, "revision"), 0);
    return revision * PN_MESSAGE_STATES + (int64_t)message->state;
}

/* The document of a family with this one variant. */
static pn_str document_of(const pn_json *variant, const pn_family *family, pn_arena *arena) {
    pn_buf text;
    pn_buf_init(&text, EDIT_BYTES_MAX + 4096);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_begin_object(&w);
    pn_json_put_int(&w, "puntual", 1);
    pn_json_put_str(&w, "kind", PN_STR("template"));
    pn_json_put_str(&w, "family", pn_family_name(family));
    pn_json_put_str(&w, "purpose", pn_str_of(pn_purpose_name(pn_family_purpose(family))));
    pn_json_key(&w, PN_STR("variants"));
    pn_json_begin_array(&w);
    pn_json_add_value(&w, variant);
    pn_json_end_array(&w);
    pn_json_end_object(&w);
    pn_str copy = pn_buf_err(&text) == PN_OK ? pn_str_dup(arena, pn_buf_str(&text)) : PN_STR_NONE;
    pn_buf_done(&text);
    return copy;
}

static pn_err compile(const pn_json *variant, const pn_family *family, pn_arena *arena,
                      const pn_variant **ret_variant, pn_compose_problems *problems,
                      pn_diag *diag) {
    pn_json *document = NULL;
    const pn_family *own = NULL;
    pn_str text = document_of(variant, family, arena);
    if (text.len == 0) {
        return pn_diag_set(diag, PN_LIMIT, "The message becomes longer than there is room.");
    }
    PN_TRY(pn_json_parse(text, NULL, arena, &document, diag));
    PN_TRY(pn_family_compile(document, arena, &own, problems, diag));
    *ret_variant = pn_family_variant(own, 0);
    return PN_OK;
}

pn_err pn_edit_compile(const pn_message_row *message, const pn_family *family, pn_arena *arena,
                       const pn_variant **ret_variant, pn_diag *diag) {
    const pn_json *edit = stored(message, arena);
    const pn_json *variant = edit == NULL ? NULL : pn_json_field(edit, "variant");
    if (variant == NULL) {
        return pn_diag_set(diag, PN_CORRUPT, "The words of the message cannot be read.");
    }
    return compile(variant, family, arena, ret_variant, NULL, diag);
}

/* ── reading ─────────────────────────────────────────────────────────────────────────────────── */

/* The variant of the template that sending would choose, as it was published. */
static pn_err find_variant(pn_app *app, const pn_message_row *message, pn_arena *arena,
                           const pn_json **ret_variant, pn_diag *diag) {
    const pn_published_family *family = NULL;
    const pn_variant *variant = NULL;
    pn_template_row row;
    pn_json *document = NULL;
    pn_run_row run;
    pn_view view;
    PN_TRY(pn_catalog_family(app, message->template_name, &family, diag));
    PN_TRY(pn_run_get(app->db, message->run_id, arena, &run));
    PN_TRY(pn_view_one(app, message->debtor_id, false, arena, &view));
    pn_view_account *account = pn_view_account_of(&view, run.run.account_id);
    pn_parcel parcel = {.family = family};
    parcel.carrier.channel = message->channel;
    parcel.facts.language = view.row.language;
    parcel.facts.country = view.row.country;
    parcel.facts.tone = message->tone;
    if (account != NULL && account->creditor != NULL) {
        parcel.carrier.creditor_id = account->row.creditor_id;
        parcel.facts.form = pn_text_form(account->creditor, &view.row);
    }
    PN_TRY(pn_parcel_variant(app, &parcel, PN_STR_NONE, arena, &variant, diag));
    PN_TRY(pn_template_find(app->db, app->org.id, pn_family_name(family->family), family->version,
                            arena, &row));
    PN_TRY(pn_json_parse(row.document, NULL, arena, &document, diag));
    size_t index = 0; /* they stand in the document's order */
    while (index < pn_family_variant_count(family->family) &&
           pn_family_variant(family->family, index) != variant) {
        index++;
    }
    const pn_json *variants = pn_json_field(document, "variants");
    if (variants == NULL || index >= variants->count) {
        return pn_diag_set(diag, PN_CORRUPT, "The template's document cannot be read.");
    }
    *ret_variant = &variants->items[index];
    return PN_OK;
}

static pn_err read_edit(pn_app *app, pn_id message_id, pn_arena *arena, pn_edit *edit,
                        pn_diag *diag) {
    pn_message_row *row = &edit->message;
    pn_err err = pn_message_get(app->db, message_id, arena, row);
    if (err == PN_NOT_FOUND || (err == PN_OK && row->org_id != app->org.id)) {
        return pn_diag_set(diag, PN_NOT_FOUND, "There is no such message.");
    }
    PN_TRY(err);
    if (row->state != PN_MESSAGE_QUEUED && row->state != PN_MESSAGE_HELD) {
        err =
            pn_diag_set(diag, PN_CONFLICT, "This message is %s: its words do not change any more.",
                        pn_message_state_name(row->state));
        pn_diag_mend(diag, "Only a message that waits can be written anew.");
        return err;
    }
    const pn_json *kept = stored(row, arena);
    edit->at = PN_TIME_NONE;
    if (kept != NULL) {
        edit->revision = pn_json_int(pn_json_field(kept, "revision"), 0);
        edit->by = pn_json_text(pn_json_field(kept, "by"), PN_STR(""));
        edit->at = pn_json_int(pn_json_field(kept, "at"), PN_TIME_NONE);
        edit->variant = pn_json_field(kept, "variant");
        edit->edited = edit->variant != NULL;
    }
    return edit->edited ? PN_OK : find_variant(app, row, arena, &edit->variant, diag);
}

pn_err pn_edit_read(pn_app *app, pn_id message_id, pn_arena *arena, pn_edit *ret_edit,
                    pn_diag *diag) {
    pn_edit edit = {0};
    PN_TRY(pn_app_fail(app, read_edit(app, message_id, arena, &edit, diag), diag));
    *ret_edit = edit;
    return PN_OK;
}

/* ── preview ─────────────────────────────────────────────────────────────────────────────────── */

/* An invoice that the message is about: its run's own, or the first one of the account that its run
 * works and that may be asked for. */
static pn_id invoice_of(const pn_view *view, const pn_run *run) {
    const pn_view_account *account = pn_view_account_of(view, run->account_id);
    pn_id found = run->invoice_id;
    for (size_t i = 0; account != NULL && i < account->item_count; i++) {
        const pn_item *item = &account->items[i];
        if (found == 0 && !item->own_run && item->claimable > 0) {
            found = item->id;
        }
    }
    return found;
}

static pn_err preview(pn_app *app, const pn_edit *edit, pn_arena *arena, pn_preview *ret_preview,
                      pn_diag *diag) {
    const pn_message_row *row = &edit->message;
    const pn_published_family *family = NULL;
    pn_run_row run;
    pn_view view;
    pn_preview_wish wish = {.tone = row->tone, .channel = row->channel};
    PN_TRY(pn_catalog_family(app, row->template_name, &family, diag));
    PN_TRY(compile(edit->variant, family->family, arena, &wish.variant, NULL, diag));
    PN_TRY(pn_run_get(app->db, row->run_id, arena, &run));
    PN_TRY(pn_view_one(app, row->debtor_id, false, arena, &view));
    pn_id invoice = invoice_of(&view, &run.run);
    if (invoice == 0) {
        return pn_diag_set(diag, PN_CONFLICT,
                           "Nothing may be asked for now, so this would not be sent.");
    }
    return pn_preview_write(app, row->template_name, invoice, &wish, arena, ret_preview, diag);
}

pn_err pn_edit_preview(pn_app *app, const pn_edit *edit, pn_arena *arena, pn_preview *ret_preview,
                       pn_diag *diag) {
    return pn_app_fail(app, preview(app, edit, arena, ret_preview, diag), diag);
}

/* ── writing ─────────────────────────────────────────────────────────────────────────────────── */

/* The variant with what the wish names in place of what stands there. */
static void put_variant(pn_json_writer *w, const pn_json *variant, const pn_edit_wish *wish) {
    const struct {
        const char *name;
        const pn_json *value;
    } fields[] = {{"subject", wish->subject},
                  {"preheader", wish->preheader},
                  {"blocks", wish->blocks},
                  {"text", wish->text}};
    pn_json_begin_object(w);
    for (size_t i = 0; i < variant->count; i++) {
        const pn_json *value = &variant->members[i].value;
        for (size_t j = 0; j < PN_COUNT(fields); j++) {
            bool same = pn_str_eq(variant->members[i].key, pn_str_of(fields[j].name));
            value = same && fields[j].value != NULL ? NULL : value;
        }
        if (value != NULL) {
            pn_json_key(w, variant->members[i].key);
            pn_json_add_value(w, value);
        }
    }
    for (size_t j = 0; j < PN_COUNT(fields); j++) {
        if (fields[j].value != NULL) {
            pn_json_key(w, pn_str_of(fields[j].name));
            pn_json_add_value(w, fields[j].value);
        }
    }
    pn_json_end_object(w);
}

static pn_err written_anew(const pn_edit *edit, const pn_edit_wish *wish, pn_arena *arena,
                           const pn_json **ret_variant, pn_diag *diag) {
    pn_json *variant = NULL;
    pn_buf text;
    pn_buf_init(&text, EDIT_BYTES_MAX);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    put_variant(&w, edit->variant, wish);
    pn_err err =
        pn_buf_err(&text) != PN_OK
            ? pn_diag_set(diag, PN_LIMIT, "The message becomes longer than there is room.")
            : pn_json_parse(pn_str_dup(arena, pn_buf_str(&text)), NULL, arena, &variant, diag);
    pn_buf_done(&text);
    *ret_variant = variant;
    return err;
}

/* The message's parameters with this edit; without a variant only how often it was changed is left.
 */
static pn_str params_of(pn_app *app, const pn_edit *edit, const pn_json *variant, pn_arena *arena) {
    pn_json *params = NULL;
    pn_buf text;
    pn_buf_init(&text, 2 * EDIT_BYTES_MAX);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    bool parsed = pn_json_parse(edit->message.params, NULL, arena, &params, NULL) == PN_OK;
    pn_json_begin_object(&w);
    for (size_t i = 0; parsed && i < params->count; i++) {
        if (!pn_str_is(params->members[i].key, "edit")) {
            pn_json_key(&w, params->members[i].key);
            pn_json_add_value(&w, &params->members[i].value);
        }
    }
    pn_json_key(&w, PN_STR("edit"));
    pn_json_begin_object(&w);
    pn_json_put_int(&w, "at", pn_app_now(app));
    pn_json_put_str(&w, "by", pn_str_of(app->actor));
    pn_json_put_int(&w, "revision", edit->revision + 1);
    if (variant != NULL) {
        pn_json_key(&w, PN_STR("variant"));
        pn_json_add_value(&w, variant);
    }
    pn_json_end_object(&w);
    pn_json_end_object(&w);
    pn_str copy = pn_buf_err(&text) == PN_OK ? pn_str_dup(arena, pn_buf_str(&text)) : PN_STR_NONE;
    pn_buf_done(&text);
    return copy;
}

static pn_err tell(pn_app *app, const pn_edit *edit, const pn_json *after, pn_str reason) {
    char id[PN_ID_TEXT_SIZE];
    const pn_message_row *row = &edit->message;
    pn_buf body;
    pn_buf_init(&body, 1 << 20);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    if (after != NULL) {
        pn_json_key(&w, PN_STR("after"));
        pn_json_add_value(&w, after);
    }
    pn_json_key(&w, PN_STR("before"));
    pn_json_add_value(&w, edit->variant);
    pn_json_put_str(&w, "id", pn_str_of(pn_id_text(PN_ID_MESSAGE, row->id, id)));
    pn_json_put_str(&w, "reason", reason);
    pn_json_put_str(&w, "what",
                    after != NULL ? PN_STR("message.edited") : PN_STR("message.edit_dropped"));
    pn_json_end_object(&w);
    pn_err err = pn_buf_err(&body);
    err = err == PN_OK ? pn_journal_run(app, row->debtor_id, row->run_id, PN_EVENT_CHANGED,
                                        pn_buf_str(&body))
                       : err;
    pn_buf_done(&body);
    return err;
}

static pn_err store(pn_app *app, pn_edit *edit, const pn_json *variant, pn_str reason,
                    pn_arena *arena, pn_diag *diag) {
    pn_str params = params_of(app, edit, variant, arena);
    if (params.len == 0) {
        return pn_diag_set(diag, PN_LIMIT, "The message becomes longer than there is room.");
    }
    PN_TRY(tell(app, edit, variant, reason));
    edit->message.params = params;
    PN_TRY(pn_message_update(app->db, &edit->message));
    return read_edit(app, edit->message.id, arena, edit, diag);
}

pn_err pn_edit_write(pn_app *app, pn_edit *edit, const pn_edit_wish *wish, pn_arena *arena,
                     pn_compose_problems *ret_problems, pn_diag *diag) {
    const pn_published_family *family = NULL;
    const pn_variant *compiled = NULL;
    const pn_json *variant = NULL;
    if (wish->subject == NULL && wish->preheader == NULL && wish->blocks == NULL &&
        wish->text == NULL) {
        return pn_diag_set(diag, PN_INVALID,
                           "Nothing is to be changed: give subject, preheader, "
                           "blocks or text.");
    }
    PN_TRY(pn_catalog_family(app, edit->message.template_name, &family, diag));
    PN_TRY(written_anew(edit, wish, arena, &variant, diag));
    PN_TRY(compile(variant, family->family, arena, &compiled, ret_problems, diag));
    return pn_app_fail(app, store(app, edit, variant, wish->reason, arena, diag), diag);
}

pn_err pn_edit_drop(pn_app *app, pn_edit *edit, pn_str reason, pn_arena *arena, pn_diag *diag) {
    if (!edit->edited) {
        return pn_diag_set(diag, PN_CONFLICT, "These are the template's own words already.");
    }
    return pn_app_fail(app, store(app, edit, NULL, reason, arena, diag), diag);
}
