-- Other systems: how they are reached, and what cases ask of them.

CREATE TABLE connector (
  id {id},
  org_id {int} NOT NULL,
  name {text} NOT NULL,           -- as nodes name it
  settings {text} NOT NULL,       -- JSON: url, authentication, headers, times; never a secret
  trouble {text} NOT NULL,        -- how its last request ended, where it did not end well
  used_at {int},                  -- real time of that request; NULL: none yet
  updated_at {int} NOT NULL,
  UNIQUE (org_id, name)
){rows};

CREATE TABLE errand (              -- what a visit of a run asks of another system, and its answer
  debtor_id {int} NOT NULL,
  id {int} NOT NULL,
  org_id {int} NOT NULL,
  run_id {int} NOT NULL,
  visit {int} NOT NULL,
  kind {int} NOT NULL,            -- pn_errand_kind
  version_id {int} NOT NULL,      -- the strategy's version whose node says what is asked
  node {int} NOT NULL,
  connector {text} NOT NULL,
  state {int} NOT NULL,           -- pn_errand_state
  due_at {int} NOT NULL,          -- when it is asked next
  lease_until {int} NOT NULL,     -- real time; 0: nobody is asking
  attempts {int} NOT NULL,
  status {int} NOT NULL,          -- of the last answer: 200, 404; 0: there was none
  outcome {text} NOT NULL,        -- what it means, a word
  reference {text} NOT NULL,      -- what the other system calls it: a ticket's number
  reason {text} NOT NULL,         -- why it failed or waits, a sentence
  asked_at {int} NOT NULL,        -- when the case wanted it
  settled_at {int},
  PRIMARY KEY (debtor_id, id)
){by_debtor};
CREATE UNIQUE INDEX errand_visit ON errand (debtor_id, run_id, visit, kind);
CREATE INDEX errand_open ON errand (org_id, due_at) WHERE state = 0;
