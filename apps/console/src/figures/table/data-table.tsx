import type { Cell } from './csv.js';
import { cellText } from './cell-text.js';
import { ScrollingTable } from './scrolling-table.js';

interface Props {
  readonly caption: string;
  readonly columns: readonly string[];
  /** The first cell of each names it. */
  readonly rows: readonly (readonly Cell[])[];
}

/** Figures as a table that scrolls by itself where the window is narrow. */
export function DataTable({ caption, columns, rows }: Props): React.ReactNode {
  return (
    <ScrollingTable name={caption} columns={columns}>
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
    </ScrollingTable>
  );
}
