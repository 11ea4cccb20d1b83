import type { ClientBase, Pool } from 'pg';
import { readTwin, TWIN_VERSION, type TwinState } from '#libs/domain/twin';
import { someTwins, type LoadedTwin } from '#libs/platform/storage';

/**
 * A stored twin is of a version that this engine does not read. The engine ends on it, for all patients: to go on with such a memory
 * would be wrong, to begin without it would forget open alerts, and to leave the patient out would leave one unwatched.
 */
export class OtherVersionError extends Error {
  override readonly name = 'OtherVersionError';

  constructor(row: LoadedTwin, version: number) {
    super(
      `twin ${row.key} of tenant ${row.tenant} is stored in version ${version}, and this engine reads version ${TWIN_VERSION}: ` +
        'run the engine that wrote it, or give this one an empty database. Nothing is lost: records wait in the log',
    );
  }
}

/**
 * The state in the row of a twin that has one.
 *
 * @throws OtherVersionError
 * @throws Error when it is no twin: then the patient's records become dead letters, and can be replayed
 */
export function storedTwin(row: LoadedTwin & { readonly snapshot: string }): TwinState {
  const read = readTwin(row.snapshot);
  if (read.kind === 'other-version') throw new OtherVersionError(row, read.version);
  if (read.kind === 'broken') throw new Error(`twin ${row.key} of tenant ${row.tenant} is stored, but can not be read`);
  return read.state;
}

/** An older or newer Homeostat wrote all twins or most, so a few tell; the rest are checked as they are loaded. */
const LOOKED_AT = 100;

/** Looks at some stored twins before anything is applied. @throws OtherVersionError */
export async function checkStoredTwins(db: ClientBase | Pool): Promise<void> {
  for (const row of await someTwins(db, LOOKED_AT)) {
    const read = readTwin(row.snapshot);
    if (read.kind === 'other-version') throw new OtherVersionError(row, read.version);
  }
}
