/** The screens about people, in the order of their links. */
export const PEOPLE_SECTIONS = {
  cardholders: "Cardholders",
  groups: "Groups",
  "custom-fields": "Custom fields",
  imports: "Imports",
} as const;

export type PeopleSection = keyof typeof PEOPLE_SECTIONS;

export type PeopleRoute =
  | { screen: "cardholders" }
  | { screen: "cardholder"; id: string }
  | { screen: "new-cardholder" }
  | { screen: "groups" }
  | { screen: "group"; id: string }
  | { screen: "custom-fields" }
  | { screen: "imports" };

/** The route behind the two parts of an address; null when they lead elsewhere. */
export function parsePeople(first: string, second: string): PeopleRoute | null {
  switch (first) {
    case "cardholders":
      if (second === "") return { screen: "cardholders" };
      return second === "new" ? { screen: "new-cardholder" } : { screen: "cardholder", id: second };
    case "groups":
      return second === "" ? { screen: "groups" } : { screen: "group", id: second };
    case "custom-fields":
      return { screen: "custom-fields" };
    case "imports":
      return { screen: "imports" };
    default:
      return null;
  }
}

export function peopleHref(route: PeopleRoute): string {
  switch (route.screen) {
    case "cardholders":
      return "#/cardholders";
    case "new-cardholder":
      return "#/cardholders/new";
    case "cardholder":
      return `#/cardholders/${encodeURIComponent(route.id)}`;
    case "groups":
      return "#/groups";
    case "group":
      return `#/groups/${encodeURIComponent(route.id)}`;
    case "custom-fields":
      return "#/custom-fields";
    case "imports":
      return "#/imports";
  }
}

export function sectionOf({ screen }: PeopleRoute): PeopleSection {
  switch (screen) {
    case "groups":
    case "group":
      return "groups";
    case "custom-fields":
      return "custom-fields";
    case "imports":
      return "imports";
    default:
      return "cardholders";
  }
}
