import { unitText } from '../../charts/values/unit-text.js';
import { strings } from '../../strings/strings.js';
import { shortName, shownValue } from './tile-texts.js';
import type { WardPatient } from './ward-patient.js';

const texts = strings.ward;
const TREND_MARKS = { rising: '↗', falling: '↘', steady: '→' } as const;

interface TileVitalsProps {
  readonly vitals: WardPatient['vitals'];
  /** How long ago each is of. */
  readonly ages: readonly string[];
  /** Codes of those that are stale. */
  readonly stale: readonly string[];
}

/** A line for each vital: what it is, its newest value with unit and trend, what is wrong with it, and its age. */
export function TileVitals({ vitals, ages, stale }: TileVitalsProps): React.ReactNode {
  return (
    <dl className="vitals">
      {vitals.map(({ code, title, value, comparator = '', unit, quality, trend }, n) => (
        <div key={code} data-stale={stale.includes(code) || undefined}>
          <dt title={title}>{shortName(code, title)}</dt>
          <dd className="value">
            <b>
              {comparator}
              {shownValue(value)}
            </b>{' '}
            <span className="unit">{unitText(unit)}</span>
          </dd>
          <dd className="trend">
            {trend !== null && (
              <span title={texts.trends[trend]} role="img" aria-label={texts.trends[trend]}>
                {TREND_MARKS[trend]}
              </span>
            )}
          </dd>
          <dd className="age">
            {quality !== 'good' && <span className="mark">{texts.qualities[quality]}</span>}{' '}
            {stale.includes(code) && <span className="mark">{texts.stale}</span>} {ages[n]}
          </dd>
        </div>
      ))}
    </dl>
  );
}
