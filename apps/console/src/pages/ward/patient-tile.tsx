import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { unitText } from '../../charts/values/unit-text.js';
import { fill, strings } from '../../strings/strings.js';
import { SEVERITIES, type WardPatient } from './ward-patient.js';

const texts = strings.ward;
const TREND_MARKS = { rising: '↗', falling: '↘', steady: '→' } as const;
const SEVERITY_MARKS = { high: '▲', medium: '◆', low: '●' } as const;
const SHORT: Readonly<Record<string, string>> = texts.short;

interface TileProps {
  readonly patient: WardPatient;
  /** How long ago the newest value is of; undefined: there is none. */
  readonly age: string | undefined;
  readonly isSilent: boolean;
  /** Codes of values that are stale, with spaces between. */
  readonly stale: string;
  /** The connection is lost: nothing of it is live. */
  readonly isOld: boolean;
  readonly isLink: boolean;
}

/** A patient at a glance. */
export const PatientTile = memo(function PatientTile({ patient, age, isSilent, stale, isOld, isLink }: TileProps) {
  const { name, identifier, bed, vitals, news2, alerts, forecast, monitoring, unreadable } = patient;
  const staleCodes = stale.split(' ');
  const shownName = <bdi>{name ?? fill(texts.unnamed, { patient: patient.patient })}</bdi>;
  return (
    <article className="tile" data-old={isOld || undefined}>
      <header>
        <h2 title={name ?? undefined}>
          {isLink ? (
            <Link to="/patients/$patient" params={{ patient: patient.patient }}>
              {shownName}
            </Link>
          ) : (
            shownName
          )}
        </h2>
        <p className="bed">{bed === null ? texts.noBed : <bdi title={bed.name}>{bed.name}</bdi>}</p>
        <p className="identifier" title={identifier?.value}>
          <bdi>{identifier?.value ?? patient.patient}</bdi>
        </p>
      </header>
      <ul className="marks">
        {SEVERITIES.filter((severity) => (alerts?.[severity] ?? 0) > 0).map((severity) => (
          <li key={severity} className={`severity-${severity}`}>
            <span aria-hidden="true">{SEVERITY_MARKS[severity]} </span>
            {alerts![severity]} {texts.severities[severity]}
          </li>
        ))}
        {news2 !== null && (
          <li>
            {fill(news2.missing.length === 0 ? texts.news2 : texts.news2AtLeast, { score: news2.score })}
            {news2.missing.length > 0 && (
              <span className="muted" title={fill(texts.missing, { names: news2.missing.join(', ') })}>
                {' '}
                {fill(texts.missingCount, { count: news2.missing.length })}
              </span>
            )}
          </li>
        )}
        {monitoring === 'off' && (
          <li className="mark">{unreadable === true ? texts.unreadable : texts.monitoringOff}</li>
        )}
        {isOld && <li className="mark">{texts.old}</li>}
        {isSilent && <li className="mark">{texts.silent}</li>}
        <li className="muted">{age === undefined ? texts.noData : fill(texts.age, { age })}</li>
      </ul>
      <dl className="vitals">
        {vitals.slice(0, MAX_VITALS).map(({ code, title, value, comparator = '', unit, quality, trend }) => (
          <div key={code} data-stale={staleCodes.includes(code) || undefined}>
            <dt title={title}>{SHORT[code] ?? title}</dt>
            <dd>
              <b>
                {comparator}
                {value.toLocaleString(undefined, { maximumFractionDigits: 1 })}
              </b>{' '}
              <span className="unit">{unitText(unit)}</span>
              {trend !== null && (
                <span title={texts.trends[trend]} role="img" aria-label={texts.trends[trend]}>
                  {' '}
                  {TREND_MARKS[trend]}
                </span>
              )}
              {quality !== 'good' && <span className="mark"> {texts.qualities[quality]}</span>}
              {staleCodes.includes(code) && <span className="mark"> {texts.stale}</span>}
            </dd>
          </div>
        ))}
      </dl>
      {forecast !== null && (
        <p className="forecast muted">
          {fill(texts.forecast, {
            code: SHORT[forecast.code] ?? forecast.code,
            minutes: forecast.minutes,
            low: Math.round(forecast.low),
            high: Math.round(forecast.high),
            unit: unitText(forecast.unit),
          })}
        </p>
      )}
    </article>
  );
});

/** What has a place on a tile; the patient's page has all. */
const MAX_VITALS = 8;
