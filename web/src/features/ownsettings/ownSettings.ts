import { take, type MyRoom, type RoomSettings } from 'maru-client'
import { maru } from '@/client'

type Change = Partial<Omit<RoomSettings, 'muteUntil'>> & { muteUntil?: string | null }

/** What a person sets for themselves in a room. All of their devices hear of it. */
export async function changeOwnSettings(roomId: number, change: Change): Promise<void> {
  const settings = await take(maru.api.PATCH('/api/me/rooms/{roomId}', { params: { path: { roomId } }, body: change as never }))
  const room = maru.rooms.get(roomId)
  if (room) maru.rooms.learn({ ...room, settings })
}

export type MuteFor = 'hour' | 'workday' | 'tomorrow' | 'always'

/** Until when a mute lasts; `always` is no time but a level of notification. */
export function muteUntil(period: Exclude<MuteFor, 'always'>, now = new Date()): string {
  const until = new Date(now)
  if (period === 'hour') until.setHours(until.getHours() + 1)
  else if (period === 'workday') until.setHours(until.getHours() + 8)
  else {
    until.setDate(until.getDate() + 1)
    until.setHours(8, 0, 0, 0)
  }
  return until.toISOString()
}

export function mute(roomId: number, period: MuteFor): Promise<void> {
  return changeOwnSettings(roomId, period === 'always' ? { notify: 'nothing', muteUntil: null } : { muteUntil: muteUntil(period) })
}

/** Back to being told of everything. */
export function unmute(room: MyRoom): Promise<void> {
  return changeOwnSettings(room.id, { muteUntil: null, ...(room.settings?.notify === 'nothing' ? { notify: 'all' as const } : {}) })
}
