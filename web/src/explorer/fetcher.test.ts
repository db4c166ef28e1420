import { beforeEach, expect, test, vi } from "vitest";

import { createFetcher } from "./fetcher";

/** The server's end of a WebSocket, played by the test. */
class FakeWebSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  static opened: FakeWebSocket[] = [];
  readyState = FakeWebSocket.CONNECTING;
  readonly sent: { type: string; id?: string; payload?: unknown }[] = [];
  onopen: (() => void) | null = null;
  onclose: ((event: { code: number; reason: string; wasClean: boolean }) => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;

  constructor() {
    FakeWebSocket.opened.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(code = 1000, reason = ""): void {
    this.readyState = FakeWebSocket.CLOSED;
    this.onclose?.({ code, reason, wasClean: true });
  }

  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  /** Everything up to the subscription, whose id it returns. */
  async accept(): Promise<string> {
    this.readyState = FakeWebSocket.OPEN;
    this.onopen?.();
    await this.hears("connection_init");
    this.say({ type: "connection_ack" });
    return this.hears("subscribe");
  }

  private hears(type: string): Promise<string> {
    return vi.waitFor(() => {
      const heard = this.sent.at(-1);
      if (heard?.type !== type) throw new Error(`It has not said ${type}.`);
      return heard.id ?? "";
    });
  }
}

const DOCUMENT = "query Doors { doors { id } } subscription Live { doorStates { id } }";
const sockets = FakeWebSocket.opened;

beforeEach(() => {
  sockets.length = 0;
});

async function subscribed(headers: Record<string, string> = {}, request = { query: DOCUMENT, operationName: "Live" }) {
  const fetcher = createFetcher({ webSocket: FakeWebSocket });
  const observer = { next: vi.fn<(value: unknown) => void>(), error: vi.fn<(reason: unknown) => void>(), complete: vi.fn<() => void>() };
  const stream = fetcher(request, { headers }) as unknown as {
    subscribe: (to: typeof observer) => { unsubscribe: () => void };
  };
  const { unsubscribe } = stream.subscribe(observer);
  await vi.waitFor(() => expect(sockets).toHaveLength(1));
  return { observer, unsubscribe, socket: sockets[0] as FakeWebSocket };
}

test("the operation that is run decides how it is sent: a query by POST, with the headers that are ours and given", async () => {
  const ask = vi.fn<typeof fetch>(async () => Response.json({ data: { doors: [] } }));
  const fetcher = createFetcher({ ask, webSocket: FakeWebSocket });
  const request = { query: DOCUMENT, operationName: "Doors" };
  expect(await fetcher(request, { headers: { Authorization: "Bearer dw_x" } })).toEqual({ data: { doors: [] } });
  const [url, sent] = ask.mock.lastCall ?? [];
  expect(url).toBe("/graphql");
  expect(sent?.headers).toMatchObject({ "Doorward-Request": "1", Authorization: "Bearer dw_x" });
  expect(JSON.parse(String(sent?.body))).toEqual(request);
  expect(sockets).toHaveLength(0);
});

test("the name of an operation that is in the text no more is left out", async () => {
  const ask = vi.fn<typeof fetch>(async () => Response.json({ data: null }));
  const fetcher = createFetcher({ ask, webSocket: FakeWebSocket });
  for (const query of ["{ doors { id } }", "{ not a document"]) {
    await fetcher({ query, operationName: "Me", variables: {} }, {});
    expect(JSON.parse(String(ask.mock.lastCall?.[1]?.body))).toEqual({ query, variables: {} });
  }
});

test("a subscription without a name is one all the same", async () => {
  const { socket } = await subscribed({}, { query: "subscription { doorStates { id } }", operationName: "Me" });
  await socket.accept();
  expect(socket.sent.at(-1)?.payload).toMatchObject({ operationName: null });
});

test("a subscription goes over a WebSocket, and each event arrives", async () => {
  const { observer, socket } = await subscribed();
  const id = await socket.accept();
  expect(socket.sent[0]?.payload).toBeUndefined();
  expect(socket.sent.at(-1)?.payload).toMatchObject({ operationName: "Live", query: DOCUMENT });
  for (const state of ["a", "b"]) socket.say({ type: "next", id, payload: { data: { doorStates: { id: state } } } });
  expect(observer.next.mock.calls).toEqual([[{ data: { doorStates: { id: "a" } } }], [{ data: { doorStates: { id: "b" } } }]]);
});

test("an Authorization among the headers speaks for the subscription too", async () => {
  const { socket } = await subscribed({ authorization: "Bearer dw_x" });
  await socket.accept();
  expect(socket.sent[0]?.payload).toEqual({ authorization: "Bearer dw_x" });
});

test("what the server refuses is shown as it says it", async () => {
  const { observer, socket } = await subscribed();
  const id = await socket.accept();
  socket.say({ type: "error", id, payload: [{ message: "Unknown field." }] });
  await vi.waitFor(() => expect(observer.error).toHaveBeenCalledWith([expect.objectContaining({ message: "Unknown field." })]));
});

test.each([
  [4401, "Sign in first.", "Sign in first."],
  [1006, "", "The connection is lost. Run it again."],
])("a connection that is closed with %s says so", async (code, reason, sentence) => {
  const { observer, socket } = await subscribed();
  await socket.accept();
  socket.close(code, reason);
  await vi.waitFor(() => expect(observer.error).toHaveBeenCalledWith(new Error(sentence)));
});

test("stopping closes the WebSocket", async () => {
  const { socket, unsubscribe } = await subscribed();
  await socket.accept();
  unsubscribe();
  await vi.waitFor(() => expect(socket.readyState).toBe(FakeWebSocket.CLOSED));
});
