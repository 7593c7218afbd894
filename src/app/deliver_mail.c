/* A parcel's e-mail: who it is from, who gets the answers, what its header says. */
#include "app/deliver_int.h"

#include "app/links.h"
#include "app/outlets.h"
#include "base/banned.h"
#include "format/verp.h"
#include "store/run.h"

static pn_str domain_of(pn_str address) {
    size_t at = pn_str_find_char(address, '@');
    return at == SIZE_MAX ? PN_STR("localhost") : pn_str_from(address, at + 1);
}

/* ── brand ───────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_parcel_brand(pn_app *app, pn_parcel *parcel, pn_arena *arena, pn_diag *diag) {
    const pn_creditor_row *creditor = pn_app_creditor(app, parcel->carrier.creditor_id);
    pn_mime_file logo = {0};
    parcel->logo = logo;
    if (creditor == NULL || creditor->logo_type.len == 0) {
        return PN_OK;
    }
    pn_str from = pn_outlet_sender(parcel->sender).address;
    char id[PN_ID_TEXT_SIZE];
    PN_TRY(pn_app_fail(app, pn_app_logo(app, creditor, &logo.bytes), diag));
    logo.content_type = creditor->logo_type;
    logo.file_name =
        pn_str_is(creditor->logo_type, "image/png") ? PN_STR("logo.png") : PN_STR("logo.jpg");
    logo.content_id =
        pn_str_format(arena, "logo.%s@%.*s", pn_id_text(PN_ID_CREDITOR, creditor->id, id),
                      PN_STR_ARG(domain_of(from)));
    parcel->facts.logo_src = pn_str_format(arena, "cid:%.*s", PN_STR_ARG(logo.content_id));
    parcel->facts.logo_width = creditor->logo_width;
    parcel->facts.logo_height = creditor->logo_height;
    parcel->logo = logo;
    return PN_OK;
}

/* ── people ──────────────────────────────────────────────────────────────────────────────────── */

/* "Ana Ruiz · Suministros Duero" where a person of ours signs; else what the creditor or the
 * channel is called. */
static pn_mime_address from_of(const pn_parcel *parcel, const pn_creditor_row *creditor,
                               pn_arena *arena) {
    pn_mime_address from = pn_outlet_sender(parcel->sender);
    if (creditor == NULL) {
        return from;
    }
    bool signs = creditor->signs == PN_SIGNS_COLLECTOR && parcel->collector.known &&
                 parcel->collector.name.len != 0;
    pn_str own = creditor->sender_name.len != 0 ? creditor->sender_name
                 : signs || from.name.len == 0  ? creditor->name
                                                : from.name;
    from.name = signs ? pn_str_format(arena, "%.*s · %.*s", PN_STR_ARG(parcel->collector.name),
                                      PN_STR_ARG(own))
                      : own;
    return from;
}

static pn_mime_address reply_to_of(const pn_parcel *parcel, const pn_creditor_row *creditor) {
    const pn_colleague *collector = &parcel->collector;
    if (creditor != NULL && creditor->replies == PN_REPLIES_COLLECTOR &&
        collector->email.len != 0) {
        return (pn_mime_address){collector->name, collector->email};
    }
    return (pn_mime_address){.address = parcel->facts.creditor_email};
}

/* ── addresses that name the carrier ─────────────────────────────────────────────────────────── */

pn_str pn_parcel_envelope(const pn_app *app, pn_str sender, pn_str bounce_domain, pn_id carrier_id,
                          pn_arena *arena) {
    char local[PN_VERP_LOCAL_LEN + 1];
    pn_verp about = {PN_VERP_BOUNCE, carrier_id};
    return bounce_domain.len == 0
               ? pn_outlet_sender(sender).address
               : pn_str_format(arena, "%s@%.*s", pn_verp_local(&about, app->org.mail_key, local),
                               PN_STR_ARG(bounce_domain));
}

bool pn_parcel_has_opt_out(const pn_parcel *parcel) {
    return parcel->bounce_domain.len != 0 || parcel->opt_out.len != 0;
}

/* RFC 2369 and 8058: a page that a mail program may post to, an address it may write to. */
static size_t opt_out_fields(const pn_app *app, const pn_parcel *parcel, pn_arena *arena,
                             pn_mime_header *fields) {
    char local[PN_VERP_LOCAL_LEN + 1];
    pn_verp about = {PN_VERP_OPT_OUT, parcel->carrier.id};
    pn_str key = app->org.mail_key, page = parcel->opt_out, mail = PN_STR_NONE;
    size_t count = 0;
    if (parcel->bounce_domain.len != 0) {
        mail = pn_str_format(arena, "<mailto:%s@%.*s?subject=unsubscribe>",
                             pn_verp_local(&about, key, local), PN_STR_ARG(parcel->bounce_domain));
    }
    if (page.len != 0) {
        page = pn_str_format(arena, "<%.*s>%s", PN_STR_ARG(page), mail.len != 0 ? ", " : "");
    }
    if (page.len != 0 || mail.len != 0) {
        fields[count++] =
            (pn_mime_header){PN_STR("List-Unsubscribe"),
                             pn_str_format(arena, "%.*s%.*s", PN_STR_ARG(page), PN_STR_ARG(mail))};
    }
    if (page.len != 0) {
        fields[count++] =
            (pn_mime_header){PN_STR("List-Unsubscribe-Post"), PN_STR("List-Unsubscribe=One-Click")};
    }
    return count;
}

/* ── links ───────────────────────────────────────────────────────────────────────────────────── */

/* Where a picture that tells of opening wants the reader's consent: the member states of the
 * European Economic Area (Directive 2002/58/EC, article 5(3)) and the United Kingdom, whose law is
 * made after it. */
static bool wants_consent_to_opens(pn_str country) {
    const pn_str lands = PN_STR("AT BE BG CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV "
                                "MT NL NO PL PT RO SE SI SK");
    return country.len != 2 || pn_str_find(lands, country) != SIZE_MAX;
}

/* AUTO becomes what it is for this debtor. */
static pn_tracking tracking_of(const pn_app *app, const pn_parcel *parcel) {
    const pn_creditor_row *creditor = pn_app_creditor(app, parcel->carrier.creditor_id);
    pn_tracking wish = creditor != NULL ? creditor->tracking : PN_TRACKING_AUTO;
    bool quiet = wish == PN_TRACKING_AUTO && wants_consent_to_opens(parcel->facts.country);
    return quiet ? PN_TRACKING_CLICKS : wish;
}

void pn_parcel_links(const pn_app *app, pn_parcel *parcel, pn_arena *arena) {
    pn_id id = parcel->carrier.id;
    if (!pn_links_possible(app)) {
        return;
    }
    if (parcel->carrier.channel == PN_CHANNEL_HTTP) {
        parcel->receipt = pn_link_url(app, PN_LINK_RECEIPT, id, arena);
    }
    if (parcel->carrier.channel != PN_CHANNEL_EMAIL) { /* each letter counts, or is typed */
        parcel->link_code = pn_link_carrier_code(app, id);
        parcel->facts.link = pn_link_brief_url(app, parcel->link_code, arena);
        return;
    }
    pn_tracking tracking = tracking_of(app, parcel);
    bool clicks = tracking != PN_TRACKING_OFF;
    bool opens = tracking == PN_TRACKING_ALL || tracking == PN_TRACKING_AUTO;
    pn_str link = pn_link_url(app, clicks ? PN_LINK_CLICK : PN_LINK_PAGE, id, arena);
    parcel->facts.link = link;
    parcel->facts.web_link = pn_link_url(app, PN_LINK_WEB, id, arena);
    parcel->opt_out = pn_link_url(app, PN_LINK_UNSUBSCRIBE, id, arena);
    parcel->track = (pn_track_wish){.own = app->org.public_url,
                                    .max = PN_LIMIT_LINK_TARGETS,
                                    .url_bytes_max = PN_LIMIT_LINK_TARGET_BYTES};
    if (clicks) {
        parcel->track.click = pn_str_format(arena, "%.*s/", PN_STR_ARG(link));
    }
    if (opens) {
        parcel->track.pixel =
            pn_str_format(arena, "%.*s.gif", PN_STR_ARG(pn_link_url(app, PN_LINK_OPEN, id, arena)));
    }
}

/* ── thread ──────────────────────────────────────────────────────────────────────────────────── */

static pn_str message_id_of(pn_id carrier_id, pn_str domain, pn_arena *arena) {
    char id[PN_ID_TEXT_SIZE];
    return pn_str_format(arena, "%s@%.*s", pn_id_text(PN_ID_CARRIER, carrier_id, id),
                         PN_STR_ARG(domain));
}

/* A pill begins its own run; its first mail answers the last of the case that it accompanies. */
pn_err pn_parcel_thread(pn_app *app, pn_parcel *parcel, const pn_message_row *message,
                        pn_id parent_run_id, pn_arena *arena) {
    pn_thread_mail *mails = NULL;
    size_t count = 0;
    pn_id before = message->prev_id;
    parcel->carrier.domain = domain_of(pn_outlet_sender(parcel->sender).address);
    if (before == 0 && parent_run_id != 0) {
        PN_TRY(pn_run_last_message(app->db, message->debtor_id, parent_run_id, &before));
    }
    if (before == 0) {
        return PN_OK;
    }
    PN_TRY(pn_carrier_thread(app->db, before, parcel->carrier.creditor_id, parcel->carrier.address,
                             arena, &mails, &count));
    pn_str *ids = pn_arena_array(arena, pn_str, count + 1);
    for (size_t i = 0; i < count; i++) { /* the newest comes first */
        ids[count - 1 - i] = message_id_of(mails[i].carrier_id, mails[i].domain, arena);
    }
    if (count != 0) {
        parcel->carrier.parent_id = mails[0].carrier_id;
        parcel->thread_subject = mails[count - 1].subject;
    }
    parcel->thread = ids;
    parcel->thread_count = count;
    return PN_OK;
}

/* ── the message ─────────────────────────────────────────────────────────────────────────────── */

pn_err pn_parcel_mail(const pn_app *app, const pn_parcel *parcel, const pn_mail_content *content,
                      pn_arena *arena, pn_buf *out, pn_diag *diag) {
    enum { FIELDS = 3 };
    const pn_creditor_row *creditor = pn_app_creditor(app, parcel->carrier.creditor_id);
    pn_mime_address from = from_of(parcel, creditor, arena);
    pn_mime_address to = {parcel->facts.contact_name, parcel->carrier.address};
    pn_mime_address reply_to = reply_to_of(parcel, creditor);
    pn_mime_header fields[FIELDS] = {{PN_STR("Auto-Submitted"), PN_STR("auto-generated")}};
    size_t field_count = 1;
    if (!content->copy) {
        field_count += opt_out_fields(app, parcel, arena, fields + 1);
    }
    pn_mime_message mail = {
        .from = from,
        .to = {&to, 1},
        .cc = {parcel->copies, parcel->copy_count},
        .reply_to = {&reply_to, reply_to.address.len != 0},
        .subject = content->subject,
        .date = parcel->carrier.at,
        .date_offset_minutes = pn_zone_offset(parcel->facts.zone, parcel->carrier.at) / 60,
        .language = content->language,
        .message_id = message_id_of(parcel->carrier.id, domain_of(from.address), arena),
        .in_reply_to =
            parcel->thread_count != 0 ? parcel->thread[parcel->thread_count - 1] : PN_STR_NONE,
        .references = parcel->thread,
        .references_count = parcel->thread_count,
        .headers = fields,
        .headers_count = field_count,
        .text = content->text,
        .html = content->html,
        .inlines = &parcel->logo,
        .inlines_count = parcel->logo.bytes.len != 0,
        .attachments = parcel->files,
        .attachments_count = parcel->file_count,
    };
    return pn_mime_write(&mail, out, diag);
}
