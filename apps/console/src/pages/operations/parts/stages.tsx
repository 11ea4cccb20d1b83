import { answerOf, api } from '../../../api/client.js';
import { fill, strings } from '../../../strings/strings.js';
import { durationText } from '../shown/duration-text.js';
import { ListTable } from '../shown/list-table.js';
import { Part } from '../shown/part.js';
import { EVERY_MS, usePolled } from '../shown/use-polled.js';

const words = strings.operations;

/** Rate and lag of each stage over the last minute, and what waits. */
export function Stages(): React.ReactNode {
  const query = usePolled(['figures'], () => answerOf(api.GET('/v1/operations')), EVERY_MS.figures);
  return (
    <Part title={words.stages} query={query}>
      {({ stages, waiting, windowSeconds }) => (
        <>
          <ListTable name={words.stages} columns={Object.values(words.stageColumns)} isEmpty={stages.length === 0}>
            {stages.map(({ stage, title, of, count, perSecond, coveredSeconds, lag }) => (
              <tr key={stage}>
                <th scope="row">{title}</th>
                <td>{fill(words.perSecond, { rate: perSecond.toLocaleString(strings.locale) })}</td>
                <td>
                  {fill(words.counted, {
                    count: count.toLocaleString(strings.locale),
                    seconds: Math.round(coveredSeconds),
                  })}
                </td>
                <td>{lag === null ? words.noLag : lagText(lag)}</td>
                <td>{words.of[of]}</td>
              </tr>
            ))}
          </ListTable>
          <p className="muted">{fill(words.window, { seconds: windowSeconds })}</p>
          <dl className="waiting-figures">
            {(['deliveries', 'parkedDeliveries', 'deadLetters'] as const).map((what) => (
              <div key={what}>
                <dt>{words.waiting[what]}</dt>
                <dd>{waiting[what].toLocaleString(strings.locale)}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </Part>
  );
}

function lagText({ records, seconds }: { readonly records: number; readonly seconds: number }): string {
  if (records === 0) return words.keepsUp;
  return fill(words.lags, { count: records.toLocaleString(strings.locale), time: durationText(seconds) });
}
