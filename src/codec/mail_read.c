#include "codec/mail_read.h"

#include "base/banned.h"
#include "base/limits.h"

enum { READ_TIMEOUT_MS = 20000 };

pn_err pn_mail_read(pn_helper *helper, pn_str raw, pn_arena *arena, pn_mail *ret_mail,
                    pn_diag *diag) {
    pn_str parts[PN_HELPER_PARTS_MAX];
    size_t count = 0;
    pn_str head = pn_str_first(raw, PN_LIMIT_INBOUND_BYTES);
    PN_TRY(pn_helper_ask(helper, &head, 1, READ_TIMEOUT_MS, arena, parts, &count, diag));
    if (count != 2) {
        return pn_diag_set(diag, PN_CORRUPT, "The mail helper is not of this release.");
    }
    PN_TRY(pn_mail_load(parts[0], parts[1], arena, ret_mail, diag));
    ret_mail->cut = ret_mail->cut || head.len < raw.len;
    return PN_OK;
}
