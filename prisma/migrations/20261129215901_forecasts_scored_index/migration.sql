-- For the ledger, which reads what it scores. Built beside the work of others.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "forecasts_scored_idx" ON "forecasts" ("tenant", "twin", "model", "code", "block") WHERE "scored";
