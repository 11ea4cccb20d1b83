import { describe, expect, it } from '@jest/globals';
import { projectResource, type Projection } from './project-resource.js';

const SUBSETTED = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' };
const observation = `{"resourceType":"Observation","id":"o","meta":{"versionId":"1","tag":[{"code":"t"}]},
  "text":{"status":"generated","div":"<div/>"},"status":"final","code":{"text":"x"},"subject":{"reference":"Patient/1"},
  "valueQuantity":{"value":70.50},"note":[{"text":"n"}],"bodySite":{"text":"arm"},
  "component":[{"code":{"text":"a"},"valueQuantity":{"value":1.0},"referenceRange":[{"text":"r"}]}]}`;

function shown(content: string, projection: Partial<Projection>): Record<string, unknown> {
  return JSON.parse(projectResource(content, { summary: 'false', elements: [], ...projection })) as Record<
    string,
    unknown
  >;
}

describe('the part of a resource that is shown', () => {
  it.each<[string, Partial<Projection>, readonly string[]]>([
    ['_elements=subject', { elements: ['subject'] }, ['status', 'code', 'subject']],
    ['_elements=value', { elements: ['value'] }, ['status', 'code', 'valueQuantity']],
    ['_elements=valueQuantity', { elements: ['valueQuantity'] }, ['status', 'code', 'valueQuantity']],
    ['_summary=text', { summary: 'text' }, ['text', 'status', 'code']],
    [
      '_summary=data',
      { summary: 'data' },
      ['status', 'code', 'subject', 'valueQuantity', 'note', 'bodySite', 'component'],
    ],
    ['_summary=true', { summary: 'true' }, ['status', 'code', 'subject', 'valueQuantity', 'component']],
  ])('%s', (_, projection, names) => {
    const part = shown(observation, projection);
    expect(Object.keys(part)).toEqual(['resourceType', 'id', 'meta', ...names]);
    expect(part['meta']).toEqual({ versionId: '1', tag: [{ code: 't' }, SUBSETTED] });
  });

  it('leaves out of a summary what is no part of it further down', () => {
    const { component } = shown(observation, { summary: 'true' }) as { component: object[] };
    expect(Object.keys(component[0] ?? {})).toEqual(['code', 'valueQuantity']);
  });

  it('keeps the digits of decimals, and what stands beside primitives', () => {
    expect(projectResource(observation, { summary: 'true', elements: [] })).toContain('70.50');
    const patient =
      '{"resourceType":"Patient","id":"p","birthDate":"1970","_birthDate":{"extension":[{"url":"u","valueCode":"c"}]}}';
    expect(Object.keys(shown(patient, { elements: ['birthDate'] }))).toContain('_birthDate');
  });

  it('is the whole to the letter where nothing less is asked for', () => {
    for (const summary of ['false', 'count'] as const) {
      expect(projectResource(observation, { summary, elements: [] })).toBe(observation);
    }
  });
});
