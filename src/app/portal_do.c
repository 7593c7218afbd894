/* What is done on the page: each reads a form, says what is wrong with it, or does it. */
#include "app/books.h"
#include "app/complaints.h"
#include "app/debtors.h"
#include "app/portal_int.h"
#include "app/tasks.h"
#include "base/banned.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "format/mime.h"
#include "store/claim.h"
#include "store/page.h"

enum { TEXT_MAX = 3000, FILE_MB = PN_LIMIT_PAGE_FILE_BYTES >> 20 };

typedef struct {
    pn_portal *portal;
    const pn_form_data *form;
    pn_portal_problems *problems;
    pn_diag *diag;
} deed;

static void wrong(const deed *d, const char *field, pn_saying key) {
    pn_portal_wrong(d->problems, field, pn_portal_word(d->portal, key));
}

static pn_err end(const deed *d) {
    return d->problems->count == 0 ? PN_OK : PN_INVALID;
}

/* ── reading fields ──────────────────────────────────────────────────────────────────────────── */

static bool read_amount(const deed *d, const char *field, int64_t min, int64_t max,
                        int64_t *ret_minor) {
    const pn_page_frame *frame = &d->portal->frame;
    pn_number_style style = pn_number_style_of(frame->language, frame->country);
    pn_str text = pn_form_text(d->form, field);
    pn_currency currency = d->portal->account.currency;
    int64_t minor = 0;
    if (pn_amount_parse(text, currency, style, &minor, NULL) != PN_OK || minor < min ||
        minor > max) {
        pn_portal_wrong(d->problems, field,
                        pn_portal_say(d->portal, PN_SAY_ERROR_AMOUNT,
                                      pn_portal_money(d->portal, min),
                                      pn_portal_money(d->portal, max)));
        return false;
    }
    *ret_minor = minor;
    return true;
}

static bool read_day(const deed *d, const char *field, pn_date min, pn_date max, pn_date *ret_day) {
    pn_date day = PN_DATE_NONE;
    if (pn_date_parse_iso(pn_form_text(d->form, field), &day) != PN_OK || day < min || day > max) {
        pn_portal_wrong(d->problems, field,
                        pn_portal_say(d->portal, PN_SAY_ERROR_DATE, pn_portal_day(d->portal, min),
                                      pn_portal_day(d->portal, max)));
        return false;
    }
    *ret_day = day;
    return true;
}

static pn_str read_text(const deed *d, const char *field, bool needed) {
    pn_str text = pn_form_text(d->form, field);
    if (text.len > TEXT_MAX) {
        wrong(d, field, PN_SAY_ERROR_LONG);
    } else if (needed && text.len == 0) {
        wrong(d, field, PN_SAY_ERROR_EMPTY);
    }
    return text;
}

static pn_err read_invoice(const deed *d, pn_invoice_row *ret_invoice, bool *ret_found) {
    pn_err err = pn_portal_invoice(d->portal, pn_form_text(d->form, "invoice"), ret_invoice);
    *ret_found = err == PN_OK && ret_invoice->item.closed == PN_CLOSED_NOT;
    if (!*ret_found && (err == PN_OK || err == PN_NOT_FOUND)) {
        wrong(d, "invoice", PN_SAY_ERROR_CHOICE);
        return PN_OK;
    }
    return err;
}

/* A file that is none of what we take is refused with all the rest. */
static pn_err check_file(const deed *d, const pn_form_field **ret_file) {
    const pn_form_field *file = pn_form_file(d->form, "file");
    int64_t kept = 0;
    *ret_file = file;
    if (file == NULL) {
        return PN_OK;
    }
    PN_TRY(pn_page_file_bytes(d->portal->app->db, d->portal->debtor.id, &kept));
    if (file->value.len > PN_LIMIT_PAGE_FILE_BYTES || pn_upload_type(file->value).len == 0 ||
        kept + (int64_t)file->value.len > PN_LIMIT_PAGE_FILES_BYTES) {
        char size[20];
        pn_portal_wrong(d->problems, "file",
                        pn_portal_say(d->portal, PN_SAY_ERROR_FILE,
                                      (pn_str){size, pn_int64_text(FILE_MB, size)}, PN_STR_NONE));
    }
    return PN_OK;
}

static pn_err keep_file(const deed *d, const pn_form_field *file, pn_id owner_id, pn_id task_id) {
    pn_app *app = d->portal->app;
    if (file == NULL) {
        return PN_OK;
    }
    pn_page_file_row row = {
        .id = pn_app_id(app),
        .org_id = app->org.id,
        .debtor_id = d->portal->debtor.id,
        .owner_id = owner_id,
        .task_id = task_id,
        .name = pn_str_first(file->file_name, pn_utf8_prefix(file->file_name, 120)),
        .type = pn_upload_type(file->value),
        .content = file->value,
        .at = pn_app_now(app),
    };
    return pn_page_file_insert(app->db, &row);
}

/* With the file that was sent, if one was, about `owner_id`. */
static pn_err open_task(const deed *d, pn_task_kind kind, pn_str about, pn_str script,
                        const pn_form_field *file, pn_id owner_id) {
    pn_task_request task = {.id = pn_app_id(d->portal->app),
                            .debtor_id = d->portal->debtor.id,
                            .kind = kind,
                            .about = about,
                            .queue = d->portal->debtor.owner,
                            .script = script,
                            .due_at = pn_app_now(d->portal->app) + 2 * PN_DAY};
    PN_TRY(pn_tasks_open(d->portal->app, &task, d->portal->arena));
    return keep_file(d, file, owner_id, task.id);
}

/* ── what to pay ─────────────────────────────────────────────────────────────────────────────── */

static bool ticked(const pn_form_data *form, pn_str id) {
    for (size_t i = 0; i < form->count; i++) {
        if (pn_str_is(form->fields[i].name, "invoice") && pn_str_eq(form->fields[i].value, id)) {
            return true;
        }
    }
    return false;
}

static int64_t choose_invoices(const deed *d, const pn_page_account *account, bool only_ticked,
                               pn_portal_wish *wish) {
    int64_t sum = 0;
    wish->invoices = pn_arena_array(d->portal->arena, pn_id, account->invoice_count + 1);
    for (size_t i = 0; i < account->invoice_count; i++) {
        const pn_page_invoice *invoice = &account->invoices[i];
        pn_id id = 0;
        bool chosen = invoice->payable > 0 && (!only_ticked || ticked(d->form, invoice->id));
        if (chosen && pn_id_parse(PN_ID_INVOICE, invoice->id, &id) == PN_OK) {
            wish->invoices[wish->invoice_count++] = id;
            sum += invoice->payable;
        }
    }
    return sum;
}

static pn_str wish_title(const pn_portal *portal, const pn_page_account *account) {
    return account->invoice_count == 1
               ? pn_portal_say(portal, PN_SAY_INVOICE_N, account->invoices[0].number, PN_STR_NONE)
               : pn_str_format(portal->arena, "%.*s %.*s",
                               PN_STR_ARG(pn_portal_word(portal, PN_SAY_INVOICES)),
                               PN_STR_ARG(portal->debtor.external_id));
}

static void choose_amount(const deed *d, const pn_page_account *account, pn_portal_wish *wish) {
    pn_str choice = pn_form_text(d->form, "amount");
    int64_t *minor = &wish->amount.minor;
    if (pn_str_is(choice, "some")) {
        *minor = PN_MIN(choose_invoices(d, account, true, wish), account->payable);
        if (*minor == 0) {
            wrong(d, "amount", PN_SAY_ERROR_CHOICE);
        }
        return;
    }
    int64_t all = PN_MIN(choose_invoices(d, account, false, wish), account->payable);
    if (pn_str_is(choice, "all")) {
        *minor = all;
    } else if (pn_str_is(choice, "next") && account->plan_next > 0) {
        *minor = PN_MIN(account->plan_next, all);
    } else if (pn_str_is(choice, "part") && account->part_min > 0) {
        (void)read_amount(d, "part", PN_MIN(account->part_min, all), all, minor);
    } else {
        wrong(d, "amount", PN_SAY_ERROR_CHOICE);
    }
}

pn_err pn_portal_wish_read(pn_portal *portal, const pn_form_data *form, pn_portal_wish *ret_wish,
                           pn_portal_problems *problems) {
    deed d = {portal, form, problems, NULL};
    pn_page_account account;
    bool offered = false;
    PN_TRY(pn_portal_account(portal, &account, NULL));
    pn_portal_wish wish = {.amount.currency = account.currency,
                           .method = pn_form_text(form, "method"),
                           .title = wish_title(portal, &account)};
    for (size_t i = 0; i < account.method_count; i++) {
        offered = offered || pn_str_eq(account.methods[i].kind, wish.method);
    }
    if (!offered) {
        wrong(&d, "method", PN_SAY_ERROR_CHOICE);
    }
    choose_amount(&d, &account, &wish);
    *ret_wish = wish;
    return end(&d);
}

/* ── promise ─────────────────────────────────────────────────────────────────────────────────── */

pn_date pn_portal_promise_until(const pn_portal *portal) {
    return portal->frame.today + PN_LIMIT_PROMISE_DAYS;
}

pn_err pn_portal_promise(pn_portal *portal, const pn_form_data *form, pn_portal_problems *problems,
                         pn_diag *diag) {
    deed d = {portal, form, problems, diag};
    int64_t amount = 0;
    pn_date day = PN_DATE_NONE;
    pn_id id = 0;
    int64_t max = portal->account.claimable;
    if (max <= 0) {
        return PN_NOT_FOUND;
    }
    (void)read_amount(&d, "amount", 1, max, &amount);
    (void)read_day(&d, "day", portal->frame.today, pn_portal_promise_until(portal), &day);
    PN_TRY(end(&d));
    PN_TRY(pn_books_promise(portal->app, portal->debtor.id, portal->account.id, amount, day,
                            PN_STR("page"), NULL, 0, portal->arena, &id, diag));
    return pn_portal_signal(portal, PN_SIGNAL_PROMISE, PN_STR("page"), diag);
}

/* ── dispute ─────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *word;
    pn_saying label;
} REASONS[] = {{"quantity", PN_SAY_WHY_QUANTITY}, {"price", PN_SAY_WHY_PRICE},
               {"quality", PN_SAY_WHY_QUALITY},   {"missing", PN_SAY_WHY_MISSING},
               {"not_mine", PN_SAY_WHY_NOT_MINE}, {"cancelled", PN_SAY_WHY_CANCELLED},
               {"other", PN_SAY_WHY_OTHER}};

static pn_str read_reason(const deed *d) {
    pn_str word = pn_form_text(d->form, "why");
    for (size_t i = 0; i < PN_COUNT(REASONS); i++) {
        if (pn_str_eq(word, pn_str_of(REASONS[i].word))) {
            return word;
        }
    }
    wrong(d, "why", PN_SAY_ERROR_CHOICE);
    return PN_STR_NONE;
}

/* "all", "part" with an amount, or "line" and its number. */
static void read_dispute_part(const deed *d, const pn_invoice_row *invoice, int64_t *line,
                              int64_t *amount) {
    pn_str what = pn_form_text(d->form, "what");
    int64_t free = invoice->item.open - invoice->item.disputed;
    if (pn_str_starts(what, PN_STR("line"))) {
        if (pn_str_to_int64(pn_str_from(what, 4), line) != PN_OK || *line <= 0) {
            wrong(d, "what", PN_SAY_ERROR_CHOICE);
        }
    } else if (pn_str_is(what, "part")) {
        (void)read_amount(d, "amount", 1, free, amount);
    } else if (!pn_str_is(what, "all") || free <= 0) {
        wrong(d, "what", PN_SAY_ERROR_CHOICE);
    }
}

pn_err pn_portal_dispute(pn_portal *portal, const pn_form_data *form, pn_portal_problems *problems,
                         pn_diag *diag) {
    deed d = {portal, form, problems, diag};
    pn_invoice_row invoice;
    bool found = false;
    int64_t line = 0, amount = 0;
    pn_id id = 0;
    const pn_form_field *file = NULL;
    PN_TRY(read_invoice(&d, &invoice, &found));
    pn_str why = read_reason(&d);
    pn_str text = read_text(&d, "text", true);
    PN_TRY(check_file(&d, &file));
    if (found) {
        read_dispute_part(&d, &invoice, &line, &amount);
    }
    PN_TRY(end(&d));
    pn_str reason = pn_str_format(portal->arena, "%.*s: %.*s", PN_STR_ARG(why), PN_STR_ARG(text));
    pn_err err = pn_books_dispute(portal->app, invoice.item.id, line, amount, reason, portal->arena,
                                  &id, diag);
    if (err == PN_INVALID) { /* a line that is larger than what is open, or is not there */
        wrong(&d, "what", PN_SAY_ERROR_CHOICE);
    }
    PN_TRY(err);
    PN_TRY(open_task(&d, PN_TASK_DISPUTE, invoice.item.number, reason, file, id));
    return pn_portal_visited(portal, PN_SOURCE_HUMAN, diag);
}

/* ── already paid ────────────────────────────────────────────────────────────────────────────── */

pn_err pn_portal_paid(pn_portal *portal, const pn_form_data *form, pn_portal_problems *problems,
                      pn_diag *diag) {
    enum { LOOK_BACK_DAYS = 400 };
    deed d = {portal, form, problems, diag};
    pn_invoice_row invoice;
    bool found = false;
    pn_date day = PN_DATE_NONE;
    const pn_form_field *file = NULL;
    char iso[PN_DATE_ISO_SIZE];
    PN_TRY(read_invoice(&d, &invoice, &found));
    (void)read_day(&d, "day", portal->frame.today - LOOK_BACK_DAYS, portal->frame.today, &day);
    pn_str text = read_text(&d, "text", false);
    PN_TRY(check_file(&d, &file));
    PN_TRY(end(&d));
    PN_TRY(pn_books_report_paid(portal->app, invoice.item.id, portal->arena, diag));
    pn_str words = pn_str_format(portal->arena, "%s %.*s", pn_date_iso(day, iso), PN_STR_ARG(text));
    PN_TRY(open_task(&d, PN_TASK_RECEIPT, invoice.item.number, words, file, invoice.item.id));
    return pn_portal_visited(portal, PN_SOURCE_HUMAN, diag);
}

/* ── help, complaint ─────────────────────────────────────────────────────────────────────────── */

pn_err pn_portal_help(pn_portal *portal, const pn_form_data *form, pn_portal_problems *problems,
                      pn_diag *diag) {
    deed d = {portal, form, problems, diag};
    pn_str text = read_text(&d, "text", true);
    bool complaint = pn_form_text(form, "complaint").len != 0;
    PN_TRY(end(&d));
    if (complaint) {
        pn_id id = 0;
        PN_TRY(pn_complaints_add(portal->app, portal->debtor.id, portal->creditor->id, text,
                                 portal->arena, &id, diag));
        return pn_portal_visited(portal, PN_SOURCE_HUMAN, diag);
    }
    return pn_portal_signal(portal, PN_SIGNAL_REPLY, text, diag);
}

/* ── contact ─────────────────────────────────────────────────────────────────────────────────── */

static bool is_channel(pn_str word) {
    return pn_str_is(word, "any") || pn_str_is(word, "email") || pn_str_is(word, "sms") ||
           pn_str_is(word, "whatsapp") || pn_str_is(word, "call");
}

pn_err pn_portal_contact(pn_portal *portal, const pn_form_data *form, pn_portal_problems *problems,
                         pn_diag *diag) {
    deed d = {portal, form, problems, diag};
    pn_str language = pn_form_text(form, "language");
    pn_str channel = pn_form_text(form, "channel");
    pn_str email = portal->opened ? pn_form_text(form, "email") : PN_STR_NONE;
    if (!pn_page_language(language)) {
        wrong(&d, "language", PN_SAY_ERROR_CHOICE);
    }
    if (!is_channel(channel)) {
        wrong(&d, "channel", PN_SAY_ERROR_CHOICE);
    }
    if (email.len != 0 && !pn_mime_is_address(email)) {
        wrong(&d, "email", PN_SAY_ERROR_EMPTY);
    }
    PN_TRY(end(&d));
    if (!pn_str_starts(portal->debtor.language, language)) {
        portal->debtor.language = language;
        PN_TRY(pn_debtor_update(portal->app->db, &portal->debtor));
    }
    PN_TRY(pn_debtors_prefer(portal->app, portal->debtor.id, channel, portal->arena));
    if (email.len != 0) {
        PN_TRY(open_task(&d, PN_TASK_CONTACT_ASKED, email, email, NULL, 0));
    }
    return pn_portal_visited(portal, PN_SOURCE_HUMAN, diag);
}

/* ── what is agreed ──────────────────────────────────────────────────────────────────────────── */

static const pn_offer_choice *find_choice(const deed *d, const pn_offer_choice *choices,
                                          size_t count) {
    pn_str key = pn_form_text(d->form, "plan");
    for (size_t i = 0; i < count; i++) {
        if (pn_str_eq(key, pn_portal_offer_key(d->portal, &choices[i]))) {
            return &choices[i];
        }
    }
    wrong(d, "plan", PN_SAY_ERROR_DEAL);
    return NULL;
}

pn_err pn_portal_plan(pn_portal *portal, const pn_form_data *form, pn_portal_problems *problems,
                      pn_diag *diag) {
    enum { NAME_MAX = 200 };
    deed d = {portal, form, problems, diag};
    pn_offer_choice *choices = NULL;
    size_t count = 0;
    PN_TRY(pn_portal_offers(portal, &choices, &count));
    if (count == 0) {
        return PN_NOT_FOUND;
    }
    const pn_offer_choice *choice = find_choice(&d, choices, count);
    pn_str name = read_text(&d, "name", true);
    if (name.len > NAME_MAX) {
        wrong(&d, "name", PN_SAY_ERROR_LONG);
    }
    if (pn_form_text(form, "accept").len == 0) {
        wrong(&d, "accept", PN_SAY_ERROR_EMPTY);
    }
    PN_TRY(end(&d));
    PN_TRY(pn_portal_accept(portal, choice, name, diag));
    return pn_portal_signal(portal, PN_SIGNAL_PROMISE, PN_STR("plan"), diag);
}

/* Either how many installments, or how much a month can be paid. */
static void read_count(const deed *d, int64_t *ret_count) {
    int64_t total = d->portal->account.claimable, each = 0;
    pn_str number = pn_form_text(d->form, "count");
    *ret_count = 0;
    if (pn_form_text(d->form, "each").len != 0) {
        int64_t least = total / PN_ASKED_MAX + 1;
        if (read_amount(d, "each", least, total - 1, &each)) {
            *ret_count = PN_MAX((total + each - 1) / each, (int64_t)PN_ASKED_MIN);
        }
    } else if (pn_str_to_int64(number, ret_count) != PN_OK || *ret_count < PN_ASKED_MIN ||
               *ret_count > PN_ASKED_MAX) {
        wrong(d, "count", PN_SAY_ERROR_COUNT);
    }
}

pn_err pn_portal_plan_other(pn_portal *portal, const pn_form_data *form,
                            pn_portal_problems *problems, pn_diag *diag) {
    deed d = {portal, form, problems, diag};
    int64_t count = 0;
    pn_date first = PN_DATE_NONE, today = portal->frame.today;
    if (!portal->has_account || portal->account.claimable < PN_ASKED_MIN) {
        return PN_NOT_FOUND;
    }
    read_count(&d, &count);
    (void)read_day(&d, "first", today, today + PN_ASKED_FIRST_DAYS, &first);
    pn_str text = read_text(&d, "text", false);
    PN_TRY(end(&d));
    PN_TRY(pn_portal_ask(portal, count, first, text, diag));
    return pn_portal_visited(portal, PN_SOURCE_HUMAN, diag);
}
