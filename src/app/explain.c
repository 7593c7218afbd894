#include "app/explain_int.h"

#include "app/sayings.h"
#include "app/view.h"
#include "base/banned.h"
#include "base/sort.h"
#include "core/node/node.h"

/* What a timeline and a chain hold at most. */
enum { CHAIN_MAX = 100000 };

typedef struct {
    pn_app *app;
    pn_str language;
    pn_arena *arena;
    pn_diag *diag;
    pn_timeline_entry *entries;
    size_t count, capacity;
} collector;

static pn_timeline_entry *add(collector *c) {
    c->entries = pn_arena_grow(c->arena, c->entries, c->count, &c->capacity, sizeof *c->entries);
    c->entries[c->count] = (pn_timeline_entry){0};
    return &c->entries[c->count++];
}

static pn_str said(const collector *c, pn_said what, const pn_str *values, size_t count) {
    pn_buf text;
    pn_buf_init(&text, 1 << 20);
    pn_say(&text, c->language, what, values, count);
    pn_str copy = pn_str_dup(c->arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

static void add_event(collector *c, const pn_event_row *event, pn_str strategy) {
    *add(c) = (pn_timeline_entry){
        .at = event->at,
        .recorded_at = event->recorded_at,
        .event_id = event->id,
        .run_id = event->run_id,
        .kind = pn_event_kind_name(event->kind),
        .actor = event->actor,
        .text = pn_explain_event(c->app, event, strategy, c->language, c->arena),
        .body = event->erased ? PN_STR("") : event->body};
}

static pn_err add_chain(collector *c, pn_id last_id, pn_str strategy) {
    pn_event_row *events = NULL;
    size_t count = 0;
    PN_TRY(pn_event_chain(c->app->db, last_id, CHAIN_MAX, c->arena, &events, &count));
    for (size_t i = 0; i < count; i++) {
        add_event(c, &events[i], strategy);
    }
    return PN_OK;
}

/* The verdicts that held a message back stand with the message. */
static void add_verdicts(collector *c, const pn_message_row *message) {
    pn_json *params = NULL;
    char id[PN_ID_TEXT_SIZE];
    if (pn_json_parse(message->params, NULL, c->arena, &params, NULL) != PN_OK) {
        return;
    }
    const pn_json *gate = pn_json_field(params, "gate");
    for (size_t i = 0; gate != NULL && i < gate->count; i++) {
        const pn_json *verdict = &gate->items[i];
        pn_str words = pn_explain_verdict(c->app, verdict, c->language, c->arena);
        pn_timeline_entry *entry = add(c);
        entry->at = pn_json_int(pn_json_field(verdict, "asked_at"), 0);
        entry->recorded_at = entry->at;
        entry->run_id = message->run_id;
        entry->kind = "gate";
        entry->actor = PN_STR("gate");
        pn_str name = pn_str_of(pn_id_text(PN_ID_MESSAGE, message->id, id));
        entry->text = said(c, PN_SAID_HELD_BACK, (const pn_str[]){name, words}, 2);
    }
}

static pn_err add_messages(collector *c, const pn_run_row *run, pn_str strategy) {
    pn_message_row *messages = NULL;
    size_t count = 0;
    pn_id last_event = 0;
    PN_TRY(
        pn_message_chain(c->app->db, run->last_message_id, CHAIN_MAX, c->arena, &messages, &count));
    for (size_t i = 0; i < count; i++) {
        pn_carrier_row carrier;
        pn_event_row event;
        add_verdicts(c, &messages[i]);
        if (messages[i].carrier_id == 0) {
            continue;
        }
        PN_TRY(pn_carrier_get(c->app->db, messages[i].carrier_id, c->arena, &carrier));
        if (carrier.event_id != 0 && carrier.event_id != last_event) {
            PN_TRY(pn_event_get(c->app->db, carrier.event_id, c->arena, &event));
            add_event(c, &event, strategy);
            last_event = carrier.event_id;
        }
    }
    return PN_OK;
}

static pn_err add_run(collector *c, const pn_run_row *run) {
    const pn_published *version = NULL;
    PN_TRY(pn_catalog_version(c->app, run->run.version_id, &version, c->diag));
    PN_TRY(add_chain(c, run->last_event_id, version->flow->name));
    return add_messages(c, run, version->flow->name);
}

/* ── rows that have no event of their own ────────────────────────────────────────────────────── */

static pn_err add_invoices(collector *c, pn_id debtor_id, pn_id invoice_id) {
    pn_stmt *q =
        pn_db_stmt(c->app->db, "SELECT external_id, amount_minor, currency, due, created_at"
                               " FROM invoice WHERE debtor_id = $1 AND ($2 = 0 OR id = $2)");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, invoice_id);
    pn_err err;
    while ((err = pn_row_next(q)) == PN_OK) {
        pn_timeline_entry *entry = add(c);
        pn_str amount =
            pn_explain_amount(pn_col_int(q, 1), pn_col_str(q, 2), c->language, c->arena);
        pn_str due = pn_explain_day((pn_date)pn_col_int(q, 3), c->language, c->arena);
        entry->at = entry->recorded_at = pn_col_int(q, 4);
        entry->kind = "imported";
        entry->actor = PN_STR("import");
        entry->text = said(c, PN_SAID_IMPORTED, (const pn_str[]){pn_col_str(q, 0), amount, due}, 3);
    }
    return err == PN_NOT_FOUND ? PN_OK : err;
}

/* ── the whole ───────────────────────────────────────────────────────────────────────────────── */

static int by_time(const void *a, const void *b) {
    const pn_timeline_entry *x = a;
    const pn_timeline_entry *y = b;
    if (x->at != y->at) {
        return x->at < y->at ? -1 : 1;
    }
    return (x->event_id > y->event_id) - (x->event_id < y->event_id);
}

static pn_err collect(collector *c, const pn_case_ref *ref) {
    pn_debtor_row debtor;
    pn_run_row *runs = NULL;
    size_t count = 0;
    PN_TRY(pn_debtor_get(c->app->db, ref->debtor_id, c->arena, &debtor));
    PN_TRY(add_invoices(c, ref->debtor_id, ref->invoice_id));
    PN_TRY(add_chain(c, debtor.last_event_id, PN_STR("")));
    PN_TRY(
        pn_run_range(c->app->db, ref->debtor_id, ref->debtor_id, false, c->arena, &runs, &count));
    for (size_t i = 0; i < count; i++) {
        const pn_run *run = &runs[i].run;
        bool wanted = ref->run_id != 0 ? run->id == ref->run_id || run->parent_id == ref->run_id
                      : ref->invoice_id != 0
                          ? run->invoice_id == ref->invoice_id || run->invoice_id == 0
                          : true;
        if (wanted) {
            PN_TRY(add_run(c, &runs[i]));
        }
    }
    return PN_OK;
}

pn_err pn_timeline(pn_app *app, const pn_case_ref *ref, pn_str language, pn_arena *arena,
                   pn_timeline_entry **ret_entries, size_t *ret_count, pn_diag *diag) {
    collector c = {.app = app, .language = language, .arena = arena, .diag = diag};
    PN_TRY(pn_app_fail(app, collect(&c, ref), diag));
    pn_sort(c.entries, c.count, sizeof *c.entries, by_time, arena);
    *ret_entries = c.entries;
    *ret_count = c.count;
    return PN_OK;
}

/* ── why ─────────────────────────────────────────────────────────────────────────────────────── */

/* The step whose command wrote the message: the one in the run's chain that names it. */
static pn_err find_writer(pn_app *app, pn_id message_id, pn_id last_event, pn_arena *arena,
                          pn_event_row *ret_event) {
    char id[PN_ID_TEXT_SIZE];
    pn_event_row *events = NULL;
    size_t count = 0;
    pn_str text = pn_str_of(pn_id_text(PN_ID_MESSAGE, message_id, id));
    PN_TRY(pn_event_chain(app->db, last_event, CHAIN_MAX, arena, &events, &count));
    for (size_t i = 0; i < count; i++) {
        bool steps = events[i].kind == PN_EVENT_STEP || events[i].kind == PN_EVENT_ENROLLED;
        if (steps && pn_str_find(events[i].body, text) != SIZE_MAX) {
            *ret_event = events[i];
            return PN_OK;
        }
    }
    return PN_OK;
}

static pn_err explain_run(pn_app *app, pn_str language, pn_arena *arena, pn_why *why,
                          pn_diag *diag) {
    pn_run_row run;
    const pn_published *version = NULL;
    pn_err err = pn_run_get(app->db, why->message.run_id, arena, &run);
    if (err == PN_NOT_FOUND) {
        return PN_OK;
    }
    PN_TRY(err);
    PN_TRY(pn_catalog_version(app, run.run.version_id, &version, diag));
    why->strategy = version->flow->name;
    why->version = version->version;
    if (why->message.node < version->flow->node_count) {
        const pn_flow_node *node = &version->flow->nodes[why->message.node];
        why->node = node->id;
        why->node_type = pn_str_of(node->type->type);
    }
    if (version->flow->entry != NULL) {
        pn_buf words;
        pn_buf_init(&words, 1 << 16);
        pn_rule_words(version->flow->entry, language, &words);
        why->entry_rule = pn_str_dup(arena, pn_buf_str(&words));
        pn_buf_done(&words);
    }
    return find_writer(app, why->message.id, run.last_event_id, arena, &why->written_by);
}

pn_err pn_why_message(pn_app *app, pn_id message_id, pn_str language, pn_arena *arena,
                      pn_why *ret_why, pn_diag *diag) {
    pn_why why = {0};
    pn_err err = pn_message_get(app->db, message_id, arena, &why.message);
    if (err == PN_NOT_FOUND || (err == PN_OK && why.message.org_id != app->org.id)) {
        return pn_diag_set(diag, PN_NOT_FOUND, "There is no such message.");
    }
    if (err == PN_OK && why.message.carrier_id != 0) {
        err = pn_carrier_get(app->db, why.message.carrier_id, arena, &why.carrier);
    }
    if (err == PN_OK && why.carrier.id != 0) {
        err = pn_carrier_files(app->db, why.carrier.id, arena, &why.files, &why.file_count);
    }
    if (err == PN_OK) {
        err = explain_run(app, language, arena, &why, diag);
    }
    PN_TRY(pn_app_fail(app, err, diag));
    why.sentence = pn_explain_message(app, &why.message, &why.carrier, language, arena);
    *ret_why = why;
    return PN_OK;
}
