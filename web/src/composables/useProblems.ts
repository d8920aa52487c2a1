import { MaruProblem } from 'maru-client'
import { useI18n } from 'vue-i18n'
import { copyText } from '@/ui/copy'
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

  /** A fault of the server ends with the number by which support finds it. */
  function text(error: unknown): string {
    if (!(error instanceof MaruProblem)) return t('problems.internal')
    const said = slug(error.type, error.retryAfter), trace = traceOf(error)
    return trace ? `${said} ${t('problems.trace', { trace })}` : said
  }

  /** What the person did wrong, or has to wait for, they need nobody for. */
  function traceOf(error: MaruProblem): string | undefined {
    return error.status >= 500 && error.type !== 'shutting-down' || !te(`problems.${error.type}`) ? error.trace : undefined
  }

  /** The text of a slug that came by itself, as in `scheduled.failed`. */
  function slug(type: string, retryAfter?: number): string {
    const key = `problems.${type}`
    return te(key) ? t(key, { seconds: Math.max(1, Math.ceil(retryAfter ?? 1)) }) : t('problems.internal')
  }

  function copying(trace: string) {
    const run = async () => { if (await copyText(trace)) toasts.tell(t('ui.copied')) }
    return { label: t('problems.copyTrace'), run: () => void run() }
  }

  return {
    text,
    slug,
    /** Shows it for some seconds. What is no refusal is a fault of ours, and goes to the console as well. */
    tell(error: unknown): void {
      if (!(error instanceof MaruProblem)) console.error(error)
      const trace = error instanceof MaruProblem && traceOf(error)
      toasts.tell(text(error), trace ? { kind: 'error', ms: 20_000, action: copying(trace) } : { kind: 'error' })
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
