import { MaruProblem } from 'maru-client'
import { useI18n } from 'vue-i18n'
import { toasts } from '@/ui/toasts'

/** Which of our texts says the same as one of the server's, which are English. */
const known: [RegExp, string][] = [
  [/is reserved/, 'handleReserved'],
  [/letter or a digit/, 'handleEmpty'],
  [/guessed first/, 'passwordGuessable'],
  [/^Not the handle/, 'passwordOwn'],
  [/password is wrong/, 'passwordWrong'],
  [/of one script/, 'script'],
  [/not allowed here|must not contain/, 'character'],
  [/^In the future/, 'future'],
  [/something visible in it/, 'text'],
]

/** What went wrong, in the person's words: by the problem's slug, never by what the server's English says. */
export function useProblems() {
  const { t, te } = useI18n()

  function text(error: unknown): string {
    return error instanceof MaruProblem ? slug(error.type, error.retryAfter) : t('problems.internal')
  }

  /** The text of a slug that came by itself, as in `scheduled.failed`. */
  function slug(type: string, retryAfter?: number): string {
    const key = `problems.${type}`
    return te(key) ? t(key, { seconds: Math.max(1, Math.ceil(retryAfter ?? 1)) }) : t('problems.internal')
  }

  return {
    text,
    slug,
    /** Shows it for some seconds. What is no refusal is a fault of ours, and goes to the console as well. */
    tell(error: unknown): void {
      if (!(error instanceof MaruProblem)) console.error(error)
      toasts.tell(text(error), { kind: 'error' })
    },
    /** What is wrong with one field of a form. */
    field(error: unknown, name: string): string | undefined {
      const texts = error instanceof MaruProblem ? error.errors?.[name] : undefined
      if (!texts) return undefined
      const keys = texts.map(said => `problems.fields.${known.find(([pattern]) => pattern.test(said))?.[1] ?? name}`)
      return [...new Set(keys)].map(key => t(te(key) ? key : 'problems.fields.fallback')).join(' ')
    },
  }
}
