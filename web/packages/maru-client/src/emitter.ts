type Handler<T> = (value: T) => void

/** Named events with one value each. A handler that throws is reported as uncaught, and the others are called all the same. */
export class Emitter<Events extends object> {
  private readonly handlers = new Map<keyof Events, Set<Handler<never>>>()

  /** Calls the handler at each event of this name, until the function that comes back is called. */
  on<Name extends keyof Events>(name: Name, handler: Handler<Events[Name]>): () => void {
    let set = this.handlers.get(name)
    if (!set) this.handlers.set(name, (set = new Set()))
    // A wrapper of its own, so that the same function can be added twice and taken out once.
    const own: Handler<Events[Name]> = (value) => handler(value)
    set.add(own as Handler<never>)
    return () => void set.delete(own as Handler<never>)
  }

  emit<Name extends keyof Events>(name: Name, value: Events[Name]): void {
    const set = this.handlers.get(name)
    if (!set) return
    for (const handler of [...set]) {
      if (set.has(handler)) guard(() => (handler as Handler<Events[Name]>)(value))
    }
  }
}

/** Calls what others gave us: their faults must break neither our state nor the STOMP parser. */
export function guard(call: () => void): void {
  try {
    call()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
