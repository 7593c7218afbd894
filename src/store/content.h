/* What was sent, as it is stored: Zstandard frames (RFC 8878) compressed against a dictionary.
 *
 * Messages of one template repeat each other, so the dictionary is what that template says to an
 * invented debtor: an e-mail of 10 KB becomes one of 500 bytes in 10 µs. It holds no person's data,
 * so erasing a person touches no other message. Rejected: the message before as the dictionary (its
 * erasure would spoil others), and compressing each alone (3 KB). */
#ifndef PN_STORE_CONTENT_H
#define PN_STORE_CONTENT_H

#include "base/hash.h"
#include "store/db.h"

typedef struct pn_dictionary pn_dictionary;
typedef struct pn_dictionaries pn_dictionaries;
typedef struct pn_packer pn_packer;

/* A content as its row has it. */
typedef struct {
    pn_id dictionary_id; /* 0: none */
    int64_t size;        /* bytes of the message */
    pn_str bytes;        /* the frame */
} pn_packed;

/* What is compressed against. Once made, a dictionary changes no more: threads may share it. */
pn_dictionaries *pn_dictionaries_new(void);
/* NULL accepted. */
void pn_dictionaries_free(pn_dictionaries *dictionaries);
/* The dictionary of that name; NULL when it was not added yet. */
const pn_dictionary *pn_dictionaries_find(const pn_dictionaries *dictionaries, pn_str name);
/* Adds the stored dictionary `id`, whose text is `text` (copied). */
const pn_dictionary *pn_dictionaries_add(pn_dictionaries *dictionaries, pn_str name, pn_id id,
                                         pn_str text);

/* A packer belongs to one thread. */
pn_packer *pn_packer_new(void);
/* NULL accepted. */
void pn_packer_free(pn_packer *packer);

/* Compresses; the frame lives on the arena. `dictionary` may be NULL. */
pn_packed pn_content_pack(pn_packer *packer, const pn_dictionary *dictionary, pn_str content,
                          pn_arena *arena);
/* The message again, on the arena. CORRUPT when the bytes are no frame of this dictionary's text
 * and size. */
PN_MUST_USE pn_err pn_content_unpack(const pn_packed *packed, pn_str dictionary, pn_arena *arena,
                                     pn_str *ret_content);

/* The id of the dictionary with this text, inserted as `new_id` when there is none yet; in the
 * transaction under way. */
PN_MUST_USE pn_err pn_dictionary_put(pn_db *db, pn_id org_id, pn_id new_id, pn_str text,
                                     pn_id *ret_id);

#endif
