import { render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";

import { JobStates } from "../jobs/job-states";
import { Api, fakeApi } from "../testing/api";
import { aViewer } from "../testing/people";
import { People } from "./People";
import type { PeopleRoute } from "./place";

afterEach(() => vi.unstubAllGlobals());

function show(route: PeopleRoute, viewer = aViewer()) {
  const { api, asked } = fakeApi(() => ({ groups: [], customFields: [], cardholder: null, group: null }));
  render(
    <Api api={api}>
      <People route={route} viewer={viewer} jobs={new JobStates(() => () => undefined)} />
    </Api>,
  );
  return asked;
}

test("the section of a screen is the present one", () => {
  show({ screen: "group", id: "g1" });
  expect(screen.getByRole("link", { current: "page" })).toHaveTextContent("Groups");
  expect(screen.getByRole("link", { name: "Custom fields" })).toHaveAttribute("href", "#/custom-fields");
});

test("who may not see cardholders sees nothing about people, and nothing is asked for", () => {
  const asked = show({ screen: "groups" }, aViewer([]));
  expect(screen.getByText("You may not see cardholders.")).toBeVisible();
  expect(screen.queryByRole("link")).toBeNull();
  expect(asked).toEqual([]);
});
