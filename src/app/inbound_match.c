/* Which debtor a mail belongs to. */
#include "app/inbound_int.h"

#include "base/banned.h"
#include "base/utf8.h"
#include "format/optout.h"
#include "format/verp.h"
#include "store/debtor.h"

typedef struct {
    pn_app *app;
    const pn_mail_finding *finding;
    pn_arena *arena;
    pn_received_row *row;
} finder;

/* Whether the report says that this very address failed. */
static bool names(const pn_mail_finding *finding, pn_str address) {
    for (size_t i = 0; i < finding->recipient_count; i++) {
        if (pn_str_eq_nocase(finding->recipients[i].address, address)) {
            return true;
        }
    }
    return false;
}

/* True when the carrier is ours; the row then names it. A Message-ID is no secret: a report about
 * another address, without our seal, ends the use of nobody's. Mostly it is where the mail was
 * forwarded to. */
static pn_err try_carrier(finder *f, pn_id id, pn_matched how, bool *ret_found) {
    pn_carrier_row carrier;
    pn_err err = pn_carrier_get(f->app->db, id, f->arena, &carrier);
    *ret_found = err == PN_OK && carrier.org_id == f->app->org.id;
    if (*ret_found) {
        f->row->matched_by = how;
        f->row->carrier_id = carrier.id;
        f->row->debtor_id = carrier.debtor_id;
        if (f->finding->class != PN_MAIL_REPLY) { /* it is about the address that we wrote to */
            f->row->recipient = pn_utf8_fold(f->arena, carrier.address, false);
        }
        if (f->row->class == PN_MAIL_HARD && how != PN_MATCHED_VERP &&
            !names(f->finding, carrier.address)) {
            f->row->class = PN_MAIL_SOFT;
        }
    }
    return err == PN_NOT_FOUND ? PN_OK : err;
}

/* One address; `*forged` when it looks like ours and its MAC is not. */
static pn_err try_address(finder *f, pn_str address, bool *forged, bool *ret_found) {
    pn_verp verp;
    pn_err err = pn_verp_read(address, f->app->org.mail_key, &verp);
    *forged = *forged || err == PN_DENIED;
    if (err != PN_OK) {
        return PN_OK;
    }
    PN_TRY(try_carrier(f, verp.id, PN_MATCHED_VERP, ret_found));
    pn_mail_class class = f->finding->class;
    bool bounce = class == PN_MAIL_HARD || class == PN_MAIL_SOFT || class == PN_MAIL_POLICY;
    if (*ret_found && verp.kind == PN_VERP_OPT_OUT && !bounce) {
        f->row->opt_out = PN_MAX(f->row->opt_out, (int)PN_OPTOUT_CHANNEL);
    }
    return PN_OK;
}

static pn_err by_verp(finder *f, pn_str recipient, bool *forged, bool *ret_found) {
    if (recipient.len != 0) {
        PN_TRY(try_address(f, recipient, forged, ret_found));
    }
    for (size_t i = 0; i < f->finding->sent_to_count && !*ret_found; i++) {
        PN_TRY(try_address(f, f->finding->sent_to[i], forged, ret_found));
    }
    return PN_OK;
}

/* "car_…@domain": the Message-ID of everything we send. */
static pn_err by_message_id(finder *f, pn_str message_id, pn_matched how, bool *ret_found) {
    pn_id id = 0;
    size_t at = pn_str_find_char(message_id, '@');
    if (at == SIZE_MAX || pn_id_parse(PN_ID_CARRIER, pn_str_first(message_id, at), &id) != PN_OK) {
        return PN_OK;
    }
    return try_carrier(f, id, how, ret_found);
}

static pn_err by_ids(finder *f, bool *ret_found) {
    const pn_mail_finding *finding = f->finding;
    PN_TRY(by_message_id(f, finding->original_id, PN_MATCHED_MESSAGE_ID, ret_found));
    for (size_t i = 0; i < finding->reference_count && !*ret_found; i++) {
        pn_matched how = i == 0 ? PN_MATCHED_MESSAGE_ID : PN_MATCHED_REFERENCES;
        PN_TRY(by_message_id(f, finding->references[i], how, ret_found));
    }
    return PN_OK;
}

static pn_err by_sender(finder *f) {
    pn_id *debtors = NULL;
    size_t count = 0;
    if (f->finding->class != PN_MAIL_REPLY || f->finding->from.len == 0) {
        f->row->note = PN_STR("nothing_known");
        return PN_OK;
    }
    pn_str fold = pn_utf8_fold(f->arena, f->finding->from, false);
    PN_TRY(pn_contact_debtors(f->app->db, f->app->org.id, PN_CHANNEL_EMAIL, fold, 2, f->arena,
                              &debtors, &count));
    if (count > 1 && f->row->opt_out != PN_OPTOUT_NONE) {
        f->row->opt_out = PN_OPTOUT_CHANNEL; /* of which debtor is not said: the address alone */
        count = 1;
    }
    if (count == 1) {
        f->row->matched_by = PN_MATCHED_ADDRESS;
        f->row->debtor_id = debtors[0];
    } else {
        f->row->note = count == 0 ? PN_STR("unknown_sender") : PN_STR("several_debtors");
    }
    return PN_OK;
}

pn_err pn_inbound_find(pn_app *app, const pn_mail_finding *finding, pn_str recipient,
                       pn_arena *arena, pn_received_row *row) {
    finder f = {.app = app, .finding = finding, .arena = arena, .row = row};
    bool forged = false, found = false;
    PN_TRY(by_verp(&f, recipient, &forged, &found));
    if (!found && forged) {
        row->note = PN_STR("forged_address");
        return PN_OK;
    }
    if (!found) {
        PN_TRY(by_ids(&f, &found));
    }
    return found ? PN_OK : by_sender(&f);
}
