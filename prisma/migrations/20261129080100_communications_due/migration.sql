-- What is to become a Communication: empty but for the newest deliveries. Built beside the work of others.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "deliveries_taken_idx" ON "deliveries" ("lane") WHERE "status" = 'delivered' AND NOT "communicated" AND "episode" IS NOT NULL;
