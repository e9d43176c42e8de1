// A helper with a comment that no bundle keeps.
export function twice(value) {
  return value * 2;
}
