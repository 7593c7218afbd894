/* A parcel's e-mail: who it is from, who gets the answers, what its header says. */
#include "app/deliver_int.h"

#include "app/outlets.h"
#include "base/banned.h"

static pn_str domain_of(pn_str address) {
    size_t at = pn_str_find_char(address, '@');
    return at == SIZE_MAX ? PN_STR("localhost") : pn_str_from(address, at + 1);
}

/* ── brand ───────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_parcel_brand(pn_app *app, pn_parcel *parcel, pn_arena *arena, pn_mime_file *ret_logo) {
    const pn_creditor_row *creditor = pn_app_creditor(app, parcel->carrier.creditor_id);
    pn_mime_file logo = {0};
    *ret_logo = logo;
    if (creditor == NULL || creditor->logo_type.len == 0) {
        return PN_OK;
    }
    pn_str from = pn_outlet_sender(parcel->sender).address;
    char id[PN_ID_TEXT_SIZE];
    PN_TRY(pn_app_logo(app, creditor, &logo.bytes));
    logo.content_type = creditor->logo_type;
    logo.file_name =
        pn_str_is(creditor->logo_type, "image/png") ? PN_STR("logo.png") : PN_STR("logo.jpg");
    logo.content_id =
        pn_str_format(arena, "logo.%s@%.*s", pn_id_text(PN_ID_CREDITOR, creditor->id, id),
                      PN_STR_ARG(domain_of(from)));
    parcel->facts.logo_src = pn_str_format(arena, "cid:%.*s", PN_STR_ARG(logo.content_id));
    parcel->facts.logo_width = creditor->logo_width;
    parcel->facts.logo_height = creditor->logo_height;
    *ret_logo = logo;
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

/* ── the message ─────────────────────────────────────────────────────────────────────────────── */

pn_err pn_parcel_mail(pn_app *app, const pn_parcel *parcel, const pn_mail_content *content,
                      pn_arena *arena, pn_buf *out, pn_diag *diag) {
    static const pn_mime_header AUTO = {{"Auto-Submitted", 14}, {"auto-generated", 14}};
    const pn_creditor_row *creditor = pn_app_creditor(app, parcel->carrier.creditor_id);
    pn_mime_address from = from_of(parcel, creditor, arena);
    pn_mime_address to = {parcel->facts.contact_name, parcel->carrier.address};
    pn_mime_address reply_to = reply_to_of(parcel, creditor);
    char id[PN_ID_TEXT_SIZE];
    pn_mime_message mail = {
        .from = from,
        .to = {&to, 1},
        .cc = {parcel->copies, parcel->copy_count},
        .reply_to = {&reply_to, reply_to.address.len != 0},
        .subject = content->subject,
        .date = parcel->carrier.at,
        .date_offset_minutes = pn_zone_offset(parcel->facts.zone, parcel->carrier.at) / 60,
        .message_id =
            pn_str_format(arena, "%s@%.*s", pn_id_text(PN_ID_CARRIER, parcel->carrier.id, id),
                          PN_STR_ARG(domain_of(from.address))),
        .headers = &AUTO,
        .headers_count = 1,
        .text = content->text,
        .html = content->html,
        .inlines = &content->logo,
        .inlines_count = content->logo.bytes.len != 0,
        .attachments = content->files,
        .attachments_count = content->file_count,
    };
    return pn_mime_write(&mail, out, diag);
}
