import type { FeedEvent } from "./feed";

export const FEED_FILTERS = ["all", "access", "doors", "alarms", "system"] as const;
export type FeedFilter = (typeof FEED_FILTERS)[number];

export const FILTER_WORDS: Record<FeedFilter, string> = {
  all: "All",
  access: "Access",
  doors: "Doors",
  alarms: "Alarms",
  system: "System",
};

/** Whether the feed shows the event; alarms are warnings too, because both ask for somebody to act. */
export function passes(filter: FeedFilter, event: Pick<FeedEvent, "category" | "severity">): boolean {
  switch (filter) {
    case "all":
      return true;
    case "access":
      return event.category === "ACCESS";
    case "doors":
      return event.category === "DOOR";
    case "alarms":
      return event.severity === "ALARM" || event.severity === "WARNING";
    case "system":
      return event.category !== "ACCESS" && event.category !== "DOOR";
  }
}
