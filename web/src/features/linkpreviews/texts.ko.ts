import type en from './texts.en'

export default {
  setting: '링크 미리보기',
  settingHint: '새 메시지에 링크한 페이지의 제목과 사진을 보여 줘요.',
  off: '링크 미리보기 없음',
  remove: '미리보기 지우기',
  removed: '미리보기를 지웠어요',
} satisfies typeof en
