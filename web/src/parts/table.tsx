// A list by keys as a table: columns say what they show, rows open by click and by keyboard. Of a
// long one only what is in sight, some rows around it and the row with the focus are in the page.
import { useWindowVirtualizer, defaultRangeExtractor, type Range } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { flushSync } from "react-dom";
import { count } from "../format";
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
  /** The server has something newer than this long list. */
  changed?: boolean;
  isFetching?: boolean;
}

interface Props<Row> {
  label: string;
  list: List<Row>;
  columns: Column<Row>[];
  keyOf: (row: Row) => string;
  empty: ReactNode;
  open?: (row: Row) => void;
  selected?: string | undefined;
}

const ROWS_WHOLE = 100; // up to which all rows are in the page
const ROWS_AROUND = 20; // above and below what is in sight
const ROWS_PRINTED = 2000;

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

/** True while it is printed: then all rows are there, within reason. */
function usePrinted(): boolean {
  const [printed, print] = useState(false);
  useEffect(() => {
    const paper = matchMedia("print");
    // the picture of the page is taken as soon as the event is over
    const begin = () => flushSync(() => print(true));
    const end = () => print(false);
    const change = () => paper.matches ? begin() : end();
    window.addEventListener("beforeprint", begin);
    window.addEventListener("afterprint", end);
    paper.addEventListener("change", change);
    return () => {
      window.removeEventListener("beforeprint", begin);
      window.removeEventListener("afterprint", end);
      paper.removeEventListener("change", change);
    };
  }, []);
  return printed;
}

/** True from the moment somebody searches with the browser, which does not see what is not there. */
function useSearched(watched: boolean): boolean {
  const [searched, search] = useState(false);
  useEffect(() => {
    if (!watched) { search(false); return; }
    const key = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "f") search(true);
    };
    window.addEventListener("keydown", key);
    return () => window.removeEventListener("keydown", key);
  }, [watched]);
  return searched;
}

/** The row's place in the list, from its element. */
const placeOf = (element: Element | null) => {
  const row = element?.closest("tr[data-index]");
  return row instanceof HTMLElement ? Number(row.dataset.index) : -1;
};

interface Part { index: number; start: number; end: number }

/** Which rows are there, and how high is what is not. Of a short list, and on paper, all of them. */
function useWindow<Row>(rows: Row[], keyOf: (row: Row) => string) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [above, measure] = useState(0);
  const [focused, focus] = useState(-1);
  const printed = usePrinted();
  const windowed = rows.length > ROWS_WHOLE && !printed;
  const virtual = useWindowVirtualizer({
    count: rows.length, enabled: windowed, estimateSize: () => 44, overscan: ROWS_AROUND, scrollMargin: above,
    getItemKey: (index) => keyOf(rows[index]!),
    rangeExtractor: (range: Range) => {
      const places = defaultRangeExtractor(range);
      // the one with the focus stays: it would be lost with its row
      return focused < 0 || focused >= rows.length || places.includes(focused) ? places
        : [...places, focused].sort((a, b) => a - b);
    },
  });
  useLayoutEffect(() => {
    if (body.current) measure(Math.round(body.current.getBoundingClientRect().top + window.scrollY));
  });
  const parts: Part[] = windowed
    ? virtual.getVirtualItems().map(({ index, start, end }) => ({ index, start: start - above, end: end - above }))
    : rows.slice(0, printed ? ROWS_PRINTED : rows.length).map((_, index) => ({ index, start: 0, end: 0 }));
  return { body, windowed, parts, focus, measured: windowed ? virtual.measureElement : undefined,
    height: windowed ? virtual.getTotalSize() : 0,
    left: printed ? Math.max(rows.length - ROWS_PRINTED, 0) : 0 };
}

/** Rows come and go: the columns keep the widths that they had with the first ones. */
function useWidths(windowed: boolean, columns: number) {
  const head = useRef<HTMLTableRowElement>(null);
  const [widths, keep] = useState<number[] | null>(null);
  useLayoutEffect(() => {
    if (!windowed || widths) return;
    keep([...head.current!.cells].map((cell) => cell.getBoundingClientRect().width));
  }, [windowed, widths]);
  useEffect(() => {
    if (!windowed) { keep(null); return; }
    const again = () => keep(null);
    window.addEventListener("resize", again);
    return () => window.removeEventListener("resize", again);
  }, [windowed, columns]);
  return { head, widths: windowed ? widths : null };
}

function Gap({ height, columns }: { height: number; columns: number }) {
  return height > 0 ? <tr aria-hidden="true" className="gap"><td colSpan={columns} style={{ height }} /></tr> : null;
}

function Rows<Row>(props: Props<Row>) {
  const { t } = useWords();
  const { list, columns, open } = props;
  const { rows } = list;
  const { body, windowed, parts, focus, measured, height, left } = useWindow(rows, props.keyOf);
  const { head, widths } = useWidths(windowed, columns.length);
  const searched = useSearched(windowed);
  const last = parts[parts.length - 1];
  // who asked for more goes on by scrolling
  const near = windowed && last !== undefined && last.index >= rows.length - 2 * ROWS_AROUND;
  useEffect(() => {
    if (near && list.hasNextPage && !list.isFetchingNextPage && !list.error) void list.fetchNextPage();
  }, [near, list]);
  const classOf = (column: Column<Row>) =>
    column.number ? "number" : column.clip ? "clip" : column.lines ? "lines" : undefined;
  return (
    <>
      {searched && (
        <p className="note warn find-note" role="status">
          {t("table.search_says", { seen: count(parts.length), all: count(rows.length) })}
        </p>
      )}
      {list.changed && (
        <p className="note find-note" role="status">{t("table.changed")}{" "}
          <button className="button" disabled={list.isFetching} onClick={() => void list.refetch()}>{t("table.again")}</button></p>
      )}
      <Scroll label={props.label}>
        <table className="list" aria-label={props.label} data-fixed={widths ? "" : undefined}
          aria-rowcount={list.hasNextPage ? -1 : rows.length + 1}
          style={widths ? { width: widths.reduce((sum, one) => sum + one, 0) } : undefined}>
          {widths && <colgroup>{widths.map((width, at) => <col key={at} style={{ width }} />)}</colgroup>}
          <thead>
            <tr ref={head} aria-rowindex={1}>
              {columns.map((column) => (
                <th key={column.name} scope="col" className={column.number ? "number" : undefined}>
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body}
            onFocus={(event) => focus(placeOf(event.target))}
            onBlur={(event) => { if (!event.currentTarget.contains(event.relatedTarget)) focus(-1); }}>
            {parts.flatMap((part, at) => {
              const row = rows[part.index];
              if (row === undefined) return [];
              const key = props.keyOf(row);
              const gap = windowed ? part.start - (at > 0 ? parts[at - 1]!.end : 0) : 0;
              return [
                gap > 0 && <Gap key={`gap ${key}`} height={gap} columns={columns.length} />,
                <tr key={key} ref={measured} data-index={part.index} aria-rowindex={part.index + 2}
                  data-open={open ? "" : undefined} aria-current={props.selected === key || undefined}
                  onClick={open && ((event) => {
                    if (!(event.target as Element).closest("a,button,input")) open(row);
                  })}>
                  {columns.map((column) => (
                    <td key={column.name} className={classOf(column)} data-label={column.name}>
                      <div className="cell">{column.cell(row)}</div></td>
                  ))}
                </tr>,
              ];
            })}
            {windowed && last && <Gap height={height - last.end} columns={columns.length} />}
          </tbody>
        </table>
      </Scroll>
      {left > 0 && <p className="muted find-note">{t("table.not_printed", { count: count(left) })}</p>}
      {list.hasNextPage && (
        <div className="more">
          <button className="button quiet" disabled={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}>
            {t("state.more")}
          </button>
        </div>
      )}
      {windowed && (
        <p className="visually-hidden" role="status">
          {t(list.hasNextPage ? "table.so_far" : "table.all", { count: count(rows.length) })}
        </p>
      )}
    </>
  );
}

export function Table<Row>(props: Props<Row>) {
  const { list } = props;
  if (list.error && list.rows.length === 0) {
    return <Failed error={list.error} retry={() => void list.refetch()} />;
  }
  if (list.isPending) return <Waiting />;
  if (list.rows.length === 0) return <>{props.empty}</>;
  return <Rows {...props} />;
}
