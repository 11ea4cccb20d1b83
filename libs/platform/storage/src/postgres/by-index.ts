/**
 * For transactions that look up and write rows by their keys. A statement that is prepared while a table is small would read all of it, for a
 * row of ten, and keep doing so while the table grows, until the next ANALYZE.
 */
export const BY_INDEX = 'SET LOCAL enable_seqscan = off';
