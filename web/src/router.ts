import type { App } from 'vue'
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { maru } from '@/client'
import { afterwards } from '@/features/accounts/afterwards'
import { closeLayersByGoingBack } from '@/ui/layers'

declare module 'vue-router' {
  interface RouteMeta {
    /** Shown to those who are signed in, to those who are not, or to both. */
    for?: 'in' | 'out' | 'all'
    /** The key of its name in the title of the page; rooms have their own. */
    title?: string
  }
}

const search = () => import('@/features/search/SearchPane.vue')

/** A room without anything beside it. */
const noPane = { render: () => null }

const routes: RouteRecordRaw[] = [
  {
    path: '/sign-in', name: 'sign-in', component: () => import('@/features/accounts/SignIn.vue'),
    meta: { for: 'out', title: 'accounts.signIn' },
  },
  {
    path: '/sign-up', name: 'sign-up', component: () => import('@/features/accounts/SignUp.vue'),
    meta: { for: 'out', title: 'accounts.signUp' },
  },
  // The code stands in the fragment, which no server and no log gets to see.
  {
    path: '/invite', name: 'invite', component: () => import('@/features/invitations/InviteLanding.vue'),
    meta: { for: 'all', title: 'shell.invite' },
  },
  {
    path: '/',
    component: () => import('@/features/shell/Shell.vue'),
    meta: { for: 'in' },
    children: [
      { path: '', redirect: { name: 'rooms' } },
      { path: 'rooms', name: 'rooms', component: () => import('@/features/rooms/NoRoom.vue'), meta: { title: 'shell.rooms' } },
      {
        path: 'rooms/:roomId(\\d+)',
        component: () => import('@/features/messages/RoomView.vue'),
        props: route => ({ roomId: Number(route.params.roomId), seq: route.params.seq ? Number(route.params.seq) : undefined }),
        children: [
          { path: '', name: 'room', component: noPane },
          { path: ':seq(\\d+)', name: 'message', component: noPane },
          { path: 'thread/:root(\\d+)', name: 'thread', component: () => import('@/features/messages/ThreadPane.vue') },
          { path: 'info', name: 'room-info', component: () => import('@/features/rooms/RoomInfo.vue') },
          { path: 'members', name: 'room-members', component: () => import('@/features/members/MembersPane.vue') },
          { path: 'settings', name: 'room-settings', component: () => import('@/features/rooms/RoomSettings.vue') },
          { path: 'files', name: 'room-files', component: () => import('@/features/files/RoomFiles.vue') },
          { path: 'pins', name: 'room-pins', component: () => import('@/features/pins/PinsPane.vue') },
          { path: 'search', name: 'room-search', component: search },
          { path: ':seq(\\d+)/search', name: 'message-search', component: search },
        ],
      },
      { path: 'search', name: 'search', component: search, meta: { title: 'search.title' } },
      { path: 'discover', name: 'discover', component: () => import('@/features/rooms/Discover.vue'), meta: { title: 'shell.discover' } },
      { path: 'new', name: 'new-room', component: () => import('@/features/rooms/NewRoom.vue'), meta: { title: 'shell.newRoom' } },
      {
        path: 'contacts', name: 'contacts', component: () => import('@/features/contacts/Contacts.vue'),
        meta: { title: 'shell.contacts' },
      },
      {
        path: 'activity', name: 'activity', component: () => import('@/features/mentions/Activity.vue'),
        meta: { title: 'shell.activity' },
      },
      { path: 'me', name: 'me', component: () => import('@/features/accounts/Profile.vue'), meta: { title: 'shell.profile' } },
      { path: 'settings', name: 'settings', component: () => import('@/features/shell/Settings.vue'), meta: { title: 'shell.settings' } },
      {
        path: 'sessions', name: 'sessions', component: () => import('@/features/sessions/Sessions.vue'),
        meta: { title: 'shell.sessions' },
      },
      {
        path: 'admin', name: 'admin', component: () => import('@/features/operations/AdminPage.vue'),
        meta: { title: 'operations.title' },
      },
      { path: 'about', name: 'about', component: () => import('@/features/about/About.vue'), meta: { title: 'shell.about' } },
    ],
  },
  {
    path: '/:path(.*)*', name: 'nothing', component: () => import('@/features/shell/NotFound.vue'),
    meta: { for: 'all', title: 'shell.notFound' },
  },
]

export const router = createRouter({
  history: createWebHistory(new URL(document.baseURI).pathname),
  routes,
})

/** Links of invitations are BASE/#/invite/CODE. */
const invitation = /^#\/invite\/([\w-]+)$/

let going: string | null = null
/** The screen that is shown, or the one that is on its way. */
export const goal = (): string => going ?? location.href

/** The first screen waits until it is known whether somebody is signed in. */
export function installRouter(app: App, restored: Promise<void>): void {
  router.beforeEach(async to => {
    going = router.resolve(to).href
    const code = invitation.exec(to.hash)?.[1]
    if (code) return { name: 'invite', hash: `#${code}`, replace: true }
    await restored
    const wanted = to.meta.for ?? 'in'
    const signedIn = maru.session.state === 'in'
    if (wanted === 'in' && !signedIn) return { name: 'sign-in', query: to.fullPath === '/' ? {} : { to: to.fullPath }, replace: true }
    if (wanted === 'out' && signedIn) return { path: afterwards(to), replace: true }
    return true
  })
  router.afterEach(() => { going = null })
  closeLayersByGoingBack(router)
  app.use(router)
}
