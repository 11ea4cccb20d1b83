import { codingOf, measureByNumber, type Measure } from '#libs/domain/quantities';
import { notFound } from '#libs/platform/http';

export const QUALITIES = ['good', 'doubtful', 'bad'] as const;

/** Milliseconds as ISO 8601 in UTC. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** An instant that the schema has checked, in ms. */
export function ms(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}

export function measureOf(number: number): Measure {
  const measure = measureByNumber(number);
  if (measure === undefined) throw new Error(`measure ${number} is not in the catalogue`);
  return measure;
}

export { codingOf };

/** The id of a version of a measurement, as evidence and history name it. */
export function measurementId(identity: string, version: number): string {
  return version === 1 ? identity : `${identity}.${version}`;
}

/** FHIR ids are short and plain; anything else cannot exist, and is not asked for. */
export function patientId(text: string): string {
  if (!/^[A-Za-z0-9\-.]{1,64}$/.test(text)) throw notFound('the patient');
  return text;
}

/** As it is stored: a UUID names the same in capitals (RFC 9562), and what is written with it must meet what is there. */
export function uuidOf(text: string, what: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) throw notFound(what);
  return text.toLowerCase();
}
