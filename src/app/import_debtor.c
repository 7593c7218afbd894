/* Debtors, from their own file or from the rows of invoices. */
#include "app/contacts.h"
#include "app/import_int.h"

#include "app/publish.h"
#include "base/banned.h"
#include "calendar/phone.h"
#include "base/utf8.h"
#include "format/mime.h"
#include "format/tax_id.h"
#include "store/run.h"

/* ── reading ─────────────────────────────────────────────────────────────────────────────────── */

const pn_creditor_row *pn_import_creditor(pn_importer *importer) {
    pn_app *app = importer->app;
    pn_str name = pn_import_value(importer, "creditor");
    const pn_creditor_row *found = NULL;
    pn_diag diag = {0};
    if (name.len == 0) {
        name = importer->request->creditor;
    }
    if (pn_app_find_creditor(app, name, &found, &diag) == PN_OK) {
        return found;
    }
    if (name.len == 0) {
        pn_import_refuse(importer, "creditor", name, "%s %s", diag.what, diag.mend);
        return NULL;
    }
    /* A legal entity that the file names and nobody made yet: made, and told in the report. */
    if (pn_app_savepoint(app, &importer->before_creditor, &diag) != PN_OK) {
        pn_import_refuse(importer, "creditor", name, "%s", diag.what);
        return NULL;
    }
    importer->made_creditor = true;
    importer->report->creditors_created++;
    if (pn_publish_creditor(app, pn_str_dup(&app->arena, name), &app->arena, &found, &diag) !=
        PN_OK) {
        pn_import_refuse(importer, "creditor", name, "%s", diag.what);
        return NULL;
    }
    return found;
}

bool pn_import_read_email(pn_importer *importer, pn_str *ret_email) {
    pn_str text = pn_import_value(importer, "email");
    *ret_email = PN_STR_NONE;
    if (text.len == 0) {
        return true;
    }
    if (!pn_mime_is_address(text)) {
        pn_import_refuse(importer, "email", text, "this is no e-mail address");
        return false;
    }
    *ret_email = pn_import_keep(importer, text);
    return true;
}

static pn_str country_of(const pn_importer *importer, const pn_import_debtor *d) {
    return d->country.len != 0                                    ? d->country
           : d->creditor != NULL && d->creditor->country.len != 0 ? d->creditor->country
                                                                  : importer->app->org.country;
}

/* A customer's own affair as long as it is only kept. Where it stands for the customer's code, a
 * mistyped one would be another customer, and what anybody may use would be one of them all. */
static bool read_tax_id(pn_importer *importer, const pn_import_debtor *d, pn_str *ret_tax_id) {
    if (!pn_import_text(importer, "tax_id", false, 40, ret_tax_id)) {
        return false;
    }
    bool code = importer->code_field != NULL && strcmp(importer->code_field, "tax_id") == 0;
    pn_str text = *ret_tax_id, country = country_of(importer, d);
    pn_str name = pn_tax_id_name(country), example = pn_tax_id_example(country);
    pn_tax_id_verdict verdict = text.len == 0 ? PN_TAX_ID_GOOD : pn_tax_id_check(text, country);
    switch (verdict) {
    case PN_TAX_ID_GOOD:
    case PN_TAX_ID_UNKNOWN: break;
    case PN_TAX_ID_ANYBODY:
        if (code) {
            pn_import_refuse(importer, "tax_id", text,
                             "this %.*s is nobody's own, and there is no other code to tell "
                             "customers apart",
                             PN_STR_ARG(name));
        }
        return !code;
    case PN_TAX_ID_FORM:
        pn_import_warn(importer, "tax_id", text, "this is not written like a %.*s: %.*s",
                       PN_STR_ARG(name), PN_STR_ARG(example));
        break;
    case PN_TAX_ID_DOUBTFUL:
        pn_import_warn(importer, "tax_id", text, "the check digit of this %.*s does not agree",
                       PN_STR_ARG(name));
        break;
    case PN_TAX_ID_SUM:
        (code ? pn_import_refuse : pn_import_warn)(importer, "tax_id", text,
                                                   "the check digit of this %.*s does not agree",
                                                   PN_STR_ARG(name));
        return !code;
    }
    return true;
}

/* In international form, by the debtor's country where the row does not say it. */
static bool read_phone(pn_importer *importer, const pn_import_debtor *d, pn_str *ret_phone) {
    pn_str text = pn_import_value(importer, "phone");
    pn_str country = country_of(importer, d);
    pn_diag why = {0};
    *ret_phone = PN_STR_NONE;
    if (text.len == 0) {
        return true;
    }
    if (pn_phone_read(text, country, importer->arena, ret_phone, &why) != PN_OK) {
        pn_import_refuse(importer, "phone", text, "%s", why.what);
        return false;
    }
    return true;
}

static bool read_country(pn_importer *importer, pn_str *ret_country) {
    pn_str text = pn_import_value(importer, "country");
    *ret_country = PN_STR_NONE;
    if (text.len == 0) {
        return true;
    }
    if (text.len != 2 || !pn_is_alpha(text.ptr[0]) || !pn_is_alpha(text.ptr[1])) {
        pn_import_refuse(importer, "country", text,
                         "a country is two letters, like ES; map it with a literal or a template");
        return false;
    }
    char upper[2] = {pn_to_upper(text.ptr[0]), pn_to_upper(text.ptr[1])};
    *ret_country = pn_str_dup(importer->arena, (pn_str){upper, 2});
    return true;
}

static bool read_zone(pn_importer *importer, pn_str *ret_zone) {
    const pn_zone *zone = NULL;
    pn_diag diag = {0};
    if (!pn_import_text(importer, "zone", false, 60, ret_zone)) {
        return false;
    }
    if (ret_zone->len != 0 && pn_app_zone(importer->app, *ret_zone, &zone, &diag) != PN_OK) {
        pn_import_refuse(importer, "zone", *ret_zone, "%s", diag.what);
        return false;
    }
    return true;
}

static bool read_language(pn_importer *importer, pn_str *ret_language) {
    if (!pn_import_text(importer, "language", false, 6, ret_language)) {
        return false;
    }
    pn_str text = *ret_language;
    bool plain = text.len == 0 || text.len == 2 || (text.len >= 5 && text.ptr[2] == '-');
    if (!plain) {
        pn_import_refuse(importer, "language", text,
                         "a language is written es, en, pt, es-MX or es-419");
    }
    return plain;
}

static bool read_kind(pn_importer *importer, pn_str *ret_kind) {
    if (!pn_import_text(importer, "kind", false, 20, ret_kind)) {
        return false;
    }
    pn_str text = *ret_kind;
    if (text.len != 0 && !pn_str_eq_nocase(text, PN_STR("person")) &&
        !pn_str_eq_nocase(text, PN_STR("company"))) {
        pn_import_refuse(importer, "kind", text, "it is person or company");
        return false;
    }
    return true;
}

/* "10 25", "10,25" → bits; -1 when none is given. */
static bool read_day_list(pn_importer *importer, const char *field, int64_t max,
                          int64_t *ret_bits) {
    pn_str text = pn_import_value(importer, field);
    *ret_bits = text.len == 0 ? -1 : 0;
    size_t at = 0;
    while (at < text.len) {
        int64_t number = 0;
        size_t begin = at;
        while (at < text.len && pn_is_digit(text.ptr[at])) {
            at++;
        }
        bool good =
            pn_str_to_int64(pn_str_sub(text.ptr + begin, text.ptr + at), &number) == PN_OK &&
            number >= 1 && number <= max;
        if (!good) {
            pn_import_refuse(importer, field, text, "numbers from 1 to %lld are expected",
                             (long long)max);
            return false;
        }
        *ret_bits |= INT64_C(1) << number;
        while (at < text.len &&
               (text.ptr[at] == ' ' || text.ptr[at] == ',' || text.ptr[at] == ';')) {
            at++;
        }
    }
    return true;
}

pn_attr *pn_import_attributes(pn_importer *importer, pn_str prefix, size_t *ret_count) {
    pn_attr *attrs = NULL;
    size_t count = 0, capacity = 0;
    for (size_t i = 0; i < importer->mapping.count; i++) {
        const pn_cell *cell = &importer->mapping.cells[i];
        if (!pn_str_starts(cell->field, prefix)) {
            continue;
        }
        pn_str value = pn_import_value(importer, pn_str_z(&importer->row_arena, cell->field));
        if (value.len == 0) {
            continue;
        }
        if (value.len > 1000 || count == PN_LIMIT_ATTRIBUTES) {
            pn_import_refuse(importer, "attr", value,
                             "an attribute has at most 1,000 bytes, a row "
                             "at most %d of them",
                             PN_LIMIT_ATTRIBUTES);
            break;
        }
        attrs = pn_arena_grow(importer->arena, attrs, count, &capacity, sizeof *attrs);
        attrs[count] = pn_attr_read(pn_import_keep(importer, value), importer->arena);
        attrs[count++].key = pn_str_from(cell->field, prefix.len);
    }
    *ret_count = count;
    return attrs;
}

bool pn_import_read_debtor(pn_importer *importer, const pn_creditor_row *creditor, bool in_invoice,
                           pn_import_debtor *ret_debtor) {
    pn_import_debtor d = {.creditor = creditor,
                          .line = importer->line,
                          .grace_days = -1,
                          .payment_days = -1,
                          .closed_months = -1};
    bool good = pn_import_text(importer, in_invoice ? "debtor" : "external_id", true,
                               PN_LIMIT_EXTERNAL_ID_BYTES, &d.key);
    good &= pn_import_text(importer, in_invoice ? "debtor_name" : "name", false, 200, &d.name);
    good &= pn_import_text(importer, "parent", false, PN_LIMIT_EXTERNAL_ID_BYTES, &d.parent_key);
    good &= pn_import_text(importer, "region", false, 6, &d.region);
    good &= pn_import_text(importer, "owner", false, 120, &d.owner);
    good &= pn_import_text(importer, "salesperson", false, 120, &d.salesperson);
    good &= pn_import_text(importer, "contact_name", false, 120, &d.contact_name);
    good &= pn_import_read_email(importer, &d.email);
    good &= pn_import_text(importer, "address", false, 400, &d.address);
    good &= pn_import_text(importer, "http", false, 400, &d.http);
    good &= read_country(importer, &d.country);
    good &= read_tax_id(importer, &d, &d.tax_id);
    good &= read_phone(importer, &d, &d.phone);
    good &= read_zone(importer, &d.zone);
    good &= read_language(importer, &d.language);
    good &= read_kind(importer, &d.kind);
    if (!in_invoice) {
        good &= pn_import_whole(importer, "grace_days", 0, 365, -1, &d.grace_days);
        good &= read_day_list(importer, "payment_days", 31, &d.payment_days);
        good &= read_day_list(importer, "closed_months", 12, &d.closed_months);
    }
    d.attrs = pn_import_attributes(importer, in_invoice ? PN_STR("debtor_attr.") : PN_STR("attr."),
                                   &d.attr_count);
    *ret_debtor = d;
    return good && !importer->row_bad;
}

/* ── comparing and writing ───────────────────────────────────────────────────────────────────── */

static void set_text(pn_str given, pn_str *field, bool *changed) {
    if (given.len != 0 && !pn_str_eq(given, *field)) {
        *field = given;
        *changed = true;
    }
}

static void set_folded(pn_arena *arena, pn_str given, pn_str *field, pn_str *fold, bool *changed) {
    bool differs = false;
    set_text(given, field, &differs);
    if (differs) {
        *fold = pn_utf8_fold(arena, given, false);
        *changed = true;
    }
}

/* Puts what the file gives over what the row has. */
static void apply(pn_importer *importer, pn_import_debtor *d) {
    pn_debtor_row *row = &d->row;
    pn_arena *arena = importer->arena;
    set_folded(arena, d->name, &row->name, &row->name_fold, &d->changed);
    set_folded(arena, d->owner, &row->owner, &row->owner_fold, &d->changed);
    set_folded(arena, d->salesperson, &row->salesperson, &row->salesperson_fold, &d->changed);
    set_text(d->tax_id, &row->tax_id, &d->changed);
    set_text(d->language, &row->language, &d->changed);
    bool moved = false;
    set_text(d->country, &row->country, &moved);
    set_text(d->region, &row->region, &moved);
    if (moved && d->zone.len == 0) {
        pn_str usual = pn_zone_of_country(row->country, row->region);
        row->zone = usual.len != 0 ? usual : row->zone;
    }
    d->changed = d->changed || moved;
    set_text(d->zone, &row->zone, &d->changed);
    if (d->kind.len != 0) {
        pn_debtor_kind kind =
            pn_str_eq_nocase(d->kind, PN_STR("company")) ? PN_DEBTOR_COMPANY : PN_DEBTOR_PERSON;
        d->changed = d->changed || row->kind != kind;
        row->kind = kind;
    }
    if (d->grace_days >= 0 && row->grace_days != d->grace_days) {
        row->grace_days = (int32_t)d->grace_days;
        d->changed = true;
    }
    if (d->payment_days >= 0 && row->payment_days != d->payment_days) {
        row->payment_days = (uint32_t)d->payment_days;
        d->changed = true;
    }
    if (d->closed_months >= 0 && row->closed_months != d->closed_months) {
        row->closed_months = (uint16_t)d->closed_months;
        d->changed = true;
    }
    if (d->attr_count != 0 && (row->flags & PN_DEBTOR_HAS_ATTRS) == 0) {
        row->flags |= PN_DEBTOR_HAS_ATTRS;
    }
    d->calendar = pn_calendar_for(row->country, row->region);
}

static pn_debtor_row fresh_row(pn_importer *importer, const pn_import_debtor *d) {
    const pn_creditor_row *creditor = d->creditor;
    pn_arena *arena = importer->arena;
    pn_str country = d->country.len != 0 ? d->country : creditor->country;
    pn_str usual = pn_zone_of_country(country, d->region);
    pn_str name = d->name.len != 0 ? d->name : d->key;
    return (pn_debtor_row){
        .org_id = importer->app->org.id,
        .creditor_id = creditor->id,
        .external_id = d->key,
        .external_id_fold = pn_utf8_fold(arena, d->key, false),
        .name = name,
        .name_fold = pn_utf8_fold(arena, name, false),
        .country = country,
        .zone = usual.len != 0 ? usual : creditor->zone,
        .language = creditor->language,
        .barred_until = PN_DATE_NONE,
        .wake_at = PN_TIME_NEVER,
        .created_at = pn_app_now(importer->app),
    };
}

/* The addresses that a row may bring. */
enum { ADDRESSES = 4 };

typedef struct {
    pn_channel_kind channel;
    pn_str text;
} reach;

static void addresses_of(const pn_import_debtor *d, reach out[ADDRESSES]) {
    out[0] = (reach){PN_CHANNEL_EMAIL, d->email};
    out[1] = (reach){PN_CHANNEL_SMS, d->phone};
    out[2] = (reach){PN_CHANNEL_LETTER, d->address};
    out[3] = (reach){PN_CHANNEL_HTTP, d->http};
}

static pn_err contacts_differ(pn_importer *importer, const pn_import_debtor *d, bool *ret_differ) {
    pn_contact_row *rows = NULL;
    size_t count = 0;
    reach brought[ADDRESSES];
    addresses_of(d, brought);
    PN_TRY(pn_contact_range(importer->app->db, d->id, d->id, importer->arena, &rows, &count));
    *ret_differ = false;
    for (size_t j = 0; j < ADDRESSES; j++) {
        size_t i = 0;
        while (i < count && !(rows[i].channel == brought[j].channel &&
                              pn_str_eq_nocase(rows[i].address, brought[j].text))) {
            i++;
        }
        *ret_differ = *ret_differ || (brought[j].text.len != 0 && i == count);
    }
    return PN_OK;
}

static pn_err attributes_differ(pn_importer *importer, const pn_import_debtor *d,
                                bool *ret_differ) {
    pn_attr *attrs = NULL;
    size_t count = 0;
    *ret_differ = false;
    PN_TRY(pn_attribute_list(importer->app->db, d->id, d->id, importer->arena, &attrs, &count));
    for (size_t i = 0; i < d->attr_count; i++) {
        bool same = false;
        for (size_t j = 0; j < count; j++) {
            same = same || (pn_str_eq(attrs[j].key, d->attrs[i].key) &&
                            pn_str_eq(attrs[j].text, d->attrs[i].text));
        }
        *ret_differ = *ret_differ || !same;
    }
    return PN_OK;
}

static pn_err resolve(pn_importer *importer, pn_import_debtor *d) {
    pn_db *db = importer->app->db;
    pn_err err = d->looked_up ? (d->id != 0 ? PN_OK : PN_NOT_FOUND)
                              : pn_debtor_by_key(db, d->creditor->id, d->key, &d->id);
    if (err == PN_NOT_FOUND) {
        d->is_new = true;
        d->row = fresh_row(importer, d);
        apply(importer, d);
        return PN_OK;
    }
    PN_TRY(err);
    PN_TRY(pn_debtor_get(db, d->id, importer->arena, &d->row));
    apply(importer, d);
    bool differ = false;
    PN_TRY(contacts_differ(importer, d, &differ));
    d->changed = d->changed || differ;
    if (d->attr_count != 0) {
        PN_TRY(attributes_differ(importer, d, &differ));
        d->changed = d->changed || differ;
    }
    return PN_OK;
}

/* An address that the file brings is the one to use first; one that is there already stays. */
static pn_err put_contact(pn_importer *importer, pn_import_debtor *d, pn_channel_kind channel,
                          pn_str address) {
    pn_contact_request request = {.debtor_id = d->id,
                                  .channel = channel,
                                  .address = address,
                                  .name = d->contact_name,
                                  .relation = PN_STR("payer"),
                                  .mark_later = d->is_new && d->looked_up,
                                  .known = d->row.channels};
    bool added = false;
    return address.len == 0 ? PN_OK
                            : pn_contacts_add(importer->app, &request, d->is_new, importer->arena,
                                              &d->row.channels, &added);
}

static pn_err write(pn_importer *importer, pn_import_debtor *d) {
    pn_app *app = importer->app;
    if (d->dropped || (!d->is_new && !d->changed)) {
        return PN_OK;
    }
    if (d->is_new) {
        d->id = d->row.id = pn_app_id(app);
        PN_TRY(pn_debtor_key_insert(app->db, app->org.id, d->creditor->id, d->key, d->id));
    }
    reach brought[ADDRESSES];
    addresses_of(d, brought);
    for (size_t i = 0; i < ADDRESSES; i++) {
        PN_TRY(put_contact(importer, d, brought[i].channel, brought[i].text));
    }
    PN_TRY(d->is_new ? pn_debtor_insert(app->db, &d->row) : pn_debtor_update(app->db, &d->row));
    for (size_t i = 0; i < d->attr_count; i++) {
        PN_TRY(pn_attribute_put(app->db, app->org.id, d->id, d->id, &d->attrs[i]));
    }
    if (d->is_new) {
        importer->report->debtors_created++;
    }
    return pn_poke(app->db, app->org.lane, d->id);
}

/* ── many at a time ──────────────────────────────────────────────────────────────────────────── */

static pn_err look_up(pn_importer *importer, pn_import_debtor *debtors, size_t count) {
    pn_key_lookup *lookup = pn_arena_new(&importer->row_arena, pn_key_lookup);
    lookup->count = count;
    for (size_t i = 0; i < count; i++) {
        lookup->creditors[i] = debtors[i].creditor->id;
        lookup->keys[i] = debtors[i].key;
    }
    PN_TRY(pn_debtor_keys_find(importer->app->db, lookup));
    for (size_t i = 0; i < count; i++) {
        debtors[i].id = lookup->found[i];
        debtors[i].looked_up = true;
    }
    return PN_OK;
}

/* The addresses of new debtors that somebody else has too, also one of the same file. */
static pn_err mark_shared(pn_importer *importer, const pn_import_debtor *debtors, size_t count) {
    pn_arena *arena = &importer->row_arena;
    pn_id *channels = pn_arena_alloc(arena, count * ADDRESSES * sizeof *channels);
    pn_str *folds = pn_arena_alloc(arena, count * ADDRESSES * sizeof *folds);
    size_t noted = 0;
    for (size_t i = 0; i < count; i++) {
        reach brought[ADDRESSES];
        addresses_of(&debtors[i], brought);
        for (size_t j = 0; debtors[i].is_new && !debtors[i].dropped && j < ADDRESSES; j++) {
            if (brought[j].text.len != 0) {
                channels[noted] = brought[j].channel;
                folds[noted++] = pn_utf8_fold(arena, brought[j].text, false);
            }
        }
    }
    return noted == 0 ? PN_OK
                      : pn_contact_share_many(importer->app->db, importer->app->org.id, channels,
                                              folds, noted);
}

pn_err pn_import_resolve_debtors(pn_importer *importer, pn_import_debtor *debtors, size_t count) {
    bool at_once = pn_db_is_shared(importer->app->db);
    for (size_t at = 0; at < count; at += PN_KEYS_A_LOOKUP) {
        pn_import_debtor *some = debtors + at;
        size_t n = PN_MIN(count - at, (size_t)PN_KEYS_A_LOOKUP);
        pn_arena_reset(&importer->row_arena);
        if (at_once) {
            PN_TRY(look_up(importer, some, n));
        }
        for (size_t i = 0; i < n; i++) {
            PN_TRY(resolve(importer, &some[i]));
        }
    }
    return PN_OK;
}

pn_err pn_import_write_debtors(pn_importer *importer, pn_import_debtor *debtors, size_t count) {
    bool at_once = pn_db_is_shared(importer->app->db);
    for (size_t at = 0; at < count; at += PN_KEYS_A_LOOKUP) {
        pn_import_debtor *some = debtors + at;
        size_t n = PN_MIN(count - at, (size_t)PN_KEYS_A_LOOKUP);
        pn_arena_reset(&importer->row_arena);
        for (size_t i = 0; i < n; i++) {
            PN_TRY(write(importer, &some[i]));
        }
        if (at_once) {
            PN_TRY(mark_shared(importer, some, n));
        }
        PN_TRY(pn_import_go_on(importer, true, (int64_t)at, (int64_t)count));
    }
    return PN_OK;
}

pn_err pn_import_link_parent(pn_importer *importer, pn_import_debtor *d) {
    pn_app *app = importer->app;
    pn_id parent = 0;
    if (d->parent_key.len == 0 || d->dropped) {
        return PN_OK;
    }
    pn_err err = pn_debtor_by_key(app->db, d->creditor->id, d->parent_key, &parent);
    if (err == PN_NOT_FOUND || (err == PN_OK && parent == d->id)) {
        importer->line = d->line;
        pn_import_refuse(importer, "parent", d->parent_key,
                         err == PN_OK ? "a debtor cannot be its own parent"
                                      : "there is no debtor of this key");
        importer->report->skipped++;
        return PN_OK;
    }
    PN_TRY(err);
    if (d->row.parent_id == parent) {
        return PN_OK;
    }
    d->row.parent_id = parent;
    d->changed = true;
    return pn_debtor_update(app->db, &d->row);
}

/* ── a file of debtors ───────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_import_debtor *items;
    size_t count, capacity;
    pn_table seen; /* creditor and key → line */
} debtor_list;

static pn_err stage(pn_importer *importer, void *context) {
    debtor_list *list = context;
    pn_import_debtor debtor;
    const pn_creditor_row *creditor = pn_import_creditor(importer);
    if (creditor == NULL || !pn_import_read_debtor(importer, creditor, false, &debtor)) {
        return PN_OK;
    }
    pn_str key = pn_str_format(&importer->row_arena, "%lld/%.*s", (long long)creditor->id,
                               PN_STR_ARG(debtor.key));
    if (pn_table_get(&list->seen, key) != NULL) {
        pn_import_refuse(importer, "external_id", debtor.key, "this key stands twice in the file");
        return PN_OK;
    }
    (void)pn_table_put(&list->seen, key, list);
    list->items = pn_arena_grow(importer->arena, list->items, list->count, &list->capacity,
                                sizeof *list->items);
    list->items[list->count++] = debtor;
    return PN_OK;
}

pn_err pn_import_debtors(pn_importer *importer) {
    debtor_list list = {.seen = pn_table_on(importer->arena)};
    PN_TRY(pn_import_rows(importer, stage, &list));
    if (!pn_import_may_write(importer)) {
        return PN_OK;
    }
    PN_TRY(pn_import_resolve_debtors(importer, list.items, list.count));
    PN_TRY(pn_import_write_debtors(importer, list.items, list.count));
    for (size_t i = 0; i < list.count; i++) {
        PN_TRY(pn_import_link_parent(importer, &list.items[i]));
        importer->report->created += list.items[i].is_new;
        importer->report->changed += list.items[i].changed && !list.items[i].is_new;
        importer->report->same += !list.items[i].changed && !list.items[i].is_new;
    }
    return PN_OK;
}
