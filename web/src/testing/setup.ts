import "@testing-library/jest-dom/vitest";

import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

afterEach(cleanup);

// jsdom draws nothing, so that there is nothing to scroll.
Object.assign(HTMLElement.prototype, { scrollIntoView: () => undefined });
