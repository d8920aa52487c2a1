import { gather } from './gather'

export default gather(import.meta.glob<{ default: object }>('../{features/*,ui}/texts.en.ts', { eager: true }))
