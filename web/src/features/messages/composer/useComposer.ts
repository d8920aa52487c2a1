import { take, type Message, type Room } from 'maru-client'
import { computed, ref, watch, type Ref } from 'vue'
import { maru } from '@/client'
import { useProblems } from '@/composables/useProblems'
import { takeAll, type Attachment } from '@/features/files/attachments'
import { posts } from '@/features/files/posts'
import { markedUnread } from '../actions/unread'
import { bytes, mostBytes, visible } from './size'
import { useSlowMode, wroteIn } from './slowMode'
import { useDraft } from './useDraft'

export type Closed = 'not-member' | 'read-only' | 'blocked-by-you' | 'may-not-write'

/** What the composer does, apart from how it looks: text and draft, sending, editing, and why one may not write. */
export function useComposer(
  room: Ref<Room>, thread: Ref<number | undefined>, replyTo: Ref<Message | null>, editing: Ref<Message | null>,
  attached: { place: Ref<string>; files: Ref<readonly Attachment[]> },
) {
  const { tell } = useProblems()
  const text = ref('')
  const saving = ref(false)
  const draft = useDraft(room, thread, text, replyTo, editing)
  const wait = useSlowMode(room)

  // While a message is edited its text is in the field, and what was begun waits beside it; in another room it is not ours to put back.
  let begun: { roomId: number; text: string } | undefined
  watch(editing, (now, before) => {
    if (now && !before) begun = { roomId: room.value.id, text: text.value }
    if (now) text.value = now.text
    else if (before && begun?.roomId === room.value.id) text.value = begun.text
  })

  const failed = ref<string>()
  const look = () => { failed.value = maru.outbox.of(room.value.id).find(pending => pending.state === 'failed')?.problem?.type }
  watch(() => room.value.id, look, { immediate: true })
  const stopOutbox = maru.outbox.on('change', roomId => { if (roomId === room.value.id) look() })

  const closed = computed((): Closed | undefined => {
    if (room.value.role === undefined) return 'not-member'
    if (room.value.readOnly && room.value.role === 'member') return 'read-only'
    if (room.value.kind === 'direct' && (failed.value === 'blocked-by-you' || failed.value === 'may-not-write')) return failed.value
    return undefined
  })
  const left = computed(() => mostBytes - bytes(text.value))
  const now = computed(() => wait.value === 0 || !!editing.value)
  const { place, files } = attached
  /** What it says, or brings. Files that failed are tried again or taken out first. */
  const filled = computed(() => editing.value
    ? visible(text.value) || editing.value.files.length > 0
    : (visible(text.value) || files.value.length > 0) && files.value.every(file => file.state !== 'failed'))
  const ready = computed(() => filled.value && left.value >= 0 && !closed.value && !saving.value && now.value)

  function typing() {
    if (!editing.value) maru.typing.say(room.value.id, text.value !== '')
  }

  /** Sends what is written, or saves the edit. The field is empty at once; a message waits in the outbox, whatever becomes of the line. */
  async function send(): Promise<void> {
    if (!ready.value) return
    if (editing.value) return await save(editing.value)
    const to = replyTo.value?.seq ?? thread.value
    try {
      const message = { roomId: room.value.id, text: visible(text.value) ? text.value : '', replyTo: to }
      if (files.value.length > 0) posts.send(message, takeAll(place.value))
      else maru.outbox.send(message)
      wroteIn(room.value)
    } catch (error) {
      return tell(error)   // as many wait as may: the text stays
    }
    cleared()
  }

  /** The text is on its way, or in another's hands. */
  function cleared() {
    text.value = ''
    replyTo.value = null
    draft.sent()
    maru.typing.say(room.value.id, false)
    if (markedUnread.value?.roomId === room.value.id) markedUnread.value = undefined
  }

  async function save(message: Message) {
    const now = visible(text.value) ? text.value : ''
    if (now === message.text) {
      editing.value = null
      return
    }
    saving.value = true
    try {
      await take(maru.api.PATCH('/api/rooms/{roomId}/messages/{seq}', {
        params: { path: { roomId: message.roomId, seq: message.seq } }, body: { text: now },
      }))
      if (editing.value === message) editing.value = null
    } catch (error) {
      tell(error)
    } finally {
      saving.value = false
    }
  }

  return { text, closed, left, ready, wait, saving, send, cleared, typing, stop: stopOutbox }
}
