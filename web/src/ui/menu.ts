/** What a menu shows: something to do, or a line between groups. */
export type MenuEntry = '-' | {
  label: string
  icon?: string
  /** The key that does the same, as people write it. */
  keys?: string
  danger?: boolean
  disabled?: boolean
  run: () => void
}
