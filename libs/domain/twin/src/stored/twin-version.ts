/**
 * Version of `TwinState` as it is stored. Raised when its shape or the meaning of a field changes in a way that the version before would
 * misread, together with an upcaster (upcasters.ts) and a stored example of the version before (fixtures/). A change in the memory of one
 * detector, derived measure or of the signal checks has a version of its own: see memory-versions.ts. How to raise either without stopping:
 * docs/adr/0022.
 */
export const TWIN_VERSION = 3;
