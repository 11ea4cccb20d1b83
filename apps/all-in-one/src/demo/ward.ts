import { driveOf } from './emergencies.js';
import { advance, observe, UNITS, wakeBody, type Body, type Profile, type Vital } from './physiology.js';

/** A simulated patient: made up, whoever has the name. */
export interface Bed extends Profile {
  readonly number: number;
  readonly label: string;
  readonly name: { readonly given: string; readonly family: string };
  readonly recordNumber: string;
  /** FHIR ids: fixed, so that a second start finds them. */
  readonly patient: string;
  readonly monitor: string;
  readonly sensor: string;
  readonly gender: 'female' | 'male';
  readonly birthDate: string;
  /** How its values are sent. */
  readonly transport: 'http' | 'mqtt';
}

/** A sample as `POST /v1/samples` takes it. */
export interface WardSample {
  readonly device: string;
  readonly code: Vital;
  readonly value: number;
  readonly unit: string;
  readonly effectiveAt: string;
}

export const MONITORED = ['heart-rate', 'oxygen-saturation', 'respiratory-rate'] as const;
/** Cuff and thermometer: once a minute. */
export const CHECKED = ['systolic-pressure', 'diastolic-pressure', 'body-temperature'] as const;
const MQTT_FROM_BED = 9;
/** mg/dL */
const MAX_GLUCOSE_PER_MINUTE = 3;

/** gender, birth date, heart rate, SpO2, respiratory rate, systolic, diastolic, temperature, glucose, rise after meals */
type Row = readonly ['female' | 'male', string, number, number, number, number, number, number, number, number];
const ROWS: readonly Row[] = [
  ['female', '1951-03-14', 72, 97, 15, 128, 76, 36.7, 112, 30],
  ['male', '1968-11-02', 78, 97, 16, 134, 82, 36.8, 138, 55],
  ['male', '1944-07-21', 84, 94, 19, 142, 78, 37.1, 118, 35],
  ['female', '1979-01-30', 66, 98, 14, 112, 70, 36.6, 104, 28],
  ['female', '1960-05-09', 88, 96, 17, 124, 74, 37.4, 116, 32],
  ['male', '1985-09-17', 61, 98, 13, 118, 72, 36.5, 102, 26],
  ['female', '1990-12-05', 74, 98, 15, 116, 71, 36.7, 132, 60],
  ['male', '1957-08-26', 91, 95, 20, 148, 84, 37.6, 124, 40],
  ['male', '1972-02-11', 69, 97, 14, 131, 80, 36.8, 144, 58],
  ['female', '1948-10-19', 82, 96, 17, 138, 77, 36.9, 114, 30],
  ['male', '1963-06-28', 79, 94, 18, 127, 73, 37.2, 120, 36],
  ['female', '1996-04-03', 64, 98, 14, 109, 67, 36.6, 103, 25],
];

/** By bed; of several languages, as on any ward. */
const NAMES: readonly (readonly [given: string, family: string])[] = [
  ['Ingrid', 'Solheim'],
  ['Mateusz', 'Wiśniewski'],
  ['Harold', 'Finch'],
  ['Aoife', 'Brennan'],
  ['Yuki', 'Tanabe'],
  ['Dmitri', 'Orlov'],
  ['Zeynep', 'Aydın'],
  ['José', 'Carvalho'],
  ['Samuel', 'Okafor'],
  ['Margarethe', 'Lindqvist'],
  ['Étienne', 'Roussel'],
  ['Priya', 'Raman'],
];

export const BEDS: readonly Bed[] = ROWS.map((row, index) => {
  const number = index + 1;
  const two = String(number).padStart(2, '0');
  return {
    number,
    label: `Bed ${number}`,
    name: { given: NAMES[index]?.[0] ?? 'Sam', family: NAMES[index]?.[1] ?? `Bed ${number}` },
    recordNumber: `D-${String(1000 + number * 37)}`,
    patient: `demo-bed-${two}`,
    monitor: `demo-monitor-${two}`,
    sensor: `demo-glucose-sensor-${two}`,
    gender: row[0],
    birthDate: row[1],
    transport: number >= MQTT_FROM_BED ? 'mqtt' : 'http',
    usual: {
      'heart-rate': row[2],
      'oxygen-saturation': row[3],
      'respiratory-rate': row[4],
      'systolic-pressure': row[5],
      'diastolic-pressure': row[6],
      'body-temperature': row[7],
      glucose: row[8],
    },
    mealRise: row[9],
  };
});

/** The simulated patient of one bed. Deterministic: the same seed and the same times asked for give the same samples. */
export class SimulatedPatient {
  private body: Body;
  private glucose: { readonly at: number; readonly value: number } | undefined;

  constructor(
    readonly bed: Bed,
    private readonly ward: { readonly seed: number; readonly openedAt: number; readonly from: number },
  ) {
    this.body = wakeBody(ward.seed * 1009 + bed.number * 7919, ward.from);
  }

  /** Samples of these vitals at a time (ms) that is not before the last one asked for. */
  sample(vitals: readonly Vital[], at: number): readonly WardSample[] {
    this.body = advance(this.body, at);
    const shown = { ...observe(this.body, this.bed, driveOf(this.bed.number, at, this.ward.openedAt)) };
    if (vitals.includes('glucose')) shown.glucose = Math.round(this.steadily(shown.glucose, at));
    const effectiveAt = new Date(at).toISOString();
    return vitals.map((code) => ({
      device: `Device/${code === 'glucose' ? this.bed.sensor : this.bed.monitor}`,
      code,
      value: shown[code],
      unit: UNITS[code],
      effectiveAt,
    }));
  }

  /** Glucose follows a meal and an emergency at once no faster than a body's does. */
  private steadily(value: number, at: number): number {
    const last = this.glucose;
    const most = last === undefined ? Infinity : (MAX_GLUCOSE_PER_MINUTE * (at - last.at)) / 60_000;
    const next = last === undefined ? value : Math.min(last.value + most, Math.max(last.value - most, value));
    this.glucose = { at, value: next };
    return next;
  }
}
