import type { Subject } from '#libs/domain/forecasting';
import type { MeasureName } from '#libs/domain/quantities';
import type { Person } from '../facts/person.js';
import type { MemoryFormat } from './memory-format.js';
import type { Sample } from './judged-sample.js';
import type { Cited } from '../state/cited.js';

/**
 * A measure that is not sent but follows from measures that are: shown in the twin (`derived` of `GET /v1/twins/{patient}`), and there for
 * detectors. Data and pure functions of a pack; the engine does not know what they mean.
 */
export type DerivedMeasure = FoldedMeasure | LatestMeasure | DetectedMeasure | ModelledMeasure;

interface DerivedHead {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
}

/** From the course of one measure: a fold with a memory. */
export interface FoldedMeasure extends DerivedHead {
  readonly kind: 'folded';
  readonly of: readonly [MeasureName];
  /** Catalogue number of the measure. */
  readonly code: number;
  /** One value on, in order of time and of any quality. The memory is plain JSON, bounded and never mutated; null: nothing to remember. */
  readonly step: (memory: unknown, sample: Sample) => unknown;
  /**
   * The memory before something at `t` that changed, and from when on values have to be taken again: not before the last full six hours
   * of the UTC day at or before `t`, which is as far as the signal checks can be taken up again. `t` lies within the lateness bound.
   */
  readonly rewind: (memory: unknown, t: number) => { readonly memory: unknown; readonly from: number };
  /** Version of its memory as stored; absent: 1. */
  readonly memory?: MemoryFormat;
  /** Result for one of the input values. Detectors that refold ask for values up to 30 h before the newest. */
  readonly read: (memory: unknown, cited: Cited) => Derived;
}

/** From the latest values of several measures, given in the order of `of`: all of them, or `partly` those that are there. */
export interface LatestMeasure extends DerivedHead {
  readonly kind: 'latest';
  readonly of: readonly MeasureName[];
  readonly partly?: true;
  readonly read: (latest: readonly Cited[], person: Person) => Derived;
}

/** From what a detector of the pack remembers of its measures: nothing is kept twice. */
export interface DetectedMeasure extends DerivedHead {
  readonly kind: 'detected';
  readonly of: readonly MeasureName[];
  /** Shown where some of `of` have a value; absent: where all have. */
  readonly partly?: true;
  /** Id of the detector. */
  readonly detector: string;
  /**
   * Result at `at` (ms) from the detector's memory (null: it has none), with its effective time, ms; without one, that of the newest value.
   */
  readonly read: (memory: unknown, at: number, about: AboutPerson) => Derived & { readonly at?: number };
  /** The result changes as time goes on without new values: it is reckoned when it is asked for. */
  readonly decays?: true;
}

/** From what a model that forecasts in the stream remembers: nothing is kept twice, and nothing is computed before somebody asks. Shown where some of `of` are known. */
export interface ModelledMeasure extends DerivedHead {
  readonly kind: 'modelled';
  readonly of: readonly MeasureName[];
  /** Id of the model; in a catalogue without it the measure is not shown. */
  readonly model: string;
  /** Result at `at` (ms) from the model's memory (null: it has none), with its effective time, ms; without one, that of the newest value. */
  readonly read: (memory: unknown, about: Subject, at: number) => Derived & { readonly at?: number };
}

/** The person, and the limits in force of a rule of the catalogue. */
export interface AboutPerson {
  readonly person: Person;
  readonly limitsOf: (rule: { readonly id: string }) => Readonly<Record<string, number>>;
}

/** A value in the measure's unit with what else is worth knowing by name, or a code for why there is none. */
export type Derived =
  | {
      readonly value: number;
      readonly parts?: Readonly<Record<string, number>>;
      /** Of a score: which of `of` it has no value of, each of which could only raise it. */
      readonly missing?: readonly MeasureName[];
    }
  | { readonly refused: string };
