const schemes = new Set(['http:', 'https:', 'mailto:'])
/** What people take for the name of a site. */
const siteName = /(?:^|[\s(/@])((?:[\p{L}\p{N}-]+\.)+\p{L}{2,})(?=$|[\s)/:?#,.@])/u
/** Characters that turn the order of others around, or cannot be seen. */
 
const hidden = /[\u00AD\u034F\u061C\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF]/gu

/** The address of a link that may be followed; undefined for all others, such as javascript: */
export function address(href: string): string | undefined {
  try {
    const url = new URL(href.replace(hidden, encodeURIComponent))
    return schemes.has(url.protocol) ? url.href : undefined
  } catch {
    return undefined
  }
}

/** Where the link leads, if its text names another place. */
export function honestHost(href: string, text: string): string | undefined {
  const url = new URL(href)
  const real = url.protocol === 'mailto:' ? decodeURI(url.pathname) : url.host
  const named = siteName.exec(text.replace(hidden, ''))?.[1]
  if (named === undefined) return undefined
  if (url.protocol === 'mailto:') return text.includes(real) ? undefined : real
  return sameHost(named, url.hostname) ? undefined : real
}

function sameHost(named: string, host: string): boolean {
  try {
    return bare(new URL(`http://${named}`).hostname) === bare(host)
  } catch {
    return false
  }
}

const bare = (host: string) => host.replace(/^www\./, '')
