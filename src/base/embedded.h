/* Files that the program carries inside itself (tools/embed): schema, policies, templates. */
#ifndef PN_BASE_EMBEDDED_H
#define PN_BASE_EMBEDDED_H

#include "base/str.h"

typedef struct {
    const char *name; /* path below its folder; NULL ends the table */
    const char *data; /* a NUL follows */
    size_t size;
} pn_embedded;

static inline pn_str pn_embedded_text(const pn_embedded *file) {
    return (pn_str){file->data, file->size};
}

/* NULL when there is no file of that name. */
static inline const pn_embedded *pn_embedded_find(const pn_embedded *files, pn_str name) {
    for (; files->name != NULL; files++) {
        if (pn_str_eq(pn_str_of(files->name), name)) {
            return files;
        }
    }
    return NULL;
}

#endif
