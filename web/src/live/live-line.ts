import { type Frame, readFrame, type Told } from "./protocol";

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 10_000;
/** The server closes with this code when the session has ended; the desk's own socket takes care of it. */
const SIGNED_OUT_CODE = 4401;

/** What is done with one camera's stream. */
export interface Watcher {
  init: (told: { codec: string; width: number; height: number }) => void;
  frame: (frame: Frame) => void;
  /** The server refused it, or took it back. */
  ended: (message: string) => void;
  /** The connection is gone; it is tried again, and begins with `init`. */
  lost: () => void;
}

/** One WebSocket for all cameras that a page shows; open while any is shown. */
export interface LiveLine {
  watch: (cameraId: string, watcher: Watcher) => () => void;
}

interface Options {
  url: string;
  webSocket?: new (url: string) => WebSocket;
}

export function openLine({ url, webSocket: Socket = WebSocket }: Options): LiveLine {
  const watchers = new Map<number, { cameraId: string; watcher: Watcher }>();
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retry_ms = FIRST_RETRY_MS;
  let last = 0;

  const say = (message: object): void => {
    if (socket?.readyState === 1) socket.send(JSON.stringify(message));
  };
  const ask = (stream: number, cameraId: string): void => say({ type: "subscribe", stream, cameraId });

  const hear = ({ data }: MessageEvent<string | ArrayBuffer>): void => {
    if (typeof data !== "string") {
      const frame = readFrame(data);
      watchers.get(frame.stream)?.watcher.frame(frame);
      return;
    }
    const told = JSON.parse(data) as Told;
    const found = watchers.get(told.stream);
    if (found === undefined) return;
    if (told.type === "init") found.watcher.init(told);
    if (told.type === "ended") {
      watchers.delete(told.stream);
      found.watcher.ended(told.message);
    }
  };

  const connect = (): void => {
    const opened = new Socket(url);
    socket = opened;
    opened.binaryType = "arraybuffer";
    opened.addEventListener("open", () => {
      retry_ms = FIRST_RETRY_MS;
      for (const [stream, { cameraId }] of watchers) ask(stream, cameraId);
    });
    opened.addEventListener("message", hear);
    opened.addEventListener("close", ({ code }) => {
      if (socket !== opened) return;
      socket = null;
      for (const { watcher } of watchers.values()) watcher.lost();
      if (watchers.size === 0 || code === SIGNED_OUT_CODE) return;
      timer = setTimeout(connect, retry_ms);
      retry_ms = Math.min(LAST_RETRY_MS, retry_ms * 2);
    });
  };

  const hangUp = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const closing = socket;
    socket = null;
    closing?.close();
  };

  return {
    watch(cameraId, watcher) {
      last += 1;
      const stream = last;
      watchers.set(stream, { cameraId, watcher });
      if (socket === null && (timer === undefined || watchers.size === 1)) {
        clearTimeout(timer);
        connect();
      } else ask(stream, cameraId);
      return () => {
        if (!watchers.delete(stream)) return;
        if (watchers.size === 0) hangUp();
        else say({ type: "unsubscribe", stream });
      };
    },
  };
}
