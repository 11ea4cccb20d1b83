import { colourClass, DASHES } from './line-styles.js';

interface Props {
  readonly series: readonly string[];
  readonly kind: 'bar' | 'line';
}

/** Which series is drawn how. */
export function Legend({ series, kind }: Props): React.ReactNode {
  return (
    <ul className="legend">
      {series.map((name, i) => (
        <li key={name}>
          <svg width="40" height="12" aria-hidden="true">
            {kind === 'line' ? (
              <line x1="0" y1="6" x2="40" y2="6" className={colourClass(i)} strokeDasharray={DASHES[i]?.join(' ')} />
            ) : (
              <rect x="1" y="1" width="38" height="10" className={i === 0 ? 'bar-filled' : 'bar-outline'} />
            )}
          </svg>{' '}
          {name}
        </li>
      ))}
    </ul>
  );
}
