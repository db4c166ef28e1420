import type { Frame } from "./protocol";

/** Further behind its newest picture than this, the player jumps to it. */
const JUMP_S = 0.8;
/** Between the two it plays a little faster. */
const HURRY_S = 0.3;
/** How far behind its newest picture the player stays, so that it never waits for the next one. */
const MARGIN_S = 0.1;
const KEPT_S = 8;
const QUEUED_FRAMES = 600;

export const NO_MEDIA_SOURCE = "This browser cannot show live pictures. Use a current Chrome, Edge, Firefox or Safari.";

export function cannotDecode(codec: string): string {
  return `This browser cannot decode the camera's video (${codec}). Try another browser, or set the camera to H.264.`;
}

type AnyMediaSource = typeof MediaSource;

/** iPhones have the managed kind only. */
function mediaSourceOf(scope: typeof globalThis): AnyMediaSource | undefined {
  const { ManagedMediaSource } = scope as { ManagedMediaSource?: AnyMediaSource };
  return ManagedMediaSource ?? (scope as { MediaSource?: AnyMediaSource }).MediaSource;
}

/** Puts one camera's pictures into a video element and keeps it at the newest. Begin anew for each `init`. */
export class LivePicture {
  private readonly video: HTMLVideoElement;
  private readonly source: MediaSource;
  private readonly queue: Uint8Array<ArrayBuffer>[] = [];
  private readonly onFailed: (sentence: string) => void;
  private buffer: SourceBuffer | null = null;
  private over = false;
  /** When the newest picture came from the camera, in ms by the server's clock. */
  private newestMs: number | null = null;
  /** The server's clock less this browser's, as far as messages show: at most the true difference. */
  private ahead_ms = -Infinity;

  /** Throws an Error with a sentence where the browser cannot show it. */
  constructor(video: HTMLVideoElement, codec: string, onFailed: (sentence: string) => void) {
    const Source = mediaSourceOf(globalThis);
    if (Source === undefined) throw new Error(NO_MEDIA_SOURCE);
    const mimeType = `video/mp4; codecs="${codec}"`;
    if (!Source.isTypeSupported(mimeType)) throw new Error(cannotDecode(codec));
    this.video = video;
    this.onFailed = onFailed;
    this.source = new Source();
    const address = URL.createObjectURL(this.source);
    this.source.addEventListener(
      "sourceopen",
      () => {
        URL.revokeObjectURL(address);
        if (this.over) return;
        this.buffer = this.source.addSourceBuffer(mimeType);
        this.buffer.addEventListener("updateend", this.next);
        this.next();
      },
      { once: true },
    );
    video.disableRemotePlayback = true;
    video.src = address;
  }

  /** The next piece, in the order in which it came. */
  add(frame: Frame): void {
    if (this.queue.length >= QUEUED_FRAMES) {
      this.fail("The browser does not keep up with the pictures. Show fewer cameras.");
      return;
    }
    if (!frame.isInit) {
      this.newestMs = frame.atMs;
      this.ahead_ms = Math.max(this.ahead_ms, frame.sentMs - Date.now());
    }
    this.queue.push(frame.data);
    this.next();
  }

  /** How old the picture on the screen is: from its arrival at the recorder, in ms; null before the first. */
  delayMs(): number | null {
    const end_s = this.end();
    if (this.newestMs === null || end_s === null) return null;
    const behind_ms = Math.max(0, end_s - this.video.currentTime) * 1000;
    return Math.max(0, Date.now() + this.ahead_ms - this.newestMs + behind_ms);
  }

  /** Show nothing any more. */
  close(): void {
    this.over = true;
    this.queue.length = 0;
    this.video.removeAttribute("src");
    this.video.load();
  }

  private end(): number | null {
    const { buffered } = this.video;
    return buffered.length === 0 ? null : buffered.end(buffered.length - 1);
  }

  private readonly next = (): void => {
    const buffer = this.buffer;
    if (buffer === null || this.over || buffer.updating || this.source.readyState !== "open") return;
    this.keepUp();
    try {
      const first_s = buffer.buffered.length === 0 ? 0 : buffer.buffered.start(0);
      if (this.video.currentTime - first_s > 2 * KEPT_S) {
        buffer.remove(first_s, this.video.currentTime - KEPT_S);
        return;
      }
      const pieces = this.queue.splice(0);
      if (pieces.length > 0) buffer.appendBuffer(joined(pieces));
    } catch {
      this.fail("The browser could not take in the pictures.");
    }
  };

  /** At the newest picture: a jump where it is far, a little faster where it is not. */
  private keepUp(): void {
    const end_s = this.end();
    if (end_s === null) return;
    const { video } = this;
    if (video.seeking) return;
    const behind_s = end_s - video.currentTime;
    const far = behind_s > JUMP_S || behind_s < 0;
    if (far) video.currentTime = Math.max(0, end_s - MARGIN_S);
    const rate = !far && behind_s > HURRY_S ? 1.1 : 1;
    if (video.playbackRate !== rate) video.playbackRate = rate;
    if (video.paused) void video.play().catch(() => undefined);
  }

  private fail(sentence: string): void {
    if (this.over) return;
    this.close();
    this.onFailed(sentence);
  }
}

function joined(pieces: Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
