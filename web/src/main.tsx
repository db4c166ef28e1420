import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app/App";
import { applyTheme, rememberedTheme } from "./app/theme";
import "./app/theme.css";
import "./app/base.css";
import "./app/shell.css";

applyTheme(rememberedTheme(localStorage));

const root = document.querySelector("#root");
if (root === null) throw new Error("index.html has no element #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
