/* What debtors do: intend, read, answer, promise, dispute, pay after all. */
#include "world/world.h"

#include "app/books.h"
#include "app/signals.h"
#include "base/banned.h"
#include "store/message.h"

/* ── when a debtor means to pay an invoice ───────────────────────────────────────────────────── */

/* A large customer pays on its days only, the 10th and the 25th. */
static pn_date payment_run(pn_date day) {
    pn_civil civil = pn_date_civil(day);
    if (civil.day <= 10) {
        return day + 10 - civil.day;
    }
    if (civil.day <= 25) {
        return day + 25 - civil.day;
    }
    return pn_date_add_months(pn_date_of(civil.year, civil.month, 10), 1);
}

static pn_date natural_delay(pn_world_debtor *debtor, pn_world_invoice *invoice) {
    pn_random *dice = &debtor->dice;
    switch (debtor->habit) {
    case PN_HABIT_PUNCTUAL: return pn_dice_between(dice, -6, 1);
    case PN_HABIT_FORGETFUL: return pn_dice_between(dice, 16, 80);
    case PN_HABIT_SLOW: return pn_dice_between(dice, 9, 40);
    case PN_HABIT_PARTIAL:
        invoice->part_percent = pn_dice_between(dice, 30, 60);
        return pn_dice_between(dice, 2, 15);
    case PN_HABIT_TROUBLED: return pn_dice(dice, 45) ? pn_dice_between(dice, 25, 110) : 10000;
    case PN_HABIT_DISPUTER: return pn_dice_between(dice, 3, 20);
    case PN_HABIT_SILENT: return pn_dice(dice, 12) ? pn_dice_between(dice, 30, 120) : 10000;
    case PN_HABITS: break;
    }
    return 10000;
}

enum { NEVER_DELAY = 10000 };

void pn_world_intend(pn_world *world, pn_world_invoice *invoice, pn_date effective_due) {
    pn_world_debtor *debtor = &world->debtors[invoice->debtor];
    pn_date delay = natural_delay(debtor, invoice);
    invoice->pays = delay == NEVER_DELAY ? PN_DATE_NONE : effective_due + delay;
    if (invoice->pays != PN_DATE_NONE && debtor->large) {
        invoice->pays = payment_run(invoice->pays);
    }
}

static bool overdue_for(const pn_world *world, const pn_world_invoice *invoice, uint32_t debtor,
                        pn_date today) {
    (void)world;
    return invoice->debtor == debtor && invoice->loaded && invoice->due <= today &&
           !invoice->disputed;
}

/* Means to pay everything overdue within so many days; what was paid already is passed over when
 * the bank is told. Large customers wait for their day. */
void pn_world_resolve(pn_world *world, pn_world_debtor *debtor, int days) {
    uint32_t index = (uint32_t)(debtor - world->debtors);
    pn_date today = pn_world_today(world);
    pn_date on = debtor->large ? payment_run(today + 1) : today + days;
    for (size_t i = 0; i < world->erp_at; i++) {
        pn_world_invoice *invoice = &world->invoices[i];
        if (overdue_for(world, invoice, index, today) &&
            (invoice->pays == PN_DATE_NONE || invoice->pays > on)) {
            invoice->pays = on;
        }
    }
}

/* What is about to fall due is remembered: it will be paid on its day. */
static void remember_upcoming(pn_world *world, pn_world_debtor *debtor) {
    uint32_t index = (uint32_t)(debtor - world->debtors);
    pn_date today = pn_world_today(world);
    for (size_t i = 0; i < world->erp_at; i++) {
        pn_world_invoice *invoice = &world->invoices[i];
        bool soon = invoice->debtor == index && invoice->loaded && invoice->due >= today &&
                    invoice->due <= today + 5;
        if (soon && invoice->pays != PN_DATE_NONE && invoice->pays > invoice->due) {
            invoice->pays = invoice->due + pn_dice_between(&debtor->dice, 0, 2);
        }
    }
}

/* ── promises, disputes, plans ───────────────────────────────────────────────────────────────── */

typedef struct {
    pn_account_row account;
    pn_id invoices[256]; /* overdue and claimable, oldest first */
    size_t count;
    int64_t overdue;
} standing;

static pn_err look_up(pn_world *world, const pn_world_debtor *debtor, standing *ret,
                      pn_diag *diag) {
    pn_app *app = world->app;
    const pn_creditor_row *creditor = NULL;
    pn_currency currency;
    pn_invoice_row *rows = NULL;
    size_t count = 0;
    pn_date today = pn_world_today(world);
    *ret = (standing){.count = 0};
    PN_TRY(pn_app_find_creditor(app, pn_str_of(debtor->of->name), &creditor, diag));
    PN_TRY(pn_currency_parse(pn_str_of(debtor->of->currency), &currency));
    pn_err err =
        pn_account_find(app->db, debtor->id, creditor->id, currency, &world->work, &ret->account);
    if (err == PN_NOT_FOUND) {
        return PN_OK;
    }
    PN_TRY(err);
    PN_TRY(pn_invoice_of_account(app->db, debtor->id, ret->account.id, false, &world->work, &rows,
                                 &count));
    for (size_t i = 0; i < count && ret->count < PN_COUNT(ret->invoices); i++) {
        if (rows[i].item.claimable > 0 && rows[i].item.effective_due < today) {
            ret->invoices[ret->count++] = rows[i].item.id;
            ret->overdue += rows[i].item.claimable;
        }
    }
    return PN_OK;
}

static int keeps_percent(pn_habit habit) {
    switch (habit) {
    case PN_HABIT_PUNCTUAL:
    case PN_HABIT_FORGETFUL: return 92;
    case PN_HABIT_SLOW: return 84;
    case PN_HABIT_DISPUTER: return 85;
    case PN_HABIT_PARTIAL: return 68;
    case PN_HABIT_TROUBLED: return 52;
    case PN_HABIT_SILENT:
    case PN_HABITS: break;
    }
    return 15;
}

static pn_err signal_of(pn_world *world, pn_id carrier, pn_id debtor, pn_signal_kind kind,
                        pn_signal_source source, const char *status, pn_str detail, pn_diag *diag) {
    pn_signal_report report = {.carrier_id = carrier,
                               .debtor_id = debtor,
                               .kind = kind,
                               .source = source,
                               .status = pn_str_of(status),
                               .detail = detail};
    return pn_signals_add(world->app, &report, &world->work, diag);
}

pn_err pn_world_promise(pn_world *world, pn_world_debtor *debtor, const char *source,
                        pn_diag *diag) {
    standing s;
    pn_id id = 0;
    PN_TRY(look_up(world, debtor, &s, diag));
    if (s.overdue <= 0) {
        return PN_OK;
    }
    pn_date due = pn_calendar_next(&debtor->calendar,
                                   pn_world_today(world) + pn_dice_between(&debtor->dice, 3, 11));
    PN_TRY(pn_books_promise(world->app, debtor->id, s.account.id, s.overdue, due, pn_str_of(source),
                            s.invoices, s.count, &world->work, &id, diag));
    PN_TRY(
        signal_of(world, 0, debtor->id, PN_SIGNAL_PROMISE, PN_SOURCE_HUMAN, "", PN_STR_NONE, diag));
    bool keeps = pn_dice(&debtor->dice, keeps_percent(debtor->habit));
    for (size_t i = 0; i < s.count; i++) {
        pn_world_invoice *invoice = pn_world_invoice_of(world, s.invoices[i]);
        invoice->pays = keeps                        ? due
                        : pn_dice(&debtor->dice, 35) ? due + pn_dice_between(&debtor->dice, 9, 40)
                                                     : PN_DATE_NONE;
    }
    return PN_OK;
}

/* Three installments of what is overdue, two weeks apart. */
pn_err pn_world_installments(pn_world *world, pn_world_debtor *debtor, pn_diag *diag) {
    standing s;
    pn_id id = 0;
    PN_TRY(look_up(world, debtor, &s, diag));
    if (s.overdue < 3) {
        return PN_OK;
    }
    pn_installment_row parts[3];
    uint32_t index = (uint32_t)(debtor - world->debtors);
    bool keeps = pn_dice(&debtor->dice, keeps_percent(debtor->habit) + 15);
    for (int i = 0; i < 3; i++) {
        int64_t amount = i == 2 ? s.overdue - 2 * (s.overdue / 3) : s.overdue / 3;
        parts[i] = (pn_installment_row){
            .number = i + 1,
            .due = pn_calendar_next(&debtor->calendar, pn_world_today(world) + 6 + 15 * i),
            .amount = amount};
        if (i == 0 || keeps) {
            pn_world_pledge_add(world, index, parts[i].due, amount);
        }
    }
    for (size_t i = 0; i < s.count; i++) {
        pn_world_invoice_of(world, s.invoices[i])->pays = PN_DATE_NONE;
    }
    return pn_books_plan(world->app, debtor->id, s.account.id, parts, 3, &world->work, &id, diag);
}

static const char *const REASONS[] = {"goods_damaged", "price_differs_from_order",
                                      "not_delivered_in_full", "billed_twice",
                                      "service_not_contracted"};

pn_err pn_world_dispute(pn_world *world, pn_world_debtor *debtor, pn_diag *diag) {
    standing s;
    pn_invoice_row row;
    pn_id id = 0;
    PN_TRY(look_up(world, debtor, &s, diag));
    if (s.count == 0) {
        return PN_OK;
    }
    pn_id which = s.invoices[pn_random_below(&debtor->dice, s.count)];
    pn_world_invoice *invoice = pn_world_invoice_of(world, which);
    PN_TRY(pn_invoice_get(world->app->db, which, &world->work, &row));
    if (invoice->disputed || row.item.disputed != 0) {
        return PN_OK;
    }
    int64_t amount = pn_dice(&debtor->dice, 40)
                         ? row.item.claimable
                         : row.item.claimable * pn_dice_between(&debtor->dice, 15, 60) / 100 + 1;
    PN_TRY(pn_books_dispute(world->app, which, 0, PN_MIN(amount, row.item.claimable),
                            pn_str_of(REASONS[pn_random_below(&debtor->dice, PN_COUNT(REASONS))]),
                            &world->work, &id, diag));
    invoice->disputed = true;
    pn_date settled = pn_calendar_next(
        &debtor->calendar, pn_world_today(world) + pn_dice_between(&debtor->dice, 5, 19));
    pn_world_plan(world, pn_world_instant(world, debtor, settled, 12 * 3600), PN_WORLD_SETTLE,
                  (uint32_t)(invoice - world->invoices), id, PN_SOURCE_HUMAN);
    return PN_OK;
}

/* Half of them are right, and a credit note says so. */
static pn_err settle_dispute(pn_world *world, const pn_world_event *event, pn_diag *diag) {
    pn_world_invoice *invoice = &world->invoices[event->index];
    pn_world_debtor *debtor = &world->debtors[invoice->debtor];
    pn_dispute_row dispute;
    pn_invoice_row row;
    PN_TRY(pn_dispute_get(world->app->db, world->app->org.id, event->id, &world->work, &dispute));
    bool right = pn_dice(&debtor->dice, 50);
    PN_TRY(pn_books_close_dispute(world->app, event->id,
                                  right ? PN_STR("credited") : PN_STR("rejected"), &world->work,
                                  diag));
    PN_TRY(pn_invoice_get(world->app->db, invoice->id, &world->work, &row));
    int64_t credit = PN_MIN(dispute.amount, row.item.open);
    if (right && credit > 0) {
        PN_TRY(pn_books_lower(world->app, invoice->id, PN_ENTRY_CREDIT, credit,
                              PN_STR("credit note after a dispute"), &world->work, diag));
    }
    invoice->disputed = false;
    invoice->pays = pn_world_today(world) + pn_dice_between(&debtor->dice, 2, 9);
    invoice->pays = debtor->large ? payment_run(invoice->pays) : invoice->pays;
    return PN_OK;
}

/* ── mail ────────────────────────────────────────────────────────────────────────────────────── */

/* People read between eight and half past ten at night. */
static pn_time waking_hour(pn_world *world, const pn_world_debtor *debtor, pn_time at) {
    pn_str name =
        pn_zone_of_country(pn_str_of(debtor->place->country), pn_str_of(debtor->place->region));
    const pn_zone *zone = pn_app_zone_or_own(world->app, name);
    pn_local local = pn_zone_local(zone, at);
    if (local.second >= 8 * 3600 && local.second < 22 * 3600 + 1800) {
        return at;
    }
    pn_date day = local.second < 8 * 3600 ? local.date : local.date + 1;
    return pn_zone_instant(zone, day, 8 * 3600 + 900);
}

static void message_arrived(pn_world *world, pn_world_debtor *debtor, pn_id carrier) {
    pn_time now = pn_app_now(world->app);
    uint32_t index = (uint32_t)(debtor - world->debtors);
    if (debtor->mailbox == PN_MAILBOX_GONE) {
        pn_world_plan(world, now + 20 * PN_MINUTE, PN_WORLD_BOUNCE, index, carrier,
                      PN_SOURCE_MACHINE);
        return;
    }
    if (debtor->mailbox == PN_MAILBOX_AWAY) {
        pn_world_plan(world, now + 5 * PN_MINUTE, PN_WORLD_AWAY, index, carrier, PN_SOURCE_MACHINE);
    }
    if (debtor->proxy) {
        pn_world_plan(world, now + 5 * PN_MINUTE, PN_WORLD_OPEN, index, carrier, PN_SOURCE_PROXY);
    }
    if (debtor->scanner) {
        pn_world_plan(world, now + PN_MINUTE, PN_WORLD_CLICK, index, carrier, PN_SOURCE_MACHINE);
    }
    if (pn_dice(&debtor->dice, debtor->reads_percent)) {
        pn_time after = pn_dice_skewed(&debtor->dice, 20, 40 * 60) * PN_MINUTE;
        pn_world_plan(world, waking_hour(world, debtor, now + after), PN_WORLD_OPEN, index, carrier,
                      PN_SOURCE_HUMAN);
    }
}

pn_err pn_world_mail_arrived(pn_world *world, pn_diag *diag) {
    for (size_t i = 0; i < world->accepted_count; i++) {
        pn_carrier_row carrier;
        pn_err err = pn_carrier_get(world->app->db, world->accepted[i], &world->work, &carrier);
        if (err != PN_OK) {
            return pn_app_fail(world->app, err, diag);
        }
        pn_world_debtor *debtor = pn_world_debtor_of(world, carrier.debtor_id);
        bool ours = carrier.contact_id == 0; /* a copy for people of ours */
        if (debtor != NULL && !ours) {
            message_arrived(world, debtor, carrier.id);
        }
    }
    world->accepted_count = 0;
    return PN_OK;
}

/* How many of 100 readers of a demand of this tone then pay. */
static int moved_percent(pn_habit habit, unsigned tone) {
    static const int PERCENT[PN_HABITS][6] = {
        [PN_HABIT_PUNCTUAL] = {0, 30, 50, 70, 80, 80},
        [PN_HABIT_FORGETFUL] = {0, 42, 50, 58, 62, 65},
        [PN_HABIT_SLOW] = {0, 6, 12, 28, 40, 55},
        [PN_HABIT_PARTIAL] = {0, 10, 18, 30, 38, 45},
        [PN_HABIT_TROUBLED] = {0, 3, 6, 10, 15, 25},
        [PN_HABIT_DISPUTER] = {0, 8, 15, 25, 35, 45},
        [PN_HABIT_SILENT] = {0, 1, 1, 2, 4, 8},
    };
    return PERCENT[habit][PN_MIN(tone, 5U)];
}

static void answer_soon(pn_world *world, pn_world_debtor *debtor, pn_id carrier, pn_says says) {
    pn_time after = pn_dice_between(&debtor->dice, 15, 180) * PN_MINUTE;
    debtor->says = says;
    pn_world_plan(world, waking_hour(world, debtor, pn_app_now(world->app) + after),
                  PN_WORLD_ANSWER, (uint32_t)(debtor - world->debtors), carrier, PN_SOURCE_HUMAN);
}

static void react(pn_world *world, pn_world_debtor *debtor, const pn_carrier_row *carrier) {
    pn_random *dice = &debtor->dice;
    if (carrier->purpose != PN_PURPOSE_DEMAND) {
        return;
    }
    if (debtor->habit == PN_HABIT_FORGETFUL && pn_dice(dice, 45)) {
        remember_upcoming(world, debtor);
    }
    if (pn_dice(dice, moved_percent(debtor->habit, carrier->tone))) {
        pn_world_resolve(world, debtor, pn_dice_between(dice, 1, 5));
        if (pn_dice(dice, 4)) {
            answer_soon(world, debtor, carrier->id, PN_SAYS_PAID);
        }
        return;
    }
    int promises = debtor->habit == PN_HABIT_TROUBLED  ? 22
                   : debtor->habit == PN_HABIT_PARTIAL ? 14
                   : debtor->habit == PN_HABIT_SLOW    ? 9
                                                       : 2;
    if (debtor->habit == PN_HABIT_DISPUTER && pn_dice(dice, 45)) {
        answer_soon(world, debtor, carrier->id, PN_SAYS_DISPUTE);
    } else if (pn_dice(dice, promises)) {
        answer_soon(world, debtor, carrier->id, PN_SAYS_PROMISE);
    } else if (pn_dice(dice, 1)) {
        answer_soon(world, debtor, carrier->id, PN_SAYS_NOTHING);
    }
}

static pn_err opened(pn_world *world, const pn_world_event *event, pn_diag *diag) {
    pn_world_debtor *debtor = &world->debtors[event->index];
    pn_carrier_row carrier;
    PN_TRY(signal_of(world, event->id, 0, PN_SIGNAL_OPEN, event->source, "", PN_STR_NONE, diag));
    if (event->source != PN_SOURCE_HUMAN) {
        return PN_OK;
    }
    PN_TRY(pn_carrier_get(world->app->db, event->id, &world->work, &carrier));
    if (pn_dice(&debtor->dice, 28)) {
        pn_world_plan(world, event->at + PN_MINUTE, PN_WORLD_CLICK, event->index, event->id,
                      PN_SOURCE_HUMAN);
    }
    react(world, debtor, &carrier);
    return PN_OK;
}

static pn_err answered(pn_world *world, const pn_world_event *event, pn_diag *diag) {
    static const char *const WORDS[] = {
        [PN_SAYS_NOTHING] = "¿Me pueden enviar otra vez una copia de la factura?",
        [PN_SAYS_PROMISE] = "Ahora no puedo con todo; lo pago la semana que viene.",
        [PN_SAYS_DISPUTE] = "No estoy conforme con el importe, revísenlo por favor.",
        [PN_SAYS_PAID] = "Ya está pagada, la transferencia salió ayer.",
    };
    const pn_world_debtor *debtor = &world->debtors[event->index];
    return signal_of(world, event->id, 0, PN_SIGNAL_REPLY, PN_SOURCE_HUMAN, "",
                     pn_str_of(WORDS[debtor->says]), diag);
}

static pn_err bounced(pn_world *world, const pn_world_event *event, pn_diag *diag) {
    return signal_of(world, event->id, 0, PN_SIGNAL_BOUNCE, PN_SOURCE_MACHINE, "5.1.1",
                     PN_STR("550 5.1.1 The mailbox was closed"), diag);
}

/* ── the bank's second thoughts ──────────────────────────────────────────────────────────────── */

static pn_err debit_returned(pn_world *world, const pn_world_event *event, pn_diag *diag) {
    pn_world_invoice *invoice = &world->invoices[event->index];
    pn_world_debtor *debtor = &world->debtors[invoice->debtor];
    const pn_creditor_row *creditor = NULL;
    pn_payment_row payment;
    pn_str key = pn_str_format(&world->work, "MOV-%06lld", (long long)event->id);
    PN_TRY(pn_app_find_creditor(world->app, pn_str_of(debtor->of->name), &creditor, diag));
    PN_TRY(pn_payment_by_key(world->app->db, creditor->id, key, &world->work, &payment));
    invoice->pays = pn_dice(&debtor->dice, 60)
                        ? pn_world_today(world) + pn_dice_between(&debtor->dice, 8, 45)
                        : PN_DATE_NONE;
    return pn_books_reverse(world->app, payment.id, PN_STR("AM04 insufficient funds"), &world->work,
                            diag);
}

static pn_err cheque_settled(pn_world *world, const pn_world_event *event, pn_diag *diag) {
    pn_world_debtor *debtor = &world->debtors[event->index];
    bool cleared = pn_dice(&debtor->dice, 82);
    if (!cleared) {
        pn_world_resolve(world, debtor, pn_dice_between(&debtor->dice, 10, 40));
    }
    return pn_books_settle_instrument(world->app, event->id, cleared,
                                      cleared ? PN_STR("") : PN_STR("insufficient_funds"),
                                      &world->work, diag);
}

pn_err pn_world_happen(pn_world *world, const pn_world_event *event, pn_diag *diag) {
    switch (event->kind) {
    case PN_WORLD_OPEN: return opened(world, event, diag);
    case PN_WORLD_CLICK:
        return signal_of(world, event->id, 0, PN_SIGNAL_CLICK, event->source, "", PN_STR_NONE,
                         diag);
    case PN_WORLD_ANSWER: return answered(world, event, diag);
    case PN_WORLD_AWAY:
        return signal_of(world, event->id, 0, PN_SIGNAL_AUTO_REPLY, PN_SOURCE_MACHINE, "",
                         PN_STR("Estoy fuera de la oficina hasta el lunes."), diag);
    case PN_WORLD_BOUNCE: return bounced(world, event, diag);
    case PN_WORLD_REVERSE: return debit_returned(world, event, diag);
    case PN_WORLD_CHEQUE: return cheque_settled(world, event, diag);
    case PN_WORLD_SETTLE: return settle_dispute(world, event, diag);
    case PN_WORLD_ERP:
    case PN_WORLD_BANK:
    case PN_WORLD_DESK: break;
    }
    return PN_OK;
}
