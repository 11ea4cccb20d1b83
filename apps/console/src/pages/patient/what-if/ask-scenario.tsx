import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState, type FormEvent } from 'react';
import { Button, Form } from 'react-aria-components';
import { answerOf, api } from '../../../api/client.js';
import { ApiProblem, reasonOf } from '../../../api/problem.js';
import { fill, strings } from '../../../strings/strings.js';
import type { View } from '../data/view.js';
import { isComplete, scenarioRequest, type ArmDraft } from './arm-changes.js';
import { ArmFields } from './arm-fields.js';
import { askedKey } from './asked-before.js';
import { ScenarioResult } from './scenario-result.js';
import { serverNow } from '../../../times/server-now.js';

const [RECORDED, CHANGED] = strings.patient.armNames as [string, string];
const FIRST_ARMS: readonly ArmDraft[] = [
  { name: RECORDED, changes: [] },
  { name: CHANGED, changes: [{ id: 0, kind: 'scale-bolus', amount: '-30', minutes: '0' }] },
];
type Asked = ReturnType<typeof scenarioRequest>;

/** Asks: two arms of a scenario side by side, from the patient's recorded state. */
export function AskScenario({ view }: { readonly view: View }): React.ReactNode {
  const [arms, setArms] = useState(FIRST_ARMS);
  const [start, setStart] = useState('3');
  const [lasts, setLasts] = useState('6');
  const [isIncomplete, setIncomplete] = useState(false);
  const queries = useQueryClient();
  const scenario = useMutation({
    mutationFn: (body: Asked) =>
      answerOf(api.POST('/v1/twins/{patient}/scenarios', { params: { path: { patient: view.patient } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: askedKey(view.patient) }),
  });

  const ask = (event: FormEvent): void => {
    event.preventDefault();
    const complete = arms.every(({ changes }) => changes.every(isComplete));
    setIncomplete(!complete);
    if (!complete) return;
    const asked = { arms, startHoursAgo: Number(start), lastsHours: Number(lasts), knownAt: view.knownAt };
    scenario.mutate(scenarioRequest(asked, serverNow()));
  };
  const errors = scenario.error instanceof ApiProblem ? scenario.error.errors : [];
  return (
    <>
      <Form aria-labelledby="what-if" onSubmit={ask}>
        <div className="what-if-times">
          <Choice
            label={strings.patient.starts}
            options={strings.patient.startOptions}
            {...{ value: start }}
            onChange={setStart}
          />
          <Choice
            label={strings.patient.lasts}
            options={strings.patient.lastsOptions}
            {...{ value: lasts }}
            onChange={setLasts}
          />
        </div>
        <p className="muted">{strings.patient.startsHint}</p>
        <div className="arms">
          {arms.map((arm, index) => (
            <ArmFields
              key={index === 0 ? 'first' : 'second'}
              {...{ arm, index, errors }}
              onChange={(changed) => setArms(arms.map((one, n) => (n === index ? changed : one)))}
            />
          ))}
        </div>
        <Button type="submit" className="button primary" isDisabled={scenario.isPending}>
          {scenario.isPending ? strings.patient.asking : strings.patient.ask}
        </Button>
      </Form>
      {isIncomplete && (
        <p role="alert" className="field-error">
          {strings.patient.incomplete}
        </p>
      )}
      {scenario.error !== null && (
        <p role="alert" className="field-error">
          {refusalText(scenario.error)}
        </p>
      )}
      {scenario.data !== undefined && !scenario.isPending && <ScenarioResult scenario={scenario.data} />}
    </>
  );
}

/** A refusal of the model in plain words, with what the model itself says. */
function refusalText(error: Error): string {
  if (!(error instanceof ApiProblem) || error.code !== 'model-refuses')
    return fill(strings.patient.askAgain, { reason: reasonOf(error) });
  const reasons: Readonly<Record<string, string>> = strings.patient.modelReasons;
  const reason = reasons[String(error.members['reason'])] ?? '';
  return fill(strings.patient.modelRefuses, { reason, message: error.message });
}

interface ChoiceProps {
  readonly label: string;
  readonly options: Readonly<Record<string, string>>;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Choice({ label, options, value, onChange }: ChoiceProps): React.ReactNode {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={({ target }) => onChange(target.value)}>
        {Object.entries(options).map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
