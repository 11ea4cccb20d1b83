import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { answerOf, api } from '../../api/client.js';
import { useRuleTitles } from '../../api/use-rule-titles.js';
import { Failed } from '../../app/failed.js';
import { cellText } from '../../figures/table/cell-text.js';
import { windowOf, type Period } from '../../figures/choice/period.js';
import { PeriodChoice } from '../../figures/choice/period-choice.js';
import { fill, strings } from '../../strings/strings.js';
import { Time } from '../../times/time.js';
import { useNow } from '../../times/use-now.js';
import './alarm-quality.css';
import type { AlarmQuality } from './quality-figures.js';
import { QualityCharts } from './quality-charts.js';
import { RulesTable } from './rules-table.js';
import { ShadowsTable } from './shadows-table.js';

const MINUTE = 60_000;
const text = strings.alarmQuality;

/** How the alerts of a time did: how many, how useful, how soon somebody saw them; live rules beside those in shadow. */
export function AlarmQualityPage(): React.ReactNode {
  const [period, setPeriod] = useState<Period>(7);
  const asked = windowOf(period, useNow(MINUTE));
  const { data, error, refetch } = useQuery({
    queryKey: ['alarm-quality', asked],
    queryFn: ({ signal }) => answerOf(api.GET('/v1/alarm-quality', { params: { query: asked }, signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <h1>{strings.pages.alarmQuality}</h1>
      <div className="filters">
        <PeriodChoice value={period} onChange={setPeriod} />
      </div>
      {error !== null && <Failed error={error} reset={() => void refetch()} />}
      {data === undefined && error === null && <p>{strings.shell.loading}</p>}
      {data !== undefined && <Quality quality={data} />}
    </>
  );
}

function Quality({ quality }: { readonly quality: AlarmQuality }): React.ReactNode {
  const titles = useRuleTitles();
  const titleOf = useCallback((rule: string): string => titles.get(rule) ?? rule, [titles]);
  const { from, to, patientDays, total, shadows } = quality;
  const seconds = total.secondsToAcknowledge;
  const judged = total.useful + total.notUseful;
  return (
    <>
      <p className="muted">
        <Time at={from} /> – <Time at={to} />, {fill(text.patientDays, { days: cellText(patientDays) })}
      </p>
      <dl className="totals">
        <Total title={text.alerts} value={cellText(total.alerts)} />
        <Total title={text.perPatientDay} value={cellText(total.perPatientDay)} />
        <Total
          title={text.precision}
          value={cellText(total.precision)}
          note={judged === 0 ? text.notJudged : fill(text.ofJudged, { useful: total.useful, judged })}
        />
        <Total
          title={text.toAcknowledge}
          value={cellText(seconds === null ? null : seconds.median / 60)}
          {...(seconds === null ? {} : { note: fill(text.p90Note, { minutes: cellText(seconds.p90 / 60) }) })}
        />
        <Total title={text.suppressed} value={cellText(total.suppressed)} />
      </dl>
      <QualityCharts quality={quality} titleOf={titleOf} />
      <h2>{text.byRule}</h2>
      <RulesTable quality={quality} titleOf={titleOf} />
      <h2>{text.liveAgainstShadow}</h2>
      <p>{text.shadowNote}</p>
      <ShadowsTable shadows={shadows} titleOf={titleOf} />
    </>
  );
}

interface TotalProps {
  readonly title: string;
  readonly value: string;
  readonly note?: string;
}

function Total({ title, value, note }: TotalProps): React.ReactNode {
  return (
    <div>
      <dt>{title}</dt>
      <dd>
        <strong>{value}</strong>
        {note !== undefined && <span className="muted"> {note}</span>}
      </dd>
    </div>
  );
}
