/* What debtors propose, what people answer, and telling the debtor. */
#include "app/offers_int.h"
#include "app/links.h"
#include "app/outlets.h"
#include "app/tasks.h"
#include "base/banned.h"
#include "store/task.h"

enum { TASK_DAYS = 2, TELL_AGAIN_MINUTES = 15, TELL_DAYS = 1, AT_ONCE = 20, TEXT_MAX = 3000 };

/* ── proposing ───────────────────────────────────────────────────────────────────────────────── */

/* Nobody answered what they proposed before: it is this now. */
static pn_err replace_others(pn_app *app, pn_id debtor_id, pn_id account_id, pn_arena *arena) {
    pn_offer_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_offer_of_debtor(app->db, debtor_id, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].state == PN_OFFER_ASKED && rows[i].account_id == account_id) {
            rows[i].state = PN_OFFER_WITHDRAWN;
            rows[i].settled_at = pn_app_now(app);
            PN_TRY(pn_offer_answer(app->db, &rows[i]));
        }
    }
    return PN_OK;
}

static pn_err check_wish(const pn_offer_wish *wish, const pn_view_account *account, pn_date today,
                         int64_t *ret_total, pn_diag *diag) {
    *ret_total = 0;
    for (size_t i = 0; i < account->item_count; i++) {
        *ret_total += PN_MAX(account->items[i].claimable, (int64_t)0);
    }
    if (wish->count < PN_ASKED_MIN || wish->count > PN_ASKED_MAX || *ret_total < wish->count) {
        return pn_diag_refuse(diag, "/count", "So many installments cannot be.",
                              "Say a number from 2 to 36.");
    }
    if (wish->first < today || wish->first > today + PN_ASKED_FIRST_DAYS) {
        return pn_diag_refuse(diag, "/first", "The first day lies too far.",
                              "Say a day within the next 60.");
    }
    return wish->text.len > TEXT_MAX ? pn_diag_set(diag, PN_INVALID, "The text is too long.")
                                     : PN_OK;
}

/* "7 × 172,86 €, 2026-12-01": what the task's title names. */
static pn_str wish_words(const pn_app *app, const pn_offer_wish *wish, pn_money part,
                         pn_arena *arena) {
    char iso[PN_DATE_ISO_SIZE], room[80];
    pn_buf money = {.ptr = room, .capacity = sizeof room, .max = sizeof room};
    pn_money_text(&money, part, app->org.language, PN_STR_NONE);
    return pn_str_format(arena, "%lld × %.*s, %s", (long long)wish->count,
                         PN_STR_ARG(pn_buf_str(&money)), pn_date_iso(wish->first, iso));
}

static pn_err open_task(pn_app *app, const pn_offer_wish *wish, const pn_view *view,
                        const pn_offer_row *row, pn_money part, pn_arena *arena) {
    char id[PN_ID_TEXT_SIZE];
    pn_task_request task = {
        .debtor_id = row->debtor_id,
        .kind = PN_TASK_PLAN_ASKED,
        .about = wish_words(app, wish, part, arena),
        .queue = view->row.owner,
        .script = pn_str_format(arena, "%s%s%.*s", pn_id_text(PN_ID_OFFER, row->id, id),
                                wish->text.len != 0 ? "\n" : "", PN_STR_ARG(wish->text)),
        .due_at = pn_app_now(app) + TASK_DAYS * PN_DAY};
    return pn_tasks_open(app, &task, arena);
}

/* The account of that id; 0: the first where something may be asked for. */
static const pn_view_account *find_account(const pn_view *view, pn_id account_id) {
    for (size_t i = 0; i < view->account_count; i++) {
        const pn_account_row *row = &view->accounts[i].row;
        if (account_id == 0 ? row->claimable > 0 : row->id == account_id) {
            return &view->accounts[i];
        }
    }
    return NULL;
}

pn_err pn_offers_ask(pn_app *app, const pn_offer_wish *wish, pn_arena *arena, pn_id *ret_offer_id,
                     pn_diag *diag) {
    pn_view view;
    int64_t total = 0;
    PN_TRY(pn_view_one(app, wish->scope.debtor_id, false, arena, &view));
    const pn_view_account *account = find_account(&view, wish->scope.account_id);
    if (account == NULL) {
        return pn_diag_set(diag, PN_NOT_FOUND, "There is no such account with something to pay.");
    }
    account = pn_offer_narrowed(account, wish->scope.invoice_id, arena);
    pn_time now = pn_app_now(app);
    PN_TRY(check_wish(wish, account, pn_zone_date(view.zone, now), &total, diag));
    PN_TRY(replace_others(app, wish->scope.debtor_id, account->row.id, arena));
    pn_offer_row row = {.debtor_id = view.row.id,
                        .id = pn_app_id(app),
                        .org_id = app->org.id,
                        .account_id = account->row.id,
                        .invoice_id = wish->scope.invoice_id,
                        .kind = PN_OFFER_PLAN,
                        .state = PN_OFFER_ASKED,
                        .made_at = now,
                        .until = now,
                        .asked_count = wish->count,
                        .asked_first = wish->first,
                        .asked_text = wish->text,
                        .asked_language =
                            wish->language.len != 0 ? wish->language : view.row.language};
    pn_money part = {total / wish->count, account->row.currency};
    PN_TRY(pn_offer_insert(app->db, &row));
    PN_TRY(open_task(app, wish, &view, &row, part, arena));
    *ret_offer_id = row.id;
    return pn_offer_journal(app, &row, "asked", (pn_currency){{0}}, PN_STR_NONE);
}

/* ── answering ───────────────────────────────────────────────────────────────────────────────── */

static pn_err check_answer(pn_app *app, const pn_offer_answer_given *given, pn_diag *diag) {
    pn_date today = pn_app_today(app);
    if (!given->yes && given->answer.len == 0) {
        return pn_diag_refuse(diag, "/answer", "A refusal needs a sentence: the debtor reads it.",
                              "Say why it cannot be, or what can.");
    }
    if (given->count != 0 && (given->count < PN_ASKED_MIN || given->count > PN_ASKED_MAX)) {
        return pn_diag_refuse(diag, "/installments", "So many installments cannot be.",
                              "Say a number from 2 to 36.");
    }
    if (given->first != PN_DATE_NONE &&
        (given->first < today || given->first > today + PN_ASKED_FIRST_DAYS)) {
        return pn_diag_refuse(diag, "/first", "The first day lies too far.",
                              "Say a day within the next 60.");
    }
    return PN_OK;
}

/* The task that its proposal opened. */
static pn_err end_task(pn_app *app, const pn_offer_row *row, bool yes, pn_arena *arena,
                       pn_diag *diag) {
    pn_task_row *rows = NULL;
    size_t count = 0;
    char id[PN_ID_TEXT_SIZE];
    pn_str mark = pn_str_of(pn_id_text(PN_ID_OFFER, row->id, id));
    PN_TRY(pn_task_of_debtor(app->db, row->debtor_id, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].state == PN_TASK_OPEN && pn_str_starts(rows[i].script, mark)) {
            return pn_tasks_done(app, rows[i].id, yes ? PN_STR("approved") : PN_STR("refused"),
                                 arena, diag);
        }
    }
    return PN_OK;
}

pn_err pn_offers_answer(pn_app *app, const pn_offer_answer_given *given, pn_arena *arena,
                        pn_diag *diag) {
    pn_offer_row row;
    pn_time now = pn_app_now(app);
    PN_TRY(pn_offer_find(app, given->offer_id, arena, &row, diag));
    PN_TRY(check_answer(app, given, diag));
    if (row.state != PN_OFFER_ASKED) {
        return pn_diag_set(diag, PN_CONFLICT, "This is no proposal that waits for an answer.");
    }
    row.state = given->yes ? PN_OFFER_OPEN : PN_OFFER_REFUSED;
    row.settled_at = given->yes ? PN_TIME_NONE : now;
    row.until = given->yes ? now + PN_MAX(given->days, (int64_t)1) * PN_DAY : now;
    row.asked_count = given->count != 0 ? given->count : row.asked_count;
    row.asked_first = given->first != PN_DATE_NONE ? given->first : row.asked_first;
    row.answer = given->answer;
    row.tell_at = pn_env_now(app->env);
    PN_TRY(pn_offer_answer(app->db, &row));
    PN_TRY(end_task(app, &row, given->yes, arena, diag));
    return pn_offer_journal(app, &row, given->yes ? "approved" : "refused", (pn_currency){{0}},
                            given->answer);
}

/* ── telling the debtor ──────────────────────────────────────────────────────────────────────── */

typedef struct {
    const char *language;
    const char *yes_subject, *yes, *no_subject, *no; /* %s: creditor; link */
} words;

/* Without tú or usted, so that they are right for both. */
static const words WORDS[] = {
    {"es", "%s: propuesta de pago aceptada",
     "La propuesta de pago está aceptada. Falta confirmarla, hasta el %s:\n\n%s\n",
     "%s: propuesta de pago", "La propuesta de pago no se puede aceptar.\n"},
    {"pt", "%s: proposta de pagamento aceita",
     "A proposta de pagamento foi aceita. Falta confirmar, até %s:\n\n%s\n",
     "%s: proposta de pagamento", "A proposta de pagamento não pode ser aceita.\n"},
    {"en", "%s: your payment proposal is accepted",
     "Your payment proposal is accepted. Please confirm it by %s:\n\n%s\n",
     "%s: your payment proposal", "Your payment proposal cannot be accepted.\n"},
};

static const words *words_in(pn_str language) {
    for (size_t i = 0; i < PN_COUNT(WORDS); i++) {
        if (pn_str_starts(language, pn_str_of(WORDS[i].language))) {
            return &WORDS[i];
        }
    }
    return &WORDS[PN_COUNT(WORDS) - 1];
}

static pn_err find_address(pn_app *app, pn_id debtor_id, pn_arena *arena, pn_str *ret_address) {
    pn_contact_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_contact_range(app->db, debtor_id, debtor_id, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].channel == PN_CHANNEL_EMAIL && rows[i].state == PN_CONTACT_USABLE) {
            *ret_address = rows[i].address;
            return PN_OK;
        }
    }
    return PN_NOT_FOUND;
}

/* Where it can be accepted: a link of its own, for the one it was proposed on may have run out. */
static pn_err make_link(pn_app *app, const pn_offer_row *row, pn_arena *arena, pn_str *ret_url,
                        pn_diag *diag) {
    pn_link link;
    pn_link_request request = {.kind = PN_LINK_PAGE,
                               .debtor_id = row->debtor_id,
                               .account_id = row->account_id,
                               .invoice_id = row->invoice_id};
    *ret_url = PN_STR_NONE;
    if (!pn_links_possible(app)) {
        return PN_OK;
    }
    PN_TRY(pn_link_make(app, &request, arena, &link, diag));
    *ret_url = pn_link_url(app, PN_LINK_PAGE, link.id, arena);
    return PN_OK;
}

/* The formats are ours, of the table above. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void write_letter(pn_app *app, const pn_offer_row *row, const pn_debtor_row *debtor,
                         pn_str creditor, pn_str url, pn_arena *arena, pn_outlet_letter *letter) {
    const words *w = words_in(row->asked_language);
    char room[80];
    pn_buf day = {.ptr = room, .capacity = sizeof room, .max = sizeof room};
    bool yes = row->state == PN_OFFER_OPEN;
    const pn_zone *zone = pn_app_zone_or_own(app, debtor->zone);
    pn_date_text_long(&day, pn_zone_date(zone, row->until - 1), row->asked_language,
                      debtor->country);
    letter->subject =
        pn_str_format(arena, yes ? w->yes_subject : w->no_subject, pn_str_z(arena, creditor));
    pn_str text =
        yes ? pn_str_format(arena, w->yes, pn_str_z(arena, pn_buf_str(&day)), pn_str_z(arena, url))
            : pn_str_of(w->no);
    letter->text =
        pn_str_format(arena, "%.*s%s%.*s%s", PN_STR_ARG(text), row->answer.len != 0 ? "\n" : "",
                      PN_STR_ARG(row->answer), row->answer.len != 0 ? "\n" : "");
    letter->language = row->asked_language;
    letter->from_name = creditor;
}
#pragma GCC diagnostic pop

/* What is to be sent; NOT_FOUND: nobody can be written to, or there is nothing to say any more. */
static pn_err prepare(pn_app *app, const pn_offer_row *row, pn_arena *arena,
                      pn_outlet_letter *ret_letter, pn_diag *diag) {
    pn_debtor_row debtor;
    pn_account_row account;
    pn_str url = PN_STR_NONE;
    if (row->state != PN_OFFER_OPEN && row->state != PN_OFFER_REFUSED) {
        return PN_NOT_FOUND;
    }
    PN_TRY(find_address(app, row->debtor_id, arena, &ret_letter->recipient));
    PN_TRY(pn_debtor_get(app->db, row->debtor_id, arena, &debtor));
    PN_TRY(pn_account_get(app->db, row->debtor_id, row->account_id, arena, &account));
    const pn_creditor_row *creditor = pn_app_creditor(app, account.creditor_id);
    PN_TRY(make_link(app, row, arena, &url, diag));
    write_letter(app, row, &debtor, creditor != NULL ? creditor->name : app->org.name, url, arena,
                 ret_letter);
    return PN_OK;
}

/* Marks it as told, and says what is to be sent. */
static pn_err begin_telling(pn_app *app, pn_offer_row *row, pn_arena *arena,
                            pn_outlet_letter *ret_letter, bool *ret_send, pn_diag *diag) {
    PN_TRY(pn_app_begin(app, diag));
    pn_err err = pn_offer_tell(app->db, row, PN_TIME_NONE);
    row->tell_at = PN_TIME_NONE;
    err = err == PN_OK ? prepare(app, row, arena, ret_letter, diag) : err;
    *ret_send = err == PN_OK;
    err = err == PN_NOT_FOUND || err == PN_CONFLICT ? PN_OK : err;
    return pn_app_end(app, err, diag);
}

/* The mail server certainly did not take it: again, as long as it is worth telling. */
static pn_err tell_later(pn_app *app, const pn_offer_row *row, pn_diag *diag) {
    pn_time until = row->state == PN_OFFER_OPEN ? row->until : row->settled_at + TELL_DAYS * PN_DAY;
    if (pn_app_now(app) >= until) {
        return PN_OK;
    }
    PN_TRY(pn_app_begin(app, diag));
    pn_err err = pn_offer_tell(app->db, row, pn_env_now(app->env) + TELL_AGAIN_MINUTES * PN_MINUTE);
    return pn_app_end(app, err == PN_CONFLICT ? PN_OK : err, diag);
}

static pn_err tell_one(pn_app *app, pn_offer_row *row, pn_arena *arena, pn_diag *diag) {
    pn_outlet_letter letter = {0};
    pn_diag why = {0};
    bool send = false;
    PN_TRY(begin_telling(app, row, arena, &letter, &send, diag));
    if (!send || pn_outlet_post(app, &letter, arena, &why) == PN_OK) {
        return PN_OK;
    }
    return tell_later(app, row, diag);
}

pn_err pn_offers_tell(pn_app *app, pn_arena *arena, pn_time *ret_next, pn_diag *diag) {
    pn_offer_row *rows = NULL;
    size_t count = 0;
    PN_TRY(
        pn_offer_untold(app->db, app->org.id, pn_env_now(app->env), AT_ONCE, arena, &rows, &count));
    for (size_t i = 0; i < count && !pn_app_stops(app); i++) {
        PN_TRY(tell_one(app, &rows[i], arena, diag));
    }
    return pn_offer_untold_next(app->db, app->org.id, ret_next);
}
