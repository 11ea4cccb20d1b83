const IDENTITIES = 2 ** 32;
/** Hashes of sensors: 1 to this. 0: not known, a value that was stored before sensors were told apart. */
const SENSORS = 65_535;

/**
 * The key of a value: which sensor it is of, and which measurement. One number of at most 48 bits, so that a memory of some hundred values grows little and those that were
 * stored with the identity alone are read as they are. Of the few values kept singly two identities meet once in some ten million people; two sensors of a person in one of
 * 65,535, and are then one.
 */
export function keyOf(source: string, identity: string): number {
  return (1 + (hashOf(source) % SENSORS)) * IDENTITIES + hashOf(identity);
}

/** Which measurement it is a version of. */
export function identityOf(key: number): number {
  // Not `%`, which takes ten times as long for numbers of more than 32 bits: a value of a stream is compared with all that are known.
  return key - Math.floor(key / IDENTITIES) * IDENTITIES;
}

/** Whether two values are known to be of different sensors. */
export function areOfDifferentSensors(a: number, b: number): boolean {
  const [one, other] = [Math.floor(a / IDENTITIES), Math.floor(b / IDENTITIES)];
  return one !== other && one !== 0 && other !== 0;
}

/** FNV-1a, 32 bits (Fowler, Noll and Vo). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
