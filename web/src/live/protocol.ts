/** What the server sends on /live; docs/reference/live.md has the layout. */
export type Told =
  | { type: "init"; stream: number; codec: string; width: number; height: number }
  | { type: "dropped"; stream: number; pictures: number }
  | { type: "ended"; stream: number; reason: string; message: string };

export interface Frame {
  stream: number;
  isInit: boolean;
  keyframe: boolean;
  /** When it came from the camera, and when it was sent: ms since the epoch, by the server's clock. */
  atMs: number;
  sentMs: number;
  data: Uint8Array<ArrayBuffer>;
}

const HEAD_BYTES = 22;

export function readFrame(message: ArrayBuffer): Frame {
  const head = new DataView(message);
  return {
    isInit: head.getUint8(0) === 0,
    keyframe: (head.getUint8(1) & 1) !== 0,
    stream: head.getUint32(2),
    atMs: Number(head.getBigUint64(6)) / 1000,
    sentMs: Number(head.getBigUint64(14)) / 1000,
    data: new Uint8Array(message, HEAD_BYTES),
  };
}
