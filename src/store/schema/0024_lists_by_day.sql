-- Lists by day, of everybody: payments by the day they were received, those that are not settled and
-- those that were taken back; messages by the day they left.
CREATE INDEX payment_day ON payment (org_id, received, id);
CREATE INDEX payment_unapplied ON payment (org_id, received, id) WHERE unapplied_minor > 0;
CREATE INDEX payment_reversed ON payment (org_id, received, id) WHERE reversed_at IS NOT NULL;
CREATE INDEX carrier_day ON carrier (org_id, day, id);
