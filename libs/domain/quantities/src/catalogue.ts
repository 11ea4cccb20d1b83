/**
 * The catalogue of measures: one row per measure, one canonical unit each (UCUM). Limits are engineering defaults for adults:
 * `possible` is what physics and physiology allow (outside: quarantined), `plausible` what needs no second look (outside:
 * quality doubtful). Sources: docs/clinical/plausibility.md. `number` is what the log and the database store: never reuse one.
 */
export interface Measure {
  readonly number: number;
  readonly name: MeasureName;
  readonly title: string;
  /** First entry is the one shown as `coding`. */
  readonly loinc: readonly string[];
  readonly mdc: readonly number[];
  readonly unit: string;
  readonly shape: 'value' | 'intervals' | 'waveform';
  readonly possible: readonly [number, number];
  readonly plausible: readonly [number, number];
}

export const MEASURE_NAMES = [
  'heart-rate',
  'rr-interval',
  'oxygen-saturation',
  'respiratory-rate',
  'systolic-pressure',
  'diastolic-pressure',
  'mean-pressure',
  'body-temperature',
  'glucose',
  'step-count',
  'body-weight',
  'ecg',
  'ppg',
  'arterial-pressure-wave',
] as const;
export type MeasureName = (typeof MEASURE_NAMES)[number];

/**
 * LOINC codes are of LOINC 2.7x, MDC codes of ISO/IEEE 11073-10101 as partition x 65536 + term. Limits: docs/clinical/plausibility.md.
 */
export const CATALOGUE: readonly Measure[] = [
  {
    number: 1,
    name: 'heart-rate',
    title: 'Heart rate',
    loinc: ['8867-4', '8889-8', '76282-3'],
    mdc: [147842, 149530, 149546],
    unit: '/min',
    shape: 'value',
    possible: [10, 300],
    plausible: [20, 250],
  },
  {
    number: 2,
    name: 'rr-interval',
    title: 'RR interval',
    loinc: ['8637-1'],
    mdc: [147240],
    unit: 'ms',
    shape: 'intervals',
    possible: [200, 5000],
    plausible: [240, 3000],
  },
  {
    number: 3,
    name: 'oxygen-saturation',
    title: 'Oxygen saturation by pulse oximetry',
    loinc: ['59408-5', '2708-6'],
    mdc: [150456],
    unit: '%',
    shape: 'value',
    possible: [40, 100],
    plausible: [60, 100],
  },
  {
    number: 4,
    name: 'respiratory-rate',
    title: 'Respiratory rate',
    loinc: ['9279-1'],
    mdc: [151562, 151578],
    unit: '/min',
    shape: 'value',
    possible: [2, 80],
    plausible: [4, 60],
  },
  {
    number: 5,
    name: 'systolic-pressure',
    title: 'Systolic blood pressure',
    loinc: ['8480-6', '76215-3'],
    mdc: [150021, 150033, 150037],
    unit: 'mm[Hg]',
    shape: 'value',
    possible: [10, 300],
    plausible: [50, 250],
  },
  {
    number: 6,
    name: 'diastolic-pressure',
    title: 'Diastolic blood pressure',
    loinc: ['8462-4', '76213-8'],
    mdc: [150022, 150034, 150038],
    unit: 'mm[Hg]',
    shape: 'value',
    possible: [5, 200],
    plausible: [20, 150],
  },
  {
    number: 7,
    name: 'mean-pressure',
    title: 'Mean blood pressure',
    loinc: ['8478-0', '76214-6'],
    mdc: [150023, 150035, 150039],
    unit: 'mm[Hg]',
    shape: 'value',
    possible: [5, 250],
    plausible: [30, 180],
  },
  {
    number: 8,
    name: 'body-temperature',
    title: 'Body temperature',
    loinc: ['8310-5', '8331-1', '8328-7', '8332-9', '8329-5', '8333-7'],
    mdc: [150364, 188428, 188424, 188452],
    unit: 'Cel',
    shape: 'value',
    possible: [25, 45],
    plausible: [30, 43],
  },
  {
    number: 9,
    name: 'glucose',
    title: 'Glucose',
    loinc: ['99504-3', '105272-9', '41653-7', '2339-0', '2345-7', '15074-8', '14743-9', '14749-6'],
    mdc: [160212, 160184, 160368],
    unit: 'mg/dL',
    shape: 'value',
    possible: [13, 1000],
    plausible: [20, 600],
  },
  {
    number: 10,
    name: 'step-count',
    title: 'Step count',
    loinc: ['55423-8', '41950-7'],
    mdc: [],
    unit: '{steps}',
    shape: 'value',
    possible: [0, 100_000],
    plausible: [0, 60_000],
  },
  {
    number: 11,
    name: 'body-weight',
    title: 'Body weight',
    loinc: ['29463-7', '3141-9'],
    mdc: [188736],
    unit: 'kg',
    shape: 'value',
    possible: [0.2, 650],
    plausible: [20, 300],
  },
  {
    number: 12,
    name: 'ecg',
    title: 'Electrocardiogram',
    loinc: [],
    // The potential without a lead, then leads I, II, V1 to V6, III, aVR, aVL, aVF.
    mdc: [131328, 131329, 131330, 131331, 131332, 131333, 131334, 131335, 131336, 131389, 131390, 131391, 131392],
    unit: 'mV',
    shape: 'waveform',
    possible: [-300, 300],
    plausible: [-5, 5],
  },
  {
    number: 13,
    name: 'ppg',
    title: 'Photoplethysmogram',
    loinc: [],
    mdc: [150452],
    unit: "{arb'U}",
    shape: 'waveform',
    possible: [-1e12, 1e12],
    plausible: [-1e12, 1e12],
  },
  {
    number: 14,
    name: 'arterial-pressure-wave',
    title: 'Arterial pressure wave',
    loinc: [],
    mdc: [150036, 150032],
    unit: 'mm[Hg]',
    shape: 'waveform',
    possible: [-100, 500],
    plausible: [-20, 320],
  },
];
