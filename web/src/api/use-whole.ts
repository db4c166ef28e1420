import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { useCallback, useEffect, useMemo, useState } from "react";
import { type AnyVariables, type CombinedError, type OperationContext, useClient, useQuery } from "urql";

/** A page of a list of the API. */
interface Listed<Node> {
  nodes: Node[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** An answer whose lists are what is on all of their pages. */
export type Whole<Data> = { [Key in keyof Data]: Data[Key] extends Listed<infer Node> | undefined ? Node[] : Data[Key] };

interface Asked<Data, Variables extends AnyVariables> {
  /** Asks for each list as `things(first: 100, after: $thingsAfter)`, with its `pageInfo`. */
  query: TypedDocumentNode<Data, Variables>;
  variables?: Record<string, unknown>;
  requestPolicy?: "cache-first" | "cache-and-network" | "network-only";
  pause?: boolean;
  /** Whether nothing is shown before everything is there: for whoever looks for one of them. */
  complete?: boolean;
}

interface Shown<Data> {
  data: Whole<Data> | undefined;
  error: CombinedError | undefined;
  /** Whether further pages are being read. */
  reading: boolean;
  /** Whether it is being asked for anew. */
  stale: boolean;
}

/** Pages that were joined to those that `first` begins with. */
interface Joined<Data> {
  first: Data;
  key: string;
  data: Data;
  error: CombinedError | undefined;
}

/**
 * All of some lists, read page after page: what is there is shown meanwhile, and when they are asked for anew, what was
 * there before. Otherwise like `useQuery`.
 */
export function useWhole<Data extends object, Variables extends AnyVariables>({
  query,
  variables,
  requestPolicy,
  pause,
  complete = false,
}: Asked<Data, Variables>): [Shown<Data>, (context?: Partial<OperationContext>) => void] {
  const api = useClient();
  const key = JSON.stringify(variables ?? {});
  const [{ data: answered, error, stale }, ask] = useQuery<Data, AnyVariables>({
    query,
    variables: variables ?? {},
    ...(requestPolicy && { requestPolicy }),
    ...(pause !== undefined && { pause }),
  });
  // Where the server refuses a list, all of its answer is null.
  const first = answered ?? undefined;
  const [joined, setJoined] = useState<Joined<Data> | null>(null);

  useEffect(() => {
    if (first === undefined || !hasMore(first)) return;
    let stopped = false;
    const read = async (): Promise<void> => {
      let all = first;
      while (hasMore(all)) {
        const further = { ...JSON.parse(key), ...cursors(all) } as AnyVariables;
        const page = await api.query<Data, AnyVariables>(query, further, { requestPolicy: "network-only" }).toPromise();
        if (stopped) return;
        if (page.data) all = join(all, page.data);
        const [now, failed] = [all, page.error];
        setJoined((was) => (hasMore(now) && !failed && was?.key === key && !hasMore(was.data) ? was : { first, key, data: now, error: failed }));
        if (!page.data) return;
      }
    };
    void read();
    return () => {
      stopped = true;
    };
  }, [api, query, key, first]);

  const known = joined !== null && joined.key === key ? joined : null;
  const best = first === undefined || !hasMore(first) ? first : (known?.data ?? first);
  const reading = best !== undefined && hasMore(best);
  const shown = complete && reading ? undefined : best;
  const data = useMemo(() => (shown === undefined ? undefined : flat(shown)), [shown]);
  const again = useCallback((context?: Partial<OperationContext>) => ask(context), [ask]);
  return [{ data, error: error ?? known?.error, reading, stale }, again];
}

function isListed(value: unknown): value is Listed<unknown> {
  return typeof value === "object" && value !== null && "nodes" in value && "pageInfo" in value;
}

function lists(data: object): [string, Listed<unknown>][] {
  return Object.entries(data).filter((entry): entry is [string, Listed<unknown>] => isListed(entry[1]));
}

function hasMore(data: object): boolean {
  return lists(data).some(([, { pageInfo }]) => pageInfo.hasNextPage);
}

function cursors(data: object): Record<string, string | null> {
  return Object.fromEntries(lists(data).map(([name, { pageInfo }]) => [`${name}After`, pageInfo.endCursor]));
}

/** The lists of `before` with a page more of each; one that has ended keeps its end. */
function join<Data extends object>(before: Data, page: Data): Data {
  const further = new Map(lists(page));
  const longer = lists(before).map(([name, { nodes, pageInfo }]) => {
    const next = further.get(name);
    if (next === undefined) return [name, { nodes, pageInfo }];
    const endCursor = next.pageInfo.endCursor ?? pageInfo.endCursor;
    return [name, { nodes: [...nodes, ...next.nodes], pageInfo: { hasNextPage: next.pageInfo.hasNextPage, endCursor } }];
  });
  return { ...before, ...Object.fromEntries(longer) };
}

function flat<Data extends object>(data: Data): Whole<Data> {
  return { ...data, ...Object.fromEntries(lists(data).map(([name, { nodes }]) => [name, nodes])) } as Whole<Data>;
}
