import composer from './composer/texts.en'
import item from './item/texts.en'
import list from './list/texts.en'
import view from './view/texts.en'

export default {
  composer,
  item,
  list,
  view,
}
