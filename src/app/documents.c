/* What every document needs, and the way from a request to a file. */
#include "app/documents_int.h"

#include "app/deliver_int.h"
#include "app/people.h"
#include "base/banned.h"
#include "format/account.h"
#include "format/pay_code.h"

enum { PDF_TIMEOUT_MS = 10000, DOCUMENT_BYTES_MAX = 8 << 20 };

/* ── paper ───────────────────────────────────────────────────────────────────────────────────── */

/* Territories that write on letter paper, as Unicode CLDR lists them (supplemental measurement
 * data, paperSize US-Letter); everybody else writes on A4. */
static bool writes_on_letter(pn_str country) {
    static const char COUNTRIES[] = "BZCACLCOCRGTMXNIPAPHPRSVUSVE";
    for (size_t i = 0; i + 1 < sizeof COUNTRIES && country.len == 2; i += 2) {
        if (memcmp(COUNTRIES + i, country.ptr, 2) == 0) {
            return true;
        }
    }
    return false;
}

/* ── parties ─────────────────────────────────────────────────────────────────────────────────── */

static pn_document_party creditor_party(const pn_creditor_row *creditor) {
    return (pn_document_party){.name = creditor->name,
                               .tax_id = creditor->tax_id,
                               .country = creditor->country,
                               .address = creditor->address,
                               .city = creditor->city,
                               .phone = creditor->phone,
                               .email = creditor->email};
}

static pn_err debtor_party(pn_documents *work, pn_document_party *ret_party) {
    pn_contact_row *contacts = NULL;
    size_t count = 0;
    pn_id id = work->debtor.id;
    PN_TRY(pn_contact_range(work->app->db, id, id, work->arena, &contacts, &count));
    const pn_contact_row *postal = pn_usable_contact(contacts, count, PN_CHANNEL_LETTER);
    *ret_party = (pn_document_party){
        .name = work->debtor.name, .tax_id = work->debtor.tax_id, .country = work->debtor.country};
    if (postal != NULL) {
        ret_party->address = postal->address;
        ret_party->contact = postal->name;
    }
    return PN_OK;
}

pn_err pn_documents_open(pn_documents *work, pn_id debtor_id, pn_id creditor_id) {
    pn_app *app = work->app;
    pn_document_frame *frame = &work->frame;
    PN_TRY(pn_debtor_get(app->db, debtor_id, work->arena, &work->debtor));
    work->creditor = pn_app_creditor(app, creditor_id);
    if (work->creditor == NULL || work->debtor.org_id != app->org.id) {
        return pn_diag_set(work->diag, PN_NOT_FOUND, "There is no such debtor.");
    }
    const pn_creditor_row *creditor = work->creditor;
    pn_str language = work->request->language;
    work->zone = pn_app_zone_or_own(app, work->debtor.zone);
    frame->language = language.len != 0 ? language : work->debtor.language;
    frame->country = work->debtor.country;
    frame->today = pn_zone_date(work->zone, pn_app_now(app));
    frame->letter_paper = writes_on_letter(creditor->country);
    frame->brand = creditor->colour;
    frame->creditor = creditor_party(creditor);
    frame->customer = work->debtor.external_id;
    frame->code = pn_trust_code(creditor, debtor_id, work->arena);
    PN_TRY(debtor_party(work, &frame->debtor));
    if (creditor->logo_type.len != 0) {
        PN_TRY(pn_creditor_logo(app->db, creditor->id, work->arena, &work->logo));
        frame->logo = work->logo.len != 0;
    }
    return PN_OK;
}

pn_err pn_documents_account(pn_documents *work, pn_id debtor_id, pn_id account_id,
                            pn_account_row *ret_account) {
    pn_err err = pn_account_get(work->app->db, debtor_id, account_id, work->arena, ret_account);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(work->diag, err, "There is no such account.");
    }
    return err;
}

/* ── paying ──────────────────────────────────────────────────────────────────────────────────── */

pn_str pn_documents_reference(const pn_creditor_row *creditor, pn_str text, pn_arena *arena) {
    char letters[PN_RF_SIZE];
    pn_str reference;
    if (!creditor->rf_reference || pn_rf_make(text, letters, &reference) != PN_OK) {
        return text;
    }
    return pn_account_grouped(pn_str_dup(arena, reference), arena);
}

static bool write_code(const pn_documents *work, pn_money amount, pn_buf *out) {
    const pn_creditor_row *creditor = work->creditor;
    pn_epc_request epc = {.name = creditor->name,
                          .account = creditor->iban,
                          .reference = work->frame.reference,
                          .amount = amount};
    if (pn_epc_write(&epc, out) == PN_OK) {
        return true;
    }
    pn_buf_clear(out);
    pn_pix_request pix = {.key = creditor->pix_key,
                          .name = creditor->name,
                          .city = creditor->city,
                          .reference = work->frame.reference,
                          .amount = amount};
    return pn_pix_write(&pix, out) == PN_OK;
}

void pn_documents_payable(pn_documents *work, pn_str text, pn_money amount) {
    enum { CODE_BYTES = 1000 };
    const pn_creditor_row *creditor = work->creditor;
    pn_document_frame *frame = &work->frame;
    pn_buf code;
    frame->account = pn_account_grouped(creditor->iban, work->arena);
    frame->account_label = pn_account_kind_name(pn_account_kind_of(creditor->iban));
    frame->reference = pn_documents_reference(creditor, text, work->arena);
    frame->qr_pix = strcmp(amount.currency.code, "BRL") == 0;
    if (frame->qr_pix) {
        frame->pix_key = creditor->pix_key;
    }
    pn_buf_init(&code, CODE_BYTES);
    if (amount.minor > 0 && write_code(work, amount, &code)) {
        frame->qr = pn_str_dup(work->arena, pn_buf_str(&code));
    }
    pn_buf_done(&code);
}

/* ── the way ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err write(pn_documents *work) {
    switch (work->request->kind) {
    case PN_DOCUMENT_INVOICE: return pn_documents_invoice(work);
    case PN_DOCUMENT_STATEMENT: return pn_documents_statement(work);
    case PN_DOCUMENT_LETTER: return pn_documents_letter(work);
    case PN_DOCUMENT_PLAN: return pn_documents_plan(work);
    case PN_DOCUMENT_RECEIPT: return pn_documents_receipt(work);
    }
    return PN_INVALID;
}

pn_err pn_documents_sheet(pn_app *app, const pn_document_request *request, pn_arena *arena,
                          pn_document_sheet *ret_sheet, pn_diag *diag) {
    pn_documents work = {.app = app, .request = request, .arena = arena, .diag = diag};
    pn_diag_clear(diag);
    pn_buf_init(&work.json, DOCUMENT_BYTES_MAX);
    pn_err err = write(&work);
    if (err == PN_OK) {
        *ret_sheet = (pn_document_sheet){.json = pn_str_dup(arena, pn_buf_str(&work.json)),
                                         .logo = work.logo,
                                         .file_name = work.file_name,
                                         .language = work.frame.language};
    } else if (err == PN_LIMIT && diag != NULL && diag->what[0] == '\0') {
        (void)pn_diag_set(diag, err, "The document becomes longer than there is room.");
    }
    pn_buf_done(&work.json);
    return err == PN_OK ? PN_OK : pn_app_fail(app, err, diag);
}

pn_err pn_documents_make(pn_app *app, pn_helper *helper, const pn_document_request *request,
                         pn_arena *arena, pn_document_file *ret_file, pn_diag *diag) {
    pn_document_file file = {0};
    PN_TRY(pn_documents_sheet(app, request, arena, &file.sheet, diag));
    PN_TRY(pn_pdf_make(helper, file.sheet.json, &file.sheet.logo, file.sheet.logo.len != 0, arena,
                       &file.pdf, &file.pages, diag));
    file.hash = pn_sha256_of(file.pdf.ptr, file.pdf.len);
    *ret_file = file;
    return PN_OK;
}
