import { isResourceType, PRIMITIVES, typeRule, type ElementRule, type Json } from '#libs/domain/fhir';
import { invariantsOf, type Invariant } from '../invariants/invariants.js';
import { codeRule, type CodeRule } from '../terminology/code-rules.js';

/** An element, with all that is checked of its values. */
export interface ElementPlan {
  readonly name: string;
  readonly many: boolean;
  readonly type: string;
  /** Of a primitive: what is wrong with a value. */
  readonly fault: ((value: Json) => string | undefined) | undefined;
  /** A resource stands here: of this type, or of any ('Resource'). */
  readonly resource: string | undefined;
  readonly codes: CodeRule | undefined;
  readonly targets: ReadonlySet<string> | undefined;
  /** Whether a value may be `#id` of a contained resource. */
  readonly isUri: boolean;
  readonly invariants: readonly Invariant[];
}

/** A type, with all that is checked of its values. */
export interface TypePlan {
  readonly type: string;
  readonly elements: ReadonlyMap<string, ElementPlan>;
  readonly required: readonly { readonly name: string; readonly members: readonly string[] }[];
  /** Choices with more than one form. */
  readonly choices: readonly { readonly name: string; readonly members: readonly string[] }[];
  readonly invariants: readonly Invariant[];
}

const plans = new Map<string, TypePlan | undefined>();

/** Made when a type is first met, so that a start costs nothing for types that are never sent. */
export function typePlan(type: string): TypePlan | undefined {
  let plan = plans.get(type);
  if (plan === undefined && !plans.has(type)) {
    plan = planOf(type);
    plans.set(type, plan);
  }
  return plan;
}

function planOf(type: string): TypePlan | undefined {
  const rule = typeRule(type);
  if (rule === undefined) return undefined;
  return {
    type,
    elements: new Map([...rule.elements].map(([name, element]) => [name, elementPlan(type, element)])),
    required: rule.required,
    choices: rule.choices.filter(({ members }) => members.length > 1),
    invariants: invariantsOf(type),
  };
}

function elementPlan(parent: string, { name, many, type, valueSet, targets }: ElementRule): ElementPlan {
  return {
    name,
    many,
    type,
    fault: PRIMITIVES.get(type),
    resource: type === 'Resource' || isResourceType(type) ? type : undefined,
    codes: valueSet === undefined ? undefined : codeRule(valueSet, type),
    targets,
    isUri: type === 'uri' || type === 'url' || type === 'canonical',
    invariants: invariantsOf(type, `${parent}.${name}`),
  };
}
