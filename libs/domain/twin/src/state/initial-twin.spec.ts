import { describe, expect, it } from '@jest/globals';
import { GLUCOSE_PACK } from '#libs/domain/packs';
import { catalogueOf } from '../rules/catalogue.js';
import { initialTwin } from './initial-twin.js';

const CATALOGUE = catalogueOf([GLUCOSE_PACK]);

describe('the twin of a new patient', () => {
  it('has the limits of the tenant, each with who set it, from the beginning on', () => {
    const limits = [
      { rule: 'glucose-low', limits: { limit: 80 }, reason: 'ward', author: 'dr-a' },
      { rule: 'glucose-high', limits: { limit: 200 }, reason: 'ward', author: 'dr-b' },
    ];
    expect(initialTwin(CATALOGUE, 1, 'p1', limits).tenantThresholds).toEqual({
      'glucose-low': [{ after: null, limits: { limit: 80 }, reason: 'ward', author: 'dr-a' }],
      'glucose-high': [{ after: null, limits: { limit: 200 }, reason: 'ward', author: 'dr-b' }],
    });
    expect(initialTwin(CATALOGUE, 1, 'p1').tenantThresholds).toEqual({});
  });

  it('knows nothing yet', () => {
    const { acts, replaced, heard, version, facts, measures, rules } = initialTwin(CATALOGUE, 1, 'p1');
    expect({ acts, replaced, heard, version, facts, measures, rules }).toEqual({
      acts: [],
      replaced: [],
      heard: 0,
      version: 0,
      facts: {},
      measures: {},
      rules: {},
    });
  });

  it('names the versions of its memories that are not the first', () => {
    expect(initialTwin(CATALOGUE, 1, 'p1')).not.toHaveProperty('memories');
    const [detector] = GLUCOSE_PACK.detectors;
    const later = { ...GLUCOSE_PACK, detectors: [{ ...detector!, memory: { version: 4 } }] };
    expect(initialTwin(catalogueOf([later]), 1, 'p1').memories).toEqual({ [`detector:${detector!.id}`]: 4 });
  });
});
