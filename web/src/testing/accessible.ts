import axe from "axe-core";

/** The faults that axe can find in what the page shows without drawing it; none is as it should be. */
export async function faultsOf(container: HTMLElement): Promise<string[]> {
  const rules = { "color-contrast": { enabled: false }, region: { enabled: false } };
  const { violations } = await axe.run(container, { rules });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
}
