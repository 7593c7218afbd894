-- The answers to requests with an Idempotency-Key, for a day.

CREATE TABLE idempotency (
  org_id {int} NOT NULL,
  key {text} NOT NULL,            -- the client's, behind who it is
  request_hash {blob} NOT NULL,   -- SHA-256 of route, path, query and body
  status {int} NOT NULL,          -- of the answer; 0: still under way
  content_type {text} NOT NULL,
  location {text} NOT NULL,
  etag {text} NOT NULL,
  body {blob} NOT NULL,
  created_at {int} NOT NULL,      -- real time
  PRIMARY KEY (org_id, key)
){rows};
CREATE INDEX idempotency_age ON idempotency (org_id, created_at);
