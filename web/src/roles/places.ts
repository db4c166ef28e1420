import type { PlaceInput, PlaceKind, PlaceRowFragment } from "../gql/operations";

/** A place that a scope can name. */
export interface Choice {
  kind: PlaceKind;
  id: string;
  name: string;
}

interface Named {
  id: string;
  name: string;
}

/** What somebody may see of it. */
interface Found {
  zones?: readonly Named[];
  doors?: readonly Named[];
  cameras?: readonly Named[];
  auxStates?: { inputs: readonly Named[]; outputs: readonly Named[] };
}

export const KIND_WORDS: Record<PlaceKind, string> = {
  SITE: "Site",
  ZONE: "Zone",
  DOOR: "Door",
  CAMERA: "Camera",
  VIEW: "View",
  INPUT: "Input",
  OUTPUT: "Output",
};

/** Everything that a scope can name, zones first. */
export function choicesOf({ zones = [], doors = [], cameras = [], auxStates = { inputs: [], outputs: [] } }: Found): Choice[] {
  const all: readonly (readonly [PlaceKind, readonly Named[]])[] = [
    ["ZONE", zones],
    ["DOOR", doors],
    ["CAMERA", cameras],
    ["INPUT", auxStates.inputs],
    ["OUTPUT", auxStates.outputs],
  ];
  return all.flatMap(([kind, rows]) => rows.map(({ id, name }) => ({ kind, id, name })));
}

/** A place as one text, to find it again. */
export function keyOf({ kind, id }: PlaceInput): string {
  return `${kind}:${id}`;
}

export function placeInput({ kind, id }: PlaceInput): PlaceInput {
  return { kind, id };
}

/** A scope in words. */
export function scopeWords(places: readonly PlaceRowFragment[] | null): string {
  if (places === null) return "Everywhere";
  return places.map(({ kind, name }) => `${KIND_WORDS[kind]} ${name ?? "(gone)"}`).join(", ");
}
