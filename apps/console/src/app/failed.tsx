import type { ErrorComponentProps } from '@tanstack/react-router';
import { Button } from 'react-aria-components';
import { reasonOf } from '../api/problem.js';
import { fill, strings } from '../strings/strings.js';

/** What is shown in place of something that could not be loaded: what happened, and what to do. */
export function Failed({ error, reset }: Pick<ErrorComponentProps, 'error' | 'reset'>): React.ReactNode {
  return (
    <div role="alert" className="failed">
      <p>{fill(strings.shell.failed, { reason: reasonOf(error) })}</p>
      <Button className="button" onPress={reset}>
        {strings.shell.tryAgain}
      </Button>
    </div>
  );
}
