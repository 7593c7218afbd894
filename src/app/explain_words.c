/* Events and messages in words. */
#include "app/explain_int.h"

#include "app/sayings.h"
#include "base/banned.h"
#include "calendar/instant.h"
#include "core/policy.h"
#include "store/debtor.h"

static bool in_english(pn_str language) {
    return !pn_str_starts(language, PN_STR("es")) && !pn_str_starts(language, PN_STR("pt"));
}

pn_str pn_explain_amount(int64_t minor, pn_str currency, pn_str language, pn_arena *arena) {
    pn_currency code = {{0}};
    pn_buf text;
    pn_buf_init(&text, 64);
    if (pn_currency_parse(currency, &code) != PN_OK) {
        pn_buf_add_int(&text, minor);
    } else if (in_english(language)) {
        pn_amount_plain(&text, minor, pn_currency_decimals(code));
        pn_buf_add_char(&text, ' ');
        pn_buf_add_z(&text, code.code);
    } else {
        pn_money_text(&text, (pn_money){minor, code}, language, PN_STR_NONE);
    }
    pn_str copy = pn_str_dup(arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

pn_str pn_explain_day(pn_date date, pn_str language, pn_arena *arena) {
    char iso[PN_DATE_ISO_SIZE];
    (void)pn_date_iso(date, iso);
    return in_english(language) ? pn_str_dup(arena, pn_str_of(iso))
                                : pn_str_format(arena, "%.2s/%.2s/%.4s", iso + 8, iso + 5, iso);
}

/* ── fields of a body ────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_app *app;
    const pn_event_row *event;
    const pn_json *body;
    pn_str strategy, language;
    pn_arena *arena;
} teller;

static pn_str text_of(const teller *t, const char *key) {
    return pn_json_text(pn_json_get(t->body, pn_str_of(key)), PN_STR(""));
}

/* A word of ours, as people read it. */
static pn_str code_of(const teller *t, const char *key) {
    return pn_code_words(text_of(t, key), t->language);
}

static pn_str reason_of(const teller *t, pn_str reason) {
    return pn_reason_words(reason, t->language);
}

static pn_str amount_in(const teller *t, const pn_json *object, const char *key, pn_str currency) {
    int64_t minor = pn_json_int(pn_json_get(object, pn_str_of(key)), 0);
    return pn_explain_amount(minor, currency, t->language, t->arena);
}

static pn_str amount_of(const teller *t, const char *key) {
    return amount_in(t, t->body, key, text_of(t, "currency"));
}

static pn_str day_of(const teller *t, const char *key) {
    pn_str text = text_of(t, key);
    pn_date date = 0;
    return pn_date_parse_iso(text, &date) == PN_OK ? pn_explain_day(date, t->language, t->arena)
                                                   : text;
}

/* The currency of the payment that the body names, which does not carry it. */
static pn_str payment_currency(const teller *t) {
    pn_payment_row *row = pn_arena_new(t->arena, pn_payment_row);
    pn_id id = 0;
    return pn_id_parse(PN_ID_PAYMENT, text_of(t, "payment"), &id) == PN_OK &&
                   pn_payment_get(t->app->db, t->event->org_id, id, t->arena, row) == PN_OK
               ? pn_str_of(row->currency.code)
               : PN_STR("");
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

/* ── saying ──────────────────────────────────────────────────────────────────────────────────── */

static void say(const teller *t, pn_buf *out, pn_said said) {
    pn_say(out, t->language, said, NULL, 0);
}

static void say_1(const teller *t, pn_buf *out, pn_said said, pn_str value) {
    pn_say(out, t->language, said, &value, 1);
}

static void say_2(const teller *t, pn_buf *out, pn_said said, pn_str first, pn_str second) {
    pn_say(out, t->language, said, (const pn_str[]){first, second}, 2);
}

static void say_3(const teller *t, pn_buf *out, pn_said said, pn_str first, pn_str second,
                  pn_str third) {
    pn_say(out, t->language, said, (const pn_str[]){first, second, third}, 3);
}

/* " (text)", nothing for an empty one. */
static void add_aside(pn_buf *out, pn_str text) {
    if (text.len != 0) {
        pn_buf_add_format(out, " (%.*s)", PN_STR_ARG(text));
    }
}

/* ── steps ───────────────────────────────────────────────────────────────────────────────────── */

static void say_wait(const teller *t, pn_buf *out) {
    static const pn_said WAITS[] = {
        [PN_WAIT_TIME] = PN_SAID_WAITS_TIME,     [PN_WAIT_MESSAGE] = PN_SAID_WAITS_MESSAGE,
        [PN_WAIT_SIGNAL] = PN_SAID_WAITS_SIGNAL, [PN_WAIT_TASK] = PN_SAID_WAITS_TASK,
        [PN_WAIT_RULE] = PN_SAID_WAITS_RULE,     [PN_WAIT_AMOUNTS] = PN_SAID_WAITS_AMOUNTS,
        [PN_WAIT_HOLD] = PN_SAID_WAITS_HOLD,     [PN_WAIT_ANSWER] = PN_SAID_WAITS_ANSWER,
        [PN_WAIT_OFFER] = PN_SAID_WAITS_OFFER,
    };
    int64_t wait = pn_json_int(pn_json_field(t->body, "wait"), 0);
    if (wait < 0 || wait >= (int64_t)PN_COUNT(WAITS) || WAITS[wait] == 0) {
        return;
    }
    pn_buf words;
    pn_buf_init(&words, 1 << 10);
    say(t, &words, WAITS[wait]);
    say_1(t, out, PN_SAID_AND, pn_buf_str(&words));
    pn_buf_done(&words);
}

static void tell_command(const teller *t, const pn_json *command, pn_buf *out) {
    static const struct {
        const char *cmd, *field; /* what of the command is told; NULL: nothing */
        pn_said said;
    } COMMANDS[] = {
        {"send", "message", PN_SAID_WROTE}, {"task", "title", PN_SAID_OPENED_TASK},
        {"note", "text", PN_SAID_NOTED},    {"notify", "text", PN_SAID_TOLD},
        {"pill", "name", PN_SAID_PILL},     {"arm", "arm", PN_SAID_ARM},
        {"set", "field", PN_SAID_SET},      {"cancel_tasks", NULL, PN_SAID_CANCELLED_TASKS},
    };
    pn_str cmd = pn_json_text(pn_json_field(command, "cmd"), PN_STR(""));
    pn_str node = pn_json_text(pn_json_field(command, "node"), PN_STR(""));
    pn_str skip = pn_json_text(pn_json_field(command, "skip"), PN_STR(""));
    size_t i = 0;
    while (i < PN_COUNT(COMMANDS) && !pn_str_eq(cmd, pn_str_of(COMMANDS[i].cmd))) {
        i++;
    }
    if (i < PN_COUNT(COMMANDS)) {
        const char *field = COMMANDS[i].field;
        say_1(t, out, COMMANDS[i].said,
              field == NULL ? PN_STR_NONE
                            : pn_json_text(pn_json_get(command, pn_str_of(field)), PN_STR("")));
    } else if (pn_str_is(cmd, "charge")) {
        pn_str currency = pn_json_text(pn_json_field(command, "currency"), PN_STR(""));
        say_2(t, out, PN_SAID_CHARGED, amount_in(t, command, "amount", currency),
              pn_code_words(pn_json_text(pn_json_field(command, "of"), PN_STR("charges")),
                            t->language));
    } else {
        pn_buf_add_format(out, " %.*s", PN_STR_ARG(cmd));
    }
    if (skip.len != 0) {
        say_1(t, out, PN_SAID_NOT_TO_BE_SENT, reason_of(t, skip));
    }
    if (node.len != 0) {
        say_1(t, out, PN_SAID_AT_NODE, node);
    }
    pn_buf_add_char(out, '.');
}

static void tell_step(const teller *t, pn_buf *out) {
    pn_str at = text_of(t, "at");
    const pn_json *commands = pn_json_field(t->body, "do");
    bool ended = pn_str_is(at, "ended");
    if (t->event->kind == PN_EVENT_ENROLLED) {
        say_1(t, out, PN_SAID_ENTERED, t->strategy);
    }
    if (ended || pn_str_is(at, "closed")) {
        say_1(t, out, ended ? PN_SAID_RUN_ENDED : PN_SAID_RUN_CLOSED, t->strategy);
        add_aside(out, code_of(t, "outcome"));
    } else {
        say_1(t, out, PN_SAID_STANDS, at);
        say_wait(t, out);
    }
    pn_buf_add_char(out, '.');
    if (text_of(t, "phase").len != 0) {
        say_1(t, out, PN_SAID_PHASE, code_of(t, "phase"));
    }
    for (size_t i = 0; commands != NULL && i < commands->count; i++) {
        tell_command(t, &commands->items[i], out);
    }
}

/* ── messages ────────────────────────────────────────────────────────────────────────────────── */

static void tell_carrier(const teller *t, pn_buf *out) {
    static const pn_said FATES[PN_EVENTS] = {
        [PN_EVENT_MESSAGE_SENT] = PN_SAID_SENT,
        [PN_EVENT_MESSAGE_FAILED] = PN_SAID_NOT_SENT,
        [PN_EVENT_MESSAGE_RETRY] = PN_SAID_TRIED,
        [PN_EVENT_MESSAGE_UNCERTAIN] = PN_SAID_MAY_HAVE_SENT,
    };
    pn_carrier_row carrier;
    pn_id id = 0;
    char tone[20];
    if (pn_id_parse(PN_ID_CARRIER, text_of(t, "carrier"), &id) != PN_OK ||
        pn_carrier_get(t->app->db, id, t->arena, &carrier) != PN_OK) {
        return;
    }
    pn_str channel = pn_str_of(pn_channel_kind_name(carrier.channel));
    say_1(t, out, FATES[t->event->kind], pn_code_words(channel, t->language));
    if (carrier.subject.len != 0) { /* it was written */
        say_1(t, out, PN_SAID_SUBJECT, carrier.subject);
    }
    say_2(t, out, PN_SAID_TO, carrier.address, (pn_str){tone, pn_int64_text(carrier.tone, tone)});
    if (carrier.reply.len != 0) {
        pn_buf_add_format(out, ": %.*s", PN_STR_ARG(carrier.reply));
    }
    pn_buf_add_char(out, '.');
}

static void tell_message(const teller *t, pn_buf *out) {
    bool skipped = t->event->kind == PN_EVENT_MESSAGE_SKIPPED;
    say_2(t, out, skipped ? PN_SAID_MESSAGE_SKIPPED : PN_SAID_MESSAGE_FAILED, text_of(t, "message"),
          reason_of(t, text_of(t, "reason")));
}

/* ── money and claims ────────────────────────────────────────────────────────────────────────── */

static void tell_undone(const teller *t, const pn_json *undone, pn_buf *out) {
    pn_buf names;
    pn_buf_init(&names, 1 << 20);
    for (size_t i = 0; i < undone->count; i++) {
        pn_str number = invoice_number(t, pn_json_text(&undone->items[i], PN_STR("")));
        pn_buf_add_format(&names, "%s %.*s", i == 0 ? "" : ",", PN_STR_ARG(number));
    }
    if (undone->count == 0) {
        say(t, &names, PN_SAID_UNDONE_DEBTOR);
    }
    say_1(t, out, PN_SAID_UNDONE, pn_buf_str(&names));
    pn_buf_done(&names);
}

/* What it bills may come without a correction of the invoice itself. */
static void tell_invoice(const teller *t, pn_buf *out) {
    pn_str number = invoice_number(t, text_of(t, "invoice"));
    const pn_json *lines = pn_json_field(t->body, "lines");
    const pn_json *undone = pn_json_field(t->body, "undone");
    char count[20];
    if (undone != NULL) {
        tell_undone(t, undone, out);
    } else if (lines != NULL) {
        int64_t how_many = pn_json_int(lines, 0);
        say_2(t, out, how_many == 1 ? PN_SAID_LINE : PN_SAID_LINES, number,
              (pn_str){count, pn_int64_text(how_many, count)});
    } else {
        say_3(t, out, PN_SAID_CORRECTED, number, amount_of(t, "amount"), day_of(t, "due"));
    }
}

/* ": 50.00 EUR for F-1, 20.00 EUR for F-2" */
static void tell_parts(const teller *t, pn_buf *out) {
    const pn_json *invoices = pn_json_field(t->body, "invoices");
    for (size_t i = 0; invoices != NULL && i < invoices->count; i++) {
        const pn_json *part = &invoices->items[i];
        pn_buf_add_z(out, i == 0 ? ": " : ", ");
        say_2(t, out, PN_SAID_RECEIVED_FOR, amount_in(t, part, "amount", text_of(t, "currency")),
              invoice_number(t, pn_json_text(pn_json_field(part, "id"), PN_STR(""))));
    }
}

static void tell_reversed(const teller *t, pn_buf *out) {
    say_1(t, out, PN_SAID_REVERSED, amount_in(t, t->body, "amount", payment_currency(t)));
    add_aside(out, text_of(t, "reason"));
    pn_buf_add_char(out, '.');
}

static void tell_changed(const teller *t, pn_buf *out) {
    pn_str what = text_of(t, "what"), reason = text_of(t, "reason"), from = text_of(t, "from");
    if (pn_str_starts(what, PN_STR("document."))) {
        say_2(t, out, PN_SAID_DOCUMENT, text_of(t, "name"),
              pn_code_words(pn_str_from(what, 9), t->language));
    } else if (pn_str_is(what, "debtor.preferred_channel")) {
        say_1(t, out, PN_SAID_PREFERS, code_of(t, "after"));
    } else if (pn_str_is(what, "debtor.exported")) {
        say(t, out, PN_SAID_EXPORTED);
    } else if (pn_str_is(what, "payment.allocated") || pn_str_is(what, "payment.deallocated")) {
        say(t, out, pn_str_is(what, "payment.allocated") ? PN_SAID_ALLOCATED : PN_SAID_DEALLOCATED);
        tell_parts(t, out);
        add_aside(out, reason);
        pn_buf_add_char(out, '.');
    } else if (pn_str_is(what, "message.edited")) {
        say_2(t, out, PN_SAID_MESSAGE_EDITED, text_of(t, "id"), reason);
    } else if (pn_str_is(what, "message.resent")) {
        say_3(t, out, PN_SAID_MESSAGE_RESENT, text_of(t, "of"), text_of(t, "id"), reason);
    } else if (pn_str_starts(what, PN_STR("message."))) {
        say_2(t, out, PN_SAID_MESSAGE_RESTORED, text_of(t, "id"), reason);
    } else if (pn_str_is(what, "run.stopped")) {
        say_2(t, out, PN_SAID_RUN_STOPPED, from, reason);
    } else if (pn_str_is(what, "run.postponed")) {
        say_2(t, out, PN_SAID_RUN_POSTPONED, from, reason);
    } else if (pn_str_starts(what, PN_STR("run."))) {
        say_3(t, out, PN_SAID_RUN_LED, from, text_of(t, "to"), reason);
    } else {
        say(t, out, PN_SAID_SETTINGS);
    }
}

static void tell_payment(const teller *t, pn_buf *out) {
    say_1(t, out, PN_SAID_RECEIVED, amount_of(t, "amount"));
    tell_parts(t, out);
    if (pn_json_field(t->body, "unapplied") != NULL) {
        say_1(t, out, PN_SAID_UNAPPLIED, amount_of(t, "unapplied"));
    }
    pn_buf_add_char(out, '.');
}

/* The fields that were corrected, told as "tax id, collector". */
static void tell_corrected(const teller *t, pn_str fields, pn_buf *out) {
    pn_buf names;
    pn_buf_init(&names, 1 << 12);
    while (fields.len != 0) {
        size_t comma = pn_str_find(fields, PN_STR(", "));
        size_t len = PN_MIN(comma, fields.len);
        pn_str name = pn_code_words(pn_str_first(fields, len), t->language);
        pn_buf_add_format(&names, "%s%.*s", names.len == 0 ? "" : ", ", PN_STR_ARG(name));
        fields = pn_str_from(fields, PN_MIN(len + 2, fields.len));
    }
    say_1(t, out, PN_SAID_CORRECTED_TEXT, pn_buf_str(&names));
    pn_buf_done(&names);
}

static void tell_note(const teller *t, pn_buf *out) {
    pn_str changed = text_of(t, "changed");
    if (changed.len != 0) {
        tell_corrected(t, changed, out);
    } else {
        say_1(t, out, PN_SAID_NOTE, text_of(t, "text"));
    }
}

/* ── who is contacted, and where ─────────────────────────────────────────────────────────────── */

/* "ana@example.com (e-mail)" */
static pn_str contact_named(const teller *t) {
    pn_contact_row *rows = NULL;
    size_t count = 0;
    pn_id id = 0, debtor = t->event->debtor_id;
    pn_buf gone;
    pn_err err = pn_id_parse(PN_ID_CONTACT, text_of(t, "contact"), &id);
    err =
        err == PN_OK ? pn_contact_range(t->app->db, debtor, debtor, t->arena, &rows, &count) : err;
    for (size_t i = 0; err == PN_OK && i < count; i++) {
        if (rows[i].id == id) {
            pn_str channel = pn_str_of(pn_channel_kind_name(rows[i].channel));
            return pn_str_format(t->arena, "%.*s (%.*s)", PN_STR_ARG(rows[i].address),
                                 PN_STR_ARG(pn_code_words(channel, t->language)));
        }
    }
    pn_buf_init(&gone, 1 << 10);
    say(t, &gone, PN_SAID_CONTACT_ERASED);
    pn_str copy = pn_str_dup(t->arena, pn_buf_str(&gone));
    pn_buf_done(&gone);
    return copy;
}

static void tell_barred(const teller *t, pn_buf *out) {
    if (!pn_json_bool(pn_json_field(t->body, "barred"), false)) {
        say(t, out, PN_SAID_ALLOWED);
        return;
    }
    say(t, out, PN_SAID_BARRED);
    if (text_of(t, "until").len != 0) {
        say_1(t, out, PN_SAID_UNTIL, day_of(t, "until"));
    }
    add_aside(out, text_of(t, "reason"));
    pn_buf_add_char(out, '.');
}

static void tell_contact(const teller *t, pn_buf *out) {
    static const struct {
        const char *state;
        pn_said said;
    } STATES[] = {
        {"added", PN_SAID_CONTACT_ADDED},
        {"usable", PN_SAID_CONTACT_USABLE},
        {"bounced", PN_SAID_CONTACT_BOUNCED},
        {"opted_out", PN_SAID_CONTACT_OPTED_OUT},
        {"invalid", PN_SAID_CONTACT_INVALID},
        {"consented", PN_SAID_CONTACT_CONSENTED},
        {"not_consented", PN_SAID_CONTACT_NOT_CONSENTED},
    };
    pn_said said = PN_SAID_CONTACT_CHANGED;
    if (pn_json_field(t->body, "barred") != NULL) {
        tell_barred(t, out);
        return;
    }
    for (size_t i = 0; i < PN_COUNT(STATES); i++) {
        said = pn_str_eq(text_of(t, "state"), pn_str_of(STATES[i].state)) ? STATES[i].said : said;
    }
    say_1(t, out, said, contact_named(t));
}

static void tell_protection(const teller *t, pn_buf *out) {
    pn_protect_kind kind = pn_protect_of(text_of(t, "kind"));
    bool ended = pn_str_is(text_of(t, "what"), "unprotected");
    bool english = in_english(t->language);
    const char *words =
        kind == PN_PROTECTIONS ? "?" : pn_protect_words(kind, english ? PN_STR("en") : t->language);
    say_1(t, out, ended ? PN_SAID_UNPROTECTED : PN_SAID_PROTECTED, pn_str_of(words));
    if (text_of(t, "until").len != 0) {
        pn_buf_add_char(out, ',');
        say_1(t, out, PN_SAID_UNTIL, day_of(t, "until"));
    }
    add_aside(out, text_of(t, "reason"));
    pn_buf_add_char(out, '.');
}

static void tell_errand(const teller *t, pn_buf *out) {
    static const struct {
        const char *asked;
        pn_said said;
    } ASKED[] = {
        {"ticket", PN_SAID_ASKED_TICKET},   {"paid", PN_SAID_ASKED_PAID},
        {"suspend", PN_SAID_ASKED_SUSPEND}, {"restore", PN_SAID_ASKED_RESTORE},
        {"collect", PN_SAID_ASKED_COLLECT},
    };
    pn_str asked = text_of(t, "asked"), outcome = code_of(t, "outcome");
    pn_str reference = text_of(t, "reference");
    pn_said said = PN_SAID_ASKED;
    for (size_t i = 0; i < PN_COUNT(ASKED); i++) {
        said = pn_str_eq(asked, pn_str_of(ASKED[i].asked)) ? ASKED[i].said : said;
    }
    say_1(t, out, said, text_of(t, "connector"));
    outcome = outcome.len != 0 ? outcome : code_of(t, "state");
    pn_buf_add_format(out, ": %.*s", PN_STR_ARG(outcome));
    if (reference.len != 0) {
        pn_buf_add_format(out, ", %.*s", PN_STR_ARG(reference));
    }
    add_aside(out, text_of(t, "reason"));
    pn_buf_add_char(out, '.');
}

static void tell_claim(const teller *t, pn_buf *out) {
    static const pn_said KINDS[PN_EVENTS] = {
        [PN_EVENT_PROMISE] = PN_SAID_PROMISE,
        [PN_EVENT_DISPUTE] = PN_SAID_DISPUTE,
        [PN_EVENT_DISPUTE_CLOSED] = PN_SAID_DISPUTE_CLOSED,
        [PN_EVENT_INSTRUMENT] = PN_SAID_INSTRUMENT,
        [PN_EVENT_PLAN] = PN_SAID_PLAN,
        [PN_EVENT_HOLD] = PN_SAID_HOLD,
        [PN_EVENT_RELEASE] = PN_SAID_RELEASE,
        [PN_EVENT_SIGNAL] = PN_SAID_SIGNAL,
        [PN_EVENT_OFFER] = PN_SAID_OFFER,
    };
    static const pn_said DAYS[PN_EVENTS] = {
        [PN_EVENT_PROMISE] = PN_SAID_BY,           [PN_EVENT_INSTRUMENT] = PN_SAID_FALLS_DUE,
        [PN_EVENT_PLAN] = PN_SAID_UNTIL,           [PN_EVENT_HOLD] = PN_SAID_UNTIL,
        [PN_EVENT_SIGNAL] = PN_SAID_AWAITED_UNTIL,
    };
    pn_str what = text_of(t, "what");
    bool said = pn_str_is(what, "promise") || pn_str_is(what, "dispute") ||
                pn_str_is(what, "hold") || pn_str_is(what, "plan");
    say(t, out, KINDS[t->event->kind]);
    if (pn_json_field(t->body, "amount") != NULL) {
        say_1(t, out, PN_SAID_OF_AMOUNT, amount_of(t, "amount"));
    }
    if (!said) {
        pn_buf_add_format(out, ": %.*s", PN_STR_ARG(pn_code_words(what, t->language)));
    }
    if (text_of(t, "due").len != 0) {
        say_1(t, out, DAYS[t->event->kind], day_of(t, "due"));
    }
    add_aside(out, code_of(t, "detail"));
    pn_buf_add_char(out, '.');
}

/* What a debtor did, a mail provider fetched, or a machine touched. */
static void tell_signal(const teller *t, pn_buf *out) {
    static const struct {
        const char *what, *source;
        pn_said said;
    } SIGNALS[] = {
        {"open", "human", PN_SAID_OPEN_HUMAN},
        {"open", "proxy", PN_SAID_OPEN_PROXY},
        {"open", "machine", PN_SAID_OPEN_MACHINE},
        {"click", "human", PN_SAID_CLICK_HUMAN},
        {"click", NULL, PN_SAID_CLICK_MACHINE},
        {"delivered", NULL, PN_SAID_DELIVERED},
        {"visit", NULL, PN_SAID_VISIT},
        {"reply", "human", PN_SAID_REPLY},
        {"auto_reply", NULL, PN_SAID_AUTO_REPLY},
        {"bounce", NULL, PN_SAID_BOUNCE},
        {"payment_attempt", NULL, PN_SAID_PAYMENT_ATTEMPT},
        {"payment_failed", NULL, PN_SAID_PAYMENT_FAILED},
        {"promise", NULL, PN_SAID_GAVE_DATE},
        {"conversation", NULL, PN_SAID_CONVERSATION},
    };
    pn_str what = text_of(t, "what"), source = text_of(t, "source"), detail = text_of(t, "detail");
    size_t i = 0;
    if (source.len == 0) { /* an invoice was said to be paid */
        tell_claim(t, out);
        return;
    }
    while (i < PN_COUNT(SIGNALS) &&
           !(pn_str_eq(what, pn_str_of(SIGNALS[i].what)) &&
             (SIGNALS[i].source == NULL || pn_str_eq(source, pn_str_of(SIGNALS[i].source))))) {
        i++;
    }
    if (i < PN_COUNT(SIGNALS)) {
        say(t, out, SIGNALS[i].said);
    } else {
        say(t, out, PN_SAID_SIGNAL);
        pn_buf_add_format(out, ": %.*s", PN_STR_ARG(what));
        add_aside(out, source);
    }
    if (detail.len != 0) {
        say_1(t, out, PN_SAID_QUOTE, detail);
    }
    pn_buf_add_char(out, '.');
}

static void tell_mail(const teller *t, pn_buf *out) {
    static const struct {
        const char *class;
        pn_said said;
    } CLASSES[] = {
        {"hard", PN_SAID_MAIL_HARD},
        {"soft", PN_SAID_MAIL_SOFT},
        {"policy", PN_SAID_MAIL_POLICY},
        {"complaint", PN_SAID_MAIL_COMPLAINT},
        {"auto_reply", PN_SAID_MAIL_AUTO_REPLY},
        {"reply", PN_SAID_MAIL_REPLY},
        {"other", PN_SAID_MAIL_OTHER},
    };
    pn_str class = text_of(t, "class"), what = text_of(t, "what"), status = text_of(t, "status");
    pn_str reason = text_of(t, "reason");
    say_1(t, out, PN_SAID_MAIL, text_of(t, "mail"));
    if (text_of(t, "from").len != 0) {
        say_1(t, out, PN_SAID_MAIL_FROM, text_of(t, "from"));
    }
    for (size_t i = 0; i < PN_COUNT(CLASSES); i++) {
        if (pn_str_eq(class, pn_str_of(CLASSES[i].class))) {
            say(t, out, CLASSES[i].said);
        }
    }
    if (status.len + reason.len != 0) {
        pn_buf_add_format(out, " (%.*s%s%.*s)", PN_STR_ARG(status),
                          status.len != 0 && reason.len != 0 ? " " : "", PN_STR_ARG(reason));
    }
    if (pn_json_bool(pn_json_field(t->body, "opt_out"), false)) {
        say(t, out, PN_SAID_MAIL_OPT_OUT);
    }
    if (text_of(t, "said").len != 0) {
        say_1(t, out, PN_SAID_QUOTE, text_of(t, "said"));
    }
    pn_buf_add_char(out, '.');
    if (pn_str_is(what, "matched") || pn_str_is(what, "ignored")) {
        say(t, out, pn_str_is(what, "matched") ? PN_SAID_MAIL_MATCHED : PN_SAID_MAIL_IGNORED);
    }
}

/* The day of an instant, as the organization's people read it. */
static pn_str instant_day(const teller *t, const char *key) {
    pn_time at = 0;
    if (pn_instant_parse(text_of(t, key), &at) != PN_OK) {
        return PN_STR("");
    }
    const pn_zone *zone = pn_app_zone_or_own(t->app, PN_STR_NONE);
    return pn_explain_day(pn_zone_date(zone, at), t->language, t->arena);
}

static void tell_call(const teller *t, pn_buf *out) {
    pn_str note = text_of(t, "note"), again = instant_day(t, "until");
    say_1(t, out, PN_SAID_CALLED, code_of(t, "outcome"));
    if (note.len != 0) {
        say_1(t, out, PN_SAID_QUOTE, note);
    }
    if (again.len != 0) {
        say_1(t, out, PN_SAID_CALLED_AGAIN, again);
    }
    pn_buf_add_lit(out, ".");
}

static void tell_task(const teller *t, pn_buf *out) {
    pn_str what = text_of(t, "what"), title = text_of(t, "title"), who = text_of(t, "assignee");
    if (pn_str_is(what, "call")) {
        tell_call(t, out);
    } else if (pn_str_is(what, "snooze")) {
        say_2(t, out, PN_SAID_TASK_SNOOZED, title, instant_day(t, "until"));
        add_aside(out, code_of(t, "reason"));
        pn_buf_add_lit(out, ".");
    } else if (pn_str_is(what, "wake")) {
        say_1(t, out, PN_SAID_TASK_WOKEN, title);
    } else if (pn_str_is(what, "assign") && who.len != 0) {
        say_2(t, out, PN_SAID_TASK_ASSIGNED, title, who);
    } else if (pn_str_is(what, "assign")) {
        say_1(t, out, PN_SAID_TASK_QUEUED, title);
    } else if (pn_str_is(what, "undo")) {
        say_1(t, out, PN_SAID_TASK_UNDONE, title);
    } else if (pn_str_is(what, "reject")) {
        say_1(t, out, PN_SAID_TASK_REJECTED, title);
    } else if (pn_str_is(what, "add")) {
        say_1(t, out, PN_SAID_TASK_ADDED, title);
    } else {
        say_2(t, out, PN_SAID_TASK_DONE, title, code_of(t, "outcome"));
    }
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
    case PN_EVENT_PAYMENT_REVERSED: tell_reversed(t, out); break;
    case PN_EVENT_CREDIT:
        say_3(t, out, PN_SAID_LOWERED, invoice_number(t, text_of(t, "invoice")),
              amount_of(t, "amount"), code_of(t, "kind"));
        break;
    case PN_EVENT_PROMISE_JUDGED:
        say_2(t, out, PN_SAID_PROMISE_JUDGED, code_of(t, "what"), amount_of(t, "amount"));
        break;
    case PN_EVENT_PROMISE:
    case PN_EVENT_DISPUTE:
    case PN_EVENT_DISPUTE_CLOSED:
    case PN_EVENT_INSTRUMENT:
    case PN_EVENT_PLAN:
    case PN_EVENT_HOLD:
    case PN_EVENT_RELEASE:
    case PN_EVENT_OFFER: tell_claim(t, out); break;
    case PN_EVENT_SIGNAL: tell_signal(t, out); break;
    case PN_EVENT_ERRAND: tell_errand(t, out); break;
    case PN_EVENT_MAIL: tell_mail(t, out); break;
    case PN_EVENT_CONTACT: tell_contact(t, out); break;
    case PN_EVENT_TASK: tell_task(t, out); break;
    case PN_EVENT_PUBLISHED: say(t, out, PN_SAID_MOVED_VERSION); break;
    case PN_EVENT_PROTECTION: tell_protection(t, out); break;
    case PN_EVENT_LINK: say_1(t, out, PN_SAID_LINK, code_of(t, "what")); break;
    case PN_EVENT_ERASED: say(t, out, PN_SAID_ERASED); break;
    case PN_EVENT_CHANGED: tell_changed(t, out); break;
    case PN_EVENT_JOB: say(t, out, PN_SAID_JOB); break;
    case PN_EVENT_NOTE: tell_note(t, out); break;
    case PN_EVENT_CHARGE:
    case PN_EVENT_SETTING:
    case PN_EVENTS: break;
    }
}

static pn_str said(pn_buf *text, pn_arena *arena) {
    pn_str copy = pn_str_dup(arena, pn_buf_str(text));
    pn_buf_done(text);
    return copy;
}

pn_str pn_explain_event(pn_app *app, const pn_event_row *event, pn_str strategy, pn_str language,
                        pn_arena *arena) {
    teller t = {app, event, NULL, strategy, language, arena};
    pn_json *body = NULL;
    pn_buf text;
    pn_buf_init(&text, 1 << 20);
    if (event->erased) {
        say(&t, &text, PN_SAID_PROOF_REMAINS);
    } else if (pn_json_parse(event->body, NULL, arena, &body, NULL) != PN_OK) {
        say(&t, &text, PN_SAID_UNREADABLE);
    } else {
        t.body = body;
        tell(&t, &text);
    }
    return said(&text, arena);
}

/* ── verdicts ────────────────────────────────────────────────────────────────────────────────── */

pn_str pn_explain_verdict(pn_app *app, const pn_json *verdict, pn_str language, pn_arena *arena) {
    pn_str english = pn_json_text(pn_json_field(verdict, "explanation"), PN_STR(""));
    pn_str zone = pn_json_text(pn_json_field(verdict, "zone"), PN_STR(""));
    const pn_policy policy = {
        .name = pn_json_text(pn_json_field(verdict, "policy"), PN_STR("")),
        .version = pn_json_text(pn_json_field(verdict, "version"), PN_STR("")),
    };
    pn_verdict v = {
        .answer = pn_gate_answer_of(pn_json_text(pn_json_field(verdict, "answer"), PN_STR(""))),
        .reason = pn_gate_reason_of(pn_json_text(pn_json_field(verdict, "reason"), PN_STR(""))),
        .at = pn_json_int(pn_json_field(verdict, "until"), 0),
        .number = (int32_t)pn_json_int(pn_json_field(verdict, "number"), 0),
        .days = (int32_t)pn_json_int(pn_json_field(verdict, "days"), 0),
        .source = pn_json_text(pn_json_field(verdict, "source"), PN_STR("")),
        .detail = pn_json_text(pn_json_field(verdict, "detail"), PN_STR("")),
        .treatment = (pn_treatment)pn_json_int(pn_json_field(verdict, "treatment"), 0),
    };
    if (in_english(language) || zone.len == 0) {
        return english; /* as it was said when the gate was asked */
    }
    pn_buf text;
    pn_buf_init(&text, 2000);
    pn_gate_explain(&v, &policy, pn_app_zone_or_own(app, zone), language, &text);
    return said(&text, arena);
}

/* ── one message ─────────────────────────────────────────────────────────────────────────────── */

/* The gate's words when it was asked last; empty when it never held the message back. */
static pn_str last_verdict(const teller *t, const pn_message_row *message) {
    pn_json *params = NULL;
    if (pn_json_parse(message->params, NULL, t->arena, &params, NULL) != PN_OK) {
        return PN_STR("");
    }
    const pn_json *gate = pn_json_field(params, "gate");
    return gate == NULL || gate->count == 0
               ? PN_STR("")
               : pn_explain_verdict(t->app, &gate->items[gate->count - 1], t->language, t->arena);
}

static void tell_sentence(const teller *t, const pn_message_row *message, pn_str address,
                          pn_buf *out) {
    pn_str verdict = last_verdict(t, message);
    pn_str reason = reason_of(t, message->reason);
    switch (message->state) {
    case PN_MESSAGE_QUEUED:
        if (verdict.len != 0 && !pn_str_is(message->reason, "hold")) {
            say_1(t, out, PN_SAID_IT_WAITS_VERDICT, verdict);
        } else {
            say_1(t, out, reason.len == 0 ? PN_SAID_IT_WAITS : PN_SAID_IT_WAITS_FOR, reason);
        }
        break;
    case PN_MESSAGE_SENDING: say(t, out, PN_SAID_IT_IS_BEING_SENT); break;
    case PN_MESSAGE_SENT:
    case PN_MESSAGE_DELIVERED:
        if (pn_str_is(message->reason, "merged")) {
            say_2(t, out, PN_SAID_IT_WAS_SENT_TOO, address, reason);
        } else {
            say_1(t, out, PN_SAID_IT_WAS_SENT, address);
        }
        break;
    case PN_MESSAGE_BOUNCED: say_1(t, out, PN_SAID_IT_CAME_BACK, address); break;
    case PN_MESSAGE_FAILED: say_1(t, out, PN_SAID_IT_FAILED, reason); break;
    case PN_MESSAGE_SKIPPED:
        say_1(t, out, PN_SAID_IT_WAS_SKIPPED, reason);
        if (verdict.len != 0 && !pn_str_is(message->reason, "paid")) {
            pn_buf_add_format(out, " %.*s", PN_STR_ARG(verdict));
        }
        break;
    case PN_MESSAGE_HELD: say(t, out, PN_SAID_IT_IS_HELD); break;
    case PN_MESSAGE_UNCERTAIN: say_1(t, out, PN_SAID_IT_IS_UNCERTAIN, reason); break;
    case PN_MESSAGE_STATES: break;
    }
}

pn_str pn_explain_message(pn_app *app, const pn_message_row *message, const pn_carrier_row *carrier,
                          pn_str language, pn_arena *arena) {
    teller t = {.app = app, .language = language, .arena = arena};
    pn_buf text;
    pn_buf_init(&text, 1 << 16);
    tell_sentence(&t, message, carrier->address, &text);
    return said(&text, arena);
}
