import { useEffect, useLayoutEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { paletteAt, type Palette } from './palette.js';

/** What a plot draws; made again when the theme changes. `makeOptions` must be the same function as long as its answer would be. */
export interface PlotProps {
  readonly data: uPlot.AlignedData;
  readonly makeOptions: (palette: Palette) => Omit<uPlot.Options, 'width' | 'height'>;
  /** CSS pixels. */
  readonly height: number;
  /** Where the cursor stands, on the first axis and in the unit of the first scale; null: nowhere. */
  readonly marked?: { readonly x: number; readonly y: number | null } | null;
  /** Called with the time under the pointer; not when `marked` moves the cursor. */
  readonly onPoint?: (x: number) => void;
}

/** A uPlot chart as wide as its place. What it shows is said elsewhere in words: the canvas itself is no text. */
export function Plot({ data, makeOptions, height, marked, onPoint }: PlotProps): React.ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const newest = useRef({ data, onPoint });
  newest.current = { data, onPoint };

  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return;
    const make = (): void => {
      chart.current?.destroy();
      const { hooks, ...options } = makeOptions(paletteAt(element));
      const pointed = (u: uPlot): void => {
        const { left, event } = u.cursor;
        // Without an event it is `marked` that moved the cursor.
        if (event === undefined || event === null || left === undefined || left < 0) return;
        newest.current.onPoint?.(u.posToVal(left, 'x'));
      };
      chart.current = new uPlot(
        {
          width: Math.max(200, element.clientWidth),
          height,
          legend: { show: false },
          ...options,
          hooks: { ...hooks, setCursor: [...(hooks?.setCursor ?? []), pointed] },
        },
        newest.current.data,
        element,
      );
    };
    make();
    const resized = new ResizeObserver(() => {
      const width = Math.max(200, element.clientWidth);
      if (chart.current !== null && chart.current.width !== width) chart.current.setSize({ width, height });
    });
    resized.observe(element);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', make);
    return () => {
      dark.removeEventListener('change', make);
      resized.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
  }, [makeOptions, height]);

  useEffect(() => chart.current?.setData(data), [data]);

  useEffect(() => {
    const u = chart.current;
    if (u === null) return;
    // Scales are set a microtask after the data.
    queueMicrotask(() => {
      if (chart.current !== u) return;
      if (marked === null || marked === undefined) u.setCursor({ left: -10, top: -10 }, false);
      else {
        const top = marked.y === null ? 0 : u.valToPos(marked.y, 'y');
        u.setCursor({ left: u.valToPos(marked.x, 'x'), top }, false);
      }
    });
  }, [marked, data]);

  // As tall as it will be, so that nothing moves when it is drawn.
  return <div ref={place} className="plot" style={{ minHeight: height }} />;
}
