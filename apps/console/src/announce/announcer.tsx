import { Link, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { Button } from 'react-aria-components';
import { mayOpen, PAGES } from '../app/page-access.js';
import { useScope, useSession } from '../app/session.js';
import { fill, strings } from '../strings/strings.js';
import { serverNow } from '../times/server-now.js';
import { Time } from '../times/time.js';
import './announce.css';
import { useOpenHigh } from './open-high.js';
import { pageTitle } from './page-title.js';
import { useAlarmSound, type SoundState } from './sound/use-alarm-sound.js';
import { useAlertsFresh } from './use-alerts-fresh.js';
import { useAnnouncements } from './use-announcements.js';

const ROLES = PAGES.find(({ path }) => path === '/alerts')?.roles ?? [];

/** High alerts on every page: sound, title, a live region, and how the sound is muted; for those who may see alerts. */
export function Announcer(): React.ReactNode {
  const roles = useSession().signedIn?.roles ?? [];
  const mayRead = useScope('alerts.read');
  return mayRead && mayOpen(roles, ROLES) ? <HighAlerts /> : <Title openHigh={0} />;
}

function HighAlerts(): React.ReactNode {
  const open = useOpenHigh();
  const openHigh = open?.total ?? 0;
  const sound = useAlarmSound(openHigh);
  const announcements = useAnnouncements(open, sound.playNew);
  useAlertsFresh();
  return (
    <>
      <Title openHigh={openHigh} />
      {/* Dialogs hide what is outside them from screen readers, but not what is marked so. */}
      <div aria-live="assertive" aria-relevant="additions" className="visually-hidden" data-live-announcer="true">
        {announcements.map(({ key, text }) => (
          <p key={key}>{text}</p>
        ))}
      </div>
      <section className="announce" aria-label={strings.announce.section}>
        {openHigh > 0 && (
          <Link to="/alerts" search={{ severity: 'high', status: 'open' }} className="severity-high">
            {fill(openHigh === 1 ? strings.announce.oneOpen : strings.announce.manyOpen, { count: openHigh })}
          </Link>
        )}
        <Sound sound={sound} />
      </section>
    </>
  );
}

function Sound({ sound }: { readonly sound: SoundState }): React.ReactNode {
  const { canPlay, mutedUntil, enable, mute, unmute } = sound;
  if (!canPlay)
    return (
      <>
        <span role="status">{strings.announce.blocked}</span>
        <Button className="button" onPress={enable}>
          {strings.announce.enable}
        </Button>
      </>
    );
  if (mutedUntil === undefined)
    return (
      <Button className="button" onPress={mute}>
        {strings.announce.mute}
      </Button>
    );
  return (
    <>
      <span role="status">
        {/* By the clock by which all times of the page are shown; the mute itself goes by the browser's. */}
        {strings.announce.mutedUntil} <Time at={serverNow() + mutedUntil - Date.now()} />
      </span>
      <Button className="button" onPress={unmute}>
        {strings.announce.unmute}
      </Button>
    </>
  );
}

function Title({ openHigh }: { readonly openHigh: number }): null {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  useEffect(() => {
    const page = PAGES.find((one) => one.path === path)?.title;
    document.title = pageTitle(page ?? (path.startsWith('/patients/') ? strings.pages.patient : undefined), openHigh);
  }, [path, openHigh]);
  return null;
}
