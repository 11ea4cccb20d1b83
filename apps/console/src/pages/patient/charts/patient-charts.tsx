import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Group, ToggleButton } from 'react-aria-components';
import { useScope } from '../../../app/session.js';
import { strings } from '../../../strings/strings.js';
import { useRefreshed } from '../data/live-patient.js';
import { forecastsQuery, limitsQuery, measuresQuery, timelineQuery } from '../data/patient-queries.js';
import type { Twin } from '../data/api-types.js';
import { RANGE_KEYS, rangeText, type Range } from '../data/ranges.js';
import type { View } from '../data/view.js';
import { useNow } from '../../../times/use-now.js';
import { AlertStrips } from './alert-strips.js';
import { OneChart } from './one-chart.js';
import { Timeline } from './timeline.js';

interface PatientChartsProps {
  readonly view: View;
  readonly twin: Twin;
}

/** A chart per measure that the patient has values of, over one range of time. */
export function PatientCharts({ view, twin }: PatientChartsProps): React.ReactNode {
  const [range, setRange] = useState<Range>('6h');
  const now = useNow(10_000);
  const end = view.knownAt ?? now;
  const measures = useQuery(measuresQuery());
  const limits = useQuery({ ...limitsQuery(view), enabled: useScope('thresholds.read') });
  const timeline = useQuery({ ...timelineQuery(view, range), enabled: useScope('alerts.read') });
  const forecasts = useQuery({ ...forecastsQuery(view), enabled: useScope('forecasts.read') });
  useRefreshed(view, twin.version, 'forecasts');
  useRefreshed(view, twin.alerts.map(({ id, sequence }) => `${id} ${sequence}`).join(), 'timeline', range);
  useRefreshed(view, null, 'limits');

  const shown = (measures.data?.items ?? []).filter(({ code, group }) => group !== 'wave' && code in twin.measures);
  const items = timeline.data?.items ?? [];
  return (
    <section aria-labelledby="values">
      <h2 id="values">{strings.patient.charts}</h2>
      <Group aria-label={strings.patient.range} className="ranges">
        {RANGE_KEYS.map((key) => (
          <ToggleButton key={key} className="button" isSelected={key === range} onChange={() => setRange(key)}>
            {rangeText(key)}
          </ToggleButton>
        ))}
      </Group>
      {measures.isSuccess && shown.length === 0 && <p>{strings.patient.noCharts}</p>}
      <div className="charts">
        {shown.map((measure) => (
          <OneChart
            key={measure.code}
            {...{ view, range, end, now, measure, items }}
            newest={twin.measures[measure.code]}
            limits={limits.data}
            forecast={forecasts.data?.items.find(({ code }) => code === measure.code)}
          />
        ))}
      </div>
      <AlertStrips view={view} alerts={twin.alerts} items={items} />
      <Timeline items={items} now={now} />
    </section>
  );
}
