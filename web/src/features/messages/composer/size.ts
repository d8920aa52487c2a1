/** What a message may have, in bytes of UTF-8: docs/protocols/rest.md, "Texts". */
export const mostBytes = 16 * 1024

const encoder = new TextEncoder()

export function bytes(text: string): number {
  return text.length * 3 < mostBytes / 2 ? text.length : encoder.encode(text).length   // far from the bound nobody asks how far
}

/** The server takes nothing that cannot be seen. */
export function visible(text: string): boolean {
  return /[^\s\p{Cc}\p{Cf}\p{Cn}\u115F\u1160\u2800\u3164\uFFA0]/u.test(text)
}
