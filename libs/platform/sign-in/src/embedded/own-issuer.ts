import * as oidc from 'openid-client';
import { RelyingParty } from '../relying-party/relying-party.js';
import { CONSOLE_CLIENT, ISSUER_PATH } from './embedded-issuer.js';

/** Answers a request of the console to the issuer in its own process, over no network. */
export type InProcessFetch = (
  path: string,
  options: { readonly method: string; readonly headers: Record<string, string>; readonly body: string },
) => Promise<{ readonly status: number; readonly headers: Record<string, string>; readonly body: string }>;

/** The console as client of the issuer in its own process. */
export function ownRelyingParty(issuer: string, clientSecret: string, fetch: InProcessFetch): RelyingParty {
  const { origin } = new URL(issuer);
  const configuration = new oidc.Configuration(
    {
      issuer,
      // Relative for the browser (see `begin` of the routes): it may know this server by another name.
      authorization_endpoint: `${origin}${ISSUER_PATH}/auth`,
      token_endpoint: `${origin}${ISSUER_PATH}/token`,
      jwks_uri: `${origin}${ISSUER_PATH}/jwks`,
      id_token_signing_alg_values_supported: ['EdDSA'],
      authorization_response_iss_parameter_supported: true,
    },
    CONSOLE_CLIENT,
    { client_secret: clientSecret, id_token_signed_response_alg: 'EdDSA' },
    oidc.ClientSecretBasic(clientSecret),
  );
  oidc.allowInsecureRequests(configuration);
  oidc.enableNonRepudiationChecks(configuration);
  configuration[oidc.customFetch] = async (url, options) => {
    const { pathname } = new URL(url);
    const body = options.body instanceof URLSearchParams ? options.body.toString() : '';
    const answer = await fetch(pathname, { method: options.method, headers: { ...options.headers }, body });
    return new Response(answer.body === '' ? null : answer.body, { status: answer.status, headers: answer.headers });
  };
  return new RelyingParty({
    scope: 'openid',
    // Wards share computers: whoever comes next gives a password, whatever the browser remembers.
    parameters: { prompt: 'login' },
    isFresh: true,
    configuration: () => Promise.resolve(configuration),
  });
}
