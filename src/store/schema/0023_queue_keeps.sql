-- Holds that end soon wait for a person in the queue, of each organization; what was done with tasks
-- is forgotten when it cannot be taken back any more.
CREATE INDEX hold_ending ON hold (org_id, until) WHERE released_at IS NULL;
CREATE INDEX task_change_at ON task_change (org_id, at);
