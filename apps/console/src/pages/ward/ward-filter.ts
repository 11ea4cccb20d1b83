import { standingOf, type Severity, type WardPatient } from './ward-patient.js';

type Found = Pick<WardPatient, 'patient' | 'name' | 'identifier' | 'bed' | 'asOf' | 'vitals' | 'alerts'>;

export interface WardFilter {
  readonly search: string;
  /** Empty: all. */
  readonly severities: readonly Severity[];
}

/** Whether each word of the search begins a word of the name, the identifier, the bed, or the id; without regard to case and accents. */
export function isFound(patient: Found, { search, severities }: WardFilter): boolean {
  if (severities.length > 0) {
    const { severity } = standingOf(patient, 0);
    if (severity === undefined || !severities.includes(severity)) return false;
  }
  const words = fold(search)
    .split(' ')
    .filter((word) => word !== '');
  if (words.length === 0) return true;
  const { name, identifier, bed } = patient;
  const text = [name, identifier?.value, bed?.name, patient.patient].map((one) => ` ${fold(one ?? '')}`).join('');
  return words.every((word) => text.includes(` ${word}`) || text.includes(`-${word}`));
}

function fold(text: string): string {
  return text
    .normalize('NFD')
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
}
