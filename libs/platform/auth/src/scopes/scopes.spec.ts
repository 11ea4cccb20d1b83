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
    // A restriction never gives the whole type.
    [['system/Observation.rs?category=laboratory'], 'system/Observation.r', false],
    [['system/Observation.rs?category=laboratory', 'system/*.s'], 'system/Observation.rs', false],
    [['system/Observation.rs?category=laboratory', 'system/*.rs'], 'system/Observation.rs', true],
    [['system/Observation.rs'], 'system/Observation.r?category=laboratory', true],
    [['system/Observation.rs?category=a'], 'system/Observation.rs?category=a', true],
    [['system/Observation.rs?category=a,b'], 'system/Observation.rs?category=b', true],
    [['system/Observation.rs?category=a'], 'system/Observation.rs?category=a,b', false],
    [['system/Observation.rs?category=a'], 'system/Observation.rs?code=x&category=a', true],
    [['system/Observation.rs?category=a&code=x'], 'system/Observation.rs?category=a', false],
    // None of a and b is less than none of a.
    [['system/Observation.rs?category:not=a,b'], 'system/Observation.rs?category:not=a', false],
    [['system/Observation.rs?category:not=a,b'], 'system/Observation.rs?category:not=b,a', true],
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
    // No type of R4.
    [['system/*.cruds'], 'system/Foo.rs', undefined],
    [['system/*.cruds'], 'system/SubscriptionStatus.r system/Observation.rs', undefined],
    [['system/Observation.rs?category=a'], undefined, ['system/Observation.rs?category=a']],
    [['system/Observation.rs?category=a'], 'system/Observation.rs', ['system/Observation.rs?category=a']],
    [['system/Observation.cruds?category=a'], 'system/*.read', ['system/Observation.rs?category=a']],
    [['system/*.rs?_tag=x'], 'system/Observation.r', ['system/Observation.r?_tag=x']],
    [['system/Observation.rs?category=a'], 'system/Observation.r?code=x', ['system/Observation.r?category=a&code=x']],
    [
      ['system/Observation.rs?category=http://x/y|a'],
      'system/Observation.rs?category=a',
      ['system/Observation.rs?category=a&category=http://x/y|a'],
    ],
    [
      ['system/Observation.rs?category=a'],
      'system/Observation.rs?category=b',
      ['system/Observation.rs?category=a&category=b'],
    ],
    [['system/Observation.rs?category=a'], 'system/Patient.rs', undefined],
    [['system/Observation.rs'], 'system/Observation.rs?_sort=date', undefined],
    [['system/Observation.rs'], 'system/Observation.rs?', undefined],
    [['system/Observation.rs'], 'system/Observation.rs?category', undefined],
    [['system/Observation.rs'], 'system/Observation.rs?category=%E0%A4%A', undefined],
    [['system/Observation.rs'], 'system/Observation.rs?category=a%00', undefined],
  ] as const)('%j asked %j → %j', (held, asked, granted) => {
    expect(narrow(held, asked)).toEqual(granted);
  });
});
