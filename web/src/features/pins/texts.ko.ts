import type en from './texts.en'

export default {
  title: '고정된 메시지',
  pinned: '고정된 메시지',
  all: '고정 {count}개 | 고정 {count}개',
  none: '아직 고정된 메시지가 없어요',
  noneText: '모두가 다시 찾아볼 메시지는 메시지 메뉴에서 고정할 수 있어요.',
  by: '{name} 님이 고정함 · {when}',
  jump: '메시지로 가기',
  unpin: '고정 해제',
} satisfies typeof en
