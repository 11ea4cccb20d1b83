import { useState, type FormEvent } from 'react';
import { Button, FieldError, Form, Input, Label, Text, TextArea, TextField } from 'react-aria-components';
import { ApiProblem, reasonOf } from '../../../api/problem.js';
import { fill, strings } from '../../../strings/strings.js';
import { minuteText } from '../../../times/shown-time.js';
import { refusalsByField } from './threshold-request.js';

export interface ActValues {
  /** NaN where none was given, or the form has no such field. */
  readonly value: number;
  readonly reason: string;
  readonly expiresAt?: string | undefined;
}

interface ActFormProps {
  /** The field of a number; absent: the form has none. */
  readonly value?: { readonly initial: number; readonly hint: string };
  readonly hasExpiry: boolean;
  readonly submit: (values: ActValues) => Promise<unknown>;
  readonly onDone: () => void;
  readonly onCancel: () => void;
}

/** An act with its reason and expiry. What the API refuses stands next to the field it is about, and what was entered stays. */
export function ActForm({ value, hasExpiry, submit, onDone, onCancel }: ActFormProps): React.ReactNode {
  const [isSaving, setSaving] = useState(false);
  const [refusals, setRefusals] = useState<Record<string, string | string[]>>({});
  const [message, setMessage] = useState('');

  const save = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const entered = new FormData(event.currentTarget);
    const values = valuesOf(entered);
    const missing = missingOf(values, value !== undefined);
    setRefusals(missing);
    setMessage('');
    if (Object.keys(missing).length > 0) return;
    setSaving(true);
    try {
      await submit(values);
      onDone();
    } catch (error) {
      const { fields, rest } = refusalsByField(error instanceof ApiProblem ? error.errors : []);
      setRefusals(fields);
      setMessage(fill(strings.patient.refused, { reason: [reasonOf(error), ...rest].join('; ') }));
    } finally {
      setSaving(false);
    }
  };

  return (
    <Form validationBehavior="aria" validationErrors={refusals} onSubmit={(event) => void save(event)}>
      {value !== undefined && (
        <TextField name="value" defaultValue={String(value.initial)} isRequired className="field" autoFocus>
          <Label>{strings.patient.value}</Label>
          <Input inputMode="decimal" autoComplete="off" />
          <Text slot="description" className="muted">
            {value.hint}
          </Text>
          <FieldError className="field-error" />
        </TextField>
      )}
      <TextField name="reason" isRequired className="field" autoFocus={value === undefined}>
        <Label>{strings.patient.reason}</Label>
        <TextArea rows={2} />
        <FieldError className="field-error" />
      </TextField>
      {hasExpiry && <ExpiryField />}
      {message !== '' && (
        <p role="alert" className="field-error">
          {message}
        </p>
      )}
      <div className="chart-acts">
        <Button type="submit" className="button primary" isDisabled={isSaving}>
          {isSaving ? strings.patient.saving : strings.patient.save}
        </Button>
        <Button className="button" onPress={onCancel}>
          {strings.patient.cancel}
        </Button>
      </div>
    </Form>
  );
}

/** The browser's own field of a time, whose clock is that of the browser's language: what was entered is said by that of the page. */
function ExpiryField(): React.ReactNode {
  const [entered, setEntered] = useState('');
  const { expires, expiresHint, expiresAt } = strings.patient;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <TextField name="expires" className="field" value={entered} onChange={setEntered}>
      <Label>{expires}</Label>
      <Input type="datetime-local" />
      <Text slot="description" className="muted">
        {isTime(entered) ? fill(expiresAt, { time: minuteText(entered), zone }) : fill(expiresHint, { zone })}
      </Text>
      <FieldError className="field-error" />
    </TextField>
  );
}

function valuesOf(entered: FormData): ActValues {
  const text = (name: string): string => {
    const value = entered.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  const value = text('value').replace(',', '.');
  const expires = text('expires');
  return {
    value: value === '' ? Number.NaN : Number(value),
    reason: text('reason'),
    // A time without a zone is one of the viewer's zone; what is no time is for the API to refuse.
    ...(expires === '' ? {} : { expiresAt: isTime(expires) ? new Date(expires).toISOString() : expires }),
  };
}

/** Browsers take years that have no instant. */
function isTime(entered: string): boolean {
  return !Number.isNaN(Date.parse(entered));
}

function missingOf({ value, reason }: ActValues, needsValue: boolean): Record<string, string> {
  return {
    ...(needsValue && Number.isNaN(value) ? { value: strings.patient.valueNeeded } : {}),
    ...(reason === '' ? { reason: strings.patient.reasonNeeded } : {}),
  };
}
