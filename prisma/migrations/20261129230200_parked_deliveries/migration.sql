-- How many deliveries wait for a replay, and how many dead letters. Built beside the work of others.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "deliveries_parked_idx" ON "deliveries" ("tenant") WHERE "status" = 'parked';
CREATE INDEX CONCURRENTLY IF NOT EXISTS "dead_letters_waiting_idx" ON "dead_letters" ("tenant") WHERE "replayed_at" IS NULL;
