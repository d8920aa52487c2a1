/** What a message is made of, once its text is read. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'mention'; text: string; userId?: number }   // without userId: everybody
  | { kind: 'strong' | 'em' | 'del'; children: Inline[] }
  | { kind: 'code'; children: Inline[] }
  | { kind: 'link'; href: string; host?: string; children: Inline[] }   // host: where it leads, since the text says something else
  | { kind: 'br' }

export type Block =
  | { kind: 'paragraph'; gap: boolean; children: Inline[] }   // gap: an empty line stands before it
  | { kind: 'quote'; blocks: Block[] }
  | { kind: 'list'; start?: number; items: Block[][] }   // start: it is numbered
  | { kind: 'code'; language: string; text: string }

/** A place in the text where somebody is mentioned, in UTF-16 code units. */
export interface Span { start: number; length: number; userId?: number; all?: boolean }
