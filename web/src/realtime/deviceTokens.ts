import type { DeviceTokens } from 'maru-client'

const key = 'maru.devices'
const most = 20   // accounts of one browser

function read(): Record<string, string> {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '{}') as Record<string, string>
  } catch {
    return {}
  }
}

/** They sign nobody in: they tell the server that this browser was here before, so that others' wrong passwords do not shut it out. */
export const deviceTokens: DeviceTokens = {
  get: handle => read()[handle],
  set(handle, token) {
    const others = Object.entries(read()).filter(([other]) => other !== handle)
    try {
      localStorage.setItem(key, JSON.stringify(Object.fromEntries([...others, [handle, token]].slice(-most))))
    } catch {
      // private mode: this browser is a new one the next time
    }
  },
}
