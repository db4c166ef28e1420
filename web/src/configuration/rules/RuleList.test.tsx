import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";

import type { RuleRowFragment } from "../../gql/operations";
import { faultsOf } from "../../testing/accessible";
import { Api, fakeApi } from "../../testing/api";
import { RuleList } from "./RuleList";

afterEach(() => vi.unstubAllGlobals());

function aRule(name: string, given: Partial<RuleRowFragment> = {}): RuleRowFragment {
  return {
    id: name,
    name,
    enabled: true,
    validFrom: null,
    validTo: null,
    missing: [],
    groups: [],
    zones: [],
    doorSides: [],
    schedules: [],
    cardholders: null,
    version: 1,
    ...given,
  };
}

function show(nodes: RuleRowFragment[], writable = true) {
  const pageInfo = { hasNextPage: true, hasPreviousPage: false, startCursor: "a", endCursor: "b" };
  const { api, asked } = fakeApi(() => ({ accessRules: { nodes, pageInfo } }));
  const { container } = render(
    <Api api={api}>
      <RuleList writable={writable} />
    </Api>,
  );
  return { asked, container };
}

test("each rule says who, where, when, and whether it applies", async () => {
  const group = { id: "g", name: "Staff" };
  const groups = ["a", "b", "c", "d", "e"].map((id) => ({ id, name: id }));
  show([
    aRule("Day", { groups: [group], zones: [{ id: "z", name: "Labs" }], schedules: [{ id: "s", name: "Always" }] }),
    aRule("Draft", { groups, missing: ["WHERE", "WHEN"], enabled: false }),
    aRule("Old", { validTo: "2020-01-01T00:00:00Z" }),
  ]);
  expect(await screen.findByRole("row", { name: /Day Staff Labs Always Applies/ })).toBeDefined();
  expect(screen.getByRole("row", { name: /a, b, c, 2 more .* Disabled\s*Lacks places and a schedule/ })).toBeDefined();
  expect(screen.getByRole("row", { name: /Old .* Expired/ })).toBeDefined();
});

test("the incomplete ones, a search and the next page are asked for", async () => {
  const { asked } = show([aRule("Day")]);
  await userEvent.click(await screen.findByRole("button", { name: "Next" }));
  await vi.waitFor(() => expect(asked.at(-1)?.variables).toMatchObject({ first: 25, after: "b" }));
  await userEvent.click(screen.getByRole("button", { name: "Incomplete" }));
  await userEvent.type(screen.getByLabelText("Search by name"), "lab");
  await vi.waitFor(() =>
    expect(asked.at(-1)?.variables).toMatchObject({ first: 25, search: "lab", incomplete: true }),
  );
  expect(asked.at(-1)?.variables).not.toHaveProperty("after");
});

test("a list without rows says so, and who may not write is not offered a new rule", async () => {
  const { container } = show([], false);
  expect(await screen.findByText(/There are no access rules yet/)).toBeDefined();
  expect(screen.queryByText("New access rule")).toBeNull();
  expect(await faultsOf(container)).toEqual([]);
});
