/** R4 search parameter types (search.html#ptypes). */
export type SearchParameterType =
  | 'token'
  | 'string'
  | 'date'
  | 'quantity'
  | 'number'
  | 'reference'
  | 'uri'
  | 'composite'
  | 'special';

/** One search parameter of one resource type, from R4's SearchParameter definitions. */
export interface SearchParameter {
  readonly code: string;
  readonly type: SearchParameterType;
  /** FHIRPath, of this resource type alone: the definitions' unions are split by type. */
  readonly expression: string;
  /** Canonical url of the definition. */
  readonly definition: string;
  /** Types a reference may name. */
  readonly targets?: readonly string[];
  /** Of a code element, which has no system of its own: the systems of the value set that it is bound to. */
  readonly systems?: readonly string[];
  /** Of a composite: the parameters of its parts, with expressions relative to its own. */
  readonly components?: readonly {
    readonly parameter: string;
    readonly type: SearchParameterType;
    readonly expression: string;
    readonly targets?: readonly string[];
    readonly systems?: readonly string[];
  }[];
}
