import { expect, test } from "vitest";

import { aViewer } from "../testing/people";
import { firstSection, groupsSeen, seesSection, writesSection } from "./access";

function somebody(permissions: string[], ...atSomePlaces: string[]) {
  const privileges = permissions.map((permission) => ({ permission, everywhere: !atSomePlaces.includes(permission) }));
  return { ...aViewer(permissions), privileges };
}

const seen = (viewer: ReturnType<typeof somebody>) => groupsSeen(viewer).flatMap(({ sections }) => sections);

test("a delegated manager sees rules and their schedules, and writes rules", () => {
  const delegate = somebody(["access.assign", "cardholder.view"], "access.assign");
  expect(seen(delegate)).toEqual(["rules", "schedules"]);
  expect(writesSection(delegate, "rules")).toBe(true);
  expect(writesSection(delegate, "schedules")).toBe(false);
});

test("with the configuration at some doors one sees these doors and their rules alone", () => {
  const keeper = somebody(["configuration.view", "configuration.write"], "configuration.view", "configuration.write");
  expect(seen(keeper)).toEqual(["rules", "schedules", "doors"]);
  expect([writesSection(keeper, "doors"), writesSection(keeper, "rules"), writesSection(keeper, "schedules")]).toEqual([true, false, false]);
});

test("webhooks are for those who look after them, whatever else they may", () => {
  expect(firstSection(somebody(["webhook.write"]))).toBe("webhooks");
  expect(seesSection(somebody(["configuration.view"]), "webhooks")).toBe(false);
});

test("who may nothing here sees nothing", () => {
  expect(firstSection(somebody(["cardholder.view"]))).toBeNull();
});
