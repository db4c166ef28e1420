/** The clip cannot be shown; the message is a sentence for the person at the screen. */
export class ClipRefused extends Error {
  override readonly name = "ClipRefused";
}

export interface ClipOpened {
  /** Wall-clock time of media position 0, in milliseconds since the epoch. */
  startsAtMs: number;
}

interface ClipOptions {
  url: string;
  video: HTMLVideoElement;
  signal: AbortSignal;
  onOpened: (opened: ClipOpened) => void;
  /** After each piece that the browser has taken in. */
  onGrown: () => void;
}

type AnyMediaSource = typeof MediaSource;

const NO_MEDIA_SOURCE = "This browser cannot play recordings. Use a current Chrome, Edge, Firefox or Safari.";

/**
 * Streams a clip into the video element while it is still being recorded. Resolves when all of it has arrived; rejects
 * with `ClipRefused`, or with an `AbortError` once `signal` is aborted. The caller empties the element afterwards.
 */
export async function streamClip({ url, video, signal, onOpened, onGrown }: ClipOptions): Promise<void> {
  const Source = mediaSourceOf(globalThis);
  if (Source === undefined) throw new ClipRefused(NO_MEDIA_SOURCE);
  const source = new Source();
  // The element opens its source while the server looks for the recording.
  const opened = attach(video, source, signal);
  const response = await request(url, signal);
  const { startsAtMs, mimeType } = described(response);
  if (!Source.isTypeSupported(mimeType)) {
    throw new ClipRefused(
      `This browser cannot decode the camera's video (${mimeType}). Try another browser, or set the camera to H.264.`,
    );
  }
  onOpened({ startsAtMs });
  await opened;
  const buffer = source.addSourceBuffer(mimeType);
  for await (const piece of pieces(response, signal)) {
    await append(buffer, piece, signal);
    onGrown();
  }
  if (source.readyState === "open") source.endOfStream();
  onGrown();
}

function mediaSourceOf(scope: typeof globalThis): AnyMediaSource | undefined {
  // iPhones have the managed kind only.
  const { ManagedMediaSource } = scope as { ManagedMediaSource?: AnyMediaSource };
  return ManagedMediaSource ?? (scope as { MediaSource?: AnyMediaSource }).MediaSource;
}

async function attach(video: HTMLVideoElement, source: MediaSource, signal: AbortSignal): Promise<void> {
  const address = URL.createObjectURL(source);
  const open = once(source, "sourceopen", signal);
  video.disableRemotePlayback = true;
  video.src = address;
  try {
    await open;
  } finally {
    URL.revokeObjectURL(address);
  }
}

async function request(url: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(url, { signal, credentials: "same-origin" }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new ClipRefused("The server cannot be reached. Check the network, then try again.", { cause: error });
  });
  if (!response.ok) throw new ClipRefused(await refusalOf(response));
  return response;
}

/** The server's own sentence, or one that fits the status. */
async function refusalOf(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => null);
  if (typeof body === "object" && body !== null && "error" in body && typeof body.error === "string") return body.error;
  if (response.status === 403) return "You may not play recordings. An administrator can give you the permission.";
  if (response.status === 404) return "There is no recording of this moment.";
  return `The server could not play the recording (status ${response.status}). Try again.`;
}

function described(response: Response): { startsAtMs: number; mimeType: string } {
  const startsAtMs = Date.parse(response.headers.get("Doorward-Starts-At") ?? "");
  const codec = response.headers.get("Doorward-Codec");
  if (Number.isNaN(startsAtMs) || codec === null) {
    throw new ClipRefused("The server sent a recording without its time or codec. Is a proxy removing headers?");
  }
  return { startsAtMs, mimeType: `video/mp4; codecs="${codec}"` };
}

async function* pieces(response: Response, signal: AbortSignal): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw new ClipRefused("The recording stopped arriving. Check the network, then try again.", { cause: error });
  } finally {
    reader.releaseLock();
  }
}

async function append(buffer: SourceBuffer, piece: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<void> {
  const taken = once(buffer, "updateend", signal);
  try {
    buffer.appendBuffer(piece);
  } catch (error) {
    signal.throwIfAborted();
    throw new ClipRefused("The browser could not take in the recording. Try again.", { cause: error });
  }
  await taken;
}

/** Resolves on the event; rejects when `signal` is aborted first. */
async function once(target: EventTarget, type: string, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const over = new AbortController();
  target.addEventListener(type, () => resolve(), { once: true, signal: over.signal });
  signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: over.signal });
  // Nobody may be awaiting it yet when the request before it fails.
  promise.catch(() => undefined);
  try {
    signal.throwIfAborted();
    await promise;
  } finally {
    over.abort();
  }
}
