/** What people are, and which scopes of the API that gives them. */
const READS = ['twins.read', 'alerts.read', 'thresholds.read', 'forecasts.read'] as const;

const SCOPES_OF_ROLES = {
  nurse: [...READS, 'alerts.write'],
  physician: [...READS, 'alerts.write', 'monitoring.write', 'thresholds.write', 'scenarios.read', 'scenarios.run'],
  // Nothing by which something is done to a patient.
  operator: [
    'twins.read',
    'alerts.read',
    'forecasts.read',
    'operations.read',
    'rejections.read',
    'dead-letters.read',
    'dead-letters.write',
    'webhooks.read',
    'webhooks.write',
    'clients.read',
    'clients.write',
  ],
  auditor: [
    ...READS,
    'scenarios.read',
    'operations.read',
    'rejections.read',
    'dead-letters.read',
    'webhooks.read',
    'clients.read',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type PersonRole = keyof typeof SCOPES_OF_ROLES;
export const PERSON_ROLES = Object.keys(SCOPES_OF_ROLES) as readonly PersonRole[];

export function isPersonRole(role: string): role is PersonRole {
  return Object.hasOwn(SCOPES_OF_ROLES, role);
}

/** The scopes of all the roles together, each once; unknown roles give none. */
export function scopesOfRoles(roles: readonly string[]): readonly string[] {
  return [...new Set(roles.filter(isPersonRole).flatMap((role): readonly string[] => SCOPES_OF_ROLES[role]))];
}
