/* JSON in tests, with ' for " so that documents can stand in C. */
#ifndef PN_TESTS_JSON_H
#define PN_TESTS_JSON_H

#include "unit.h"

#include "base/json.h"

/* The value on the arena; a text that is no JSON fails the test. */
static inline pn_json *json_of(pn_arena *arena, const char *text) {
    char *json = pn_arena_copy(arena, text, strlen(text));
    for (char *p = json; *p != '\0'; p++) {
        *p = *p == '\'' ? '"' : *p;
    }
    pn_json *value = NULL;
    pn_diag diag = {0};
    if (pn_json_parse(pn_str_of(json), NULL, arena, &value, &diag) != PN_OK) {
        print_error("%s\n%s: %s\n", json, diag.where, diag.what);
        fail();
    }
    return value;
}

#endif
