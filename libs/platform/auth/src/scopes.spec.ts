import { describe, expect, it } from '@jest/globals';
import { ALL_SCOPES, allows, narrow, PLAIN_SCOPES } from './scopes.js';

describe('allows', () => {
  it.each([
    [['system/*.cruds'], 'system/Observation.c', true],
    [['system/Observation.cruds'], 'system/Observation.rs', true],
    [['system/Observation.rs'], 'system/Observation.c', false],
    [['system/Patient.cruds'], 'system/Observation.r', false],
    [['system/Observation.cruds'], 'system/*.r', false],
    [['system/Observation.c', 'system/*.r'], 'system/Observation.cr', true],
    [['system/*.read'], 'system/Observation.rs', true],
    [['system/*.write'], 'system/Observation.cud', true],
    [['system/*.write'], 'system/Observation.r', false],
    [['system/*.*'], 'system/Observation.cruds', true],
    [['twins.read'], 'twins.read', true],
    [['twins.read'], 'twins', false],
    [['alerts.read'], 'alerts.write', false],
    [['system/*.cruds'], 'alerts.write', false],
    [[], 'twins.read', false],
    [['user/*.cruds'], 'system/Observation.r', false],
    [['system/*.sdurc'], 'system/Observation.r', false],
  ] as const)('%j → %s: %s', (held, needed, answer) => {
    expect(allows(held, needed)).toBe(answer);
  });

  it('lets an administrator do everything', () => {
    for (const scope of [...PLAIN_SCOPES, 'system/Device.d']) expect(allows(ALL_SCOPES, scope)).toBe(true);
  });
});

describe('narrow', () => {
  it.each([
    [['twins.read', 'alerts.read'], undefined, ['twins.read', 'alerts.read']],
    [['twins.read', 'alerts.read'], 'alerts.read', ['alerts.read']],
    [['twins.read'], 'twins.read alerts.read', ['twins.read']],
    [['twins.read'], 'alerts.read', undefined],
    [['twins.read'], 'nonsense', undefined],
    [['twins.read'], 'twins.read nonsense', undefined],
    [[], undefined, undefined],
    [['system/*.cruds'], 'system/Observation.rs', ['system/Observation.rs']],
    [['system/Observation.cruds'], 'system/*.rs', ['system/Observation.rs']],
    [['system/*.rs'], 'system/Observation.cruds', ['system/Observation.rs']],
    [['system/*.rs'], 'system/Observation.c', undefined],
    [['system/Patient.r'], 'system/Observation.r', undefined],
  ] as const)('%j asked %j → %j', (held, asked, granted) => {
    expect(narrow(held, asked)).toEqual(granted);
  });
});
