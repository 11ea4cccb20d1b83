import {
  loadAtEqualEvents,
  plainLoad,
  trendLoad,
  type Load,
  type ScoredStay,
} from '../../validate/sets/sepsis/sepsis2019-load.js';
import type { TrendData } from './trend-data.js';
import type { TrendModel } from '#libs/domain/deterioration';

/** Alerts per patient-day at which a band begins. */
const RATES = { medium: 0.2, high: 0.08 };
/** A band is left this much under where it is entered: about half a standard deviation of the score. */
const MARGIN = 0.5;

function scoredStays(data: TrendData, scores: ArrayLike<number>): readonly ScoredStay[] {
  const rows = data.stays.map((): number[] => []);
  data.stayOf.forEach((stay, row) => rows[stay]!.push(row));
  return data.stays.map((stay, i) => ({
    stay,
    labels: rows[i]!.map((row) => data.label[row]!),
    scores: rows[i]!.map((row) => scores[row]!),
  }));
}

/** Cut-offs at stated alert rates, from cross-validated scores. */
export function bandsFrom(
  data: TrendData,
  scores: ArrayLike<number>,
  tell: (name: string, load: Load) => void,
): TrendModel['bands'] {
  const stays = scoredStays(data, scores);
  const sorted = Array.from(scores).sort((a, b) => b - a);
  const band = (name: 'medium' | 'high') => {
    let raise = sorted[0]!;
    for (let i = 0; i < 200; i++) {
      const next = sorted[Math.floor((i / 200) * sorted.length)]!;
      if (trendLoad(stays, { raise: next, clear: next - MARGIN }).alertsPerDay > RATES[name]) break;
      raise = next;
    }
    const rounded = Math.round(raise * 100) / 100;
    const limits = { raise: rounded, clear: Math.round((rounded - MARGIN) * 100) / 100 };
    tell(name, trendLoad(stays, limits));
    return limits;
  };
  tell('plain limits', plainLoad(stays));
  tell('as many events as plain limits', loadAtEqualEvents(stays, MARGIN));
  return { medium: band('medium'), high: band('high') };
}
