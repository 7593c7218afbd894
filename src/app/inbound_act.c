/* What follows from a mail, once it is known whose it is. It reads the stored row alone, so that a
 * mail matched by hand days later has the same consequences. */
#include "app/inbound_int.h"

#include "app/contacts.h"
#include "app/signals.h"
#include "base/banned.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "format/optout.h"
#include "store/debtor.h"
#include "store/run.h"
#include "store/task.h"

typedef struct {
    pn_app *app;
    pn_received_row *row;
    pn_arena *arena;
    pn_diag *diag;
    pn_str address; /* the one we wrote to; empty: not known */
} actor;

/* ── people of ours are told ─────────────────────────────────────────────────────────────────── */

typedef enum { NOTICE_POLICY, NOTICE_COMPLAINT, NOTICE_KINDS } notice_kind;

static const struct {
    const char *es, *en, *pt;
} NOTICES[NOTICE_KINDS] = {
    [NOTICE_POLICY] = {"Un servidor rechaza nuestro correo por el remitente",
                       "A mail server refuses us as the sender",
                       "Um servidor recusa nosso e-mail por causa do remetente"},
    [NOTICE_COMPLAINT] = {"Un destinatario ha marcado nuestro correo como no deseado; no se le "
                          "escribe más a esa dirección",
                          "A recipient marked our mail as spam; that address is not written to "
                          "any more",
                          "Um destinatário marcou nosso e-mail como spam; não se escreve mais "
                          "para esse endereço"},
};

static pn_err notify(actor *a, notice_kind kind, pn_str detail) {
    pn_str language = a->app->org.language;
    const char *words = pn_str_starts(language, PN_STR("es"))   ? NOTICES[kind].es
                        : pn_str_starts(language, PN_STR("pt")) ? NOTICES[kind].pt
                                                                : NOTICES[kind].en;
    pn_notice_row row = {.id = pn_app_id(a->app),
                         .org_id = a->app->org.id,
                         .debtor_id = a->row->debtor_id,
                         .recipient = PN_STR("manager"),
                         .text = pn_str_format(a->arena, "%s: %.*s.", words, PN_STR_ARG(detail)),
                         .at = pn_app_now(a->app)};
    return pn_notice_insert(a->app->db, &row);
}

/* ── opting out ──────────────────────────────────────────────────────────────────────────────── */

/* The address is one person's, whatever debtors have it. */
static pn_err close_address(actor *a, pn_str address, const char *reason) {
    enum { DEBTORS_MAX = 1000 };
    pn_id *debtors = NULL;
    size_t count = 0;
    pn_app *app = a->app;
    if (address.len == 0) {
        return PN_OK;
    }
    PN_TRY(pn_contact_debtors(app->db, app->org.id, PN_CHANNEL_EMAIL,
                              pn_utf8_fold(a->arena, address, false), DEBTORS_MAX, a->arena,
                              &debtors, &count));
    for (size_t i = 0; i < count; i++) {
        PN_TRY(pn_contacts_disable(app, debtors[i], PN_CHANNEL_EMAIL, address, PN_CONTACT_OPTED_OUT,
                                   pn_str_of(reason), pn_app_now(app), a->arena));
        PN_TRY(pn_poke(app->db, app->org.lane, debtors[i]));
    }
    return PN_OK;
}

static pn_err close_all(actor *a) {
    pn_contact_row *contacts = NULL;
    size_t count = 0;
    pn_id debtor = a->row->debtor_id;
    PN_TRY(pn_contact_range(a->app->db, debtor, debtor, a->arena, &contacts, &count));
    for (size_t i = 0; i < count; i++) {
        PN_TRY(pn_contacts_disable(a->app, debtor, contacts[i].channel, contacts[i].address,
                                   PN_CONTACT_OPTED_OUT, PN_STR("opt_out"), pn_app_now(a->app),
                                   a->arena));
    }
    return pn_poke(a->app->db, a->app->org.lane, debtor);
}

/* Who answers from another address than the one we wrote to wants peace at both. A sender can be
 * made up, so its address is closed for this debtor alone, unless it is all that is known: it may
 * then be a contact of several debtors, and means all of them. Of a company, "no more by any way"
 * speaks for the person who wrote and not for the others. */
static pn_err opt_out(actor *a) {
    pn_debtor_row debtor;
    a->row->state = PN_RECEIVED_HANDLED;
    PN_TRY(pn_debtor_get(a->app->db, a->row->debtor_id, a->arena, &debtor));
    if (a->row->opt_out == PN_OPTOUT_EVERYWHERE && debtor.kind != PN_DEBTOR_COMPANY) {
        PN_TRY(close_all(a));
    }
    PN_TRY(close_address(a, a->row->matched_by == PN_MATCHED_ADDRESS ? a->row->sender : a->address,
                         "opt_out"));
    if (a->row->class != PN_MAIL_REPLY) {
        return PN_OK;
    }
    PN_TRY(pn_contacts_disable(a->app, debtor.id, PN_CHANNEL_EMAIL, a->row->sender,
                               PN_CONTACT_OPTED_OUT, PN_STR("opt_out"), pn_app_now(a->app),
                               a->arena));
    return pn_poke(a->app->db, a->app->org.lane, debtor.id);
}

/* ── bounces ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err bounce(actor *a, pn_bounce_kind kind, const char *why) {
    pn_received_row *row = a->row;
    pn_str detail = pn_str_format(a->arena, "%.*s%s%.*s%s", PN_STR_ARG(row->status),
                                  row->status.len != 0 ? " " : "", PN_STR_ARG(row->reason), why);
    row->state = PN_RECEIVED_HANDLED;
    if (row->carrier_id != 0) {
        pn_signal_report report = {.carrier_id = row->carrier_id,
                                   .kind = PN_SIGNAL_BOUNCE,
                                   .source = PN_SOURCE_MACHINE,
                                   .bounce = kind,
                                   .status = row->status,
                                   .detail = detail};
        return pn_signals_add(a->app, &report, a->arena, a->diag);
    }
    if (kind != PN_BOUNCE_DEAD) {
        return PN_OK;
    }
    PN_TRY(pn_contacts_disable(a->app, row->debtor_id, PN_CHANNEL_EMAIL, row->recipient,
                               PN_CONTACT_BOUNCED, row->status, pn_app_now(a->app), a->arena));
    return pn_poke(a->app->db, a->app->org.lane, row->debtor_id);
}

static pn_err soft_bounce(actor *a) {
    int64_t count = 0;
    pn_time since = pn_app_now(a->app) - PN_LIMIT_SOFT_BOUNCE_DAYS * PN_DAY;
    a->row->state = PN_RECEIVED_HANDLED;
    if (pn_str_eq(a->row->reason, PN_RECEIVED_DELAYED)) {
        return PN_OK;
    }
    PN_TRY(pn_received_count(a->app->db, a->app->org.id, a->row->recipient, PN_MAIL_SOFT, since,
                             &count));
    return count >= PN_LIMIT_SOFT_BOUNCES ? bounce(a, PN_BOUNCE_DEAD, ", again and again")
                                          : bounce(a, PN_BOUNCE_PASSING, "");
}

/* Told once a day: one refusal mostly comes with a hundred. */
static pn_err refused_as_sender(actor *a) {
    pn_received_filter filter = {.state = -1, .class = PN_MAIL_POLICY, .limit = 2};
    pn_received_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_received_list(a->app->db, a->app->org.id, &filter, a->arena, &rows, &count));
    bool told = false;
    for (size_t i = 0; i < count; i++) {
        told = told || (rows[i].id != a->row->id && rows[i].at > pn_app_now(a->app) - PN_DAY);
    }
    if (!told) {
        pn_str detail = pn_str_format(a->arena, "%.*s %.*s", PN_STR_ARG(a->row->status),
                                      PN_STR_ARG(a->row->reason));
        PN_TRY(notify(a, NOTICE_POLICY, pn_str_trim(detail)));
    }
    return bounce(a, PN_BOUNCE_PASSING, "");
}

static pn_err complaint(actor *a) {
    pn_str address = a->address.len != 0 ? a->address : a->row->recipient;
    a->row->state = PN_RECEIVED_HANDLED;
    PN_TRY(close_address(a, address, "complaint"));
    return notify(a, NOTICE_COMPLAINT, address);
}

/* ── answers ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err signal_of(actor *a, pn_signal_kind kind, pn_signal_source source, pn_str detail,
                        pn_str script) {
    pn_signal_report report = {.carrier_id = a->row->carrier_id,
                               .debtor_id = a->row->debtor_id,
                               .kind = kind,
                               .source = source,
                               .detail = detail,
                               .mail_id = kind == PN_SIGNAL_REPLY ? a->row->id : 0,
                               .script = script};
    return pn_signals_add(a->app, &report, a->arena, a->diag);
}

static pn_err is_contact(actor *a, bool *ret_is) {
    pn_contact_row *contacts = NULL;
    size_t count = 0;
    pn_id debtor = a->row->debtor_id;
    PN_TRY(pn_contact_range(a->app->db, debtor, debtor, a->arena, &contacts, &count));
    *ret_is = false;
    for (size_t i = 0; i < count; i++) {
        *ret_is = *ret_is || pn_str_eq_nocase(contacts[i].address, a->row->sender);
    }
    return PN_OK;
}

/* What the task says: what it seems to be, whether the address is a new one, and the words. */
static pn_err script_of(actor *a, pn_str *ret_script) {
    bool known = false;
    PN_TRY(is_contact(a, &known));
    pn_str language = a->app->org.language;
    pn_str words = pn_inbound_suggestion_words(a->app, a->row->suggestion, a->arena);
    const char *from = known || a->row->sender.len == 0        ? ""
                       : pn_str_starts(language, PN_STR("es")) ? "Escribe desde otra dirección: "
                       : pn_str_starts(language, PN_STR("pt")) ? "Escreve de outro endereço: "
                                                               : "Writes from another address: ";
    *ret_script =
        pn_str_format(a->arena, "%.*s%s%s%.*s%s%.*s", PN_STR_ARG(words), words.len != 0 ? "\n" : "",
                      from, PN_STR_ARG(from[0] != '\0' ? a->row->sender : PN_STR("")),
                      words.len != 0 || from[0] != '\0' ? "\n\n" : "", PN_STR_ARG(a->row->text));
    return PN_OK;
}

static pn_err reply(actor *a) {
    pn_str script;
    PN_TRY(script_of(a, &script));
    a->row->state = PN_RECEIVED_MATCHED;
    pn_str detail = a->row->text.len != 0 ? a->row->text : a->row->subject;
    return signal_of(a, PN_SIGNAL_REPLY, PN_SOURCE_HUMAN, detail, script);
}

pn_err pn_inbound_act(pn_app *app, pn_received_row *row, pn_arena *arena, pn_diag *diag) {
    actor a = {.app = app, .row = row, .arena = arena, .diag = diag};
    if (row->carrier_id != 0) {
        pn_carrier_row carrier;
        PN_TRY(pn_carrier_get(app->db, row->carrier_id, arena, &carrier));
        a.address = carrier.address;
    }
    bool twin = false;
    PN_TRY(pn_received_has_twin(app->db, row, &twin));
    if (twin) { /* to two of our addresses, say: what follows from it has followed */
        row->state = PN_RECEIVED_HANDLED;
        return PN_OK;
    }
    if (row->opt_out != PN_OPTOUT_NONE) {
        return opt_out(&a);
    }
    switch ((pn_mail_class)row->class) {
    case PN_MAIL_HARD: return bounce(&a, PN_BOUNCE_DEAD, "");
    case PN_MAIL_SOFT: return soft_bounce(&a);
    case PN_MAIL_POLICY: return refused_as_sender(&a);
    case PN_MAIL_COMPLAINT: return complaint(&a);
    case PN_MAIL_AUTO_REPLY:
        row->state = PN_RECEIVED_HANDLED;
        return signal_of(&a, PN_SIGNAL_AUTO_REPLY, PN_SOURCE_MACHINE, row->subject, PN_STR(""));
    case PN_MAIL_REPLY: return reply(&a);
    case PN_MAIL_OTHER: row->state = PN_RECEIVED_HANDLED; return PN_OK;
    }
    return PN_OK;
}

/* ── proof ───────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_inbound_record(pn_app *app, const pn_received_row *row, const char *what) {
    char id[PN_ID_TEXT_SIZE], hex[2 * PN_SHA256_BYTES + 1];
    pn_buf body;
    pn_buf_init(&body, 16384);
    pn_hex(row->source_hash.bytes, sizeof row->source_hash.bytes, hex);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    if (row->carrier_id != 0) {
        pn_json_put_str(&w, "carrier", pn_str_of(pn_id_text(PN_ID_CARRIER, row->carrier_id, id)));
    }
    pn_json_put_str(&w, "class", pn_str_of(pn_mail_class_name((pn_mail_class)row->class)));
    pn_json_put_str_if(&w, "from", row->sender);
    pn_json_put_str(&w, "hash", pn_str_of(hex));
    pn_json_put_str(&w, "mail", pn_str_of(pn_id_text(PN_ID_RECEIVED, row->id, id)));
    pn_json_put_str(&w, "matched_by", pn_str_of(pn_matched_name(row->matched_by)));
    pn_json_put_str_if(&w, "note", row->note);
    if (row->opt_out != PN_OPTOUT_NONE) {
        pn_json_put_bool(&w, "opt_out", true);
        pn_json_put_str_if(&w, "said", row->text);
    }
    pn_json_put_str_if(&w, "reason", row->reason);
    pn_json_put_str_if(&w, "status", row->status);
    pn_json_put_str_if(&w, "subject", row->subject);
    pn_json_put_str(&w, "what", pn_str_of(what));
    pn_json_end_object(&w);
    pn_err err = row->debtor_id != 0
                     ? pn_journal_debtor(app, row->debtor_id, PN_EVENT_MAIL, pn_buf_str(&body))
                     : pn_journal_add(app, 0, 0, 0, PN_EVENT_MAIL, pn_buf_str(&body), &(pn_id){0});
    pn_buf_done(&body);
    return err;
}
