import type { Access, AccessEnd, Sessions, Tokens } from '#libs/platform/auth';

/** Long connections of clients and of people: each is watched by what gave its access. */
export function watchingBoth(tokens: Tokens, sessions: Pick<Sessions, 'watch'>): Tokens {
  return {
    issue: (access) => tokens.issue(access),
    verifyToken: (token) => tokens.verifyToken(token),
    verifyClientSecret: (clientId, secret) => tokens.verifyClientSecret(clientId, secret),
    rehearse: (scopes, work) => tokens.rehearse(scopes, work),
    forget: (client) => tokens.forget(client),
    watch: (access: Access, end: (reason: AccessEnd) => void) =>
      access.session === undefined ? tokens.watch(access, end) : sessions.watch(access, end),
  };
}
