#include "app/touches.h"

#include "app/contacts.h"
#include "app/rollup.h"
#include "base/banned.h"
#include "base/limits.h"
#include "base/sort.h"
#include "base/utf8.h"
#include "format/mime_page.h"
#include "store/debtor.h"
#include "store/link.h"
#include "store/message.h"
#include "store/run.h"
#include "store/touch.h"

/* ── recording ───────────────────────────────────────────────────────────────────────────────── */

/* What is recorded for each debtor of a carrier. */
typedef struct {
    pn_id carrier_id;
    pn_signal_kind kind;
    pn_signal_source source;
    pn_str detail;
    pn_time recorded_at;
    pn_id counted_debtor;   /* of whom it is known… */
    int64_t counted_before; /* …how many like it there are */
} touch_record;

static pn_err touch_event(pn_app *app, pn_id debtor_id, const touch_record *record) {
    char id[PN_ID_TEXT_SIZE];
    pn_buf body;
    pn_buf_init(&body, 4096);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "carrier", pn_str_of(pn_id_text(PN_ID_CARRIER, record->carrier_id, id)));
    pn_json_put_str_if(&w, "detail", record->detail);
    pn_json_put_str(&w, "source", pn_str_of(pn_signal_source_name(record->source)));
    pn_json_put_str(&w, "what", pn_str_of(pn_signal_kind_name(record->kind)));
    pn_json_end_object(&w);
    pn_err err = pn_journal_flagged(app, debtor_id, PN_EVENT_SIGNAL, pn_buf_str(&body),
                                    PN_DEBTOR_HAS_SIGNALS);
    pn_buf_done(&body);
    return err;
}

/* No seq: the guard reads no signals. */
static pn_err record_for(pn_app *app, pn_id debtor_id, const touch_record *record) {
    int64_t before = record->counted_before;
    if (debtor_id != record->counted_debtor) {
        PN_TRY(pn_signal_count(app->db, debtor_id, record->carrier_id, record->kind, record->source,
                               &before));
    }
    if (before >= PN_LIMIT_TOUCHES_KEPT) {
        return PN_OK;
    }
    pn_signal_row row = {.debtor_id = debtor_id,
                         .id = pn_app_id(app),
                         .org_id = app->org.id,
                         .kind = record->kind,
                         .source = record->source,
                         .at = pn_app_now(app),
                         .recorded_at = record->recorded_at,
                         .carrier_id = record->carrier_id,
                         .detail = record->detail};
    PN_TRY(pn_signal_insert(app->db, &row));
    if (before != 0) {
        return PN_OK;
    }
    if (record->source == PN_SOURCE_HUMAN) {
        PN_TRY(pn_rollup_touched(app, debtor_id, record->carrier_id, record->kind, false));
    }
    PN_TRY(touch_event(app, debtor_id, record));
    return record->source == PN_SOURCE_HUMAN ? pn_poke(app->db, app->org.lane, debtor_id) : PN_OK;
}

/* The next debtor that the carrier's facts name; they stand in debtor order. */
static bool next_debtor(pn_str *facts, pn_id *ret_debtor) {
    const pn_str name = PN_STR("\"debtor\":\"");
    size_t at = pn_str_find(*facts, name);
    if (at == SIZE_MAX) {
        return false;
    }
    *facts = pn_str_from(*facts, at + name.len);
    pn_str id = pn_str_first(*facts, pn_str_find_char(*facts, '"'));
    return pn_id_parse(PN_ID_DEBTOR, id, ret_debtor) == PN_OK;
}

/* Results read through to each debtor of the carrier (law 6). */
static pn_err record_all(pn_app *app, const pn_link_carrier *carrier, const touch_record *record) {
    pn_str facts = carrier->facts;
    pn_id debtor = 0, last = 0;
    while (next_debtor(&facts, &debtor)) {
        if (debtor != last) {
            PN_TRY(record_for(app, debtor, record));
        }
        last = debtor;
    }
    return PN_OK;
}

/* Since the next hop took it; a sandbox's clock stands still, there it is long ago. */
static int64_t since_sent(const pn_app *app, const pn_link_carrier *carrier, pn_time at) {
    if (app->org.mode == PN_MODE_SANDBOX) {
        return PN_DAY;
    }
    return carrier->sent_at == PN_TIME_NONE ? -1 : at - carrier->sent_at;
}

static pn_signal_source source_of(pn_agent agent) {
    return (pn_signal_source)agent; /* in the same order */
}
static_assert((int)PN_AGENT_HUMAN == (int)PN_SOURCE_HUMAN &&
                  (int)PN_AGENT_PROXY == (int)PN_SOURCE_PROXY &&
                  (int)PN_AGENT_MACHINE == (int)PN_SOURCE_MACHINE,
              "agents are sources");

/* ── opens ───────────────────────────────────────────────────────────────────────────────────── */

static int by_carrier(const void *a, const void *b) {
    const pn_opened *x = a;
    const pn_opened *y = b;
    int order = (x->carrier_id > y->carrier_id) - (x->carrier_id < y->carrier_id);
    return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

static pn_err record_opened(pn_app *app, const pn_link_carrier *carrier, const pn_opened *opened,
                            size_t count) {
    bool recorded[2][PN_AGENT_MACHINE + 1] = {{false}}; /* one of each class in a batch */
    for (size_t i = 0; i < count; i++) {
        pn_touch touch = {.agent = opened[i].agent,
                          .head = opened[i].head,
                          .after_us = since_sent(app, carrier, opened[i].at)};
        pn_agent is = pn_touch_classify(&touch);
        bool web = opened[i].kind == PN_SIGNAL_CLICK;
        if (!recorded[web][is]) {
            touch_record record = {.carrier_id = opened[i].carrier_id,
                                   .kind = opened[i].kind,
                                   .source = source_of(is),
                                   .detail = web ? PN_STR("web") : PN_STR(""),
                                   .recorded_at = opened[i].at};
            PN_TRY(record_all(app, carrier, &record));
        }
        recorded[web][is] = true;
    }
    return PN_OK;
}

pn_err pn_touches_opened(pn_app *app, pn_opened *opened, size_t count, pn_arena *arena) {
    pn_sort(opened, count, sizeof *opened, by_carrier, arena);
    for (size_t i = 0, next = 0; i < count; i = next) {
        pn_link_carrier carrier;
        pn_id id = opened[i].carrier_id;
        while (next < count && opened[next].carrier_id == id) {
            next++;
        }
        pn_err err = pn_link_carrier_get(app->db, id, arena, &carrier);
        if (err == PN_NOT_FOUND || (err == PN_OK && carrier.org_id != app->org.id)) {
            continue;
        }
        PN_TRY(err);
        PN_TRY(record_opened(app, &carrier, opened + i, next - i));
    }
    return PN_OK;
}

/* ── clicks ──────────────────────────────────────────────────────────────────────────────────── */

enum { HONEYPOT = 0, SWEEP_SECONDS = 10 };

static size_t count_lines(pn_str lines) {
    size_t count = 0;
    for (size_t i = 0; i < lines.len; i++) {
        count += lines.ptr[i] == '\n';
    }
    return count;
}

/* The line of that number, from 1; empty where there is none. */
static pn_str line_of(pn_str lines, int64_t number) {
    pn_str line = PN_STR_NONE;
    for (int64_t i = 1; i <= number; i++) {
        if (lines.len == 0 || !pn_str_split(&lines, '\n', &line)) {
            return PN_STR_NONE;
        }
    }
    return number < 1 ? PN_STR_NONE : line;
}

/* Clicks on this message until now: how many of each source; and which links were asked for
 * lately, as bits, the page's own included. */
typedef struct {
    int64_t count[PN_SOURCE_MACHINE + 1];
    uint64_t seen[2]; /* PN_LIMIT_LINK_TARGETS and two */
    pn_time first;
    bool honeypot;
} sweep;

static void note_seen(sweep *s, int64_t number, pn_time at) {
    size_t bit = (size_t)(number + 1);
    if (bit < 128) {
        s->seen[bit / 64] |= UINT64_C(1) << bit % 64;
    }
    s->honeypot = s->honeypot || number == HONEYPOT;
    s->first = PN_MIN(s->first, at);
}

static unsigned count_seen(const sweep *s) {
    uint64_t people = s->seen[0] & ~(UINT64_C(1) << (HONEYPOT + 1));
    return (unsigned)(__builtin_popcountll(people) + __builtin_popcountll(s->seen[1]));
}

static pn_err look_back(pn_app *app, pn_id debtor_id, pn_id carrier_id, pn_time now,
                        pn_arena *arena, sweep *s) {
    pn_signal_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_signal_alike(app->db, debtor_id, carrier_id, PN_SIGNAL_CLICK, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        int64_t number = PN_CLICK_PAGE;
        bool lately = rows[i].recorded_at >= now - SWEEP_SECONDS * PN_SECOND;
        s->count[rows[i].source]++;
        if (lately &&
            (rows[i].detail.len == 0 || pn_str_to_int64(rows[i].detail, &number) == PN_OK)) {
            note_seen(s, number, rows[i].recorded_at);
        }
    }
    return PN_OK;
}

/* What was taken for a person's within the last seconds was a machine's too. */
static pn_err take_back(pn_app *app, const pn_link_carrier *carrier, pn_id carrier_id,
                        pn_time now) {
    pn_str facts = carrier->facts;
    pn_id debtor = 0;
    while (next_debtor(&facts, &debtor)) {
        int64_t changed = 0;
        PN_TRY(pn_signal_mark_machine(app->db, debtor, carrier_id, PN_SIGNAL_CLICK,
                                      now - SWEEP_SECONDS * PN_SECOND, &changed));
        if (changed != 0) {
            PN_TRY(pn_rollup_touched(app, debtor, carrier_id, PN_SIGNAL_CLICK, true));
            PN_TRY(pn_poke(app->db, app->org.lane, debtor));
        }
    }
    return PN_OK;
}

static pn_err record_click(pn_app *app, const pn_link *link, const pn_link_carrier *carrier,
                           const pn_clicked *clicked, pn_arena *arena) {
    pn_time now = pn_env_now(app->env);
    sweep s = {.first = now};
    note_seen(&s, clicked->number, now);
    PN_TRY(look_back(app, link->debtor_id, link->carrier_id, now, arena, &s));
    pn_touch touch = {.agent = clicked->agent,
                      .head = clicked->head,
                      .honeypot = s.honeypot,
                      .after_us = since_sent(app, carrier, now),
                      .links = (unsigned)count_lines(link->target) + 1,
                      .links_hit = count_seen(&s),
                      .hit_in_us = now - s.first};
    pn_agent is = pn_touch_classify(&touch);
    touch_record record = {.carrier_id = link->carrier_id,
                           .kind = PN_SIGNAL_CLICK,
                           .source = source_of(is),
                           .recorded_at = now,
                           .counted_debtor = link->debtor_id,
                           .counted_before = s.count[source_of(is)]};
    if (clicked->number != PN_CLICK_PAGE) {
        record.detail = pn_str_format(arena, "%lld", (long long)clicked->number);
    }
    if (is == PN_AGENT_MACHINE && s.count[PN_SOURCE_HUMAN] != 0) {
        PN_TRY(take_back(app, carrier, link->carrier_id, now));
    }
    return record_all(app, carrier, &record);
}

static pn_err follow(pn_app *app, const pn_link *link, const pn_link_carrier *carrier,
                     const pn_clicked *clicked, pn_arena *arena, pn_str *ret_location) {
    pn_str target = line_of(link->target, clicked->number);
    if (carrier->org_id != 0) {
        PN_TRY(record_click(app, link, carrier, clicked, arena));
    }
    /* the page says what is wrong with a link that is not good any more */
    *ret_location = link->state == PN_LINK_GOOD && target.len != 0
                        ? target
                        : pn_link_url(app, PN_LINK_PAGE, link->id, arena);
    return PN_OK;
}

pn_err pn_touches_clicked(pn_app *app, const pn_clicked *clicked, pn_arena *arena,
                          pn_str *ret_location, pn_diag *diag) {
    pn_link link;
    pn_link_carrier carrier;
    PN_TRY(pn_link_look(app, PN_LINK_CLICK, clicked->token, arena, &link, &carrier, diag));
    return follow(app, &link, &carrier, clicked, arena, ret_location);
}

pn_err pn_touches_code(pn_app *app, pn_str code, pn_agent agent, bool head, pn_arena *arena,
                       pn_str *ret_location, pn_diag *diag) {
    pn_link link;
    pn_link_carrier carrier = {0};
    pn_clicked clicked = {.number = PN_CLICK_PAGE, .agent = agent, .head = head};
    PN_TRY(pn_link_open_code(app, code, arena, &link, diag));
    if (link.carrier_id != 0) {
        pn_err err = pn_link_carrier_get(app->db, link.carrier_id, arena, &carrier);
        PN_TRY(err == PN_NOT_FOUND ? PN_OK : err);
    }
    return follow(app, &link, &carrier, &clicked, arena, ret_location);
}

/* ── opting out ──────────────────────────────────────────────────────────────────────────────── */

/* Also whoever uses the address again has to be asked first. */
static pn_err withdraw_consent(pn_app *app, pn_id debtor_id, const pn_link_carrier *carrier,
                               pn_arena *arena) {
    pn_contact_row *contacts = NULL;
    size_t count = 0;
    PN_TRY(pn_contact_range(app->db, debtor_id, debtor_id, arena, &contacts, &count));
    for (size_t i = 0; i < count; i++) {
        const pn_contact_row *contact = &contacts[i];
        if (contact->channel == carrier->channel && contact->consent != PN_CONSENT_WITHDRAWN &&
            pn_str_eq_nocase(contact->address, carrier->address)) {
            PN_TRY(pn_contacts_consent(app, contact, PN_CONSENT_WITHDRAWN, PN_STR("one_click"),
                                       arena));
        }
    }
    return PN_OK;
}

/* The address is one person's, whatever debtors have it. */
static pn_err close_address(pn_app *app, const pn_link_carrier *carrier, pn_arena *arena) {
    enum { DEBTORS_MAX = 1000 };
    pn_id *debtors = NULL;
    size_t count = 0;
    if (carrier->address.len == 0) { /* erased meanwhile */
        return PN_OK;
    }
    PN_TRY(pn_contact_debtors(app->db, app->org.id, carrier->channel,
                              pn_utf8_fold(arena, carrier->address, false), DEBTORS_MAX, arena,
                              &debtors, &count));
    for (size_t i = 0; i < count; i++) {
        PN_TRY(withdraw_consent(app, debtors[i], carrier, arena));
        PN_TRY(pn_contacts_disable(app, debtors[i], carrier->channel, carrier->address,
                                   PN_CONTACT_OPTED_OUT, PN_STR("one_click"), pn_app_now(app),
                                   arena));
        PN_TRY(pn_poke(app->db, app->org.lane, debtors[i]));
    }
    return PN_OK;
}

/* Whoever wants to be left alone is, however old the link is. */
pn_err pn_touches_unsubscribe(pn_app *app, pn_str token, pn_arena *arena, pn_link *ret_link,
                              pn_diag *diag) {
    pn_link link;
    pn_link_carrier carrier;
    PN_TRY(pn_link_open(app, PN_LINK_UNSUBSCRIBE, token, arena, &link, diag));
    pn_err err = pn_link_carrier_get(app->db, link.carrier_id, arena, &carrier);
    if (err == PN_OK) {
        err = close_address(app, &carrier, arena);
    }
    PN_TRY(err == PN_NOT_FOUND ? PN_OK : err);
    *ret_link = link;
    return PN_OK;
}

/* ── in the browser ──────────────────────────────────────────────────────────────────────────── */

/* Our pixel would tell of opening what was opened by another way. */
static pn_str without_pixel(const pn_app *app, pn_str html, pn_arena *arena) {
    pn_str name = pn_str_format(arena, "<img src=\"%.*s/o/", PN_STR_ARG(app->org.public_url));
    size_t at = pn_str_find(html, name);
    size_t end = at == SIZE_MAX ? SIZE_MAX : pn_str_find_char(pn_str_from(html, at), '>');
    if (end == SIZE_MAX) {
        return html;
    }
    return pn_str_format(arena, "%.*s%.*s", (int)at, html.ptr,
                         PN_STR_ARG(pn_str_from(html, at + end + 1)));
}

pn_err pn_touches_page(pn_app *app, pn_id carrier_id, pn_arena *arena, pn_buf *out) {
    pn_str mail;
    pn_buf html;
    PN_TRY(pn_carrier_content(app->db, carrier_id, arena, &mail));
    pn_buf_init(&html, 2 * PN_LIMIT_TEMPLATE_BYTES + PN_LIMIT_CREDITOR_LOGO_BYTES * 2);
    pn_err err = pn_mime_page(mail, arena, &html);
    if (err == PN_OK) {
        pn_buf_add_str(out, without_pixel(app, pn_buf_str(&html), arena));
    }
    pn_buf_done(&html);
    return err;
}

pn_err pn_touches_web_version(pn_app *app, pn_str token, pn_arena *arena, pn_buf *out,
                              pn_link *ret_link, pn_diag *diag) {
    pn_link link;
    PN_TRY(pn_link_open(app, PN_LINK_WEB, token, arena, &link, diag));
    *ret_link = link;
    if (link.state != PN_LINK_GOOD) {
        return pn_diag_set(diag, PN_DENIED, "This link is not good any more.");
    }
    pn_err err = pn_touches_page(app, link.carrier_id, arena, out);
    return err == PN_NOT_FOUND
               ? pn_diag_set(diag, err, "What was sent with this link is not kept any more.")
               : err;
}
