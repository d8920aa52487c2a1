/** What a menu shows: something to do, a list of more such things, or a line between groups. */
export type MenuEntry = '-' | MenuAction | MenuGroup
export interface MenuGroup { label: string; icon?: string; entries: readonly MenuEntry[] }

export interface MenuAction {
  label: string
  icon?: string
  /** The key that does the same, as people write it. */
  keys?: string
  danger?: boolean
  disabled?: boolean
  run: () => void
}
