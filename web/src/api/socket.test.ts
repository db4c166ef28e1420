import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { FollowEventsDocument } from "../gql/operations";
import { openSocket, SIGNED_OUT_CODE, type Sink } from "./socket";

/** The server's end of a WebSocket, played by the test. */
class FakeWebSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  static last: FakeWebSocket;
  readyState = FakeWebSocket.CONNECTING;
  readonly sent: { type: string; id?: string; payload?: { variables?: unknown } }[] = [];
  onopen: (() => void) | null = null;
  onclose: ((event: { code: number; reason: string; wasClean: boolean }) => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;

  constructor() {
    FakeWebSocket.last = this;
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

  async accept(): Promise<void> {
    this.readyState = FakeWebSocket.OPEN;
    this.onopen?.();
    await vi.advanceTimersByTimeAsync(0);
    this.say({ type: "connection_ack" });
    await vi.advanceTimersByTimeAsync(0);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function aSocket() {
  const onSignedOut = vi.fn<() => void>();
  const socket = openSocket({ url: "ws://door/graphql", onSignedOut, now: () => 1234, webSocket: FakeWebSocket });
  const sink = { next: vi.fn<Sink<unknown>["next"]>(), ended: vi.fn<Sink<unknown>["ended"]>() };
  socket.subscribe(FollowEventsDocument, { after: "c7" }, sink);
  await vi.advanceTimersByTimeAsync(0);
  return { socket, sink, onSignedOut };
}

test("a subscription carries its cursor, and the connection counts as heard", async () => {
  const { socket } = await aSocket();
  expect(socket.connection.get()).toEqual({ state: "connecting", heardAt: null });
  await FakeWebSocket.last.accept();
  expect(FakeWebSocket.last.sent.at(-1)?.payload?.variables).toEqual({ after: "c7" });
  expect(socket.connection.get()).toEqual({ state: "connected", heardAt: 1234 });
});

test("a lost connection ends the subscription without a refusal and keeps when it was last heard", async () => {
  const { socket, sink } = await aSocket();
  await FakeWebSocket.last.accept();
  FakeWebSocket.last.close(1006);
  await vi.advanceTimersByTimeAsync(0);
  expect(sink.ended.mock.calls).toEqual([[null]]);
  expect(socket.connection.get()).toEqual({ state: "lost", heardAt: 1234 });
});

test("an error from the server is a refusal in its words", async () => {
  const { sink } = await aSocket();
  await FakeWebSocket.last.accept();
  const id = FakeWebSocket.last.sent.at(-1)?.id;
  FakeWebSocket.last.say({ id, type: "error", payload: [{ message: "The cursor is unknown." }] });
  await vi.advanceTimersByTimeAsync(0);
  expect(sink.ended.mock.calls).toEqual([["The cursor is unknown."]]);
});

test.each(["next", "error"])("a subscription that fell behind (%s) goes on like one that was lost", async (type) => {
  const { socket, sink } = await aSocket();
  await FakeWebSocket.last.accept();
  const states: string[] = [];
  socket.connection.subscribe(() => states.push(socket.connection.get().state));
  const id = FakeWebSocket.last.sent.at(-1)?.id;
  const errors = [{ message: "You are too slow.", extensions: { code: "SLOW_CONSUMER", after: "c9" } }];
  FakeWebSocket.last.say({ id, type, payload: type === "error" ? errors : { data: null, errors } });
  await vi.advanceTimersByTimeAsync(0);
  expect(sink.ended.mock.calls).toEqual([[null]]);
  expect(states).toContain("lost");
});

test("the server's sign-in code leads to sign-in", async () => {
  const { onSignedOut } = await aSocket();
  FakeWebSocket.last.readyState = FakeWebSocket.OPEN;
  FakeWebSocket.last.onopen?.();
  FakeWebSocket.last.close(SIGNED_OUT_CODE, "Sign in first.");
  await vi.advanceTimersByTimeAsync(0);
  expect(onSignedOut).toHaveBeenCalled();
});

test("a server that falls silent counts as lost after fifteen seconds", async () => {
  const { socket, sink } = await aSocket();
  await FakeWebSocket.last.accept();
  await vi.advanceTimersByTimeAsync(14_900);
  expect(socket.connection.get().state).toBe("connected");
  await vi.advanceTimersByTimeAsync(200);
  expect(socket.connection.get().state).toBe("lost");
  expect(sink.ended).toHaveBeenCalledWith(null);
});
