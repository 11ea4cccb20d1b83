import * as oidc from 'openid-client';
import type { EhrLaunch, OutsideSignIn } from '#libs/platform/config';
import { RelyingParty } from './relying-party.js';

const TIMEOUT_SECONDS = 5;
const CACHED_MS = 60 * 60_000;

/** The console as client of the issuer that a hospital has. */
export function outsideRelyingParty({ issuer, clientId, clientSecret }: OutsideSignIn): RelyingParty {
  return new RelyingParty({
    scope: 'openid profile',
    configuration: remembered(() =>
      oidc.discovery(new URL(issuer), clientId, clientSecret, authenticationOf(clientSecret), options(issuer)),
    ),
  });
}

/** The console as an app of an EHR (SMART App Launch 2, EHR launch), found by its FHIR base URL. */
export function ehrRelyingParty(ehr: string, { clientId, clientSecret }: EhrLaunch): RelyingParty {
  return new RelyingParty({
    scope: 'launch openid fhirUser',
    parameters: { aud: ehr },
    configuration: remembered(async () => {
      const endpoints = await smartEndpoints(ehr);
      const server = await issuerOf(endpoints, ehr);
      const configuration = new oidc.Configuration(
        {
          ...server,
          authorization_endpoint: endpoints.authorization_endpoint,
          token_endpoint: endpoints.token_endpoint,
        },
        clientId,
        clientSecret === undefined ? undefined : { client_secret: clientSecret },
        authenticationOf(clientSecret),
      );
      configuration.timeout = TIMEOUT_SECONDS;
      if (isOpen(ehr)) oidc.allowInsecureRequests(configuration);
      oidc.enableNonRepudiationChecks(configuration);
      return configuration;
    }),
  });
}

interface SmartEndpoints {
  readonly issuer?: string;
  readonly jwks_uri?: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
}

async function smartEndpoints(ehr: string): Promise<SmartEndpoints> {
  const found = (await json(`${ehr.replace(/\/$/, '')}/.well-known/smart-configuration`)) as Partial<SmartEndpoints>;
  const { authorization_endpoint: authorization, token_endpoint: token } = found;
  for (const url of [authorization, token]) {
    if (typeof url !== 'string' || !URL.canParse(url)) throw new Error('the EHR names no endpoints');
    if (!isOpen(ehr) && isOpen(url)) throw new Error('the EHR names an endpoint without https');
  }
  return found as SmartEndpoints;
}

/** An EHR that names no issuer of id tokens is its own. */
async function issuerOf(endpoints: SmartEndpoints, ehr: string): Promise<oidc.ServerMetadata> {
  const issuer = endpoints.issuer ?? ehr;
  if (endpoints.issuer !== undefined && endpoints.jwks_uri !== undefined)
    return { issuer: endpoints.issuer, jwks_uri: endpoints.jwks_uri };
  const server = (await json(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)) as oidc.ServerMetadata;
  if (server.issuer !== issuer) throw new Error('the EHR names another issuer');
  return server;
}

async function json(url: string): Promise<unknown> {
  const answer = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_SECONDS * 1000),
  });
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  return answer.json();
}

function options(issuer: string): oidc.DiscoveryRequestOptions {
  const execute = [oidc.enableNonRepudiationChecks, ...(isOpen(issuer) ? [oidc.allowInsecureRequests] : [])];
  return { execute, timeout: TIMEOUT_SECONDS };
}

function authenticationOf(clientSecret: string | undefined): oidc.ClientAuth {
  return clientSecret === undefined ? oidc.None() : oidc.ClientSecretBasic(clientSecret);
}

/** Only where the operator allowed it: see the settings. */
function isOpen(url: string): boolean {
  return new URL(url).protocol === 'http:';
}

/** Asked once an hour; a failure is asked again. */
function remembered(ask: () => Promise<oidc.Configuration>): () => Promise<oidc.Configuration> {
  let held: { readonly found: Promise<oidc.Configuration>; readonly at: number } | undefined;
  return () => {
    if (held === undefined || held.at + CACHED_MS <= Date.now()) {
      const found = ask();
      held = { found, at: Date.now() };
      const mine = held;
      found.catch(() => {
        if (held === mine) held = undefined;
      });
    }
    return held.found;
  };
}
