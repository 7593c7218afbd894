#include "app/queue.h"

#include "app/explain_int.h"
#include "app/people.h"
#include "app/tasks.h"
#include "base/banned.h"
#include "base/sort.h"

enum { FOUND_MAX = 200, PROMISE_DAYS = 30, HOLD_DAYS = 2 };

/* ── words ───────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    const char *es, *en, *pt; /* %s: what it names */
} words;

typedef enum { LATE, LATE_ONE, TODAY, LATER, OWES, BROKE_ONE, BROKE, CAME_BACK, CASE_WAITS } reason;

static const words REASONS[] = {
    [LATE] = {"venció hace %s días", "was due %s days ago", "venceu há %s dias"},
    [LATE_ONE] = {"venció ayer", "was due yesterday", "venceu ontem"},
    [TODAY] = {"vence hoy", "is due today", "vence hoje"},
    [LATER] = {"vence el %s", "is due on %s", "vence em %s"},
    [OWES] = {"debe %s", "owes %s", "deve %s"},
    [BROKE_ONE] = {"ya incumplió una promesa", "broke a promise before",
                   "já descumpriu uma promessa"},
    [BROKE] = {"ya incumplió %s promesas", "broke %s promises before",
               "já descumpriu %s promessas"},
    [CAME_BACK] = {"se había pospuesto y ha vuelto", "was put off and has come back",
                   "tinha sido adiada e voltou"},
    [CASE_WAITS] = {"su caso espera a que se haga", "its case waits until it is done",
                    "o caso espera que seja feita"},
};

/* What comes before others of the same day, by how many hours, and why. */
static const struct {
    const char *category;
    int hours;
    words why;
} BEFORE[] = {
    {"escalation",
     120,
     {"nadie ha leído todavía una respuesta del deudor", "nobody has read a reply yet",
      "ninguém leu ainda uma resposta do devedor"}},
    {"complaint",
     96,
     {"es una queja por el trato recibido", "it is a complaint about how they were treated",
      "é uma reclamação sobre o tratamento"}},
    {"contested",
     96,
     {"el banco del pagador pide devolver un cobro y da un plazo",
      "the payer's bank wants money back and sets a deadline",
      "o banco do pagador pede a devolução e dá um prazo"}},
    {"reply",
     72,
     {"ha escrito, y no se le envía nada hasta que alguien lo lea",
      "has written, and nothing is sent until somebody has read it",
      "escreveu, e nada é enviado até que alguém leia"}},
    {"broken_promises",
     72,
     {"prometió pagar y no ha pagado", "promised to pay and did not",
      "prometeu pagar e não pagou"}},
    {"uncertain",
     72,
     {"no se sabe si el mensaje salió, y su caso está parado",
      "nobody knows whether the message left, and its case stands still",
      "não se sabe se a mensagem saiu, e o caso está parado"}},
    {"dispute",
     48,
     {"no está de acuerdo, y ese importe no se reclama mientras tanto",
      "disagrees, and that amount is not asked for meanwhile",
      "não concorda, e esse valor não é cobrado enquanto isso"}},
    {"approval",
     48,
     {"espera un sí o un no", "waits for a yes or a no", "espera um sim ou um não"}},
    {"protected",
     48,
     {"es un deudor protegido: se le atiende en persona",
      "is a protected debtor: a person looks after them",
      "é um devedor protegido: o atendimento é pessoal"}},
    {"receipt",
     48,
     {"dice que ha pagado y envió el justificante", "says it is paid and sent the proof",
      "diz que pagou e enviou o comprovante"}},
    {"reported_paid",
     48,
     {"dice que ha pagado y el dinero no ha llegado", "says it is paid and no money came",
      "diz que pagou e o dinheiro não chegou"}},
    {"strange_money",
     48,
     {"ha llegado un cobro que no cuadra", "money came that does not fit",
      "chegou um pagamento que não confere"}},
    {"find_contact",
     24,
     {"una dirección suya no funciona", "an address of theirs does not work",
      "um endereço não funciona"}},
    {"held",
     24,
     {"la pausa termina y sus mensajes volverán a salir",
      "the hold ends and its messages will leave again",
      "a pausa termina e as mensagens voltarão a sair"}},
};

static const char *in(const words *w, pn_str language) {
    return pn_str_starts(language, PN_STR("es"))   ? w->es
           : pn_str_starts(language, PN_STR("pt")) ? w->pt
                                                   : w->en;
}

static void add(pn_queue_item *item, const words *w, pn_str language, pn_str value,
                pn_arena *arena) {
    pn_str text = pn_str_of(in(w, language));
    size_t gap = pn_str_find(text, PN_STR("%s"));
    if (gap != SIZE_MAX) {
        text = pn_str_format(arena, "%.*s%.*s%.*s", PN_STR_ARG(pn_str_first(text, gap)),
                             PN_STR_ARG(value), PN_STR_ARG(pn_str_from(text, gap + 2)));
    }
    if (item->because_count < PN_QUEUE_REASONS_MAX) {
        item->because[item->because_count++] = text;
    }
}

static pn_str number(int64_t value, pn_arena *arena) {
    return pn_str_format(arena, "%lld", (long long)value);
}

/* ── ranks ───────────────────────────────────────────────────────────────────────────────────── */

static const int64_t HOUR = PN_DAY / 24;

/* A head start for how much is owed, in hours; currencies are near enough for an order of lists but
 * those without decimals, which are divided. */
static int owed_hours(const pn_queue_row *row) {
    int64_t major = row->claimable / (row->claimable_scale > 0 ? row->claimable_scale : 1);
    major = row->claimable_scale == 1 ? major / 100 : major;
    return major >= 100000 ? 72 : major >= 10000 ? 36 : major >= 1000 ? 12 : 0;
}

static void say_due(pn_app *app, pn_queue_item *item, pn_str language, pn_arena *arena) {
    const pn_zone *zone = pn_app_zone_or_own(app, PN_STR_NONE);
    pn_date day = pn_zone_date(zone, item->row.task.due_at), today = pn_app_today(app);
    if (day < today - 1) {
        add(item, &REASONS[LATE], language, number(today - day, arena), arena);
    } else if (day <= today) {
        add(item, &REASONS[day < today ? LATE_ONE : TODAY], language, PN_STR_NONE, arena);
    } else {
        add(item, &REASONS[LATER], language, pn_explain_day(day, language, arena), arena);
    }
}

static void rank(pn_app *app, pn_queue_item *item, pn_str language, pn_arena *arena) {
    pn_queue_row *row = &item->row;
    int hours = owed_hours(row);
    for (size_t i = 0; i < PN_COUNT(BEFORE); i++) {
        if (pn_str_eq(item->category, pn_str_of(BEFORE[i].category))) {
            hours += BEFORE[i].hours;
            add(item, &BEFORE[i].why, language, PN_STR_NONE, arena);
        }
    }
    if (row->task.id != 0 || row->task.about == PN_ABOUT_HOLD) {
        say_due(app, item, language, arena);
    }
    if (row->claimable > 0) {
        add(item, &REASONS[OWES], language,
            pn_explain_amount(row->claimable, row->currency, language, arena), arena);
    }
    if (row->promises_broken > 0 && row->task.about != PN_ABOUT_PROMISE) {
        hours += 24;
        add(item, &REASONS[row->promises_broken == 1 ? BROKE_ONE : BROKE], language,
            number(row->promises_broken, arena), arena);
    }
    if (row->task.snoozed_until != PN_TIME_NONE && row->task.snoozed_until <= pn_app_now(app)) {
        add(item, &REASONS[CAME_BACK], language, PN_STR_NONE, arena);
    }
    if (row->task.run_id != 0) {
        add(item, &REASONS[CASE_WAITS], language, PN_STR_NONE, arena);
    }
    item->pressing = row->task.due_at - hours * HOUR;
}

static int by_pressing(const void *a, const void *b) {
    const pn_queue_item *x = a, *y = b;
    if (x->pressing != y->pressing) {
        return x->pressing < y->pressing ? -1 : 1;
    }
    pn_id left = x->row.task.id + x->row.task.about_id;
    pn_id right = y->row.task.id + y->row.task.about_id;
    return left < right ? -1 : left > right;
}

/* ── reading ─────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_app *app;
    const pn_queue_query *query;
    pn_arena *arena;
    pn_queue_item *items;
    size_t count;
} lister;

static pn_task_kind kind_of(pn_task_about about) {
    return about == PN_ABOUT_PROMISE   ? PN_TASK_BROKEN_PROMISE
           : about == PN_ABOUT_MESSAGE ? PN_TASK_UNCERTAIN
                                       : PN_TASK_HOLD_ENDS;
}

static bool is_mine(const pn_queue_who *mine, pn_str who, const pn_colleague *found) {
    return (mine->key.len != 0 && pn_str_eq_nocase(mine->key, who)) ||
           (mine->email.len != 0 &&
            (pn_str_eq_nocase(mine->email, who) || pn_str_eq_nocase(mine->email, found->email))) ||
           (mine->name.len != 0 && pn_str_eq_nocase(mine->name, who));
}

static void add_row(lister *l, const pn_queue_row *row) {
    pn_queue_item item = {.row = *row, .category = row->task.category, .title = row->task.title};
    if (row->task.id == 0) {
        pn_task_kind kind = kind_of(row->task.about);
        item.category = pn_tasks_category(kind);
        item.title = pn_tasks_title(l->app, kind, row->task.title, l->arena);
    }
    if (l->query->category.len != 0 && !pn_str_eq(l->query->category, item.category)) {
        return;
    }
    pn_str who = row->task.assignee.len != 0 ? row->task.assignee
                 : row->task.queue.len != 0  ? row->task.queue
                                             : row->owner;
    pn_colleague found = pn_people_find(l->app, who, pn_app_today(l->app), l->arena);
    item.assignee = found.known && found.name.len != 0 ? found.name : who;
    if (l->query->mine != NULL && !is_mine(l->query->mine, who, &found)) {
        return;
    }
    rank(l->app, &item, l->query->language, l->arena);
    l->items[l->count++] = item;
}

typedef struct {
    pn_queue_row *rows[3];
    size_t counts[3];
} found_rows;

static pn_err read_found(pn_app *app, pn_arena *arena, found_rows *ret_found) {
    pn_time now = pn_app_now(app);
    PN_TRY(pn_queue_promises(app->db, app->org.id, now - PROMISE_DAYS * PN_DAY, FOUND_MAX, arena,
                             &ret_found->rows[0], &ret_found->counts[0]));
    PN_TRY(pn_queue_uncertain(app->db, app->org.id, FOUND_MAX, arena, &ret_found->rows[1],
                              &ret_found->counts[1]));
    return pn_queue_holds(app->db, app->org.id, now, now + HOLD_DAYS * PN_DAY, FOUND_MAX, arena,
                          &ret_found->rows[2], &ret_found->counts[2]);
}

static pn_err add_found(lister *l) {
    found_rows found;
    PN_TRY(read_found(l->app, l->arena, &found));
    for (size_t kind = 0; kind < PN_COUNT(found.rows); kind++) {
        for (size_t i = 0; i < found.counts[kind]; i++) {
            if (l->query->debtor_id == 0 ||
                l->query->debtor_id == found.rows[kind][i].task.debtor_id) {
                add_row(l, &found.rows[kind][i]);
            }
        }
    }
    return PN_OK;
}

static pn_err add_approvals(lister *l) {
    pn_approval_row *rows = NULL;
    size_t count = 0;
    if (l->query->debtor_id != 0 || l->query->mine != NULL ||
        (l->query->category.len != 0 && !pn_str_is(l->query->category, "approval"))) {
        return PN_OK;
    }
    PN_TRY(
        pn_approval_list(l->app->db, l->app->org.id, true, 0, FOUND_MAX, l->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        pn_queue_item item = {.approval_id = rows[i].id,
                              .category = PN_STR("approval"),
                              .title = rows[i].words,
                              .row = {.task = {.due_at = rows[i].asked_at,
                                               .opened_at = rows[i].asked_at,
                                               .about_id = rows[i].id,
                                               .snoozed_until = PN_TIME_NONE}}};
        rank(l->app, &item, l->query->language, l->arena);
        l->items[l->count++] = item;
    }
    return PN_OK;
}

pn_err pn_queue_list(pn_app *app, const pn_queue_query *query, pn_arena *arena,
                     pn_queue_item **ret_items, size_t *ret_count) {
    pn_queue_filter filter = {.now = pn_app_now(app),
                              .category = query->category,
                              .snoozed = query->snoozed,
                              .debtor_id = query->debtor_id,
                              .limit = PN_QUEUE_RANKED_MAX};
    pn_queue_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_queue_tasks(app->db, app->org.id, &filter, arena, &rows, &count));
    lister l = {.app = app,
                .query = query,
                .arena = arena,
                .items = pn_arena_array(arena, pn_queue_item, count + 4 * (size_t)FOUND_MAX)};
    for (size_t i = 0; i < count; i++) {
        add_row(&l, &rows[i]);
    }
    if (!query->snoozed) {
        PN_TRY(add_found(&l));
        PN_TRY(add_approvals(&l));
    }
    pn_sort(l.items, l.count, sizeof *l.items, by_pressing, arena);
    *ret_items = l.items;
    *ret_count = l.count;
    return PN_OK;
}

/* ── counting ────────────────────────────────────────────────────────────────────────────────── */

static void count_in(pn_queue_sums *sums, pn_str category, int64_t count) {
    sums->all += count;
    for (size_t i = 0; i < sums->count && count != 0; i++) {
        if (pn_str_eq(sums->rows[i].category, category)) {
            sums->rows[i].count += count;
            return;
        }
    }
    if (count != 0) {
        sums->rows[sums->count++] = (pn_queue_count){.category = category, .count = count};
    }
}

pn_err pn_queue_count_all(pn_app *app, pn_arena *arena, pn_queue_sums *ret_sums) {
    found_rows found;
    pn_queue_count *rows = NULL;
    pn_approval_row *approvals = NULL;
    size_t count = 0, waiting = 0;
    pn_queue_sums sums = {0};
    PN_TRY(pn_queue_counts(app->db, app->org.id, pn_app_now(app), arena, &rows, &count,
                           &sums.snoozed));
    PN_TRY(read_found(app, arena, &found));
    PN_TRY(pn_approval_list(app->db, app->org.id, true, 0, FOUND_MAX, arena, &approvals, &waiting));
    sums.rows = pn_arena_array(arena, pn_queue_count, count + 4);
    sums.count = count;
    for (size_t i = 0; i < count; i++) {
        sums.rows[i] = rows[i];
        sums.all += rows[i].count;
    }
    count_in(&sums, PN_STR("broken_promises"), (int64_t)found.counts[0]);
    count_in(&sums, PN_STR("uncertain"), (int64_t)found.counts[1]);
    count_in(&sums, PN_STR("held"), (int64_t)found.counts[2]);
    count_in(&sums, PN_STR("approval"), (int64_t)waiting);
    *ret_sums = sums;
    return PN_OK;
}
