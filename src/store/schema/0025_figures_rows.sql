-- The rows of figures: what lowered the debt without money, by the day it was booked and, withheld with a
-- payment, by that payment; invoices by the day they are due. Beside those kinds the two indices hold fees
-- and interest: a list of kinds would be a table that SQLite fills for every entry it writes.
CREATE INDEX ledger_lowered ON ledger (org_id, at) WHERE kind > 1;
CREATE INDEX ledger_lowered_with ON ledger (payment_id) WHERE kind > 1 AND payment_id <> 0;
CREATE INDEX invoice_due ON invoice (org_id, effective_due, id);
