import composer from './composer/texts.ko'
import item from './item/texts.ko'
import list from './list/texts.ko'
import view from './view/texts.ko'
import type en from './texts.en'

export default {
  composer,
  item,
  list,
  view,
} satisfies typeof en
