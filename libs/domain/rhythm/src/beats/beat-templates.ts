/** Groups the beats of one recording by the form of their QRS, without any knowledge of classes. */
import { FORM_LENGTH, FORM_SHIFT, QRS_FROM, QRS_TO } from './beat-forms.js';

/** The mean form of a group. */
export interface Template {
  readonly form: Float64Array;
  count: number;
}

export interface Nearest {
  /** Number of the template; -1 without templates. */
  readonly group: number;
  readonly same: number;
  readonly shift: number;
}

/** Least sameness of a beat with its group. Where the patient's beats are more alike, five times their usual distance, at most to the strictest. */
const LOOSEST = 0.85;
const STRICTEST = 0.95;
const DISTANCES = 5;
/** More groups than this are noise: the smallest is dropped. */
const MAX_TEMPLATES = 40;

/** Sameness at the best shift, -1..1: 2<x,t> / (|x|² + |t|²) over the QRS, the correlation brought down where sizes differ. */
export function sameness(
  form: Float64Array,
  template: Float64Array,
): { readonly same: number; readonly shift: number } {
  let tt = 0;
  for (let i = QRS_FROM; i < QRS_TO; i++) tt += template[i]! * template[i]!;
  let best = { same: -1, shift: 0 };
  for (let shift = -FORM_SHIFT; shift <= FORM_SHIFT; shift++) {
    let xt = 0;
    let xx = 0;
    for (let i = QRS_FROM; i < QRS_TO; i++) {
      const x = form[i + shift]!;
      xt += x * template[i]!;
      xx += x * x;
    }
    const same = xx + tt > 0 ? (2 * xt) / (xx + tt) : 0;
    if (same > best.same) best = { same, shift };
  }
  return best;
}

export function nearest(templates: readonly Template[], form: Float64Array): Nearest {
  let best: Nearest = { group: -1, same: -2, shift: 0 };
  for (const [group, template] of templates.entries()) {
    const { same, shift } = sameness(form, template.form);
    if (same > best.same) best = { group, same, shift };
  }
  return best;
}

/** Learnt twice: loosely, then as strictly as the beats of this recording allow. */
export function learnTemplates(forms: readonly Float64Array[]): readonly Template[] {
  const loose = learn(forms, LOOSEST);
  const own = forms.map((form) => nearest(loose, form).same).sort((a, b) => a - b);
  const limit = Math.min(STRICTEST, 1 - DISTANCES * (1 - (own[own.length >> 1] ?? 0)));
  return limit > LOOSEST ? learn(forms, limit) : loose;
}

function learn(forms: readonly Float64Array[], limit: number): readonly Template[] {
  const templates: Template[] = [];
  for (const form of forms) {
    if (joined(templates, form, 1, limit)) continue;
    if (templates.length >= MAX_TEMPLATES) {
      const least = templates.reduce((low, each) => (each.count <= low.count ? each : low));
      templates.splice(templates.indexOf(least), 1);
    }
    templates.push({ form: form.slice(), count: 1 });
  }
  const merged: Template[] = [];
  for (const { form, count } of templates.toSorted((a, b) => b.count - a.count))
    if (!joined(merged, form, count, limit + (1 - limit) / 5)) merged.push({ form, count });
  return merged;
}

/** Takes a form into the mean of the nearest template, when that is near enough. */
function joined(templates: readonly Template[], form: Float64Array, count: number, limit: number): boolean {
  const { group, same, shift } = nearest(templates, form);
  const template = templates[group];
  if (!template || same <= limit) return false;
  template.count += count;
  const rate = count / template.count;
  for (let i = 0; i < FORM_LENGTH; i++) {
    const place = Math.min(FORM_LENGTH - 1, Math.max(0, i + shift));
    template.form[i]! += rate * (form[place]! - template.form[i]!);
  }
  return true;
}
