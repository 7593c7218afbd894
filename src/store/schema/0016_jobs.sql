-- Files that people send or that work makes, and work that takes longer than an answer.

CREATE TABLE file (                -- what it is; its bytes stand apart, for lists do not read them
  id {id},
  org_id {int} NOT NULL,
  use {int} NOT NULL,             -- pn_file_use
  debtor_id {int} NOT NULL,       -- 0: of nobody
  invoice_id {int} NOT NULL,      -- 0: of the debtor as a whole
  name {text} NOT NULL,
  type {text} NOT NULL,           -- by its content
  size {int} NOT NULL,
  hash {blob} NOT NULL,           -- SHA-256 of its bytes
  shown {int} NOT NULL,           -- 1: the debtor sees it on their page
  actor {text} NOT NULL,
  at {int} NOT NULL               -- real time
){rows};
CREATE INDEX file_org ON file (org_id, use, id);
CREATE INDEX file_debtor ON file (debtor_id, id) WHERE debtor_id <> 0;

CREATE TABLE file_part (           -- its bytes, a piece each
  file_id {int} NOT NULL,
  number {int} NOT NULL,          -- from 0
  org_id {int} NOT NULL,
  content {blob} NOT NULL,
  PRIMARY KEY (file_id, number)
){rows};

CREATE TABLE job (
  id {id},
  org_id {int} NOT NULL,
  kind {text} NOT NULL,           -- 'import'
  state {int} NOT NULL,           -- pn_job_state
  file_id {int} NOT NULL,         -- what it works on, else 0
  request {text} NOT NULL,        -- JSON: how
  result {text} NOT NULL,         -- JSON; empty: there is none yet
  problem {text} NOT NULL,        -- why it failed, for people
  refused_id {int} NOT NULL,      -- the file of what it refused, else 0
  done {int} NOT NULL,            -- of `total`, where its process could say so
  total {int} NOT NULL,
  cancel {int} NOT NULL,          -- 1: it shall end
  tries {int} NOT NULL,           -- how often it was begun
  lease_until {int} NOT NULL,     -- real time: until then it is its process's
  actor {text} NOT NULL,
  created_at {int} NOT NULL,      -- real time, all of them
  started_at {int},
  finished_at {int}
){rows};
CREATE INDEX job_org ON job (org_id, id);
CREATE INDEX job_open ON job (org_id, state, id) WHERE state < 2;
