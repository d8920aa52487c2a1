import type { Channel, Locks } from 'maru-client'

/** Web Locks are there on secure pages only (https, localhost). Elsewhere each tab acts alone, which costs a refresh or two. */
export const tabLocks: Locks | undefined = navigator.locks && {
  request: async (name, run) => await navigator.locks.request(name, run),
}

export function tabChannel(name: string): Channel | undefined {
  return typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(name) as unknown as Channel
}
