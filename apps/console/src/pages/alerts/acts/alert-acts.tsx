import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import type { Alert } from '../../../api/alert.js';
import { fill, strings } from '../../../strings/strings.js';
import { serverNow } from '../../../times/server-now.js';
import { SNOOZE_MINUTES } from './act-state.js';
import type { Acting } from './use-act.js';

interface Props {
  readonly alert: Alert;
  readonly acting: Acting;
  /** Id of the element that names the alert. */
  readonly heading: string;
}

const MINUTE = 60_000;

/** What can be done about an alert. An episode that has ended can still be acknowledged, but neither snoozed nor resolved. */
export function AlertActs({ alert, acting, heading }: Props): React.ReactNode {
  const { status } = alert;
  const { state, act } = acting;
  const isBusy = state.step === 'sending';
  const isOver = status === 'resolved' || status === 'retrospective' || status === 'retracted';
  return (
    <>
      {status !== 'acknowledged' && (
        <Button
          className={status === 'open' ? 'button primary' : 'button'}
          isPending={isBusy && state.act.kind === 'acknowledge'}
          isDisabled={isBusy}
          aria-describedby={heading}
          onPress={() => act({ kind: 'acknowledge' }, alert)}
        >
          {strings.alerts.acknowledge}
        </Button>
      )}
      {!isOver && (
        <MenuTrigger>
          <Button className="button" isDisabled={isBusy} aria-describedby={heading}>
            {strings.alerts.snooze}
          </Button>
          <Popover className="popover">
            <Menu
              className="menu"
              aria-label={strings.alerts.snooze}
              onAction={(minutes) => {
                const until = new Date(serverNow() + Number(minutes) * MINUTE).toISOString();
                act({ kind: 'snooze', until }, alert);
              }}
            >
              {SNOOZE_MINUTES.map((minutes) => (
                <MenuItem key={minutes} id={minutes} className="menu-item">
                  {fill(strings.alerts.minutes, { minutes })}
                </MenuItem>
              ))}
            </Menu>
          </Popover>
        </MenuTrigger>
      )}
      {!isOver && (
        <Button
          className="button"
          isDisabled={isBusy}
          aria-describedby={heading}
          onPress={() => act({ kind: 'resolve' }, alert)}
        >
          {strings.alerts.resolve}
        </Button>
      )}
    </>
  );
}
