/* Letters: the same facts, tone and variant as an e-mail of the same family would have. */
#include "app/documents_int.h"

#include "app/deliver_int.h"
#include "base/banned.h"

typedef struct {
    pn_view view;
    pn_view_account *account;
    pn_text_items items;
    pn_text_about about;
    int64_t claimable;
} subject;

static pn_err load_case(pn_documents *work, subject *s) {
    const pn_document_request *request = work->request;
    pn_id debtor_id = request->debtor_id, account_id = request->account_id;
    if (request->invoice_id != 0) {
        pn_invoice_row row;
        pn_err err = pn_invoice_get(work->app->db, request->invoice_id, work->arena, &row);
        if (err == PN_NOT_FOUND || (err == PN_OK && row.org_id != work->app->org.id)) {
            return pn_diag_set(work->diag, PN_NOT_FOUND, "There is no such invoice.");
        }
        PN_TRY(err);
        debtor_id = row.debtor_id;
        account_id = row.account_id;
    }
    PN_TRY(pn_view_one(work->app, debtor_id, false, work->arena, &s->view));
    s->account = pn_view_account_of(&s->view, account_id);
    if (s->account == NULL) {
        return pn_diag_set(work->diag, PN_NOT_FOUND, "There is no such account.");
    }
    return PN_OK;
}

/* The invoice that was named, else all that its account's case would list. */
static pn_err list_items(pn_documents *work, subject *s) {
    pn_id invoice_id = work->request->invoice_id;
    s->items = (pn_text_items){.view = &s->view, .account = s->account};
    if (invoice_id == 0) {
        s->items.items = pn_listed_items(s->account, 0, s->about.purpose, work->arena,
                                         &s->items.count, &s->claimable);
    } else {
        const pn_item *item = pn_view_item(s->account, invoice_id);
        s->items.items = pn_arena_alloc(work->arena, sizeof(const pn_item *));
        if (item != NULL) {
            s->items.items[s->items.count++] = item;
            s->claimable = item->claimable;
        }
        s->about.invoice_id = invoice_id;
    }
    if (s->items.count != 0 && (s->about.purpose != PN_PURPOSE_DEMAND || s->claimable > 0)) {
        return PN_OK;
    }
    pn_err err = pn_diag_set(work->diag, PN_CONFLICT, "Nothing may be asked for in this letter.");
    pn_diag_mend(work->diag, "Choose an invoice that is open and neither disputed nor promised.");
    return err;
}

static pn_err choose_variant(pn_documents *work, pn_parcel *parcel,
                             const pn_variant **ret_variant) {
    parcel->carrier.channel = PN_CHANNEL_LETTER;
    pn_err err = pn_parcel_variant(work->app, parcel, work->request->language, work->arena,
                                   ret_variant, work->diag);
    if (err == PN_NOT_FOUND) {
        parcel->carrier.channel = PN_CHANNEL_EMAIL;
        err = pn_parcel_variant(work->app, parcel, work->request->language, work->arena,
                                ret_variant, work->diag);
    }
    return err;
}

/* The number of the only invoice, else the customer's. */
static pn_str reference_of(const pn_documents *work, const subject *s) {
    return s->items.count == 1 ? s->items.items[0]->number : work->debtor.external_id;
}

/* Spain and Portugal use the “sobre americano” with its window at the right. */
static pn_document_window window_of(const pn_documents *work) {
    pn_str country = work->creditor->country;
    if (!work->request->usual_window) {
        return work->request->window;
    }
    return pn_str_is(country, "ES") || pn_str_is(country, "PT") ? PN_DOCUMENT_RIGHT
                                                                : PN_DOCUMENT_LEFT;
}

pn_err pn_documents_letter(pn_documents *work) {
    enum { TONE_MAX = 5 };
    subject s = {0};
    pn_parcel parcel = {0};
    const pn_variant *variant = NULL;
    pn_time now = pn_app_now(work->app);
    unsigned tone = work->request->tone;
    PN_TRY(pn_catalog_family(work->app, work->request->family, &parcel.family, work->diag));
    s.about = (pn_text_about){.purpose = pn_family_purpose(parcel.family->family),
                              .supersede_at = PN_TIME_NEVER};
    PN_TRY(load_case(work, &s));
    PN_TRY(list_items(work, &s));
    PN_TRY(pn_documents_open(work, s.view.row.id, s.account->row.creditor_id));
    if (tone == 0) {
        tone =
            s.about.purpose == PN_PURPOSE_DEMAND ? pn_demand_tone(&s.items, 1, TONE_MAX, now) : 1;
    }
    s.about.contact_name = work->frame.debtor.contact;
    PN_TRY(pn_text_facts(work->app, &s.items, 1, &s.about, now, tone, work->arena, &parcel.facts));
    parcel.carrier.creditor_id = s.account->row.creditor_id;
    PN_TRY(choose_variant(work, &parcel, &variant));
    work->frame.language = pn_variant_language(variant);
    pn_str reference = reference_of(work, &s);
    pn_money due =
        parcel.facts.overdue_count != 0 ? parcel.facts.total_overdue : parcel.facts.total;
    pn_documents_payable(work, reference, due);
    pn_document_letter letter = {.variant = variant,
                                 .facts = &parcel.facts,
                                 .window = window_of(work),
                                 .reference = reference};
    work->file_name = pn_str_format(work->arena, "%.*s.pdf", PN_STR_ARG(work->request->family));
    return pn_document_letter_write(&work->frame, &letter, work->arena, &work->json, work->diag);
}
