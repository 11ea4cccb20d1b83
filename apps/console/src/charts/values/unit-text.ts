/** UCUM units that people write differently. */
const WRITTEN: Readonly<Record<string, string>> = {
  'mm[Hg]': 'mmHg',
  '[IU]': 'IU',
  '[IU]/h': 'IU/h',
  Cel: '°C',
  '{steps}': 'steps',
  "{arb'U}": 'a.u.',
  '{score}': '',
  '1': '',
};

/** A UCUM unit as people write it. */
export function unitText(unit: string): string {
  return WRITTEN[unit] ?? unit;
}
