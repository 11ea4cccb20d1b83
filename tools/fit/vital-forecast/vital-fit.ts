import { residualTable, TABLE_LEVELS } from '#libs/domain/forecasting';
import { dot, expectedAt, type HorizonModel, type SignModel, type VitalSign } from '#libs/domain/vital-forecast';
import { logScale, ridge } from './regressions.js';
import { HORIZON_HOURS, type VitalRow } from './vital-rows.js';

/** Strength of the pull; between 5 and 100 the skill of held-apart stays moves by less than 0.001. */
const PULL = 20;
/** Residual tables per horizon, over equal shares of the location: a value near its usual range misses otherwise than one far from it. */
const TABLES = 3;

interface Judged {
  readonly row: VitalRow;
  /** Change to come in units of the usual spread. */
  readonly change: number;
}

/** The model of one vital sign, fitted on the rows that are given; residual tables from folds of whole stays that the weights left out. */
export function fitSign(sign: VitalSign, rows: readonly VitalRow[]): SignModel {
  const fitted = HORIZON_HOURS.map((hours) => {
    const judged = rows.flatMap((row): Judged[] => {
      const later = row.later.get(hours);
      if (later === undefined) return [];
      return [{ row, change: (later - sign.usual) / sign.spread - row.features.location[1]! }];
    });
    return { minutes: hours * 60, ...weightsOf(judged), apart: residualsApart(judged) };
  });
  const places = tablePlaces(fitted.flatMap(({ apart }) => apart.map(({ location }) => location)));
  return {
    tablesAt: places.map(short),
    horizons: fitted.map(({ minutes, location, spread, apart }) => ({
      minutes,
      location: location.map(short),
      spread: spread.map(short),
      tables: tablesOf(apart, places),
    })),
  };
}

interface Apart {
  readonly location: number;
  readonly scaled: number;
}

function weightsOf(judged: readonly Judged[]): Pick<HorizonModel, 'location' | 'spread'> {
  const location = ridge(
    judged.map(({ row }) => row.features.location),
    judged.map(({ change }) => change),
    PULL,
  );
  const residuals = judged.map(({ row, change }) => change - dot(location, row.features.location));
  const spread = logScale(
    judged.map(({ row }) => row.features.spread),
    residuals,
    PULL,
  );
  return { location, spread };
}

function residualsApart(judged: readonly Judged[]): readonly Apart[] {
  const folds = new Set(judged.map(({ row }) => row.fold));
  return [...folds].flatMap((fold) => {
    const weights = weightsOf(judged.filter(({ row }) => row.fold !== fold));
    return judged
      .filter(({ row }) => row.fold === fold)
      .map(({ row, change }) => {
        const { location, scale } = expectedAt(weights, row.features);
        return { location, scaled: (change + row.features.location[1]! - location) / scale };
      });
  });
}

/** Middles of equal shares. */
function tablePlaces(locations: readonly number[]): readonly number[] {
  const sorted = locations.toSorted((a, b) => a - b);
  return Array.from({ length: TABLES }, (_, i) => sorted[Math.floor(((i + 0.5) / TABLES) * sorted.length)]!);
}

function tablesOf(apart: readonly Apart[], places: readonly number[]): ReadonlyArray<readonly number[]> {
  const edges = places.slice(1).map((place, i) => (place + places[i]!) / 2);
  return places.map((_, i) => {
    const inside = apart.filter(
      ({ location }) => (i === 0 || location > edges[i - 1]!) && (i === places.length - 1 || location <= edges[i]!),
    );
    return residualTable(
      inside.map(({ scaled }) => scaled),
      TABLE_LEVELS,
    )!.values.map(short);
  });
}

/** What is cut off moves a forecast by less than 0.01 of a usual spread. */
function short(value: number): number {
  return Number(value.toFixed(4));
}
