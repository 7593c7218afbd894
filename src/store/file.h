/* Files: what people upload, what is attached to debtors and invoices, what work made. Their bytes
 * are kept in pieces, so that nothing needs all of a file at once but whoever wants it whole. */
#ifndef PN_STORE_FILE_H
#define PN_STORE_FILE_H

#include "base/hash.h"
#include "store/db.h"

typedef enum {
    PN_FILE_UPLOAD,   /* to be imported */
    PN_FILE_REFUSED,  /* rows that an import refused */
    PN_FILE_DOCUMENT, /* of a debtor or an invoice */
} pn_file_use;

enum { PN_FILE_PART_BYTES = 1 << 20 };

typedef struct {
    pn_id id, org_id;
    pn_file_use use;
    pn_id debtor_id, invoice_id;
    pn_str name, type;
    int64_t size;
    pn_sha256 hash;
    bool shown;
    pn_str actor;
    pn_time at;
} pn_file_row;

/* Size and hash are taken from the bytes. */
PN_MUST_USE pn_err pn_file_insert(pn_db *db, pn_file_row *row, pn_str bytes);
/* NOT_FOUND where the organization has none of that id and use. */
PN_MUST_USE pn_err pn_file_get(pn_db *db, pn_id org_id, pn_file_use use, pn_id id, pn_arena *arena,
                               pn_file_row *ret_row);
/* The newest first, before `before` (0: all). */
PN_MUST_USE pn_err pn_file_page(pn_db *db, pn_id org_id, pn_file_use use, pn_id before,
                                int64_t limit, pn_arena *arena, pn_file_row **ret_rows,
                                size_t *ret_count);
/* The documents of a debtor, of the debtor alone and of its invoices; the newest first. */
PN_MUST_USE pn_err pn_file_of_debtor(pn_db *db, pn_id debtor_id, pn_id before, int64_t limit,
                                     pn_arena *arena, pn_file_row **ret_rows, size_t *ret_count);
/* A document of the same bytes for the same thing; NOT_FOUND. */
PN_MUST_USE pn_err pn_file_same(pn_db *db, pn_id debtor_id, pn_id invoice_id, const pn_sha256 *hash,
                                pn_id *ret_id);
/* The newest PDF of the invoice that its debtor may see; NOT_FOUND. */
PN_MUST_USE pn_err pn_file_copy_of(pn_db *db, pn_id debtor_id, pn_id invoice_id, pn_arena *arena,
                                   pn_file_row *ret_row);
/* One piece, on the arena; NOT_FOUND behind the last. */
PN_MUST_USE pn_err pn_file_part(pn_db *db, pn_id id, int64_t number, pn_arena *arena,
                                pn_str *ret_bytes);
/* All of its bytes, behind what the buffer holds; CORRUPT where pieces are missing. */
PN_MUST_USE pn_err pn_file_content(pn_db *db, const pn_file_row *row, pn_buf *content);
PN_MUST_USE pn_err pn_file_delete(pn_db *db, pn_id org_id, pn_id id);
/* What is older goes. */
PN_MUST_USE pn_err pn_file_sweep(pn_db *db, pn_id org_id, pn_file_use use, pn_time before);
/* How many bytes there are of that use: of a debtor, or with 0 of the organization. */
PN_MUST_USE pn_err pn_file_bytes(pn_db *db, pn_id org_id, pn_file_use use, pn_id debtor_id,
                                 int64_t *ret_bytes);

#endif
