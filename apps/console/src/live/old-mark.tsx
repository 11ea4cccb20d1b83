import { strings } from '../strings/strings.js';
import { useConnection } from './use-live.js';

/** Beside what would be live: while the connection is lost it says that it is old. */
export function OldMark(): React.ReactNode {
  return useConnection().isLost && <span className="mark">{strings.connection.old}</span>;
}
