/* puntual-mail: reads mail that came from outside (codec/mail_read.h). */
#include "base/banned.h"
#include "base/limits.h"
#include "codec/mail/parse.h"
#include "codec/serve.h"

static pn_err answer(const pn_str *parts, size_t count, pn_arena *arena, pn_helper_reply *reply,
                     pn_diag *diag) {
    pn_mail mail;
    pn_buf json, texts;
    if (count != 1) {
        return pn_diag_set(diag, PN_INVALID, "One mail at a time.");
    }
    pn_mail_parse(parts[0], arena, &mail);
    pn_buf_init(&json, PN_LIMIT_HELPER_BYTES);
    pn_buf_init(&texts, PN_LIMIT_HELPER_BYTES);
    pn_mail_save(&mail, &json, &texts);
    pn_err err = json.failed || texts.failed
                     ? pn_diag_set(diag, PN_LIMIT, "The mail's header fields are too large.")
                     : PN_OK;
    reply->parts[0] = pn_str_dup(arena, pn_buf_str(&json));
    reply->parts[1] = pn_str_dup(arena, pn_buf_str(&texts));
    reply->count = 2;
    pn_buf_done(&json);
    pn_buf_done(&texts);
    return err;
}

int main(void) {
    static const pn_helper_program PROGRAM = {
        .memory_max = (size_t)768 << 20,
        .prepare = pn_mail_parse_prepare,
        .answer = answer,
    };
    return pn_helper_serve(&PROGRAM);
}
