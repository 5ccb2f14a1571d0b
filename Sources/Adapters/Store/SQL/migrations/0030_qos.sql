-- Classes of service, which requests name, and what is preempted for the sake of others.

-- QOSClass in the core.
CREATE TABLE qos_class (
  id text PRIMARY KEY,
  priority_millionths bigint NOT NULL CHECK (priority_millionths BETWEEN 0 AND 1000000),
  is_preemptable boolean NOT NULL,
  -- Of what is preempted: the warning, and how long before the end it comes.
  signal text NOT NULL
    CHECK (signal IN ('USR1', 'USR2', 'TERM', 'INT', 'HUP', 'URG', 'CONT')),
  notice_seconds bigint NOT NULL CHECK (notice_seconds >= 0),
  -- False: for all projects, and then there are no names.
  is_for_some boolean NOT NULL,
  projects text[] NOT NULL,
  CONSTRAINT names_of_some CHECK (is_for_some OR cardinality(projects) = 0)
);

-- Until now a class was a name with a number in the order of the queue.
INSERT INTO qos_class
SELECT name, least(greatest(millionths, 0), 1000000), false, 'USR1', 0, false, '{}'
FROM queue_order, unnest(classes, class_millionths) AS class (name, millionths);
ALTER TABLE queue_order
  DROP CONSTRAINT a_number_for_each_name,
  DROP COLUMN classes,
  DROP COLUMN class_millionths,
  ADD CONSTRAINT a_number_for_each_name CHECK (
    cardinality(partitions) = cardinality(partition_millionths)
    AND cardinality(programmes) = cardinality(programme_shares)
    AND cardinality(projects) = cardinality(project_shares)
    AND cardinality(members) = cardinality(member_shares));

-- What the request names, whether or not that class is still described.
ALTER TABLE job ADD COLUMN qos text;
-- When a run ends that was warned that it makes way for another.
ALTER TABLE run ADD COLUMN evicted_at timestamptz;
