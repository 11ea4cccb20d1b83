import { ASSERTION_ALGORITHMS } from '../keys/client-keys.js';
import { ALL_SCOPES } from '../scopes/scopes.js';

/**
 * SMART App Launch 2, "Well-Known Uniform Resource Identifiers": what a backend service must know to get a token. There is no
 * authorization endpoint, as no person logs in here.
 *
 * @param base URL of this server, without a slash at its end
 * @param asymmetric `private_key_jwt` is taken: the own address is configured
 */
export function smartConfiguration({ base, asymmetric }: { base: string; asymmetric: boolean }): object {
  const methods = [...(asymmetric ? ['private_key_jwt'] : []), 'client_secret_basic', 'client_secret_post'];
  const algorithms = asymmetric ? ASSERTION_ALGORITHMS : undefined;
  return {
    token_endpoint: `${base}/oauth/token`,
    introspection_endpoint: `${base}/oauth/introspect`,
    revocation_endpoint: `${base}/oauth/revoke`,
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: methods,
    introspection_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_methods_supported: methods,
    ...(algorithms === undefined
      ? {}
      : {
          token_endpoint_auth_signing_alg_values_supported: algorithms,
          introspection_endpoint_auth_signing_alg_values_supported: algorithms,
          revocation_endpoint_auth_signing_alg_values_supported: algorithms,
        }),
    // Required of every server by SMART, also of one without an authorization endpoint.
    code_challenge_methods_supported: ['S256'],
    scopes_supported: [...ALL_SCOPES, 'system/*.rs', 'system/*.read', 'system/*.write', 'system/*.*'],
    capabilities: [
      ...(asymmetric ? ['client-confidential-asymmetric'] : []),
      'client-confidential-symmetric',
      'permission-v2',
      'permission-v1',
    ],
  };
}
