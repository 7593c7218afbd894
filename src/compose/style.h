/* How e-mails look. Mail programs forget style sheets, so every style stands inline; the classes
 * are for dark mode and narrow screens alone (layout.c):
 *
 *   b page  c card  s soft ground  t text  m muted text  l line  a link  k button  p side padding
 *   o margin around the card  q padding of the soft ground  g logo
 *
 * Lengths are multiples of 4 px. Colours have a contrast of at least 4.5 to 1 on their ground. */
#ifndef PN_COMPOSE_STYLE_H
#define PN_COMPOSE_STYLE_H

#define STYLE_PAGE "#f7f8f9"
#define STYLE_SURFACE "#ffffff"
#define STYLE_SOFT "#f2f5f8"
#define STYLE_TEXT "#16202c"
#define STYLE_MUTED "#566273"
#define STYLE_LINE "#d9dde3"
#define STYLE_ACCENT "#0b5fcc"

/* The same in dark mode; they are the console's. */
#define STYLE_DARK_PAGE "#0d141c"
#define STYLE_DARK_SURFACE "#16202c"
#define STYLE_DARK_SOFT "#1e2a37"
#define STYLE_DARK_TEXT "#eef2f6"
#define STYLE_DARK_MUTED "#aab6c4"
#define STYLE_DARK_LINE "#2e3b4a"
#define STYLE_DARK_ACCENT "#6ea8ff"

#define STYLE_FONT                                                                                 \
    "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;"
#define STYLE_BODY STYLE_FONT "font-size:16px;line-height:24px;color:" STYLE_TEXT ";"
#define STYLE_SMALL STYLE_FONT "font-size:14px;line-height:20px;color:" STYLE_TEXT ";"
#define STYLE_FINE STYLE_FONT "font-size:13px;line-height:19px;color:" STYLE_MUTED ";"
/* A name without spaces breaks rather than making a phone's page wider; figures do not. */
#define STYLE_BREAK "word-break:break-word;overflow-wrap:anywhere;"
#define STYLE_WHOLE "word-break:normal;overflow-wrap:normal;"
#define STYLE_DIGITS "font-variant-numeric:tabular-nums;"

/* The attributes of a table that is there for its layout. */
#define LAYOUT_TABLE "role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\""

#endif
