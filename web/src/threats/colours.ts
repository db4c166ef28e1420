import type { ThreatColour } from "../gql/operations";

/** The colours of threat levels in words, in the order in which they are offered. Their values are in threats.css. */
export const COLOUR_WORDS: Record<ThreatColour, string> = {
  BLUE: "Blue",
  SKY: "Sky blue",
  GREEN: "Green",
  YELLOW: "Yellow",
  ORANGE: "Orange",
  VERMILION: "Vermilion",
  PURPLE: "Purple",
  BLACK: "Black",
};

/** The class that gives an element the colour as `--threat`, and what can be read on it as `--threat-text`. */
export function colourClass(colour: ThreatColour): string {
  return `threat-${colour.toLowerCase()}`;
}
