-- What debtors propose themselves, and what every debtor is offered without a case of theirs doing
-- so: offers too, of no run.

ALTER TABLE offer ADD COLUMN row_text {text};      -- the matrix's row it was made by; NULL: its run's node says what it is
ALTER TABLE offer ADD COLUMN asked_count {int};    -- the debtor proposed so many installments; NULL: proposed nothing
ALTER TABLE offer ADD COLUMN asked_first {int};    -- the first of them
ALTER TABLE offer ADD COLUMN asked_text {text};    -- in their words
ALTER TABLE offer ADD COLUMN asked_language {text};
ALTER TABLE offer ADD COLUMN answer {text};        -- what a person of ours said to it
ALTER TABLE offer ADD COLUMN tell_at {int};        -- when the debtor is told of the answer, real time; NULL: nothing to tell

DROP INDEX offer_visit;
CREATE UNIQUE INDEX offer_visit ON offer (debtor_id, run_id, visit) WHERE run_id <> 0;
CREATE INDEX offer_tell ON offer (org_id, tell_at) WHERE tell_at IS NOT NULL;
