import fhirpath from 'fhirpath';
import type { Expression } from '#libs/fhir-validation';

interface Node {
  readonly type: string;
  readonly text?: string;
  readonly children?: readonly Node[];
}

/** FHIRPath text as the tree that the compiler of `libs/fhir-validation` reads; parsed by the engine's own parser. */
export function expressionOf(text: string): Expression {
  return convert(fhirpath.parse(text) as Node);
}

function convert(node: Node): Expression {
  const [first, second] = node.children ?? [];
  switch (node.type) {
    case 'EntireExpression':
    case 'TermExpression':
    case 'InvocationTerm':
    case 'ParenthesizedTerm':
    case 'LiteralTerm':
      return convert(must(first));
    case 'ThisInvocation':
      return { k: 'this' };
    case 'ExternalConstantTerm':
      return { k: 'variable', name: nameOf(must(must(first).children?.[0])) };
    case 'StringLiteral':
      return { k: 'literal', value: unquoted(node.text ?? '') };
    case 'NumberLiteral':
      return { k: 'literal', value: Number(node.text) };
    case 'BooleanLiteral':
      return { k: 'literal', value: node.text === 'true' };
    case 'NullLiteral':
      return { k: 'nothing' };
    case 'MemberInvocation':
      return { k: 'member', name: nameOf(must(first)) };
    case 'FunctionInvocation':
      return call(node, undefined);
    case 'InvocationExpression': {
      const of = convert(must(first));
      const step = must(second);
      if (step.type === 'FunctionInvocation') return call(step, of);
      return { k: 'member', of, name: nameOf(must(step.children?.[0])) };
    }
    case 'IndexerExpression':
      return { k: 'call', of: convert(must(first)), name: '[]', args: [convert(must(second))] };
    case 'PolarityExpression':
      return { k: 'call', of: convert(must(first)), name: node.text === '-' ? 'negated' : 'plus', args: [] };
    case 'TypeExpression':
      return {
        k: 'type',
        op: node.text === 'is' ? 'is' : 'as',
        of: convert(must(first)),
        type: must(second).text ?? '',
      };
    case 'AndExpression':
    case 'OrExpression':
    case 'ImpliesExpression':
    case 'EqualityExpression':
    case 'InequalityExpression':
    case 'MembershipExpression':
    case 'AdditiveExpression':
    case 'UnionExpression':
      return { k: 'binary', op: node.text ?? '', left: convert(must(first)), right: convert(must(second)) };
    default:
      throw new Error(`no conversion for ${node.type}`);
  }
}

function call(node: Node, of: Expression | undefined): Expression {
  const [identifier, list] = must(node.children?.[0]).children ?? [];
  const name = nameOf(must(identifier));
  const args = (list?.children ?? []).map(convert);
  const [only] = args;
  if ((name === 'is' || name === 'as' || name === 'ofType') && only?.k === 'member') {
    const type = only.of?.k === 'member' ? `${only.of.name}.${only.name}` : only.name;
    return { k: 'type', op: name === 'is' ? 'is' : 'as', ...(of === undefined ? {} : { of }), type };
  }
  return { k: 'call', ...(of === undefined ? {} : { of }), name, args };
}

function nameOf(identifier: Node): string {
  return (identifier.text ?? '').replaceAll('`', '');
}

function unquoted(text: string): string {
  return text
    .slice(1, -1)
    .replace(/\\(.)/g, (_, letter: string) => ({ n: '\n', r: '\r', t: '\t', f: '\f' })[letter] ?? letter);
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the tree of an expression lacks a part');
  return value;
}
