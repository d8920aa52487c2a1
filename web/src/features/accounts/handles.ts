/** A handle made of a name, as a proposal: what is left of its Latin letters and digits. */
export function handleOf(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  return plain.replace(/[^a-z0-9]+/g, '.').replace(/^\.+|\.+$/g, '').slice(0, 32)
}

export const handlePattern = /^[a-z0-9_.-]{3,32}$/
