import { SEVERITIES, type WardPatient } from './ward-patient.js';

/** Of a tile, in root font sizes: a phone of 360 px has one column, a window of 1280 px four. */
export const TILE_WIDTH = 17.5;

/** As ward.css has it, in root font sizes. */
const FRAME = 5.6;
const LINES = { marks: 1.3, missing: 1.15, vital: 1.26, forecast: 1.15 } as const;
/** Marks that have room beside each other. */
const MARKS_A_LINE = 3;

type Sized = Pick<WardPatient, 'vitals' | 'news2' | 'alerts' | 'forecast' | 'monitoring'>;

/** How tall all tiles are, in root font sizes, so that the fullest of the ward is shown whole: tiles of one size stay where they are. */
export function tileHeight(patients: Iterable<Sized>): number {
  let [marks, missing, vitals, forecast] = [1, 0, 1, 0];
  for (const one of patients) {
    marks = Math.max(marks, Math.ceil(marksOf(one) / MARKS_A_LINE));
    if ((one.news2?.missing.length ?? 0) > 0) missing = 1;
    vitals = Math.max(vitals, one.vitals.length);
    if (one.forecast !== null) forecast = 1;
  }
  return FRAME + marks * LINES.marks + missing * LINES.missing + vitals * LINES.vital + forecast * LINES.forecast;
}

/** Of alerts, score, and monitoring; `old` and `silent` come and go with the clock, and have room in the frame. */
function marksOf({ alerts, news2, monitoring }: Sized): number {
  const severities = SEVERITIES.filter((severity) => (alerts?.[severity] ?? 0) > 0).length;
  return Math.max(1, severities) + Number(news2 !== null) + Number(monitoring === 'off');
}
