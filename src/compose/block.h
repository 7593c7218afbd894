/* The blocks an e-mail is made of. A new block is one entry of the registry in block.c. */
#ifndef PN_COMPOSE_BLOCK_H
#define PN_COMPOSE_BLOCK_H

#include "compose/letter.h"

typedef enum {
    PN_BLOCK_TEXT,  /* text with markup, required */
    PN_BLOCK_LABEL, /* true, or a text that replaces the usual label */
    PN_BLOCK_FLAG,  /* true */
    PN_BLOCK_RAW,   /* HTML, required */
    PN_BLOCK_IMAGE, /* an object: src, alt, and link where it leads somewhere */
} pn_block_takes;

/* Both writers get what the author wrote, rendered (empty where nothing was), and write nothing at
 * all where the block has nothing to say. HTML stands within the cell of a row; text is whole
 * lines. */
struct pn_block_kind {
    const char *name;
    pn_block_takes takes;
    void (*html)(pn_letter *letter, pn_str content, pn_buf *out);
    void (*text)(pn_letter *letter, pn_str content, pn_buf *out);
    const char *help;
};

/* NULL past the end. */
const pn_block_kind *pn_block_kind_at(size_t index);
/* NULL when there is none of that name. */
const pn_block_kind *pn_block_kind_of(pn_str name);

#endif
