-- People who sign in, what lets them in, and keys of systems. Of every token, key and code only a
-- hash is here; what must be read again (secrets of second factors and providers) is sealed under a
-- key that is not in the database (auth/seal.h).

CREATE TABLE app_user (            -- a person of the instance, who signs in once
  id {id},
  email {text} NOT NULL,
  email_fold {text} NOT NULL UNIQUE,
  name {text} NOT NULL,
  language {text} NOT NULL,       -- es, en or pt
  operates {int} NOT NULL,        -- 1: operator of the instance
  password {text} NOT NULL,       -- argon2id with its parameters; empty: none was set yet
  password_at {int},              -- when it was set
  totp {blob},                    -- sealed secret of the second factor; NULL: none
  totp_pending {blob},            -- sealed secret of one that is being set up
  totp_step {int} NOT NULL,       -- step of the code used last: none is taken twice
  created_at {int} NOT NULL,
  archived_at {int}
){rows};

CREATE TABLE membership (          -- a person's role in an organization
  org_id {int} NOT NULL,
  user_id {int} NOT NULL,
  role {int} NOT NULL,            -- pn_role
  person_key {text} NOT NULL,     -- whom they are among the people of ours (person.key); empty: nobody
  created_at {int} NOT NULL,
  archived_at {int},
  PRIMARY KEY (org_id, user_id)
){clustered};
CREATE INDEX membership_user ON membership (user_id);

CREATE TABLE user_session (
  id {id},
  org_id {int} NOT NULL,          -- where it works now; 0: nowhere
  user_id {int} NOT NULL,
  hash {blob} NOT NULL UNIQUE,    -- SHA-256 of its token
  state {int} NOT NULL,           -- 0 waits for the second factor, 1 signed in
  device {text} NOT NULL,         -- in words: "Firefox, Linux"
  address {text} NOT NULL,        -- whence it was begun
  created_at {int} NOT NULL,
  seen_at {int} NOT NULL,         -- last used, to the minute
  ends_at {int} NOT NULL,         -- however much it is used
  strong_at {int}                 -- when a second factor or the password was given last
){rows};
CREATE INDEX user_session_user ON user_session (user_id);

CREATE TABLE recovery_code (       -- instead of the second factor, once each
  user_id {int} NOT NULL,
  hash {text} NOT NULL,           -- HMAC under the master key, as hex
  used_at {int},
  PRIMARY KEY (user_id, hash)
){clustered};

CREATE TABLE api_key (
  id {id},
  org_id {int} NOT NULL,
  user_id {int} NOT NULL,         -- who made it: it has at most their rights, and ends with them
  name {text} NOT NULL,
  start {text} NOT NULL,          -- its first letters, to tell it from others
  hash {blob} NOT NULL UNIQUE,    -- SHA-256 of the whole key
  scopes {text} NOT NULL,         -- "invoices:read payments:write"
  addresses {text} NOT NULL,      -- networks it may come from, "203.0.113.0/24 …"; empty: any
  created_at {int} NOT NULL,
  expires_at {int},
  used_at {int},                  -- to the minute
  revoked_at {int},
  revoked_reason {text} NOT NULL
){rows};
CREATE INDEX api_key_org ON api_key (org_id, id);

CREATE TABLE user_ticket (         -- a link that works once: invitation, new password, first owner
  id {id},
  org_id {int} NOT NULL,          -- 0: of the instance
  user_id {int} NOT NULL,         -- 0: of the first owner, who is nobody yet
  kind {int} NOT NULL,            -- pn_ticket_kind
  hash {blob} NOT NULL UNIQUE,    -- SHA-256 of its token
  created_at {int} NOT NULL,
  expires_at {int} NOT NULL,
  used_at {int}
){rows};
CREATE INDEX user_ticket_user ON user_ticket (user_id);

CREATE TABLE user_letter (         -- a mail with such a link; the token is made when it is sent
  id {id},
  org_id {int} NOT NULL,          -- whose e-mail channel carries it
  user_id {int} NOT NULL,
  kind {int} NOT NULL,            -- pn_letter_kind
  sender {text} NOT NULL,         -- who asked for it, in words; empty: the person
  state {int} NOT NULL,           -- 0 waits, 1 sent, 2 given up
  attempts {int} NOT NULL,
  not_before {int} NOT NULL,
  requested_at {int} NOT NULL,
  settled_at {int},
  trouble {text} NOT NULL         -- why it did not leave
){rows};
CREATE INDEX user_letter_waits ON user_letter (org_id, id) WHERE state = 0;

CREATE TABLE sign_in_guess (       -- wrong passwords and codes, by account and by address
  subject {text} NOT NULL,        -- hash of the account's name or the address
  failures {int} NOT NULL,
  first_at {int} NOT NULL,
  last_at {int} NOT NULL,
  PRIMARY KEY (subject)
){clustered};

CREATE TABLE oidc_provider (       -- who vouches for people of an organization
  id {id},
  org_id {int} NOT NULL,
  name {text} NOT NULL,           -- on the button
  issuer {text} NOT NULL,
  client_id {text} NOT NULL,
  secret {blob},                  -- sealed; NULL: a public client
  algorithm {text} NOT NULL,      -- of its signatures, and no other: RS256, PS256, ES256
  join_role {int},                -- of people it vouches for who are not known; NULL: none come in
  created_at {int} NOT NULL,
  archived_at {int},
  UNIQUE (org_id, name)
){rows};

CREATE TABLE oidc_identity (       -- who a provider's subject is here
  provider_id {int} NOT NULL,
  subject {text} NOT NULL,
  org_id {int} NOT NULL,
  user_id {int} NOT NULL,
  created_at {int} NOT NULL,
  PRIMARY KEY (provider_id, subject)
){clustered};

CREATE TABLE oidc_login (          -- a sign-in that is at its provider now
  hash {text} NOT NULL,           -- SHA-256 of its state, as hex
  org_id {int} NOT NULL,
  provider_id {int} NOT NULL,
  secrets {blob} NOT NULL,        -- sealed: nonce and PKCE verifier
  browser {blob} NOT NULL,        -- SHA-256 of the cookie of the browser that began it
  created_at {int} NOT NULL,
  PRIMARY KEY (hash)
){clustered};

CREATE TABLE org_setting (         -- what an organization decided about itself
  org_id {int} NOT NULL,
  name {text} NOT NULL,
  value {text} NOT NULL,
  updated_at {int} NOT NULL,
  PRIMARY KEY (org_id, name)
){clustered};

CREATE TABLE approval (            -- what waits for, or was given, a second person's word
  id {id},
  org_id {int} NOT NULL,
  kind {int} NOT NULL,            -- pn_approval_kind
  subject {text} NOT NULL,        -- what it is about: a document's hash, a strategy, an invoice
  words {text} NOT NULL,          -- the same for people
  amount_minor {int} NOT NULL,    -- 0: none
  currency {text} NOT NULL,
  asked_by {int} NOT NULL,        -- user
  asked_at {int} NOT NULL,
  state {int} NOT NULL,           -- 0 waits, 1 approved, 2 refused, 3 used
  decided_by {int} NOT NULL,      -- user, else 0
  decided_at {int},
  note {text} NOT NULL
){rows};
CREATE INDEX approval_open ON approval (org_id, id) WHERE state < 2;

-- What people and systems changed, apart from what the engine does every night.
CREATE INDEX event_trail ON event (org_id, id) WHERE kind > 8 AND kind <> 21 AND kind <> 28;
