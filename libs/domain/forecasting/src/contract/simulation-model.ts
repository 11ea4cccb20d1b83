import type { ModelCard } from './card.js';
import type { ModelRefusal } from './refusal.js';

/**
 * A mechanistic model of one person. Deterministic: the same state, inputs and steps give the same bytes.
 * `Inputs` are rates and amounts within the step, in the model's documented units.
 */
export interface SimulationModel<State, Inputs, Person> {
  readonly card: ModelCard;
  readonly parameters: readonly ParameterSpec[];
  /** The state at rest of a person with these parameters, or why there is none. */
  readonly init: (person: Person) => State | ModelRefusal;
  /** The state `minutes` later, or why inputs or time lead to none. */
  readonly step: (person: Person, state: State, inputs: Inputs, minutes: number) => State | ModelRefusal;
  /** What can be measured in that state, by catalogue name, in canonical units. */
  readonly observe: (person: Person, state: State) => Readonly<Record<string, number>>;
}

/** A parameter with its prior: what is assumed of it before the person is known. */
export interface ParameterSpec {
  readonly name: string;
  readonly title: string;
  /** UCUM. */
  readonly unit: string;
  readonly minimum: number;
  readonly maximum: number;
  /** Plain words and numbers, with source: `LogNormal(-3.8, 0.5)`. */
  readonly prior: string;
  /** Value where nothing is known of the person. */
  readonly typical: number;
}
