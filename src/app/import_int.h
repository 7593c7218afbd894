/* Shared by the parts of an import. */
#ifndef PN_APP_IMPORT_INT_H
#define PN_APP_IMPORT_INT_H

#include "app/import.h"
#include "calendar/business.h"
#include "core/bill.h"
#include "core/fact.h"
#include "liquid/liquid.h"
#include "store/debtor.h"
#include "store/keys.h"

/* Where a field's value comes from. */
typedef enum { PN_CELL_NONE, PN_CELL_COLUMN, PN_CELL_LITERAL, PN_CELL_TEMPLATE } pn_cell_kind;

typedef struct {
    pn_str field; /* "amount", "attr.sector" */
    pn_cell_kind kind;
    size_t column;
    pn_str literal;
    const pn_liquid_template *template;
} pn_cell;

typedef struct {
    pn_cell *cells;
    size_t count, capacity;
} pn_mapping;

/* Fields are asked for by literals; where one's value comes from is found once. */
enum { PN_IMPORT_LOOKUPS = 128 };

typedef struct {
    const char *field;
    const pn_cell *cell;
} pn_import_lookup;

typedef struct {
    pn_app *app;
    const pn_import_request *request;
    pn_arena *arena; /* of the report */
    pn_import_report *report;
    pn_diag *diag;
    pn_csv csv;
    bool reads; /* csv is open */
    pn_csv_header header;
    pn_mapping mapping;
    const char *code_field; /* what stands for the debtor's code: "tax_id"; NULL: it has its own */
    pn_number_style style;
    pn_str date_format;
    pn_id import_id;
    pn_arena row_arena; /* reset with every row */
    const pn_csv_record *record;
    int64_t line;
    bool row_bad;
    size_t problem_capacity, warning_capacity, total_capacity;
    pn_import_lookup lookups[PN_IMPORT_LOOKUPS];
    size_t refused_capacity;
    bool made_creditor; /* by the row under way: undone with it where it is bad */
    pn_app_mark before_creditor;
    int64_t told; /* rows when it was last told how far it is */
} pn_importer;

/* What is known of how the file is written, the rest being guessed. */
pn_csv_format pn_import_given(const pn_import_request *request);

/* Reads the request's file as far as its header and mapping; `loosely`: needed fields may be
 * missing. The caller ends it with pn_import_close, whatever comes back. */
PN_MUST_USE pn_err pn_import_open(pn_importer *importer, bool loosely);
void pn_import_close(pn_importer *importer);

/* Tells how far it is, now and then; CONFLICT when it shall end. */
PN_MUST_USE pn_err pn_import_go_on(pn_importer *importer, bool writing, int64_t rows,
                                   int64_t of_rows);

/* Whether rows of this kind have such a field, or may have such an attribute. */
bool pn_import_field_known(pn_import_kind kind, pn_str name);
/* The field that a column of this name feeds, if it is named like a field or like what other
 * programs call it; empty where it feeds none. */
pn_str pn_import_field_of_column(pn_import_kind kind, pn_str name, pn_arena *arena);

/* Reads the mapping of the request against the header; every required field must have a source. */
PN_MUST_USE pn_err pn_import_map(pn_importer *importer);
/* The same, though fields that are needed have none. */
PN_MUST_USE pn_err pn_import_map_loosely(pn_importer *importer);
/* The name of the field that a column feeds; empty where it feeds none. */
pn_str pn_import_field_of(const pn_importer *importer, size_t column);
/* Needed fields that nothing feeds. */
void pn_import_missing(const pn_importer *importer, const char ***ret_names, size_t *ret_count);

/* The value of a field in the current row, trimmed; empty when it has no source or is blank. It
 * lives until the next row, or as long as the file where it is a view of it. */
pn_str pn_import_value(pn_importer *importer, const char *field);
/* Whether a person wrote a value for this field of the row. */
bool pn_import_fixed(const pn_importer *importer, pn_str field);
/* The same, kept on the report's arena unless it is a view of the file itself. */
pn_str pn_import_keep(pn_importer *importer, pn_str value);

/* Reports a problem of the current row. */
void pn_import_refuse(pn_importer *importer, const char *field, pn_str value, const char *format,
                      ...) PN_PRINTF(4, 5);

/* Tells of something in the current row that a person should look at; the row is taken. */
void pn_import_warn(pn_importer *importer, const char *field, pn_str value, const char *format, ...)
    PN_PRINTF(4, 5);

/* Typed values; a wrong one is reported and false comes back. A missing one gives `otherwise`, or
 * is reported where it is required. */
bool pn_import_date(pn_importer *importer, const char *field, bool required, pn_date otherwise,
                    pn_date *ret_date);
bool pn_import_amount(pn_importer *importer, const char *field, bool required, pn_currency currency,
                      int64_t otherwise, int64_t *ret_minor);
bool pn_import_text(pn_importer *importer, const char *field, bool required, size_t max_bytes,
                    pn_str *ret_text);
bool pn_import_whole(pn_importer *importer, const char *field, int64_t min, int64_t max,
                     int64_t otherwise, int64_t *ret_number);
/* Millionths: a quantity, or a unit price with its currency's sign. */
bool pn_import_millionths(pn_importer *importer, const char *field, pn_currency currency,
                          int64_t *ret_millionths);
/* A percentage, "21", "21 %" or "10,6667": millionths of the whole. PN_MILLIONTHS_NONE when the
 * field is blank. */
bool pn_import_percent(pn_importer *importer, const char *field, int64_t *ret_ppm);

/* Adds to the control totals; takes back what was added of a row that is refused late. */
void pn_import_uncount(pn_importer *importer, pn_currency currency, int64_t amount, int64_t open);
void pn_import_count(pn_importer *importer, pn_currency currency, int64_t amount, int64_t open);

/* Attributes of the row: those fields that begin with `prefix`. */
pn_attr *pn_import_attributes(pn_importer *importer, pn_str prefix, size_t *ret_count);

/* Runs `each` for every record; bad records are reported. Stops early only on errors of the store.
 */
PN_MUST_USE pn_err pn_import_rows(pn_importer *importer,
                                  pn_err (*each)(pn_importer *importer, void *context),
                                  void *context);

/* ── debtors, as invoices' and debtors' files both bring them ── */

typedef struct {
    const pn_creditor_row *creditor;
    pn_str key; /* external_id */
    pn_str name, tax_id, kind, country, region, zone, language, owner, salesperson, parent_key;
    pn_str email, phone, address, http, contact_name;
    int64_t grace_days;                  /* -1: not given */
    int64_t payment_days, closed_months; /* -1: not given */
    pn_attr *attrs;
    size_t attr_count;
    int64_t line;
    /* resolved */
    pn_id id;
    bool looked_up; /* id says whether it is there */
    bool is_new, changed;
    bool dropped; /* every row of it was refused: nothing of it is written */
    pn_calendar calendar;
    pn_debtor_row row;
} pn_import_debtor;

/* The row's e-mail address, borrowed from the file or kept in the import's arena; none where the
 * row has none. False, and the row refused, where it is no address. */
bool pn_import_read_email(pn_importer *importer, pn_str *ret_email);

/* Reads the debtor's fields of the current row; `in_invoice` says which names they have. False when
 * something was wrong. */
bool pn_import_read_debtor(pn_importer *importer, const pn_creditor_row *creditor, bool in_invoice,
                           pn_import_debtor *ret_debtor);
/* Finds them in the store and compares: sets id, is_new, changed, row. */
PN_MUST_USE pn_err pn_import_resolve_debtors(pn_importer *importer, pn_import_debtor *debtors,
                                             size_t count);
/* Writes those that were resolved, but for the dropped. */
PN_MUST_USE pn_err pn_import_write_debtors(pn_importer *importer, pn_import_debtor *debtors,
                                           size_t count);
/* Parents are linked when all debtors of the file are there. */
PN_MUST_USE pn_err pn_import_link_parent(pn_importer *importer, pn_import_debtor *debtor);

/* The creditor of the row: its column, the request's, or the only one. With `create`, a name that
 * is unknown makes one. NULL (and a problem) otherwise. */
const pn_creditor_row *pn_import_creditor(pn_importer *importer);

/* ── the kinds ── */

PN_MUST_USE pn_err pn_import_debtors(pn_importer *importer);
PN_MUST_USE pn_err pn_import_invoices(pn_importer *importer);
PN_MUST_USE pn_err pn_import_payments(pn_importer *importer);
PN_MUST_USE pn_err pn_import_lines(pn_importer *importer);

/* True when the rows may be written: no problem, or skipping them was asked for. */
bool pn_import_may_write(const pn_importer *importer);

#endif
