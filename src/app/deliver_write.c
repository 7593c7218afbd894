/* What a parcel says, rendered, built as an e-mail, signed, hashed and compressed.
 *
 * What needs the database is prepared before; the writing itself reads the parcel, the compiled
 * templates and the organization's settings, which nobody changes meanwhile, so a thread of its own
 * does it (scribe.h). */
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

pn_err pn_parcel_variant(const pn_app *app, const pn_parcel *parcel, pn_str language,
                         pn_arena *arena, const pn_variant **ret_variant, pn_diag *diag) {
    const pn_compose_facts *facts = &parcel->facts;
    const pn_creditor_row *creditor = pn_app_creditor(app, parcel->carrier.creditor_id);
    if (parcel->edited != NULL) {
        *ret_variant = parcel->edited;
        return PN_OK;
    }
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

/* Where the creditor wants a case to be one conversation, its mails have the subject of the first:
 * some mail programs put together only what is called the same. */
static pn_str subject_of(const pn_app *app, const pn_parcel *parcel, const pn_sheets *s,
                         pn_arena *arena) {
    const pn_creditor_row *creditor = pn_app_creditor(app, parcel->carrier.creditor_id);
    bool one = creditor != NULL && creditor->subjects == PN_SUBJECTS_THREAD &&
               parcel->thread_subject.len != 0;
    return one ? pn_str_format(arena, "Re: %.*s", PN_STR_ARG(parcel->thread_subject))
               : pn_str_dup(arena, pn_buf_str(&s->subject));
}

static pn_err build(const pn_app *app, const pn_parcel *parcel, const pn_mail_content *content,
                    pn_sheets *s, pn_arena *arena, pn_str *ret_eml, pn_diag *diag) {
    pn_buf_clear(&s->mail);
    PN_TRY(pn_parcel_mail(app, parcel, content, arena, &s->mail, diag));
    *ret_eml = pn_str_dup(arena, pn_buf_str(&s->mail));
    return PN_OK;
}

static pn_err compose(const pn_parcel *parcel, const pn_compose_facts *facts, pn_sheets *s,
                      pn_arena *arena, pn_diag *diag) {
    pn_buf_clear(&s->subject);
    pn_buf_clear(&s->text);
    pn_buf_clear(&s->html);
    return pn_compose_email(parcel->variant, facts, arena, &s->subject, &s->text, &s->html, diag);
}

/* The HTML as the debtor gets it. */
static pn_err track(pn_parcel *parcel, pn_sheets *s, pn_arena *arena, pn_str *ret_html,
                    pn_diag *diag) {
    const pn_track_wish *wish = &parcel->track;
    if (wish->click.len == 0 && wish->pixel.len == 0) {
        *ret_html = pn_buf_str(&s->html);
        return PN_OK;
    }
    pn_buf_clear(&s->tracked);
    pn_buf_clear(&s->targets);
    if (pn_track_html(pn_buf_str(&s->html), wish, &s->tracked, &s->targets) != PN_OK) {
        return pn_diag_set(diag, PN_LIMIT, "The e-mail becomes longer than there is room.");
    }
    parcel->targets = pn_str_dup(arena, pn_buf_str(&s->targets));
    *ret_html = pn_buf_str(&s->tracked);
    return PN_OK;
}

/* The copy for people of ours: without what would act in the debtor's name, or be taken for the
 * debtor's doing. */
static pn_err write_copy(const pn_app *app, const pn_parcel *parcel, pn_sheets *s, pn_arena *arena,
                         pn_mail_content *content, pn_str *ret_eml, pn_diag *diag) {
    pn_compose_facts facts = parcel->facts;
    facts.link = facts.web_link = PN_STR_NONE;
    PN_TRY(compose(parcel, &facts, s, arena, diag));
    content->text = pn_buf_str(&s->text);
    content->html = pn_buf_str(&s->html);
    content->copy = true;
    return build(app, parcel, content, s, arena, ret_eml, diag);
}

/* A message over a connector: its one text, in the request that the channel's settings make. */
static pn_err write_request(const pn_parcel *parcel, pn_sheets *s, pn_arena *arena,
                            pn_preview *texts, pn_diag *diag) {
    const pn_compose_facts *facts = &parcel->facts;
    pn_buf_clear(&s->text);
    PN_TRY(pn_compose_text(parcel->variant, facts, arena, &s->text, diag));
    *texts = (pn_preview){.text = pn_buf_str(&s->text),
                          .language = pn_variant_language(parcel->variant),
                          .tone = facts->tone};
    if (parcel->http == NULL) {
        return pn_diag_set(diag, PN_INVALID, "Nothing can be sent by %s yet.",
                           pn_channel_kind_name(parcel->carrier.channel));
    }
    pn_http_message_facts said = {.id = parcel->message_count != 0 ? parcel->messages[0].row.id
                                                                   : parcel->carrier.id,
                                  .to = parcel->carrier.address,
                                  .name = facts->contact_name,
                                  .text = texts->text,
                                  .language = texts->language,
                                  .tone = texts->tone,
                                  .debtor_id = facts->debtor_external_id,
                                  .debtor_name = facts->debtor_name,
                                  .creditor = facts->creditor_name,
                                  .from = parcel->sender,
                                  .link = facts->link,
                                  .receipt = parcel->receipt};
    return pn_http_message_write(parcel->http, &said, arena, &texts->eml, diag);
}

/* Text and HTML stay on the sheets; the rest is on the arena. */
static pn_err write_all(const pn_app *app, pn_parcel *parcel, pn_sheets *s, pn_arena *arena,
                        pn_preview *texts, pn_diag *diag) {
    pn_str html;
    if (parcel->carrier.channel != PN_CHANNEL_EMAIL) {
        return write_request(parcel, s, arena, texts, diag);
    }
    PN_TRY(compose(parcel, &parcel->facts, s, arena, diag));
    PN_TRY(track(parcel, s, arena, &html, diag));
    *texts = (pn_preview){.subject = subject_of(app, parcel, s, arena),
                          .text = pn_buf_str(&s->text),
                          .html = html,
                          .language = pn_variant_language(parcel->variant),
                          .tone = parcel->facts.tone};
    pn_mail_content content = {.subject = texts->subject,
                               .text = texts->text,
                               .html = texts->html,
                               .language = texts->language};
    PN_TRY(build(app, parcel, &content, s, arena, &texts->eml, diag));
    if (parcel->copy_count == 0 || parcel->copied || !pn_parcel_has_opt_out(parcel)) {
        return PN_OK;
    }
    return write_copy(app, parcel, s, arena, &content, &texts->copy_eml, diag);
}

void pn_sheets_init(pn_sheets *s) {
    pn_buf_init(&s->subject, 4096);
    pn_buf_init(&s->text, PN_LIMIT_TEMPLATE_BYTES);
    pn_buf_init(&s->html, PN_LIMIT_TEMPLATE_BYTES);
    pn_buf_init(&s->mail, PN_LIMIT_MESSAGE_BYTES);
    pn_buf_init(&s->tracked, PN_LIMIT_MESSAGE_BYTES);
    pn_buf_init(&s->targets, PN_LIMIT_LINK_TARGETS * (PN_LIMIT_LINK_TARGET_BYTES + 1));
}

void pn_sheets_done(pn_sheets *s) {
    pn_buf_done(&s->subject);
    pn_buf_done(&s->text);
    pn_buf_done(&s->html);
    pn_buf_done(&s->mail);
    pn_buf_done(&s->tracked);
    pn_buf_done(&s->targets);
}

pn_err pn_parcel_write(pn_app *app, pn_parcel *parcel, pn_str language, pn_arena *arena,
                       pn_preview *ret_texts, pn_diag *diag) {
    pn_sheets s;
    pn_preview texts;
    PN_TRY(pn_parcel_variant(app, parcel, language, arena, &parcel->variant, diag));
    PN_TRY(pn_parcel_brand(app, parcel, arena, diag));
    pn_parcel_links(app, parcel, arena);
    pn_sheets_init(&s);
    pn_err err = write_all(app, parcel, &s, arena, &texts, diag);
    if (err == PN_OK) {
        texts.text = pn_str_dup(arena, texts.text);
        texts.html = pn_str_dup(arena, texts.html);
        texts.language = pn_str_dup(arena, texts.language);
        *ret_texts = texts;
    }
    pn_sheets_done(&s);
    return err;
}

/* ── preparing ───────────────────────────────────────────────────────────────────────────────── */

static void failed(pn_parcel *parcel, pn_arena *arena, const char *failure, pn_str why) {
    parcel->failure = pn_str_of(failure);
    parcel->carrier.reply = pn_str_dup(arena, why);
}

static pn_err prepare_text(pn_delivery *d, pn_parcel *parcel, pn_arena *arena, pn_diag *diag) {
    const pn_outlet *outlet = &d->outlets[parcel->carrier.channel];
    parcel->dkim = outlet->dkim;
    parcel->http = outlet->kind == PN_CHANNEL_HTTP ? &outlet->http : NULL;
    PN_TRY(pn_parcel_brand(d->app, parcel, arena, diag));
    pn_parcel_links(d->app, parcel, arena);
    PN_TRY(pn_parcel_wording(d, parcel, diag));
    return PN_OK;
}

void pn_parcel_prepare(pn_delivery *d, pn_parcel *parcel) {
    pn_diag diag = {0};
    pn_arena *arena = &parcel->claim->arena;
    if (pn_parcel_documents(d, parcel, arena, &diag) != PN_OK) {
        failed(parcel, arena, "document_failed", pn_str_of(diag.what));
    } else if (prepare_text(d, parcel, arena, &diag) != PN_OK) {
        failed(parcel, arena, "render_failed", pn_str_of(diag.what));
    }
}

/* ── writing, signing, sealing ───────────────────────────────────────────────────────────────── */

static void begin_letter(const pn_parcel *parcel, pn_letter_out *letter, pn_str content,
                         pn_time signed_at) {
    letter->content = content;
    letter->signing = parcel->dkim != NULL && content.len != 0;
    if (letter->signing) {
        pn_dkim_begin(parcel->dkim, &letter->job, content, signed_at);
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

static bool seal_letter(pn_writer *w, const pn_parcel *parcel, pn_letter_out *letter) {
    pn_arena *arena = &parcel->claim->arena;
    bool good = true;
    if (letter->signing) {
        good = pn_dkim_end(parcel->dkim, &letter->job) == PN_OK;
        if (good) {
            take_signatures(letter, arena);
        }
        pn_buf_done(&letter->job.fields);
        letter->signing = false;
    }
    if (good && letter->content.len != 0) {
        letter->hash = pn_sha256_of(letter->content.ptr, letter->content.len);
        letter->packed = pn_content_pack(w->packer, parcel->dictionary, letter->content, arena);
    }
    return good;
}

static void seal(pn_writer *w, pn_parcel *parcel) {
    bool good = seal_letter(w, parcel, &parcel->own);
    good &= seal_letter(w, parcel, &parcel->copy);
    if (!good) {
        parcel->own.content = PN_STR_NONE;
        failed(parcel, &parcel->claim->arena, "render_failed",
               PN_STR("the message could not be signed"));
    }
    if (parcel->copy.content.len == 0) {
        parcel->copy = parcel->own;
    }
}

static void write_one(pn_writer *w, pn_parcel *parcel, pn_time signed_at) {
    pn_preview texts;
    pn_diag diag = {0};
    pn_arena *arena = &parcel->claim->arena;
    if (parcel->failure.len != 0) {
        return;
    }
    if (write_all(w->app, parcel, &w->sheets, arena, &texts, &diag) != PN_OK) {
        failed(parcel, arena, "render_failed", pn_str_of(diag.what));
        return;
    }
    parcel->carrier.subject = texts.subject;
    begin_letter(parcel, &parcel->own, texts.eml, signed_at);
    begin_letter(parcel, &parcel->copy, texts.copy_eml, signed_at);
}

/* What needs no signature is sealed while it is warm; the others are signed meanwhile. */
void pn_parcels_write(pn_writer *w, pn_parcel *parcels, pn_time signed_at) {
    for (pn_parcel *parcel = parcels; parcel != NULL; parcel = parcel->next) {
        write_one(w, parcel, signed_at);
        if (parcel->dkim == NULL) {
            seal(w, parcel);
        }
    }
    for (pn_parcel *parcel = parcels; parcel != NULL; parcel = parcel->next) {
        if (parcel->dkim != NULL) {
            seal(w, parcel);
        }
    }
}
