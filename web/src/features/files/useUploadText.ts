import { MaruProblem } from 'maru-client'
import { useI18n } from 'vue-i18n'
import { useProblems } from '@/composables/useProblems'
import type { Attachment } from './attachments'
import { sizeText } from './sizes'

/** How it goes with an upload, in words. */
export function useUploadText() {
  const { t, locale } = useI18n()
  const { text } = useProblems()

  function problemText(one: Attachment): string {
    const { problem } = one
    if (!(problem instanceof MaruProblem)) return t('files.failed')
    if (problem.type !== 'too-large') return text(problem)
    // The number is data, wherever it stands: of the file's kind, or of files at all where the kind is not known yet.
    const bytes = /(\d+) bytes/.exec(problem.detail ?? '')?.[1]
    if (!bytes) return t('files.tooLarge')
    const most = sizeText(Number(bytes), locale.value)
    return /kind/.test(problem.detail ?? '') ? t(`files.tooLargeKind.${one.kind}`, { most }) : t('files.tooLargeAny', { most })
  }

  return {
    problemText,
    stateText(one: Attachment): string {
      switch (one.state) {
        case 'failed': return problemText(one)
        case 'done': return t('files.uploaded')
        case 'uploading': return t('files.uploading', { percent: Math.round(one.progress * 100) })
        default: return t(`files.${one.state}`)
      }
    },
  }
}
