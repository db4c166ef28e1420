import { render, screen } from "@testing-library/react";
import type { GraphiQLProps } from "graphiql";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { faultsOf } from "../testing/accessible";
import { Explorer } from "./Explorer";

const given = vi.fn<(props: GraphiQLProps) => void>();
const last = () => given.mock.lastCall?.[0];

// The editor needs a browser; what matters here is what it is given.
vi.mock("graphiql", () => ({ GraphiQL: FakeGraphiQL }));

function FakeGraphiQL(props: GraphiQLProps) {
  given(props);
  return <div data-testid="graphiql">{props.children}</div>;
}
FakeGraphiQL.Logo = ({ children }: { children: ReactNode }) => <span>{children}</span>;

beforeEach(() => {
  given.mockReset();
  localStorage.clear();
});
afterEach(() => vi.unstubAllGlobals());

function serverAnswers(answer: object) {
  vi.stubGlobal("fetch", async () => Response.json(answer));
}
const refuses = (code: string, message: string) => serverAnswers({ errors: [{ message, extensions: { code } }] });

test("it opens with the schema, in the dashboard's theme, and keeps what is written in this tab only", async () => {
  localStorage.setItem("doorward-theme", "dark");
  serverAnswers({ data: { __schema: {} } });
  const { container } = render(<Explorer />);
  expect(await screen.findByTestId("graphiql")).toBeVisible();
  expect(last()).toMatchObject({ schema: { __schema: {} }, defaultTheme: "dark", showPersistHeadersSettings: false });
  expect(last()?.storage).toBe(sessionStorage);
  expect(last()?.shouldPersistHeaders ?? false).toBe(false);
  expect(screen.getByRole("link", { name: "Doorward" })).toHaveAttribute("href", "/#/account");
  expect(await faultsOf(container)).toEqual([]);
});

test("without a schema it says so, does not ask for it again, and works", async () => {
  refuses("PERMISSION", "This server does not tell you its schema.");
  render(<Explorer />);
  expect(await screen.findByText(/does not tell you its schema.*You can send requests all the same/)).toBeVisible();
  expect(last()).toMatchObject({ schema: null, defaultTheme: null });
});

test.each([
  ["DOCUMENT_NOT_ACCEPTED", /takes only documents that it knows/],
  ["UNAUTHENTICATED", /Your session has ended/],
])("where it could not work (%s) there is a sentence instead", async (code, sentence) => {
  refuses(code, "No.");
  const { container } = render(<Explorer />);
  expect(await screen.findByText(sentence)).toBeVisible();
  expect(screen.queryByTestId("graphiql")).toBeNull();
  expect(screen.getByRole("link", { name: "Back to Doorward" })).toBeVisible();
  expect(await faultsOf(container)).toEqual([]);
});
