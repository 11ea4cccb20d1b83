import { ShownTime } from '../../../charts/shown-time.js';
import { serverNow } from '../../../times/server-now.js';

/** A time of an answer, in the viewer's zone; the clock decides only whether the date is shown. */
export function When({ at }: { readonly at: string }): React.ReactNode {
  return <ShownTime at={Date.parse(at)} now={serverNow()} />;
}
