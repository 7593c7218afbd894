#include "format/bounce.h"

#include "base/banned.h"
#include "format/bounce_int.h"

enum { IDS_MAX = 40, SENT_TO_MAX = 40 };

const char *pn_mail_class_name(pn_mail_class class) {
    static const char *const NAMES[PN_MAIL_CLASSES] = {"hard",       "soft",  "policy", "complaint",
                                                       "auto_reply", "reply", "other"};
    return NAMES[class];
}

/* ── what every mail says about itself ───────────────────────────────────────────────────────── */

static pn_str first_id(pn_str value) {
    pn_str id = PN_STR_NONE;
    if (pn_mail_ids(value, &id, 1) == 0) {
        id = pn_str_trim(value);
        id = pn_str_find_char(id, ' ') == SIZE_MAX ? id : PN_STR_NONE;
    }
    return id;
}

static void read_sender(const pn_mail *mail, pn_mail_finding *f) {
    pn_str from = pn_mail_header(mail, "From");
    pn_str address;
    if (pn_mail_addresses(from, &address, 1) == 1) {
        f->from = address;
        pn_str name = pn_str_trim(pn_str_sub(from.ptr, address.ptr));
        while (name.len > 0 &&
               pn_str_find_char(PN_STR("<\" "), name.ptr[name.len - 1]) != SIZE_MAX) {
            name.len--;
        }
        while (name.len > 0 && pn_str_find_char(PN_STR("\" "), name.ptr[0]) != SIZE_MAX) {
            name = pn_str_from(name, 1);
        }
        f->from_name = name;
    } else if (pn_mail_addresses(pn_mail_header(mail, "Return-Path"), &address, 1) == 1) {
        f->from = address;
    }
}

/* Envelope addresses stand in fields that the delivering server adds; they come first. */
static void read_sent_to(const pn_mail *mail, pn_arena *arena, pn_mail_finding *f) {
    static const char *const FIELDS[] = {
        "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-RCPT-TO", "To", "Cc"};
    pn_str *found = pn_arena_array(arena, pn_str, SENT_TO_MAX);
    size_t count = 0;
    for (size_t name = 0; name < PN_COUNT(FIELDS); name++) {
        for (size_t i = 0; i < mail->fields.count; i++) {
            if (pn_str_eq_nocase(mail->fields.items[i].name, pn_str_of(FIELDS[name]))) {
                count += pn_mail_addresses(mail->fields.items[i].value, found + count,
                                           SENT_TO_MAX - count);
            }
        }
    }
    f->sent_to = found;
    f->sent_to_count = count;
}

static void read_references(const pn_mail *mail, pn_arena *arena, pn_mail_finding *f) {
    pn_str *ids = pn_arena_array(arena, pn_str, IDS_MAX);
    pn_str older[IDS_MAX];
    size_t count = pn_mail_ids(pn_mail_header(mail, "In-Reply-To"), ids, IDS_MAX / 2);
    pn_str references = pn_mail_header(mail, "References");
    enum { TAIL_BYTES = 8192 }; /* of a long chain the newest count */
    references =
        pn_str_from(references, references.len > TAIL_BYTES ? references.len - TAIL_BYTES : 0);
    size_t chain = pn_mail_ids(references, older, IDS_MAX);
    while (chain > 0 && count < IDS_MAX) {
        ids[count++] = older[--chain];
    }
    f->references = ids;
    f->reference_count = count;
}

/* ── is it a report? ─────────────────────────────────────────────────────────────────────────── */

static const char FAILED_SUBJECTS[] =
    "undeliver|mail failed|returning to sender|delivery failure|delivery failed|delivery has "
    "failed|"
    "delivery notification|delivery status|delivery report|delivery problem|delivery error|"
    "delivery delayed|delivery incomplete|delivery unsuccessful|delivery warning|failure notice|"
    "failure delivery|failed delivery|failed to deliver|failed mail|mail failure|mail error|"
    "mail system error|message failure|message could not|message not delivered|mail could not|"
    "could not send|could not be delivered|couldn't be delivered|returned mail|"
    "returned to sender|returned message|returning message|return mail|non remis|non-delivery|"
    "nondeliverable|non delivery|nondelivery|not delivered|unable to deliver|unable to send|"
    "unzustellbar|unknown user|user unknown|warning: message|error sending|echec de|"
    "delayed mail|mail delayed|permanent delivery|no se puede entregar|no se pudo entregar|"
    "no entregable|imposible entregar|nao e possivel entregar|recapito non riuscito|impossibile "
    "recapitare|no entregado|correo devuelto|mensaje devuelto|entrega fallida|error de entrega|"
    "fallo en la entrega|nao entregue|nao foi entregue|mensagem devolvida|falha na entrega|"
    "falha de entrega|mancata consegna|non consegnato|etat de "
    "remise|配信できません|配信に失敗|配信不能|届きません|メールエラー|エラー通知|not listed in|"
    "mail rejected|rejected mail";
static const char FAILED_WORDS[] =
    "could not be delivered|couldn't be delivered|cannot be delivered|can't be delivered|"
    "could not deliver|couldn't deliver|cannot deliver|not able to deliver|unable to deliver|"
    "wasn't able to deliver|was not delivered|wasn't delivered|were not delivered|"
    "not be delivered|not been delivered|message not delivered|been delayed|is delayed|"
    "delivery failed|delivery has failed|failed permanently|delivery to the following|"
    "failed to deliver|error delivering|delivery error|delivery failure|delivery of your|"
    "permanent error|fatal errors|fatal delivery errors|transcript of session|did not reach|"
    "returned to sender|undeliverable|recipients failed|failed recipients|failure reasons|"
    "failed addresses follow|no valid recipients|duplicated message-id|server message|error "
    "message below|not a member "
    "of this|did not receive this message|"
    "were rejected by a remote|was rejected by a remote|attempting to deliver|"
    "trying to deliver|tried to deliver|exceeds allowed size|unknown user:|unknown host:|"
    "remote server returned|diagnostic information for administrators|rejected your message|"
    "rejected recipient|was returned|been returned|being returned|returned below|no se pudo "
    "entregar|no se ha podido "
    "entregar|"
    "no llego a los siguientes|error de entrega a los siguientes|nao alcancou os seguintes|n'a pas "
    "ete remis|destinataires suivants|fehler bei der nachrichtenzustellung|impossibile "
    "recapitare|no pudo ser entregado|nao pode ser entregue|nao foi possivel entregar|n'a pas pu "
    "etre|"
    "n'a pu etre|konnte nicht zugestellt|nicht zugestellt|non e stato possibile|"
    "送信できません|配信できません|送信失敗|失敗しました|не может быть";
/* Sentences that name whom a mail did not reach. */
static const char NAMES_FAILED[] =
    "not delivered to the following|be delivered to the following|following recipient|"
    "following address|following user|following destination|did not receive a copy|"
    "not delivered to:|failed recipients|delivery errors|did not reach|be delivered "
    "to:|送信できません";

static bool has_status_part(const pn_mail *mail) {
    for (size_t i = 0; i < mail->part_count; i++) {
        if (pn_is_status_part(&mail->parts[i])) {
            return true;
        }
    }
    return pn_str_is(mail->report_type, "delivery-status");
}

/* Reports by the standard are known by their form. All others are words: those of a mail system
 * count; under any other name, subject and words must both speak of a mail that did not arrive, and
 * the words name whom it did not reach, or quote a server. */
static bool is_report(const pn_bounce *bounce) {
    const pn_mail *mail = bounce->mail;
    pn_str subject = pn_fold_words(pn_mail_header(mail, "Subject"), 300, bounce->arena);
    pn_str words = pn_fold_words(bounce->report, PN_BOUNCE_REPORT_BYTES, bounce->arena);
    if (has_status_part(mail) || pn_mail_header(mail, "X-Failed-Recipients").len != 0) {
        return true;
    }
    bool fields = pn_has_any(words, "final-recipient:") && pn_has_any(words, "action:|status:");
    bool subject_says = pn_has_any(subject, FAILED_SUBJECTS);
    bool answers = pn_starts_any(subject, "re:|rv:|aw:|antw:|fwd:|fw:|wg:");
    if (pn_is_from_system(mail, bounce->arena)) {
        return fields || pn_has_any(words, FAILED_WORDS) || (subject_says && !answers);
    }
    bool quotes_server = pn_codes_of(words).status.len != 0 || pn_has_any(words, "rcpt to");
    bool names =
        pn_has_any(words, NAMES_FAILED) || (quotes_server && pn_has_any(words, FAILED_WORDS));
    return !answers && subject_says && (fields || names);
}

/* ── the finding ─────────────────────────────────────────────────────────────────────────────── */

static bool is_delay(const pn_bounce *bounce) {
    pn_str subject = pn_fold_words(pn_mail_header(bounce->mail, "Subject"), 300, bounce->arena);
    pn_str words = pn_fold_words(bounce->report, 2000, bounce->arena);
    return pn_has_any(subject,
                      "delayed|(delay)|delivery delay|still being retried|warning: could") ||
           pn_has_any(words, "this is a warning message only|do not need to resend your message|"
                             "message will be retried|will keep trying|will continue to try|"
                             "has been delayed|delivery attempts will continue");
}

/* How much it matters; what decides the mail's class is the gravest of its recipients. */
static int gravity(pn_mail_class class) {
    static const int GRAVITY[PN_MAIL_CLASSES] = {
        [PN_MAIL_HARD] = 5, [PN_MAIL_COMPLAINT] = 4, [PN_MAIL_POLICY] = 3, [PN_MAIL_SOFT] = 2};
    return GRAVITY[class];
}

void pn_bounce_take_gravest(pn_mail_finding *f) {
    const pn_mail_recipient *gravest = NULL;
    for (size_t i = 0; i < f->recipient_count; i++) {
        if (gravest == NULL || gravity(f->recipients[i].class) > gravity(gravest->class)) {
            gravest = &f->recipients[i];
        }
    }
    if (gravest != NULL) {
        f->class = gravest->class;
        f->status = gravest->status;
        f->reason = gravest->reason;
        f->diagnostic = gravest->diagnostic;
    }
}

/* A report that names nobody still says that something came back. */
static void judge_all(pn_bounce *bounce, pn_mail_finding *f) {
    if (bounce->suspect_count == 0) {
        (void)pn_bounce_suspect(bounce, PN_STR_NONE, PN_SOURCE_RETURNED);
    }
    pn_mail_recipient *recipients =
        pn_arena_array(bounce->arena, pn_mail_recipient, bounce->suspect_count);
    for (size_t i = 0; i < bounce->suspect_count; i++) {
        pn_bounce_judge(bounce, &bounce->suspects[i], &recipients[i]);
        pn_buf_done(&bounce->suspects[i].words);
    }
    f->recipients = recipients;
    f->recipient_count = bounce->suspect_count;
    pn_bounce_take_gravest(f);
}

void pn_mail_classify(const pn_mail *mail, pn_arena *arena, pn_mail_finding *ret_finding) {
    pn_bounce *bounce = pn_arena_new(arena, pn_bounce);
    pn_mail_finding f = {.class = PN_MAIL_REPLY};
    *bounce = (pn_bounce){.mail = pn_bounce_unwrap(mail, arena), .arena = arena};
    f.message_id = first_id(pn_mail_header(mail, "Message-ID"));
    f.subject = pn_mail_header(mail, "Subject");
    read_sender(mail, &f);
    read_sent_to(mail, arena, &f);
    read_references(mail, arena, &f);
    pn_bounce_find_report(bounce);
    f.original_id = first_id(pn_mail_field_of(bounce->returned, PN_STR("Message-ID")));
    if (!pn_arf_read(bounce, &f) && !pn_ses_read(bounce, &f)) {
        if (is_report(bounce)) {
            bounce->index = pn_reason_index_new(arena);
            bounce->delayed = is_delay(bounce);
            bounce->places_replies = pn_bounce_places_replies(bounce);
            pn_bounce_read_groups(bounce);
            pn_bounce_read_text(bounce);
            judge_all(bounce, &f);
        } else {
            (void)pn_auto_is(mail, arena, &f.class, &f.reason);
            /* a person says who they are: what names nobody is no answer */
            if (f.class == PN_MAIL_REPLY && f.from.len == 0) {
                f.class = PN_MAIL_OTHER;
            }
        }
    }
    *ret_finding = f;
}
