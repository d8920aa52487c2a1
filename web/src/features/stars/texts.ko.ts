import type en from './texts.en'

export default {
} satisfies typeof en
