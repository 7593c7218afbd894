#include "app/protect.h"

#include "app/books.h"
#include "app/contacts.h"
#include "app/tasks.h"
#include "base/banned.h"

/* ── what the policy does ────────────────────────────────────────────────────────────────────── */

pn_err pn_protect_treatment(pn_app *app, const pn_view *view, const pn_view_account *account,
                            pn_protect_kind kind, pn_time at, pn_arena *arena,
                            pn_treatment *ret_treatment, const pn_policy **ret_policy,
                            pn_diag *diag) {
    pn_guard guard = {.view = view,
                      .account = account,
                      .channel = PN_CHANNEL_EMAIL,
                      .purpose = PN_PURPOSE_DEMAND};
    pn_gate_query query;
    PN_TRY(pn_guard_query(app, &guard, at, arena, &query, ret_policy, diag));
    query.protections = 1U << kind;
    pn_date day = pn_zone_date(query.zones[0], at);
    *ret_treatment = pn_gate_treatment(*ret_policy, &query, day, &kind);
    return PN_OK;
}

static pn_err wants_person(pn_app *app, const pn_view *view, pn_protect_kind kind, pn_arena *arena,
                           bool *ret_wants, pn_diag *diag) {
    const pn_policy *policy = NULL;
    *ret_wants = false;
    for (size_t i = 0; i < view->account_count; i++) {
        pn_treatment treatment = PN_TREAT_NOTHING;
        PN_TRY(pn_protect_treatment(app, view, &view->accounts[i], kind, pn_app_now(app), arena,
                                    &treatment, &policy, diag));
        *ret_wants = *ret_wants || treatment == PN_TREAT_TASK;
    }
    return PN_OK;
}

/* ── recording ───────────────────────────────────────────────────────────────────────────────── */

static pn_err event(pn_app *app, pn_id debtor_id, pn_protect_kind kind, const char *what,
                    pn_str reason, pn_date until, pn_arena *arena) {
    char day[PN_DATE_ISO_SIZE];
    pn_buf body;
    pn_buf_init(&body, 65536);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "kind", pn_str_of(pn_protect_name(kind)));
    pn_json_put_str_if(&w, "reason", reason);
    if (until != PN_DATE_NONE) {
        pn_json_put_str(&w, "until", pn_str_of(pn_date_iso(until, day)));
    }
    pn_json_put_str(&w, "what", pn_str_of(what));
    pn_json_end_object(&w);
    pn_str text = pn_str_dup(arena, pn_buf_str(&body));
    pn_buf_done(&body);
    return pn_journal_debtor(app, debtor_id, PN_EVENT_PROTECTION, text);
}

/* A representative that the debtor had already as another contact becomes one; the last of its
 * channel, for it is asked for by its relation. */
static pn_err add_representative(pn_app *app, const pn_view *view,
                                 const pn_protect_request *request, pn_arena *arena,
                                 pn_id *ret_contact, pn_diag *diag) {
    bool added = false;
    uint32_t channels = 0;
    pn_contact_row contact;
    pn_contact_request add = {.debtor_id = request->debtor_id,
                              .channel = PN_CHANNEL_EMAIL,
                              .address = request->representative,
                              .name = request->representative_name,
                              .relation = PN_STR(PN_RELATION_REPRESENTATIVE),
                              .last = true,
                              .known = view->row.channels};
    PN_TRY(pn_contacts_add(app, &add, false, arena, &channels, &added));
    PN_TRY(
        pn_contacts_find(app, request->debtor_id, request->representative, arena, &contact, diag));
    if (!pn_str_is(contact.relation, PN_RELATION_REPRESENTATIVE)) {
        return pn_diag_set(diag, PN_CONFLICT,
                           "%.*s is a contact of the debtor already; who represents them needs an "
                           "address of their own.",
                           PN_STR_ARG(contact.address));
    }
    *ret_contact = contact.id;
    return pn_contacts_count(app, request->debtor_id, arena);
}

static pn_err check_new(pn_app *app, const pn_protect_request *request, pn_arena *arena,
                        pn_diag *diag) {
    pn_protection_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_protection_list(app->db, request->debtor_id, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].kind == request->kind && pn_protection_in_force(&rows[i], pn_app_now(app))) {
            pn_err err = pn_diag_set(diag, PN_CONFLICT, "This debtor is protected as %s already.",
                                     pn_protect_name(request->kind));
            pn_diag_mend(diag, "`puntual debtor unprotect` ends it.");
            return err;
        }
    }
    return PN_OK;
}

pn_err pn_protect_add(pn_app *app, const pn_protect_request *request, pn_arena *arena,
                      pn_id *ret_id, pn_diag *diag) {
    pn_view view;
    bool wants = false;
    pn_time now = pn_app_now(app);
    PN_TRY(check_new(app, request, arena, diag));
    PN_TRY(pn_view_one(app, request->debtor_id, false, arena, &view));
    pn_protection_row row = {.debtor_id = request->debtor_id,
                             .id = pn_app_id(app),
                             .org_id = app->org.id,
                             .kind = request->kind,
                             .reason = request->reason,
                             .actor = pn_str_of(app->actor),
                             .since = now,
                             .until = PN_TIME_NEVER};
    if (request->until != PN_DATE_NONE) {
        row.until = pn_zone_instant(view.zone, request->until + 1, 0);
    }
    if (request->representative.len != 0) {
        PN_TRY(add_representative(app, &view, request, arena, &row.contact_id, diag));
    }
    PN_TRY(pn_protection_insert(app->db, &row));
    PN_TRY(pn_books_touch(app, request->debtor_id, PN_DEBTOR_HAS_PROTECTIONS));
    PN_TRY(event(app, request->debtor_id, request->kind, "protected", request->reason,
                 request->until, arena));
    PN_TRY(wants_person(app, &view, request->kind, arena, &wants, diag));
    if (wants) {
        pn_task_request task = {.debtor_id = request->debtor_id,
                                .kind = PN_TASK_PROTECTED,
                                .about =
                                    pn_str_of(pn_protect_words(request->kind, app->org.language)),
                                .script = request->reason,
                                .due_at = now + 2 * PN_DAY};
        PN_TRY(pn_tasks_open(app, &task, arena));
    }
    *ret_id = row.id;
    return PN_OK;
}

pn_err pn_protect_end(pn_app *app, pn_id debtor_id, pn_protect_kind kind, pn_arena *arena,
                      pn_diag *diag) {
    pn_protection_row *rows = NULL;
    size_t count = 0, ended = 0;
    PN_TRY(pn_protection_list(app->db, debtor_id, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (kind != PN_PROTECTIONS && rows[i].kind != kind) {
            continue;
        }
        PN_TRY(pn_protection_end(app->db, debtor_id, rows[i].id, pn_app_now(app)));
        PN_TRY(
            event(app, debtor_id, rows[i].kind, "unprotected", PN_STR_NONE, PN_DATE_NONE, arena));
        ended++;
    }
    if (ended == 0) {
        return pn_diag_set(diag, PN_CONFLICT, "This debtor is not protected%s%s.",
                           kind != PN_PROTECTIONS ? " as " : "",
                           kind != PN_PROTECTIONS ? pn_protect_name(kind) : "");
    }
    PN_TRY(pn_debtor_touch(app->db, debtor_id, 0, ended == count ? PN_DEBTOR_HAS_PROTECTIONS : 0U));
    return pn_books_touch(app, debtor_id, 0);
}
