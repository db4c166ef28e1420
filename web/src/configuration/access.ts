import { may, mayEverywhere, type Viewer } from "../session/permission";
import { GROUPS, type Section } from "./place";

/** Sections of which those see a part who have their permission at some places only. */
type PlacedSection = "rules" | "schedules" | "doors" | "webhooks";

/** Sections that name doors all over. */
const OF_DOORS: ReadonlySet<Section> = new Set(["threats", "zones", "interlocks", "local-rules"]);

const SEEN: Record<PlacedSection, (viewer: Viewer) => boolean> = {
  rules: seesRules,
  schedules: seesRules,
  doors: (viewer) => may(viewer, "configuration.view"),
  webhooks: (viewer) => may(viewer, "webhook.write"),
};

/** Whoever delegates access to somebody sees the rules that they may make, and what these are made of. */
function seesRules(viewer: Viewer): boolean {
  return may(viewer, "configuration.view") || may(viewer, "access.assign");
}

function isPlaced(section: Section): section is PlacedSection {
  return section in SEEN;
}

/** Whether somebody may look at a section, or at what of it is within their reach. */
export function seesSection(viewer: Viewer, section: Section): boolean {
  if (isPlaced(section)) return SEEN[section](viewer);
  return mayEverywhere(viewer, "configuration.view") && (!OF_DOORS.has(section) || may(viewer, "door.view"));
}

/** Whether somebody may change what they see of a section. The server has the last word about each place. */
export function writesSection(viewer: Viewer, section: Section): boolean {
  if (section === "rules") return may(viewer, "access.assign");
  if (section === "doors") return may(viewer, "configuration.write");
  return mayEverywhere(viewer, "configuration.write");
}

/** The groups with those of their sections that somebody may look at. */
export function groupsSeen(viewer: Viewer): typeof GROUPS {
  return GROUPS.map(({ name, sections }) => ({
    name,
    sections: sections.filter((section) => seesSection(viewer, section)),
  })).filter(({ sections }) => sections.length > 0);
}

/** Where somebody begins in the configuration; null for who may see nothing of it. */
export function firstSection(viewer: Viewer): Section | null {
  return groupsSeen(viewer)[0]?.sections[0] ?? null;
}
