import type en from './texts.en'

export default {
  close: '닫기',
  cancel: '취소',
  back: '뒤로',
  save: '저장',
  retry: '다시 시도',
  more: '더 보기',
  loading: '불러오는 중 …',
  deletedUser: '탈퇴한 사용자',
  copied: '복사했어요',
} satisfies typeof en
