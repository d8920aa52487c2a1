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
    const most = /(\d+) bytes/.exec(problem.detail ?? '')?.[1]   // the number is data, wherever it stands
    return most ? t(`files.tooLargeKind.${one.kind}`, { most: sizeText(Number(most), locale.value) }) : t('files.tooLarge')
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
