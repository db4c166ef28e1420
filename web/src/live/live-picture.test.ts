import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { LivePicture } from "./live-picture";
import type { Frame } from "./protocol";

class FakeRanges {
  private readonly pair: [number, number] | null;
  constructor(pair: [number, number] | null) {
    this.pair = pair;
  }
  get length(): number {
    return this.pair === null ? 0 : 1;
  }
  start(): number {
    return this.pair?.[0] ?? 0;
  }
  end(): number {
    return this.pair?.[1] ?? 0;
  }
}

/** Takes in a byte at a time as tenths of a second of media. */
class FakeBuffer extends EventTarget {
  updating = false;
  range: [number, number] | null = null;
  pieces: number[][] = [];
  removed: [number, number][] = [];
  get buffered(): FakeRanges {
    return new FakeRanges(this.range);
  }
  appendBuffer(taken: Uint8Array): void {
    this.updating = true;
    this.pieces.push([...taken]);
    this.range = [this.range?.[0] ?? 0, (this.range?.[1] ?? 0) + taken.length / 10];
  }
  remove(start: number, end: number): void {
    this.updating = true;
    this.removed.push([start, end]);
    this.range = [end, this.range?.[1] ?? end];
  }
  done(): void {
    this.updating = false;
    this.dispatchEvent(new Event("updateend"));
  }
}

class FakeSource extends EventTarget {
  static last: FakeSource;
  static isTypeSupported = (type: string): boolean => type.includes("avc1");
  readyState = "open";
  buffer = new FakeBuffer();
  constructor() {
    super();
    FakeSource.last = this;
  }
  addSourceBuffer(): FakeBuffer {
    return this.buffer;
  }
}

let video: HTMLVideoElement;

beforeEach(() => {
  vi.stubGlobal("MediaSource", FakeSource);
  URL.createObjectURL = () => "blob:live";
  URL.revokeObjectURL = () => undefined;
  video = document.createElement("video");
  Object.assign(video, { load: vi.fn<() => void>(), play: vi.fn<() => Promise<void>>(async () => undefined) });
  Object.defineProperty(video, "seeking", { get: () => false });
  Object.defineProperty(video, "buffered", { get: () => FakeSource.last.buffer.buffered });
});
afterEach(() => vi.unstubAllGlobals());

function piece(...bytes: number[]): Frame {
  const now = Date.now();
  return { stream: 1, isInit: false, keyframe: false, atMs: now - 40, sentMs: now, data: new Uint8Array(bytes) };
}

function begun(): { picture: LivePicture; buffer: FakeBuffer; failed: string[] } {
  const failed: string[] = [];
  const picture = new LivePicture(video, "avc1.42c01e", (sentence) => failed.push(sentence));
  FakeSource.last.dispatchEvent(new Event("sourceopen"));
  return { picture, buffer: FakeSource.last.buffer, failed };
}

test("what arrives while the browser is busy is taken in together, in its order", () => {
  const { picture, buffer } = begun();
  picture.add(piece(1));
  picture.add(piece(2));
  picture.add(piece(3));
  expect(buffer.pieces).toEqual([[1]]);
  buffer.done();
  expect(buffer.pieces).toEqual([[1], [2, 3]]);
});

test("a player that is far behind jumps to the newest picture, and one that is a little behind hurries", () => {
  const { picture, buffer } = begun();
  picture.add(piece(...Array<number>(50).fill(0)));
  buffer.done();
  expect(video.currentTime).toBeCloseTo(4.9);
  expect(video.playbackRate).toBe(1);
  picture.add(piece(0, 0, 0, 0));
  buffer.done();
  expect(video.currentTime).toBeCloseTo(4.9);
  expect(video.playbackRate).toBe(1.1);
});

test("what was shown is not kept for long", () => {
  const { picture, buffer } = begun();
  picture.add(piece(...Array<number>(300).fill(0)));
  buffer.done();
  picture.add(piece(0));
  expect(buffer.removed).toHaveLength(1);
  expect(buffer.removed[0]?.[1]).toBeCloseTo(21.9);
  buffer.done();
  expect(buffer.pieces).toHaveLength(2);
});

test("the delay is what the picture's way took and what the player is behind", () => {
  const { picture, buffer } = begun();
  expect(picture.delayMs()).toBeNull();
  picture.add(piece(0, 0));
  buffer.done();
  video.currentTime = 0.1;
  expect(picture.delayMs()).toBeGreaterThanOrEqual(140);
  expect(picture.delayMs()).toBeLessThan(400);
});

test("a codec that the browser cannot decode is named", () => {
  expect(() => new LivePicture(video, "hvc1.1.6.L93.B0", () => undefined)).toThrow(/hvc1\.1\.6.*H\.264/u);
});

test("what the browser does not take in ends it with a sentence, once", () => {
  const { picture, buffer, failed } = begun();
  buffer.appendBuffer = () => {
    throw new Error("full");
  };
  picture.add(piece(1));
  picture.add(piece(2));
  expect(failed).toEqual(["The browser could not take in the pictures."]);
});
