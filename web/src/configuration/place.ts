/** What can be configured, in the order of the navigation. */
export const SECTIONS = {
  rules: "Access rules",
  schedules: "Schedules",
  overrides: "Override schedules",
  holidays: "Holidays",
  doors: "Doors",
  elevators: "Elevators",
  controllers: "Controllers",
  devices: "Devices",
  profiles: "Identification",
  zones: "Zones",
  interlocks: "Interlocks",
  threats: "Threat levels",
  inputs: "Auxiliary inputs",
  outputs: "Auxiliary outputs",
  "local-rules": "Local rules",
  formats: "Card formats",
  readers: "PINs and readers",
  osdp: "OSDP lines",
  signals: "Reader signals",
} as const;

export type Section = keyof typeof SECTIONS;

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
