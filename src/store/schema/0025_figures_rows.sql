-- The rows of figures: what lowered the debt without money, by the day it was booked and, withheld with a
-- payment, by that payment; invoices by the day they are due.
CREATE INDEX ledger_lowered ON ledger (org_id, at) WHERE kind IN (2, 5, 6, 7, 8, 9);
CREATE INDEX ledger_lowered_with ON ledger (payment_id) WHERE kind IN (2, 5, 6, 7, 8, 9) AND payment_id <> 0;
CREATE INDEX invoice_due ON invoice (org_id, effective_due, id);
