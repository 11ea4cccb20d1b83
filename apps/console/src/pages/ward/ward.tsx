import { useDeferredValue, useMemo, useState, useSyncExternalStore } from 'react';
import { Button, Checkbox, CheckboxGroup, Input, Label, Radio, RadioGroup, SearchField } from 'react-aria-components';
import { reasonOf } from '../../api/problem.js';
import { mayOpen, PATIENT_ROLES } from '../../app/page-access.js';
import { useSession } from '../../app/session.js';
import { useConnection } from '../../live/use-live.js';
import { useNow } from '../../times/use-now.js';
import { fill, strings } from '../../strings/strings.js';
import { useHeldTiles } from './held-tiles.js';
import { TileList } from './tile-list.js';
import { tileHeight } from './tile-size.js';
import { isFound, type WardFilter } from './ward-filter.js';
import { inOrder, ORDERS, withHeld, type Order } from './ward-order.js';
import { SEVERITIES, type Severity } from './ward-patient.js';
import { wardStore } from './ward-store.js';
import './ward.css';

const texts = strings.ward;
/** What goes on while nothing comes is looked at anew this often, ms: the order need not follow each second. */
const ORDER_STEP_MS = 10_000;

export function WardPage(): React.ReactNode {
  const { patients, isLoaded, error } = useSyncExternalStore(wardStore.subscribe, wardStore.current);
  const now = useNow();
  const { isLost } = useConnection();
  const roles = useSession().signedIn?.roles ?? [];
  const [order, setOrder] = useState<Order>('need');
  const [filter, setFilter] = useState<WardFilter>({ search: '', severities: [] });
  const asked = useDeferredValue(filter);
  const tiles = useHeldTiles();
  const orderedAt = Math.floor(now / ORDER_STEP_MS) * ORDER_STEP_MS;
  const ordered = useMemo(() => inOrder(patients.values(), order, orderedAt), [patients, order, orderedAt]);
  // Of all: a search changes which tiles there are, and not how tall they are.
  const height = useMemo(() => tileHeight(patients.values()), [patients]);
  const found = ordered.filter(
    (one) => isFound(one, asked) || tiles.held.some(({ patient }) => patient === one.patient),
  );
  return (
    <>
      <div className="ward-controls">
        <h1>{strings.pages.ward}</h1>
        <SearchField
          className="field"
          value={filter.search}
          onChange={(search) => setFilter((before) => ({ ...before, search }))}
        >
          <Label>{texts.find}</Label>
          <Input />
          <Button className="button" aria-label={texts.clear}>
            ✕
          </Button>
        </SearchField>
        <RadioGroup
          className="choices"
          orientation="horizontal"
          value={order}
          onChange={(value) => setOrder(value as Order)}
        >
          <Label>{texts.sort}</Label>
          {ORDERS.map((one) => (
            <Radio key={one} value={one}>
              {texts.orders[one]}
            </Radio>
          ))}
        </RadioGroup>
        <CheckboxGroup
          className="choices"
          value={[...filter.severities]}
          onChange={(value) => setFilter((before) => ({ ...before, severities: value as Severity[] }))}
        >
          <Label>{texts.severity}</Label>
          {SEVERITIES.map((one) => (
            <Checkbox key={one} value={one}>
              {texts.severityNames[one]}
            </Checkbox>
          ))}
        </CheckboxGroup>
      </div>
      {error !== undefined && <p role="alert">{fill(texts.failed, { reason: reasonOf(error) })}</p>}
      <p className="muted">{isLoaded ? countText(found.length, patients.size) : strings.shell.loading}</p>
      <TileList
        patients={withHeld(found, tiles.held)}
        tileHeight={height}
        now={now}
        isOld={isLost}
        isLink={mayOpen(roles, PATIENT_ROLES)}
        tiles={tiles}
      />
    </>
  );
}

function countText(shown: number, all: number): string {
  if (all === 0) return texts.nobody;
  return shown === all ? fill(texts.all, { all }) : fill(texts.some, { shown, all });
}
