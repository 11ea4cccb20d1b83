import { parseArgs } from 'node:util';
import { PersonReference } from '#libs/contracts';
import { isPersonRole, PERSON_ROLES, type PersonRole } from '#libs/platform/auth';

/** What `npm run user` is asked to do. */
export type UserRequest =
  | {
      readonly does: 'add';
      readonly name: string;
      readonly roles: readonly PersonRole[];
      readonly tenant?: string;
      readonly fhirUser?: string;
    }
  | { readonly does: 'list'; readonly tenant?: string }
  | { readonly does: 'remove'; readonly name: string }
  | { readonly does: 'set-password'; readonly name: string }
  | { readonly does: 'set-roles'; readonly name: string; readonly roles: readonly PersonRole[] };

export const USAGE = `npm run user -- add NAME --roles ${PERSON_ROLES.join(',')} [--tenant ID] [--fhir-user Practitioner/ID]
npm run user -- list [--tenant ID]
npm run user -- set-roles NAME --roles ROLES
npm run user -- set-password NAME
npm run user -- remove NAME
  The password is asked for on a terminal, else it is the first line of the input; without one it is generated and printed.`;

const MAX_NAME = 64;
const NAME = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M} ._@'+-]*[\p{L}\p{N}\p{M}])?$/u;
const TENANT = /^[A-Za-z0-9._-]{1,64}$/;

/** @returns what is asked, or what is wrong with it in one line */
export function readUserRequest(args: readonly string[]): UserRequest | string {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { roles: { type: 'string' }, tenant: { type: 'string' }, 'fhir-user': { type: 'string' } },
    });
  } catch (error) {
    return (error as Error).message;
  }
  const { values, positionals } = parsed;
  const [does, name, ...more] = positionals;
  if (more.length > 0) return 'give one name; a name with spaces needs quotes';
  const { tenant } = values;
  if (tenant !== undefined && !TENANT.test(tenant))
    return '--tenant may hold letters, digits and . _ -, at most 64 characters';
  if (does === 'list') return { does, ...(tenant === undefined ? {} : { tenant }) };
  if (does !== 'add' && does !== 'remove' && does !== 'set-password' && does !== 'set-roles')
    return does === undefined
      ? 'say what to do'
      : 'the first word must be add, list, set-roles, set-password or remove';
  if (name === undefined) return `${does} needs the NAME of the user`;
  if (name.length > MAX_NAME || !NAME.test(name))
    return `a name has at most ${MAX_NAME} characters: letters, digits, spaces and . _ @ ' + -, a letter or digit at its ends`;
  if (does === 'remove' || does === 'set-password') return { does, name };
  const roles = rolesOf(values.roles);
  if (typeof roles === 'string') return roles;
  if (does === 'set-roles') return { does, name, roles };
  const fhirUser = values['fhir-user'];
  if (fhirUser !== undefined && !PersonReference.safeParse(fhirUser).success)
    return '--fhir-user must be a reference to a person, such as Practitioner/17';
  return {
    does,
    name,
    roles,
    ...(tenant === undefined ? {} : { tenant }),
    ...(fhirUser === undefined ? {} : { fhirUser }),
  };
}

function rolesOf(text: string | undefined): readonly PersonRole[] | string {
  const known = PERSON_ROLES.join(', ');
  const asked = (text ?? '')
    .split(',')
    .map((role) => role.trim())
    .filter((role) => role !== '');
  if (asked.length === 0) return `--roles must name at least one of ${known}`;
  const unknown = asked.find((role) => !isPersonRole(role));
  if (unknown !== undefined) return `there is no role ${JSON.stringify(unknown)}; there are ${known}`;
  return [...new Set(asked.filter(isPersonRole))];
}
