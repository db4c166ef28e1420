import { TransformStream } from "node:stream/web";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { streamClip } from "./clip-stream";

/** Just enough of Media Source Extensions to see what is put in. */
class FakeSourceBuffer extends EventTarget {
  appended: number[] = [];
  appendBuffer(piece: Uint8Array): void {
    this.appended.push(...piece);
    queueMicrotask(() => this.dispatchEvent(new Event("updateend")));
  }
}

class FakeMediaSource extends EventTarget {
  static last: FakeMediaSource;
  static isTypeSupported = (type: string): boolean => type.includes("avc1");
  readyState = "open";
  buffer = new FakeSourceBuffer();
  mimeType = "";
  constructor() {
    super();
    FakeMediaSource.last = this;
    queueMicrotask(() => this.dispatchEvent(new Event("sourceopen")));
  }
  addSourceBuffer(mimeType: string): FakeSourceBuffer {
    this.mimeType = mimeType;
    return this.buffer;
  }
  endOfStream(): void {
    this.readyState = "ended";
  }
}

const HEADERS = { "Doorward-Starts-At": "2026-03-02T12:00:00.000Z", "Doorward-Codec": "avc1.42c01e" };

beforeEach(() => {
  vi.stubGlobal("MediaSource", FakeMediaSource);
  URL.createObjectURL = () => "blob:clip";
  URL.revokeObjectURL = () => undefined;
});
afterEach(() => vi.unstubAllGlobals());

function stream(answer: Response | Promise<Response>, signal = new AbortController().signal) {
  vi.stubGlobal("fetch", async () => answer);
  const onOpened = vi.fn<(opened: { startsAtMs: number }) => void>();
  const onGrown = vi.fn<() => void>();
  const video = document.createElement("video");
  const done = streamClip({ url: "/clips/b1.mp4", video, signal, onOpened, onGrown });
  return { done, onOpened, onGrown };
}

function growing(): { answer: Response; grow: (...bytes: number[]) => void; end: () => void } {
  const { readable, writable } = new TransformStream<Uint8Array>();
  const writer = writable.getWriter();
  return {
    answer: new Response(readable as unknown as ReadableStream, { headers: HEADERS }),
    grow: (...bytes) => void writer.write(new Uint8Array(bytes)),
    end: () => void writer.close(),
  };
}

test("each piece is taken in as it arrives, before the clip is complete", async () => {
  const { answer, grow, end } = growing();
  const { done, onOpened } = stream(answer);
  grow(1, 2);
  await vi.waitFor(() => expect(FakeMediaSource.last.buffer.appended).toEqual([1, 2]));
  expect(onOpened).toHaveBeenCalledWith({ startsAtMs: Date.parse(HEADERS["Doorward-Starts-At"]) });
  expect(FakeMediaSource.last.mimeType).toBe('video/mp4; codecs="avc1.42c01e"');
  expect(FakeMediaSource.last.readyState).toBe("open");
  grow(3);
  end();
  await done;
  expect(FakeMediaSource.last.buffer.appended).toEqual([1, 2, 3]);
  expect(FakeMediaSource.last.readyState).toBe("ended");
});

test("the server's sentence is the reason for a refusal", async () => {
  const { done } = stream(Response.json({ error: "The camera was lost at 12:00." }, { status: 404 }));
  await expect(done).rejects.toThrow("The camera was lost at 12:00.");
});

test("a refusal without a sentence gets one that fits its status", async () => {
  await expect(stream(new Response("", { status: 403 })).done).rejects.toThrow("You may not play recordings.");
  await expect(stream(new Response("", { status: 404 })).done).rejects.toThrow("no recording of this moment");
});

test("a codec that the browser cannot decode is named", async () => {
  const headers = { ...HEADERS, "Doorward-Codec": "hvc1.1.6.L93.B0" };
  await expect(stream(new Response("", { headers })).done).rejects.toThrow(/cannot decode.*hvc1/);
});

test("a clip without its time cannot be trusted", async () => {
  await expect(stream(new Response("")).done).rejects.toThrow("without its time or codec");
});

test("closing the player ends the stream", async () => {
  const abort = new AbortController();
  const { answer, grow } = growing();
  const { done } = stream(answer, abort.signal);
  grow(1);
  await vi.waitFor(() => expect(FakeMediaSource.last.buffer.appended).toEqual([1]));
  abort.abort();
  grow(2);
  await expect(done).rejects.toMatchObject({ name: "AbortError" });
});
