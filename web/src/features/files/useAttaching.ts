import type { Room } from 'maru-client'
import { computed, ref, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useFormat } from '@/composables/useFormat'
import { attach, attachmentsOf, newAttachment, enqueue, placeOf } from './attachments'
import { loadLimits, mostFiles } from './limits'
import { posts } from './posts'

/** What the composer does with files: takes them, from wherever they come, and keeps them beside the text. */
export function useAttaching(room: Ref<Room>, thread: Ref<number | undefined>) {
  const { t } = useI18n()
  const format = useFormat()
  const place = computed(() => placeOf(room.value.id, thread.value))
  const files = computed(() => attachmentsOf(place.value))
  /** Why some were not taken. */
  const refused = ref<string>()
  void loadLimits()

  function add(chosen: readonly File[]): boolean {
    const empty = chosen.find(file => file.size === 0)
    const { left } = attach(place.value, chosen.filter(file => file.size > 0))
    refused.value = left > 0 ? t('files.tooMany', { most: mostFiles(), left }, left)
      : empty ? t('files.empty', { name: empty.name }) : undefined
    return chosen.length > 0
  }

  /** Takes the files of a paste. A text that comes with a picture of itself, as from a table, stays a text; the name of a file is none. */
  function paste(data: DataTransfer | null): boolean {
    if (!data || data.files.length === 0) return false
    if (data.types.includes('text/plain') && data.types.includes('text/html')) return false
    const when = `${format.day(new Date())} ${format.time(new Date())}`.replace(/[:/\\]/g, '.')
    return add([...data.files].map(file => file.name === 'image.png'
      ? new File([file], `${t('files.pastedName', { when })}.png`, { type: file.type })
      : file))
  }

  /** A voice message goes by itself, beside what is being written. */
  function say(recording: { file: File; duration: number; waveform: number[] }, replyTo: number | undefined) {
    const one = newAttachment(recording.file, recording)
    enqueue(one)
    posts.send({ roomId: room.value.id, text: '', replyTo }, [one])
  }

  return { place, files, refused, add, paste, say }
}
