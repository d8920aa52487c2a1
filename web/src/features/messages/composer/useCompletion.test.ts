import type { Member, Room } from 'maru-client'
import { effectScope, nextTick, ref } from 'vue'
import { afterEach, expect, it } from 'vitest'
import { EmojiIndex } from '@/features/reactions/emoji/emojiIndex'
import { useCompletion } from './useCompletion'

const member = (id: number, handle: string, name: string): Member => ({ id, handle, name, role: 'member', online: false })
const everybody = [member(1, 'ann', 'Ann'), member(2, 'anton', 'Anton'), member(3, 'minsu', '김민수')]
const index = new EmojiIndex([
  { emoji: '🎉', annotation: 'party', shortcodes: ['tada'], group: 6, order: 1, version: 1 },
  { emoji: '😀', annotation: 'grin', shortcodes: ['grinning'], group: 0, order: 1, version: 1 },
])
const key = (name: string, more: KeyboardEventInit = {}) => new KeyboardEvent('keydown', { key: name, ...more })
const settle = async () => { for (let turn = 0; turn < 5; turn++) await nextTick() }

let scope = effectScope()
afterEach(() => {
  scope.stop()
  scope = effectScope()
})

function make(members: () => Promise<Member[]> = async () => everybody) {
  const text = ref('')
  const caret = ref(0)
  const set = (value: string, at: number) => {
    text.value = value
    caret.value = at
  }
  const room = ref({ id: 1, kind: 'group', role: 'member' } as Room)
  const completion = scope.run(() => useCompletion(room, { text, caret, set }, { members, emoji: async () => index }))
  if (!completion) throw new Error('no scope')
  const type = async (value: string) => {
    set(value, value.length)
    await settle()
  }
  return { text, caret, room, completion, type }
}

it('opens at @, moves with the arrows around the ends, and Enter takes', async () => {
  const { completion, type, text, caret } = make()
  await type('Hi @an')
  expect(completion.items.value).toHaveLength(2)
  expect(completion.key(key('ArrowUp'))).toBe(true)
  expect(completion.active.value).toBe(1)
  expect(completion.key(key('ArrowDown'))).toBe(true)
  expect(completion.active.value).toBe(0)
  completion.key(key('ArrowDown'))
  expect(completion.key(key('Enter'))).toBe(true)
  expect(text.value).toBe('Hi @anton ')
  expect(caret.value).toBe(10)
  await settle()
  expect(completion.open.value).toBe(false)
})
it('takes with Tab, by initial consonants too', async () => {
  const { completion, type, text } = make()
  await type('@ㄱㅁㅅ')
  completion.key(key('Tab'))
  expect(text.value).toBe('@minsu ')
})
it('leaves keys alone while it is closed, and Shift+Enter always', async () => {
  const { completion, type } = make()
  await type('Hi')
  expect(completion.key(key('Enter'))).toBe(false)
  await type('@')
  expect(completion.key(key('Enter', { shiftKey: true }))).toBe(false)
})
it('stays closed for a token after Escape, and opens for the next one', async () => {
  const { completion, type } = make()
  await type('@a')
  expect(completion.key(key('Escape'))).toBe(true)
  await type('@an')
  expect(completion.open.value).toBe(false)
  await type('@an @a')
  expect(completion.open.value).toBe(true)
})
it('shows nothing of an answer that comes too late', async () => {
  const answers: ((members: Member[]) => void)[] = []
  const { completion, type } = make(() => new Promise(resolve => answers.push(resolve)))
  await type('@a')
  await type('nothing')
  answers[0]?.(everybody)
  await settle()
  expect(completion.open.value).toBe(false)
})
it('offers @all to those who may', async () => {
  const { completion, type, room } = make()
  await type('@al')
  expect(completion.open.value).toBe(false)
  room.value = { ...room.value, role: 'admin' }
  await type('@all')
  expect(completion.items.value).toEqual([{ kind: 'all' }])
})
it('puts an emoji in place of a shortcode that a colon closes', async () => {
  const { completion, type, text, caret } = make()
  await type('yes :tada:')
  await completion.close()
  expect(text.value).toBe('yes 🎉')
  expect(caret.value).toBe(6)
  await type('10:30:')
  await completion.close()
  expect(text.value).toBe('10:30:')
})
