-- What an import made can be taken back.

ALTER TABLE import ADD COLUMN last_id {int};    -- the last id it made; NULL: an older program's
ALTER TABLE import ADD COLUMN undone_at {int};  -- NULL: it stands
ALTER TABLE import ADD COLUMN taken_back {int}; -- invoices, debtors and payments; NULL: none
ALTER TABLE import ADD COLUMN left_behind {int}; -- of them, what stayed; NULL: none
