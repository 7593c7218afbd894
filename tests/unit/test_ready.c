/* The ready strategies of share/strategies: each publishes against the ready templates without a
 * remark, its examples met, and stands in canonical form with a layout that can be read. */
#include "unit.h"

#include "app/publish.h"
#include "base/embedded.h"
#include "real_env.h"

extern const pn_embedded pn_share_files[];

static void some_entropy(void *context, void *bytes, size_t size) {
    (void)context;
    memset(bytes, 7, size);
}

static const pn_env ENV = {.now = real_now, .ticks = real_ticks, .entropy = some_entropy};

static pn_app *open_app(pn_diag *diag) {
    pn_app *app = NULL;
    pn_log log = {0};
    pn_app_options options = {
        .url = ":memory:", .create = true, .env = &ENV, .log = &log, .actor = "test"};
    pn_init_request init = {.name = PN_STR("Prueba"),
                            .country = PN_STR("ES"),
                            .mode = PN_MODE_SANDBOX,
                            .clock = real_now(NULL)};
    if (pn_app_open(&options, &app, diag) != PN_OK || pn_publish_init(app, &init, diag) != PN_OK) {
        fail_msg("%s", diag->what);
    }
    return app;
}

static void canonical(const pn_embedded *file, pn_arena *arena) {
    pn_json *json = NULL;
    pn_buf text;
    pn_buf_init(&text, 1 << 20);
    assert_int_equal(pn_json_parse(pn_embedded_text(file), NULL, arena, &json, NULL), PN_OK);
    assert_int_equal(pn_flow_format(json, arena, &text), PN_OK);
    if (!pn_str_eq(pn_buf_str(&text), pn_embedded_text(file))) {
        fail_msg("%s is not in canonical form: `puntual strategy fmt` writes it", file->name);
    }
    pn_buf_done(&text);
}

/* Of a node on the canvas, with the room its arrows need. */
enum { NODE_WIDTH = 180, NODE_HEIGHT = 90 };

static int64_t place(const pn_json *position, size_t axis) {
    assert_true(position != NULL && position->type == PN_JSON_ARRAY && position->count == 2);
    assert_int_equal(position->items[axis].type, PN_JSON_INT);
    return position->items[axis].integer;
}

/* Every node has its place, and none stands on another. */
static void readable_layout(const pn_embedded *file, pn_arena *arena) {
    pn_json *json = NULL;
    assert_int_equal(pn_json_parse(pn_embedded_text(file), NULL, arena, &json, NULL), PN_OK);
    const pn_json *nodes = pn_json_field(json, "nodes"), *layout = pn_json_field(json, "layout");
    assert_int_equal(layout->count, nodes->count);
    for (size_t i = 0; i < nodes->count; i++) {
        const pn_json *one = pn_json_get(layout, nodes->members[i].key);
        for (size_t j = i + 1; j < nodes->count; j++) {
            const pn_json *other = pn_json_get(layout, nodes->members[j].key);
            int64_t dx = place(one, 0) - place(other, 0), dy = place(one, 1) - place(other, 1);
            if (dx > -NODE_WIDTH && dx < NODE_WIDTH && dy > -NODE_HEIGHT && dy < NODE_HEIGHT) {
                fail_msg("%s: %.*s and %.*s overlap", file->name, PN_STR_ARG(nodes->members[i].key),
                         PN_STR_ARG(nodes->members[j].key));
            }
        }
    }
}

/* The examples themselves are played when it is published. */
static void carries_examples(const pn_embedded *file, pn_arena *arena) {
    pn_json *json = NULL;
    assert_int_equal(pn_json_parse(pn_embedded_text(file), NULL, arena, &json, NULL), PN_OK);
    const pn_json *examples = pn_json_field(json, "examples");
    if (examples == NULL || examples->count == 0) {
        fail_msg("%s carries no examples", file->name);
    }
}

static void publish(pn_app *app, const pn_embedded *file, pn_arena *arena) {
    pn_diag diag = {0};
    pn_problems problems = {0};
    pn_publish_result result;
    pn_err err = pn_publish_strategy(app, pn_embedded_text(file), (pn_publish_choice){0}, arena,
                                     &problems, &result, &diag);
    for (size_t i = 0; i < problems.count; i++) {
        print_error("%s, %.*s: %.*s\n", file->name, PN_STR_ARG(problems.items[i].node),
                    PN_STR_ARG(problems.items[i].sentence));
    }
    if (err != PN_OK || problems.count != 0) {
        fail_msg("%s: %s", file->name, diag.what);
    }
    assert_int_equal(result.version, 1);
}

static void every_ready_strategy_publishes(void **state) {
    (void)state;
    pn_diag diag = {0};
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_app *app = open_app(&diag);
    size_t count = 0;
    for (const pn_embedded *file = pn_share_files; file->name != NULL; file++) {
        if (pn_str_starts(pn_str_of(file->name), PN_STR("strategies/"))) {
            canonical(file, &arena);
            readable_layout(file, &arena);
            carries_examples(file, &arena);
            publish(app, file, &arena);
            count++;
        }
    }
    assert_true(count >= 16);
    pn_app_close(app);
    pn_arena_done(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_ready_strategy_publishes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
