#include "app/replay.h"

#include "app/replay_int.h"
#include "app/sample.h"
#include "base/banned.h"
#include "base/sort.h"

enum { CHAIN_MAX = 1000000, TRIES = PN_TIES };

/* ── a run's beginning ───────────────────────────────────────────────────────────────────────── */

/* The newest version that was published before. */
static pn_err version_then(pn_replayer *r, pn_id strategy_id, pn_id before,
                           const pn_published **ret_version) {
    pn_version_row *rows = NULL;
    size_t count = 0;
    pn_id found = 0;
    PN_TRY(pn_version_list(r->app->db, strategy_id, &r->scratch, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        found = rows[i].id < before ? PN_MAX(found, rows[i].id) : found;
    }
    return found == 0 ? PN_NOT_FOUND : pn_catalog_version(r->app, found, ret_version, r->diag);
}

static pn_replay_run *run_of(const pn_replayer *r, pn_id id) {
    for (size_t i = 0; i < r->d.run_count; i++) {
        if (r->d.runs[i].kept->run.id == id) {
            return &r->d.runs[i];
        }
    }
    return NULL;
}

static void pill_beside(pn_replayer *r, const pn_run *other, const pn_published *pill,
                        const pn_replay_run *run, pn_run_row *row, pn_arena *kept) {
    pn_facts nothing = {0};
    pn_run *new = &row->run;
    *new = pn_run_start(pill->flow, &nothing, run->kept->run.started_at);
    new->id = run->kept->run.id;
    new->debtor_id = other->debtor_id;
    new->creditor_id = other->creditor_id;
    new->account_id = other->account_id;
    new->invoice_id = run->kept->run.invoice_id;
    new->strategy_id = pill->strategy_id;
    new->version_id = pill->version_id;
    new->parent_id = other->id;
    new->anchor_due = other->anchor_due;
    new->anchor_item = other->anchor_item;
    pn_buf_clear(&r->text);
    pn_run_encode(new, &r->text);
    row->memory = pn_str_dup(kept, pn_buf_str(&r->text));
}

/* A pill begins beside a run, without an event of its own. */
static pn_err begin_pill(pn_replayer *r, pn_replay_run *run, pn_arena *kept) {
    const pn_published *pill = NULL;
    const pn_replay_run *beside = run_of(r, run->kept->run.parent_id);
    run->begun = run->active = true;
    if (beside == NULL || !beside->begun || beside->lost != PN_REPLAYED) {
        run->lost = PN_UNREPLAYED_PARENT;
        return PN_OK;
    }
    pn_err err = version_then(r, run->first_strategy, run->kept->run.id, &pill);
    if (err != PN_OK) {
        run->lost = PN_UNREPLAYED_VERSION;
        pn_diag_clear(r->diag);
        return err == PN_NOT_FOUND || err == PN_CORRUPT || err == PN_INVALID ? PN_OK : err;
    }
    run->others = pn_arena_array(kept, pn_run_row, beside->other_count + 1);
    run->other_count = beside->other_count;
    pill_beside(r, &beside->row.run, pill, run, &run->row, kept);
    for (size_t i = 0; i < beside->other_count; i++) {
        run->others[i] = run->row;
        pill_beside(r, &beside->others[i].run, pill, run, &run->others[i], kept);
    }
    return PN_OK;
}

/* ── deciding again ──────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_replay_run *run;
    const pn_event_row *event;
    pn_moment moment;
    const pn_run_row *from; /* the state it starts from */
    bool is_new;
    bool entered; /* of a new one: its entry rule holds, or it has none */
    pn_move move;
    pn_str body; /* what this program would write down */
    pn_id *ids;  /* of the messages that were written, in their order */
    size_t id_count;
} decision;

static void read_message_ids(decision *d, const pn_json *body, pn_arena *arena) {
    const pn_json *acts = pn_json_field(body, "do");
    size_t count = acts != NULL && acts->type == PN_JSON_ARRAY ? acts->count : 0;
    d->ids = pn_arena_array(arena, pn_id, count + 1);
    for (size_t i = 0; i < count; i++) {
        const pn_json *id = pn_json_field(&acts->items[i], "message");
        if (id != NULL && id->type == PN_JSON_STR &&
            pn_id_parse(PN_ID_MESSAGE, id->text, &d->ids[d->id_count]) == PN_OK) {
            d->id_count++;
        }
    }
}

/* Messages got ids of their own here; they take those that are kept, which are as long. */
static void take_ids(decision *d, pn_arena *arena) {
    pn_move *move = &d->move;
    char *text = pn_arena_copy(arena, move->event.body.ptr, move->event.body.len);
    size_t taken = 0, at = 0;
    char own[PN_ID_TEXT_SIZE], kept[PN_ID_TEXT_SIZE];
    for (size_t i = 0; i < move->cmd_count; i++) {
        if (move->message_ids[i] == 0 || taken == d->id_count) {
            continue;
        }
        pn_str mine = pn_str_of(pn_id_text(PN_ID_MESSAGE, move->message_ids[i], own));
        pn_str theirs = pn_str_of(pn_id_text(PN_ID_MESSAGE, d->ids[taken], kept));
        size_t found = pn_str_find((pn_str){text + at, move->event.body.len - at}, mine);
        if (found != SIZE_MAX && mine.len == theirs.len) {
            at += found;
            memcpy(text + at, theirs.ptr, theirs.len);
        }
        pn_run *run = &move->row.run;
        for (size_t j = 0; j < run->message_count; j++) {
            if (run->messages[j].message == move->message_ids[i]) {
                run->messages[j].message = d->ids[taken];
            }
        }
        move->message_ids[i] = d->ids[taken++];
    }
    d->body = (pn_str){text, move->event.body.len};
}

static pn_err new_row(pn_replayer *r, decision *d, const pn_view *view, pn_run_row *ret_row) {
    const pn_published *version = NULL;
    const pn_run *kept = &d->run->kept->run;
    pn_facts facts;
    PN_TRY(version_then(r, d->run->first_strategy, d->event->id, &version));
    pn_view_account *account = pn_view_account_of(view, kept->account_id);
    pn_item *item =
        account != NULL && kept->invoice_id != 0 ? pn_view_item(account, kept->invoice_id) : NULL;
    if (account == NULL || (kept->invoice_id != 0 && item == NULL)) {
        return PN_NOT_FOUND;
    }
    PN_TRY(pn_view_facts(r->app, view, account, item, NULL, version->flow, d->event->at,
                         &r->scratch, &facts));
    d->entered = version->flow->entry == NULL || pn_rule_holds(version->flow->entry, &facts);
    if (item != NULL) {
        item->own_run = true;
    }
    *ret_row =
        pn_move_new_run(r->app, view, account, item, version, &facts, kept->id, d->event->at);
    return PN_OK;
}

static pn_err decide(pn_replayer *r, decision *d, unsigned ties, bool no_arms) {
    d->moment = (pn_moment){.at = d->event->at,
                            .event = d->event->id,
                            .ties = ties,
                            .no_arms = no_arms,
                            .messages = r->d.messages,
                            .message_count = r->d.message_count,
                            .holds = r->d.holds,
                            .hold_count = r->d.hold_count};
    pn_view view;
    pn_run_row row = *d->from;
    pn_id_maker ids = pn_id_maker_from(0, 0);
    pn_move_maker maker = {.ids = &ids, .journal = &r->journal, .scratch = &r->text};
    PN_TRY(pn_replay_view(r, &d->moment, &view));
    if (d->is_new) {
        PN_TRY(new_row(r, d, &view, &row));
    }
    PN_TRY(pn_move_plan(r->app, &view, &row, d->is_new, d->event->at, &maker, &r->scratch, &d->move,
                        r->diag));
    if (d->move.unreadable) {
        return PN_CORRUPT;
    }
    d->body = PN_STR_NONE;
    if (d->move.changed) {
        take_ids(d, &r->scratch);
    }
    return PN_OK;
}

/* An invoice of the run's account was corrected after the run had begun: how it stood before is not
 * kept, and the run may remember it. One that it does not work counts as well: rules ask about the
 * whole account, and credit covers what is due first. */
static bool was_corrected(const pn_replayer *r, const pn_replay_run *run) {
    const pn_run *kept = &run->kept->run;
    for (size_t i = 0; i < r->d.correction_count; i++) {
        const pn_replay_correction *each = &r->d.corrections[i];
        bool meanwhile = each->event > run->first_event || each->until > kept->started_at;
        if (meanwhile && (each->account_id == 0 || each->account_id == kept->account_id)) {
            return true;
        }
    }
    return false;
}

/* Something that was promised, planned or on its way while the run went on, and is over. */
static bool was_split(const pn_replayer *r, const pn_replay_run *run, pn_time at) {
    for (size_t i = 0; i < r->d.mark_count; i++) {
        const pn_replay_mark *mark = &r->d.marks[i];
        if (mark->guessed && mark->made <= at && mark->over >= run->kept->run.started_at) {
            return true;
        }
    }
    return false;
}

/* A pill began with the anchor of the run that it accompanies. */
static pn_unreplayed excuse_of(const pn_replayer *r, const pn_replay_run *run, pn_time at) {
    const pn_replay_run *beside =
        run->kept->run.parent_id != 0 ? run_of(r, run->kept->run.parent_id) : NULL;
    pn_unreplayed reason = was_corrected(r, run)   ? PN_UNREPLAYED_CORRECTED
                           : was_split(r, run, at) ? PN_UNREPLAYED_SPLIT
                                                   : PN_REPLAYED;
    return reason == PN_REPLAYED && beside != NULL ? excuse_of(r, beside, at) : reason;
}

/* What became a version since, or of the world since, is not what it was then. */
static pn_unreplayed excuse(const pn_replayer *r, const decision *d) {
    if (d->move.row.run.version_id > d->event->id) {
        return PN_UNREPLAYED_FACTS; /* the strategy it jumps into was published again */
    }
    return excuse_of(r, d->run, d->event->at);
}

static const char *const WHY_KEYS[] = {"at", "wait", "cycle", "phase", "outcome", "do"};

/* The first thing of the two bodies that is not the same. */
static const char *why_of(const pn_json *recorded, pn_str now, pn_arena *arena) {
    pn_json *json = NULL;
    if (now.len == 0 || pn_json_parse(now, NULL, arena, &json, NULL) != PN_OK) {
        return "would_not_move";
    }
    for (size_t i = 0; i < PN_COUNT(WHY_KEYS); i++) {
        const pn_json *a = pn_json_get(recorded, pn_str_of(WHY_KEYS[i]));
        const pn_json *b = pn_json_get(json, pn_str_of(WHY_KEYS[i]));
        if ((a == NULL) != (b == NULL) || (a != NULL && !pn_json_equal(a, b))) {
            return WHY_KEYS[i];
        }
    }
    return "text";
}

static pn_err compare_texts(pn_replayer *r, const decision *d) {
    for (size_t i = 0; i < d->move.cmd_count; i++) {
        const pn_cmd *cmd = &d->move.cmds[i];
        pn_message_row row;
        if (cmd->kind != PN_CMD_SEND || !pn_replay_tells(r, d->run, d->event->at)) {
            continue;
        }
        pn_err err = pn_message_get(r->app->db, d->move.message_ids[i], &r->scratch, &row);
        if (err == PN_NOT_FOUND) {
            pn_replay_skip(r, PN_DECISION_TEXT, PN_UNREPLAYED_ERASED);
            continue;
        }
        PN_TRY(err);
        bool same = pn_str_eq(row.template_name, cmd->send.template_name) &&
                    row.channel == cmd->send.channel && row.visit == cmd->visit &&
                    row.ordinal == cmd->ordinal && row.node == cmd->node &&
                    row.supersede_at == cmd->send.supersede_at;
        pn_unreplayed reason = excuse_of(r, d->run, d->event->at);
        if (!same && reason != PN_REPLAYED) {
            pn_replay_skip(r, PN_DECISION_TEXT, reason);
            continue;
        }
        if (same) {
            r->report->decisions[PN_DECISION_TEXT]++;
            r->report->equal[PN_DECISION_TEXT]++;
            continue;
        }
        pn_replay_difference each = {.kind = PN_DECISION_TEXT,
                                     .event_id = d->event->id,
                                     .message_id = row.id,
                                     .at = d->event->at,
                                     .why = PN_STR("message")};
        static const char FORMAT[] =
            "{\"channel\":\"%s\",\"supersede_at\":%lld,\"template\":\"%.*s\",\"visit\":%u}";
        each.recorded =
            pn_str_format(&r->scratch, FORMAT, pn_channel_kind_name(row.channel),
                          (long long)row.supersede_at, PN_STR_ARG(row.template_name), row.visit);
        each.now = pn_str_format(&r->scratch, FORMAT, pn_channel_kind_name(cmd->send.channel),
                                 (long long)cmd->send.supersede_at,
                                 PN_STR_ARG(cmd->send.template_name), cmd->visit);
        pn_replay_differs(r, d->run, &each);
    }
    return PN_OK;
}

static pn_err agree(pn_replayer *r, const decision *d, pn_arena *kept) {
    if (pn_replay_tells(r, d->run, d->event->at)) {
        r->report->decisions[PN_DECISION_STEP]++;
        if (d->is_new && !d->entered) {
            r->report->unreplayed[PN_UNREPLAYED_ENTRY]++;
        } else {
            r->report->equal[PN_DECISION_STEP]++;
        }
    }
    PN_TRY(compare_texts(r, d));
    return (d->moment.ties & PN_TIE_UNCERTAIN) != 0
               ? pn_replay_uncertain(r, &d->moment, &d->from->run, kept)
               : PN_OK;
}

static bool same_state(const pn_run_row *a, const pn_run_row *b) {
    return pn_run_same_place(&a->run, &b->run) && pn_str_eq(a->memory, b->memory);
}

typedef struct {
    pn_run_row items[PN_REPLAY_STATES_MAX];
    size_t count;
} states;

/* It goes on from what was decided here: that is what was decided then. */
static pn_err add_state(pn_replayer *r, const decision *d, states *found, pn_arena *kept) {
    pn_run_row row = d->move.row;
    pn_buf_clear(&r->text);
    pn_run_encode(&d->move.row.run, &r->text);
    row.memory = pn_buf_str(&r->text);
    for (size_t i = 0; i < found->count; i++) {
        if (same_state(&found->items[i], &row)) {
            return PN_OK;
        }
    }
    if (found->count == PN_REPLAY_STATES_MAX) {
        return PN_OK;
    }
    row.memory = pn_str_dup(kept, row.memory);
    PN_TRY(pn_run_decode(row.memory, kept, &row.run));
    found->items[found->count++] = row;
    return PN_OK;
}

static void go_on(pn_replay_run *run, const states *found, pn_arena *kept) {
    run->row = found->items[0];
    run->other_count = found->count - 1;
    run->others = pn_arena_array(kept, pn_run_row, found->count);
    memcpy(run->others, found->items + 1, run->other_count * sizeof *run->others);
    run->begun = true;
    run->active = run->row.run.status == PN_RUN_ACTIVE;
}

/* All readings of the moment from one state; the first that agrees is enough where it is not
 * looked into thoroughly. */
static pn_err try_readings(pn_replayer *r, decision *d, bool no_arms, states *found,
                           decision *first, pn_arena *kept) {
    for (unsigned ties = 0; ties < TRIES && (found->count == 0 || r->thorough); ties++) {
        pn_err err = decide(r, d, ties, no_arms);
        if (err == PN_NOT_FOUND && (ties < TRIES - 1 || found->count != 0)) {
            continue;
        }
        PN_TRY(err);
        if (pn_str_eq(d->body, d->event->body)) {
            PN_TRY(found->count == 0 ? agree(r, d, kept) : PN_OK);
            PN_TRY(add_state(r, d, found, kept));
        }
        *first = first->event == NULL ? *d : *first;
    }
    return PN_OK;
}

static void disagree(pn_replayer *r, const decision *d, const pn_json *body) {
    pn_unreplayed reason = excuse(r, d);
    d->run->lost = reason != PN_REPLAYED ? reason : PN_UNREPLAYED_AFTER;
    d->run->begun = true;
    if (!pn_replay_tells(r, d->run, d->event->at)) {
        return;
    }
    if (reason != PN_REPLAYED) {
        pn_replay_skip(r, PN_DECISION_STEP, reason);
        return;
    }
    pn_replay_differs(r, d->run,
                      &(pn_replay_difference){
                          .kind = PN_DECISION_STEP,
                          .event_id = d->event->id,
                          .at = d->event->at,
                          .recorded = d->event->body,
                          .now = d->body.len != 0 ? d->body : PN_STR("null"),
                          .why = pn_str_of(why_of(body, d->body, &r->scratch)),
                      });
}

/* Whether the run still works after an event that is not replayed. Of one that was erased nothing
 * tells but where the run stands today, if it was the last. */
static void follow(pn_replay_run *run, const pn_event_row *event, const pn_json *body) {
    const pn_json *wait = body != NULL ? pn_json_field(body, "wait") : NULL;
    bool last = event->id == run->kept->last_event_id;
    run->begun = true;
    run->active = wait == NULL || wait->type != PN_JSON_INT || wait->integer != PN_WAIT_OVER;
    run->active = run->active && (!last || run->kept->run.status == PN_RUN_ACTIVE);
    run->row.run.status = run->active ? PN_RUN_ACTIVE : PN_RUN_CLOSED;
}

static pn_err replay_decision(pn_replayer *r, pn_replay_run *run, const pn_event_row *event,
                              pn_arena *kept) {
    run->last_at = event->at;
    run->first_event = run->first_event == 0 ? event->id : run->first_event;
    decision d = {.run = run, .event = event, .is_new = event->kind == PN_EVENT_ENROLLED};
    pn_json *body = NULL;
    if (event->erased || pn_json_parse(event->body, NULL, &r->scratch, &body, NULL) != PN_OK) {
        run->lost = run->lost != PN_REPLAYED ? run->lost : PN_UNREPLAYED_ERASED;
    } else if (!d.is_new && !run->begun) {
        run->lost = run->lost != PN_REPLAYED ? run->lost : PN_UNREPLAYED_BEGINNING;
    }
    if (run->lost != PN_REPLAYED) {
        if (pn_replay_tells(r, run, event->at)) {
            pn_replay_skip(r, PN_DECISION_STEP, run->lost);
        }
        follow(run, event, body);
        return PN_OK;
    }
    read_message_ids(&d, body, &r->scratch);
    bool no_arms = pn_str_find(event->body, PN_STR("\"cmd\":\"arm\"")) != SIZE_MAX;
    decision first = {0};
    states found = {.count = 0};
    size_t from_count = d.is_new ? 1 : run->other_count + 1;
    for (size_t i = 0; i < from_count && (found.count == 0 || r->thorough); i++) {
        d.from = i == 0 ? &run->row : &run->others[i - 1];
        pn_err err = try_readings(r, &d, no_arms, &found, &first, kept);
        if (err == PN_CORRUPT || err == PN_INVALID || err == PN_NOT_FOUND) {
            pn_diag_clear(r->diag);
            run->lost = err == PN_NOT_FOUND ? PN_UNREPLAYED_FACTS : PN_UNREPLAYED_VERSION;
            pn_replay_skip(r, PN_DECISION_STEP, run->lost);
            follow(run, event, body);
            return PN_OK;
        }
        PN_TRY(err);
    }
    if (found.count != 0) {
        go_on(run, &found, kept);
        return PN_OK;
    }
    disagree(r, &first, body);
    follow(run, event, body);
    return PN_OK;
}

/* ── a debtor ────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_id id;
    pn_replay_run *run;
    const pn_event_row *event; /* NULL: the pill begins */
} happening;

static int by_id(const void *a, const void *b) {
    const happening *x = a;
    const happening *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static bool says(const pn_event_row *event, const char *words) {
    return !event->erased && pn_str_find(event->body, pn_str_of(words)) != SIZE_MAX;
}

/* 0 where it is not known. */
static pn_id account_of(const pn_replay_debtor *d, pn_id invoice_id) {
    for (size_t i = 0; i < d->past.invoice_count; i++) {
        if (d->past.invoices[i].item.id == invoice_id) {
            return d->past.invoices[i].account_id;
        }
    }
    return 0;
}

/* What somebody said was paid is not asked for up to that day, whoever took it back since. */
static pn_time reported_until(const pn_replayer *r, const pn_json *body) {
    pn_date day = PN_DATE_NONE;
    bool reported =
        body != NULL &&
        pn_str_is(pn_json_text(pn_json_field(body, "what"), PN_STR("")), "reported_paid") &&
        pn_date_parse_iso(pn_json_text(pn_json_field(body, "due"), PN_STR("")), &day) == PN_OK;
    return reported ? pn_zone_instant(r->d.base->zone, day + 1, 0) : PN_TIME_NONE;
}

static void add_correction(pn_replayer *r, const pn_event_row *event) {
    pn_replay_debtor *d = &r->d;
    pn_json *body = NULL;
    pn_id invoice = 0;
    if (!event->erased && pn_json_parse(event->body, NULL, &r->scratch, &body, NULL) == PN_OK &&
        pn_id_parse(PN_ID_INVOICE, pn_json_text(pn_json_field(body, "invoice"), PN_STR("")),
                    &invoice) != PN_OK) {
        invoice = 0;
    }
    d->corrections = pn_arena_grow(&r->scratch, d->corrections, d->correction_count,
                                   &d->correction_capacity, sizeof *d->corrections);
    d->corrections[d->correction_count++] =
        (pn_replay_correction){account_of(d, invoice), event->id, reported_until(r, body)};
}

static pn_err read_corrections(pn_replayer *r) {
    pn_event_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_event_chain(r->app->db, r->d.base->row.last_event_id, CHAIN_MAX, &r->scratch, &rows,
                          &count));
    for (size_t i = 0; i < count; i++) {
        pn_replay_fate(r, &rows[i]);
        bool corrects = rows[i].kind == PN_EVENT_INVOICE && !says(&rows[i], "\"lines\":");
        bool reported = rows[i].kind == PN_EVENT_SIGNAL && says(&rows[i], "reported_paid");
        if (corrects || reported || rows[i].kind == PN_EVENT_ERASED) {
            add_correction(r, &rows[i]);
        }
    }
    return PN_OK;
}

static pn_err gather(pn_replayer *r, happening **ret_all, size_t *ret_count) {
    happening *all = NULL;
    size_t count = 0, capacity = 0;
    PN_TRY(read_corrections(r));
    for (size_t i = 0; i < r->d.run_count; i++) {
        pn_replay_run *run = &r->d.runs[i];
        pn_event_row *rows = NULL;
        size_t row_count = 0;
        PN_TRY(pn_event_chain(r->app->db, run->kept->last_event_id, CHAIN_MAX, &r->scratch, &rows,
                              &row_count));
        for (size_t j = 0; j < row_count; j++) {
            all = pn_arena_grow(&r->scratch, all, count, &capacity, sizeof *all);
            all[count++] = (happening){rows[j].id, run, &rows[j]};
            pn_replay_fate(r, &rows[j]);
        }
        PN_TRY(pn_replay_sendings(r, run->kept));
        if (run->kept->run.parent_id != 0) {
            all = pn_arena_grow(&r->scratch, all, count, &capacity, sizeof *all);
            all[count++] = (happening){run->kept->run.id, run, NULL};
        }
    }
    pn_sort(all, count, sizeof *all, by_id, &r->scratch);
    *ret_all = all;
    *ret_count = count;
    return PN_OK;
}

static pn_err live(pn_replayer *r, const happening *h, pn_arena *kept) {
    const pn_event_row *event = h->event;
    if (event == NULL) {
        return begin_pill(r, h->run, kept);
    }
    if (event->kind == PN_EVENT_ENROLLED || event->kind == PN_EVENT_STEP) {
        return replay_decision(r, h->run, event, kept);
    }
    bool free = h->run->lost == PN_REPLAYED;
    if (event->kind == PN_EVENT_CHANGED && says(event, "\"what\":\"run.")) {
        h->run->lost = free ? PN_UNREPLAYED_STEERED : h->run->lost;
        if (says(event, "\"what\":\"run.stopped\"")) { /* its invoice is free for others */
            h->run->active = false;
            h->run->row.run.status = PN_RUN_ENDED;
        }
    } else if (free && event->kind == PN_EVENT_PUBLISHED && says(event, "\"moved_to\"")) {
        h->run->lost = PN_UNREPLAYED_MOVED;
    }
    return PN_OK;
}

/* ── where a case has come to ────────────────────────────────────────────────────────────────── */

static pn_str place(pn_replayer *r, const pn_run *run, const pn_published *version) {
    pn_str node = run->status == PN_RUN_ACTIVE && version != NULL && run->visit != 0 &&
                          run->node < version->flow->node_count
                      ? pn_flow_node_id(version->flow, run->node)
                      : pn_str_of(pn_run_status_name(run->status));
    return pn_str_format(
        &r->scratch, "{\"at\":\"%.*s\",\"cycle\":%u,\"visit\":%u,\"wait\":%d,\"wake_at\":%lld}",
        PN_STR_ARG(node), run->cycle, run->visit, (int)run->wait, (long long)run->wake_at);
}

static bool rests_alike(const pn_run_row *here, const pn_run_row *kept) {
    return pn_run_same_place(&here->run, &kept->run) &&
           (here->run.visit == 0 || pn_str_eq(here->memory, kept->memory));
}

static void compare_rest(pn_replayer *r, const pn_replay_run *run) {
    pn_time at = run->last_at;
    const pn_run *here = &run->row.run, *kept = &run->kept->run;
    if (!run->begun || !pn_replay_tells(r, run, at)) {
        return;
    }
    if (run->lost != PN_REPLAYED) {
        pn_replay_skip(r, PN_DECISION_REST, run->lost);
        return;
    }
    bool equal = rests_alike(&run->row, run->kept);
    for (size_t i = 0; i < run->other_count && !equal; i++) {
        equal = rests_alike(&run->others[i], run->kept);
    }
    if (equal) {
        r->report->decisions[PN_DECISION_REST]++;
        r->report->equal[PN_DECISION_REST]++;
        return;
    }
    pn_unreplayed reason = excuse_of(r, run, at);
    if (reason != PN_REPLAYED) {
        pn_replay_skip(r, PN_DECISION_REST, reason);
        return;
    }
    const pn_published *version = NULL;
    if (pn_catalog_version(r->app, kept->version_id, &version, NULL) != PN_OK) {
        version = NULL;
    }
    pn_replay_differs(
        r, run,
        &(pn_replay_difference){.kind = PN_DECISION_REST,
                                .event_id = run->kept->last_event_id,
                                .at = at,
                                .recorded = place(r, kept, version),
                                .now = place(r, here, version),
                                .why = here->wake_at != kept->wake_at  ? PN_STR("wake_at")
                                       : pn_run_same_place(here, kept) ? PN_STR("memory")
                                                                       : PN_STR("place")});
}

static bool is_wanted(const pn_replayer *r, const pn_run *run) {
    const pn_published *version = NULL;
    pn_str wanted = r->request->strategy;
    return wanted.len == 0 ||
           (pn_catalog_version(r->app, run->version_id, &version, NULL) == PN_OK &&
            pn_str_eq(version->flow->name, wanted));
}

static void begin_runs(pn_replayer *r) {
    pn_replay_debtor *d = &r->d;
    d->run_count = d->base->run_count;
    d->runs = pn_arena_array(&r->scratch, pn_replay_run, d->run_count + 1);
    for (size_t i = 0; i < d->run_count; i++) {
        const pn_run_row *kept = &d->base->runs[i];
        d->runs[i].kept = kept;
        d->runs[i].row = *kept;
        d->runs[i].first_strategy =
            kept->run.jumps != 0 ? kept->run.passed[0] : kept->run.strategy_id;
        d->runs[i].wanted = is_wanted(r, &kept->run);
        r->report->runs += d->runs[i].wanted;
    }
}

static pn_err replay_once(pn_replayer *r, pn_id debtor_id) {
    happening *all = NULL;
    size_t count = 0;
    pn_arena kept;
    PN_TRY(pn_replay_load(r, debtor_id));
    begin_runs(r);
    PN_TRY(gather(r, &all, &count));
    pn_arena_init(&kept, 0);
    pn_err err = PN_OK;
    for (size_t i = 0; i < count && err == PN_OK; i++) {
        pn_arena_mark mark = pn_arena_marked(&r->scratch);
        err = live(r, &all[i], &kept);
        pn_arena_rewind(&r->scratch, mark);
    }
    for (size_t i = 0; i < r->d.run_count && err == PN_OK; i++) {
        compare_rest(r, &r->d.runs[i]);
        err = pn_replay_gate(r, &r->d.runs[i]);
    }
    r->report->debtors++;
    pn_arena_done(&kept);
    return err;
}

/* Where the first reading that agrees leads to a difference, all of them are followed. */
static pn_err replay_debtor(pn_replayer *r, pn_id debtor_id) {
    const pn_replay_report before = *r->report;
    PN_TRY(replay_once(r, debtor_id));
    if (r->report->different == before.different) {
        return PN_OK;
    }
    pn_replay_difference *list = r->report->list; /* it may have grown */
    *r->report = before;
    r->report->list = list;
    pn_arena_reset(&r->scratch);
    r->thorough = true;
    pn_err err = replay_once(r, debtor_id);
    r->thorough = false;
    return err;
}

/* ── all of them ─────────────────────────────────────────────────────────────────────────────── */

static pn_err replay_all(pn_replayer *r) {
    pn_id *ids = NULL;
    size_t count = 0;
    PN_TRY(pn_past_debtors(r->app->db, r->app->org.id, r->arena, &ids, &count));
    if (count == 0) {
        return PN_OK;
    }
    if (r->request->debtor_id != 0) {
        ids[0] = r->request->debtor_id;
        count = 1;
    }
    count = pn_sample_draw(ids, count, r->request->sample, r->arena);
    for (size_t i = 0; i < count; i++) {
        pn_arena_reset(&r->scratch);
        PN_TRY(replay_debtor(r, ids[i]));
        if (r->request->tell != NULL &&
            !r->request->tell(r->request->context, (int64_t)i + 1, (int64_t)count)) {
            return pn_diag_set(r->diag, PN_CONFLICT, "The replay was cancelled.");
        }
    }
    return PN_OK;
}

pn_err pn_replay(pn_app *app, const pn_replay_request *request, pn_arena *arena,
                 pn_replay_report *ret_report, pn_diag *diag) {
    pn_replay_report report = {0};
    pn_diag own = {0};
    pn_replayer r = {.app = app,
                     .request = request,
                     .report = &report,
                     .arena = arena,
                     .diag = diag != NULL ? diag : &own};
    pn_arena_init(&r.scratch, 0);
    pn_buf_init(&r.text, 1 << 20);
    pn_err err = pn_db_begin_read(app->db);
    if (err == PN_OK) {
        err = replay_all(&r);
        pn_db_rollback(app->db);
    }
    pn_buf_done(&r.text);
    pn_arena_done(&r.scratch);
    if (err != PN_OK) {
        return pn_app_fail(app, err, diag);
    }
    *ret_report = report;
    return PN_OK;
}
