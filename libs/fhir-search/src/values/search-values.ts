/**
 * What the search parameters of a type find in one resource: written beside it in the same transaction, and compared with a query in
 * memory where one resource is in question (a scope with a restriction). `parameter` is the code of the parameter.
 */
export interface SearchValues {
  readonly tokens: readonly TokenIndex[];
  readonly strings: readonly StringIndex[];
  readonly dates: readonly DateIndex[];
  readonly numbers: readonly NumberIndex[];
  readonly quantities: readonly QuantityIndex[];
  readonly references: readonly ReferenceIndex[];
  readonly uris: readonly UriIndex[];
  readonly composites: readonly CompositeIndex[];
  /** Contained resources that one of the references leads to; absent where there is none. */
  readonly contained?: readonly ContainedValues[];
}

/** Kinds of values that each belong to a parameter. */
export type ValueKind = Exclude<keyof SearchValues, 'contained'>;

/** What is found in a contained resource, which no search finds by itself: chains look into it. */
export interface ContainedValues {
  readonly type: string;
  /** Without `#`. */
  readonly id: string;
  readonly values: SearchValues;
}

export interface TokenIndex {
  readonly parameter: string;
  /** '' where the element has none. */
  readonly system: string;
  /** '' where the element has a text only. */
  readonly code: string;
  /** Folded text or display, for `:text`. */
  readonly text?: string;
}

export interface StringIndex {
  readonly parameter: string;
  /** As it stands, for `:exact`. */
  readonly value: string;
  /** Lower case, without accents and doubled spaces. */
  readonly folded: string;
}

/** The period that the element means, ms since 1970, both ends inclusive; open ends are -Infinity and Infinity. */
export interface DateIndex {
  readonly parameter: string;
  readonly from: number;
  readonly to: number;
}

/** `low`…`high`: the range that the element means (a Range, or one value: then both are it). */
export interface NumberIndex {
  readonly parameter: string;
  readonly low: number;
  readonly high: number;
}

export interface QuantityIndex extends NumberIndex {
  readonly system: string;
  readonly code: string;
  /** The human unit, by which a search without a system also finds. */
  readonly unit?: string;
  /** The same in the canonical unit of UCUM, where the unit is known. */
  readonly canonical?: { readonly unit: string; readonly low: number; readonly high: number };
}

export interface ReferenceIndex {
  readonly parameter: string;
  readonly target:
    | { readonly kind: 'local'; readonly type: string; readonly id: string }
    | { readonly kind: 'contained'; readonly type: string; readonly id: string }
    | { readonly kind: 'url'; readonly url: string }
    | { readonly kind: 'identifier'; readonly system: string; readonly value: string };
}

export interface UriIndex {
  readonly parameter: string;
  readonly value: string;
}

/** The values of one component that stand together: `code` and `value` of the same Observation.component. */
export interface CompositeIndex {
  readonly parameter: string;
  readonly parts: readonly SearchValues[];
}
