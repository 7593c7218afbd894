#include "app/bank.h"

#include "base/banned.h"
#include "base/hash.h"
#include "store/payin.h"

static const char *const CHOICES[] = {
    [PN_BANK_PAY] = "pay",   [PN_BANK_DECLINE] = "decline", [PN_BANK_PENDING] = "pending",
    [PN_BANK_LATE] = "late", [PN_BANK_LOST] = "lost",
};
static_assert(PN_COUNT(CHOICES) == PN_BANK_CHOICES, "every choice has a word");

pn_bank_choice pn_bank_choice_of(pn_str word) {
    size_t i = 0;
    while (i < PN_COUNT(CHOICES) && !pn_str_eq(word, pn_str_of(CHOICES[i]))) {
        i++;
    }
    return (pn_bank_choice)i;
}

const char *pn_bank_choice_name(pn_bank_choice choice) {
    return CHOICES[choice];
}

static pn_str hex_of(const pn_sha256 *mac, pn_arena *arena) {
    char hex[2 * PN_SHA256_BYTES + 1];
    pn_hex(mac->bytes, PN_SHA256_BYTES, hex);
    return pn_str_dup(arena, pn_str_of(hex));
}

pn_str pn_bank_secret(const pn_app *app, pn_arena *arena) {
    pn_sha256 mac = pn_hmac_sha256(app->org.mail_key, PN_STR("simulated bank"));
    return hex_of(&mac, arena);
}

static pn_payin_state state_after(pn_bank_choice choice) {
    switch (choice) {
    case PN_BANK_PAY:
    case PN_BANK_LOST: return PN_PAYIN_SUCCEEDED;
    case PN_BANK_DECLINE: return PN_PAYIN_FAILED;
    case PN_BANK_PENDING:
    case PN_BANK_LATE: return PN_PAYIN_PENDING;
    case PN_BANK_CHOICES: break;
    }
    return PN_PAYIN_CREATED;
}

static pn_err write_webhook(pn_app *app, const pn_simulated_row *row, pn_arena *arena,
                            pn_str *ret_body) {
    char id[PN_ID_TEXT_SIZE];
    pn_buf body;
    pn_buf_init(&body, 4096);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "currency", pn_str_of(row->amount.currency.code));
    pn_json_put_str(&w, "id", pn_str_of(pn_id_text(PN_ID_EVENT, pn_app_id(app), id)));
    pn_json_put_int(&w, "minor", row->amount.minor);
    pn_json_put_str_if(&w, "reason", row->reason);
    pn_json_put_str(&w, "ref", row->ref);
    pn_json_put_str(&w, "state", pn_str_of(pn_payin_state_name(row->state)));
    pn_json_end_object(&w);
    *ret_body = pn_str_dup(arena, pn_buf_str(&body));
    pn_err err = pn_buf_err(&body);
    pn_buf_done(&body);
    return err;
}

pn_err pn_bank_choose(pn_app *app, pn_str ref, pn_money amount, pn_bank_choice choice,
                      pn_arena *arena, pn_str *ret_webhook, pn_str *ret_signature, pn_diag *diag) {
    pn_simulated_row row = {.ref = ref,
                            .org_id = app->org.id,
                            .amount = amount,
                            .state = state_after(choice),
                            .becomes_paid_at = PN_TIME_NEVER};
    if (app->org.mode == PN_MODE_LIVE || choice == PN_BANK_CHOICES) {
        return pn_diag_set(diag, PN_DENIED, "The simulated bank does not do this.");
    }
    if (choice == PN_BANK_LATE) {
        row.becomes_paid_at = pn_app_now(app) + PN_DAY;
    }
    if (choice == PN_BANK_DECLINE) {
        row.reason = PN_STR("insufficient_funds");
    }
    *ret_webhook = *ret_signature = PN_STR_NONE;
    PN_TRY(pn_simulated_put(app->db, &row));
    if (choice == PN_BANK_LOST) {
        return PN_OK;
    }
    PN_TRY(write_webhook(app, &row, arena, ret_webhook));
    pn_sha256 mac = pn_hmac_sha256(pn_bank_secret(app, arena), *ret_webhook);
    *ret_signature = hex_of(&mac, arena);
    return PN_OK;
}

pn_err pn_bank_tell(void *context, pn_str ref, pn_arena *arena, pn_pay_report *ret_report,
                    pn_diag *diag) {
    pn_app *app = context;
    pn_simulated_row row;
    pn_pay_report report = {.ref = ref, .method = PN_STR("card")};
    pn_err err = pn_simulated_get(app->db, ref, arena, &row);
    if (err == PN_NOT_FOUND || (err == PN_OK && row.org_id != app->org.id)) {
        *ret_report = report; /* nobody has been on the page yet */
        return PN_OK;
    }
    PN_TRY(pn_app_fail(app, err, diag));
    report.claims = true;
    report.reason = row.reason;
    report.state = pn_app_now(app) >= row.becomes_paid_at ? PN_PAYIN_SUCCEEDED : row.state;
    if (report.state == PN_PAYIN_SUCCEEDED) {
        report.paid = row.amount;
    }
    *ret_report = report;
    return PN_OK;
}
