#include "app/books.h"
#include "app/cases.h"
#include "app/explain.h"
#include "app/sayings.h"
#include "app/segments.h"
#include "base/banned.h"
#include "base/limits.h"
#include "cli/cmd.h"
#include "core/rule/rule.h"

/* ── list ────────────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_CASE_LIST_OPTIONS[] = {
    {"filter", "RULE", "only those that fit, like '[\"account.open\", \">\", 3000]'"},
    {"segment", "NAME", "only those of a segment, which also says what is listed"},
    {"subject", "account|invoice", "what is listed (default account)"},
    {"all", NULL, "closed ones too"},
    {"limit", "N", "at most so many (default 50; 0: all)"},
    {"skip", "N", "leave out so many at the beginning"},
    {NULL, NULL, NULL},
};

static pn_err parse_query(pn_cli *cli, pn_case_query *query) {
    pn_str subject = pn_cli_value(cli, "subject");
    query->subject = pn_str_is(subject, "invoice") ? PN_SUBJECT_INVOICE : PN_SUBJECT_ACCOUNT;
    if (subject.len != 0 && !pn_str_is(subject, "invoice") && !pn_str_is(subject, "account")) {
        return pn_cli_usage(cli, "--subject is account or invoice.");
    }
    query->closed = pn_cli_given(cli, "all");
    PN_TRY(pn_cli_int(cli, "limit", 0, INT32_MAX, 50, &query->limit));
    PN_TRY(pn_cli_int(cli, "skip", 0, INT32_MAX, 0, &query->skip));
    query->limit = query->limit == 0 ? INT32_MAX : query->limit;
    if (pn_cli_given(cli, "segment")) {
        pn_segment_row row;
        if (pn_cli_given(cli, "filter") || subject.len != 0) {
            return pn_cli_usage(cli, "--segment says what is listed and which: give it alone.");
        }
        PN_TRY(
            pn_segments_get(cli->app, pn_cli_value(cli, "segment"), &cli->arena, &row, &cli->diag));
        query->subject = (pn_subject)row.subject;
        return pn_segments_rule(&row, &cli->arena, &query->rule, &cli->diag);
    }
    if (pn_cli_given(cli, "filter")) {
        pn_json *json = NULL;
        PN_TRY(pn_cli_parse_json(cli, pn_cli_value(cli, "filter"), PN_STR("--filter"), &json));
        PN_TRY(pn_rule_compile(json, query->subject, &cli->arena, &query->rule, &cli->diag));
    }
    return PN_OK;
}

static void case_row(pn_out *out, const pn_case_row *row, bool invoices, bool ids) {
    if (ids) {
        pn_cell_id(out, PN_ID_RUN, row->run_id);
        pn_cell_id(out, PN_ID_DEBTOR, row->debtor_id);
    }
    pn_cell_str(out, row->debtor_key);
    pn_cell_str(out, row->debtor_name);
    pn_cell_str(out, row->creditor);
    if (invoices) {
        pn_cell_str(out, row->number);
    } else {
        pn_cell_int(out, row->open_items);
    }
    pn_cell_amount(out, (pn_money){row->open, row->currency});
    pn_cell_amount(out, (pn_money){row->claimable, row->currency});
    if (out->json) {
        pn_cell_str(out, pn_str_of(row->currency.code));
    }
    pn_cell_date(out, row->due);
    pn_cell_str(out, row->strategy);
    pn_cell_str(out, row->node);
    pn_cell_time(out, row->wake_at);
}

pn_err pn_cmd_case_list(pn_cli *cli) {
    static const pn_column FULL[] = {
        {"run", "Run", false},           {"debtor", "Debtor", false},
        {"key", "Key", false},           {"name", "Debtor", false},
        {"creditor", "Creditor", false}, {"items", "Invoices", true},
        {"open", "Open", true},          {"claimable", "To ask for", true},
        {"currency", "", false},         {"due", "Oldest due", false},
        {"strategy", "Strategy", false}, {"node", "Node", false},
        {"wake_at", "Next", false},
    };
    pn_column columns[PN_COUNT(FULL)];
    pn_case_query query = {0};
    pn_case_row *rows = NULL;
    size_t count = 0, used = 0;
    int64_t total = 0;
    PN_TRY(parse_query(cli, &query));
    PN_TRY(pn_case_list(cli->app, &query, &cli->arena, &rows, &count, &total, &cli->diag));
    bool invoices = query.subject == PN_SUBJECT_INVOICE;
    for (size_t i = 0; i < PN_COUNT(FULL); i++) {
        bool json_only = i < 2 || strcmp(FULL[i].key, "currency") == 0;
        if (cli->out.json || !json_only) {
            columns[used++] =
                i == 5 && invoices ? (pn_column){"invoice", "Invoice", false} : FULL[i];
        }
    }
    pn_out_table(&cli->out, "cases", columns, used);
    for (size_t i = 0; i < count; i++) {
        case_row(&cli->out, &rows[i], invoices, cli->out.json);
    }
    pn_out_table_end(&cli->out, "No open case fits.");
    bool more = total > PN_LIMIT_CASES_COUNTED;
    total = PN_MIN(total, PN_LIMIT_CASES_COUNTED);
    pn_out_int(&cli->out, "total", NULL, total);
    pn_out_bool(&cli->out, "more", NULL, more);
    if (more || total > (int64_t)count) {
        pn_out_line(&cli->out, "\n%zu of %s%lld; --limit and --skip show others.", count,
                    more ? "more than " : "", (long long)total);
    }
    return PN_OK;
}

/* ── show ────────────────────────────────────────────────────────────────────────────────────── */

static pn_err find_case(pn_cli *cli, pn_case_ref *ref) {
    return pn_lookup_case(cli->app, cli->args[0], &cli->arena, ref, &cli->diag);
}

static pn_err print_debtor(pn_cli *cli, const pn_case_ref *ref) {
    pn_debtor_row row;
    pn_out *out = &cli->out;
    pn_err err = pn_debtor_get(cli->app->db, ref->debtor_id, &cli->arena, &row);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_id(out, "debtor", "Debtor", PN_ID_DEBTOR, row.id);
    pn_out_str(out, "key", "Key", row.external_id);
    pn_out_str(out, "name", "Name", row.name);
    pn_out_str(out, "tax_id", "Tax id", row.tax_id);
    pn_out_str(out, "country", "Country", row.country);
    pn_out_str(out, "language", "Language", row.language);
    pn_out_str(out, "zone", "Time zone", row.zone);
    pn_out_str(out, "owner", "Collector", row.owner);
    pn_out_int(out, "promises_kept", NULL, row.promises_kept);
    pn_out_int(out, "promises_broken", NULL, row.promises_broken);
    pn_out_str(out, "excluded", "Not contacted", row.barred_reason);
    return PN_OK;
}

static pn_err print_contacts(pn_cli *cli, pn_id debtor_id) {
    static const pn_column COLUMNS[] = {
        {"channel", "Channel", false},   {"address", "Address", false}, {"name", "Name", false},
        {"relation", "Relation", false}, {"state", "State", false},     {"reason", "Why", false},
    };
    pn_contact_row *rows = NULL;
    size_t count = 0;
    pn_err err = pn_contact_range(cli->app->db, debtor_id, debtor_id, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_title(&cli->out, "Contacts");
    pn_out_table(&cli->out, "contacts", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        pn_cell_str(&cli->out, pn_str_of(pn_channel_kind_name(rows[i].channel)));
        pn_cell_str(&cli->out, rows[i].address);
        pn_cell_str(&cli->out, rows[i].name);
        pn_cell_str(&cli->out, rows[i].relation);
        pn_cell_str(&cli->out, pn_str_of(pn_contact_state_name(rows[i].state)));
        pn_cell_str(&cli->out, rows[i].state_reason);
    }
    pn_out_table_end(&cli->out, "No address is known.");
    return PN_OK;
}

static pn_err print_invoices(pn_cli *cli, const pn_case_ref *ref) {
    static const pn_column COLUMNS[] = {
        {"id", "ID", false},     {"number", "Invoice", false},          {"issued", "Issued", false},
        {"due", "Due", false},   {"effective_due", "Effective", false}, {"amount", "Amount", true},
        {"open", "Open", true},  {"claimable", "To ask for", true},     {"closed", "Closed", false},
        {"currency", "", false},
    };
    pn_account_row *accounts = NULL;
    size_t count = 0;
    pn_err err = pn_account_range(cli->app->db, ref->debtor_id, ref->debtor_id, &cli->arena,
                                  &accounts, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_title(&cli->out, "Invoices");
    pn_out_table(&cli->out, "invoices", COLUMNS, PN_COUNT(COLUMNS) - !cli->out.json);
    for (size_t i = 0; i < count; i++) {
        pn_invoice_row *rows = NULL;
        size_t row_count = 0;
        err = pn_invoice_of_account(cli->app->db, ref->debtor_id, accounts[i].id, true, &cli->arena,
                                    &rows, &row_count);
        PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
        for (size_t j = 0; j < row_count; j++) {
            const pn_item *item = &rows[j].item;
            if (ref->invoice_id != 0 && ref->invoice_id != item->id) {
                continue;
            }
            pn_cell_id(&cli->out, PN_ID_INVOICE, item->id);
            pn_cell_str(&cli->out, item->number);
            pn_cell_date(&cli->out, item->issued);
            pn_cell_date(&cli->out, item->due);
            pn_cell_date(&cli->out, item->effective_due);
            pn_cell_amount(&cli->out, (pn_money){item->amount, item->currency});
            pn_cell_amount(&cli->out, (pn_money){item->open, item->currency});
            pn_cell_amount(&cli->out, (pn_money){item->claimable, item->currency});
            pn_cell_str(&cli->out, item->closed == PN_CLOSED_NOT
                                       ? PN_STR("")
                                       : pn_str_of(pn_closed_name(item->closed)));
            if (cli->out.json) {
                pn_cell_str(&cli->out, pn_str_of(item->currency.code));
            }
        }
    }
    pn_out_table_end(&cli->out, "No invoice.");
    return PN_OK;
}

static pn_err run_row(pn_cli *cli, const pn_run_row *row) {
    const pn_published *published = NULL;
    const pn_run *run = &row->run;
    PN_TRY(pn_catalog_version(cli->app, run->version_id, &published, &cli->diag));
    pn_cell_id(&cli->out, PN_ID_RUN, run->id);
    pn_cell_str(&cli->out, published->flow->name);
    pn_cell_int(&cli->out, published->version);
    pn_cell_str(&cli->out, pn_flow_node_id(published->flow, run->node));
    pn_cell_str(&cli->out, pn_str_of(pn_run_status_name(run->status)));
    pn_cell_int(&cli->out, run->cycle);
    pn_cell_str(&cli->out, pn_str_of(pn_run_wait_name(run->wait)));
    pn_cell_time(&cli->out, run->status == PN_RUN_ACTIVE ? run->wake_at : PN_TIME_NONE);
    return PN_OK;
}

static pn_err print_runs(pn_cli *cli, const pn_case_ref *ref) {
    static const pn_column COLUMNS[] = {
        {"id", "Run", false},
        {"strategy", "Strategy", false},
        {"version", "Version", true},
        {"node", "Node", false},
        {"status", "Status", false},
        {"cycle", "Cycle", true},
        {"waits_for", "Waits for", false},
        {"wake_at", "Next", false},
    };
    pn_run_row *rows = NULL;
    size_t count = 0;
    pn_err err = pn_run_range(cli->app->db, ref->debtor_id, ref->debtor_id, false, &cli->arena,
                              &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_title(&cli->out, "Runs");
    pn_out_table(&cli->out, "runs", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        bool meant = (ref->run_id == 0 || rows[i].run.id == ref->run_id) &&
                     (ref->invoice_id == 0 || rows[i].run.invoice_id == 0 ||
                      rows[i].run.invoice_id == ref->invoice_id);
        if (meant) {
            PN_TRY(run_row(cli, &rows[i]));
        }
    }
    pn_out_table_end(&cli->out, "No strategy has taken this case up yet.");
    return PN_OK;
}

static pn_err message_rows(pn_cli *cli, const pn_case_ref *ref) {
    pn_run_row *runs = NULL;
    size_t count = 0;
    pn_err err = pn_run_range(cli->app->db, ref->debtor_id, ref->debtor_id, false, &cli->arena,
                              &runs, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    for (size_t i = 0; i < count; i++) {
        pn_message_row *rows = NULL;
        size_t row_count = 0;
        if (ref->run_id != 0 && runs[i].run.id != ref->run_id) {
            continue;
        }
        err = pn_message_chain(cli->app->db, runs[i].last_message_id, 1000, &cli->arena, &rows,
                               &row_count);
        PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
        for (size_t j = row_count; j-- > 0;) {
            pn_cell_id(&cli->out, PN_ID_MESSAGE, rows[j].id);
            pn_cell_id(&cli->out, PN_ID_CARRIER, rows[j].carrier_id);
            pn_cell_str(&cli->out, pn_str_of(pn_channel_kind_name(rows[j].channel)));
            pn_cell_str(&cli->out, rows[j].template_name);
            pn_cell_int(&cli->out, rows[j].tone);
            pn_cell_str(&cli->out, pn_str_of(pn_message_state_name(rows[j].state)));
            pn_cell_str(&cli->out, rows[j].reason);
            pn_cell_time(&cli->out, rows[j].settled_at);
        }
    }
    return PN_OK;
}

static pn_err print_messages(pn_cli *cli, const pn_case_ref *ref) {
    static const pn_column COLUMNS[] = {
        {"id", "Message", false},      {"carrier", "Carrier", false},
        {"channel", "Channel", false}, {"template", "Template", false},
        {"tone", "Tone", true},        {"state", "State", false},
        {"reason", "Why", false},      {"settled_at", "When", false},
    };
    pn_out_title(&cli->out, "Messages");
    pn_out_table(&cli->out, "messages", COLUMNS, PN_COUNT(COLUMNS));
    PN_TRY(message_rows(cli, ref));
    pn_out_table_end(&cli->out, "Nothing was written yet.");
    return PN_OK;
}

static pn_err print_holds(pn_cli *cli, const pn_case_ref *ref) {
    static const pn_column COLUMNS[] = {
        {"id", "Hold", false},     {"reason", "Why", false},   {"actor", "By", false},
        {"since", "Since", false}, {"until", "Review", false},
    };
    pn_hold_row *rows = NULL;
    size_t count = 0;
    pn_err err = pn_hold_list(cli->app->db, ref->debtor_id, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    if (count == 0 && !cli->out.json) {
        return PN_OK;
    }
    pn_out_title(&cli->out, "Holds");
    pn_out_table(&cli->out, "holds", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        pn_cell_id(&cli->out, PN_ID_HOLD, rows[i].id);
        pn_cell_str(&cli->out, rows[i].reason);
        pn_cell_str(&cli->out, rows[i].actor);
        pn_cell_time(&cli->out, rows[i].since);
        pn_cell_time(&cli->out, rows[i].until);
    }
    pn_out_table_end(&cli->out, NULL);
    return PN_OK;
}

pn_err pn_cmd_case_show(pn_cli *cli) {
    pn_case_ref ref;
    PN_TRY(find_case(cli, &ref));
    PN_TRY(print_debtor(cli, &ref));
    PN_TRY(print_contacts(cli, ref.debtor_id));
    PN_TRY(print_invoices(cli, &ref));
    PN_TRY(pn_cli_print_claims(cli, ref.debtor_id));
    PN_TRY(print_holds(cli, &ref));
    PN_TRY(pn_cli_print_protections(cli, ref.debtor_id));
    PN_TRY(print_runs(cli, &ref));
    return print_messages(cli, &ref);
}

/* ── timeline and why ────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_CASE_TIMELINE_OPTIONS[] = {{NULL, NULL, NULL}};

pn_err pn_cmd_case_timeline(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"at", "When", false},  {"kind", "What", false},   {"text", "", false},
        {"actor", "By", false}, {"event", "Event", false}, {"body", "Facts", false},
    };
    pn_case_ref ref;
    pn_timeline_entry *entries = NULL;
    size_t count = 0;
    PN_TRY(find_case(cli, &ref));
    PN_TRY(pn_timeline(cli->app, &ref, PN_STR("en"), &cli->arena, &entries, &count, &cli->diag));
    pn_out_table(&cli->out, "entries", COLUMNS, cli->out.json ? 6 : 3);
    for (size_t i = 0; i < count; i++) {
        pn_cell_time(&cli->out, entries[i].at);
        pn_cell_str(&cli->out, pn_str_of(entries[i].kind));
        pn_cell_str(&cli->out, entries[i].text);
        if (cli->out.json) {
            pn_cell_str(&cli->out, entries[i].actor);
            pn_cell_id(&cli->out, PN_ID_EVENT, entries[i].event_id);
            pn_cell_raw(&cli->out, entries[i].body);
        }
    }
    pn_out_table_end(&cli->out, "Nothing has happened yet.");
    return PN_OK;
}

static void print_files(pn_out *out, const pn_why *why) {
    static const pn_column COLUMNS[] = {
        {"name", "Document", false},
        {"bytes", "Bytes", true},
        {"attached", "Attached", false},
        {"remark", "Remark", false},
    };
    if (why->file_count == 0 && !out->json) {
        return;
    }
    pn_out_title(out, "Documents");
    pn_out_table(out, "documents", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < why->file_count; i++) {
        const pn_carrier_file *file = &why->files[i];
        pn_cell_str(out, file->name);
        pn_cell_int(out, file->size);
        pn_cell_str(out, file->attached ? PN_STR("yes") : PN_STR("no"));
        pn_cell_str(out, file->remark.len == 0 ? PN_STR_NONE
                                               : pn_reason_words(file->remark, PN_STR("en")));
    }
    pn_out_table_end(out, NULL);
}

static void print_why(pn_cli *cli, const pn_why *why) {
    pn_out *out = &cli->out;
    const pn_message_row *m = &why->message;
    pn_out_id(out, "message", "Message", PN_ID_MESSAGE, m->id);
    pn_out_str(out, "state", "State", pn_str_of(pn_message_state_name(m->state)));
    pn_out_str(out, "sentence", "Why", why->sentence);
    pn_out_str(out, "channel", "Channel", pn_str_of(pn_channel_kind_name(m->channel)));
    pn_out_str(out, "template", "Template", m->template_name);
    pn_out_int(out, "tone", "Tone", m->tone);
    pn_out_str(out, "strategy", "Strategy", why->strategy);
    pn_out_int(out, "version", "Version", why->version);
    pn_out_str(out, "node", "Node", why->node);
    pn_out_str(out, "entry_rule", "Entered because", why->entry_rule);
    pn_out_id(out, "run", "Run", PN_ID_RUN, m->run_id);
    pn_out_id(out, "written_by", "Written by", PN_ID_EVENT, why->written_by.id);
    bool judged = pn_str_find(m->params, PN_STR("\"gate\":")) != SIZE_MAX;
    pn_out_raw(out, "facts", judged ? "Verdicts" : NULL, m->params);
    pn_out_object(out, "carrier");
    if (why->carrier.id != 0) {
        pn_out_id(out, "id", "Carrier", PN_ID_CARRIER, why->carrier.id);
        pn_out_str(out, "address", "To", why->carrier.address);
        pn_out_str(out, "subject", "Subject", why->carrier.subject);
        pn_out_str(out, "state", NULL, pn_str_of(pn_message_state_name(why->carrier.state)));
        pn_out_time(out, "at", "Sent", why->carrier.at);
        pn_out_str(out, "status", "Status", why->carrier.status);
        pn_out_str(out, "reply", "Server said", why->carrier.reply);
        pn_out_raw(out, "facts", "Facts", why->carrier.facts);
    }
    pn_out_object_end(out);
}

pn_err pn_cmd_case_why(pn_cli *cli) {
    pn_id id = 0;
    pn_why why;
    PN_TRY(pn_lookup_id(PN_ID_MESSAGE, cli->args[0], &id, &cli->diag));
    PN_TRY(pn_why_message(cli->app, id, PN_STR("en"), &cli->arena, &why, &cli->diag));
    print_why(cli, &why);
    print_files(&cli->out, &why);
    return PN_OK;
}

/* ── what was sent ───────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_CASE_MAIL_OPTIONS[] = {
    {"out", "FILE", "write it there (an .eml opens in a mail program)"},
    {NULL, NULL, NULL},
};

static pn_err sent_content(pn_cli *cli, pn_id carrier_id, pn_str *ret_content) {
    pn_err err = carrier_id == 0
                     ? PN_NOT_FOUND
                     : pn_carrier_content(cli->app->db, carrier_id, &cli->arena, ret_content);
    return err == PN_NOT_FOUND
               ? pn_diag_set(&cli->diag, err, "“%.*s” has not been sent.", PN_STR_ARG(cli->args[0]))
               : pn_app_fail(cli->app, err, &cli->diag);
}

/* A message's carrier, or one by its own id: a copy has no message. */
static pn_err sent_carrier(pn_cli *cli, pn_carrier_row *ret_carrier) {
    pn_id id = 0;
    pn_why why;
    if (pn_id_parse(PN_ID_CARRIER, cli->args[0], &id) == PN_OK) {
        pn_err err = pn_carrier_get(cli->app->db, id, &cli->arena, ret_carrier);
        bool others = err == PN_OK && ret_carrier->org_id != cli->app->org.id;
        return err == PN_NOT_FOUND || others
                   ? pn_diag_set(&cli->diag, PN_NOT_FOUND, "There is no mail “%.*s”.",
                                 PN_STR_ARG(cli->args[0]))
                   : pn_app_fail(cli->app, err, &cli->diag);
    }
    PN_TRY(pn_lookup_id(PN_ID_MESSAGE, cli->args[0], &id, &cli->diag));
    PN_TRY(pn_why_message(cli->app, id, PN_STR("en"), &cli->arena, &why, &cli->diag));
    *ret_carrier = why.carrier;
    return PN_OK;
}

pn_err pn_cmd_case_mail(pn_cli *cli) {
    pn_carrier_row carrier;
    pn_str content;
    PN_TRY(sent_carrier(cli, &carrier));
    PN_TRY(sent_content(cli, carrier.id, &content));
    pn_out_id(&cli->out, "carrier", NULL, PN_ID_CARRIER, carrier.id);
    pn_out_str(&cli->out, "to", NULL, carrier.address);
    if (cli->out.json) {
        pn_out_str(&cli->out, "content", NULL, content);
    }
    if (pn_cli_given(cli, "out")) {
        pn_out_line(&cli->out, "%.*s", PN_STR_ARG(pn_cli_value(cli, "out")));
        return pn_cli_write_file(cli, pn_cli_value(cli, "out"), content);
    }
    pn_out_exact(&cli->out, content);
    return PN_OK;
}

/* ── hold and release ────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_CASE_HOLD_OPTIONS[] = {
    {"reason", "TEXT", "why; it is kept and shown"},
    {"until", "DATE", "when it is looked at again"},
    {NULL, NULL, NULL},
};

typedef struct {
    pn_case_ref ref;
    pn_time until;
    pn_id id;
    size_t released;
} holding;

static pn_err hold(pn_cli *cli, void *context) {
    holding *h = context;
    return pn_books_hold(cli->app, h->ref.debtor_id, h->ref.run_id, pn_cli_value(cli, "reason"),
                         h->until, &h->id);
}

pn_err pn_cmd_case_hold(pn_cli *cli) {
    holding h = {0};
    PN_TRY(find_case(cli, &h.ref));
    PN_TRY(pn_cli_time(cli, "until", cli->out.zone, PN_TIME_NONE, &h.until));
    if (!pn_cli_given(cli, "reason") || h.until == PN_TIME_NONE) {
        return pn_cli_usage(cli, "A hold needs --reason TEXT and --until DATE.");
    }
    if (h.until <= pn_app_now(cli->app)) {
        return pn_diag_set(&cli->diag, PN_INVALID, "--until must lie ahead.");
    }
    PN_TRY(pn_cli_write(cli, hold, &h));
    pn_out_id(&cli->out, "id", "Hold", PN_ID_HOLD, h.id);
    pn_out_time(&cli->out, "until", "Review", h.until);
    return PN_OK;
}

static pn_err release(pn_cli *cli, void *context) {
    holding *h = context;
    return pn_books_release(cli->app, h->ref.debtor_id, h->ref.run_id, &cli->arena, &h->released);
}

pn_err pn_cmd_case_release(pn_cli *cli) {
    holding h = {0};
    PN_TRY(find_case(cli, &h.ref));
    PN_TRY(pn_cli_write(cli, release, &h));
    pn_out_int(&cli->out, "released", NULL, (int64_t)h.released);
    pn_out_line(&cli->out, h.released == 0 ? "Nothing holds this case." : "The case goes on.");
    return PN_OK;
}
