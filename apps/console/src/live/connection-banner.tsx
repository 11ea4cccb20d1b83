import { useLayoutEffect, useRef } from 'react';
import { fill, strings } from '../strings/strings.js';
import { ageText } from './age-text.js';
import { exactText, secondText } from '../times/shown-time.js';
import { useNow } from '../times/use-now.js';
import { useConnection } from './use-live.js';

/** Says that nothing on the page is live, and how old the newest of it is. */
export function ConnectionBanner(): React.ReactNode {
  const { isLost, newestAt } = useConnection();
  // Dialogs hide what is outside them, but not what is marked so: it is said above them, too.
  return (
    <div className="connection-place" data-live-announcer="true">
      {isLost && <Lost newestAt={newestAt} />}
    </div>
  );
}

function Lost({ newestAt }: { readonly newestAt: string | null }): React.ReactNode {
  const now = useNow();
  const banner = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => heightShared(banner.current), []);
  const text =
    newestAt === null
      ? strings.connection.lostWithoutData
      : fill(strings.connection.lost, {
          time: secondText(newestAt, now),
        });
  return (
    <div className="connection" ref={banner}>
      <p role="alert" title={newestAt === null ? undefined : exactText(newestAt)}>
        {text}
      </p>
      {newestAt !== null && <p>{fill(strings.connection.age, { age: ageText(now - Date.parse(newestAt)) })}</p>}
    </div>
  );
}

const HEIGHT = '--connection-height';

/** Tells the style sheets how tall the banner is while it is there: what else sticks to the top of the window stands below it. @returns takes it back */
function heightShared(banner: HTMLElement | null): (() => void) | undefined {
  if (banner === null) return undefined;
  const { style } = document.documentElement;
  const observer = new ResizeObserver(() => style.setProperty(HEIGHT, `${banner.offsetHeight}px`));
  observer.observe(banner);
  return () => {
    observer.disconnect();
    style.removeProperty(HEIGHT);
  };
}
