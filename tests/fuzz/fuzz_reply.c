/* What people may write: cutting a reply out of a mail, and reading what it wants. The first bytes
 * are the mail's day. */
#include <assert.h>

#include "format/intent.h"
#include "format/optout.h"
#include "format/reply.h"

static void look_at(pn_str text, pn_date written, bool month_first, pn_arena *arena) {
    pn_intent intent;
    pn_intent_of(text, written, month_first, arena, &intent);
    assert((unsigned)intent.kind < PN_INTENTS);
    assert(intent.confidence >= 0 && intent.confidence <= 95);
    assert((intent.kind == PN_INTENT_OTHER) == (intent.confidence == 0));
    assert(intent.words.len <= text.len && intent.amount.len <= text.len &&
           intent.reference.len <= text.len);
    assert(intent.date == PN_DATE_NONE ||
           (intent.date >= PN_DATE_FIRST && intent.date <= PN_DATE_LAST));
    (void)pn_optout_of(text, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) {
        return 0;
    }
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_str mail = {(const char *)data + 2, size - 2};
    pn_str text = pn_reply_text(mail, &arena);
    assert(text.len <= mail.len);
    look_at(text, 20000 + data[0], (data[1] & 1) != 0, &arena);
    look_at(mail, 20000 + data[0], (data[1] & 2) != 0, &arena);
    pn_arena_done(&arena);
    return 0;
}
