import { Button } from 'react-aria-components';
import { strings } from '../../../strings/strings.js';

interface Props {
  /** Cursor of the page that is shown; undefined: the newest. */
  readonly cursor: string | undefined;
  readonly next: string | undefined;
  readonly onPage: (cursor: string | undefined) => void;
}

/** To the next page of a list, and back to its newest rows. */
export function PageButtons({ cursor, next, onPage }: Props): React.ReactNode {
  if (cursor === undefined && next === undefined) return null;
  return (
    <p className="acts">
      {cursor !== undefined && (
        <Button className="button" onPress={() => onPage(undefined)}>
          {strings.operations.newest}
        </Button>
      )}
      {next !== undefined && (
        <Button className="button" onPress={() => onPage(next)}>
          {strings.operations.next}
        </Button>
      )}
    </p>
  );
}
