export { forecastId } from './forecast-id.js';
export { blockLength, blockOf } from './packed/block-of.js';
export {
  isScored,
  joinedBlocks,
  packBlock,
  unpackBlock,
  unscored,
  type ScoredForecast,
  type Truth,
  type UnscoredReason,
} from './packed/packed-block.js';
export { ledgerForecastOf, packForecast, unpackForecast, type LedgerForecast } from './packed/packed-forecast.js';
export { shownPoints } from './shown.js';
export { isDue, nearest, timeOf, truthOf, WAIT_MS, type DueBy, type StoredForecast } from './scoring/due-points.js';
export { ageBand, groupScores, MIN_PEOPLE, OTHER, type GroupScores, type PersonalTally } from './scoring/groups.js';
export { JUDGED_OVER_MS, judgeSkill, type ModelStatus, type Verdict } from './scoring/judge-skill.js';
export { mergedTallies, packTally, tallyOf, unpackTally, type HorizonTally, type Tally } from './scoring/tally.js';
