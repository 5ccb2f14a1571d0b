-- The centre as its administrators describe it. Rows that leave the description are retired and
-- not deleted, because jobs and entries of the ledger name them for ever.

-- The store's clock, in the grain of the core's instants.
CREATE FUNCTION polder_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
  SELECT date_trunc('milliseconds', clock_timestamp())
$$;

-- For tables whose rows are never changed.
CREATE FUNCTION forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END
$$;

-- One row; its number grows with every change of the description.
CREATE TABLE centre_version (
  is_single boolean PRIMARY KEY DEFAULT true CHECK (is_single),
  number bigint NOT NULL CHECK (number >= 0)
);
INSERT INTO centre_version (number) VALUES (0);

CREATE TABLE funder (
  id text PRIMARY KEY,
  name text NOT NULL,
  -- At most this part of its share is for commercial use; null for no cap.
  commercial_cap_basis_points bigint,
  retired_at timestamptz
);

CREATE TABLE funder_contribution (
  funder text NOT NULL REFERENCES funder,
  position bigint NOT NULL,
  counts_from date NOT NULL,
  amount_euros bigint NOT NULL,
  PRIMARY KEY (funder, position)
);

CREATE TABLE funder_share (
  funder text NOT NULL REFERENCES funder,
  position bigint NOT NULL,
  holds_from date NOT NULL,
  share_basis_points bigint NOT NULL,
  PRIMARY KEY (funder, position)
);

CREATE TABLE programme (
  id text PRIMARY KEY,
  name text NOT NULL,
  funder text NOT NULL REFERENCES funder,
  mode text NOT NULL,
  least_gpu_ms bigint NOT NULL,
  most_gpu_ms bigint NOT NULL,
  maximum_months bigint NOT NULL,
  demand text NOT NULL CHECK (demand IN ('open', 'waiting', 'closed')),
  access_working_days bigint NOT NULL,
  retired_at timestamptz,
  CHECK (least_gpu_ms <= most_gpu_ms)
);

CREATE TABLE node (
  name text PRIMARY KEY,
  gpu_type text NOT NULL,
  gpus bigint NOT NULL CHECK (gpus >= 0),
  cpus bigint NOT NULL CHECK (cpus >= 0),
  memory_mib bigint NOT NULL CHECK (memory_mib >= 0),
  retired_at timestamptz
);

-- Versions of a partition's weights. A version that was in force once never changes.
CREATE TABLE rate_card (
  partition text NOT NULL,
  version bigint NOT NULL CHECK (version >= 1),
  per_gpu_thousandths bigint NOT NULL CHECK (per_gpu_thousandths >= 0),
  per_cpu_thousandths bigint NOT NULL CHECK (per_cpu_thousandths >= 0),
  per_gib_thousandths bigint NOT NULL CHECK (per_gib_thousandths >= 0),
  in_force_from timestamptz NOT NULL DEFAULT polder_now(),
  PRIMARY KEY (partition, version)
);
CREATE TRIGGER rate_card_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON rate_card
  FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

CREATE TABLE partition (
  name text PRIMARY KEY,
  whole_nodes boolean NOT NULL,
  default_limit_seconds bigint NOT NULL,
  maximum_limit_seconds bigint NOT NULL,
  gpus_per_gpu bigint NOT NULL,
  cpus_per_gpu bigint NOT NULL,
  memory_mib_per_gpu bigint NOT NULL,
  rate_version bigint NOT NULL,
  retired_at timestamptz,
  FOREIGN KEY (name, rate_version) REFERENCES rate_card DEFERRABLE INITIALLY DEFERRED
);
ALTER TABLE rate_card ADD FOREIGN KEY (partition) REFERENCES partition
  DEFERRABLE INITIALLY DEFERRED;

CREATE TABLE partition_node (
  partition text NOT NULL REFERENCES partition,
  node text NOT NULL REFERENCES node,
  PRIMARY KEY (partition, node)
);

CREATE TABLE organisation (
  id text PRIMARY KEY,
  name text NOT NULL,
  type text NOT NULL CHECK (type IN (
    'large enterprise', 'university', 'research institution', 'international association', 'NGO',
    'public administration', 'SME', 'start-up', 'other')),
  country text NOT NULL,
  sector text NOT NULL,
  retired_at timestamptz
);

-- An opaque subject. Everything that must outlast a person refers to this and to nothing else.
CREATE TABLE member (
  id text PRIMARY KEY,
  retired_at timestamptz
);

-- The one table that names people: a row is erased without a trace elsewhere.
CREATE TABLE person (
  member text PRIMARY KEY REFERENCES member,
  account text NOT NULL,
  name text NOT NULL,
  CONSTRAINT one_member_per_account UNIQUE (account) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE project (
  id text PRIMARY KEY,
  reference text NOT NULL,
  title text NOT NULL,
  organisation text NOT NULL REFERENCES organisation,
  commercial boolean NOT NULL,
  retired_at timestamptz
);

CREATE TABLE membership (
  project text NOT NULL REFERENCES project,
  member text NOT NULL REFERENCES member,
  role text NOT NULL CHECK (role IN ('PI', 'manager', 'member', 'viewer')),
  PRIMARY KEY (project, member)
);

CREATE TABLE allocation (
  id text PRIMARY KEY,
  project text NOT NULL REFERENCES project,
  programme text NOT NULL REFERENCES programme,
  granted_gpu_ms bigint NOT NULL CHECK (granted_gpu_ms >= 0),
  window_from timestamptz NOT NULL,
  window_to timestamptz NOT NULL,
  opening_gpu_ms bigint NOT NULL CHECK (opening_gpu_ms >= 0),
  retired_at timestamptz,
  CHECK (window_from <= window_to)
);
CREATE INDEX allocation_of_project ON allocation (project);

-- Who changed what by hand, and when. Actors are opaque subjects, never names.
CREATE TABLE admin_act (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  actor text NOT NULL,
  action text NOT NULL CHECK (action IN ('apply', 'cancel')),
  object text NOT NULL,
  at timestamptz NOT NULL DEFAULT polder_now()
);
CREATE TRIGGER admin_act_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON admin_act
  FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

-- One row for each write that was committed lately: how a writer that lost the answer to its
-- COMMIT learns what became of it. Old rows are pruned.
CREATE TABLE receipt (
  id text PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT polder_now()
);
CREATE INDEX receipt_by_age ON receipt (at);
