/* Shared by the pages: one being written. */
#ifndef PN_PAGE_FRAME_H
#define PN_PAGE_FRAME_H

#include "page/html.h"
#include "page/page.h"

typedef struct {
    const pn_page_frame *frame;
    pn_arena *arena;
    pn_buf *out;
    size_t start;
} pn_sheet;

pn_sheet pn_sheet_on(const pn_page_frame *frame, pn_arena *arena, pn_buf *out);
/* Head, style, header; `narrow` is for pages of one form or sentence. */
void pn_sheet_begin(pn_sheet *page, pn_str title);
/* Footer and end; LIMIT undoes the page. */
PN_MUST_USE pn_err pn_sheet_end(pn_sheet *page);

/* ── words on the arena ── */

pn_str pn_page_word(const pn_sheet *page, pn_saying key);
/* With values in the places of %1 and %2; not escaped yet. */
pn_str pn_page_say(const pn_sheet *page, pn_saying key, pn_str first, pn_str second);
pn_str pn_page_money(const pn_sheet *page, int64_t minor, pn_currency currency);
pn_str pn_page_day(const pn_sheet *page, pn_date day);
pn_str pn_page_number(const pn_sheet *page, int64_t value);

/* ── parts, each escaped ── */

void pn_page_text(pn_sheet *page, pn_str text);
void pn_page_p(pn_sheet *page, const char *classes, pn_str text);
/* A coloured box with a heading and a sentence. */
void pn_page_note(pn_sheet *page, const char *classes, pn_str title, pn_str text);
/* href of a path under base, with the query. */
void pn_page_href(pn_sheet *page, const char *path, pn_str tail);
void pn_page_link(pn_sheet *page, const char *classes, const char *path, pn_str tail, pn_str label);
/* <form method="post" …> with its token. */
void pn_page_form_open(pn_sheet *page, const char *path, pn_str token, bool files);
void pn_page_svg(pn_sheet *page, const pn_page_modules *modules, unsigned quiet, bool bars,
                 pn_str label);
/* The list of what is wrong, first on the page. */
void pn_page_problems(pn_sheet *page, const pn_str *problems, size_t count);

#endif
