/* Contact policies, and what they would say. */
#include "app/permit.h"
#include "app/policy_try.h"
#include "app/publish.h"
#include "base/banned.h"
#include "base/limits.h"
#include "core/policy_sources.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/tables.h"

/* ── policies ── */

static const pn_shape DOCUMENT_BODY[] = {
    {.name = "document", .type = PN_SHAPE_JSON, .required = true, .max = PN_LIMIT_STRATEGY_BYTES},
    {.name = NULL},
};
static const pn_shape POLICY_FIELDS[] = {
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "title", .type = PN_SHAPE_TEXT},
    {.name = "version", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "country", .type = PN_SHAPE_TEXT},
    {.name = "from", .type = PN_SHAPE_DATE, .help = "in force from"},
    {.name = "base", .type = PN_SHAPE_TEXT, .help = "the pack that it rests on"},
    {.name = "own", .type = PN_SHAPE_BOOL, .required = true, .help = "false: a ready one"},
    {.name = NULL},
};
static const pn_schema_object POLICY = {"Policy", POLICY_FIELDS, "When whom may be contacted how"};

static pn_err list_policies(pn_exchange *x) {
    const pn_policy *const *list = NULL;
    size_t count = 0;
    PN_TRY(pn_catalog_policies(x->app, &list, &count, &x->diag));
    size_t own = pn_catalog_own_policies(x->app);
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        pn_json_begin_object(w);
        pn_json_put_str(w, "name", list[i]->name);
        pn_put_str_or_null(w, "title", list[i]->title);
        pn_json_put_str(w, "version", list[i]->version);
        pn_put_str_or_null(w, "country", list[i]->country);
        pn_put_date(w, "from", list[i]->from);
        pn_put_str_or_null(w, "base", list[i]->base);
        pn_json_put_bool(w, "own", i < own);
        pn_json_end_object(w);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

static const pn_shape SOURCE_FIELDS[] = {
    {.name = "key", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "text", .type = PN_SHAPE_LINES, .required = true},
    {.name = NULL},
};
static const pn_shape POLICY_TEXT_FIELDS[] = {
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "document", .type = PN_SHAPE_JSON, .required = true},
    {.name = "sources",
     .type = PN_SHAPE_LIST,
     .fields = SOURCE_FIELDS,
     .required = true,
     .help = "what its rules rest on, in the reader's language where there are words for it"},
    {.name = NULL},
};
static const pn_schema_object POLICY_TEXT = {"PolicyDocument", POLICY_TEXT_FIELDS,
                                             "A policy with its document"};

static const pn_shape VERSION_QUERY[] = {
    {.name = "version",
     .type = PN_SHAPE_TEXT,
     .max = 60,
     .help = "an earlier one of the organization's own; else the newest, or the pack"},
    {.name = "pack", .type = PN_SHAPE_BOOL, .help = "the ready one, whatever is published"},
    {.name = NULL},
};

static void put_sources(const pn_exchange *x, pn_json_writer *w, const pn_json *sources) {
    pn_put_list(w, "sources");
    for (size_t i = 0; sources != NULL && i < sources->count; i++) {
        const pn_json_member *each = &sources->members[i];
        pn_str text = pn_json_text(pn_json_field(&each->value, "text"), PN_STR(""));
        pn_json_begin_object(w);
        pn_json_put_str(w, "key", each->key);
        pn_json_put_str(w, "text", pn_policy_source_words(text, pn_exchange_reader(x)));
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

static pn_err get_policy(pn_exchange *x) {
    pn_json *document = NULL;
    pn_str text, name = x->arguments[0];
    const pn_route_value *version = pn_query_value(x, "version");
    if (version->given) {
        PN_TRY(pn_catalog_policy_version(x->app, name, version->text, x->arena, &text, &x->diag));
    } else {
        bool pack = pn_query_value(x, "pack")->number != 0;
        PN_TRY(pn_catalog_policy_text(pack ? NULL : x->app, name, x->arena, &text, &x->diag));
    }
    PN_TRY(pn_json_parse(text, NULL, x->arena, &document, &x->diag));
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_str(w, "name", x->arguments[0]);
    pn_put_json(w, "document", text);
    put_sources(x, w, pn_json_field(document, "sources"));
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err publish_policy(pn_exchange *x) {
    return pn_publish_policy(x->app, pn_body_value(x, "document")->text, x->arena, &x->diag);
}

/* ── what another would change ── */

static const pn_shape TRY_BODY[] = {
    {.name = "document",
     .type = PN_SHAPE_JSON,
     .max = PN_LIMIT_STRATEGY_BYTES,
     .help = "a policy as if it were published and the organization's"},
    {.name = "policy",
     .type = PN_SHAPE_TEXT,
     .max = 60,
     .help = "instead: one that there is; null: the countries'"},
    {.name = NULL},
};
static const pn_shape CHANGE_FIELDS[] = {
    {.name = "message", .type = PN_SHAPE_ID, .id_kind = PN_ID_MESSAGE, .required = true},
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = "debtor_name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "channel", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "before", .type = PN_SHAPE_TIME, .help = "when it leaves; null: it does not"},
    {.name = "after", .type = PN_SHAPE_TIME, .help = "when it would; null: it would not"},
    {.name = "explanation", .type = PN_SHAPE_LINES, .required = true},
    {.name = NULL},
};
static const pn_shape TRIED_FIELDS[] = {
    {.name = "waiting",
     .type = PN_SHAPE_INT,
     .required = true,
     .help = "messages that were asked about; at most 2000 and those of the last debtor"},
    {.name = "more", .type = PN_SHAPE_BOOL, .required = true, .help = "there are more"},
    {.name = "later", .type = PN_SHAPE_INT, .required = true},
    {.name = "sooner", .type = PN_SHAPE_INT, .required = true},
    {.name = "never", .type = PN_SHAPE_INT, .required = true, .help = "would not leave any more"},
    {.name = "changes",
     .type = PN_SHAPE_LIST,
     .fields = CHANGE_FIELDS,
     .required = true,
     .help = "the first 100"},
    {.name = NULL},
};
static const pn_schema_object TRIED = {"PolicyTried", TRIED_FIELDS,
                                       "What another policy would do to the messages that wait"};

static void put_change(pn_json_writer *w, const pn_policy_change *change) {
    pn_json_begin_object(w);
    pn_put_id(w, "message", PN_ID_MESSAGE, change->message_id);
    pn_put_id(w, "debtor", PN_ID_DEBTOR, change->debtor_id);
    pn_json_put_str(w, "debtor_name", change->debtor);
    pn_json_put_str(w, "channel", pn_str_of(pn_channel_kind_name(change->channel)));
    pn_put_time(w, "before", change->before == PN_TIME_NEVER ? PN_TIME_NONE : change->before);
    pn_put_time(w, "after", change->after == PN_TIME_NEVER ? PN_TIME_NONE : change->after);
    pn_json_put_str(w, "explanation", change->explanation);
    pn_json_end_object(w);
}

static pn_err try_policy(pn_exchange *x) {
    const pn_route_value *document = pn_body_value(x, "document");
    const pn_route_value *policy = pn_body_value(x, "policy");
    const pn_policy *candidate = NULL;
    pn_policy_tried tried;
    if (document->given == (policy->given || policy->null)) {
        return pn_diag_set(&x->diag, PN_INVALID, "Give a document or a policy, one of them.");
    }
    if (document->given) {
        pn_json *json = NULL;
        PN_TRY(pn_json_parse(document->text, NULL, x->arena, &json, &x->diag));
        PN_TRY(pn_publish_check_policy(x->app, json, x->arena, &candidate, &x->diag));
    }
    PN_TRY(pn_policy_try(x->app, candidate != NULL ? candidate->name : policy->text, candidate,
                         pn_exchange_reader(x), x->arena, &tried, &x->diag));
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_int(w, "waiting", (int64_t)tried.waiting);
    pn_json_put_bool(w, "more", tried.more);
    pn_json_put_int(w, "later", (int64_t)tried.later);
    pn_json_put_int(w, "sooner", (int64_t)tried.sooner);
    pn_json_put_int(w, "never", (int64_t)tried.never);
    pn_put_list(w, "changes");
    for (size_t i = 0; i < tried.count; i++) {
        put_change(w, &tried.changes[i]);
    }
    pn_json_end_array(w);
    pn_json_end_object(w);
    return PN_OK;
}

/* ── one question ── */

static const char *const CHANNELS[] = {"email", "sms", "whatsapp", "push", "call", "letter", NULL};
static const char *const PURPOSES[] = {"demand", "service", NULL};
static const pn_shape PERMIT_QUERY[] = {
    {.name = "channel", .type = PN_SHAPE_WORD, .words = CHANNELS},
    {.name = "purpose", .type = PN_SHAPE_WORD, .words = PURPOSES},
    {.name = "at", .type = PN_SHAPE_TIME, .help = "now where it is left out"},
    {.name = NULL},
};
static const pn_shape PERMIT_FIELDS[] = {
    {.name = "creditor", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "policy", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "policy_version", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "answer", .type = PN_SHAPE_TEXT, .required = true, .help = "allow, later or never"},
    {.name = "reason", .type = PN_SHAPE_TEXT},
    {.name = "from", .type = PN_SHAPE_TIME, .help = "when it is possible"},
    {.name = "explanation", .type = PN_SHAPE_LINES, .required = true},
    {.name = NULL},
};
static const pn_schema_object PERMIT = {"Permit", PERMIT_FIELDS, "What the gate would say"};

static pn_err ask_permit(pn_exchange *x) {
    pn_debtor_row debtor;
    pn_permit *permits = NULL;
    size_t count = 0;
    const pn_route_value *channel = pn_query_value(x, "channel"), *at = pn_query_value(x, "at");
    const pn_route_value *purpose = pn_query_value(x, "purpose");
    PN_TRY(pn_path_debtor(x, &debtor));
    pn_permit_query query = {
        .debtor_id = debtor.id,
        .channel = channel->given ? pn_channel_kind_of(channel->text) : PN_CHANNEL_EMAIL,
        .purpose = purpose->number == 1 ? PN_PURPOSE_SERVICE : PN_PURPOSE_DEMAND,
        .at = at->given ? at->number : pn_app_now(x->app),
        .language = pn_exchange_reader(x),
    };
    PN_TRY(pn_permit_ask(x->app, &query, x->arena, &permits, &count, &x->diag));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        const pn_verdict *verdict = &permits[i].verdict;
        pn_json_begin_object(w);
        pn_json_put_str(w, "creditor", permits[i].creditor);
        pn_json_put_str(w, "policy", permits[i].policy->name);
        pn_json_put_str(w, "policy_version", permits[i].policy->version);
        pn_json_put_str(w, "answer", pn_str_of(pn_gate_answer_name(verdict->answer)));
        pn_put_str_or_null(w, "reason", pn_str_of(pn_gate_reason_name(verdict->reason)));
        pn_put_time(w, "from", verdict->answer == PN_GATE_LATER ? verdict->at : PN_TIME_NONE);
        pn_json_put_str(w, "explanation", permits[i].explanation);
        pn_json_end_object(w);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

#define ROUTE(verb, at, id, on, may, of, takes, what, does, says)                                  \
    .method = PN_HTTP_##verb, .path = at, .name = id, .runs = on, .roles = may, .scope = of,       \
    .body = takes, .gives = what, .answer = does, .summary = says

pn_route_table PN_ROUTES_DOCUMENTS = {
    {ROUTE(GET, "/v1/policies", "list_policies", PN_RUNS_READER, PN_MAY_READ, "policies:read", NULL,
           &POLICY, list_policies, "the organization's own policies and the ready ones"),
     .gives_list = true},
    {ROUTE(GET, "/v1/policies/{policy}", "get_policy", PN_RUNS_READER, PN_MAY_READ, "policies:read",
           NULL, &POLICY_TEXT, get_policy, "one policy with its document"),
     .query = VERSION_QUERY},
    {ROUTE(POST, "/v1/policies", "publish_policy", PN_RUNS_LONG, PN_MAY_MANAGE, "policies:write",
           DOCUMENT_BODY, NULL, publish_policy, "publish a policy of the organization's own")},
    {ROUTE(POST, "/v1/policies/try", "try_policy", PN_RUNS_READER, PN_MAY_READ, "policies:read",
           TRY_BODY, &TRIED, try_policy,
           "what another policy would do to the messages that wait; nothing is written")},
    {ROUTE(GET, "/v1/debtors/{debtor}/permit", "ask_permit", PN_RUNS_READER, PN_MAY_READ,
           "policies:read", NULL, &PERMIT, ask_permit,
           "whether contact law lets a debtor be contacted, one answer for each account"),
     .query = PERMIT_QUERY, .gives_list = true},
    {.path = NULL},
};
