/* Prints the parts of the documentation that are made from the program's own tables, for
 * tools/gen-docs: limits, strategy (nodes and fields), variables and blocks (of templates),
 * policies, problems (of the API). */
#include <stdio.h>

#include "app/hooks.h"
#include "base/banned.h"
#include "base/limits.h"
#include "compose/compose.h"
#include "core/flow/schema.h"
#include "core/policy.h"
#include "http/problem.h"

/* 1048576 → "1,048,576". */
static void add_grouped(pn_buf *out, int64_t value) {
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%lld", (long long)value);
    for (int i = 0; i < len; i++) {
        if (i != 0 && (len - i) % 3 == 0) {
            pn_buf_add_char(out, ',');
        }
        pn_buf_add_char(out, digits[i]);
    }
}

static void add_limit(pn_buf *out, const char *name, int64_t value, const char *unit,
                      const char *meaning) {
    pn_buf_add_format(out, "| %s | ", meaning);
    add_grouped(out, value);
    pn_buf_add_format(out, " %s | `%s` |\n", unit, name);
}

static void problems(pn_buf *out) {
    pn_buf_add_lit(out, "| code | status | what | meaning |\n| --- | --- | --- | --- |\n");
#define ROW(name, number, status, title, meaning)                                                  \
    pn_buf_add_format(out, "| PN-%04d | %d | %s | %s |\n", number, status, title, meaning);
    PN_PROBLEM_TABLE(ROW)
#undef ROW
}

static void limits(pn_buf *out) {
    pn_buf_add_lit(out, "| what is bounded | at most | name |\n| --- | ---: | --- |\n");
#define ADD_LIMIT(name, value, unit, meaning) add_limit(out, #name, value, unit, meaning);
    PN_LIMITS(ADD_LIMIT)
#undef ADD_LIMIT
}

static void hooks(pn_buf *out) {
    pn_buf_add_lit(out, "| event | is told when |\n| --- | --- |\n");
    for (size_t i = 0; i < pn_hook_type_count(); i++) {
        const pn_hook_type *type = pn_hook_type_at(i);
        pn_buf_add_format(out, "| `%s` | %s |\n", type->type, type->help);
    }
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        void (*write)(pn_buf *out);
    } PARTS[] = {{"limits", limits},
                 {"strategy", pn_flow_reference},
                 {"variables", pn_compose_reference},
                 {"blocks", pn_compose_blocks},
                 {"policies", pn_policy_reference},
                 {"problems", problems},
                 {"hooks", hooks}};
    for (size_t i = 0; argc == 2 && i < PN_COUNT(PARTS); i++) {
        if (strcmp(argv[1], PARTS[i].name) == 0) {
            pn_buf out;
            pn_buf_init(&out, 1 << 20);
            PARTS[i].write(&out);
            bool done = pn_buf_err(&out) == PN_OK && fwrite(out.ptr, 1, out.len, stdout) == out.len;
            pn_buf_done(&out);
            return done && fflush(stdout) == 0 ? 0 : 1;
        }
    }
    (void)fprintf(stderr, "usage: gen_docs limits | strategy | variables | blocks | policies |"
                          " problems | hooks\n");
    return 2;
}
