import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import type { Plugin } from "vite";

const SMALLEST = 1024;
/** The best, 11, takes ten times as long for a few percent. */
const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
const KINDS = /\.(css|js|json|map|svg|ttf|wasm)$/;

/**
 * Puts `NAME.br` and `NAME.gz` beside each file under assets/ that is worth it. The server sends them as they are, so
 * that it compresses nothing while it has doors to look after.
 */
export function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        for (const [fileName, file] of Object.entries(bundle)) {
          const source = Buffer.from(file.type === "chunk" ? file.code : file.source);
          if (!fileName.startsWith("assets/") || !KINDS.test(fileName) || source.length < SMALLEST) continue;
          this.emitFile({ type: "asset", fileName: `${fileName}.br`, source: brotliCompressSync(source, QUALITY) });
          this.emitFile({ type: "asset", fileName: `${fileName}.gz`, source: gzipSync(source, { level: 9 }) });
        }
      },
    },
  };
}
