/* The table of invoices: what is overdue, then what is not due yet. */
#ifndef PN_COMPOSE_TABLE_H
#define PN_COMPOSE_TABLE_H

#include "compose/letter.h"

void pn_table_html(pn_letter *letter, pn_str content, pn_buf *out);
void pn_table_text(pn_letter *letter, pn_str content, pn_buf *out);

/* The installments of a plan; nothing where there is none. */
void pn_plan_html(pn_letter *letter, pn_str content, pn_buf *out);
void pn_plan_text(pn_letter *letter, pn_str content, pn_buf *out);

#endif
