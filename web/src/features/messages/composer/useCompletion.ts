import type { Member, Room } from 'maru-client'
import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import type { EmojiIndex } from '@/features/reactions/emoji/emojiIndex'
import { closedShortcode, complete, suggestEmoji, suggestMembers, tokenAt, type Suggestion, type Token } from './completion'

export interface Field { text: Ref<string>; caret: Ref<number>; set: (text: string, caret: number) => void }
export interface Sources { members: (room: Room) => Promise<readonly Member[]>; emoji: () => Promise<EmojiIndex> }

/** The list below the caret: members after @, emoji after a colon. Arrows move, Enter and Tab take, Escape closes. */
export function useCompletion(room: Ref<Room>, field: Field, sources: Sources) {
  const token = shallowRef<Token>()
  const items = shallowRef<readonly Suggestion[]>([])
  const active = ref(0)
  let dismissed = -1   // where a token begins that the person does not want completed
  let asked = 0

  async function update() {
    const next = tokenAt(field.text.value, field.caret.value)
    if (next?.start !== dismissed) dismissed = -1
    token.value = next?.start === dismissed ? undefined : next
    const request = ++asked
    const found = token.value ? await find(token.value).catch(() => []) : []
    if (request !== asked) return
    items.value = found
    active.value = 0
  }

  async function find(wanted: Token): Promise<Suggestion[]> {
    if (wanted.kind === 'emoji') return suggestEmoji(await sources.emoji(), wanted.query)
    const all = room.value.kind === 'group' && (room.value.role === 'owner' || room.value.role === 'admin')
    return suggestMembers(await sources.members(room.value), wanted.query, all)
  }

  watch([field.text, field.caret], () => void update())

  /** After a colon was typed: whether it closed a shortcode. */
  async function close() {
    const typed = field.text.value
    const caret = field.caret.value
    if (!/:[a-z0-9_+-]+:$/i.test(typed.slice(0, caret))) return
    const found = closedShortcode(typed, caret, await sources.emoji())
    if (!found || field.text.value !== typed) return
    field.set(typed.slice(0, found.start) + found.emoji + typed.slice(caret), found.start + found.emoji.length)
  }

  function take(at = active.value) {
    const item = items.value[at]
    if (!item || !token.value) return
    const put = item.kind === 'emoji' ? item.emoji.emoji : item.kind === 'all' ? '@all' : `@${item.member.handle}`
    const done = complete(field.text.value, field.caret.value, token.value, put)
    asked++
    token.value = undefined
    items.value = []
    field.set(done.text, done.caret)
  }

  function dismiss() {
    dismissed = token.value?.start ?? -1
    token.value = undefined
    items.value = []
  }

  /** True where the key was the list's. */
  function key(event: KeyboardEvent): boolean {
    if (items.value.length === 0) return false
    if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return false
    const count = items.value.length
    switch (event.key) {
      case 'ArrowDown': active.value = (active.value + 1) % count; return true
      case 'ArrowUp': active.value = (active.value + count - 1) % count; return true
      case 'Enter':
      case 'Tab': take(); return true
      case 'Escape': dismiss(); return true
      default: return false
    }
  }

  return { items, active, open: computed(() => items.value.length > 0), key, take, close, dismiss }
}
