import type { SearchParameterType } from '../values/search-parameter.js';

/**
 * A search of one type, parsed and checked against the parameters of the type; nothing in it is text of a URL any more. Two requests
 * that mean the same have equal conditions ({@link conditionsKey}).
 */
export interface SearchQuery {
  readonly type: string;
  /** All of them must hold. */
  readonly conditions: readonly Condition[];
  readonly sort: readonly SortKey[];
  /** Matches on one page; 0 asks for the total only. */
  readonly count: number;
  readonly total: 'none' | 'estimate' | 'accurate';
  readonly includes: readonly Include[];
  readonly summary: 'true' | 'text' | 'data' | 'count' | 'false';
  /** Elements to return beside the mandatory ones; empty for all. */
  readonly elements: readonly string[];
  /** Where the page begins: the position after the last match of the page before, made by the store; absent on the first page. */
  readonly cursor?: string;
  /** The parameters that were understood, as `name=value` in the order of the request: the query of the link `self`. */
  readonly used: readonly { readonly name: string; readonly value: string }[];
}

/** `values` are alternatives (commas of the request); one must hold, with `not` none may. */
export type Condition =
  | { readonly kind: 'id'; readonly values: readonly string[]; readonly not: boolean }
  | { readonly kind: 'lastUpdated'; readonly values: readonly DateValue[] }
  | {
      readonly kind: 'token';
      readonly parameter: string;
      readonly values: readonly TokenValue[];
      readonly not: boolean;
    }
  | { readonly kind: 'tokenText'; readonly parameter: string; readonly values: readonly string[] }
  | {
      readonly kind: 'string';
      readonly parameter: string;
      readonly match: 'starts' | 'exact' | 'contains';
      /** Folded (lower case, without accents and doubled spaces) except for `exact`. */
      readonly values: readonly string[];
    }
  | { readonly kind: 'date'; readonly parameter: string; readonly values: readonly DateValue[] }
  | { readonly kind: 'number'; readonly parameter: string; readonly values: readonly NumberValue[] }
  | { readonly kind: 'quantity'; readonly parameter: string; readonly values: readonly QuantityValue[] }
  | {
      readonly kind: 'reference';
      readonly parameter: string;
      readonly values: readonly ReferenceValue[];
      readonly not: boolean;
    }
  | {
      readonly kind: 'uri';
      readonly parameter: string;
      readonly match: 'equal' | 'below' | 'above';
      readonly values: readonly string[];
    }
  | { readonly kind: 'composite'; readonly parameter: string; readonly values: readonly (readonly Condition[])[] }
  | {
      readonly kind: 'missing';
      readonly parameter: string;
      readonly type: SearchParameterType;
      readonly missing: boolean;
    }
  /** `subject:Patient.name=…`: a reference to a resource of one of the types for which the condition holds. */
  | {
      readonly kind: 'chain';
      readonly parameter: string;
      readonly targets: readonly { readonly type: string; readonly condition: Condition }[];
    }
  /** `_has:Observation:patient:code=…`: a resource of the type refers here by the parameter and the condition holds for it. */
  | { readonly kind: 'has'; readonly type: string; readonly parameter: string; readonly condition: Condition }
  /** Members of the compartment of a Patient: any of the reference parameters of the type that CompartmentDefinition names. */
  | { readonly kind: 'compartment'; readonly patient: string; readonly parameters: readonly string[] };

export type Prefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap';

/** A date of the request as the period that its precision means, ms since 1970, both ends inclusive. */
export interface DateValue {
  readonly prefix: Prefix;
  readonly from: number;
  readonly to: number;
}

/** `text` of the request and the range that its precision means (R4 search.html#number: `100` is [99.5, 100.5)). */
export interface NumberValue {
  readonly prefix: Prefix;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** `system` and `code` absent: any unit. Where the unit is UCUM and known, the numbers are of its canonical unit. */
export interface QuantityValue extends NumberValue {
  readonly system?: string;
  readonly code?: string;
  /** The canonical unit of UCUM in which the numbers are, where the unit of the request has one. */
  readonly canonical?: string;
}

/** `system` absent: any; '': none. `code` absent: any code of the system. One of them is there. */
export interface TokenValue {
  readonly system?: string;
  readonly code?: string;
}

export type ReferenceValue =
  /** A resource of this server; `type` absent where only an id was sent and several types can be meant. */
  | { readonly kind: 'local'; readonly type?: string; readonly id: string }
  | { readonly kind: 'url'; readonly url: string }
  /** `:identifier`: the reference names its target by a business identifier. */
  | { readonly kind: 'identifier'; readonly token: TokenValue };

export interface SortKey {
  readonly parameter: string;
  readonly type: SearchParameterType;
  readonly descending: boolean;
}

export interface Include {
  readonly reverse: boolean;
  /** The type that has the reference; '*' in `_include=*`. */
  readonly source: string;
  /** '*' for every reference parameter of the type. */
  readonly parameter: string;
  /** Only targets of this type. */
  readonly target?: string;
  readonly iterate: boolean;
}
