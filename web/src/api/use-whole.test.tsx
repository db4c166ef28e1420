import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, test, vi } from "vitest";

import { createApi } from "./client";
import { PlaceChoicesDocument } from "../gql/operations";
import { Api, fakeApi } from "../testing/api";
import { useWhole } from "./use-whole";

/** A list of so many, a page of two at a time; `after` is the number of the last one. */
function page(name: string, count: number, after: unknown): object {
  const start = after === null || after === undefined ? 0 : Number(after);
  const nodes = Array.from({ length: count }, (_, at) => ({ id: String(at + 1), name: `${name} ${at + 1}` })).slice(start, start + 2);
  return { nodes, pageInfo: { hasNextPage: start + 2 < count, endCursor: nodes.length > 0 ? String(start + nodes.length) : null } };
}

/** A server that answers the first page of each question, and each further one when it is let. */
function aServer() {
  const counts = { doors: 5, zones: 1 };
  const held: (() => void)[] = [];
  const { api, asked } = fakeApi(async ({ variables }) => {
    if (variables["doorsAfter"]) await new Promise<void>((go) => held.push(go));
    return { doors: page("Door", counts.doors, variables["doorsAfter"]), zones: page("Zone", counts.zones, variables["zonesAfter"]) };
  });
  const wrapper = ({ children }: { children: ReactNode }) => <Api api={api}>{children}</Api>;
  const next = async (): Promise<void> => {
    await waitFor(() => expect(held.length).toBeGreaterThan(0));
    await act(async () => held.shift()?.());
  };
  return { asked, counts, next, wrapper };
}

test("every page is read, and what is there is shown meanwhile", async () => {
  const { asked, next, wrapper } = aServer();
  const { result } = renderHook(() => useWhole({ query: PlaceChoicesDocument }), { wrapper });
  await waitFor(() => expect(result.current[0].data?.doors).toHaveLength(2));
  expect(result.current[0].reading).toBe(true);
  await next();
  await waitFor(() => expect(result.current[0].data?.doors).toHaveLength(4));
  await next();
  await waitFor(() => expect(result.current[0].reading).toBe(false));
  expect(result.current[0].data?.doors.map(({ id }) => id)).toEqual(["1", "2", "3", "4", "5"]);
  expect(result.current[0].data?.zones.map(({ id }) => id)).toEqual(["1"]);
  expect(asked.map(({ variables }) => [variables["doorsAfter"], variables["zonesAfter"]])).toEqual([
    [undefined, undefined],
    ["2", "1"],
    ["4", "1"],
  ]);
});

test("who looks for one of them sees nothing before all are there", async () => {
  const { next, wrapper } = aServer();
  const { result } = renderHook(() => useWhole({ query: PlaceChoicesDocument, complete: true }), { wrapper });
  await next();
  expect(result.current[0].data).toBeUndefined();
  await next();
  await waitFor(() => expect(result.current[0].data?.doors).toHaveLength(5));
});

test("asked anew, the list stays whole until the new one is", async () => {
  const { counts, next, wrapper } = aServer();
  const { result } = renderHook(() => useWhole({ query: PlaceChoicesDocument }), { wrapper });
  await next();
  await next();
  await waitFor(() => expect(result.current[0].data?.doors).toHaveLength(5));
  counts.doors = 6;
  act(() => result.current[1]({ requestPolicy: "network-only" }));
  await next();
  expect(result.current[0].data?.doors).toHaveLength(5);
  await next();
  await waitFor(() => expect(result.current[0].data?.doors).toHaveLength(6));
});

test("where the server refuses a list nothing is shown, and the page stays", async () => {
  vi.stubGlobal("fetch", async () => Response.json({ data: null, errors: [{ message: "You may not.", path: ["doors"] }] }));
  const api = createApi(() => undefined);
  const wrapper = ({ children }: { children: ReactNode }) => <Api api={api}>{children}</Api>;
  const { result } = renderHook(() => useWhole({ query: PlaceChoicesDocument }), { wrapper });
  await waitFor(() => expect(result.current[0].error).toBeDefined());
  expect(result.current[0].data).toBeUndefined();
});
