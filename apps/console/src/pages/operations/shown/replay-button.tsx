import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import { reasonOf } from '../../../api/problem.js';
import { fill, strings } from '../../../strings/strings.js';

interface Props {
  readonly replay: () => Promise<unknown>;
  /** Id of what says which one it is. */
  readonly describedBy: string;
}

/** Sends one thing again, and says beside it what came of that. */
export function ReplayButton({ replay, describedBy }: Props): React.ReactNode {
  const queries = useQueryClient();
  const { mutate, isPending, isSuccess, error } = useMutation({
    mutationFn: replay,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['operations'] }),
  });
  return (
    <span className="acts">
      <Button className="button" aria-describedby={describedBy} isPending={isPending} onPress={() => mutate()}>
        {strings.operations.replay}
      </Button>
      <span role="status">{isSuccess && strings.operations.replayed}</span>
      {error !== null && (
        <span role="alert" className="field-error">
          {fill(strings.operations.notReplayed, { reason: reasonOf(error) })}
        </span>
      )}
    </span>
  );
}
