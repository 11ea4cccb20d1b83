import { Failed } from '../../../app/failed.js';
import { strings } from '../../../strings/strings.js';
import { useAlert } from '../use-alert.js';
import { Explanation } from './explanation.js';
import { Folded } from './folded.js';
import { Timeline } from './timeline.js';

/** Why an alert fired, what happened to it, and what was folded into it. */
export function Details({ id }: { readonly id: string }): React.ReactNode {
  const { data, error, refetch } = useAlert(id);
  if (data === undefined)
    return error === null ? <p>{strings.shell.loading}</p> : <Failed error={error} reset={() => void refetch()} />;
  return (
    <div className="details">
      <Explanation alert={data} />
      <Folded alert={data} />
      <Timeline steps={data.timeline} />
      <p className="muted">{data.disclaimer}</p>
    </div>
  );
}
