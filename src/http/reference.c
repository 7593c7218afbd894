/* The reference page: the table of routes and that of problems as HTML, without script. */
#include "base/banned.h"
#include "http/openapi.h"
#include "http/problem.h"
#include "http/shape.h"

static const char STYLE[] =
    ":root{--bg:#f7f8f9;--surface:#fff;--text:#16202c;--muted:#566273;--line:#d9dde3;"
    "--accent:#0b5fcc;--ok:#0f7a45;--warn:#955800;--bad:#b42318}"
    "@media(prefers-color-scheme:dark){:root{--bg:#0d141c;--surface:#16202c;--text:#eef2f6;"
    "--muted:#aab6c4;--line:#2b3847;--accent:#6ea8ff;--ok:#6fd6a0;--warn:#f0b45a;--bad:#ff9a8f}}"
    "*{box-sizing:border-box}html{scroll-padding-top:16px}"
    "body{margin:0;background:var(--bg);color:var(--text);"
    "font:14px/1.45 Inter,system-ui,-apple-system,'Segoe UI',sans-serif;display:grid;"
    "grid-template-columns:190px minmax(0,1fr)}"
    "a{color:var(--accent)}a:focus-visible,summary:focus-visible{outline:3px solid var(--accent);"
    "outline-offset:2px}"
    "nav{position:sticky;top:0;height:100vh;overflow:auto;padding:24px 12px 24px 24px;"
    "border-right:1px solid var(--line)}nav a{display:block;padding:4px 0;text-decoration:none;"
    "overflow-wrap:anywhere}nav a:hover{text-decoration:underline}"
    "nav strong{display:block;font-size:16px;margin-bottom:12px}"
    "main{padding:24px 32px 64px;max-width:900px}"
    "h1{font-size:28px;line-height:1.2;margin:0 0 8px}h2{font-size:20px;margin:32px 0 12px}"
    "p{margin:8px 0}code{font:13px/1.45 ui-monospace,'SF Mono',Menlo,Consolas,monospace}"
    "article,details{background:var(--surface);border:1px solid var(--line);border-radius:10px;"
    "margin:0 0 8px}"
    "article{padding:12px 16px}summary{padding:8px 16px;cursor:pointer;min-height:36px;"
    "list-style:none;display:flex;gap:12px;align-items:baseline;flex-wrap:wrap}"
    "summary::-webkit-details-marker{display:none}summary code{font-weight:600;"
    "overflow-wrap:anywhere}summary span{color:var(--muted)}"
    "details>div{padding:0 16px 16px;border-top:1px solid var(--line)}"
    ".m{font:700 12px/20px ui-monospace,Menlo,Consolas,monospace;min-width:60px}"
    ".GET{color:var(--accent)}.POST{color:var(--ok)}.PUT,.PATCH{color:var(--warn)}"
    ".DELETE{color:var(--bad)}"
    "h3{font-size:13px;margin:16px 0 4px;color:var(--muted);font-weight:600}"
    "table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;vertical-align:top;padding:4px 12px 4px 0;"
    "border-bottom:1px solid var(--line)}th{font-weight:600;color:var(--muted);font-size:12px}"
    "td:first-child{white-space:nowrap}"
    "@media(max-width:700px){body{display:block}nav{position:static;height:auto;border:0;"
    "border-bottom:1px solid var(--line);padding:16px;columns:2}main{padding:16px}"
    "td:first-child{white-space:normal;overflow-wrap:anywhere}}"
    "@media print{nav{display:none}body{display:block}}";

static void put_text(pn_buf *buf, pn_str text) {
    for (size_t i = 0; i < text.len; i++) {
        switch (text.ptr[i]) {
        case '<': pn_buf_add_lit(buf, "&lt;"); break;
        case '>': pn_buf_add_lit(buf, "&gt;"); break;
        case '&': pn_buf_add_lit(buf, "&amp;"); break;
        case '"': pn_buf_add_lit(buf, "&quot;"); break;
        default: pn_buf_add_char(buf, text.ptr[i]);
        }
    }
}

static void put_z(pn_buf *buf, const char *text) {
    put_text(buf, pn_str_of(text));
}

static void put_head(pn_buf *buf, const char *title) {
    pn_buf_add_lit(buf, "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
                        "<meta name=\"viewport\" content=\"width=device-width\"><title>");
    put_z(buf, title);
    pn_buf_add_lit(buf, "</title><style>");
    pn_buf_add_z(buf, STYLE);
    pn_buf_add_lit(buf, "</style>");
}

/* What a value may be, in words. */
static void put_type(pn_buf *buf, const pn_shape *shape) {
    switch (shape->type) {
    case PN_SHAPE_TEXT: pn_buf_add_lit(buf, "text"); break;
    case PN_SHAPE_LINES: pn_buf_add_lit(buf, "text, several lines"); break;
    case PN_SHAPE_INT:
        pn_buf_add_lit(buf, "whole number");
        if (shape->min != shape->max) {
            pn_buf_add_format(buf, ", %lld to %lld", (long long)shape->min, (long long)shape->max);
        }
        break;
    case PN_SHAPE_BOOL: pn_buf_add_lit(buf, "true or false"); break;
    case PN_SHAPE_ID: pn_buf_add_format(buf, "id, %s_…", pn_id_prefix(shape->id_kind)); break;
    case PN_SHAPE_DATE: pn_buf_add_lit(buf, "day, 2026-03-31"); break;
    case PN_SHAPE_TIME: pn_buf_add_lit(buf, "time, 2026-03-31T08:00:00Z"); break;
    case PN_SHAPE_AMOUNT: pn_buf_add_lit(buf, "amount, {minor, currency}"); break;
    case PN_SHAPE_WORD:
        for (size_t i = 0; shape->words[i] != NULL; i++) {
            pn_buf_add_format(buf, "%s%s", i == 0 ? "" : ", ", shape->words[i]);
        }
        break;
    case PN_SHAPE_EMAIL: pn_buf_add_lit(buf, "e-mail address"); break;
    case PN_SHAPE_URL: pn_buf_add_lit(buf, "URL"); break;
    case PN_SHAPE_RULE: pn_buf_add_lit(buf, "rule"); break;
    case PN_SHAPE_JSON: pn_buf_add_lit(buf, "JSON"); break;
    case PN_SHAPE_OBJECT: pn_buf_add_lit(buf, "object"); break;
    case PN_SHAPE_LIST:
        pn_buf_add_lit(buf, "list of ");
        if (pn_shape_is_value_list(shape)) {
            put_type(buf, &shape->fields[0]);
        } else {
            pn_buf_add_lit(buf, "objects");
        }
        break;
    }
}

static void put_rows(pn_buf *buf, const pn_shape *fields, int depth) {
    for (size_t i = 0; i < pn_shape_count(fields); i++) {
        pn_buf_add_format(buf, "<tr><td style=\"padding-left:%dpx\"><code>%s</code>%s<td>",
                          depth * 16, fields[i].name, fields[i].required ? " *" : "");
        put_type(buf, &fields[i]);
        pn_buf_add_lit(buf, "<td>");
        put_z(buf, fields[i].help == NULL ? "" : fields[i].help);
        bool inside = fields[i].type == PN_SHAPE_OBJECT ||
                      (fields[i].type == PN_SHAPE_LIST && !pn_shape_is_value_list(&fields[i]));
        if (inside) {
            put_rows(buf, fields[i].fields, depth + 1);
        }
    }
}

static void put_table(pn_buf *buf, const char *title, const pn_shape *fields,
                      const pn_shape *more) {
    if (pn_shape_count(fields) + pn_shape_count(more) == 0) {
        return;
    }
    pn_buf_add_format(buf, "<h3>%s</h3><table><tr><th>Name<th>What it is<th>", title);
    put_rows(buf, fields, 0);
    put_rows(buf, more, 0);
    pn_buf_add_lit(buf, "</table>");
}

static void put_who(pn_buf *buf, const pn_route *route, pn_arena *arena) {
    static const char *const DOORS[] = {"", "Anybody.", "Whoever holds a link of ours.",
                                        "A provider, by its signature."};
    pn_buf_add_lit(buf, "<h3>Who may</h3><p>");
    if (route->door != PN_ROUTE_SIGNED) {
        pn_buf_add_z(buf, DOORS[route->door]);
    } else {
        put_text(buf, pn_role_words(route->roles, arena));
        if (route->scope != NULL) {
            pn_buf_add_format(buf, "; keys with <code>%s</code>", route->scope);
        }
    }
    pn_buf_add_lit(buf, "</p>");
}

static void put_paragraphs(pn_buf *buf, const char *text) {
    if (text != NULL) {
        pn_buf_add_lit(buf, "<p>");
        put_z(buf, text);
        pn_buf_add_lit(buf, "</p>");
    }
}

static void put_route(pn_buf *buf, const pn_route *route, pn_arena *arena) {
    const char *method = pn_http_method_name(route->method);
    pn_buf_add_format(buf,
                      "<details id=\"%s\"><summary><b class=\"m %s\">%s</b><code>%s</code>"
                      "<span>",
                      route->name, method, method, route->path);
    put_z(buf, route->summary);
    pn_buf_add_lit(buf, "</span></summary><div>");
    put_paragraphs(buf, route->help);
    put_who(buf, route, arena);
    put_table(buf, "Query", route->query, route->gives_list ? PN_PAGE_SHAPES : NULL);
    put_table(buf, "Body", route->body, NULL);
    if (route->body_type != NULL) {
        pn_buf_add_format(buf, "<h3>Body</h3><p>%s</p>", route->body_type);
    }
    if (route->gives != NULL) {
        put_table(buf,
                  route->gives_list ? "Answer: a page; each of its <code>items</code>" : "Answer",
                  route->gives->fields, NULL);
    } else if (route->answer_type != NULL) {
        pn_buf_add_format(buf, "<h3>Answer</h3><p>%s</p>", route->answer_type);
    }
    pn_buf_add_lit(buf, "</div></details>");
}

static void put_introduction(pn_buf *buf) {
    pn_buf_add_lit(
        buf,
        "<h1>The API of Puntual</h1>"
        "<p>JSON over HTTPS. Sign in with a key: <code>Authorization: Bearer …</code>. The same as "
        "a document for programs: <a href=\"/v1/openapi.json\">openapi.json</a> (OpenAPI 3.1).</p>"
        "<h2>What holds everywhere</h2><article>"
        "<p><b>Ids</b> are texts: <code>inv_</code> and 13 letters. <b>Amounts</b> are "
        "<code>{\"minor\": 121000, \"currency\": \"EUR\"}</code>: 1,210.00 €. <b>Times</b> are RFC "
        "3339, <b>days</b> <code>2026-03-31</code>. A star (*) marks what is required, and in "
        "answers "
        "what is always there.</p>"
        "<p><b>Lists</b> come in pages: <code>next</code> of one page is the <code>cursor</code> "
        "of "
        "the next. A <b>filter</b> is a rule as JSON, as in strategies: "
        "<code>[\"account.open\", \"&gt;\", 3000]</code>.</p>"
        "<p><b>POST</b> takes an <code>Idempotency-Key</code>: the same request with the same key "
        "is done once, and gets the same answer for 24 hours. What has a version gives it as "
        "<code>ETag</code>; <code>If-Match</code> changes nothing that changed meanwhile.</p>"
        "<p><b>Errors</b> are problems (RFC 9457) with a <a href=\"/v1/docs/problems\">stable "
        "code</a>. A refused request changed nothing. 429 and 503 say in <code>Retry-After</code> "
        "how many seconds to wait.</p></article>");
}

void pn_reference_write(const pn_route *const *tables, pn_arena *arena, pn_buf *buf) {
    const pn_route *const *routes = NULL;
    size_t count = 0;
    pn_routes_listed(tables, arena, &routes, &count);
    put_head(buf, "Puntual: API");
    pn_buf_add_lit(buf, "<nav aria-label=\"Resources\"><strong>Puntual</strong>");
    for (size_t i = 0; i < count; i++) {
        pn_str group = pn_route_group(routes[i]);
        if (i == 0 || !pn_str_eq(group, pn_route_group(routes[i - 1]))) {
            pn_buf_add_format(buf, "<a href=\"#group-%.*s\">%.*s</a>", PN_STR_ARG(group),
                              PN_STR_ARG(group));
        }
    }
    pn_buf_add_lit(buf, "<a href=\"/v1/docs/problems\">problems</a></nav><main>");
    put_introduction(buf);
    for (size_t i = 0; i < count; i++) {
        pn_str group = pn_route_group(routes[i]);
        if (i == 0 || !pn_str_eq(group, pn_route_group(routes[i - 1]))) {
            pn_buf_add_format(buf, "<h2 id=\"group-%.*s\">%.*s</h2>", PN_STR_ARG(group),
                              PN_STR_ARG(group));
        }
        put_route(buf, routes[i], arena);
    }
    pn_buf_add_lit(buf, "</main></html>\n");
}

void pn_reference_problems_write(pn_buf *buf) {
    put_head(buf, "Puntual: problems");
    pn_buf_add_lit(buf, "<nav aria-label=\"Pages\"><strong>Puntual</strong>"
                        "<a href=\"/v1/docs\">API</a></nav><main><h1>Problems</h1><p>Codes never "
                        "change their meaning.</p>");
    for (int i = PN_PROBLEM_BY_ERR + 1; i < PN_PROBLEMS; i++) {
        const pn_problem_info *info = pn_problem_about((pn_problem_kind)i);
        pn_buf_add_format(buf, "<article id=\"PN-%04d\"><p><code>PN-%04d</code> · %d</p><p><b>",
                          info->number, info->number, info->status);
        put_z(buf, info->title);
        pn_buf_add_lit(buf, "</b></p><p>");
        put_z(buf, info->meaning);
        pn_buf_add_lit(buf, "</p></article>");
    }
    pn_buf_add_lit(buf, "</main></html>\n");
}
