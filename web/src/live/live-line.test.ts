import { beforeEach, expect, test, vi } from "vitest";

import { type LiveLine, openLine, type Watcher } from "./live-line";

class FakeSocket extends EventTarget {
  static all: FakeSocket[] = [];
  said: unknown[] = [];
  readyState = 0;
  binaryType = "";
  constructor() {
    super();
    FakeSocket.all.push(this);
  }
  send(text: string): void {
    this.said.push(JSON.parse(text));
  }
  close(): void {
    this.readyState = 3;
  }
  open(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }
  tell(data: unknown): void {
    this.dispatchEvent(new MessageEvent("message", { data: data instanceof ArrayBuffer ? data : JSON.stringify(data) }));
  }
  drop(code = 1006): void {
    this.readyState = 3;
    this.dispatchEvent(new CloseEvent("close", { code }));
  }
}

function watcher() {
  return {
    init: vi.fn<Watcher["init"]>(),
    frame: vi.fn<Watcher["frame"]>(),
    ended: vi.fn<Watcher["ended"]>(),
    lost: vi.fn<Watcher["lost"]>(),
  };
}

/** A picture as the server sends it. */
function frame(stream: number, ...bytes: number[]): ArrayBuffer {
  const whole = new ArrayBuffer(22 + bytes.length);
  const head = new DataView(whole);
  head.setUint8(0, 1);
  head.setUint8(1, 1);
  head.setUint32(2, stream);
  head.setBigUint64(6, 1_700_000_000_000_000n);
  head.setBigUint64(14, 1_700_000_000_250_000n);
  new Uint8Array(whole, 22).set(bytes);
  return whole;
}

let line: LiveLine;

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  line = openLine({ url: "ws://here/live", webSocket: FakeSocket as unknown as typeof WebSocket });
  return () => vi.useRealTimers();
});

const socket = (): FakeSocket => FakeSocket.all.at(-1) as FakeSocket;

test("all cameras come over one socket, which is open while any is shown", () => {
  const [yard, gate] = [watcher(), watcher()];
  expect(FakeSocket.all).toHaveLength(0);
  const forgetYard = line.watch("yard", yard);
  socket().open();
  const forgetGate = line.watch("gate", gate);
  expect(FakeSocket.all).toHaveLength(1);
  expect(socket().said).toEqual([
    { type: "subscribe", stream: 1, cameraId: "yard" },
    { type: "subscribe", stream: 2, cameraId: "gate" },
  ]);
  socket().tell({ type: "init", stream: 2, codec: "avc1.42c01e", width: 640, height: 360 });
  socket().tell(frame(2, 7, 8));
  expect(yard.frame).not.toHaveBeenCalled();
  expect(gate.init.mock.calls[0]?.[0]).toMatchObject({ codec: "avc1.42c01e", width: 640 });
  const [shown] = gate.frame.mock.calls[0] ?? [];
  expect(shown).toMatchObject({ isInit: false, keyframe: true, atMs: 1_700_000_000_000, sentMs: 1_700_000_000_250 });
  expect([...(shown?.data ?? [])]).toEqual([7, 8]);
  forgetYard();
  expect(socket().said.at(-1)).toEqual({ type: "unsubscribe", stream: 1 });
  forgetGate();
  expect(socket().readyState).toBe(3);
});

test("a lost socket is tried again, later each time, and asks for every camera", () => {
  const yard = watcher();
  line.watch("yard", yard);
  socket().open();
  socket().drop();
  expect(yard.lost).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(500);
  expect(FakeSocket.all).toHaveLength(2);
  socket().drop();
  vi.advanceTimersByTime(500);
  expect(FakeSocket.all).toHaveLength(2);
  vi.advanceTimersByTime(500);
  expect(FakeSocket.all).toHaveLength(3);
  socket().open();
  expect(socket().said).toEqual([{ type: "subscribe", stream: 1, cameraId: "yard" }]);
});

test("it is not tried again once the session has ended", () => {
  line.watch("yard", watcher());
  socket().open();
  socket().drop(4401);
  vi.advanceTimersByTime(60_000);
  expect(FakeSocket.all).toHaveLength(1);
});

test("a camera that is refused says why and is asked for no more", () => {
  const yard = watcher();
  const forget = line.watch("yard", yard);
  socket().open();
  socket().tell({ type: "ended", stream: 1, reason: "not_permitted", message: "You may not." });
  expect(yard.ended).toHaveBeenCalledWith("You may not.");
  socket().tell(frame(1));
  expect(yard.frame).not.toHaveBeenCalled();
  forget();
  expect(socket().said).toHaveLength(1);
});
