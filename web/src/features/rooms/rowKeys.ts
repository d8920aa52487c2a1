import type { Row } from './arrange'

/** The row to which a key leads from another one; headings are passed over. */
export function nextRow(rows: readonly Row[], from: number, key: string): number | undefined {
  const isRoom = (row: Row) => row.kind === 'room'
  const find = (at: number) => at >= 0 ? at : undefined
  switch (key) {
    case 'ArrowDown': return find(rows.findIndex((row, at) => at > from && isRoom(row)))
    case 'ArrowUp': return find(rows.findLastIndex((row, at) => at < from && isRoom(row)))
    case 'Home': return find(rows.findIndex(isRoom))
    case 'End': return find(rows.findLastIndex(isRoom))
    default: return undefined
  }
}

/** The next room that fits what was typed, round the end. One letter goes on from the row; more letters may mean the row itself. */
export function typedRow(
  rows: readonly Row[], from: number, typed: string, fits: (name: string, typed: string) => boolean,
): number | undefined {
  const begin = typed.length === 1 ? from + 1 : Math.max(from, 0)
  for (let step = 0; step < rows.length; step++) {
    const at = (begin + step) % rows.length
    const row = rows[at]
    if (row?.kind === 'room' && fits(row.room.name, typed)) return at
  }
  return undefined
}
