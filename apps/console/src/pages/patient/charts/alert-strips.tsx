import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { StripFigure } from '../../../charts/strip/strip-figure.js';
import { stripReadings } from '../../../charts/strip/strip-readings.js';
import { fill, strings } from '../../../strings/strings.js';
import { stripOf } from '../data/csv-address.js';
import { wavesQuery } from '../data/patient-queries.js';
import type { TimelineItem, Twin, Wave } from '../data/api-types.js';
import type { View } from '../data/view.js';

/** Rules of heart rhythm: what they saw is in the waves, not in the numbers. */
const RHYTHM = new Set([
  'atrial-fibrillation',
  'pause',
  'asystole',
  'extreme-bradycardia',
  'extreme-tachycardia',
  'ventricular-tachycardia',
  'ventricular-fibrillation',
  'bradycardia',
  'tachycardia',
  'ectopy-suspected',
]);
const CODES = ['ecg', 'rr-interval', 'ppg', 'arterial-pressure-wave'] as const;
const MAX_STRIPS = 3;

interface StripAlert {
  readonly id: string;
  readonly title: string;
  readonly at: number;
}

interface AlertStripsProps {
  readonly view: View;
  readonly alerts: Twin['alerts'];
  readonly items: readonly TimelineItem[];
}

/** ECG, intervals and pulse around the newest arrhythmia alerts, open ones first. */
export function AlertStrips({ view, alerts, items }: AlertStripsProps): React.ReactNode {
  const around = useMemo(() => rhythmAlerts(alerts, items), [alerts, items]);
  return around.map((alert) => <AlertStrip key={alert.id} view={view} alert={alert} />);
}

function rhythmAlerts(alerts: Twin['alerts'], items: readonly TimelineItem[]): readonly StripAlert[] {
  const found = new Map<string, StripAlert>();
  for (const { id, rule, effectiveAt } of alerts)
    if (RHYTHM.has(rule.id)) found.set(id, { id, title: rule.title, at: Date.parse(effectiveAt) });
  for (const { alert, rule, title, effectiveAt, kind } of items.toReversed()) {
    if (kind !== 'alert' || alert === undefined || effectiveAt === undefined || !RHYTHM.has(rule ?? '')) continue;
    if (!found.has(alert)) found.set(alert, { id: alert, title, at: Date.parse(effectiveAt) });
  }
  return [...found.values()].slice(0, MAX_STRIPS);
}

function AlertStrip({ view, alert }: { readonly view: View; readonly alert: StripAlert }): React.ReactNode {
  const { window, csv } = stripOf(view, alert.at);
  const [from, to] = window;
  const answers = useQueries({ queries: CODES.map((code) => wavesQuery(view, code, from, to)) });
  const found = answers.flatMap(({ data }) => data?.items ?? []);
  const isLoaded = answers.every(({ isPending }) => !isPending);
  return (
    <section aria-label={fill(strings.patient.strips, { title: alert.title })} className="strips">
      <h3>{fill(strings.patient.strips, { title: alert.title })}</h3>
      {isLoaded && found.length === 0 && <p>{strings.patient.noWaves}</p>}
      {channelsOf(found).map(({ key, title, waves }) => (
        <StripFigure
          key={key}
          title={title}
          unit={waves[0]!.unit}
          readings={stripReadings(waves)}
          isIntervals={waves[0]!.periodMs === null}
          window={window}
          onset={alert.at}
          csv={{ href: csv(waves[0]!.code), file: `${view.patient}-${waves[0]!.code}.csv` }}
        />
      ))}
    </section>
  );
}

function channelsOf(waves: readonly Wave[]): readonly { key: string; title: string; waves: readonly Wave[] }[] {
  const titles: Readonly<Record<string, string>> = strings.patient.waveTitles;
  const channels = new Map<string, Wave[]>();
  for (const wave of waves) {
    const key = `${wave.code} ${wave.channel ?? ''}`;
    channels.set(key, [...(channels.get(key) ?? []), wave]);
  }
  return [...channels].map(([key, ofChannel]) => {
    const { code, channel } = ofChannel[0]!;
    return { key, title: [titles[code] ?? code, channel].filter(Boolean).join(' '), waves: ofChannel };
  });
}
