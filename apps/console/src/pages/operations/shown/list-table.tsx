import { ScrollingTable } from '../../../figures/table/scrolling-table.js';
import { strings } from '../../../strings/strings.js';

interface Props {
  /** What is listed, for those who do not see the heading above. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly isEmpty: boolean;
  /** Rows, each with a header cell of its own. */
  readonly children: React.ReactNode;
}

/** A list of the page, or that it has nothing. */
export function ListTable({ name, columns, isEmpty, children }: Props): React.ReactNode {
  if (isEmpty) return <p className="muted">{strings.operations.none}</p>;
  return (
    <ScrollingTable name={name} columns={columns}>
      {children}
    </ScrollingTable>
  );
}
