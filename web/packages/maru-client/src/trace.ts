/**
 * A new trace for one request (W3C Trace Context). It is not marked as sampled: whether it is followed is for the server to say, and its
 * number finds the request in the server's log in any case.
 */
export function newTraceparent(): string {
  return `00-${hex(16)}-${hex(8)}-00`
}

/** The number of the trace in a `traceparent`; any other text is a number of its own. */
export function traceNumber(id: string): string {
  return /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-/.exec(id)?.[1] ?? id
}

/** So many random bytes. (`randomUUID` is there on secure pages only.) */
export function hex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), byte => byte.toString(16).padStart(2, '0')).join('')
}
