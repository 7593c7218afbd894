/* Feedback reports: a recipient pressed "this is spam", or asked to hear no more (RFC 5965). */
#include "base/banned.h"
#include "format/bounce_int.h"

enum { ARF_RECIPIENTS = 20 };

typedef struct {
    pn_mail_fields fields;
    bool found;
} feedback;

static feedback find_feedback(const pn_bounce *bounce) {
    const pn_mail *mail = bounce->mail;
    for (size_t i = 0; i < mail->part_count; i++) {
        if (!mail->parts[i].enclosed &&
            pn_str_is(mail->parts[i].content_type, "message/feedback-report")) {
            return (feedback){pn_fields_of_text(mail->parts[i].text, bounce->arena), true};
        }
    }
    return (feedback){0};
}

/* Reports from before RFC 5965 (Hotmail, AOL): a returned mail, and a word in the subject. */
static bool is_old_complaint(const pn_bounce *bounce) {
    pn_str subject = pn_fold_words(pn_mail_header(bounce->mail, "Subject"), 200, bounce->arena);
    pn_str reporter = pn_mail_field_of(bounce->returned, PN_STR("X-HmXmrOriginalRecipient"));
    return reporter.len != 0 ||
           (bounce->returned.count != 0 &&
            pn_starts_any(subject, "complaint about message from|email feedback report for"));
}

static size_t collect(const pn_bounce *bounce, pn_mail_fields fields, pn_str *ret) {
    static const char *const THERE[] = {"X-HmXmrOriginalRecipient", "X-Original-To", "To"};
    size_t count = 0;
    for (size_t i = 0; i < fields.count && count < ARF_RECIPIENTS; i++) {
        pn_str name = fields.items[i].name;
        if (pn_str_eq_nocase(name, PN_STR("Original-Rcpt-To")) ||
            pn_str_eq_nocase(name, PN_STR("Removal-Recipient")) ||
            pn_str_eq_nocase(name, PN_STR("Original-Recipient"))) {
            count += pn_mail_addresses(fields.items[i].value, ret + count, ARF_RECIPIENTS - count);
        }
    }
    for (size_t i = 0; i < PN_COUNT(THERE) && count == 0; i++) {
        pn_str value = pn_mail_field_of(bounce->returned, pn_str_of(THERE[i]));
        count = pn_mail_addresses(value, ret, ARF_RECIPIENTS);
    }
    return count;
}

/* What a report that a mail failed their checks asks for is a mended sender, not silence. */
static pn_mail_class class_of(pn_str type, pn_arena *arena) {
    pn_str folded = pn_fold_words(type, 40, arena);
    if (pn_starts_any(folded, "auth-failure|dmarc|dkim|spf")) {
        return PN_MAIL_POLICY;
    }
    return pn_starts_any(folded, "not-spam") ? PN_MAIL_OTHER : PN_MAIL_COMPLAINT;
}

/* What a mail program sends for its "unsubscribe" button (RFC 2369, mailto). */
static bool is_unsubscribe(const pn_bounce *bounce) {
    pn_str subject = pn_fold_words(pn_mail_header(bounce->mail, "Subject"), 40, bounce->arena);
    pn_str words = pn_fold_words(bounce->report, 400, bounce->arena);
    return pn_starts_any(subject, "unsubscribe") &&
           pn_has_any(words, "sent this email to unsubscribe from the message");
}

static void read_unsubscribe(const pn_bounce *bounce, pn_mail_finding *finding) {
    pn_mail_recipient *recipient = pn_arena_new(bounce->arena, pn_mail_recipient);
    *recipient = (pn_mail_recipient){.address = finding->from,
                                     .class = PN_MAIL_COMPLAINT,
                                     .reason = pn_reason_word(PN_REASON_FEEDBACK),
                                     .diagnostic = PN_STR("opt-out")};
    finding->recipients = recipient;
    finding->recipient_count = 1;
    pn_bounce_take_gravest(finding);
}

bool pn_arf_read(const pn_bounce *bounce, pn_mail_finding *finding) {
    if (is_unsubscribe(bounce)) {
        read_unsubscribe(bounce, finding);
        return true;
    }
    feedback f = find_feedback(bounce);
    if (!f.found && !is_old_complaint(bounce)) {
        return false;
    }
    pn_str addresses[ARF_RECIPIENTS];
    pn_str type = pn_mail_field_of(f.fields, PN_STR("Feedback-Type"));
    size_t count = collect(bounce, f.fields, addresses);
    pn_mail_recipient *recipients = pn_arena_array(bounce->arena, pn_mail_recipient, count + 1);
    for (size_t i = 0; i < count; i++) {
        recipients[i] = (pn_mail_recipient){.address = addresses[i],
                                            .class = class_of(type, bounce->arena),
                                            .reason = pn_reason_word(PN_REASON_FEEDBACK),
                                            .diagnostic = type};
    }
    finding->class = class_of(type, bounce->arena);
    finding->reason = pn_reason_word(PN_REASON_FEEDBACK);
    finding->diagnostic = type;
    finding->recipients = recipients;
    finding->recipient_count = count;
    return true;
}
