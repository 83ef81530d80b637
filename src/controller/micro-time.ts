/** A time as MicroTime wants it: six digits after the point, or the server answers 400. */
export function microTime(at: Date): string {
  return at.toISOString().replace("Z", "000Z");
}
