/* What a parcel says, rendered and built as an e-mail; and T2. */
#include "app/deliver_int.h"

#include "app/outlets.h"
#include "base/banned.h"
#include "base/limits.h"
#include "format/mime.h"

/* ── rendering ───────────────────────────────────────────────────────────────────────────────── */

/* "es" for somebody in Mexico is "es-MX": a variant written for that country comes first. */
static pn_str tag_of(pn_str language, pn_str country, pn_arena *arena) {
    return language.len != 2 || country.len != 2
               ? language
               : pn_str_format(arena, "%.*s-%.*s", PN_STR_ARG(language), PN_STR_ARG(country));
}

pn_err pn_parcel_variant(pn_app *app, const pn_parcel *parcel, pn_str language, pn_arena *arena,
                         const pn_variant **ret_variant, pn_diag *diag) {
    const pn_compose_facts *facts = &parcel->facts;
    const pn_creditor_row *creditor = pn_app_creditor(app, parcel->carrier.creditor_id);
    pn_str otherwise = creditor != NULL ? creditor->language : app->org.language;
    *ret_variant = pn_family_choose(
        parcel->family->family, parcel->carrier.channel,
        tag_of(language.len != 0 ? language : facts->language, facts->country, arena),
        tag_of(otherwise, facts->country, arena), facts->form, facts->tone);
    if (*ret_variant == NULL) {
        return pn_diag_set(diag, PN_NOT_FOUND, "The template “%.*s” has no text for this channel.",
                           PN_STR_ARG(pn_family_name(parcel->family->family)));
    }
    return PN_OK;
}

/* Subject, text and HTML while they are written. */
typedef struct {
    pn_buf subject, text, html, mail;
} sheets;

/* Where the creditor wants a case to be one conversation, its mails have the subject of the first:
 * some mail programs put together only what is called the same. */
static pn_str subject_of(const pn_app *app, const pn_parcel *parcel, const sheets *s,
                         pn_arena *arena) {
    const pn_creditor_row *creditor = pn_app_creditor(app, parcel->carrier.creditor_id);
    bool one = creditor != NULL && creditor->subjects == PN_SUBJECTS_THREAD &&
               parcel->thread_subject.len != 0;
    return one ? pn_str_format(arena, "Re: %.*s", PN_STR_ARG(parcel->thread_subject))
               : pn_str_dup(arena, pn_buf_str(&s->subject));
}

static pn_err build(pn_app *app, const pn_parcel *parcel, const pn_mail_content *content, sheets *s,
                    pn_arena *arena, pn_str *ret_eml, pn_diag *diag) {
    pn_buf_clear(&s->mail);
    PN_TRY(pn_parcel_mail(app, parcel, content, arena, &s->mail, diag));
    *ret_eml = pn_str_dup(arena, pn_buf_str(&s->mail));
    return PN_OK;
}

static pn_err write_all(pn_app *app, pn_parcel *parcel, const pn_variant *variant, sheets *s,
                        pn_arena *arena, pn_preview *texts, pn_diag *diag) {
    pn_mail_content content = {0};
    content.files = parcel->files;
    content.file_count = parcel->file_count;
    PN_TRY(pn_parcel_brand(app, parcel, arena, &content.logo));
    PN_TRY(pn_compose_email(variant, &parcel->facts, arena, &s->subject, &s->text, &s->html, diag));
    *texts = (pn_preview){.subject = subject_of(app, parcel, s, arena),
                          .text = pn_str_dup(arena, pn_buf_str(&s->text)),
                          .html = pn_str_dup(arena, pn_buf_str(&s->html)),
                          .language = pn_str_dup(arena, pn_variant_language(variant)),
                          .tone = parcel->facts.tone};
    content.subject = texts->subject;
    content.text = texts->text;
    content.html = texts->html;
    content.language = texts->language;
    PN_TRY(build(app, parcel, &content, s, arena, &texts->eml, diag));
    if (parcel->copy_count == 0 || parcel->copied || !pn_parcel_has_opt_out(app, parcel)) {
        return PN_OK;
    }
    content.copy = true;
    return build(app, parcel, &content, s, arena, &texts->copy_eml, diag);
}

pn_err pn_parcel_write(pn_app *app, pn_parcel *parcel, pn_str language, pn_arena *arena,
                       pn_preview *ret_texts, pn_diag *diag) {
    const pn_variant *variant = NULL;
    sheets s;
    PN_TRY(pn_parcel_variant(app, parcel, language, arena, &variant, diag));
    pn_buf_init(&s.subject, 4096);
    pn_buf_init(&s.text, PN_LIMIT_TEMPLATE_BYTES);
    pn_buf_init(&s.html, PN_LIMIT_TEMPLATE_BYTES);
    pn_buf_init(&s.mail, PN_LIMIT_MESSAGE_BYTES);
    pn_err err = write_all(app, parcel, variant, &s, arena, ret_texts, diag);
    pn_buf_done(&s.subject);
    pn_buf_done(&s.text);
    pn_buf_done(&s.html);
    pn_buf_done(&s.mail);
    return err;
}

/* ── signing, sealing ────────────────────────────────────────────────────────────────────────── */

static void begin_letter(pn_delivery *d, const pn_parcel *parcel, pn_letter_out *letter,
                         pn_str content) {
    pn_dkim *dkim = d->outlets[parcel->carrier.channel].dkim;
    letter->content = content;
    letter->signing = dkim != NULL && content.len != 0;
    if (letter->signing) {
        pn_dkim_begin(dkim, &letter->job, content, pn_env_now(d->app->env));
    }
}

/* What is stored and hashed is what is sent: its signatures stand in front of it. */
static void take_signatures(pn_letter_out *letter, pn_arena *arena) {
    pn_str fields = pn_buf_str(&letter->job.fields), message = letter->content;
    char *whole = pn_arena_alloc(arena, fields.len + message.len);
    memcpy(whole, fields.ptr, fields.len);
    memcpy(whole + fields.len, message.ptr, message.len);
    letter->content = (pn_str){whole, fields.len + message.len};
}

static bool seal_letter(pn_delivery *d, pn_parcel *parcel, pn_letter_out *letter) {
    bool good = true;
    if (letter->signing) {
        good = pn_dkim_end(d->outlets[parcel->carrier.channel].dkim, &letter->job) == PN_OK;
        if (good) {
            take_signatures(letter, &parcel->claim->arena);
        }
        pn_buf_done(&letter->job.fields);
        letter->signing = false;
    }
    if (good && letter->content.len != 0) {
        letter->hash = pn_sha256_of(letter->content.ptr, letter->content.len);
        pn_parcel_pack(d, parcel, letter);
    }
    return good;
}

static void failed(pn_delivery *d, pn_parcel *parcel, pn_str why) {
    pn_log_write(d->app->log, PN_LOG_ERROR, "delivery.render_failed",
                 (pn_log_fields){.org = d->app->org.id,
                                 .debtor = parcel->carrier.debtor_id,
                                 .message = parcel->messages[0].row.id,
                                 .detail = parcel->failure.len != 0 ? "document" : "text"});
    parcel->carrier.reply = pn_str_dup(&parcel->claim->arena, why);
}

void pn_parcel_render(pn_delivery *d, pn_parcel *parcel) {
    pn_preview texts;
    pn_diag diag = {0};
    pn_arena *arena = &parcel->claim->arena;
    if (pn_parcel_documents(d, parcel, arena, &diag) != PN_OK) {
        parcel->failure = PN_STR("document_failed");
        failed(d, parcel, pn_str_of(diag.what));
        return;
    }
    if (pn_parcel_write(d->app, parcel, PN_STR_NONE, arena, &texts, &diag) != PN_OK) {
        failed(d, parcel, pn_str_of(diag.what));
        return;
    }
    parcel->carrier.subject = texts.subject;
    parcel->carrier.language = texts.language;
    begin_letter(d, parcel, &parcel->own, texts.eml);
    begin_letter(d, parcel, &parcel->copy, texts.copy_eml);
}

void pn_parcel_seal(pn_delivery *d, pn_parcel *parcel) {
    bool good = seal_letter(d, parcel, &parcel->own);
    good &= seal_letter(d, parcel, &parcel->copy);
    if (!good) {
        parcel->own.content = PN_STR_NONE;
        failed(d, parcel, PN_STR("the message could not be signed"));
    }
    if (parcel->copy.content.len == 0) {
        parcel->copy = parcel->own;
    }
}

/* ── T2 ──────────────────────────────────────────────────────────────────────────────────────── */

/* Nothing of it was transmitted: messages go back to the queue, the quota is free again. */
static pn_err undo(pn_delivery *d, pn_parcel *parcel, pn_str reason, pn_time now) {
    PN_TRY(pn_carrier_settle(d->app->db, parcel->carrier.id, PN_MESSAGE_SKIPPED, now, PN_STR_NONE,
                             reason, PN_STR_NONE, 0));
    for (size_t i = 0; i < parcel->message_count; i++) {
        pn_message_row *row = &parcel->messages[i].row;
        row->state = PN_MESSAGE_QUEUED;
        row->attempts--;
        row->carrier_id = 0;
        row->lease_until = 0;
        row->not_before = now;
        row->reason = reason;
        PN_TRY(pn_message_update(d->app->db, row));
        PN_TRY(pn_contact_made_release(d->app->db, row->debtor_id, parcel->carrier.id));
        pn_volumes_count(d->volumes, parcel->messages[i].strategy_id, -1);
        PN_TRY(pn_engine_deliver_at(d->engine, row->debtor_id, now));
    }
    return PN_OK;
}

static pn_err facts_moved(pn_delivery *d, const pn_parcel *parcel, bool *ret_moved) {
    *ret_moved = false;
    for (size_t i = 0; i < parcel->message_count && !*ret_moved; i++) {
        int64_t seq = 0;
        PN_TRY(pn_debtor_seq(d->app->db, parcel->messages[i].debtor_id, &seq));
        *ret_moved = seq != parcel->messages[i].debtor_seq;
    }
    return PN_OK;
}

static pn_err store_letter(pn_delivery *d, const pn_parcel *parcel) {
    const pn_letter_out *letter = &parcel->own;
    const pn_carrier_row *carrier = &parcel->carrier;
    pn_str hash = {(const char *)letter->hash.bytes, sizeof letter->hash.bytes};
    PN_TRY(pn_carrier_set_content(d->app->db, d->app->org.id, carrier->id, parcel->family->id,
                                  carrier->language, carrier->subject, &letter->packed, hash));
    return pn_carrier_set_files(d->app->db, d->app->org.id, carrier->id, parcel->file_notes,
                                parcel->file_note_count);
}

/* A copy is a carrier of its own, with no intent behind it. It is the same message, but for what
 * would act in the debtor's name. */
static pn_err store_copies(pn_delivery *d, pn_parcel *parcel) {
    for (size_t i = 0; i < parcel->copy_count && !parcel->copied; i++) {
        pn_parcel *copy = pn_arena_new(&parcel->claim->arena, pn_parcel);
        *copy = *parcel; /* `next` too: it stands between its original and what followed */
        copy->carrier.id = pn_app_id(d->app);
        copy->carrier.address = parcel->copies[i].address;
        copy->carrier.contact_id = 0;
        copy->carrier.parent_id = 0;
        copy->envelope = pn_parcel_envelope(d->app, parcel->sender, parcel->bounce_domain,
                                            copy->carrier.id, &parcel->claim->arena);
        copy->own = parcel->copy;
        copy->carrier.purpose = PN_PURPOSE_SERVICE;
        copy->message_count = copy->item_count = copy->copy_count = 0;
        PN_TRY(pn_carrier_insert(d->app->db, &copy->carrier));
        PN_TRY(store_letter(d, copy));
        parcel->next = copy;
        parcel->claim->parcels_left++;
    }
    return PN_OK;
}

static pn_err store_one(pn_delivery *d, pn_parcel *parcel, pn_time now) {
    bool moved = false;
    if (parcel->own.content.len == 0) {
        pn_str reason = parcel->failure.len != 0 ? parcel->failure : PN_STR("render_failed");
        return pn_parcel_unwritten(d, parcel, reason, now);
    }
    PN_TRY(facts_moved(d, parcel, &moved));
    if (moved) { /* a payment that landed meanwhile wins */
        return undo(d, parcel, PN_STR("facts_changed"), now);
    }
    PN_TRY(store_letter(d, parcel));
    parcel->ready = true;
    return store_copies(d, parcel);
}

static pn_err hold_all(pn_delivery *d, pn_parcel *parcels) {
    size_t count = 0;
    for (const pn_parcel *parcel = parcels; parcel != NULL; parcel = parcel->next) {
        count++;
    }
    pn_arena_reset(&d->arena);
    pn_parcel **list = pn_arena_array(&d->arena, pn_parcel *, count + 1);
    count = 0;
    for (pn_parcel *parcel = parcels; parcel != NULL; parcel = parcel->next) {
        list[count++] = parcel;
    }
    return pn_parcels_hold(d, list, count);
}

pn_err pn_parcels_store(pn_delivery *d, pn_parcel **parcels, pn_time now, pn_diag *diag) {
    PN_TRY(pn_delivery_begin(d, diag));
    pn_err err = hold_all(d, *parcels);
    for (pn_parcel *parcel = *parcels; parcel != NULL && err == PN_OK;) {
        pn_parcel *next = parcel->next; /* copies are put between */
        err = parcel->lost ? PN_OK : store_one(d, parcel, now);
        parcel = next;
    }
    if (err == PN_OK) {
        err = pn_volumes_save(d->volumes);
    }
    if (err == PN_OK) {
        err = pn_app_commit(d->app, diag);
    } else {
        (void)pn_app_fail(d->app, err, diag);
        pn_app_rollback(d->app);
    }
    if (err != PN_OK) {
        pn_volumes_forget(d->volumes);
    }
    pn_parcel **link = parcels;
    while (*link != NULL) {
        pn_parcel *parcel = *link;
        if (err == PN_OK && parcel->ready) {
            link = &parcel->next;
        } else {
            *link = parcel->next;
            pn_parcel_drop(parcel);
        }
    }
    return err;
}

void pn_parcel_drop(pn_parcel *parcel) {
    pn_claim *claim = parcel->claim;
    if (--claim->parcels_left == 0) {
        pn_claim_free(claim);
    }
}
