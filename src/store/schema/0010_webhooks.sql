-- Who is told over HTTP of what happens, and what they were told.

CREATE TABLE webhook (
  id {id},
  org_id {int} NOT NULL,
  url {text} NOT NULL,
  events {text} NOT NULL,         -- types, separated by spaces; empty: all
  private {int} NOT NULL,         -- 1: it may be in our own network
  generation {int} NOT NULL,      -- of its secret, which is made from the organization's key
  old_until {int},                -- the secret before signs too up to then; NULL: it does not
  state {int} NOT NULL,           -- 0 on, 1 off
  trouble {text} NOT NULL,        -- why it is off, or how the last attempt failed
  failing_since {int},            -- since when nothing has arrived; NULL: the last one did
  created_at {int} NOT NULL
){rows};
CREATE INDEX webhook_org ON webhook (org_id, id);

CREATE TABLE notification (        -- one thing that happened, for one webhook
  id {id},
  org_id {int} NOT NULL,
  webhook_id {int} NOT NULL,
  type {text} NOT NULL,
  body {text} NOT NULL,           -- as it is sent: JSON with ids, nothing personal
  state {int} NOT NULL,           -- 0 waits, 1 delivered, 2 given up, 3 dropped
  due_at {int} NOT NULL,
  lease_until {int} NOT NULL,     -- real time; 0: nobody is sending it
  attempts {int} NOT NULL,
  status {int} NOT NULL,          -- of the last answer; 0: there was none
  reason {text} NOT NULL,         -- how the last attempt failed
  at {int} NOT NULL,              -- when it happened
  settled_at {int}
){rows};
CREATE INDEX notification_open ON notification (org_id, due_at) WHERE state = 0;
CREATE INDEX notification_webhook ON notification (webhook_id, id);
