import type { Subject } from '#libs/domain/forecasting';
import { OTHERS_FROM, PER_OTHER, type Features } from './features/features.js';
import { VITAL_SIGNS, type VitalSign } from './features/vital-signs.js';
import type { HorizonModel } from './model/vital-model.js';

/** The horizon that the sentences speak of: the second, 3 h. */
const TOLD_HORIZON = 1;

/** Sentences for a clinician: where the vital sign stands against the person's own mean, which other one moves the forecast most, what is missing. */
export function explained(
  horizons: readonly HorizonModel[],
  sign: VitalSign,
  features: Features,
  about: Subject,
): string {
  const { own, missing, disagreement } = features;
  const { means } = own.hours;
  const mean = means.reduce((sum, x) => sum + x, 0) / means.length;
  const digits = sign.spread < 2 ? 1 : 0;
  const sentences = [
    `${capital(sign.title)} is ${own.level.toFixed(digits)} ${sign.unit}, the mean of the ${means.length} hours with a value is ${mean.toFixed(digits)}.`,
  ];
  const horizon = horizons[TOLD_HORIZON];
  const most = horizon && strongest(horizon, sign, features);
  if (most !== undefined) {
    const moved = most.share * sign.spread;
    sentences.push(
      `Of the other vital signs ${most.title} moves the forecast for ${horizon!.minutes / 60} h most: by ${moved > 0 ? '+' : ''}${moved.toFixed(digits + 1)} ${sign.unit}.`,
    );
  }
  if (missing.length > 0) sentences.push(`Not known: ${missing.map(({ title }) => title).join(', ')}.`);
  if (disagreement > 0)
    sentences.push(
      `Another sensor differs by ${own.disagreement.toFixed(digits)} ${sign.unit}: the bands are wider for that.`,
    );
  if (about.ageYears === null) sentences.push('Age is not known; an adult is assumed.');
  return sentences.join(' ');
}

function strongest(
  { location }: HorizonModel,
  sign: VitalSign,
  features: Features,
): { readonly title: string; readonly share: number } | undefined {
  let most: { readonly title: string; readonly share: number } | undefined;
  let from = OTHERS_FROM;
  for (const other of VITAL_SIGNS) {
    if (other.code === sign.code) continue;
    let share = 0;
    for (let i = from; i < from + PER_OTHER; i++) share += location[i]! * features.location[i]!;
    from += PER_OTHER;
    if (share !== 0 && Math.abs(share) > Math.abs(most?.share ?? 0)) most = { title: other.title, share };
  }
  return most;
}

function capital(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}
