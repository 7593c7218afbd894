#include "app/report_phase.h"

#include "base/banned.h"
#include "base/sort.h"

/* A phase that began, or the run's end. */
typedef struct mark {
    struct mark *next;
    pn_time at;
    bool over;
    pn_str phase;
} mark;

typedef struct {
    pn_report_run row;
    mark *first, *last; /* in the order of events */
} life;

typedef struct {
    life *lives; /* by debtor, then run */
    size_t count;
    pn_table by_run;
    pn_arena *arena;
    pn_report_phase *rows;
    size_t row_count, row_capacity;
} phases;

/* Most steps neither change the phase nor end the run: their bodies are not parsed. */
static bool tells(pn_str body) {
    return pn_str_starts(body, PN_STR("{\"at\":\"ended\"")) ||
           pn_str_starts(body, PN_STR("{\"at\":\"closed\"")) ||
           pn_str_find(body, PN_STR("\"phase\":")) != SIZE_MAX;
}

static pn_err read_marks(phases *p, const pn_report_step *steps, size_t count) {
    for (size_t i = 0; i < count; i++) {
        pn_json *body = NULL;
        life *of = pn_table_get_int(&p->by_run, steps[i].run_id);
        if (of == NULL || !tells(steps[i].body)) {
            continue; /* a pill's, or nothing of interest */
        }
        PN_TRY(pn_json_parse(steps[i].body, NULL, p->arena, &body, NULL));
        pn_str at = pn_json_text(pn_json_field(body, "at"), PN_STR(""));
        mark *each = pn_arena_new(p->arena, mark);
        *each = (mark){.at = steps[i].at,
                       .over = pn_str_is(at, "ended") || pn_str_is(at, "closed"),
                       .phase = pn_json_text(pn_json_field(body, "phase"), PN_STR(""))};
        if (of->last == NULL) {
            of->first = each;
        } else {
            of->last->next = each;
        }
        of->last = each;
    }
    return PN_OK;
}

static pn_err load(phases *p, pn_app *app) {
    pn_report_run *runs = NULL;
    pn_report_step *steps = NULL;
    size_t step_count = 0;
    PN_TRY(pn_report_run_list(app->db, app->org.id, p->arena, &runs, &p->count));
    p->lives = pn_arena_array(p->arena, life, p->count + 1);
    p->by_run = pn_table_on(p->arena);
    for (size_t i = 0; i < p->count; i++) {
        p->lives[i].row = runs[i];
        (void)pn_table_put_int(&p->by_run, runs[i].id, &p->lives[i]);
    }
    PN_TRY(pn_report_steps(app->db, app->org.id, p->arena, &steps, &step_count));
    return read_marks(p, steps, step_count);
}

/* The phase at that moment; false when the run had not begun or was over before. What a payment
 * itself ends happens at the same moment, so it ended after. */
static bool phase_at(const life *of, pn_time at, pn_str *ret_phase) {
    bool works = of->row.started_at <= at;
    *ret_phase = PN_STR("");
    for (const mark *each = of->first; works && each != NULL && each->at <= at; each = each->next) {
        if (each->over) {
            works = each->at == at;
            continue;
        }
        works = true; /* a reversal had opened it again */
        *ret_phase = each->phase.len != 0 ? each->phase : *ret_phase;
    }
    return works;
}

static size_t first_of(const phases *p, pn_id debtor_id) {
    size_t low = 0, high = p->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (p->lives[middle].row.debtor_id < debtor_id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static pn_str phase_of(const phases *p, const pn_report_money *payment) {
    pn_str found = PN_STR(""), phase;
    for (size_t i = first_of(p, payment->debtor_id);
         i < p->count && p->lives[i].row.debtor_id == payment->debtor_id; i++) {
        const life *of = &p->lives[i];
        bool own = of->row.invoice_id == payment->invoice_id;
        bool account = of->row.invoice_id == 0 && of->row.account_id == payment->account_id;
        if ((own || account) && phase_at(of, payment->at, &phase)) {
            found = phase;
            if (own) {
                return found;
            }
        }
    }
    return found;
}

static void add(phases *p, const pn_report_money *payment, pn_str phase) {
    pn_report_phase *to = NULL;
    for (size_t i = 0; i < p->row_count && to == NULL; i++) {
        if (pn_currency_eq(p->rows[i].currency, payment->currency) &&
            pn_str_eq(p->rows[i].phase, phase)) {
            to = &p->rows[i];
        }
    }
    if (to == NULL) {
        p->rows = pn_arena_grow(p->arena, p->rows, p->row_count, &p->row_capacity, sizeof *p->rows);
        to = &p->rows[p->row_count++];
        *to = (pn_report_phase){.currency = payment->currency, .phase = phase};
    }
    to->amount += payment->amount;
    to->payments++;
    to->days += payment->received - payment->effective_due;
}

/* The usual order; phases of one's own come behind, by name. */
static int rank_of(pn_str phase) {
    static const char *const ORDER[] = {"",      "preventive", "pre-due", "due",  "reminder",
                                        "early", "mid",        "firm",    "late", "final"};
    for (size_t i = 0; i < PN_COUNT(ORDER); i++) {
        if (pn_str_eq(phase, pn_str_of(ORDER[i]))) {
            return (int)i;
        }
    }
    return (int)PN_COUNT(ORDER);
}

static int by_phase(const void *a, const void *b) {
    const pn_report_phase *x = a;
    const pn_report_phase *y = b;
    int currency = memcmp(x->currency.code, y->currency.code, sizeof x->currency.code);
    if (currency != 0) {
        return currency;
    }
    int rank = rank_of(x->phase) - rank_of(y->phase);
    return rank != 0 ? rank : pn_str_cmp(x->phase, y->phase);
}

pn_err pn_report_phases(pn_app *app, const pn_report_money *payments, size_t count, pn_arena *arena,
                        pn_report_phase **ret_rows, size_t *ret_count) {
    phases p = {.arena = arena};
    PN_TRY(load(&p, app));
    for (size_t i = 0; i < count; i++) {
        add(&p, &payments[i], phase_of(&p, &payments[i]));
    }
    pn_sort(p.rows, p.row_count, sizeof *p.rows, by_phase, arena);
    *ret_rows = p.rows;
    *ret_count = p.row_count;
    return PN_OK;
}
