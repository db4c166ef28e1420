/** What can be configured, in groups, in the order of the navigation. */
const GROUPED = {
  Access: {
    rules: "Access rules",
    schedules: "Schedules",
    overrides: "Override schedules",
    holidays: "Holidays",
    profiles: "Identification",
    formats: "Card formats",
    readers: "PINs and readers",
    threats: "Threat levels",
  },
  Places: {
    doors: "Doors",
    elevators: "Elevators",
    zones: "Zones",
    interlocks: "Interlocks",
  },
  Hardware: {
    controllers: "Controllers",
    devices: "Devices",
    osdp: "OSDP lines",
    signals: "Reader signals",
    inputs: "Auxiliary inputs",
    outputs: "Auxiliary outputs",
    "local-rules": "Local rules",
  },
  "The site": {
    site: "Rules of the desk",
    webhooks: "Webhooks",
  },
} as const;

export const SECTIONS = { ...GROUPED.Access, ...GROUPED.Places, ...GROUPED.Hardware, ...GROUPED["The site"] } as const;

export type Section = keyof typeof SECTIONS;

/** The groups of the navigation, each with its sections. */
export const GROUPS = Object.entries(GROUPED).map(([name, sections]) => ({
  name,
  sections: Object.keys(sections) as Section[],
}));

/** The id that stands for something that is about to be created. */
export const NEW = "new";

/** A list of the configuration, or one thing of it. */
export interface ConfigurationRoute {
  screen: "configuration";
  section: Section;
  /** Null: the list. */
  id: string | null;
}

export function inConfiguration(section: Section, id: string | null = null): ConfigurationRoute {
  return { screen: "configuration", section, id };
}

/** The route of the parts after `#/configuration`; an unknown section leads to the first one. */
export function parseConfiguration(section: string, id: string): ConfigurationRoute {
  const known = Object.keys(SECTIONS).find((each): each is Section => each === section);
  return inConfiguration(known ?? "rules", known === undefined || id === "" ? null : id);
}

export function configurationHref({ section, id }: ConfigurationRoute): string {
  return id === null ? `#/configuration/${section}` : `#/configuration/${section}/${encodeURIComponent(id)}`;
}

/** Goes to a place of the configuration. */
export function openConfiguration(section: Section, id: string | null = null): void {
  location.hash = configurationHref(inConfiguration(section, id));
}
