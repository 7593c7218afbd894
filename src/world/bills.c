/* What is invoiced: subscriptions every month, goods and freight when they are needed. */
#include "world/world.h"

#include "base/banned.h"
#include "base/sort.h"

/* Invoices begin this long before the first day, so that there is a history and something overdue.
 */
enum { HISTORY_MONTHS = 2, HISTORY_DAYS = 84, LARGE_HISTORY_DAYS = 75, LARGE_INVOICES = 40 };

static void add_invoice(pn_world *world, uint32_t debtor, pn_date issued, int64_t amount,
                        pn_random *dice) {
    const pn_world_creditor *of = world->debtors[debtor].of;
    world->invoices = pn_arena_grow(&world->arena, world->invoices, world->invoice_count,
                                    &world->invoice_capacity, sizeof *world->invoices);
    world->invoices[world->invoice_count++] = (pn_world_invoice){
        .debtor = debtor,
        .product = pn_str_of(of->goods[pn_random_below(dice, (uint64_t)of->good_count)]),
        .issued = issued,
        .due = issued + of->terms[pn_random_below(dice, 3)],
        .amount = amount,
        .pays = PN_DATE_NONE,
    };
}

/* The same product and nearly the same amount every month; some are customers only for a while. */
static void bill_subscriber(pn_world *world, uint32_t debtor, pn_random *dice) {
    const pn_world_creditor *of = world->debtors[debtor].of;
    int64_t steps = (of->amount_max - of->amount_min) / 500;
    int64_t fee = of->amount_min + 500 * pn_dice_between(dice, 0, (int)steps);
    pn_civil first = pn_date_civil(world->start);
    pn_date month = pn_date_add_months(pn_date_of(first.year, first.month, 1), -HISTORY_MONTHS);
    pn_random product = *dice; /* thrown alike every month: one subscriber, one product */
    if (pn_dice(dice, 12)) {
        month = pn_date_add_months(month, pn_dice_between(dice, 1, HISTORY_MONTHS));
    }
    for (; month <= world->start + world->days; month = pn_date_add_months(month, 1)) {
        int64_t extras = pn_dice(dice, 15) ? pn_dice_between(dice, 1, 12) * 100 : 0;
        pn_random same = product;
        add_invoice(world, debtor, month + pn_dice_between(dice, 0, 3), fee + extras, &same);
    }
}

static int64_t order_amount(const pn_world_creditor *of, pn_random *dice) {
    return pn_dice_skewed(dice, of->amount_min, of->amount_max) + pn_dice_between(dice, 0, 99);
}

static void bill_customer(pn_world *world, uint32_t debtor, pn_random *dice) {
    const pn_world_creditor *of = world->debtors[debtor].of;
    int pace = pn_dice_between(dice, 21, 66);
    pn_date day = world->start - HISTORY_DAYS + pn_dice_between(dice, 0, pace);
    while (day <= world->start + world->days) {
        add_invoice(world, debtor, day, order_amount(of, dice), dice);
        day += pn_dice_between(dice, pace / 2 + 1, pace * 3 / 2);
    }
}

static void bill_large(pn_world *world, uint32_t debtor, pn_random *dice) {
    const pn_world_creditor *of = world->debtors[debtor].of;
    int span = LARGE_HISTORY_DAYS + world->days;
    for (int i = 0; i < LARGE_INVOICES; i++) {
        pn_date day = world->start - LARGE_HISTORY_DAYS + span * i / LARGE_INVOICES;
        add_invoice(world, debtor, day, order_amount(of, dice) + of->amount_max / 8, dice);
    }
}

typedef struct {
    pn_world_invoice invoice;
    size_t order;
} sortable;

static int by_issue(const void *a, const void *b) {
    const sortable *x = a;
    const sortable *y = b;
    if (x->invoice.issued != y->invoice.issued) {
        return x->invoice.issued < y->invoice.issued ? -1 : 1;
    }
    return (x->order > y->order) - (x->order < y->order);
}

/* In the order of issue, numbered per creditor. */
static void number_invoices(pn_world *world) {
    sortable *all = pn_arena_array(&world->arena, sortable, world->invoice_count + 1);
    int next[16] = {0};
    for (size_t i = 0; i < world->invoice_count; i++) {
        all[i] = (sortable){world->invoices[i], i};
    }
    pn_sort(all, world->invoice_count, sizeof *all, by_issue, &world->arena);
    for (size_t i = 0; i < world->invoice_count; i++) {
        pn_world_invoice *invoice = &world->invoices[i];
        *invoice = all[i].invoice;
        const pn_world_creditor *of = world->debtors[invoice->debtor].of;
        size_t creditor = (size_t)(of - pn_world_creditor_at(0));
        invoice->number =
            pn_str_format(&world->arena, "%s-%02d/%05d", of->prefix,
                          (int)(pn_date_civil(invoice->issued).year % 100), ++next[creditor]);
    }
}

void pn_world_bills(pn_world *world) {
    for (size_t i = 0; i < world->debtor_count; i++) {
        const pn_world_debtor *debtor = &world->debtors[i];
        pn_random dice = pn_random_for(
            world->seed, pn_str_format(&world->arena, "bills of %.*s", PN_STR_ARG(debtor->key)));
        if (debtor->of->consumers) {
            bill_subscriber(world, (uint32_t)i, &dice);
        } else if (debtor->large) {
            bill_large(world, (uint32_t)i, &dice);
        } else {
            bill_customer(world, (uint32_t)i, &dice);
        }
    }
    number_invoices(world);
}
