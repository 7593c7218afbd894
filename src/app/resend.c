#include "app/resend.h"

#include "app/deliver_int.h"
#include "app/permit.h"
#include "base/banned.h"
#include "store/run.h"

/* The engine counts a visit's messages from 0, a handful at most. */
enum { ORDINAL_FIRST = 1 << 16, CHAIN_MAX = 1000 };

typedef struct {
    pn_app *app;
    pn_arena *arena;
    pn_diag *diag;
    pn_message_row before; /* what is sent again */
    pn_purpose purpose;
    pn_run_row run;
    pn_view view;
    const pn_view_account *account;
    pn_permit permit;
} resending;

static pn_err refuse(resending *r, const char *sentence, const char *mend) {
    pn_err err = pn_diag_set(r->diag, PN_CONFLICT, "%s", sentence);
    if (mend != NULL) {
        pn_diag_mend(r->diag, "%s", mend);
    }
    return err;
}

static pn_err load_message(resending *r, pn_id message_id) {
    pn_err err = pn_message_get(r->app->db, message_id, r->arena, &r->before);
    if (err == PN_NOT_FOUND || (err == PN_OK && r->before.org_id != r->app->org.id)) {
        return pn_diag_set(r->diag, PN_NOT_FOUND, "There is no such message.");
    }
    PN_TRY(err);
    switch (r->before.state) {
    case PN_MESSAGE_SENT:
    case PN_MESSAGE_DELIVERED:
    case PN_MESSAGE_BOUNCED:
    case PN_MESSAGE_FAILED: return PN_OK;
    case PN_MESSAGE_QUEUED:
    case PN_MESSAGE_SENDING:
    case PN_MESSAGE_HELD: return refuse(r, "This message has not left yet.", NULL);
    case PN_MESSAGE_UNCERTAIN:
        return refuse(r, "Nobody knows whether this message left.",
                      "Say what became of it first (settle); one that did not leave goes again.");
    case PN_MESSAGE_SKIPPED:
        return refuse(r, "This message was skipped for a reason; its strategy has gone on.", NULL);
    case PN_MESSAGE_STATES: break;
    }
    return PN_CORRUPT;
}

static pn_err load_case(resending *r) {
    pn_app *app = r->app;
    const pn_published_family *family = NULL;
    pn_id debtor = r->before.debtor_id;
    PN_TRY(pn_catalog_family(app, r->before.template_name, &family, r->diag));
    r->purpose = pn_family_purpose(family->family);
    pn_err err = pn_run_get(app->db, r->before.run_id, r->arena, &r->run);
    if (err == PN_NOT_FOUND || (err == PN_OK && r->run.run.status != PN_RUN_ACTIVE)) {
        return refuse(r, "Its case is over: nothing is sent for it any more.", NULL);
    }
    PN_TRY(err);
    if (r->run.run.unreadable) {
        return refuse(r, "What its case remembers cannot be read.", NULL);
    }
    PN_TRY(pn_view_one(app, debtor, false, r->arena, &r->view));
    r->account = pn_view_account_of(&r->view, r->run.run.account_id);
    return r->account == NULL ? PN_CORRUPT : PN_OK;
}

/* What the claim would ask first. */
static pn_err check_claimable(resending *r) {
    size_t count = 0;
    int64_t claimable = 0;
    (void)pn_listed_items(r->account, r->run.run.invoice_id, r->purpose, r->arena, &count,
                          &claimable);
    return r->purpose == PN_PURPOSE_DEMAND && claimable <= 0
               ? refuse(r, "Nothing may be asked for now: it is paid, promised, disputed or held.",
                        NULL)
               : PN_OK;
}

static pn_err check_contact(resending *r) {
    pn_contact_row *contacts = NULL;
    size_t count = 0;
    pn_id id = r->view.row.id;
    PN_TRY(pn_contact_range(r->app->db, id, id, r->arena, &contacts, &count));
    return pn_usable_contact(contacts, count, r->before.channel) == NULL
               ? refuse(r, "The debtor has no usable address in this channel.",
                        "Add one, or allow the one that there is again.")
               : PN_OK;
}

static pn_err ask_gate(resending *r) {
    pn_permit_query query = {.debtor_id = r->before.debtor_id,
                             .channel = r->before.channel,
                             .purpose = r->purpose,
                             .at = pn_app_now(r->app)};
    pn_permit *permits = NULL;
    size_t count = 0;
    PN_TRY(pn_permit_ask(r->app, &query, r->arena, &permits, &count, r->diag));
    for (size_t i = 0; i < count; i++) {
        if (permits[i].account_id == r->account->row.id) {
            r->permit = permits[i];
        }
    }
    if (r->permit.policy == NULL) {
        return PN_CORRUPT;
    }
    return r->permit.verdict.answer == PN_GATE_NEVER
               ? pn_diag_set(r->diag, PN_CONFLICT, "The gate does not allow it: %.*s",
                             PN_STR_ARG(r->permit.explanation))
               : PN_OK;
}

static pn_err next_ordinal(const resending *r, uint32_t *ret_ordinal) {
    pn_message_row *chain = NULL;
    size_t count = 0;
    uint32_t next = ORDINAL_FIRST;
    PN_TRY(
        pn_message_chain(r->app->db, r->run.last_message_id, CHAIN_MAX, r->arena, &chain, &count));
    for (size_t i = 0; i < count; i++) {
        if (chain[i].visit == r->before.visit && chain[i].ordinal >= next) {
            next = chain[i].ordinal + 1;
        }
        if (chain[i].ordinal >= ORDINAL_FIRST && pn_message_open(chain[i].state)) {
            return pn_diag_set(r->diag, PN_CONFLICT,
                               "A message of this case waits already to be sent once more.");
        }
    }
    *ret_ordinal = next;
    return PN_OK;
}

/* Documents and copies go with it again, and a person's words; not what the gate said then. */
static pn_str params_of(const resending *r, pn_str reason) {
    char id[PN_ID_TEXT_SIZE];
    pn_json *params = NULL;
    pn_buf text;
    pn_buf_init(&text, 1 << 20);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    bool parsed = pn_json_parse(r->before.params, NULL, r->arena, &params, NULL) == PN_OK;
    pn_json_begin_object(&w);
    for (size_t i = 0; parsed && i < params->count; i++) {
        pn_str key = params->members[i].key;
        if (pn_str_is(key, "attach") || pn_str_is(key, "copy_to") || pn_str_is(key, "edit")) {
            pn_json_key(&w, key);
            pn_json_add_value(&w, &params->members[i].value);
        }
    }
    pn_json_key(&w, PN_STR("resend"));
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "by", pn_str_of(r->app->actor));
    pn_json_put_str(&w, "of", pn_str_of(pn_id_text(PN_ID_MESSAGE, r->before.id, id)));
    pn_json_put_str(&w, "reason", reason);
    pn_json_end_object(&w);
    pn_json_end_object(&w);
    pn_str copy = pn_str_dup(r->arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

static pn_err tell(const resending *r, pn_id message_id, pn_str reason) {
    char id[PN_ID_TEXT_SIZE], of[PN_ID_TEXT_SIZE];
    pn_buf body;
    pn_buf_init(&body, 1 << 16);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "id", pn_str_of(pn_id_text(PN_ID_MESSAGE, message_id, id)));
    pn_json_put_str(&w, "of", pn_str_of(pn_id_text(PN_ID_MESSAGE, r->before.id, of)));
    pn_json_put_str(&w, "reason", reason);
    pn_json_put_str(&w, "what", PN_STR("message.resent"));
    pn_json_end_object(&w);
    pn_err err = pn_buf_err(&body);
    err = err == PN_OK ? pn_journal_run(r->app, r->before.debtor_id, r->before.run_id,
                                        PN_EVENT_CHANGED, pn_buf_str(&body))
                       : err;
    pn_buf_done(&body);
    return err;
}

static pn_err write(resending *r, pn_str reason, pn_resent *ret_resent) {
    pn_app *app = r->app;
    pn_time now = pn_app_now(app);
    bool later = r->permit.verdict.answer == PN_GATE_LATER;
    pn_message_row row = r->before;
    PN_TRY(next_ordinal(r, &row.ordinal));
    row.id = pn_app_id(app);
    row.prev_id = r->run.last_message_id;
    row.state = PN_MESSAGE_QUEUED;
    row.not_before = later ? r->permit.verdict.at : now;
    row.supersede_at = PN_TIME_NEVER;
    row.settled_at = PN_TIME_NONE;
    row.reason = later ? pn_str_of(pn_gate_reason_name(r->permit.verdict.reason)) : PN_STR("");
    row.params = params_of(r, reason);
    PN_TRY(pn_message_insert(app->db, &row));
    PN_TRY(tell(r, row.id, reason));
    /* read again: telling has moved the head of its events */
    PN_TRY(pn_run_get(app->db, row.run_id, r->arena, &r->run));
    r->run.last_message_id = row.id;
    PN_TRY(pn_run_update(app->db, &r->run, r->run.memory, r->run.run.visit));
    PN_TRY(pn_poke(app->db, app->org.lane, row.debtor_id));
    *ret_resent = (pn_resent){row.id, row.not_before, r->permit.explanation};
    return PN_OK;
}

static pn_err resend(resending *r, pn_id message_id, pn_str reason, pn_resent *ret_resent) {
    PN_TRY(load_message(r, message_id));
    PN_TRY(load_case(r));
    PN_TRY(check_claimable(r));
    PN_TRY(check_contact(r));
    PN_TRY(ask_gate(r));
    return write(r, reason, ret_resent);
}

pn_err pn_resend(pn_app *app, pn_id message_id, pn_str reason, pn_arena *arena,
                 pn_resent *ret_resent, pn_diag *diag) {
    resending r = {.app = app, .arena = arena, .diag = diag};
    return pn_app_fail(app, resend(&r, message_id, reason, ret_resent), diag);
}
