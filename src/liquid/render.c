/* The machine that executes a program.
 *
 * Operations are executed in place; nothing is looked up by name but what the compiler could not
 * resolve. All state is on the arena or on this stack frame, so a rendering that fails leaves
 * nothing behind. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/banned.h"
#include "liquid/access.h"
#include "liquid/compare.h"
#include "liquid/escape.h"
#include "liquid/filter.h"
#include "liquid/number.h"
#include "liquid/print.h"
#include "liquid/suggest.h"

/* A `case` that is open. */
typedef struct {
    pn_liquid_value subject;
    uint32_t hits; /* values of this `when` that were the subject and are still to be written */
    bool matched;  /* some `when` was */
} open_case;

typedef struct named_cycle {
    struct named_cycle *next;
    pn_liquid_value name;
    uint32_t position;
} named_cycle;

typedef struct {
    pn_liquid_run run;
    size_t out_start, out_max;
    const pn_liquid_value *root; /* NULL: the root class's fields come from the JSON data */
    pn_liquid_value *locals, *counters;
    pn_liquid_loop *loops;
    open_case *cases;
    size_t *captures; /* where in the output each open capture begins */
    int64_t *offsets;
    uint32_t *cycle_positions;
    named_cycle *named_cycles;
    pn_str last_changed; /* what the last ifchanged wrote; `ptr` NULL: nothing yet */
} machine;

/* ── shared with the filters ─────────────────────────────────────────────────────────────────── */

static pn_err fail_with(pn_liquid_run *run, pn_err err, const char *format, va_list args)
    PN_PRINTF(3, 0);

static pn_err fail_with(pn_liquid_run *run, pn_err err, const char *format, va_list args) {
    char what[320];
    (void)vsnprintf(what, sizeof what, format, args);
    return pn_diag_set(run->diag, err, "%s", what);
}

pn_err pn_liquid_fail(pn_liquid_run *run, const char *format, ...) {
    va_list args;
    va_start(args, format);
    pn_err err = fail_with(run, PN_INVALID, format, args);
    va_end(args);
    return err;
}

pn_err pn_liquid_over(pn_liquid_run *run, const char *format, ...) {
    va_list args;
    va_start(args, format);
    pn_err err = fail_with(run, PN_LIMIT, format, args);
    va_end(args);
    return err;
}

pn_err pn_liquid_broke(pn_liquid_run *run) {
    pn_err err = pn_liquid_over(run, "Rendering this text takes more than %d operations.",
                                PN_LIMIT_TEMPLATE_OPERATIONS);
    pn_diag_mend(run->diag, "Go through fewer items, or do less with each.");
    return err;
}

static pn_err too_long(pn_liquid_run *run) {
    return pn_liquid_over(run, "The text becomes longer than %d bytes.", PN_LIMIT_TEMPLATE_BYTES);
}

pn_buf *pn_liquid_begin(pn_liquid_run *run) {
    pn_buf_clear(&run->scratch);
    return &run->scratch;
}

pn_err pn_liquid_end(pn_liquid_run *run, pn_str *ret_text) {
    if (run->scratch.failed) {
        return too_long(run);
    }
    PN_TRY(pn_liquid_charge_bytes(run, run->scratch.len));
    *ret_text = pn_str_dup(run->arena, pn_buf_str(&run->scratch));
    return PN_OK;
}

/* ── variables ───────────────────────────────────────────────────────────────────────────────── */

/* A slot of the root object; from the JSON data when there is no such object, as for previews. */
static pn_liquid_value root_value(const machine *m, uint32_t slot) {
    if (PN_LIKELY(m->root != NULL)) {
        return pn_liquid_force(m->root[slot], m->run.arena);
    }
    pn_str name = pn_str_of(m->run.template->root->fields[slot].name);
    return pn_liquid_json(pn_json_get(m->run.context->data, name));
}

static pn_liquid_value root_field(const machine *m, const pn_liquid_op *op) {
    return pn_liquid_dot(root_value(m, op->b), &m->run.template->fields[op->index], m->run.arena);
}

/* What the host gives for a name. */
static pn_liquid_value data_value(const machine *m, pn_str name, uint32_t slot) {
    if (slot != 0) {
        return root_value(m, slot);
    }
    const pn_json *data = m->run.context->data;
    return data == NULL ? pn_liquid_nil() : pn_liquid_json(pn_json_get(data, name));
}

static pn_liquid_value name_value(const machine *m, const pn_liquid_name *name) {
    if (name->local >= 0 && m->locals[name->local].kind != PN_LIQUID_UNSET) {
        return m->locals[name->local];
    }
    if (name->counter >= 0 && m->counters[name->counter].kind != PN_LIQUID_UNSET) {
        return m->counters[name->counter];
    }
    return data_value(m, name->name, name->slot);
}

/* A variable by a computed name: one of the `depth` loops around, a name of the template, or one
 * of the data. */
static pn_liquid_value computed_name_value(const machine *m, pn_liquid_value key, unsigned depth) {
    const pn_liquid_template *template = m->run.template;
    if (key.kind != PN_LIQUID_STR) {
        return pn_liquid_nil();
    }
    pn_str name = pn_liquid_text(key);
    while (depth-- > 0) {
        if (pn_str_eq(m->loops[depth].made_of->variable, name)) {
            return m->loops[depth].item;
        }
        if (pn_str_is(name, "forloop")) {
            return (pn_liquid_value){.kind = PN_LIQUID_FORLOOP, .loop = &m->loops[depth]};
        }
    }
    for (uint32_t i = 0; i < template->name_count; i++) {
        if (pn_str_eq(template->names[i].name, name)) {
            return name_value(m, &template->names[i]);
        }
    }
    uint32_t slot = template->root == NULL ? 0 : pn_liquid_slot(template->root, name);
    return data_value(m, name, slot);
}

static pn_err find_by_name(machine *m, pn_liquid_value *name, unsigned depth) {
    PN_TRY(pn_liquid_charge(&m->run, m->run.template->name_count / 16));
    *name = computed_name_value(m, *name, depth);
    return PN_OK;
}

/* Counting the characters of a text takes as long as the text is. */
static pn_err field_of_top(machine *m, const pn_liquid_access *field, pn_liquid_value *value) {
    if (field->command && value->kind == PN_LIQUID_STR) {
        PN_TRY(pn_liquid_charge(&m->run, value->count / 64));
    }
    *value = pn_liquid_dot(*value, field, m->run.arena);
    return PN_OK;
}

static void look_up_top(const machine *m, pn_liquid_value *operands) {
    operands[0] = pn_liquid_look_up(operands[0], operands[1], m->run.arena);
}

/* Increments from the host's value where that is an integer, else from 0. */
static void count_and_print(machine *m, uint32_t index, bool up) {
    const pn_liquid_name *name = &m->run.template->names[index];
    pn_liquid_value *counter = &m->counters[name->counter];
    if (counter->kind == PN_LIQUID_UNSET) {
        pn_liquid_value start = data_value(m, name->name, name->slot);
        bool whole =
            start.kind == PN_LIQUID_INT && start.integer < INT32_MAX && start.integer > INT32_MIN;
        *counter = whole ? start : pn_liquid_int(0);
    }
    if (up) {
        pn_buf_add_int(m->run.out, counter->integer++);
    } else {
        pn_buf_add_int(m->run.out, --counter->integer);
    }
}

/* ── conditions, ranges ──────────────────────────────────────────────────────────────────────── */

static pn_err compare_top(machine *m, pn_liquid_value *operands, unsigned comparison) {
    bool holds = false;
    PN_TRY(pn_liquid_compare(&m->run, (pn_liquid_comparison)comparison, operands[0], operands[1],
                             &holds));
    operands[0] = pn_liquid_bool(holds);
    return PN_OK;
}

/* Notes whether a value of a `when` is the subject of its case. */
static pn_err compare_when(machine *m, open_case *at, pn_liquid_value value) {
    bool equal = false;
    PN_TRY(pn_liquid_compare(&m->run, PN_LIQUID_EQUAL, at->subject, value, &equal));
    at->hits += equal;
    at->matched = at->matched || equal;
    return PN_OK;
}

static pn_err range_end(machine *m, pn_liquid_value value, int64_t *ret_end) {
    if (value.kind == PN_LIQUID_NIL) {
        *ret_end = 0;
        return PN_OK;
    }
    if (value.kind == PN_LIQUID_STR) {
        *ret_end = pn_liquid_integer_prefix(pn_liquid_text(value));
        return PN_OK;
    }
    return pn_liquid_to_integer(&m->run, value, ret_end);
}

static pn_err make_range(machine *m, pn_liquid_value *ends) {
    pn_liquid_range *range = pn_arena_new(m->run.arena, pn_liquid_range);
    PN_TRY(range_end(m, ends[0], &range->first));
    PN_TRY(range_end(m, ends[1], &range->last));
    ends[0] = (pn_liquid_value){.kind = PN_LIQUID_RANGE, .range = range};
    return PN_OK;
}

/* ── loops ───────────────────────────────────────────────────────────────────────────────────── */

static int64_t add_clamped(int64_t a, int64_t b) {
    int64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? (b < 0 ? INT64_MIN : INT64_MAX) : sum;
}

static pn_liquid_value forloop_value(const pn_liquid_loop *loop) {
    return (pn_liquid_value){.kind = PN_LIQUID_FORLOOP, .loop = loop};
}

/* What a loop finds on the stack: its collection, offset and limit. */
static int values_of_loop(const pn_liquid_for *made_of) {
    return 1 + made_of->has_offset + made_of->has_limit;
}

static void take_item(machine *m, pn_liquid_loop *loop) {
    loop->item = pn_liquid_item(loop->source, loop->position, m->run.arena);
}

/* The part of the collection that offset and limit leave. A text is one item, whatever they say. */
static pn_err start_loop(machine *m, const pn_liquid_for *made_of, const pn_liquid_value *values) {
    pn_liquid_loop *loop = &m->loops[made_of->depth];
    int64_t from = made_of->resumes ? m->offsets[made_of->offset] : 0;
    int64_t count = pn_liquid_item_count(values[0]);
    int64_t to = count;
    size_t next = 1;
    if (made_of->has_offset && values[next++].kind != PN_LIQUID_NIL) {
        PN_TRY(pn_liquid_to_integer(&m->run, values[next - 1], &from));
    }
    if (made_of->has_limit && values[next].kind != PN_LIQUID_NIL) {
        int64_t limit = 0;
        PN_TRY(pn_liquid_to_integer(&m->run, values[next], &limit));
        to = PN_MIN(add_clamped(from, limit), count);
    }
    int64_t first = PN_MAX(from, 0);
    if (values[0].kind == PN_LIQUID_STR) {
        first = 0;
        to = count;
    }
    int64_t length = to > first ? to - first : 0;
    m->offsets[made_of->offset] = add_clamped(from, length);
    *loop = (pn_liquid_loop){
        .source = values[0],
        .parent = made_of->depth == 0 ? NULL : loop - 1,
        .made_of = made_of,
        .length = length,
        .position = made_of->reversed ? first + length - 1 : first,
        .step = made_of->reversed ? -1 : 1,
    };
    if (length > 0) {
        take_item(m, loop);
    }
    return PN_OK;
}

/* Moves on to the next item; false at the end. */
static bool next_item(machine *m, pn_liquid_loop *loop) {
    if (++loop->index >= loop->length) {
        return false;
    }
    loop->position += loop->step;
    take_item(m, loop);
    return true;
}

static pn_err named_position(machine *m, pn_liquid_value name, uint32_t **ret_position) {
    for (named_cycle *cycle = m->named_cycles; cycle != NULL; cycle = cycle->next) {
        bool same = false;
        PN_TRY(pn_liquid_charge(&m->run, 1));
        PN_TRY(pn_liquid_same(&m->run, cycle->name, name, &same));
        if (same) {
            *ret_position = &cycle->position;
            return PN_OK;
        }
    }
    named_cycle *cycle = pn_arena_new(m->run.arena, named_cycle);
    *cycle = (named_cycle){.next = m->named_cycles, .name = name};
    m->named_cycles = cycle;
    *ret_position = &cycle->position;
    return PN_OK;
}

/* Goes on with the code of the cycle's value of this turn. A name may be shared by cycles of
 * different lengths, so the position may lie behind the last value: then nothing is written. */
static pn_err turn_cycle(machine *m, const pn_liquid_cycle *cycle, const pn_liquid_value *name,
                         const pn_liquid_op **ret_op) {
    uint32_t *position = &m->cycle_positions[cycle->own];
    if (cycle->named) {
        PN_TRY(named_position(m, *name, &position));
    }
    uint32_t target = *position < cycle->count ? cycle->values[*position] : cycle->done;
    *ret_op = m->run.template->ops + target - 1;
    *position = *position + 1 >= cycle->count ? 0 : *position + 1;
    return PN_OK;
}

/* ── captures ────────────────────────────────────────────────────────────────────────────────── */

/* Takes what was written since the capture began out of the output. */
static pn_err end_capture(machine *m, unsigned depth, pn_str *ret_text) {
    pn_buf *out = m->run.out;
    if (out->failed) {
        return too_long(&m->run);
    }
    pn_str text = {out->ptr + m->captures[depth], out->len - m->captures[depth]};
    PN_TRY(pn_liquid_charge_bytes(&m->run, text.len));
    *ret_text = pn_str_dup(m->run.arena, text);
    out->len = m->captures[depth];
    return PN_OK;
}

static pn_err captured(machine *m, unsigned depth, pn_liquid_value *local) {
    pn_str text;
    PN_TRY(end_capture(m, depth, &text));
    *local = pn_liquid_safe(text);
    return PN_OK;
}

static pn_err changed(machine *m, unsigned depth) {
    pn_str text;
    PN_TRY(end_capture(m, depth, &text));
    if (m->last_changed.ptr == NULL || !pn_str_eq(text, m->last_changed)) {
        m->last_changed = text;
        pn_buf_add_str(m->run.out, text);
    }
    return PN_OK;
}

/* ── filters ─────────────────────────────────────────────────────────────────────────────────── */

/* Both replace the value below `top` by the filter's result; the arguments stand from there on. */
static pn_err apply_host_filter(machine *m, const pn_liquid_op *op, pn_liquid_value *top) {
    const pn_liquid_host_filter *filter = &m->run.template->host_filters[op->index];
    pn_liquid_value result = pn_liquid_nil();
    PN_TRY(filter->apply(m->run.context->host, top - 1, op->a, m->run.arena, &result, m->run.diag));
    top[-1] = pn_liquid_force(result, m->run.arena);
    return PN_OK;
}

static pn_err apply_filter(machine *m, const pn_liquid_op *op, pn_liquid_value *top) {
    pn_liquid_value result = pn_liquid_nil();
    PN_TRY(pn_liquid_filter_at(op->index)->apply(&m->run, top - 1, op->a, &result));
    top[-1] = result;
    return PN_OK;
}

static void write_text(machine *m, const pn_liquid_op *op) {
    size_t len = (size_t)op->a << 16 | op->b;
    pn_buf_add(m->run.out, m->run.template->source.ptr + op->index, len);
}

/* ── execution ───────────────────────────────────────────────────────────────────────────────── */

/* Between two rounds of a loop: has it become too much? */
static pn_err check_bounds(machine *m) {
    if (m->run.out->failed || m->run.out->len > m->out_max) {
        return too_long(&m->run);
    }
    if (pn_arena_over(m->run.arena)) {
        return pn_liquid_over(&m->run, "Rendering this text takes too much memory.");
    }
    return PN_OK;
}

/* The operation before the one to go on with: the loop steps over it. */
static inline const pn_liquid_op *jump(const pn_liquid_op *ops, const pn_liquid_op *op,
                                       bool taken) {
    return taken ? ops + op->index - 1 : op;
}

/* Takes one of the matches that are still to be written; false when there is none. */
static bool take_hit(open_case *at) {
    bool found = at->hits > 0;
    at->hits -= found;
    return found;
}

/* Executes from the first operation to OP_END; `*ret_op` is the one that failed. `top` is where the
 * next value is pushed. */
static pn_err execute(machine *m, pn_liquid_value *top, const pn_liquid_op **ret_op) {
    const pn_liquid_template *program = m->run.template;
    const pn_liquid_op *ops = program->ops;
    const pn_liquid_access *fields = program->fields;
    const pn_liquid_loop *loops = m->loops;
    pn_liquid_run *run = &m->run;
    pn_arena *arena = m->run.arena;
    pn_err err = PN_OK;
    for (const pn_liquid_op *op = ops;; op++) {
        if (PN_UNLIKELY(err != PN_OK)) {
            *ret_op = op - 1;
            return err;
        }
        if (PN_UNLIKELY(--run->budget < 0)) {
            *ret_op = op;
            return pn_liquid_broke(run);
        }
        const unsigned a = op->a;
        const uint32_t index = op->index;
        switch ((pn_liquid_opcode)op->code) {
        case PN_OP_END: return PN_OK;
        case PN_OP_TEXT: write_text(m, op); break;
        case PN_OP_CONST: *top++ = program->constants[index]; break;
        case PN_OP_ROOT: *top++ = root_value(m, index); break;
        case PN_OP_ROOT_FIELD: *top++ = root_field(m, op); break;
        case PN_OP_NAME: *top++ = name_value(m, &program->names[index]); break;
        case PN_OP_ITEM: *top++ = loops[a].item; break;
        case PN_OP_ITEM_FIELD: *top++ = pn_liquid_dot(loops[a].item, &fields[index], arena); break;
        case PN_OP_FORLOOP: *top++ = forloop_value(&loops[a]); break;
        case PN_OP_FORLOOP_FIELD: *top++ = pn_liquid_loop_value(&loops[a], op->b); break;
        case PN_OP_FIELD: err = field_of_top(m, &fields[index], top - 1); break;
        case PN_OP_LOOK_UP: look_up_top(m, --top - 1); break;
        case PN_OP_BY_NAME: err = find_by_name(m, top - 1, a); break;
        case PN_OP_RANGE: err = make_range(m, --top - 1); break;
        case PN_OP_COMPARE: err = compare_top(m, --top - 1, a); break;
        case PN_OP_FILTER: err = apply_filter(m, op, top -= a - 1); break;
        case PN_OP_HOST_FILTER: err = apply_host_filter(m, op, top -= a - 1); break;
        case PN_OP_PRINT: err = pn_liquid_print(run, *--top); break;
        case PN_OP_PRINT_ROOT: err = pn_liquid_print(run, root_value(m, index)); break;
        case PN_OP_PRINT_ROOT_FIELD: err = pn_liquid_print(run, root_field(m, op)); break;
        case PN_OP_PRINT_ITEM: err = pn_liquid_print(run, loops[a].item); break;
        case PN_OP_PRINT_ITEM_FIELD:
            err = pn_liquid_print(run, pn_liquid_dot(loops[a].item, &fields[index], arena));
            break;
        case PN_OP_JUMP: op = jump(ops, op, true); break;
        case PN_OP_JUMP_IF: op = jump(ops, op, pn_liquid_truthy(*--top)); break;
        case PN_OP_JUMP_UNLESS: op = jump(ops, op, !pn_liquid_truthy(*--top)); break;
        case PN_OP_FOR:
            top -= values_of_loop(&program->loops[op->b]);
            err = start_loop(m, &program->loops[op->b], top);
            op = jump(ops, op, err == PN_OK && loops[a].length == 0);
            break;
        case PN_OP_NEXT:
            err = check_bounds(m);
            op = jump(ops, op, err == PN_OK && next_item(m, &m->loops[a]));
            break;
        case PN_OP_CASE: m->cases[a] = (open_case){.subject = *--top}; break;
        case PN_OP_WHEN: err = compare_when(m, &m->cases[a], *--top); break;
        case PN_OP_WHEN_BODY: op = jump(ops, op, !take_hit(&m->cases[a])); break;
        case PN_OP_CASE_ELSE: op = jump(ops, op, m->cases[a].matched); break;
        case PN_OP_ASSIGN: m->locals[index] = *--top; break;
        case PN_OP_CAPTURE: m->captures[a] = run->out->len; break;
        case PN_OP_CAPTURED: err = captured(m, a, &m->locals[index]); break;
        case PN_OP_CHANGED: err = changed(m, a); break;
        case PN_OP_INCREMENT: count_and_print(m, index, true); break;
        case PN_OP_DECREMENT: count_and_print(m, index, false); break;
        case PN_OP_CYCLE:
            top -= program->cycles[index].named;
            err = turn_cycle(m, &program->cycles[index], top, &op);
            break;
        }
    }
}

static void unset(pn_liquid_value *values, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        values[i] = (pn_liquid_value){.kind = PN_LIQUID_UNSET};
    }
}

static pn_err run_machine(machine *m) {
    const pn_liquid_template *template = m->run.template;
    pn_arena *arena = m->run.arena;
    pn_liquid_value *stack = pn_arena_alloc(arena, template->stack_depth * sizeof *stack);
    m->loops = pn_arena_alloc(arena, (template->loop_depth + 1) * sizeof *m->loops);
    m->cases = pn_arena_alloc(arena, template->case_depth * sizeof *m->cases);
    m->captures = pn_arena_alloc(arena, template->capture_depth * sizeof *m->captures);
    m->locals = pn_arena_alloc(arena, template->local_count * sizeof *m->locals);
    m->counters = pn_arena_alloc(arena, template->counter_count * sizeof *m->counters);
    m->offsets = pn_arena_array(arena, int64_t, template->offset_count);
    m->cycle_positions = pn_arena_array(arena, uint32_t, template->own_cycle_count + 1);
    unset(m->locals, template->local_count);
    unset(m->counters, template->counter_count);
    const pn_liquid_op *failed = template->ops;
    pn_err err = execute(m, stack, &failed);
    if (err == PN_OK) {
        err = check_bounds(m);
    }
    if (err != PN_OK) {
        pn_liquid_place(m->run.diag, template->source, template->positions[failed - template->ops]);
    }
    return err;
}

/* What the context wants done to the text as a whole. */
static void clean_output(machine *m) {
    pn_buf *out = m->run.out;
    char *text = out->ptr + m->out_start;
    size_t len = out->len - m->out_start;
    if (m->run.context->escape == PN_LIQUID_ESCAPE_HEADER && len != 0) {
        out->len = m->out_start + pn_liquid_clean_header(text, len);
    } else if (m->run.context->escape == PN_LIQUID_ESCAPE_SMS && len != 0) {
        out->len = m->out_start + pn_liquid_clean_sms(text, len);
    }
}

pn_err pn_liquid_render(const pn_liquid_template *template, const pn_liquid_context *context,
                        pn_arena *arena, pn_buf *out, pn_diag *diag) {
    assert(context->root == NULL ||
           (template->root != NULL && context->root[0].class == template->root));
    machine m = {
        .run = {.template = template,
                .context = context,
                .arena = arena,
                .out = out,
                .diag = diag,
                .language = context->language.len != 0 ? context->language : PN_STR("en"),
                .budget = PN_LIMIT_TEMPLATE_OPERATIONS,
                .scratch = {.max = PN_LIMIT_TEMPLATE_BYTES}},
        .out_start = out->len,
        .out_max = out->len + PN_LIMIT_TEMPLATE_BYTES,
        .root = context->root,
    };
    pn_err err = run_machine(&m);
    pn_buf_done(&m.run.scratch);
    if (err == PN_OK) {
        clean_output(&m);
    } else {
        out->len = m.out_start;
        out->failed = false;
    }
    return err;
}

void pn_liquid_variables(const pn_liquid_template *template,
                         const pn_liquid_variable **ret_variables, size_t *ret_count) {
    *ret_variables = template->variables;
    *ret_count = template->variable_count;
}
