import { computed, ref, watch, type Ref } from 'vue'
import type { Emoji, EmojiIndex } from './emojiIndex'
import { groups } from './emojiIndex'

export type Group = number | 'often' | 'found'
export type Row = { kind: 'title'; group: Group } | { kind: 'emoji'; start: number; items: readonly Emoji[] }

/** The emoji in rows, with titles between groups, and the one that the arrow keys have come to. */
export function useEmojiGrid(
  index: Readonly<Ref<EmojiIndex | undefined>>, often: () => readonly string[], query: Ref<string>, columns: number,
) {
  const sections = computed((): { group: Group; items: readonly Emoji[] }[] => {
    const all = index.value?.all
    if (!index.value || !all) return []
    if (query.value.trim() !== '') return [{ group: 'found', items: index.value.search(query.value) }]
    const used = often().map(emoji => all.find(one => one.emoji === emoji || one.skins.includes(emoji))
      ?? { emoji, name: emoji, group: -1, shortcodes: [], skins: [], words: [] })
    return [
      { group: 'often', items: used.map((one, at) => ({ ...one, emoji: often()[at] ?? one.emoji, skins: [] })) },
      ...groups.map(group => ({ group, items: all.filter(one => one.group === group) })),
    ]
  })

  const flat = computed(() => sections.value.flatMap(section => section.items))
  const rows = computed(() => {
    const made: Row[] = []
    let start = 0
    for (const { group, items } of sections.value) {
      made.push({ kind: 'title', group })
      for (let at = 0; at < items.length; at += columns) {
        made.push({ kind: 'emoji', start: start + at, items: items.slice(at, at + columns) })
      }
      start += items.length
    }
    return made
  })

  const active = ref(-1)
  watch(query, value => { active.value = value.trim() === '' ? -1 : 0 })

  const rowOf = (at: number) => rows.value.findIndex(row => row.kind === 'emoji' && at >= row.start && at < row.start + row.items.length)

  /** Up and down keep the column, also over the title of a group. */
  function vertical(step: 1 | -1) {
    const row = rows.value[rowOf(active.value)]
    if (row?.kind !== 'emoji') {
      active.value = flat.value.length > 0 ? 0 : -1
      return
    }
    const column = active.value - row.start
    for (let at = rows.value.indexOf(row) + step; at >= 0 && at < rows.value.length; at += step) {
      const next = rows.value[at]
      if (next?.kind !== 'emoji') continue
      active.value = next.start + Math.min(column, next.items.length - 1)
      return
    }
    if (step < 0) active.value = -1
  }

  /** True where the key was one of the grid's. */
  function move(key: string): boolean {
    if (key === 'ArrowDown') vertical(1)
    else if (key === 'ArrowUp') vertical(-1)
    else if (active.value >= 0 && (key === 'ArrowRight' || key === 'ArrowLeft')) {
      active.value = Math.max(0, Math.min(flat.value.length - 1, active.value + (key === 'ArrowRight' ? 1 : -1)))
    } else return false
    return true
  }

  return {
    rows, active, move,
    activeRow: computed(() => rowOf(active.value)),
    chosen: computed(() => flat.value[active.value]),
    rowOfGroup: (group: Group) => rows.value.findIndex(row => row.kind === 'title' && row.group === group),
  }
}
