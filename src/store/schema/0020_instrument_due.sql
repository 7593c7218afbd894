-- The calendar of instruments: what comes due in a month, of everybody.
CREATE INDEX instrument_due ON instrument (org_id, due, id);
