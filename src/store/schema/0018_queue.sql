-- What people do with their queue: put off, taken over, called, done together and taken back; and
-- the views of lists that they keep.

ALTER TABLE task ADD COLUMN version {int};         -- one more with each change; NULL: 1
ALTER TABLE task ADD COLUMN assignee {text};        -- who took it over; NULL: whose queue it is
ALTER TABLE task ADD COLUMN snoozed_until {int};    -- NULL: it is not put off
ALTER TABLE task ADD COLUMN snooze_reason {text};
ALTER TABLE task ADD COLUMN about_kind {int};      -- pn_task_about; NULL: nothing
ALTER TABLE task ADD COLUMN about_id {int};        -- the mail, promise … it is about
ALTER TABLE task ADD COLUMN suggestion {int};      -- pn_task_suggestion: what was said to the mail's; NULL: it waits
CREATE INDEX task_about ON task (about_id) WHERE about_id IS NOT NULL;
CREATE INDEX promise_broken ON promise (org_id, judged_at) WHERE state = 2;

ALTER TABLE segment ADD COLUMN version {int};      -- one more with each change; NULL: 1

CREATE TABLE task_change (         -- what was done with a task by one request, to take it back by
  change_id {int} NOT NULL,
  task_id {int} NOT NULL,
  org_id {int} NOT NULL,
  debtor_id {int} NOT NULL,
  act {int} NOT NULL,             -- pn_task_act
  version {int} NOT NULL,         -- of the task after it
  assignee {text},                -- of the task before it, and the next three
  snoozed_until {int},
  snooze_reason {text},
  suggestion {int} NOT NULL,
  made_kind {int} NOT NULL,       -- 0: nothing; 1 a promise, 2 a dispute
  made_id {int} NOT NULL,
  actor {text} NOT NULL,
  at {int} NOT NULL,
  undone_at {int},
  PRIMARY KEY (change_id, task_id)
){rows};

CREATE TABLE saved_view (          -- how a person, or all, look at a list
  id {id},
  org_id {int} NOT NULL,
  list {text} NOT NULL,           -- 'today', 'debtors', 'invoices', 'payments'
  name {text} NOT NULL,
  owner_id {int} NOT NULL,        -- the user's
  shared {int} NOT NULL,          -- 1: everybody of the organization has it
  query {text} NOT NULL,          -- JSON: filters as the list has them
  position {int} NOT NULL,        -- the lower one stands first
  version {int} NOT NULL,
  created_at {int} NOT NULL,
  archived_at {int}
){rows};
CREATE INDEX saved_view_org ON saved_view (org_id, list) WHERE archived_at IS NULL;
