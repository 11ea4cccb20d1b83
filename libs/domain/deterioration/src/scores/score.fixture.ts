import fc from 'fast-check';
import { type Score, type ScoreContext, type ScoreRefusal, type Vitals } from '../index.js';

export const DECIDED: ScoreContext = { scale2Decision: { by: 'Dr A', at: 0 } };

export type Rule = (vitals: Vitals, context?: ScoreContext) => Score | ScoreRefusal;

export function scored(said: Score | ScoreRefusal): Score {
  if (said.kind !== 'score') throw new Error(said.detail);
  return said;
}

export function points(rule: Rule, vitals: Vitals, context?: ScoreContext): number {
  return scored(rule(vitals, context)).total;
}

export const number = (least: number, most: number) => fc.option(fc.integer({ min: least, max: most }), { nil: null });
