const browsers: [RegExp, string][] = [
  [/Edg(e|A|iOS)?\//, 'Edge'], [/OPR\/|Opera/, 'Opera'], [/SamsungBrowser\//, 'Samsung Internet'], [/Whale\//, 'Whale'],
  [/Firefox\/|FxiOS\//, 'Firefox'], [/Chrome\/|CriOS\/|Chromium\//, 'Chrome'], [/Safari\//, 'Safari'],
]
const systems: [RegExp, string][] = [
  [/iPhone/, 'iPhone'], [/iPad/, 'iPad'], [/Android/, 'Android'], [/Windows/, 'Windows'], [/Mac OS X|Macintosh/, 'Mac'], 
  [/CrOS/, 'ChromeOS'], [/Linux|X11/, 'Linux'],
]

/** What people call the device that a User-Agent is of; null where it is no browser's, and the name stands for itself. */
export function deviceOf(name: string): { browser: string; system: string } | null {
  if (!name.startsWith('Mozilla/')) return null
  const browser = browsers.find(([pattern]) => pattern.test(name))?.[1]
  const system = systems.find(([pattern]) => pattern.test(name))?.[1]
  return browser && system ? { browser, system } : null
}

export const isPhone = (name: string): boolean => /iPhone|Android|Mobile/.test(name)
