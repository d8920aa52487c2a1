import { MaruProblem } from 'maru-client'
import { createApp } from 'vue'
import { expect, test, vi } from 'vitest'
import en from '@/features/problems/texts.en'
import { i18n, setLanguage } from '@/i18n'
import { toasts } from '@/ui/toasts'
import { useProblems } from './useProblems'

async function problemsIn(language: 'en' | 'ko') {
  await setLanguage(language)
  return useInSetup()
}

/** useI18n wants a component around it. */
function useInSetup(): ReturnType<typeof useProblems> {
  let problems: ReturnType<typeof useProblems> | undefined
  createApp({ setup: () => { problems = useProblems(); return () => null } }).use(i18n).mount(document.createElement('div'))
  return problems!
}

test.each(['en', 'ko'] as const)('Each problem has a text of its own in %s', async language => {
  const problems = await problemsIn(language)
  for (const type of Object.keys(en).filter(key => !['fields', 'trace', 'copyTrace'].includes(key))) {
    const text = problems.text(new MaruProblem({ type }))
    expect(text).not.toContain('problems.')
    expect(/[가-힣]/.test(text)).toBe(language === 'ko')
  }
})

test('It says how long to wait where the server does', async () => {
  const problems = await problemsIn('en')
  expect(problems.text(new MaruProblem({ type: 'slow-mode', retryAfter: 11.2 }))).toContain('12 s')
  expect(problems.text(new MaruProblem({ type: 'rate-limited' }))).toContain('1 s')
})

test('What is not known is told too', async () => {
  const problems = await problemsIn('ko')
  for (const unknown of [new MaruProblem({ type: 'new-slug' }), new MaruProblem({ type: 'fields' }), new TypeError('x'), undefined])
    expect(problems.text(unknown)).toBe('문제가 생겼어요. 다시 시도해 주세요.')
})

const number = '4bf92f3577b34da6a3ce929d0e0e4736'
const traceId = `00-${number}-00f067aa0ba902b7-00`

test('A fault of the server has the number of its trace, in both forms, and nothing else has', async () => {
  const problems = await problemsIn('ko')
  for (const id of [traceId, number])
    expect(problems.text(new MaruProblem({ type: 'internal', status: 500, traceId: id }))).toBe(
      `문제가 생겼어요. 다시 시도해 주세요. 오류 번호: ${number}`)
  expect(problems.text(new MaruProblem({ type: 'new-slug', status: 409, traceId }))).toContain(number)
  for (const type of ['not-found', 'shutting-down'])
    expect(problems.text(new MaruProblem({ type, status: type === 'not-found' ? 404 : 503, traceId }))).not.toContain(number)
})

test('A toast of a fault copies the number', async () => {
  const problems = await problemsIn('en')
  const copied = vi.fn<(text: string) => Promise<void>>().mockResolvedValue(undefined)
  vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText: copied } })
  problems.tell(new MaruProblem({ type: 'internal', status: 500, traceId }))
  const toast = toasts.shown.value.at(-1)
  expect(toast?.text).toContain(number)
  expect(toast?.action?.label).toBe('Copy number')
  toast?.action?.run()
  await vi.waitFor(() => expect(toasts.shown.value.at(-1)?.text).toBe('Copied'))
  expect(copied).toHaveBeenCalledExactlyOnceWith(number)
  vi.unstubAllGlobals()
})

test('Fields say what is wrong with them in the person’s language', async () => {
  const problems = await problemsIn('ko')
  const problem = new MaruProblem({
    type: 'invalid',
    errors: {
      handle: ['3 to 32 of a-z, 0-9, _ . and -.'],
      newPassword: ['None of those that are guessed first.', '8 to 256 characters.'],
      odd: ['?'],
    },
  })
  expect(problems.field(problem, 'handle')).toContain('3~32자')
  expect(problems.field(problem, 'newPassword')).toBe(
    '너무 쉬운 비밀번호예요. 가장 먼저 시도하는 비밀번호 중 하나예요. 8자 이상, 쉽게 추측할 수 없는 비밀번호로 해 주세요.')
  expect(problems.field(problem, 'odd')).toBe('올바르지 않은 값이에요.')
  expect(problems.field(problem, 'name')).toBeUndefined()
  expect(problems.field(new TypeError('x'), 'handle')).toBeUndefined()
})
