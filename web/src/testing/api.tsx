import type { ReactNode } from "react";
import { type Client, Provider } from "urql";
import { vi } from "vitest";

import { createApi } from "../api/client";

interface Request {
  operationName: string;
  query: string;
  variables: Record<string, unknown>;
}

/**
 * An API whose server the test plays: `answer` returns the data of each request, `other` what is not GraphQL.
 * `asked` are the requests so far.
 */
export function fakeApi(
  answer: (request: Request) => unknown,
  other?: (url: string, init: RequestInit) => Response,
): { api: Client; asked: Request[]; headers: Headers[] } {
  const asked: Request[] = [];
  const headers: Headers[] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    if (other !== undefined && url !== "/graphql") return other(url, init);
    const request = JSON.parse(String(init.body)) as Request;
    asked.push(request);
    headers.push(new Headers(init.headers));
    return Response.json({ data: onePage(request.query, await answer(request)) });
  });
  return { api: createApi(() => undefined), asked, headers };
}

/** What is answered to a question for whole lists as plain arrays is all on their first page. */
function onePage(query: string, data: unknown): unknown {
  if (typeof data !== "object" || data === null) return data;
  const paged = new Set([...query.matchAll(/(\w+)\(\s*first: 100,?\s+after: \$/g)].map(([, name]) => name));
  const pageInfo = { hasNextPage: false, endCursor: null };
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, paged.has(name) && Array.isArray(value) ? { nodes: value, pageInfo } : value]),
  );
}

export function Api({ api, children }: { api: Client; children: ReactNode }) {
  return <Provider value={api}>{children}</Provider>;
}
