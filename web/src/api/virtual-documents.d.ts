declare module "virtual:documents" {
  /** SHA-256 of each operation's document as the server knows it, by the operation's name; none while developing. */
  export const hashes: Readonly<Record<string, string>>;
}
