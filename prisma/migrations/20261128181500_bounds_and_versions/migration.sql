-- A value may be a bound of the true one: '<', '<=', '>=' or '>' (FHIR Quantity.comparator).
ALTER TABLE "measurements" ADD COLUMN "comparator" TEXT;
-- A resource may have more than 32,767 versions, and so may its measurements. Rewrites the table: the one statement here that takes
-- time on a large history.
ALTER TABLE "measurements" ALTER COLUMN "version" TYPE INTEGER;
