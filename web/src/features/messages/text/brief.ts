const spoken = new Map<string, string>()

/** A text in one line, without the signs of its form: for lists, quotes and notifications. */
export function brief(text: string, most = 200): string {
  const known = spoken.get(text)
  if (known !== undefined) return known
  const line = text.slice(0, most * 2)
    .replace(/```[\w+#.-]*\n?/g, ' ')
    .replace(/!?\[([^\]\n]{1,200})\]\([^()\s]{1,500}\)/g, '$1')
    .replace(/(\*\*|__|~~)(?=\S)([^\n]{1,200}?)(?<=\S)\1/g, '$2')
    .replace(/(?<![\w*])[*_](?=\S)([^\n*_]{1,200}?)(?<=\S)[*_](?![\w*])/g, '$1')
    .replace(/`([^`\n]{1,200})`/g, '$1')
    .replace(/^ {0,3}(?:>\s?)+/gm, '')
    .replace(/\s+/gu, ' ')
    .trim()
  const short = line.length > most ? `${line.slice(0, most)}…` : line
  if (spoken.size > 300) spoken.clear()
  spoken.set(text, short)
  return short
}
