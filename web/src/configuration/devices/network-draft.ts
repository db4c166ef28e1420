import type { CreateIpDeviceInput, NetworkSetupFragment, ProblemFragment, ReaderType, UpdateIpDeviceInput } from "../../gql/operations";
import { wholeNumber } from "../doors/hardware-words";

export const NETWORK_FIELDS = ["readerId", "name", "streamUrl", "region", "minConfidence"] as const;
export type NetworkField = (typeof NETWORK_FIELDS)[number];

export const EDGES = ["left", "top", "right", "bottom"] as const;
type Edge = (typeof EDGES)[number];

/** A device on the network as its form holds it. */
export interface NetworkDraft {
  name: string;
  /** Whether QR codes are looked for in a stream. */
  streams: boolean;
  /** Empty: the present one, which is never shown. */
  streamUrl: string;
  region: Record<Edge, string>;
  minPercent: string;
}

export const NEW_NETWORK: NetworkDraft = {
  name: "",
  streams: false,
  streamUrl: "",
  region: { left: "0", top: "0", right: "100", bottom: "100" },
  minPercent: "0",
};

export function networkDraft({ name, hasStream, region, minConfidence }: NetworkSetupFragment): NetworkDraft {
  return {
    name,
    streams: hasStream,
    streamUrl: "",
    region: {
      left: String(region.left),
      top: String(region.top),
      right: String(region.right),
      bottom: String(region.bottom),
    },
    minPercent: String(Math.round(minConfidence * 100)),
  };
}

export function createInput(draft: NetworkDraft, type: ReaderType) {
  return {
    name: draft.name.trim(),
    streamUrl: draft.streams ? draft.streamUrl.trim() : "",
    region: regionInput(draft),
    minConfidence: confidence(draft, type),
  } satisfies Omit<CreateIpDeviceInput, "readerId">;
}

/** What is to be changed; an address that was not typed anew stays. */
export function updateInput(draft: NetworkDraft, type: ReaderType): Omit<UpdateIpDeviceInput, "id"> {
  const { streamUrl, ...rest } = createInput(draft, type);
  return draft.streams && streamUrl === "" ? rest : { ...rest, streamUrl };
}

/** What the server cannot know: that a stream is wanted, and there is none. */
export function missingStream({ streams, streamUrl }: NetworkDraft, hadStream: boolean): ProblemFragment[] {
  const missing = streams && !hadStream && streamUrl.trim() === "";
  return missing ? [{ code: "VALIDATION", message: "Enter the stream’s address.", path: ["streamUrl"] }] : [];
}

function regionInput({ region }: NetworkDraft) {
  const { left, top, right, bottom } = region;
  return { left: wholeNumber(left), top: wholeNumber(top), right: wholeNumber(right), bottom: wholeNumber(bottom) };
}

function confidence({ minPercent }: NetworkDraft, type: ReaderType): number {
  return type === "PLATE_CAMERA" ? wholeNumber(minPercent) / 100 : 0;
}
