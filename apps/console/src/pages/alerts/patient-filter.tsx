import { keepPreviousData, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, ComboBox, Input, Label, ListBox, ListBoxItem, Popover } from 'react-aria-components';
import { answerOf, api } from '../../api/client.js';
import { usePatientLabels, type PatientLabel } from '../../api/use-patient-labels.js';
import { strings } from '../../strings/strings.js';
import { patientMeant } from './patient-meant.js';

interface Props {
  /** FHIR id; empty: all. */
  readonly patient: string;
  readonly onChange: (patient: string) => void;
}

const FOUND = 20;

/** One patient, found by name, identifier or FHIR id; a FHIR id can be entered as it is. */
export function PatientFilter({ patient, onChange }: Props): React.ReactNode {
  const label = usePatientLabels().get(patient);
  const [typed, setTyped] = useState<string>();
  const search = typed?.trim() ?? '';
  const queries = useQueryClient();
  const { data } = useQuery({ ...foundQuery(search), enabled: search !== '', placeholderData: keepPreviousData });
  const choose = (chosen: string): void => {
    setTyped(undefined);
    if (chosen !== patient) onChange(chosen);
  };
  /** What was typed and not chosen from the list. Nothing happens while it could be several patients. */
  const commit = async (): Promise<void> => {
    if (typed === undefined) return;
    const found = search === '' ? '' : patientMeant(search, await queries.fetchQuery(foundQuery(search)));
    if (found !== undefined) choose(found);
  };
  return (
    <div className="patient-filter">
      <ComboBox
        className="field"
        allowsCustomValue
        // Who is found comes a moment after what is typed: a list that is empty until then would stay closed.
        allowsEmptyCollection={search !== ''}
        items={search === '' ? [] : (data ?? [])}
        inputValue={typed ?? (label === undefined ? patient : nameOf(label))}
        onInputChange={setTyped}
        onSelectionChange={(key) => key !== null && choose(String(key))}
        onBlur={() => void commit()}
        onKeyDown={(event) => {
          if (event.key === 'Enter') void commit();
        }}
      >
        <Label>{strings.alerts.patient}</Label>
        <Input className="" />
        <Popover className="popover">
          <ListBox className="menu" renderEmptyState={() => <p>{strings.alerts.nobodyFound}</p>}>
            {(found: PatientLabel) => (
              <ListBoxItem id={found.patient} textValue={nameOf(found)} className="menu-item">
                <bdi>{nameOf(found)}</bdi> {found.identifier !== null && <bdi>{found.identifier.value}</bdi>}{' '}
                {found.bed !== null && <bdi>{found.bed.name}</bdi>}
              </ListBoxItem>
            )}
          </ListBox>
        </Popover>
      </ComboBox>
      {patient !== '' && (
        <Button className="button" onPress={() => choose('')}>
          {strings.alerts.allPatients}
        </Button>
      )}
    </div>
  );
}

function foundQuery(search: string) {
  return queryOptions({
    queryKey: ['patients-found', search],
    queryFn: async ({ signal }): Promise<readonly PatientLabel[]> => {
      const query = { search, limit: FOUND };
      return (await answerOf(api.GET('/v1/patients', { params: { query }, signal }))).items;
    },
  });
}

function nameOf({ name, patient }: PatientLabel): string {
  return name ?? patient;
}
