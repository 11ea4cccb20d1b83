import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { fill, strings } from '../../strings/strings.js';
import { forecastText, shortName } from './tile-texts.js';
import { TileVitals } from './tile-vitals.js';
import { SEVERITIES, type WardPatient } from './ward-patient.js';

const texts = strings.ward;
const SEVERITY_MARKS = { high: '▲', medium: '◆', low: '●' } as const;

interface TileProps {
  readonly patient: WardPatient;
  /** How long ago the newest value is of; undefined: there is none. */
  readonly age: string | undefined;
  /** How long ago each of the vitals is of, with `|` between. */
  readonly ages: string;
  readonly isSilent: boolean;
  /** Codes of values that are stale, with spaces between. */
  readonly stale: string;
  /** The connection is lost: nothing of it is live. */
  readonly isOld: boolean;
  readonly isLink: boolean;
}

/** A patient at a glance. */
export const PatientTile = memo(function PatientTile(props: TileProps) {
  const { patient, age, ages, isSilent, stale, isOld, isLink } = props;
  const { name, identifier, bed, vitals, news2, forecast } = patient;
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
        <p className="age">{age === undefined ? texts.noData : fill(texts.age, { age })}</p>
      </header>
      <Marks patient={patient} isSilent={isSilent} isOld={isOld} />
      {news2 !== null && news2.missing.length > 0 && <Missing names={news2.missing} />}
      <TileVitals vitals={vitals} ages={ages.split('|')} stale={stale.split(' ')} />
      {forecast !== null && <p className="forecast muted">{forecastText(forecast)}</p>}
    </article>
  );
});

/** Alerts by severity, the score, and what keeps the tile from saying how the patient is. No list: the items of the ward's are its patients. */
function Marks({ patient, isSilent, isOld }: Pick<TileProps, 'patient' | 'isSilent' | 'isOld'>): React.ReactNode {
  const { news2, alerts, monitoring, unreadable } = patient;
  const present = SEVERITIES.filter((severity) => (alerts?.[severity] ?? 0) > 0);
  return (
    <p className="marks">
      {present.map((severity) => (
        <span key={severity} className={`severity-${severity}`}>
          <span aria-hidden="true">{SEVERITY_MARKS[severity]} </span>
          {alerts![severity]} {texts.severities[severity]}
        </span>
      ))}
      {alerts !== null && present.length === 0 && <span className="muted">{texts.noAlerts}</span>}
      {news2 !== null && (
        <span>
          <b>{fill(news2.missing.length === 0 ? texts.news2 : texts.news2AtLeast, { score: news2.score })}</b>
        </span>
      )}
      {monitoring === 'off' && (
        <span className="mark">{unreadable === true ? texts.unreadable : texts.monitoringOff}</span>
      )}
      {isOld && <span className="mark">{texts.old}</span>}
      {isSilent && <span className="mark">{texts.silent}</span>}
    </p>
  );
}

function Missing({ names }: { readonly names: readonly string[] }): React.ReactNode {
  const text = fill(texts.missing, { names: names.map((name) => shortName(name)).join(', ') });
  return (
    <p className="missing muted" title={text}>
      {text}
    </p>
  );
}
