import type { RouteLocationNormalizedLoaded } from 'vue-router'

/** Where somebody wanted to go before they had to sign in: a path of this client, never another page. */
export function afterwards({ query }: Pick<RouteLocationNormalizedLoaded, 'query'>): string {
  const { to } = query
  return typeof to === 'string' && /^\/(?![/\\])/.test(to) ? to : '/rooms'
}

/** Whether they come by an invitation. */
export const isInvitation = (route: Pick<RouteLocationNormalizedLoaded, 'query'>): boolean => afterwards(route).startsWith('/invite')
