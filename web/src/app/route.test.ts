import { expect, test } from "vitest";

import { asking } from "../access-check/place";
import { hrefOf, parseHash, type Route } from "./route";

test("a link leads to the route that it was made from", () => {
  const routes: Route[] = [
    { screen: "desk", eventId: null },
    { screen: "desk", eventId: "a/b c" },
    { screen: "zones", id: null },
    { screen: "zones", id: "a/b" },
    { screen: "cardholders" },
    { screen: "new-cardholder" },
    { screen: "cardholder", id: "0190" },
    { screen: "groups" },
    { screen: "group", id: "a/b" },
    { screen: "custom-fields" },
    { screen: "configuration", section: "schedules", id: null },
    { screen: "configuration", section: "zones", id: "a/b" },
    { screen: "access-check", question: "why", eventId: "a/b" },
    asking("changes"),
    asking("who", { doorId: "a?b", side: "B", at: "2026-11-24T12:00:00.000Z" }),
    asking("would", { cardholderId: "a/b&c", doorId: "d1", credentialId: "k#1" }),
  ];
  expect(routes.map((route) => parseHash(hrefOf(route)))).toEqual(routes);
});

test("an unknown or damaged address leads to the desk", () => {
  expect(parseHash("#/nowhere")).toEqual({ screen: "desk", eventId: null });
  expect(parseHash("#/access-check/when?at=noon")).toEqual(asking("who"));
  expect(parseHash("#/events/%E0%A4%A")).toEqual({ screen: "desk", eventId: null });
});
