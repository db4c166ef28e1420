import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import "graphiql/setup-workers/vite";

import { applyTheme, rememberedTheme } from "../app/theme";
import "../app/theme.css";
// These and not `graphiql/style.css`, which has a third of a megabyte of fonts in it as data: addresses.
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import { Explorer } from "./Explorer";
import "./explorer.css";

applyTheme(rememberedTheme(localStorage));

const root = document.querySelector("#root");
if (root === null) throw new Error("explorer.html has no element #root");
createRoot(root).render(
  <StrictMode>
    <Explorer />
  </StrictMode>,
);
