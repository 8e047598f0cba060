-- Turns token_family of a migrated database into 16 partitions by the hash of the family's id.
--
--   psql -v ON_ERROR_STOP=1 -d <database> -f docs/partition-token-family.sql
--
-- The service needs no change; it may run, but waits: the table is locked until the rows are copied. Privileges
-- that were granted on the table must be granted again. Autovacuum does not analyze a partitioned table as a
-- whole: have ANALYZE token_family run every night.

BEGIN;

LOCK TABLE token_family;
ALTER TABLE token_family RENAME TO token_family_whole;

CREATE TABLE token_family (LIKE token_family_whole INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
  PARTITION BY HASH (id);

-- The fill factor and what else is set for the table holds for each of its partitions.
DO $$
DECLARE
  partitions CONSTANT integer := 16;
  options text;
BEGIN
  SELECT array_to_string(reloptions, ', ') INTO options
  FROM pg_class WHERE oid = 'token_family_whole'::regclass;
  FOR remainder IN 0 .. partitions - 1 LOOP
    EXECUTE format(
      'CREATE TABLE token_family_%s PARTITION OF token_family FOR VALUES WITH (MODULUS %s, REMAINDER %s) WITH (%s)',
      remainder, partitions, remainder, options);
  END LOOP;
END $$;

INSERT INTO token_family SELECT * FROM token_family_whole;
DROP TABLE token_family_whole;

ALTER TABLE token_family ADD PRIMARY KEY (id);
CREATE INDEX token_family_user_id_id ON token_family (user_id, id);
CREATE INDEX token_family_client_id_id ON token_family (client_id, id);
CREATE INDEX token_family_browser_session_id ON token_family (browser_session_id)
  WHERE browser_session_id IS NOT NULL;
CREATE INDEX token_family_expires_at ON token_family USING brin (expires_at) WITH (autosummarize = on);

COMMIT;

ANALYZE token_family;
