/* Debtors: who owes, how they are reached, and how they are treated. */
#include "app/books.h"
#include "app/debtors.h"
#include "app/dossier.h"
#include "app/erasures.h"
#include "app/explain.h"
#include "app/protect.h"
#include "base/banned.h"
#include "base/utf8.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/service.h"
#include "http/tables.h"

static const char *const KINDS[] = {"unknown", "person", "company", NULL};

static const pn_shape DEBTOR_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = "key", .type = PN_SHAPE_TEXT, .required = true, .help = "of the ERP"},
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "tax_id", .type = PN_SHAPE_TEXT},
    {.name = "kind", .type = PN_SHAPE_WORD, .words = KINDS, .required = true},
    {.name = "country", .type = PN_SHAPE_TEXT},
    {.name = "region", .type = PN_SHAPE_TEXT},
    {.name = "zone", .type = PN_SHAPE_TEXT, .help = "time zone"},
    {.name = "language", .type = PN_SHAPE_TEXT},
    {.name = "preferred_channel",
     .type = PN_SHAPE_TEXT,
     .help = "as the debtor said on their page; of one debtor alone, not in lists"},
    {.name = "creditor",
     .type = PN_SHAPE_ID,
     .id_kind = PN_ID_CREDITOR,
     .required = true,
     .help = "whose key it was first known by"},
    {.name = "owner", .type = PN_SHAPE_TEXT, .help = "key of its collector"},
    {.name = "salesperson", .type = PN_SHAPE_TEXT},
    {.name = "parent", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .help = "who may pay for it"},
    {.name = "grace_days", .type = PN_SHAPE_INT, .required = true},
    {.name = "promises_kept", .type = PN_SHAPE_INT, .required = true},
    {.name = "promises_broken", .type = PN_SHAPE_INT, .required = true},
    {.name = "excluded_reason", .type = PN_SHAPE_TEXT, .help = "no demand goes to it: why"},
    {.name = "excluded_until", .type = PN_SHAPE_DATE},
    {.name = "version", .type = PN_SHAPE_TEXT, .required = true, .help = "for If-Match"},
    {.name = "created_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = NULL},
};
static const pn_schema_object DEBTOR = {"Debtor", DEBTOR_FIELDS, "Who owes"};

static const pn_shape RELATIVE_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = "key", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = NULL},
};
static const pn_shape TREE_FIELDS[] = {
    {.name = "above",
     .type = PN_SHAPE_LIST,
     .fields = RELATIVE_FIELDS,
     .required = true,
     .help = "the nearest first"},
    {.name = "below", .type = PN_SHAPE_LIST, .fields = RELATIVE_FIELDS, .required = true},
    {.name = "more_below", .type = PN_SHAPE_BOOL, .required = true},
    {.name = NULL},
};
static const pn_schema_object TREE = {"DebtorTree", TREE_FIELDS, "A debtor's place among others"};

static const pn_shape ENTRY_FIELDS[] = {
    {.name = "at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "recorded_at", .type = PN_SHAPE_TIME},
    {.name = "event", .type = PN_SHAPE_ID, .id_kind = PN_ID_EVENT},
    {.name = "run", .type = PN_SHAPE_ID, .id_kind = PN_ID_RUN},
    {.name = "kind", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "actor", .type = PN_SHAPE_TEXT},
    {.name = "text", .type = PN_SHAPE_LINES, .required = true},
    {.name = "facts", .type = PN_SHAPE_JSON},
    {.name = NULL},
};
static const pn_schema_object ENTRY = {"TimelineEntry", ENTRY_FIELDS, "What happened"};

static const pn_shape LIST_QUERY[] = {
    {.name = "search",
     .type = PN_SHAPE_TEXT,
     .max = 200,
     .help = "a piece of the name, or the beginning of key or tax id"},
    {.name = "owner", .type = PN_SHAPE_TEXT, .max = 200, .help = "key of the collector"},
    {.name = "parent", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR},
    {.name = "creditor", .type = PN_SHAPE_ID, .id_kind = PN_ID_CREDITOR},
    {.name = NULL},
};
static const char *const PREFERRED[] = {"any", "email", "sms", "whatsapp", "call", NULL};
static const pn_shape CHANGE_BODY[] = {
    {.name = "name", .type = PN_SHAPE_TEXT, .min = 1, .max = 200},
    {.name = "tax_id", .type = PN_SHAPE_TEXT, .max = 40},
    {.name = "kind", .type = PN_SHAPE_WORD, .words = KINDS},
    {.name = "country", .type = PN_SHAPE_TEXT, .min = 2, .max = 2},
    {.name = "region", .type = PN_SHAPE_TEXT, .max = 6},
    {.name = "zone", .type = PN_SHAPE_TEXT, .min = 1, .max = 60},
    {.name = "language", .type = PN_SHAPE_TEXT, .min = 2, .max = 6},
    {.name = "owner", .type = PN_SHAPE_TEXT, .max = 120},
    {.name = "salesperson", .type = PN_SHAPE_TEXT, .max = 120},
    {.name = "parent", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR},
    {.name = "grace_days", .type = PN_SHAPE_INT, .min = 0, .max = 365},
    {.name = "preferred_channel",
     .type = PN_SHAPE_WORD,
     .words = PREFERRED,
     .help = "as the debtor said; any: all the same to them"},
    {.name = NULL},
};
static const pn_shape EXCLUDE_BODY[] = {
    {.name = "reason", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 400},
    {.name = "until", .type = PN_SHAPE_DATE, .help = "the last day; without it for ever"},
    {.name = NULL},
};
static const char *const PROTECTIONS[] = {"vulnerable", "bankruptcy", "attorney", "deceased",
                                          "cease",      "minor",      NULL};
static const pn_shape PROTECT_BODY[] = {
    {.name = "as", .type = PN_SHAPE_WORD, .words = PROTECTIONS, .required = true},
    {.name = "reason", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 400},
    {.name = "until", .type = PN_SHAPE_DATE},
    {.name = "representative", .type = PN_SHAPE_EMAIL},
    {.name = "representative_name", .type = PN_SHAPE_TEXT, .max = 120},
    {.name = NULL},
};
static const pn_shape UNPROTECT_BODY[] = {
    {.name = "as", .type = PN_SHAPE_WORD, .words = PROTECTIONS, .help = "all where left out"},
    {.name = NULL},
};
static const pn_shape NOTE_BODY[] = {
    {.name = "text", .type = PN_SHAPE_LINES, .required = true, .min = 1},
    {.name = NULL},
};
static const pn_shape ERASE_BODY[] = {
    {.name = "confirm",
     .type = PN_SHAPE_TEXT,
     .required = true,
     .help = "the debtor's key, so that nobody is erased by mistake"},
    {.name = NULL},
};

static void put_debtor(const pn_exchange *x, pn_json_writer *w, const pn_debtor_row *row) {
    pn_put_id(w, "id", PN_ID_DEBTOR, row->id);
    pn_json_put_str(w, "key", row->external_id);
    pn_json_put_str(w, "name", row->name);
    pn_put_str_or_null(w, "tax_id", row->tax_id);
    pn_json_put_str(w, "kind", pn_str_of(KINDS[row->kind]));
    pn_put_str_or_null(w, "country", row->country);
    pn_put_str_or_null(w, "region", row->region);
    pn_put_str_or_null(w, "zone", row->zone);
    pn_put_str_or_null(w, "language", row->language);
    pn_put_id(w, "creditor", PN_ID_CREDITOR, row->creditor_id);
    pn_put_str_or_null(w, "owner", row->owner);
    pn_put_str_or_null(w, "salesperson", row->salesperson);
    pn_put_id(w, "parent", PN_ID_DEBTOR, row->parent_id);
    pn_json_put_int(w, "grace_days", row->grace_days);
    pn_json_put_int(w, "promises_kept", row->promises_kept);
    pn_json_put_int(w, "promises_broken", row->promises_broken);
    pn_put_str_or_null(w, "excluded_reason", row->barred_reason);
    pn_put_date(w, "excluded_until", row->barred_until);
    pn_json_put_str(w, "version", pn_str_format(x->arena, "%lld", (long long)row->seq));
    pn_put_time(w, "created_at", row->created_at);
}

static pn_err put_row_of_debtors(pn_exchange *x, pn_json_writer *w, const void *item,
                                 int64_t key[PN_PAGE_KEYS]) {
    const pn_debtor_row *row = item;
    pn_json_begin_object(w);
    put_debtor(x, w, row);
    pn_json_end_object(w);
    key[0] = row->id;
    return PN_OK;
}

static pn_err list_debtors(pn_exchange *x) {
    pn_page page;
    pn_debtor_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_page_read(x, &page));
    pn_debtor_filter filter = {
        .search = pn_utf8_fold(x->arena, pn_query_value(x, "search")->text, true),
        .key_fold = pn_utf8_fold(x->arena, pn_query_value(x, "search")->text, false),
        .tax_id = pn_query_value(x, "search")->text,
        .owner_fold = pn_utf8_fold(x->arena, pn_query_value(x, "owner")->text, false),
        .parent_id = pn_query_value(x, "parent")->number,
        .creditor_id = pn_query_value(x, "creditor")->number,
    };
    PN_TRY(pn_told(x, pn_debtor_page(x->db, x->app->org.id, page.key[0], &filter, page.limit + 1,
                                     x->arena, &rows, &count)));
    return pn_page_give(x, &page, rows, sizeof *rows, count, put_row_of_debtors);
}

/* As it stands now, with its version. */
static pn_err give_debtor(pn_exchange *x, pn_id id) {
    pn_debtor_row row;
    pn_str channel;
    PN_TRY(pn_find_debtor(x, id, &row));
    PN_TRY(pn_told(x, pn_debtors_preferred(x->app, id, x->arena, &channel)));
    pn_answer_tag(x, row.seq);
    pn_json_writer *w = pn_answer_json(x);
    put_debtor(x, w, &row);
    pn_put_str_or_null(w, "preferred_channel", channel);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err get_debtor(pn_exchange *x) {
    pn_debtor_row row;
    PN_TRY(pn_path_debtor(x, &row));
    return give_debtor(x, row.id);
}

/* A field of a PATCH: null clears it. */
static void set_text(const pn_exchange *x, const char *name, pn_str *field) {
    const pn_route_value *value = pn_body_value(x, name);
    if (value->given || value->null) {
        *field = value->text;
    }
}

static pn_err change_debtor(pn_exchange *x) {
    pn_debtor_row row;
    PN_TRY(pn_path_debtor(x, &row));
    PN_TRY(pn_check_version(x, row.seq));
    const pn_route_value *kind = pn_body_value(x, "kind"), *parent = pn_body_value(x, "parent");
    const pn_route_value *grace = pn_body_value(x, "grace_days"), *name = pn_body_value(x, "name");
    row.name = name->given ? name->text : row.name;
    set_text(x, "tax_id", &row.tax_id);
    set_text(x, "country", &row.country);
    set_text(x, "region", &row.region);
    set_text(x, "zone", &row.zone);
    set_text(x, "language", &row.language);
    set_text(x, "owner", &row.owner);
    set_text(x, "salesperson", &row.salesperson);
    row.kind = kind->given ? (pn_debtor_kind)kind->number : row.kind;
    row.parent_id = parent->given || parent->null ? parent->number : row.parent_id;
    row.grace_days = grace->given || grace->null ? (int32_t)grace->number : row.grace_days;
    PN_TRY(pn_debtors_change(x->app, &row, x->arena, &x->diag));
    const pn_route_value *preferred = pn_body_value(x, "preferred_channel");
    if (preferred->given || preferred->null) {
        PN_TRY(pn_told(x, pn_debtors_prefer(x->app, row.id, preferred->text, x->arena)));
    }
    return give_debtor(x, row.id);
}

/* ── the tree ── */

static void put_relatives(pn_json_writer *w, const char *key, const pn_debtor_row *rows,
                          size_t count) {
    pn_put_list(w, key);
    for (size_t i = 0; i < count; i++) {
        pn_json_begin_object(w);
        pn_put_id(w, "id", PN_ID_DEBTOR, rows[i].id);
        pn_json_put_str(w, "key", rows[i].external_id);
        pn_json_put_str(w, "name", rows[i].name);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

enum { BELOW_MAX = 500 };

static pn_err get_tree(pn_exchange *x) {
    pn_debtor_row row, *above = NULL, *below = NULL;
    size_t above_count = 0, below_count = 0;
    PN_TRY(pn_path_debtor(x, &row));
    PN_TRY(pn_told(x, pn_debtors_above(x->app, &row, x->arena, &above, &above_count)));
    pn_debtor_filter filter = {.parent_id = row.id};
    PN_TRY(pn_told(x, pn_debtor_page(x->db, x->app->org.id, 0, &filter, BELOW_MAX + 1, x->arena,
                                     &below, &below_count)));
    pn_json_writer *w = pn_answer_json(x);
    put_relatives(w, "above", above, above_count);
    put_relatives(w, "below", below, PN_MIN(below_count, (size_t)BELOW_MAX));
    pn_json_put_bool(w, "more_below", below_count > BELOW_MAX);
    pn_json_end_object(w);
    return PN_OK;
}

/* ── what happened ── */

/* What a reader can narrow the timeline to: kinds of entries. */
static const char *const ABOUTS[] = {"messages", "money", "deals", "people", "case", NULL};
static const struct {
    const char *about, *kinds; /* between blanks */
} TOLD[] = {
    {"messages", " message_sent message_failed message_skipped message_delayed message_retry"
                 " message_uncertain mail signal link "},
    {"money", " payment payment_reversed credit charge invoice "},
    {"deals", " promise promise_judged dispute dispute_closed plan instrument offer "},
    {"people", " note task contact changed hold release protection "},
    {"case", " step enrolled errand published setting erased job "},
};

static bool is_about(const pn_timeline_entry *entry, pn_str about, pn_arena *arena) {
    pn_str kind = pn_str_format(arena, " %s ", entry->kind);
    for (size_t i = 0; i < PN_COUNT(TOLD); i++) {
        if (pn_str_eq(about, pn_str_of(TOLD[i].about))) {
            return pn_str_find(pn_str_of(TOLD[i].kinds), kind) != SIZE_MAX;
        }
    }
    return true;
}

static size_t keep_about(pn_timeline_entry *entries, size_t count, pn_str about, pn_arena *arena) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_about(&entries[i], about, arena)) {
            entries[kept++] = entries[i];
        }
    }
    return kept;
}

static const pn_shape TIMELINE_QUERY[] = {
    {.name = "about",
     .type = PN_SHAPE_WORD,
     .words = ABOUTS,
     .help = "only messages, money, agreements, what people did, or how the case went"},
    {.name = NULL},
};

/* The newest first: what a person looks for happened lately. */
static pn_err list_timeline(pn_exchange *x) {
    pn_debtor_row row;
    pn_page page;
    pn_timeline_entry *entries = NULL;
    size_t count = 0;
    PN_TRY(pn_path_debtor(x, &row));
    PN_TRY(pn_page_read(x, &page));
    PN_TRY(pn_timeline(x->app, &(pn_case_ref){.debtor_id = row.id}, pn_exchange_reader(x), x->arena,
                       &entries, &count, &x->diag));
    count = keep_about(entries, count, pn_query_value(x, "about")->text, x->arena);
    size_t seen = page.key[0] == INT64_MIN ? 0 : (size_t)page.key[0];
    /* what has come since the first page stands before what was seen */
    int64_t total = page.key[0] == INT64_MIN ? (int64_t)count : page.key[1];
    size_t left = (size_t)PN_MIN(total, (int64_t)count) - PN_MIN(seen, (size_t)total);
    size_t given = PN_MIN(left, (size_t)page.limit);
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < given; i++) {
        const pn_timeline_entry *entry = &entries[left - 1 - i];
        pn_json_begin_object(w);
        pn_put_time(w, "at", entry->at);
        pn_put_time(w, "recorded_at", entry->recorded_at);
        pn_put_id(w, "event", PN_ID_EVENT, entry->event_id);
        pn_put_id(w, "run", PN_ID_RUN, entry->run_id);
        pn_json_put_str(w, "kind", pn_str_of(entry->kind));
        pn_put_str_or_null(w, "actor", entry->actor);
        pn_json_put_str(w, "text", entry->text);
        pn_put_json(w, "facts", entry->body);
        pn_json_end_object(w);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){(int64_t)(seen + given), total}, given < left);
    return PN_OK;
}

static pn_err add_note(pn_exchange *x) {
    pn_debtor_row row;
    PN_TRY(pn_path_debtor(x, &row));
    return pn_told(x, pn_debtors_note(x->app, row.id, pn_body_value(x, "text")->text, x->arena));
}

/* ── how it is treated ── */

/* For a change: the version that If-Match names, if it names one. */
static pn_err path_version(pn_exchange *x, pn_debtor_row *ret_row) {
    PN_TRY(pn_path_debtor(x, ret_row));
    return pn_check_version(x, ret_row->seq);
}

static pn_err exclude(pn_exchange *x) {
    pn_debtor_row row;
    const pn_route_value *until = pn_body_value(x, "until");
    PN_TRY(path_version(x, &row));
    PN_TRY(
        pn_told(x, pn_books_bar(x->app, row.id, pn_body_value(x, "reason")->text,
                                until->given ? (pn_date)until->number : PN_DATE_NONE, x->arena)));
    return give_debtor(x, row.id);
}

static pn_err include(pn_exchange *x) {
    pn_debtor_row row;
    PN_TRY(path_version(x, &row));
    PN_TRY(pn_told(x, pn_books_bar(x->app, row.id, PN_STR(""), PN_DATE_NONE, x->arena)));
    return give_debtor(x, row.id);
}

static pn_err protect(pn_exchange *x) {
    pn_debtor_row row;
    pn_id id = 0;
    const pn_route_value *until = pn_body_value(x, "until");
    PN_TRY(path_version(x, &row));
    pn_protect_request request = {
        .debtor_id = row.id,
        .kind = pn_protect_of(pn_body_value(x, "as")->text),
        .reason = pn_body_value(x, "reason")->text,
        .until = until->given ? (pn_date)until->number : PN_DATE_NONE,
        .representative = pn_body_value(x, "representative")->text,
        .representative_name = pn_body_value(x, "representative_name")->text,
    };
    return pn_protect_add(x->app, &request, x->arena, &id, &x->diag);
}

static pn_err unprotect(pn_exchange *x) {
    pn_debtor_row row;
    const pn_route_value *as = pn_body_value(x, "as");
    PN_TRY(path_version(x, &row));
    return pn_protect_end(x->app, row.id, as->given ? pn_protect_of(as->text) : PN_PROTECTIONS,
                          x->arena, &x->diag);
}

static pn_err erase(pn_exchange *x) {
    pn_debtor_row row;
    char journal[PN_ERASURES_PATH_MAX];
    PN_TRY(path_version(x, &row));
    if (!pn_str_eq(pn_body_value(x, "confirm")->text, row.external_id)) {
        pn_err err = pn_diag_set(&x->diag, PN_INVALID, "That is not the debtor's key.");
        pn_diag_where(&x->diag, "/confirm");
        return err;
    }
    PN_TRY(pn_erasures_path(x->app->url, x->service->options.erasures, journal, &x->diag));
    return pn_erase(x->app, row.id, pn_str_z(x->arena, pn_str_of(journal)), x->arena, &x->diag);
}

/* Begins its transactions itself: what it reads may be much, and that it was read is kept first. */
static pn_err export_debtor(pn_exchange *x) {
    pn_debtor_row row;
    PN_TRY(pn_path_debtor(x, &row));
    PN_TRY(pn_app_begin(x->app, &x->diag));
    PN_TRY(pn_app_end(x->app, pn_dossier_tell(x->app, row.id), &x->diag));
    pn_json_writer *w = pn_answer_json(x);
    PN_TRY(pn_dossier_write(x->app, row.id, w, &x->diag));
    pn_json_end_object(w);
    if (pn_buf_err(&x->answer.body) != PN_OK) {
        pn_err err = pn_diag_set(&x->diag, PN_LIMIT, "There is more than one answer can hold.");
        pn_diag_mend(&x->diag, "Use `puntual debtor export` on the server.");
        return err;
    }
    pn_answer_field(x, "Content-Disposition", PN_STR("attachment; filename=\"debtor.json\""));
    return PN_OK;
}

#define ONE "/v1/debtors/{debtor}"
#define READS(at, id, does, what, says)                                                            \
    {                                                                                              \
        .method = PN_HTTP_GET, .path = at, .name = id, .runs = PN_RUNS_READER,                     \
        .roles = PN_MAY_READ, .scope = "debtors:read", .gives = what, .answer = does,              \
        .summary = says                                                                            \
    }
#define CHANGES(at, id, does, may, takes, what, says)                                              \
    {                                                                                              \
        .method = PN_HTTP_POST, .path = ONE at, .name = id, .runs = PN_RUNS_WRITER, .roles = may,  \
        .scope = "debtors:write", .body = takes, .gives = what, .answer = does, .summary = says    \
    }

pn_route_table PN_ROUTES_DEBTORS = {
    {.method = PN_HTTP_GET,
     .path = "/v1/debtors",
     .name = "list_debtors",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "debtors:read",
     .query = LIST_QUERY,
     .gives = &DEBTOR,
     .gives_list = true,
     .answer = list_debtors,
     .summary = "debtors, in the order in which they came"},
    READS(ONE, "get_debtor", get_debtor, &DEBTOR, "one debtor"),
    {.method = PN_HTTP_PATCH,
     .path = ONE,
     .name = "change_debtor",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_COLLECT,
     .scope = "debtors:write",
     .body = CHANGE_BODY,
     .gives = &DEBTOR,
     .answer = change_debtor,
     .summary = "correct what is known of a debtor",
     .help = "null clears a field. With If-Match nothing is changed that changed meanwhile."},
    READS(ONE "/tree", "get_debtor_tree", get_tree, &TREE, "who stands above and below"),
    {.method = PN_HTTP_GET,
     .path = ONE "/timeline",
     .name = "list_timeline",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "debtors:read",
     .query = TIMELINE_QUERY,
     .gives = &ENTRY,
     .gives_list = true,
     .answer = list_timeline,
     .summary = "what happened, the newest first"},
    CHANGES("/notes", "add_note", add_note, PN_MAY_COLLECT, NOTE_BODY, NULL,
            "write something down: it stands in the timeline"),
    CHANGES("/exclude", "exclude_debtor", exclude, PN_MAY_COLLECT, EXCLUDE_BODY, &DEBTOR,
            "no demand goes to it any more"),
    CHANGES("/include", "include_debtor", include, PN_MAY_COLLECT, NULL, &DEBTOR,
            "it may be asked again"),
    CHANGES("/protect", "protect_debtor", protect, PN_MAY_COLLECT, PROTECT_BODY, NULL,
            "another treatment is due to it: the policy says which"),
    CHANGES("/unprotect", "unprotect_debtor", unprotect, PN_MAY_COLLECT, UNPROTECT_BODY, NULL,
            "it is treated like others again"),
    {.method = PN_HTTP_POST,
     .path = ONE "/export",
     .name = "export_debtor",
     .runs = PN_RUNS_LONG,
     .roles = PN_MAY_MANAGE,
     .scope = "debtors:read",
     .answer_type = "application/json",
     .answer = export_debtor,
     .summary = "everything that is held about it, for whoever has a right to know",
     .help = "A section for each kind of thing; documents, files and messages say by `href` where "
             "their bytes are. That it was asked stands in the timeline, so it is no GET."},
    CHANGES("/erase", "erase_debtor", erase, PN_MAY_OWN, ERASE_BODY, NULL,
            "erase what is personal; amounts and proofs remain"),
    {.path = NULL},
};
