import { render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";

import { Failure } from "./Failure";

afterEach(() => vi.restoreAllMocks());

function Broken(): never {
  throw new Error("broken");
}

test("a screen that fails says so, and another place is shown again", () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const { rerender } = render(
    <Failure place="#/a">
      <Broken />
    </Failure>,
  );
  expect(screen.getByRole("alert")).toHaveTextContent("This screen has failed.");
  rerender(
    <Failure place="#/b">
      <p>The zones</p>
    </Failure>,
  );
  expect(screen.getByText("The zones")).toBeVisible();
  expect(screen.queryByRole("alert")).toBeNull();
});
