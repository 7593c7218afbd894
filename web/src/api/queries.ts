// Reading, kept and renewed: every screen asks through these, so that what is shown twice is asked
// once and what the server hints at is read again.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient, type InfiniteData, type Query } from "@tanstack/react-query";
import { useEffect, useMemo, useReducer } from "react";
import { get, type GetAnswer, type GetArgs, type GetPath, type GetQuery } from "./client";
import type { Page } from "./types";

type Row<P extends GetPath> = GetAnswer<P> extends Page<infer R> ? R : never;

export function useGet<P extends GetPath>(
  path: P, args: GetArgs<P>, query: GetQuery<P> = {}, enabled = true,
) {
  return useQuery({
    queryKey: [path, args, query],
    queryFn: ({ signal }) => get(path, args, query, signal),
    enabled,
  });
}

const PAGES_LONG = 4; // a list of more pages than this is read again when its reader says so
const PAGE_NEXT = 500; // rows of each page after the first, the most the server gives
const CHANGED = "lists-changed";

const isLong = (query: Query) => query.queryKey[3] === "list"
  && ((query.state.data as InfiniteData<unknown> | undefined)?.pages.length ?? 0) > PAGES_LONG;

/** What is shown may not be so any more: it is read again, but for long lists, whose readers are told. */
export function useHint() {
  const client = useQueryClient();
  return () => {
    void client.invalidateQueries({ predicate: isLong, refetchType: "none" });
    void client.invalidateQueries({ predicate: (query) => !isLong(query) });
    window.dispatchEvent(new Event(CHANGED));
  };
}

/** A list by keys, page after page; `rows` are those of all pages that were asked for. A long one says
    with `changed` that the server has something newer. */
export function useList<P extends GetPath>(
  path: P, args: GetArgs<P>, query: GetQuery<P> = {}, enabled = true,
) {
  const client = useQueryClient();
  const queryKey = [path, args, query, "list"];
  const unlessLong = (asked: Query) => !isLong(asked);
  const list = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      get(path, args, { ...query, cursor: pageParam, ...(pageParam ? { limit: PAGE_NEXT } : {}) } as GetQuery<P>,
        signal) as Promise<Page<Row<P>>>,
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    enabled,
    refetchOnWindowFocus: unlessLong as never,
    refetchOnReconnect: unlessLong as never,
    refetchOnMount: unlessLong as never,
  });
  const [, look] = useReducer((times: number) => times + 1, 0);
  useEffect(() => {
    window.addEventListener(CHANGED, look);
    return () => window.removeEventListener(CHANGED, look);
  }, []);
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const changed = (list.data?.pages.length ?? 0) > PAGES_LONG
    && client.getQueryState(queryKey)?.isInvalidated === true;
  return { ...list, rows, changed };
}

/** A change after which everything shown is asked again: the server decides what followed. */
export function useChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => client.invalidateQueries(),
  });
}

/** Takes away what the page shows: it is left before everything else is asked again. */
export function useDrop(drop: () => Promise<unknown>, leave: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: drop,
    onSuccess: async () => {
      leave();
      await new Promise((left) => setTimeout(left));
    },
    onSettled: () => client.invalidateQueries(),
  });
}

/** All that a list has, page after page: for a file, not for a screen. */
export async function getAll<P extends GetPath>(path: P, args: GetArgs<P>, query: GetQuery<P> = {}): Promise<Row<P>[]> {
  const all: Row<P>[] = [];
  let cursor: string | null = null;
  do {
    const page = await get(path, args, { ...query, limit: 500, cursor } as GetQuery<P>) as Page<Row<P>>;
    all.push(...page.items);
    cursor = page.next ?? null;
  } while (cursor);
  return all;
}
