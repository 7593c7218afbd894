/* Pages of one form: fields by kind, each with its label, hint and what is wrong with it. */
#include "base/banned.h"
#include "page/frame.h"

static void add_date_attr(pn_sheet *page, const char *name, pn_date day) {
    if (day != PN_DATE_NONE) {
        char iso[PN_DATE_ISO_SIZE];
        pn_buf_add_format(page->out, " %s=\"%s\"", name, pn_date_iso(day, iso));
    }
}

static void add_value(pn_sheet *page, pn_str value) {
    if (value.len != 0) {
        pn_buf_add_lit(page->out, " value=\"");
        pn_html_attr(page->out, value);
        pn_buf_add_lit(page->out, "\"");
    }
}

/* What binds a control to its hint and its problem. */
static void add_about(pn_sheet *page, const pn_page_field *field) {
    if (field->hint.len != 0 || field->problem.len != 0) {
        pn_buf_add_format(page->out, " aria-describedby=\"%s%s%s%s%s\"",
                          field->hint.len != 0 ? field->name : "", field->hint.len != 0 ? "-h" : "",
                          field->hint.len != 0 && field->problem.len != 0 ? " " : "",
                          field->problem.len != 0 ? field->name : "",
                          field->problem.len != 0 ? "-e" : "");
    }
    if (field->problem.len != 0) {
        pn_buf_add_lit(page->out, " aria-invalid=\"true\"");
    }
    if (!field->optional) {
        pn_buf_add_lit(page->out, " required");
    }
}

static void add_hint(pn_sheet *page, const pn_page_field *field) {
    if (field->hint.len != 0) {
        pn_buf_add_format(page->out, "<p class=\"hint\" id=\"%s-h\">", field->name);
        pn_html_text(page->out, field->hint);
        pn_buf_add_lit(page->out, "</p>");
    }
}

static void add_problem(pn_sheet *page, const pn_page_field *field) {
    if (field->problem.len != 0) {
        pn_buf_add_format(page->out, "<p class=\"err\" id=\"%s-e\">", field->name);
        pn_html_text(page->out, field->problem);
        pn_buf_add_lit(page->out, "</p>");
    }
}

static void add_label(pn_sheet *page, const pn_page_field *field) {
    pn_buf_add_format(page->out, "<label for=\"%s\">", field->name);
    pn_html_text(page->out, field->label);
    if (field->optional) {
        pn_buf_add_lit(page->out, " <span>(");
        pn_html_text(page->out, pn_page_word(page, PN_SAY_OPTIONAL));
        pn_buf_add_lit(page->out, ")</span>");
    }
    pn_buf_add_lit(page->out, "</label>");
}

/* ── kinds ───────────────────────────────────────────────────────────────────────────────────── */

static void add_input(pn_sheet *page, const pn_page_field *field) {
    static const char *const TYPES[] = {
        [PN_INPUT_TEXT] = "type=\"text\" autocomplete=\"off\"",
        [PN_INPUT_DATE] = "type=\"date\"",
        [PN_INPUT_AMOUNT] = "type=\"text\" inputmode=\"decimal\" autocomplete=\"off\"",
        [PN_INPUT_FILE] = "type=\"file\" accept=\"application/pdf,image/*\"",
        [PN_INPUT_CODE] = "type=\"text\" class=\"code\" inputmode=\"numeric\" maxlength=\"6\" "
                          "autocomplete=\"one-time-code\"",
        [PN_INPUT_EMAIL] = "type=\"email\" autocomplete=\"email\"",
        [PN_INPUT_NUMBER] = "type=\"number\" inputmode=\"numeric\"",
    };
    pn_buf_add_format(page->out, "<input id=\"%s\" name=\"%s\" %s", field->name, field->name,
                      TYPES[field->kind]);
    if (field->kind == PN_INPUT_DATE) {
        add_date_attr(page, "min", field->min);
        add_date_attr(page, "max", field->max);
    }
    if (field->kind == PN_INPUT_NUMBER) {
        pn_buf_add_format(page->out, " min=\"%lld\" max=\"%lld\"", (long long)field->low,
                          (long long)field->high);
    }
    add_value(page, field->value);
    add_about(page, field);
    pn_buf_add_lit(page->out, ">");
}

static void add_lines(pn_sheet *page, const pn_page_field *field) {
    pn_buf_add_format(page->out, "<textarea id=\"%s\" name=\"%s\" rows=\"5\" maxlength=\"3000\"",
                      field->name, field->name);
    add_about(page, field);
    pn_buf_add_lit(page->out, ">\n");
    pn_buf_add_lit(page->out, "");
    for (size_t i = 0; i < field->value.len; i++) { /* line ends stay line ends here */
        if (field->value.ptr[i] == '\n') {
            pn_buf_add_char(page->out, '\n');
        } else {
            pn_html_text(page->out, (pn_str){field->value.ptr + i, 1});
        }
    }
    pn_buf_add_lit(page->out, "</textarea>");
}

static void add_select(pn_sheet *page, const pn_page_field *field) {
    pn_buf_add_format(page->out, "<select id=\"%s\" name=\"%s\"", field->name, field->name);
    add_about(page, field);
    pn_buf_add_lit(page->out, ">");
    for (size_t i = 0; i < field->option_count; i++) {
        const pn_page_option *option = &field->options[i];
        pn_buf_add_lit(page->out, "<option value=\"");
        pn_html_attr(page->out, option->value);
        pn_buf_add_z(page->out, pn_str_eq(option->value, field->value) ? "\" selected>" : "\">");
        pn_html_text(page->out, option->label);
        pn_buf_add_lit(page->out, "</option>");
    }
    pn_buf_add_lit(page->out, "</select>");
}

static void add_choice(pn_sheet *page, const pn_page_field *field) {
    pn_buf_add_lit(page->out, "<fieldset><legend>");
    pn_html_text(page->out, field->label);
    pn_buf_add_lit(page->out, "</legend>");
    for (size_t i = 0; i < field->option_count; i++) {
        const pn_page_option *option = &field->options[i];
        bool checked = pn_str_eq(option->value, field->value);
        pn_buf_add_format(page->out,
                          "<label class=\"o\"><input type=\"radio\" name=\"%s\" value=\"",
                          field->name);
        pn_html_attr(page->out, option->value);
        pn_buf_add_z(page->out, checked ? "\" checked" : "\"");
        pn_buf_add_z(page->out, field->optional ? "><span>" : " required><span>");
        pn_html_text(page->out, option->label);
        if (option->note.len != 0) {
            pn_buf_add_lit(page->out, "<small>");
            pn_html_lines(page->out, option->note);
            pn_buf_add_lit(page->out, "</small>");
        }
        pn_buf_add_lit(page->out, "</span></label>");
    }
    add_problem(page, field);
    pn_buf_add_lit(page->out, "</fieldset>");
}

static void add_check(pn_sheet *page, const pn_page_field *field) {
    pn_buf_add_format(page->out,
                      "<label class=\"o\"><input type=\"checkbox\" name=\"%s\" value=\"1\"%s%s>"
                      "<span>",
                      field->name, field->value.len != 0 ? " checked" : "",
                      field->optional ? "" : " required");
    pn_html_text(page->out, field->label);
    pn_buf_add_lit(page->out, "</span></label>");
    add_problem(page, field);
}

static void add_field(pn_sheet *page, const pn_page_field *field) {
    switch (field->kind) {
    case PN_INPUT_CHOICE: add_choice(page, field); return;
    case PN_INPUT_CHECK: add_check(page, field); return;
    case PN_INPUT_SHOWN:
        pn_buf_add_lit(page->out, "<div class=\"fld\"><p class=\"lab\">");
        pn_html_text(page->out, field->label);
        pn_buf_add_lit(page->out, "</p>");
        pn_page_p(page, "", field->value);
        pn_buf_add_lit(page->out, "</div>");
        return;
    case PN_INPUT_TEXT:
    case PN_INPUT_LINES:
    case PN_INPUT_DATE:
    case PN_INPUT_AMOUNT:
    case PN_INPUT_SELECT:
    case PN_INPUT_FILE:
    case PN_INPUT_CODE:
    case PN_INPUT_EMAIL:
    case PN_INPUT_NUMBER: break;
    }
    pn_buf_add_lit(page->out, "<div class=\"fld\">");
    add_label(page, field);
    if (field->kind == PN_INPUT_LINES) {
        add_lines(page, field);
    } else if (field->kind == PN_INPUT_SELECT) {
        add_select(page, field);
    } else {
        add_input(page, field);
    }
    add_hint(page, field);
    add_problem(page, field);
    pn_buf_add_lit(page->out, "</div>");
}

/* ── the page ────────────────────────────────────────────────────────────────────────────────── */

static void add_problems(pn_sheet *page, const pn_page_form *form) {
    pn_str problems[16];
    size_t count = 0;
    if (form->problem.len != 0) {
        problems[count++] = form->problem;
    }
    for (size_t i = 0; i < form->field_count && count < PN_COUNT(problems); i++) {
        const pn_page_field *field = &form->fields[i];
        if (field->problem.len != 0) {
            problems[count++] = pn_str_format(page->arena, "%.*s: %.*s", PN_STR_ARG(field->label),
                                              PN_STR_ARG(field->problem));
        }
    }
    pn_page_problems(page, problems, count);
}

pn_err pn_page_form_write(const pn_page_frame *frame, const pn_page_form *form, pn_arena *arena,
                          pn_buf *out) {
    pn_sheet page = pn_sheet_on(frame, arena, out);
    pn_sheet_begin(&page, form->title);
    add_problems(&page, form);
    pn_buf_add_lit(page.out, "<section class=\"card\"><h1>");
    pn_html_text(page.out, form->title);
    pn_buf_add_lit(page.out, "</h1>");
    if (form->lead.len != 0) {
        pn_page_p(&page, "m", form->lead);
    }
    pn_page_form_open(&page, form->action, form->token, form->files);
    for (size_t i = 0; i < form->field_count; i++) {
        add_field(&page, &form->fields[i]);
    }
    if (form->terms.len != 0) {
        pn_page_p(&page, "s", form->terms);
    }
    pn_buf_add_lit(page.out, "<button class=\"k\">");
    pn_html_text(page.out, form->button);
    pn_buf_add_lit(page.out, "</button></form>");
    if (form->more != NULL) {
        pn_page_link(&page, "t", form->more, PN_STR_NONE, form->more_label);
        pn_buf_add_lit(page.out, "<br>");
    }
    if (form->back.len != 0) {
        pn_buf_add_lit(page.out, "<a class=\"t\" href=\"");
        pn_html_attr(page.out, form->back);
        pn_buf_add_lit(page.out, "\">");
        pn_html_text(page.out, pn_page_word(&page, PN_SAY_BACK));
        pn_buf_add_lit(page.out, "</a>");
    }
    pn_buf_add_lit(page.out, "</section>");
    return pn_sheet_end(&page);
}
