const grace = 400      // ms by which tabs that nobody looks at come later
const memory = 15_000  // ms after which a name is forgotten

/**
 * Whether this tab is the first of the browser's to ask for this name. Tabs that are looked at ask at once, the others a moment later.
 * Without Web Locks each tab is the first.
 */
export async function first(name: string, late: boolean): Promise<boolean> {
  if (!navigator.locks) return true
  if (late) await new Promise(done => setTimeout(done, grace))
  return await new Promise(done => {
    void navigator.locks.request(name, { ifAvailable: true }, async lock => {
      done(lock !== null)
      if (lock) await new Promise(end => setTimeout(end, memory))
    })
  })
}
