import { describe, expect, it } from '@jest/globals';
import type { Access } from '#libs/platform/auth';
import { searchAccess } from './search-access.js';

function found(...scopes: string[]): readonly (readonly object[])[] {
  return searchAccess({ scopes } as unknown as Access).found('Observation');
}

describe('what the scopes of a client let it find', () => {
  it('is all of a type, or what a restriction finds', () => {
    expect(found('system/Observation.rs')).toEqual([[]]);
    expect(found('system/Observation.rs?category=laboratory')).toEqual([[expect.objectContaining({ kind: 'token' })]]);
    expect(found('system/Observation.r', 'system/Patient.rs')).toEqual([]);
  });

  it.each(['_cursor=x', 'nothing=x', 'category:exact=x', 'date=yesterday', 'category=a&_cursor=x'])(
    'is nothing where a restriction is no search of the type: %s',
    (restriction) => expect(found(`system/Observation.rs?${restriction}`)).toEqual([]),
  );
});
