-- What a company sets up on the screen: secrets, days of its own, how its channels do.

CREATE TABLE vault (               -- secrets that were entered (docs/decisions/kept-secrets.md)
  org_id {int} NOT NULL,
  name {text} NOT NULL,           -- what it is for: "channel.email.password"
  sealed {blob} NOT NULL,         -- under a key that is not in the database (auth/seal.h)
  set_at {int} NOT NULL,          -- real time
  PRIMARY KEY (org_id, name)
){clustered};

CREATE TABLE channel_health (      -- how a channel was last tried, and what went wrong last
  org_id {int} NOT NULL,
  channel {int} NOT NULL,
  tested_at {int},                -- real time of the last test that was accepted; NULL: none was
  trouble {text} NOT NULL,        -- what the server said last that was no yes; empty: nothing
  trouble_at {int},               -- real time of that
  PRIMARY KEY (org_id, channel)
){clustered};

CREATE TABLE closing_day (         -- a day on which the organization itself rests
  org_id {int} NOT NULL,
  day {int} NOT NULL,
  name {text} NOT NULL,
  PRIMARY KEY (org_id, day)
){clustered};
