#include "app/offers.h"

#include "app/offers_int.h"
#include "base/banned.h"

enum { FIRST_DAYS = 3, MONTH_FROM = 28, MONTH_TO = 31, CHOICES_MAX = 40 };

/* ── what an offer comes to ──────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_app *app;
    const pn_view *view;
    const pn_view_account *account;
    const pn_offer_row *row;
    const pn_flow_node *node;
    int64_t matrix_row; /* 0: it is an offer */
    pn_date today;
    int64_t total;
    pn_arena *arena;
    pn_offer_choice *choices;
    size_t *count;
} counter;

static int64_t number(const counter *c, const char *name, int64_t otherwise) {
    const pn_param_value *value = pn_node_param_named(c->node, name);
    return value != NULL && value->given ? value->number : otherwise;
}

/* Hundredths of the currency, as strategies write amounts, in minor units. */
static int64_t minor(const counter *c, int64_t hundredths) {
    return hundredths * c->account->row.scale / 100;
}

static void add_choice(counter *c, int64_t choice, int64_t discount,
                       const pn_installment_row *installments, size_t count) {
    c->choices[(*c->count)++] =
        (pn_offer_choice){.offer_id = c->row->id,
                          .row = c->matrix_row,
                          .debtor_id = c->view->row.id,
                          .account_id = c->account->row.id,
                          .invoice_id = c->row->invoice_id,
                          .kind = c->row->kind,
                          .choice = choice,
                          .total = c->total,
                          .discount = discount,
                          .currency = c->account->row.currency,
                          .until = pn_zone_date(c->view->zone, c->row->until - 1),
                          .installments = installments,
                          .count = count};
}

/* The part now, the rest later; a part that rounds to nothing or all is no offer. */
static void count_partial(counter *c) {
    int64_t first = 0;
    if (pn_amount_scale(c->total, number(c, "first_percent", 5000), 10000, &first) != PN_OK ||
        first <= 0 || first >= c->total) {
        return;
    }
    pn_installment_row *rows = pn_arena_array(c->arena, pn_installment_row, 2);
    pn_date rest = c->today + (pn_date)number(c, "rest_days", 30);
    rows[0] = (pn_installment_row){1, c->today + PN_MIN(FIRST_DAYS, rest - c->today - 1), first};
    rows[1] = (pn_installment_row){2, rest, c->total - first};
    add_choice(c, 0, 0, rows, 2);
}

static pn_date due_of(const counter *c, int64_t index) {
    int64_t every = number(c, "every_days", 30);
    pn_date first = c->today + FIRST_DAYS;
    return every >= MONTH_FROM && every <= MONTH_TO ? pn_date_add_months(first, (int)index)
                                                    : first + (pn_date)(index * every);
}

/* Equal parts; what does not divide goes to the first. */
static void count_plan(counter *c) {
    int64_t most = number(c, "installments_max", 3);
    int64_t least = minor(c, number(c, "installment_min", 0));
    for (int64_t n = 2; n <= most && *c->count < CHOICES_MAX; n++) {
        int64_t part = c->total / n;
        if (part <= 0 || part < least) {
            return;
        }
        pn_installment_row *rows = pn_arena_array(c->arena, pn_installment_row, (size_t)n);
        for (int64_t i = 0; i < n; i++) {
            rows[i] = (pn_installment_row){i + 1, due_of(c, i),
                                           i == 0 ? c->total - part * (n - 1) : part};
        }
        add_choice(c, n, 0, rows, (size_t)n);
    }
}

static void count_discount(counter *c) {
    int64_t discount = 0;
    if (pn_amount_scale(c->total, number(c, "percent", 0), 10000, &discount) != PN_OK ||
        discount <= 0 || discount >= c->total) {
        return;
    }
    pn_installment_row *rows = pn_arena_array(c->arena, pn_installment_row, 1);
    rows[0] =
        (pn_installment_row){1, c->today + (pn_date)number(c, "pay_days", 5), c->total - discount};
    add_choice(c, 0, discount, rows, 1);
}

/* What the debtor proposed, a month apart; what does not divide goes to the first. */
static void count_asked(counter *c) {
    int64_t n = c->row->asked_count, part = c->total / n;
    if (part <= 0) {
        return;
    }
    pn_date first = PN_MAX(c->row->asked_first, c->today);
    pn_installment_row *rows = pn_arena_array(c->arena, pn_installment_row, (size_t)n);
    for (int64_t i = 0; i < n; i++) {
        rows[i] = (pn_installment_row){i + 1, pn_date_add_months(first, (int)i),
                                       i == 0 ? c->total - part * (n - 1) : part};
    }
    add_choice(c, n, 0, rows, (size_t)n);
}

/* The invoices that an offer is about. */
static size_t invoices_of(const counter *c, pn_id *ids, int64_t *ret_total) {
    size_t count = 0;
    *ret_total = 0;
    for (size_t i = 0; i < c->account->item_count; i++) {
        const pn_item *item = &c->account->items[i];
        bool works = c->row->invoice_id != 0 ? item->id == c->row->invoice_id : !item->own_run;
        if (works && item->claimable > 0) {
            *ret_total += item->claimable;
            if (ids != NULL) {
                ids[count] = item->id;
            }
            count++;
        }
    }
    return count;
}

static pn_err has_plan(pn_app *app, pn_id debtor_id, pn_id account_id, pn_arena *arena,
                       bool *ret_has) {
    pn_plan_row *plans = NULL;
    size_t count = 0;
    PN_TRY(pn_plan_list(app->db, debtor_id, arena, &plans, &count));
    *ret_has = false;
    for (size_t i = 0; i < count; i++) {
        *ret_has =
            *ret_has || (plans[i].state == PN_PLAN_ACTIVE && plans[i].account_id == account_id);
    }
    return PN_OK;
}

/* The node whose limits and parameters it has; NULL for what the debtor proposed. */
static pn_err find_node(counter *c) {
    const pn_published *version = NULL;
    const pn_flow *flow = NULL;
    size_t rows = 0;
    if (c->node != NULL || c->row->asked_count != 0) {
        return PN_OK;
    }
    if (c->row->row_text.len != 0) {
        PN_TRY(pn_offer_rows_compile(c->row->row_text, c->arena, &flow, &rows, NULL));
        c->node = pn_offer_row_node(flow, 0);
        return PN_OK;
    }
    PN_TRY(pn_catalog_version(c->app, c->row->version_id, &version, NULL));
    c->node = &version->flow->nodes[c->row->node];
    return PN_OK;
}

static pn_err count_one(counter *c) {
    bool planned = false;
    PN_TRY(has_plan(c->app, c->view->row.id, c->account->row.id, c->arena, &planned));
    PN_TRY(find_node(c));
    (void)invoices_of(c, NULL, &c->total);
    if (planned || c->total <= 0) {
        return PN_OK;
    }
    if (c->node == NULL) {
        count_asked(c);
        return PN_OK;
    }
    switch (c->row->kind) {
    case PN_OFFER_PARTIAL: count_partial(c); break;
    case PN_OFFER_PLAN: count_plan(c); break;
    case PN_OFFER_DISCOUNT: count_discount(c); break;
    case PN_OFFERS: break;
    }
    return PN_OK;
}

const pn_view_account *pn_offer_narrowed(const pn_view_account *account, pn_id invoice_id,
                                         pn_arena *arena) {
    pn_view_account *narrowed = pn_arena_new(arena, pn_view_account);
    *narrowed = *account;
    narrowed->items = pn_arena_array(arena, pn_item, account->item_count + 1);
    narrowed->invoices =
        pn_arena_alloc(arena, (account->item_count + 1) * sizeof *narrowed->invoices);
    narrowed->item_count = 0;
    for (size_t i = 0; i < account->item_count; i++) {
        if (invoice_id == 0 || account->items[i].id == invoice_id) {
            narrowed->items[narrowed->item_count] = account->items[i];
            narrowed->items[narrowed->item_count].own_run = false;
            narrowed->invoices[narrowed->item_count++] = account->invoices[i];
        }
    }
    return narrowed;
}

static pn_err counter_for(pn_app *app, const pn_view *view, const pn_offer_row *row,
                          pn_arena *arena, pn_offer_choice *choices, size_t *count,
                          counter *ret_counter) {
    const pn_view_account *account = pn_view_account_of(view, row->account_id);
    if (account != NULL && row->run_id == 0) {
        account = pn_offer_narrowed(account, row->invoice_id, arena);
    }
    *ret_counter = (counter){.app = app,
                             .view = view,
                             .account = account,
                             .row = row,
                             .today = pn_zone_date(view->zone, pn_app_now(app)),
                             .arena = arena,
                             .choices = choices,
                             .count = count};
    return account != NULL ? PN_OK : PN_NOT_FOUND;
}

/* ── what there is now ───────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_app *app;
    const pn_offer_scope *scope;
    const pn_view *view;
    pn_arena *arena;
    pn_offer_choice *choices;
    size_t count;
} gathering;

/* An offer about the whole account is about one invoice alone where nothing else may be asked for.
 */
static bool is_about_alone(const counter *c, pn_id invoice_id) {
    pn_id *ids = pn_arena_array(c->arena, pn_id, c->account->item_count + 1);
    int64_t total = 0;
    return invoices_of(c, ids, &total) == 1 && ids[0] == invoice_id;
}

static pn_err gather_offer(gathering *g, const pn_offer_row *row) {
    counter c;
    size_t each = 0;
    if (counter_for(g->app, g->view, row, g->arena, g->choices + g->count, &each, &c) != PN_OK ||
        (g->scope->invoice_id != 0 && !is_about_alone(&c, g->scope->invoice_id))) {
        return PN_OK;
    }
    PN_TRY(count_one(&c));
    g->count += each;
    return PN_OK;
}

static bool has_kind(const gathering *g, pn_id account_id, pn_offer_kind kind) {
    for (size_t i = 0; i < g->count; i++) {
        if (g->choices[i].account_id == account_id && g->choices[i].kind == kind) {
            return true;
        }
    }
    return false;
}

/* What accepting the row now would write. */
static pn_offer_row row_offer(pn_app *app, const pn_offer_scope *scope, pn_id account_id,
                              const pn_flow_node *node) {
    pn_time now = pn_app_now(app);
    const pn_param_value *days = pn_node_param_named(node, "days");
    return (pn_offer_row){.debtor_id = scope->debtor_id,
                          .org_id = app->org.id,
                          .account_id = account_id,
                          .invoice_id = scope->invoice_id,
                          .kind = pn_offer_node_kind(node),
                          .made_at = now,
                          .until = now + days->number * PN_DAY,
                          .settled_at = PN_TIME_NONE,
                          .asked_first = PN_DATE_NONE,
                          .tell_at = PN_TIME_NONE};
}

static pn_err gather_rows(gathering *g, const pn_flow *flow, size_t rows, pn_id account_id) {
    const pn_view_account *account =
        pn_offer_narrowed(pn_view_account_of(g->view, account_id), g->scope->invoice_id, g->arena);
    for (size_t i = 0; i < rows; i++) {
        counter c;
        size_t each = 0;
        bool fits = false;
        const pn_flow_node *node = pn_offer_row_node(flow, i);
        pn_offer_row *row = pn_arena_new(g->arena, pn_offer_row);
        *row = row_offer(g->app, g->scope, account_id, node);
        PN_TRY(pn_offer_row_fits(g->app, g->view, account, flow, node, g->arena, &fits));
        if (!fits || has_kind(g, account_id, row->kind)) {
            continue;
        }
        PN_TRY(counter_for(g->app, g->view, row, g->arena, g->choices + g->count, &each, &c));
        c.node = node;
        c.matrix_row = (int64_t)i + 1;
        PN_TRY(count_one(&c));
        g->count += each;
    }
    return PN_OK;
}

/* A matrix that this program does not understand any more offers nothing; setting one checks it. */
static pn_err gather_matrix(gathering *g) {
    const pn_flow *flow = NULL;
    size_t rows = 0;
    pn_str json;
    PN_TRY(pn_offers_matrix(g->app, g->arena, &json));
    if (pn_offer_rows_compile(json, g->arena, &flow, &rows, NULL) != PN_OK) {
        return PN_OK;
    }
    for (size_t i = 0; i < g->view->account_count && rows != 0; i++) {
        pn_id id = g->view->accounts[i].row.id;
        if (g->scope->account_id == 0 || g->scope->account_id == id) {
            PN_TRY(gather_rows(g, flow, rows, id));
        }
    }
    return PN_OK;
}

pn_err pn_offers_now(pn_app *app, const pn_offer_scope *scope, pn_arena *arena,
                     pn_offer_choice **ret_choices, size_t *ret_count) {
    enum { MATRIX_KINDS = 3 };
    pn_offer_row *rows = NULL;
    size_t count = 0;
    pn_view *view = pn_arena_new(arena, pn_view);
    gathering g = {.app = app, .scope = scope, .view = view, .arena = arena};
    pn_time now = pn_app_now(app);
    PN_TRY(pn_offer_of_debtor(app->db, scope->debtor_id, arena, &rows, &count));
    PN_TRY(pn_view_one(app, scope->debtor_id, false, arena, view));
    size_t lists = count + view->account_count * MATRIX_KINDS + 1;
    g.choices = pn_arena_array(arena, pn_offer_choice, lists * (CHOICES_MAX + 1));
    for (size_t i = 0; i < count; i++) {
        bool open = rows[i].state == PN_OFFER_OPEN && rows[i].until > now &&
                    (scope->account_id == 0 || rows[i].account_id == scope->account_id);
        if (open) {
            PN_TRY(gather_offer(&g, &rows[i]));
        }
    }
    PN_TRY(gather_matrix(&g));
    *ret_choices = g.choices;
    *ret_count = g.count;
    return PN_OK;
}

/* ── accepting ───────────────────────────────────────────────────────────────────────────────── */

static pn_err is_over(pn_diag *diag) {
    pn_err err = pn_diag_set(diag, PN_CONFLICT, "This offer cannot be accepted any more.");
    pn_diag_mend(diag, "`puntual offer list` shows what became of it.");
    return err;
}

static const pn_offer_choice *chosen(const pn_offer_choice *choices, size_t count,
                                     const pn_offer_acceptance *a) {
    for (size_t i = 0; i < count; i++) {
        if (choices[i].offer_id == a->offer_id && choices[i].choice == a->choice &&
            (a->total == 0 || choices[i].total == a->total)) {
            return &choices[i];
        }
    }
    return NULL;
}

/* The earmark covers all that is settled; the installments may be less by the discount. */
static pn_err make_plan(const counter *c, const pn_offer_choice *choice, pn_id *ret_plan_id,
                        pn_diag *diag) {
    int64_t total = 0;
    pn_id *ids = pn_arena_array(c->arena, pn_id, c->account->item_count + 1);
    size_t count = invoices_of(c, ids, &total);
    pn_plan_scope scope = {ids, count, choice->total};
    return pn_books_plan_over(c->app, c->row->debtor_id, c->row->account_id, &scope,
                              choice->installments, choice->count, c->arena, ret_plan_id, diag);
}

pn_err pn_offer_journal(pn_app *app, const pn_offer_row *row, const char *what,
                        pn_currency currency, pn_str reason) {
    char offer[PN_ID_TEXT_SIZE], plan[PN_ID_TEXT_SIZE], hash[2 * PN_SHA256_BYTES + 1];
    pn_buf body;
    pn_buf_init(&body, 16384);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    if (row->plan_id != 0) {
        pn_hex(row->hash.bytes, sizeof row->hash.bytes, hash);
        pn_json_put_int(&w, "amount", row->total);
        pn_json_put_str_if(&w, "by", row->accepted_by);
        pn_json_put_str(&w, "currency", pn_str_of(currency.code));
        pn_json_put_str_if(&w, "from", row->accepted_from);
        pn_json_put_str(&w, "hash", pn_str_of(hash));
    }
    pn_json_put_str(&w, "id", pn_str_of(pn_id_text(PN_ID_OFFER, row->id, offer)));
    pn_json_put_str(&w, "kind", pn_str_of(pn_offer_kind_name(row->kind)));
    if (row->plan_id != 0) {
        pn_json_put_str(&w, "plan", pn_str_of(pn_id_text(PN_ID_PLAN, row->plan_id, plan)));
    }
    pn_json_put_str_if(&w, "reason", reason);
    pn_json_put_str(&w, "what", pn_str_of(what));
    pn_json_end_object(&w);
    pn_err err = pn_journal_debtor(app, row->debtor_id, PN_EVENT_OFFER, pn_buf_str(&body));
    pn_buf_done(&body);
    return err;
}

static pn_err accept(pn_app *app, const pn_offer_acceptance *a, pn_offer_row *row, pn_arena *arena,
                     pn_diag *diag) {
    pn_view view;
    counter c;
    size_t count = 0;
    pn_offer_choice choices[CHOICES_MAX + 1];
    PN_TRY(pn_view_one(app, row->debtor_id, false, arena, &view));
    PN_TRY(counter_for(app, &view, row, arena, choices, &count, &c));
    PN_TRY(count_one(&c));
    const pn_offer_choice *choice = chosen(choices, count, a);
    if (choice == NULL) {
        return count == 0 ? is_over(diag)
                          : pn_diag_set(diag, PN_CONFLICT,
                                        "The offer comes to something else by now: look again.");
    }
    pn_str language = a->language.len != 0 ? a->language : view.row.language;
    row->terms = pn_offer_terms(app, choice, language, view.row.country, arena);
    row->hash = pn_sha256_of(row->terms.ptr, row->terms.len);
    row->choice = choice->choice;
    row->total = choice->total;
    row->discount = choice->discount;
    row->accepted_by = a->by;
    row->accepted_from = a->from;
    PN_TRY(make_plan(&c, choice, &row->plan_id, diag));
    PN_TRY(pn_offer_settle(app->db, row));
    return pn_offer_journal(app, row, "accepted", choice->currency, PN_STR_NONE);
}

pn_err pn_offer_find(pn_app *app, pn_id offer_id, pn_arena *arena, pn_offer_row *ret_row,
                     pn_diag *diag) {
    pn_err err = pn_offer_get(app->db, app->org.id, offer_id, arena, ret_row);
    return err == PN_NOT_FOUND ? pn_diag_set(diag, err, "There is no such offer.") : err;
}

pn_err pn_offers_accept(pn_app *app, const pn_offer_acceptance *a, pn_arena *arena,
                        pn_id *ret_plan_id, pn_diag *diag) {
    pn_offer_row row;
    PN_TRY(pn_offer_find(app, a->offer_id, arena, &row, diag));
    if (row.state != PN_OFFER_OPEN || row.until <= pn_app_now(app)) {
        return is_over(diag);
    }
    row.state = PN_OFFER_ACCEPTED;
    row.settled_at = pn_app_now(app);
    PN_TRY(accept(app, a, &row, arena, diag));
    *ret_plan_id = row.plan_id;
    return PN_OK;
}

pn_err pn_offers_make(pn_app *app, const pn_offer_scope *scope, int64_t row, pn_arena *arena,
                      pn_id *ret_offer_id, pn_diag *diag) {
    pn_str json;
    const pn_flow *flow = NULL;
    pn_offer_choice *choices = NULL;
    size_t count = 0, rows = 0;
    pn_offer_row made;
    PN_TRY(pn_offers_matrix(app, arena, &json));
    pn_str text = pn_offer_row_text(json, row, arena);
    if (text.len == 0) {
        return pn_diag_set(diag, PN_NOT_FOUND, "The matrix of offers has no such row.");
    }
    PN_TRY(pn_offer_rows_compile(text, arena, &flow, &rows, diag));
    PN_TRY(pn_offers_now(app, scope, arena, &choices, &count));
    for (size_t i = 0; i < count; i++) {
        if (choices[i].row == row) {
            made = row_offer(app, scope, choices[i].account_id, pn_offer_row_node(flow, 0));
            made.id = *ret_offer_id = pn_app_id(app);
            made.row_text = text;
            PN_TRY(pn_offer_insert(app->db, &made));
            return pn_offer_journal(app, &made, "made", (pn_currency){{0}}, PN_STR_NONE);
        }
    }
    return pn_diag_set(diag, PN_CONFLICT, "This row of the matrix is not for this debtor now.");
}

pn_err pn_offers_withdraw(pn_app *app, pn_id offer_id, pn_str reason, pn_arena *arena,
                          pn_diag *diag) {
    pn_offer_row row;
    PN_TRY(pn_offer_find(app, offer_id, arena, &row, diag));
    if (row.state != PN_OFFER_OPEN) {
        return is_over(diag);
    }
    row.state = PN_OFFER_WITHDRAWN;
    row.settled_at = pn_app_now(app);
    PN_TRY(pn_offer_settle(app->db, &row));
    PN_TRY(pn_offer_journal(app, &row, "withdrawn", (pn_currency){{0}}, reason));
    return pn_books_touch(app, row.debtor_id, 0);
}

/* ── for moves and books ─────────────────────────────────────────────────────────────────────── */

pn_err pn_offers_write(pn_app *app, const pn_move *move, const pn_cmd *cmd) {
    const pn_run *run = &move->row.run;
    pn_offer_row row = {.debtor_id = run->debtor_id,
                        .id = pn_app_id(app),
                        .org_id = app->org.id,
                        .run_id = run->id,
                        .visit = cmd->visit,
                        .account_id = run->account_id,
                        .invoice_id = run->invoice_id,
                        .kind = cmd->offer.kind,
                        .version_id = cmd->offer.version_id,
                        .node = cmd->node,
                        .made_at = move->event.at,
                        .until = cmd->offer.until,
                        .asked_first = PN_DATE_NONE};
    return pn_offer_insert(app->db, &row);
}

pn_err pn_offers_plan_done(pn_app *app, const pn_plan_row *plan, pn_arena *arena) {
    pn_offer_row offer;
    pn_earmark_row *marks = NULL;
    size_t count = 0;
    pn_err err = pn_offer_of_plan(app->db, plan->debtor_id, plan->id, arena, &offer);
    if (err == PN_NOT_FOUND || (err == PN_OK && offer.discount == 0)) {
        return PN_OK;
    }
    PN_TRY(err);
    int64_t left = offer.discount;
    PN_TRY(pn_earmark_list(app->db, plan->debtor_id, arena, &marks, &count));
    for (size_t i = 0; i < count && left > 0; i++) {
        pn_invoice_row invoice;
        if (marks[i].kind != PN_EARMARK_PLAN || marks[i].owner_id != plan->id) {
            continue;
        }
        PN_TRY(pn_invoice_get(app->db, marks[i].invoice_id, arena, &invoice));
        int64_t part = PN_MIN(left, PN_MIN(invoice.item.open, marks[i].amount));
        if (part > 0) {
            PN_TRY(pn_books_lower(app, invoice.item.id, PN_ENTRY_DISCOUNT, part,
                                  PN_STR("agreed offer"), arena, NULL));
            left -= part;
        }
    }
    return PN_OK;
}
