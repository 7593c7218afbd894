#include "app/inbound_int.h"

#include "app/lookup.h"
#include "base/banned.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "codec/mail_read.h"
#include "format/mail_date.h"
#include "format/optout.h"
#include "format/reply.h"
#include "store/debtor.h"

enum { SUBJECT_CHARS = 300, REASON_CHARS = 200 };

struct pn_inbound {
    pn_app *app;
    pn_helper *helper;
    pn_packer *packer;
};

pn_err pn_inbound_new(pn_app *app, pn_inbound **ret_inbound, pn_diag *diag) {
    pn_helper *helper = NULL;
    PN_TRY(pn_helper_new(app->env, "puntual-mail", &helper, diag));
    pn_inbound *inbound = pn_alloc(sizeof *inbound);
    *inbound = (pn_inbound){.app = app, .helper = helper, .packer = pn_packer_new()};
    *ret_inbound = inbound;
    return PN_OK;
}

void pn_inbound_free(pn_inbound *inbound) {
    if (inbound != NULL) {
        pn_helper_free(inbound->helper);
        pn_packer_free(inbound->packer);
        free(inbound);
    }
}

pn_app *pn_inbound_app(const pn_inbound *inbound) {
    return inbound->app;
}

/* ── reading ─────────────────────────────────────────────────────────────────────────────────── */

static pn_str cut_chars(pn_str text, size_t chars) {
    return pn_str_first(text, pn_utf8_prefix(text, chars));
}

static pn_str cut_bytes(pn_str text, size_t bytes) {
    size_t len = PN_MIN(text.len, bytes);
    while (len > 0 && len < text.len && ((unsigned char)text.ptr[len] & 0xC0) == 0x80) {
        len--;
    }
    return pn_str_first(text, len);
}

/* The addresses it was sent to, as a list for people. */
static pn_str addresses_text(const pn_mail_finding *finding, pn_str envelope, pn_arena *arena) {
    pn_buf text;
    pn_buf_init(&text, 65536);
    pn_buf_add_str(&text, envelope);
    for (size_t i = 0; i < finding->sent_to_count && text.len < PN_LIMIT_TEXT_BYTES; i++) {
        if (!pn_str_eq_nocase(finding->sent_to[i], envelope)) {
            pn_buf_add_z(&text, text.len > 0 ? ", " : "");
            pn_buf_add_str(&text, finding->sent_to[i]);
        }
    }
    pn_str copy = pn_str_dup(arena, cut_bytes(pn_buf_str(&text), PN_LIMIT_TEXT_BYTES));
    pn_buf_done(&text);
    return copy;
}

static pn_str deciding_recipient(const pn_mail_finding *finding) {
    for (size_t i = 0; i < finding->recipient_count; i++) {
        if (finding->recipients[i].class == finding->class) {
            return finding->recipients[i].address;
        }
    }
    return PN_STR("");
}

/* "Not yet": the server goes on trying. A report says so by its action (RFC 3464, section 2.3.3),
 * older servers in the subject. */
static bool is_delay(const pn_mail *mail, const pn_mail_finding *finding, pn_arena *arena) {
    bool delayed = false, failed = false;
    if (finding->class != PN_MAIL_SOFT) {
        return false;
    }
    for (size_t i = 0; i < mail->part_count; i++) {
        if (pn_str_is(mail->parts[i].content_type, "message/delivery-status")) {
            pn_str text = pn_utf8_fold(arena, mail->parts[i].text, false);
            delayed = delayed || pn_str_find(text, PN_STR("action: delayed")) != SIZE_MAX;
            failed = failed || pn_str_find(text, PN_STR("action: failed")) != SIZE_MAX;
        }
    }
    pn_str subject = pn_utf8_fold(arena, finding->subject, false);
    bool said = pn_str_find(subject, PN_STR("delayed")) != SIZE_MAX ||
                pn_str_starts(subject, PN_STR("warning:"));
    return !failed && (delayed || said);
}

static void read_reply(const pn_mail *mail, const pn_mail_finding *finding, pn_arena *arena,
                       pn_received_row *row) {
    if (finding->class != PN_MAIL_REPLY) {
        return;
    }
    pn_str words = pn_str_trim(pn_mail_words(mail, arena));
    row->text = cut_bytes(pn_reply_text(words, arena), PN_LIMIT_REPLY_BYTES);
    row->opt_out = (int)pn_optout_of(row->text.len != 0 ? row->text : row->subject, arena);
}

static void describe(const pn_mail *mail, const pn_mail_finding *finding,
                     const pn_inbound_mail *given, pn_arena *arena, pn_received_row *row) {
    row->message_id = cut_chars(finding->message_id, SUBJECT_CHARS);
    row->sender = cut_bytes(finding->from, PN_LIMIT_EMAIL_BYTES);
    row->sender_name = cut_chars(finding->from_name, SUBJECT_CHARS);
    row->subject = cut_chars(finding->subject, SUBJECT_CHARS);
    row->sent_to = addresses_text(finding, given->recipient, arena);
    row->class = (int)finding->class;
    row->status = cut_chars(finding->status, REASON_CHARS);
    row->reason = !given->whole                    ? PN_STR("too_large")
                  : is_delay(mail, finding, arena) ? PN_RECEIVED_DELAYED
                                                   : cut_chars(finding->reason, REASON_CHARS);
    row->recipient =
        pn_utf8_fold(arena, cut_bytes(deciding_recipient(finding), PN_LIMIT_EMAIL_BYTES), false);
    if (!pn_mail_date(pn_mail_header(mail, "Date"), &row->written_at)) {
        row->written_at = PN_TIME_NONE;
    }
    read_reply(mail, finding, arena, row);
}

/* What the helper cannot read is kept as it is and belongs to nobody. */
static pn_err read_mail(pn_inbound *inbound, const pn_inbound_mail *given, pn_arena *arena,
                        pn_received_row *row, pn_mail_finding *ret_finding, bool *ret_readable,
                        pn_diag *diag) {
    pn_mail mail;
    pn_diag why = {0};
    *ret_readable = false;
    row->class = (int)PN_MAIL_OTHER;
    row->message_id = row->sender = row->sender_name = row->subject = PN_STR("");
    row->sent_to = given->recipient;
    row->status = row->recipient = row->text = row->suggestion = row->note = PN_STR("");
    row->written_at = PN_TIME_NONE;
    row->reason = given->whole ? PN_STR("unreadable") : PN_STR("too_large");
    if (given->bytes.len == 0) {
        return PN_OK;
    }
    pn_err err = pn_mail_read(inbound->helper, given->bytes, arena, &mail, &why);
    if (err == PN_INVALID || err == PN_LIMIT) {
        return PN_OK;
    }
    if (err != PN_OK) {
        if (diag != NULL) {
            *diag = why;
        }
        return err;
    }
    pn_mail_classify(&mail, arena, ret_finding);
    describe(&mail, ret_finding, given, arena, row);
    *ret_readable = true;
    return PN_OK;
}

/* ── storing ─────────────────────────────────────────────────────────────────────────────────── */

/* The day on which it was written, where its debtor lives. A Date far from now is not believed. */
static pn_date written_on(pn_app *app, const pn_received_row *row, const pn_debtor_row *debtor) {
    pn_time now = pn_app_now(app), at = now;
    if (row->written_at != PN_TIME_NONE && row->written_at <= now + PN_DAY &&
        row->written_at >= now - 30 * PN_DAY) {
        at = row->written_at;
    }
    return pn_zone_date(pn_app_zone_or_own(app, debtor->zone), at);
}

static pn_err suggest(pn_app *app, pn_arena *arena, pn_received_row *row) {
    pn_debtor_row debtor = {.zone = app->org.zone, .country = app->org.country};
    if (row->class != (int)PN_MAIL_REPLY || row->opt_out != PN_OPTOUT_NONE) {
        return PN_OK;
    }
    if (row->debtor_id != 0) {
        PN_TRY(pn_debtor_get(app->db, row->debtor_id, arena, &debtor));
    }
    row->suggestion = pn_inbound_suggestion(row->text, written_on(app, row, &debtor),
                                            pn_str_is(debtor.country, "US"), arena);
    return PN_OK;
}

typedef struct {
    pn_inbound *inbound;
    const pn_inbound_mail *given;
    const pn_mail_finding *finding; /* NULL: it could not be read */
    pn_arena *arena;
    pn_received_row *row;
    bool existed;
} taking;

static pn_err remember_place(const taking *t) {
    const pn_inbound_mail *given = t->given;
    pn_app *app = t->inbound->app;
    return given->uid == 0 ? PN_OK
                           : pn_mailbox_set_position(app->db, app->org.id, given->source,
                                                     given->uid_validity, given->uid);
}

static pn_err keep_content(const taking *t) {
    pn_app *app = t->inbound->app;
    pn_packed packed = pn_content_pack(t->inbound->packer, NULL, t->given->bytes, t->arena);
    return pn_received_put_content(app->db, app->org.id, t->row->id, &packed, t->given->whole);
}

static pn_err store(taking *t, pn_diag *diag) {
    pn_app *app = t->inbound->app;
    pn_received_row *row = t->row;
    PN_TRY(remember_place(t));
    pn_err err = pn_received_by_hash(app->db, app->org.id, &row->source_hash, &row->id);
    if (err == PN_OK) {
        t->existed = true;
        return pn_received_get(app->db, app->org.id, row->id, t->arena, row);
    }
    if (err != PN_NOT_FOUND) {
        return err;
    }
    row->id = pn_app_id(app);
    row->org_id = app->org.id;
    row->at = pn_app_now(app);
    row->recorded_at = pn_env_now(app->env);
    if (t->finding != NULL) {
        PN_TRY(pn_inbound_find(app, t->finding, t->given->recipient, t->arena, row));
    } else {
        row->note = row->reason;
    }
    PN_TRY(suggest(app, t->arena, row));
    PN_TRY(pn_received_insert(app->db, row));
    PN_TRY(keep_content(t));
    PN_TRY(pn_inbound_record(app, row, "received"));
    if (row->matched_by != PN_MATCHED_NONE) {
        PN_TRY(pn_inbound_act(app, row, t->arena, diag));
        PN_TRY(pn_received_update(app->db, row));
    }
    return PN_OK;
}

pn_err pn_inbound_take(pn_inbound *inbound, const pn_inbound_mail *mail, pn_arena *arena,
                       pn_received_row *ret_row, bool *ret_existed, pn_diag *diag) {
    pn_app *app = inbound->app;
    pn_mail_finding finding;
    pn_received_row row = {.source = mail->source, .uid = mail->uid};
    bool readable = false;
    row.source_hash = pn_sha256_of(mail->bytes.ptr, mail->bytes.len);
    PN_TRY(read_mail(inbound, mail, arena, &row, &finding, &readable, diag));
    taking t = {.inbound = inbound,
                .given = mail,
                .finding = readable ? &finding : NULL,
                .arena = arena,
                .row = &row};
    PN_TRY(pn_app_begin(app, diag));
    pn_err err = store(&t, diag);
    err = err == PN_OK ? pn_app_commit(app, diag) : err;
    if (err != PN_OK) {
        err = pn_app_fail(app, err, diag);
        pn_app_rollback(app);
        return err;
    }
    *ret_row = row;
    *ret_existed = t.existed;
    return PN_OK;
}

/* ── by hand ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err get(pn_app *app, pn_id mail_id, pn_arena *arena, pn_received_row *ret_row,
                  pn_diag *diag) {
    pn_err err = pn_received_get(app->db, app->org.id, mail_id, arena, ret_row);
    return err == PN_NOT_FOUND ? pn_diag_set(diag, err, "There is no such mail.") : err;
}

pn_err pn_inbound_match(pn_app *app, pn_id mail_id, pn_id carrier_id, pn_id debtor_id,
                        pn_arena *arena, pn_diag *diag) {
    pn_received_row row;
    PN_TRY(get(app, mail_id, arena, &row, diag));
    if (row.matched_by != PN_MATCHED_NONE) {
        return pn_diag_set(diag, PN_CONFLICT, "This mail belongs to a debtor already.");
    }
    row.matched_by = PN_MATCHED_PERSON;
    row.carrier_id = carrier_id;
    row.debtor_id = debtor_id;
    if (carrier_id != 0) {
        pn_carrier_row carrier;
        PN_TRY(pn_carrier_get(app->db, carrier_id, arena, &carrier));
        row.debtor_id = carrier.debtor_id;
    }
    row.note = PN_STR("");
    PN_TRY(suggest(app, arena, &row)); /* in the debtor's zone now */
    PN_TRY(pn_inbound_record(app, &row, "matched"));
    PN_TRY(pn_inbound_act(app, &row, arena, diag));
    return pn_received_update(app->db, &row);
}

pn_err pn_inbound_ignore(pn_app *app, pn_id mail_id, pn_str reason, pn_arena *arena,
                         pn_diag *diag) {
    pn_received_row row;
    PN_TRY(get(app, mail_id, arena, &row, diag));
    if (row.state != PN_RECEIVED_UNMATCHED) {
        return pn_diag_set(diag, PN_CONFLICT, "Only a mail that belongs to nobody can be ignored.");
    }
    row.state = PN_RECEIVED_IGNORED;
    row.note = reason;
    PN_TRY(pn_inbound_record(app, &row, "ignored"));
    return pn_received_update(app->db, &row);
}
