import { MaruProblem } from 'maru-client'
import { createApp } from 'vue'
import { expect, test } from 'vitest'
import en from '@/features/problems/texts.en'
import { i18n, setLanguage } from '@/i18n'
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
  for (const type of Object.keys(en).filter(key => key !== 'fields')) {
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
