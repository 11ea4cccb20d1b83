interface Props {
  /** What the table shows, for those who do not see what stands around it. */
  readonly name: string;
  readonly columns: readonly string[];
  /** Rows, each with a header cell of its own. */
  readonly children: React.ReactNode;
}

/** A table that scrolls by itself where it is wider than the window, also by keyboard. */
export function ScrollingTable({ name, columns, children }: Props): React.ReactNode {
  return (
    <div className="scrollable" role="group" aria-label={name} tabIndex={0}>
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
