import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useMemo, useState } from 'react';
import { Button, Dialog, Heading, Modal } from 'react-aria-components';
import { answerOf, api } from '../../../api/client.js';
import { ApiProblem } from '../../../api/problem.js';
import { useRuleTitles } from '../../../api/use-rule-titles.js';
import { Failed } from '../../../app/failed.js';
import { useScope } from '../../../app/session.js';
import { numberText, valueText } from '../../../charts/values/reading-texts.js';
import { unitText } from '../../../charts/values/unit-text.js';
import { ScrollingTable } from '../../../figures/table/scrolling-table.js';
import { fill, strings } from '../../../strings/strings.js';
import { IdempotencyKey } from '../data/idempotency-key.js';
import { limitsQuery } from '../data/patient-queries.js';
import type { LimitsInForce } from '../data/api-types.js';
import { viewKey, type View } from '../data/view.js';
import { ActForm, type ActValues } from './act-form.js';
import { thresholdRequest } from './threshold-request.js';
import { Time } from '../../../times/time.js';

type Limit = LimitsInForce['items'][number];

/** The limits in force with their owners; who may change them does so here. */
export function Thresholds({ view }: { readonly view: View }): React.ReactNode {
  const mayRead = useScope('thresholds.read');
  const mayWrite = useScope('thresholds.write') && view.knownAt === null;
  const limits = useQuery({ ...limitsQuery(view), enabled: mayRead });
  const [edited, setEdited] = useState<Limit | null>(null);
  const [isSaved, setSaved] = useState(false);
  if (!mayRead) return null;
  return (
    <section aria-labelledby="thresholds">
      <h2 id="thresholds">{strings.patient.thresholds}</h2>
      <p role="status">{isSaved ? strings.patient.saved : ''}</p>
      {limits.error !== null && <Failed error={limits.error} reset={() => void limits.refetch()} />}
      {limits.data !== undefined && (
        <>
          <LimitsTable
            items={limits.data.items}
            onEdit={mayWrite ? (limit) => (setSaved(false), setEdited(limit)) : undefined}
          />
          <NotEvaluated refused={limits.data.refused} />
        </>
      )}
      {edited !== null && (
        <EditThreshold
          patient={view.patient}
          limit={edited}
          onDone={() => {
            setEdited(null);
            setSaved(true);
          }}
          onCancel={() => setEdited(null)}
        />
      )}
    </section>
  );
}

interface LimitsTableProps {
  readonly items: readonly Limit[];
  readonly onEdit: ((limit: Limit) => void) | undefined;
}

function LimitsTable({ items, onEdit }: LimitsTableProps): React.ReactNode {
  const { limit, value, owner, expires, reason, edit } = strings.patient.thresholdColumns;
  const columns = [limit, value, owner, expires, reason, ...(onEdit === undefined ? [] : [edit])];
  return (
    <ScrollingTable name={strings.patient.thresholds} columns={columns}>
      {items.map((one) => (
        <LimitRow key={`${one.rule} ${one.limit}`} limit={one} onEdit={onEdit} />
      ))}
    </ScrollingTable>
  );
}

function LimitRow({ limit, onEdit }: { readonly limit: Limit } & Pick<LimitsTableProps, 'onEdit'>): React.ReactNode {
  const { owners, ownerBy, never, noReason } = strings.patient;
  const id = useId();
  const owner = owners[limit.owner];
  return (
    <tr>
      <th scope="row" id={id}>
        {limit.title}
      </th>
      <td>
        {limit.direction === 'low' ? '<' : '>'} {valueText(limit, limit.unit)}{' '}
        <span className={`severity-${limit.severity}`}>{strings.patient.severity[limit.severity].toLowerCase()}</span>
      </td>
      <td>
        <bdi>{limit.author === undefined ? owner : fill(ownerBy, { owner, author: limit.author })}</bdi>
      </td>
      <td>{limit.expiresAt === undefined ? never : <Time at={limit.expiresAt} />}</td>
      <td>
        <bdi>{limit.reason ?? noReason}</bdi>
      </td>
      {onEdit !== undefined && (
        <td>
          <Button className="button" aria-describedby={id} onPress={() => onEdit(limit)}>
            {strings.patient.edit}
          </Button>
        </td>
      )}
    </tr>
  );
}

function NotEvaluated({ refused }: Pick<LimitsInForce, 'refused'>): React.ReactNode {
  const titles = useRuleTitles();
  if (refused.length === 0) return null;
  return (
    <p>
      {strings.patient.notEvaluated}{' '}
      {refused
        .map(({ rule, reason }) => `${titles.get(rule) ?? rule} (${strings.patient.refusedRules[reason]})`)
        .join(', ')}
    </p>
  );
}

interface EditThresholdProps {
  readonly patient: string;
  readonly limit: Limit;
  readonly onDone: () => void;
  readonly onCancel: () => void;
}

function EditThreshold({ patient, limit, onDone, onCancel }: EditThresholdProps): React.ReactNode {
  const queries = useQueryClient();
  const key = useMemo(() => new IdempotencyKey(), []);
  // What the person has seen: what others set meanwhile is shown before it is replaced.
  const [seen, setSeen] = useState(limit);

  const submit = async (values: ActValues): Promise<void> => {
    const body = thresholdRequest(seen, values);
    try {
      await answerOf(
        api.PATCH('/v1/twins/{patient}/thresholds', {
          params: { path: { patient } },
          headers: { 'Idempotency-Key': key.for(body) },
          body,
        }),
      );
    } catch (error) {
      if (error instanceof ApiProblem && error.code === 'thresholds-changed')
        setSeen((await limitAsItStands(queries, patient, seen)) ?? seen);
      throw error;
    }
    key.done();
    await refreshLimits(queries, patient);
  };

  return (
    <Modal isOpen isDismissable={false} onOpenChange={(isOpen) => isOpen || onCancel()} className="modal">
      <Dialog className="dialog">
        <Heading slot="title">{fill(strings.patient.editTitle, { title: limit.title })}</Heading>
        {seen !== limit && <SetMeanwhile limit={seen} />}
        <ActForm
          value={{
            initial: limit.value,
            hint: fill(strings.patient.valueHint, {
              unit: unitText(limit.unit),
              min: numberText(limit.min),
              max: numberText(limit.max),
            }),
          }}
          hasExpiry
          {...{ submit, onDone, onCancel }}
        />
      </Dialog>
    </Modal>
  );
}

/** What somebody else set while this was being changed. */
function SetMeanwhile({ limit }: { readonly limit: Limit }): React.ReactNode {
  const { owners, ownerBy, setMeanwhile, noReason } = strings.patient;
  const owner = owners[limit.owner];
  return (
    <p role="status">
      <bdi>
        {fill(setMeanwhile, {
          value: valueText(limit, limit.unit),
          owner: limit.author === undefined ? owner : fill(ownerBy, { owner, author: limit.author }),
          reason: limit.reason ?? noReason,
        })}
      </bdi>
    </p>
  );
}

/** The limit once what others set is applied: the engine may still be about to. */
async function limitAsItStands(
  queries: ReturnType<typeof useQueryClient>,
  patient: string,
  { rule, limit, version }: Limit,
): Promise<Limit | undefined> {
  for (let attempt = 0; ; attempt += 1) {
    const { items } = await queries.fetchQuery({ ...limitsQuery({ patient, knownAt: null }), staleTime: 0 });
    const found = items.find((one) => one.rule === rule && one.limit === limit);
    if (found?.version !== version || attempt >= 4) return found;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** An act is in the log; the engine applies it a moment later. */
async function refreshLimits(queries: ReturnType<typeof useQueryClient>, patient: string): Promise<void> {
  const live: View = { patient, knownAt: null };
  for (const name of ['limits', 'timeline']) {
    await queries.invalidateQueries({ queryKey: viewKey(live, name) });
    setTimeout(() => void queries.invalidateQueries({ queryKey: viewKey(live, name) }), 1_500);
  }
}
