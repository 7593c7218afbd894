/* The console: one page whose script shows every screen, and the files it is made of, as
 * tools/build-web made them. Their names carry their hashes, so browsers keep them for ever; the
 * page is asked for anew each time. */
#include "auth/auth.h"
#include "base/banned.h"
#include "base/embedded.h"
#include "http/entrance.h"
#include "http/service.h"
#include "http/tables.h"
#include "http/visit.h"

extern const pn_embedded pn_console_files[];

/* The one style that react-aria-components writes into the page is known by its hash. */
static const char POLICY[] =
    "default-src 'none'; script-src 'self'; style-src 'self' "
    "'sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o='; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'";

static pn_err give_page(pn_exchange *x) {
    const pn_embedded *page = pn_embedded_find(pn_console_files, PN_STR("index.html"));
    pn_credentials shown = pn_exchange_credentials(x);
    pn_identity who;
    if (pn_auth_identify(x->service->auth, x->db, &shown, x->arena, &who, NULL) != PN_OK) {
        return pn_answer_see_other(x, PN_STR("/sign-in"));
    }
    if (page == NULL) {
        return pn_diag_set(&x->diag, PN_NOT_FOUND,
                           "This program was built without the console: tools/build-web, then "
                           "build it again.");
    }
    pn_answer_field(x, "Content-Security-Policy", pn_str_of(POLICY));
    pn_answer_field(x, "Referrer-Policy", PN_STR("same-origin")); /* see http/entrance.c */
    x->answer.content_type = "text/html; charset=utf-8";
    x->answer.whole = pn_embedded_text(page);
    return PN_OK;
}

static pn_err go_to_page(pn_exchange *x) {
    return pn_answer_see_other(x, PN_STR("/app"));
}

/* ── files ───────────────────────────────────────────────────────────────────────────────────── */

static const char *type_of(pn_str name) {
    static const struct {
        const char *ending, *type;
    } TYPES[] = {
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".woff2", "font/woff2"},
    };
    for (size_t i = 0; i < PN_COUNT(TYPES); i++) {
        if (pn_str_ends(name, pn_str_of(TYPES[i].ending))) {
            return TYPES[i].type;
        }
    }
    return NULL;
}

/* What the client can unpack, the smallest first; a coding that it names with “q=0” it does not
 * want (RFC 9110, section 12.5.3). */
static const pn_embedded *packed(pn_exchange *x, pn_str path) {
    static const char *const CODINGS[][2] = {{"br", ".br"}, {"gzip", ".gz"}};
    for (size_t i = 0; i < PN_COUNT(CODINGS); i++) {
        pn_str coding, rest = pn_exchange_header(x, "accept-encoding");
        pn_str name = pn_str_format(x->arena, "%.*s%s", PN_STR_ARG(path), CODINGS[i][1]);
        const pn_embedded *file = pn_embedded_find(pn_console_files, name);
        while (file != NULL && rest.len != 0 && pn_str_split(&rest, ',', &coding)) {
            if (pn_str_eq_nocase(pn_str_trim(coding), pn_str_of(CODINGS[i][0]))) {
                pn_answer_field(x, "Content-Encoding", pn_str_of(CODINGS[i][0]));
                return file;
            }
        }
    }
    return pn_embedded_find(pn_console_files, path);
}

static pn_err give_file(pn_exchange *x) {
    pn_str path = pn_str_format(x->arena, "assets/%.*s", PN_STR_ARG(x->arguments[0]));
    const char *type = type_of(path);
    const pn_embedded *file = type != NULL ? packed(x, path) : NULL;
    if (file == NULL) {
        return pn_diag_set(&x->diag, PN_NOT_FOUND, "There is no such file of the console.");
    }
    pn_answer_field(x, "Cache-Control", PN_STR("public, max-age=31536000, immutable"));
    pn_answer_field(x, "Vary", PN_STR("Accept-Encoding"));
    x->answer.content_type = type;
    x->answer.whole = pn_embedded_text(file);
    return PN_OK;
}

/* What browsers ask for of themselves on every page that names no icon: a sheet with a line,
 * nobody's mark, for debtors' pages are their creditor's. */
static pn_err give_icon(pn_exchange *x) {
    static const char ICON[] =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><rect x=\"6\" y=\"3\""
        " width=\"20\" height=\"26\" rx=\"3\" fill=\"#5b6b7f\"/><path d=\"M11 11h10M11 16h10M11"
        " 21h6\" stroke=\"#fff\" stroke-width=\"2.4\" stroke-linecap=\"round\"/></svg>";
    pn_answer_field(x, "Cache-Control", PN_STR("public, max-age=86400"));
    x->answer.status = 200;
    x->answer.content_type = "image/svg+xml";
    x->answer.whole = (pn_str){ICON, sizeof ICON - 1};
    return PN_OK;
}

/* ── the table ───────────────────────────────────────────────────────────────────────────────── */

#define PAGE                                                                                       \
    .door = PN_ROUTE_PUBLIC, .unlisted = true, .runs = PN_RUNS_READER, .answer_type = "text/html"

pn_route_table PN_ROUTES_CONSOLE = {
    {.path = "/", .name = "home", PAGE, .answer = go_to_page, .summary = "where people arrive"},
    {.path = "/app", .name = "console", PAGE, .answer = give_page, .summary = "the console"},
    {.path = "/app/{screen*}",
     .name = "console_screen",
     PAGE,
     .answer = give_page,
     .summary = "one of its screens"},
    {.path = "/favicon.ico",
     .name = "icon",
     .door = PN_ROUTE_PUBLIC,
     .unlisted = true,
     .runs = PN_RUNS_HERE,
     .answer_type = "image/svg+xml",
     .answer = give_icon,
     .summary = "the icon of pages that have none"},
    {.path = "/assets/{file}",
     .name = "console_file",
     .door = PN_ROUTE_PUBLIC,
     .unlisted = true,
     .runs = PN_RUNS_HERE,
     .answer_type = "text/javascript",
     .answer = give_file,
     .summary = "a file of the console"},
    {.path = NULL},
};
