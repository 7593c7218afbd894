/* Who opens a link: what a request's User-Agent says of its sender, and what else tells a person
 * from a program.
 *
 * Mail is opened by machines before people see it: gateways follow every link, mail services fetch
 * pictures on behalf of their users, messengers draw previews. An agent that is no person's is
 * known by how it is built, not by a list of names, which would be old on the day it is made: it
 * calls itself a bot or a library, gives a web or mail address, lacks the parts that browsers have,
 * or has parts that they do not. The lists here are of what browsers, systems and mail programs
 * say, which change slowly. */
#ifndef PN_FORMAT_AGENT_H
#define PN_FORMAT_AGENT_H

#include "base/str.h"

/* The order of pn_signal_source (core/fact.h). */
typedef enum {
    PN_AGENT_HUMAN,
    PN_AGENT_PROXY, /* a mail service fetches for its users: somebody may have looked, or nobody */
    PN_AGENT_MACHINE, /* nobody looked */
} pn_agent;

const char *pn_agent_name(pn_agent agent);

/* Of a User-Agent header alone; what is beyond its first 2,000 bytes is not looked at. */
pn_agent pn_agent_of(pn_str user_agent);

/* One request for a pixel or a link of a message, and what is known of others for the same one. */
typedef struct {
    pn_agent agent;
    bool head;          /* it wants no body */
    bool honeypot;      /* the link that no person can see was asked for, by this or another */
    bool data_centre;   /* the address is known to be a data centre's */
    int64_t after_us;   /* since the next hop took the message; negative: it did not yet */
    unsigned links;     /* that the message has for people */
    unsigned links_hit; /* different ones of them that were asked for, this one included */
    int64_t hit_in_us;  /* from the first of those until now */
} pn_touch;

/* STANDARDS: machine below 5 seconds after delivery, where all of several links were asked for at
 * once, by a HEAD, the link that nobody sees, a data centre; else what the agent is. */
pn_agent pn_touch_classify(const pn_touch *touch);

#endif
