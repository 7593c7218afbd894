/* The sentences of mail servers, in the order in which they are believed. */
#ifndef PN_FORMAT_BOUNCE_WORDS_H
#define PN_FORMAT_BOUNCE_WORDS_H

#include "format/bounce_reason.h"

typedef struct {
    pn_reason reason;
    bool weak;            /* all weak ones stand behind the others */
    const char *patterns; /* folded, with "|" between; "*" stands for up to 60 bytes */
} pn_words;

extern const pn_words PN_WORDS[];
extern const size_t PN_WORDS_COUNT;

#endif
