-- A lane sends the head of each episode, the gravest first, and knows by itself how often it has tried a message.
ALTER TABLE "deliveries"
  ADD COLUMN "rank" SMALLINT NOT NULL DEFAULT 0,
  ADD COLUMN "tries" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "received_at" TIMESTAMPTZ(3);
UPDATE "deliveries" SET
  "tries" = "attempts",
  "rank" = CASE "body"::json -> 'data' ->> 'severity' WHEN 'high' THEN 3 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 ELSE 0 END
WHERE "status" <> 'delivered';
-- "lane" first served the oldest messages. Heads are found by episode, and the delivery log reads all of them by "lane".
DROP INDEX "deliveries_due_idx";
CREATE INDEX "deliveries_heads_idx" ON "deliveries" ("tenant", "webhook", "episode", "lane") WHERE "status" = 'pending';
CREATE INDEX "deliveries_lane_idx" ON "deliveries" ("tenant", "webhook", "lane");

-- Secrets that were replaced and still sign: [{ "secret": "whsec_…", "until": ms since 1970 }], the newest first.
ALTER TABLE "webhooks" ADD COLUMN "retired_secrets" JSONB NOT NULL DEFAULT '[]';
