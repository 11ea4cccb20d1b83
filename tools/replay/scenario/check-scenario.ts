import type { ActRecord, Alert, WireSample } from '#libs/contracts';
import { parseJson, toClinical, type JsonObject } from '#libs/domain/fhir';
import { checkThresholds, type Catalogue } from '#libs/domain/twin';
import { readSample } from '#libs/samples';
import { createTwinRun, type TwinRun } from '../twin-run.js';
import { ScenarioError, type ExpectedAlert, type Measured, type Scenario } from './scenario.js';

const PATIENT = 'scenario';

interface Emitted {
  /** Time of the record that made it, ms. */
  readonly at: number;
  readonly alert: Alert;
}

export interface CheckedScenario {
  readonly name: string;
  /** One sentence each; none when it ended as it should. */
  readonly problems: readonly string[];
  /** Every alert that was emitted, a line each. */
  readonly emitted: readonly string[];
}

/** Runs a scenario through a twin of its own and compares what was emitted with what it expects. */
export function checkScenario(catalogue: Catalogue, scenario: Scenario): CheckedScenario {
  checkLimits(catalogue, scenario);
  const emitted: Emitted[] = [];
  const suppressed: string[] = [];
  const run = createTwinRun(catalogue, PATIENT, [], ({ transitions, suppressions, state }) => {
    for (const { alert } of transitions) emitted.push({ at: state.heard, alert });
    for (const { rule, reason } of suppressions) suppressed.push(lineOf(rule, reason));
  });
  for (const { at, happens } of happenings(scenario)) happens(run, at, emitted);
  run.finish(scenario.until);
  const { of, alerts, suppressed: wanted } = scenario.then;
  const seen = emitted.filter(({ alert }) => of === undefined || of.includes(alert.rule.id));
  const problems = compare(seen, alerts);
  for (const { rule, because } of wanted)
    if (!suppressed.includes(lineOf(rule, because))) problems.push(`not suppressed: ${lineOf(rule, because)}`);
  return { name: scenario.name, problems, emitted: seen.map(printed) };
}

function checkLimits(catalogue: Catalogue, { name, given }: Scenario): void {
  for (const [index, { rule, limits }] of given.limits.entries()) {
    const [refusal] = checkThresholds(catalogue, rule, limits);
    if (refusal !== undefined) throw new ScenarioError(`${name}: /given/limits/${index} ${rule}: ${refusal.message}`);
  }
}

interface Happening {
  readonly at: number;
  readonly happens: (run: TwinRun, at: number, emitted: readonly Emitted[]) => void;
}

/** What the scenario says happens, in order of time; what is received at once is one record. */
function happenings({ name, given, when }: Scenario): readonly Happening[] {
  const start = Math.min(...when.map(({ at }) => at));
  const versions = new Map<string, number>();
  const all: Happening[] = given.records.map((resource) => recorded(resource, start, versions));
  const { limits: thresholds } = given;
  if (thresholds.length > 0)
    all.push({ at: start, happens: (run) => run.act({ type: 'set-thresholds', thresholds }, start) });
  for (const [index, step] of when.entries()) {
    if ('measure' in step) all.push(...received(step, `${name}: /when/${index}`));
    else if ('resource' in step) all.push(recorded(step.resource, step.at, versions));
    else if ('act' in step) {
      const { act: type, rule, for: lasts = 0 } = step;
      all.push({
        at: step.at,
        happens: (run, at, emitted) => {
          const episode = emitted.findLast(({ alert }) => alert.rule.id === rule)?.alert.episode;
          if (episode === undefined) throw new ScenarioError(`${name}: /when/${index} no alert of ${rule} to ${type}`);
          run.act(type === 'snooze' ? { type, episode, until: at + lasts } : { type, episode }, at);
        },
      });
    } else {
      const { monitoring: state, reason, rules, for: lasts } = step;
      const until = lasts === undefined ? {} : { until: step.at + lasts };
      const does: ActRecord['does'] = { type: 'set-monitoring', state, reason, ...(rules && { rules }), ...until };
      all.push({ at: step.at, happens: (run, at) => run.act(does, at) });
    }
  }
  return all.sort((a, b) => a.at - b.at);
}

/** Values as they come: each when it was measured, or all of the step when it says when they were received. */
function received(step: Measured, place: string): readonly Happening[] {
  const samples = samplesOf(step, place);
  const sender = { source: step.source, device: '' };
  const { received: at } = step;
  if (at !== undefined) return [{ at, happens: (run) => run.take(samples, sender, at) }];
  return samples.map((sample) => ({ at: endOf(sample), happens: (run, now) => run.take([sample], sender, now) }));
}

function samplesOf(step: Measured, place: string): readonly WireSample[] {
  const {
    at,
    measure: code,
    unit,
    value,
    values = value === undefined ? [] : [value],
    every,
    times,
    quality,
    id,
  } = step;
  if (values.length === 0) throw new ScenarioError(`${place} give value or values`);
  const repeated = Array.from({ length: times }, () => values).flat();
  const isSeries = code === 'rr-interval';
  if (repeated.length > 1 && !isSeries && every === undefined)
    throw new ScenarioError(`${place} several values need every, such as "5 min"`);
  const raws = isSeries
    ? [{ effectiveAt: isoOf(at), values: repeated }]
    : repeated.map((each, i) => ({ effectiveAt: isoOf(at + i * (every ?? 0)), value: each }));
  return raws.flatMap((raw) => {
    const sent = { ...raw, patient: PATIENT, code, unit, id, ...(quality && { quality: { status: quality } }) };
    return readSample(sent, 0, { receivedAt: Number.MAX_SAFE_INTEGER }).map((one) => {
      if (one.kind === 'refused') throw new ScenarioError(`${place} ${one.message}`);
      return one.wire;
    });
  });
}

function endOf({ t, s }: WireSample): number {
  return t + (s ?? []).reduce((sum, interval) => sum + interval, 0);
}

function recorded(resource: object, at: number, versions: Map<string, number>): Happening {
  const { resourceType, id = PATIENT, ...rest } = resource as { resourceType: string; id?: string };
  const version = (versions.get(`${resourceType}/${id}`) ?? 0) + 1;
  versions.set(`${resourceType}/${id}`, version);
  const subject = resourceType === 'Patient' ? {} : { subject: { reference: `Patient/${PATIENT}` } };
  const parsed = parseJson(JSON.stringify({ resourceType, id, ...subject, ...rest }));
  if (!parsed.ok) throw new Error('a resource of a scenario is JSON');
  const content = toClinical(parsed.value as JsonObject, { version, receivedAt: at, patientOfDevice: () => undefined });
  const [nothing] = content.unmeasured;
  if (nothing !== undefined) throw new ScenarioError(`${resourceType}: ${nothing.reason} (${nothing.expression})`);
  return { at, happens: (run) => run.clinical(content, at) };
}

function compare(seen: readonly Emitted[], alerts: readonly ExpectedAlert[]): string[] {
  const problems: string[] = [];
  const left = [...seen];
  for (const one of alerts) {
    const index = left.findIndex((each) => isExpected(one, each));
    if (index >= 0) left.splice(index, 1);
    else problems.push(`missing: ${lineOf(timeOf(one.at), one.rule, one.what, one.severity, one.because, one.shows)}`);
  }
  return [...problems, ...left.map((each) => `not expected: ${printed(each)}`)];
}

function isExpected(wanted: ExpectedAlert, { at, alert }: Emitted): boolean {
  return (
    wanted.at === Math.floor(at / 1000) * 1000 &&
    wanted.rule === alert.rule.id &&
    wanted.what === alert.transition &&
    wanted.severity === alert.severity &&
    (wanted.because === undefined || wanted.because === alert.reason) &&
    alert.summary.includes(wanted.shows ?? '')
  );
}

function printed({ at, alert }: Emitted): string {
  return lineOf(timeOf(at), alert.rule.id, alert.transition, alert.severity, alert.reason, alert.summary);
}

function lineOf(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' · ');
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** As scenarios write it: the first of March is day 1. */
function timeOf(ms: number): string {
  const iso = isoOf(ms);
  const day = Number(iso.slice(8, 10));
  return `${day === 1 ? '' : `day ${day} `}${iso.slice(11, 19)}`;
}
