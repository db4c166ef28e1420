/** An address under which the browser shows an SVG element as a picture: nothing in it can run. */
export function pictureOf(svg: string): string {
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
