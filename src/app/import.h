/* Imports: files of debtors, invoices, their lines, and payments.
 *
 * All or nothing unless bad rows are skipped; a dry run changes nothing; importing the same file
 * again changes nothing. Every bad row is reported with number, column, value and reason; control
 * totals per currency are what the ERP's own totals are compared with. */
#ifndef PN_APP_IMPORT_H
#define PN_APP_IMPORT_H

#include "app/app.h"
#include "format/csv_sniff.h"

typedef enum {
    PN_IMPORT_DEBTORS,
    PN_IMPORT_INVOICES,
    PN_IMPORT_PAYMENTS,
    PN_IMPORT_LINES
} pn_import_kind;

const char *pn_import_kind_name(pn_import_kind kind);

typedef struct pn_import_report pn_import_report;

/* What a person wrote in place of a value of the file. */
typedef struct {
    int64_t line; /* physical line in the file, from 1 */
    pn_str field;
    pn_str value;
} pn_import_fix;

typedef struct {
    pn_import_kind kind;
    pn_str file_name;
    pn_str folder;              /* where relative paths in it begin; empty: they stay relative */
    pn_str bytes;               /* the whole file */
    pn_str original;            /* what it was made of, where it was a spreadsheet; else empty */
    bool from_sheet;            /* bytes are a sheet's rows: see app/import_sheet.h */
    pn_str map;                 /* field=Column,field="literal",field=`{{Liquid}}`; may be empty */
    pn_str date_format;         /* empty: guessed */
    pn_str decimal;             /* "," or "."; empty: guessed */
    pn_str currency;            /* for rows that name none; empty: the creditor's */
    pn_str creditor;            /* for rows that name none; empty: the only one */
    pn_csv_format given;        /* what the caller says about the file */
    const pn_import_fix *fixes; /* by line, ascending; at most PN_LIMIT_IMPORT_FIXES */
    size_t fix_count;
    bool dry_run;
    bool skip_bad;
    bool informative; /* lines need not add up to their invoice's amount */
    /* How far it is: rows checked of so many (a guess until all are), then rows written. False: it
     * shall end, with nothing changed. May be NULL. */
    bool (*progress)(void *context, bool writing, int64_t rows, int64_t of_rows);
    /* What is written with it, all or nothing: before its commit, not in a dry run. May be NULL. */
    pn_err (*finish)(void *context, const pn_import_report *report);
    void *context;
} pn_import_request;

typedef struct {
    int64_t line;  /* physical line in the file, from 1 */
    pn_str column; /* its name in the file; empty for the whole row */
    pn_str field;
    pn_str value;
    pn_str reason;
} pn_import_problem;

typedef struct {
    pn_currency currency;
    int64_t rows;
    int64_t amount; /* of all good rows, minor units */
    int64_t open;   /* of invoices: what is open of them */
} pn_import_total;

/* A row that was refused, and the first reason. */
typedef struct {
    int64_t line;
    pn_str reason;
} pn_import_refused;

struct pn_import_report {
    int64_t rows, created, changed, same, skipped;
    pn_import_problem *problems;
    size_t problem_count; /* at most PN_LIMIT_IMPORT_PROBLEMS */
    int64_t problems_more;
    pn_import_problem *warnings; /* of rows that are taken all the same */
    size_t warning_count;        /* at most PN_LIMIT_IMPORT_PROBLEMS */
    int64_t warnings_more;
    pn_import_total *totals;
    size_t total_count;
    pn_str separator, encoding, date_format;
    char decimal, thousand;
    bool date_ambiguous;
    int64_t debtors_created, creditors_created;
    pn_str *ignored_columns; /* in the file, and no field of ours */
    size_t ignored_count;
    bool committed;
    pn_import_refused *refused; /* at most PN_LIMIT_IMPORT_REFUSED, as they were found */
    size_t refused_count;
    bool stopped;    /* by whoever was told how far it is */
    pn_id import_id; /* 0: nothing changed, or it was a dry run */
};

/* The report lives in the arena; it is filled also when the import is refused for bad rows. */
PN_MUST_USE pn_err pn_import_run(pn_app *app, const pn_import_request *request, pn_arena *arena,
                                 pn_import_report *ret_report, pn_diag *diag);

/* The report as the API tells it: the fields of an object that the caller begins and ends. */
void pn_import_report_put(pn_json_writer *w, const pn_import_report *report);

/* The refused rows as they stand in the file, with their problem in a column before them: CSV for
 * spreadsheets, to be mended and imported. */
PN_MUST_USE pn_err pn_import_refused_csv(const pn_import_request *request,
                                         const pn_import_report *report, pn_arena *arena,
                                         pn_buf *csv, pn_diag *diag);

/* ── before importing: what a file seems to be ── */

typedef struct {
    pn_str name;
    pn_str field; /* that it feeds by its name; empty: none */
    pn_str samples[3];
    size_t sample_count;
} pn_import_column;

typedef struct {
    pn_str separator, encoding, date_format; /* date_format: empty where there is no date */
    char decimal, thousand;
    bool date_ambiguous;
    pn_import_column *columns;
    size_t column_count;
    const char **missing; /* needed fields that no column gives */
    size_t missing_count;
} pn_import_peek;

/* From the beginning of the file alone. The request's map counts. */
PN_MUST_USE pn_err pn_import_look(pn_app *app, const pn_import_request *request, pn_arena *arena,
                                  pn_import_peek *ret_peek, pn_diag *diag);

/* The fields of a kind, for help: name and meaning; NULL past the end. */
typedef struct {
    const char *name;
    bool required;
    const char *help;
} pn_import_field;

const pn_import_field *pn_import_field_at(pn_import_kind kind, size_t index);

#endif
