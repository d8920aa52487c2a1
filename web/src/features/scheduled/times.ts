export interface LaterTime { name: 'hour' | 'tomorrow' | 'monday'; at: Date }

/** What people mean by later: in an hour, tomorrow and next Monday at nine, by their own clock. */
export function laterTimes(now: Date): LaterTime[] {
  const nine = (days: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 9)
  const toMonday = ((8 - now.getDay()) % 7) || 7
  const times: LaterTime[] = [
    { name: 'hour', at: new Date(now.getTime() + 3_600_000) },
    { name: 'tomorrow', at: nine(1) },
    { name: 'monday', at: nine(toMonday) },
  ]
  return toMonday === 1 ? times.slice(0, 2) : times   // on Sundays tomorrow is Monday
}

/** As a field of the type datetime-local wants it: local, to the minute. */
export function localMinute(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
