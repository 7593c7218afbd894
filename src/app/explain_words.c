/* Events and messages in words. */
#include "app/explain_int.h"

#include "base/banned.h"
#include "core/policy.h"

static const struct {
    const char *reason, *words;
} REASONS[] = {
    {"superseded", "the next stage's time had come already"},
    {"led_on", "a person led the case on"},
    {"reanchored", "the account's oldest invoice had changed just then"},
    {"paid", "nothing was open any more"},
    {"case_over", "its case was over"},
    {"template_missing", "its template does not exist"},
    {"no_usable_contact", "there is no usable contact for this channel"},
    {"hold", "the case is on hold"},
    {"held_amounts", "all that is open is disputed, promised, in a plan or on its way"},
    {"merged", "it joined the other demands to the same address in one message"},
    {"uncertain", "the connection broke after it was handed over: it may have arrived"},
    {"interrupted", "the program ended before it was sent"},
    {"retry", "the server asked to try again later"},
    {"server_away", "our own mail server could not be reached; it is tried again"},
    {"gave_up", "the server did not take it within the time allowed"},
    {"next_contact", "the address does not work, so the next contact is used"},
    {"channel_refused", "the channel does not work for this debtor"},
    {"opted_out", "the recipient asked not to be written to"},
    {"sender_problem", "the server refuses our sender"},
    {"settled", "a person says that it left"},
    {"sent_elsewhere", "a person says that it left before the backup was restored"},
    {"restored", "it waited when this backup was made, and may have left since"},
    {"resend", "a person says that it did not leave, so it is sent again"},
    {"dropped", "a person says that it did not leave, and it is not sent again"},
    {"volume", "its strategy would send more today than its history predicts"},
    {"render_failed", "its text could not be written"},
    {"document_failed", "a document that goes with it could not be made"},
    {"too_large", "it, or all files together, would be larger than an e-mail's attachments may be"},
    {"too_many", "an e-mail takes no more files"},
    {"missing", "the file of the invoice could not be read, so a copy was made"},
    {"no_pdf", "the file of the invoice is no PDF, so a copy was made"},
    {"no_xml", "the file beside the invoice is no XML"},
    {"facts_changed", "a fact changed while it was being written"},
    {"legal_text", "the law wants a particular of the creditor in it that is not known: "
                   "`puntual creditor set` says tax number, address, telephone and e-mail"},
    {"hours", "it is outside the hours the policy allows"},
    {"holiday", "it is a public holiday"},
    {"strategy_hours", "it is outside the strategy's own hours"},
    {"cap", "the debtor was contacted often enough for now"},
    {"channel_cap", "another channel was used already in the period that the policy counts"},
    {"gap", "it is too soon after the last contact"},
    {"after_conversation", "it is too soon after a conversation"},
    {"minimum", "the amount is less than what is worth chasing"},
    {"nothing_claimable", "there is nothing to ask for"},
    {"opt_out", "the recipient asked not to be written to"},
    {"consent", "it needs the debtor's consent to this channel, which was not given"},
    {"protected", "the debtor is protected"},
    {"unusable_contact", "the address does not work"},
    {"barred", "the debtor must not be contacted"},
    {"channel_closed", "the policy does not allow this channel"},
};

const char *pn_reason_words(pn_str reason) {
    for (size_t i = 0; i < PN_COUNT(REASONS); i++) {
        if (pn_str_eq(reason, pn_str_of(REASONS[i].reason))) {
            return REASONS[i].words;
        }
    }
    return "";
}

pn_str pn_explain_amount(int64_t minor, pn_str currency, pn_arena *arena) {
    pn_currency code = {{0}};
    pn_buf text;
    pn_buf_init(&text, 64);
    if (pn_currency_parse(currency, &code) == PN_OK) {
        pn_amount_plain(&text, minor, pn_currency_decimals(code));
        pn_buf_add_char(&text, ' ');
        pn_buf_add_z(&text, code.code);
    } else {
        pn_buf_add_int(&text, minor);
    }
    pn_str copy = pn_str_dup(arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

/* ── fields of a body ────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_app *app;
    const pn_event_row *event;
    const pn_json *body;
    pn_str strategy;
    pn_arena *arena;
} teller;

static pn_str text_of(const teller *t, const char *key) {
    return pn_json_text(pn_json_get(t->body, pn_str_of(key)), PN_STR(""));
}

static pn_str amount_of(const teller *t, const char *key) {
    return pn_explain_amount(pn_json_int(pn_json_get(t->body, pn_str_of(key)), 0),
                             text_of(t, "currency"), t->arena);
}

static pn_str invoice_number(const teller *t, pn_str id_text) {
    pn_invoice_row invoice;
    pn_id id = 0;
    if (pn_id_parse(PN_ID_INVOICE, id_text, &id) != PN_OK ||
        pn_invoice_get(t->app->db, id, t->arena, &invoice) != PN_OK) {
        return id_text;
    }
    return invoice.item.number;
}

/* ── steps ───────────────────────────────────────────────────────────────────────────────────── */

static const char *wait_words(int64_t wait) {
    static const char *const WORDS[] = {
        [PN_WAIT_NONE] = "",
        [PN_WAIT_TIME] = "waits for its time",
        [PN_WAIT_MESSAGE] = "waits until its message has left",
        [PN_WAIT_SIGNAL] = "watches what the debtor does",
        [PN_WAIT_TASK] = "waits for a person's work",
        [PN_WAIT_RULE] = "waits for its rule to hold",
        [PN_WAIT_AMOUNTS] = "sleeps: all that is open is disputed, promised, planned or on its way",
        [PN_WAIT_HOLD] = "is on hold",
        [PN_WAIT_OVER] = "",
        [PN_WAIT_ANSWER] = "waits for another system's answer",
        [PN_WAIT_OFFER] = "waits for the debtor to accept what is offered",
    };
    return wait >= 0 && wait < (int64_t)PN_COUNT(WORDS) ? WORDS[wait] : "";
}

static void tell_charge(const pn_json *command, pn_arena *arena, pn_buf *out) {
    pn_str currency = pn_json_text(pn_json_field(command, "currency"), PN_STR(""));
    pn_str amount =
        pn_explain_amount(pn_json_int(pn_json_field(command, "amount"), 0), currency, arena);
    pn_buf_add_format(out, " Charged %.*s (%.*s)", PN_STR_ARG(amount),
                      PN_STR_ARG(pn_json_text(pn_json_field(command, "of"), PN_STR("charges"))));
}

static void tell_command(const pn_json *command, pn_arena *arena, pn_buf *out) {
    pn_str cmd = pn_json_text(pn_json_field(command, "cmd"), PN_STR(""));
    pn_str node = pn_json_text(pn_json_field(command, "node"), PN_STR(""));
    pn_str text = pn_json_text(pn_json_field(command, "text"), PN_STR(""));
    pn_str name = pn_json_text(pn_json_field(command, "name"), PN_STR(""));
    if (pn_str_is(cmd, "send")) {
        pn_str skip = pn_json_text(pn_json_field(command, "skip"), PN_STR(""));
        pn_buf_add_format(out, " Wrote %.*s",
                          PN_STR_ARG(pn_json_text(pn_json_field(command, "message"), PN_STR(""))));
        if (skip.len != 0) {
            pn_buf_add_format(out, ", not to be sent: %s", pn_reason_words(skip));
        }
    } else if (pn_str_is(cmd, "task")) {
        pn_str title = pn_json_text(pn_json_field(command, "title"), PN_STR(""));
        pn_buf_add_format(out, " Opened the task “%.*s”", PN_STR_ARG(title));
    } else if (pn_str_is(cmd, "charge")) {
        tell_charge(command, arena, out);
    } else if (pn_str_is(cmd, "note") || pn_str_is(cmd, "notify")) {
        pn_buf_add_format(out, " %s “%.*s”", pn_str_is(cmd, "note") ? "Noted" : "Told our people",
                          PN_STR_ARG(text));
    } else if (pn_str_is(cmd, "pill")) {
        pn_buf_add_format(out, " Started “%.*s” beside it", PN_STR_ARG(name));
    } else if (pn_str_is(cmd, "arm")) {
        pn_str arm = pn_json_text(pn_json_field(command, "arm"), PN_STR(""));
        pn_buf_add_format(out, " Drew the arm “%.*s”", PN_STR_ARG(arm));
    } else if (pn_str_is(cmd, "set")) {
        pn_str field = pn_json_text(pn_json_field(command, "field"), PN_STR(""));
        pn_buf_add_format(out, " Set %.*s", PN_STR_ARG(field));
    } else if (pn_str_is(cmd, "cancel_tasks")) {
        pn_buf_add_lit(out, " Cancelled its open tasks");
    } else {
        pn_buf_add_format(out, " %.*s", PN_STR_ARG(cmd));
    }
    if (node.len != 0) {
        pn_buf_add_format(out, " (at “%.*s”)", PN_STR_ARG(node));
    }
    pn_buf_add_char(out, '.');
}

static void tell_step(const teller *t, pn_buf *out) {
    pn_str at = text_of(t, "at"), outcome = text_of(t, "outcome");
    const char *waits = wait_words(pn_json_int(pn_json_field(t->body, "wait"), 0));
    const pn_json *commands = pn_json_field(t->body, "do");
    bool over = pn_str_is(at, "ended") || pn_str_is(at, "closed");
    if (t->event->kind == PN_EVENT_ENROLLED) {
        pn_buf_add_format(out, "Entered “%.*s”. ", PN_STR_ARG(t->strategy));
    }
    if (over) {
        pn_buf_add_format(out, "“%.*s” is %.*s", PN_STR_ARG(t->strategy), PN_STR_ARG(at));
        if (outcome.len != 0) {
            pn_buf_add_format(out, " (%.*s)", PN_STR_ARG(outcome));
        }
    } else {
        pn_buf_add_format(out, "Stands at “%.*s”", PN_STR_ARG(at));
        if (waits[0] != '\0') {
            pn_buf_add_format(out, " and %s", waits);
        }
    }
    pn_buf_add_char(out, '.');
    if (text_of(t, "phase").len != 0) {
        pn_buf_add_format(out, " The phase “%.*s” begins.", PN_STR_ARG(text_of(t, "phase")));
    }
    for (size_t i = 0; commands != NULL && i < commands->count; i++) {
        tell_command(&commands->items[i], t->arena, out);
    }
}

/* ── messages ────────────────────────────────────────────────────────────────────────────────── */

static void tell_carrier(const teller *t, pn_buf *out) {
    pn_carrier_row carrier;
    pn_id id = 0;
    if (pn_id_parse(PN_ID_CARRIER, text_of(t, "carrier"), &id) != PN_OK ||
        pn_carrier_get(t->app->db, id, t->arena, &carrier) != PN_OK) {
        return;
    }
    static const char *const FATES[PN_EVENTS] = {
        [PN_EVENT_MESSAGE_SENT] = "Sent",
        [PN_EVENT_MESSAGE_FAILED] = "Could not send",
        [PN_EVENT_MESSAGE_RETRY] = "Tried to send",
        [PN_EVENT_MESSAGE_UNCERTAIN] = "May have sent",
    };
    pn_buf_add_format(out, "%s %s", FATES[t->event->kind], pn_channel_kind_name(carrier.channel));
    if (carrier.subject.len != 0) { /* it was written */
        pn_buf_add_format(out, " “%.*s”", PN_STR_ARG(carrier.subject));
    }
    pn_buf_add_format(out, " to %.*s (tone %u)", PN_STR_ARG(carrier.address), carrier.tone);
    if (carrier.reply.len != 0) {
        pn_buf_add_format(out, ": %.*s", PN_STR_ARG(carrier.reply));
    }
    pn_buf_add_char(out, '.');
}

static void tell_message(const teller *t, pn_buf *out) {
    pn_str reason = text_of(t, "reason");
    pn_buf_add_format(out, "%s %.*s: %s.",
                      t->event->kind == PN_EVENT_MESSAGE_SKIPPED ? "Did not send"
                                                                 : "Could not send",
                      PN_STR_ARG(text_of(t, "message")), pn_reason_words(reason));
}

/* ── money and claims ────────────────────────────────────────────────────────────────────────── */

/* What it bills may come without a correction of the invoice itself. */
static void tell_invoice(const teller *t, pn_buf *out) {
    pn_str number = invoice_number(t, text_of(t, "invoice"));
    const pn_json *lines = pn_json_field(t->body, "lines");
    const pn_json *undone = pn_json_field(t->body, "undone");
    if (undone != NULL) {
        pn_buf_add_lit(out, "The import was undone: took back");
        for (size_t i = 0; i < undone->count; i++) {
            pn_buf_add_format(
                out, "%s %.*s", i == 0 ? "" : ",",
                PN_STR_ARG(invoice_number(t, pn_json_text(&undone->items[i], PN_STR("")))));
        }
        pn_buf_add_format(out, "%s.", undone->count == 0 ? " the debtor" : "");
        return;
    }
    if (lines != NULL) {
        long long count = (long long)pn_json_int(lines, 0);
        pn_buf_add_format(out, "The ERP gave %lld %s of invoice %.*s.", count,
                          count == 1 ? "line" : "lines", PN_STR_ARG(number));
        return;
    }
    pn_buf_add_format(out, "The ERP corrected invoice %.*s: %.*s, due %.*s.", PN_STR_ARG(number),
                      PN_STR_ARG(amount_of(t, "amount")), PN_STR_ARG(text_of(t, "due")));
}

static void tell_message_changed(const teller *t, pn_str what, pn_buf *out) {
    pn_str id = text_of(t, "id");
    if (pn_str_is(what, "message.edited")) {
        pn_buf_add_format(out, "Somebody wrote the words of %.*s anew", PN_STR_ARG(id));
    } else if (pn_str_is(what, "message.resent")) {
        pn_buf_add_format(out, "Somebody wants %.*s sent once more, as %.*s",
                          PN_STR_ARG(text_of(t, "of")), PN_STR_ARG(id));
    } else {
        pn_buf_add_format(out, "The words of %.*s are the template's again", PN_STR_ARG(id));
    }
    pn_buf_add_format(out, " (%.*s).", PN_STR_ARG(text_of(t, "reason")));
}

static void tell_changed(const teller *t, pn_buf *out) {
    pn_str what = text_of(t, "what");
    if (pn_str_starts(what, PN_STR("document."))) {
        pn_buf_add_format(out, "The document “%.*s” was %.*s.", PN_STR_ARG(text_of(t, "name")),
                          PN_STR_ARG(pn_str_from(what, 9)));
        return;
    }
    if (pn_str_is(what, "debtor.preferred_channel")) {
        pn_buf_add_format(out, "The preferred channel is now %.*s.",
                          PN_STR_ARG(text_of(t, "after")));
        return;
    }
    if (pn_str_is(what, "debtor.exported")) {
        pn_buf_add_z(out, "A copy of all that is held about the debtor was taken.");
        return;
    }
    if (pn_str_starts(what, PN_STR("message."))) {
        tell_message_changed(t, what, out);
        return;
    }
    if (!pn_str_starts(what, PN_STR("run."))) {
        pn_buf_add_z(out, "People, keys or settings were changed.");
        return;
    }
    pn_str to = text_of(t, "to"), from = text_of(t, "from");
    if (pn_str_is(what, "run.stopped")) {
        pn_buf_add_format(out, "The case was stopped by hand at %.*s", PN_STR_ARG(from));
    } else if (pn_str_is(what, "run.postponed")) {
        pn_buf_add_format(out, "The wait at %.*s was put off by hand", PN_STR_ARG(from));
    } else {
        pn_buf_add_format(out, "The case was led by hand from %.*s to %.*s", PN_STR_ARG(from),
                          PN_STR_ARG(to));
    }
    pn_buf_add_format(out, " (%.*s).", PN_STR_ARG(text_of(t, "reason")));
}

static void tell_payment(const teller *t, pn_buf *out) {
    const pn_json *invoices = pn_json_field(t->body, "invoices");
    pn_buf_add_format(out, "Received %.*s", PN_STR_ARG(amount_of(t, "amount")));
    for (size_t i = 0; invoices != NULL && i < invoices->count; i++) {
        const pn_json *part = &invoices->items[i];
        pn_str amount = pn_explain_amount(pn_json_int(pn_json_field(part, "amount"), 0),
                                          text_of(t, "currency"), t->arena);
        pn_str number = invoice_number(t, pn_json_text(pn_json_field(part, "id"), PN_STR("")));
        pn_buf_add_format(out, "%s%.*s for %.*s", i == 0 ? ": " : ", ", PN_STR_ARG(amount),
                          PN_STR_ARG(number));
    }
    if (pn_json_field(t->body, "unapplied") != NULL) {
        pn_buf_add_format(out, "; %.*s not applied to an invoice yet",
                          PN_STR_ARG(amount_of(t, "unapplied")));
    }
    pn_buf_add_char(out, '.');
}

static void tell_note(const teller *t, pn_buf *out) {
    pn_str changed = text_of(t, "changed");
    if (changed.len != 0) {
        pn_buf_add_format(out, "Corrected: %.*s.", PN_STR_ARG(changed));
    } else {
        pn_buf_add_format(out, "Note: %.*s", PN_STR_ARG(text_of(t, "text")));
    }
}

static void tell_protection(const teller *t, pn_buf *out) {
    pn_protect_kind kind = pn_protect_of(text_of(t, "kind"));
    pn_str reason = text_of(t, "reason"), until = text_of(t, "until");
    bool ended = pn_str_is(text_of(t, "what"), "unprotected");
    pn_buf_add_format(out, "%s: %s", ended ? "Protected no more" : "Protected",
                      kind != PN_PROTECTIONS ? pn_protect_words(kind, PN_STR("en")) : "?");
    if (until.len != 0) {
        pn_buf_add_format(out, ", until %.*s", PN_STR_ARG(until));
    }
    if (reason.len != 0) {
        pn_buf_add_format(out, " (%.*s)", PN_STR_ARG(reason));
    }
    pn_buf_add_char(out, '.');
}

static void tell_errand(const teller *t, pn_buf *out) {
    static const char *const ASKED[][2] = {
        {"ticket", " to open a ticket"},        {"paid", " whether it is paid"},
        {"suspend", " to suspend the service"}, {"restore", " to restore the service"},
        {"collect", " to charge the debtor"},
    };
    pn_str asked = text_of(t, "asked"), connector = text_of(t, "connector");
    pn_str state = text_of(t, "state"), outcome = text_of(t, "outcome");
    pn_str reference = text_of(t, "reference"), reason = text_of(t, "reason");
    pn_buf_add_format(out, "Asked %.*s", PN_STR_ARG(connector));
    for (size_t i = 0; i < PN_COUNT(ASKED); i++) {
        pn_buf_add_z(out, pn_str_eq(asked, pn_str_of(ASKED[i][0])) ? ASKED[i][1] : "");
    }
    pn_buf_add_format(out, ": %.*s", PN_STR_ARG(outcome.len != 0 ? outcome : state));
    if (reference.len != 0) {
        pn_buf_add_format(out, ", %.*s", PN_STR_ARG(reference));
    }
    if (reason.len != 0) {
        pn_buf_add_format(out, " (%.*s)", PN_STR_ARG(reason));
    }
    pn_buf_add_char(out, '.');
}

static void tell_claim(const teller *t, pn_buf *out) {
    pn_str what = text_of(t, "what"), detail = text_of(t, "detail"), due = text_of(t, "due");
    static const char *const KINDS[PN_EVENTS] = {
        [PN_EVENT_PROMISE] = "Promise",
        [PN_EVENT_DISPUTE] = "Dispute",
        [PN_EVENT_DISPUTE_CLOSED] = "Dispute closed",
        [PN_EVENT_INSTRUMENT] = "Instrument",
        [PN_EVENT_PLAN] = "Payment plan",
        [PN_EVENT_HOLD] = "Hold",
        [PN_EVENT_RELEASE] = "Hold released",
        [PN_EVENT_SIGNAL] = "Signal",
        [PN_EVENT_OFFER] = "Offer",
    };
    pn_buf_add_z(out, KINDS[t->event->kind]);
    bool said = pn_str_is(what, "promise") || pn_str_is(what, "dispute") ||
                pn_str_is(what, "hold") || pn_str_is(what, "plan");
    if (!said) {
        pn_buf_add_format(out, ": %.*s", PN_STR_ARG(what));
    }
    if (pn_json_field(t->body, "amount") != NULL) {
        pn_buf_add_format(out, " of %.*s", PN_STR_ARG(amount_of(t, "amount")));
    }
    if (due.len != 0) {
        pn_buf_add_format(out, " until %.*s", PN_STR_ARG(due));
    }
    if (detail.len != 0) {
        pn_buf_add_format(out, " (%.*s)", PN_STR_ARG(detail));
    }
    pn_buf_add_char(out, '.');
}

/* What a debtor did, a mail provider fetched, or a machine touched. */
static void tell_signal(const teller *t, pn_buf *out) {
    static const struct {
        const char *what, *source, *words;
    } SAID[] = {
        {"open", "human", "A person opened the message"},
        {"open", "proxy", "A mail provider fetched the message's pictures"},
        {"open", "machine", "A machine opened the message"},
        {"click", "human", "A person followed a link of the message"},
        {"click", NULL, "A machine followed the message's links"},
        {"delivered", NULL, "The message arrived"},
        {"visit", NULL, "The page was visited"},
        {"reply", "human", "A person answered"},
        {"auto_reply", NULL, "A machine answered"},
        {"bounce", NULL, "The message came back"},
        {"payment_attempt", NULL, "The debtor tried to pay"},
        {"payment_failed", NULL, "A payment attempt failed"},
        {"promise", NULL, "The debtor gave a date"},
        {"conversation", NULL, "Somebody of ours spoke with the debtor"},
    };
    pn_str what = text_of(t, "what"), source = text_of(t, "source"), detail = text_of(t, "detail");
    const char *words = NULL;
    if (source.len == 0) { /* an invoice was said to be paid */
        tell_claim(t, out);
        return;
    }
    for (size_t i = 0; i < PN_COUNT(SAID) && words == NULL; i++) {
        bool same = pn_str_eq(what, pn_str_of(SAID[i].what)) &&
                    (SAID[i].source == NULL || pn_str_eq(source, pn_str_of(SAID[i].source)));
        words = same ? SAID[i].words : NULL;
    }
    if (words != NULL) {
        pn_buf_add_z(out, words);
    } else {
        pn_buf_add_format(out, "Signal: %.*s (%.*s)", PN_STR_ARG(what), PN_STR_ARG(source));
    }
    if (detail.len != 0) {
        pn_buf_add_format(out, ": “%.*s”", PN_STR_ARG(detail));
    }
    pn_buf_add_char(out, '.');
}

static void tell_mail(const teller *t, pn_buf *out) {
    static const struct {
        const char *class, *words;
    } CLASSES[] = {
        {"hard", "says that the address does not work"},
        {"soft", "says that our mail could not be delivered now"},
        {"policy", "refuses us as the sender"},
        {"complaint", "says that the recipient calls our mail spam"},
        {"auto_reply", "was written by a machine"},
        {"reply", "was written by a person"},
        {"other", "says nothing that matters here"},
    };
    pn_str class = text_of(t, "class"), what = text_of(t, "what"), status = text_of(t, "status");
    pn_str reason = text_of(t, "reason");
    pn_buf_add_format(out, "Mail %.*s", PN_STR_ARG(text_of(t, "mail")));
    if (text_of(t, "from").len != 0) {
        pn_buf_add_format(out, " from %.*s", PN_STR_ARG(text_of(t, "from")));
    }
    for (size_t i = 0; i < PN_COUNT(CLASSES); i++) {
        if (pn_str_eq(class, pn_str_of(CLASSES[i].class))) {
            pn_buf_add_format(out, " %s", CLASSES[i].words);
        }
    }
    if (status.len + reason.len != 0) {
        pn_buf_add_format(out, " (%.*s%s%.*s)", PN_STR_ARG(status),
                          status.len != 0 && reason.len != 0 ? " " : "", PN_STR_ARG(reason));
    }
    if (pn_json_bool(pn_json_field(t->body, "opt_out"), false)) {
        pn_buf_add_z(out, ", and it wants no more mail there");
    }
    if (text_of(t, "said").len != 0) {
        pn_buf_add_format(out, ": “%.*s”", PN_STR_ARG(text_of(t, "said")));
    }
    pn_buf_add_z(out, pn_str_is(what, "matched")   ? ". A person said that it belongs here."
                      : pn_str_is(what, "ignored") ? ". A person said that nothing follows."
                                                   : ".");
}

static void tell_task(const teller *t, pn_buf *out) {
    pn_buf_add_format(out, "Task “%.*s” is done (%.*s).", PN_STR_ARG(text_of(t, "title")),
                      PN_STR_ARG(text_of(t, "outcome")));
}

static void tell(const teller *t, pn_buf *out) {
    switch (t->event->kind) {
    case PN_EVENT_STEP:
    case PN_EVENT_ENROLLED: tell_step(t, out); break;
    case PN_EVENT_MESSAGE_SENT:
    case PN_EVENT_MESSAGE_RETRY:
    case PN_EVENT_MESSAGE_UNCERTAIN: tell_carrier(t, out); break;
    case PN_EVENT_MESSAGE_FAILED:
        (pn_json_field(t->body, "carrier") != NULL ? tell_carrier : tell_message)(t, out);
        break;
    case PN_EVENT_MESSAGE_SKIPPED:
    case PN_EVENT_MESSAGE_DELAYED: tell_message(t, out); break;
    case PN_EVENT_INVOICE: tell_invoice(t, out); break;
    case PN_EVENT_PAYMENT: tell_payment(t, out); break;
    case PN_EVENT_PAYMENT_REVERSED:
        pn_buf_add_format(out, "The payment of %.*s was taken back (%.*s).",
                          PN_STR_ARG(amount_of(t, "amount")), PN_STR_ARG(text_of(t, "reason")));
        break;
    case PN_EVENT_CREDIT:
        pn_buf_add_format(out, "Lowered invoice %.*s by %.*s (%.*s).",
                          PN_STR_ARG(invoice_number(t, text_of(t, "invoice"))),
                          PN_STR_ARG(amount_of(t, "amount")), PN_STR_ARG(text_of(t, "kind")));
        break;
    case PN_EVENT_PROMISE_JUDGED:
        pn_buf_add_format(out, "The promise was %.*s: %.*s came.", PN_STR_ARG(text_of(t, "what")),
                          PN_STR_ARG(amount_of(t, "amount")));
        break;
    case PN_EVENT_PROMISE:
    case PN_EVENT_DISPUTE:
    case PN_EVENT_DISPUTE_CLOSED:
    case PN_EVENT_INSTRUMENT:
    case PN_EVENT_PLAN:
    case PN_EVENT_HOLD:
    case PN_EVENT_RELEASE: tell_claim(t, out); break;
    case PN_EVENT_SIGNAL: tell_signal(t, out); break;
    case PN_EVENT_ERRAND: tell_errand(t, out); break;
    case PN_EVENT_OFFER: tell_claim(t, out); break;
    case PN_EVENT_MAIL: tell_mail(t, out); break;
    case PN_EVENT_CONTACT:
        pn_buf_add_format(out, "Contact %.*s is %.*s.", PN_STR_ARG(text_of(t, "contact")),
                          PN_STR_ARG(text_of(t, "state")));
        break;
    case PN_EVENT_TASK: tell_task(t, out); break;
    case PN_EVENT_PUBLISHED: pn_buf_add_z(out, "Moved to a new version of its strategy."); break;
    case PN_EVENT_PROTECTION: tell_protection(t, out); break;
    case PN_EVENT_LINK:
        pn_buf_add_format(out, "A link was %.*s.", PN_STR_ARG(text_of(t, "what")));
        break;
    case PN_EVENT_ERASED: pn_buf_add_z(out, "What is personal was erased."); break;
    case PN_EVENT_CHANGED: tell_changed(t, out); break;
    case PN_EVENT_JOB: pn_buf_add_z(out, "A job was asked for, or is over."); break;
    case PN_EVENT_NOTE: tell_note(t, out); break;
    case PN_EVENT_CHARGE:
    case PN_EVENT_SETTING:
    case PN_EVENTS: break;
    }
}

pn_str pn_explain_event(pn_app *app, const pn_event_row *event, pn_str strategy, pn_arena *arena) {
    pn_json *body = NULL;
    if (event->erased) {
        return PN_STR("Erased; its proof remains.");
    }
    if (pn_json_parse(event->body, NULL, arena, &body, NULL) != PN_OK) {
        return PN_STR("Its body cannot be read.");
    }
    teller t = {app, event, body, strategy, arena};
    pn_buf text;
    pn_buf_init(&text, 1 << 20);
    tell(&t, &text);
    pn_str copy = pn_str_dup(arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

/* ── one message ─────────────────────────────────────────────────────────────────────────────── */

/* The gate's words when it was asked last; empty when it never held the message back. */
static pn_str last_verdict(const pn_message_row *message, pn_arena *arena) {
    pn_json *params = NULL;
    if (pn_json_parse(message->params, NULL, arena, &params, NULL) != PN_OK) {
        return PN_STR("");
    }
    const pn_json *gate = pn_json_field(params, "gate");
    return gate == NULL || gate->count == 0
               ? PN_STR("")
               : pn_json_text(pn_json_field(&gate->items[gate->count - 1], "explanation"),
                              PN_STR(""));
}

pn_str pn_explain_message(pn_app *app, const pn_message_row *message, const pn_carrier_row *carrier,
                          pn_arena *arena) {
    (void)app;
    pn_str verdict = last_verdict(message, arena);
    const char *reason = pn_reason_words(message->reason);
    switch (message->state) {
    case PN_MESSAGE_QUEUED:
        if (verdict.len != 0 && !pn_str_is(message->reason, "hold")) {
            return pn_str_format(arena, "It waits. %.*s", PN_STR_ARG(verdict));
        }
        return reason[0] == '\0' ? PN_STR("It waits to be sent.")
                                 : pn_str_format(arena, "It waits: %s.", reason);
    case PN_MESSAGE_SENDING: return PN_STR("It is being sent.");
    case PN_MESSAGE_SENT:
    case PN_MESSAGE_DELIVERED:
        return pn_str_format(arena, "It was sent to %.*s%s%s.", PN_STR_ARG(carrier->address),
                             pn_str_is(message->reason, "merged") ? "; " : "",
                             pn_str_is(message->reason, "merged") ? reason : "");
    case PN_MESSAGE_BOUNCED:
        return pn_str_format(arena, "It was sent to %.*s and came back.",
                             PN_STR_ARG(carrier->address));
    case PN_MESSAGE_FAILED: return pn_str_format(arena, "It could not be sent: %s.", reason);
    case PN_MESSAGE_SKIPPED:
        return verdict.len != 0 && !pn_str_is(message->reason, "paid")
                   ? pn_str_format(arena, "It was not sent: %s. %.*s", reason, PN_STR_ARG(verdict))
                   : pn_str_format(arena, "It was not sent: %s.", reason);
    case PN_MESSAGE_HELD: return PN_STR("It waits for a person to release it.");
    case PN_MESSAGE_UNCERTAIN:
        return pn_str_format(arena, "It may have been sent: %s. It is not sent again.", reason);
    case PN_MESSAGE_STATES: break;
    }
    return PN_STR("");
}
