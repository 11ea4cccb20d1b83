import { isJsonObject, typeRule, type Json, type JsonObject } from '#libs/domain/fhir';
import type { Findings } from '../findings.js';
import { profileOf, type Profile } from './profiles.js';

/** Checks an extension against its definition. */
export type CheckExtension = (profile: Profile, extension: JsonObject) => void;

/** An element with what it is called where extensions say where they may stand. */
interface Place {
  readonly type: string;
  /** `Patient.contact`; within a data type it begins with that. */
  readonly paths: readonly string[];
}

/** Checks the extensions of a resource that are defined here, wherever they stand: that they may stand there, and what they hold. */
export function checkExtensions(resource: JsonObject, type: string, findings: Findings, check: CheckExtension): void {
  new ExtensionWalk(findings, check).object(resource, { type, paths: [type, 'Resource', 'DomainResource'] });
}

class ExtensionWalk {
  constructor(
    private readonly findings: Findings,
    private readonly check: CheckExtension,
  ) {}

  object(object: JsonObject, place: Place): void {
    const rule = typeRule(place.type);
    if (rule === undefined) return;
    for (const name in object) {
      const isOfPrimitive = name.startsWith('_');
      const member = isOfPrimitive ? name.slice(1) : name;
      const element = rule.elements.get(member);
      const value = object[name] as Json;
      if (element === undefined || !(Array.isArray(value) || isJsonObject(value))) continue;
      // A resource inside claims its own profiles.
      if (isResource(value)) continue;
      this.findings.enter(member);
      if (element.type === 'Extension') this.extensions(value, place);
      else this.each(value, (one) => this.object(one, inside(place, element, member, isOfPrimitive)));
      this.findings.leave();
    }
  }

  private extensions(value: Json, place: Place): void {
    this.each(value, (extension) => {
      const { url } = extension;
      const profile = typeof url === 'string' ? profileOf(url) : undefined;
      if (profile?.type === 'Extension') {
        const { contexts, name } = profile;
        if (
          contexts !== undefined &&
          !contexts.some((context) => context === 'Element' || place.paths.includes(context))
        ) {
          const text = `the extension ${name} may not stand here: it is of ${contexts.join(', ')}`;
          this.findings.add('rule', 'structure', text, 'url');
        }
        this.check(profile, extension);
      }
      this.object(extension, { type: 'Extension', paths: ['Extension', profile?.url ?? ''] });
    });
  }

  private each(value: Json, visit: (one: JsonObject) => void): void {
    const items = Array.isArray(value) ? (value as readonly Json[]) : [value];
    items.forEach((one, index) => {
      if (!isJsonObject(one)) return;
      if (Array.isArray(value)) this.findings.enter(index);
      visit(one);
      if (Array.isArray(value)) this.findings.leave();
    });
  }
}

function inside(
  place: Place,
  element: { readonly type: string; readonly choice?: string },
  member: string,
  isOfPrimitive: boolean,
): Place {
  const { type } = element;
  const general = GENERAL[type];
  const types = general === undefined ? [type] : [type, general];
  const names = element.choice === undefined ? [member] : [member, element.choice];
  const paths = [place.type, ...place.paths].flatMap((path) => names.map((name) => `${path}.${name}`));
  // Of a primitive only its extensions are walked through.
  return { type: isOfPrimitive ? 'Element' : type, paths: [...new Set([...types, ...paths])] };
}

/** Data types and the one that they are a kind of (R4 datatypes.html): what may stand in that, may stand in them. */
const GENERAL: Readonly<Record<string, string>> = {
  Age: 'Quantity',
  Count: 'Quantity',
  Distance: 'Quantity',
  Duration: 'Quantity',
  code: 'string',
  id: 'string',
  markdown: 'string',
  canonical: 'uri',
  oid: 'uri',
  url: 'uri',
  uuid: 'uri',
  positiveInt: 'integer',
  unsignedInt: 'integer',
};

function isResource(value: Json): boolean {
  const one = Array.isArray(value) ? (value as readonly Json[])[0] : value;
  return one !== undefined && isJsonObject(one) && typeof one['resourceType'] === 'string';
}
