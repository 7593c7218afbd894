/* A message as sending would write it now, without sending: the same choice of items, tone, contact
 * and variant, the same facts and the same writer. */
#include "app/deliver_int.h"
#include "app/mail_settings.h"

#include "base/banned.h"
#include "format/mime_body.h"

/* What a preview is about, while it is being gathered. */
typedef struct {
    pn_app *app;
    pn_arena *arena;
    pn_diag *diag;
    pn_invoice_row invoice;
    pn_view view;
    pn_view_account *account;
    pn_text_about about;
    pn_text_items items;
    int64_t claimable;
} preview;

/* An invoice that is closed is no part of a view any more: an account of it alone. */
static void stand_alone(preview *p) {
    pn_view_account *account = pn_arena_new(p->arena, pn_view_account);
    const pn_invoice_row **invoices = pn_arena_array(p->arena, const pn_invoice_row *, 1);
    *account = *p->account;
    invoices[0] = &p->invoice;
    account->items = pn_arena_new(p->arena, pn_item);
    account->items[0] = p->invoice.item;
    account->invoices = invoices;
    account->item_count = 1;
    p->account = account;
}

static pn_err load(preview *p, pn_id invoice_id) {
    pn_err err = pn_invoice_get(p->app->db, invoice_id, p->arena, &p->invoice);
    if (err == PN_NOT_FOUND || (err == PN_OK && p->invoice.org_id != p->app->org.id)) {
        return pn_diag_set(p->diag, PN_NOT_FOUND, "There is no such invoice.");
    }
    PN_TRY(err);
    err = pn_view_one(p->app, p->invoice.debtor_id, false, p->arena, &p->view);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(p->diag, err, "The invoice's debtor is archived.");
    }
    PN_TRY(err);
    p->account = pn_view_account_of(&p->view, p->invoice.account_id);
    if (p->account == NULL) {
        return pn_diag_set(p->diag, PN_CORRUPT, "The invoice belongs to no account.");
    }
    const pn_item *item = pn_view_item(p->account, invoice_id);
    if (item == NULL) {
        stand_alone(p);
    }
    if (item == NULL || item->own_run) {
        p->about.invoice_id = invoice_id;
    }
    return PN_OK;
}

static pn_err list(preview *p) {
    p->items = (pn_text_items){.view = &p->view, .account = p->account};
    p->items.items = pn_listed_items(p->account, p->about.invoice_id, p->about.purpose, p->arena,
                                     &p->items.count, &p->claimable);
    if (p->about.purpose != PN_PURPOSE_DEMAND || p->claimable > 0) {
        return PN_OK;
    }
    pn_err err = pn_diag_set(p->diag, PN_CONFLICT,
                             "Nothing may be asked for on invoice %.*s now, so this would not be "
                             "sent.",
                             PN_STR_ARG(p->invoice.item.number));
    pn_diag_mend(p->diag, "Choose an invoice that is open and neither disputed nor promised.");
    return err;
}

static pn_err choose_contact(preview *p, const pn_contact_row **ret_contact) {
    pn_contact_row *contacts = NULL;
    size_t count = 0;
    pn_id debtor_id = p->view.row.id;
    PN_TRY(pn_contact_range(p->app->db, debtor_id, debtor_id, p->arena, &contacts, &count));
    *ret_contact = pn_usable_contact(contacts, count, PN_CHANNEL_EMAIL);
    if (*ret_contact != NULL) {
        return PN_OK;
    }
    pn_err err = pn_diag_set(p->diag, PN_CONFLICT,
                             "“%.*s” has no usable e-mail address, so nothing would be sent.",
                             PN_STR_ARG(p->view.row.name));
    pn_diag_mend(p->diag, "Import the debtor with an address in the column email.");
    return err;
}

/* Who sends, and where bounces go. */
static pn_err sender_of(preview *p, pn_parcel *parcel) {
    pn_json *settings = NULL;
    pn_mail_settings mail;
    pn_channel_row row;
    pn_err err = pn_channel_get(p->app->db, p->app->org.id, PN_CHANNEL_EMAIL, p->arena, &row);
    if (err == PN_NOT_FOUND) {
        err = pn_diag_set(p->diag, PN_CONFLICT,
                          "No e-mail channel is set, so nobody is known to send this.");
        pn_diag_mend(p->diag, "Set one: puntual channel set email --driver capture --from '…'.");
        return err;
    }
    PN_TRY(err);
    parcel->sender = row.sender;
    PN_TRY(pn_json_parse(row.settings, NULL, p->arena, &settings, p->diag));
    PN_TRY(pn_mail_settings_read(p->app, settings, row.sender, false, p->arena, &settings, &mail,
                                 p->diag));
    parcel->bounce_domain = mail.bounce_domain;
    return PN_OK;
}

/* A page has no parts that "cid:" could name: there the logo stands within. */
static pn_err show_logo(preview *p, const pn_compose_facts *facts, pn_preview *texts) {
    const pn_creditor_row *creditor = pn_app_creditor(p->app, p->account->row.creditor_id);
    pn_str html = texts->html, bytes;
    size_t at = facts->logo_src.len == 0 ? SIZE_MAX : pn_str_find(html, facts->logo_src);
    if (creditor == NULL || at == SIZE_MAX) {
        return PN_OK;
    }
    PN_TRY(pn_app_logo(p->app, creditor, &bytes));
    pn_buf page;
    pn_buf_init(&page, html.len + 2 * PN_LIMIT_CREDITOR_LOGO_BYTES);
    pn_buf_add_str(&page, pn_str_first(html, at));
    pn_buf_add_format(&page, "data:%.*s;base64,", PN_STR_ARG(creditor->logo_type));
    pn_mime_add_base64(&page, bytes);
    pn_buf_add_str(&page, pn_str_from(html, at + facts->logo_src.len));
    texts->html = pn_str_dup(p->arena, pn_buf_str(&page));
    pn_err err = pn_buf_err(&page);
    pn_buf_done(&page);
    return err;
}

/* The request that would be made, where the channel is set and the debtor has an address there. */
static pn_err write_request(preview *p, pn_parcel *parcel, pn_str language,
                            pn_preview *ret_preview) {
    pn_channel_row row;
    pn_contact_row *contacts = NULL;
    pn_json *settings = NULL;
    pn_http_message http;
    size_t count = 0;
    pn_id debtor_id = p->view.row.id;
    PN_TRY(pn_contact_range(p->app->db, debtor_id, debtor_id, p->arena, &contacts, &count));
    const pn_contact_row *contact = pn_usable_contact(contacts, count, PN_CHANNEL_HTTP);
    pn_err err = pn_channel_get(p->app->db, p->app->org.id, PN_CHANNEL_HTTP, p->arena, &row);
    if (err == PN_NOT_FOUND || (err == PN_OK && contact == NULL)) {
        return PN_OK;
    }
    PN_TRY(err);
    PN_TRY(pn_json_parse(row.settings, NULL, p->arena, &settings, p->diag));
    PN_TRY(pn_http_message_read(settings, p->arena, &http, p->diag));
    parcel->http = &http;
    parcel->sender = row.sender;
    parcel->carrier.address = contact->address;
    parcel->facts.contact_name = contact->name;
    return pn_parcel_write(p->app, parcel, language, p->arena, ret_preview, p->diag);
}

/* The one text of a channel that is no e-mail. It needs no address: a person may send it. */
static pn_err write_text(preview *p, pn_parcel *parcel, pn_str language, pn_preview *ret_preview) {
    const pn_variant *variant = NULL;
    pn_buf text;
    pn_parcel_links(p->app, parcel, p->arena);
    PN_TRY(pn_parcel_variant(p->app, parcel, language, p->arena, &variant, p->diag));
    pn_buf_init(&text, PN_LIMIT_TEMPLATE_BYTES);
    pn_err err = pn_compose_text(variant, &parcel->facts, p->arena, &text, p->diag);
    if (err == PN_OK) {
        *ret_preview = (pn_preview){.text = pn_str_dup(p->arena, pn_buf_str(&text)),
                                    .language = pn_variant_language(variant),
                                    .tone = parcel->facts.tone};
    }
    pn_buf_done(&text);
    return err == PN_OK && p->about.channel == PN_CHANNEL_HTTP
               ? write_request(p, parcel, language, ret_preview)
               : err;
}

static pn_err write(preview *p, const pn_published_family *family, const pn_preview_wish *wish,
                    pn_preview *ret_preview) {
    enum { TONE_MAX = 5 };
    const pn_contact_row *contact = NULL;
    pn_parcel parcel = {.family = family, .edited = wish->variant};
    pn_time now = pn_app_now(p->app);
    unsigned tone = wish->tone;
    bool mail = p->about.channel == PN_CHANNEL_EMAIL;
    if (mail) {
        PN_TRY(choose_contact(p, &contact));
        PN_TRY(sender_of(p, &parcel));
        p->about.contact_name = contact->name;
    }
    if (tone == 0) {
        tone =
            p->about.purpose == PN_PURPOSE_DEMAND ? pn_demand_tone(&p->items, 1, TONE_MAX, now) : 1;
    }
    PN_TRY(pn_text_facts(p->app, &p->items, 1, &p->about, now, tone, p->arena, &parcel.facts));
    parcel.collector = pn_people_find(p->app, p->view.row.owner, parcel.facts.today, p->arena);
    parcel.facts.form = wish->form != PN_FORM_ANY ? wish->form : parcel.facts.form;
    parcel.carrier = (pn_carrier_row){
        .id = p->invoice.item.id, /* a carrier's id is made when one is sent */
        .creditor_id = p->account->row.creditor_id,
        .debtor_id = p->view.row.id,
        .channel = p->about.channel,
        .address = mail ? contact->address : PN_STR_NONE,
        .purpose = p->about.purpose,
        .at = now,
    };
    if (!mail) {
        return write_text(p, &parcel, wish->language, ret_preview);
    }
    PN_TRY(pn_parcel_write(p->app, &parcel, wish->language, p->arena, ret_preview, p->diag));
    return show_logo(p, &parcel.facts, ret_preview);
}

pn_err pn_preview_write(pn_app *app, pn_str family, pn_id invoice_id, const pn_preview_wish *wish,
                        pn_arena *arena, pn_preview *ret_preview, pn_diag *diag) {
    const pn_published_family *published = NULL;
    preview p = {.app = app, .arena = arena, .diag = diag};
    if (wish->family != NULL) {
        pn_published_family *own = pn_arena_new(arena, pn_published_family);
        own->family = wish->family;
        published = own;
    } else {
        PN_TRY(pn_catalog_family(app, family, &published, diag));
    }
    p.about = (pn_text_about){.purpose = pn_family_purpose(published->family),
                              .channel = wish->channel != PN_CHANNEL_NONE ? wish->channel
                                                                          : PN_CHANNEL_EMAIL,
                              .supersede_at = PN_TIME_NEVER};
    pn_err err = load(&p, invoice_id);
    if (err == PN_OK) {
        err = list(&p);
    }
    if (err == PN_OK) {
        err = write(&p, published, wish, ret_preview);
    }
    return err == PN_OK ? PN_OK : pn_app_fail(app, err, diag);
}
