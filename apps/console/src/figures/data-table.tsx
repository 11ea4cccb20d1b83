import type { Cell } from './csv.js';
import { cellText } from './cell-text.js';

interface Props {
  readonly caption: string;
  readonly columns: readonly string[];
  /** The first cell of each names it. */
  readonly rows: readonly (readonly Cell[])[];
}

/** Figures as a table that scrolls by itself where the window is narrow. */
export function DataTable({ caption, columns, rows }: Props): React.ReactNode {
  return (
    <div className="scrollable" role="region" aria-label={caption} tabIndex={0}>
      <table>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, ...cells], row) => (
            // Rows have no other name than their place: the table is as a whole another when it changes.
            <tr key={row}>
              <th scope="row">{cellText(name ?? null)}</th>
              {cells.map((cell, i) => (
                <td key={columns[i + 1]} className={typeof cell === 'number' ? 'number' : undefined}>
                  {cellText(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
