import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../../api/client.js';
import { useMeasures } from '../../api/use-measures.js';
import { unitText } from '../../charts/values/unit-text.js';
import { Failed } from '../../app/failed.js';
import { Choice } from '../../figures/choice/choice.js';
import { windowOf, type Period } from '../../figures/choice/period.js';
import { PeriodChoice } from '../../figures/choice/period-choice.js';
import { strings } from '../../strings/strings.js';
import { useNow } from '../../times/use-now.js';
import { Demotions } from './demotions.js';
import { codesOf, GROUPINGS, type Grouping, type Score } from './score-figures.js';
import { Scores } from './scores.js';

const MINUTE = 60_000;
const text = strings.forecasts;

/** The prediction ledger: what forecasts came to by horizon, model and group, and which models were demoted for whom. */
export function ForecastsPage(): React.ReactNode {
  const [period, setPeriod] = useState<Period>(7);
  const [grouping, setGrouping] = useState<Grouping | ''>('');
  const asked = windowOf(period, useNow(MINUTE));
  const { data, error, refetch } = useQuery({
    queryKey: ['forecast-scores', asked, grouping],
    queryFn: ({ signal }) => {
      const query = { ...asked, ...(grouping === '' ? {} : { by: grouping }) };
      return answerOf(api.GET('/v1/forecast-scores', { params: { query }, signal }));
    },
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <h1>{strings.pages.forecasts}</h1>
      <div className="filters">
        <PeriodChoice value={period} onChange={setPeriod} />
        <Choice
          label={text.groupBy}
          value={grouping}
          options={[['', text.everybody], ...GROUPINGS.map((one): [Grouping, string] => [one, text.groupings[one]])]}
          onChange={setGrouping}
        />
      </div>
      {error !== null && <Failed error={error} reset={() => void refetch()} />}
      {data === undefined && error === null && <p>{strings.shell.loading}</p>}
      {data !== undefined && <Ledger scores={data.items} />}
      <Demotions />
    </>
  );
}

function Ledger({ scores }: { readonly scores: readonly Score[] }): React.ReactNode {
  const [chosen, setChosen] = useState<string>();
  const measures = useMeasures();
  const codes = codesOf(scores);
  const code = chosen !== undefined && codes.includes(chosen) ? chosen : codes[0];
  if (code === undefined) return <p>{text.none}</p>;
  const titleOf = (one: string): string => measures.get(one)?.title ?? one;
  return (
    <>
      <div className="filters">
        <Choice
          label={text.measure}
          value={code}
          options={codes.map((one) => [one, titleOf(one)])}
          onChange={setChosen}
        />
      </div>
      <Scores
        key={code}
        title={titleOf(code)}
        unit={unitText(measures.get(code)?.unit ?? '')}
        scores={scores}
        code={code}
      />
    </>
  );
}
