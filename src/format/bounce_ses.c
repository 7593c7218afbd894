/* Amazon SES tells by a notification, which its users may have sent to them as a mail: a JSON
 * document, often folded at a line length and with a footer behind it. */
#include "base/banned.h"
#include "base/json.h"
#include "format/bounce_int.h"

/* The document on one line: what folding put into it is left out. */
static pn_str find_document(const pn_bounce *bounce) {
    pn_str text = pn_str_trim(bounce->report);
    if (text.len == 0 || text.ptr[0] != '{' ||
        pn_str_find(pn_str_first(text, 2000), PN_STR("Type\"")) == SIZE_MAX) {
        return PN_STR_NONE;
    }
    size_t end = pn_str_find(text, PN_STR("\n--"));
    char *out = pn_arena_alloc(bounce->arena, text.len + 1);
    size_t len = 0;
    text = pn_str_first(text, end);
    for (size_t i = 0; i < text.len; i++) {
        bool folded = text.ptr[i] == '\n' && i + 1 < text.len && text.ptr[i + 1] == ' ';
        if (folded) {
            i++;
        } else if (text.ptr[i] != '\n') {
            out[len++] = text.ptr[i];
        }
    }
    return (pn_str){out, len};
}

/* One of the arrays of the kinds of notification, with the reasons that it may give. */
static size_t read_recipients(const pn_bounce *bounce, const pn_json *array, pn_suspect *model,
                              pn_mail_recipient *ret) {
    size_t count = 0;
    for (size_t i = 0; i < array->count && count < PN_BOUNCE_RECIPIENTS; i++) {
        const pn_json *item = &array->items[i];
        pn_suspect suspect = *model;
        bool plain = item->type == PN_JSON_STR;
        suspect.address =
            plain ? item->text : pn_json_text(pn_json_field(item, "emailAddress"), PN_STR_NONE);
        if (!plain) {
            suspect.status = pn_json_text(pn_json_field(item, "status"), PN_STR_NONE);
            suspect.diagnostic = pn_json_text(pn_json_field(item, "diagnosticCode"), PN_STR_NONE);
        }
        size_t type = pn_str_find(suspect.diagnostic, PN_STR("smtp;"));
        suspect.diagnostic =
            type == 0 ? pn_str_trim(pn_str_from(suspect.diagnostic, 5)) : suspect.diagnostic;
        pn_bounce_judge(bounce, &suspect, &ret[count++]);
    }
    return count;
}

static const pn_json *member(const pn_json *object, const char *name, const char *array) {
    const pn_json *found = pn_json_get(pn_json_get(object, pn_str_of(name)), pn_str_of(array));
    return found != NULL && found->type == PN_JSON_ARRAY ? found : NULL;
}

/* SES says itself whether an address is gone ("Permanent", "General" or "NoEmail"), where the
 * server's words are missing. */
static void take_type(const pn_json *document, pn_mail_recipient *recipient) {
    const pn_json *bounce = pn_json_field(document, "bounce");
    pn_str kind = pn_json_text(pn_json_field(bounce, "bounceSubType"), PN_STR_NONE);
    if (recipient->diagnostic.len == 0 && pn_str_is(kind, "NoEmail")) {
        recipient->reason = pn_reason_word(PN_REASON_USER_UNKNOWN);
        recipient->class = PN_MAIL_HARD;
    } else if (pn_str_is(kind, "Suppressed") || pn_str_is(kind, "OnAccountSuppressionList")) {
        recipient->reason = pn_reason_word(PN_REASON_SUSPEND);
        recipient->class = pn_reason_class(PN_REASON_SUSPEND);
    }
}

static void take_complaint(pn_mail_recipient *recipient) {
    recipient->class = PN_MAIL_COMPLAINT;
    recipient->reason = pn_reason_word(PN_REASON_FEEDBACK);
    recipient->status = PN_STR_NONE;
    recipient->status_derived = false;
}

static bool read_document(pn_bounce *bounce, const pn_json *document, pn_mail_finding *finding) {
    const pn_json *bounced = member(document, "bounce", "bouncedRecipients");
    const pn_json *complained = member(document, "complaint", "complainedRecipients");
    const pn_json *delivered = member(document, "delivery", "recipients");
    pn_suspect model = {.action = bounced != NULL ? PN_ACTION_FAILED : PN_ACTION_DELIVERED};
    const pn_json *array = bounced != NULL ? bounced : complained != NULL ? complained : delivered;
    if (array == NULL) {
        return false;
    }
    pn_mail_recipient *recipients =
        pn_arena_array(bounce->arena, pn_mail_recipient, PN_BOUNCE_RECIPIENTS);
    if (delivered != NULL && bounced == NULL && complained == NULL) {
        model.diagnostic = pn_json_text(
            pn_json_field(pn_json_field(document, "delivery"), "smtpResponse"), PN_STR_NONE);
    }
    size_t count = read_recipients(bounce, array, &model, recipients);
    for (size_t i = 0; i < count; i++) {
        if (bounced != NULL) {
            take_type(document, &recipients[i]);
        } else if (complained != NULL) {
            take_complaint(&recipients[i]);
        }
    }
    finding->recipients = recipients;
    finding->recipient_count = count;
    pn_bounce_take_gravest(finding);
    return true;
}

bool pn_ses_read(const pn_bounce *bounce, pn_mail_finding *finding) {
    static const pn_json_options OPTIONS = {.duplicate_keys = true};
    pn_json *document = NULL;
    pn_bounce copy = *bounce;
    pn_str text = find_document(bounce);
    if (text.len == 0 || pn_json_parse(text, &OPTIONS, bounce->arena, &document, NULL) != PN_OK) {
        return false;
    }
    copy.index = pn_reason_index_new(bounce->arena);
    copy.report = PN_STR_NONE;
    if (!read_document(&copy, document, finding)) {
        return false;
    }
    const pn_json *mail = pn_json_field(document, "mail");
    pn_str id = pn_json_text(pn_json_field(mail, "messageId"), PN_STR_NONE);
    const pn_json *headers = pn_json_field(mail, "commonHeaders");
    pn_str own = pn_json_text(pn_json_field(headers, "messageId"), PN_STR_NONE);
    pn_str found;
    finding->original_id = pn_mail_ids(own, &found, 1) == 1 ? found : own.len != 0 ? own : id;
    return true;
}
