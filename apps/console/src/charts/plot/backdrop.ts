import uPlot from 'uplot';
import { FONT } from './axes.js';
import { faded, type Palette } from './palette.js';

export interface DrawnLimit {
  readonly value: number;
  readonly direction: 'low' | 'high';
  readonly severity: 'high' | 'medium' | 'low';
  /** Such as `≥ 130`: what stands at its line. */
  readonly label: string;
}

/** What happened at a time, at the axis. */
export interface DrawnMark {
  readonly at: number;
  readonly kind: 'alert' | 'act';
  readonly severity?: 'high' | 'medium' | 'low' | undefined;
}

export interface Backdrop {
  readonly target: { readonly low: number; readonly high: number } | null;
  readonly limits: readonly DrawnLimit[];
  readonly marks: readonly DrawnMark[];
  /** Up to here it is measured, behind it predicted, ms; null where nothing is predicted. */
  readonly now: number | null;
}

/** Draws the target range, limits, and what happened behind the values. `current` is asked at each drawing. */
export function backdropHooks(current: () => Backdrop, palette: Palette): uPlot.Hooks.Arrays {
  return {
    drawClear: [
      (u) => {
        inPlot(u, (ctx) => {
          const { target, limits, now } = current();
          if (target !== null) drawTarget(u, ctx, target, palette);
          for (const limit of limits) drawLimit(u, ctx, limit, palette);
          if (now !== null) drawNow(u, ctx, now, palette);
        });
      },
    ],
    draw: [
      (u) => {
        inPlot(u, (ctx) => {
          for (const mark of current().marks) drawMark(u, ctx, mark, palette);
        });
      },
    ],
  };
}

function inPlot(u: uPlot, draw: (ctx: CanvasRenderingContext2D) => void): void {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  draw(ctx);
  ctx.restore();
}

function drawTarget(
  u: uPlot,
  ctx: CanvasRenderingContext2D,
  { low, high }: { readonly low: number; readonly high: number },
  { good }: Palette,
): void {
  const top = u.valToPos(high, 'y', true);
  ctx.fillStyle = faded(good, 0.14);
  ctx.fillRect(u.bbox.left, top, u.bbox.width, u.valToPos(low, 'y', true) - top);
}

function drawLimit(u: uPlot, ctx: CanvasRenderingContext2D, limit: DrawnLimit, palette: Palette): void {
  const y = Math.round(u.valToPos(limit.value, 'y', true));
  const ratio = uPlot.pxRatio;
  ctx.strokeStyle = palette[limit.severity];
  ctx.lineWidth = ratio;
  ctx.setLineDash(limit.severity === 'high' ? [8 * ratio, 3 * ratio] : [3 * ratio, 4 * ratio]);
  ctx.beginPath();
  ctx.moveTo(u.bbox.left, y);
  ctx.lineTo(u.bbox.left + u.bbox.width, y);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.fillStyle = palette[limit.severity];
  ctx.font = scaled(FONT, ratio);
  ctx.textAlign = 'left';
  // Beyond its line, but never outside of the chart.
  const [room, size] = [limit.direction === 'high' ? y - u.bbox.top : u.bbox.top + u.bbox.height - y, 18 * ratio];
  const isAbove = (limit.direction === 'high') === room >= size;
  ctx.textBaseline = isAbove ? 'bottom' : 'top';
  ctx.fillText(limit.label, u.bbox.left + 4 * ratio, isAbove ? y - 2 * ratio : y + 4 * ratio);
}

function drawNow(u: uPlot, ctx: CanvasRenderingContext2D, now: number, { line }: Palette): void {
  const x = Math.round(u.valToPos(now, 'x', true));
  ctx.strokeStyle = line;
  ctx.lineWidth = uPlot.pxRatio;
  ctx.beginPath();
  ctx.moveTo(x, u.bbox.top);
  ctx.lineTo(x, u.bbox.top + u.bbox.height);
  ctx.stroke();
}

/** Alerts are triangles, acts squares, both at the axis. */
function drawMark(u: uPlot, ctx: CanvasRenderingContext2D, mark: DrawnMark, palette: Palette): void {
  const ratio = uPlot.pxRatio;
  const x = u.valToPos(mark.at, 'x', true);
  const base = u.bbox.top + u.bbox.height;
  const size = 6 * ratio;
  ctx.fillStyle = mark.kind === 'alert' ? palette[mark.severity ?? 'low'] : palette.text;
  ctx.beginPath();
  if (mark.kind === 'alert') {
    ctx.moveTo(x, base - 2 * size);
    ctx.lineTo(x + size, base);
    ctx.lineTo(x - size, base);
    ctx.closePath();
  } else ctx.rect(x - size / 2, base - size, size, size);
  ctx.fill();
}

function scaled(font: string, ratio: number): string {
  return font.replace(/^\d+/, (size) => String(Number(size) * ratio));
}
