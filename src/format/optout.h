/* Words by which people end messages: STOP, BAJA, SAIR, DÉSABONNER …
 *
 * A message is an opt-out when it is nothing else but one of them, whatever the case, the accents
 * and the punctuation, with or without a greeting or a courtesy around it. A long text is never
 * one: "I will stop by on Monday" is read by a person. The words of the United States are those
 * that revoke consent by law (47 CFR 64.1200(a)(10)): stop, quit, end, revoke, opt out, cancel,
 * unsubscribe; the others are what senders of es, pt and fr print at the foot of their messages. */
#ifndef PN_FORMAT_OPTOUT_H
#define PN_FORMAT_OPTOUT_H

#include "base/arena.h"
#include "base/str.h"

typedef enum {
    PN_OPTOUT_NONE,
    PN_OPTOUT_CHANNEL,    /* no more by this channel */
    PN_OPTOUT_EVERYWHERE, /* no more by any: "STOP ALL", "no me contacten" */
} pn_optout;

/* What `message` asks for. It is UTF-8 (malformed bytes are no letters), of any length, already cut
 * from what it quotes and from its signature. The arena is only worked on. */
pn_optout pn_optout_of(pn_str message, pn_arena *arena);

#endif
