#include "app/policy_try.h"

#include "app/deliver_int.h"
#include "app/guard.h"
#include "base/banned.h"
#include "store/message.h"
#include "store/outbox.h"

typedef struct {
    pn_app *app;
    pn_str used; /* by the organization */
    pn_str name;
    const pn_policy *candidate;
    pn_str language;
    pn_arena *arena;  /* of the answer */
    pn_arena scratch; /* of one debtor */
    pn_time now;
    pn_policy_tried *out;
    pn_diag *diag;
} trial;

/* A debtor with what waits for it. */
typedef struct {
    pn_view view;
    pn_contact_row *contacts;
    size_t contact_count;
    pn_contact_made *made;
    size_t made_count;
} waiter;

/* The question, its answer under one of the two policies, and when the message leaves then. */
typedef struct {
    pn_guard guard;
    pn_flow_hours hours;
    pn_time at, supersede_at;
    pn_verdict verdict;
    pn_time leaves;
} asking;

static void use(trial *t, bool tried) {
    t->app->org.policy = tried ? t->name : t->used;
    pn_catalog_try(t->app, tried ? t->candidate : NULL);
}

static pn_err ask_gate(trial *t, const waiter *w, asking *a, const pn_policy **ret_policy) {
    pn_gate_query query;
    PN_TRY(pn_guard_contact(t->app, &a->guard, a->at, &t->scratch, &a->guard.contact, t->diag));
    PN_TRY(pn_guard_query(t->app, &a->guard, a->at, &t->scratch, &query, ret_policy, t->diag));
    query.hours = a->hours;
    query.history = w->made;
    query.history_count = w->made_count;
    a->verdict = pn_gate(*ret_policy, &query, a->at);
    bool leaves = a->verdict.answer != PN_GATE_NEVER && a->verdict.at < a->supersede_at;
    a->leaves = leaves ? a->verdict.at : PN_TIME_NEVER;
    return PN_OK;
}

static void tell(trial *t, const pn_message_row *row, const waiter *w, const asking *before,
                 const asking *after, const pn_policy *policy) {
    pn_policy_tried *out = t->out;
    out->never += after->leaves == PN_TIME_NEVER ? 1 : 0;
    out->later += after->leaves != PN_TIME_NEVER && after->leaves > before->leaves ? 1 : 0;
    out->sooner += after->leaves < before->leaves ? 1 : 0;
    if (out->count == PN_POLICY_TRY_SHOWN) {
        return;
    }
    pn_buf words;
    pn_buf_init(&words, 2000);
    pn_gate_explain(&after->verdict, policy, w->view.zone, t->language, &words);
    out->changes[out->count++] =
        (pn_policy_change){.message_id = row->id,
                           .debtor_id = row->debtor_id,
                           .debtor = pn_str_dup(t->arena, w->view.row.name),
                           .channel = row->channel,
                           .before = before->leaves,
                           .after = after->leaves,
                           .explanation = pn_str_dup(t->arena, pn_buf_str(&words))};
    pn_buf_done(&words);
}

static const pn_run *run_of(const pn_view *view, pn_id run_id) {
    for (size_t i = 0; i < view->run_count; i++) {
        if (view->runs[i].run.id == run_id) {
            return &view->runs[i].run;
        }
    }
    return NULL;
}

static pn_err try_message(trial *t, waiter *w, const pn_message_row *row) {
    const pn_published *version = NULL;
    const pn_published_family *family = NULL;
    const pn_policy *policy = NULL;
    size_t items = 0;
    const pn_run *run = run_of(&w->view, row->run_id);
    pn_view_account *account = run != NULL ? pn_view_account_of(&w->view, run->account_id) : NULL;
    if (account == NULL) {
        return PN_OK; /* its case is over, whatever the policy */
    }
    PN_TRY(pn_catalog_version(t->app, run->version_id, &version, t->diag));
    pn_err err = pn_catalog_family(t->app, row->template_name, &family, t->diag);
    if (err == PN_NOT_FOUND || err == PN_INVALID) {
        pn_diag_clear(t->diag);
        return PN_OK;
    }
    PN_TRY(err);
    asking a = {.guard = {.view = &w->view,
                          .account = account,
                          .contacts = w->contacts,
                          .contact_count = w->contact_count,
                          .channel = row->channel,
                          .purpose = pn_family_purpose(family->family)},
                .hours = version->flow->hours,
                .at = PN_MAX(row->not_before, t->now),
                .supersede_at = row->supersede_at};
    (void)pn_listed_items(account, run->invoice_id, a.guard.purpose, &t->scratch, &items,
                          &a.guard.claimable);
    asking b = a;
    use(t, false);
    PN_TRY(ask_gate(t, w, &a, &policy));
    use(t, true);
    PN_TRY(ask_gate(t, w, &b, &policy));
    t->out->waiting++;
    if (a.leaves != b.leaves) {
        tell(t, row, w, &a, &b, policy);
    }
    return PN_OK;
}

static pn_err try_debtor(trial *t, pn_id debtor_id) {
    pn_message_row *messages = NULL;
    size_t count = 0;
    waiter w = {0};
    pn_arena *scratch = &t->scratch;
    pn_db *db = t->app->db;
    pn_arena_reset(scratch);
    pn_err err = pn_view_one(t->app, debtor_id, false, scratch, &w.view);
    if (err == PN_NOT_FOUND) {
        return PN_OK; /* archived */
    }
    PN_TRY(err);
    PN_TRY(pn_contact_range(db, debtor_id, debtor_id, scratch, &w.contacts, &w.contact_count));
    PN_TRY(pn_contact_made_list(db, debtor_id, t->now - PN_GATE_HISTORY_DAYS * PN_DAY, scratch,
                                &w.made, &w.made_count));
    PN_TRY(pn_message_queued_range(db, t->app->org.id, debtor_id, debtor_id, scratch, &messages,
                                   &count));
    for (size_t i = 0; i < count; i++) {
        PN_TRY(try_message(t, &w, &messages[i]));
    }
    return PN_OK;
}

static pn_err try_all(trial *t) {
    const pn_outbox_range everything = {.from = PN_TIME_NONE, .until = PN_TIME_NEVER};
    pn_outbox_waiting *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_outbox_waiting_of(t->app->db, t->app->org.id, &everything, PN_POLICY_TRY_MAX + 1,
                                t->arena, &rows, &count));
    t->out->more = count > PN_POLICY_TRY_MAX;
    count = PN_MIN(count, (size_t)PN_POLICY_TRY_MAX);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || rows[i].debtor_id != rows[i - 1].debtor_id) {
            PN_TRY(try_debtor(t, rows[i].debtor_id));
        }
    }
    return PN_OK;
}

pn_err pn_policy_try(pn_app *app, pn_str name, const pn_policy *candidate, pn_str language,
                     pn_arena *arena, pn_policy_tried *ret_tried, pn_diag *diag) {
    pn_str document;
    if (candidate == NULL && name.len != 0) {
        PN_TRY(pn_catalog_policy_text(app, name, arena, &document, diag));
    }
    *ret_tried =
        (pn_policy_tried){.changes = pn_arena_array(arena, pn_policy_change, PN_POLICY_TRY_SHOWN)};
    trial t = {.app = app,
               .used = app->org.policy,
               .name = name,
               .candidate = candidate,
               .language = language,
               .arena = arena,
               .now = pn_app_now(app),
               .out = ret_tried,
               .diag = diag};
    pn_arena_init(&t.scratch, 0);
    pn_err err = try_all(&t);
    use(&t, false);
    pn_arena_done(&t.scratch);
    return err == PN_OK ? PN_OK : pn_app_fail(app, err, diag);
}
