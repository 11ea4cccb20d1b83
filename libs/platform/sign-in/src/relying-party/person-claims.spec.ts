import { describe, expect, it } from '@jest/globals';
import { claimAt, personOf } from './person-claims.js';

const NAMES = { tenantClaim: 'tenant', rolesClaim: 'roles' };

describe('a person by claims', () => {
  it('has the tenant, the known roles and the reference that the claims give', () => {
    const claims = {
      sub: '1',
      name: 'Ada',
      tenant: 'north',
      roles: ['nurse', 'nurse', 'staff'],
      fhirUser: 'Practitioner/1',
    };
    expect(personOf(claims, NAMES)).toEqual({
      subject: '1',
      name: 'Ada',
      tenant: 'north',
      roles: ['nurse'],
      fhirUser: 'Practitioner/1',
    });
  });

  it('has the tenant and roles configured where the claims say nothing, and not where they say none', () => {
    const names = { ...NAMES, tenant: 'home', roles: ['auditor'] };
    expect(personOf({ sub: '1' }, names)).toMatchObject({
      tenant: 'home',
      roles: ['auditor'],
      name: '1',
      fhirUser: null,
    });
    expect(personOf({ sub: '1', roles: [] }, names).roles).toEqual([]);
  });

  it('takes roles as a list or a text, and by a path', () => {
    expect(personOf({ sub: '1', roles: 'nurse, operator x' }, NAMES).roles).toEqual(['nurse', 'operator']);
    const realm = { sub: '1', realm_access: { roles: ['physician'] } };
    expect(personOf(realm, { ...NAMES, rolesClaim: 'realm_access.roles' }).roles).toEqual(['physician']);
    expect(claimAt({ 'https://x.example/roles': ['nurse'] }, 'https://x.example/roles')).toEqual(['nurse']);
    expect(claimAt({ roles: ['nurse'] }, 'constructor')).toBeUndefined();
    expect(claimAt({ roles: ['nurse'] }, 'roles.constructor')).toBeUndefined();
  });

  it('shows no control characters and no marks that turn the direction', () => {
    expect(personOf({ sub: '1', name: 'A\u202edA\u0000\n' }, NAMES).name).toBe('AdA');
    expect(personOf({ sub: '1', name: 7, preferred_username: 'ada' }, NAMES).name).toBe('ada');
    expect(personOf({ sub: '1', fhirUser: 'Practitioner/1\n' }, NAMES).fhirUser).toBeNull();
  });
});
