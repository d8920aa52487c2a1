import { expect, it, vi } from 'vitest'
import { Announcer } from './announce'

it('says single messages, and sums up what comes fast', () => {
  vi.useFakeTimers()
  try {
    const said: string[] = []
    const announcer = new Announcer((heard, count) => said.push(heard.length > 0 ? heard.map(one => one.text).join(' ') : `${count}`))
    announcer.hear({ name: 'Ben', text: 'a' })
    vi.advanceTimersByTime(300)
    expect(said).toEqual(['a'])
    for (let at = 0; at < 2000; at++) {
      announcer.hear({ name: 'Ben', text: `${at}` })
      vi.advanceTimersByTime(5)
    }
    vi.advanceTimersByTime(5000)
    expect(said.length).toBeLessThanOrEqual(4)
    expect(said.slice(1).reduce((sum, text) => sum + Number(text), 0)).toBe(2000)
  } finally {
    vi.useRealTimers()
  }
})
