/* Files as answers. */
#ifndef PN_HTTP_FILES_H
#define PN_HTTP_FILES_H

#include "http/route.h"
#include "store/file.h"

#define PN_XLSX_TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
/* What is taken to be imported: what it is, its content says. */
#define PN_FILE_TYPES "text/csv text/plain application/octet-stream " PN_XLSX_TYPE

/* A file's name as others may keep it: no folder, nothing that a header or a shell stumbles over;
 * `otherwise` where nothing is left. On the arena. */
pn_str pn_file_safe_name(pn_arena *arena, pn_str name, const char *otherwise);

/* Answers with the file's bytes, to be kept and not shown (attachment), under its hash as ETag; 304
 * where the client has it already (RFC 9110, section 13.1.2). */
PN_MUST_USE pn_err pn_file_answer(pn_exchange *exchange, const pn_file_row *row);

#endif
