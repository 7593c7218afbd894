// Reading, kept and renewed: every screen asks through these, so that what is shown twice is asked
// once and what the server hints at is read again.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
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

/** A list by keys, page after page; `rows` are those of all pages that were asked for. */
export function useList<P extends GetPath>(
  path: P, args: GetArgs<P>, query: GetQuery<P> = {}, enabled = true,
) {
  const list = useInfiniteQuery({
    queryKey: [path, args, query, "list"],
    queryFn: ({ pageParam, signal }) =>
      get(path, args, { ...query, cursor: pageParam } as GetQuery<P>, signal) as Promise<Page<Row<P>>>,
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    enabled,
  });
  return { ...list, rows: list.data?.pages.flatMap((page) => page.items) ?? [] };
}

/** A change after which everything shown is asked again: the server decides what followed. */
export function useChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
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
