/* Guessing how a CSV file is written, and how its amounts are. */
#ifndef PN_FORMAT_CSV_SNIFF_H
#define PN_FORMAT_CSV_SNIFF_H

#include "base/money.h"
#include "format/csv.h"

/* Fills in what `given` leaves open:
 *  - encoding: pn_encoding_guess, over the whole file;
 *  - separator: a first line "sep=;" (Excel) states it; else comma, semicolon, tab or pipe: the one
 *    that cuts the first records into equally many fields, quotes respected. In a tie the comma
 *    loses: it is also a decimal mark;
 *  - header: present unless a field of the first record is a number or a date;
 *  - skip_lines: titles above the header, that is lines of few columns before many lines of more.
 * Never fails: a file of one column is separated by commas that do not occur. */
pn_csv_format pn_csv_sniff(pn_str bytes, pn_csv_format given);

/* Decimal mark and thousands mark of a column of amounts, from some of its fields. Signs, currency
 * marks and empty fields are looked past. NOT_FOUND when no sample has a digit; CONFLICT when two
 * samples cannot be written in one style. `ret_ambiguous` is true when every sample fits both
 * ways ("1.234"): then the mark is taken for thousands, as currencies have two decimals.
 * A thousands mark that no sample shows is assumed to be the counterpart of the decimal mark. */
PN_MUST_USE pn_err pn_csv_guess_number_style(const pn_str *samples, size_t count,
                                             pn_number_style *ret_style, bool *ret_ambiguous);

#endif
