const initials = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ'
/** Finals of a Hangul syllable, as what they become when the next syllable begins with them: 닭 → 달 + ㄱ. */
const finals = ' ,ㄱ,ㄲ,ㄱㅅ,ㄴ,ㄴㅈ,ㄴㅎ,ㄷ,ㄹ,ㄹㄱ,ㄹㅁ,ㄹㅂ,ㄹㅅ,ㄹㅌ,ㄹㅍ,ㄹㅎ,ㅁ,ㅂ,ㅂㅅ,ㅅ,ㅆ,ㅇ,ㅈ,ㅊ,ㅋ,ㅌ,ㅍ,ㅎ'.split(',')
const pairs: Record<string, string> = {
  ㄳ: 'ㄱㅅ', ㄵ: 'ㄴㅈ', ㄶ: 'ㄴㅎ', ㄺ: 'ㄹㄱ', ㄻ: 'ㄹㅁ', ㄼ: 'ㄹㅂ', ㄽ: 'ㄹㅅ', ㄾ: 'ㄹㅌ', ㄿ: 'ㄹㅍ', ㅀ: 'ㄹㅎ', ㅄ: 'ㅂㅅ',
}

/** Without case, width and marks; its letters one by one, single consonants as they are typed. */
function lettersOf(text: string): string[] {
  const plain = text.normalize('NFKD').toLowerCase().replace(/[\u0300-\u036f]/g, '').normalize('NFC')
  return [...plain].map(letter => letter >= '\u1100' && letter <= '\u1112' ? initials[letter.charCodeAt(0) - 0x1100]! : letter)
}

/**
 * How well the text fits what somebody typed: 0 not at all, more is better. The beginning of the text is best, then that of a word, then
 * anywhere, then its letters in their order. Of Hangul the initial consonants are enough (ㅅㅇ finds 서울), and a syllable that is still
 * being typed finds what it may become (설 finds 서류).
 */
export function score(text: string, query: string): number {
  const wanted = foldQuery(query)
  if (wanted.length === 0) return 1
  const letters = lettersOf(text)
  let best = 0
  for (const form of wanted) best = Math.max(best, place(letters, form))
  return best
}

/** The query, and where its last syllable may be unfinished, without its final: that may begin the next one. */
function foldQuery(query: string): string[][] {
  // Two consonants that were typed one after the other come as one letter.
  const letters = lettersOf(query.trim().replace(/[ㄳ-ㅄ]/g, pair => pairs[pair] ?? pair))
  const last = letters.at(-1)
  if (last === undefined) return []
  const syllable = parts(last)
  if (!syllable || syllable.final === 0) return [letters]
  const open = String.fromCharCode(last.charCodeAt(0) - syllable.final)
  const rest = [...finals[syllable.final]!]
  const forms = [letters, [...letters.slice(0, -1), open, ...rest]]
  // 닭 may be 달 with the beginning of the next one.
  if (rest.length === 2) forms.push([...letters.slice(0, -1), String.fromCharCode(open.charCodeAt(0) + finals.indexOf(rest[0]!)), rest[1]!])
  return forms
}

function place(text: readonly string[], query: readonly string[]): number {
  let best = 0
  for (let at = 0; at + query.length <= text.length; at++) {
    if (!query.every((letter, index) => fits(text[at + index]!, letter, index === query.length - 1))) continue
    const value = at === 0 ? (text.length === query.length ? 5 : 4) : /[\s._\-@/(]/.test(text[at - 1]!) ? 3 : 2
    best = Math.max(best, value)
    if (at === 0) break
  }
  if (best > 0) return best
  let at = 0
  for (const letter of text) if (at < query.length && fits(letter, query[at]!, false)) at++
  return at === query.length && query.length > 1 ? 1 : 0
}

function fits(letter: string, wanted: string, last: boolean): boolean {
  if (letter === wanted) return true
  const syllable = parts(letter)
  if (!syllable) return false
  if (initials[syllable.initial] === wanted) return true
  const typed = last ? parts(wanted) : null
  return typed !== null && typed.final === 0 && typed.initial === syllable.initial && typed.vowel === syllable.vowel
}

function parts(letter: string): { initial: number; vowel: number; final: number } | null {
  const code = letter.charCodeAt(0) - 0xac00
  if (code < 0 || code >= 11172) return null
  return { initial: Math.floor(code / 588), vowel: Math.floor(code / 28) % 21, final: code % 28 }
}
