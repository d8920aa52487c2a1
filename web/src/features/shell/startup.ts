import { ref, shallowRef } from 'vue'
import { maru } from '@/client'

const longest = 30   // s between two tries

/** The start of the client: until the server has said whether somebody is signed in. */
export const startup = {
  /** What was in the way the last time; null while nothing is. */
  problem: shallowRef<unknown>(null),
  /** Until the next try. */
  seconds: ref(0),
  retry: () => {},

  /** Resolves when it is known whether somebody is signed in. While nobody answers it tries again, by itself and when it is told to. */
  async restore(): Promise<void> {
    for (let wait = 2; ; wait = Math.min(longest, wait * 2)) {
      try {
        await maru.session.restore()
        startup.problem.value = null
        return
      } catch (error) {
        startup.problem.value = error
        await pause(wait)
      }
    }
  },
}

/** Some seconds, or until the network is back or the person says so. */
function pause(seconds: number): Promise<void> {
  return new Promise(done => {
    startup.seconds.value = seconds
    const clock = setInterval(() => { if (--startup.seconds.value <= 0) end() }, 1000)
    const end = () => {
      clearInterval(clock)
      removeEventListener('online', end)
      startup.seconds.value = 0
      done()
    }
    addEventListener('online', end)
    startup.retry = end
  })
}
