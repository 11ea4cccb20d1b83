-- Not every forecast is scored: of a stream one in some minutes. What is not scored joins the block's "content" all the same.
ALTER TABLE "forecasts" ADD COLUMN "scored" BOOLEAN NOT NULL DEFAULT TRUE;
