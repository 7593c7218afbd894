/* An e-mail's HTML as it is sent where we count what becomes of it: its links lead through us, and
 * it has a picture of one transparent dot.
 *
 * What the renderer wrote is read once more instead of the blocks' knowing about it: links stand in
 * texts, buttons, pictures and raw HTML alike, and a template's preview keeps its own. */
#ifndef PN_COMPOSE_TRACK_H
#define PN_COMPOSE_TRACK_H

#include "base/buf.h"

typedef struct {
    pn_str own;   /* "https://pagos.example.com": links that lead there are ours already */
    pn_str click; /* what a link's number is put behind: "https://…/c/TOKEN/"; empty: links stay */
    pn_str pixel;         /* the dot's address; empty: none */
    size_t max;           /* so many links at most; the others stay */
    size_t url_bytes_max; /* a longer one stays */
} pn_track_wish;

/* Writes the HTML to `out`, and to `targets` where its links lead, a line each: the first is number
 * 1. Equal addresses have one number. There is also number 0, which no person sees: who asks for it
 * follows everything. */
PN_MUST_USE pn_err pn_track_html(pn_str html, const pn_track_wish *wish, pn_buf *out,
                                 pn_buf *targets);

#endif
