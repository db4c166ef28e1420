import type { ProblemFragment } from "../gql/operations";

/** What the server takes at most. */
const LARGEST_BYTES = 10 * 1024 * 1024;

export const PHOTO_TYPES = "image/jpeg,image/png,image/webp";

/** Gives a cardholder this picture, or takes theirs away (null); resolves with why it was refused, or with nothing. */
export async function putPhoto(cardholderId: string, version: number, picture: File | null): Promise<readonly ProblemFragment[]> {
  if (picture !== null && picture.size > LARGEST_BYTES) {
    return [refusal("VALIDATION", "The picture is larger than 10 MiB. Choose a smaller one.")];
  }
  const url = `/cardholders/${encodeURIComponent(cardholderId)}/photo`;
  const headers = { "doorward-request": "1", "if-match": `"${version}"` };
  try {
    const response = await fetch(url, { method: picture === null ? "DELETE" : "PUT", body: picture, headers, credentials: "same-origin" });
    if (response.ok) return [];
    const { error } = (await response.json()) as { error?: string };
    const sentence = error ?? "The server did not take the picture.";
    return [response.status === OUTDATED ? refusal("CONFLICT", sentence, ["expectedVersion"]) : refusal("VALIDATION", sentence)];
  } catch {
    return [refusal("VALIDATION", "The server cannot be reached. Check the network, then try again.")];
  }
}

/** A conflict: of a photo, it can only be that of versions. */
const OUTDATED = 409;

function refusal(code: ProblemFragment["code"], message: string, path: string[] = []): ProblemFragment {
  return { code, message, path };
}
