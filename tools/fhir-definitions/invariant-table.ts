import type { Constraint as Row, InvariantTable } from '#libs/fhir-validation';
import { expressionOf } from './expression.js';
import { definitions, memberOf, typeName, type Constraint } from './source.js';

/**
 * Checked by the walk itself, not by an expression: that an element has a value or children, and extensions; what holds for contained
 * resources and the references to them; narratives.
 */
const BY_THE_WALK = /^(?:ele-1|ext-1|dom-[2-5]|dom-r4b|ref-1|txt-[12])$/;

/** Expressions that do not say what their text says, with what they are replaced by. */
const MENDED: Readonly<Record<string, string>> = {
  // `Boolean` is the type of FHIRPath; the element is a FHIR boolean.
  'que-7': "operator = 'exists' implies (answer is boolean)",
  // A Period is not a dateTime: the constraint says nothing of it.
  'vs-1': '($this is dateTime).not() or $this.toString().length() >= 8',
};

export class ConstraintList {
  readonly rows: Row[] = [];
  private readonly known = new Map<string, number>();

  /** The place of a constraint in the list; undefined for one that the walk checks or that has no expression. */
  add({ key, severity, human, expression }: Constraint): number | undefined {
    if (BY_THE_WALK.test(key) || expression === undefined) return undefined;
    const text = MENDED[key] ?? expression;
    const id = `${key} ${text}`;
    let at = this.known.get(id);
    if (at === undefined) {
      at = this.rows.length;
      this.rows.push({
        key,
        severity,
        human: human.replaceAll(/\s+/g, ' ').trim(),
        text,
        expression: expressionOf(text),
      });
      this.known.set(id, at);
    }
    return at;
  }
}

const SIMPLE_QUANTITY = 'http://hl7.org/fhir/StructureDefinition/SimpleQuantity';
const MONEY_QUANTITY = 'http://hl7.org/fhir/StructureDefinition/MoneyQuantity';
const OF_PROFILE: Readonly<Record<string, Constraint>> = {
  [SIMPLE_QUANTITY]: {
    key: 'sqty-1',
    severity: 'error',
    human: 'The comparator is not used on a SimpleQuantity',
    expression: 'comparator.empty()',
  },
  [MONEY_QUANTITY]: {
    key: 'mqty-1',
    severity: 'error',
    human: 'There SHALL be a code if there is a value and it SHALL be an expression of currency.',
    expression: "(code.exists() or value.empty()) and (system.empty() or system = 'urn:iso:std:iso:4217')",
  },
};

/** All invariants of R4's types: by type (backbone elements by their path), and by element where they hold there only. */
export function invariantTable(): InvariantTable {
  const list = new ConstraintList();
  const byType: Record<string, number[]> = {};
  const byElement: Record<string, number[]> = {};
  for (const definition of definitions) {
    const elements = definition.snapshot?.element ?? [];
    const parents = new Set(elements.map((element) => element.path.split('.').slice(0, -1).join('.')));
    for (const element of elements) {
      if (element.max === '0') continue;
      const found = (element.constraint ?? []).map((one) => list.add(one)).filter((at) => at !== undefined);
      if (parents.has(element.path)) {
        if (found.length > 0) byType[element.path] = found;
        continue;
      }
      const at = element.path.lastIndexOf('.');
      for (const type of element.type ?? []) {
        const own = (type.profile ?? []).flatMap((url) => {
          const constraint = OF_PROFILE[url];
          const added = constraint === undefined ? undefined : list.add(constraint);
          return added === undefined ? [] : [added];
        });
        const name = memberOf(element.path.slice(at + 1), typeName(type, element.path));
        if (found.length + own.length > 0) byElement[`${element.path.slice(0, at)}.${name}`] = [...found, ...own];
      }
    }
  }
  return { constraints: list.rows, byType, byElement };
}
