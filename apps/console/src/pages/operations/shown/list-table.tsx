import { strings } from '../../../strings/strings.js';

interface Props {
  /** What is listed, for those who do not see the heading above. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly isEmpty: boolean;
  /** Rows, each with a header cell of its own. */
  readonly children: React.ReactNode;
}

/** A table that scrolls by itself where it is wider than the window, also by keyboard. */
export function ListTable({ name, columns, isEmpty, children }: Props): React.ReactNode {
  if (isEmpty) return <p className="muted">{strings.operations.none}</p>;
  return (
    <div className="scrollable" role="region" aria-label={name} tabIndex={0}>
      <table aria-label={name}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
