import { take, type Message, type Room } from 'maru-client'
import { onScopeDispose, watch, type Ref } from 'vue'
import { maru } from '@/client'
import { DraftBox, type DraftText } from '@/features/drafts/draftBox'
import { drafts, keepLocal, loadDrafts, localDraft, onDraft, putDraft } from '@/features/drafts/drafts'

/** The draft of the room that is shown, in its field. Threads have drafts of their own, in this browser alone. */
export function useDraft(
  room: Ref<Room>, thread: Ref<number | undefined>, text: Ref<string>, replyTo: Ref<Message | null>, editing: Ref<Message | null>,
) {
  let box: DraftBox | undefined
  let showing = false   // what we put into the field ourselves is no change of the person's

  function show(draft: DraftText) {
    showing = true
    text.value = draft.text
    if (draft.replyTo === undefined) replyTo.value = null
    else if (replyTo.value?.seq !== draft.replyTo) void findReply(room.value.id, draft.replyTo)
    showing = false
  }

  async function findReply(roomId: number, seq: number) {
    try {
      const message = await take(maru.api.GET('/api/rooms/{roomId}/messages/{seq}', { params: { path: { roomId, seq } } }))
      if (room.value.id === roomId && text.value !== '' && !message.deletedAt) replyTo.value = message
    } catch {
      // what it answered is gone: it is a message like any other
    }
  }

  watch(() => [room.value.id, thread.value] as const, ([roomId, root]) => {
    box?.flush()
    editing.value = null
    const places = {
      keep: (draft: DraftText | null) => keepLocal(draft, roomId, root),
      put: (draft: DraftText, last: boolean) => root === undefined ? putDraft(roomId, draft, last) : Promise.resolve(),
    }
    const there = root === undefined ? drafts.get(roomId) : undefined
    const here = localDraft(roomId, root) ?? there ?? { text: '' }
    box = new DraftBox(places, here, there ?? (root === undefined ? { text: '' } : here))
    show(here)
    if (root === undefined) void loadDrafts()
  }, { immediate: true })

  watch([text, replyTo], () => {
    if (showing || editing.value) return
    const seq = replyTo.value?.seq
    box?.change(seq === undefined || text.value === '' ? { text: text.value } : { text: text.value, replyTo: seq })
  }, { flush: 'sync' })

  const stop = onDraft((roomId, draft) => {
    if (roomId !== room.value.id || thread.value !== undefined || editing.value) return
    const shown = box?.remote(draft)
    if (shown) show(shown)
  })
  const leave = () => box?.flush(true)
  addEventListener('pagehide', leave)
  onScopeDispose(() => {
    stop()
    removeEventListener('pagehide', leave)
    box?.flush()
  })

  return { sent: () => box?.sent() }
}
