#include "app/move.h"

#include "app/books.h"
#include "app/errands.h"
#include "app/hooks.h"
#include "app/offers.h"
#include "app/rollup.h"
#include "app/tasks.h"
#include "base/banned.h"
#include "base/limits.h"
#include "base/utf8.h"

/* ── planning ────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_app *app;
    const pn_view *view;
    pn_time now;
    const pn_move_maker *maker;
    pn_arena *arena;
    pn_move *move;
    pn_str phase_before;
    size_t cmd_capacity, id_capacity, pass_capacity;
    pn_path path; /* of one step */
} planner;

static pn_id next_id(planner *p) {
    return pn_id_next(p->maker->ids, 0);
}

/* Takes a step's commands over; each SEND gets its id, which the run remembers. */
static void take_commands(planner *p, const pn_cmds *cmds) {
    pn_move *move = p->move;
    pn_run *run = &move->row.run;
    for (size_t i = 0; i < cmds->count; i++) {
        const pn_cmd *cmd = &cmds->items[i];
        if (cmd->kind == PN_CMD_JUMP) {
            continue;
        }
        move->cmds = pn_arena_grow(p->arena, move->cmds, move->cmd_count, &p->cmd_capacity,
                                   sizeof *move->cmds);
        move->message_ids = pn_arena_grow(p->arena, move->message_ids, move->cmd_count,
                                          &p->id_capacity, sizeof *move->message_ids);
        pn_id id = 0;
        if (cmd->kind == PN_CMD_SEND) {
            id = next_id(p);
            if (!cmd->send.neutral) {
                pn_run_remember(run, cmd->node, cmd->visit, id);
            }
            if (cmd->send.skip == PN_SKIP_NOT) {
                move->deliver_at = p->now;
            }
        }
        move->cmds[move->cmd_count] = *cmd;
        if (cmd->kind == PN_CMD_TASK && cmd->task.handover_to != 0) {
            pn_task_kind kind = (pn_task_kind)(PN_TASK_APPROVE_LAWYER + cmd->task.handover_to - 1);
            move->cmds[move->cmd_count].task.title =
                pn_tasks_title(p->app, kind, PN_STR(""), p->arena);
        }
        if (cmd->kind == PN_CMD_ERRAND) { /* a jump may follow, and its flow has other nodes */
            move->cmds[move->cmd_count].errand.version_id = run->version_id;
        } else if (cmd->kind == PN_CMD_OFFER) {
            move->cmds[move->cmd_count].offer.version_id = run->version_id;
        }
        move->message_ids[move->cmd_count++] = id;
    }
}

static void add_pass(planner *p, pn_id version_id, uint32_t from, uint32_t to) {
    pn_move *move = p->move;
    move->passes = pn_arena_grow(p->arena, move->passes, move->pass_count, &p->pass_capacity,
                                 sizeof *move->passes);
    move->passes[move->pass_count++] =
        (pn_move_pass){.version_id = version_id, .from = from, .to = to};
}

/* The nodes that a step came through. */
static void take_path(planner *p, const pn_run *before) {
    uint32_t from = before->visit == 0 ? PN_NODE_NONE : before->node;
    for (size_t i = 0; i < p->path.count; i++) {
        add_pass(p, before->version_id, from, p->path.items[i].node);
        from = p->path.items[i].node;
    }
    p->path.count = 0;
}

/* Into the other strategy's newest version. */
static pn_err jump(planner *p, pn_str name, pn_diag *diag) {
    pn_move *move = p->move;
    pn_run *run = &move->row.run;
    const pn_published *target = NULL;
    pn_err err = pn_catalog_find(p->app, name, &target, diag);
    if (err == PN_NOT_FOUND ||
        (err == PN_OK && target->flow->subject != move->flow->flow->subject)) {
        run->status = PN_RUN_ENDED;
        run->outcome = PN_STR("jump_target_missing");
        run->wait = PN_WAIT_OVER;
        run->wake_at = PN_TIME_NEVER;
        pn_diag_clear(diag);
        return PN_OK;
    }
    PN_TRY(err);
    move->flow = target;
    pn_run_jump(run, target->flow, target->strategy_id, target->version_id, p->now);
    add_pass(p, run->version_id, PN_NODE_NONE, run->node);
    return PN_OK;
}

static const pn_cmd *jump_of(const pn_cmds *cmds) {
    return cmds->count != 0 && cmds->items[cmds->count - 1].kind == PN_CMD_JUMP
               ? &cmds->items[cmds->count - 1]
               : NULL;
}

/* The case of a run whose invoice is neither open nor worked any more. */
static void close_without_item(pn_run *run, pn_time now) {
    run->status = PN_RUN_CLOSED;
    run->closed_at = now;
    run->outcome = PN_STR("closed");
    run->wait = PN_WAIT_OVER;
    run->wake_at = PN_TIME_NEVER;
}

static pn_err step_until_rest(planner *p, pn_view_account *account, const pn_item *item,
                              pn_diag *diag) {
    pn_move *move = p->move;
    for (int i = 0; i <= PN_LIMIT_CASE_JUMPS; i++) {
        pn_facts facts;
        pn_run before = move->row.run;
        PN_TRY(pn_view_facts(p->app, p->view, account, item, &before, move->flow->flow, p->now,
                             p->arena, &facts));
        pn_cmds cmds = {0};
        PN_TRY(pn_step_along(move->flow->flow, &before, &facts, p->now, p->arena, &p->path,
                             &move->row.run, &cmds));
        take_path(p, &before);
        take_commands(p, &cmds);
        const pn_cmd *target = jump_of(&cmds);
        if (target == NULL) {
            return PN_OK;
        }
        PN_TRY(jump(p, target->start.name, diag));
        if (move->row.run.status != PN_RUN_ACTIVE) {
            return PN_OK;
        }
    }
    return PN_OK;
}

/* ── the event of a move ─────────────────────────────────────────────────────────────────────── */

static void event_text(pn_buf *body, const char *key, pn_str text) {
    pn_buf_add_lit(body, ",\"");
    pn_buf_add_z(body, key);
    pn_buf_add_lit(body, "\":");
    pn_json_quote(body, text);
}

static void event_command(planner *p, pn_buf *body, size_t index) {
    const pn_cmd *cmd = &p->move->cmds[index];
    char id[PN_ID_TEXT_SIZE];
    pn_buf_add_z(body, index == 0 ? ",\"do\":[{\"cmd\":\"" : ",{\"cmd\":\"");
    pn_buf_add_z(body, pn_cmd_kind_name(cmd->kind));
    pn_buf_add_char(body, '"');
    if (cmd->node != PN_NODE_NONE) {
        event_text(body, "node", pn_flow_node_id(p->move->flow->flow, cmd->node));
    }
    switch (cmd->kind) {
    case PN_CMD_SEND:
        event_text(body, "message",
                   pn_str_of(pn_id_text(PN_ID_MESSAGE, p->move->message_ids[index], id)));
        if (cmd->send.skip != PN_SKIP_NOT) {
            event_text(body, "skip",
                       cmd->send.skip == PN_SKIP_SUPERSEDED ? PN_STR("superseded")
                                                            : PN_STR("reanchored"));
        }
        if (cmd->send.neutral) {
            event_text(body, "notice", PN_STR("after_long_hold"));
        }
        break;
    case PN_CMD_TASK: event_text(body, "title", cmd->task.title); break;
    case PN_CMD_CHARGE:
        pn_buf_add_lit(body, ",\"amount\":");
        pn_buf_add_int(body, cmd->charge.amount);
        event_text(
            body, "currency",
            pn_str_of(pn_view_account_of(p->view, p->move->row.run.account_id)->row.currency.code));
        event_text(body, "of", cmd->charge.interest ? PN_STR("interest") : PN_STR("fees"));
        break;
    case PN_CMD_SET: event_text(body, "field", cmd->set.field); break;
    case PN_CMD_NOTE:
    case PN_CMD_NOTIFY: event_text(body, "text", cmd->note.text); break;
    case PN_CMD_PILL:
    case PN_CMD_JUMP: event_text(body, "name", cmd->start.name); break;
    case PN_CMD_ARM: event_text(body, "arm", cmd->arm.arm); break;
    case PN_CMD_ERRAND:
        event_text(body, "of", pn_str_of(pn_errand_kind_name(cmd->errand.kind)));
        break;
    case PN_CMD_OFFER:
        event_text(body, "of", pn_str_of(pn_offer_kind_name(cmd->offer.kind)));
        break;
    case PN_CMD_CANCEL_TASKS: break;
    }
    pn_buf_add_char(body, '}');
}

/* Canonical: keys in order, no spaces. {"at":…,"cycle":…,"do":[…],"outcome":…,"phase":…,"wait":…};
 * the phase only where another one began. */
static void write_body(planner *p, pn_buf *body) {
    const pn_run *run = &p->move->row.run;
    pn_buf_add_lit(body, "{\"at\":");
    pn_json_quote(body, run->status == PN_RUN_ACTIVE
                            ? pn_flow_node_id(p->move->flow->flow, run->node)
                            : pn_str_of(pn_run_status_name(run->status)));
    pn_buf_add_lit(body, ",\"cycle\":");
    pn_buf_add_int(body, run->cycle);
    for (size_t i = 0; i < p->move->cmd_count; i++) {
        event_command(p, body, i);
    }
    if (p->move->cmd_count != 0) {
        pn_buf_add_char(body, ']');
    }
    if (run->outcome.len != 0) {
        event_text(body, "outcome", run->outcome);
    }
    if (!pn_str_eq(run->phase, p->phase_before)) {
        event_text(body, "phase", run->phase);
    }
    pn_buf_add_lit(body, ",\"wait\":");
    pn_buf_add_int(body, run->wait);
    pn_buf_add_char(body, '}');
}

static void make_event(planner *p) {
    pn_move *move = p->move;
    pn_buf *body = p->maker->scratch;
    pn_buf_clear(body);
    write_body(p, body);
    move->event = (pn_event_row){
        .id = next_id(p),
        .org_id = p->app->org.id,
        .debtor_id = move->row.run.debtor_id,
        .run_id = move->row.run.id,
        .prev_id = move->row.last_event_id,
        .at = p->now,
        .recorded_at = pn_env_now(p->app->env),
        .kind = move->is_new ? PN_EVENT_ENROLLED : PN_EVENT_STEP,
        .actor = PN_STR("engine"),
        .body = pn_str_dup(p->arena, pn_buf_str(body)),
    };
    pn_journal_salt(p->maker->journal, p->app->env, move->event.salt);
    move->event.hash = pn_event_hash(&move->event);
    move->row.last_event_id = move->event.id;
}

static pn_str encode(const pn_run *run, pn_buf *scratch, pn_arena *arena) {
    pn_buf_clear(scratch);
    pn_run_encode(run, scratch);
    return pn_str_dup(arena, pn_buf_str(scratch));
}

/* Equal memory has equal bytes: the new ones are made in any case. */
static bool moved(const pn_run_row *before, pn_move *move, pn_buf *scratch) {
    if (move->is_new || move->cmd_count != 0 || !pn_run_same_place(&before->run, &move->row.run)) {
        return true;
    }
    pn_buf_clear(scratch);
    pn_run_encode(&move->row.run, scratch);
    return !pn_str_eq(pn_buf_str(scratch), before->memory);
}

/* What one damaged row says stops nobody else: the run stands still, and is told apart. */
static pn_err plan_run(planner *p, const pn_run_row *row, pn_view_account *account, pn_diag *diag) {
    pn_move *move = p->move;
    const pn_run *run = &row->run;
    const pn_item *item = run->invoice_id != 0 ? pn_view_item(account, run->invoice_id) : NULL;
    if (run->unreadable) {
        move->unreadable = true;
        return PN_OK;
    }
    if (run->invoice_id != 0 && item == NULL) {
        if (run->status == PN_RUN_ACTIVE) {
            close_without_item(&move->row.run, p->now);
        }
        return PN_OK;
    }
    pn_err err = step_until_rest(p, account, item, diag);
    if (err == PN_CORRUPT) {
        move->row = *row;
        move->cmd_count = move->pass_count = 0;
        move->unreadable = true;
        return PN_OK;
    }
    return err;
}

pn_err pn_move_plan(pn_app *app, const pn_view *view, const pn_run_row *row, bool is_new,
                    pn_time now, const pn_move_maker *maker, pn_arena *arena, pn_move *ret_move,
                    pn_diag *diag) {
    pn_move move = {.row = *row,
                    .old_visit = row->run.visit,
                    .prev_message = row->last_message_id,
                    .is_new = is_new,
                    .was_active = row->run.status == PN_RUN_ACTIVE,
                    .deliver_at = PN_TIME_NEVER};
    planner p = {.app = app,
                 .view = view,
                 .now = now,
                 .maker = maker,
                 .arena = arena,
                 .move = &move,
                 .phase_before = row->run.phase};
    PN_TRY(pn_catalog_version(app, row->run.version_id, &move.flow, diag));
    pn_view_account *account = pn_view_account_of(view, row->run.account_id);
    if (account == NULL) {
        return pn_diag_set(diag, PN_CORRUPT, "A run's account is missing.");
    }
    PN_TRY(plan_run(&p, row, account, diag));
    move.changed = !move.unreadable && moved(row, &move, maker->scratch);
    if (move.changed) {
        for (size_t i = 0; i < move.cmd_count; i++) {
            if (move.message_ids[i] != 0) {
                move.row.last_message_id = move.message_ids[i];
            }
        }
        make_event(&p);
        move.memory = encode(&move.row.run, maker->scratch, arena);
    }
    *ret_move = move;
    return PN_OK;
}

pn_run_row pn_move_new_run(pn_app *app, const pn_view *view, const pn_view_account *account,
                           const pn_item *item, const pn_published *strategy, const pn_facts *facts,
                           pn_id id, pn_time now) {
    pn_run_row row = {.run = pn_run_start(strategy->flow, facts, now), .org_id = app->org.id};
    row.run.id = id;
    row.run.debtor_id = view->row.id;
    row.run.creditor_id = account->row.creditor_id;
    row.run.account_id = account->row.id;
    row.run.invoice_id = item != NULL ? item->id : 0;
    row.run.strategy_id = strategy->strategy_id;
    row.run.version_id = strategy->version_id;
    return row;
}

pn_err pn_pill_begin(pn_app *app, const pn_run *beside, const pn_published *pill, pn_id fact_id,
                     pn_time now, pn_arena *arena) {
    pn_id id = pn_app_id(app);
    pn_err err = pn_pill_start_insert(app->db, app->org.id, beside->debtor_id, pill->strategy_id,
                                      fact_id, id);
    if (err == PN_CONFLICT) {
        return PN_OK;
    }
    PN_TRY(err);
    pn_facts nothing = {0};
    pn_run_row row = {.run = pn_run_start(pill->flow, &nothing, now), .org_id = app->org.id};
    row.run.id = id;
    row.run.debtor_id = beside->debtor_id;
    row.run.account_id = beside->account_id;
    row.run.invoice_id = beside->invoice_id; /* it works what its case works */
    row.run.version_id = pill->version_id;
    row.run.parent_id = beside->id;
    row.run.anchor_due = beside->anchor_due;
    row.run.anchor_item = beside->anchor_item;
    /* an invoice's pill beside an account's run works the anchor */
    if (pill->flow->subject == PN_SUBJECT_INVOICE && row.run.invoice_id == 0) {
        row.run.invoice_id = beside->anchor_item;
    }
    pn_buf scratch;
    pn_buf_init(&scratch, 1 << 16);
    err = pn_run_insert(app->db, &row, encode(&row.run, &scratch, arena));
    pn_buf_done(&scratch);
    PN_TRY(err);
    PN_TRY(pn_poke(app->db, app->org.lane, beside->debtor_id));
    return PN_OK;
}

/* ── writing ─────────────────────────────────────────────────────────────────────────────────── */

static void put_attachments(pn_json_writer *w, unsigned attach) {
    static const struct {
        unsigned bit;
        const char *name;
    } KINDS[] = {
        {PN_ATTACH_INVOICE, "invoice"}, {PN_ATTACH_STATEMENT, "statement"}, {PN_ATTACH_XML, "xml"}};
    pn_json_key(w, PN_STR("attach"));
    pn_json_begin_array(w);
    for (size_t i = 0; i < PN_COUNT(KINDS); i++) {
        if ((attach & KINDS[i].bit) != 0) {
            pn_json_add_str(w, pn_str_of(KINDS[i].name));
        }
    }
    pn_json_end_array(w);
}

static pn_str message_params(const pn_cmd *cmd, pn_arena *arena) {
    if (cmd->send.attach == 0 && cmd->send.copy_to.len == 0) {
        return PN_STR("{}");
    }
    pn_buf text;
    pn_buf_init(&text, 8192);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_begin_object(&w);
    if (cmd->send.attach != 0) {
        put_attachments(&w, cmd->send.attach);
    }
    if (cmd->send.copy_to.len != 0) {
        pn_json_key(&w, PN_STR("copy_to"));
        pn_json_add_raw(&w, cmd->send.copy_to);
    }
    pn_json_end_object(&w);
    pn_str params = pn_str_dup(arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return params;
}

static pn_err write_send(pn_app *app, const pn_move *move, const pn_cmd *cmd, pn_id id,
                         pn_id prev_id, pn_arena *arena) {
    bool skipped = cmd->send.skip != PN_SKIP_NOT;
    pn_message_row row = {
        .id = id,
        .org_id = app->org.id,
        .debtor_id = move->row.run.debtor_id,
        .run_id = move->row.run.id,
        .visit = cmd->visit,
        .ordinal = cmd->ordinal,
        .prev_id = prev_id,
        .node = cmd->node,
        .channel = cmd->send.channel,
        .tone = cmd->send.tone,
        .state = skipped ? PN_MESSAGE_SKIPPED : PN_MESSAGE_QUEUED,
        .template_name = cmd->send.template_name,
        .not_before = move->event.at,
        .supersede_at = cmd->send.supersede_at,
        .settled_at = skipped ? move->event.at : PN_TIME_NONE,
        .reason = cmd->send.skip == PN_SKIP_SUPERSEDED   ? PN_STR("superseded")
                  : cmd->send.skip == PN_SKIP_REANCHORED ? PN_STR("reanchored")
                                                         : PN_STR(""),
        .params = message_params(cmd, arena),
    };
    return pn_message_insert(app->db, &row);
}

static pn_err write_task(pn_app *app, const pn_move *move, const pn_cmd *cmd, pn_arena *arena) {
    pn_str title = cmd->task.title;
    if (cmd->task.collapsed != 0) {
        title = pn_str_format(arena, "%.*s (+%u)", PN_STR_ARG(title), cmd->task.collapsed);
    }
    pn_task_row row = {
        .id = pn_app_id(app),
        .org_id = app->org.id,
        .debtor_id = move->row.run.debtor_id,
        .run_id = move->row.run.id,
        .node = cmd->node,
        .visit = cmd->visit,
        .category = cmd->task.category,
        .title = title,
        .queue = cmd->task.queue,
        .script = cmd->task.script,
        .collapsed = cmd->task.collapsed,
        .due_at = cmd->task.due_at,
        .opened_at = move->event.at,
    };
    return pn_task_insert(app->db, &row);
}

static pn_err write_charge(pn_app *app, const pn_move *move, const pn_cmd *cmd, pn_arena *arena) {
    pn_invoice_row invoice;
    char from[PN_DATE_ISO_SIZE], to[PN_DATE_ISO_SIZE];
    PN_TRY(pn_invoice_get(app->db, cmd->charge.item, arena, &invoice));
    pn_str note =
        cmd->charge.interest
            ? pn_str_format(arena, "interest from %s to %s at %d.%02d %%",
                            pn_date_iso(cmd->charge.from, from), pn_date_iso(cmd->charge.to, to),
                            cmd->charge.rate_bp / 100, cmd->charge.rate_bp % 100)
            : PN_STR("fixed fee");
    PN_TRY(pn_books_entry(app, &invoice, cmd->charge.interest ? PN_ENTRY_INTEREST : PN_ENTRY_FEE, 0,
                          cmd->charge.amount, 0, move->event.at, note, arena));
    PN_TRY(pn_invoice_charged(app->db, invoice.debtor_id, invoice.item.id, !cmd->charge.interest,
                              cmd->charge.interest ? cmd->charge.to : PN_DATE_NONE));
    return pn_books_refresh(app, invoice.debtor_id, invoice.account_id, arena);
}

static pn_err write_set(pn_app *app, const pn_move *move, const pn_cmd *cmd, pn_arena *arena,
                        pn_diag *diag) {
    pn_str key;
    bool of_invoice = pn_field_family_of(cmd->set.field, &key) == PN_FAMILY_INVOICE_ATTR;
    pn_json *json = NULL;
    PN_TRY(pn_json_parse(cmd->set.value, NULL, arena, &json, diag));
    pn_attr attr = pn_attr_read(json->type == PN_JSON_STR ? json->text : cmd->set.value, arena);
    attr.key = key;
    pn_id debtor_id = move->row.run.debtor_id;
    pn_id owner_id = of_invoice ? move->row.run.invoice_id : debtor_id;
    PN_TRY(pn_attribute_put(app->db, app->org.id, debtor_id, owner_id, &attr));
    if (of_invoice) {
        pn_invoice_row invoice;
        PN_TRY(pn_invoice_get(app->db, owner_id, arena, &invoice));
        invoice.flags |= PN_INVOICE_HAS_ATTRS;
        PN_TRY(pn_invoice_update(app->db, &invoice));
    }
    return pn_books_touch(app, debtor_id, PN_DEBTOR_HAS_ATTRS);
}

static pn_err write_notice(pn_app *app, const pn_move *move, const pn_cmd *cmd) {
    pn_notice_row row = {.id = pn_app_id(app),
                         .org_id = app->org.id,
                         .debtor_id = move->row.run.debtor_id,
                         .run_id = move->row.run.id,
                         .recipient = cmd->note.to,
                         .text = cmd->note.text,
                         .at = move->event.at};
    return pn_notice_insert(app->db, &row);
}

/* A pill node starts its pill once per visit: the fact is this very event. */
static pn_err write_pill(pn_app *app, const pn_move *move, const pn_cmd *cmd, pn_arena *arena,
                         pn_diag *diag) {
    const pn_published *pill = NULL;
    pn_err err = pn_catalog_find(app, cmd->start.name, &pill, diag);
    if (err == PN_NOT_FOUND) {
        pn_diag_clear(diag);
        return PN_OK; /* archived meanwhile: the run goes on without it */
    }
    PN_TRY(err);
    return pn_pill_begin(app, &move->row.run, pill, move->event.id, move->event.at, arena);
}

static pn_err write_command(pn_app *app, const pn_move *move, size_t index, pn_id prev_message,
                            pn_arena *arena, pn_diag *diag) {
    const pn_cmd *cmd = &move->cmds[index];
    pn_id debtor_id = move->row.run.debtor_id;
    switch (cmd->kind) {
    case PN_CMD_SEND:
        return write_send(app, move, cmd, move->message_ids[index], prev_message, arena);
    case PN_CMD_TASK: return write_task(app, move, cmd, arena);
    case PN_CMD_CANCEL_TASKS: {
        int64_t cancelled = 0;
        return pn_task_cancel_of_run(app->db, debtor_id, move->row.run.id, move->event.at,
                                     &cancelled);
    }
    case PN_CMD_CHARGE: return write_charge(app, move, cmd, arena);
    case PN_CMD_SET: return write_set(app, move, cmd, arena, diag);
    case PN_CMD_NOTE: return PN_OK; /* the event is the note */
    case PN_CMD_NOTIFY: return write_notice(app, move, cmd);
    case PN_CMD_PILL: return write_pill(app, move, cmd, arena, diag);
    case PN_CMD_ARM: {
        pn_arm_fact arm = {move->row.run.strategy_id, cmd->arm.key, cmd->arm.arm};
        PN_TRY(pn_arm_put(app->db, app->org.id, debtor_id, &arm, move->event.at));
        return pn_debtor_touch(app->db, debtor_id, PN_DEBTOR_HAS_ARMS, 0);
    }
    case PN_CMD_JUMP: return PN_OK;
    case PN_CMD_ERRAND: return pn_errands_write(app, move, cmd, arena, diag);
    case PN_CMD_OFFER: return pn_offers_write(app, move, cmd);
    }
    return PN_OK;
}

/* An invoice knows which run of its own works it. */
static pn_err write_ownership(pn_app *app, const pn_move *move) {
    const pn_run *run = &move->row.run;
    bool active = run->status == PN_RUN_ACTIVE;
    if (!pn_run_owns(run) || (!move->is_new && active == move->was_active)) {
        return PN_OK;
    }
    return pn_invoice_set_run(app->db, run->debtor_id, run->invoice_id, active ? run->id : 0);
}

pn_err pn_move_write(pn_app *app, const pn_move *move, pn_arena *arena, pn_diag *diag) {
    if (!move->changed) {
        return PN_OK;
    }
    PN_TRY(move->is_new ? pn_run_insert(app->db, &move->row, move->memory)
                        : pn_run_update(app->db, &move->row, move->memory, move->old_visit));
    pn_rollup_move(app, move);
    pn_id prev_message = move->prev_message;
    for (size_t i = 0; i < move->cmd_count; i++) {
        PN_TRY(write_command(app, move, i, prev_message, arena, diag));
        if (move->message_ids[i] != 0) {
            prev_message = move->message_ids[i];
        }
    }
    PN_TRY(write_ownership(app, move));
    PN_TRY(pn_errands_closed(app, move, arena, diag));
    PN_TRY(pn_event_insert(app->db, &move->event));
    if (!move->counted) {
        pn_journal_count(&app->journal, &move->event);
    }
    return pn_hooks_event(app, &move->event,
                          move->was_active && move->row.run.status != PN_RUN_ACTIVE);
}
