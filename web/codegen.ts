import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: "../schema.graphql",
  documents: "src/**/*.graphql",
  generates: {
    "src/gql/operations.ts": {
      plugins: ["typescript-operations", "typed-document-node"],
      config: {
        scalars: { CardBits: "string", Date: "string", DateTime: "string", Duration: "string", JSON: "unknown", ID: "string", Upload: "File | null" },
        enumsAsTypes: true,
        useTypeImports: true,
        skipTypename: true,
        optimizeDocumentNode: true,
      },
    },
  },
};

export default config;
