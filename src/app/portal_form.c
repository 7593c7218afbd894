/* The forms of the page, empty or as they were sent with what is wrong. */
#include "app/debtors.h"
#include "app/portal_int.h"
#include "base/banned.h"
#include "base/limits.h"
#include "store/bill.h"

enum { FIELDS_MAX = 8, FILE_MB = PN_LIMIT_PAGE_FILE_BYTES >> 20 };

typedef struct {
    pn_portal *portal;
    const pn_form_data *sent;
    const pn_portal_problems *problems;
    pn_page_form *form;
    pn_page_field *fields;
} builder;

static pn_str word(const builder *b, pn_saying key) {
    return pn_portal_word(b->portal, key);
}

static pn_str problem_of(const builder *b, const char *name) {
    for (size_t i = 0; b->problems != NULL && i < b->problems->count; i++) {
        if (strcmp(b->problems->items[i].field, name) == 0) {
            return b->problems->items[i].sentence;
        }
    }
    return PN_STR_NONE;
}

/* `otherwise` stands there before anything was sent. */
static pn_page_field *add(builder *b, pn_input_kind kind, const char *name, pn_saying label,
                          pn_str otherwise) {
    assert(b->form->field_count < FIELDS_MAX);
    pn_page_field *field = &b->fields[b->form->field_count++];
    bool keeps = kind != PN_INPUT_FILE && kind != PN_INPUT_CODE;
    *field = (pn_page_field){.kind = kind,
                             .name = name,
                             .label = word(b, label),
                             .value = otherwise,
                             .min = PN_DATE_NONE,
                             .max = PN_DATE_NONE,
                             .problem = problem_of(b, name)};
    if (b->sent != NULL && keeps) {
        field->value = pn_form_text(b->sent, name);
    }
    return field;
}

static pn_str number_text(const builder *b, int64_t value) {
    char text[20] = "";
    size_t len = pn_int64_text(value, text);
    return pn_str_dup(b->portal->arena, (pn_str){text, len});
}

static void add_file(builder *b, pn_saying label) {
    pn_page_field *file = add(b, PN_INPUT_FILE, "file", label, PN_STR_NONE);
    file->hint = pn_portal_say(b->portal, PN_SAY_FILE_HINT, number_text(b, FILE_MB), PN_STR_NONE);
    file->optional = true;
    b->form->files = true;
}

static pn_page_option *options(const builder *b, size_t count) {
    return pn_arena_array(b->portal->arena, pn_page_option, count + 1);
}

/* An amount as the reader's country types it. */
static pn_str plain_amount(const builder *b, int64_t minor) {
    const pn_page_frame *frame = &b->portal->frame;
    char room[40];
    pn_buf text = {.ptr = room, .capacity = sizeof room, .max = sizeof room};
    pn_number_style style = pn_number_style_of(frame->language, frame->country);
    pn_amount_plain(&text, minor, pn_currency_decimals(b->portal->account.currency));
    for (size_t i = 0; i < text.len; i++) {
        room[i] = room[i] == '.' ? style.decimal : room[i];
    }
    return pn_str_dup(b->portal->arena, pn_buf_str(&text));
}

/* The open invoices that are shown; one alone is chosen already. */
static pn_err add_invoices(builder *b, pn_saying label, pn_invoice_row **ret_rows,
                           size_t *ret_count) {
    pn_invoice_row *rows = NULL;
    size_t count = 0, others = 0, kept = 0;
    PN_TRY(pn_portal_invoices(b->portal, &rows, &count, &others));
    pn_page_option *choice = options(b, count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].item.closed == PN_CLOSED_NOT) {
            char id[PN_ID_TEXT_SIZE];
            rows[kept] = rows[i];
            choice[kept++] = (pn_page_option){
                .value = pn_str_dup(b->portal->arena,
                                    pn_str_of(pn_id_text(PN_ID_INVOICE, rows[i].item.id, id))),
                .label =
                    pn_str_format(b->portal->arena, "%.*s · %.*s", PN_STR_ARG(rows[i].item.number),
                                  PN_STR_ARG(pn_portal_money(b->portal, rows[i].item.open)))};
        }
    }
    pn_page_field *field =
        add(b, PN_INPUT_SELECT, "invoice", label, kept != 0 ? choice[0].value : PN_STR_NONE);
    field->options = choice;
    field->option_count = kept;
    *ret_rows = rows;
    *ret_count = kept;
    return kept != 0 ? PN_OK : PN_NOT_FOUND;
}

/* ── the forms ───────────────────────────────────────────────────────────────────────────────── */

static void titled(builder *b, pn_saying title, pn_saying lead, pn_saying button) {
    b->form->title = word(b, title);
    b->form->lead = word(b, lead);
    b->form->button = word(b, button);
}

static pn_err promise_form(builder *b) {
    pn_date until = pn_portal_promise_until(b->portal);
    if (!b->portal->has_account || b->portal->account.claimable <= 0) {
        return PN_NOT_FOUND;
    }
    titled(b, PN_SAY_PROMISE_TITLE, PN_SAY_PROMISE_LEAD, PN_SAY_PROMISE_BUTTON);
    add(b, PN_INPUT_AMOUNT, "amount", PN_SAY_PROMISE_AMOUNT,
        plain_amount(b, b->portal->account.claimable));
    pn_page_field *day = add(b, PN_INPUT_DATE, "day", PN_SAY_PROMISE_DAY, PN_STR_NONE);
    day->min = b->portal->frame.today;
    day->max = until;
    day->hint = pn_portal_say(b->portal, PN_SAY_PROMISE_DAY_HINT, pn_portal_day(b->portal, until),
                              PN_STR_NONE);
    return PN_OK;
}

static pn_err add_parts(builder *b, const pn_invoice_row *rows, size_t count) {
    enum { LINES_MAX = 12 };
    pn_bill bill = {0};
    if (count == 1 && (rows[0].flags & PN_INVOICE_HAS_LINES) != 0) {
        PN_TRY(pn_bill_get(b->portal->app->db, rows[0].debtor_id, rows[0].item.id, b->portal->arena,
                           &bill));
    }
    size_t lines = PN_MIN(bill.line_count, (size_t)LINES_MAX);
    pn_page_option *choice = options(b, lines + 2);
    choice[0] = (pn_page_option){PN_STR("all"), word(b, PN_SAY_DISPUTE_ALL), PN_STR_NONE};
    for (size_t i = 0; i < lines; i++) {
        const pn_bill_line *line = &bill.lines[i];
        choice[i + 1] =
            (pn_page_option){pn_str_format(b->portal->arena, "line%lld", (long long)line->number),
                             line->description.len != 0 ? line->description : line->product,
                             pn_portal_money(b->portal, line->amount)};
    }
    choice[lines + 1] = (pn_page_option){PN_STR("part"), word(b, PN_SAY_DISPUTE_PART), PN_STR_NONE};
    pn_page_field *what = add(b, PN_INPUT_CHOICE, "what", PN_SAY_DISPUTE_WHAT, PN_STR("all"));
    what->options = choice;
    what->option_count = lines + 2;
    add(b, PN_INPUT_AMOUNT, "amount", PN_SAY_DISPUTE_AMOUNT, PN_STR_NONE)->optional = true;
    return PN_OK;
}

static pn_err dispute_form(builder *b) {
    static const struct {
        const char *word;
        pn_saying label;
    } WHY[] = {{"", PN_SAY_ERROR_CHOICE},           {"quantity", PN_SAY_WHY_QUANTITY},
               {"price", PN_SAY_WHY_PRICE},         {"quality", PN_SAY_WHY_QUALITY},
               {"missing", PN_SAY_WHY_MISSING},     {"not_mine", PN_SAY_WHY_NOT_MINE},
               {"cancelled", PN_SAY_WHY_CANCELLED}, {"other", PN_SAY_WHY_OTHER}};
    pn_invoice_row *rows = NULL;
    size_t count = 0;
    titled(b, PN_SAY_DISPUTE_TITLE, PN_SAY_DISPUTE_LEAD, PN_SAY_DISPUTE_BUTTON);
    PN_TRY(add_invoices(b, PN_SAY_DISPUTE_INVOICE, &rows, &count));
    PN_TRY(add_parts(b, rows, count));
    pn_page_option *why = options(b, PN_COUNT(WHY));
    for (size_t i = 0; i < PN_COUNT(WHY); i++) {
        why[i] = (pn_page_option){pn_str_of(WHY[i].word), word(b, WHY[i].label), PN_STR_NONE};
    }
    pn_page_field *field = add(b, PN_INPUT_SELECT, "why", PN_SAY_DISPUTE_WHY, PN_STR_NONE);
    field->options = why;
    field->option_count = PN_COUNT(WHY);
    add(b, PN_INPUT_LINES, "text", PN_SAY_DISPUTE_TEXT, PN_STR_NONE);
    add_file(b, PN_SAY_FILE);
    return PN_OK;
}

static pn_err paid_form(builder *b) {
    pn_invoice_row *rows = NULL;
    size_t count = 0;
    titled(b, PN_SAY_PAID_TITLE, PN_SAY_PAID_LEAD, PN_SAY_PAID_BUTTON);
    PN_TRY(add_invoices(b, PN_SAY_PAID_WHICH, &rows, &count));
    pn_page_field *day = add(b, PN_INPUT_DATE, "day", PN_SAY_PAID_DAY, PN_STR_NONE);
    day->max = b->portal->frame.today;
    add_file(b, PN_SAY_PAID_FILE);
    add(b, PN_INPUT_LINES, "text", PN_SAY_HELP_TEXT, PN_STR_NONE)->optional = true;
    return PN_OK;
}

static pn_err help_form(builder *b) {
    const pn_creditor_row *creditor = b->portal->creditor;
    titled(b, PN_SAY_HELP_TITLE, PN_SAY_HELP_LEAD, PN_SAY_HELP_BUTTON);
    if (creditor->phone.len != 0) {
        add(b, PN_INPUT_SHOWN, "phone", PN_SAY_HELP_PHONE, PN_STR_NONE)->value = creditor->phone;
    }
    add(b, PN_INPUT_LINES, "text", PN_SAY_HELP_TEXT, PN_STR_NONE);
    add(b, PN_INPUT_CHECK, "complaint", PN_SAY_HELP_COMPLAINT, PN_STR_NONE)->optional = true;
    return PN_OK;
}

static void add_language(builder *b) {
    static const pn_page_option LANGUAGES[] = {
        {{"es", 2}, {"Español", 8}, {NULL, 0}},
        {{"en", 2}, {"English", 7}, {NULL, 0}},
        {{"pt", 2}, {"Português", 10}, {NULL, 0}},
    };
    pn_page_field *field =
        add(b, PN_INPUT_SELECT, "language", PN_SAY_PREF_LANGUAGE, b->portal->frame.language);
    field->options = LANGUAGES;
    field->option_count = PN_COUNT(LANGUAGES);
}

static void add_channel(builder *b, pn_str preferred) {
    static const struct {
        const char *word;
        pn_saying label;
    } CHANNELS[] = {{"any", PN_SAY_PREF_ANY},
                    {"email", PN_SAY_PREF_EMAIL},
                    {"sms", PN_SAY_PREF_SMS},
                    {"whatsapp", PN_SAY_PREF_WHATSAPP},
                    {"call", PN_SAY_PREF_CALL}};
    pn_page_option *choice = options(b, PN_COUNT(CHANNELS));
    for (size_t i = 0; i < PN_COUNT(CHANNELS); i++) {
        choice[i] =
            (pn_page_option){pn_str_of(CHANNELS[i].word), word(b, CHANNELS[i].label), PN_STR_NONE};
    }
    pn_page_field *field = add(b, PN_INPUT_SELECT, "channel", PN_SAY_PREF_CHANNEL, preferred);
    field->options = choice;
    field->option_count = PN_COUNT(CHANNELS);
}

static pn_err contact_form(builder *b) {
    titled(b, PN_SAY_PREF_TITLE, PN_SAY_PREF_LEAD, PN_SAY_PREF_BUTTON);
    pn_str channel;
    PN_TRY(pn_debtors_preferred(b->portal->app, b->portal->debtor.id, b->portal->arena, &channel));
    add_language(b);
    add_channel(b, channel.len != 0 ? channel : PN_STR("any"));
    if (b->portal->opened) {
        pn_page_field *email = add(b, PN_INPUT_EMAIL, "email", PN_SAY_PREF_NEW, PN_STR_NONE);
        email->hint = word(b, PN_SAY_PREF_NEW_HINT);
        email->optional = true;
    } else {
        b->form->more = "/code";
        b->form->more_label = word(b, PN_SAY_PREF_NEW);
    }
    return PN_OK;
}

static pn_str choice_label(const builder *b, const pn_offer_choice *choice) {
    pn_portal *portal = b->portal;
    int64_t first = choice->installments[0].amount;
    switch (choice->kind) {
    case PN_OFFER_DISCOUNT:
        return pn_portal_say(portal, PN_SAY_DEAL_DISCOUNT, pn_portal_money(portal, first),
                             pn_portal_money(portal, choice->total));
    case PN_OFFER_PARTIAL:
        return pn_portal_say(portal, PN_SAY_DEAL_PARTIAL, pn_portal_money(portal, first),
                             pn_portal_money(portal, choice->total - first));
    case PN_OFFER_PLAN:
    case PN_OFFERS: break;
    }
    size_t last = choice->count - 1; /* what does not divide is in the first */
    return pn_portal_say(portal, PN_SAY_PLAN_CHOICE, number_text(b, (int64_t)choice->count),
                         pn_portal_money(portal, choice->installments[last].amount));
}

static pn_err plan_form(builder *b) {
    pn_offer_choice *choices = NULL;
    size_t count = 0;
    PN_TRY(pn_portal_offers(b->portal, &choices, &count));
    if (count == 0) {
        return PN_NOT_FOUND;
    }
    titled(b, PN_SAY_DEAL_TITLE, PN_SAY_DEAL_LEAD, PN_SAY_DEAL_ACCEPT);
    pn_page_option *choice = options(b, count);
    for (size_t i = 0; i < count; i++) {
        choice[i] = (pn_page_option){pn_portal_offer_key(b->portal, &choices[i]),
                                     choice_label(b, &choices[i]),
                                     pn_portal_offer_terms(b->portal, &choices[i])};
    }
    pn_page_field *field = add(b, PN_INPUT_CHOICE, "plan", PN_SAY_DEAL_CHOICES, choice[0].value);
    field->options = choice;
    field->option_count = count;
    add(b, PN_INPUT_TEXT, "name", PN_SAY_PLAN_NAME, PN_STR_NONE);
    add(b, PN_INPUT_CHECK, "accept", PN_SAY_DEAL_READ, PN_STR_NONE);
    b->form->more = "/plan-other";
    b->form->more_label = word(b, PN_SAY_PLAN_OTHER);
    return PN_OK;
}

static pn_err plan_other_form(builder *b) {
    if (!b->portal->has_account || b->portal->account.claimable < PN_ASKED_MIN) {
        return PN_NOT_FOUND;
    }
    titled(b, PN_SAY_PLAN_OTHER, PN_SAY_PLAN_OTHER_DONE_TEXT, PN_SAY_PLAN_OTHER_BUTTON);
    pn_page_field *count = add(b, PN_INPUT_NUMBER, "count", PN_SAY_PLAN_OTHER_COUNT, PN_STR_NONE);
    count->low = PN_ASKED_MIN;
    count->high = PN_ASKED_MAX;
    count->optional = true;
    pn_page_field *each = add(b, PN_INPUT_AMOUNT, "each", PN_SAY_PLAN_OTHER_EACH, PN_STR_NONE);
    each->optional = true;
    each->hint = word(b, PN_SAY_PLAN_OTHER_EACH_HINT);
    pn_page_field *first = add(b, PN_INPUT_DATE, "first", PN_SAY_PLAN_OTHER_FIRST, PN_STR_NONE);
    first->min = b->portal->frame.today;
    first->max = b->portal->frame.today + PN_ASKED_FIRST_DAYS;
    add(b, PN_INPUT_LINES, "text", PN_SAY_PLAN_OTHER_TEXT, PN_STR_NONE)->optional = true;
    return PN_OK;
}

/* Where the code goes; addresses are shown in part. */
static pn_err code_form(builder *b) {
    pn_contact_row *rows = NULL;
    size_t count = 0, kept = 0;
    pn_id id = b->portal->debtor.id;
    PN_TRY(pn_contact_range(b->portal->app->db, id, id, b->portal->arena, &rows, &count));
    titled(b, PN_SAY_CODE_TITLE, PN_SAY_CODE_LEAD, PN_SAY_CODE_BUTTON);
    pn_page_option *choice = options(b, count);
    for (size_t i = 0; i < count; i++) {
        char text[PN_ID_TEXT_SIZE];
        if (rows[i].channel == PN_CHANNEL_EMAIL && rows[i].state == PN_CONTACT_USABLE) {
            choice[kept++] =
                (pn_page_option){pn_str_dup(b->portal->arena,
                                            pn_str_of(pn_id_text(PN_ID_CONTACT, rows[i].id, text))),
                                 pn_portal_masked(rows[i].address, b->portal->arena), PN_STR_NONE};
        }
    }
    if (kept == 0) {
        return PN_NOT_FOUND;
    }
    pn_page_field *field = add(b, PN_INPUT_CHOICE, "contact", PN_SAY_CODE_WHERE, choice[0].value);
    field->options = choice;
    field->option_count = kept;
    return PN_OK;
}

static pn_err enter_form(builder *b) {
    titled(b, PN_SAY_CODE_ENTER_TITLE, PN_SAY_CODE_ENTER_TITLE, PN_SAY_CODE_ENTER_BUTTON);
    b->form->lead = PN_STR_NONE;
    add(b, PN_INPUT_CODE, "code", PN_SAY_CODE_ENTER, PN_STR_NONE);
    b->form->more = "/code";
    b->form->more_label = word(b, PN_SAY_CODE_AGAIN);
    return PN_OK;
}

static const struct {
    const char *name, *action;
    pn_err (*build)(builder *b);
} FORMS[] = {
    {"promise", "/promise", promise_form},
    {"dispute", "/dispute", dispute_form},
    {"paid", "/paid", paid_form},
    {"help", "/help", help_form},
    {"contact", "/contact", contact_form},
    {"plan", "/plan", plan_form},
    {"plan-other", "/plan-other", plan_other_form},
    {"code", "/code", code_form},
    {"enter", "/enter", enter_form},
};

pn_err pn_portal_form(pn_portal *portal, const char *name, const pn_form_data *sent,
                      const pn_portal_problems *problems, pn_page_form *ret_form, pn_diag *diag) {
    pn_page_form form = {0};
    pn_page_field *fields = pn_arena_array(portal->arena, pn_page_field, FIELDS_MAX);
    builder b = {portal, sent, problems, &form, fields};
    (void)diag;
    for (size_t i = 0; i < PN_COUNT(FORMS); i++) {
        if (strcmp(FORMS[i].name, name) == 0) {
            PN_TRY(FORMS[i].build(&b));
            form.action = FORMS[i].action;
            form.token = pn_portal_form_token(portal, name);
            form.fields = fields;
            form.problem = problem_of(&b, "");
            form.back = pn_str_format(portal->arena, "%.*s%.*s", PN_STR_ARG(portal->frame.base),
                                      PN_STR_ARG(portal->frame.query));
            *ret_form = form;
            return PN_OK;
        }
    }
    return PN_NOT_FOUND;
}
