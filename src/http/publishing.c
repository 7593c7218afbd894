#include "http/publishing.h"

#include "app/outlets.h"
#include "auth/identity.h"
#include "auth/user.h"
#include "base/banned.h"
#include "base/hash.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/four_eyes.h"
#include "http/problem.h"

const char *const PN_RUNS_WORDS[] = {"keep", "move", "drain", NULL};
static_assert(PN_RUNS_KEEP == 0 && PN_RUNS_DRAIN == 2, "the order of PN_RUNS_WORDS");
const char *const PN_FORM_WORDS[] = {"usted", "tu", NULL};
const char *const PN_LOOK_WORDS[] = {"light", "dark", NULL};

/* ── publishing ── */

static const pn_shape PUBLISHED_FIELDS[] = {
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "version", .type = PN_SHAPE_INT, .required = true},
    {.name = "published",
     .type = PN_SHAPE_BOOL,
     .required = true,
     .help = "false: the newest version is this very document"},
    {.name = "runs_active", .type = PN_SHAPE_INT, .required = true},
    {.name = "runs_moved", .type = PN_SHAPE_INT, .required = true},
    {.name = "runs_stayed", .type = PN_SHAPE_INT, .required = true},
    {.name = NULL},
};
const pn_schema_object PN_PUBLISHED_SCHEMA = {"Published", PUBLISHED_FIELDS, "What publishing did"};

static pn_err refuse(pn_exchange *x, const pn_problems *problems, pn_err err) {
    for (size_t i = 0; i < problems->count; i++) {
        const pn_problem *problem = &problems->items[i];
        if (problem->level == PN_PROBLEM_ERROR) {
            pn_problem_tell(x, PN_STR("/document"), PN_STR_NONE, "%.*s%s%.*s",
                            PN_STR_ARG(problem->node), problem->node.len == 0 ? "" : ": ",
                            PN_STR_ARG(problem->sentence));
        }
    }
    return err;
}

/* Another document is another question. */
static pn_err may_publish(pn_exchange *x, pn_str text, pn_str name, bool *ret_go) {
    char hex[2 * PN_SHA256_BYTES + 1];
    pn_sha256 hash = pn_sha256_of(text.ptr, text.len);
    pn_hex(hash.bytes, sizeof hash.bytes, hex);
    return pn_four_eyes_alone(x, PN_APPROVE_PUBLISH, pn_str_of(hex), name, ret_go);
}

pn_err pn_answer_publish_strategy(pn_exchange *x, pn_str text, const pn_json *json,
                                  pn_publish_choice choice, bool *ret_done) {
    pn_problems problems = {0};
    pn_publish_result result = {0};
    bool go = false;
    pn_str name = pn_json_text(pn_json_field(json, "name"), PN_STR(""));
    PN_TRY(may_publish(x, text, name, &go));
    *ret_done = go;
    if (!go) {
        return PN_OK;
    }
    pn_err err = pn_publish_strategy(x->app, text, choice, x->arena, &problems, &result, &x->diag);
    if (err != PN_OK) {
        return refuse(x, &problems, err);
    }
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_str(w, "name", name);
    pn_json_put_int(w, "version", result.version);
    pn_json_put_bool(w, "published", !result.same);
    pn_json_put_int(w, "runs_active", result.runs_active);
    pn_json_put_int(w, "runs_moved", result.runs_moved);
    pn_json_put_int(w, "runs_stayed", result.runs_stayed);
    pn_json_end_object(w);
    return PN_OK;
}

void pn_tell_compose_problems(pn_exchange *x, const pn_compose_problems *problems) {
    for (size_t i = 0; i < problems->count; i++) {
        if (!problems->items[i].warning) {
            pn_problem_tell(x, PN_STR("/document"), PN_STR_NONE, "%.*s: %.*s",
                            PN_STR_ARG(problems->items[i].where),
                            PN_STR_ARG(problems->items[i].sentence));
        }
    }
}

pn_err pn_publish_template_told(pn_exchange *x, pn_str text, const int64_t *seen,
                                int64_t *ret_version, bool *ret_same) {
    pn_compose_problems problems = {0};
    pn_err err = pn_publish_template(x->app, text, seen, x->arena, &problems, ret_version, ret_same,
                                     &x->diag);
    if (err != PN_OK) {
        pn_tell_compose_problems(x, &problems);
    }
    return err;
}

/* ── preview ── */

static const pn_shape PREVIEW_FIELDS[] = {
    {.name = "subject", .type = PN_SHAPE_TEXT},
    {.name = "language", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "tone", .type = PN_SHAPE_INT, .required = true},
    {.name = "text", .type = PN_SHAPE_LINES, .required = true},
    {.name = "html", .type = PN_SHAPE_LINES},
    {.name = NULL},
};
const pn_schema_object PN_PREVIEW_SCHEMA = {"Preview", PREVIEW_FIELDS,
                                            "A message as sending would write it"};

pn_err pn_answer_preview(pn_exchange *x, const pn_preview *preview) {
    pn_json_writer *w = pn_answer_json(x);
    pn_put_str_or_null(w, "subject", preview->subject);
    pn_json_put_str(w, "language", preview->language);
    pn_json_put_int(w, "tone", preview->tone);
    pn_json_put_str(w, "text", preview->text);
    pn_put_str_or_null(w, "html", preview->html);
    pn_json_end_object(w);
    return PN_OK;
}

/* What the page asks its reader's device is decided here, where a look was asked for. */
static void put_in_look(pn_exchange *x, pn_str html) {
    static const char ASKED[] = "(prefers-color-scheme:dark)";
    const pn_route_value *look = pn_query_value(x, "look");
    size_t at;
    while (look->given && (at = pn_str_find(html, pn_str_of(ASKED))) != SIZE_MAX) {
        pn_buf_add_str(&x->answer.body, pn_str_first(html, at));
        pn_buf_add_str(&x->answer.body, look->number == 1 ? PN_STR("all") : PN_STR("not all"));
        html = pn_str_from(html, at + sizeof ASKED - 1);
    }
    pn_buf_add_str(&x->answer.body, html);
}

pn_err pn_answer_preview_page(pn_exchange *x, const pn_preview *preview) {
    if (preview->html.len == 0) {
        return pn_diag_set(&x->diag, PN_NOT_FOUND, "This template has no page: it is text alone.");
    }
    pn_answer_framed(x);
    pn_buf_init(&x->answer.body, preview->html.len + 1024);
    put_in_look(x, preview->html);
    return PN_OK;
}

/* ── to oneself ── */

static const pn_shape SAMPLE_FIELDS[] = {
    {.name = "to", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "outcome",
     .type = PN_SHAPE_TEXT,
     .required = true,
     .help = "accepted, or how it failed"},
    {.name = "reply", .type = PN_SHAPE_LINES, .help = "what the server said"},
    {.name = NULL},
};
const pn_schema_object PN_SAMPLE_SCHEMA = {"TemplateSample", SAMPLE_FIELDS,
                                           "What became of a message to oneself"};

pn_err pn_answer_sample(pn_exchange *x, const pn_preview *preview) {
    pn_user_row user;
    pn_send_result result = {0};
    pn_str mail = preview->copy_eml.len != 0 ? preview->copy_eml : preview->eml;
    if (mail.len == 0) {
        return pn_diag_set(&x->diag, PN_INVALID, "Only an e-mail is sent to oneself.");
    }
    PN_TRY(pn_told(x, pn_user_get(x->db, x->identity->user_id, x->arena, &user)));
    PN_TRY(pn_outlet_sample(x->app, mail, user.email, x->arena, &result, &x->diag));
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_str(w, "to", user.email);
    pn_json_put_str(w, "outcome", pn_str_of(pn_send_outcome_name(result.outcome)));
    pn_put_str_or_null(w, "reply", pn_str_of(result.reply));
    pn_json_end_object(w);
    return PN_OK;
}
