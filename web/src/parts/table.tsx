// A list by keys as a table: columns say what they show, rows open by click and by keyboard.
import { useEffect, useRef, type ReactNode } from "react";
import { useWords } from "../i18n";
import { Failed, Waiting } from "./state";

export interface Column<Row> {
  name: string;
  number?: boolean;
  clip?: boolean;
  /** Its text goes on in further lines. */
  lines?: boolean;
  cell: (row: Row) => ReactNode;
}

interface List<Row> {
  rows: Row[];
  error: unknown;
  isPending: boolean;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
  refetch: () => unknown;
}

/** What is wider than its place scrolls in it, with a shadow at the side where there is more. */
export function Scroll(props: { label: string; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const seen = box.current!;
    const look = () => {
      const left = seen.scrollWidth - seen.clientWidth - seen.scrollLeft;
      seen.toggleAttribute("data-more", left > 1);
      seen.toggleAttribute("data-before", seen.scrollLeft > 1);
    };
    const watch = new ResizeObserver(look);
    watch.observe(seen);
    if (seen.firstElementChild) watch.observe(seen.firstElementChild);
    seen.addEventListener("scroll", look, { passive: true });
    return () => { watch.disconnect(); seen.removeEventListener("scroll", look); };
  }, []);
  return (
    <div className="scroll-place">
      <div className="scroll" ref={box} tabIndex={0} role="region" aria-label={props.label}>{props.children}</div>
    </div>
  );
}

export function Table<Row>(props: {
  label: string;
  list: List<Row>;
  columns: Column<Row>[];
  keyOf: (row: Row) => string;
  empty: ReactNode;
  open?: (row: Row) => void;
  selected?: string | undefined;
}) {
  const { t } = useWords();
  const { list, columns, open } = props;
  if (list.error && list.rows.length === 0) {
    return <Failed error={list.error} retry={() => void list.refetch()} />;
  }
  if (list.isPending) return <Waiting />;
  if (list.rows.length === 0) return <>{props.empty}</>;
  return (
    <>
      <Scroll label={props.label}>
        <table aria-label={props.label}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.name} scope="col" className={column.number ? "number" : undefined}>
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {list.rows.map((row) => (
              <tr key={props.keyOf(row)} data-open={open ? "" : undefined}
                aria-current={props.selected === props.keyOf(row) || undefined}
                onClick={open && ((event) => {
                  if (!(event.target as Element).closest("a,button,input")) open(row);
                })}>
                {columns.map((column) => (
                  <td key={column.name}
                    className={column.number ? "number" : column.clip ? "clip" : column.lines ? "lines" : undefined}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {list.hasNextPage && (
        <div className="more">
          <button className="button quiet" disabled={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}>
            {t("state.more")}
          </button>
        </div>
      )}
    </>
  );
}
