-- What the clock of the sender of a value was ahead of ours, ms (negative: behind), null where it is not known to differ (docs/adr/0023).
ALTER TABLE "measurements" ADD COLUMN "clock_shift_ms" INTEGER;
