import { defaultRangeExtractor, useWindowVirtualizer, type Range } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState } from 'react';
import { ageText } from '../../live/age-text.js';
import { strings } from '../../strings/strings.js';
import type { useHeldTiles } from './held-tiles.js';
import { PatientTile } from './patient-tile.js';
import { TILE_WIDTH } from './tile-size.js';
import { standingOf, type WardPatient } from './ward-patient.js';

const GAP = 12;

interface TileListProps {
  readonly patients: readonly WardPatient[];
  /** In root font sizes. */
  readonly tileHeight: number;
  /** The server's time, ms. */
  readonly now: number;
  readonly isOld: boolean;
  readonly isLink: boolean;
  readonly tiles: ReturnType<typeof useHeldTiles>;
}

/** Tiles in rows; those that are near what the window shows are there. */
export function TileList({ patients, tileHeight, now, isOld, isLink, tiles }: TileListProps): React.ReactNode {
  const list = useRef<HTMLDivElement>(null);
  const { columns, top, rem } = useGrid(list);
  const height = tileHeight * rem;
  const rows = Math.ceil(patients.length / columns);
  const heldRows = tiles.held.map(({ index }) => Math.floor(index / columns)).filter((row) => row < rows);
  const virtual = useWindowVirtualizer({
    count: rows,
    estimateSize: () => height + GAP,
    overscan: 1,
    scrollMargin: top,
    rangeExtractor: (range: Range) =>
      [...new Set([...defaultRangeExtractor(range), ...heldRows])].sort((a, b) => a - b),
  });
  useLayoutEffect(() => virtual.measure(), [virtual, height]);
  const width = `calc((100% - ${(columns - 1) * GAP}px) / ${columns})`;
  const shown = virtual.getVirtualItems().flatMap(({ index: row, start }) =>
    patients.slice(row * columns, (row + 1) * columns).map((patient, column) => ({
      patient,
      index: row * columns + column,
      y: start - top,
      x: `calc(${column} * (${width} + ${GAP}px))`,
    })),
  );
  return (
    <div
      ref={list}
      role="list"
      aria-label={strings.ward.list}
      className="tiles"
      style={{ height: virtual.getTotalSize() }}
      {...tiles.on}
    >
      {shown.map(({ patient, index, x, y }) => {
        const { isSilent, stale } = standingOf(patient, now);
        return (
          <div
            key={patient.patient}
            role="listitem"
            aria-setsize={patients.length}
            aria-posinset={index + 1}
            data-patient={patient.patient}
            data-index={index}
            className="place"
            style={{ top: y, left: x, width, height }}
          >
            <PatientTile
              patient={patient}
              age={patient.asOf === null ? undefined : ageText(now - Date.parse(patient.asOf))}
              ages={patient.vitals.map(({ effectiveAt }) => ageText(now - Date.parse(effectiveAt))).join('|')}
              isSilent={isSilent}
              stale={stale.join(' ')}
              isOld={isOld}
              isLink={isLink}
            />
          </div>
        );
      })}
    </div>
  );
}

/** How many columns there is room for, and where the list begins on the page. */
function useGrid(list: React.RefObject<HTMLDivElement | null>): { columns: number; top: number; rem: number } {
  const [grid, setGrid] = useState({ columns: 1, top: 0, rem: 16 });
  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return;
    const measure = (): void => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      const columns = Math.max(1, Math.floor((element.clientWidth + GAP) / (TILE_WIDTH * rem + GAP)));
      const top = element.getBoundingClientRect().top + window.scrollY;
      setGrid((before) =>
        before.columns === columns && before.rem === rem && Math.abs(before.top - top) < 1
          ? before
          : { columns, top, rem },
      );
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    // What stands above it may grow, such as the banner.
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [list]);
  return grid;
}
