import { PatchFault } from '../patch-fault.js';
import type { Condition, Operand, PathStep } from './path-step.js';
import { readTokens, type Token } from './path-tokens.js';

/** Nesting of conditions in one another. */
const MAX_DEPTH = 16;

/** Reads a path from its tokens, by recursive descent. */
export class PathReader {
  private at = 0;
  private depth = 0;

  private readonly tokens: readonly Token[];

  constructor(text: string) {
    this.tokens = readTokens(text);
  }

  wholePath(): readonly PathStep[] {
    const steps = this.path();
    if (this.at < this.tokens.length) throw pathFault('a path that names elements is expected, and nothing behind it');
    return steps;
  }

  private path(): PathStep[] {
    const steps: PathStep[] = [];
    do steps.push(...this.invocation());
    while (this.accept('.'));
    return steps;
  }

  private invocation(): PathStep[] {
    const token = this.next();
    if (token?.kind !== 'name') throw pathFault('the name of an element is expected in the path');
    const step = !token.quoted && this.accept('(') ? this.called(token.text) : childOf(token.text);
    const steps = step === undefined ? [] : [step];
    while (this.accept('[')) {
      steps.push({ kind: 'index', index: this.wholeNumber() });
      this.expect(']');
    }
    return steps;
  }

  private called(name: string): PathStep {
    switch (name) {
      case 'first':
      case 'last':
      case 'single':
        this.expect(')');
        return { kind: name };
      case 'tail':
        this.expect(')');
        return { kind: 'slice', from: 1 };
      case 'skip':
      case 'take': {
        const count = this.wholeNumber();
        this.expect(')');
        return name === 'skip' ? { kind: 'slice', from: count } : { kind: 'slice', from: 0, to: count };
      }
      case 'where': {
        const condition = this.condition();
        this.expect(')');
        return { kind: 'where', condition };
      }
      case 'ofType':
      case 'as': {
        const type = this.typeName();
        this.expect(')');
        return { kind: 'of-type', type };
      }
      case 'extension': {
        const url = this.string();
        this.expect(')');
        return { kind: 'extension', url };
      }
      default:
        throw pathFault('the path calls a function that does not name elements');
    }
  }

  private wholeNumber(): number {
    const token = this.next();
    if (token?.kind === 'number' && /^\d{1,7}$/.test(token.text)) return Number(token.text);
    throw pathFault('an index must be a whole number');
  }

  private typeName(): string {
    let token = this.next();
    if (token?.kind === 'name' && (token.text === 'FHIR' || token.text === 'System') && this.accept('.')) {
      token = this.next();
    }
    if (token?.kind !== 'name') throw pathFault('the name of a type is expected in the path');
    return token.text;
  }

  private condition(): Condition {
    this.depth += 1;
    if (this.depth > MAX_DEPTH)
      throw new PatchFault(400, 'too-costly', 'the conditions of the path are nested too deep');
    let left = this.disjunction();
    while (this.acceptWord('implies')) left = { kind: 'implies', left, right: this.disjunction() };
    this.depth -= 1;
    return left;
  }

  private disjunction(): Condition {
    let left = this.conjunction();
    for (;;) {
      if (this.acceptWord('or')) left = { kind: 'or', left, right: this.conjunction() };
      else if (this.acceptWord('xor')) left = { kind: 'xor', left, right: this.conjunction() };
      else return left;
    }
  }

  private conjunction(): Condition {
    let left = this.comparison();
    while (this.acceptWord('and')) left = { kind: 'and', left, right: this.comparison() };
    return left;
  }

  private comparison(): Condition {
    if (this.accept('(')) {
      const inner = this.condition();
      this.expect(')');
      return this.accept('.') ? this.negated(inner) : inner;
    }
    const [operand, asked] = this.operand();
    if (asked !== undefined) return this.accept('.') ? this.negated(asked) : asked;
    const operator = this.tokens[this.at];
    if (operator?.kind !== 'comparison') return { kind: 'value', operand };
    this.at += 1;
    const [right, none] = this.operand();
    if (none !== undefined) throw pathFault('a value is expected behind the comparison');
    return { kind: 'compare', operator: operator.text, left: operand, right };
  }

  private negated(of: Condition): Condition {
    const token = this.next();
    if (token?.kind !== 'name' || token.text !== 'not') throw pathFault('only not() can follow a condition');
    this.expect('(');
    this.expect(')');
    return { kind: 'not', of };
  }

  /** A value, or the condition that its last function makes of it. */
  private operand(): readonly [Operand, Condition | undefined] {
    const token = this.tokens[this.at];
    if (token?.kind === 'string') return [this.literal({ kind: 'literal', value: token.text }), undefined];
    if (token?.kind === 'number') {
      return [this.literal({ kind: 'literal', value: Number(token.text), digits: token.text }), undefined];
    }
    if (token?.kind === 'date') return [this.literal({ kind: 'literal', value: token.text }), undefined];
    if (token?.kind === 'name' && !token.quoted && (token.text === 'true' || token.text === 'false')) {
      return [this.literal({ kind: 'literal', value: token.text === 'true' }), undefined];
    }
    const steps: PathStep[] = [];
    do {
      const asked = this.question(steps);
      if (asked !== undefined) return [{ kind: 'path', steps }, asked];
      steps.push(...this.invocation());
    } while (this.accept('.'));
    return [{ kind: 'path', steps }, undefined];
  }

  private literal(operand: Operand): Operand {
    this.at += 1;
    return operand;
  }

  private question(path: readonly PathStep[]): Condition | undefined {
    const token = this.tokens[this.at];
    const opened = this.tokens[this.at + 1];
    if (token?.kind !== 'name' || token.quoted || opened?.kind !== 'sign' || opened.text !== '(') return undefined;
    const taken = (): void => void (this.at += 2);
    switch (token.text) {
      case 'exists':
      case 'empty':
        taken();
        if (token.text === 'exists' && !this.accept(')')) {
          const condition = this.condition();
          this.expect(')');
          return { kind: 'exists', path: [...path, { kind: 'where', condition }] };
        }
        if (token.text === 'empty') this.expect(')');
        return { kind: token.text, path };
      case 'not':
        taken();
        this.expect(')');
        return { kind: 'not', of: { kind: 'value', operand: { kind: 'path', steps: path } } };
      case 'startsWith':
      case 'endsWith':
      case 'contains': {
        taken();
        const argument = this.string();
        this.expect(')');
        return { kind: 'text', test: token.text, path, argument };
      }
      default:
        return undefined;
    }
  }

  private string(): string {
    const token = this.next();
    if (token?.kind !== 'string') throw pathFault('a string in single quotes is expected in the path');
    return token.text;
  }

  private next(): Token | undefined {
    return this.tokens[this.at++];
  }

  private accept(sign: string): boolean {
    const token = this.tokens[this.at];
    if (token?.kind !== 'sign' || token.text !== sign) return false;
    this.at += 1;
    return true;
  }

  private acceptWord(word: string): boolean {
    const token = this.tokens[this.at];
    if (token?.kind !== 'name' || token.quoted || token.text !== word) return false;
    this.at += 1;
    return true;
  }

  private expect(sign: string): void {
    if (!this.accept(sign)) throw pathFault(`the path has no ${sign} where one is expected`);
  }
}

/** `$this` is where one stands. */
function childOf(name: string): PathStep | undefined {
  return name === '$this' ? undefined : { kind: 'child', name };
}

export function pathFault(diagnostics: string): PatchFault {
  return new PatchFault(400, 'invalid', diagnostics);
}
