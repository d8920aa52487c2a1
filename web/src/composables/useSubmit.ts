import { ref, shallowRef } from 'vue'

/** What a form does with the server: whether it is at it, and what went wrong the last time. */
export function useSubmit() {
  const busy = ref(false)
  const failed = shallowRef<unknown>(null)

  async function run(work: () => Promise<unknown>): Promise<void> {
    busy.value = true
    failed.value = null
    try {
      await work()
    } catch (error) {
      failed.value = error
    } finally {
      busy.value = false
    }
  }

  return { busy, failed, run }
}
