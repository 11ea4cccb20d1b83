/** Of a record number that somebody filled to the end of its field. */
export const LONG_NUMBER = `A${'0123456789'.repeat(20)}`.slice(0, 200);
/** Markup, and a mark that turns the direction of what stands after it. */
export const ODD_NAME = '<img src=x onerror="document.title=1">\u202Ereversed';

/** A person whom nobody checked before they were stored. */
export function oddPerson(id: string): object {
  const identifier = [{ type: { coding: [{ code: 'MR' }] }, value: LONG_NUMBER }];
  return { resourceType: 'Patient', id, name: [{ text: ODD_NAME }], identifier };
}
