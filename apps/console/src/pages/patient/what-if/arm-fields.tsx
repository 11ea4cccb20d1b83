import { Button, Input, Label, TextField } from 'react-aria-components';
import { useId } from 'react';
import { fill, strings } from '../../../strings/strings.js';
import {
  CHANGE_KINDS,
  hasAmount,
  hasTime,
  refusalsOf,
  type ArmDraft,
  type ChangeDraft,
  type ChangeKind,
} from './arm-changes.js';

type Errors = readonly { readonly pointer: string; readonly detail: string }[];

interface ArmFieldsProps {
  readonly arm: ArmDraft;
  readonly index: number;
  readonly errors: Errors;
  readonly onChange: (arm: ArmDraft) => void;
}

let lastId = 0;

/** One arm of a scenario: its name and what is changed in it. */
export function ArmFields({ arm, index, errors, onChange }: ArmFieldsProps): React.ReactNode {
  const replace = (changed: ChangeDraft): void =>
    onChange({ ...arm, changes: arm.changes.map((one) => (one.id === changed.id ? changed : one)) });
  const add = (): void =>
    onChange({ ...arm, changes: [...arm.changes, { id: ++lastId, kind: 'scale-bolus', amount: '-30', minutes: '0' }] });
  return (
    <fieldset className="arm">
      <legend>{fill(strings.patient.arm, { number: index + 1 })}</legend>
      <TextField className="field" value={arm.name} onChange={(name) => onChange({ ...arm, name })}>
        <Label>{strings.patient.armName}</Label>
        <Input autoComplete="off" />
      </TextField>
      <Refusals texts={refusalsOf(errors, index)} />
      {arm.changes.length === 0 && <p className="muted">{strings.patient.noChanges}</p>}
      {arm.changes.map((change, n) => (
        <ChangeFields
          key={change.id}
          change={change}
          number={n + 1}
          refusals={refusalsOf(errors, index, n)}
          onChange={replace}
          onRemove={() => onChange({ ...arm, changes: arm.changes.filter(({ id }) => id !== change.id) })}
        />
      ))}
      <Button className="button" onPress={add}>
        {strings.patient.addChange}
      </Button>
    </fieldset>
  );
}

interface ChangeFieldsProps {
  readonly change: ChangeDraft;
  readonly number: number;
  readonly refusals: readonly string[];
  readonly onChange: (change: ChangeDraft) => void;
  readonly onRemove: () => void;
}

function ChangeFields({ change, number, refusals, onChange, onRemove }: ChangeFieldsProps): React.ReactNode {
  const id = useId();
  const { kind, amount, minutes } = change;
  return (
    <div className="change">
      <label htmlFor={id}>{fill(strings.patient.change, { number })}</label>
      <select id={id} value={kind} onChange={({ target }) => onChange({ ...change, kind: target.value as ChangeKind })}>
        {CHANGE_KINDS.map((one) => (
          <option key={one} value={one}>
            {strings.patient.changeKinds[one]}
          </option>
        ))}
      </select>
      {hasAmount(kind) && (
        <TextField className="field" value={amount} onChange={(value) => onChange({ ...change, amount: value })}>
          <Label>{strings.patient.amount}</Label>
          <Input inputMode="text" size={6} autoComplete="off" />
        </TextField>
      )}
      {hasTime(kind) && (
        <TextField className="field" value={minutes} onChange={(value) => onChange({ ...change, minutes: value })}>
          <Label>{strings.patient.afterMinutes}</Label>
          <Input inputMode="numeric" size={6} autoComplete="off" />
        </TextField>
      )}
      <Button className="button" onPress={onRemove}>
        {strings.patient.removeChange}
      </Button>
      <Refusals texts={refusals} />
    </div>
  );
}

function Refusals({ texts }: { readonly texts: readonly string[] }): React.ReactNode {
  if (texts.length === 0) return null;
  return (
    <p role="alert" className="field-error">
      {texts.join('; ')}
    </p>
  );
}
