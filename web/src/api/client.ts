// The API as its generated types describe it: a path that does not exist, a missing argument or a
// wrong body does not compile.
import type { Problem, Routes } from "./types";

type Operation = keyof Routes;
type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
type Paths<M extends Method> = {
  [O in Operation]: Routes[O] extends { method: M } ? Routes[O]["path"] : never;
}[Operation];
type Route<M extends Method, P> = {
  [O in Operation]: Routes[O] extends { method: M; path: P } ? Routes[O] : never;
}[Operation];

export type GetPath = Paths<"GET">;
type Args<R> = R extends { arguments: infer A } ? A : never;
type Query<R> = R extends { query: infer Q } ? Q : never;
type Body<R> = R extends { body: infer B } ? B : never;
type Answer<R> = R extends { answer: infer A } ? A : never;

export type GetAnswer<P extends GetPath> = Answer<Route<"GET", P>>;
export type GetQuery<P extends GetPath> = Partial<Query<Route<"GET", P>>>;
export type GetArgs<P extends GetPath> = Args<Route<"GET", P>>;

/** What the server refused, with the sentence for people. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
  }
}

/** Nobody is signed in any more: the shell asks for the password and what was typed stays. */
export class SignedOut extends Refused {}

/** The server could not be reached. */
export class Unreachable extends Error {}

let csrf = "";
let language = "es";
let onSignedOut = () => {};
let confirmed: () => Promise<boolean> = () => Promise.resolve(false);
const NOT_STRONG = "PN-1205";

export function setCsrf(token: string | null | undefined) {
  csrf = token ?? "";
}

/** What the server's sentences are written in: timelines, reasons, the gate's answers. */
export function setReader(reader: string) {
  language = reader;
}

/** What is guarded takes a fresh sign-in: whoever can ask for it says whether it was given. */
export function whenWeak(listener: () => Promise<boolean>) {
  confirmed = listener;
}
export function whenSignedOut(listener: () => void) {
  onSignedOut = listener;
}

function url(path: string, args: Record<string, string>, query: Record<string, unknown>): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(args[name]!));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === "") continue;
    search.set(name, typeof value === "object" ? JSON.stringify(value) : String(value));
  }
  return search.size > 0 ? `${filled}?${search}` : filled;
}

/** In the reader's language, where that has words for it. */
async function worded(problem: Problem): Promise<Problem> {
  if (language.startsWith("en") || problem.status >= 500 || !problem.detail) return problem;
  const table = await import("./refusals").catch(() => null); // of another release by now: as it was said
  return table ? { ...problem, detail: table.told(problem.detail, language) } : problem;
}

async function ask(method: Method, address: string, init: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    const headers = { "Accept-Language": language, ...init.headers };
    answer = await fetch(address, { method, credentials: "same-origin", ...init, headers });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Unreachable();
  }
  if (answer.ok) return answer;
  const problem: Problem = await answer.json().catch(() => ({
    type: "about:blank", title: answer.statusText, status: answer.status, code: "", detail: "",
    instance: "",
  }));
  if (answer.status === 401 && !address.startsWith("/v1/session")) {
    onSignedOut();
    throw new SignedOut(problem);
  }
  throw new Refused(await worded(problem));
}

export async function get<P extends GetPath>(
  path: P, args: GetArgs<P>, query: GetQuery<P> = {}, signal?: AbortSignal,
): Promise<GetAnswer<P>> {
  const answer = await ask("GET", url(path, args as Record<string, string>, query), {
    ...(signal ? { signal } : {}),
  });
  return answer.json();
}

/** What is no JSON: a message as it was sent. */
export async function getText<P extends GetPath>(path: P, args: GetArgs<P>): Promise<string> {
  return (await ask("GET", url(path, args as Record<string, string>, {}), {})).text();
}

/** A file the server makes. */
export async function getFile<P extends GetPath>(
  path: P, args: GetArgs<P>, query: GetQuery<P>,
): Promise<Blob> {
  return (await ask("GET", url(path, args as Record<string, string>, query), {})).blob();
}

/** `version`: nothing is changed that somebody changed since; `leaving`: the page goes away. */
export interface Over { version?: number | string; leaving?: boolean }

async function change(
  method: Method, path: string, args: unknown, body: unknown, key: string,
  query: Record<string, unknown> = {}, over: Over = {},
): Promise<any> {
  const headers: Record<string, string> = { "X-CSRF-Token": csrf };
  if (method === "POST") headers["Idempotency-Key"] = key;
  if (over.version !== undefined) headers["If-Match"] = `"${over.version}"`;
  if (body instanceof Blob) headers["Content-Type"] = body.type || "application/octet-stream";
  else if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer: Response;
  try {
    answer = await ask(method, url(path, args as Record<string, string>, query), {
      headers,
      ...(over.leaving ? { keepalive: true } : {}),
      ...(body !== undefined ? { body: body instanceof Blob ? body : JSON.stringify(body) } : {}),
    });
  } catch (error) {
    const weak = error instanceof Refused && error.problem.code === NOT_STRONG;
    if (!weak || path.startsWith("/v1/session") || !(await confirmed())) throw error;
    return change(method, path, args, body, key, query, over);
  }
  return answer.status === 204 ? undefined : answer.json();
}

type Change<M extends Method> = <P extends Paths<M>>(
  path: P, args: Args<Route<M, P>>, body: Body<Route<M, P>>, key?: string, over?: Over,
) => Promise<Answer<Route<M, P>>>;

/** `key` makes a repetition of the same wish harmless; each call is a wish of its own without it. */
export const post: Change<"POST"> = (path, args, body, key = crypto.randomUUID(), over = {}) =>
  change("POST", path, args, body, key, {}, over);
/** With the version that was read, what somebody else changed meanwhile is not written over. */
type Renewal<M extends Method> = <P extends Paths<M>>(
  path: P, args: Args<Route<M, P>>, body: Body<Route<M, P>>, version?: string, leaving?: boolean,
) => Promise<Answer<Route<M, P>>>;
export const put: Renewal<"PUT"> = (path, args, body, version, leaving = false) =>
  change("PUT", path, args, body, "", {}, { leaving, ...(version ? { version } : {}) });
export const patch: Renewal<"PATCH"> = (path, args, body, version) =>
  change("PATCH", path, args, body, "", {}, version ? { version } : {});
export const remove: Change<"DELETE"> = (path, args, _body, _key, over = {}) =>
  change("DELETE", path, args, undefined, "", {}, over);
export function removeBy<P extends Paths<"DELETE">>(
  path: P, args: Args<Route<"DELETE", P>>, query: Partial<Query<Route<"DELETE", P>>>, version: string,
): Promise<Answer<Route<"DELETE", P>>> {
  return change("DELETE", path, args, undefined, "", query, { version });
}
/** A file as it is, with what the route asks beside it. */
export function upload<P extends Paths<"POST">>(
  path: P, args: Args<Route<"POST", P>>, query: Partial<Query<Route<"POST", P>>>, file: Blob,
): Promise<Answer<Route<"POST", P>>> {
  return change("POST", path, args, file, crypto.randomUUID(), query);
}
export function putFile<P extends Paths<"PUT">>(path: P, args: Args<Route<"PUT", P>>, file: Blob) {
  return change("PUT", path, args, file, "") as Promise<Answer<Route<"PUT", P>>>;
}
