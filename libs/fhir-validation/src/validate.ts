import { isJsonObject, type Json } from '#libs/domain/fhir';
import { Findings, type Finding } from './findings.js';
import { Engine } from './invariants/engine.js';
import { checkProfiles } from './profiles/check-profile.js';
import { checkResource, type Walk } from './walk/check-resource.js';

export interface ValidateOptions {
  /** Whether warnings are looked for, too. */
  readonly advice?: boolean;
  /** Profiles that it must conform to beside those that it claims. */
  readonly profiles?: readonly string[];
}

/**
 * Checks a resource against the R4 definitions and the profiles that it claims. Answers what is wrong; nothing for a valid one. Never
 * more than {@link MAX_ISSUES} findings, never a value that was sent.
 */
export function validate(resource: Json, options: ValidateOptions = {}): readonly Finding[] {
  const findings = new Findings();
  const type = isJsonObject(resource) ? resource['resourceType'] : undefined;
  findings.enter(typeof type === 'string' && /^[A-Z][A-Za-z]{0,63}$/.test(type) ? type : 'Resource');
  const walk: Walk = {
    findings,
    engine: new Engine(),
    advice: options.advice ?? false,
    profiles: (one, frame, inside) =>
      checkProfiles(one, frame, inside, one === resource ? options.profiles : undefined),
  };
  checkResource(resource, walk);
  return findings.list();
}
