// A helper with a comment that no bundle keeps.
export function twice(value: number): number {
  return value * 2;
}
