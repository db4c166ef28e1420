import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { RoleRowFragment } from "../gql/operations";
import { faultsOf } from "../testing/accessible";
import { accepted, refused, showScreen } from "../testing/configuration";
import { noDialogs } from "../testing/dialog";
import { RoleScreen } from "./RoleScreen";
import { Roles } from "./Roles";
import { UserGroupScreen } from "./UserGroupScreen";
import { UserRoles } from "./UserRoles";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

const PLACES = {
  zones: [{ id: "z1", name: "Lab" }],
  doors: [{ id: "d1", name: "Gate" }],
  cameras: [{ id: "c1", name: "Yard" }],
  auxStates: { inputs: [], outputs: [{ id: "o1", name: "Siren" }] },
};
const PRIVILEGES = [
  { permission: "door.view", area: "DOORS", description: "See doors.", scopes: ["SITE", "ZONE", "DOOR"] },
  { permission: "clip.view", area: "RECORDINGS", description: "Watch recordings.", scopes: ["SITE", "CAMERA"] },
  { permission: "ptz.move", area: "CAMERAS", description: "Move a camera.", scopes: ["SITE", "CAMERA"] },
  { permission: "user.write", area: "SYSTEM", description: "Manage users.", scopes: [] },
];

function aRole(given: Partial<RoleRowFragment> = {}): RoleRowFragment {
  return {
    id: "r1",
    name: "Guard",
    description: "At night",
    builtIn: false,
    clearance: 0,
    version: 4,
    holderCount: 2,
    grants: [{ permission: "door.view", places: null, newest: null, priority: 0 }],
    ...given,
  };
}

const CHOICES = {
  ...PLACES,
  privileges: PRIVILEGES,
  roles: [{ id: "r1", name: "Guard", grants: [{ permission: "door.view" }] }],
  users: [{ id: "u1", name: "Eve" }],
};

test("roles and groups of users are listed with who has them", async () => {
  const group = { id: "g1", name: "Night", description: "", version: 1, users: [{ id: "u1", name: "Eve" }], roles: [{ roleId: "r1", roleName: "Guard", places: [{ kind: "ZONE", id: "z1", name: "Lab" }] }] };
  const { container } = showScreen(<Roles />, { Roles: { roles: [aRole()], userGroups: [group] } });
  expect(await screen.findByTestId("role")).toHaveTextContent("2 users and groups");
  expect(screen.getByTestId("user-group")).toHaveTextContent("Guard: Zone Lab");
  expect(await faultsOf(container)).toEqual([]);
});

test("a permission is given at a place by keyboard alone", async () => {
  const { container, sent } = showScreen(<RoleScreen id="r1" />, { RoleDetail: { role: aRole({ grants: [] }), privileges: PRIVILEGES, ...PLACES }, UpdateRole: accepted({ role: null }) });
  const box = await screen.findByLabelText("See doors.");
  box.focus();
  await userEvent.keyboard(" ");
  await userEvent.selectOptions(screen.getByLabelText("Where: See doors."), "At some places");
  const places = screen.getByRole("group", { name: "Places: See doors." });
  expect(within(places).queryByLabelText("Camera Yard")).toBeNull();
  within(places).getByLabelText("Zone Lab").focus();
  await userEvent.keyboard(" ");
  await userEvent.click(screen.getByLabelText("Watch recordings."));
  await userEvent.type(screen.getByLabelText("Not older than (minutes)"), "60");
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Save"));
  expect(sent("UpdateRole")).toEqual({
    input: {
      id: "r1",
      expectedVersion: 4,
      name: "Guard",
      description: "At night",
      clearance: 0,
      grants: [
        { permission: "door.view", places: [{ kind: "ZONE", id: "z1" }] },
        { permission: "clip.view", newest: "PT1H" },
      ],
    },
  });
});

test("a built-in role can only be copied, and a refusal is said", async () => {
  const { sent } = showScreen(<RoleScreen id="operator" />, {
    RoleDetail: { role: aRole({ id: "operator", name: "Operator", builtIn: true }), privileges: PRIVILEGES, ...PLACES },
    CopyRole: refused("PERMISSION", "You cannot give Copy of Operator there."),
  });
  expect(await screen.findByLabelText("See doors.")).toBeDisabled();
  expect(screen.queryByText("Save")).toBeNull();
  await userEvent.click(screen.getByText("Copy"));
  expect(sent("CopyRole")).toEqual({ input: { id: "operator", name: "Copy of Operator" } });
  expect(await screen.findByText("You cannot give Copy of Operator there.")).toBeVisible();
});

test("a user is given a role at a door, and why they may something is told", async () => {
  const source = { permission: "door.view", roleId: "r1", roleName: "Guard", groupId: "g1", groupName: "Night", places: null, within: [{ kind: "DOOR", id: "d1", name: null }], newest: null };
  const { container, sent } = showScreen(<UserRoles userId="u1" version={2} roles={[]} own={false} onSaved={() => undefined} />, {
    RoleChoices: CHOICES,
    PrivilegeSources: { privilegeSources: [source] },
    AssignRoles: accepted({ sources: [] }),
  });
  await screen.findByText("Give a role");
  expect(screen.getByTestId("source")).toHaveTextContent("See doors.Door (gone)Guard, group Night");
  await userEvent.click(await screen.findByText("Give a role"));
  await userEvent.selectOptions(screen.getByLabelText("Where: Guard"), "At some places");
  await userEvent.click(screen.getByLabelText("Door Gate"));
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Save the roles"));
  expect(sent("AssignRoles")).toEqual({ input: { userId: "u1", expectedVersion: 2, roles: [{ roleId: "r1", places: [{ kind: "DOOR", id: "d1" }] }] } });
});

test("a group of users is made with its users and roles", async () => {
  const { container, sent } = showScreen(<UserGroupScreen id="new" />, { UserGroupDetail: { userGroup: null }, RoleChoices: CHOICES, CreateUserGroup: refused("CONFLICT", "There is one already.", "name") });
  await userEvent.type(await screen.findByLabelText(/^Name/), "Night");
  await userEvent.click(screen.getByLabelText("Eve"));
  await userEvent.click(screen.getByText("Give a role"));
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByText("Save"));
  expect(sent("CreateUserGroup")).toEqual({ input: { name: "Night", userIds: ["u1"], roles: [{ roleId: "r1", places: null }] } });
  expect(await screen.findByText("There is one already.")).toBeVisible();
});

test("whoever moves cameras has a priority", async () => {
  const { sent } = showScreen(<RoleScreen id="r1" />, { RoleDetail: { role: aRole({ grants: [] }), ...PLACES, privileges: PRIVILEGES }, UpdateRole: accepted({ role: null }) });
  await userEvent.click(await screen.findByRole("checkbox", { name: "Move a camera." }));
  await userEvent.clear(screen.getByLabelText(/^Priority/));
  await userEvent.type(screen.getByLabelText(/^Priority/), "30");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(sent("UpdateRole")?.["input"]).toMatchObject({ grants: [{ permission: "ptz.move", priority: 30 }] });
});
