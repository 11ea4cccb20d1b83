import { isJsonObject, typeRule, type Json, type JsonObject } from '#libs/domain/fhir';
import { codeRule } from '../terminology/code-rules.js';
import { checkReference } from '../walk/check-reference.js';
import { checkInvariant, type Walk } from '../walk/check-resource.js';
import type { Frame } from '../walk/frame.js';
import { checkExtensions } from './check-extensions.js';
import { hasPattern, isFixed } from './pattern.js';
import type { ProfileElement, Slicing } from './profile-table.js';
import { profileOf, profileValueSet, type Profile } from './profiles.js';
import { isInSlice, type SliceItem } from './slices.js';

/** An occurrence of an element. */
interface Item extends SliceItem {
  /** The member that it stands in: `valueQuantity` for `value[x]`. */
  readonly member: string;
  /** In an array. */
  readonly index: number | undefined;
}

/** Checks a resource against the profiles of its `meta.profile`, and against those that were asked for. */
export function checkProfiles(resource: JsonObject, frame: Frame, walk: Walk, asked: readonly string[] = []): void {
  const { meta } = resource;
  const claimed = isJsonObject(meta) && Array.isArray(meta['profile']) ? (meta['profile'] as readonly Json[]) : [];
  const done = new Set<Profile>();
  claimed.slice(0, MAX_PROFILES).forEach((canonical, index) => {
    if (typeof canonical !== 'string') return;
    const profile = profileOf(canonical);
    if (profile === undefined) {
      const text = 'this profile is not known here: it was not checked';
      return walk.findings.add('advice', 'not-found', text, `meta.profile[${index}]`);
    }
    if (done.has(profile)) return;
    done.add(profile);
    new ProfileCheck(profile, frame, walk).resource(resource);
  });
  for (const canonical of asked) {
    const profile = profileOf(canonical);
    if (profile === undefined || done.has(profile)) continue;
    done.add(profile);
    new ProfileCheck(profile, frame, walk).resource(resource);
  }
  if (done.size === 0) return;
  checkExtensions(resource, frame.resourceType, walk.findings, (profile, extension) =>
    new ProfileCheck(profile, frame, walk).extension(extension),
  );
}

const MAX_PROFILES = 20;

class ProfileCheck {
  constructor(
    private readonly profile: Profile,
    private readonly frame: Frame,
    private readonly walk: Walk,
  ) {}

  resource(resource: JsonObject): void {
    const { type, element } = this.profile;
    if (!isOfType(resource['resourceType'], type))
      return this.add('value', `the profile is one of ${type}`, 'meta.profile');
    this.item(element, { value: resource, type, member: '', index: undefined });
  }

  item(rule: ProfileElement, { value, type }: Item): void {
    const { fixed, pattern, valueSet, targets, constraints, children, types } = rule;
    const { findings } = this.walk;
    if (types !== undefined && !types.includes(type)) this.add('structure', `must be of type ${types.join(' or ')}`);
    if (value === null) return; // only extensions
    if (fixed !== undefined && !isFixed(value, fixed)) this.add('value', `must be ${JSON.stringify(fixed)}`);
    if (pattern !== undefined && !hasPattern(value, pattern as Json))
      this.add('value', `must have ${JSON.stringify(pattern)}`);
    const codes = valueSet === undefined ? undefined : codeRule(valueSet, type, profileValueSet);
    if (codes !== undefined && !codes.holds(value)) this.add('code-invalid', codes.right);
    if (targets !== undefined && type === 'Reference' && isJsonObject(value))
      checkReference(value, new Set(targets), this.frame, findings);
    for (const place of constraints ?? []) {
      const invariant = this.profile.invariant(place, type);
      if (invariant !== undefined) checkInvariant(invariant, value, this.frame, this.walk);
    }
    if (!isJsonObject(value)) return;
    for (const name in children) this.element(name, children[name] as ProfileElement, value, type);
  }

  extension(value: JsonObject): void {
    this.item(this.profile.element, { value, type: 'Extension', member: '', index: undefined });
  }

  private element(name: string, rule: ProfileElement, object: JsonObject, type: string): void {
    const items = itemsOf(object, type, name);
    this.count(items.length, rule, name, name);
    for (const item of items) this.at(item, () => this.item(rule, item));
    if (rule.slicing !== undefined) this.slices(items, rule.slicing, name);
  }

  private slices(items: readonly Item[], { discriminators, rules, ordered, slices }: Slicing, name: string): void {
    const counts = slices.map(() => 0);
    let last = 0;
    for (const item of items) {
      const found = slices.map((slice) => isInSlice(item, slice, discriminators, this.frame.contained));
      if (found.includes(undefined)) return; // the slices cannot be distinguished here
      const place = found.indexOf(true);
      const slice = slices[place];
      if (slice === undefined) {
        if (rules === 'closed') this.at(item, () => this.add('structure', 'belongs to no slice that may stand here'));
        continue;
      }
      counts[place] = (counts[place] ?? 0) + 1;
      if (ordered === true && place < last) {
        this.at(item, () => this.add('structure', `the slice ${slice.name} stands in the wrong order`));
      }
      last = place;
      this.at(item, () => this.item(slice, item));
    }
    slices.forEach((slice, place) => this.count(counts[place] ?? 0, slice, name, `the slice ${slice.name}`));
  }

  private count(count: number, { min = 0, max }: ProfileElement, below: string, what: string): void {
    if (count < min) this.add('required', min === 1 ? `${what} is required` : `${what} must stand ${min} times`, below);
    if (max !== undefined && count > max) {
      this.add(
        'structure',
        max === 0 ? `${what} must not stand here` : `${what} may stand ${max} times at most`,
        below,
      );
    }
  }

  private at({ member, index }: Item, check: () => void): void {
    const { findings } = this.walk;
    findings.enter(member);
    if (index !== undefined) findings.enter(index);
    check();
    if (index !== undefined) findings.leave();
    findings.leave();
  }

  private add(code: 'required' | 'structure' | 'value' | 'code-invalid', text: string, below?: string): void {
    this.walk.findings.add('rule', code, `${text} (profile ${this.profile.name})`, below);
  }
}

/** Bundle, Binary and Parameters are Resources and no DomainResources. */
function isOfType(resourceType: Json | undefined, type: string): boolean {
  if (type === 'Resource') return true;
  if (type === 'DomainResource') return !['Bundle', 'Binary', 'Parameters'].some((other) => other === resourceType);
  return resourceType === type;
}

/** What stands in an element or in the forms of a choice. A primitive with only extensions is `null`. */
function itemsOf(object: JsonObject, type: string, name: string): readonly Item[] {
  const rule = typeRule(type);
  if (rule === undefined) return [];
  const members = rule.choices.find((choice) => choice.name === name)?.members ?? [name];
  return members.flatMap((member): readonly Item[] => {
    const value = object[member] ?? (object[`_${member}`] === undefined ? undefined : null);
    if (value === undefined) return [];
    const memberType = rule.elements.get(member)?.type ?? '';
    if (!Array.isArray(value)) return [{ member, type: memberType, value, index: undefined }];
    return (value as readonly Json[]).map((one, index) => ({ member, type: memberType, value: one, index }));
  });
}
