import type { FileInfo } from 'maru-client'

const rows: Record<number, number[]> = {
  1: [1], 2: [2], 3: [1, 2], 4: [2, 2], 5: [2, 3], 6: [3, 3], 7: [2, 2, 3], 8: [2, 3, 3], 9: [3, 3, 3], 10: [2, 2, 3, 3],
}

/** How many pictures each row of an album has. */
export function albumRows(count: number): number[] {
  if (count <= 10) return rows[count] ?? []
  return [...albumRows(count - 3), 3]
}

/** px of a picture that stands alone. */
const [widest, highest, narrowest] = [360, 400, 140]

export interface Box { width: number; ratio: number }

/** The box of a picture that stands alone, known before it is loaded. Very long ones show their middle. */
export function boxOf({ width = 4, height = 3 }: Pick<FileInfo, 'width' | 'height'>): Box {
  const ratio = Math.min(2.4, Math.max(0.5, width / height))
  const most = Math.min(widest, highest * ratio)
  return { width: Math.round(Math.max(narrowest, Math.min(most, Math.max(width, 220)))), ratio }
}

/** How wide a smaller one of a picture is: the server fits it into a square. */
export function fitted({ width = 0, height = 0 }: Pick<FileInfo, 'width' | 'height'>, side: number): number {
  const longer = Math.max(width, height, 1)
  return longer <= side ? width || side : Math.max(1, Math.round(width * side / longer))
}
