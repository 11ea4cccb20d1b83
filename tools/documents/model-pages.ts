import type { ModelCard } from '#libs/domain/forecasting';
import { MODEL_CARDS } from '#libs/domain/models';

/** Pages under `docs/models`, by file name: one per card, and an index. */
export function modelPages(cards: readonly ModelCard[] = MODEL_CARDS): ReadonlyMap<string, string> {
  return new Map([...cards.map((card) => [`${card.id}.md`, pageOf(card)] as const), ['README.md', indexOf(cards)]]);
}

const NOTICE = 'Research software, not a cleared device: it advises no treatment and actuates nothing.';
const MADE = 'Made from the card in the code by `npm run docs`; served at `GET /v1/models`.';

function indexOf(cards: readonly ModelCard[]): string {
  const lines = cards.map(({ id, title, status, kind }) => `- [\`${id}\`](${id}.md): ${title} (${kind}, ${status}).`);
  return text(
    '# Models',
    `> ${NOTICE}`,
    `TL;DR: what forecasts and what simulates, one page each. ${MADE}`,
    lines.join('\n'),
  );
}

function pageOf(card: ModelCard): string {
  const { title, id, version, kind, status, outputs, inputs, horizonMinutes, population, trainedOn, metrics } = card;
  return text(
    `# ${title}`,
    `> ${NOTICE}`,
    `TL;DR: model \`${id}\`, version ${version}, ${kind}, ${status}. ${MADE}`,
    '## What it forecasts',
    list([
      `Measures: ${codes(outputs)}.`,
      horizonMinutes.length === 0
        ? 'It gives no forecasts of its own: it simulates.'
        : `Horizons: ${horizonMinutes.join(', ')} min.`,
    ]),
    '## What it needs',
    list(
      inputs.map(
        ({ code, needed, freshness }) => `\`${code}\`, ${needed ? 'needed' : 'used where there is one'}: ${freshness}.`,
      ),
      'Nothing.',
    ),
    '## For whom',
    list([`Ages: ${population.ages}.`, `Pregnancy: ${population.pregnancy}.`, `Conditions: ${population.conditions}.`]),
    '## When it refuses',
    list(card.refuses, 'Never.'),
    '## What it was fitted on',
    list([
      trainedOn.sets.length === 0
        ? 'No recordings.'
        : `Recordings: ${codes(trainedOn.sets)}; ${trainedOn.records} records.`,
      `Which: ${trainedOn.period}.`,
    ]),
    '## Figures',
    list(
      metrics.map(
        ({ set, heldApart, figure, value }) =>
          `\`${set}\`, ${heldApart ? 'held apart' : 'not held apart from what was fitted'}: ${figure} ${value}.`,
      ),
      'None on the card; see [validation](../clinical/validation.md).',
    ),
    '## What it does not know',
    list(card.limits, 'Nothing is known that it does not know.'),
  );
}

/** Sentences as they stand on a card may lack their full stop, or have one already. */
function list(items: readonly string[], otherwise = 'None.'): string {
  const lines = items.length === 0 ? [otherwise] : items;
  return lines.map((line) => `- ${line.replace(/\.*$/, '')}.`).join('\n');
}

function codes(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

function text(...blocks: readonly string[]): string {
  return `${blocks.join('\n\n')}\n`;
}
