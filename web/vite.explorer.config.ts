import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

import { compressed } from "./compressed.ts";

/**
 * The explorer is built apart from the dashboard, which stays as small as it is: the server gives these files only to
 * those who may have them.
 */
export default defineConfig({
  plugins: [react(), compressed()],
  base: "/explorer/",
  build: {
    outDir: "../doorward/explorer",
    emptyOutDir: true,
    // As in the dashboard: the content security policy allows no data: script, style or font.
    assetsInlineLimit: 0,
    // The editor is one program that cannot be cut smaller.
    chunkSizeWarningLimit: 4000,
    rolldownOptions: {
      input: "explorer.html",
      onLog: (level, log, say) => {
        // GraphiQL has directives for a compiler that we do not use.
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") say(level, log);
      },
    },
  },
});
