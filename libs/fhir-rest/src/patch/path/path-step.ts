import type { Comparison } from './path-tokens.js';

/** A step of a path: from elements to elements. */
export type PathStep =
  | { readonly kind: 'child'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'first' | 'last' | 'single' }
  /** The elements from `from` on, before `to`. */
  | { readonly kind: 'slice'; readonly from: number; readonly to?: number }
  | { readonly kind: 'of-type'; readonly type: string }
  | { readonly kind: 'extension'; readonly url: string }
  | { readonly kind: 'where'; readonly condition: Condition };

/** What is asked of an element. Conditions say true, false or, where a value is missing, nothing. */
export type Condition =
  | { readonly kind: 'and' | 'or' | 'xor' | 'implies'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'exists' | 'empty'; readonly path: readonly PathStep[] }
  | {
      readonly kind: 'text';
      readonly test: 'startsWith' | 'endsWith' | 'contains';
      readonly path: readonly PathStep[];
      readonly argument: string;
    }
  /** A path alone: true when it leads to the value true. */
  | { readonly kind: 'value'; readonly operand: Operand };

export type Operand =
  | { readonly kind: 'path'; readonly steps: readonly PathStep[] }
  | { readonly kind: 'literal'; readonly value: string | number | boolean; readonly digits?: string };
